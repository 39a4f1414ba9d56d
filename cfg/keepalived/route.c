/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of virtual_routes, static_routes, virtual_rules and static_rules, in iproute2's long words
 * (doc/keepalived.md 2.4, 2.11). What hbd sets in the kernel has a field; the rest of iproute2's
 * words is known, kept, and said to be left out. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include <string.h>

static const char *const types[] = { "unicast", "blackhole", "unreachable", "prohibit",
                                     "throw",   "local",     NULL };

/* One line while its options are taken. */
typedef struct {
    CfgKaContext *context;
    const CfgKaStatement *statement;
    guint at; /* the next word */
    CfgFamily family;
    GPtrArray **others;
} Line;

static const CfgKaWord *
next_word (Line *line)
{
    return cfg_ka_word (line->statement, line->at++);
}

/* A known word and, if it takes one, its value, kept for the record. */
static void
keep_other (Line *line, const CfgKaWord *word, bool has_value)
{
    const CfgKaWord *value = has_value ? next_word (line) : NULL;

    if (*line->others == NULL)
        *line->others = cfg_ka_array (line->context);
    g_ptr_array_add (*line->others, cfg_ka_string (line->context, word->text));
    if (value != NULL)
        g_ptr_array_add (*line->others, cfg_ka_string (line->context, value->text));
    cfg_ka_warn (line->context, word, "%.60s is accepted, but hbd leaves it out of what it sets",
                 word->text);
}

/* An address or `default`/`all`, with the prefix of a whole one when it has none. */
static bool
take_prefix (Line *line, const CfgKaWord *word, CfgIp *ip, guint *prefix)
{
    int given = -1;

    if (word == NULL)
        return false;
    if (strcmp (word->text, "default") == 0 || strcmp (word->text, "all") == 0
        || strcmp (word->text, "any") == 0) {
        memset (ip, 0, sizeof *ip);
        *prefix = 0;
        return true;
    }
    if (!cfg_ka_is_ip (word->text, ip, &given) || given == -2) {
        cfg_ka_warn (line->context, word, "'%.60s' is no address or network; the line is ignored",
                     word->text);
        return false;
    }
    *prefix = given >= 0 ? (guint) given : ip->family == CFG_FAMILY_IPV4 ? 32 : 128;
    if (line->family == CFG_FAMILY_NONE)
        line->family = ip->family;
    return true;
}

static bool
take_ip (Line *line, const CfgKaWord *word, CfgIp *ip)
{
    int prefix;

    if (word != NULL && cfg_ka_is_ip (word->text, ip, &prefix) && prefix == -1) {
        if (line->family == CFG_FAMILY_NONE)
            line->family = ip->family;
        return true;
    }
    cfg_ka_warn (line->context, word != NULL ? word : cfg_ka_word (line->statement, 0),
                 "an address is needed here; the line is ignored");
    return false;
}

static bool
take_number (Line *line, const CfgKaWord *word, gint64 *out)
{
    if (word != NULL && g_str_has_prefix (word->text, "0x") && strlen (word->text) <= 10) {
        *out = (gint64) g_ascii_strtoull (word->text + 2, NULL, 16);
        return true;
    }
    if (word != NULL && cfg_ka_is_number (word->text, out) && *out >= 0 && *out <= G_MAXUINT32)
        return true;
    cfg_ka_warn (line->context, word != NULL ? word : cfg_ka_word (line->statement, 0),
                 "a number is needed here; the line is ignored");
    return false;
}

static char *
take_text (Line *line)
{
    const CfgKaWord *word = next_word (line);

    return word != NULL ? cfg_ka_string (line->context, word->text) : NULL;
}

/* --- tables of words ----------------------------------------------------------------------- */

typedef enum {
    WORD_TEXT,   /* char * */
    WORD_IP,     /* CfgIp */
    WORD_PREFIX, /* CfgIp, then guint */
    WORD_NUMBER, /* gint64 */
    WORD_FLAG,   /* bool */
    WORD_SKIP,   /* with a value, kept in .others */
    WORD_MARK,   /* without one */
    WORD_REST,   /* with all that follows */
} WordKind;

typedef struct {
    const char *name;
    WordKind kind;
    gsize offset, prefix_offset;
} Option;

#define ROUTE(field) G_STRUCT_OFFSET (CfgRoute, field)
#define RULE(field)  G_STRUCT_OFFSET (CfgRule, field)

static const Option route_options[] = {
    { "to", WORD_PREFIX, ROUTE (to), ROUTE (prefix) },
    { "dst", WORD_PREFIX, ROUTE (to), ROUTE (prefix) },
    { "via", WORD_IP, ROUTE (via), 0 },
    { "gw", WORD_IP, ROUTE (via), 0 },
    { "src", WORD_IP, ROUTE (source), 0 },
    { "dev", WORD_TEXT, ROUTE (interface), 0 },
    { "oif", WORD_TEXT, ROUTE (interface), 0 },
    { "table", WORD_TEXT, ROUTE (table), 0 },
    { "scope", WORD_TEXT, ROUTE (scope), 0 },
    { "protocol", WORD_TEXT, ROUTE (protocol), 0 },
    { "metric", WORD_NUMBER, ROUTE (metric), 0 },
    { "priority", WORD_NUMBER, ROUTE (metric), 0 },
    { "preference", WORD_NUMBER, ROUTE (metric), 0 },
    { "mtu", WORD_NUMBER, ROUTE (mtu), 0 },
    { "onlink", WORD_FLAG, ROUTE (onlink), 0 },
    { "no_track", WORD_FLAG, ROUTE (no_track), 0 },
    { "track_group", WORD_TEXT, ROUTE (track_group), 0 },
    { "advmss", WORD_SKIP, 0, 0 },
    { "tos", WORD_SKIP, 0, 0 },
    { "dsfield", WORD_SKIP, 0, 0 },
    { "window", WORD_SKIP, 0, 0 },
    { "rtt", WORD_SKIP, 0, 0 },
    { "rttvar", WORD_SKIP, 0, 0 },
    { "rto_min", WORD_SKIP, 0, 0 },
    { "ssthresh", WORD_SKIP, 0, 0 },
    { "cwnd", WORD_SKIP, 0, 0 },
    { "initcwnd", WORD_SKIP, 0, 0 },
    { "initrwnd", WORD_SKIP, 0, 0 },
    { "hoplimit", WORD_SKIP, 0, 0 },
    { "quickack", WORD_SKIP, 0, 0 },
    { "features", WORD_SKIP, 0, 0 },
    { "realm", WORD_SKIP, 0, 0 },
    { "realms", WORD_SKIP, 0, 0 },
    { "reordering", WORD_SKIP, 0, 0 },
    { "congctl", WORD_SKIP, 0, 0 },
    { "expires", WORD_SKIP, 0, 0 },
    { "fastopen_no_cookie", WORD_SKIP, 0, 0 },
    { "ttl-propagate", WORD_SKIP, 0, 0 },
    { "lock", WORD_MARK, 0, 0 },
    { "append", WORD_MARK, 0, 0 },
    { "prepend", WORD_MARK, 0, 0 },
    { "encap", WORD_REST, 0, 0 },
    { "nexthop", WORD_REST, 0, 0 },
    { "or", WORD_REST, 0, 0 },
};

static const Option rule_options[] = {
    { "from", WORD_PREFIX, RULE (from), RULE (from_prefix) },
    { "to", WORD_PREFIX, RULE (to), RULE (to_prefix) },
    { "table", WORD_TEXT, RULE (table), 0 },
    { "lookup", WORD_TEXT, RULE (table), 0 },
    { "iif", WORD_TEXT, RULE (iif), 0 },
    { "dev", WORD_TEXT, RULE (iif), 0 },
    { "oif", WORD_TEXT, RULE (oif), 0 },
    { "fwmark", WORD_NUMBER, RULE (fwmark), 0 },
    { "priority", WORD_NUMBER, RULE (priority), 0 },
    { "preference", WORD_NUMBER, RULE (priority), 0 },
    { "order", WORD_NUMBER, RULE (priority), 0 },
    { "no_track", WORD_FLAG, RULE (no_track), 0 },
    { "track_group", WORD_TEXT, RULE (track_group), 0 },
    { "tos", WORD_SKIP, 0, 0 },
    { "dsfield", WORD_SKIP, 0, 0 },
    { "realms", WORD_SKIP, 0, 0 },
    { "protocol", WORD_SKIP, 0, 0 },
    { "ipproto", WORD_SKIP, 0, 0 },
    { "sport", WORD_SKIP, 0, 0 },
    { "dport", WORD_SKIP, 0, 0 },
    { "uidrange", WORD_SKIP, 0, 0 },
    { "tun_id", WORD_SKIP, 0, 0 },
    { "suppress_prefixlength", WORD_SKIP, 0, 0 },
    { "suppress_ifgroup", WORD_SKIP, 0, 0 },
    { "goto", WORD_SKIP, 0, 0 },
    { "nat", WORD_SKIP, 0, 0 },
    { "not", WORD_MARK, 0, 0 },
    { "nop", WORD_MARK, 0, 0 },
    { "l3mdev", WORD_MARK, 0, 0 },
    { "or", WORD_REST, 0, 0 },
};

/* Take one option's value; false: the line is lost. */
static bool
take_option (Line *line, const Option *option, const CfgKaWord *word, gpointer base)
{
    gpointer field = (char *) base + option->offset;

    switch (option->kind) {
    case WORD_TEXT:
        *(char **) field = take_text (line);
        return *(char **) field != NULL;
    case WORD_IP:
        return take_ip (line, next_word (line), field);
    case WORD_PREFIX:
        return take_prefix (line, next_word (line), field,
                            (guint *) ((char *) base + option->prefix_offset));
    case WORD_NUMBER:
        return take_number (line, next_word (line), field);
    case WORD_FLAG:
        *(bool *) field = true;
        return true;
    case WORD_SKIP:
    case WORD_MARK:
        keep_other (line, word, option->kind == WORD_SKIP);
        return true;
    case WORD_REST:
        keep_other (line, word, false);
        line->at = cfg_ka_word_count (line->statement);
        return true;
    }
    return true;
}

static const Option *
find_option (const Option *options, guint count, const char *name)
{
    for (guint i = 0; i < count; i++)
        if (strcmp (options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

/* Type and family words that may lead; true: @word was one. */
static bool
take_lead (Line *line, const CfgKaWord *word, CfgRouteType *type)
{
    for (guint i = 0; types[i] != NULL; i++)
        if (strcmp (word->text, types[i]) == 0) {
            *type = (CfgRouteType) i;
            return true;
        }
    if (strcmp (word->text, "inet") == 0)
        line->family = CFG_FAMILY_IPV4;
    else if (strcmp (word->text, "inet6") == 0)
        line->family = CFG_FAMILY_IPV6;
    else
        return false;
    return true;
}

static void
parse_route (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
             gpointer base)
{
    CfgRoute *route = cfg_ka_new (context, CfgRoute);
    Line line = { context, statement, 0, CFG_FAMILY_NONE, &route->others };
    const CfgKaWord *word;
    bool has_destination = false;

    route->place = cfg_ka_word (statement, 0)->place;
    route->metric = route->mtu = -1;
    while ((word = next_word (&line)) != NULL) {
        const Option *option =
            find_option (route_options, G_N_ELEMENTS (route_options), word->text);

        if (option != NULL) {
            if (!take_option (&line, option, word, route))
                return;
            has_destination = has_destination || option->offset == ROUTE (to);
        } else if (!take_lead (&line, word, &route->type)) {
            if (has_destination || !take_prefix (&line, word, &route->to, &route->prefix)) {
                cfg_ka_warn (context, word, "'%.60s' is no word of a route; the line is ignored",
                             word->text);
                return;
            }
            has_destination = true;
        }
    }
    route->family = line.family;
    if (has_destination)
        g_ptr_array_add (base, route);
    else
        cfg_ka_warn_at (context, route->place, "a route without a destination; it is ignored");
}

static void
parse_rule (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
            gpointer base)
{
    CfgRule *rule = cfg_ka_new (context, CfgRule);
    Line line = { context, statement, 0, CFG_FAMILY_NONE, &rule->others };
    const CfgKaWord *word;

    rule->place = cfg_ka_word (statement, 0)->place;
    rule->fwmark = rule->priority = -1;
    while ((word = next_word (&line)) != NULL) {
        const Option *option = find_option (rule_options, G_N_ELEMENTS (rule_options), word->text);

        if (option != NULL) {
            if (!take_option (&line, option, word, rule))
                return;
        } else if (!take_lead (&line, word, &rule->type)) {
            cfg_ka_warn (context, word, "'%.60s' is no word of a rule; the line is ignored",
                         word->text);
            return;
        }
    }
    rule->family = line.family;
    if (rule->table == NULL && rule->type == CFG_ROUTE_UNICAST && rule->others == NULL)
        cfg_ka_warn_at (context, rule->place, "a rule without a table; it is ignored");
    else
        g_ptr_array_add (base, rule);
}

const CfgKaBlock cfg_ka_routes = { .name = "routes",
                                   .open = cfg_ka_open_list,
                                   .line = parse_route };
const CfgKaBlock cfg_ka_rules = { .name = "rules", .open = cfg_ka_open_list, .line = parse_rule };
