/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of virtual_ipaddress, virtual_ipaddress_excluded and static_ipaddress
 * (doc/keepalived.md 2.4, 2.11): IP[/N] and its options, one address on a line. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include "cfg/value.h"

#include <string.h>

#define LABEL_MAX 15 /* IFNAMSIZ - 1 */

typedef struct {
    CfgKaContext *context;
    const CfgKaStatement *statement;
    CfgVip *vip;
    bool is_lost; /* removed because of an option, as keepalived does */
} Line;

/* Options without a value. */
static const struct {
    const char *word;
    gsize offset;
} flags[] = {
    { "home", G_STRUCT_OFFSET (CfgVip, home) },
    { "-nodad", G_STRUCT_OFFSET (CfgVip, nodad) },
    { "nodad", G_STRUCT_OFFSET (CfgVip, nodad) },
    { "mngtmpaddr", G_STRUCT_OFFSET (CfgVip, mngtmpaddr) },
    { "noprefixroute", G_STRUCT_OFFSET (CfgVip, noprefixroute) },
    { "autojoin", G_STRUCT_OFFSET (CfgVip, autojoin) },
    { "no_track", G_STRUCT_OFFSET (CfgVip, no_track) },
    { "use_vmac", G_STRUCT_OFFSET (CfgVip, use_vmac) },
};

static void
take_interface (Line *line, const CfgKaWord *value)
{
    const CfgHost *host = line->context->input->host;

    line->vip->interface = cfg_ka_string (line->context, value->text);
    if (host != NULL && host->has_interface != NULL
        && !host->has_interface (host->data, value->text))
        cfg_ka_warn (line->context, value,
                     "there is no interface '%.20s' now; keepalived would not start, in hbd the "
                     "address waits for it",
                     value->text);
}

static void
take_broadcast (Line *line, const CfgKaWord *value)
{
    int prefix;

    /* `+` and `-`: worked out from the prefix. */
    if (strcmp (value->text, "-") == 0)
        return;
    if (strcmp (value->text, "+") == 0) {
        line->vip->broadcast_auto = true;
        return;
    }
    if (!cfg_ka_is_ip (value->text, &line->vip->broadcast, &prefix)
        || line->vip->broadcast.family != CFG_FAMILY_IPV4) {
        cfg_ka_warn (line->context, value, "'%.60s' is no broadcast address; it is ignored",
                     value->text);
        memset (&line->vip->broadcast, 0, sizeof line->vip->broadcast);
    }
}

static void
take_label (Line *line, const CfgKaWord *value)
{
    if (strlen (value->text) > LABEL_MAX) {
        cfg_ka_warn (line->context, value,
                     "the label '%.60s' has more than %d bytes: the whole address is removed, as "
                     "in keepalived",
                     value->text, LABEL_MAX);
        line->is_lost = true;
        return;
    }
    line->vip->label = cfg_ka_string (line->context, value->text);
}

static void
take_scope (Line *line, const CfgKaWord *value)
{
    static const char *const scopes[] = { "global", "site", "link", "host", "nowhere", NULL };
    gint64 number;

    if (g_strv_contains (scopes, value->text)
        || (cfg_ka_is_number (value->text, &number) && number >= 0 && number <= 255))
        line->vip->scope = cfg_ka_string (line->context, value->text);
    else
        cfg_ka_warn (line->context, value, "'%.60s' is no scope; it is ignored", value->text);
}

static void
take_peer (Line *line, const CfgKaWord *value)
{
    int prefix;

    if (!cfg_ka_is_ip (value->text, &line->vip->peer, &prefix) || prefix == -2
        || line->vip->peer.family != line->vip->ip.family) {
        cfg_ka_warn (line->context, value,
                     "'%.60s' is no peer address of this family; it is "
                     "ignored",
                     value->text);
        memset (&line->vip->peer, 0, sizeof line->vip->peer);
        return;
    }
    line->vip->peer_prefix = prefix >= 0                               ? (guint) prefix
                             : line->vip->ip.family == CFG_FAMILY_IPV4 ? 32
                                                                       : 128;
}

static void
take_lifetime (Line *line, const CfgKaWord *value)
{
    gint64 number = -1;

    if (strcmp (value->text, "forever") != 0
        && (!cfg_ka_is_number (value->text, &number) || number < 0))
        cfg_ka_warn (line->context, value, "'%.60s' is no lifetime in seconds; it is ignored",
                     value->text);
    else
        line->vip->preferred_lft_s = number;
}

static void
take_group (Line *line, const CfgKaWord *value)
{
    line->vip->track_group = cfg_ka_string (line->context, value->text);
}

/* Options with a value. */
static const struct {
    const char *word;
    void (*take) (Line *line, const CfgKaWord *value);
} options[] = {
    { "dev", take_interface },
    { "brd", take_broadcast },
    { "broadcast", take_broadcast },
    { "label", take_label },
    { "scope", take_scope },
    { "peer", take_peer },
    { "preferred_lft", take_lifetime },
    { "track_group", take_group },
};

static void
complain (Line *line, const CfgKaWord *word)
{
    CfgIp ip;
    int prefix;

    if (*word->text == '/')
        cfg_ka_warn (line->context, word,
                     "'%.20s' behind a blank: as in keepalived the address gets /%u; write it "
                     "together, ADDRESS%.20s",
                     word->text, line->vip->prefix, word->text);
    else if (cfg_ka_is_ip (word->text, &ip, &prefix))
        cfg_ka_warn (line->context, word,
                     "a second address on one line, '%.60s', is ignored, as in keepalived; give it "
                     "a line of its own",
                     word->text);
    else
        cfg_ka_warn (line->context, word,
                     "'%.60s' is no option of an address; it is ignored, as in keepalived",
                     word->text);
}

/* The option at word @i; how many words it took. */
static guint
take_option (Line *line, guint i)
{
    const CfgKaWord *word = cfg_ka_word (line->statement, i);
    const CfgKaWord *value = cfg_ka_word (line->statement, i + 1);

    for (guint f = 0; f < G_N_ELEMENTS (flags); f++)
        if (strcmp (word->text, flags[f].word) == 0) {
            *(bool *) ((char *) line->vip + flags[f].offset) = true;
            return 1;
        }
    for (guint o = 0; o < G_N_ELEMENTS (options); o++)
        if (strcmp (word->text, options[o].word) == 0 && value != NULL) {
            options[o].take (line, value);
            return 2;
        }
    complain (line, word);
    return 1;
}

static void
parse_address (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
               gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 0);
    CfgVip *vip = cfg_ka_new (context, CfgVip);
    Line line = { context, statement, vip, false };
    guint widest;
    int prefix;

    vip->place = word->place;
    vip->preferred_lft_s = -1;
    if (!cfg_ka_is_ip (word->text, &vip->ip, &prefix)) {
        cfg_ka_warn (context, word, "'%.60s' is no address; the line is ignored, as in keepalived",
                     word->text);
        return;
    }
    widest = vip->ip.family == CFG_FAMILY_IPV4 ? 32 : 128;
    vip->prefix = prefix >= 0 ? (guint) prefix : widest;
    if (prefix == -2)
        cfg_ka_warn (context, word,
                     "'%.60s': the prefix is no number up to %u; as in keepalived /%u is taken",
                     word->text, widest, widest);
    for (guint i = 1; i < cfg_ka_word_count (statement);)
        i += take_option (&line, i);
    if (!line.is_lost)
        g_ptr_array_add (base, vip);
}

const CfgKaBlock cfg_ka_virtual_addresses = { .name = "virtual_ipaddress",
                                              .open = cfg_ka_open_list,
                                              .line = parse_address };
const CfgKaBlock cfg_ka_excluded_addresses = { .name = "virtual_ipaddress_excluded",
                                               .open = cfg_ka_open_list,
                                               .line = parse_address };
const CfgKaBlock cfg_ka_static_addresses = { .name = "static_ipaddress",
                                             .open = cfg_ka_open_list,
                                             .line = parse_address };
