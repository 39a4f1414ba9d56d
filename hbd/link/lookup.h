/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ucast peers become addresses beside the loop: a dead name server may take half a minute
 * over each, and whoever opens links has leases to renew meanwhile. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef enum {
    HBD_LINK_LOOKUP_PENDING,
    HBD_LINK_LOOKUP_FOUND,
    HBD_LINK_LOOKUP_FAILED,
} HbdLinkLookupState;

typedef struct _HbdLinkLookup HbdLinkLookup;

/* Begin to look @host up in @family (AF_INET, AF_INET6); never blocks. (transfer full) */
HbdLinkLookup *hbd_link_lookup_new (const char *host, int family);
/* Also of one that is pending: its thread ends alone when the resolver answers. */
void hbd_link_lookup_free (HbdLinkLookup *lookup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdLinkLookup, hbd_link_lookup_free)
/* How far it is; never blocks. FOUND: *@text is the address as a number, with its zone where it has
 * one (transfer full). FAILED: *@text says why (transfer full). */
HbdLinkLookupState hbd_link_lookup_poll (HbdLinkLookup *lookup, char **text);
