/* SPDX-License-Identifier: Apache-2.0 */
/* VRRP bytes; see vrrp.h. Every length is checked against what was received before a byte behind
 * it is looked at. */
#include "config.h"

#include "hbd/wire/vrrp.h"

#include <string.h>

#define TRAFFIC_CLASS   0xc0 /* internetwork control; as keepalived sends */
#define CHECKSUM_OFFSET 6
#define AH_LEN          24
#define IPV4_LEN        4
#define IPV6_LEN        16

static const char *const verdict_names[] = {
#define NAME_ROW(value, name) [value] = name,
    HBD_VRRP_VERDICT_LIST (NAME_ROW)
};
G_STATIC_ASSERT (G_N_ELEMENTS (verdict_names) == HBD_VRRP_VERDICT_N);

const char *
hbd_vrrp_verdict_name (HbdVrrpVerdict verdict)
{
    g_assert (verdict < HBD_VRRP_VERDICT_N);
    return verdict_names[verdict];
}

gsize
hbd_vrrp_address_len (HbdVrrpFamily family)
{
    return family == HBD_VRRP_IPV6 ? IPV6_LEN : IPV4_LEN;
}

bool
hbd_vrrp_address_equal (const HbdVrrpAddress *a, const HbdVrrpAddress *b)
{
    return hbd_vrrp_address_compare (a, b) == 0;
}

int
hbd_vrrp_address_compare (const HbdVrrpAddress *a, const HbdVrrpAddress *b)
{
    return memcmp (a->bytes, b->bytes, sizeof a->bytes);
}

bool
hbd_vrrp_address_is_multicast (const HbdVrrpAddress *address, HbdVrrpFamily family)
{
    return family == HBD_VRRP_IPV6 ? address->bytes[0] == 0xff : (address->bytes[0] >> 4) == 0xe;
}

bool
hbd_vrrp_address_is_unset (const HbdVrrpAddress *address)
{
    static const HbdVrrpAddress unset;

    return hbd_vrrp_address_equal (address, &unset);
}

static guint16
read_be16 (const guint8 *bytes)
{
    return (guint16) (bytes[0] << 8 | bytes[1]);
}

static void
write_be16 (guint8 *bytes, guint16 value)
{
    bytes[0] = (guint8) (value >> 8);
    bytes[1] = (guint8) value;
}

static HbdVrrpVerdict
unwrap_ipv4 (const guint8 *data, gsize len, HbdVrrpPacket *packet)
{
    gsize head_len, total;

    if (len < HBD_VRRP_IPV4_HEAD_LEN)
        return HBD_VRRP_NOT_IP;
    head_len = (gsize) (data[0] & 0x0f) * 4;
    total = read_be16 (data + 2);
    if (head_len < HBD_VRRP_IPV4_HEAD_LEN || total < head_len || total > len)
        return HBD_VRRP_NOT_IP;
    packet->family = HBD_VRRP_IPV4;
    packet->ttl = data[8];
    packet->protocol = data[9];
    memcpy (packet->source.bytes, data + 12, IPV4_LEN);
    memcpy (packet->destination.bytes, data + 16, IPV4_LEN);
    packet->header = data;
    packet->header_len = head_len;
    packet->payload = data + head_len;
    packet->payload_len = total - head_len;
    /* The kernel hands up whole packets; a fragment here was made to confuse. */
    if ((read_be16 (data + 6) & 0x3fff) != 0)
        return HBD_VRRP_NOT_VRRP;
    if (packet->protocol != HBD_VRRP_PROTOCOL && packet->protocol != HBD_VRRP_AH_PROTOCOL)
        return HBD_VRRP_NOT_VRRP;
    return HBD_VRRP_OK;
}

static HbdVrrpVerdict
unwrap_ipv6 (const guint8 *data, gsize len, HbdVrrpPacket *packet)
{
    gsize payload_len;

    if (len < HBD_VRRP_IPV6_HEAD_LEN)
        return HBD_VRRP_NOT_IP;
    payload_len = read_be16 (data + 4);
    if (payload_len > len - HBD_VRRP_IPV6_HEAD_LEN)
        return HBD_VRRP_NOT_IP;
    packet->family = HBD_VRRP_IPV6;
    packet->protocol = data[6];
    packet->ttl = data[7];
    memcpy (packet->source.bytes, data + 8, IPV6_LEN);
    memcpy (packet->destination.bytes, data + 24, IPV6_LEN);
    packet->payload = data + HBD_VRRP_IPV6_HEAD_LEN;
    packet->payload_len = payload_len;
    return packet->protocol == HBD_VRRP_PROTOCOL ? HBD_VRRP_OK : HBD_VRRP_NOT_VRRP;
}

HbdVrrpVerdict
hbd_vrrp_unwrap (const guint8 *data, gsize len, HbdVrrpPacket *packet)
{
    memset (packet, 0, sizeof *packet);
    if (len == 0)
        return HBD_VRRP_NOT_IP;
    switch (data[0] >> 4) {
    case 4:
        return unwrap_ipv4 (data, len, packet);
    case 6:
        return unwrap_ipv6 (data, len, packet);
    default:
        return HBD_VRRP_NOT_IP;
    }
}

HbdVrrpVerdict
hbd_vrrp_peek_vrid (const HbdVrrpPacket *packet, guint8 *vrid)
{
    gsize skip = packet->protocol == HBD_VRRP_AH_PROTOCOL ? AH_LEN : 0;

    if (packet->payload_len < skip)
        return HBD_VRRP_AH_MALFORMED;
    if (packet->payload_len - skip < HBD_VRRP_BODY_HEAD_LEN)
        return HBD_VRRP_TRUNCATED;
    *vrid = packet->payload[skip + 1];
    return HBD_VRRP_OK;
}

gsize
hbd_vrrp_body_len (HbdVrrpFamily family, guint8 version, guint8 count)
{
    gsize auth_len = version == 2 && family == HBD_VRRP_IPV4 ? HBD_VRRP_AUTH_DATA_LEN : 0;

    return HBD_VRRP_BODY_HEAD_LEN + count * hbd_vrrp_address_len (family) + auth_len;
}

void
hbd_vrrp_body_read (const guint8 *body, HbdVrrpAdvert *advert)
{
    advert->version = body[0] >> 4;
    advert->type = body[0] & 0x0f;
    advert->vrid = body[1];
    advert->priority = body[2];
    advert->address_count = body[3];
    advert->addresses = body + HBD_VRRP_BODY_HEAD_LEN;
    if (advert->version == 2) {
        advert->auth_type = body[4];
        advert->interval_cs = (guint16) (body[5] * 100);
    } else {
        advert->auth_type = 0;
        advert->interval_cs = read_be16 (body + 4) & 0x0fff; /* four reserved bits */
    }
}

void
hbd_vrrp_body_write (const HbdVrrpAdvert *advert, HbdVrrpFamily family, const guint8 *auth_data,
                     GByteArray *out)
{
    static const guint8 no_auth_data[HBD_VRRP_AUTH_DATA_LEN];
    guint8 head[HBD_VRRP_BODY_HEAD_LEN] = { 0 };

    head[0] = (guint8) (advert->version << 4 | (advert->type & 0x0f));
    head[1] = advert->vrid;
    head[2] = advert->priority;
    head[3] = advert->address_count;
    if (advert->version == 2) {
        head[4] = advert->auth_type;
        head[5] = (guint8) (advert->interval_cs / 100);
    } else {
        write_be16 (head + 4, advert->interval_cs & 0x0fff);
    }
    g_byte_array_append (out, head, sizeof head);
    if (advert->address_count > 0)
        g_byte_array_append (out, advert->addresses,
                             (guint) (advert->address_count * hbd_vrrp_address_len (family)));
    if (advert->version == 2 && family == HBD_VRRP_IPV4)
        g_byte_array_append (out, auth_data != NULL ? auth_data : no_auth_data,
                             HBD_VRRP_AUTH_DATA_LEN);
}

/* RFC 1071; an odd last byte counts as the high half of a word. */
static guint64
sum_words (const guint8 *bytes, gsize len, guint64 sum)
{
    for (gsize i = 0; i + 1 < len; i += 2)
        sum += read_be16 (bytes + i);
    return len % 2 != 0 ? sum + ((guint64) bytes[len - 1] << 8) : sum;
}

static guint16
fold (guint64 sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (guint16) ~sum;
}

guint16
hbd_vrrp_checksum (const guint8 *data, gsize len, bool pseudo, HbdVrrpFamily family,
                   const HbdVrrpAddress *source, const HbdVrrpAddress *destination)
{
    guint64 sum = sum_words (data, len, 0) - hbd_vrrp_checksum_read (data);

    if (pseudo) {
        sum = sum_words (source->bytes, hbd_vrrp_address_len (family), sum);
        sum = sum_words (destination->bytes, hbd_vrrp_address_len (family), sum);
        sum += HBD_VRRP_PROTOCOL + len;
    }
    return fold (sum);
}

guint16
hbd_vrrp_checksum_read (const guint8 *body)
{
    return read_be16 (body + CHECKSUM_OFFSET);
}

void
hbd_vrrp_checksum_write (guint8 *body, guint16 checksum)
{
    write_be16 (body + CHECKSUM_OFFSET, checksum);
}

void
hbd_vrrp_ipv4_head (const HbdVrrpHeader *header, gsize payload_len,
                    guint8 out[HBD_VRRP_IPV4_HEAD_LEN])
{
    memset (out, 0, HBD_VRRP_IPV4_HEAD_LEN);
    out[0] = 0x45;
    out[1] = TRAFFIC_CLASS;
    write_be16 (out + 2, (guint16) (HBD_VRRP_IPV4_HEAD_LEN + payload_len));
    write_be16 (out + 4, header->id);
    out[8] = header->ttl;
    out[9] = header->protocol;
    memcpy (out + 12, header->source.bytes, IPV4_LEN);
    memcpy (out + 16, header->destination.bytes, IPV4_LEN);
}

static void
ipv6_head (const HbdVrrpHeader *header, gsize payload_len, guint8 out[HBD_VRRP_IPV6_HEAD_LEN])
{
    out[0] = 0x60 | TRAFFIC_CLASS >> 4;
    out[1] = (guint8) ((TRAFFIC_CLASS << 4 & 0xf0) | (header->flow_label >> 16 & 0x0f));
    write_be16 (out + 2, (guint16) header->flow_label);
    write_be16 (out + 4, (guint16) payload_len);
    out[6] = header->protocol;
    out[7] = header->ttl;
    memcpy (out + 8, header->source.bytes, IPV6_LEN);
    memcpy (out + 24, header->destination.bytes, IPV6_LEN);
}

GBytes *
hbd_vrrp_wrap (const HbdVrrpHeader *header, const guint8 *payload, gsize len)
{
    gsize head_len =
        header->family == HBD_VRRP_IPV6 ? HBD_VRRP_IPV6_HEAD_LEN : HBD_VRRP_IPV4_HEAD_LEN;
    guint8 *packet = g_malloc (head_len + len);

    if (header->family == HBD_VRRP_IPV6) {
        ipv6_head (header, len, packet);
    } else {
        hbd_vrrp_ipv4_head (header, len, packet);
        write_be16 (packet + 10, fold (sum_words (packet, head_len, 0)));
    }
    memcpy (packet + head_len, payload, len);
    return g_bytes_new_take (packet, head_len + len);
}
