/* SPDX-License-Identifier: Apache-2.0 */
/* Speaking with a Heartbeat 3.0.6 peer, auto_failback on or off (doc/heartbeat.md 5, 6.1 to 6.5):
 * whole classes (local, foreign) instead of groups, one exchange at a time. The tokens of our
 * groups follow the class variable `mine`; what the peer holds, relative to the peer, is `other`.
 *
 * `resource` only says less than before with isstable=1, or as the first word after a start: with
 * info=standby or shutdown a 3.0.6 node announces what it is going to stop, while it still runs. */
#include "config.h"

#include "crm/plan/takeover_private.h"

#include <string.h>

static const char *const phase_names[] = {
    [V1_IDLE] = "idle",         [V1_ME] = "me",       [V1_AGREED] = "agreed",
    [V1_STOPPING] = "stopping", [V1_DONE] = "done",   [V1_OTHER] = "other",
    [V1_STARTING] = "starting", [V1_ASKED] = "asked", [V1_RESTING] = "resting",
};

void
v1_reset (CrmTakeover *t)
{
    memset (&t->v1, 0, sizeof t->v1);
    t->v1.until = t->v1.orphan_until = HBD_TIME_NEVER;
}

void
v1_say_resource (const Step *s, CrmHold hold, int stable, const char *info)
{
    CrmReport report = {
        .kind = CRM_REPORT_RESOURCE, .hold = hold, .is_full = true, .stable = stable, .info = info
    };

    takeover_report (s, &report);
}

static void
say_ask (const Step *s, const char *info)
{
    CrmReport report = { .kind = CRM_REPORT_ASK, .hold = s->t->v1.moving, .info = info };

    takeover_report (s, &report);
}

/* The words of a takeover after a death or a departure (doc/heartbeat.md 5). */
void
v1_say_alone (const Step *s)
{
    CrmReport report = {
        .kind = CRM_REPORT_RESOURCE, .hold = CRM_HOLD_FOREIGN, .stable = -1, .info = "mach_down"
    };

    if (s->t->config.failback == CRM_FAILBACK_LEGACY)
        return;
    v1_say_resource (s, CRM_HOLD_ALL, 1, "req_our_resources()");
    takeover_report (s, &report);
}

static void
set_phase (const Step *s, V1Phase phase, HbdTime until)
{
    V1 *v = &s->t->v1;

    takeover_record (s, HBD_LEVEL_INFO, "takeover.exchange", "peer=%s phase=%s from=%s hold=%s",
                     takeover_peer_name (s->t), phase_names[phase], phase_names[v->phase],
                     crm_hold_name (v->moving));
    v->phase = phase;
    v->until = until;
}

void
v1_take (const Step *s, CrmHold hold, const char *reason)
{
    CrmTakeover *t = s->t;

    t->v1.mine |= hold;
    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];

        if (takeover_in_hold (g, hold, t->self) && g->token != CRM_TOKEN_MINE)
            group_take (s, g, g->seen + 1, reason);
    }
}

void
v1_drop (const Step *s, CrmHold hold, const char *reason)
{
    CrmTakeover *t = s->t;

    t->v1.mine &= ~hold;
    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];

        if (takeover_in_hold (g, hold, t->self))
            group_let_go (s, g, reason);
    }
}

/* --- coming together ------------------------------------------------------------------------- */

static void
ask_what_it_holds (const Step *s)
{
    CrmReport report = { .kind = CRM_REPORT_STARTING, .stable = -1 };

    /* to 3.0.6 this word means that nothing runs here; `resource` puts that right in a moment */
    for (guint i = 0; i < s->t->n; i++) {
        const Group *g = &s->t->groups[i];

        if (!group_is_settled_down (g))
            report.hold |= takeover_in_hold (g, CRM_HOLD_LOCAL, s->t->self) ? CRM_HOLD_LOCAL
                                                                            : CRM_HOLD_FOREIGN;
    }
    takeover_report (s, &report);
    s->t->v1.ask_again = s->now + TAKEOVER_ASK_AGAIN_US;
}

/* A 3.0.6 peer is there: heard for the first time, restarted or returned. */
void
v1_enter (const Step *s)
{
    CrmTakeover *t = s->t;
    bool serves = t->v1.is_stable;
    CrmHold mine = t->v1.mine;

    if (t->v1.phase != V1_IDLE)
        set_phase (s, V1_IDLE, HBD_TIME_NEVER);
    for (guint i = 0; i < t->n; i++) {
        t->groups[i].giving = GIVE_NOT;
        t->groups[i].v1_offers = 0; /* another life, another try */
    }
    v1_reset (t);
    t->v1.mine = mine;
    t->v1.is_stable = serves;
    t->v1.failback_due = true;
    if (!serves)
        ask_what_it_holds (s);
}

/* We are new here: take our own groups unless the peer has them. */
static void
join (const Step *s)
{
    CrmTakeover *t = s->t;
    V1 *v = &t->v1;
    CrmHold taken = takeover_swap_hold (v->other);

    if (v->peer_leaving)
        return; /* its shutdone decides */
    if ((taken & CRM_HOLD_LOCAL) != 0 && !v->peer_stable)
        return;                        /* in transition */
    for (guint i = 0; i < t->n; i++) { /* an engine that restarted: what still runs here */
        Group *g = &t->groups[i];
        CrmHold klass =
            takeover_in_hold (g, CRM_HOLD_LOCAL, t->self) ? CRM_HOLD_LOCAL : CRM_HOLD_FOREIGN;

        if (!group_is_up (g) || g->must_stop || g->order == ORDER_STOP)
            continue;
        if ((taken & klass) != 0)
            group_let_go (s, g, "peer-has-it");
        else
            v1_take (s, klass, "runs-here");
    }
    v->mine &= ~taken;
    if ((taken & CRM_HOLD_LOCAL) == 0)
        v1_take (s, CRM_HOLD_LOCAL, "peer-has-not");
    v->is_stable = true;
    v1_say_resource (s, v->mine, 1, "");
}

/* --- giving and taking ----------------------------------------------------------------------- */

static bool
is_calm (const V1 *v)
{
    return v->phase == V1_IDLE && v->is_known && v->is_stable && v->peer_stable;
}

bool
v1_give (const Step *s, CrmHold hold, const char *reason)
{
    V1 *v = &s->t->v1;

    if (!is_calm (v) || s->t->is_leaving)
        return false;
    v->moving = hold;
    takeover_record (s, HBD_LEVEL_NOTICE, "takeover.standby", "hold=%s reason=%s peer=%s",
                     crm_hold_name (hold), reason, s->t->peer);
    set_phase (s, V1_ME, s->now + TAKEOVER_OTHER_LIMIT_US);
    say_ask (s, "me");
    return true;
}

bool
v1_ask (const Step *s, CrmHold hold)
{
    CrmReport report = { .kind = CRM_REPORT_TAKEOVER, .hold = hold };

    if (!is_calm (&s->t->v1) || s->t->is_leaving)
        return false;
    s->t->v1.moving = takeover_swap_hold (hold);
    set_phase (s, V1_ASKED, s->now + TAKEOVER_OTHER_LIMIT_US);
    takeover_report (s, &report);
    return true;
}

/* Classes of ours of which something could not be stopped. */
static CrmHold
stuck_classes (const CrmTakeover *t)
{
    CrmHold stuck = CRM_HOLD_NONE;

    for (guint i = 0; i < t->n; i++)
        if (!group_is_settled_down (&t->groups[i]))
            stuck |= takeover_in_hold (&t->groups[i], CRM_HOLD_LOCAL, t->self) ? CRM_HOLD_LOCAL
                                                                               : CRM_HOLD_FOREIGN;
    return stuck;
}

bool
v1_leave_rest (const Step *s)
{
    V1 *v = &s->t->v1;

    if (!v->is_resting) {
        CrmHold stuck = stuck_classes (s->t);

        v->is_resting = true;
        if (v->phase != V1_IDLE)
            set_phase (s, V1_IDLE, HBD_TIME_NEVER);
        /* "shutdown" was said before; a peer to which we are not stable could not even stop itself */
        v1_say_resource (s, v->mine | stuck, 1, "");
        v->moving = v->mine & ~stuck;
        if (v->moving != CRM_HOLD_NONE)
            set_phase (s, V1_RESTING, s->now + TAKEOVER_OTHER_LIMIT_US);
    }
    if (v->phase == V1_RESTING && v->peer_stable) {
        takeover_record (s, HBD_LEVEL_NOTICE, "takeover.standby", "hold=%s reason=shutdown peer=%s",
                         crm_hold_name (v->moving), s->t->peer);
        set_phase (s, V1_ME, s->now + TAKEOVER_OTHER_LIMIT_US);
        say_ask (s, "me");
    }
    return v->phase == V1_IDLE;
}

static void
begin_stopping (const Step *s)
{
    CrmTakeover *t = s->t;
    V1 *v = &t->v1;

    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];

        if (g->token == CRM_TOKEN_MINE && takeover_in_hold (g, v->moving, t->self))
            g->giving = GIVE_COMMAND;
    }
    v->is_stable = false;
    set_phase (s, V1_STOPPING, s->now + takeover_bound (t, v->moving, t->self));
    v1_say_resource (s, v->mine & ~v->moving, 0, "standby");
}

/* 3.0.6 said `other` in its turn to read, so it would not see a `done` of the next milliseconds
 * before its next one: we go on serving until shortly before that. */
static void
agree (const Step *s)
{
    HbdTime turn = MIN (s->t->config.keepalive_us, TAKEOVER_V1_TURN_US);

    set_phase (s, V1_AGREED, s->now + turn - MIN (TAKEOVER_V1_LEAD_US, turn / 4));
    if (turn == 0)
        begin_stopping (s);
}

static void
end_exchange (const Step *s, const char *why)
{
    CrmTakeover *t = s->t;

    for (guint i = 0; i < t->n; i++)
        if (t->groups[i].giving == GIVE_COMMAND)
            t->groups[i].giving = GIVE_NOT;
    takeover_record (s, HBD_LEVEL_INFO, "takeover.exchange-end", "peer=%s hold=%s reason=%s",
                     takeover_peer_name (t), crm_hold_name (t->v1.moving), why);
    set_phase (s, V1_IDLE, HBD_TIME_NEVER);
    t->v1.is_stable = true;
    v1_say_resource (s, t->v1.mine, 1, "");
}

static bool
all_down (const CrmTakeover *t)
{
    for (guint i = 0; i < t->n; i++)
        if (t->groups[i].giving == GIVE_COMMAND && !group_is_settled_down (&t->groups[i]))
            return false;
    return true;
}

static bool
any_stuck (const CrmTakeover *t)
{
    for (guint i = 0; i < t->n; i++)
        if (t->groups[i].giving == GIVE_COMMAND && t->groups[i].here == CRM_GROUP_STUCK)
            return true;
    return false;
}

static bool
all_started (const CrmTakeover *t)
{
    for (guint i = 0; i < t->n; i++) {
        const Group *g = &t->groups[i];

        if (takeover_in_hold (g, t->v1.moving, t->peer) && group_wants_to_run (t, g)
            && g->here != CRM_GROUP_RUNNING && g->here != CRM_GROUP_STUCK)
            return false;
    }
    return true;
}

static void
go_on_stopping (const Step *s)
{
    V1 *v = &s->t->v1;

    if (!s->t->is_leaving && any_stuck (s->t)) {
        takeover_record (s, HBD_LEVEL_ERROR, "takeover.give-cancelled",
                         "hold=%s peer=%s reason=stuck", crm_hold_name (v->moving), s->t->peer);
        end_exchange (s, "stuck");
        return;
    }
    if (!all_down (s->t))
        return;
    v1_drop (s, v->moving, "handed-over");
    v->other |= takeover_swap_hold (v->moving);
    set_phase (s, V1_DONE, s->now + takeover_bound (s->t, v->moving, s->t->self));
    say_ask (s, "done");
}

static void
begin_starting (const Step *s)
{
    V1 *v = &s->t->v1;

    v->other &= ~v->moving;
    v->is_stable = false;
    v1_take (s, takeover_swap_hold (v->moving), "handed-over");
    set_phase (s, V1_STARTING, s->now + takeover_bound (s->t, v->moving, s->t->peer));
}

/* --- what the peer says ---------------------------------------------------------------------- */

void
v1_refuse (const Step *s, const CrmReport *report, const char *reason)
{
    takeover_record (s, HBD_LEVEL_NOTICE, "takeover.refused",
                     "request=%s peer=%s hold=%s reason=%s",
                     report->kind == CRM_REPORT_TAKEOVER ? "takeover" : "standby", s->t->peer,
                     crm_hold_name (report->hold), reason);
}

static void
on_ask_me (const Step *s, const CrmReport *report)
{
    V1 *v = &s->t->v1;
    bool is_awaited = v->phase == V1_ASKED && v->is_stable;

    if ((!is_calm (v) && !is_awaited) || s->t->is_leaving || report->hold == CRM_HOLD_NONE) {
        v1_refuse (s, report, "in-flux");
        return;
    }
    v->moving = report->hold;
    set_phase (s, V1_OTHER, s->now + takeover_bound (s->t, v->moving, s->t->peer));
    say_ask (s, "other");
}

static void
on_ask (const Step *s, const CrmReport *report)
{
    CrmTakeover *t = s->t;
    V1 *v = &t->v1;
    const char *info = report->info != NULL ? report->info : "";

    if (strcmp (info, "me") == 0) {
        on_ask_me (s, report);
    } else if (strcmp (info, "other") == 0) {
        if (v->phase == V1_ME)
            agree (s);
    } else if (strcmp (info, "done") == 0) {
        if (v->phase == V1_DONE) {
            end_exchange (s, "done");
        } else if (v->phase == V1_OTHER && !t->is_leaving) {
            v->moving = report->hold;
            begin_starting (s);
        }
    }
}

static void
on_resource (const Step *s, const CrmReport *report)
{
    CrmTakeover *t = s->t;
    V1 *v = &t->v1;
    const char *info = report->info != NULL ? report->info : "";
    bool is_plan = strcmp (info, "shutdown") == 0 || strcmp (info, "standby") == 0;

    if (strcmp (info, "shutdown") == 0)
        v->peer_leaving = true;
    if (!is_plan && report->is_full && (report->stable == 1 || !v->is_known))
        v->other = report->hold;
    else
        v->other |= report->hold;
    if (!is_plan && (!v->is_given_up || *info == '\0')) {
        v->is_known = true;
        v->is_given_up = false; /* that was an answer: it hears us again */
    }
    if (report->stable >= 0)
        v->peer_stable = report->stable == 1;
    if (t->is_leaving && !v->is_resting)
        return;
    if (v->phase == V1_DONE && report->is_full && report->stable == 1
        && (report->hold & takeover_swap_hold (v->moving)) == takeover_swap_hold (v->moving))
        end_exchange (s, "peer-stable");
}

static void
on_starting (const Step *s, CrmHold runs_there)
{
    V1 *v = &s->t->v1;

    if (v->phase != V1_IDLE)
        end_exchange (s, "peer-restarted");
    v->other = runs_there;
    v->is_known = true;
    v->peer_stable = false;
    v->peer_leaving = v->is_given_up = false;
    v->failback_due = true;
    if (v->is_stable) /* else join() says it */
        v1_say_resource (s, v->mine, 1, "");
}

static void
on_takeover (const Step *s, const CrmReport *report)
{
    CrmHold ours = takeover_swap_hold (report->hold);

    if (report->hold != CRM_HOLD_NONE && !v1_give (s, ours, "asked-by-peer"))
        v1_refuse (s, report, "in-flux");
}

/* Each of these replaces what the one before said; a late one must not. */
static bool
is_old_news (V1 *v, const CrmReport *report)
{
    if (report->kind != CRM_REPORT_STARTING && report->kind != CRM_REPORT_RESOURCE)
        return false;
    if (report->seq != 0 && report->seq < v->state_seq)
        return true;
    v->state_seq = MAX (v->state_seq, report->seq);
    return false;
}

void
v1_on_report (const Step *s, const CrmReport *report)
{
    if (is_old_news (&s->t->v1, report))
        return;
    switch (report->kind) {
    case CRM_REPORT_STARTING:
        on_starting (s, report->hold);
        break;
    case CRM_REPORT_RESOURCE:
        on_resource (s, report);
        break;
    case CRM_REPORT_ASK:
        on_ask (s, report);
        break;
    case CRM_REPORT_TAKEOVER:
        on_takeover (s, report);
        break;
    case CRM_REPORT_IP_REQUEST:  /* legacy mode there, not here: cfg cannot know */
    case CRM_REPORT_IP_RESPONSE: /* also said to itself in all modes (6.1) */
    case CRM_REPORT_SHUTDONE:
    case CRM_REPORT_STONITH:
    case CRM_REPORT_CLAIMS:
    case CRM_REPORT_N:
        break;
    }
}

/* --- going on by itself ---------------------------------------------------------------------- */

/* Our own groups run nowhere, an exchange was cut short: taken when nobody has said otherwise for a
 * while. */
static void
take_orphans (const Step *s)
{
    V1 *v = &s->t->v1;
    bool is_orphan = v->phase == V1_IDLE && v->is_stable && v->is_known && !v->peer_leaving
                     && (v->mine & CRM_HOLD_LOCAL) == 0 && (v->other & CRM_HOLD_FOREIGN) == 0;

    if (!is_orphan) {
        v->orphan_until = HBD_TIME_NEVER;
        return;
    }
    if (v->orphan_until == HBD_TIME_NEVER)
        v->orphan_until = s->now + TAKEOVER_OTHER_LIMIT_US;
    if (s->now < v->orphan_until)
        return;
    v->orphan_until = HBD_TIME_NEVER;
    v1_take (s, CRM_HOLD_LOCAL, "nobody-has-it");
    v1_say_resource (s, v->mine, 1, "");
}

static void
offer_failed (const Step *s)
{
    CrmTakeover *t = s->t;

    for (guint i = 0; i < t->n && is_calm (&t->v1); i++) {
        Group *g = &t->groups[i];
        bool is_local = takeover_in_hold (g, CRM_HOLD_LOCAL, t->self);

        if (g->token != CRM_TOKEN_MINE || !g->has_failed || g->v1_offers >= TAKEOVER_OFFERS_MAX)
            continue;
        g->v1_offers++;
        v1_give (s, is_local ? CRM_HOLD_LOCAL : CRM_HOLD_FOREIGN, "failure");
    }
}

void
v1_settle (const Step *s)
{
    CrmTakeover *t = s->t;
    V1 *v = &t->v1;

    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];
        bool has_it = takeover_in_hold (g, v->other, t->peer);

        g->there = !v->is_known ? CRM_GROUP_UNKNOWN
                   : has_it     ? CRM_GROUP_RUNNING
                                : CRM_GROUP_STOPPED;
        g->there_token = has_it ? CRM_TOKEN_MINE : CRM_TOKEN_NONE;
    }
    if (v->phase == V1_STOPPING && (!t->is_leaving || v->is_resting))
        go_on_stopping (s);
    if (t->is_leaving)
        return;
    if (!v->is_stable && v->phase == V1_IDLE && v->is_known)
        join (s);
    if (v->phase == V1_STARTING && all_started (t)) {
        say_ask (s, "done");
        end_exchange (s, "started");
    }
    if (is_calm (v) && v->failback_due) { /* once for each join */
        v->failback_due = false;
        if (t->config.failback == CRM_FAILBACK_ON && (v->mine & CRM_HOLD_FOREIGN) != 0)
            v1_give (s, CRM_HOLD_FOREIGN, "failback");
    }
    offer_failed (s);
    take_orphans (s);
}

/* Not answered yet, or by a peer that was in transition itself. */
static bool
is_joining (const CrmTakeover *t)
{
    return !t->v1.is_stable && t->v1.phase == V1_IDLE && !t->v1.peer_leaving && !t->is_leaving;
}

void
v1_on_timer (const Step *s)
{
    V1 *v = &s->t->v1;

    if (is_joining (s->t) && s->now >= v->ask_again)
        ask_what_it_holds (s);
    if (s->now < v->until)
        return;
    if (v->phase == V1_AGREED && s->t->is_leaving && !v->is_resting) {
        set_phase (s, V1_IDLE, HBD_TIME_NEVER); /* all groups stop anyway */
        return;
    }
    if (v->phase == V1_AGREED) {
        begin_stopping (s);
        return;
    }
    takeover_record (s, HBD_LEVEL_WARNING, "takeover.exchange-timeout", "peer=%s phase=%s hold=%s",
                     s->t->peer, phase_names[v->phase], crm_hold_name (v->moving));
    end_exchange (s, "timeout");
}

HbdTime
v1_deadline (const CrmTakeover *t)
{
    HbdTime due = MIN (t->v1.until, t->v1.orphan_until);

    if (is_joining (t))
        due = MIN (due, t->v1.ask_again);
    return due;
}
