/* SPDX-License-Identifier: Apache-2.0 */
/* Stories of two nodes of our kind, told group by group. */
#include "config.h"

#include "takeover_world.h"

#include <string.h>

#define ALPHA 0
#define BETA  1

#define assert_where(w, expected)                                                                  \
    G_STMT_START                                                                                   \
    {                                                                                              \
        g_autofree char *where_ = world_where (w);                                                 \
        if (strcmp (where_, (expected)) != 0)                                                      \
            g_printerr ("%s", (w)->trace->str);                                                    \
        g_assert_cmpstr (where_, ==, (expected));                                                  \
        g_assert_true (world_is_settled (w));                                                      \
    }                                                                                              \
    G_STMT_END

static World *
both_up (CrmFailback failback)
{
    World *w = world_new (failback);

    world_boot (w, ALPHA);
    world_boot (w, BETA);
    world_run (w, HBD_MS (500));
    return w;
}

static void
forget (World *w)
{
    g_string_truncate (w->trace, 0);
    for (guint n = 0; n < 2; n++)
        for (guint i = 0; i < WORLD_GROUPS; i++)
            w->node[n].g[i].starts = w->node[n].g[i].stops = w->node[n].g[i].announces = 0;
}

static bool
said (const World *w, const char *text)
{
    return strstr (w->trace->str, text) != NULL;
}

static void
test_start_together_without_waiting (void)
{
    for (guint f = 0; f < 3; f++) {
        g_autoptr (World) w = world_new (f);

        world_boot (w, ALPHA);
        world_boot (w, BETA);
        world_run (w, HBD_MS (30));
        assert_where (w, "ABA");
    }
}

static void
test_start_alone_takes_all (void)
{
    g_autoptr (World) w = world_new (CRM_FAILBACK_ON);

    world_boot (w, BETA);
    world_run (w, HBD_MS (900));
    assert_where (w, "---");
    world_run (w, HBD_MS (200));
    assert_where (w, "BBB");
    g_assert_true (said (w, "beta takeover.start group=g0 reason=peer-dead peer=alpha"));
    g_assert_cmpstr (crm_takeover_holding (w->node[BETA].t), ==, "all");
}

static void
test_join_with_failback_moves_what_prefers_the_newcomer (void)
{
    for (guint f = 0; f < 3; f++) {
        g_autoptr (World) w = world_new (f);

        world_boot (w, BETA);
        world_run (w, HBD_S (2));
        world_boot (w, ALPHA);
        world_run (w, HBD_S (1));
        assert_where (w, f == CRM_FAILBACK_OFF ? "BBB" : "ABA");
    }
}

static void
test_death_is_taken_over_and_comes_back (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_ON);

    world_power_off (w, ALPHA);
    world_run (w, WORLD_DEADTIME + HBD_MS (15));
    assert_where (w, "BBB");
    forget (w);
    world_boot (w, ALPHA);
    world_run (w, HBD_S (1));
    assert_where (w, "ABA");
    g_assert_true (said (w, "beta takeover.give group=g0 to=alpha reason=failback"));
    g_assert_cmpuint (w->node[BETA].g[1].stops, ==, 0);
}

/* Killed, not switched off, it may have answered for the addresses until it was started again. */
static void
test_death_is_announced_once_more_when_the_peer_is_back (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);

    world_power_off (w, ALPHA);
    world_run (w, HBD_S (3));
    assert_where (w, "BBB");
    for (guint g = 0; g < WORLD_GROUPS; g++)
        g_assert_cmpuint (w->node[BETA].g[g].announces, ==, 0);
    world_boot (w, ALPHA);
    world_run (w, HBD_S (10));
    assert_where (w, "BBB");
    for (guint g = 0; g < WORLD_GROUPS; g++)
        g_assert_cmpuint (w->node[BETA].g[g].announces, ==, 1);
    g_assert_true (said (w, "beta takeover.announce group=g0 reason=peer-back"));
}

/* stop 10 ms, one datagram 0.3 ms, start 10 ms in this world */
static void
test_standby_costs_one_stop_one_message_one_start (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);

    world_run (w, HBD_S (1));
    world_command (w, ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    world_run (w, HBD_MS (21));
    assert_where (w, "BBB");
    world_run (w, HBD_MS (100));
    g_assert_cmpuint (w->node[ALPHA].replies, ==, 1);
    g_assert_true (w->node[ALPHA].reply_ok);
    g_assert_cmpstr (crm_takeover_holding (w->node[ALPHA].t), ==, "none");
    g_assert_cmpstr (crm_takeover_holding (w->node[BETA].t), ==, "all");
}

typedef struct {
    guint node;
    CrmCommandKind kind;
    CrmHold hold;
    const char *from, *to;
} MoveRow;

static void
test_every_class_moves_both_ways (void)
{
    static const MoveRow rows[] = {
        { ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_LOCAL, "ABA", "BBB" },
        { ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_FOREIGN, "ABA", "ABA" },
        { ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, "ABA", "BBB" },
        { BETA, CRM_COMMAND_STANDBY, CRM_HOLD_LOCAL, "ABA", "AAA" },
        { ALPHA, CRM_COMMAND_TAKEOVER, CRM_HOLD_ALL, "ABA", "AAA" },
        { ALPHA, CRM_COMMAND_TAKEOVER, CRM_HOLD_FOREIGN, "ABA", "AAA" },
        { ALPHA, CRM_COMMAND_TAKEOVER, CRM_HOLD_LOCAL, "ABA", "ABA" },
        { BETA, CRM_COMMAND_TAKEOVER, CRM_HOLD_FOREIGN, "ABA", "BBB" },
        { BETA, CRM_COMMAND_TAKEOVER, CRM_HOLD_ALL, "ABA", "BBB" },
    };

    for (guint f = 0; f < 3; f++)
        for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
            g_autoptr (World) w = both_up (f);

            assert_where (w, rows[i].from);
            world_command (w, rows[i].node, rows[i].kind, rows[i].hold, NULL);
            world_run (w, HBD_MS (300));
            assert_where (w, rows[i].to);
            g_assert_cmpuint (w->node[rows[i].node].replies, ==, 1);
            g_assert_true (w->node[rows[i].node].reply_ok);
            world_run (w, HBD_S (30)); /* and stays */
            assert_where (w, rows[i].to);
        }
}

static void
test_graceful_stop_hands_over_at_once (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_ON);

    world_shutdown (w, ALPHA);
    world_run (w, HBD_MS (22));
    g_assert_true (w->node[ALPHA].released);
    world_run (w, HBD_MS (5));
    assert_where (w, "BBB");
    world_power_off (w, ALPHA);
    world_run (w, HBD_S (5));
    assert_where (w, "BBB");
}

static void
test_failed_start_goes_to_the_peer_once (void)
{
    g_autoptr (World) w = world_new (CRM_FAILBACK_ON);

    w->node[ALPHA].g[0].fault = EXEC_START_FAILS;
    world_boot (w, ALPHA);
    world_boot (w, BETA);
    world_run (w, HBD_S (3));
    assert_where (w, "BBA");
    g_assert_cmpuint (w->node[ALPHA].g[0].starts, ==, 1);
    g_assert_cmpuint (w->node[BETA].g[0].starts, ==, 1);
    g_assert_true (said (w, "alpha takeover.give group=g0 to=beta reason=failure"));
}

static void
test_failed_on_both_stays_failed (void)
{
    g_autoptr (World) w = world_new (CRM_FAILBACK_ON);

    w->node[ALPHA].g[0].fault = w->node[BETA].g[0].fault = EXEC_START_FAILS;
    world_boot (w, ALPHA);
    world_boot (w, BETA);
    world_run (w, HBD_S (60));
    assert_where (w, "-BA");
    g_assert_cmpuint (w->node[ALPHA].g[0].starts, ==, 1);
    g_assert_cmpuint (w->node[BETA].g[0].starts, ==, 1);
    w->node[BETA].g[0].fault = EXEC_OK;
    world_command (w, BETA, CRM_COMMAND_GROUP_CLEANUP, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_S (1));
    assert_where (w, "BBA");
}

/* Safety rule 3: not by a command, not at shutdown, not by death. */
static void
test_stuck_is_started_nowhere_else (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_ON);

    w->node[ALPHA].g[0].fault = EXEC_STOP_STUCK;
    world_command (w, ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    world_run (w, HBD_S (1));
    assert_where (w, "-BB");
    g_assert_cmpuint (w->node[ALPHA].replies, ==, 1);
    g_assert_false (w->node[ALPHA].reply_ok);
    world_shutdown (w, ALPHA);
    world_run (w, HBD_S (1));
    g_assert_true (w->node[ALPHA].released);
    assert_where (w, "-BB");
    world_engine_dies (w, ALPHA);
    world_run (w, HBD_S (5));
    assert_where (w, "-BB");
    /* an operator pulls the plug and says so */
    world_power_off (w, ALPHA);
    world_command (w, BETA, CRM_COMMAND_GROUP_CLEANUP, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_S (1));
    assert_where (w, "BBB");
}

static void
test_split_heals_without_stopping_the_winner (void)
{
    static const struct {
        CrmFailback failback;
        const char *after;
    } rows[] = { { CRM_FAILBACK_ON, "ABA" },
                 { CRM_FAILBACK_LEGACY, "ABA" },
                 { CRM_FAILBACK_OFF, "BAB" } }; /* the newer ownership wins */

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (World) w = both_up (rows[i].failback);

        w->cut[ALPHA] = w->cut[BETA] = w->split_allowed = true;
        world_run (w, HBD_S (3));
        g_assert_cmpuint (w->double_steps, >, 0); /* nobody can hear: a split is a split */
        forget (w);
        w->cut[ALPHA] = w->cut[BETA] = false;
        world_run (w, WORLD_KEEPALIVE + HBD_MS (15));
        assert_where (w, rows[i].after);
        for (guint g = 0; g < WORLD_GROUPS; g++) {
            guint winner = rows[i].after[g] == 'A' ? ALPHA : BETA;

            g_assert_cmpuint (w->node[winner].g[g].stops, ==, 0);
            g_assert_cmpuint (w->node[winner].g[g].announces, ==, 1);
            g_assert_cmpuint (w->node[1 - winner].g[g].stops, ==, 1);
        }
        world_run (w, HBD_S (10));
        assert_where (w, rows[i].after);
    }
}

static void
test_paused_node_lets_go_and_asks (void)
{
    for (guint f = 0; f < 3; f++) {
        g_autoptr (World) w = both_up (f);

        w->split_allowed = true; /* the lease is not simulated here */
        world_freeze (w, ALPHA, HBD_S (4));
        world_run (w, HBD_S (3));
        g_assert_cmpint (w->node[BETA].g[0].state, ==, CRM_GROUP_RUNNING);
        world_run (w, HBD_MS (1015)); /* the freeze ends at 4 s */
        w->split_allowed = false;
        world_run (w, HBD_S (5));
        assert_where (w, f == CRM_FAILBACK_OFF ? "BBB" : "ABA");
        g_assert_true (said (w, "alpha takeover.let-go peer=beta reason=paused"));
    }
}

static void
test_both_paused_start_again (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);

    world_freeze (w, ALPHA, HBD_S (4));
    world_freeze (w, BETA, HBD_S (4));
    world_run (w, HBD_S (10));
    assert_where (w, "ABA");
}

static void
test_engine_restart_keeps_what_runs (void)
{
    for (guint f = 0; f < 3; f++) {
        g_autoptr (World) w = both_up (f);

        forget (w);
        world_engine_dies (w, ALPHA);
        world_run (w, HBD_MS (50));
        world_engine_starts (w, ALPHA);
        world_run (w, HBD_S (3));
        assert_where (w, "ABA");
        for (guint g = 0; g < WORLD_GROUPS; g++)
            for (guint n = 0; n < 2; n++)
                g_assert_cmpuint (w->node[n].g[g].stops + w->node[n].g[g].starts, ==, 0);
    }
}

static void
test_manager_restart_is_invisible (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_ON);

    forget (w);
    world_manager (w, ALPHA, false);
    world_run (w, HBD_S (3));
    world_manager (w, ALPHA, true);
    world_run (w, HBD_S (3));
    assert_where (w, "ABA");
    for (guint g = 0; g < WORLD_GROUPS; g++)
        for (guint n = 0; n < 2; n++)
            g_assert_cmpuint (w->node[n].g[g].stops + w->node[n].g[g].starts, ==, 0);
}

static void
test_group_stop_outlives_its_node (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_ON);

    world_command (w, BETA, CRM_COMMAND_GROUP_STOP, CRM_HOLD_NONE, "g0"); /* runs on alpha */
    world_run (w, HBD_S (1));
    assert_where (w, "-BA");
    g_assert_true (w->node[BETA].reply_ok);
    world_power_off (w, ALPHA);
    world_run (w, HBD_S (3));
    assert_where (w, "-BB");
    world_boot (w, ALPHA);
    world_run (w, HBD_S (3));
    assert_where (w, "-BA");
    world_command (w, ALPHA, CRM_COMMAND_GROUP_START, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_S (1));
    g_assert_cmpuint (w->node[ALPHA].replies, ==, 1);
    g_assert_true (w->node[ALPHA].reply_ok);
    g_assert_cmpint (w->node[ALPHA].g[0].state == CRM_GROUP_RUNNING, !=,
                     w->node[BETA].g[0].state == CRM_GROUP_RUNNING);
}

static void
test_group_move (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);

    world_command (w, ALPHA, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_MS (300));
    assert_where (w, "BBA");
    world_command (w, ALPHA, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_MS (300));
    assert_where (w, "ABA");
}

static void
test_commands_are_refused_with_a_reason (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_ON);

    world_command (w, ALPHA, CRM_COMMAND_GROUP_STOP, CRM_HOLD_NONE, "nonsense");
    g_assert_false (w->node[ALPHA].reply_ok);
    g_assert_cmpstr (w->node[ALPHA].reply, ==, "there is no such group in haresources");
    world_command (w, ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    world_run (w, HBD_MS (5));
    g_assert_cmpuint (w->node[ALPHA].replies, ==, 0);
    world_command (w, ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    g_assert_cmpstr (w->node[ALPHA].reply, ==, "refused: standby is still in progress");
    world_command (w, BETA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    g_assert_cmpstr (w->node[BETA].reply, ==, "refused: group g0 is stopping");
    world_run (w, HBD_S (1));
    assert_where (w, "BBB");
    world_power_off (w, ALPHA);
    world_run (w, HBD_S (3));
    world_command (w, BETA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
    g_assert_cmpstr (w->node[BETA].reply, ==, "no standby: no other node is active to take over");
}

/* The owner dies before it can hear what was asked of it. */
static void
test_wish_of_a_dead_owner_is_fulfilled_here (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_ON);

    world_power_off (w, ALPHA);
    world_command (w, BETA, CRM_COMMAND_GROUP_STOP, CRM_HOLD_NONE, "g0");
    g_assert_cmpuint (w->node[BETA].replies, ==, 0);
    world_run (w, HBD_S (2));
    assert_where (w, "-BB");
    g_assert_cmpuint (w->node[BETA].replies, ==, 1);
    g_assert_true (w->node[BETA].reply_ok);
    g_assert_cmpuint (w->node[BETA].g[0].starts, ==, 0);
}

/* While alpha stops a group for its operator it may lose the group: a split heals. Then the new
 * owner stops it. Wherever the heal meets it, the command ends. */
static void
test_stop_of_a_group_that_goes_is_passed_on (void)
{
    guint passed_on = 0;

    for (HbdTime t = 0; t < WORLD_KEEPALIVE; t += HBD_US (500)) {
        g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);
        g_autofree char *where = NULL;

        w->cut[ALPHA] = w->cut[BETA] = w->split_allowed = true;
        world_run (w, HBD_S (3));
        w->cut[ALPHA] = w->cut[BETA] = false;
        world_run (w, t);
        world_command (w, ALPHA, CRM_COMMAND_GROUP_STOP, CRM_HOLD_NONE, "g0");
        world_run (w, HBD_S (3));
        where = world_where (w);
        g_assert_cmpuint (w->node[ALPHA].replies, ==, 1);
        passed_on += strcmp (where, "-AB") == 0 ? 1 : 0;
    }
    g_assert_cmpuint (passed_on, >, 0);
}

/* beta's operator wants the group stopped and beta freezes before it sees that it is; alpha's wants
 * it started meanwhile. The older wish stands, and says so to the other one at once. */
static void
test_start_against_a_standing_stop_is_answered (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);

    world_command (w, BETA, CRM_COMMAND_GROUP_STOP, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_MS (3));
    world_freeze (w, BETA, HBD_MS (600));
    world_run (w, HBD_MS (200));
    assert_where (w, "-BA");
    world_command (w, ALPHA, CRM_COMMAND_GROUP_START, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_S (2));
    g_assert_cmpuint (w->node[BETA].replies, ==, 1);
    g_assert_true (w->node[BETA].reply_ok);
    g_assert_cmpuint (w->node[ALPHA].replies, ==, 1);
    g_assert_false (w->node[ALPHA].reply_ok);
    world_command (w, ALPHA, CRM_COMMAND_GROUP_START, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_S (1));
    assert_where (w, "ABA");
}

/* The cut ends just after beta has begun to start: who ran it all the time goes on. */
static void
test_short_cut_stops_who_has_only_begun (void)
{
    for (guint f = 0; f < 3; f++) {
        g_autoptr (World) w = both_up (f);

        forget (w);
        w->cut[ALPHA] = w->split_allowed = true;
        world_run (w, HBD_MS (800));
        while (w->node[BETA].g[0].state != CRM_GROUP_STARTING)
            world_run (w, HBD_US (100));
        w->cut[ALPHA] = false;
        world_command (w, ALPHA, CRM_COMMAND_GROUP_STOP, CRM_HOLD_NONE, "g1"); /* a word at once */
        world_run (w, HBD_MS (100));
        w->split_allowed = false;
        world_run (w, HBD_S (2));
        g_assert_cmpuint (w->node[ALPHA].g[0].stops, ==, 0);
        g_assert_cmpint (w->node[ALPHA].g[0].state, ==, CRM_GROUP_RUNNING);
        g_assert_cmpint (w->node[BETA].g[0].state, ==, CRM_GROUP_STOPPED);
    }
}

/* Told at once, not when the time limits are over. */
static void
test_takeover_of_what_cannot_run_here_fails (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);

    w->node[BETA].g[0].fault = EXEC_START_FAILS;
    world_command (w, BETA, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g0");
    world_run (w, HBD_MS (300));
    assert_where (w, "ABA");
    g_assert_cmpuint (w->node[BETA].replies, ==, 1);
    g_assert_false (w->node[BETA].reply_ok);
}

static void
test_peer_that_does_not_begin_is_given_ten_seconds (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);

    world_manager (w, ALPHA, false);
    world_command (w, BETA, CRM_COMMAND_TAKEOVER, CRM_HOLD_ALL, NULL); /* not heard of yet */
    world_run (w, HBD_MS (9900));
    g_assert_cmpuint (w->node[BETA].replies, ==, 0);
    world_run (w, HBD_MS (200));
    g_assert_cmpuint (w->node[BETA].replies, ==, 1);
    g_assert_false (w->node[BETA].reply_ok);
    world_manager (w, ALPHA, true);
    world_run (w, HBD_S (5));
    assert_where (w, "ABA"); /* the wish is gone with the command */
}

/* Beta sleeps while alpha leaves, comes back and takes all; then it reads the old shutdone first. */
static void
test_shutdone_of_before_a_pause_is_not_believed (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_ON);
    guint starts;

    world_freeze (w, BETA, HBD_S (6));
    w->split_allowed = true; /* the lease is not simulated here */
    world_shutdown (w, ALPHA);
    world_run (w, HBD_MS (500));
    world_power_off (w, ALPHA);
    world_boot (w, ALPHA);
    world_run (w, HBD_S (5));
    starts = w->node[BETA].g[0].starts;
    world_run (w, HBD_MS (600));
    w->split_allowed = false;
    world_run (w, HBD_S (5));
    assert_where (w, "ABA");
    g_assert_cmpuint (w->node[BETA].g[0].starts, ==, starts);
    g_assert_false (said (w, "beta takeover.own group=g0"));
}

/* The taker's engine restarts between taking and saying so. */
static void
test_grant_taken_by_an_engine_that_restarts (void)
{
    g_autoptr (World) w = both_up (CRM_FAILBACK_OFF);

    world_command (w, ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_LOCAL, NULL);
    world_run (w, HBD_MS (10) + HBD_US (100)); /* stopped and granted */
    w->cut[BETA] = true;
    world_run (w, HBD_MS (100));
    world_engine_dies (w, BETA);
    w->cut[BETA] = false;
    world_engine_starts (w, BETA);
    world_run (w, HBD_S (1));
    assert_where (w, "BBB");
    g_assert_cmpuint (w->node[ALPHA].replies, ==, 1);
    g_assert_true (w->node[ALPHA].reply_ok);
    g_assert_false (said (w, "grant-withdrawn"));
    world_command (w, ALPHA, CRM_COMMAND_TAKEOVER, CRM_HOLD_LOCAL, NULL);
    world_run (w, HBD_S (1));
    assert_where (w, "ABA");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/takeover/start/together-without-waiting",
                     test_start_together_without_waiting);
    g_test_add_func ("/takeover/start/alone-takes-all", test_start_alone_takes_all);
    g_test_add_func ("/takeover/join/failback-moves-what-prefers-the-newcomer",
                     test_join_with_failback_moves_what_prefers_the_newcomer);
    g_test_add_func ("/takeover/death/is-taken-over-and-comes-back",
                     test_death_is_taken_over_and_comes_back);
    g_test_add_func ("/takeover/death/is-announced-once-more-when-the-peer-is-back",
                     test_death_is_announced_once_more_when_the_peer_is_back);
    g_test_add_func ("/takeover/standby/costs-one-stop-one-message-one-start",
                     test_standby_costs_one_stop_one_message_one_start);
    g_test_add_func ("/takeover/standby/every-class-moves-both-ways",
                     test_every_class_moves_both_ways);
    g_test_add_func ("/takeover/stop/hands-over-at-once", test_graceful_stop_hands_over_at_once);
    g_test_add_func ("/takeover/failed/goes-to-the-peer-once",
                     test_failed_start_goes_to_the_peer_once);
    g_test_add_func ("/takeover/failed/on-both-stays-failed", test_failed_on_both_stays_failed);
    g_test_add_func ("/takeover/stuck/is-started-nowhere-else", test_stuck_is_started_nowhere_else);
    g_test_add_func ("/takeover/split/heals-without-stopping-the-winner",
                     test_split_heals_without_stopping_the_winner);
    g_test_add_func ("/takeover/pause/lets-go-and-asks", test_paused_node_lets_go_and_asks);
    g_test_add_func ("/takeover/pause/of-both-starts-again", test_both_paused_start_again);
    g_test_add_func ("/takeover/engine/restart-keeps-what-runs",
                     test_engine_restart_keeps_what_runs);
    g_test_add_func ("/takeover/manager/restart-is-invisible", test_manager_restart_is_invisible);
    g_test_add_func ("/takeover/command/group-stop-outlives-its-node",
                     test_group_stop_outlives_its_node);
    g_test_add_func ("/takeover/command/group-move", test_group_move);
    g_test_add_func ("/takeover/command/refused-with-a-reason",
                     test_commands_are_refused_with_a_reason);
    g_test_add_func ("/takeover/command/wish-of-a-dead-owner-is-fulfilled-here",
                     test_wish_of_a_dead_owner_is_fulfilled_here);
    g_test_add_func ("/takeover/command/stop-of-a-group-that-goes-is-passed-on",
                     test_stop_of_a_group_that_goes_is_passed_on);
    g_test_add_func ("/takeover/command/start-against-a-standing-stop-is-answered",
                     test_start_against_a_standing_stop_is_answered);
    g_test_add_func ("/takeover/split/short-one-stops-who-has-only-begun",
                     test_short_cut_stops_who_has_only_begun);
    g_test_add_func ("/takeover/command/takeover-of-what-cannot-run-here-fails",
                     test_takeover_of_what_cannot_run_here_fails);
    g_test_add_func ("/takeover/command/peer-that-does-not-begin-is-given-ten-seconds",
                     test_peer_that_does_not_begin_is_given_ten_seconds);
    g_test_add_func ("/takeover/pause/shutdone-of-before-is-not-believed",
                     test_shutdone_of_before_a_pause_is_not_believed);
    g_test_add_func ("/takeover/engine/takes-a-grant-and-restarts",
                     test_grant_taken_by_an_engine_that_restarts);
    return g_test_run ();
}
