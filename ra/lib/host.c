/* SPDX-License-Identifier: Apache-2.0 */
/* Service addresses on this machine; see host.h.
 *
 * What is left open in the configuration is settled here, at every use: the interface is the one whose
 * own network holds the address, else the route's (never the default route's: an address reached
 * through a gateway does not belong on this wire); the prefix length is that network's or route's.
 *
 * Which addresses are ours: we write a mark (RA_ADDRESS_PROTO) into what we add. On the interface that
 * the configuration means, the address itself is enough; on others only the mark counts, so a typing
 * error in haresources never removes an address that the host needs. lo is never touched. */
#include "config.h"

#include "ra/lib/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#define OCF_OK          0
#define OCF_GENERIC     1
#define OCF_PERM        4
#define OCF_CONFIGURED  6
#define OCF_NOT_RUNNING 7

/* The place that a configured address means. */
typedef struct {
    RaLink link;
    int prefix_len;
} Target;

static void G_GNUC_PRINTF (2, 3) say (char **reason, const char *format, ...)
{
    if (reason == NULL)
        return;
    va_list args;
    va_start (args, format);
    g_free (*reason);
    *reason = g_strdup_vprintf (format, args);
    va_end (args);
}

static int
fail (char **reason, const RaAddress *a, const char *what, int error)
{
    say (reason, "%s %s: %s", what, a->text, g_strerror (error));
    return error == EPERM || error == EACCES ? OCF_PERM : OCF_GENERIC;
}

static bool
is_same_address (const RaFound *f, const RaAddress *a)
{
    return f->family == a->family && memcmp (f->bytes, a->bytes, ra_family_size (a->family)) == 0;
}

static bool
is_loopback (RaNetlink *nl, int ifindex)
{
    RaLink link;
    if (ifindex == 1)
        return true; /* lo is created first in every namespace */
    return ra_netlink_link_by_index (nl, ifindex, &link) == 0 && (link.flags & IFF_LOOPBACK) != 0;
}

/* The first address of @found whose network holds @a, on @ifindex (0: any); longest prefix wins. */
static const RaFound *
connected_network (const GArray *found, const RaAddress *a, int ifindex)
{
    const RaFound *best = NULL;
    for (guint i = 0; i < found->len; i++) {
        const RaFound *f = &g_array_index (found, RaFound, i);
        if (f->family != a->family || f->ifindex == 1 || f->proto == RA_ADDRESS_PROTO
            || is_same_address (f, a) || (ifindex != 0 && f->ifindex != ifindex)
            || f->prefix_len < 1 || !ra_prefix_equal (f->bytes, a->bytes, f->prefix_len))
            continue;
        if (best == NULL || f->prefix_len > best->prefix_len)
            best = f;
    }
    return best;
}

/* Where the address is now, apart from lo; an interface of that index is preferred. */
static const RaFound *
present_on (RaNetlink *nl, const GArray *found, const RaAddress *a, int ifindex)
{
    const RaFound *other = NULL;
    for (guint i = 0; i < found->len; i++) {
        const RaFound *f = &g_array_index (found, RaFound, i);
        if (!is_same_address (f, a) || is_loopback (nl, f->ifindex))
            continue;
        if (f->ifindex == ifindex)
            return f;
        other = f;
    }
    return ifindex == 0 ? other : NULL;
}

static int
no_network (const RaAddress *a, char **reason)
{
    say (reason,
         "no network of this machine holds %s; give the netmask and the interface, as %s/%s/eth0",
         a->text, a->text, a->family == AF_INET ? "24" : "64");
    return OCF_GENERIC; /* as IPaddr2: the network may come later */
}

/* Fill what the configuration leaves open. */
static int
settle_network (RaNetlink *nl, const RaAddress *a, const GArray *found, Target *t, char **reason)
{
    int ifindex = t->link.index;
    t->prefix_len = a->prefix_len;
    const RaFound *network = connected_network (found, a, ifindex);
    if (network != NULL) {
        ifindex = network->ifindex;
        if (t->prefix_len < 0)
            t->prefix_len = network->prefix_len;
    }
    if (ifindex == 0 || t->prefix_len < 0) {
        RaRoute route;
        const RaFound *here = present_on (nl, found, a, ifindex);
        if (here != NULL)
            route = (RaRoute){ .ifindex = here->ifindex, .prefix_len = here->prefix_len };
        else if (ra_netlink_route_to (nl, a, ifindex, &route) != 0 || route.is_local
                 || route.prefix_len == 0)
            return no_network (a, reason);
        ifindex = route.ifindex;
        if (t->prefix_len < 0)
            t->prefix_len = route.prefix_len;
    }
    if (t->link.index == ifindex)
        return OCF_OK;
    int rc = ra_netlink_link_by_index (nl, ifindex, &t->link);
    return rc == 0 ? OCF_OK : fail (reason, a, "cannot look at the interface for", rc);
}

static int
settle (RaNetlink *nl, const RaAddress *a, const GArray *found, Target *t, char **reason)
{
    memset (t, 0, sizeof *t);
    if (a->ifname[0] != '\0') {
        int rc = ra_netlink_link_by_name (nl, a->ifname, &t->link);
        if (rc == ENODEV) {
            say (reason, "no interface %s on this machine, wanted for %s", a->ifname, a->text);
            return OCF_CONFIGURED;
        }
        if (rc != 0)
            return fail (reason, a, "cannot look at the interface for", rc);
    }
    int rc = settle_network (nl, a, found, t, reason);
    if (rc != OCF_OK)
        return rc;
    if (t->link.flags & IFF_LOOPBACK) {
        say (reason, "%s would go to %s, a loopback interface; that is left alone", a->text,
             t->link.name);
        return OCF_CONFIGURED;
    }
    return OCF_OK;
}

static GArray *
list (RaNetlink *nl, const RaAddress *a, int *rc, char **reason)
{
    int error = EIO;
    GArray *found = ra_netlink_addresses (nl, a->family, &error);
    if (found == NULL)
        *rc = fail (reason, a, "cannot list the addresses of this machine to find", error);
    return found;
}

int
ra_address_check (RaNetlink *nl, const RaAddress *a, char **reason)
{
    Target t;
    int rc = OCF_OK;
    g_autoptr (GArray) found = list (nl, a, &rc, reason);
    return found == NULL ? rc : settle (nl, a, found, &t, reason);
}

/* --- the four actions -------------------------------------------------------------------- */

int
ra_address_probe (RaNetlink *nl, const RaAddress *a, char **reason)
{
    Target t;
    int rc = OCF_OK;
    g_autoptr (GArray) found = list (nl, a, &rc, reason);
    if (found == NULL)
        return rc;
    if (present_on (nl, found, a, 0) == NULL)
        return OCF_NOT_RUNNING; /* the common answer needs no interface */
    if (settle (nl, a, found, &t, reason) != OCF_OK)
        return OCF_NOT_RUNNING;
    const RaFound *here = present_on (nl, found, a, t.link.index);
    if (here == NULL) {
        say (reason, "%s is on another interface, not on %s", a->text, t.link.name);
        return OCF_NOT_RUNNING;
    }
    if (here->flags & IFA_F_DADFAILED) {
        say (reason, "another machine on %s has %s (duplicate address detection)", t.link.name,
             a->text);
        return OCF_GENERIC;
    }
    return OCF_OK;
}

/* An address that is first in its network takes the later ones of the same network with it when it
 * goes, unless the interface promotes them. Ours comes and goes, so the host's own addresses must be
 * promoted; most distributions set this already. */
static void
protect_secondaries (const RaAddress *a, const GArray *found, const Target *t)
{
    static const char *const scopes[] = { "all", NULL };
    if (a->family != AF_INET || t->prefix_len > 31
        || connected_network (found, a, t->link.index) != NULL)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (scopes); i++) {
        const char *scope = scopes[i] != NULL ? scopes[i] : t->link.name;
        g_autofree char *path =
            g_strdup_printf ("/proc/sys/net/ipv4/conf/%s/promote_secondaries", scope);
        int fd = open (path, O_RDWR | O_CLOEXEC);
        char value = '0';
        bool is_set = fd >= 0 && read (fd, &value, 1) == 1 && value != '0';
        if (fd >= 0 && !is_set && scopes[i] == NULL && pwrite (fd, "1", 1, 0) != 1)
            g_debug ("%s: %s", path, g_strerror (errno)); /* read-only /proc: as without us */
        if (fd >= 0)
            close (fd);
        if (is_set)
            return;
    }
}

/* A route that IPv6 addresses share must not get our lifetime: with one, the kernel would let the
 * host's own prefix route expire together with our address. */
static guint32
flags_for (const RaAddress *a, const GArray *found, const Target *t)
{
    if (a->family == AF_INET)
        return 0;
    guint32 flags = a->wants_dad ? 0 : IFA_F_NODAD;
    const RaFound *network = connected_network (found, a, t->link.index);
    if (network != NULL && network->prefix_len == t->prefix_len)
        flags |= IFA_F_NOPREFIXROUTE;
    return flags;
}

static void
set_lifetime (RaChange *c, const RaAddress *a, guint lease_s)
{
    c->valid_s = lease_s == 0 ? RA_LIFETIME_FOREVER : lease_s;
    c->preferred_s = a->family == AF_INET6 && a->is_never_source ? 0 : c->valid_s;
}

static int
put (RaNetlink *nl, const RaAddress *a, const GArray *found, const Target *t, guint lease_s)
{
    guint8 broadcast[4];
    char label[RA_IFNAME_SIZE * 2];
    g_strlcpy (label, a->label, sizeof label);
    if (a->label_suffix[0] != '\0')
        g_snprintf (label, sizeof label, "%s:%s", t->link.name, a->label_suffix);
    if (strlen (label) >= RA_IFNAME_SIZE)
        label[0] =
            '\0'; /* only possible for a label without interface; the name serves nobody else */
    RaChange c = { .ifindex = t->link.index,
                   .family = a->family,
                   .bytes = a->bytes,
                   .prefix_len = t->prefix_len,
                   .label = label,
                   .flags = flags_for (a, found, t) };
    if (ra_address_broadcast (a, t->prefix_len, broadcast))
        c.broadcast = broadcast;
    set_lifetime (&c, a, lease_s);
    return ra_netlink_address_set (nl, &c);
}

/* Take the address away where it should not be (any more): our own elsewhere, and on the right
 * interface the same address under another prefix length or refused as a duplicate earlier. */
static int
clear_wrong_places (RaNetlink *nl, const RaAddress *a, const GArray *found, const Target *t)
{
    int first_error = 0;
    for (guint i = 0; i < found->len; i++) {
        const RaFound *f = &g_array_index (found, RaFound, i);
        if (!is_same_address (f, a) || is_loopback (nl, f->ifindex))
            continue;
        bool is_right = f->ifindex == t->link.index;
        bool is_good = f->prefix_len == t->prefix_len && !(f->flags & IFA_F_DADFAILED);
        if (is_right ? is_good : f->proto != RA_ADDRESS_PROTO)
            continue;
        int rc = ra_netlink_address_delete (nl, f);
        if (rc != 0 && first_error == 0)
            first_error = rc;
    }
    return first_error;
}

int
ra_address_start (RaNetlink *nl, const RaAddress *a, guint lease_s, char **reason)
{
    Target t;
    int rc = OCF_OK;
    g_autoptr (GArray) found = list (nl, a, &rc, reason);
    if (found == NULL)
        return rc;
    rc = settle (nl, a, found, &t, reason);
    if (rc != OCF_OK)
        return rc;
    if (!(t.link.flags & IFF_UP)) {
        int error = ra_netlink_link_up (nl, t.link.index);
        if (error != 0)
            return fail (reason, a, "interface is down and cannot be set up for", error);
        say (reason, "interface %s was down and has been set up for %s", t.link.name, a->text);
    }
    int error = clear_wrong_places (nl, a, found, &t);
    if (error != 0)
        return fail (reason, a, "cannot remove an old place of", error);
    protect_secondaries (a, found, &t);
    error = put (nl, a, found, &t, lease_s);
    if (error != 0)
        return fail (reason, a, "cannot add", error);
    return OCF_OK;
}

/* Is this entry one that stop, renew and announcements mean? */
static bool
is_meant (const RaFound *f, const RaAddress *a, int ifindex)
{
    if (!is_same_address (f, a))
        return false;
    return f->proto == RA_ADDRESS_PROTO || a->ifname[0] == '\0' || f->ifindex == ifindex;
}

/* Index of the configured interface, or 0: by route, or it does not exist. */
static int
configured_index (RaNetlink *nl, const RaAddress *a)
{
    RaLink link;
    if (a->ifname[0] == '\0' || ra_netlink_link_by_name (nl, a->ifname, &link) != 0)
        return 0;
    return link.index;
}

int
ra_address_stop (RaNetlink *nl, const RaAddress *a, char **reason)
{
    int rc = OCF_OK;
    g_autoptr (GArray) found = list (nl, a, &rc, reason);
    if (found == NULL)
        return rc;
    int ifindex = configured_index (nl, a);
    for (guint i = 0; i < found->len; i++) {
        const RaFound *f = &g_array_index (found, RaFound, i);
        if (!is_meant (f, a, ifindex) || is_loopback (nl, f->ifindex))
            continue;
        int error = ra_netlink_address_delete (nl, f);
        if (error != 0)
            rc = fail (reason, a, "cannot remove", error);
    }
    return rc;
}

int
ra_address_renew (RaNetlink *nl, const RaAddress *a, guint lease_s, char **reason)
{
    int rc = OCF_OK;
    g_autoptr (GArray) found = list (nl, a, &rc, reason);
    if (found == NULL)
        return rc;
    rc = OCF_NOT_RUNNING;
    int ifindex = configured_index (nl, a);
    for (guint i = 0; i < found->len; i++) {
        const RaFound *f = &g_array_index (found, RaFound, i);
        if (!is_meant (f, a, ifindex) || is_loopback (nl, f->ifindex))
            continue;
        RaChange c = { .ifindex = f->ifindex,
                       .family = f->family,
                       .bytes = f->bytes,
                       .prefix_len = f->prefix_len,
                       .flags = f->flags & (IFA_F_NODAD | IFA_F_NOPREFIXROUTE) };
        set_lifetime (&c, a, lease_s);
        int error = ra_netlink_address_renew (nl, &c);
        if (error == 0)
            rc = OCF_OK;
        else if (error != ENOENT)
            return fail (reason, a, "cannot renew the lease of", error);
    }
    if (rc == OCF_NOT_RUNNING)
        say (reason, "%s is not on this machine any more", a->text);
    return rc;
}

/* --- readers ----------------------------------------------------------------------------- */

static bool
find_meant (RaNetlink *nl, const RaAddress *a, RaFound *out)
{
    int error = 0;
    g_autoptr (GArray) found = ra_netlink_addresses (nl, a->family, &error);
    if (found == NULL)
        return false;
    int ifindex = configured_index (nl, a);
    for (guint i = 0; i < found->len; i++) {
        const RaFound *f = &g_array_index (found, RaFound, i);
        if (is_meant (f, a, ifindex) && !is_loopback (nl, f->ifindex)) {
            *out = *f;
            return true;
        }
    }
    return false;
}

RaDadState
ra_address_dad (RaNetlink *nl, const RaAddress *a)
{
    RaFound f;
    if (!find_meant (nl, a, &f))
        return RA_DAD_ABSENT;
    if (f.flags & IFA_F_DADFAILED)
        return RA_DAD_DUPLICATE;
    return f.flags & IFA_F_TENTATIVE ? RA_DAD_RUNNING : RA_DAD_DONE;
}

int
ra_address_where (RaNetlink *nl, const RaAddress *a)
{
    RaFound f;
    return find_meant (nl, a, &f) ? f.ifindex : 0;
}

int
ra_address_home (RaNetlink *nl, const RaAddress *a)
{
    Target t;
    int rc = OCF_OK;
    g_autoptr (GArray) found = list (nl, a, &rc, NULL);
    return found != NULL && settle (nl, a, found, &t, NULL) == OCF_OK ? t.link.index : 0;
}

GArray *
ra_address_list_ours (RaNetlink *nl)
{
    int error = 0;
    GArray *found = ra_netlink_addresses (nl, AF_UNSPEC, &error);
    for (guint i = found != NULL ? found->len : 0; i-- > 0;) {
        const RaFound *f = &g_array_index (found, RaFound, i);
        if (f->proto != RA_ADDRESS_PROTO || is_loopback (nl, f->ifindex))
            g_array_remove_index (found, i);
    }
    return found;
}

int
ra_address_remove_found (RaNetlink *nl, const RaFound *found, char **reason)
{
    if (is_loopback (nl, found->ifindex))
        return OCF_GENERIC;
    int error = ra_netlink_address_delete (nl, found);
    if (error == 0)
        return OCF_OK;
    char text[INET6_ADDRSTRLEN] = "?";
    inet_ntop (found->family, found->bytes, text, sizeof text);
    say (reason, "cannot remove %s: %s", text, g_strerror (error));
    return error == EPERM ? OCF_PERM : OCF_GENERIC;
}
