/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the neighbours where a service address lives now: gratuitous ARP in both forms, or
 * unsolicited neighbour advertisements, at once and then at paced instants, for as long as the address
 * is still here. */
#pragma once

#include "ra/lib/announce_packet.h"
#include "ra/lib/netlink.h"

typedef struct _RaAnnouncer RaAnnouncer;

/* @nl       borrowed for the object's life; used to see that the address is still here
 * @context  where the repeats are timed; NULL: the default main context
 * (transfer full); NULL and @error without the right to open packet sockets. */
RaAnnouncer *ra_announcer_new (RaNetlink *nl, GMainContext *context, GError **error);
/* Stops all repeats. Closing packet sockets may cost some ms: keep one announcer for a process. */
void ra_announcer_free (RaAnnouncer *announcer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RaAnnouncer, ra_announcer_free)

/* Send one announcement now if the address is here (as ra_address_where finds it).
 * 0, ENOENT when it is not here, another positive errno. */
int ra_announcer_send (RaAnnouncer *announcer, const RaAddress *address);

/* Send one announcement now that the address is at @hw on @link, a machine other than this one.
 * 0, or a positive errno. */
int ra_announcer_send_for (RaAnnouncer *announcer, const RaAddress *address, const RaLink *link,
                           const guint8 hw[6]);

/* Announce at the instants of @plan, from now; what is due at once is sent before the call returns.
 * Replaces a running announcement of the same address. @address and @plan are copied. Repeats end by
 * themselves when the address is gone. Result as of ra_announcer_send. */
int ra_announcer_begin (RaAnnouncer *announcer, const RaAddress *address,
                        const RaAnnouncePlan *plan);
/* End the repeats for this address now. Call before the address is removed. */
void ra_announcer_cancel (RaAnnouncer *announcer, const RaAddress *address);
/* Announcements still to come, all addresses together. */
guint ra_announcer_pending (const RaAnnouncer *announcer);
