/* SPDX-License-Identifier: Apache-2.0 */
/* Classic framing on the wire and on the command FIFO. */
#include "config.h"

#include "hbd/wire/codec.h"

#include <string.h>

static HbdKeyTable *
new_table (void)
{
    HbdKeyTable *table = hbd_key_table_new ();

    hbd_key_table_set (table, 2, HBD_AUTH_SHA1, "other");
    table->active = 2;
    return table;
}

static GString *
sign (const HbdKeyTable *table, const char *body)
{
    GString *out = g_string_new (">>>\n");
    char hex[HBD_DIGEST_HEX_MAX + 1];

    hbd_key_digest (&table->key[2], body, strlen (body), hex);
    g_string_append_printf (out, "%sauth=2 %s\n<<<\n", body, hex);
    return out;
}

typedef struct {
    const char *body;
    HbdDecodeResult result;
    guint fields; /* auth included */
} BodyRow;

static const BodyRow body_rows[] = {
    { "", HBD_DECODE_OK, 1 },
    { "t=status\n", HBD_DECODE_OK, 2 },
    { "t=status\nempty=\n", HBD_DECODE_OK, 3 },
    { "(0)t=status\n(1)u=AAEC\n", HBD_DECODE_OK, 3 },
    { "(1)u=\n", HBD_DECODE_OK, 2 },
    { "(1)u=AA==\n", HBD_DECODE_OK, 2 },
    { "(1)u=AAE=\n", HBD_DECODE_OK, 2 },
    { "(1)u=AAE\n", HBD_DECODE_BAD_FIELD, 0 },
    { "(1)u=AA=A\n", HBD_DECODE_BAD_FIELD, 0 },
    { "(1)u=A A=\n", HBD_DECODE_BAD_FIELD, 0 },
    { "(1)u=====\n", HBD_DECODE_BAD_FIELD, 0 },
    { "(2)u=AAEC\n", HBD_DECODE_BAD_FIELD, 0 },
    { "\n", HBD_DECODE_BAD_FIELD, 0 },
    { "tstatus\n", HBD_DECODE_BAD_FIELD, 0 },
    { "=status\n", HBD_DECODE_BAD_FIELD, 0 },
    { "a b=c\n", HBD_DECODE_BAD_FIELD, 0 },
};

static void
test_bodies (void)
{
    g_autoptr (HbdKeyTable) table = new_table ();

    for (guint i = 0; i < G_N_ELEMENTS (body_rows); i++) {
        const BodyRow *row = &body_rows[i];

        for (guint nul = 0; nul < 2; nul++) {
            g_autoptr (GString) frame = sign (table, row->body);
            g_autoptr (HbdMessage) message = NULL;
            HbdDecodeInfo info;

            g_test_message ("%s", row->body);
            g_assert_cmpint (
                hbd_wire_decode ((guint8 *) frame->str, frame->len + nul, table, &message, &info),
                ==, row->result);
            g_assert_cmpint (info.framing, ==, HBD_FRAMING_CLASSIC);
            if (message != NULL)
                g_assert_cmpuint (hbd_message_field_count (message), ==, row->fields);
        }
    }
}

static void
test_binary_is_base64 (void)
{
    g_autoptr (HbdKeyTable) table = new_table ();
    g_autoptr (GString) frame = sign (table, "(1)u=AAEC\n");
    g_autoptr (HbdMessage) message = NULL;
    gsize len;

    g_assert_cmpint (hbd_wire_decode ((guint8 *) frame->str, frame->len, table, &message, NULL), ==,
                     HBD_DECODE_OK);
    g_assert_cmpmem (hbd_message_get_binary (message, "u", &len), 3, "\0\1\2", 3);
    g_assert_cmpuint (len, ==, 3);
}

typedef struct {
    const char *data;
    HbdDecodeResult result;
} FrameRow;

static const FrameRow frame_rows[] = {
    { ">>>\n", HBD_DECODE_NO_FRAME },
    { ">>>\n<<<", HBD_DECODE_NO_FRAME },
    { ">>>\n<<<\n", HBD_DECODE_NO_SIGNATURE },
    { ">>>\nt=status<<<\n", HBD_DECODE_NO_FRAME },
    { ">>>\nt=status\n<<<\n", HBD_DECODE_NO_SIGNATURE },
    { ">>>\nauth=\n<<<\n", HBD_DECODE_NO_SIGNATURE },
    { ">>>\nauth=2\n<<<\n", HBD_DECODE_NO_SIGNATURE },
    { ">>>\nauth=2 \n<<<\n", HBD_DECODE_NO_SIGNATURE },
    { ">>>\nauth=2 zz\n<<<\n", HBD_DECODE_NO_SIGNATURE },
    { ">>>\nauth=2 aa\nt=status\n<<<\n", HBD_DECODE_NO_SIGNATURE },
    { ">>>\nxauth=2 aa\n<<<\n", HBD_DECODE_NO_SIGNATURE },
    { ">>>\nauth=1 aa\n<<<\n", HBD_DECODE_UNKNOWN_KEY },
    { ">>>\nauth=2 aa\n<<<\n", HBD_DECODE_BAD_DIGEST },
};

static void
test_frames (void)
{
    g_autoptr (HbdKeyTable) table = new_table ();

    for (guint i = 0; i < G_N_ELEMENTS (frame_rows); i++) {
        HbdMessage *message;

        g_test_message ("%s", frame_rows[i].data);
        g_assert_cmpint (hbd_wire_decode ((const guint8 *) frame_rows[i].data,
                                          strlen (frame_rows[i].data), table, &message, NULL),
                         ==, frame_rows[i].result);
    }
}

static void
test_command_is_read_as_scripts_write_it (void)
{
    static const char text[] = ">>>\nt=ask_resources\nrsc_hold=all\ninfo=me\n<<<\n";
    g_autoptr (HbdMessage) message = hbd_wire_parse_command (text, sizeof text - 1);
    g_autoptr (HbdMessage) with_nul = hbd_wire_parse_command (text, sizeof text);

    g_assert_nonnull (message);
    g_assert_nonnull (with_nul);
    g_assert_cmpstr (hbd_message_get (message, "t"), ==, "ask_resources");
    g_assert_cmpstr (hbd_message_get (message, "info"), ==, "me");
}

static void
test_malformed_commands_are_refused (void)
{
    static const char *const rows[] = {
        "",
        ">>>\n",
        "<<<\n",
        ">>>\n<<<\n",
        ">>>\nt=x\n",
        "t=x\n<<<\n",
        ">>>\nt\n<<<\n",
        ">>>\nrsc_hold=all\n<<<\n",
        ">>>\nt=x<<<\n",
        ">>>\n\nt=x\n<<<\n",
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_test_message ("%s", rows[i]);
        g_assert_null (hbd_wire_parse_command (rows[i], strlen (rows[i])));
    }
}

static void
test_commands_are_bounded (void)
{
    g_autoptr (GString) long_one = g_string_new (">>>\nt=x\nv=");
    g_autoptr (GString) wide_one = g_string_new (">>>\nt=x\n");

    for (guint i = 0; i < HBD_COMMAND_MAX_BYTES; i++)
        g_string_append_c (long_one, 'v');
    g_string_append (long_one, "\n<<<\n");
    g_assert_null (hbd_wire_parse_command (long_one->str, long_one->len));

    for (guint i = 0; i < HBD_MESSAGE_MAX_FIELDS - 5; i++)
        g_string_append (wide_one, "v=1\n");
    g_string_append (wide_one, "<<<\n");
    g_assert_null (hbd_wire_parse_command (wide_one->str, wide_one->len));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wire/classic/bodies", test_bodies);
    g_test_add_func ("/wire/classic/binary-is-base64", test_binary_is_base64);
    g_test_add_func ("/wire/classic/frames", test_frames);
    g_test_add_func ("/wire/classic/command-as-scripts-write-it",
                     test_command_is_read_as_scripts_write_it);
    g_test_add_func ("/wire/classic/malformed-commands", test_malformed_commands_are_refused);
    g_test_add_func ("/wire/classic/commands-are-bounded", test_commands_are_bounded);
    return g_test_run ();
}
