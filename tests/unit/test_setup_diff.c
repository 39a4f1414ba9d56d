/* SPDX-License-Identifier: Apache-2.0 */
/* Reload: what two configurations differ in, and what has to stop for it. */
#include "config.h"

#include "hbd/daemon/setup.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define HA_CF                                                                                      \
    "keepalive 200ms\ndeadtime 1\nwarntime 500ms\ninitdead 5\nbcast lo\nauto_failback on\n"        \
    "node alpha beta\nlogfacility none\nlogfile /dev/null\nrealtime off\n"
#define HARESOURCES "alpha 10.9.0.100/24/lo\nbeta 10.9.0.101/24/lo\n"
#define AUTHKEYS    "auth 1\n1 sha1 first\n"

static HbdSetup *
setup_of (const char *ha_cf, const char *haresources, const char *authkeys)
{
    const char *texts[] = { ha_cf, haresources, authkeys };
    static const char *const names[] = { "ha.cf", "haresources", "authkeys" };
    g_autofree char *dir = g_dir_make_tmp ("hbd-test-XXXXXX", NULL);
    HbdOptions options = { .ha_dir = dir,
                           .conf = (char *) "/nonexistent",
                           .node_name = (char *) "alpha" };
    HbdFiles *files;
    HbdSetup *setup;

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *path = g_build_filename (dir, names[i], NULL);

        g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
        g_assert_cmpint (g_chmod (path, 0600), ==, 0);
    }
    files = hbd_files_read (&options, NULL);
    g_assert_nonnull (files);
    setup = hbd_setup_new (files, &options);
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *path = g_build_filename (dir, names[i], NULL);

        g_remove (path);
    }
    g_rmdir (dir);
    return setup;
}

typedef struct {
    const char *name;
    const char *ha_cf, *haresources, *authkeys; /* NULL: as before */
    bool keys, engine, groups, respawns, other;
    const char *stop;  /* keys, joined by blanks */
    const char *lines; /* sentences, joined by "; " */
} Row;

static const Row rows[] = {
    { "nothing", .stop = "", .lines = "" },
    { "keys", .authkeys = "auth 2\n1 sha1 first\n2 md5 second\n", .keys = true, .stop = "",
      .lines = "authkeys changed: key 2 signs now" },
    { "deadtime", .ha_cf = HA_CF "deadtime 2\n", .engine = true, .stop = "",
      .lines = "deadtime is 2000 ms instead of 1000 ms" },
    { "longer-lease", .ha_cf = HA_CF "deadtime 30\ninitdead 60\n", .engine = true, .groups = true,
      .stop = "",
      .lines = "deadtime is 30000 ms instead of 1000 ms; initdead is 60000 ms instead of 5000 ms; "
               "the lease is 10 s instead of 1 s" },
    { "failback", .ha_cf = HA_CF "auto_failback off\n", .engine = true, .stop = "",
      .lines = "auto_failback changed" },
    { "port", .ha_cf = "udpport 1694\n" HA_CF, .engine = true, .stop = "",
      .lines = "the links' settings changed: they are opened anew" },
    { "new-group", .haresources = HARESOURCES "alpha 10.9.0.102/24/lo\n", .engine = true,
      .groups = true, .stop = "", .lines = "group 10.9.0.102/24/lo is new" },
    { "group-gone", .haresources = "beta 10.9.0.101/24/lo\n", .engine = true, .groups = true,
      .stop = "10.9.0.100/24/lo", .lines = "group 10.9.0.100/24/lo is gone: it is stopped" },
    { "other-resources",
      .haresources = "alpha 10.9.0.100/24/lo 10.9.0.110/24/lo\nbeta 10.9.0.101/24/lo\n",
      .engine = true, .groups = true, .stop = "10.9.0.100/24/lo",
      .lines = "group 10.9.0.100/24/lo has other resources: it is stopped and started" },
    { "moved-home", .haresources = "beta 10.9.0.100/24/lo\nbeta 10.9.0.101/24/lo\n", .engine = true,
      .stop = "", .lines = "group 10.9.0.100/24/lo belongs to beta instead of alpha" },
    { "order-of-lines", .haresources = "beta 10.9.0.101/24/lo\nalpha 10.9.0.100/24/lo\n",
      .engine = true, .stop = "", .lines = "" },
    { "respawn", .ha_cf = HA_CF "respawn root /bin/true x\n", .respawns = true, .stop = "",
      .lines = "respawn lines changed: those programs are started anew" },
    { "comment", .ha_cf = HA_CF "# a remark\n", .other = true, .stop = "", .lines = NULL },
};

static char *
join (const GPtrArray *items, const char *between)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < items->len; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? between : "", (char *) items->pdata[i]);
    return g_string_free (text, FALSE);
}

static void
test_rows (void)
{
    g_autoptr (HbdSetup) old = setup_of (HA_CF, HARESOURCES, AUTHKEYS);

    g_assert_true (hbd_setup_is_good (old));
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        const Row *row = &rows[i];
        g_autoptr (HbdSetup) fresh =
            setup_of (row->ha_cf != NULL ? row->ha_cf : HA_CF,
                      row->haresources != NULL ? row->haresources : HARESOURCES,
                      row->authkeys != NULL ? row->authkeys : AUTHKEYS);
        g_autoptr (HbdSetupDiff) diff = NULL;
        g_autofree char *stop = NULL, *lines = NULL;

        g_test_message ("%s", row->name);
        g_assert_true (hbd_setup_is_good (fresh));
        diff = hbd_setup_diff (old, fresh);
        stop = join (diff->stop, " ");
        lines = join (diff->lines, "; ");
        if (row->lines != NULL)
            g_assert_cmpstr (lines, ==, row->lines);
        g_assert_cmpstr (stop, ==, row->stop);
        g_assert_cmpint (diff->keys, ==, row->keys);
        g_assert_cmpint (diff->engine, ==, row->engine);
        g_assert_cmpint (diff->groups, ==, row->groups);
        g_assert_cmpint (diff->respawns, ==, row->respawns);
        g_assert_cmpint (diff->other, ==, row->other);
        g_assert_cmpint (hbd_setup_diff_is_empty (diff), ==, i == 0);
    }
}

static void
test_a_broken_setup_is_no_setup (void)
{
    g_autoptr (HbdSetup) bad = setup_of ("keepaliv 3\n", HARESOURCES, AUTHKEYS);

    g_assert_true (hbd_setup_exists (bad));
    g_assert_false (hbd_setup_is_good (bad));
    g_assert_cmpuint (bad->diags->errors, >, 0);
}

static void
test_lease_and_grace_follow_deadtime (void)
{
    static const struct {
        HbdTime deadtime_us;
        guint lease_s;
        HbdTime grace_us;
    } table[] = {
        { HBD_MS (50), 1, HBD_MS (25) }, { HBD_S (1), 1, HBD_MS (500) },
        { HBD_S (3), 1, HBD_MS (1500) }, { HBD_S (6), 2, HBD_S (2) },
        { HBD_S (30), 10, HBD_S (2) },   { HBD_S (600), 10, HBD_S (2) },
    };

    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        CfgCluster cluster = { .deadtime_us = table[i].deadtime_us, .lease_timeout_us = -1 };

        g_assert_cmpuint (hbd_setup_lease_s (&cluster), ==, table[i].lease_s);
        g_assert_cmpint (hbd_setup_engine_grace_us (&cluster), ==, table[i].grace_us);
        cluster.lease_timeout_us = HBD_S (4);
        g_assert_cmpuint (hbd_setup_lease_s (&cluster), ==, 4);
        cluster.lease_mode = CFG_LEASE_OFF;
        g_assert_cmpuint (hbd_setup_lease_s (&cluster), ==, 0);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/setup/differences", test_rows);
    g_test_add_func ("/setup/broken-is-no-setup", test_a_broken_setup_is_no_setup);
    g_test_add_func ("/setup/lease-and-grace-follow-deadtime",
                     test_lease_and_grace_follow_deadtime);
    return g_test_run ();
}
