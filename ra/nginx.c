/* SPDX-License-Identifier: Apache-2.0 */
/* The nginx agent. Parameters are those of the stock agent (doc/crm.md 3.4); what differs: every level
 * asks the server, so that a frozen one is noticed; the end is by pid and without fixed pauses; a
 * server that already runs with the same configuration is adopted. */
#include "config.h"

#include "ra/lib/process.h"
#include "ra/nginx_conf.h"
#include "ra/web.h"

#include <signal.h>
#include <string.h>

#define DEFAULT_REGEX "Reading: [0-9]+ Writing: [0-9]+ Waiting: [0-9]+"
#define BUILD_INFO_MS 5000

typedef struct {
    RaWeb web;
    RaNginxConf *conf;
    char *conf_dir; /* relative includes start there */
    char *prefix;   /* relative paths start there */
    RaConfBudget budget;
} Nginx;

static void
nginx_clear (Nginx *n)
{
    ra_web_clear (&n->web);
    g_clear_pointer (&n->conf, ra_nginx_conf_free);
    g_free (n->conf_dir);
    g_free (n->prefix);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Nginx, nginx_clear)

/* The value of `--NAME=VALUE` in the output of nginx -V; (transfer full), NULL: not there. */
static char *
build_option (const char *info, const char *name)
{
    g_autofree char *key = g_strdup_printf ("--%s=", name);
    const char *p = strstr (info, key);
    if (p == NULL)
        return NULL;
    p += strlen (key);
    return g_strndup (p, strcspn (p, " \t\r\n"));
}

/* Built-in places; asked of the binary only because distributions differ. */
static int
read_build_info (Nginx *n, char **conf_path, char **pid_path)
{
    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    const char *argv[] = { n->web.binary, "-V", NULL };
    if (!ra_process_run (argv, NULL, BUILD_INFO_MS, &out, &reason))
        return ra_ocf_fail (n->web.ocf, RA_OCF_ERR_INSTALLED, "%s", reason);
    *conf_path = build_option (out.err->str, "conf-path");
    *pid_path = build_option (out.err->str, "pid-path");
    n->prefix = build_option (out.err->str, "prefix");
    return RA_OCF_SUCCESS;
}

static GPtrArray *
include (const char *pattern, gpointer user)
{
    Nginx *n = user;
    return ra_conf_read (n->conf_dir, pattern, &n->budget);
}

static char *
below_prefix (const Nginx *n, const char *path)
{
    if (g_path_is_absolute (path))
        return g_strdup (path);
    return g_build_filename (n->prefix != NULL ? n->prefix : "/usr/share/nginx", path, NULL);
}

/* Result when the configuration file is not there: a stop has nothing to do then, a probe finds
 * nothing (doc/crm.md 1.4: start 6, stop 0). */
static int
missing (const RaOcf *ocf, int rc_when_missing, const char *path)
{
    if (rc_when_missing == RA_OCF_ERR_CONFIGURED)
        return ra_ocf_fail (ocf, RA_OCF_ERR_CONFIGURED, "configuration file %s is not there", path);
    return rc_when_missing;
}

/* @rc_when_missing  result when binary or file is missing and that means "nothing runs" */
static int
setup (RaOcf *ocf, Nginx *n, int rc_when_missing)
{
    g_autofree char *built_conf = NULL, *built_pid = NULL;
    const char *binary = ra_ocf_param (ocf, "httpd");
    n->budget = RA_CONF_BUDGET;
    n->web.ocf = ocf;
    n->web.title = "nginx";
    n->web.port = ra_ocf_param_uint (ocf, "port", 65535);
    n->web.binary = ra_web_find_program (binary);
    if (n->web.binary == NULL)
        return rc_when_missing == RA_OCF_ERR_CONFIGURED
                   ? ra_ocf_fail (ocf, RA_OCF_ERR_INSTALLED, "program %s is not installed", binary)
                   : rc_when_missing;
    int rc = read_build_info (n, &built_conf, &built_pid);
    if (rc != RA_OCF_SUCCESS)
        return rc;
    const char *config = ra_ocf_param (ocf, "configfile");
    if (config == NULL)
        config = built_conf != NULL ? built_conf : "/etc/nginx/nginx.conf";
    n->web.config = g_strdup (config);
    n->conf_dir = g_path_get_dirname (config);
    g_autoptr (GPtrArray) texts = ra_conf_read (NULL, config, &n->budget);
    if (texts->len == 0)
        return missing (ocf, rc_when_missing, config);
    n->conf = ra_nginx_conf_parse (g_ptr_array_index (texts, 0), include, n);
    const char *pid = n->conf->pid != NULL ? n->conf->pid : built_pid;
    n->web.pid_file = below_prefix (n, pid != NULL ? pid : "logs/nginx.pid");
    n->web.listens = g_array_ref (n->conf->listens);
    return -1; /* go on */
}

/* The command line of nginx with @extra in front of the user's options. */
static GPtrArray *
command (const Nginx *n, const char *extra, const char *value)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
    g_auto (GStrv) words = NULL;
    const char *options = ra_ocf_param (n->web.ocf, "options");
    g_ptr_array_add (argv, g_strdup (n->web.binary));
    if (extra != NULL)
        g_ptr_array_add (argv, g_strdup (extra));
    if (value != NULL)
        g_ptr_array_add (argv, g_strdup (value));
    if (options != NULL && g_shell_parse_argv (options, NULL, &words, NULL))
        for (guint i = 0; words[i] != NULL; i++)
            g_ptr_array_add (argv, g_strdup (words[i]));
    g_ptr_array_add (argv, g_strdup ("-c"));
    g_ptr_array_add (argv, g_strdup (n->web.config));
    g_ptr_array_add (argv, NULL);
    return argv;
}

static int
run_nginx (const Nginx *n, const char *extra, const char *value, int rc_when_bad)
{
    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    g_autoptr (GPtrArray) argv = command (n, extra, value);
    guint limit_ms = ra_ocf_timeout_ms (n->web.ocf, 40000) / 5 * 4;
    if (!ra_process_run ((const char *const *) argv->pdata, NULL, limit_ms, &out, &reason))
        return ra_ocf_fail (n->web.ocf, RA_OCF_ERR_GENERIC, "%s", reason);
    if (out.exit_code == 0)
        return RA_OCF_SUCCESS;
    g_autofree char *first = g_strndup (out.err->str, MIN (strcspn (out.err->str, "\n"), 300));
    return ra_ocf_fail (n->web.ocf, rc_when_bad, "%s", *first != '\0' ? first : "nginx failed");
}

static int
test_config (const Nginx *n)
{
    return run_nginx (n, "-tq", NULL, RA_OCF_ERR_INSTALLED); /* 5, as the stock agent: not here */
}

static RaWebEnd
how_to_end (const RaOcf *ocf)
{
    return (RaWebEnd){ .graceful_signal = SIGQUIT,
                       .fast_signal = SIGTERM,
                       .graceful_ms = ra_ocf_param_uint (ocf, "graceful_timeout", 3600000),
                       .fast_ms = 2000 };
}

static int
do_start (RaOcf *ocf)
{
    g_auto (Nginx) n = { 0 };
    int rc = setup (ocf, &n, RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    if (ra_web_pid (&n.web) != 0) {
        rc = ra_web_check_alive (&n.web, ra_web_check_ms (ocf));
        if (rc == RA_OCF_SUCCESS) {
            ra_ocf_log (ocf, "INFO", "nginx already runs with %s; taken over as it is",
                        n.web.config);
            return rc;
        }
        RaWebEnd end = how_to_end (ocf);
        end.graceful_ms = 0; /* it does not react: nothing to wait for */
        rc = ra_web_stop (&n.web, &end);
        if (rc != RA_OCF_SUCCESS)
            return rc;
    }
    rc = test_config (&n);
    if (rc == RA_OCF_SUCCESS)
        rc = run_nginx (&n, NULL, NULL, RA_OCF_ERR_GENERIC);
    if (rc == RA_OCF_SUCCESS)
        rc = ra_web_wait_up (&n.web, ra_ocf_timeout_ms (ocf, 40000) / 5 * 4);
    return rc;
}

static int
do_stop (RaOcf *ocf)
{
    g_auto (Nginx) n = { 0 };
    int rc = setup (ocf, &n, RA_OCF_SUCCESS);
    if (rc >= 0)
        return rc;
    RaWebEnd end = how_to_end (ocf);
    return ra_web_stop (&n.web, &end);
}

static int
check_status_page (const Nginx *n, guint limit_ms)
{
    const RaOcf *ocf = n->web.ocf;
    const char *url = ra_ocf_param (ocf, "status10url");
    const char *regex = ra_ocf_param (ocf, "status10regex");
    const RaListen *listen = NULL;
    if (url == NULL)
        url = n->conf->status_path;
    if (url == NULL)
        return RA_OCF_SUCCESS; /* no status page: level 0 has asked the server already */
    for (guint i = 0; n->conf->status_path == url && listen == NULL && i < n->web.listens->len;
         i++) {
        const RaListen *l = &g_array_index (n->web.listens, RaListen, i);
        if (l->server == n->conf->status_server && !l->is_tls && !l->is_proxy_protocol)
            listen = l;
    }
    return ra_web_check_url (&n->web, url, regex, listen, limit_ms);
}

static int
check_page (const Nginx *n, guint limit_ms)
{
    const char *url = ra_ocf_param (n->web.ocf, "test20url");
    const char *regex = ra_ocf_param (n->web.ocf, "test20regex");
    if (url == NULL || regex == NULL)
        return ra_ocf_fail (n->web.ocf, RA_OCF_ERR_CONFIGURED,
                            "level 20 needs the parameters test20url and test20regex");
    return ra_web_check_url (&n->web, url, regex, NULL, limit_ms);
}

static int
check_command (const Nginx *n, guint limit_ms)
{
    g_auto (RaProcessOutput) out = { 0 };
    g_auto (GStrv) argv = NULL;
    g_autofree char *reason = NULL;
    const char *line = ra_ocf_param (n->web.ocf, "external_monitor30_cmd");
    if (line == NULL || !g_shell_parse_argv (line, NULL, &argv, NULL))
        return ra_ocf_fail (n->web.ocf, RA_OCF_ERR_CONFIGURED,
                            "level 30 needs the parameter external_monitor30_cmd");
    if (!ra_process_run ((const char *const *) argv, NULL, limit_ms, &out, &reason))
        return ra_ocf_fail (n->web.ocf, RA_OCF_ERR_GENERIC, "%s", reason);
    if (out.exit_code == 0)
        return RA_OCF_SUCCESS;
    return ra_ocf_fail (n->web.ocf, RA_OCF_NOT_RUNNING, "%s ended with %d", argv[0], out.exit_code);
}

static int
do_monitor (RaOcf *ocf)
{
    g_auto (Nginx) n = { 0 };
    int rc = setup (ocf, &n, ra_ocf_is_probe (ocf) ? RA_OCF_NOT_RUNNING : RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    guint limit_ms = ra_web_check_ms (ocf);
    guint level = ra_ocf_check_level (ocf);
    rc = ra_web_check_alive (&n.web, limit_ms);
    if (rc != RA_OCF_SUCCESS || ra_ocf_is_probe (ocf))
        return rc;
    if (level < 20)
        return check_status_page (&n, limit_ms);
    return level < 30 ? check_page (&n, limit_ms) : check_command (&n, limit_ms);
}

static int
do_reload (RaOcf *ocf)
{
    g_auto (Nginx) n = { 0 };
    int rc = setup (ocf, &n, RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    if (ra_web_pid (&n.web) == 0)
        return RA_OCF_NOT_RUNNING;
    rc = test_config (&n);
    return rc == RA_OCF_SUCCESS ? run_nginx (&n, "-s", "reload", RA_OCF_ERR_GENERIC) : rc;
}

static int
do_validate (RaOcf *ocf)
{
    g_auto (Nginx) n = { 0 };
    int rc = setup (ocf, &n, RA_OCF_ERR_CONFIGURED);
    return rc >= 0 ? rc : test_config (&n);
}

static const char no_client[] = "the agent asks by itself";
static const char no_testfile[] = "use test20url and test20regex";

static const RaOcfParam params[] = {
    { "configfile", "string", NULL, "configuration file",
      "Configuration file. Without it: the one built into the program.", false, true, NULL },
    { "httpd", "string", "nginx", "program", "The nginx program, a path or a name.", false, false,
      NULL },
    { "port", "integer", "0", "port to ask",
      "Port that the checks ask on the loopback address. 0: the first suitable listen of the "
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
    { "status10url", "string", NULL, "status page",
      "URL or path of the status page for levels 0 and 10. Without it: the location with "
      "stub_status "
      "in the configuration, if there is one. A host name goes into the Host field; the question "
      "goes "
      "to this server.",
      false, false, NULL },
    { "status10regex", "string", DEFAULT_REGEX, "expression for the status page",
      "Regular expression that must match in it, case ignored.", false, false, NULL },
    { "test20url", "string", NULL, "page for level 20", "URL or path that level 20 asks for.",
      false, false, NULL },
    { "test20regex", "string", NULL, "expression for level 20",
      "Regular expression that must match in that page, case ignored.", false, false, NULL },
    { "external_monitor30_cmd", "string", NULL, "command for level 30",
      "Program with arguments that level 30 runs, without a shell; any result but 0 means not "
      "running.",
      false, false, NULL },
    { "options", "string", NULL, "more options", "Further options for the nginx command line.",
      false, false, NULL },
    { "testclient", "string", NULL, "HTTP client", "Of the stock agent.", false, false, no_client },
    { "test20conffile", "string", NULL, "file with tests", "Of the stock agent.", false, false,
      no_testfile },
    { "test20name", "string", NULL, "test in that file", "Of the stock agent.", false, false,
      no_testfile },
};

static const RaOcfAction actions[] = {
    { "start", 40, 0, -1, do_start },      { "stop", 60, 0, -1, do_stop },
    { "reload", 40, 0, -1, do_reload },    { "monitor", 30, 10, 0, do_monitor },
    { "monitor", 30, 30, 10, do_monitor }, { "monitor", 45, 45, 20, do_monitor },
    { "monitor", 60, 60, 30, do_monitor }, { "validate-all", 40, 0, -1, do_validate },
    { "meta-data", 5, 0, -1, NULL },
};

int
main (int argc, char **argv)
{
    static const RaOcfAgent agent = {
        .name = "nginx",
        .shortdesc = "runs the nginx web server and asks it whether it works",
        .longdesc = "Starts, checks and stops nginx. start tests the configuration first and "
                    "returns when the "
                    "server answers; an nginx that already runs with the same pid file and answers "
                    "is taken "
                    "over, whoever started it. stop lets running requests finish for "
                    "graceful_timeout, then ends "
                    "the server; only processes of that server, found by its pid file, are ever "
                    "signalled.\n\n"
                    "Every monitor asks the server over HTTP, so a frozen one is noticed within "
                    "check_timeout. "
                    "Levels (OCF_CHECK_LEVEL): 0 and 10 the status page if there is one, else any "
                    "reaction; 20 a "
                    "page of yours; 30 a command of yours.",
        .params = params,
        .param_count = G_N_ELEMENTS (params),
        .actions = actions,
        .action_count = G_N_ELEMENTS (actions),
    };
    return ra_ocf_main (&agent, argc, argv);
}
