/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration, keys and messages as GVariant values (see engine_config.h). Values from the other
 * process are checked against the bounds that the cores rely on. */
#include "config.h"

#include "hbd/daemon/engine_config.h"

#include <string.h>

#define MAX_TIME HBD_S (86400)

void
hbd_engine_config_free (HbdEngineConfig *config)
{
    if (config == NULL)
        return;
    g_free (config->self);
    g_free (config->digest);
    g_strfreev (config->nodes);
    g_strfreev (config->links);
    g_strfreev (config->hooks);
    g_clear_pointer (&config->model, crm_model_free);
    g_clear_pointer (&config->keys, hbd_key_table_free);
    g_free (config);
}

/* Point .node at what the struct owns. */
static void
wire_up (HbdEngineConfig *config)
{
    config->node.membership.self = config->self;
    config->node.membership.nodes = (const char *const *) config->nodes;
    config->node.membership.links = (const char *const *) config->links;
    config->node.membership.keys = config->keys;
    config->node.model = config->model;
    config->node.cluster_digest = config->digest;
    config->node.hooks = (const char *const *) config->hooks;
}

static HbdKeyTable *
keys_dup (const HbdKeyTable *keys)
{
    g_autoptr (GVariant) value = g_variant_ref_sink (hbd_keys_to_variant (keys));

    return hbd_keys_from_variant (value);
}

static CrmFailback
failback_of (CfgFailback failback)
{
    switch (failback) {
    case CFG_FAILBACK_ON:
        return CRM_FAILBACK_ON;
    case CFG_FAILBACK_OFF:
        return CRM_FAILBACK_OFF;
    case CFG_FAILBACK_LEGACY:
        break;
    }
    return CRM_FAILBACK_LEGACY;
}

static void
copy_names (HbdEngineConfig *config, const CfgCluster *cluster)
{
    g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
    g_autoptr (GPtrArray) links = g_ptr_array_new ();

    for (guint i = 0; i < cluster->nodes->len; i++)
        g_ptr_array_add (nodes, g_strdup (((CfgNode *) cluster->nodes->pdata[i])->name));
    g_ptr_array_add (nodes, NULL);
    config->nodes = (GStrv) g_ptr_array_steal (nodes, NULL);
    for (guint i = 0; i < cluster->links->len; i++)
        g_ptr_array_add (links, g_strdup (((CfgLink *) cluster->links->pdata[i])->interface));
    g_ptr_array_add (links, NULL);
    config->links = (GStrv) g_ptr_array_steal (links, NULL);
    config->model = crm_model_new ();
    for (guint i = 0; i < cluster->groups->len; i++) {
        const CfgGroupLine *line = cluster->groups->pdata[i];
        const CfgResourceWord *first = line->resources->pdata[0];

        g_ptr_array_add (config->model->groups, crm_group_new (first->word, line->node));
    }
}

HbdEngineConfig *
hbd_engine_config_new (const CfgCluster *cluster, const char *self, const char *const *hooks)
{
    HbdEngineConfig *config = g_new0 (HbdEngineConfig, 1);
    HbdMembershipConfig *m = &config->node.membership;

    config->self = g_ascii_strdown (self, -1);
    config->digest =
        g_strdup (cluster->haresources_digest != NULL ? cluster->haresources_digest : "");
    config->hooks = g_strdupv ((char **) hooks);
    config->keys = keys_dup (cluster->keys);
    copy_names (config, cluster);
    m->keepalive_us = cluster->keepalive_us;
    m->deadtime_us = cluster->deadtime_us;
    m->warntime_us = cluster->warntime_us;
    m->initdead_us = cluster->initdead_us;
    m->rexmit_us = cluster->rexmit_us;
    m->hopfudge = cluster->hopfudge;
    m->inner_auth = cluster->inner_auth;
    config->node.failback = failback_of (cluster->failback);
    wire_up (config);
    return config;
}

GVariant *
hbd_keys_to_variant (const HbdKeyTable *keys)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("a(uuay)"));
    for (guint i = 0; i < HBD_KEYS_MAX; i++) {
        const HbdKey *key = &keys->key[i];
        gsize len = 0;
        const guint8 *secret = key->secret != NULL ? g_bytes_get_data (key->secret, &len) : NULL;

        if (key->method != HBD_AUTH_NONE)
            g_variant_builder_add (&b, "(uu@ay)", i, (guint32) key->method,
                                   g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, secret, len, 1));
    }
    return g_variant_new ("(ua(uuay))", keys->active, &b);
}

HbdKeyTable *
hbd_keys_from_variant (GVariant *value)
{
    g_autoptr (HbdKeyTable) keys = hbd_key_table_new ();
    g_autoptr (GVariantIter) iter = NULL;
    guint32 index, method;
    GVariant *secret_value;
    bool ok = true;

    g_variant_get (value, "(ua(uuay))", &keys->active, &iter);
    while (g_variant_iter_next (iter, "(uu@ay)", &index, &method, &secret_value)) {
        gsize len;
        const char *bytes = g_variant_get_fixed_array (secret_value, &len, 1);
        g_autofree char *secret = g_strndup (bytes != NULL ? bytes : "", len);

        if (index < HBD_KEYS_MAX && method > HBD_AUTH_NONE && method <= HBD_AUTH_SHA256)
            hbd_key_table_set (keys, index, (HbdAuthMethod) method,
                               method == HBD_AUTH_CRC ? NULL : secret);
        else
            ok = false;
        g_variant_unref (secret_value);
    }
    if (!ok || keys->active >= HBD_KEYS_MAX || keys->key[keys->active].method == HBD_AUTH_NONE)
        return NULL;
    return g_steal_pointer (&keys);
}

static GVariant *
groups_to_variant (const CrmModel *model)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("a(ss)"));
    for (guint i = 0; i < model->groups->len; i++) {
        const CrmGroup *group = crm_model_group (model, i);

        g_variant_builder_add (&b, "(ss)", group->key, group->preferred_node);
    }
    return g_variant_builder_end (&b);
}

GVariant *
hbd_engine_config_to_variant (const HbdEngineConfig *config)
{
    const HbdMembershipConfig *m = &config->node.membership;
    GVariant *times = g_variant_new ("(xxxxx)", m->keepalive_us, m->deadtime_us, m->warntime_us,
                                     m->initdead_us, m->rexmit_us);

    return g_variant_new ("(s^as^as@(xxxxx)u@ayub@(ua(uuay))t@a(ss)us^as)", m->self, config->nodes,
                          config->links, times, m->hopfudge,
                          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, m->uuid, 16, 1),
                          m->generation, (gboolean) m->inner_auth, hbd_keys_to_variant (m->keys),
                          m->seed, groups_to_variant (config->model),
                          (guint32) config->node.failback, config->digest, config->hooks);
}

char *
hbd_engine_config_digest (const HbdEngineConfig *config)
{
    HbdEngineConfig same = *config;
    g_autoptr (HbdKeyTable) no_keys = hbd_key_table_new ();
    g_autoptr (GVariant) value = NULL;

    same.node.membership.generation = 0;
    same.node.membership.seed = 0;
    same.node.membership.keys = no_keys;
    memset (same.node.membership.uuid, 0, sizeof same.node.membership.uuid);
    value = g_variant_ref_sink (hbd_engine_config_to_variant (&same));
    return g_compute_checksum_for_data (G_CHECKSUM_SHA256, g_variant_get_data (value),
                                        g_variant_get_size (value));
}

static bool
time_ok (HbdTime t)
{
    return t > 0 && t <= MAX_TIME;
}

static bool
bounds_ok (const HbdEngineConfig *config, gsize uuid_len)
{
    const HbdMembershipConfig *m = &config->node.membership;
    guint n_nodes = g_strv_length (config->nodes);

    return uuid_len == 16 && n_nodes > 0 && n_nodes <= HBD_CONFIG_MAX_NODES
           && g_strv_length (config->links) <= HBD_CONFIG_MAX_LINKS
           && config->model->groups->len <= HBD_CONFIG_MAX_GROUPS
           && g_strv_contains ((const char *const *) config->nodes, config->self)
           && time_ok (m->keepalive_us) && time_ok (m->deadtime_us) && time_ok (m->warntime_us)
           && time_ok (m->initdead_us) && time_ok (m->rexmit_us) && m->hopfudge <= 255
           && config->node.failback <= CRM_FAILBACK_OFF && config->keys != NULL;
}

HbdEngineConfig *
hbd_engine_config_from_variant (GVariant *value, GError **error)
{
    g_autoptr (HbdEngineConfig) config = g_new0 (HbdEngineConfig, 1);
    HbdMembershipConfig *m = &config->node.membership;
    g_autoptr (GVariant) uuid = NULL, keys = NULL, groups = NULL;
    const char *key, *preferred;
    GVariantIter iter;
    const guint8 *uuid_bytes;
    gsize uuid_len = 0;
    gboolean inner = FALSE;
    guint32 failback;

    g_variant_get (value, "(s^as^as(xxxxx)u@ayub@(ua(uuay))t@a(ss)us^as)", &config->self,
                   &config->nodes, &config->links, &m->keepalive_us, &m->deadtime_us,
                   &m->warntime_us, &m->initdead_us, &m->rexmit_us, &m->hopfudge, &uuid,
                   &m->generation, &inner, &keys, &m->seed, &groups, &failback, &config->digest,
                   &config->hooks);
    m->inner_auth = inner;
    config->node.failback = (CrmFailback) failback;
    uuid_bytes = g_variant_get_fixed_array (uuid, &uuid_len, 1);
    if (uuid_len == 16)
        memcpy (m->uuid, uuid_bytes, 16);
    config->keys = hbd_keys_from_variant (keys);
    config->model = crm_model_new ();
    g_variant_iter_init (&iter, groups);
    while (g_variant_iter_next (&iter, "(&s&s)", &key, &preferred))
        g_ptr_array_add (config->model->groups, crm_group_new (key, preferred));
    if (!bounds_ok (config, uuid_len)) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "configuration out of bounds");
        return NULL;
    }
    wire_up (config);
    return g_steal_pointer (&config);
}

GVariant *
hbd_message_to_variant (const HbdMessage *message)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("a(ss)"));
    for (guint i = 0; i < hbd_message_field_count (message); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;
        const char *name = hbd_message_field (message, i, &data, &len, &is_binary);

        if (!is_binary && g_utf8_validate (name, -1, NULL)
            && g_utf8_validate ((const char *) data, (gssize) len, NULL))
            g_variant_builder_add (&b, "(ss)", name, (const char *) data);
    }
    return g_variant_builder_end (&b);
}

HbdMessage *
hbd_message_from_variant (GVariant *value)
{
    g_autoptr (HbdMessage) message = hbd_message_new ();
    GVariantIter iter;
    const char *name, *text;
    gsize total = 0;

    if (g_variant_n_children (value) > HBD_MESSAGE_MAX_FIELDS)
        return NULL;
    g_variant_iter_init (&iter, value);
    while (g_variant_iter_next (&iter, "(&s&s)", &name, &text)) {
        gsize name_len = strlen (name);

        total += name_len + strlen (text);
        if (name_len == 0 || name_len > HBD_MESSAGE_MAX_NAME_LEN
            || total > HBD_MESSAGE_MAX_BYTES / 2)
            return NULL;
        hbd_message_add (message, name, text);
    }
    return g_steal_pointer (&message);
}
