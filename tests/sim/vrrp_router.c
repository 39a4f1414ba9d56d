/* SPDX-License-Identifier: Apache-2.0 */
/* One router: its process, ours or the model, and its host.
 *
 * Ours runs as engine and manager: changes of addresses are the manager's, one after the other, and
 * outlive the engine, whose death makes the manager drop them all. keepalived changes them itself;
 * when it is killed they stay. A pause is that of the whole host (a machine that stands still): it
 * answers for nothing meanwhile, and goes on where it was. */
#include "config.h"

#include "tests/sim/vrrp_sim.h"

#include <string.h>

#define WALL_AT_ZERO (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

bool
vrrp_router_runs (const VrrpRouter *r)
{
    return (r->ours != NULL || r->model != NULL) && r->paused_until == 0;
}

HbdVrrpState
vrrp_router_state (const VrrpRouter *r, guint segment)
{
    if (r->ours != NULL)
        return hbd_vrrp_state (r->ours, segment);
    return r->model != NULL ? keepalived_peer_state (r->model, segment) : HBD_VRRP_INIT;
}

guint8
vrrp_router_priority (const VrrpRouter *r)
{
    if (r->ours != NULL)
        return hbd_vrrp_priority (r->ours, 0);
    return r->model != NULL ? keepalived_peer_priority (r->model, 0) : 0;
}

bool
vrrp_router_claims (const VrrpRouter *r, guint segment)
{
    return vrrp_router_runs (r)
           && (r->holds[segment] || vrrp_router_state (r, segment) == HBD_VRRP_MASTER);
}

/* Changes of addresses are made for the host in our case, else for the process; announcements end
 * with the process that asked for them. */
static guint
life_of (const VrrpRouter *r, VrrpMsgKind kind)
{
    return r->is_ours && kind != VRRP_MSG_ANNOUNCE ? r->host_life : r->life;
}

/* One change after the other; a life that is over changes nothing more. */
static void
push_host (VrrpWorld *w, guint n, guint segment, VrrpMsgKind kind)
{
    VrrpRouter *r = &w->router[n];

    r->host_busy_until = MAX (r->host_busy_until, w->now) + vrrp_rand (w, 30, VRRP_HOST_MAX);
    vrrp_push (w, (VrrpMsg){ .at = r->host_busy_until,
                             .kind = kind,
                             .router = n,
                             .segment = segment,
                             .life = life_of (r, kind) });
}

static void
end_process (VrrpRouter *r)
{
    VrrpMsg *msg;

    g_clear_pointer (&r->ours, hbd_vrrp_free);
    g_clear_pointer (&r->model, keepalived_peer_free);
    r->life++;
    r->paused_until = 0;
    r->is_stopping = r->has_to_let_go = false;
    r->timer_at = HBD_TIME_NEVER;
    while ((msg = g_queue_pop_head (&r->inbox)) != NULL) {
        g_clear_pointer (&msg->packet, g_bytes_unref);
        g_free (msg);
    }
}

/* doc/design.md, safety: what is said as a backup is said after letting go. */
static void
check_speech (VrrpWorld *w, guint n, const HbdVrrpAction *action)
{
    VrrpRouter *r = &w->router[n];
    guint segment = action->send.instance;

    if (!r->is_ours)
        return;
    if (r->has_to_let_go)
        vrrp_violate (w, "router %u speaks after a long pause, and has not let go", n);
    if (hbd_vrrp_state (r->ours, segment) == HBD_VRRP_MASTER)
        return;
    if (r->holds[segment])
        vrrp_violate (w, "router %u speaks as a backup while it answers for the address", n);
}

static void
take_send (VrrpWorld *w, guint n, const HbdVrrpAction *action)
{
    const guint8 *data = g_bytes_get_data (action->send.packet, NULL);
    guint skip = data[9] == HBD_VRRP_AH_PROTOCOL ? HBD_VRRP_AH_LEN : 0;
    guint8 priority = data[HBD_VRRP_IPV4_HEAD_LEN + skip + 2];

    check_speech (w, n, action);
    if (priority == HBD_VRRP_PRIORITY_STOP)
        w->handover_us = w->now;
    if (w->trace != NULL)
        vrrp_trace (w, (int) n, "says priority %d on segment %u", priority, action->send.instance);
    vrrp_wire_send (w, n, action->send.instance, &action->send.destination, action->send.packet);
}

static void
take_actions (VrrpWorld *w, guint n, const GArray *actions)
{
    for (guint a = 0; a < actions->len; a++) {
        const HbdVrrpAction *action = &g_array_index (actions, HbdVrrpAction, a);

        switch (action->kind) {
        case HBD_VRRP_DO_SEND:
            take_send (w, n, action);
            break;
        case HBD_VRRP_DO_ACQUIRE:
            push_host (w, n, action->instance, VRRP_MSG_ACQUIRE);
            break;
        case HBD_VRRP_DO_RELEASE:
            push_host (w, n, action->instance, VRRP_MSG_RELEASE);
            w->router[n].has_to_let_go = false;
            break;
        case HBD_VRRP_DO_ANNOUNCE:
            push_host (w, n, action->announce.instance, VRRP_MSG_ANNOUNCE);
            break;
        case HBD_VRRP_DO_NOTIFY:
            break;
        case HBD_VRRP_DO_RECORD:
            vrrp_trace (w, (int) n, "%s %s", action->record->name, action->record->fields);
            break;
        }
    }
}

static HbdTime
deadline (const VrrpRouter *r)
{
    if (r->ours != NULL)
        return hbd_vrrp_deadline (r->ours);
    return r->model != NULL ? keepalived_peer_deadline (r->model) : HBD_TIME_NEVER;
}

static void
arm (VrrpWorld *w, guint n)
{
    VrrpRouter *r = &w->router[n];
    HbdTime due = deadline (r);

    if (due == HBD_TIME_NEVER
        || (r->timer_at != HBD_TIME_NEVER && r->timer_at <= due && r->timer_at >= w->now))
        return;
    r->timer_at = MAX (due, w->now) + vrrp_rand (w, 0, VRRP_LATE_MAX);
    vrrp_push (
        w, (VrrpMsg){ .at = r->timer_at, .kind = VRRP_MSG_TIMER, .router = n, .life = r->life });
}

static void
note_states (VrrpWorld *w, guint n)
{
    VrrpRouter *r = &w->router[n];

    for (guint s = 0; s < w->set.segments; s++) {
        HbdVrrpState state = vrrp_router_state (r, s);

        if (state == r->was[s])
            continue;
        if (!r->is_ours)
            vrrp_trace (w, (int) n, "segment %u: %s -> %s", s, hbd_vrrp_state_name (r->was[s]),
                        hbd_vrrp_state_name (state));
        if (state == HBD_VRRP_MASTER)
            w->changes++;
        r->was[s] = state;
    }
}

static void
feed (VrrpWorld *w, guint n, HbdVrrpEvent event)
{
    VrrpRouter *r = &w->router[n];
    g_autoptr (GArray) actions = hbd_vrrp_actions_new ();

    event.wall_us = WALL_AT_ZERO + w->now;
    if (r->ours != NULL)
        hbd_vrrp_step (r->ours, &event, w->now, actions);
    else
        keepalived_peer_step (r->model, &event, w->now, actions);
    note_states (w, n);
    take_actions (w, n, actions);
    arm (w, n);
    if (r->is_stopping && (r->ours == NULL || hbd_vrrp_is_stopped (r->ours))) {
        vrrp_trace (w, (int) n, "ends");
        /* keepalived ends when its own changes are done; ours leaves them to the manager. */
        if (r->ours == NULL)
            memset (r->holds, 0, sizeof r->holds);
        r->stopped_us = w->now;
        end_process (r);
    }
}

static void
tell_interface (VrrpWorld *w, guint n)
{
    for (guint s = 0; s < w->set.segments; s++)
        feed (w, n,
              (HbdVrrpEvent){ .kind = HBD_VRRP_CONDITION,
                              .condition = { s, HBD_VRRP_CONDITION_INTERFACE,
                                             !w->router[n].is_interface_up } });
}

/* -- its life -- */

static bool
is_or_claims (const VrrpRouter *r, guint segment)
{
    return r->holds[segment] || vrrp_router_claims (r, segment);
}

/* It dies as one of two masters, or just before it could say that it is none any more: the other
 * cannot know that neighbours may believe in the dead. */
static void
note_death (VrrpWorld *w, guint n)
{
    for (guint s = 0; s < w->set.segments; s++) {
        for (guint m = 0; m < w->set.routers; m++) {
            if (m != n && is_or_claims (&w->router[m], s)
                && (is_or_claims (&w->router[n], s) || w->cached[s] == (int) n))
                w->word_was_lost[s] = true;
        }
    }
}

void
vrrp_router_start (VrrpWorld *w, guint n)
{
    VrrpRouter *r = &w->router[n];

    if (r->ours != NULL || r->model != NULL)
        return;
    vrrp_trace (w, (int) n, "starts");
    r->has_power = true;
    r->started_us = w->now;
    r->timer_at = HBD_TIME_NEVER;
    memset (r->was, 0, sizeof r->was);
    if (r->is_ours)
        r->ours = hbd_vrrp_new (&r->config, w->now);
    else
        r->model = keepalived_peer_new (&r->config);
    feed (w, n, (HbdVrrpEvent){ .kind = HBD_VRRP_TRACKER, .tracker = { 0, 1 } });
    tell_interface (w, n);
    feed (w, n, (HbdVrrpEvent){ .kind = HBD_VRRP_START });
}

void
vrrp_router_stop (VrrpWorld *w, guint n)
{
    VrrpRouter *r = &w->router[n];

    if (!vrrp_router_runs (r) || r->is_stopping)
        return;
    vrrp_trace (w, (int) n, "is stopped");
    r->is_stopping = true;
    feed (w, n, (HbdVrrpEvent){ .kind = HBD_VRRP_STOP });
}

void
vrrp_router_kill (VrrpWorld *w, guint n)
{
    VrrpRouter *r = &w->router[n];

    if (!vrrp_router_runs (r)) /* nobody is killed on a machine that stands still */
        return;
    vrrp_trace (w, (int) n, "is killed");
    note_death (w, n);
    end_process (r);
    for (guint s = 0; r->is_ours && s < w->set.segments; s++)
        push_host (w, n, s, VRRP_MSG_RELEASE);
}

void
vrrp_router_power (VrrpWorld *w, guint n)
{
    VrrpRouter *r = &w->router[n];

    vrrp_trace (w, (int) n, "loses its power");
    note_death (w, n);
    end_process (r);
    r->host_life++;
    r->host_busy_until = 0;
    r->has_power = false;
    memset (r->holds, 0, sizeof r->holds);
}

void
vrrp_router_pause (VrrpWorld *w, guint n, HbdTime how_long)
{
    VrrpRouter *r = &w->router[n];

    if (!vrrp_router_runs (r))
        return;
    r->has_to_let_go = how_long >= 4 * w->set.interval_us && r->holds[0]
                       && vrrp_router_state (r, 0) == HBD_VRRP_MASTER;
    vrrp_trace (w, (int) n, "stands still for %.3f s", (double) how_long / 1e6);
    r->paused_until = w->now + how_long;
    r->host_busy_until = MAX (r->host_busy_until, w->now) + how_long;
    vrrp_postpone (w, n, how_long);
    vrrp_push (
        w, (VrrpMsg){ .at = r->paused_until, .kind = VRRP_MSG_WAKE, .router = n, .life = r->life });
}

void
vrrp_router_interface (VrrpWorld *w, guint n, bool is_up)
{
    VrrpRouter *r = &w->router[n];

    if (r->is_interface_up == is_up)
        return;
    vrrp_trace (w, (int) n, "interface goes %s", is_up ? "up" : "down");
    r->is_interface_up = is_up;
    if (vrrp_router_runs (r)) /* else it hears when it goes on */
        tell_interface (w, n);
}

void
vrrp_router_track (VrrpWorld *w, guint n, bool is_up)
{
    VrrpRouter *r = &w->router[n];

    if (!vrrp_router_runs (r))
        return;
    vrrp_trace (w, (int) n, "tracker says %s", is_up ? "up" : "down");
    feed (w, n, (HbdVrrpEvent){ .kind = HBD_VRRP_TRACKER, .tracker = { 0, is_up ? 1 : 0 } });
}

/* -- what comes -- */

/* The attacker's packets change nothing but counters. */
static void
take_evil (VrrpWorld *w, guint n, const HbdVrrpEvent *event)
{
    VrrpRouter *r = &w->router[n];
    g_autoptr (GArray) actions = hbd_vrrp_actions_new ();
    HbdTime before = hbd_vrrp_deadline (r->ours);
    HbdVrrpEvent timed = *event;

    timed.wall_us = WALL_AT_ZERO + w->now;
    hbd_vrrp_step (r->ours, &timed, w->now, actions);
    if (hbd_vrrp_deadline (r->ours) != before)
        vrrp_violate (w, "a packet of the attacker moves a timer of router %u", n);
    for (guint a = 0; a < actions->len; a++) {
        if (g_array_index (actions, HbdVrrpAction, a).kind != HBD_VRRP_DO_RECORD)
            vrrp_violate (w, "a packet of the attacker makes router %u act", n);
    }
    note_states (w, n);
}

static void
take_packet (VrrpWorld *w, guint n, const VrrpMsg *msg)
{
    VrrpRouter *r = &w->router[n];
    gsize len;
    const guint8 *data = g_bytes_get_data (msg->packet, &len);
    HbdVrrpEvent event = { .kind = HBD_VRRP_PACKET, .packet = { msg->segment, data, len, NULL } };

    if (msg->is_evil && r->ours != NULL)
        take_evil (w, n, &event);
    else
        feed (w, n, event);
}

static void
serve_timer (VrrpWorld *w, guint n)
{
    VrrpRouter *r = &w->router[n];

    r->timer_at = HBD_TIME_NEVER;
    if (deadline (r) <= w->now)
        feed (w, n, (HbdVrrpEvent){ .kind = HBD_VRRP_TIMER });
    else
        arm (w, n);
}

/* Ours reads its sockets before it looks at timers (hbd/core/vrrp/vrrp.h); keepalived may not. */
static void
wake (VrrpWorld *w, guint n)
{
    VrrpRouter *r = &w->router[n];
    guint life = r->life;
    VrrpMsg *msg;

    vrrp_trace (w, (int) n, "goes on");
    r->paused_until = 0;
    tell_interface (w, n);
    if (!r->is_ours && vrrp_chance (w, 50))
        serve_timer (w, n);
    while (r->life == life && (msg = g_queue_pop_head (&r->inbox)) != NULL) {
        take_packet (w, n, msg);
        g_clear_pointer (&msg->packet, g_bytes_unref);
        g_free (msg);
    }
    if (r->life == life)
        serve_timer (w, n);
}

static void
take_host (VrrpWorld *w, guint n, const VrrpMsg *msg)
{
    VrrpRouter *r = &w->router[n];

    if (msg->life != life_of (r, msg->kind) || !r->has_power)
        return;
    if (msg->kind == VRRP_MSG_ANNOUNCE) {
        if (!r->holds[msg->segment] || !r->is_interface_up)
            return;
        vrrp_trace (w, (int) n, "announces on segment %u", msg->segment);
        w->cached[msg->segment] = (int) n;
        w->word_was_lost[msg->segment] = false;
        return;
    }
    r->holds[msg->segment] = msg->kind == VRRP_MSG_ACQUIRE;
    vrrp_trace (w, (int) n, "%s the address of segment %u",
                r->holds[msg->segment] ? "has" : "has not", msg->segment);
    if (msg->kind == VRRP_MSG_RELEASE && r->ours != NULL)
        vrrp_push (w, (VrrpMsg){ .at = w->now + vrrp_rand (w, 20, 200),
                                 .kind = VRRP_MSG_RELEASED,
                                 .router = n,
                                 .segment = msg->segment,
                                 .life = r->life });
}

void
vrrp_router_take (VrrpWorld *w, VrrpMsg *msg)
{
    guint n = msg->router;
    VrrpRouter *r = &w->router[n];
    bool exists = r->ours != NULL || r->model != NULL;

    switch (msg->kind) {
    case VRRP_MSG_PACKET:
        if (exists && r->paused_until != 0) {
            if (g_queue_get_length (&r->inbox) < VRRP_INBOX_MAX) {
                g_queue_push_tail (&r->inbox, g_memdup2 (msg, sizeof *msg));
                msg->packet = NULL;
            }
        } else if (exists) {
            take_packet (w, n, msg);
        }
        break;
    case VRRP_MSG_TIMER:
        if (exists && msg->life == r->life && r->paused_until == 0 && msg->at == r->timer_at)
            serve_timer (w, n);
        break;
    case VRRP_MSG_RELEASED:
        if (r->ours != NULL && msg->life == r->life)
            feed (w, n, (HbdVrrpEvent){ .kind = HBD_VRRP_RELEASED, .instance = msg->segment });
        break;
    case VRRP_MSG_WAKE:
        if (exists && msg->life == r->life && r->paused_until != 0)
            wake (w, n);
        break;
    case VRRP_MSG_ACQUIRE:
    case VRRP_MSG_RELEASE:
    case VRRP_MSG_ANNOUNCE:
        take_host (w, n, msg);
        break;
    }
}
