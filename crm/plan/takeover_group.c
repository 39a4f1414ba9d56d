/* SPDX-License-Identifier: Apache-2.0 */
/* One group: what the manager says of it, when it may start and when it must stop, the token and
 * its epoch. Who gets the token is decided elsewhere (takeover_claims.c, takeover_v1.c); that
 * nothing starts without it, and not before the peer is clear, is decided here and only here. */
#include "config.h"

#include "crm/plan/takeover_private.h"

static const char *const give_names[GIVE_N] = {
    [GIVE_NOT] = "-",           [GIVE_SHUTDOWN] = "shutdown",
    [GIVE_FAILURE] = "failure", [GIVE_FAILBACK] = "failback",
    [GIVE_COMMAND] = "command", [GIVE_ASKED] = "asked-by-peer",
};

const char *
group_give_name (GiveReason reason)
{
    return give_names[reason];
}

bool
group_is_up (const Group *g)
{
    return g->here == CRM_GROUP_RUNNING || g->here == CRM_GROUP_STARTING;
}

static bool
state_is_down (CrmGroupState state)
{
    return state == CRM_GROUP_STOPPED || state == CRM_GROUP_FAILED;
}

bool
group_is_settled_down (const Group *g)
{
    return state_is_down (g->here) && g->order == ORDER_NONE && !g->start_unseen;
}

bool
group_is_absent_there (const CrmTakeover *t, const Group *g)
{
    if (t->peer == NULL)
        return true;
    if (g->there_stuck)
        return false; /* rule 3: not even death proves that it stopped */
    if (t->p.state == CRM_PEER_DEAD)
        return true;
    return t->p.is_gone && state_is_down (g->there);
}

bool
group_peer_is_clear (const CrmTakeover *t, const Group *g)
{
    if (group_is_absent_there (t, g))
        return true;
    if (!takeover_peer_is_alive (t) || g->there_stuck || !state_is_down (g->there))
        return false;
    return t->p.is_native ? claims_are_valid (t) : t->v1.is_known;
}

bool
group_wants_to_run (const CrmTakeover *t, const Group *g)
{
    return g->token == CRM_TOKEN_MINE && g->giving == GIVE_NOT && !g->is_halted && !g->has_failed
           && !t->is_leaving && t->is_joined;
}

HbdTime
group_bound (const Group *g)
{
    HbdTime sum = TAKEOVER_ORDER_SLACK_US;

    for (guint i = 0; i < g->config->resources->len; i++) {
        const CrmResource *r = g_ptr_array_index (g->config->resources, i);

        for (guint a = 0; a < CRM_ACTION_N; a++)
            sum += CLAMP (r->timeout_us[a], 0, HBD_S (3600));
        sum += CLAMP (r->timeout_us[CRM_ACTION_STOP], 0, HBD_S (3600)); /* tried twice */
    }
    return sum;
}

void
group_set_token (const Step *s, Group *g, CrmToken token, const char *reason)
{
    static const char *const names[CRM_TOKEN_N] = { "none", "asking", "mine", "granted" };

    if (g->token == token)
        return;
    takeover_record (s, HBD_LEVEL_INFO, "takeover.token",
                     "group=%s from=%s to=%s reason=%s epoch=%" G_GUINT64_FORMAT, g->config->key,
                     names[g->token], names[token], reason, g->epoch);
    g->token = token;
    g->ask_rev = 0;
    if (token != CRM_TOKEN_MINE) {
        g->giving = GIVE_NOT;
        g->announce_due = NULL;
    }
}

void
group_take (const Step *s, Group *g, guint64 epoch, const char *reason)
{
    g->epoch = epoch;
    g->seen = MAX (g->seen, epoch);
    g->reason = reason;
    g->failback_due = false;
    g->must_stop = false;
    g->refer_due = false;
    group_set_token (s, g, CRM_TOKEN_MINE, reason);
    takeover_record (s, HBD_LEVEL_NOTICE, "takeover.own", "group=%s reason=%s peer=%s",
                     g->config->key, reason, takeover_peer_name (s->t));
    if (g->wish == CRM_WISH_HALT || g->wish == CRM_WISH_START) {
        /* asked of a peer that could not do it any more: now it is for us */
        g->is_halted = g->wish == CRM_WISH_HALT;
        g->epoch = ++g->seen;
    }
    g->wish = CRM_WISH_NONE;
}

void
group_let_go (const Step *s, Group *g, const char *reason)
{
    group_set_token (s, g, CRM_TOKEN_NONE, reason);
    g->reason = reason;
    if (!group_is_settled_down (g))
        g->must_stop = true;
}

static void
on_failed (const Step *s, Group *g)
{
    if (g->token != CRM_TOKEN_MINE || g->has_failed)
        return;
    g->has_failed = true;
    takeover_record (s, HBD_LEVEL_ERROR, "takeover.failed",
                     "group=%s node=%s hint=\"hbctl group cleanup tries again here\"",
                     g->config->key, s->t->self);
}

void
group_on_report (const Step *s, Group *g, CrmGroupState state)
{
    CrmGroupState from = g->here;

    g->here = state;
    if (state != CRM_GROUP_STOPPED && state != CRM_GROUP_UNKNOWN)
        g->start_unseen = false;
    if (from != state)
        takeover_record (s, HBD_LEVEL_DEBUG, "takeover.state", "group=%s from=%s to=%s",
                         g->config->key, crm_group_state_name (from), crm_group_state_name (state));
    switch (state) {
    case CRM_GROUP_STOPPED:
        if (g->order == ORDER_START && g->start_unseen)
            return; /* said before the start was heard */
        if (g->order == ORDER_STOP && g->start_unseen && !g->stop_again) {
            /* The manager said so before it heard the start, or start and stop met on their way
             * and nothing was begun. It answers a stop of what is stopped: ask once more. */
            g->stop_again = true;
            takeover_order (s, CRM_TAKEOVER_DO_STOP, g);
            return;
        }
        g->start_unseen = false;
        g->order = ORDER_NONE;
        g->must_stop = false;
        break;
    case CRM_GROUP_RUNNING:
        if (g->order != ORDER_STOP)
            g->order = ORDER_NONE;
        break;
    case CRM_GROUP_FAILED:
        if (g->order != ORDER_CLEANUP)
            on_failed (s, g);
        g->order = g->order == ORDER_CLEANUP ? ORDER_CLEANUP : ORDER_NONE;
        g->must_stop = false;
        break;
    case CRM_GROUP_STUCK:
        if (from != state)
            takeover_record (s, HBD_LEVEL_ERROR, "takeover.stuck",
                             "group=%s node=%s hint=\"a stop failed: it may still run here and is "
                             "started nowhere else; mend it, then hbctl group cleanup\"",
                             g->config->key, s->t->self);
        g->order = g->order == ORDER_CLEANUP ? ORDER_CLEANUP : ORDER_NONE;
        break;
    case CRM_GROUP_UNKNOWN: /* the manager lost sight of it and waits: START is to be said again */
        if (g->order == ORDER_START) {
            g->order = ORDER_NONE;
            g->start_unseen = false;
        }
        break;
    case CRM_GROUP_STARTING:
    case CRM_GROUP_STOPPING:
    case CRM_GROUP_STATE_N:
        break;
    }
    if (g->order == ORDER_NONE)
        g->is_overdue = false;
}

static void
give_order (const Step *s, Group *g, Order order)
{
    static const struct {
        CrmTakeoverActionKind action;
        const char *record;
    } rows[] = {
        [ORDER_START] = { CRM_TAKEOVER_DO_START, "takeover.start" },
        [ORDER_STOP] = { CRM_TAKEOVER_DO_STOP, "takeover.stop" },
        [ORDER_CLEANUP] = { CRM_TAKEOVER_DO_CLEANUP, "takeover.cleanup" },
    };
    const char *reason = g->reason != NULL ? g->reason : "-";

    if (order == ORDER_STOP && g->giving != GIVE_NOT)
        reason = group_give_name (g->giving);
    else if (order == ORDER_STOP && g->is_halted)
        reason = "halted";
    g->order = order;
    g->stop_again = false;
    g->order_until = s->now + group_bound (g);
    g->start_unseen |= order == ORDER_START;
    takeover_record (s, HBD_LEVEL_NOTICE, rows[order].record, "group=%s reason=%s peer=%s",
                     g->config->key, reason, takeover_peer_name (s->t));
    takeover_order (s, rows[order].action, g);
}

static bool
has_to_stop (const CrmTakeover *t, const Group *g)
{
    if (g->must_stop)
        return true;
    if (t->is_leaving)
        return true;
    return g->token == CRM_TOKEN_MINE && (g->giving != GIVE_NOT || g->is_halted);
}

/* Bring what runs here to what shall run here. */
void
group_act (const Step *s, Group *g)
{
    CrmTakeover *t = s->t;

    if (!t->manager_up)
        return;
    if (has_to_stop (t, g)) {
        bool may_run =
            group_is_up (g) || g->start_unseen
            || (g->here == CRM_GROUP_UNKNOWN && (g->must_stop || g->token == CRM_TOKEN_MINE));

        if (may_run && g->order != ORDER_STOP)
            give_order (s, g, ORDER_STOP);
        return;
    }
    if (group_wants_to_run (t, g) && g->order == ORDER_NONE && group_peer_is_clear (t, g)) {
        /* UNKNOWN: something of it may run; a start by the owner completes it */
        if (g->here == CRM_GROUP_STOPPED || g->here == CRM_GROUP_UNKNOWN)
            give_order (s, g, ORDER_START);
        else if (g->here == CRM_GROUP_FAILED)
            give_order (s, g, ORDER_CLEANUP);
    }
    if (g->refer_due && group_is_settled_down (g)) {
        g->refer_due = false;
        takeover_record (s, HBD_LEVEL_NOTICE, "takeover.announce", "group=%s reason=peer-has-it",
                         g->config->key);
        takeover_order (s, CRM_TAKEOVER_DO_ANNOUNCE, g);
    }
    if (g->announce_due != NULL && takeover_peer_is_native (t) && g->there_token != CRM_TOKEN_MINE
        && state_is_down (g->there) && g->here == CRM_GROUP_RUNNING) {
        takeover_record (s, HBD_LEVEL_NOTICE, "takeover.announce", "group=%s reason=%s",
                         g->config->key, g->announce_due);
        g->announce_due = NULL;
        takeover_order (s, CRM_TAKEOVER_DO_ANNOUNCE, g);
    }
}

/* The manager did not answer an order in all the time that its agents may take. */
void
group_on_timer (const Step *s, Group *g)
{
    Order order = g->order;

    if (order == ORDER_NONE || s->now < g->order_until)
        return;
    if (!g->is_overdue)
        takeover_record (s, HBD_LEVEL_ERROR, "takeover.manager-silent", "group=%s", g->config->key);
    g->is_overdue = true;
    g->order = ORDER_NONE; /* decided and said anew */
    g->start_unseen = false;
    if (order == ORDER_STOP && s->t->manager_up && !state_is_down (g->here))
        give_order (s, g, ORDER_STOP);
}

/* Whatever the peer said is void; only STUCK stays in mind. */
void
group_forget_peer (Group *g)
{
    g->there = CRM_GROUP_UNKNOWN;
    g->there_token = CRM_TOKEN_NONE;
    g->there_wish = CRM_WISH_NONE;
}
