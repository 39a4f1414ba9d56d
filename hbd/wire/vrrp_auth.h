/* SPDX-License-Identifier: Apache-2.0 */
/* How VRRP adverts are authenticated: the clear-text password and the authentication header of
 * version 2 (doc/keepalived.md 3.1, 3.2), and the HMAC trailer of keepalived 2.4 (3.9). Digests
 * are GLib's. Only vrrp_codec.c uses this. */
#pragma once

#include "hbd/wire/vrrp.h"

#define HBD_VRRP_AH_LEN           24
#define HBD_VRRP_TRAILER_LEN      28
#define HBD_VRRP_HMAC_SENDERS_MAX 4 /* multicast: this many are remembered */
#define HBD_VRRP_HMAC_KEY_MIN     32
#define HBD_VRRP_HMAC_KEY_MAX     64

typedef enum {
    HBD_VRRP_AUTH_NONE,
    HBD_VRRP_AUTH_PASS,
    HBD_VRRP_AUTH_AH,
} HbdVrrpAuthType; /* the numbers are those of the wire */

/* Roll-out: enforce refuses unsigned adverts; permissive signs and takes both; receive-only
 * verifies what is signed and does not sign. */
typedef enum {
    HBD_VRRP_HMAC_OFF,
    HBD_VRRP_HMAC_ENFORCE,
    HBD_VRRP_HMAC_PERMISSIVE,
    HBD_VRRP_HMAC_RECEIVE_ONLY,
} HbdVrrpHmacMode;

typedef struct {
    guint8 id;
    GBytes *secret; /* 32 to 64 bytes */
} HbdVrrpHmacKey;

/* Authentication header at the start of a payload. */
typedef struct {
    guint8 spi[4];
    guint32 sequence;
    const guint8 *digest; /* 12 bytes, borrowed */
} HbdVrrpAh;

/* What the digest of an authentication header covers; borrowed. */
typedef struct {
    const guint8 *head; /* IPv4 header, at least 20 bytes */
    gsize head_len;
    bool is_unicast;       /* the TTL does not count then */
    const guint8 *payload; /* from the authentication header on, at least HBD_VRRP_AH_LEN bytes */
    gsize payload_len;
} HbdVrrpAhInput;

/* False: @len is too short, or it is not VRRP behind HMAC-MD5-96. */
bool hbd_vrrp_ah_read (const guint8 *payload, gsize len, HbdVrrpAh *ah);
/* Append a header with @sequence and an empty digest. */
void hbd_vrrp_ah_write (const HbdVrrpAddress *source, guint32 sequence, GByteArray *out);
/* HMAC-MD5-96; the fields that change on the way and the digest itself are taken as zero.
 * @key  eight bytes, the password padded with zeros */
void hbd_vrrp_ah_digest (const guint8 key[8], const HbdVrrpAhInput *input, guint8 digest[12]);
/* Put @digest where it belongs in @payload. */
void hbd_vrrp_ah_set_digest (guint8 *payload, const guint8 digest[12]);

/* HMAC trailer behind an advert. */
typedef struct {
    guint8 key_id;
    guint64 sequence;     /* seconds, 1/65536 s, counter: one number, most significant first */
    const guint8 *digest; /* 16 bytes, borrowed */
} HbdVrrpTrailer;

/* @bytes: HBD_VRRP_TRAILER_LEN of them. False: not of the form that we know. */
bool hbd_vrrp_trailer_read (const guint8 *bytes, HbdVrrpTrailer *trailer);
/* First 16 bytes of HMAC-SHA-256 over a prefix (family, version, vrid, source), the advert @body
 * with its checksum taken as zero, and the trailer without its digest. The destination does not
 * count: all unicast copies of an advert share one trailer.
 * @body  the advert of @body_len bytes; its trailer follows it */
void hbd_vrrp_trailer_digest (GBytes *secret, HbdVrrpFamily family, const HbdVrrpAddress *source,
                              const guint8 *body, gsize body_len, guint8 digest[16]);
/* Append a signed trailer to the advert in @body. */
void hbd_vrrp_trailer_write (const HbdVrrpHmacKey *key, guint64 sequence, HbdVrrpFamily family,
                             const HbdVrrpAddress *source, GByteArray *body);
/* The sequence number of the instant @wall_us (Unix time in microseconds, >= 0). */
guint64 hbd_vrrp_trailer_sequence (gint64 wall_us);
/* Unix time in seconds that @sequence states. */
gint64 hbd_vrrp_trailer_seconds (guint64 sequence);

/* Constant-time comparison. */
bool hbd_vrrp_equal_secret (const guint8 *a, const guint8 *b, gsize len);
