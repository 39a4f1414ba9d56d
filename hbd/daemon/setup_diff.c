/* SPDX-License-Identifier: Apache-2.0 */
/* What a reload changes, said for people and for the manager. Groups are compared by key, their
 * resources by digest, so that what did not change is not touched. */
#include "config.h"

#include "hbd/daemon/setup.h"

#include <string.h>

void
hbd_setup_diff_free (HbdSetupDiff *diff)
{
    if (diff == NULL)
        return;
    g_ptr_array_unref (diff->lines);
    g_ptr_array_unref (diff->stop);
    g_free (diff);
}

bool
hbd_setup_diff_is_empty (const HbdSetupDiff *diff)
{
    return !diff->keys && !diff->engine && !diff->groups && !diff->respawns && !diff->other;
}

static void G_GNUC_PRINTF (2, 3) add_line (HbdSetupDiff *diff, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    g_ptr_array_add (diff->lines, g_strdup_vprintf (format, args));
    va_end (args);
}

/* 1 same, 0 other time limits only, -1 something that runs would have to be stopped */
static int
compare_groups (const CrmGroup *a, const CrmGroup *b)
{
    int result = 1;

    if (a->resources->len != b->resources->len)
        return -1;
    for (guint i = 0; i < a->resources->len; i++) {
        const CrmResource *x = crm_group_resource (a, i), *y = crm_group_resource (b, i);
        g_autofree char *dx = crm_resource_digest (x);
        g_autofree char *dy = crm_resource_digest (y);

        if (strcmp (dx, dy) != 0 || strcmp (x->id, y->id) != 0)
            return -1;
        if (memcmp (x->timeout_us, y->timeout_us, sizeof x->timeout_us) != 0)
            result = 0;
    }
    return result;
}

static void
compare_old_group (HbdSetupDiff *diff, const CrmGroup *was, const CrmModel *now)
{
    int index = crm_model_find_group (now, was->key);
    const CrmGroup *is = index >= 0 ? crm_model_group (now, (guint) index) : NULL;
    int same;

    if (is == NULL) {
        add_line (diff, "group %s is gone: it is stopped", was->key);
        g_ptr_array_add (diff->stop, g_strdup (was->key));
        diff->groups = true;
        return;
    }
    same = compare_groups (was, is);
    if (same < 0) {
        add_line (diff, "group %s has other resources: it is stopped and started", was->key);
        g_ptr_array_add (diff->stop, g_strdup (was->key));
    } else if (same == 0) {
        add_line (diff, "group %s has other time limits", was->key);
    }
    if (strcmp (was->preferred_node, is->preferred_node) != 0)
        add_line (diff, "group %s belongs to %s instead of %s", was->key, is->preferred_node,
                  was->preferred_node);
    diff->groups = diff->groups || same != 1;
}

static void
compare_models (HbdSetupDiff *diff, const CrmModel *old, const CrmModel *new)
{
    for (guint i = 0; i < old->groups->len; i++)
        compare_old_group (diff, crm_model_group (old, i), new);
    for (guint i = 0; i < new->groups->len; i++) {
        const CrmGroup *group = crm_model_group (new, i);

        if (crm_model_find_group (old, group->key) < 0) {
            add_line (diff, "group %s is new", group->key);
            diff->groups = true;
        }
    }
}

static void
compare_time (HbdSetupDiff *diff, const char *name, HbdTime old, HbdTime new)
{
    if (old != new)
        add_line (diff, "%s is %" G_GINT64_FORMAT " ms instead of %" G_GINT64_FORMAT " ms", name,
                  new / 1000, old / 1000);
}

static void
compare_engines (HbdSetupDiff *diff, const HbdSetup *old, const HbdSetup *new)
{
    const HbdMembershipConfig *a = &old->engine->node.membership,
                              *b = &new->engine->node.membership;
    g_autofree char *da = hbd_engine_config_digest (old->engine);
    g_autofree char *db = hbd_engine_config_digest (new->engine);
    g_autofree char *links_a = g_strjoinv (" ", old->engine->links);
    g_autofree char *links_b = g_strjoinv (" ", new->engine->links);

    diff->engine = strcmp (da, db) != 0;
    compare_time (diff, "keepalive", a->keepalive_us, b->keepalive_us);
    compare_time (diff, "deadtime", a->deadtime_us, b->deadtime_us);
    compare_time (diff, "warntime", a->warntime_us, b->warntime_us);
    compare_time (diff, "initdead", a->initdead_us, b->initdead_us);
    if (strcmp (links_a, links_b) != 0)
        add_line (diff, "links are %s instead of %s", links_b, links_a);
    if (old->engine->node.failback != new->engine->node.failback)
        add_line (diff, "auto_failback changed");
}

static void
compare_keys (HbdSetupDiff *diff, const HbdKeyTable *old, const HbdKeyTable *new)
{
    g_autoptr (GVariant) a = g_variant_ref_sink (hbd_keys_to_variant (old));
    g_autoptr (GVariant) b = g_variant_ref_sink (hbd_keys_to_variant (new));

    diff->keys = !g_variant_equal (a, b);
    if (diff->keys)
        add_line (diff, "authkeys changed: key %u signs now", new->active);
}

/* Link details are not in the engine's part (it gets sockets), so they are compared here. */
static bool
links_differ (const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return true;
    for (guint i = 0; i < a->len; i++) {
        const CfgLink *x = a->pdata[i], *y = b->pdata[i];
        guint n = x->peers != NULL ? x->peers->len : 0;

        if (x->kind != y->kind || strcmp (x->interface, y->interface) != 0 || x->port != y->port
            || g_strcmp0 (x->group, y->group) != 0 || x->ttl != y->ttl || x->loop != y->loop
            || n != (y->peers != NULL ? y->peers->len : 0))
            return true;
        for (guint p = 0; p < n; p++)
            if (strcmp (x->peers->pdata[p], y->peers->pdata[p]) != 0)
                return true;
    }
    return false;
}

static bool
respawns_differ (const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return true;
    for (guint i = 0; i < a->len; i++) {
        const CfgRespawn *x = a->pdata[i], *y = b->pdata[i];

        if (strcmp (x->user, y->user) != 0
            || !g_strv_equal ((const char *const *) x->argv, (const char *const *) y->argv))
            return true;
    }
    return false;
}

static bool
file_differs (const HbdFile *a, const HbdFile *b)
{
    if (a->text == NULL || b->text == NULL)
        return a->text != b->text;
    return !g_bytes_equal (a->text, b->text);
}

HbdSetupDiff *
hbd_setup_diff (const HbdSetup *old, const HbdSetup *new)
{
    HbdSetupDiff *diff = g_new0 (HbdSetupDiff, 1);

    diff->lines = g_ptr_array_new_with_free_func (g_free);
    diff->stop = g_ptr_array_new_with_free_func (g_free);
    compare_keys (diff, old->cluster->keys, new->cluster->keys);
    compare_engines (diff, old, new);
    if (links_differ (old->cluster->links, new->cluster->links)) {
        diff->engine = true;
        add_line (diff, "the links' settings changed: they are opened anew");
    }
    compare_models (diff, old->model, new->model);
    if (respawns_differ (old->cluster->respawns, new->cluster->respawns)) {
        diff->respawns = true;
        add_line (diff, "respawn lines changed: those programs are started anew");
    }
    if (hbd_setup_lease_s (old->cluster) != hbd_setup_lease_s (new->cluster)) {
        diff->groups = true;
        add_line (diff, "the lease is %u s instead of %u s", hbd_setup_lease_s (new->cluster),
                  hbd_setup_lease_s (old->cluster));
    }
    for (guint i = 0; hbd_setup_diff_is_empty (diff) && i < HBD_FILE_N; i++)
        if (file_differs (&old->files->file[i], &new->files->file[i])) {
            diff->other = true;
            add_line (diff, "%s changed, but nothing that matters while running",
                      new->files->file[i].path);
        }
    return diff;
}
