/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cfg/diag.h"

#include <string.h>

static CfgPlace
at (const char *file, guint line, guint column)
{
    CfgPlace place = { g_intern_string (file), line, column };

    return place;
}

static char *
all (const CfgDiags *diags)
{
    GString *out = g_string_new (NULL);

    for (guint i = 0; i < diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (g_ptr_array_index (diags->items, i));

        g_string_append_printf (out, "%s\n", line);
    }
    return g_string_free (out, FALSE);
}

static void
test_format (void)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autofree char *text = NULL;

    cfg_diag (diags, CFG_ERROR, at ("ha.cf", 3, 7), "%s is %d", "x", 5);
    cfg_diag (diags, CFG_WARNING, at ("ha.cf", 0, 0), "whole file");
    cfg_diag (diags, CFG_NOTE, at (NULL, 0, 0), "from nowhere");
    text = all (diags);
    g_assert_cmpstr (text, ==,
                     "ha.cf:3:7: error: x is 5\nha.cf:1:1: warning: whole file\n"
                     "hbd:1:1: note: from nowhere\n");
    g_assert_cmpuint (diags->errors, ==, 1);
    g_assert_cmpuint (diags->warnings, ==, 1);
}

static void
test_hostile_bytes_are_made_printable (void)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autofree char *text = NULL, *line = NULL, *huge = g_strnfill (100000, 'x');

    cfg_diag (diags, CFG_ERROR, at ("a\nb", 1, 1), "\x1b[31m \xff \n\x7f");
    cfg_diag (diags, CFG_ERROR, at ("a", 1, 1), "%s", huge);
    line = cfg_diag_format (g_ptr_array_index (diags->items, 0));
    g_assert_cmpstr (line, ==, "a\\x0ab:1:1: error: \\x1b[31m \xef\xbf\xbd \\x0a\\x7f");
    text = all (diags);
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_assert_cmpuint (strlen (text), <, 1000);
}

static void
test_sort_keeps_notes_with_their_owner (void)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autofree char *text = NULL;

    cfg_diag (diags, CFG_ERROR, at ("b", 9, 1), "third");
    cfg_diag (diags, CFG_NOTE, at ("b", 1, 1), "of third");
    cfg_diag (diags, CFG_NOTE, at ("a", 2, 2), "of third too");
    cfg_diag (diags, CFG_WARNING, at ("b", 2, 5), "second");
    cfg_diag (diags, CFG_WARNING, at ("b", 2, 4), "first");
    cfg_diag (diags, CFG_ERROR, at ("a", 1, 1), "later file");
    cfg_diag (diags, CFG_ERROR, at ("b", 2, 5), "second again");
    cfg_diags_sort (diags);
    text = all (diags);
    g_assert_cmpstr (text, ==,
                     "b:2:4: warning: first\nb:2:5: warning: second\nb:2:5: error: second again\n"
                     "b:9:1: error: third\nb:1:1: note: of third\na:2:2: note: of third too\n"
                     "a:1:1: error: later file\n");
}

static void
test_only_so_many_are_kept (void)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    const CfgDiag *last;

    for (guint i = 0; i < 10000; i++) {
        cfg_diag (diags, CFG_ERROR, at ("a", i + 1, 1), "error");
        cfg_diag (diags, CFG_NOTE, at ("a", i + 1, 1), "note");
    }
    g_assert_cmpuint (diags->errors, ==, 10000);
    g_assert_cmpuint (diags->items->len, ==, 2 * CFG_DIAGS_KEPT + 1);
    last = g_ptr_array_index (diags->items, diags->items->len - 1);
    g_assert_cmpint (last->severity, ==, CFG_NOTE);
    /* Errors must not be lost behind a flood of warnings, nor the other way round. */
    cfg_diag (diags, CFG_WARNING, at ("a", 1, 1), "warning");
    last = g_ptr_array_index (diags->items, diags->items->len - 1);
    g_assert_cmpstr (last->text, ==, "warning");
}

static void
test_nearest (void)
{
    static const char *const words[] = { "keepalive", "deadtime", "warntime", "node", "bcast",
                                         "ucast",     "mcast",    "on",       NULL };
    static const struct {
        const char *word, *near;
    } rows[] = {
        { "keepaliv", "keepalive" },
        { "keepailve", "keepalive" },
        { "KEEPALIVE", "keepalive" },
        { "deadtme", "deadtime" },
        { "dead_time", "deadtime" },
        { "nod", "node" },
        { "noed", "node" },
        { "ucats", "ucast" },
        { "", NULL },
        { "serial", NULL },
        { "xyz", NULL },
        { "o", NULL },
        { "completely-other", NULL },
        { "warntime", "warntime" },
    };
    g_autofree char *huge = g_strnfill (5000, 'k');

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        g_assert_cmpstr (cfg_nearest (rows[i].word, words), ==, rows[i].near);
    g_assert_null (cfg_nearest (huge, words));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cfg/diag/format", test_format);
    g_test_add_func ("/cfg/diag/hostile-bytes-are-made-printable",
                     test_hostile_bytes_are_made_printable);
    g_test_add_func ("/cfg/diag/sort-keeps-notes-with-their-owner",
                     test_sort_keeps_notes_with_their_owner);
    g_test_add_func ("/cfg/diag/only-so-many-are-kept", test_only_so_many_are_kept);
    g_test_add_func ("/cfg/diag/nearest", test_nearest);
    return g_test_run ();
}
