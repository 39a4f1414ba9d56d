/* SPDX-License-Identifier: Apache-2.0 */
/* `respawn USER PROGRAM ARGS` of ha.cf: run as that user, start anew when it ends unless it ends
 * with 100; after ten fast deaths in a row it is left alone (doc/heartbeat.md 1.4). */
#pragma once

#include "cfg/model.h"
#include "hbd/base/record.h"

typedef struct _HbdRespawns HbdRespawns;

/* Start the lines (CfgRespawn, copied) with environment @env; `ipfail` lines
 * are left out. @record gets (transfer full) records. (transfer full) */
HbdRespawns *hbd_respawns_new (const GPtrArray *lines, const char *const *env,
                               void (*record) (gpointer data, HbdRecord *record), gpointer data);
/* End them: TERM, and KILL after the process's delay. */
void hbd_respawns_free (HbdRespawns *respawns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdRespawns, hbd_respawns_free)

#define HBD_RESPAWN_STOP_CODE 100
#define HBD_RESPAWN_FAST_US   HBD_S (30)
#define HBD_RESPAWN_MAX_FAST  10
/* May a child that lived @lifetime_us be started again? @fast_deaths is kept by the caller. */
bool hbd_respawn_again (guint *fast_deaths, HbdTime lifetime_us);
