/* SPDX-License-Identifier: Apache-2.0 */
/* What a seed's routers look like: how many, whose, which version, interval, authentication,
 * priorities, preemption, groups. */
#include "config.h"

#include "tests/sim/vrrp_sim.h"

#include <string.h>

#define VRID 51

static const char secret[] = "0123456789abcdef0123456789abcdef";

static HbdVrrpAddress
address_of (guint segment, guint last)
{
    return (HbdVrrpAddress){ { 10, (guint8) segment, 0, (guint8) last } };
}

static guint
pick_interval_cs (VrrpWorld *w, guint8 version)
{
    int dice = (int) vrrp_rand (w, 1, 100);

    if (version == 2)
        return dice <= 90 ? 100 : 200;
    return dice <= 65 ? 100 : dice <= 97 ? 10 : 1;
}

static void
pick_auth (VrrpWorld *w, HbdVrrpCodecConfig *wire)
{
    int dice = (int) vrrp_rand (w, 1, 100);

    memcpy (wire->password, "s3cret", 6);
    if (dice <= 25)
        wire->hmac_mode = HBD_VRRP_HMAC_ENFORCE;
    else if (dice <= 45 && wire->version == 2)
        wire->auth_type = HBD_VRRP_AUTH_PASS;
    else if (dice <= 65 && wire->version == 2)
        wire->auth_type = HBD_VRRP_AUTH_AH;
}

static guint8
pick_priority (VrrpWorld *w, guint n)
{
    guint8 other = w->router[0].instances[0].priority;

    if (n > 0 && other != HBD_VRRP_PRIORITY_OWNER && vrrp_chance (w, 25))
        return other; /* equal: the address decides */
    return (guint8) vrrp_rand (w, 60, 220);
}

static void
set_wire (VrrpWorld *w, guint n, guint segment, const HbdVrrpCodecConfig *common, bool is_unicast)
{
    VrrpRouter *r = &w->router[n];
    HbdVrrpCodecConfig *wire = &r->instances[segment].wire;

    *wire = *common;
    wire->vrid = (guint8) (VRID + segment);
    wire->source = address_of (segment, 10 + n);
    wire->addresses = &r->addresses[segment];
    wire->address_count = 1;
    wire->hmac_keys = &r->hmac_key;
    wire->hmac_key_count = wire->hmac_mode != HBD_VRRP_HMAC_OFF ? 1 : 0;
    wire->hmac_active = 1;
    r->addresses[segment] = address_of (segment, 100);
    for (guint m = 0; is_unicast && m < w->set.routers; m++) {
        if (m != n)
            r->peers[segment][wire->peer_count++].address = address_of (segment, 10 + m);
    }
    wire->peers = r->peers[segment];
}

/* Everything of one router; @common has what all share. */
static void
set_router (VrrpWorld *w, guint n, const HbdVrrpInstanceConfig *common, bool is_unicast)
{
    static const char *const groups[] = { "G" };
    VrrpRouter *r = &w->router[n];
    HbdVrrpInstanceConfig instance = *common;

    r->hmac_key = (HbdVrrpHmacKey){ 1, g_bytes_new_static (secret, sizeof secret - 1) };
    r->is_interface_up = true;
    r->timer_at = HBD_TIME_NEVER;
    r->tracker = (HbdVrrpTrackerConfig){ .name = "t", .kind = HBD_VRRP_TRACK_INTERFACE };
    r->track.weight = vrrp_chance (w, 40) ? 0 : -(int) vrrp_rand (w, 10, 150);
    instance.priority = pick_priority (w, n);
    instance.nopreempt = common->nopreempt && vrrp_chance (w, 50);
    instance.is_prompt = is_unicast && w->set.routers == 2;
    instance.tracks = &r->track;
    instance.track_count = 1;
    if (n == 0 && common->wire.auth_type != HBD_VRRP_AUTH_AH && vrrp_chance (w, 10)) {
        instance.priority = HBD_VRRP_PRIORITY_OWNER;
        instance.starts_as_master = true;
    }
    if (common->wire.version == 3 && w->set.has_mixed_intervals && vrrp_chance (w, 30))
        instance.wire.interval_cs *= 2; /* each learns the other's */
    w->set.interval_us = MAX (w->set.interval_us, HBD_MS (10) * instance.wire.interval_cs);
    for (guint s = 0; s < w->set.segments; s++) {
        HbdVrrpCodecConfig wire = instance.wire;

        r->instances[s] = instance;
        r->instances[s].name = s == 0 ? "first" : "second";
        r->instances[s].interface = s;
        r->instances[s].group = w->set.segments > 1 ? 0 : HBD_VRRP_NO_GROUP;
        set_wire (w, n, s, &wire, is_unicast);
    }
    r->config = (HbdVrrpConfig){ .instances = r->instances,
                                 .instance_count = w->set.segments,
                                 .groups = groups,
                                 .group_count = w->set.segments > 1 ? 1 : 0,
                                 .trackers = &r->tracker,
                                 .tracker_count = 1 };
}

void
vrrp_configure (VrrpWorld *w)
{
    HbdVrrpInstanceConfig common = {
        .down_adverts = 3,
        .announce = { 5, HBD_S (5), 5, HBD_S (5), 0, 1 },
        .wire = { .family = HBD_VRRP_IPV4, .group = { { 224, 0, 0, 18 } }, .ttl = 255 },
    };
    bool is_unicast = vrrp_chance (w, 25);

    w->set.routers = (guint) vrrp_rand (w, 2, VRRP_ROUTERS_MAX);
    w->set.segments = vrrp_chance (w, 25) ? 2 : 1;
    w->set.is_strict = vrrp_chance (w, 5);
    w->set.has_mixed_intervals = vrrp_chance (w, 15);
    w->set.is_pure = vrrp_chance (w, 40);
    common.is_strict = w->set.is_strict;
    common.nopreempt = vrrp_chance (w, 20);
    common.wire.version = vrrp_chance (w, 50) ? 2 : 3;
    common.wire.interval_cs = pick_interval_cs (w, common.wire.version);
    pick_auth (w, &common.wire);
    w->set.has_secret =
        common.wire.auth_type != HBD_VRRP_AUTH_NONE || common.wire.hmac_mode != HBD_VRRP_HMAC_OFF;
    w->set.has_ah = common.wire.auth_type == HBD_VRRP_AUTH_AH;
    if (vrrp_chance (w, 10) && !w->set.is_strict)
        common.preempt_delay_us = vrrp_rand (w, 1, 5) * HBD_MS (10) * common.wire.interval_cs;
    w->set.preempt_delay_us = common.preempt_delay_us;
    for (guint n = 0; n < w->set.routers; n++) {
        w->router[n].is_ours = w->set.is_pure || n == 0 || vrrp_chance (w, 40);
        set_router (w, n, &common, is_unicast);
    }
    w->set.is_pure = true;
    for (guint n = 0; n < w->set.routers; n++)
        w->set.is_pure &= w->router[n].is_ours;
    vrrp_trace (w, -1,
                "routers=%u segments=%u version=%d interval_ms=%d auth=%d hmac=%d unicast=%d",
                w->set.routers, w->set.segments, common.wire.version, common.wire.interval_cs * 10,
                common.wire.auth_type, common.wire.hmac_mode, is_unicast);
}
