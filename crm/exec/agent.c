/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: one per action in flight. A job is one program call, except for systemd units, where the
 * verb is followed by questions until the unit has settled or the time is over. */
#include "config.h"

#include "crm/exec/agent.h"

#include "crm/exec/agent_private.h"
#include "crm/exec/inflight.h"
#include "hbd/base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define EXIT_REASON_PREFIX "ocf-exit-reason:"
#define UNIT_POLL_MS       100
#define RSCTMP             "/run/resource-agents"

struct _CrmAgents {
    char *node_name, *ha_dir, *ocf_root, *systemctl;
    char **env;
    HbdTime kill_delay_us;
    CrmBuiltinOps builtin;
    CrmInflight *in_flight; /* may be NULL */
    CrmAgentsCallbacks callbacks;
    GPtrArray *jobs; /* Job, owned */
    char *now_reason;
};

typedef struct {
    CrmAgents *agents;
    guint op;
    CrmAction action;
    const CrmGroup *group;
    const CrmResource *resource;
    HbdTime timeout_us, started;
    CrmProcess *process;
    guint poll;        /* systemd: pause before the next question */
    char *exit_reason; /* the agent's own */
    char *last_error;  /* its last line on standard error */
} Job;

static void run_unit_question (Job *job);

static void
job_free (gpointer data)
{
    Job *job = data;

    if (job->poll != 0)
        g_source_remove (job->poll);
    crm_process_free (job->process);
    g_free (job->exit_reason);
    g_free (job->last_error);
    g_free (job);
}

static void
open_in_flight (CrmAgents *a, const char *path)
{
    guint n_ended;

    a->in_flight = crm_inflight_open (path, &n_ended);
    if (n_ended > 0 && a->callbacks.record != NULL)
        a->callbacks.record (a->callbacks.data,
                             hbd_record_new (HBD_LEVEL_WARNING, "agent.left-over-ended",
                                             "count=%u text=\"agents of an earlier life were still "
                                             "running and were ended\"",
                                             n_ended));
}

CrmAgents *
crm_agents_new (const CrmAgentsConfig *config, const CrmAgentsCallbacks *callbacks)
{
    CrmAgents *a = g_new0 (CrmAgents, 1);

    a->node_name = g_strdup (config->node_name);
    a->ha_dir = g_strdup (config->ha_dir);
    a->ocf_root = g_strdup (config->ocf_root);
    a->systemctl = g_strdup (config->systemctl != NULL ? config->systemctl : "/usr/bin/systemctl");
    a->env = g_strdupv ((char **) config->env);
    a->kill_delay_us = config->kill_delay_us;
    a->builtin = config->builtin;
    a->callbacks = *callbacks;
    a->jobs = g_ptr_array_new_with_free_func (job_free);
    open_in_flight (a, config->in_flight_path);
    (void) mkdir (RSCTMP, 01755); /* many agents keep their state there; may exist */
    return a;
}

void
crm_agents_free (CrmAgents *a)
{
    if (a == NULL)
        return;
    g_ptr_array_unref (a->jobs);
    crm_inflight_free (a->in_flight);
    g_free (a->node_name);
    g_free (a->ha_dir);
    g_free (a->ocf_root);
    g_free (a->systemctl);
    g_strfreev (a->env);
    g_free (a->now_reason);
    g_free (a);
}

guint
crm_agents_in_flight (const CrmAgents *a)
{
    return a->jobs->len;
}

static CrmAgentContext
job_context (const Job *job)
{
    const CrmAgents *a = job->agents;
    const CrmAgentContext context = {
        .resource = job->resource,
        .action = job->action,
        .timeout_us = job->timeout_us,
        .node_name = a->node_name,
        .ha_dir = a->ha_dir,
        .ocf_root = a->ocf_root,
        .env = (const char *const *) a->env,
    };

    return context;
}

/* --- records --------------------------------------------------------------------------------- */

/* A quote in an agent's text would end the quoted field. */
static char *
without_quotes (const char *text)
{
    return g_strdelimit (g_strdup (text), "\"", '\'');
}

static void
record_line (const Job *job, HbdLevel level, const char *line)
{
    g_autofree char *text = without_quotes (line);

    if (job->agents->callbacks.record != NULL)
        job->agents->callbacks.record (job->agents->callbacks.data,
                                       hbd_record_new (level, "agent.output",
                                                       "group=%s resource=%s action=%s text=\"%s\"",
                                                       job->group->key, job->resource->id,
                                                       crm_action_name (job->action), text));
}

static void
record_done (const Job *job, int rc, HbdTime duration_us)
{
    bool is_change = job->action == CRM_ACTION_START || job->action == CRM_ACTION_STOP;

    if (job->agents->callbacks.record != NULL)
        job->agents->callbacks.record (
            job->agents->callbacks.data,
            hbd_record_new (is_change ? HBD_LEVEL_INFO : HBD_LEVEL_DEBUG, "agent.done",
                            "group=%s resource=%s action=%s rc=%d ms=%" G_GINT64_FORMAT,
                            job->group->key, job->resource->id, crm_action_name (job->action), rc,
                            duration_us / 1000));
}

static void
on_line (gpointer data, bool is_error, const char *line)
{
    Job *job = data;
    bool is_change = job->action == CRM_ACTION_START || job->action == CRM_ACTION_STOP;
    const char *reason = strstr (line, EXIT_REASON_PREFIX);
    HbdLevel level;

    if (is_error && reason != NULL) {
        g_free (job->exit_reason);
        job->exit_reason = g_strdup (reason + strlen (EXIT_REASON_PREFIX));
        return;
    }
    if (is_error && *line != '\0') {
        g_free (job->last_error);
        job->last_error = g_strdup (line);
    }
    if (*line == '\0')
        return;
    level = is_error ? crm_agent_line_level (line) : HBD_LEVEL_INFO;
    /* What it prints is news when it changes something, noise when it is only asked. */
    record_line (job, !is_change && level == HBD_LEVEL_INFO ? HBD_LEVEL_DEBUG : level, line);
}

/* --- the end of a job ------------------------------------------------------------------------ */

static void
job_done (Job *job, int rc, const char *reason)
{
    CrmAgents *a = job->agents;
    CrmAgentResult result = { .op = job->op, .rc = rc };
    g_autofree char *text = g_strdup (reason);

    result.duration_us = hbd_clock_now () - job->started;
    result.reason = text;
    record_done (job, rc, result.duration_us);
    if (rc != CRM_RC_UNKILLABLE && job->process != NULL)
        crm_inflight_remove (a->in_flight, crm_process_pid (job->process));
    if (rc != CRM_RC_UNKILLABLE) /* else it stays until its process ends */
        g_ptr_array_remove_fast (a->jobs, job);
    a->callbacks.done (a->callbacks.data, &result);
}

static char *
describe_failure (const Job *job, const CrmProcessResult *result)
{
    switch (result->end) {
    case CRM_PROCESS_SIGNALLED:
        return g_strdup_printf ("ended by signal %d (%s)", result->code,
                                g_strsignal (result->code));
    case CRM_PROCESS_TIMED_OUT:
        return g_strdup_printf ("timed out after %" G_GINT64_FORMAT " s",
                                (job->timeout_us + 999999) / 1000000);
    case CRM_PROCESS_UNKILLABLE:
        return g_strdup ("timed out and cannot be killed");
    case CRM_PROCESS_NOT_RUN:
        return g_strdup_printf ("cannot be run: %s", g_strerror (result->code));
    case CRM_PROCESS_EXITED:
        break;
    }
    return g_strdup (job->exit_reason != NULL ? job->exit_reason : job->last_error);
}

static int
not_run_code (int error)
{
    if (error == ENOENT || error == ENOTDIR)
        return CRM_RC_NOT_INSTALLED;
    return error == EACCES || error == EPERM ? CRM_RC_PERM : CRM_RC_GENERIC;
}

/* OCF exit code of a call, for all classes. */
static int
result_code (const Job *job, const CrmProcessResult *result)
{
    switch (result->end) {
    case CRM_PROCESS_EXITED:
        return crm_agent_code (job->resource->klass, job->action, result->code, result->out,
                               result->out_len);
    case CRM_PROCESS_SIGNALLED:
        return CRM_RC_GENERIC;
    case CRM_PROCESS_TIMED_OUT:
        return CRM_RC_TIMEOUT;
    case CRM_PROCESS_UNKILLABLE:
        return CRM_RC_UNKILLABLE;
    case CRM_PROCESS_NOT_RUN:
        return not_run_code (result->code);
    }
    return CRM_RC_GENERIC;
}

static void
on_program_done (CrmProcess *process, const CrmProcessResult *result, gpointer data)
{
    Job *job = data;
    int rc = result_code (job, result);
    g_autofree char *reason = rc != CRM_RC_OK ? describe_failure (job, result) : NULL;

    job_done (job, rc, reason);
}

static void
start_call (Job *job, const CrmAgentCall *call, CrmProcessDone done)
{
    HbdTime left = job->started + job->timeout_us - hbd_clock_now ();
    const CrmProcessSpec spec = {
        .argv = (const char *const *) call->argv->pdata,
        .envp = (const char *const *) call->envp->pdata,
        .timeout_us = MAX (left, HBD_MS (1)),
        .kill_delay_us = job->agents->kill_delay_us,
        .done = done,
        .line = on_line,
        .data = job,
    };

    if (job->process != NULL)
        crm_inflight_remove (job->agents->in_flight, crm_process_pid (job->process));
    crm_process_free (job->process);
    job->process = crm_process_start (&spec);
    crm_inflight_add (job->agents->in_flight, crm_process_pid (job->process));
}

/* --- systemd --------------------------------------------------------------------------------- */

/* After a stop "not running" is success, after a start it is failure; a unit that is gone cannot
 * run (doc/crm.md 2.2). */
static void
unit_settled (Job *job, int rc)
{
    if (job->action == CRM_ACTION_STOP && (rc == CRM_RC_NOT_RUNNING || rc == CRM_RC_NOT_INSTALLED))
        job_done (job, CRM_RC_OK, NULL);
    else if (job->action == CRM_ACTION_STOP && rc == CRM_RC_OK)
        job_done (job, CRM_RC_GENERIC, "the unit is still active");
    else if (job->action == CRM_ACTION_START && rc == CRM_RC_NOT_RUNNING)
        job_done (job, CRM_RC_GENERIC,
                  job->last_error != NULL ? job->last_error : "the unit is not active");
    else
        job_done (job, rc, rc == CRM_RC_NOT_INSTALLED ? "unit not found" : NULL);
}

static gboolean
on_poll (gpointer data)
{
    Job *job = data;

    job->poll = 0;
    run_unit_question (job);
    return G_SOURCE_REMOVE;
}

static void
on_unit_answer (CrmProcess *process, const CrmProcessResult *result, gpointer data)
{
    Job *job = data;
    int rc;

    if (result->end != CRM_PROCESS_EXITED) {
        on_program_done (process, result, data);
        return;
    }
    rc = crm_agent_unit_code (result->out);
    if (rc >= 0)
        unit_settled (job, rc);
    else if (hbd_clock_now () - job->started >= job->timeout_us)
        job_done (job, CRM_RC_TIMEOUT, "the unit does not settle");
    else
        job->poll = g_timeout_add (UNIT_POLL_MS, on_poll, job);
}

static void
run_unit_question (Job *job)
{
    const char *const argv[] = {
        job->agents->systemctl, "show", "--property=LoadState,ActiveState", "--",
        job->resource->unit,    NULL
    };
    const CrmAgentContext context = job_context (job);
    CrmAgentCall call;

    crm_agent_call_init_plain (&call, &context, argv);
    start_call (job, &call, on_unit_answer);
    crm_agent_call_clear (&call);
}

static void
on_unit_verb_done (CrmProcess *process, const CrmProcessResult *result, gpointer data)
{
    if (result->end == CRM_PROCESS_EXITED)
        run_unit_question (data); /* its state says more than systemctl's exit code */
    else
        on_program_done (process, result, data);
}

static void
run_unit (Job *job)
{
    const char *const argv[] = { job->agents->systemctl, crm_action_name (job->action), "--",
                                 job->resource->unit, NULL };
    const CrmAgentContext context = job_context (job);
    CrmAgentCall call;

    if (job->action == CRM_ACTION_PROBE || job->action == CRM_ACTION_MONITOR) {
        run_unit_question (job);
        return;
    }
    crm_agent_call_init_plain (&call, &context, argv);
    start_call (job, &call, on_unit_verb_done);
    crm_agent_call_clear (&call);
}

/* --- entry ----------------------------------------------------------------------------------- */

static int
run_builtin (CrmAgents *a, CrmAction action, const CrmResource *resource)
{
    const CrmBuiltinOps *ops = &a->builtin;
    int (*func) (gpointer, const CrmResource *, char **) = action == CRM_ACTION_START  ? ops->start
                                                           : action == CRM_ACTION_STOP ? ops->stop
                                                                                       : ops->probe;

    return func != NULL ? func (ops->data, resource, &a->now_reason) : CRM_RC_UNIMPLEMENTED;
}

/* MISSING never runs: a probe says so, a stop has nothing to do. */
static int
run_missing (CrmAgents *a, CrmAction action, const CrmResource *resource)
{
    if (action == CRM_ACTION_STOP)
        return CRM_RC_OK;
    a->now_reason = g_strdup_printf (
        "no agent '%s'%s%s", resource->name != NULL ? resource->name : "",
        resource->missing != NULL ? ": " : "", resource->missing != NULL ? resource->missing : "");
    return CRM_RC_NOT_INSTALLED;
}

bool
crm_agents_run (CrmAgents *a, const CrmRunnerAction *run, const CrmGroup *group,
                const CrmResource *resource, CrmAgentResult *now)
{
    HbdTime started = hbd_clock_now ();
    Job *job;
    CrmAgentCall call;
    CrmAgentContext context;

    if (resource->klass == CRM_CLASS_BUILTIN || resource->klass == CRM_CLASS_MISSING) {
        g_clear_pointer (&a->now_reason, g_free);
        now->op = run->run.op;
        now->rc = resource->klass == CRM_CLASS_BUILTIN ? run_builtin (a, run->run.action, resource)
                                                       : run_missing (a, run->run.action, resource);
        now->reason = a->now_reason;
        now->duration_us = hbd_clock_now () - started;
        return true;
    }
    job = g_new0 (Job, 1);
    job->agents = a;
    job->op = run->run.op;
    job->action = run->run.action;
    job->group = group;
    job->resource = resource;
    job->timeout_us = run->run.timeout_us;
    job->started = started;
    g_ptr_array_add (a->jobs, job);
    if (resource->klass == CRM_CLASS_SYSTEMD) {
        run_unit (job);
        return false;
    }
    context = job_context (job);
    crm_agent_call_init (&call, &context);
    start_call (job, &call, on_program_done);
    crm_agent_call_clear (&call);
    return false;
}
