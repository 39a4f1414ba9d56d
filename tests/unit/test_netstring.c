/* SPDX-License-Identifier: Apache-2.0 */
/* Netstring framing: what is refused, and why. Rows give the bytes before the trailer; the test
 * signs them, so that the parser behind the signature is what answers. */
#include "config.h"

#include "hbd/wire/codec.h"

#include <string.h>

static HbdKeyTable *
new_table (void)
{
    HbdKeyTable *table = hbd_key_table_new ();

    hbd_key_table_set (table, 1, HBD_AUTH_MD5, "k");
    table->active = 1;
    return table;
}

/* `###\n` @body `%%%\n` and a good trailer. */
static GString *
sign (const HbdKeyTable *table, const char *body, gsize len)
{
    GString *out = g_string_new ("###\n");
    char hex[HBD_DIGEST_HEX_MAX + 1];

    g_string_append_len (out, body, (gssize) len);
    g_string_append (out, "%%%\n");
    hbd_key_digest (&table->key[1], out->str, out->len, hex);
    g_string_append_printf (out, "%u:1 %s,", (guint) strlen (hex) + 2, hex);
    return out;
}

typedef struct {
    const char *body;
    HbdDecodeResult result;
    guint fields;
} BodyRow;

#define NAME_64 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static const BodyRow body_rows[] = {
    { "", HBD_DECODE_OK, 0 },
    { "11:(0)t=status,", HBD_DECODE_OK, 1 },
    { "5:(0)t=,", HBD_DECODE_OK, 1 },
    { "8:(0)a=b=c,", HBD_DECODE_OK, 1 },
    { "7:(0)t=%%,7:(1)u=ab,", HBD_DECODE_OK, 2 },
    { "9:(0)t=%%%\n,", HBD_DECODE_OK, 1 },
    { "68:(0)" NAME_64 "=,", HBD_DECODE_OK, 1 },
    { "69:(0)x" NAME_64 "=,", HBD_DECODE_BAD_FIELD, 0 },
    { "11:t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "8:t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "11:(2)t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "11:[0)t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "11:(0]t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "10:(0)tstatus,", HBD_DECODE_BAD_FIELD, 0 },
    { "5:(0)=x,", HBD_DECODE_BAD_FIELD, 0 },
    { "7:(0)a b=,", HBD_DECODE_BAD_FIELD, 0 },
    { "8:(0)(1)t=,", HBD_DECODE_BAD_FIELD, 0 },
    { "11:(0)t=status", HBD_DECODE_BAD_FIELD, 0 },
    { "11:(0)t=status;", HBD_DECODE_BAD_FIELD, 0 },
    { "12:(0)t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "10:(0)t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "-1:(0)t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "99999:(0)t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "000011:(0)t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "18446744073709551615:(0)t=status,", HBD_DECODE_BAD_FIELD, 0 },
    { "11", HBD_DECODE_BAD_FIELD, 0 },
    { ":", HBD_DECODE_BAD_FIELD, 0 },
    { "0:,", HBD_DECODE_BAD_FIELD, 0 },
    { "2:(0,", HBD_DECODE_BAD_FIELD, 0 },
};

static void
test_bodies (void)
{
    g_autoptr (HbdKeyTable) table = new_table ();

    for (guint i = 0; i < G_N_ELEMENTS (body_rows); i++) {
        const BodyRow *row = &body_rows[i];
        g_autoptr (GString) frame = sign (table, row->body, strlen (row->body));
        g_autoptr (HbdMessage) message = NULL;

        g_test_message ("%s", row->body);
        g_assert_cmpint (hbd_wire_decode ((guint8 *) frame->str, frame->len, table, &message, NULL),
                         ==, row->result);
        g_assert_cmpint (message != NULL, ==, row->result == HBD_DECODE_OK);
        if (message != NULL)
            g_assert_cmpuint (hbd_message_field_count (message), ==, row->fields);
    }
}

static void
test_nul_belongs_to_binary_only (void)
{
    static const char text[] = "7:(0)t=a\0,";
    static const char binary[] = "8:(1)u=a\0b,";
    g_autoptr (HbdKeyTable) table = new_table ();
    g_autoptr (GString) bad = sign (table, text, sizeof text - 1);
    g_autoptr (GString) good = sign (table, binary, sizeof binary - 1);
    g_autoptr (HbdMessage) message = NULL;
    gsize len;

    g_assert_cmpint (hbd_wire_decode ((guint8 *) bad->str, bad->len, table, &message, NULL), ==,
                     HBD_DECODE_BAD_FIELD);
    g_assert_cmpint (hbd_wire_decode ((guint8 *) good->str, good->len, table, &message, NULL), ==,
                     HBD_DECODE_OK);
    g_assert_cmpmem (hbd_message_get_binary (message, "u", &len), 3, "a\0b", 3);
    g_assert_cmpuint (len, ==, 3);
}

/* A raw uuid may hold the end line; only the last one counts. */
static void
test_binary_may_hold_the_end_line (void)
{
    static const char body[] = "20:(1)srcuuid=abcd%%%\n1,";
    g_autoptr (HbdKeyTable) table = new_table ();
    g_autoptr (GString) frame = sign (table, body, sizeof body - 1);
    g_autoptr (HbdMessage) message = NULL;

    g_assert_cmpint (hbd_wire_decode ((guint8 *) frame->str, frame->len, table, &message, NULL), ==,
                     HBD_DECODE_OK);
}

static void
test_fields_are_bounded (void)
{
    g_autoptr (HbdKeyTable) table = new_table ();

    for (guint n = HBD_MESSAGE_MAX_FIELDS - 1; n <= HBD_MESSAGE_MAX_FIELDS + 1; n++) {
        g_autoptr (GString) body = g_string_new (NULL);
        g_autoptr (GString) frame = NULL;
        g_autoptr (HbdMessage) message = NULL;

        for (guint i = 0; i < n; i++)
            g_string_append (body, "5:(0)a=,");
        frame = sign (table, body->str, body->len);
        g_assert_cmpint (hbd_wire_decode ((guint8 *) frame->str, frame->len, table, &message, NULL),
                         ==, n > HBD_MESSAGE_MAX_FIELDS ? HBD_DECODE_TOO_MANY : HBD_DECODE_OK);
    }
}

typedef struct {
    const char *data;
    HbdDecodeResult result;
} TrailerRow;

static const TrailerRow trailer_rows[] = {
    { "", HBD_DECODE_NO_FRAME },
    { "###", HBD_DECODE_NO_FRAME },
    { "###\n", HBD_DECODE_NO_FRAME },
    { "%%%\n", HBD_DECODE_NO_FRAME },
    { "hello", HBD_DECODE_NO_FRAME },
    { "###\n11:(0)t=status,", HBD_DECODE_NO_FRAME },
    { "###\n%%%", HBD_DECODE_NO_FRAME },
    { "###\n%%%\n", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n0:,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n3:1 a", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n4:1 a,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n2:1 a,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n3:1-a,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n3:x a,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n3:1 g,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n2:1 ,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n5:100 a,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n3:1 a,,", HBD_DECODE_NO_SIGNATURE },
    { "###\n%%%\n3:0 a,", HBD_DECODE_UNKNOWN_KEY },
    { "###\n%%%\n4:16 a,", HBD_DECODE_UNKNOWN_KEY },
    { "###\n%%%\n4:99 a,", HBD_DECODE_UNKNOWN_KEY },
    { "###\n%%%\n3:1 a,", HBD_DECODE_BAD_DIGEST },
    { "###\n%%%\n34:1 00000000000000000000000000000000,", HBD_DECODE_BAD_DIGEST },
    { "###\n%%%\n67:1 "
      "00000000000000000000000000000000000000000000000000000000000000000,",
      HBD_DECODE_NO_SIGNATURE },
};

static void
test_trailers (void)
{
    g_autoptr (HbdKeyTable) table = new_table ();

    for (guint i = 0; i < G_N_ELEMENTS (trailer_rows); i++) {
        const TrailerRow *row = &trailer_rows[i];
        HbdMessage *message = (HbdMessage *) "set";

        g_test_message ("%s", row->data);
        g_assert_cmpint (
            hbd_wire_decode ((const guint8 *) row->data, strlen (row->data), table, &message, NULL),
            ==, row->result);
        g_assert_null (message);
    }
}

/* What is not signed is not looked at: the fields are nonsense, the answer is about the digest. */
static void
test_fields_are_not_parsed_before_the_digest (void)
{
    static const char data[] = "###\nnonsense%%%\n3:1 a,";
    g_autoptr (HbdKeyTable) table = new_table ();
    HbdMessage *message;
    HbdDecodeInfo info;

    g_assert_cmpint (
        hbd_wire_decode ((const guint8 *) data, sizeof data - 1, table, &message, &info), ==,
        HBD_DECODE_BAD_DIGEST);
    g_assert_cmpuint (info.key_index, ==, 1);
    g_assert_cmpuint (info.offset, ==, strlen ("###\nnonsense%%%\n"));
}

static void
test_one_nul_may_follow (void)
{
    g_autoptr (HbdKeyTable) table = new_table ();
    g_autoptr (GString) frame = sign (table, "11:(0)t=status,", 15);
    g_autoptr (HbdMessage) message = NULL;
    HbdMessage *none;

    g_string_append_c (frame, '\0');
    g_assert_cmpint (hbd_wire_decode ((guint8 *) frame->str, frame->len, table, &message, NULL), ==,
                     HBD_DECODE_OK);
    g_string_append_c (frame, '\0');
    g_assert_cmpint (hbd_wire_decode ((guint8 *) frame->str, frame->len, table, &none, NULL), !=,
                     HBD_DECODE_OK);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wire/netstring/bodies", test_bodies);
    g_test_add_func ("/wire/netstring/nul-belongs-to-binary-only", test_nul_belongs_to_binary_only);
    g_test_add_func ("/wire/netstring/binary-may-hold-the-end-line",
                     test_binary_may_hold_the_end_line);
    g_test_add_func ("/wire/netstring/fields-are-bounded", test_fields_are_bounded);
    g_test_add_func ("/wire/netstring/trailers", test_trailers);
    g_test_add_func ("/wire/netstring/digest-comes-before-fields",
                     test_fields_are_not_parsed_before_the_digest);
    g_test_add_func ("/wire/netstring/one-nul-may-follow", test_one_nul_may_follow);
    return g_test_run ();
}
