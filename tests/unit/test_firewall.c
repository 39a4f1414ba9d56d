/* SPDX-License-Identifier: Apache-2.0 */
/* A packet filter's listing against one link's datagrams: what drops them, and the line that mends
 * it. The flow is UDP 694 on eth0 unless the row says otherwise. */
#include "config.h"

#include "hbd/daemon/firewall_rule.h"

#include <string.h>

static const HbdFirewallFlow in4 = { .interface = "eth0", .port = 694 };
static const HbdFirewallFlow in6 = { .interface = "eth0", .port = 694, .is_v6 = true };
static const HbdFirewallFlow out4 = { .interface = "eth0", .port = 694, .is_output = true };

/* --- one rule ------------------------------------------------------------------------------ */

typedef struct {
    const char *rule;
    HbdRuleMatch match;
    HbdRuleVerdict verdict;
} RuleRow;

#define NO     HBD_RULE_NO
#define MAYBE  HBD_RULE_MAYBE
#define YES    HBD_RULE_YES
#define ON     HBD_RULE_GOES_ON
#define ACCEPT HBD_RULE_ACCEPT
#define DROP   HBD_RULE_DROP

static const RuleRow rules[] = {
    { "drop", YES, DROP },
    { "udp dport 694 drop", YES, DROP },
    { "udp dport 695 drop", NO, DROP },
    { "udp dport != 694 drop", NO, DROP },
    { "udp dport { 53, 690-700 } counter packets 3 bytes 120 drop", YES, DROP },
    { "udp dport 600-693 drop", NO, DROP },
    { "udp dport @ports drop", MAYBE, DROP },
    { "udp sport 694 drop", MAYBE, DROP },
    { "th dport 694 accept", YES, ACCEPT },
    { "tcp dport 694 drop", NO, DROP },
    { "tcp dport { 22, 80 } accept", NO, ACCEPT },
    { "icmp type echo-request accept", NO, ACCEPT },
    { "meta l4proto udp reject with icmp port-unreachable", YES, DROP },
    { "meta l4proto { tcp, udp } th dport 694 drop", YES, DROP },
    { "meta l4proto 17 drop", YES, DROP },
    { "meta l4proto tcp drop", NO, DROP },
    { "ip protocol udp drop", YES, DROP },
    { "ip6 nexthdr udp drop", NO, DROP },
    { "ip saddr 10.0.0.0/8 accept", MAYBE, ACCEPT },
    { "meta nfproto ipv4 drop", YES, DROP },
    { "meta nfproto ipv6 drop", NO, DROP },
    { "iifname \"eth0\" drop", YES, DROP },
    { "iifname \"lo\" accept", NO, ACCEPT },
    { "iif != \"lo\" drop", YES, DROP },
    { "iifname { \"eth1\", \"eth0\" } udp dport 694 drop", YES, DROP },
    { "iifname \"eth*\" drop", YES, DROP },
    { "meta iifname \"eth1\" drop", NO, DROP },
    { "oifname \"eth0\" drop", NO, DROP },
    { "ct state established,related accept", MAYBE, ACCEPT },
    { "ct state invalid drop", NO, DROP },
    { "ct state new,established accept", YES, ACCEPT },
    { "ct state vmap { established : accept, invalid : drop }", NO, ON },
    { "limit rate 5/second accept", MAYBE, ACCEPT },
    { "log prefix \"drop \" level info drop", YES, DROP },
    { "counter packets 1 bytes 2", YES, ON },
    { "udp dport 694 comment \"accept this\" accept", YES, ACCEPT },
    { "meta mark 0x1 accept", MAYBE, ACCEPT },
    { "fib saddr . iif oif missing drop", MAYBE, DROP },
    { "", YES, ON },
    { "udp", MAYBE, ON },
    { "ct state", MAYBE, ON },
    { "iifname", YES, ON },
    { "jump", MAYBE, ON },
    { "meta", MAYBE, ON },
    { "\"", MAYBE, ON },
    { "{", MAYBE, ON },
};

static void
test_rules (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
        HbdRuleResult r = hbd_firewall_judge (rules[i].rule, &in4);

        g_test_message ("%s", rules[i].rule);
        g_assert_cmpint (r.match, ==, rules[i].match);
        g_assert_cmpint (r.verdict, ==, rules[i].verdict);
        g_free (r.target);
    }
}

/* --- whole listings ------------------------------------------------------------------------ */

typedef struct {
    const char *listing;
    const HbdFirewallFlow *flow;
    bool is_certain;
    const char *where; /* NULL: nothing blocks */
    const char *mend;
} Row;

#define FILTER(rules)                                                                              \
    "table inet filter {\n\tchain input {\n"                                                       \
    "\t\ttype filter hook input priority 0; policy accept;\n" rules "\t}\n}\n"
#define CLOSED(rules)                                                                              \
    "table inet filter {\n\tset ports {\n\t\ttype inet_service\n\t\telements = { 694 }\n\t}\n\n"   \
    "\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n" rules "\t}\n}\n"
#define MEND       "nft insert rule inet filter input iifname eth0 udp dport 694 accept"
#define RULE(text) "table inet filter, chain input: rule \"" text "\""
#define POLICY     "table inet filter, chain input: policy drop"

static const Row nft_rows[] = {
    { "", &in4, true, NULL, NULL },
    { FILTER ("\t\ttcp dport 22 accept\n"), &in4, true, NULL, NULL },
    { FILTER ("\t\tudp dport 694 drop\n"), &in4, true, RULE ("udp dport 694 drop"), MEND },
    { FILTER ("\t\tudp dport 694 drop\n"), &out4, true, NULL, NULL },
    { FILTER ("\t\tudp dport 694 accept\n\t\tudp dport 694 drop\n"), &in4, true, NULL, NULL },
    { CLOSED ("\t\tiifname \"lo\" accept\n"), &in4, true, POLICY, MEND },
    { CLOSED ("\t\tiifname \"lo\" accept\n"), &in6, true, POLICY, MEND },
    { CLOSED ("\t\tudp dport 694 accept\n"), &in4, true, NULL, NULL },
    { CLOSED ("\t\tct state established,related accept\n"), &in4, false, POLICY, MEND },
    { CLOSED ("\t\tudp dport @ports accept\n"), &in4, false, POLICY, MEND },
    /* not certain, and nothing certain beside it */
    { FILTER ("\t\tip saddr 10.0.0.0/8 drop\n"), &in4, false, RULE ("ip saddr 10.0.0.0/8 drop"),
      MEND },
    /* certain wins over what came first */
    { FILTER ("\t\tip saddr 10.0.0.0/8 drop\n\t\tudp dport 694 reject\n"), &in4, true,
      RULE ("udp dport 694 reject"), MEND },
    /* by way of another chain; the mending rule goes where the packet comes in */
    { "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0; policy "
      "accept;\n\t\tjump hosts\n\t}\n\n\tchain hosts {\n\t\tiifname \"eth0\" drop\n\t}\n}\n",
      &in4, true, "table inet filter, chain hosts: rule \"iifname \"eth0\" drop\"", MEND },
    { "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0; policy "
      "drop;\n\t\tgoto hosts\n\t\tudp dport 694 accept\n\t}\n\n\tchain hosts "
      "{\n\t\treturn\n\t}\n}\n",
      &in4, true, POLICY, MEND },
    { "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0; policy "
      "drop;\n\t\tjump hosts\n\t\tudp dport 694 accept\n\t}\n\n\tchain hosts "
      "{\n\t\treturn\n\t}\n}\n",
      &in4, true, NULL, NULL },
    /* what one chain accepts, the next may still drop */
    { FILTER ("\t\taccept\n") "table ip late {\n\tchain in {\n\t\ttype filter hook input priority "
                              "10; policy drop;\n\t}\n}\n",
      &in4, true, "table ip late, chain in: policy drop",
      "nft insert rule ip late in iifname eth0 udp dport 694 accept" },
    { "table ip late {\n\tchain in {\n\t\ttype filter hook input priority 10; policy "
      "drop;\n\t}\n}\n",
      &in6, true, NULL, NULL },
    { "table netdev t {\n\tchain c {\n\t\ttype filter hook ingress device \"eth0\" priority 0; "
      "policy accept;\n\t\tudp dport 694 drop\n\t}\n}\n",
      &in4, true, "table netdev t, chain c: rule \"udp dport 694 drop\"",
      "nft insert rule netdev t c iifname eth0 udp dport 694 accept" },
    { "table netdev t {\n\tchain c {\n\t\ttype filter hook ingress device \"eth1\" priority 0; "
      "policy accept;\n\t\tudp dport 694 drop\n\t}\n}\n",
      &in4, true, NULL, NULL },
    { "table ip filter {\n\tchain OUTPUT {\n\t\ttype filter hook output priority filter; policy "
      "accept;\n\t\toifname \"eth0\" meta l4proto udp udp dport 694 counter packets 0 bytes 0 "
      "drop\n\t}\n}\n",
      &out4, true,
      "table ip filter, chain OUTPUT: rule \"oifname \"eth0\" meta l4proto udp udp dport 694 "
      "counter packets 0 bytes 0 drop\"",
      "nft insert rule ip filter OUTPUT oifname eth0 udp dport 694 accept" },
    /* a chain that calls itself, a chain that is not there, and no table */
    { FILTER ("\t\tjump input\n\t\tjump nowhere\n"), &in4, true, NULL, NULL },
    { "chain input {\ntype filter hook input priority 0; policy drop;\n}\n", &in4, true, NULL,
      NULL },
};

#define IPT_MEND "iptables -I INPUT -i eth0 -p udp --dport 694 -j ACCEPT"

static const Row iptables_rows[] = {
    { "-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n", &in4, true, NULL, NULL },
    { "-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n", &in4, true, "iptables, chain INPUT: policy drop",
      IPT_MEND },
    { "-P INPUT DROP\n-A INPUT -p udp -m udp --dport 694 -j ACCEPT\n", &in4, true, NULL, NULL },
    { "-P INPUT DROP\n-A INPUT -p udp -m multiport --dports 53,690:700 -j ACCEPT\n", &in4, true,
      NULL, NULL },
    { "-P INPUT ACCEPT\n-A INPUT -i eth+ -p tcp -m tcp --dport 694 -j DROP\n", &in4, true, NULL,
      NULL },
    { "-P INPUT ACCEPT\n-A INPUT ! -i lo -p udp -j DROP\n", &in4, true,
      "iptables, chain INPUT: rule \"iifname != {lo} meta l4proto {udp} drop\"", IPT_MEND },
    { "-P INPUT DROP\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n", &in4, false,
      "iptables, chain INPUT: policy drop", IPT_MEND },
    { "-P INPUT DROP\n-A INPUT -s 10.0.0.0/8 -j ACCEPT\n", &in4, false,
      "iptables, chain INPUT: policy drop", IPT_MEND },
    { "-P INPUT ACCEPT\n-N mine\n-A INPUT -m comment --comment \"a b\" -j mine\n"
      "-A mine -p udp -j REJECT --reject-with icmp-port-unreachable\n",
      &in4, true, "iptables, chain mine: rule \"meta l4proto {udp} reject\"", IPT_MEND },
    { "-P INPUT ACCEPT\n-A INPUT -i eth+ -p udp -j DROP\n", &in4, true,
      "iptables, chain INPUT: rule \"iifname {eth*} meta l4proto {udp} drop\"", IPT_MEND },
    { "-P OUTPUT DROP\n", &out4, true, "iptables, chain OUTPUT: policy drop",
      "iptables -I OUTPUT -o eth0 -p udp --dport 694 -j ACCEPT" },
    { "-P INPUT DROP\n", &in6, true, "ip6tables, chain INPUT: policy drop",
      "ip6tables -I INPUT -i eth0 -p udp --dport 694 -j ACCEPT" },
    { "-P\n-A\n-A INPUT -i\n-A INPUT \"\n! ! !\n-A INPUT ! \n", &in4, true, NULL, NULL },
};

static void
check (const Row *row, HbdFirewallBlock *(*read) (const char *, const HbdFirewallFlow *) )
{
    g_autoptr (HbdFirewallBlock) block = read (row->listing, row->flow);

    g_test_message ("%s", row->listing);
    if (row->where == NULL) {
        g_assert_null (block);
        return;
    }
    g_assert_nonnull (block);
    g_assert_cmpstr (block->where, ==, row->where);
    g_assert_cmpstr (block->mend, ==, row->mend);
    g_assert_cmpint (block->is_certain, ==, row->is_certain);
}

static void
test_nft (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (nft_rows); i++)
        check (&nft_rows[i], hbd_firewall_read_nft);
}

static void
test_iptables (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (iptables_rows); i++)
        check (&iptables_rows[i], hbd_firewall_read_iptables);
}

/* Sixteen chains of which each jumps to the next one many times. */
static void
test_jumps_that_multiply_end (void)
{
    g_autoptr (GString) text = g_string_new ("table inet t {\n");

    for (guint i = 0; i < 16; i++) {
        g_string_append_printf (text, "chain c%u {\n", i);
        if (i == 0)
            g_string_append (text, "type filter hook input priority 0; policy accept;\n");
        for (guint k = 0; k < 50; k++)
            g_string_append_printf (text, "jump c%u\n", i + 1);
        g_string_append (text, "}\n");
    }
    g_string_append (text, "chain c16 {\ncounter\n}\n}\n");
    g_assert_null (hbd_firewall_read_nft (text->str, &in4));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/firewall/rules", test_rules);
    g_test_add_func ("/firewall/nft", test_nft);
    g_test_add_func ("/firewall/iptables", test_iptables);
    g_test_add_func ("/firewall/jumps-that-multiply-end", test_jumps_that_multiply_end);
    return g_test_run ();
}
