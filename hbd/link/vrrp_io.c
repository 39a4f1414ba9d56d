/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's side of a VRRP port: bounded receive, IP packets out, errors as counters. */
#include "config.h"

#include "hbd/base/rate.h"
#include "hbd/link/vrrp_port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define BATCH_MAX       64
#define ERROR_PERIOD_US HBD_S (60)
/* The longest advert has 255 IPv6 addresses and a trailer: below 4200 bytes with its header. */
#define PACKET_MAX      4608

struct _HbdVrrpIo {
    char *name;
    HbdVrrpFamily family;
    HbdLinkSockets sockets;
    HbdLinkStats stats;
    HbdRate error_rate;
    guint8 buffer[PACKET_MAX];
};

HbdVrrpIo *
hbd_vrrp_io_new (const char *name, HbdVrrpFamily family)
{
    HbdVrrpIo *io = g_new0 (HbdVrrpIo, 1);

    io->name = g_strdup (name);
    io->family = family;
    hbd_link_sockets_init (&io->sockets);
    return io;
}

void
hbd_vrrp_io_free (HbdVrrpIo *io)
{
    if (io == NULL)
        return;
    hbd_link_sockets_clear (&io->sockets);
    g_free (io->name);
    g_free (io);
}

void
hbd_vrrp_io_attach (HbdVrrpIo *io, HbdLinkSockets *sockets)
{
    hbd_vrrp_io_detach (io);
    io->sockets = *sockets;
    hbd_link_sockets_init (sockets);
}

void
hbd_vrrp_io_detach (HbdVrrpIo *io)
{
    hbd_link_sockets_clear (&io->sockets);
}

int
hbd_vrrp_io_fd (const HbdVrrpIo *io)
{
    return io->sockets.rx_fd;
}

const HbdLinkStats *
hbd_vrrp_io_stats (const HbdVrrpIo *io)
{
    return &io->stats;
}

/* What the IPv6 header said, of which the kernel shows only this. A hop limit that is not told
 * counts as zero: nothing accepts that. */
static void
read_ancillary (struct msghdr *header, HbdVrrpPacket *packet)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c)) {
        if (c->cmsg_level != IPPROTO_IPV6)
            continue;
        if (c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;

            memcpy (&info, CMSG_DATA (c), sizeof info);
            memcpy (packet->destination.bytes, &info.ipi6_addr, sizeof info.ipi6_addr);
        } else if (c->cmsg_type == IPV6_HOPLIMIT) {
            int limit;

            memcpy (&limit, CMSG_DATA (c), sizeof limit);
            packet->ttl = (guint8) CLAMP (limit, 0, 255);
        }
    }
}

/* Read one packet; its length, or -1 when there is none, 0 when it is none of ours. */
static gssize
receive_one (HbdVrrpIo *io, HbdVrrpPacket *packet)
{
    struct sockaddr_in6 source = { 0 };
    guint8 control[256];
    struct iovec iov = { .iov_base = io->buffer, .iov_len = sizeof io->buffer };
    struct msghdr header = { .msg_name = &source,
                             .msg_namelen = sizeof source,
                             .msg_iov = &iov,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control };
    gssize len = recvmsg (io->sockets.rx_fd, &header, MSG_DONTWAIT);

    if (len < 0) {
        if (errno != EAGAIN && errno != EINTR)
            io->stats.rx_errors++;
        return -1;
    }
    if ((header.msg_flags & MSG_TRUNC) != 0) {
        io->stats.rx_too_long++;
        return 0;
    }
    memset (packet, 0, sizeof *packet);
    packet->family = HBD_VRRP_IPV6;
    packet->protocol = HBD_VRRP_PROTOCOL;
    packet->payload = io->buffer;
    packet->payload_len = (gsize) len;
    memcpy (packet->source.bytes, &source.sin6_addr, sizeof source.sin6_addr);
    read_ancillary (&header, packet);
    return len;
}

guint
hbd_vrrp_io_receive (HbdVrrpIo *io, HbdVrrpReceiveFunc func, gpointer user_data)
{
    guint handed_over = 0;

    for (guint i = 0; i < BATCH_MAX && io->sockets.rx_fd >= 0; i++) {
        HbdVrrpPacket packet;
        gssize len = receive_one (io, &packet);

        if (len < 0)
            break;
        if (len == 0)
            continue;
        io->stats.rx_datagrams++;
        handed_over++;
        func (user_data, io->buffer, (gsize) len, io->family == HBD_VRRP_IPV6 ? &packet : NULL);
    }
    return handed_over;
}

static socklen_t
make_target (const HbdVrrpIo *io, const HbdVrrpAddress *destination,
             struct sockaddr_storage *target)
{
    memset (target, 0, sizeof *target);
    if (io->family == HBD_VRRP_IPV6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) target;

        in6->sin6_family = AF_INET6;
        memcpy (&in6->sin6_addr, destination->bytes, sizeof in6->sin6_addr);
        if (IN6_IS_ADDR_LINKLOCAL (&in6->sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL (&in6->sin6_addr))
            in6->sin6_scope_id = io->sockets.ifindex;
        return sizeof *in6;
    }
    struct sockaddr_in *in = (struct sockaddr_in *) target;

    in->sin_family = AF_INET;
    memcpy (&in->sin_addr, destination->bytes, sizeof in->sin_addr);
    return sizeof *in;
}

bool
hbd_vrrp_io_send (HbdVrrpIo *io, GBytes *packet, const HbdVrrpAddress *destination, HbdTime now,
                  HbdRecord **record)
{
    struct sockaddr_storage target;
    socklen_t target_len = make_target (io, destination, &target);
    gsize len;
    gconstpointer data = g_bytes_get_data (packet, &len);
    guint64 suppressed;

    *record = NULL;
    if (io->sockets.tx_fd < 0)
        return false;
    if (sendto (io->sockets.tx_fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL,
                (const struct sockaddr *) &target, target_len)
        >= 0) {
        io->stats.tx_datagrams++;
        return true;
    }
    io->stats.tx_errors++;
    if (hbd_rate_allow (&io->error_rate, now, ERROR_PERIOD_US, &suppressed))
        *record = hbd_record_new (HBD_LEVEL_WARNING, "vrrp.send-failed",
                                  "port=\"%s\" error=\"%s\" suppressed=%" G_GUINT64_FORMAT,
                                  io->name, g_strerror (errno), suppressed);
    return false;
}
