/* SPDX-License-Identifier: Apache-2.0 */
/* Retransmission both ways (doc/heartbeat.md 4.7), with an end where 3.0.6 has none (11, 9). */
#include "config.h"

#include "hbd/core/private.h"

#include <string.h>

/* Messages leave out of order by one or two in normal operation: wait before asking. */
#define HOLE_MIN_US           HBD_MS (50)
#define HOLE_MAX_US           HBD_MS (250)
#define LOST_RECORD_PERIOD_US HBD_S (1)
#define MAX_TRIES             20
#define RANGE_MAX             50 /* messages asked for, or answered, at once */
/* Requests that nothing can answer: named when there are so many, and not more often. */
#define VAIN_MIN              20
#define VAIN_RECORD_PERIOD_US HBD_S (60)

HbdTime
hbd_core_ask_time (HbdMembership *m)
{
    return m->now + hbd_prng_range (&m->prng, HOLE_MIN_US, HOLE_MAX_US);
}

static void
ask_range (HbdMembership *m, const HbdPeer *peer, guint64 first, guint64 last)
{
    g_autoptr (HbdMessage) request = hbd_message_new_typed ("NS_rexmit");

    /* Decimal here, hexadecimal everywhere else: doc/heartbeat.md, surprise 4. */
    hbd_message_add_printf (request, "firstseq", "%" G_GUINT64_FORMAT, first);
    hbd_message_add_printf (request, "lastseq", "%" G_GUINT64_FORMAT, last);
    hbd_core_send (m, request, peer->name);
    m->count[HBD_COUNT_REXMIT_ASKED] += last - first + 1;
}

static void
give_up (HbdMembership *m, HbdPeer *peer, guint64 seq, const char *reason)
{
    guint64 suppressed;

    m->count[HBD_COUNT_LOST]++;
    if (hbd_rate_allow (&peer->lost_rate, m->now, LOST_RECORD_PERIOD_US, &suppressed))
        hbd_core_record (m, HBD_LEVEL_WARNING, "node.lost-message",
                         "node=%s seq=%" G_GUINT64_FORMAT
                         " reason=%s suppressed=%" G_GUINT64_FORMAT,
                         peer->name, seq, reason, suppressed);
    hbd_track_forget (&peer->track, seq);
    hbd_core_send_ack (m, peer);
}

/* Give up on the holes that were asked for often enough. */
static void
drop_hopeless (HbdMembership *m, HbdPeer *peer)
{
    GArray *missing = peer->track.missing;

    for (guint i = 0; i < missing->len;) {
        HbdMissing *hole = &g_array_index (missing, HbdMissing, i);

        if (hole->ask_us <= m->now && hole->tries >= MAX_TRIES)
            give_up (m, peer, hole->seq, "no-answer");
        else
            i++;
    }
}

static void
ask_peer (HbdMembership *m, HbdPeer *peer)
{
    GArray *missing = peer->track.missing;

    drop_hopeless (m, peer);
    for (guint i = 0; i < missing->len; i++) {
        guint64 first = g_array_index (missing, HbdMissing, i).seq;
        guint64 last = first - 1;

        for (; i < missing->len; i++) {
            HbdMissing *hole = &g_array_index (missing, HbdMissing, i);

            if (hole->ask_us > m->now || hole->seq != last + 1 || last + 1 - first >= RANGE_MAX)
                break;
            hole->ask_us = m->now + m->rexmit_us;
            hole->tries++;
            last = hole->seq;
        }
        if (last >= first) {
            ask_range (m, peer, first, last);
            i--; /* the hole that ended the range begins the next one */
        }
    }
}

void
hbd_core_ask_missing (HbdMembership *m)
{
    for (guint i = 0; i < m->n_nodes; i++) {
        HbdPeer *peer = m->peers[i];

        if (peer != NULL && hbd_core_is_alive (peer) && peer->track.missing->len > 0)
            ask_peer (m, peer);
    }
}

HbdTime
hbd_core_missing_deadline (const HbdMembership *m)
{
    HbdTime deadline = HBD_TIME_NEVER;

    for (guint i = 0; i < m->n_nodes; i++) {
        const HbdPeer *peer = m->peers[i];

        if (peer == NULL || !hbd_core_is_alive (peer))
            continue;
        for (guint j = 0; j < peer->track.missing->len; j++)
            deadline = MIN (deadline, g_array_index (peer->track.missing, HbdMissing, j).ask_us);
    }
    return deadline;
}

/* What @peer asks for is gone, or was never said in this life of ours. A 3.0.6 node asks again every
 * 250 ms until it hears so (doc/heartbeat.md 11, 9); a request has no number and can be repeated by
 * anybody, so that the answers are bounded. */
static void
send_nak (HbdMembership *m, HbdPeer *peer, guint64 seq)
{
    g_autoptr (HbdMessage) nak = NULL;
    guint64 suppressed;

    peer->vain++;
    if (peer->vain >= VAIN_MIN
        && hbd_rate_allow (&peer->vain_rate, m->now, VAIN_RECORD_PERIOD_US, &suppressed)) {
        hbd_core_record (m, HBD_LEVEL_WARNING, "node.asks-in-vain",
                         "node=%s seq=%" G_GUINT64_FORMAT " times=%" G_GUINT64_FORMAT
                         " hint=\"it asks again and again for a message that does not exist any "
                         "more; it is told so each time, nothing else depends on it\"",
                         peer->name, seq, peer->vain);
        peer->vain = 0;
    }
    if (m->now - peer->naks_since_us >= HBD_HISTORY_RESEND_US) {
        peer->naks_since_us = m->now;
        peer->naks = 0;
    }
    if (peer->naks >= RANGE_MAX) {
        m->count[HBD_COUNT_REXMIT_HELD_BACK]++;
        return;
    }
    peer->naks++;
    nak = hbd_message_new_typed ("NS_nak_rexmit");
    hbd_message_add_printf (nak, "firstseq", "%" G_GINT64_MODIFIER "x", seq);
    hbd_message_add (nak, "info", "seqno not found");
    hbd_core_send (m, nak, peer->name);
    m->count[HBD_COUNT_NAKS_SENT]++;
}

void
hbd_core_answer_rexmit (HbdMembership *m, HbdPeer *peer, const HbdMessage *message)
{
    guint64 first, last;

    if (!hbd_message_get_number (message, "firstseq", 10, &first)
        || !hbd_message_get_number (message, "lastseq", 10, &last) || first == 0 || last < first) {
        m->count[HBD_COUNT_RX_MALFORMED]++;
        return;
    }
    last = first + MIN (last - first, RANGE_MAX - 1);
    for (guint64 seq = first; seq <= last && seq >= first; seq++) {
        GBytes *bytes;

        switch (hbd_history_ask (m->history, seq, m->now, &bytes)) {
        case HBD_HISTORY_RESEND:
            hbd_core_send_bytes (m, bytes, false);
            m->count[HBD_COUNT_REXMIT_SENT]++;
            break;
        case HBD_HISTORY_TOO_SOON:
            m->count[HBD_COUNT_REXMIT_HELD_BACK]++;
            break;
        case HBD_HISTORY_GONE:
        case HBD_HISTORY_NOT_YET:
            send_nak (m, peer, seq);
            break;
        }
    }
}

void
hbd_core_take_nak (HbdMembership *m, HbdPeer *peer, const HbdMessage *message)
{
    guint64 seq;

    m->count[HBD_COUNT_NAKS_HEARD]++;
    /* Only what we asked for: an old nak sent again must not make us forget a fresh hole. */
    if (!hbd_message_get_number (message, "firstseq", 16, &seq))
        return;
    for (guint i = 0; i < peer->track.missing->len; i++) {
        const HbdMissing *hole = &g_array_index (peer->track.missing, HbdMissing, i);

        if (hole->seq == seq && hole->tries > 0) {
            give_up (m, peer, seq, "nak");
            return;
        }
    }
}
