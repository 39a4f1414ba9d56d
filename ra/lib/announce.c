/* SPDX-License-Identifier: Apache-2.0 */
/* Announcements on packet sockets; see announce.h. One socket for both families, opened for sending
 * only (protocol 0 receives nothing); the kernel writes the link header. Interfaces without 6-byte
 * hardware addresses or without ARP have nobody to tell and are passed over. */
#include "config.h"

#include "ra/lib/announce.h"

#include "hbd/base/clock.h"
#include "ra/lib/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct _RaAnnouncer {
    RaNetlink *nl; /* borrowed */
    GMainContext *context;
    GPtrArray *runs; /* Run: one per address with repeats to come */
    int fd;
};

/* One address being announced. */
typedef struct {
    RaAnnouncer *owner;
    RaAddress address;
    guint *offsets_ms;
    guint count, next;
    HbdTime begin_us;
    GSource *timer;
} Run;

static void
drop_timer (Run *run)
{
    if (run->timer == NULL)
        return;
    g_source_destroy (run->timer);
    g_clear_pointer (&run->timer, g_source_unref);
}

static void
run_free (gpointer data)
{
    Run *run = data;
    drop_timer (run);
    g_free (run->offsets_ms);
    g_free (run);
}

RaAnnouncer *
ra_announcer_new (RaNetlink *nl, GMainContext *context, GError **error)
{
    int fd = socket (AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                     "cannot open a packet socket to announce addresses: %s", g_strerror (errno));
        return NULL;
    }
    RaAnnouncer *a = g_new0 (RaAnnouncer, 1);
    a->nl = nl;
    a->context = context != NULL ? g_main_context_ref (context) : NULL;
    a->runs = g_ptr_array_new_with_free_func (run_free);
    a->fd = fd;
    return a;
}

void
ra_announcer_free (RaAnnouncer *a)
{
    if (a == NULL)
        return;
    g_ptr_array_unref (a->runs);
    close (a->fd);
    g_clear_pointer (&a->context, g_main_context_unref);
    g_free (a);
}

static bool
is_forwarding (const char *ifname)
{
    g_autofree char *path = g_strdup_printf ("/proc/sys/net/ipv6/conf/%s/forwarding", ifname);
    int fd = open (path, O_RDONLY | O_CLOEXEC);
    char value = '0';
    bool is_set = fd >= 0 && read (fd, &value, 1) == 1 && value != '0';
    if (fd >= 0)
        close (fd);
    return is_set;
}

static int
send_frame (RaAnnouncer *a, const RaLink *link, int protocol, const guint8 *bytes, gsize len)
{
    static const guint8 all_nodes[6] = { 0x33, 0x33, 0, 0, 0, 1 };
    struct sockaddr_ll to = { .sll_family = AF_PACKET,
                              .sll_protocol = htons (protocol),
                              .sll_ifindex = link->index,
                              .sll_halen = 6 };
    memcpy (to.sll_addr, protocol == ETH_P_IPV6 ? all_nodes : link->hw_broadcast, 6);
    ssize_t sent = sendto (a->fd, bytes, len, 0, (const struct sockaddr *) &to, sizeof to);
    return sent == (ssize_t) len ? 0 : sent < 0 ? errno : EIO;
}

int
ra_announcer_send_for (RaAnnouncer *a, const RaAddress *address, const RaLink *link,
                       const guint8 hw[6])
{
    if (address->family == AF_INET6) {
        bool is_router = memcmp (hw, link->hw, 6) == 0 && is_forwarding (link->name);
        guint8 na[RA_NA_LEN];
        ra_na_build (hw, address->bytes, is_router, na);
        return send_frame (a, link, ETH_P_IPV6, na, sizeof na);
    }
    guint8 arp[RA_ARP_LEN];
    ra_arp_build (RA_ARP_REQUEST, hw, address->bytes, arp);
    int rc = send_frame (a, link, ETH_P_ARP, arp, sizeof arp);
    ra_arp_build (RA_ARP_REPLY, hw, address->bytes, arp);
    int rc_reply = send_frame (a, link, ETH_P_ARP, arp, sizeof arp);
    return rc != 0 ? rc : rc_reply;
}

int
ra_announcer_send (RaAnnouncer *a, const RaAddress *address)
{
    RaLink link;
    int ifindex = ra_address_where (a->nl, address);
    if (ifindex == 0)
        return ENOENT;
    int rc = ra_netlink_link_by_index (a->nl, ifindex, &link);
    if (rc != 0)
        return rc;
    if (link.hw_len != 6 || (link.flags & (IFF_NOARP | IFF_LOOPBACK)) != 0)
        return 0;
    return ra_announcer_send_for (a, address, &link, link.hw);
}

static gboolean on_timer (gpointer data);

/* A fresh source per repeat: a timeout source that fires again counts from its last time, and the
 * instants here are counted from the beginning. */
static void
arm (Run *run)
{
    HbdTime due = run->begin_us + HBD_MS (run->offsets_ms[run->next]);
    HbdTime wait = MAX (due - hbd_clock_now (), 0);
    drop_timer (run);
    run->timer = g_timeout_source_new ((guint) ((wait + 999) / 1000));
    g_source_set_callback (run->timer, on_timer, run, NULL);
    g_source_set_name (run->timer, "announce");
    g_source_attach (run->timer, run->owner->context);
}

static gboolean
on_timer (gpointer data)
{
    Run *run = data;
    run->next++;
    int rc = ra_announcer_send (run->owner, &run->address);
    if (rc == ENOENT || run->next >= run->count) {
        g_ptr_array_remove_fast (run->owner->runs, run); /* frees run and its source */
        return G_SOURCE_REMOVE;
    }
    arm (run);
    return G_SOURCE_REMOVE;
}

void
ra_announcer_cancel (RaAnnouncer *a, const RaAddress *address)
{
    for (guint i = a->runs->len; i-- > 0;) {
        const Run *run = g_ptr_array_index (a->runs, i);
        if (run->address.family == address->family
            && memcmp (run->address.bytes, address->bytes, sizeof address->bytes) == 0)
            g_ptr_array_remove_index_fast (a->runs, i);
    }
}

int
ra_announcer_begin (RaAnnouncer *a, const RaAddress *address, const RaAnnouncePlan *plan)
{
    ra_announcer_cancel (a, address);
    if (plan->count == 0)
        return 0;
    Run *run = g_new0 (Run, 1);
    run->owner = a;
    run->address = *address;
    run->count = plan->count;
    run->offsets_ms = g_memdup2 (plan->offsets_ms, plan->count * sizeof (guint));
    run->begin_us = hbd_clock_now ();
    int rc = 0;
    while (run->next < run->count && run->offsets_ms[run->next] == 0) {
        rc = ra_announcer_send (a, address);
        run->next++;
    }
    if (rc == ENOENT || run->next >= run->count) {
        run_free (run);
        return rc;
    }
    g_ptr_array_add (a->runs, run);
    arm (run);
    return rc;
}

guint
ra_announcer_pending (const RaAnnouncer *a)
{
    guint sum = 0;
    for (guint i = 0; i < a->runs->len; i++) {
        const Run *run = g_ptr_array_index (a->runs, i);
        sum += run->count - run->next;
    }
    return sum;
}
