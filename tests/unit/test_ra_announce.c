/* SPDX-License-Identifier: Apache-2.0 */
/* ra/lib/announce_packet.c: frames byte by byte, and the instants. */
#include "config.h"

#include "ra/lib/announce_packet.h"

#include <string.h>

static const guint8 hw[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };
static const guint8 ip4[4] = { 10, 0, 0, 1 };
static const guint8 ip6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

static void
test_arp_forms (void)
{
    guint8 out[RA_ARP_LEN];
    static const guint8 request[RA_ARP_LEN] = { 0,    1,    8,    0,    6,  4, 0, 1, 0x02, 0x11,
                                                0x22, 0x33, 0x44, 0x55, 10, 0, 0, 1, 0,    0,
                                                0,    0,    0,    0,    10, 0, 0, 1 };
    ra_arp_build (RA_ARP_REQUEST, hw, ip4, out);
    g_assert_cmpmem (out, sizeof out, request, sizeof request);
    ra_arp_build (RA_ARP_REPLY, hw, ip4, out);
    g_assert_cmpint (out[7], ==, 2);
    static const guint8 everybody[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    g_assert_cmpmem (out + 18, 6, everybody, 6);
    g_assert_cmpmem (out + 8, 10, request + 8, 10);
    g_assert_cmpmem (out + 24, 4, ip4, 4);
}

static void
test_arp_question_and_answer (void)
{
    static const guint8 other[6] = { 0x02, 9, 9, 9, 9, 9 };
    static const guint8 ip_of_another[4] = { 10, 0, 0, 2 };
    guint8 out[RA_ARP_LEN], found[6];
    ra_arp_probe_build (hw, ip4, out);
    g_assert_cmpint (out[7], ==, 1);
    static const guint8 nobody[10] = { 0 };
    g_assert_cmpmem (out + 14, 10, nobody, 10); /* from no address, to no hardware address */
    g_assert_cmpmem (out + 24, 4, ip4, 4);
    g_assert_false (ra_arp_read_answer (out, sizeof out, ip4, found)); /* a question */

    ra_arp_build (RA_ARP_REPLY, other, ip4, out);
    for (gsize len = 0; len < sizeof out; len++)
        g_assert_false (ra_arp_read_answer (out, len, ip4, found));
    g_assert_false (ra_arp_read_answer (out, sizeof out, ip_of_another, found));
    g_assert_true (ra_arp_read_answer (out, sizeof out, ip4, found));
    g_assert_cmpmem (found, 6, other, 6);
    out[4] = 8; /* other hardware */
    g_assert_false (ra_arp_read_answer (out, sizeof out, ip4, found));
}

static void
test_solicitation_and_answer (void)
{
    guint8 out[RA_NS_LEN], group[16], na[RA_NA_LEN], found[6];
    ra_ns_build (hw, ip6, out);
    g_assert_cmpint (out[0], ==, 135);
    g_assert_cmpmem (out + 8, 16, ip6, 16);
    g_assert_cmpint (out[24] << 8 | out[25], ==, 0x101);
    g_assert_cmpmem (out + 26, 6, hw, 6);
    ra_solicited_node (ip6, group);
    static const guint8 wanted[16] = { 0xff, 2, [11] = 1, [12] = 0xff, [15] = 1 };
    g_assert_cmpmem (group, 16, wanted, 16);

    ra_na_build (hw, ip6, false, na);
    const guint8 *body = na + 40;
    for (gsize len = 0; len < 32; len++)
        g_assert_false (ra_na_read_answer (body, len, ip6, found));
    g_assert_true (ra_na_read_answer (body, 32, ip6, found));
    g_assert_cmpmem (found, 6, hw, 6);
    na[40 + 23] = 7; /* about another address */
    g_assert_false (ra_na_read_answer (body, 32, ip6, found));
}

/* An option of length 0 would be read for ever; one that says more than there is, beyond the end. */
static void
test_answers_with_odd_options (void)
{
    guint8 na[RA_NA_LEN + 8] = { 0 }, found[6];
    ra_na_build (hw, ip6, false, na);
    guint8 *body = na + 40;
    body[25] = 0;
    g_assert_false (ra_na_read_answer (body, 40, ip6, found));
    body[25] = 255;
    g_assert_false (ra_na_read_answer (body, 40, ip6, found));
    memmove (body + 32, body + 24, 8);
    body[24] = 14; /* a nonce before it */
    body[25] = body[33] = 1;
    g_assert_true (ra_na_read_answer (body, 40, ip6, found));
}

/* RFC 1071: over a packet with a right checksum the sum is all ones. */
static guint16
verify (const guint8 *packet)
{
    guint32 sum = 32 + 58;
    for (int i = 8; i < RA_NA_LEN; i += 2)
        sum += (guint32) packet[i] << 8 | packet[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (guint16) sum;
}

static void
test_advertisement (void)
{
    guint8 out[RA_NA_LEN];
    ra_na_build (hw, ip6, false, out);
    g_assert_cmpint (out[0] >> 4, ==, 6);
    g_assert_cmpint (out[4] << 8 | out[5], ==, 32);
    g_assert_cmpint (out[6], ==, 58);
    g_assert_cmpint (out[7], ==, 255);
    g_assert_cmpmem (out + 8, 16, ip6, 16);
    static const guint8 all_nodes[16] = { 0xff, 0x02, [15] = 1 };
    g_assert_cmpmem (out + 24, 16, all_nodes, 16);
    g_assert_cmpint (out[40], ==, 136);
    g_assert_cmpint (out[44], ==, 0x20); /* override, not solicited, no router */
    g_assert_cmpmem (out + 48, 16, ip6, 16);
    g_assert_cmpint (out[64], ==, 2);
    g_assert_cmpint (out[65], ==, 1);
    g_assert_cmpmem (out + 66, 6, hw, 6);
    g_assert_cmpint (verify (out), ==, 0xffff);
    ra_na_build (hw, ip6, true, out);
    g_assert_cmpint (out[44], ==, 0xa0);
    g_assert_cmpint (verify (out), ==, 0xffff);
}

static void
test_plans (void)
{
    RaAnnouncePlan plan = ra_announce_plan_default ();
    g_assert_cmpint (plan.offsets_ms[0], ==, 0); /* the first one is never late */
    for (guint i = 1; i < plan.count; i++)
        g_assert_cmpint (plan.offsets_ms[i], >, plan.offsets_ms[i - 1]);
    g_assert_cmpint (plan.offsets_ms[1], <=, 100);
    g_assert_cmpint (plan.offsets_ms[plan.count - 1], >=, 1000);

    guint room[4];
    plan = ra_announce_plan_regular (3, 200, room, G_N_ELEMENTS (room));
    g_assert_cmpint (plan.count, ==, 3);
    g_assert_cmpint (plan.offsets_ms[2], ==, 400);
    plan = ra_announce_plan_regular (1000000, G_MAXUINT, room, G_N_ELEMENTS (room));
    g_assert_cmpint (plan.count, ==, 4);
    for (guint i = 1; i < plan.count; i++)
        g_assert_cmpuint (plan.offsets_ms[i], >, plan.offsets_ms[i - 1]); /* no overflow */
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ra/announce/arp-in-both-forms", test_arp_forms);
    g_test_add_func ("/ra/announce/arp-question-and-answer", test_arp_question_and_answer);
    g_test_add_func ("/ra/announce/solicitation-and-answer", test_solicitation_and_answer);
    g_test_add_func ("/ra/announce/answers-with-odd-options", test_answers_with_odd_options);
    g_test_add_func ("/ra/announce/neighbour-advertisement", test_advertisement);
    g_test_add_func ("/ra/announce/plans-begin-at-once-and-ascend", test_plans);
    return g_test_run ();
}
