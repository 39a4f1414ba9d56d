/* SPDX-License-Identifier: Apache-2.0 */
/* Frame of OCF agents; see ocf.h. The texts made from the table are in ocf_text.c. */
#include "config.h"

#include "ra/lib/ocf.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

struct _RaOcf {
    const RaOcfAgent *agent;
    const char *action;
};

static const RaOcfParam *
find_param (const RaOcfAgent *agent, const char *name)
{
    for (gsize i = 0; i < agent->param_count; i++)
        if (strcmp (agent->params[i].name, name) == 0)
            return &agent->params[i];
    return NULL;
}

static const char *
environment (const char *prefix, const char *name)
{
    g_autofree char *key = g_strconcat (prefix, name, NULL);
    const char *value = g_getenv (key);
    return value != NULL && *value != '\0' ? value : NULL;
}

const char *
ra_ocf_param (const RaOcf *ocf, const char *name)
{
    const RaOcfParam *param = find_param (ocf->agent, name);
    g_assert (param != NULL);
    const char *value = environment ("OCF_RESKEY_", name);
    return value != NULL ? value : param->default_value;
}

static int
text_to_bool (const char *text)
{
    static const char *const words[] = { "false", "true", "no", "yes", "0", "1", "off", "on" };
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        if (g_ascii_strcasecmp (text, words[i]) == 0)
            return i % 2;
    return -1;
}

bool
ra_ocf_param_bool (const RaOcf *ocf, const char *name, bool fallback)
{
    const char *text = ra_ocf_param (ocf, name);
    int value = text != NULL ? text_to_bool (text) : fallback;
    if (value >= 0)
        return value == 1;
    ra_ocf_log (ocf, "WARNING", "parameter %s: '%.60s' is neither true nor false; taken as %s",
                name, text, fallback ? "true" : "false");
    return fallback;
}

guint
ra_ocf_param_uint (const RaOcf *ocf, const char *name, guint max)
{
    const char *text = ra_ocf_param (ocf, name);
    const char *fallback = find_param (ocf->agent, name)->default_value;
    guint64 value;
    if (text != NULL && g_ascii_string_to_unsigned (text, 10, 0, max, &value, NULL))
        return (guint) value;
    if (text != NULL)
        ra_ocf_log (ocf, "WARNING",
                    "parameter %s: '%.60s' is not a number from 0 to %u; taken as %s", name, text,
                    max, fallback != NULL ? fallback : "0");
    return fallback != NULL ? (guint) g_ascii_strtoull (fallback, NULL, 10) : 0;
}

bool
ra_ocf_is_probe (const RaOcf *ocf)
{
    const char *interval = environment ("OCF_RESKEY_CRM_meta_", "interval");
    return interval == NULL || strcmp (interval, "0") == 0;
}

guint
ra_ocf_check_level (const RaOcf *ocf)
{
    const char *text = g_getenv ("OCF_CHECK_LEVEL");
    guint64 level = 0;
    if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, 1000, &level, NULL))
        return 0;
    return (guint) level;
}

guint
ra_ocf_timeout_ms (const RaOcf *ocf, guint fallback_ms)
{
    const char *text = environment ("OCF_RESKEY_CRM_meta_", "timeout");
    guint64 ms;
    if (text != NULL && g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT, &ms, NULL))
        return (guint) ms;
    return fallback_ms;
}

const char *
ra_ocf_instance (const RaOcf *ocf)
{
    const char *name = g_getenv ("OCF_RESOURCE_INSTANCE");
    return name != NULL && *name != '\0' ? name : ocf->agent->name;
}

static void
print_line (const char *prefix, const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf (format, args);
    g_strdelimit (text, "\r\n", ' ');
    fprintf (stderr, "%s%s\n", prefix, text);
}

int
ra_ocf_fail (const RaOcf *ocf, int rc, const char *format, ...)
{
    const char *prefix = g_getenv ("OCF_EXIT_REASON_PREFIX");
    va_list args;
    va_start (args, format);
    print_line (prefix != NULL && *prefix != '\0' ? prefix : "ocf-exit-reason:", format, args);
    va_end (args);
    return rc;
}

void
ra_ocf_log (const RaOcf *ocf, const char *level, const char *format, ...)
{
    g_autofree char *prefix = g_strconcat (level, ": ", NULL);
    va_list args;
    va_start (args, format);
    print_line (prefix, format, args);
    va_end (args);
}

/* What the user wrote and we do not do, each said once per start. */
static void
warn_about_parameters (const RaOcf *ocf)
{
    static const char prefix[] = "OCF_RESKEY_";
    for (char **entry = environ; *entry != NULL; entry++) {
        if (!g_str_has_prefix (*entry, prefix))
            continue;
        const char *begin = *entry + strlen (prefix);
        const char *equals = strchr (begin, '=');
        if (equals == NULL || equals[1] == '\0' || g_str_has_prefix (begin, "CRM_meta_")
            || g_str_has_prefix (begin, "crm_feature_set"))
            continue;
        g_autofree char *name = g_strndup (begin, (gsize) (equals - begin));
        const RaOcfParam *param = find_param (ocf->agent, name);
        if (param == NULL)
            ra_ocf_log (ocf, "WARNING", "%s has no parameter '%.60s'; it is ignored",
                        ocf->agent->name, name);
        else if (param->ignored != NULL)
            ra_ocf_log (ocf, "WARNING", "parameter %s does nothing: %s", name, param->ignored);
    }
}

static const RaOcfAction *
find_action (const RaOcfAgent *agent, const char *name)
{
    if (strcmp (name, "status") == 0)
        name = "monitor";
    for (gsize i = 0; i < agent->action_count; i++)
        if (agent->actions[i].run != NULL && strcmp (agent->actions[i].name, name) == 0)
            return &agent->actions[i];
    return NULL;
}

static void
print_names (const RaOcfAgent *agent, const char *separator)
{
    const char *last = "";
    for (gsize i = 0; i < agent->action_count; i++) {
        if (strcmp (agent->actions[i].name, last) != 0)
            printf ("%s%s", i > 0 ? separator : "", agent->actions[i].name);
        last = agent->actions[i].name;
    }
    printf ("%sstatus%susage%smethods\n", separator, separator, separator);
}

static void
print_usage (const RaOcfAgent *agent)
{
    printf ("usage: %s ACTION\n%s.\nActions: ", agent->name, agent->shortdesc);
    print_names (agent, " ");
    printf ("Parameters come as OCF_RESKEY_NAME in the environment; meta-data lists them.\n");
}

/* The actions that every agent has alike; -1: not one of them. */
static int
run_common (const RaOcfAgent *agent, const char *action)
{
    if (strcmp (action, "meta-data") == 0 || strcmp (action, "man-page") == 0) {
        bool is_xml = action[1] == 'e';
        g_autofree char *text = is_xml ? ra_ocf_metadata (agent) : ra_ocf_man_page (agent);
        fputs (text, stdout);
    } else if (strcmp (action, "usage") == 0 || strcmp (action, "help") == 0
               || strcmp (action, "--help") == 0) {
        print_usage (agent);
    } else if (strcmp (action, "methods") == 0) {
        print_names (agent, "\n");
    } else {
        return -1;
    }
    return fflush (stdout) == 0 ? RA_OCF_SUCCESS : RA_OCF_ERR_GENERIC;
}

static const char *
missing_parameter (const RaOcf *ocf)
{
    for (gsize i = 0; i < ocf->agent->param_count; i++)
        if (ocf->agent->params[i].is_required
            && ra_ocf_param (ocf, ocf->agent->params[i].name) == NULL)
            return ocf->agent->params[i].name;
    return NULL;
}

int
ra_ocf_main (const RaOcfAgent *agent, int argc, char **argv)
{
    RaOcf ocf = { .agent = agent, .action = argc > 1 ? argv[1] : "" };
    int rc = run_common (agent, ocf.action);
    if (rc >= 0)
        return rc;
    const RaOcfAction *action = find_action (agent, ocf.action);
    if (action == NULL) {
        print_usage (agent);
        return RA_OCF_ERR_UNIMPLEMENTED;
    }
    if (strcmp (action->name, "start") == 0 || strcmp (action->name, "validate-all") == 0)
        warn_about_parameters (&ocf);
    const char *missing = missing_parameter (&ocf);
    if (missing == NULL)
        return action->run (&ocf);
    int rc_missing = ra_ocf_fail (&ocf, RA_OCF_ERR_CONFIGURED, "parameter %s is missing", missing);
    /* Without it nothing can ever have been started; a failed stop would block the group. */
    return strcmp (action->name, "stop") == 0 ? RA_OCF_SUCCESS : rc_missing;
}
