/* SPDX-License-Identifier: Apache-2.0 */
/* Commands (doc/keepalived.md 1.8): what only a shell would understand, programs that are not
 * there, and who runs them. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include <string.h>

static const char *const path_folders[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                            "/usr/bin",        "/sbin",          "/bin" };

static bool
is_executable (const CfgHost *host, const char *path)
{
    return host == NULL || host->is_executable == NULL || host->is_executable (host->data, path);
}

/* Where the program is, by its path or in the usual folders; NULL: nowhere. (transfer full) */
static char *
find_program (const CfgHost *host, const char *name)
{
    if (strchr (name, '/') != NULL)
        return is_executable (host, name) ? g_strdup (name) : NULL;
    for (guint i = 0; i < G_N_ELEMENTS (path_folders); i++) {
        g_autofree char *path = g_build_filename (path_folders[i], name, NULL);

        if (is_executable (host, path))
            return g_steal_pointer (&path);
    }
    return NULL;
}

static void
note_shell (CfgKaContext *context, CfgScript *script, bool is_there)
{
    const char *word = script->shell_word;

    if (context->allows_shell)
        return;
    script->trouble =
        cfg_ka_string (context, "it is written for a shell, and hbd.conf does not allow one");
    cfg_ka_diag_at (context->reader, CFG_WARNING, script->place,
                    "'%.60s' needs a shell, and keepalived runs none: %s. hbd runs it by bash with "
                    "`scripts { shell on }` in hbd.conf; until then it is reported as not working",
                    word,
                    is_there ? "there the program gets it as an argument like any other"
                             : "there the command is dropped and counts as passed");
}

/* Who runs @script, as far as the file says; doc/keepalived.md 1.8. */
static bool
runs_as_root (const CfgKaContext *context, const CfgScript *script)
{
    const CfgHost *host = context->input->host;
    const char *user = script->user != NULL ? script->user : context->model->globals.script_user;

    if (user != NULL)
        return strcmp (user, "root") == 0;
    return host == NULL || host->has_user == NULL
           || !host->has_user (host->data, "keepalived_script");
}

/* enable_script_security: what root runs, nobody else may replace. */
static void
check_security (CfgKaContext *context, CfgScript *script, const char *path)
{
    const CfgHost *host = context->input->host;

    if (!context->model->globals.script_security || host == NULL || host->is_secure == NULL
        || !runs_as_root (context, script) || host->is_secure (host->data, path))
        return;
    script->trouble = cfg_ka_string (context, "somebody else than root could replace its program");
    cfg_ka_diag_at (context->reader, CFG_WARNING, script->place,
                    "enable_script_security: root would run '%.200s', and somebody else may write "
                    "to it or to a folder above it; it is disabled, as in keepalived",
                    path);
}

static void
check_command (CfgKaContext *context, CfgScript *script)
{
    const CfgHost *host = context->input->host;
    const char *program = script->argv[0];
    g_autofree char *path = find_program (host, program);
    bool is_there = path != NULL;

    if (script->trouble != NULL)
        return;
    if (script->shell_word != NULL) {
        note_shell (context, script, is_there);
    } else if (!is_there) {
        script->trouble = cfg_ka_string (context, "its program is not there or not executable");
        cfg_ka_diag_at (
            context->reader, CFG_WARNING, script->place,
            "'%.200s' is not there or not executable: keepalived drops the command%s, hbd "
            "reports it as not working",
            program, script->is_track ? " and counts it as passed" : " silently");
    } else {
        if (strchr (program, '/') == NULL)
            cfg_ka_diag_at (context->reader, CFG_WARNING, script->place,
                            "'%.60s' is looked for in PATH; write its full path", program);
        check_security (context, script, path);
    }
}

void
cfg_ka_check_scripts (CfgKaContext *context)
{
    CfgPlace first = { NULL, 0, 0 };

    for (guint i = 0; i < context->model->scripts->len; i++)
        ((CfgTrackScript *) context->model->scripts->pdata[i])->script.is_track = true;
    for (guint i = 0; i < context->commands->len; i++) {
        CfgScript *script = context->commands->pdata[i];

        check_command (context, script);
        if (first.line == 0 && script->trouble == NULL)
            first = script->place;
    }
    if (first.line != 0 && !context->model->globals.script_security)
        cfg_ka_warn_at (context, first,
                        "scripts run without enable_script_security in global_defs, so that "
                        "whoever may write to one of them becomes root; keepalived -t fails for "
                        "this and runs them all the same, and so does hbd");
}
