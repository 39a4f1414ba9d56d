/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of VRRP adverts; see vrrp_auth.h. */
#include "config.h"

#include "hbd/wire/vrrp_auth.h"

#include <string.h>

#define AH_DIGEST_AT        12
#define AH_DIGEST_LEN       12
#define AH_LEN_WORDS        4 /* payload length field: 24 bytes less two words */
#define TRAILER_HMAC_SHA256 1
#define TRAILER_SEQUENCE_AT 4
#define TRAILER_DIGEST_AT   12
#define TRAILER_DIGEST_LEN  16
#define CHECKSUM_AT         6
#define CHECKSUM_LEN        2

static const guint8 zeros[TRAILER_DIGEST_LEN];

bool
hbd_vrrp_equal_secret (const guint8 *a, const guint8 *b, gsize len)
{
    guint difference = 0;

    for (gsize i = 0; i < len; i++)
        difference |= (guint) (a[i] ^ b[i]);
    return difference == 0;
}

/* The digest of what @hmac has been fed with, cut to @len. */
static void
finish (GHmac *hmac, gsize full_len, guint8 *out, gsize len)
{
    guint8 full[32];

    g_assert (full_len <= sizeof full && len <= full_len);
    g_hmac_get_digest (hmac, full, &full_len);
    memcpy (out, full, len);
    g_hmac_unref (hmac);
}

bool
hbd_vrrp_ah_read (const guint8 *payload, gsize len, HbdVrrpAh *ah)
{
    if (len < HBD_VRRP_AH_LEN)
        return false;
    memcpy (ah->spi, payload + 4, sizeof ah->spi);
    ah->sequence = (guint32) payload[8] << 24 | (guint32) payload[9] << 16
                   | (guint32) payload[10] << 8 | payload[11];
    ah->digest = payload + AH_DIGEST_AT;
    return payload[0] == HBD_VRRP_PROTOCOL && payload[1] == AH_LEN_WORDS;
}

void
hbd_vrrp_ah_write (const HbdVrrpAddress *source, guint32 sequence, GByteArray *out)
{
    guint8 ah[HBD_VRRP_AH_LEN] = { HBD_VRRP_PROTOCOL, AH_LEN_WORDS };
    guint32 sequence_be = GUINT32_TO_BE (sequence);

    memcpy (ah + 4, source->bytes, 4);
    memcpy (ah + 8, &sequence_be, sizeof sequence_be);
    g_byte_array_append (out, ah, sizeof ah);
}

void
hbd_vrrp_ah_set_digest (guint8 *payload, const guint8 digest[12])
{
    memcpy (payload + AH_DIGEST_AT, digest, AH_DIGEST_LEN);
}

void
hbd_vrrp_ah_digest (const guint8 key[8], const HbdVrrpAhInput *input, guint8 digest[12])
{
    GHmac *hmac = g_hmac_new (G_CHECKSUM_MD5, key, 8);
    guint8 head[HBD_VRRP_IPV4_HEAD_LEN];

    memcpy (head, input->head, sizeof head);
    head[1] = 0;             /* type of service */
    memset (head + 6, 0, 2); /* flags and fragment */
    memset (head + 10, 0, 2);
    if (input->is_unicast)
        head[8] = 0;
    g_hmac_update (hmac, head, sizeof head);
    g_hmac_update (hmac, input->head + sizeof head, (gssize) (input->head_len - sizeof head));
    g_hmac_update (hmac, input->payload, AH_DIGEST_AT);
    g_hmac_update (hmac, zeros, AH_DIGEST_LEN);
    g_hmac_update (hmac, input->payload + HBD_VRRP_AH_LEN,
                   (gssize) (input->payload_len - HBD_VRRP_AH_LEN));
    finish (hmac, 16, digest, AH_DIGEST_LEN);
}

bool
hbd_vrrp_trailer_read (const guint8 *bytes, HbdVrrpTrailer *trailer)
{
    guint64 sequence_be;

    memcpy (&sequence_be, bytes + TRAILER_SEQUENCE_AT, sizeof sequence_be);
    trailer->key_id = bytes[1];
    trailer->sequence = GUINT64_FROM_BE (sequence_be);
    trailer->digest = bytes + TRAILER_DIGEST_AT;
    return bytes[0] == TRAILER_HMAC_SHA256 && bytes[2] == 0 && bytes[3] == 0;
}

void
hbd_vrrp_trailer_digest (GBytes *secret, HbdVrrpFamily family, const HbdVrrpAddress *source,
                         const guint8 *body, gsize body_len, guint8 digest[16])
{
    gsize secret_len;
    const guint8 *secret_data = g_bytes_get_data (secret, &secret_len);
    GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secret_data, secret_len);
    const guint8 prefix[4] = { (guint8) family, body[0] >> 4, body[1], 0 };

    g_hmac_update (hmac, prefix, sizeof prefix);
    g_hmac_update (hmac, source->bytes, sizeof source->bytes);
    g_hmac_update (hmac, body, CHECKSUM_AT);
    g_hmac_update (hmac, zeros, CHECKSUM_LEN);
    /* The rest of the advert, then the trailer's head: they stand side by side. */
    g_hmac_update (hmac, body + CHECKSUM_AT + CHECKSUM_LEN,
                   (gssize) (body_len - CHECKSUM_AT - CHECKSUM_LEN + TRAILER_DIGEST_AT));
    g_hmac_update (hmac, zeros, TRAILER_DIGEST_LEN);
    finish (hmac, 32, digest, TRAILER_DIGEST_LEN);
}

void
hbd_vrrp_trailer_write (const HbdVrrpHmacKey *key, guint64 sequence, HbdVrrpFamily family,
                        const HbdVrrpAddress *source, GByteArray *body)
{
    guint8 trailer[HBD_VRRP_TRAILER_LEN] = { TRAILER_HMAC_SHA256, key->id };
    guint64 sequence_be = GUINT64_TO_BE (sequence);
    gsize body_len = body->len;

    memcpy (trailer + TRAILER_SEQUENCE_AT, &sequence_be, sizeof sequence_be);
    g_byte_array_append (body, trailer, sizeof trailer);
    hbd_vrrp_trailer_digest (key->secret, family, source, body->data, body_len,
                             body->data + body_len + TRAILER_DIGEST_AT);
}

guint64
hbd_vrrp_trailer_sequence (gint64 wall_us)
{
    guint64 seconds = (guint64) (wall_us / G_USEC_PER_SEC);
    guint64 fraction = (guint64) (wall_us % G_USEC_PER_SEC) * 65536 / G_USEC_PER_SEC;

    return seconds << 32 | fraction << 16;
}

gint64
hbd_vrrp_trailer_seconds (guint64 sequence)
{
    return (gint64) (sequence >> 32);
}
