/* SPDX-License-Identifier: Apache-2.0 */
/* Heartbeat's v1 membership as a pure machine; private.h lists which file does what.
 *
 * Entities. One HbdMembership per node of ours, one HbdPeer per other configured node, with an
 * HbdTrack (what it has sent us) and one HbdPeerLink per link. Our own sent datagrams are in an
 * HbdHistory.
 *
 * A step takes one event. It first asks whether we ran all the time: silence while we did not is
 * ours (hbd_core_notice_pause). Then the event; then whatever is due by now. A packet goes before
 * what is due, since a heartbeat in hand is a sign of life whatever the clock says.
 *
 * A node's life: init -> (START) up -> (every node heard or declared dead) active. Peers go as
 * their statuses say, and to dead by silence for the deadtime that they announced themselves. */
#include "config.h"

#include "hbd/core/private.h"

#include <string.h>

static HbdPeer *
peer_new (HbdMembership *m, guint index, HbdTime now)
{
    HbdPeer *peer = g_new0 (HbdPeer, 1);

    peer->index = index;
    peer->name = m->names[index];
    peer->state = HBD_NODE_INIT;
    peer->deadtime_us = m->deadtime_us;
    peer->period_us = m->keepalive_us;
    peer->silent_since_us = now;
    peer->last_heard_us = HBD_TIME_NEVER;
    peer->links = g_new0 (HbdPeerLink, m->n_links);
    for (guint link = 0; link < m->n_links; link++)
        peer->links[link].silent_since_us = now;
    hbd_track_init (&peer->track, (guint) hbd_prng_range (&m->prng, 0, 9));
    return peer;
}

static void
peer_free (HbdPeer *peer)
{
    if (peer == NULL)
        return;
    hbd_track_clear (&peer->track);
    g_free (peer->links);
    g_free (peer->echo);
    g_free (peer);
}

static void
copy_config (HbdMembership *m, const HbdMembershipConfig *config)
{
    m->names = g_strdupv ((char **) config->nodes);
    m->link_names = g_strdupv ((char **) config->links);
    m->n_nodes = g_strv_length (m->names);
    m->n_links = g_strv_length (m->link_names);
    m->self = m->n_nodes;
    for (guint i = 0; i < m->n_nodes; i++) {
        if (strcmp (m->names[i], config->self) == 0)
            m->self = i;
    }
    g_assert (m->self < m->n_nodes);
    m->keepalive_us = MAX (config->keepalive_us, HBD_MS (1));
    m->deadtime_us = MAX (config->deadtime_us, HBD_MS (1));
    m->warntime_us = config->warntime_us;
    m->initdead_us = MAX (config->initdead_us, m->deadtime_us);
    m->rexmit_us = MAX (config->rexmit_us, HBD_MS (1));
    m->hopfudge = config->hopfudge;
    m->inner_auth = config->inner_auth;
    m->generation = config->generation;
    memcpy (m->uuid, config->uuid, sizeof m->uuid);
    m->keys = hbd_key_table_dup (config->keys);
}

HbdMembership *
hbd_membership_new (const HbdMembershipConfig *config, HbdTime now)
{
    HbdMembership *m = g_new0 (HbdMembership, 1);

    copy_config (m, config);
    hbd_prng_seed (&m->prng, config->seed);
    m->state = HBD_NODE_INIT;
    m->load = g_strdup ("0.00 0.00 0.00 1/1 1");
    m->extras = g_ptr_array_new_with_free_func (g_free);
    m->history = hbd_history_new ();
    m->own_link_up = g_new (bool, m->n_links + 1);
    for (guint link = 0; link < m->n_links; link++)
        m->own_link_up[link] = true;
    m->peers = g_new0 (HbdPeer *, m->n_nodes);
    for (guint i = 0; i < m->n_nodes; i++) {
        if (i != m->self)
            m->peers[i] = peer_new (m, i, now);
    }
    m->ask_nodes_us = HBD_TIME_NEVER;
    m->deadline_us = HBD_TIME_NEVER;
    m->last_status_us = HBD_TIME_NEVER;
    m->now = now;
    return m;
}

void
hbd_membership_free (HbdMembership *m)
{
    if (m == NULL)
        return;
    for (guint i = 0; i < m->n_nodes; i++)
        peer_free (m->peers[i]);
    g_free (m->peers);
    g_free (m->own_link_up);
    hbd_history_free (m->history);
    g_ptr_array_unref (m->extras);
    g_free (m->load);
    hbd_key_table_free (m->keys);
    g_strfreev (m->link_names);
    g_strfreev (m->names);
    g_free (m);
}

static void
start (HbdMembership *m)
{
    if (m->is_started)
        return;
    m->is_started = true;
    for (guint i = 0; i < m->n_nodes; i++) {
        if (m->peers[i] != NULL)
            m->peers[i]->silent_since_us = m->now;
    }
    /* doc/heartbeat.md 4.8 step 1. */
    hbd_core_send_status (m);
    hbd_core_set_own_state (m, HBD_NODE_UP, HBD_REASON_START);
    hbd_core_send_status (m);
}

static void
send_for_layer (HbdMembership *m, const HbdMessage *message, const char *dest)
{
    const char *type = hbd_message_get (message, "t");

    /* Statuses and NS_ messages are made here only, whoever writes on the command FIFO. */
    if (!m->is_started || type == NULL || strcmp (type, "status") == 0
        || g_str_has_prefix (type, "NS_")) {
        m->count[HBD_COUNT_TX_REFUSED]++;
        return;
    }
    hbd_core_send (m, message, dest != NULL ? dest : hbd_message_get (message, "dest"));
}

static void
handle (HbdMembership *m, const HbdMembershipEvent *event)
{
    switch (event->kind) {
    case HBD_MEMBERSHIP_START:
        start (m);
        break;
    case HBD_MEMBERSHIP_PACKET:
        if (m->is_started && event->packet.link >= 0 && (guint) event->packet.link < m->n_links)
            hbd_core_receive (m, (guint) event->packet.link, event->packet.data, event->packet.len);
        break;
    case HBD_MEMBERSHIP_LINK:
        if (event->link.link >= 0 && (guint) event->link.link < m->n_links)
            hbd_core_own_link (m, (guint) event->link.link, event->link.is_up);
        break;
    case HBD_MEMBERSHIP_SEND:
        send_for_layer (m, event->send.message, event->send.dest);
        break;
    case HBD_MEMBERSHIP_PERSISTED:
        hbd_core_take_generation (m, event->persisted.generation, event->persisted.is_ok);
        break;
    case HBD_MEMBERSHIP_RENEW:
        hbd_core_renew (m);
        break;
    case HBD_MEMBERSHIP_TIMER:
    case HBD_MEMBERSHIP_EVENT_N:
        break;
    }
}

static void
run_due (HbdMembership *m)
{
    if (!m->is_started)
        return;
    hbd_core_check_silence (m);
    hbd_core_check_joined (m);
    hbd_core_ask_missing (m);
    if (m->ask_nodes_us <= m->now)
        hbd_core_ask_nodes (m);
    if (m->next_status_us <= m->now)
        hbd_core_send_status (m);
}

static HbdTime
next_deadline (const HbdMembership *m)
{
    HbdTime deadline;

    if (!m->is_started)
        return HBD_TIME_NEVER;
    deadline = MIN (m->next_status_us, m->ask_nodes_us);
    deadline = MIN (deadline, hbd_core_silence_deadline (m));
    return MIN (deadline, hbd_core_missing_deadline (m));
}

void
hbd_membership_step (HbdMembership *m, const HbdMembershipEvent *event, HbdTime now, GArray *out)
{
    m->now = MAX (m->now, now);
    m->wall_s = event->wall_s;
    m->out = out;
    hbd_core_notice_pause (m);
    handle (m, event);
    run_due (m);
    m->deadline_us = next_deadline (m);
    m->is_quiet = false;
    m->out = NULL;
}

void
hbd_membership_send_status (HbdMembership *m, HbdTime now, gint64 wall_s, GArray *out)
{
    if (!m->is_started)
        return;
    m->now = MAX (m->now, now);
    m->wall_s = wall_s;
    m->out = out;
    /* Whatever made the layer above speak may have lain in a socket while we did not run. */
    hbd_core_notice_pause (m);
    hbd_core_send_status (m);
    /* What is overdue is so no more for the next look at the clock: a pause is told once. */
    m->deadline_us = MAX (next_deadline (m), m->now);
    m->is_quiet = false;
    m->out = NULL;
}

HbdTime
hbd_membership_deadline (const HbdMembership *m)
{
    return m->deadline_us;
}

void
hbd_membership_set_extra (HbdMembership *m, const char *name, const char *value)
{
    for (guint i = 0; i + 1 < m->extras->len; i += 2) {
        if (strcmp (g_ptr_array_index (m->extras, i), name) == 0) {
            g_ptr_array_remove_range (m->extras, i, 2);
            break;
        }
    }
    if (value == NULL)
        return;
    g_ptr_array_add (m->extras, g_strdup (name));
    g_ptr_array_add (m->extras, g_strdup (value));
}

void
hbd_membership_hold_back (HbdMembership *m)
{
    m->is_holding_back = true;
}

void
hbd_membership_set_load (HbdMembership *m, const char *load)
{
    g_free (m->load);
    m->load = g_strndup (load, 64);
    g_strdelimit (m->load, "\n", ' ');
    g_strchomp (m->load);
}

void
hbd_membership_set_keys (HbdMembership *m, const HbdKeyTable *keys)
{
    bool was_unkeyed =
        m->keys->key[m->keys->active].method == HBD_AUTH_CRC || m->keys->accept_unkeyed;

    hbd_key_table_free (m->keys);
    m->keys = hbd_key_table_dup (keys);
    m->keys->accept_unkeyed = was_unkeyed && keys->key[keys->active].method != HBD_AUTH_CRC;
    for (guint i = 0; i < m->n_nodes; i++) {
        if (m->peers[i] != NULL)
            m->peers[i]->signs_keyed = false;
    }
}

HbdNodeState
hbd_membership_node_state (const HbdMembership *m, guint node)
{
    g_assert (node < m->n_nodes);
    return node == m->self ? m->state : m->peers[node]->state;
}

bool
hbd_membership_link_is_up (const HbdMembership *m, guint node, int link)
{
    g_assert (node < m->n_nodes && link >= 0 && (guint) link < m->n_links);
    if (node == m->self)
        return m->own_link_up[link];
    return m->peers[node]->links[link].state == HBD_PEER_LINK_UP;
}

HbdTime
hbd_membership_last_heard (const HbdMembership *m, guint node)
{
    g_assert (node < m->n_nodes);
    return node == m->self ? HBD_TIME_NEVER : m->peers[node]->last_heard_us;
}

HbdTime
hbd_membership_last_status (const HbdMembership *m)
{
    return m->last_status_us;
}

HbdTime
hbd_membership_last_gap (const HbdMembership *m)
{
    return m->last_gap_us;
}

guint32
hbd_membership_generation (const HbdMembership *m)
{
    return m->generation;
}

bool
hbd_membership_is_joined (const HbdMembership *m)
{
    return m->is_joined;
}

bool
hbd_membership_node_is_native (const HbdMembership *m, guint node)
{
    g_assert (node < m->n_nodes);
    return node == m->self || m->peers[node]->is_native;
}

#define COUNT_NAME(value, name) [value] = name,
static const char *const count_names[] = { HBD_COUNT_LIST (COUNT_NAME) };
G_STATIC_ASSERT (G_N_ELEMENTS (count_names) == HBD_COUNT_N);

GVariant *
hbd_membership_counters (const HbdMembership *m)
{
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
    for (guint i = 0; i < HBD_COUNT_N; i++)
        g_variant_builder_add (&builder, "{st}", count_names[i], m->count[i]);
    for (guint i = HBD_DECODE_OK + 1; i < HBD_DECODE_N; i++) {
        g_autofree char *name = g_strdup_printf ("refused-%s", hbd_decode_result_name (i));

        g_variant_builder_add (&builder, "{st}", name, m->refused[i]);
    }
    return g_variant_builder_end (&builder);
}
