/* SPDX-License-Identifier: Apache-2.0 */
/* What `hbctl doctor` says of each kind of trouble: who, where, and the line that mends it. */
#include "config.h"

#include "cfg/cfg.h"
#include "hbd/daemon/doctor_report.h"

#include <string.h>

/* A status of alpha's engine with two links to beta. */
typedef struct {
    bool is_native;
    guint received[2], there[2], tx[2], tx_errors[2];
    bool says_there;
    const char *counters; /* a{st} */
    const char *refusals; /* aa{sv} */
} Status;

static GVariant *
status_new (const Status *s)
{
    GString *links = g_string_new (NULL), *traffic = g_string_new (NULL);
    g_autofree char *text = NULL;
    GVariant *status;

    for (guint i = 0; i < 2; i++) {
        g_string_append_printf (links,
                                "%s{'name': <'eth%u'>, 'status': <'up'>, 'received': <uint64 %u>",
                                i > 0 ? ", " : "", i, s->received[i]);
        if (s->says_there)
            g_string_append_printf (links, ", 'received_there': <uint64 %u>", s->there[i]);
        g_string_append (links, "}");
        g_string_append_printf (traffic, "%s{'tx': <uint64 %u>, 'tx_errors': <uint64 %u>}",
                                i > 0 ? ", " : "", s->tx[i], s->tx_errors[i]);
    }
    text =
        g_strdup_printf ("{'nodes': <[{'name': <'alpha'>, 'local': <true>},"
                         " {'name': <'beta'>, 'local': <false>, 'native': <%s>, 'links': <[%s]>}]>,"
                         " 'traffic': <[%s]>, 'counters': <%s>, 'refusals': <%s>}",
                         s->is_native ? "true" : "false", links->str, traffic->str,
                         s->counters != NULL ? s->counters : "@a{st} {}",
                         s->refusals != NULL ? s->refusals : "@aa{sv} []");
    status = g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL));
    g_string_free (links, TRUE);
    g_string_free (traffic, TRUE);
    return status;
}

static CfgLink eth0 = { .kind = CFG_LINK_BCAST, .interface = (char *) "eth0", .port = 694 };
static CfgLink eth1 = { .kind = CFG_LINK_UCAST6, .interface = (char *) "eth1", .port = 700 };
static CfgLink mcast = {
    .kind = CFG_LINK_MCAST, .interface = (char *) "eth0", .port = 694, .group = (char *) "224.0.0.5"
};

static const char *const open_links[] = { NULL, NULL };
static const char empty[] = "";

/* All is well unless the caller changes it: 5 frames each way on both links. */
static const Status start = { .is_native = true,
                              .received = { 100, 100 },
                              .there = { 90, 90 },
                              .tx = { 200, 200 },
                              .says_there = true };
static const Status well = { .is_native = true,
                             .received = { 105, 105 },
                             .there = { 95, 95 },
                             .tx = { 205, 205 },
                             .says_there = true };

static char *
report (HbdDoctorFacts facts, const Status *before, const Status *after, CfgLink *first,
        bool *is_healthy)
{
    CfgCluster cluster = { .links = g_ptr_array_new () };
    g_autoptr (GVariant) a = before != NULL ? status_new (before) : NULL;
    g_autoptr (GVariant) b = after != NULL ? status_new (after) : NULL;
    char *text;

    g_ptr_array_add (cluster.links, first);
    g_ptr_array_add (cluster.links, &eth1);
    facts.cluster = &cluster;
    facts.before = a;
    facts.after = b;
    facts.window_us = HBD_MS (1500);
    if (facts.trouble == NULL)
        facts.trouble = open_links;
    text = hbd_doctor_report (&facts, is_healthy);
    g_ptr_array_unref (cluster.links);
    return text;
}

static void
assert_says (const char *text, const char *part)
{
    if (strstr (text, part) == NULL)
        g_error ("'%s' is not in:\n%s", part, text);
}

static void
assert_does_not_say (const char *text, const char *part)
{
    if (strstr (text, part) != NULL)
        g_error ("'%s' is in:\n%s", part, text);
}

#define REPORT(facts, after)                                                                       \
    bool is_healthy;                                                                               \
    g_autofree char *text = report (facts, &start, after, &eth0, &is_healthy)

static const HbdDoctorFacts no_filter = { .nft = empty };

static void
test_well (void)
{
    REPORT (no_filter, &well);

    g_assert_true (is_healthy);
    g_assert_cmpstr (text, ==,
                     "Test frames, in 1.5 s:\n"
                     "bcast eth0, UDP port 694\n  beta: both ways (sent 5, there 5, came 5)\n"
                     "ucast6 eth1, UDP port 700\n  beta: both ways (sent 5, there 5, came 5)\n"
                     "All links carry messages both ways.\n");
}

static void
test_nothing_comes_and_the_firewall_is_to_blame (void)
{
    HbdDoctorFacts facts = { .nft = "table inet filter {\n\tchain input {\n\t\ttype filter hook "
                                    "input priority 0; policy accept;\n\t\tudp dport 694 drop\n"
                                    "\t}\n}\n" };
    Status after = well;

    after.received[0] = 100;
    REPORT (facts, &after);
    g_assert_false (is_healthy);
    assert_says (text, "  beta: NOT HEARD: nothing of beta came (sent 5, there 5, came 0)\n"
                       "    Blocked by this node's firewall: table inet filter, chain input: rule "
                       "\"udp dport 694 drop\"\n      mend it: nft insert rule inet filter input "
                       "iifname eth0 udp dport 694 accept\n");
    assert_says (text, "ucast6 eth1, UDP port 700\n  beta: both ways");
    assert_does_not_say (text, "All links");
}

static void
test_nothing_comes_and_nothing_blocks_it (void)
{
    Status after = start; /* nothing of beta on any link: its counts mean nothing */

    after.tx[0] = 205;
    REPORT (no_filter, &after);
    g_assert_false (is_healthy);
    assert_says (text, "  beta: NOT HEARD: nothing of beta came (sent 5, came 0)\n    Nothing "
                       "comes, and nothing found here blocks it: is hbd running on beta");
}

static void
test_one_way (void)
{
    Status after = well;

    after.there[0] = 90;
    REPORT (no_filter, &after);
    g_assert_false (is_healthy);
    assert_says (text, "  beta: ONE WAY: heard, but beta does not get what we send (sent 5, there "
                       "0, came 5)\n    Most likely the firewall of beta");
    assert_says (text, "nft insert rule inet filter input iifname eth0 udp dport 694 accept\n");
}

static void
test_one_way_by_our_own_firewall (void)
{
    HbdDoctorFacts facts = { .iptables = "-P INPUT ACCEPT\n-P OUTPUT DROP\n" };
    Status after = well;

    after.there[0] = 90;
    REPORT (facts, &after);
    g_assert_false (is_healthy);
    assert_says (text, "    Blocked by this node's firewall: iptables, chain OUTPUT: policy drop\n"
                       "      mend it: iptables -I OUTPUT -o eth0 -p udp --dport 694 -j ACCEPT\n");
}

static void
test_nothing_can_be_sent (void)
{
    Status after = well;

    after.there[0] = 90;
    after.tx[0] = 200;
    after.tx_errors[0] = 5;
    REPORT (no_filter, &after);
    g_assert_false (is_healthy);
    assert_says (text, "Nothing can be sent: look at `ip route'");
}

static void
test_a_peer_that_never_heard_us_says_so_by_silence (void)
{
    Status after = well;

    after.says_there = false;
    REPORT (no_filter, &after);
    g_assert_false (is_healthy);
    assert_says (text, "ONE WAY");
}

static void
test_a_3_0_6_peer_is_heard (void)
{
    Status after = well;

    after.is_native = after.says_there = false;
    REPORT (no_filter, &after);
    g_assert_true (is_healthy);
    assert_says (text, "  beta: heard; what comes there it does not say (sent 5, came 5)\n");
}

static void
test_a_restarted_peer_counts_from_zero (void)
{
    Status after = well;

    after.there[0] = after.there[1] = 3;
    REPORT (no_filter, &after);
    g_assert_true (is_healthy);
    assert_says (text, "(sent 5, there 3, came 5)");
}

static void
test_closed_link (void)
{
    static const char *const closed[] = { "the interface is missing", NULL };
    HbdDoctorFacts facts = { .nft = empty, .trouble = closed };

    REPORT (facts, &well);
    g_assert_false (is_healthy);
    assert_says (text, "  CLOSED: the interface is missing\n      ip link set eth0 up\n");
}

static void
test_wrong_key_names_sender_and_remedy (void)
{
    Status after = start;

    after.counters = "{'refused-bad-digest': uint64 4, 'rx-replay': 0}";
    after.refusals = "[{'link': <'eth0'>, 'from': <'10.0.0.2'>, 'what': <'bad-digest'>},"
                     " {'link': <'eth1'>, 'from': <'10.0.0.9'>, 'what': <'no-frame'>}]";
    REPORT (no_filter, &after);
    g_assert_false (is_healthy);
    assert_says (text, "Datagrams come, but none is accepted as beta's: see below.");
    assert_says (text, "Refused now: 4 datagrams the signature is wrong: the key differs; from "
                       "10.0.0.2 on eth0 (bad-digest).\n      make authkeys the same");
    assert_does_not_say (text, "10.0.0.9");
    assert_does_not_say (text, "replay");
}

/* What was refused long ago is told, and is no trouble of today. */
static void
test_old_refusals_are_not_trouble (void)
{
    Status before = start, after = well;
    bool is_healthy;
    g_autofree char *text = NULL;

    before.counters = after.counters = "{'refused-no-frame': uint64 7}";
    text = report (no_filter, &before, &after, &eth0, &is_healthy);
    g_assert_true (is_healthy);
    assert_says (text, "Refused earlier: 7 datagrams not Heartbeat's (no-frame).\n");
    assert_does_not_say (text, "udpport");
}

static void
test_engine_that_does_not_answer (void)
{
    bool is_healthy;
    g_autofree char *text = report (no_filter, &start, NULL, &eth0, &is_healthy);
    g_autofree char *other = NULL;

    g_assert_false (is_healthy);
    assert_says (text, "The engine does not answer");
    other = report (no_filter, NULL, NULL, &eth0, &is_healthy);
    g_assert_false (is_healthy);
}

static void
test_no_tool_is_said (void)
{
    REPORT ((HbdDoctorFacts){ 0 }, &well);

    g_assert_true (is_healthy);
    assert_says (text, "could not be looked at");
}

/* --- multicast ----------------------------------------------------------------------------- */

static const char igmp[] = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
                           "1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n"
                           "4\teth0      :     2      V3\n\t\t\t\t050000E0     1 0:00000000\t\t0\n"
                           "\t\t\t\t010000E0     1 0:00000000\t\t0\n"
                           "5\teth01     :     1      V3\n\t\t\t\t070000E0     1 0:00000000\t\t0\n";
static const char igmp6[] =
    "1    lo              ff020000000000000000000000000001     1 0000000C 0\n"
    "4    eth0            ff1500000000000000000000000002b6     1 00000004 0\n";

static void
test_groups (void)
{
    static const struct {
        const char *list, *interface, *group;
        bool expected;
    } rows[] = {
        { igmp, "eth0", "224.0.0.5", true },       { igmp, "eth0", "224.0.0.1", true },
        { igmp, "eth0", "224.0.0.7", false },      { igmp, "eth01", "224.0.0.7", true },
        { igmp, "lo", "224.0.0.5", false },        { igmp, "eth", "224.0.0.5", false },
        { igmp6, "eth0", "ff15::2b6", true },      { igmp6, "lo", "ff15::2b6", false },
        { igmp6, "eth0", "ff15::2b7", false },     { "", "eth0", "224.0.0.5", false },
        { igmp, "eth0", "not an address", false }, { "\n\t\n x", "eth0", "ff15::1", false },
    };

    /* bytes as a little-endian machine shows them */
    if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        g_assert_cmpint (hbd_doctor_has_group (rows[i].list, rows[i].interface, rows[i].group), ==,
                         rows[i].expected);
}

static void
test_lost_group_is_said (void)
{
    HbdDoctorFacts facts = { .nft = empty, .igmp = "" };
    bool is_healthy;
    g_autofree char *text = report (facts, &start, &well, &mcast, &is_healthy);

    g_assert_false (is_healthy);
    assert_says (text, "  eth0 has left the group 224.0.0.5 (see `ip maddr show dev eth0')");
}

#define ADD(name, function) g_test_add_func ("/doctor/" name, function)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("well", test_well);
    ADD ("silence/firewall-is-to-blame", test_nothing_comes_and_the_firewall_is_to_blame);
    ADD ("silence/nothing-blocks-it", test_nothing_comes_and_nothing_blocks_it);
    ADD ("one-way/the-other-side", test_one_way);
    ADD ("one-way/own-firewall", test_one_way_by_our_own_firewall);
    ADD ("one-way/nothing-can-be-sent", test_nothing_can_be_sent);
    ADD ("one-way/never-heard-us", test_a_peer_that_never_heard_us_says_so_by_silence);
    ADD ("3.0.6-is-heard", test_a_3_0_6_peer_is_heard);
    ADD ("restarted-peer-counts-from-zero", test_a_restarted_peer_counts_from_zero);
    ADD ("closed-link", test_closed_link);
    ADD ("wrong-key-names-sender-and-remedy", test_wrong_key_names_sender_and_remedy);
    ADD ("old-refusals-are-no-trouble", test_old_refusals_are_not_trouble);
    ADD ("engine-does-not-answer", test_engine_that_does_not_answer);
    ADD ("no-tool-is-said", test_no_tool_is_said);
    ADD ("groups/are-found", test_groups);
    ADD ("groups/lost-one-is-said", test_lost_group_is_said);
    return g_test_run ();
}
