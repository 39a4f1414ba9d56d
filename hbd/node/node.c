/* SPDX-License-Identifier: Apache-2.0 */
/* Membership below, the takeover decider above, and between them the translation.
 *
 * hbd_node_step() gives the event to the one that it concerns and then works off a queue: actions
 * of the membership, in order. What concerns the decider is given to it; what it reports goes back
 * to the membership as a message, whose actions join the same queue. At the end the claims of the
 * decider are in the status extras, and when it wants them said now, a status goes out at once.
 *
 * The peer is the other node of ha.cf. It is of our kind when its statuses say `hbd` and name the
 * same haresources digest; else it is spoken to as a 3.0.6 node. */
#include "config.h"

#include "hbd/node/node.h"

#include "hbd/node/node_private.h"
#include "hbd/node/report.h"

#include <string.h>

/* After shutdone the node goes on saying a status or two, as 3.0.6 does (doc/heartbeat.md 6.4): a
 * lost shutdone is retransmitted meanwhile. */
#define LINGER_KEEPALIVES 2
#define LINGER_MIN_US     HBD_MS (100)
#define LINGER_MAX_US     HBD_S (2)
/* Where the last statuses keep a 3.0.6 peer from taking what still runs here, one of them must come
 * through. */
#define LINGER_HOLD_BACK  10

typedef struct {
    HbdNode *node;
    HbdTime now;
    gint64 wall_s;
    GArray *queue; /* HbdMembershipAction */
    guint done;    /* of the queue */
    GArray *out;
    bool say_status;
} Step;

static void
action_clear (gpointer data)
{
    HbdNodeAction *action = data;

    switch (action->kind) {
    case HBD_NODE_DO_SEND:
        g_bytes_unref (action->send.bytes);
        break;
    case HBD_NODE_DO_REPLY:
        g_free (action->reply.text);
        break;
    case HBD_NODE_DO_HOOK:
        hbd_message_free (action->hook);
        break;
    case HBD_NODE_DO_RECORD:
        hbd_record_free (action->record);
        break;
    case HBD_NODE_DO_BEAT:
    case HBD_NODE_DO_PERSIST:
    case HBD_NODE_DO_REQUEST:
    case HBD_NODE_DO_EXIT:
        break;
    }
}

GArray *
hbd_node_actions_new (void)
{
    GArray *array = g_array_new (FALSE, TRUE, sizeof (HbdNodeAction));

    g_array_set_clear_func (array, action_clear);
    return array;
}

static void
add (const Step *s, HbdNodeAction action)
{
    g_array_append_val (s->out, action);
}

static void node_record (const Step *s, HbdLevel level, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
node_record (const Step *s, HbdLevel level, const char *name, const char *format, ...)
{
    g_autofree char *fields = NULL;
    va_list args;

    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    add (s, (HbdNodeAction){ .kind = HBD_NODE_DO_RECORD,
                             .record = hbd_record_new (level, name, "%s", fields) });
}

/* --- life ------------------------------------------------------------------------------------ */

static void
sync_claims (HbdNode *node)
{
    g_autofree char *text = hbd_claims_encode (crm_takeover_claims (node->t));

    if (g_strcmp0 (text, node->claims_text) == 0)
        return;
    hbd_membership_set_extra (node->m, HBD_FIELD_CLAIMS, text);
    g_free (node->claims_text);
    node->claims_text = g_steal_pointer (&text);
}

static int
find_peer (const HbdNode *node)
{
    for (guint i = 0; node->names[i] != NULL; i++)
        if (i != node->self)
            return (int) i;
    return -1;
}

HbdNode *
hbd_node_new (const HbdNodeConfig *config, HbdTime now)
{
    static const char *const no_hooks[] = { NULL };
    HbdNode *node = g_new0 (HbdNode, 1);
    CrmTakeoverConfig takeover = { .self = config->membership.self,
                                   .model = config->model,
                                   .failback = config->failback,
                                   .life = config->membership.generation,
                                   .deadtime_us = config->membership.deadtime_us,
                                   .keepalive_us = config->membership.keepalive_us };

    node->names = g_strdupv ((char **) config->membership.nodes);
    node->links = g_strdupv ((char **) config->membership.links);
    node->hooks = g_strdupv ((char **) (config->hooks != NULL ? config->hooks : no_hooks));
    while (strcmp (node->names[node->self], config->membership.self) != 0)
        node->self++;
    node->peer = find_peer (node);
    node->model = config->model;
    node->digest = g_strdup (config->cluster_digest != NULL ? config->cluster_digest : "");
    node->keepalive_us = config->membership.keepalive_us;
    /* doc/heartbeat.md 5: three of them, in legacy mode one; where there is room, one is let pass */
    node->said_max = config->failback == CRM_FAILBACK_LEGACY ? 0 : 1;
    node->exit_at = HBD_TIME_NEVER;
    node->last_status = HBD_TIME_NEVER;
    node->m = hbd_membership_new (&config->membership, now);
    takeover.peer = node->peer >= 0 ? node->names[node->peer] : NULL;
    node->t = crm_takeover_new (&takeover, now);
    hbd_membership_set_extra (node->m, HBD_FIELD_NATIVE, "1");
    hbd_membership_set_extra (node->m, HBD_FIELD_DIGEST, node->digest);
    sync_claims (node);
    return node;
}

void
hbd_node_free (HbdNode *node)
{
    if (node == NULL)
        return;
    crm_takeover_free (node->t);
    hbd_membership_free (node->m);
    g_strfreev (node->names);
    g_strfreev (node->links);
    g_strfreev (node->hooks);
    g_free (node->digest);
    g_free (node->claims_text);
    g_free (node);
}

/* --- from the decider ------------------------------------------------------------------------ */

static void
feed_membership (const Step *s, HbdMembershipEvent event)
{
    event.wall_s = s->wall_s;
    hbd_membership_step (s->node->m, &event, s->now, s->queue);
}

static void
send_message (const Step *s, const HbdMessage *message, const char *dest)
{
    feed_membership (
        s, (HbdMembershipEvent){ .kind = HBD_MEMBERSHIP_SEND, .send = { message, dest } });
}

static void
send_report (Step *s, const CrmReport *report)
{
    HbdNode *node = s->node;
    g_autoptr (HbdMessage) message = NULL;
    bool is_answer = report->kind == CRM_REPORT_IP_RESPONSE;

    if (report->kind == CRM_REPORT_CLAIMS) {
        s->say_status = true;
        return;
    }
    message = hbd_report_to_message (report);
    if (message != NULL)
        send_message (s, message, is_answer && node->peer >= 0 ? node->names[node->peer] : NULL);
}

static void
add_request (const Step *s, HbdRequestKind kind, guint group)
{
    add (s, (HbdNodeAction){ .kind = HBD_NODE_DO_REQUEST, .request = { kind, group } });
}

static void
begin_exit (Step *s, bool hold_back)
{
    HbdTime linger =
        CLAMP (LINGER_KEEPALIVES * s->node->keepalive_us, LINGER_MIN_US, LINGER_MAX_US);
    bool has_listener = s->node->peer >= 0 && s->node->peer_state != CRM_PEER_DEAD
                        && s->node->peer_state != CRM_PEER_UNKNOWN;

    if (hold_back) {
        linger = LINGER_HOLD_BACK * s->node->keepalive_us;
        hbd_membership_hold_back (s->node->m);
        s->say_status = true;
    }
    s->node->exit_at = has_listener ? s->now + linger : s->now;
}

static void
perform (Step *s, CrmTakeoverAction *action)
{
    switch (action->kind) {
    case CRM_TAKEOVER_DO_START:
        add_request (s, HBD_REQUEST_START, action->group);
        break;
    case CRM_TAKEOVER_DO_STOP:
        add_request (s, HBD_REQUEST_STOP, action->group);
        break;
    case CRM_TAKEOVER_DO_ANNOUNCE:
        add_request (s, HBD_REQUEST_ANNOUNCE, action->group);
        break;
    case CRM_TAKEOVER_DO_CLEANUP:
        add_request (s, HBD_REQUEST_CLEANUP, action->group);
        break;
    case CRM_TAKEOVER_DO_REPORT:
        send_report (s, &action->report);
        break;
    case CRM_TAKEOVER_DO_RELEASED:
        begin_exit (s, action->hold_back);
        break;
    case CRM_TAKEOVER_DO_RENEW:
        feed_membership (s, (HbdMembershipEvent){ .kind = HBD_MEMBERSHIP_RENEW });
        break;
    case CRM_TAKEOVER_DO_REPLY:
        if (action->reply.id != 0) /* 0: a script's message; it does not listen */
            add (s, (HbdNodeAction){ .kind = HBD_NODE_DO_REPLY,
                                     .reply = { action->reply.id, action->reply.is_ok,
                                                g_steal_pointer (&action->reply.text) } });
        break;
    case CRM_TAKEOVER_DO_RECORD:
        add (s, (HbdNodeAction){ .kind = HBD_NODE_DO_RECORD,
                                 .record = g_steal_pointer (&action->record) });
        break;
    }
}

static void
feed_takeover (Step *s, CrmTakeoverEvent event)
{
    g_autoptr (GArray) actions = crm_takeover_actions_new ();

    crm_takeover_step (s->node->t, &event, s->now, actions);
    sync_claims (s->node); /* before anything is sent: a status says what is true now */
    for (guint i = 0; i < actions->len; i++)
        perform (s, &g_array_index (actions, CrmTakeoverAction, i));
}

/* --- from the membership --------------------------------------------------------------------- */

static void
run_hook (const Step *s, const HbdMessage *message)
{
    const char *type = hbd_message_get (message, "t");

    if (type == NULL || !g_strv_contains ((const char *const *) s->node->hooks, type))
        return;
    add (s, (HbdNodeAction){ .kind = HBD_NODE_DO_HOOK, .hook = hbd_message_dup (message) });
}

/* rc.d/status is run when a node's status changes, not for every heartbeat. */
static void
run_status_hook (const Step *s, guint index, HbdNodeState state)
{
    g_autoptr (HbdMessage) message = hbd_message_new_typed ("status");

    hbd_message_add (message, "st", hbd_node_state_name (state));
    hbd_message_add (message, "src", s->node->names[index]);
    run_hook (s, message);
}

/* Tell the decider of the peer; @news: what just changed, or NULL. */
static void
tell_peer (Step *s, const HbdMembershipAction *news)
{
    HbdNode *node = s->node;
    CrmTakeoverEvent event = { .kind = CRM_TAKEOVER_PEER };
    bool is_native =
        hbd_membership_node_is_native (node->m, (guint) node->peer) && !node->digest_differs;

    node->peer_is_native = is_native;
    event.peer.state = node->peer_state;
    event.peer.is_native = is_native;
    if (news != NULL) {
        event.peer.restarted = news->node.restarted;
        event.peer.returned = news->node.returned;
        event.peer.is_unaware = news->node.said <= node->said_max;
        event.peer.seq = news->node.seq;
    }
    feed_takeover (s, event);
}

static void
on_node (Step *s, const HbdMembershipAction *action)
{
    static const CrmPeerState states[HBD_NODE_STATE_N] = {
        [HBD_NODE_INIT] = CRM_PEER_UP,
        [HBD_NODE_UP] = CRM_PEER_UP,
        [HBD_NODE_ACTIVE] = CRM_PEER_ACTIVE,
        [HBD_NODE_DEAD] = CRM_PEER_DEAD,
    };
    HbdNode *node = s->node;

    if (action->node.from != action->node.to)
        run_status_hook (s, action->node.node, action->node.to);
    if ((int) action->node.node != node->peer)
        return;
    if (action->node.restarted) {
        node->digest_differs = false; /* its status, next in the queue, says it anew */
        node->digest_warned = node->claims_warned = false;
    }
    node->peer_state = states[action->node.to];
    tell_peer (s, action);
}

/* Same haresources on both nodes? Groups are named by their position, so nothing else counts. */
static void
check_digest (const Step *s, const HbdMessage *message)
{
    HbdNode *node = s->node;
    const char *digest = hbd_message_get (message, HBD_FIELD_DIGEST);

    node->digest_differs = digest == NULL || strcmp (digest, node->digest) != 0;
    if (!node->digest_differs || node->digest_warned
        || !hbd_membership_node_is_native (node->m, (guint) node->peer))
        return;
    node->digest_warned = true;
    node_record (s, HBD_LEVEL_WARNING, "cluster.config-differs",
                 "node=%s hint=\"haresources is not the same on both nodes; until it is, groups "
                 "are moved by classes, as Heartbeat does\"",
                 node->names[node->peer]);
}

static void
give_claims (Step *s, CrmReport *report, const HbdMessage *message)
{
    HbdNode *node = s->node;
    const char *text = hbd_message_get (message, HBD_FIELD_CLAIMS);
    g_autofree CrmClaim *claim = NULL;
    CrmClaims claims;

    if (text != NULL && node->peer_is_native) {
        claim = hbd_claims_decode (text, node->model->groups->len, &claims);
        if (claim != NULL)
            report->claims = &claims;
        else if (!node->claims_warned) {
            node->claims_warned = true;
            node_record (s, HBD_LEVEL_WARNING, "node.claims-malformed", "node=%s",
                         node->names[node->peer]);
        }
    }
    if (report->kind == CRM_REPORT_CLAIMS && report->claims == NULL)
        return;
    feed_takeover (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_REPORT, .report = *report });
}

static void
on_status (Step *s, const HbdMessage *message)
{
    HbdNode *node = s->node;
    CrmReport report = { .kind = CRM_REPORT_CLAIMS };

    check_digest (s, message);
    if (node->peer_state != CRM_PEER_UNKNOWN
        && node->peer_is_native
               != (hbd_membership_node_is_native (node->m, (guint) node->peer)
                   && !node->digest_differs))
        tell_peer (s, NULL);
    give_claims (s, &report, message);
}

static void
on_message (Step *s, const HbdMembershipAction *action)
{
    const HbdMessage *message = action->message.message;
    bool is_status = g_strcmp0 (hbd_message_get (message, "t"), "status") == 0;
    CrmReport report;

    if (!is_status)
        run_hook (s, message);
    if ((int) action->message.node != s->node->peer)
        return;
    if (is_status)
        on_status (s, message);
    else if (hbd_report_from_message (message, &report))
        give_claims (s, &report, message);
}

static void
take_action (Step *s, guint index)
{
    /* by value: the queue may move while it grows; what it points to stays */
    HbdMembershipAction action = g_array_index (s->queue, HbdMembershipAction, index);

    switch (action.kind) {
    case HBD_MEMBERSHIP_DO_SEND:
        add (s, (HbdNodeAction){ .kind = HBD_NODE_DO_SEND,
                                 .send = { action.send.link, g_bytes_ref (action.send.bytes) } });
        break;
    case HBD_MEMBERSHIP_DO_PERSIST:
        add (s, (HbdNodeAction){ .kind = HBD_NODE_DO_PERSIST, .generation = action.generation });
        break;
    case HBD_MEMBERSHIP_DO_NODE:
        on_node (s, &action);
        break;
    case HBD_MEMBERSHIP_DO_LINK:
        break; /* the membership's record tells it */
    case HBD_MEMBERSHIP_DO_JOINED:
        run_status_hook (s, s->node->self, HBD_NODE_ACTIVE);
        feed_takeover (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_JOINED });
        break;
    case HBD_MEMBERSHIP_DO_MESSAGE:
        on_message (s, &action);
        break;
    case HBD_MEMBERSHIP_DO_PAUSE:
        if (action.pause.is_long)
            feed_takeover (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PAUSED });
        break;
    case HBD_MEMBERSHIP_DO_RECORD:
        g_array_index (s->queue, HbdMembershipAction, index).record = NULL; /* stolen */
        add (s, (HbdNodeAction){ .kind = HBD_NODE_DO_RECORD, .record = action.record });
        break;
    }
}

static void
work_off (Step *s)
{
    while (s->done < s->queue->len || s->say_status) {
        while (s->done < s->queue->len)
            take_action (s, s->done++);
        if (!s->say_status)
            break;
        s->say_status = false;
        hbd_membership_send_status (s->node->m, s->now, s->wall_s, s->queue);
    }
}

/* --- events ---------------------------------------------------------------------------------- */

/* A message from the command FIFO: hb_standby and hb_takeover are commands, others are sent. */
static void
on_inject (Step *s, const HbdMessage *message)
{
    const char *type = hbd_message_get (message, "t");
    CrmCommand command = { .id = 0 };
    bool is_me = g_strcmp0 (hbd_message_get (message, "info"), "me") == 0;
    bool is_hold = crm_hold_parse (hbd_message_get (message, "rsc_hold"), &command.hold);

    if (type == NULL)
        return;
    if (strcmp (type, "hb_takeover") == 0 && is_hold) {
        command.kind = CRM_COMMAND_TAKEOVER;
        feed_takeover (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_COMMAND, .command = command });
    } else if (strcmp (type, "ask_resources") == 0 && is_hold && is_me) {
        command.kind = CRM_COMMAND_STANDBY;
        feed_takeover (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_COMMAND, .command = command });
    } else if (strcmp (type, "hb_takeover") == 0 || hbd_report_is_ours_alone (type)) {
        g_autofree char *shown = g_strescape (type, NULL);

        node_record (s, HBD_LEVEL_INFO, "node.inject-ignored", "type=\"%.64s\"", shown);
    } else {
        send_message (s, message, hbd_message_get (message, "dest"));
    }
}

static void
feed (Step *s, const HbdNodeEvent *event)
{
    HbdMembershipEvent below = { .kind = HBD_MEMBERSHIP_TIMER };
    CrmTakeoverEvent above = { .kind = CRM_TAKEOVER_TIMER };

    switch (event->kind) {
    case HBD_NODE_EVENT_START:
        below.kind = HBD_MEMBERSHIP_START;
        feed_membership (s, below);
        break;
    case HBD_NODE_EVENT_PACKET:
        below.kind = HBD_MEMBERSHIP_PACKET;
        below.packet.link = event->packet.link;
        below.packet.data = event->packet.data;
        below.packet.len = event->packet.len;
        feed_membership (s, below);
        break;
    case HBD_NODE_EVENT_LINK:
        below.kind = HBD_MEMBERSHIP_LINK;
        below.link.link = event->link.link;
        below.link.is_up = event->link.is_up;
        feed_membership (s, below);
        break;
    case HBD_NODE_EVENT_PERSISTED:
        below.kind = HBD_MEMBERSHIP_PERSISTED;
        below.persisted.generation = event->persisted.generation;
        below.persisted.is_ok = event->persisted.is_ok;
        feed_membership (s, below);
        break;
    case HBD_NODE_EVENT_TIMER:
        feed_membership (s, below);
        break;
    case HBD_NODE_EVENT_GROUP:
        above.kind = CRM_TAKEOVER_GROUP;
        above.group.index = event->group.index;
        above.group.state = event->group.state;
        feed_takeover (s, above);
        break;
    case HBD_NODE_EVENT_MANAGER:
        above.kind = CRM_TAKEOVER_MANAGER;
        above.manager_up = event->manager_up;
        feed_takeover (s, above);
        break;
    case HBD_NODE_EVENT_COMMAND:
        above.kind = CRM_TAKEOVER_COMMAND;
        above.command = event->command;
        feed_takeover (s, above);
        break;
    case HBD_NODE_EVENT_INJECT:
        on_inject (s, event->inject);
        break;
    case HBD_NODE_EVENT_SHUTDOWN:
        above.kind = CRM_TAKEOVER_SHUTDOWN;
        feed_takeover (s, above);
        break;
    case HBD_NODE_EVENT_TEST_FRAME:
        s->say_status = true;
        break;
    case HBD_NODE_EVENT_N:
        break;
    }
}

/* Before anything is decided or said: did we run all the time? What lies in our sockets after a
 * pause, an answer of the manager say, would else be acted on as if it were new. */
static void
notice_pause (Step *s)
{
    if (hbd_membership_deadline (s->node->m) >= s->now)
        return;
    feed_membership (s, (HbdMembershipEvent){ .kind = HBD_MEMBERSHIP_TIMER });
    work_off (s);
}

void
hbd_node_step (HbdNode *node, const HbdNodeEvent *event, HbdTime now, GArray *out)
{
    g_autoptr (GArray) queue = hbd_membership_actions_new ();
    Step s = { .node = node, .now = now, .wall_s = event->wall_s, .queue = queue, .out = out };
    HbdTime said;

    if (node->has_exited)
        return;
    notice_pause (&s);
    feed (&s, event);
    work_off (&s);
    /* after the queue: the membership may just have said what the decider waited for */
    if (event->kind == HBD_NODE_EVENT_TIMER && crm_takeover_deadline (node->t) <= now) {
        feed_takeover (&s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_TIMER });
        work_off (&s);
    }
    said = hbd_membership_last_status (node->m);
    if (said != node->last_status)
        add (&s, (HbdNodeAction){ .kind = HBD_NODE_DO_BEAT });
    node->last_status = said;
    if (now >= node->exit_at) {
        node->has_exited = true;
        add (&s, (HbdNodeAction){ .kind = HBD_NODE_DO_EXIT });
    }
}

HbdTime
hbd_node_deadline (const HbdNode *node)
{
    HbdTime due = MIN (hbd_membership_deadline (node->m), crm_takeover_deadline (node->t));

    return node->has_exited ? HBD_TIME_NEVER : MIN (due, node->exit_at);
}

void
hbd_node_set_load (HbdNode *node, const char *load)
{
    hbd_membership_set_load (node->m, load);
}

void
hbd_node_set_keys (HbdNode *node, const HbdKeyTable *keys)
{
    hbd_membership_set_keys (node->m, keys);
}
