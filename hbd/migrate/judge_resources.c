/* SPDX-License-Identifier: Apache-2.0 */
/* For each word of haresources: what Heartbeat runs, what hbd runs. */
#include "config.h"

#include "hbd/migrate/judge.h"

#include <string.h>

#define GROUP HBD_FINDINGS_RESOURCES

static void
judge_address (const HbdMigrateResource *r, HbdFindings *findings)
{
    hbd_findings_add (
        findings, GROUP, "address", CFG_NOTE, r->place,
        "%s: Heartbeat %s%s; hbd sets the address itself, in milliseconds, and with a "
        "lease: it goes away when hbd dies",
        r->resource->word, r->theirs != NULL ? "runs " : "finds no script",
        r->theirs != NULL ? r->theirs : "");
}

static void
judge_ocf (const HbdMigrateResource *r, HbdFindings *findings)
{
    const CrmResource *res = r->resource;
    bool is_ours = g_strcmp0 (res->provider, "hbd") == 0;

    if (r->theirs == NULL)
        hbd_findings_add (findings, GROUP, "found-here", CFG_NOTE, r->place,
                          "%s: Heartbeat finds no script and fails; hbd runs %s", res->word,
                          res->path);
    else if (is_ours && !r->is_wrapper)
        hbd_findings_add (findings, GROUP, "script-replaced", CFG_WARNING, r->place,
                          "%s: Heartbeat runs %s; hbd runs its own agent %s, and what the script "
                          "does besides is not done; to keep the script: ln -s %s "
                          "/etc/ha.d/resource.d/",
                          res->word, r->theirs, res->path, r->theirs);
    else if (is_ours)
        hbd_findings_add (findings, GROUP, "own-agent", CFG_NOTE, r->place,
                          "%s: Heartbeat runs %s; hbd runs its own agent %s, which adopts a server "
                          "that already runs with this configuration",
                          res->word, r->theirs, res->path);
    else
        hbd_findings_add (findings, GROUP, "ocf", CFG_NOTE, r->place,
                          "%s: Heartbeat runs %s; hbd runs the agent %s without the wrapper, and "
                          "goes by its exit code",
                          res->word, r->theirs, res->path);
}

static void
judge_class (const HbdMigrateResource *r, HbdFindings *findings)
{
    const CrmResource *res = r->resource;

    switch (res->klass) {
    case CRM_CLASS_BUILTIN:
        judge_address (r, findings);
        break;
    case CRM_CLASS_OCF:
        judge_ocf (r, findings);
        break;
    case CRM_CLASS_HEARTBEAT:
        hbd_findings_add (findings, GROUP, "script", CFG_NOTE, r->place,
                          "%s: both run %s in the same way, arguments first; it runs when its "
                          "status prints 'running' or 'OK'",
                          res->word, res->path);
        break;
    case CRM_CLASS_LSB:
        hbd_findings_add (findings, GROUP, "exit-code", CFG_WARNING, r->place,
                          "%s: both run %s; for Heartbeat it runs when its status prints 'running' "
                          "or 'OK', for hbd when that exits with 0 (without these words it is "
                          "started once more, as there); try: %s status; echo $?",
                          res->word, res->path, res->path);
        break;
    case CRM_CLASS_SYSTEMD:
        hbd_findings_add (findings, GROUP, "unit", CFG_NOTE, r->place,
                          "%s: Heartbeat finds no script and fails; hbd uses the unit %s",
                          res->word, res->unit);
        break;
    case CRM_CLASS_MISSING: /* --check says so */
    case CRM_CLASS_N:
        break;
    }
}

static void
judge_boot (const HbdMigrateResource *r, HbdFindings *findings)
{
    if (r->boot_link != NULL)
        hbd_findings_add (
            findings, GROUP, "boot", CFG_WARNING, hbd_findings_whole (r->boot_link),
            "%s is started at boot on its own, also where its group does not run; "
            "hbd adopts it where the group runs, but let only hbd start it: systemctl "
            "disable %s",
            r->boot_unit, r->boot_unit);
}

static void
judge_limits (const HbdMigrateFacts *facts, HbdFindings *findings)
{
    const HbdMigrateResource *first = NULL;

    for (guint i = 0; i < facts->resources->len; i++) {
        const HbdMigrateResource *r = facts->resources->pdata[i];

        if (!r->resource->is_address && first == NULL)
            first = r;
    }
    if (first == NULL)
        return;
    hbd_findings_add (findings, GROUP, "limits", CFG_NOTE, hbd_findings_whole (facts->haresources),
                      "a start may take %d s, a stop %d s, where Heartbeat waits for ever; longer "
                      "ones in hbd.conf: resource NAME { start_timeout 300  stop_timeout 300 }. A "
                      "stop that fails leaves the group failed and never reboots the machine",
                      (int) (first->resource->timeout_us[CRM_ACTION_START] / HBD_S (1)),
                      (int) (first->resource->timeout_us[CRM_ACTION_STOP] / HBD_S (1)));
}

void
hbd_migrate_judge_resources (const HbdMigrateFacts *facts, HbdFindings *findings)
{
    for (guint i = 0; i < facts->resources->len; i++) {
        judge_class (facts->resources->pdata[i], findings);
        judge_boot (facts->resources->pdata[i], findings);
    }
    judge_limits (facts, findings);
}
