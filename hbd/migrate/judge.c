/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/migrate/judge.h"

HbdFindings *
hbd_migrate_judge (const HbdMigrateFacts *facts)
{
    HbdFindings *findings = hbd_findings_new ();

    hbd_findings_add_diags (findings, HBD_FINDINGS_FILES, facts->diags);
    hbd_migrate_judge_configuration (facts, findings);
    hbd_migrate_judge_resources (facts, findings);
    hbd_migrate_judge_scripts (facts, findings);
    hbd_migrate_judge_machine (facts, findings);
    return findings;
}
