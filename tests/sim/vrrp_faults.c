/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong, and how it ends. */
#include "config.h"

#include "tests/sim/vrrp_sim.h"

#include <string.h>

#define NAME_ROW(value, name) [value] = name,
static const char *const fault_names[] = { VRRP_FAULT_LIST (NAME_ROW) };
G_STATIC_ASSERT (G_N_ELEMENTS (fault_names) == VRRP_FAULT_N);

const char *
vrrp_fault_name (VrrpFault fault)
{
    return fault_names[fault];
}

/* On the segments whose bit is set in @segments. */
static void
set_links (VrrpWorld *w, guint segments, guint n, const VrrpLink *to, const VrrpLink *from)
{
    for (guint s = 0; s < w->set.segments; s++) {
        for (guint m = 0; (segments & 1u << s) != 0 && m < w->set.routers; m++) {
            if (m == n)
                continue;
            w->link[s][n][m] = *to;
            w->link[s][m][n] = *from;
        }
    }
}

/* The highest priority, by somebody who can do sums but has no key. False: the packet is none that
 * this can be done to. */
static bool
forge (VrrpWorld *w, guint8 *copy, gsize len)
{
    gsize at = HBD_VRRP_IPV4_HEAD_LEN + (w->set.has_ah ? HBD_VRRP_AH_LEN : 0), body_len;
    const HbdVrrpCodecConfig *wire = &w->router[0].instances[0].wire;
    guint8 *body = copy + at;
    HbdVrrpAddress source = { { 0 } }, destination = { { 0 } };

    if (len < at + HBD_VRRP_BODY_HEAD_LEN)
        return false;
    body_len = hbd_vrrp_body_len (HBD_VRRP_IPV4, wire->version, body[3]);
    if (len < at + body_len)
        return false;
    memcpy (source.bytes, copy + 12, 4);
    memcpy (destination.bytes, copy + 16, 4);
    body[2] ^= 0x7f;
    if (wire->auth_type == HBD_VRRP_AUTH_PASS)
        body[body_len - 1] ^= 1;
    hbd_vrrp_checksum_write (body, hbd_vrrp_checksum (body, body_len, wire->version == 3,
                                                      HBD_VRRP_IPV4, &source, &destination));
    return true;
}

/* A forged priority, one changed bit, a cut, or another destination. */
static GBytes *
spoil (VrrpWorld *w, GBytes *packet)
{
    gsize len;
    const guint8 *data = g_bytes_get_data (packet, &len);
    guint8 *copy = g_memdup2 (data, len);
    gsize bit = (gsize) vrrp_rand (w, HBD_VRRP_IPV4_HEAD_LEN * 8, (gint64) len * 8 - 1);

    if (w->set.has_secret && vrrp_chance (w, 30) && forge (w, copy, len))
        return g_bytes_new_take (copy, len);
    switch (vrrp_rand (w, 0, 2)) {
    case 0:
        copy[bit / 8] ^= (guint8) (1 << bit % 8);
        break;
    case 1:
        len = (gsize) vrrp_rand (w, 0, (gint64) len - 1);
        break;
    default:
        copy[16] ^= 0x10; /* to somebody else */
        break;
    }
    return g_bytes_new_take (copy, len);
}

static void
attack (VrrpWorld *w, guint n)
{
    if (w->tape_at < VRRP_TAPE)
        return;
    for (int times = (int) vrrp_rand (w, 5, 60); times > 0; times--) {
        guint segment = (guint) vrrp_rand (w, 0, w->set.segments - 1);
        g_autoptr (GBytes) bad = spoil (w, w->tape[vrrp_rand (w, 0, VRRP_TAPE - 1)]);

        vrrp_wire_inject (w, n, segment, bad);
    }
}

void
vrrp_fault_begin (VrrpWorld *w, VrrpFault fault, guint n)
{
    /* Of two segments: the first, the other, both. */
    guint segments = w->set.segments > 1 ? (guint) vrrp_rand (w, 1, 3) : 1;
    VrrpLink bad = { 0 };
    const VrrpLink good = { 0 };

    vrrp_trace (w, -1, "** %s of router %u, segments %u", fault_names[fault], n, segments);
    switch (fault) {
    case VRRP_FAULT_LOSS:
        bad.loss = (int) vrrp_rand (w, 5, 70);
        set_links (w, segments, n, &bad, &bad);
        break;
    case VRRP_FAULT_DUPLICATES:
        bad.duplicates = (int) vrrp_rand (w, 10, 100);
        set_links (w, segments, n, &bad, &bad);
        break;
    case VRRP_FAULT_JITTER:
        bad.jitter_us = vrrp_rand (w, HBD_MS (1), w->set.interval_us);
        set_links (w, segments, n, &bad, &bad);
        break;
    case VRRP_FAULT_CUT:
        bad.is_cut = true;
        set_links (w, segments, n, &bad, &bad);
        break;
    case VRRP_FAULT_ONE_WAY:
        bad.is_cut = true;
        if (vrrp_chance (w, 50))
            set_links (w, segments, n, &bad, &good);
        else
            set_links (w, segments, n, &good, &bad);
        break;
    case VRRP_FAULT_PAUSE:
        vrrp_router_pause (w, n, vrrp_rand (w, HBD_MS (1), 8 * w->set.interval_us));
        break;
    case VRRP_FAULT_KILL:
        vrrp_router_kill (w, n);
        break;
    case VRRP_FAULT_POWER:
        vrrp_router_power (w, n);
        break;
    case VRRP_FAULT_STOP:
        vrrp_router_stop (w, n);
        break;
    case VRRP_FAULT_INTERFACE:
        vrrp_router_interface (w, n, false);
        break;
    case VRRP_FAULT_TRACKER:
        vrrp_router_track (w, n, false);
        break;
    case VRRP_FAULT_EVIL:
        attack (w, n);
        break;
    case VRRP_FAULT_N:
        break;
    }
}

void
vrrp_fault_end (VrrpWorld *w, VrrpFault fault, guint n)
{
    const VrrpLink good = { 0 };

    switch (fault) {
    case VRRP_FAULT_LOSS:
    case VRRP_FAULT_DUPLICATES:
    case VRRP_FAULT_JITTER:
    case VRRP_FAULT_CUT:
    case VRRP_FAULT_ONE_WAY:
        vrrp_trace (w, -1, "** links of router %u are well", n);
        set_links (w, ~0u, n, &good, &good);
        break;
    case VRRP_FAULT_KILL:
    case VRRP_FAULT_POWER:
    case VRRP_FAULT_STOP:
        vrrp_router_start (w, n);
        break;
    case VRRP_FAULT_INTERFACE:
        vrrp_router_interface (w, n, true);
        break;
    case VRRP_FAULT_TRACKER:
        vrrp_router_track (w, n, true);
        break;
    case VRRP_FAULT_PAUSE:
    case VRRP_FAULT_EVIL:
    case VRRP_FAULT_N:
        break;
    }
}

void
vrrp_fault_end_all (VrrpWorld *w)
{
    HbdTime awake = w->now;

    /* A pause ends by itself, and what follows needs everybody awake. */
    for (guint n = 0; n < w->set.routers; n++)
        awake = MAX (awake, w->router[n].paused_until);
    vrrp_run_until (w, awake);
    for (guint n = 0; n < w->set.routers && w->violation == NULL; n++) {
        vrrp_fault_end (w, VRRP_FAULT_CUT, n);
        vrrp_fault_end (w, VRRP_FAULT_INTERFACE, n);
        vrrp_fault_end (w, VRRP_FAULT_TRACKER, n);
        vrrp_fault_end (w, VRRP_FAULT_POWER, n);
    }
}
