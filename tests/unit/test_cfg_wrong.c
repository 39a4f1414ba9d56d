/* SPDX-License-Identifier: Apache-2.0 */
/* Golden test: every directory of tests/data/cfg/wrong and tests/data/cfg/good, parsed, says what
 * its file `expected` holds, to the line and column. `make update-golden` writes the files anew;
 * review the difference. */
#include "config.h"

#include "tests/unit/cfg_fixture.h"

#include <string.h>

static char *
kind_dir (const char *kind)
{
    return g_test_build_filename (G_TEST_DIST, "data", "cfg", kind, NULL);
}

static void
check_dir (gconstpointer data)
{
    const char *dir = data;
    g_autoptr (CfgFixture) fixture = cfg_fixture_dir (dir);
    g_autofree char *text = cfg_fixture_text (fixture);
    g_autofree char *path = g_build_filename (dir, "expected", NULL);
    g_autofree char *expected = NULL;

    if (g_getenv ("HBD_UPDATE_GOLDEN") != NULL) {
        g_assert_true (g_file_set_contents (path, text, -1, NULL));
        return;
    }
    g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
    g_assert_cmpstr (text, ==, expected);
    g_assert_cmpint (fixture->diags->errors > 0, ==, strstr (dir, "/wrong/") != NULL);
}

/* A wrong configuration is worth its place only when it names a line and a column. */
static void
check_is_located (gconstpointer data)
{
    g_autofree char *path = g_build_filename (data, "expected", NULL);
    g_autofree char *expected = NULL;
    g_auto (GStrv) lines = NULL;
    guint errors = 0;

    g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
    lines = g_strsplit (expected, "\n", -1);
    for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
        g_assert_true (g_regex_match_simple (
            "^[^:]+:[1-9][0-9]*:[1-9][0-9]*: (error|warning|note): .", lines[i], 0, 0));
        errors += strstr (lines[i], ": error: ") != NULL;
    }
    g_assert_cmpuint (errors, >, 0);
}

static guint
add_tests (const char *kind)
{
    g_autofree char *base = kind_dir (kind);
    g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
    const char *name;
    guint count = 0;

    g_assert_nonnull (dir);
    while ((name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *test = g_strdup_printf ("/cfg/golden/%s/%s", kind, name);
        g_autofree char *located = g_strdup_printf ("/cfg/golden/%s-is-located/%s", kind, name);

        g_test_add_data_func_full (test, g_build_filename (base, name, NULL), check_dir, g_free);
        if (strcmp (kind, "wrong") == 0)
            g_test_add_data_func_full (located, g_build_filename (base, name, NULL),
                                       check_is_located, g_free);
        count++;
    }
    return count;
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_assert_cmpuint (add_tests ("wrong"), >=, 40);
    g_assert_cmpuint (add_tests ("good"), >=, 4);
    return g_test_run ();
}
