/* SPDX-License-Identifier: Apache-2.0 */
/* VRRP ports: raw sockets on one interface, over which virtual routers exchange adverts
 * (doc/keepalived.md 3.1 to 3.3). All instances of one family on an interface share a port. As with
 * links, the manager opens and the engine gets descriptors: whole IP packets go out as given. */
#pragma once

#include "hbd/link/link.h"
#include "hbd/wire/vrrp.h"

#define HBD_VRRP_PORT_MAX_GROUPS 32 /* different multicast groups of one port */

typedef struct {
    const char *interface;
    HbdVrrpFamily family;
    guint8 protocol; /* HBD_VRRP_PROTOCOL, or HBD_VRRP_AH_PROTOCOL for `auth_type AH` */
    const HbdVrrpAddress *groups; /* to join; none when all instances are unicast */
    guint group_count;            /* 0..HBD_VRRP_PORT_MAX_GROUPS */
} HbdVrrpPortConfig;

/* Root side. Non-blocking descriptors in @sockets, which has no destinations: each packet names its
 * own. On failure @sockets is cleared. */
bool hbd_vrrp_port_open (const HbdVrrpPortConfig *config, HbdLinkSockets *sockets, GError **error);

/* Engine side: one port's traffic. */
typedef struct _HbdVrrpIo HbdVrrpIo;

/* One packet, unwrapped as far as its family allows: IPv4 with its header in @data, IPv6 without,
 * addresses and hop limit from the kernel. @data and @packet are valid for the call. IPv4:
 * @packet is NULL. */
typedef void (*HbdVrrpReceiveFunc) (gpointer user_data, const guint8 *data, gsize len,
                                    const HbdVrrpPacket *packet);

/* A port without sockets. @name is copied; records name it. (transfer full) */
HbdVrrpIo *hbd_vrrp_io_new (const char *name, HbdVrrpFamily family);
/* Closes what is attached. */
void hbd_vrrp_io_free (HbdVrrpIo *io);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdVrrpIo, hbd_vrrp_io_free)
/* Use @sockets from now on instead of what was attached; takes over and clears @sockets. */
void hbd_vrrp_io_attach (HbdVrrpIo *io, HbdLinkSockets *sockets);
void hbd_vrrp_io_detach (HbdVrrpIo *io);
/* Descriptor to poll for input, or -1. */
int hbd_vrrp_io_fd (const HbdVrrpIo *io);
/* Hand every packet that waits, at most a batch, to @func; the number handed over. Never blocks.
 * @func must not free or re-attach @io. */
guint hbd_vrrp_io_receive (HbdVrrpIo *io, HbdVrrpReceiveFunc func, gpointer user_data);
/* Send @packet, from its IP header on, to @destination; never blocks. What fails is counted; at
 * most once a minute *@record, (transfer full), says so, else it is NULL. */
bool hbd_vrrp_io_send (HbdVrrpIo *io, GBytes *packet, const HbdVrrpAddress *destination,
                       HbdTime now, HbdRecord **record);
const HbdLinkStats *hbd_vrrp_io_stats (const HbdVrrpIo *io);
