/* SPDX-License-Identifier: Apache-2.0 */
/* ra/lib/ocf.c and ocf_text.c: parameters, dispatch, and texts from a small agent's table. */
#include "config.h"

#include "ra/lib/ocf.h"

#include <string.h>

static guint seen_number;
static bool seen_flag;
static char *seen_text;

static int
do_start (RaOcf *ocf)
{
    seen_number = ra_ocf_param_uint (ocf, "number", 100);
    seen_flag = ra_ocf_param_bool (ocf, "flag", true);
    g_free (seen_text);
    seen_text = g_strdup (ra_ocf_param (ocf, "text"));
    return RA_OCF_SUCCESS;
}

static int
do_monitor (RaOcf *ocf)
{
    if (ra_ocf_is_probe (ocf))
        return RA_OCF_NOT_RUNNING;
    return ra_ocf_fail (ocf, RA_OCF_ERR_GENERIC, "level %u, %u ms, %s\nforged: line",
                        ra_ocf_check_level (ocf), ra_ocf_timeout_ms (ocf, 1234),
                        ra_ocf_instance (ocf));
}

static const RaOcfParam params[] = {
    { "text", "string", NULL, "a <text>", "Some \"text\" & more.", true, true, NULL },
    { "number", "integer", "7", "a number", ".dots at line starts", false, false, NULL },
    { "flag", "boolean", "true", "a flag", "A flag.", false, false, NULL },
    { "old", "string", NULL, "old", "Old.", false, false, "it is old" },
};
static const RaOcfAction actions[] = {
    { "start", 20, 0, -1, do_start },     { "stop", 20, 0, -1, do_start },
    { "monitor", 20, 10, 0, do_monitor }, { "monitor", 30, 30, 10, do_monitor },
    { "meta-data", 5, 0, -1, NULL },
};
static const RaOcfAgent agent = { .name = "Test",
                                  .shortdesc = "tests",
                                  .longdesc = "One.\n\nTwo \\ three.",
                                  .params = params,
                                  .param_count = G_N_ELEMENTS (params),
                                  .actions = actions,
                                  .action_count = G_N_ELEMENTS (actions) };

static int
run (const char *action)
{
    char *argv[] = { (char *) "Test", (char *) action, NULL };
    return ra_ocf_main (&agent, action != NULL ? 2 : 1, argv);
}

static void
clear_environment (void)
{
    static const char *const names[] = { "OCF_RESKEY_text",
                                         "OCF_RESKEY_number",
                                         "OCF_RESKEY_flag",
                                         "OCF_RESKEY_old",
                                         "OCF_RESKEY_CRM_meta_interval",
                                         "OCF_RESKEY_CRM_meta_timeout",
                                         "OCF_CHECK_LEVEL",
                                         "OCF_RESKEY_unheard",
                                         "OCF_RESOURCE_INSTANCE" };
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        g_unsetenv (names[i]);
}

static void
test_parameters (void)
{
    clear_environment ();
    g_assert_cmpint (run ("start"), ==, RA_OCF_ERR_CONFIGURED); /* text is required */
    g_assert_cmpint (run ("stop"), ==, RA_OCF_SUCCESS);         /* nothing can have been started */
    g_assert_null (seen_text);                                  /* and the agent was not asked */
    g_setenv ("OCF_RESKEY_text", "", TRUE);
    g_assert_cmpint (run ("start"), ==, RA_OCF_ERR_CONFIGURED); /* empty is not given */
    g_setenv ("OCF_RESKEY_text", "hello", TRUE);
    g_assert_cmpint (run ("start"), ==, RA_OCF_SUCCESS);
    g_assert_cmpstr (seen_text, ==, "hello");
    g_assert_cmpuint (seen_number, ==, 7);
    g_assert_true (seen_flag);
    g_setenv ("OCF_RESKEY_number", "100", TRUE);
    g_setenv ("OCF_RESKEY_flag", "OFF", TRUE);
    g_assert_cmpint (run ("start"), ==, RA_OCF_SUCCESS);
    g_assert_cmpuint (seen_number, ==, 100);
    g_assert_false (seen_flag);
    g_setenv ("OCF_RESKEY_number", "101", TRUE); /* beyond the limit: the default */
    g_setenv ("OCF_RESKEY_flag", "perhaps", TRUE);
    g_assert_cmpint (run ("start"), ==, RA_OCF_SUCCESS);
    g_assert_cmpuint (seen_number, ==, 7);
    g_assert_true (seen_flag);
}

static void
test_actions (void)
{
    clear_environment ();
    g_setenv ("OCF_RESKEY_text", "x", TRUE);
    g_assert_cmpint (run (NULL), ==, RA_OCF_ERR_UNIMPLEMENTED);
    g_assert_cmpint (run ("fly"), ==, RA_OCF_ERR_UNIMPLEMENTED);
    g_assert_cmpint (run ("usage"), ==, RA_OCF_SUCCESS);
    g_assert_cmpint (run ("methods"), ==, RA_OCF_SUCCESS);
    g_assert_cmpint (run ("monitor"), ==, RA_OCF_NOT_RUNNING); /* no interval: a probe */
    g_setenv ("OCF_RESKEY_CRM_meta_interval", "0", TRUE);
    g_assert_cmpint (run ("status"), ==, RA_OCF_NOT_RUNNING);
    g_setenv ("OCF_RESKEY_CRM_meta_interval", "10000", TRUE);
    g_assert_cmpint (run ("monitor"), ==, RA_OCF_ERR_GENERIC);
}

static void
test_meta_data_works_without_parameters (void)
{
    clear_environment ();
    g_assert_cmpint (run ("meta-data"), ==, RA_OCF_SUCCESS);
}

static void
reason_in_subprocess (void)
{
    clear_environment ();
    g_setenv ("OCF_RESKEY_text", "x", TRUE);
    g_setenv ("OCF_RESKEY_CRM_meta_interval", "10000", TRUE);
    g_setenv ("OCF_RESKEY_CRM_meta_timeout", "500", TRUE);
    g_setenv ("OCF_CHECK_LEVEL", "10", TRUE);
    g_setenv ("OCF_RESOURCE_INSTANCE", "web", TRUE);
    run ("monitor");
    g_setenv ("OCF_RESKEY_old", "1", TRUE);
    g_setenv ("OCF_RESKEY_unheard", "1", TRUE);
    run ("start");
}

static void
test_reasons_and_warnings (void)
{
    if (g_test_subprocess ()) {
        reason_in_subprocess ();
        return;
    }
    g_test_trap_subprocess (NULL, 10 * G_USEC_PER_SEC, 0);
    g_test_trap_assert_passed ();
    g_test_trap_assert_stderr ("*ocf-exit-reason:level 10, 500 ms, web forged: line\n*");
    g_test_trap_assert_stderr ("*WARNING: parameter old does nothing: it is old\n*");
    g_test_trap_assert_stderr ("*WARNING: Test has no parameter 'unheard'; it is ignored\n*");
}

static void
test_texts (void)
{
    g_autofree char *xml = ra_ocf_metadata (&agent);
    g_assert_nonnull (strstr (xml, "<shortdesc lang=\"en\">a &lt;text&gt;</shortdesc>"));
    g_assert_nonnull (strstr (xml, "<parameter name=\"text\" unique=\"1\" required=\"1\">"));
    g_assert_nonnull (strstr (xml, "<content type=\"integer\" default=\"7\"/>"));
    g_assert_nonnull (
        strstr (xml, "<action name=\"monitor\" timeout=\"30s\" interval=\"30s\" depth=\"10\"/>"));
    g_autofree char *man = ra_ocf_man_page (&agent);
    g_assert_nonnull (strstr (man, "\n\\&.dots at line starts\n"));
    g_assert_nonnull (strstr (man, "One.\n.PP\nTwo \\e three.\n"));
    for (guint i = 0; i < G_N_ELEMENTS (params); i++) {
        g_autofree char *line = g_strdup_printf ("\n.B %s\n", params[i].name);
        g_assert_nonnull (strstr (man, line));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ra/ocf/parameters", test_parameters);
    g_test_add_func ("/ra/ocf/actions", test_actions);
    g_test_add_func ("/ra/ocf/meta-data-works-without-parameters",
                     test_meta_data_works_without_parameters);
    g_test_add_func ("/ra/ocf/reasons-and-warnings", test_reasons_and_warnings);
    g_test_add_func ("/ra/ocf/texts", test_texts);
    int rc = g_test_run ();
    g_free (seen_text);
    return rc;
}
