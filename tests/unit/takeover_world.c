/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "takeover_world.h"

#include <string.h>

#define DELAY      HBD_US (300)
#define RETRANSMIT HBD_MS (300)
#define AGENT      HBD_MS (10)

typedef struct {
    HbdTime at, born;
    guint to;
    guint32 life;
    bool is_beat, is_active;
    CrmReport report;
} Wire;

static const char *const names[2] = { "alpha", "beta" };

static void
wire_clear (gpointer data)
{
    Wire *m = data;

    g_free ((char *) m->report.info);
    g_free ((char *) m->report.key);
    if (m->report.claims != NULL)
        g_free ((gpointer) m->report.claims->claim);
    g_free ((gpointer) m->report.claims);
}

static CrmReport
copy_report (const CrmReport *from)
{
    CrmReport to = *from;

    to.info = g_strdup (from->info);
    to.key = g_strdup (from->key);
    if (from->claims != NULL) {
        CrmClaims *claims = g_memdup2 (from->claims, sizeof *claims);

        claims->claim = g_memdup2 (claims->claim, claims->n * sizeof (CrmClaim));
        to.claims = claims;
    }
    return to;
}

World *
world_new (CrmFailback failback)
{
    static const struct {
        const char *key, *node;
    } rows[WORLD_GROUPS] = { { "g0", "alpha" }, { "g1", "beta" }, { "g2", "alpha" } };
    World *w = g_new0 (World, 1);

    w->model = crm_model_new ();
    for (guint i = 0; i < WORLD_GROUPS; i++)
        g_ptr_array_add (w->model->groups, crm_group_new (rows[i].key, rows[i].node));
    w->failback[0] = w->failback[1] = failback;
    w->wire = g_array_new (FALSE, TRUE, sizeof (Wire));
    g_array_set_clear_func (w->wire, wire_clear);
    w->trace = g_string_new (NULL);
    w->drop = -1;
    w->now = HBD_S (100);
    return w;
}

void
world_free (World *w)
{
    for (guint i = 0; i < 2; i++) {
        crm_takeover_free (w->node[i].t);
        g_free (w->node[i].reply);
    }
    g_array_unref (w->wire);
    g_string_free (w->trace, TRUE);
    crm_model_free (w->model);
    g_free (w);
}

/* --- invariants ------------------------------------------------------------------------------ */

static bool
may_be_up (const WorldGroup *g)
{
    return g->state == CRM_GROUP_STARTING || g->state == CRM_GROUP_RUNNING
           || g->state == CRM_GROUP_STOPPING || g->state == CRM_GROUP_STUCK;
}

static void
check (World *w)
{
    for (guint i = 0; i < WORLD_GROUPS; i++) {
        if (!may_be_up (&w->node[0].g[i]) || !may_be_up (&w->node[1].g[i]))
            continue;
        w->double_steps++;
        if (!w->split_allowed) {
            g_printerr ("%s", w->trace->str);
            g_error ("g%u is up on both nodes at %" G_GINT64_FORMAT " us, step %u", i, w->now,
                     w->steps);
        }
    }
}

/* --- the wire -------------------------------------------------------------------------------- */

static void
put (World *w, guint from, const CrmReport *report, bool is_beat)
{
    guint copies = w->duplicate && !is_beat ? 2 : 1;
    bool lost = w->cut[from] && (!w->is_v1 || is_beat); /* v1: tried again on delivery */
    HbdTime delay = DELAY;

    w->sent++;
    if (!is_beat && (gint) w->events_sent++ == w->drop) {
        /* what has no next revision is retransmitted by the membership, out of order */
        lost |= report->kind == CRM_REPORT_CLAIMS;
        delay = RETRANSMIT;
    }
    for (guint i = 0; i < copies && !lost; i++) {
        Wire m = { .at = w->now + delay + HBD_US (200) * (gint64) i,
                   .born = w->now,
                   .to = 1 - from,
                   .life = w->node[from].life,
                   .is_beat = is_beat,
                   .is_active = w->node[from].joined,
                   .report = copy_report (report) };

        m.report.seq = w->sent;
        g_array_append_val (w->wire, m);
    }
}

/* --- managers -------------------------------------------------------------------------------- */

static void give (World *w, guint node, const CrmTakeoverEvent *event);

static void
tell (World *w, guint node, guint group)
{
    const CrmTakeoverEvent event = { .kind = CRM_TAKEOVER_GROUP,
                                     .group = { group, w->node[node].g[group].state } };

    if (w->node[node].t != NULL && w->node[node].manager_up)
        give (w, node, &event);
}

static void
set_state (World *w, guint node, guint group, CrmGroupState state, HbdTime lasts)
{
    w->node[node].g[group].state = state;
    w->node[node].g[group].until = lasts == 0 ? HBD_TIME_NEVER : w->now + lasts;
}

static void
request (World *w, guint node, CrmTakeoverActionKind kind, guint group)
{
    WorldGroup *g = &w->node[node].g[group];

    if (!w->node[node].manager_up)
        return;
    if (kind == CRM_TAKEOVER_DO_ANNOUNCE) {
        g->announces++;
        return;
    }
    if (kind == CRM_TAKEOVER_DO_CLEANUP) {
        set_state (w, node, group, CRM_GROUP_STOPPED, 0);
    } else if (kind == CRM_TAKEOVER_DO_START) {
        g->want_start = g->state == CRM_GROUP_STOPPING;
        if (g->state == CRM_GROUP_STOPPED || g->state == CRM_GROUP_FAILED) {
            g->starts++;
            set_state (w, node, group, CRM_GROUP_STARTING, AGENT);
        }
    } else {
        g->want_start = false;
        if (g->state == CRM_GROUP_RUNNING || g->state == CRM_GROUP_STARTING) {
            g->stops++;
            set_state (w, node, group, CRM_GROUP_STOPPING, AGENT);
        }
    }
    tell (w, node, group);
}

static void
agent_ends (World *w, guint node, guint group)
{
    WorldGroup *g = &w->node[node].g[group];

    if (g->state == CRM_GROUP_STARTING)
        set_state (w, node, group,
                   g->fault == EXEC_START_FAILS ? CRM_GROUP_FAILED : CRM_GROUP_RUNNING, 0);
    else if (g->want_start)
        set_state (w, node, group, CRM_GROUP_STARTING, AGENT);
    else
        set_state (w, node, group,
                   g->fault == EXEC_STOP_STUCK ? CRM_GROUP_STUCK : CRM_GROUP_STOPPED, 0);
    g->want_start = false;
    tell (w, node, group);
}

/* --- deciders -------------------------------------------------------------------------------- */

static void
act (World *w, guint node, GArray *out)
{
    WorldNode *n = &w->node[node];

    for (guint i = 0; i < out->len; i++) {
        const CrmTakeoverAction *a = &g_array_index (out, CrmTakeoverAction, i);

        switch (a->kind) {
        case CRM_TAKEOVER_DO_START:
        case CRM_TAKEOVER_DO_STOP:
        case CRM_TAKEOVER_DO_ANNOUNCE:
        case CRM_TAKEOVER_DO_CLEANUP:
            request (w, node, a->kind, a->group);
            break;
        case CRM_TAKEOVER_DO_REPORT:
            put (w, node, &a->report, false);
            break;
        case CRM_TAKEOVER_DO_RENEW: /* generations are the membership's; messages here have none */
            break;
        case CRM_TAKEOVER_DO_RELEASED:
            n->released = true;
            break;
        case CRM_TAKEOVER_DO_REPLY:
            n->replies++;
            n->reply_ok = a->reply.is_ok;
            g_free (n->reply);
            n->reply = g_strdup (a->reply.text);
            break;
        case CRM_TAKEOVER_DO_RECORD:
            g_string_append_printf (w->trace, "%s %s %s\n", names[node], a->record->name,
                                    a->record->fields);
            break;
        }
    }
}

static void
give (World *w, guint node, const CrmTakeoverEvent *event)
{
    g_autoptr (GArray) out = crm_takeover_actions_new ();

    if (w->node[node].t == NULL)
        return;
    w->steps++;
    crm_takeover_step (w->node[node].t, event, w->now, out);
    check (w);
    act (w, node, out);
    check (w);
}

static void
say_peer (World *w, guint node, CrmPeerState state, bool restarted, bool returned)
{
    const CrmTakeoverEvent event = { .kind = CRM_TAKEOVER_PEER,
                                     .peer = { state, restarted, returned, !w->is_v1 } };
    const CrmTakeoverEvent joined = { .kind = CRM_TAKEOVER_JOINED };
    WorldNode *n = &w->node[node];

    n->peer = state;
    give (w, node, &event);
    if (!n->joined && n->t != NULL) {
        n->joined = true;
        give (w, node, &joined);
    }
}

static void
beat (World *w, guint node)
{
    WorldNode *n = &w->node[node];
    const CrmReport report = { .kind = CRM_REPORT_CLAIMS, .claims = crm_takeover_claims (n->t) };

    if (w->now - n->last_beat >= WORLD_DEADTIME && n->last_beat != 0) {
        const CrmTakeoverEvent paused = { .kind = CRM_TAKEOVER_PAUSED };

        n->heard = w->now; /* the silence was ours */
        give (w, node, &paused);
    }
    n->last_beat = w->now;
    n->beat = w->now + WORLD_KEEPALIVE;
    put (w, node, &report, true);
}

static void
receive (World *w, const Wire *m)
{
    WorldNode *n = &w->node[m->to];
    CrmTakeoverEvent event = { .kind = CRM_TAKEOVER_REPORT, .report = m->report };
    bool restarted, returned;

    if (n->t == NULL || m->life < n->peer_life)
        return;
    restarted = n->peer_life != 0 && m->life > n->peer_life;
    returned = !restarted && n->peer == CRM_PEER_DEAD && n->peer_life != 0;
    n->heard = w->now;
    n->peer_life = m->life;
    if (restarted || returned || n->peer == CRM_PEER_UNKNOWN || n->peer == CRM_PEER_DEAD
        || (m->is_active && n->peer == CRM_PEER_UP))
        say_peer (w, m->to, m->is_active ? CRM_PEER_ACTIVE : CRM_PEER_UP, restarted, returned);
    give (w, m->to, &event);
}

/* --- the world ------------------------------------------------------------------------------- */

void
world_engine_starts (World *w, guint node)
{
    WorldNode *n = &w->node[node];
    const CrmTakeoverConfig config = {
        .self = names[node],
        .peer = names[1 - node],
        .model = w->model,
        .failback = w->failback[node],
        .life = ++n->life,
        .deadtime_us = WORLD_DEADTIME,
    };

    g_assert_null (n->t);
    n->t = crm_takeover_new (&config, w->now);
    n->beat = n->heard = w->now;
    n->last_beat = 0;
    n->joined = n->released = false;
    n->peer = CRM_PEER_UNKNOWN;
    n->peer_life = 0;
    n->frozen_until = 0;
    n->replies = 0;
    if (n->manager_up)
        world_manager (w, node, true);
}

void
world_boot (World *w, guint node)
{
    WorldNode *n = &w->node[node];

    for (guint i = 0; i < WORLD_GROUPS; i++)
        set_state (w, node, i, CRM_GROUP_STOPPED, 0);
    n->manager_up = true;
    if (n->life == 0)
        n->life = 10;
    world_engine_starts (w, node);
}

void
world_engine_dies (World *w, guint node)
{
    g_clear_pointer (&w->node[node].t, crm_takeover_free);
}

void
world_power_off (World *w, guint node)
{
    world_engine_dies (w, node);
    w->node[node].manager_up = false;
    for (guint i = 0; i < WORLD_GROUPS; i++)
        set_state (w, node, i, CRM_GROUP_STOPPED, 0);
}

void
world_manager (World *w, guint node, bool is_up)
{
    const CrmTakeoverEvent event = { .kind = CRM_TAKEOVER_MANAGER, .manager_up = is_up };

    w->node[node].manager_up = is_up;
    give (w, node, &event);
    for (guint i = 0; i < WORLD_GROUPS && is_up; i++)
        tell (w, node, i);
}

void
world_freeze (World *w, guint node, HbdTime how_long)
{
    w->node[node].frozen_until = w->now + how_long;
}

static HbdTime
node_next (const World *w, guint node)
{
    const WorldNode *n = &w->node[node];
    HbdTime next = HBD_TIME_NEVER;

    if (n->t == NULL)
        return next;
    next = MIN (n->beat, crm_takeover_deadline (n->t));
    if (n->peer != CRM_PEER_DEAD)
        next = MIN (next, n->heard + WORLD_DEADTIME);
    return MAX (next, n->frozen_until);
}

static HbdTime
next_time (const World *w)
{
    HbdTime next = HBD_TIME_NEVER;

    for (guint i = 0; i < w->wire->len; i++) {
        const Wire *m = &g_array_index (w->wire, Wire, i);

        next = MIN (next, MAX (m->at, w->node[m->to].frozen_until));
    }
    for (guint n = 0; n < 2; n++) {
        next = MIN (next, node_next (w, n));
        for (guint i = 0; i < WORLD_GROUPS; i++)
            next = MIN (next, MAX (w->node[n].g[i].until, w->node[n].frozen_until));
    }
    return next;
}

static void
run_node (World *w, guint node)
{
    const CrmTakeoverEvent timer = { .kind = CRM_TAKEOVER_TIMER };
    WorldNode *n = &w->node[node];

    if (w->now < n->frozen_until)
        return;
    for (guint i = 0; i < WORLD_GROUPS; i++)
        if (n->g[i].until <= w->now)
            agent_ends (w, node, i);
    if (n->t != NULL && n->beat <= w->now)
        beat (w, node);
    if (n->t != NULL && n->peer != CRM_PEER_DEAD && n->heard + WORLD_DEADTIME <= w->now)
        say_peer (w, node, CRM_PEER_DEAD, false, false);
    if (n->t != NULL && crm_takeover_deadline (n->t) <= w->now) {
        give (w, node, &timer);
        g_assert_true (n->t == NULL || crm_takeover_deadline (n->t) > w->now);
    }
}

/* By the membership, while its sender lives and before the receiver gives the sender up. */
static bool
is_retransmitted (const World *w, const Wire *m)
{
    const WorldNode *from = &w->node[1 - m->to];

    return !m->is_beat && w->now - m->born < WORLD_DEADTIME && from->t != NULL
           && from->life == m->life;
}

static void
run_once (World *w)
{
    for (guint n = 0; n < 2; n++)
        run_node (w, n);
    for (guint i = 0; i < w->wire->len;) {
        Wire m = g_array_index (w->wire, Wire, i);

        if (MAX (m.at, w->node[m.to].frozen_until) > w->now) {
            i++;
            continue;
        }
        if (w->cut[1 - m.to] && w->is_v1) {
            if (is_retransmitted (w, &m))
                g_array_index (w->wire, Wire, i).at = w->now + RETRANSMIT;
            else
                g_array_remove_index (w->wire, i);
            continue;
        }
        m.report = copy_report (&m.report);
        g_array_remove_index (w->wire, i);
        receive (w, &m);
        wire_clear (&m);
    }
}

void
world_run_steps (World *w, guint steps, HbdTime how_long)
{
    HbdTime end = w->now + how_long;

    while (w->steps < steps) {
        HbdTime next = next_time (w);

        if (next > end) {
            w->now = end;
            return;
        }
        w->now = MAX (w->now, next);
        run_once (w);
    }
}

void
world_run (World *w, HbdTime how_long)
{
    world_run_steps (w, G_MAXUINT, how_long);
}

void
world_command (World *w, guint node, CrmCommandKind kind, CrmHold hold, const char *key)
{
    const CrmTakeoverEvent event = {
        .kind = CRM_TAKEOVER_COMMAND, .command = { .id = 7, .kind = kind, .hold = hold, .key = key }
    };

    w->node[node].replies = 0;
    give (w, node, &event);
}

void
world_shutdown (World *w, guint node)
{
    const CrmTakeoverEvent event = { .kind = CRM_TAKEOVER_SHUTDOWN };

    give (w, node, &event);
}

char *
world_where (const World *w)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < WORLD_GROUPS; i++) {
        bool a = w->node[0].g[i].state == CRM_GROUP_RUNNING;
        bool b = w->node[1].g[i].state == CRM_GROUP_RUNNING;

        g_string_append_c (text, a && b ? '!' : a ? 'A' : b ? 'B' : '-');
    }
    return g_string_free (text, FALSE);
}

/* Each node that lives agrees about every owner with what runs. */
bool
world_is_settled (const World *w)
{
    for (guint n = 0; n < 2; n++) {
        if (w->node[n].t == NULL || w->node[n].released)
            continue;
        for (guint i = 0; i < WORLD_GROUPS; i++) {
            const char *owner = crm_takeover_owner (w->node[n].t, i);

            for (guint m = 0; m < 2; m++)
                if (w->node[m].g[i].state == CRM_GROUP_RUNNING && g_strcmp0 (owner, names[m]) != 0)
                    return false;
        }
    }
    return true;
}
