/* SPDX-License-Identifier: Apache-2.0 */
/* What the manager tells the engine survives the way, and out-of-bounds values do not. */
#include "config.h"

#include "hbd/daemon/engine_config.h"

#include <string.h>

static HbdEngineConfig *
sample (void)
{
    static const char *const hooks[] = { "status", NULL };
    g_autoptr (HbdKeyTable) keys = hbd_key_table_new ();
    CfgNode alpha = { .name = (char *) "alpha" }, beta = { .name = (char *) "beta" };
    CfgLink link = { .kind = CFG_LINK_BCAST, .interface = (char *) "eth0", .port = 694 };
    CfgResourceWord word = { .word = (char *) "10.0.0.1/24/eth0", .name = (char *) "IPaddr" };
    CfgGroupLine line = { .node = (char *) "alpha" };
    CfgCluster cluster = { .keepalive_us = HBD_MS (200),
                           .deadtime_us = HBD_S (1),
                           .warntime_us = HBD_MS (500),
                           .initdead_us = HBD_S (5),
                           .rexmit_us = HBD_MS (250),
                           .hopfudge = 1,
                           .inner_auth = true,
                           .failback = CFG_FAILBACK_ON,
                           .keys = keys,
                           .haresources_digest = (char *) "abc" };
    HbdEngineConfig *config;

    hbd_key_table_set (keys, 1, HBD_AUTH_SHA1, "secret");
    hbd_key_table_set (keys, 3, HBD_AUTH_CRC, NULL);
    keys->active = 1;
    cluster.nodes = g_ptr_array_new ();
    cluster.links = g_ptr_array_new ();
    cluster.groups = g_ptr_array_new ();
    line.resources = g_ptr_array_new ();
    g_ptr_array_add (cluster.nodes, &alpha);
    g_ptr_array_add (cluster.nodes, &beta);
    g_ptr_array_add (cluster.links, &link);
    g_ptr_array_add (line.resources, &word);
    g_ptr_array_add (cluster.groups, &line);
    config = hbd_engine_config_new (&cluster, "Alpha", hooks);
    g_ptr_array_unref (line.resources);
    g_ptr_array_unref (cluster.groups);
    g_ptr_array_unref (cluster.links);
    g_ptr_array_unref (cluster.nodes);
    config->node.membership.generation = 77;
    config->node.membership.seed = G_GUINT64_CONSTANT (0xfedcba9876543210);
    memset (config->node.membership.uuid, 0xa5, 16);
    return config;
}

static void
test_round_trip (void)
{
    g_autoptr (HbdEngineConfig) config = sample ();
    g_autoptr (GVariant) sent = g_variant_ref_sink (hbd_engine_config_to_variant (config));
    g_autoptr (HbdEngineConfig) got = hbd_engine_config_from_variant (sent, NULL);
    g_autoptr (GVariant) again = NULL;
    g_autofree char *digest = hbd_engine_config_digest (config);
    g_autofree char *got_digest = NULL;

    g_assert_nonnull (got);
    again = g_variant_ref_sink (hbd_engine_config_to_variant (got));
    g_assert_true (g_variant_equal (sent, again));
    g_assert_cmpstr (g_variant_get_type_string (sent), ==, HBD_CONFIG_SIGNATURE);
    g_assert_cmpstr (got->node.membership.self, ==, "alpha");
    g_assert_cmpstr (got->node.membership.nodes[1], ==, "beta");
    g_assert_cmpstr (got->node.membership.links[0], ==, "eth0");
    g_assert_cmpuint (got->node.membership.generation, ==, 77);
    g_assert_true (got->node.membership.inner_auth);
    g_assert_cmpint (got->node.failback, ==, CRM_FAILBACK_ON);
    g_assert_cmpstr (crm_model_group (got->node.model, 0)->key, ==, "10.0.0.1/24/eth0");
    g_assert_cmpstr (got->node.hooks[0], ==, "status");
    g_assert_cmpint (got->keys->key[3].method, ==, HBD_AUTH_CRC);
    g_assert_cmpint (got->keys->key[2].method, ==, HBD_AUTH_NONE);
    got_digest = hbd_engine_config_digest (got);
    g_assert_cmpstr (digest, ==, got_digest);
}

/* The digest says whether a running engine needs to be told anew. */
static void
test_digest_covers_settings_not_lives (void)
{
    g_autoptr (HbdEngineConfig) a = sample ();
    g_autoptr (HbdEngineConfig) b = sample ();
    g_autofree char *first = hbd_engine_config_digest (a);
    g_autofree char *other_life = NULL, *other_key = NULL, *other_time = NULL;

    b->node.membership.generation++;
    b->node.membership.seed++;
    b->node.membership.uuid[0]++;
    other_life = hbd_engine_config_digest (b);
    g_assert_cmpstr (first, ==, other_life);
    hbd_key_table_set (b->keys, 1, HBD_AUTH_SHA1, "other");
    other_key = hbd_engine_config_digest (b);
    g_assert_cmpstr (first, ==, other_key);
    b->node.membership.deadtime_us++;
    other_time = hbd_engine_config_digest (b);
    g_assert_cmpstr (first, !=, other_time);
}

typedef void (*Spoil) (HbdEngineConfig *config);

static void
no_keepalive (HbdEngineConfig *c)
{
    c->node.membership.keepalive_us = 0;
}

static void
negative_deadtime (HbdEngineConfig *c)
{
    c->node.membership.deadtime_us = -1;
}

static void
endless_initdead (HbdEngineConfig *c)
{
    c->node.membership.initdead_us = HBD_TIME_NEVER;
}

static void
stranger (HbdEngineConfig *c)
{
    c->node.membership.self = "gamma";
}

static void
no_active_key (HbdEngineConfig *c)
{
    c->keys->active = 9;
}

static void
key_beyond_table (HbdEngineConfig *c)
{
    c->keys->active = HBD_KEYS_MAX;
}

static void
odd_failback (HbdEngineConfig *c)
{
    c->node.failback = (CrmFailback) 17;
}

static void
too_many_groups (HbdEngineConfig *c)
{
    for (int i = 0; i < HBD_CONFIG_MAX_GROUPS; i++)
        g_ptr_array_add (c->model->groups, crm_group_new ("g", "alpha"));
}

static void
test_out_of_bounds_is_refused (void)
{
    static const Spoil spoils[] = { no_keepalive, negative_deadtime, endless_initdead,
                                    stranger,     no_active_key,     key_beyond_table,
                                    odd_failback, too_many_groups };

    for (guint i = 0; i < G_N_ELEMENTS (spoils); i++) {
        g_autoptr (HbdEngineConfig) config = sample ();
        g_autoptr (HbdEngineConfig) got = NULL;
        g_autoptr (GVariant) sent = NULL;
        g_autoptr (GError) error = NULL;

        spoils[i](config);
        sent = g_variant_ref_sink (hbd_engine_config_to_variant (config));
        got = hbd_engine_config_from_variant (sent, &error);
        g_test_message ("spoil %u", i);
        g_assert_null (got);
        g_assert_nonnull (error);
    }
}

static void
test_messages_lose_binary_fields_only (void)
{
    g_autoptr (HbdMessage) message = hbd_message_new_typed ("status");
    g_autoptr (HbdMessage) got = NULL;
    g_autoptr (GVariant) value = NULL;

    hbd_message_add (message, "st", "dead");
    hbd_message_add_binary (message, "srcuuid", "\1\2\3", 3);
    hbd_message_add (message, "info", "\xff\xfe");
    value = g_variant_ref_sink (hbd_message_to_variant (message));
    got = hbd_message_from_variant (value);
    g_assert_cmpuint (hbd_message_field_count (got), ==, 2);
    g_assert_cmpstr (hbd_message_get (got, "t"), ==, "status");
    g_assert_cmpstr (hbd_message_get (got, "st"), ==, "dead");
}

static void
test_too_large_messages_are_refused (void)
{
    g_autofree char *long_name = g_strnfill (HBD_MESSAGE_MAX_NAME_LEN + 1, 'n');
    g_autofree char *long_value = g_strnfill (HBD_MESSAGE_MAX_BYTES, 'v');
    const char *fields[][2] = { { "", "x" }, { long_name, "x" }, { "x", long_value } };
    GVariantBuilder b;

    for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
        g_autoptr (GVariant) value = NULL;

        g_variant_builder_init (&b, G_VARIANT_TYPE ("a(ss)"));
        g_variant_builder_add (&b, "(ss)", fields[i][0], fields[i][1]);
        value = g_variant_ref_sink (g_variant_builder_end (&b));
        g_assert_null (hbd_message_from_variant (value));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/engine-config/round-trip", test_round_trip);
    g_test_add_func ("/engine-config/digest-covers-settings-not-lives",
                     test_digest_covers_settings_not_lives);
    g_test_add_func ("/engine-config/out-of-bounds-is-refused", test_out_of_bounds_is_refused);
    g_test_add_func ("/engine-config/messages-lose-binary-fields-only",
                     test_messages_lose_binary_fields_only);
    g_test_add_func ("/engine-config/too-large-messages-are-refused",
                     test_too_large_messages_are_refused);
    return g_test_run ();
}
