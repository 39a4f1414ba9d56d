/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/unit/ka_fixture.h"

#include <string.h>

static bool
has_interface (gpointer data, const char *name)
{
    return strcmp (name, "eth0") == 0 || strcmp (name, "eth1") == 0;
}

static bool
has_user (gpointer data, const char *name)
{
    return strcmp (name, "root") == 0 || strcmp (name, "daemon") == 0;
}

static bool
is_executable (gpointer data, const char *path)
{
    static const char *const programs[] = { "/bin/true",      "/bin/sh",   "/usr/bin/killall",
                                            "/usr/bin/pidof", "/tmp/x.sh", NULL };

    return g_strv_contains (programs, path);
}

/* Others may write in /tmp. */
static bool
is_secure (gpointer data, const char *path)
{
    return !g_str_has_prefix (path, "/tmp/");
}

static const CfgHost host = { .has_interface = has_interface,
                              .has_user = has_user,
                              .is_executable = is_executable,
                              .is_secure = is_secure };

KaFixture *
ka_fixture_new (const char *text, const char *hbd_conf)
{
    KaFixture *fixture = g_new0 (KaFixture, 1);
    CfgInput input = { .node_name = "node.example.org", .host = &host };

    input.keepalived_conf.path = "k.conf";
    input.keepalived_conf.text = text;
    input.keepalived_conf.len = strlen (text);
    input.hbd_conf.path = "hbd.conf";
    input.hbd_conf.text = hbd_conf;
    input.hbd_conf.len = hbd_conf != NULL ? strlen (hbd_conf) : 0;
    fixture->diags = cfg_diags_new ();
    fixture->cluster = cfg_parse (&input, fixture->diags);
    fixture->model = fixture->cluster->keepalived;
    return fixture;
}

void
ka_fixture_free (KaFixture *fixture)
{
    cfg_cluster_free (fixture->cluster);
    cfg_diags_free (fixture->diags);
    g_free (fixture);
}

char *
ka_fixture_text (const KaFixture *fixture)
{
    GString *out = g_string_new (NULL);

    for (guint i = 0; i < fixture->diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (fixture->diags->items->pdata[i]);

        g_string_append_printf (out, "%s\n", line);
    }
    return g_string_free (out, FALSE);
}

bool
ka_fixture_says (const KaFixture *fixture, const char *where, const char *what)
{
    for (guint i = 0; i < fixture->diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (fixture->diags->items->pdata[i]);

        if (g_str_has_prefix (line, where) && strstr (line, what) != NULL)
            return true;
    }
    return false;
}
