/* SPDX-License-Identifier: Apache-2.0 */
/* The manager's request queue.
 *
 * A CrmRunner holds one RunnerGroup per group of the model, each with its resources. Every event
 * goes through crm_runner_step(): it changes what a group is to reach (its goal: probe, start,
 * stop) or brings the answer to an action, and then every group is advanced as far as it goes
 * without waiting. Groups move beside each other up to max_parallel programs, stops before starts;
 * inside a group one action is in flight at a time (all probes at once when it is only asked what
 * runs).
 *
 * Start of a group, left to right: PROBE; running already: adopt; not running: journal STARTING,
 * START; unclear: STOP first. A failed start stops what was started, right to left, and ends in
 * FAILED. Stop of a resource: journal STOPPING, STOP; a failure is checked by a probe ("not
 * running" is as good as success), then tried once more, then the resource is STUCK: nobody may
 * start it elsewhere until an operator says CLEANUP (doc/design.md, safety rule 3).
 *
 * What the journal of an earlier life says may run is probed first; until that is answered a group
 * is UNKNOWN. All of it runs: RUNNING, nothing is restarted. None: STOPPED. Part of it: UNKNOWN,
 * and the engine is waited for (RUNNER_SETTLE_US); START completes it, STOP or silence stops it.
 * What runs though the journal does not know it (a server enabled at boot) is not ours: left alone
 * until a START adopts it. Only an address is different: one of an earlier life that nobody wants
 * is removed, since it may be on the other machine too.
 *
 * Addresses carry a lease; see runner_lease.c. */
#include "config.h"

#include "crm/exec/runner.h"

#include "crm/exec/runner_private.h"

#define REASON_MAX    200
/* No action is waited for longer, whatever the configuration says. */
#define ACTION_MAX_US HBD_S (7 * 86400)

static void
action_clear (gpointer data)
{
    CrmRunnerAction *action = data;

    if (action->kind == CRM_RUNNER_DO_GROUP)
        g_free (action->group.reason);
    else if (action->kind == CRM_RUNNER_DO_RECORD)
        hbd_record_free (action->record);
}

GArray *
crm_runner_actions_new (void)
{
    GArray *array = g_array_new (FALSE, TRUE, sizeof (CrmRunnerAction));

    g_array_set_clear_func (array, action_clear);
    return array;
}

static void
group_init (RunnerGroup *g, const CrmGroup *config, guint index)
{
    g->config = config;
    g->index = index;
    g->state = CRM_GROUP_UNKNOWN;
    g->settle_at = HBD_TIME_NEVER;
    g->n = config->resources->len;
    g->resources = g_new0 (RunnerResource, g->n);
    for (guint i = 0; i < g->n; i++) {
        g->resources[i].config = g_ptr_array_index (config->resources, i);
        g->resources[i].probe_rc = -1;
    }
}

CrmRunner *
crm_runner_new (const CrmRunnerConfig *config, HbdTime now)
{
    CrmRunner *r = g_new0 (CrmRunner, 1);

    r->config = *config;
    r->config.max_parallel = MAX (config->max_parallel, 1);
    r->n = config->model->groups->len;
    r->groups = g_new0 (RunnerGroup, r->n);
    r->last_beat = r->heard_at = now;
    for (guint i = 0; i < r->n; i++)
        group_init (&r->groups[i], crm_model_group (config->model, i), i);
    return r;
}

void
crm_runner_free (CrmRunner *r)
{
    if (r == NULL)
        return;
    for (guint i = 0; i < r->n; i++) {
        for (guint j = 0; j < r->groups[i].n; j++)
            g_free (r->groups[i].resources[j].reason);
        g_free (r->groups[i].resources);
        g_free (r->groups[i].reason);
    }
    g_free (r->groups);
    g_free (r);
}

static RunnerGroup *
find_group (CrmRunner *r, guint group)
{
    return group < r->n ? &r->groups[group] : NULL;
}

static RunnerResource *
find_resource (CrmRunner *r, guint group, guint resource)
{
    RunnerGroup *g = find_group (r, group);

    return g != NULL && resource < g->n ? &g->resources[resource] : NULL;
}

void
crm_runner_load_journal (CrmRunner *r, guint group, guint resource, CrmJournalState state)
{
    RunnerResource *res = find_resource (r, group, resource);

    if (res == NULL || r->is_started || (guint) state > CRM_JOURNAL_STUCK)
        return;
    res->journal = state;
    if (state == CRM_JOURNAL_STUCK)
        res->state = RES_STUCK;
    else
        res->state = state == CRM_JOURNAL_STOPPED ? RES_STOPPED : RES_UNSURE;
}

/* --- what the groups' machine calls to act ------------------------------------------------- */

void
runner_record (const RunnerStep *s, HbdLevel level, const char *name, const char *format, ...)
{
    CrmRunnerAction action = { .kind = CRM_RUNNER_DO_RECORD };
    g_autofree char *fields = NULL;
    va_list args;

    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    action.record = hbd_record_new (level, name, "%s", fields);
    g_array_append_val (s->out, action);
}

char *
runner_quote (const char *text)
{
    g_autofree char *cut = g_strndup (text != NULL ? text : "", REASON_MAX);
    g_autofree char *valid = g_utf8_make_valid (cut, -1);

    for (char *p = valid; *p != '\0'; p++)
        if (*p == '"')
            *p = '\'';
        else if ((guchar) *p < 0x20 || *p == 0x7f)
            *p = ' ';
    return g_strdup_printf ("\"%s\"", valid);
}

void
runner_journal (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, CrmJournalState state)
{
    CrmRunnerAction action = { .kind = CRM_RUNNER_DO_JOURNAL };

    if (res->journal == state)
        return;
    res->journal = state;
    action.journal.group = g->index;
    action.journal.resource = (guint) (res - g->resources);
    action.journal.state = state;
    g_array_append_val (s->out, action);
}

void
runner_tell_group (const RunnerStep *s, const RunnerGroup *g)
{
    CrmRunnerAction action = { .kind = CRM_RUNNER_DO_GROUP };

    action.group.index = g->index;
    action.group.state = g->state;
    if (g->state == CRM_GROUP_FAILED || g->state == CRM_GROUP_STUCK) {
        action.group.rc = g->rc;
        action.group.resource = g->failed_resource;
        action.group.reason = g_strdup (g->reason);
    }
    g_array_append_val (s->out, action);
}

static bool
is_program (const RunnerResource *res)
{
    return res->config->klass != CRM_CLASS_BUILTIN && res->config->klass != CRM_CLASS_MISSING;
}

bool
runner_has_slot (const CrmRunner *r, const RunnerResource *res)
{
    guint busy = 0;

    if (!is_program (res))
        return true;
    for (guint i = 0; i < r->n; i++)
        for (guint j = 0; j < r->groups[i].n; j++) {
            const RunnerResource *other = &r->groups[i].resources[j];

            if (other->op != 0 && !other->is_unkillable && is_program (other))
                busy++;
        }
    return busy < r->config.max_parallel;
}

void
runner_run (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, CrmAction action)
{
    CrmRunnerAction run = { .kind = CRM_RUNNER_DO_RUN };
    HbdTime timeout = res->config->timeout_us[action];

    timeout = timeout > 0 ? MIN (timeout, ACTION_MAX_US) : HBD_S (20);
    g_assert (res->op == 0);
    if (++s->r->next_op == 0)
        s->r->next_op = 1;
    res->op = s->r->next_op;
    res->action = action;
    res->op_deadline = s->now + timeout + RUNNER_ANSWER_US;
    res->op_extended = false;
    res->is_unkillable = false;
    run.run.op = res->op;
    run.run.group = g->index;
    run.run.resource = (guint) (res - g->resources);
    run.run.action = action;
    run.run.timeout_us = timeout;
    g_array_append_val (s->out, run);
}

void
runner_act (const RunnerStep *s, CrmRunnerActionKind kind, const RunnerGroup *g,
            const RunnerResource *res)
{
    CrmRunnerAction action = { .kind = kind };

    action.resource.group = g->index;
    action.resource.resource = (guint) (res - g->resources);
    g_array_append_val (s->out, action);
}

/* --- events ---------------------------------------------------------------------------------- */

static void
on_start (const RunnerStep *s)
{
    if (s->r->is_started)
        return;
    s->r->is_started = true;
    s->r->last_beat = s->r->heard_at = s->now;
    for (guint i = 0; i < s->r->n; i++)
        group_begin_probe (s, &s->r->groups[i]);
}

static void
on_request (const RunnerStep *s, const CrmRunnerEvent *event)
{
    RunnerGroup *g = find_group (s->r, event->request.group);

    if (g == NULL || (guint) event->request.kind >= CRM_REQUEST_N) {
        runner_record (s, HBD_LEVEL_WARNING, "runner.bad-request", "kind=%d group=%u",
                       (int) event->request.kind, event->request.group);
        return;
    }
    /* Who asks is alive; a frozen engine's last words are bounded by what it can queue. */
    if (s->r->engine_lost && event->request.kind == CRM_REQUEST_START) {
        s->r->engine_lost = false;
        s->r->last_beat = s->now;
    }
    group_request (s, g, event->request.kind);
}

static void
on_result (const RunnerStep *s, guint op, int rc, const char *reason)
{
    for (guint i = 0; op != 0 && i < s->r->n; i++)
        for (guint j = 0; j < s->r->groups[i].n; j++) {
            RunnerGroup *g = &s->r->groups[i];
            RunnerResource *res = &g->resources[j];

            if (res->op != op)
                continue;
            if (rc != CRM_RC_OK) {
                g_free (res->reason);
                res->reason = g_strdup (reason);
                if (res->action != CRM_ACTION_PROBE || rc != CRM_RC_NOT_RUNNING)
                    res->rc = rc;
            }
            if (res->is_unkillable) { /* gone at last; only CLEANUP goes on from here */
                res->op = 0;
                res->is_unkillable = false;
                return;
            }
            res->is_unkillable = rc == CRM_RC_UNKILLABLE;
            if (!res->is_unkillable)
                res->op = 0;
            group_result (s, g, res, rc);
            return;
        }
    runner_record (s, HBD_LEVEL_DEBUG, "runner.late-result", "op=%u rc=%d", op, rc);
}

static void
on_address (const RunnerStep *s, const CrmRunnerEvent *event)
{
    RunnerResource *res = find_resource (s->r, event->address.group, event->address.resource);

    if (res != NULL && res->config->is_address)
        lease_address_gone (s, find_group (s->r, event->address.group), res);
}

static void
on_engine (const RunnerStep *s, bool is_up)
{
    CrmRunner *r = s->r;

    if (r->engine_up == is_up && !is_up)
        return;
    r->engine_up = is_up;
    if (is_up)
        r->heard_at = s->now;
    runner_record (s, is_up ? HBD_LEVEL_INFO : HBD_LEVEL_WARNING,
                   is_up ? "engine.up" : "engine.down", "grace_ms=%" G_GINT64_FORMAT,
                   r->config.engine_grace_us / 1000);
    if (!is_up || !r->is_started)
        return;
    for (guint i = 0; i < r->n; i++) {
        RunnerGroup *g = &r->groups[i];

        if (g->goal == GOAL_NONE && g->state == CRM_GROUP_UNKNOWN)
            g->settle_at = s->now + RUNNER_SETTLE_US;
        runner_tell_group (s, g);
    }
}

static void
on_shutdown (const RunnerStep *s)
{
    if (s->r->is_shutdown)
        return;
    s->r->is_shutdown = true;
    if (!s->r->is_started)
        on_start (s);
    for (guint i = 0; i < s->r->n; i++)
        group_request (s, &s->r->groups[i], CRM_REQUEST_STOP);
}

/* An action whose answer never came: wait a little longer once (we may have been away ourselves and
 * the answer is the next thing that we read), then it counts as unkillable. */
static void
check_answer (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    if (res->op == 0 || res->is_unkillable || s->now < res->op_deadline)
        return;
    if (!res->op_extended) {
        res->op_extended = true;
        res->op_deadline = s->now + RUNNER_ANSWER_US / 2;
        return;
    }
    on_result (s, res->op, CRM_RC_UNKILLABLE, "no answer from the executor");
}

static void
on_timer (const RunnerStep *s)
{
    lease_engine_timer (s);
    for (guint i = 0; i < s->r->n; i++) {
        RunnerGroup *g = &s->r->groups[i];

        for (guint j = 0; j < g->n; j++)
            check_answer (s, g, &g->resources[j]);
        if (s->now >= g->settle_at && g->goal == GOAL_NONE) {
            g->settle_at = HBD_TIME_NEVER;
            runner_record (s, HBD_LEVEL_NOTICE, "group.unwanted", "group=%s", g->config->key);
            group_begin_stop (s, g);
        }
    }
}

/* --- end of a step --------------------------------------------------------------------------- */

static void
advance_all (const RunnerStep *s)
{
    bool moved = true;

    while (moved) {
        moved = false;
        for (guint i = 0; i < s->r->n; i++) /* free places go to stops first */
            if (s->r->groups[i].goal == GOAL_STOP)
                moved |= group_advance (s, &s->r->groups[i]);
        for (guint i = 0; i < s->r->n; i++)
            if (s->r->groups[i].goal != GOAL_STOP)
                moved |= group_advance (s, &s->r->groups[i]);
    }
}

static void
say_what_stays (const RunnerStep *s, RunnerGroup *g)
{
    for (guint i = 0; i < g->n; i++) {
        RunnerResource *res = &g->resources[i];

        if (res->state == RES_STOPPED)
            continue;
        if (res->config->is_address && res->state != RES_STUCK) {
            lease_drop (s, g, res);
            continue;
        }
        runner_record (s, HBD_LEVEL_ERROR, "resource.left-running", "group=%s resource=%s",
                       g->config->key, res->config->id);
    }
}

static void
check_released (const RunnerStep *s)
{
    CrmRunnerAction action = { .kind = CRM_RUNNER_DO_RELEASED };

    if (!s->r->is_shutdown || s->r->is_released)
        return;
    for (guint i = 0; i < s->r->n; i++)
        if (s->r->groups[i].goal != GOAL_NONE || group_is_busy (&s->r->groups[i]))
            return;
    for (guint i = 0; i < s->r->n; i++)
        say_what_stays (s, &s->r->groups[i]);
    s->r->is_released = true;
    g_array_append_val (s->out, action);
}

void
crm_runner_step (CrmRunner *r, const CrmRunnerEvent *event, HbdTime now, GArray *out)
{
    const RunnerStep s = { r, now, out };

    g_array_set_size (out, 0);
    switch (event->kind) {
    case CRM_RUNNER_START:
        on_start (&s);
        break;
    case CRM_RUNNER_REQUEST:
        on_request (&s, event);
        break;
    case CRM_RUNNER_RESULT:
        on_result (&s, event->result.op, event->result.rc, event->result.reason);
        break;
    case CRM_RUNNER_ADDRESS:
        on_address (&s, event);
        break;
    case CRM_RUNNER_BEAT:
        lease_beat (&s);
        break;
    case CRM_RUNNER_ENGINE:
        on_engine (&s, event->engine_up);
        break;
    case CRM_RUNNER_SHUTDOWN:
        on_shutdown (&s);
        break;
    case CRM_RUNNER_TIMER:
        on_timer (&s);
        break;
    case CRM_RUNNER_EVENT_N:
        break;
    }
    if (!r->is_started)
        return;
    advance_all (&s);
    check_released (&s);
}

HbdTime
crm_runner_deadline (const CrmRunner *r)
{
    HbdTime due = lease_engine_deadline (r);

    for (guint i = 0; i < r->n; i++) {
        const RunnerGroup *g = &r->groups[i];

        if (g->goal == GOAL_NONE)
            due = MIN (due, g->settle_at);
        for (guint j = 0; j < g->n; j++)
            if (g->resources[j].op != 0 && !g->resources[j].is_unkillable)
                due = MIN (due, g->resources[j].op_deadline);
    }
    return due;
}

/* --- readers --------------------------------------------------------------------------------- */

CrmGroupState
crm_runner_group_state (const CrmRunner *r, guint group)
{
    return group < r->n ? r->groups[group].state : CRM_GROUP_UNKNOWN;
}

static const char *
resource_word (const RunnerGroup *g, const RunnerResource *res)
{
    switch (res->state) {
    case RES_STOPPED:
        if (g->state == CRM_GROUP_FAILED && g->failed_resource == (guint) (res - g->resources))
            return "failed";
        return "stopped";
    case RES_STARTING:
        return "starting";
    case RES_UNSURE:
    case RES_RUNNING:
        return "running";
    case RES_STOPPING:
        return "stopping";
    case RES_STUCK:
        return "failed";
    }
    return "stopped";
}

CrmResourceStatus
crm_runner_resource_status (const CrmRunner *r, guint group, guint resource)
{
    CrmResourceStatus status = { .state = "stopped" };
    const RunnerGroup *g = group < r->n ? &r->groups[group] : NULL;

    if (g == NULL || resource >= g->n)
        return status;
    status.state = resource_word (g, &g->resources[resource]);
    status.rc = g->resources[resource].rc;
    status.failcount = g->resources[resource].failcount;
    status.reason = g->resources[resource].reason;
    return status;
}
