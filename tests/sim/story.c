/* SPDX-License-Identifier: Apache-2.0 */
/* One seed's life: both nodes start; rounds of faults, each aimed at a phase of a takeover, with a
 * quiet stretch after every round in which the cluster must settle within its bound and then say
 * nothing; at the end both stop and nothing may be left running. */
#include "config.h"

#include "tests/sim/sim.h"

#define FAULTS_MIN  42
#define CHANGES_MIN 10
#define KINDS_MIN   6

typedef struct {
    SimWorld *w;
    SimStory *story;
    guint cell; /* next cell of the table to aim at */
} Teller;

static void
strike (Teller *t, SimFault fault, guint node)
{
    SimPhase phase = sim_phase (t->w);

    t->story->table[fault][phase]++;
    t->story->faults++;
    sim_trace (t->w, -1, "** %s in phase %s", sim_fault_name (fault), sim_phase_name (phase));
    sim_fault (t->w, fault, node);
}

/* The node that matters more often: one that runs something. */
static guint
pick_node (SimWorld *w)
{
    guint node = (guint) sim_rand (w, 0, 1);

    for (guint g = 0; g < w->cfg.n_groups; g++)
        if (sim_group_active (w, node, g))
            return node;
    return sim_chance (w, 60) ? 1 - node : node;
}

static void
ask_for_move (Teller *t)
{
    static const CrmHold holds[] = { CRM_HOLD_ALL, CRM_HOLD_ALL, CRM_HOLD_LOCAL, CRM_HOLD_FOREIGN };
    SimWorld *w = t->w;
    guint node = pick_node (w);

    sim_disturb (w, w->now);
    t->story->table[SIM_FAULT_COMMAND][sim_phase (w)]++;
    t->story->faults++;
    switch (sim_rand (w, 0, 3)) {
    case 0:
        sim_command (w, 1 - node, CRM_COMMAND_TAKEOVER, holds[sim_rand (w, 0, 3)], -1);
        break;
    case 1:
        sim_command (w, node, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE,
                     (int) sim_rand (w, 0, w->cfg.n_groups - 1));
        break;
    default:
        sim_command (w, node, CRM_COMMAND_STANDBY, holds[sim_rand (w, 0, 3)], -1);
        break;
    }
}

/* Bring the cluster to where @phase is near. */
static void
provoke (Teller *t, SimPhase phase)
{
    SimWorld *w = t->w;

    switch (phase) {
    case SIM_PHASE_ASKED:
    case SIM_PHASE_STOPPING:
    case SIM_PHASE_STARTING:
        ask_for_move (t);
        break;
    case SIM_PHASE_SILENT:
    case SIM_PHASE_TAKEOVER:
    case SIM_PHASE_FAILBACK:
    case SIM_PHASE_JOIN:
        strike (t, SIM_FAULT_POWER, pick_node (w));
        break;
    case SIM_PHASE_SHUTDOWN:
        strike (t, SIM_FAULT_STOP, pick_node (w));
        break;
    default:
        break;
    }
}

static bool
wait_for_phase (SimWorld *w, SimPhase phase, HbdTime patience)
{
    HbdTime until = w->now + patience;

    while (sim_phase (w) != phase)
        if (!sim_step (w, until))
            return false;
    return true;
}

static void
aim (Teller *t)
{
    SimWorld *w = t->w;
    guint cell = t->cell++ * 97 % (SIM_FAULT_N * SIM_PHASE_N); /* 97 is prime to the table's size */
    SimFault fault = cell / SIM_PHASE_N;
    SimPhase phase = cell % SIM_PHASE_N;

    provoke (t, phase);
    wait_for_phase (w, phase, phase == SIM_PHASE_STABLE ? HBD_S (3) : 3 * w->cfg.deadtime_us);
    if (sim_chance (w, 30))
        sim_run_for (w, sim_rand (w, 0, HBD_MS (2)));
    if (w->violation == NULL)
        strike (t, fault, pick_node (w));
    sim_run_for (w, sim_chance (w, 50) ? sim_rand (w, 0, HBD_MS (300))
                                       : sim_rand (w, 0, 2 * w->cfg.deadtime_us));
}

/* Faults have ended or end by themselves; the operator mends the rest. */
static void
settle (Teller *t)
{
    SimWorld *w = t->w;
    HbdTime begun, until;
    HbdTime repaired = 0;
    g_autofree char *why = NULL;

    sim_repair (w);
    sim_run_for (w, MAX (0, w->disturbed_until - w->now) + HBD_MS (10));
    begun = w->now;
    until = begun + sim_settle_bound (w);
    while (w->violation == NULL && !sim_is_settled (w, NULL) && w->now < until) {
        if (w->now - repaired >= HBD_S (3)) {
            sim_repair (w);
            repaired = w->now;
        }
        sim_run_for (w, HBD_MS (100));
    }
    t->story->slowest_settle_us = MAX (t->story->slowest_settle_us, w->now - begun);
    if (w->violation == NULL && !sim_is_settled (w, &why))
        sim_violate (w, "not settled after %.1f s: %s", (double) (w->now - begun) / 1e6, why);
}

/* At rest: nothing to say, nothing to do. */
static void
rest (Teller *t)
{
    SimWorld *w = t->w;
    guint changes;
    g_autofree char *why = NULL;

    sim_run_for (w, w->cfg.deadtime_us + HBD_S (1));
    w->agents_until = w->now;
    changes = w->ownership_changes;
    w->is_steady = true;
    sim_run_for (w, sim_chance (w, 30) ? 2 * w->cfg.deadtime_us + HBD_S (1) : HBD_S (1));
    w->is_steady = false;
    if (w->violation == NULL && (changes != w->ownership_changes || !sim_is_settled (w, &why)))
        sim_violate (w, "at rest, but unsettled: %s", why != NULL ? why : "a group moved");
}

static guint
count_kinds (const SimStory *story)
{
    guint kinds = 0;

    for (guint f = 0; f < SIM_FAULT_N; f++) {
        guint sum = 0;

        for (guint p = 0; p < SIM_PHASE_N; p++)
            sum += story->table[f][p];
        kinds += sum > 0 ? 1 : 0;
    }
    return kinds;
}

static void
tell_end (Teller *t)
{
    SimWorld *w = t->w;
    guint first = (guint) sim_rand (w, 0, 1);

    sim_daemon_stop (w, first);
    sim_run_for (w, sim_rand (w, 0, HBD_S (2)));
    sim_daemon_stop (w, 1 - first);
    sim_run_for (w, HBD_S (40));
    for (guint n = 0; n < SIM_NODES && w->violation == NULL; n++)
        if (w->node[n].is_wanted)
            sim_violate (w, "%s has not stopped", w->node[n].name);
}

void
sim_story_run (guint64 seed, HbdTime at_least, FILE *trace, SimStory *story)
{
    SimConfig cfg;
    g_autoptr (SimWorld) w = NULL;
    Teller t = { .story = story, .cell = (guint) (seed * 41) };
    HbdTime begun;
    bool is_full = at_least >= HBD_S (600); /* shorter ones are for a quick look */

    memset (story, 0, sizeof *story);
    sim_config_random (&cfg, seed);
    t.w = w = sim_world_new (&cfg, trace);
    begun = w->now;
    sim_power_on (w, 0);
    sim_run_for (w, sim_rand (w, 0, sim_chance (w, 80) ? HBD_S (2) : HBD_S (20)));
    sim_power_on (w, 1);
    settle (&t);
    while (w->violation == NULL
           && (w->now - begun < at_least
               || (is_full && (story->faults < FAULTS_MIN || w->ownership_changes < CHANGES_MIN)))
           && w->now - begun < 4 * at_least) {
        for (gint64 n = sim_rand (w, 2, 6); n > 0 && w->violation == NULL; n--)
            aim (&t);
        settle (&t);
        rest (&t);
    }
    if (w->violation == NULL)
        tell_end (&t);
    story->kinds = count_kinds (story);
    story->ownership_changes = w->ownership_changes;
    story->simulated_us = w->now - begun;
    story->steps = w->steps;
    story->evil_frames = w->evil_frames;
    story->violated_at = w->now;
    story->violation = g_steal_pointer (&w->violation);
}
