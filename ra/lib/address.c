/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing of service addresses; see address.h. Nothing here knows which interfaces exist: what is
 * left open (interface, prefix length) is settled by host.c at the moment of use. */
#include "config.h"

#include "ra/lib/address.h"

#include <arpa/inet.h>
#include <string.h>

G_DEFINE_QUARK (ra - address - error - quark, ra_address_error)

#define MAX_TEXT 200 /* longest argument worth reading; a valid one has about 90 bytes */

gsize
ra_family_size (int family)
{
    return family == AF_INET ? 4 : 16;
}

bool
ra_prefix_equal (const guint8 *a, const guint8 *b, int prefix_len)
{
    int whole = prefix_len / 8, rest = prefix_len % 8;
    if (memcmp (a, b, whole) != 0)
        return false;
    if (rest == 0)
        return true;
    guint8 mask = (guint8) (0xff << (8 - rest));
    return (a[whole] & mask) == (b[whole] & mask);
}

static int
dotted_mask_to_prefix (const char *text)
{
    struct in_addr mask;
    if (inet_pton (AF_INET, text, &mask) != 1)
        return -1;
    guint32 bits = ntohl (mask.s_addr);
    guint32 inverse = ~bits;
    if ((inverse & (inverse + 1)) != 0)
        return -1; /* a hole in the mask */
    int len = 0;
    while (bits & 0x80000000u) {
        len++;
        bits <<= 1;
    }
    return len;
}

int
ra_prefix_parse (const char *text, int family)
{
    if (strchr (text, '.') != NULL)
        return family == AF_INET ? dotted_mask_to_prefix (text) : -1;
    guint64 value;
    guint64 max = ra_family_size (family) * 8;
    if (!g_ascii_string_to_unsigned (text, 10, 0, max, &value, NULL))
        return -1;
    return (int) value;
}

bool
ra_address_broadcast (const RaAddress *address, int prefix_len, guint8 out[4])
{
    if (address->family != AF_INET)
        return false;
    if (address->broadcast_kind == RA_BROADCAST_GIVEN) {
        memcpy (out, address->broadcast, 4);
        return true;
    }
    if (prefix_len < 1 || prefix_len > 30)
        return false;
    guint32 host_bits = 0xffffffffu >> prefix_len;
    guint32 value;
    memcpy (&value, address->bytes, 4);
    value = ntohl (value);
    value =
        address->broadcast_kind == RA_BROADCAST_HOST_ZERO ? value & ~host_bits : value | host_bits;
    value = htonl (value);
    memcpy (out, &value, 4);
    return true;
}

static bool
is_given (const char *text)
{
    return text != NULL && *text != '\0';
}

/* Names that the kernel would take, without the ones that could confuse a log line or a path. */
static bool
is_good_ifname (const char *name, gsize len)
{
    if (len == 0 || len >= RA_IFNAME_SIZE || name[0] == '.')
        return false;
    for (gsize i = 0; i < len; i++)
        if (!g_ascii_isgraph (name[i]) || strchr ("/:\"'", name[i]) != NULL)
            return false;
    return true;
}

static bool
parse_ip (RaAddress *a, const char *ip, GError **error)
{
    if (!is_given (ip)) {
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_IP, "no IP address given");
        return false;
    }
    if (inet_pton (AF_INET, ip, a->bytes) == 1) {
        a->family = AF_INET;
    } else if (inet_pton (AF_INET6, ip, a->bytes) == 1) {
        a->family = AF_INET6;
    } else {
        g_autofree char *shown = g_strescape (ip, NULL);
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_IP,
                     "'%.60s' is not an IPv4 or IPv6 address", shown);
        return false;
    }
    inet_ntop (a->family, a->bytes, a->text, sizeof a->text);
    return true;
}

/* Addresses that no machine may take over: what they mean is not a place in the network. */
static bool
check_ip_kind (const RaAddress *a, GError **error)
{
    const char *kind = NULL;
    if (a->family == AF_INET) {
        if (a->bytes[0] == 127)
            kind = "a loopback address";
        else if (a->bytes[0] == 0)
            kind = "not a host's address";
        else if (a->bytes[0] >= 224)
            kind = "a multicast or reserved address";
    } else {
        struct in6_addr in6;
        memcpy (&in6, a->bytes, sizeof in6);
        if (IN6_IS_ADDR_LOOPBACK (&in6))
            kind = "a loopback address";
        else if (IN6_IS_ADDR_UNSPECIFIED (&in6))
            kind = "not a host's address";
        else if (IN6_IS_ADDR_MULTICAST (&in6))
            kind = "a multicast address";
        else if (IN6_IS_ADDR_V4MAPPED (&in6))
            kind = "an IPv4 address in IPv6 clothes; write the IPv4 address";
    }
    if (kind == NULL)
        return true;
    g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_IP, "%s is %s", a->text, kind);
    return false;
}

static bool
parse_netmask (RaAddress *a, const char *netmask, GError **error)
{
    a->prefix_len = -1;
    if (!is_given (netmask))
        return true;
    a->prefix_len = ra_prefix_parse (netmask, a->family);
    if (a->prefix_len > 0)
        return true;
    g_autofree char *shown = g_strescape (netmask, NULL);
    if (a->family == AF_INET)
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_NETMASK,
                     "'%.60s' is not a netmask: write a prefix length from 1 to 32, or a dotted "
                     "mask such as 255.255.255.0",
                     shown);
    else
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_NETMASK,
                     "'%.60s' is not a prefix length from 1 to 128", shown);
    return false;
}

static bool
bad_interface (const char *nic, GError **error)
{
    g_autofree char *shown = g_strescape (nic, NULL);
    g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_INTERFACE,
                 "'%.60s' is not an interface name", shown);
    return false;
}

static bool
set_label (RaAddress *a, const char *suffix, GError **error)
{
    g_autofree char *label = g_strdup_printf ("%s:%s", a->ifname, suffix);
    gsize len = strlen (suffix);
    if (len == 0 || !is_good_ifname (suffix, MIN (len, RA_IFNAME_SIZE - 1))) {
        g_autofree char *shown = g_strescape (suffix, NULL);
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_LABEL,
                     "'%.60s' is not an interface label", shown);
        return false;
    }
    if (strlen (label) >= RA_IFNAME_SIZE) {
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_LABEL,
                     "interface label '%.60s' is longer than 15 characters", label);
        return false;
    }
    if (a->ifname[0] == '\0')
        g_strlcpy (a->label_suffix, suffix, sizeof a->label_suffix);
    else
        g_strlcpy (a->label, label, sizeof a->label);
    return true;
}

static bool
parse_nic (RaAddress *a, const char *nic, const char *label, GError **error)
{
    const char *suffix = is_given (label) ? label : NULL;
    if (is_given (nic)) {
        const char *colon = strchr (nic, ':');
        gsize len = colon != NULL ? (gsize) (colon - nic) : strlen (nic);
        if (!is_good_ifname (nic, len))
            return bad_interface (nic, error);
        memcpy (a->ifname, nic, len);
        a->ifname[len] = '\0';
        if (colon != NULL && suffix == NULL)
            suffix = colon + 1;
    }
    if (strcmp (a->ifname, "lo") == 0) {
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_INTERFACE,
                     "a service address cannot live on lo: nobody else would reach it");
        return false;
    }
    if (suffix == NULL)
        return true;
    if (a->family == AF_INET6)
        return true; /* the kernel knows no labels there; IPaddr2 ignores it too */
    return set_label (a, suffix, error);
}

static bool
parse_broadcast (RaAddress *a, const char *broadcast, GError **error)
{
    a->broadcast_kind = RA_BROADCAST_COMPUTED;
    if (!is_given (broadcast) || strcmp (broadcast, "+") == 0)
        return true;
    if (a->family != AF_INET) {
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_BROADCAST,
                     "IPv6 has no broadcast addresses");
        return false;
    }
    if (strcmp (broadcast, "-") == 0) {
        a->broadcast_kind = RA_BROADCAST_HOST_ZERO;
        return true;
    }
    a->broadcast_kind = RA_BROADCAST_GIVEN;
    if (inet_pton (AF_INET, broadcast, a->broadcast) == 1)
        return true;
    g_autofree char *shown = g_strescape (broadcast, NULL);
    g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_BROADCAST,
                 "'%.60s' is not a broadcast address", shown);
    return false;
}

static bool
check_whole (const RaAddress *a, GError **error)
{
    if (a->family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80
        && a->ifname[0] == '\0') {
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_INTERFACE,
                     "%s is a link-local address: say on which interface", a->text);
        return false;
    }
    guint8 broadcast[4];
    if (a->prefix_len > 0 && a->prefix_len < 31
        && ra_address_broadcast (a, a->prefix_len, broadcast)
        && memcmp (broadcast, a->bytes, 4) == 0) {
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_IP,
                     "%s is the broadcast address of its network", a->text);
        return false;
    }
    return true;
}

RaAddress *
ra_address_from_parts (const RaAddressParts *parts, GError **error)
{
    g_autoptr (RaAddress) a = g_new0 (RaAddress, 1);
    if (!parse_ip (a, parts->ip, error) || !check_ip_kind (a, error)
        || !parse_netmask (a, parts->netmask, error)
        || !parse_nic (a, parts->nic, parts->label, error)
        || !parse_broadcast (a, parts->broadcast, error) || !check_whole (a, error))
        return NULL;
    return g_steal_pointer (&a);
}

void
ra_address_free (RaAddress *address)
{
    g_free (address);
}

/* Sort the parts behind the address into netmask, interface and broadcast. Heartbeat: a part that
 * starts with a digit is no interface (doc/heartbeat.md 2.1); empty parts are left out. */
static bool
sort_parts (char **words, RaAddressParts *parts, GError **error)
{
    for (guint i = 1; words[i] != NULL; i++) {
        const char *word = words[i];
        if (*word == '\0')
            continue;
        bool is_numeric = g_ascii_isdigit (*word) || *word == '+' || *word == '-';
        if (!is_numeric && parts->nic == NULL && parts->broadcast == NULL)
            parts->nic = word;
        else if (is_numeric && i == 1)
            parts->netmask = word;
        else if (is_numeric && parts->broadcast == NULL)
            parts->broadcast = word;
        else {
            g_autofree char *shown = g_strescape (word, NULL);
            g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_EXTRA,
                         "'%.60s' is too much: an address is written "
                         "IP/NETMASK/INTERFACE/BROADCAST",
                         shown);
            return false;
        }
    }
    return true;
}

RaAddress *
ra_address_parse (const char *const *args, GError **error)
{
    RaAddressParts parts = { 0 };
    gsize len = 0;
    for (guint i = 0; args[i] != NULL; i++)
        len += strlen (args[i]) + 2;
    if (len > MAX_TEXT) {
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_EXTRA,
                     "the argument is longer than any address");
        return NULL;
    }
    g_autofree char *joined = g_strjoinv ("::", (char **) args);
    if (args[0] != NULL && args[1] != NULL && strchr (args[0], '.') != NULL) {
        g_set_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_EXTRA,
                     "one argument expected, IP/NETMASK/INTERFACE/BROADCAST");
        return NULL;
    }
    g_auto (GStrv) words = g_strsplit (joined, "/", 0);
    parts.ip = words[0];
    if (words[0] != NULL && !sort_parts (words, &parts, error))
        return NULL;
    return ra_address_from_parts (&parts, error);
}
