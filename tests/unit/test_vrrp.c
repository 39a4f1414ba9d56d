/* SPDX-License-Identifier: Apache-2.0 */
/* hbd/wire/vrrp.c: unwrapping, bodies, checksums, names. */
#include "config.h"

#include "hbd/wire/vrrp.h"

#include "tests/unit/vrrp_vectors.h"

#include <string.h>

static void
test_names (void)
{
    for (int i = 0; i < HBD_VRRP_VERDICT_N; i++) {
        g_assert_nonnull (hbd_vrrp_verdict_name (i));
        for (int k = 0; k < i; k++)
            g_assert_cmpstr (hbd_vrrp_verdict_name (i), !=, hbd_vrrp_verdict_name (k));
    }
    g_assert_cmpint (HBD_VRRP_VERDICT_N, ==, 32);
}

/* One changed byte of a good packet, and what unwrapping makes of it. */
static void
test_headers (void)
{
    static const struct {
        const char *name;
        guint at;
        guint8 value;
        HbdVrrpVerdict verdict;
    } rows[] = {
        { "version 0", 0, 0x05, HBD_VRRP_NOT_IP },
        { "version 5", 0, 0x55, HBD_VRRP_NOT_IP },
        { "header of 16 bytes", 0, 0x44, HBD_VRRP_NOT_IP },
        { "header of 60 bytes in 40", 0, 0x4f, HBD_VRRP_NOT_IP },
        { "total length above what came", 3, 41, HBD_VRRP_NOT_IP },
        { "total length below the header", 3, 19, HBD_VRRP_NOT_IP },
        { "more fragments", 6, 0x20, HBD_VRRP_NOT_VRRP },
        { "fragment offset", 7, 1, HBD_VRRP_NOT_VRRP },
        { "do not fragment", 6, 0x40, HBD_VRRP_OK },
        { "TCP", 9, 6, HBD_VRRP_NOT_VRRP },
        { "AH", 9, 51, HBD_VRRP_OK },
        { "another service class", 1, 0, HBD_VRRP_OK },
    };
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    const VrrpVector *v = vrrp_vectors_find (vectors, "v2_control_ok");
    gsize len;
    const guint8 *data = vrrp_vector_packet (v, &len);

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree guint8 *copy = g_memdup2 (data, len);
        HbdVrrpPacket packet;

        g_test_message ("%s", rows[i].name);
        copy[rows[i].at] = rows[i].value;
        g_assert_cmpint (hbd_vrrp_unwrap (copy, len, &packet), ==, rows[i].verdict);
    }
}

static void
test_headers_v6 (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    const VrrpVector *v = vrrp_vectors_find (vectors, "v6_control_ok");
    const HbdVrrpAddress source = vrrp_address ("fe80::78:2"), group = vrrp_address ("ff02::12");
    gsize len;
    const guint8 *data = vrrp_vector_packet (v, &len);
    g_autofree guint8 *copy = g_memdup2 (data, len);
    HbdVrrpPacket packet;

    g_assert_cmpint (hbd_vrrp_unwrap (copy, len, &packet), ==, HBD_VRRP_OK);
    g_assert_cmpint (packet.family, ==, HBD_VRRP_IPV6);
    g_assert_true (hbd_vrrp_address_equal (&packet.source, &source));
    g_assert_true (hbd_vrrp_address_equal (&packet.destination, &group));
    g_assert_true (hbd_vrrp_address_is_multicast (&packet.destination, HBD_VRRP_IPV6));
    g_assert_false (hbd_vrrp_address_is_multicast (&packet.source, HBD_VRRP_IPV6));
    g_assert_cmpint (packet.ttl, ==, 255);
    copy[6] = 51; /* AH is for IPv4 only */
    g_assert_cmpint (hbd_vrrp_unwrap (copy, len, &packet), ==, HBD_VRRP_NOT_VRRP);
    copy[5]++;
    g_assert_cmpint (hbd_vrrp_unwrap (copy, len, &packet), ==, HBD_VRRP_NOT_IP);
}

static void
test_peek (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    guint8 bytes[32] = { [1] = 3, [25] = 9 };
    HbdVrrpPacket packet = {
        .family = HBD_VRRP_IPV4, .protocol = HBD_VRRP_PROTOCOL, .payload = bytes, .payload_len = 8
    };
    guint8 vrid;

    g_assert_nonnull (vectors);
    g_assert_cmpint (hbd_vrrp_peek_vrid (&packet, &vrid), ==, HBD_VRRP_OK);
    g_assert_cmpint (vrid, ==, 3);
    packet.payload_len = 7;
    g_assert_cmpint (hbd_vrrp_peek_vrid (&packet, &vrid), ==, HBD_VRRP_TRUNCATED);
    packet.protocol = HBD_VRRP_AH_PROTOCOL;
    packet.payload_len = 32;
    g_assert_cmpint (hbd_vrrp_peek_vrid (&packet, &vrid), ==, HBD_VRRP_OK);
    g_assert_cmpint (vrid, ==, 9);
    packet.payload_len = 31;
    g_assert_cmpint (hbd_vrrp_peek_vrid (&packet, &vrid), ==, HBD_VRRP_TRUNCATED);
    packet.payload_len = 23;
    g_assert_cmpint (hbd_vrrp_peek_vrid (&packet, &vrid), ==, HBD_VRRP_AH_MALFORMED);
}

static void
test_body_lengths (void)
{
    g_assert_cmpuint (hbd_vrrp_body_len (HBD_VRRP_IPV4, 2, 0), ==, 16);
    g_assert_cmpuint (hbd_vrrp_body_len (HBD_VRRP_IPV4, 2, 1), ==, 20);
    g_assert_cmpuint (hbd_vrrp_body_len (HBD_VRRP_IPV4, 3, 1), ==, 12);
    g_assert_cmpuint (hbd_vrrp_body_len (HBD_VRRP_IPV6, 3, 2), ==, 40);
    g_assert_cmpuint (hbd_vrrp_body_len (HBD_VRRP_IPV6, 2, 2), ==, 40);
    g_assert_cmpuint (hbd_vrrp_body_len (HBD_VRRP_IPV6, 3, 255), ==, 8 + 255 * 16);
}

static void
test_addresses_compare_as_numbers (void)
{
    const HbdVrrpAddress low = vrrp_address ("10.0.0.9"), high = vrrp_address ("10.0.0.200");
    const HbdVrrpAddress unset = { { 0 } };

    g_assert_cmpint (hbd_vrrp_address_compare (&low, &high), <, 0);
    g_assert_cmpint (hbd_vrrp_address_compare (&high, &low), >, 0);
    g_assert_cmpint (hbd_vrrp_address_compare (&high, &high), ==, 0);
    g_assert_true (hbd_vrrp_address_is_unset (&unset));
    g_assert_false (hbd_vrrp_address_is_unset (&low));
}

/* Carries at the end, and an odd length. */
static void
test_checksum (void)
{
    guint8 ones[9];

    memset (ones, 0xff, sizeof ones);
    g_assert_cmphex (hbd_vrrp_checksum (ones, 8, false, HBD_VRRP_IPV4, NULL, NULL), ==, 0);
    g_assert_cmphex (hbd_vrrp_checksum (ones, 9, false, HBD_VRRP_IPV4, NULL, NULL), ==, 0x00ff);
    hbd_vrrp_checksum_write (ones, 0x1234);
    g_assert_cmphex (hbd_vrrp_checksum_read (ones), ==, 0x1234);
    g_assert_cmphex (hbd_vrrp_checksum (ones, 8, false, HBD_VRRP_IPV4, NULL, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp/packet/every-verdict-has-its-own-name", test_names);
    g_test_add_func ("/vrrp/packet/ipv4-headers", test_headers);
    g_test_add_func ("/vrrp/packet/ipv6-headers", test_headers_v6);
    g_test_add_func ("/vrrp/packet/peek-looks-no-further-than-it-may", test_peek);
    g_test_add_func ("/vrrp/packet/lengths-of-bodies", test_body_lengths);
    g_test_add_func ("/vrrp/packet/addresses-compare-as-numbers",
                     test_addresses_compare_as_numbers);
    g_test_add_func ("/vrrp/packet/checksum-carries", test_checksum);
    return g_test_run ();
}
