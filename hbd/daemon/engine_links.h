/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's set of links: what the manager opened, by link index, polled in the main loop. */
#pragma once

#include "hbd/base/record.h"
#include "hbd/link/link.h"

#include <stdbool.h>

typedef struct _HbdEngineLinks HbdEngineLinks;

typedef void (*HbdDatagramHandler) (gpointer data, int link, const guint8 *bytes, gsize len);
/* @record is (transfer full). */
typedef void (*HbdLinkRecordHandler) (gpointer data, HbdRecord *record);

HbdEngineLinks *hbd_engine_links_new (HbdDatagramHandler datagram, HbdLinkRecordHandler record,
                                      gpointer data);
void hbd_engine_links_free (HbdEngineLinks *links);
/* Forget all links and take the names of new ones, NULL-terminated. */
void hbd_engine_links_reset (HbdEngineLinks *links, const char *const *names);

/* Take over @fds (receiving, sending; each is set to -1) for link @index; an open link of that index
 * is replaced. @payload is that of HBD_IPC_LINK_OPEN. False: nonsense. */
bool hbd_engine_links_open (HbdEngineLinks *links, GVariant *payload, int *fds, guint n_fds,
                            int *index);
void hbd_engine_links_close (HbdEngineLinks *links, int index);
guint hbd_engine_links_count (const HbdEngineLinks *links);
bool hbd_engine_links_is_open (const HbdEngineLinks *links, int index);
/* Send to all destinations of @index, or of all links when it is negative. Never blocks. */
void hbd_engine_links_send (HbdEngineLinks *links, int index, GBytes *bytes);
/* The node says @record about the datagram that it is being given: where one was refused, the
 * sender's address is added to the fields (from=ADDRESS) and kept for the status. */
void hbd_engine_links_note (HbdEngineLinks *links, HbdRecord *record);
/* The last few refusals, newest last: aa{sv} with link, from, what (the record's name and reason).
 * (transfer full, floating) */
GVariant *hbd_engine_links_refusals (const HbdEngineLinks *links);
/* Traffic by link: aa{sv} with name, open, rx, rx_errors, tx, tx_errors. (transfer full, floating) */
GVariant *hbd_engine_links_status (const HbdEngineLinks *links);
/* Add what was lost below the node, on all links together, to the `counters` (a{st}) of @status. */
void hbd_engine_links_add_counters (const HbdEngineLinks *links, GVariantDict *status);

/* HBD_IPC_LINK_OPEN's payload for @sockets. (transfer full, floating) */
GVariant *hbd_link_sockets_to_variant (int index, const HbdLinkSockets *sockets);
