/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor (see supervisor.h).
 *
 * Life: the manager is started first. It reads the configuration and either ends with a code that
 * hbd passes on (1, 75, 77, 78) or asks for the engine with its scheduling. Whenever one of the two
 * starts while the other lives, a fresh pair of sockets is made and an end given to each, so a
 * death is seen by the survivor as end of file, at once.
 *
 * Deaths: the engine is started anew for ever, with growing pauses. The manager likewise, with the
 * configuration that its predecessor accepted (a sealed memory file kept here, so that a file
 * broken meanwhile does no harm); after HBD_MANAGER_TRIES fast deaths in a row `hbd-manager
 * --let-go` removes the addresses and everything ends. A manager that does not answer pings is
 * killed, then treated as dead.
 *
 * Stop: TERM or INT ask the manager, which says how long it may take; what is left after that is
 * let go and killed. If the supervisor itself dies, the manager sees it and stops in order. */
#include "config.h"

#include "hbd/daemon/supervisor.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/engine.h"
#include "hbd/daemon/ipc.h"
#include "hbd/daemon/loop.h"
#include "hbd/daemon/spawn.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PING_PERIOD_US HBD_MS (500)
#define PONG_LIMIT_US  HBD_S (5)
#define READY_LIMIT_US HBD_S (60) /* name look-ups of ucast peers may take their time */
#define STOP_ANSWER_US HBD_S (10) /* until the manager says how long a stop takes */
#define ENGINE_END_US  HBD_S (1)
#define LET_GO_US      HBD_S (5)

typedef enum {
    PHASE_RUN,
    PHASE_STOPPING,   /* the manager releases */
    PHASE_ENGINE_END, /* the manager is gone; the engine sees its channels close */
    PHASE_LETTING_GO, /* hbd-manager --let-go works */
    PHASE_OVER,
} Phase;

typedef struct {
    pid_t pid; /* 0: not running */
    HbdIpc *ipc;
    HbdRestart restart;
    HbdTime start_at; /* when to start it anew; HBD_TIME_NEVER: not planned */
} Child;

typedef struct {
    const HbdOptions *options;
    char **argv;
    HbdLog *log;
    GMainLoop *loop;
    Child manager, engine;
    pid_t let_go_pid;
    int snapshot_fd; /* -1: none yet */
    bool engine_wanted, engine_realtime;
    int engine_priority;
    uid_t engine_uid;
    gid_t engine_gid;
    bool was_ready;
    HbdTime ponged_at, ping_at;
    HbdTime watchdog_us, watchdog_at;
    HbdTimer *timer;
    Phase phase;
    HbdTime phase_limit;
    int exit_code;
} Supervisor;

static void start_let_go (Supervisor *s, int exit_code);
static void arm (Supervisor *s);

HbdTime
hbd_restart_delay (HbdRestart *restart, HbdTime now)
{
    if (now - restart->started_at >= HBD_FAST_DEATH_US)
        restart->fast_deaths = 0;
    restart->fast_deaths++;
    if (restart->fast_deaths == 1)
        return 0;
    return MIN (HBD_MS (50) << MIN (restart->fast_deaths - 2, 7u), HBD_S (5));
}

/* --- connecting ---------------------------------------------------------------------------- */

static void
give_end (HbdIpc *ipc, guint32 type, GVariant *payload, int fd)
{
    if (ipc != NULL)
        hbd_ipc_send (ipc, type, payload, &fd, 1);
    else if (payload != NULL)
        g_variant_unref (g_variant_ref_sink (payload));
    close (fd);
}

/* A fresh channel between two running processes. */
static void
connect_both (Supervisor *s)
{
    g_autoptr (GError) error = NULL;
    int fds[2];

    if (s->manager.pid == 0 || s->engine.pid == 0)
        return;
    if (!hbd_ipc_pair (fds, &error)) {
        hbd_log (s->log, HBD_LEVEL_ERROR, "supervisor.socket", "reason=\"%s\"", error->message);
        return;
    }
    give_end (s->engine.ipc, HBD_IPC_MANAGER, NULL, fds[0]);
    give_end (s->manager.ipc, HBD_IPC_ENGINE, g_variant_new ("(u)", (guint32) s->engine.pid),
              fds[1]);
}

/* --- messages ------------------------------------------------------------------------------ */

static void start_engine (Supervisor *s);

static void
take_snapshot (Supervisor *s, int *fds, guint n_fds)
{
    if (n_fds != 1)
        return;
    if (s->snapshot_fd >= 0)
        close (s->snapshot_fd);
    s->snapshot_fd = fds[0];
    fds[0] = -1;
}

static void
take_stopping (Supervisor *s, GVariant *payload)
{
    guint32 bound_ms;

    g_variant_get (payload, "(u)", &bound_ms);
    if (s->phase
        == PHASE_RUN) /* the manager ends by itself, e.g. because a respawned child says so */
        s->phase = PHASE_STOPPING;
    if (s->phase == PHASE_STOPPING)
        s->phase_limit = hbd_clock_now () + HBD_MS (bound_ms);
}

static void
take_ready (Supervisor *s)
{
    if (!s->was_ready)
        hbd_log (s->log, HBD_LEVEL_INFO, "supervisor.ready", "manager=%d engine=%d",
                 (int) s->manager.pid, (int) s->engine.pid);
    s->was_ready = true;
    s->ponged_at = hbd_clock_now ();
    hbd_notify ("READY=1");
}

static void
take_told (GVariant *payload)
{
    g_autofree char *status = NULL;
    const char *text;

    g_variant_get (payload, "(&s)", &text);
    status = g_strdup_printf ("STATUS=%.200s", text);
    hbd_notify (g_strdelimit (status, "\n", ' '));
}

static void
on_manager_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    Supervisor *s = data;

    switch (type) {
    case HBD_IPC_READY:
        take_ready (s);
        break;
    case HBD_IPC_START_ENGINE: {
        gboolean realtime;

        g_variant_get (payload, "(bi)", &realtime, &s->engine_priority);
        s->engine_realtime = realtime;
        s->engine_wanted = true;
        if (s->engine.pid == 0)
            start_engine (s);
        break;
    }
    case HBD_IPC_STOPPING:
        take_stopping (s, payload);
        break;
    case HBD_IPC_PONG:
        s->ponged_at = hbd_clock_now ();
        break;
    case HBD_IPC_KILL_ENGINE: {
        const char *reason;

        g_variant_get (payload, "(&s)", &reason);
        hbd_log (s->log, HBD_LEVEL_ERROR, "engine.killed", "pid=%d reason=\"%s\"",
                 (int) s->engine.pid, reason);
        if (s->engine.pid > 0)
            kill (s->engine.pid, SIGKILL);
        break;
    }
    case HBD_IPC_SNAPSHOT:
        take_snapshot (s, fds, n_fds);
        break;
    case HBD_IPC_TOLD:
        take_told (payload);
        break;
    case HBD_IPC_RELOADED:
        hbd_notify ("READY=1");
        break;
    }
    arm (s);
}

static void
on_closed (gpointer data, const char *reason)
{
    /* The process's end follows as SIGCHLD; a process that closed its channel without ending is
     * caught by the pings. */
}

static const HbdIpcHandler manager_handler = { on_manager_message, on_closed };
static const HbdIpcHandler engine_handler = { NULL, on_closed };
static const HbdIpcSpec from_engine[] = { { 0, NULL, 0, NULL } };

/* --- starting ------------------------------------------------------------------------------ */

/* Start @child as @spawn; its descriptor 3 is the channel to us, @second (or -1) becomes 4. */
static bool
start_child (Supervisor *s, Child *child, HbdSpawn *spawn, int second, int *our_end)
{
    g_autoptr (GError) error = NULL;
    int pair[2], fds[2];

    if (!hbd_ipc_pair (pair, &error)) {
        hbd_log (s->log, HBD_LEVEL_ERROR, "supervisor.socket", "reason=\"%s\"", error->message);
        return false;
    }
    fds[0] = pair[1];
    fds[1] = second;
    spawn->fds = fds;
    spawn->n_fds = second >= 0 ? 2 : 1;
    child->pid = hbd_spawn (spawn, &error);
    child->restart.started_at = hbd_clock_now ();
    child->start_at = HBD_TIME_NEVER;
    close (pair[1]);
    if (child->pid < 0) {
        hbd_log (s->log, HBD_LEVEL_ERROR, "supervisor.start", "program=%s reason=\"%s\"",
                 spawn->path, error->message);
        child->pid = 0;
        close (pair[0]);
        return false;
    }
    *our_end = pair[0];
    return true;
}

static void
retry_later (Child *child)
{
    HbdTime now = hbd_clock_now ();

    child->restart.started_at = now;
    child->start_at = now + hbd_restart_delay (&child->restart, now);
}

/* hbd's arguments under the manager's name, plus --resume where a predecessor left a snapshot. */
static char **
manager_argv (Supervisor *s, const char *extra)
{
    g_autoptr (GPtrArray) args = g_ptr_array_new ();

    g_ptr_array_add (args, g_strdup ("hbd-manager"));
    for (guint i = 1; s->argv[i] != NULL; i++)
        g_ptr_array_add (args, g_strdup (s->argv[i]));
    if (extra != NULL)
        g_ptr_array_add (args, g_strdup (extra));
    g_ptr_array_add (args, NULL);
    return (char **) g_ptr_array_steal (args, NULL);
}

static void
start_manager (Supervisor *s)
{
    g_autofree char *path = hbd_spawn_find ("hbd-manager");
    g_auto (GStrv) argv = manager_argv (s, s->snapshot_fd >= 0 ? "--resume" : NULL);
    HbdSpawn spawn = { .path = path, .argv = argv };
    int end;

    if (!start_child (s, &s->manager, &spawn, s->snapshot_fd, &end)) {
        retry_later (&s->manager);
        return;
    }
    s->manager.ipc = hbd_ipc_new (end, hbd_ipc_manager_to_supervisor, hbd_ipc_supervisor_to_manager,
                                  &manager_handler, s);
    s->ponged_at = s->manager.restart.started_at;
    hbd_log (s->log, HBD_LEVEL_INFO, "manager.started", "pid=%d", (int) s->manager.pid);
    connect_both (s);
    if (s->phase == PHASE_STOPPING)
        hbd_ipc_send (s->manager.ipc, HBD_IPC_SHUTDOWN, NULL, NULL, 0);
}

static void
set_scheduling (Supervisor *s)
{
    if (!s->engine_realtime || hbd_spawn_make_realtime (s->engine.pid, s->engine_priority))
        return;
    hbd_log (s->log, HBD_LEVEL_WARNING, "engine.not-realtime",
             "reason=\"%s\" advice=\"set `realtime off` in ha.cf or give hbd the right\"",
             g_strerror (errno));
}

static void
start_engine (Supervisor *s)
{
    g_autofree char *path = hbd_spawn_find ("hbd-engine");
    char *argv[] = { "hbd-engine", s->engine_realtime ? "--realtime" : NULL, NULL };
    HbdSpawn spawn = { .path = path,
                       .argv = argv,
                       .drop = true,
                       .uid = s->engine_uid,
                       .gid = s->engine_gid,
                       .is_realtime = s->engine_realtime };
    g_autoptr (GError) error = NULL;
    int end, fds[2];

    if (!hbd_ipc_pair (fds, &error)) {
        hbd_log (s->log, HBD_LEVEL_ERROR, "supervisor.socket", "reason=\"%s\"", error->message);
        retry_later (&s->engine);
        return;
    }
    if (!start_child (s, &s->engine, &spawn, fds[0], &end)) {
        close (fds[0]);
        close (fds[1]);
        retry_later (&s->engine);
        return;
    }
    close (fds[0]);
    set_scheduling (s);
    s->engine.ipc =
        hbd_ipc_new (end, from_engine, hbd_ipc_supervisor_to_engine, &engine_handler, s);
    hbd_log (s->log, HBD_LEVEL_INFO, "engine.started", "pid=%d", (int) s->engine.pid);
    give_end (s->manager.ipc, HBD_IPC_ENGINE, g_variant_new ("(u)", (guint32) s->engine.pid),
              fds[1]);
}

/* --- ends ---------------------------------------------------------------------------------- */

static void
finish (Supervisor *s)
{
    s->phase = PHASE_OVER;
    g_main_loop_quit (s->loop);
}

/* The manager is gone for good: close the engine's channel and wait for its end. */
static void
end_engine (Supervisor *s)
{
    g_clear_pointer (&s->engine.ipc, hbd_ipc_free);
    s->engine.start_at = HBD_TIME_NEVER;
    if (s->engine.pid == 0) {
        finish (s);
        return;
    }
    s->phase = PHASE_ENGINE_END;
    s->phase_limit = hbd_clock_now () + ENGINE_END_US;
}

/* Whatever still lives is ended; the addresses in the run directory's list are removed. An engine
 * without a manager must not say that it released everything, so it falls silent instead, and
 * the peer waits its deadtime. */
static void
start_let_go (Supervisor *s, int exit_code)
{
    g_autofree char *path = hbd_spawn_find ("hbd-manager");
    g_auto (GStrv) argv = manager_argv (s, "--let-go");
    HbdSpawn spawn = { .path = path, .argv = argv };
    g_autoptr (GError) error = NULL;

    s->exit_code = exit_code;
    s->manager.start_at = HBD_TIME_NEVER;
    if (s->manager.pid > 0)
        kill (s->manager.pid, SIGKILL);
    hbd_log (s->log, HBD_LEVEL_ERROR, "supervisor.lets-go",
             "text=\"the manager cannot go on: removing our addresses\"");
    s->phase = PHASE_LETTING_GO;
    s->phase_limit = hbd_clock_now () + LET_GO_US;
    s->let_go_pid = hbd_spawn (&spawn, &error);
    if (s->let_go_pid > 0)
        return;
    hbd_log (s->log, HBD_LEVEL_ERROR, "supervisor.start", "program=%s reason=\"%s\"", path,
             error->message);
    s->let_go_pid = 0;
    end_engine (s);
}

static char *
describe_end (int status)
{
    if (WIFSIGNALED (status))
        return g_strdup_printf ("signal=%d", WTERMSIG (status));
    return g_strdup_printf ("status=%d", WEXITSTATUS (status));
}

static bool
is_refusal (int status)
{
    int code = WIFEXITED (status) ? WEXITSTATUS (status) : 0;

    return code == HBD_EXIT_ERRORS || code == HBD_EXIT_OTHER_RUNS || code == HBD_EXIT_PRIVILEGE
           || code == HBD_EXIT_NO_CONFIG || code == HBD_EXIT_USAGE;
}

static void
manager_died (Supervisor *s, int status)
{
    HbdTime now = hbd_clock_now ();
    g_autofree char *how = describe_end (status);

    s->manager.pid = 0;
    g_clear_pointer (&s->manager.ipc, hbd_ipc_free);
    if (s->phase == PHASE_LETTING_GO)
        return;
    if (!s->was_ready && is_refusal (status)) {
        s->exit_code = WEXITSTATUS (status);
        end_engine (s);
        return;
    }
    if (s->phase == PHASE_STOPPING && WIFEXITED (status) && WEXITSTATUS (status) == 0) {
        end_engine (s);
        return;
    }
    s->manager.start_at = now + hbd_restart_delay (&s->manager.restart, now);
    hbd_log (s->log, HBD_LEVEL_ERROR, "manager.died", "%s fast_deaths=%u", how,
             s->manager.restart.fast_deaths);
    if (s->manager.restart.fast_deaths >= HBD_MANAGER_TRIES)
        start_let_go (s, HBD_EXIT_INTERNAL);
}

static void
engine_died (Supervisor *s, int status)
{
    HbdTime now = hbd_clock_now ();
    g_autofree char *how = describe_end (status);

    s->engine.pid = 0;
    g_clear_pointer (&s->engine.ipc, hbd_ipc_free);
    if (s->phase == PHASE_ENGINE_END) {
        finish (s);
        return;
    }
    if (s->phase != PHASE_RUN)
        return; /* the manager sees it and goes on without */
    s->engine.start_at = now + hbd_restart_delay (&s->engine.restart, now);
    hbd_log (s->log, HBD_LEVEL_ERROR, "engine.died", "%s fast_deaths=%u again_ms=%" G_GINT64_FORMAT,
             how, s->engine.restart.fast_deaths, (s->engine.start_at - now) / 1000);
}

static void
reap (Supervisor *s)
{
    int status;

    if (s->manager.pid > 0 && waitpid (s->manager.pid, &status, WNOHANG) == s->manager.pid)
        manager_died (s, status);
    if (s->engine.pid > 0 && waitpid (s->engine.pid, &status, WNOHANG) == s->engine.pid)
        engine_died (s, status);
    if (s->let_go_pid > 0 && waitpid (s->let_go_pid, &status, WNOHANG) == s->let_go_pid) {
        s->let_go_pid = 0;
        end_engine (s);
    }
}

/* --- time and signals ---------------------------------------------------------------------- */

static void
start_due (Supervisor *s, HbdTime now)
{
    if (s->manager.pid == 0 && now >= s->manager.start_at)
        start_manager (s);
    if (s->engine.pid == 0 && s->engine_wanted && now >= s->engine.start_at
        && s->phase == PHASE_RUN)
        start_engine (s);
}

static void
phase_expired (Supervisor *s)
{
    s->phase_limit = HBD_TIME_NEVER;
    if (s->phase == PHASE_STOPPING) {
        start_let_go (s, HBD_EXIT_INTERNAL);
        return;
    }
    if (s->let_go_pid > 0)
        kill (s->let_go_pid, SIGKILL);
    if (s->phase == PHASE_ENGINE_END && s->engine.pid > 0)
        kill (s->engine.pid, SIGKILL);
}

static void
check_manager (Supervisor *s, HbdTime now)
{
    HbdTime limit = s->was_ready ? PONG_LIMIT_US : READY_LIMIT_US;

    s->ping_at = now + PING_PERIOD_US;
    if (s->manager.pid == 0)
        return;
    if (now - s->ponged_at > limit && now - s->manager.restart.started_at > limit) {
        hbd_log (s->log, HBD_LEVEL_ERROR, "manager.hangs", "pid=%d silent_ms=%" G_GINT64_FORMAT,
                 (int) s->manager.pid, (now - s->ponged_at) / 1000);
        kill (s->manager.pid, SIGKILL);
        s->ponged_at = now;
        return;
    }
    hbd_ipc_send_lossy (s->manager.ipc, HBD_IPC_PING, g_variant_new ("(u)", 0));
}

static void
arm (Supervisor *s)
{
    HbdTime due = MIN (s->ping_at, s->phase_limit);

    if (s->manager.pid == 0)
        due = MIN (due, s->manager.start_at);
    if (s->engine.pid == 0 && s->engine_wanted && s->phase == PHASE_RUN)
        due = MIN (due, s->engine.start_at);
    hbd_timer_set (s->timer, MIN (due, s->watchdog_at));
}

static void
on_timer (gpointer data)
{
    Supervisor *s = data;
    HbdTime now = hbd_clock_now ();

    start_due (s, now);
    if (now >= s->phase_limit)
        phase_expired (s);
    if (now >= s->ping_at)
        check_manager (s, now);
    if (now >= s->watchdog_at) {
        hbd_notify ("WATCHDOG=1");
        s->watchdog_at = now + s->watchdog_us;
    }
    arm (s);
}

static void
begin_stop (Supervisor *s, int signal)
{
    if (s->phase != PHASE_RUN)
        return;
    hbd_log (s->log, HBD_LEVEL_NOTICE, "supervisor.stopping", "signal=%d", signal);
    hbd_notify ("STOPPING=1");
    s->phase = PHASE_STOPPING;
    s->phase_limit = hbd_clock_now () + STOP_ANSWER_US;
    if (s->manager.ipc != NULL)
        hbd_ipc_send (s->manager.ipc, HBD_IPC_SHUTDOWN, NULL, NULL, 0);
}

static void
begin_reload (Supervisor *s)
{
    if (s->phase != PHASE_RUN || s->manager.ipc == NULL)
        return;
    hbd_notify ("RELOADING=1");
    hbd_ipc_send (s->manager.ipc, HBD_IPC_RELOAD, NULL, NULL, 0);
}

static void
on_signal (gpointer data, int signal)
{
    Supervisor *s = data;

    if (signal == SIGCHLD)
        reap (s);
    else if (signal == SIGHUP)
        begin_reload (s);
    else
        begin_stop (s, signal);
    if (s->phase != PHASE_OVER)
        arm (s);
}

/* The engine's user: hbd, made at install; nobody where it is missing. */
static void
find_user (Supervisor *s)
{
    struct passwd *user = getpwnam ("hbd");

    if (user == NULL) {
        user = getpwnam ("nobody");
        hbd_log (s->log, HBD_LEVEL_WARNING, "engine.user",
                 "text=\"no user `hbd': the engine runs as nobody\" "
                 "advice=\"systemd-sysusers, or: adduser --system --group --no-create-home hbd\"");
    }
    s->engine_uid = user != NULL ? user->pw_uid : 65534;
    s->engine_gid = user != NULL ? user->pw_gid : 65534;
}

int
hbd_supervisor_run (const HbdOptions *options, char **argv, HbdLog *log)
{
    static const int signals[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0 };
    Supervisor s = { .options = options,
                     .argv = argv,
                     .log = log,
                     .snapshot_fd = -1,
                     .phase_limit = HBD_TIME_NEVER,
                     .watchdog_at = HBD_TIME_NEVER };

    s.loop = g_main_loop_new (NULL, FALSE);
    s.timer = hbd_timer_new (G_PRIORITY_DEFAULT, on_timer, &s);
    s.watchdog_us = hbd_notify_watchdog_us ();
    if (s.watchdog_us > 0)
        s.watchdog_at = 0;
    if (hbd_loop_signals (signals, on_signal, &s) < 0)
        g_error ("signalfd: %s", g_strerror (errno));
    find_user (&s);
    s.engine.start_at = HBD_TIME_NEVER;
    start_manager (&s);
    arm (&s);
    g_main_loop_run (s.loop);

    hbd_ipc_free (s.manager.ipc);
    hbd_ipc_free (s.engine.ipc);
    hbd_timer_free (s.timer);
    if (s.snapshot_fd >= 0)
        close (s.snapshot_fd);
    g_main_loop_unref (s.loop);
    return s.exit_code;
}
