/* SPDX-License-Identifier: Apache-2.0 */
/* The membership's life as stories on virtual time: start, death, restart, return, leaving,
 * generations and pauses. doc/heartbeat.md 4.6, 4.8, 11.2. */
#include "config.h"

#include "tests/unit/core_net.h"

#include <string.h>

/* Both run and have joined; trace and sent datagrams are empty. */
static CoreNet *
new_pair (void)
{
    CoreNet *net = core_net_new (&core_net_defaults);

    core_net_start (net, 0);
    core_net_start (net, 1);
    core_net_run (net, HBD_MS (2900));
    g_assert_true (hbd_membership_is_joined (net->m[0]));
    g_assert_true (hbd_membership_is_joined (net->m[1]));
    core_net_forget (net);
    return net;
}

static gint64
now_ms (const CoreNet *net)
{
    return (net->now - HBD_S (1000)) / 1000;
}

static void
test_start_says_init_then_up (void)
{
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);
    static const char *const states[] = { "init", "up" };

    core_net_start (net, 0);
    g_assert_cmpuint (net->sent->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const CoreNetPacket *packet = g_ptr_array_index (net->sent, i);
        g_autoptr (HbdMessage) message = core_net_decode (net, packet->bytes);
        g_autofree char *seq = g_strdup_printf ("%u", i + 1);

        g_assert_cmpstr (hbd_message_get (message, "t"), ==, "status");
        g_assert_cmpstr (hbd_message_get (message, "st"), ==, states[i]);
        g_assert_cmpstr (hbd_message_get (message, "seq"), ==, seq);
        g_assert_cmpstr (hbd_message_get (message, "hg"), ==, "64");
        g_assert_cmpstr (hbd_message_get (message, "dt"), ==, "3e8");
        g_assert_cmpstr (hbd_message_get (message, "protocol"), ==, "1");
        g_assert_cmpstr (hbd_message_get (message, "ttl"), ==, "3");
    }
}

/* doc/heartbeat.md 4.4: order on the wire. */
static void
test_status_has_its_fields_in_wire_order (void)
{
    static const char *const order[] = { "t",   "st", "dt", "protocol", "hbd", "src", "srcuuid",
                                         "seq", "hg", "ts", "ld",       "ttl", "auth" };
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);
    g_autoptr (HbdMessage) message = NULL;

    core_net_start (net, 0);
    message = core_net_last_sent (net, 0, "status");
    g_assert_cmpuint (hbd_message_field_count (message), ==, G_N_ELEMENTS (order));
    for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;

        g_assert_cmpstr (hbd_message_field (message, i, &data, &len, &is_binary), ==, order[i]);
    }
}

static void
test_both_are_active_milliseconds_after_the_second_starts (void)
{
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);

    core_net_start (net, 0);
    core_net_run (net, HBD_MS (1010));
    core_net_start (net, 1);
    core_net_run (net, HBD_MS (20));
    core_net_assert_seen (net, 0, "joined");
    core_net_assert_seen (net, 1, "joined");
    core_net_assert_seen (net, 0, "node beta init up - status");
    core_net_assert_seen (net, 0, "node beta up active - status");
    core_net_assert_seen (net, 1, "node alpha init active - status");
    g_assert_cmpint (hbd_membership_node_state (net->m[0], 1), ==, HBD_NODE_ACTIVE);
    g_assert_cmpint (hbd_membership_node_state (net->m[0], 0), ==, HBD_NODE_ACTIVE);
    g_assert_true (hbd_membership_node_is_native (net->m[0], 1));
    g_assert_cmpint (core_net_when (net, 1, "joined", 0), <=, 1012);
}

static void
test_a_node_alone_waits_for_initdead (void)
{
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);

    core_net_start (net, 0);
    core_net_run (net, HBD_S (10));
    g_assert_cmpint (core_net_when (net, 0, "node beta init dead - initdead", 0), ==, 3000);
    g_assert_cmpint (core_net_when (net, 0, "joined", 0), ==, 3000);
    g_assert_cmpuint (core_net_count (net, 0, "joined"), ==, 1);
    /* It was never there: nothing to mend in its view of us. */
    g_assert_cmpuint (core_net_count (net, 0, "persist"), ==, 0);
    g_assert_cmpint (hbd_membership_last_heard (net->m[0], 1), ==, HBD_TIME_NEVER);
}

static void
test_a_cluster_of_one_is_active_at_once (void)
{
    CoreNetOptions options = core_net_defaults;
    g_autoptr (CoreNet) net = NULL;

    options.n_nodes = 1;
    net = core_net_new (&options);
    core_net_start (net, 0);
    g_assert_cmpint (core_net_when (net, 0, "joined", 0), ==, 0);
}

static void
test_steady_state_is_silent (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    core_net_run (net, HBD_S (600));
    g_assert_cmpuint (core_net_count (net, 0, "record"), ==, 0);
    g_assert_cmpuint (core_net_count (net, 0, "node"), ==, 0);
    g_assert_cmpuint (core_net_sent (net, 0, "status"), ==, 3000);
    g_assert_cmpuint (core_net_sent (net, 0, "NS_rexmit"), ==, 0);
}

static void
test_silence_for_deadtime_is_death (void)
{
    g_autoptr (CoreNet) net = new_pair ();
    gint64 last_ms;

    last_ms = (hbd_membership_last_heard (net->m[0], 1) - HBD_S (1000)) / 1000;
    core_net_kill (net, 1);
    core_net_run (net, HBD_S (5));
    g_assert_cmpint (core_net_when (net, 0, "node beta active dead - deadtime", 0), >=,
                     last_ms + 1000);
    g_assert_cmpint (core_net_when (net, 0, "node beta active dead - deadtime", 0), <=,
                     last_ms + 1001);
    core_net_assert_seen (net, 0, "link beta 0 down");
    core_net_assert_seen (net, 0,
                          "record node.state node=beta from=active to=dead reason=deadtime "
                          "age_ms=1000");
}

/* doc/heartbeat.md 1.4 deadtime: peers use the announced value. */
static void
test_the_announced_deadtime_counts (void)
{
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);
    gint64 killed_ms;

    core_net_start (net, 0);
    net->options.deadtime_us = HBD_S (4);
    core_net_start (net, 1);
    core_net_run (net, HBD_S (2));
    core_net_kill (net, 1);
    killed_ms = now_ms (net);
    core_net_run (net, HBD_S (6));
    g_assert_cmpint (core_net_when (net, 0, "node beta active dead", 0), >, killed_ms + 3700);
    g_assert_cmpint (core_net_when (net, 0, "node beta active dead", 0), <=, killed_ms + 4001);
}

static void
test_a_late_heartbeat_is_said (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    core_net_cut (net, 0, 1, true);
    core_net_run (net, HBD_MS (700));
    core_net_cut (net, 0, 1, false);
    core_net_run (net, HBD_MS (300));
    core_net_assert_seen (net, 0, "record node.late node=beta interval_ms=800");
    g_assert_cmpuint (core_net_count (net, 0, "node"), ==, 0);
    g_assert_cmpuint (core_net_counter (net, 0, "late-heartbeats"), ==, 1);
}

static void
test_a_restart_is_told_while_alive (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    core_net_start (net, 1);
    core_net_run (net, HBD_MS (50));
    core_net_assert_seen (net, 0, "node beta active init restart restart");
    core_net_assert_seen (net, 0, "node beta up active - status");
    /* The newcomer does not wait for our next keepalive. */
    g_assert_cmpint (core_net_when (net, 1, "joined", 0), <=, now_ms (net) - 40);
}

static void
test_a_restart_is_told_after_death (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    core_net_kill (net, 1);
    core_net_run (net, HBD_S (3));
    core_net_start (net, 1);
    core_net_run (net, HBD_MS (50));
    core_net_assert_seen (net, 0, "node beta dead init restart restart");
}

/* doc/heartbeat.md 11.2: alone, we take a new generation. */
static void
test_a_healed_cut_looks_like_a_restart (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    core_net_cut (net, 0, 1, true);
    core_net_run (net, HBD_S (3));
    core_net_assert_seen (net, 0, "persist 101");
    g_assert_cmpuint (hbd_membership_generation (net->m[0]), ==, 101);
    core_net_cut (net, 0, 1, false);
    core_net_run (net, HBD_MS (500));
    core_net_assert_seen (net, 0, "node beta dead active restart restart");
    core_net_assert_seen (net, 1, "node alpha dead active restart restart");
    g_assert_cmpuint (core_net_count (net, 0, "persist"), ==, 1);
}

static void
test_the_new_generation_counts_from_one (void)
{
    g_autoptr (CoreNet) net = new_pair ();
    g_autoptr (HbdMessage) first = NULL;

    core_net_cut (net, 0, 1, true);
    core_net_run (net, HBD_MS (1010));
    core_net_forget (net);
    core_net_run (net, HBD_MS (200));
    first = core_net_last_sent (net, 0, "status");
    g_assert_cmpstr (hbd_message_get (first, "hg"), ==, "65");
    g_assert_cmpstr (hbd_message_get (first, "seq"), ==, "1");
}

static void
test_a_generation_that_was_not_saved_is_not_used (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    net->persist_fails = true;
    core_net_cut (net, 0, 1, true);
    core_net_run (net, HBD_S (3));
    g_assert_cmpuint (hbd_membership_generation (net->m[0]), ==, 100);
    core_net_assert_seen (net, 0,
                          "record node.generation node=alpha from=100 to=101 result=not-saved");
    core_net_cut (net, 0, 1, false);
    core_net_run (net, HBD_MS (500));
    core_net_assert_seen (net, 0, "node beta dead active return returned");
    g_assert_cmpuint (core_net_counter (net, 0, "returns"), ==, 1);
}

static void
test_a_generation_saved_too_late_is_not_used (void)
{
    g_autoptr (CoreNet) net = new_pair ();
    HbdMembershipEvent saved = { .kind = HBD_MEMBERSHIP_PERSISTED, .wall_s = 1 };

    net->persist_hangs = true;
    core_net_cut (net, 0, 1, true);
    core_net_run (net, HBD_S (3));
    core_net_cut (net, 0, 1, false);
    core_net_run (net, HBD_S (1));
    saved.persisted.generation = 101;
    saved.persisted.is_ok = true;
    core_net_step (net, 0, &saved);
    g_assert_cmpuint (hbd_membership_generation (net->m[0]), ==, 100);
    core_net_run (net, HBD_S (3));
    g_assert_cmpuint (core_net_count (net, 1, "node alpha dead active"), ==, 1);
}

static void
test_an_answer_nobody_asked_for_changes_nothing (void)
{
    g_autoptr (CoreNet) net = new_pair ();
    HbdMembershipEvent saved = { .kind = HBD_MEMBERSHIP_PERSISTED, .wall_s = 1 };

    saved.persisted.generation = 7;
    saved.persisted.is_ok = true;
    core_net_step (net, 0, &saved);
    g_assert_cmpuint (hbd_membership_generation (net->m[0]), ==, 100);
}

/* With three nodes a generation is taken only when the last one is gone. */
static void
test_only_the_last_death_takes_a_generation (void)
{
    CoreNetOptions options = core_net_defaults;
    g_autoptr (CoreNet) net = NULL;

    options.n_nodes = 3;
    net = core_net_new (&options);
    for (guint i = 0; i < 3; i++)
        core_net_start (net, i);
    core_net_run (net, HBD_S (2));
    core_net_kill (net, 1);
    core_net_run (net, HBD_S (2));
    core_net_assert_seen (net, 0, "node beta active dead - deadtime");
    g_assert_cmpuint (core_net_count (net, 0, "persist"), ==, 0);
    core_net_kill (net, 2);
    core_net_run (net, HBD_S (2));
    g_assert_cmpuint (core_net_count (net, 0, "persist"), ==, 1);
}

static void
test_one_way_loss_kills_on_the_deaf_side_only (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    net->is_cut[1][0][0] = true;
    core_net_run (net, HBD_S (5));
    core_net_assert_seen (net, 0, "node beta active dead - deadtime");
    /* The new generation of the deaf node is a restart to the one that hears. */
    core_net_assert_seen (net, 1, "node alpha active active restart restart");
    g_assert_cmpuint (core_net_count (net, 1, "node alpha active dead"), ==, 0);
    net->is_cut[1][0][0] = false;
    core_net_run (net, HBD_S (1));
    core_net_assert_seen (net, 0, "node beta dead active return returned");
}

static void
test_leaving_is_told_apart_from_dying (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    core_net_say (net, 1, "shutdone", NULL, NULL);
    core_net_run (net, HBD_MS (500));
    core_net_assert_seen (net, 0, "message beta shutdone");
    core_net_kill (net, 1);
    core_net_run (net, HBD_S (2));
    core_net_assert_seen (net, 0, "node beta active dead - shutdown");
    core_net_start (net, 1);
    core_net_run (net, HBD_S (1));
    core_net_kill (net, 1);
    core_net_run (net, HBD_S (2));
    core_net_assert_seen (net, 0, "node beta active dead - deadtime");
}

/* A real node pauses too: silence while we did not run is ours. */
static void
test_after_a_pause_nobody_is_dead (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    net->is_paused[0] = true;
    core_net_run (net, HBD_S (10));
    net->is_paused[0] = false;
    core_net_run (net, HBD_S (2));
    core_net_assert_seen (net, 1, "node alpha active dead - deadtime");
    g_assert_cmpuint (core_net_count (net, 0, "pause"), ==, 1);
    core_net_assert_seen (net, 0, "record node.pause node=alpha gap_ms=10");
    g_assert_cmpint (hbd_membership_last_gap (net->m[0]), >=, HBD_S (10));
    g_assert_cmpuint (core_net_count (net, 0, "node beta active dead"), ==, 0);
}

/* A machine that slept has no packets waiting; the peer's next one is a keepalive away. */
static void
test_after_a_sleep_nobody_is_dead_and_nothing_old_is_said (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    net->is_paused[0] = true;
    core_net_run (net, HBD_S (10));
    g_array_set_size (net->queue, 0);
    core_net_forget (net);
    net->is_paused[0] = false;
    core_net_run (net, HBD_MS (1));
    core_net_assert_seen (net, 0, "pause 10");
    /* The layer above lets go first and then speaks. */
    g_assert_cmpuint (core_net_sent (net, 0, "status"), ==, 0);
    core_net_status (net, 0);
    g_assert_cmpuint (core_net_sent (net, 0, "status"), ==, 1);
    core_net_run (net, HBD_S (2));
    g_assert_cmpuint (core_net_count (net, 0, "node beta active dead"), ==, 0);
    core_net_assert_seen (net, 0, "node beta active active restart restart");
}

/* The same when the layer above is the first to move. */
static void
test_a_pause_is_noticed_before_the_layer_speaks (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    /* Something else is overdue besides: a hole to ask for. */
    core_net_cut (net, 0, 1, true);
    core_net_say (net, 1, "resource", NULL, NULL);
    core_net_cut (net, 0, 1, false);
    core_net_say (net, 1, "resource", NULL, NULL);
    core_net_run (net, HBD_MS (2));
    net->now += HBD_S (10);
    core_net_status (net, 0);
    core_net_assert_seen (net, 0, "pause 10");
    g_assert_cmpuint (core_net_sent (net, 0, "status"), ==, 0);
    core_net_status (net, 0);
    g_assert_cmpuint (core_net_sent (net, 0, "status"), ==, 1);
    g_assert_cmpuint (core_net_count (net, 0, "pause"), ==, 1);
}

/* Quiet does not last: a layer that says nothing is spoken for after one keepalive. */
static void
test_quiet_ends_after_one_keepalive (void)
{
    g_autoptr (CoreNet) net = new_pair ();

    net->is_paused[0] = true;
    core_net_run (net, HBD_S (3));
    core_net_forget (net);
    net->is_paused[0] = false;
    core_net_run (net, HBD_MS (210));
    g_assert_cmpuint (core_net_sent (net, 0, "status"), >=, 1);
}

static void
test_a_short_pause_is_no_event_but_counts (void)
{
    g_autoptr (CoreNet) net = new_pair ();
    HbdTime last = hbd_membership_last_heard (net->m[0], 1);
    gint64 death_ms;

    core_net_kill (net, 1);
    /* The deadline of the next own status passes 300 ms ago: less than deadtime / 2. */
    net->now = hbd_membership_deadline (net->m[0]) + HBD_MS (300);
    core_net_run (net, HBD_S (3));
    g_assert_cmpuint (core_net_count (net, 0, "pause"), ==, 0);
    death_ms = core_net_when (net, 0, "node beta active dead - deadtime", 0);
    g_assert_cmpint (death_ms, >=, (last - HBD_S (1000)) / 1000 + 1299);
    g_assert_cmpint (death_ms, <=, (last - HBD_S (1000)) / 1000 + 1301);
}

/* A timer that is a little late is no pause: detection stays within its budget. */
static void
test_timer_slack_does_not_add_up (void)
{
    g_autoptr (CoreNet) net = new_pair ();
    HbdTime last = hbd_membership_last_heard (net->m[0], 1);
    HbdMembershipEvent timer = { .kind = HBD_MEMBERSHIP_TIMER, .wall_s = 1 };

    core_net_kill (net, 1);
    while (hbd_membership_node_state (net->m[0], 1) != HBD_NODE_DEAD) {
        net->now = hbd_membership_deadline (net->m[0]) + HBD_MS (1);
        core_net_step (net, 0, &timer);
    }
    g_assert_cmpint (net->now - last, <=, HBD_MS (1002));
}

/* The packet that is in hand counts before the clock does. */
static void
test_a_heartbeat_at_the_deadline_saves_the_node (void)
{
    g_autoptr (CoreNet) net = new_pair ();
    g_autoptr (GBytes) bytes = NULL;

    core_net_cut (net, 0, 1, true);
    core_net_run (net, HBD_MS (850));
    bytes = core_net_last_sent_bytes (net, 1, "status");
    net->now = hbd_membership_last_heard (net->m[0], 1) + HBD_S (1);
    core_net_inject (net, 0, 0, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_assert_cmpint (hbd_membership_node_state (net->m[0], 1), ==, HBD_NODE_ACTIVE);
}

static void
test_same_seed_same_bytes (void)
{
    g_autoptr (CoreNet) a = core_net_new (&core_net_defaults);
    g_autoptr (CoreNet) b = core_net_new (&core_net_defaults);

    for (guint i = 0; i < 2; i++) {
        CoreNet *net = i == 0 ? a : b;

        net->loss_percent = 20;
        core_net_start (net, 0);
        core_net_start (net, 1);
        core_net_run (net, HBD_S (60));
    }
    g_assert_cmpuint (a->sent->len, ==, b->sent->len);
    for (guint i = 0; i < a->sent->len; i++) {
        const CoreNetPacket *pa = g_ptr_array_index (a->sent, i);
        const CoreNetPacket *pb = g_ptr_array_index (b->sent, i);

        g_assert_true (g_bytes_equal (pa->bytes, pb->bytes));
        g_assert_cmpint (pa->at, ==, pb->at);
    }
}

static void
test_before_start_nothing_happens (void)
{
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);
    HbdMembershipConfig config = core_net_config (net, 0);
    g_autoptr (HbdMembership) m = hbd_membership_new (&config, net->now);
    g_autoptr (GArray) out = hbd_membership_actions_new ();
    HbdMembershipEvent packet = { .kind = HBD_MEMBERSHIP_PACKET, .wall_s = 1 };
    HbdMembershipEvent timer = { .kind = HBD_MEMBERSHIP_TIMER, .wall_s = 1 };

    packet.packet.data = (const guint8 *) "x";
    packet.packet.len = 1;
    hbd_membership_step (m, &packet, net->now, out);
    hbd_membership_step (m, &timer, net->now + HBD_S (100), out);
    hbd_membership_send_status (m, net->now, 1, out);
    g_assert_cmpuint (out->len, ==, 0);
    g_assert_cmpint (hbd_membership_deadline (m), ==, HBD_TIME_NEVER);
    g_assert_cmpint (hbd_membership_node_state (m, 0), ==, HBD_NODE_INIT);
}

static void
test_state_names (void)
{
    static const char *const words[] = { "init", "up", "active", "dead" };

    G_STATIC_ASSERT (G_N_ELEMENTS (words) == HBD_NODE_STATE_N);
    for (guint i = 0; i < HBD_NODE_STATE_N; i++)
        g_assert_cmpstr (hbd_node_state_name (i), ==, words[i]);
}

/* One that leaves something running is waited for, days long (doc/heartbeat.md 6.4). */
static void
test_holding_back_keeps_peers_waiting (void)
{
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);
    g_autoptr (HbdMessage) status = NULL;

    core_net_start (net, 0);
    core_net_start (net, 1);
    core_net_run (net, HBD_S (2));
    hbd_membership_hold_back (net->m[0]);
    core_net_status (net, 0);
    status = core_net_last_sent (net, 0, "status");
    g_assert_cmpstr (hbd_message_get (status, "dt"), ==, "7fffffff");
    core_net_run (net, HBD_MS (10));
    core_net_kill (net, 0);
    core_net_run (net, HBD_S (3600));
    g_assert_cmpint (hbd_membership_node_state (net->m[1], 0), ==, HBD_NODE_ACTIVE);
}

#define ADD(name, function) g_test_add_func ("/membership/" name, function)

static void
add_pause_tests (void)
{
    ADD ("pause/nobody-is-dead-after-it", test_after_a_pause_nobody_is_dead);
    ADD ("pause/sleep-says-nothing-old", test_after_a_sleep_nobody_is_dead_and_nothing_old_is_said);
    ADD ("pause/noticed-before-the-layer-speaks", test_a_pause_is_noticed_before_the_layer_speaks);
    ADD ("pause/quiet-ends-after-one-keepalive", test_quiet_ends_after_one_keepalive);
    ADD ("pause/short-one-moves-silence", test_a_short_pause_is_no_event_but_counts);
    ADD ("pause/timer-slack-does-not-add-up", test_timer_slack_does_not_add_up);
    ADD ("pause/packet-before-clock", test_a_heartbeat_at_the_deadline_saves_the_node);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("start/says-init-then-up", test_start_says_init_then_up);
    ADD ("start/fields-in-wire-order", test_status_has_its_fields_in_wire_order);
    ADD ("start/both-active-in-milliseconds",
         test_both_are_active_milliseconds_after_the_second_starts);
    ADD ("start/alone-waits-for-initdead", test_a_node_alone_waits_for_initdead);
    ADD ("start/cluster-of-one", test_a_cluster_of_one_is_active_at_once);
    ADD ("start/nothing-before-it", test_before_start_nothing_happens);
    ADD ("steady/silent", test_steady_state_is_silent);
    ADD ("steady/same-seed-same-bytes", test_same_seed_same_bytes);
    ADD ("death/after-deadtime", test_silence_for_deadtime_is_death);
    ADD ("death/announced-deadtime-counts", test_the_announced_deadtime_counts);
    ADD ("death/late-heartbeat-is-said", test_a_late_heartbeat_is_said);
    ADD ("death/one-way", test_one_way_loss_kills_on_the_deaf_side_only);
    ADD ("death/leaving-is-not-dying", test_leaving_is_told_apart_from_dying);
    ADD ("death/held-back", test_holding_back_keeps_peers_waiting);
    ADD ("restart/while-alive", test_a_restart_is_told_while_alive);
    ADD ("restart/after-death", test_a_restart_is_told_after_death);
    ADD ("generation/healed-cut-is-a-restart", test_a_healed_cut_looks_like_a_restart);
    ADD ("generation/counts-from-one", test_the_new_generation_counts_from_one);
    ADD ("generation/not-saved-not-used", test_a_generation_that_was_not_saved_is_not_used);
    ADD ("generation/too-late-not-used", test_a_generation_saved_too_late_is_not_used);
    ADD ("generation/unasked-answer", test_an_answer_nobody_asked_for_changes_nothing);
    ADD ("generation/only-after-the-last", test_only_the_last_death_takes_a_generation);
    ADD ("names", test_state_names);
    add_pause_tests ();
    return g_test_run ();
}
