/* SPDX-License-Identifier: Apache-2.0 */
/* Silence and what follows from it (doc/heartbeat.md 4.8): death, link state, late heartbeats,
 * joining, and the difference between their silence and ours. */
#include "config.h"

#include "hbd/core/private.h"

/* A step that comes this much after its deadline was not on time; less is what timers do. */
#define SLACK_MIN_US HBD_MS (2)
#define SLACK_MAX_US HBD_MS (20)

bool
hbd_core_is_alive (const HbdPeer *peer)
{
    return peer->is_heard && peer->state != HBD_NODE_DEAD;
}

bool
hbd_core_any_alive (const HbdMembership *m)
{
    for (guint i = 0; i < m->n_nodes; i++) {
        if (m->peers[i] != NULL && hbd_core_is_alive (m->peers[i]))
            return true;
    }
    return false;
}

/* The silence after which @peer is dead: what it announced, or initdead until every node was heard
 * or given up. */
static HbdTime
peer_limit (const HbdMembership *m, const HbdPeer *peer)
{
    if (!peer->is_heard)
        return m->initdead_us;
    return m->is_joined ? peer->deadtime_us : MAX (peer->deadtime_us, m->initdead_us);
}

/* Move the start of every silence on by @by_us, to now at most. */
static void
shift_silence (HbdMembership *m, HbdTime by_us)
{
    for (guint i = 0; i < m->n_nodes; i++) {
        HbdPeer *peer = m->peers[i];

        if (peer == NULL)
            continue;
        peer->silent_since_us = MIN (m->now, peer->silent_since_us + by_us);
        for (guint link = 0; link < m->n_links; link++)
            peer->links[link].silent_since_us =
                MIN (m->now, peer->links[link].silent_since_us + by_us);
    }
}

void
hbd_core_notice_pause (HbdMembership *m)
{
    HbdTime slack = CLAMP (m->keepalive_us / 4, SLACK_MIN_US, SLACK_MAX_US);
    HbdMembershipAction action = { .kind = HBD_MEMBERSHIP_DO_PAUSE };
    HbdTime late;

    if (!m->is_started || m->deadline_us == HBD_TIME_NEVER)
        return;
    late = m->now - m->deadline_us;
    if (late <= slack)
        return;
    /* While we did not run, what the peers sent lay unread: that was no silence of theirs. */
    if (late <= m->deadtime_us / 2) {
        shift_silence (m, late);
        return;
    }
    shift_silence (m, HBD_TIME_NEVER / 2);
    m->count[HBD_COUNT_PAUSES]++;
    m->last_gap_us = m->now - m->last_status_us;
    hbd_core_record (m, HBD_LEVEL_WARNING, "node.pause", "node=%s gap_ms=%" G_GINT64_FORMAT,
                     m->names[m->self], m->last_gap_us / 1000);
    /* Peers have taken over, or are about to: what we say now may reach them just after they gave
     * us up, and their last word of us may be one keepalive older than we think. The layer above
     * lets go first and then speaks; a status of before would claim what is not ours any more. */
    m->is_quiet = m->last_gap_us >= m->deadtime_us - m->keepalive_us;
    action.pause.gap_us = m->last_gap_us;
    action.pause.is_long = m->is_quiet;
    g_array_append_val (m->out, action);
}

/* Is there anybody to whom a newer generation would be a restart of ours in mid-sentence? */
static bool
is_known_by_any (const HbdMembership *m)
{
    for (guint i = 0; i < m->n_nodes; i++) {
        const HbdPeer *peer = m->peers[i];

        if (peer != NULL && hbd_core_is_alive (peer) && !peer->may_miss_us)
            return true;
    }
    return false;
}

static void
ask_generation (HbdMembership *m)
{
    HbdMembershipAction action = { .kind = HBD_MEMBERSHIP_DO_PERSIST };

    if ((is_known_by_any (m) && !m->is_renewing) || m->generation == G_MAXUINT32)
        return;
    /* doc/heartbeat.md 11.2: heard again with the same generation, a 3.0.6 peer gives up all it
     * runs; with a newer one it takes us for restarted and goes on. */
    m->pending_generation = m->generation + 1;
    action.generation = m->pending_generation;
    g_array_append_val (m->out, action);
}

void
hbd_core_take_generation (HbdMembership *m, guint32 generation, bool is_ok)
{
    bool is_renewing = m->is_renewing;

    if (m->pending_generation == 0 || generation != m->pending_generation)
        return;
    m->pending_generation = 0;
    m->is_renewing = false;
    if (!is_ok) {
        hbd_core_record (m, HBD_LEVEL_ERROR, "node.generation",
                         "node=%s from=%u to=%u result=not-saved", m->names[m->self], m->generation,
                         generation);
        return;
    }
    /* Somebody came back in between: to it we would look restarted in mid-sentence. */
    if (is_known_by_any (m) && !is_renewing)
        return;
    hbd_core_record (m, HBD_LEVEL_INFO, "node.generation", "node=%s from=%u to=%u reason=%s",
                     m->names[m->self], m->generation, generation,
                     is_renewing ? "taken-for-dead" : "alone");
    m->generation = generation;
    m->seq = 0;
    hbd_history_reset (m->history);
    if (is_renewing)
        hbd_core_send_status (m); /* only a status tells of a new generation */
}

void
hbd_core_renew (HbdMembership *m)
{
    if (!m->is_started)
        return;
    m->is_renewing = true;
    ask_generation (m);
}

void
hbd_core_declare_dead (HbdMembership *m, HbdPeer *peer, HbdReason reason)
{
    hbd_track_forget_all (&peer->track);
    hbd_core_set_state (m, peer, HBD_NODE_DEAD, reason);
    if (peer->is_heard && !peer->may_miss_us)
        ask_generation (m);
}

static HbdReason
silence_reason (const HbdPeer *peer)
{
    if (!peer->is_heard)
        return HBD_REASON_INITDEAD;
    return peer->is_leaving ? HBD_REASON_SHUTDOWN : HBD_REASON_DEADTIME;
}

static void
check_links (HbdMembership *m, HbdPeer *peer)
{
    for (guint link = 0; link < m->n_links; link++) {
        if (m->now - peer->links[link].silent_since_us >= peer->deadtime_us)
            hbd_core_set_link (m, peer, link, HBD_PEER_LINK_DOWN);
    }
}

/* When a silent 3.0.6 peer that wants more time for itself may have declared us dead: it waits for us
 * as long as we announce. */
static HbdTime
miss_deadline (const HbdMembership *m, const HbdPeer *peer)
{
    if (!m->is_joined || !hbd_core_is_alive (peer) || peer->is_native || peer->may_miss_us)
        return HBD_TIME_NEVER;
    return peer->silent_since_us + m->deadtime_us;
}

void
hbd_core_check_silence (HbdMembership *m)
{
    for (guint i = 0; i < m->n_nodes; i++) {
        HbdPeer *peer = m->peers[i];

        if (peer == NULL)
            continue;
        if (peer->is_heard)
            check_links (m, peer);
        if (peer->state != HBD_NODE_DEAD && m->now - peer->silent_since_us >= peer_limit (m, peer))
            hbd_core_declare_dead (m, peer, silence_reason (peer));
        else if (m->now >= miss_deadline (m, peer)) {
            peer->may_miss_us = true;
            ask_generation (m);
        }
    }
}

HbdTime
hbd_core_silence_deadline (const HbdMembership *m)
{
    HbdTime deadline = HBD_TIME_NEVER;

    for (guint i = 0; i < m->n_nodes; i++) {
        const HbdPeer *peer = m->peers[i];

        if (peer == NULL)
            continue;
        if (peer->state != HBD_NODE_DEAD)
            deadline = MIN (deadline, peer->silent_since_us + peer_limit (m, peer));
        deadline = MIN (deadline, miss_deadline (m, peer));
        for (guint link = 0; peer->is_heard && link < m->n_links; link++) {
            if (peer->links[link].state != HBD_PEER_LINK_DOWN)
                deadline = MIN (deadline, peer->links[link].silent_since_us + peer->deadtime_us);
        }
    }
    return deadline;
}

void
hbd_core_check_joined (HbdMembership *m)
{
    HbdMembershipAction joined = { .kind = HBD_MEMBERSHIP_DO_JOINED };

    if (m->is_joined || !m->is_started)
        return;
    for (guint i = 0; i < m->n_nodes; i++) {
        const HbdPeer *peer = m->peers[i];

        if (peer != NULL && !peer->is_heard && peer->state != HBD_NODE_DEAD)
            return;
    }
    m->is_joined = true;
    /* From here on deadtime counts, no more initdead: who is silent for longer is dead. */
    hbd_core_check_silence (m);
    if (hbd_core_any_alive (m))
        hbd_core_ask_nodes (m);
    hbd_core_set_own_state (m, HBD_NODE_ACTIVE, HBD_REASON_JOINED);
    hbd_core_send_status (m);
    g_array_append_val (m->out, joined);
}

void
hbd_core_own_link (HbdMembership *m, guint link, bool is_up)
{
    if (m->own_link_up[link] == is_up)
        return;
    m->own_link_up[link] = is_up;
    hbd_core_record (m, is_up ? HBD_LEVEL_NOTICE : HBD_LEVEL_WARNING, "link.own",
                     "node=%s link=%s to=%s", m->names[m->self], m->link_names[link],
                     is_up ? "up" : "down");
    for (guint i = 0; i < m->n_nodes; i++) {
        HbdPeer *peer = m->peers[i];

        if (peer == NULL || !peer->is_heard)
            continue;
        peer->links[link].silent_since_us = m->now;
        hbd_core_set_link (m, peer, link, is_up ? HBD_PEER_LINK_UNKNOWN : HBD_PEER_LINK_DOWN);
    }
    if (is_up && m->is_started)
        hbd_core_send_status (m);
}
