/* SPDX-License-Identifier: Apache-2.0 */
/* Directives of ha.cf that are neither media nor a single value: nodes, failback, programs, the
 * client interface, fencing (doc/heartbeat.md 1.4). */
#include "config.h"

#include "cfg/ha_cf.h"

#include "cfg/build.h"
#include "cfg/value.h"

#include <string.h>

#define LIST_MAX 256 /* programs, clients, variables */

/* False, with an error said, when @list is full: nothing in a file may grow without bound. */
static bool
has_room (CfgContext *context, const CfgRow *row, const GPtrArray *list, CfgPlace place)
{
    if (list->len < LIST_MAX)
        return true;
    cfg_diag (context->diags, CFG_ERROR, place, "more than %d %s lines", LIST_MAX, row->name);
    return false;
}

/* The name as it counts: lower case, cut where Heartbeat cuts it. (transfer full) */
static char *
node_name (CfgContext *context, const CfgWord *word)
{
    char *name = g_ascii_strdown (word->text, -1);

    if (strlen (name) > CFG_NODE_NAME_MAX) {
        const char *end = name + CFG_NODE_NAME_MAX;

        while (g_utf8_get_char_validated (end, -1) == (gunichar) -1)
            end--; /* not within a character */
        name[end - name] = '\0';
        cfg_diag (
            context->diags, CFG_WARNING, word->place,
            "node: '%.30s...' is longer than the %d bytes that count; no machine is called so",
            word->text, CFG_NODE_NAME_MAX);
    } else if (!cfg_is_host_name (name)) {
        cfg_diag (context->diags, CFG_WARNING, word->place,
                  "node: '%.60s' is no usual host name (letters, digits, dots and dashes); as in "
                  "Heartbeat it counts if uname -n prints it",
                  name);
    }
    return name;
}

static void
add_node (CfgContext *context, const CfgWord *word)
{
    GPtrArray *nodes = context->cluster->nodes;
    g_autofree char *name = NULL;

    for (guint i = 0; i < nodes->len; i++) {
        const CfgNode *node = g_ptr_array_index (nodes, i);

        if (g_ascii_strcasecmp (node->name, word->text) == 0) {
            cfg_diag (context->diags, CFG_WARNING, word->place,
                      "node: '%s' stands on line %u already; names do not tell case apart",
                      node->name, node->place.line);
            return;
        }
    }
    name = node_name (context, word);
    if (nodes->len >= CFG_NODES_MAX)
        cfg_diag (context->diags, CFG_ERROR, word->place, "more than %d nodes", CFG_NODES_MAX);
    else
        g_ptr_array_add (nodes, cfg_node_new (word->place, name));
}

void
cfg_parse_node (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    for (guint i = 0; i < statement->words->len; i++)
        add_node (context, cfg_word_at (statement->words, i));
}

/* auto_failback on|off|legacy, and nice_failback with its sense turned round. */
void
cfg_parse_auto_failback (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    bool is_nice = strcmp (row->name, "nice_failback") == 0, is_on;

    for (guint i = 0; i < statement->words->len; i++) {
        const CfgWord *word = cfg_word_at (statement->words, i);

        if (!is_nice && g_ascii_strcasecmp (word->text, "legacy") == 0)
            context->cluster->failback = CFG_FAILBACK_LEGACY;
        else if (!cfg_bool_parse (word->text, &is_on))
            cfg_diag (context->diags, CFG_ERROR, word->place, "%s: '%.60s' is none of on, off%s",
                      row->name, word->text, is_nice ? "" : ", legacy");
        else if (is_nice)
            context->cluster->failback = is_on ? CFG_FAILBACK_OFF : CFG_FAILBACK_LEGACY;
        else
            context->cluster->failback = is_on ? CFG_FAILBACK_ON : CFG_FAILBACK_OFF;
    }
}

static bool
is_ipfail (const char *path)
{
    const char *slash = strrchr (path, '/');

    return slash != NULL && strcmp (slash, "/ipfail") == 0;
}

/* The line without its user, cut as a shell would with quotes; nothing is expanded, since no shell
 * ever runs it. NULL with a warning said. (transfer full) */
static char **
cut_command (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    const CfgWord *program = cfg_word_at (statement->words, 1);
    const char *command = statement->rest + (program->place.column - statement->rest_place.column);
    g_autoptr (GError) error = NULL;
    char **argv = NULL;
    const char *special;

    if (!g_shell_parse_argv (command, NULL, &argv, &error)) {
        cfg_diag (
            context->diags, CFG_WARNING, program->place,
            "%s: a quote is not closed, so Heartbeat's shell starts nothing; neither does hbd",
            row->name);
        return NULL;
    }
    special = strpbrk (command, "$`;|&<>*?");
    if (special != NULL)
        cfg_diag (context->diags, CFG_WARNING,
                  cfg_place_at (program->place, (gsize) (special - command)),
                  "%s: no shell runs the line, so '%c' is passed to the program as it is",
                  row->name, *special);
    return argv;
}

void
cfg_parse_respawn (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    const CfgWord *user = cfg_word_at (statement->words, 0);
    const CfgWord *program = cfg_word_at (statement->words, 1);
    g_auto (GStrv) argv = NULL;
    CfgRespawn *respawn;

    if (program == NULL) {
        cfg_diag (context->diags, CFG_ERROR, user->place, "%s: the program is missing; write %s %s",
                  row->name, row->name, row->syntax);
        return;
    }
    if (!has_room (context, row, context->cluster->respawns, statement->place))
        return;
    argv = cut_command (context, row, statement);
    if (argv == NULL)
        return;
    if (!g_path_is_absolute (argv[0])) {
        cfg_diag (context->diags, CFG_ERROR, program->place,
                  "%s: '%.60s' is not an absolute path; start it with /", row->name, argv[0]);
        return;
    }
    respawn = cfg_respawn_new (statement->place, user->text, argv);
    respawn->is_failfast = strcmp (row->name, "failfast") == 0;
    respawn->is_ipfail = is_ipfail (argv[0]);
    if (respawn->is_ipfail)
        cfg_diag (
            context->diags, CFG_WARNING, program->place,
            "%s: ipfail is built in and acts together with ping nodes in a later release; the "
            "program is not started",
            row->name);
    g_ptr_array_add (context->cluster->respawns, respawn);
}

static bool
has_apiauth (const CfgCluster *cluster, const char *client)
{
    for (guint i = 0; i < cluster->apiauths->len; i++) {
        const CfgApiauth *other = g_ptr_array_index (cluster->apiauths, i);

        if (strcmp (other->client, client) == 0)
            return true;
    }
    return false;
}

/* Names between commas; empty ones are left out. (transfer full) */
static char **
split_names (const char *text)
{
    GPtrArray *names = g_ptr_array_new ();
    g_auto (GStrv) parts = g_strsplit (text, ",", -1);

    for (guint i = 0; parts[i] != NULL; i++)
        if (*parts[i] != '\0')
            g_ptr_array_add (names, g_strdup (parts[i]));
    g_ptr_array_add (names, NULL);
    return (char **) g_ptr_array_free (names, FALSE);
}

/* The names of a `uid=a,b` word into *@list. */
static bool
take_list (CfgContext *context, const CfgWord *word, CfgApiauth *apiauth)
{
    char ***list = g_str_has_prefix (word->text, "uid=")   ? &apiauth->uids
                   : g_str_has_prefix (word->text, "gid=") ? &apiauth->gids
                                                           : NULL;

    if (list == NULL) {
        cfg_diag (context->diags, CFG_ERROR, word->place,
                  "apiauth: '%.60s' is neither uid=A,B nor gid=C,D (without blanks)", word->text);
        return false;
    }
    g_strfreev (*list);
    *list = split_names (word->text + 4);
    if (word->text[4] == '\0' || word->text[4] == ',' || strstr (word->text, ",,") != NULL
        || g_str_has_suffix (word->text, ","))
        cfg_diag (context->diags, CFG_WARNING, word->place,
                  "apiauth: '%.60s' has an empty name, which stands for nobody", word->text);
    return true;
}

void
cfg_parse_apiauth (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    const CfgWord *client = cfg_word_at (statement->words, 0);
    CfgApiauth *apiauth;

    if (has_apiauth (context->cluster, client->text)) {
        cfg_diag (context->diags, CFG_ERROR, client->place,
                  "apiauth: '%.60s' stands twice; put both lists on one line", client->text);
        return;
    }
    if (statement->words->len < 2) {
        cfg_diag (context->diags, CFG_ERROR, client->place,
                  "apiauth: nobody may use '%.60s' like this; add uid=NAME or gid=NAME",
                  client->text);
        return;
    }
    if (!has_room (context, row, context->cluster->apiauths, client->place))
        return;
    apiauth = cfg_apiauth_new (statement->place, client->text);
    g_ptr_array_add (context->cluster->apiauths, apiauth);
    for (guint i = 1; i < statement->words->len; i++)
        if (!take_list (context, cfg_word_at (statement->words, i), apiauth))
            return;
}

/* Safety rule 6 of doc/design.md: fencing that cannot act refuses the start. */
void
cfg_parse_stonith (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    const CfgWord *host = cfg_word_at (statement->words, 0);

    if (strcmp (row->name, "stonith_host") == 0 && strcmp (host->text, "*") != 0
        && g_ascii_strcasecmp (host->text, context->node_name) != 0)
        return; /* another machine's device, doc/heartbeat.md 1.4 */
    context->cluster->has_stonith = true;
    cfg_diag (context->diags, CFG_ERROR, statement->place,
              "%s: fencing does not act in this release, and configured fencing is never skipped; "
              "remove the line to run without fencing",
              row->name);
}

void
cfg_parse_env (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    for (guint i = 0; i < statement->words->len; i++) {
        const CfgWord *word = cfg_word_at (statement->words, i);
        gsize name = strcspn (word->text, "=");

        if (word->text[name] == '\0' && name > 0)
            cfg_diag (context->diags, CFG_WARNING, word->place,
                      "env: '%.60s' has no value, so it sets nothing; write NAME=VALUE without "
                      "blanks and commas",
                      word->text);
        else if (name == 0)
            cfg_diag (context->diags, CFG_ERROR, word->place, "env: '%.60s' is not NAME=VALUE",
                      word->text);
        else if (has_room (context, row, context->cluster->env, word->place))
            g_ptr_array_add (context->cluster->env, g_strdup (word->text));
    }
}

void
cfg_parse_autojoin (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    for (guint i = 0; i < statement->words->len; i++) {
        const CfgWord *word = cfg_word_at (statement->words, i);
        CfgRow choice = *row;

        choice.kind = CFG_VALUE_NAME;
        if (g_ascii_strcasecmp (word->text, "none") != 0
            && cfg_row_store (&choice, context->cluster, word, context->diags))
            cfg_diag (context->diags, CFG_ERROR, word->place,
                      "autojoin %s does not go with haresources; name both machines in node lines "
                      "and write autojoin none",
                      word->text);
    }
}

void
cfg_parse_crm (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    const CfgWord *word = cfg_word_at (statement->words, 0);
    const char *other = strcmp (row->name, "crm") == 0 ? "pacemaker" : "crm";
    bool is_on;

    if (cfg_setting (context->cluster, other) != NULL)
        cfg_diag (context->diags, CFG_ERROR, statement->place,
                  "%s beside %s: they are one directive, which may stand only once; remove one",
                  row->name, other);
    if (!cfg_bool_parse (word->text, &is_on) || is_on)
        cfg_diag (context->diags, CFG_ERROR, word->place,
                  "%s: hbd runs the groups of haresources, not Pacemaker; write %s off, or run "
                  "Pacemaker on corosync",
                  row->name, row->name);
}
