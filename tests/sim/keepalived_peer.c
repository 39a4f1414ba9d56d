/* SPDX-License-Identifier: Apache-2.0 */
/* The model of keepalived; see keepalived_peer.h. */
#include "config.h"

#include "tests/sim/keepalived_peer.h"

#define INSTANCES_MAX 4

typedef struct {
    HbdVrrpInstanceConfig config;
    HbdVrrpCodec *codec;
    HbdVrrpState state, wants;
    guint8 priority;
    bool has_bad_condition, has_bad_tracker;
    HbdTime adver_int, master_adver_int;
    HbdTime timer, second_garp, refresh;
    HbdTime preempt_time; /* 0: not counting */
} Vrrp;

struct _KeepalivedPeer {
    Vrrp vrrp[INSTANCES_MAX];
    guint count;
    bool is_started, is_stopped;
    gint64 *tracker_values; /* -1: none yet */
    guint tracker_count;
    HbdTime now;
    gint64 wall_us;
    GArray *out;
};

KeepalivedPeer *
keepalived_peer_new (const HbdVrrpConfig *config)
{
    KeepalivedPeer *p = g_new0 (KeepalivedPeer, 1);

    g_assert (config->instance_count <= INSTANCES_MAX);
    p->count = config->instance_count;
    p->tracker_count = config->tracker_count;
    p->tracker_values = g_new (gint64, config->tracker_count + 1);
    for (guint t = 0; t < config->tracker_count; t++)
        p->tracker_values[t] = -1;
    for (guint n = 0; n < p->count; n++) {
        Vrrp *v = &p->vrrp[n];

        v->config = config->instances[n];
        v->config.tracks =
            g_memdup2 (v->config.tracks, v->config.track_count * sizeof *v->config.tracks);
        v->codec = hbd_vrrp_codec_new (&v->config.wire);
        v->adver_int = v->master_adver_int = HBD_MS (10) * v->config.wire.interval_cs;
        v->priority = v->config.priority;
        v->timer = v->second_garp = v->refresh = HBD_TIME_NEVER;
    }
    return p;
}

void
keepalived_peer_free (KeepalivedPeer *p)
{
    if (p == NULL)
        return;
    for (guint n = 0; n < p->count; n++) {
        g_free ((HbdVrrpTrack *) p->vrrp[n].config.tracks);
        hbd_vrrp_codec_free (p->vrrp[n].codec);
    }
    g_free (p->tracker_values);
    g_free (p);
}

static guint
index_of (const KeepalivedPeer *p, const Vrrp *v)
{
    return (guint) (v - p->vrrp);
}

static void
send_advert (KeepalivedPeer *p, Vrrp *v, guint8 priority)
{
    g_autoptr (GPtrArray) packets = g_ptr_array_new ();

    hbd_vrrp_codec_encode (v->codec, priority, p->wall_us, packets);
    for (guint n = 0; n < packets->len; n++) {
        HbdVrrpAction action = { .kind = HBD_VRRP_DO_SEND };

        action.send.instance = index_of (p, v);
        action.send.destination = *hbd_vrrp_codec_destination (v->codec, n);
        action.send.packet = packets->pdata[n];
        g_array_append_val (p->out, action);
    }
}

static void
act (KeepalivedPeer *p, const Vrrp *v, HbdVrrpActionKind kind)
{
    HbdVrrpAction action = { .kind = kind };

    action.instance = index_of (p, v);
    g_array_append_val (p->out, action);
}

static void
garp (KeepalivedPeer *p, const Vrrp *v, guint repeat)
{
    HbdVrrpAction action = { .kind = HBD_VRRP_DO_ANNOUNCE };

    if (repeat == 0)
        return;
    action.announce.instance = index_of (p, v);
    action.announce.repeat = repeat;
    g_array_append_val (p->out, action);
}

static HbdTime
skew (const Vrrp *v)
{
    HbdTime unit = v->config.wire.version == 2 ? HBD_S (1) : v->master_adver_int;

    return unit * (256 - v->priority) / 256;
}

static HbdTime
down_interval (const Vrrp *v)
{
    return v->config.down_adverts * v->master_adver_int + skew (v);
}

static bool
same_group (const Vrrp *a, const Vrrp *b)
{
    return a != b && a->config.group != HBD_VRRP_NO_GROUP && a->config.group == b->config.group;
}

static void
leave_master (KeepalivedPeer *p, Vrrp *v, bool says_stop)
{
    if (says_stop)
        send_advert (p, v, 0);
    act (p, v, HBD_VRRP_DO_RELEASE);
    v->second_garp = v->refresh = HBD_TIME_NEVER;
}

static void
to_backup (KeepalivedPeer *p, Vrrp *v)
{
    if (v->state == HBD_VRRP_MASTER)
        leave_master (p, v, false);
    v->state = v->wants = HBD_VRRP_BACKUP;
    v->preempt_time = 0;
    v->timer = p->now + down_interval (v);
}

static void
to_master (KeepalivedPeer *p, Vrrp *v)
{
    v->state = v->wants = HBD_VRRP_MASTER;
    v->master_adver_int = v->adver_int;
    v->preempt_time = 0;
    send_advert (p, v, v->priority);
    act (p, v, HBD_VRRP_DO_ACQUIRE);
    garp (p, v, v->config.announce.repeat);
    v->timer = p->now + v->adver_int;
    if (v->config.announce.delay_us > 0)
        v->second_garp = p->now + v->config.announce.delay_us;
    if (v->config.announce.refresh_us > 0)
        v->refresh = p->now + v->config.announce.refresh_us;
}

/* -- adverts -- */

static void
backup_rx (KeepalivedPeer *p, Vrrp *v, const HbdVrrpAdvert *advert)
{
    bool is_lower = advert->priority < v->priority;

    if (advert->priority == 0) {
        v->timer = p->now + skew (v);
        return;
    }
    if (is_lower && v->config.preempt_delay_us > 0 && v->preempt_time == 0)
        v->preempt_time = p->now + v->config.preempt_delay_us;
    if (!is_lower)
        v->preempt_time = 0;
    if (is_lower && !v->config.nopreempt && p->now >= v->preempt_time)
        return;
    if (v->config.wire.version == 3)
        v->master_adver_int = HBD_MS (10) * advert->interval_cs;
    v->wants = HBD_VRRP_BACKUP;
    v->timer = p->now + down_interval (v);
}

static void
master_rx (KeepalivedPeer *p, Vrrp *v, const HbdVrrpAdvert *advert, const HbdVrrpAddress *sender)
{
    int address = hbd_vrrp_address_compare (sender, hbd_vrrp_codec_source (v->codec));

    if (advert->priority == 0) {
        send_advert (p, v, v->priority);
        v->timer = p->now + v->adver_int;
        return;
    }
    if (advert->priority > v->priority || (advert->priority == v->priority && address > 0)) {
        if (v->config.wire.version == 3)
            v->master_adver_int = HBD_MS (10) * advert->interval_cs;
        to_backup (p, v);
        for (guint n = 0; n < p->count; n++) {
            if (same_group (v, &p->vrrp[n]) && p->vrrp[n].state == HBD_VRRP_MASTER)
                to_backup (p, &p->vrrp[n]);
        }
        return;
    }
    if (advert->priority == v->priority && address == 0)
        return;
    if (!v->config.lower_prio_no_advert) {
        send_advert (p, v, v->priority);
        v->timer = p->now + v->adver_int;
    }
    garp (p, v, v->config.announce.lower_repeat);
    if (v->config.announce.lower_delay_us > 0)
        v->second_garp = p->now + v->config.announce.lower_delay_us;
}

static void
receive (KeepalivedPeer *p, const HbdVrrpEvent *event)
{
    HbdVrrpPacket packet;
    HbdVrrpAdvert advert;

    if (hbd_vrrp_unwrap (event->packet.data, event->packet.len, &packet) != HBD_VRRP_OK)
        return;
    for (guint n = 0; n < p->count; n++) {
        Vrrp *v = &p->vrrp[n];

        if (v->config
                    .interface != event->packet.interface || hbd_vrrp_codec_decode (v->codec, &packet, p->wall_us, &advert, NULL) != HBD_VRRP_OK)
            continue;
        if (v->state == HBD_VRRP_BACKUP)
            backup_rx (p, v, &advert);
        else if (v->state == HBD_VRRP_MASTER)
            master_rx (p, v, &advert, &packet.source);
        return;
    }
}

/* -- timers -- */

static void
backup_timeout (KeepalivedPeer *p, Vrrp *v)
{
    v->wants = HBD_VRRP_MASTER;
    for (guint n = 0; n < p->count; n++) {
        const Vrrp *other = &p->vrrp[n];

        if (same_group (v, other) && other->wants != HBD_VRRP_MASTER) {
            v->timer = p->now + down_interval (v);
            return;
        }
    }
    to_master (p, v);
    for (guint n = 0; n < p->count; n++) {
        if (same_group (v, &p->vrrp[n]) && p->vrrp[n].state == HBD_VRRP_BACKUP)
            to_master (p, &p->vrrp[n]);
    }
}

static void
timers (KeepalivedPeer *p)
{
    for (guint n = 0; n < p->count; n++) {
        Vrrp *v = &p->vrrp[n];

        if (p->now >= v->timer && v->state == HBD_VRRP_BACKUP) {
            backup_timeout (p, v);
        } else if (p->now >= v->timer && v->state == HBD_VRRP_MASTER) {
            send_advert (p, v, v->priority);
            v->timer = p->now + v->adver_int;
        }
        if (p->now >= v->second_garp) {
            v->second_garp = HBD_TIME_NEVER;
            garp (p, v, v->config.announce.repeat);
        }
        if (p->now >= v->refresh) {
            v->refresh = p->now + v->config.announce.refresh_us;
            garp (p, v, MAX (v->config.announce.refresh_repeat, 1));
        }
    }
}

/* -- faults -- */

static bool
is_faulty (const KeepalivedPeer *p, const Vrrp *v)
{
    for (guint n = 0; n < p->count; n++) {
        const Vrrp *other = &p->vrrp[n];

        if ((other == v || same_group (v, other))
            && (other->has_bad_condition || other->has_bad_tracker))
            return true;
    }
    return false;
}

static void
join (KeepalivedPeer *p, Vrrp *v)
{
    if (v->config.starts_as_master && v->config.group == HBD_VRRP_NO_GROUP)
        to_master (p, v);
    else
        to_backup (p, v);
}

static void
settle (KeepalivedPeer *p)
{
    for (guint n = 0; n < p->count && p->is_started && !p->is_stopped; n++) {
        Vrrp *v = &p->vrrp[n];
        bool faulty = is_faulty (p, v);

        if (faulty && v->state != HBD_VRRP_FAULT) {
            if (v->state == HBD_VRRP_MASTER)
                leave_master (p, v, true);
            v->state = v->wants = HBD_VRRP_FAULT;
            v->timer = HBD_TIME_NEVER;
        } else if (!faulty && v->state == HBD_VRRP_FAULT) {
            join (p, v);
        }
    }
}

static void
weigh (KeepalivedPeer *p, Vrrp *v)
{
    int priority = v->config.priority;
    HbdTime before = skew (v);

    v->has_bad_tracker = false;
    for (guint n = 0; n < v->config.track_count; n++) {
        const HbdVrrpTrack *track = &v->config.tracks[n];

        if (p->tracker_values[track->tracker] != 0)
            continue;
        if (track->weight == 0)
            v->has_bad_tracker = true;
        else if (track->weight < 0)
            priority += track->weight;
    }
    v->priority = v->config.priority == 255 ? 255 : (guint8) CLAMP (priority, 1, 254);
    if (v->state == HBD_VRRP_BACKUP)
        v->timer += skew (v) - before;
}

static void
start (KeepalivedPeer *p)
{
    p->is_started = true;
    for (guint n = 0; n < p->count; n++) {
        act (p, &p->vrrp[n], HBD_VRRP_DO_RELEASE);
        join (p, &p->vrrp[n]);
    }
}

static void
stop (KeepalivedPeer *p)
{
    p->is_stopped = true;
    for (guint n = 0; n < p->count; n++) {
        Vrrp *v = &p->vrrp[n];

        if (v->state == HBD_VRRP_MASTER)
            leave_master (p, v, true);
        v->state = v->wants = HBD_VRRP_INIT;
        v->timer = HBD_TIME_NEVER;
    }
}

void
keepalived_peer_step (KeepalivedPeer *p, const HbdVrrpEvent *event, HbdTime now, GArray *out)
{
    p->now = now;
    p->wall_us = event->wall_us;
    p->out = out;
    switch (event->kind) {
    case HBD_VRRP_START:
        start (p);
        break;
    case HBD_VRRP_PACKET:
        receive (p, event);
        break;
    case HBD_VRRP_TIMER:
        timers (p);
        break;
    case HBD_VRRP_TRACKER:
        g_assert (event->tracker.tracker < p->tracker_count);
        p->tracker_values[event->tracker.tracker] = event->tracker.value;
        for (guint n = 0; n < p->count; n++)
            weigh (p, &p->vrrp[n]);
        break;
    case HBD_VRRP_CONDITION:
        p->vrrp[event->condition.instance].has_bad_condition = event->condition.is_bad;
        break;
    case HBD_VRRP_STOP:
        stop (p);
        break;
    case HBD_VRRP_SOURCE:
    case HBD_VRRP_RELEASED:
    case HBD_VRRP_EVENT_N:
        break;
    }
    settle (p);
}

HbdTime
keepalived_peer_deadline (const KeepalivedPeer *p)
{
    HbdTime deadline = HBD_TIME_NEVER;

    for (guint n = 0; n < p->count; n++) {
        const Vrrp *v = &p->vrrp[n];

        if (v->state == HBD_VRRP_BACKUP || v->state == HBD_VRRP_MASTER)
            deadline = MIN (deadline, MIN (v->timer, MIN (v->second_garp, v->refresh)));
    }
    return deadline;
}

HbdVrrpState
keepalived_peer_state (const KeepalivedPeer *p, guint instance)
{
    return p->vrrp[instance].state;
}

guint8
keepalived_peer_priority (const KeepalivedPeer *p, guint instance)
{
    return p->vrrp[instance].priority;
}
