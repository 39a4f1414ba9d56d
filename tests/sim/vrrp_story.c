/* SPDX-License-Identifier: Apache-2.0 */
/* One seed's life: all routers start; rounds of faults, each aimed at a phase of an election; after
 * every round all is well again, and within the bound there is one master, the right one, which
 * stays. */
#include "config.h"

#include "tests/sim/vrrp_sim.h"

#define FAULTS_MIN  40
#define CHANGES_MIN 10
#define KINDS_MIN   6

static const char *const phase_names[] = {
    [VRRP_PHASE_STABLE] = "stable",     [VRRP_PHASE_ELECTION] = "election",
    [VRRP_PHASE_HANDOVER] = "handover", [VRRP_PHASE_CONFLICT] = "conflict",
    [VRRP_PHASE_JOIN] = "join",
};
G_STATIC_ASSERT (G_N_ELEMENTS (phase_names) == VRRP_PHASE_N);

const char *
vrrp_phase_name (VrrpPhase phase)
{
    return phase_names[phase];
}

typedef struct {
    VrrpWorld *w;
    VrrpStory *story;
    guint cell; /* next cell of the table to aim at */
    guint kinds_seen;
} Teller;

static VrrpPhase
phase_of (const VrrpWorld *w)
{
    guint masters = 0;
    bool joins = false;

    for (guint n = 0; n < w->set.routers; n++) {
        const VrrpRouter *r = &w->router[n];

        masters += vrrp_router_claims (r, 0) ? 1 : 0;
        joins |= vrrp_router_runs (r) && w->now - r->started_us < 4 * w->set.interval_us;
    }
    if (masters >= 2)
        return VRRP_PHASE_CONFLICT;
    if (masters == 0)
        return w->now - w->handover_us < w->set.interval_us ? VRRP_PHASE_HANDOVER
                                                            : VRRP_PHASE_ELECTION;
    return joins ? VRRP_PHASE_JOIN : VRRP_PHASE_STABLE;
}

static guint
master_of (VrrpWorld *w)
{
    for (guint n = 0; n < w->set.routers; n++) {
        if (vrrp_router_claims (&w->router[n], 0))
            return n;
    }
    return (guint) vrrp_rand (w, 0, w->set.routers - 1);
}

/* The one that matters more often. */
static guint
pick_router (VrrpWorld *w)
{
    return vrrp_chance (w, 60) ? master_of (w) : (guint) vrrp_rand (w, 0, w->set.routers - 1);
}

static void
strike (Teller *t, VrrpFault fault, guint n)
{
    t->story->table[fault][phase_of (t->w)]++;
    t->story->faults++;
    t->kinds_seen |= 1u << fault;
    vrrp_fault_begin (t->w, fault, n);
}

static void
wait_for_phase (VrrpWorld *w, VrrpPhase phase, HbdTime patience)
{
    HbdTime until = w->now + patience, tick = MAX (w->set.interval_us / 50, HBD_US (500));

    while (phase_of (w) != phase && w->now < until && w->violation == NULL)
        vrrp_run_for (w, tick);
}

/* Bring the routers to where @phase is near. */
static void
provoke (Teller *t, VrrpPhase phase)
{
    VrrpWorld *w = t->w;
    guint n = master_of (w);

    switch (phase) {
    case VRRP_PHASE_ELECTION:
        strike (t, vrrp_chance (w, 50) ? VRRP_FAULT_POWER : VRRP_FAULT_CUT, n);
        if (!vrrp_chance (w, 50) || w->router[n].has_power)
            break;
        vrrp_run_for (w, vrrp_rand (w, 0, 3 * w->set.interval_us));
        break;
    case VRRP_PHASE_HANDOVER:
        strike (t, VRRP_FAULT_STOP, n);
        break;
    case VRRP_PHASE_CONFLICT:
        strike (t, vrrp_chance (w, 50) ? VRRP_FAULT_CUT : VRRP_FAULT_ONE_WAY, n);
        break;
    case VRRP_PHASE_JOIN:
        strike (t, VRRP_FAULT_KILL, n);
        vrrp_run_for (w, vrrp_rand (w, 0, 5 * w->set.interval_us));
        vrrp_fault_end (w, VRRP_FAULT_KILL, n);
        break;
    case VRRP_PHASE_STABLE:
    case VRRP_PHASE_N:
        break;
    }
}

static void
aim (Teller *t)
{
    VrrpWorld *w = t->w;
    guint cell = t->cell++ * 37 % (VRRP_FAULT_N * VRRP_PHASE_N); /* prime to the table's size */
    VrrpFault fault = cell / VRRP_PHASE_N;
    VrrpPhase phase = cell % VRRP_PHASE_N;
    guint n;

    provoke (t, phase);
    wait_for_phase (w, phase, 6 * w->set.interval_us);
    if (w->violation != NULL)
        return;
    n = pick_router (w);
    strike (t, fault, n);
    vrrp_run_for (w, vrrp_rand (w, 0, 6 * w->set.interval_us));
    if (vrrp_chance (w, 50) && w->violation == NULL)
        vrrp_fault_end (w, fault, n);
}

/* When all became well: how long until one master, and does it stay? */
static void
settle (Teller *t)
{
    VrrpWorld *w = t->w;
    HbdTime well, bound = vrrp_settle_bound (w);
    guint64 changes;

    vrrp_fault_end_all (w);
    well = w->now;
    vrrp_run_until (w, well + bound);
    if (w->violation == NULL)
        vrrp_check_settled (w);
    changes = w->changes;
    vrrp_run_for (w, bound / 2 + vrrp_rand (w, 0, w->set.interval_us));
    if (w->violation == NULL)
        vrrp_check_settled (w);
    if (w->violation == NULL && w->changes != changes)
        vrrp_violate (w, "masters change without a fault");
}

static void
check_density (Teller *t)
{
    VrrpWorld *w = t->w;

    t->story->kinds = (guint) __builtin_popcount (t->kinds_seen);
    if (w->violation != NULL)
        return;
    if (t->story->faults < FAULTS_MIN || t->story->kinds < KINDS_MIN || w->changes < CHANGES_MIN)
        vrrp_violate (w, "a dull story: %u faults, %u kinds, %" G_GUINT64_FORMAT " changes",
                      t->story->faults, t->story->kinds, w->changes);
}

void
vrrp_story_run (guint64 seed, HbdTime at_least, FILE *trace, VrrpStory *story)
{
    VrrpWorld *w = vrrp_world_new (seed, trace);
    Teller t = { .w = w, .story = story, .cell = (guint) (seed * 11) };
    HbdTime begin = w->now;

    *story = (VrrpStory){ 0 };
    for (guint n = 0; n < w->set.routers; n++)
        vrrp_router_start (w, n);
    settle (&t);
    while (w->violation == NULL
           && (w->now - begin < at_least || story->faults < FAULTS_MIN || w->changes < CHANGES_MIN)
           && w->now - begin < 10 * at_least) {
        for (int faults = (int) vrrp_rand (w, 1, 4); faults > 0 && w->violation == NULL; faults--)
            aim (&t);
        settle (&t);
        /* Fast routers have quiet stretches: a seed has as many rounds as one of slow ones. */
        if (w->set.interval_us < HBD_MS (500) && w->violation == NULL)
            vrrp_run_for (w, vrrp_rand (w, 0, HBD_S (10)));
    }
    check_density (&t);
    story->changes = (guint) w->changes;
    story->simulated_us = w->now - begin;
    story->steps = w->steps;
    story->evil = w->evil;
    story->violation = g_steal_pointer (&w->violation);
    story->violated_at = w->now;
    vrrp_world_free (w);
}
