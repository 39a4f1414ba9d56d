/* SPDX-License-Identifier: Apache-2.0 */
/* virtual_server_group, virtual_server and real_server (doc/keepalived.md 2.12 to 2.14). */
#include "config.h"

#include "cfg/keepalived/rows.h"

#include <string.h>

#define VS(field) G_STRUCT_OFFSET (CfgVirtualServer, field)
#define RS(field) G_STRUCT_OFFSET (CfgRealServer, field)

#define PERSISTENCE_BARE HBD_S (360)
#define DELAY_MAX        HBD_S (86400)

const char *const cfg_schedulers[] = { "rr", "wrr", "lc",  "wlc", "lblc", "lblcr", "sh", "mh",
                                       "dh", "fo",  "ovf", "sed", "nq",   "twos",  NULL };

static const char *const protocols[] = { "none", "TCP", "UDP", "SCTP", NULL };

static const char no_snmp[] = "but hbd serves no SNMP";
static const char no_family[] = "but hbd takes the family of the real servers";

/* --- shared values ------------------------------------------------------------------------- */

/* NAT / DR / TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]. */
static void
parse_method (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer base)
{
    static const char *const methods[] = { "none", "NAT", "DR", "TUN", NULL };
    static const char *const types[] = { "ipip", "gue", "gre", NULL };
    static const char *const sums[] = { "nocsum", "csum", "remcsum", NULL };
    CfgForward *forward = (CfgForward *) ((char *) base + row->offset);
    CfgKaRow range = { .name = "port", .min = 1, .max = 65535 };
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    gint64 number;

    for (guint i = 1; methods[i] != NULL; i++)
        if (strcmp (word->text, methods[i]) == 0)
            forward->method = (CfgLvsMethod) i;
    if (forward->method == CFG_LVS_NONE)
        cfg_ka_warn (context, word, "unknown method '%.60s'; NAT, DR or TUN", word->text);
    for (guint i = 2; (word = cfg_ka_word (statement, i)) != NULL; i++) {
        bool is_known = strcmp (word->text, "type") == 0;

        for (guint t = 0; types[t] != NULL; t++)
            if (strcmp (word->text, types[t]) == 0)
                forward->tun_type = (CfgTunType) t, is_known = true;
        for (guint t = 0; sums[t] != NULL; t++)
            if (strcmp (word->text, sums[t]) == 0)
                forward->tun_checksum = (CfgTunChecksum) t, is_known = true;
        if (strcmp (word->text, "port") == 0 && cfg_ka_word (statement, i + 1) != NULL) {
            is_known = true;
            if (cfg_ka_number (context, &range, cfg_ka_word (statement, ++i), &number))
                forward->tun_port = (guint16) number;
        }
        if (!is_known)
            cfg_ka_warn (context, word, "'%.60s' is no option of %s; it is ignored", word->text,
                         row->name);
    }
}

/* Shared by virtual and real servers, and by checkers below. */
#define TIMES(tier_a, at)                                                                          \
    ROW_SEC ("connect_timeout", tier_a, at (times.connect_timeout_us), 1, DELAY_MAX, "5"),         \
        ROW_NUM ("retry", tier_a, at (times.retry), 0, G_MAXINT32, NULL),                          \
        ROW_SEC ("delay_before_retry", tier_a, at (times.delay_before_retry_us), 0, DELAY_MAX,     \
                 NULL),                                                                            \
        ROW_SEC ("warmup", 'C', at (times.warmup_us), 0, DELAY_MAX, "the delay_loop")

/* --- virtual_server_group ------------------------------------------------------------------ */

static void
parse_group_fwmark (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                    gpointer base)
{
    CfgServerGroup *group = base;
    const CfgKaWord *word = cfg_ka_word (statement, 1), *family = cfg_ka_word (statement, 2);
    CfgKaRow range = { .name = "fwmark", .min = 1, .max = G_MAXUINT32 };
    CfgGroupEntry *entry;
    gint64 number;

    if (!cfg_ka_number (context, &range, word, &number))
        return;
    entry = cfg_ka_new (context, CfgGroupEntry);
    entry->place = word->place;
    entry->fwmark = (guint32) number;
    entry->family =
        family != NULL && strcmp (family->text, "inet6") == 0 ? CFG_FAMILY_IPV6 : CFG_FAMILY_IPV4;
    g_ptr_array_add (group->entries, entry);
}

/* How many addresses @text ("ADDR", "ADDR-LAST", "ADDR-ADDR", "NET/N") means, from *@first on;
 * 0: none. */
static guint
read_range (const char *text, CfgIp *first)
{
    g_autofree char *start = g_strdup (text);
    char *dash = strchr (start, '-');
    CfgIp last;
    int prefix;
    gint64 number;
    guint low, high;

    if (dash != NULL)
        *dash++ = '\0';
    if (!cfg_ka_is_ip (start, first, &prefix) || prefix == -2)
        return 0;
    low = first->bytes[first->family == CFG_FAMILY_IPV4 ? 3 : 15];
    if (dash == NULL)
        return prefix < 0 || first->family == CFG_FAMILY_IPV6 ? 1 : 1u << MIN (32 - prefix, 16);
    if (cfg_ka_is_number (dash, &number) && number >= low && number <= 255)
        return (guint) number - low + 1;
    if (!cfg_ka_is_ip (dash, &last, &prefix) || last.family != first->family)
        return 0;
    high = last.bytes[last.family == CFG_FAMILY_IPV4 ? 3 : 15];
    return high >= low ? high - low + 1 : 0;
}

/* ADDRESS-OR-RANGE [PORT]. */
static void
parse_group_entry (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer base)
{
    CfgServerGroup *group = base;
    const CfgKaWord *word = cfg_ka_word (statement, 0), *port = cfg_ka_word (statement, 1);
    CfgKaRow range = { .name = "port", .min = 1, .max = 65535 };
    CfgGroupEntry *entry = cfg_ka_new (context, CfgGroupEntry);
    gint64 number = 0;

    entry->place = word->place;
    entry->count = read_range (word->text, &entry->first);
    if (entry->count == 0) {
        cfg_ka_warn (context, word, "'%.60s' is no address or range of addresses; it is ignored",
                     word->text);
        return;
    }
    if (port != NULL && !cfg_ka_number (context, &range, port, &number))
        return;
    entry->port = (guint16) number;
    entry->family = entry->first.family;
    g_ptr_array_add (group->entries, entry);
    cfg_ka_too_much (context, statement, 2);
}

static gpointer
open_server_group (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer parent)
{
    char *name = cfg_ka_block_name (context, statement);
    CfgServerGroup *group;

    if (name == NULL)
        return NULL;
    group = cfg_ka_new (context, CfgServerGroup);
    group->place = cfg_ka_word (statement, 1)->place;
    group->name = name;
    group->entries = cfg_ka_array (context);
    if (!cfg_ka_add_name (context, "virtual_server_group", cfg_ka_word (statement, 1), group))
        return NULL;
    g_ptr_array_add (context->model->server_groups, group);
    return group;
}

static const CfgKaRow group_rows[] = {
    { .name = "fwmark",
      .tier = 'C',
      .kind = KA_CUSTOM,
      .parse = parse_group_fwmark,
      .is_many = true },
};

const CfgKaBlock cfg_ka_virtual_server_group = { .name = "virtual_server_group",
                                                 KA_ROWS (group_rows),
                                                 .open = open_server_group,
                                                 .line = parse_group_entry };

/* --- real_server --------------------------------------------------------------------------- */

static gpointer
open_real_server (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                  gpointer parent)
{
    CfgVirtualServer *server = parent;
    CfgRealServer *real = cfg_ka_new (context, CfgRealServer);

    real->place = cfg_ka_word (statement, 0)->place;
    if (!cfg_ka_address_port (context, statement, 1, &real->ip, &real->port))
        return NULL;
    real->weight = real->smtp_alert = real->alpha = real->inhibit_on_failure = -1;
    cfg_ka_init_check_defaults (&real->times);
    if (server->real_servers == NULL)
        server->real_servers = cfg_ka_array (context);
    g_ptr_array_add (server->real_servers, real);
    return real;
}

static const CfgKaRow real_rows[] = {
    ROW_NUM ("weight", 'A', RS (weight), 0, G_MAXINT32, "that of the virtual server"),
    ROW_CUSTOM_AT ("lvs_method", 'C', parse_method, RS (forward)),
    ROW_CUSTOM_AT ("lb_kind", 'S', parse_method, RS (forward)),
    ROW_COMMAND ("notify_up", 'A', RS (notify_up)),
    ROW_COMMAND ("notify_down", 'A', RS (notify_down)),
    ROW_NUM ("uthreshold", 'C', RS (uthreshold), 0, G_MAXINT32, "0"),
    ROW_NUM ("lthreshold", 'C', RS (lthreshold), 0, G_MAXINT32, "0"),
    ROW_BOOL ("smtp_alert", 'C', RS (smtp_alert)),
    ROW_WORD ("virtualhost", 'C', RS (virtualhost)),
    ROW_IDLE ("snmp_name", 'D', KA_WORD, no_snmp),
    ROW_BOOL ("alpha", 'C', RS (alpha)),
    TIMES ('C', RS),
    ROW_SEC ("delay_loop", 'C', RS (times.delay_loop_us), 1, DELAY_MAX, "that of the server"),
    ROW_BOOL ("inhibit_on_failure", 'B', RS (inhibit_on_failure)),
};

static const CfgKaBlock real_server = {
    .name = "real_server", KA_ROWS (real_rows), .more = &cfg_ka_checkers, .open = open_real_server
};

/* --- virtual_server ------------------------------------------------------------------------ */

static void
parse_scheduler (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                 gpointer base)
{
    CfgVirtualServer *server = base;
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    g_autofree char *all = NULL;

    for (int i = 0; cfg_schedulers[i] != NULL; i++)
        if (strcmp (word->text, cfg_schedulers[i]) == 0) {
            server->scheduler = i;
            cfg_ka_too_much (context, statement, 2);
            return;
        }
    all = g_strjoinv (" ", (char **) cfg_schedulers);
    cfg_ka_warn (context, word, "'%.60s' is no scheduler (%s); it is ignored, as in keepalived",
                 word->text, all);
}

static void
parse_persistence (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer base)
{
    CfgVirtualServer *server = base;
    CfgKaRow range = { .name = row->name, .min = 1, .max = G_MAXINT32 / 1000, .def = "360" };
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    gint64 number;

    server->persistence_timeout_us = PERSISTENCE_BARE;
    if (word != NULL && cfg_ka_number (context, &range, word, &number))
        server->persistence_timeout_us = HBD_S (number);
    cfg_ka_too_much (context, statement, 2);
}

/* A netmask or a prefix length. */
static void
parse_granularity (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer base)
{
    CfgVirtualServer *server = base;
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    gint64 number;
    guint32 mask = 0;
    CfgIp ip;
    int prefix;

    if (cfg_ka_is_number (word->text, &number) && number >= 1 && number <= 128) {
        server->persistence_prefix = (guint) number;
        return;
    }
    if (cfg_ka_is_ip (word->text, &ip, &prefix) && ip.family == CFG_FAMILY_IPV4) {
        for (guint i = 0; i < 4; i++)
            mask = mask << 8 | ip.bytes[i];
        for (prefix = 0; prefix < 32 && (mask << prefix & 0x80000000u) != 0;)
            prefix++;
        if (prefix > 0 && (prefix == 32 || mask << prefix == 0)) {
            server->persistence_prefix = (guint) prefix;
            return;
        }
    }
    cfg_ka_warn (context, word,
                 "persistence_granularity needs a netmask or a prefix; it is ignored");
}

static void
parse_sorry (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
             gpointer base)
{
    CfgVirtualServer *server = base;

    server->has_sorry =
        cfg_ka_address_port (context, statement, 1, &server->sorry, &server->sorry_port);
}

static bool
read_identity (CfgKaContext *context, const CfgKaStatement *statement, CfgVirtualServer *server)
{
    const CfgKaWord *kind = cfg_ka_word (statement, 1), *value = cfg_ka_word (statement, 2);
    CfgKaRow range = { .name = "fwmark", .min = 1, .max = G_MAXUINT32 };
    gint64 number;

    if (kind != NULL && value != NULL && strcmp (kind->text, "fwmark") == 0) {
        if (!cfg_ka_number (context, &range, value, &number))
            return false;
        server->fwmark = (guint32) number;
        return true;
    }
    if (kind != NULL && value != NULL && strcmp (kind->text, "group") == 0) {
        server->group = cfg_ka_string (context, value->text);
        return true;
    }
    return cfg_ka_address_port (context, statement, 1, &server->ip, &server->port);
}

static gpointer
open_virtual_server (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                     gpointer parent)
{
    CfgVirtualServer *server = cfg_ka_new (context, CfgVirtualServer);

    server->place = cfg_ka_word (statement, 0)->place;
    if (!read_identity (context, statement, server))
        return NULL;
    server->family = server->ip.family;
    server->scheduler = server->smtp_alert = -1;
    server->quorum = server->weight = 1;
    cfg_ka_init_check_defaults (&server->times);
    g_ptr_array_add (context->model->virtual_servers, server);
    return server;
}

static const CfgKaRow server_rows[] = {
    ROW_CUSTOM ("lvs_sched", 'A', parse_scheduler),
    ROW_CUSTOM ("lb_algo", 'S', parse_scheduler),
    ROW_FLAG ("flag-1", 'D', VS (flag_1)),
    ROW_FLAG ("flag-2", 'D', VS (flag_2)),
    ROW_FLAG ("flag-3", 'D', VS (flag_3)),
    ROW_FLAG ("sh-port", 'D', VS (flag_2)),
    ROW_FLAG ("sh-fallback", 'D', VS (flag_1)),
    ROW_FLAG ("mh-port", 'D', VS (flag_2)),
    ROW_FLAG ("mh-fallback", 'D', VS (flag_1)),
    ROW_FLAG ("ops", 'C', VS (ops)),
    ROW_FLAG ("hashed", 'D', VS (hashed)),
    ROW_CUSTOM_AT ("lvs_method", 'A', parse_method, VS (forward)),
    ROW_CUSTOM_AT ("lb_kind", 'S', parse_method, VS (forward)),
    ROW_WORD ("persistence_engine", 'D', VS (persistence_engine)),
    ROW_BARE ("persistence_timeout", 'A', parse_persistence, 0),
    ROW_CUSTOM ("persistence_granularity", 'B', parse_granularity),
    ROW_CHOICE ("protocol", 'A', VS (protocol), protocols, NULL),
    ROW_FLAG ("ha_suspend", 'B', VS (ha_suspend)),
    ROW_BOOL ("smtp_alert", 'C', VS (smtp_alert)),
    ROW_WORD ("virtualhost", 'B', VS (virtualhost)),
    ROW_IDLE ("snmp_name", 'D', KA_WORD, no_snmp),
    ROW_FLAG ("alpha", 'B', VS (alpha)),
    ROW_FLAG ("omega", 'B', VS (omega)),
    ROW_NUM ("quorum", 'B', VS (quorum), 1, G_MAXINT32, "1"),
    ROW_NUM ("hysteresis", 'B', VS (hysteresis), 0, G_MAXINT32, "0"),
    ROW_COMMAND ("quorum_up", 'B', VS (quorum_up)),
    ROW_COMMAND ("quorum_down", 'B', VS (quorum_down)),
    ROW_IDLE ("ip_family", 'D', KA_WORD, no_family),
    ROW_CUSTOM ("sorry_server", 'A', parse_sorry),
    ROW_FLAG ("sorry_server_inhibit", 'D', VS (sorry_inhibit)),
    ROW_CUSTOM_AT ("sorry_server_lvs_method", 'D', parse_method, VS (sorry_forward)),
    TIMES ('B', VS),
    ROW_SEC ("delay_loop", 'A', VS (times.delay_loop_us), 1, DELAY_MAX, "60"),
    ROW_FLAG ("inhibit_on_failure", 'B', VS (inhibit_on_failure)),
    ROW_NUM ("weight", 'C', VS (weight), 0, G_MAXINT32, "1"),
    ROW_BLOCK ("real_server", 'A', real_server),
};

const CfgKaBlock cfg_ka_virtual_server = { .name = "virtual_server",
                                           KA_ROWS (server_rows),
                                           .open = open_virtual_server };
