/* SPDX-License-Identifier: Apache-2.0 */
/* The takeover decider: who of two nodes runs each haresources group.
 *
 * Everything here is decided from levels, not from edges: an event (the peer lives or died, it
 * said something, the manager said something, an operator wants something, time passed) changes
 * what is known, and then every group is settled anew from all that is known. A lost, late or
 * doubled message can so delay a decision, never spoil it. doc/heartbeat.md 5 and 6 have the words
 * of Heartbeat, doc/design.md the safety rules.
 *
 * A peer of our kind (takeover_claims.c)
 *
 *   Who may start a group has its TOKEN, at most one node at a time. Every status message carries
 *   our CLAIMS, the whole truth about all groups at once: state here, token, epoch. A change goes
 *   out at once, a lost one comes again with the next keepalive; they have a revision, an older one
 *   is ignored. They also echo the session and revision last heard of the peer.
 *
 *   The echo is what makes claims usable: a session is new with every start, every pause and every
 *   death that we declare, so claims that echo our present session were said after the peer had
 *   heard us as we are now. Nothing older is acted on ("valid"). A peer that restarted, or was
 *   taken for dead, so has to hear us and answer before anything it says counts.
 *
 *   How a token moves, A to B:  A mine --(stop, confirmed by A's manager)--> A granted, epoch + 1
 *     --(B reads it)--> B mine, B starts --(A reads it)--> A none.
 *   Two messages, and the outage is one stop, one datagram, one start. Reasons: standby, takeover
 *   (B's claims carry the wish), failback when B joined, a failed start at A, shutdown of A. A gives
 *   only while B is able (active, manager there, the group stopped and not failed there). B does not
 *   take it within 10 s: A withdraws, that is, A asks as below. An epoch is granted once and higher
 *   than any before, so an old grant cannot be taken again.
 *
 *   Nobody has it (both started): one node makes it, the preferred one. It says ASK; when the peer's
 *   claims echo that very revision and still have no token, it is taken. The peer does not begin to
 *   ask while the other asks. What the maker cannot run, it gives away.
 *
 *   The peer is dead, or said shutdone and stopped the group: the token is made anew, epoch + 1.
 *   Not for a group that is STUCK there (safety rule 3): that waits for an operator.
 *
 *   An engine that restarts knows no token. What still runs here it claims again, with no higher
 *   epoch; the peer sees "not stopped" and waits, or, if it took over meanwhile, both claim it.
 *
 *   Both claim the token (a partition healed): keeps_it() decides, the same on both sides. The
 *   loser stops at once; the winner goes on and tells the neighbours when the loser has stopped.
 *
 *   A group starts here only with the token here AND the peer clear: valid claims that say stopped,
 *   or gone, or dead. Two locks, so that one mistake is not enough.
 *
 * We did not run for longer than the peer waits (PAUSED): all tokens are void, all groups stop, and
 * we are as if just started; nobody is believed dead before he had a deadtime to speak.
 *
 * A 3.0.6 peer (takeover_v1.c, takeover_legacy.c), or one with another haresources, speaks in whole
 * classes. Cuts between us and it, and their heal: takeover_heal.c.
 *
 * Leaving: all groups stop, tokens are granted, then shutdone, which carries the claims: what could
 * not be stopped is not handed over. A 3.0.6 peer cannot read that: it gets the classes (legacy: the
 * groups) that are down, no shutdone, and last statuses that announce the longest deadtime there is,
 * so that it takes nothing of the rest when we are silent. */
#include "config.h"

#include "crm/plan/takeover.h"

#include "crm/plan/takeover_private.h"

#include <string.h>

/* --- actions --------------------------------------------------------------------------------- */

static void
report_clear (CrmReport *report)
{
    g_free ((char *) report->info);
    g_free ((char *) report->key);
    if (report->claims != NULL)
        g_free ((CrmClaim *) report->claims->claim);
    g_free ((CrmClaims *) report->claims);
}

static void
action_clear (gpointer data)
{
    CrmTakeoverAction *action = data;

    if (action->kind == CRM_TAKEOVER_DO_REPORT)
        report_clear (&action->report);
    else if (action->kind == CRM_TAKEOVER_DO_REPLY)
        g_free (action->reply.text);
    else if (action->kind == CRM_TAKEOVER_DO_RECORD)
        hbd_record_free (action->record);
}

GArray *
crm_takeover_actions_new (void)
{
    GArray *array = g_array_new (FALSE, TRUE, sizeof (CrmTakeoverAction));

    g_array_set_clear_func (array, action_clear);
    return array;
}

void
takeover_record (const Step *s, HbdLevel level, const char *name, const char *format, ...)
{
    CrmTakeoverAction action = { .kind = CRM_TAKEOVER_DO_RECORD };
    g_autofree char *fields = NULL;
    va_list args;

    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    action.record = hbd_record_new (level, name, "%s", fields);
    g_array_append_val (s->out, action);
}

void
takeover_report (const Step *s, const CrmReport *report)
{
    CrmTakeoverAction action = { .kind = CRM_TAKEOVER_DO_REPORT, .report = *report };

    if (s->t->peer == NULL)
        return;
    action.report.info = g_strdup (report->info != NULL ? report->info : "");
    action.report.key = g_strdup (report->key);
    if (report->claims != NULL) {
        CrmClaims *claims = g_memdup2 (report->claims, sizeof *claims);

        claims->claim = g_memdup2 (claims->claim, claims->n * sizeof *claims->claim);
        action.report.claims = claims;
    }
    g_array_append_val (s->out, action);
}

void
takeover_order (const Step *s, CrmTakeoverActionKind kind, const Group *g)
{
    CrmTakeoverAction action = { .kind = kind, .group = g->index };

    g_array_append_val (s->out, action);
}

/* --- life ------------------------------------------------------------------------------------ */

CrmTakeover *
crm_takeover_new (const CrmTakeoverConfig *config, HbdTime now)
{
    CrmTakeover *t = g_new0 (CrmTakeover, 1);

    t->config = *config;
    t->self = g_strdup (config->self);
    t->peer = g_strdup (config->peer);
    t->n = config->model->groups->len;
    t->groups = g_new0 (Group, t->n);
    t->claim = g_new0 (CrmClaim, t->n);
    t->claims.claim = t->claim;
    t->claims.n = t->n;
    t->claims.session = takeover_session (t);
    for (guint i = 0; i < t->n; i++) {
        t->groups[i].config = crm_model_group (config->model, i);
        t->groups[i].index = i;
        t->claim[i].group = i;
    }
    v1_reset (t);
    t->leave_until = t->manager_until = HBD_TIME_NEVER;
    return t;
}

void
crm_takeover_free (CrmTakeover *t)
{
    if (t == NULL)
        return;
    g_free (t->self);
    g_free (t->peer);
    g_free (t->groups);
    g_free (t->claim);
    g_free (t);
}

/* --- small questions ------------------------------------------------------------------------- */

guint64
takeover_session (const CrmTakeover *t)
{
    return (guint64) t->config.life << 32 | (guint64) t->pauses << 16 | t->deaths;
}

bool
takeover_peer_is_alive (const CrmTakeover *t)
{
    return t->peer != NULL && !t->p.is_gone
           && (t->p.state == CRM_PEER_UP || t->p.state == CRM_PEER_ACTIVE);
}

bool
takeover_peer_is_native (const CrmTakeover *t)
{
    return takeover_peer_is_alive (t) && t->p.is_native;
}

bool
takeover_peer_is_v1 (const CrmTakeover *t)
{
    return takeover_peer_is_alive (t) && !t->p.is_native;
}

const char *
takeover_peer_name (const CrmTakeover *t)
{
    return t->peer != NULL ? t->peer : "-";
}

bool
takeover_in_hold (const Group *g, CrmHold hold, const char *node)
{
    bool is_local = strcmp (g->config->preferred_node, node) == 0;

    return (hold & (is_local ? CRM_HOLD_LOCAL : CRM_HOLD_FOREIGN)) != 0;
}

CrmHold
takeover_swap_hold (CrmHold hold)
{
    return ((hold & CRM_HOLD_LOCAL) != 0 ? CRM_HOLD_FOREIGN : CRM_HOLD_NONE)
           | ((hold & CRM_HOLD_FOREIGN) != 0 ? CRM_HOLD_LOCAL : CRM_HOLD_NONE);
}

HbdTime
takeover_bound (const CrmTakeover *t, CrmHold hold, const char *node)
{
    HbdTime sum = TAKEOVER_OTHER_LIMIT_US;

    for (guint i = 0; i < t->n; i++)
        if (takeover_in_hold (&t->groups[i], hold, node))
            sum += group_bound (&t->groups[i]);
    return sum;
}

/* --- the peer -------------------------------------------------------------------------------- */

static void
forget_peer (CrmTakeover *t)
{
    t->p.echo_session = 0;
    t->p.echo_rev = 0;
    for (guint i = 0; i < t->n; i++) {
        group_forget_peer (&t->groups[i]);
        t->groups[i].v1_again = 0;
        t->groups[i].v1_asked = false;
    }
}

/* Nobody but us is left: both classes are ours. */
static void
be_alone (CrmTakeover *t)
{
    v1_reset (t);
    t->v1.mine = CRM_HOLD_ALL;
    t->v1.is_stable = true;
    for (guint i = 0; i < t->n; i++)
        if (t->groups[i].giving != GIVE_SHUTDOWN)
            t->groups[i].giving = GIVE_NOT;
}

static void
say_peer_is_dead (const Step *s)
{
    CrmReport report = { .kind = CRM_REPORT_STONITH, .key = s->t->peer, .info = "n_stnth" };

    takeover_report (s, &report);
    v1_say_alone (s);
}

static void
on_peer_dead (const Step *s)
{
    CrmTakeover *t = s->t;

    if (t->p.state == CRM_PEER_DEAD)
        return;
    if (t->rejoin_until != 0) {
        t->p.state = CRM_PEER_UNKNOWN; /* believed when the time is over */
        return;
    }
    t->p.state = CRM_PEER_DEAD;
    t->p.is_gone = false;
    t->deaths++;
    heal_remember (t);
    forget_peer (t);
    be_alone (t);
    for (guint i = 0; i < t->n; i++) {
        t->groups[i].failback_due = true;
        t->groups[i].announce_due = "peer-back"; /* it may answer until it is */
    }
    if (t->is_joined && !t->is_leaving)
        say_peer_is_dead (s);
}

static void
enter_v1 (const Step *s)
{
    CrmTakeover *t = s->t;

    if (!t->is_joined || t->is_leaving)
        return;
    if (t->config.failback == CRM_FAILBACK_LEGACY)
        legacy_enter (s);
    else
        v1_enter (s);
}

static void
on_peer (const Step *s, const CrmTakeoverEvent *event)
{
    CrmTakeover *t = s->t;
    bool was_alive = takeover_peer_is_alive (t);
    bool was_native = t->p.is_native;
    /* who was believed dead and is at work, without having started: it was a cut */
    bool returned = event->peer.returned
                    || (t->p.state == CRM_PEER_DEAD && event->peer.state == CRM_PEER_ACTIVE
                        && !event->peer.restarted);
    bool is_new = event->peer.restarted || event->peer.returned || t->p.state == CRM_PEER_DEAD
                  || t->p.state == CRM_PEER_UNKNOWN;

    if (t->peer == NULL || event->peer.state == CRM_PEER_UNKNOWN)
        return;
    if (event->peer.state == CRM_PEER_DEAD) {
        on_peer_dead (s);
        return;
    }
    t->rejoin_until = 0;
    t->p.state = event->peer.state;
    t->p.is_native = event->peer.is_native;
    is_new |= was_native != t->p.is_native;
    if (!is_new)
        return;
    t->p.is_gone = false;
    t->publish_now = true;
    if (was_alive)
        heal_remember (t);
    forget_peer (t);
    if (!takeover_peer_is_v1 (t)
        || !(event->peer.returned || event->peer.restarted || !was_alive || was_native))
        return;
    if (returned && t->is_joined && !t->is_leaving)
        heal_on_return (s, event->peer.is_unaware);
    enter_v1 (s);
    if (returned)
        t->v1.state_seq = event->peer.seq;
}

static void
on_shutdone (const Step *s, const CrmReport *report)
{
    CrmTakeover *t = s->t;

    bool is_fresh = t->v1.is_known;

    if (t->p.is_native && report->claims != NULL) {
        claims_receive (s, report->claims);
        is_fresh = report->claims->echo_session == takeover_session (t);
    } else if (t->p.is_native) {
        is_fresh = false;
    }
    /* Said before it had heard us as we are now, this may be old: it may have come back since and
     * run everything (we restarted, or were frozen). Then its silence decides. */
    if (!takeover_peer_is_alive (t) || !is_fresh)
        return;
    t->p.is_gone = true;
    takeover_record (s, HBD_LEVEL_NOTICE, "takeover.peer-left", "peer=%s", t->peer);
    for (guint i = 0; i < t->n; i++)
        if (!t->p.is_native)
            t->groups[i].there = CRM_GROUP_STOPPED;
    be_alone (t);
    if (t->is_joined && !t->is_leaving && !t->p.is_native)
        v1_say_alone (s);
}

static void
on_report (const Step *s, const CrmReport *report)
{
    CrmTakeover *t = s->t;

    if (t->peer == NULL)
        return;
    if (report->kind == CRM_REPORT_SHUTDONE)
        on_shutdone (s, report);
    else if (report->kind == CRM_REPORT_CLAIMS && report->claims != NULL) {
        if (t->p.is_native)
            claims_receive (s, report->claims);
    } else if (takeover_peer_is_v1 (t)
               && (!t->is_leaving || t->v1.is_resting || report->kind == CRM_REPORT_RESOURCE)) {
        heal_on_report (s, report);
        if (t->config.failback == CRM_FAILBACK_LEGACY)
            legacy_on_report (s, report);
        else
            v1_on_report (s, report);
    }
}

/* --- ourselves ------------------------------------------------------------------------------- */

static void
on_joined (const Step *s)
{
    CrmTakeover *t = s->t;

    if (t->is_joined)
        return;
    t->is_joined = true;
    takeover_record (s, HBD_LEVEL_INFO, "takeover.joined", "peer=%s", takeover_peer_name (t));
    if (t->peer == NULL || t->p.state == CRM_PEER_DEAD || t->p.is_gone) {
        be_alone (t);
        if (t->p.state == CRM_PEER_DEAD && !t->is_leaving)
            say_peer_is_dead (s);
    } else if (takeover_peer_is_v1 (t)) {
        t->v1.is_stable = false;
        enter_v1 (s);
    }
}

static void
on_manager (CrmTakeover *t, bool is_up, HbdTime now)
{
    t->manager_up = is_up;
    if (is_up)
        t->manager_until = HBD_TIME_NEVER;
    else if (t->is_leaving)
        t->manager_until = now + TAKEOVER_MANAGER_LIMIT_US;
    if (is_up)
        return;
    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];

        g->here = CRM_GROUP_UNKNOWN;
        g->order = ORDER_NONE;
        g->start_unseen = false;
    }
}

/* We were away for longer than the peer waits: whatever was ours may be there now. */
static void
on_paused (const Step *s)
{
    CrmTakeover *t = s->t;

    if (t->peer == NULL)
        return;
    takeover_record (s, HBD_LEVEL_ERROR, "takeover.let-go", "peer=%s reason=paused", t->peer);
    command_fail (s, "this node did not run for longer than its deadtime");
    t->pauses++;
    forget_peer (t);
    if (t->p.state == CRM_PEER_DEAD || t->p.is_gone)
        t->p.state = CRM_PEER_UNKNOWN;
    t->p.is_gone = false;
    t->rejoin_until = s->now + t->config.deadtime_us;
    v1_reset (t);
    for (guint i = 0; i < t->n; i++)
        group_let_go (s, &t->groups[i], "paused");
    if (takeover_peer_is_v1 (t))
        enter_v1 (s);
}

static void
on_shutdown (const Step *s)
{
    CrmTakeover *t = s->t;

    if (t->is_leaving)
        return;
    t->is_leaving = true;
    t->leave_until = s->now + takeover_bound (t, CRM_HOLD_ALL, t->self);
    if (!t->manager_up)
        t->manager_until = s->now + TAKEOVER_MANAGER_LIMIT_US;
    takeover_record (s, HBD_LEVEL_NOTICE, "takeover.leaving", "peer=%s", takeover_peer_name (t));
    if (t->config.failback != CRM_FAILBACK_LEGACY)
        v1_say_resource (s, CRM_HOLD_NONE, 0, "shutdown");
}

/* Is everything down, or has it had all its time? @is_clean: all is down. */
static bool
is_release_due (const Step *s, bool *is_clean)
{
    const CrmTakeover *t = s->t;
    bool is_late = s->now >= t->leave_until || s->now >= t->manager_until;

    *is_clean = true;
    for (guint i = 0; i < t->n; i++) {
        const Group *g = &t->groups[i];

        if (group_is_settled_down (g))
            continue;
        if (g->here != CRM_GROUP_STUCK && !is_late)
            return false;
        *is_clean = false;
    }
    return true;
}

static void
record_left_running (const Step *s)
{
    for (guint i = 0; i < s->t->n; i++) {
        const Group *g = &s->t->groups[i];

        if (!group_is_settled_down (g))
            takeover_record (s, HBD_LEVEL_ERROR, "takeover.left-running", "group=%s state=%s",
                             g->config->key, crm_group_state_name (g->here));
    }
}

/* 3.0.6 takes everything when we say shutdone, and when we are silent for as long as we announced.
 * So what is down is given to it first, the rest it is kept from by a long time (safety rule 3).
 * True when all that is done. */
static bool
hold_back_v1 (const Step *s)
{
    CrmTakeover *t = s->t;

    if (t->config.failback == CRM_FAILBACK_LEGACY)
        legacy_leave_rest (s);
    else if (!v1_leave_rest (s))
        return false;
    takeover_record (
        s, HBD_LEVEL_ERROR, "takeover.peer-held-back",
        "peer=%s hint=\"%s runs Heartbeat and waits for this node, so that it starts "
        "nothing that may still run here; mend it and start hbd here again, or stop it "
        "by hand and restart Heartbeat on %s\"",
        t->peer, t->peer, t->peer);
    return true;
}

static void
check_released (const Step *s)
{
    CrmTakeover *t = s->t;
    CrmReport report = { .kind = CRM_REPORT_SHUTDONE, .claims = &t->claims };
    CrmTakeoverAction released = { .kind = CRM_TAKEOVER_DO_RELEASED };
    bool is_clean;

    if (!t->is_leaving || t->is_released || !is_release_due (s, &is_clean))
        return;
    released.hold_back = !is_clean && takeover_peer_is_v1 (t);
    if (released.hold_back && !hold_back_v1 (s))
        return;
    if (!is_clean)
        record_left_running (s);
    t->is_released = true;
    t->leave_until = t->manager_until = HBD_TIME_NEVER;
    if (!released.hold_back)
        takeover_report (s, &report);
    takeover_record (s, HBD_LEVEL_NOTICE, "takeover.released", "clean=%s", is_clean ? "yes" : "no");
    g_array_append_val (s->out, released);
}

static void
on_timer (const Step *s)
{
    CrmTakeover *t = s->t;

    if (t->rejoin_until != 0 && s->now >= t->rejoin_until) {
        t->rejoin_until = 0;
        if (t->p.state == CRM_PEER_UNKNOWN)
            on_peer_dead (s);
    }
    for (guint i = 0; i < t->n; i++)
        group_on_timer (s, &t->groups[i]);
    if (takeover_peer_is_v1 (t) && t->is_joined) {
        if (t->config.failback == CRM_FAILBACK_LEGACY)
            legacy_on_timer (s);
        else
            v1_on_timer (s);
    }
}

/* --- a step ---------------------------------------------------------------------------------- */

static void
settle (const Step *s)
{
    CrmTakeover *t = s->t;
    bool changed = true;

    if (takeover_peer_is_v1 (t) && t->is_joined) {
        if (t->config.failback == CRM_FAILBACK_LEGACY)
            legacy_settle (s);
        else
            v1_settle (s);
    }
    for (guint round = 0; changed && round < TAKEOVER_ROUNDS_MAX; round++) {
        changed = false;
        for (guint i = 0; i < t->n; i++)
            changed |= claims_settle (s, &t->groups[i]);
    }
    for (guint i = 0; i < t->n; i++)
        group_act (s, &t->groups[i]);
    command_settle (s);
    claims_publish (s);
    check_released (s);
}

void
crm_takeover_step (CrmTakeover *t, const CrmTakeoverEvent *event, HbdTime now, GArray *out)
{
    const Step s = { t, now, out };

    switch (event->kind) {
    case CRM_TAKEOVER_JOINED:
        on_joined (&s);
        break;
    case CRM_TAKEOVER_PEER:
        on_peer (&s, event);
        break;
    case CRM_TAKEOVER_REPORT:
        on_report (&s, &event->report);
        break;
    case CRM_TAKEOVER_GROUP:
        if (event->group.index >= t->n || (guint) event->group.state >= CRM_GROUP_STATE_N)
            return;
        t->manager_up = true;
        group_on_report (&s, &t->groups[event->group.index], event->group.state);
        break;
    case CRM_TAKEOVER_MANAGER:
        on_manager (t, event->manager_up, now);
        break;
    case CRM_TAKEOVER_COMMAND:
        command_begin (&s, &event->command);
        break;
    case CRM_TAKEOVER_SHUTDOWN:
        on_shutdown (&s);
        break;
    case CRM_TAKEOVER_PAUSED:
        on_paused (&s);
        break;
    case CRM_TAKEOVER_TIMER:
        on_timer (&s);
        command_on_timer (&s);
        break;
    case CRM_TAKEOVER_EVENT_N:
        return;
    }
    settle (&s);
}

HbdTime
crm_takeover_deadline (const CrmTakeover *t)
{
    HbdTime due = MIN (t->leave_until, t->manager_until);

    if (t->rejoin_until != 0)
        due = MIN (due, t->rejoin_until);
    if (t->op.is_active)
        due = MIN (due, MIN (t->op.until, t->op.answer_until));
    if (takeover_peer_is_v1 (t) && t->is_joined && t->config.failback != CRM_FAILBACK_LEGACY)
        due = MIN (due, v1_deadline (t));
    for (guint i = 0; i < t->n; i++) {
        const Group *g = &t->groups[i];

        if (g->order != ORDER_NONE)
            due = MIN (due, g->order_until);
        if (g->token == CRM_TOKEN_GRANTED && claims_are_valid (t) && !t->is_leaving)
            due = MIN (due, g->grant_until);
        if (g->v1_again != 0 && takeover_peer_is_v1 (t) && t->is_joined && !t->is_leaving)
            due = MIN (due, g->v1_again);
    }
    return due;
}

/* --- readers --------------------------------------------------------------------------------- */

static bool
is_in_transition (const CrmTakeover *t)
{
    if (!t->is_joined || (takeover_peer_is_v1 (t) && !t->v1.is_stable))
        return true;
    for (guint i = 0; i < t->n; i++) {
        const Group *g = &t->groups[i];

        if (g->order == ORDER_START || g->order == ORDER_STOP || g->giving != GIVE_NOT
            || g->token == CRM_TOKEN_ASK || g->token == CRM_TOKEN_GRANTED)
            return true;
    }
    return false;
}

const char *
crm_takeover_holding (const CrmTakeover *t)
{
    CrmHold hold = CRM_HOLD_NONE;
    bool has_local = false;

    if (t->config.failback == CRM_FAILBACK_LEGACY)
        return "none"; /* as 3.0.6 says in this mode, doc/heartbeat.md 6.6 */
    if (is_in_transition (t))
        return "transition";
    for (guint i = 0; i < t->n; i++) {
        const Group *g = &t->groups[i];
        bool is_local = takeover_in_hold (g, CRM_HOLD_LOCAL, t->self);

        has_local |= is_local;
        if (g->token == CRM_TOKEN_MINE)
            hold |= is_local ? CRM_HOLD_LOCAL : CRM_HOLD_FOREIGN;
    }
    if (!has_local)
        hold |= CRM_HOLD_LOCAL; /* all of nothing */
    if (!takeover_peer_is_alive (t))
        hold = CRM_HOLD_ALL;
    return crm_hold_name (hold);
}

const char *
crm_takeover_owner (const CrmTakeover *t, guint group)
{
    const Group *g = group < t->n ? &t->groups[group] : NULL;

    if (g == NULL)
        return NULL;
    if (g->token == CRM_TOKEN_MINE)
        return t->self;
    return g->there_token == CRM_TOKEN_MINE ? t->peer : NULL;
}

CrmGroupState
crm_takeover_peer_state (const CrmTakeover *t, guint group)
{
    const Group *g = group < t->n ? &t->groups[group] : NULL;

    if (g == NULL || t->peer == NULL)
        return CRM_GROUP_UNKNOWN;
    if (g->there_stuck)
        return CRM_GROUP_STUCK;
    return takeover_peer_is_alive (t) ? g->there : CRM_GROUP_UNKNOWN;
}

const CrmClaims *
crm_takeover_claims (const CrmTakeover *t)
{
    return &t->claims;
}

const char *
crm_hold_name (CrmHold hold)
{
    static const char *const names[] = { "none", "local", "foreign", "all" };

    return names[hold & CRM_HOLD_ALL];
}

bool
crm_hold_parse (const char *text, CrmHold *hold)
{
    if (text == NULL)
        return false;
    for (guint i = CRM_HOLD_NONE; i <= CRM_HOLD_ALL; i++)
        if (strcmp (text, crm_hold_name (i)) == 0) {
            *hold = i;
            return true;
        }
    if (strcmp (text, "failback") != 0)
        return false;
    *hold = CRM_HOLD_FOREIGN;
    return true;
}
