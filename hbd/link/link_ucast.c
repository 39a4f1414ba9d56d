/* SPDX-License-Identifier: Apache-2.0 */
/* ucast and ucast6: a copy to each peer; our own address may be among them, so that files can be
 * the same on all nodes (doc/heartbeat.md 1.4, 4.1). */
#include "config.h"

#include "hbd/link/socket.h"

#include <string.h>

#define UCAST_TOS 0x10 /* low delay, as 3.0.6 sets it */

/* It is enough that one peer is good. The first error is told when none is. */
static bool
find_peers (const CfgLink *link, int family, HbdLinkSockets *sockets, GError **error)
{
    g_autoptr (GError) first = NULL;

    for (guint i = 0; i < link->peers->len; i++) {
        g_autoptr (GError) why = NULL;
        struct sockaddr_storage address;

        if (!hbd_link_parse_address (g_ptr_array_index (link->peers, i), family, &address, &why)) {
            if (first == NULL)
                first = g_steal_pointer (&why);
            continue;
        }
        if (family == AF_INET6 && ((struct sockaddr_in6 *) &address)->sin6_scope_id == 0
            && IN6_IS_ADDR_LINKLOCAL (&((struct sockaddr_in6 *) &address)->sin6_addr))
            ((struct sockaddr_in6 *) &address)->sin6_scope_id = sockets->ifindex;
        if (!hbd_link_add_dest (link, sockets, &address, error))
            return false;
    }
    if (sockets->n_dests > 0)
        return true;
    if (first != NULL)
        g_propagate_error (error, g_steal_pointer (&first));
    else
        g_set_error (error, HBD_LINK_ERROR, 0, "no peer on %s", link->interface);
    return false;
}

static bool
open_family (const CfgLink *link, int family, HbdLinkSockets *sockets, GError **error)
{
    bool is_v6 = family == AF_INET6;
    int level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    struct sockaddr_storage any = hbd_link_any_address (family);

    sockets->unicast_only = true;
    if (!find_peers (link, family, sockets, error)
        || !hbd_link_open_pair (link, family, sockets, error))
        return false;
    if (is_v6 && !hbd_link_set_int (sockets->rx_fd, level, IPV6_V6ONLY, 1, "IPV6_V6ONLY", error))
        return false;
    return hbd_link_set_int (sockets->rx_fd, level, is_v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, 1,
                             "PKTINFO", error)
           && hbd_link_set_int (sockets->tx_fd, level, is_v6 ? IPV6_TCLASS : IP_TOS, UCAST_TOS,
                                "TOS", error)
           && hbd_link_bind (link, sockets, &any, error);
}

static bool
ucast_open (const CfgLink *link, const GPtrArray *links, HbdLinkSockets *sockets, GError **error)
{
    return open_family (link, AF_INET, sockets, error);
}

static bool
ucast6_open (const CfgLink *link, const GPtrArray *links, HbdLinkSockets *sockets, GError **error)
{
    return open_family (link, AF_INET6, sockets, error);
}

static char *
ucast_describe (const CfgLink *link)
{
    g_autoptr (GString) text = g_string_new (link->kind == CFG_LINK_UCAST ? "ucast " : "ucast6 ");

    g_string_append_printf (text, "%s port %u to", link->interface, link->port);
    for (guint i = 0; i < link->peers->len; i++)
        g_string_append_printf (text, " %s", (const char *) g_ptr_array_index (link->peers, i));
    return g_string_free (g_steal_pointer (&text), FALSE);
}

const HbdLinkOps hbd_link_ucast_ops = { "ucast", ucast_open, ucast_describe };
const HbdLinkOps hbd_link_ucast6_ops = { "ucast6", ucast6_open, ucast_describe };
