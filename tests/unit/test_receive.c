/* SPDX-License-Identifier: Apache-2.0 */
/* What a datagram may change: strangers, replays, malformed messages, links, node lists, keys, and
 * the words of a real 3.0.6 node (captured). doc/heartbeat.md 4, doc/design.md safety rule 4. */
#include "config.h"

#include "tests/unit/core_net.h"
#include "tests/unit/wire_vectors.h"

#include <string.h>

static CoreNet *
new_net (guint n_nodes, guint n_links)
{
    CoreNetOptions options = core_net_defaults;
    CoreNet *net;

    options.n_nodes = n_nodes;
    options.n_links = n_links;
    net = core_net_new (&options);
    for (guint i = 0; i < n_nodes; i++)
        core_net_start (net, i);
    core_net_run (net, HBD_MS (1900));
    core_net_forget (net);
    return net;
}

static void
inject_bytes (CoreNet *net, guint to, GBytes *bytes)
{
    core_net_inject (net, to, 0, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* @fields: name, value, ..., NULL */
static void
inject (CoreNet *net, guint to, const char *const *fields)
{
    g_autoptr (HbdMessage) message = hbd_message_new ();
    g_autoptr (GBytes) bytes = NULL;

    for (; *fields != NULL; fields += 2)
        hbd_message_add (message, fields[0], fields[1]);
    bytes = hbd_wire_encode (message, net->keys, HBD_FRAMING_NETSTRING, false);
    inject_bytes (net, to, bytes);
}

#define INJECT(net, ...) inject (net, 0, (const char *const[]){ __VA_ARGS__, NULL })

/* What a node would tell of: state of the peer, when it was heard, what was handed up. */
static char *
picture (const CoreNet *net, guint node)
{
    return g_strdup_printf ("%d %" G_GINT64_FORMAT " %d %" G_GUINT64_FORMAT,
                            hbd_membership_node_state (net->m[node], 1 - node),
                            hbd_membership_last_heard (net->m[node], 1 - node),
                            hbd_membership_link_is_up (net->m[node], 1 - node, 0),
                            core_net_counter (net, node, "delivered"));
}

static void
test_bad_signatures_change_a_counter (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autoptr (GBytes) good = core_net_last_sent_bytes (net, 1, "status");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    core_net_run (net, HBD_S (1));
    good = core_net_last_sent_bytes (net, 1, "status");
    core_net_forget (net);
    before = picture (net, 0);
    for (guint i = 0; i < 1000; i++) {
        gsize len;
        g_autofree guint8 *copy =
            g_memdup2 (g_bytes_get_data (good, &len), g_bytes_get_size (good));

        len = g_bytes_get_size (good);
        copy[5 + i % (len - 6)] ^= (guint8) (1 << i % 8);
        core_net_inject (net, 0, 0, copy, len);
    }
    after = picture (net, 0);
    g_assert_cmpstr (before, ==, after);
    g_assert_cmpuint (core_net_counter (net, 0, "refused-bad-digest"), >, 500);
    /* One line for a reason, however many came. */
    g_assert_cmpuint (core_net_count (net, 0, "record wire.refused link=eth0 reason=bad-digest"),
                      ==, 1);
}

static void
test_junk_changes_a_counter (void)
{
    static const char *const rows[] = { "", "x", "###\n", ">>>\n<<<\n", "###\n%%%\n3:1 a,\n" };
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autofree char *before = picture (net, 0);
    g_autofree char *after = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        core_net_inject (net, 0, 0, rows[i], strlen (rows[i]));
    after = picture (net, 0);
    g_assert_cmpstr (before, ==, after);
    g_assert_cmpuint (core_net_counter (net, 0, "rx"), >=, G_N_ELEMENTS (rows));
}

/* Frames recorded before a restart, sent again after it. */
static void
test_replays_after_a_restart_change_a_counter (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autoptr (GPtrArray) recorded =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    core_net_say (net, 1, "resource", "old", NULL);
    core_net_run (net, HBD_S (5));
    for (guint i = 0; i < net->sent->len; i++) {
        const CoreNetPacket *packet = g_ptr_array_index (net->sent, i);

        if (packet->from == 1)
            g_ptr_array_add (recorded, g_bytes_ref (packet->bytes));
    }
    g_assert_cmpuint (recorded->len, >, 20);
    core_net_start (net, 1);
    core_net_run (net, HBD_S (1));
    core_net_forget (net);
    before = picture (net, 0);
    for (guint i = 0; i < recorded->len; i++)
        inject_bytes (net, 0, g_ptr_array_index (recorded, i));
    after = picture (net, 0);
    g_assert_cmpstr (before, ==, after);
    g_assert_cmpuint (core_net_counter (net, 0, "rx-replay"), >, 20);
    core_net_assert_seen (net, 0, "record node.replay node=beta generation=100 newest=101");
}

/* Nor does sending a dead node's last words again keep anything of it alive. */
static void
test_replays_of_the_dead_change_a_counter (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autoptr (GPtrArray) recorded =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

    core_net_run (net, HBD_S (3));
    for (guint i = 0; i < net->sent->len; i++) {
        const CoreNetPacket *packet = g_ptr_array_index (net->sent, i);

        if (packet->from == 1)
            g_ptr_array_add (recorded, g_bytes_ref (packet->bytes));
    }
    core_net_kill (net, 1);
    for (guint i = 0; i < 50; i++) {
        core_net_run (net, HBD_MS (50));
        for (guint j = 0; j < recorded->len; j++)
            inject_bytes (net, 0, g_ptr_array_index (recorded, j));
    }
    g_assert_cmpint (hbd_membership_node_state (net->m[0], 1), ==, HBD_NODE_DEAD);
    g_assert_false (hbd_membership_link_is_up (net->m[0], 1, 0));
    g_assert_cmpint (core_net_when (net, 0, "node beta active dead - deadtime", 0), <=, 5900);
    g_assert_cmpuint (core_net_count (net, 0, "node beta"), ==, 1);
}

static void
test_strangers_are_counted_and_said_once_a_minute (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);

    for (guint i = 0; i < 100; i++)
        INJECT (net, "t", "status", "st", "active", "src", "mallory\n", "seq", "1", "hg", "1", "ts",
                "1");
    g_assert_cmpuint (core_net_counter (net, 0, "rx-unknown-node"), ==, 100);
    g_assert_cmpuint (core_net_count (net, 0, "record node.unknown node=\"mallory\\n\" link=eth0"),
                      ==, 1);
    core_net_run (net, HBD_S (61));
    INJECT (net, "t", "status", "src", "mallory", "seq", "1", "hg", "1", "ts", "1");
    core_net_assert_seen (net, 0, "record node.unknown node=\"mallory\" link=eth0 suppressed=99");
}

static void
test_our_own_frames_are_ignored (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);

    core_net_run (net, HBD_S (2));
    g_assert_cmpuint (core_net_counter (net, 0, "rx-own"), >=, 20);
    g_assert_cmpuint (core_net_counter (net, 0, "rx-same-name"), ==, 0);
}

static void
test_another_machine_of_our_name_is_said (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autoptr (HbdMessage) message = hbd_message_new_typed ("status");
    g_autoptr (GBytes) bytes = NULL;

    hbd_message_add (message, "src", "ALPHA");
    hbd_message_add_binary (message, "srcuuid", "0123456789abcdef", 16);
    bytes = hbd_wire_encode (message, net->keys, HBD_FRAMING_NETSTRING, false);
    inject_bytes (net, 0, bytes);
    inject_bytes (net, 0, bytes);
    g_assert_cmpuint (core_net_counter (net, 0, "rx-same-name"), ==, 2);
    g_assert_cmpuint (core_net_count (net, 0, "record node.same-name"), ==, 1);
}

typedef struct {
    const char *fields[14];
} FieldsRow;

static const FieldsRow malformed_rows[] = {
    { { "src", "beta", "seq", "99", "hg", "64", "ts", "1" } },
    { { "t", "status", "src", "beta", "seq", "99", "ts", "1" } },
    { { "t", "status", "src", "beta", "hg", "64", "ts", "1" } },
    { { "t", "status", "src", "beta", "seq", "0", "hg", "64", "ts", "1" } },
    { { "t", "status", "src", "beta", "seq", "-1", "hg", "64", "ts", "1" } },
    { { "t", "status", "src", "beta", "seq", "xyz", "hg", "64", "ts", "1" } },
    { { "t", "status", "src", "beta", "seq", "99", "hg", "100000000", "ts", "1" } },
    { { "t", "status", "src", "beta", "seq", "99", "hg", "64", "ts", "0" } },
    { { "t", "status", "src", "beta", "seq", "99", "hg", "64" } },
    { { "t", "status", "seq", "99", "hg", "64", "ts", "1" } },
    { { "t", "NS_ackmsg", "src", "beta", "ts", "1" } },
};

static void
test_malformed_headers_change_a_counter (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autofree char *before = picture (net, 0);
    g_autofree char *after = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (malformed_rows); i++)
        inject (net, 0, malformed_rows[i].fields);
    after = picture (net, 0);
    g_assert_cmpstr (before, ==, after);
    g_assert_cmpuint (core_net_counter (net, 0, "rx-malformed"), ==, G_N_ELEMENTS (malformed_rows));
    g_assert_cmpuint (core_net_count (net, 0, "record wire.malformed"), ==, 1);
}

/* What a status says beyond what we understand does no harm. */
static void
test_odd_statuses_are_bounded (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);

    core_net_kill (net, 1);
    /* A deadtime of 2^63 ms is a day at most, an unknown word changes no state. */
    INJECT (net, "t", "status", "st", "flying", "dt", "7fffffffffffffff", "src", "Beta", "seq",
            "1000", "hg", "64", "ts", "1");
    g_assert_cmpint (hbd_membership_node_state (net->m[0], 1), ==, HBD_NODE_ACTIVE);
    g_assert_false (hbd_membership_node_is_native (net->m[0], 1));
    core_net_run (net, HBD_S (5));
    g_assert_cmpint (hbd_membership_node_state (net->m[0], 1), ==, HBD_NODE_ACTIVE);
    /* One of 0 ms is 10 ms. */
    INJECT (net, "t", "status", "st", "active", "dt", "0", "src", "beta", "seq", "1001", "hg", "64",
            "ts", "1");
    g_assert_cmpint (hbd_membership_node_state (net->m[0], 1), ==, HBD_NODE_ACTIVE);
    core_net_run (net, HBD_MS (11));
    g_assert_cmpint (hbd_membership_node_state (net->m[0], 1), ==, HBD_NODE_DEAD);
}

static void
test_a_status_that_says_dead_is_a_death (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);

    core_net_kill (net, 1);
    INJECT (net, "t", "status", "st", "dead", "src", "beta", "seq", "1000", "hg", "64", "ts", "1");
    core_net_assert_seen (net, 0, "node beta active dead - status");
    core_net_forget (net);
    INJECT (net, "t", "status", "st", "dead", "src", "beta", "seq", "1001", "hg", "64", "ts", "1");
    g_assert_cmpuint (core_net_count (net, 0, "node beta"), ==, 0);
    INJECT (net, "t", "status", "st", "active", "src", "beta", "seq", "1002", "hg", "64", "ts",
            "1");
    core_net_assert_seen (net, 0, "node beta dead active return returned");
}

/* Others count the number, then drop the message (doc/heartbeat.md 4.4). */
static void
test_messages_for_one_node_reach_one_node (void)
{
    g_autoptr (CoreNet) net = new_net (3, 1);
    g_autoptr (HbdMessage) sent = NULL;
    gsize len;

    core_net_say (net, 0, "ip-request", "ask", "gamma");
    core_net_run (net, HBD_S (3));
    g_assert_cmpuint (core_net_count (net, 2, "message alpha ip-request ask"), ==, 1);
    g_assert_cmpuint (core_net_count (net, 1, "message alpha ip-request"), ==, 0);
    g_assert_cmpuint (core_net_counter (net, 1, "rx-other-dest"), >=, 1);
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 0);
    sent = core_net_last_sent (net, 0, "ip-request");
    g_assert_cmpstr (hbd_message_get (sent, "dest"), ==, "gamma");
    g_assert_cmpint (hbd_message_get_binary (sent, "destuuid", &len)[0], ==, 3);
}

/* --- sending for the layer above --- */

static void
test_header_fields_are_ours_alone (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autoptr (HbdMessage) message = hbd_message_new_typed ("resource");
    g_autoptr (HbdMessage) sent = NULL;
    HbdMembershipEvent event = { .kind = HBD_MEMBERSHIP_SEND, .wall_s = 1795404227 };
    static const char *const ours[] = { "src", "seq", "hg", "ts", "ld", "ttl", "auth" };

    for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
        hbd_message_add (message, ours[i], "forged");
    hbd_message_add (message, "rsc_hold", "all");
    hbd_message_add (message, "dest", "beta");
    event.send.message = message;
    core_net_step (net, 0, &event);
    sent = core_net_last_sent (net, 0, "resource");
    for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
        g_assert_cmpstr (hbd_message_get (sent, ours[i]), !=, "forged");
    g_assert_cmpstr (hbd_message_get (sent, "rsc_hold"), ==, "all");
    g_assert_cmpstr (hbd_message_get (sent, "dest"), ==, "beta");
    g_assert_cmpstr (hbd_message_get (sent, "ts"), ==, "6b03b1c3");
}

static void
test_what_cannot_be_said_is_counted (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autoptr (HbdMessage) wide = hbd_message_new_typed ("resource");
    g_autoptr (HbdMessage) untyped = hbd_message_new ();
    HbdMembershipEvent event = { .kind = HBD_MEMBERSHIP_SEND, .wall_s = 1 };

    for (guint i = 0; i < HBD_MESSAGE_MAX_FIELDS; i++)
        hbd_message_add (wide, "x", "y");
    core_net_say (net, 0, "status", NULL, NULL);
    core_net_say (net, 0, "NS_rexmit", NULL, NULL);
    event.send.message = wide;
    core_net_step (net, 0, &event);
    event.send.message = untyped;
    core_net_step (net, 0, &event);
    g_assert_cmpuint (net->sent->len, ==, 0);
    g_assert_cmpuint (core_net_counter (net, 0, "tx-refused"), ==, 4);
    /* No number was spent: the peer misses nothing. */
    core_net_run (net, HBD_S (2));
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 0);
}

static void
test_extras_travel_with_statuses (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autoptr (HbdMessage) first = NULL;
    g_autoptr (HbdMessage) second = NULL;

    hbd_membership_set_extra (net->m[0], "hbdclaim", "1");
    hbd_membership_set_extra (net->m[0], "hbdcfg", "abc");
    hbd_membership_set_extra (net->m[0], "hbdclaim", "2");
    hbd_membership_set_load (net->m[0], "0.50 0.40 0.30 1/99 7\n");
    core_net_status (net, 0);
    first = core_net_last_sent (net, 0, "status");
    g_assert_cmpstr (hbd_message_get (first, "hbdclaim"), ==, "2");
    g_assert_cmpstr (hbd_message_get (first, "hbdcfg"), ==, "abc");
    g_assert_cmpstr (hbd_message_get (first, "ld"), ==, "0.50 0.40 0.30 1/99 7");
    core_net_run (net, HBD_MS (1));
    core_net_assert_seen (net, 1, "message alpha status");
    hbd_membership_set_extra (net->m[0], "hbdclaim", NULL);
    hbd_membership_set_extra (net->m[0], "absent", NULL);
    core_net_status (net, 0);
    second = core_net_last_sent (net, 0, "status");
    g_assert_null (hbd_message_get (second, "hbdclaim"));
    g_assert_cmpint (hbd_membership_last_status (net->m[0]), ==, net->now);
}

/* --- node lists --- */

static void
test_node_lists_are_always_answered_in_full (void)
{
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);
    g_autoptr (HbdMessage) reply = NULL;
    static const char *const order[] = { "t", "dest", "nodelist", "delnodelist" };

    /* Also before we have joined. */
    core_net_start (net, 0);
    INJECT (net, "t", "status", "st", "up", "src", "beta", "seq", "1", "hg", "64", "ts", "1");
    core_net_forget (net);
    INJECT (net, "t", "reqnodes", "dest", "alpha", "src", "beta", "seq", "2", "hg", "64", "ts",
            "1");
    reply = core_net_last_sent (net, 0, "repnodes");
    g_assert_nonnull (reply);
    for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;

        g_assert_cmpstr (hbd_message_field (reply, i, &data, &len, &is_binary), ==, order[i]);
    }
    g_assert_cmpstr (hbd_message_get (reply, "dest"), ==, "beta");
    g_assert_cmpstr (hbd_message_get (reply, "nodelist"), ==, "alpha beta ");
    g_assert_cmpstr (hbd_message_get (reply, "delnodelist"), ==, " ");
}

static void
test_a_node_that_never_lists_its_nodes_is_no_obstacle (void)
{
    g_autoptr (CoreNet) net = core_net_new (&core_net_defaults);

    core_net_start (net, 0);
    for (guint i = 1; i < 100; i++) {
        g_autofree char *seq = g_strdup_printf ("%x", i);

        INJECT (net, "t", "status", "st", "active", "src", "beta", "seq", seq, "hg", "64", "ts",
                "1");
        g_assert_true (hbd_membership_is_joined (net->m[0]));
        core_net_run (net, HBD_MS (200));
    }
    g_assert_cmpuint (core_net_sent (net, 0, "reqnodes"), ==, 10);
}

static void
test_a_different_list_is_said_once (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);

    g_assert_cmpuint (core_net_count (net, 0, "record node.list-differs"), ==, 0);
    core_net_kill (net, 1);
    INJECT (net, "t", "status", "st", "up", "src", "beta", "seq", "1", "hg", "65", "ts", "1");
    for (guint i = 2; i < 5; i++) {
        g_autofree char *seq = g_strdup_printf ("%x", i);

        INJECT (net, "t", "repnodes", "nodelist", "beta gamma\n ", "src", "beta", "seq", seq, "hg",
                "65", "ts", "1");
    }
    g_assert_cmpuint (
        core_net_count (net, 0, "record node.list-differs node=beta theirs=\"beta gamma\\n \""), ==,
        1);
}

/* initdead bears with a node that fell silent during the start, joining ends that. */
static void
test_joining_ends_the_patience_of_initdead (void)
{
    CoreNetOptions options = core_net_defaults;
    g_autoptr (CoreNet) net = NULL;

    options.n_nodes = 3;
    net = core_net_new (&options);
    core_net_start (net, 0);
    core_net_run (net, HBD_MS (100));
    INJECT (net, "t", "status", "st", "up", "src", "beta", "seq", "1", "hg", "64", "ts", "1");
    core_net_run (net, HBD_S (4));
    g_assert_cmpint (core_net_when (net, 0, "node gamma init dead - initdead", 0), ==, 3000);
    g_assert_cmpint (core_net_when (net, 0, "node beta up dead - deadtime", 0), ==, 3000);
    g_assert_cmpint (core_net_when (net, 0, "joined", 0), ==, 3000);
}

/* --- links --- */

static void
test_each_link_has_its_own_state (void)
{
    g_autoptr (CoreNet) net = new_net (2, 2);

    g_assert_true (hbd_membership_link_is_up (net->m[0], 1, 0));
    g_assert_true (hbd_membership_link_is_up (net->m[0], 1, 1));
    net->is_cut[1][0][1] = true;
    core_net_run (net, HBD_S (2));
    core_net_assert_seen (net, 0, "link beta 1 down");
    core_net_assert_seen (net, 0, "record link.state node=beta link=eth1 from=up to=down");
    g_assert_false (hbd_membership_link_is_up (net->m[0], 1, 1));
    g_assert_cmpuint (core_net_count (net, 0, "node beta"), ==, 0);
    net->is_cut[1][0][1] = false;
    core_net_run (net, HBD_S (1));
    core_net_assert_seen (net, 0, "link beta 1 up");
    g_assert_cmpuint (core_net_count (net, 0, "link"), ==, 2);
}

static void
test_a_link_that_never_worked_is_said (void)
{
    CoreNetOptions options = core_net_defaults;
    g_autoptr (CoreNet) net = NULL;

    options.n_links = 2;
    net = core_net_new (&options);
    net->is_cut[1][0][1] = true;
    core_net_start (net, 0);
    core_net_run (net, HBD_S (2));
    core_net_start (net, 1);
    core_net_run (net, HBD_S (3));
    g_assert_cmpint (core_net_when (net, 0, "link beta 1 down", 0), ==, 3000);
}

static void
test_our_own_end_of_a_link_counts (void)
{
    g_autoptr (CoreNet) net = new_net (2, 2);
    HbdMembershipEvent event = { .kind = HBD_MEMBERSHIP_LINK, .wall_s = 1 };

    event.link.link = 1;
    event.link.is_up = false;
    net->is_cut[0][1][1] = net->is_cut[1][0][1] = true;
    core_net_step (net, 0, &event);
    core_net_step (net, 0, &event);
    g_assert_false (hbd_membership_link_is_up (net->m[0], 0, 1));
    g_assert_false (hbd_membership_link_is_up (net->m[0], 1, 1));
    g_assert_cmpuint (core_net_count (net, 0, "record link.own node=alpha link=eth1 to=down"), ==,
                      1);
    core_net_run (net, HBD_S (2));
    core_net_forget (net);
    net->is_cut[0][1][1] = net->is_cut[1][0][1] = false;
    event.link.is_up = true;
    core_net_step (net, 0, &event);
    /* Say so at once: the peer may wait for it. */
    g_assert_cmpuint (core_net_sent (net, 0, "status"), ==, 1);
    core_net_run (net, HBD_MS (300));
    core_net_assert_seen (net, 0, "link beta 1 up");
    event.link.link = 2;
    core_net_step (net, 0, &event);
    event.link.link = -1;
    core_net_step (net, 0, &event);
}

/* --- keys --- */

static void
set_keys (CoreNet *net, guint node, guint active)
{
    g_autoptr (HbdKeyTable) table = hbd_key_table_dup (net->keys);

    hbd_key_table_set (table, 2, HBD_AUTH_SHA1, "secret");
    table->active = active;
    hbd_membership_set_keys (net->m[node], table);
}

/* One node after the other gets the file with the keyed line; nobody dies, then the door shuts. */
static void
test_moving_from_crc_to_a_key_kills_nobody (void)
{
    g_autoptr (CoreNet) net = new_net (2, 1);
    g_autoptr (GBytes) crc_frame = NULL;

    /* Entry 2 for the net's own eyes and for both nodes, before anybody signs with it. */
    hbd_key_table_set (net->keys, 2, HBD_AUTH_SHA1, "secret");
    for (guint i = 0; i < 2; i++)
        set_keys (net, i, 1);
    core_net_run (net, HBD_S (2));
    set_keys (net, 0, 2);
    core_net_run (net, HBD_S (5));
    g_assert_cmpuint (core_net_count (net, 0, "record auth.unkeyed-closed"), ==, 0);
    crc_frame = core_net_last_sent_bytes (net, 1, "status");
    set_keys (net, 1, 2);
    core_net_run (net, HBD_S (5));
    core_net_assert_seen (net, 0, "record auth.unkeyed-closed node=alpha");
    for (guint i = 0; i < 2; i++)
        g_assert_cmpuint (core_net_count (net, i, "node"), ==, 0);
    inject_bytes (net, 0, crc_frame);
    g_assert_cmpuint (core_net_counter (net, 0, "refused-unkeyed"), ==, 1);
}

/* --- a real 3.0.6 node, captured --- */

/* We are bob of the captured cluster, one link. */
static HbdMembership *
new_bob (const HbdKeyTable *keys, GArray *out)
{
    static const char *const nodes[] = { "alice", "bob", NULL };
    static const char *const links[] = { "eth0", NULL };
    HbdMembershipConfig config = {
        .self = "bob",
        .nodes = nodes,
        .links = links,
        .keepalive_us = HBD_MS (500),
        .deadtime_us = HBD_S (2),
        .warntime_us = HBD_S (1),
        .initdead_us = HBD_S (10),
        .rexmit_us = HBD_MS (250),
        .hopfudge = 1,
        .generation = 0x6b03b1c6,
        .inner_auth = true,
        .keys = keys,
        .seed = 1,
    };
    HbdMembershipEvent start = { .kind = HBD_MEMBERSHIP_START, .wall_s = 0x6b03b24c };
    HbdMembership *m = hbd_membership_new (&config, 0);

    hbd_membership_step (m, &start, 0, out);
    return m;
}

static void
feed (HbdMembership *m, const WireVector *vector, HbdTime now, GArray *out)
{
    HbdMembershipEvent event = { .kind = HBD_MEMBERSHIP_PACKET, .wall_s = 0x6b03b24c };

    event.packet.data = g_bytes_get_data (vector->data, NULL);
    event.packet.len = g_bytes_get_size (vector->data);
    hbd_membership_step (m, &event, now, out);
}

/* Run timers until @until. */
static void
advance (HbdMembership *m, HbdTime until, GArray *out)
{
    HbdMembershipEvent timer = { .kind = HBD_MEMBERSHIP_TIMER, .wall_s = 0x6b03b24c };

    while (hbd_membership_deadline (m) <= until)
        hbd_membership_step (m, &timer, hbd_membership_deadline (m), out);
}

static guint
count_actions (const GArray *out, HbdMembershipActionKind kind)
{
    guint count = 0;

    for (guint i = 0; i < out->len; i++)
        count += g_array_index (out, HbdMembershipAction, i).kind == kind;
    return count;
}

static void
test_a_captured_node_is_understood (void)
{
    static const char *const names[] = { "md5-bcast-status-init", "md5-bcast-status-up",
                                         "md5-bcast-reqnodes", "md5-bcast-shutdone",
                                         "md5-bcast-starting" };
    g_autoptr (GPtrArray) vectors = wire_vectors_load_default ();
    g_autoptr (GArray) out = hbd_membership_actions_new ();
    const WireVector *first = wire_vectors_find (vectors, names[0]);
    g_autoptr (HbdMembership) m = new_bob (first->keys, out);
    HbdTime now = 0;

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        feed (m, wire_vectors_find (vectors, names[i]), now += HBD_MS (10), out);
    g_assert_cmpint (hbd_membership_node_state (m, 0), ==, HBD_NODE_UP);
    g_assert_false (hbd_membership_node_is_native (m, 0));
    g_assert_true (hbd_membership_is_joined (m));
    g_assert_cmpuint (count_actions (out, HBD_MEMBERSHIP_DO_JOINED), ==, 1);
    g_assert_cmpuint (count_actions (out, HBD_MEMBERSHIP_DO_MESSAGE), ==, 5);
    /* It announced 4 s of deadtime, and said that it leaves. */
    advance (m, now + HBD_S (4) - HBD_MS (40), out);
    g_assert_cmpint (hbd_membership_node_state (m, 0), ==, HBD_NODE_UP);
    advance (m, now + HBD_S (4), out);
    g_assert_cmpint (hbd_membership_node_state (m, 0), ==, HBD_NODE_DEAD);
}

static void
test_every_captured_message_is_handled (void)
{
    g_autoptr (GPtrArray) vectors = wire_vectors_load_default ();

    for (guint i = 0; i < vectors->len; i++) {
        const WireVector *vector = g_ptr_array_index (vectors, i);
        g_autoptr (GArray) out = hbd_membership_actions_new ();
        g_autoptr (HbdMembership) m = new_bob (vector->keys, out);

        feed (m, vector, HBD_MS (10), out);
        feed (m, vector, HBD_MS (20), out);
        g_assert_cmpint (hbd_membership_deadline (m), >, HBD_MS (20));
    }
}

static void
test_a_captured_replay_is_refused (void)
{
    g_autoptr (GPtrArray) vectors = wire_vectors_load_default ();
    const WireVector *replay = wire_vectors_find (vectors, "neg-replay-old-generation");
    const WireVector *tampered = wire_vectors_find (vectors, "neg-tampered-status");
    static const char *const nodes[] = { "alice", "bob", NULL };
    static const char *const links[] = { "eth0", NULL };
    g_autoptr (GArray) out = hbd_membership_actions_new ();
    HbdMembershipEvent start = { .kind = HBD_MEMBERSHIP_START, .wall_s = 1 };
    HbdMembershipConfig config = { .self = "alice",
                                   .nodes = nodes,
                                   .links = links,
                                   .keepalive_us = HBD_S (1),
                                   .deadtime_us = HBD_S (9),
                                   .initdead_us = HBD_S (9),
                                   .keys = replay->keys };
    g_autoptr (HbdMembership) m = hbd_membership_new (&config, 0);
    g_autoptr (HbdMessage) current = hbd_message_dup (tampered->message);
    WireVector good = { 0 };

    /* The frame that was tampered with, signed anew: generation 6b03b5d3. */
    good.data = hbd_wire_encode (current, replay->keys, HBD_FRAMING_NETSTRING, true);
    hbd_membership_step (m, &start, 0, out);
    g_array_set_size (out, 0);
    feed (m, &good, 1, out);
    g_assert_cmpuint (count_actions (out, HBD_MEMBERSHIP_DO_MESSAGE), ==, 1);
    g_array_set_size (out, 0);
    feed (m, replay, 2, out);
    g_assert_cmpuint (count_actions (out, HBD_MEMBERSHIP_DO_MESSAGE), ==, 0);
    g_assert_cmpuint (count_actions (out, HBD_MEMBERSHIP_DO_NODE), ==, 0);
    g_assert_cmpuint (count_actions (out, HBD_MEMBERSHIP_DO_RECORD), ==, 1);
    g_bytes_unref (good.data);
}

#define ADD(name, function) g_test_add_func ("/membership/" name, function)

static void
add_more_tests (void)
{
    ADD ("nodes/always-answered", test_node_lists_are_always_answered_in_full);
    ADD ("nodes/no-answer-is-no-obstacle", test_a_node_that_never_lists_its_nodes_is_no_obstacle);
    ADD ("nodes/difference-is-said-once", test_a_different_list_is_said_once);
    ADD ("start/joining-ends-initdead", test_joining_ends_the_patience_of_initdead);
    ADD ("links/own-state-each", test_each_link_has_its_own_state);
    ADD ("links/never-worked", test_a_link_that_never_worked_is_said);
    ADD ("links/own-end", test_our_own_end_of_a_link_counts);
    ADD ("keys/moving-from-crc", test_moving_from_crc_to_a_key_kills_nobody);
    ADD ("captured/understood", test_a_captured_node_is_understood);
    ADD ("captured/all-handled", test_every_captured_message_is_handled);
    ADD ("captured/replay-refused", test_a_captured_replay_is_refused);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("receive/bad-signatures", test_bad_signatures_change_a_counter);
    ADD ("receive/junk", test_junk_changes_a_counter);
    ADD ("receive/replays-after-a-restart", test_replays_after_a_restart_change_a_counter);
    ADD ("receive/replays-of-the-dead", test_replays_of_the_dead_change_a_counter);
    ADD ("receive/strangers", test_strangers_are_counted_and_said_once_a_minute);
    ADD ("receive/own-frames", test_our_own_frames_are_ignored);
    ADD ("receive/same-name", test_another_machine_of_our_name_is_said);
    ADD ("receive/malformed-headers", test_malformed_headers_change_a_counter);
    ADD ("receive/odd-statuses", test_odd_statuses_are_bounded);
    ADD ("receive/status-dead", test_a_status_that_says_dead_is_a_death);
    ADD ("receive/dest", test_messages_for_one_node_reach_one_node);
    ADD ("send/header-is-ours", test_header_fields_are_ours_alone);
    ADD ("send/refused", test_what_cannot_be_said_is_counted);
    ADD ("send/extras", test_extras_travel_with_statuses);
    add_more_tests ();
    return g_test_run ();
}
