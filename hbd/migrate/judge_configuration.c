/* SPDX-License-Identifier: Apache-2.0 */
/* What is right in the files, and still acts differently. What --check warns of is not repeated. */
#include "config.h"

#include "hbd/migrate/judge.h"

#include <string.h>

#define GROUP HBD_FINDINGS_MEANING

/* Programs of `respawn` lines that speak Heartbeat's client interface, which hbd does not have. */
static const struct {
    const char *program, *instead;
} clients[] = {
    { "dopd", "let DRBD fence by itself: fencing resource-only in drbd.conf" },
    { "ccm", "nothing replaces it; remove the line" },
    { "cib", "it belongs to Pacemaker; remove the line" },
    { "crmd", "it belongs to Pacemaker; remove the line" },
    { "attrd", "it belongs to Pacemaker; remove the line" },
    { "lrmd", "it belongs to Pacemaker; remove the line" },
    { "stonithd", "it belongs to Pacemaker; remove the line" },
    { "pingd", "it belongs to Pacemaker; remove the line" },
    { "mgmtd", "it belongs to Pacemaker; remove the line" },
    { "lha-snmpagent", "ask hbctl status --json instead" },
    { "hbagent", "ask hbctl status --json instead" },
    { "recoverymgrd", "hbd's supervisor and systemd watch the processes; remove the line" },
    { "apphbd", "hbd's supervisor and systemd watch the processes; remove the line" },
};

static void
judge_respawn (const CfgRespawn *respawn, HbdFindings *findings)
{
    const char *slash = strrchr (respawn->argv[0], '/');
    const char *program = slash != NULL ? slash + 1 : respawn->argv[0];

    for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
        if (strcmp (clients[i].program, program) == 0)
            hbd_findings_add (findings, GROUP, "respawn-client", CFG_WARNING, respawn->place,
                              "respawn: %s needs Heartbeat's client interface, which hbd does not "
                              "have, so it ends and is given up after ten tries; %s",
                              program, clients[i].instead);
}

/* Directives whose mere presence is worth a word. */
static const struct {
    const char *name, *id;
    CfgSeverity severity;
    const char *text;
} directives[] = {
    { "logfile", "log-form", CFG_NOTE,
      "the lines have another form ('hbd: node.state node=...'): whatever searches this file must "
      "be changed; hbctl events --json is made for it" },
    { "debugfile", "log-form", CFG_NOTE,
      "it gets hbd's debug messages and what agents print, in another form" },
    { "apiauth", "api", CFG_NOTE,
      "accepted without effect: hbd has no client interface; members of group haclient may read "
      "hbctl status" },
    { "autojoin", "autojoin", CFG_NOTE, "hbd takes its nodes from the node lines only" },
    { "max_rexmit_delay", "rexmit", CFG_NOTE,
      "as there, but a request for a message that never comes ends after 20 tries" },
};

static void
judge_directive (const HbdMigrateFacts *facts, guint which, HbdFindings *findings)
{
    for (guint i = 0; i < facts->cluster->settings->len; i++) {
        const CfgSetting *setting = facts->cluster->settings->pdata[i];

        if (strcmp (setting->name, directives[which].name) != 0)
            continue;
        hbd_findings_add (findings, GROUP, directives[which].id, directives[which].severity,
                          setting->place, "%s: %s", setting->name, directives[which].text);
        return;
    }
}

/* doc/heartbeat.md 3.4: 3.0.6 checks with the method that a packet names, but the key of its own
 * active entry. */
static void
judge_keys (const HbdMigrateFacts *facts, HbdFindings *findings)
{
    const HbdKeyTable *keys = facts->cluster->keys;
    guint count = 0;

    for (guint i = 0; i < HBD_KEYS_MAX; i++)
        count += keys->key[i].method != HBD_AUTH_NONE;
    if (count > 1)
        hbd_findings_add (findings, GROUP, "keys", CFG_WARNING,
                          hbd_findings_whole (facts->authkeys),
                          "%u keys: as long as one node runs Heartbeat both must name the same key "
                          "in their auth line, since 3.0.6 checks with its own key whatever number "
                          "a message has; KEYS in hbd-migrate(7) says how to change one",
                          count);
    if (keys->key[keys->active].method == HBD_AUTH_SHA256)
        hbd_findings_add (findings, GROUP, "sha256", CFG_ERROR,
                          hbd_findings_whole (facts->hbd_conf),
                          "auth { method sha256 } is understood by hbd only: a node with Heartbeat "
                          "would take this one for dead; remove it until both nodes run hbd");
}

static void
judge_timing (const HbdMigrateFacts *facts, HbdFindings *findings)
{
    if (facts->cluster->nodes->len > 1 && facts->cluster->groups->len > 0)
        hbd_findings_add (findings, GROUP, "start", CFG_NOTE, hbd_findings_whole (facts->ha_cf),
                          "two nodes that boot together serve at once; Heartbeat waits 10 s. After "
                          "a healed split one of them goes on serving; Heartbeat stops both");
}

void
hbd_migrate_judge_configuration (const HbdMigrateFacts *facts, HbdFindings *findings)
{
    for (guint i = 0; i < facts->cluster->respawns->len; i++)
        judge_respawn (facts->cluster->respawns->pdata[i], findings);
    for (guint i = 0; i < G_N_ELEMENTS (directives); i++)
        judge_directive (facts, i, findings);
    judge_keys (facts, findings);
    judge_timing (facts, findings);
}
