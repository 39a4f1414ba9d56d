/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/core/history.h"

typedef struct {
    guint64 seq; /* 0: empty */
    GBytes *bytes;
    bool was_resent;
    HbdTime resent_us;
} Entry;

struct _HbdHistory {
    guint64 last_seq;
    Entry ring[HBD_HISTORY_MAX]; /* number n lies at n modulo the size */
};

HbdHistory *
hbd_history_new (void)
{
    return g_new0 (HbdHistory, 1);
}

void
hbd_history_reset (HbdHistory *history)
{
    history->last_seq = 0;
    for (guint i = 0; i < HBD_HISTORY_MAX; i++) {
        g_clear_pointer (&history->ring[i].bytes, g_bytes_unref);
        history->ring[i] = (Entry){ 0 };
    }
}

void
hbd_history_free (HbdHistory *history)
{
    if (history == NULL)
        return;
    hbd_history_reset (history);
    g_free (history);
}

void
hbd_history_add (HbdHistory *history, guint64 seq, GBytes *bytes)
{
    Entry *entry = &history->ring[seq % HBD_HISTORY_MAX];

    g_clear_pointer (&entry->bytes, g_bytes_unref);
    *entry = (Entry){ .seq = seq, .bytes = g_bytes_ref (bytes) };
    history->last_seq = seq;
}

HbdHistoryAnswer
hbd_history_ask (HbdHistory *history, guint64 seq, HbdTime now, GBytes **bytes)
{
    Entry *entry = &history->ring[seq % HBD_HISTORY_MAX];

    if (seq > history->last_seq)
        return HBD_HISTORY_NOT_YET;
    if (seq == 0 || entry->seq != seq)
        return HBD_HISTORY_GONE;
    if (entry->was_resent && now - entry->resent_us < HBD_HISTORY_RESEND_US)
        return HBD_HISTORY_TOO_SOON;
    entry->was_resent = true;
    entry->resent_us = now;
    *bytes = entry->bytes;
    return HBD_HISTORY_RESEND;
}
