/* SPDX-License-Identifier: Apache-2.0 */
/* Carries out the runner's DO_RUN: calls resource agents by their class (doc/crm.md 1 and 2) and
 * turns what they say into OCF exit codes. */
#pragma once

#include "crm/exec/runner.h"

#include <stdbool.h>

typedef struct _CrmAgents CrmAgents;

/* Resources that live inside the manager (IPaddr). Each answers at once with an OCF exit code;
 * @reason may be set to a sentence (transfer full). */
typedef struct {
    gpointer data;
    int (*probe) (gpointer data, const CrmResource *resource, char **reason);
    int (*start) (gpointer data, const CrmResource *resource, char **reason);
    int (*stop) (gpointer data, const CrmResource *resource, char **reason);
} CrmBuiltinOps;

typedef struct {
    guint op;
    int rc;             /* as CRM_RUNNER_RESULT wants it */
    const char *reason; /* borrowed, may be NULL */
    HbdTime duration_us;
} CrmAgentResult;

typedef struct {
    gpointer data;
    /* A program has ended: feed it to the runner. UNKILLABLE is followed by a second call. */
    void (*done) (gpointer data, const CrmAgentResult *result);
    /* What an agent says, and how long it took; (transfer full). May be NULL. */
    void (*record) (gpointer data, HbdRecord *record);
} CrmAgentsCallbacks;

typedef struct {
    const char *node_name;
    const char *ha_dir;    /* HA_DIR of the agents; e.g. "/etc/ha.d" */
    const char *ocf_root;  /* e.g. "/usr/lib/ocf" */
    const char *systemctl; /* NULL: the system's */
    /* More "NAME=value" for every agent, see crm_resolve_env(); may be NULL. */
    const char *const *env;
    /* File in the run directory that lists what is in flight; crm_agents_new() ends what an earlier
     * life left there, before anything is probed. NULL: none. */
    const char *in_flight_path;
    HbdTime kill_delay_us; /* < 0: 500 ms */
    CrmBuiltinOps builtin;
} CrmAgentsConfig;

/* @config and what it points to is copied. (transfer full) */
CrmAgents *crm_agents_new (const CrmAgentsConfig *config, const CrmAgentsCallbacks *callbacks);
/* Programs in flight are left to themselves, unreported. */
void crm_agents_free (CrmAgents *agents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrmAgents, crm_agents_free)

/* Run one action. @group and @resource live until it is done.
 * Returns true when the answer is there already (BUILTIN, MISSING): then *@now is filled, its
 * reason belongs to @agents until the next call, and no callback comes. Feed it to the runner after
 * the actions of the current step. */
bool crm_agents_run (CrmAgents *agents, const CrmRunnerAction *run, const CrmGroup *group,
                     const CrmResource *resource, CrmAgentResult *now);
guint crm_agents_in_flight (const CrmAgents *agents);

/* Is the text of a `status` call "running" by Heartbeat's rule? (doc/crm.md 2.1) */
bool crm_agent_text_is_running (const char *text, gsize len);
/* LSB status exit code -> OCF (doc/crm.md 2.2). */
int crm_agent_lsb_status (int code);
