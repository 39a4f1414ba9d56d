/* SPDX-License-Identifier: Apache-2.0 */
/* What an operator asks: standby, takeover, group start, stop, move, cleanup. One command that
 * moves something at a time; each gets exactly one reply, when its end is known or its time is up. */
#include "config.h"

#include "crm/plan/takeover_private.h"

#include <string.h>

static const char *
command_name (CrmCommandKind kind)
{
    static const char *const names[] = {
        [CRM_COMMAND_STANDBY] = "standby",         [CRM_COMMAND_TAKEOVER] = "takeover",
        [CRM_COMMAND_GROUP_START] = "group-start", [CRM_COMMAND_GROUP_STOP] = "group-stop",
        [CRM_COMMAND_GROUP_MOVE] = "group-move",   [CRM_COMMAND_GROUP_CLEANUP] = "group-cleanup",
    };

    return (guint) kind < G_N_ELEMENTS (names) ? names[kind] : "unknown";
}

static void reply (const Step *s, guint id, bool is_ok, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
reply (const Step *s, guint id, bool is_ok, const char *format, ...)
{
    CrmTakeoverAction action = { .kind = CRM_TAKEOVER_DO_REPLY };
    va_list args;

    va_start (args, format);
    action.reply.text = g_strdup_vprintf (format, args);
    va_end (args);
    action.reply.id = id;
    action.reply.is_ok = is_ok;
    takeover_record (s, is_ok ? HBD_LEVEL_INFO : HBD_LEVEL_NOTICE, "takeover.reply",
                     "id=%u ok=%s text=\"%s\"", id, is_ok ? "yes" : "no", action.reply.text);
    g_array_append_val (s->out, action);
}

static const char *
group_in_flux (const CrmTakeover *t, const Group *g)
{
    if (g->there_token == CRM_TOKEN_NONE && g->token == CRM_TOKEN_NONE)
        return "has no owner yet";
    if (g->token == CRM_TOKEN_ASK || g->there_token == CRM_TOKEN_ASK)
        return "has no owner yet";
    if (g->giving != GIVE_NOT || g->token == CRM_TOKEN_GRANTED
        || g->there_token == CRM_TOKEN_GRANTED)
        return "is being moved";
    if (g->token == CRM_TOKEN_MINE && g->there_token == CRM_TOKEN_MINE)
        return "is claimed by both nodes";
    if (g->order == ORDER_START || g->here == CRM_GROUP_STARTING || g->there == CRM_GROUP_STARTING)
        return "is starting";
    if (g->order == ORDER_STOP || g->here == CRM_GROUP_STOPPING || g->there == CRM_GROUP_STOPPING)
        return "is stopping";
    return NULL;
}

char *
command_in_flux (const CrmTakeover *t)
{
    if (!t->is_joined)
        return g_strdup ("this node has not joined the cluster yet");
    if (t->is_leaving)
        return g_strdup ("this node is shutting down");
    if (!t->manager_up)
        return g_strdup ("the manager of this node is away");
    if (takeover_peer_is_native (t) && !claims_are_valid (t))
        return g_strdup_printf ("%s has not said yet what it runs", t->peer);
    if (takeover_peer_is_v1 (t) && t->config.failback != CRM_FAILBACK_LEGACY
        && (t->v1.phase != V1_IDLE || !t->v1.is_stable || !t->v1.peer_stable))
        return g_strdup_printf ("resources are moving between this node and %s", t->peer);
    for (guint i = 0; i < t->n; i++) {
        const char *what = group_in_flux (t, &t->groups[i]);

        if (what != NULL)
            return g_strdup_printf ("group %s %s", t->groups[i].config->key, what);
    }
    return NULL;
}

/* --- beginning ------------------------------------------------------------------------------- */

static void
begin (const Step *s, const CrmCommand *command, bool to_peer)
{
    CrmTakeover *t = s->t;
    HbdTime bound = TAKEOVER_COMMAND_SLACK_US;

    for (guint i = 0; i < t->n; i++)
        if (t->groups[i].in_command)
            bound += group_bound (&t->groups[i]);
    if (takeover_peer_is_v1 (t))
        bound += TAKEOVER_OTHER_LIMIT_US + takeover_bound (t, CRM_HOLD_ALL, t->self);
    t->op = (Operation){ .is_active = true,
                         .id = command->id,
                         .kind = command->kind,
                         .to_peer = to_peer,
                         .is_v1 = takeover_peer_is_v1 (t),
                         .until = s->now + bound,
                         .answer_until = s->now + TAKEOVER_OTHER_LIMIT_US };
}

/* A 3.0.6 peer in legacy mode moves single groups too. */
static bool
is_legacy_peer (const CrmTakeover *t)
{
    return takeover_peer_is_v1 (t) && t->config.failback == CRM_FAILBACK_LEGACY;
}

/* Why a group that is ours cannot go to the peer now; NULL: it can. */
static const char *
why_not_there (const CrmTakeover *t, const Group *g)
{
    if (g->here == CRM_GROUP_STUCK)
        return "could not be stopped here";
    if (is_legacy_peer (t))
        return t->p.state == CRM_PEER_ACTIVE ? NULL : "no other node is active";
    if (!takeover_peer_is_native (t))
        return "no other node is active";
    if (g->there == CRM_GROUP_FAILED)
        return "has failed on the other node (group cleanup there first)";
    if (!claims_peer_is_able (t, g))
        return "cannot start on the other node now";
    return NULL;
}

static const char *
why_not_here (const CrmTakeover *t, const Group *g)
{
    if (!takeover_peer_is_native (t) && !is_legacy_peer (t))
        return "has no owner that could give it";
    if (g->there == CRM_GROUP_STUCK)
        return "could not be stopped on the other node";
    if (g->here != CRM_GROUP_STOPPED)
        return "has failed here (group cleanup first)";
    return NULL;
}

static void
move_groups (const Step *s, const CrmCommand *command, bool to_peer)
{
    CrmTakeover *t = s->t;
    guint n = 0;

    for (guint i = 0; i < t->n; i++)
        n += t->groups[i].in_command ? 1 : 0;
    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];
        const char *why = NULL;

        if (g->in_command)
            why = to_peer ? why_not_there (t, g) : why_not_here (t, g);
        if (why == NULL)
            continue;
        for (guint j = 0; j < t->n; j++)
            t->groups[j].in_command = false;
        reply (s, command->id, false, "nothing moved: group %s %s", g->config->key, why);
        return;
    }
    if (n == 0) {
        reply (s, command->id, true, "nothing to move: %s already %s", t->self,
               to_peer ? "holds none of these groups" : "holds these groups");
        return;
    }
    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];

        if (!g->in_command)
            continue;
        if (is_legacy_peer (t))
            legacy_move (s, g, to_peer);
        else if (to_peer)
            g->giving = GIVE_COMMAND;
        else
            g->wish = CRM_WISH_GIVE;
    }
    begin (s, command, to_peer);
}

static void
begin_classes (const Step *s, const CrmCommand *command)
{
    CrmTakeover *t = s->t;
    bool to_peer = command->kind == CRM_COMMAND_STANDBY;
    CrmToken wanted = CRM_TOKEN_MINE;

    if (command->hold == CRM_HOLD_NONE || (guint) command->hold > CRM_HOLD_ALL) {
        reply (s, command->id, false, "say which groups: all, local, foreign or failback");
        return;
    }
    if (to_peer && !takeover_peer_is_alive (t)) {
        reply (s, command->id, false, "no standby: no other node is active to take over");
        return;
    }
    if (takeover_peer_is_v1 (t) && !is_legacy_peer (t)) {
        if (to_peer ? v1_give (s, command->hold, "command") : v1_ask (s, command->hold)) {
            begin (s, command, to_peer);
        } else {
            reply (s, command->id, false, "refused: resources are moving, try again");
        }
        return;
    }
    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];
        CrmToken token = to_peer ? g->token : g->there_token;

        g->in_command = token == wanted && takeover_in_hold (g, command->hold, t->self);
    }
    move_groups (s, command, to_peer);
}

static void
cleanup (const Step *s, const CrmCommand *command, Group *g)
{
    CrmTakeover *t = s->t;
    bool there = g->there_stuck;

    g->has_failed = false;
    g->v1_offers = 0;
    if (there && !takeover_peer_is_alive (t)) {
        g->there_stuck = false;
        takeover_record (s, HBD_LEVEL_WARNING, "takeover.unstuck", "group=%s node=%s by=operator",
                         g->config->key, t->peer);
    }
    if (t->manager_up && (g->here == CRM_GROUP_FAILED || g->here == CRM_GROUP_STUCK)) {
        g->order = ORDER_CLEANUP;
        g->order_until = s->now + group_bound (g);
        takeover_order (s, CRM_TAKEOVER_DO_CLEANUP, g);
    }
    reply (s, command->id, true, "failures of group %s on %s are forgotten%s%s", g->config->key,
           t->self, there && takeover_peer_is_alive (t) ? "; it is still stuck on " : "",
           there && takeover_peer_is_alive (t) ? t->peer : "");
}

static void
begin_halt (const Step *s, const CrmCommand *command, Group *g)
{
    bool halt = command->kind == CRM_COMMAND_GROUP_STOP;

    if (g->token == CRM_TOKEN_MINE) {
        if (g->is_halted != halt) {
            g->is_halted = halt;
            g->epoch = ++g->seen;
        }
        if (!halt)
            g->has_failed = false;
        g->reason = "command";
        takeover_record (s, HBD_LEVEL_NOTICE, halt ? "takeover.halt" : "takeover.unhalt",
                         "group=%s reason=command", g->config->key);
    } else if (takeover_peer_is_native (s->t)) {
        g->wish = halt ? CRM_WISH_HALT : CRM_WISH_START;
    } else {
        reply (s, command->id, false, "group %s does not run here; %s it on %s", g->config->key,
               halt ? "stop" : "start", takeover_peer_name (s->t));
        return;
    }
    g->in_command = true;
    begin (s, command, false);
}

static void
begin_move (const Step *s, const CrmCommand *command, Group *g)
{
    CrmTakeover *t = s->t;
    bool is_mine = g->token == CRM_TOKEN_MINE;
    const char *node = command->node;

    if (node != NULL && g_ascii_strcasecmp (node, t->self) != 0
        && (t->peer == NULL || g_ascii_strcasecmp (node, t->peer) != 0)) {
        reply (s, command->id, false, "there is no node %s in this cluster", node);
        return;
    }
    if (node != NULL && is_mine == (g_ascii_strcasecmp (node, t->self) == 0)) {
        reply (s, command->id, true, "group %s is already on %s", g->config->key, node);
        return;
    }
    if (takeover_peer_is_v1 (t) && !is_legacy_peer (t)) {
        reply (s, command->id, false,
               "refused: Heartbeat on %s cannot move one group; use "
               "standby or takeover with local or foreign",
               t->peer);
        return;
    }
    g->in_command = true;
    move_groups (s, command, is_mine);
}

void
command_begin (const Step *s, const CrmCommand *command)
{
    CrmTakeover *t = s->t;
    bool is_class = command->kind == CRM_COMMAND_STANDBY || command->kind == CRM_COMMAND_TAKEOVER;
    int index = is_class || command->key == NULL
                    ? -1
                    : crm_model_find_group (t->config.model, command->key);
    g_autofree char *flux = NULL;

    takeover_record (s, HBD_LEVEL_NOTICE, "takeover.command", "id=%u command=%s %s=%s", command->id,
                     command_name (command->kind), is_class ? "hold" : "group",
                     is_class     ? crm_hold_name (command->hold)
                     : index >= 0 ? t->groups[index].config->key
                                  : "?");
    if (!is_class && index < 0) {
        reply (s, command->id, false, "there is no such group in haresources");
        return;
    }
    if (command->kind == CRM_COMMAND_GROUP_CLEANUP) {
        cleanup (s, command, &t->groups[index]);
        return;
    }
    if (t->op.is_active) {
        reply (s, command->id, false, "refused: %s is still in progress",
               command_name (t->op.kind));
        return;
    }
    flux = command_in_flux (t);
    if (flux != NULL) {
        reply (s, command->id, false, "refused: %s", flux);
        return;
    }
    if (is_class)
        begin_classes (s, command);
    else if (command->kind == CRM_COMMAND_GROUP_MOVE)
        begin_move (s, command, &t->groups[index]);
    else if (command->kind == CRM_COMMAND_GROUP_START || command->kind == CRM_COMMAND_GROUP_STOP)
        begin_halt (s, command, &t->groups[index]);
    else
        reply (s, command->id, false, "unknown command");
}

/* --- ending ---------------------------------------------------------------------------------- */

typedef enum { GOES_ON, REACHED, MISSED } Outcome;

static Outcome
outcome_of_state (CrmGroupState state, bool is_halted)
{
    if (state == CRM_GROUP_FAILED || state == CRM_GROUP_STUCK)
        return MISSED;
    return state == CRM_GROUP_RUNNING || (is_halted && state == CRM_GROUP_STOPPED) ? REACHED
                                                                                   : GOES_ON;
}

static Outcome
group_outcome (const CrmTakeover *t, const Group *g)
{
    bool is_mine = g->token == CRM_TOKEN_MINE;
    CrmGroupState state = is_mine ? g->here : g->there;
    bool has_owner = is_mine || g->there_token == CRM_TOKEN_MINE;

    if (!is_mine && g->there_stuck && !takeover_peer_is_alive (t))
        return MISSED; /* nobody will decide this before an operator does */
    switch (t->op.kind) {
    case CRM_COMMAND_GROUP_STOP:
        if (state == CRM_GROUP_STUCK)
            return MISSED;
        return has_owner && g->is_halted
                       && (is_mine ? group_is_settled_down (g)
                                   : state == CRM_GROUP_STOPPED || state == CRM_GROUP_FAILED)
                   ? REACHED
                   : GOES_ON;
    case CRM_COMMAND_GROUP_START:
        if (g->is_halted && is_mine && g->wish == CRM_WISH_NONE)
            return MISSED; /* the other node's operator wants it stopped meanwhile */
        if (g->order == ORDER_CLEANUP || g->is_halted)
            return GOES_ON;
        return outcome_of_state (state, false);
    default:
        break;
    }
    if (t->op.to_peer && is_mine)
        return g->giving == GIVE_NOT || g->here == CRM_GROUP_STUCK ? MISSED : GOES_ON;
    if (g->there_stuck)
        return MISSED;
    if (!t->op.to_peer && !is_mine && g->wish == CRM_WISH_NONE)
        return MISSED; /* it came, failed and went back */
    if (t->op.to_peer != (g->there_token == CRM_TOKEN_MINE) || (!t->op.to_peer && !is_mine))
        return GOES_ON;
    return outcome_of_state (state, g->is_halted);
}

static void
finish (const Step *s, bool is_ok, const char *why)
{
    CrmTakeover *t = s->t;
    const char *node = t->op.to_peer ? takeover_peer_name (t) : t->self;
    const char *name = command_name (t->op.kind);
    guint id = t->op.id;

    for (guint i = 0; i < t->n; i++) {
        t->groups[i].in_command = false;
        t->groups[i].wish = CRM_WISH_NONE;
    }
    t->op.is_active = false;
    if (!is_ok)
        reply (s, id, false, "%s failed: %s", name, why);
    else if (t->op.kind == CRM_COMMAND_GROUP_STOP || t->op.kind == CRM_COMMAND_GROUP_START)
        reply (s, id, true, "%s done", name);
    else
        reply (s, id, true, "%s done: the groups are on %s", name, node);
}

static void
settle_v1 (const Step *s)
{
    CrmTakeover *t = s->t;
    CrmHold moved = takeover_swap_hold (t->v1.moving);
    bool is_ok = t->op.to_peer ? (t->v1.mine & t->v1.moving) == 0 : (t->v1.mine & moved) == moved;

    if (!takeover_peer_is_v1 (t))
        finish (s, false, "the other node went away meanwhile");
    else if (t->v1.phase == V1_IDLE)
        finish (s, is_ok, "the other node did not take part in time");
}

/* A stop or start of a group that went to the peer meanwhile (a conflict, a failure) is the peer's to
 * do now. */
static void
pass_on (const CrmTakeover *t, Group *g)
{
    bool halt = t->op.kind == CRM_COMMAND_GROUP_STOP;

    if (!halt && t->op.kind != CRM_COMMAND_GROUP_START)
        return;
    if (g->token == CRM_TOKEN_NONE && g->there_token == CRM_TOKEN_MINE && g->is_halted != halt
        && takeover_peer_is_native (t))
        g->wish = halt ? CRM_WISH_HALT : CRM_WISH_START;
}

void
command_settle (const Step *s)
{
    CrmTakeover *t = s->t;
    bool goes_on = false;

    if (!t->op.is_active)
        return;
    if (t->is_leaving) {
        finish (s, false,
                t->op.kind == CRM_COMMAND_GROUP_STOP
                    ? "this node is shutting down; the group stays stopped until group start"
                    : "this node is shutting down");
        return;
    }
    if (t->op.is_v1 && t->config.failback != CRM_FAILBACK_LEGACY
        && (t->op.kind == CRM_COMMAND_STANDBY || t->op.kind == CRM_COMMAND_TAKEOVER)) {
        settle_v1 (s);
        return;
    }
    for (guint i = 0; i < t->n; i++) {
        Outcome outcome = REACHED;

        if (t->groups[i].in_command) {
            pass_on (t, &t->groups[i]);
            outcome = group_outcome (t, &t->groups[i]);
        }
        if (outcome == MISSED) {
            g_autofree char *why = g_strdup_printf ("group %s did not get there; see status",
                                                    t->groups[i].config->key);

            finish (s, false, why);
            return;
        }
        goes_on |= outcome == GOES_ON;
    }
    if (!goes_on)
        finish (s, true, NULL);
}

void
command_fail (const Step *s, const char *why)
{
    if (s->t->op.is_active)
        finish (s, false, why);
}

static bool
has_not_begun (const Group *g)
{
    switch (g->wish) {
    case CRM_WISH_GIVE:
        return g->there_token == CRM_TOKEN_MINE && g->there != CRM_GROUP_STOPPING;
    case CRM_WISH_HALT:
        return !g->is_halted;
    case CRM_WISH_START:
        return g->is_halted;
    case CRM_WISH_NONE:
    case CRM_WISH_N:
        break;
    }
    return false;
}

void
command_on_timer (const Step *s)
{
    CrmTakeover *t = s->t;

    if (t->op.is_active && s->now >= t->op.answer_until) {
        t->op.answer_until = HBD_TIME_NEVER;
        for (guint i = 0; i < t->n && t->op.is_active; i++)
            if (has_not_begun (&t->groups[i]))
                finish (s, false, "the other node did not take part in time");
    }
    if (t->op.is_active && s->now >= t->op.until)
        finish (s, false, "it took longer than the time limits of the groups allow");
}
