/* SPDX-License-Identifier: Apache-2.0 */
/* One decider of ours against a scripted Heartbeat 3.0.6 peer: what it says, word by word, as
 * captured (doc/heartbeat.md 5, 6). Our node is alpha, the peer beta; g0 prefers alpha, g1 beta. */
#include "config.h"

#include "crm/plan/takeover.h"

#include <string.h>

typedef struct {
    CrmModel *model;
    CrmTakeover *t;
    HbdTime now;
    GString *said; /* "resource none 0 shutdown; start g0; reply no ...; " */
} Script;

/* @keepalive 0: the exchanges below need no waiting for the peer's turn to read. */
static Script *
script_at (CrmFailback failback, HbdTime keepalive)
{
    Script *s = g_new0 (Script, 1);
    CrmTakeoverConfig config = { .self = "alpha",
                                 .peer = "beta",
                                 .failback = failback,
                                 .life = 1,
                                 .deadtime_us = HBD_S (1),
                                 .keepalive_us = keepalive };

    s->model = crm_model_new ();
    g_ptr_array_add (s->model->groups, crm_group_new ("g0", "alpha"));
    g_ptr_array_add (s->model->groups, crm_group_new ("g1", "beta"));
    config.model = s->model;
    s->now = HBD_S (1);
    s->said = g_string_new (NULL);
    s->t = crm_takeover_new (&config, s->now);
    return s;
}

static void
script_free (Script *s)
{
    crm_takeover_free (s->t);
    crm_model_free (s->model);
    g_string_free (s->said, TRUE);
    g_free (s);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Script, script_free)

static void
note_report (Script *s, const CrmReport *r)
{
    switch (r->kind) {
    case CRM_REPORT_STARTING:
        g_string_append (s->said, "starting; ");
        break;
    case CRM_REPORT_RESOURCE:
        g_string_append_printf (s->said, "resource %s %s%d %s; ", crm_hold_name (r->hold),
                                r->is_full ? "" : "add ", r->stable, r->info);
        break;
    case CRM_REPORT_ASK:
        g_string_append_printf (s->said, "ask %s %s; ", crm_hold_name (r->hold), r->info);
        break;
    case CRM_REPORT_TAKEOVER:
        g_string_append_printf (s->said, "takeover %s; ", crm_hold_name (r->hold));
        break;
    case CRM_REPORT_IP_REQUEST:
        g_string_append_printf (s->said, "ip-request %s; ", r->key);
        break;
    case CRM_REPORT_IP_RESPONSE:
        g_string_append_printf (s->said, "ip-response %s %s; ", r->key, r->weown ? "yes" : "no");
        break;
    case CRM_REPORT_SHUTDONE:
        g_string_append (s->said, "shutdone; ");
        break;
    case CRM_REPORT_STONITH:
        g_string_append_printf (s->said, "stonith %s %s; ", r->key, r->info);
        break;
    case CRM_REPORT_CLAIMS: /* in statuses; 3.0.6 does not read them */
    case CRM_REPORT_N:
        break;
    }
}

static void
give (Script *s, CrmTakeoverEvent event)
{
    g_autoptr (GArray) out = crm_takeover_actions_new ();

    crm_takeover_step (s->t, &event, s->now, out);
    for (guint i = 0; i < out->len; i++) {
        const CrmTakeoverAction *a = &g_array_index (out, CrmTakeoverAction, i);

        if (a->kind == CRM_TAKEOVER_DO_START)
            g_string_append_printf (s->said, "start g%u; ", a->group);
        else if (a->kind == CRM_TAKEOVER_DO_STOP)
            g_string_append_printf (s->said, "stop g%u; ", a->group);
        else if (a->kind == CRM_TAKEOVER_DO_RELEASED)
            g_string_append (s->said, a->hold_back ? "released, hold back; " : "released; ");
        else if (a->kind == CRM_TAKEOVER_DO_ANNOUNCE)
            g_string_append_printf (s->said, "announce g%u; ", a->group);
        else if (a->kind == CRM_TAKEOVER_DO_RENEW)
            g_string_append (s->said, "renew; ");
        else if (a->kind == CRM_TAKEOVER_DO_REPLY)
            g_string_append_printf (s->said, "reply %s; ", a->reply.is_ok ? "yes" : "no");
        else if (a->kind == CRM_TAKEOVER_DO_REPORT)
            note_report (s, &a->report);
        else if (a->kind == CRM_TAKEOVER_DO_RECORD
                 && strcmp (a->record->name, "takeover.refused") == 0)
            g_string_append (s->said, "refused; ");
    }
}

static void
expect (Script *s, const char *said)
{
    g_assert_cmpstr (g_strchomp (s->said->str), ==, said);
    g_string_truncate (s->said, 0);
}

static void
group (Script *s, guint index, CrmGroupState state)
{
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_GROUP, .group = { index, state } });
}

/* The manager does what it was told and says so. */
static void
started (Script *s, guint index)
{
    group (s, index, CRM_GROUP_STARTING);
    group (s, index, CRM_GROUP_RUNNING);
}

static void
stopped (Script *s, guint index)
{
    group (s, index, CRM_GROUP_STOPPING);
    group (s, index, CRM_GROUP_STOPPED);
}

static void
peer (Script *s, CrmPeerState state)
{
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PEER, .peer = { .state = state } });
}

static void
says (Script *s, CrmReport report)
{
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_REPORT, .report = report });
}

static void
says_resource (Script *s, CrmHold hold, int stable, const char *info)
{
    says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                          .hold = hold,
                          .is_full = true,
                          .stable = stable,
                          .info = info });
}

static void
says_ask (Script *s, CrmHold hold, const char *info)
{
    says (s, (CrmReport){ .kind = CRM_REPORT_ASK, .hold = hold, .stable = -1, .info = info });
}

static void
command (Script *s, CrmCommandKind kind, CrmHold hold, const char *key)
{
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_COMMAND,
                                 .command = { .id = 1, .kind = kind, .hold = hold, .key = key } });
}

/* Let time pass, timers included. */
static void
wait (Script *s, HbdTime how_long)
{
    HbdTime end = s->now + how_long;

    while (crm_takeover_deadline (s->t) <= end) {
        s->now = MAX (s->now, crm_takeover_deadline (s->t));
        give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_TIMER });
        g_assert_cmpint (crm_takeover_deadline (s->t), >, s->now);
    }
    s->now = end;
}

static Script *
join (Script *s, CrmPeerState state)
{
    group (s, 0, CRM_GROUP_STOPPED);
    group (s, 1, CRM_GROUP_STOPPED);
    peer (s, state);
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_JOINED });
    return s;
}

static Script *
joined_new (CrmFailback failback, CrmPeerState state)
{
    return join (script_at (failback, 0), state);
}

/* Both run, each its own. */
static Script *
settled_at (CrmFailback failback, HbdTime keepalive)
{
    Script *s = join (script_at (failback, keepalive), CRM_PEER_ACTIVE);

    says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    started (s, 0);
    says_resource (s, CRM_HOLD_LOCAL, 1, "");
    g_string_truncate (s->said, 0);
    return s;
}

static Script *
settled_new (CrmFailback failback)
{
    return settled_at (failback, 0);
}

/* We run everything. */
static Script *
alone_new (CrmFailback failback)
{
    Script *s = joined_new (failback, CRM_PEER_DEAD);

    started (s, 0);
    started (s, 1);
    g_string_truncate (s->said, 0);
    return s;
}

/* --- on and off ------------------------------------------------------------------------------ */

/* doc/heartbeat.md 11.6: saying so at once takes its fixed 10 s wait away. */
static void
test_start_together (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_ON, CRM_PEER_ACTIVE);

    expect (s, "starting;");
    says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    expect (s, "resource local 1 ; start g0;");
    says_resource (s, CRM_HOLD_NONE, 0, "");
    started (s, 0);
    says_resource (s, CRM_HOLD_LOCAL, 1, "");
    expect (s, "");
    g_assert_cmpstr (crm_takeover_holding (s->t), ==, "local");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

static void
test_starting_is_repeated_until_answered (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_ON, CRM_PEER_ACTIVE);

    wait (s, HBD_MS (3500));
    expect (s, "starting; starting; starting; starting;");
    says_resource (s, CRM_HOLD_LOCAL, 1, "");
    expect (s, "resource local 1 ; start g0;");
    started (s, 0);
    wait (s, HBD_S (60));
    expect (s, "");
}

static void
test_join_a_peer_that_has_all (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_ON, CRM_PEER_ACTIVE);

    expect (s, "starting;");
    says_resource (s, CRM_HOLD_ALL, 1, "");
    expect (s, "resource none 1 ;");
    says_ask (s, CRM_HOLD_FOREIGN, "me"); /* its failback */
    expect (s, "ask foreign other;");
    says_resource (s, CRM_HOLD_LOCAL, 0, "standby");
    expect (s, ""); /* it still runs what it is going to give */
    says_ask (s, CRM_HOLD_FOREIGN, "done");
    expect (s, "start g0;");
    started (s, 0);
    expect (s, "ask foreign done; resource local 1 ;");
    says_resource (s, CRM_HOLD_LOCAL, 1, "");
    wait (s, HBD_S (60));
    expect (s, "");
}

static void
test_peer_joins_us (void)
{
    for (guint f = CRM_FAILBACK_ON; f <= CRM_FAILBACK_OFF; f++) {
        g_autoptr (Script) s = alone_new (f);

        peer (s, CRM_PEER_UP);
        peer (s, CRM_PEER_ACTIVE);
        expect (s, "");
        says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
        expect (s, "resource all 1 ;");
        says_resource (s, CRM_HOLD_NONE, 0, "");
        expect (s, "");
        says_resource (s, CRM_HOLD_NONE, 1, "");
        expect (s, f == CRM_FAILBACK_ON ? "ask foreign me;" : "");
        if (f == CRM_FAILBACK_OFF)
            continue;
        says_ask (s, CRM_HOLD_FOREIGN, "other");
        expect (s, "resource local 0 standby; stop g1;");
        stopped (s, 1);
        expect (s, "ask foreign done;");
        says_ask (s, CRM_HOLD_FOREIGN, "done");
        expect (s, "resource local 1 ;");
        says_resource (s, CRM_HOLD_LOCAL, 1, "");
        wait (s, HBD_S (60));
        expect (s, "");
    }
}

static void
test_standby_command (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    expect (s, "ask all me;");
    says_ask (s, CRM_HOLD_ALL, "other");
    expect (s, "resource none 0 standby; stop g0;");
    stopped (s, 0);
    expect (s, "ask all done;");
    says_ask (s, CRM_HOLD_ALL, "done");
    expect (s, "resource none 1 ; reply yes;");
    says_resource (s, CRM_HOLD_ALL, 1, "");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "beta");
    command (s, CRM_COMMAND_TAKEOVER, CRM_HOLD_LOCAL, NULL);
    expect (s, "takeover local;");
    says_ask (s, CRM_HOLD_FOREIGN, "me");
    expect (s, "ask foreign other;");
    says_ask (s, CRM_HOLD_FOREIGN, "done");
    expect (s, "start g0;");
    started (s, 0);
    expect (s, "ask foreign done; resource local 1 ; reply yes;");
}

/* It reads at its turns, 500 ms apart or a keepalive: the group goes on until just before. */
static void
test_serves_until_the_peer_reads (void)
{
    static const struct {
        HbdTime keepalive, serves;
    } rows[] = {
        { HBD_S (2), HBD_MS (450) },
        { HBD_MS (500), HBD_MS (450) },
        { HBD_MS (200), HBD_MS (150) },
        { HBD_MS (20), HBD_MS (15) },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (Script) s = settled_at (CRM_FAILBACK_ON, rows[i].keepalive);

        command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
        expect (s, "ask all me;");
        says_ask (s, CRM_HOLD_ALL, "other");
        says_ask (s, CRM_HOLD_ALL, "other"); /* twice changes nothing */
        wait (s, rows[i].serves - HBD_MS (1));
        expect (s, "");
        wait (s, HBD_MS (1));
        expect (s, "resource none 0 standby; stop g0;");
        stopped (s, 0);
        expect (s, "ask all done;");
    }
}

/* Whatever ends the wait, the exchange goes no further by itself. */
static void
test_nothing_is_given_to_who_left_meanwhile (void)
{
    g_autoptr (Script) dead = settled_at (CRM_FAILBACK_OFF, HBD_S (1));
    g_autoptr (Script) leaving = settled_at (CRM_FAILBACK_OFF, HBD_S (1));

    command (dead, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    says_ask (dead, CRM_HOLD_ALL, "other");
    g_string_truncate (dead->said, 0);
    peer (dead, CRM_PEER_DEAD);
    expect (dead, "stonith beta n_stnth; resource all 1 req_our_resources(); "
                  "resource foreign add -1 mach_down; start g1; reply no;");
    started (dead, 1);
    wait (dead, HBD_S (60));
    expect (dead, "");

    command (leaving, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    says_ask (leaving, CRM_HOLD_ALL, "other");
    g_string_truncate (leaving->said, 0);
    give (leaving, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    expect (leaving, "resource none 0 shutdown; stop g0; reply no;");
    wait (leaving, HBD_S (1));
    expect (leaving, "");
    stopped (leaving, 0);
    expect (leaving, "shutdone; released;");
}

static void
test_no_other_within_ten_seconds_cancels (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    expect (s, "ask all me;");
    wait (s, HBD_MS (9900));
    expect (s, "");
    wait (s, HBD_MS (200));
    expect (s, "resource local 1 ; reply no;");
    says_ask (s, CRM_HOLD_ALL, "other"); /* too late */
    expect (s, "");
}

static void
test_in_flux_is_refused (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_ON, CRM_PEER_ACTIVE);

    expect (s, "starting;");
    says_ask (s, CRM_HOLD_ALL, "me");
    command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    expect (s, "refused; reply no;");
    says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    g_string_truncate (s->said, 0);
    started (s, 0);
    says_ask (s, CRM_HOLD_ALL, "me"); /* it is not stable itself */
    expect (s, "refused;");
    command (s, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    expect (s, "reply no;");
}

/* Out of the blue, late or twice: `other` and `done` start nothing. */
static void
test_stray_words_do_nothing (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    says_ask (s, CRM_HOLD_ALL, "other");
    says_ask (s, CRM_HOLD_LOCAL, "done");
    says_ask (s, CRM_HOLD_ALL, "done");
    says_ask (s, CRM_HOLD_ALL, "what");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g0" });
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g1", .weown = true });
    expect (s, "");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

static void
test_announced_shutdown_is_no_confirmation (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    says_resource (s, CRM_HOLD_NONE, 0, "shutdown");
    wait (s, HBD_S (60));
    expect (s, "");
    says (s, (CrmReport){ .kind = CRM_REPORT_SHUTDONE });
    expect (s, "resource all 1 req_our_resources(); resource foreign add -1 mach_down; start g1;");
    started (s, 1);
    peer (s, CRM_PEER_DEAD);
    g_assert_cmpstr (crm_takeover_holding (s->t), ==, "all");
}

static void
test_death (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_OFF);

    peer (s, CRM_PEER_DEAD);
    expect (s, "stonith beta n_stnth; resource all 1 req_our_resources(); "
               "resource foreign add -1 mach_down; start g1;");
}

static void
test_death_within_a_standby_takes_it_back (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_OFF);

    command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    says_ask (s, CRM_HOLD_ALL, "other");
    g_string_truncate (s->said, 0);
    group (s, 0, CRM_GROUP_STOPPING);
    peer (s, CRM_PEER_DEAD);
    expect (s, "stonith beta n_stnth; resource all 1 req_our_resources(); "
               "resource foreign add -1 mach_down; start g1; reply no;");
    group (s, 0, CRM_GROUP_STOPPED);
    expect (s, "start g0;");
}

static void
test_leaving (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    expect (s, "resource none 0 shutdown; stop g0;");
    stopped (s, 0);
    expect (s, "shutdone; released;");
}

/* Safety rule 3: it would take everything on shutdone, and after our silence. */
static void
test_leaving_with_a_stuck_group_holds_the_peer_back (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    g_string_truncate (s->said, 0);
    group (s, 0, CRM_GROUP_STOPPING);
    group (s, 0, CRM_GROUP_STUCK);
    expect (s, "resource local 1 ; released, hold back;");
}

/* The class of which nothing is stuck goes to the peer by an ordinary standby. */
static void
test_leaving_with_a_stuck_group_gives_the_other_class (void)
{
    g_autoptr (Script) s = alone_new (CRM_FAILBACK_OFF);

    peer (s, CRM_PEER_UP);
    peer (s, CRM_PEER_ACTIVE);
    says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    says_resource (s, CRM_HOLD_NONE, 1, "");
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    stopped (s, 1);
    g_string_truncate (s->said, 0);
    group (s, 0, CRM_GROUP_STOPPING);
    group (s, 0, CRM_GROUP_STUCK);
    expect (s, "resource all 1 ; ask foreign me;");
    says_ask (s, CRM_HOLD_FOREIGN, "other");
    expect (s, "resource local 0 standby; ask foreign done;");
    says_ask (s, CRM_HOLD_FOREIGN, "done");
    expect (s, "resource local 1 ; released, hold back;");
}

/* It is at the end of an exchange: asked when it says that it is stable. */
static void
test_leaving_with_a_stuck_group_waits_for_the_peer (void)
{
    g_autoptr (Script) s = alone_new (CRM_FAILBACK_OFF);

    peer (s, CRM_PEER_UP);
    peer (s, CRM_PEER_ACTIVE);
    says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    stopped (s, 1);
    group (s, 0, CRM_GROUP_STOPPING);
    g_string_truncate (s->said, 0);
    group (s, 0, CRM_GROUP_STUCK);
    expect (s, "resource all 1 ;");
    says_resource (s, CRM_HOLD_NONE, 1, "");
    expect (s, "ask foreign me;");
}

static void
test_leaving_with_a_stuck_group_ends_though_the_peer_is_mute (void)
{
    g_autoptr (Script) s = alone_new (CRM_FAILBACK_OFF);

    peer (s, CRM_PEER_UP);
    peer (s, CRM_PEER_ACTIVE);
    says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    says_resource (s, CRM_HOLD_NONE, 1, "");
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    stopped (s, 1);
    group (s, 0, CRM_GROUP_STOPPING);
    group (s, 0, CRM_GROUP_STUCK);
    g_string_truncate (s->said, 0);
    wait (s, HBD_S (11));
    expect (s, "resource all 1 ; released, hold back;");
}

static void
test_leaving_ends_though_the_manager_is_silent (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    wait (s, HBD_S (600)); /* no agents, no time limits but the slack */
    g_assert_nonnull (strstr (s->said->str, "released, hold back;"));
    g_assert_null (strstr (s->said->str, "shutdone"));
}

/* doc/heartbeat.md 11.2: it took us for restarted and serves; we are the loser. */
static void
test_healed_partition_lets_go_and_joins_anew (void)
{
    g_autoptr (Script) s = alone_new (CRM_FAILBACK_ON);

    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PEER,
                                 .peer = { .state = CRM_PEER_ACTIVE, .returned = true } });
    expect (s, "starting; stop g0; stop g1;");
    says_resource (s, CRM_HOLD_ALL, 1, "");
    stopped (s, 0);
    stopped (s, 1);
    expect (s, "resource none 1 ; announce g0; announce g1;");
    says_ask (s, CRM_HOLD_FOREIGN, "me");
    says_ask (s, CRM_HOLD_FOREIGN, "done");
    expect (s, "ask foreign other; start g0;");
}

/* It is heard again, and sent nothing but heartbeats meanwhile. */
static void
returns_unaware (Script *s, guint64 seq)
{
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PEER,
                                 .peer = { .state = CRM_PEER_ACTIVE,
                                           .returned = true,
                                           .is_unaware = true,
                                           .seq = seq } });
}

/* We did not hear it, it heard us: each goes on with its own, ours without a stop. */
static void
test_peer_that_noticed_nothing_has_its_own_back (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    peer (s, CRM_PEER_DEAD);
    started (s, 1);
    g_string_truncate (s->said, 0);
    returns_unaware (s, 0);
    expect (s, "starting; stop g1;");
    says_resource (s, CRM_HOLD_LOCAL, 1, "");
    expect (s, "resource local 1 ;");
    stopped (s, 1);
    expect (s, "announce g1;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "alpha");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

/* The numbers cannot tell everything; its answer has the last word. */
static void
test_kept_group_is_let_go_when_the_peer_has_it (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_OFF);

    peer (s, CRM_PEER_DEAD);
    started (s, 1);
    returns_unaware (s, 0);
    stopped (s, 1);
    g_string_truncate (s->said, 0);
    says_resource (s, CRM_HOLD_ALL, 1, "");
    expect (s, "resource none 1 ; stop g0;");
}

/* What it said during the cut and is retransmitted now is about another time. */
static void
test_words_of_before_the_heal_are_void (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_OFF);
    CrmReport late = { .kind = CRM_REPORT_RESOURCE,
                       .hold = CRM_HOLD_ALL,
                       .is_full = true,
                       .stable = 1,
                       .seq = 40,
                       .info = "req_our_resources()" };

    peer (s, CRM_PEER_DEAD);
    started (s, 1);
    returns_unaware (s, 42);
    stopped (s, 1);
    g_string_truncate (s->said, 0);
    says (s, late);
    late = (CrmReport){ .kind = CRM_REPORT_STONITH, .seq = 41, .key = "alpha", .info = "n_stnth" };
    says (s, late);
    expect (s, "");
}

/* One direction is cut, the one towards it: it takes everything, and we hear that. */
static void
test_given_up_by_a_peer_that_is_heard (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);
    CrmReport verdict = { .kind = CRM_REPORT_STONITH, .key = "alpha", .info = "n_stnth" };

    says (s, verdict);
    expect (s, "renew; starting; stop g0;");
    stopped (s, 0);
    says_resource (s, CRM_HOLD_ALL, 1, "req_our_resources()");
    says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                          .hold = CRM_HOLD_FOREIGN,
                          .stable = -1,
                          .info = "mach_down" });
    expect (s, ""); /* said to nobody: no answer to us */
    wait (s, HBD_MS (2500));
    expect (s, "starting; starting;");
    says (s, verdict); /* heard us for a moment, and lost us again */
    expect (s, "renew; starting;");
    says_resource (s, CRM_HOLD_ALL, 1, "");
    expect (s, "resource none 1 ;");
    says_ask (s, CRM_HOLD_FOREIGN, "me");
    says_ask (s, CRM_HOLD_FOREIGN, "done");
    expect (s, "ask foreign other; start g0;");
}

/* The message that says so was lost: what its script says tells the same. */
static void
test_given_up_by_mach_down (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_OFF);

    says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                          .hold = CRM_HOLD_FOREIGN,
                          .stable = -1,
                          .info = "mach_down" });
    expect (s, "renew; starting; stop g0;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), !=, "alpha");
}

/* The script of our death in the life before this one ends after we came back. */
static void
test_late_mach_down_is_no_verdict (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_OFF, CRM_PEER_ACTIVE);

    says_resource (s, CRM_HOLD_ALL, 1, "");
    g_string_truncate (s->said, 0);
    says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                          .hold = CRM_HOLD_FOREIGN,
                          .stable = -1,
                          .info = "mach_down" });
    expect (s, "");
}

static void
test_stonith_of_others_is_no_verdict (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);
    CrmReport report = { .kind = CRM_REPORT_STONITH, .key = "gamma", .info = "n_stnth" };

    says (s, report);
    report = (CrmReport){ .kind = CRM_REPORT_STONITH, .key = "alpha", .info = "unneeded" };
    says (s, report);
    expect (s, "");
    g_assert_cmpstr (crm_takeover_holding (s->t), ==, "local");
}

static void
test_failed_group_is_offered_by_class (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    group (s, 0, CRM_GROUP_FAILED);
    expect (s, "ask local me;");
    wait (s, HBD_S (100)); /* ignored: made again, but not for ever */
    g_assert_cmpuint (strlen (g_strchomp (s->said->str)), <, 120);
    g_string_truncate (s->said, 0);
    wait (s, HBD_S (100));
    expect (s, "");
}

/* A retransmitted `resource` of before must not undo what a newer one said. */
static void
test_late_state_is_old_news (void)
{
    g_autoptr (Script) s = settled_new (CRM_FAILBACK_ON);

    says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                          .seq = 20,
                          .hold = CRM_HOLD_LOCAL,
                          .is_full = true,
                          .stable = 1,
                          .info = "" });
    says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                          .seq = 12,
                          .hold = CRM_HOLD_NONE,
                          .is_full = true,
                          .stable = 1,
                          .info = "" });
    says (s, (CrmReport){ .kind = CRM_REPORT_STARTING, .seq = 11 });
    expect (s, "");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

/* --- legacy ---------------------------------------------------------------------------------- */

static void
test_legacy_join_asks_for_its_own (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    expect (s, "ip-request g0;");
    wait (s, HBD_MS (2500));
    expect (s, "ip-request g0; ip-request g0;");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g1", .weown = true });
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "nonsense", .weown = true });
    expect (s, "");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0", .weown = true });
    expect (s, "start g0;");
    wait (s, HBD_S (10));
    expect (s, "");
    g_assert_cmpstr (crm_takeover_holding (s->t), ==, "none");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

/* The operator of the 3.0.6 node gets no answer: our log has the word (doc/heartbeat.md 6.6). */
static void
test_legacy_refuses_the_peers_words (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0", .weown = true });
    started (s, 0);
    g_string_truncate (s->said, 0);
    says_ask (s, CRM_HOLD_ALL, "me");
    expect (s, "refused;");
    says (s, (CrmReport){ .kind = CRM_REPORT_TAKEOVER, .hold = CRM_HOLD_FOREIGN });
    expect (s, "refused;");
    says_ask (s, CRM_HOLD_ALL, "done");
    expect (s, "");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "alpha");
}

static void
test_legacy_gives_when_asked (void)
{
    g_autoptr (Script) s = alone_new (CRM_FAILBACK_LEGACY);

    peer (s, CRM_PEER_UP);
    peer (s, CRM_PEER_ACTIVE);
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g1" });
    expect (s, "stop g1;");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g1" }); /* it repeats itself */
    expect (s, "");
    stopped (s, 1);
    expect (s, "ip-response g1 yes;");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g1" });
    expect (s, "ip-response g1 no;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

static void
test_legacy_stuck_is_never_answered (void)
{
    g_autoptr (Script) s = alone_new (CRM_FAILBACK_LEGACY);

    peer (s, CRM_PEER_UP);
    peer (s, CRM_PEER_ACTIVE);
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g1" });
    expect (s, "stop g1;");
    group (s, 1, CRM_GROUP_STOPPING);
    group (s, 1, CRM_GROUP_STUCK);
    wait (s, HBD_S (100));
    expect (s, "");
}

static void
test_legacy_death_and_departure (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0" });
    started (s, 0);
    g_string_truncate (s->said, 0);
    says (s, (CrmReport){ .kind = CRM_REPORT_SHUTDONE });
    expect (s, "start g1;");
    started (s, 1);
    peer (s, CRM_PEER_DEAD);
    expect (s, "stonith beta n_stnth;");
    command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    expect (s, "reply no;");
}

/* Each its own, legacy. */
static Script *
legacy_settled_new (void)
{
    Script *s = joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0" });
    started (s, 0);
    g_string_truncate (s->said, 0);
    return s;
}

static void
test_legacy_cuts (void)
{
    g_autoptr (Script) s = legacy_settled_new ();

    peer (s, CRM_PEER_DEAD);
    started (s, 1);
    g_string_truncate (s->said, 0);
    returns_unaware (s, 0);
    expect (s, "stop g1;");
    stopped (s, 1);
    peer (s, CRM_PEER_DEAD);
    started (s, 1);
    g_string_truncate (s->said, 0);
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PEER,
                                 .peer = { .state = CRM_PEER_ACTIVE, .returned = true } });
    expect (s, "ip-request g0; stop g0; stop g1;");
    stopped (s, 0);
    stopped (s, 1);
    expect (s, "announce g0; announce g1;");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0", .weown = true });
    expect (s, "start g0;");
    started (s, 0);
    says (s, (CrmReport){ .kind = CRM_REPORT_STONITH, .key = "alpha", .info = "n_stnth" });
    expect (s, "renew; ip-request g0; stop g0;");
}

/* An answer that nobody asked for: Heartbeat takes the group. Once; it cannot tell how it went. */
static void
test_legacy_failed_group_is_given (void)
{
    g_autoptr (Script) s = joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0" });
    group (s, 0, CRM_GROUP_STARTING);
    g_string_truncate (s->said, 0);
    group (s, 0, CRM_GROUP_FAILED);
    expect (s, "ip-response g0 yes;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "beta");
    wait (s, HBD_S (100));
    expect (s, "");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g0" }); /* sure that it is down? */
    expect (s, "ip-response g0 no;");
}

static void
test_legacy_group_moves_both_ways (void)
{
    g_autoptr (Script) s = legacy_settled_new ();

    command (s, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    expect (s, "stop g0;");
    stopped (s, 0);
    expect (s, "ip-response g0 yes; reply yes;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "beta");
    command (s, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    expect (s, "ip-request g0;");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0", .weown = true });
    expect (s, "start g0;");
    started (s, 0);
    expect (s, "reply yes;");
}

static void
test_legacy_standby_and_takeover (void)
{
    g_autoptr (Script) s = legacy_settled_new ();

    command (s, CRM_COMMAND_TAKEOVER, CRM_HOLD_ALL, NULL);
    expect (s, "ip-request g1;");
    says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g1", .weown = true });
    expect (s, "start g1;");
    started (s, 1);
    expect (s, "reply yes;");
    command (s, CRM_COMMAND_STANDBY, CRM_HOLD_FOREIGN, NULL);
    expect (s, "stop g1;");
    stopped (s, 1);
    expect (s, "ip-response g1 yes; reply yes;");
    command (s, CRM_COMMAND_STANDBY, CRM_HOLD_FOREIGN, NULL);
    expect (s, "reply yes;"); /* nothing left to give */
}

static void
test_legacy_leaving_with_a_stuck_group_gives_the_rest (void)
{
    g_autoptr (Script) s = alone_new (CRM_FAILBACK_LEGACY);

    peer (s, CRM_PEER_UP);
    peer (s, CRM_PEER_ACTIVE);
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    expect (s, "stop g0; stop g1;");
    stopped (s, 1);
    expect (s, "");
    group (s, 0, CRM_GROUP_STOPPING);
    group (s, 0, CRM_GROUP_STUCK);
    expect (s, "ip-response g1 yes; released, hold back;");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/takeover-v1/start-together", test_start_together);
    g_test_add_func ("/takeover-v1/starting-is-repeated-until-answered",
                     test_starting_is_repeated_until_answered);
    g_test_add_func ("/takeover-v1/join-a-peer-that-has-all", test_join_a_peer_that_has_all);
    g_test_add_func ("/takeover-v1/peer-joins-us", test_peer_joins_us);
    g_test_add_func ("/takeover-v1/standby-command", test_standby_command);
    g_test_add_func ("/takeover-v1/serves-until-the-peer-reads", test_serves_until_the_peer_reads);
    g_test_add_func ("/takeover-v1/nothing-is-given-to-who-left-meanwhile",
                     test_nothing_is_given_to_who_left_meanwhile);
    g_test_add_func ("/takeover-v1/no-other-within-ten-seconds-cancels",
                     test_no_other_within_ten_seconds_cancels);
    g_test_add_func ("/takeover-v1/in-flux-is-refused", test_in_flux_is_refused);
    g_test_add_func ("/takeover-v1/stray-words-do-nothing", test_stray_words_do_nothing);
    g_test_add_func ("/takeover-v1/announced-shutdown-is-no-confirmation",
                     test_announced_shutdown_is_no_confirmation);
    g_test_add_func ("/takeover-v1/death", test_death);
    g_test_add_func ("/takeover-v1/death-within-a-standby-takes-it-back",
                     test_death_within_a_standby_takes_it_back);
    g_test_add_func ("/takeover-v1/leaving", test_leaving);
    g_test_add_func ("/takeover-v1/leaving-with-a-stuck-group/holds-the-peer-back",
                     test_leaving_with_a_stuck_group_holds_the_peer_back);
    g_test_add_func ("/takeover-v1/leaving-with-a-stuck-group/gives-the-other-class",
                     test_leaving_with_a_stuck_group_gives_the_other_class);
    g_test_add_func ("/takeover-v1/leaving-with-a-stuck-group/waits-for-the-peer",
                     test_leaving_with_a_stuck_group_waits_for_the_peer);
    g_test_add_func ("/takeover-v1/leaving-with-a-stuck-group/ends-though-the-peer-is-mute",
                     test_leaving_with_a_stuck_group_ends_though_the_peer_is_mute);
    g_test_add_func ("/takeover-v1/leaving-ends-though-the-manager-is-silent",
                     test_leaving_ends_though_the_manager_is_silent);
    g_test_add_func ("/takeover-v1/healed-partition-lets-go-and-joins-anew",
                     test_healed_partition_lets_go_and_joins_anew);
    g_test_add_func ("/takeover-v1/peer-that-noticed-nothing-has-its-own-back",
                     test_peer_that_noticed_nothing_has_its_own_back);
    g_test_add_func ("/takeover-v1/kept-group-is-let-go-when-the-peer-has-it",
                     test_kept_group_is_let_go_when_the_peer_has_it);
    g_test_add_func ("/takeover-v1/words-of-before-the-heal-are-void",
                     test_words_of_before_the_heal_are_void);
    g_test_add_func ("/takeover-v1/given-up-by-a-peer-that-is-heard",
                     test_given_up_by_a_peer_that_is_heard);
    g_test_add_func ("/takeover-v1/given-up-by-mach-down", test_given_up_by_mach_down);
    g_test_add_func ("/takeover-v1/late-mach-down-is-no-verdict",
                     test_late_mach_down_is_no_verdict);
    g_test_add_func ("/takeover-v1/stonith-of-others-is-no-verdict",
                     test_stonith_of_others_is_no_verdict);
    g_test_add_func ("/takeover-v1/failed-group-is-offered-by-class",
                     test_failed_group_is_offered_by_class);
    g_test_add_func ("/takeover-v1/late-state-is-old-news", test_late_state_is_old_news);
    g_test_add_func ("/takeover-v1/legacy/join-asks-for-its-own",
                     test_legacy_join_asks_for_its_own);
    g_test_add_func ("/takeover-v1/legacy/refuses-the-peers-words",
                     test_legacy_refuses_the_peers_words);
    g_test_add_func ("/takeover-v1/legacy/gives-when-asked", test_legacy_gives_when_asked);
    g_test_add_func ("/takeover-v1/legacy/stuck-is-never-answered",
                     test_legacy_stuck_is_never_answered);
    g_test_add_func ("/takeover-v1/legacy/cuts", test_legacy_cuts);
    g_test_add_func ("/takeover-v1/legacy/death-and-departure", test_legacy_death_and_departure);
    g_test_add_func ("/takeover-v1/legacy/failed-group-is-given",
                     test_legacy_failed_group_is_given);
    g_test_add_func ("/takeover-v1/legacy/group-moves-both-ways",
                     test_legacy_group_moves_both_ways);
    g_test_add_func ("/takeover-v1/legacy/standby-and-takeover", test_legacy_standby_and_takeover);
    g_test_add_func ("/takeover-v1/legacy/leaving-with-a-stuck-group-gives-the-rest",
                     test_legacy_leaving_with_a_stuck_group_gives_the_rest);
    return g_test_run ();
}
