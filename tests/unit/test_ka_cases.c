/* SPDX-License-Identifier: Apache-2.0 */
/* Golden test: the 121 cases and 16 tutorial files of doc/keepalived.md 1.9 and 1.10, and the
 * examples, say what tests/data/keepalived/expected holds. Where our verdict is not that of
 * `keepalived -t`, the table below says why. `make update-golden` writes the file anew. */
#include "config.h"

#include "tests/unit/ka_cases.h"
#include "tests/unit/ka_fixture.h"

#include <string.h>

static const struct {
    const char *id, *reason;
} differences[] = {
    /* keepalived -t is content, and we warn. */
    { "two_kw_one_line", "the second keyword of a line is lost silently" },
    { "pass_extra_words", "words behind the password are lost silently" },
    { "notify_missing", "a missing notify script is dropped silently" },
    { "notify_unquoted_args", "the first argument is taken for a user, silently" },
    { "unicast_peer_self", "a node that is its own peer hears itself" },
    { "include_missing", "keepalived says so too, but ends with 0" },
    { "includer_missing", "keepalived says so too, but ends with 0" },
    { "empty", "an empty file is hardly meant" },
    { "dup_keyword", "the first priority is replaced silently" },
    { "dup_vip_two_inst", "two instances take one address from each other" },
    { "tutorial_httpd_lvs_master_flat", "a file of one comment configures nothing, silently" },
    { "tutorial_httpd_lvs_backup_flat", "a file of one comment configures nothing, silently" },
    { "tutorial_httpd_lvs_scripts_backup_flat",
      "a file of one comment configures nothing, silently" },
    /* keepalived would start and we refuse, or keepalived -t only complains of what ends it. */
    { "adv_0", "an absurd interval is refused, not replaced" },
    { "adv_300", "an absurd interval is refused, not replaced" },
    { "adv_v3_005", "an absurd interval is refused, not replaced" },
    { "script_interval_0", "an absurd interval is refused, not replaced" },
    { "one_line_block", "the daemon ends without virtual_router_id" },
    { "vrid_0", "the daemon ends without virtual_router_id" },
    { "vrid_256", "the daemon ends without virtual_router_id" },
    { "vrid_missing", "the daemon ends without virtual_router_id" },
    { "vrid_hex", "the daemon ends without virtual_router_id" },
    { "dup_vrid", "the daemon ends when two instances share a virtual router" },
    { "if_absent", "the daemon ends without an interface" },
    { "includea_glob_missing", "the daemon ends when includea finds nothing" },
    /* keepalived complains and we do not. */
    { "script_secure", "2.4.3 disables /bin/true here; nobody found out why" },
};

typedef enum { CLEAN, WARNED, REFUSED } Verdict;

static Verdict
judge (const char *text, GString *out)
{
    g_autoptr (KaFixture) fixture = ka_fixture_new (text, NULL);

    g_assert_nonnull (fixture->model);
    for (guint i = 0; i < fixture->diags->items->len; i++) {
        const CfgDiag *diag = fixture->diags->items->pdata[i];
        g_autofree char *line = cfg_diag_format (diag);

        g_assert_cmpuint (diag->place.line, >, 0);
        g_assert_cmpuint (diag->place.column, >, 0);
        g_string_append_printf (out, "  %s\n", line);
    }
    return fixture->diags->errors > 0 ? REFUSED : fixture->diags->warnings > 0 ? WARNED : CLEAN;
}

static const char *
reason_for (const char *id)
{
    for (guint i = 0; i < G_N_ELEMENTS (differences); i++)
        if (strcmp (differences[i].id, id) == 0)
            return differences[i].reason;
    return NULL;
}

static void
add_case (const KaCase *c, GString *out)
{
    static const char *const words[] = { "clean", "warnings", "refused" };
    g_autoptr (GString) said = g_string_new (NULL);
    Verdict verdict = judge (c->config, said);
    Verdict theirs = c->exit_2_2_7 == 0 && c->exit_2_4_3 == 0 ? CLEAN : WARNED;
    const char *reason = reason_for (c->id);

    if (verdict != theirs && reason == NULL)
        g_test_message ("%s: we say %s, keepalived -t %d and %d, and no reason is given", c->id,
                        words[verdict], c->exit_2_2_7, c->exit_2_4_3);
    g_assert_true (verdict == theirs || reason != NULL);
    g_assert_true (verdict != theirs || reason == NULL);
    g_string_append_printf (out, "%s: %s; keepalived -t %d (2.2.7), %d (2.4.3)%s%s\n%s", c->id,
                            words[verdict], c->exit_2_2_7, c->exit_2_4_3,
                            reason != NULL ? "; " : "", reason != NULL ? reason : "", said->str);
}

static void
compare_golden (const char *name, const GString *text)
{
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "keepalived", name, NULL);
    g_autofree char *expected = NULL;

    if (g_getenv ("HBD_UPDATE_GOLDEN") != NULL) {
        g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
        return;
    }
    g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
    g_assert_cmpstr (text->str, ==, expected);
}

static void
cases_say_what_is_expected (void)
{
    g_autoptr (GPtrArray) cases = ka_cases_read ();
    g_autoptr (GString) out = g_string_new (NULL);

    g_assert_cmpuint (cases->len, ==, 121 + 16);
    for (guint i = 0; i < cases->len; i++)
        add_case (cases->pdata[i], out);
    compare_golden ("expected", out);
}

static void
every_reason_has_its_case (void)
{
    g_autoptr (GPtrArray) cases = ka_cases_read ();

    for (guint i = 0; i < G_N_ELEMENTS (differences); i++) {
        bool is_there = false;

        for (guint c = 0; c < cases->len; c++)
            is_there =
                is_there || strcmp (((KaCase *) cases->pdata[c])->id, differences[i].id) == 0;
        g_assert_true (is_there);
    }
}

static void
examples_say_what_is_expected (void)
{
    static const char *const examples[] = {
        "dual-master/keepalived.conf",
        "fwmark-dual-master/keepalived.conf",
        "httpd-lvs-dr/keepalived.backup.conf",
        "httpd-lvs-dr/keepalived.master.conf",
        "httpd-lvs-dr/keepalived.scripts-master.conf",
        "ipvs-ha/keepalived.conf",
        "lvs-dr-misspelt/keepalived.conf",
        "lvs-dr-misspelt/keepalived.slaver.conf",
        "nginx-ha/keepalived.conf",
        "notify-and-scripts/keepalived.conf",
        "two-node-vip/keepalived.conf",
    };
    g_autoptr (GString) out = g_string_new (NULL);

    for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
        g_autofree char *path =
            g_test_build_filename (G_TEST_DIST, "data", "examples", examples[i], NULL);
        g_autofree char *text = NULL;
        g_autoptr (GString) said = g_string_new (NULL);

        g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
        /* They run as they are on real machines: none may be refused. */
        g_assert_cmpint (judge (text, said), !=, REFUSED);
        g_string_append_printf (out, "%s\n%s", examples[i], said->str);
    }
    compare_golden ("expected-examples", out);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/keepalived/cases/say-what-is-expected", cases_say_what_is_expected);
    g_test_add_func ("/keepalived/cases/every-reason-has-its-case", every_reason_has_its_case);
    g_test_add_func ("/keepalived/cases/examples-say-what-is-expected",
                     examples_say_what_is_expected);
    return g_test_run ();
}
