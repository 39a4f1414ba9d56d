/* SPDX-License-Identifier: Apache-2.0 */
/* What all keyword rows share: reading, range checks, defaults and printing of single values. */
#include "config.h"

#include "cfg/keyword.h"

#include "cfg/value.h"

#include <string.h>

const CfgRow *
cfg_row_find (const CfgRow *rows, guint count, const char *block, const char *name)
{
    for (guint i = 0; i < count; i++)
        if (g_strcmp0 (rows[i].block, block) == 0 && strcmp (rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

char *
cfg_did_you_mean (const char *word, const char *const *words)
{
    const char *near = cfg_nearest (word, words);

    return near != NULL ? g_strdup_printf ("; did you mean '%s'?", near) : g_strdup ("");
}

/* A row's limit, @otherwise when it has none. Limits are written in the row's own syntax. */
static HbdTime
limit (const CfgRow *row, const char *text, HbdTime otherwise)
{
    HbdTime value = otherwise;

    if (text == NULL)
        return otherwise;
    if (row->kind == CFG_VALUE_TIME)
        g_assert (cfg_time_parse (text, &value) == CFG_TIME_OK);
    else if (row->kind == CFG_VALUE_UNITS)
        g_assert (cfg_time_parse_units (text, &value) == CFG_TIME_OK);
    else
        value = g_ascii_strtoll (text, NULL, 10) * (row->kind == CFG_VALUE_MS ? 1000 : 1);
    return value;
}

/* Heartbeat has no upper limit for times; ours is far away, but sums must not overflow. */
static HbdTime
lower_to_limit (const CfgRow *row, HbdTime value, const CfgWord *word, CfgDiags *diags)
{
    bool is_time = row->kind == CFG_VALUE_TIME || row->kind == CFG_VALUE_MS;
    HbdTime most = limit (row, row->max, G_MAXINT64);

    if (row->tier == 'H' || !is_time || value <= most)
        return value;
    cfg_diag (diags, CFG_WARNING, word->place,
              "%s: '%.60s' is more than hbd counts; it takes %s%s, which is as good as for ever",
              row->name, word->text, row->max, row->kind == CFG_VALUE_MS ? " ms" : " s");
    return most;
}

static bool
is_in_range (const CfgRow *row, HbdTime value, const CfgWord *word, CfgDiags *diags)
{
    const char *unit = row->kind == CFG_VALUE_MS ? " ms" : "";

    if (value < limit (row, row->min, G_MININT64))
        cfg_diag (diags, CFG_ERROR, word->place, "%s: '%.60s' is too small; at least %s%s",
                  row->name, word->text, row->min, unit);
    else if (value > limit (row, row->max, G_MAXINT64))
        cfg_diag (diags, CFG_ERROR, word->place, "%s: '%.60s' is too large; at most %s%s",
                  row->name, word->text, row->max, unit);
    else
        return true;
    return false;
}

static void
warn_of_dots (const CfgRow *row, HbdTime value, const CfgWord *word, CfgDiags *diags)
{
    if (row->kind == CFG_VALUE_TIME && cfg_time_is_sloppy (word->text))
        cfg_diag (diags, CFG_WARNING, word->place,
                  "%s: '%.60s' counts up to its second dot; as in Heartbeat %g s is taken",
                  row->name, word->text, (double) value / 1e6);
}

static bool
store_time (const CfgRow *row, HbdTime *field, const CfgWord *word, CfgDiags *diags)
{
    bool has_units = row->kind == CFG_VALUE_UNITS;
    HbdTime value = 0;
    CfgTimeResult result =
        has_units ? cfg_time_parse_units (word->text, &value) : cfg_time_parse (word->text, &value);
    gsize number = strspn (word->text, "0123456789.");

    if (result == CFG_TIME_SECONDS_UNIT) {
        g_autofree char *seconds = g_strndup (word->text, number);

        cfg_time_parse (seconds, &value);
        cfg_diag (diags, CFG_ERROR, word->place,
                  "%s: Heartbeat refuses '%.60s'; write %.20s or %" G_GINT64_FORMAT "ms", row->name,
                  word->text, seconds, value / 1000);
    } else if (result == CFG_TIME_BAD_UNIT)
        cfg_diag (diags, CFG_ERROR, cfg_place_at (word->place, number),
                  "%s: unknown unit '%.60s'; %s", row->name, word->text + number,
                  has_units ? "us, ms, s, m or h" : "a plain number is seconds, or write ms or us");
    else if (result == CFG_TIME_NOT_A_NUMBER)
        cfg_diag (diags, CFG_ERROR, word->place, "%s: '%.60s' is not a time; write %s", row->name,
                  word->text, "for example 2 or 500ms");
    else {
        value = lower_to_limit (row, value, word, diags);
        if (!is_in_range (row, value, word, diags))
            return false;
        warn_of_dots (row, value, word, diags);
        *field = value;
        return true;
    }
    return false;
}

/* Heartbeat reads a number up to the first other byte, and a word without one as 0; false where that
 * is of no use. */
static bool
read_number (const CfgRow *row, const CfgWord *word, gint64 *value, CfgDiags *diags)
{
    if (cfg_number_parse_sloppy (word->text, value))
        return true;
    if (row->tier == 'H' || *value < 0 || (*value == 0 && strcmp (row->min, "0") != 0))
        return false;
    cfg_diag (diags, CFG_WARNING, word->place,
              "%s: '%.60s' is not a plain number; as in Heartbeat %" G_GINT64_FORMAT " is taken",
              row->name, word->text, *value);
    return true;
}

static bool
store_number (const CfgRow *row, gpointer field, const CfgWord *word, CfgDiags *diags)
{
    gint64 value = 0;

    if (!read_number (row, word, &value, diags)) {
        cfg_diag (diags, CFG_ERROR, word->place, "%s: '%.60s' is not a number in %s..%s", row->name,
                  word->text, row->min, row->max);
        return false;
    }
    if (row->kind == CFG_VALUE_MS)
        value *= 1000;
    value = lower_to_limit (row, value, word, diags);
    if (!is_in_range (row, value, word, diags))
        return false;
    if (row->kind == CFG_VALUE_MS)
        *(HbdTime *) field = value;
    else
        *(guint *) field = (guint) value;
    return true;
}

static bool
store_choice (const CfgRow *row, gpointer field, const CfgWord *word, CfgDiags *diags)
{
    g_autofree char *all = NULL, *hint = NULL;

    for (guint i = 0; row->choices[i] != NULL; i++) {
        if (strcmp (row->choices[i], word->text) != 0)
            continue;
        if (row->kind == CFG_VALUE_CHOICE) {
            *(guint *) field = i;
        } else if (row->kind == CFG_VALUE_CHOICE_BOOL) {
            *(bool *) field = i == 1;
        } else if (row->kind == CFG_VALUE_NAME) {
            g_free (*(char **) field);
            *(char **) field = strcmp (word->text, "none") == 0 ? NULL : g_strdup (word->text);
        }
        return true;
    }
    all = g_strjoinv (", ", (char **) row->choices);
    hint = cfg_did_you_mean (word->text, row->choices);
    cfg_diag (diags, CFG_ERROR, word->place, "%s: '%.60s' is not one of: %s%s", row->name,
              word->text, all, hint);
    return false;
}

static bool
store_bool (const CfgRow *row, bool *field, const CfgWord *word, CfgDiags *diags)
{
    if (cfg_bool_parse (word->text, field))
        return true;
    cfg_diag (diags, CFG_ERROR, word->place, "%s: '%.60s' is not a boolean; write on or off",
              row->name, word->text);
    return false;
}

static bool
store_word (const CfgRow *row, char **field, const CfgWord *word, CfgDiags *diags)
{
    if (row->kind == CFG_VALUE_PATH && row->tier != 'H' && !g_path_is_absolute (word->text)) {
        cfg_diag (diags, CFG_WARNING, word->place,
                  "%s: '%.60s' is not an absolute path; Heartbeat takes it as below the folder it "
                  "happens to run in, hbd leaves it out",
                  row->name, word->text);
        return true;
    }
    if (row->kind == CFG_VALUE_PATH && !g_path_is_absolute (word->text)) {
        cfg_diag (diags, CFG_ERROR, word->place,
                  "%s: '%.60s' is not an absolute path; start it with /", row->name, word->text);
        return false;
    }
    g_free (*field);
    *field = g_strdup (word->text);
    return true;
}

bool
cfg_row_store (const CfgRow *row, gpointer base, const CfgWord *word, CfgDiags *diags)
{
    /* Rows that land nowhere are checked all the same. */
    gint64 nowhere = 0;
    bool is_nowhere = row->offset == CFG_NOWHERE;
    gpointer field = is_nowhere ? (gpointer) &nowhere : (gpointer) ((char *) base + row->offset);

    switch (row->kind) {
    case CFG_VALUE_BOOL:
        return store_bool (row, field, word, diags);
    case CFG_VALUE_TIME:
    case CFG_VALUE_UNITS:
        return store_time (row, field, word, diags);
    case CFG_VALUE_MS:
    case CFG_VALUE_NUMBER:
        return store_number (row, field, word, diags);
    case CFG_VALUE_WORD:
    case CFG_VALUE_PATH: {
        g_autofree char *dropped = NULL;

        return store_word (row, is_nowhere ? &dropped : (char **) field, word, diags);
    }
    case CFG_VALUE_NAME: {
        g_autofree char *dropped = NULL;

        return store_choice (row, is_nowhere ? (gpointer) &dropped : field, word, diags);
    }
    case CFG_VALUE_CHOICE:
    case CFG_VALUE_CHOICE_BOOL:
        return store_choice (row, field, word, diags);
    case CFG_VALUE_NONE:
    case CFG_VALUE_CUSTOM:
        break;
    }
    return true;
}

void
cfg_rows_set_defaults (const CfgRow *rows, guint count, const char *block, gpointer base)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();

    for (guint i = 0; i < count; i++) {
        CfgWord word = { { NULL, 0, 0 }, (char *) rows[i].def, false };

        if (rows[i].def != NULL && rows[i].offset != CFG_NOWHERE
            && g_strcmp0 (rows[i].block, block) == 0)
            cfg_row_store (&rows[i], base, &word, diags);
    }
    g_assert (diags->errors == 0);
}

char *
cfg_row_print (const CfgRow *row, gconstpointer base)
{
    gconstpointer field;

    if (row->offset == CFG_NOWHERE)
        return NULL;
    field = (const char *) base + row->offset;
    switch (row->kind) {
    case CFG_VALUE_BOOL:
        return g_strdup (*(const bool *) field ? "on" : "off");
    case CFG_VALUE_TIME:
    case CFG_VALUE_UNITS:
        return *(const HbdTime *) field < 0 ? NULL : cfg_time_print (*(const HbdTime *) field);
    case CFG_VALUE_MS:
        return g_strdup_printf ("%" G_GINT64_FORMAT, *(const HbdTime *) field / 1000);
    case CFG_VALUE_NUMBER:
        return *(const int *) field < 0 ? NULL : g_strdup_printf ("%d", *(const int *) field);
    case CFG_VALUE_CHOICE:
        return g_strdup (row->choices[*(const guint *) field]);
    case CFG_VALUE_CHOICE_BOOL:
        return g_strdup (row->choices[*(const bool *) field ? 1 : 0]);
    case CFG_VALUE_WORD:
    case CFG_VALUE_PATH:
    case CFG_VALUE_NAME:
        return g_strdup (*(char *const *) field);
    case CFG_VALUE_NONE:
    case CFG_VALUE_CUSTOM:
        break;
    }
    return NULL;
}
