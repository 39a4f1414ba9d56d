/* SPDX-License-Identifier: Apache-2.0 */
/* hbd/core/vrrp/election.c: the state tables of RFC 5798 6.4 and RFC 9568 6.4 as keepalived holds
 * them (doc/keepalived.md 3.5), every timer at its exact microsecond, and the ends of conflicts. */
#include "config.h"

#include "tests/unit/vrrp_node.h"

#define LOWER  9                /* 10.0.0.9; ours is 10.0.0.10 */
#define HIGHER 11               /* 10.0.0.11 */
#define MDI    HBD_US (3609375) /* priority 100, one second, both versions */
#define SKEW   HBD_US (609375)

#define BECOMES_MASTER "SEND(100) ACQUIRE ANNOUNCE(5) MASTER:"

static HbdTime
until_deadline (const VrrpNode *node)
{
    return hbd_vrrp_deadline (node->vrrp) - node->now;
}

static void
test_intervals (void)
{
    static const struct {
        guint8 version, priority;
        guint interval_cs, down_adverts;
        HbdTime skew_us, down_us;
    } rows[] = {
        { 2, 100, 100, 3, 609375, 3609375 }, { 2, 100, 300, 3, 609375, 9609375 },
        { 2, 254, 100, 3, 7812, 3007812 },   { 2, 1, 100, 3, 996093, 3996093 },
        { 2, 255, 100, 3, 3906, 3003906 },   { 3, 100, 100, 3, 609375, 3609375 },
        { 3, 100, 10, 3, 60937, 360937 },    { 3, 100, 1, 3, 6093, 36093 },
        { 3, 150, 1, 3, 4140, 34140 },       { 3, 1, 4095, 3, 40790039, 163640039 },
        { 3, 100, 100, 1, 609375, 1609375 }, { 3, 100, 100, 100, 609375, 100609375 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        HbdVrrpInstanceConfig config = vrrp_node_instance (rows[i].version, rows[i].priority);
        g_autoptr (VrrpNode) node = NULL;

        config.wire.interval_cs = rows[i].interval_cs;
        config.down_adverts = rows[i].down_adverts;
        node = vrrp_node_new (config);
        vrrp_node_start (node);
        g_assert_cmpint (hbd_vrrp_skew (node->vrrp, 0), ==, rows[i].skew_us);
        g_assert_cmpint (hbd_vrrp_master_down_interval (node->vrrp, 0), ==, rows[i].down_us);
        /* Not a microsecond earlier, not one later. */
        g_assert_cmpint (until_deadline (node), ==, rows[i].down_us);
        vrrp_node_run_for (node, rows[i].down_us - 1);
        vrrp_node_expect (node, "");
        vrrp_node_run_for (node, 1);
        g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_MASTER);
        g_assert_cmpint (until_deadline (node), ==,
                         MIN (HBD_MS (10) * rows[i].interval_cs, HBD_S (5) /* announcement */));
    }
}

static void
test_start (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_begin (node);
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_INIT);
    g_assert_cmpint (hbd_vrrp_deadline (node->vrrp), ==, HBD_TIME_NEVER);
    vrrp_node_advert (node, 0, HIGHER, 200); /* not started: counts, changes nothing */
    vrrp_node_expect (node, "");
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    vrrp_node_expect (node, "RELEASE BACKUP:start");
    vrrp_node_run_for (node, MDI);
    vrrp_node_expect (node, BECOMES_MASTER "silence");
    vrrp_node_run_for (node, HBD_S (4));
    vrrp_node_expect (node, "SEND(100) SEND(100) SEND(100) SEND(100)");
}

static void
test_owner (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (3, 255);
    g_autoptr (VrrpNode) node = NULL, told = NULL;

    config.starts_as_master = true;
    node = vrrp_node_new (config);
    vrrp_node_begin (node);
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    vrrp_node_expect (node, "RELEASE SEND(255) ACQUIRE ANNOUNCE(5) MASTER:owner");
    vrrp_node_advert (node, 0, HIGHER, 254);
    vrrp_node_expect (node, "SEND(255) ANNOUNCE(5) MASTER_RX_LOWER_PRI");

    config.starts_as_master = false; /* state BACKUP with priority 255 */
    told = vrrp_node_new (config);
    vrrp_node_begin (told);
    vrrp_node_feed_kind (told, HBD_VRRP_START);
    vrrp_node_expect (told, "RELEASE BACKUP:start");
}

static void
test_startup_delay (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    node->config.startup_delay_us = HBD_S (10);
    vrrp_node_begin (node);
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    vrrp_node_expect (node, "RELEASE");
    vrrp_node_run_for (node, HBD_S (10) - 1);
    vrrp_node_expect (node, "");
    vrrp_node_run_for (node, 1);
    vrrp_node_expect (node, "BACKUP:start");
    g_assert_cmpint (until_deadline (node), ==, MDI);
}

/* What one advert, a second after the start, does to the timer of a backup. */
static void
test_backup_table (void)
{
    static const struct {
        const char *name;
        bool nopreempt;
        guint8 priority, from;
        HbdTime left_us;
    } rows[] = {
        { "higher", false, 200, LOWER, MDI },
        { "owner", false, 255, LOWER, MDI },
        { "equal, lower address", false, 100, LOWER, MDI },
        { "equal, higher address", false, 100, HIGHER, MDI },
        { "lower: discarded", false, 99, HIGHER, MDI - HBD_S (1) },
        { "lower, nopreempt: followed", true, 99, LOWER, MDI },
        { "higher, nopreempt", true, 200, LOWER, MDI },
        { "stop", false, 0, LOWER, SKEW },
        { "stop, nopreempt", true, 0, HIGHER, SKEW },
        { "our own address", false, 100, 10, MDI },
    };

    for (guint8 version = 2; version <= 3; version++) {
        for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
            HbdVrrpInstanceConfig config = vrrp_node_instance (version, 100);
            g_autoptr (VrrpNode) node = NULL;

            g_test_message ("version %d, %s", version, rows[i].name);
            config.nopreempt = rows[i].nopreempt;
            node = vrrp_node_new (config);
            vrrp_node_start (node);
            vrrp_node_run_for (node, HBD_S (1));
            vrrp_node_advert (node, 0, rows[i].from, rows[i].priority);
            vrrp_node_expect (node, "");
            g_assert_cmpint (until_deadline (node), ==, rows[i].left_us);
            g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_BACKUP);
        }
    }
}

/* What one advert, half a second after its own, does to a master. */
static void
test_master_table (void)
{
    static const struct {
        const char *name;
        guint8 priority, from;
        const char *words;
        HbdTime left_us;
    } rows[] = {
        { "higher", 101, LOWER, "RELEASE BACKUP:higher-priority SEND(100)", HBD_MS (250) },
        { "equal, higher address", 100, HIGHER, "RELEASE BACKUP:higher-address SEND(100)",
          HBD_MS (250) },
        { "equal, lower address", 100, LOWER, "SEND(100) ANNOUNCE(5) MASTER_RX_LOWER_PRI",
          HBD_S (1) },
        { "lower", 99, HIGHER, "SEND(100) ANNOUNCE(5) MASTER_RX_LOWER_PRI", HBD_S (1) },
        { "stop", 0, HIGHER, "SEND(100) ANNOUNCE(5)", HBD_S (1) },
        { "our own address", 100, 10, "", HBD_MS (500) },
    };

    for (guint8 version = 2; version <= 3; version++) {
        for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
            g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (version, 100));

            g_test_message ("version %d, %s", version, rows[i].name);
            vrrp_node_start_as_master (node);
            vrrp_node_run_for (node, HBD_MS (500));
            vrrp_node_advert (node, 0, rows[i].from, rows[i].priority);
            vrrp_node_expect (node, rows[i].words);
            g_assert_cmpint (until_deadline (node), ==, rows[i].left_us);
        }
    }
}

/* Nobody answers for the address before the word is said, and it is said twice. */
static void
test_letting_go_before_speaking (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));
    HbdVrrpAddress master;
    const HbdVrrpAddress winner = vrrp_node_address (LOWER);

    node->holds_releases = true;
    vrrp_node_start (node);
    vrrp_node_released (node, 0);
    vrrp_node_run_for (node, MDI);
    vrrp_node_expect (node, BECOMES_MASTER "silence");
    vrrp_node_advert (node, 0, LOWER, 200);
    vrrp_node_expect (node, "RELEASE BACKUP:higher-priority");
    vrrp_node_run_for (node, HBD_MS (3));
    vrrp_node_expect (node, "");
    vrrp_node_released (node, 0);
    vrrp_node_expect (node, "SEND(100)");
    vrrp_node_run_for (node, HBD_MS (250) - 1);
    vrrp_node_expect (node, "");
    vrrp_node_run_for (node, 1);
    vrrp_node_expect (node, "SEND(100)");
    g_assert_true (hbd_vrrp_master (node->vrrp, 0, &master));
    g_assert_true (hbd_vrrp_address_equal (&master, &winner));
    /* The timer runs from the winner's advert, not from our words. */
    g_assert_cmpint (until_deadline (node), ==, MDI - HBD_MS (253));
    vrrp_node_run_for (node, MDI - HBD_MS (253));
    vrrp_node_expect (node, BECOMES_MASTER "silence");
}

static void
test_strict_backup_is_silent (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = NULL;

    config.is_strict = true;
    node = vrrp_node_new (config);
    vrrp_node_start_as_master (node);
    vrrp_node_advert (node, 0, LOWER, 200);
    vrrp_node_expect (node, "RELEASE BACKUP:higher-priority");
    vrrp_node_run_for (node, HBD_S (1));
    vrrp_node_expect (node, "");
}

/* The release took so long that we are master again: nothing old is said. */
static void
test_stale_word_is_not_said (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start_as_master (node);
    node->holds_releases = true;
    vrrp_node_advert (node, 0, LOWER, 200);
    vrrp_node_run_for (node, MDI);
    vrrp_node_expect (node, "RELEASE BACKUP:higher-priority " BECOMES_MASTER "silence");
    vrrp_node_released (node, 0);
    vrrp_node_expect (node, "");
}

static void
test_handover (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = vrrp_node_new (config), prompt = NULL;

    vrrp_node_start (node);
    vrrp_node_advert (node, 0, LOWER, 0);
    vrrp_node_run_for (node, SKEW - 1);
    vrrp_node_expect (node, "");
    vrrp_node_run_for (node, 1);
    vrrp_node_expect (node, BECOMES_MASTER "handover");

    config.is_prompt = true;
    prompt = vrrp_node_new (config);
    vrrp_node_start (prompt);
    vrrp_node_advert (prompt, 0, LOWER, 0);
    g_assert_cmpint (until_deadline (prompt), ==, HBD_MS (2));
    vrrp_node_run_for (prompt, HBD_MS (2));
    vrrp_node_expect (prompt, BECOMES_MASTER "handover");
}

/* A master that speaks after priority 0 was heard keeps its place. */
static void
test_handover_is_taken_back (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start (node);
    vrrp_node_advert (node, 0, LOWER, 0);
    vrrp_node_run_for (node, HBD_MS (100));
    vrrp_node_advert (node, 0, HIGHER, 150);
    g_assert_cmpint (until_deadline (node), ==, MDI);
}

static void
test_learning (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (3, 100));

    vrrp_node_start (node);
    vrrp_node_advert_every (node, 0, HIGHER, 200, 10);
    g_assert_cmpint (until_deadline (node), ==, 360937);
    vrrp_node_advert_every (node, 0, HIGHER, 200, 200);
    g_assert_cmpint (until_deadline (node), ==, HBD_S (6) + 2 * SKEW);
    /* A discarded advert teaches nothing. */
    vrrp_node_advert_every (node, 0, HIGHER, 50, 1);
    g_assert_cmpint (hbd_vrrp_master_down_interval (node->vrrp, 0), ==, HBD_S (6) + 2 * SKEW);
    /* As master we speak at our own pace, and learn again from who takes over. */
    vrrp_node_run_for (node, HBD_S (6) + 2 * SKEW);
    vrrp_node_expect (node, BECOMES_MASTER "preemption");
    g_assert_cmpint (until_deadline (node), ==, HBD_S (1));
    vrrp_node_advert_every (node, 0, HIGHER, 200, 10);
    g_assert_cmpint (hbd_vrrp_master_down_interval (node->vrrp, 0), ==, 360937);
    g_assert_cmpuint (vrrp_node_count (node, 0, "interval-learned"), ==, 3);
}

/* The measured example: delay 4 s, a lower advert every second. */
static void
test_preempt_delay (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = NULL;

    config.preempt_delay_us = HBD_S (4);
    node = vrrp_node_new (config);
    vrrp_node_start (node);
    for (int second = 0; second < 4; second++) {
        vrrp_node_advert (node, 0, HIGHER, 50);
        g_assert_cmpint (until_deadline (node), ==, MDI);
        vrrp_node_run_for (node, HBD_S (1));
    }
    vrrp_node_advert (node, 0, HIGHER, 50); /* the delay is over: discarded */
    g_assert_cmpint (until_deadline (node), ==, MDI - HBD_S (1));
    vrrp_node_run_for (node, MDI - HBD_S (1));
    vrrp_node_expect (node, BECOMES_MASTER "preemption");
}

static void
test_preempt_delay_starts_anew (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = NULL;

    config.preempt_delay_us = HBD_S (4);
    node = vrrp_node_new (config);
    vrrp_node_start (node);
    vrrp_node_advert (node, 0, HIGHER, 50);
    vrrp_node_run_for (node, HBD_S (3));
    vrrp_node_advert (node, 0, HIGHER, 200); /* a higher one stops it */
    vrrp_node_run_for (node, HBD_S (3));
    vrrp_node_advert (node, 0, HIGHER, 50); /* the first again */
    g_assert_cmpint (until_deadline (node), ==, MDI);
    vrrp_node_run_for (node, HBD_S (2));
    vrrp_node_advert (node, 0, HIGHER, 50);
    g_assert_cmpint (until_deadline (node), ==, MDI);
}

static void
test_preemption_within_down_interval (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start (node);
    for (HbdTime t = 0; t < HBD_S (3); t += HBD_MS (300)) {
        vrrp_node_advert (node, 0, HIGHER, 99);
        vrrp_node_run_for (node, HBD_MS (300));
    }
    vrrp_node_run_for (node, SKEW);
    vrrp_node_expect (node, BECOMES_MASTER "preemption");
}

static void
test_announcements (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = NULL, quiet = NULL;

    config.announce = (HbdVrrpAnnounceConfig){
        .repeat = 3, .delay_us = HBD_MS (1500), .refresh_us = HBD_MS (2500), .refresh_repeat = 2
    };
    node = vrrp_node_new (config);
    vrrp_node_start (node);
    vrrp_node_run_for (node, MDI);
    vrrp_node_expect (node, "SEND(100) ACQUIRE ANNOUNCE(3) MASTER:silence");
    vrrp_node_run_for (node, HBD_MS (1499));
    vrrp_node_expect (node, "SEND(100)");
    vrrp_node_run_for (node, HBD_MS (1));
    vrrp_node_expect (node, "ANNOUNCE(3)");
    vrrp_node_run_for (node, HBD_MS (3600));
    vrrp_node_expect (node, "SEND(100) ANNOUNCE(2) SEND(100) SEND(100) SEND(100) ANNOUNCE(2)");
    vrrp_node_advert (node, 0, HIGHER, 200); /* what was to come does not come */
    vrrp_node_run_for (node, HBD_MS (400));
    vrrp_node_expect (node, "RELEASE BACKUP:higher-priority SEND(100) SEND(100)");

    config.announce = (HbdVrrpAnnounceConfig){ 0 };
    quiet = vrrp_node_new (config);
    vrrp_node_start (quiet);
    vrrp_node_run_for (quiet, MDI);
    vrrp_node_expect (quiet, "SEND(100) ACQUIRE MASTER:silence");
    vrrp_node_advert (quiet, 0, HIGHER, 50);
    vrrp_node_expect (quiet, "SEND(100) MASTER_RX_LOWER_PRI");
}

static void
test_lower_adverts_are_announced_upon (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = NULL;

    config.announce.delay_us = 0;
    config.announce.lower_repeat = 2;
    config.announce.lower_delay_us = HBD_MS (700);
    config.lower_prio_no_advert = true;
    node = vrrp_node_new (config);
    vrrp_node_start_as_master (node);
    vrrp_node_advert (node, 0, HIGHER, 99);
    vrrp_node_expect (node, "ANNOUNCE(2) MASTER_RX_LOWER_PRI");
    vrrp_node_run_for (node, HBD_MS (700) - 1);
    vrrp_node_expect (node, "");
    vrrp_node_run_for (node, 1);
    vrrp_node_expect (node, "ANNOUNCE(2)");
    g_assert_cmpuint (vrrp_node_count (node, 0, "conflicts"), ==, 1);
}

/* A lower master that does not stop: answers are few, but never end while it speaks. */
static void
test_lower_storm_is_paced (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = NULL;
    guint64 sent, announced;

    config.announce.delay_us = config.announce.lower_delay_us = 0;
    node = vrrp_node_new (config);
    vrrp_node_start_as_master (node);
    sent = vrrp_node_count (node, 0, "sent");
    announced = vrrp_node_count (node, 0, "announced");
    for (int n = 0; n < 9800; n++) {
        vrrp_node_advert (node, 0, HIGHER, 99);
        vrrp_node_run_for (node, HBD_MS (1));
    }
    /* 9.8 s: five at once, then two in a second. */
    g_assert_cmpuint (vrrp_node_count (node, 0, "sent") - sent, <=, 35);
    g_assert_cmpuint (vrrp_node_count (node, 0, "announced") - announced, <=, 25);
    g_assert_cmpuint (vrrp_node_count (node, 0, "announced") - announced, >=, 20);
    g_assert_cmpuint (vrrp_node_count (node, 0, "conflicts"), ==, 9800);
    g_assert_cmpuint (vrrp_node_record_count (node, "vrrp.conflict"), ==, 1);
    /* The last word: what was put off comes when the storm is over. */
    g_string_truncate (node->log, 0);
    vrrp_node_run_for (node, HBD_MS (500));
    g_assert_nonnull (strstr (node->log->str, "ANNOUNCE(5)"));
}

static void
test_stop (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start_as_master (node);
    node->holds_releases = true;
    vrrp_node_feed_kind (node, HBD_VRRP_STOP);
    vrrp_node_expect (node, "RELEASE STOP:stop");
    g_assert_false (hbd_vrrp_is_stopped (node->vrrp));
    vrrp_node_released (node, 0);
    vrrp_node_expect (node, "SEND(0)");
    g_assert_true (hbd_vrrp_is_stopped (node->vrrp));
    g_assert_cmpint (hbd_vrrp_deadline (node->vrrp), ==, HBD_TIME_NEVER);
    vrrp_node_feed_kind (node, HBD_VRRP_STOP);
    vrrp_node_advert (node, 0, HIGHER, 50);
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, true);
    vrrp_node_run_for (node, HBD_S (100));
    vrrp_node_expect (node, "");
}

/* Stopped, or failing, between losing and letting go: the winner is still told, by a 0. */
static void
test_stop_of_a_loser (void)
{
    for (int fails = 0; fails < 2; fails++) {
        g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

        vrrp_node_start_as_master (node);
        node->holds_releases = true;
        vrrp_node_advert (node, 0, LOWER, 200);
        if (fails != 0)
            vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, true);
        else
            vrrp_node_feed_kind (node, HBD_VRRP_STOP);
        g_string_truncate (node->log, 0);
        vrrp_node_released (node, 0);
        vrrp_node_expect (node, "SEND(0)");
    }
}

static void
test_stop_after_a_pause (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start_as_master (node);
    node->now += HBD_S (3);
    vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    vrrp_node_feed_kind (node, HBD_VRRP_STOP);
    vrrp_node_expect (node, "RELEASE BACKUP:pause SEND(0) STOP:stop");
}

static void
test_stop_of_a_backup (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start (node);
    vrrp_node_feed_kind (node, HBD_VRRP_STOP);
    vrrp_node_expect (node, "STOP:stop");
    g_assert_true (hbd_vrrp_is_stopped (node->vrrp));
}

/* Silent for as long as others wait: let go, listen for an interval, and only then ask for it. */
static void
test_pause_of_a_master (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));
    g_autoptr (VrrpNode) shorter = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start_as_master (node);
    node->now += HBD_S (3);
    vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    vrrp_node_expect (node, "RELEASE BACKUP:pause");
    g_assert_cmpint (until_deadline (node), ==, HBD_S (1) + SKEW);
    vrrp_node_advert (node, 0, HIGHER, 101);
    vrrp_node_run_for (node, HBD_S (1));
    g_assert_cmpint (until_deadline (node), ==, MDI - HBD_S (1));

    vrrp_node_start_as_master (shorter);
    shorter->now += HBD_S (3) - 1;
    vrrp_node_feed_kind (shorter, HBD_VRRP_TIMER);
    vrrp_node_expect (shorter, "SEND(100)");
}

/* The first thing after the pause is an advert that waited in the socket, or a script's result. */
static void
test_pause_is_noticed_first (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start_as_master (node);
    node->now += HBD_S (60);
    vrrp_node_advert (node, 0, LOWER, 99);
    vrrp_node_expect (node, "RELEASE BACKUP:pause");
    vrrp_node_run_for (node, HBD_S (1) + SKEW);
    vrrp_node_expect (node, BECOMES_MASTER "preemption");
}

/* While it stood still its machine may have answered for the address, so whoever took over has to
 * announce again; our word is one upon which it stays. */
static void
test_pause_is_told_to_the_master (void)
{
    static const struct {
        guint8 from, priority;
        bool nopreempt;
        const char *words;
    } rows[] = {
        { LOWER, 101, false, "SEND(100) SEND(100)" }, /* twice, as after a conflict */
        { HIGHER, 100, false, "SEND(99) SEND(99)" },
        { LOWER, 100, false, "SEND(99) SEND(99)" }, /* not 100: it would yield */
        { HIGHER, 90, true, "SEND(89) SEND(89)" },
        { HIGHER, 90, false, "" }, /* it will be ours soon, and we shall announce */
        { HIGHER, 1, true, "" },
    };

    for (guint n = 0; n < G_N_ELEMENTS (rows); n++) {
        HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
        g_autoptr (VrrpNode) node = NULL;

        config.nopreempt = rows[n].nopreempt;
        node = vrrp_node_new (config);
        vrrp_node_start_as_master (node);
        node->now += HBD_S (3);
        vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
        vrrp_node_expect (node, "RELEASE BACKUP:pause");
        vrrp_node_advert (node, 0, rows[n].from, rows[n].priority);
        vrrp_node_run_for (node, HBD_MS (500));
        vrrp_node_advert (node, 0, rows[n].from, rows[n].priority);
        vrrp_node_expect (node, rows[n].words);
    }
}

/* The word says what lost, though a tracker may have raised the priority meanwhile. */
static void
test_word_keeps_its_priority (void)
{
    static const HbdVrrpTrackerConfig tracker = { .name = "t", .kind = HBD_VRRP_TRACK_INTERFACE };
    static const HbdVrrpTrack track = { 0, 100, false };
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    g_autoptr (VrrpNode) node = NULL;

    config.tracks = &track;
    config.track_count = 1;
    node = vrrp_node_new (config);
    node->config.trackers = &tracker;
    node->config.tracker_count = 1;
    vrrp_node_start_as_master (node);
    node->holds_releases = true;
    vrrp_node_advert (node, 0, LOWER, 150);
    vrrp_node_track (node, 0, 1);
    vrrp_node_released (node, 0);
    vrrp_node_run_for (node, HBD_MS (300));
    vrrp_node_expect (node, "RELEASE BACKUP:higher-priority BACKUP_PRIORITY SEND(100) SEND(100)");
}

/* A backup whose timer comes late may have missed adverts; it asks once, not for ever. */
static void
test_pause_of_a_backup (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));

    vrrp_node_start (node);
    node->now += MDI + HBD_S (1) + 1;
    vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    vrrp_node_expect (node, "");
    g_assert_cmpint (until_deadline (node), ==, HBD_S (1) + SKEW);
    node->now += HBD_S (10);
    vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    vrrp_node_expect (node, BECOMES_MASTER "silence");
    g_assert_cmpuint (vrrp_node_count (node, 0, "pauses"), ==, 1);
}

static void
test_slightly_late_timers_keep_their_pace (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));
    HbdTime begin;

    vrrp_node_start_as_master (node);
    begin = node->now;
    for (int n = 1; n <= 50; n++) {
        node->now = begin + HBD_S (n) + HBD_MS (7);
        vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
        g_assert_cmpint (hbd_vrrp_deadline (node->vrrp), ==, begin + HBD_S (n + 1));
    }
}

static void
test_owner_may_ignore_adverts (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 255);
    g_autoptr (VrrpNode) node = NULL;

    config.starts_as_master = config.ignores_adverts = true;
    node = vrrp_node_new (config);
    vrrp_node_start_as_master (node);
    vrrp_node_advert (node, 0, HIGHER, 255);
    vrrp_node_expect (node, "");
}

/* Two owners: the lower address yields. */
static void
test_two_owners (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 255);
    g_autoptr (VrrpNode) node = NULL;

    config.starts_as_master = true;
    node = vrrp_node_new (config);
    vrrp_node_start_as_master (node);
    vrrp_node_advert (node, 0, LOWER, 255);
    vrrp_node_expect (node, "SEND(255) ANNOUNCE(5) MASTER_RX_LOWER_PRI");
    vrrp_node_advert (node, 0, HIGHER, 255);
    vrrp_node_expect (node, "RELEASE BACKUP:higher-address SEND(255)");
}

int
main (int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestFunc function;
    } tests[] = {
        { "intervals-to-the-microsecond", test_intervals },
        { "start-drops-leftovers-and-waits", test_start },
        { "owner-is-master-at-once", test_owner },
        { "startup-delay-holds-all", test_startup_delay },
        { "backup-and-one-advert", test_backup_table },
        { "master-and-one-advert", test_master_table },
        { "lets-go-before-it-speaks", test_letting_go_before_speaking },
        { "strict-backup-is-silent", test_strict_backup_is_silent },
        { "stale-word-is-not-said", test_stale_word_is_not_said },
        { "handover-takes-skew-or-is-prompt", test_handover },
        { "handover-is-taken-back", test_handover_is_taken_back },
        { "v3-learns-the-masters-interval", test_learning },
        { "preempt-delay-as-measured", test_preempt_delay },
        { "preempt-delay-starts-anew", test_preempt_delay_starts_anew },
        { "preempts-within-down-interval", test_preemption_within_down_interval },
        { "announces-in-blocks", test_announcements },
        { "announces-upon-lower-adverts", test_lower_adverts_are_announced_upon },
        { "lower-storm-is-paced", test_lower_storm_is_paced },
        { "stop-lets-go-then-says-zero", test_stop },
        { "stop-of-a-loser-is-told", test_stop_of_a_loser },
        { "stop-after-a-pause-is-told", test_stop_after_a_pause },
        { "stop-of-a-backup-is-silent", test_stop_of_a_backup },
        { "paused-master-lets-go-first", test_pause_of_a_master },
        { "pause-is-noticed-before-anything-else", test_pause_is_noticed_first },
        { "pause-is-told-to-a-master-that-stays", test_pause_is_told_to_the_master },
        { "word-keeps-its-priority", test_word_keeps_its_priority },
        { "late-backup-asks-once", test_pause_of_a_backup },
        { "late-adverts-keep-their-pace", test_slightly_late_timers_keep_their_pace },
        { "owner-may-ignore-adverts", test_owner_may_ignore_adverts },
        { "two-owners-end", test_two_owners },
    };

    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
        g_autofree char *path = g_strdup_printf ("/vrrp/election/%s", tests[i].name);

        g_test_add_func (path, tests[i].function);
    }
    return g_test_run ();
}
