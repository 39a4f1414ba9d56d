/* SPDX-License-Identifier: Apache-2.0 */
/* The sequenced datagrams that we sent last, kept as they went out, so that a node that missed one
 * gets the identical bytes (doc/heartbeat.md 4.7). */
#pragma once

#include "hbd/base/time.h"

#include <stdbool.h>

#define HBD_HISTORY_MAX       500
#define HBD_HISTORY_RESEND_US HBD_MS (240) /* one datagram goes out again at most this often */

typedef struct _HbdHistory HbdHistory;

HbdHistory *hbd_history_new (void);
void hbd_history_free (HbdHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdHistory, hbd_history_free)
/* Keep @bytes (a reference is taken) as number @seq, the successor of the one before. */
void hbd_history_add (HbdHistory *history, guint64 seq, GBytes *bytes);
/* Forget all: a new generation begins at 1. */
void hbd_history_reset (HbdHistory *history);

typedef enum {
    HBD_HISTORY_RESEND, /* *@bytes is (transfer none) */
    HBD_HISTORY_TOO_SOON,
    HBD_HISTORY_GONE,    /* below the window */
    HBD_HISTORY_NOT_YET, /* above our own highest number */
} HbdHistoryAnswer;

/* What to do about a request for @seq at @now; RESEND counts as sent. */
HbdHistoryAnswer hbd_history_ask (HbdHistory *history, guint64 seq, HbdTime now, GBytes **bytes);
