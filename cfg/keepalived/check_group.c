/* SPDX-License-Identifier: Apache-2.0 */
/* Names that must meet an object: trackers, members of sync groups (doc/keepalived.md 1.9). */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include <string.h>

static void
complain_track (CfgKaContext *context, const CfgTrack *track, const char *kind)
{
    const CfgPlace *later = cfg_ka_find_name (context, kind, track->name);
    g_autofree char *hint = cfg_ka_near_name (context, kind, track->name);

    if (later == NULL) {
        cfg_ka_warn_at (context, track->place,
                        "there is no %s '%.60s'; it is not followed, as in keepalived%s", kind,
                        track->name, hint);
        return;
    }
    cfg_ka_warn_at (context, track->place,
                    "%s '%.60s' stands below its use, so it is not followed, as in keepalived; "
                    "move it above",
                    kind, track->name);
    cfg_ka_diag_at (context->reader, CFG_NOTE, *later, "it stands here");
}

/* The weight of the object itself. */
static void
take_own_weight (CfgKaContext *context, CfgTrack *track, const char *kind)
{
    gpointer object = cfg_ka_find_name (context, kind, track->name);
    const CfgTrackScript *script = object;
    const CfgTrackFile *file = object;
    const CfgTrackProcess *process = object;
    const CfgBfd *bfd = object;
    bool is_reversed = false;

    if (strcmp (kind, "vrrp_script") == 0)
        track->weight = script->weight, is_reversed = script->is_reversed;
    else if (strcmp (kind, "track_file") == 0)
        track->weight = file->weight, is_reversed = file->is_reversed;
    else if (strcmp (kind, "vrrp_track_process") == 0)
        track->weight = process->weight, is_reversed = process->is_reversed;
    else
        track->weight = bfd->weight, is_reversed = bfd->is_reversed;
    track->is_reversed = track->is_reversed || is_reversed;
}

void
cfg_ka_check_tracks (CfgKaContext *context, GPtrArray *tracks, const char *kind)
{
    for (guint i = 0; i < tracks->len;) {
        CfgTrack *track = tracks->pdata[i];

        if (track->is_unknown) {
            complain_track (context, track, kind);
            g_ptr_array_remove_index (tracks, i);
            continue;
        }
        if (!track->has_weight)
            take_own_weight (context, track, kind);
        i++;
    }
}

/* --- sync groups --------------------------------------------------------------------------- */

/* Trackers with a weight would move one member away from the others. */
static void
drop_weighted (CfgKaContext *context, const CfgVrrpInstance *v, GPtrArray *tracks)
{
    for (guint i = 0; i < tracks->len;) {
        const CfgTrack *track = tracks->pdata[i];

        if (track->weight == 0) {
            i++;
            continue;
        }
        cfg_ka_warn_at (context, track->place,
                        "'%.60s' has a weight, and '%.60s' is in a sync group: it is not "
                        "followed, as in keepalived; use sync_group_tracking_weight in the group",
                        track->name, v->name);
        g_ptr_array_remove_index (tracks, i);
    }
}

static void
check_member_weights (CfgKaContext *context, const CfgVrrpInstance *v)
{
    GPtrArray *lists[] = { v->track_interfaces, v->track_scripts, v->track_files,
                           v->track_processes, v->track_bfds };

    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        drop_weighted (context, v, lists[i]);
}

/* Does @name stay in the group? Says why not. */
static bool
check_member (CfgKaContext *context, const CfgSyncGroup *group, const CfgName *name,
              GHashTable *owners)
{
    const CfgSyncGroup *owner = g_hash_table_lookup (owners, name->name);
    g_autofree char *hint = NULL;

    if (cfg_ka_find_name (context, "vrrp_instance", name->name) == NULL) {
        hint = cfg_ka_near_name (context, "vrrp_instance", name->name);
        cfg_ka_warn_at (context, name->place,
                        "there is no vrrp_instance '%.60s'; sync group '%.60s' goes without it, as "
                        "in keepalived%s",
                        name->name, group->name, hint);
        return false;
    }
    if (owner != NULL) {
        cfg_ka_warn_at (context, name->place,
                        "'%.60s' is in sync group '%.60s' already; it stays there, as in "
                        "keepalived",
                        name->name, owner->name);
        return false;
    }
    g_hash_table_insert (owners, name->name, (gpointer) group);
    return true;
}

static void
check_members (CfgKaContext *context, CfgSyncGroup *group, GHashTable *owners)
{
    for (guint i = 0; i < group->members->len;) {
        const CfgName *name = group->members->pdata[i];

        if (check_member (context, group, name, owners))
            i++;
        else
            g_ptr_array_remove_index (group->members, i);
    }
    for (guint i = 0; i < group->members->len && !group->tracking_weight; i++) {
        const CfgName *name = group->members->pdata[i];

        check_member_weights (context, cfg_ka_find_name (context, "vrrp_instance", name->name));
    }
    if (group->members->len == 1)
        cfg_ka_warn_at (context, group->place,
                        "sync group '%.60s' has only one member; is one missing?", group->name);
}

static void
finish_group (CfgKaContext *context, CfgSyncGroup *group)
{
    const CfgKaGlobals *globals = &context->model->globals;
    GPtrArray **lists[] = { &group->members,     &group->track_interfaces, &group->track_scripts,
                            &group->track_files, &group->track_processes,  &group->track_bfds };

    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        if (*lists[i] == NULL)
            *lists[i] = cfg_ka_array (context);
    cfg_ka_check_tracks (context, group->track_scripts, "vrrp_script");
    cfg_ka_check_tracks (context, group->track_files, "track_file");
    cfg_ka_check_tracks (context, group->track_processes, "vrrp_track_process");
    cfg_ka_check_tracks (context, group->track_bfds, "bfd_instance");
    if (group->notify.priority_changes < 0)
        group->notify.priority_changes = globals->notify_priority_changes;
    if (group->notify.smtp_alert < 0)
        group->notify.smtp_alert =
            MAX (globals->smtp_alert_vrrp >= 0 ? globals->smtp_alert_vrrp : globals->smtp_alert, 0);
}

void
cfg_ka_check_groups (CfgKaContext *context)
{
    GPtrArray *groups = context->model->sync_groups;
    g_autoptr (GHashTable) owners = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint i = 0; i < groups->len;) {
        CfgSyncGroup *group = groups->pdata[i];

        finish_group (context, group);
        check_members (context, group, owners);
        if (group->members->len > 0) {
            i++;
            continue;
        }
        cfg_ka_warn_at (context, group->place,
                        "sync group '%.60s' has no members; it is removed, as in keepalived",
                        group->name);
        g_ptr_array_remove_index (groups, i);
    }
}
