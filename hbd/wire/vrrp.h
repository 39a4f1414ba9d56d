/* SPDX-License-Identifier: Apache-2.0 */
/* VRRP adverts as bytes: IP header, checksum, body. RFC 3768 (version 2), RFC 5798 and 9568
 * (version 3), with what real keepalived sends (doc/keepalived.md 3.1 to 3.4). Authentication is
 * in vrrp_auth.h, an instance's rules are in vrrp_codec.h. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HBD_VRRP_PROTOCOL       112
#define HBD_VRRP_AH_PROTOCOL    51
#define HBD_VRRP_ADVERTISEMENT  1 /* the only type */
#define HBD_VRRP_BODY_HEAD_LEN  8
#define HBD_VRRP_AUTH_DATA_LEN  8 /* version 2 on IPv4, whatever the authentication */
#define HBD_VRRP_ADDRESSES_MAX  255
#define HBD_VRRP_IPV4_HEAD_LEN  20
#define HBD_VRRP_IPV6_HEAD_LEN  40
#define HBD_VRRP_PRIORITY_STOP  0   /* the master goes */
#define HBD_VRRP_PRIORITY_OWNER 255 /* owns the addresses */

/* What became of a packet: value and name of the counter. The order is that of the checks
 * (doc/keepalived.md 3.8). */
#define HBD_VRRP_VERDICT_LIST(X)                                                                   \
    X (HBD_VRRP_OK, "ok")                                                                          \
    X (HBD_VRRP_NOT_IP, "not-ip")       /* header or lengths make no sense */                      \
    X (HBD_VRRP_NOT_VRRP, "not-vrrp")   /* another protocol, or a fragment */                      \
    X (HBD_VRRP_TRUNCATED, "truncated") /* shorter than its own header */                          \
    X (HBD_VRRP_WRONG_FAMILY, "wrong-family")                                                      \
    X (HBD_VRRP_UNKNOWN_VRID, "unknown-vrid")                                                      \
    X (HBD_VRRP_WRONG_DESTINATION, "wrong-destination") /* multicast to unicast or reverse */      \
    X (HBD_VRRP_AH_MISSING, "ah-missing")                                                          \
    X (HBD_VRRP_AH_UNEXPECTED, "ah-unexpected")                                                    \
    X (HBD_VRRP_AH_MALFORMED, "ah-malformed")                                                      \
    X (HBD_VRRP_AH_BAD_DIGEST, "ah-bad-digest")                                                    \
    X (HBD_VRRP_AH_WRONG_SPI, "ah-wrong-spi") /* not the source address */                         \
    X (HBD_VRRP_AH_REPLAY, "ah-replay")                                                            \
    X (HBD_VRRP_TOO_SHORT, "too-short") /* for the addresses it counts */                          \
    X (HBD_VRRP_TOO_LONG, "too-long")                                                              \
    X (HBD_VRRP_WRONG_TTL, "wrong-ttl")                                                            \
    X (HBD_VRRP_WRONG_VERSION, "wrong-version")                                                    \
    X (HBD_VRRP_BAD_AUTH_TYPE, "bad-auth-type") /* none that exists */                             \
    X (HBD_VRRP_AUTH_TYPE_DIFFERS, "auth-type-differs")                                            \
    X (HBD_VRRP_BAD_PASSWORD, "bad-password")                                                      \
    X (HBD_VRRP_HMAC_MISSING, "hmac-missing")                                                      \
    X (HBD_VRRP_HMAC_MALFORMED, "hmac-malformed")                                                  \
    X (HBD_VRRP_HMAC_STRANGER, "hmac-stranger") /* unicast: not one of the peers */                \
    X (HBD_VRRP_HMAC_OUTSIDE_WINDOW, "hmac-outside-window")                                        \
    X (HBD_VRRP_HMAC_UNKNOWN_KEY, "hmac-unknown-key")                                              \
    X (HBD_VRRP_HMAC_BAD_DIGEST, "hmac-bad-digest")                                                \
    X (HBD_VRRP_HMAC_REPLAY, "hmac-replay")                                                        \
    X (HBD_VRRP_INTERVAL_DIFFERS, "interval-differs") /* version 2 */                              \
    X (HBD_VRRP_WRONG_TYPE, "wrong-type")                                                          \
    X (HBD_VRRP_ZERO_INTERVAL, "zero-interval") /* version 3 */                                    \
    X (HBD_VRRP_BAD_CHECKSUM, "bad-checksum")                                                      \
    X (HBD_VRRP_UNKNOWN_PEER, "unknown-peer")

#define HBD_VRRP_VERDICT_VALUE(value, name) value,
typedef enum { HBD_VRRP_VERDICT_LIST (HBD_VRRP_VERDICT_VALUE) HBD_VRRP_VERDICT_N } HbdVrrpVerdict;

/* "bad-checksum" and so on: the counter's and log field's name. */
const char *hbd_vrrp_verdict_name (HbdVrrpVerdict verdict);

typedef enum {
    HBD_VRRP_IPV4 = 4,
    HBD_VRRP_IPV6 = 6,
} HbdVrrpFamily;

/* Network order; IPv4 uses the first four bytes, the others are zero. */
typedef struct {
    guint8 bytes[16];
} HbdVrrpAddress;

/* 4 or 16. */
gsize hbd_vrrp_address_len (HbdVrrpFamily family);
bool hbd_vrrp_address_equal (const HbdVrrpAddress *a, const HbdVrrpAddress *b);
/* As unsigned numbers in network order, as the election compares them: < 0, 0, > 0. */
int hbd_vrrp_address_compare (const HbdVrrpAddress *a, const HbdVrrpAddress *b);
bool hbd_vrrp_address_is_multicast (const HbdVrrpAddress *address, HbdVrrpFamily family);
/* All zero: not configured. */
bool hbd_vrrp_address_is_unset (const HbdVrrpAddress *address);

/* A received IP packet, unwrapped; all pointers borrow from the received bytes. For IPv6 the
 * kernel keeps the header: the shell then fills family, source, destination, ttl and payload from
 * the ancillary data and leaves the rest zero. */
typedef struct {
    HbdVrrpFamily family;
    HbdVrrpAddress source, destination;
    guint8 ttl;           /* or hop limit */
    guint8 protocol;      /* HBD_VRRP_PROTOCOL or HBD_VRRP_AH_PROTOCOL */
    const guint8 *header; /* IPv4 header with its options; NULL for IPv6 */
    gsize header_len;
    const guint8 *payload; /* behind the IP header, without what follows the IP packet */
    gsize payload_len;
} HbdVrrpPacket;

/* Unwrap an IPv4 or IPv6 packet from its first byte; bytes behind its stated length (Ethernet
 * padding) are left out. HBD_VRRP_OK, NOT_IP or NOT_VRRP. */
HbdVrrpVerdict hbd_vrrp_unwrap (const guint8 *data, gsize len, HbdVrrpPacket *packet);

/* The virtual router that @packet is for, without believing anything else in it; an
 * authentication header is stepped over. HBD_VRRP_OK, TRUNCATED or AH_MALFORMED. */
HbdVrrpVerdict hbd_vrrp_peek_vrid (const HbdVrrpPacket *packet, guint8 *vrid);

/* One advert, as read or as to be written. */
typedef struct {
    guint8 version, type, vrid, priority;
    guint8 auth_type; /* version 2: 0 none, 1 password, 2 AH */
    guint8 address_count;
    guint16 interval_cs;     /* version 2: whole seconds */
    const guint8 *addresses; /* address_count times 4 or 16 bytes; borrowed */
} HbdVrrpAdvert;

/* Bytes of a whole advert that states @version and @count, without an authentication trailer. */
gsize hbd_vrrp_body_len (HbdVrrpFamily family, guint8 version, guint8 count);
/* Fields of @body, which is at least hbd_vrrp_body_len () long. Nothing is judged. */
void hbd_vrrp_body_read (const guint8 *body, HbdVrrpAdvert *advert);
/* Append @advert with checksum zero; @auth_data: eight bytes, or NULL for zeros; used by version 2
 * on IPv4 only. */
void hbd_vrrp_body_write (const HbdVrrpAdvert *advert, HbdVrrpFamily family,
                          const guint8 *auth_data, GByteArray *out);

/* Internet checksum over @len bytes at @data with the 16 bits at offset 6 taken as zero.
 * @pseudo     a pseudo header precedes it (RFC 5798 5.2.8); else source and destination are unused
 * Host order. */
guint16 hbd_vrrp_checksum (const guint8 *data, gsize len, bool pseudo, HbdVrrpFamily family,
                           const HbdVrrpAddress *source, const HbdVrrpAddress *destination);
/* The checksum that stands in @body; host order. */
guint16 hbd_vrrp_checksum_read (const guint8 *body);
void hbd_vrrp_checksum_write (guint8 *body, guint16 checksum);

/* Header of a packet to be sent. */
typedef struct {
    HbdVrrpFamily family;
    HbdVrrpAddress source, destination;
    guint8 ttl, protocol;
    guint16 id;         /* IPv4 */
    guint32 flow_label; /* IPv6 */
} HbdVrrpHeader;

/* The IP packet around @payload. IPv4 has its checksum and no options; traffic class 0xc0.
 * (transfer full) */
GBytes *hbd_vrrp_wrap (const HbdVrrpHeader *header, const guint8 *payload, gsize len);
/* The IPv4 header of hbd_vrrp_wrap () without checksum, which is what AH signs besides the rest. */
void hbd_vrrp_ipv4_head (const HbdVrrpHeader *header, gsize payload_len,
                         guint8 out[HBD_VRRP_IPV4_HEAD_LEN]);
