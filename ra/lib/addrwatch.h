/* SPDX-License-Identifier: Apache-2.0 */
/* Hears from the kernel, at once, when addresses or interfaces come and go, whoever did it: another
 * program, a cable of a USB adapter, the end of a lease. */
#pragma once

#include "ra/lib/netlink.h"

typedef struct _RaAddrWatch RaAddrWatch;

typedef enum {
    RA_WATCH_ADDRESS_ADDED,
    RA_WATCH_ADDRESS_REMOVED,
    RA_WATCH_LINK_CHANGED, /* exists; .is_up tells whether it is up with a carrier */
    RA_WATCH_LINK_GONE,
    RA_WATCH_OVERRUN, /* events were lost: look at everything again */
} RaWatchKind;

typedef struct {
    RaWatchKind kind;
    int ifindex;
    char ifname[RA_IFNAME_SIZE]; /* LINK_*: its name */
    bool is_up;
    RaFound address; /* ADDRESS_* */
} RaWatchEvent;

/* @event is borrowed for the call. The watch may be freed in it only by a later main-loop source. */
typedef void (*RaWatchFunc) (const RaWatchEvent *event, gpointer user);

/* @context  NULL: the default main context. (transfer full); NULL and @error. */
RaAddrWatch *ra_addr_watch_new (GMainContext *context, RaWatchFunc func, gpointer user,
                                GError **error);
void ra_addr_watch_free (RaAddrWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RaAddrWatch, ra_addr_watch_free)
