/* SPDX-License-Identifier: Apache-2.0 */
/* What the link drivers share: UDP sockets bound to a device, with errors that say what failed. */
#pragma once

#include "hbd/link/link.h"

#include <netinet/in.h>

#define HBD_LINK_ERROR (hbd_link_error_quark ())
GQuark hbd_link_error_quark (void);

/* Set @error to "@what: strerror(errno)"; always false. */
bool hbd_link_fail (GError **error, const char *what, const char *interface);
/* Index of the link's interface into sockets->ifindex; false when there is none. */
bool hbd_link_find_interface (const CfgLink *link, HbdLinkSockets *sockets, GError **error);
/* Open rx_fd and tx_fd: non-blocking, close on exec, bound to the interface, rx reusing the
 * address. @family AF_INET or AF_INET6. On failure what was opened stays in @sockets. */
bool hbd_link_open_pair (const CfgLink *link, int family, HbdLinkSockets *sockets, GError **error);
/* Bind rx_fd to @address, whose port is set to the link's. */
bool hbd_link_bind (const CfgLink *link, HbdLinkSockets *sockets, struct sockaddr_storage *address,
                    GError **error);
bool hbd_link_set_int (int fd, int level, int option, int value, const char *what, GError **error);
/* Append a destination; its port is set to the link's. False when there are too many. */
bool hbd_link_add_dest (const CfgLink *link, HbdLinkSockets *sockets,
                        const struct sockaddr_storage *address, GError **error);
/* "any" of @family. */
struct sockaddr_storage hbd_link_any_address (int family);

/* The numeric address @text of @family; a name is an error, see lookup.h. */
bool hbd_link_parse_address (const char *text, int family, struct sockaddr_storage *address,
                             GError **error);

extern const HbdLinkOps hbd_link_bcast_ops, hbd_link_mcast_ops, hbd_link_mcast6_ops,
    hbd_link_ucast_ops, hbd_link_ucast6_ops;

/* The broadcast address of the first address of the interface that has one. */
bool hbd_link_find_broadcast (const char *interface, struct sockaddr_storage *address);
