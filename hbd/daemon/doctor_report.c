/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/doctor_report.h"

#include "hbd/daemon/firewall.h"
#include "hbd/link/link.h"

#include <arpa/inet.h>
#include <string.h>

typedef struct {
    const HbdDoctorFacts *facts;
    GString *text;
    bool is_healthy;
} Doctor;

/* What the test frames showed of one other node on one link. */
typedef struct {
    const char *node;
    bool is_heard;   /* frames of it came */
    bool is_counted; /* it says what came of ours */
    guint64 came, sent, there;
} Finding;

static const char *
text_of (GVariant *dict, const char *key)
{
    const char *text = "";

    if (dict != NULL)
        g_variant_lookup (dict, key, "&s", &text);
    return text;
}

static gboolean
flag_of (GVariant *dict, const char *key)
{
    gboolean flag = FALSE;

    if (dict != NULL)
        g_variant_lookup (dict, key, "b", &flag);
    return flag;
}

/* Entry @index of the aa{sv} under @key. (transfer full), NULL: there is none. */
static GVariant *
child_of (GVariant *dict, const char *key, gsize index)
{
    g_autoptr (GVariant) list =
        dict != NULL ? g_variant_lookup_value (dict, key, G_VARIANT_TYPE ("aa{sv}")) : NULL;

    return list != NULL && index < g_variant_n_children (list)
               ? g_variant_get_child_value (list, index)
               : NULL;
}

/* How much the counter grew; all of it when it began anew in between. */
static guint64
growth (GVariant *before, GVariant *after, const char *key)
{
    guint64 a = 0, b = 0;

    if (before != NULL)
        g_variant_lookup (before, key, "t", &a);
    if (after != NULL)
        g_variant_lookup (after, key, "t", &b);
    return b >= a ? b - a : b;
}

/* --- one node on one link ------------------------------------------------------------------ */

/* Frames of node @node that came, on any link. */
static guint64
came_of (const HbdDoctorFacts *f, gsize node)
{
    g_autoptr (GVariant) before = child_of (f->before, "nodes", node);
    g_autoptr (GVariant) after = child_of (f->after, "nodes", node);
    guint64 sum = 0;

    for (gsize i = 0; i < f->cluster->links->len; i++) {
        g_autoptr (GVariant) a = child_of (before, "links", i);
        g_autoptr (GVariant) b = child_of (after, "links", i);

        sum += growth (a, b, "received");
    }
    return sum;
}

static Finding
find (const HbdDoctorFacts *f, gsize node, gsize link)
{
    g_autoptr (GVariant) before = child_of (f->before, "nodes", node);
    g_autoptr (GVariant) after = child_of (f->after, "nodes", node);
    g_autoptr (GVariant) a = child_of (before, "links", link);
    g_autoptr (GVariant) b = child_of (after, "links", link);
    g_autoptr (GVariant) traffic_a = child_of (f->before, "traffic", link);
    g_autoptr (GVariant) traffic_b = child_of (f->after, "traffic", link);
    Finding finding = { .came = growth (a, b, "received") };

    finding.is_heard = finding.came > 0;
    /* the count is as new as its last status, on whatever link that came */
    finding.is_counted = flag_of (after, "native") && came_of (f, node) > 0;
    finding.sent = growth (traffic_a, traffic_b, "tx");
    finding.there = growth (a, b, "received_there");
    return finding;
}

/* --- advice -------------------------------------------------------------------------------- */

/* What datagrams can be refused for: counter, word of the record, for people. */
static const struct {
    const char *counter, *what, *meaning, *remedy;
} signs[] = {
    { "refused-bad-digest", "bad-digest", "the signature is wrong: the key differs",
      "make authkeys the same on both nodes, then on each: hbctl reload" },
    { "refused-unknown-key", "unknown-key", "signed with a key that our authkeys does not have",
      "make authkeys the same on both nodes, then on each: hbctl reload" },
    { "refused-no-signature", "no-signature", "without a signature",
      "something else uses the port; give this cluster another udpport" },
    { "refused-no-frame", "no-frame", "not Heartbeat's",
      "something else uses the port; give this cluster another udpport" },
    { "refused-unkeyed", "unkeyed", "signed by a checksum only, which anybody can",
      "make authkeys the same on both nodes, then on each: hbctl reload" },
    { "link-overflow", "overflow", "lost here: they came faster than they could be read",
      "something floods the port; `tcpdump -n udp' shows where it comes from" },
    { "rx-unknown-node", "node.unknown", "well signed, of a node that is not in our ha.cf",
      "add its node line to ha.cf, or give this cluster another udpport" },
    { "rx-same-name", "node.same-name", "of a node that bears our own name",
      "node names are what `uname -n' prints: give each machine its own" },
    { "rx-replay", "node.replay", "of an earlier life of the peer",
      "its hb_generation was lost or the clock set back, or somebody repeats old datagrams" },
};

/* Was anything refused while the test frames went? Our own echo and silence are not. */
static bool
is_refusing (const HbdDoctorFacts *f)
{
    const GVariantType *type = G_VARIANT_TYPE ("a{st}");
    g_autoptr (GVariant) before = g_variant_lookup_value (f->before, "counters", type);
    g_autoptr (GVariant) after = g_variant_lookup_value (f->after, "counters", type);

    for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
        if (growth (before, after, signs[i].counter) > 0)
            return true;
    return false;
}

static bool
is_v6 (const CfgLink *link)
{
    return link->kind == CFG_LINK_UCAST6 || link->kind == CFG_LINK_MCAST6;
}

static bool
is_multicast (const CfgLink *link)
{
    return link->kind == CFG_LINK_MCAST || link->kind == CFG_LINK_MCAST6;
}

/* Names what of this host's packet filter stands in the way; false when nothing does. */
static bool
blame_firewall (Doctor *d, const CfgLink *link, bool is_output)
{
    HbdFirewallFlow flow = { .is_output = is_output,
                             .is_v6 = is_v6 (link),
                             .interface = link->interface,
                             .port = link->port };
    const char *iptables = flow.is_v6 ? d->facts->ip6tables : d->facts->iptables;
    g_autoptr (HbdFirewallBlock) block = NULL;

    if (d->facts->nft != NULL)
        block = hbd_firewall_read_nft (d->facts->nft, &flow);
    if (block == NULL && iptables != NULL)
        block = hbd_firewall_read_iptables (iptables, &flow);
    if (block == NULL)
        return false;
    g_string_append_printf (d->text, "    %s by this node's firewall: %s\n      mend it: %s\n",
                            block->is_certain ? "Blocked" : "Perhaps blocked", block->where,
                            block->mend);
    return true;
}

static void
advise_silence (Doctor *d, const CfgLink *link, const Finding *finding)
{
    const char *node = finding->node;

    if (blame_firewall (d, link, false))
        return;
    if (is_refusing (d->facts))
        g_string_append_printf (
            d->text, "    Datagrams come, but none is accepted as %s's: see below.\n", node);
    else
        g_string_append_printf (d->text,
                                "    Nothing comes, and nothing found here blocks it: is hbd "
                                "running on %s, and the cable in? Then hbctl doctor there.\n",
                                node);
    if (is_multicast (link))
        g_string_append_printf (d->text,
                                "    A switch with IGMP or MLD snooping and no querier drops "
                                "multicast after minutes; instead: ucast %s ADDRESS-OF-%s\n",
                                link->interface, node);
}

static void
advise_one_way (Doctor *d, const CfgLink *link, gsize index, const Finding *finding)
{
    g_autoptr (GVariant) before = child_of (d->facts->before, "traffic", index);
    g_autoptr (GVariant) after = child_of (d->facts->after, "traffic", index);

    if (blame_firewall (d, link, true))
        return;
    if (growth (before, after, "tx_errors") > 0 && finding->sent == 0) {
        g_string_append_printf (d->text,
                                "    Nothing can be sent: look at `ip route' and `ip addr "
                                "show %s'.\n",
                                link->interface);
        return;
    }
    g_string_append_printf (d->text,
                            "    Most likely the firewall of %s: hbctl doctor there names the "
                            "rule. There, if it has nftables' usual table:\n"
                            "      nft insert rule inet filter input iifname %s udp dport %u "
                            "accept\n",
                            finding->node, link->interface, link->port);
}

/* --- links --------------------------------------------------------------------------------- */

static void
judge_node (Doctor *d, const CfgLink *link, gsize index, const Finding *finding)
{
    const char *node = finding->node;

    g_string_append_printf (d->text, "  %s: ", node);
    if (!finding->is_heard)
        g_string_append_printf (d->text, "NOT HEARD: nothing of %s came", node);
    else if (finding->is_counted && finding->there == 0)
        g_string_append_printf (d->text, "ONE WAY: heard, but %s does not get what we send", node);
    else if (finding->is_counted)
        g_string_append (d->text, "both ways");
    else
        g_string_append (d->text, "heard; what comes there it does not say");
    g_string_append_printf (d->text, " (sent %" G_GUINT64_FORMAT, finding->sent);
    if (finding->is_counted)
        g_string_append_printf (d->text, ", there %" G_GUINT64_FORMAT, finding->there);
    g_string_append_printf (d->text, ", came %" G_GUINT64_FORMAT ")\n", finding->came);
    if (finding->is_heard && (!finding->is_counted || finding->there > 0))
        return;
    d->is_healthy = false;
    if (!finding->is_heard)
        advise_silence (d, link, finding);
    if (finding->is_counted && finding->there == 0)
        advise_one_way (d, link, index, finding);
}

static void
judge_group (Doctor *d, const CfgLink *link)
{
    const char *list = is_v6 (link) ? d->facts->igmp6 : d->facts->igmp;

    if (!is_multicast (link) || list == NULL
        || hbd_doctor_has_group (list, link->interface, link->group))
        return;
    d->is_healthy = false;
    g_string_append_printf (d->text,
                            "  %s has left the group %s (see `ip maddr show dev %s'): the link is "
                            "opened anew by\n      ip link set %s down && ip link set %s up\n",
                            link->interface, link->group, link->interface, link->interface,
                            link->interface);
}

static void
judge_link (Doctor *d, gsize index)
{
    const CfgLink *link = d->facts->cluster->links->pdata[index];
    g_autoptr (GVariant) nodes =
        d->facts->after != NULL
            ? g_variant_lookup_value (d->facts->after, "nodes", G_VARIANT_TYPE ("aa{sv}"))
            : NULL;

    g_string_append_printf (d->text, "%s %s, UDP port %u\n", hbd_link_ops (link->kind)->name,
                            link->interface, link->port);
    if (d->facts->trouble[index] != NULL) {
        d->is_healthy = false;
        g_string_append_printf (d->text, "  CLOSED: %s\n      ip link set %s up\n",
                                d->facts->trouble[index], link->interface);
        return;
    }
    judge_group (d, link);
    for (gsize i = 0; nodes != NULL && i < g_variant_n_children (nodes); i++) {
        g_autoptr (GVariant) node = g_variant_get_child_value (nodes, i);
        Finding finding;

        if (flag_of (node, "local"))
            continue;
        finding = find (d->facts, i, index);
        finding.node = text_of (node, "name");
        judge_node (d, link, index, &finding);
    }
}

/* --- what is refused ----------------------------------------------------------------------- */

/* Who sent what was refused as @what, "10.0.0.2 on eth0". (transfer full), NULL: not known. */
static char *
senders_of (const HbdDoctorFacts *f, const char *what)
{
    g_autoptr (GString) list = g_string_new (NULL);

    for (gsize i = 0;; i++) {
        g_autoptr (GVariant) refusal = child_of (f->after, "refusals", i);

        if (refusal == NULL)
            break;
        if (strcmp (text_of (refusal, "what"), what) == 0)
            g_string_append_printf (list, "%s%s on %s", list->len > 0 ? ", " : "",
                                    text_of (refusal, "from"), text_of (refusal, "link"));
    }
    return list->len > 0 ? g_strdup (list->str) : NULL;
}

static void
judge_counters (Doctor *d)
{
    const HbdDoctorFacts *f = d->facts;
    const GVariantType *type = G_VARIANT_TYPE ("a{st}");
    g_autoptr (GVariant) before =
        f->before != NULL ? g_variant_lookup_value (f->before, "counters", type) : NULL;
    g_autoptr (GVariant) after =
        f->after != NULL ? g_variant_lookup_value (f->after, "counters", type) : NULL;

    for (guint i = 0; i < G_N_ELEMENTS (signs); i++) {
        guint64 now = growth (before, after, signs[i].counter);
        guint64 ever = growth (NULL, after, signs[i].counter);
        g_autofree char *senders = senders_of (f, signs[i].what);

        if (ever == 0)
            continue;
        d->is_healthy = d->is_healthy && now == 0;
        g_string_append_printf (d->text, "%s: %" G_GUINT64_FORMAT " datagrams %s%s%s (%s).\n",
                                now > 0 ? "Refused now" : "Refused earlier", now > 0 ? now : ever,
                                signs[i].meaning, senders != NULL ? "; from " : "",
                                senders != NULL ? senders : "", signs[i].what);
        if (now > 0)
            g_string_append_printf (d->text, "      %s\n", signs[i].remedy);
    }
}

/* --- all of it ----------------------------------------------------------------------------- */

char *
hbd_doctor_report (const HbdDoctorFacts *facts, bool *is_healthy)
{
    Doctor d = { .facts = facts, .text = g_string_new (NULL), .is_healthy = true };
    guint n_links = facts->cluster->links->len;

    if (facts->before == NULL || facts->after == NULL) {
        d.is_healthy = false;
        g_string_append (d.text, "The engine does not answer, so nothing can be tested; the log "
                                 "says why it died.\n");
    } else {
        g_string_append_printf (d.text, "Test frames, in %.1f s:\n",
                                (double) facts->window_us / HBD_S (1));
    }
    for (guint i = 0; i < n_links; i++)
        judge_link (&d, i);
    judge_counters (&d);
    if (facts->nft == NULL && facts->iptables == NULL)
        g_string_append (d.text, "This node's firewall could not be looked at (neither nft nor "
                                 "iptables is installed).\n");
    if (n_links == 1)
        g_string_append (d.text, "There is a single link: a cut of it looks like the other node's "
                                 "death to both. Add a second one to ha.cf.\n");
    if (d.is_healthy)
        g_string_append (d.text, "All links carry messages both ways.\n");
    *is_healthy = d.is_healthy;
    return g_string_free (d.text, FALSE);
}

/* --- multicast ----------------------------------------------------------------------------- */

/* "2 eth0 : 1 V3", then indented "FB0000E0 1 ...": the address as the kernel holds it. */
static bool
has_group4 (char **lines, const char *interface, const char *group)
{
    struct in_addr addr;
    g_autofree char *wanted = NULL;
    bool is_here = false;

    if (inet_pton (AF_INET, group, &addr) != 1)
        return false;
    wanted = g_strdup_printf ("%08X", addr.s_addr);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto (GStrv) words = NULL;

        g_strdelimit (lines[i], "\t", ' ');
        if (lines[i][0] != ' ') {
            const char *at = strchr (lines[i], ' ');

            at = at != NULL ? at + strspn (at, " ") : "";
            is_here =
                g_str_has_prefix (at, interface) && strchr (" :", at[strlen (interface)]) != NULL;
            continue;
        }
        words = g_strsplit (g_strstrip (lines[i]), " ", 2);
        if (is_here && words[0] != NULL && strcmp (words[0], wanted) == 0)
            return true;
    }
    return false;
}

/* "2    eth0            ff02...fb     1 00000004 0" */
static bool
has_group6 (char **lines, const char *interface, const char *group)
{
    struct in6_addr addr;
    char wanted[33];

    if (inet_pton (AF_INET6, group, &addr) != 1)
        return false;
    for (guint i = 0; i < 16; i++)
        g_snprintf (wanted + 2 * i, 3, "%02x", addr.s6_addr[i]);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto (GStrv) words = NULL;

        if (g_shell_parse_argv (lines[i], NULL, &words, NULL) && g_strv_length (words) > 2
            && strcmp (words[1], interface) == 0 && strcmp (words[2], wanted) == 0)
            return true;
    }
    return false;
}

bool
hbd_doctor_has_group (const char *list, const char *interface, const char *group)
{
    g_auto (GStrv) lines = g_strsplit (list, "\n", -1);

    return strchr (group, ':') != NULL ? has_group6 (lines, interface, group)
                                       : has_group4 (lines, interface, group);
}
