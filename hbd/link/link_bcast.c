/* SPDX-License-Identifier: Apache-2.0 */
/* bcast: the broadcast address of the interface (doc/heartbeat.md 4.1). */
#include "config.h"

#include "hbd/link/socket.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

bool
hbd_link_find_broadcast (const char *interface, struct sockaddr_storage *address)
{
    struct ifaddrs *list = NULL;
    bool is_found = false;

    if (getifaddrs (&list) != 0)
        return false;
    for (const struct ifaddrs *at = list; at != NULL && !is_found; at = at->ifa_next) {
        const char *colon = strchr (at->ifa_name, ':');
        gsize len = colon != NULL ? (gsize) (colon - at->ifa_name) : strlen (at->ifa_name);

        /* Addresses with a label ("eth0:0") are listed under it; services have such. */
        if (len != strlen (interface) || strncmp (at->ifa_name, interface, len) != 0)
            continue;
        if (at->ifa_addr == NULL || at->ifa_addr->sa_family != AF_INET
            || (at->ifa_flags & IFF_BROADCAST) == 0 || at->ifa_broadaddr == NULL)
            continue;
        memset (address, 0, sizeof *address);
        memcpy (address, at->ifa_broadaddr, sizeof (struct sockaddr_in));
        is_found = ((struct sockaddr_in *) address)->sin_addr.s_addr != INADDR_ANY;
    }
    freeifaddrs (list);
    return is_found;
}

/* Does a ucast link listen on the same interface and port? */
static bool
shares_with_ucast (const CfgLink *link, const GPtrArray *links)
{
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const CfgLink *other = g_ptr_array_index (links, i);

        if (other->kind == CFG_LINK_UCAST && other->port == link->port
            && strcmp (other->interface, link->interface) == 0)
            return true;
    }
    return false;
}

static bool
bcast_open (const CfgLink *link, const GPtrArray *links, HbdLinkSockets *sockets, GError **error)
{
    struct sockaddr_storage broadcast;
    struct sockaddr_storage listen_on = hbd_link_any_address (AF_INET);

    if (!hbd_link_find_broadcast (link->interface, &broadcast)) {
        g_set_error (error, HBD_LINK_ERROR, EADDRNOTAVAIL,
                     "interface %s has no IPv4 address with a broadcast address", link->interface);
        return false;
    }
    /* Of two sockets on "any" only one would get what is sent to this node alone. */
    if (shares_with_ucast (link, links))
        listen_on = broadcast;
    return hbd_link_open_pair (link, AF_INET, sockets, error)
           && hbd_link_bind (link, sockets, &listen_on, error)
           && hbd_link_set_int (sockets->tx_fd, SOL_SOCKET, SO_BROADCAST, 1, "SO_BROADCAST", error)
           && hbd_link_set_int (sockets->tx_fd, SOL_SOCKET, SO_DONTROUTE, 1, "SO_DONTROUTE", error)
           && hbd_link_add_dest (link, sockets, &broadcast, error);
}

static char *
bcast_describe (const CfgLink *link)
{
    return g_strdup_printf ("bcast %s port %u", link->interface, link->port);
}

const HbdLinkOps hbd_link_bcast_ops = { "bcast", bcast_open, bcast_describe };
