/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/options.h"

#include "hbd/base/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#define DEFAULT_RUN_DIR HBD_RUNSTATEDIR "/hbd"

static void
set_default (char **field, const char *value)
{
    if (*field == NULL)
        *field = g_strdup (value);
}

static void
fill_defaults (HbdOptions *o)
{
    struct utsname names;

    set_default (&o->ha_dir, HBD_SYSCONFDIR "/ha.d");
    o->has_keepalived_conf = o->keepalived_conf != NULL;
    set_default (&o->keepalived_conf, HBD_SYSCONFDIR "/keepalived/keepalived.conf");
    set_default (&o->conf, HBD_SYSCONFDIR "/hbd/hbd.conf");
    set_default (&o->run_dir, DEFAULT_RUN_DIR);
    set_default (&o->state_dir, HBD_LOCALSTATEDIR "/lib/hbd");
    set_default (&o->log_level, "info");
    if (o->node_name == NULL)
        o->node_name = g_strdup (uname (&names) == 0 ? names.nodename : "localhost");
}

static bool
check_values (HbdOptions *o, GError **error)
{
    static const char *const sides[] = { "heartbeat", "keepalived", "both", NULL };

    if (!hbd_level_parse (o->log_level, &o->level)) {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     "--log-level is one of error warning notice info debug");
        return false;
    }
    if (o->sides != NULL && !g_strv_contains (sides, o->sides)) {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     "--sides is one of heartbeat keepalived both");
        return false;
    }
    if (!g_path_is_absolute (o->run_dir) || !g_path_is_absolute (o->state_dir)) {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     "--run-dir and --state-dir are absolute paths");
        return false;
    }
    return true;
}

bool
hbd_options_parse (HbdOptions *o, int *argc, char ***argv, bool is_manager, int *exit_code)
{
    const GOptionEntry entries[] = {
        { "ha-dir", 0, 0, G_OPTION_ARG_FILENAME, &o->ha_dir,
          "ha.cf, haresources, authkeys (" HBD_SYSCONFDIR "/ha.d)", "DIR" },
        { "keepalived-conf", 0, 0, G_OPTION_ARG_FILENAME, &o->keepalived_conf,
          "keepalived's configuration", "FILE" },
        { "sides", 0, 0, G_OPTION_ARG_STRING, &o->sides,
          "heartbeat, keepalived or both, instead of deciding by which files exist", "SIDES" },
        { "conf", 0, 0, G_OPTION_ARG_FILENAME, &o->conf,
          "hbd's own settings (" HBD_SYSCONFDIR "/hbd/hbd.conf)", "FILE" },
        { "run-dir", 0, 0, G_OPTION_ARG_FILENAME, &o->run_dir,
          "control socket, pid file, journal (" DEFAULT_RUN_DIR ")", "DIR" },
        { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &o->state_dir,
          "what survives a reboot (" HBD_LOCALSTATEDIR "/lib/hbd)", "DIR" },
        { "node-name", 0, 0, G_OPTION_ARG_STRING, &o->node_name, "own node name (uname -n)",
          "NAME" },
        { "check", 0, 0, G_OPTION_ARG_NONE, &o->check,
          "check the configuration and end: 0 good, 1 errors", NULL },
        { "log-level", 0, 0, G_OPTION_ARG_STRING, &o->log_level,
          "error, warning, notice, info (default) or debug", "LEVEL" },
        { "version", 0, 0, G_OPTION_ARG_NONE, &o->version, "print the version and end", NULL },
        { is_manager ? "let-go" : NULL, 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &o->let_go,
          "remove the addresses that bear hbd's mark", NULL },
        { "resume", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &o->resume,
          "go on with the configuration on descriptor 4", NULL },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    g_autoptr (GOptionContext) context = g_option_context_new ("- keep services reachable");
    g_autoptr (GError) error = NULL;

    memset (o, 0, sizeof *o);
    g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, argc, argv, &error)) {
        fprintf (stderr, "hbd: error: %s\nhbd --help shows the options.\n", error->message);
        *exit_code = HBD_EXIT_USAGE;
        return false;
    }
    if (o->version) {
        puts ("hbd " PACKAGE_VERSION);
        *exit_code = 0;
        return false;
    }
    fill_defaults (o);
    if (*argc > 1 || !check_values (o, &error)) {
        fprintf (stderr, "hbd: error: %s%s\nhbd --help shows the options.\n",
                 error != NULL ? error->message : "unexpected argument ",
                 error != NULL ? "" : (*argv)[1]);
        *exit_code = HBD_EXIT_USAGE;
        return false;
    }
    return true;
}

void
hbd_options_clear (HbdOptions *o)
{
    char **fields[] = { &o->ha_dir,  &o->keepalived_conf, &o->sides,     &o->conf,
                        &o->run_dir, &o->state_dir,       &o->node_name, &o->log_level };

    for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
        g_clear_pointer (fields[i], g_free);
}

char *
hbd_options_heartbeat_pid (const HbdOptions *o)
{
    if (g_strcmp0 (o->run_dir, DEFAULT_RUN_DIR) == 0)
        return g_strdup (HBD_RUNSTATEDIR "/heartbeat.pid");
    return g_build_filename (o->run_dir, "heartbeat.pid", NULL);
}

bool
hbd_options_heartbeat_on (const HbdOptions *o)
{
    return o->sides == NULL || strcmp (o->sides, "keepalived") != 0;
}

bool
hbd_options_keepalived_on (const HbdOptions *o)
{
    return o->sides == NULL || strcmp (o->sides, "heartbeat") != 0;
}
