/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the snapshot that judge.h judges. Reads, asks and lists; changes nothing. */
#pragma once

#include "crm/exec/host.h"
#include "hbd/daemon/setup.h"
#include "hbd/migrate/facts.h"

/* The facts of this machine for @setup (borrowed, outlives the facts). (transfer full) */
HbdMigrateFacts *hbd_migrate_gather (const HbdSetup *setup, const HbdOptions *options);

/* Its parts. @root is "" for the machine itself; tests have a tree of their own. */

/* What runs each resource: @ours maps words to agents, @theirs has Heartbeat's own folders. */
void hbd_migrate_gather_resources (HbdMigrateFacts *facts, const CrmHost *ours,
                                   const CrmHost *theirs, const char *root);
/* hb_generation, hb_uuid, nodeinfo; what is installed, starts at boot and runs. */
void hbd_migrate_gather_machine (HbdMigrateFacts *facts, const HbdOptions *options,
                                 const char *root);

/* Scripts, units and cron tables below @root where users' calls of Heartbeat's programs stand; small
 * regular files only, no link followed. */
void hbd_migrate_gather_scripts (HbdMigrateFacts *facts, const char *ha_dir, const char *root);
/* UDP ports of ha.cf held by others, and the packet filter's listings. */
void hbd_migrate_gather_network (HbdMigrateFacts *facts);
