/* SPDX-License-Identifier: Apache-2.0 */
/* mcast and mcast6: a group joined on one interface (doc/heartbeat.md 4.1). */
#include "config.h"

#include "hbd/link/socket.h"

#include <arpa/inet.h>
#include <errno.h>

/* The group's address, checked to be one. */
static bool
read_group (const CfgLink *link, int family, struct sockaddr_storage *group, GError **error)
{
    bool is_group = false;

    *group = hbd_link_any_address (family);
    if (family == AF_INET) {
        struct in_addr *address = &((struct sockaddr_in *) group)->sin_addr;

        is_group = inet_pton (family, link->group, address) == 1
                   && IN_MULTICAST (g_ntohl (address->s_addr));
    } else {
        struct in6_addr *address = &((struct sockaddr_in6 *) group)->sin6_addr;

        is_group = inet_pton (family, link->group, address) == 1 && IN6_IS_ADDR_MULTICAST (address);
    }
    if (!is_group)
        g_set_error (error, HBD_LINK_ERROR, EINVAL, "%s is no multicast group", link->group);
    return is_group;
}

static bool
mcast_open (const CfgLink *link, const GPtrArray *links, HbdLinkSockets *sockets, GError **error)
{
    struct ip_mreqn request = { .imr_ifindex = (int) sockets->ifindex };
    struct sockaddr_storage group;

    if (!read_group (link, AF_INET, &group, error)
        || !hbd_link_open_pair (link, AF_INET, sockets, error)
        || !hbd_link_bind (link, sockets, &group, error))
        return false;
    request.imr_multiaddr = ((struct sockaddr_in *) &group)->sin_addr;
    if (setsockopt (sockets->rx_fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) != 0)
        return hbd_link_fail (error, "joining the group", link->interface);
    if (setsockopt (sockets->tx_fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request) != 0)
        return hbd_link_fail (error, "sending to the group", link->interface);
    return hbd_link_set_int (sockets->tx_fd, IPPROTO_IP, IP_MULTICAST_TTL, (int) link->ttl, "ttl",
                             error)
           && hbd_link_set_int (sockets->tx_fd, IPPROTO_IP, IP_MULTICAST_LOOP, link->loop, "loop",
                                error)
           && hbd_link_add_dest (link, sockets, &group, error);
}

static bool
mcast6_open (const CfgLink *link, const GPtrArray *links, HbdLinkSockets *sockets, GError **error)
{
    struct ipv6_mreq request = { .ipv6mr_interface = sockets->ifindex };
    struct sockaddr_storage group;

    if (!read_group (link, AF_INET6, &group, error))
        return false;
    ((struct sockaddr_in6 *) &group)->sin6_scope_id = sockets->ifindex;
    request.ipv6mr_multiaddr = ((struct sockaddr_in6 *) &group)->sin6_addr;
    if (!hbd_link_open_pair (link, AF_INET6, sockets, error)
        || !hbd_link_set_int (sockets->rx_fd, IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY", error)
        || !hbd_link_bind (link, sockets, &group, error))
        return false;
    if (setsockopt (sockets->rx_fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request) != 0)
        return hbd_link_fail (error, "joining the group", link->interface);
    return hbd_link_set_int (sockets->tx_fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
                             (int) sockets->ifindex, "IPV6_MULTICAST_IF", error)
           && hbd_link_set_int (sockets->tx_fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, (int) link->ttl,
                                "hops", error)
           && hbd_link_set_int (sockets->tx_fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, link->loop,
                                "loop", error)
           && hbd_link_add_dest (link, sockets, &group, error);
}

static char *
mcast_describe (const CfgLink *link)
{
    return g_strdup_printf ("%s %s group %s port %u ttl %u loop %d",
                            link->kind == CFG_LINK_MCAST ? "mcast" : "mcast6", link->interface,
                            link->group, link->port, link->ttl, link->loop);
}

const HbdLinkOps hbd_link_mcast_ops = { "mcast", mcast_open, mcast_describe };
const HbdLinkOps hbd_link_mcast6_ops = { "mcast6", mcast6_open, mcast_describe };
