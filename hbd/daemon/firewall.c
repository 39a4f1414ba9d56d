/* SPDX-License-Identifier: Apache-2.0 */
/* From a listing to chains, and a flow's way through them. A base chain that accepts a packet hands
 * it to the next base chain of the hook; one that drops it ends its way. */
#include "config.h"

#include "hbd/daemon/firewall.h"

#include "hbd/daemon/firewall_rule.h"

#include <string.h>

#define DEPTH_MAX 16     /* as the kernel allows */
#define RULES_MAX 100000 /* looked at in all: chains that jump to each other multiply */

typedef struct {
    char *family, *table, *name;
    char *hook;   /* NULL: not a base chain */
    char *device; /* of a netdev chain; NULL: any */
    bool drops_by_policy;
    GPtrArray *rules; /* char *, in nft's words */
} Chain;

typedef struct {
    GPtrArray *chains;
    const HbdFirewallFlow *flow;
    const char *tool;        /* NULL: nft; else iptables or ip6tables */
    HbdFirewallBlock *maybe; /* the first that could not be judged */
    bool may_pass;           /* a rule that accepts could not be judged */
    guint looked_at;
} Search;

void
hbd_firewall_block_free (HbdFirewallBlock *block)
{
    if (block == NULL)
        return;
    g_free (block->where);
    g_free (block->mend);
    g_free (block);
}

static void
chain_free (Chain *chain)
{
    g_free (chain->family);
    g_free (chain->table);
    g_free (chain->name);
    g_free (chain->hook);
    g_free (chain->device);
    g_ptr_array_unref (chain->rules);
    g_free (chain);
}

static Chain *
chain_new (GPtrArray *chains, const char *family, const char *table, const char *name)
{
    Chain *chain = g_new0 (Chain, 1);

    chain->family = g_strdup (family);
    chain->table = g_strdup (table);
    chain->name = g_strdup (name);
    chain->rules = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (chains, chain);
    return chain;
}

/* --- nft's listing ------------------------------------------------------------------------- */

/* The word behind @key in `type filter hook input priority 0; policy drop;', or NULL. */
static char *
word_after (const char *line, const char *key)
{
    const char *at = strstr (line, key);
    gsize len;

    if (at == NULL)
        return NULL;
    at += strlen (key);
    at += strspn (at, " {\"");
    len = strcspn (at, " ;,}\"");
    return len > 0 ? g_strndup (at, len) : NULL;
}

static void
read_base (Chain *chain, const char *line)
{
    g_autofree char *policy = word_after (line, "policy ");

    chain->hook = word_after (line, "hook ");
    chain->device = word_after (line, "device ");
    chain->drops_by_policy = g_strcmp0 (policy, "drop") == 0;
}

static GPtrArray *
read_nft (const char *listing)
{
    GPtrArray *chains = g_ptr_array_new_with_free_func ((GDestroyNotify) chain_free);
    g_auto (GStrv) lines = g_strsplit (listing, "\n", -1);
    g_autofree char *family = NULL;
    g_autofree char *table = NULL;
    Chain *chain = NULL;

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip (lines[i]);
        g_auto (GStrv) words = g_strsplit (line, " ", 4);
        guint n = g_strv_length (words);

        if (n >= 4 && strcmp (words[0], "table") == 0) {
            g_free (family);
            g_free (table);
            family = g_strdup (words[1]);
            table = g_strdup (words[2]);
        } else if (n >= 3 && strcmp (words[0], "chain") == 0 && table != NULL) {
            chain = chain_new (chains, family, table, words[1]);
        } else if (strcmp (line, "}") == 0) {
            chain = NULL;
        } else if (chain != NULL && g_str_has_prefix (line, "type ")) {
            read_base (chain, line);
        } else if (chain != NULL && line[0] != '\0') {
            g_ptr_array_add (chain->rules, g_strdup (line));
        }
    }
    return chains;
}

/* --- iptables' listing --------------------------------------------------------------------- */

static const struct {
    const char *option, *words; /* %s: the option's value */
} translations[] = {
    { "-i", "iifname %s" },
    { "-o", "oifname %s" },
    { "-p", "meta l4proto %s" },
    { "--dport", "th dport %s" },
    { "--dports", "th dport %s" },
    { "--ctstate", "ct state %s" },
    { "--state", "ct state %s" },
    { "-s", "xt %s" },
    { "-d", "xt %s" },
};

static void
translate_target (GString *rule, const char *target, bool is_goto)
{
    static const char *const verdicts[] = { "ACCEPT", "DROP", "REJECT", "RETURN", NULL };
    g_autofree char *lower = g_ascii_strdown (target, -1);

    if (g_strv_contains (verdicts, target))
        g_string_append (rule, lower);
    else if (strcmp (target, "LOG") == 0)
        g_string_append (rule, "log");
    else
        g_string_append_printf (rule, "%s %s", is_goto ? "goto" : "jump", target);
}

/* One option with its value into nft's words; how many words it took. */
static guint
translate_option (GString *rule, char **words, bool is_not)
{
    static const char *const modules[] = { "udp",   "tcp",     "multiport", "conntrack",
                                           "state", "comment", NULL };
    const char *option = words[0], *value = words[1];

    if (value == NULL)
        return 1;
    if (strcmp (option, "-m") == 0) {
        g_string_append (rule, g_strv_contains (modules, value) ? "" : "xt ");
        return 2;
    }
    if (strcmp (option, "--comment") == 0)
        return 2;
    for (guint i = 0; i < G_N_ELEMENTS (translations); i++) {
        g_auto (GStrv) parts = NULL;
        bool is_name = strcmp (option, "-i") == 0 || strcmp (option, "-o") == 0;
        g_autofree char *list = is_name ? g_strdelimit (g_strdup (value), "+", '*')
                                        : g_strdelimit (g_ascii_strdown (value, -1), ":", '-');

        if (strcmp (option, translations[i].option) != 0)
            continue;
        parts = g_strsplit (translations[i].words, "%s", 2);
        g_string_append_printf (rule, "%s%s{%s} ", parts[0], is_not ? "!= " : "", list);
        return 2;
    }
    g_string_append (rule, "xt ");
    return 1;
}

static char *
translate_rule (char **words)
{
    GString *rule = g_string_new (NULL);
    guint i = 0;

    while (words[i] != NULL) {
        bool is_not = strcmp (words[i], "!") == 0;

        i += is_not;
        if (words[i] == NULL)
            break;
        if ((strcmp (words[i], "-j") == 0 || strcmp (words[i], "-g") == 0)
            && words[i + 1] != NULL) {
            translate_target (rule, words[i + 1], words[i][1] == 'g');
            break; /* what follows is the target's own */
        }
        i += translate_option (rule, words + i, is_not);
    }
    return g_string_free (rule, FALSE);
}

static Chain *
find_chain (GPtrArray *chains, const char *family, const char *table, const char *name)
{
    for (guint i = 0; i < chains->len; i++) {
        Chain *chain = chains->pdata[i];

        if (strcmp (chain->family, family) == 0 && strcmp (chain->table, table) == 0
            && strcmp (chain->name, name) == 0)
            return chain;
    }
    return NULL;
}

static GPtrArray *
read_iptables (const char *listing, const char *family)
{
    GPtrArray *chains = g_ptr_array_new_with_free_func ((GDestroyNotify) chain_free);
    g_auto (GStrv) lines = g_strsplit (listing, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto (GStrv) words = NULL;
        Chain *chain;

        if (!g_shell_parse_argv (lines[i], NULL, &words, NULL) || g_strv_length (words) < 2)
            continue;
        chain = find_chain (chains, family, "filter", words[1]);
        if (chain == NULL)
            chain = chain_new (chains, family, "filter", words[1]);
        if (strcmp (words[0], "-P") == 0) {
            chain->hook = g_ascii_strdown (words[1], -1);
            chain->drops_by_policy = g_strcmp0 (words[2], "DROP") == 0;
        } else if (strcmp (words[0], "-A") == 0) {
            g_ptr_array_add (chain->rules, translate_rule (words + 2));
        }
    }
    return chains;
}

/* --- the flow's way ------------------------------------------------------------------------ */

static bool
is_on_the_way (const Chain *chain, const HbdFirewallFlow *flow)
{
    static const char *const in[] = { "ingress", "prerouting", "input", NULL };
    static const char *const out[] = { "output", "postrouting", "egress", NULL };
    static const char *const families[] = { "inet", "netdev", NULL };

    if (chain->hook == NULL || !g_strv_contains (flow->is_output ? out : in, chain->hook))
        return false;
    if (chain->device != NULL && strcmp (chain->device, flow->interface) != 0)
        return false;
    return g_strv_contains (families, chain->family)
           || strcmp (chain->family, flow->is_v6 ? "ip6" : "ip") == 0;
}

/* @base: the chain to put the mending rule at the front of. @rule NULL: the policy. */
static HbdFirewallBlock *
block_new (const Search *s, const Chain *base, const Chain *chain, const char *rule)
{
    HbdFirewallBlock *block = g_new0 (HbdFirewallBlock, 1);
    const HbdFirewallFlow *flow = s->flow;
    g_autofree char *what =
        rule != NULL ? g_strdup_printf ("rule \"%s\"", rule) : g_strdup ("policy drop");

    if (s->tool != NULL) {
        block->where = g_strdup_printf ("%s, chain %s: %s", s->tool, chain->name, what);
        block->mend =
            g_strdup_printf ("%s -I %s %s %s -p udp --dport %u -j ACCEPT", s->tool, base->name,
                             flow->is_output ? "-o" : "-i", flow->interface, flow->port);
        return block;
    }
    block->where = g_strdup_printf ("table %s %s, chain %s: %s", chain->family, chain->table,
                                    chain->name, what);
    block->mend = g_strdup_printf (
        "nft insert rule %s %s %s %s %s udp dport %u accept", base->family, base->table, base->name,
        flow->is_output ? "oifname" : "iifname", flow->interface, flow->port);
    return block;
}

/* What becomes of the flow in @chain: ACCEPT, DROP with @block, or GOES_ON to the caller. */
static HbdRuleVerdict
walk (Search *s, const Chain *base, const Chain *chain, guint depth, HbdFirewallBlock **block)
{
    for (guint i = 0; i < chain->rules->len && s->looked_at < RULES_MAX; i++, s->looked_at++) {
        const char *rule = chain->rules->pdata[i];
        HbdRuleResult r = hbd_firewall_judge (rule, s->flow);
        g_autofree char *target = r.target;
        const Chain *next =
            target != NULL ? find_chain (s->chains, chain->family, chain->table, target) : NULL;
        HbdRuleVerdict verdict = r.verdict;

        if (r.match == HBD_RULE_NO || verdict == HBD_RULE_GOES_ON)
            continue;
        g_clear_pointer (block, hbd_firewall_block_free);
        if (verdict == HBD_RULE_DROP)
            *block = block_new (s, base, chain, rule);
        else if (verdict == HBD_RULE_JUMP)
            verdict = next != NULL && depth < DEPTH_MAX ? walk (s, base, next, depth + 1, block)
                                                        : HBD_RULE_GOES_ON;
        if (r.match == HBD_RULE_MAYBE) {
            s->may_pass |= verdict == HBD_RULE_ACCEPT;
            if (s->maybe == NULL)
                s->maybe = g_steal_pointer (block);
            continue;
        }
        if (verdict == HBD_RULE_RETURN)
            return HBD_RULE_GOES_ON;
        if (verdict == HBD_RULE_ACCEPT || verdict == HBD_RULE_DROP || r.is_goto)
            return verdict;
    }
    return HBD_RULE_GOES_ON;
}

/* Takes @chains. */
static HbdFirewallBlock *
search (GPtrArray *chains, const HbdFirewallFlow *flow, const char *tool)
{
    Search s = { .chains = chains, .flow = flow, .tool = tool };
    HbdFirewallBlock *block = NULL;

    for (guint i = 0; i < chains->len && block == NULL; i++) {
        const Chain *chain = chains->pdata[i];
        HbdRuleVerdict verdict;

        if (!is_on_the_way (chain, flow))
            continue;
        verdict = walk (&s, chain, chain, 0, &block);
        if (verdict != HBD_RULE_DROP)
            g_clear_pointer (&block, hbd_firewall_block_free);
        if (verdict == HBD_RULE_GOES_ON && chain->drops_by_policy)
            block = block_new (&s, chain, chain, NULL);
    }
    g_ptr_array_unref (chains);
    if (block == NULL)
        return s.maybe;
    hbd_firewall_block_free (s.maybe);
    block->is_certain = !s.may_pass;
    return block;
}

HbdFirewallBlock *
hbd_firewall_read_nft (const char *listing, const HbdFirewallFlow *flow)
{
    return search (read_nft (listing), flow, NULL);
}

HbdFirewallBlock *
hbd_firewall_read_iptables (const char *listing, const HbdFirewallFlow *flow)
{
    return search (read_iptables (listing, flow->is_v6 ? "ip6" : "ip"), flow,
                   flow->is_v6 ? "ip6tables" : "iptables");
}
