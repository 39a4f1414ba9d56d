/* SPDX-License-Identifier: Apache-2.0 */
/* From facts to findings: what behaves differently under hbd than under Heartbeat 3.0.6, and the
 * next step. Pure, and bounded by the facts. Where Heartbeat's behaviour comes from:
 * doc/heartbeat.md. */
#pragma once

#include "hbd/migrate/facts.h"
#include "hbd/migrate/findings.h"

/* Everything. (transfer full) */
HbdFindings *hbd_migrate_judge (const HbdMigrateFacts *facts);

/* Its parts. */
void hbd_migrate_judge_configuration (const HbdMigrateFacts *facts, HbdFindings *findings);
void hbd_migrate_judge_resources (const HbdMigrateFacts *facts, HbdFindings *findings);
void hbd_migrate_judge_scripts (const HbdMigrateFacts *facts, HbdFindings *findings);
void hbd_migrate_judge_machine (const HbdMigrateFacts *facts, HbdFindings *findings);
