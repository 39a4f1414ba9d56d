/* SPDX-License-Identifier: Apache-2.0 */
/* A node's host: what really runs. Agents take their time, fail, hang until their time limit;
 * addresses are the kernel's and live as long as their lease. */
#include "config.h"

#include "tests/sim/sim.h"

static void
set_active (SimWorld *w, guint node, guint g, guint r, bool is_active, const char *why)
{
    SimResource *res = &w->node[node].res[g][r];

    if (res->is_active == is_active)
        return;
    res->is_active = is_active;
    res->is_crashed = false;
    res->since = w->now;
    sim_trace (w, (int) node, "== group%u:%u %s (%s)", g, r, is_active ? "runs" : "is gone", why);
    sim_check_activity (w, node, g, r);
}

static void
lease_begin (SimWorld *w, guint node, guint g, guint r)
{
    SimResource *res = &w->node[node].res[g][r];
    SimEvent *ev;

    res->renewed = w->now;
    res->lease_until = w->now + sim_rand (w, SIM_LEASE_MIN, SIM_LEASE_MAX);
    ev = sim_push (w, SIM_MSG_LEASE, node, res->lease_until);
    ev->resource.group = g;
    ev->resource.resource = r;
}

static void
tell_manager (SimWorld *w, guint node, guint g, guint r)
{
    SimEvent *ev;

    if (!w->node[node].proc[SIM_MANAGER].exists)
        return;
    ev = sim_push (w, SIM_MSG_ADDRESS, node, w->now + sim_rand (w, 5, 100));
    ev->life = w->node[node].proc[SIM_MANAGER].life;
    ev->resource.group = g;
    ev->resource.resource = r;
}

void
sim_lease_check (SimWorld *w, const SimEvent *ev)
{
    guint g = ev->resource.group, r = ev->resource.resource;
    SimResource *res = &w->node[ev->node].res[g][r];

    if (!res->is_active || res->lease_until > w->now)
        return;
    set_active (w, ev->node, g, r, false, "lease");
    tell_manager (w, ev->node, g, r);
}

void
sim_address_renew (SimWorld *w, guint node, guint g, guint r)
{
    if (w->node[node].res[g][r].is_active)
        lease_begin (w, node, g, r);
}

void
sim_address_remove (SimWorld *w, guint node, guint g, guint r, bool tell)
{
    if (!w->node[node].res[g][r].is_active)
        return;
    set_active (w, node, g, r, false, tell ? "third party" : "dropped");
    if (tell)
        tell_manager (w, node, g, r);
}

void
sim_host_clear (SimWorld *w, guint node)
{
    for (guint g = 0; g < w->cfg.n_groups; g++)
        for (guint r = 0; r < w->cfg.n_resources[g]; r++) {
            SimResource *res = &w->node[node].res[g][r];

            set_active (w, node, g, r, false, "power");
            res->start_fails = res->stop_fails = res->start_hangs = res->stop_hangs = 0;
        }
}

/* ---- agents ---- */

/* What this run will do and how long it takes. */
static HbdTime
plan_action (SimWorld *w, SimResource *res, const CrmRunnerAction *a)
{
    guint g = a->run.group, r = a->run.resource;
    bool is_start = a->run.action == CRM_ACTION_START;
    guint *fails = is_start ? &res->start_fails : &res->stop_fails;
    guint *hangs = is_start ? &res->start_hangs : &res->stop_hangs;
    HbdTime span = is_start ? w->cfg.start_us[g][r] : w->cfg.stop_us[g][r];

    res->op_rc = CRM_RC_OK;
    if (a->run.action == CRM_ACTION_PROBE || a->run.action == CRM_ACTION_MONITOR)
        return sim_rand (w, HBD_MS (1), HBD_MS (8));
    span = span / 2 + sim_rand (w, 0, span / 2) + sim_rand (w, 100, 500);
    if (*hangs > 0) {
        (*hangs)--;
        res->op_rc = CRM_RC_TIMEOUT;
        res->op_effect = sim_chance (w, 30) ? is_start : !is_start;
        return a->run.timeout_us + sim_rand (w, 0, HBD_MS (500));
    }
    if (*fails > 0) {
        (*fails)--;
        res->op_rc = CRM_RC_GENERIC;
        /* a start that fails may leave it running; a stop that fails mostly does, and always when
         * many are to fail */
        res->op_effect = is_start ? sim_chance (w, 25) : *fails >= 10 || !sim_chance (w, 20);
        return span;
    }
    res->op_effect = is_start;
    if (res->slow > 0)
        span = MIN (span * res->slow, a->run.timeout_us - HBD_MS (10));
    return span;
}

static SimEvent *
agent_event (SimWorld *w, SimMsgKind kind, guint node, HbdTime at, const CrmRunnerAction *a)
{
    SimEvent *ev = sim_push (w, kind, node, at);

    ev->life = w->node[node].proc[SIM_MANAGER].life;
    ev->resource.group = a->run.group;
    ev->resource.resource = a->run.resource;
    ev->resource.op = a->run.op;
    return ev;
}

void
sim_agent_run (SimWorld *w, guint node, const CrmRunnerAction *a)
{
    SimNode *n = &w->node[node];
    guint g = a->run.group, r = a->run.resource;
    SimResource *res = &n->res[g][r];
    HbdTime span;

    if (res->op_running)
        sim_violate (w, "%s: two actions at once on group%u:%u", n->name, g, r);
    sim_trace (w, (int) node, "   runs %s of group%u:%u",
               a->run.action == CRM_ACTION_PROBE ? "probe" : crm_action_name (a->run.action), g, r);
    if (a->run.action == CRM_ACTION_START)
        sim_check_run_start (w, node, g);
    res->op = a->run.op;
    res->op_action = a->run.action;
    res->op_running = true;
    res->op_effect_done = false;
    span = w->cfg.is_address[g][r] ? 20 : plan_action (w, res, a);
    if (w->cfg.is_address[g][r]) {
        res->op_rc = CRM_RC_OK;
        res->op_effect = a->run.action == CRM_ACTION_START;
    }
    agent_event (w, SIM_MSG_EFFECT, node,
                 w->cfg.is_address[g][r] ? w->now : w->now + sim_rand (w, 1, span - 1), a);
    agent_event (w, SIM_MSG_EFFECT, node, w->now + span, a)->resource.rc = 1; /* the end */
}

static void
show_effect (SimWorld *w, guint node, guint g, guint r)
{
    SimResource *res = &w->node[node].res[g][r];

    if (res->op_effect_done)
        return;
    res->op_effect_done = true;
    if (res->op_action == CRM_ACTION_START || res->op_action == CRM_ACTION_STOP) {
        if (res->op_effect != (res->op_action == CRM_ACTION_START)) /* it failed: as it was */
            return;
        /* an address that is to come always gets a new life, also where it was there */
        if (res->op_effect && w->cfg.is_address[g][r])
            lease_begin (w, node, g, r);
        set_active (w, node, g, r, res->op_effect, crm_action_name (res->op_action));
        res->is_crashed = false;
    }
}

void
sim_agent_effect (SimWorld *w, const SimEvent *ev)
{
    SimNode *n = &w->node[ev->node];
    guint g = ev->resource.group, r = ev->resource.resource;
    SimResource *res = &n->res[g][r];
    SimEvent *result;

    if (ev->life != n->proc[SIM_MANAGER].life || !res->op_running || res->op != ev->resource.op)
        return;
    show_effect (w, ev->node, g, r);
    if (ev->resource.rc == 0)
        return;
    res->op_running = false;
    if (res->op_action == CRM_ACTION_PROBE || res->op_action == CRM_ACTION_MONITOR)
        res->op_rc = res->is_active && !res->is_crashed ? CRM_RC_OK : CRM_RC_NOT_RUNNING;
    result = sim_push (w, SIM_MSG_RESULT, ev->node, w->now);
    result->life = ev->life;
    result->resource = ev->resource;
    result->resource.rc = res->op_rc;
}

/* The manager died, and its children with it: what they were at is done or not. */
void
sim_agents_killed (SimWorld *w, guint node)
{
    for (guint g = 0; g < w->cfg.n_groups; g++)
        for (guint r = 0; r < w->cfg.n_resources[g]; r++) {
            SimResource *res = &w->node[node].res[g][r];

            if (res->op_running && w->node[node].is_powered && sim_chance (w, 50))
                show_effect (w, node, g, r);
            res->op_running = false;
        }
}
