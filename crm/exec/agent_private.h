/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the agent executor share: agent.c (jobs), agent_class.c (how each class is
 * called and what its answers mean). */
#pragma once

#include "crm/exec/agent.h"
#include "crm/exec/process.h"

/* How one program call of an action looks. */
typedef struct {
    GPtrArray *argv; /* char *, owned, NULL-terminated */
    GPtrArray *envp; /* char *, owned, NULL-terminated */
} CrmAgentCall;

typedef struct {
    const CrmResource *resource;
    CrmAction action;
    HbdTime timeout_us;
    const char *node_name, *ha_dir, *ocf_root;
    const char *const *env;
} CrmAgentContext;

/* Argument vector and environment of a program class. The caller clears it. */
void crm_agent_call_init (CrmAgentCall *call, const CrmAgentContext *context);
/* A call of another program (systemctl) in the same plain environment; @argv is copied. */
void crm_agent_call_init_plain (CrmAgentCall *call, const CrmAgentContext *context,
                                const char *const *argv);
void crm_agent_call_clear (CrmAgentCall *call);
/* Exit status or standard output of a program class -> OCF exit code. */
int crm_agent_code (CrmClass klass, CrmAction action, int code, const char *out, gsize out_len);
/* `systemctl show` output -> OCF exit code, or -1 while the unit is on its way between states. */
int crm_agent_unit_code (const char *out);
/* Level of a line by the words agents use (ERROR, WARNING, INFO, DEBUG); info when it has none. */
HbdLevel crm_agent_line_level (const char *line);
