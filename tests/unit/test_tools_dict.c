/* SPDX-License-Identifier: Apache-2.0 */
/* Dictionaries from another version or a broken daemon read as defaults. */
#include "config.h"

#include "hbd/tools/dict.h"

static GVariant *
parse (const char *text)
{
    g_autoptr (GError) error = NULL;
    GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

    g_assert_no_error (error);
    return value;
}

static void
test_numbers_of_any_type (void)
{
    const char *const texts[] = { "{'n': <byte 7>}",  "{'n': <int16 7>}",  "{'n': <uint16 7>}",
                                  "{'n': <7>}",       "{'n': <uint32 7>}", "{'n': <int64 7>}",
                                  "{'n': <uint64 7>}" };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GVariant) dict = parse (texts[i]);

        g_assert_cmpint (hbd_dict_number (dict, "n", -1), ==, 7);
        g_assert_cmpint (hbd_dict_number (dict, "m", -1), ==, -1);
    }
}

static void
test_huge_number_is_capped (void)
{
    g_autoptr (GVariant) dict = parse ("{'n': <uint64 18446744073709551615>}");

    g_assert_cmpint (hbd_dict_number (dict, "n", -1), ==, G_MAXINT64);
}

static void
test_wrong_types_read_as_fallback (void)
{
    g_autoptr (GVariant) dict = parse ("{'n': <'seven'>, 's': <7>, 'b': <'yes'>, 'l': <7>,"
                                       " 'd': <['x']>, 'w': <7>}");
    g_autoptr (GPtrArray) list = hbd_dict_list (dict, "l");
    g_autoptr (GPtrArray) words_as_list = hbd_dict_list (dict, "d");
    g_autoptr (GVariant) inner = hbd_dict_dict (dict, "d");
    g_auto (GStrv) words = hbd_dict_words (dict, "w");

    g_assert_cmpint (hbd_dict_number (dict, "n", -1), ==, -1);
    g_assert_cmpstr (hbd_dict_text (dict, "s", "none"), ==, "none");
    g_assert_false (hbd_dict_flag (dict, "b"));
    g_assert_cmpuint (list->len, ==, 0);
    g_assert_cmpuint (words_as_list->len, ==, 0);
    g_assert_cmpuint (g_variant_n_children (inner), ==, 0);
    g_assert_cmpuint (g_strv_length (words), ==, 0);
}

static void
test_lists_in_both_forms (void)
{
    g_autoptr (GVariant) dict = parse ("{'a': <[{'name': <'x'>}, {'name': <'y'>}]>,"
                                       " 'v': <[<{'name': <'x'>}>, <7>, <{'name': <'y'>}>]>}");
    const char *const keys[] = { "a", "v" };

    for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
        g_autoptr (GPtrArray) list = hbd_dict_list (dict, keys[i]);

        g_assert_cmpuint (list->len, ==, 2);
        g_assert_nonnull (hbd_dict_find (list, "y"));
        g_assert_null (hbd_dict_find (list, "z"));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/dict/numbers-of-any-type", test_numbers_of_any_type);
    g_test_add_func ("/dict/huge-number-is-capped", test_huge_number_is_capped);
    g_test_add_func ("/dict/wrong-types-read-as-fallback", test_wrong_types_read_as_fallback);
    g_test_add_func ("/dict/lists-in-both-forms", test_lists_in_both_forms);
    return g_test_run ();
}
