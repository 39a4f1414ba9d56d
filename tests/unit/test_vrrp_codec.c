/* SPDX-License-Identifier: Apache-2.0 */
/* hbd/wire/vrrp_codec.c against the frames of real keepalived, and what they do not cover. */
#include "config.h"

#include "hbd/wire/vrrp_codec.h"

#include "ra/lib/announce_packet.h"
#include "tests/unit/vrrp_vectors.h"

#include <string.h>

#define NOON_US (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

/* -- the captured frames -- */

static GPtrArray *
packets_new (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

/* The advert that the vector shows, made by a sender that comes to its identification. */
static GPtrArray *
send_as (const VrrpVector *v)
{
    g_autoptr (HbdVrrpCodec) codec = hbd_vrrp_codec_new (&v->config);
    GPtrArray *out = packets_new ();

    for (guint16 id = 1; id < v->id; id++)
        hbd_vrrp_codec_encode (codec, v->priority, 0, out);
    g_ptr_array_set_size (out, 0);
    hbd_vrrp_codec_encode (codec, v->priority, v->wall_us, out);
    return out;
}

static bool
contains (const GPtrArray *packets, const guint8 *data, gsize len)
{
    g_autoptr (GBytes) wanted = g_bytes_new_static (data, len);

    for (guint i = 0; i < packets->len; i++) {
        if (g_bytes_equal (g_ptr_array_index (packets, i), wanted))
            return true;
    }
    return false;
}

/* The receiver of what the vector's sender says: the same instance on the other side. */
static HbdVrrpCodec *
receiver_of (const VrrpVector *v, const HbdVrrpPacket *packet)
{
    const HbdVrrpPeer sender = { .address = v->config.source };
    HbdVrrpCodecConfig config = v->config;

    config.source = packet->destination;
    config.peers = &sender;
    config.peer_count = MIN (config.peer_count, 1);
    return hbd_vrrp_codec_new (&config);
}

static void
check_advert (const VrrpVector *v)
{
    g_autoptr (GPtrArray) sent = send_as (v);
    g_autoptr (HbdVrrpCodec) receiver = NULL;
    HbdVrrpPacket packet;
    HbdVrrpAdvert advert;
    HbdVrrpRemarks remarks;
    gsize len;
    const guint8 *data = vrrp_vector_packet (v, &len);

    g_test_message ("%s", v->name);
    g_assert_true (contains (sent, data, len));
    g_assert_cmpuint (sent->len, ==, MAX (v->config.peer_count, 1));

    g_assert_cmpint (hbd_vrrp_unwrap (data, len, &packet), ==, HBD_VRRP_OK);
    receiver = receiver_of (v, &packet);
    g_assert_cmpint (hbd_vrrp_codec_decode (receiver, &packet, v->wall_us, &advert, &remarks), ==,
                     HBD_VRRP_OK);
    g_assert_cmpint (advert.priority, ==, v->priority);
    g_assert_cmpint (advert.version, ==, v->config.version);
    g_assert_cmpint (advert.vrid, ==, v->config.vrid);
    g_assert_cmpint (advert.interval_cs, ==, v->config.interval_cs);
    g_assert_cmpint (advert.address_count, ==, v->config.address_count);
    g_assert_false (remarks.count_differs || remarks.addresses_differ || remarks.is_unsigned);
}

static void
test_sent_frames (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    guint count = 0;

    for (guint i = 0; i < vectors->len; i++) {
        const VrrpVector *v = g_ptr_array_index (vectors, i);

        if (v->expect == NULL && v->announce == NULL) {
            check_advert (v);
            count++;
        }
    }
    g_assert_cmpuint (count, ==, VRRP_VECTOR_ADVERTS);
}

static void
check_verdicts (const VrrpVector *v)
{
    g_autoptr (HbdVrrpCodec) codec = hbd_vrrp_codec_new (&v->config);
    g_auto (GStrv) verdicts = g_strsplit (v->expect, " ", -1);
    const char *noted = v->remarks != NULL ? v->remarks : "";
    HbdVrrpPacket packet;
    HbdVrrpAdvert advert;
    HbdVrrpRemarks remarks;
    gsize len;
    const guint8 *data = vrrp_vector_packet (v, &len);

    g_test_message ("%s", v->name);
    g_assert_cmpint (hbd_vrrp_unwrap (data, len, &packet), ==, HBD_VRRP_OK);
    for (char **expect = verdicts; *expect != NULL; expect++) {
        HbdVrrpVerdict verdict =
            hbd_vrrp_codec_decode (codec, &packet, v->wall_us, &advert, &remarks);

        g_assert_cmpstr (hbd_vrrp_verdict_name (verdict), ==, *expect);
        if (verdict != HBD_VRRP_OK)
            continue;
        g_assert_cmpint (remarks.count_differs, ==, strstr (noted, "count") != NULL);
        /* keepalived stops at the count; we also say what is missing. */
        if (!remarks.count_differs)
            g_assert_cmpint (remarks.addresses_differ, ==, strstr (noted, "addresses") != NULL);
    }
}

static void
test_received_frames (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    guint count = 0;

    for (guint i = 0; i < vectors->len; i++) {
        const VrrpVector *v = g_ptr_array_index (vectors, i);

        if (v->expect != NULL) {
            check_verdicts (v);
            count++;
        }
    }
    g_assert_cmpuint (count, ==, VRRP_VECTOR_RECEIVED);
}

/* Judge a heap copy of @len bytes of payload, so that the sanitizer guards its end. */
static HbdVrrpVerdict
judge_copy (HbdVrrpCodec *codec, HbdVrrpPacket packet, const guint8 *payload, gsize len,
            gint64 wall_us)
{
    g_autofree guint8 *copy = g_memdup2 (payload, len);
    HbdVrrpAdvert advert;

    packet.payload = copy;
    packet.payload_len = len;
    return hbd_vrrp_codec_decode (codec, &packet, wall_us, &advert, NULL);
}

/* No prefix of a good advert is believed, nor one with a single bit changed. */
static void
check_no_part (const VrrpVector *v)
{
    g_autoptr (HbdVrrpCodec) receiver = NULL;
    g_autofree guint8 *changed = NULL;
    HbdVrrpPacket packet;
    gsize len;
    const guint8 *data = vrrp_vector_packet (v, &len);

    for (gsize cut = 0; cut < len; cut++) {
        g_autofree guint8 *part = g_memdup2 (data, cut);

        g_assert_cmpint (hbd_vrrp_unwrap (part, cut, &packet), ==, HBD_VRRP_NOT_IP);
    }
    g_assert_cmpint (hbd_vrrp_unwrap (data, len, &packet), ==, HBD_VRRP_OK);
    receiver = receiver_of (v, &packet);
    for (gsize cut = 0; cut < packet.payload_len; cut++)
        g_assert_cmpint (judge_copy (receiver, packet, packet.payload, cut, v->wall_us), !=,
                         HBD_VRRP_OK);
    changed = g_memdup2 (packet.payload, packet.payload_len);
    for (gsize bit = 0; bit < packet.payload_len * 8; bit++) {
        changed[bit / 8] ^= (guint8) (1 << bit % 8);
        g_assert_cmpint (judge_copy (receiver, packet, changed, packet.payload_len, v->wall_us), !=,
                         HBD_VRRP_OK);
        changed[bit / 8] ^= (guint8) (1 << bit % 8);
    }
    g_assert_cmpint (judge_copy (receiver, packet, changed, packet.payload_len, v->wall_us), ==,
                     HBD_VRRP_OK);
}

static void
test_parts_of_frames (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();

    for (guint i = 0; i < vectors->len; i++) {
        const VrrpVector *v = g_ptr_array_index (vectors, i);

        if (v->expect == NULL && v->announce == NULL)
            check_no_part (v);
    }
}

/* Our announcements are those of keepalived, except that its ARP requests name the broadcast
 * address as the target's hardware address, where RFC 5227 leaves it open and ours is zero. */
static void
test_announcements (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    guint count = 0;

    for (guint i = 0; i < vectors->len; i++) {
        const VrrpVector *v = g_ptr_array_index (vectors, i);
        gsize len;
        const guint8 *data;

        if (v->announce == NULL)
            continue;
        g_test_message ("%s", v->name);
        count++;
        data = vrrp_vector_packet (v, &len);
        if (strcmp (v->announce, "arp") == 0) {
            guint8 arp[RA_ARP_LEN];

            ra_arp_build (RA_ARP_REQUEST, v->hw, v->announced.bytes, arp);
            memset (arp + 18, 0xff, 6);
            g_assert_cmpmem (data, len, arp, sizeof arp);
        } else {
            guint8 na[RA_NA_LEN];

            ra_na_build (v->hw, v->announced.bytes, false, na);
            g_assert_cmpmem (data, len, na, sizeof na);
        }
    }
    g_assert_cmpuint (count, ==, VRRP_VECTOR_ANNOUNCES);
}

/* -- pairs of ours -- */

static const HbdVrrpAddress here = { { 10, 0, 0, 1 } }, there = { { 10, 0, 0, 2 } };
static const HbdVrrpAddress other = { { 10, 0, 0, 3 } }, group4 = { { 224, 0, 0, 18 } };
static const HbdVrrpAddress service = { { 10, 0, 0, 100 } };

static HbdVrrpCodecConfig
v2_config (const HbdVrrpAddress *source)
{
    return (HbdVrrpCodecConfig){ .family = HBD_VRRP_IPV4,
                                 .version = 2,
                                 .vrid = 7,
                                 .interval_cs = 100,
                                 .source = *source,
                                 .group = group4,
                                 .ttl = 255,
                                 .addresses = &service,
                                 .address_count = 1 };
}

/* The first packet of an advert of @from. (transfer full) */
static GBytes *
advert_of (HbdVrrpCodec *from, gint64 wall_us)
{
    g_autoptr (GPtrArray) out = packets_new ();

    hbd_vrrp_codec_encode (from, 100, wall_us, out);
    g_assert_cmpuint (out->len, >, 0);
    return g_bytes_ref (g_ptr_array_index (out, 0));
}

static HbdVrrpVerdict
judge (HbdVrrpCodec *codec, GBytes *bytes, gint64 wall_us)
{
    HbdVrrpPacket packet;
    HbdVrrpAdvert advert;

    g_assert_cmpint (
        hbd_vrrp_unwrap (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &packet), ==,
        HBD_VRRP_OK);
    return hbd_vrrp_codec_decode (codec, &packet, wall_us, &advert, NULL);
}

static HbdVrrpVerdict
pass_on (HbdVrrpCodec *from, HbdVrrpCodec *to, gint64 wall_us)
{
    g_autoptr (GBytes) bytes = advert_of (from, wall_us);

    return judge (to, bytes, wall_us);
}

static void
test_ah_numbers (void)
{
    HbdVrrpCodecConfig config = v2_config (&here);
    g_autoptr (HbdVrrpCodec) a = NULL, b = NULL, reloaded = NULL;
    g_autoptr (GBytes) old = NULL;

    config.auth_type = HBD_VRRP_AUTH_AH;
    memcpy (config.password, "1111", 4);
    a = hbd_vrrp_codec_new (&config);
    config.source = there;
    b = hbd_vrrp_codec_new (&config);
    old = advert_of (a, 0);
    for (int i = 0; i < 10; i++)
        g_assert_cmpint (pass_on (a, b, 0), ==, HBD_VRRP_OK);
    g_assert_cmpint (judge (b, old, 0), ==, HBD_VRRP_AH_REPLAY);
    /* Who takes over goes on from the master's number, so that all believe it at once. */
    g_assert_cmpint (pass_on (b, a, 0), ==, HBD_VRRP_OK);
    /* A reload that forgot the number would be refused by everybody. */
    reloaded = hbd_vrrp_codec_new (&config);
    g_assert_cmpint (pass_on (reloaded, a, 0), ==, HBD_VRRP_AH_REPLAY);
    hbd_vrrp_codec_continue (reloaded, b);
    g_assert_cmpint (pass_on (reloaded, a, 0), ==, HBD_VRRP_OK);
}

/* Two who become master at once, from the same number: one of them is heard. */
static void
test_ah_leads (void)
{
    HbdVrrpCodecConfig config = v2_config (&here);
    g_autoptr (HbdVrrpCodec) a = NULL, b = NULL, keepalived = NULL;
    g_autoptr (GBytes) of_a = NULL, of_b = NULL, of_keepalived = NULL;

    config.auth_type = HBD_VRRP_AUTH_AH;
    a = hbd_vrrp_codec_new (&config);
    config.source = there;
    b = hbd_vrrp_codec_new (&config);
    config.source = other;
    keepalived = hbd_vrrp_codec_new (&config); /* takes the next number */
    hbd_vrrp_codec_lead (a);
    hbd_vrrp_codec_lead (b);
    of_a = advert_of (a, 0);
    of_b = advert_of (b, 0);
    of_keepalived = advert_of (keepalived, 0);
    g_assert_cmpint (judge (b, of_a, 0), ==, HBD_VRRP_AH_REPLAY);
    g_assert_cmpint (judge (a, of_b, 0), ==, HBD_VRRP_OK);
    g_assert_cmpint (judge (a, of_keepalived, 0), ==, HBD_VRRP_AH_REPLAY);
    g_assert_cmpint (judge (keepalived, of_b, 0), ==, HBD_VRRP_OK);
}

/* By accident both sent the same number at the same instant: the next ones differ. A replay of it
 * does no more than that. */
static void
test_ah_twins (void)
{
    HbdVrrpCodecConfig config = v2_config (&here);
    g_autoptr (HbdVrrpCodec) a = NULL, b = NULL;
    g_autoptr (GBytes) of_a = NULL, of_b = NULL, next_of_a = NULL, next_of_b = NULL;

    config.auth_type = HBD_VRRP_AUTH_AH;
    a = hbd_vrrp_codec_new (&config);
    config.source = there;
    b = hbd_vrrp_codec_new (&config);
    of_a = advert_of (a, 0);
    of_b = advert_of (b, 0);
    for (int times = 0; times < 3; times++) {
        g_assert_cmpint (judge (a, of_b, 0), ==, HBD_VRRP_AH_REPLAY);
        g_assert_cmpint (judge (b, of_a, 0), ==, HBD_VRRP_AH_REPLAY);
    }
    next_of_a = advert_of (a, 0);
    next_of_b = advert_of (b, 0);
    /* 1 was the last: 257 is the next that ends in a 1, 2 the next that ends in a 2. */
    g_assert_cmpint (judge (b, next_of_a, 0), ==, HBD_VRRP_OK);
    g_assert_cmpint (judge (a, next_of_b, 0), ==, HBD_VRRP_AH_REPLAY);
    g_assert_cmpint (judge (a, of_b, 0), ==, HBD_VRRP_AH_REPLAY);
}

/* A damaged copy that overtakes the real packet does not use up its number. */
static void
test_damaged_copy (void)
{
    static const guint8 secret[32] = "a secret of thirty-two bytes ...";
    g_autoptr (GBytes) bytes = g_bytes_new_static (secret, sizeof secret);
    const HbdVrrpHmacKey key = { 5, bytes };
    HbdVrrpCodecConfig config = v2_config (&here);
    g_autoptr (HbdVrrpCodec) a = NULL, b = NULL;
    g_autoptr (GBytes) real = NULL, damaged = NULL;
    guint8 *copy;

    config.hmac_mode = HBD_VRRP_HMAC_ENFORCE;
    config.hmac_keys = &key;
    config.hmac_key_count = 1;
    config.hmac_active = 5;
    a = hbd_vrrp_codec_new (&config);
    config.source = there;
    b = hbd_vrrp_codec_new (&config);
    real = advert_of (a, NOON_US);
    copy = g_memdup2 (g_bytes_get_data (real, NULL), g_bytes_get_size (real));
    copy[HBD_VRRP_IPV4_HEAD_LEN + 6] ^= 1; /* checksum: the digest does not cover it */
    damaged = g_bytes_new_take (copy, g_bytes_get_size (real));
    g_assert_cmpint (judge (b, damaged, NOON_US), ==, HBD_VRRP_BAD_CHECKSUM);
    g_assert_cmpint (judge (b, real, NOON_US), ==, HBD_VRRP_OK);
    g_assert_cmpint (judge (b, real, NOON_US), ==, HBD_VRRP_HMAC_REPLAY);
}

typedef struct {
    GBytes *secret, *wrong;
    HbdVrrpHmacKey key[2];
    HbdVrrpCodecConfig config;
} Hmac;

static void
hmac_init (Hmac *h)
{
    h->secret = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
    h->wrong = g_bytes_new_static ("0123456789abcdef0123456789abcdeX", 32);
    h->key[0] = (HbdVrrpHmacKey){ 1, h->secret };
    h->key[1] = (HbdVrrpHmacKey){ 2, h->wrong };
    h->config = v2_config (&here);
    h->config.hmac_mode = HBD_VRRP_HMAC_ENFORCE;
    h->config.hmac_keys = h->key;
    h->config.hmac_key_count = 1;
    h->config.hmac_active = 1;
}

static void
hmac_clear (Hmac *h)
{
    g_bytes_unref (h->secret);
    g_bytes_unref (h->wrong);
}

/* One receiver per row, one sender. */
static void
test_hmac_modes (void)
{
    static const struct {
        HbdVrrpHmacMode sender, receiver;
        HbdVrrpVerdict verdict;
    } rows[] = {
        { HBD_VRRP_HMAC_OFF, HBD_VRRP_HMAC_ENFORCE, HBD_VRRP_HMAC_MISSING },
        { HBD_VRRP_HMAC_OFF, HBD_VRRP_HMAC_PERMISSIVE, HBD_VRRP_OK },
        { HBD_VRRP_HMAC_OFF, HBD_VRRP_HMAC_RECEIVE_ONLY, HBD_VRRP_OK },
        { HBD_VRRP_HMAC_RECEIVE_ONLY, HBD_VRRP_HMAC_OFF, HBD_VRRP_OK }, /* does not sign */
        { HBD_VRRP_HMAC_RECEIVE_ONLY, HBD_VRRP_HMAC_ENFORCE, HBD_VRRP_HMAC_MISSING },
        { HBD_VRRP_HMAC_PERMISSIVE, HBD_VRRP_HMAC_ENFORCE, HBD_VRRP_OK },
        { HBD_VRRP_HMAC_PERMISSIVE, HBD_VRRP_HMAC_RECEIVE_ONLY, HBD_VRRP_OK },
        { HBD_VRRP_HMAC_PERMISSIVE, HBD_VRRP_HMAC_OFF, HBD_VRRP_TOO_LONG },
        { HBD_VRRP_HMAC_ENFORCE, HBD_VRRP_HMAC_PERMISSIVE, HBD_VRRP_OK },
    };
    Hmac h;

    hmac_init (&h);
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (HbdVrrpCodec) a = NULL, b = NULL;

        h.config.source = here;
        h.config.hmac_mode = rows[i].sender;
        a = hbd_vrrp_codec_new (&h.config);
        h.config.source = there;
        h.config.hmac_mode = rows[i].receiver;
        b = hbd_vrrp_codec_new (&h.config);
        g_assert_cmpint (pass_on (a, b, NOON_US), ==, rows[i].verdict);
    }
    hmac_clear (&h);
}

static void
test_hmac_keys_and_clocks (void)
{
    g_autoptr (HbdVrrpCodec) a = NULL, b = NULL, monotonic = NULL;
    g_autoptr (GBytes) first = NULL;
    Hmac h;

    hmac_init (&h);
    a = hbd_vrrp_codec_new (&h.config);
    h.config.source = there;
    b = hbd_vrrp_codec_new (&h.config);
    h.config.hmac_monotonic = true;
    monotonic = hbd_vrrp_codec_new (&h.config);
    first = advert_of (a, NOON_US);
    /* The default window is five seconds here, both ends included. */
    g_assert_cmpint (judge (b, first, NOON_US + 6 * G_USEC_PER_SEC), ==,
                     HBD_VRRP_HMAC_OUTSIDE_WINDOW);
    g_assert_cmpint (judge (b, first, NOON_US - 6 * G_USEC_PER_SEC), ==,
                     HBD_VRRP_HMAC_OUTSIDE_WINDOW);
    g_assert_cmpint (judge (b, first, NOON_US + 5 * G_USEC_PER_SEC), ==, HBD_VRRP_OK);
    g_assert_cmpint (judge (monotonic, first, 0), ==, HBD_VRRP_OK);
    /* Two adverts in one instant, and one after the sender's clock was set back. */
    g_assert_cmpint (pass_on (a, b, NOON_US), ==, HBD_VRRP_OK);
    g_assert_cmpint (pass_on (a, b, NOON_US), ==, HBD_VRRP_OK);
    g_assert_cmpint (pass_on (a, b, NOON_US - G_USEC_PER_SEC), ==, HBD_VRRP_OK);

    /* The same id with another secret, and an id that the receiver does not have. */
    h.config.hmac_keys = &(HbdVrrpHmacKey){ 1, h.wrong };
    g_clear_pointer (&a, hbd_vrrp_codec_free);
    a = hbd_vrrp_codec_new (&h.config);
    g_assert_cmpint (pass_on (a, b, NOON_US + G_USEC_PER_SEC), ==, HBD_VRRP_HMAC_BAD_DIGEST);
    h.config.hmac_keys = &h.key[1];
    h.config.hmac_active = 2;
    g_clear_pointer (&a, hbd_vrrp_codec_free);
    a = hbd_vrrp_codec_new (&h.config);
    g_assert_cmpint (pass_on (a, b, NOON_US + G_USEC_PER_SEC), ==, HBD_VRRP_HMAC_UNKNOWN_KEY);
    hmac_clear (&h);
}

/* Multicast: a fifth sender takes the place of the one that was silent for longest. */
static void
test_hmac_senders (void)
{
    g_autoptr (HbdVrrpCodec) receiver = NULL;
    g_autoptr (GBytes) oldest = NULL, newer = NULL;
    Hmac h;

    hmac_init (&h);
    h.config.source = (HbdVrrpAddress){ { 10, 0, 0, 99 } };
    receiver = hbd_vrrp_codec_new (&h.config);
    for (guint8 i = 1; i <= HBD_VRRP_HMAC_SENDERS_MAX + 1; i++) {
        g_autoptr (HbdVrrpCodec) sender = NULL;
        g_autoptr (GBytes) bytes = NULL;

        h.config.source = (HbdVrrpAddress){ { 10, 0, 0, i } };
        sender = hbd_vrrp_codec_new (&h.config);
        bytes = advert_of (sender, NOON_US);
        g_assert_cmpint (judge (receiver, bytes, NOON_US), ==, HBD_VRRP_OK);
        if (i == 1)
            oldest = g_bytes_ref (bytes);
        if (i == 2)
            newer = g_bytes_ref (bytes);
    }
    g_assert_cmpint (judge (receiver, newer, NOON_US), ==, HBD_VRRP_HMAC_REPLAY);
    g_assert_cmpint (judge (receiver, oldest, NOON_US), ==, HBD_VRRP_OK); /* forgotten */
    hmac_clear (&h);
}

static void
test_hmac_strangers (void)
{
    const HbdVrrpPeer peers[] = { { .address = here } };
    g_autoptr (HbdVrrpCodec) friend = NULL, stranger = NULL, receiver = NULL;
    const HbdVrrpPeer to_there = { .address = there };
    Hmac h;

    hmac_init (&h);
    h.config.peer_count = 1;
    h.config.peers = &to_there;
    friend = hbd_vrrp_codec_new (&h.config);
    h.config.source = other;
    stranger = hbd_vrrp_codec_new (&h.config);
    h.config.source = there;
    h.config.peers = peers;
    receiver = hbd_vrrp_codec_new (&h.config);
    g_assert_cmpint (pass_on (friend, receiver, NOON_US), ==, HBD_VRRP_OK);
    g_assert_cmpint (pass_on (stranger, receiver, NOON_US), ==, HBD_VRRP_HMAC_STRANGER);
    hmac_clear (&h);
}

/* What differs between the sender's and the receiver's form, and the trailer's malformed ones. */
static void
test_hmac_form (void)
{
    static const guint8 first[] = { 0, 2, 3 }; /* offsets in the trailer: type, reserved */
    Hmac h;

    hmac_init (&h);
    for (guint i = 0; i < G_N_ELEMENTS (first); i++) {
        g_autoptr (HbdVrrpCodec) a = hbd_vrrp_codec_new (&h.config);
        g_autoptr (HbdVrrpCodec) b = hbd_vrrp_codec_new (&h.config);
        g_autoptr (GBytes) good = advert_of (a, NOON_US), bad = NULL;
        gsize len = g_bytes_get_size (good);
        guint8 *copy = g_memdup2 (g_bytes_get_data (good, NULL), len);

        copy[len - HBD_VRRP_TRAILER_LEN + first[i]] ^= 0x80;
        bad = g_bytes_new_take (copy, len);
        g_assert_cmpint (judge (b, bad, NOON_US), ==, HBD_VRRP_HMAC_MALFORMED);
    }
    hmac_clear (&h);
}

static void
test_unicast_ttl (void)
{
    static const struct {
        guint8 ttl, min, max;
        bool has_range;
        HbdVrrpVerdict verdict;
    } rows[] = {
        { 1, 0, 0, false, HBD_VRRP_OK },          { 254, 255, 255, true, HBD_VRRP_WRONG_TTL },
        { 255, 255, 255, true, HBD_VRRP_OK },     { 61, 60, 62, true, HBD_VRRP_OK },
        { 63, 60, 62, true, HBD_VRRP_WRONG_TTL },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        const HbdVrrpPeer to_there = { .address = there };
        const HbdVrrpPeer from_here = { here, rows[i].has_range, rows[i].min, rows[i].max };
        HbdVrrpCodecConfig config = v2_config (&here);
        g_autoptr (HbdVrrpCodec) a = NULL, b = NULL, c = NULL;

        config.peer_count = 1;
        config.peers = &to_there;
        config.ttl = rows[i].ttl;
        a = hbd_vrrp_codec_new (&config);
        config.source = other;
        c = hbd_vrrp_codec_new (&config);
        config.source = there;
        config.peers = &from_here;
        b = hbd_vrrp_codec_new (&config);
        g_assert_cmpint (pass_on (a, b, 0), ==, rows[i].verdict);
        /* A range for a peer means that only peers count. */
        g_assert_cmpint (pass_on (c, b, 0), ==,
                         rows[i].has_range ? HBD_VRRP_UNKNOWN_PEER : HBD_VRRP_OK);
    }
}

/* A peer with the old unicast checksum is answered in kind, and forgotten when it is renewed. */
static void
test_old_checksum (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    const VrrpVector *old = vrrp_vectors_find (vectors, "uni_v3_old_checksum_mcast_dst");
    const HbdVrrpPeer peer = { .address = old->peers[0].address };
    HbdVrrpCodecConfig config = old->config;
    g_autoptr (HbdVrrpCodec) codec = hbd_vrrp_codec_new (&config);
    g_autoptr (GBytes) before = advert_of (codec, 0), after = NULL, again = NULL, renewed = NULL;
    g_autoptr (HbdVrrpCodec) sender = NULL;
    const HbdVrrpPeer to_us = { .address = old->config.source };
    HbdVrrpPacket packet;
    HbdVrrpAdvert advert;
    gsize len;
    const guint8 *data = vrrp_vector_packet (old, &len);

    g_assert_cmpint (hbd_vrrp_unwrap (data, len, &packet), ==, HBD_VRRP_OK);
    g_assert_cmpint (hbd_vrrp_codec_decode (codec, &packet, 0, &advert, NULL), ==, HBD_VRRP_OK);
    after = advert_of (codec, 0);
    g_assert_cmpmem ((const guint8 *) g_bytes_get_data (before, NULL) + 26, 1,
                     (const guint8 *) g_bytes_get_data (before, NULL) + 26, 1);
    g_assert_cmpint (memcmp ((const guint8 *) g_bytes_get_data (before, NULL) + 26,
                             (const guint8 *) g_bytes_get_data (after, NULL) + 26, 2),
                     !=, 0);

    config.source = peer.address;
    config.peers = &to_us;
    sender = hbd_vrrp_codec_new (&config);
    renewed = advert_of (sender, 0);
    g_assert_cmpint (judge (codec, renewed, 0), ==, HBD_VRRP_OK);
    again = advert_of (codec, 0);
    g_assert_cmpint (memcmp ((const guint8 *) g_bytes_get_data (before, NULL) + 26,
                             (const guint8 *) g_bytes_get_data (again, NULL) + 26, 2),
                     ==, 0);
}

static void
test_address_lists (void)
{
    const HbdVrrpAddress two[] = { service, other }, swapped[] = { other, service };
    const HbdVrrpAddress full[HBD_VRRP_ADDRESSES_MAX] = { service };
    const struct {
        const HbdVrrpAddress *ours, *theirs;
        guint our_count, their_count;
        bool count, addresses;
    } rows[] = {
        { two, two, 2, 2, false, false },        { two, swapped, 2, 2, false, false },
        { two, &service, 2, 1, true, true },     { &service, two, 1, 2, true, false },
        { &service, &other, 1, 1, false, true }, { NULL, two, 0, 2, true, false },
        { NULL, NULL, 0, 0, false, false },      { full, full, 255, 255, false, false },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        HbdVrrpCodecConfig config = v2_config (&here);
        g_autoptr (HbdVrrpCodec) a = NULL, b = NULL;
        g_autoptr (GBytes) bytes = NULL;
        HbdVrrpPacket packet;
        HbdVrrpAdvert advert;
        HbdVrrpRemarks remarks;

        config.addresses = rows[i].theirs;
        config.address_count = rows[i].their_count;
        a = hbd_vrrp_codec_new (&config);
        config.addresses = rows[i].ours;
        config.address_count = rows[i].our_count;
        b = hbd_vrrp_codec_new (&config);
        bytes = advert_of (a, 0);
        hbd_vrrp_unwrap (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &packet);
        g_assert_cmpint (hbd_vrrp_codec_decode (b, &packet, 0, &advert, &remarks), ==, HBD_VRRP_OK);
        g_assert_cmpint (remarks.count_differs, ==, rows[i].count);
        g_assert_cmpint (remarks.addresses_differ, ==, rows[i].addresses);
    }
}

static void
test_without_source (void)
{
    const HbdVrrpAddress unset = { { 0 } };
    HbdVrrpCodecConfig config = v2_config (&unset);
    g_autoptr (HbdVrrpCodec) codec = hbd_vrrp_codec_new (&config);
    g_autoptr (GPtrArray) out = packets_new ();

    hbd_vrrp_codec_encode (codec, 100, 0, out);
    g_assert_cmpuint (out->len, ==, 0);
    hbd_vrrp_codec_set_source (codec, &here);
    hbd_vrrp_codec_encode (codec, 100, 0, out);
    g_assert_cmpuint (out->len, ==, 1);
    g_assert_true (hbd_vrrp_address_equal (hbd_vrrp_codec_source (codec), &here));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp/codec/sends-and-takes-what-keepalived-sends", test_sent_frames);
    g_test_add_func ("/vrrp/codec/judges-as-keepalived-2.4-does", test_received_frames);
    g_test_add_func ("/vrrp/codec/believes-no-part-and-no-changed-bit", test_parts_of_frames);
    g_test_add_func ("/vrrp/codec/announces-as-keepalived-does", test_announcements);
    g_test_add_func ("/vrrp/codec/ah-numbers-go-on-with-the-next-master", test_ah_numbers);
    g_test_add_func ("/vrrp/codec/ah-masters-of-one-instant-differ", test_ah_leads);
    g_test_add_func ("/vrrp/codec/ah-twins-part", test_ah_twins);
    g_test_add_func ("/vrrp/codec/damaged-copy-uses-up-nothing", test_damaged_copy);
    g_test_add_func ("/vrrp/codec/hmac-modes-roll-out", test_hmac_modes);
    g_test_add_func ("/vrrp/codec/hmac-needs-key-and-clock", test_hmac_keys_and_clocks);
    g_test_add_func ("/vrrp/codec/hmac-forgets-the-longest-silent", test_hmac_senders);
    g_test_add_func ("/vrrp/codec/hmac-knows-its-unicast-peers", test_hmac_strangers);
    g_test_add_func ("/vrrp/codec/hmac-form-is-checked", test_hmac_form);
    g_test_add_func ("/vrrp/codec/unicast-ttl-by-peer", test_unicast_ttl);
    g_test_add_func ("/vrrp/codec/old-unicast-checksum-is-answered-in-kind", test_old_checksum);
    g_test_add_func ("/vrrp/codec/address-lists-are-remarked", test_address_lists);
    g_test_add_func ("/vrrp/codec/needs-a-source-to-speak", test_without_source);
    return g_test_run ();
}
