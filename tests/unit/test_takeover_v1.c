/* SPDX-License-Identifier: Apache-2.0 */
/* A 3.0.6 peer with auto_failback on or off. */
#include "config.h"

#include "tests/unit/takeover_script.h"

#include <string.h>

/* doc/heartbeat.md 11.6: saying so at once takes its fixed 10 s wait away. */
static void
test_start_together (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_ON, CRM_PEER_ACTIVE);

    script_expect (s, "starting;");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    script_expect (s, "resource local 1 ; start g0;");
    script_says_resource (s, CRM_HOLD_NONE, 0, "");
    script_started (s, 0);
    script_says_resource (s, CRM_HOLD_LOCAL, 1, "");
    script_expect (s, "");
    g_assert_cmpstr (crm_takeover_holding (s->t), ==, "local");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

static void
test_starting_is_repeated_until_answered (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_ON, CRM_PEER_ACTIVE);

    script_wait (s, HBD_MS (3500));
    script_expect (s, "starting; starting; starting; starting;");
    script_says_resource (s, CRM_HOLD_LOCAL, 1, "");
    script_expect (s, "resource local 1 ; start g0;");
    script_started (s, 0);
    script_wait (s, HBD_S (60));
    script_expect (s, "");
}

static void
test_join_a_peer_that_has_all (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_ON, CRM_PEER_ACTIVE);

    script_expect (s, "starting;");
    script_says_resource (s, CRM_HOLD_ALL, 1, "");
    script_expect (s, "resource none 1 ;");
    script_says_ask (s, CRM_HOLD_FOREIGN, "me"); /* its failback */
    script_expect (s, "ask foreign other;");
    script_says_resource (s, CRM_HOLD_LOCAL, 0, "standby");
    script_expect (s, ""); /* it still runs what it is going to give */
    script_says_ask (s, CRM_HOLD_FOREIGN, "done");
    script_expect (s, "start g0;");
    script_started (s, 0);
    script_expect (s, "ask foreign done; resource local 1 ;");
    script_says_resource (s, CRM_HOLD_LOCAL, 1, "");
    script_wait (s, HBD_S (60));
    script_expect (s, "");
}

static void
test_peer_joins_us (void)
{
    for (guint f = CRM_FAILBACK_ON; f <= CRM_FAILBACK_OFF; f++) {
        g_autoptr (Script) s = script_alone_new (f);

        script_peer (s, CRM_PEER_UP);
        script_peer (s, CRM_PEER_ACTIVE);
        script_expect (s, "");
        script_says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
        script_expect (s, "resource all 1 ;");
        script_says_resource (s, CRM_HOLD_NONE, 0, "");
        script_expect (s, "");
        script_says_resource (s, CRM_HOLD_NONE, 1, "");
        script_expect (s, f == CRM_FAILBACK_ON ? "ask foreign me;" : "");
        if (f == CRM_FAILBACK_OFF)
            continue;
        script_says_ask (s, CRM_HOLD_FOREIGN, "other");
        script_expect (s, "resource local 0 standby; stop g1;");
        script_stopped (s, 1);
        script_expect (s, "ask foreign done;");
        script_says_ask (s, CRM_HOLD_FOREIGN, "done");
        script_expect (s, "resource local 1 ;");
        script_says_resource (s, CRM_HOLD_LOCAL, 1, "");
        script_wait (s, HBD_S (60));
        script_expect (s, "");
    }
}

static void
test_standby_command (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    script_expect (s, "ask all me;");
    script_says_ask (s, CRM_HOLD_ALL, "other");
    script_expect (s, "resource none 0 standby; stop g0;");
    script_stopped (s, 0);
    script_expect (s, "ask all done;");
    script_says_ask (s, CRM_HOLD_ALL, "done");
    script_expect (s, "resource none 1 ; reply yes;");
    script_says_resource (s, CRM_HOLD_ALL, 1, "");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "beta");
    script_command (s, CRM_COMMAND_TAKEOVER, CRM_HOLD_LOCAL, NULL);
    script_expect (s, "takeover local;");
    script_says_ask (s, CRM_HOLD_FOREIGN, "me");
    script_expect (s, "ask foreign other;");
    script_says_ask (s, CRM_HOLD_FOREIGN, "done");
    script_expect (s, "start g0;");
    script_started (s, 0);
    script_expect (s, "ask foreign done; resource local 1 ; reply yes;");
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
        g_autoptr (Script) s = script_settled_at (CRM_FAILBACK_ON, rows[i].keepalive);

        script_command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
        script_expect (s, "ask all me;");
        script_says_ask (s, CRM_HOLD_ALL, "other");
        script_says_ask (s, CRM_HOLD_ALL, "other"); /* twice changes nothing */
        script_wait (s, rows[i].serves - HBD_MS (1));
        script_expect (s, "");
        script_wait (s, HBD_MS (1));
        script_expect (s, "resource none 0 standby; stop g0;");
        script_stopped (s, 0);
        script_expect (s, "ask all done;");
    }
}

/* Whatever ends the wait, the exchange goes no further by itself. */
static void
test_nothing_is_given_to_who_left_meanwhile (void)
{
    g_autoptr (Script) dead = script_settled_at (CRM_FAILBACK_OFF, HBD_S (1));
    g_autoptr (Script) leaving = script_settled_at (CRM_FAILBACK_OFF, HBD_S (1));

    script_command (dead, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    script_says_ask (dead, CRM_HOLD_ALL, "other");
    g_string_truncate (dead->said, 0);
    script_peer (dead, CRM_PEER_DEAD);
    script_expect (dead, "stonith beta n_stnth; resource all 1 req_our_resources(); "
                         "resource foreign add -1 mach_down; start g1; reply no;");
    script_started (dead, 1);
    script_wait (dead, HBD_S (60));
    script_expect (dead, "");

    script_command (leaving, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    script_says_ask (leaving, CRM_HOLD_ALL, "other");
    g_string_truncate (leaving->said, 0);
    script_give (leaving, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    script_expect (leaving, "resource none 0 shutdown; stop g0; reply no;");
    script_wait (leaving, HBD_S (1));
    script_expect (leaving, "");
    script_stopped (leaving, 0);
    script_expect (leaving, "shutdone; released;");
}

static void
test_no_other_within_ten_seconds_cancels (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    script_expect (s, "ask all me;");
    script_wait (s, HBD_MS (9900));
    script_expect (s, "");
    script_wait (s, HBD_MS (200));
    script_expect (s, "resource local 1 ; reply no;");
    script_says_ask (s, CRM_HOLD_ALL, "other"); /* too late */
    script_expect (s, "");
}

static void
test_in_flux_is_refused (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_ON, CRM_PEER_ACTIVE);

    script_expect (s, "starting;");
    script_says_ask (s, CRM_HOLD_ALL, "me");
    script_command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    script_expect (s, "refused; reply no;");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    g_string_truncate (s->said, 0);
    script_started (s, 0);
    script_says_ask (s, CRM_HOLD_ALL, "me"); /* it is not stable itself */
    script_expect (s, "refused;");
    script_command (s, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    script_expect (s, "reply no;");
}

/* Out of the blue, late or twice: `other` and `done` start nothing. */
static void
test_stray_words_do_nothing (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_says_ask (s, CRM_HOLD_ALL, "other");
    script_says_ask (s, CRM_HOLD_LOCAL, "done");
    script_says_ask (s, CRM_HOLD_ALL, "done");
    script_says_ask (s, CRM_HOLD_ALL, "what");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g0" });
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g1", .weown = true });
    script_expect (s, "");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

static void
test_announced_shutdown_is_no_confirmation (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_says_resource (s, CRM_HOLD_NONE, 0, "shutdown");
    script_wait (s, HBD_S (60));
    script_expect (s, "");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_SHUTDONE });
    script_expect (
        s, "resource all 1 req_our_resources(); resource foreign add -1 mach_down; start g1;");
    script_started (s, 1);
    script_peer (s, CRM_PEER_DEAD);
    g_assert_cmpstr (crm_takeover_holding (s->t), ==, "all");
}

static void
test_death (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_OFF);

    script_peer (s, CRM_PEER_DEAD);
    script_expect (s, "stonith beta n_stnth; resource all 1 req_our_resources(); "
                      "resource foreign add -1 mach_down; start g1;");
}

static void
test_death_within_a_standby_takes_it_back (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_OFF);

    script_command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    script_says_ask (s, CRM_HOLD_ALL, "other");
    g_string_truncate (s->said, 0);
    script_group (s, 0, CRM_GROUP_STOPPING);
    script_peer (s, CRM_PEER_DEAD);
    script_expect (s, "stonith beta n_stnth; resource all 1 req_our_resources(); "
                      "resource foreign add -1 mach_down; start g1; reply no;");
    script_group (s, 0, CRM_GROUP_STOPPED);
    script_expect (s, "start g0;");
}

static void
test_leaving (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    script_expect (s, "resource none 0 shutdown; stop g0;");
    script_stopped (s, 0);
    script_expect (s, "shutdone; released;");
}

/* Safety rule 3: it would take everything on shutdone, and after our silence. */
static void
test_leaving_with_a_stuck_group_holds_the_peer_back (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    g_string_truncate (s->said, 0);
    script_group (s, 0, CRM_GROUP_STOPPING);
    script_group (s, 0, CRM_GROUP_STUCK);
    script_expect (s, "resource local 1 ; released, hold back;");
}

/* The class of which nothing is stuck goes to the peer by an ordinary standby. */
static void
test_leaving_with_a_stuck_group_gives_the_other_class (void)
{
    g_autoptr (Script) s = script_alone_new (CRM_FAILBACK_OFF);

    script_peer (s, CRM_PEER_UP);
    script_peer (s, CRM_PEER_ACTIVE);
    script_says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    script_says_resource (s, CRM_HOLD_NONE, 1, "");
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    script_stopped (s, 1);
    g_string_truncate (s->said, 0);
    script_group (s, 0, CRM_GROUP_STOPPING);
    script_group (s, 0, CRM_GROUP_STUCK);
    script_expect (s, "resource all 1 ; ask foreign me;");
    script_says_ask (s, CRM_HOLD_FOREIGN, "other");
    script_expect (s, "resource local 0 standby; ask foreign done;");
    script_says_ask (s, CRM_HOLD_FOREIGN, "done");
    script_expect (s, "resource local 1 ; released, hold back;");
}

/* It is at the end of an exchange: asked when it says that it is stable. */
static void
test_leaving_with_a_stuck_group_waits_for_the_peer (void)
{
    g_autoptr (Script) s = script_alone_new (CRM_FAILBACK_OFF);

    script_peer (s, CRM_PEER_UP);
    script_peer (s, CRM_PEER_ACTIVE);
    script_says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    script_stopped (s, 1);
    script_group (s, 0, CRM_GROUP_STOPPING);
    g_string_truncate (s->said, 0);
    script_group (s, 0, CRM_GROUP_STUCK);
    script_expect (s, "resource all 1 ;");
    script_says_resource (s, CRM_HOLD_NONE, 1, "");
    script_expect (s, "ask foreign me;");
}

static void
test_leaving_with_a_stuck_group_ends_though_the_peer_is_mute (void)
{
    g_autoptr (Script) s = script_alone_new (CRM_FAILBACK_OFF);

    script_peer (s, CRM_PEER_UP);
    script_peer (s, CRM_PEER_ACTIVE);
    script_says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    script_says_resource (s, CRM_HOLD_NONE, 1, "");
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    script_stopped (s, 1);
    script_group (s, 0, CRM_GROUP_STOPPING);
    script_group (s, 0, CRM_GROUP_STUCK);
    g_string_truncate (s->said, 0);
    script_wait (s, HBD_S (11));
    script_expect (s, "resource all 1 ; released, hold back;");
}

static void
test_leaving_ends_though_the_manager_is_silent (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    script_wait (s, HBD_S (600)); /* no agents, no time limits but the slack */
    g_assert_nonnull (strstr (s->said->str, "released, hold back;"));
    g_assert_null (strstr (s->said->str, "shutdone"));
}

/* doc/heartbeat.md 11.2: it took us for restarted and serves; we are the loser. */
static void
test_healed_partition_lets_go_and_joins_anew (void)
{
    g_autoptr (Script) s = script_alone_new (CRM_FAILBACK_ON);

    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PEER,
                                        .peer = { .state = CRM_PEER_ACTIVE, .returned = true } });
    script_expect (s, "starting; stop g0; stop g1;");
    script_says_resource (s, CRM_HOLD_ALL, 1, "");
    script_stopped (s, 0);
    script_stopped (s, 1);
    script_expect (s, "resource none 1 ; announce g0; announce g1;");
    script_says_ask (s, CRM_HOLD_FOREIGN, "me");
    script_says_ask (s, CRM_HOLD_FOREIGN, "done");
    script_expect (s, "ask foreign other; start g0;");
}

/* We did not hear it, it heard us: each goes on with its own, ours without a stop. */
static void
test_peer_that_noticed_nothing_has_its_own_back (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_peer (s, CRM_PEER_DEAD);
    script_started (s, 1);
    g_string_truncate (s->said, 0);
    script_returns_unaware (s, 0);
    script_expect (s, "starting; stop g1;");
    script_says_resource (s, CRM_HOLD_LOCAL, 1, "");
    script_expect (s, "resource local 1 ;");
    script_stopped (s, 1);
    script_expect (s, "announce g1;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "alpha");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

/* The numbers cannot tell everything; its answer has the last word. */
static void
test_kept_group_is_let_go_when_the_peer_has_it (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_OFF);

    script_peer (s, CRM_PEER_DEAD);
    script_started (s, 1);
    script_returns_unaware (s, 0);
    script_stopped (s, 1);
    g_string_truncate (s->said, 0);
    script_says_resource (s, CRM_HOLD_ALL, 1, "");
    script_expect (s, "resource none 1 ; stop g0;");
}

/* What it said during the cut and is retransmitted now is about another time. */
static void
test_words_of_before_the_heal_are_void (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_OFF);
    CrmReport late = { .kind = CRM_REPORT_RESOURCE,
                       .hold = CRM_HOLD_ALL,
                       .is_full = true,
                       .stable = 1,
                       .seq = 40,
                       .info = "req_our_resources()" };

    script_peer (s, CRM_PEER_DEAD);
    script_started (s, 1);
    script_returns_unaware (s, 42);
    script_stopped (s, 1);
    g_string_truncate (s->said, 0);
    script_says (s, late);
    late = (CrmReport){ .kind = CRM_REPORT_STONITH, .seq = 41, .key = "alpha", .info = "n_stnth" };
    script_says (s, late);
    script_expect (s, "");
}

/* One direction is cut, the one towards it: it takes everything, and we hear that. */
static void
test_given_up_by_a_peer_that_is_heard (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);
    CrmReport verdict = { .kind = CRM_REPORT_STONITH, .key = "alpha", .info = "n_stnth" };

    script_says (s, verdict);
    script_expect (s, "renew; starting; stop g0;");
    script_stopped (s, 0);
    script_says_resource (s, CRM_HOLD_ALL, 1, "req_our_resources()");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                                 .hold = CRM_HOLD_FOREIGN,
                                 .stable = -1,
                                 .info = "mach_down" });
    script_expect (s, ""); /* said to nobody: no answer to us */
    script_wait (s, HBD_MS (2500));
    script_expect (s, "starting; starting;");
    script_says (s, verdict); /* heard us for a moment, and lost us again */
    script_expect (s, "renew; starting;");
    script_says_resource (s, CRM_HOLD_ALL, 1, "");
    script_expect (s, "resource none 1 ;");
    script_says_ask (s, CRM_HOLD_FOREIGN, "me");
    script_says_ask (s, CRM_HOLD_FOREIGN, "done");
    script_expect (s, "ask foreign other; start g0;");
}

/* The message that says so was lost: what its script says tells the same. */
static void
test_given_up_by_mach_down (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_OFF);

    script_says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                                 .hold = CRM_HOLD_FOREIGN,
                                 .stable = -1,
                                 .info = "mach_down" });
    script_expect (s, "renew; starting; stop g0;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), !=, "alpha");
}

/* The script of our death in the life before this one ends after we came back. */
static void
test_late_mach_down_is_no_verdict (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_OFF, CRM_PEER_ACTIVE);

    script_says_resource (s, CRM_HOLD_ALL, 1, "");
    g_string_truncate (s->said, 0);
    script_says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                                 .hold = CRM_HOLD_FOREIGN,
                                 .stable = -1,
                                 .info = "mach_down" });
    script_expect (s, "");
}

static void
test_stonith_of_others_is_no_verdict (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);
    CrmReport report = { .kind = CRM_REPORT_STONITH, .key = "gamma", .info = "n_stnth" };

    script_says (s, report);
    report = (CrmReport){ .kind = CRM_REPORT_STONITH, .key = "alpha", .info = "unneeded" };
    script_says (s, report);
    script_expect (s, "");
    g_assert_cmpstr (crm_takeover_holding (s->t), ==, "local");
}

static void
test_failed_group_is_offered_by_class (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_group (s, 0, CRM_GROUP_FAILED);
    script_expect (s, "ask local me;");
    script_wait (s, HBD_S (100)); /* ignored: made again, but not for ever */
    g_assert_cmpuint (strlen (g_strchomp (s->said->str)), <, 120);
    g_string_truncate (s->said, 0);
    script_wait (s, HBD_S (100));
    script_expect (s, "");
}

/* A retransmitted `resource` of before must not undo what a newer one said. */
static void
test_late_state_is_old_news (void)
{
    g_autoptr (Script) s = script_settled_new (CRM_FAILBACK_ON);

    script_says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                                 .seq = 20,
                                 .hold = CRM_HOLD_LOCAL,
                                 .is_full = true,
                                 .stable = 1,
                                 .info = "" });
    script_says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                                 .seq = 12,
                                 .hold = CRM_HOLD_NONE,
                                 .is_full = true,
                                 .stable = 1,
                                 .info = "" });
    script_says (s, (CrmReport){ .kind = CRM_REPORT_STARTING, .seq = 11 });
    script_expect (s, "");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
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
    return g_test_run ();
}
