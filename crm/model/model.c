/* SPDX-License-Identifier: Apache-2.0 */
/* Groups and resources: construction, look-up and the words for their states. */
#include "config.h"

#include "crm/model/model.h"

#include <string.h>

/* Time limits where neither hbd.conf nor the agent says otherwise (doc/crm.md 1.5: 20 s; start and
 * stop of real servers need more). */
#define DEFAULT_PROBE_US HBD_S (20)
#define DEFAULT_START_US HBD_S (60)
#define DEFAULT_STOP_US  HBD_S (60)

static const char *const class_names[CRM_CLASS_N] = {
    [CRM_CLASS_BUILTIN] = "builtin",     [CRM_CLASS_OCF] = "ocf",
    [CRM_CLASS_HEARTBEAT] = "heartbeat", [CRM_CLASS_LSB] = "lsb",
    [CRM_CLASS_SYSTEMD] = "systemd",     [CRM_CLASS_MISSING] = "missing",
};

static const char *const action_names[CRM_ACTION_N] = {
    [CRM_ACTION_PROBE] = "monitor",
    [CRM_ACTION_START] = "start",
    [CRM_ACTION_STOP] = "stop",
    [CRM_ACTION_MONITOR] = "monitor",
};

static const char *const state_names[CRM_GROUP_STATE_N] = {
    [CRM_GROUP_UNKNOWN] = "unknown",   [CRM_GROUP_STOPPED] = "stopped",
    [CRM_GROUP_STARTING] = "starting", [CRM_GROUP_RUNNING] = "running",
    [CRM_GROUP_STOPPING] = "stopping", [CRM_GROUP_FAILED] = "failed",
    [CRM_GROUP_STUCK] = "failed",
};

CrmModel *
crm_model_new (void)
{
    CrmModel *model = g_new0 (CrmModel, 1);

    model->groups = g_ptr_array_new_with_free_func ((GDestroyNotify) crm_group_free);
    return model;
}

void
crm_model_free (CrmModel *model)
{
    if (model == NULL)
        return;
    g_ptr_array_unref (model->groups);
    g_free (model);
}

CrmGroup *
crm_group_new (const char *key, const char *preferred_node)
{
    CrmGroup *group = g_new0 (CrmGroup, 1);

    group->key = g_strdup (key);
    group->preferred_node = g_strdup (preferred_node);
    group->resources = g_ptr_array_new_with_free_func ((GDestroyNotify) crm_resource_free);
    return group;
}

void
crm_group_free (CrmGroup *group)
{
    if (group == NULL)
        return;
    g_ptr_array_unref (group->resources);
    g_free (group->key);
    g_free (group->preferred_node);
    g_free (group);
}

CrmResource *
crm_resource_new (void)
{
    CrmResource *resource = g_new0 (CrmResource, 1);

    resource->klass = CRM_CLASS_MISSING;
    resource->timeout_us[CRM_ACTION_PROBE] = DEFAULT_PROBE_US;
    resource->timeout_us[CRM_ACTION_MONITOR] = DEFAULT_PROBE_US;
    resource->timeout_us[CRM_ACTION_START] = DEFAULT_START_US;
    resource->timeout_us[CRM_ACTION_STOP] = DEFAULT_STOP_US;
    return resource;
}

void
crm_resource_free (CrmResource *resource)
{
    if (resource == NULL)
        return;
    g_free (resource->id);
    g_free (resource->word);
    g_free (resource->name);
    g_strfreev (resource->args);
    g_free (resource->provider);
    g_free (resource->path);
    g_free (resource->unit);
    g_strfreev (resource->params);
    g_free (resource->missing);
    g_free (resource);
}

const CrmGroup *
crm_model_group (const CrmModel *model, guint index)
{
    if (index >= model->groups->len)
        return NULL;
    return g_ptr_array_index (model->groups, index);
}

const CrmResource *
crm_group_resource (const CrmGroup *group, guint index)
{
    if (group == NULL || index >= group->resources->len)
        return NULL;
    return g_ptr_array_index (group->resources, index);
}

int
crm_model_find_group (const CrmModel *model, const char *key)
{
    for (guint i = 0; i < model->groups->len; i++) {
        const CrmGroup *group = g_ptr_array_index (model->groups, i);

        if (g_strcmp0 (group->key, key) == 0)
            return (int) i;
    }
    return -1;
}

static void
digest_string (GChecksum *sum, const char *text)
{
    /* The NUL goes in too, so that "ab","c" and "a","bc" differ; NULL differs from "". */
    if (text == NULL)
        g_checksum_update (sum, (const guchar *) "\1", 2);
    else
        g_checksum_update (sum, (const guchar *) text, (gssize) strlen (text) + 1);
}

static void
digest_strv (GChecksum *sum, char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
        digest_string (sum, *list);
    digest_string (sum, NULL);
}

char *
crm_resource_digest (const CrmResource *resource)
{
    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

    digest_string (sum, crm_class_name (resource->klass));
    digest_string (sum, resource->id);
    digest_string (sum, resource->word);
    digest_string (sum, resource->name);
    digest_string (sum, resource->provider);
    digest_string (sum, resource->path);
    digest_string (sum, resource->unit);
    digest_strv (sum, resource->args);
    digest_strv (sum, resource->params);
    return g_strndup (g_checksum_get_string (sum), 16);
}

const char *
crm_class_name (CrmClass klass)
{
    g_assert (klass < CRM_CLASS_N);
    return class_names[klass];
}

const char *
crm_action_name (CrmAction action)
{
    g_assert (action < CRM_ACTION_N);
    return action_names[action];
}

const char *
crm_group_state_name (CrmGroupState state)
{
    g_assert (state < CRM_GROUP_STATE_N);
    return state_names[state];
}
