/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures of the configuration tests, and a dump of the model that is independent of the printer
 * under test. */
#include "config.h"

#include "tests/unit/cfg_fixture.h"

#include <string.h>

static bool
is_in (const char *const *list, const char *word)
{
    return g_strv_contains (list, word);
}

static bool
has_interface (gpointer data, const char *name)
{
    static const char *const names[] = { "eth0", "eth1", "br0", NULL };

    return is_in (names, name);
}

static bool
has_agent (gpointer data, const char *name)
{
    static const char *const names[] = { "IPaddr",     "IPaddr2", "IPv6addr", "httpd", "nginx",
                                         "Filesystem", "MailTo",  "apache",   "db",    NULL };

    return is_in (names, name);
}

static bool
has_user (gpointer data, const char *name)
{
    static const char *const names[] = { "root", "hacluster", NULL };

    return is_in (names, name);
}

static bool
is_executable (gpointer data, const char *path)
{
    return g_str_has_prefix (path, "/usr/lib/heartbeat/");
}

static const CfgHost default_host = { NULL,          has_interface, has_agent, has_user,
                                      is_executable, NULL,          NULL };

static CfgText
make_text (const char *path, const char *text)
{
    CfgText out = { path, text, text != NULL ? strlen (text) : 0, 0, 0 };

    return out;
}

CfgFixture *
cfg_fixture_new (const CfgFixtureTexts *texts)
{
    CfgFixture *fixture = g_new0 (CfgFixture, 1);
    CfgInput input = { .ha_cf = make_text ("ha.cf", texts->ha_cf),
                       .haresources = make_text ("haresources", texts->haresources),
                       .authkeys = make_text ("authkeys", texts->authkeys),
                       .hbd_conf = make_text ("hbd.conf", texts->hbd_conf),
                       .node_name = texts->node_name != NULL ? texts->node_name : "alpha",
                       .host = texts->host != NULL ? texts->host : &default_host };

    input.authkeys.mode = texts->mode != 0 ? texts->mode : 0600;
    input.authkeys.owner = texts->owner;
    fixture->diags = cfg_diags_new ();
    fixture->cluster = cfg_parse (&input, fixture->diags);
    return fixture;
}

void
cfg_fixture_free (CfgFixture *fixture)
{
    cfg_cluster_free (fixture->cluster);
    cfg_diags_free (fixture->diags);
    g_free (fixture);
}

static const CfgFixtureTexts sound = { .ha_cf = CFG_SOUND_HA_CF,
                                       .haresources = CFG_SOUND_HARESOURCES,
                                       .authkeys = CFG_SOUND_AUTHKEYS };

CfgFixture *
cfg_fixture_ha_cf (const char *ha_cf)
{
    CfgFixtureTexts texts = sound;

    texts.ha_cf = ha_cf;
    return cfg_fixture_new (&texts);
}

CfgFixture *
cfg_fixture_haresources (const char *haresources)
{
    CfgFixtureTexts texts = sound;

    texts.haresources = haresources;
    return cfg_fixture_new (&texts);
}

CfgFixture *
cfg_fixture_authkeys (const char *authkeys)
{
    CfgFixtureTexts texts = sound;

    texts.authkeys = authkeys;
    return cfg_fixture_new (&texts);
}

CfgFixture *
cfg_fixture_hbd_conf (const char *hbd_conf)
{
    CfgFixtureTexts texts = sound;

    texts.hbd_conf = hbd_conf;
    return cfg_fixture_new (&texts);
}

/* The text of @name in @dir, or NULL. */
static char *
read_file (const char *dir, const char *name, gsize *len)
{
    g_autofree char *path = g_build_filename (dir, name, NULL);
    char *text = NULL;

    return g_file_get_contents (path, &text, len, NULL) ? text : NULL;
}

/* Plain names only: no folder of a fixture needs globs. */
static GPtrArray *
include (gpointer data, const char *from, const char *pattern)
{
    GPtrArray *files = g_ptr_array_new_with_free_func (cfg_included_free);
    gsize len = 0;
    g_autofree char *text = read_file (data, pattern, &len);

    if (text != NULL)
        g_ptr_array_add (files, cfg_included_new (pattern, text, len));
    return files;
}

CfgFixture *
cfg_fixture_dir (const char *dir)
{
    CfgFixture *fixture = g_new0 (CfgFixture, 1);
    gsize len[5] = { 0 };
    g_autofree char *ha_cf = read_file (dir, "ha.cf", &len[0]);
    g_autofree char *haresources = read_file (dir, "haresources", &len[1]);
    g_autofree char *authkeys = read_file (dir, "authkeys", &len[2]);
    g_autofree char *hbd_conf = read_file (dir, "hbd.conf", &len[3]);
    g_autofree char *node = read_file (dir, "node", NULL), *mode = read_file (dir, "mode", NULL);
    char *uid = NULL;
    CfgInput input = { .ha_cf = { "ha.cf", ha_cf, len[0], 0, 0 },
                       .haresources = { "haresources", haresources, len[1], 0, 0 },
                       .authkeys = { "authkeys", authkeys, len[2], 0600, 0 },
                       .hbd_conf = { "hbd.conf", hbd_conf, len[3], 0, 0 },
                       .node_name = node != NULL ? g_strstrip (node) : "alpha",
                       .host = &default_host,
                       .include = include,
                       .include_data = (gpointer) dir };

    if (mode != NULL) {
        input.authkeys.mode = (guint) g_ascii_strtoull (mode, &uid, 8);
        input.authkeys.owner = (guint) g_ascii_strtoull (uid, NULL, 10);
    }
    fixture->diags = cfg_diags_new ();
    fixture->cluster = cfg_parse (&input, fixture->diags);
    return fixture;
}

char *
cfg_fixture_text (const CfgFixture *fixture)
{
    GString *out = g_string_new (NULL);

    for (guint i = 0; i < fixture->diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (g_ptr_array_index (fixture->diags->items, i));

        g_string_append_printf (out, "%s\n", line);
    }
    return g_string_free (out, FALSE);
}

bool
cfg_fixture_says (const CfgFixture *fixture, const char *where_and_severity, const char *text)
{
    for (guint i = 0; i < fixture->diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (g_ptr_array_index (fixture->diags->items, i));

        if (g_str_has_prefix (line, where_and_severity) && strstr (line, text) != NULL)
            return true;
    }
    return false;
}

static void
dump_links (const CfgCluster *cluster, GString *out)
{
    for (guint i = 0; i < cluster->links->len; i++) {
        const CfgLink *link = g_ptr_array_index (cluster->links, i);

        g_string_append_printf (out, "link %d %s %u %s %u %d", link->kind, link->interface,
                                link->port, link->group != NULL ? link->group : "-", link->ttl,
                                link->loop);
        for (guint p = 0; p < link->peers->len; p++)
            g_string_append_printf (out, " %s", (char *) g_ptr_array_index (link->peers, p));
        g_string_append_c (out, '\n');
    }
}

static void
dump_strings (const char *name, char *const *strings, GString *out)
{
    g_string_append (out, name);
    for (; *strings != NULL; strings++)
        g_string_append_printf (out, " [%s]", *strings);
    g_string_append_c (out, '\n');
}

static void
dump_programs (const CfgCluster *cluster, GString *out)
{
    for (guint i = 0; i < cluster->respawns->len; i++) {
        const CfgRespawn *r = g_ptr_array_index (cluster->respawns, i);

        g_string_append_printf (out, "respawn %s %d %d", r->user, r->is_failfast, r->is_ipfail);
        dump_strings ("", r->argv, out);
    }
    for (guint i = 0; i < cluster->apiauths->len; i++) {
        const CfgApiauth *a = g_ptr_array_index (cluster->apiauths, i);

        g_string_append_printf (out, "apiauth %s\n", a->client);
        dump_strings ("uid", a->uids, out);
        dump_strings ("gid", a->gids, out);
    }
    for (guint i = 0; i < cluster->env->len; i++)
        g_string_append_printf (out, "env %s\n", (char *) g_ptr_array_index (cluster->env, i));
    for (guint i = 0; i < cluster->ping_nodes->len; i++) {
        const CfgSetting *s = g_ptr_array_index (cluster->ping_nodes, i);

        g_string_append_printf (out, "%s %s\n", s->name, s->value);
    }
}

static void
dump_groups (const CfgCluster *cluster, GString *out)
{
    for (guint i = 0; i < cluster->groups->len; i++) {
        const CfgGroupLine *g = g_ptr_array_index (cluster->groups, i);

        g_string_append_printf (out, "group %s\n", g->node);
        for (guint r = 0; r < g->resources->len; r++) {
            const CfgResourceWord *w = g_ptr_array_index (g->resources, r);

            g_string_append_printf (out, "resource %s %s", w->word, w->name);
            dump_strings ("", w->args, out);
        }
    }
    g_string_append_printf (out, "digest %s\n", cluster->haresources_digest);
}

static void
dump_keys (const CfgCluster *cluster, GString *out)
{
    g_string_append_printf (out, "active %u\n", cluster->keys->active);
    for (guint i = 0; i < HBD_KEYS_MAX; i++) {
        const HbdKey *key = &cluster->keys->key[i];
        gsize len = 0;
        const char *secret = key->secret != NULL ? g_bytes_get_data (key->secret, &len) : "";

        g_string_append_printf (out, "key %u %d %.*s\n", i, key->method, (int) len, secret);
    }
}

static void
dump_confs (const CfgCluster *cluster, GString *out)
{
    for (guint i = 0; i < cluster->resource_confs->len; i++) {
        const CfgResourceConf *c = g_ptr_array_index (cluster->resource_confs, i);
        g_autoptr (GList) keys =
            g_list_sort (g_hash_table_get_keys (c->params), (GCompareFunc) strcmp);

        g_string_append_printf (out, "conf [%s] [%s] %ld %ld %ld %ld %d %d %ld [%s] %d\n", c->name,
                                c->agent, (long) c->start_timeout_us, (long) c->stop_timeout_us,
                                (long) c->monitor_interval_us, (long) c->monitor_timeout_us,
                                c->monitor_depth, c->migration_threshold,
                                (long) c->failure_timeout_us, c->on_fail, c->hot_standby);
        for (const GList *l = keys; l != NULL; l = l->next)
            g_string_append_printf (out, "param [%s] [%s]\n", (char *) l->data,
                                    (char *) g_hash_table_lookup (c->params, l->data));
    }
    g_string_append_printf (out, "lease %d %ld shell %d\n", cluster->lease_mode,
                            (long) cluster->lease_timeout_us, cluster->scripts_shell);
}

char *
cfg_fixture_dump (const CfgCluster *c)
{
    GString *out = g_string_new (NULL);

    for (guint i = 0; i < c->nodes->len; i++)
        g_string_append_printf (out, "node %s\n",
                                ((CfgNode *) g_ptr_array_index (c->nodes, i))->name);
    g_string_append_printf (out, "times %ld %ld %ld %ld %ld %ld\n", (long) c->keepalive_us,
                            (long) c->deadtime_us, (long) c->warntime_us, (long) c->initdead_us,
                            (long) c->deadping_us, (long) c->rexmit_us);
    g_string_append_printf (out, "flags %d %d %d %u %u %d %d %d %d %d %d %d\n",
                            c->deadtime_is_default, c->failback_is_default, c->failback,
                            c->hopfudge, c->debug, c->inner_auth, c->generation_by_time,
                            c->uuid_from_name, c->realtime, c->rtprio, c->use_logd, c->has_stonith);
    g_string_append_printf (out, "files %s %s %s %s\n", c->logfile, c->debugfile, c->logfacility,
                            c->watchdog);
    dump_links (c, out);
    dump_programs (c, out);
    dump_groups (c, out);
    dump_keys (c, out);
    dump_confs (c, out);
    return g_string_free (out, FALSE);
}
