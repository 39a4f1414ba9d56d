/* SPDX-License-Identifier: Apache-2.0 */
/* How each agent class is called and what its answers mean: doc/crm.md 1.2 (OCF), 2.1 (Heartbeat's
 * resource.d), 2.2 (LSB, systemd). No I/O here. */
#include "config.h"

#include "crm/exec/agent_private.h"

#include <string.h>

#define EXIT_REASON_PREFIX "ocf-exit-reason:"

static const char *const plain_env[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL=C",
    "HOME=/root",
    "TERM=dumb",
    "SHELL=/bin/sh",
    NULL,
};

static void G_GNUC_PRINTF (2, 3) add_format (GPtrArray *list, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    g_ptr_array_add (list, g_strdup_vprintf (format, args));
    va_end (args);
}

static void
add_all (GPtrArray *list, const char *const *strings)
{
    for (; strings != NULL && *strings != NULL; strings++)
        g_ptr_array_add (list, g_strdup (*strings));
}

static void
add_common_env (GPtrArray *env, const CrmAgentContext *c)
{
    add_all (env, plain_env);
    add_format (env, "HA_DIR=%s", c->ha_dir);
    add_format (env, "HA_RCDIR=%s/rc.d", c->ha_dir);
    add_format (env, "HA_RESOURCEDIR=%s/resource.d", c->ha_dir);
    add_format (env, "HA_CF=%s/ha.cf", c->ha_dir);
    add_format (env, "HA_CURHOST=%s", c->node_name);
    add_format (env, "HA_DATEFMT=%%b %%d %%T ");
    add_all (env, c->env);
}

static void
add_ocf_env (GPtrArray *env, const CrmAgentContext *c)
{
    const CrmResource *res = c->resource;
    g_autofree char *type = g_path_get_basename (res->path);
    /* Interval 0 is how an agent knows a probe; the real one comes with monitoring. */
    int interval_ms = c->action == CRM_ACTION_MONITOR ? 10000 : 0;

    add_format (env, "OCF_ROOT=%s", c->ocf_root);
    add_format (env, "OCF_RA_VERSION_MAJOR=1");
    add_format (env, "OCF_RA_VERSION_MINOR=0");
    add_format (env, "OCF_RESOURCE_INSTANCE=%s", res->id);
    add_format (env, "OCF_RESOURCE_TYPE=%s", type);
    add_format (env, "OCF_RESOURCE_PROVIDER=%s",
                res->provider != NULL ? res->provider : "heartbeat");
    add_format (env, "OCF_CHECK_LEVEL=0");
    add_format (env, "OCF_EXIT_REASON_PREFIX=" EXIT_REASON_PREFIX);
    add_format (env, "OCF_RESKEY_CRM_meta_name=%s", crm_action_name (c->action));
    add_format (env, "OCF_RESKEY_CRM_meta_on_node=%s", c->node_name);
    add_format (env, "OCF_RESKEY_CRM_meta_interval=%d", interval_ms);
    add_format (env, "OCF_RESKEY_CRM_meta_timeout=%" G_GINT64_FORMAT, c->timeout_us / 1000);
    for (char **param = res->params; param != NULL && *param != NULL; param++)
        add_format (env, "OCF_RESKEY_%s", *param);
}

/* Heartbeat and LSB scripts ask "status"; OCF agents "monitor". */
static const char *
script_action (CrmAction action)
{
    bool is_question = action == CRM_ACTION_PROBE || action == CRM_ACTION_MONITOR;

    return is_question ? "status" : crm_action_name (action);
}

void
crm_agent_call_init_plain (CrmAgentCall *call, const CrmAgentContext *context,
                           const char *const *argv)
{
    call->argv = g_ptr_array_new_with_free_func (g_free);
    call->envp = g_ptr_array_new_with_free_func (g_free);
    add_all (call->argv, argv);
    add_common_env (call->envp, context);
    g_ptr_array_add (call->argv, NULL);
    g_ptr_array_add (call->envp, NULL);
}

void
crm_agent_call_init (CrmAgentCall *call, const CrmAgentContext *c)
{
    const CrmResource *res = c->resource;

    call->argv = g_ptr_array_new_with_free_func (g_free);
    call->envp = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (call->argv, g_strdup (res->path));
    add_common_env (call->envp, c);
    if (res->klass == CRM_CLASS_OCF) {
        g_ptr_array_add (call->argv, g_strdup (crm_action_name (c->action)));
        add_ocf_env (call->envp, c);
    } else {
        if (res->klass == CRM_CLASS_HEARTBEAT)
            add_all (call->argv, (const char *const *) res->args);
        g_ptr_array_add (call->argv, g_strdup (script_action (c->action)));
    }
    g_ptr_array_add (call->argv, NULL);
    g_ptr_array_add (call->envp, NULL);
}

void
crm_agent_call_clear (CrmAgentCall *call)
{
    g_clear_pointer (&call->argv, g_ptr_array_unref);
    g_clear_pointer (&call->envp, g_ptr_array_unref);
}

/* --- answers --------------------------------------------------------------------------------- */

/* Where "running" or "Running" begins in @text, or @len. */
static gsize
find_running (const char *text, gsize len)
{
    for (gsize i = 0; i + 7 <= len; i++)
        if ((text[i] == 'r' || text[i] == 'R') && memcmp (text + i + 1, "unning", 6) == 0)
            return i;
    return len;
}

static bool
holds (const char *text, gsize len, const char *word)
{
    gsize n = strlen (word);

    for (gsize i = 0; i + n <= len; i++)
        if (memcmp (text + i, word, n) == 0)
            return true;
    return false;
}

/* "not " in any case and a "running" somewhere behind it; else "running" or "OK" anywhere.
 * Heartbeat's ResourceManager, we_own_resource. */
bool
crm_agent_text_is_running (const char *text, gsize len)
{
    for (gsize i = 0; i + 4 <= len; i++)
        if (g_ascii_strncasecmp (text + i, "not ", 4) == 0
            && find_running (text + i + 4, len - i - 4) < len - i - 4)
            return false;
    return find_running (text, len) < len || holds (text, len, "OK");
}

int
crm_agent_lsb_status (int code)
{
    switch (code) {
    case 0:
        return CRM_RC_OK;
    case 1: /* dead, pid file exists */
    case 2: /* dead, lock file exists */
    case 3:
        return CRM_RC_NOT_RUNNING;
    case 150:
        return CRM_RC_NOT_INSTALLED;
    case 151:
        return CRM_RC_PERM;
    default:
        return CRM_RC_GENERIC;
    }
}

int
crm_agent_code (CrmClass klass, CrmAction action, int code, const char *out, gsize out_len)
{
    bool is_question = action == CRM_ACTION_PROBE || action == CRM_ACTION_MONITOR;

    if (klass == CRM_CLASS_HEARTBEAT && is_question)
        return crm_agent_text_is_running (out, out_len) ? CRM_RC_OK : CRM_RC_NOT_RUNNING;
    if (klass == CRM_CLASS_HEARTBEAT)
        return code == 0 ? CRM_RC_OK : CRM_RC_GENERIC;
    if (klass == CRM_CLASS_LSB && action == CRM_ACTION_PROBE && code == 0
        && !crm_agent_text_is_running (out, out_len))
        return CRM_RC_OK_UNSAID;
    if (klass == CRM_CLASS_LSB && is_question)
        return crm_agent_lsb_status (code);
    if (klass == CRM_CLASS_LSB)
        return code >= 0 && code <= 7 ? code : CRM_RC_GENERIC;
    return code;
}

int
crm_agent_unit_code (const char *out)
{
    if (strstr (out, "LoadState=not-found") != NULL)
        return CRM_RC_NOT_INSTALLED;
    if (strstr (out, "ActiveState=active") != NULL || strstr (out, "ActiveState=reloading") != NULL)
        return CRM_RC_OK;
    if (strstr (out, "ActiveState=activating") != NULL
        || strstr (out, "ActiveState=deactivating") != NULL)
        return -1;
    if (strstr (out, "ActiveState=") != NULL)
        return CRM_RC_NOT_RUNNING;
    return CRM_RC_GENERIC;
}

HbdLevel
crm_agent_line_level (const char *line)
{
    static const struct {
        const char *word;
        HbdLevel level;
    } words[] = {
        { "CRIT", HBD_LEVEL_ERROR },    { "ERROR", HBD_LEVEL_ERROR }, { "WARN", HBD_LEVEL_WARNING },
        { "NOTICE", HBD_LEVEL_NOTICE }, { "INFO", HBD_LEVEL_INFO },   { "DEBUG", HBD_LEVEL_DEBUG },
    };
    const char *best = NULL;
    HbdLevel level = HBD_LEVEL_INFO;

    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        const char *at = strstr (line, words[i].word);

        if (at != NULL && (best == NULL || at < best)) {
            best = at;
            level = words[i].level;
        }
    }
    return level;
}
