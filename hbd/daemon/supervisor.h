/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor: starts manager and engine, starts them anew when they die, connects them, and
 * when it cannot, lets go of the addresses. It parses no file. */
#pragma once

#include "hbd/base/log.h"
#include "hbd/daemon/options.h"

/* Run until a signal or a failure ends it; returns hbd's exit code. @argv is hbd's own command
 * line, handed on to the manager. */
int hbd_supervisor_run (const HbdOptions *options, char **argv, HbdLog *log);

/* --- restart policy, pure ------------------------------------------------------------------ */

#define HBD_FAST_DEATH_US HBD_S (10) /* a life shorter than that counts as a fast death */
#define HBD_MANAGER_TRIES 5          /* fast deaths in a row until the manager is given up */

typedef struct {
    HbdTime started_at;
    guint fast_deaths; /* in a row */
} HbdRestart;

/* The process that was started at .started_at died at @now: how long to wait before the next
 * start. The first death costs nothing, further fast ones double from 50 ms up to 5 s. */
HbdTime hbd_restart_delay (HbdRestart *restart, HbdTime now);
