/* SPDX-License-Identifier: Apache-2.0 */
/* How each class is called, and what its answers mean: tables from doc/crm.md 1.2, 2.1, 2.2. */
#include "config.h"

#include "crm/exec/agent_private.h"

#include <string.h>

static const struct {
    const char *text;
    bool is_running;
} texts[] = {
    { "", false },
    { "running", true },
    { "apache is running (pid 12)", true },
    { "Running OK", true },
    { "OK", true },
    { "ok", false },
    { "RUNNING", false }, /* only the r may be either */
    { "Resource is stopped", false },
    { "not running", false },
    { "Not Running", false },
    { "NOT running", false },
    { "is not currently running", false },
    { "notrunning", true },
    { "running, not stopped", true },
    { "running; other not running", false },
    { "OK not running", false },
    { "unused", false },
    { "runnin", false },
    { "not ", false },
};

static void
test_status_words (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_test_message ("'%s'", texts[i].text);
        g_assert_cmpint (crm_agent_text_is_running (texts[i].text, strlen (texts[i].text)), ==,
                         texts[i].is_running);
    }
    g_assert_true (crm_agent_text_is_running ("a\0running", 9)); /* NULs are no end */
}

static const struct {
    CrmClass klass;
    CrmAction action;
    int code;
    const char *out;
    int rc;
} codes[] = {
    { CRM_CLASS_OCF, CRM_ACTION_PROBE, 7, "", 7 },
    { CRM_CLASS_OCF, CRM_ACTION_START, 191, "", 191 },
    { CRM_CLASS_OCF, CRM_ACTION_STOP, 0, "not running", 0 },
    { CRM_CLASS_HEARTBEAT, CRM_ACTION_PROBE, 1, "running", 0 }, /* the code says nothing */
    { CRM_CLASS_HEARTBEAT, CRM_ACTION_MONITOR, 0, "stopped", 7 },
    { CRM_CLASS_HEARTBEAT, CRM_ACTION_START, 0, "not running", 0 },
    { CRM_CLASS_HEARTBEAT, CRM_ACTION_START, 7, "", 1 },
    { CRM_CLASS_HEARTBEAT, CRM_ACTION_STOP, 255, "", 1 },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 0, "mysqld is running.", 0 },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 0, "not running", CRM_RC_OK_UNSAID },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 0, "", CRM_RC_OK_UNSAID },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 3, "running", 7 },
    { CRM_CLASS_LSB, CRM_ACTION_MONITOR, 0, "not running", 0 }, /* the text says nothing */
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 1, "", 7 },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 2, "", 7 },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 3, "", 7 },
    { CRM_CLASS_LSB, CRM_ACTION_MONITOR, 4, "", 1 },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 150, "", 5 },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 151, "", 4 },
    { CRM_CLASS_LSB, CRM_ACTION_PROBE, 152, "", 1 },
    { CRM_CLASS_LSB, CRM_ACTION_START, 5, "", 5 },
    { CRM_CLASS_LSB, CRM_ACTION_START, 7, "", 7 },
    { CRM_CLASS_LSB, CRM_ACTION_START, 8, "", 1 },
    { CRM_CLASS_LSB, CRM_ACTION_STOP, 150, "", 1 },
    { CRM_CLASS_LSB, CRM_ACTION_STOP, 0, "", 0 },
};

static void
test_codes (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
        g_test_message ("%s %s %d '%s'", crm_class_name (codes[i].klass),
                        crm_action_name (codes[i].action), codes[i].code, codes[i].out);
        g_assert_cmpint (crm_agent_code (codes[i].klass, codes[i].action, codes[i].code,
                                         codes[i].out, strlen (codes[i].out)),
                         ==, codes[i].rc);
    }
}

static const struct {
    const char *out;
    int rc;
} units[] = {
    { "LoadState=loaded\nActiveState=active\n", 0 },
    { "LoadState=loaded\nActiveState=reloading\n", 0 },
    { "LoadState=loaded\nActiveState=inactive\n", 7 },
    { "LoadState=loaded\nActiveState=failed\n", 7 },
    { "LoadState=loaded\nActiveState=activating\n", -1 },
    { "LoadState=loaded\nActiveState=deactivating\n", -1 },
    { "LoadState=not-found\nActiveState=inactive\n", 5 },
    { "LoadState=masked\nActiveState=inactive\n", 7 },
    { "", 1 },
    { "Failed to connect to bus", 1 },
};

static void
test_units (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (units); i++)
        g_assert_cmpint (crm_agent_unit_code (units[i].out), ==, units[i].rc);
}

static const struct {
    const char *line;
    HbdLevel level;
} lines[] = {
    { "ERROR: no such file", HBD_LEVEL_ERROR },
    { "Nov 23 06:00:00 WARNING: slow, ERROR later", HBD_LEVEL_WARNING },
    { "INFO: Running OK", HBD_LEVEL_INFO },
    { "nginx(web)[12]: DEBUG: x", HBD_LEVEL_DEBUG },
    { "CRIT: x", HBD_LEVEL_ERROR },
    { "no word at all", HBD_LEVEL_INFO },
};

static void
test_line_levels (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        g_assert_cmpint (crm_agent_line_level (lines[i].line), ==, lines[i].level);
}

static bool
has_env (const CrmAgentCall *call, const char *entry)
{
    for (guint i = 0; i + 1 < call->envp->len; i++)
        if (strcmp (g_ptr_array_index (call->envp, i), entry) == 0)
            return true;
    return false;
}

static CrmResource *
make_resource (CrmClass klass)
{
    CrmResource *res = crm_resource_new ();

    res->id = g_strdup ("Filesystem_dev_sdb1");
    res->klass = klass;
    res->path = g_strdup ("/usr/lib/ocf/resource.d/heartbeat/Filesystem");
    res->provider = g_strdup ("heartbeat");
    res->args = g_strsplit ("/dev/sdb1 /data", " ", -1);
    res->params = g_strsplit ("device=/dev/sdb1,directory=/data", ",", -1);
    return res;
}

static void
make_call (CrmAgentCall *call, const CrmResource *res, CrmAction action)
{
    static const char *const env[] = { "HA_LOGFILE=/var/log/ha", NULL };
    const CrmAgentContext context = { .resource = res,
                                      .action = action,
                                      .timeout_us = HBD_S (20),
                                      .node_name = "alpha",
                                      .ha_dir = "/etc/ha.d",
                                      .ocf_root = "/usr/lib/ocf",
                                      .env = env };

    crm_agent_call_init (call, &context);
}

static void
test_ocf_call (void)
{
    CrmResource *res = make_resource (CRM_CLASS_OCF);
    CrmAgentCall call;

    make_call (&call, res, CRM_ACTION_PROBE);
    g_assert_cmpuint (call.argv->len, ==, 3); /* path, action, end */
    g_assert_cmpstr (g_ptr_array_index (call.argv, 1), ==, "monitor");
    g_assert_true (has_env (&call, "OCF_ROOT=/usr/lib/ocf"));
    g_assert_true (has_env (&call, "OCF_RA_VERSION_MAJOR=1"));
    g_assert_true (has_env (&call, "OCF_RESOURCE_INSTANCE=Filesystem_dev_sdb1"));
    g_assert_true (has_env (&call, "OCF_RESOURCE_TYPE=Filesystem"));
    g_assert_true (has_env (&call, "OCF_RESOURCE_PROVIDER=heartbeat"));
    g_assert_true (has_env (&call, "OCF_RESKEY_device=/dev/sdb1"));
    g_assert_true (has_env (&call, "OCF_RESKEY_directory=/data"));
    g_assert_true (has_env (&call, "OCF_RESKEY_CRM_meta_interval=0"));
    g_assert_true (has_env (&call, "OCF_RESKEY_CRM_meta_timeout=20000"));
    g_assert_true (has_env (&call, "OCF_RESKEY_CRM_meta_name=monitor"));
    g_assert_true (has_env (&call, "LC_ALL=C"));
    g_assert_true (has_env (&call, "HA_DIR=/etc/ha.d"));
    g_assert_true (has_env (&call, "HA_LOGFILE=/var/log/ha"));
    g_assert_null (g_ptr_array_index (call.envp, call.envp->len - 1));
    crm_agent_call_clear (&call);
    make_call (&call, res, CRM_ACTION_MONITOR);
    g_assert_false (has_env (&call, "OCF_RESKEY_CRM_meta_interval=0")); /* no probe */
    crm_agent_call_clear (&call);
    crm_resource_free (res);
}

static void
test_heartbeat_call (void)
{
    CrmResource *res = make_resource (CRM_CLASS_HEARTBEAT);
    CrmAgentCall call;

    make_call (&call, res, CRM_ACTION_PROBE);
    g_assert_cmpuint (call.argv->len, ==, 5);
    g_assert_cmpstr (g_ptr_array_index (call.argv, 1), ==, "/dev/sdb1");
    g_assert_cmpstr (g_ptr_array_index (call.argv, 2), ==, "/data");
    g_assert_cmpstr (g_ptr_array_index (call.argv, 3), ==, "status");
    g_assert_true (has_env (&call, "HA_CURHOST=alpha"));
    g_assert_false (has_env (&call, "OCF_ROOT=/usr/lib/ocf"));
    crm_agent_call_clear (&call);
    crm_resource_free (res);
}

static void
test_lsb_call (void)
{
    CrmResource *res = make_resource (CRM_CLASS_LSB);
    CrmAgentCall call;

    make_call (&call, res, CRM_ACTION_STOP);
    g_assert_cmpuint (call.argv->len, ==, 3); /* arguments are not passed */
    g_assert_cmpstr (g_ptr_array_index (call.argv, 1), ==, "stop");
    crm_agent_call_clear (&call);
    crm_resource_free (res);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/agent-class/heartbeat/status-words", test_status_words);
    g_test_add_func ("/agent-class/codes", test_codes);
    g_test_add_func ("/agent-class/systemd/states", test_units);
    g_test_add_func ("/agent-class/line-levels", test_line_levels);
    g_test_add_func ("/agent-class/ocf/call", test_ocf_call);
    g_test_add_func ("/agent-class/heartbeat/call", test_heartbeat_call);
    g_test_add_func ("/agent-class/lsb/call", test_lsb_call);
    return g_test_run ();
}
