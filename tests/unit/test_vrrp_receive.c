/* SPDX-License-Identifier: Apache-2.0 */
/* hbd/core/vrrp/receive.c: which packets reach an instance, and that nothing invalid changes
 * anything but a counter, at any rate. */
#include "config.h"

#include "tests/unit/vrrp_node.h"
#include "tests/unit/vrrp_vectors.h"

#include <string.h>

#define MDI HBD_US (3609375)

/* An instance like the vector's receiver, at priority 100. */
static VrrpNode *
receiver_of (const VrrpVector *v)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (v->config.version, 100);

    config.wire = v->config;
    return vrrp_node_new (config);
}

static GBytes *
packet_of (const VrrpVector *v)
{
    gsize len;
    const guint8 *data = vrrp_vector_packet (v, &len);

    return g_bytes_new_static (data, len);
}

/* Every injected frame that real keepalived refuses, a thousand times at a backup: its timer does
 * not move, the log stays short, each is counted under its name. */
static void
test_refused_frames (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();

    for (guint n = 0; n < vectors->len; n++) {
        const VrrpVector *v = g_ptr_array_index (vectors, n);
        g_autoptr (VrrpNode) node = NULL;
        g_autoptr (GBytes) packet = NULL;
        g_autofree char *counter = NULL;
        HbdTime deadline;

        if (v->expect == NULL || g_str_has_prefix (v->expect, "ok"))
            continue;
        g_test_message ("%s", v->name);
        node = receiver_of (v);
        packet = packet_of (v);
        vrrp_node_start (node);
        deadline = hbd_vrrp_deadline (node->vrrp);
        for (int times = 0; times < 1000; times++) {
            node->now += HBD_MS (3);
            vrrp_node_packet (node, 0, packet);
        }
        vrrp_node_expect (node, "");
        g_assert_cmpint (hbd_vrrp_deadline (node->vrrp), ==, deadline);
        g_assert_null (hbd_vrrp_heard (node->vrrp, 0, 0));
        g_assert_cmpuint (vrrp_node_record_count (node, "vrrp.refused"), <=, 1);
        g_assert_cmpuint (vrrp_node_count (node, 0, "received"), ==, 0);
        if (strcmp (v->expect, "truncated") == 0) {
            /* Too short to name an instance. */
            g_assert_cmpuint (hbd_vrrp_strays (node->vrrp, HBD_VRRP_TRUNCATED), ==, 1000);
            continue;
        }
        counter = g_strdup_printf ("refused-%s", v->expect);
        g_assert_cmpuint (vrrp_node_count (node, 0, counter), ==, 1000);
    }
}

/* And a master stays what it is. */
static void
test_refused_by_a_master (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    const VrrpVector *v = vrrp_vectors_find (vectors, "v2_bad_checksum");
    g_autoptr (VrrpNode) node = receiver_of (v);
    g_autoptr (GBytes) packet = packet_of (v);

    vrrp_node_start_as_master (node);
    for (int times = 0; times < 1000; times++)
        vrrp_node_packet (node, 0, packet);
    vrrp_node_expect (node, "");
    /* The next minute's record says how many there were. */
    node->holds_releases = true;
    vrrp_node_run_for (node, HBD_S (61));
    vrrp_node_packet (node, 0, packet);
    g_assert_cmpuint (vrrp_node_record_count (node, "vrrp.refused"), ==, 2);
    g_assert_nonnull (strstr (g_ptr_array_index (node->records, node->records->len - 1),
                              "instance=vi reason=bad-checksum from=10.78.0.2 suppressed=999"));
}

static void
test_accepted_frames (void)
{
    static const char *const names[] = { "v2_control_ok", "pass_control_ok", "ah_control_ok",
                                         "v3_control_ok", "v6_control_ok",   "uni_v2_ttl_64" };
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();

    for (guint n = 0; n < G_N_ELEMENTS (names); n++) {
        const VrrpVector *v = vrrp_vectors_find (vectors, names[n]);
        g_autoptr (VrrpNode) node = receiver_of (v);
        g_autoptr (GBytes) packet = packet_of (v);
        const HbdVrrpHeard *heard;

        vrrp_node_start (node);
        vrrp_node_run_for (node, HBD_S (1));
        vrrp_node_packet (node, 0, packet);
        g_assert_cmpint (hbd_vrrp_deadline (node->vrrp) - node->now, ==, MDI);
        g_assert_cmpuint (vrrp_node_count (node, 0, "received"), ==, 1);
        heard = hbd_vrrp_heard (node->vrrp, 0, 0);
        g_assert_nonnull (heard);
        g_assert_cmpint (heard->priority, ==, 200);
        g_assert_cmpint (heard->interval_cs, ==, 100);
        g_assert_cmpint (heard->last_us, ==, node->now);
        /* On another interface it is nobody's. */
        vrrp_node_packet (node, 3, packet);
        g_assert_cmpuint (hbd_vrrp_strays (node->vrrp, HBD_VRRP_UNKNOWN_VRID), ==, 1);
    }
}

/* IPv6 as the kernel gives it: payload, and the rest beside it. */
static void
test_without_header (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    const VrrpVector *v = vrrp_vectors_find (vectors, "v6_control_ok");
    g_autoptr (VrrpNode) node = receiver_of (v);
    HbdVrrpPacket packet;
    gsize len;
    const guint8 *data = vrrp_vector_packet (v, &len);

    g_assert_cmpint (hbd_vrrp_unwrap (data, len, &packet), ==, HBD_VRRP_OK);
    vrrp_node_start (node);
    vrrp_node_feed (node,
                    &(HbdVrrpEvent){ .kind = HBD_VRRP_PACKET, .packet = { .unwrapped = &packet } });
    g_assert_cmpuint (vrrp_node_count (node, 0, "received"), ==, 1);
}

/* keepalived 2.4 tells about addresses that differ, and takes the advert. */
static void
test_lists_that_differ (void)
{
    g_autoptr (GPtrArray) vectors = vrrp_vectors_load ();
    const VrrpVector *v = vrrp_vectors_find (vectors, "v2_wrong_addr");
    g_autoptr (VrrpNode) node = receiver_of (v);
    g_autoptr (GBytes) packet = packet_of (v);

    vrrp_node_start (node);
    for (int times = 0; times < 10; times++) {
        vrrp_node_run_for (node, HBD_S (1));
        vrrp_node_packet (node, 0, packet);
    }
    vrrp_node_expect (node, "");
    g_assert_cmpuint (vrrp_node_count (node, 0, "address-lists-differ"), ==, 10);
    g_assert_cmpuint (vrrp_node_record_count (node, "vrrp.addresses-differ"), ==, 1);
}

/* More senders than are remembered: the longest silent is forgotten. */
static void
test_senders_are_bounded (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));
    const HbdVrrpAddress first = vrrp_node_address (20);
    guint count = 0;

    vrrp_node_start (node);
    for (guint8 from = 20; from < 20 + HBD_VRRP_PEERS_MAX + 1; from++) {
        node->now += HBD_MS (1);
        vrrp_node_advert (node, 0, from, 200);
    }
    for (guint n = 0; n < HBD_VRRP_PEERS_MAX + 1; n++) {
        const HbdVrrpHeard *heard = hbd_vrrp_heard (node->vrrp, 0, n);

        if (heard == NULL)
            continue;
        count++;
        g_assert_false (hbd_vrrp_address_equal (&heard->address, &first));
        g_assert_cmpuint (heard->count, ==, 1);
    }
    g_assert_cmpuint (count, ==, HBD_VRRP_PEERS_MAX);
    vrrp_node_advert (node, 0, 20 + HBD_VRRP_PEERS_MAX, 200);
    g_assert_cmpuint (hbd_vrrp_heard (node->vrrp, 0, 0)->count, ==, 2);
}

static void
test_noise (void)
{
    g_autoptr (VrrpNode) node = vrrp_node_new (vrrp_node_instance (2, 100));
    guint8 bytes[64];
    guint64 total = 0;

    vrrp_node_start (node);
    for (guint n = 0; n < 5000; n++) {
        g_autoptr (GBytes) packet = NULL;

        for (guint i = 0; i < sizeof bytes; i++)
            bytes[i] = (guint8) ((n * 2654435761u + i * 40503u) >> 7);
        packet = g_bytes_new (bytes, n % sizeof bytes);
        vrrp_node_packet (node, 0, packet);
    }
    vrrp_node_expect (node, "");
    for (guint verdict = 0; verdict < HBD_VRRP_VERDICT_N; verdict++)
        total += hbd_vrrp_strays (node->vrrp, (HbdVrrpVerdict) verdict);
    g_assert_cmpuint (total, ==, 5000);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp/receive/refused-frames-change-only-counters", test_refused_frames);
    g_test_add_func ("/vrrp/receive/master-is-not-moved-either", test_refused_by_a_master);
    g_test_add_func ("/vrrp/receive/accepted-frames-restart-the-timer", test_accepted_frames);
    g_test_add_func ("/vrrp/receive/payload-without-header", test_without_header);
    g_test_add_func ("/vrrp/receive/lists-that-differ-are-told", test_lists_that_differ);
    g_test_add_func ("/vrrp/receive/senders-are-bounded", test_senders_are_bounded);
    g_test_add_func ("/vrrp/receive/noise-is-counted", test_noise);
    return g_test_run ();
}
