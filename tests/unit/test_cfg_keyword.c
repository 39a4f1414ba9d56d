/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of every kind: read, range-checked, printed back. */
#include "config.h"

#include "cfg/keyword.h"

#include <string.h>

typedef struct {
    bool flag, other;
    HbdTime time, units, ms;
    guint number, choice;
    char *word, *path, *name;
} Base;

static const char *const choices[] = { "none", "left", "right", NULL };
static const char *const pair[] = { "first", "second", NULL };

#define AT(field) G_STRUCT_OFFSET (Base, field)
static const CfgRow rows[] = {
    { .name = "flag", .kind = CFG_VALUE_BOOL, .offset = AT (flag), .def = "on" },
    { .name = "time",
      .kind = CFG_VALUE_TIME,
      .offset = AT (time),
      .def = "2",
      .min = "10ms",
      .max = "60" },
    { .name = "units", .kind = CFG_VALUE_UNITS, .offset = AT (units), .min = "10ms", .max = "1h" },
    { .name = "ms",
      .kind = CFG_VALUE_MS,
      .offset = AT (ms),
      .tier = 'H',
      .def = "250",
      .min = "1",
      .max = "1000" },
    { .name = "number",
      .kind = CFG_VALUE_NUMBER,
      .offset = AT (number),
      .def = "7",
      .min = "1",
      .max = "9" },
    { .name = "word", .kind = CFG_VALUE_WORD, .offset = AT (word) },
    { .name = "path", .kind = CFG_VALUE_PATH, .offset = AT (path), .tier = 'H' },
    { .name = "name", .kind = CFG_VALUE_NAME, .offset = AT (name), .choices = choices },
    { .name = "choice",
      .kind = CFG_VALUE_CHOICE,
      .offset = AT (choice),
      .def = "left",
      .choices = choices },
    { .name = "other",
      .kind = CFG_VALUE_CHOICE_BOOL,
      .offset = AT (other),
      .def = "second",
      .choices = pair },
    { .name = "nowhere", .kind = CFG_VALUE_WORD, .offset = CFG_NOWHERE },
    { .name = "nowhere_name", .kind = CFG_VALUE_NAME, .offset = CFG_NOWHERE, .choices = choices },
    { .name = "nowhere_time",
      .kind = CFG_VALUE_TIME,
      .offset = CFG_NOWHERE,
      .min = "0",
      .max = "1" },
    { .name = "flag",
      .block = "block",
      .kind = CFG_VALUE_BOOL,
      .offset = AT (other),
      .def = "off" },
};
#define ROWS rows, G_N_ELEMENTS (rows)

static void
base_clear (Base *base)
{
    g_free (base->word);
    g_free (base->path);
    g_free (base->name);
}

static bool
store (Base *base, const char *name, const char *text, CfgDiags *diags)
{
    const CfgRow *row = cfg_row_find (ROWS, NULL, name);
    CfgPlace place = { "file", 1, 1 };
    g_autofree char *copy = g_strdup (text);
    CfgWord word = { place, copy, false };

    g_assert_nonnull (row);
    return cfg_row_store (row, base, &word, diags);
}

static void
test_defaults (void)
{
    Base base = { 0 };

    cfg_rows_set_defaults (ROWS, NULL, &base);
    g_assert_true (base.flag && base.other);
    g_assert_cmpint (base.time, ==, HBD_S (2));
    g_assert_cmpint (base.units, ==, 0);
    g_assert_cmpint (base.ms, ==, HBD_MS (250));
    g_assert_cmpuint (base.number, ==, 7);
    g_assert_cmpuint (base.choice, ==, 1);
    cfg_rows_set_defaults (ROWS, "block", &base);
    g_assert_false (base.other);
}

static void
test_values_are_read_and_printed (void)
{
    static const struct {
        const char *name, *text, *printed;
    } cases[] = {
        { "flag", "No", "off" },          { "time", "0.5", "500ms" },
        { "time", "60", "60" },           { "units", "2m", "120" },
        { "units", "15ms", "15ms" },      { "ms", "1000", "1000" },
        { "number", "9", "9" },           { "word", "anything", "anything" },
        { "path", "/a", "/a" },           { "name", "right", "right" },
        { "name", "none", NULL },         { "choice", "right", "right" },
        { "other", "first", "first" },    { "nowhere", "x", NULL },
        { "nowhere_name", "left", NULL }, { "nowhere_time", "1", NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (CfgDiags) diags = cfg_diags_new ();
        Base base = { 0 };
        g_autofree char *printed = NULL;

        g_assert_true (store (&base, cases[i].name, cases[i].text, diags));
        g_assert_cmpuint (diags->items->len, ==, 0);
        printed = cfg_row_print (cfg_row_find (ROWS, NULL, cases[i].name), &base);
        g_assert_cmpstr (printed, ==, cases[i].printed);
        base_clear (&base);
    }
}

/* A time above what hbd counts is the longest it counts: Heartbeat knows no limit. */
static void
test_long_times_are_lowered (void)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    Base base;

    memset (&base, 0, sizeof base);
    cfg_rows_set_defaults (ROWS, NULL, &base);
    g_assert_true (store (&base, "time", "99999999999", diags));
    g_assert_cmpint (base.time, ==, HBD_S (60));
    g_assert_true (store (&base, "time", "1.5.9", diags));
    g_assert_cmpint (base.time, ==, HBD_MS (1500));
    g_assert_cmpuint (diags->warnings, ==, 2);
    g_assert_cmpuint (diags->errors, ==, 0);
    base_clear (&base);
}

static void
test_wrong_values_change_nothing (void)
{
    static const struct {
        const char *name, *text, *says;
    } cases[] = {
        { "flag", "maybe", "boolean" },
        { "time", "5s", "write 5 or 5000ms" },
        { "time", "0.5sec", "write 0.5 or 500ms" },
        { "time", "9ms", "at least 10ms" },
        { "time", "x", "not a time" },
        { "time", "1fortnight", "unknown unit 'fortnight'" },
        { "units", "1d", "unknown unit 'd'" },
        { "units", "2h", "at most 1h" },
        { "ms", "0", "at least 1 ms" },
        { "ms", "1001", "at most 1000 ms" },
        { "ms", "1ms", "not a number" },
        { "number", "0", "at least 1" },
        { "number", "10", "at most 9" },
        { "number", "-1", "not a number" },
        { "number", "99999999999999999999", "at most 9" },
        { "path", "a/b", "absolute" },
        { "name", "lfet", "did you mean 'left'" },
        { "choice", "up", "not one of: none, left, right" },
        { "other", "third", "not one of" },
        { "nowhere_name", "x", "not one of" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (CfgDiags) diags = cfg_diags_new ();
        Base base, before;
        const CfgDiag *diag;

        memset (&base, 0, sizeof base);
        cfg_rows_set_defaults (ROWS, NULL, &base);
        memcpy (&before, &base, sizeof base);
        g_assert_false (store (&base, cases[i].name, cases[i].text, diags));
        g_assert_cmpuint (diags->errors, ==, 1);
        diag = g_ptr_array_index (diags->items, 0);
        g_test_message ("%s", diag->text);
        g_assert_nonnull (strstr (diag->text, cases[i].says));
        g_assert_cmpmem (&base, sizeof base, &before, sizeof base);
    }
}

/* Heartbeat's numbers end at the first other byte; those of hbd.conf must be numbers. */
static void
test_sloppy_number_is_a_warning (void)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    Base base = { 0 };

    g_assert_true (store (&base, "number", "7x", diags));
    g_assert_cmpuint (base.number, ==, 7);
    g_assert_cmpuint (diags->warnings, ==, 1);
    g_assert_false (store (&base, "number", "x7", diags));
    g_assert_false (store (&base, "number", "99x", diags));
    g_assert_false (store (&base, "ms", "7x", diags));
    g_assert_cmpuint (base.number, ==, 7);
}

static void
test_did_you_mean (void)
{
    g_autofree char *near = cfg_did_you_mean ("lefft", choices);
    g_autofree char *none = cfg_did_you_mean ("sideways", choices);

    g_assert_cmpstr (near, ==, "; did you mean 'left'?");
    g_assert_cmpstr (none, ==, "");
}

static void
test_find_tells_blocks_apart (void)
{
    g_assert_true (cfg_row_find (ROWS, NULL, "flag") == &rows[0]);
    g_assert_true (cfg_row_find (ROWS, "block", "flag") == &rows[G_N_ELEMENTS (rows) - 1]);
    g_assert_null (cfg_row_find (ROWS, "block", "time"));
    g_assert_null (cfg_row_find (ROWS, NULL, "Flag"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cfg/keyword/defaults", test_defaults);
    g_test_add_func ("/cfg/keyword/values-are-read-and-printed", test_values_are_read_and_printed);
    g_test_add_func ("/cfg/keyword/wrong-values-change-nothing", test_wrong_values_change_nothing);
    g_test_add_func ("/cfg/keyword/long-times-are-lowered", test_long_times_are_lowered);
    g_test_add_func ("/cfg/keyword/sloppy-number-is-a-warning", test_sloppy_number_is_a_warning);
    g_test_add_func ("/cfg/keyword/did-you-mean", test_did_you_mean);
    g_test_add_func ("/cfg/keyword/find-tells-blocks-apart", test_find_tells_blocks_apart);
    return g_test_run ();
}
