/* SPDX-License-Identifier: Apache-2.0 */
/* Held addresses: the lease, the engine's beats, and addresses that vanish.
 *
 * Every held address carries a lifetime in the kernel that is renewed while the engine beats. A
 * lease that may have run out is never renewed: between its end and now the other machine may have
 * taken the address. Then the address is dropped for certain, the group says UNKNOWN, and only a
 * new START from the engine, which knows by now that it was away, puts it back.
 * A beat that was queued before a pause of the whole node finds an old lease and renews nothing.
 *
 * A start waits for a beat younger than engine_grace_us. After a pause of the whole node the next
 * thing to do may be a start that was asked for, or begun, before it; the engine wakes up too, sees
 * that it was away and takes it back before it beats again.
 *
 * An engine that is gone or silent for engine_grace_us loses its addresses at once, and its groups
 * are stopped in order. An address that a third party removes while the lease is fresh is put back,
 * a few times. Rule: doc/design.md, "Somebody always lets go". */
#include "config.h"

#include "crm/exec/runner_private.h"

static bool
is_held (const RunnerResource *res)
{
    return res->config->is_address && res->state == RES_RUNNING;
}

void
lease_drop (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    runner_act (s, CRM_RUNNER_DO_DROP, g, res);
    res->state = RES_STOPPED;
    res->step = STEP_PROBE;
    runner_journal (s, g, res, CRM_JOURNAL_STOPPED);
}

void
lease_adopt (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    res->renewed = s->now;
    if (s->r->config.lease_us > 0)
        runner_act (s, CRM_RUNNER_DO_RENEW, g, res);
    runner_act (s, CRM_RUNNER_DO_ANNOUNCE, g, res);
}

static void
lapse (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    runner_record (s, HBD_LEVEL_WARNING, "lease.lapsed",
                   "group=%s resource=%s age_ms=%" G_GINT64_FORMAT, g->config->key, res->config->id,
                   (s->now - res->renewed) / 1000);
    lease_drop (s, g, res);
    group_unsettle (s, g, "lease-lapsed");
}

static void
renew (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    HbdTime age = s->now - res->renewed;

    if (age >= s->r->config.lease_us) {
        lapse (s, g, res);
    } else if (age >= s->r->config.renew_us) {
        res->renewed = s->now;
        runner_act (s, CRM_RUNNER_DO_RENEW, g, res);
    }
}

void
lease_beat (const RunnerStep *s)
{
    CrmRunner *r = s->r;

    r->last_beat = r->heard_at = s->now;
    if (r->engine_lost) {
        r->engine_lost = false;
        runner_record (s, HBD_LEVEL_NOTICE, "engine.back", "released=yes");
    }
    for (guint i = 0; r->config.lease_us > 0 && i < r->n; i++)
        for (guint j = 0; j < r->groups[i].n; j++)
            if (is_held (&r->groups[i].resources[j]))
                renew (s, &r->groups[i], &r->groups[i].resources[j]);
}

/* A third party took the address away while it was ours. */
static void
put_back (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    if (s->now - res->put_back_since >= RUNNER_PUT_BACK_WINDOW_US || res->put_backs == 0) {
        res->put_back_since = s->now;
        res->put_backs = 0;
    }
    res->put_backs++;
    runner_record (s, HBD_LEVEL_WARNING, "address.removed",
                   "group=%s resource=%s by=third-party times=%u", g->config->key, res->config->id,
                   res->put_backs);
    res->state = RES_STOPPED;
    res->step = STEP_PROBE;
    if (res->put_backs > RUNNER_PUT_BACK_MAX) {
        g_autofree char *reason = g_strdup_printf (
            "a third party removed the address %u times within a minute", res->put_backs);

        group_fail (s, g, (guint) (res - g->resources), CRM_RC_GENERIC, reason);
    } else if (g->goal == GOAL_NONE) {
        group_begin_start (s, g);
    }
}

void
lease_address_gone (const RunnerStep *s, RunnerGroup *g, RunnerResource *res)
{
    HbdTime lease = s->r->config.lease_us;
    bool has_lapsed = lease > 0 && s->now - res->renewed >= lease / 2;

    /* it was still there when its probe was answered, and is not now that the others' are */
    if (g->goal == GOAL_PROBE && res->probe_rc == CRM_RC_OK)
        res->probe_rc = CRM_RC_NOT_RUNNING;
    if (!is_held (res))
        return;
    if (has_lapsed && (g->goal == GOAL_START || g->state == CRM_GROUP_RUNNING)) {
        lapse (s, g, res);
    } else if (g->goal == GOAL_START || (g->goal == GOAL_NONE && g->state == CRM_GROUP_RUNNING)) {
        put_back (s, g, res);
    } else { /* on its way out, or nobody knows yet whether it is wanted */
        res->state = RES_STOPPED;
        runner_journal (s, g, res, CRM_JOURNAL_STOPPED);
    }
}

/* --- the engine ------------------------------------------------------------------------------ */

bool
lease_engine_is_fresh (const RunnerStep *s)
{
    HbdTime grace = s->r->config.engine_grace_us;

    return grace <= 0 || s->now - s->r->heard_at < grace;
}

HbdTime
lease_engine_deadline (const CrmRunner *r)
{
    if (!r->is_started || r->engine_lost || r->config.engine_grace_us <= 0)
        return HBD_TIME_NEVER;
    for (guint i = 0; i < r->n; i++)
        if (r->groups[i].state != CRM_GROUP_STUCK
            && (group_may_run (&r->groups[i]) || r->groups[i].goal == GOAL_START))
            return r->last_beat + r->config.engine_grace_us;
    return HBD_TIME_NEVER;
}

static void
drop_held (const RunnerStep *s)
{
    for (guint i = 0; i < s->r->n; i++)
        for (guint j = 0; j < s->r->groups[i].n; j++)
            if (is_held (&s->r->groups[i].resources[j]))
                lease_drop (s, &s->r->groups[i], &s->r->groups[i].resources[j]);
}

static void
release_all (const RunnerStep *s)
{
    for (guint i = 0; i < s->r->n; i++) {
        RunnerGroup *g = &s->r->groups[i];
        bool is_up = group_may_run (g) || group_is_busy (g) || g->goal == GOAL_START;

        if (is_up || g->state == CRM_GROUP_RUNNING || g->state == CRM_GROUP_UNKNOWN)
            group_request (s, g, CRM_REQUEST_STOP);
        else
            g->want = WANT_NOTHING;
    }
}

/* The timer comes so late that it was we who were away. The addresses go at once; the engine, whose
 * beats may lie unread in the socket, gets a moment before its servers are stopped. */
static void
after_absence (const RunnerStep *s, HbdTime late)
{
    runner_record (s, HBD_LEVEL_WARNING, "manager.away", "late_ms=%" G_GINT64_FORMAT, late / 1000);
    s->r->last_beat = s->now + RUNNER_SETTLE_US - s->r->config.engine_grace_us;
    for (guint i = 0; i < s->r->n; i++)
        for (guint j = 0; j < s->r->groups[i].n; j++)
            if (is_held (&s->r->groups[i].resources[j]))
                lapse (s, &s->r->groups[i], &s->r->groups[i].resources[j]);
}

void
lease_engine_timer (const RunnerStep *s)
{
    HbdTime due = lease_engine_deadline (s->r);

    if (s->now < due)
        return;
    if (s->now - due > RUNNER_LATE_US) {
        after_absence (s, s->now - due);
        return;
    }
    s->r->engine_lost = true;
    runner_record (s, HBD_LEVEL_ERROR, "engine.lost", "silent_ms=%" G_GINT64_FORMAT " up=%s",
                   (s->now - s->r->last_beat) / 1000, s->r->engine_up ? "yes" : "no");
    drop_held (s);
    release_all (s);
}
