/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/tools/directives.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

/* The directives that Heartbeat 3.0.6 lists, in its order, with its defaults, which are ours too; NULL
 * where it lists none. */
static const struct {
    const char *name, *value, *meaning;
} directives[] = {
    { "cluster", "linux-ha", "name of the cluster; only reported" },
    { "hopfudge", "1", "hops beyond the number of nodes" },
    { "keepalive", "1000ms", "time between heartbeats" },
    { "deadtime", "30000ms", "silence until a node is dead" },
    { "deadping", NULL, "silence until a ping node is dead" },
    { "initdead", NULL, "replaces deadtime at the start" },
    { "warntime", NULL, "silence until a late heartbeat is reported" },
    { "watchdog", NULL, "device that resets the machine" },
    { "baud", "19200", "serial links are not supported" },
    { "udpport", NULL, "UDP port of the links" },
    { "logfacility", NULL, "facility for syslog" },
    { "logfile", NULL, "log file" },
    { "debugfile", NULL, "log file for debug messages" },
    { "auto_failback", "legacy", "do groups go back to their preferred node?" },
    { "rtprio", NULL, "real-time priority" },
    { "hbgenmethod", "file", "where the generation number comes from" },
    { "realtime", "true", "real-time scheduling and locked memory for the engine" },
    { "debug", NULL, "debug messages above 0" },
    { "msgfmt", "classic", "message format on the wire" },
    { "use_logd", NULL, "log to syslog" },
    { "conn_logd_time", "60", "has no effect" },
    { "log_badpack", "true", "say so when a bad packet comes" },
    { "syslogmsgfmt", "true", "has no effect" },
    { "coredumps", "true", "has no effect" },
    { "coreroot", NULL, "has no effect" },
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
        if (directives[i].value != NULL)
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
        if (strcmp (directives[i].name, name) == 0 && directives[i].value != NULL)
            return directives[i].value;
    for (guint i = 0; i < G_N_ELEMENTS (others); i++)
        if (strcmp (others[i].name, name) == 0)
            return others[i].value;
    return NULL;
}

/* --- heartbeat -v ---------------------------------------------------------------------------- */

static char *
in_ms (HbdTime time)
{
    return g_strdup_printf ("%" G_GINT64_FORMAT "ms", time / HBD_MS (1));
}

/* As written, else what counts without it; NULL: there is nothing to print. (transfer full) */
static char *
value_of (const CfgCluster *cluster, const char *name)
{
    const char *written = cfg_setting (cluster, name);

    if (written != NULL)
        return g_strdup (written);
    if (strcmp (name, "deadping") == 0)
        return in_ms (cluster->deadping_us);
    if (strcmp (name, "initdead") == 0)
        return in_ms (cluster->initdead_us);
    if (strcmp (name, "warntime") == 0)
        return in_ms (cluster->warntime_us);
    if (strcmp (name, "use_logd") == 0 && cluster->use_logd)
        return g_strdup ("yes");
    return g_strdup (hbd_directives_default (name));
}

/* Which words of a line stand for links or nodes of their own: Heartbeat prints each by itself. */
static const struct {
    const char *directive;
    bool is_node, is_medium;
    bool is_list; /* each word is one; otherwise the first word is */
} lines[] = {
    { "node", true, false, true },    { "ping", true, true, true },
    { "ping6", true, true, true },    { "ping_group", true, true, false },
    { "bcast", false, true, true },   { "ucast", false, true, false },
    { "ucast6", false, true, false }, { "mcast", false, true, false },
    { "mcast6", false, true, false },
};

static void
dump_line (const CfgSetting *setting, bool want_nodes, GString *out)
{
    g_auto (GStrv) words = g_strsplit_set (setting->value, " ,\t", -1);
    bool is_first = true;

    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        if (strcmp (lines[i].directive, setting->name) != 0
            || !(want_nodes ? lines[i].is_node : lines[i].is_medium))
            continue;
        for (char **word = words; *word != NULL && (is_first || lines[i].is_list); word++) {
            if (**word == '\0')
                continue;
            is_first = false;
            if (want_nodes)
                g_string_append_printf (out, "node %s\n", *word);
            else
                g_string_append_printf (out, "#\n%s %s\n", setting->name, *word);
        }
    }
}

char *
hbd_directives_dump (const CfgCluster *cluster, const char *node)
{
    GString *out = g_string_new (NULL);

    g_string_append_printf (out, "#\n#\thbd, configuration on %s\n#\n\n#\tDirectives\n#\n", node);
    for (guint i = 0; i < G_N_ELEMENTS (directives); i++) {
        g_autofree char *value = value_of (cluster, directives[i].name);

        if (value != NULL)
            g_string_append_printf (out, "%s\t%s\t#\t%s\n", directives[i].name, value,
                                    directives[i].meaning);
    }
    g_string_append (out, "#\n#\tNodes\n#\n");
    for (guint i = 0; i < cluster->settings->len; i++)
        dump_line (cluster->settings->pdata[i], true, out);
    g_string_append (out, "#\n#\tLinks\n");
    for (guint i = 0; i < cluster->settings->len; i++)
        dump_line (cluster->settings->pdata[i], false, out);
    return g_string_free (out, FALSE);
}
