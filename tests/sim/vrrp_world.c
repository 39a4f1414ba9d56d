/* SPDX-License-Identifier: Apache-2.0 */
/* Time, the wire, one step; see vrrp_sim.h. */
#include "config.h"

#include "tests/sim/vrrp_sim.h"

#include <string.h>

VrrpWorld *
vrrp_world_new (guint64 seed, FILE *trace)
{
    VrrpWorld *w = g_new0 (VrrpWorld, 1);

    hbd_prng_seed (&w->prng, seed);
    w->now = HBD_S (100);
    w->trace = trace;
    w->handover_us = -HBD_S (1000);
    w->heap = g_array_new (FALSE, FALSE, sizeof (VrrpMsg));
    for (guint s = 0; s < VRRP_SEGMENTS_MAX; s++) {
        w->cached[s] = -1;
        for (guint a = 0; a < VRRP_ROUTERS_MAX; a++)
            for (guint b = 0; b < VRRP_ROUTERS_MAX; b++)
                w->heard_since[s][a][b] = HBD_TIME_NEVER;
    }
    vrrp_configure (w);
    return w;
}

static void
msg_clear (VrrpMsg *msg)
{
    g_clear_pointer (&msg->packet, g_bytes_unref);
}

static void
inbox_clear (VrrpRouter *r)
{
    VrrpMsg *msg;

    while ((msg = g_queue_pop_head (&r->inbox)) != NULL) {
        msg_clear (msg);
        g_free (msg);
    }
}

void
vrrp_world_free (VrrpWorld *w)
{
    for (guint i = 0; i < w->heap->len; i++)
        msg_clear (&g_array_index (w->heap, VrrpMsg, i));
    g_array_unref (w->heap);
    for (guint n = 0; n < VRRP_ROUTERS_MAX; n++) {
        VrrpRouter *r = &w->router[n];

        hbd_vrrp_free (r->ours);
        keepalived_peer_free (r->model);
        inbox_clear (r);
        g_clear_pointer (&r->hmac_key.secret, g_bytes_unref);
    }
    for (guint t = 0; t < VRRP_TAPE; t++)
        g_clear_pointer (&w->tape[t], g_bytes_unref);
    g_free (w->violation);
    g_free (w);
}

gint64
vrrp_rand (VrrpWorld *w, gint64 low, gint64 high)
{
    return hbd_prng_range (&w->prng, low, MAX (low, high));
}

bool
vrrp_chance (VrrpWorld *w, int percent)
{
    return vrrp_rand (w, 1, 100) <= percent;
}

void
vrrp_trace (const VrrpWorld *w, int router, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    if (w->trace == NULL)
        return;
    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    if (router < 0)
        fprintf (w->trace, "[%11.6f] %s\n", (double) w->now / 1e6, text);
    else
        fprintf (w->trace, "[%11.6f] %s%d %s\n", (double) w->now / 1e6,
                 w->router[router].is_ours ? "hbd" : "kpd", router, text);
}

void
vrrp_violate (VrrpWorld *w, const char *format, ...)
{
    va_list args;

    if (w->violation != NULL)
        return;
    va_start (args, format);
    w->violation = g_strdup_vprintf (format, args);
    va_end (args);
    vrrp_trace (w, -1, "VIOLATION %s", w->violation);
}

/* -- the heap -- */

static bool
is_before (const VrrpMsg *a, const VrrpMsg *b)
{
    return a->at != b->at ? a->at < b->at : a->tie < b->tie;
}

/* Add @msg, whose tie is set. */
static void
insert (VrrpWorld *w, VrrpMsg msg)
{
    guint at = w->heap->len;
    VrrpMsg *heap;

    g_array_append_val (w->heap, msg);
    heap = &g_array_index (w->heap, VrrpMsg, 0);
    for (; at > 0 && is_before (&msg, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = msg;
}

void
vrrp_push (VrrpWorld *w, VrrpMsg msg)
{
    msg.tie = hbd_prng_next (&w->prng);
    insert (w, msg);
}

void
vrrp_postpone (VrrpWorld *w, guint router, HbdTime by)
{
    GArray *old = w->heap;

    w->heap = g_array_sized_new (FALSE, FALSE, sizeof (VrrpMsg), old->len);
    for (guint i = 0; i < old->len; i++) {
        VrrpMsg msg = g_array_index (old, VrrpMsg, i);

        if (msg.router == router && msg.kind >= VRRP_MSG_ACQUIRE && msg.kind <= VRRP_MSG_RELEASED)
            msg.at += by;
        insert (w, msg);
    }
    g_array_unref (old);
}

static VrrpMsg
pop (VrrpWorld *w)
{
    VrrpMsg *heap = &g_array_index (w->heap, VrrpMsg, 0);
    VrrpMsg first = heap[0], last = heap[w->heap->len - 1];
    guint len = w->heap->len - 1, at = 0;

    for (guint child = 1; child < len; child = 2 * at + 1) {
        if (child + 1 < len && is_before (&heap[child + 1], &heap[child]))
            child++;
        if (!is_before (&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    g_array_set_size (w->heap, len);
    return first;
}

/* -- the wire -- */

static void
fly (VrrpWorld *w, guint from, guint to, guint segment, GBytes *packet)
{
    const VrrpLink *link = &w->link[segment][from][to];
    VrrpMsg msg = { .at = w->now + vrrp_rand (w, VRRP_HOP_MIN, VRRP_HOP_MAX),
                    .kind = VRRP_MSG_PACKET,
                    .router = to,
                    .segment = segment,
                    .packet = g_bytes_ref (packet) };

    if (link->jitter_us > 0)
        msg.at += vrrp_rand (w, 0, link->jitter_us);
    vrrp_push (w, msg);
}

static bool
is_for (const VrrpRouter *r, guint segment, const HbdVrrpAddress *destination)
{
    return hbd_vrrp_address_is_multicast (destination, HBD_VRRP_IPV4)
           || hbd_vrrp_address_equal (destination, &r->instances[segment].wire.source);
}

void
vrrp_wire_send (VrrpWorld *w, guint from, guint segment, const HbdVrrpAddress *destination,
                GBytes *packet)
{
    g_clear_pointer (&w->tape[w->tape_at % VRRP_TAPE], g_bytes_unref);
    w->tape[w->tape_at++ % VRRP_TAPE] = g_bytes_ref (packet);
    for (guint to = 0; to < w->set.routers; to++) {
        const VrrpLink *link = &w->link[segment][from][to];

        if (to == from || !is_for (&w->router[to], segment, destination))
            continue;
        if (link->is_cut || !w->router[from].is_interface_up || !w->router[to].is_interface_up
            || (link->loss > 0 && vrrp_chance (w, link->loss))) {
            if (vrrp_router_state (&w->router[from], segment) != HBD_VRRP_MASTER)
                w->word_was_lost[segment] = true;
            continue;
        }
        fly (w, from, to, segment, packet);
        if (link->duplicates > 0 && vrrp_chance (w, link->duplicates))
            fly (w, from, to, segment, packet);
    }
}

void
vrrp_wire_inject (VrrpWorld *w, guint to, guint segment, GBytes *packet)
{
    vrrp_push (w, (VrrpMsg){ .at = w->now + VRRP_HOP_MIN,
                             .kind = VRRP_MSG_PACKET,
                             .router = to,
                             .segment = segment,
                             .packet = g_bytes_ref (packet),
                             .is_evil = true });
    w->evil++;
}

/* -- time -- */

static void
step (VrrpWorld *w)
{
    VrrpMsg msg = pop (w);

    w->now = msg.at;
    w->steps++;
    if (w->now / HBD_S (1) != w->busy_second) {
        w->busy_second = w->now / HBD_S (1);
        w->busy_steps = 0;
    }
    if (++w->busy_steps > VRRP_BUSY_MAX)
        vrrp_violate (w, "%u steps in one second", w->busy_steps);
    vrrp_router_take (w, &msg);
    msg_clear (&msg);
    vrrp_check (w);
}

void
vrrp_run_until (VrrpWorld *w, HbdTime time)
{
    while (w->violation == NULL && w->heap->len > 0
           && g_array_index (w->heap, VrrpMsg, 0).at <= time)
        step (w);
    if (w->violation == NULL)
        w->now = MAX (w->now, time);
}

void
vrrp_run_for (VrrpWorld *w, HbdTime time)
{
    vrrp_run_until (w, w->now + time);
}
