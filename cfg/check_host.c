/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that ask the host, by the callbacks of CfgHost: interfaces, agents, users, programs. */
#include "config.h"

#include "cfg/build.h"
#include "cfg/haresources.h"
#include "cfg/value.h"

#include <string.h>

/* An interface may come later, so its absence is no error. */
static void
check_interfaces (const CfgCluster *cluster, const CfgHost *host, CfgDiags *diags)
{
    if (host->has_interface == NULL)
        return;
    for (guint i = 0; i < cluster->links->len; i++) {
        const CfgLink *link = g_ptr_array_index (cluster->links, i);

        if (!host->has_interface (host->data, link->interface))
            cfg_diag (diags, CFG_WARNING, link->place,
                      "there is no interface '%s' now; the link stays down until it appears",
                      link->interface);
    }
}

static void
check_resource_interface (const CfgResourceWord *word, const CfgHost *host, CfgDiags *diags)
{
    g_auto (GStrv) parts = NULL;

    if (host->has_interface == NULL || !cfg_resource_is_address (word) || word->args[0] == NULL)
        return;
    parts = g_strsplit (word->args[0], "/", -1);
    if (g_strv_length (parts) < 3 || *parts[2] == '\0' || g_ascii_isdigit (*parts[2]))
        return;
    *(parts[2] + strcspn (parts[2], ":")) = '\0';
    if (!host->has_interface (host->data, parts[2]))
        cfg_diag (diags, CFG_WARNING, word->place,
                  "there is no interface '%s' now; the address cannot be taken until it appears",
                  parts[2]);
}

/* The nearest of the names that most files use and that this host has. */
static const char *
near_agent (const CfgHost *host, const char *name)
{
    static const char *const common[] = {
        "IPaddr",     "IPaddr2",    "IPv6addr",   "httpd",     "apache", "apache2",
        "nginx",      "ipvs",       "ldirectord", "mysql",     "mysqld", "mariadb",
        "postgresql", "vsftpd",     "named",      "smb",       "nfs",    "haproxy",
        "squid",      "Filesystem", "MailTo",     "drbddisk",  "LVM",    "Raid1",
        "SendArp",    "Delay",      "Xinetd",     "portblock", NULL
    };
    const char *here[G_N_ELEMENTS (common)] = { NULL };
    guint count = 0;

    for (guint i = 0; common[i] != NULL; i++)
        if (host->has_agent (host->data, common[i]))
            here[count++] = common[i];
    return cfg_nearest (name, here);
}

static void
check_agent (const CfgResourceWord *word, const CfgHost *host, CfgDiags *diags)
{
    const char *near;
    g_autofree char *head = NULL;

    if (host->has_agent == NULL || word->is_odd || host->has_agent (host->data, word->name))
        return;
    head = g_strndup (word->word, strcspn (word->word, "/"));
    if (cfg_is_ipv6 (head)) {
        cfg_diag_doomed (
            diags, word->place,
            "no script or agent '%.60s'; before an IPv6 address write IPv6addr::", word->name);
        return;
    }
    near = near_agent (host, word->name);
    cfg_diag_doomed (diags, word->place,
                     "no script or agent '%.60s' in resource.d, OCF, init.d or systemd%s%s%s",
                     word->name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                     near != NULL ? "'?" : "; install it or mend the name");
}

static void
check_agents (const CfgCluster *cluster, const CfgHost *host, CfgDiags *diags)
{
    for (guint i = 0; i < cluster->groups->len; i++) {
        const CfgGroupLine *group = g_ptr_array_index (cluster->groups, i);

        for (guint r = 0; r < group->resources->len; r++) {
            const CfgResourceWord *word = g_ptr_array_index (group->resources, r);

            check_resource_interface (word, host, diags);
            check_agent (word, host, diags);
        }
    }
}

static void
check_respawns (const CfgCluster *cluster, const CfgHost *host, CfgDiags *diags)
{
    for (guint i = 0; i < cluster->respawns->len; i++) {
        const CfgRespawn *respawn = g_ptr_array_index (cluster->respawns, i);

        if (respawn->is_ipfail)
            continue;
        if (host->has_user != NULL && !host->has_user (host->data, respawn->user))
            cfg_diag (diags, CFG_ERROR, respawn->place, "respawn: there is no user '%.60s'",
                      respawn->user);
        if (host->is_executable != NULL && !host->is_executable (host->data, respawn->argv[0]))
            cfg_diag (diags, CFG_ERROR, respawn->place, "respawn: '%.200s' cannot be executed",
                      respawn->argv[0]);
    }
}

/* Heartbeat refuses a name that it cannot look up; the file may just be older than the host. */
static void
check_apiauths (const CfgCluster *cluster, const CfgHost *host, CfgDiags *diags)
{
    for (guint i = 0; i < cluster->apiauths->len && host->has_user != NULL; i++) {
        const CfgApiauth *apiauth = g_ptr_array_index (cluster->apiauths, i);

        for (guint u = 0; apiauth->uids[u] != NULL; u++)
            if (!host->has_user (host->data, apiauth->uids[u]))
                cfg_diag (diags, CFG_WARNING, apiauth->place,
                          "apiauth: there is no user '%.60s'; Heartbeat would refuse the line",
                          apiauth->uids[u]);
    }
}

void
cfg_check_host (const CfgCluster *cluster, const CfgInput *input, CfgDiags *diags)
{
    check_interfaces (cluster, input->host, diags);
    check_agents (cluster, input->host, diags);
    check_respawns (cluster, input->host, diags);
    check_apiauths (cluster, input->host, diags);
}
