/* SPDX-License-Identifier: Apache-2.0 */
/* Every keyword row has a line in a fixture, a paragraph in its manual page, and sound limits; the
 * tables of the manual pages and the fuzz dictionaries are what the rows say. `make update-golden`
 * writes those anew. */
#include "config.h"

#include "cfg/ha_cf.h"
#include "cfg/hbd_conf.h"
#include "tests/unit/cfg_fixture.h"
#include "tests/unit/cfg_manual.h"

#include <string.h>

#define BEGIN ".\\\" rows begin\n"
#define END   ".\\\" rows end\n"

static char *
source_path (const char *name)
{
    return g_test_build_filename (G_TEST_DIST, "..", name, NULL);
}

static char *
read_source (const char *name)
{
    g_autofree char *path = source_path (name);
    char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    return text;
}

static void
write_source (const char *name, const char *text)
{
    g_autofree char *path = source_path (name);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
check_page (const char *page, const CfgRow *rows, guint count)
{
    g_autofree char *text = read_source (page), *table = cfg_manual_table (rows, count);
    g_autofree char *before = NULL, *now = NULL;
    char *begin = strstr (text, BEGIN), *end = strstr (text, END);

    g_assert_nonnull (begin);
    g_assert_nonnull (end);
    begin += strlen (BEGIN);
    now = g_strndup (begin, (gsize) (end - begin));
    if (g_getenv ("HBD_UPDATE_GOLDEN") != NULL) {
        before = g_strndup (text, (gsize) (begin - text));
        g_free (now);
        now = g_strconcat (before, table, end, NULL);
        write_source (page, now);
        return;
    }
    g_assert_cmpstr (now, ==, table);
}

static void
check_dictionary (const char *name, const CfgRow *rows, guint count)
{
    g_autofree char *dictionary = cfg_fuzz_dictionary (rows, count), *now = NULL;

    if (g_getenv ("HBD_UPDATE_GOLDEN") != NULL) {
        write_source (name, dictionary);
        return;
    }
    now = read_source (name);
    g_assert_cmpstr (now, ==, dictionary);
}

static void
test_made_from_rows (void)
{
    guint count;
    const CfgRow *rows = cfg_ha_cf_rows (&count);

    check_page ("cfg/ha.cf.5", rows, count);
    check_dictionary ("tests/fuzz/cfg_ha_cf.dict", rows, count);
    rows = cfg_hbd_conf_rows (&count);
    check_page ("cfg/hbd.conf.5", rows, count);
    check_dictionary ("tests/fuzz/cfg_hbd_conf.dict", rows, count);
}

/* `.It Ic NAME`, or for a word inside another's paragraph `.Ic NAME`, with something behind. */
static bool
has_paragraph (const char *page, const char *name)
{
    g_autofree char *pattern = g_strdup_printf ("^(\\.It Ic|\\.Ic|\\.Ss) %s( |$)", name);

    return g_regex_match_simple (pattern, page, G_REGEX_MULTILINE, 0);
}

static bool
has_line (const char *fixture, const char *name)
{
    g_autofree char *pattern = g_strdup_printf ("^(.*\\{)?\\s*%s(\\s|\\{|$)", name);

    return g_regex_match_simple (pattern, fixture, G_REGEX_MULTILINE, 0);
}

static void
check_rows (const CfgRow *rows, guint count, const char *page_name, const char *fixture_name)
{
    g_autofree char *page = read_source (page_name), *fixture = read_source (fixture_name);
    g_autofree char *more = read_source ("tests/data/cfg/good/quirks/ha.cf");
    g_autofree char *refused = read_source ("tests/data/cfg/wrong/28-stonith/ha.cf");

    for (guint i = 0; i < count; i++) {
        if (!has_paragraph (page, rows[i].name))
            g_test_fail_printf ("%s: no paragraph for %s", page_name, rows[i].name);
        if (!has_line (fixture, rows[i].name) && !has_line (more, rows[i].name)
            && !has_line (refused, rows[i].name))
            g_test_fail_printf ("%s: no line for %s", fixture_name, rows[i].name);
    }
}

static void
test_rows_are_shown (void)
{
    guint count;
    const CfgRow *rows = cfg_ha_cf_rows (&count);

    check_rows (rows, count, "cfg/ha.cf.5", "tests/data/cfg/good/everything/ha.cf");
    rows = cfg_hbd_conf_rows (&count);
    check_rows (rows, count, "cfg/hbd.conf.5", "tests/data/cfg/good/everything/hbd.conf");
}

static void
test_the_search_can_fail (void)
{
    g_assert_false (has_paragraph (".It Ic keepalive_not Ar X\n", "keepalive"));
    g_assert_true (has_paragraph ("text\n.It Ic keepalive Ar X\n", "keepalive"));
    g_assert_false (has_line ("#keepalive 1\nwarntime keepalive\n", "keepalive"));
    g_assert_true (has_line ("node a\nkeepalive 1\n", "keepalive"));
}

static void
check_row (const CfgRow *row)
{
    g_assert_nonnull (row->meaning);
    g_assert_nonnull (row->syntax);
    g_assert_true (strchr ("ABCDH", row->tier) != NULL);
    if (row->kind == CFG_VALUE_CUSTOM && row->block == NULL)
        g_assert_nonnull (row->parse);
    if (row->kind == CFG_VALUE_NUMBER || row->kind == CFG_VALUE_MS || row->kind == CFG_VALUE_TIME
        || row->kind == CFG_VALUE_UNITS) {
        g_assert_nonnull (row->min);
        g_assert_nonnull (row->max);
    }
    if (row->kind == CFG_VALUE_NAME || row->kind == CFG_VALUE_CHOICE
        || row->kind == CFG_VALUE_CHOICE_BOOL)
        g_assert_nonnull (row->choices);
    /* What lands nowhere must say why, unless a function does the work. */
    if (row->offset == CFG_NOWHERE && row->parse == NULL && row->tier != 'H')
        g_assert_nonnull (row->advice);
}

static void
test_rows_are_sound (void)
{
    guint count;
    const CfgRow *rows = cfg_ha_cf_rows (&count);

    /* doc/heartbeat.md 1.4 without hbaping and hbversion, which 3.0.6 does not know. */
    g_assert_cmpuint (count, ==, 59);
    for (guint i = 0; i < count; i++) {
        check_row (&rows[i]);
        g_assert_true (cfg_row_find (rows, count, NULL, rows[i].name) == &rows[i]);
    }
    rows = cfg_hbd_conf_rows (&count);
    for (guint i = 0; i < count; i++) {
        check_row (&rows[i]);
        g_assert_true (cfg_row_find (rows, count, rows[i].block, rows[i].name) == &rows[i]);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cfg/rows/are-sound", test_rows_are_sound);
    g_test_add_func ("/cfg/rows/have-fixture-and-paragraph", test_rows_are_shown);
    g_test_add_func ("/cfg/rows/search-can-fail", test_the_search_can_fail);
    g_test_add_func ("/cfg/rows/manual-and-dictionary-agree", test_made_from_rows);
    return g_test_run ();
}
