/* SPDX-License-Identifier: Apache-2.0 */
/* See executor.h. One rule keeps this simple: nothing that the runner asks for is answered inside
 * the step that asked; answers that are there at once (addresses) queue up and are fed when the
 * step's actions are all performed. */
#include "config.h"

#include "hbd/daemon/executor.h"

#include "crm/exec/agent.h"
#include "crm/exec/journal.h"
#include "hbd/base/clock.h"
#include "hbd/daemon/addresses.h"
#include "hbd/daemon/loop.h"

#include <string.h>
#include <unistd.h>

#define MAX_PARALLEL  16
#define STOP_SLACK_US HBD_S (3)

typedef struct {
    CrmRunnerEvent event;
    char *reason; /* owned; event.result.reason points to it */
} Pending;

struct _HbdExecutor {
    const CrmModel *model;
    guint lease_s;
    char *journal_path;
    HbdExecutorHandler handler;
    gpointer data;
    CrmRunner *runner;
    CrmAgents *agents;
    CrmJournal *journal;
    HbdAddresses *addresses;
    HbdTimer *timer;
    GQueue pending; /* Pending */
    bool is_stepping;
    char **reasons; /* last failure by group, or NULL */
    int *rcs;
};

static const CrmResource *
resource_at (const HbdExecutor *e, guint group, guint resource)
{
    return crm_group_resource (crm_model_group (e->model, group), resource);
}

static void
say (HbdExecutor *e, HbdRecord *record)
{
    e->handler.record (e->data, record);
    hbd_record_free (record);
}

static void
pending_free (Pending *pending)
{
    g_free (pending->reason);
    g_free (pending);
}

static void
queue_event (HbdExecutor *e, const CrmRunnerEvent *event, const char *reason)
{
    Pending *pending = g_new0 (Pending, 1);

    pending->event = *event;
    pending->reason = g_strdup (reason);
    if (event->kind == CRM_RUNNER_RESULT)
        pending->event.result.reason = pending->reason;
    g_queue_push_tail (&e->pending, pending);
}

/* --- actions ------------------------------------------------------------------------------- */

static void
do_run (HbdExecutor *e, const CrmRunnerAction *action)
{
    const CrmGroup *group = crm_model_group (e->model, action->run.group);
    const CrmResource *resource = crm_group_resource (group, action->run.resource);
    CrmRunnerEvent event = { .kind = CRM_RUNNER_RESULT };
    CrmAgentResult now;

    if (!crm_agents_run (e->agents, action, group, resource, &now))
        return;
    event.result.op = now.op;
    event.result.rc = now.rc;
    queue_event (e, &event, now.reason);
}

static void
do_renew (HbdExecutor *e, const CrmRunnerAction *action)
{
    const CrmResource *resource =
        resource_at (e, action->resource.group, action->resource.resource);
    CrmRunnerEvent event = { .kind = CRM_RUNNER_ADDRESS };

    if (hbd_addresses_renew (e->addresses, resource) == CRM_RC_OK)
        return;
    event.address.group = action->resource.group;
    event.address.resource = action->resource.resource;
    queue_event (e, &event, NULL);
}

static void
do_journal (HbdExecutor *e, const CrmRunnerAction *action)
{
    g_autoptr (GError) error = NULL;

    if (!crm_journal_write (e->journal, action->journal.group, action->journal.resource,
                            action->journal.state, hbd_clock_now (), &error))
        say (e, hbd_record_new (HBD_LEVEL_ERROR, "journal.unwritten", "reason=\"%s\"",
                                error != NULL ? error->message : "?"));
}

static void
do_group (HbdExecutor *e, const CrmRunnerAction *action)
{
    guint i = action->group.index;

    g_free (e->reasons[i]);
    e->reasons[i] = g_strdup (action->group.reason);
    e->rcs[i] = action->group.rc;
    e->handler.group (e->data, i, action->group.state);
}

static void
perform (HbdExecutor *e, const CrmRunnerAction *action)
{
    switch (action->kind) {
    case CRM_RUNNER_DO_RUN:
        do_run (e, action);
        break;
    case CRM_RUNNER_DO_RENEW:
        do_renew (e, action);
        break;
    case CRM_RUNNER_DO_ANNOUNCE:
        hbd_addresses_announce (e->addresses,
                                resource_at (e, action->resource.group, action->resource.resource));
        break;
    case CRM_RUNNER_DO_REFER:
        hbd_addresses_refer (e->addresses,
                             resource_at (e, action->resource.group, action->resource.resource));
        break;
    case CRM_RUNNER_DO_DROP:
        hbd_addresses_drop (e->addresses,
                            resource_at (e, action->resource.group, action->resource.resource));
        break;
    case CRM_RUNNER_DO_JOURNAL:
        do_journal (e, action);
        break;
    case CRM_RUNNER_DO_GROUP:
        do_group (e, action);
        break;
    case CRM_RUNNER_DO_RELEASED:
        e->handler.released (e->data);
        break;
    case CRM_RUNNER_DO_RECORD:
        e->handler.record (e->data, action->record);
        break;
    }
}

static void
step_once (HbdExecutor *e, const CrmRunnerEvent *event)
{
    g_autoptr (GArray) actions = crm_runner_actions_new ();

    crm_runner_step (e->runner, event, hbd_clock_now (), actions);
    for (guint i = 0; i < actions->len; i++)
        perform (e, &g_array_index (actions, CrmRunnerAction, i));
}

static void
step (HbdExecutor *e, const CrmRunnerEvent *event)
{
    Pending *pending;

    if (e->is_stepping) {
        queue_event (e, event, event->kind == CRM_RUNNER_RESULT ? event->result.reason : NULL);
        return;
    }
    e->is_stepping = true;
    step_once (e, event);
    while ((pending = g_queue_pop_head (&e->pending)) != NULL) {
        step_once (e, &pending->event);
        pending_free (pending);
    }
    e->is_stepping = false;
    hbd_timer_set (e->timer, crm_runner_deadline (e->runner));
}

static void
on_timer (gpointer data)
{
    CrmRunnerEvent event = { .kind = CRM_RUNNER_TIMER };

    step (data, &event);
}

/* --- what agents and the kernel say -------------------------------------------------------- */

static void
on_agent_done (gpointer data, const CrmAgentResult *result)
{
    CrmRunnerEvent event = { .kind = CRM_RUNNER_RESULT };

    event.result.op = result->op;
    event.result.rc = result->rc;
    event.result.reason = result->reason;
    step (data, &event);
}

static void
on_record (gpointer data, HbdRecord *record)
{
    say (data, record);
}

static void
on_address_removed (gpointer data, guint group, guint resource)
{
    CrmRunnerEvent event = { .kind = CRM_RUNNER_ADDRESS };

    event.address.group = group;
    event.address.resource = resource;
    step (data, &event);
}

static int
builtin_probe (gpointer data, const CrmResource *resource, char **reason)
{
    HbdExecutor *e = data;

    return hbd_addresses_run (e->addresses, resource, CRM_ACTION_PROBE, reason);
}

static int
builtin_start (gpointer data, const CrmResource *resource, char **reason)
{
    HbdExecutor *e = data;

    return hbd_addresses_run (e->addresses, resource, CRM_ACTION_START, reason);
}

static int
builtin_stop (gpointer data, const CrmResource *resource, char **reason)
{
    HbdExecutor *e = data;

    return hbd_addresses_run (e->addresses, resource, CRM_ACTION_STOP, reason);
}

/* --- life ---------------------------------------------------------------------------------- */

static CrmAgents *
new_agents (HbdExecutor *e, const HbdExecutorConfig *config)
{
    CrmAgentsConfig agents = { .node_name = config->node_name,
                               .ha_dir = config->ha_dir,
                               .ocf_root = HBD_OCF_ROOT,
                               .in_flight_path = config->agents_path,
                               .env = config->env,
                               .kill_delay_us = -1,
                               .builtin = { e, builtin_probe, builtin_start, builtin_stop } };
    CrmAgentsCallbacks callbacks = { e, on_agent_done, on_record };

    return crm_agents_new (&agents, &callbacks);
}

HbdExecutor *
hbd_executor_new (const HbdExecutorConfig *config, const HbdExecutorHandler *handler, gpointer data,
                  GError **error)
{
    static const HbdAddressesHandler address_handler = { on_address_removed, on_record };
    g_autoptr (HbdExecutor) e = g_new0 (HbdExecutor, 1);
    CrmRunnerConfig runner = { .model = config->model,
                               .lease_us = HBD_S (config->lease_s),
                               .renew_us = HBD_S (config->lease_s) / 4,
                               .engine_grace_us = config->engine_grace_us,
                               .max_parallel = MAX_PARALLEL };

    e->model = config->model;
    e->lease_s = config->lease_s;
    e->journal_path = g_strdup (config->journal_path);
    e->handler = *handler;
    e->data = data;
    e->reasons = g_new0 (char *, config->model->groups->len + 1);
    e->rcs = g_new0 (int, config->model->groups->len + 1);
    e->addresses = hbd_addresses_new (config->model, config->lease_s, &address_handler, e, error);
    if (e->addresses == NULL)
        return NULL;
    e->runner = crm_runner_new (&runner, hbd_clock_now ());
    e->agents = new_agents (e, config);
    e->timer = hbd_timer_new (G_PRIORITY_HIGH, on_timer, e);
    return g_steal_pointer (&e);
}

void
hbd_executor_free (HbdExecutor *e)
{
    if (e == NULL)
        return;
    g_clear_pointer (&e->timer, hbd_timer_free);
    g_clear_pointer (&e->agents, crm_agents_free);
    g_clear_pointer (&e->runner, crm_runner_free);
    g_clear_pointer (&e->journal, crm_journal_free);
    g_clear_pointer (&e->addresses, hbd_addresses_free);
    g_queue_clear_full (&e->pending, (GDestroyNotify) pending_free);
    for (guint i = 0; i < e->model->groups->len; i++)
        g_free (e->reasons[i]);
    g_free (e->reasons);
    g_free (e->rcs);
    g_free (e->journal_path);
    g_free (e);
}

/* What ran under an earlier configuration and is no longer in this one: addresses go with the stale
 * ones; anything else is named, since stopping it needs a configuration that is gone. */
static void
tell_orphans (HbdExecutor *e)
{
    const GPtrArray *orphans = crm_journal_orphans (e->journal);
    g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < orphans->len; i++) {
        const CrmJournalOrphan *orphan = orphans->pdata[i];

        if (!orphan->is_address)
            say (e, hbd_record_new (HBD_LEVEL_WARNING, "resource.orphan",
                                    "resource=%s word=%s text=\"may still run here though the "
                                    "configuration no longer has it; stop it by hand\"",
                                    orphan->id, orphan->word));
        g_ptr_array_add (ids, g_strdup (orphan->id));
    }
    for (guint i = 0; i < ids->len; i++)
        crm_journal_forget (e->journal, ids->pdata[i]);
}

void
hbd_executor_start (HbdExecutor *e)
{
    CrmRunnerEvent event = { .kind = CRM_RUNNER_START };
    g_autoptr (GPtrArray) records = g_ptr_array_new ();
    g_autoptr (GError) error = NULL;

    e->journal = crm_journal_open (e->journal_path, e->model, records, &error);
    for (guint i = 0; i < records->len; i++)
        say (e, records->pdata[i]);
    if (error != NULL)
        say (e, hbd_record_new (HBD_LEVEL_ERROR, "journal.unwritten", "reason=\"%s\"",
                                error->message));
    hbd_addresses_remove_stale (e->addresses);
    tell_orphans (e);
    crm_journal_load_runner (e->journal, e->runner);
    step (e, &event);
}

void
hbd_executor_request (HbdExecutor *e, CrmRequestKind kind, guint group)
{
    CrmRunnerEvent event = { .kind = CRM_RUNNER_REQUEST };

    event.request.kind = kind;
    event.request.group = group;
    step (e, &event);
}

void
hbd_executor_beat (HbdExecutor *e)
{
    CrmRunnerEvent event = { .kind = CRM_RUNNER_BEAT };

    step (e, &event);
}

void
hbd_executor_engine (HbdExecutor *e, bool is_up)
{
    CrmRunnerEvent event = { .kind = CRM_RUNNER_ENGINE };

    event.engine_up = is_up;
    step (e, &event);
}

void
hbd_executor_shutdown (HbdExecutor *e)
{
    CrmRunnerEvent event = { .kind = CRM_RUNNER_SHUTDOWN };

    step (e, &event);
}

guint
hbd_executor_running (const HbdExecutor *e)
{
    return crm_agents_in_flight (e->agents);
}

CrmGroupState
hbd_executor_group_state (const HbdExecutor *e, guint group)
{
    return crm_runner_group_state (e->runner, group);
}

HbdTime
hbd_executor_stop_bound (const HbdExecutor *e)
{
    HbdTime bound = 0;

    for (guint g = 0; g < e->model->groups->len; g++) {
        const CrmGroup *group = crm_model_group (e->model, g);
        HbdTime sum = 0;

        for (guint r = 0; r < group->resources->len; r++) {
            const CrmResource *resource = crm_group_resource (group, r);

            /* a stop, and where it fails a probe and one more stop */
            if (resource->klass != CRM_CLASS_BUILTIN)
                sum += 2 * resource->timeout_us[CRM_ACTION_STOP]
                       + resource->timeout_us[CRM_ACTION_PROBE];
        }
        bound = MAX (bound, sum);
    }
    return bound + STOP_SLACK_US;
}

/* --- status -------------------------------------------------------------------------------- */

static void
add_text (GVariantBuilder *b, const char *key, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

    g_variant_builder_add (b, "{sv}", key, g_variant_new_string (valid));
}

static const char *
agent_name (const CrmResource *resource)
{
    return resource->klass == CRM_CLASS_BUILTIN ? "builtin" : crm_class_name (resource->klass);
}

static void
add_resource (GVariantBuilder *b, const HbdExecutor *e, guint g, guint r)
{
    const CrmResource *resource = resource_at (e, g, r);
    CrmResourceStatus status = crm_runner_resource_status (e->runner, g, r);
    g_autofree char *agent = g_strdup_printf (
        "%s:%s%s%s", agent_name (resource), resource->provider != NULL ? resource->provider : "",
        resource->provider != NULL ? ":" : "", resource->name);

    g_variant_builder_open (b, G_VARIANT_TYPE_VARDICT);
    add_text (b, "id", resource->id);
    add_text (b, "word", resource->word);
    add_text (b, "agent", agent);
    add_text (b, "state", status.state);
    g_variant_builder_add (b, "{sv}", "rc", g_variant_new_int32 (status.rc));
    g_variant_builder_add (b, "{sv}", "failcount", g_variant_new_uint32 (status.failcount));
    add_text (b, "reason", status.reason);
    g_variant_builder_close (b);
}

GVariant *
hbd_executor_status (const HbdExecutor *e)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
    for (guint g = 0; g < e->model->groups->len; g++) {
        const CrmGroup *group = crm_model_group (e->model, g);
        GVariantBuilder resources;

        g_variant_builder_init (&resources, G_VARIANT_TYPE ("aa{sv}"));
        for (guint r = 0; r < group->resources->len; r++)
            add_resource (&resources, e, g, r);
        g_variant_builder_open (&b, G_VARIANT_TYPE_VARDICT);
        add_text (&b, "name", group->key);
        add_text (&b, "preferred", group->preferred_node);
        add_text (&b, "state", crm_group_state_name (hbd_executor_group_state (e, g)));
        g_variant_builder_add (&b, "{sv}", "rc", g_variant_new_int32 (e->rcs[g]));
        add_text (&b, "reason", e->reasons[g]);
        g_variant_builder_add (&b, "{sv}", "resources", g_variant_builder_end (&resources));
        g_variant_builder_close (&b);
    }
    return g_variant_builder_end (&b);
}
