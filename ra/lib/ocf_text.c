/* SPDX-License-Identifier: Apache-2.0 */
/* Meta-data (ra-api-1.dtd) and manual page of an agent, both from its table; see ocf.h. */
#include "config.h"

#include "ra/lib/ocf.h"

#include <string.h>

static void G_GNUC_PRINTF (2, 3) add_xml (GString *out, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    g_autofree char *text = g_markup_vprintf_escaped (format, args);
    va_end (args);
    g_string_append (out, text);
}

static void
add_param (GString *out, const RaOcfParam *p)
{
    add_xml (out, "<parameter name=\"%s\" unique=\"%d\" required=\"%d\">\n", p->name, p->is_unique,
             p->is_required);
    add_xml (out, "<longdesc lang=\"en\">\n%s\n", p->longdesc);
    if (p->ignored != NULL)
        add_xml (out, "Accepted, does nothing: %s.\n", p->ignored);
    add_xml (out, "</longdesc>\n<shortdesc lang=\"en\">%s</shortdesc>\n", p->shortdesc);
    add_xml (out, "<content type=\"%s\"", p->type);
    if (p->default_value != NULL)
        add_xml (out, " default=\"%s\"", p->default_value);
    g_string_append (out, "/>\n</parameter>\n");
}

static void
add_action (GString *out, const RaOcfAction *a)
{
    add_xml (out, "<action name=\"%s\" timeout=\"%us\"", a->name, a->timeout_s);
    if (a->interval_s > 0)
        add_xml (out, " interval=\"%us\"", a->interval_s);
    if (a->depth >= 0)
        add_xml (out, " depth=\"%d\"", a->depth);
    g_string_append (out, "/>\n");
}

char *
ra_ocf_metadata (const RaOcfAgent *agent)
{
    GString *out = g_string_new ("<?xml version=\"1.0\"?>\n"
                                 "<!DOCTYPE resource-agent SYSTEM \"ra-api-1.dtd\">\n");
    add_xml (out, "<resource-agent name=\"%s\" version=\"%s\">\n<version>1.0</version>\n",
             agent->name, VERSION);
    add_xml (out, "<longdesc lang=\"en\">\n%s\n</longdesc>\n", agent->longdesc);
    add_xml (out, "<shortdesc lang=\"en\">%s</shortdesc>\n<parameters>\n", agent->shortdesc);
    for (gsize i = 0; i < agent->param_count; i++)
        add_param (out, &agent->params[i]);
    g_string_append (out, "</parameters>\n<actions>\n");
    for (gsize i = 0; i < agent->action_count; i++)
        add_action (out, &agent->actions[i]);
    g_string_append (out, "</actions>\n</resource-agent>\n");
    return g_string_free (out, FALSE);
}

/* Text as roff: backslashes and leading dots are commands there; an empty line is a paragraph. */
static void
add_roff (GString *out, const char *text)
{
    bool is_line_start = true;
    for (const char *p = text; *p != '\0'; p++) {
        if (is_line_start && *p == '\n') {
            g_string_append (out, ".PP\n");
            continue;
        }
        if (is_line_start && (*p == '.' || *p == '\''))
            g_string_append (out, "\\&");
        if (*p == '\\')
            g_string_append (out, "\\e");
        else if (*p == '-')
            g_string_append (out, "\\-");
        else
            g_string_append_c (out, *p);
        is_line_start = *p == '\n';
    }
    g_string_append_c (out, '\n');
}

static void
add_man_params (GString *out, const RaOcfAgent *agent, bool is_ignored)
{
    for (gsize i = 0; i < agent->param_count; i++) {
        const RaOcfParam *p = &agent->params[i];
        if ((p->ignored != NULL) != is_ignored)
            continue;
        g_string_append_printf (out, ".TP\n.B %s\n", p->name);
        g_string_append_printf (out, "(%s%s%s%s)\n", p->type, p->is_required ? ", required" : "",
                                p->default_value != NULL ? ", default " : "",
                                p->default_value != NULL ? p->default_value : "");
        add_roff (out, p->longdesc);
        if (p->ignored != NULL) {
            g_string_append (out, "Does nothing: ");
            add_roff (out, p->ignored);
        }
    }
}

static void
add_man_actions (GString *out, const RaOcfAgent *agent)
{
    for (gsize i = 0; i < agent->action_count; i++) {
        const RaOcfAction *a = &agent->actions[i];
        g_string_append_printf (out, ".TP\n.B %s\nadvised timeout %u s", a->name, a->timeout_s);
        if (a->interval_s > 0)
            g_string_append_printf (out, ", interval %u s", a->interval_s);
        if (a->depth > 0)
            g_string_append_printf (out, ", OCF_CHECK_LEVEL %d", a->depth);
        g_string_append_c (out, '\n');
    }
}

char *
ra_ocf_man_page (const RaOcfAgent *agent)
{
    g_autofree char *title = g_ascii_strup (agent->name, -1);
    GString *out = g_string_new (".\\\" made from the agent's own table; do not edit\n");
    g_string_append_printf (out, ".TH HBD_AGENT_%s 7 \"\" \"hbd %s\" \"Resource agents\"\n", title,
                            VERSION);
    g_string_append_printf (out, ".SH NAME\nhbd_agent_%s \\- %s\n.SH SYNOPSIS\n", agent->name,
                            agent->shortdesc);
    g_string_append_printf (out, ".B %s/resource.d/hbd/%s\n.I action\n.SH DESCRIPTION\n",
                            HBD_OCF_ROOT, agent->name);
    add_roff (out, agent->longdesc);
    g_string_append (out, ".SH PARAMETERS\nEach comes as OCF_RESKEY_NAME in the environment.\n");
    add_man_params (out, agent, false);
    g_string_append (out, ".SS Accepted for compatibility\n");
    add_man_params (out, agent, true);
    g_string_append (out, ".SH ACTIONS\n");
    add_man_actions (out, agent);
    g_string_append (
        out, ".SH EXIT STATUS\nThose of OCF: 0 done or running, 1 failed, 3 unknown action, "
             "4 no privilege,\n5 not installed, 6 configured wrongly, 7 not running.\n"
             ".SH SEE ALSO\n.BR hbd (8)\n");
    return g_string_free (out, FALSE);
}
