/* SPDX-License-Identifier: Apache-2.0 */
/* From names in haresources to agents on this host: CfgCluster -> CrmModel. Pure; what it asks of
 * the host comes through callbacks (crm/exec/host.h has the real ones).
 *
 * Order (doc/design.md, Agents): our own agents for IPaddr, IPaddr2, IPv6addr, a bare address,
 * httpd, apache, nginx; a script in ha.d/resource.d that is not one of Heartbeat's packaged
 * wrappers; OCF agents (`OCF::provider::type`-less names by provider: hbd, heartbeat, pacemaker,
 * others sorted); init.d; a systemd unit; else MISSING. */
#pragma once

#include "cfg/model.h"
#include "crm/model/model.h"
#include "hbd/base/record.h"

/* What stands at a path. */
typedef enum {
    CRM_SCRIPT_NONE,     /* nothing, or not an executable regular file */
    CRM_SCRIPT_PACKAGED, /* a wrapper of the heartbeat package: it only maps arguments to OCF */
    CRM_SCRIPT_OWN,      /* anything else: run as it is */
} CrmScript;

typedef struct {
    gpointer data;
    CrmScript (*script) (gpointer data, const char *path);
    /* Names in a directory, NULL when there is none. (transfer full) */
    char **(*list) (gpointer data, const char *dir);
    bool (*has_unit) (gpointer data, const char *unit); /* "httpd.service" */
    /* Text of a small file, NULL when there is none. (transfer full) */
    char *(*read) (gpointer data, const char *path);
    const char *ha_dir;     /* "/etc/ha.d" */
    const char *init_dir;   /* "/etc/init.d" */
    const char *ocf_root;   /* "/usr/lib/ocf" */
    const char *own_agents; /* directory of our own agents when not installed, or NULL */
} CrmHost;

/* The model of every haresources line. What people should know about the mapping (systemd unit used,
 * agent not found) goes to @records (HbdRecord; may be NULL). (transfer full) */
CrmModel *crm_resolve (const CfgCluster *cluster, const CrmHost *host, GPtrArray *records);
/* Is there an agent for that haresources name? For cfg's cross-check. */
bool crm_resolve_has_agent (const CrmHost *host, const char *name);
/* HA_* of ha.cf for the agents' environment, NULL-terminated. (transfer full) */
char **crm_resolve_env (const CfgCluster *cluster, const char *ha_dir);
