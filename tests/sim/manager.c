/* SPDX-License-Identifier: Apache-2.0 */
/* The manager's shell around CrmRunner: requests and results in, agents and addresses out, the
 * journal in /run, the generation on disk. */
#include "config.h"

#include "tests/sim/sim.h"

static void
manager_perform (SimWorld *w, guint node, CrmRunnerAction *a)
{
    SimNode *n = &w->node[node];
    SimEvent *ev;

    switch (a->kind) {
    case CRM_RUNNER_DO_RUN:
        sim_agent_run (w, node, a);
        break;
    case CRM_RUNNER_DO_RENEW:
        sim_address_renew (w, node, a->resource.group, a->resource.resource);
        break;
    case CRM_RUNNER_DO_ANNOUNCE:
    case CRM_RUNNER_DO_REFER:
        break;
    case CRM_RUNNER_DO_DROP:
        sim_address_remove (w, node, a->resource.group, a->resource.resource, false);
        break;
    case CRM_RUNNER_DO_JOURNAL:
        n->journal[a->journal.group][a->journal.resource] = a->journal.state;
        break;
    case CRM_RUNNER_DO_GROUP:
        sim_trace (w, (int) node, "   group%u is %s", a->group.index,
                   crm_group_state_name (a->group.state));
        sim_check_told (w, node, a->group.index, a->group.state);
        ev = sim_ipc_new (w, node, SIM_ENGINE, SIM_MSG_GROUP);
        ev->group.index = a->group.index;
        ev->group.state = a->group.state;
        break;
    case CRM_RUNNER_DO_RELEASED:
        sim_trace (w, (int) node, "-- daemon has stopped");
        sim_proc_end (w, node, SIM_MANAGER);
        sim_check_stopped (w, node);
        n->is_wanted = n->is_stopping = false;
        break;
    case CRM_RUNNER_DO_RECORD:
        sim_trace (w, (int) node, "%s %s %s", hbd_level_name (a->record->level), a->record->name,
                   a->record->fields);
        if (w->is_steady && a->record->level <= HBD_LEVEL_NOTICE)
            sim_violate (w, "steady, but %s says %s %s", n->name, a->record->name,
                         a->record->fields);
        break;
    }
}

static void
manager_step (SimWorld *w, guint node, CrmRunnerEvent *ev)
{
    GArray *out = w->manager_out;

    g_array_set_size (out, 0);
    crm_runner_step (w->node[node].manager, ev, sim_local (w, node), out);
    for (guint i = 0; i < out->len; i++) {
        manager_perform (w, node, &g_array_index (out, CrmRunnerAction, i));
        if (sim_dies_here (w, node, SIM_MANAGER))
            return;
    }
    sim_rearm (w, node, SIM_MANAGER);
}

void
sim_manager_begin (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];
    SimProc *p = &n->proc[SIM_MANAGER];
    CrmRunnerConfig cfg = {
        .model = w->model,
        .lease_us = SIM_LEASE_MAX,
        .renew_us = HBD_MS (250),
        .engine_grace_us = w->cfg.grace_us,
        .max_parallel = 4,
    };

    sim_trace (w, (int) node, "-- manager starts");
    n->manager = crm_runner_new (&cfg, sim_local (w, node));
    p->exists = true;
    p->started = w->now;
    for (guint g = 0; g < SIM_GROUPS; g++)
        n->told[g] = CRM_GROUP_UNKNOWN;
    for (guint g = 0; g < w->cfg.n_groups; g++)
        for (guint r = 0; r < w->cfg.n_resources[g]; r++)
            crm_runner_load_journal (n->manager, g, r, n->journal[g][r]);
    manager_step (w, node, &(CrmRunnerEvent){ .kind = CRM_RUNNER_START });
    if (!p->exists)
        return;
    if (n->proc[SIM_ENGINE].exists) {
        manager_step (w, node, &(CrmRunnerEvent){ .kind = CRM_RUNNER_ENGINE, .engine_up = true });
        sim_ipc_new (w, node, SIM_ENGINE, SIM_MSG_MANAGER)->is_up = true;
        for (guint g = 0; p->exists && g < w->cfg.n_groups; g++)
            sim_engine_tell_group (w, node, g);
    } else if (n->is_stopping) {
        sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_RELEASE);
    } else {
        sim_supervise (w, node, SIM_ENGINE);
    }
}

static void
manager_new_engine (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    if (n->proc[SIM_ENGINE].exists || n->is_stopping || !n->is_wanted)
        return;
    if (n->disk_fails_until > w->now) { /* no generation, no engine: a reused one is a replay */
        sim_supervise (w, node, SIM_ENGINE);
        return;
    }
    manager_step (w, node, &(CrmRunnerEvent){ .kind = CRM_RUNNER_ENGINE, .engine_up = true });
    if (n->proc[SIM_MANAGER].exists)
        sim_engine_begin (w, node);
    else
        sim_supervise (w, node, SIM_ENGINE);
}

static void
manager_persist (SimWorld *w, SimEvent *ev)
{
    SimNode *n = &w->node[ev->node];
    SimEvent *reply = sim_ipc_new (w, ev->node, SIM_ENGINE, SIM_MSG_PERSISTED);

    reply->persist = ev->persist;
    reply->persist.is_ok = n->disk_fails_until <= w->now;
    if (reply->persist.is_ok)
        n->generation = MAX (n->generation, ev->persist.generation);
}

void
sim_manager_receive (SimWorld *w, SimEvent *ev)
{
    CrmRunnerEvent in = { .kind = CRM_RUNNER_TIMER };

    switch (ev->kind) {
    case SIM_MSG_REQUEST:
        in.kind = CRM_RUNNER_REQUEST;
        in.request.kind = ev->request.kind;
        in.request.group = ev->request.group;
        break;
    case SIM_MSG_BEAT:
        if (w->now - ev->sent > SIM_BEAT_MAX_AGE)
            return;
        in.kind = CRM_RUNNER_BEAT;
        break;
    case SIM_MSG_PERSIST:
        manager_persist (w, ev);
        return;
    case SIM_MSG_ENGINE_GONE:
        in.kind = CRM_RUNNER_ENGINE;
        in.engine_up = false;
        break;
    case SIM_MSG_ENGINE_NEW:
        manager_new_engine (w, ev->node);
        return;
    case SIM_MSG_ADDRESS:
        in.kind = CRM_RUNNER_ADDRESS;
        in.address.group = ev->resource.group;
        in.address.resource = ev->resource.resource;
        break;
    case SIM_MSG_RESULT:
        in.kind = CRM_RUNNER_RESULT;
        in.result.op = ev->resource.op;
        in.result.rc = ev->resource.rc;
        in.result.reason = ev->resource.rc == 0 ? NULL : "simulated";
        break;
    default:
        in.kind = CRM_RUNNER_SHUTDOWN;
        break;
    }
    manager_step (w, ev->node, &in);
}

void
sim_manager_timer (SimWorld *w, guint node)
{
    manager_step (w, node, &(CrmRunnerEvent){ .kind = CRM_RUNNER_TIMER });
}
