/* SPDX-License-Identifier: Apache-2.0 */
/* Captured 3.0.6 datagrams through the decoder and back, and which key is believed. */
#include "config.h"

#include "hbd/wire/codec.h"
#include "tests/unit/wire_vectors.h"

#include <string.h>

static void
assert_same_message (const HbdMessage *a, const HbdMessage *b)
{
    g_assert_cmpuint (hbd_message_field_count (a), ==, hbd_message_field_count (b));
    for (guint i = 0; i < hbd_message_field_count (a); i++) {
        const guint8 *data_a, *data_b;
        gsize len_a, len_b;
        bool is_binary_a, is_binary_b;

        g_assert_cmpstr (hbd_message_field (a, i, &data_a, &len_a, &is_binary_a), ==,
                         hbd_message_field (b, i, &data_b, &len_b, &is_binary_b));
        g_assert_cmpint (is_binary_a, ==, is_binary_b);
        g_assert_cmpmem (data_a, len_a, data_b, len_b);
    }
}

/* Decode -> the fields as captured -> encode -> the datagram as captured, byte for byte. */
static void
test_vectors (void)
{
    g_autoptr (GPtrArray) vectors = wire_vectors_load_default ();
    guint accepted = 0;

    g_assert_cmpuint (vectors->len, ==, WIRE_VECTOR_COUNT);
    for (guint i = 0; i < vectors->len; i++) {
        WireVector *vector = g_ptr_array_index (vectors, i);
        gsize len;
        const guint8 *data = g_bytes_get_data (vector->data, &len);
        g_autoptr (HbdMessage) message = NULL;
        g_autoptr (GBytes) again = NULL;
        HbdDecodeInfo info;
        HbdDecodeResult result = hbd_wire_decode (data, len, vector->keys, &message, &info);

        g_test_message ("%s", vector->name);
        g_assert_cmpstr (hbd_decode_result_name (result), ==, vector->expect);
        g_assert_cmpint (info.framing, ==, vector->framing);
        g_assert_false (info.is_fallback);
        if (result != HBD_DECODE_OK)
            continue;
        assert_same_message (message, vector->message);
        vector->keys->active = vector->sign;
        again = hbd_wire_encode (message, vector->keys, vector->framing, vector->has_inner_auth);
        g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), data, len);
        accepted++;
    }
    g_assert_cmpuint (accepted, ==, 89);
}

/* Any single changed byte of a signed datagram is noticed, whichever it is. */
static void
test_every_byte_counts (void)
{
    g_autoptr (GPtrArray) vectors = wire_vectors_load_default ();
    static const char *const names[] = { "sha1-ucast-status-up", "crc-bcast-status-up",
                                         "rotation-index2-classic" };

    for (guint n = 0; n < G_N_ELEMENTS (names); n++) {
        const WireVector *vector = wire_vectors_find (vectors, names[n]);
        gsize len;
        const guint8 *data = g_bytes_get_data (vector->data, &len);
        g_autofree guint8 *copy = g_memdup2 (data, len);

        for (gsize i = 0; i < len; i++) {
            HbdMessage *message = NULL;

            copy[i] ^= 1;
            g_assert_cmpint (hbd_wire_decode (copy, len, vector->keys, &message, NULL), !=,
                             HBD_DECODE_OK);
            g_assert_null (message);
            copy[i] ^= 1;
        }
        for (gsize cut = 0; cut < len; cut++) {
            HbdMessage *message = NULL;

            g_assert_cmpint (hbd_wire_decode (copy, cut, vector->keys, &message, NULL), !=,
                             HBD_DECODE_OK);
        }
    }
}

typedef struct {
    HbdAuthMethod named_method;
    const char *named_secret;
    HbdAuthMethod active_method;
    const char *active_secret;
    HbdAuthMethod signed_method; /* what the sender made of index 2 */
    const char *signed_secret;
    bool accept_unkeyed;
    HbdDecodeResult result;
    bool is_fallback;
} KeyRow;

static const KeyRow key_rows[] = {
    /* the entry the packet names */
    { HBD_AUTH_SHA1, "b", HBD_AUTH_MD5, "a", HBD_AUTH_SHA1, "b", false, HBD_DECODE_OK, false },
    { HBD_AUTH_SHA256, "b", HBD_AUTH_MD5, "a", HBD_AUTH_SHA256, "b", false, HBD_DECODE_OK, false },
    /* its method with our active key: doc/heartbeat.md 3.4 */
    { HBD_AUTH_SHA1, "b", HBD_AUTH_MD5, "a", HBD_AUTH_SHA1, "a", false, HBD_DECODE_OK, true },
    /* same method: the named key is what counts */
    { HBD_AUTH_SHA1, "b", HBD_AUTH_SHA1, "a", HBD_AUTH_SHA1, "a", false, HBD_DECODE_BAD_DIGEST,
      false },
    /* the sender does not choose the method */
    { HBD_AUTH_SHA1, "b", HBD_AUTH_MD5, "a", HBD_AUTH_MD5, "b", false, HBD_DECODE_BAD_DIGEST,
      false },
    { HBD_AUTH_SHA1, "b", HBD_AUTH_MD5, "a", HBD_AUTH_CRC, NULL, false, HBD_DECODE_BAD_DIGEST,
      false },
    { HBD_AUTH_NONE, NULL, HBD_AUTH_MD5, "a", HBD_AUTH_MD5, "a", false, HBD_DECODE_UNKNOWN_KEY,
      false },
    /* a crc line left beside a keyed one opens no door */
    { HBD_AUTH_CRC, NULL, HBD_AUTH_MD5, "a", HBD_AUTH_CRC, NULL, false, HBD_DECODE_UNKEYED, false },
    { HBD_AUTH_CRC, NULL, HBD_AUTH_MD5, "a", HBD_AUTH_CRC, NULL, true, HBD_DECODE_OK, false },
    { HBD_AUTH_CRC, NULL, HBD_AUTH_MD5, "a", HBD_AUTH_MD5, "a", true, HBD_DECODE_BAD_DIGEST,
      false },
    { HBD_AUTH_CRC, NULL, HBD_AUTH_CRC, NULL, HBD_AUTH_CRC, NULL, false, HBD_DECODE_OK, false },
    /* no active key to fall back on */
    { HBD_AUTH_SHA1, "b", HBD_AUTH_CRC, NULL, HBD_AUTH_SHA1, "", false, HBD_DECODE_BAD_DIGEST,
      false },
};

static void
test_which_key_is_believed (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (key_rows); i++) {
        const KeyRow *row = &key_rows[i];
        g_autoptr (HbdKeyTable) sender = hbd_key_table_new ();
        g_autoptr (HbdKeyTable) receiver = hbd_key_table_new ();
        g_autoptr (HbdMessage) message = hbd_message_new_typed ("status");

        hbd_key_table_set (sender, 2, row->signed_method, row->signed_secret);
        sender->active = 2;
        hbd_key_table_set (receiver, 1, row->active_method, row->active_secret);
        hbd_key_table_set (receiver, 2, row->named_method, row->named_secret);
        receiver->active = 1;
        receiver->accept_unkeyed = row->accept_unkeyed;

        for (HbdFraming framing = HBD_FRAMING_NETSTRING; framing <= HBD_FRAMING_CLASSIC;
             framing++) {
            g_autoptr (GBytes) bytes = hbd_wire_encode (message, sender, framing, false);
            g_autoptr (HbdMessage) decoded = NULL;
            HbdDecodeInfo info;

            g_test_message ("row %u framing %d", i, framing);
            g_assert_cmpint (hbd_wire_decode (g_bytes_get_data (bytes, NULL),
                                              g_bytes_get_size (bytes), receiver, &decoded, &info),
                             ==, row->result);
            g_assert_cmpint (info.is_fallback, ==, row->is_fallback);
            g_assert_cmpuint (info.key_index, ==, 2);
        }
    }
}

static void
test_inner_auth_is_made_anew (void)
{
    g_autoptr (HbdKeyTable) table = hbd_key_table_new ();
    g_autoptr (HbdMessage) message = hbd_message_new_typed ("status");
    g_autoptr (HbdMessage) decoded = NULL;
    g_autoptr (GBytes) bytes = NULL;
    char hex[HBD_DIGEST_HEX_MAX + 1];
    g_autofree char *auth = NULL;

    hbd_key_table_set (table, 0, HBD_AUTH_SHA256, "k");
    hbd_message_add (message, "auth", "0 stale");
    bytes = hbd_wire_encode (message, table, HBD_FRAMING_NETSTRING, true);
    g_assert_cmpint (hbd_wire_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                      table, &decoded, NULL),
                     ==, HBD_DECODE_OK);
    hbd_key_digest (&table->key[0], "t=status\n", 9, hex);
    auth = g_strdup_printf ("0 %s", hex);
    g_assert_cmpstr (hbd_message_get (decoded, "auth"), ==, auth);
    g_assert_cmpuint (hbd_message_field_count (decoded), ==, 2);
}

static void
test_size_is_bounded_both_ways (void)
{
    g_autoptr (HbdKeyTable) table = hbd_key_table_new ();
    g_autoptr (HbdMessage) message = hbd_message_new_typed ("status");
    g_autofree guint8 *big = g_malloc0 (HBD_MESSAGE_MAX_BYTES + 1);
    HbdMessage *decoded;

    hbd_key_table_set (table, 0, HBD_AUTH_CRC, NULL);
    hbd_message_add_binary (message, "b", big, HBD_MESSAGE_MAX_BYTES);
    g_assert_null (hbd_wire_encode (message, table, HBD_FRAMING_NETSTRING, false));
    g_assert_cmpint (hbd_wire_decode (big, HBD_MESSAGE_MAX_BYTES + 1, table, &decoded, NULL), ==,
                     HBD_DECODE_TOO_LONG);
    g_assert_cmpint (hbd_wire_decode (big, HBD_MESSAGE_MAX_BYTES, table, &decoded, NULL), ==,
                     HBD_DECODE_NO_FRAME);
}

static void
test_every_result_has_a_name_of_its_own (void)
{
    for (guint i = 0; i < HBD_DECODE_N; i++) {
        for (guint j = 0; j < i; j++)
            g_assert_cmpstr (hbd_decode_result_name (i), !=, hbd_decode_result_name (j));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wire/codec/vectors-decode-and-encode-identically", test_vectors);
    g_test_add_func ("/wire/codec/every-byte-counts", test_every_byte_counts);
    g_test_add_func ("/wire/codec/which-key-is-believed", test_which_key_is_believed);
    g_test_add_func ("/wire/codec/inner-auth-is-made-anew", test_inner_auth_is_made_anew);
    g_test_add_func ("/wire/codec/size-is-bounded", test_size_is_bounded_both_ways);
    g_test_add_func ("/wire/codec/result-names", test_every_result_has_a_name_of_its_own);
    return g_test_run ();
}
