/* SPDX-License-Identifier: Apache-2.0 */
/* The top level (doc/keepalived.md 2.1, 2.3, 2.4). */
#include "config.h"

#include "cfg/keepalived/rows.h"

#define AT(field)     G_STRUCT_OFFSET (CfgKeepalived, field)
#define GLOBAL(field) (AT (globals) + G_STRUCT_OFFSET (CfgKaGlobals, field))

static const char no_namespace[] = "but hbd runs in the network namespace it is started in";
static const char no_polling[] = "but not needed: hbd hears of links from the kernel";
static const char no_bfd[] = "but hbd runs no BFD; what tracks it counts as up";
static const char no_garp_group[] = "but hbd paces announcements per interface";
static const char no_track_group[] =
    "but static addresses and routes stay whatever an instance does";

static void
parse_instance_name (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                     gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 1);

    context->model->globals.instance = cfg_ka_string (context, word->text);
    cfg_ka_set_instance (context->reader, word->text);
}

static void
ignore_line (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
             gpointer base)
{
}

static const CfgKaBlock linkbeat = { .name = "linkbeat_interfaces", .line = ignore_line };

static const CfgKaRow rows[] = {
    ROW_BLOCK ("global_defs", 'S', cfg_ka_global_defs),
    ROW_IDLE ("linkbeat_use_polling", 'C', KA_FLAG, no_polling),
    ROW_IDLE ("net_namespace", 'C', KA_WORD, no_namespace),
    ROW_IDLE ("net_namespace_ipvs", 'D', KA_WORD, no_namespace),
    ROW_IDLE ("namespace_with_ipsets", 'D', KA_FLAG, no_namespace),
    ROW_FLAG ("use_pid_dir", 'C', GLOBAL (use_pid_dir)),
    ROW_CUSTOM ("instance", 'C', parse_instance_name),
    ROW_WHOLE ("child_wait_time", 'C', GLOBAL (child_wait_us), 1, 3600, "5"),
    ROW_BLOCK ("SSL", 'C', cfg_ka_ssl),
    ROW_IDLE_BLOCK ("linkbeat_interfaces", 'C', linkbeat, no_polling),
    ROW_BLOCK ("interface_up_down_delays", 'C', cfg_ka_delays),
    ROW_IDLE_BLOCK ("track_group", 'D', cfg_ka_track_group, no_track_group),
    ROW_LIST ("static_ipaddress", 'C', cfg_ka_static_addresses, AT (static_addresses)),
    ROW_LIST ("static_routes", 'C', cfg_ka_routes, AT (static_routes)),
    ROW_LIST ("static_rules", 'C', cfg_ka_rules, AT (static_rules)),
    ROW_BLOCK ("track_file", 'B', cfg_ka_track_file),
    ROW_BLOCK ("vrrp_track_file", 'S', cfg_ka_track_file),
    ROW_BLOCK ("vrrp_track_process", 'B', cfg_ka_track_process),
    ROW_IDLE_BLOCK ("bfd_instance", 'C', cfg_ka_bfd_instance, no_bfd),
    ROW_BLOCK ("vrrp_script", 'A', cfg_ka_vrrp_script),
    ROW_BLOCK ("vrrp_sync_group", 'B', cfg_ka_vrrp_sync_group),
    ROW_IDLE_BLOCK ("garp_group", 'D', cfg_ka_garp_group, no_garp_group),
    ROW_BLOCK ("vrrp_instance", 'A', cfg_ka_vrrp_instance),
    ROW_BLOCK ("virtual_server_group", 'B', cfg_ka_virtual_server_group),
    ROW_BLOCK ("virtual_server", 'A', cfg_ka_virtual_server),
};

const CfgKaBlock cfg_ka_top = { KA_ROWS (rows) };
