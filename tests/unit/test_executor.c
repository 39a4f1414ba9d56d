/* SPDX-License-Identifier: Apache-2.0 */
/* The executor's edge: the real runner, journal and scripts, and a kernel of our own in place of
 * addresses.c (same functions, linked first), so that no privilege is needed. */
#include "config.h"

#include "hbd/daemon/addresses.h"
#include "hbd/daemon/executor.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* --- the kernel of our own ----------------------------------------------------------------- */

struct _HbdAddresses {
    HbdAddressesHandler handler;
    gpointer data;
    bool is_there; /* one address is enough here */
    bool renewal_fails, start_fails;
    GString *calls;
};

static HbdAddresses kernel;

HbdAddresses *
hbd_addresses_new (const CrmModel *model, guint lease_s, const HbdAddressesHandler *handler,
                   gpointer data, GError **error)
{
    kernel.handler = *handler;
    kernel.data = data;
    return &kernel;
}

void
hbd_addresses_free (HbdAddresses *addresses)
{
}

int
hbd_addresses_run (HbdAddresses *addresses, const CrmResource *resource, CrmAction action,
                   char **reason)
{
    g_string_append_printf (kernel.calls, "%s ",
                            action == CRM_ACTION_PROBE ? "probe" : crm_action_name (action));
    if (action == CRM_ACTION_START && kernel.start_fails) {
        *reason = g_strdup ("no such interface");
        return CRM_RC_NOT_CONFIGURED;
    }
    if (action == CRM_ACTION_START)
        kernel.is_there = true;
    if (action == CRM_ACTION_STOP)
        kernel.is_there = false;
    if (action == CRM_ACTION_PROBE && !kernel.is_there)
        return CRM_RC_NOT_RUNNING;
    return CRM_RC_OK;
}

int
hbd_addresses_renew (HbdAddresses *addresses, const CrmResource *resource)
{
    if (kernel.renewal_fails)
        kernel.is_there = false;
    return kernel.is_there ? CRM_RC_OK : CRM_RC_NOT_RUNNING;
}

void
hbd_addresses_announce (HbdAddresses *addresses, const CrmResource *resource)
{
    g_string_append (kernel.calls, "announce ");
}

void
hbd_addresses_refer (HbdAddresses *addresses, const CrmResource *resource)
{
    g_string_append (kernel.calls, "refer ");
}

void
hbd_addresses_drop (HbdAddresses *addresses, const CrmResource *resource)
{
    g_string_append (kernel.calls, "drop ");
    kernel.is_there = false;
}

void
hbd_addresses_remove_stale (HbdAddresses *addresses)
{
    g_string_append (kernel.calls, "stale ");
}

/* --- fixture ------------------------------------------------------------------------------- */

static const char script_text[] =
    "#!/bin/sh\n"
    "state=${0%/*}/state-$1\n"
    "case $2 in\n"
    "start) [ ! -e ${0%/*}/refuse ] || { echo no luck >&2; exit 1; }\n"
    "    : >$state ;;\n"
    "stop) rm -f $state ;;\n"
    "status) [ -e $state ] && echo running || echo stopped ;;\n"
    "esac\n";

typedef struct {
    char *dir, *journal, *script, *refuse, *state;
    CrmModel *model;
    HbdExecutor *e;
    GString *groups; /* states told, in order */
    GString *records;
    bool is_released, timed_out;
} Fixture;

static void
on_group (gpointer data, guint index, CrmGroupState state)
{
    Fixture *f = data;

    g_assert_cmpuint (index, ==, 0);
    g_string_append_printf (f->groups, "%s%s ", crm_group_state_name (state),
                            state == CRM_GROUP_STUCK ? "!" : "");
}

static void
on_record (gpointer data, const HbdRecord *record)
{
    Fixture *f = data;

    g_string_append_printf (f->records, "%s %s\n", record->name, record->fields);
}

static void
on_released (gpointer data)
{
    Fixture *f = data;

    g_assert_false (f->is_released);
    f->is_released = true;
}

static CrmResource *
make_resource (const char *id, CrmClass klass, const char *path)
{
    CrmResource *r = crm_resource_new ();

    r->id = g_strdup (id);
    r->word = g_strdup (id);
    r->name = g_strdup (id);
    r->args = g_strsplit (klass == CRM_CLASS_BUILTIN ? "" : "one", " ", -1);
    r->klass = klass;
    r->path = g_strdup (path);
    r->is_address = klass == CRM_CLASS_BUILTIN;
    for (guint i = 0; i < CRM_ACTION_N; i++)
        r->timeout_us[i] = HBD_S (20);
    return r;
}

/* A group "web" of an address and a script. */
static CrmModel *
make_model (const char *script)
{
    CrmModel *model = crm_model_new ();
    CrmGroup *group = crm_group_new ("web", "alpha");

    g_ptr_array_add (group->resources, make_resource ("web:IPaddr", CRM_CLASS_BUILTIN, NULL));
    g_ptr_array_add (group->resources, make_resource ("web:script", CRM_CLASS_HEARTBEAT, script));
    g_ptr_array_add (model->groups, group);
    return model;
}

static void
begin (Fixture *f)
{
    const HbdExecutorHandler handler = { on_group, on_record, on_released };
    HbdExecutorConfig config = { .model = f->model,
                                 .node_name = "alpha",
                                 .ha_dir = f->dir,
                                 .journal_path = f->journal,
                                 .lease_s = 1,
                                 .engine_grace_us = HBD_S (60) };
    g_autoptr (GError) error = NULL;

    f->e = hbd_executor_new (&config, &handler, f, &error);
    g_assert_no_error (error);
    hbd_executor_start (f->e);
}

static void
setup (Fixture *f, gconstpointer data)
{
    kernel = (HbdAddresses){ .calls = g_string_new (NULL) };
    f->dir = g_dir_make_tmp ("hbd-executor-XXXXXX", NULL);
    f->journal = g_build_filename (f->dir, "journal", NULL);
    f->script = g_build_filename (f->dir, "script", NULL);
    f->refuse = g_build_filename (f->dir, "refuse", NULL);
    f->state = g_build_filename (f->dir, "state-one", NULL);
    g_assert_true (g_file_set_contents (f->script, script_text, -1, NULL));
    g_assert_cmpint (g_chmod (f->script, 0755), ==, 0);
    f->groups = g_string_new (NULL);
    f->records = g_string_new (NULL);
    f->model = make_model (f->script);
}

static void
teardown (Fixture *f, gconstpointer data)
{
    char *paths[] = { f->journal, f->script, f->refuse, f->state };

    hbd_executor_free (f->e);
    crm_model_free (f->model);
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        g_remove (paths[i]);
        g_free (paths[i]);
    }
    g_assert_cmpint (g_rmdir (f->dir), ==, 0); /* nothing else is left lying about */
    g_free (f->dir);
    g_string_free (f->groups, TRUE);
    g_string_free (f->records, TRUE);
    g_string_free (kernel.calls, TRUE);
}

static gboolean
on_timeout (gpointer data)
{
    Fixture *f = data;

    f->timed_out = true;
    return G_SOURCE_REMOVE;
}

static gboolean
on_beat (gpointer data)
{
    Fixture *f = data;

    hbd_executor_beat (f->e);
    return G_SOURCE_CONTINUE;
}

/* With an engine that beats, until the last state told is @state. */
static void
turn_until (Fixture *f, const char *state)
{
    g_autofree char *end = g_strconcat (state, " ", NULL);
    guint timeout = g_timeout_add_seconds (20, on_timeout, f);
    guint beats = g_timeout_add (20, on_beat, f);

    hbd_executor_beat (f->e);
    while (!f->timed_out && !g_str_has_suffix (f->groups->str, end))
        g_main_context_iteration (NULL, TRUE);
    if (f->timed_out)
        g_error ("'%s' was not told:\n%s\n%s", state, f->groups->str, f->records->str);
    g_source_remove (timeout);
    g_source_remove (beats);
}

static void
start_group (Fixture *f)
{
    begin (f);
    hbd_executor_engine (f->e, true);
    turn_until (f, "stopped");
    hbd_executor_request (f->e, CRM_REQUEST_START, 0);
    turn_until (f, "running");
}

/* The journal's lines, short: "starting:web:IPaddr running:web:IPaddr ". */
static char *
journal_story (Fixture *f)
{
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;
    GString *story = g_string_new (NULL);

    g_assert_true (g_file_get_contents (f->journal, &text, NULL, NULL));
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        char state[16], id[32];

        if (sscanf (lines[i], "state=%15s id=%31s", state, id) == 2)
            g_string_append_printf (story, "%s:%s ", state, id);
    }
    return g_string_free (story, FALSE);
}

/* --- stories ------------------------------------------------------------------------------- */

static void
test_start_and_stop (Fixture *f, gconstpointer data)
{
    g_autofree char *story = NULL;

    start_group (f);
    g_assert_true (kernel.is_there && g_file_test (f->state, G_FILE_TEST_EXISTS));
    g_assert_true (g_str_has_prefix (kernel.calls->str, "stale probe "));
    hbd_executor_request (f->e, CRM_REQUEST_STOP, 0);
    turn_until (f, "stopped");
    g_assert_false (kernel.is_there || g_file_test (f->state, G_FILE_TEST_EXISTS));
    g_assert_cmpuint (hbd_executor_running (f->e), ==, 0);
    story = journal_story (f);
    g_assert_cmpstr (story, ==,
                     "starting:web:IPaddr running:web:IPaddr starting:web:script "
                     "running:web:script stopping:web:script stopped:web:script "
                     "stopping:web:IPaddr stopped:web:IPaddr ");
}

static void
test_failed_start_is_undone_and_told (Fixture *f, gconstpointer data)
{
    g_autoptr (GVariant) status = NULL;
    g_autoptr (GVariant) group = NULL;
    const char *reason;
    gint32 rc;

    g_assert_true (g_file_set_contents (f->refuse, "", -1, NULL));
    begin (f);
    hbd_executor_engine (f->e, true);
    turn_until (f, "stopped");
    hbd_executor_request (f->e, CRM_REQUEST_START, 0);
    turn_until (f, "failed");
    g_assert_false (kernel.is_there);
    status = g_variant_ref_sink (hbd_executor_status (f->e));
    group = g_variant_get_child_value (status, 0);
    g_assert_true (g_variant_lookup (group, "reason", "&s", &reason));
    g_assert_nonnull (strstr (reason, "no luck"));
    g_assert_true (g_variant_lookup (group, "rc", "i", &rc) && rc != 0);
}

/* Its answer is there at once, within the step that asked; it is fed after it. */
static void
test_failed_address_is_told (Fixture *f, gconstpointer data)
{
    kernel.start_fails = true;
    begin (f);
    hbd_executor_engine (f->e, true);
    turn_until (f, "stopped");
    hbd_executor_request (f->e, CRM_REQUEST_START, 0);
    turn_until (f, "failed");
    g_assert_false (g_file_test (f->state, G_FILE_TEST_EXISTS)); /* what comes behind never began */
    g_assert_nonnull (strstr (f->records->str, "no such interface"));
}

static void
test_an_address_that_somebody_removed_is_put_back (Fixture *f, gconstpointer data)
{
    start_group (f);
    g_string_set_size (kernel.calls, 0);
    kernel.is_there = false;
    kernel.handler.removed (kernel.data, 0, 0);
    for (int i = 0; !kernel.is_there && i < 1000; i++) {
        hbd_executor_beat (f->e);
        g_main_context_iteration (NULL, FALSE);
    }
    g_assert_true (kernel.is_there);
    g_assert_nonnull (strstr (kernel.calls->str, "start"));
}

static void
test_a_renewal_that_finds_nothing_puts_it_back (Fixture *f, gconstpointer data)
{
    guint timeout;

    start_group (f);
    g_string_set_size (kernel.calls, 0);
    kernel.renewal_fails = true;
    timeout = g_timeout_add_seconds (20, on_timeout, f);
    while (!f->timed_out && strstr (kernel.calls->str, "start") == NULL) {
        hbd_executor_beat (f->e);
        g_main_context_iteration (NULL, FALSE);
    }
    g_assert_false (f->timed_out);
    g_source_remove (timeout);
}

/* The next manager finds in the journal what runs, and takes it as it is. */
static void
test_what_runs_is_adopted (Fixture *f, gconstpointer data)
{
    start_group (f);
    g_clear_pointer (&f->e, hbd_executor_free);
    g_string_set_size (kernel.calls, 0);
    g_string_set_size (f->groups, 0);
    begin (f);
    hbd_executor_engine (f->e, true);
    turn_until (f, "running");
    g_assert_null (strstr (kernel.calls->str, "start"));
    g_assert_null (strstr (kernel.calls->str, "stop"));
    g_assert_null (strstr (f->groups->str, "stopped"));
}

/* A configuration that has lost a resource that may run: it is named, once. */
static void
test_orphans_are_named_once (Fixture *f, gconstpointer data)
{
    start_group (f);
    g_clear_pointer (&f->e, hbd_executor_free);
    g_ptr_array_set_free_func (((CrmGroup *) f->model->groups->pdata[0])->resources,
                               (GDestroyNotify) crm_resource_free);
    g_ptr_array_remove_index (((CrmGroup *) f->model->groups->pdata[0])->resources, 1);
    begin (f);
    g_assert_nonnull (strstr (f->records->str, "resource.orphan resource=web:script"));
    g_clear_pointer (&f->e, hbd_executor_free);
    g_string_set_size (f->records, 0);
    begin (f);
    g_assert_null (strstr (f->records->str, "resource.orphan"));
}

static void
test_shutdown_releases_everything (Fixture *f, gconstpointer data)
{
    guint timeout;

    start_group (f);
    timeout = g_timeout_add_seconds (20, on_timeout, f);
    hbd_executor_shutdown (f->e);
    while (!f->is_released && !f->timed_out)
        g_main_context_iteration (NULL, TRUE);
    g_assert_false (f->timed_out);
    g_source_remove (timeout);
    g_assert_false (kernel.is_there || g_file_test (f->state, G_FILE_TEST_EXISTS));
}

static void
test_status_has_the_contracts_keys (Fixture *f, gconstpointer data)
{
    g_autoptr (GVariant) status = NULL;
    g_autoptr (GVariant) group = NULL;
    g_autoptr (GVariant) resources = NULL;
    g_autoptr (GVariant) address = NULL;
    g_autoptr (GVariant) script = NULL;
    const char *text;

    start_group (f);
    status = g_variant_ref_sink (hbd_executor_status (f->e));
    group = g_variant_get_child_value (status, 0);
    resources = g_variant_lookup_value (group, "resources", G_VARIANT_TYPE ("aa{sv}"));
    address = g_variant_get_child_value (resources, 0);
    script = g_variant_get_child_value (resources, 1);
    g_assert_true (g_variant_lookup (group, "name", "&s", &text));
    g_assert_cmpstr (text, ==, "web");
    g_assert_true (g_variant_lookup (group, "state", "&s", &text));
    g_assert_cmpstr (text, ==, "running");
    g_assert_true (g_variant_lookup (address, "agent", "&s", &text));
    g_assert_cmpstr (text, ==, "builtin:web:IPaddr");
    g_assert_true (g_variant_lookup (script, "agent", "&s", &text));
    g_assert_cmpstr (text, ==, "heartbeat:web:script");
    g_assert_true (g_variant_lookup (script, "rc", "i", NULL));
    g_assert_true (g_variant_lookup (script, "failcount", "u", NULL));
}

/* A stop, and where it fails a probe and one more stop; the address costs nothing. */
static void
test_stop_bound (Fixture *f, gconstpointer data)
{
    begin (f);
    g_assert_cmpint (hbd_executor_stop_bound (f->e), ==, HBD_S (3 * 20) + HBD_S (3));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, fn) g_test_add ("/executor/" name, Fixture, NULL, setup, fn, teardown)
    ADD ("start-and-stop", test_start_and_stop);
    ADD ("failed-start-is-undone-and-told", test_failed_start_is_undone_and_told);
    ADD ("failed-address-is-told", test_failed_address_is_told);
    ADD ("removed-address-is-put-back", test_an_address_that_somebody_removed_is_put_back);
    ADD ("lost-address-is-put-back", test_a_renewal_that_finds_nothing_puts_it_back);
    ADD ("what-runs-is-adopted", test_what_runs_is_adopted);
    ADD ("orphans-are-named-once", test_orphans_are_named_once);
    ADD ("shutdown-releases-everything", test_shutdown_releases_everything);
    ADD ("status-has-the-contracts-keys", test_status_has_the_contracts_keys);
    ADD ("stop-bound", test_stop_bound);
#undef ADD
    return g_test_run ();
}
