/* SPDX-License-Identifier: Apache-2.0 */
/* Between codec.c and the two framings; nothing outside hbd/wire includes it.
 * A framing knows two steps on receipt: locate the signature without looking at a field, and parse
 * the fields once codec.c has verified it. */
#pragma once

#include "hbd/wire/codec.h"

/* Where the parts of a datagram lie. Pointers go into the datagram. */
typedef struct {
    const guint8 *signed_data; /* what the signature covers */
    gsize signed_len;
    const guint8 *fields; /* what is parsed afterwards */
    gsize fields_len;
    guint key_index;
    const char *digest; /* hex digits as claimed, not NUL-terminated */
    gsize digest_len;
} HbdFrame;

/* Read `INDEX HEX` of exactly @len bytes into @frame; false when malformed. */
bool hbd_frame_read_signature (HbdFrame *frame, const guint8 *data, gsize len);

HbdDecodeResult hbd_netstring_locate (const guint8 *data, gsize len, HbdFrame *frame);
/* Append the fields of @frame to @message; @used counts the bytes of the fields that were good. */
HbdDecodeResult hbd_netstring_parse (const HbdFrame *frame, HbdMessage *message, gsize *used);
void hbd_netstring_append (GString *out, const char *name, const guint8 *data, gsize len,
                           bool is_binary);

HbdDecodeResult hbd_classic_locate (const guint8 *data, gsize len, HbdFrame *frame);
HbdDecodeResult hbd_classic_parse (const HbdFrame *frame, HbdMessage *message, gsize *used);
void hbd_classic_append (GString *out, const char *name, const guint8 *data, gsize len,
                         bool is_binary);

/* Is @name a field name that we read: 1 to HBD_MESSAGE_MAX_NAME_LEN graphic ASCII characters
 * without '=', the first one not '(' (it would read as a type in the classic framing)? */
bool hbd_frame_is_name (const guint8 *name, gsize len);
/* Append one checked field: TOO_MANY, BAD_FIELD (NUL inside a text, bad name) or OK. */
HbdDecodeResult hbd_frame_add_field (HbdMessage *message, const guint8 *name, gsize name_len,
                                     GBytes *value, bool is_binary);
