/* SPDX-License-Identifier: Apache-2.0 */
/* What the host says about an instance: conditions and trackers, and what they make of its state
 * and its priority (doc/keepalived.md 3.5 FAULT, 4.1). */
#include "config.h"

#include "hbd/core/vrrp/private.h"

static const char *const condition_names[] = {
    [HBD_VRRP_CONDITION_INTERFACE] = "interface",
    [HBD_VRRP_CONDITION_SOURCE] = "source",
    [HBD_VRRP_CONDITION_ADDRESSES] = "addresses",
};
G_STATIC_ASSERT (G_N_ELEMENTS (condition_names) == HBD_VRRP_CONDITION_N);

bool
hbd_vrrp_is_faulty (const HbdVrrpInstance *i)
{
    return i->conditions != 0 || i->has_failed_track;
}

static HbdVrrpWeight
weigh_track (const HbdVrrp *v, const HbdVrrpTrack *track)
{
    return hbd_vrrp_track_weigh (&v->trackers[track->tracker], &v->tracker_configs[track->tracker],
                                 track);
}

char *
hbd_vrrp_complaints (const HbdVrrp *v, guint instance)
{
    const HbdVrrpInstance *i = v->instances[instance];
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint c = 0; c < HBD_VRRP_CONDITION_N; c++) {
        if ((i->conditions & 1u << c) != 0)
            g_string_append_printf (text, ",%s", condition_names[c]);
    }
    for (guint n = 0; n < i->config.track_count; n++) {
        HbdVrrpWeight weight = weigh_track (v, &i->config.tracks[n]);

        if (weight.is_fault || weight.is_unknown)
            g_string_append_printf (text, ",%s:%s", weight.is_fault ? "tracker" : "waits-for",
                                    v->tracker_configs[i->config.tracks[n].tracker].name);
    }
    if (hbd_vrrp_group_is_faulty (v, i))
        g_string_append (text, ",group");
    if (text->len > 0)
        g_string_erase (text, 0, 1);
    return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
set_priority (HbdVrrp *v, HbdVrrpInstance *i, guint8 priority)
{
    HbdTime before = hbd_vrrp_instance_skew (i);

    if (priority == i->effective)
        return;
    hbd_vrrp_record (v, HBD_LEVEL_NOTICE, "vrrp.priority", "instance=%s from=%d to=%d",
                     i->config.name, i->effective, priority);
    i->effective = priority;
    if (i->state == HBD_VRRP_BACKUP) {
        i->timer_us = MAX (i->timer_us + hbd_vrrp_instance_skew (i) - before, v->now);
        hbd_vrrp_notify (v, i, HBD_VRRP_NOTIFY_BACKUP_PRIORITY);
    } else if (i->state == HBD_VRRP_MASTER) {
        hbd_vrrp_notify (v, i, HBD_VRRP_NOTIFY_MASTER_PRIORITY);
    }
}

void
hbd_vrrp_weigh (HbdVrrp *v, HbdVrrpInstance *i)
{
    gint64 sum = 0;

    i->has_failed_track = i->has_unknown_track = false;
    for (guint n = 0; n < i->config.track_count; n++) {
        HbdVrrpWeight weight = weigh_track (v, &i->config.tracks[n]);

        i->has_failed_track |= weight.is_fault;
        i->has_unknown_track |= weight.is_unknown;
        sum += weight.delta;
    }
    set_priority (v, i, hbd_vrrp_effective_priority (i->config.priority, sum));
}

void
hbd_vrrp_join (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpReason reason)
{
    i->master_interval_us = i->interval_us;
    i->has_master = false;
    if (!i->config.starts_as_master) {
        hbd_vrrp_become_backup (v, i, reason, HBD_VRRP_WORD_NONE);
        return;
    }
    if (i->config.group == HBD_VRRP_NO_GROUP) {
        hbd_vrrp_become_master (v, i, HBD_VRRP_BECAUSE_OWNER);
        return;
    }
    /* In a group all have to be ready: the timer of the last one finds it so. */
    hbd_vrrp_become_backup (v, i, reason, HBD_VRRP_WORD_NONE);
    i->timer_us = v->now;
    i->expects = HBD_VRRP_BECAUSE_OWNER;
}

static void
fail (HbdVrrp *v, HbdVrrpInstance *i)
{
    /* doc/keepalived.md 3.5: a master says priority 0; ours lets go first. */
    hbd_vrrp_leave (v, i);
    hbd_vrrp_set_state (v, i, HBD_VRRP_FAULT, HBD_VRRP_BECAUSE_FAULT);
}

static void
settle_one (HbdVrrp *v, HbdVrrpInstance *i)
{
    bool is_faulty = hbd_vrrp_is_faulty (i) || hbd_vrrp_group_is_faulty (v, i);

    if (is_faulty && i->state != HBD_VRRP_FAULT)
        fail (v, i);
    else if (!is_faulty && i->state == HBD_VRRP_FAULT)
        hbd_vrrp_join (v, i, HBD_VRRP_BECAUSE_RECOVERY);
    else if (!is_faulty && i->state == HBD_VRRP_INIT && !i->has_unknown_track)
        hbd_vrrp_join (v, i, HBD_VRRP_BECAUSE_START);
}

void
hbd_vrrp_settle (HbdVrrp *v, HbdVrrpInstance *i)
{
    if (!v->is_started || v->is_stopping || v->now < v->startup_us)
        return;
    settle_one (v, i);
    for (guint n = 0; i->config.group != HBD_VRRP_NO_GROUP && n < v->instance_count; n++) {
        if (v->instances[n]->config.group == i->config.group)
            settle_one (v, v->instances[n]);
    }
}
