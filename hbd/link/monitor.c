/* SPDX-License-Identifier: Apache-2.0 */
/* rtnetlink listener on libnl-3: links and addresses. It keeps what it knows, so that only changes
 * are told; a renewed address lifetime, several a second on an owner, is none. */
#include "config.h"

#include "hbd/link/monitor.h"

#include "hbd/link/socket.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <string.h>

typedef struct {
    char name[IFNAMSIZ];
    bool is_usable;
} Interface;

struct _HbdLinkMonitor {
    HbdLinkMonitorFunc func;
    gpointer user_data;
    struct nl_sock *socket;
    GHashTable *interfaces; /* index -> Interface */
    GHashTable *addresses;  /* "index family prefix bytes" as GBytes, a set */
    bool is_loading;        /* first dump: nothing is told */
};

static void
tell (HbdLinkMonitor *monitor, const Interface *interface, bool is_usable, bool addresses_changed)
{
    if (!monitor->is_loading)
        monitor->func (monitor->user_data, interface->name, is_usable, addresses_changed);
}

static void
forget_interface (HbdLinkMonitor *monitor, int index)
{
    Interface *known = g_hash_table_lookup (monitor->interfaces, GINT_TO_POINTER (index));

    if (known == NULL)
        return;
    tell (monitor, known, false, false);
    g_hash_table_remove (monitor->interfaces, GINT_TO_POINTER (index));
}

static void
take_interface (HbdLinkMonitor *monitor, int index, const char *name, bool is_usable)
{
    Interface *known = g_hash_table_lookup (monitor->interfaces, GINT_TO_POINTER (index));

    if (known != NULL && strcmp (known->name, name) != 0) {
        forget_interface (monitor, index);
        known = NULL;
    }
    if (known != NULL && known->is_usable == is_usable)
        return;
    if (known == NULL) {
        known = g_new0 (Interface, 1);
        g_strlcpy (known->name, name, sizeof known->name);
        g_hash_table_insert (monitor->interfaces, GINT_TO_POINTER (index), known);
    }
    known->is_usable = is_usable;
    tell (monitor, known, is_usable, false);
}

static void
take_link (HbdLinkMonitor *monitor, struct nlmsghdr *header)
{
    const unsigned int running = IFF_UP | IFF_RUNNING;
    struct nlattr *attributes[IFLA_MAX + 1];
    const struct ifinfomsg *info;

    if (nlmsg_parse (header, sizeof *info, attributes, IFLA_MAX, NULL) < 0)
        return;
    info = nlmsg_data (header);
    /* Bridges tell about their ports in messages of the same type. */
    if (info->ifi_family != AF_UNSPEC)
        return;
    if (header->nlmsg_type == RTM_DELLINK)
        forget_interface (monitor, info->ifi_index);
    else if (attributes[IFLA_IFNAME] != NULL)
        take_interface (monitor, info->ifi_index, nla_get_string (attributes[IFLA_IFNAME]),
                        (info->ifi_flags & running) == running);
}

static void
take_address (HbdLinkMonitor *monitor, struct nlmsghdr *header)
{
    struct nlattr *attributes[IFA_MAX + 1];
    const struct nlattr *address;
    const struct ifaddrmsg *info;
    const Interface *interface;
    g_autoptr (GByteArray) key = g_byte_array_new ();
    bool is_change;

    if (nlmsg_parse (header, sizeof *info, attributes, IFA_MAX, NULL) < 0)
        return;
    info = nlmsg_data (header);
    address = attributes[IFA_LOCAL] != NULL ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
    if (address == NULL)
        return;
    g_byte_array_append (key, (const guint8 *) &info->ifa_index, sizeof info->ifa_index);
    g_byte_array_append (key, &info->ifa_family, 1);
    g_byte_array_append (key, &info->ifa_prefixlen, 1);
    g_byte_array_append (key, nla_data (address), (guint) nla_len (address));
    if (header->nlmsg_type == RTM_NEWADDR) {
        is_change = g_hash_table_add (monitor->addresses,
                                      g_byte_array_free_to_bytes (g_steal_pointer (&key)));
    } else {
        g_autoptr (GBytes) gone = g_byte_array_free_to_bytes (g_steal_pointer (&key));

        is_change = g_hash_table_remove (monitor->addresses, gone);
    }
    interface = g_hash_table_lookup (monitor->interfaces, GINT_TO_POINTER ((int) info->ifa_index));
    if (is_change && interface != NULL)
        tell (monitor, interface, interface->is_usable, true);
}

static int
take_message (struct nl_msg *message, void *data)
{
    struct nlmsghdr *header = nlmsg_hdr (message);

    switch (header->nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
        take_link (data, header);
        break;
    case RTM_NEWADDR:
    case RTM_DELADDR:
        take_address (data, header);
        break;
    default:
        break;
    }
    return NL_OK;
}

/* Read all there is of one kind, waiting for the kernel's answer, which comes at once. */
static int
dump (HbdLinkMonitor *monitor, int type)
{
    struct rtgenmsg request = { .rtgen_family = AF_UNSPEC };
    int code;

    nl_socket_disable_seq_check (monitor->socket);
    code = nl_send_simple (monitor->socket, type, NLM_F_DUMP, &request, sizeof request);
    return code < 0 ? code : nl_recvmsgs_default (monitor->socket);
}

/* Everything anew, over a socket of its own, since the listening one is non-blocking and may be
 * full of what came meanwhile. */
static bool
load (HbdLinkMonitor *monitor)
{
    struct nl_sock *listening = monitor->socket;
    bool is_ok;

    monitor->socket = nl_socket_alloc ();
    nl_socket_modify_cb (monitor->socket, NL_CB_VALID, NL_CB_CUSTOM, take_message, monitor);
    is_ok = nl_connect (monitor->socket, NETLINK_ROUTE) == 0 && dump (monitor, RTM_GETLINK) >= 0
            && dump (monitor, RTM_GETADDR) >= 0;
    nl_socket_free (monitor->socket);
    monitor->socket = listening;
    return is_ok;
}

HbdLinkMonitor *
hbd_link_monitor_new (HbdLinkMonitorFunc func, gpointer user_data, GError **error)
{
    g_autoptr (HbdLinkMonitor) monitor = g_new0 (HbdLinkMonitor, 1);
    int code;

    monitor->func = func;
    monitor->user_data = user_data;
    monitor->interfaces = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
    monitor->addresses =
        g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
    monitor->socket = nl_socket_alloc ();
    nl_socket_disable_seq_check (monitor->socket);
    nl_socket_modify_cb (monitor->socket, NL_CB_VALID, NL_CB_CUSTOM, take_message, monitor);
    code = nl_connect (monitor->socket, NETLINK_ROUTE);
    if (code == 0)
        code = nl_socket_add_memberships (monitor->socket, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
                                          RTNLGRP_IPV6_IFADDR, 0);
    if (code == 0)
        code = nl_socket_set_nonblocking (monitor->socket);
    monitor->is_loading = true;
    if (code != 0 || !load (monitor)) {
        g_set_error (error, HBD_LINK_ERROR, 0, "listening to the kernel's interface list: %s",
                     nl_geterror (code));
        return NULL;
    }
    monitor->is_loading = false;
    return g_steal_pointer (&monitor);
}

void
hbd_link_monitor_free (HbdLinkMonitor *monitor)
{
    if (monitor == NULL)
        return;
    nl_socket_free (monitor->socket);
    g_hash_table_unref (monitor->interfaces);
    g_hash_table_unref (monitor->addresses);
    g_free (monitor);
}

int
hbd_link_monitor_fd (const HbdLinkMonitor *monitor)
{
    return nl_socket_get_fd (monitor->socket);
}

/* Messages were dropped: what we know may be wrong, so ask again and report every interface. */
static void
reload (HbdLinkMonitor *monitor)
{
    g_autoptr (GHashTable) before = g_steal_pointer (&monitor->interfaces);
    GHashTableIter iter;
    gpointer index, value;

    monitor->interfaces = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
    g_hash_table_remove_all (monitor->addresses);
    monitor->is_loading = true;
    load (monitor);
    monitor->is_loading = false;
    g_hash_table_iter_init (&iter, before);
    while (g_hash_table_iter_next (&iter, &index, &value)) {
        if (!g_hash_table_contains (monitor->interfaces, index))
            tell (monitor, value, false, false);
    }
    g_hash_table_iter_init (&iter, monitor->interfaces);
    while (g_hash_table_iter_next (&iter, &index, &value))
        tell (monitor, value, ((Interface *) value)->is_usable, true);
}

void
hbd_link_monitor_dispatch (HbdLinkMonitor *monitor)
{
    int code;

    do
        code = nl_recvmsgs_default (monitor->socket);
    while (code == 0);
    /* ENOBUFS comes as this one. */
    if (code == -NLE_NOMEM)
        reload (monitor);
}

bool
hbd_link_monitor_is_usable (const HbdLinkMonitor *monitor, const char *name)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init (&iter, monitor->interfaces);
    while (g_hash_table_iter_next (&iter, NULL, &value)) {
        if (strcmp (((Interface *) value)->name, name) == 0)
            return ((Interface *) value)->is_usable;
    }
    return false;
}
