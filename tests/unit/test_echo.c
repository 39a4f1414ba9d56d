/* SPDX-License-Identifier: Apache-2.0 */
/* Each node is told what the other one hears of it, link by link. */
#include "config.h"

#include "tests/unit/core_net.h"

#include <string.h>

static CoreNet *
two_nodes_two_links (void)
{
    CoreNetOptions options = core_net_defaults;
    CoreNet *net;

    options.n_links = 2;
    net = core_net_new (&options);
    core_net_start (net, 0);
    core_net_start (net, 1);
    core_net_run (net, HBD_S (2));
    return net;
}

static guint64
echo (const CoreNet *net, guint node, int link)
{
    guint64 count = G_MAXUINT64;

    g_assert_true (hbd_membership_echo (net->m[node], 1 - node, link, &count));
    return count;
}

static void
test_both_know_what_the_other_one_hears (void)
{
    g_autoptr (CoreNet) net = two_nodes_two_links ();

    for (int link = 0; link < 2; link++) {
        guint64 heard = hbd_membership_received (net->m[1], 0, link);

        g_assert_cmpuint (heard, >, 8);
        /* as of its last status, a keepalive ago at most */
        g_assert_cmpuint (echo (net, 0, link), <=, heard);
        g_assert_cmpuint (echo (net, 0, link), >=, heard - 3);
    }
    g_assert_cmpuint (hbd_membership_received (net->m[0], 0, 0), ==, 0);
}

static void
test_a_link_that_fails_outwards_only_shows (void)
{
    g_autoptr (CoreNet) net = two_nodes_two_links ();
    guint64 before, heard;

    net->is_cut[0][1][1] = true; /* alpha's words on its second link */
    core_net_run (net, HBD_MS (500));
    before = echo (net, 0, 1);
    heard = echo (net, 0, 0);
    core_net_run (net, HBD_S (3));
    g_assert_cmpuint (echo (net, 0, 1), ==, before);
    g_assert_cmpuint (echo (net, 0, 0), >=, heard + 12);
    /* alpha hears both: without the echo it would know of nothing */
    g_assert_true (hbd_membership_link_is_up (net->m[0], 1, 1));
    g_assert_false (hbd_membership_link_is_up (net->m[1], 0, 1));
}

static void
test_counts_begin_anew_with_a_life (void)
{
    g_autoptr (CoreNet) net = two_nodes_two_links ();

    core_net_kill (net, 1);
    core_net_run (net, HBD_S (2));
    core_net_start (net, 1);
    core_net_run (net, HBD_S (1));
    g_assert_cmpuint (echo (net, 0, 0), <, 12);
    g_assert_cmpuint (echo (net, 0, 0), >, 0);
}

/* A status of beta with that echo, in place of its own. */
static void
say_status (CoreNet *net, const char *text, bool is_native)
{
    g_autoptr (HbdMessage) last = core_net_last_sent (net, 1, "status");
    g_autoptr (HbdMessage) message = hbd_message_new ();
    g_autoptr (GBytes) bytes = NULL;
    guint64 seq;

    g_assert_true (hbd_message_get_number (last, "seq", 16, &seq));
    for (guint i = 0; i < hbd_message_field_count (last); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;
        const char *name = hbd_message_field (last, i, &data, &len, &is_binary);

        if (is_binary)
            hbd_message_add_binary (message, name, data, len);
        else if (strcmp (name, "seq") == 0)
            hbd_message_add_printf (message, "seq", "%" G_GINT64_MODIFIER "x", seq + 1);
        else if (strcmp (name, "hbdecho") != 0 && (is_native || strcmp (name, "hbd") != 0))
            hbd_message_add (message, name, (const char *) data);
    }
    if (text != NULL)
        hbd_message_add (message, "hbdecho", text);
    bytes = hbd_wire_encode (message, net->keys, HBD_FRAMING_NETSTRING, false);
    core_net_inject (net, 0, 0, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
say_echo (CoreNet *net, const char *text)
{
    say_status (net, text, true);
}

typedef struct {
    const char *text;
    int link;
    gint64 expected; /* -1: it does not say */
} Row;

static const Row rows[] = {
    { "alpha/eth0:ff alpha/eth1:1", 0, 0xff },
    { "alpha/eth0:ff alpha/eth1:1", 1, 1 },
    { "gamma/eth0:5 alpha/eth0:6", 0, 6 },
    { NULL, 0, -1 },
    { "x", 0, -1 },
    { "alpha/eth0", 0, -1 },
    { "alpha/eth0:", 0, -1 },
    { "alpha/eth0:-1", 0, -1 },
    { "alpha/eth0:10000000000000000", 0, -1 },
    { "alph/eth0:1 alphas/eth0:1 alpha/eth01:1 alpha/eth:1", 0, -1 },
    { "/:/:/: ::: ///", 0, -1 },
};

static void
test_odd_echoes_say_nothing (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (CoreNet) net = two_nodes_two_links ();
        guint64 count = 0;

        say_echo (net, rows[i].text);
        if (rows[i].expected < 0) {
            g_assert_false (hbd_membership_echo (net->m[0], 1, rows[i].link, &count));
        } else {
            g_assert_true (hbd_membership_echo (net->m[0], 1, rows[i].link, &count));
            g_assert_cmpuint (count, ==, (guint64) rows[i].expected);
        }
    }
}

static void
test_a_long_echo_is_not_kept (void)
{
    g_autoptr (CoreNet) net = two_nodes_two_links ();
    g_autofree char *text = g_strnfill (4000, 'x');
    guint64 count;

    memcpy (text, "alpha/eth0:1 ", 13);
    say_echo (net, text);
    g_assert_false (hbd_membership_echo (net->m[0], 1, 0, &count));
}

/* Two links may be on one interface (bcast and ucast): the first is the first there too. */
static void
test_links_of_the_same_name_are_told_apart (void)
{
    static const char *const links[] = { "eth0", "eth0", NULL };
    g_autoptr (CoreNet) net = two_nodes_two_links ();
    HbdMembershipConfig config = core_net_config (net, 0);
    HbdMembershipEvent start = { .kind = HBD_MEMBERSHIP_START, .wall_s = 1 };
    g_autoptr (GArray) out = hbd_membership_actions_new ();
    guint64 count;

    config.links = links;
    hbd_membership_free (net->m[0]);
    net->m[0] = hbd_membership_new (&config, net->now);
    hbd_membership_step (net->m[0], &start, net->now, out);
    say_echo (net, "alpha/eth0:3 alpha/eth0:4");
    g_assert_true (hbd_membership_echo (net->m[0], 1, 0, &count));
    g_assert_cmpuint (count, ==, 3);
    g_assert_true (hbd_membership_echo (net->m[0], 1, 1, &count));
    g_assert_cmpuint (count, ==, 4);
}

static void
test_a_3_0_6_node_is_not_told (void)
{
    g_autoptr (CoreNet) net = two_nodes_two_links ();
    g_autoptr (HbdMessage) with = core_net_last_sent (net, 0, "status");
    g_autoptr (HbdMessage) without = NULL;

    g_assert_nonnull (hbd_message_get (with, "hbdecho"));
    say_status (net, NULL, false);
    core_net_kill (net, 1);
    core_net_run (net, HBD_MS (500));
    without = core_net_last_sent (net, 0, "status");
    g_assert_null (hbd_message_get (without, "hbdecho"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/echo/both-know-what-the-other-one-hears",
                     test_both_know_what_the_other_one_hears);
    g_test_add_func ("/echo/link-that-fails-outwards-only-shows",
                     test_a_link_that_fails_outwards_only_shows);
    g_test_add_func ("/echo/counts-begin-anew-with-a-life", test_counts_begin_anew_with_a_life);
    g_test_add_func ("/echo/odd-ones-say-nothing", test_odd_echoes_say_nothing);
    g_test_add_func ("/echo/long-one-is-not-kept", test_a_long_echo_is_not_kept);
    g_test_add_func ("/echo/links-of-the-same-name-are-told-apart",
                     test_links_of_the_same_name_are_told_apart);
    g_test_add_func ("/echo/3.0.6-is-not-told", test_a_3_0_6_node_is_not_told);
    return g_test_run ();
}
