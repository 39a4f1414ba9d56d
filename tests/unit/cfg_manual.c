/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and dictionaries from keyword rows. */
#include "config.h"

#include "tests/unit/cfg_manual.h"

static void
append_range (const CfgRow *row, GString *out)
{
    if (row->choices != NULL)
        for (guint i = 0; row->choices[i] != NULL; i++)
            g_string_append_printf (out, "%s%s", i > 0 ? " " : "", row->choices[i]);
    else if (row->min != NULL)
        g_string_append_printf (out, "%s to %s", row->min, row->max);
    else if (row->kind == CFG_VALUE_BOOL)
        g_string_append (out, "on off");
    else
        g_string_append (out, row->syntax);
}

char *
cfg_manual_table (const CfgRow *rows, guint count)
{
    GString *out = g_string_new (".Bl -column \"traditional_compression *\" \"linux-ha\" -compact\n"
                                 ".It Sy Name Ta Sy Default Ta Sy Values\n");

    for (guint i = 0; i < count; i++) {
        const CfgRow *row = &rows[i];

        if (row->split == CFG_SPLIT_BLOCK)
            continue;
        g_string_append (out, ".It ");
        if (row->block != NULL)
            g_string_append_printf (out, "%s ", row->block);
        g_string_append_printf (out, "%s%s Ta %s Ta ", row->name,
                                row->split == CFG_SPLIT_LINE ? " *" : "",
                                row->def != NULL ? row->def : "-");
        append_range (row, out);
        g_string_append_c (out, '\n');
    }
    g_string_append (out, ".El\n");
    return g_string_free (out, FALSE);
}

char *
cfg_fuzz_dictionary (const CfgRow *rows, guint count)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    GString *out = g_string_new ("# Made from the keyword rows: make update-golden\n");

    for (guint i = 0; i < count; i++) {
        if (g_hash_table_add (seen, (gpointer) rows[i].name))
            g_string_append_printf (out, "\"%s\"\n", rows[i].name);
        for (guint c = 0; rows[i].choices != NULL && rows[i].choices[c] != NULL; c++)
            if (g_hash_table_add (seen, (gpointer) rows[i].choices[c]))
                g_string_append_printf (out, "\"%s\"\n", rows[i].choices[c]);
    }
    return g_string_free (out, FALSE);
}
