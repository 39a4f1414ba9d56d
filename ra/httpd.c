/* SPDX-License-Identifier: Apache-2.0 */
/* The httpd agent (Apache HTTP server), also installed as apache. Parameters are those of the stock
 * apache agent (doc/crm.md 3.3); what differs: the end is by pid and without fixed pauses, a server that
 * already runs with the same configuration is adopted, and no external HTTP client is needed. */
#include "config.h"

#include "ra/httpd_conf.h"
#include "ra/lib/process.h"
#include "ra/web.h"

#include <signal.h>
#include <string.h>

#ifndef SIGWINCH
#define SIGWINCH 28
#endif
#define ENV_MS   5000
#define HTML_END "</ *html *>"

typedef struct {
    RaWeb web;
    RaHttpdConf *conf;
    GHashTable *variables; /* of the environment files, for ${NAME} in the configuration */
    char **environment;    /* for the server */
    char *base;            /* relative paths start there without ServerRoot */
    RaConfBudget budget;
} Httpd;

static void
httpd_clear (Httpd *h)
{
    ra_web_clear (&h->web);
    g_clear_pointer (&h->conf, ra_httpd_conf_free);
    g_clear_pointer (&h->variables, g_hash_table_unref);
    g_strfreev (h->environment);
    g_free (h->base);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Httpd, httpd_clear)

static char *
find_binary (const RaOcf *ocf)
{
    static const char *const names[] = { "apache2", "httpd", "httpd2" };
    const char *given = ra_ocf_param (ocf, "httpd");
    if (given != NULL)
        return ra_web_find_program (given);
    char *found = NULL;
    for (guint i = 0; found == NULL && i < G_N_ELEMENTS (names); i++)
        found = ra_web_find_program (names[i]);
    return found;
}

static const char *
find_config (const RaOcf *ocf)
{
    static const char *const places[] = { "/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf",
                                          "/etc/apache2/httpd.conf",
                                          "/usr/local/apache2/conf/httpd.conf" };
    const char *given = ra_ocf_param (ocf, "configfile");
    for (guint i = 0; given == NULL && i < G_N_ELEMENTS (places); i++)
        if (g_file_test (places[i], G_FILE_TEST_IS_REGULAR))
            given = places[i];
    return given != NULL ? given : places[0];
}

static void
add_variables (Httpd *h, const GString *text)
{
    for (gsize at = 0; at < text->len; at += strlen (text->str + at) + 1) {
        const char *entry = text->str + at;
        const char *equals = strchr (entry, '=');
        if (equals == NULL || equals == entry || g_str_has_prefix (entry, "OCF_"))
            continue;
        g_autofree char *name = g_strndup (entry, (gsize) (equals - entry));
        h->environment = g_environ_setenv (h->environment, name, equals + 1, TRUE);
        g_hash_table_replace (h->variables, g_steal_pointer (&name), g_strdup (equals + 1));
    }
}

/* The environment files are shell programs (Debian's envvars has conditions in it), written by the
 * administrator for a shell. So a shell reads them: a fixed program, the file's name as its argument. */
static int
read_environment (Httpd *h)
{
    static const char program[] =
        "set -a; for f; do test ! -r \"$f\" || . \"$f\"; done; exec env -0";
    const char *files = ra_ocf_param (h->web.ocf, "envfiles");
    h->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    h->environment = g_get_environ ();
    if (files == NULL)
        return RA_OCF_SUCCESS;
    g_auto (GStrv) names = g_strsplit_set (files, " \t", 32);
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    static const char *const head[] = { "/bin/sh", "-c", program, "sh" };
    for (guint i = 0; i < G_N_ELEMENTS (head); i++)
        g_ptr_array_add (argv, (gpointer) head[i]);
    bool is_any = false;
    for (guint i = 0; names[i] != NULL; i++)
        if (*names[i] == '/') {
            g_ptr_array_add (argv, names[i]);
            is_any |= g_file_test (names[i], G_FILE_TEST_IS_REGULAR);
        }
    g_ptr_array_add (argv, NULL);
    if (!is_any)
        return RA_OCF_SUCCESS;
    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    if (!ra_process_run ((const char *const *) argv->pdata, NULL, ENV_MS, &out, &reason))
        return ra_ocf_fail (h->web.ocf, RA_OCF_ERR_GENERIC, "envfiles %s: %s", files, reason);
    add_variables (h, out.out);
    return RA_OCF_SUCCESS;
}

static GPtrArray *
include (const char *server_root, const char *pattern, gpointer user)
{
    Httpd *h = user;
    return ra_conf_read (server_root != NULL ? server_root : h->base, pattern, &h->budget);
}

static char *
pid_file (const Httpd *h)
{
    const char *path = h->conf->pid_file != NULL ? h->conf->pid_file : "logs/httpd.pid";
    if (g_path_is_absolute (path))
        return g_strdup (path);
    return g_build_filename (h->conf->server_root != NULL ? h->conf->server_root : h->base, path,
                             NULL);
}

/* As in nginx.c: what a missing binary or file means depends on the action. -1: go on. */
static int
setup (RaOcf *ocf, Httpd *h, int rc_when_missing)
{
    bool must_exist = rc_when_missing == RA_OCF_ERR_CONFIGURED;
    h->budget = RA_CONF_BUDGET;
    h->web.ocf = ocf;
    h->web.title = "httpd";
    h->web.port = ra_ocf_param_uint (ocf, "port", 65535);
    h->web.use_ipv6 = ra_ocf_param_bool (ocf, "use_ipv6", false);
    h->web.binary = find_binary (ocf);
    if (h->web.binary == NULL)
        return must_exist ? ra_ocf_fail (ocf, RA_OCF_ERR_INSTALLED, "no httpd program is installed")
                          : rc_when_missing;
    h->web.config = g_strdup (find_config (ocf));
    h->base = g_path_get_dirname (h->web.config);
    g_autoptr (GPtrArray) texts = ra_conf_read (NULL, h->web.config, &h->budget);
    if (texts->len == 0)
        return must_exist ? ra_ocf_fail (ocf, RA_OCF_ERR_CONFIGURED,
                                         "configuration file %s is not there", h->web.config)
                          : rc_when_missing;
    int rc = read_environment (h);
    if (rc != RA_OCF_SUCCESS)
        return rc;
    g_hash_table_insert (h->variables, g_strdup ("STATUS"), g_strdup (""));
    h->conf = ra_httpd_conf_parse (g_ptr_array_index (texts, 0), h->variables, include, h);
    h->web.pid_file = pid_file (h);
    h->web.listens = g_array_ref (h->conf->listens);
    return -1;
}

static int
run_httpd (const Httpd *h, const char *const *extra, int rc_when_bad)
{
    const RaOcf *ocf = h->web.ocf;
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    g_auto (GStrv) words = NULL;
    const char *options = ra_ocf_param (ocf, "options");
    g_ptr_array_add (argv, h->web.binary);
    g_ptr_array_add (argv, (gpointer) "-DSTATUS");
    if (options != NULL && g_shell_parse_argv (options, NULL, &words, NULL))
        for (guint i = 0; words[i] != NULL; i++)
            g_ptr_array_add (argv, words[i]);
    g_ptr_array_add (argv, (gpointer) "-f");
    g_ptr_array_add (argv, h->web.config);
    for (guint i = 0; extra[i] != NULL; i++)
        g_ptr_array_add (argv, (gpointer) extra[i]);
    g_ptr_array_add (argv, NULL);

    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    guint limit_ms = ra_ocf_timeout_ms (ocf, 40000) / 5 * 4;
    if (!ra_process_run ((const char *const *) argv->pdata, h->environment, limit_ms, &out,
                         &reason))
        return ra_ocf_fail (ocf, RA_OCF_ERR_GENERIC, "%s", reason);
    if (out.exit_code == 0)
        return RA_OCF_SUCCESS;
    g_autofree char *last =
        out.err->len > 0 ? ra_last_line (out.err) : g_strdup ("the server's error log says why");
    return ra_ocf_fail (ocf, rc_when_bad, "%s ended with %d: %s", h->web.binary, out.exit_code,
                        last);
}

static int
test_config (const Httpd *h)
{
    static const char *const extra[] = { "-t", NULL };
    return run_httpd (h, extra, RA_OCF_ERR_CONFIGURED);
}

/* The run directory of a distribution's server is often made by its own start script only. */
static void
make_run_dir (const Httpd *h)
{
    const char *names[] = { "APACHE_RUN_DIR", "APACHE_LOCK_DIR" };
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        const char *dir = g_hash_table_lookup (h->variables, names[i]);
        if (dir != NULL && g_path_is_absolute (dir))
            g_mkdir_with_parents (dir, 0755);
    }
}

static RaWebEnd
how_to_end (const RaOcf *ocf)
{
    return (RaWebEnd){ .graceful_signal = SIGWINCH,
                       .fast_signal = SIGTERM,
                       .graceful_ms = ra_ocf_param_uint (ocf, "graceful_timeout", 3600000),
                       .fast_ms = 4000,
                       .ends_when_idle = TRUE };
}

static int
do_start (RaOcf *ocf)
{
    static const char *const extra[] = { "-k", "start", NULL };
    g_auto (Httpd) h = { 0 };
    int rc = setup (ocf, &h, RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    if (ra_web_pid (&h.web) != 0) {
        rc = ra_web_check_alive (&h.web, ra_web_check_ms (ocf));
        if (rc == RA_OCF_SUCCESS) {
            ra_ocf_log (ocf, "INFO", "httpd already runs with %s; taken over as it is",
                        h.web.config);
            return rc;
        }
        RaWebEnd end = how_to_end (ocf);
        end.graceful_ms = 0; /* it does not react: nothing to wait for */
        rc = ra_web_stop (&h.web, &end);
        if (rc != RA_OCF_SUCCESS)
            return rc;
    }
    make_run_dir (&h);
    rc = test_config (&h);
    if (rc == RA_OCF_SUCCESS)
        rc = run_httpd (&h, extra, RA_OCF_ERR_GENERIC);
    if (rc == RA_OCF_SUCCESS)
        rc = ra_web_wait_up (&h.web, ra_ocf_timeout_ms (ocf, 40000) / 5 * 4);
    return rc;
}

static int
do_stop (RaOcf *ocf)
{
    g_auto (Httpd) h = { 0 };
    int rc = setup (ocf, &h, RA_OCF_SUCCESS);
    if (rc >= 0)
        return rc;
    RaWebEnd end = how_to_end (ocf);
    return ra_web_stop (&h.web, &end);
}

/* Level 0 of the stock agent: the status page and its expression, when anything was said about it or the
 * configuration has one; any reaction otherwise. */
static int
check_level_0 (const Httpd *h, guint limit_ms)
{
    const char *url = ra_ocf_param (h->web.ocf, "statusurl");
    const char *regex = ra_ocf_param (h->web.ocf, "testregex");
    if (url == NULL && (regex == NULL || h->conf->status_path == NULL))
        return RA_OCF_SUCCESS; /* the reaction was seen already */
    return ra_web_check_url (&h->web, url != NULL ? url : h->conf->status_path,
                             regex != NULL ? regex : HTML_END, NULL, limit_ms);
}

static int
check_level_10 (const Httpd *h, guint limit_ms)
{
    const char *url = ra_ocf_param (h->web.ocf, "testurl");
    if (url == NULL)
        return ra_ocf_fail (h->web.ocf, RA_OCF_ERR_CONFIGURED,
                            "level 10 needs the parameter testurl");
    return ra_web_check_url (&h->web, url, ra_ocf_param (h->web.ocf, "testregex10"), NULL,
                             limit_ms);
}

static int
do_monitor (RaOcf *ocf)
{
    g_auto (Httpd) h = { 0 };
    int rc = setup (ocf, &h, ra_ocf_is_probe (ocf) ? RA_OCF_NOT_RUNNING : RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    guint limit_ms = ra_web_check_ms (ocf);
    rc = ra_web_check_alive (&h.web, limit_ms);
    if (rc != RA_OCF_SUCCESS || ra_ocf_is_probe (ocf))
        return rc;
    if (ra_ocf_check_level (ocf) < 10)
        return check_level_0 (&h, limit_ms);
    return check_level_10 (&h, limit_ms);
}

static int
do_reload (RaOcf *ocf)
{
    static const char *const extra[] = { "-k", "graceful", NULL };
    g_auto (Httpd) h = { 0 };
    int rc = setup (ocf, &h, RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    if (ra_web_pid (&h.web) == 0)
        return RA_OCF_NOT_RUNNING;
    rc = test_config (&h);
    return rc == RA_OCF_SUCCESS ? run_httpd (&h, extra, RA_OCF_ERR_GENERIC) : rc;
}

static int
do_validate (RaOcf *ocf)
{
    g_auto (Httpd) h = { 0 };
    int rc = setup (ocf, &h, RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    make_run_dir (&h);
    return test_config (&h);
}

static const char no_client[] = "the agent asks by itself";
static const char no_testfile[] = "use testurl and testregex10";

static const RaOcfParam params[] = {
    { "configfile", "string", NULL, "configuration file",
      "Main configuration file. Without it: the distribution's.", false, true, NULL },
    { "httpd", "string", NULL, "program",
      "The server program, a path or a name. Without it: the first of apache2, httpd, httpd2.",
      false, false, NULL },
    { "port", "integer", "0", "port to ask",
      "Port that the checks ask on the loopback address. 0: the first suitable Listen of the "
      "configuration.",
      false, false, NULL },
    { "check_timeout", "integer", "5000", "limit of one check in ms",
      "How long a check waits for an answer, in milliseconds; never more than 4/5 of the action's "
      "timeout. A server that does not answer in that time counts as failed.",
      false, false, NULL },
    { "graceful_timeout", "integer", "1000", "time for running requests in ms",
      "How long stop lets running requests finish, in milliseconds, before it ends the server "
      "fast. 0: "
      "fast at once.",
      false, false, NULL },
    { "statusurl", "string", NULL, "page for level 0",
      "URL or path that level 0 asks for. A host name goes into the Host field; the question goes "
      "to "
      "this server. Without it: any reaction of the server counts.",
      false, false, NULL },
    { "testregex", "string", NULL, "expression for level 0",
      "Regular expression that must match in that page, case ignored. Without it: a closing html "
      "tag. "
      "Without statusurl: the location with SetHandler server-status is asked.",
      false, false, NULL },
    { "testurl", "string", NULL, "page for level 10", "URL or path that level 10 asks for.", false,
      false, NULL },
    { "testregex10", "string", NULL, "expression for level 10",
      "Regular expression that must match in that page, case ignored. Without it: any answer with "
      "a "
      "status below 400.",
      false, false, NULL },
    { "options", "string", NULL, "more options", "Further options for the server's command line.",
      false, false, NULL },
    { "envfiles", "string", "/etc/apache2/envvars", "environment files",
      "Files with settings for the server's environment, absolute paths separated by blanks, read "
      "by "
      "/bin/sh. Those that do not exist are passed over.",
      false, false, NULL },
    { "use_ipv6", "boolean", "false", "ask over IPv6", "The checks ask ::1 instead of 127.0.0.1.",
      false, false, NULL },
    { "client", "string", NULL, "HTTP client", "Of the stock agent.", false, false, no_client },
    { "testconffile", "string", NULL, "file with tests", "Of the stock agent.", false, false,
      no_testfile },
    { "testname", "string", NULL, "test in that file", "Of the stock agent.", false, false,
      no_testfile },
};

static const RaOcfAction actions[] = {
    { "start", 40, 0, -1, do_start },      { "stop", 60, 0, -1, do_stop },
    { "reload", 40, 0, -1, do_reload },    { "monitor", 20, 10, 0, do_monitor },
    { "monitor", 30, 30, 10, do_monitor }, { "validate-all", 40, 0, -1, do_validate },
    { "meta-data", 5, 0, -1, NULL },
};

int
main (int argc, char **argv)
{
    g_autofree char *name = argc > 0 ? g_path_get_basename (argv[0]) : g_strdup ("httpd");
    const RaOcfAgent agent = {
        .name = strcmp (name, "apache") == 0 ? name : "httpd",
        .shortdesc = "runs the Apache web server and asks it whether it works",
        .longdesc =
            "Starts, checks and stops the Apache HTTP server. start tests the configuration first "
            "and "
            "returns when the server answers; a server that already runs with the same pid file "
            "and "
            "answers is taken over, whoever started it. stop lets running requests finish for "
            "graceful_timeout, then ends the server; only processes of that server, found by its "
            "pid "
            "file, are ever signalled.\n\n"
            "Every monitor asks the server over HTTP, so a frozen one is noticed within "
            "check_timeout. "
            "Levels (OCF_CHECK_LEVEL): 0 any reaction, or a page of yours; 10 another page of "
            "yours. "
            "Installed as httpd and as apache.",
        .params = params,
        .param_count = G_N_ELEMENTS (params),
        .actions = actions,
        .action_count = G_N_ELEMENTS (actions),
    };
    return ra_ocf_main (&agent, argc, argv);
}
