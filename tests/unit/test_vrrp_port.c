/* SPDX-License-Identifier: Apache-2.0 */
/* VRRP ports on the two ends of a cable, in a network namespace of the test's own. */
#include "config.h"

#include "hbd/link/vrrp_port.h"
#include "tests/unit/veth.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>

typedef struct {
    guint count;
    GByteArray *data;
    HbdVrrpPacket packet; /* its payload pointer is not to be used */
    bool is_unwrapped;
} Received;

static void
on_receive (gpointer user_data, const guint8 *data, gsize len, const HbdVrrpPacket *packet)
{
    Received *received = user_data;

    received->count++;
    g_byte_array_set_size (received->data, 0);
    g_byte_array_append (received->data, data, (guint) len);
    received->is_unwrapped = packet != NULL;
    if (packet != NULL)
        received->packet = *packet;
}

static HbdVrrpAddress
address_of (HbdVrrpFamily family, const char *text)
{
    HbdVrrpAddress address = { 0 };

    g_assert_cmpint (inet_pton (family == HBD_VRRP_IPV6 ? AF_INET6 : AF_INET, text, address.bytes),
                     ==, 1);
    return address;
}

/* NULL where raw sockets are not allowed. */
static HbdVrrpIo *
open_port (const char *interface, HbdVrrpFamily family, const HbdVrrpAddress *group)
{
    HbdVrrpPortConfig config = { interface, family, HBD_VRRP_PROTOCOL, group, group != NULL };
    HbdVrrpIo *io = hbd_vrrp_io_new (interface, family);
    g_autoptr (GError) error = NULL;
    HbdLinkSockets sockets;

    g_assert_true (hbd_vrrp_port_open (&config, &sockets, &error));
    g_assert_no_error (error);
    hbd_vrrp_io_attach (io, &sockets);
    g_assert_cmpint (sockets.rx_fd, ==, -1);
    return io;
}

static guint
wait_and_receive (HbdVrrpIo *io, int wait_ms, Received *received)
{
    struct pollfd waiting = { .fd = hbd_vrrp_io_fd (io), .events = POLLIN };

    poll (&waiting, 1, wait_ms);
    return hbd_vrrp_io_receive (io, on_receive, received);
}

static GBytes *
make_packet (HbdVrrpFamily family, const char *source, const HbdVrrpAddress *destination)
{
    static const guint8 body[] = { 0x21, 51, 100, 0, 0, 1, 0x11, 0x22 };
    HbdVrrpHeader header = { .family = family,
                             .source = address_of (family, source),
                             .destination = *destination,
                             .ttl = 255,
                             .protocol = HBD_VRRP_PROTOCOL,
                             .id = 7 };

    return hbd_vrrp_wrap (&header, body, sizeof body);
}

/* What hbdt1 sends to @group arrives on hbdt0 and does not come back to hbdt1. */
static void
assert_group_carries (HbdVrrpFamily family, const char *source, const char *group_text,
                      Received *received)
{
    HbdVrrpAddress group = address_of (family, group_text);
    g_autoptr (GBytes) packet = make_packet (family, source, &group);
    g_autoptr (HbdVrrpIo) here = open_port ("hbdt0", family, &group);
    g_autoptr (HbdVrrpIo) there = open_port ("hbdt1", family, &group);
    g_autoptr (HbdRecord) record = NULL;

    g_assert_true (hbd_vrrp_io_send (there, packet, &group, 0, &record));
    g_assert_null (record);
    g_assert_cmpuint (wait_and_receive (here, 2000, received), ==, 1);
    g_assert_cmpuint (wait_and_receive (there, 20, received), ==, 0);
    g_assert_cmpuint (hbd_vrrp_io_stats (there)->tx_datagrams, ==, 1);
    g_assert_cmpuint (hbd_vrrp_io_stats (here)->rx_datagrams, ==, 1);
}

static void
test_ipv4_arrives_with_its_header (void)
{
    g_autoptr (GByteArray) data = g_byte_array_new ();
    Received received = { .data = data };
    HbdVrrpAddress group = address_of (HBD_VRRP_IPV4, "224.0.0.18");
    g_autoptr (GBytes) sent = make_packet (HBD_VRRP_IPV4, "10.9.8.2", &group);

    if (!veth_enter ())
        return;
    assert_group_carries (HBD_VRRP_IPV4, "10.9.8.2", "224.0.0.18", &received);
    g_assert_false (received.is_unwrapped);
    g_assert_cmpmem (data->data, data->len, g_bytes_get_data (sent, NULL), g_bytes_get_size (sent));
}

static void
test_ipv6_arrives_with_what_its_header_said (void)
{
    g_autoptr (GByteArray) data = g_byte_array_new ();
    Received received = { .data = data };
    HbdVrrpAddress source = address_of (HBD_VRRP_IPV6, "fe80::99");
    HbdVrrpAddress group = address_of (HBD_VRRP_IPV6, "ff02::12");

    if (!veth_enter () || !veth_has_link_local ("hbdt0") || !veth_has_link_local ("hbdt1"))
        return;
    assert_group_carries (HBD_VRRP_IPV6, "fe80::99", "ff02::12", &received);
    g_assert_true (received.is_unwrapped);
    g_assert_cmpuint (received.packet.ttl, ==, 255);
    g_assert_cmpuint (received.packet.protocol, ==, HBD_VRRP_PROTOCOL);
    g_assert_true (hbd_vrrp_address_equal (&received.packet.source, &source));
    g_assert_true (hbd_vrrp_address_equal (&received.packet.destination, &group));
    g_assert_cmpuint (received.packet.payload_len, ==, 8);
    g_assert_cmpuint (data->data[1], ==, 51);
}

/* A group that was not joined here, and another protocol, are the kernel's to drop. */
static void
test_what_was_not_joined_is_not_heard (void)
{
    g_autoptr (GByteArray) data = g_byte_array_new ();
    Received received = { .data = data };
    HbdVrrpAddress ours = address_of (HBD_VRRP_IPV4, "224.0.0.18");
    HbdVrrpAddress other = address_of (HBD_VRRP_IPV4, "224.0.0.99");
    g_autoptr (GBytes) packet = make_packet (HBD_VRRP_IPV4, "10.9.8.2", &other);
    g_autoptr (HbdRecord) record = NULL;

    if (!veth_enter ())
        return;
    g_autoptr (HbdVrrpIo) here = open_port ("hbdt0", HBD_VRRP_IPV4, &ours);
    g_autoptr (HbdVrrpIo) there = open_port ("hbdt1", HBD_VRRP_IPV4, NULL);

    g_assert_true (hbd_vrrp_io_send (there, packet, &other, 0, &record));
    g_assert_cmpuint (wait_and_receive (here, 50, &received), ==, 0);
}

static void
test_a_missing_interface_is_said (void)
{
    HbdVrrpPortConfig config = { "nosuch0", HBD_VRRP_IPV4, HBD_VRRP_PROTOCOL, NULL, 0 };
    g_autoptr (GError) error = NULL;
    HbdLinkSockets sockets;

    g_assert_false (hbd_vrrp_port_open (&config, &sockets, &error));
    g_assert_nonnull (strstr (error->message, "nosuch0"));
    g_assert_cmpint (sockets.rx_fd, ==, -1);
    g_assert_cmpint (sockets.tx_fd, ==, -1);
}

/* A cable that is out is told once a minute, and counted each time. */
static void
test_failures_are_counted (void)
{
    HbdVrrpAddress group = address_of (HBD_VRRP_IPV4, "224.0.0.18");
    g_autoptr (GBytes) packet = make_packet (HBD_VRRP_IPV4, "10.9.8.2", &group);
    g_autoptr (HbdRecord) first = NULL;
    g_autoptr (HbdRecord) second = NULL;
    g_autoptr (HbdVrrpIo) closed = hbd_vrrp_io_new ("eth9", HBD_VRRP_IPV4);

    g_assert_false (hbd_vrrp_io_send (closed, packet, &group, 0, &first));
    g_assert_null (first);
    if (!veth_enter ())
        return;
    g_autoptr (HbdVrrpIo) io = open_port ("hbdt1", HBD_VRRP_IPV4, &group);

    veth_delete ();
    g_assert_false (hbd_vrrp_io_send (io, packet, &group, HBD_S (100), &first));
    g_assert_nonnull (first);
    g_assert_nonnull (strstr (first->fields, "hbdt1"));
    g_assert_false (hbd_vrrp_io_send (io, packet, &group, HBD_S (101), &second));
    g_assert_null (second);
    g_assert_cmpuint (hbd_vrrp_io_stats (io)->tx_errors, ==, 2);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp-port/ipv4-arrives-with-its-header", test_ipv4_arrives_with_its_header);
    g_test_add_func ("/vrrp-port/ipv6-arrives-with-what-its-header-said",
                     test_ipv6_arrives_with_what_its_header_said);
    g_test_add_func ("/vrrp-port/what-was-not-joined-is-not-heard",
                     test_what_was_not_joined_is_not_heard);
    g_test_add_func ("/vrrp-port/a-missing-interface-is-said", test_a_missing_interface_is_said);
    g_test_add_func ("/vrrp-port/failures-are-counted", test_failures_are_counted);
    return g_test_run ();
}
