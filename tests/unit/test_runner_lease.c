/* SPDX-License-Identifier: Apache-2.0 */
/* Held addresses: renewal, lapse, an engine that is gone, a third party that removes. In these
 * worlds the lease is 1 s, renewed every 250 ms, and the engine has 2 s. */
#include "config.h"

#include "tests/unit/runner_world.h"

#include <string.h>

static World *
running_world (const char *shape)
{
    World *w = world_new (shape);

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    world_simple (w, CRM_RUNNER_BEAT);
    g_string_truncate (w->trace, 0);
    g_string_truncate (w->records, 0);
    return w;
}

static guint
count (const World *w, const char *line)
{
    g_auto (GStrv) parts = g_strsplit (w->trace->str, line, -1);

    return g_strv_length (parts) - 1;
}

static void
test_beats_renew_not_too_often (void)
{
    g_autoptr (World) w = running_world ("apa");

    for (guint i = 0; i < 1000; i++) { /* 10 s of beats every 10 ms */
        w->now += HBD_MS (10);
        world_simple (w, CRM_RUNNER_BEAT);
    }
    g_assert_cmpuint (count (w, "renew 0.0\n"), ==, 40);
    g_assert_cmpuint (count (w, "renew 0.2\n"), ==, 40);
    g_assert_cmpuint (count (w, "renew 0.1\n"), ==, 0);
    g_assert_cmpstr (w->records->str, ==, "");
}

static void
test_lapsed_lease_is_not_renewed (void)
{
    g_autoptr (World) w = running_world ("ap");

    w->now += HBD_MS (999);
    world_simple (w, CRM_RUNNER_BEAT);
    world_expect (w, "renew 0.0\n");
    w->now += HBD_MS (1000);
    world_simple (w, CRM_RUNNER_BEAT);
    world_expect (w, "drop 0.0\njournal 0.0 stopped\ngroup 0 unknown\n");
    g_assert_true (world_has_record (w, "lease.lapsed"));
    g_assert_true (w->res[0][1].runs);
}

static void
test_lapsed_group_goes_on_when_the_engine_says_so (void)
{
    g_autoptr (World) w = running_world ("ap");

    w->now += HBD_MS (1500);
    world_simple (w, CRM_RUNNER_BEAT);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    g_assert_true (w->res[0][0].runs);
    g_assert_cmpuint (w->res[0][1].starts, ==, 1);
    g_assert_cmpuint (w->res[0][1].stops, ==, 0);
}

static void
test_lapsed_group_stops_when_the_engine_says_nothing (void)
{
    g_autoptr (World) w = running_world ("ap");

    w->now += HBD_MS (1500);
    world_simple (w, CRM_RUNNER_BEAT);
    world_beat_for (w, HBD_MS (1100));
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_false (w->res[0][1].runs);
}

/* The whole node stood still while a start was under way: the other machine may have the address
 * by now. The engine's beat, or its stop, comes before the start goes on. */
static void
test_start_of_before_a_pause_waits_for_a_beat (void)
{
    g_autoptr (World) w = world_new ("pa");

    world_start (w);
    world_simple (w, CRM_RUNNER_BEAT);
    world_request (w, CRM_REQUEST_START, 0);
    world_answer (w); /* start 0.0 is in flight */
    w->now += HBD_S (5);
    g_string_truncate (w->trace, 0);
    world_drain (w);
    g_assert_false (w->res[0][1].runs);
    g_assert_cmpuint (count (w, "start 0.1"), ==, 0);
    world_simple (w, CRM_RUNNER_BEAT);
    world_drain (w);
    g_assert_true (w->res[0][1].runs);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
}

/* The same where the request itself lay unread. */
static void
test_request_of_before_a_pause_waits_for_a_beat (void)
{
    g_autoptr (World) w = world_new ("a");

    world_start (w);
    world_simple (w, CRM_RUNNER_BEAT);
    w->now += HBD_S (5);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_false (w->res[0][0].runs);
    world_request (w, CRM_REQUEST_STOP, 0);
    world_simple (w, CRM_RUNNER_BEAT);
    world_drain (w);
    g_assert_false (w->res[0][0].runs);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
}

static void
test_lapse_of_an_address_alone_ends_in_stopped (void)
{
    g_autoptr (World) w = running_world ("a");

    w->now += HBD_MS (1500);
    world_simple (w, CRM_RUNNER_BEAT);
    world_request (w, CRM_REQUEST_STOP, 0);
    world_expect (w, "drop 0.0\njournal 0.0 stopped\ngroup 0 unknown\ngroup 0 stopped\n");
}

/* The address must not come back because a start of another resource was still under way. */
static void
test_lapse_while_starting_waits_for_the_engine (void)
{
    g_autoptr (World) w = world_new ("ap");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_answer (w); /* start 0.1 is in flight */
    w->now += HBD_MS (1200);
    world_simple (w, CRM_RUNNER_BEAT);
    g_string_truncate (w->trace, 0);
    world_drain (w);
    world_expect (w, "journal 0.1 running\n");
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_UNKNOWN);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    g_assert_cmpuint (w->res[0][1].starts, ==, 1);
}

static void
test_lapse_while_starting_then_failure_stops (void)
{
    g_autoptr (World) w = world_new ("ap");

    world_start (w);
    world_force (w, 0, 1, CRM_ACTION_START, CRM_RC_GENERIC, 1);
    world_request (w, CRM_REQUEST_START, 0);
    world_answer (w);
    w->now += HBD_MS (1200);
    world_simple (w, CRM_RUNNER_BEAT);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_FAILED);
    g_assert_false (w->res[0][0].runs);
}

static void
test_silent_engine_loses_addresses_first (void)
{
    g_autoptr (World) w = running_world ("apa");

    world_pass (w, HBD_MS (1999));
    world_expect (w, "");
    world_pass (w, HBD_MS (2));
    world_expect (w, "drop 0.0\njournal 0.0 stopped\ndrop 0.2\njournal 0.2 stopped\n"
                     "group 0 stopping\njournal 0.1 stopping\nstop 0.1\n");
    g_assert_true (world_has_record (w, "engine.lost"));
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    world_pass (w, HBD_S (60)); /* said once */
    g_assert_cmpuint (count (w, "group 0 stopped\n"), ==, 1);
}

static void
test_engine_back_in_time_changes_nothing (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_engine (w, false);
    world_pass (w, HBD_MS (600));
    world_engine (w, true);
    world_simple (w, CRM_RUNNER_BEAT);
    world_pass (w, HBD_MS (100));
    world_expect (w, "group 0 running\nrenew 0.0\n");
}

static void
test_engine_that_restarts_without_a_beat_is_lost (void)
{
    g_autoptr (World) w = running_world ("a");

    for (guint i = 0; i < 10; i++) {
        world_engine (w, false);
        world_pass (w, HBD_MS (150));
        world_engine (w, true);
        world_pass (w, HBD_MS (100));
    }
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_false (w->res[0][0].runs);
}

static void
test_engine_lost_while_starting_stops (void)
{
    g_autoptr (World) w = world_new ("app");
    g_autofree char *picture = NULL;

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_answer (w);
    world_pass (w, HBD_S (3)); /* start 0.1 takes long, no beat comes */
    g_assert_false (w->res[0][0].runs);
    world_drain (w);
    picture = world_picture (w);
    g_assert_cmpstr (picture, ==, "---");
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_cmpuint (w->res[0][2].starts, ==, 0);
}

static void
test_queued_start_dies_with_the_engine (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_request (w, CRM_REQUEST_STOP, 0);
    world_request (w, CRM_REQUEST_START, 0);
    world_pass (w, HBD_S (3));
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
}

static void
test_engine_that_comes_back_can_start_again (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_pass (w, HBD_S (3));
    world_drain (w);
    world_simple (w, CRM_RUNNER_BEAT);
    g_assert_true (world_has_record (w, "engine.back"));
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    world_beat_for (w, HBD_S (5));
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
}

/* We were frozen, not the engine: the address goes at once, the server stays when the engine, whose
 * word comes next, still wants it. */
static void
test_frozen_manager_lets_go_then_asks (void)
{
    g_autoptr (World) w = running_world ("ap");

    w->now += HBD_S (10);
    world_simple (w, CRM_RUNNER_TIMER);
    world_expect (w, "drop 0.0\njournal 0.0 stopped\ngroup 0 unknown\n");
    g_assert_true (world_has_record (w, "manager.away"));
    world_simple (w, CRM_RUNNER_BEAT);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    g_assert_cmpuint (w->res[0][1].stops, ==, 0);
}

static void
test_frozen_manager_without_engine_stops (void)
{
    g_autoptr (World) w = running_world ("ap");

    w->now += HBD_S (10);
    world_simple (w, CRM_RUNNER_TIMER);
    world_pass (w, HBD_MS (1001));
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_false (w->res[0][1].runs);
}

static void
test_removed_address_is_put_back (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_address_gone (w, 0, 0);
    world_expect (w, "probe 0.0\njournal 0.0 starting\nstart 0.0\njournal 0.0 running\n"
                     "announce 0.0\n");
    g_assert_true (world_has_record (w, "address.removed"));
    g_assert_cmpint (crm_runner_group_state (w->runner, 0), ==, CRM_GROUP_RUNNING);
}

static void
test_removed_again_and_again_fails_the_group (void)
{
    g_autoptr (World) w = running_world ("ap");

    for (guint i = 0; i < 3; i++)
        world_address_gone (w, 0, 0);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    world_address_gone (w, 0, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_FAILED);
    g_assert_false (w->res[0][1].runs);
}

static void
test_removed_now_and_then_is_put_back_for_ever (void)
{
    g_autoptr (World) w = running_world ("a");

    for (guint i = 0; i < 20; i++) {
        world_address_gone (w, 0, 0);
        g_assert_true (w->res[0][0].runs);
        world_beat_for (w, HBD_S (30));
    }
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
}

/* The kernel's own removal at the end of the lease looks the same and must not be undone. */
static void
test_address_gone_with_an_old_lease_is_not_put_back (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_engine (w, false);
    world_pass (w, HBD_MS (700));
    world_address_gone (w, 0, 0);
    world_expect (w, "drop 0.0\njournal 0.0 stopped\ngroup 0 unknown\n");
    g_assert_false (w->res[0][0].runs);
    world_engine (w, true);
    world_simple (w, CRM_RUNNER_BEAT);
    g_assert_false (w->res[0][0].runs); /* only a START brings it back */
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_true (w->res[0][0].runs);
}

static void
test_address_gone_while_stopping_is_fine (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_request (w, CRM_REQUEST_STOP, 0);
    world_address_gone (w, 0, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_cmpuint (w->res[0][0].starts, ==, 1);
}

static void
test_address_removed_while_the_rest_starts (void)
{
    g_autoptr (World) w = world_new ("ap");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_answer (w);
    world_address_gone (w, 0, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    g_assert_true (w->res[0][0].runs);
}

static void
test_adopted_address_is_renewed_only_by_a_beat (void)
{
    g_autoptr (World) w = running_world ("a");

    world_crash (w, false);
    world_simple (w, CRM_RUNNER_START);
    world_expect (w, "probe 0.0\ngroup 0 running\n");
    world_engine (w, true);
    world_simple (w, CRM_RUNNER_BEAT);
    world_expect (w, "group 0 running\nrenew 0.0\n");
}

/* It was gone when the first renewal looked: nobody knows for how long. */
static void
test_adopted_address_that_lapsed_is_not_put_back (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_crash (w, false);
    world_simple (w, CRM_RUNNER_START);
    world_drain (w);
    world_engine (w, true);
    world_address_gone (w, 0, 0);
    g_assert_false (w->res[0][0].runs);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_UNKNOWN);
}

/* Its probe was answered in time, the lease ran out before the others' probes were. */
static void
test_address_gone_while_the_rest_is_probed (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_crash (w, false);
    world_simple (w, CRM_RUNNER_START); /* the address's probe is answered at once */
    world_address_gone (w, 0, 0);
    world_drain (w);
    g_assert_cmpint (crm_runner_group_state (w->runner, 0), ==, CRM_GROUP_UNKNOWN);
    world_engine (w, true);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    g_assert_true (w->res[0][0].runs);
    g_assert_cmpuint (w->res[0][1].starts, ==, 1);
}

static void
test_lapsed_in_the_managers_absence_waits_for_the_engine (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_crash (w, false);
    w->res[0][0].runs = false; /* the kernel let go meanwhile */
    world_simple (w, CRM_RUNNER_START);
    world_drain (w);
    g_assert_cmpint (crm_runner_group_state (w->runner, 0), ==, CRM_GROUP_UNKNOWN);
    world_engine (w, true);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    g_assert_cmpuint (w->res[0][1].starts, ==, 1);
}

static void
test_without_a_lease_nothing_is_renewed (void)
{
    g_autoptr (World) w = world_new ("a");

    w->config.lease_us = 0;
    crm_runner_free (w->runner);
    w->runner = crm_runner_new (&w->config, w->now);
    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_beat_for (w, HBD_S (1));
    g_assert_cmpuint (count (w, "renew"), ==, 0);
    world_pass (w, HBD_S (3)); /* but a lost engine still loses it */
    g_assert_false (w->res[0][0].runs);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/runner/" path, func)
    ADD ("lease/beats-renew-not-too-often", test_beats_renew_not_too_often);
    ADD ("lease/lapsed-is-not-renewed", test_lapsed_lease_is_not_renewed);
    ADD ("lapse/goes-on-when-the-engine-says-so",
         test_lapsed_group_goes_on_when_the_engine_says_so);
    ADD ("lapse/stops-when-the-engine-says-nothing",
         test_lapsed_group_stops_when_the_engine_says_nothing);
    ADD ("lapse/of-an-address-alone", test_lapse_of_an_address_alone_ends_in_stopped);
    ADD ("lapse/while-starting", test_lapse_while_starting_waits_for_the_engine);
    ADD ("lapse/while-starting-then-failure", test_lapse_while_starting_then_failure_stops);
    ADD ("pause/start-under-way-waits-for-a-beat", test_start_of_before_a_pause_waits_for_a_beat);
    ADD ("pause/request-waits-for-a-beat", test_request_of_before_a_pause_waits_for_a_beat);
    ADD ("engine/silent-loses-addresses-first", test_silent_engine_loses_addresses_first);
    ADD ("engine/back-in-time-changes-nothing", test_engine_back_in_time_changes_nothing);
    ADD ("engine/restarts-without-a-beat", test_engine_that_restarts_without_a_beat_is_lost);
    ADD ("engine/lost-while-starting", test_engine_lost_while_starting_stops);
    ADD ("engine/queued-start-dies-with-it", test_queued_start_dies_with_the_engine);
    ADD ("engine/back-can-start-again", test_engine_that_comes_back_can_start_again);
    ADD ("frozen/lets-go-then-asks", test_frozen_manager_lets_go_then_asks);
    ADD ("frozen/without-engine-stops", test_frozen_manager_without_engine_stops);
    ADD ("address/removed-is-put-back", test_removed_address_is_put_back);
    ADD ("address/removed-again-and-again", test_removed_again_and_again_fails_the_group);
    ADD ("address/removed-now-and-then", test_removed_now_and_then_is_put_back_for_ever);
    ADD ("address/gone-with-an-old-lease", test_address_gone_with_an_old_lease_is_not_put_back);
    ADD ("address/gone-while-stopping", test_address_gone_while_stopping_is_fine);
    ADD ("address/removed-while-the-rest-starts", test_address_removed_while_the_rest_starts);
    ADD ("adopted/renewed-only-by-a-beat", test_adopted_address_is_renewed_only_by_a_beat);
    ADD ("adopted/lapsed-is-not-put-back", test_adopted_address_that_lapsed_is_not_put_back);
    ADD ("adopted/gone-while-the-rest-is-probed", test_address_gone_while_the_rest_is_probed);
    ADD ("adopted/lapsed-in-absence", test_lapsed_in_the_managers_absence_waits_for_the_engine);
    ADD ("lease/off-renews-nothing", test_without_a_lease_nothing_is_renewed);
    return g_test_run ();
}
