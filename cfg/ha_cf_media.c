/* SPDX-License-Identifier: Apache-2.0 */
/* The media of ha.cf: bcast, ucast, mcast, their IPv6 kin, udpport, ping nodes and serial lines
 * (doc/heartbeat.md 1.4). */
#include "config.h"

#include "cfg/ha_cf.h"

#include "cfg/build.h"
#include "cfg/value.h"

#include <string.h>

/* A number as Heartbeat reads it; what it makes of an odd one is said. */
static gint64
take_number (CfgContext *context, const CfgWord *word, const char *what, gint64 low, gint64 high)
{
    gint64 value;

    if (!cfg_number_parse_sloppy (word->text, &value) && value >= low && value <= high)
        cfg_diag (context->diags, CFG_WARNING, word->place,
                  "%s: '%.60s' is not a plain number; as in Heartbeat %" G_GINT64_FORMAT
                  " is taken",
                  what, word->text, value);
    return value;
}

/* Heartbeat puts any number into the 16 bits of a port. 0 with an error said for one below @low, and
 * for 0 itself unless @zero_passes. */
static guint16
take_port (CfgContext *context, const CfgWord *word, const char *what, gint64 low, bool zero_passes)
{
    gint64 value = take_number (context, word, what, 1, 65535);
    guint16 port = (guint16) (value & 0xffff);

    if (value < low || (value == 0 && !zero_passes)) {
        cfg_diag (context->diags, CFG_ERROR, word->place,
                  "%s: '%.60s' is not a port; a number in 1..65535", what, word->text);
        return 0;
    }
    if (port == 0) {
        cfg_diag (context->diags, CFG_WARNING, word->place,
                  "%s: '%.60s' gives Heartbeat port 0, where nothing arrives; hbd takes 694", what,
                  word->text);
        return 694;
    }
    if (value != port)
        cfg_diag (context->diags, CFG_WARNING, word->place,
                  "%s: '%.60s' is no port; as in Heartbeat its last 16 bits count, which is %u",
                  what, word->text, port);
    return port;
}

void
cfg_parse_udpport (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    for (guint i = 0; i < statement->words->len; i++) {
        guint16 port = take_port (context, cfg_word_at (statement->words, i), row->name, 1, false);

        if (port != 0)
            context->port = port;
    }
    if (context->media_count > 0)
        cfg_diag (context->diags, CFG_WARNING, statement->place,
                  "udpport reaches only the media lines below it; put it above the first one");
}

/* An interface name in its usual dress, or NULL with an error said. `eth0:0` names an alias, whose
 * device is eth0. (transfer full) */
static char *
take_interface (CfgContext *context, const CfgRow *row, const CfgWord *word)
{
    g_autofree char *name = g_strdup (word->text);
    char *alias = strchr (name, ':');

    if (alias != NULL)
        *alias = '\0';
    if (!cfg_is_interface (name) || cfg_is_like_ipv4 (name)) {
        cfg_diag (context->diags, CFG_ERROR, word->place, "%s: '%.60s' is not an interface%s",
                  row->name, word->text,
                  cfg_is_like_ipv4 (word->text) ? "; the interface comes before the address"
                  : strchr (word->text, ',')    ? "; separate words by blanks here"
                                                : " name of 1 to 15 letters");
        return NULL;
    }
    if (alias != NULL)
        cfg_diag (context->diags, CFG_WARNING, word->place,
                  "%s: '%.60s' is an alias; the link uses the device %s", row->name, word->text,
                  name);
    return g_steal_pointer (&name);
}

static bool
has_room (CfgContext *context, CfgPlace place)
{
    if (context->cluster->links->len < CFG_MEDIA_MAX)
        return true;
    if (context->cluster->links->len == CFG_MEDIA_MAX)
        cfg_diag (context->diags, CFG_ERROR, place, "more than %d links", CFG_MEDIA_MAX);
    return false;
}

static CfgLink *
find_link (CfgContext *context, CfgLinkKind kind, const char *interface, guint16 port)
{
    for (guint i = 0; i < context->cluster->links->len; i++) {
        CfgLink *link = g_ptr_array_index (context->cluster->links, i);

        if (link->kind == kind && link->port == port && strcmp (link->interface, interface) == 0)
            return link;
    }
    return NULL;
}

void
cfg_parse_bcast (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    for (guint i = 0; i < statement->words->len; i++) {
        const CfgWord *word = cfg_word_at (statement->words, i);
        g_autofree char *interface = take_interface (context, row, word);
        CfgLink *link;

        context->media_count++;
        if (interface == NULL || !has_room (context, word->place))
            continue;
        if (find_link (context, CFG_LINK_BCAST, interface, context->port) != NULL) {
            cfg_diag (context->diags, CFG_WARNING, word->place,
                      "bcast: %s is a link already; once is enough", interface);
            continue;
        }
        link = cfg_link_new (word->place, CFG_LINK_BCAST, interface);
        link->port = context->port;
        g_ptr_array_add (context->cluster->links, link);
    }
}

/* True when @word can be a ucast peer: an address of the right family, or for IPv4 a host name. */
static bool
is_peer (CfgContext *context, const CfgRow *row, const CfgWord *word, CfgLinkKind kind)
{
    const char *fault = NULL;

    if (kind == CFG_LINK_UCAST6) {
        g_autofree char *address = g_strndup (word->text, strcspn (word->text, "%"));
        const char *scope = strchr (word->text, '%');

        if (!cfg_is_ipv6 (address))
            fault = "is not an IPv6 address";
        else if (scope != NULL && !cfg_is_interface (scope + 1))
            fault = "has no interface behind its %";
    } else if (cfg_is_ipv6 (word->text)) {
        fault = "is an IPv6 address; use ucast6";
    } else if (cfg_is_like_ipv4 (word->text) ? !cfg_ipv4_parse (word->text, NULL)
                                             : !cfg_is_host_name (word->text)) {
        fault = "is neither an IPv4 address nor a host name";
    }
    if (fault != NULL)
        cfg_diag (context->diags, CFG_ERROR, word->place, "%s: '%.60s' %s", row->name, word->text,
                  fault);
    return fault == NULL;
}

static void
warn_of_the_rest (CfgContext *context, const CfgRow *row, const CfgStatement *statement,
                  guint wanted)
{
    const CfgWord *word = cfg_word_at (statement->words, wanted);

    if (word != NULL)
        cfg_diag (context->diags, CFG_WARNING, word->place,
                  "%s: '%.60s' is ignored, as Heartbeat does; the line is %s %s", row->name,
                  word->text, row->name, row->syntax);
}

void
cfg_parse_ucast (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    CfgLinkKind kind = strcmp (row->name, "ucast6") == 0 ? CFG_LINK_UCAST6 : CFG_LINK_UCAST;
    const CfgWord *device = cfg_word_at (statement->words, 0);
    const CfgWord *peer = cfg_word_at (statement->words, 1);
    g_autofree char *interface = take_interface (context, row, device);
    CfgLink *link;

    context->media_count++;
    if (peer == NULL) {
        cfg_diag (context->diags, CFG_ERROR, statement->place,
                  "%s: the peer's address is missing; write %s %s", row->name, row->name,
                  row->syntax);
        return;
    }
    warn_of_the_rest (context, row, statement, 2);
    if (!is_peer (context, row, peer, kind) || interface == NULL)
        return;
    link = find_link (context, kind, interface, context->port);
    if (link == NULL) {
        if (!has_room (context, statement->place))
            return;
        link = cfg_link_new (statement->place, kind, interface);
        link->port = context->port;
        g_ptr_array_add (context->cluster->links, link);
    }
    if (g_ptr_array_find_with_equal_func (link->peers, peer->text, g_str_equal, NULL))
        cfg_diag (context->diags, CFG_WARNING, peer->place,
                  "%s: '%.60s' is a peer already; once is enough", row->name, peer->text);
    else if (link->peers->len >= CFG_NODES_MAX)
        cfg_diag (context->diags, CFG_ERROR, peer->place, "%s: more than %d peers", row->name,
                  CFG_NODES_MAX);
    else
        g_ptr_array_add (link->peers, g_strdup (peer->text));
}

static bool
is_group (CfgContext *context, const CfgRow *row, const CfgWord *word, bool is_ipv6)
{
    guint32 address = 0;

    if (is_ipv6) {
        if (cfg_is_ipv6 (word->text) && g_ascii_strncasecmp (word->text, "ff", 2) == 0)
            return true;
    } else if (cfg_ipv4_parse (word->text, &address) && address >> 28 == 0xe) {
        return true;
    }
    cfg_diag (context->diags, CFG_ERROR, word->place, "%s: '%.60s' is not a multicast group; %s",
              row->name, word->text, is_ipv6 ? "ff00::/8" : "224.0.0.0 to 239.255.255.255");
    return false;
}

/* A number of an mcast line in 0..@high into *@out; false, with an error said, otherwise. */
static bool
take_small (CfgContext *context, const CfgWord *word, const char *what, gint64 high, guint *out)
{
    gint64 value = take_number (context, word, what, 0, high);

    if (value < 0 || value > high) {
        cfg_diag (context->diags, CFG_ERROR, word->place,
                  "%s: '%.60s' is not a number in 0..%" G_GINT64_FORMAT, what, word->text, high);
        return false;
    }
    *out = (guint) value;
    return true;
}

void
cfg_parse_mcast (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    static const char *const parts[] = { "interface", "group", "port", "ttl", "loop" };
    bool is_ipv6 = strcmp (row->name, "mcast6") == 0, is_good;
    guint count = statement->words->len, ttl = 0, loop = 0;
    guint16 port;
    g_autofree char *interface = take_interface (context, row, cfg_word_at (statement->words, 0));
    CfgLink *link;

    if (count < G_N_ELEMENTS (parts)) {
        cfg_diag (context->diags, CFG_ERROR, statement->place,
                  "%s: the %s is missing; all five are needed: %s", row->name, parts[count],
                  row->syntax);
        return;
    }
    warn_of_the_rest (context, row, statement, G_N_ELEMENTS (parts));
    is_good = interface != NULL;
    is_good &= is_group (context, row, cfg_word_at (statement->words, 1), is_ipv6);
    port =
        take_port (context, cfg_word_at (statement->words, 2), "mcast port", G_MININT32, is_ipv6);
    is_good &= port != 0;
    /* Heartbeat's manual says 255, the program refuses more than 4 (doc/heartbeat.md 1.4). */
    is_good &= take_small (context, cfg_word_at (statement->words, 3),
                           is_ipv6 ? "mcast6 hops" : "mcast ttl", 4, &ttl);
    is_good &= take_small (context, cfg_word_at (statement->words, 4), "mcast loop", 1, &loop);
    if (!is_good || !has_room (context, statement->place))
        return;
    link = cfg_link_new (statement->place, is_ipv6 ? CFG_LINK_MCAST6 : CFG_LINK_MCAST, interface);
    link->group = g_strdup (cfg_word_at (statement->words, 1)->text);
    link->port = port;
    link->ttl = ttl;
    link->loop = loop == 1;
    g_ptr_array_add (context->cluster->links, link);
}

void
cfg_parse_serial (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    context->other_media++;
}

static bool
is_ping_address (const char *text, bool is_ipv6)
{
    return is_ipv6                   ? cfg_is_ipv6 (text)
           : cfg_is_like_ipv4 (text) ? cfg_ipv4_parse (text, NULL)
                                     : cfg_is_host_name (text);
}

/* ping, ping6: each value an address; ping_group: a name first, and commas separate too. */
void
cfg_parse_ping (CfgContext *context, const CfgRow *row, const CfgStatement *statement)
{
    bool is_named = row->split == CFG_SPLIT_LINE;
    bool is_ipv6 = strcmp (row->name, "ping6") == 0;

    if (is_named && statement->words->len < 2) {
        cfg_diag (context->diags, CFG_ERROR, statement->place,
                  "ping_group: no address; write ping_group %s", row->syntax);
        return;
    }
    for (guint i = is_named ? 1 : 0; i < statement->words->len; i++) {
        const CfgWord *word = cfg_word_at (statement->words, i);
        g_auto (GStrv) parts = g_strsplit (word->text, ",", -1);

        for (guint p = 0; parts[p] != NULL; p++)
            if (*parts[p] != '\0' && !is_ping_address (parts[p], is_ipv6)) {
                cfg_diag (context->diags, CFG_ERROR, word->place, "%s: '%.60s' is not an address",
                          row->name, parts[p]);
                return;
            }
    }
    if (context->cluster->ping_nodes->len >= CFG_NODES_MAX)
        cfg_diag (context->diags, CFG_ERROR, statement->place, "more than %d lines of ping nodes",
                  CFG_NODES_MAX);
    else
        g_ptr_array_add (context->cluster->ping_nodes,
                         cfg_setting_new (statement->place, row->name, statement->rest));
}
