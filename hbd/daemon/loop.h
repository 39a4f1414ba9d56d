/* SPDX-License-Identifier: Apache-2.0 */
/* What the three processes need of an event loop beyond GLib: one timer on the clock that also
 * counts suspend (GLib's own ready times do not), and signals without GLib's worker thread, which
 * a process locked in memory should not carry. */
#pragma once

#include "hbd/base/time.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct _HbdTimer HbdTimer;

/* A timer that calls @fn in the default main context at @priority. (transfer full) */
HbdTimer *hbd_timer_new (int priority, void (*fn) (gpointer data), gpointer data);
void hbd_timer_free (HbdTimer *timer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdTimer, hbd_timer_free)
/* Fire once at @at (hbd_clock_now() time), at once if past; HBD_TIME_NEVER disarms. */
void hbd_timer_set (HbdTimer *timer, HbdTime at);

/* Block the signals of the 0-terminated list @signals and call @fn for each that arrives. Children
 * must get an empty mask again. Returns the descriptor or -1 with errno. */
int hbd_loop_signals (const int *signals, void (*fn) (gpointer data, int signal), gpointer data);

/* Sends @text ("READY=1" and the like) to systemd, if it listens; false when nobody does. */
bool hbd_notify (const char *text);
/* Half of systemd's watchdog period, or 0 when it wants none. Microseconds. */
HbdTime hbd_notify_watchdog_us (void);
