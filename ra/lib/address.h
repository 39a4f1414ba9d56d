/* SPDX-License-Identifier: Apache-2.0 */
/* What a user writes about a service address, as a value. Pure: no socket, no interface list.
 * Forms: doc/heartbeat.md 2.1 and 2.3 (IPaddr arguments), doc/crm.md 3.1 and 3.2 (parameters). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define RA_IFNAME_SIZE 16 /* IFNAMSIZ: at most 15 characters */

typedef enum {
    RA_BROADCAST_COMPUTED,  /* from the prefix; none for /31 and /32 */
    RA_BROADCAST_HOST_ZERO, /* "-": all host bits zero */
    RA_BROADCAST_GIVEN,
} RaBroadcastKind;

typedef struct {
    int family;       /* AF_INET or AF_INET6 */
    guint8 bytes[16]; /* network order; the first 4 or all 16 count */
    int prefix_len;   /* -1: taken from the interface's network, else from the route */
    char ifname
        [RA_IFNAME_SIZE]; /* "": the interface whose network holds the address, else by route */
    char label[RA_IFNAME_SIZE];        /* "": the interface's name; else as "eth0:0" */
    char label_suffix[RA_IFNAME_SIZE]; /* iflabel without an interface; joined when it is known */
    RaBroadcastKind broadcast_kind;
    guint8 broadcast[4];  /* RA_BROADCAST_GIVEN */
    bool wants_dad;       /* IPv6: let the kernel look for a duplicate first (costs 1 s or more) */
    bool is_never_source; /* IPv6: preferred lifetime 0, never picked for outgoing connections */
    char text[48];        /* canonical text of the address */
} RaAddress;

/* The same in pieces, as OCF parameters give them. NULL and "" mean: not given. */
typedef struct {
    const char *ip;
    const char *netmask;   /* prefix length or dotted mask */
    const char *nic;       /* interface, or interface:label */
    const char *label;     /* part behind the colon */
    const char *broadcast; /* address, "+" or "-"; IPv4 only */
} RaAddressParts;

#define RA_ADDRESS_ERROR (ra_address_error_quark ())
GQuark ra_address_error_quark (void);
typedef enum {
    RA_ADDRESS_ERROR_IP,
    RA_ADDRESS_ERROR_NETMASK,
    RA_ADDRESS_ERROR_INTERFACE,
    RA_ADDRESS_ERROR_LABEL,
    RA_ADDRESS_ERROR_BROADCAST,
    RA_ADDRESS_ERROR_EXTRA,
} RaAddressErrorCode;

/* Parse what follows `IPaddr::` in haresources: `ip[/prefix|/mask][/nic[:label]][/broadcast]`.
 * @args  the "::" parts, NULL-terminated. More than one part is one IPv6 address that was cut at its
 *        own "::" (IPv6addr::2001:db8::1/64/eth0), and is joined again.
 * (transfer full); NULL and @error with a sentence for people otherwise. */
RaAddress *ra_address_parse (const char *const *args, GError **error);
/* The same from pieces. (transfer full) */
RaAddress *ra_address_from_parts (const RaAddressParts *parts, GError **error);
void ra_address_free (RaAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RaAddress, ra_address_free)

/* Number of address bytes of a family: 4 or 16. */
gsize ra_family_size (int family);
/* Do the first @prefix_len bits of @a and @b agree? Both hold at least (@prefix_len + 7) / 8 bytes. */
bool ra_prefix_equal (const guint8 *a, const guint8 *b, int prefix_len);
/* Text to prefix length: "24", "255.255.255.0" (IPv4 only, contiguous); -1 when it is neither. */
int ra_prefix_parse (const char *text, int family);
/* The broadcast address for @prefix_len (resolved, not -1) into @out. False: it has none. */
bool ra_address_broadcast (const RaAddress *address, int prefix_len, guint8 out[4]);
