/* SPDX-License-Identifier: Apache-2.0 */
/* The executor with real scripts, one per class, in a directory of its own. */
#include "config.h"

#include "crm/exec/agent.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *dir;
    GMainLoop *loop;
    CrmAgents *agents;
    CrmGroup *group;
    CrmResource *res;
    guint calls;
    guint op;
    int rc;
    char *reason;
    GString *records;
    char *builtin_called;
} Fixture;

static void
on_done (gpointer data, const CrmAgentResult *result)
{
    Fixture *f = data;

    f->calls++;
    f->op = result->op;
    f->rc = result->rc;
    g_free (f->reason);
    f->reason = g_strdup (result->reason);
    g_assert_cmpint (result->duration_us, >=, 0);
    g_main_loop_quit (f->loop);
}

static void
on_record (gpointer data, HbdRecord *record)
{
    Fixture *f = data;

    g_string_append_printf (f->records, "%s %s %s\n", hbd_level_name (record->level), record->name,
                            record->fields);
    hbd_record_free (record);
}

static int
builtin_start (gpointer data, const CrmResource *resource, char **reason)
{
    Fixture *f = data;

    f->builtin_called = g_strdup (resource->id);
    *reason = g_strdup ("no such interface");
    return CRM_RC_NOT_CONFIGURED;
}

static void
fixture_init (Fixture *f, CrmClass klass)
{
    CrmAgentsConfig config = { .node_name = "alpha",
                               .ha_dir = "/etc/ha.d",
                               .ocf_root = "/usr/lib/ocf",
                               .kill_delay_us = HBD_MS (20) };
    const CrmAgentsCallbacks callbacks = { f, on_done, on_record };
    g_autofree char *systemctl = NULL;

    *f = (Fixture){ .dir = g_dir_make_tmp ("hbd-agent-XXXXXX", NULL) };
    systemctl = g_build_filename (f->dir, "agent", NULL);
    config.systemctl = systemctl;
    config.builtin.start = builtin_start;
    config.builtin.data = f;
    f->loop = g_main_loop_new (NULL, FALSE);
    f->records = g_string_new (NULL);
    f->agents = crm_agents_new (&config, &callbacks);
    f->group = crm_group_new ("web", "alpha");
    f->res = crm_resource_new ();
    f->res->id = g_strdup ("thing_1");
    f->res->name = g_strdup ("thing");
    f->res->klass = klass;
    f->res->path = g_build_filename (f->dir, "agent", NULL);
    f->res->unit = g_strdup ("thing.service");
    f->res->args = g_strsplit ("a1 a2", " ", -1);
    f->res->params = g_strsplit ("ip=10.0.0.1", " ", -1);
    f->rc = -1;
}

static void
fixture_clear (Fixture *f)
{
    g_autofree char *state = g_build_filename (f->dir, "state", NULL);

    crm_agents_free (f->agents);
    (void) g_unlink (f->res->path);
    (void) g_unlink (state);
    g_assert_cmpint (g_rmdir (f->dir), ==, 0);
    crm_resource_free (f->res);
    crm_group_free (f->group);
    g_main_loop_unref (f->loop);
    g_string_free (f->records, TRUE);
    g_free (f->reason);
    g_free (f->builtin_called);
    g_free (f->dir);
}

static void
write_agent (const Fixture *f, const char *script)
{
    g_autofree char *text = g_strdup_printf ("#!/bin/sh\ncd %s\n%s\n", f->dir, script);

    g_assert_true (g_file_set_contents_full (f->res->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                             0755, NULL));
}

static int
run (Fixture *f, CrmAction action, int timeout_ms)
{
    const CrmRunnerAction order = {
        .kind = CRM_RUNNER_DO_RUN,
        .run = { .op = 42, .action = action, .timeout_us = HBD_MS (timeout_ms) }
    };
    CrmAgentResult now;

    g_assert_false (crm_agents_run (f->agents, &order, f->group, f->res, &now));
    g_assert_cmpuint (crm_agents_in_flight (f->agents), ==, 1);
    g_main_loop_run (f->loop);
    g_assert_cmpuint (f->op, ==, 42);
    return f->rc;
}

static void
test_ocf (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_OCF);
    write_agent (&f, "[ \"$OCF_RESKEY_ip\" = 10.0.0.1 ] || exit 6\n"
                     "echo \"INFO: $1\" >&2\n"
                     "case $1 in monitor) exit 7;; start) exit 0;; *) exit 3;; esac");
    g_assert_cmpint (run (&f, CRM_ACTION_PROBE, 5000), ==, 7);
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, 0);
    g_assert_null (f.reason);
    g_assert_nonnull (strstr (f.records->str, "debug agent.output group=web resource=thing_1 "
                                              "action=monitor text=\"INFO: monitor\"\n"));
    g_assert_nonnull (strstr (f.records->str, "info agent.output group=web resource=thing_1 "
                                              "action=start text=\"INFO: start\"\n"));
    g_assert_cmpint (run (&f, CRM_ACTION_STOP, 5000), ==, 3);
    g_assert_cmpuint (f.calls, ==, 3);
    g_assert_cmpuint (crm_agents_in_flight (f.agents), ==, 0);
    fixture_clear (&f);
}

static void
test_reason_is_the_agents_own (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_OCF);
    write_agent (&f, "echo 'ocf-exit-reason:first' >&2; echo 'ERROR: a \"bad\" file' >&2\n"
                     "echo 'ocf-exit-reason:file x is missing' >&2; echo noise >&2; exit 5");
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, 5);
    g_assert_cmpstr (f.reason, ==, "file x is missing");
    g_assert_nonnull (strstr (f.records->str, "error agent.output group=web resource=thing_1 "
                                              "action=start text=\"ERROR: a 'bad' file\"\n"));
    g_assert_null (strstr (f.records->str, "ocf-exit-reason"));
    fixture_clear (&f);
}

static void
test_reason_is_else_the_last_line (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_OCF);
    write_agent (&f, "echo one >&2; echo two >&2; echo three; exit 1");
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, 1);
    g_assert_cmpstr (f.reason, ==, "two");
    fixture_clear (&f);
}

static void
test_time_limit (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_OCF);
    write_agent (&f, "exec sleep 30");
    g_assert_cmpint (run (&f, CRM_ACTION_START, 30), ==, CRM_RC_TIMEOUT);
    g_assert_cmpstr (f.reason, ==, "timed out after 1 s");
    fixture_clear (&f);
}

static void
test_signal_is_a_generic_failure (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_OCF);
    write_agent (&f, "kill -SEGV $$");
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, 1);
    g_assert_true (g_str_has_prefix (f.reason, "ended by signal 11"));
    fixture_clear (&f);
}

static void
test_agent_that_vanished (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_OCF);
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, CRM_RC_NOT_INSTALLED);
    g_assert_true (g_str_has_prefix (f.reason, "cannot be run"));
    fixture_clear (&f);
}

static void
test_heartbeat (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_HEARTBEAT);
    write_agent (&f,
                 "[ \"$1$2\" = a1a2 ] && [ $HA_CURHOST = alpha ] || exit 9\n"
                 "case $3 in status) [ -f state ] && echo running OK || echo stopped; exit 1;;\n"
                 "start) echo Starting; echo >state;; stop) rm -f state;; esac");
    g_assert_cmpint (run (&f, CRM_ACTION_PROBE, 5000), ==, CRM_RC_NOT_RUNNING);
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, CRM_RC_OK);
    g_assert_cmpint (run (&f, CRM_ACTION_PROBE, 5000), ==, CRM_RC_OK);
    g_assert_cmpint (run (&f, CRM_ACTION_STOP, 5000), ==, CRM_RC_OK);
    g_assert_cmpint (run (&f, CRM_ACTION_PROBE, 5000), ==, CRM_RC_NOT_RUNNING);
    g_assert_nonnull (strstr (f.records->str, "info agent.output group=web resource=thing_1 "
                                              "action=start text=\"Starting\"\n"));
    g_assert_nonnull (strstr (f.records->str, "debug agent.output group=web resource=thing_1 "
                                              "action=monitor text=\"stopped\"\n"));
    fixture_clear (&f);
}

static void
test_lsb (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_LSB);
    write_agent (&f, "[ $# = 1 ] || exit 9\ncase $1 in status) exit 3;; start) exit 0;; esac");
    g_assert_cmpint (run (&f, CRM_ACTION_PROBE, 5000), ==, CRM_RC_NOT_RUNNING);
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, CRM_RC_OK);
    fixture_clear (&f);
}

/* A systemctl whose unit takes one question to get going, and one to stop. */
static const char fake_systemctl[] =
    "case \"$1 $2 $3 $4\" in\n"
    "'start -- thing.service ') echo activating >state;;\n"
    "'stop -- thing.service ') echo deactivating >state;;\n"
    "'show --property=LoadState,ActiveState -- thing.service')\n"
    "  s=$(cat state 2>/dev/null || echo inactive); echo LoadState=loaded; echo ActiveState=$s\n"
    "  case $s in activating) echo active >state;; deactivating) echo inactive >state;; esac;;\n"
    "*) echo \"bad call: $*\" >&2; exit 1;; esac";

static void
test_systemd (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_SYSTEMD);
    write_agent (&f, fake_systemctl);
    g_assert_cmpint (run (&f, CRM_ACTION_PROBE, 5000), ==, CRM_RC_NOT_RUNNING);
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, CRM_RC_OK);
    g_assert_cmpint (run (&f, CRM_ACTION_PROBE, 5000), ==, CRM_RC_OK);
    g_assert_cmpint (run (&f, CRM_ACTION_STOP, 5000), ==, CRM_RC_OK);
    g_assert_cmpint (run (&f, CRM_ACTION_STOP, 5000), ==, CRM_RC_OK);
    fixture_clear (&f);
}

static void
test_systemd_failures (void)
{
    Fixture f;

    fixture_init (&f, CRM_CLASS_SYSTEMD);
    write_agent (&f, "case $1 in show) echo LoadState=loaded; echo ActiveState=failed;;\n"
                     "*) echo 'Job for thing.service failed' >&2; exit 1;; esac");
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, CRM_RC_GENERIC);
    g_assert_cmpstr (f.reason, ==, "Job for thing.service failed");
    write_agent (&f, "[ $1 = show ] && echo LoadState=not-found");
    g_assert_cmpint (run (&f, CRM_ACTION_PROBE, 5000), ==, CRM_RC_NOT_INSTALLED);
    g_assert_cmpint (run (&f, CRM_ACTION_START, 5000), ==, CRM_RC_NOT_INSTALLED);
    g_assert_cmpint (run (&f, CRM_ACTION_STOP, 5000), ==, CRM_RC_OK);
    write_agent (&f, "[ $1 = show ] && echo LoadState=loaded && echo ActiveState=active");
    g_assert_cmpint (run (&f, CRM_ACTION_STOP, 5000), ==, CRM_RC_GENERIC);
    write_agent (&f, "[ $1 = show ] && echo LoadState=loaded && echo ActiveState=deactivating");
    g_assert_cmpint (run (&f, CRM_ACTION_STOP, 60), ==, CRM_RC_TIMEOUT);
    fixture_clear (&f);
}

static void
test_builtin_and_missing_answer_at_once (void)
{
    const CrmRunnerAction start = { .run = { .op = 7, .action = CRM_ACTION_START } };
    const CrmRunnerAction stop = { .run = { .op = 8, .action = CRM_ACTION_STOP } };
    CrmAgentResult now;
    Fixture f;

    fixture_init (&f, CRM_CLASS_BUILTIN);
    g_assert_true (crm_agents_run (f.agents, &start, f.group, f.res, &now));
    g_assert_cmpuint (now.op, ==, 7);
    g_assert_cmpint (now.rc, ==, CRM_RC_NOT_CONFIGURED);
    g_assert_cmpstr (now.reason, ==, "no such interface");
    g_assert_cmpstr (f.builtin_called, ==, "thing_1");
    f.res->klass = CRM_CLASS_MISSING;
    f.res->missing = g_strdup ("not in /etc/ha.d/resource.d");
    g_assert_true (crm_agents_run (f.agents, &start, f.group, f.res, &now));
    g_assert_cmpint (now.rc, ==, CRM_RC_NOT_INSTALLED);
    g_assert_cmpstr (now.reason, ==, "no agent 'thing': not in /etc/ha.d/resource.d");
    g_assert_true (crm_agents_run (f.agents, &stop, f.group, f.res, &now));
    g_assert_cmpint (now.rc, ==, CRM_RC_OK);
    g_assert_cmpuint (crm_agents_in_flight (f.agents), ==, 0);
    fixture_clear (&f);
}

static void
test_freed_with_a_job_in_flight (void)
{
    const CrmRunnerAction start = {
        .run = { .op = 7, .action = CRM_ACTION_START, .timeout_us = HBD_S (5) }
    };
    CrmAgentResult now;
    Fixture f;

    fixture_init (&f, CRM_CLASS_OCF);
    write_agent (&f, "exit 0");
    g_assert_false (crm_agents_run (f.agents, &start, f.group, f.res, &now));
    g_clear_pointer (&f.agents, crm_agents_free);
    for (guint i = 0; i < 20; i++) {
        g_usleep (2000);
        g_main_context_iteration (NULL, FALSE);
    }
    g_assert_cmpuint (f.calls, ==, 0);
    fixture_clear (&f);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/agent/" path, func)
    ADD ("ocf/codes-and-parameters", test_ocf);
    ADD ("reason/is-the-agents-own", test_reason_is_the_agents_own);
    ADD ("reason/is-else-the-last-line", test_reason_is_else_the_last_line);
    ADD ("time-limit", test_time_limit);
    ADD ("signal-is-a-generic-failure", test_signal_is_a_generic_failure);
    ADD ("vanished-is-not-installed", test_agent_that_vanished);
    ADD ("heartbeat/status-by-text", test_heartbeat);
    ADD ("lsb/status-by-code", test_lsb);
    ADD ("systemd/waits-until-settled", test_systemd);
    ADD ("systemd/failures", test_systemd_failures);
    ADD ("builtin-and-missing-answer-at-once", test_builtin_and_missing_answer_at_once);
    ADD ("freed-with-a-job-in-flight", test_freed_with_a_job_in_flight);
    return g_test_run ();
}
