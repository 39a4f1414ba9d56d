/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes <-> signed Heartbeat messages: netstring and classic framing (doc/heartbeat.md 4.2, 4.3).
 * Decoding locates the signature, verifies it with the entry the packet names in *our* table, and
 * only then parses fields. */
#pragma once

#include "hbd/wire/keys.h"
#include "hbd/wire/message.h"

typedef enum {
    HBD_FRAMING_NETSTRING,
    HBD_FRAMING_CLASSIC,
} HbdFraming;

/* Why a datagram was refused. X-macro list with names in codec.c; a unit test checks the count. */
typedef enum {
    HBD_DECODE_OK,
    HBD_DECODE_TOO_LONG,     /* above HBD_MESSAGE_MAX_BYTES */
    HBD_DECODE_NO_FRAME,     /* neither framing's first or last line */
    HBD_DECODE_NO_SIGNATURE, /* trailer or auth field missing or malformed */
    HBD_DECODE_UNKNOWN_KEY,  /* names an index that is not in our table */
    HBD_DECODE_BAD_DIGEST,
    HBD_DECODE_BAD_FIELD,    /* signed, but not well formed */
    HBD_DECODE_TOO_MANY,     /* more than HBD_MESSAGE_MAX_FIELDS */
    HBD_DECODE_N
} HbdDecodeResult;

/* Decode @len bytes; on HBD_DECODE_OK *@message is (transfer full), otherwise NULL. @offset, may
 * be NULL: the byte where decoding ended. The inner `auth` field stays in the message. */
HbdDecodeResult hbd_wire_decode (const guint8 *data, gsize len, const HbdKeyTable *keys,
                                 HbdMessage **message, gsize *offset);

/* The signed datagram. @inner_auth adds the inner `auth` field that `msgfmt classic` of 3.0.6
 * sends inside the netstring framing. (transfer full) */
GBytes *hbd_wire_encode (const HbdMessage *message, const HbdKeyTable *keys, HbdFraming framing,
                         bool inner_auth);

/* Classic framing without a signature, as written on Heartbeat's command FIFO: parse one
 * `>>>\n...<<<\n` block. NULL when malformed. (transfer full) */
HbdMessage *hbd_wire_parse_command (const char *text, gsize len);

/* "bad-digest" and so on: the counter's and log field's name. */
const char *hbd_decode_result_name (HbdDecodeResult result);
