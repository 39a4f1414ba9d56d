/* SPDX-License-Identifier: Apache-2.0 */
/* Life of the virtual routers, the step, readers; see vrrp.h.
 *
 *      PACKET -> receive.c -> election.c --+
 *      TIMER  ---------------> election.c --+--> emit.c -> actions
 *      TRACKER, CONDITION ---> host.c ------+
 *                                group.c takes the other members of a sync group along */
#include "config.h"

#include "hbd/core/vrrp/private.h"

#include <string.h>

#define NAME_ROW(value, name) [value] = name,
static const char *const count_names[] = { HBD_VRRP_COUNT_LIST (NAME_ROW) };
G_STATIC_ASSERT (G_N_ELEMENTS (count_names) == HBD_VRRP_COUNT_N);

static HbdVrrpInstance *
instance_new (const HbdVrrpInstanceConfig *config, guint index, HbdTime now)
{
    HbdVrrpInstance *i = g_new0 (HbdVrrpInstance, 1);

    i->index = index;
    i->config = *config;
    i->config.name = g_strdup (config->name);
    i->config.tracks = g_memdup2 (config->tracks, config->track_count * sizeof *config->tracks);
    i->codec = hbd_vrrp_codec_new (&config->wire);
    i->config.wire.peers = NULL; /* the codec has its own copies */
    i->config.wire.addresses = NULL;
    i->config.wire.hmac_keys = NULL;
    explicit_bzero (i->config.wire.password, sizeof i->config.wire.password);
    i->interval_us = i->master_interval_us = HBD_MS (10) * config->wire.interval_cs;
    i->effective = config->priority;
    i->since_us = now;
    i->timer_us = i->announce_us = i->refresh_us = HBD_TIME_NEVER;
    i->conflict_us = i->word_again_us = i->deadline_us = HBD_TIME_NEVER;
    return i;
}

static void
copy_trackers (HbdVrrp *v, const HbdVrrpConfig *config)
{
    v->tracker_count = config->tracker_count;
    v->tracker_configs =
        g_memdup2 (config->trackers, config->tracker_count * sizeof *config->trackers);
    v->trackers = g_new0 (HbdVrrpTracker, MAX (config->tracker_count, 1));
    for (guint t = 0; t < v->tracker_count; t++) {
        v->tracker_configs[t].name = g_strdup (config->trackers[t].name);
        hbd_vrrp_tracker_init (&v->trackers[t], &v->tracker_configs[t]);
    }
}

HbdVrrp *
hbd_vrrp_new (const HbdVrrpConfig *config, HbdTime now)
{
    HbdVrrp *v = g_new0 (HbdVrrp, 1);

    v->startup_delay_us = config->startup_delay_us;
    v->deadline_us = HBD_TIME_NEVER;
    copy_trackers (v, config);
    v->group_count = config->group_count;
    v->groups = g_new0 (char *, MAX (config->group_count, 1));
    v->group_states = g_new0 (HbdVrrpState, MAX (config->group_count, 1));
    for (guint g = 0; g < config->group_count; g++)
        v->groups[g] = g_strdup (config->groups[g]);
    v->instance_count = config->instance_count;
    v->instances = g_new0 (HbdVrrpInstance *, MAX (config->instance_count, 1));
    for (guint n = 0; n < config->instance_count; n++)
        v->instances[n] = instance_new (&config->instances[n], n, now);
    return v;
}

void
hbd_vrrp_free (HbdVrrp *v)
{
    if (v == NULL)
        return;
    for (guint n = 0; n < v->instance_count; n++) {
        HbdVrrpInstance *i = v->instances[n];

        g_free ((char *) i->config.name);
        g_free ((HbdVrrpTrack *) i->config.tracks);
        hbd_vrrp_codec_free (i->codec);
        g_free (i);
    }
    for (guint g = 0; g < v->group_count; g++)
        g_free (v->groups[g]);
    for (guint t = 0; t < v->tracker_count; t++)
        g_free ((char *) v->tracker_configs[t].name);
    g_free (v->instances);
    g_free (v->groups);
    g_free (v->group_states);
    g_free (v->tracker_configs);
    g_free (v->trackers);
    g_free (v);
}

static HbdVrrpInstance *
instance_at (const HbdVrrp *v, guint instance)
{
    g_assert (instance < v->instance_count);
    return v->instances[instance];
}

static void
start (HbdVrrp *v)
{
    if (v->is_started)
        return;
    v->is_started = true;
    v->startup_us = v->startup_delay_us > 0 ? v->now + v->startup_delay_us : 0;
    for (guint n = 0; n < v->instance_count; n++) {
        /* Whatever an earlier life left behind (doc/keepalived.md 3.5 INIT). */
        hbd_vrrp_release (v, v->instances[n], HBD_VRRP_WORD_NONE);
        hbd_vrrp_weigh (v, v->instances[n]);
    }
    for (guint n = 0; n < v->instance_count; n++)
        hbd_vrrp_settle (v, v->instances[n]);
}

static void
stop (HbdVrrp *v)
{
    if (v->is_stopping)
        return;
    v->is_stopping = true;
    for (guint n = 0; n < v->instance_count; n++) {
        HbdVrrpInstance *i = v->instances[n];

        hbd_vrrp_leave (v, i);
        hbd_vrrp_set_state (v, i, HBD_VRRP_INIT, HBD_VRRP_BECAUSE_STOP);
    }
}

static void
run_timers (HbdVrrp *v)
{
    bool leaves_startup = v->is_started && v->startup_us != 0 && v->now >= v->startup_us;

    if (leaves_startup)
        v->startup_us = 0;
    /* Before any of them speaks: one may take its group along. */
    for (guint n = 0; n < v->instance_count; n++)
        hbd_vrrp_notice_pause (v, v->instances[n]);
    for (guint n = 0; n < v->instance_count; n++) {
        HbdVrrpInstance *i = v->instances[n];

        if (leaves_startup)
            hbd_vrrp_settle (v, i);
        if (v->now >= i->deadline_us)
            hbd_vrrp_run_timers (v, i);
    }
}

static void
take_tracker (HbdVrrp *v, guint tracker, gint64 value)
{
    const HbdVrrpTrackerConfig *config = &v->tracker_configs[tracker];
    HbdVrrpTrackState before = v->trackers[tracker].state;

    if (!hbd_vrrp_tracker_feed (&v->trackers[tracker], config, value))
        return;
    if (v->trackers[tracker].state != before)
        hbd_vrrp_record (v, HBD_LEVEL_NOTICE, "vrrp.tracker", "tracker=%s to=%s", config->name,
                         v->trackers[tracker].state == HBD_VRRP_TRACK_UP ? "up" : "down");
    for (guint n = 0; n < v->instance_count; n++) {
        HbdVrrpInstance *i = v->instances[n];
        bool is_user = false;

        for (guint t = 0; t < i->config.track_count; t++)
            is_user |= i->config.tracks[t].tracker == tracker;
        if (!is_user)
            continue;
        hbd_vrrp_weigh (v, i);
        hbd_vrrp_settle (v, i);
    }
}

static void
take_condition (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpCondition condition, bool is_bad)
{
    g_assert (condition < HBD_VRRP_CONDITION_N);
    if (is_bad)
        i->conditions |= 1u << condition;
    else
        i->conditions &= ~(1u << condition);
    hbd_vrrp_settle (v, i);
}

static void
take_released (HbdVrrp *v, HbdVrrpInstance *i)
{
    if (i->releases > 0 && --i->releases == 0)
        hbd_vrrp_say_word (v, i);
}

static void
update_deadline (HbdVrrp *v)
{
    v->deadline_us = v->is_started && v->startup_us > v->now ? v->startup_us : HBD_TIME_NEVER;
    for (guint n = 0; n < v->instance_count; n++) {
        HbdVrrpInstance *i = v->instances[n];

        i->deadline_us = hbd_vrrp_instance_deadline (i);
        v->deadline_us = MIN (v->deadline_us, i->deadline_us);
    }
}

void
hbd_vrrp_step (HbdVrrp *v, const HbdVrrpEvent *event, HbdTime now, GArray *out)
{
    v->now = now;
    v->wall_us = event->wall_us;
    v->out = out;
    switch (event->kind) {
    case HBD_VRRP_START:
        start (v);
        break;
    case HBD_VRRP_PACKET:
        hbd_vrrp_receive (v, event);
        break;
    case HBD_VRRP_TIMER:
        run_timers (v);
        break;
    case HBD_VRRP_TRACKER:
        g_assert (event->tracker.tracker < v->tracker_count);
        take_tracker (v, event->tracker.tracker, event->tracker.value);
        break;
    case HBD_VRRP_CONDITION:
        take_condition (v, instance_at (v, event->condition.instance), event->condition.condition,
                        event->condition.is_bad);
        break;
    case HBD_VRRP_SOURCE:
        hbd_vrrp_codec_set_source (instance_at (v, event->source.instance)->codec,
                                   &event->source.address);
        break;
    case HBD_VRRP_RELEASED:
        take_released (v, instance_at (v, event->instance));
        break;
    case HBD_VRRP_STOP:
        stop (v);
        break;
    case HBD_VRRP_EVENT_N:
        g_assert_not_reached ();
    }
    hbd_vrrp_group_report (v);
    update_deadline (v);
    v->out = NULL;
}

HbdTime
hbd_vrrp_deadline (const HbdVrrp *v)
{
    return v->deadline_us;
}

bool
hbd_vrrp_is_stopped (const HbdVrrp *v)
{
    for (guint n = 0; n < v->instance_count; n++) {
        if (v->instances[n]->releases > 0)
            return false;
    }
    return v->is_stopping;
}

HbdVrrpState
hbd_vrrp_state (const HbdVrrp *v, guint instance)
{
    return instance_at (v, instance)->state;
}

HbdTime
hbd_vrrp_since (const HbdVrrp *v, guint instance)
{
    return instance_at (v, instance)->since_us;
}

guint8
hbd_vrrp_priority (const HbdVrrp *v, guint instance)
{
    return instance_at (v, instance)->effective;
}

bool
hbd_vrrp_master (const HbdVrrp *v, guint instance, HbdVrrpAddress *address)
{
    const HbdVrrpInstance *i = instance_at (v, instance);

    *address = i->master;
    return i->has_master;
}

HbdTime
hbd_vrrp_master_down_interval (const HbdVrrp *v, guint instance)
{
    return hbd_vrrp_instance_down_interval (instance_at (v, instance));
}

HbdTime
hbd_vrrp_skew (const HbdVrrp *v, guint instance)
{
    return hbd_vrrp_instance_skew (instance_at (v, instance));
}

const HbdVrrpHeard *
hbd_vrrp_heard (const HbdVrrp *v, guint instance, guint index)
{
    const HbdVrrpInstance *i = instance_at (v, instance);

    return index < HBD_VRRP_PEERS_MAX && i->heard[index].count > 0 ? &i->heard[index] : NULL;
}

HbdVrrpTrackState
hbd_vrrp_tracker_state (const HbdVrrp *v, guint tracker)
{
    g_assert (tracker < v->tracker_count);
    return v->trackers[tracker].state;
}

guint64
hbd_vrrp_strays (const HbdVrrp *v, HbdVrrpVerdict verdict)
{
    g_assert (verdict < HBD_VRRP_VERDICT_N);
    return v->strays[verdict];
}

GVariant *
hbd_vrrp_counters (const HbdVrrp *v, guint instance)
{
    const HbdVrrpInstance *i = instance_at (v, instance);
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("a{st}"));
    for (guint c = 0; c < HBD_VRRP_COUNT_N; c++)
        g_variant_builder_add (&b, "{st}", count_names[c], i->count[c]);
    for (guint verdict = HBD_VRRP_OK + 1; verdict < HBD_VRRP_VERDICT_N; verdict++) {
        g_autofree char *name =
            g_strdup_printf ("refused-%s", hbd_vrrp_verdict_name ((HbdVrrpVerdict) verdict));

        g_variant_builder_add (&b, "{st}", name, i->refused[verdict]);
    }
    return g_variant_builder_end (&b);
}
