/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/migrate/findings.h"

static const struct {
    const char *name, *heading;
} groups[HBD_FINDINGS_N] = {
    [HBD_FINDINGS_FILES] = { "files", "The files, as hbd --check reads them:" },
    [HBD_FINDINGS_MEANING] = { "meaning", "Directives that act differently:" },
    [HBD_FINDINGS_RESOURCES] = { "resources", "What runs each resource:" },
    [HBD_FINDINGS_SCRIPTS] = { "scripts", "Scripts that call Heartbeat's programs:" },
    [HBD_FINDINGS_MACHINE] = { "machine", "This machine:" },
};

static const char *const severities[] = { "error", "warning", "note" };

HbdFindings *
hbd_findings_new (void)
{
    HbdFindings *findings = g_new0 (HbdFindings, 1);

    for (guint i = 0; i < HBD_FINDINGS_N; i++) {
        findings->diags[i] = cfg_diags_new ();
        findings->ids[i] = g_ptr_array_new ();
    }
    return findings;
}

void
hbd_findings_free (HbdFindings *findings)
{
    for (guint i = 0; i < HBD_FINDINGS_N; i++) {
        cfg_diags_free (findings->diags[i]);
        g_ptr_array_unref (findings->ids[i]);
    }
    g_free (findings);
}

/* Every item that came is given @id: there may be none (too many), or one more (which says so). */
static void
name_new_items (HbdFindings *findings, HbdFindingsGroup group, const char *id)
{
    while (findings->ids[group]->len < findings->diags[group]->items->len)
        g_ptr_array_add (findings->ids[group], (gpointer) id);
}

void
hbd_findings_add (HbdFindings *findings, HbdFindingsGroup group, const char *id,
                  CfgSeverity severity, CfgPlace place, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    cfg_diag (findings->diags[group], severity, place, "%s", text);
    name_new_items (findings, group, id);
}

void
hbd_findings_add_diags (HbdFindings *findings, HbdFindingsGroup group, const CfgDiags *diags)
{
    for (guint i = 0; i < diags->items->len; i++) {
        const CfgDiag *diag = diags->items->pdata[i];

        hbd_findings_add (findings, group, "file", diag->severity, diag->place, "%s", diag->text);
    }
}

CfgPlace
hbd_findings_whole (const char *path)
{
    CfgPlace place = { g_intern_string (path), 1, 1 };

    return place;
}

guint
hbd_findings_len (const HbdFindings *findings, HbdFindingsGroup group)
{
    return findings->diags[group]->items->len;
}

HbdFinding
hbd_findings_at (const HbdFindings *findings, HbdFindingsGroup group, guint index)
{
    HbdFinding finding = { g_ptr_array_index (findings->ids[group], index),
                           g_ptr_array_index (findings->diags[group]->items, index) };

    return finding;
}

guint
hbd_findings_count (const HbdFindings *findings, CfgSeverity severity)
{
    guint count = 0;

    for (guint g = 0; g < HBD_FINDINGS_N; g++)
        for (guint i = 0; i < hbd_findings_len (findings, g); i++)
            count += hbd_findings_at (findings, g, i).diag->severity == severity;
    return count;
}

static char *
summary (const HbdFindings *findings)
{
    guint errors = hbd_findings_count (findings, CFG_ERROR);
    guint warnings = hbd_findings_count (findings, CFG_WARNING);

    if (errors > 0)
        return g_strdup_printf ("%u to change before the start, %u to look at: mend the errors "
                                "above and run this again",
                                errors, warnings);
    return g_strdup_printf ("nothing stands in the way, %u to look at: the next step is in "
                            "hbd-migrate(7)",
                            warnings);
}

char *
hbd_findings_text (const HbdFindings *findings)
{
    GString *out = g_string_new (NULL);
    g_autofree char *last = summary (findings);

    for (guint g = 0; g < HBD_FINDINGS_N; g++) {
        if (hbd_findings_len (findings, g) > 0)
            g_string_append_printf (out, "%s\n", groups[g].heading);
        for (guint i = 0; i < hbd_findings_len (findings, g); i++) {
            g_autofree char *line = cfg_diag_format (hbd_findings_at (findings, g, i).diag);

            g_string_append_printf (out, "%s\n", line);
        }
        if (hbd_findings_len (findings, g) > 0)
            g_string_append_c (out, '\n');
    }
    g_string_append_printf (out, "%s\n", last);
    return g_string_free (out, FALSE);
}

static GVariant *
finding_variant (const char *group, HbdFinding finding)
{
    const CfgPlace *place = &finding.diag->place;
    g_autofree char *file = g_utf8_make_valid (place->file != NULL ? place->file : "hbd", -1);
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

    g_variant_dict_insert (&dict, "group", "s", group);
    g_variant_dict_insert (&dict, "id", "s", finding.id);
    g_variant_dict_insert (&dict, "severity", "s", severities[finding.diag->severity]);
    g_variant_dict_insert (&dict, "file", "s", file);
    g_variant_dict_insert (&dict, "line", "t", (guint64) MAX (place->line, 1));
    g_variant_dict_insert (&dict, "column", "t", (guint64) MAX (place->column, 1));
    g_variant_dict_insert (&dict, "text", "s", finding.diag->text);
    return g_variant_dict_end (&dict);
}

GVariant *
hbd_findings_variant (const HbdFindings *findings)
{
    static const char *const keys[] = { "errors", "warnings", "notes" };
    g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
    g_autofree char *last = summary (findings);

    for (guint g = 0; g < HBD_FINDINGS_N; g++)
        for (guint i = 0; i < hbd_findings_len (findings, g); i++)
            g_variant_builder_add_value (
                &list, finding_variant (groups[g].name, hbd_findings_at (findings, g, i)));
    g_variant_dict_insert (&dict, "schema", "i", 1);
    g_variant_dict_insert (&dict, "ok", "b", hbd_findings_count (findings, CFG_ERROR) == 0);
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
        g_variant_dict_insert (&dict, keys[i], "t",
                               (guint64) hbd_findings_count (findings, (CfgSeverity) i));
    g_variant_dict_insert (&dict, "summary", "s", last);
    g_variant_dict_insert_value (&dict, "findings", g_variant_builder_end (&list));
    return g_variant_ref_sink (g_variant_dict_end (&dict));
}
