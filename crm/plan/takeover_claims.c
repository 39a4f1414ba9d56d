/* SPDX-License-Identifier: Apache-2.0 */
/* Speaking with a peer of our kind: claims received, tokens moved, conflicts decided, claims
 * published. The rules are told at the top of takeover.c. */
#include "config.h"

#include "crm/plan/takeover_private.h"

#include <string.h>

/* A pause ends a life too: what was ours before it is void (the deaths stay out). */
#define CONFLICT_WON  "conflict-won"
#define LIFE(session) ((session) >> 16)

/* The peer said this after it had heard us in our present session. */
bool
claims_are_valid (const CrmTakeover *t)
{
    return takeover_peer_is_native (t) && t->p.echo_session == takeover_session (t);
}

bool
claims_peer_is_able (const CrmTakeover *t, const Group *g)
{
    return claims_are_valid (t) && (t->p.flags & CRM_CLAIMS_READY) != 0 && !t->p.is_gone
           && g->there == CRM_GROUP_STOPPED;
}

/* --- receiving ------------------------------------------------------------------------------- */

static void
on_new_life (const Step *s)
{
    CrmTakeover *t = s->t;

    t->p.is_gone = false;
    t->p.acked_rev = 0;
    t->p.echo_session = 0;
    t->p.echo_rev = 0;
    for (guint i = 0; i < t->n; i++) {
        group_forget_peer (&t->groups[i]);
        t->groups[i].failback_due = true;
    }
}

static void
note_stuck (const Step *s, Group *g)
{
    bool is_stuck = g->there == CRM_GROUP_STUCK;

    if (g->there_stuck == is_stuck)
        return;
    /* a life that has not heard us may not know its own state yet */
    if (!is_stuck && (!claims_are_valid (s->t) || g->there == CRM_GROUP_UNKNOWN))
        return;
    g->there_stuck = is_stuck;
    if (is_stuck && g->here != CRM_GROUP_RUNNING && !group_is_settled_down (g)) {
        g->must_stop = true; /* begun in a conflict that the other one cannot end */
        g->reason = "stuck-there";
    }
    takeover_record (s, is_stuck ? HBD_LEVEL_ERROR : HBD_LEVEL_NOTICE,
                     is_stuck ? "takeover.stuck" : "takeover.unstuck", "group=%s node=%s%s",
                     g->config->key, takeover_peer_name (s->t),
                     is_stuck ? " hint=\"not started here while it may run there\"" : "");
}

static void
read_claim (const Step *s, const CrmClaim *claim)
{
    Group *g = &s->t->groups[claim->group];
    bool knows_better = claim->epoch > g->seen || claim->token == CRM_TOKEN_MINE;

    if (knows_better && g->token != CRM_TOKEN_MINE)
        g->is_halted = claim->is_halted;
    g->seen = MAX (g->seen, claim->epoch);
    g->there = claim->state;
    g->there_token = claim->token;
    g->there_epoch = claim->epoch;
    g->there_wish = claim->wish;
    note_stuck (s, g);
}

/* Claims replace what was said before unless something newer was heard already; messages may come
 * out of order. */
void
claims_receive (const Step *s, const CrmClaims *claims)
{
    CrmTakeover *t = s->t;

    if (t->peer == NULL || LIFE (claims->session) < LIFE (t->p.session))
        return;
    if (LIFE (claims->session) > LIFE (t->p.session))
        on_new_life (s);
    else if (claims->rev < t->p.rev) /* a new session has a new revision too */
        return;
    if (claims->session != t->p.session)
        t->publish_now = true; /* the peer waits for this echo */
    t->p.session = claims->session;
    t->p.rev = claims->rev;
    t->p.echo_session = MAX (t->p.echo_session, claims->echo_session);
    t->p.echo_rev = MAX (t->p.echo_rev, claims->echo_rev);
    t->p.flags = claims->flags;
    for (guint i = 0; i < claims->n; i++)
        if (claims->claim[i].group < t->n)
            read_claim (s, &claims->claim[i]);
    if ((claims->flags & CRM_CLAIMS_WANT_ACK) != 0 && claims->rev > t->p.acked_rev) {
        t->p.acked_rev = claims->rev;
        t->publish_now = true;
    }
}

/* --- tokens ---------------------------------------------------------------------------------- */

/* When nobody has the token, one node makes it: the preferred one, or the lower name. */
static bool
is_maker (const CrmTakeover *t, const Group *g)
{
    const char *preferred = g->config->preferred_node;

    if (strcmp (preferred, t->self) == 0)
        return true;
    if (strcmp (preferred, t->peer) == 0)
        return false;
    return strcmp (t->self, t->peer) < 0;
}

/* THE rule of conflicts: both nodes claim the token of a group; does this one keep it? Both compute
 * the same from what both have said. */
static bool
keeps_it (const CrmTakeover *t, const Group *g, const char **rule)
{
    bool prefer = t->config.failback != CRM_FAILBACK_OFF;
    bool peer_prefers = (t->p.flags & CRM_CLAIMS_PREFER) != 0;

    /* the cut ended while one of them had only begun: who runs it all the time goes on */
    *rule = "runs";
    if ((g->here == CRM_GROUP_RUNNING) != (g->there == CRM_GROUP_RUNNING))
        return g->here == CRM_GROUP_RUNNING;
    *rule = "can-run";
    if ((g->here == CRM_GROUP_FAILED) != (g->there == CRM_GROUP_FAILED))
        return g->there == CRM_GROUP_FAILED;
    if (prefer && peer_prefers) {
        *rule = "preferred-node";
        if (strcmp (g->config->preferred_node, t->self) == 0)
            return true;
        if (strcmp (g->config->preferred_node, t->peer) == 0)
            return false;
    }
    *rule = "newer-ownership";
    if (g->epoch != g->there_epoch)
        return g->epoch > g->there_epoch;
    *rule = "lower-name";
    return strcmp (t->self, t->peer) < 0;
}

static bool
settle_conflict (const Step *s, Group *g)
{
    CrmTakeover *t = s->t;
    const char *rule = NULL;
    bool keeps = keeps_it (t, g, &rule);

    if (keeps && g_strcmp0 (g->announce_due, CONFLICT_WON) == 0)
        return false; /* said; the loser is on its way */
    takeover_record (s, HBD_LEVEL_WARNING, "takeover.conflict", "group=%s winner=%s rule=%s",
                     g->config->key, keeps ? t->self : t->peer, rule);
    if (keeps) {
        g->announce_due = CONFLICT_WON;
        g->failback_due = false; /* the winner does not stop, not even by plan */
        return false;
    }
    group_let_go (s, g, "conflict-lost");
    return true;
}

static bool
settle_none (const Step *s, Group *g)
{
    CrmTakeover *t = s->t;
    bool is_able = t->is_joined && t->manager_up && !t->is_leaving && !g->must_stop;

    if (!is_able || !claims_are_valid (t) || g->there_stuck)
        return false;
    if (g->here == CRM_GROUP_RUNNING && g->order != ORDER_STOP) {
        /* it runs here already: an engine that restarted. The peer may think otherwise; that is a
         * conflict like any other. Not above what we knew: no claim grows by a restart. */
        group_take (s, g, g->epoch, "runs-here");
        return true;
    }
    if (!group_is_settled_down (g))
        return false;
    if (g->there_token == CRM_TOKEN_GRANTED && g->there_epoch > g->epoch
        && group_peer_is_clear (t, g)) {
        group_take (s, g, g->there_epoch, "handed-over");
        return true;
    }
    if (is_maker (t, g) && g->there_token == CRM_TOKEN_NONE && group_peer_is_clear (t, g)) {
        group_set_token (s, g, CRM_TOKEN_ASK, "nobody-has-it");
        return true;
    }
    return false;
}

static bool
settle_ask (const Step *s, Group *g)
{
    CrmTakeover *t = s->t;

    if (t->is_leaving || !claims_are_valid (t)) {
        group_set_token (s, g, CRM_TOKEN_NONE, "not-valid");
        return true;
    }
    if (g->there_token == CRM_TOKEN_MINE || g->there_token == CRM_TOKEN_GRANTED
        || (g->there_token == CRM_TOKEN_ASK && !is_maker (t, g))) {
        group_set_token (s, g, CRM_TOKEN_NONE, "peer-has-it");
        return true;
    }
    if (g->ask_rev == 0 || t->p.echo_rev < g->ask_rev || g->there_token != CRM_TOKEN_NONE
        || !group_peer_is_clear (t, g))
        return false;
    group_take (s, g, g->seen + 1, "nobody-had-it");
    return true;
}

static bool
settle_granted (const Step *s, Group *g)
{
    CrmTakeover *t = s->t;

    if (!claims_are_valid (t))
        return false;
    if (g->there_token == CRM_TOKEN_MINE) { /* of whatever epoch: its engine may have restarted */
        group_set_token (s, g, CRM_TOKEN_NONE, "taken-by-peer");
        return true;
    }
    if (s->now < g->grant_until || t->is_leaving)
        return false;
    takeover_record (s, HBD_LEVEL_WARNING, "takeover.grant-withdrawn", "group=%s peer=%s",
                     g->config->key, t->peer);
    group_set_token (s, g, CRM_TOKEN_ASK, "not-taken");
    return true;
}

static void
grant (const Step *s, Group *g)
{
    const char *reason = group_give_name (g->giving);

    g->epoch = ++g->seen;
    g->failback_due = false;
    g->grant_until = s->now + TAKEOVER_GRANT_LIMIT_US;
    takeover_record (s, HBD_LEVEL_NOTICE, "takeover.give", "group=%s to=%s reason=%s",
                     g->config->key, s->t->peer, reason);
    group_set_token (s, g, CRM_TOKEN_GRANTED, reason);
    g->reason = "given-away";
}

static void
hear_wishes (const Step *s, Group *g)
{
    bool halt = g->there_wish == CRM_WISH_HALT;

    if (!claims_are_valid (s->t) || (!halt && g->there_wish != CRM_WISH_START))
        return;
    if (g->is_halted == halt)
        return;
    g->is_halted = halt;
    g->epoch = ++g->seen;
    takeover_record (s, HBD_LEVEL_NOTICE, halt ? "takeover.halt" : "takeover.unhalt",
                     "group=%s reason=asked-by-peer", g->config->key);
}

static GiveReason
why_give (const CrmTakeover *t, const Group *g)
{
    if (t->is_leaving)
        return GIVE_SHUTDOWN;
    if (!claims_peer_is_able (t, g) || !t->manager_up)
        return GIVE_NOT;
    if (g->has_failed && group_is_settled_down (g))
        return GIVE_FAILURE;
    if (g->there_wish == CRM_WISH_GIVE)
        return GIVE_ASKED;
    if (g->failback_due && t->config.failback != CRM_FAILBACK_OFF && !g->is_halted
        && strcmp (g->config->preferred_node, t->peer) == 0)
        return GIVE_FAILBACK;
    return GIVE_NOT;
}

static bool
settle_mine (const Step *s, Group *g)
{
    CrmTakeover *t = s->t;
    bool is_valid = claims_are_valid (t);

    if (is_valid && g->there_token == CRM_TOKEN_MINE && settle_conflict (s, g))
        return true;
    if (is_valid && g->there_token == CRM_TOKEN_NONE && g->there_epoch > g->epoch)
        g->epoch = ++g->seen; /* an engine restarted: go above what was known of its earlier life */
    hear_wishes (s, g);
    if (g->giving == GIVE_ASKED && g->there_wish != CRM_WISH_GIVE && g->order != ORDER_STOP
        && !group_is_settled_down (g))
        g->giving = GIVE_NOT; /* not begun, and not wished any more */
    if (g->giving == GIVE_NOT)
        g->giving = why_give (t, g);
    else if (g->giving != GIVE_SHUTDOWN && !claims_peer_is_able (t, g)) {
        takeover_record (s, HBD_LEVEL_WARNING, "takeover.give-cancelled", "group=%s peer=%s",
                         g->config->key, t->peer);
        g->giving = GIVE_NOT;
        g->reason = "give-cancelled";
        return true;
    }
    if (g->giving == GIVE_NOT || g->here == CRM_GROUP_STUCK || !group_is_settled_down (g))
        return false;
    if (!is_valid || t->p.is_gone || (g->giving != GIVE_SHUTDOWN && !claims_peer_is_able (t, g)))
        return false;
    grant (s, g);
    return true;
}

bool
claims_settle (const Step *s, Group *g)
{
    CrmTakeover *t = s->t;

    if (!t->is_joined)
        return false;
    if (g->token != CRM_TOKEN_MINE && !t->is_leaving && group_is_absent_there (t, g)) {
        const char *reason = t->peer == NULL               ? "alone"
                             : t->p.state == CRM_PEER_DEAD ? "peer-dead"
                                                           : "peer-left";

        g->has_failed = false; /* nobody else can: one more try */
        group_take (s, g, g->seen + 1, reason);
        return true;
    }
    if (!takeover_peer_is_native (t))
        return false;
    switch (g->token) {
    case CRM_TOKEN_NONE:
        return settle_none (s, g);
    case CRM_TOKEN_ASK:
        return settle_ask (s, g);
    case CRM_TOKEN_MINE:
        return settle_mine (s, g);
    case CRM_TOKEN_GRANTED:
        return settle_granted (s, g);
    case CRM_TOKEN_N:
        break;
    }
    return false;
}

/* --- publishing ------------------------------------------------------------------------------ */

static CrmClaim
claim_of (const Group *g)
{
    CrmClaim claim = { .group = g->index,
                       .state = g->here,
                       .token = g->token,
                       .wish = g->wish,
                       .is_halted = g->is_halted };

    /* "stopped" must be true of the manager's near future too */
    if (g->here == CRM_GROUP_STOPPED && (g->start_unseen || g->order == ORDER_START))
        claim.state = CRM_GROUP_STARTING;
    claim.epoch = g->token == CRM_TOKEN_MINE || g->token == CRM_TOKEN_GRANTED ? g->epoch : g->seen;
    return claim;
}

static bool
claim_equals (const CrmClaim *a, const CrmClaim *b)
{
    return a->group == b->group && a->state == b->state && a->token == b->token
           && a->wish == b->wish && a->is_halted == b->is_halted && a->epoch == b->epoch;
}

static guint
flags_now (const CrmTakeover *t)
{
    guint flags = 0;

    if (t->is_joined && t->manager_up && !t->is_leaving)
        flags |= CRM_CLAIMS_READY;
    if (t->config.failback != CRM_FAILBACK_OFF)
        flags |= CRM_CLAIMS_PREFER;
    for (guint i = 0; i < t->n; i++)
        if (t->groups[i].token == CRM_TOKEN_ASK)
            flags |= CRM_CLAIMS_WANT_ACK;
    return flags;
}

/* Put what is so now into the claims; a change has a revision of its own and goes out at once. */
void
claims_publish (const Step *s)
{
    CrmTakeover *t = s->t;
    guint flags = flags_now (t);
    bool changed = t->claims.flags != flags || t->claims.session != takeover_session (t);
    CrmReport report = { .kind = CRM_REPORT_CLAIMS, .claims = &t->claims };

    for (guint i = 0; i < t->n; i++) {
        CrmClaim claim = claim_of (&t->groups[i]);

        changed |= !claim_equals (&claim, &t->claim[i]);
        t->claim[i] = claim;
    }
    t->claims.session = takeover_session (t);
    t->claims.flags = flags;
    t->claims.echo_session = t->p.session;
    t->claims.echo_rev = t->p.rev;
    if (changed)
        t->claims.rev++;
    for (guint i = 0; i < t->n; i++)
        if (t->groups[i].token == CRM_TOKEN_ASK && t->groups[i].ask_rev == 0)
            t->groups[i].ask_rev = t->claims.rev;
    if ((changed || t->publish_now) && t->peer != NULL)
        takeover_report (s, &report);
    t->publish_now = false;
}
