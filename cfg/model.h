/* SPDX-License-Identifier: Apache-2.0 */
/* The one configuration model. Every dialect (ha.cf, haresources, authkeys, hbd.conf,
 * keepalived.conf) ends here. Built once, then const; a reload builds a new one and swaps.
 * Strings are owned by the model. */
#pragma once

#include "cfg/diag.h"
#include "cfg/keepalived_model.h"
#include "hbd/base/time.h"
#include "hbd/wire/keys.h"

typedef enum {
    CFG_LINK_BCAST,
    CFG_LINK_MCAST,
    CFG_LINK_MCAST6,
    CFG_LINK_UCAST,
    CFG_LINK_UCAST6,
} CfgLinkKind;

/* One medium. ucast lines that share interface and port are one link with several peers. */
typedef struct {
    CfgPlace place;
    CfgLinkKind kind;
    char *interface;   /* also the link's name in status output */
    guint16 port;      /* host order */
    char *group;       /* mcast, mcast6: the group's address as text */
    guint ttl;         /* mcast ttl / mcast6 hops */
    bool loop;
    GPtrArray *peers;  /* ucast, ucast6: addresses or host names as written (char *) */
} CfgLink;

typedef enum {
    CFG_FAILBACK_LEGACY,
    CFG_FAILBACK_ON,
    CFG_FAILBACK_OFF,
} CfgFailback;

typedef struct {
    CfgPlace place;
    char *name; /* lower case */
} CfgNode;

typedef struct {
    CfgPlace place;
    char *user;
    char **argv; /* argv[0] absolute */
    bool is_failfast;
    bool is_ipfail; /* the built-in takes its place */
} CfgRespawn;

typedef struct {
    CfgPlace place;
    char *client;
    char **uids, **gids;
} CfgApiauth;

typedef struct {
    CfgPlace place;
    char *word;   /* as written; an address shorthand stays so */
    char *name;   /* script: "IPaddr" for the shorthand */
    char **args;  /* without empty ones; an IPv6 address is one argument despite its "::" */
    bool is_odd;  /* no name of a script, so that none can be found; it was said */
} CfgResourceWord;

/* One logical haresources line. */
typedef struct {
    CfgPlace place;
    char *node; /* lower case */
    GPtrArray *resources; /* CfgResourceWord, >= 1; the first word is the group's key */
} CfgGroupLine;

typedef enum { CFG_LEASE_AUTO, CFG_LEASE_LIFETIME, CFG_LEASE_GATE, CFG_LEASE_OFF } CfgLeaseMode;

/* hbd.conf `resource NAME { ... }`: settings for resources by id, key or agent name. */
typedef struct {
    CfgPlace place;
    char *name;
    char *agent;
    GHashTable *params; /* char * -> char * */
    HbdTime start_timeout_us, stop_timeout_us;      /* -1: not set */
    HbdTime monitor_interval_us, monitor_timeout_us; /* -1: not set */
    int monitor_depth;                               /* -1: not set */
    int migration_threshold;                         /* -1: not set */
    HbdTime failure_timeout_us;
    char *on_fail;                                   /* NULL: not set */
    bool hot_standby;
} CfgResourceConf;

/* A scalar directive as it was written, for `cl_status hbparameter` and the printer. */
typedef struct {
    CfgPlace place;
    char *name;
    char *value;
} CfgSetting;

typedef struct {
    /* ha.cf */
    bool has_heartbeat;      /* ha.cf was there */
    GPtrArray *settings;     /* CfgSetting: every directive line in order, as written */
    GPtrArray *nodes;        /* CfgNode, in order of first mention */
    GPtrArray *links;        /* CfgLink, in order of first mention */
    HbdTime keepalive_us, deadtime_us, warntime_us, initdead_us, deadping_us, rexmit_us;
    bool deadtime_is_default, failback_is_default;
    CfgFailback failback;
    guint hopfudge;
    guint debug;
    bool inner_auth;         /* msgfmt classic */
    bool generation_by_time; /* hbgenmethod time */
    bool uuid_from_name;     /* uuidfrom nodename */
    bool realtime;
    int rtprio;              /* 0: lowest */
    bool use_logd;
    char *logfile, *debugfile, *logfacility; /* NULL: not set */
    char *watchdog;          /* device or NULL */
    bool has_stonith;        /* stonith or a stonith_host that concerns us: refuses the start */
    GPtrArray *ping_nodes;   /* CfgSetting: ping, ping6, ping_group lines */
    GPtrArray *respawns;     /* CfgRespawn */
    GPtrArray *apiauths;     /* CfgApiauth */
    GPtrArray *env;          /* "NAME=value" */
    /* haresources */
    GPtrArray *groups;       /* CfgGroupLine */
    char *haresources_digest; /* hex SHA-256 of the canonical text */
    /* authkeys */
    HbdKeyTable *keys;
    /* hbd.conf */
    GPtrArray *resource_confs; /* CfgResourceConf */
    CfgLeaseMode lease_mode;   /* GATE acts as LIFETIME until there is a gate */
    HbdTime lease_timeout_us;  /* -1: not set */
    bool scripts_shell;
    /* keepalived.conf */
    CfgKeepalived *keepalived; /* NULL: there is none */
} CfgCluster;

void cfg_cluster_free (CfgCluster *cluster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfgCluster, cfg_cluster_free)
