/* SPDX-License-Identifier: Apache-2.0 */
/* A node's processes. The supervisor's rules (restart what died after 20 to 60 ms, manager before
 * engine), the engine's shell around HbdNode and the manager's shell around CrmRunner, the socket
 * between them (in order, lost with either end), SIGSTOP and kill -9, also between two actions of
 * one step. Agents are children that die with their manager: the supervisor sees to that before
 * it starts the next one, so that a new manager's probe tells the truth. */
#include "config.h"

#include <stdio.h>

#include "tests/sim/sim.h"

static const char *const proc_names[] = { "engine", "manager" };
static const int spawn_kind[] = { SIM_MSG_SPAWN_ENGINE, SIM_MSG_SPAWN_MANAGER };

HbdTime
sim_local (const SimWorld *w, guint node)
{
    return w->now - w->node[node].clock_base;
}

/* When is the process's timer served? Timers are late by a little, never early. */
void
sim_rearm (SimWorld *w, guint node, SimProcKind kind)
{
    SimNode *n = &w->node[node];
    SimProc *p = &n->proc[kind];
    HbdTime due;

    if (!p->exists)
        return;
    due = kind == SIM_ENGINE ? hbd_node_deadline (n->engine) : crm_runner_deadline (n->manager);
    if (due != HBD_TIME_NEVER)
        due = MAX (due + n->clock_base, w->now) + sim_rand (w, 0, 400);
    if (kind == SIM_ENGINE)
        due = MIN (due, n->next_beat);
    p->fire_at = due;
}

/* Sockets keep order: each message arrives after the one before it. */
SimEvent *
sim_ipc_new (SimWorld *w, guint node, SimProcKind to, SimMsgKind kind)
{
    SimNode *n = &w->node[node];
    HbdTime soon = w->now + sim_rand (w, 10, 150);
    HbdTime at = MAX (soon, n->ipc_last[to] + 1);
    SimEvent *ev = sim_push (w, kind, node, at);

    ev->life = n->proc[to].life;
    n->ipc_last[to] = at;
    return ev;
}

void
sim_supervise (SimWorld *w, guint node, SimProcKind kind)
{
    SimNode *n = &w->node[node];

    if (!n->is_powered || n->is_unsupervised || n->proc[kind].exists || n->proc[kind].is_spawning)
        return;
    if (!n->is_wanted || (kind == SIM_ENGINE && n->is_stopping))
        return;
    n->proc[kind].is_spawning = true;
    sim_push (w, spawn_kind[kind], node, w->now + sim_rand (w, HBD_MS (20), HBD_MS (60)));
}

/* ---- the end of a process ---- */

void
sim_proc_end (SimWorld *w, guint node, SimProcKind kind)
{
    SimNode *n = &w->node[node];
    SimProc *p = &n->proc[kind];

    p->exists = false;
    p->life++;
    p->paused_until = 0;
    p->crash_after = 0;
    p->fire_at = HBD_TIME_NEVER;
    g_queue_clear_full (&p->inbox, (GDestroyNotify) sim_event_free);
    g_queue_init (&p->inbox);
    if (kind == SIM_ENGINE) {
        sim_check_engine_end (w, node);
        g_clear_pointer (&n->engine, hbd_node_free);
        n->is_active = false;
        if (n->proc[SIM_MANAGER].exists)
            sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_ENGINE_GONE);
    } else {
        g_clear_pointer (&n->manager, crm_runner_free);
        sim_agents_killed (w, node);
        if (n->proc[SIM_ENGINE].exists)
            sim_ipc_new (w, node, SIM_ENGINE, SIM_MSG_MANAGER)->is_up = false;
    }
}

void
sim_kill (SimWorld *w, guint node, SimProcKind kind)
{
    SimNode *n = &w->node[node];

    if (!n->proc[kind].exists)
        return;
    sim_trace (w, (int) node, "-- %s is killed", proc_names[kind]);
    sim_disturb (w, w->now + HBD_MS (100));
    sim_proc_end (w, node, kind);
    if (n->is_stopping && kind == SIM_ENGINE && n->proc[SIM_MANAGER].exists)
        sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_RELEASE);
    sim_supervise (w, node, kind);
}

void
sim_kill_all (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    n->is_unsupervised = true;
    sim_kill (w, node, SIM_ENGINE);
    sim_kill (w, node, SIM_MANAGER);
    n->is_stopping = false;
}

void
sim_pause (SimWorld *w, guint node, SimProcKind kind, HbdTime span)
{
    SimProc *p = &w->node[node].proc[kind];

    if (!p->exists)
        return;
    sim_trace (w, (int) node, "-- %s stands still for %.3f s", proc_names[kind],
               (double) span / 1e6);
    p->paused_until = MAX (p->paused_until, w->now + span);
    sim_disturb (w, p->paused_until);
    sim_push (w, SIM_MSG_WAKE, node, p->paused_until);
}

/* ---- power and orders ---- */

void
sim_daemon_start (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    if (!n->is_powered || n->is_stopping || (n->is_wanted && !n->is_unsupervised))
        return;
    sim_trace (w, (int) node, "-- daemon starts");
    n->is_wanted = true;
    n->is_unsupervised = false;
    sim_supervise (w, node, SIM_MANAGER);
    sim_disturb (w, w->now + HBD_MS (200));
}

void
sim_daemon_stop (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    if (!n->is_powered || !n->is_wanted || n->is_stopping || n->is_unsupervised)
        return;
    sim_trace (w, (int) node, "-- daemon is to stop");
    n->is_stopping = true;
    n->stopping_since = w->now;
    sim_disturb (w, w->now);
    if (n->proc[SIM_ENGINE].exists)
        sim_ipc_new (w, node, SIM_ENGINE, SIM_MSG_STOP);
    else if (n->proc[SIM_MANAGER].exists)
        sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_RELEASE);
}

void
sim_power_off (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    if (!n->is_powered)
        return;
    sim_trace (w, (int) node, "-- power off");
    sim_disturb (w, w->now);
    n->is_powered = false;
    n->is_stopping = n->is_unsupervised = false;
    for (guint k = 0; k < SIM_PROC_N; k++)
        if (n->proc[k].exists)
            sim_proc_end (w, node, k);
    sim_host_clear (w, node);
    memset (n->journal, 0, sizeof n->journal);
}

void
sim_power_on (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    if (n->is_powered)
        return;
    sim_trace (w, (int) node, "-- power on");
    n->is_powered = true;
    n->is_wanted = false;
    n->powered_since = w->now;
    n->clock_base = w->now - sim_rand (w, HBD_S (1), HBD_S (30)); /* uptime when hbd starts */
    for (guint k = 0; k < SIM_PROC_N; k++)
        n->proc[k].is_spawning = false;
    sim_daemon_start (w, node);
}

/* kill -9 between two actions of one step: what came before is done, the rest never is. */
bool
sim_dies_here (SimWorld *w, guint node, SimProcKind kind)
{
    SimProc *p = &w->node[node].proc[kind];

    if (!p->exists)
        return true;
    if (p->crash_after == 0 || --p->crash_after > 0)
        return false;
    sim_kill (w, node, kind);
    return true;
}

/* ---- what the world hands to a process ---- */

static void
spawn (SimWorld *w, SimEvent *ev)
{
    SimNode *n = &w->node[ev->node];
    SimProcKind kind = ev->kind == SIM_MSG_SPAWN_ENGINE ? SIM_ENGINE : SIM_MANAGER;

    n->proc[kind].is_spawning = false;
    if (!n->is_powered || n->is_unsupervised || !n->is_wanted || n->proc[kind].exists)
        return;
    if (kind == SIM_MANAGER)
        sim_manager_begin (w, ev->node);
    else if (n->proc[SIM_MANAGER].exists) /* else the manager's start asks again */
        sim_ipc_new (w, ev->node, SIM_MANAGER, SIM_MSG_ENGINE_NEW);
}

/* A stopped process's sockets fill up; what comes first stays. */
static void
stash (SimWorld *w, SimProc *p, SimEvent *ev)
{
    if (ev->kind == SIM_MSG_FRAME && p->inbox.length >= SIM_INBOX_MAX)
        sim_event_free (ev);
    else
        g_queue_push_tail (&p->inbox, ev);
}

static void
receive (SimWorld *w, SimProcKind kind, SimEvent *ev)
{
    if (kind == SIM_ENGINE)
        sim_engine_receive (w, ev);
    else
        sim_manager_receive (w, ev);
}

/* A process that runs again finds its sockets full; half of the time its timers come first. */
static void
wake (SimWorld *w, guint node, SimProcKind kind)
{
    SimProc *p = &w->node[node].proc[kind];
    guint life = p->life;
    SimEvent *ev;

    if (!p->exists || p->paused_until == 0 || p->paused_until > w->now)
        return;
    p->paused_until = 0;
    sim_trace (w, (int) node, "-- %s runs again", proc_names[kind]);
    if (sim_chance (w, 50) && p->fire_at <= w->now)
        sim_timer (w, node, kind);
    while (p->exists && p->life == life && (ev = g_queue_pop_head (&p->inbox)) != NULL) {
        receive (w, kind, ev);
        sim_event_free (ev);
    }
}

static void
to_process (SimWorld *w, SimProcKind kind, SimEvent *ev)
{
    SimProc *p = &w->node[ev->node].proc[kind];

    if (p->exists && p->life == ev->life) {
        if (ev->kind == SIM_MSG_FRAME)
            sim_check_heard (w, ev->node, ev);
        if (p->paused_until > 0) {
            stash (w, p, ev);
            return;
        }
        receive (w, kind, ev);
    }
    sim_event_free (ev);
}

void
sim_deliver (SimWorld *w, SimEvent *ev)
{
    SimNode *n = &w->node[ev->node];

    switch (ev->kind) {
    case SIM_MSG_EFFECT:
        sim_agent_effect (w, ev);
        break;
    case SIM_MSG_LEASE:
        sim_lease_check (w, ev);
        break;
    case SIM_MSG_SPAWN_MANAGER:
    case SIM_MSG_SPAWN_ENGINE:
        spawn (w, ev);
        break;
    case SIM_MSG_WAKE:
        wake (w, ev->node, sim_chance (w, 50) ? SIM_ENGINE : SIM_MANAGER);
        wake (w, ev->node, SIM_ENGINE);
        wake (w, ev->node, SIM_MANAGER);
        break;
    case SIM_MSG_CALL:
        ev->call.call (w, ev->node, ev->call.value);
        break;
    case SIM_MSG_FRAME: /* the socket takes it for whichever engine is there */
        ev->life = n->proc[SIM_ENGINE].life;
        to_process (w, SIM_ENGINE, ev);
        return;
    default:
        to_process (w, ev->kind < SIM_MSG_REQUEST ? SIM_ENGINE : SIM_MANAGER, ev);
        return;
    }
    sim_event_free (ev);
}

/* Serve what is due. */
void
sim_timer (SimWorld *w, guint node, SimProcKind kind)
{
    SimProc *p = &w->node[node].proc[kind];

    p->spins = p->spun_at == w->now ? p->spins + 1 : 0;
    p->spun_at = w->now;
    if (p->spins > 100)
        sim_violate (w, "%s: %s's timer spins", w->node[node].name, proc_names[kind]);
    else if (kind == SIM_MANAGER)
        sim_manager_timer (w, node);
    else
        sim_engine_timer (w, node);
}
