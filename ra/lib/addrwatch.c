/* SPDX-License-Identifier: Apache-2.0 */
/* Route-netlink notifications as events of the main loop; see addrwatch.h. */
#include "config.h"

#include "ra/lib/addrwatch.h"
#include "ra/lib/netlink_parse.h"

#include <glib-unix.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sys/socket.h>

#define RECEIVE_QUEUE (1024 * 1024) /* bytes; a burst of a few thousand notifications */
#define MAX_BATCH     64 /* datagrams per dispatch, so that a storm cannot hold the loop */

struct _RaAddrWatch {
    struct nl_sock *sock;
    GSource *source;
    RaWatchFunc func;
    gpointer user;
};

static int
on_notification (struct nl_msg *msg, void *data)
{
    RaAddrWatch *w = data;
    struct nlmsghdr *header = nlmsg_hdr (msg);
    RaWatchEvent event = { 0 };
    RaLink link;
    switch (header->nlmsg_type) {
    case RTM_NEWADDR:
    case RTM_DELADDR:
        if (!ra_netlink_parse_address (header, &event.address))
            return NL_OK;
        event.kind =
            header->nlmsg_type == RTM_NEWADDR ? RA_WATCH_ADDRESS_ADDED : RA_WATCH_ADDRESS_REMOVED;
        event.ifindex = event.address.ifindex;
        break;
    case RTM_NEWLINK:
    case RTM_DELLINK:
        if (!ra_netlink_parse_link (header, &link))
            return NL_OK;
        event.kind = header->nlmsg_type == RTM_NEWLINK ? RA_WATCH_LINK_CHANGED : RA_WATCH_LINK_GONE;
        event.ifindex = link.index;
        g_strlcpy (event.ifname, link.name, sizeof event.ifname);
        event.is_up = (link.flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
        break;
    default:
        return NL_OK;
    }
    w->func (&event, w->user);
    return NL_OK;
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer data)
{
    RaAddrWatch *w = data;
    int rc = 0;
    for (int i = 0; i < MAX_BATCH && rc >= 0; i++)
        rc = nl_recvmsgs_default (w->sock);
    if (rc < 0 && rc != -NLE_AGAIN) {
        RaWatchEvent event = { .kind = RA_WATCH_OVERRUN };
        w->func (&event, w->user);
    }
    return G_SOURCE_CONTINUE;
}

static int
subscribe (RaAddrWatch *w)
{
    w->sock = nl_socket_alloc ();
    if (w->sock == NULL)
        return -NLE_NOMEM;
    nl_socket_disable_seq_check (w->sock);
    nl_socket_modify_cb (w->sock, NL_CB_VALID, NL_CB_CUSTOM, on_notification, w);
    int rc = nl_connect (w->sock, NETLINK_ROUTE);
    if (rc < 0)
        return rc;
    nl_socket_set_buffer_size (w->sock, RECEIVE_QUEUE, 0);
    nl_socket_set_msg_buf_size (w->sock, 64 * 1024);
    rc = nl_socket_add_memberships (w->sock, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_LINK,
                                    RTNLGRP_NONE);
    return rc < 0 ? rc : nl_socket_set_nonblocking (w->sock);
}

RaAddrWatch *
ra_addr_watch_new (GMainContext *context, RaWatchFunc func, gpointer user, GError **error)
{
    g_autoptr (RaAddrWatch) w = g_new0 (RaAddrWatch, 1);
    w->func = func;
    w->user = user;
    int rc = subscribe (w);
    if (rc < 0) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                     "cannot listen to address changes: %s", nl_geterror (rc));
        return NULL;
    }
    w->source = g_unix_fd_source_new (nl_socket_get_fd (w->sock), G_IO_IN);
    g_source_set_callback (w->source, G_SOURCE_FUNC (on_readable), w, NULL);
    g_source_set_name (w->source, "addrwatch");
    g_source_attach (w->source, context);
    return g_steal_pointer (&w);
}

void
ra_addr_watch_free (RaAddrWatch *w)
{
    if (w == NULL)
        return;
    if (w->source != NULL) {
        g_source_destroy (w->source);
        g_source_unref (w->source);
    }
    if (w->sock != NULL)
        nl_socket_free (w->sock);
    g_free (w);
}
