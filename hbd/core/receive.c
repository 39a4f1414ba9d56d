/* SPDX-License-Identifier: Apache-2.0 */
/* A datagram's way in: authentic? ours? known node? fresh? (doc/heartbeat.md 4.6); then what its
 * type changes here, and up to the layer above. What is refused on the way is counted. */
#include "config.h"

#include "hbd/core/private.h"

#include <string.h>

#define DEADTIME_MIN_US       HBD_MS (10)
#define DEADTIME_MAX_US       HBD_S (24 * 3600)
#define LATE_RECORD_PERIOD_US HBD_S (1)
#define SAID_MAX_SENT         120 /* beyond, the row of heartbeats is not known well enough */
#define PERIOD_SMOOTHING      16
#define LINK_WINDOW           8 /* how far copies on a slower link may lag, in messages */

/* What every message says of itself. */
typedef struct {
    const char *type;
    guint32 generation;
    guint64 seq; /* 0: not sequenced */
    bool is_status;
    bool is_for_us; /* or for all */
} Header;

static bool
read_header (const HbdMembership *m, const HbdMessage *message, Header *header)
{
    const char *dest = hbd_message_get (message, "dest");
    guint64 generation, ts;
    bool is_sequenced;

    *header = (Header){ .type = hbd_message_get (message, "t") };
    if (header->type == NULL || !hbd_message_get_number (message, "hg", 16, &generation)
        || generation > G_MAXUINT32 || !hbd_message_get_number (message, "ts", 16, &ts) || ts == 0)
        return false;
    is_sequenced = !g_str_has_prefix (header->type, "NS_");
    if (is_sequenced
        && (!hbd_message_get_number (message, "seq", 16, &header->seq) || header->seq == 0))
        return false;
    header->generation = (guint32) generation;
    header->is_status = strcmp (header->type, "status") == 0;
    header->is_for_us = dest == NULL || g_ascii_strcasecmp (dest, m->names[m->self]) == 0;
    return true;
}

/* The sender, or NULL when the message is our own, a stranger's or does not say. */
static HbdPeer *
find_sender (HbdMembership *m, const HbdMessage *message, const char *link)
{
    const char *src = hbd_message_get (message, "src");
    const guint8 *uuid;
    g_autofree char *quoted = NULL;
    gsize len;

    if (src == NULL) {
        m->count[HBD_COUNT_RX_MALFORMED]++;
        return NULL;
    }
    for (guint i = 0; i < m->n_nodes; i++) {
        if (g_ascii_strcasecmp (src, m->names[i]) != 0)
            continue;
        if (i != m->self)
            return m->peers[i];
        m->count[HBD_COUNT_RX_OWN]++;
        uuid = hbd_message_get_binary (message, "srcuuid", &len);
        if (uuid != NULL && (len != sizeof m->uuid || memcmp (uuid, m->uuid, len) != 0)) {
            m->count[HBD_COUNT_RX_SAME_NAME]++;
            hbd_core_record_rated (m, HBD_RATE_SAME_NAME, "node.same-name", "node=%s link=%s", src,
                                   link);
        }
        return NULL;
    }
    m->count[HBD_COUNT_RX_UNKNOWN_NODE]++;
    quoted = hbd_core_quote (src);
    hbd_core_record_rated (m, HBD_RATE_UNKNOWN_NODE, "node.unknown", "node=\"%s\" link=%s", quoted,
                           link);
    return NULL;
}

static void
note_link (HbdMembership *m, HbdPeer *peer, guint link)
{
    peer->links[link].silent_since_us = m->now;
    peer->links[link].received++;
    hbd_core_set_link (m, peer, link, HBD_PEER_LINK_UP);
}

static void
note_uuid (HbdMembership *m, HbdPeer *peer, const HbdMessage *message)
{
    gsize len;
    const guint8 *uuid = hbd_message_get_binary (message, "srcuuid", &len);

    if (uuid == NULL || len != sizeof peer->uuid)
        return;
    /* doc/heartbeat.md 4.6: accepted and said. */
    if (peer->has_uuid && memcmp (peer->uuid, uuid, len) != 0)
        hbd_core_record (m, HBD_LEVEL_WARNING, "node.uuid-changed", "node=%s", peer->name);
    memcpy (peer->uuid, uuid, len);
    peer->has_uuid = true;
}

static void
note_late (HbdMembership *m, HbdPeer *peer)
{
    HbdTime interval = m->now - peer->silent_since_us;
    guint64 suppressed;

    if (interval <= m->warntime_us || !hbd_core_is_alive (peer))
        return;
    m->count[HBD_COUNT_LATE_HEARTBEATS]++;
    if (hbd_rate_allow (&peer->late_rate, m->now, LATE_RECORD_PERIOD_US, &suppressed))
        hbd_core_record (m, HBD_LEVEL_WARNING, "node.late",
                         "node=%s interval_ms=%" G_GINT64_FORMAT " suppressed=%" G_GUINT64_FORMAT,
                         peer->name, interval / 1000, suppressed);
}

/* The state that a status names; @fallback for a word we do not know. */
static HbdNodeState
read_state (const HbdMessage *message, HbdNodeState fallback)
{
    const char *word = hbd_message_get (message, "st");

    for (guint state = 0; word != NULL && state < HBD_NODE_STATE_N; state++) {
        if (strcmp (word, hbd_node_state_name (state)) == 0)
            return state;
    }
    return fallback;
}

static HbdReason
reason_of (const HbdPeer *peer, HbdTrackVerdict verdict)
{
    if (verdict == HBD_TRACK_RESTART && peer->is_heard)
        return HBD_REASON_RESTART;
    if (verdict == HBD_TRACK_RETURNED || peer->may_miss_us)
        return HBD_REASON_RETURNED;
    return HBD_REASON_STATUS;
}

/* How many messages that were not its heartbeats did @peer send since the last one that we heard?
 * All are numbered in one row, and heartbeats come at their time. */
static guint
count_said (const HbdMembership *m, const HbdPeer *peer)
{
    guint64 sent = peer->track.last_status_seq - peer->last_heard_seq;
    guint64 beats =
        (guint64) ((m->now - peer->last_heard_us + peer->period_us / 2) / peer->period_us);

    if (!peer->is_heard || sent > SAID_MAX_SENT)
        return HBD_SAID_UNKNOWN;
    return (guint) (sent - MIN (sent, beats));
}

static void
note_period (HbdPeer *peer, HbdTime now)
{
    HbdTime interval = MIN (now - peer->last_heard_us, 4 * peer->period_us);

    if (peer->track.last_status_seq != peer->last_heard_seq + 1 || interval <= peer->period_us / 2)
        return; /* one was lost, or it had news and said so at once */
    peer->n_periods = MIN (peer->n_periods + 1, PERIOD_SMOOTHING);
    peer->period_us += (interval - peer->period_us) / peer->n_periods;
}

/* A node that was not alive to us, or begins a new life. */
static void
begin_acquaintance (HbdMembership *m, HbdPeer *peer)
{
    /* Links that stay silent from here on are missed after one deadtime. */
    for (guint link = 0; link < m->n_links; link++) {
        if (peer->links[link].state == HBD_PEER_LINK_UNKNOWN)
            peer->links[link].silent_since_us = m->now;
    }
    peer->is_leaving = false;
    peer->may_miss_us = false;
    peer->nodes_checked = false;
    if (m->is_joined) {
        m->ask_nodes_us = m->now;
        m->ask_nodes_tries = 0;
    }
}

/* The newest status of @peer. */
static void
take_status (HbdMembership *m, HbdPeer *peer, const HbdMessage *message, HbdTrackVerdict verdict)
{
    HbdReason reason = reason_of (peer, verdict);
    bool is_introduction = !hbd_core_is_alive (peer) || reason != HBD_REASON_STATUS;
    HbdNodeState state = read_state (message, hbd_core_is_alive (peer) ? peer->state : HBD_NODE_UP);
    guint64 deadtime_ms;

    if (state == HBD_NODE_DEAD) {
        if (hbd_core_is_alive (peer))
            hbd_core_declare_dead (m, peer, HBD_REASON_STATUS);
        return;
    }
    note_uuid (m, peer, message);
    note_late (m, peer);
    peer->said = reason == HBD_REASON_RETURNED ? count_said (m, peer) : 0;
    if (!is_introduction)
        note_period (peer, m->now);
    else if (reason == HBD_REASON_RETURNED && verdict == HBD_TRACK_FRESH)
        hbd_track_forget_all (&peer->track); /* words of the time of the cut */
    if (is_introduction)
        begin_acquaintance (m, peer);
    if (hbd_message_get_number (message, "dt", 16, &deadtime_ms))
        peer->deadtime_us = (HbdTime) CLAMP (deadtime_ms, (guint64) DEADTIME_MIN_US / 1000,
                                             (guint64) DEADTIME_MAX_US / 1000)
                            * 1000;
    peer->is_native = hbd_message_get (message, "hbd") != NULL;
    hbd_core_take_echo (peer, message);
    peer->silent_since_us = m->now;
    peer->last_heard_us = m->now;
    peer->last_heard_seq = peer->track.last_status_seq;
    peer->is_heard = true;
    hbd_core_set_state (m, peer, state, reason);
    hbd_core_deliver (m, peer, message);

    if (m->is_joined && is_introduction)
        /* It knows nothing of us yet: do not make it wait for our next keepalive. */
        hbd_core_send_status (m);
    hbd_core_check_joined (m);
}

static void
take_sequenced (HbdMembership *m, HbdPeer *peer, const HbdMessage *message, const Header *header,
                HbdTrackVerdict verdict)
{
    if (verdict == HBD_TRACK_LATE)
        m->count[HBD_COUNT_RX_LATE]++;
    if (header->is_status) {
        /* A status that comes after a newer one has nothing to tell. */
        if (peer->track.last_status_seq == header->seq)
            take_status (m, peer, message, verdict);
    } else if (!header->is_for_us) {
        m->count[HBD_COUNT_RX_OTHER_DEST]++;
    } else {
        if (strcmp (header->type, "reqnodes") == 0)
            hbd_core_answer_nodes (m, peer);
        else if (strcmp (header->type, "repnodes") == 0)
            hbd_core_check_nodes (m, peer, message);
        else if (strcmp (header->type, "shutdone") == 0)
            peer->is_leaving = true;
        hbd_core_deliver (m, peer, message);
    }
    hbd_core_send_ack (m, peer);
}

/* Does the packet show that its link works? Duplicates do, since each link brings a copy; but not
 * old ones, which anybody could send again (doc/design.md, safety rule 4). */
static bool
receive_sequenced (HbdMembership *m, HbdPeer *peer, const HbdMessage *message, const Header *header)
{
    HbdTrackInput input = { header->generation, header->seq, header->is_status };
    HbdTrackMode mode = HBD_TRACK_UNHEARD;
    bool was_reset;
    HbdTrackVerdict verdict;

    if (peer->is_heard)
        mode = hbd_core_is_alive (peer) ? HBD_TRACK_ALIVE : HBD_TRACK_DEAD;
    verdict = hbd_track_receive (&peer->track, &input, mode, hbd_core_ask_time (m), &was_reset);
    if (was_reset) {
        m->count[HBD_COUNT_GAP_RESETS]++;
        hbd_core_record (m, HBD_LEVEL_WARNING, "node.gap", "node=%s seq=%" G_GUINT64_FORMAT,
                         peer->name, header->seq);
    }
    switch (verdict) {
    case HBD_TRACK_FRESH:
    case HBD_TRACK_LATE:
    case HBD_TRACK_RESTART:
    case HBD_TRACK_RETURNED:
        take_sequenced (m, peer, message, header, verdict);
        return true;
    case HBD_TRACK_HELD:
        m->count[HBD_COUNT_RX_HELD]++;
        return false;
    case HBD_TRACK_DUPLICATE:
        m->count[HBD_COUNT_RX_DUPLICATE]++;
        return mode == HBD_TRACK_ALIVE && peer->track.last_seq - header->seq < LINK_WINDOW;
    case HBD_TRACK_REPLAY:
        m->count[HBD_COUNT_RX_REPLAY]++;
        hbd_core_record_rated (m, HBD_RATE_REPLAY, "node.replay", "node=%s generation=%u newest=%u",
                               peer->name, header->generation, peer->track.generation);
        return false;
    case HBD_TRACK_VERDICT_N:
        break;
    }
    g_assert_not_reached ();
}

/* NS_ messages carry no number and could be sent again by anybody who heard them: nothing that
 * they cause may do harm twice. */
static void
receive_unsequenced (HbdMembership *m, HbdPeer *peer, const HbdMessage *message,
                     const Header *header)
{
    if (!peer->track.is_known || header->generation != peer->track.generation || !header->is_for_us)
        m->count[HBD_COUNT_RX_UNSEQUENCED]++;
    else if (strcmp (header->type, "NS_ackmsg") == 0)
        m->count[HBD_COUNT_ACKS_HEARD]++;
    else if (strcmp (header->type, "NS_rexmit") == 0)
        hbd_core_answer_rexmit (m, peer, message);
    else if (strcmp (header->type, "NS_nak_rexmit") == 0)
        hbd_core_take_nak (m, peer, message);
    else
        m->count[HBD_COUNT_RX_UNSEQUENCED]++;
}

/* While a cluster moves from crc to a key, crc is believed until every live node signs with a
 * key. */
static void
note_key (HbdMembership *m, HbdPeer *peer, guint key_index)
{
    if (m->keys->key[key_index].method == HBD_AUTH_CRC)
        return;
    peer->signs_keyed = true;
    if (!m->keys->accept_unkeyed)
        return;
    for (guint i = 0; i < m->n_nodes; i++) {
        const HbdPeer *other = m->peers[i];

        if (other != NULL && hbd_core_is_alive (other) && !other->signs_keyed)
            return;
    }
    m->keys->accept_unkeyed = false;
    hbd_core_record (m, HBD_LEVEL_NOTICE, "auth.unkeyed-closed", "node=%s", m->names[m->self]);
}

void
hbd_core_receive (HbdMembership *m, guint link, const guint8 *data, gsize len)
{
    g_autoptr (HbdMessage) message = NULL;
    HbdDecodeInfo info;
    HbdDecodeResult result = hbd_wire_decode (data, len, m->keys, &message, &info);
    HbdPeer *peer;
    Header header;

    m->count[HBD_COUNT_RX]++;
    m->refused[result]++;
    if (result != HBD_DECODE_OK) {
        hbd_core_record_rated (m, result, "wire.refused",
                               "link=%s reason=%s offset=%" G_GSIZE_FORMAT " len=%" G_GSIZE_FORMAT,
                               m->link_names[link], hbd_decode_result_name (result), info.offset,
                               len);
        return;
    }
    peer = find_sender (m, message, m->link_names[link]);
    if (peer == NULL)
        return;
    if (!read_header (m, message, &header)) {
        m->count[HBD_COUNT_RX_MALFORMED]++;
        hbd_core_record_rated (m, HBD_RATE_MALFORMED, "wire.malformed", "node=%s link=%s",
                               peer->name, m->link_names[link]);
        return;
    }
    m->count[HBD_COUNT_RX_FALLBACK_KEY] += info.is_fallback;
    note_key (m, peer, info.key_index);
    if (header.seq == 0)
        receive_unsequenced (m, peer, message, &header);
    else if (receive_sequenced (m, peer, message, &header))
        note_link (m, peer, link);
}
