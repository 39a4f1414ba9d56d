/* SPDX-License-Identifier: Apache-2.0 */
/* Links over the loopback device without privileges; bcast, mcast and the monitor on a veth pair
 * in a network namespace of the test's own, where that is allowed. */
#include "config.h"

#include "hbd/link/link.h"
#include "hbd/link/monitor.h"
#include "hbd/wire/message.h"
#include "tests/unit/veth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    guint count;
    GByteArray *last;
} Received;

static void
on_receive (gpointer user_data, const guint8 *data, gsize len)
{
    Received *received = user_data;

    received->count++;
    g_byte_array_set_size (received->last, 0);
    g_byte_array_append (received->last, data, (guint) len);
}

static CfgLink
make_link (CfgLinkKind kind, const char *interface, guint16 port, const char *peer)
{
    CfgLink link = { .kind = kind, .interface = (char *) interface, .port = port };

    link.peers = g_ptr_array_new ();
    if (kind == CFG_LINK_MCAST || kind == CFG_LINK_MCAST6) {
        link.group = (char *) peer;
        link.ttl = 1;
        link.loop = true;
    } else if (peer != NULL) {
        g_ptr_array_add (link.peers, (gpointer) peer);
    }
    return link;
}

static guint16
free_port (void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t len = sizeof address;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
    g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &len), ==, 0);
    close (fd);
    return g_ntohs (address.sin_port);
}

/* Send through @io and take what comes back to it; the kernel loops it without delay. */
static guint
send_and_receive (HbdLinkIo *io, const void *data, gsize len, Received *received)
{
    struct pollfd waiting = { .fd = hbd_link_io_fd (io), .events = POLLIN };
    g_autoptr (HbdRecord) record = NULL;

    g_assert_true (hbd_link_io_send (io, data, len, 0, &record));
    g_assert_null (record);
    poll (&waiting, 1, 1000);
    return hbd_link_io_receive (io, on_receive, received);
}

/* Open @link; its own datagram comes back byte for byte. */
static void
assert_link_carries (CfgLink *link)
{
    static const guint8 data[] = "###\n%%%\n\0\xff";
    g_autoptr (HbdLinkIo) io = hbd_link_io_new ("test");
    g_autoptr (GError) error = NULL;
    HbdLinkSockets sockets;
    Received received = { .last = g_byte_array_new () };

    hbd_link_open (link, NULL, &sockets, &error);
    g_assert_no_error (error);
    g_assert_false (hbd_link_needs_reopen (link, &sockets));
    g_assert_cmpint (fcntl (sockets.rx_fd, F_GETFD) & FD_CLOEXEC, !=, 0);
    g_assert_cmpint (fcntl (sockets.tx_fd, F_GETFL) & O_NONBLOCK, !=, 0);
    hbd_link_io_attach (io, &sockets);
    g_assert_cmpint (sockets.rx_fd, ==, -1);
    g_assert_true (hbd_link_io_is_open (io));
    g_assert_cmpuint (send_and_receive (io, data, sizeof data, &received), ==, 1);
    g_assert_cmpmem (received.last->data, received.last->len, data, sizeof data);
    g_assert_cmpuint (hbd_link_io_receive (io, on_receive, &received), ==, 0);
    g_assert_cmpuint (hbd_link_io_stats (io)->rx_errors, ==, 0);
    g_byte_array_unref (received.last);
}

static bool
has_loopback (void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { g_htonl (0x7f000001) } };
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_ok = fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0;

    if (fd >= 0)
        close (fd);
    if (!is_ok)
        g_test_skip ("no loopback device");
    return is_ok;
}

static void
test_ucast_carries_datagrams (void)
{
    CfgLink link = make_link (CFG_LINK_UCAST, "lo", free_port (), "127.0.0.1");

    if (has_loopback ())
        assert_link_carries (&link);
    g_ptr_array_unref (link.peers);
}

static HbdLinkIo *
open_ucast (guint16 port, const char *peer, const char *second)
{
    CfgLink link = make_link (CFG_LINK_UCAST, "lo", port, peer);
    HbdLinkIo *io = hbd_link_io_new ("lo");
    g_autoptr (GError) error = NULL;
    HbdLinkSockets sockets;

    if (second != NULL)
        g_ptr_array_add (link.peers, (gpointer) second);
    hbd_link_open (&link, NULL, &sockets, &error);
    g_assert_no_error (error);
    hbd_link_io_attach (io, &sockets);
    g_ptr_array_unref (link.peers);
    return io;
}

static void
test_every_destination_gets_a_copy (void)
{
    g_autoptr (HbdLinkIo) io = NULL;
    Received received = { .last = g_byte_array_new () };

    if (has_loopback ()) {
        io = open_ucast (free_port (), "127.0.0.1", "127.0.0.2");
        g_assert_cmpuint (send_and_receive (io, "x", 1, &received), ==, 2);
        g_assert_cmpuint (hbd_link_io_stats (io)->tx_datagrams, ==, 2);
    }
    g_byte_array_unref (received.last);
}

static void
test_ucast_does_not_take_broadcasts (void)
{
    struct sockaddr_in target = { .sin_family = AF_INET, .sin_addr = { g_htonl (0x7fffffff) } };
    g_autoptr (HbdLinkIo) io = NULL;
    Received received = { .last = g_byte_array_new () };
    guint16 port = free_port ();
    int fd, yes = 1;

    if (has_loopback ()) {
        io = open_ucast (port, "127.0.0.1", NULL);
        target.sin_port = g_htons (port);
        fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        setsockopt (fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
        g_assert_cmpint (sendto (fd, "x", 1, 0, (struct sockaddr *) &target, sizeof target), ==, 1);
        close (fd);
        g_assert_cmpuint (send_and_receive (io, "y", 1, &received), ==, 1);
        g_assert_cmpint (received.last->data[0], ==, 'y');
        g_assert_cmpuint (hbd_link_io_stats (io)->rx_filtered, ==, 1);
    }
    g_byte_array_unref (received.last);
}

static void
test_what_is_longer_than_a_message_is_not_taken (void)
{
    g_autofree guint8 *data = g_malloc0 (HBD_MESSAGE_MAX_BYTES + 2);
    g_autoptr (HbdLinkIo) io = NULL;
    Received received = { .last = g_byte_array_new () };

    if (has_loopback ()) {
        io = open_ucast (free_port (), "127.0.0.1", NULL);
        g_assert_cmpuint (send_and_receive (io, data, HBD_MESSAGE_MAX_BYTES, &received), ==, 1);
        g_assert_cmpuint (received.last->len, ==, HBD_MESSAGE_MAX_BYTES);
        g_assert_cmpuint (send_and_receive (io, data, HBD_MESSAGE_MAX_BYTES + 1, &received), ==, 0);
        g_assert_cmpuint (send_and_receive (io, data, HBD_MESSAGE_MAX_BYTES + 2, &received), ==, 0);
        g_assert_cmpuint (hbd_link_io_stats (io)->rx_too_long, ==, 2);
    }
    g_byte_array_unref (received.last);
}

static void
test_what_the_kernel_had_no_room_for_is_counted (void)
{
    guint16 port = free_port ();
    struct sockaddr_in target = { .sin_family = AF_INET,
                                  .sin_port = g_htons (port),
                                  .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
    g_autofree guint8 *data = g_malloc0 (HBD_MESSAGE_MAX_BYTES);
    g_autoptr (HbdLinkIo) io = NULL;
    guint64 seen;
    int fd;

    if (!has_loopback ())
        return;
    io = open_ucast (port, "127.0.0.1", NULL);
    g_assert_cmpuint (hbd_link_io_overflows (io), ==, 0);
    fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (guint i = 0; i < 100; i++) /* 6 MB for a buffer of half a MB */
        g_assert_cmpint (
            sendto (fd, data, HBD_MESSAGE_MAX_BYTES, 0, (struct sockaddr *) &target, sizeof target),
            ==, HBD_MESSAGE_MAX_BYTES);
    close (fd);
    seen = hbd_link_io_overflows (io);
    g_assert_cmpuint (seen, >, 0);
    hbd_link_io_detach (io);
    g_assert_cmpuint (hbd_link_io_overflows (io), ==, seen);
}

static void
test_a_batch_is_bounded (void)
{
    g_autoptr (HbdLinkIo) io = NULL;
    Received received = { .last = g_byte_array_new () };

    if (has_loopback ()) {
        io = open_ucast (free_port (), "127.0.0.1", NULL);
        for (guint i = 0; i < 99; i++) {
            g_autoptr (HbdRecord) record = NULL;

            g_assert_true (hbd_link_io_send (io, "x", 1, 0, &record));
        }
        g_assert_cmpuint (send_and_receive (io, "x", 1, &received), ==, 32);
        while (hbd_link_io_receive (io, on_receive, &received) > 0)
            ;
        g_assert_cmpuint (received.count, ==, 100);
    }
    g_byte_array_unref (received.last);
}

static void
test_send_errors_are_counted_and_said_once (void)
{
    g_autoptr (HbdLinkIo) io = NULL;
    HbdRecord *record;

    if (!has_loopback ())
        return;
    /* The device cannot reach it. */
    io = open_ucast (free_port (), "127.0.0.1", NULL);
    for (guint i = 0; i < 3; i++) {
        /* Longer than any datagram. */
        g_autofree guint8 *data = g_malloc0 (70000);

        g_assert_false (hbd_link_io_send (io, data, 70000, HBD_S (i), &record));
        g_assert_cmpint (record != NULL, ==, i == 0);
        if (record != NULL)
            g_assert_cmpstr (record->name, ==, "link.send-failed");
        hbd_record_free (record);
    }
    g_assert_cmpuint (hbd_link_io_stats (io)->tx_errors, ==, 3);
    hbd_link_io_detach (io);
    g_assert_false (hbd_link_io_is_open (io));
    g_assert_false (hbd_link_io_send (io, "x", 1, 0, &record));
    g_assert_cmpint (hbd_link_io_fd (io), ==, -1);
}

typedef struct {
    CfgLinkKind kind;
    const char *interface;
    const char *peer;
    const char *message; /* begins so */
} ErrorRow;

static const ErrorRow error_rows[] = {
    { CFG_LINK_BCAST, "nosuch0", NULL, "interface nosuch0 does not exist" },
    { CFG_LINK_BCAST, "lo", NULL, "interface lo has no IPv4 address with a broadcast address" },
    { CFG_LINK_UCAST, "nosuch0", "127.0.0.1", "interface nosuch0 does not exist" },
    { CFG_LINK_UCAST, "lo", NULL, "no peer on lo" },
    { CFG_LINK_UCAST, "lo", "::1", "::1 is no address of this family" },
    { CFG_LINK_UCAST6, "lo", "127.0.0.1", "127.0.0.1 is no address of this family" },
    { CFG_LINK_MCAST, "lo", "10.0.0.1", "10.0.0.1 is no multicast group" },
    { CFG_LINK_MCAST6, "lo", "::1", "::1 is no multicast group" },
    { CFG_LINK_MCAST6, "lo", "225.0.0.1", "225.0.0.1 is no multicast group" },
};

static void
test_errors_say_what_is_wrong (void)
{
    if (!has_loopback ())
        return;
    for (guint i = 0; i < G_N_ELEMENTS (error_rows); i++) {
        const ErrorRow *row = &error_rows[i];
        CfgLink link = make_link (row->kind, row->interface, 6940, row->peer);
        g_autoptr (GError) error = NULL;
        HbdLinkSockets sockets;

        g_assert_false (hbd_link_open (&link, NULL, &sockets, &error));
        g_assert_nonnull (error);
        g_test_message ("%s", error->message);
        g_assert_true (g_str_has_prefix (error->message, row->message));
        g_assert_cmpint (sockets.rx_fd, ==, -1);
        g_assert_cmpint (sockets.tx_fd, ==, -1);
        g_ptr_array_unref (link.peers);
    }
}

static void
test_one_known_peer_is_enough (void)
{
    CfgLink link = make_link (CFG_LINK_UCAST, "lo", free_port (), "no:such:name");
    HbdLinkSockets sockets;

    g_ptr_array_add (link.peers, (gpointer) "127.0.0.1");
    if (has_loopback ()) {
        g_assert_true (hbd_link_open (&link, NULL, &sockets, NULL));
        g_assert_cmpuint (sockets.n_dests, ==, 1);
        hbd_link_sockets_clear (&sockets);
    }
    g_ptr_array_unref (link.peers);
}

static void
test_too_many_peers_are_refused (void)
{
    CfgLink link = make_link (CFG_LINK_UCAST, "lo", free_port (), "127.0.0.1");
    HbdLinkSockets sockets;

    for (guint i = 0; i < HBD_LINK_MAX_DESTS; i++)
        g_ptr_array_add (link.peers, (gpointer) "127.0.0.1");
    g_assert_false (hbd_link_open (&link, NULL, &sockets, NULL));
    g_ptr_array_unref (link.peers);
}

static void
test_descriptions (void)
{
    CfgLink ucast = make_link (CFG_LINK_UCAST, "eth0", 694, "10.0.0.2");
    CfgLink mcast = make_link (CFG_LINK_MCAST, "eth1", 695, "225.0.0.1");
    CfgLink bcast = make_link (CFG_LINK_BCAST, "eth2", 694, NULL);
    g_autofree char *a = hbd_link_ops (CFG_LINK_UCAST)->describe (&ucast);
    g_autofree char *b = hbd_link_ops (CFG_LINK_MCAST)->describe (&mcast);
    g_autofree char *c = hbd_link_ops (CFG_LINK_BCAST)->describe (&bcast);

    g_assert_cmpstr (a, ==, "ucast eth0 port 694 to 10.0.0.2");
    g_assert_cmpstr (b, ==, "mcast eth1 group 225.0.0.1 port 695 ttl 1 loop 1");
    g_assert_cmpstr (c, ==, "bcast eth2 port 694");
    g_ptr_array_unref (ucast.peers);
    g_ptr_array_unref (mcast.peers);
    g_ptr_array_unref (bcast.peers);
}

/* --- in a namespace of our own --- */

static void
test_bcast_and_mcast_carry_datagrams (void)
{
    CfgLink bcast = make_link (CFG_LINK_BCAST, "hbdt0", 694, NULL);
    CfgLink mcast = make_link (CFG_LINK_MCAST, "hbdt0", 694, "225.0.0.1");
    CfgLink mcast6 = make_link (CFG_LINK_MCAST6, "hbdt0", 694, "ff12::1:2");

    if (veth_enter ()) {
        assert_link_carries (&bcast);
        assert_link_carries (&mcast);
        if (veth_has_link_local ("hbdt0"))
            assert_link_carries (&mcast6);
    }
    g_ptr_array_unref (bcast.peers);
    g_ptr_array_unref (mcast.peers);
    g_ptr_array_unref (mcast6.peers);
}

/* All five on one interface and port: each hears its own kind only. */
static void
test_links_share_a_port (void)
{
    CfgLink links[3] = { make_link (CFG_LINK_UCAST, "hbdt0", 694, "10.9.8.1"),
                         make_link (CFG_LINK_BCAST, "hbdt0", 694, NULL),
                         make_link (CFG_LINK_MCAST, "hbdt0", 694, "225.0.0.1") };
    g_autoptr (GPtrArray) all = g_ptr_array_new ();
    Received received = { .last = g_byte_array_new () };
    HbdLinkIo *io[3] = { NULL };
    bool is_in = veth_enter ();

    for (guint i = 0; i < 3; i++)
        g_ptr_array_add (all, &links[i]);
    for (guint i = 0; is_in && i < 3; i++) {
        HbdLinkSockets sockets;

        g_assert_true (hbd_link_open (&links[i], all, &sockets, NULL));
        io[i] = hbd_link_io_new (links[i].interface);
        hbd_link_io_attach (io[i], &sockets);
    }
    /* What the host sends to its own unicast address takes the loopback device, so ucast is
     * silent here; what matters is that it hears nothing of the others. */
    for (guint i = 1; is_in && i < 3; i++) {
        g_assert_cmpuint (send_and_receive (io[i], "x", 1, &received), ==, 1);
        for (guint j = 0; j < 3; j++)
            g_assert_cmpuint (hbd_link_io_receive (io[j], on_receive, &received), ==, 0);
    }
    for (guint i = 0; i < 3; i++) {
        hbd_link_io_free (io[i]);
        g_ptr_array_unref (links[i].peers);
    }
    g_byte_array_unref (received.last);
}

static void
test_a_new_interface_or_address_needs_reopening (void)
{
    CfgLink link = make_link (CFG_LINK_BCAST, "hbdt0", 694, NULL);
    HbdLinkSockets sockets;

    if (veth_enter ()) {
        g_assert_true (hbd_link_open (&link, NULL, &sockets, NULL));
        /* A service address beside it changes nothing. */
        veth_set_address ("hbdt0:1", "10.9.8.100");
        g_assert_false (hbd_link_needs_reopen (&link, &sockets));
        veth_set_address ("hbdt0", "10.9.9.1");
        g_assert_true (hbd_link_needs_reopen (&link, &sockets));
        hbd_link_sockets_clear (&sockets);
        g_assert_true (hbd_link_open (&link, NULL, &sockets, NULL));
        veth_delete ();
        g_assert_true (hbd_link_needs_reopen (&link, &sockets));
        veth_add ();
        veth_set_address ("hbdt0", "10.9.9.1");
        veth_set_up ("hbdt0", true);
        g_assert_true (hbd_link_needs_reopen (&link, &sockets));
        hbd_link_sockets_clear (&sockets);
    }
    g_ptr_array_unref (link.peers);
}

static void
on_change (gpointer user_data, const char *name, bool is_usable, bool addresses_changed)
{
    if (strcmp (name, "hbdt0") == 0)
        g_string_append_printf (user_data, "%d%s ", is_usable, addresses_changed ? "a" : "");
}

static void
dispatch (HbdLinkMonitor *monitor, GString *seen)
{
    struct pollfd waiting = { .fd = hbd_link_monitor_fd (monitor), .events = POLLIN };

    g_string_truncate (seen, 0);
    /* Carrier changes are told by a kernel worker; wait until nothing more comes. */
    while (poll (&waiting, 1, seen->len > 0 ? 50 : 1000) > 0)
        hbd_link_monitor_dispatch (monitor);
}

static void
test_monitor_tells_what_changes (void)
{
    g_autoptr (HbdLinkMonitor) monitor = NULL;
    g_autoptr (GString) seen = g_string_new (NULL);

    if (!veth_enter ())
        return;
    monitor = hbd_link_monitor_new (on_change, seen, NULL);
    g_assert_nonnull (monitor);
    g_assert_cmpuint (seen->len, ==, 0);
    g_assert_true (hbd_link_monitor_is_usable (monitor, "hbdt0"));
    g_assert_false (hbd_link_monitor_is_usable (monitor, "nosuch0"));

    /* The other end goes: no carrier. */
    veth_set_up ("hbdt1", false);
    dispatch (monitor, seen);
    g_assert_cmpstr (seen->str, ==, "0 ");
    g_assert_false (hbd_link_monitor_is_usable (monitor, "hbdt0"));
    veth_set_up ("hbdt1", true);
    dispatch (monitor, seen);
    g_assert_nonnull (strstr (seen->str, "1 "));

    veth_set_address ("hbdt0:1", "10.9.8.100");
    dispatch (monitor, seen);
    g_assert_nonnull (strstr (seen->str, "1a "));

    veth_delete ();
    dispatch (monitor, seen);
    g_assert_true (g_str_has_suffix (seen->str, "0 ") || g_str_has_suffix (seen->str, "0a "));
    g_assert_false (hbd_link_monitor_is_usable (monitor, "hbdt0"));
    veth_add ();
    dispatch (monitor, seen);
    veth_set_up ("hbdt0", true);
    veth_set_up ("hbdt1", true);
    dispatch (monitor, seen);
    g_assert_true (hbd_link_monitor_is_usable (monitor, "hbdt0"));
}

#define ADD(name, function) g_test_add_func ("/link/" name, function)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("ucast/carries-datagrams", test_ucast_carries_datagrams);
    ADD ("ucast/every-destination-gets-a-copy", test_every_destination_gets_a_copy);
    ADD ("ucast/takes-no-broadcasts", test_ucast_does_not_take_broadcasts);
    ADD ("ucast/one-known-peer-is-enough", test_one_known_peer_is_enough);
    ADD ("ucast/too-many-peers", test_too_many_peers_are_refused);
    ADD ("io/too-long-is-not-taken", test_what_is_longer_than_a_message_is_not_taken);
    ADD ("io/overflow-is-counted", test_what_the_kernel_had_no_room_for_is_counted);
    ADD ("io/batch-is-bounded", test_a_batch_is_bounded);
    ADD ("io/send-errors", test_send_errors_are_counted_and_said_once);
    ADD ("open/errors-say-what-is-wrong", test_errors_say_what_is_wrong);
    ADD ("open/descriptions", test_descriptions);
    ADD ("open/bcast-and-mcast-carry-datagrams", test_bcast_and_mcast_carry_datagrams);
    ADD ("open/links-share-a-port", test_links_share_a_port);
    ADD ("open/needs-reopening", test_a_new_interface_or_address_needs_reopening);
    ADD ("monitor/tells-what-changes", test_monitor_tells_what_changes);
    return g_test_run ();
}
