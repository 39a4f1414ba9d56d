/* SPDX-License-Identifier: Apache-2.0 */
/* Stories: what the runner does, in which order, for each kind of request and answer. */
#include "config.h"

#include "tests/unit/runner_world.h"

#include <string.h>

#define START_AP                                                                                   \
    "group 0 starting\nprobe 0.0\njournal 0.0 starting\nstart 0.0\njournal 0.0 running\n"          \
    "announce 0.0\nprobe 0.1\n"

static World *
running_world (const char *shape)
{
    World *w = world_new (shape);

    world_start (w);
    for (guint i = 0; i < w->model->groups->len; i++)
        world_request (w, CRM_REQUEST_START, i);
    world_drain (w);
    for (guint i = 0; i < w->model->groups->len; i++)
        g_assert_cmpint (w->told[i], ==, CRM_GROUP_RUNNING);
    g_string_truncate (w->trace, 0);
    return w;
}

static void
test_group_starts_left_to_right (void)
{
    g_autoptr (World) w = world_new ("ap");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_expect (w, START_AP);
    world_answer (w); /* "not running" */
    world_expect (w, "journal 0.1 starting\nstart 0.1\n");
    g_assert_cmpint (crm_runner_group_state (w->runner, 0), ==, CRM_GROUP_STARTING);
    world_answer (w);
    world_expect (w, "journal 0.1 running\ngroup 0 running\n");
}

static void
test_group_stops_right_to_left (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_request (w, CRM_REQUEST_STOP, 0);
    world_expect (w, "group 0 stopping\njournal 0.1 stopping\nstop 0.1\n");
    world_answer (w);
    world_expect (w, "journal 0.1 stopped\njournal 0.0 stopping\nstop 0.0\njournal 0.0 stopped\n"
                     "group 0 stopped\n");
}

/* No timer, no program: requests are answered before anything else is read. */
static void
test_addresses_move_at_once (void)
{
    g_autoptr (World) w = world_new ("aa");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    world_request (w, CRM_REQUEST_STOP, 0);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_cmpint (crm_runner_deadline (w->runner), ==, HBD_TIME_NEVER);
}

static void
test_unknown_until_probed (void)
{
    g_autoptr (World) w = world_new ("p");

    g_assert_cmpint (crm_runner_group_state (w->runner, 0), ==, CRM_GROUP_UNKNOWN);
    world_simple (w, CRM_RUNNER_START);
    world_expect (w, "probe 0.0\n");
    g_assert_cmpint (crm_runner_group_state (w->runner, 0), ==, CRM_GROUP_UNKNOWN);
    world_answer (w);
    world_expect (w, "group 0 stopped\n");
}

static void
test_request_before_the_probe_is_kept (void)
{
    g_autoptr (World) w = world_new ("p");

    world_request (w, CRM_REQUEST_START, 0);
    world_simple (w, CRM_RUNNER_START);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
}

static void
test_repeated_requests_are_answered (void)
{
    g_autoptr (World) w = running_world ("ap");

    world_request (w, CRM_REQUEST_START, 0);
    world_expect (w, "group 0 running\n");
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    g_string_truncate (w->trace, 0);
    world_request (w, CRM_REQUEST_STOP, 0);
    world_expect (w, "group 0 stopped\n");
    g_assert_cmpuint (w->res[0][1].stops, ==, 1);
}

static void
test_server_enabled_at_boot_is_adopted (void)
{
    g_autoptr (World) w = world_new ("ap");

    w->res[0][1].runs = true;
    world_start (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED); /* not ours, left alone */
    g_assert_true (w->res[0][1].runs);
    g_assert_true (world_has_record (w, "resource.foreign"));
    world_request (w, CRM_REQUEST_STOP, 0);
    g_assert_true (w->res[0][1].runs);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
    g_assert_true (world_has_record (w, "resource.adopted"));
    g_assert_cmpuint (w->res[0][1].starts, ==, 0);
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    g_assert_false (w->res[0][1].runs); /* ours by now */
}

static void
test_stale_address_is_removed_at_start (void)
{
    g_autoptr (World) w = world_new ("ap");

    w->res[0][0].runs = true; /* no journal knows it */
    world_simple (w, CRM_RUNNER_START);
    world_drain (w);
    g_assert_false (w->res[0][0].runs);
    g_assert_true (world_has_record (w, "resource.stale"));
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
}

static void
test_failed_start_stops_what_was_started (void)
{
    g_autoptr (World) w = world_new ("ap");
    CrmResourceStatus status;

    world_start (w);
    world_force (w, 0, 1, CRM_ACTION_START, CRM_RC_GENERIC, 1);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    world_expect (w, START_AP "journal 0.1 starting\nstart 0.1\ngroup 0 stopping\n"
                              "journal 0.1 stopping\nstop 0.1\njournal 0.1 stopped\n"
                              "journal 0.0 stopping\nstop 0.0\njournal 0.0 stopped\n"
                              "group 0 failed rc=1 resource=1\n");
    status = crm_runner_resource_status (w->runner, 0, 1);
    g_assert_cmpstr (status.state, ==, "failed");
    g_assert_cmpint (status.rc, ==, CRM_RC_GENERIC);
    g_assert_cmpuint (status.failcount, ==, 1);
    g_assert_cmpstr (status.reason, ==, "because");
    world_request (w, CRM_REQUEST_START, 0); /* the decider may try again */
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
}

static void
test_start_that_times_out_fails (void)
{
    g_autoptr (World) w = world_new ("ap");

    world_start (w);
    world_force (w, 0, 1, CRM_ACTION_START, CRM_RC_TIMEOUT, 1);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_nonnull (strstr (w->trace->str, "group 0 failed rc=256 resource=1\n"));
    g_assert_false (w->res[0][0].runs);
}

static void
test_missing_agent_fails_without_a_stop (void)
{
    g_autoptr (World) w = world_new ("am");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    g_assert_null (strstr (w->trace->str, "start 0.1"));
    g_assert_null (strstr (w->trace->str, "stop 0.1"));
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_FAILED);
}

/* Exit code of the probe before a start (doc/crm.md 1.4) -> what follows. */
static const struct {
    int rc;
    CrmGroupState end;
    guint starts, stops;
} probe_rows[] = {
    { CRM_RC_OK, CRM_GROUP_RUNNING, 0, 0 },
    { CRM_RC_GENERIC, CRM_GROUP_RUNNING, 1, 1 },
    { CRM_RC_ARGS, CRM_GROUP_FAILED, 0, 0 },
    { CRM_RC_UNIMPLEMENTED, CRM_GROUP_RUNNING, 1, 0 },
    { CRM_RC_PERM, CRM_GROUP_FAILED, 0, 0 },
    { CRM_RC_NOT_INSTALLED, CRM_GROUP_FAILED, 0, 0 },
    { CRM_RC_NOT_CONFIGURED, CRM_GROUP_FAILED, 0, 0 },
    { CRM_RC_NOT_RUNNING, CRM_GROUP_RUNNING, 1, 0 },
    { CRM_RC_RUNNING_PROMOTED, CRM_GROUP_RUNNING, 0, 0 },
    { 9, CRM_GROUP_RUNNING, 1, 1 },
    { CRM_RC_DEGRADED, CRM_GROUP_RUNNING, 0, 0 },
    { CRM_RC_TIMEOUT, CRM_GROUP_RUNNING, 1, 1 },
    { CRM_RC_OK_UNSAID, CRM_GROUP_RUNNING, 1, 0 },
    { 137, CRM_GROUP_RUNNING, 1, 1 },
    { -5, CRM_GROUP_RUNNING, 1, 1 },
};

static void
test_probe_codes (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (probe_rows); i++) {
        g_autoptr (World) w = world_new ("p");

        g_test_message ("probe says %d", probe_rows[i].rc);
        world_start (w);
        world_force (w, 0, 0, CRM_ACTION_PROBE, probe_rows[i].rc, 1);
        world_request (w, CRM_REQUEST_START, 0);
        world_drain (w);
        g_assert_cmpint (w->told[0], ==, probe_rows[i].end);
        g_assert_cmpuint (w->res[0][0].starts, ==, probe_rows[i].starts);
        g_assert_cmpuint (w->res[0][0].stops, ==, probe_rows[i].stops);
    }
}

static const struct {
    int rc;
    CrmGroupState end;
} start_rows[] = {
    { CRM_RC_OK, CRM_GROUP_RUNNING },
    { CRM_RC_GENERIC, CRM_GROUP_FAILED },
    { CRM_RC_ARGS, CRM_GROUP_FAILED },
    { CRM_RC_UNIMPLEMENTED, CRM_GROUP_FAILED },
    { CRM_RC_PERM, CRM_GROUP_FAILED },
    { CRM_RC_NOT_INSTALLED, CRM_GROUP_FAILED },
    { CRM_RC_NOT_CONFIGURED, CRM_GROUP_FAILED },
    { CRM_RC_NOT_RUNNING, CRM_GROUP_FAILED },
    { CRM_RC_DEGRADED, CRM_GROUP_RUNNING },
    { CRM_RC_TIMEOUT, CRM_GROUP_FAILED },
    { 143, CRM_GROUP_FAILED },
};

static void
test_start_codes (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (start_rows); i++) {
        g_autoptr (World) w = world_new ("p");

        g_test_message ("start says %d", start_rows[i].rc);
        world_start (w);
        world_force (w, 0, 0, CRM_ACTION_START, start_rows[i].rc, 1);
        world_request (w, CRM_REQUEST_START, 0);
        world_drain (w);
        g_assert_cmpint (w->told[0], ==, start_rows[i].end);
    }
}

static void
test_failed_stop_that_stopped_is_enough (void)
{
    g_autoptr (World) w = running_world ("p");

    w->res[0][0].runs = false; /* it died; its stop says 1 all the same */
    world_force (w, 0, 0, CRM_ACTION_STOP, CRM_RC_GENERIC, 9);
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    world_expect (w, "group 0 stopping\njournal 0.0 stopping\nstop 0.0\nprobe 0.0\n"
                     "journal 0.0 stopped\ngroup 0 stopped\n");
}

static void
test_failed_stop_is_tried_once_more (void)
{
    g_autoptr (World) w = running_world ("p");

    world_force (w, 0, 0, CRM_ACTION_STOP, CRM_RC_TIMEOUT, 1);
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    world_expect (w, "group 0 stopping\njournal 0.0 stopping\nstop 0.0\nprobe 0.0\nstop 0.0\n"
                     "journal 0.0 stopped\ngroup 0 stopped\n");
}

static void
test_stuck_is_never_started_and_says_so (void)
{
    g_autoptr (World) w = running_world ("ap");

    w->res[0][1].keeps_running = true;
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    world_expect (w, "group 0 stopping\njournal 0.1 stopping\nstop 0.1\nprobe 0.1\nstop 0.1\n"
                     "probe 0.1\njournal 0.1 stuck\ngroup 0 stuck rc=1 resource=1\n");
    g_assert_true (world_has_record (w, "resource.stuck"));
    g_assert_true (w->res[0][0].runs); /* not taken from under it */
    world_request (w, CRM_REQUEST_START, 0);
    world_request (w, CRM_REQUEST_STOP, 0);
    world_expect (w, "group 0 stuck rc=1 resource=1\ngroup 0 stuck rc=1 resource=1\n");
    g_assert_cmpstr (crm_runner_resource_status (w->runner, 0, 1).state, ==, "failed");
}

static void
test_cleanup_clears_stuck_when_it_is_stopped (void)
{
    g_autoptr (World) w = running_world ("ap");

    w->res[0][1].keeps_running = true;
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    world_request (w, CRM_REQUEST_CLEANUP, 0); /* still running: stuck again */
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STUCK);
    w->res[0][1].keeps_running = false;
    w->res[0][1].runs = false; /* by hand */
    world_request (w, CRM_REQUEST_CLEANUP, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_false (w->res[0][0].runs);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_RUNNING);
}

static void
test_cleanup_of_failed_is_stopped (void)
{
    g_autoptr (World) w = world_new ("p");

    world_start (w);
    world_force (w, 0, 0, CRM_ACTION_START, CRM_RC_GENERIC, 1);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    world_request (w, CRM_REQUEST_CLEANUP, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_cmpuint (crm_runner_resource_status (w->runner, 0, 0).failcount, ==, 0);
    g_assert_cmpint (crm_runner_resource_status (w->runner, 0, 0).rc, ==, 0);
}

static void
test_unkillable_start_is_stuck_until_it_ends (void)
{
    g_autoptr (World) w = world_new ("p");
    CrmRunnerEvent late = { .kind = CRM_RUNNER_RESULT };

    world_start (w);
    world_force (w, 0, 0, CRM_ACTION_START, CRM_RC_UNKILLABLE, 1);
    world_request (w, CRM_REQUEST_START, 0);
    world_answer (w);
    late.result.op = g_array_index (w->ops, WorldOp, 0).op;
    late.result.rc = CRM_RC_TIMEOUT;
    world_answer (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STUCK);
    world_request (w, CRM_REQUEST_CLEANUP, 0); /* refused: it is still there */
    g_assert_cmpuint (w->ops->len, ==, 0);
    g_assert_true (world_has_record (w, "group.cleanup-refused"));
    world_event (w, &late);
    world_request (w, CRM_REQUEST_CLEANUP, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
}

static void
test_answer_that_never_comes_is_bounded (void)
{
    g_autoptr (World) w = world_new ("p");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_answer (w);
    g_array_set_size (w->ops, 0);   /* the start is lost */
    world_beat_for (w, HBD_S (80)); /* 60 s, and what the executor may take */
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STUCK);
}

static void
test_stop_while_starting_waits_then_stops (void)
{
    g_autoptr (World) w = world_new ("pp");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_answer (w);
    g_string_truncate (w->trace, 0);
    world_request (w, CRM_REQUEST_STOP, 0); /* start 0.0 is in flight */
    world_expect (w, "group 0 stopping\n");
    world_drain (w);
    world_expect (w, "journal 0.0 running\njournal 0.0 stopping\nstop 0.0\njournal 0.0 stopped\n"
                     "group 0 stopped\n");
    g_assert_cmpuint (w->res[0][1].starts, ==, 0);
}

static void
test_start_while_stopping_is_queued (void)
{
    g_autoptr (World) w = running_world ("p");

    world_request (w, CRM_REQUEST_STOP, 0);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    world_expect (w, "group 0 stopping\njournal 0.0 stopping\nstop 0.0\njournal 0.0 stopped\n"
                     "group 0 stopped\ngroup 0 starting\nprobe 0.0\njournal 0.0 starting\n"
                     "start 0.0\njournal 0.0 running\ngroup 0 running\n");
}

static void
test_last_request_wins (void)
{
    g_autoptr (World) w = running_world ("p");

    world_request (w, CRM_REQUEST_STOP, 0);
    world_request (w, CRM_REQUEST_START, 0);
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STOPPED);
    g_assert_cmpuint (w->res[0][0].starts, ==, 1);
}

static void
test_programs_in_parallel_are_bounded (void)
{
    g_autoptr (World) w = world_new ("p|p|p|p|p|p");

    w->config.max_parallel = 2;
    crm_runner_free (w->runner);
    w->runner = crm_runner_new (&w->config, w->now);
    world_start (w);
    for (guint i = 0; i < 6; i++)
        world_request (w, CRM_REQUEST_START, i);
    world_drain (w);
    for (guint i = 0; i < 6; i++)
        g_assert_cmpint (w->told[i], ==, CRM_GROUP_RUNNING);
    g_assert_cmpuint (w->max_ops, ==, 2);
}

static void
test_slow_group_does_not_hold_up_another (void)
{
    g_autoptr (World) w = world_new ("p|a");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_request (w, CRM_REQUEST_START, 1);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STARTING);
    g_assert_cmpint (w->told[1], ==, CRM_GROUP_RUNNING);
}

static void
test_announce_repeats_for_held_addresses (void)
{
    g_autoptr (World) w = running_world ("apa");

    world_request (w, CRM_REQUEST_ANNOUNCE, 0);
    world_expect (w, "announce 0.0\nannounce 0.2\n");
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    g_string_truncate (w->trace, 0);
    world_request (w, CRM_REQUEST_ANNOUNCE, 0);
    world_expect (w, "refer 0.0\nrefer 0.2\n");
}

static void
test_shutdown_stops_everything_then_says_so (void)
{
    g_autoptr (World) w = running_world ("ap|p");
    g_autofree char *picture = NULL;

    world_simple (w, CRM_RUNNER_SHUTDOWN);
    g_assert_cmpuint (w->released, ==, 0);
    world_request (w, CRM_REQUEST_START, 0); /* too late */
    world_drain (w);
    picture = world_picture (w);
    g_assert_cmpstr (picture, ==, "--|-");
    g_assert_cmpuint (w->released, ==, 1);
    world_simple (w, CRM_RUNNER_SHUTDOWN);
    g_assert_cmpuint (w->released, ==, 1);
}

static void
test_shutdown_with_a_stuck_group_drops_its_address (void)
{
    g_autoptr (World) w = running_world ("ap");

    w->res[0][1].keeps_running = true;
    world_simple (w, CRM_RUNNER_SHUTDOWN);
    world_drain (w);
    g_assert_cmpuint (w->released, ==, 1);
    g_assert_false (w->res[0][0].runs);
    g_assert_true (world_has_record (w, "resource.left-running"));
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STUCK);
}

static void
test_shutdown_before_start_is_released_at_once (void)
{
    g_autoptr (World) w = world_new ("ap");

    world_simple (w, CRM_RUNNER_SHUTDOWN);
    world_drain (w);
    g_assert_cmpuint (w->released, ==, 1);
    g_assert_cmpuint (w->res[0][0].starts + w->res[0][0].stops, ==, 0);
}

/* Numbers that name nothing, answers to nothing: no effect. */
static void
test_nonsense_changes_nothing (void)
{
    g_autoptr (World) w = running_world ("ap");
    const CrmRunnerEvent events[] = {
        { .kind = CRM_RUNNER_REQUEST, .request = { CRM_REQUEST_STOP, 7 } },
        { .kind = CRM_RUNNER_REQUEST, .request = { CRM_REQUEST_N, 0 } },
        { .kind = CRM_RUNNER_RESULT, .result = { 0, 1, NULL } },
        { .kind = CRM_RUNNER_RESULT, .result = { 99999, 1, "late" } },
        { .kind = CRM_RUNNER_ADDRESS, .address = { 0, 9 } },
        { .kind = CRM_RUNNER_ADDRESS, .address = { 9, 0 } },
        { .kind = CRM_RUNNER_ADDRESS, .address = { 0, 1 } },
        { .kind = CRM_RUNNER_EVENT_N },
        { .kind = CRM_RUNNER_START },
    };

    for (guint i = 0; i < G_N_ELEMENTS (events); i++)
        world_event (w, &events[i]);
    world_expect (w, "");
    g_assert_cmpstr (crm_runner_resource_status (w->runner, 3, 3).state, ==, "stopped");
    g_assert_cmpint (crm_runner_group_state (w->runner, 9), ==, CRM_GROUP_UNKNOWN);
    crm_runner_load_journal (w->runner, 0, 0, CRM_JOURNAL_STUCK); /* too late */
    g_assert_cmpint (crm_runner_group_state (w->runner, 0), ==, CRM_GROUP_RUNNING);
}

static void
test_new_engine_is_told_everything (void)
{
    g_autoptr (World) w = running_world ("a|a");

    world_request (w, CRM_REQUEST_STOP, 1);
    world_engine (w, false);
    g_string_truncate (w->trace, 0);
    world_engine (w, true);
    world_expect (w, "group 0 running\ngroup 1 stopped\n");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/runner/" path, func)
    ADD ("start/goes-left-to-right", test_group_starts_left_to_right);
    ADD ("stop/goes-right-to-left", test_group_stops_right_to_left);
    ADD ("addresses/move-at-once", test_addresses_move_at_once);
    ADD ("unknown/until-probed", test_unknown_until_probed);
    ADD ("request/before-the-probe-is-kept", test_request_before_the_probe_is_kept);
    ADD ("request/repeated-is-answered", test_repeated_requests_are_answered);
    ADD ("adopt/server-enabled-at-boot", test_server_enabled_at_boot_is_adopted);
    ADD ("stale/address-is-removed-at-start", test_stale_address_is_removed_at_start);
    ADD ("start/failure-stops-what-was-started", test_failed_start_stops_what_was_started);
    ADD ("start/timeout-fails", test_start_that_times_out_fails);
    ADD ("start/missing-agent-fails-without-a-stop", test_missing_agent_fails_without_a_stop);
    ADD ("codes/probe", test_probe_codes);
    ADD ("codes/start", test_start_codes);
    ADD ("stop/failed-but-stopped-is-enough", test_failed_stop_that_stopped_is_enough);
    ADD ("stop/failed-is-tried-once-more", test_failed_stop_is_tried_once_more);
    ADD ("stuck/is-never-started-and-says-so", test_stuck_is_never_started_and_says_so);
    ADD ("stuck/cleanup-clears-it-when-stopped", test_cleanup_clears_stuck_when_it_is_stopped);
    ADD ("failed/cleanup-makes-it-stopped", test_cleanup_of_failed_is_stopped);
    ADD ("unkillable/is-stuck-until-it-ends", test_unkillable_start_is_stuck_until_it_ends);
    ADD ("answer/that-never-comes-is-bounded", test_answer_that_never_comes_is_bounded);
    ADD ("request/stop-while-starting", test_stop_while_starting_waits_then_stops);
    ADD ("request/start-while-stopping", test_start_while_stopping_is_queued);
    ADD ("request/last-one-wins", test_last_request_wins);
    ADD ("parallel/programs-are-bounded", test_programs_in_parallel_are_bounded);
    ADD ("parallel/slow-group-holds-up-nobody", test_slow_group_does_not_hold_up_another);
    ADD ("announce/repeats-for-held-addresses", test_announce_repeats_for_held_addresses);
    ADD ("shutdown/stops-everything", test_shutdown_stops_everything_then_says_so);
    ADD ("shutdown/stuck-group-loses-its-address",
         test_shutdown_with_a_stuck_group_drops_its_address);
    ADD ("shutdown/before-start", test_shutdown_before_start_is_released_at_once);
    ADD ("nonsense/changes-nothing", test_nonsense_changes_nothing);
    ADD ("engine/new-one-is-told-everything", test_new_engine_is_told_everything);
    return g_test_run ();
}
