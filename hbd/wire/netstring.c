/* SPDX-License-Identifier: Apache-2.0 */
/* Netstring framing (doc/heartbeat.md 4.2): what 3.0.6 sends.
 *     "###\n" { LEN ":" "(" TYPE ")" NAME "=" VALUE "," } "%%%\n" LEN ":" INDEX " " HEX ","
 * Binary values may contain any byte, also the end line, so the trailer is looked for from the
 * end, where only digits can follow the true end line. */
#include "config.h"

#include "hbd/wire/framing.h"

#include <string.h>

#define MARK_LEN       4 /* "###\n", "%%%\n" */
/* LEN ":" INDEX " " HEX "," at its longest. */
#define TRAILER_MAX    (2 + 1 + 2 + 1 + HBD_DIGEST_HEX_MAX + 1)
#define LEN_DIGITS_MAX 5 /* HBD_MESSAGE_MAX_BYTES has five */

/* Read `DIGITS ":"` at the start of @data; the number of bytes read, 0 when malformed. */
static gsize
read_length (const guint8 *data, gsize len, gsize *value)
{
    gsize i = 0;

    *value = 0;
    while (i < len && i < LEN_DIGITS_MAX && g_ascii_isdigit (data[i])) {
        *value = *value * 10 + (gsize) (data[i] - '0');
        i++;
    }
    if (i == 0 || i == len || data[i] != ':')
        return 0;
    return i + 1;
}

/* Offset of the last "%%%\n" that a trailer can follow, or 0 (offset 0 holds the first line). */
static gsize
find_end_line (const guint8 *data, gsize len)
{
    gsize low = len > MARK_LEN + TRAILER_MAX ? len - MARK_LEN - TRAILER_MAX : MARK_LEN;

    for (gsize at = len < MARK_LEN ? 0 : len - MARK_LEN; at >= low && at > 0; at--) {
        if (memcmp (data + at, "%%%\n", MARK_LEN) == 0)
            return at;
    }
    return 0;
}

HbdDecodeResult
hbd_netstring_locate (const guint8 *data, gsize len, HbdFrame *frame)
{
    gsize end_line, at, digits, value_len;

    if (len > 0 && data[len - 1] == '\0')
        len--;
    end_line = find_end_line (data, len);
    if (end_line < MARK_LEN)
        return HBD_DECODE_NO_FRAME;
    at = end_line + MARK_LEN;
    frame->signed_data = data;
    frame->signed_len = at;
    frame->fields = data + MARK_LEN;
    frame->fields_len = end_line - MARK_LEN;

    digits = read_length (data + at, len - at, &value_len);
    if (digits == 0 || at + digits + value_len + 1 != len || data[len - 1] != ',')
        return HBD_DECODE_NO_SIGNATURE;
    if (!hbd_frame_read_signature (frame, data + at + digits, value_len))
        return HBD_DECODE_NO_SIGNATURE;
    return HBD_DECODE_OK;
}

/* One field's inside: "(" TYPE ")" NAME "=" VALUE. */
static HbdDecodeResult
parse_field (const guint8 *data, gsize len, HbdMessage *message)
{
    const guint8 *equals;
    gsize name_len;
    g_autoptr (GBytes) value = NULL;

    /* Types 2 to 5 do not occur in haresources clusters. */
    if (len < 3 || data[0] != '(' || (data[1] != '0' && data[1] != '1') || data[2] != ')')
        return HBD_DECODE_BAD_FIELD;
    equals = memchr (data + 3, '=', len - 3);
    if (equals == NULL)
        return HBD_DECODE_BAD_FIELD;
    name_len = (gsize) (equals - (data + 3));
    value = g_bytes_new_static (equals + 1, len - 3 - name_len - 1);
    return hbd_frame_add_field (message, data + 3, name_len, value, data[1] == '1');
}

HbdDecodeResult
hbd_netstring_parse (const HbdFrame *frame, HbdMessage *message, gsize *used)
{
    gsize at = 0;

    for (*used = 0; at < frame->fields_len; *used = at) {
        HbdDecodeResult result;
        gsize value_len;
        gsize digits = read_length (frame->fields + at, frame->fields_len - at, &value_len);

        if (digits == 0 || value_len >= frame->fields_len - at - digits)
            return HBD_DECODE_BAD_FIELD;
        at += digits;
        if (frame->fields[at + value_len] != ',')
            return HBD_DECODE_BAD_FIELD;
        result = parse_field (frame->fields + at, value_len, message);
        if (result != HBD_DECODE_OK)
            return result;
        at += value_len + 1;
    }
    return HBD_DECODE_OK;
}

void
hbd_netstring_append (GString *out, const char *name, const guint8 *data, gsize len, bool is_binary)
{
    g_string_append_printf (out, "%" G_GSIZE_FORMAT ":(%d)%s=", 3 + strlen (name) + 1 + len,
                            is_binary ? 1 : 0, name);
    g_string_append_len (out, (const char *) data, (gssize) len);
    g_string_append_c (out, ',');
}
