/* SPDX-License-Identifier: Apache-2.0 */
/* global_defs (doc/keepalived.md 2.2). */
#include "config.h"

#include "cfg/keepalived/rows.h"

#include <string.h>

#define AT(field) (G_STRUCT_OFFSET (CfgKeepalived, globals) + G_STRUCT_OFFSET (CfgKaGlobals, field))

static const char no_titles[] = "but hbd's processes keep their own names";
static const char no_snmp[] = "but hbd serves no SNMP";
static const char no_dbus[] = "but hbd serves no D-Bus; use hbctl";
static const char no_rt[] = "but hbd sets the priority of its processes itself";
static const char no_bufs[] = "but hbd leaves socket buffers to the kernel";
static const char no_firewall[] = "but hbd keeps its rules in an nftables table of its own";
static const char no_ipvs_marks[] = "but hbd makes no nftables rules for virtual server groups";
static const char no_copies[] = "but hbd keeps its copy of the configuration in sealed memory";
static const char no_timed_reload[] = "but hbd reloads only when it is told to";
static const char no_igmp[] = "but hbd does not change this sysctl";
static const char no_bfd[] = "but hbd runs no BFD process";
static const char no_iproute[] = "but hbd reads the tables of /etc/iproute2";
static const char no_need[] = "but not needed: hbd does so always";
static const char no_extra_garp[] = "but hbd announces addresses on the interfaces they are on";

static CfgKaGlobals *
globals_of (CfgKaContext *context)
{
    return &context->model->globals;
}

static void
parse_smtp_server (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer base)
{
    const CfgKaWord *host = cfg_ka_word (statement, 1), *port = cfg_ka_word (statement, 2);
    CfgKaRow number = { .name = "smtp_server port", .min = 1, .max = 65535, .def = "25" };
    gint64 value;

    globals_of (context)->smtp_server = cfg_ka_string (context, host->text);
    if (port != NULL && cfg_ka_number (context, &number, port, &value))
        globals_of (context)->smtp_port = (guint16) value;
    cfg_ka_too_much (context, statement, 3);
}

static void
parse_email (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
             gpointer base)
{
    for (guint i = 0; i < cfg_ka_word_count (statement); i++)
        g_ptr_array_add (globals_of (context)->emails,
                         cfg_ka_string (context, cfg_ka_word (statement, i)->text));
}

static void
parse_script_user (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    const CfgHost *host = context->input->host;

    cfg_ka_user (context, statement, 1, &globals_of (context)->script_user,
                 &globals_of (context)->script_group);
    if (host != NULL && host->has_user != NULL
        && !host->has_user (host->data, globals_of (context)->script_user))
        cfg_ka_warn (context, word, "there is no user '%.60s'; scripts cannot run as it",
                     globals_of (context)->script_user);
}

/* lvs_sync_daemon IF [[inst] VRRP] [id N] [maxlen N] [port N] [ttl N] [group IP]. */
static void
parse_sync_daemon (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer base)
{
    CfgLvsSync *sync = &globals_of (context)->lvs_sync;
    const struct {
        CfgKaRow row;
        int *field;
    } numbers[] = {
        { { .name = "id", .min = 0, .max = 255 }, &sync->id },
        { { .name = "maxlen", .min = 1, .max = 65507 }, &sync->maxlen },
        { { .name = "port", .min = 1, .max = 65535 }, &sync->port },
        { { .name = "ttl", .min = 1, .max = 255 }, &sync->ttl },
    };
    guint count = cfg_ka_word_count (statement);
    gint64 number;
    int prefix;

    sync->place = cfg_ka_word (statement, 1)->place;
    sync->interface = cfg_ka_string (context, cfg_ka_word (statement, 1)->text);
    for (guint i = 2; i < count; i++) {
        const CfgKaWord *word = cfg_ka_word (statement, i), *value = cfg_ka_word (statement, i + 1);
        bool is_known = false;

        for (guint n = 0; n < G_N_ELEMENTS (numbers) && value != NULL && !is_known; n++) {
            is_known = strcmp (word->text, numbers[n].row.name) == 0;
            if (is_known && cfg_ka_number (context, &numbers[n].row, value, &number))
                *numbers[n].field = (int) number;
        }
        if (!is_known && value != NULL && strcmp (word->text, "group") == 0)
            is_known = cfg_ka_is_ip (value->text, &sync->group, &prefix);
        else if (!is_known && value != NULL && strcmp (word->text, "inst") == 0)
            sync->instance = cfg_ka_string (context, value->text), is_known = true;
        else if (!is_known && i == 2)
            sync->instance = cfg_ka_string (context, word->text);
        else if (!is_known)
            cfg_ka_warn (context, word, "'%.60s' is no option of lvs_sync_daemon; it is ignored",
                         word->text);
        i += is_known;
    }
}

/* lvs_timeouts [tcp S] [tcpfin S] [udp S]. */
static void
parse_timeouts (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                gpointer base)
{
    CfgKaGlobals *globals = globals_of (context);
    CfgKaRow range = { .name = row->name, .min = 1, .max = G_MAXINT32 / 1000 };
    int *field = NULL;
    gint64 number;

    for (guint i = 1; i < cfg_ka_word_count (statement); i += 2) {
        const CfgKaWord *word = cfg_ka_word (statement, i), *value = cfg_ka_word (statement, i + 1);

        field = strcmp (word->text, "tcp") == 0      ? &globals->lvs_tcp_s
                : strcmp (word->text, "tcpfin") == 0 ? &globals->lvs_tcpfin_s
                : strcmp (word->text, "udp") == 0    ? &globals->lvs_udp_s
                                                     : NULL;
        if (field == NULL || value == NULL)
            cfg_ka_warn (context, word,
                         "write lvs_timeouts [tcp S] [tcpfin S] [udp S]; '%.60s' is "
                         "ignored",
                         word->text);
        else if (cfg_ka_number (context, &range, value, &number))
            *field = (int) number;
    }
}

static void
parse_flush_on_stop (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                     gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 1);

    globals_of (context)->lvs_flush_on_stop = true;
    if (word != NULL && strcmp (word->text, "VS") != 0)
        cfg_ka_warn (context, word, "'%.60s' is not VS; it is ignored", word->text);
}

static void
parse_dynamic (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
               gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 1);

    globals_of (context)->dynamic_interfaces = true;
    if (word != NULL && strcmp (word->text, "allow_if_changes") == 0)
        globals_of (context)->allow_if_changes = true;
    else if (word != NULL)
        cfg_ka_warn (context, word, "'%.60s' is not allow_if_changes; it is ignored", word->text);
}

/* notify_fifo PATH [user [group]]. */
static void
parse_fifo (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
            gpointer base)
{
    CfgFifo *fifo = (CfgFifo *) ((char *) base + row->offset);
    const CfgKaWord *path = cfg_ka_word (statement, 1);

    if (!g_path_is_absolute (path->text)) {
        cfg_ka_warn (context, cfg_ka_word (statement, 0),
                     "%s needs an absolute path; it is ignored", row->name);
        return;
    }
    fifo->path = cfg_ka_string (context, path->text);
    cfg_ka_user (context, statement, 2, &fifo->user, &fifo->group);
}

/* umask NUMBER or names with bars. */
static void
parse_umask (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
             gpointer base)
{
    static const struct {
        const char *name;
        int bits;
    } names[] = { { "IRUSR", 0400 }, { "IWUSR", 0200 }, { "IXUSR", 0100 },
                  { "IRGRP", 0040 }, { "IWGRP", 0020 }, { "IXGRP", 0010 },
                  { "IROTH", 0004 }, { "IWOTH", 0002 }, { "IXOTH", 0001 } };
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    int value = 0;

    if (strspn (word->text, "01234567") == strlen (word->text) && strlen (word->text) < 8)
        value = (int) g_ascii_strtoll (word->text, NULL, 8);
    for (guint i = 1; i < cfg_ka_word_count (statement); i++) {
        g_auto (GStrv) parts = g_strsplit (cfg_ka_word (statement, i)->text, "|", 16);

        for (guint p = 0; parts[p] != NULL; p++)
            for (guint n = 0; n < G_N_ELEMENTS (names); n++)
                value |= strcmp (parts[p], names[n].name) == 0 ? names[n].bits : 0;
    }
    if (value > 0777)
        cfg_ka_warn (context, cfg_ka_word (statement, 0),
                     "umask needs a number up to 0777; it is "
                     "ignored");
    else
        globals_of (context)->umask = value;
}

static void
parse_include_check (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                     gpointer base)
{
    static const struct {
        const char *name;
        guint check;
    } checks[] = { { "readable", CFG_KA_CHECK_READABLE },
                   { "match", CFG_KA_CHECK_MATCH },
                   { "wildcard_match", CFG_KA_CHECK_MATCH | CFG_KA_CHECK_WILDCARD },
                   { "brace_match", CFG_KA_CHECK_BRACE } };
    guint value = cfg_ka_word_count (statement) == 1 ? ~0u : 0;

    for (guint i = 1; i < cfg_ka_word_count (statement); i++) {
        const CfgKaWord *word = cfg_ka_word (statement, i);
        bool is_off = *word->text == '-', is_known = false;
        const char *name = word->text + (is_off || *word->text == '+');

        for (guint n = 0; n < G_N_ELEMENTS (checks); n++)
            if (strcmp (name, checks[n].name) == 0) {
                value = is_off ? value & ~checks[n].check : value | checks[n].check;
                is_known = true;
            }
        if (!is_known)
            cfg_ka_warn (context, word, "'%.60s' is no check of include_check; it is ignored",
                         word->text);
    }
    cfg_ka_set_include_checks (context->reader, value);
}

static const CfgKaBlock emails = { .name = "notification_email", .line = parse_email };

static const CfgKaRow rows[] = {
    ROW_IDLE ("tmp_config_directory", 'D', KA_WORD, no_copies),
    ROW_IDLE ("config_save_dir", 'D', KA_WORD, no_copies),
    ROW_IDLE ("process_names", 'C', KA_FLAG, no_titles),
    ROW_IDLE ("process_name", 'D', KA_WORD, no_titles),
    ROW_IDLE ("vrrp_process_name", 'D', KA_WORD, no_titles),
    ROW_IDLE ("checker_process_name", 'D', KA_WORD, no_titles),
    ROW_IDLE ("lvs_process_name", 'S', KA_WORD, no_titles),
    ROW_IDLE ("bfd_process_name", 'D', KA_WORD, no_titles),
    ROW_IDLE ("use_symlink_paths", 'C', KA_BOOL, "but hbd runs scripts by the path as written"),
    ROW_IDLE ("set_supplementary_groups", 'C', KA_FLAG, no_need),
    ROW_COMMAND ("startup_script", 'C', AT (startup_script)),
    ROW_WHOLE ("startup_script_timeout", 'C', AT (startup_timeout_us), 1, 1000, "10"),
    ROW_COMMAND ("shutdown_script", 'C', AT (shutdown_script)),
    ROW_WHOLE ("shutdown_script_timeout", 'C', AT (shutdown_timeout_us), 1, 1000, "10"),
    ROW_BLOCK ("notification_email", 'A', emails),
    ROW_WORD ("notification_email_from", 'A', AT (email_from)),
    ROW_CUSTOM ("smtp_server", 'A', parse_smtp_server),
    ROW_WORD ("smtp_helo_name", 'C', AT (smtp_helo_name)),
    ROW_WHOLE ("smtp_connect_timeout", 'A', AT (smtp_connect_timeout_us), 1, 86400, "30"),
    ROW_BOOL ("smtp_alert", 'B', AT (smtp_alert)),
    ROW_BOOL ("smtp_alert_vrrp", 'C', AT (smtp_alert_vrrp)),
    ROW_BOOL ("smtp_alert_checker", 'C', AT (smtp_alert_checker)),
    ROW_BOOL ("checker_log_all_failures", 'C', AT (checker_log_all_failures)),
    ROW_FLAG ("no_email_faults", 'C', AT (no_email_faults)),
    ROW_WORD ("router_id", 'A', AT (router_id)),
    ROW_IP ("vrrp_mcast_group4", 'A', KA_IP4, AT (mcast_group4)),
    ROW_IP ("vrrp_mcast_group6", 'C', KA_IP6, AT (mcast_group6)),
    ROW_INTERFACE ("default_interface", 'C', AT (default_interface)),
    ROW_CUSTOM ("lvs_sync_daemon", 'B', parse_sync_daemon),
    ROW_CUSTOM ("lvs_timeouts", 'C', parse_timeouts),
    ROW_FLAG ("lvs_flush", 'B', AT (lvs_flush)),
    ROW_BARE ("lvs_flush_on_stop", 'C', parse_flush_on_stop, 0),
    ROW_BARE ("lvs_flush_onstop", 'S', parse_flush_on_stop, 0),
    ROW_WHOLE ("vrrp_garp_master_delay", 'B', AT (garp.delay_us), 0, 86400, "5"),
    ROW_NUM_OR ("vrrp_garp_master_repeat", 'B', AT (garp.repeat), 1, 1000, "1", 1),
    ROW_WHOLE ("vrrp_garp_lower_prio_delay", 'C', AT (garp.lower_prio_delay_us), 0, 86400,
               "garp_master_delay"),
    ROW_NUM ("vrrp_garp_lower_prio_repeat", 'C', AT (garp.lower_prio_repeat), 0, 1000,
             "garp_master_repeat"),
    ROW_WHOLE ("vrrp_garp_master_refresh", 'B', AT (garp.refresh_us), 0, 86400, "0"),
    ROW_NUM_OR ("vrrp_garp_master_refresh_repeat", 'B', AT (garp.refresh_repeat), 1, 1000, "1", 1),
    ROW_SEC ("vrrp_garp_interval", 'A', AT (garp.interval_us), 0, HBD_S (4000), "0"),
    ROW_SEC ("vrrp_gna_interval", 'A', AT (garp.gna_interval_us), 0, HBD_S (4000), "0"),
    ROW_BOOL ("vrrp_min_garp", 'C', AT (min_garp)),
    ROW_IDLE ("vrrp_garp_extra_if", 'D', KA_NONE, no_extra_garp),
    ROW_IDLE ("vrrp_vmac_garp_intvl", 'S', KA_NONE, no_extra_garp),
    ROW_NUM ("vrrp_down_timer_adverts", 'C', AT (down_timer_adverts), 1, 100, "3"),
    ROW_BOOL ("vrrp_lower_prio_no_advert", 'C', AT (lower_prio_no_advert)),
    ROW_BOOL ("vrrp_higher_prio_send_advert", 'C', AT (higher_prio_send_advert)),
    ROW_NUM ("vrrp_version", 'B', AT (version), 2, 3, "2"),
    ROW_BOOL ("v3_checksum_as_v2", 'C', AT (v3_checksum_as_v2)),
    ROW_IDLE ("vrrp_iptables", 'C', KA_NONE, no_firewall),
    ROW_IDLE ("vrrp_ipsets", 'D', KA_NONE, no_firewall),
    ROW_IDLE ("nftables", 'C', KA_NONE, no_firewall),
    ROW_IDLE_IN ("nftables_priority", 'D', KA_NUMBER, -1000000, 1000000, no_firewall),
    ROW_IDLE ("nftables_counters", 'D', KA_FLAG, no_firewall),
    ROW_IDLE ("nftables_ifindex", 'D', KA_FLAG, no_firewall),
    ROW_IDLE ("nftables_ipvs", 'D', KA_NONE, no_ipvs_marks),
    ROW_IDLE_IN ("nftables_ipvs_priority", 'D', KA_NUMBER, -1000000, 1000000, no_ipvs_marks),
    ROW_IDLE ("nftables_ipvs_start_fwmark", 'D', KA_NUMBER, no_ipvs_marks),
    ROW_IDLE ("disable_local_igmp", 'D', KA_FLAG, no_igmp),
    ROW_FLAG ("vrrp_check_unicast_src", 'C', AT (check_unicast_src)),
    ROW_FLAG ("vrrp_skip_check_adv_addr", 'A', AT (skip_check_adv_addr)),
    ROW_FLAG ("vrrp_strict", 'A', AT (strict)),
    ROW_BOOL1 ("vrrp_notify_priority_changes", 'C', AT (notify_priority_changes)),
    ROW_BOOL ("vrrp_owner_ignore_adverts", 'D', AT (owner_ignore_adverts)),
    ROW_IDLE_IN ("max_auto_priority", 'C', KA_OPTIONAL, -1, 99, no_rt),
    ROW_IDLE_IN ("min_auto_priority_delay", 'D', KA_NUMBER, 1, 10000000, no_rt),
    ROW_IDLE_IN ("vrrp_priority", 'C', KA_NUMBER, -20, 19, no_rt),
    ROW_IDLE_IN ("checker_priority", 'D', KA_NUMBER, -20, 19, no_rt),
    ROW_IDLE_IN ("bfd_priority", 'D', KA_NUMBER, -20, 19, no_bfd),
    ROW_IDLE ("vrrp_no_swap", 'C', KA_FLAG, no_need),
    ROW_IDLE ("checker_no_swap", 'D', KA_FLAG, no_rt),
    ROW_IDLE ("bfd_no_swap", 'D', KA_FLAG, no_bfd),
    ROW_IDLE ("vrrp_cpu_affinity", 'D', KA_NONE, no_rt),
    ROW_IDLE ("checker_cpu_affinity", 'D', KA_NONE, no_rt),
    ROW_IDLE ("bfd_cpu_affinity", 'D', KA_NONE, no_bfd),
    ROW_IDLE_IN ("vrrp_rt_priority", 'C', KA_NUMBER, 1, 99, no_rt),
    ROW_IDLE_IN ("checker_rt_priority", 'D', KA_NUMBER, 1, 99, no_rt),
    ROW_IDLE_IN ("bfd_rt_priority", 'D', KA_NUMBER, 1, 99, no_bfd),
    ROW_IDLE_IN ("vrrp_rlimit_rttime", 'D', KA_NUMBER, 2, G_MAXINT32, no_rt),
    ROW_IDLE_IN ("vrrp_rlimit_rtime", 'S', KA_NUMBER, 2, G_MAXINT32, no_rt),
    ROW_IDLE_IN ("checker_rlimit_rttime", 'D', KA_NUMBER, 2, G_MAXINT32, no_rt),
    ROW_IDLE_IN ("checker_rlimit_rtime", 'S', KA_NUMBER, 2, G_MAXINT32, no_rt),
    ROW_IDLE_IN ("bfd_rlimit_rttime", 'D', KA_NUMBER, 2, G_MAXINT32, no_bfd),
    ROW_IDLE_IN ("bfd_rlimit_rtime", 'S', KA_NUMBER, 2, G_MAXINT32, no_bfd),
    ROW_IDLE ("snmp_socket", 'C', KA_WORD, no_snmp),
    ROW_IDLE ("enable_snmp_vrrp", 'C', KA_FLAG, no_snmp),
    ROW_IDLE ("enable_snmp_keepalived", 'S', KA_FLAG, no_snmp),
    ROW_IDLE ("enable_snmp_checker", 'C', KA_FLAG, no_snmp),
    ROW_IDLE ("enable_snmp_rfc", 'C', KA_FLAG, no_snmp),
    ROW_IDLE ("enable_snmp_rfcv2", 'D', KA_FLAG, no_snmp),
    ROW_IDLE ("enable_snmp_rfcv3", 'D', KA_FLAG, no_snmp),
    ROW_IDLE ("enable_traps", 'C', KA_FLAG, no_snmp),
    ROW_IDLE_IN ("snmp_vs_stats_update_interval", 'D', KA_SECONDS, HBD_MS (1), HBD_S (30), no_snmp),
    ROW_IDLE_IN ("snmp_rs_stats_update_interval", 'D', KA_SECONDS, HBD_MS (1), HBD_S (30), no_snmp),
    ROW_IDLE ("enable_dbus", 'C', KA_FLAG, no_dbus),
    ROW_IDLE ("dbus_service_name", 'D', KA_WORD, no_dbus),
    ROW_IDLE ("dbus_no_interface_name", 'D', KA_WORD, no_dbus),
    ROW_CUSTOM ("script_user", 'A', parse_script_user),
    ROW_FLAG ("enable_script_security", 'A', AT (script_security)),
    ROW_CUSTOM_AT ("notify_fifo", 'B', parse_fifo, AT (fifo)),
    ROW_COMMAND ("notify_fifo_script", 'C', AT (fifo.reader)),
    ROW_CUSTOM_AT ("vrrp_notify_fifo", 'C', parse_fifo, AT (vrrp_fifo)),
    ROW_COMMAND ("vrrp_notify_fifo_script", 'C', AT (vrrp_fifo.reader)),
    ROW_CUSTOM_AT ("lvs_notify_fifo", 'C', parse_fifo, AT (lvs_fifo)),
    ROW_COMMAND ("lvs_notify_fifo_script", 'C', AT (lvs_fifo.reader)),
    ROW_FLAG ("fifo_write_vrrp_states_on_reload", 'D', AT (fifo_states_on_reload)),
    ROW_BARE ("dynamic_interfaces", 'B', parse_dynamic, 0),
    ROW_IDLE ("vrrp_netlink_cmd_rcv_bufs", 'D', KA_NUMBER, no_bufs),
    ROW_IDLE ("vrrp_netlink_cmd_rcv_bufs_force", 'D', KA_BOOL, no_bufs),
    ROW_IDLE ("vrrp_netlink_monitor_rcv_bufs", 'D', KA_NUMBER, no_bufs),
    ROW_IDLE ("vrrp_netlink_monitor_rcv_bufs_force", 'D', KA_BOOL, no_bufs),
    ROW_IDLE ("lvs_netlink_cmd_rcv_bufs", 'D', KA_NUMBER, no_bufs),
    ROW_IDLE ("lvs_netlink_cmd_rcv_bufs_force", 'D', KA_BOOL, no_bufs),
    ROW_IDLE ("lvs_netlink_monitor_rcv_bufs", 'D', KA_NUMBER, no_bufs),
    ROW_IDLE ("lvs_netlink_monitor_rcv_bufs_force", 'D', KA_BOOL, no_bufs),
    ROW_IDLE ("process_monitor_rcv_bufs", 'D', KA_NUMBER, no_bufs),
    ROW_IDLE ("process_monitor_rcv_bufs_force", 'D', KA_BOOL, no_bufs),
    ROW_IDLE ("vrrp_rx_bufs_policy", 'D', KA_WORD, no_bufs),
    ROW_IDLE ("vrrp_rx_bufs_multiplier", 'D', KA_NUMBER, no_bufs),
    ROW_FLAG ("rs_init_notifies", 'D', AT (rs_init_notifies)),
    ROW_FLAG ("no_checker_emails", 'C', AT (no_checker_emails)),
    ROW_CUSTOM ("umask", 'C', parse_umask),
    ROW_SEC ("vrrp_startup_delay", 'B', AT (startup_delay_us), 0, HBD_S (1000), "0"),
    ROW_SEC ("vrrp_delay_after_boot", 'C', AT (delay_after_boot_us), 0, HBD_S (86400), "0"),
    ROW_FLAG ("log_unknown_vrids", 'C', AT (log_unknown_vrids)),
    ROW_WORD ("vmac_prefix", 'D', AT (vmac_prefix)),
    ROW_IDLE ("vmac_addr_prefix", 'D', KA_WORD, "but hbd makes no interface per address"),
    ROW_IDLE ("random_seed", 'D', KA_NUMBER, "but hbd's ${_RANDOM} depends on file and node"),
    ROW_IDLE ("reload_check_config", 'B', KA_NONE, no_need),
    ROW_BARE ("include_check", 'C', parse_include_check, 0),
    ROW_IDLE ("reload_time_file", 'D', KA_WORD, no_timed_reload),
    ROW_IDLE ("reload_repeat", 'D', KA_FLAG, no_timed_reload),
    ROW_IDLE ("reload_file", 'D', KA_NONE, no_timed_reload),
    ROW_IDLE ("data_use_instance", 'D', KA_BOOL, "but hbd's dumps keep their names"),
    ROW_WORD ("state_file_location", 'D', AT (data_file)),
    ROW_WORD ("state_dump_file", 'S', AT (data_file)),
    ROW_WORD ("stats_file_location", 'D', AT (stats_file)),
    ROW_WORD ("stats_dump_file", 'S', AT (stats_file)),
    ROW_WORD ("json_file_location", 'D', AT (json_file)),
    ROW_WORD ("json_dump_file", 'S', AT (json_file)),
    ROW_NUM ("json_version", 'C', AT (json_version), 1, 2, "1"),
    ROW_IDLE ("iproute_usr_dir", 'D', KA_WORD, no_iproute),
    ROW_IDLE ("iproute_etc_dir", 'D', KA_WORD, no_iproute),
};

static gpointer
open_globals (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer parent)
{
    context->model->globals.place = cfg_ka_word (statement, 0)->place;
    cfg_ka_too_much (context, statement, 1);
    return parent;
}

const CfgKaBlock cfg_ka_global_defs = { .name = "global_defs",
                                        KA_ROWS (rows),
                                        .open = open_globals };
