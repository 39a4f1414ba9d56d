/* SPDX-License-Identifier: Apache-2.0 */
/* Speaking with a Heartbeat 3.0.6 peer in legacy mode (doc/heartbeat.md 6.6): one group at a time,
 * `ip-request` by who wants it, `ip-request-resp` by who had it. A node that starts asks for the
 * groups that prefer it; between two 3.0.6 nodes nothing else moves before a death or a departure.
 *
 * A 3.0.6 node takes a group for any `ip-request-resp` that is addressed to it, asked for or not.
 * So a group that failed here, or that an operator moves, is given by an answer nobody asked for,
 * and taken by an ordinary request: what Heartbeat itself cannot do in this mode. */
#include "config.h"

#include "crm/plan/takeover_private.h"

static void
ask (const Step *s, Group *g)
{
    const CrmReport report = { .kind = CRM_REPORT_IP_REQUEST, .key = g->config->key };

    g->v1_again = s->now + TAKEOVER_ASK_AGAIN_US;
    takeover_report (s, &report);
}

static void
answer (const Step *s, Group *g, bool weown)
{
    const CrmReport report = { .kind = CRM_REPORT_IP_RESPONSE,
                               .key = g->config->key,
                               .weown = weown };

    g->v1_asked = false;
    g->there = CRM_GROUP_RUNNING;
    takeover_report (s, &report);
}

/* A 3.0.6 peer is there: heard for the first time, restarted or returned. */
void
legacy_enter (const Step *s)
{
    CrmTakeover *t = s->t;

    t->v1.is_known = true;
    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];
        bool is_local = takeover_in_hold (g, CRM_HOLD_LOCAL, t->self);

        g->giving = GIVE_NOT;
        g->v1_asked = false;
        if (g->token == CRM_TOKEN_MINE) {
            g->there = CRM_GROUP_STOPPED;
            continue;
        }
        g->there = CRM_GROUP_RUNNING; /* unless it says otherwise */
        if (is_local || (group_is_up (g) && !g->must_stop))
            ask (s, g);
    }
}

static Group *
find (CrmTakeover *t, const char *key)
{
    int index = key != NULL ? crm_model_find_group (t->config.model, key) : -1;

    return index >= 0 && (guint) index < t->n ? &t->groups[index] : NULL;
}

void
legacy_on_report (const Step *s, const CrmReport *report)
{
    Group *g = find (s->t, report->key);

    /* hb_standby and hb_takeover of 3.0.6 send their words in this mode too; nobody heeds them */
    if (report->kind == CRM_REPORT_TAKEOVER
        || (report->kind == CRM_REPORT_ASK && g_strcmp0 (report->info, "me") == 0))
        v1_refuse (s, report, "legacy");
    if (g == NULL || s->t->is_leaving)
        return;
    if (report->kind == CRM_REPORT_IP_REQUEST) {
        if (g->v1_again != 0 && takeover_in_hold (g, CRM_HOLD_LOCAL, s->t->self))
            return;         /* both ask: it prefers us */
        g->v1_asked = true; /* answered when it is surely stopped */
        if (g->token == CRM_TOKEN_MINE)
            g->giving = GIVE_ASKED;
        else
            group_let_go (s, g, "peer-has-it"); /* runs here without being ours */
    } else if (report->kind == CRM_REPORT_IP_RESPONSE && g->v1_again != 0) {
        g->v1_again = 0;
        g->there = CRM_GROUP_STOPPED;
        group_take (s, g, g->seen + 1, report->weown ? "handed-over" : "peer-has-not");
    }
}

/* It failed here: the peer may have it, once in each life of the peer. */
static void
offer_failed (const Step *s, Group *g)
{
    if (g->token != CRM_TOKEN_MINE || !g->has_failed || g->v1_offers > 0 || g->giving != GIVE_NOT
        || s->t->p.state != CRM_PEER_ACTIVE || s->t->p.is_gone)
        return;
    g->v1_offers++;
    g->giving = GIVE_FAILURE;
}

void
legacy_settle (const Step *s)
{
    CrmTakeover *t = s->t;

    if (t->is_leaving)
        return;
    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];
        bool was_ours = g->token == CRM_TOKEN_MINE;

        offer_failed (s, g);
        if ((g->v1_asked || (was_ours && g->giving != GIVE_NOT)) && group_is_settled_down (g)) {
            if (was_ours)
                takeover_record (s, HBD_LEVEL_NOTICE, "takeover.give", "group=%s to=%s reason=%s",
                                 g->config->key, t->peer, group_give_name (g->giving));
            group_let_go (s, g, "handed-over");
            g->v1_again = 0;
            answer (s, g, was_ours);
        }
        g->there_token =
            g->token != CRM_TOKEN_MINE && g->there == CRM_GROUP_RUNNING && g->v1_again == 0
                ? CRM_TOKEN_MINE
                : CRM_TOKEN_NONE;
    }
}

void
legacy_move (const Step *s, Group *g, bool to_peer)
{
    if (to_peer) {
        g->giving = GIVE_COMMAND;
    } else {
        g->wish = CRM_WISH_GIVE;
        ask (s, g);
    }
}

/* All is down but what could not be stopped: the peer may have what was. */
void
legacy_leave_rest (const Step *s)
{
    CrmTakeover *t = s->t;

    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];

        if (g->token != CRM_TOKEN_MINE || !group_is_settled_down (g) || g->is_halted)
            continue;
        takeover_record (s, HBD_LEVEL_NOTICE, "takeover.give", "group=%s to=%s reason=shutdown",
                         g->config->key, t->peer);
        group_let_go (s, g, "handed-over");
        answer (s, g, true);
    }
}

void
legacy_on_timer (const Step *s)
{
    CrmTakeover *t = s->t;

    for (guint i = 0; i < t->n; i++)
        if (t->groups[i].v1_again != 0 && s->now >= t->groups[i].v1_again && !t->is_leaving)
            ask (s, &t->groups[i]);
}
