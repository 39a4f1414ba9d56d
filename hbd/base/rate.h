/* SPDX-License-Identifier: Apache-2.0 */
/* A limit on how often one kind of record is emitted, so that whoever can send packets cannot fill
 * the log. Counts what it holds back. */
#pragma once

#include "hbd/base/time.h"

#include <stdbool.h>

typedef struct {
    bool is_used;
    HbdTime last_us;
    guint64 suppressed; /* since the last one that was let through */
} HbdRate;

/* May one be emitted at @now, at most one per @period_us? @suppressed: how many were held back
 * since the last one. */
bool hbd_rate_allow (HbdRate *rate, HbdTime now, HbdTime period_us, guint64 *suppressed);
