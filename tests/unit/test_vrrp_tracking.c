/* SPDX-License-Identifier: Apache-2.0 */
/* hbd/core/vrrp/tracking.c: the table of doc/keepalived.md 4.1 and the counters of 4.2. */
#include "config.h"

#include "hbd/core/vrrp/tracking.h"

#define UP   HBD_VRRP_TRACK_UP
#define DOWN HBD_VRRP_TRACK_DOWN

static void
test_weights (void)
{
    static const struct {
        HbdVrrpTrackState state;
        int weight;
        bool reverse, is_fault;
        int delta;
    } rows[] = {
        { UP, 0, false, false, 0 },   { DOWN, 0, false, true, 0 },
        { UP, 0, true, true, 0 },     { DOWN, 0, true, false, 0 },
        { UP, 20, false, false, 20 }, { DOWN, 20, false, false, 0 },
        { UP, -20, false, false, 0 }, { DOWN, -20, false, false, -20 },
        { UP, 20, true, false, -20 }, { DOWN, 20, true, false, 0 },
        { UP, -20, true, false, 0 },  { DOWN, -20, true, false, 20 },
    };
    static const HbdVrrpTrackerKind kinds[] = { HBD_VRRP_TRACK_INTERFACE, HBD_VRRP_TRACK_SCRIPT,
                                                HBD_VRRP_TRACK_PROCESS, HBD_VRRP_TRACK_BFD };

    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++) {
        const HbdVrrpTrackerConfig config = { .name = "t", .kind = kinds[k] };

        for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
            const HbdVrrpTracker tracker = { .state = rows[i].state };
            HbdVrrpTrack track = { 0, rows[i].weight, rows[i].reverse };
            HbdVrrpWeight weight = hbd_vrrp_track_weigh (&tracker, &config, &track);

            g_assert_cmpint (weight.is_fault, ==, rows[i].is_fault);
            g_assert_cmpint (weight.delta, ==, rows[i].delta);
            g_assert_false (weight.is_unknown);
        }
    }
}

/* Nothing is known yet: only a fault would be worth waiting for. */
static void
test_unknown (void)
{
    const HbdVrrpTrackerConfig config = { .name = "t", .kind = HBD_VRRP_TRACK_SCRIPT };
    const HbdVrrpTracker tracker = { .state = HBD_VRRP_TRACK_UNKNOWN };
    HbdVrrpTrack track = { 0, 0, false };
    HbdVrrpWeight weight = hbd_vrrp_track_weigh (&tracker, &config, &track);

    g_assert_true (weight.is_unknown && !weight.is_fault && weight.delta == 0);
    track.weight = -20;
    weight = hbd_vrrp_track_weigh (&tracker, &config, &track);
    g_assert_true (!weight.is_unknown && !weight.is_fault && weight.delta == 0);
}

/* Results one after the other: o success, x failure; the states they lead to: U, D. */
static void
test_scripts (void)
{
    static const struct {
        guint rise, fall;
        bool starts_down;
        const char *results, *states;
    } rows[] = {
        { 1, 1, false, "oxox", "UDUD" },
        /* At first one of either is enough, whatever rise and fall are. */
        { 3, 3, false, "oxxoxxxoooo", "UUUUUUDDDUU" },
        { 3, 3, false, "xooo", "DDDU" },
        { 3, 3, true, "ooo", "DDU" },
        { 3, 2, true, "ooxooo", "DDDDDU" },          /* in a row */
        { 2, 3, false, "oxxoxxoxxx", "UUUUUUUUUD" }, /* one success forgets the failures */
        { 1, 2, false, "oxx", "UUD" },
        { 0, 0, false, "ox", "UD" }, /* nonsense counts as 1 */
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        const HbdVrrpTrackerConfig config = { .name = "t",
                                              .kind = HBD_VRRP_TRACK_SCRIPT,
                                              .rise = rows[i].rise,
                                              .fall = rows[i].fall,
                                              .starts_down = rows[i].starts_down };
        HbdVrrpTracker tracker;

        hbd_vrrp_tracker_init (&tracker, &config);
        g_assert_cmpint (tracker.state, ==, rows[i].starts_down ? DOWN : HBD_VRRP_TRACK_UNKNOWN);
        for (guint n = 0; rows[i].results[n] != '\0'; n++) {
            HbdVrrpTrackState before = tracker.state;
            bool changed =
                hbd_vrrp_tracker_feed (&tracker, &config, rows[i].results[n] == 'o' ? 0 : 1);

            g_assert_cmpint (tracker.state, ==, rows[i].states[n] == 'U' ? UP : DOWN);
            g_assert_cmpint (changed, ==, tracker.state != before);
        }
    }
}

static void
test_processes (void)
{
    const HbdVrrpTrackerConfig config = {
        .name = "t", .kind = HBD_VRRP_TRACK_PROCESS, .quorum = 2, .quorum_max = 4
    };
    static const HbdVrrpTrackState states[] = { DOWN, DOWN, UP, UP, UP, DOWN };
    const HbdVrrpTrackerConfig none = { .name = "t", .kind = HBD_VRRP_TRACK_PROCESS };
    HbdVrrpTracker tracker;

    hbd_vrrp_tracker_init (&tracker, &config);
    for (guint n = 0; n < G_N_ELEMENTS (states); n++) {
        hbd_vrrp_tracker_feed (&tracker, &config, n);
        g_assert_cmpint (tracker.state, ==, states[n]);
    }
    /* quorum_max 0: must not run. */
    hbd_vrrp_tracker_feed (&tracker, &none, 0);
    g_assert_cmpint (tracker.state, ==, UP);
    hbd_vrrp_tracker_feed (&tracker, &none, 1);
    g_assert_cmpint (tracker.state, ==, DOWN);
}

static void
test_files (void)
{
    static const struct {
        gint64 value;
        int weight;
        bool reverse, is_fault;
        int delta;
    } rows[] = {
        { 0, 1, false, false, 0 },
        { 20, 1, false, false, 20 },
        { -20, 2, false, false, -40 },
        { 20, -1, false, false, -20 },
        { 20, 1, true, false, -20 },
        { -253, 1, false, false, -253 },
        { -254, 1, false, true, 0 },
        { 127, -2, false, true, 0 },
        { 254, 1, false, false, 253 },
        { G_MAXINT64, 254, false, false, 253 },
        { G_MININT64, 254, false, true, 0 },
        { 5, 0, false, true, 0 },
        { -5, 0, false, true, 0 },
        { 0, 0, false, false, 0 },
        { 0, 0, true, true, 0 },
        { 5, 0, true, false, 0 },
    };
    const HbdVrrpTrackerConfig config = { .name = "t", .kind = HBD_VRRP_TRACK_FILE };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        HbdVrrpTrack track = { 0, rows[i].weight, rows[i].reverse };
        HbdVrrpTracker tracker;
        HbdVrrpWeight weight;

        hbd_vrrp_tracker_init (&tracker, &config);
        g_assert_true (hbd_vrrp_tracker_feed (&tracker, &config, rows[i].value));
        g_assert_false (hbd_vrrp_tracker_feed (&tracker, &config, rows[i].value));
        weight = hbd_vrrp_track_weigh (&tracker, &config, &track);
        g_assert_cmpint (weight.is_fault, ==, rows[i].is_fault);
        g_assert_cmpint (weight.delta, ==, rows[i].delta);
    }
}

static void
test_effective (void)
{
    g_assert_cmpint (hbd_vrrp_effective_priority (100, 0), ==, 100);
    g_assert_cmpint (hbd_vrrp_effective_priority (100, -20), ==, 80);
    g_assert_cmpint (hbd_vrrp_effective_priority (100, -100), ==, 1);
    g_assert_cmpint (hbd_vrrp_effective_priority (100, 155), ==, 254);
    g_assert_cmpint (hbd_vrrp_effective_priority (255, -253), ==, 255);
    g_assert_cmpint (hbd_vrrp_effective_priority (254, 253), ==, 254);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp/tracking/weights-of-the-table", test_weights);
    g_test_add_func ("/vrrp/tracking/unknown-waits-only-without-weight", test_unknown);
    g_test_add_func ("/vrrp/tracking/scripts-rise-and-fall", test_scripts);
    g_test_add_func ("/vrrp/tracking/processes-have-a-quorum", test_processes);
    g_test_add_func ("/vrrp/tracking/files-are-multiplied", test_files);
    g_test_add_func ("/vrrp/tracking/owner-never-changes", test_effective);
    return g_test_run ();
}
