/* SPDX-License-Identifier: Apache-2.0 */
/* Cross-checks, each with a configuration that it must and one that it must not speak about. */
#include "config.h"

#include "tests/unit/cfg_fixture.h"

#include <string.h>

#define NODES "node alpha beta\n"
#define LINKS "bcast eth0 eth1\n"
#define BACK  "auto_failback on\n"

/* @says NULL: the file is silent. @where is the start of the line that must come. */
typedef struct {
    const char *ha_cf, *where, *says;
} Row;

static void
check_rows (const Row *rows, guint count)
{
    for (guint i = 0; i < count; i++) {
        g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (rows[i].ha_cf);
        g_autofree char *text = cfg_fixture_text (f);

        g_test_message ("%s -> %s", rows[i].ha_cf, text);
        if (rows[i].says == NULL)
            g_assert_cmpstr (text, ==, "");
        else
            g_assert_true (cfg_fixture_says (f, rows[i].where, rows[i].says));
    }
}

static void
test_times (void)
{
    static const Row rows[] = {
        { NODES LINKS BACK "deadtime 5\n", NULL, NULL },
        { NODES LINKS BACK "keepalive 100ms\ndeadtime 1401ms\n", NULL, NULL },
        { NODES LINKS BACK "keepalive 1\ndeadtime 2.001\n", "ha.cf:5:1: warning", "killed node" },
        { NODES LINKS BACK "keepalive 1\ndeadtime 2\n", "ha.cf:5:1: error", "twice" },
        { NODES LINKS BACK "keepalive 1\ndeadtime 1\n", "ha.cf:5:1: error", "twice" },
        { NODES LINKS BACK "keepalive 20\n", "ha.cf:1:1: error", "twice" },
        { NODES LINKS BACK, "ha.cf:1:1: warning", "left at 30 s" },
        { NODES LINKS BACK "deadtime 30\n", NULL, NULL },
        { NODES LINKS BACK "deadtime 5\nwarntime 3\n", NULL, NULL },
        { NODES LINKS BACK "deadtime 5\nwarntime 5\n", "ha.cf:5:1: warning", "never warns" },
        { NODES LINKS BACK "deadtime 5\nwarntime 1\n", "ha.cf:5:1: warning", "every heartbeat" },
        { NODES LINKS BACK "deadtime 5\ninitdead 4\n", "ha.cf:5:1: error", "at least deadtime" },
        { NODES LINKS BACK "deadtime 5\ninitdead 5\n", "ha.cf:5:1: warning", "short" },
        { NODES LINKS BACK "deadtime 5\ninitdead 10\n", NULL, NULL },
        { NODES LINKS BACK "deadtime 5\ndeadping 2\n", "ha.cf:5:1: error", "deadping" },
    };

    check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_nodes_and_links (void)
{
    static const Row rows[] = {
        { LINKS BACK "deadtime 5\n", "ha.cf:1:1: error", "node alpha OTHER-NODE" },
        { "node beta gamma\n" LINKS BACK "deadtime 5\n", "ha.cf:1:1: error",
          "no node line names it" },
        { "node alpha.example.org beta\n" LINKS BACK "deadtime 5\n", "ha.cf:1:1: error",
          "did you mean 'alpha.example.org'" },
        { "node alhpa beta\n" LINKS BACK "deadtime 5\n", "ha.cf:1:1: error",
          "did you mean 'alhpa'" },
        { "node alpha\n" LINKS BACK "deadtime 5\n", "ha.cf:1:1: warning", "nobody to take over" },
        { "node alpha beta gamma\n" LINKS BACK "deadtime 5\n", "ha.cf:1:17: error", "third node" },
        { NODES BACK "deadtime 5\n", "ha.cf:1:1: error", "no link" },
        { NODES "serial /dev/ttyS0\n" BACK "deadtime 5\n", "ha.cf:2:1: error", "only link" },
        { NODES "bcast eth0\n" BACK "deadtime 5\n", "ha.cf:2:7: warning", "single link" },
        { NODES "bcast eth0 eth9\n" BACK "deadtime 5\n", "ha.cf:2:12: warning",
          "no interface 'eth9'" },
        { NODES LINKS "deadtime 5\n", "ha.cf:1:1: warning", "left at legacy" },
        { NODES LINKS BACK "deadtime 5\nuse_logd off\n", "ha.cf:5:1: error", "no place to log" },
        { NODES LINKS BACK "deadtime 5\nuse_logd off\nlogfacility daemon\n", NULL, NULL },
        { NODES LINKS BACK "deadtime 5\nrespawn nosuch /usr/lib/heartbeat/x\n", "ha.cf:5:1: error",
          "no user" },
        { NODES LINKS BACK "deadtime 5\nrespawn root /nosuch\n", "ha.cf:5:1: error",
          "cannot be executed" },
        { NODES LINKS BACK "deadtime 5\nrespawn root /usr/lib/heartbeat/x\n", NULL, NULL },
    };

    check_rows (rows, G_N_ELEMENTS (rows));
}

/* A fault in the media line is one error, not two. */
static void
test_no_follow_up (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (NODES BACK "deadtime 5\nucast eth0 10.0.0.999\n");

    g_assert_cmpuint (f->diags->errors, ==, 1);
}

static bool
has_nothing (gpointer data, const char *name)
{
    return false;
}

/* A callback that is not there leaves its check out. */
static void
test_host_callbacks_are_optional (void)
{
    static const CfgHost blind = { 0 },
                         empty = { NULL, has_nothing, has_nothing, NULL, NULL, NULL, NULL };
    CfgFixtureTexts texts = { .ha_cf = NODES LINKS BACK "deadtime 5\nrespawn nosuch /x\n",
                              .haresources = "alpha unheard-of\n",
                              .authkeys = CFG_SOUND_AUTHKEYS,
                              .host = &blind };
    g_autoptr (CfgFixture) f = cfg_fixture_new (&texts), g = NULL;

    g_assert_cmpuint (f->diags->items->len, ==, 0);
    texts.host = &empty;
    g = cfg_fixture_new (&texts);
    g_assert_true (cfg_fixture_says (g, "ha.cf:2:7: warning", "no interface 'eth0'"));
    g_assert_true (cfg_fixture_says (g, "haresources:1:7: warning", "install it"));
    g_assert_false (cfg_fixture_says (g, "ha.cf", "respawn"));
}

static void
test_lease_against_deadtime (void)
{
    static const struct {
        const char *conf;
        bool warns;
    } rows[] = { { "lease {\n mode lifetime\n timeout 3\n}\n", false },
                 { "lease {\n mode lifetime\n timeout 3100ms\n}\n", true },
                 { "lease {\n mode lifetime\n timeout 4\n}\n", true },
                 { "lease {\n mode off\n timeout 4\n}\n", false } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (CfgFixture) f = cfg_fixture_hbd_conf (rows[i].conf);

        g_assert_cmpint (cfg_fixture_says (f, "ha.cf:2:1: warning", "killed node"), ==,
                         rows[i].warns);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cfg/check/times", test_times);
    g_test_add_func ("/cfg/check/nodes-and-links", test_nodes_and_links);
    g_test_add_func ("/cfg/check/no-follow-up", test_no_follow_up);
    g_test_add_func ("/cfg/check/host-callbacks-are-optional", test_host_callbacks_are_optional);
    g_test_add_func ("/cfg/check/lease-against-deadtime", test_lease_against_deadtime);
    return g_test_run ();
}
