/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/tools/directives.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

/* The directives that Heartbeat 3.0.6 lists, in its order, with its defaults, which are ours too. */
static const struct {
    const char *name, *value, *meaning;
} directives[] = {
    { "cluster", "linux-ha", "name of the cluster; only reported" },
    { "hopfudge", "1", "hops beyond the number of nodes" },
    { "keepalive", "1000ms", "time between heartbeats" },
    { "deadtime", "30000ms", "silence until a node is dead" },
    { "baud", "19200", "serial links are not supported" },
    { "auto_failback", "legacy", "do groups go back to their preferred node?" },
    { "hbgenmethod", "file", "where the generation number comes from" },
    { "realtime", "true", "real-time scheduling and locked memory for the engine" },
    { "msgfmt", "classic", "message format on the wire" },
    { "conn_logd_time", "60", "has no effect" },
    { "log_badpack", "true", "say so when a bad packet comes" },
    { "syslogmsgfmt", "true", "has no effect" },
    { "coredumps", "true", "has no effect" },
    { "pacemaker", "false", "not supported" },
    { "autojoin", "none", "may unknown nodes join?" },
    { "uuidfrom", "file", "where the node's UUID comes from" },
    { "compression", "zlib", "has no effect" },
    { "compression_threshold", "2", "has no effect" },
    { "traditional_compression", "no", "has no effect" },
    { "max_rexmit_delay", "250", "ms between requests for a lost message" },
    { "record_config_changes", "on", "has no effect" },
    { "record_pengine_inputs", "on", "has no effect" },
    { "enable_config_writes", "on", "has no effect" },
    { "memreserve", "6500", "KiB to preallocate; has no effect" },
};

void
hbd_directives_print (bool as_wiki)
{
    if (as_wiki)
        puts ("|| '''Directive''' || '''Default''' || '''Description''' ||");
    else
        printf (
            "%-24s %-9s %s\n"
            "--------------------------------------------------------------------------------\n",
            "Directive", "Default", "Description");
    for (guint i = 0; i < G_N_ELEMENTS (directives); i++)
        printf (as_wiki ? "|| %s || %s || %s ||\n" : "%-24s %-9s %s\n", directives[i].name,
                directives[i].value, directives[i].meaning);
}

const char *
hbd_directives_default (const char *name)
{
    /* What Heartbeat answers for, beyond what it lists. */
    static const struct {
        const char *name, *value;
    } others[] = { { "crm", "false" }, { "debug", "0" }, { "udpport", "694" } };

    for (guint i = 0; i < G_N_ELEMENTS (directives); i++)
        if (strcmp (directives[i].name, name) == 0)
            return directives[i].value;
    for (guint i = 0; i < G_N_ELEMENTS (others); i++)
        if (strcmp (others[i].name, name) == 0)
            return others[i].value;
    return NULL;
}
