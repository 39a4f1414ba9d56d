/* SPDX-License-Identifier: Apache-2.0 */
/* The machine around the files: identity, units, ports, the packet filter, and who runs now. */
#include "config.h"

#include "hbd/daemon/firewall.h"
#include "hbd/migrate/judge.h"

#include <string.h>

#define GROUP HBD_FINDINGS_MACHINE

static void G_GNUC_PRINTF (5, 6) say (HbdFindings *findings, const char *id, CfgSeverity severity,
                                      const char *path, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    hbd_findings_add (findings, GROUP, id, severity, hbd_findings_whole (path), "%s", text);
}

static void
judge_identity (const HbdMigrateFacts *f, HbdFindings *findings)
{
    if (f->nodeinfo != NULL && g_ascii_strcasecmp (f->nodeinfo, f->node_name) != 0)
        say (
            findings, "nodeinfo", CFG_ERROR, f->nodeinfo_path,
            "Heartbeat calls this node '%s' because of this file; hbd does not read it and goes by "
            "'%s': start hbd with --node-name %s",
            f->nodeinfo, f->node_name, f->nodeinfo);
    if (f->other_generation_path != NULL)
        say (
            findings, "built-elsewhere", CFG_ERROR, f->other_generation_path,
            "Heartbeat's generation is here, but this hbd was built to keep it in %s, so the other "
            "node would drop all it says; build it with --prefix=/usr/local --sysconfdir=/etc "
            "--localstatedir=/var --runstatedir=/run",
            f->generation_path);
    if (f->generation == HBD_MIGRATE_BAD)
        say (findings, "generation", CFG_ERROR, f->generation_path,
             "not a generation number, so hbd cannot continue it; remove the file while the other "
             "node is stopped");
    else if (f->generation == HBD_MIGRATE_ABSENT && f->other_generation_path == NULL)
        say (findings, "generation", CFG_NOTE, f->generation_path,
             "there is none: Heartbeat never ran here, or elsewhere; hbd begins with the clock's");
    if (f->uuid == HBD_MIGRATE_BAD)
        say (findings, "uuid", CFG_WARNING, f->uuid_path,
             "not the 16 bytes of a UUID; hbd makes a new one, and the other node logs that it "
             "changed");
    else if (f->uuid == HBD_MIGRATE_ABSENT && f->generation == HBD_MIGRATE_GOOD)
        say (
            findings, "uuid", CFG_WARNING, f->uuid_path,
            "there is none beside hb_generation; hbd makes a new one, and the other node logs that "
            "it changed");
}

/* Heartbeat's unit started beside hbd finds it running and ends; systemd then runs the unit's
 * ExecStop, `heartbeat -k', which stops hbd. Only masking keeps it from that. */
static void
judge_boot (const HbdMigrateFacts *f, HbdFindings *findings)
{
    if (f->heartbeat.program == NULL || f->heartbeat.is_masked)
        return;
    if (f->heartbeat.boot_link != NULL && f->hbd.boot_link != NULL)
        say (findings, "both-at-boot", CFG_ERROR, f->heartbeat.boot_link,
             "Heartbeat and hbd are both started at boot, and Heartbeat's unit then stops hbd, so "
             "that nobody serves: systemctl mask heartbeat");
    else if (f->heartbeat.boot_link != NULL)
        say (findings, "heartbeat-at-boot", CFG_WARNING, f->heartbeat.boot_link,
             "Heartbeat is started at boot; when hbd takes over: systemctl mask heartbeat, and not "
             "just disable, since the unit stops hbd when it is started beside it");
    else if (f->hbd.boot_link != NULL)
        say (findings, "not-masked", CFG_WARNING, f->hbd.boot_link,
             "hbd is started at boot, but Heartbeat is not masked: whoever starts it stops hbd; "
             "systemctl mask heartbeat");
}

static void
judge_running (const HbdMigrateFacts *f, HbdFindings *findings)
{
    if (f->heartbeat.program != NULL)
        say (findings, "way-back", CFG_NOTE, f->heartbeat.program,
             "Heartbeat stays installed: the way back is systemctl disable --now hbd, systemctl "
             "unmask heartbeat, service heartbeat start");
    else
        say (findings, "no-way-back", CFG_NOTE, f->ha_cf,
             "Heartbeat is not installed on this machine, so there is no way back without its "
             "package");
    if (f->heartbeat.pid != 0)
        say (findings, "heartbeat-runs", CFG_NOTE, f->heartbeat.pid_file,
             "Heartbeat runs here now (pid %u) and hbd does not start beside it; next: service "
             "heartbeat stop, systemctl mask heartbeat, systemctl enable --now hbd",
             f->heartbeat.pid);
    if (f->hbd.pid != 0)
        say (findings, "hbd-runs", CFG_NOTE, f->hbd.pid_file,
             "hbd runs here already (pid %u); hbctl status says how it is", f->hbd.pid);
}

static void
judge_accounts (const HbdMigrateFacts *f, HbdFindings *findings)
{
    if (!f->is_root)
        say (findings, "not-root", CFG_WARNING, f->ha_cf,
             "not run as root: keys, ports, packet filter and other users' cron tables could not "
             "all be seen");
    if (!f->has_user)
        say (findings, "no-user", CFG_WARNING, "/etc/passwd",
             "there is no user hbd, so the process that reads the network runs as nobody; "
             "systemd-sysusers, or: adduser --system --group --no-create-home hbd");
    if (!f->has_group)
        say (
            findings, "no-group", CFG_NOTE, "/etc/group",
            "there is no group haclient, so only root may read hbctl status; systemd-sysusers, or: "
            "addgroup --system haclient");
}

static void
judge_ports (const HbdMigrateFacts *f, HbdFindings *findings)
{
    for (guint i = 0; i < f->ports->len; i++) {
        const HbdMigratePort *port = f->ports->pdata[i];

        say (findings, "port", CFG_ERROR, f->ha_cf,
             "UDP port %u is held by %s, so hbd cannot receive on it; stop that program, or write "
             "another udpport on both nodes",
             port->port, port->program);
    }
}

/* The rule that keeps the link's datagrams away, or NULL. (transfer full) */
static HbdFirewallBlock *
find_block (const HbdMigrateFacts *f, const HbdFirewallFlow *flow)
{
    const char *tables = flow->is_v6 ? f->ip6tables : f->iptables;
    HbdFirewallBlock *block = f->nft != NULL ? hbd_firewall_read_nft (f->nft, flow) : NULL;

    if (block == NULL && tables != NULL)
        block = hbd_firewall_read_iptables (tables, flow);
    return block;
}

static void
judge_firewall (const HbdMigrateFacts *f, HbdFindings *findings)
{
    for (guint i = 0; i < f->cluster->links->len; i++) {
        const CfgLink *link = f->cluster->links->pdata[i];
        HbdFirewallFlow flow = { .is_v6 =
                                     link->kind == CFG_LINK_MCAST6 || link->kind == CFG_LINK_UCAST6,
                                 .interface = link->interface,
                                 .port = link->port };

        for (guint out = 0; out < 2; out++) {
            g_autoptr (HbdFirewallBlock) block = NULL;

            flow.is_output = out == 1;
            block = find_block (f, &flow);
            if (block != NULL)
                hbd_findings_add (findings, GROUP, "firewall", CFG_WARNING, link->place,
                                  "%s %s: %s%s; mend it with: %s", link->interface,
                                  out ? "outgoing" : "incoming",
                                  block->is_certain ? "blocked by " : "perhaps blocked by ",
                                  block->where, block->mend);
        }
    }
}

void
hbd_migrate_judge_machine (const HbdMigrateFacts *facts, HbdFindings *findings)
{
    judge_accounts (facts, findings);
    judge_identity (facts, findings);
    judge_ports (facts, findings);
    judge_firewall (facts, findings);
    judge_boot (facts, findings);
    judge_running (facts, findings);
}
