/* SPDX-License-Identifier: Apache-2.0 */
/* One virtual router's packets: what it sends, and what it believes. Holds the rules of one
 * instance and what authentication must remember (sequence numbers). Checks and their order are
 * those of doc/keepalived.md 3.8, lenient where keepalived 2.4 is (addresses that differ are told,
 * not refused), stricter for checksums and for an interval of zero. */
#pragma once

#include "hbd/wire/vrrp_auth.h"

typedef struct _HbdVrrpCodec HbdVrrpCodec;

typedef struct {
    HbdVrrpAddress address;
    bool has_ttl_range; /* min_ttl, max_ttl given: forces check_source */
    guint8 min_ttl, max_ttl;
} HbdVrrpPeer;

typedef struct {
    HbdVrrpFamily family;
    guint8 version; /* 2 or 3 */
    guint8 vrid;    /* 1..255 */
    guint interval_cs;
    HbdVrrpAddress source;    /* of our adverts; zero: not known yet, then nothing can be sent */
    HbdVrrpAddress group;     /* multicast destination */
    const HbdVrrpPeer *peers; /* any: unicast */
    guint peer_count;
    bool check_source;               /* unicast: refuse who is not a peer */
    guint8 ttl;                      /* of unicast adverts; multicast has 255 */
    guint32 flow_label;              /* IPv6; kernels choose their own, so 0 but in tests */
    bool checksum_as_v2;             /* version 3, IPv4: send without pseudo header, take either */
    bool never_old_checksum;         /* version 3 unicast: old_unicast_checksum never */
    const HbdVrrpAddress *addresses; /* advertised, in this order */
    guint address_count;             /* 0..HBD_VRRP_ADDRESSES_MAX */

    HbdVrrpAuthType auth_type; /* version 2 */
    guint8 password[8];        /* PASS and AH, padded with zeros */
    HbdVrrpHmacMode hmac_mode;
    const HbdVrrpHmacKey *hmac_keys; /* secrets are referenced, not copied */
    guint hmac_key_count;
    guint8 hmac_active;  /* id of the key that signs; one of hmac_keys */
    bool hmac_monotonic; /* anti_replay monotonic: no clock window */
    guint hmac_window_s; /* 0: max (3 intervals, 5 s) */
} HbdVrrpCodecConfig;

/* @config and what it points to are copied, secrets are referenced. (transfer full) */
HbdVrrpCodec *hbd_vrrp_codec_new (const HbdVrrpCodecConfig *config);
/* Wipes the password. */
void hbd_vrrp_codec_free (HbdVrrpCodec *codec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdVrrpCodec, hbd_vrrp_codec_free)

/* The address that adverts are sent from, once it is known or changes. */
void hbd_vrrp_codec_set_source (HbdVrrpCodec *codec, const HbdVrrpAddress *source);
const HbdVrrpAddress *hbd_vrrp_codec_source (const HbdVrrpCodec *codec);
/* Carry on where @old was (sequence numbers, identification), after a reload that kept the
 * instance. */
void hbd_vrrp_codec_continue (HbdVrrpCodec *codec, const HbdVrrpCodec *old);

/* We become master, or say again that we are: go on from a number that another who does so at the
 * same instant does not use.
 * With AH two masters of the same number would refuse each other's adverts as replayed. */
void hbd_vrrp_codec_lead (HbdVrrpCodec *codec);

/* What a believed advert says besides. */
typedef struct {
    bool count_differs;    /* another number of addresses than ours */
    bool addresses_differ; /* one of ours is not in it; their order is free */
    bool is_unsigned;      /* permissive, receive-only: it carried no trailer */
} HbdVrrpRemarks;

/* Judge a packet. On HBD_VRRP_OK @advert is filled (addresses borrow from the packet) and the
 * sequence number it carried is used up; on anything else nothing changed, but that an AH number
 * which another master sent at the same instant as we is no longer followed by the next one.
 * @wall_us  Unix time in microseconds; matters to HMAC's clock window only
 * @remarks  may be NULL */
HbdVrrpVerdict hbd_vrrp_codec_decode (HbdVrrpCodec *codec, const HbdVrrpPacket *packet,
                                      gint64 wall_us, HbdVrrpAdvert *advert,
                                      HbdVrrpRemarks *remarks);

/* Whole IP packets of one advert, one per destination, appended to @out (GBytes, the array's free
 * function unrefs them). Nothing while the source is not known. */
void hbd_vrrp_codec_encode (HbdVrrpCodec *codec, guint8 priority, gint64 wall_us, GPtrArray *out);
/* Destination of the @index-th packet of hbd_vrrp_codec_encode (). */
const HbdVrrpAddress *hbd_vrrp_codec_destination (const HbdVrrpCodec *codec, guint index);
