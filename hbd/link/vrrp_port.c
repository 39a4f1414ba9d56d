/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a VRRP port: a raw socket that hears the protocol on the interface, and one that sends
 * whole IP packets there. */
#include "config.h"

#include "hbd/link/vrrp_port.h"

#include "hbd/link/socket.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#define RX_BUFFER_BYTES (256 * 1024) /* 255 instances, each with a burst of adverts */
#define SEND_PRIORITY   6

static int
open_raw (const HbdVrrpPortConfig *config, int protocol, GError **error)
{
    int family = config->family == HBD_VRRP_IPV6 ? AF_INET6 : AF_INET;
    int fd = socket (family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

    if (fd < 0) {
        hbd_link_fail (error, "raw socket", config->interface);
        return -1;
    }
    if (setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, config->interface,
                    (socklen_t) strlen (config->interface) + 1)
        != 0) {
        hbd_link_fail (error, "binding to the device", config->interface);
        close (fd);
        return -1;
    }
    return fd;
}

static bool
join (int fd, const HbdVrrpPortConfig *config, guint ifindex, const HbdVrrpAddress *group,
      GError **error)
{
    int status;

    if (config->family == HBD_VRRP_IPV4) {
        struct ip_mreqn request = { .imr_ifindex = (int) ifindex };

        memcpy (&request.imr_multiaddr, group->bytes, sizeof request.imr_multiaddr);
        status = setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
    } else {
        struct ipv6_mreq request = { .ipv6mr_interface = ifindex };

        memcpy (&request.ipv6mr_multiaddr, group->bytes, sizeof request.ipv6mr_multiaddr);
        status = setsockopt (fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request);
    }
    return status == 0 || hbd_link_fail (error, "joining the group", config->interface);
}

/* What is received: only this protocol, only groups joined here, IPv6 with what its header said. */
static bool
prepare_rx (const HbdVrrpPortConfig *config, const HbdLinkSockets *sockets, GError **error)
{
    bool is_v6 = config->family == HBD_VRRP_IPV6;
    int level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    int fd = sockets->rx_fd;

    if (!hbd_link_set_int (fd, SOL_SOCKET, SO_RCVBUF, RX_BUFFER_BYTES, "SO_RCVBUF", error)
        || !hbd_link_set_int (fd, level, is_v6 ? IPV6_MULTICAST_ALL : IP_MULTICAST_ALL, 0,
                              "MULTICAST_ALL", error))
        return false;
    if (is_v6
        && (!hbd_link_set_int (fd, level, IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO", error)
            || !hbd_link_set_int (fd, level, IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT", error)))
        return false;
    for (guint i = 0; i < config->group_count; i++)
        if (!join (fd, config, sockets->ifindex, &config->groups[i], error))
            return false;
    return true;
}

/* Our own adverts must not come back to us. */
static bool
prepare_tx (const HbdVrrpPortConfig *config, const HbdLinkSockets *sockets, GError **error)
{
    int fd = sockets->tx_fd;

    if (!hbd_link_set_int (fd, SOL_SOCKET, SO_PRIORITY, SEND_PRIORITY, "SO_PRIORITY", error))
        return false;
    if (config->family == HBD_VRRP_IPV6)
        return hbd_link_set_int (fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int) sockets->ifindex,
                                 "IPV6_MULTICAST_IF", error)
               && hbd_link_set_int (fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, "loop", error);
    struct ip_mreqn request = { .imr_ifindex = (int) sockets->ifindex };

    if (setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request) != 0)
        return hbd_link_fail (error, "sending to a group", config->interface);
    return hbd_link_set_int (fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0, "loop", error);
}

static bool
open_both (const HbdVrrpPortConfig *config, HbdLinkSockets *sockets, GError **error)
{
    sockets->ifindex = if_nametoindex (config->interface);
    if (sockets->ifindex == 0) {
        g_set_error (error, HBD_LINK_ERROR, ENODEV, "interface %s does not exist",
                     config->interface);
        return false;
    }
    sockets->rx_fd = open_raw (config, config->protocol, error);
    if (sockets->rx_fd < 0)
        return false;
    sockets->tx_fd = open_raw (config, IPPROTO_RAW, error); /* the packet has its header */
    return sockets->tx_fd >= 0 && prepare_rx (config, sockets, error)
           && prepare_tx (config, sockets, error);
}

bool
hbd_vrrp_port_open (const HbdVrrpPortConfig *config, HbdLinkSockets *sockets, GError **error)
{
    hbd_link_sockets_init (sockets);
    if (config->group_count > HBD_VRRP_PORT_MAX_GROUPS) {
        g_set_error (error, HBD_LINK_ERROR, E2BIG, "more than %d multicast groups on %s",
                     HBD_VRRP_PORT_MAX_GROUPS, config->interface);
        return false;
    }
    if (open_both (config, sockets, error))
        return true;
    hbd_link_sockets_clear (sockets);
    return false;
}
