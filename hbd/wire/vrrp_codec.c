/* SPDX-License-Identifier: Apache-2.0 */
/* One instance's packets; see vrrp_codec.h.
 *
 * A packet goes through the checks below from top to bottom and out at the first that fails. What
 * authentication remembers (one AH number for sending and receiving, as keepalived has it, and one
 * HMAC number per sender) is written only when all checks have passed, so that a copy with a
 * damaged byte cannot use up the number of the real packet. */
#include "config.h"

#include "hbd/wire/vrrp_codec.h"

#include <string.h>

#define TTL_MULTICAST     255
#define ETHERNET_PAYLOAD  46 /* shortest Ethernet payload */
#define HMAC_WINDOW_MIN_S 5
#define AH_WRAP_ZONE      0x10000u

/* The newest number of one sender. */
typedef struct {
    HbdVrrpAddress sender;
    bool is_used;
    guint64 sequence;
    guint64 last_use; /* for replacing the least recently used */
} Seen;

struct _HbdVrrpCodec {
    HbdVrrpCodecConfig config; /* pointers below are owned */
    HbdVrrpPeer *peers;
    HbdVrrpAddress *addresses;
    HbdVrrpHmacKey *hmac_keys;
    const HbdVrrpHmacKey *active_key; /* in hmac_keys; NULL: does not sign */
    guint8 *address_bytes;            /* as on the wire */

    guint16 id;            /* of the last packet sent */
    guint32 ah_sequence;   /* last sent or believed */
    guint32 ah_sent;       /* last sent */
    bool has_twin;         /* another master used the number that we sent last */
    guint64 hmac_sequence; /* last sent */
    Seen *seen;
    guint seen_count;
    guint64 uses;
    bool old_checksum; /* the newest advert had the destination 224.0.0.18 in its checksum */
};

static const HbdVrrpAddress old_destination = { { 224, 0, 0, 18 } };

/* A packet on its way through the checks. */
typedef struct {
    const HbdVrrpPacket *packet;
    const guint8 *body;
    gsize body_len; /* advert alone */
    gsize rest_len; /* all from body on */
    HbdVrrpAdvert advert;
    bool has_ah, has_trailer, is_twin;
    guint32 ah_sequence;
    guint64 hmac_sequence;
    bool old_checksum;
} Judged;

static bool
is_unicast (const HbdVrrpCodec *codec)
{
    return codec->config.peer_count > 0;
}

static bool
has_hmac (const HbdVrrpCodec *codec)
{
    return codec->config.hmac_mode != HBD_VRRP_HMAC_OFF;
}

static const HbdVrrpHmacKey *
find_key (const HbdVrrpCodec *codec, guint8 id)
{
    for (guint i = 0; i < codec->config.hmac_key_count; i++) {
        if (codec->hmac_keys[i].id == id)
            return &codec->hmac_keys[i];
    }
    return NULL;
}

static void
copy_addresses (HbdVrrpCodec *codec)
{
    const HbdVrrpCodecConfig *c = &codec->config;
    gsize len = hbd_vrrp_address_len (c->family);

    codec->addresses = g_memdup2 (c->addresses, c->address_count * sizeof *c->addresses);
    codec->address_bytes = g_malloc0 (c->address_count * len + 1);
    for (guint i = 0; i < c->address_count; i++)
        memcpy (codec->address_bytes + i * len, c->addresses[i].bytes, len);
}

HbdVrrpCodec *
hbd_vrrp_codec_new (const HbdVrrpCodecConfig *config)
{
    HbdVrrpCodec *codec = g_new0 (HbdVrrpCodec, 1);
    HbdVrrpCodecConfig *c = &codec->config;

    g_assert (config->address_count <= HBD_VRRP_ADDRESSES_MAX);
    *c = *config;
    copy_addresses (codec);
    codec->peers = g_memdup2 (c->peers, c->peer_count * sizeof *c->peers);
    codec->hmac_keys = g_memdup2 (c->hmac_keys, c->hmac_key_count * sizeof *c->hmac_keys);
    for (guint i = 0; i < c->hmac_key_count; i++)
        g_bytes_ref (codec->hmac_keys[i].secret);
    if (has_hmac (codec)) {
        if (c->hmac_mode != HBD_VRRP_HMAC_RECEIVE_ONLY)
            codec->active_key = find_key (codec, c->hmac_active);
        codec->seen_count = is_unicast (codec) ? c->peer_count : HBD_VRRP_HMAC_SENDERS_MAX;
        codec->seen = g_new0 (Seen, codec->seen_count);
    }
    for (guint i = 0; i < c->peer_count; i++)
        c->check_source |= c->peers[i].has_ttl_range;
    c->peers = codec->peers;
    c->addresses = codec->addresses;
    c->hmac_keys = codec->hmac_keys;
    return codec;
}

void
hbd_vrrp_codec_free (HbdVrrpCodec *codec)
{
    if (codec == NULL)
        return;
    for (guint i = 0; i < codec->config.hmac_key_count; i++)
        g_bytes_unref (codec->hmac_keys[i].secret);
    explicit_bzero (codec->config.password, sizeof codec->config.password);
    g_free (codec->peers);
    g_free (codec->addresses);
    g_free (codec->address_bytes);
    g_free (codec->hmac_keys);
    g_free (codec->seen);
    g_free (codec);
}

void
hbd_vrrp_codec_set_source (HbdVrrpCodec *codec, const HbdVrrpAddress *source)
{
    codec->config.source = *source;
}

const HbdVrrpAddress *
hbd_vrrp_codec_source (const HbdVrrpCodec *codec)
{
    return &codec->config.source;
}

static const HbdVrrpPeer *
find_peer (const HbdVrrpCodec *codec, const HbdVrrpAddress *address)
{
    for (guint i = 0; i < codec->config.peer_count; i++) {
        if (hbd_vrrp_address_equal (&codec->peers[i].address, address))
            return &codec->peers[i];
    }
    return NULL;
}

/* -- what is believed -- */

static HbdVrrpVerdict
check_destination (const HbdVrrpCodec *codec, const HbdVrrpPacket *packet)
{
    const HbdVrrpCodecConfig *c = &codec->config;
    const HbdVrrpAddress *wanted = is_unicast (codec) ? &c->source : &c->group;

    if (packet->family != c->family)
        return HBD_VRRP_WRONG_FAMILY;
    if (is_unicast (codec) && hbd_vrrp_address_is_unset (wanted))
        return hbd_vrrp_address_is_multicast (&packet->destination, packet->family)
                   ? HBD_VRRP_WRONG_DESTINATION
                   : HBD_VRRP_OK;
    return hbd_vrrp_address_equal (&packet->destination, wanted) ? HBD_VRRP_OK
                                                                 : HBD_VRRP_WRONG_DESTINATION;
}

/* Strictly greater (doc/keepalived.md 3.2), but a counter that came to its end starts anew. */
static bool
is_fresh_ah (guint32 last, guint32 sequence)
{
    return sequence > last || (last > G_MAXUINT32 - AH_WRAP_ZONE && sequence < AH_WRAP_ZONE);
}

static HbdVrrpVerdict
check_ah (const HbdVrrpCodec *codec, Judged *j)
{
    const HbdVrrpPacket *p = j->packet;
    HbdVrrpAhInput input = { p->header, p->header_len, is_unicast (codec), p->payload,
                             p->payload_len };
    HbdVrrpAh ah;
    guint8 digest[12];

    if (p->protocol != HBD_VRRP_AH_PROTOCOL)
        return codec->config.auth_type == HBD_VRRP_AUTH_AH ? HBD_VRRP_AH_MISSING : HBD_VRRP_OK;
    if (codec->config.auth_type != HBD_VRRP_AUTH_AH)
        return HBD_VRRP_AH_UNEXPECTED;
    if (p->header == NULL || !hbd_vrrp_ah_read (p->payload, p->payload_len, &ah))
        return HBD_VRRP_AH_MALFORMED;
    hbd_vrrp_ah_digest (codec->config.password, &input, digest);
    if (!hbd_vrrp_equal_secret (digest, ah.digest, sizeof digest))
        return HBD_VRRP_AH_BAD_DIGEST;
    if (memcmp (ah.spi, p->source.bytes, sizeof ah.spi) != 0)
        return HBD_VRRP_AH_WRONG_SPI;
    j->is_twin = ah.sequence == codec->ah_sequence && ah.sequence == codec->ah_sent
                 && !hbd_vrrp_address_equal (&p->source, &codec->config.source);
    if (!is_fresh_ah (codec->ah_sequence, ah.sequence))
        return HBD_VRRP_AH_REPLAY;
    j->has_ah = true;
    j->ah_sequence = ah.sequence;
    return HBD_VRRP_OK;
}

/* Where the advert stands, whose it is, and how long it is by its own account. */
static HbdVrrpVerdict
check_length (const HbdVrrpCodec *codec, Judged *j)
{
    const HbdVrrpPacket *p = j->packet;

    j->body_len = hbd_vrrp_body_len (p->family, j->advert.version, j->advert.address_count);
    if (j->rest_len < j->body_len)
        return HBD_VRRP_TOO_SHORT;
    if (j->rest_len == j->body_len)
        return HBD_VRRP_OK;
    if (has_hmac (codec) && j->rest_len == j->body_len + HBD_VRRP_TRAILER_LEN) {
        j->has_trailer = true;
        return HBD_VRRP_OK;
    }
    /* Some senders count Ethernet's padding into the IP packet; 2.4.3 takes that. */
    return p->header_len + p->payload_len == ETHERNET_PAYLOAD ? HBD_VRRP_OK : HBD_VRRP_TOO_LONG;
}

static HbdVrrpVerdict
check_ttl (const HbdVrrpCodec *codec, const HbdVrrpPacket *packet)
{
    const HbdVrrpPeer *peer;

    if (!is_unicast (codec))
        return packet->ttl == TTL_MULTICAST ? HBD_VRRP_OK : HBD_VRRP_WRONG_TTL;
    peer = find_peer (codec, &packet->source);
    if (peer == NULL || !peer->has_ttl_range)
        return HBD_VRRP_OK;
    return packet->ttl >= peer->min_ttl && packet->ttl <= peer->max_ttl ? HBD_VRRP_OK
                                                                        : HBD_VRRP_WRONG_TTL;
}

static HbdVrrpVerdict
check_v2_auth (const HbdVrrpCodec *codec, const Judged *j)
{
    const HbdVrrpCodecConfig *c = &codec->config;

    if (j->advert.auth_type > HBD_VRRP_AUTH_AH)
        return HBD_VRRP_BAD_AUTH_TYPE;
    if (j->advert.auth_type != (guint8) c->auth_type)
        return HBD_VRRP_AUTH_TYPE_DIFFERS;
    if (c->auth_type == HBD_VRRP_AUTH_PASS && c->family == HBD_VRRP_IPV4
        && !hbd_vrrp_equal_secret (j->body + j->body_len - HBD_VRRP_AUTH_DATA_LEN, c->password,
                                   sizeof c->password))
        return HBD_VRRP_BAD_PASSWORD;
    return HBD_VRRP_OK;
}

/* The memory of that sender, or NULL: none yet, or a stranger. */
static Seen *
find_seen (const HbdVrrpCodec *codec, const HbdVrrpAddress *sender)
{
    for (guint i = 0; i < codec->seen_count; i++) {
        if (codec->seen[i].is_used && hbd_vrrp_address_equal (&codec->seen[i].sender, sender))
            return &codec->seen[i];
    }
    return NULL;
}

static bool
is_in_window (const HbdVrrpCodec *codec, guint64 sequence, gint64 wall_us)
{
    const HbdVrrpCodecConfig *c = &codec->config;
    gint64 window_s = c->hmac_window_s;
    gint64 difference_s = hbd_vrrp_trailer_seconds (sequence) - wall_us / G_USEC_PER_SEC;

    if (c->hmac_monotonic)
        return true;
    if (window_s == 0)
        window_s = MAX ((3 * (gint64) c->interval_cs + 99) / 100, HMAC_WINDOW_MIN_S);
    return ABS (difference_s) <= window_s;
}

/* doc/keepalived.md 3.9: form, clock window, key, digest, and only then the sequence. */
static HbdVrrpVerdict
check_hmac (const HbdVrrpCodec *codec, Judged *j, gint64 wall_us)
{
    const HbdVrrpPacket *p = j->packet;
    const HbdVrrpHmacKey *key;
    const Seen *seen;
    HbdVrrpTrailer trailer;
    guint8 digest[16];

    if (!has_hmac (codec))
        return HBD_VRRP_OK;
    if (!j->has_trailer)
        return codec->config.hmac_mode == HBD_VRRP_HMAC_ENFORCE ? HBD_VRRP_HMAC_MISSING
                                                                : HBD_VRRP_OK;
    if (!hbd_vrrp_trailer_read (j->body + j->body_len, &trailer))
        return HBD_VRRP_HMAC_MALFORMED;
    if (is_unicast (codec) && find_peer (codec, &p->source) == NULL)
        return HBD_VRRP_HMAC_STRANGER;
    if (!is_in_window (codec, trailer.sequence, wall_us))
        return HBD_VRRP_HMAC_OUTSIDE_WINDOW;
    key = find_key (codec, trailer.key_id);
    if (key == NULL)
        return HBD_VRRP_HMAC_UNKNOWN_KEY;
    hbd_vrrp_trailer_digest (key->secret, p->family, &p->source, j->body, j->body_len, digest);
    if (!hbd_vrrp_equal_secret (digest, trailer.digest, sizeof digest))
        return HBD_VRRP_HMAC_BAD_DIGEST;
    seen = find_seen (codec, &p->source);
    if (seen != NULL && (gint64) (trailer.sequence - seen->sequence) <= 0)
        return HBD_VRRP_HMAC_REPLAY;
    j->hmac_sequence = trailer.sequence;
    return HBD_VRRP_OK;
}

static bool
checksum_is (const Judged *j, gsize len, bool pseudo, const HbdVrrpAddress *destination)
{
    const HbdVrrpPacket *p = j->packet;
    guint16 claim = hbd_vrrp_checksum_read (j->body);
    guint16 right = hbd_vrrp_checksum (j->body, len, pseudo, p->family, &p->source, destination);

    /* Both zeros of ones' complement are the same number. */
    return claim == right || (claim == 0xffff && right == 0);
}

/* doc/keepalived.md 3.4 */
static bool
check_checksum (const HbdVrrpCodec *codec, Judged *j)
{
    const HbdVrrpCodecConfig *c = &codec->config;
    const HbdVrrpAddress *destination = &j->packet->destination;

    if (c->family == HBD_VRRP_IPV6) /* the kernel's sum: trailer included */
        return checksum_is (j, j->has_trailer ? j->rest_len : j->body_len, true, destination);
    if (c->version == 2)
        return checksum_is (j, j->body_len, false, destination);
    if (checksum_is (j, j->body_len, true, destination))
        return true;
    if (c->checksum_as_v2 && checksum_is (j, j->body_len, false, destination))
        return true;
    j->old_checksum = is_unicast (codec) && !c->never_old_checksum
                      && checksum_is (j, j->body_len, true, &old_destination);
    return j->old_checksum;
}

static HbdVrrpVerdict
check_content (const HbdVrrpCodec *codec, Judged *j)
{
    const HbdVrrpCodecConfig *c = &codec->config;

    if (c->version == 2 && j->advert.interval_cs != c->interval_cs)
        return HBD_VRRP_INTERVAL_DIFFERS;
    if (j->advert.type != HBD_VRRP_ADVERTISEMENT)
        return HBD_VRRP_WRONG_TYPE;
    if (j->advert.interval_cs == 0)
        return HBD_VRRP_ZERO_INTERVAL;
    if (!check_checksum (codec, j))
        return HBD_VRRP_BAD_CHECKSUM;
    if (c->check_source && is_unicast (codec) && find_peer (codec, &j->packet->source) == NULL)
        return HBD_VRRP_UNKNOWN_PEER;
    return HBD_VRRP_OK;
}

static HbdVrrpVerdict
judge (const HbdVrrpCodec *codec, Judged *j, gint64 wall_us)
{
    HbdVrrpVerdict verdict;
    guint8 vrid;
    gsize skip;

    if ((verdict = hbd_vrrp_peek_vrid (j->packet, &vrid)) != HBD_VRRP_OK)
        return verdict;
    if ((verdict = check_destination (codec, j->packet)) != HBD_VRRP_OK)
        return verdict;
    if (vrid != codec->config.vrid)
        return HBD_VRRP_UNKNOWN_VRID;
    if ((verdict = check_ah (codec, j)) != HBD_VRRP_OK)
        return verdict;
    skip = j->has_ah ? HBD_VRRP_AH_LEN : 0;
    j->body = j->packet->payload + skip;
    j->rest_len = j->packet->payload_len - skip;
    hbd_vrrp_body_read (j->body, &j->advert);
    if ((verdict = check_length (codec, j)) != HBD_VRRP_OK)
        return verdict;
    if ((verdict = check_ttl (codec, j->packet)) != HBD_VRRP_OK)
        return verdict;
    if (j->advert.version != codec->config.version)
        return HBD_VRRP_WRONG_VERSION;
    if (j->advert.version == 2 && (verdict = check_v2_auth (codec, j)) != HBD_VRRP_OK)
        return verdict;
    if ((verdict = check_hmac (codec, j, wall_us)) != HBD_VRRP_OK)
        return verdict;
    return check_content (codec, j);
}

/* An entry of ours that the sender's list lacks? */
static bool
lacks_address (const HbdVrrpCodec *codec, const HbdVrrpAdvert *advert)
{
    gsize len = hbd_vrrp_address_len (codec->config.family);

    /* The usual case first: the same list in the same order. */
    if (advert->address_count == codec->config.address_count
        && memcmp (advert->addresses, codec->address_bytes, advert->address_count * len) == 0)
        return false;
    for (guint i = 0; i < codec->config.address_count; i++) {
        guint at = 0;

        while (at < advert->address_count
               && memcmp (advert->addresses + at * len, codec->address_bytes + i * len, len) != 0)
            at++;
        if (at == advert->address_count)
            return true;
    }
    return false;
}

/* Remember @sequence of @sender; the least recently used entry makes room. */
static void
remember (HbdVrrpCodec *codec, const HbdVrrpAddress *sender, guint64 sequence)
{
    Seen *entry = find_seen (codec, sender);

    for (guint i = 0; entry == NULL && i < codec->seen_count; i++) {
        if (!codec->seen[i].is_used)
            entry = &codec->seen[i];
    }
    if (entry == NULL) {
        entry = &codec->seen[0];
        for (guint i = 1; i < codec->seen_count; i++) {
            if (codec->seen[i].last_use < entry->last_use)
                entry = &codec->seen[i];
        }
    }
    *entry = (Seen){ *sender, true, sequence, ++codec->uses };
}

HbdVrrpVerdict
hbd_vrrp_codec_decode (HbdVrrpCodec *codec, const HbdVrrpPacket *packet, gint64 wall_us,
                       HbdVrrpAdvert *advert, HbdVrrpRemarks *remarks)
{
    Judged j = { .packet = packet };
    HbdVrrpVerdict verdict = judge (codec, &j, wall_us);

    /* Authentic, so another master sent it; while our adverts cross, each refuses the other's. */
    codec->has_twin |= j.is_twin;
    if (verdict != HBD_VRRP_OK)
        return verdict;
    if (j.has_ah)
        codec->ah_sequence = j.ah_sequence;
    if (j.has_trailer)
        remember (codec, &packet->source, j.hmac_sequence);
    codec->old_checksum = j.old_checksum;
    *advert = j.advert;
    if (remarks != NULL) {
        remarks->count_differs = advert->address_count != codec->config.address_count;
        remarks->addresses_differ = lacks_address (codec, advert);
        remarks->is_unsigned = has_hmac (codec) && !j.has_trailer;
    }
    return HBD_VRRP_OK;
}

/* -- what is sent -- */

const HbdVrrpAddress *
hbd_vrrp_codec_destination (const HbdVrrpCodec *codec, guint index)
{
    return is_unicast (codec) ? &codec->peers[index].address : &codec->config.group;
}

/* The number of the next advert: the clock, or one more than the last if that is later. */
static guint64
next_hmac_sequence (HbdVrrpCodec *codec, gint64 wall_us)
{
    guint64 clock = hbd_vrrp_trailer_sequence (MAX (wall_us, 0));
    guint64 next = codec->hmac_sequence + 1;

    codec->hmac_sequence = (gint64) (clock - next) > 0 ? clock : next;
    return codec->hmac_sequence;
}

/* The advert with its trailer, still without checksum. */
static GByteArray *
build_body (HbdVrrpCodec *codec, guint8 priority, gint64 wall_us, gsize *body_len)
{
    const HbdVrrpCodecConfig *c = &codec->config;
    const HbdVrrpAdvert advert = {
        .version = c->version,
        .type = HBD_VRRP_ADVERTISEMENT,
        .vrid = c->vrid,
        .priority = priority,
        .auth_type = (guint8) c->auth_type,
        .address_count = (guint8) c->address_count,
        .interval_cs = (guint16) c->interval_cs,
        .addresses = codec->address_bytes,
    };
    GByteArray *body = g_byte_array_new ();

    hbd_vrrp_body_write (&advert, c->family,
                         c->auth_type == HBD_VRRP_AUTH_PASS ? c->password : NULL, body);
    *body_len = body->len;
    if (codec->active_key != NULL)
        hbd_vrrp_trailer_write (codec->active_key, next_hmac_sequence (codec, wall_us), c->family,
                                &c->source, body);
    return body;
}

static void
write_checksum (const HbdVrrpCodec *codec, GByteArray *body, gsize body_len,
                const HbdVrrpAddress *destination)
{
    const HbdVrrpCodecConfig *c = &codec->config;
    bool is_v6 = c->family == HBD_VRRP_IPV6;
    bool pseudo = is_v6 || (c->version == 3 && !c->checksum_as_v2);
    gsize len = is_v6 ? body->len : body_len;

    if (!is_v6 && codec->old_checksum)
        destination = &old_destination;
    hbd_vrrp_checksum_write (body->data, hbd_vrrp_checksum (body->data, len, pseudo, c->family,
                                                            &c->source, destination));
}

/* @body behind a signed authentication header. (transfer full) */
static GByteArray *
add_ah (const HbdVrrpCodec *codec, const HbdVrrpHeader *header, const GByteArray *body)
{
    GByteArray *payload = g_byte_array_new ();
    guint8 head[HBD_VRRP_IPV4_HEAD_LEN];
    guint8 digest[12];

    hbd_vrrp_ah_write (&header->source, codec->ah_sequence, payload);
    g_byte_array_append (payload, body->data, body->len);
    hbd_vrrp_ipv4_head (header, payload->len, head);
    hbd_vrrp_ah_digest (
        codec->config.password,
        &(HbdVrrpAhInput){ head, sizeof head, is_unicast (codec), payload->data, payload->len },
        digest);
    hbd_vrrp_ah_set_digest (payload->data, digest);
    return payload;
}

void
hbd_vrrp_codec_lead (HbdVrrpCodec *codec)
{
    guint32 next = codec->ah_sequence + 1;

    /* Keepalived goes on with the next number, ours with the next one of their own class: the last
     * byte of the address, which is theirs alone within a /24. */
    codec->ah_sequence += (codec->config.source.bytes[3] - next) & 0xff;
    codec->has_twin = false;
}

static void
next_ah_sequence (HbdVrrpCodec *codec)
{
    if (codec->has_twin)
        hbd_vrrp_codec_lead (codec);
    if (++codec->ah_sequence == 0)
        codec->ah_sequence = 1;
    codec->ah_sent = codec->ah_sequence;
}

void
hbd_vrrp_codec_encode (HbdVrrpCodec *codec, guint8 priority, gint64 wall_us, GPtrArray *out)
{
    const HbdVrrpCodecConfig *c = &codec->config;
    bool has_ah = c->auth_type == HBD_VRRP_AUTH_AH;
    g_autoptr (GByteArray) body = NULL;
    gsize body_len;
    HbdVrrpHeader header = {
        .family = c->family,
        .source = c->source,
        .ttl = is_unicast (codec) ? c->ttl : TTL_MULTICAST,
        .protocol = has_ah ? HBD_VRRP_AH_PROTOCOL : HBD_VRRP_PROTOCOL,
        .flow_label = c->flow_label,
    };

    if (hbd_vrrp_address_is_unset (&c->source))
        return;
    body = build_body (codec, priority, wall_us, &body_len);
    /* 0 would let the kernel choose. */
    if (++codec->id == 0)
        codec->id = 1;
    header.id = codec->id;
    if (has_ah)
        next_ah_sequence (codec);
    for (guint i = 0; i < MAX (c->peer_count, 1); i++) {
        g_autoptr (GByteArray) payload = NULL;

        header.destination = *hbd_vrrp_codec_destination (codec, i);
        write_checksum (codec, body, body_len, &header.destination);
        payload = has_ah ? add_ah (codec, &header, body) : g_byte_array_ref (body);
        g_ptr_array_add (out, hbd_vrrp_wrap (&header, payload->data, payload->len));
    }
}

void
hbd_vrrp_codec_continue (HbdVrrpCodec *codec, const HbdVrrpCodec *old)
{
    codec->id = old->id;
    codec->ah_sequence = old->ah_sequence;
    codec->ah_sent = old->ah_sent;
    codec->hmac_sequence = old->hmac_sequence;
    codec->old_checksum = old->old_checksum;
    if (codec->seen == NULL)
        return;
    for (guint i = 0; i < old->seen_count; i++) {
        const Seen *seen = &old->seen[i];

        if (seen->is_used && (!is_unicast (codec) || find_peer (codec, &seen->sender) != NULL))
            remember (codec, &seen->sender, seen->sequence);
    }
}
