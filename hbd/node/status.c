/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine knows, as a{sv}; keys are the contract's (doc/design.md): added, never renamed. */
#include "config.h"

#include "hbd/node/node.h"

#include "hbd/node/node_private.h"

/* Datagrams on a link to another node: those of it that came here, ours that came there. */
static void
add_counts (const HbdNode *node, guint index, int link, GVariantBuilder *dict)
{
    guint64 there;

    if (index == node->self)
        return;
    g_variant_builder_add (dict, "{sv}", "received",
                           g_variant_new_uint64 (hbd_membership_received (node->m, index, link)));
    if (hbd_membership_echo (node->m, index, link, &there))
        g_variant_builder_add (dict, "{sv}", "received_there", g_variant_new_uint64 (there));
}

static GVariant *
links_of (const HbdNode *node, guint index)
{
    GVariantBuilder list;

    g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
    for (guint i = 0; node->links[i] != NULL; i++) {
        bool is_up = hbd_membership_link_is_up (node->m, index, (int) i);

        g_variant_builder_open (&list, G_VARIANT_TYPE ("a{sv}"));
        g_variant_builder_add (&list, "{sv}", "name", g_variant_new_string (node->links[i]));
        g_variant_builder_add (&list, "{sv}", "status",
                               g_variant_new_string (is_up ? "up" : "dead"));
        add_counts (node, index, (int) i, &list);
        g_variant_builder_close (&list);
    }
    return g_variant_builder_end (&list);
}

static GVariant *
one_node (const HbdNode *node, guint index, HbdTime now)
{
    GVariantBuilder dict;
    HbdTime heard = hbd_membership_last_heard (node->m, index);
    const char *status = hbd_node_state_name (hbd_membership_node_state (node->m, index));
    gint64 age = index == node->self ? 0 : heard == HBD_TIME_NEVER ? -1 : (now - heard) / 1000;

    g_variant_builder_init (&dict, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&dict, "{sv}", "name", g_variant_new_string (node->names[index]));
    g_variant_builder_add (&dict, "{sv}", "status", g_variant_new_string (status));
    g_variant_builder_add (&dict, "{sv}", "local", g_variant_new_boolean (index == node->self));
    g_variant_builder_add (&dict, "{sv}", "links", links_of (node, index));
    g_variant_builder_add (&dict, "{sv}", "last_heard_ms", g_variant_new_int64 (age));
    g_variant_builder_add (&dict, "{sv}", "native",
                           g_variant_new_boolean (hbd_membership_node_is_native (node->m, index)));
    return g_variant_builder_end (&dict);
}

static GVariant *
one_group (const HbdNode *node, guint index)
{
    GVariantBuilder dict;
    const CrmGroup *group = crm_model_group (node->model, index);
    const char *owner = crm_takeover_owner (node->t, index);

    g_variant_builder_init (&dict, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&dict, "{sv}", "name", g_variant_new_string (group->key));
    g_variant_builder_add (&dict, "{sv}", "owner",
                           g_variant_new_string (owner != NULL ? owner : ""));
    if (node->peer >= 0) {
        CrmGroupState state = crm_takeover_peer_state (node->t, index);

        g_variant_builder_add (&dict, "{sv}", "peer",
                               g_variant_new_string (node->names[node->peer]));
        g_variant_builder_add (&dict, "{sv}", "peer_state",
                               g_variant_new_string (crm_group_state_name (state)));
        g_variant_builder_add (&dict, "{sv}", "peer_stuck",
                               g_variant_new_boolean (state == CRM_GROUP_STUCK));
    }
    return g_variant_builder_end (&dict);
}

GVariant *
hbd_node_status (const HbdNode *node, HbdTime now)
{
    GVariantBuilder dict, nodes, groups;

    g_variant_builder_init (&nodes, G_VARIANT_TYPE ("aa{sv}"));
    for (guint i = 0; node->names[i] != NULL; i++)
        g_variant_builder_add_value (&nodes, one_node (node, i, now));
    g_variant_builder_init (&groups, G_VARIANT_TYPE ("aa{sv}"));
    for (guint i = 0; i < node->model->groups->len; i++)
        g_variant_builder_add_value (&groups, one_group (node, i));
    g_variant_builder_init (&dict, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&dict, "{sv}", "nodes", g_variant_builder_end (&nodes));
    g_variant_builder_add (&dict, "{sv}", "groups", g_variant_builder_end (&groups));
    g_variant_builder_add (&dict, "{sv}", "holding",
                           g_variant_new_string (crm_takeover_holding (node->t)));
    g_variant_builder_add (&dict, "{sv}", "counters", hbd_membership_counters (node->m));
    return g_variant_builder_end (&dict);
}
