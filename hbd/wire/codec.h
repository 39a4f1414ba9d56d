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
    HBD_DECODE_UNKEYED,      /* names a crc entry while the active one has a key */
    HBD_DECODE_BAD_DIGEST,
    HBD_DECODE_BAD_FIELD, /* signed, but not well formed */
    HBD_DECODE_TOO_MANY,  /* more than HBD_MESSAGE_MAX_FIELDS */
    HBD_DECODE_N
} HbdDecodeResult;

/* What decoding learnt beside the message; valid for every result. */
typedef struct {
    gsize offset;       /* byte where decoding ended */
    HbdFraming framing; /* meaningful unless NO_FRAME, TOO_LONG */
    guint key_index;    /* entry the packet names; meaningful from UNKNOWN_KEY on */
    bool is_fallback;   /* verified with the named entry's method and our active key, as a real
                         * 3.0.6 would (doc/heartbeat.md 3.4) */
} HbdDecodeInfo;

/* Decode @len bytes; on HBD_DECODE_OK *@message is (transfer full), otherwise NULL. @info may be
 * NULL. The inner `auth` field stays in the message. An entry without key (crc) is believed only
 * while the active entry has none either, or when @keys says accept_unkeyed. */
HbdDecodeResult hbd_wire_decode (const guint8 *data, gsize len, const HbdKeyTable *keys,
                                 HbdMessage **message, HbdDecodeInfo *info);

/* The datagram signed with the active entry. @inner_auth adds the inner `auth` field that `msgfmt
 * classic` of 3.0.6 sends inside the netstring framing; the classic framing always has it. An
 * `auth` field already in @message is left out. NULL when it would exceed HBD_MESSAGE_MAX_BYTES.
 * (transfer full) */
GBytes *hbd_wire_encode (const HbdMessage *message, const HbdKeyTable *keys, HbdFraming framing,
                         bool inner_auth);

/* Longest block hbd_wire_parse_command() takes. */
#define HBD_COMMAND_MAX_BYTES 8192

/* Classic framing without a signature, as written on Heartbeat's command FIFO: parse one
 * `>>>\n...<<<\n` block (a NUL may follow). NULL when malformed, without `t`, longer than
 * HBD_COMMAND_MAX_BYTES or with more fields than leave room for ours. (transfer full) */
HbdMessage *hbd_wire_parse_command (const char *text, gsize len);

/* "bad-digest" and so on: the counter's and log field's name. */
const char *hbd_decode_result_name (HbdDecodeResult result);
