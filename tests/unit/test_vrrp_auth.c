/* SPDX-License-Identifier: Apache-2.0 */
/* hbd/wire/vrrp_auth.c: the pieces. Digests are checked against real frames in test_vrrp_codec. */
#include "config.h"

#include "hbd/wire/vrrp_auth.h"

#include <string.h>

static const HbdVrrpAddress source = { { 10, 77, 0, 1 } };

static void
test_ah_form (void)
{
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    HbdVrrpAh ah;

    hbd_vrrp_ah_write (&source, 0x01020304, bytes);
    g_assert_cmpuint (bytes->len, ==, HBD_VRRP_AH_LEN);
    g_assert_true (hbd_vrrp_ah_read (bytes->data, bytes->len, &ah));
    g_assert_cmphex (ah.sequence, ==, 0x01020304);
    g_assert_cmpmem (ah.spi, 4, source.bytes, 4);
    g_assert_false (hbd_vrrp_ah_read (bytes->data, bytes->len - 1, &ah));
    bytes->data[0] = 6;
    g_assert_false (hbd_vrrp_ah_read (bytes->data, bytes->len, &ah));
    bytes->data[0] = HBD_VRRP_PROTOCOL;
    bytes->data[1] = 5; /* another length of digest */
    g_assert_false (hbd_vrrp_ah_read (bytes->data, bytes->len, &ah));
}

/* Which byte of header and payload changes the digest: all but those that change on the way. */
static void
test_ah_covers (void)
{
    static const guint8 key[8] = "1111";
    guint8 packet[20 + HBD_VRRP_AH_LEN + 20] = { 0x45 };
    HbdVrrpAhInput input = { packet, 20, false, packet + 20, sizeof packet - 20 };
    guint8 before[12], after[12];

    for (guint unicast = 0; unicast < 2; unicast++) {
        input.is_unicast = unicast != 0;
        hbd_vrrp_ah_digest (key, &input, before);
        for (guint i = 0; i < sizeof packet; i++) {
            bool is_mutable = i == 1 || i == 6 || i == 7 || i == 10 || i == 11
                              || (i == 8 && unicast != 0) || (i >= 32 && i < 44);

            packet[i] ^= 0x40;
            hbd_vrrp_ah_digest (key, &input, after);
            packet[i] ^= 0x40;
            g_assert_cmpint (memcmp (before, after, sizeof before) == 0, ==, is_mutable);
        }
    }
}

static void
test_trailer_covers (void)
{
    g_autoptr (GBytes) secret = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
    const HbdVrrpHmacKey key = { 3, secret };
    g_autoptr (GByteArray) body = g_byte_array_new ();
    HbdVrrpAddress another = source;
    HbdVrrpTrailer trailer;
    guint8 digest[16];
    const guint8 advert[12] = { 0x31, 51, 100, 1, 0, 100, 0xab, 0xcd, 10, 0, 0, 9 };

    g_byte_array_append (body, advert, sizeof advert);
    hbd_vrrp_trailer_write (&key, 0x1122334455667788, HBD_VRRP_IPV4, &source, body);
    g_assert_cmpuint (body->len, ==, sizeof advert + HBD_VRRP_TRAILER_LEN);
    g_assert_true (hbd_vrrp_trailer_read (body->data + sizeof advert, &trailer));
    g_assert_cmpint (trailer.key_id, ==, 3);
    g_assert_cmphex (trailer.sequence, ==, 0x1122334455667788);
    g_assert_cmphex ((guint64) hbd_vrrp_trailer_seconds (trailer.sequence), ==, 0x11223344);
    for (guint i = 0; i < sizeof advert + 12; i++) {
        bool is_checksum = i == 6 || i == 7;

        body->data[i] ^= 0x01;
        hbd_vrrp_trailer_digest (secret, HBD_VRRP_IPV4, &source, body->data, sizeof advert, digest);
        body->data[i] ^= 0x01;
        g_assert_cmpint (hbd_vrrp_equal_secret (digest, trailer.digest, sizeof digest), ==,
                         is_checksum);
    }
    another.bytes[3]++;
    hbd_vrrp_trailer_digest (secret, HBD_VRRP_IPV4, &another, body->data, sizeof advert, digest);
    g_assert_false (hbd_vrrp_equal_secret (digest, trailer.digest, sizeof digest));
    hbd_vrrp_trailer_digest (secret, HBD_VRRP_IPV6, &source, body->data, sizeof advert, digest);
    g_assert_false (hbd_vrrp_equal_secret (digest, trailer.digest, sizeof digest));
}

static void
test_time_as_a_number (void)
{
    g_assert_cmphex (hbd_vrrp_trailer_sequence (0), ==, 0);
    g_assert_cmphex (hbd_vrrp_trailer_sequence (1500000), ==, 0x0000000180000000);
    g_assert_cmphex (hbd_vrrp_trailer_sequence (999999), ==, 0x00000000ffff0000);
    g_assert_cmpuint (hbd_vrrp_trailer_sequence (G_USEC_PER_SEC * 4), <,
                      hbd_vrrp_trailer_sequence (G_USEC_PER_SEC * 4 + 16));
}

static void
test_comparison (void)
{
    g_assert_true (hbd_vrrp_equal_secret ((const guint8 *) "abc", (const guint8 *) "abd", 2));
    g_assert_false (hbd_vrrp_equal_secret ((const guint8 *) "abc", (const guint8 *) "abd", 3));
    g_assert_false (hbd_vrrp_equal_secret ((const guint8 *) "bbc", (const guint8 *) "abc", 3));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp/auth/ah-form", test_ah_form);
    g_test_add_func ("/vrrp/auth/ah-covers-what-does-not-change", test_ah_covers);
    g_test_add_func ("/vrrp/auth/trailer-covers-all-but-the-checksum", test_trailer_covers);
    g_test_add_func ("/vrrp/auth/trailer-time-is-one-number", test_time_as_a_number);
    g_test_add_func ("/vrrp/auth/comparison", test_comparison);
    return g_test_run ();
}
