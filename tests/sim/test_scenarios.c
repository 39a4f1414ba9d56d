/* SPDX-License-Identifier: Apache-2.0 */
/* Short stories on the simulated cluster: one event each, and what must come of it, with times.
 * Plain world: group0 (an address, prefers alpha), group1 (address and service, prefers beta). */
#include "config.h"

#include "tests/sim/sim.h"

#define ALPHA 0u
#define BETA  1u

static HbdTime
since (const SimWorld *w, guint node, guint group)
{
    return w->node[node].res[group][0].since;
}

static SimWorld *
world_new (CrmFailback failback)
{
    SimConfig cfg;

    sim_config_plain (&cfg);
    cfg.failback = failback;
    return sim_world_new (&cfg, g_test_verbose () ? stdout : NULL);
}

static void
assert_sound (const SimWorld *w)
{
    if (w->violation != NULL)
        g_error ("t=%.6f %s", (double) w->now / 1e6, w->violation);
}

/* Run until everything is settled, @span at most; the time it took. */
static HbdTime
settle_within (SimWorld *w, HbdTime span)
{
    HbdTime begun = w->now;
    g_autofree char *why = NULL;

    while (w->violation == NULL && !sim_is_settled (w, NULL) && w->now < begun + span)
        sim_run_for (w, HBD_MS (10));
    assert_sound (w);
    if (!sim_is_settled (w, &why))
        g_error ("not settled after %.3f s: %s", (double) span / 1e6, why);
    return w->now - begun;
}

static SimWorld *
world_running (CrmFailback failback)
{
    SimWorld *w = world_new (failback);

    sim_power_on (w, ALPHA);
    sim_power_on (w, BETA);
    settle_within (w, HBD_S (4));
    sim_run_for (w, HBD_S (5));
    assert_sound (w);
    return w;
}

static const CrmFailback modes[] = { CRM_FAILBACK_ON, CRM_FAILBACK_OFF, CRM_FAILBACK_LEGACY };

static void
test_start_together_is_fast (void)
{
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
        SimConfig cfg;
        g_autoptr (SimWorld) w = NULL;

        sim_config_plain (&cfg);
        cfg.failback = modes[m];
        cfg.keepalive_us = HBD_MS (200);
        cfg.deadtime_us = HBD_S (1);
        w = sim_world_new (&cfg, g_test_verbose () ? stdout : NULL);
        sim_power_on (w, ALPHA);
        sim_power_on (w, BETA);
        settle_within (w, HBD_MS (1500));
        g_assert_cmpint (sim_owner (w, 0), ==, ALPHA);
        g_assert_cmpint (sim_owner (w, 1), ==, BETA);
    }
}

static void
test_start_alone_waits_for_initdead (void)
{
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
        g_autoptr (SimWorld) w = world_new (modes[m]);

        sim_power_on (w, BETA);
        sim_run_for (w, w->cfg.initdead_us);
        g_assert_cmpint (sim_owner (w, 0), ==, -1);
        sim_run_for (w, HBD_MS (600));
        g_assert_cmpint (sim_owner (w, 0), ==, BETA);
        g_assert_cmpint (sim_owner (w, 1), ==, BETA);
        assert_sound (w);
    }
}

static void
test_death_is_noticed_at_deadtime (void)
{
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
        g_autoptr (SimWorld) w = world_running (modes[m]);
        HbdTime died = w->now, outage;

        sim_power_off (w, ALPHA);
        sim_run_for (w, w->cfg.deadtime_us + HBD_MS (60));
        assert_sound (w);
        g_assert_cmpint (sim_owner (w, 0), ==, BETA);
        outage = since (w, BETA, 0) - died;
        g_assert_cmpint (outage, >=, w->cfg.deadtime_us - w->cfg.keepalive_us - HBD_MS (60));
        g_assert_cmpint (outage, <=, w->cfg.deadtime_us + HBD_MS (60));
    }
}

static void
test_return_fails_back_only_when_asked (void)
{
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
        g_autoptr (SimWorld) w = world_running (modes[m]);

        sim_power_off (w, ALPHA);
        sim_run_for (w, HBD_S (6));
        sim_power_on (w, ALPHA);
        settle_within (w, HBD_S (10));
        sim_run_for (w, HBD_S (5));
        settle_within (w, HBD_MS (10));
        g_assert_cmpint (sim_owner (w, 0), ==, modes[m] == CRM_FAILBACK_OFF ? BETA : ALPHA);
        g_assert_cmpint (sim_owner (w, 1), ==, BETA);
    }
}

static void
test_graceful_stop_hands_over_at_once (void)
{
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
        g_autoptr (SimWorld) w = world_running (modes[m]);

        sim_daemon_stop (w, ALPHA);
        sim_run_for (w, HBD_S (1));
        assert_sound (w);
        g_assert_cmpint (sim_owner (w, 0), ==, BETA);
        g_assert_cmpint (since (w, BETA, 0) - since (w, ALPHA, 0), <=, HBD_MS (30));
        sim_run_for (w, HBD_S (10));
        assert_sound (w);
        g_assert_false (w->node[ALPHA].is_wanted);
    }
}

static void
test_standby_moves_within_30_ms (void)
{
    for (guint m = 0; m < 2; m++) {
        g_autoptr (SimWorld) w = world_running (modes[m]);

        g_assert_cmpuint (sim_command (w, ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, -1), !=, 0);
        sim_run_for (w, HBD_S (1));
        settle_within (w, HBD_MS (10));
        g_assert_cmpint (sim_owner (w, 0), ==, BETA);
        g_assert_cmpint (since (w, BETA, 0) - since (w, ALPHA, 0), <=, HBD_MS (30));
        /* and back, asked by the one that wants it */
        sim_command (w, ALPHA, CRM_COMMAND_TAKEOVER, CRM_HOLD_LOCAL, -1);
        sim_run_for (w, HBD_S (1));
        settle_within (w, HBD_MS (10));
        g_assert_cmpint (sim_owner (w, 0), ==, ALPHA);
        g_assert_cmpint (since (w, ALPHA, 0) - since (w, BETA, 0), <=, HBD_MS (30));
    }
}

/* Nobody can hear: this documents the split; the heal keeps the winner as it is. */
static void
test_split_heals_without_stopping_the_winner (void)
{
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
        g_autoptr (SimWorld) w = world_running (modes[m]);
        HbdTime healed;

        sim_split (w, HBD_S (10));
        sim_run_for (w, HBD_S (10));
        for (guint g = 0; g < w->cfg.n_groups; g++)
            g_assert_cmpuint (sim_active_count (w, g), ==, 2);
        healed = w->now;
        settle_within (w, w->cfg.deadtime_us);
        for (guint g = 0; g < w->cfg.n_groups; g++) {
            guint owner = (guint) sim_owner (w, g);

            g_assert_cmpint (since (w, owner, g), <, healed);
            if (modes[m] != CRM_FAILBACK_OFF)
                g_assert_cmpuint (owner, ==, w->cfg.preferred[g]);
        }
        sim_run_for (w, HBD_S (20));
        settle_within (w, HBD_MS (10));
    }
}

static void
test_short_cut_moves_nothing (void)
{
    g_autoptr (SimWorld) w = world_running (CRM_FAILBACK_ON);
    HbdTime before[] = { since (w, ALPHA, 0), since (w, BETA, 1) };

    sim_split (w, HBD_MS (2800)); /* deadtime 4 s, keepalive 1 s */
    sim_run_for (w, HBD_S (10));
    settle_within (w, HBD_MS (10));
    g_assert_cmpint (since (w, ALPHA, 0), ==, before[0]);
    g_assert_cmpint (since (w, BETA, 1), ==, before[1]);
}

/* A frozen node loses its addresses by lease before the other one takes them, and does not take
 * them back when it wakes up. */
static void
test_long_pause_lets_go_first (void)
{
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
        g_autoptr (SimWorld) w = world_running (modes[m]);
        HbdTime frozen = w->now;

        sim_pause (w, ALPHA, SIM_ENGINE, HBD_S (7));
        sim_pause (w, ALPHA, SIM_MANAGER, HBD_S (7));
        sim_run_for (w, HBD_MS (1300));
        g_assert_false (sim_group_active (w, ALPHA, 0));
        g_assert_cmpint (since (w, ALPHA, 0) - frozen, <=, HBD_MS (1300));
        sim_run_for (w, HBD_MS (3700));
        g_assert_cmpint (sim_owner (w, 0), ==, BETA);
        sim_run_for (w, HBD_S (4));
        settle_within (w, HBD_S (8));
        sim_run_for (w, HBD_S (10));
        settle_within (w, HBD_MS (10));
    }
}

/* A pause that ends about when the other one gives up, with a slow network: whoever of the two is
 * first, the address is never on both. */
static void
test_pause_of_one_deadtime_is_safe (void)
{
    SimConfig cfg;

    sim_config_plain (&cfg);
    cfg.jitter_us = HBD_MS (200); /* the last status was fast, the next one is slow */
    for (HbdTime span = HBD_MS (2900); span < HBD_MS (4100); span += HBD_MS (10)) {
        g_autoptr (SimWorld) w = NULL;

        cfg.seed = (guint64) span;
        w = sim_world_new (&cfg, g_test_verbose () ? stdout : NULL);
        sim_power_on (w, ALPHA);
        sim_power_on (w, BETA);
        settle_within (w, HBD_S (4));
        sim_run_for (w, HBD_S (3));
        sim_pause (w, ALPHA, SIM_ENGINE, span);
        sim_pause (w, ALPHA, SIM_MANAGER, span);
        sim_run_for (w, HBD_S (5));
        settle_within (w, HBD_S (8));
    }
}

static void
test_short_pause_moves_nothing (void)
{
    g_autoptr (SimWorld) w = world_running (CRM_FAILBACK_OFF);

    sim_pause (w, ALPHA, SIM_ENGINE, HBD_S (2));
    sim_pause (w, ALPHA, SIM_MANAGER, HBD_S (2));
    sim_run_for (w, HBD_S (5));
    settle_within (w, HBD_S (5));
    g_assert_cmpint (sim_owner (w, 0), ==, ALPHA);
}

static void
test_engine_crash_is_invisible_to_clients (void)
{
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
        g_autoptr (SimWorld) w = world_running (modes[m]);
        HbdTime before = since (w, ALPHA, 0);

        for (guint i = 0; i < 5; i++) {
            sim_kill (w, ALPHA, SIM_ENGINE);
            sim_run_for (w, HBD_MS (400));
            assert_sound (w);
        }
        sim_run_for (w, HBD_S (5));
        settle_within (w, HBD_S (8));
        g_assert_cmpint (sim_owner (w, 0), ==, ALPHA);
        g_assert_cmpint (since (w, ALPHA, 0), ==, before);
    }
}

static void
test_manager_crash_is_invisible_to_clients (void)
{
    g_autoptr (SimWorld) w = world_running (CRM_FAILBACK_ON);
    HbdTime before[] = { since (w, ALPHA, 0), since (w, BETA, 1) };

    for (guint i = 0; i < 5; i++) {
        sim_kill (w, ALPHA, SIM_MANAGER);
        sim_kill (w, BETA, SIM_MANAGER);
        sim_run_for (w, HBD_MS (300));
        assert_sound (w);
    }
    settle_within (w, HBD_S (3));
    g_assert_cmpint (since (w, ALPHA, 0), ==, before[0]);
    g_assert_cmpint (since (w, BETA, 1), ==, before[1]);
}

/* kill -9 of one process after its k-th action from a standby on, for every k. */
static void
crash_at_every_action (SimProcKind kind, guint victim)
{
    for (guint m = 0; m < 2; m++) {
        for (guint k = 1; k <= 40; k++) {
            g_autoptr (SimWorld) w = world_running (modes[m]);
            SimProc *p = &w->node[victim].proc[kind];

            p->crash_after = k;
            sim_command (w, BETA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, -1);
            sim_run_for (w, HBD_S (2));
            p->crash_after = 0;
            settle_within (w, HBD_S (25));
        }
    }
}

static void
test_manager_crash_between_any_two_requests (void)
{
    crash_at_every_action (SIM_MANAGER, BETA);
    crash_at_every_action (SIM_MANAGER, ALPHA);
}

static void
test_engine_crash_between_any_two_actions (void)
{
    crash_at_every_action (SIM_ENGINE, BETA);
    crash_at_every_action (SIM_ENGINE, ALPHA);
}

static void
test_failed_stop_starts_nothing_elsewhere (void)
{
    for (guint m = 0; m < 2; m++) {
        g_autoptr (SimWorld) w = world_running (modes[m]);

        w->node[BETA].res[1][1].stop_fails = 20;
        w->agents_until = w->now + HBD_S (100);
        sim_command (w, BETA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, -1);
        sim_run_for (w, HBD_S (30));
        assert_sound (w);
        g_assert_cmpint (w->node[BETA].told[1], ==, CRM_GROUP_STUCK);
        g_assert_false (sim_group_active (w, ALPHA, 1));
        sim_daemon_stop (w, BETA); /* not even when the node leaves */
        sim_run_for (w, HBD_S (60));
        assert_sound (w);
        g_assert_false (sim_group_active (w, ALPHA, 1));
    }
}

static void
test_failed_start_goes_elsewhere (void)
{
    g_autoptr (SimWorld) w = world_running (CRM_FAILBACK_OFF);

    w->node[ALPHA].res[1][1].start_fails = 20;
    w->agents_until = w->now + HBD_S (100);
    sim_command (w, BETA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, -1);
    sim_run_for (w, HBD_S (20));
    assert_sound (w);
    g_assert_cmpint (sim_owner (w, 1), ==, BETA);
}

static void
test_all_killed_lets_go_by_lease (void)
{
    g_autoptr (SimWorld) w = world_running (CRM_FAILBACK_ON);
    HbdTime killed = w->now;

    sim_kill_all (w, ALPHA);
    sim_run_for (w, HBD_MS (1300));
    g_assert_false (sim_group_active (w, ALPHA, 0));
    g_assert_cmpint (since (w, ALPHA, 0) - killed, <=, HBD_MS (1300));
    sim_run_for (w, HBD_S (4));
    g_assert_cmpint (sim_owner (w, 0), ==, BETA);
    sim_daemon_start (w, ALPHA);
    settle_within (w, HBD_S (10));
}

static void
test_steady_cluster_is_silent (void)
{
    g_autoptr (SimWorld) w = world_running (CRM_FAILBACK_ON);

    sim_run_for (w, HBD_S (10));
    w->is_steady = true;
    sim_run_for (w, HBD_S (600));
    assert_sound (w);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/sim/" path, function)
    ADD ("start/together-is-fast", test_start_together_is_fast);
    ADD ("start/alone-waits-for-initdead", test_start_alone_waits_for_initdead);
    ADD ("death/is-noticed-at-deadtime", test_death_is_noticed_at_deadtime);
    ADD ("death/return-fails-back-only-when-asked", test_return_fails_back_only_when_asked);
    ADD ("stop/hands-over-at-once", test_graceful_stop_hands_over_at_once);
    ADD ("standby/moves-within-30-ms", test_standby_moves_within_30_ms);
    ADD ("split/heals-without-stopping-the-winner", test_split_heals_without_stopping_the_winner);
    ADD ("split/short-cut-moves-nothing", test_short_cut_moves_nothing);
    ADD ("pause/long-lets-go-first", test_long_pause_lets_go_first);
    ADD ("pause/of-one-deadtime-is-safe", test_pause_of_one_deadtime_is_safe);
    ADD ("pause/short-moves-nothing", test_short_pause_moves_nothing);
    ADD ("crash/engine-is-invisible", test_engine_crash_is_invisible_to_clients);
    ADD ("crash/manager-is-invisible", test_manager_crash_is_invisible_to_clients);
    ADD ("crash/manager-at-every-action", test_manager_crash_between_any_two_requests);
    ADD ("crash/engine-at-every-action", test_engine_crash_between_any_two_actions);
    ADD ("agents/failed-stop-starts-nothing-elsewhere", test_failed_stop_starts_nothing_elsewhere);
    ADD ("agents/failed-start-goes-elsewhere", test_failed_start_goes_elsewhere);
    ADD ("lease/all-killed-lets-go", test_all_killed_lets_go_by_lease);
    ADD ("steady/is-silent", test_steady_cluster_is_silent);
    return g_test_run ();
}
