/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/unit/runner_world.h"

#include <string.h>

static const char *const journal_words[] = { "stopped", "starting", "running", "stopping",
                                             "stuck" };
static const char *const verbs[] = { "probe", "start", "stop", "monitor" };

static CrmModel *
model_from_shape (const char *shape)
{
    CrmModel *model = crm_model_new ();
    g_auto (GStrv) groups = g_strsplit (shape, "|", -1);

    for (guint i = 0; groups[i] != NULL; i++) {
        g_autofree char *key = g_strdup_printf ("g%u", i);
        CrmGroup *group = crm_group_new (key, "alpha");

        for (guint j = 0; groups[i][j] != '\0'; j++) {
            CrmResource *res = crm_resource_new ();

            res->id = g_strdup_printf ("%s:%u", key, j);
            res->is_address = groups[i][j] == 'a';
            res->klass = groups[i][j] == 'a'   ? CRM_CLASS_BUILTIN
                         : groups[i][j] == 'm' ? CRM_CLASS_MISSING
                                               : CRM_CLASS_OCF;
            g_ptr_array_add (group->resources, res);
        }
        g_ptr_array_add (model->groups, group);
    }
    return model;
}

World *
world_new (const char *shape)
{
    World *w = g_new0 (World, 1);

    w->model = model_from_shape (shape);
    w->config.model = w->model;
    w->config.lease_us = HBD_S (1);
    w->config.renew_us = HBD_MS (250);
    w->config.engine_grace_us = HBD_S (2);
    w->config.max_parallel = 4;
    w->now = HBD_S (1000);
    w->ops = g_array_new (FALSE, TRUE, sizeof (WorldOp));
    w->trace = g_string_new (NULL);
    w->records = g_string_new (NULL);
    for (guint i = 0; i < WORLD_MAX; i++)
        for (guint j = 0; j < WORLD_MAX; j++)
            for (guint a = 0; a < CRM_ACTION_N; a++)
                w->res[i][j].rc[a] = -1;
    w->runner = crm_runner_new (&w->config, w->now);
    return w;
}

void
world_free (World *w)
{
    crm_runner_free (w->runner);
    crm_model_free (w->model);
    g_array_unref (w->ops);
    g_string_free (w->trace, TRUE);
    g_string_free (w->records, TRUE);
    g_free (w);
}

static int
carry_out (World *w, const WorldOp *op)
{
    WorldResource *res = &w->res[op->group][op->resource];
    const CrmGroup *group = crm_model_group (w->model, op->group);
    const CrmResource *config = crm_group_resource (group, op->resource);

    if (config->klass == CRM_CLASS_MISSING)
        return CRM_RC_NOT_INSTALLED;
    if (res->rc_times[op->action] > 0) {
        res->rc_times[op->action]--;
        return res->rc[op->action];
    }
    if (op->action == CRM_ACTION_START) {
        res->starts++;
        res->double_starts += res->runs;
        res->runs = true;
    } else if (op->action == CRM_ACTION_STOP) {
        res->stops++;
        res->runs = res->runs && res->keeps_running;
        if (res->keeps_running)
            return CRM_RC_GENERIC;
    } else {
        return res->runs ? CRM_RC_OK : CRM_RC_NOT_RUNNING;
    }
    return CRM_RC_OK;
}

static void
perform_run (World *w, const CrmRunnerAction *action, GArray *answers)
{
    WorldOp op = { action->run.op, action->run.group, action->run.resource, action->run.action };
    const CrmGroup *group = crm_model_group (w->model, op.group);

    g_assert_cmpint (action->run.timeout_us, >, 0);
    g_string_append_printf (w->trace, "%s %u.%u\n", verbs[op.action], op.group, op.resource);
    for (guint i = 0; i < w->ops->len; i++) { /* one action a resource at a time */
        const WorldOp *other = &g_array_index (w->ops, WorldOp, i);

        g_assert_true (other->group != op.group || other->resource != op.resource);
    }
    if (crm_group_resource (group, op.resource)->klass == CRM_CLASS_OCF) {
        g_array_append_val (w->ops, op);
        w->max_ops = MAX (w->max_ops, w->ops->len);
    } else {
        g_array_append_val (answers, op);
    }
}

static void
trace_resource (World *w, const char *verb, const CrmRunnerAction *action)
{
    g_string_append_printf (w->trace, "%s %u.%u\n", verb, action->resource.group,
                            action->resource.resource);
}

static void
perform_group (World *w, const CrmRunnerAction *action)
{
    CrmGroupState state = action->group.state;
    const char *word = state == CRM_GROUP_STUCK ? "stuck" : crm_group_state_name (state);

    w->told[action->group.index] = state;
    g_string_append_printf (w->trace, "group %u %s", action->group.index, word);
    if (state == CRM_GROUP_FAILED || state == CRM_GROUP_STUCK)
        g_string_append_printf (w->trace, " rc=%d resource=%u", action->group.rc,
                                action->group.resource);
    g_string_append_c (w->trace, '\n');
}

static void
perform (World *w, const CrmRunnerAction *action, GArray *answers)
{
    switch (action->kind) {
    case CRM_RUNNER_DO_RUN:
        perform_run (w, action, answers);
        break;
    case CRM_RUNNER_DO_RENEW:
        trace_resource (w, "renew", action);
        break;
    case CRM_RUNNER_DO_ANNOUNCE:
        trace_resource (w, "announce", action);
        break;
    case CRM_RUNNER_DO_REFER:
        trace_resource (w, "refer", action);
        break;
    case CRM_RUNNER_DO_DROP:
        trace_resource (w, "drop", action);
        w->res[action->resource.group][action->resource.resource].runs = false;
        break;
    case CRM_RUNNER_DO_JOURNAL:
        w->res[action->journal.group][action->journal.resource].journal = action->journal.state;
        g_string_append_printf (w->trace, "journal %u.%u %s\n", action->journal.group,
                                action->journal.resource, journal_words[action->journal.state]);
        break;
    case CRM_RUNNER_DO_GROUP:
        perform_group (w, action);
        break;
    case CRM_RUNNER_DO_RELEASED:
        g_string_append (w->trace, "released\n");
        w->released++;
        break;
    case CRM_RUNNER_DO_RECORD:
        g_string_append_printf (w->records, "%s\n", action->record->name);
        break;
    }
}

void
world_event (World *w, const CrmRunnerEvent *event)
{
    g_autoptr (GArray) out = crm_runner_actions_new ();
    g_autoptr (GArray) answers = g_array_new (FALSE, TRUE, sizeof (WorldOp));

    if (w->has_crashed)
        return;
    crm_runner_step (w->runner, event, w->now, out);
    for (guint i = 0; i < out->len; i++) {
        const CrmRunnerAction *action = &g_array_index (out, CrmRunnerAction, i);

        perform (w, action, answers);
        if (action->kind != CRM_RUNNER_DO_RECORD && ++w->performed == w->crash_at) {
            w->has_crashed = true;
            g_array_append_vals (w->ops, answers->data, answers->len); /* may have had effect */
            return;
        }
    }
    for (guint i = 0; i < answers->len; i++) {
        const WorldOp *op = &g_array_index (answers, WorldOp, i);
        CrmRunnerEvent result = { .kind = CRM_RUNNER_RESULT };

        result.result.op = op->op;
        result.result.rc = carry_out (w, op);
        world_event (w, &result);
    }
}

void
world_simple (World *w, CrmRunnerEventKind kind)
{
    const CrmRunnerEvent event = { .kind = kind };

    world_event (w, &event);
}

void
world_engine (World *w, bool up)
{
    const CrmRunnerEvent event = { .kind = CRM_RUNNER_ENGINE, .engine_up = up };

    world_event (w, &event);
}

void
world_start (World *w)
{
    world_simple (w, CRM_RUNNER_START);
    world_drain (w);
    world_engine (w, true);
    world_drain (w);
    g_string_truncate (w->trace, 0);
}

void
world_request (World *w, CrmRequestKind kind, guint group)
{
    const CrmRunnerEvent event = { .kind = CRM_RUNNER_REQUEST, .request = { kind, group } };

    world_event (w, &event);
}

void
world_address_gone (World *w, guint group, guint resource)
{
    const CrmRunnerEvent event = { .kind = CRM_RUNNER_ADDRESS, .address = { group, resource } };

    w->res[group][resource].runs = false;
    world_event (w, &event);
}

bool
world_answer (World *w)
{
    WorldOp op;
    CrmRunnerEvent event = { .kind = CRM_RUNNER_RESULT };

    if (w->ops->len == 0 || w->has_crashed)
        return false;
    op = g_array_index (w->ops, WorldOp, 0);
    g_array_remove_index (w->ops, 0);
    event.result.op = op.op;
    event.result.rc = carry_out (w, &op);
    event.result.reason = event.result.rc > 0 ? "because" : NULL;
    world_event (w, &event);
    return true;
}

void
world_drain (World *w)
{
    for (guint i = 0; world_answer (w); i++)
        g_assert_cmpuint (i, <, 1000);
}

void
world_pass (World *w, HbdTime us)
{
    HbdTime until = w->now + us;

    for (guint i = 0; w->now < until && !w->has_crashed; i++) {
        HbdTime due = crm_runner_deadline (w->runner);

        g_assert_cmpuint (i, <, 10000);
        w->now = MAX (w->now, MIN (due, until));
        if (due <= w->now)
            world_simple (w, CRM_RUNNER_TIMER);
    }
}

void
world_beat_for (World *w, HbdTime us)
{
    for (HbdTime t = 0; t < us; t += HBD_MS (100)) {
        world_pass (w, HBD_MS (100));
        world_simple (w, CRM_RUNNER_BEAT);
    }
}

void
world_force (World *w, guint group, guint resource, CrmAction action, int rc, guint times)
{
    w->res[group][resource].rc[action] = rc;
    w->res[group][resource].rc_times[action] = times;
}

void
world_crash (World *w, bool had_effect)
{
    for (guint i = 0; had_effect && i < w->ops->len; i++)
        carry_out (w, &g_array_index (w->ops, WorldOp, i));
    g_array_set_size (w->ops, 0);
    crm_runner_free (w->runner);
    w->has_crashed = false;
    w->crash_at = 0;
    w->runner = crm_runner_new (&w->config, w->now);
    for (guint i = 0; i < w->model->groups->len; i++)
        for (guint j = 0; j < crm_model_group (w->model, i)->resources->len; j++)
            crm_runner_load_journal (w->runner, i, j, w->res[i][j].journal);
    g_string_truncate (w->trace, 0);
}

void
world_expect (World *w, const char *expected)
{
    g_assert_cmpstr (w->trace->str, ==, expected);
    g_string_truncate (w->trace, 0);
}

bool
world_has_record (const World *w, const char *name)
{
    g_autofree char *line = g_strdup_printf ("%s\n", name);

    return strstr (w->records->str, line) != NULL;
}

char *
world_picture (const World *w)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < w->model->groups->len; i++) {
        if (i > 0)
            g_string_append_c (text, '|');
        for (guint j = 0; j < crm_model_group (w->model, i)->resources->len; j++)
            g_string_append_c (text, w->res[i][j].runs ? 'R' : '-');
    }
    return g_string_free (text, FALSE);
}
