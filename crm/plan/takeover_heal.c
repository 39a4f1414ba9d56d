/* SPDX-License-Identifier: Apache-2.0 */
/* A cut between us and a 3.0.6 node, while it lasts and when it ends (doc/heartbeat.md 11.2).
 *
 * To a 3.0.6 node a heal looks like a restart of us, because the membership has taken a new
 * generation; so it goes on with whatever it runs, and a group that both run is ours to let go of:
 *
 *   Neither heard the other: it took everything over, and so did we. At its first heartbeat we let
 *   go of everything.
 *   We did not hear it, but it heard us, or it waits for longer: it took nothing, and said nothing
 *   but heartbeats meanwhile, which their numbers show. We keep what was ours and let go of what it
 *   has had all the time.
 *   It does not hear us, but we hear it: it says that we are dead before it starts anything. We let
 *   go of everything at once, take a new generation, and ask what it holds until it hears that. */
#include "config.h"

#include "crm/plan/takeover_private.h"

#include <string.h>

void
heal_remember (CrmTakeover *t)
{
    for (guint i = 0; i < t->n; i++)
        t->groups[i].was_there = t->groups[i].there_token == CRM_TOKEN_MINE;
}

/* Let go of what @all or the peer's having had it says. */
static void
let_go (const Step *s, bool all, const char *reason)
{
    CrmTakeover *t = s->t;
    CrmHold hold = CRM_HOLD_NONE;

    for (guint i = 0; i < t->n; i++) {
        Group *g = &t->groups[i];
        bool is_local = takeover_in_hold (g, CRM_HOLD_LOCAL, t->self);

        if (!all && !g->was_there)
            continue;
        if (t->config.failback == CRM_FAILBACK_LEGACY)
            group_let_go (s, g, reason);
        hold |= is_local ? CRM_HOLD_LOCAL : CRM_HOLD_FOREIGN;
    }
    if (t->config.failback != CRM_FAILBACK_LEGACY)
        v1_drop (s, all ? CRM_HOLD_ALL : hold, reason);
}

void
heal_on_return (const Step *s, bool is_unaware)
{
    CrmTakeover *t = s->t;

    if (is_unaware)
        takeover_record (s, HBD_LEVEL_WARNING, "takeover.healed",
                         "peer=%s rule=peer-took-nothing hint=\"%s was not heard for a while, but "
                         "it took nothing meanwhile: each goes on with what it had before\"",
                         t->peer, t->peer);
    else
        takeover_record (s, HBD_LEVEL_WARNING, "takeover.healed",
                         "peer=%s rule=both-served hint=\"the nodes did not hear each other; %s "
                         "runs Heartbeat 3.0.6, which goes on serving, so this node lets go of "
                         "everything it has\"",
                         t->peer, t->peer);
    let_go (s, !is_unaware, "partition-healed");
    for (guint i = 0; i < t->n; i++) /* it announces only when it takes */
        t->groups[i].refer_due = t->groups[i].must_stop;
    t->v1.is_stable = false;
}

/* Does the peer say that it has taken us for dead? By `stonith` of us (unneeded: it had been told that
 * we leave), or, should that be lost, by what mach_down says, its script for a node's death; the
 * script may be late, and speak of our life before this one, so only when it takes what we have. */
static bool
is_verdict (const CrmTakeover *t, const CrmReport *report)
{
    const char *info = report->info != NULL ? report->info : "";

    if (report->kind == CRM_REPORT_STONITH)
        return strcmp (report->key, t->self) == 0 && strcmp (info, "unneeded") != 0;
    return report->kind == CRM_REPORT_RESOURCE && strcmp (info, "mach_down") == 0
           && !t->v1.is_given_up && (t->v1.mine & takeover_swap_hold (report->hold)) != 0;
}

void
heal_on_report (const Step *s, const CrmReport *report)
{
    const CrmTakeoverAction renew = { .kind = CRM_TAKEOVER_DO_RENEW };
    CrmTakeover *t = s->t;

    if (t->is_leaving || !t->is_joined || report->seq < t->v1.state_seq || !is_verdict (t, report))
        return;
    takeover_record (s, HBD_LEVEL_ERROR, "takeover.given-up",
                     "peer=%s hint=\"%s does not hear this node, has taken it for dead and takes "
                     "everything over: this node lets go. One direction of the links is cut: hbctl "
                     "doctor, on both\"",
                     t->peer, t->peer);
    command_fail (s, "the other node has taken this one for dead");
    let_go (s, true, "peer-took-over");
    t->v1.is_stable = false;
    g_array_append_val (s->out, renew);
    if (t->config.failback == CRM_FAILBACK_LEGACY)
        legacy_enter (s);
    else
        v1_enter (s);
    t->v1.is_given_up = true;
    t->v1.state_seq = report->seq;
}
