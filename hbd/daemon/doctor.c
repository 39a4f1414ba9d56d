/* SPDX-License-Identifier: Apache-2.0 */
/* `hbctl doctor`: for each link, is anything heard and sent, what most likely stands in the way, and
 * the line that would mend it. It judges by the traffic counters of the running cluster: status
 * messages pass every keepalive, so they are the test frames. */
#include "config.h"

#include "hbd/daemon/manager.h"

#include <string.h>

static guint64
number_of (GVariant *dict, const char *key)
{
    guint64 n = 0;

    if (dict != NULL)
        g_variant_lookup (dict, key, "t", &n);
    return n;
}

static const char *
kind_name (const CfgLink *link)
{
    return hbd_link_ops (link->kind)->name;
}

/* Is any peer heard on that link? -1: the engine did not say. */
static int
hears_peers (GVariant *status, const char *link_name)
{
    g_autoptr (GVariant) nodes =
        g_variant_lookup_value (status, "nodes", G_VARIANT_TYPE ("aa{sv}"));
    int heard = -1;

    for (gsize i = 0; nodes != NULL && i < g_variant_n_children (nodes); i++) {
        g_autoptr (GVariant) node = g_variant_get_child_value (nodes, i);
        g_autoptr (GVariant) links =
            g_variant_lookup_value (node, "links", G_VARIANT_TYPE ("aa{sv}"));
        gboolean local = FALSE;

        g_variant_lookup (node, "local", "b", &local);
        for (gsize l = 0; !local && links != NULL && l < g_variant_n_children (links); l++) {
            g_autoptr (GVariant) link = g_variant_get_child_value (links, l);
            const char *name = "", *state = "";

            g_variant_lookup (link, "name", "&s", &name);
            g_variant_lookup (link, "status", "&s", &state);
            if (strcmp (name, link_name) == 0)
                heard = MAX (heard, strcmp (state, "up") == 0);
        }
    }
    return heard;
}

static void
advise_silence (GString *text, const CfgLink *link, GVariant *traffic)
{
    if (number_of (traffic, "tx_errors") > 0 && number_of (traffic, "tx") == 0)
        g_string_append_printf (
            text, "  Nothing can be sent: look at `ip route` and `ip addr show %s`.\n",
            link->interface);
    if (number_of (traffic, "rx") > 0)
        g_string_append (text, "  Datagrams arrive but no peer is accepted: other keys (compare "
                               "authkeys), another cluster on the same port, or only our own "
                               "echo.\n");
    else
        g_string_append_printf (
            text,
            "  Nothing arrives. Is the peer running and its cable in? A firewall would be opened "
            "by one of:\n"
            "      nft add rule inet filter input iifname %s udp dport %u accept\n"
            "      iptables -I INPUT -i %s -p udp --dport %u -j ACCEPT\n",
            link->interface, link->port, link->interface, link->port);
    if (link->kind == CFG_LINK_MCAST || link->kind == CFG_LINK_MCAST6)
        g_string_append_printf (text,
                                "  Multicast: a switch with IGMP/MLD snooping and no querier drops "
                                "it after minutes; try `ucast %s PEER` instead.\n",
                                link->interface);
}

static bool
examine_link (HbdManager *m, GVariant *status, guint index, GString *text)
{
    const CfgLink *link = m->setup->cluster->links->pdata[index];
    const char *trouble = hbd_linkset_trouble (m->links, index);
    g_autoptr (GVariant) all =
        g_variant_lookup_value (status, "traffic", G_VARIANT_TYPE ("aa{sv}"));
    g_autoptr (GVariant) traffic = all != NULL && index < g_variant_n_children (all)
                                       ? g_variant_get_child_value (all, index)
                                       : NULL;
    int heard = hears_peers (status, link->interface);

    g_string_append_printf (text, "%s %s: ", kind_name (link), link->interface);
    if (trouble != NULL) {
        g_string_append_printf (text, "CLOSED: %s\n  ip link set %s up\n", trouble,
                                link->interface);
        return false;
    }
    g_string_append_printf (text,
                            "%s (sent %" G_GUINT64_FORMAT ", failed %" G_GUINT64_FORMAT
                            ", received %" G_GUINT64_FORMAT ")\n",
                            heard > 0    ? "heard"
                            : heard == 0 ? "NOT HEARD"
                                         : "not known yet",
                            number_of (traffic, "tx"), number_of (traffic, "tx_errors"),
                            number_of (traffic, "rx"));
    if (heard == 0)
        advise_silence (text, link, traffic);
    return heard > 0;
}

static bool
examine_counters (GVariant *status, GString *text)
{
    static const struct {
        const char *counter, *meaning;
    } signs[] = {
        { "refused-bad-digest", "datagrams fail the signature: authkeys differ between the nodes" },
        { "refused-unknown-key", "datagrams name a key that our authkeys does not have" },
        { "refused-no-signature",
          "datagrams without a signature arrive: something else uses the port" },
        { "refused-no-frame",
          "datagrams that are not Heartbeat's arrive: something else uses the port" },
        { "rx-replay",
          "old datagrams are repeated: a node with a lost hb_generation, or an attack" },
    };
    g_autoptr (GVariant) counters =
        g_variant_lookup_value (status, "counters", G_VARIANT_TYPE ("a{st}"));
    bool clean = true;

    for (guint i = 0; counters != NULL && i < G_N_ELEMENTS (signs); i++) {
        guint64 n = number_of (counters, signs[i].counter);

        if (n > 0) {
            g_string_append_printf (text, "%s: %" G_GUINT64_FORMAT " times: %s.\n",
                                    signs[i].counter, n, signs[i].meaning);
            clean = false;
        }
    }
    return clean;
}

char *
hbd_doctor_report (HbdManager *m, GVariant *status, bool *is_healthy)
{
    GString *text = g_string_new (NULL);
    bool ok = m->engine != NULL && m->engine_started;

    if (!ok)
        g_string_append (text, "The engine does not run; see the log for why it died.\n");
    for (guint i = 0; i < m->setup->cluster->links->len; i++)
        ok = examine_link (m, status, i, text) && ok;
    ok = examine_counters (status, text) && ok;
    if (m->setup->cluster->links->len == 1)
        g_string_append (text, "There is a single link: a cut of it looks like the other node's "
                               "death to both. Add a second one to ha.cf.\n");
    g_string_append (text, ok ? "All links carry messages both ways.\n" : "");
    *is_healthy = ok;
    return g_string_free (text, FALSE);
}
