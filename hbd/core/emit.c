/* SPDX-License-Identifier: Apache-2.0 */
/* Actions out: the only file that fills them, and the only one that changes a node's state. */
#include "config.h"

#include "hbd/core/private.h"

#include <string.h>

#define NODE_STATE_LIST(X)                                                                         \
    X (HBD_NODE_INIT, "init")                                                                      \
    X (HBD_NODE_UP, "up")                                                                          \
    X (HBD_NODE_ACTIVE, "active")                                                                  \
    X (HBD_NODE_DEAD, "dead")

#define NAME_ROW(value, name) [value] = name,
static const char *const node_state_names[] = { NODE_STATE_LIST (NAME_ROW) };
static const char *const reason_names[] = { HBD_REASON_LIST (NAME_ROW) };
G_STATIC_ASSERT (G_N_ELEMENTS (node_state_names) == HBD_NODE_STATE_N);
G_STATIC_ASSERT (G_N_ELEMENTS (reason_names) == HBD_REASON_N);

static const char *const link_state_words[] = { "unknown", "up", "down" };

const char *
hbd_node_state_name (HbdNodeState state)
{
    g_assert (state < HBD_NODE_STATE_N);
    return node_state_names[state];
}

static void
action_clear (gpointer data)
{
    HbdMembershipAction *action = data;

    switch (action->kind) {
    case HBD_MEMBERSHIP_DO_SEND:
        g_bytes_unref (action->send.bytes);
        break;
    case HBD_MEMBERSHIP_DO_MESSAGE:
        hbd_message_free (action->message.message);
        break;
    case HBD_MEMBERSHIP_DO_RECORD:
        hbd_record_free (action->record);
        break;
    case HBD_MEMBERSHIP_DO_PERSIST:
    case HBD_MEMBERSHIP_DO_NODE:
    case HBD_MEMBERSHIP_DO_LINK:
    case HBD_MEMBERSHIP_DO_JOINED:
    case HBD_MEMBERSHIP_DO_PAUSE:
        break;
    }
}

GArray *
hbd_membership_actions_new (void)
{
    GArray *actions = g_array_new (FALSE, FALSE, sizeof (HbdMembershipAction));

    g_array_set_clear_func (actions, action_clear);
    return actions;
}

char *
hbd_core_quote (const char *text)
{
    g_autofree char *part = g_strndup (text, 64);

    return g_strescape (part, NULL);
}

void
hbd_core_record (HbdMembership *m, HbdLevel level, const char *name, const char *format, ...)
{
    HbdMembershipAction action = { .kind = HBD_MEMBERSHIP_DO_RECORD };
    g_autofree char *fields = NULL;
    va_list args;

    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    action.record = hbd_record_new (level, name, "%s", fields);
    g_array_append_val (m->out, action);
}

void
hbd_core_record_rated (HbdMembership *m, guint kind, const char *name, const char *format, ...)
{
    g_autofree char *fields = NULL;
    guint64 suppressed;
    va_list args;

    if (!hbd_rate_allow (&m->rates[kind], m->now, HBD_RATE_PERIOD_US, &suppressed))
        return;
    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    if (suppressed > 0)
        hbd_core_record (m, HBD_LEVEL_WARNING, name, "%s suppressed=%" G_GUINT64_FORMAT, fields,
                         suppressed);
    else
        hbd_core_record (m, HBD_LEVEL_WARNING, name, "%s", fields);
}

void
hbd_core_send_bytes (HbdMembership *m, GBytes *bytes, bool is_beat)
{
    HbdMembershipAction action = { .kind = HBD_MEMBERSHIP_DO_SEND };

    action.send.link = HBD_LINK_ALL;
    action.send.bytes = g_bytes_ref (bytes);
    action.send.is_beat = is_beat;
    g_array_append_val (m->out, action);
    m->count[HBD_COUNT_TX]++;
}

void
hbd_core_deliver (HbdMembership *m, const HbdPeer *peer, const HbdMessage *message)
{
    HbdMembershipAction action = { .kind = HBD_MEMBERSHIP_DO_MESSAGE };

    action.message.node = peer->index;
    action.message.message = hbd_message_dup (message);
    g_array_append_val (m->out, action);
    m->count[HBD_COUNT_DELIVERED]++;
}

static void
record_state (HbdMembership *m, const HbdPeer *peer, HbdNodeState from, HbdReason reason)
{
    bool is_silent = reason == HBD_REASON_DEADTIME || reason == HBD_REASON_INITDEAD;
    g_autofree char *age = NULL;

    if (is_silent && peer->is_heard)
        age = g_strdup_printf (" age_ms=%" G_GINT64_FORMAT, (m->now - peer->last_heard_us) / 1000);
    hbd_core_record (m, is_silent ? HBD_LEVEL_WARNING : HBD_LEVEL_NOTICE, "node.state",
                     "node=%s from=%s to=%s reason=%s%s", peer->name, hbd_node_state_name (from),
                     hbd_node_state_name (peer->state), reason_names[reason],
                     age != NULL ? age : "");
}

void
hbd_core_set_state (HbdMembership *m, HbdPeer *peer, HbdNodeState to, HbdReason reason)
{
    HbdMembershipAction action = { .kind = HBD_MEMBERSHIP_DO_NODE };
    HbdNodeState from = peer->state;
    bool is_new_life = reason == HBD_REASON_RESTART || reason == HBD_REASON_RETURNED;

    if (from == to && !is_new_life)
        return;
    peer->state = to;
    record_state (m, peer, from, reason);
    if (to == HBD_NODE_DEAD)
        m->count[HBD_COUNT_DEATHS]++;
    if (reason == HBD_REASON_RESTART)
        m->count[HBD_COUNT_RESTARTS]++;
    if (reason == HBD_REASON_RETURNED)
        m->count[HBD_COUNT_RETURNS]++;
    action.node.node = peer->index;
    action.node.from = from;
    action.node.to = to;
    action.node.restarted = reason == HBD_REASON_RESTART;
    action.node.returned = reason == HBD_REASON_RETURNED;
    action.node.said = peer->said;
    action.node.seq = to != HBD_NODE_DEAD ? peer->track.last_status_seq : 0;
    action.node.reason = reason_names[reason];
    g_array_append_val (m->out, action);
}

void
hbd_core_set_own_state (HbdMembership *m, HbdNodeState to, HbdReason reason)
{
    HbdNodeState from = m->state;

    m->state = to;
    hbd_core_record (m, HBD_LEVEL_NOTICE, "node.state", "node=%s from=%s to=%s reason=%s",
                     m->names[m->self], hbd_node_state_name (from), hbd_node_state_name (to),
                     reason_names[reason]);
}

void
hbd_core_set_link (HbdMembership *m, HbdPeer *peer, guint link, HbdPeerLinkState to)
{
    HbdMembershipAction action = { .kind = HBD_MEMBERSHIP_DO_LINK };
    HbdPeerLinkState from = peer->links[link].state;

    if (from == to)
        return;
    peer->links[link].state = to;
    if (to == HBD_PEER_LINK_UNKNOWN)
        return;
    hbd_core_record (m, to == HBD_PEER_LINK_UP ? HBD_LEVEL_NOTICE : HBD_LEVEL_WARNING, "link.state",
                     "node=%s link=%s from=%s to=%s", peer->name, m->link_names[link],
                     link_state_words[from], link_state_words[to]);
    action.link.node = peer->index;
    action.link.link = (int) link;
    action.link.is_up = to == HBD_PEER_LINK_UP;
    g_array_append_val (m->out, action);
}
