/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of an announcement and the instants at which to send them. Pure.
 * Standards: RFC 826, RFC 5227 2.1 and 3 (probe; announcement by request), RFC 5944 4.6 (gratuitous ARP in both
 * forms), RFC 4861 4.4 and 7.2.6 (unsolicited neighbour advertisement). */
#pragma once

#include "ra/lib/address.h"

#define RA_ARP_LEN 28 /* for 6-byte hardware addresses */
#define RA_NA_LEN  72 /* IPv6 header, advertisement, one option */
#define RA_NS_LEN  32 /* solicitation and one option, without the IPv6 header */

typedef enum {
    RA_ARP_REQUEST = 1,
    RA_ARP_REPLY = 2,
} RaArpForm;

/* Gratuitous ARP for @ip (4 bytes) at @hw (6 bytes), without the link header.
 * Layout: hardware type 2, protocol 2, lengths 1+1, operation 2, sender hw 6, sender ip 4,
 * target hw 6, target ip 4; sender and target ip are both @ip. */
void ra_arp_build (RaArpForm form, const guint8 hw[6], const guint8 ip[4], guint8 out[RA_ARP_LEN]);

/* Unsolicited neighbour advertisement for @ip (16 bytes) at @hw (6 bytes) to all nodes (ff02::1), with
 * the override flag and the target link-layer address; starts at the IPv6 header.
 * @is_router  this machine forwards; a host's advertisement would make neighbours drop it as router */
void ra_na_build (const guint8 hw[6], const guint8 ip[16], bool is_router, guint8 out[RA_NA_LEN]);

/* Ask who has @ip, from nobody's address (RFC 5227 2.1.1): no neighbour learns anything by it. */
void ra_arp_probe_build (const guint8 hw[6], const guint8 ip[4], guint8 out[RA_ARP_LEN]);
/* Is this an ARP reply by which somebody says that he has @ip? Then @hw is his. */
bool ra_arp_read_answer (const guint8 *bytes, gsize len, const guint8 ip[4], guint8 hw[6]);

/* Neighbour solicitation for @ip from the machine with @hw; a raw ICMPv6 socket adds the checksum. */
void ra_ns_build (const guint8 hw[6], const guint8 ip[16], guint8 out[RA_NS_LEN]);
/* The multicast address that who has @ip listens to (RFC 4291 2.7.1). */
void ra_solicited_node (const guint8 ip[16], guint8 out[16]);
/* Is this, from its ICMPv6 header on, an advertisement of @ip that names a hardware address? */
bool ra_na_read_answer (const guint8 *bytes, gsize len, const guint8 ip[16], guint8 hw[6]);

/* When to announce, in ms after the address came. */
typedef struct {
    const guint *offsets_ms; /* ascending, borrowed */
    guint count;
} RaAnnouncePlan;

/* Ours: 0, 50, 200, 1000, 2500, 5000 ms. A burst wins the race against an interface that drops its
 * first frames; the later ones reach who was away (a switch port that came up just now). */
RaAnnouncePlan ra_announce_plan_default (void);
/* @count times every @interval_ms, as agent parameters ask; @count is cut to @size, the room in
 * @storage, which must outlive the plan. */
RaAnnouncePlan ra_announce_plan_regular (guint count, guint interval_ms, guint *storage,
                                         guint size);
