/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's shell around HbdNode.
 *
 * Entities: one node (the mind), its links (descriptors passed in by the manager), one timer that
 * follows the node's deadline and the keep-going beat, two channels. The manager's channel may end
 * and come again, passed on by the supervisor: the node goes on meanwhile. Every callback turns one
 * thing into one event, steps the node and performs what it says; nothing here decides.
 *
 * Beats: after every own status, and at least every BEAT_PERIOD_US while the loop runs, the manager
 * hears BEAT and renews the addresses' lease. No loop, no beat, no lease: that is the point. */
#include "config.h"

#include "hbd/daemon/engine.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/engine_config.h"
#include "hbd/daemon/engine_links.h"
#include "hbd/daemon/engine_records.h"
#include "hbd/daemon/ipc.h"
#include "hbd/daemon/loop.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define BEAT_PERIOD_US HBD_MS (250)
#define LOAD_PERIOD_US HBD_S (5)
#define LATE_US        HBD_MS (50)

typedef struct {
    GMainLoop *loop;
    HbdIpc *manager, *supervisor;
    HbdEngineConfig *config;
    char *digest;
    HbdNode *node;
    HbdEngineLinks *links;
    HbdTimer *timer;
    HbdTime due, beat_due, load_due;
    int loadavg_fd;
    HbdEngineRecords *records;
    guint32 persist_wanted; /* asked for while the manager was away; 0: nothing */
    GArray *early_groups;   /* HbdNodeEvent: states told before the node started */
    bool is_started, is_stopping, done;
    int exit_code;
} Engine;

static void step (Engine *e, const HbdNodeEvent *event);

static gint64
wall_s (void)
{
    return MAX (hbd_clock_wall_us () / G_USEC_PER_SEC, 1);
}

/* --- towards the manager ------------------------------------------------------------------- */

static void
tell_record (Engine *e, HbdRecord *record)
{
    hbd_engine_records_tell (e->records, e->manager, record);
}

static void
beat (Engine *e, HbdTime now)
{
    HbdTime period = MIN (e->config->node.membership.keepalive_us, BEAT_PERIOD_US);

    hbd_ipc_send_lossy (e->manager, HBD_IPC_BEAT, NULL);
    e->beat_due = now + period;
}

static void
perform (Engine *e, HbdNodeAction *action, HbdTime now)
{
    switch (action->kind) {
    case HBD_NODE_DO_SEND:
        hbd_engine_links_send (e->links, action->send.link, action->send.bytes);
        break;
    case HBD_NODE_DO_BEAT:
        beat (e, now);
        break;
    case HBD_NODE_DO_PERSIST:
        if (!hbd_ipc_send (e->manager, HBD_IPC_PERSIST, g_variant_new ("(u)", action->generation),
                           NULL, 0))
            e->persist_wanted = action->generation;
        break;
    case HBD_NODE_DO_REQUEST:
        hbd_ipc_send (e->manager, HBD_IPC_REQUEST,
                      g_variant_new ("(uu)", (guint32) action->request.kind, action->request.group),
                      NULL, 0);
        break;
    case HBD_NODE_DO_REPLY: {
        g_autofree char *text =
            g_utf8_make_valid (action->reply.text ? action->reply.text : "", -1);

        hbd_ipc_send (
            e->manager, HBD_IPC_REPLY,
            g_variant_new ("(ubs)", action->reply.id, (gboolean) action->reply.is_ok, text), NULL,
            0);
        break;
    }
    case HBD_NODE_DO_HOOK:
        hbd_ipc_send (e->manager, HBD_IPC_HOOK, hbd_message_to_variant (action->hook), NULL, 0);
        break;
    case HBD_NODE_DO_RECORD:
        hbd_engine_links_note (e->links, action->record);
        tell_record (e, action->record);
        break;
    case HBD_NODE_DO_EXIT:
        e->done = true;
        break;
    }
}

/* --- the node ------------------------------------------------------------------------------ */

static void
arm (Engine *e)
{
    e->due = e->is_started ? hbd_node_deadline (e->node) : HBD_TIME_NEVER;
    hbd_timer_set (e->timer, e->is_started ? MIN (e->due, e->beat_due) : HBD_TIME_NEVER);
}

static void
finish (Engine *e, int code)
{
    e->exit_code = code;
    g_main_loop_quit (e->loop);
}

static void
step (Engine *e, const HbdNodeEvent *event)
{
    g_autoptr (GArray) actions = NULL;
    HbdTime now;

    if (!e->is_started)
        return;
    actions = hbd_node_actions_new ();
    now = hbd_clock_now ();
    hbd_node_step (e->node, event, now, actions);
    for (guint i = 0; i < actions->len; i++)
        perform (e, &g_array_index (actions, HbdNodeAction, i), now);
    if (e->done) {
        hbd_ipc_send (e->manager, HBD_IPC_EXIT, NULL, NULL, 0);
        finish (e, 0);
        return;
    }
    arm (e);
}

static void
read_load (Engine *e, HbdTime now)
{
    char text[128];
    ssize_t len;

    if (now < e->load_due || e->loadavg_fd < 0)
        return;
    e->load_due = now + LOAD_PERIOD_US;
    len = pread (e->loadavg_fd, text, sizeof text - 1, 0);
    if (len <= 0)
        return;
    text[len] = '\0';
    hbd_node_set_load (e->node, g_strchomp (text));
}

static void
on_timer (gpointer data)
{
    Engine *e = data;
    HbdTime now = hbd_clock_now ();
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_TIMER, .wall_s = wall_s () };

    if (!e->is_started)
        return;
    if (e->due != HBD_TIME_NEVER && now - e->due > LATE_US) {
        g_autoptr (HbdRecord) record = hbd_record_new (
            HBD_LEVEL_WARNING, "engine.late", "late_ms=%" G_GINT64_FORMAT, (now - e->due) / 1000);

        tell_record (e, record);
    }
    read_load (e, now);
    if (now >= e->beat_due)
        beat (e, now);
    if (now >= e->due)
        step (e, &event);
    else
        arm (e);
}

static void
on_datagram (gpointer data, int link, const guint8 *bytes, gsize len)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_PACKET, .wall_s = wall_s () };

    event.packet.link = link;
    event.packet.data = bytes;
    event.packet.len = len;
    step (data, &event);
}

static void
on_link_record (gpointer data, HbdRecord *record)
{
    tell_record (data, record);
    hbd_record_free (record);
}

/* --- messages from the manager ------------------------------------------------------------- */

static bool
take_config (Engine *e, GVariant *payload)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (HbdEngineConfig) config = hbd_engine_config_from_variant (payload, &error);

    if (config == NULL)
        return false;
    e->is_started = false;
    g_clear_pointer (&e->node, hbd_node_free);
    g_clear_pointer (&e->config, hbd_engine_config_free);
    g_clear_pointer (&e->digest, g_free);
    hbd_engine_links_reset (e->links, (const char *const *) config->links);
    e->config = g_steal_pointer (&config);
    e->digest = hbd_engine_config_digest (e->config);
    e->node = hbd_node_new (&e->config->node, hbd_clock_now ());
    return true;
}

static void
tell_link (Engine *e, int link, bool is_up)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_LINK, .wall_s = wall_s () };

    event.link.link = link;
    event.link.is_up = is_up;
    step (e, &event);
}

/* The node's life begins: links that are open by now are up from the first event on. */
static void
start_node (Engine *e)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_START, .wall_s = wall_s () };

    e->is_started = true;
    e->load_due = 0;
    read_load (e, hbd_clock_now ());
    e->beat_due = hbd_clock_now ();
    for (guint i = 0; i < hbd_engine_links_count (e->links) && !e->done; i++)
        if (hbd_engine_links_is_open (e->links, (int) i))
            tell_link (e, (int) i, true);
    step (e, &event);
    for (guint i = 0; i < e->early_groups->len; i++)
        step (e, &g_array_index (e->early_groups, HbdNodeEvent, i));
    g_array_set_size (e->early_groups, 0);
}

static bool
take_start (Engine *e)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_MANAGER, .wall_s = wall_s () };
    bool is_first = !e->is_started;

    if (e->node == NULL)
        return false;
    if (is_first)
        start_node (e);
    hbd_engine_records_flush (e->records, e->manager);
    if (e->persist_wanted != 0)
        hbd_ipc_send (e->manager, HBD_IPC_PERSIST, g_variant_new ("(u)", e->persist_wanted), NULL,
                      0);
    e->persist_wanted = 0;
    event.manager_up = true;
    step (e, &event);
    return true;
}

static bool
take_link_open (Engine *e, GVariant *payload, int *fds, guint n_fds)
{
    int index;

    if (!hbd_engine_links_open (e->links, payload, fds, n_fds, &index))
        return false;
    tell_link (e, index, true);
    return true;
}

static bool
take_link_close (Engine *e, GVariant *payload)
{
    gint32 index;

    g_variant_get (payload, "(i)", &index);
    if (!hbd_engine_links_is_open (e->links, index))
        return true;
    hbd_engine_links_close (e->links, index);
    tell_link (e, index, false);
    return true;
}

static bool
take_group (Engine *e, GVariant *payload)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_GROUP, .wall_s = wall_s () };
    guint32 index, state;

    g_variant_get (payload, "(uu)", &index, &state);
    if (e->config == NULL || index >= e->config->model->groups->len || state >= CRM_GROUP_STATE_N)
        return false;
    event.group.index = index;
    event.group.state = (CrmGroupState) state;
    if (e->is_started)
        step (e, &event);
    else if (e->early_groups->len < HBD_CONFIG_MAX_GROUPS)
        g_array_append_val (e->early_groups, event);
    return true;
}

static bool
take_command (Engine *e, GVariant *payload)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_COMMAND, .wall_s = wall_s () };
    guint32 kind, hold;
    CrmCommand *command = &event.command;

    memset (command, 0, sizeof *command);
    g_variant_get (payload, "(uuu&s&s)", &command->id, &kind, &hold, &command->key, &command->node);
    if (kind > CRM_COMMAND_GROUP_CLEANUP || hold > CRM_HOLD_ALL)
        return false;
    command->kind = (CrmCommandKind) kind;
    command->hold = (CrmHold) hold;
    if (command->node[0] == '\0')
        command->node = NULL;
    step (e, &event);
    return true;
}

static bool
take_inject (Engine *e, GVariant *payload)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_INJECT, .wall_s = wall_s () };
    g_autoptr (HbdMessage) message = hbd_message_from_variant (payload);

    if (message == NULL)
        return false;
    event.inject = message;
    step (e, &event);
    return true;
}

static bool
take_persisted (Engine *e, GVariant *payload)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_PERSISTED, .wall_s = wall_s () };
    gboolean is_ok;

    g_variant_get (payload, "(ub)", &event.persisted.generation, &is_ok);
    event.persisted.is_ok = is_ok;
    step (e, &event);
    return true;
}

static bool
take_stop (Engine *e)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_SHUTDOWN, .wall_s = wall_s () };

    if (!e->is_started) {
        hbd_ipc_send (e->manager, HBD_IPC_EXIT, NULL, NULL, 0);
        finish (e, 0);
    } else if (!e->is_stopping) {
        e->is_stopping = true;
        step (e, &event);
    }
    return true;
}

static bool
take_status_ask (Engine *e, GVariant *payload)
{
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
    g_autoptr (GVariant) status = NULL;
    guint32 id;

    g_variant_get (payload, "(u)", &id);
    if (e->node != NULL) {
        status = g_variant_ref_sink (hbd_node_status (e->node, hbd_clock_now ()));
        g_variant_dict_clear (&dict);
        g_variant_dict_init (&dict, status);
    }
    g_variant_dict_insert_value (&dict, "traffic", hbd_engine_links_status (e->links));
    hbd_engine_links_add_counters (e->links, &dict);
    g_variant_dict_insert_value (&dict, "refusals", hbd_engine_links_refusals (e->links));
    hbd_ipc_send (e->manager, HBD_IPC_STATUS,
                  g_variant_new ("(u@a{sv})", id, g_variant_dict_end (&dict)), NULL, 0);
    return true;
}

static bool
take_test_frame (Engine *e)
{
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_TEST_FRAME, .wall_s = wall_s () };

    step (e, &event);
    return true;
}

static bool
take_keys (Engine *e, GVariant *payload)
{
    g_autoptr (HbdKeyTable) keys = hbd_keys_from_variant (payload);

    if (keys == NULL || e->node == NULL)
        return false;
    hbd_node_set_keys (e->node, keys);
    return true;
}

static bool
dispatch (Engine *e, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    switch (type) {
    case HBD_IPC_CONFIG:
        return take_config (e, payload);
    case HBD_IPC_LINK_OPEN:
        return take_link_open (e, payload, fds, n_fds);
    case HBD_IPC_LINK_CLOSE:
        return take_link_close (e, payload);
    case HBD_IPC_START:
        return take_start (e);
    case HBD_IPC_GROUP:
        return take_group (e, payload);
    case HBD_IPC_COMMAND:
        return take_command (e, payload);
    case HBD_IPC_INJECT:
        return take_inject (e, payload);
    case HBD_IPC_PERSISTED:
        return take_persisted (e, payload);
    case HBD_IPC_STOP:
        return take_stop (e);
    case HBD_IPC_STATUS_ASK:
        return take_status_ask (e, payload);
    case HBD_IPC_TEST_FRAME:
        return take_test_frame (e);
    case HBD_IPC_KEYS:
        return take_keys (e, payload);
    default:
        return false;
    }
}

static void
on_manager_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    Engine *e = data;

    if (dispatch (e, type, payload, fds, n_fds) || e->done)
        return;
    fprintf (stderr, "hbd-engine: error: engine.nonsense message=%s\n",
             hbd_ipc_find (hbd_ipc_to_engine, type)->name);
    finish (e, 70);
}

static void
on_manager_closed (gpointer data, const char *reason)
{
    Engine *e = data;
    HbdNodeEvent event = { .kind = HBD_NODE_EVENT_MANAGER, .wall_s = wall_s () };

    if (!hbd_ipc_is_open (e->supervisor)) {
        finish (e, 0);
        return;
    }
    event.manager_up = false;
    step (e, &event);
}

static const HbdIpcHandler manager_handler = { on_manager_message, on_manager_closed };

static void
say_hello (Engine *e)
{
    hbd_ipc_send (e->manager, HBD_IPC_HELLO,
                  g_variant_new ("(s)", e->digest != NULL ? e->digest : ""), NULL, 0);
}

static void
attach_manager (Engine *e, int fd)
{
    hbd_ipc_free (e->manager);
    e->manager = hbd_ipc_new (fd, hbd_ipc_to_engine, hbd_ipc_to_manager, &manager_handler, e);
    hbd_ipc_set_priority (e->manager, G_PRIORITY_HIGH + 10);
    say_hello (e);
}

/* --- the supervisor ------------------------------------------------------------------------ */

static void
on_supervisor_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    Engine *e = data;

    if (n_fds != 1)
        return;
    attach_manager (e, fds[0]);
    fds[0] = -1;
}

static void
on_supervisor_closed (gpointer data, const char *reason)
{
    Engine *e = data;

    if (!hbd_ipc_is_open (e->manager))
        finish (e, 0);
}

static const HbdIpcHandler supervisor_handler = { on_supervisor_message, on_supervisor_closed };

int
hbd_engine_run (int supervisor_fd, int manager_fd)
{
    Engine e = { .due = HBD_TIME_NEVER };

    e.loop = g_main_loop_new (NULL, FALSE);
    e.early_groups = g_array_new (FALSE, FALSE, sizeof (HbdNodeEvent));
    e.loadavg_fd = open ("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    e.timer = hbd_timer_new (G_PRIORITY_HIGH, on_timer, &e);
    e.records = hbd_engine_records_new ();
    e.links = hbd_engine_links_new (on_datagram, on_link_record, &e);
    e.supervisor = hbd_ipc_new (supervisor_fd, hbd_ipc_supervisor_to_engine, hbd_ipc_to_manager,
                                &supervisor_handler, &e);
    attach_manager (&e, manager_fd);
    g_main_loop_run (e.loop);

    e.is_started = false;
    hbd_ipc_free (e.manager);
    hbd_ipc_free (e.supervisor);
    hbd_engine_links_free (e.links);
    hbd_timer_free (e.timer);
    g_clear_pointer (&e.node, hbd_node_free);
    g_clear_pointer (&e.config, hbd_engine_config_free);
    g_free (e.digest);
    g_array_unref (e.early_groups);
    hbd_engine_records_free (e.records);
    if (e.loadavg_fd >= 0)
        close (e.loadavg_fd);
    g_main_loop_unref (e.loop);
    return e.exit_code;
}
