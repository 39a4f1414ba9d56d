/* SPDX-License-Identifier: Apache-2.0 */
/* hbd.conf: keepalived's lexer, includes with their chain, and what the blocks put into the
 * model. */
#include "config.h"

#include "cfg/hbd_conf.h"
#include "tests/unit/cfg_fixture.h"

#include <string.h>

static const CfgResourceConf *
conf_at (const CfgFixture *f, guint index)
{
    g_assert_cmpuint (index, <, f->cluster->resource_confs->len);
    return g_ptr_array_index (f->cluster->resource_confs, index);
}

static const char *
param (const CfgFixture *f, const char *key)
{
    return g_hash_table_lookup (conf_at (f, 0)->params, key);
}

static void
test_blocks (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_hbd_conf (
        "resource IPaddr {\n start_timeout 1500ms\n stop_timeout 2m\n monitor { timeout 3\n"
        " interval 10s\n depth 10\n }\n migration_threshold 3\n failure_timeout 1h\n"
        " on_fail restart\n hot_standby on\n agent ocf:hbd:IPaddr\n}\n"
        "lease { mode lifetime\n timeout 2 }\nscripts\n{\nshell on }\n");
    const CfgResourceConf *conf = conf_at (f, 0);

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpstr (conf->name, ==, "IPaddr");
    g_assert_cmpint (conf->start_timeout_us, ==, HBD_MS (1500));
    g_assert_cmpint (conf->stop_timeout_us, ==, HBD_S (120));
    g_assert_cmpint (conf->monitor_timeout_us, ==, HBD_S (3));
    g_assert_cmpint (conf->monitor_interval_us, ==, HBD_S (10));
    g_assert_cmpint (conf->monitor_depth, ==, 10);
    g_assert_cmpint (conf->migration_threshold, ==, 3);
    g_assert_cmpint (conf->failure_timeout_us, ==, HBD_S (3600));
    g_assert_cmpstr (conf->on_fail, ==, "restart");
    g_assert_cmpstr (conf->agent, ==, "ocf:hbd:IPaddr");
    g_assert_true (conf->hot_standby);
    g_assert_cmpint (f->cluster->lease_mode, ==, CFG_LEASE_LIFETIME);
    g_assert_cmpint (f->cluster->lease_timeout_us, ==, HBD_S (2));
    g_assert_true (f->cluster->scripts_shell);
}

static void
test_unset_is_unset (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_hbd_conf ("resource IPaddr {\n}\n");
    const CfgResourceConf *conf = conf_at (f, 0);

    g_assert_cmpuint (f->diags->items->len, ==, 0);
    g_assert_cmpint (conf->start_timeout_us, ==, -1);
    g_assert_cmpint (conf->stop_timeout_us, ==, -1);
    g_assert_cmpint (conf->monitor_timeout_us, ==, -1);
    g_assert_cmpint (conf->migration_threshold, ==, -1);
    g_assert_null (conf->on_fail);
    g_assert_null (conf->agent);
}

static void
test_words_and_comments (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_hbd_conf (
        "! comment\n# another\nresource IPaddr{ ! glued { brace\n\n # before the value\n"
        " param a \"x ! # { } y\"\n param b a#b\n param c a\\#b\\!c\n param d \"\"\n"
        " param e 'single\n param f \"tab\there\"\n}\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpstr (param (f, "a"), ==, "x ! # { } y");
    g_assert_cmpstr (param (f, "b"), ==, "a");
    g_assert_cmpstr (param (f, "c"), ==, "a#b!c");
    g_assert_cmpstr (param (f, "d"), ==, "");
    g_assert_cmpstr (param (f, "e"), ==, "'single");
    g_assert_cmpstr (param (f, "f"), ==, "tab\there");
}

static void
test_brace_on_a_later_line (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_hbd_conf ("lease\n\n! comment\n{\n mode off\n}\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpint (f->cluster->lease_mode, ==, CFG_LEASE_OFF);
}

static void
test_sha256_upgrades_the_active_key (void)
{
    CfgFixtureTexts texts = { .ha_cf = CFG_SOUND_HA_CF,
                              .haresources = CFG_SOUND_HARESOURCES,
                              .authkeys = "auth 2\n1 sha1 one\n2 md5 two\n",
                              .hbd_conf = "auth { method sha256 }\n" };
    g_autoptr (CfgFixture) f = cfg_fixture_new (&texts);
    const HbdKey *key = f->cluster->keys->key;

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpint (key[1].method, ==, HBD_AUTH_SHA1);
    g_assert_cmpint (key[2].method, ==, HBD_AUTH_SHA256);
    g_assert_cmpmem (g_bytes_get_data (key[2].secret, NULL), g_bytes_get_size (key[2].secret),
                     "two", 3);
}

typedef struct {
    const char *text, *where, *says;
} Row;

static void
test_faults (void)
{
    static const Row rows[] = {
        { "lese {\n}\n", "hbd.conf:1:1: error", "did you mean 'lease'" },
        { "lease {\n mdoe off\n}\n", "hbd.conf:2:2: error", "did you mean 'mode'" },
        { "mode off\n", "hbd.conf:1:1: error", "stands in lease" },
        { "lease {\n lease {\n }\n}\n", "hbd.conf:2:2: error", "stands in the top level" },
        { "lease\n", "hbd.conf:1:1: error", "needs a block" },
        { "lease x {\n}\n", "hbd.conf:1:1: error", "write lease" },
        { "resource {\n}\n", "hbd.conf:1:1: error", "write resource NAME" },
        { "resource a b {\n}\n", "hbd.conf:1:1: error", "write resource NAME" },
        { "tie vrrp_sync_group x {\n}\n", "hbd.conf:1:1: error", "write tie" },
        { "lease {\n mode off {\n }\n}\n", "hbd.conf:2:2: error", "opens no block" },
        { "lease {\n mode\n}\n", "hbd.conf:2:2: error", "write mode" },
        { "lease {\n mode off off\n}\n", "hbd.conf:2:11: error", "too much" },
        { "lease {\n timeout 5x\n}\n", "hbd.conf:2:11: error", "unknown unit 'x'" },
        { "lease {\n timeout 5ms\n}\n", "hbd.conf:2:10: error", "at least 10ms" },
        { "lease {\n timeout 2m\n}\n", "hbd.conf:2:10: error", "at most 60s" },
        { "lease {\n mode of\n}\n", "hbd.conf:2:7: error", "did you mean 'off'" },
        { "lease {\n mode off\n mode auto\n}\n", "hbd.conf:3:2: warning", "again" },
        { "lease {\n", "hbd.conf:1:7: error", "not closed" },
        { "}\n", "hbd.conf:1:1: error", "closes nothing" },
        { "{\n}\n", "hbd.conf:1:1: error", "without a keyword" },
        { "lease {\n}\n{\n}\n", "hbd.conf:3:1: error", "without a keyword" },
        { "resource \"x\n", "hbd.conf:1:10: error", "quote" },
        { "resource a\x01z {\n}\n", "hbd.conf:1:10: error", "control byte" },
        { "resource \"a\x01z\" {\n}\n", "hbd.conf:1:10: error", "control byte" },
        { "resource a\xff {\n}\n", "hbd.conf:1:10: error", "UTF-8" },
        { "resource x {\n param a\n}\n", "hbd.conf:2:2: error", "write param" },
        { "resource x {\n param a b c\n}\n", "hbd.conf:2:2: error", "write param" },
        { "resource x {\n on_fail panic\n}\n", "hbd.conf:2:10: error", "not one of" },
        { "resource x {\n}\nresource x {\n}\n", "hbd.conf:3:10: error", "two blocks" },
        { "resource IPadr {\n}\n", "hbd.conf:1:10: warning", "did you mean 'IPaddr'" },
        { "auth {\n method md5\n}\n", "hbd.conf:2:9: error", "not one of: sha256" },
        { "tie vrrp_instance V {\n cluster x\n}\n", "hbd.conf:2:2: error", "write cluster alone" },
        { "group K {\n resource\n}\n", "hbd.conf:2:2: error", "write resource" },
        { "detection {\n probes many\n}\n", "hbd.conf:2:9: error", "not a number" },
        { "limits {\n anything at all\n}\n", "hbd.conf:1:1: warning", "later release" },
        { "lease {\n mode gate\n}\n", "hbd.conf:1:1: warning", "gate acts in a later release" },
        { "lease {\n mode off\n}\n", "hbd.conf:1:1: warning", "lease off" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (CfgFixture) f = cfg_fixture_hbd_conf (rows[i].text);
        g_autofree char *text = cfg_fixture_text (f);

        g_test_message ("%s -> %s", rows[i].text, text);
        g_assert_true (cfg_fixture_says (f, rows[i].where, rows[i].says));
    }
}

/* A world of files for the include callback: name -> text. */
static GPtrArray *
include (gpointer data, const char *from, const char *pattern)
{
    const char *const *files = data;
    GPtrArray *found = g_ptr_array_new_with_free_func (cfg_included_free);

    for (; *files != NULL; files += 2)
        if (strcmp (files[0], pattern) == 0 || strcmp (pattern, "*") == 0)
            g_ptr_array_add (found, cfg_included_new (files[0], files[1], strlen (files[1])));
    return found;
}

static CfgFixture *
read_with (const char *text, const char *const *files)
{
    CfgFixture *f = g_new0 (CfgFixture, 1);
    CfgInput input = { .hbd_conf = { "hbd.conf", text, strlen (text), 0, 0 },
                       .include = include,
                       .include_data = (gpointer) files };

    f->diags = cfg_diags_new ();
    f->cluster = cfg_parse (&input, f->diags);
    return f;
}

static void
test_include_reads_in_place (void)
{
    static const char *const files[] = { "a.conf", "mode off\ninclude b.conf\n", "b.conf",
                                         "timeout 3\n", NULL };
    g_autoptr (CfgFixture) f = read_with ("lease {\n include a.conf\n}\n", files);

    g_assert_cmpuint (f->diags->items->len, ==, 0);
    g_assert_cmpint (f->cluster->lease_mode, ==, CFG_LEASE_OFF);
    g_assert_cmpint (f->cluster->lease_timeout_us, ==, HBD_S (3));
}

static void
test_include_chain_is_told (void)
{
    static const char *const files[] = { "a.conf", "\n  include b.conf\n", "b.conf",
                                         "\n\nmode of\n", NULL };
    g_autoptr (CfgFixture) f = read_with ("lease {\n include a.conf\n}\n", files);
    g_autofree char *text = cfg_fixture_text (f);

    g_assert_cmpstr (text, ==,
                     "b.conf:3:6: error: mode: 'of' is not one of: auto, lifetime, gate, off; did "
                     "you mean 'off'?\na.conf:2:3: note: included from here\n"
                     "hbd.conf:2:2: note: included from here\n");
}

static void
test_include_of_several (void)
{
    static const char *const files[] = { "a.conf", "resource a {\n}\n", "b.conf",
                                         "resource b {\n}\n", NULL };
    g_autoptr (CfgFixture) f = read_with ("include *\n", files);

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpstr (conf_at (f, 0)->name, ==, "a");
    g_assert_cmpstr (conf_at (f, 1)->name, ==, "b");
}

static void
test_include_of_nothing (void)
{
    static const char *const files[] = { NULL };
    g_autoptr (CfgFixture) f = read_with ("include x\n", files);
    g_autoptr (CfgFixture) g = read_with ("includea x\n", files);
    g_autoptr (CfgFixture) h = read_with ("include\n", files);
    g_autoptr (CfgFixture) i = read_with ("\"include\" x\n", files);

    g_assert_true (cfg_fixture_says (f, "hbd.conf:1:9: warning", "no file 'x'"));
    g_assert_true (cfg_fixture_says (g, "hbd.conf:1:10: error", "no file 'x'"));
    g_assert_true (cfg_fixture_says (h, "hbd.conf:1:1: error", "write include FILE"));
    g_assert_true (cfg_fixture_says (i, "hbd.conf:1:1: error", "unknown keyword"));
}

static void
test_include_of_itself_ends (void)
{
    static const char *const files[] = { "hbd.conf", "include hbd.conf\n",
                                         "a.conf",   "include b.conf\n",
                                         "b.conf",   "include a.conf\n",
                                         NULL };
    g_autoptr (CfgFixture) f = read_with ("include hbd.conf\n", files);
    g_autoptr (CfgFixture) g = read_with ("include a.conf\n", files);
    g_autoptr (CfgFixture) h = read_with ("include *\ninclude *\ninclude *\n", files);

    g_assert_true (cfg_fixture_says (f, "hbd.conf:1:1: error", "includes itself"));
    g_assert_true (cfg_fixture_says (g, "b.conf:1:1: error", "includes itself"));
    g_assert_cmpuint (h->diags->errors, >, 0);
}

/* Files that include two others each would be 2^n reads without the bound. */
static void
test_include_does_not_explode (void)
{
    g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (CfgFixture) f = NULL;

    for (guint i = 0; i < 40; i++) {
        g_ptr_array_add (files, g_strdup_printf ("f%u", i));
        g_ptr_array_add (files, g_strdup_printf ("include f%u\ninclude f%u\n", i + 1, i + 1));
    }
    g_ptr_array_add (files, NULL);
    f = read_with ("include f0\n", (const char *const *) files->pdata);
    g_assert_true (cfg_fixture_says (f, "", "too many included files"));
}

static void
test_deep_blocks_end (void)
{
    GString *text = g_string_new (NULL);
    g_autoptr (CfgFixture) f = NULL;

    for (guint i = 0; i < 100000; i++)
        g_string_append (text, "a {\n");
    f = cfg_fixture_hbd_conf (text->str);
    g_assert_true (cfg_fixture_says (f, "hbd.conf:9:3: error", "nested deeper"));
    g_string_free (text, TRUE);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/cfg/hbd.conf/" #name, test_##name)
    ADD (blocks);
    ADD (unset_is_unset);
    ADD (words_and_comments);
    ADD (brace_on_a_later_line);
    ADD (sha256_upgrades_the_active_key);
    ADD (faults);
    ADD (include_reads_in_place);
    ADD (include_chain_is_told);
    ADD (include_of_several);
    ADD (include_of_nothing);
    ADD (include_of_itself_ends);
    ADD (include_does_not_explode);
    ADD (deep_blocks_end);
    return g_test_run ();
}
