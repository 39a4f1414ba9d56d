/* SPDX-License-Identifier: Apache-2.0 */
/* The peers of one ucast link, from names to numbers, without ever waiting for a name server. What
 * is found once is kept: a name whose address changes is looked up again after a reload. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _HbdPeers HbdPeers;

/* @names: char *, borrowed for the object's life; @family: AF_INET or AF_INET6. (transfer full) */
HbdPeers *hbd_peers_new (const GPtrArray *names, int family);
void hbd_peers_free (HbdPeers *peers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdPeers, hbd_peers_free)

/* Look after the questions that are out, and ask anew what failed. True when more addresses are
 * known than before. Never blocks; call it every now and then until all are found. */
bool hbd_peers_look (HbdPeers *peers);
/* Addresses as text, in the order of the names; what is not known is left out. (transfer none) */
GPtrArray *hbd_peers_known (const HbdPeers *peers);
bool hbd_peers_all_known (const HbdPeers *peers);
/* Is an answer still to come? */
bool hbd_peers_is_pending (const HbdPeers *peers);
/* Why a name is not known, or NULL. (transfer none) */
const char *hbd_peers_trouble (const HbdPeers *peers);
