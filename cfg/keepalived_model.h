/* SPDX-License-Identifier: Apache-2.0 */
/* What keepalived.conf says, typed (doc/keepalived.md 2). Part of CfgCluster: built once by
 * cfg_parse(), then const. What an instance inherits from global_defs, a real server from its
 * virtual server and a checker from its real server is already in place; -1 or NULL is left only
 * where a comment says so. Times are HbdTime (microseconds). One owner frees it all. */
#pragma once

#include "cfg/diag.h"
#include "hbd/base/time.h"

typedef enum { CFG_FAMILY_NONE = 0, CFG_FAMILY_IPV4 = 4, CFG_FAMILY_IPV6 = 6 } CfgFamily;

typedef struct {
    CfgFamily family; /* NONE: not set */
    guint8 bytes[16]; /* network order; IPv4 uses the first four */
} CfgIp;

/* As text: "10.0.0.1". (transfer full) */
char *cfg_ip_print (const CfgIp *ip);
bool cfg_ip_equal (const CfgIp *a, const CfgIp *b);

/* A command. keepalived runs no shell (doc/keepalived.md 1.8). */
typedef struct {
    CfgPlace place;
    char *line;         /* as written, for a shell where hbd.conf allows one; NULL: not set */
    char **argv;        /* >= 1 word; NULL: not set */
    char *user, *group; /* NULL: script_user, script_group */
    char *shell_word;   /* the word that only a shell understands, or NULL */
    char *trouble;      /* why it cannot run as it stands, in plain words, or NULL */
    bool is_track;      /* of a vrrp_script */
} CfgScript;

/* --- trackers ------------------------------------------------------------------------------ */

/* One line of track_interface, track_script, track_file, track_process or track_bfd. */
typedef struct {
    CfgPlace place;
    char *name;
    bool has_weight; /* else the object's own */
    int weight;      /* 0: FAULT; after checking the one that counts */
    bool is_reversed;
    bool is_unknown; /* while reading: the object is not defined above */
} CfgTrack;

/* vrrp_script (doc/keepalived.md 2.8, 4.2). */
typedef struct {
    CfgPlace place;
    char *name;
    CfgScript script;
    char *user, *group; /* of the script, as it has them */
    HbdTime interval_us, timeout_us;
    int weight;
    bool is_reversed; /* behind .weight: the tables write both */
    int rise, fall;
    bool init_fail;
} CfgTrackScript;

/* track_file (2.5). */
typedef struct {
    CfgPlace place;
    char *name;
    char *path;
    int weight;
    bool is_reversed;
    bool has_init, overwrite; /* init_file */
    int init_value;
} CfgTrackFile;

/* vrrp_track_process (2.6). */
typedef struct {
    CfgPlace place;
    char *name;
    char **command;  /* name and parameters */
    int param_match; /* 0 exact, 1 initial, 2 partial */
    int weight;
    bool is_reversed;
    int quorum, quorum_max; /* max -1: unlimited */
    HbdTime fork_delay_us, terminate_delay_us;
    bool full_command;
} CfgTrackProcess;

/* bfd_instance (2.7): accepted, not run. */
typedef struct {
    CfgPlace place;
    char *name;
    CfgIp neighbor, source;
    int weight;
    bool is_reversed;
} CfgBfd;

/* --- addresses, routes, rules -------------------------------------------------------------- */

/* A line of virtual_ipaddress, virtual_ipaddress_excluded or static_ipaddress. */
typedef struct {
    CfgPlace place;
    CfgIp ip;
    guint prefix;
    char *interface; /* dev; after checking never NULL */
    CfgIp broadcast;
    bool broadcast_auto; /* brd +: from the prefix */
    char *scope, *label; /* NULL: global, none */
    CfgIp peer;
    guint peer_prefix;
    bool home, nodad, mngtmpaddr, noprefixroute, autojoin;
    bool no_track;
    bool use_vmac;
    char *track_group;      /* static_ipaddress only */
    gint64 preferred_lft_s; /* -1: not set */
} CfgVip;

typedef enum {
    CFG_ROUTE_UNICAST,
    CFG_ROUTE_BLACKHOLE,
    CFG_ROUTE_UNREACHABLE,
    CFG_ROUTE_PROHIBIT,
    CFG_ROUTE_THROW,
    CFG_ROUTE_LOCAL,
} CfgRouteType;

/* A line of virtual_routes or static_routes, in iproute2's words. */
typedef struct {
    CfgPlace place;
    CfgRouteType type;
    CfgFamily family;
    CfgIp to; /* family NONE: default */
    guint prefix;
    CfgIp via, source;
    char *interface;
    char *table, *scope, *protocol; /* as written: a name or a number; NULL: not set */
    gint64 metric, mtu;             /* -1: not set */
    bool onlink, no_track;
    char *track_group;
    GPtrArray *others; /* char *: words that are accepted and not done */
} CfgRoute;

/* A line of virtual_rules or static_rules. */
typedef struct {
    CfgPlace place;
    CfgRouteType type;
    CfgFamily family;
    CfgIp from, to; /* family NONE: all */
    guint from_prefix, to_prefix;
    char *table, *iif, *oif;
    gint64 fwmark, priority; /* -1: not set */
    bool no_track;
    char *track_group;
    GPtrArray *others;
} CfgRule;

/* --- VRRP ---------------------------------------------------------------------------------- */

/* Gratuitous ARP and NA (2.2, 3.6). In an instance every field is set after checking. */
typedef struct {
    HbdTime delay_us; /* second block after becoming master; 0: none */
    int repeat;
    HbdTime lower_prio_delay_us; /* second block after a lower-priority advert */
    int lower_prio_repeat;
    HbdTime refresh_us; /* 0: off */
    int refresh_repeat;
    HbdTime interval_us, gna_interval_us; /* global: pacing */
} CfgGarp;

typedef enum { CFG_VRRP_STATE_NONE, CFG_VRRP_STATE_MASTER, CFG_VRRP_STATE_BACKUP } CfgVrrpState;
typedef enum { CFG_VRRP_AUTH_NONE, CFG_VRRP_AUTH_PASS, CFG_VRRP_AUTH_AH } CfgVrrpAuth;
typedef enum {
    CFG_HMAC_ENFORCE,
    CFG_HMAC_PERMISSIVE,
    CFG_HMAC_RECEIVE_ONLY,
} CfgHmacMode;

/* auth_hmac (3.9). */
typedef struct {
    CfgPlace place;
    bool is_on;
    GPtrArray *keys;        /* CfgHmacKey */
    int active_key;         /* 0: the first */
    int anti_replay;        /* 0 time, 1 monotonic */
    HbdTime time_window_us; /* -1: max (3 x advert_int, 5 s) */
    int mode;               /* CfgHmacMode */
} CfgHmac;

typedef struct {
    CfgPlace place;
    int id;      /* 1..255 */
    char *file;  /* `file:PATH`: the caller reads it; else NULL */
    guint8 *key; /* NULL with .file */
    guint key_len;
} CfgHmacKey;

typedef struct {
    CfgPlace place;
    CfgIp ip;
    int min_ttl, max_ttl; /* -1: not set */
} CfgUnicastPeer;

/* What an event starts; also for groups. */
typedef struct {
    CfgScript master, backup, fault, stop, deleted, any, master_rx_lower_pri;
    int priority_changes; /* FIFO lines on priority change: bool */
    int smtp_alert;       /* bool */
} CfgNotify;

/* vrrp_instance (2.11). */
typedef struct {
    CfgPlace place;
    char *name;
    CfgVrrpState state; /* as wished, after keepalived's corrections (1.9) */
    char *interface;    /* NULL: unicast without one */
    CfgPlace interface_place;
    CfgFamily family;
    int version; /* 2, 3 */
    int vrid;
    int priority;
    HbdTime advert_int_us;
    CfgVrrpAuth auth;
    guint8 auth_pass[8]; /* NUL padded */
    CfgHmac hmac;
    bool use_vmac, vmac_xmit_base, use_vmac_addr, use_ipvlan;
    char *vmac_interface; /* NULL: vrrp.VRID */
    char *vrf;
    CfgIp mcast_src, unicast_src; /* NONE: the interface's first address */
    CfgIp mcast_dst;
    bool track_src_ip;
    GPtrArray *peers;      /* CfgUnicastPeer; empty: multicast */
    int check_unicast_src; /* bool */
    bool unicast_fault_no_peer;
    int unicast_ttl;          /* -1: 255 IPv4, the kernel's IPv6 */
    int old_unicast_checksum; /* 0 automatic, 1 yes, 2 never */
    int v3_checksum_as_v2;    /* bool */
    CfgGarp garp;
    int down_timer_adverts;
    int lower_prio_no_advert, higher_prio_send_advert, owner_ignore_adverts; /* bools */
    int skip_check_adv_addr;                                                 /* bool */
    int strict;                                                              /* bool */
    GPtrArray *addresses, *excluded;                                         /* CfgVip */
    GPtrArray *routes, *rules;                                               /* CfgRoute, CfgRule */
    bool no_virtual_ipaddress, promote_secondaries;
    int accept; /* bool; from the two as written */
    bool says_accept, says_no_accept, says_preempt;
    bool nopreempt;
    HbdTime preempt_delay_us;
    bool dont_track_primary;
    GPtrArray *track_interfaces, *track_scripts, *track_files, *track_processes, *track_bfds;
    CfgNotify notify;
    char *sync_daemon_interface;
    CfgPlace auth_place, auth_pass_place;
    bool has_auth_pass;
} CfgVrrpInstance;

/* vrrp_sync_group (2.9). */
typedef struct {
    CfgPlace place;
    char *name;
    GPtrArray *members; /* CfgName; after checking only those that exist */
    GPtrArray *track_interfaces, *track_scripts, *track_files, *track_processes, *track_bfds;
    CfgNotify notify;
    bool tracking_weight; /* sync_group_tracking_weight */
} CfgSyncGroup;

typedef struct {
    CfgPlace place;
    char *name;
} CfgName;

/* track_group and garp_group: names of members. */
typedef struct {
    CfgPlace place;
    char *name;                                /* garp_group: NULL */
    GPtrArray *members;                        /* CfgName */
    HbdTime garp_interval_us, gna_interval_us; /* -1: global */
} CfgNamedGroup;

/* interface_up_down_delays (2.3). */
typedef struct {
    CfgPlace place;
    char *interface;
    HbdTime down_us, up_us;
} CfgInterfaceDelay;

/* --- LVS ----------------------------------------------------------------------------------- */

typedef enum { CFG_LVS_NONE, CFG_LVS_NAT, CFG_LVS_DR, CFG_LVS_TUN } CfgLvsMethod;
typedef enum { CFG_TUN_IPIP, CFG_TUN_GUE, CFG_TUN_GRE } CfgTunType;
typedef enum { CFG_TUN_NOCSUM, CFG_TUN_CSUM, CFG_TUN_REMCSUM } CfgTunChecksum;

typedef struct {
    CfgLvsMethod method;
    CfgTunType tun_type;
    guint16 tun_port;
    CfgTunChecksum tun_checksum;
} CfgForward;

typedef enum { CFG_PROTOCOL_NONE, CFG_TCP, CFG_UDP, CFG_SCTP } CfgProtocol;

typedef enum {
    CFG_CHECK_TCP,
    CFG_CHECK_HTTP,
    CFG_CHECK_SSL,
    CFG_CHECK_SMTP,
    CFG_CHECK_DNS,
    CFG_CHECK_MISC,
    CFG_CHECK_BFD,
    CFG_CHECK_PING,
    CFG_CHECK_UDP,
    CFG_CHECK_FILE,
} CfgCheckKind;

/* url of HTTP_GET and SSL_GET (2.17). */
typedef struct {
    CfgPlace place;
    char *path, *digest, *virtualhost, *regex; /* NULL: not set */
    bool regex_no_match;
    guint8 status[64]; /* bit N of it: status 100 + N is accepted; all zero: 200-299 */
} CfgUrl;

/* What a real server, and before it the virtual server, sets for its checkers. */
typedef struct {
    HbdTime connect_timeout_us, delay_before_retry_us, warmup_us, delay_loop_us;
    int retry;
} CfgCheckDefaults;

/* One checker (2.15 to 2.24). */
typedef struct {
    CfgPlace place;
    CfgCheckKind kind;
    CfgIp connect_ip; /* NONE: the real server */
    int connect_port; /* -1: the real server's */
    CfgIp bind_to;
    char *bind_if;
    int bind_port; /* -1: none */
    int fwmark;    /* 0: none */
    int alpha;     /* bool */
    CfgCheckDefaults times;
    int log_all_failures; /* bool */
    int http_protocol;    /* 0 1.0, 1 1.0C, 2 1.1 */
    int fast_recovery;    /* bool */
    bool enable_sni;
    char *virtualhost, *sni_name;
    GPtrArray *urls; /* CfgUrl; NULL but for HTTP and SSL */
    char *helo_name; /* SMTP */
    int dns_type;    /* index into A NS CNAME SOA MX TXT AAAA */
    char *dns_name;
    CfgScript script;        /* MISC */
    char *user, *group;      /* of the script, as it has them */
    HbdTime misc_timeout_us; /* -1: delay_loop */
    bool misc_dynamic;
    char *name;            /* BFD: bfd_instance, FILE: track_file */
    int weight;            /* FILE; G_MININT: that of the track_file */
    bool is_reversed;      /* behind .weight: the tables write both */
    char *payload, *reply; /* UDP: hex digits; reply "" any */
    bool require_reply;
    int min_reply_length, max_reply_length;
    bool is_lost; /* while reading: it is dropped */
} CfgChecker;

/* real_server (2.14). */
typedef struct {
    CfgPlace place;
    CfgIp ip;
    guint16 port;       /* 0: with a mark */
    guint16 check_port; /* that checkers connect to */
    int weight;
    CfgForward forward;
    int uthreshold, lthreshold;
    int smtp_alert, alpha, inhibit_on_failure; /* bools */
    char *virtualhost, *snmp_name;
    CfgCheckDefaults times;
    CfgScript notify_up, notify_down;
    GPtrArray *checkers; /* CfgChecker; NULL: none */
} CfgRealServer;

/* An entry of virtual_server_group (2.12). */
typedef struct {
    CfgPlace place;
    CfgIp first; /* NONE: .fwmark */
    guint count; /* addresses from .first on */
    guint16 port;
    guint32 fwmark;
    CfgFamily family;
} CfgGroupEntry;

typedef struct {
    CfgPlace place;
    char *name;
    GPtrArray *entries; /* CfgGroupEntry */
} CfgServerGroup;

/* virtual_server (2.13). */
typedef struct {
    CfgPlace place;
    CfgIp ip; /* NONE: .fwmark or .group */
    guint16 port;
    guint32 fwmark;
    char *group; /* virtual_server_group */
    CfgFamily family;
    int protocol;                /* CfgProtocol */
    int scheduler;               /* index into cfg_schedulers; -1 while reading: not set */
    bool flag_1, flag_2, flag_3; /* of the scheduler */
    bool ops, hashed;
    CfgForward forward, sorry_forward;
    char *persistence_engine;
    HbdTime persistence_timeout_us; /* 0: off */
    guint persistence_prefix;       /* 32 or 128: each host for itself */
    bool ha_suspend, alpha, omega, inhibit_on_failure;
    int smtp_alert; /* bool */
    char *virtualhost, *snmp_name;
    int quorum, hysteresis;
    CfgScript quorum_up, quorum_down;
    bool has_sorry, sorry_inhibit;
    CfgIp sorry;
    guint16 sorry_port;
    CfgCheckDefaults times;
    int weight;
    GPtrArray *real_servers; /* CfgRealServer */
} CfgVirtualServer;

/* Names of the schedulers, NULL-terminated. */
extern const char *const cfg_schedulers[];

/* --- the whole ----------------------------------------------------------------------------- */

/* lvs_sync_daemon (2.2). */
typedef struct {
    CfgPlace place;
    char *interface, *instance; /* interface NULL: off */
    int id, port, ttl, maxlen;  /* -1: default */
    CfgIp group;
} CfgLvsSync;

/* notify_fifo and its kin. */
typedef struct {
    char *path; /* NULL: none */
    char *user, *group;
    CfgScript reader;
} CfgFifo;

/* global_defs (2.2) and the top level (2.1). */
typedef struct {
    CfgPlace place;
    char *instance;
    bool use_pid_dir;
    HbdTime child_wait_us;
    GPtrArray *emails; /* char * */
    char *email_from, *smtp_server, *smtp_helo_name;
    guint16 smtp_port;
    HbdTime smtp_connect_timeout_us;
    int smtp_alert, smtp_alert_vrrp, smtp_alert_checker; /* -1: not set */
    bool no_email_faults, no_checker_emails;
    int checker_log_all_failures; /* bool */
    char *router_id;
    CfgIp mcast_group4, mcast_group6;
    char *default_interface;
    CfgLvsSync lvs_sync;
    int lvs_tcp_s, lvs_tcpfin_s, lvs_udp_s; /* -1: unchanged */
    bool lvs_flush, lvs_flush_on_stop;
    CfgGarp garp;
    int min_garp; /* bool */
    int down_timer_adverts;
    int lower_prio_no_advert, higher_prio_send_advert, owner_ignore_adverts; /* bools */
    int version;                                                             /* 0: by family */
    int v3_checksum_as_v2;                                                   /* bool */
    bool check_unicast_src, skip_check_adv_addr, strict;
    int notify_priority_changes;      /* bool */
    char *script_user, *script_group; /* NULL: not set */
    bool script_security;
    CfgFifo fifo, vrrp_fifo, lvs_fifo;
    bool fifo_states_on_reload;
    bool dynamic_interfaces, allow_if_changes;
    HbdTime startup_delay_us, delay_after_boot_us;
    bool log_unknown_vrids;
    bool rs_init_notifies;
    int umask; /* -1: 0177 */
    CfgScript startup_script, shutdown_script;
    HbdTime startup_timeout_us, shutdown_timeout_us;
    int json_version;
    char *data_file, *stats_file, *json_file; /* NULL: in the temporary folder */
    char *vmac_prefix;
} CfgKaGlobals;

typedef struct {
    CfgKaGlobals globals;
    GPtrArray *instances;                                       /* CfgVrrpInstance, in file order */
    GPtrArray *sync_groups;                                     /* CfgSyncGroup */
    GPtrArray *scripts;                                         /* CfgTrackScript */
    GPtrArray *files;                                           /* CfgTrackFile */
    GPtrArray *processes;                                       /* CfgTrackProcess */
    GPtrArray *bfds;                                            /* CfgBfd */
    GPtrArray *track_groups;                                    /* CfgNamedGroup */
    GPtrArray *garp_groups;                                     /* CfgNamedGroup */
    GPtrArray *delays;                                          /* CfgInterfaceDelay */
    GPtrArray *static_addresses, *static_routes, *static_rules; /* CfgVip, CfgRoute, CfgRule */
    GPtrArray *server_groups;                                   /* CfgServerGroup */
    GPtrArray *virtual_servers;                                 /* CfgVirtualServer */
    bool has_scripts; /* any command at all, for the security verdict of `keepalived -t` */
    /* Who owns all of the above. */
    GStringChunk *strings;
    GPtrArray *blocks, *arrays;
} CfgKeepalived;

void cfg_keepalived_free (CfgKeepalived *keepalived);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfgKeepalived, cfg_keepalived_free)
/* The object of that name, or NULL. */
const CfgVrrpInstance *cfg_vrrp_instance (const CfgKeepalived *keepalived, const char *name);
const CfgTrackScript *cfg_track_script (const CfgKeepalived *keepalived, const char *name);
