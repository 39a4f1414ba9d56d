/* SPDX-License-Identifier: Apache-2.0 */
/* Referrals; see referral.h. One socket for each: a packet socket for ARP, a raw ICMPv6 socket for
 * neighbour discovery. The default main context times the questions and brings the answers. */
#include "config.h"

#include "ra/lib/referral.h"

#include "hbd/base/clock.h"
#include "ra/lib/host.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWERS_MAX 64 /* read at once; the rest waits its turn */

struct _RaReferral {
    RaNetlink *nl;
    RaAnnouncer *announcer;
    RaAddress address;
    RaLink link;
    RaReferralFunc func;
    gpointer user;
    int fd;
    guint timer, watch; /* source ids; 0: none */
    guint next;         /* question of the plan */
    HbdTime begin_us;
    bool is_told, is_contested;
    guint8 hw[6]; /* who answered first, when .is_told */
};

static int
open_arp (int ifindex)
{
    struct sockaddr_ll here = { .sll_family = AF_PACKET,
                                .sll_protocol = htons (ETH_P_ARP),
                                .sll_ifindex = ifindex };
    /* protocol 0: nothing arrives before the socket is bound to its interface */
    int fd = socket (AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind (fd, (const struct sockaddr *) &here, sizeof here) != 0) {
        close (fd);
        return -1;
    }
    return fd;
}

static int
open_ndp (const RaLink *link)
{
    struct icmp6_filter filter;
    int hops = 255, on = 1;
    int fd = socket (AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6);
    ICMP6_FILTER_SETBLOCKALL (&filter);
    ICMP6_FILTER_SETPASS (ND_NEIGHBOR_ADVERT, &filter);
    if (fd >= 0
        && (setsockopt (fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter) != 0
            || setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, link->name, strlen (link->name)) != 0
            || setsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) != 0
            || setsockopt (fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on) != 0)) {
        close (fd);
        return -1;
    }
    return fd;
}

static void
ask (RaReferral *r)
{
    if (r->address.family == AF_INET) {
        guint8 arp[RA_ARP_LEN];
        struct sockaddr_ll all = { .sll_family = AF_PACKET,
                                   .sll_protocol = htons (ETH_P_ARP),
                                   .sll_ifindex = r->link.index,
                                   .sll_halen = 6 };
        memcpy (all.sll_addr, r->link.hw_broadcast, 6);
        ra_arp_probe_build (r->link.hw, r->address.bytes, arp);
        /* not sent: the next question is */
        (void) !sendto (r->fd, arp, sizeof arp, 0, (const struct sockaddr *) &all, sizeof all);
    } else {
        guint8 ns[RA_NS_LEN];
        struct sockaddr_in6 group = { .sin6_family = AF_INET6,
                                      .sin6_scope_id = (guint32) r->link.index };
        ra_ns_build (r->link.hw, r->address.bytes, ns);
        ra_solicited_node (r->address.bytes, group.sin6_addr.s6_addr);
        (void) !sendto (r->fd, ns, sizeof ns, 0, (const struct sockaddr *) &group, sizeof group);
    }
}

/* One datagram: true when it is an answer to us; then @hw says who has the address. False with
 * *@is_empty when there is none. */
static bool
read_answer (const RaReferral *r, guint8 hw[6], bool *is_empty)
{
    guint8 bytes[512];
    union {
        char room[CMSG_SPACE (sizeof (int))];
        struct cmsghdr align;
    } control;
    struct iovec part = { bytes, sizeof bytes };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    ssize_t len = recvmsg (r->fd, &message, 0);
    int hops = 0;
    *is_empty = len < 0 && errno != EINTR;
    if (len < 0)
        return false;
    if (r->address.family == AF_INET)
        return ra_arp_read_answer (bytes, (gsize) len, r->address.bytes, hw);
    for (struct cmsghdr *c = CMSG_FIRSTHDR (&message); c != NULL; c = CMSG_NXTHDR (&message, c))
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT)
            memcpy (&hops, CMSG_DATA (c), sizeof hops);
    return hops == 255 && ra_na_read_answer (bytes, (gsize) len, r->address.bytes, hw);
}

static gboolean
on_answer (int fd, GIOCondition condition, gpointer data)
{
    RaReferral *r = data;
    (void) fd;
    (void) condition;
    for (guint i = 0; i < ANSWERS_MAX; i++) {
        guint8 hw[6];
        bool is_empty;
        bool is_answer = read_answer (r, hw, &is_empty);
        if (is_empty)
            break;
        if (!is_answer || memcmp (hw, r->link.hw, 6) == 0)
            continue;
        if (r->is_told && memcmp (hw, r->hw, 6) != 0)
            r->is_contested = true; /* two have it: not ours to say which one */
        if (r->is_contested || ra_address_where (r->nl, &r->address) != 0)
            continue;
        ra_announcer_send_for (r->announcer, &r->address, &r->link, hw);
        memcpy (r->hw, hw, 6);
        if (!r->is_told) {
            r->is_told = true;
            r->func (r->user, hw);
        }
    }
    return G_SOURCE_CONTINUE;
}

static void
stop (RaReferral *r)
{
    if (r->timer != 0)
        g_source_remove (r->timer);
    if (r->watch != 0)
        g_source_remove (r->watch);
    r->timer = r->watch = 0;
    if (r->fd >= 0)
        close (r->fd);
    r->fd = -1;
}

static gboolean on_timer (gpointer data);

/* Wait for the next instant of the plan; after the last one, once more for its answer. */
static void
arm (RaReferral *r)
{
    RaAnnouncePlan plan = ra_announce_plan_default ();
    guint last_ms = plan.offsets_ms[plan.count - 1];
    guint due_ms = r->next < plan.count ? plan.offsets_ms[r->next] : last_ms + 500;
    HbdTime wait = MAX (r->begin_us + HBD_MS (due_ms) - hbd_clock_now (), 0);
    r->timer = g_timeout_add ((guint) ((wait + 999) / 1000), on_timer, r);
}

static gboolean
on_timer (gpointer data)
{
    RaReferral *r = data;
    bool is_last = r->next >= ra_announce_plan_default ().count;
    r->timer = 0;
    if (is_last || ra_address_where (r->nl, &r->address) != 0) {
        stop (r);
        if (!r->is_told && is_last)
            r->func (r->user, NULL);
        return G_SOURCE_REMOVE;
    }
    ask (r);
    r->next++;
    arm (r);
    return G_SOURCE_REMOVE;
}

RaReferral *
ra_referral_new (RaNetlink *nl, RaAnnouncer *announcer, const RaAddress *address,
                 RaReferralFunc func, gpointer user)
{
    g_autoptr (RaReferral) r = g_new0 (RaReferral, 1);
    int ifindex = ra_address_home (nl, address);
    r->fd = -1;
    if (ifindex == 0 || ra_netlink_link_by_index (nl, ifindex, &r->link) != 0 || r->link.hw_len != 6
        || (r->link.flags & (IFF_NOARP | IFF_LOOPBACK)) != 0)
        return NULL;
    r->nl = nl;
    r->announcer = announcer;
    r->address = *address;
    r->func = func;
    r->user = user;
    r->begin_us = hbd_clock_now ();
    r->fd = address->family == AF_INET ? open_arp (ifindex) : open_ndp (&r->link);
    if (r->fd < 0)
        return NULL;
    r->watch = g_unix_fd_add (r->fd, G_IO_IN, on_answer, r);
    ask (r);
    r->next = 1;
    arm (r);
    return g_steal_pointer (&r);
}

void
ra_referral_free (RaReferral *r)
{
    if (r == NULL)
        return;
    stop (r);
    g_free (r);
}
