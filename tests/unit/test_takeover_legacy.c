/* SPDX-License-Identifier: Apache-2.0 */
/* A 3.0.6 peer with auto_failback legacy (doc/heartbeat.md 6.6). */
#include "config.h"

#include "tests/unit/takeover_script.h"

#include <string.h>

static void
test_legacy_join_asks_for_its_own (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    script_expect (s, "ip-request g0;");
    script_wait (s, HBD_MS (2500));
    script_expect (s, "ip-request g0; ip-request g0;");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g1", .weown = true });
    script_says (s,
                 (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "nonsense", .weown = true });
    script_expect (s, "");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0", .weown = true });
    script_expect (s, "start g0;");
    script_wait (s, HBD_S (10));
    script_expect (s, "");
    g_assert_cmpstr (crm_takeover_holding (s->t), ==, "none");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

/* The operator of the 3.0.6 node gets no answer: our log has the word (doc/heartbeat.md 6.6). */
static void
test_legacy_refuses_the_peers_words (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0", .weown = true });
    script_started (s, 0);
    g_string_truncate (s->said, 0);
    script_says_ask (s, CRM_HOLD_ALL, "me");
    script_expect (s, "refused;");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_TAKEOVER, .hold = CRM_HOLD_FOREIGN });
    script_expect (s, "refused;");
    script_says_ask (s, CRM_HOLD_ALL, "done");
    script_expect (s, "");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "alpha");
}

static void
test_legacy_gives_when_asked (void)
{
    g_autoptr (Script) s = script_alone_new (CRM_FAILBACK_LEGACY);

    script_peer (s, CRM_PEER_UP);
    script_peer (s, CRM_PEER_ACTIVE);
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g1" });
    script_expect (s, "stop g1;");
    script_says (s,
                 (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g1" }); /* it repeats itself */
    script_expect (s, "");
    script_stopped (s, 1);
    script_expect (s, "ip-response g1 yes;");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g1" });
    script_expect (s, "ip-response g1 no;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

static void
test_legacy_stuck_is_never_answered (void)
{
    g_autoptr (Script) s = script_alone_new (CRM_FAILBACK_LEGACY);

    script_peer (s, CRM_PEER_UP);
    script_peer (s, CRM_PEER_ACTIVE);
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g1" });
    script_expect (s, "stop g1;");
    script_group (s, 1, CRM_GROUP_STOPPING);
    script_group (s, 1, CRM_GROUP_STUCK);
    script_wait (s, HBD_S (100));
    script_expect (s, "");
}

static void
test_legacy_death_and_departure (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0" });
    script_started (s, 0);
    g_string_truncate (s->said, 0);
    script_says (s, (CrmReport){ .kind = CRM_REPORT_SHUTDONE });
    script_expect (s, "start g1;");
    script_started (s, 1);
    script_peer (s, CRM_PEER_DEAD);
    script_expect (s, "stonith beta n_stnth;");
    script_command (s, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    script_expect (s, "reply no;");
}

/* Each its own, legacy. */
static Script *
legacy_settled_new (void)
{
    Script *s = script_joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0" });
    script_started (s, 0);
    g_string_truncate (s->said, 0);
    return s;
}

static void
test_legacy_cuts (void)
{
    g_autoptr (Script) s = legacy_settled_new ();

    script_peer (s, CRM_PEER_DEAD);
    script_started (s, 1);
    g_string_truncate (s->said, 0);
    script_returns_unaware (s, 0);
    script_expect (s, "stop g1;");
    script_stopped (s, 1);
    script_peer (s, CRM_PEER_DEAD);
    script_started (s, 1);
    g_string_truncate (s->said, 0);
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PEER,
                                        .peer = { .state = CRM_PEER_ACTIVE, .returned = true } });
    script_expect (s, "ip-request g0; stop g0; stop g1;");
    script_stopped (s, 0);
    script_stopped (s, 1);
    script_expect (s, "announce g0; announce g1;");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0", .weown = true });
    script_expect (s, "start g0;");
    script_started (s, 0);
    script_says (s, (CrmReport){ .kind = CRM_REPORT_STONITH, .key = "alpha", .info = "n_stnth" });
    script_expect (s, "renew; ip-request g0; stop g0;");
}

/* An answer that nobody asked for: Heartbeat takes the group. Once; it cannot tell how it went. */
static void
test_legacy_failed_group_is_given (void)
{
    g_autoptr (Script) s = script_joined_new (CRM_FAILBACK_LEGACY, CRM_PEER_ACTIVE);

    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0" });
    script_group (s, 0, CRM_GROUP_STARTING);
    g_string_truncate (s->said, 0);
    script_group (s, 0, CRM_GROUP_FAILED);
    script_expect (s, "ip-response g0 yes;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "beta");
    script_wait (s, HBD_S (100));
    script_expect (s, "");
    script_says (
        s, (CrmReport){ .kind = CRM_REPORT_IP_REQUEST, .key = "g0" }); /* sure that it is down? */
    script_expect (s, "ip-response g0 no;");
}

static void
test_legacy_group_moves_both_ways (void)
{
    g_autoptr (Script) s = legacy_settled_new ();

    script_command (s, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    script_expect (s, "stop g0;");
    script_stopped (s, 0);
    script_expect (s, "ip-response g0 yes; reply yes;");
    g_assert_cmpstr (crm_takeover_owner (s->t, 0), ==, "beta");
    script_command (s, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    script_expect (s, "ip-request g0;");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g0", .weown = true });
    script_expect (s, "start g0;");
    script_started (s, 0);
    script_expect (s, "reply yes;");
}

static void
test_legacy_standby_and_takeover (void)
{
    g_autoptr (Script) s = legacy_settled_new ();

    script_command (s, CRM_COMMAND_TAKEOVER, CRM_HOLD_ALL, NULL);
    script_expect (s, "ip-request g1;");
    script_says (s, (CrmReport){ .kind = CRM_REPORT_IP_RESPONSE, .key = "g1", .weown = true });
    script_expect (s, "start g1;");
    script_started (s, 1);
    script_expect (s, "reply yes;");
    script_command (s, CRM_COMMAND_STANDBY, CRM_HOLD_FOREIGN, NULL);
    script_expect (s, "stop g1;");
    script_stopped (s, 1);
    script_expect (s, "ip-response g1 yes; reply yes;");
    script_command (s, CRM_COMMAND_STANDBY, CRM_HOLD_FOREIGN, NULL);
    script_expect (s, "reply yes;"); /* nothing left to give */
}

static void
test_legacy_leaving_with_a_stuck_group_gives_the_rest (void)
{
    g_autoptr (Script) s = script_alone_new (CRM_FAILBACK_LEGACY);

    script_peer (s, CRM_PEER_UP);
    script_peer (s, CRM_PEER_ACTIVE);
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_SHUTDOWN });
    script_expect (s, "stop g0; stop g1;");
    script_stopped (s, 1);
    script_expect (s, "");
    script_group (s, 0, CRM_GROUP_STOPPING);
    script_group (s, 0, CRM_GROUP_STUCK);
    script_expect (s, "ip-response g1 yes; released, hold back;");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/takeover-legacy/join-asks-for-its-own", test_legacy_join_asks_for_its_own);
    g_test_add_func ("/takeover-legacy/refuses-the-peers-words",
                     test_legacy_refuses_the_peers_words);
    g_test_add_func ("/takeover-legacy/gives-when-asked", test_legacy_gives_when_asked);
    g_test_add_func ("/takeover-legacy/stuck-is-never-answered",
                     test_legacy_stuck_is_never_answered);
    g_test_add_func ("/takeover-legacy/cuts", test_legacy_cuts);
    g_test_add_func ("/takeover-legacy/death-and-departure", test_legacy_death_and_departure);
    g_test_add_func ("/takeover-legacy/failed-group-is-given", test_legacy_failed_group_is_given);
    g_test_add_func ("/takeover-legacy/group-moves-both-ways", test_legacy_group_moves_both_ways);
    g_test_add_func ("/takeover-legacy/standby-and-takeover", test_legacy_standby_and_takeover);
    g_test_add_func ("/takeover-legacy/leaving-with-a-stuck-group-gives-the-rest",
                     test_legacy_leaving_with_a_stuck_group_gives_the_rest);
    return g_test_run ();
}
