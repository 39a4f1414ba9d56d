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
    g_test_add_func ("/ra/announce/neighbour-advertisement", test_advertisement);
    g_test_add_func ("/ra/announce/plans-begin-at-once-and-ascend", test_plans);
    return g_test_run ();
}
