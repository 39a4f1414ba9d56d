/* SPDX-License-Identifier: Apache-2.0 */
/* Decode: find the framing, locate the signature, verify it, parse. In that order, because what
 * an unauthenticated sender wrote must not reach the parser (doc/heartbeat.md, surprise 9). */
#include "config.h"

#include "hbd/wire/codec.h"

#include "hbd/wire/framing.h"

#include <string.h>

#define RESULT_LIST(X)                                                                             \
    X (HBD_DECODE_OK, "ok")                                                                        \
    X (HBD_DECODE_TOO_LONG, "too-long")                                                            \
    X (HBD_DECODE_NO_FRAME, "no-frame")                                                            \
    X (HBD_DECODE_NO_SIGNATURE, "no-signature")                                                    \
    X (HBD_DECODE_UNKNOWN_KEY, "unknown-key")                                                      \
    X (HBD_DECODE_UNKEYED, "unkeyed")                                                              \
    X (HBD_DECODE_BAD_DIGEST, "bad-digest")                                                        \
    X (HBD_DECODE_BAD_FIELD, "bad-field")                                                          \
    X (HBD_DECODE_TOO_MANY, "too-many")

#define RESULT_NAME(value, name) [value] = name,
static const char *const result_names[] = { RESULT_LIST (RESULT_NAME) };
G_STATIC_ASSERT (G_N_ELEMENTS (result_names) == HBD_DECODE_N);

const char *
hbd_decode_result_name (HbdDecodeResult result)
{
    g_assert (result < HBD_DECODE_N);
    return result_names[result];
}

bool
hbd_frame_read_signature (HbdFrame *frame, const guint8 *data, gsize len)
{
    gsize at = 0;

    frame->key_index = 0;
    while (at < len && at < 2 && g_ascii_isdigit (data[at]))
        frame->key_index = frame->key_index * 10 + (guint) (data[at++] - '0');
    if (at == 0 || at == len || data[at] != ' ')
        return false;
    at++;
    frame->digest = (const char *) data + at;
    frame->digest_len = len - at;
    if (frame->digest_len == 0 || frame->digest_len > HBD_DIGEST_HEX_MAX)
        return false;
    for (; at < len; at++) {
        if (!g_ascii_isxdigit (data[at]))
            return false;
    }
    return true;
}

bool
hbd_frame_is_name (const guint8 *name, gsize len)
{
    if (len == 0 || len > HBD_MESSAGE_MAX_NAME_LEN || name[0] == '(')
        return false;
    for (gsize i = 0; i < len; i++) {
        if (!g_ascii_isgraph (name[i]) || name[i] == '=')
            return false;
    }
    return true;
}

HbdDecodeResult
hbd_frame_add_field (HbdMessage *message, const guint8 *name, gsize name_len, GBytes *value,
                     bool is_binary)
{
    char text[HBD_MESSAGE_MAX_NAME_LEN + 1];
    gsize len;
    const guint8 *data = g_bytes_get_data (value, &len);

    if (!hbd_frame_is_name (name, name_len))
        return HBD_DECODE_BAD_FIELD;
    if (hbd_message_field_count (message) >= HBD_MESSAGE_MAX_FIELDS)
        return HBD_DECODE_TOO_MANY;
    memcpy (text, name, name_len);
    text[name_len] = '\0';
    if (is_binary) {
        hbd_message_add_binary (message, text, data, len);
        return HBD_DECODE_OK;
    }
    if (len > 0 && memchr (data, '\0', len) != NULL)
        return HBD_DECODE_BAD_FIELD;
    g_autofree char *copy = g_strndup ((const char *) data, len);
    hbd_message_add (message, text, copy);
    return HBD_DECODE_OK;
}

/* doc/heartbeat.md 3.4: the entry that the packet names; failing that, that entry's method with
 * our active key, which is what 3.0.6 makes of a cluster whose active lines differ. */
static HbdDecodeResult
verify (const HbdFrame *frame, const HbdKeyTable *keys, HbdDecodeInfo *info)
{
    const HbdKey *active = &keys->key[keys->active];
    const HbdKey *named;
    HbdKey mixed;

    info->key_index = frame->key_index;
    if (frame->key_index >= HBD_KEYS_MAX || keys->key[frame->key_index].method == HBD_AUTH_NONE)
        return HBD_DECODE_UNKNOWN_KEY;
    named = &keys->key[frame->key_index];
    if (named->method == HBD_AUTH_CRC && active->method != HBD_AUTH_CRC && !keys->accept_unkeyed)
        return HBD_DECODE_UNKEYED;
    if (hbd_key_verify (named, frame->signed_data, frame->signed_len, frame->digest,
                        frame->digest_len))
        return HBD_DECODE_OK;
    if (named->method == HBD_AUTH_CRC || named->method == active->method || active->secret == NULL)
        return HBD_DECODE_BAD_DIGEST;
    mixed = (HbdKey){ .method = named->method, .secret = active->secret };
    info->is_fallback = hbd_key_verify (&mixed, frame->signed_data, frame->signed_len,
                                        frame->digest, frame->digest_len);
    return info->is_fallback ? HBD_DECODE_OK : HBD_DECODE_BAD_DIGEST;
}

static HbdDecodeResult
decode (const guint8 *data, gsize len, const HbdKeyTable *keys, HbdMessage *message,
        HbdDecodeInfo *info)
{
    HbdFrame frame = { 0 };
    HbdDecodeResult result;
    gsize used = 0;

    if (len > HBD_MESSAGE_MAX_BYTES)
        return HBD_DECODE_TOO_LONG;
    if (len >= 4 && memcmp (data, "###\n", 4) == 0)
        info->framing = HBD_FRAMING_NETSTRING;
    else if (len >= 4 && memcmp (data, ">>>\n", 4) == 0)
        info->framing = HBD_FRAMING_CLASSIC;
    else
        return HBD_DECODE_NO_FRAME;

    if (info->framing == HBD_FRAMING_NETSTRING)
        result = hbd_netstring_locate (data, len, &frame);
    else
        result = hbd_classic_locate (data, len, &frame);
    if (result != HBD_DECODE_OK)
        return result;
    info->offset = (gsize) (frame.signed_data - data) + frame.signed_len;
    result = verify (&frame, keys, info);
    if (result != HBD_DECODE_OK)
        return result;

    if (info->framing == HBD_FRAMING_NETSTRING)
        result = hbd_netstring_parse (&frame, message, &used);
    else
        result = hbd_classic_parse (&frame, message, &used);
    info->offset = (gsize) (frame.fields - data) + used;
    return result;
}

HbdDecodeResult
hbd_wire_decode (const guint8 *data, gsize len, const HbdKeyTable *keys, HbdMessage **message,
                 HbdDecodeInfo *info)
{
    g_autoptr (HbdMessage) parsed = hbd_message_new ();
    HbdDecodeInfo unused;
    HbdDecodeResult result;

    if (info == NULL)
        info = &unused;
    *info = (HbdDecodeInfo){ 0 };
    *message = NULL;
    result = decode (data, len, keys, parsed, info);
    if (result == HBD_DECODE_OK)
        *message = g_steal_pointer (&parsed);
    return result;
}

/* Every field but `auth`, in order, in one framing. */
static void
append_fields (GString *out, const HbdMessage *message, HbdFraming framing)
{
    for (guint i = 0; i < hbd_message_field_count (message); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;
        const char *name = hbd_message_field (message, i, &data, &len, &is_binary);

        if (strcmp (name, "auth") == 0)
            continue;
        if (framing == HBD_FRAMING_NETSTRING)
            hbd_netstring_append (out, name, data, len, is_binary);
        else
            hbd_classic_append (out, name, data, len, is_binary);
    }
}

/* `INDEX HEX` over @len bytes under the active entry. (transfer full) */
static char *
make_signature (const HbdKeyTable *keys, const char *data, gsize len)
{
    char hex[HBD_DIGEST_HEX_MAX + 1];

    hbd_key_digest (&keys->key[keys->active], data, len, hex);
    return g_strdup_printf ("%u %s", keys->active, hex);
}

/* What an `auth` field signs: the fields as classic lines (doc/heartbeat.md 3.3). */
static char *
make_inner_auth (const HbdMessage *message, const HbdKeyTable *keys)
{
    g_autoptr (GString) lines = g_string_sized_new (512);

    append_fields (lines, message, HBD_FRAMING_CLASSIC);
    return make_signature (keys, lines->str, lines->len);
}

static void
encode_classic (GString *out, const HbdMessage *message, const HbdKeyTable *keys)
{
    g_autofree char *auth = make_inner_auth (message, keys);

    g_string_append (out, ">>>\n");
    append_fields (out, message, HBD_FRAMING_CLASSIC);
    g_string_append_printf (out, "auth=%s\n<<<\n", auth);
}

static void
encode_netstring (GString *out, const HbdMessage *message, const HbdKeyTable *keys, bool inner_auth)
{
    g_autofree char *trailer = NULL;

    g_string_append (out, "###\n");
    append_fields (out, message, HBD_FRAMING_NETSTRING);
    if (inner_auth) {
        g_autofree char *auth = make_inner_auth (message, keys);

        hbd_netstring_append (out, "auth", (const guint8 *) auth, strlen (auth), false);
    }
    g_string_append (out, "%%%\n");
    trailer = make_signature (keys, out->str, out->len);
    g_string_append_printf (out, "%" G_GSIZE_FORMAT ":%s,", strlen (trailer), trailer);
}

GBytes *
hbd_wire_encode (const HbdMessage *message, const HbdKeyTable *keys, HbdFraming framing,
                 bool inner_auth)
{
    g_autoptr (GString) out = g_string_sized_new (512);

    if (framing == HBD_FRAMING_CLASSIC)
        encode_classic (out, message, keys);
    else
        encode_netstring (out, message, keys, inner_auth);
    if (out->len > HBD_MESSAGE_MAX_BYTES)
        return NULL;
    return g_string_free_to_bytes (g_steal_pointer (&out));
}
