/* SPDX-License-Identifier: Apache-2.0 */
/* ha.cf: lines -> directives -> rows. The lexical rules are Heartbeat's (doc/heartbeat.md 1.1):
 *
 * - one directive per line, `#` ends it wherever it stands, names are case sensitive;
 * - the values of an option directive are separated by blanks or commas, and each counts as if it
 *   stood on a line of its own, so that of a scalar the last one wins;
 * - lines act from top to bottom: udpport only reaches the media below it.
 *
 * Checks that need the whole file, or other files, are in check.c. */
#include "config.h"

#include "cfg/ha_cf.h"

#include "cfg/build.h"
#include "cfg/value.h"

#include <string.h>

static void
complain_unknown (CfgContext *context, const CfgWord *name)
{
    guint count;
    const CfgRow *rows = cfg_ha_cf_rows (&count);
    g_autofree const char **names = g_new0 (const char *, count + 1);
    g_autofree char *hint = NULL;

    for (guint i = 0; i < count && !cfg_diags_is_full (context->diags); i++) {
        names[i] = rows[i].name;
        if (g_ascii_strcasecmp (rows[i].name, name->text) == 0) {
            cfg_diag (context->diags, CFG_ERROR, name->place,
                      "unknown directive '%.60s'; names are case sensitive, write '%s'", name->text,
                      rows[i].name);
            return;
        }
    }
    hint = cfg_did_you_mean (name->text, names);
    cfg_diag (context->diags, CFG_ERROR, name->place, "unknown directive '%.60s'%s", name->text,
              hint);
}

/* Values of Heartbeat's time directives are often written with a blank before the unit. */
static bool
is_lonely_unit (const CfgRow *row, const CfgWord *word)
{
    static const char *const units[] = { "ms", "msec", "us", "usec", "s", "sec", "m", "min", NULL };

    return row->kind == CFG_VALUE_TIME && g_strv_contains (units, word->text);
}

static void
parse_scalar (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    const CfgWord *second = cfg_word_at (statement->words, 1);

    if (second != NULL && is_lonely_unit (row, second)) {
        cfg_diag (context->diags, CFG_ERROR, second->place,
                  "%s: a blank separates values, so '%s' is taken as a second one; write %.20s%s",
                  row->name, second->text, cfg_word_at (statement->words, 0)->text, second->text);
        return;
    }
    for (guint i = 0; i < statement->words->len; i++) {
        const CfgWord *word = cfg_word_at (statement->words, i);

        if (!cfg_row_store (row, context->cluster, word, context->diags))
            continue;
        if (i > 0)
            cfg_diag (context->diags, CFG_WARNING, word->place,
                      "%s: a second value on the line; as in Heartbeat the last one counts",
                      row->name);
    }
}

/* Say once per directive why it has no effect (yet); not when it asks for what happens anyway. */
static void
give_advice (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    bool wanted, normal;

    if (row->advice == NULL || g_hash_table_contains (context->advised, row->name))
        return;
    if (row->kind == CFG_VALUE_BOOL && cfg_bool_parse (statement->rest, &wanted)
        && cfg_bool_parse (row->def, &normal) && wanted == normal)
        return;
    g_hash_table_add (context->advised, (gpointer) row->name);
    cfg_diag (context->diags, CFG_WARNING, statement->place, "%s: %s", row->name, row->advice);
}

/* False when the line must not act because the directive may stand only once. */
static bool
note_repeat (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    const CfgSetting *before = g_hash_table_lookup (context->seen, row->name);

    if (before == NULL || row->flags & CFG_ROW_MANY)
        return true;
    if (row->flags & CFG_ROW_ONCE) {
        cfg_diag (context->diags, CFG_ERROR, statement->place,
                  "%s may stand only once; it also stands on line %u", row->name,
                  before->place.line);
        return false;
    }
    cfg_diag (context->diags, CFG_WARNING, statement->place, "%s again: this line replaces line %u",
              row->name, before->place.line);
    return true;
}

static void
act (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    CfgSetting *setting;

    if (statement->words->len == 0) {
        cfg_diag (context->diags, row->split == CFG_SPLIT_LINE ? CFG_ERROR : CFG_WARNING,
                  statement->place, "%s without a value%s; write %s %s", row->name,
                  row->split == CFG_SPLIT_LINE ? "" : " does nothing", row->name, row->syntax);
        return;
    }
    if (!note_repeat (context, row, statement))
        return;
    setting = cfg_setting_new (statement->place, row->name, statement->rest);
    g_ptr_array_add (context->cluster->settings, setting);
    g_hash_table_insert (context->seen, (gpointer) row->name, setting);
    give_advice (context, row, statement);
    if (row->parse != NULL)
        row->parse (context, row, statement);
    else
        parse_scalar (context, row, statement);
}

static const CfgRow *
find_row (CfgContext *context, const CfgWord *name)
{
    guint count;
    const CfgRow *rows = cfg_ha_cf_rows (&count);
    const CfgRow *row = cfg_row_find (rows, count, NULL, name->text);

    if (row != NULL)
        return row;
    if (strcmp (name->text, "udp") == 0) { /* Heartbeat's old name, doc/heartbeat.md 1.1 */
        cfg_diag (context->diags, CFG_WARNING, name->place, "udp is an old name; write bcast");
        return cfg_row_find (rows, count, NULL, "bcast");
    }
    complain_unknown (context, name);
    return NULL;
}

/* A string of C ends there, and so does the line for Heartbeat. */
static void
cut_at_nul (CfgContext *context, CfgLine *line)
{
    const char *nul = memchr (line->data, '\0', line->len);

    if (nul == NULL)
        return;
    line->len = (gsize) (nul - line->data);
    cfg_diag (context->diags, CFG_WARNING, cfg_place_at (line->place, line->len),
              "a NUL byte; as in Heartbeat the rest of the line does not count; is this a text "
              "file?");
}

static void
parse_line (CfgContext *context, CfgLine *line)
{
    CfgStatement statement = { 0 };
    g_autoptr (GPtrArray) words = NULL;
    g_autofree char *rest = NULL;
    const CfgWord *name;
    const CfgRow *row;
    gsize offset;

    cut_at_nul (context, line);
    cfg_line_strip (line);
    if (!cfg_line_is_sane (line, context->diags))
        return;
    words = cfg_line_words (line, 0, CFG_BLANKS);
    name = cfg_word_at (words, 0);
    if (name == NULL)
        return;
    row = find_row (context, name);
    if (row == NULL)
        return;
    offset = name->place.column - 1 + strlen (name->text);
    while (offset < line->len && strchr (CFG_BLANKS, line->data[offset]) != NULL)
        offset++;
    rest = g_strndup (line->data + offset, line->len - offset);
    statement.place = name->place;
    statement.rest = rest;
    statement.rest_place = cfg_place_at (line->place, offset);
    statement.words = cfg_line_words (
        line, offset, row->split == CFG_SPLIT_LINE ? CFG_BLANKS : CFG_BLANKS_AND_COMMA);
    act (context, row, &statement);
    g_ptr_array_unref (statement.words);
}

static bool
is_set (CfgContext *context, const char *name)
{
    return g_hash_table_contains (context->seen, name);
}

/* doc/heartbeat.md 1.2: no place to log to is use_logd, unless that was switched off. */
static void
check_log (CfgContext *context)
{
    const CfgSetting *use_logd = g_hash_table_lookup (context->seen, "use_logd");

    if (is_set (context, "logfile") || is_set (context, "debugfile")
        || is_set (context, "logfacility"))
        return;
    if (use_logd == NULL)
        context->cluster->use_logd = true;
    else if (!context->cluster->use_logd)
        cfg_diag (context->diags, CFG_ERROR, use_logd->place,
                  "use_logd off leaves no place to log to; add logfacility daemon or a logfile");
}

void
cfg_ha_cf_derive (CfgCluster *cluster)
{
    HbdTime dead = cluster->deadtime_us;

    if (cluster->warntime_us < 0)
        cluster->warntime_us = dead / 2;
    if (cluster->deadping_us < 0)
        cluster->deadping_us = dead;
    if (cluster->initdead_us < 0)
        cluster->initdead_us = dead > HBD_S (10) ? dead : dead < HBD_S (6) ? HBD_S (12) : 2 * dead;
}

void
cfg_ha_cf_parse (CfgCluster *cluster, const CfgInput *input, CfgDiags *diags)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GHashTable) advised = g_hash_table_new (g_str_hash, g_str_equal);
    g_autofree char *own = g_ascii_strdown (input->node_name != NULL ? input->node_name : "", -1);
    CfgContext context = { .cluster = cluster,
                           .diags = diags,
                           .node_name = own,
                           .port = 694,
                           .seen = seen,
                           .advised = advised };
    CfgLines lines;
    CfgLine line;

    if (!cfg_text_is_usable (&input->ha_cf, diags))
        return;
    cfg_lines_init (&lines, &input->ha_cf);
    while (cfg_lines_next (&lines, &line))
        parse_line (&context, &line);
    cluster->deadtime_is_default = !is_set (&context, "deadtime");
    cluster->failback_is_default =
        !is_set (&context, "auto_failback") && !is_set (&context, "nice_failback");
    check_log (&context);
    cfg_ha_cf_derive (cluster);
}
