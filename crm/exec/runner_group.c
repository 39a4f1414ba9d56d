/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one group in the runner: requests change its goal, answers to actions move the
 * resource that is worked on, group_advance() starts what comes next. The story is told in
 * runner.c; the meaning of exit codes is doc/crm.md 1.4. */
#include "config.h"

#include "crm/exec/runner_private.h"

static guint
index_of (const RunnerGroup *g, const RunnerResource *res)
{
    return (guint) (res - g->resources);
}

bool
group_may_run (const RunnerGroup *g)
{
    for (guint i = 0; i < g->n; i++)
        if (g->resources[i].state != RES_STOPPED)
            return true;
    return false;
}

bool
group_is_busy (const RunnerGroup *g)
{
    for (guint i = 0; i < g->n; i++)
        if (g->resources[i].op != 0 && !g->resources[i].is_unkillable)
            return true;
    return false;
}

/* --- states ---------------------------------------------------------------------------------- */

static const char *
state_word (CrmGroupState state)
{
    return state == CRM_GROUP_STUCK ? "stuck" : crm_group_state_name (state);
}

void
group_set_state (const RunnerStep *s, RunnerGroup *g, CrmGroupState state, const char *reason)
{
    bool is_bad = state == CRM_GROUP_FAILED || state == CRM_GROUP_STUCK;

    if (g->state == state)
        return;
    if (is_bad) {
        g_autofree char *why = runner_quote (g->reason);

        runner_record (s, HBD_LEVEL_ERROR, "group.state",
                       "group=%s from=%s to=%s resource=%s rc=%d reason=%s", g->config->key,
                       state_word (g->state), state_word (state),
                       g->resources[g->failed_resource].config->id, g->rc, why);
    } else {
        runner_record (s, HBD_LEVEL_NOTICE, "group.state", "group=%s from=%s to=%s reason=%s",
                       g->config->key, state_word (g->state), state_word (state), reason);
    }
    g->state = state;
    runner_tell_group (s, g);
}

void
group_set_failure (RunnerGroup *g, const RunnerResource *res, int rc, const char *reason)
{
    char *copy = g_strdup (reason);

    g_free (g->reason);
    g->reason = copy;
    g->rc = rc;
    g->failed_resource = index_of (g, res);
}

void
group_set_stopped (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    res->state = RES_STOPPED;
    res->stop_tries = 0;
    res->step = STEP_START; /* where a start goes on after a stop-first */
    runner_journal (s, g, res, CRM_JOURNAL_STOPPED);
}

static void
set_running (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    res->state = RES_RUNNING;
    res->rc = CRM_RC_OK;
    runner_journal (s, g, res, CRM_JOURNAL_RUNNING);
}

static void
set_stuck (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, int rc)
{
    g_autofree char *why = runner_quote (res->reason);

    res->state = RES_STUCK;
    runner_journal (s, g, res, CRM_JOURNAL_STUCK);
    group_set_failure (g, res, rc, res->reason);
    runner_record (s, HBD_LEVEL_ERROR, "resource.stuck",
                   "group=%s resource=%s rc=%d reason=%s mend=\"stop it by hand, then: hbctl group "
                   "cleanup %s\"",
                   g->config->key, res->config->id, rc, why, g->config->key);
}

/* --- goals ----------------------------------------------------------------------------------- */

void
group_begin_start (const RunnerStep *s, RunnerGroup *g)
{
    g->goal = GOAL_START;
    g->want = WANT_NOTHING;
    g->settle_at = HBD_TIME_NEVER;
    g->has_failed = false;
    for (guint i = 0; i < g->n; i++) {
        g->resources[i].step = STEP_PROBE;
        g->resources[i].stop_tries = 0;
    }
    if (g->state != CRM_GROUP_RUNNING) /* else an address is put back: still running for all */
        group_set_state (s, g, CRM_GROUP_STARTING, "requested");
}

void
group_begin_stop (const RunnerStep *s, RunnerGroup *g)
{
    if (g->goal == GOAL_STOP)
        return;
    g->goal = GOAL_STOP;
    g->settle_at = HBD_TIME_NEVER;
    for (guint i = 0; i < g->n; i++) {
        RunnerResource *res = &g->resources[i];

        if (res->op != 0 && res->action == CRM_ACTION_STOP)
            continue; /* its answer goes on counting */
        res->step = STEP_STOP;
        res->stop_tries = 0;
    }
    if (group_may_run (g) || group_is_busy (g))
        group_set_state (s, g, CRM_GROUP_STOPPING, g->has_failed ? "failure" : "requested");
}

void
group_fail (const RunnerStep *s, RunnerGroup *g, guint resource, int rc, const char *reason)
{
    RunnerResource *res = &g->resources[resource];
    g_autofree char *why = runner_quote (reason);

    res->failcount++;
    group_set_failure (g, res, rc, reason);
    g->has_failed = true;
    g->want = WANT_NOTHING;
    runner_record (s, HBD_LEVEL_ERROR, "resource.failed", "group=%s resource=%s rc=%d reason=%s",
                   g->config->key, res->config->id, rc, why);
    group_begin_stop (s, g);
}

void
group_unsettle (const RunnerStep *s, RunnerGroup *g, const char *reason)
{
    if (g->goal == GOAL_STOP || g->goal == GOAL_PROBE || g->state == CRM_GROUP_STUCK)
        return;
    g->goal = GOAL_NONE;
    g->want = WANT_NOTHING;
    g->settle_at = s->r->engine_up ? s->now + RUNNER_SETTLE_US : HBD_TIME_NEVER;
    group_set_state (s, g, CRM_GROUP_UNKNOWN, reason);
}

/* --- requests -------------------------------------------------------------------------------- */

static void
request_start (const RunnerStep *s, RunnerGroup *g)
{
    if (s->r->is_shutdown || g->state == CRM_GROUP_STUCK) {
        runner_record (s, HBD_LEVEL_WARNING, "group.start-refused", "group=%s reason=%s",
                       g->config->key, s->r->is_shutdown ? "shutdown" : "stuck");
        runner_tell_group (s, g);
    } else if (!s->r->is_started || g->goal == GOAL_PROBE || g->goal == GOAL_STOP) {
        g->want = WANT_START;
    } else if (g->state == CRM_GROUP_RUNNING) {
        runner_tell_group (s, g);
    } else if (g->goal == GOAL_NONE) {
        group_begin_start (s, g);
    }
}

static void
request_stop (const RunnerStep *s, RunnerGroup *g)
{
    bool is_idle = g->goal == GOAL_NONE && !group_is_busy (g);

    if (!s->r->is_started || g->goal == GOAL_PROBE) {
        g->want = WANT_STOP;
        return;
    }
    g->want = WANT_NOTHING;
    if (g->goal == GOAL_STOP)
        return;
    if (is_idle
        && (g->state == CRM_GROUP_STUCK || g->state == CRM_GROUP_STOPPED
            || g->state == CRM_GROUP_FAILED))
        runner_tell_group (s, g);
    else
        group_begin_stop (s, g);
}

static void
request_announce (const RunnerStep *s, RunnerGroup *g)
{
    for (guint i = 0; i < g->n; i++) {
        RunnerResource *res = &g->resources[i];

        if (!res->config->is_address)
            continue;
        if (res->state == RES_RUNNING)
            runner_act (s, CRM_RUNNER_DO_ANNOUNCE, g, res);
        else if (res->state == RES_STOPPED && g->state == CRM_GROUP_STOPPED)
            runner_act (s, CRM_RUNNER_DO_REFER, g, res);
    }
}

static bool
has_unkillable (const RunnerGroup *g)
{
    for (guint i = 0; i < g->n; i++)
        if (g->resources[i].is_unkillable)
            return true;
    return false;
}

static void
request_cleanup (const RunnerStep *s, RunnerGroup *g)
{
    bool is_stuck = g->state == CRM_GROUP_STUCK;

    for (guint i = 0; i < g->n; i++) {
        g->resources[i].failcount = 0;
        g->resources[i].put_backs = 0;
        g_clear_pointer (&g->resources[i].reason, g_free);
        if (g->resources[i].state != RES_STUCK)
            g->resources[i].rc = CRM_RC_OK;
    }
    if (!s->r->is_started || g->goal != GOAL_NONE)
        return;
    if (has_unkillable (g)) {
        runner_record (s, HBD_LEVEL_WARNING, "group.cleanup-refused",
                       "group=%s reason=\"its process cannot be killed yet\"", g->config->key);
        runner_tell_group (s, g);
    } else if (is_stuck || g->state == CRM_GROUP_FAILED) {
        for (guint i = 0; i < g->n; i++)
            if (g->resources[i].state == RES_STUCK)
                g->resources[i].state = RES_UNSURE;
        g->has_failed = false;
        g_clear_pointer (&g->reason, g_free);
        g->want = is_stuck ? WANT_STOP : WANT_NOTHING;
        group_begin_probe (s, g);
    } else {
        runner_tell_group (s, g);
    }
}

void
group_request (const RunnerStep *s, RunnerGroup *g, CrmRequestKind kind)
{
    switch (kind) {
    case CRM_REQUEST_START:
        request_start (s, g);
        break;
    case CRM_REQUEST_STOP:
        request_stop (s, g);
        break;
    case CRM_REQUEST_ANNOUNCE:
        request_announce (s, g);
        break;
    case CRM_REQUEST_CLEANUP:
        request_cleanup (s, g);
        break;
    case CRM_REQUEST_N:
        break;
    }
}

/* --- starting and stopping ------------------------------------------------------------------- */

/* Begin the next action on @res; false when there is no place for another program now. */
static bool
work_on (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    if (res->op != 0 && res->state == RES_STOPPED) { /* an unkillable probe: nothing beside it */
        group_fail (s, g, index_of (g, res), CRM_RC_UNKILLABLE, res->reason);
        return true;
    }
    if (res->op != 0) {
        set_stuck (s, g, res, CRM_RC_UNKILLABLE);
        group_begin_stop (s, g);
        return true;
    }
    if (!runner_has_slot (s->r, res))
        return false;
    switch (res->step) {
    case STEP_PROBE:
    case STEP_CONFIRM:
        runner_run (s, g, res, CRM_ACTION_PROBE);
        break;
    case STEP_START:
        if (!lease_engine_is_fresh (s))
            return false;
        res->state = RES_STARTING;
        runner_journal (s, g, res, CRM_JOURNAL_STARTING);
        runner_run (s, g, res, CRM_ACTION_START);
        break;
    case STEP_STOP:
        res->state = RES_STOPPING;
        runner_journal (s, g, res, CRM_JOURNAL_STOPPING);
        runner_run (s, g, res, CRM_ACTION_STOP);
        break;
    }
    return true;
}

static bool
advance_start (const RunnerStep *s, RunnerGroup *g)
{
    for (guint i = 0; i < g->n; i++)
        if (g->resources[i].state != RES_RUNNING)
            return work_on (s, g, &g->resources[i]);
    g->goal = GOAL_NONE;
    group_set_state (s, g, CRM_GROUP_RUNNING, "started");
    return true;
}

static bool
advance_stop (const RunnerStep *s, RunnerGroup *g)
{
    for (guint i = g->n; i > 0; i--) {
        RunnerResource *res = &g->resources[i - 1];

        if (res->state == RES_STOPPED)
            continue;
        if (res->state != RES_STUCK)
            return work_on (s, g, res);
        /* What it may stand on (a file system, an address) is not taken from under it. */
        g->goal = GOAL_NONE;
        g->want = WANT_NOTHING;
        group_set_state (s, g, CRM_GROUP_STUCK, "stop-failed");
        return true;
    }
    g->goal = GOAL_NONE;
    if (g->has_failed)
        group_set_state (s, g, CRM_GROUP_FAILED, "start-failed");
    else
        group_set_state (s, g, CRM_GROUP_STOPPED, "stopped");
    if (g->want == WANT_START && !s->r->is_shutdown)
        group_begin_start (s, g);
    return true;
}

bool
group_advance (const RunnerStep *s, RunnerGroup *g)
{
    if (g->goal == GOAL_NONE)
        return false;
    if (g->goal == GOAL_PROBE)
        return group_advance_probe (s, g);
    if (group_is_busy (g))
        return false;
    return g->goal == GOAL_START ? advance_start (s, g) : advance_stop (s, g);
}

/* --- answers --------------------------------------------------------------------------------- */

/* A probe right before a start. */
static void
start_probed (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, int rc)
{
    if (rc == CRM_RC_NOT_INSTALLED)
        group_set_stopped (s, g, res);
    if (rc == CRM_RC_OK_UNSAID) { /* to start what runs does no harm, not to start may */
        res->step = STEP_START;
        return;
    }
    switch (runner_probed (rc)) {
    case PROBED_RUNNING:
        set_running (s, g, res);
        runner_record (s, HBD_LEVEL_NOTICE, "resource.adopted", "group=%s resource=%s",
                       g->config->key, res->config->id);
        if (res->config->is_address)
            lease_adopt (s, g, res);
        break;
    case PROBED_STOPPED:
        res->step = STEP_START;
        break;
    case PROBED_UNSUITED: /* the start could only say the same */
        group_fail (s, g, index_of (g, res), rc, res->reason);
        break;
    case PROBED_UNCLEAR:
        runner_record (s, HBD_LEVEL_WARNING, "resource.stop-first", "group=%s resource=%s rc=%d",
                       g->config->key, res->config->id, rc);
        res->step = STEP_STOP;
        break;
    }
}

/* A probe after a failed stop. */
static void
stop_confirmed (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, int rc)
{
    if (runner_proves_stopped (rc)) {
        runner_record (s, HBD_LEVEL_NOTICE, "resource.stopped-after-all", "group=%s resource=%s",
                       g->config->key, res->config->id);
        group_set_stopped (s, g, res);
    } else if (res->stop_tries < 2) {
        res->step = STEP_STOP;
    } else {
        set_stuck (s, g, res, res->rc != CRM_RC_OK ? res->rc : CRM_RC_GENERIC);
        group_begin_stop (s, g);
    }
}

static void
probe_answered (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, int rc)
{
    if (g->goal == GOAL_PROBE)
        res->probe_rc = MAX (rc, 0);
    else if (res->step == STEP_CONFIRM && g->goal != GOAL_NONE)
        stop_confirmed (s, g, res, rc);
    else if (res->step == STEP_PROBE && g->goal == GOAL_START)
        start_probed (s, g, res, rc);
    /* else: the plan has changed since it was asked */
}

static void
start_answered (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, int rc)
{
    bool is_wanted = g->goal != GOAL_STOP;

    if (runner_probed (rc) == PROBED_RUNNING) {
        set_running (s, g, res);
        res->renewed = s->now;
        if (is_wanted && res->config->is_address)
            runner_act (s, CRM_RUNNER_DO_ANNOUNCE, g, res);
        return;
    }
    if (is_wanted)
        group_fail (s, g, index_of (g, res), rc, res->reason);
    else
        res->failcount++; /* it is being stopped already */
}

static void
stop_answered (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, int rc)
{
    g_autofree char *why = NULL;

    if (rc == CRM_RC_OK) {
        group_set_stopped (s, g, res);
        return;
    }
    why = runner_quote (res->reason);
    res->failcount++;
    res->stop_tries++;
    res->step = STEP_CONFIRM;
    runner_record (s, HBD_LEVEL_WARNING, "resource.stop-failed",
                   "group=%s resource=%s rc=%d try=%u reason=%s", g->config->key, res->config->id,
                   rc, res->stop_tries, why);
    if (g->goal == GOAL_NONE) { /* a stop-first whose start was called off */
        group_begin_stop (s, g);
        res->step = STEP_CONFIRM;
        res->stop_tries = 1;
    }
}

void
group_result (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, int rc)
{
    if (rc == CRM_RC_UNKILLABLE && res->action != CRM_ACTION_PROBE) {
        set_stuck (s, g, res, rc);
        group_begin_stop (s, g);
        return;
    }
    switch (res->action) {
    case CRM_ACTION_PROBE:
        probe_answered (s, g, res, rc);
        break;
    case CRM_ACTION_START:
        start_answered (s, g, res, rc);
        break;
    case CRM_ACTION_STOP:
        stop_answered (s, g, res, rc);
        break;
    case CRM_ACTION_MONITOR:
    case CRM_ACTION_N:
        break;
    }
}
