/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's shell around HbdNode: what comes in becomes an event, what it decides is performed;
 * a beat for the manager goes out while its loop runs. */
#include "config.h"

#include "tests/sim/sim.h"

static const char *const link_names[] = { "eth0", "eth1" };
static const char *const node_names[] = { "alpha", "beta", NULL };

static gint64
wall_s (const SimWorld *w, guint node)
{
    return 1700000000 + w->now / HBD_S (1) + w->node[node].wall_offset_s;
}

static bool
is_stop_open (const SimWorld *w, int group)
{
    for (guint i = 0; i < SIM_COMMANDS; i++) {
        const SimCommand *c = &w->command[i];

        if (c->is_open && c->kind == CRM_COMMAND_GROUP_STOP && c->group == group
            && c->life == w->node[c->node].proc[SIM_ENGINE].life)
            return true;
    }
    return false;
}

/* Every command gets exactly one reply. */
static void
command_replied (SimWorld *w, guint node, const HbdNodeAction *a)
{
    SimCommand *c = &w->command[a->reply.id % SIM_COMMANDS];

    sim_trace (w, (int) node, "   reply %u %s: %s", a->reply.id, a->reply.is_ok ? "ok" : "no",
               a->reply.text);
    if (!c->is_open || c->id != a->reply.id || c->node != node) {
        sim_violate (w, "reply to command %u that is not open", a->reply.id);
        return;
    }
    c->is_open = false;
    if (c->kind == CRM_COMMAND_GROUP_START && a->reply.is_ok && !is_stop_open (w, c->group))
        w->held_back[c->group] = false;
}

static void
engine_perform (SimWorld *w, guint node, HbdNodeAction *a)
{
    SimNode *n = &w->node[node];
    SimEvent *ev;

    switch (a->kind) {
    case HBD_NODE_DO_SEND:
        sim_send (w, node, a->send.link, a->send.bytes);
        break;
    case HBD_NODE_DO_BEAT:
        sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_BEAT)->sent = w->now;
        break;
    case HBD_NODE_DO_PERSIST:
        sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_PERSIST)->persist.generation = a->generation;
        break;
    case HBD_NODE_DO_REQUEST:
        sim_trace (w, (int) node, "   asks for %u of group%u", a->request.kind, a->request.group);
        ev = sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_REQUEST);
        ev->request.kind = (CrmRequestKind) a->request.kind; /* the same words in both headers */
        ev->request.group = a->request.group;
        break;
    case HBD_NODE_DO_REPLY:
        command_replied (w, node, a);
        break;
    case HBD_NODE_DO_RECORD:
        sim_trace (w, (int) node, "%s %s %s", hbd_level_name (a->record->level), a->record->name,
                   a->record->fields);
        if (w->is_steady && a->record->level <= HBD_LEVEL_NOTICE)
            sim_violate (w, "steady, but %s says %s %s", n->name, a->record->name,
                         a->record->fields);
        break;
    case HBD_NODE_DO_HOOK:
        break;
    case HBD_NODE_DO_EXIT:
        if (!n->is_stopping)
            sim_violate (w, "%s: engine exits unasked", n->name);
        sim_trace (w, (int) node, "   engine exits");
        sim_proc_end (w, node, SIM_ENGINE);
        sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_RELEASE);
        break;
    }
}

static void
engine_step (SimWorld *w, guint node, HbdNodeEvent *ev)
{
    GArray *out = w->engine_out;

    if (!w->node[node].proc[SIM_ENGINE].exists)
        return; /* it died in an earlier step of what was to be several */
    g_array_set_size (out, 0);
    ev->wall_s = wall_s (w, node);
    hbd_node_step (w->node[node].engine, ev, sim_local (w, node), out);
    for (guint i = 0; i < out->len; i++) {
        engine_perform (w, node, &g_array_index (out, HbdNodeAction, i));
        if (sim_dies_here (w, node, SIM_ENGINE))
            return;
    }
    sim_rearm (w, node, SIM_ENGINE);
}

void
sim_engine_tell_group (SimWorld *w, guint node, guint group)
{
    SimEvent *ev = sim_ipc_new (w, node, SIM_ENGINE, SIM_MSG_GROUP);

    ev->group.index = group;
    ev->group.state = crm_runner_group_state (w->node[node].manager, group);
}

static HbdNode *
engine_new (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];
    const char *links[SIM_LINKS + 1] = { NULL };
    const char *no_hooks[] = { NULL };
    HbdNodeConfig cfg = {
        .membership = {
            .self = n->name,
            .nodes = node_names,
            .links = links,
            .keepalive_us = w->cfg.keepalive_us,
            .deadtime_us = w->cfg.deadtime_us,
            .warntime_us = w->cfg.deadtime_us / 2,
            .initdead_us = w->cfg.initdead_us,
            .rexmit_us = HBD_MS (250),
            .hopfudge = 1,
            .generation = n->generation,
            .keys = w->keys,
            .seed = hbd_prng_next (&w->prng),
        },
        .model = w->model,
        .failback = w->cfg.failback,
        .cluster_digest = "0011223344556677",
        .hooks = no_hooks,
    };

    for (guint l = 0; l < w->cfg.n_links; l++)
        links[l] = link_names[l];
    memset (cfg.membership.uuid, 'a' + (int) node, sizeof cfg.membership.uuid);
    return hbd_node_new (&cfg, sim_local (w, node));
}

/* The manager has a new engine before it: generation on disk first, then everything it must know. */
void
sim_engine_begin (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];
    SimProc *p = &n->proc[SIM_ENGINE];

    if (p->exists)
        return;
    n->generation++;
    sim_trace (w, (int) node, "-- engine starts, generation %u", n->generation);
    n->engine = engine_new (w, node);
    p->exists = true;
    p->started = w->now;
    n->next_beat = HBD_TIME_NEVER;
    sim_check_engine_start (w, node);
    engine_step (w, node, &(HbdNodeEvent){ .kind = HBD_NODE_EVENT_MANAGER, .manager_up = true });
    for (guint g = 0; g < w->cfg.n_groups; g++) {
        CrmGroupState state = crm_runner_group_state (n->manager, g);

        engine_step (w, node,
                     &(HbdNodeEvent){ .kind = HBD_NODE_EVENT_GROUP, .group = { g, state } });
        sim_check_engine_told (w, node, g, state);
    }
    n->next_beat = w->now + MIN (w->cfg.keepalive_us, SIM_BEAT_PERIOD);
    engine_step (w, node, &(HbdNodeEvent){ .kind = HBD_NODE_EVENT_START });
    for (guint l = 0; l < w->cfg.n_links; l++)
        if (p->exists && w->link[l].cable_until[node] > w->now)
            engine_step (
                w, node,
                &(HbdNodeEvent){ .kind = HBD_NODE_EVENT_LINK, .link = { (int) l, false } });
    if (p->exists && n->is_stopping)
        sim_ipc_new (w, node, SIM_ENGINE, SIM_MSG_STOP);
}

/* What the engine believes, as text; counters are allowed to count the attacker's frames. */
static char *
belief (SimWorld *w, guint node)
{
    g_autoptr (GVariant) status =
        g_variant_ref_sink (hbd_node_status (w->node[node].engine, sim_local (w, node)));
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (status);
    g_autoptr (GVariant) rest = NULL;

    g_variant_dict_remove (&dict, "counters");
    rest = g_variant_ref_sink (g_variant_dict_end (&dict));
    return g_variant_print (rest, FALSE);
}

/* Safety rule 4: what is forged or old changes nothing but a counter (and may be recorded). A
 * retransmission request has no sequence number: repeating it may only repeat the answer. */
static void
engine_evil_frame (SimWorld *w, guint node, HbdNodeEvent *ev, bool may_send)
{
    GArray *out = w->engine_out;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (hbd_node_deadline (w->node[node].engine) <= sim_local (w, node))
        engine_step (w, node, &(HbdNodeEvent){ .kind = HBD_NODE_EVENT_TIMER }); /* was due anyway */
    if (!w->node[node].proc[SIM_ENGINE].exists)
        return;
    before = belief (w, node);
    g_array_set_size (out, 0);
    ev->wall_s = wall_s (w, node);
    hbd_node_step (w->node[node].engine, ev, sim_local (w, node), out);
    after = belief (w, node);
    w->evil_frames++;
    if (!g_str_equal (before, after))
        sim_violate (w, "rule 4: a forged or old frame changed %s: %s -> %s", w->node[node].name,
                     before, after);
    for (guint i = 0; i < out->len; i++) {
        HbdNodeAction *a = &g_array_index (out, HbdNodeAction, i);

        if (a->kind == HBD_NODE_DO_RECORD || (may_send && a->kind == HBD_NODE_DO_SEND))
            engine_perform (w, node, a);
        else
            sim_violate (w, "rule 4: a forged or old frame made %s act (%d)", w->node[node].name,
                         (int) a->kind);
    }
    sim_rearm (w, node, SIM_ENGINE);
}

static void
engine_frame (SimWorld *w, SimEvent *ev)
{
    HbdNodeEvent in = { .kind = HBD_NODE_EVENT_PACKET, .packet = { .link = ev->frame.link } };

    in.packet.data = g_bytes_get_data (ev->frame.bytes, &in.packet.len);
    if (ev->frame.is_evil)
        engine_evil_frame (w, ev->node, &in, ev->frame.seq == 0);
    else
        engine_step (w, ev->node, &in);
}

void
sim_engine_receive (SimWorld *w, SimEvent *ev)
{
    HbdNodeEvent in = { .kind = HBD_NODE_EVENT_TIMER };

    switch (ev->kind) {
    case SIM_MSG_FRAME:
        engine_frame (w, ev);
        return;
    case SIM_MSG_LINK:
        in.kind = HBD_NODE_EVENT_LINK;
        in.link.link = ev->link.link;
        in.link.is_up = ev->link.is_up;
        break;
    case SIM_MSG_GROUP:
        in.kind = HBD_NODE_EVENT_GROUP;
        in.group.index = ev->group.index;
        in.group.state = ev->group.state;
        sim_check_engine_told (w, ev->node, ev->group.index, ev->group.state);
        break;
    case SIM_MSG_PERSISTED:
        in.kind = HBD_NODE_EVENT_PERSISTED;
        in.persisted.generation = ev->persist.generation;
        in.persisted.is_ok = ev->persist.is_ok;
        break;
    case SIM_MSG_MANAGER:
        in.kind = HBD_NODE_EVENT_MANAGER;
        in.manager_up = ev->is_up;
        break;
    case SIM_MSG_COMMAND:
        in.kind = HBD_NODE_EVENT_COMMAND;
        in.command = ev->command;
        break;
    default:
        in.kind = HBD_NODE_EVENT_SHUTDOWN;
        break;
    }
    engine_step (w, ev->node, &in);
}

/* The node's own deadline first: an engine that stood still lets go before it says that it lives.
 * Then the beat that says the loop runs. */
void
sim_engine_timer (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    if (hbd_node_deadline (n->engine) <= sim_local (w, node))
        engine_step (w, node, &(HbdNodeEvent){ .kind = HBD_NODE_EVENT_TIMER });
    if (n->proc[SIM_ENGINE].exists && n->next_beat <= w->now) {
        n->next_beat = w->now + MIN (w->cfg.keepalive_us, SIM_BEAT_PERIOD);
        sim_ipc_new (w, node, SIM_MANAGER, SIM_MSG_BEAT)->sent = w->now;
    }
    sim_rearm (w, node, SIM_ENGINE);
}

guint
sim_command (SimWorld *w, guint node, CrmCommandKind kind, CrmHold hold, int group)
{
    SimNode *n = &w->node[node];
    SimCommand *c;
    SimEvent *ev;

    if (!n->proc[SIM_ENGINE].exists)
        return 0;
    c = &w->command[++w->next_command % SIM_COMMANDS];
    *c = (SimCommand){ true, w->next_command, node, n->proc[SIM_ENGINE].life, kind, group, w->now };
    ev = sim_ipc_new (w, node, SIM_ENGINE, SIM_MSG_COMMAND);
    ev->command.id = c->id;
    ev->command.kind = kind;
    ev->command.hold = hold;
    if (group >= 0)
        ev->command.key = crm_model_group (w->model, (guint) group)->key;
    sim_trace (w, (int) node, "-- command %u: kind %d %s group %d", c->id, kind,
               crm_hold_name (hold), group);
    if (kind <= CRM_COMMAND_TAKEOVER || kind == CRM_COMMAND_GROUP_MOVE)
        w->move_until = w->now + HBD_S (10), w->move_began = false;
    return c->id;
}
