/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and words with their places. */
#include "config.h"

#include "cfg/text.h"

#include <string.h>

static CfgText
text_of (const char *text)
{
    CfgText out = { "file", text, strlen (text), 0, 0 };

    return out;
}

static void
test_lines (void)
{
    CfgText text = text_of ("one\n\nthree");
    CfgLines lines;
    CfgLine line;

    cfg_lines_init (&lines, &text);
    g_assert_true (cfg_lines_next (&lines, &line));
    g_assert_cmpmem (line.data, line.len, "one", 3);
    g_assert_false (line.is_last);
    g_assert_true (cfg_lines_next (&lines, &line));
    g_assert_cmpuint (line.len, ==, 0);
    g_assert_true (cfg_lines_next (&lines, &line));
    g_assert_cmpmem (line.data, line.len, "three", 5);
    g_assert_cmpuint (line.place.line, ==, 3);
    g_assert_true (line.is_last);
    g_assert_false (cfg_lines_next (&lines, &line));
}

static void
test_empty_text_has_no_line (void)
{
    CfgText text = text_of ("");
    CfgLines lines;
    CfgLine line;

    cfg_lines_init (&lines, &text);
    g_assert_false (cfg_lines_next (&lines, &line));
}

static void
test_strip (void)
{
    static const struct {
        const char *text, *left;
    } rows[] = { { "a b", "a b" },  { "a # b", "a" },   { "#", "" },    { "a\r", "a" },
                 { "a \t\r", "a" }, { "  a#b", "  a" }, { " \t ", "" }, { "a\\ # x", "a\\" } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        CfgLine line = { rows[i].text, strlen (rows[i].text), { "file", 1, 1 }, false };

        cfg_line_strip (&line);
        g_assert_cmpmem (line.data, line.len, rows[i].left, strlen (rows[i].left));
    }
}

static void
test_words_have_places (void)
{
    CfgLine line = { "\tnode a, b,,c", 13, { "file", 7, 1 }, false };
    g_autoptr (GPtrArray) words = cfg_line_words (&line, 5, CFG_BLANKS_AND_COMMA);
    g_autoptr (GPtrArray) blanks = cfg_line_words (&line, 0, CFG_BLANKS);

    g_assert_cmpuint (words->len, ==, 3);
    g_assert_cmpstr (cfg_word_at (words, 2)->text, ==, "c");
    g_assert_cmpuint (cfg_word_at (words, 0)->place.column, ==, 7);
    g_assert_cmpuint (cfg_word_at (words, 2)->place.column, ==, 13);
    g_assert_cmpuint (cfg_word_at (words, 2)->place.line, ==, 7);
    g_assert_null (cfg_word_at (words, 3));
    g_assert_cmpuint (blanks->len, ==, 3);
    g_assert_cmpstr (cfg_word_at (blanks, 2)->text, ==, "b,,c");
}

static void
test_sane (void)
{
    static const struct {
        const char *text;
        gsize len;
        guint column; /* 0: sane */
    } rows[] = { { "plain", 5, 0 },   { "t\tb\r", 4, 0 }, { "\xc3\xa9", 2, 0 },
                 { "a\0b", 3, 2 },    { "ab\x1b", 3, 3 }, { "ab\x7f", 3, 3 },
                 { "ok \xff", 4, 4 }, { "\xc3", 1, 1 },   { "", 0, 0 } };
    g_autofree char *longest = g_strnfill (CFG_LINE_MAX + 1, 'x');
    CfgLine line = { longest, CFG_LINE_MAX, { "file", 1, 1 }, false };
    g_autoptr (CfgDiags) diags = cfg_diags_new ();

    g_assert_true (cfg_line_is_sane (&line, diags));
    line.len++;
    g_assert_false (cfg_line_is_sane (&line, diags));
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        CfgLine row = { rows[i].text, rows[i].len, { "file", 1, 1 }, false };
        const CfgDiag *last;

        g_assert_cmpint (cfg_line_is_sane (&row, diags), ==, rows[i].column == 0);
        if (rows[i].column == 0)
            continue;
        last = g_ptr_array_index (diags->items, diags->items->len - 1);
        g_assert_cmpuint (last->place.column, ==, rows[i].column);
    }
}

static void
test_usable (void)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autofree char *huge = g_strnfill (CFG_FILE_MAX + 1, '\n');
    CfgText missing = { "file", NULL, 0, 0, 0 };
    CfgText marked = text_of ("\xef\xbb\xbfnode a");
    CfgText largest = { "file", huge, CFG_FILE_MAX, 0, 0 };
    CfgText larger = { "file", huge, CFG_FILE_MAX + 1, 0, 0 };

    g_assert_false (cfg_text_is_usable (&missing, diags));
    g_assert_false (cfg_text_is_usable (&marked, diags));
    g_assert_false (cfg_text_is_usable (&larger, diags));
    g_assert_cmpuint (diags->errors, ==, 3);
    g_assert_true (cfg_text_is_usable (&largest, diags));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cfg/text/lines", test_lines);
    g_test_add_func ("/cfg/text/empty-text-has-no-line", test_empty_text_has_no_line);
    g_test_add_func ("/cfg/text/strip", test_strip);
    g_test_add_func ("/cfg/text/words-have-places", test_words_have_places);
    g_test_add_func ("/cfg/text/sane", test_sane);
    g_test_add_func ("/cfg/text/usable", test_usable);
    return g_test_run ();
}
