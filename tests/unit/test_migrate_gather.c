/* SPDX-License-Identifier: Apache-2.0 */
/* The snapshot, taken from a tree of files made for it. */
#include "config.h"

#include "hbd/migrate/gather.h"
#include "tests/unit/cfg_fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *root;
    CfgFixture *cfg;
    HbdMigrateFacts *facts;
} Fixture;

static void
make (const Fixture *f, const char *path, const char *text, int mode)
{
    g_autofree char *full = g_strconcat (f->root, path, NULL);
    g_autofree char *dir = g_path_get_dirname (full);

    g_assert_cmpint (g_mkdir_with_parents (dir, 0755), ==, 0);
    g_assert_true (g_file_set_contents_full (full, text, -1, G_FILE_SET_CONTENTS_NONE, mode, NULL));
}

static void
make_link (const Fixture *f, const char *path, const char *target)
{
    g_autofree char *full = g_strconcat (f->root, path, NULL);
    g_autofree char *dir = g_path_get_dirname (full);

    g_assert_cmpint (g_mkdir_with_parents (dir, 0755), ==, 0);
    g_assert_cmpint (symlink (target, full), ==, 0);
}

static void
remove_tree (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *below = g_build_filename (path, name, NULL);

        if (!g_file_test (below, G_FILE_TEST_IS_SYMLINK) && g_file_test (below, G_FILE_TEST_IS_DIR))
            remove_tree (below);
        else
            g_assert_cmpint (g_unlink (below), ==, 0);
    }
    g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
setup (Fixture *f, gconstpointer haresources)
{
    f->root = g_dir_make_tmp ("hbd-migrate-XXXXXX", NULL);
    f->cfg = cfg_fixture_haresources (haresources != NULL ? haresources : CFG_SOUND_HARESOURCES);
    f->facts = hbd_migrate_facts_new ();
    f->facts->cluster = f->cfg->cluster;
    f->facts->diags = f->cfg->diags;
}

static void
teardown (Fixture *f, gconstpointer data)
{
    hbd_migrate_facts_free (f->facts);
    cfg_fixture_free (f->cfg);
    remove_tree (f->root);
    g_free (f->root);
}

static const HbdMigrateScript *
find_script (const Fixture *f, const char *path)
{
    for (guint i = 0; i < f->facts->scripts->len; i++) {
        const HbdMigrateScript *script = f->facts->scripts->pdata[i];

        if (strcmp (script->path, path) == 0)
            return script;
    }
    return NULL;
}

static void
test_takes_users_scripts (Fixture *f, gconstpointer data)
{
    make (f, "/etc/cron.d/ha", "* * * * * root cl_status hbstatus\n", 0644);
    make (f, "/etc/systemd/system/own.service", "[Unit]\n", 0644);
    make (f, "/etc/systemd/system/own.service.d/more.conf", "[Unit]\n", 0644);
    make (f, "/usr/local/bin/failover", "#!/bin/sh\n", 0755);
    make (f, "/etc/ha.d/rc.d/status", "#!/bin/sh\n", 0755);
    make (f, "/etc/ha.d/rc.d/readme", "not executable\n", 0644);
    make (f, "/etc/ha.d/haresources", "alpha 10.0.0.1\n", 0644);
    hbd_migrate_gather_scripts (f->facts, "/etc/ha.d", f->root);
    g_assert_nonnull (find_script (f, "/etc/cron.d/ha"));
    g_assert_nonnull (find_script (f, "/etc/systemd/system/own.service"));
    g_assert_nonnull (find_script (f, "/etc/systemd/system/own.service.d/more.conf"));
    g_assert_nonnull (find_script (f, "/usr/local/bin/failover"));
    g_assert_true (find_script (f, "/etc/ha.d/rc.d/status")->is_hook);
    g_assert_null (find_script (f, "/etc/ha.d/rc.d/readme"));
    g_assert_null (find_script (f, "/etc/ha.d/haresources"));
    g_assert_cmpuint (f->facts->scripts->len, ==, 5);
}

static void
test_leaves_out_what_is_no_script (Fixture *f, gconstpointer data)
{
    g_autofree char *large = g_strnfill (200 * 1024, 'x');
    g_autofree char *fifo = g_strconcat (f->root, "/etc/cron.d/fifo", NULL);
    g_autofree char *binary = g_strconcat (f->root, "/usr/local/bin/elf", NULL);

    make (f, "/etc/cron.d/large", large, 0644);
    make (f, "/outside/secret", "mach_down\n", 0644);
    make_link (f, "/etc/cron.d/link", "../../outside/secret");
    make_link (f, "/etc/cron.daily", "../outside");
    make (f, "/usr/local/bin/elf", "x", 0755);
    g_assert_true (g_file_set_contents (binary, "\177ELF\0\0mach_down", 15, NULL));
    g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
    hbd_migrate_gather_scripts (f->facts, "/etc/ha.d", f->root);
    g_assert_cmpuint (f->facts->scripts->len, ==, 0);
}

static void
test_knows_the_packages_files (Fixture *f, gconstpointer data)
{
    make (f, "/etc/ha.d/harc", "as shipped\n", 0755);
    make (f, "/etc/ha.d/shellfuncs", "edited\n", 0755);
    make (f, "/etc/cron.d/other", "edited\n", 0644);
    make (f, "/var/lib/dpkg/status",
          "Package: other\nStatus: installed\nConffiles:\n"
          " /etc/cron.d/other 00000000000000000000000000000000\n\nPackage: heartbeat\nConffiles:\n"
          " /etc/ha.d/harc 215586009b60af42c128105c6001a5f9\n"
          " /etc/ha.d/shellfuncs 00000000000000000000000000000000\nDescription: x\n\n",
          0644);
    hbd_migrate_gather_scripts (f->facts, "/etc/ha.d", f->root);
    g_assert_true (find_script (f, "/etc/ha.d/shellfuncs")->is_edited);
    g_assert_true (find_script (f, "/etc/cron.d/other")->is_edited);
    g_assert_null (find_script (f, "/etc/ha.d/harc"));
}

static CrmScript
tree_script (gpointer root, const char *path)
{
    g_autofree char *full = g_strconcat (root, path, NULL);

    return g_file_test (full, G_FILE_TEST_IS_EXECUTABLE) ? CRM_SCRIPT_OWN : CRM_SCRIPT_NONE;
}

static char **
no_list (gpointer root, const char *dir)
{
    return NULL;
}

static char *
no_text (gpointer root, const char *path)
{
    return NULL;
}

static void
test_finds_what_starts_at_boot (Fixture *f, gconstpointer data)
{
    const CrmHost host = { .data = f->root,
                           .script = tree_script,
                           .list = no_list,
                           .read = no_text,
                           .ha_dir = "/etc/ha.d",
                           .init_dir = "/etc/init.d",
                           .ocf_root = "/ocf" };
    const HbdMigrateResource *r;

    make (f, "/etc/init.d/legacyd", "", 0755);
    make (f, "/etc/init.d/masked", "", 0755);
    make (f, "/etc/init.d/httpd", "", 0755);
    make (f, "/lib/systemd/system/masked.service", "", 0644);
    make_link (f, "/etc/rc3.d/S20legacyd", "../init.d/legacyd");
    make_link (f, "/etc/rc3.d/S20masked", "../init.d/masked");
    make_link (f, "/etc/systemd/system/multi-user.target.wants/apache2.service", "/nowhere");
    hbd_migrate_gather_resources (f->facts, &host, &host, f->root);
    g_assert_cmpuint (f->facts->resources->len, ==, 4);
    r = f->facts->resources->pdata[0];
    g_assert_null (r->boot_link);
    g_assert_true (r->resource->is_address);
    r = f->facts->resources->pdata[1];
    g_assert_cmpstr (r->theirs, ==, "/etc/init.d/legacyd");
    g_assert_cmpstr (r->boot_link, ==, "/etc/rc3.d/S20legacyd");
    r = f->facts->resources->pdata[2]; /* systemd has a unit of the name, so the S link is dead */
    g_assert_null (r->boot_link);
    r = f->facts->resources->pdata[3];
    g_assert_cmpstr (r->boot_unit, ==, "apache2");
}

static void
test_reads_the_identity (Fixture *f, gconstpointer data)
{
    g_autofree char *ha_dir = g_strconcat (f->root, "/etc/ha.d", NULL);
    HbdOptions options = { .ha_dir = ha_dir,
                           .run_dir = (char *) "/run/hbd",
                           .node_name = (char *) "Alpha" };

    make (f, "/etc/ha.d/nodeinfo", " web1 \nrest\n", 0644);
    make (f, HBD_HEARTBEAT_DIR "/hb_generation", "     1795996800\n", 0644);
    make (f, HBD_HEARTBEAT_DIR "/hb_uuid", "short", 0644);
    make (f, "/usr/lib/heartbeat/heartbeat", "", 0755);
    make_link (f, "/etc/systemd/system/multi-user.target.wants/heartbeat.service", "/nowhere");
    make_link (f, "/etc/systemd/system/multi-user.target.wants/hbd.service", "/nowhere");
    hbd_migrate_gather_machine (f->facts, &options, f->root);
    g_assert_cmpstr (f->facts->node_name, ==, "alpha");
    g_assert_cmpstr (f->facts->nodeinfo, ==, "web1");
    g_assert_cmpint (f->facts->generation, ==, HBD_MIGRATE_GOOD);
    g_assert_cmpint (f->facts->uuid, ==, HBD_MIGRATE_BAD);
    g_assert_cmpstr (f->facts->heartbeat.program, ==, "/usr/lib/heartbeat/heartbeat");
    g_assert_nonnull (f->facts->heartbeat.boot_link);
    g_assert_nonnull (f->facts->hbd.boot_link);
}

/* The unit heartbeat.service is our own thin one where the package is not installed. */
static void
test_knows_our_thin_unit (Fixture *f, gconstpointer data)
{
    HbdOptions options = { .ha_dir = f->root,
                           .run_dir = (char *) "/run/hbd",
                           .node_name = (char *) "alpha" };

    make_link (f, "/etc/systemd/system/multi-user.target.wants/heartbeat.service", "/nowhere");
    make (f, HBD_HEARTBEAT_DIR "/hb_generation", "soon\n", 0644);
    hbd_migrate_gather_machine (f->facts, &options, f->root);
    g_assert_null (f->facts->heartbeat.boot_link);
    g_assert_null (f->facts->nodeinfo);
    g_assert_cmpint (f->facts->generation, ==, HBD_MIGRATE_BAD);
    g_assert_cmpint (f->facts->uuid, ==, HBD_MIGRATE_ABSENT);
}

/* A masked unit is not started, whatever links to it. */
static void
test_sees_the_mask (Fixture *f, gconstpointer data)
{
    HbdOptions options = { .ha_dir = f->root,
                           .run_dir = (char *) "/run/hbd",
                           .node_name = (char *) "alpha" };

    make (f, "/usr/libexec/heartbeat/heartbeat", "", 0755);
    make_link (f, "/etc/systemd/system/multi-user.target.wants/heartbeat.service", "/nowhere");
    make_link (f, "/etc/systemd/system/heartbeat.service", "/dev/null");
    hbd_migrate_gather_machine (f->facts, &options, f->root);
    g_assert_true (f->facts->heartbeat.is_masked);
    g_assert_null (f->facts->heartbeat.boot_link);
}

#define ADD(name, data, function)                                                                  \
    g_test_add ("/migrate/gather/" name, Fixture, data, setup, function, teardown)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("takes-users-scripts", NULL, test_takes_users_scripts);
    ADD ("leaves-out-what-is-no-script", NULL, test_leaves_out_what_is_no_script);
    ADD ("knows-the-packages-files", NULL, test_knows_the_packages_files);
    ADD ("finds-what-starts-at-boot", "alpha 10.0.0.10 legacyd masked httpd\n",
         test_finds_what_starts_at_boot);
    ADD ("reads-the-identity", NULL, test_reads_the_identity);
    ADD ("knows-our-thin-unit", NULL, test_knows_our_thin_unit);
    ADD ("sees-the-mask", NULL, test_sees_the_mask);
    return g_test_run ();
}
