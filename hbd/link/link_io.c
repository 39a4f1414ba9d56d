/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's side of a link: bounded receive, send to all destinations, errors as counters. */
#include "config.h"

#include "hbd/base/rate.h"
#include "hbd/link/link.h"
#include "hbd/wire/message.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH_MAX       32
#define ERROR_PERIOD_US HBD_S (60)

struct _HbdLinkIo {
    char *name;
    HbdLinkSockets sockets;
    HbdLinkStats stats;
    guint64 old_overflows; /* of sockets that are closed */
    HbdRate error_rate;
    HbdLinkAddress source;                    /* of the last datagram; .len 0: none yet */
    guint8 buffer[HBD_MESSAGE_MAX_BYTES + 1]; /* one more shows what is too long */
};

HbdLinkIo *
hbd_link_io_new (const char *name)
{
    HbdLinkIo *io = g_new0 (HbdLinkIo, 1);

    io->name = g_strdup (name);
    hbd_link_sockets_init (&io->sockets);
    return io;
}

void
hbd_link_io_free (HbdLinkIo *io)
{
    if (io == NULL)
        return;
    hbd_link_sockets_clear (&io->sockets);
    g_free (io->name);
    g_free (io);
}

void
hbd_link_io_attach (HbdLinkIo *io, HbdLinkSockets *sockets)
{
    hbd_link_io_detach (io);
    io->sockets = *sockets;
    io->sockets.n_dests = MIN (io->sockets.n_dests, HBD_LINK_MAX_DESTS);
    hbd_link_sockets_init (sockets);
}

void
hbd_link_io_detach (HbdLinkIo *io)
{
    io->old_overflows = hbd_link_io_overflows (io);
    hbd_link_sockets_clear (&io->sockets);
}

bool
hbd_link_io_is_open (const HbdLinkIo *io)
{
    return io->sockets.rx_fd >= 0;
}

int
hbd_link_io_fd (const HbdLinkIo *io)
{
    return io->sockets.rx_fd;
}

const HbdLinkStats *
hbd_link_io_stats (const HbdLinkIo *io)
{
    return &io->stats;
}

guint64
hbd_link_io_overflows (const HbdLinkIo *io)
{
    guint32 info[SK_MEMINFO_VARS] = { 0 };
    socklen_t len = sizeof info;

    if (io->sockets.rx_fd >= 0)
        getsockopt (io->sockets.rx_fd, SOL_SOCKET, SO_MEMINFO, info, &len);
    return io->old_overflows + info[SK_MEMINFO_DROPS];
}

/* Was it sent to an address of this host, as opposed to a broadcast address or a group? */
static bool
is_unicast (struct msghdr *header)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;

            memcpy (&info, CMSG_DATA (c), sizeof info);
            /* The kernel names the local address; they differ when that is not the target. */
            return info.ipi_addr.s_addr == info.ipi_spec_dst.s_addr;
        }
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;

            memcpy (&info, CMSG_DATA (c), sizeof info);
            return !IN6_IS_ADDR_MULTICAST (&info.ipi6_addr);
        }
    }
    return true;
}

/* Read one datagram; its length, or -1 when there is none. @is_wanted: hand it over, else it is
 * counted. */
static gssize
receive_one (HbdLinkIo *io, bool *is_wanted)
{
    guint8 control[256];
    struct iovec iov = { .iov_base = io->buffer, .iov_len = sizeof io->buffer };
    struct msghdr header = { .msg_name = &io->source.addr,
                             .msg_namelen = sizeof io->source.addr,
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
    io->source.len = header.msg_namelen;
    *is_wanted = false;
    if (len > HBD_MESSAGE_MAX_BYTES || (header.msg_flags & MSG_TRUNC) != 0)
        io->stats.rx_too_long++;
    else if (io->sockets.unicast_only && !is_unicast (&header))
        io->stats.rx_filtered++;
    else
        *is_wanted = true;
    return len;
}

guint
hbd_link_io_receive (HbdLinkIo *io, HbdLinkReceiveFunc func, gpointer user_data)
{
    guint handed_over = 0;

    for (guint i = 0; i < BATCH_MAX && io->sockets.rx_fd >= 0; i++) {
        bool is_wanted;
        gssize len = receive_one (io, &is_wanted);

        if (len < 0)
            break;
        if (!is_wanted)
            continue;
        io->stats.rx_datagrams++;
        handed_over++;
        func (user_data, io->buffer, (gsize) len);
    }
    return handed_over;
}

char *
hbd_link_io_source (const HbdLinkIo *io)
{
    char host[NI_MAXHOST];

    if (io->source.len == 0
        || getnameinfo ((const struct sockaddr *) &io->source.addr, io->source.len, host,
                        sizeof host, NULL, 0, NI_NUMERICHOST)
               != 0)
        return NULL;
    return g_strdup (host);
}

static void
note_error (HbdLinkIo *io, int code, HbdTime now, HbdRecord **record)
{
    guint64 suppressed;

    io->stats.tx_errors++;
    if (*record == NULL && hbd_rate_allow (&io->error_rate, now, ERROR_PERIOD_US, &suppressed))
        *record = hbd_record_new (HBD_LEVEL_WARNING, "link.send-failed",
                                  "link=%s error=\"%s\" suppressed=%" G_GUINT64_FORMAT, io->name,
                                  g_strerror (code), suppressed);
}

bool
hbd_link_io_send (HbdLinkIo *io, const void *data, gsize len, HbdTime now, HbdRecord **record)
{
    bool is_sent = false;

    *record = NULL;
    if (io->sockets.tx_fd < 0)
        return false;
    for (guint i = 0; i < io->sockets.n_dests; i++) {
        const HbdLinkAddress *dest = &io->sockets.dests[i];

        if (sendto (io->sockets.tx_fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL,
                    (const struct sockaddr *) &dest->addr, dest->len)
            < 0) {
            note_error (io, errno, now, record);
            continue;
        }
        io->stats.tx_datagrams++;
        is_sent = true;
    }
    return is_sent;
}
