/* SPDX-License-Identifier: Apache-2.0 */
/* The manager and its engine: the engine is told what it needs, its requests are checked against
 * the configuration that the manager parsed itself, and anything odd ends it. */
#include "config.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/identity.h"
#include "hbd/daemon/manager.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define HANG_MIN_US    HBD_S (1)
#define HANG_MAX_US    HBD_S (5)
/* Hundreds a second are beats and a busy network at the shortest keepalive; beyond this the engine
 * is beside itself, and reading on would leave no time for anything else. */
#define MAX_PER_SECOND 5000
#define OLDEST_RECORD  HBD_S (3600) /* kept by the engine while no manager was there */

static guint
group_count (const HbdManager *m)
{
    return m->setup->model->groups->len;
}

static void
kill_engine (HbdManager *m, const char *reason)
{
    hbd_manager_say (m, HBD_LEVEL_ERROR, "engine.kill", "reason=\"%s\"", reason);
    hbd_ipc_send (m->supervisor, HBD_IPC_KILL_ENGINE, g_variant_new ("(s)", reason), NULL, 0);
}

/* --- telling it ---------------------------------------------------------------------------- */

/* A generation above all earlier ones, on disk before it is used. Where the file fails, the clock
 * serves: generations begin at Unix time and grow by one a start, far behind it. */
static guint32
new_generation (HbdManager *m)
{
    g_autofree char *path = g_build_filename (m->heartbeat_dir, "hb_generation", NULL);
    g_autoptr (GError) error = NULL;
    gint64 wall_s = hbd_clock_wall_us () / G_USEC_PER_SEC;
    guint32 generation =
        hbd_identity_next_generation (path, wall_s, m->setup->cluster->generation_by_time, &error);

    if (generation != 0)
        return generation;
    hbd_manager_say (m, HBD_LEVEL_ERROR, "generation.unwritten",
                     "reason=\"%s\" text=\"using the clock instead\"", error->message);
    return (guint32) MAX (wall_s, (gint64) m->generation + 1);
}

static void
send_config (HbdManager *m)
{
    HbdMembershipConfig *config = &m->setup->engine->node.membership;

    m->generation = new_generation (m);
    config->generation = m->generation;
    memcpy (config->uuid, m->uuid, sizeof m->uuid);
    if (getrandom (&config->seed, sizeof config->seed, 0) != sizeof config->seed)
        config->seed = (guint64) hbd_clock_now ();
    hbd_ipc_send (m->engine, HBD_IPC_CONFIG, hbd_engine_config_to_variant (m->setup->engine), NULL,
                  0);
}

static void
send_keys (HbdManager *m)
{
    hbd_ipc_send (m->engine, HBD_IPC_KEYS, hbd_keys_to_variant (m->setup->cluster->keys), NULL, 0);
}

static void
tell_ready (HbdManager *m)
{
    if (m->was_ready)
        return;
    m->was_ready = true;
    hbd_ipc_send (m->supervisor, HBD_IPC_READY, NULL, NULL, 0);
    m->respawns =
        hbd_respawns_new (m->setup->cluster->respawns, (const char *const *) m->setup->env,
                          hbd_manager_take_record, m);
}

/* Links, groups, START; what comes before depends on what the engine has. */
static void
bring_up (HbdManager *m)
{
    hbd_linkset_open_all (m->links);
    m->engine_started = true;
    m->beat_at = hbd_clock_now ();
    hbd_executor_engine (m->executor, true); /* tells every group */
    hbd_ipc_send (m->engine, HBD_IPC_START, NULL, NULL, 0);
    hbd_manager_watch_engine (m);
    tell_ready (m);
}

void
hbd_manager_configure_engine (HbdManager *m)
{
    if (m->engine == NULL)
        return;
    send_config (m);
    bring_up (m);
}

void
hbd_manager_tell_group (HbdManager *m, guint index, CrmGroupState state)
{
    if (m->engine != NULL && m->engine_started && m->next_setup == NULL)
        hbd_ipc_send (m->engine, HBD_IPC_GROUP, g_variant_new ("(uu)", index, (guint32) state),
                      NULL, 0);
}

void
hbd_manager_inject (HbdManager *m, const HbdMessage *message)
{
    if (m->engine != NULL && m->engine_started)
        hbd_ipc_send (m->engine, HBD_IPC_INJECT, hbd_message_to_variant (message), NULL, 0);
}

/* --- hearing it ---------------------------------------------------------------------------- */

static bool
take_hello (HbdManager *m, GVariant *payload)
{
    g_autofree char *ours = NULL;
    const char *theirs;

    if (m->engine_greeted) /* each one costs a generation on disk and opens all links */
        return false;
    m->engine_greeted = true;
    ours = hbd_engine_config_digest (m->setup->engine);
    g_variant_get (payload, "(&s)", &theirs);
    if (strcmp (ours, theirs) == 0)
        send_keys (m); /* a restarted manager: the engine goes on as it is */
    else
        send_config (m);
    bring_up (m);
    return true;
}

static bool
take_request (HbdManager *m, GVariant *payload)
{
    guint32 kind, group;

    g_variant_get (payload, "(uu)", &kind, &group);
    if (kind >= CRM_REQUEST_N || group >= group_count (m))
        return false;
    if (m->next_setup == NULL) /* a reload is under way: the engine is told anew when it is over */
        hbd_executor_request (m->executor, (CrmRequestKind) kind, group);
    return true;
}

static void
take_persist (HbdManager *m, GVariant *payload)
{
    g_autofree char *path = g_build_filename (m->heartbeat_dir, "hb_generation", NULL);
    g_autoptr (GError) error = NULL;
    guint32 generation;
    bool ok;

    g_variant_get (payload, "(u)", &generation);
    ok = hbd_identity_store_generation (path, generation, hbd_clock_wall_us () / G_USEC_PER_SEC,
                                        &error);
    if (!ok)
        hbd_manager_say (m, HBD_LEVEL_ERROR, "generation.unwritten", "reason=\"%s\"",
                         error->message);
    else
        m->generation = MAX (m->generation, generation);
    hbd_ipc_send (m->engine, HBD_IPC_PERSISTED, g_variant_new ("(ub)", generation, (gboolean) ok),
                  NULL, 0);
}

static bool
take_record (HbdManager *m, GVariant *payload)
{
    HbdTime now = hbd_clock_now ();
    HbdRecord record;
    HbdTime when;
    guint32 level;

    g_variant_get (payload, "(xu&s&s)", &when, &level, &record.name, &record.fields);
    if (level > HBD_LEVEL_DEBUG)
        return false;
    record.level = (HbdLevel) level;
    /* a time of its own making could keep the log's bucket empty for ever */
    hbd_manager_record (m, &record, CLAMP (when, now - OLDEST_RECORD, now));
    return true;
}

static void
take_status (HbdManager *m, GVariant *payload)
{
    g_autoptr (GVariant) status = NULL;
    guint32 id;

    g_variant_get (payload, "(u@a{sv})", &id, &status);
    hbd_commands_status (m->commands, id, status);
}

static void
take_reply (HbdManager *m, GVariant *payload)
{
    const char *text;
    gboolean is_ok;
    guint32 id;

    g_variant_get (payload, "(ub&s)", &id, &is_ok, &text);
    hbd_commands_reply (m->commands, id, is_ok, text);
}

static bool
take_hook (HbdManager *m, GVariant *payload)
{
    g_autoptr (HbdMessage) message = hbd_message_from_variant (payload);

    if (message == NULL)
        return false;
    if (m->hooks != NULL)
        hbd_hooks_run (m->hooks, (const char *const *) m->setup->hooks, message);
    return true;
}

static void
take_exit (HbdManager *m)
{
    if (m->phase == HBD_MANAGER_ENGINE_STOPS)
        hbd_manager_release (m);
    else if (m->phase == HBD_MANAGER_RUNS)
        kill_engine (m, "it wants to leave though nobody asked");
}

static bool
dispatch (HbdManager *m, guint32 type, GVariant *payload)
{
    if (!m->engine_started && type != HBD_IPC_HELLO && type != HBD_IPC_RECORD
        && type != HBD_IPC_BEAT && type != HBD_IPC_PERSIST)
        return true; /* said before it was told anything: of no use any more */
    switch (type) {
    case HBD_IPC_HELLO:
        return take_hello (m, payload);
    case HBD_IPC_BEAT:
        m->beat_at = hbd_clock_now ();
        hbd_executor_beat (m->executor);
        return true;
    case HBD_IPC_REQUEST:
        return take_request (m, payload);
    case HBD_IPC_PERSIST:
        take_persist (m, payload);
        return true;
    case HBD_IPC_RECORD:
        return take_record (m, payload);
    case HBD_IPC_STATUS:
        take_status (m, payload);
        return true;
    case HBD_IPC_REPLY:
        take_reply (m, payload);
        return true;
    case HBD_IPC_HOOK:
        return take_hook (m, payload);
    case HBD_IPC_EXIT:
        take_exit (m);
        return true;
    default:
        return false;
    }
}

static bool
is_flood (HbdManager *m)
{
    HbdTime now = hbd_clock_now ();

    if (now - m->engine_counted_at >= HBD_S (1)) {
        m->engine_counted_at = now;
        m->engine_messages = 0;
    }
    return ++m->engine_messages > MAX_PER_SECOND;
}

static void
lose_engine (HbdManager *m)
{
    hbd_manager_detach_engine (m);
    if (m->phase == HBD_MANAGER_RUNS)
        hbd_executor_engine (m->executor, false);
    if (m->commands != NULL)
        hbd_commands_engine_lost (m->commands);
    if (m->phase == HBD_MANAGER_ENGINE_STOPS)
        hbd_manager_release (m);
}

/* Nothing more is read from an engine that said something odd, whatever it has sent already. */
static void
on_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    HbdManager *m = data;
    const char *odd = NULL;

    if (is_flood (m))
        odd = "it floods us with messages";
    else if (!dispatch (m, type, payload))
        odd = hbd_ipc_find (hbd_ipc_to_manager, type)->name;
    if (odd == NULL)
        return;
    kill_engine (m, odd);
    lose_engine (m);
}

static void
on_closed (gpointer data, const char *reason)
{
    HbdManager *m = data;

    if (m->phase == HBD_MANAGER_RUNS) {
        hbd_manager_say (m, HBD_LEVEL_ERROR, "engine.lost", "pid=%u reason=\"%s\"", m->engine_pid,
                         reason);
        if (strcmp (reason, "closed") != 0)
            kill_engine (m, reason);
    }
    lose_engine (m);
}

static const HbdIpcHandler handler = { on_message, on_closed };

void
hbd_manager_attach_engine (HbdManager *m, int fd, guint32 pid)
{
    if (m->engine != NULL)
        lose_engine (m);
    if (m->phase != HBD_MANAGER_RUNS) {
        close (fd);
        return;
    }
    m->engine_pid = pid;
    m->engine_started = false;
    m->engine_greeted = false;
    m->engine = hbd_ipc_new (fd, hbd_ipc_to_manager, hbd_ipc_to_engine, &handler, m);
    hbd_ipc_set_priority (m->engine, G_PRIORITY_HIGH + 10);
}

void
hbd_manager_detach_engine (HbdManager *m)
{
    g_clear_pointer (&m->engine, hbd_ipc_free);
    m->engine_started = false;
    if (m->watch != NULL)
        hbd_timer_set (m->watch, HBD_TIME_NEVER);
}

/* The runner lets go of the addresses when beats stop; here the silent engine itself is ended, so
 * that a new one can take its place. */
void
hbd_manager_watch_engine (HbdManager *m)
{
    HbdTime limit = CLAMP (m->setup->cluster->deadtime_us, HANG_MIN_US, HANG_MAX_US);
    HbdTime now = hbd_clock_now ();

    if (m->engine == NULL || !m->engine_started)
        return;
    if (now - m->beat_at > limit && m->phase == HBD_MANAGER_RUNS) {
        kill_engine (m, "no beat: it hangs or gets no processor");
        m->beat_at = now;
    }
    hbd_timer_set (m->watch, now + limit / 4);
}
