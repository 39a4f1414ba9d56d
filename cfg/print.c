/* SPDX-License-Identifier: Apache-2.0 */
/* Model -> text. Each language is printed in one canonical form from the model's values, so that
 * parsing what was printed gives an equal model; ha.cf lists what was left to its default as
 * comments, which makes it the dump of all settings too. */
#include "config.h"

#include "cfg/cfg.h"

#include "cfg/ha_cf.h"
#include "cfg/haresources.h"
#include "cfg/hbd_conf.h"

#include <string.h>

static void
print_nodes (const CfgCluster *cluster, GString *out)
{
    for (guint i = 0; i < cluster->nodes->len; i++)
        g_string_append_printf (out, "node %s\n",
                                ((const CfgNode *) g_ptr_array_index (cluster->nodes, i))->name);
}

static void
print_link (const CfgLink *link, GString *out)
{
    const char *six = link->kind == CFG_LINK_MCAST6 || link->kind == CFG_LINK_UCAST6 ? "6" : "";

    if (link->kind == CFG_LINK_BCAST)
        g_string_append_printf (out, "bcast %s\n", link->interface);
    else if (link->group != NULL)
        g_string_append_printf (out, "mcast%s %s %s %u %u %d\n", six, link->interface, link->group,
                                link->port, link->ttl, link->loop ? 1 : 0);
    for (guint i = 0; i < link->peers->len; i++)
        g_string_append_printf (out, "ucast%s %s %s\n", six, link->interface,
                                (const char *) g_ptr_array_index (link->peers, i));
}

/* udpport comes before the media that it concerns. */
static void
print_links (const CfgCluster *cluster, GString *out)
{
    guint16 port = 694;

    for (guint i = 0; i < cluster->links->len; i++) {
        const CfgLink *link = g_ptr_array_index (cluster->links, i);

        if (link->group == NULL && link->port != port) {
            port = link->port;
            g_string_append_printf (out, "udpport %u\n", port);
        }
        print_link (link, out);
    }
}

static void
print_respawns (const CfgCluster *cluster, GString *out)
{
    for (guint i = 0; i < cluster->respawns->len; i++) {
        const CfgRespawn *respawn = g_ptr_array_index (cluster->respawns, i);

        g_string_append_printf (out, "%s %s", respawn->is_failfast ? "failfast" : "respawn",
                                respawn->user);
        for (guint a = 0; respawn->argv[a] != NULL; a++) {
            g_autofree char *quoted = g_shell_quote (respawn->argv[a]);
            bool is_plain =
                *respawn->argv[a] != '\0' && strpbrk (respawn->argv[a], CFG_BLANKS "\\'\"") == NULL;

            g_string_append_printf (out, " %s", is_plain ? respawn->argv[a] : quoted);
        }
        g_string_append_c (out, '\n');
    }
}

static void
print_list (const char *name, char **list, GString *out)
{
    g_autofree char *joined = g_strjoinv (",", list);

    if (*joined != '\0')
        g_string_append_printf (out, " %s=%s", name, joined);
}

static void
print_apiauths (const CfgCluster *cluster, GString *out)
{
    for (guint i = 0; i < cluster->apiauths->len; i++) {
        const CfgApiauth *apiauth = g_ptr_array_index (cluster->apiauths, i);

        g_string_append_printf (out, "apiauth %s", apiauth->client);
        print_list ("uid", apiauth->uids, out);
        print_list ("gid", apiauth->gids, out);
        g_string_append_c (out, '\n');
    }
}

static void
print_lines (const CfgCluster *cluster, GString *out)
{
    for (guint i = 0; i < cluster->env->len; i++)
        g_string_append_printf (out, "env %s\n",
                                (const char *) g_ptr_array_index (cluster->env, i));
    for (guint i = 0; i < cluster->ping_nodes->len; i++) {
        const CfgSetting *ping = g_ptr_array_index (cluster->ping_nodes, i);

        g_string_append_printf (out, "%s %s\n", ping->name, ping->value);
    }
    /* Fencing has no model yet; its lines must not get lost. */
    for (guint i = 0; i < cluster->settings->len; i++) {
        const CfgSetting *setting = g_ptr_array_index (cluster->settings, i);

        if (g_str_has_prefix (setting->name, "stonith"))
            g_string_append_printf (out, "%s %s\n", setting->name, setting->value);
    }
}

/* A directive with one value: as a line when it was given, else its default as a comment. */
static void
print_scalar (const CfgCluster *cluster, const CfgRow *row, GString *out)
{
    const char *given = cfg_setting (cluster, row->name);
    g_autofree char *value = cfg_row_print (row, cluster);

    if (given != NULL)
        g_string_append_printf (out, "%s %s\n", row->name, value != NULL ? value : given);
    else if (value != NULL || row->def != NULL)
        g_string_append_printf (out, "#%s %s\n", row->name, value != NULL ? value : row->def);
}

static void
print_failback (const CfgCluster *cluster, GString *out)
{
    static const char *const words[] = { "legacy", "on", "off" };

    g_string_append_printf (out, "%sauto_failback %s\n", cluster->failback_is_default ? "#" : "",
                            words[cluster->failback]);
}

char *
cfg_print_ha_cf (const CfgCluster *cluster)
{
    GString *out = g_string_new (NULL);
    guint count;
    const CfgRow *rows = cfg_ha_cf_rows (&count);

    for (guint i = 0; i < count; i++) {
        if (rows[i].parse == NULL || strcmp (rows[i].name, "autojoin") == 0
            || rows[i].parse == cfg_parse_crm)
            print_scalar (cluster, &rows[i], out);
        else if (strcmp (rows[i].name, "auto_failback") == 0)
            print_failback (cluster, out);
    }
    print_nodes (cluster, out);
    print_links (cluster, out);
    print_respawns (cluster, out);
    print_apiauths (cluster, out);
    print_lines (cluster, out);
    return g_string_free (out, FALSE);
}

/* Add a word; the line goes on in the next one before it passes the limit of a line. */
static void
print_resource_word (const CfgResourceWord *word, gsize *line_start, GString *out)
{
    g_string_append_c (out, ' ');
    if (out->len - *line_start + strlen (word->word) > CFG_RESOURCE_MAX + 100) {
        g_string_append (out, "\\\n");
        *line_start = out->len;
    }
    g_string_append (out, word->word);
}

char *
cfg_print_haresources (const CfgCluster *cluster)
{
    GString *out = g_string_new (NULL);

    for (guint i = 0; i < cluster->groups->len; i++) {
        const CfgGroupLine *group = g_ptr_array_index (cluster->groups, i);
        gsize line_start = out->len;

        g_string_append (out, group->node);
        for (guint r = 0; r < group->resources->len; r++) {
            const CfgResourceWord *word = g_ptr_array_index (group->resources, r);

            print_resource_word (word, &line_start, out);
        }
        g_string_append_c (out, '\n');
    }
    return g_string_free (out, FALSE);
}

char *
cfg_print_authkeys (const CfgCluster *cluster)
{
    GString *out = g_string_new (NULL);

    g_string_append_printf (out, "auth %u\n", cluster->keys->active);
    for (guint i = 0; i < HBD_KEYS_MAX; i++) {
        const HbdKey *key = &cluster->keys->key[i];
        /* The stronger method is hbd.conf's; here its entry is what Heartbeat can read. */
        HbdAuthMethod method = key->method == HBD_AUTH_SHA256 ? HBD_AUTH_SHA1 : key->method;
        gsize len = 0;
        const char *secret = key->secret != NULL ? g_bytes_get_data (key->secret, &len) : NULL;

        if (method == HBD_AUTH_NONE)
            continue;
        g_string_append_printf (out, "%u %s", i, hbd_auth_method_name (method));
        if (secret != NULL) {
            g_string_append_c (out, ' ');
            g_string_append_len (out, secret, (gssize) len);
        }
        g_string_append_c (out, '\n');
    }
    return g_string_free (out, FALSE);
}

static void
print_word (const char *word, GString *out)
{
    bool is_plain = *word != '\0' && strpbrk (word, CFG_BLANKS "{}!#\\\"") == NULL;

    g_string_append_printf (out, is_plain ? " %s" : " \"%s\"", word);
}

/* The rows of @block that have a value in @base. */
static void
print_rows (const char *block, gconstpointer base, const char *indent, GString *out)
{
    guint count;
    const CfgRow *rows = cfg_hbd_conf_rows (&count);

    for (guint i = 0; i < count; i++) {
        g_autofree char *value = NULL;

        if (g_strcmp0 (rows[i].block, block) != 0 || rows[i].split == CFG_SPLIT_BLOCK)
            continue;
        value = cfg_row_print (&rows[i], base);
        if (value == NULL)
            continue;
        g_string_append_printf (out, "%s%s", indent, rows[i].name);
        print_word (value, out);
        g_string_append_c (out, '\n');
    }
}

static void
print_resource (const CfgResourceConf *conf, GString *out)
{
    g_autoptr (GList) keys =
        g_list_sort (g_hash_table_get_keys (conf->params), (GCompareFunc) strcmp);

    g_string_append (out, "resource");
    print_word (conf->name, out);
    g_string_append (out, " {\n");
    for (const GList *l = keys; l != NULL; l = l->next) {
        g_string_append (out, "    param");
        print_word (l->data, out);
        print_word (g_hash_table_lookup (conf->params, l->data), out);
        g_string_append_c (out, '\n');
    }
    print_rows ("resource", conf, "    ", out);
    g_string_append (out, "    monitor {\n");
    print_rows ("monitor", conf, "        ", out);
    g_string_append (out, "    }\n}\n");
}

char *
cfg_print_hbd_conf (const CfgCluster *cluster)
{
    GString *out = g_string_new (NULL);

    for (guint i = 0; i < cluster->resource_confs->len; i++)
        print_resource (g_ptr_array_index (cluster->resource_confs, i), out);
    g_string_append (out, "lease {\n");
    print_rows ("lease", cluster, "    ", out);
    g_string_append (out, "}\nscripts {\n");
    print_rows ("scripts", cluster, "    ", out);
    g_string_append (out, "}\n");
    if (cluster->keys->key[cluster->keys->active].method == HBD_AUTH_SHA256)
        g_string_append (out, "auth {\n    method sha256\n}\n");
    return g_string_free (out, FALSE);
}
