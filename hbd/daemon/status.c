/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/status.h"

#include "hbd/daemon/problems.h"

#include <string.h>
#include <unistd.h>

#define EXPLAIN_BEFORE_US HBD_S (60) /* how far back a cause may lie */
#define EXPLAIN_MAX       40

static const char *
text_of (GVariant *dict, const char *key)
{
    const char *text = "";

    g_variant_lookup (dict, key, "&s", &text);
    return text;
}

/* The entry of the aa{sv} @list with that name, or NULL. (transfer full) */
static GVariant *
find_named (GVariant *list, const char *name)
{
    for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++) {
        GVariant *entry = g_variant_get_child_value (list, i);

        if (strcmp (text_of (entry, "name"), name) == 0)
            return entry;
        g_variant_unref (entry);
    }
    return NULL;
}

/* The manager's groups with what the engine knows of each (its owner). */
static GVariant *
merge_groups (HbdManager *m, GVariant *engine)
{
    g_autoptr (GVariant) ours = g_variant_ref_sink (hbd_executor_status (m->executor));
    g_autoptr (GVariant) theirs =
        engine != NULL ? g_variant_lookup_value (engine, "groups", G_VARIANT_TYPE ("aa{sv}"))
                       : NULL;
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
    for (gsize i = 0; i < g_variant_n_children (ours); i++) {
        g_autoptr (GVariant) own = g_variant_get_child_value (ours, i);
        g_autoptr (GVariant) other = find_named (theirs, text_of (own, "name"));
        g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (own);

        if (other != NULL) {
            GVariantIter iter;
            const char *key;
            GVariant *value;

            g_variant_iter_init (&iter, other);
            while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
                if (!g_variant_dict_contains (&dict, key))
                    g_variant_dict_insert_value (&dict, key, value);
                g_variant_unref (value);
            }
        }
        g_variant_builder_add_value (&b, g_variant_dict_end (&dict));
    }
    return g_variant_builder_end (&b);
}

static GVariant *
find_problems (HbdManager *m, GVariant *engine, GVariant *groups)
{
    g_autoptr (GVariant) nodes =
        engine != NULL ? g_variant_lookup_value (engine, "nodes", G_VARIANT_TYPE ("aa{sv}")) : NULL;
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("as"));
    if (m->phase != HBD_MANAGER_RUNS)
        hbd_problems_add (&b, "hbd is stopping.");
    else if (engine == NULL)
        hbd_problems_add (&b, "The engine does not answer; the supervisor starts it anew.");
    for (guint i = 0; i < m->setup->cluster->links->len; i++) {
        const char *trouble = hbd_linkset_trouble (m->links, i);

        if (trouble != NULL)
            hbd_problems_add (&b, "Link %s is closed: %s.",
                              ((CfgLink *) m->setup->cluster->links->pdata[i])->interface, trouble);
    }
    hbd_problems_of_nodes (&b, nodes);
    hbd_problems_of_groups (&b, groups, nodes);
    return g_variant_builder_end (&b);
}

static GVariant *
lease_dict (const HbdManager *m)
{
    guint lease_s = hbd_setup_lease_s (m->setup->cluster);
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&b, "{sv}", "mode",
                           g_variant_new_string (lease_s > 0 ? "lifetime" : "off"));
    g_variant_builder_add (&b, "{sv}", "timeout_ms", g_variant_new_uint32 (lease_s * 1000));
    return g_variant_builder_end (&b);
}

static GVariant *
daemon_dict (const HbdManager *m)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&b, "{sv}", "version", g_variant_new_string (PACKAGE_VERSION));
    g_variant_builder_add (&b, "{sv}", "supervisor_pid",
                           g_variant_new_uint32 ((guint32) getppid ()));
    g_variant_builder_add (&b, "{sv}", "manager_pid", g_variant_new_uint32 ((guint32) getpid ()));
    g_variant_builder_add (&b, "{sv}", "engine_pid",
                           g_variant_new_uint32 (m->engine != NULL ? m->engine_pid : 0));
    g_variant_builder_add (&b, "{sv}", "generation", g_variant_new_uint32 (m->generation));
    return g_variant_builder_end (&b);
}

/* The engine's counters and the manager's own. */
static GVariant *
merge_counters (const HbdManager *m, GVariant *engine)
{
    g_autoptr (GVariant) theirs =
        engine != NULL ? g_variant_lookup_value (engine, "counters", NULL) : NULL;
    guint malformed = m->fifo != NULL ? hbd_fifo_malformed (m->fifo) : 0;
    GVariantBuilder b;
    GVariantIter iter;
    const char *key;
    guint64 count;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("a{st}"));
    g_variant_builder_add (&b, "{st}", "fifo-malformed", (guint64) malformed);
    if (theirs != NULL && g_variant_is_of_type (theirs, G_VARIANT_TYPE ("a{st}"))) {
        g_variant_iter_init (&iter, theirs);
        while (g_variant_iter_next (&iter, "{&st}", &key, &count))
            g_variant_builder_add (&b, "{st}", key, count);
    }
    return g_variant_builder_end (&b);
}

GVariant *
hbd_status_build (HbdManager *m, GVariant *engine)
{
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (engine);
    g_autoptr (GVariant) groups = g_variant_ref_sink (merge_groups (m, engine));

    g_variant_dict_insert (&dict, "schema", "u", 1);
    g_variant_dict_insert (&dict, "node", "s", m->setup->engine->self);
    g_variant_dict_insert_value (&dict, "groups", groups);
    g_variant_dict_insert_value (&dict, "lease", lease_dict (m));
    g_variant_dict_insert_value (&dict, "daemon", daemon_dict (m));
    g_variant_dict_insert_value (&dict, "counters", merge_counters (m, engine));
    g_variant_dict_insert_value (&dict, "problems", find_problems (m, engine, groups));
    if (!g_variant_dict_contains (&dict, "nodes"))
        g_variant_dict_insert_value (&dict, "nodes", g_variant_new ("aa{sv}", NULL));
    if (!g_variant_dict_contains (&dict, "holding"))
        g_variant_dict_insert (&dict, "holding", "s", "transition");
    g_variant_dict_insert_value (&dict, "vrrp", g_variant_new ("aa{sv}", NULL));
    g_variant_dict_insert_value (&dict, "virtual_servers", g_variant_new ("aa{sv}", NULL));
    return g_variant_dict_end (&dict);
}

guint32
hbd_status_code (GVariant *status)
{
    g_autoptr (GVariant) problems =
        g_variant_lookup_value (status, "problems", G_VARIANT_TYPE ("as"));

    return problems != NULL && g_variant_n_children (problems) > 0 ? 1 : 0;
}

/* --- explain ------------------------------------------------------------------------------- */

/* Does this record speak of who owns something? */
static bool
is_ownership (const HbdRecorded *entry)
{
    static const char *const prefixes[] = { "group.", "takeover.", "owner." };

    for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
        if (g_str_has_prefix (entry->name, prefixes[i]) && entry->level <= HBD_LEVEL_NOTICE)
            return true;
    return false;
}

static void
append_line (GString *text, const HbdRecorded *entry, HbdTime zero)
{
    g_string_append_printf (text, "%+10.3f s  %s %s\n", (double) (entry->mono_us - zero) / 1e6,
                            entry->name, entry->fields);
}

char *
hbd_explain_text (const HbdRecorder *recorder)
{
    g_autoptr (GPtrArray) chain = g_ptr_array_new ();
    g_autoptr (GDateTime) when = NULL;
    g_autofree char *start = NULL;
    GString *text = g_string_new (NULL);
    const HbdRecorded *last = NULL;

    for (const HbdRecorded *e = hbd_recorder_next (recorder, 0); e != NULL;
         e = hbd_recorder_next (recorder, e->seq))
        if (is_ownership (e))
            last = e;
    if (last == NULL) {
        g_string_assign (text, "No group changed its owner since this daemon started.\n");
        return g_string_free (text, FALSE);
    }
    for (const HbdRecorded *e = hbd_recorder_next (recorder, 0); e != NULL && e->seq <= last->seq;
         e = hbd_recorder_next (recorder, e->seq))
        if (e->mono_us >= last->mono_us - EXPLAIN_BEFORE_US && e->level <= HBD_LEVEL_NOTICE)
            g_ptr_array_add (chain, (gpointer) e);
    if (chain->len > EXPLAIN_MAX)
        g_ptr_array_remove_range (chain, 0, chain->len - EXPLAIN_MAX);
    when = g_date_time_new_from_unix_local (last->wall_us / G_USEC_PER_SEC);
    start = g_date_time_format (when, "%F %T");
    g_string_append_printf (text, "The last change was over at %s; what led to it:\n", start);
    for (guint i = 0; i < chain->len; i++)
        append_line (text, chain->pdata[i], last->mono_us);
    return g_string_free (text, FALSE);
}
