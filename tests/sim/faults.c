/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong: each kind of fault, the phase in which the cluster is when it hits, and the
 * operator who mends what no program mends. Faults end by themselves. */
#include "config.h"

#include "tests/sim/sim.h"

#define SIM_NAME(name, text) text,
static const char *const fault_names[] = { SIM_FAULTS (SIM_NAME) };
static const char *const phase_names[] = { SIM_PHASES (SIM_NAME) };

const char *
sim_fault_name (SimFault fault)
{
    return fault_names[fault];
}

const char *
sim_phase_name (SimPhase phase)
{
    return phase_names[phase];
}

/* ---- phases, seen from outside ---- */

static bool
is_away (const SimNode *n)
{
    return !n->is_powered || !n->is_wanted || n->is_unsupervised
           || n->proc[SIM_ENGINE].paused_until != 0;
}

static bool
any_told (const SimWorld *w, CrmGroupState state)
{
    for (guint n = 0; n < SIM_NODES; n++)
        for (guint g = 0; g < w->cfg.n_groups; g++)
            if (w->node[n].proc[SIM_MANAGER].exists && w->node[n].told[g] == state)
                return true;
    return false;
}

static bool
is_all_running (const SimWorld *w)
{
    for (guint g = 0; g < w->cfg.n_groups; g++)
        if (!sim_group_complete (w, 0, g) && !sim_group_complete (w, 1, g))
            return false;
    return true;
}

static SimPhase
phase_with_one (const SimWorld *w)
{
    if (any_told (w, CRM_GROUP_STARTING))
        return SIM_PHASE_TAKEOVER;
    return is_all_running (w) ? SIM_PHASE_STABLE : SIM_PHASE_SILENT;
}

SimPhase
sim_phase (SimWorld *w)
{
    bool is_move = w->move_until > w->now;

    for (guint n = 0; n < SIM_NODES; n++)
        if (w->node[n].is_stopping)
            return SIM_PHASE_SHUTDOWN;
    for (guint n = 0; n < SIM_NODES; n++)
        if (is_away (&w->node[n]))
            return phase_with_one (w);
    for (guint n = 0; n < SIM_NODES; n++)
        if (!w->node[n].is_active)
            return SIM_PHASE_JOIN;
    if (any_told (w, CRM_GROUP_STOPPING))
        return is_move ? SIM_PHASE_STOPPING : SIM_PHASE_FAILBACK;
    if (any_told (w, CRM_GROUP_STARTING))
        return is_move ? SIM_PHASE_STARTING : SIM_PHASE_FAILBACK;
    if (is_move)
        return w->move_began ? SIM_PHASE_STARTING : SIM_PHASE_ASKED;
    return SIM_PHASE_STABLE;
}

/* ---- calls that end a fault ---- */

static void
call_power_on (SimWorld *w, guint node, guint value)
{
    sim_power_on (w, node);
}

static void
call_daemon_start (SimWorld *w, guint node, guint value)
{
    if (w->node[node].is_stopping)
        sim_call_at (w, w->now + HBD_MS (500), call_daemon_start, node, value);
    else
        sim_daemon_start (w, node);
}

static void
call_attack (SimWorld *w, guint node, guint value)
{
    sim_attack (w, node);
}

static void
call_link (SimWorld *w, guint node, guint value)
{
    SimNode *n = &w->node[node];
    SimEvent *ev;

    if (!n->proc[SIM_ENGINE].exists)
        return;
    ev = sim_push (w, SIM_MSG_LINK, node, w->now);
    ev->life = n->proc[SIM_ENGINE].life;
    ev->link.link = (int) value;
    ev->link.is_up = w->link[value].cable_until[node] <= w->now;
}

/* ---- faults ---- */

static HbdTime
fraction (SimWorld *w, guint low_percent, guint high_percent)
{
    return w->cfg.deadtime_us * sim_rand (w, low_percent, high_percent) / 100;
}

void
sim_split (SimWorld *w, HbdTime span)
{
    bool is_calm = sim_is_calm (w);

    sim_trace (w, -1, "-- split for %.3f s", (double) span / 1e6);
    for (guint l = 0; l < w->cfg.n_links; l++)
        w->link[l].cut_until[0] = w->link[l].cut_until[1] = w->now + span;
    sim_disturb (w, w->now + span);
    w->split_mark = is_calm ? w->disturbances : 0;
}

static void
cut_one_way (SimWorld *w, guint from, HbdTime span)
{
    sim_trace (w, (int) from, "-- is not heard for %.3f s", (double) span / 1e6);
    for (guint l = 0; l < w->cfg.n_links; l++)
        w->link[l].cut_until[from] = w->now + span;
    sim_disturb (w, w->now + span);
}

static void
pull_cable (SimWorld *w, guint node, HbdTime span)
{
    guint l = (guint) sim_rand (w, 0, w->cfg.n_links - 1);

    sim_trace (w, (int) node, "-- cable %u out for %.3f s", l, (double) span / 1e6);
    w->link[l].cable_until[node] = w->now + span;
    sim_disturb (w, w->now + span);
    call_link (w, node, l);
    sim_call_at (w, w->now + span, call_link, node, l);
}

static void
bad_links (SimWorld *w, bool is_loss, HbdTime span)
{
    guint permille = (guint) sim_rand (w, 100, 600);

    sim_trace (w, -1, "-- %s on all links for %.3f s", is_loss ? "loss" : "disorder",
               (double) span / 1e6);
    for (guint l = 0; l < w->cfg.n_links; l++) {
        if (is_loss) {
            w->link[l].loss_until = w->now + span;
            w->link[l].loss_permille = permille;
        } else {
            w->link[l].mess_until = w->now + span;
        }
    }
    sim_disturb (w, w->now + span);
}

static void
kill_some (SimWorld *w, SimFault fault, guint node)
{
    SimNode *n = &w->node[node];
    guint after = sim_chance (w, 50) ? (guint) sim_rand (w, 1, 8) : 0;

    if (after > 0 && fault != SIM_FAULT_KILL_BOTH) {
        n->proc[fault == SIM_FAULT_KILL_ENGINE ? SIM_ENGINE : SIM_MANAGER].crash_after = after;
        sim_disturb (w, w->now + HBD_S (2));
        return;
    }
    if (fault != SIM_FAULT_KILL_MANAGER)
        sim_kill (w, node, SIM_ENGINE);
    if (fault != SIM_FAULT_KILL_ENGINE)
        sim_kill (w, node, SIM_MANAGER);
}

static SimResource *
pick_service (SimWorld *w, guint node, bool must_run)
{
    for (guint tries = 0; tries < 20; tries++) {
        guint g = (guint) sim_rand (w, 0, w->cfg.n_groups - 1);
        guint r = (guint) sim_rand (w, 0, w->cfg.n_resources[g] - 1);
        SimResource *res = &w->node[node].res[g][r];

        if (!w->cfg.is_address[g][r] && (!must_run || res->is_active))
            return res;
    }
    return must_run ? NULL : &w->node[node].res[0][w->cfg.n_resources[0] - 1];
}

static void
break_agent (SimWorld *w, SimFault fault, guint node)
{
    SimResource *res = pick_service (w, node, false);
    guint n = (guint) sim_rand (w, 1, 3);

    sim_trace (w, (int) node, "-- agent: %s %u", fault_names[fault], n);
    w->agents_until = w->now + HBD_S (120);
    sim_disturb (w, w->now);
    if (fault == SIM_FAULT_START_FAIL)
        res->start_fails = n;
    else if (fault == SIM_FAULT_STOP_FAIL)
        res->stop_fails = n;
    else if (fault == SIM_FAULT_SLOW)
        res->slow = 2 + 2 * n;
    else if (sim_chance (w, 50))
        res->start_hangs = 1;
    else
        res->stop_hangs = 1;
}

static void
lose_resource (SimWorld *w, SimFault fault, guint node)
{
    sim_disturb (w, w->now);
    for (guint g = 0; g < w->cfg.n_groups; g++)
        for (guint r = 0; r < w->cfg.n_resources[g]; r++) {
            SimResource *res = &w->node[node].res[g][r];

            if (!res->is_active || w->cfg.is_address[g][r] != (fault == SIM_FAULT_ADDRESS))
                continue;
            if (fault == SIM_FAULT_ADDRESS) {
                sim_address_remove (w, node, g, r, true);
            } else if (!res->op_running) {
                res->is_active = false;
                res->is_crashed = true;
                sim_trace (w, (int) node, "== group%u:%u died", g, r);
                sim_check_activity (w, node, g, r);
            }
            return;
        }
}

static void
random_command (SimWorld *w, guint node)
{
    static const CrmHold holds[] = { CRM_HOLD_LOCAL, CRM_HOLD_FOREIGN, CRM_HOLD_ALL };
    CrmCommandKind kind = (CrmCommandKind) sim_rand (w, 0, CRM_COMMAND_GROUP_CLEANUP);
    int group = kind <= CRM_COMMAND_TAKEOVER ? -1 : (int) sim_rand (w, 0, w->cfg.n_groups - 1);

    sim_disturb (w, w->now);
    if (sim_command (w, node, kind, holds[sim_rand (w, 0, 2)], group) == 0)
        return;
    if (kind == CRM_COMMAND_GROUP_STOP)
        w->held_back[group] = true;
}

static void
pause_some (SimWorld *w, SimFault fault, guint node)
{
    HbdTime span;

    if (fault == SIM_FAULT_PAUSE_SHORT)
        span = fraction (w, 2, 97);
    else if (fault == SIM_FAULT_PAUSE_LONG)
        span = fraction (w, 98, 220);
    else
        span = sim_chance (w, 50) ? fraction (w, 2, 95) : fraction (w, 95, 220);
    if (fault != SIM_FAULT_PAUSE_MANAGER)
        sim_pause (w, node, SIM_ENGINE, span);
    if (fault != SIM_FAULT_PAUSE_ENGINE)
        sim_pause (w, node, SIM_MANAGER, span);
}

static void
host_fault (SimWorld *w, SimFault fault, guint node)
{
    HbdTime later = sim_chance (w, 40) ? fraction (w, 5, 90) : fraction (w, 110, 250);
    bool is_end =
        fault == SIM_FAULT_POWER || fault == SIM_FAULT_KILL_ALL || fault == SIM_FAULT_STOP;
    bool is_calm = is_end && sim_is_calm (w);
    HbdTime within = fault == SIM_FAULT_STOP ? HBD_MS (60) : w->cfg.deadtime_us + HBD_MS (60);

    switch (fault) {
    case SIM_FAULT_POWER:
        sim_power_off (w, node);
        sim_call_at (w, w->now + later, call_power_on, node, 0);
        sim_disturb (w, w->now + later);
        break;
    case SIM_FAULT_KILL_ALL:
        sim_kill_all (w, node);
        sim_call_at (w, w->now + later, call_daemon_start, node, 0);
        sim_disturb (w, w->now + later);
        break;
    case SIM_FAULT_STOP:
        sim_daemon_stop (w, node);
        sim_disturb (w, w->now + later);
        sim_call_at (w, w->now + later, call_daemon_start, node, 0);
        break;
    case SIM_FAULT_CLOCK:
        w->node[node].wall_offset_s = sim_rand (w, -100000000, 100000000);
        break;
    case SIM_FAULT_DISK:
        w->node[node].disk_fails_until = w->now + sim_rand (w, HBD_S (1), HBD_S (6));
        sim_disturb (w, w->node[node].disk_fails_until);
        break;
    default: /* ATTACK */
        for (guint i = (guint) sim_rand (w, 5, 30); i > 0; i--)
            sim_call_at (w, w->now + sim_rand (w, 0, HBD_S (2)), call_attack, node, 0);
        break;
    }
    if (is_calm)
        sim_expect_takeover (w, node, within);
}

void
sim_fault (SimWorld *w, SimFault fault, guint node)
{
    switch (fault) {
    case SIM_FAULT_KILL_ENGINE:
    case SIM_FAULT_KILL_MANAGER:
    case SIM_FAULT_KILL_BOTH:
        kill_some (w, fault, node);
        break;
    case SIM_FAULT_PAUSE_ENGINE:
    case SIM_FAULT_PAUSE_MANAGER:
    case SIM_FAULT_PAUSE_SHORT:
    case SIM_FAULT_PAUSE_LONG:
        pause_some (w, fault, node);
        break;
    case SIM_FAULT_LOSS:
    case SIM_FAULT_MESS:
        bad_links (w, fault == SIM_FAULT_LOSS, sim_rand (w, HBD_S (1), HBD_S (8)));
        break;
    case SIM_FAULT_ONE_WAY:
        cut_one_way (w, node, fraction (w, 20, 250));
        break;
    case SIM_FAULT_CABLE:
        pull_cable (w, node, fraction (w, 20, 250));
        break;
    case SIM_FAULT_SPLIT:
        sim_split (w, fraction (w, 20, 250));
        break;
    case SIM_FAULT_START_FAIL:
    case SIM_FAULT_STOP_FAIL:
    case SIM_FAULT_HANG:
    case SIM_FAULT_SLOW:
        break_agent (w, fault, node);
        break;
    case SIM_FAULT_DIES:
    case SIM_FAULT_ADDRESS:
        lose_resource (w, fault, node);
        break;
    case SIM_FAULT_COMMAND:
        random_command (w, node);
        break;
    default:
        host_fault (w, fault, node);
        break;
    }
}

/* ---- the operator ---- */

static void
mend_host (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    for (guint g = 0; g < w->cfg.n_groups; g++)
        for (guint r = 0; r < w->cfg.n_resources[g]; r++) {
            SimResource *res = &n->res[g][r];

            res->start_fails = res->stop_fails = res->start_hangs = res->stop_hangs = 0;
            res->slow = 0;
        }
    n->proc[SIM_ENGINE].crash_after = n->proc[SIM_MANAGER].crash_after = 0;
    sim_power_on (w, node);
    sim_daemon_start (w, node);
}

void
sim_repair (SimWorld *w)
{
    for (guint n = 0; n < SIM_NODES; n++)
        mend_host (w, n);
    for (guint g = 0; g < w->cfg.n_groups; g++) {
        for (guint n = 0; n < SIM_NODES; n++)
            if (w->node[n].told[g] == CRM_GROUP_FAILED || w->node[n].told[g] == CRM_GROUP_STUCK)
                sim_command (w, n, CRM_COMMAND_GROUP_CLEANUP, CRM_HOLD_NONE, (int) g);
        if (w->held_back[g] && w->node[0].is_active && w->node[1].is_active)
            sim_command (w, 0, CRM_COMMAND_GROUP_START, CRM_HOLD_NONE, (int) g);
    }
}
