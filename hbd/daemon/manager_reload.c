/* SPDX-License-Identifier: Apache-2.0 */
/* Reload: read, check, compare, then change only what differs.
 *
 * A file with errors, or with more resources that cannot start than before, changes nothing. Other
 * keys are swapped in place. Respawned programs are started anew if their lines changed. Groups that
 * are gone or have other resources are stopped first; when they are down a new executor takes over,
 * reads the journal and adopts what runs without touching it, and the engine begins a new life with
 * the new settings while the addresses stay (it is back well before the manager would let go). */
#include "config.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/manager.h"

#include <string.h>

#define STEP_US HBD_MS (20)

static void
answer (HbdManager *m, guint64 client, guint32 code, const char *text)
{
    if (client != 0 && m->control != NULL)
        hbd_control_reply_text (m->control, client, code, "%s", text);
}

static void
over (HbdManager *m, guint64 client, guint32 code, const char *text)
{
    answer (m, client, code, text);
    hbd_ipc_send (m->supervisor, HBD_IPC_RELOADED, NULL, NULL, 0);
}

static char *
join_lines (const GPtrArray *lines)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf (text, "%s\n", (const char *) lines->pdata[i]);
    return g_string_free (text, FALSE);
}

static void
refuse (HbdManager *m, const HbdSetup *bad, guint64 client)
{
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *text = NULL;

    for (guint i = 0; i < bad->diags->items->len; i++) {
        const CfgDiag *diag = bad->diags->items->pdata[i];
        char *line = cfg_diag_format (diag);

        hbd_manager_say (m,
                         diag->severity == CFG_ERROR     ? HBD_LEVEL_ERROR
                         : diag->severity == CFG_WARNING ? HBD_LEVEL_WARNING
                                                         : HBD_LEVEL_NOTICE,
                         "reload.diagnostic", "text=\"%s\"", line);
        g_ptr_array_add (lines, line);
    }
    g_ptr_array_add (lines, g_strdup ("Nothing was changed; hbd goes on as before."));
    hbd_manager_say (m, HBD_LEVEL_ERROR, "reload.refused",
                     "errors=%u text=\"the old configuration stays\"", bad->diags->errors);
    text = join_lines (lines);
    over (m, client, 1, text);
}

static void
swap_keys (HbdManager *m)
{
    if (m->engine != NULL && m->engine_started)
        hbd_ipc_send (m->engine, HBD_IPC_KEYS, hbd_keys_to_variant (m->setup->cluster->keys), NULL,
                      0);
}

static void
swap_respawns (HbdManager *m)
{
    g_clear_pointer (&m->respawns, hbd_respawns_free);
    m->respawns =
        hbd_respawns_new (m->setup->cluster->respawns, (const char *const *) m->setup->env,
                          hbd_manager_take_record, m);
}

/* Only authkeys changed: they move into the running setup, and nothing else is touched. */
static void
adopt_keys (HbdManager *m, HbdSetup *fresh)
{
    HbdFile *ours = &m->setup->files->file[HBD_FILE_AUTHKEYS];
    HbdFile *theirs = &fresh->files->file[HBD_FILE_AUTHKEYS];
    HbdFile spare = *ours;
    HbdKeyTable *keys = m->setup->cluster->keys;

    *ours = *theirs;
    *theirs = spare;
    m->setup->cluster->keys = fresh->cluster->keys;
    fresh->cluster->keys = keys;
    keys = m->setup->engine->keys;
    m->setup->engine->keys = fresh->engine->keys;
    m->setup->engine->node.membership.keys = m->setup->engine->keys;
    fresh->engine->keys = keys;
    fresh->engine->node.membership.keys = keys;
    swap_keys (m);
    hbd_manager_send_snapshot (m);
}

/* The old setup outlives its users: links and executor borrow from it. */
static void
swap_setup (HbdManager *m, HbdSetup *fresh, const HbdSetupDiff *diff)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (HbdSetup) old = m->setup;
    g_autoptr (HbdLinkSet) links = hbd_manager_new_links (m, fresh, &error);
    g_autoptr (HbdExecutor) executor = NULL;

    if (links != NULL)
        executor = hbd_manager_new_executor (m, fresh, &error);
    if (executor == NULL) {
        hbd_manager_say (m, HBD_LEVEL_ERROR, "reload.failed", "reason=\"%s\"", error->message);
        hbd_setup_free (fresh);
        old = NULL; /* it stays */
        return;
    }
    m->setup = fresh;
    hbd_linkset_free (m->links);
    m->links = g_steal_pointer (&links);
    hbd_log_set_sink (m->log, NULL, NULL);
    hbd_log_files_free (m->log_files);
    m->log_files = hbd_log_files_new (fresh->cluster, HBD_SYSLOG_PATH);
    hbd_log_set_sink (m->log, hbd_log_files_write, m->log_files);
    if (diff->respawns)
        swap_respawns (m);
    hbd_executor_free (m->executor);
    m->executor = g_steal_pointer (&executor);
    hbd_executor_start (m->executor);
}

/* The engine heard nothing of the groups while the reload went on. */
static void
tell_groups (HbdManager *m)
{
    if (m->engine_started)
        hbd_executor_engine (m->executor, true);
}

static void
apply (HbdManager *m, HbdSetup *fresh, guint64 client)
{
    g_autoptr (HbdSetupDiff) diff = hbd_setup_diff (m->setup, fresh);
    g_autofree char *text = join_lines (diff->lines);
    bool was_started = m->engine_started;
    bool only_keys = diff->keys && !diff->engine && !diff->groups && !diff->respawns;

    if (only_keys) {
        adopt_keys (m, fresh);
        hbd_setup_free (fresh);
        hbd_manager_say (m, HBD_LEVEL_NOTICE, "reload.changed", "text=\"%s\"", g_strchomp (text));
        over (m, client, 0, text);
        return;
    }
    m->engine_started = m->engine_started && !diff->engine;
    swap_setup (m, fresh, diff);
    if (m->setup != fresh) {
        m->engine_started = was_started;
        tell_groups (m);
        over (m, client, 1, "The reload failed; see the log.");
        return;
    }
    hbd_manager_send_snapshot (m);
    if (diff->engine) {
        hbd_manager_configure_engine (m);
    } else if (m->engine_started) {
        swap_keys (m);
        hbd_linkset_open_all (m->links);
        hbd_executor_engine (m->executor, true);
    }
    for (guint i = 0; i < diff->lines->len; i++)
        hbd_manager_say (m, HBD_LEVEL_NOTICE, "reload.changed", "text=\"%s\"",
                         (const char *) diff->lines->pdata[i]);
    hbd_manager_say (m, HBD_LEVEL_NOTICE, "reload.done", "changes=%u", diff->lines->len);
    over (m, client, 0, *text != '\0' ? text : "Nothing changed.");
}

/* Is a group still on its way somewhere, or one of those that must stop not down? */
static bool
must_wait (HbdManager *m, const HbdSetupDiff *diff)
{
    const CrmModel *model = m->setup->model;

    for (guint i = 0; i < model->groups->len; i++) {
        CrmGroupState state = hbd_executor_group_state (m->executor, i);

        if (state == CRM_GROUP_STARTING || state == CRM_GROUP_STOPPING)
            return true;
    }
    for (guint i = 0; i < diff->stop->len; i++) {
        int index = crm_model_find_group (model, diff->stop->pdata[i]);
        CrmGroupState state = hbd_executor_group_state (m->executor, (guint) index);

        if (state == CRM_GROUP_RUNNING || state == CRM_GROUP_UNKNOWN)
            return true;
    }
    return hbd_executor_running (m->executor) > 0;
}

static void
stop_groups (HbdManager *m, const HbdSetupDiff *diff)
{
    for (guint i = 0; i < diff->stop->len; i++) {
        int index = crm_model_find_group (m->setup->model, diff->stop->pdata[i]);

        hbd_executor_request (m->executor, CRM_REQUEST_STOP, (guint) index);
    }
}

void
hbd_manager_reload_go_on (HbdManager *m)
{
    g_autoptr (HbdSetupDiff) diff = NULL;
    HbdTime now = hbd_clock_now ();

    if (m->next_setup == NULL)
        return;
    diff = hbd_setup_diff (m->setup, m->next_setup);
    if (must_wait (m, diff) && now < m->reload_limit) {
        hbd_timer_set (m->reload_timer, now + STEP_US);
        return;
    }
    if (must_wait (m, diff)) {
        g_clear_pointer (&m->next_setup, hbd_setup_free);
        hbd_manager_say (m, HBD_LEVEL_ERROR, "reload.failed",
                         "reason=\"a group did not come to rest in time\"");
        over (m, m->reload_client, 1,
              "A group did not come to rest in time: the old configuration stays.");
        tell_groups (m);
        return;
    }
    apply (m, g_steal_pointer (&m->next_setup), m->reload_client);
}

void
hbd_manager_reload_cancel (HbdManager *m)
{
    if (m->next_setup == NULL)
        return;
    g_clear_pointer (&m->next_setup, hbd_setup_free);
    hbd_timer_set (m->reload_timer, HBD_TIME_NEVER);
    hbd_manager_say (m, HBD_LEVEL_WARNING, "reload.cancelled", "reason=\"hbd stops\"");
    over (m, m->reload_client, 1, "hbd stops: the reload was given up.");
    tell_groups (m);
}

void
hbd_manager_reload (HbdManager *m, bool plan_only, guint64 client)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (HbdSetup) fresh = NULL;
    g_autoptr (HbdSetupDiff) diff = NULL;
    g_autofree char *text = NULL;
    HbdFiles *files;

    if (m->phase != HBD_MANAGER_RUNS || m->next_setup != NULL) {
        over (m, client, 1, "A stop or another reload is under way.");
        return;
    }
    files = hbd_files_read (m->options, &error);
    if (files == NULL) {
        hbd_manager_say (m, HBD_LEVEL_ERROR, "reload.refused", "reason=\"%s\"", error->message);
        over (m, client, 1, error->message);
        return;
    }
    fresh = hbd_setup_new (files, m->options);
    /* At a start a resource that cannot start costs its group; here it would stop what runs. */
    if (!hbd_setup_is_good (fresh) || fresh->diags->doomed > m->setup->diags->doomed) {
        refuse (m, fresh, client);
        return;
    }
    diff = hbd_setup_diff (m->setup, fresh);
    text = join_lines (diff->lines);
    if (plan_only || hbd_setup_diff_is_empty (diff)) {
        if (!plan_only)
            hbd_manager_say (m, HBD_LEVEL_NOTICE, "reload.done", "changes=0");
        over (m, client, 0, *text != '\0' ? text : "Nothing changed.");
        return;
    }
    m->reload_client = client;
    m->reload_limit = hbd_clock_now () + hbd_executor_stop_bound (m->executor);
    m->next_setup = g_steal_pointer (&fresh);
    stop_groups (m, diff);
    hbd_manager_reload_go_on (m);
}
