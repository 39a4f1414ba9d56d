/* SPDX-License-Identifier: Apache-2.0 */
/* The IPaddr agent, also installed as IPaddr2 and IPv6addr: a service address as an OCF program, on the
 * same library that the manager uses in process. Parameters of both stock agents
 * (doc/crm.md 3.1, 3.2). */
#include "config.h"

#include "hbd/base/clock.h"
#include "ra/lib/announce.h"
#include "ra/lib/host.h"
#include "ra/lib/ocf.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <string.h>
#include <unistd.h>

#define MAX_ANNOUNCEMENTS 1000
#define MAX_INTERVAL_MS   60000
#define MAX_LEASE_S       3600
#define DAD_WAIT_MS       10000 /* the kernel needs 1 to 2 s */

typedef struct {
    RaNetlink *nl;
    RaAddress *address;
} Setup;

static void
setup_clear (Setup *s)
{
    g_clear_pointer (&s->nl, ra_netlink_free);
    g_clear_pointer (&s->address, ra_address_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, setup_clear)

/* @rc_no_ip  what it means for the action when `ip` is no address: nothing of that name can be here */
static int
setup (const RaOcf *ocf, Setup *s, int rc_no_ip)
{
    g_autoptr (GError) error = NULL;
    const char *mask = ra_ocf_param (ocf, "cidr_netmask");
    RaAddressParts parts = { .ip = ra_ocf_param (ocf, "ip"),
                             .netmask = mask != NULL ? mask : ra_ocf_param (ocf, "netmask"),
                             .nic = ra_ocf_param (ocf, "nic"),
                             .label = ra_ocf_param (ocf, "iflabel"),
                             .broadcast = ra_ocf_param (ocf, "broadcast") };
    s->address = ra_address_from_parts (&parts, &error);
    if (s->address == NULL) {
        bool is_ip = g_error_matches (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_IP);
        return ra_ocf_fail (ocf, is_ip ? rc_no_ip : RA_OCF_ERR_CONFIGURED, "%s", error->message);
    }
    s->address->wants_dad = !ra_ocf_param_bool (ocf, "nodad", true);
    const char *preferred = ra_ocf_param (ocf, "preferred_lft");
    s->address->is_never_source = preferred != NULL && strcmp (preferred, "0") == 0;
    s->nl = ra_netlink_new (&error);
    if (s->nl == NULL)
        return ra_ocf_fail (ocf, RA_OCF_ERR_GENERIC, "%s", error->message);
    return -1; /* go on */
}

static int
finish (const RaOcf *ocf, int rc, const char *reason)
{
    if (reason == NULL)
        return rc;
    if (rc == RA_OCF_SUCCESS)
        ra_ocf_log (ocf, "INFO", "%s", reason);
    else if (rc == RA_OCF_NOT_RUNNING)
        ra_ocf_log (ocf, "INFO", "not running: %s", reason);
    else
        return ra_ocf_fail (ocf, rc, "%s", reason);
    return rc;
}

/* Old and new names of the same two numbers. */
static void
announce_numbers (const RaOcf *ocf, guint *count, guint *interval_ms)
{
    *count = ra_ocf_param_uint (ocf, "arp_count", MAX_ANNOUNCEMENTS);
    *interval_ms = ra_ocf_param_uint (ocf, "arp_interval", MAX_INTERVAL_MS);
    if (ra_ocf_param (ocf, "ARP_REPEAT") != NULL)
        *count = ra_ocf_param_uint (ocf, "ARP_REPEAT", MAX_ANNOUNCEMENTS);
    if (ra_ocf_param (ocf, "ARP_INTERVAL_MS") != NULL)
        *interval_ms = ra_ocf_param_uint (ocf, "ARP_INTERVAL_MS", MAX_INTERVAL_MS);
}

static void
leave_caller (void)
{
    setsid ();
    int null = open ("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd < 3; fd++)
        dup2 (null, fd); /* the caller waits for the end of its pipes */
    if (null > 2)
        close (null);
}

/* The repeats, in a process of their own that ends with the last one or with the address. */
static void
repeat_in_background (const RaAddress *address, guint count, guint interval_ms)
{
    if (fork () != 0)
        return; /* without a child: announced once, the neighbours learn the rest by themselves */
    leave_caller ();
    g_autoptr (RaNetlink) nl = ra_netlink_new (NULL);
    g_autoptr (RaAnnouncer) announcer = nl != NULL ? ra_announcer_new (nl, NULL, NULL) : NULL;
    g_autofree guint *offsets = g_new (guint, count);
    RaAnnouncePlan plan = ra_announce_plan_regular (count, interval_ms, offsets, count);
    plan.offsets_ms++; /* the first one is out already */
    plan.count--;
    if (announcer != NULL)
        ra_announcer_begin (announcer, address, &plan);
    while (announcer != NULL && ra_announcer_pending (announcer) > 0)
        g_main_context_iteration (NULL, TRUE);
    _exit (0);
}

static void
announce (const RaOcf *ocf, Setup *s)
{
    guint count, interval_ms;
    g_autoptr (GError) error = NULL;
    announce_numbers (ocf, &count, &interval_ms);
    if (count == 0)
        return;
    g_autoptr (RaAnnouncer) announcer = ra_announcer_new (s->nl, NULL, &error);
    if (announcer == NULL) {
        ra_ocf_log (ocf, "WARNING", "%s", error->message);
        return;
    }
    int rc = ra_announcer_send (announcer, s->address);
    if (rc != 0)
        ra_ocf_log (ocf, "WARNING", "cannot announce %s: %s", s->address->text, g_strerror (rc));
    if (count > 1)
        repeat_in_background (s->address, count, interval_ms);
}

static int
wait_for_dad (const RaOcf *ocf, Setup *s)
{
    HbdTime limit = hbd_clock_now () + HBD_MS (DAD_WAIT_MS);
    RaDadState state = ra_address_dad (s->nl, s->address);
    for (int wait_ms = 5; state == RA_DAD_RUNNING && hbd_clock_now () < limit;
         wait_ms = MIN (wait_ms * 2, 50)) {
        poll (NULL, 0, wait_ms);
        state = ra_address_dad (s->nl, s->address);
    }
    if (state == RA_DAD_DONE)
        return RA_OCF_SUCCESS;
    ra_address_stop (s->nl, s->address, NULL);
    return ra_ocf_fail (ocf, RA_OCF_ERR_GENERIC, "%s: %s", s->address->text,
                        state == RA_DAD_DUPLICATE
                            ? "another machine has this address (duplicate address detection)"
                            : "duplicate address detection did not come to an end");
}

static int
do_start (RaOcf *ocf)
{
    g_auto (Setup) s = { 0 };
    g_autofree char *reason = NULL;
    int rc = setup (ocf, &s, RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    guint lease_s = ra_ocf_param_uint (ocf, "lease", MAX_LEASE_S);
    rc = finish (ocf, ra_address_start (s.nl, s.address, lease_s, &reason), reason);
    if (rc != RA_OCF_SUCCESS)
        return rc;
    if (s.address->wants_dad && s.address->family == AF_INET6)
        rc = wait_for_dad (ocf, &s);
    if (rc == RA_OCF_SUCCESS)
        announce (ocf, &s);
    return rc;
}

static int
do_stop (RaOcf *ocf)
{
    g_auto (Setup) s = { 0 };
    g_autofree char *reason = NULL;
    int rc = setup (ocf, &s, RA_OCF_SUCCESS);
    if (rc >= 0)
        return rc;
    rc = ra_address_stop (s.nl, s.address, &reason);
    return finish (ocf, rc, reason);
}

static int
do_monitor (RaOcf *ocf)
{
    g_auto (Setup) s = { 0 };
    g_autofree char *reason = NULL;
    int rc = setup (ocf, &s, RA_OCF_NOT_RUNNING);
    if (rc >= 0)
        return rc;
    rc = finish (ocf, ra_address_probe (s.nl, s.address, &reason), reason);
    guint refresh = ra_ocf_param_uint (ocf, "arp_count_refresh", MAX_ANNOUNCEMENTS);
    if (rc != RA_OCF_SUCCESS || refresh == 0 || ra_ocf_is_probe (ocf))
        return rc;
    g_autoptr (RaAnnouncer) announcer = ra_announcer_new (s.nl, NULL, NULL);
    for (guint i = 0; announcer != NULL && i < refresh; i++)
        ra_announcer_send (announcer, s.address);
    return rc;
}

static int
do_validate (RaOcf *ocf)
{
    g_auto (Setup) s = { 0 };
    g_autofree char *reason = NULL;
    int rc = setup (ocf, &s, RA_OCF_ERR_CONFIGURED);
    if (rc >= 0)
        return rc;
    rc = ra_address_check (s.nl, s.address, &reason);
    return finish (ocf, rc, reason);
}

static const char one_binary[] = "announcements are sent by the agent itself";
static const char no_clusterip[] = "one node holds the address; there is no cluster-IP mode";
static const char no_lo[] = "lo is never touched";

static const RaOcfParam params[] = {
    { "ip", "string", NULL, "address to hold",
      "The IPv4 or IPv6 address that this resource holds, for example 192.168.1.70.", true, true,
      NULL },
    { "nic", "string", NULL, "interface",
      "Interface for the address, or INTERFACE:LABEL. Without it: the interface whose network "
      "holds "
      "the address, else the one of the route to it (never the default route).",
      false, false, NULL },
    { "cidr_netmask", "string", NULL, "prefix length or mask",
      "24 or 255.255.255.0. Without it: that of the interface's network.", false, false, NULL },
    { "netmask", "string", NULL, "old name of cidr_netmask", "Old name of cidr_netmask.", false,
      false, NULL },
    { "broadcast", "string", NULL, "broadcast address",
      "IPv4: an address, + (computed, the default) or - (all host bits zero).", false, false,
      NULL },
    { "iflabel", "string", NULL, "label",
      "IPv4: shown by ifconfig and ip as INTERFACE:LABEL, 15 characters at most in all.", false,
      false, NULL },
    { "lease", "integer", "0", "lifetime in seconds",
      "The kernel removes the address that many seconds after it was last started or renewed. 0: "
      "never. Only for use under a manager that renews it.",
      false, false, NULL },
    { "arp_interval", "integer", "200", "ms between announcements",
      "Milliseconds between announcements to the neighbours.", false, false, NULL },
    { "arp_count", "integer", "5", "announcements at start",
      "How many times the neighbours are told where the address is (gratuitous ARP in both forms, "
      "or "
      "neighbour advertisements); the first before start returns, the others in the background. 0: "
      "never.",
      false, false, NULL },
    { "arp_count_refresh", "integer", "0", "announcements at monitor",
      "Announcements at each recurring monitor.", false, false, NULL },
    { "ARP_INTERVAL_MS", "integer", NULL, "as arp_interval", "IPaddr's name of arp_interval.",
      false, false, NULL },
    { "ARP_REPEAT", "integer", NULL, "as arp_count", "IPaddr's name of arp_count.", false, false,
      NULL },
    { "nodad", "boolean", "true", "no duplicate address detection",
      "IPv6: use the address at once. With false, start waits until the kernel has looked for a "
      "duplicate (1 s and more) and fails when there is one.",
      false, false, NULL },
    { "preferred_lft", "string", "forever", "preferred lifetime",
      "IPv6: with 0 the address is never chosen as the source of outgoing connections.", false,
      false, NULL },
    { "lvs_support", "boolean", "false", "keep the address on lo", "Of IPaddr2.", false, false,
      no_lo },
    { "lvs_ipv6_addrlabel", "boolean", "false", "IPv6 address label", "Of IPaddr2.", false, false,
      "use preferred_lft=0" },
    { "lvs_ipv6_addrlabel_value", "integer", "99", "IPv6 address label value", "Of IPaddr2.", false,
      false, "use preferred_lft=0" },
    { "mac", "string", NULL, "cluster-IP MAC", "Of IPaddr2.", false, false, no_clusterip },
    { "clusterip_hash", "string", "sourceip-sourceport", "cluster-IP hash", "Of IPaddr2.", false,
      false, no_clusterip },
    { "unique_clone_address", "boolean", "false", "address per clone", "Of IPaddr2.", false, false,
      no_clusterip },
    { "arp_bg", "string", "yes", "announce in the background", "Of IPaddr2.", false, false,
      "the first announcement is immediate, the others are always in the background" },
    { "ARP_BACKGROUND", "string", "yes", "announce in the background", "Of IPaddr.", false, false,
      "the first announcement is immediate, the others are always in the background" },
    { "ARP_NETMASK", "string", "ffffffffffff", "mask in the ARP packet", "Of IPaddr.", false, false,
      one_binary },
    { "arp_sender", "string", NULL, "program that announces", "Of IPaddr2.", false, false,
      one_binary },
    { "send_arp_opts", "string", NULL, "its options", "Of IPaddr2.", false, false, one_binary },
    { "flush_routes", "boolean", "false", "flush the route cache", "Of IPaddr2.", false, false,
      "Linux has had no route cache since 3.6" },
    { "run_arping", "boolean", "false", "IPv4 collision test", "Of IPaddr2.", false, false,
      "the cluster decides who holds the address" },
    { "noprefixroute", "boolean", "false", "no prefix route", "Of IPaddr2.", false, false,
      "a prefix route that other addresses need is left alone anyway" },
    { "network_namespace", "string", NULL, "network namespace", "Of IPaddr2.", false, false,
      "the address is put into the namespace that the agent runs in" },
    { "local_start_script", "string", NULL, "program run at start", "Of IPaddr.", false, false,
      "make it a resource of its own in the group" },
    { "local_stop_script", "string", NULL, "program run at stop", "Of IPaddr.", false, false,
      "make it a resource of its own in the group" },
};

static const RaOcfAction actions[] = {
    { "start", 20, 0, -1, do_start },     { "stop", 20, 0, -1, do_stop },
    { "monitor", 20, 10, 0, do_monitor }, { "validate-all", 20, 0, -1, do_validate },
    { "meta-data", 5, 0, -1, NULL },
};

int
main (int argc, char **argv)
{
    g_autofree char *name = argc > 0 ? g_path_get_basename (argv[0]) : g_strdup ("IPaddr");
    bool is_known = strcmp (name, "IPaddr2") == 0 || strcmp (name, "IPv6addr") == 0;
    const RaOcfAgent agent = {
        .name = is_known ? name : "IPaddr",
        .shortdesc = "holds a service address, IPv4 or IPv6",
        .longdesc =
            "Puts a service address on an interface and tells the neighbours that it is here "
            "now; takes it away again. Installed as IPaddr, IPaddr2 and IPv6addr, which do "
            "the same and take the parameters of the stock agents of these names.\n\n"
            "monitor says 0 when the address is on exactly that interface, else 7. lo is "
            "never touched. An address on another interface is only removed there when this "
            "agent or hbd had put it there.",
        .params = params,
        .param_count = G_N_ELEMENTS (params),
        .actions = actions,
        .action_count = G_N_ELEMENTS (actions),
    };
    return ra_ocf_main (&agent, argc, argv);
}
