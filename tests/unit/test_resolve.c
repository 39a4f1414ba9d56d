/* SPDX-License-Identifier: Apache-2.0 */
/* haresources words -> agents, against a host that is a list of paths. */
#include "config.h"

#include "crm/exec/resolve.h"
#include "crm/exec/resolve_map.h"

#include <string.h>

typedef struct {
    const char *const *files; /* scripts; "=" before a path: a packaged wrapper */
    const char *const *units;
    const char *conf_path, *conf; /* one readable file */
} FakeHost;

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

static CrmScript
fake_script (gpointer data, const char *path)
{
    const FakeHost *fake = data;

    for (const char *const *f = fake->files; f != NULL && *f != NULL; f++) {
        bool is_packaged = **f == '=';

        if (strcmp (*f + is_packaged, path) == 0)
            return is_packaged ? CRM_SCRIPT_PACKAGED : CRM_SCRIPT_OWN;
    }
    return CRM_SCRIPT_NONE;
}

static char **
fake_list (gpointer data, const char *dir)
{
    static const char *const providers[] = { ".hidden",   "zeta", "pacemaker", "acme",
                                             "heartbeat", "hbd",  NULL };

    return strcmp (dir, "/ocf/resource.d") == 0 ? g_strdupv ((char **) providers) : NULL;
}

static bool
fake_has_unit (gpointer data, const char *unit)
{
    const FakeHost *fake = data;

    return fake->units != NULL && g_strv_contains (fake->units, unit);
}

static char *
fake_read (gpointer data, const char *path)
{
    const FakeHost *fake = data;

    return g_strcmp0 (fake->conf_path, path) == 0 ? g_strdup (fake->conf) : NULL;
}

static CrmHost
host_of (FakeHost *fake)
{
    const CrmHost host = { .data = fake,
                           .script = fake_script,
                           .list = fake_list,
                           .has_unit = fake_has_unit,
                           .read = fake_read,
                           .ha_dir = "/ha",
                           .init_dir = "/init",
                           .ocf_root = "/ocf" };

    return host;
}

static void
word_free (gpointer data)
{
    CfgResourceWord *word = data;

    g_free (word->word);
    g_free (word->name);
    g_strfreev (word->args);
    g_free (word);
}

static void
line_free (gpointer data)
{
    CfgGroupLine *line = data;

    g_free (line->node);
    g_ptr_array_unref (line->resources);
    g_free (line);
}

/* "node word word..." lines, as cfg would give them. */
static void
cluster_init (CfgCluster *cluster, const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    *cluster = (CfgCluster){ 0 };
    cluster->groups = g_ptr_array_new_with_free_func (line_free);
    cluster->resource_confs = g_ptr_array_new ();
    for (char **l = lines; *l != NULL; l++) {
        g_auto (GStrv) words = g_strsplit (*l, " ", -1);
        CfgGroupLine *line = g_new0 (CfgGroupLine, 1);

        line->node = g_strdup (words[0]);
        line->resources = g_ptr_array_new_with_free_func (word_free);
        for (char **w = words + 1; *w != NULL; w++) {
            CfgResourceWord *word = g_new0 (CfgResourceWord, 1);
            g_auto (GStrv) parts = g_strsplit (*w, "::", -1);
            bool is_bare = g_ascii_isdigit (**w);

            word->word = g_strdup (*w);
            word->name = g_strdup (is_bare ? "IPaddr" : parts[0]);
            word->args = g_strdupv (is_bare ? parts : parts + 1);
            g_ptr_array_add (line->resources, word);
        }
        g_ptr_array_add (cluster->groups, line);
    }
}

static void
cluster_clear (CfgCluster *cluster)
{
    g_ptr_array_unref (cluster->groups);
    g_ptr_array_unref (cluster->resource_confs);
}

/* class path-or-unit [provider] [param...] of one resource, or "missing". */
static char *
describe (const CrmResource *res)
{
    g_autofree char *params = res->params != NULL ? g_strjoinv (" ", res->params) : g_strdup ("");

    switch (res->klass) {
    case CRM_CLASS_BUILTIN:
        return g_strdup (res->is_address ? "builtin address" : "builtin");
    case CRM_CLASS_OCF:
        return g_strdup_printf ("ocf %s %s%s%s", res->path, res->provider,
                                *params != '\0' ? " " : "", params);
    case CRM_CLASS_SYSTEMD:
        return g_strdup_printf ("systemd %s", res->unit);
    case CRM_CLASS_MISSING:
        g_assert_nonnull (strstr (res->missing, "/ha/resource.d"));
        return g_strdup ("missing");
    default:
        return g_strdup_printf ("%s %s", crm_class_name (res->klass), res->path);
    }
}

static const struct {
    const char *word;
    const char *const *files;
    const char *const *units;
    const char *expected;
} rows[] = {
    /* addresses */
    { "10.0.0.1/24/eth0", NULL, NULL, "builtin address" },
    { "IPaddr::10.0.0.1", NULL, NULL, "builtin address" },
    { "IPaddr2::10.0.0.1", LIST ("=/ha/resource.d/IPaddr2"), NULL, "builtin address" },
    { "IPv6addr::2001:db8:0:0:0:0:0:1", LIST ("/ocf/resource.d/heartbeat/IPv6addr"), NULL,
      "builtin address" },
    { "IPaddr::10.0.0.1", LIST ("/ha/resource.d/IPaddr"), NULL, "heartbeat /ha/resource.d/IPaddr" },
    { "10.0.0.1", LIST ("/ha/resource.d/IPaddr"), NULL, "heartbeat /ha/resource.d/IPaddr" },
    /* our servers */
    { "nginx", LIST ("/ocf/resource.d/hbd/nginx", "/init/nginx"), LIST ("nginx.service"),
      "ocf /ocf/resource.d/hbd/nginx hbd" },
    { "nginx::/etc/n.conf", LIST ("/ocf/resource.d/heartbeat/nginx", "/ocf/resource.d/hbd/nginx"),
      NULL, "ocf /ocf/resource.d/hbd/nginx hbd configfile=/etc/n.conf" },
    { "httpd", LIST ("/ocf/resource.d/hbd/httpd"), NULL, "ocf /ocf/resource.d/hbd/httpd hbd" },
    { "apache::/a.conf", LIST ("=/ha/resource.d/apache", "/ocf/resource.d/heartbeat/apache"), NULL,
      "ocf /ocf/resource.d/heartbeat/apache heartbeat configfile=/a.conf" },
    { "apache", LIST ("/ha/resource.d/apache", "/ocf/resource.d/hbd/apache"), NULL,
      "heartbeat /ha/resource.d/apache" },
    { "nginx", LIST ("/init/nginx"), NULL, "lsb /init/nginx" },
    { "mysql::fast", LIST ("/init/mysql"), NULL, "heartbeat /init/mysql" },
    { "httpd", NULL, LIST ("httpd.service"), "systemd httpd.service" },
    /* the wrappers of Heartbeat's package */
    { "Filesystem::/dev/sdb1::/data::ext4::noatime",
      LIST ("=/ha/resource.d/Filesystem", "/ocf/resource.d/heartbeat/Filesystem"), NULL,
      "ocf /ocf/resource.d/heartbeat/Filesystem heartbeat device=/dev/sdb1 directory=/data "
      "fstype=ext4 options=noatime" },
    { "Filesystem::/dev/sdb1::/data", LIST ("/ocf/resource.d/heartbeat/Filesystem"), NULL,
      "ocf /ocf/resource.d/heartbeat/Filesystem heartbeat device=/dev/sdb1 directory=/data" },
    { "Filesystem::/dev/sdb1",
      LIST ("/ha/resource.d/Filesystem", "/ocf/resource.d/heartbeat/Filesystem"), NULL,
      "heartbeat /ha/resource.d/Filesystem" },
    { "Filesystem::/dev/sdb1", LIST ("=/ha/resource.d/Filesystem"), NULL,
      "heartbeat /ha/resource.d/Filesystem" },
    { "MailTo::root@example.com::moved", LIST ("/ocf/resource.d/heartbeat/MailTo"), NULL,
      "ocf /ocf/resource.d/heartbeat/MailTo heartbeat email=root@example.com subject=moved" },
    { "SendArp::10.0.0.1/eth0", LIST ("/ocf/resource.d/heartbeat/SendArp"), NULL,
      "ocf /ocf/resource.d/heartbeat/SendArp heartbeat ip=10.0.0.1 nic=eth0" },
    { "Delay", LIST ("/ocf/resource.d/heartbeat/Delay"), NULL,
      "ocf /ocf/resource.d/heartbeat/Delay heartbeat startdelay=10" },
    { "Delay::3::1", LIST ("/ocf/resource.d/heartbeat/Delay"), NULL,
      "ocf /ocf/resource.d/heartbeat/Delay heartbeat startdelay=3 stopdelay=1" },
    { "AudibleAlarm::a::b", LIST ("/ocf/resource.d/heartbeat/AudibleAlarm"), NULL,
      "ocf /ocf/resource.d/heartbeat/AudibleAlarm heartbeat nodelist=a b" },
    { "WAS::9080", LIST ("/ocf/resource.d/heartbeat/WAS"), NULL,
      "ocf /ocf/resource.d/heartbeat/WAS heartbeat port=9080" },
    { "WAS::/w.conf", LIST ("/ocf/resource.d/heartbeat/WAS"), NULL,
      "ocf /ocf/resource.d/heartbeat/WAS heartbeat config=/w.conf" },
    { "portblock::tcp::80::block", LIST ("/ocf/resource.d/heartbeat/portblock"), NULL,
      "ocf /ocf/resource.d/heartbeat/portblock heartbeat protocol=tcp portno=80 action=block" },
    /* everything else */
    { "ldirectord::ld.cf", LIST ("/ha/resource.d/ldirectord", "/init/ldirectord"), NULL,
      "heartbeat /ha/resource.d/ldirectord" },
    { "mysql", LIST ("/init/mysql", "/ocf/resource.d/heartbeat/mysql"), LIST ("mysql.service"),
      "lsb /init/mysql" },
    { "mysql", LIST ("/ocf/resource.d/heartbeat/mysql"), LIST ("mysql.service"),
      "systemd mysql.service" },
    { "Dummy", LIST ("/ocf/resource.d/pacemaker/Dummy", "/ocf/resource.d/heartbeat/Dummy"), NULL,
      "ocf /ocf/resource.d/heartbeat/Dummy heartbeat" },
    { "Dummy::state=/run/x::nonsense", LIST ("/ocf/resource.d/acme/Dummy"), NULL,
      "ocf /ocf/resource.d/acme/Dummy acme state=/run/x" },
    { "Thing", LIST ("/ocf/resource.d/zeta/Thing", "/ocf/resource.d/acme/Thing"), NULL,
      "ocf /ocf/resource.d/acme/Thing acme" },
    { "Thing", LIST ("/ocf/resource.d/.hidden/Thing"), NULL, "missing" },
    { "ocf:pacemaker:Dummy::fake=1",
      LIST ("/ocf/resource.d/pacemaker/Dummy", "/ocf/resource.d/heartbeat/Dummy"), NULL,
      "ocf /ocf/resource.d/pacemaker/Dummy pacemaker fake=1" },
    { "ocf:Dummy", LIST ("/ocf/resource.d/heartbeat/Dummy"), NULL,
      "ocf /ocf/resource.d/heartbeat/Dummy heartbeat" },
    { "ocf:nobody:Dummy", LIST ("/ocf/resource.d/heartbeat/Dummy"), NULL, "missing" },
    { "OCF::heartbeat::Dummy::state=/x",
      LIST ("=/ha/resource.d/OCF", "/ocf/resource.d/heartbeat/Dummy"), NULL,
      "ocf /ocf/resource.d/heartbeat/Dummy heartbeat state=/x" },
    { "OCF::Dummy::one", LIST ("/ocf/resource.d/heartbeat/Dummy"), NULL,
      "ocf /ocf/resource.d/heartbeat/Dummy heartbeat state=/run/one fake=a b" },
    { "OCF::Dummy::none", LIST ("/ocf/resource.d/heartbeat/Dummy"), NULL, "missing" },
    { "OCF::Dummy::none", LIST ("=/ha/resource.d/OCF"), NULL, "heartbeat /ha/resource.d/OCF" },
    { "OCF", NULL, NULL, "missing" },
    { "nowhere", NULL, NULL, "missing" },
    /* names that are no file names */
    { "../../bin/sh", LIST ("/ha/resource.d/../../bin/sh", "/init/../../bin/sh"), NULL, "missing" },
    { ".hidden", LIST ("/ha/resource.d/.hidden"), NULL, "missing" },
    { "-rf", LIST ("/ha/resource.d/-rf"), NULL, "missing" },
    { "OCF::..::..", LIST ("/ocf/resource.d/../.."), NULL, "missing" },
};

static void
test_words (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        FakeHost fake = {
            rows[i].files, rows[i].units, "/ha/conf/OCF/Dummy/one",
            "# a comment\nOCF_RESKEY_state=/run/one # here\nexport fake='a b'\nrm -rf /\n"
        };
        const CrmHost host = host_of (&fake);
        g_autofree char *text = g_strdup_printf ("alpha %s", rows[i].word);
        g_autofree char *seen = NULL;
        CfgCluster cluster;
        g_autoptr (CrmModel) model = NULL;
        const CfgResourceWord *word;

        cluster_init (&cluster, text);
        model = crm_resolve (&cluster, &host, NULL);
        seen = describe (crm_group_resource (crm_model_group (model, 0), 0));
        g_test_message ("%s", rows[i].word);
        g_assert_cmpstr (seen, ==, rows[i].expected);
        word = g_ptr_array_index (
            ((const CfgGroupLine *) g_ptr_array_index (cluster.groups, 0))->resources, 0);
        if (strcmp (word->name, "OCF") != 0)
            g_assert_cmpint (crm_resolve_has_agent (&host, word->name), ==,
                             strcmp (seen, "missing") != 0);
        cluster_clear (&cluster);
    }
}

static void
test_own_agents_of_the_build_tree_come_first (void)
{
    FakeHost fake = { LIST ("/build/ra/nginx", "/ocf/resource.d/hbd/nginx"), NULL, NULL, NULL };
    CrmHost host = host_of (&fake);
    CfgCluster cluster;
    g_autoptr (CrmModel) model = NULL;

    host.own_agents = "/build/ra";
    cluster_init (&cluster, "alpha nginx");
    model = crm_resolve (&cluster, &host, NULL);
    g_assert_cmpstr (crm_group_resource (crm_model_group (model, 0), 0)->path, ==,
                     "/build/ra/nginx");
    g_assert_cmpstr (crm_group_resource (crm_model_group (model, 0), 0)->provider, ==, "hbd");
    cluster_clear (&cluster);
}

static void
test_groups_and_ids (void)
{
    FakeHost fake = { LIST ("/init/web", "/ocf/resource.d/heartbeat/Filesystem"), NULL, NULL,
                      NULL };
    const CrmHost host = host_of (&fake);
    static const char *const ids[] = {
        "IPaddr_10.0.0.1", "web", "IPaddr_10.0.0.1_2", "web_2", "Filesystem_dev_disk_by-id_x",
        "OCF_Dummy_one"
    };
    CfgCluster cluster;
    g_autoptr (CrmModel) model = NULL;
    guint n = 0;

    cluster_init (&cluster, "alpha 10.0.0.1/24/eth0 web\n"
                            "beta IPaddr::10.0.0.1 web Filesystem::/dev/disk/by-id/x::/d "
                            "OCF::Dummy::one");
    model = crm_resolve (&cluster, &host, NULL);
    g_assert_cmpuint (model->groups->len, ==, 2);
    g_assert_cmpstr (crm_model_group (model, 0)->key, ==, "10.0.0.1/24/eth0");
    g_assert_cmpstr (crm_model_group (model, 0)->preferred_node, ==, "alpha");
    g_assert_cmpstr (crm_model_group (model, 1)->key, ==, "IPaddr::10.0.0.1");
    for (guint i = 0; i < 2; i++)
        for (guint j = 0; j < crm_model_group (model, i)->resources->len; j++)
            g_assert_cmpstr (crm_group_resource (crm_model_group (model, i), j)->id, ==, ids[n++]);
    cluster_clear (&cluster);
}

static void
test_people_are_told (void)
{
    FakeHost fake = { LIST ("/ocf/resource.d/heartbeat/MailTo"), LIST ("db.service"), NULL, NULL };
    const CrmHost host = host_of (&fake);
    g_autoptr (GPtrArray) records =
        g_ptr_array_new_with_free_func ((GDestroyNotify) hbd_record_free);
    static const char *const names[] = { "resolve.arguments", "resolve.systemd",
                                         "resolve.missing" };
    CfgCluster cluster;
    g_autoptr (CrmModel) model = NULL;

    cluster_init (&cluster, "alpha 10.0.0.1 MailTo::a::b::c db nothing");
    model = crm_resolve (&cluster, &host, records);
    g_assert_cmpuint (records->len, ==, G_N_ELEMENTS (names));
    for (guint i = 0; i < records->len; i++)
        g_assert_cmpstr (((HbdRecord *) g_ptr_array_index (records, i))->name, ==, names[i]);
    cluster_clear (&cluster);
}

static CfgResourceConf
conf_of (const char *name)
{
    const CfgResourceConf conf = { .name = (char *) name,
                                   .params = g_hash_table_new (g_str_hash, g_str_equal),
                                   .start_timeout_us = -1,
                                   .stop_timeout_us = -1,
                                   .monitor_timeout_us = -1 };

    return conf;
}

static void
test_hbd_conf_is_applied (void)
{
    FakeHost fake = { LIST ("/ocf/resource.d/hbd/nginx"), NULL, NULL, NULL };
    const CrmHost host = host_of (&fake);
    CfgResourceConf by_name = conf_of ("nginx"), by_word = conf_of ("nginx::/b.conf");
    CfgCluster cluster;
    g_autoptr (CrmModel) model = NULL;
    const CrmResource *a, *b;
    g_autofree char *params_a = NULL;
    g_autofree char *params_b = NULL;

    cluster_init (&cluster, "alpha nginx::/a.conf nginx::/b.conf");
    by_name.start_timeout_us = HBD_S (7);
    by_name.monitor_timeout_us = HBD_S (3);
    g_hash_table_insert (by_name.params, (char *) "port", (char *) "81");
    by_word.start_timeout_us = HBD_S (9);
    g_hash_table_insert (by_word.params, (char *) "configfile", (char *) "/c.conf");
    g_ptr_array_add (cluster.resource_confs, &by_word); /* the closer one wins, not the last */
    g_ptr_array_add (cluster.resource_confs, &by_name);
    model = crm_resolve (&cluster, &host, NULL);
    a = crm_group_resource (crm_model_group (model, 0), 0);
    b = crm_group_resource (crm_model_group (model, 0), 1);
    params_a = g_strjoinv (" ", a->params);
    params_b = g_strjoinv (" ", b->params);
    g_assert_cmpstr (params_a, ==, "configfile=/a.conf port=81");
    g_assert_cmpstr (params_b, ==, "port=81 configfile=/c.conf");
    g_assert_cmpint (a->timeout_us[CRM_ACTION_START], ==, HBD_S (7));
    g_assert_cmpint (b->timeout_us[CRM_ACTION_START], ==, HBD_S (9));
    g_assert_cmpint (b->timeout_us[CRM_ACTION_STOP], ==, HBD_S (60));
    g_assert_cmpint (b->timeout_us[CRM_ACTION_PROBE], ==, HBD_S (3));
    g_assert_cmpint (b->timeout_us[CRM_ACTION_MONITOR], ==, HBD_S (3));
    g_hash_table_unref (by_name.params);
    g_hash_table_unref (by_word.params);
    cluster_clear (&cluster);
}

static void
test_environment (void)
{
    CfgCluster cluster = { .logfacility = (char *) "local0",
                           .logfile = (char *) "/var/log/ha",
                           .debug = 2,
                           .use_logd = true,
                           .failback = CFG_FAILBACK_ON };
    g_auto (GStrv) env = NULL;

    cluster.env = g_ptr_array_new ();
    g_ptr_array_add (cluster.env, (char *) "OWN=1");
    env = crm_resolve_env (&cluster, "/ha");
    g_assert_true (g_strv_contains ((const char *const *) env, "HA_LOGFACILITY=local0"));
    g_assert_true (g_strv_contains ((const char *const *) env, "HA_LOGFILE=/var/log/ha"));
    g_assert_true (g_strv_contains ((const char *const *) env, "HA_debug=2"));
    g_assert_true (g_strv_contains ((const char *const *) env, "HA_use_logd=yes"));
    g_assert_true (g_strv_contains ((const char *const *) env, "HA_NICEFAILBACK=yes"));
    g_assert_true (g_strv_contains ((const char *const *) env, "OWN=1"));
    g_ptr_array_unref (cluster.env);
}

static void
test_files_of_variables (void)
{
    g_auto (GStrv) params =
        crm_file_params ("a=1\n  export OCF_RESKEY_b=\"x y\"  # c\n=3\nbad name=4\n"
                         "d='5\nnothing\ne=\"\"\n\xff=6\n");
    g_autofree char *joined = g_strjoinv ("|", params);

    g_assert_cmpstr (joined, ==, "a=1|b=x y|d='5|e=");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/resolve/words", test_words);
    g_test_add_func ("/resolve/own-agents-of-the-build-tree-come-first",
                     test_own_agents_of_the_build_tree_come_first);
    g_test_add_func ("/resolve/groups-and-ids", test_groups_and_ids);
    g_test_add_func ("/resolve/people-are-told", test_people_are_told);
    g_test_add_func ("/resolve/hbd-conf-is-applied", test_hbd_conf_is_applied);
    g_test_add_func ("/resolve/environment", test_environment);
    g_test_add_func ("/resolve/files-of-variables", test_files_of_variables);
    return g_test_run ();
}
