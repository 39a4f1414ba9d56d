/* SPDX-License-Identifier: Apache-2.0 */
/* Searches users' scripts for calls whose effect is another under hbd: a table of expressions, each
 * with what to write instead. Also the hooks, and files of the package that were edited. */
#include "config.h"

#include "hbd/daemon/hooks.h"
#include "hbd/migrate/judge.h"

#include <string.h>

#define GROUP           HBD_FINDINGS_SCRIPTS
#define LINES_MAX       5000 /* of one script */
#define LINE_BYTES_MAX  2000
#define HITS_PER_SCRIPT 20

/* The first row that matches a line counts. */
static const struct {
    const char *id;
    const char *expression;
    CfgSeverity severity;
    const char *text;
} calls[] = {
    { "resource-manager", "\\bResourceManager\\s+(takegroup|givegroup|\\S+\\s+(start|stop))",
      CFG_WARNING,
      "ResourceManager starts and stops resources behind hbd's back; write hbctl group start|stop "
      "KEY" },
    { "resource-manager", "\\bResourceManager\\b", CFG_NOTE,
      "ResourceManager reads haresources and asks scripts, which stays true; hbctl status tells "
      "who "
      "runs what" },
    { "mach-down", "\\bmach_down\\b", CFG_WARNING,
      "mach_down starts resources behind hbd's back; write hb_takeover" },
    { "req-resource", "\\breq_resource\\b", CFG_WARNING,
      "req_resource asks in the words of legacy mode; write hb_takeover local" },
    { "package-tool", "/heartbeat/(hb_standby|hb_takeover)\\b", CFG_NOTE,
      "hbd reads the FIFO that this script of the package writes to, so it goes on working until "
      "the package is removed; hb_standby and hb_takeover without a path work always" },
    { "nodes", "\\bhb_(addnode|delnode|setweight|setsite)\\b", CFG_WARNING,
      "hbd takes its nodes from ha.cf only, so this has no effect" },
    { "heartbeat-program", "/heartbeat/heartbeat\\b", CFG_WARNING,
      "this is Heartbeat's own program, which hbd does not answer to; write heartbeat without a "
      "path, or systemctl ... hbd" },
    { "heartbeat-service",
      "(init\\.d/heartbeat\\b|\\bservice\\s+heartbeat\\b|\\bsystemctl\\b.*\\sheartbeat(\\.service)?"
      "(\\s|$))",
      CFG_WARNING,
      "as long as Heartbeat's package is installed this acts on Heartbeat, not on hbd; write "
      "systemctl ... hbd" },
    { "process-name", "\\b(killall|pkill|pgrep|pidof)\\b.*\\bheartbeat\\b", CFG_WARNING,
      "hbd's processes are hbd, hbd-manager and hbd-engine; to ask and to stop write heartbeat -s "
      "and heartbeat -k" },
    { "outdater", "\\bdrbd-peer-outdater\\b", CFG_WARNING,
      "it needs dopd and Heartbeat's client interface, which hbd does not have; let DRBD fence by "
      "itself (fencing resource-only)" },
    { "fifo", "/heartbeat/fifo\\b|\\bha_clustermsg\\b", CFG_NOTE,
      "hbd reads this FIFO and understands ask_resources and hb_takeover" },
    { "cl-status", "\\bcl_status\\b", CFG_NOTE,
      "hbd's cl_status has the same words and exit codes; Heartbeat's own cannot ask hbd, so see "
      "which of the two the script's PATH finds" },
    { "log-form", "\\bha-(log|debug)\\b", CFG_NOTE,
      "hbd's log lines have another form; hbctl events --json is made for programs" },
};

typedef struct {
    GRegex *calls[G_N_ELEMENTS (calls)];
    HbdFindings *findings;
} Search;

/* Expressions are ours, so they compile; scripts may be in any encoding. */
static void
search_init (Search *search, HbdFindings *findings)
{
    search->findings = findings;
    for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
        search->calls[i] = g_regex_new (calls[i].expression, G_REGEX_RAW, 0, NULL);
        g_assert (search->calls[i] != NULL);
    }
}

static void
search_clear (Search *search)
{
    for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
        g_regex_unref (search->calls[i]);
}

/* True when something was found on the line. */
static bool
search_line (const Search *search, const char *line, CfgPlace place)
{
    if (line[strspn (line, " \t")] == '#')
        return false;
    for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
        g_autoptr (GMatchInfo) match = NULL;
        int start = 0;

        if (!g_regex_match (search->calls[i], line, 0, &match))
            continue;
        g_match_info_fetch_pos (match, 0, &start, NULL);
        place.column = (guint) start + 1;
        hbd_findings_add (search->findings, GROUP, calls[i].id, calls[i].severity, place, "%s",
                          calls[i].text);
        return true;
    }
    return false;
}

static void
search_text (const Search *search, const char *path, const char *text, gsize len)
{
    CfgPlace place = hbd_findings_whole (path);
    const char *at = text, *end = text + len;
    guint hits = 0;

    for (; at < end && place.line <= LINES_MAX && hits < HITS_PER_SCRIPT; place.line++) {
        const char *newline = memchr (at, '\n', (gsize) (end - at));
        gsize line_len = (gsize) ((newline != NULL ? newline : end) - at);
        g_autofree char *line = g_strndup (at, MIN (line_len, LINE_BYTES_MAX));

        hits += search_line (search, line, place);
        at += line_len + 1;
    }
}

static bool
is_file_named (const char *path, const char *name)
{
    const char *slash = strrchr (path, '/');

    return slash != NULL && strcmp (slash + 1, name) == 0;
}

/* A hook that hbd runs, or leaves out because it does the package's work. True: no more to say. */
static bool
judge_hook (const HbdMigrateScript *script, const char *text, HbdFindings *findings)
{
    g_autofree char *name = g_path_get_basename (script->path);

    if (hbd_hooks_is_packaged (name, text)) {
        if (script->is_edited)
            hbd_findings_add (findings, GROUP, "edited-hook", CFG_WARNING,
                              hbd_findings_whole (script->path),
                              "this hook of the package was edited, and hbd does not run it, since "
                              "it does that work itself; leave only your own lines in it and hbd "
                              "runs it");
        return true;
    }
    hbd_findings_add (
        findings, GROUP, "hook", CFG_NOTE, hbd_findings_whole (script->path),
        "hbd runs this hook for each message '%s' as Heartbeat does, for at most 60 s", name);
    return false;
}

/* Files that only Heartbeat reads. */
static void
judge_edited (const HbdMigrateScript *script, HbdFindings *findings)
{
    static const struct {
        const char *name, *text;
    } files[] = {
        { "harc", "hbd runs the hooks in rc.d directly, not through harc" },
        { "shellfuncs", "hbd does not read it; scripts that do go on working" },
        { "heartbeat", "hbd has its own unit; carry the change over: systemctl edit hbd" },
    };

    for (guint i = 0; script->is_edited && i < G_N_ELEMENTS (files); i++)
        if (is_file_named (script->path, files[i].name))
            hbd_findings_add (findings, GROUP, "edited", CFG_WARNING,
                              hbd_findings_whole (script->path),
                              "this file of the package was edited: %s", files[i].text);
}

void
hbd_migrate_judge_scripts (const HbdMigrateFacts *facts, HbdFindings *findings)
{
    Search search;

    search_init (&search, findings);
    for (guint i = 0; i < facts->scripts->len; i++) {
        const HbdMigrateScript *script = facts->scripts->pdata[i];
        gsize len;
        const char *bytes = g_bytes_get_data (script->text, &len);
        g_autofree char *text = g_strndup (bytes != NULL ? bytes : "", len);

        judge_edited (script, findings);
        if (!script->is_hook || !judge_hook (script, text, findings))
            search_text (&search, script->path, text, strlen (text));
    }
    search_clear (&search);
}
