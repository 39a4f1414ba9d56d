/* SPDX-License-Identifier: Apache-2.0 */
/* Links: the sockets over which nodes exchange datagrams (doc/heartbeat.md 4.1). Opening needs
 * privileges and names, so the manager does it; the engine gets descriptors and addresses and
 * only sends and receives. A link driver is one HbdLinkOps row. */
#pragma once

#include "cfg/model.h"
#include "hbd/base/record.h"
#include "hbd/base/time.h"

#include <sys/socket.h>

#define HBD_LINK_MAX_DESTS 16 /* ucast peers on one link */

typedef struct {
    struct sockaddr_storage addr;
    socklen_t len;
} HbdLinkAddress;

/* What an open link is. Plain data: the descriptors travel by SCM_RIGHTS, the rest as bytes. */
typedef struct {
    int rx_fd;         /* bound to the port; -1: closed */
    int tx_fd;         /* ephemeral source port; -1: closed */
    guint ifindex;     /* of the interface they are bound to */
    bool unicast_only; /* take only what was sent to an address of ours, not to a group */
    guint n_dests;
    HbdLinkAddress dests[HBD_LINK_MAX_DESTS];
} HbdLinkSockets;

typedef struct {
    const char *name; /* the directive: bcast mcast mcast6 ucast ucast6 */
    /* Open @link; @links, may be NULL, is the whole list, for what shares its port. */
    bool (*open) (const CfgLink *link, const GPtrArray *links, HbdLinkSockets *sockets,
                  GError **error);
    /* "bcast eth0 port 694" and the like. (transfer full) */
    char *(*describe) (const CfgLink *link);
} HbdLinkOps;

/* The driver of a kind. */
const HbdLinkOps *hbd_link_ops (CfgLinkKind kind);

/* Root side. Open @link: sockets are non-blocking and close on exec. Host names of ucast peers are
 * looked up before (lookup.h): here only numbers count, and it is enough that one peer has one. Never
 * blocks. On failure @sockets is cleared. */
bool hbd_link_open (const CfgLink *link, const GPtrArray *links, HbdLinkSockets *sockets,
                    GError **error);
/* Do sockets opened earlier serve no more, because the interface went, came back as another one or
 * has another broadcast address? Asked when the monitor reports the interface. */
bool hbd_link_needs_reopen (const CfgLink *link, const HbdLinkSockets *sockets);
/* An empty value: no descriptors. */
void hbd_link_sockets_init (HbdLinkSockets *sockets);
/* Close what is open. */
void hbd_link_sockets_clear (HbdLinkSockets *sockets);

/* Engine side: one link's traffic. */
typedef struct _HbdLinkIo HbdLinkIo;

typedef struct {
    guint64 rx_datagrams;
    guint64 rx_errors;
    guint64 rx_filtered; /* not unicast where only that is wanted */
    guint64 rx_too_long; /* longer than a message can be */
    guint64 tx_datagrams;
    guint64 tx_errors; /* per destination */
} HbdLinkStats;

/* One datagram; @data is valid for the call. */
typedef void (*HbdLinkReceiveFunc) (gpointer user_data, const guint8 *data, gsize len);

/* A link without sockets. @name is copied; records name it. (transfer full) */
HbdLinkIo *hbd_link_io_new (const char *name);
/* Closes what is attached. */
void hbd_link_io_free (HbdLinkIo *io);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdLinkIo, hbd_link_io_free)
/* Use @sockets from now on, instead of what was attached (which is closed); takes over the
 * descriptors and clears @sockets. */
void hbd_link_io_attach (HbdLinkIo *io, HbdLinkSockets *sockets);
/* Close the sockets, if any. */
void hbd_link_io_detach (HbdLinkIo *io);
bool hbd_link_io_is_open (const HbdLinkIo *io);
/* Descriptor to poll for input, or -1. */
int hbd_link_io_fd (const HbdLinkIo *io);
/* Hand every datagram that waits, at most a batch, to @func; the number handed over. Call again
 * when the descriptor is still readable. Never blocks. @func must not free or re-attach @io. */
guint hbd_link_io_receive (HbdLinkIo *io, HbdLinkReceiveFunc func, gpointer user_data);
/* Numeric address of the sender of the datagram that was handed over last; NULL: none yet.
 * (transfer full) */
char *hbd_link_io_source (const HbdLinkIo *io);
/* Send to every destination of the link; never blocks. What fails is counted; at most once a
 * minute *@record, (transfer full), says so, else it is NULL. True when any destination took it. */
bool hbd_link_io_send (HbdLinkIo *io, const void *data, gsize len, HbdTime now, HbdRecord **record);
const HbdLinkStats *hbd_link_io_stats (const HbdLinkIo *io);
/* Datagrams for which the kernel had no room: they came faster than they were read. */
guint64 hbd_link_io_overflows (const HbdLinkIo *io);
