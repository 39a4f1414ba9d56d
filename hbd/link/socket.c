/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/link/socket.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RX_BUFFER_BYTES (256 * 1024) /* doc/heartbeat.md 4.1 */
#define SEND_PRIORITY   6            /* ahead of bulk traffic in the host's own queues */

G_DEFINE_QUARK (hbd - link - error - quark, hbd_link_error)

bool
hbd_link_fail (GError **error, const char *what, const char *interface)
{
    int code = errno;

    g_set_error (error, HBD_LINK_ERROR, code, "%s on %s: %s", what, interface, g_strerror (code));
    return false;
}

bool
hbd_link_find_interface (const CfgLink *link, HbdLinkSockets *sockets, GError **error)
{
    sockets->ifindex = if_nametoindex (link->interface);
    if (sockets->ifindex != 0)
        return true;
    g_set_error (error, HBD_LINK_ERROR, ENODEV, "interface %s does not exist", link->interface);
    return false;
}

bool
hbd_link_set_int (int fd, int level, int option, int value, const char *what, GError **error)
{
    if (setsockopt (fd, level, option, &value, sizeof value) == 0)
        return true;
    return hbd_link_fail (error, what, "a link's socket");
}

/* One socket bound to the device; -1 with @error. */
static int
open_socket (const CfgLink *link, int family, GError **error)
{
    int fd = socket (family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        hbd_link_fail (error, "socket", link->interface);
        return -1;
    }
    if (setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, link->interface,
                    (socklen_t) strlen (link->interface) + 1)
        != 0) {
        hbd_link_fail (error, "binding to the device", link->interface);
        close (fd);
        return -1;
    }
    return fd;
}

bool
hbd_link_open_pair (const CfgLink *link, int family, HbdLinkSockets *sockets, GError **error)
{
    /* Groups that others on this host joined are not for us. */
    int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
    int option = family == AF_INET ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL;

    sockets->rx_fd = open_socket (link, family, error);
    if (sockets->rx_fd < 0)
        return false;
    sockets->tx_fd = open_socket (link, family, error);
    if (sockets->tx_fd < 0)
        return false;
    return hbd_link_set_int (sockets->rx_fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR", error)
           && hbd_link_set_int (sockets->rx_fd, SOL_SOCKET, SO_RCVBUF, RX_BUFFER_BYTES, "SO_RCVBUF",
                                error)
           && hbd_link_set_int (sockets->rx_fd, level, option, 0, "MULTICAST_ALL", error)
           && hbd_link_set_int (sockets->tx_fd, SOL_SOCKET, SO_PRIORITY, SEND_PRIORITY,
                                "SO_PRIORITY", error);
}

static socklen_t
set_port (struct sockaddr_storage *address, guint16 port)
{
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *) address)->sin6_port = g_htons (port);
        return sizeof (struct sockaddr_in6);
    }
    ((struct sockaddr_in *) address)->sin_port = g_htons (port);
    return sizeof (struct sockaddr_in);
}

bool
hbd_link_bind (const CfgLink *link, HbdLinkSockets *sockets, struct sockaddr_storage *address,
               GError **error)
{
    socklen_t len = set_port (address, link->port);

    if (bind (sockets->rx_fd, (struct sockaddr *) address, len) == 0)
        return true;
    return hbd_link_fail (error, "binding to the port", link->interface);
}

bool
hbd_link_add_dest (const CfgLink *link, HbdLinkSockets *sockets,
                   const struct sockaddr_storage *address, GError **error)
{
    HbdLinkAddress *dest;

    if (sockets->n_dests == HBD_LINK_MAX_DESTS) {
        g_set_error (error, HBD_LINK_ERROR, E2BIG, "more than %d peers on %s", HBD_LINK_MAX_DESTS,
                     link->interface);
        return false;
    }
    dest = &sockets->dests[sockets->n_dests++];
    dest->addr = *address;
    dest->len = set_port (&dest->addr, link->port);
    return true;
}

struct sockaddr_storage
hbd_link_any_address (int family)
{
    struct sockaddr_storage address = { .ss_family = (sa_family_t) family };

    /* All zero is "any" in both families. */
    return address;
}
