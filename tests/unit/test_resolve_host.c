/* SPDX-License-Identifier: Apache-2.0 */
/* The real host's answers, in a directory of its own. */
#include "config.h"

#include "crm/exec/host.h"

#include <glib/gstdio.h>
#include <string.h>

static const char wrapper[] = "#!/bin/sh\n. /etc/ha.d/resource.d//hto-mapfuncs\nra_execocf $1\n";

static void
write_script (const char *dir, const char *name, const char *text, int mode)
{
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, NULL));
}

static CrmScript
ask (const CrmHost *host, const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename (dir, name, NULL);

    return host->script (host->data, path);
}

static void
test_scripts (void)
{
    g_autofree char *ha = g_dir_make_tmp ("hbd-host-XXXXXX", NULL);
    g_autofree char *scripts = g_build_filename (ha, "resource.d", NULL);
    const CrmHostPaths paths = { .ha_dir = ha };
    g_autoptr (CrmHost) host = crm_host_new (&paths);
    g_auto (GStrv) names = NULL;
    g_autofree char *text = NULL;
    g_autofree char *path = g_build_filename (scripts, "own", NULL);

    g_assert_cmpint (g_mkdir (scripts, 0755), ==, 0);
    write_script (scripts, "wrapped", wrapper, 0755);
    write_script (scripts, "own", "#!/bin/sh\nexit 0\n", 0755);
    write_script (scripts, "data", wrapper, 0644);
    write_script (ha, "elsewhere", wrapper, 0755);
    g_assert_cmpint (ask (host, scripts, "wrapped"), ==, CRM_SCRIPT_PACKAGED);
    g_assert_cmpint (ask (host, scripts, "own"), ==, CRM_SCRIPT_OWN);
    g_assert_cmpint (ask (host, scripts, "data"), ==, CRM_SCRIPT_NONE);
    g_assert_cmpint (ask (host, scripts, "none"), ==, CRM_SCRIPT_NONE);
    g_assert_cmpint (ask (host, ha, "resource.d"), ==, CRM_SCRIPT_NONE); /* a directory */
    g_assert_cmpint (ask (host, ha, "elsewhere"), ==, CRM_SCRIPT_OWN);
    names = host->list (host->data, scripts);
    g_assert_cmpuint (g_strv_length (names), ==, 3);
    g_assert_null (host->list (host->data, "/nonexistent"));
    text = host->read (host->data, path);
    g_assert_cmpstr (text, ==, "#!/bin/sh\nexit 0\n");
    g_assert_null (host->read (host->data, scripts));
    g_assert_false (host->has_unit (host->data, "hbd-no-such-unit.service"));
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *file = g_build_filename (scripts, *name, NULL);

        (void) g_unlink (file);
    }
    g_free (path);
    path = g_build_filename (ha, "elsewhere", NULL);
    (void) g_unlink (path);
    g_assert_cmpint (g_rmdir (scripts), ==, 0);
    g_assert_cmpint (g_rmdir (ha), ==, 0);
}

static void
test_defaults (void)
{
    const CrmHostPaths paths = { 0 };
    g_autoptr (CrmHost) host = crm_host_new (&paths);

    g_assert_cmpstr (host->ha_dir, ==, HBD_SYSCONFDIR "/ha.d");
    g_assert_cmpstr (host->init_dir, ==, "/etc/init.d");
    g_assert_cmpstr (host->ocf_root, ==, HBD_OCF_ROOT);
    g_assert_null (host->own_agents);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/host/scripts", test_scripts);
    g_test_add_func ("/host/defaults", test_defaults);
    return g_test_run ();
}
