/* SPDX-License-Identifier: Apache-2.0 */
/* Loss, order and copies: doc/heartbeat.md 4.7, 11 (9). */
#include "config.h"

#include "tests/unit/core_net.h"

#include <string.h>

static CoreNet *
new_pair (guint n_links)
{
    CoreNetOptions options = core_net_defaults;
    CoreNet *net;

    options.n_links = n_links;
    net = core_net_new (&options);
    core_net_start (net, 0);
    core_net_start (net, 1);
    core_net_run (net, HBD_MS (1900));
    core_net_forget (net);
    return net;
}

typedef struct {
    const char *type;
    guint left; /* how many more to drop */
} DropType;

static bool
drop_type (gpointer data, guint from, guint to, const HbdMessage *message)
{
    DropType *drop = data;

    if (drop->left == 0 || strcmp (hbd_message_get (message, "t"), drop->type) != 0)
        return false;
    drop->left--;
    return true;
}

static void
test_a_lost_message_comes_late_and_once (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    DropType drop = { "resource", 1 };
    g_autoptr (HbdMessage) request = NULL;
    gint64 at;

    net->drop = drop_type;
    net->drop_data = &drop;
    core_net_say (net, 0, "resource", "one", NULL);
    core_net_run (net, HBD_S (2));
    g_assert_cmpuint (core_net_count (net, 1, "message alpha resource one"), ==, 1);
    /* Found by the next status, asked for 50 to 250 ms later. */
    at = core_net_when (net, 1, "message alpha resource one", 0);
    g_assert_cmpint (at, >=, 1900 + 50);
    g_assert_cmpint (at, <=, 1900 + 200 + 250 + 2);
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 1);
    request = core_net_last_sent (net, 1, "NS_rexmit");
    g_assert_cmpstr (hbd_message_get (request, "dest"), ==, "alpha");
    g_assert_null (hbd_message_get (request, "seq"));
    g_assert_null (hbd_message_get (request, "ld"));
    g_assert_cmpstr (hbd_message_get (request, "firstseq"), ==,
                     hbd_message_get (request, "lastseq"));
}

static void
test_what_is_sent_again_is_identical (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    DropType drop = { "resource", 1 };
    g_autoptr (GBytes) first = NULL;
    g_autoptr (GBytes) second = NULL;

    net->drop = drop_type;
    net->drop_data = &drop;
    core_net_say (net, 0, "resource", "one", NULL);
    first = core_net_last_sent_bytes (net, 0, "resource");
    core_net_run (net, HBD_S (2));
    g_assert_cmpuint (core_net_sent (net, 0, "resource"), ==, 2);
    second = core_net_last_sent_bytes (net, 0, "resource");
    g_assert_true (g_bytes_equal (first, second));
}

static void
test_messages_are_delivered_at_once_even_past_a_hole (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    DropType drop = { "first", 1 };

    net->drop = drop_type;
    net->drop_data = &drop;
    core_net_say (net, 0, "first", NULL, NULL);
    core_net_say (net, 0, "second", NULL, NULL);
    core_net_run (net, HBD_MS (1));
    g_assert_cmpuint (core_net_count (net, 1, "message alpha second"), ==, 1);
    g_assert_cmpuint (core_net_count (net, 1, "message alpha first"), ==, 0);
    core_net_run (net, HBD_S (1));
    g_assert_cmpuint (core_net_count (net, 1, "message alpha first"), ==, 1);
}

/* Loss, copies, wild order on two links, both ways: everything arrives, once. */
static void
test_everything_arrives_once (void)
{
    for (guint64 seed = 1; seed <= 20; seed++) {
        CoreNetOptions options = core_net_defaults;
        g_autoptr (CoreNet) net = NULL;

        options.n_links = 1 + seed % 2;
        options.seed = seed;
        net = core_net_new (&options);
        core_net_start (net, 0);
        core_net_start (net, 1);
        core_net_run (net, HBD_S (1));
        core_net_forget (net);
        net->loss_percent = 20;
        net->repeat_percent = 20;
        net->delay_max_us = HBD_MS (120);
        for (guint i = 0; i < 200; i++) {
            g_autofree char *info = g_strdup_printf ("number-%u.", i);

            core_net_say (net, i % 2, "resource", info, NULL);
            core_net_run (net, HBD_MS (13));
        }
        net->loss_percent = 0;
        core_net_run (net, HBD_S (3));
        for (guint i = 0; i < 200; i++) {
            g_autofree char *line =
                g_strdup_printf ("message %s resource number-%u.", core_net_name (i % 2), i);

            if (core_net_count (net, 1 - i % 2, line) != 1)
                core_net_fail (net, __FILE__, __LINE__, line);
        }
        g_assert_cmpuint (core_net_counter (net, 0, "lost"), ==, 0);
    }
}

static void
test_two_links_deliver_once (void)
{
    g_autoptr (CoreNet) net = new_pair (2);

    core_net_say (net, 0, "resource", "one", NULL);
    core_net_run (net, HBD_S (1));
    g_assert_cmpuint (core_net_count (net, 1, "message alpha resource"), ==, 1);
    g_assert_cmpuint (core_net_counter (net, 1, "rx-duplicate"), >, 5);
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 0);
}

/* 3.0.6 asks for ever; we have an end. */
static void
test_asking_has_an_end (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    DropType drop = { "resource", G_MAXUINT };

    net->drop = drop_type;
    net->drop_data = &drop;
    core_net_say (net, 0, "resource", "never", NULL);
    core_net_run (net, HBD_S (4));
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), >, 10);
    core_net_run (net, HBD_S (4));
    core_net_assert_seen (net, 1, "record node.lost-message node=alpha seq=");
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 20);
    g_assert_cmpuint (core_net_counter (net, 1, "lost"), ==, 1);
    core_net_forget (net);
    core_net_run (net, HBD_S (4));
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 0);
}

static void
test_the_dead_are_not_asked (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    DropType drop = { "resource", G_MAXUINT };

    net->drop = drop_type;
    net->drop_data = &drop;
    core_net_say (net, 0, "resource", "never", NULL);
    core_net_run (net, HBD_MS (250));
    core_net_kill (net, 0);
    core_net_run (net, HBD_S (2));
    core_net_forget (net);
    core_net_run (net, HBD_S (2));
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 0);
}

/* What a scripted peer says: our own framing with a header of its choice. */
static void
inject (CoreNet *net, guint to, const char *const *fields)
{
    g_autoptr (HbdMessage) message = hbd_message_new ();
    g_autoptr (GBytes) bytes = NULL;

    for (; *fields != NULL; fields += 2)
        hbd_message_add (message, fields[0], fields[1]);
    hbd_message_add (message, "ts", "6b03b1c3");
    bytes = hbd_wire_encode (message, net->keys, HBD_FRAMING_NETSTRING, false);
    core_net_inject (net, to, 0, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
ask (CoreNet *net, const char *first, const char *last)
{
    const char *const fields[] = { "t",  "NS_rexmit", "dest", "alpha", "firstseq", first, "lastseq",
                                   last, "src",       "beta", "hg",    "64",       NULL };

    core_net_forget (net);
    inject (net, 0, fields);
}

static void
test_answers_are_bounded (void)
{
    g_autoptr (CoreNet) net = new_pair (1);

    for (guint i = 0; i < 600; i++)
        core_net_say (net, 0, "resource", NULL, NULL);
    core_net_run (net, HBD_S (1));

    ask (net, "300", "500");
    g_assert_cmpuint (net->sent->len, ==, 50);
    /* Not again within 240 ms. */
    ask (net, "300", "310");
    g_assert_cmpuint (net->sent->len, ==, 0);
    g_assert_cmpuint (core_net_counter (net, 0, "rexmit-held-back"), ==, 11);
    core_net_run (net, HBD_MS (250));
    ask (net, "300", "310");
    g_assert_cmpuint (net->sent->len, ==, 11);
}

/* Above our highest number: of another life of ours. Said so, or the peer asks for ever. */
static void
test_what_was_never_said_is_denied (void)
{
    g_autoptr (CoreNet) net = new_pair (1);

    ask (net, "100000", "100010");
    g_assert_cmpuint (core_net_sent (net, 0, "NS_nak_rexmit"), ==, 11);
    g_assert_cmpuint (net->sent->len, ==, 11);
    core_net_run (net, HBD_S (1));
    ask (net, "18446744073709551615", "18446744073709551615");
    g_assert_cmpuint (core_net_sent (net, 0, "NS_nak_rexmit"), ==, 1);
}

/* doc/heartbeat.md 11, 9: without end. Answered each time, within bounds. */
static void
test_endless_requests_are_bounded (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    guint naks = 0;

    for (guint i = 0; i < 200; i++) {
        ask (net, "5000", "5000");
        naks += core_net_sent (net, 0, "NS_nak_rexmit");
        core_net_run (net, HBD_MS (250));
    }
    g_assert_cmpuint (naks, ==, 200);
    g_assert_cmpuint (core_net_counter (net, 0, "naks-sent"), ==, 200);
    for (guint i = 0; i < 100; i++) /* somebody repeats what it recorded */
        ask (net, "5000", "5049");
    g_assert_cmpuint (core_net_counter (net, 0, "naks-sent"), <=, 250);
    g_assert_cmpuint (core_net_counter (net, 0, "rexmit-held-back"), >=, 4950);
}

static void
test_endless_requests_give_one_record_a_minute (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    guint records = 0;

    for (guint i = 0; i < 300; i++) {
        core_net_run (net, HBD_MS (250));
        ask (net, "5000", "5000"); /* forgets the trace first */
        records += core_net_count (net, 0, "record node.asks-in-vain node=beta seq=5000 times=");
    }
    g_assert_cmpuint (records, ==, 2);
}

static void
test_what_is_gone_is_denied_in_hexadecimal (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    g_autoptr (HbdMessage) nak = NULL;

    for (guint i = 0; i < 600; i++)
        core_net_say (net, 0, "resource", NULL, NULL);
    ask (net, "19", "19");
    g_assert_cmpuint (core_net_sent (net, 0, "NS_nak_rexmit"), ==, 1);
    nak = core_net_last_sent (net, 0, "NS_nak_rexmit");
    g_assert_cmpstr (hbd_message_get (nak, "firstseq"), ==, "13");
    g_assert_cmpstr (hbd_message_get (nak, "dest"), ==, "beta");
    g_assert_nonnull (hbd_message_get (nak, "info"));
}

static void
test_malformed_requests_change_nothing (void)
{
    static const char *const rows[][2] = { { "0", "5" },  { "5", "4" },
                                           { "", "" },    { "x", "5" },
                                           { "-1", "5" }, { "5", "99999999999999999999" } };
    g_autoptr (CoreNet) net = new_pair (1);

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        ask (net, rows[i][0], rows[i][1]);
        g_assert_cmpuint (net->sent->len, ==, 0);
    }
    g_assert_cmpuint (core_net_counter (net, 0, "rx-malformed"), ==, G_N_ELEMENTS (rows));
}

static void
say_nak (CoreNet *net, guint64 seq)
{
    g_autofree char *hex = g_strdup_printf ("%" G_GINT64_MODIFIER "x", seq);
    const char *const fields[] = { "t",   "NS_nak_rexmit", "firstseq", hex,  "dest", "beta",
                                   "src", "alpha",         "hg",       "64", NULL };

    inject (net, 1, fields);
}

static void
test_a_nak_ends_the_asking_for_what_was_asked (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    DropType drop = { "resource", G_MAXUINT };
    g_autoptr (HbdMessage) lost = NULL;
    guint64 seq;

    net->drop = drop_type;
    net->drop_data = &drop;
    core_net_say (net, 0, "resource", "gone", NULL);
    lost = core_net_last_sent (net, 0, "resource");
    g_assert_true (hbd_message_get_number (lost, "seq", 16, &seq));
    core_net_run (net, HBD_MS (205));
    /* Nothing was asked for yet: an old nak sent again does no harm. */
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 0);
    say_nak (net, seq);
    g_assert_cmpuint (core_net_counter (net, 1, "lost"), ==, 0);
    core_net_run (net, HBD_MS (300));
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), >=, 1);
    say_nak (net, seq);
    g_assert_cmpuint (core_net_counter (net, 1, "lost"), ==, 1);
    core_net_assert_seen (net, 1, "record node.lost-message node=alpha");
    core_net_forget (net);
    core_net_run (net, HBD_S (2));
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 0);
}

/* A burst of loss is asked for in ranges of 50, not in a datagram each. */
static void
test_ranges_are_asked_for_at_once (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    DropType drop = { "resource", 120 };

    net->drop = drop_type;
    net->drop_data = &drop;
    for (guint i = 0; i < 120; i++)
        core_net_say (net, 0, "resource", NULL, NULL);
    core_net_run (net, HBD_S (3));
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 3);
    g_assert_cmpuint (core_net_count (net, 1, "message alpha resource"), ==, 120);
}

static void
test_a_wide_gap_starts_afresh (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    DropType drop = { "resource", 251 };

    net->drop = drop_type;
    net->drop_data = &drop;
    for (guint i = 0; i < 251; i++)
        core_net_say (net, 0, "resource", NULL, NULL);
    core_net_run (net, HBD_S (3));
    core_net_assert_seen (net, 1, "record node.gap node=alpha");
    g_assert_cmpuint (core_net_sent (net, 1, "NS_rexmit"), ==, 0);
    g_assert_cmpuint (core_net_counter (net, 1, "gap-resets"), ==, 1);
}

/* One number in ten, and a node never answers itself. */
static void
test_acks_flow (void)
{
    g_autoptr (CoreNet) net = new_pair (1);
    g_autoptr (HbdMessage) ack = NULL;

    core_net_run (net, HBD_S (20));
    g_assert_cmpuint (core_net_sent (net, 0, "status"), ==, 100);
    g_assert_cmpuint (core_net_sent (net, 1, "NS_ackmsg"), ==, 10);
    ack = core_net_last_sent (net, 1, "NS_ackmsg");
    g_assert_cmpstr (hbd_message_get (ack, "dest"), ==, "alpha");
    g_assert_nonnull (hbd_message_get (ack, "ackseq"));
    g_assert_cmpuint (core_net_counter (net, 0, "acks-heard"), >=, 10);
}

/* A message lost around a restart is not lost for good. */
static void
test_what_came_before_the_first_status_heard_is_asked_for (void)
{
    g_autoptr (CoreNet) net = new_pair (1);

    net->is_cut[1][0][0] = true;
    core_net_start (net, 1);
    core_net_say (net, 1, "starting", NULL, NULL);
    net->is_cut[1][0][0] = false;
    core_net_run (net, HBD_S (1));
    g_assert_cmpuint (core_net_count (net, 0, "message beta starting"), ==, 1);
    core_net_assert_seen (net, 0, "node beta active active restart restart");
}

#define ADD(name, function) g_test_add_func ("/membership/rexmit/" name, function)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("lost-message-comes-late-and-once", test_a_lost_message_comes_late_and_once);
    ADD ("identical-bytes", test_what_is_sent_again_is_identical);
    ADD ("delivered-past-a-hole", test_messages_are_delivered_at_once_even_past_a_hole);
    ADD ("everything-arrives-once", test_everything_arrives_once);
    ADD ("two-links-deliver-once", test_two_links_deliver_once);
    ADD ("asking-has-an-end", test_asking_has_an_end);
    ADD ("the-dead-are-not-asked", test_the_dead_are_not_asked);
    ADD ("answers-are-bounded", test_answers_are_bounded);
    ADD ("what-was-never-said-is-denied", test_what_was_never_said_is_denied);
    ADD ("endless-requests-are-bounded", test_endless_requests_are_bounded);
    ADD ("endless-requests-one-record", test_endless_requests_give_one_record_a_minute);
    ADD ("denied-in-hexadecimal", test_what_is_gone_is_denied_in_hexadecimal);
    ADD ("malformed-requests", test_malformed_requests_change_nothing);
    ADD ("nak-ends-the-asking", test_a_nak_ends_the_asking_for_what_was_asked);
    ADD ("ranges", test_ranges_are_asked_for_at_once);
    ADD ("wide-gap-starts-afresh", test_a_wide_gap_starts_afresh);
    ADD ("acks-flow", test_acks_flow);
    ADD ("before-the-first-status", test_what_came_before_the_first_status_heard_is_asked_for);
    return g_test_run ();
}
