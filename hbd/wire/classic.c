/* SPDX-License-Identifier: Apache-2.0 */
/* Classic framing (doc/heartbeat.md 4.3): accepted from the wire, and the form of the command
 * FIFO.
 *     ">>>\n" { NAME "=" TEXT "\n" | "(1)" NAME "=" BASE64 "\n" } "auth=" INDEX " " HEX "\n" "<<<\n"
 * The signature covers the lines between the first one and `auth` as they stand. */
#include "config.h"

#include "hbd/wire/framing.h"

#include <string.h>

#define MARK_LEN 4 /* ">>>\n", "<<<\n" */

/* Cut the last line, with its newline, off @data: its offset. @len > 0. */
static gsize
last_line (const guint8 *data, gsize len)
{
    gsize at = len - 1;

    while (at > 0 && data[at - 1] != '\n')
        at--;
    return at;
}

/* Set @frame->fields to what lies between the first and the last line; false without these. */
static bool
find_body (const guint8 *data, gsize len, HbdFrame *frame)
{
    if (len > 0 && data[len - 1] == '\0')
        len--;
    if (len < 2 * MARK_LEN || memcmp (data, ">>>\n", MARK_LEN) != 0
        || memcmp (data + len - MARK_LEN, "<<<\n", MARK_LEN) != 0
        || data[len - MARK_LEN - 1] != '\n')
        return false;
    frame->fields = data + MARK_LEN;
    frame->fields_len = len - 2 * MARK_LEN;
    return true;
}

HbdDecodeResult
hbd_classic_locate (const guint8 *data, gsize len, HbdFrame *frame)
{
    const gsize name_len = strlen ("auth=");
    const guint8 *line;
    gsize at, line_len;

    if (!find_body (data, len, frame))
        return HBD_DECODE_NO_FRAME;
    if (frame->fields_len == 0)
        return HBD_DECODE_NO_SIGNATURE;
    at = last_line (frame->fields, frame->fields_len);
    line = frame->fields + at;
    line_len = frame->fields_len - at - 1;
    frame->signed_data = frame->fields;
    frame->signed_len = at;
    if (line_len < name_len || memcmp (line, "auth=", name_len) != 0
        || !hbd_frame_read_signature (frame, line + name_len, line_len - name_len))
        return HBD_DECODE_NO_SIGNATURE;
    return HBD_DECODE_OK;
}

/* The bytes that strict base64 text stands for, or NULL. GLib's decoder skips what it does not
 * know, which would let two texts mean the same field. */
static GBytes *
decode_base64 (const guint8 *data, gsize len)
{
    g_autofree char *text = g_strndup ((const char *) data, len);
    gsize pads = 0, out_len;
    guchar *out;

    if (len % 4 != 0)
        return NULL;
    while (pads < 2 && pads < len && text[len - 1 - pads] == '=')
        pads++;
    for (gsize i = 0; i < len - pads; i++) {
        if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
            return NULL;
    }
    out = g_base64_decode (text, &out_len);
    return g_bytes_new_take (out, out_len);
}

/* One line without its newline. */
static HbdDecodeResult
parse_line (const guint8 *line, gsize len, HbdMessage *message)
{
    bool is_binary = false;
    const guint8 *equals;
    gsize name_len;
    g_autoptr (GBytes) value = NULL;

    if (len >= 3 && line[0] == '(' && (line[1] == '0' || line[1] == '1') && line[2] == ')') {
        is_binary = line[1] == '1';
        line += 3;
        len -= 3;
    }
    equals = memchr (line, '=', len);
    if (equals == NULL)
        return HBD_DECODE_BAD_FIELD;
    name_len = (gsize) (equals - line);
    if (is_binary)
        value = decode_base64 (equals + 1, len - name_len - 1);
    else
        value = g_bytes_new_static (equals + 1, len - name_len - 1);
    if (value == NULL)
        return HBD_DECODE_BAD_FIELD;
    return hbd_frame_add_field (message, line, name_len, value, is_binary);
}

HbdDecodeResult
hbd_classic_parse (const HbdFrame *frame, HbdMessage *message, gsize *used)
{
    gsize at = 0;

    for (*used = 0; at < frame->fields_len; *used = at) {
        const guint8 *line = frame->fields + at;
        const guint8 *end = memchr (line, '\n', frame->fields_len - at);
        HbdDecodeResult result;

        if (end == NULL)
            return HBD_DECODE_BAD_FIELD;
        result = parse_line (line, (gsize) (end - line), message);
        if (result != HBD_DECODE_OK)
            return result;
        at += (gsize) (end - line) + 1;
    }
    return HBD_DECODE_OK;
}

void
hbd_classic_append (GString *out, const char *name, const guint8 *data, gsize len, bool is_binary)
{
    if (is_binary) {
        g_autofree char *text = g_base64_encode (data, len);

        g_string_append_printf (out, "(1)%s=%s\n", name, text);
        return;
    }
    g_string_append_printf (out, "%s=", name);
    g_string_append_len (out, (const char *) data, (gssize) len);
    g_string_append_c (out, '\n');
}

HbdMessage *
hbd_wire_parse_command (const char *text, gsize len)
{
    g_autoptr (HbdMessage) message = hbd_message_new ();
    /* src, srcuuid, seq, hg, ts, ld, ttl, auth, dest, destuuid are added before it is sent. */
    const guint own_fields = 10;
    HbdFrame frame;
    gsize used;

    if (len > HBD_COMMAND_MAX_BYTES || !find_body ((const guint8 *) text, len, &frame))
        return NULL;
    if (hbd_classic_parse (&frame, message, &used) != HBD_DECODE_OK)
        return NULL;
    if (hbd_message_get (message, "t") == NULL
        || hbd_message_field_count (message) > HBD_MESSAGE_MAX_FIELDS - own_fields)
        return NULL;
    return g_steal_pointer (&message);
}
