/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz entry: the first byte says what the rest is.
 *   'r'  a datagram as it comes from the net
 *   'n'  the fields of a netstring frame: framed and signed here, so that the parser behind the
 *        signature is reached
 *   'c'  the lines of a classic frame: likewise
 *   'f'  what is written on the command FIFO
 * What is accepted must encode, and decode to the same again. */
#include "config.h"

#include "hbd/wire/codec.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static HbdKeyTable *
make_keys (void)
{
    HbdKeyTable *keys = hbd_key_table_new ();

    /* Entries of the captured datagrams, and one of our own. */
    hbd_key_table_set (keys, 0, HBD_AUTH_SHA256, "k");
    hbd_key_table_set (keys, 1, HBD_AUTH_MD5, "Hello!");
    hbd_key_table_set (keys, 2, HBD_AUTH_SHA1, "s3cretKey");
    hbd_key_table_set (keys, 3, HBD_AUTH_CRC, NULL);
    keys->active = 1;
    return keys;
}

static GBytes *
sign (const HbdKeyTable *keys, HbdFraming framing, const uint8_t *data, size_t size)
{
    GString *out = g_string_new (framing == HBD_FRAMING_CLASSIC ? ">>>\n" : "###\n");
    char hex[HBD_DIGEST_HEX_MAX + 1];

    g_string_append_len (out, (const char *) data, (gssize) size);
    if (framing == HBD_FRAMING_CLASSIC) {
        hbd_key_digest (&keys->key[1], data, size, hex);
        g_string_append_printf (out, "auth=1 %s\n<<<\n", hex);
    } else {
        g_string_append (out, "%%%\n");
        hbd_key_digest (&keys->key[1], out->str, out->len, hex);
        g_string_append_printf (out, "%u:1 %s,", (guint) strlen (hex) + 2, hex);
    }
    return g_string_free_to_bytes (out);
}

/* encode -> decode -> encode is a fixed point. */
static void
check_round_trip (const HbdMessage *message, const HbdKeyTable *keys, bool inner_auth)
{
    g_autoptr (GBytes) once = hbd_wire_encode (message, keys, HBD_FRAMING_NETSTRING, inner_auth);
    g_autoptr (GBytes) twice = NULL;
    g_autoptr (HbdMessage) again = NULL;
    gsize len;
    const guint8 *data;

    /* The `auth` field and the framing may make it too long, or one too many. */
    if (once == NULL || hbd_message_field_count (message) == HBD_MESSAGE_MAX_FIELDS)
        return;
    data = g_bytes_get_data (once, &len);
    g_assert_cmpint (hbd_wire_decode (data, len, keys, &again, NULL), ==, HBD_DECODE_OK);
    twice = hbd_wire_encode (again, keys, HBD_FRAMING_NETSTRING, inner_auth);
    g_assert_true (g_bytes_equal (once, twice));
}

static void
read_all (const HbdMessage *message)
{
    guint64 number;

    for (guint i = 0; i < hbd_message_field_count (message); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;
        const char *name = hbd_message_field (message, i, &data, &len, &is_binary);

        g_assert_cmpuint (strlen (name), <=, HBD_MESSAGE_MAX_NAME_LEN);
        g_assert_true (data[len] == '\0');
        g_assert_true (is_binary || strlen ((const char *) data) == len);
        hbd_message_get_number (message, name, 16, &number);
        hbd_message_get_number (message, name, 10, &number);
    }
}

static void
run_datagram (const HbdKeyTable *keys, const uint8_t *data, size_t size)
{
    g_autoptr (HbdMessage) message = NULL;
    HbdDecodeInfo info;
    HbdDecodeResult result = hbd_wire_decode (data, size, keys, &message, &info);

    g_assert_true ((message != NULL) == (result == HBD_DECODE_OK));
    g_assert_cmpuint (info.offset, <=, size);
    g_assert_nonnull (hbd_decode_result_name (result));
    if (message == NULL)
        return;
    read_all (message);
    check_round_trip (message, keys, false);
    check_round_trip (message, keys, true);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    static HbdKeyTable *keys;

    if (keys == NULL)
        keys = make_keys ();
    if (size == 0)
        return 0;
    if (data[0] == 'n' || data[0] == 'c') {
        g_autoptr (GBytes) bytes = sign (
            keys, data[0] == 'n' ? HBD_FRAMING_NETSTRING : HBD_FRAMING_CLASSIC, data + 1, size - 1);

        run_datagram (keys, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    } else if (data[0] == 'f') {
        g_autoptr (HbdMessage) message = hbd_wire_parse_command ((const char *) data + 1, size - 1);

        if (message != NULL)
            check_round_trip (message, keys, true);
    } else {
        run_datagram (keys, data + 1, size - 1);
    }
    return 0;
}
