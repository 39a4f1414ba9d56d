/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz entry: packets of both versions against one instance. The first byte chooses it:
 *   bits 0-2  no authentication, password, AH, HMAC enforced, HMAC permissive
 *   bit 3     version 3          bit 4  IPv6 (no AH)
 *   bit 5     unicast            bit 6  version 3: checksum_as_v2
 *   bit 7     the packet is made authentic first, so that what lies behind is reached
 * The rest is a packet from its IP header on. What is believed must be inside the packet, must come
 * out of the writer as it went in, and must not be believed twice where authentication forbids it. */
#include "config.h"

#include "hbd/wire/vrrp_codec.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define IS_V3      0x08
#define IS_IPV6    0x10
#define IS_UNICAST 0x20
#define IS_AS_V2   0x40
#define IS_MENDED  0x80

enum { AUTH_NONE, AUTH_PASS, AUTH_AH, AUTH_HMAC, AUTH_PERMISSIVE };

static const char secret[] = "0123456789abcdef0123456789abcdef";
static const HbdVrrpAddress ours[2] = { { { 10, 0, 0, 1 } }, { { 0xfe, 0x80, [15] = 1 } } };
static const HbdVrrpAddress groups[2] = { { { 224, 0, 0, 18 } }, { { 0xff, 0x02, [15] = 0x12 } } };
static const HbdVrrpAddress services[2] = { { { 10, 0, 0, 100 } }, { { 0xfd, 0x77, [15] = 1 } } };
static const HbdVrrpPeer peers[2] = { { { { 10, 0, 0, 2 } }, false, 0, 0 },
                                      { { { 0xfe, 0x80, [15] = 2 } }, true, 1, 255 } };

static HbdVrrpCodecConfig
make_config (uint8_t choice, const HbdVrrpHmacKey *key)
{
    guint v6 = (choice & IS_IPV6) != 0 ? 1 : 0;
    guint auth = (choice & 7) % 5;
    HbdVrrpCodecConfig c = {
        .family = v6 != 0 ? HBD_VRRP_IPV6 : HBD_VRRP_IPV4,
        .version = (choice & IS_V3) != 0 ? 3 : 2,
        .vrid = 51,
        .interval_cs = 100,
        .source = ours[v6],
        .group = groups[v6],
        .addresses = &services[v6],
        .address_count = 1,
        .ttl = 255,
        .password = "s3cret",
        .checksum_as_v2 = (choice & IS_AS_V2) != 0,
    };

    if (auth <= AUTH_AH && c.version == 2 && !(auth == AUTH_AH && v6 != 0))
        c.auth_type = (HbdVrrpAuthType) auth;
    if (auth >= AUTH_HMAC) {
        c.hmac_mode = auth == AUTH_HMAC ? HBD_VRRP_HMAC_ENFORCE : HBD_VRRP_HMAC_PERMISSIVE;
        c.hmac_keys = key;
        c.hmac_key_count = 1;
        c.hmac_active = 1;
        c.hmac_monotonic = true;
    }
    if ((choice & IS_UNICAST) != 0) {
        c.peers = &peers[v6];
        c.peer_count = 1;
    }
    return c;
}

/* Put the right digests and checksum into @packet, as far as it has room for them. */
static void
mend (const HbdVrrpCodecConfig *c, HbdVrrpPacket *p, guint8 *payload)
{
    gsize skip = c->auth_type == HBD_VRRP_AUTH_AH ? HBD_VRRP_AH_LEN : 0;
    guint8 *body = payload + skip;
    gsize len = p->payload_len - skip, body_len;

    p->destination = c->peer_count > 0 ? c->source : c->group;
    p->ttl = 255;
    p->protocol = skip > 0 ? HBD_VRRP_AH_PROTOCOL : HBD_VRRP_PROTOCOL;
    if (p->payload_len < skip + HBD_VRRP_BODY_HEAD_LEN)
        return;
    body_len = hbd_vrrp_body_len (p->family, body[0] >> 4, body[3]);
    if (c->hmac_mode != HBD_VRRP_HMAC_OFF && len == body_len + HBD_VRRP_TRAILER_LEN)
        hbd_vrrp_trailer_digest (c->hmac_keys[0].secret, p->family, &p->source, body, body_len,
                                 body + body_len + 12);
    if (body_len <= len) {
        gsize sum_len = p->family == HBD_VRRP_IPV6 ? len : body_len;
        bool pseudo = p->family == HBD_VRRP_IPV6 || body[0] >> 4 == 3;

        hbd_vrrp_checksum_write (body, hbd_vrrp_checksum (body, sum_len, pseudo, p->family,
                                                          &p->source, &p->destination));
    }
    if (skip > 0 && p->header != NULL) {
        const HbdVrrpAhInput input = { p->header, p->header_len, c->peer_count > 0, payload,
                                       p->payload_len };
        guint8 digest[12];

        memcpy (payload + 4, p->source.bytes, 4);
        hbd_vrrp_ah_digest (c->password, &input, digest);
        hbd_vrrp_ah_set_digest (payload, digest);
    }
}

static void
check_believed (const HbdVrrpCodecConfig *c, const HbdVrrpPacket *p, const HbdVrrpAdvert *advert)
{
    g_autoptr (GByteArray) again = g_byte_array_new ();
    gsize len = hbd_vrrp_address_len (p->family) * advert->address_count;
    HbdVrrpAdvert back;

    g_assert_true (advert->addresses >= p->payload
                   && advert->addresses + len <= p->payload + p->payload_len);
    g_assert_cmpint (advert->version, ==, c->version);
    g_assert_cmpint (advert->vrid, ==, c->vrid);
    g_assert_cmpint (advert->interval_cs, >, 0);
    hbd_vrrp_body_write (advert, p->family, NULL, again);
    g_assert_cmpuint (again->len, ==,
                      hbd_vrrp_body_len (p->family, advert->version, advert->address_count));
    hbd_vrrp_body_read (again->data, &back);
    g_assert_cmpint (back.priority, ==, advert->priority);
    g_assert_cmpint (back.interval_cs, ==, advert->interval_cs);
    g_assert_cmpmem (back.addresses, len, advert->addresses, len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (GBytes) key_bytes = g_bytes_new_static (secret, sizeof secret - 1);
    const HbdVrrpHmacKey key = { 1, key_bytes };
    g_autofree guint8 *copy = NULL;
    g_autoptr (HbdVrrpCodec) codec = NULL;
    g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    HbdVrrpCodecConfig config;
    HbdVrrpPacket packet;
    HbdVrrpAdvert advert;
    HbdVrrpRemarks remarks;
    HbdVrrpVerdict verdict;
    guint8 vrid;

    if (size < 2)
        return 0;
    config = make_config (data[0], &key);
    codec = hbd_vrrp_codec_new (&config);
    copy = g_memdup2 (data + 1, size - 1);
    if (hbd_vrrp_unwrap (copy, size - 1, &packet) != HBD_VRRP_OK)
        return 0;
    if ((data[0] & IS_MENDED) != 0)
        mend (&config, &packet, copy + (packet.payload - copy));
    hbd_vrrp_peek_vrid (&packet, &vrid);
    verdict = hbd_vrrp_codec_decode (codec, &packet, 0, &advert, &remarks);
    g_assert_nonnull (hbd_vrrp_verdict_name (verdict));
    if (verdict == HBD_VRRP_OK)
        check_believed (&config, &packet, &advert);
    if (verdict == HBD_VRRP_OK && config.auth_type == HBD_VRRP_AUTH_AH)
        g_assert_cmpint (hbd_vrrp_codec_decode (codec, &packet, 0, &advert, NULL), ==,
                         HBD_VRRP_AH_REPLAY);
    if (verdict == HBD_VRRP_OK && config.hmac_mode == HBD_VRRP_HMAC_ENFORCE)
        g_assert_cmpint (hbd_vrrp_codec_decode (codec, &packet, 0, &advert, NULL), ==,
                         HBD_VRRP_HMAC_REPLAY);
    /* Whatever was heard, what we send is whole. */
    hbd_vrrp_codec_encode (codec, 100, 0, sent);
    g_assert_cmpint (hbd_vrrp_unwrap (g_bytes_get_data (sent->pdata[0], NULL),
                                      g_bytes_get_size (sent->pdata[0]), &packet),
                     ==, HBD_VRRP_OK);
    return 0;
}
