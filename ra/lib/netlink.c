/* SPDX-License-Identifier: Apache-2.0 */
/* Route netlink on libnl-3; see netlink.h. Standards: rtnetlink(7), and for the details of address
 * lifetimes the kernel's net/ipv4/devinet.c and net/ipv6/addrconf.c as observed in tests/ra. */
#include "config.h"

#include "ra/lib/netlink.h"
#include "ra/lib/netlink_parse.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif
#define RECEIVE_LIMIT_S 2
#define RECEIVE_BUFFER  (64 * 1024) /* a link with many virtual functions fills more than a page */
#define DUMP_TRIES      3
#define MAX_FOUND       65536 /* addresses; more than any sane host has */

struct _RaNetlink {
    struct nl_sock *sock;
};

/* One exchange. */
typedef struct {
    guint32 seq;
    int error; /* positive errno */
    bool is_done;
    bool was_interrupted; /* the table changed during the dump */
    void (*on_message) (struct nlmsghdr *header, void *user);
    void *user;
} Exchange;

RaNetlink *
ra_netlink_new (GError **error)
{
    g_autoptr (RaNetlink) nl = g_new0 (RaNetlink, 1);
    nl->sock = nl_socket_alloc ();
    int rc = nl->sock != NULL ? nl_connect (nl->sock, NETLINK_ROUTE) : -NLE_NOMEM;
    if (rc < 0) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot open a netlink socket: %s",
                     nl_geterror (rc));
        return NULL;
    }
    nl_socket_set_msg_buf_size (nl->sock, RECEIVE_BUFFER);
    int fd = nl_socket_get_fd (nl->sock);
    struct timeval limit = { .tv_sec = RECEIVE_LIMIT_S };
    int yes = 1;
    setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt (fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &yes, sizeof yes); /* dumps may filter */
    return g_steal_pointer (&nl);
}

void
ra_netlink_free (RaNetlink *nl)
{
    if (nl == NULL)
        return;
    if (nl->sock != NULL)
        nl_socket_free (nl->sock);
    g_free (nl);
}

static int
on_valid (struct nl_msg *msg, void *user)
{
    Exchange *x = user;
    struct nlmsghdr *header = nlmsg_hdr (msg);
    if (header->nlmsg_flags & NLM_F_DUMP_INTR)
        x->was_interrupted = true;
    if (x->on_message != NULL)
        x->on_message (header, x->user);
    return NL_OK;
}

static int
on_end (struct nl_msg *msg, void *user)
{
    Exchange *x = user;
    x->is_done = true;
    return NL_STOP;
}

static int
on_error (struct sockaddr_nl *from, struct nlmsgerr *err, void *user)
{
    Exchange *x = user;
    if (err->msg.nlmsg_seq != x->seq)
        return NL_SKIP;
    x->error = -err->error;
    x->is_done = true;
    return NL_STOP;
}

/* An answer to a question that timed out earlier must not be taken for this one's. */
static int
on_sequence (struct nl_msg *msg, void *user)
{
    const Exchange *x = user;
    return nlmsg_hdr (msg)->nlmsg_seq == x->seq ? NL_OK : NL_SKIP;
}

/* Send @msg and read until its end. 0 or a positive errno. */
static int
exchange (RaNetlink *nl, struct nl_msg *msg, Exchange *x)
{
    struct nl_cb *cb = nl_cb_alloc (NL_CB_DEFAULT);
    if (cb == NULL)
        return ENOMEM;
    nl_cb_set (cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);
    nl_cb_set (cb, NL_CB_FINISH, NL_CB_CUSTOM, on_end, x);
    nl_cb_set (cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, x);
    nl_cb_set (cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_sequence, x);
    nl_cb_err (cb, NL_CB_CUSTOM, on_error, x);
    int rc = nl_send_auto (nl->sock, msg);
    x->seq = nlmsg_hdr (msg)->nlmsg_seq;
    while (rc >= 0 && !x->is_done)
        rc = nl_recvmsgs (nl->sock, cb);
    nl_cb_put (cb);
    if (x->error != 0)
        return x->error;
    if (x->is_done)
        return x->was_interrupted ? EAGAIN : 0;
    return rc == -NLE_DUMP_INTR ? EAGAIN : rc == -NLE_PERM ? EPERM : EIO;
}

static struct nl_msg *
message_new (int type, int flags, const void *header, gsize header_len)
{
    struct nl_msg *msg = nlmsg_alloc_simple (type, flags);
    if (msg == NULL || nlmsg_append (msg, (void *) header, header_len, NLMSG_ALIGNTO) < 0)
        g_error ("out of memory");
    return msg;
}

/* --- interfaces -------------------------------------------------------------------------- */

static void
take_link (struct nlmsghdr *header, void *user)
{
    if (header->nlmsg_type == RTM_NEWLINK)
        ra_netlink_parse_link (header, user);
}

static int
get_link (RaNetlink *nl, int ifindex, const char *name, RaLink *out)
{
    struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = ifindex };
    struct nl_msg *msg = message_new (RTM_GETLINK, 0, &info, sizeof info);
    if (name != NULL)
        nla_put_string (msg, IFLA_IFNAME, name);
    nla_put_u32 (msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    memset (out, 0, sizeof *out);
    Exchange x = { .on_message = take_link, .user = out };
    int rc = exchange (nl, msg, &x);
    nlmsg_free (msg);
    return rc != 0 ? rc : out->index == 0 ? ENODEV : 0;
}

int
ra_netlink_link_by_name (RaNetlink *nl, const char *name, RaLink *out)
{
    return get_link (nl, 0, name, out);
}

int
ra_netlink_link_by_index (RaNetlink *nl, int ifindex, RaLink *out)
{
    return get_link (nl, ifindex, NULL, out);
}

int
ra_netlink_link_up (RaNetlink *nl, int ifindex)
{
    struct ifinfomsg info = {
        .ifi_family = AF_UNSPEC, .ifi_index = ifindex, .ifi_flags = IFF_UP, .ifi_change = IFF_UP
    };
    struct nl_msg *msg = message_new (RTM_NEWLINK, 0, &info, sizeof info);
    Exchange x = { 0 };
    int rc = exchange (nl, msg, &x);
    nlmsg_free (msg);
    return rc;
}

/* --- addresses: questions ---------------------------------------------------------------- */

static void
take_address (struct nlmsghdr *header, void *user)
{
    GArray *found = user;
    RaFound f;
    if (found->len < MAX_FOUND && header->nlmsg_type == RTM_NEWADDR
        && ra_netlink_parse_address (header, &f))
        g_array_append_val (found, f);
}

GArray *
ra_netlink_addresses (RaNetlink *nl, int family, int *errno_out)
{
    int rc = EAGAIN;
    for (int i = 0; i < DUMP_TRIES && rc == EAGAIN; i++) {
        g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (RaFound));
        struct ifaddrmsg info = { .ifa_family = family };
        struct nl_msg *msg = message_new (RTM_GETADDR, NLM_F_DUMP, &info, sizeof info);
        Exchange x = { .on_message = take_address, .user = found };
        rc = exchange (nl, msg, &x);
        nlmsg_free (msg);
        if (rc == 0 || (rc == EAGAIN && i + 1 == DUMP_TRIES))
            return g_steal_pointer (&found); /* a table that never rests: take what was seen */
    }
    *errno_out = rc;
    return NULL;
}

static void
take_route (struct nlmsghdr *header, void *user)
{
    RaRoute *out = user;
    struct nlattr *attrs[RTA_MAX + 1];
    if (header->nlmsg_type != RTM_NEWROUTE
        || nlmsg_parse (header, sizeof (struct rtmsg), attrs, RTA_MAX, NULL) < 0)
        return;
    const struct rtmsg *route = nlmsg_data (header);
    out->prefix_len = route->rtm_dst_len;
    out->is_local = route->rtm_type == RTN_LOCAL;
    if (attrs[RTA_OIF] != NULL && nla_len (attrs[RTA_OIF]) >= 4)
        out->ifindex = (int) nla_get_u32 (attrs[RTA_OIF]);
}

int
ra_netlink_route_to (RaNetlink *nl, const RaAddress *address, int ifindex, RaRoute *out)
{
    gsize size = ra_family_size (address->family);
    struct rtmsg route = { .rtm_family = address->family,
                           .rtm_dst_len = size * 8,
                           .rtm_flags = RTM_F_FIB_MATCH };
    struct nl_msg *msg = message_new (RTM_GETROUTE, 0, &route, sizeof route);
    nla_put (msg, RTA_DST, size, address->bytes);
    if (ifindex != 0)
        nla_put_u32 (msg, RTA_OIF, ifindex);
    memset (out, 0, sizeof *out);
    Exchange x = { .on_message = take_route, .user = out };
    int rc = exchange (nl, msg, &x);
    nlmsg_free (msg);
    return rc != 0 ? rc : out->ifindex == 0 ? ENETUNREACH : 0;
}

/* --- addresses: changes ------------------------------------------------------------------ */

static int
send_change (RaNetlink *nl, const RaChange *c, int nl_flags, guint32 ifa_flags)
{
    gsize size = ra_family_size (c->family);
    struct ifaddrmsg info = { .ifa_family = c->family,
                              .ifa_prefixlen = c->prefix_len,
                              .ifa_flags = ifa_flags & 0xff,
                              .ifa_scope = RT_SCOPE_UNIVERSE,
                              .ifa_index = c->ifindex };
    struct nl_msg *msg = message_new (RTM_NEWADDR, nl_flags, &info, sizeof info);
    nla_put (msg, IFA_LOCAL, size, c->bytes);
    nla_put (msg, IFA_ADDRESS, size, c->bytes);
    if (c->broadcast != NULL)
        nla_put (msg, IFA_BROADCAST, 4, c->broadcast);
    if (c->label != NULL && *c->label != '\0')
        nla_put_string (msg, IFA_LABEL, c->label);
    struct ifa_cacheinfo cache = { .ifa_valid = c->valid_s, .ifa_prefered = c->preferred_s };
    nla_put (msg, IFA_CACHEINFO, sizeof cache, &cache);
    nla_put_u32 (msg, IFA_FLAGS, ifa_flags);
    nla_put_u8 (msg, RA_IFA_PROTO, RA_ADDRESS_PROTO);
    Exchange x = { 0 };
    int rc = exchange (nl, msg, &x);
    nlmsg_free (msg);
    return rc;
}

int
ra_netlink_address_set (RaNetlink *nl, const RaChange *c)
{
    return send_change (nl, c, NLM_F_CREATE | NLM_F_REPLACE, c->flags);
}

/* The kernel has no "replace, never create" for addresses: it creates whatever it does not find. But
 * it refuses to create an address that asks to be joined as a multicast group (IFA_F_MCAUTOJOIN) and
 * is none, and it does not look at that flag for an address that exists. So the flag makes one
 * message do what look-then-renew cannot: a process stopped between the two would bring back an
 * address that another node has taken since. tests/ra/address proves it on the running kernel. */
int
ra_netlink_address_renew (RaNetlink *nl, const RaChange *c)
{
    int rc = send_change (nl, c, NLM_F_REPLACE, c->flags | IFA_F_MCAUTOJOIN);
    bool is_gone = rc == EINVAL || rc == EOPNOTSUPP || rc == ENODEV || rc == EADDRNOTAVAIL;
    return is_gone ? ENOENT : rc;
}

int
ra_netlink_address_delete (RaNetlink *nl, const RaFound *found)
{
    gsize size = ra_family_size (found->family);
    struct ifaddrmsg info = { .ifa_family = found->family,
                              .ifa_prefixlen = found->prefix_len,
                              .ifa_index = found->ifindex };
    struct nl_msg *msg = message_new (RTM_DELADDR, 0, &info, sizeof info);
    nla_put (msg, IFA_LOCAL, size, found->bytes);
    if (found->family == AF_INET6)
        nla_put (msg, IFA_ADDRESS, size, found->bytes);
    Exchange x = { 0 };
    int rc = exchange (nl, msg, &x);
    nlmsg_free (msg);
    return rc == EADDRNOTAVAIL || rc == ENODEV ? 0 : rc;
}
