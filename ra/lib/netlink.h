/* SPDX-License-Identifier: Apache-2.0 */
/* One persistent route-netlink socket and the few questions and changes that service addresses need.
 * Every call is one exchange with the kernel, answered at once (tens of microseconds); a 2 s receive
 * limit stands behind it. Not thread-safe; no signal handling; never touches lo. */
#pragma once

#include "ra/lib/address.h"

typedef struct _RaNetlink RaNetlink;

/* Open the socket in the network namespace of the caller. (transfer full), NULL with @error. */
RaNetlink *ra_netlink_new (GError **error);
void ra_netlink_free (RaNetlink *nl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RaNetlink, ra_netlink_free)

typedef struct {
    int index;
    char name[RA_IFNAME_SIZE];
    guint flags;   /* IFF_UP, IFF_LOOPBACK, ... */
    guint type;    /* ARPHRD_ETHER, ... */
    guint8 hw[32]; /* hardware address, .hw_len bytes */
    guint hw_len;
    guint8 hw_broadcast[32];
} RaLink;

/* An address as the kernel has it. */
typedef struct {
    int ifindex;
    int family;
    guint8 bytes[16];
    int prefix_len;
    guint32 flags;   /* IFA_F_* */
    guint32 valid_s; /* seconds left; G_MAXUINT32: for ever */
    guint8 proto;    /* who added it; RA_ADDRESS_PROTO: we did (kernel 5.18 and later) */
} RaFound;

/* The mark that our addresses carry in the kernel (IFA_PROTO; `ip -d addr` shows it as proto). It is
 * how an address of an earlier life is told from the host's own. */
#define RA_ADDRESS_PROTO    0x68
#define RA_LIFETIME_FOREVER G_MAXUINT32

/* 0, or a positive errno: ENODEV when there is no such interface. */
int ra_netlink_link_by_name (RaNetlink *nl, const char *name, RaLink *out);
int ra_netlink_link_by_index (RaNetlink *nl, int ifindex, RaLink *out);
/* All addresses of @family (AF_UNSPEC: both). Array of RaFound (transfer full); NULL: @errno_out. */
GArray *ra_netlink_addresses (RaNetlink *nl, int family, int *errno_out);

/* Where the main table would send @bytes: interface, length of the matching prefix, and whether the
 * address is this machine's own. @ifindex 0: any interface. 0, or a positive errno. */
typedef struct {
    int ifindex;
    int prefix_len;
    bool is_local;
} RaRoute;
int ra_netlink_route_to (RaNetlink *nl, const RaAddress *address, int ifindex, RaRoute *out);

typedef struct {
    int ifindex;
    int family;
    const guint8 *bytes;
    int prefix_len;
    const guint8 *broadcast; /* 4 bytes or NULL */
    const char *label;       /* NULL or "": none */
    guint32 flags;           /* IFA_F_* to ask for */
    guint32 valid_s, preferred_s;
} RaChange;
/* Add the address, or give an existing one new lifetimes. 0, or a positive errno. */
int ra_netlink_address_set (RaNetlink *nl, const RaChange *change);
/* New lifetimes for an address that must exist: one message that the kernel refuses otherwise, so a
 * caller that slept between look and renewal cannot bring a lapsed address back.
 * 0, ENOENT when the address is not there, or another positive errno. */
int ra_netlink_address_renew (RaNetlink *nl, const RaChange *change);
/* 0 (also when it was not there), or a positive errno. */
int ra_netlink_address_delete (RaNetlink *nl, const RaFound *found);
/* Set the interface administratively up. 0, or a positive errno. */
int ra_netlink_link_up (RaNetlink *nl, int ifindex);
