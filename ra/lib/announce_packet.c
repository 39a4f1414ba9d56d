/* SPDX-License-Identifier: Apache-2.0 */
/* Announcement frames and schedules; see announce_packet.h. */
#include "config.h"

#include "ra/lib/announce_packet.h"

#include <string.h>

#define ICMPV6                  58
#define NEIGHBOUR_SOLICITATION  135
#define NEIGHBOUR_ADVERTISEMENT 136
#define OPTION_SOURCE           1 /* source link-layer address */
#define OPTION_TARGET           2 /* target link-layer address */
#define FLAG_ROUTER             0x80
#define FLAG_OVERRIDE           0x20
#define NA_BODY_LEN             32 /* ICMPv6 part: 24 bytes and an option of 8 */
#define IPV6_LEN                40

void
ra_arp_build (RaArpForm form, const guint8 hw[6], const guint8 ip[4], guint8 out[RA_ARP_LEN])
{
    static const guint8 head[] = { 0, 1 /* Ethernet */, 8, 0 /* IPv4 */, 6, 4, 0 };
    memcpy (out, head, sizeof head);
    out[7] = (guint8) form;
    memcpy (out + 8, hw, 6);
    memcpy (out + 14, ip, 4);
    /* Request: the target's hardware address is what is asked for. Reply: everybody is told. */
    memset (out + 18, form == RA_ARP_REPLY ? 0xff : 0, 6);
    memcpy (out + 24, ip, 4);
}

static guint32
sum_words (const guint8 *bytes, gsize len, guint32 sum)
{
    for (gsize i = 0; i + 1 < len; i += 2)
        sum += (guint32) bytes[i] << 8 | bytes[i + 1];
    return sum;
}

/* RFC 8200 8.1: pseudo header (both addresses, length, next header), then the message. */
static guint16
icmpv6_checksum (const guint8 packet[RA_NA_LEN])
{
    guint32 sum = sum_words (packet + 8, 32, NA_BODY_LEN + ICMPV6);
    sum = sum_words (packet + IPV6_LEN, NA_BODY_LEN, sum);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (guint16) ~sum;
}

void
ra_na_build (const guint8 hw[6], const guint8 ip[16], bool is_router, guint8 out[RA_NA_LEN])
{
    memset (out, 0, RA_NA_LEN);
    out[0] = 0x60;
    out[5] = NA_BODY_LEN;
    out[6] = ICMPV6;
    out[7] = 255; /* receivers drop anything that crossed a router: RFC 4861 7.1.2 */
    memcpy (out + 8, ip, 16);
    out[24] = 0xff; /* ff02::1 */
    out[25] = 0x02;
    out[39] = 0x01;

    guint8 *body = out + IPV6_LEN;
    body[0] = NEIGHBOUR_ADVERTISEMENT;
    body[4] = (guint8) (FLAG_OVERRIDE | (is_router ? FLAG_ROUTER : 0));
    memcpy (body + 8, ip, 16);
    body[24] = OPTION_TARGET;
    body[25] = 1; /* in units of 8 bytes */
    memcpy (body + 26, hw, 6);

    guint16 sum = icmpv6_checksum (out);
    body[2] = (guint8) (sum >> 8);
    body[3] = (guint8) sum;
}

void
ra_arp_probe_build (const guint8 hw[6], const guint8 ip[4], guint8 out[RA_ARP_LEN])
{
    ra_arp_build (RA_ARP_REQUEST, hw, ip, out);
    memset (out + 14, 0, 4);
}

bool
ra_arp_read_answer (const guint8 *bytes, gsize len, const guint8 ip[4], guint8 hw[6])
{
    static const guint8 head[] = { 0, 1, 8, 0, 6, 4, 0, RA_ARP_REPLY };
    if (len < RA_ARP_LEN || memcmp (bytes, head, sizeof head) != 0
        || memcmp (bytes + 14, ip, 4) != 0)
        return false;
    memcpy (hw, bytes + 8, 6);
    return true;
}

void
ra_ns_build (const guint8 hw[6], const guint8 ip[16], guint8 out[RA_NS_LEN])
{
    memset (out, 0, RA_NS_LEN);
    out[0] = NEIGHBOUR_SOLICITATION;
    memcpy (out + 8, ip, 16);
    out[24] = OPTION_SOURCE;
    out[25] = 1; /* in units of 8 bytes */
    memcpy (out + 26, hw, 6);
}

void
ra_solicited_node (const guint8 ip[16], guint8 out[16])
{
    static const guint8 prefix[16] = { 0xff, 0x02, [11] = 1, [12] = 0xff };
    memcpy (out, prefix, 16);
    memcpy (out + 13, ip + 13, 3);
}

bool
ra_na_read_answer (const guint8 *bytes, gsize len, const guint8 ip[16], guint8 hw[6])
{
    if (len < 24 || bytes[0] != NEIGHBOUR_ADVERTISEMENT || bytes[1] != 0
        || memcmp (bytes + 8, ip, 16) != 0)
        return false;
    for (gsize at = 24; at + 8 <= len && bytes[at + 1] != 0; at += 8 * (gsize) bytes[at + 1]) {
        if (bytes[at] != OPTION_TARGET || bytes[at + 1] != 1)
            continue;
        memcpy (hw, bytes + at + 2, 6);
        return true;
    }
    return false;
}

RaAnnouncePlan
ra_announce_plan_default (void)
{
    static const guint offsets_ms[] = { 0, 50, 200, 1000, 2500, 5000 };
    return (RaAnnouncePlan){ offsets_ms, G_N_ELEMENTS (offsets_ms) };
}

RaAnnouncePlan
ra_announce_plan_regular (guint count, guint interval_ms, guint *storage, guint size)
{
    count = MIN (count, size);
    for (guint i = 0; i < count; i++)
        storage[i] = i * MIN (interval_ms, G_MAXUINT / size);
    return (RaAnnouncePlan){ storage, count };
}
