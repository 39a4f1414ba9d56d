/* SPDX-License-Identifier: Apache-2.0 */
/* virtual_server as a whole (doc/keepalived.md 1.9, 5.1), and what real servers and checkers
 * inherit from it. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include <string.h>

#define PERSISTENCE_FORCED HBD_S (360)
#define SCHEDULER_WLC      3

/* "10.0.0.1 port 80", "fwmark 3", "group NAME". (transfer full) */
static char *
title_of (const CfgVirtualServer *s)
{
    g_autofree char *ip = cfg_ip_print (&s->ip);

    if (s->group != NULL)
        return g_strdup_printf ("group %.60s", s->group);
    if (s->fwmark != 0)
        return g_strdup_printf ("fwmark %u", s->fwmark);
    return g_strdup_printf ("%s port %u", ip, s->port);
}

static void
warn (CfgKaContext *context, const CfgVirtualServer *s, CfgPlace place, const char *what)
{
    g_autofree char *title = title_of (s);

    cfg_ka_warn_at (context, place, "virtual_server %s %s", title, what);
}

static void
check_defaults (CfgKaContext *context, CfgVirtualServer *s)
{
    if (s->scheduler < 0) {
        warn (context, s, s->place, "has no lvs_sched (lb_algo): as in keepalived wlc is taken");
        s->scheduler = SCHEDULER_WLC;
    }
    if (s->forward.method == CFG_LVS_NONE) {
        warn (context, s, s->place, "has no lvs_method (lb_kind): as in keepalived NAT is taken");
        s->forward.method = CFG_LVS_NAT;
    }
    if (s->sorry_forward.method == CFG_LVS_NONE)
        s->sorry_forward = s->forward;
    if (s->fwmark != 0 && s->protocol != CFG_PROTOCOL_NONE)
        warn (context, s, s->place, "is a mark, which has no protocol: that line does nothing");
    else if (s->fwmark == 0 && s->protocol == CFG_PROTOCOL_NONE) {
        warn (context, s, s->place,
              "has no protocol: as in keepalived UDP is taken; is TCP meant?");
        s->protocol = CFG_UDP;
    }
    if (s->ops && s->protocol != CFG_UDP && s->fwmark == 0) {
        warn (context, s, s->place,
              "has ops, which is for UDP only; it is cleared, as in keepalived");
        s->ops = false;
    }
    if (s->ip.family != CFG_FAMILY_NONE && s->port == 0 && s->persistence_timeout_us == 0) {
        warn (context, s, s->place,
              "has no port, which goes with persistence only: as in keepalived "
              "persistence_timeout 360 is set");
        s->persistence_timeout_us = PERSISTENCE_FORCED;
    }
    if (s->persistence_prefix == 0)
        s->persistence_prefix = s->family == CFG_FAMILY_IPV6 ? 128 : 32;
}

static void
check_mark_ports (CfgKaContext *context, CfgVirtualServer *s)
{
    if (s->fwmark == 0)
        return;
    for (guint i = 0; i < s->real_servers->len; i++) {
        CfgRealServer *real = s->real_servers->pdata[i];

        if (real->port != 0)
            warn (context, s, real->place,
                  "is a mark: the port of this real_server is cleared, as in keepalived");
        real->check_port = real->port;
        real->port = 0;
    }
    if (s->has_sorry && s->sorry_port != 0) {
        warn (context, s, s->place,
              "is a mark: the port of its sorry_server is cleared, as in "
              "keepalived");
        s->sorry_port = 0;
    }
}

static void
check_family (CfgKaContext *context, CfgVirtualServer *s)
{
    const CfgRealServer *first = s->real_servers->len > 0 ? s->real_servers->pdata[0] : NULL;

    if (s->family == CFG_FAMILY_NONE && first != NULL)
        s->family = first->ip.family;
    for (guint i = 0; i < s->real_servers->len;) {
        const CfgRealServer *real = s->real_servers->pdata[i];
        CfgLvsMethod method =
            real->forward.method != CFG_LVS_NONE ? real->forward.method : s->forward.method;

        if (real->ip.family == s->family || method == CFG_LVS_TUN) {
            i++;
            continue;
        }
        warn (context, s, real->place,
              "and this real_server are not of one family; it is ignored, as in keepalived");
        g_ptr_array_remove_index (s->real_servers, i);
    }
}

static void
check_same_server (CfgKaContext *context, CfgVirtualServer *s)
{
    g_autoptr (GHashTable) seen =
        g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
    g_autoptr (GPtrArray) kept = g_ptr_array_sized_new (s->real_servers->len);

    for (guint i = 0; i < s->real_servers->len; i++) {
        CfgRealServer *real = s->real_servers->pdata[i];
        guint8 key[20] = { (guint8) real->ip.family, (guint8) (real->port >> 8),
                           (guint8) real->port };
        GBytes *bytes;

        memcpy (key + 4, real->ip.bytes, sizeof real->ip.bytes);
        bytes = g_bytes_new (key, sizeof key);
        if (g_hash_table_contains (seen, bytes)) {
            warn (context, s, real->place,
                  "has this real_server already; the second one is removed, as in keepalived");
            g_bytes_unref (bytes);
            continue;
        }
        g_hash_table_add (seen, bytes);
        g_ptr_array_add (kept, real);
    }
    g_ptr_array_set_size (s->real_servers, 0);
    for (guint i = 0; i < kept->len; i++)
        g_ptr_array_add (s->real_servers, kept->pdata[i]);
}

/* --- what is handed down ------------------------------------------------------------------- */

static void
take (int *field, int from)
{
    if (*field < 0)
        *field = from;
}

static void
inherit_times (CfgCheckDefaults *times, const CfgCheckDefaults *from)
{
    HbdTime *fields[] = { &times->connect_timeout_us, &times->delay_before_retry_us,
                          &times->warmup_us, &times->delay_loop_us };
    const HbdTime values[] = { from->connect_timeout_us, from->delay_before_retry_us,
                               from->warmup_us, from->delay_loop_us };

    for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
        if (*fields[i] < 0)
            *fields[i] = values[i];
    take (&times->retry, from->retry);
}

/* Per checker: retry and pause where neither it nor a server says (doc/keepalived.md 2.15). */
static void
finish_times (CfgChecker *checker)
{
    bool is_web = checker->kind == CFG_CHECK_HTTP || checker->kind == CFG_CHECK_SSL;
    CfgCheckDefaults *times = &checker->times;

    take (&times->retry, checker->kind == CFG_CHECK_DNS    ? 3
                         : checker->kind == CFG_CHECK_MISC ? 0
                                                           : 1);
    if (times->delay_before_retry_us < 0)
        times->delay_before_retry_us = is_web                           ? HBD_S (3)
                                       : checker->kind == CFG_CHECK_DNS ? times->delay_loop_us
                                                                        : HBD_S (1);
    if (times->warmup_us < 0)
        times->warmup_us = times->delay_loop_us;
    if (checker->misc_timeout_us < 0)
        checker->misc_timeout_us = times->delay_loop_us;
}

static bool
keeps_name (CfgKaContext *context, const CfgChecker *checker)
{
    bool is_file = checker->kind == CFG_CHECK_FILE;
    const char *kind = is_file ? "track_file" : "bfd_instance";

    if (!is_file && checker->kind != CFG_CHECK_BFD)
        return true;
    if (checker->name != NULL && cfg_ka_find_name (context, kind, checker->name) != NULL)
        return true;
    cfg_ka_warn_at (context, checker->place,
                    "there is no %s '%.60s'; the checker is "
                    "ignored",
                    kind, checker->name != NULL ? checker->name : "");
    return false;
}

static void
finish_checkers (CfgKaContext *context, const CfgRealServer *real)
{
    for (guint i = 0; real->checkers != NULL && i < real->checkers->len;) {
        CfgChecker *checker = real->checkers->pdata[i];
        const CfgTrackFile *file;

        if (checker->is_lost || !keeps_name (context, checker)) {
            g_ptr_array_remove_index (real->checkers, i);
            continue;
        }
        i++;
        inherit_times (&checker->times, &real->times);
        finish_times (checker);
        take (&checker->alpha, real->alpha);
        take (&checker->log_all_failures, context->model->globals.checker_log_all_failures > 0);
        if (checker->connect_port < 0 && real->check_port != 0)
            checker->connect_port = real->check_port;
        if (checker->virtualhost == NULL)
            checker->virtualhost = real->virtualhost;
        if (checker->kind == CFG_CHECK_FILE && checker->weight == G_MININT) {
            file = cfg_ka_find_name (context, "track_file", checker->name);
            checker->weight = file->weight;
            checker->is_reversed = file->is_reversed;
        }
    }
}

static void
inherit (CfgKaContext *context, CfgVirtualServer *s)
{
    const CfgKaGlobals *g = &context->model->globals;
    int alert = g->smtp_alert_checker >= 0 ? g->smtp_alert_checker : g->smtp_alert;

    if (s->times.delay_loop_us < 0)
        s->times.delay_loop_us = HBD_S (60);
    if (s->times.connect_timeout_us < 0)
        s->times.connect_timeout_us = HBD_S (5);
    take (&s->smtp_alert, MAX (alert, 0));
    for (guint i = 0; i < s->real_servers->len; i++) {
        CfgRealServer *real = s->real_servers->pdata[i];

        take (&real->weight, s->weight);
        take (&real->alpha, s->alpha);
        take (&real->inhibit_on_failure, s->inhibit_on_failure);
        take (&real->smtp_alert, alert >= 0 ? alert : g->emails->len > 0);
        inherit_times (&real->times, &s->times);
        if (real->forward.method == CFG_LVS_NONE)
            real->forward = s->forward;
        if (real->port == 0 && s->fwmark == 0)
            real->port = s->port;
        if (real->check_port == 0)
            real->check_port = real->port;
        if (real->virtualhost == NULL)
            real->virtualhost = s->virtualhost;
        finish_checkers (context, real);
    }
}

static void
check_quorum (CfgKaContext *context, CfgVirtualServer *s)
{
    gint64 total = 0;

    for (guint i = 0; i < s->real_servers->len; i++)
        total += ((CfgRealServer *) s->real_servers->pdata[i])->weight;
    if (total == 0 || s->quorum <= total)
        return;
    warn (context, s, s->place,
          "wants a quorum above the weight of all its real servers: as in "
          "keepalived it is lowered to that");
    s->quorum = (int) MIN (total, G_MAXINT32);
}

/* Does the server stay? */
static bool
check_server (CfgKaContext *context, CfgVirtualServer *s)
{
    if (s->group != NULL && cfg_ka_find_name (context, "virtual_server_group", s->group) == NULL) {
        g_autofree char *hint = cfg_ka_near_name (context, "virtual_server_group", s->group);

        cfg_ka_warn_at (context, s->place,
                        "there is no virtual_server_group '%.60s'; the virtual_server is "
                        "ignored%s",
                        s->group, hint);
        return false;
    }
    if (s->real_servers == NULL)
        s->real_servers = cfg_ka_array (context);
    if (s->real_servers->len == 0) {
        warn (context, s, s->place, "has no real_server; it is ignored, as in keepalived");
        return false;
    }
    check_defaults (context, s);
    check_mark_ports (context, s);
    check_family (context, s);
    inherit (context, s);
    check_same_server (context, s);
    check_quorum (context, s);
    return true;
}

void
cfg_ka_check_lvs (CfgKaContext *context)
{
    GPtrArray *servers = context->model->virtual_servers;
    const CfgLvsSync *sync = &context->model->globals.lvs_sync;
    guint kept = 0;

    for (guint i = 0; i < servers->len; i++)
        if (check_server (context, servers->pdata[i]))
            servers->pdata[kept++] = servers->pdata[i];
    g_ptr_array_set_size (servers, (int) kept);
    if (sync->instance != NULL
        && cfg_ka_find_name (context, "vrrp_instance", sync->instance) == NULL)
        cfg_ka_warn_at (context, sync->place,
                        "there is no vrrp_instance '%.60s' for lvs_sync_daemon to follow",
                        sync->instance);
}
