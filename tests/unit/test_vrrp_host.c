/* SPDX-License-Identifier: Apache-2.0 */
/* hbd/core/vrrp/host.c: faults, trackers and priorities (doc/keepalived.md 3.5, 4.1, 4.2). */
#include "config.h"

#include "tests/unit/vrrp_node.h"

#define MDI HBD_US (3609375)

static const HbdVrrpTrackerConfig trackers[] = {
    { .name = "check", .kind = HBD_VRRP_TRACK_SCRIPT, .rise = 2, .fall = 2 },
    { .name = "eth1", .kind = HBD_VRRP_TRACK_INTERFACE },
};

/* @count uses of the trackers above by one instance. */
static VrrpNode *
node_with (const HbdVrrpTrack *tracks, guint count, guint8 priority)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, priority);
    VrrpNode *node;

    config.tracks = tracks;
    config.track_count = count;
    node = vrrp_node_new (config);
    node->config.trackers = trackers;
    node->config.tracker_count = G_N_ELEMENTS (trackers);
    return node;
}

static void
test_conditions (void)
{
    static const char *const names[] = { "interface", "source", "addresses" };

    for (guint c = 0; c < HBD_VRRP_CONDITION_N; c++) {
        g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));
        g_autofree char *complaints = NULL;

        vrrp_node_start_as_master (node);
        vrrp_node_condition (node, 0, c, true);
        /* Dropped first, then others may go on. */
        vrrp_node_expect (node, "RELEASE FAULT:fault SEND(0)");
        complaints = hbd_vrrp_complaints (node->vrrp, 0);
        g_assert_cmpstr (complaints, ==, names[c]);
        g_assert_cmpint (hbd_vrrp_deadline (node->vrrp), ==, HBD_TIME_NEVER);
        vrrp_node_condition (node, 0, c, true);
        vrrp_node_advert (node, 0, 11, 200);
        vrrp_node_advert (node, 0, 11, 50);
        vrrp_node_run_for (node, HBD_S (100));
        vrrp_node_expect (node, "");
        vrrp_node_condition (node, 0, c, false);
        vrrp_node_expect (node, "BACKUP:recovery");
        g_assert_cmpint (hbd_vrrp_deadline (node->vrrp) - node->now, ==, MDI);
    }
}

static void
test_two_faults_take_two_ends (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));
    g_autofree char *complaints = NULL;

    vrrp_node_start (node);
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, true);
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_SOURCE, true);
    vrrp_node_expect (node, "FAULT:fault");
    complaints = hbd_vrrp_complaints (node->vrrp, 0);
    g_assert_cmpstr (complaints, ==, "interface,source");
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, false);
    vrrp_node_expect (node, "");
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_SOURCE, false);
    vrrp_node_expect (node, "BACKUP:recovery");
}

static void
test_faulty_from_the_start (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_begin (node);
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, true);
    vrrp_node_expect (node, "");
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    vrrp_node_expect (node, "RELEASE FAULT:fault");
}

static void
test_owner_returns_as_master (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 255);
    g_autoptr (VrrpNode) node = NULL;

    config.starts_as_master = true;
    node = vrrp_node_new (config);
    vrrp_node_start_as_master (node);
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, true);
    vrrp_node_expect (node, "RELEASE FAULT:fault SEND(0)");
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, false);
    vrrp_node_expect (node, "SEND(255) ACQUIRE ANNOUNCE(5) MASTER:owner");
}

static void
test_script_without_weight (void)
{
    const HbdVrrpTrack track = { 0, 0, false };
    g_autoptr (VrrpNode) node = node_with (&track, 1, 100);
    g_autofree char *waits = NULL, *failed = NULL;

    vrrp_node_begin (node);
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    vrrp_node_expect (node, "RELEASE");
    waits = hbd_vrrp_complaints (node->vrrp, 0);
    g_assert_cmpstr (waits, ==, "waits-for:check");
    g_assert_cmpint (hbd_vrrp_tracker_state (node->vrrp, 0), ==, HBD_VRRP_TRACK_UNKNOWN);
    vrrp_node_track (node, 0, 0);
    vrrp_node_expect (node, "BACKUP:start");
    vrrp_node_track (node, 0, 7);
    vrrp_node_expect (node, ""); /* fall is 2 */
    vrrp_node_track (node, 0, 7);
    vrrp_node_expect (node, "FAULT:fault");
    failed = hbd_vrrp_complaints (node->vrrp, 0);
    g_assert_cmpstr (failed, ==, "tracker:check");
    vrrp_node_track (node, 0, 0);
    vrrp_node_track (node, 0, 0);
    vrrp_node_expect (node, "BACKUP:recovery");
    g_assert_cmpuint (vrrp_node_record_count (node, "vrrp.tracker"), ==, 3);
}

static void
test_weights_add_up (void)
{
    const HbdVrrpTrack tracks[] = { { 0, -20, false }, { 1, 30, false } };
    g_autoptr (VrrpNode) node = node_with (tracks, G_N_ELEMENTS (tracks), 100);

    vrrp_node_start (node);
    g_assert_cmpint (hbd_vrrp_priority (node->vrrp, 0), ==, 100);
    vrrp_node_track (node, 1, 1);
    g_assert_cmpint (hbd_vrrp_priority (node->vrrp, 0), ==, 130);
    vrrp_node_track (node, 0, 1);
    g_assert_cmpint (hbd_vrrp_priority (node->vrrp, 0), ==, 110);
    vrrp_node_track (node, 1, 0);
    g_assert_cmpint (hbd_vrrp_priority (node->vrrp, 0), ==, 80);
    vrrp_node_expect (node, "BACKUP_PRIORITY BACKUP_PRIORITY BACKUP_PRIORITY");
    vrrp_node_track (node, 1, 0);
    vrrp_node_expect (node, "");
}

/* A backup's running timer moves by what its Skew_Time changed, to the microsecond. */
static void
test_priority_moves_the_timer (void)
{
    const HbdVrrpTrack track = { 1, 56, false };
    g_autoptr (VrrpNode) node = node_with (&track, 1, 100);
    HbdTime before;

    vrrp_node_start (node);
    vrrp_node_run_for (node, HBD_S (1));
    before = hbd_vrrp_deadline (node->vrrp);
    vrrp_node_track (node, 1, 1); /* 156: skew 390625 */
    g_assert_cmpint (hbd_vrrp_deadline (node->vrrp) - before, ==, 390625 - 609375);
    vrrp_node_track (node, 1, 0);
    g_assert_cmpint (hbd_vrrp_deadline (node->vrrp), ==, before);
    /* Never into the past. */
    vrrp_node_run_for (node, HBD_S (1));
    vrrp_node_advert (node, 0, 11, 0);
    vrrp_node_run_for (node, HBD_US (609370));
    vrrp_node_track (node, 1, 1);
    g_assert_cmpint (hbd_vrrp_deadline (node->vrrp), ==, node->now);
}

static void
test_master_announces_its_new_priority (void)
{
    const HbdVrrpTrack track = { 1, -20, false };
    g_autoptr (VrrpNode) node = node_with (&track, 1, 100);

    vrrp_node_begin (node);
    vrrp_node_track (node, 1, 1);
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    vrrp_node_run_for (node, MDI);
    g_string_truncate (node->log, 0);
    vrrp_node_track (node, 1, 0);
    vrrp_node_expect (node, "MASTER_PRIORITY");
    vrrp_node_run_for (node, HBD_S (1));
    vrrp_node_expect (node, "SEND(80)");
}

static void
test_owner_has_no_weights (void)
{
    const HbdVrrpTrack tracks[] = { { 1, -200, false }, { 0, 0, false } };
    g_autoptr (VrrpNode) node = node_with (tracks, 2, 255);

    vrrp_node_start (node);
    vrrp_node_track (node, 1, 0);
    g_assert_cmpint (hbd_vrrp_priority (node->vrrp, 0), ==, 255);
    vrrp_node_track (node, 0, 1); /* but it has faults */
    vrrp_node_expect (node, "FAULT:fault");
}

static void
test_source (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = NULL;
    const HbdVrrpAddress unset = { { 0 } }, now = vrrp_node_address (10);
    HbdVrrpAddress master;

    config.wire.source = unset;
    node = vrrp_node_new (config);
    vrrp_node_begin (node);
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_SOURCE, true);
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    vrrp_node_expect (node, "RELEASE FAULT:fault");
    vrrp_node_feed (node, &(HbdVrrpEvent){ .kind = HBD_VRRP_SOURCE, .source = { 0, now } });
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_SOURCE, false);
    vrrp_node_run_for (node, MDI);
    vrrp_node_expect (node, "BACKUP:recovery SEND(100) ACQUIRE ANNOUNCE(5) MASTER:silence");
    g_assert_true (hbd_vrrp_master (node->vrrp, 0, &master));
    g_assert_true (hbd_vrrp_address_equal (&master, &now));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp/host/bad-condition-is-a-fault", test_conditions);
    g_test_add_func ("/vrrp/host/two-faults-take-two-ends", test_two_faults_take_two_ends);
    g_test_add_func ("/vrrp/host/faulty-from-the-start", test_faulty_from_the_start);
    g_test_add_func ("/vrrp/host/owner-returns-as-master", test_owner_returns_as_master);
    g_test_add_func ("/vrrp/host/script-without-weight-is-waited-for", test_script_without_weight);
    g_test_add_func ("/vrrp/host/weights-add-up", test_weights_add_up);
    g_test_add_func ("/vrrp/host/priority-moves-the-running-timer", test_priority_moves_the_timer);
    g_test_add_func ("/vrrp/host/master-announces-its-new-priority",
                     test_master_announces_its_new_priority);
    g_test_add_func ("/vrrp/host/owner-has-faults-but-no-weights", test_owner_has_no_weights);
    g_test_add_func ("/vrrp/host/source-comes-later", test_source);
    return g_test_run ();
}
