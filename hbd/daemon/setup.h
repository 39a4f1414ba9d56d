/* SPDX-License-Identifier: Apache-2.0 */
/* One accepted (or refused) configuration as a whole: the files, what cfg made of them, the groups
 * resolved to agents, and the engine's part. Never changed; a reload makes a new one and compares. */
#pragma once

#include "hbd/daemon/engine_config.h"
#include "hbd/daemon/files.h"

typedef struct {
    HbdFiles *files;
    CfgCluster *cluster;
    CfgDiags *diags;
    CrmModel *model;         /* NULL when there are errors */
    HbdEngineConfig *engine; /* NULL when there are errors */
    GPtrArray *records;      /* HbdRecord: how names were mapped to agents */
    char **env;              /* HA_* for agents, NULL-terminated */
    char **hooks;            /* executables in ha.d/rc.d that are run, NULL-terminated */
} HbdSetup;

/* Parse, check and resolve @files (transfer full). Always returned. (transfer full) */
HbdSetup *hbd_setup_new (HbdFiles *files, const HbdOptions *options);
void hbd_setup_free (HbdSetup *setup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdSetup, hbd_setup_free)

bool hbd_setup_exists (const HbdSetup *setup); /* is there any configuration at all? */
bool hbd_setup_is_good (const HbdSetup *setup);

/* The folder of our own agents when we run from the build tree (../../ra beside the program), else
 * NULL. (transfer full) */
char *hbd_setup_own_agents (void);

/* Lifetime of addresses in the kernel in seconds, 0 for none: a third of deadtime, at least 1 and
 * at most 10 s, unless hbd.conf says otherwise. */
guint hbd_setup_lease_s (const CfgCluster *cluster);
/* How long the manager holds the addresses without an engine: half of deadtime, at most 2 s. */
HbdTime hbd_setup_engine_grace_us (const CfgCluster *cluster);

/* --- differences --------------------------------------------------------------------------- */

typedef struct {
    bool keys;        /* other authkeys: swapped in place */
    bool engine;      /* timings, nodes, links, groups: the engine starts over with them */
    bool groups;      /* any group or resource */
    bool respawns;    /* respawn lines */
    bool other;       /* something else, e.g. logging */
    GPtrArray *lines; /* char *: one sentence each, for people */
    GPtrArray *stop;  /* keys (char *) of groups, as in the old one, that must stop first */
} HbdSetupDiff;

HbdSetupDiff *hbd_setup_diff (const HbdSetup *old, const HbdSetup *new);
void hbd_setup_diff_free (HbdSetupDiff *diff);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdSetupDiff, hbd_setup_diff_free)
bool hbd_setup_diff_is_empty (const HbdSetupDiff *diff);
