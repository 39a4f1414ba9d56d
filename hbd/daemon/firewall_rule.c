/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/firewall_rule.h"

#include <stdlib.h>
#include <string.h>

/* Words of a rule; a set in braces is one word, quotes are gone. */
static GPtrArray *
split_words (const char *rule)
{
    GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

    for (const char *p = rule; *p != '\0';) {
        gsize len;

        p += strspn (p, " \t");
        if (*p == '"' || *p == '{') {
            const char *end = strchr (p + 1, *p == '"' ? '"' : '}');

            len = end != NULL ? (gsize) (end - p - 1) : strlen (p + 1);
            g_ptr_array_add (words, g_strndup (p + 1, len));
            p += 1 + len + (end != NULL);
            continue;
        }
        len = strcspn (p, " \t");
        if (len > 0)
            g_ptr_array_add (words, g_strndup (p, len));
        p += len;
    }
    g_ptr_array_add (words, NULL);
    return words;
}

/* Does a list "53, 600-700" hold the port? */
static bool
has_port (const char *list, guint16 port)
{
    g_auto (GStrv) parts = g_strsplit (list, ",", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        const char *part = g_strstrip (parts[i]);
        char *end;
        gulong from = strtoul (part, &end, 10);
        gulong to = *end == '-' ? strtoul (end + 1, NULL, 10) : from;

        if (end != part && port >= from && port <= to)
            return true;
    }
    return false;
}

/* Does a list of names hold @name? A name may end in a star. */
static bool
has_name (const char *list, const char *name)
{
    g_auto (GStrv) parts = g_strsplit (list, ",", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        const char *part = g_strdelimit (g_strstrip (parts[i]), "\"", ' ');
        g_autofree char *pattern = g_strstrip (g_strdup (part));

        if (g_pattern_match_simple (pattern, name))
            return true;
    }
    return false;
}

/* New packets pass the states of the list; established ones may be ours, invalid ones are not. */
static HbdRuleMatch
match_state (const char *list)
{
    if (has_name (list, "new") || has_name (list, "untracked"))
        return HBD_RULE_YES;
    return has_name (list, "established") ? HBD_RULE_MAYBE : HBD_RULE_NO;
}

typedef struct {
    const char *const *word; /* the next one */
    const HbdFirewallFlow *flow;
    HbdRuleResult result;
} Judge;

static void
narrow (Judge *j, HbdRuleMatch match)
{
    j->result.match = MIN (j->result.match, match);
}

static HbdRuleMatch
yes_or_no (bool is_match)
{
    return is_match ? HBD_RULE_YES : HBD_RULE_NO;
}

/* The value of a match behind an optional "!=" or "=="; "@set" is not known here. */
static void
compare (Judge *j, bool (*holds) (const char *list, const HbdFirewallFlow *flow))
{
    bool is_not = g_strcmp0 (*j->word, "!=") == 0;
    const char *value;

    if (is_not || g_strcmp0 (*j->word, "==") == 0)
        j->word++;
    value = *j->word;
    if (value == NULL)
        return;
    j->word++;
    if (value[0] == '@' || strcmp (value, "vmap") == 0)
        narrow (j, HBD_RULE_MAYBE);
    else
        narrow (j, yes_or_no (holds (value, j->flow) != is_not));
}

static bool
holds_interface (const char *list, const HbdFirewallFlow *flow)
{
    return has_name (list, flow->interface);
}

static bool
holds_port (const char *list, const HbdFirewallFlow *flow)
{
    return has_port (list, flow->port);
}

static bool
holds_udp (const char *list, const HbdFirewallFlow *flow)
{
    return has_name (list, "udp") || has_port (list, 17);
}

/* --- one word at a time -------------------------------------------------------------------- */

static bool
take_verdict (Judge *j, const char *word)
{
    HbdRuleResult *r = &j->result;

    if (strcmp (word, "accept") == 0)
        r->verdict = HBD_RULE_ACCEPT;
    else if (strcmp (word, "drop") == 0 || strcmp (word, "reject") == 0)
        r->verdict = HBD_RULE_DROP;
    else if (strcmp (word, "return") == 0)
        r->verdict = HBD_RULE_RETURN;
    else if ((strcmp (word, "jump") == 0 || strcmp (word, "goto") == 0) && *j->word != NULL) {
        r->verdict = HBD_RULE_JUMP;
        r->is_goto = word[0] == 'g';
        r->target = g_strdup (*j->word);
    } else
        return false;
    return true;
}

static bool
take_interface (Judge *j, const char *word)
{
    static const char *const in[] = { "iifname", "iif", NULL };
    static const char *const out[] = { "oifname", "oif", NULL };
    bool is_in = g_strv_contains (in, word), is_out = g_strv_contains (out, word);

    if (!is_in && !is_out)
        return false;
    if (is_in == j->flow->is_output) /* the other end of a packet's way through the host */
        narrow (j, HBD_RULE_NO);
    compare (j, holds_interface);
    return true;
}

static bool
take_protocol (Judge *j, const char *word)
{
    static const char *const others[] = { "tcp", "icmp",    "icmpv6", "sctp", "dccp", "ah",
                                          "esp", "udplite", "arp",    "igmp", "gre",  NULL };
    const char *field = *j->word;

    if (g_strv_contains (others, word)) {
        narrow (j, HBD_RULE_NO);
        return true;
    }
    if (strcmp (word, "udp") != 0 && strcmp (word, "th") != 0)
        return false;
    if (field != NULL)
        j->word++;
    if (g_strcmp0 (field, "dport") == 0)
        compare (j, holds_port);
    else
        narrow (j, HBD_RULE_MAYBE);
    return true;
}

static bool
take_network (Judge *j, const char *word)
{
    bool is_v4 = strcmp (word, "ip") == 0, is_v6 = strcmp (word, "ip6") == 0;
    const char *field = *j->word;

    if (!is_v4 && !is_v6)
        return false;
    if (is_v6 != j->flow->is_v6)
        narrow (j, HBD_RULE_NO);
    if (field != NULL)
        j->word++;
    if (g_strcmp0 (field, "protocol") == 0 || g_strcmp0 (field, "nexthdr") == 0)
        compare (j, holds_udp);
    else
        narrow (j, HBD_RULE_MAYBE);
    return true;
}

static bool
take_meta (Judge *j, const char *word)
{
    const char *field = *j->word;

    if (strcmp (word, "ct") == 0 && g_strcmp0 (field, "state") == 0 && j->word[1] != NULL) {
        narrow (j, match_state (j->word[1]));
        j->word += 2;
        return true;
    }
    if (strcmp (word, "meta") != 0)
        return false;
    if (g_strcmp0 (field, "l4proto") == 0) {
        j->word++;
        compare (j, holds_udp);
    } else if (g_strcmp0 (field, "nfproto") == 0 && j->word[1] != NULL) {
        narrow (j, yes_or_no ((strcmp (j->word[1], "ipv6") == 0) == j->flow->is_v6));
        j->word += 2;
    } else if (field == NULL || !take_interface (j, *j->word++))
        narrow (j, HBD_RULE_MAYBE);
    return true;
}

/* `fib saddr . iif oif missing': a question to the routing table, in words that mean else elsewhere. */
static bool
take_fib (Judge *j, const char *word)
{
    static const char *const ends[] = { "missing", "exists", "drop", "accept", "reject", NULL };

    if (strcmp (word, "fib") != 0)
        return false;
    narrow (j, HBD_RULE_MAYBE);
    while (*j->word != NULL && !g_strv_contains (ends, *j->word))
        j->word++;
    return true;
}

/* What matches everything: counters, comments, logging. */
static bool
take_decoration (Judge *j, const char *word)
{
    static const char *const plain[] = { "counter", "packets", "bytes", "log", "prefix",
                                         "comment", "level",   "flags", NULL };

    if (!g_strv_contains (plain, word))
        return false;
    if (strcmp (word, "counter") != 0 && strcmp (word, "log") != 0 && *j->word != NULL)
        j->word++;
    return true;
}

HbdRuleResult
hbd_firewall_judge (const char *rule, const HbdFirewallFlow *flow)
{
    g_autoptr (GPtrArray) words = split_words (rule);
    Judge j = { .word = (const char *const *) words->pdata,
                .flow = flow,
                .result = { .match = HBD_RULE_YES } };

    while (*j.word != NULL) {
        const char *word = *j.word++;

        if (take_verdict (&j, word))
            break;
        if (!take_interface (&j, word) && !take_protocol (&j, word) && !take_network (&j, word)
            && !take_meta (&j, word) && !take_fib (&j, word) && !take_decoration (&j, word))
            narrow (&j, HBD_RULE_MAYBE);
    }
    return j.result;
}
