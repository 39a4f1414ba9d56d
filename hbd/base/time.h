/* SPDX-License-Identifier: Apache-2.0 */
/* The one time type: monotonic microseconds. Wall time exists only in the log sink and in the
 * `ts` field of Heartbeat's messages. Nothing here reads a clock; see clock.h for the one file
 * that does. */
#pragma once

#include <glib.h>

typedef gint64 HbdTime;

#define HBD_TIME_NEVER G_MAXINT64
#define HBD_US(n) ((HbdTime) (n))
#define HBD_MS(n) ((HbdTime) (n) * 1000)
#define HBD_S(n) ((HbdTime) (n) * 1000000)
