/* SPDX-License-Identifier: Apache-2.0 */
/* What runs here? Asked of every group at the beginning and at CLEANUP: all resources are probed at
 * once, then the answers are held against the journal. The story is told in runner.c. */
#include "config.h"

#include "crm/exec/runner_private.h"

RunnerProbed
runner_probed (int rc)
{
    switch (rc) {
    case CRM_RC_OK:
    case CRM_RC_RUNNING_PROMOTED:
    case CRM_RC_DEGRADED:
    case CRM_RC_DEGRADED_PROMOTED:
    case CRM_RC_OK_UNSAID:
        return PROBED_RUNNING;
    case CRM_RC_NOT_RUNNING:
    case CRM_RC_UNIMPLEMENTED: /* cannot be asked: the start is idempotent */
        return PROBED_STOPPED;
    case CRM_RC_ARGS:
    case CRM_RC_PERM:
    case CRM_RC_NOT_INSTALLED:
    case CRM_RC_NOT_CONFIGURED:
        return PROBED_UNSUITED;
    default:
        return PROBED_UNCLEAR;
    }
}

bool
runner_proves_stopped (int rc)
{
    return rc == CRM_RC_NOT_RUNNING || rc == CRM_RC_NOT_INSTALLED;
}

static bool
all_in_state (const RunnerGroup *g, ResState state)
{
    for (guint i = 0; i < g->n; i++)
        if (g->resources[i].state != state)
            return false;
    return true;
}

static bool
any_in_state (const RunnerGroup *g, ResState state)
{
    for (guint i = 0; i < g->n; i++)
        if (g->resources[i].state == state)
            return true;
    return false;
}

void
group_begin_probe (const RunnerStep *s, RunnerGroup *g)
{
    g->goal = GOAL_PROBE;
    g->settle_at = HBD_TIME_NEVER;
    for (guint i = 0; i < g->n; i++)
        g->resources[i].probe_rc = -1;
}

static void
settle_resource (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    RunnerProbed answer = runner_probed (res->probe_rc);
    bool is_ours = res->state != RES_STOPPED;

    if (res->state == RES_STUCK)
        return;
    if (runner_proves_stopped (res->probe_rc)) {
        group_set_stopped (s, g, res);
    } else if (answer == PROBED_RUNNING && is_ours) {
        bool was_stopping = res->journal == CRM_JOURNAL_STOPPING;

        res->state = was_stopping ? RES_UNSURE : RES_RUNNING;
        if (!was_stopping)
            runner_journal (s, g, res, CRM_JOURNAL_RUNNING);
        /* Its lease is of unknown age: the next beat renews it, if it is still there then. */
        res->renewed = s->now - s->r->config.lease_us / 2;
    } else if (answer == PROBED_RUNNING && res->config->is_address) {
        runner_record (s, HBD_LEVEL_WARNING, "resource.stale", "group=%s resource=%s",
                       g->config->key, res->config->id);
        res->state = RES_UNSURE;
    } else if (answer == PROBED_RUNNING) {
        runner_record (s, HBD_LEVEL_NOTICE, "resource.foreign",
                       "group=%s resource=%s text=\"runs already, not started by us; left alone "
                       "until this group is started here\"",
                       g->config->key, res->config->id);
    } else if (!is_ours && answer != PROBED_STOPPED) {
        g_autofree char *why = runner_quote (res->reason);

        runner_record (s, HBD_LEVEL_WARNING, "resource.probe-failed",
                       "group=%s resource=%s rc=%d reason=%s", g->config->key, res->config->id,
                       res->probe_rc, why);
    }
    /* else: ours, and the answer proves nothing: it stays RES_UNSURE */
}

/* Only addresses of an earlier life are there: nothing that the engine could want. */
static bool
is_only_stale (const RunnerGroup *g)
{
    for (guint i = 0; i < g->n; i++)
        if (g->resources[i].state != RES_STOPPED
            && (g->resources[i].journal != CRM_JOURNAL_STOPPED
                || !g->resources[i].config->is_address))
            return false;
    return true;
}

static void
adopt_all (const RunnerStep *s, RunnerGroup *g)
{
    g->has_failed = false;
    group_set_state (s, g, CRM_GROUP_RUNNING, "adopted");
    for (guint i = 0; g->want == WANT_START && i < g->n; i++)
        if (g->resources[i].config->is_address)
            lease_adopt (s, g, &g->resources[i]);
}

static void
finish_probe (const RunnerStep *s, RunnerGroup *g)
{
    GroupWant want;

    for (guint i = 0; i < g->n; i++)
        settle_resource (s, g, &g->resources[i]);
    want = s->r->is_shutdown ? WANT_STOP : g->want;
    g->goal = GOAL_NONE;
    if (any_in_state (g, RES_STUCK)) {
        if (g->reason == NULL) {
            for (guint i = 0; i < g->n; i++)
                if (g->resources[i].state == RES_STUCK)
                    group_set_failure (g, &g->resources[i], CRM_RC_GENERIC,
                                       "its stop failed earlier; hbctl group cleanup clears this");
        }
        group_set_state (s, g, CRM_GROUP_STUCK, "journal");
    } else if (g->n > 0 && want != WANT_STOP && all_in_state (g, RES_RUNNING)) {
        adopt_all (s, g);
    } else if (want == WANT_START) {
        group_begin_start (s, g);
    } else if (!group_may_run (g)) {
        group_set_state (s, g, CRM_GROUP_STOPPED, "probed");
    } else if (want == WANT_STOP || is_only_stale (g)) {
        group_begin_stop (s, g);
    } else {
        group_unsettle (s, g, "runs-in-part");
        if (s->r->engine_up)
            g->settle_at = s->now + RUNNER_SETTLE_US;
    }
    g->want = WANT_NOTHING;
}

bool
group_advance_probe (const RunnerStep *s, RunnerGroup *g)
{
    bool is_complete = true, moved = false;

    for (guint i = 0; i < g->n; i++) {
        RunnerResource *res = &g->resources[i];

        if (res->probe_rc != -1 || res->state == RES_STUCK)
            continue;
        is_complete = false;
        if (res->op == 0 && runner_has_slot (s->r, res)) {
            runner_run (s, g, res, CRM_ACTION_PROBE);
            moved = true;
        }
    }
    if (is_complete)
        finish_probe (s, g);
    return moved || is_complete;
}
