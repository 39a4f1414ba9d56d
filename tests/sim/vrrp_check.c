/* SPDX-License-Identifier: Apache-2.0 */
/* The rules. What counts is decided from what really happens: who answers for an address, whose
 * process runs, which links carry everything; never from what a router says. */
#include "config.h"

#include "tests/sim/vrrp_sim.h"

/* What the slower of two masters may take beyond its advert interval: its timer is late, the
 * packet flies, the loser drops the address. */
#define CONFLICT_SLACK (VRRP_LATE_MAX + 2 * VRRP_HOP_MAX + 6 * VRRP_HOST_MAX)

static bool
is_clean (const VrrpWorld *w, guint segment, guint from, guint to)
{
    const VrrpLink *link = &w->link[segment][from][to];

    return !link->is_cut && link->loss == 0 && link->jitter_us == 0
           && w->router[from].is_interface_up && w->router[to].is_interface_up;
}

/* Two keepalived masters that use one AH number at one instant refuse each other for as long as
 * their adverts cross (doc/keepalived.md 3.2); ours take care not to. */
static bool
may_be_deaf (const VrrpWorld *w, guint a, guint b)
{
    return !w->router[a].is_ours && !w->router[b].is_ours && w->set.has_ah;
}

static void
check_pair (VrrpWorld *w, guint segment, guint a, guint b)
{
    HbdTime *since = &w->heard_since[segment][a][b];
    HbdTime allowed = MAX (w->router[a].instances[segment].wire.interval_cs,
                           w->router[b].instances[segment].wire.interval_cs)
                      * HBD_MS (10);

    /* Masters that use one AH number at one instant need a second advert. */
    if (w->set.has_ah)
        allowed *= 2;
    if (!vrrp_router_claims (&w->router[a], segment) || !vrrp_router_claims (&w->router[b], segment)
        || !is_clean (w, segment, a, b) || !is_clean (w, segment, b, a) || may_be_deaf (w, a, b)) {
        *since = HBD_TIME_NEVER;
        return;
    }
    if (*since == HBD_TIME_NEVER)
        *since = w->now;
    if (w->now - *since > allowed + CONFLICT_SLACK)
        vrrp_violate (w,
                      "routers %u and %u are both master of segment %u for %.3f s, and hear "
                      "each other",
                      a, b, segment, (double) (w->now - *since) / 1e6);
}

void
vrrp_check (VrrpWorld *w)
{
    for (guint s = 0; s < w->set.segments; s++) {
        for (guint a = 0; a < w->set.routers; a++)
            for (guint b = a + 1; b < w->set.routers; b++)
                check_pair (w, s, a, b);
    }
}

/* Master_Down_Interval is at most four intervals (Skew_Time below one; below 1 s in version 2,
 * whose intervals are not shorter). A conflict takes one more. In a group a member may have to
 * wait once more for the others. */
HbdTime
vrrp_settle_bound (const VrrpWorld *w)
{
    HbdTime down = 4 * w->set.interval_us;
    HbdTime rounds = w->set.segments > 1 ? 2 : 1;

    return rounds * down + w->set.interval_us + w->set.preempt_delay_us
           + (w->set.preempt_delay_us > 0 ? down : 0) + HBD_MS (20);
}

static void
check_owner (VrrpWorld *w, guint segment, guint owner)
{
    const VrrpRouter *o = &w->router[owner];

    if (vrrp_router_state (o, segment) != HBD_VRRP_MASTER || !o->holds[segment])
        vrrp_violate (w, "router %u is half a master of segment %u", owner, segment);
    for (guint n = 0; n < w->set.routers; n++) {
        const VrrpRouter *r = &w->router[n];

        if (n != owner && vrrp_router_runs (r) && !r->instances[segment].nopreempt
            && vrrp_router_priority (r) > vrrp_router_priority (o))
            vrrp_violate (w, "router %u is master of segment %u at priority %d, router %u has %d",
                          owner, segment, vrrp_router_priority (o), n, vrrp_router_priority (r));
        if (n != owner && r->holds[segment])
            vrrp_violate (w, "router %u still answers for the address of segment %u", n, segment);
    }
    /* keepalived as loser may yield before the winner heard of it; then nobody announces. A strict
     * backup says nothing either, and with AH the word of a router that restarted unheard is taken
     * for a replay. */
    if (w->set.is_pure && !w->set.is_strict && !w->set.has_ah && !w->word_was_lost[segment]
        && w->cached[segment] != (int) owner)
        vrrp_violate (w, "the client believes router %d to be the master of segment %u, not %u",
                      w->cached[segment], segment, owner);
}

void
vrrp_check_settled (VrrpWorld *w)
{
    int first = -1;

    for (guint s = 0; s < w->set.segments && w->violation == NULL; s++) {
        guint count = 0, owner = 0, other = 0;

        for (guint n = 0; n < w->set.routers; n++) {
            if (vrrp_router_claims (&w->router[n], s)) {
                count++;
                other = owner;
                owner = n;
            }
        }
        if (count == 2 && may_be_deaf (w, owner, other))
            return;
        if (count != 1) {
            vrrp_violate (w, "segment %u has %u masters after its faults ended", s, count);
            return;
        }
        check_owner (w, s, owner);
        if (first >= 0 && first != (int) owner)
            vrrp_violate (w, "a group is split over routers %d and %u", first, owner);
        first = (int) owner;
    }
}
