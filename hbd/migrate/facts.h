/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot of everything that `hbctl migrate check` judges: gather.c takes it, judge*.c words
 * what follows from it, tests make it up. Strings are owned; paths are as a user writes them. */
#pragma once

#include "cfg/model.h"
#include "crm/model/model.h"

/* A script, unit or cron table of the user's. */
typedef struct {
    char *path;
    GBytes *text;
    bool is_edited; /* it came with a package and was changed since */
    bool is_hook;   /* in ha.d/rc.d */
} HbdMigrateScript;

/* One resource of haresources. */
typedef struct {
    CfgPlace place;
    const CrmResource *resource; /* borrowed from .model: what hbd runs */
    char *theirs;                /* what Heartbeat runs: a path, or NULL: it finds nothing */
    bool is_wrapper;             /* .theirs is one that the package ships */
    char *boot_link;             /* what starts the same server at boot, or NULL */
    char *boot_unit;             /* its unit, with .boot_link */
} HbdMigrateResource;

typedef enum { HBD_MIGRATE_ABSENT, HBD_MIGRATE_GOOD, HBD_MIGRATE_BAD } HbdMigrateState;

/* A daemon of a kind, on this machine. */
typedef struct {
    char *program;   /* where it is installed, or NULL */
    char *pid_file;  /* where its pid was looked for */
    guint pid;       /* 0: it does not run */
    char *boot_link; /* what starts it at boot, or NULL */
    bool is_masked;  /* its unit */
} HbdMigrateDaemon;

/* A UDP port of ha.cf that another program holds. */
typedef struct {
    guint16 port;
    char *program;
} HbdMigratePort;

typedef struct {
    const CfgCluster *cluster; /* borrowed */
    const CfgDiags *diags;     /* borrowed */
    CrmModel *model;
    GPtrArray *resources;                            /* HbdMigrateResource */
    GPtrArray *scripts;                              /* HbdMigrateScript */
    GPtrArray *ports;                                /* HbdMigratePort */
    char *ha_cf, *haresources, *authkeys, *hbd_conf; /* paths */
    char *node_name;                                 /* what hbd goes by, lower case */
    char *nodeinfo_path, *nodeinfo;                  /* ha.d/nodeinfo's name, or NULL */
    char *generation_path, *uuid_path;
    char *other_generation_path; /* Heartbeat's own, where this hbd was built to look elsewhere */
    HbdMigrateState generation, uuid;
    HbdMigrateDaemon heartbeat, hbd;
    bool has_user, has_group;         /* `hbd', `haclient' */
    bool is_root;                     /* otherwise some facts could not be had */
    char *nft, *iptables, *ip6tables; /* listings, or NULL */
} HbdMigrateFacts;

HbdMigrateFacts *hbd_migrate_facts_new (void);
void hbd_migrate_facts_free (HbdMigrateFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdMigrateFacts, hbd_migrate_facts_free)
