/* SPDX-License-Identifier: Apache-2.0 */
/* The list of link drivers, and opening through it. */
#include "config.h"

#include "hbd/link/link.h"

#include "hbd/link/socket.h"

#include <net/if.h>
#include <string.h>
#include <unistd.h>

static const HbdLinkOps *const all_ops[] = {
    [CFG_LINK_BCAST] = &hbd_link_bcast_ops,   [CFG_LINK_MCAST] = &hbd_link_mcast_ops,
    [CFG_LINK_MCAST6] = &hbd_link_mcast6_ops, [CFG_LINK_UCAST] = &hbd_link_ucast_ops,
    [CFG_LINK_UCAST6] = &hbd_link_ucast6_ops,
};

const HbdLinkOps *
hbd_link_ops (CfgLinkKind kind)
{
    g_assert (kind < G_N_ELEMENTS (all_ops));
    return all_ops[kind];
}

void
hbd_link_sockets_init (HbdLinkSockets *sockets)
{
    memset (sockets, 0, sizeof *sockets);
    sockets->rx_fd = sockets->tx_fd = -1;
}

void
hbd_link_sockets_clear (HbdLinkSockets *sockets)
{
    if (sockets->rx_fd >= 0)
        close (sockets->rx_fd);
    if (sockets->tx_fd >= 0)
        close (sockets->tx_fd);
    hbd_link_sockets_init (sockets);
}

bool
hbd_link_open (const CfgLink *link, const GPtrArray *links, HbdLinkSockets *sockets, GError **error)
{
    hbd_link_sockets_init (sockets);
    if (hbd_link_find_interface (link, sockets, error)
        && hbd_link_ops (link->kind)->open (link, links, sockets, error))
        return true;
    hbd_link_sockets_clear (sockets);
    return false;
}

bool
hbd_link_needs_reopen (const CfgLink *link, const HbdLinkSockets *sockets)
{
    struct sockaddr_storage broadcast;

    /* A socket is bound to the interface's index, and a new interface of the old name has a new
     * one. */
    if (if_nametoindex (link->interface) != sockets->ifindex || sockets->ifindex == 0)
        return true;
    if (link->kind != CFG_LINK_BCAST || sockets->n_dests == 0)
        return false;
    return !hbd_link_find_broadcast (link->interface, &broadcast)
           || ((struct sockaddr_in *) &broadcast)->sin_addr.s_addr
                  != ((const struct sockaddr_in *) &sockets->dests[0].addr)->sin_addr.s_addr;
}
