/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "crm/model/model.h"

#include <string.h>

static CrmResource *
make_resource (const char *id)
{
    CrmResource *res = crm_resource_new ();

    res->id = g_strdup (id);
    res->word = g_strdup ("IPaddr::10.0.0.1");
    res->name = g_strdup ("IPaddr");
    res->args = g_strsplit ("10.0.0.1", "::", -1);
    return res;
}

static void
test_find_group_by_key (void)
{
    g_autoptr (CrmModel) model = crm_model_new ();

    g_ptr_array_add (model->groups, crm_group_new ("IPaddr::10.0.0.1", "alpha"));
    g_ptr_array_add (model->groups, crm_group_new ("10.0.0.2", "beta"));
    g_assert_cmpint (crm_model_find_group (model, "10.0.0.2"), ==, 1);
    g_assert_cmpint (crm_model_find_group (model, "IPaddr::10.0.0.1"), ==, 0);
    g_assert_cmpint (crm_model_find_group (model, "10.0.0"), ==, -1);
    g_assert_cmpint (crm_model_find_group (model, NULL), ==, -1);
    g_assert_cmpstr (crm_model_group (model, 1)->preferred_node, ==, "beta");
    g_assert_null (crm_model_group (model, 2));
    g_assert_null (crm_group_resource (crm_model_group (model, 0), 0));
}

static void
test_new_resource_is_missing_and_has_time_limits (void)
{
    CrmResource *res = crm_resource_new ();

    g_assert_cmpint (res->klass, ==, CRM_CLASS_MISSING);
    for (guint i = 0; i < CRM_ACTION_N; i++)
        g_assert_cmpint (res->timeout_us[i], >=, HBD_S (20));
    crm_resource_free (res);
}

static void
test_every_word_is_there (void)
{
    for (guint i = 0; i < CRM_CLASS_N; i++)
        g_assert_cmpuint (strlen (crm_class_name (i)), >, 2);
    for (guint i = 0; i < CRM_ACTION_N; i++)
        g_assert_cmpuint (strlen (crm_action_name (i)), >, 3);
    for (guint i = 0; i < CRM_GROUP_STATE_N; i++)
        g_assert_cmpuint (strlen (crm_group_state_name (i)), >, 5);
    g_assert_cmpstr (crm_action_name (CRM_ACTION_PROBE), ==, "monitor");
    g_assert_cmpstr (crm_group_state_name (CRM_GROUP_STUCK), ==, "failed");
}

/* Moving the border between two fields must not give the same digest. */
static void
test_digest_sees_every_change (void)
{
    CrmResource *a = make_resource ("x:1");
    CrmResource *b = make_resource ("x:1");
    g_autofree char *same_a = crm_resource_digest (a);
    g_autofree char *same_b = crm_resource_digest (b);
    g_autofree char *other_arg = NULL;
    g_autofree char *split = NULL;
    g_autofree char *param = NULL;

    g_assert_cmpuint (strlen (same_a), ==, 16);
    g_assert_cmpstr (same_a, ==, same_b);
    g_strfreev (b->args);
    b->args = g_strsplit ("10.0.0.2", "::", -1);
    other_arg = crm_resource_digest (b);
    g_strfreev (b->args);
    b->args = g_strsplit ("10.0.0::.1", "::", -1);
    split = crm_resource_digest (b);
    g_strfreev (b->args);
    b->args = g_strsplit ("10.0.0.1", "::", -1);
    b->params = g_strsplit ("a=b", ",", -1);
    param = crm_resource_digest (b);
    g_assert_cmpstr (other_arg, !=, same_a);
    g_assert_cmpstr (split, !=, same_a);
    g_assert_cmpstr (split, !=, other_arg);
    g_assert_cmpstr (param, !=, same_a);
    crm_resource_free (a);
    crm_resource_free (b);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/model/group/is-found-by-its-exact-key", test_find_group_by_key);
    g_test_add_func ("/model/resource/starts-as-missing-with-time-limits",
                     test_new_resource_is_missing_and_has_time_limits);
    g_test_add_func ("/model/words/every-value-has-one", test_every_word_is_there);
    g_test_add_func ("/model/digest/sees-every-change", test_digest_sees_every_change);
    return g_test_run ();
}
