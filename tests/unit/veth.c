/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/unit/veth.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/route/link/veth.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void
veth_set_address (const char *label, const char *address)
{
    struct ifreq request = { 0 };
    struct sockaddr_in *in = (struct sockaddr_in *) &request.ifr_addr;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_strlcpy (request.ifr_name, label, sizeof request.ifr_name);
    in->sin_family = AF_INET;
    inet_pton (AF_INET, address, &in->sin_addr);
    g_assert_cmpint (ioctl (fd, SIOCSIFADDR, &request), ==, 0);
    inet_pton (AF_INET, "255.255.255.0", &in->sin_addr);
    g_assert_cmpint (ioctl (fd, SIOCSIFNETMASK, &request), ==, 0);
    close (fd);
}

void
veth_set_up (const char *name, bool is_up)
{
    struct ifreq request = { 0 };
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
    g_assert_cmpint (ioctl (fd, SIOCGIFFLAGS, &request), ==, 0);
    request.ifr_flags = (short) (is_up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
    g_assert_cmpint (ioctl (fd, SIOCSIFFLAGS, &request), ==, 0);
    close (fd);
}

void
veth_add (void)
{
    struct nl_sock *socket = nl_socket_alloc ();

    g_assert_cmpint (nl_connect (socket, NETLINK_ROUTE), ==, 0);
    g_assert_cmpint (rtnl_link_veth_add (socket, "hbdt0", "hbdt1", getpid ()), ==, 0);
    nl_socket_free (socket);
}

void
veth_delete (void)
{
    struct nl_sock *socket = nl_socket_alloc ();
    struct rtnl_link *link = rtnl_link_alloc ();

    g_assert_cmpint (nl_connect (socket, NETLINK_ROUTE), ==, 0);
    rtnl_link_set_name (link, "hbdt0");
    g_assert_cmpint (rtnl_link_delete (socket, link), ==, 0);
    rtnl_link_put (link);
    nl_socket_free (socket);
}

static bool
enter_namespace (void)
{
    if (unshare (CLONE_NEWNET) == 0)
        return true;
    g_test_skip ("no right to make a network namespace");
    return false;
}

/* Otherwise nothing can be sent over IPv6 for a second or two after an interface came up. */
static void
skip_duplicate_detection (void)
{
    static const char *const paths[] = { "/proc/sys/net/ipv6/conf/all/accept_dad",
                                         "/proc/sys/net/ipv6/conf/default/accept_dad" };

    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        int fd = open (paths[i], O_WRONLY | O_CLOEXEC);

        if (fd >= 0) {
            g_assert_cmpint (write (fd, "0", 1), ==, 1);
            close (fd);
        }
    }
}

bool
veth_enter (void)
{
    if (!enter_namespace ())
        return false;
    veth_set_up ("lo", true);
    skip_duplicate_detection ();
    veth_add ();
    veth_set_address ("hbdt0", "10.9.8.1");
    veth_set_up ("hbdt0", true);
    veth_set_up ("hbdt1", true);
    return true;
}

bool
veth_has_link_local (const char *interface)
{
    for (guint i = 0; i < 500; i++) {
        g_autofree char *text = NULL;
        g_auto (GStrv) lines = NULL;

        if (!g_file_get_contents ("/proc/self/net/if_inet6", &text, NULL, NULL))
            return false;
        lines = g_strsplit (text, "\n", -1);
        for (guint j = 0; lines[j] != NULL; j++) {
            guint flags = 0xff;

            /* address, index, prefix length, scope, flags, name */
            if (g_str_has_prefix (lines[j], "fe80") && strstr (lines[j], interface) != NULL
                && sscanf (lines[j], "%*s %*x %*x %*x %x", &flags) == 1
                && (flags & IFA_F_TENTATIVE) == 0)
                return true;
        }
        poll (NULL, 0, 10);
    }
    return false;
}
