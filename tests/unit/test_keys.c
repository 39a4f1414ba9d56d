/* SPDX-License-Identifier: Apache-2.0 */
/* Digests against published values, and the key table. */
#include "config.h"

#include "hbd/wire/keys.h"

#include <string.h>

typedef struct {
    HbdAuthMethod method;
    const char *secret;
    const char *data;
    const char *hex;
} DigestRow;

/* crc: doc/heartbeat.md 3.2. HMAC: RFC 2202 test 2 (md5, sha1), RFC 4231 test 2 (sha256). */
static const DigestRow digest_rows[] = {
    { HBD_AUTH_CRC, NULL, "123456789", "765e7680" },
    { HBD_AUTH_CRC, NULL, "", "ffffffff" },
    { HBD_AUTH_MD5, "Jefe", "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738" },
    { HBD_AUTH_SHA1, "Jefe", "what do ya want for nothing?",
      "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    { HBD_AUTH_SHA256, "Jefe", "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { HBD_AUTH_NONE, NULL, "123456789", "" },
};

static void
test_digests (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (digest_rows); i++) {
        const DigestRow *row = &digest_rows[i];
        g_autoptr (HbdKeyTable) table = hbd_key_table_new ();
        char hex[HBD_DIGEST_HEX_MAX + 1];

        hbd_key_table_set (table, 3, row->method, row->secret);
        hbd_key_digest (&table->key[3], row->data, strlen (row->data), hex);
        g_assert_cmpstr (hex, ==, row->hex);
    }
}

static void
test_crc_is_printed_without_leading_zeros (void)
{
    g_autoptr (HbdKeyTable) table = hbd_key_table_new ();
    guint short_ones = 0;

    hbd_key_table_set (table, 1, HBD_AUTH_CRC, NULL);
    for (guint i = 0; i < 200; i++) {
        char hex[HBD_DIGEST_HEX_MAX + 1];
        guint8 data[2] = { (guint8) i, 7 };

        hbd_key_digest (&table->key[1], data, sizeof data, hex);
        g_assert_cmpint (hex[0], !=, '0');
        short_ones += strlen (hex) < 8;
        g_assert_true (hbd_key_verify (&table->key[1], data, sizeof data, hex, strlen (hex)));
    }
    g_assert_cmpuint (short_ones, >, 0);
}

static void
test_verify_wants_every_digit_and_no_more (void)
{
    g_autoptr (HbdKeyTable) table = hbd_key_table_new ();
    char hex[HBD_DIGEST_HEX_MAX + 1];
    gsize len;

    hbd_key_table_set (table, 1, HBD_AUTH_SHA1, "k");
    hbd_key_digest (&table->key[1], "abc", 3, hex);
    len = strlen (hex);
    g_assert_true (hbd_key_verify (&table->key[1], "abc", 3, hex, len));
    g_assert_false (hbd_key_verify (&table->key[1], "abd", 3, hex, len));
    g_assert_false (hbd_key_verify (&table->key[1], "abc", 3, hex, len - 1));
    g_assert_false (hbd_key_verify (&table->key[1], "abc", 3, hex, 0));
    for (gsize i = 0; i < len; i++) {
        char saved = hex[i];

        hex[i] = saved == '0' ? '1' : '0';
        g_assert_false (hbd_key_verify (&table->key[1], "abc", 3, hex, len));
        hex[i] = saved;
    }
}

static void
test_empty_slot_verifies_nothing (void)
{
    g_autoptr (HbdKeyTable) table = hbd_key_table_new ();

    g_assert_false (hbd_key_verify (&table->key[0], "abc", 3, "", 0));
}

static void
test_table_sets_replaces_and_copies (void)
{
    g_autoptr (HbdKeyTable) table = hbd_key_table_new ();
    g_autoptr (HbdKeyTable) copy = NULL;

    hbd_key_table_set (table, 0, HBD_AUTH_MD5, "first");
    hbd_key_table_set (table, 0, HBD_AUTH_SHA1, "second");
    hbd_key_table_set (table, 15, HBD_AUTH_CRC, "ignored");
    table->active = 15;
    copy = hbd_key_table_dup (table);
    hbd_key_table_set (table, 0, HBD_AUTH_NONE, NULL);

    g_assert_cmpint (table->key[0].method, ==, HBD_AUTH_NONE);
    g_assert_null (table->key[0].secret);
    g_assert_cmpint (copy->key[0].method, ==, HBD_AUTH_SHA1);
    g_assert_cmpmem (g_bytes_get_data (copy->key[0].secret, NULL),
                     g_bytes_get_size (copy->key[0].secret), "second", 6);
    g_assert_null (copy->key[15].secret);
    g_assert_cmpuint (copy->active, ==, 15);
}

static void
test_method_names (void)
{
    g_assert_cmpstr (hbd_auth_method_name (HBD_AUTH_NONE), ==, "none");
    g_assert_cmpstr (hbd_auth_method_name (HBD_AUTH_CRC), ==, "crc");
    g_assert_cmpstr (hbd_auth_method_name (HBD_AUTH_SHA256), ==, "sha256");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wire/keys/digests-match-published-values", test_digests);
    g_test_add_func ("/wire/keys/crc-has-no-leading-zeros",
                     test_crc_is_printed_without_leading_zeros);
    g_test_add_func ("/wire/keys/verify-wants-every-digit",
                     test_verify_wants_every_digit_and_no_more);
    g_test_add_func ("/wire/keys/empty-slot-verifies-nothing", test_empty_slot_verifies_nothing);
    g_test_add_func ("/wire/keys/table-sets-replaces-copies", test_table_sets_replaces_and_copies);
    g_test_add_func ("/wire/keys/method-names", test_method_names);
    return g_test_run ();
}
