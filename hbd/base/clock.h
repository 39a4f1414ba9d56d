/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that reads a clock. Edges only: cores get time as an argument. */
#pragma once

#include "hbd/base/time.h"

/* Microseconds since boot, counting time in suspend (CLOCK_BOOTTIME): a machine that slept must
 * see the gap that its peers saw. */
HbdTime hbd_clock_now (void);

/* Unix time in microseconds; for logs and the `ts` field only, never for decisions. */
gint64 hbd_clock_wall_us (void);
