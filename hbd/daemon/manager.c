/* SPDX-License-Identifier: Apache-2.0 */
/* The manager's life: it reads the configuration, starts its parts in the order in which they need
 * each other, and at the end takes them down in an order that tells the peer.
 *
 * Start: files -> model -> executor (what runs already is probed, stale addresses go) -> control
 * socket and FIFO -> engine asked for; when the engine says HELLO it gets everything
 * (manager_engine.c), and READY goes up.
 *
 * Stop (asked by the supervisor, or the supervisor is gone): the engine is told STOP; it asks for
 * each group's stop, says shutdone to the peer and EXIT to us. Without an engine, or when it takes
 * too long, the runner releases everything by itself. Every phase has an end. */
#include "config.h"

#include "hbd/daemon/manager.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/addresses.h"
#include "hbd/daemon/engine_links.h"
#include "hbd/daemon/identity.h"
#include "hbd/daemon/manager_main.h"
#include "hbd/daemon/pidfile.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEER_SLACK_US    HBD_S (12) /* what a peer may take to answer in a hand-over */
#define RELEASE_SLACK_US HBD_S (2)
#define LOCK_TRIES       100 /* an older manager may still be stopping */
#define LOCK_PAUSE_MS    100
#define MANAGER_NICE     (-10)
#define HAS_GROUP        "haclient"

/* --- records ------------------------------------------------------------------------------- */

void
hbd_manager_record (HbdManager *m, const HbdRecord *record, HbdTime when)
{
    const HbdRecorded *entry = hbd_recorder_add (m->recorder, record, when, hbd_clock_wall_us ());

    hbd_log_record (m->log, record, when);
    if (m->commands != NULL)
        hbd_commands_recorded (m->commands, entry);
}

void
hbd_manager_say (HbdManager *m, HbdLevel level, const char *name, const char *format, ...)
{
    g_autofree char *fields = NULL;
    HbdRecord record = { .level = level, .name = (char *) name };
    va_list args;

    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    record.fields = fields;
    hbd_manager_record (m, &record, hbd_clock_now ());
}

void
hbd_manager_take_record (gpointer manager, HbdRecord *record)
{
    hbd_manager_record (manager, record, hbd_clock_now ());
    hbd_record_free (record);
}

void
hbd_manager_borrow_record (gpointer manager, const HbdRecord *record)
{
    hbd_manager_record (manager, record, hbd_clock_now ());
}

/* --- parts --------------------------------------------------------------------------------- */

static void
on_group (gpointer data, guint index, CrmGroupState state)
{
    hbd_manager_tell_group (data, index, state);
}

static gboolean
finish_later (gpointer data)
{
    hbd_manager_finish (data, 0);
    return G_SOURCE_REMOVE;
}

static void
on_released (gpointer data)
{
    HbdManager *m = data;

    if (m->phase == HBD_MANAGER_RELEASES)
        g_idle_add_full (G_PRIORITY_HIGH, finish_later, m, NULL);
}

HbdExecutor *
hbd_manager_new_executor (HbdManager *m, const HbdSetup *setup, GError **error)
{
    static const HbdExecutorHandler handler = { on_group, hbd_manager_borrow_record, on_released };
    g_autofree char *journal = g_build_filename (m->options->run_dir, "journal", NULL);
    g_autofree char *agents = g_build_filename (m->options->run_dir, "agents", NULL);
    HbdExecutorConfig config = { .model = setup->model,
                                 .node_name = setup->engine->self,
                                 .ha_dir = m->options->ha_dir,
                                 .journal_path = journal,
                                 .agents_path = agents,
                                 .env = (const char *const *) setup->env,
                                 .lease_s = hbd_setup_lease_s (setup->cluster),
                                 .engine_grace_us = hbd_setup_engine_grace_us (setup->cluster) };

    return hbd_executor_new (&config, &handler, m, error);
}

static void
on_link_opened (gpointer data, int index, const HbdLinkSockets *sockets)
{
    HbdManager *m = data;
    int fds[2] = { sockets->rx_fd, sockets->tx_fd };

    if (m->engine != NULL && m->engine_greeted) /* before, it would not know what that is */
        hbd_ipc_send (m->engine, HBD_IPC_LINK_OPEN, hbd_link_sockets_to_variant (index, sockets),
                      fds, 2);
}

static void
on_link_closed (gpointer data, int index)
{
    HbdManager *m = data;

    if (m->engine != NULL)
        hbd_ipc_send (m->engine, HBD_IPC_LINK_CLOSE, g_variant_new ("(i)", index), NULL, 0);
}

HbdLinkSet *
hbd_manager_new_links (HbdManager *m, const HbdSetup *setup, GError **error)
{
    static const HbdLinkSetHandler handler = { on_link_opened, on_link_closed,
                                               hbd_manager_borrow_record };

    return hbd_linkset_new (setup->cluster, &handler, m, error);
}

static void
on_fifo (gpointer data, const HbdMessage *message)
{
    hbd_manager_inject (data, message);
}

/* Things without which the service still runs: their failure is said, not fatal. */
static void
start_side_parts (HbdManager *m)
{
    g_autofree char *fifo_path = g_build_filename (m->heartbeat_dir, "fifo", NULL);
    g_autofree char *pid_path = hbd_options_heartbeat_pid (m->options);
    g_autoptr (GError) error = NULL;

    m->fifo = hbd_fifo_new (fifo_path, on_fifo, m, &error);
    if (m->fifo == NULL)
        hbd_manager_say (m, HBD_LEVEL_WARNING, "fifo.closed", "reason=\"%s\"", error->message);
    g_clear_error (&error);
    if (!hbd_pidfile_write (pid_path, getppid (), &error))
        hbd_manager_say (m, HBD_LEVEL_WARNING, "pidfile.unwritten", "reason=\"%s\"",
                         error->message);
    m->hooks = hbd_hooks_new (m->options->ha_dir, (const char *const *) m->setup->env,
                              hbd_manager_take_record, m);
}

static bool
start_control (HbdManager *m, GError **error)
{
    g_autofree char *path = g_build_filename (m->options->run_dir, "control", NULL);

    m->commands = hbd_commands_new (m);
    m->control =
        hbd_control_new (path, HAS_GROUP, hbd_commands_request, hbd_commands_gone, m, error);
    return m->control != NULL;
}

static void
read_identity (HbdManager *m)
{
    g_autofree char *path = g_build_filename (m->heartbeat_dir, "hb_uuid", NULL);
    g_autoptr (GError) error = NULL;

    g_mkdir_with_parents (m->heartbeat_dir, 0755);
    if (m->setup->cluster->uuid_from_name) {
        hbd_identity_uuid_from_name (m->setup->engine->self, m->uuid);
        return;
    }
    if (!hbd_identity_uuid (path, m->uuid, &error))
        hbd_manager_say (m, HBD_LEVEL_WARNING, "uuid.unwritten",
                         "reason=\"%s\" text=\"peers see another uuid after each start\"",
                         error->message);
}

void
hbd_manager_send_snapshot (HbdManager *m)
{
    g_autoptr (GError) error = NULL;
    int fd = hbd_files_seal (m->setup->files, &error);

    if (fd < 0) {
        hbd_manager_say (m, HBD_LEVEL_WARNING, "snapshot.failed", "reason=\"%s\"", error->message);
        return;
    }
    hbd_ipc_send (m->supervisor, HBD_IPC_SNAPSHOT, NULL, &fd, 1);
    close (fd);
}

/* --- the end ------------------------------------------------------------------------------- */

void
hbd_manager_finish (HbdManager *m, int exit_code)
{
    if (m->phase == HBD_MANAGER_OVER)
        return;
    m->phase = HBD_MANAGER_OVER;
    m->exit_code = exit_code;
    hbd_manager_say (m, HBD_LEVEL_NOTICE, "manager.stopped", "code=%d", exit_code);
    g_main_loop_quit (m->loop);
}

void
hbd_manager_release (HbdManager *m)
{
    if (m->phase >= HBD_MANAGER_RELEASES)
        return;
    m->phase = HBD_MANAGER_RELEASES;
    hbd_timer_set (m->phase_timer, hbd_clock_now () + hbd_executor_stop_bound (m->executor));
    hbd_executor_shutdown (m->executor);
}

/* A phase took longer than it may. */
static void
on_phase_timer (gpointer data)
{
    HbdManager *m = data;

    if (m->phase == HBD_MANAGER_ENGINE_STOPS) {
        hbd_manager_say (m, HBD_LEVEL_WARNING, "shutdown.late",
                         "text=\"the hand-over takes too long: releasing everything now\"");
        hbd_manager_release (m);
    } else {
        hbd_manager_say (m, HBD_LEVEL_ERROR, "shutdown.incomplete",
                         "text=\"something still runs; see the records above\"");
        hbd_manager_finish (m, 0);
    }
}

void
hbd_manager_begin_shutdown (HbdManager *m, const char *why)
{
    HbdTime hand_over, bound;

    if (m->phase != HBD_MANAGER_RUNS)
        return;
    hbd_manager_reload_cancel (m);
    hand_over = hbd_executor_stop_bound (m->executor) + PEER_SLACK_US;
    bound = hand_over + hbd_executor_stop_bound (m->executor) + RELEASE_SLACK_US;
    hbd_manager_say (m, HBD_LEVEL_NOTICE, "manager.stopping", "reason=\"%s\"", why);
    hbd_ipc_send (m->supervisor, HBD_IPC_STOPPING, g_variant_new ("(u)", (guint32) (bound / 1000)),
                  NULL, 0);
    g_clear_pointer (&m->respawns, hbd_respawns_free);
    if (m->engine == NULL || !m->engine_started) {
        hbd_manager_release (m);
        return;
    }
    m->phase = HBD_MANAGER_ENGINE_STOPS;
    hbd_timer_set (m->phase_timer, hbd_clock_now () + hand_over);
    hbd_ipc_send (m->engine, HBD_IPC_STOP, NULL, NULL, 0);
}

/* --- the supervisor ------------------------------------------------------------------------ */

static void
on_supervisor_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    HbdManager *m = data;
    guint32 number;

    switch (type) {
    case HBD_IPC_ENGINE:
        g_variant_get (payload, "(u)", &number);
        if (n_fds == 1) {
            hbd_manager_attach_engine (m, fds[0], number);
            fds[0] = -1;
        }
        break;
    case HBD_IPC_SHUTDOWN:
        hbd_manager_begin_shutdown (m, "asked to stop");
        break;
    case HBD_IPC_RELOAD:
        hbd_manager_reload (m, false, 0);
        break;
    case HBD_IPC_PING:
        g_variant_get (payload, "(u)", &number);
        hbd_ipc_send (m->supervisor, HBD_IPC_PONG, g_variant_new ("(u)", number), NULL, 0);
        break;
    }
}

static void
on_supervisor_closed (gpointer data, const char *reason)
{
    HbdManager *m = data;

    if (m->phase == HBD_MANAGER_OVER)
        return;
    hbd_manager_say (m, HBD_LEVEL_ERROR, "supervisor.lost", "reason=\"%s\"", reason);
    hbd_manager_begin_shutdown (m, "the supervisor is gone");
}

static const HbdIpcHandler supervisor_handler = { on_supervisor_message, on_supervisor_closed };

/* --- start --------------------------------------------------------------------------------- */

static void
print_diags (const HbdSetup *setup)
{
    for (guint i = 0; i < setup->diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (setup->diags->items->pdata[i]);

        fprintf (stderr, "%s\n", line);
    }
}

static int
refuse_without_config (const HbdOptions *options)
{
    fprintf (
        stderr,
        "hbd: error: no configuration found: neither %s/ha.cf nor (not served yet) %s exists\n",
        options->ha_dir, options->keepalived_conf);
    return HBD_EXIT_NO_CONFIG;
}

/* Who starts hbd in keepalived's place must not believe that its addresses are served. */
static void
note_keepalived (const HbdOptions *options)
{
    if (!options->check && !options->resume && hbd_options_keepalived_on (options)
        && g_file_test (options->keepalived_conf, G_FILE_TEST_EXISTS))
        fprintf (stderr, "hbd: warning: %s is there, but VRRP and LVS are not served yet\n",
                 options->keepalived_conf);
}

static HbdSetup *
load (const HbdOptions *options, int *exit_code)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (HbdSetup) setup = NULL;
    bool has_keepalived;
    HbdFiles *files = options->resume ? hbd_files_unseal (HBD_MANAGER_SNAPSHOT_FD, &error)
                                      : hbd_files_read (options, &error);

    if (files == NULL) {
        fprintf (stderr, "hbd: error: %s\n", error->message);
        *exit_code = HBD_EXIT_ERRORS;
        return NULL;
    }
    setup = hbd_setup_new (files, options);
    has_keepalived = files->keepalived.text != NULL;
    if (options->check && options->has_keepalived_conf && !has_keepalived
        && hbd_options_keepalived_on (options)) {
        fprintf (stderr, "hbd: error: %s does not exist\n", options->keepalived_conf);
        *exit_code = HBD_EXIT_ERRORS;
        return NULL;
    }
    if (!hbd_setup_exists (setup) && !has_keepalived) {
        *exit_code = refuse_without_config (options);
        return NULL;
    }
    note_keepalived (options);
    if (!options->resume)
        print_diags (setup);
    if (setup->diags->errors > 0 || (hbd_setup_exists (setup) && !hbd_setup_is_good (setup))) {
        fprintf (stderr, "hbd: error: the configuration has %u error%s; nothing was started\n",
                 setup->diags->errors, setup->diags->errors == 1 ? "" : "s");
        *exit_code = HBD_EXIT_ERRORS;
        return NULL;
    }
    return g_steal_pointer (&setup);
}

int
hbd_manager_check (const HbdOptions *options)
{
    g_autoptr (HbdSetup) setup = NULL;
    int code = 0;

    setup = load (options, &code);
    if (setup == NULL)
        return code;
    for (guint i = 0; i < setup->records->len; i++) {
        const HbdRecord *record = setup->records->pdata[i];

        fprintf (stderr, "note: %s %s\n", record->name, record->fields);
    }
    if (setup->files->keepalived.text != NULL)
        fprintf (stderr, "note: %s is checked only: VRRP and LVS are not served yet\n",
                 options->keepalived_conf);
    return 0;
}

static void
log_and_free (gpointer data, HbdRecord *record)
{
    hbd_log_record (data, record, hbd_clock_now ());
    hbd_record_free (record);
}

int
hbd_manager_let_go (HbdLog *log)
{
    return hbd_addresses_let_go (log_and_free, log) == 0 ? 0 : HBD_EXIT_INTERNAL;
}

typedef struct {
    GMainLoop *loop;
    const char *path;
    int fd, tries;
    pid_t holder;
    GError *error;
} LockWait;

static gboolean
try_lock (gpointer data)
{
    LockWait *wait = data;

    wait->fd = hbd_pidfile_take (wait->path, &wait->holder, &wait->error);
    if (wait->fd < 0 && wait->error == NULL && ++wait->tries < LOCK_TRIES)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit (wait->loop);
    return G_SOURCE_REMOVE;
}

/* Only one manager may touch the host: an older one, whose supervisor died, may still be stopping. */
static int
take_manager_lock (const HbdOptions *options)
{
    g_autofree char *path = g_build_filename (options->run_dir, "manager.lock", NULL);
    LockWait wait = { .path = path, .fd = -1 };

    wait.loop = g_main_loop_new (NULL, FALSE);
    if (try_lock (&wait)) {
        g_timeout_add (LOCK_PAUSE_MS, try_lock, &wait);
        g_main_loop_run (wait.loop);
    }
    g_main_loop_unref (wait.loop);
    if (wait.error != NULL)
        fprintf (stderr, "hbd: error: %s\n", wait.error->message);
    else if (wait.fd < 0)
        fprintf (stderr, "hbd: error: another hbd-manager still runs here with pid %d\n",
                 (int) wait.holder);
    g_clear_error (&wait.error);
    return wait.fd;
}

static bool
start (HbdManager *m, GError **error)
{
    const CfgCluster *cluster = m->setup->cluster;

    /* Leases are renewed from here: ahead of ordinary work, but agents start at nice 0 again. */
    if (cluster->realtime)
        setpriority (PRIO_PROCESS, 0, MANAGER_NICE);
    read_identity (m);
    m->executor = hbd_manager_new_executor (m, m->setup, error);
    if (m->executor == NULL)
        return false;
    m->links = hbd_manager_new_links (m, m->setup, error);
    if (m->links == NULL || !start_control (m, error))
        return false;
    for (guint i = 0; i < m->setup->records->len; i++)
        hbd_manager_borrow_record (m, m->setup->records->pdata[i]);
    hbd_executor_start (m->executor);
    start_side_parts (m);
    hbd_manager_send_snapshot (m);
    hbd_ipc_send (m->supervisor, HBD_IPC_START_ENGINE,
                  g_variant_new ("(bi)", (gboolean) cluster->realtime, cluster->rtprio), NULL, 0);
    return true;
}

static void
stop_parts (HbdManager *m)
{
    g_clear_pointer (&m->control, hbd_control_free);
    g_clear_pointer (&m->doctor, hbd_doctor_free);
    g_clear_pointer (&m->commands, hbd_commands_free);
    g_clear_pointer (&m->respawns, hbd_respawns_free);
    g_clear_pointer (&m->hooks, hbd_hooks_free);
    g_clear_pointer (&m->fifo, hbd_fifo_free);
    hbd_manager_detach_engine (m);
    g_clear_pointer (&m->links, hbd_linkset_free);
    g_clear_pointer (&m->executor, hbd_executor_free);
    g_clear_pointer (&m->watch, hbd_timer_free);
    g_clear_pointer (&m->phase_timer, hbd_timer_free);
    g_clear_pointer (&m->reload_timer, hbd_timer_free);
    g_clear_pointer (&m->next_setup, hbd_setup_free);
    g_clear_pointer (&m->setup, hbd_setup_free);
    g_clear_pointer (&m->supervisor, hbd_ipc_free);
    hbd_log_set_sink (m->log, NULL, NULL);
    g_clear_pointer (&m->log_files, hbd_log_files_free);
    g_clear_pointer (&m->recorder, hbd_recorder_free);
    g_clear_pointer (&m->loop, g_main_loop_unref);
    g_free (m->heartbeat_dir);
}

static void
on_watch (gpointer data)
{
    hbd_manager_watch_engine (data);
}

static void
on_reload_timer (gpointer data)
{
    hbd_manager_reload_go_on (data);
}

int
hbd_manager_run (const HbdOptions *options, HbdLog *log)
{
    HbdManager m = { .options = options, .log = log };
    g_autofree char *events = g_build_filename (options->state_dir, "events", NULL);
    g_autoptr (GError) error = NULL;
    int code = 0;
    int lock = take_manager_lock (options);

    if (lock < 0)
        return HBD_EXIT_OTHER_RUNS;
    m.setup = load (options, &code);
    if (m.setup == NULL)
        return code;
    g_mkdir_with_parents (options->state_dir, 0755);
    m.loop = g_main_loop_new (NULL, FALSE);
    m.recorder = hbd_recorder_new (events);
    m.log_files = hbd_log_files_new (m.setup->cluster, HBD_SYSLOG_PATH);
    hbd_log_set_sink (log, hbd_log_files_write, m.log_files);
    m.heartbeat_dir = g_strdup (HBD_HEARTBEAT_DIR);
    m.supervisor = hbd_ipc_new (HBD_MANAGER_SUPERVISOR_FD, hbd_ipc_supervisor_to_manager,
                                hbd_ipc_manager_to_supervisor, &supervisor_handler, &m);
    m.watch = hbd_timer_new (G_PRIORITY_DEFAULT, on_watch, &m);
    m.phase_timer = hbd_timer_new (G_PRIORITY_DEFAULT, on_phase_timer, &m);
    m.reload_timer = hbd_timer_new (G_PRIORITY_DEFAULT, on_reload_timer, &m);
    if (start (&m, &error)) {
        g_main_loop_run (m.loop);
        code = m.exit_code;
    } else {
        hbd_manager_say (&m, HBD_LEVEL_ERROR, "manager.start", "reason=\"%s\"", error->message);
        code = HBD_EXIT_INTERNAL;
    }
    stop_parts (&m);
    close (lock);
    return code;
}
