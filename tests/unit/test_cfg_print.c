/* SPDX-License-Identifier: Apache-2.0 */
/* parse -> print -> parse is a fixed point: over every good fixture and over generated models. The
 * models are compared by a dump that the printer has no part in. */
#include "config.h"

#include "hbd/base/prng.h"
#include "tests/unit/cfg_fixture.h"

#include <string.h>

typedef struct {
    char *ha_cf, *haresources, *authkeys, *hbd_conf;
} Printed;

static Printed
print_all (const CfgCluster *cluster)
{
    Printed out = { cfg_print_ha_cf (cluster), cfg_print_haresources (cluster),
                    cfg_print_authkeys (cluster), cfg_print_hbd_conf (cluster) };

    return out;
}

static void
printed_clear (Printed *printed)
{
    g_free (printed->ha_cf);
    g_free (printed->haresources);
    g_free (printed->authkeys);
    g_free (printed->hbd_conf);
}

static CfgFixture *
parse_printed (const Printed *printed)
{
    CfgFixtureTexts texts = { .ha_cf = printed->ha_cf,
                              .haresources = printed->haresources,
                              .authkeys = printed->authkeys,
                              .hbd_conf = printed->hbd_conf };

    return cfg_fixture_new (&texts);
}

static void
check_fixed_point (const CfgFixture *first)
{
    Printed once = print_all (first->cluster), twice;
    g_autoptr (CfgFixture) second = parse_printed (&once);
    g_autofree char *a = cfg_fixture_dump (first->cluster);
    g_autofree char *b = cfg_fixture_dump (second->cluster);
    g_autofree char *said = cfg_fixture_text (second);

    g_test_message ("%s%s", once.ha_cf, said);
    g_assert_cmpuint (first->diags->errors, ==, 0);
    g_assert_cmpuint (second->diags->errors, ==, 0);
    g_assert_cmpstr (a, ==, b);
    twice = print_all (second->cluster);
    g_assert_cmpstr (once.ha_cf, ==, twice.ha_cf);
    g_assert_cmpstr (once.haresources, ==, twice.haresources);
    g_assert_cmpstr (once.authkeys, ==, twice.authkeys);
    g_assert_cmpstr (once.hbd_conf, ==, twice.hbd_conf);
    printed_clear (&once);
    printed_clear (&twice);
}

static void
check_fixture (gconstpointer data)
{
    g_autoptr (CfgFixture) first = cfg_fixture_dir (data);

    check_fixed_point (first);
}

static void
test_default_is_a_comment_and_given_is_a_line (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf ("keepalive 0.25\ndeadtime 3\nnode alpha beta\n"
                                                  "auto_failback off\nbcast eth0 eth1\n");
    g_autofree char *text = cfg_print_ha_cf (f->cluster);

    g_assert_nonnull (strstr (text, "\nkeepalive 250ms\n") ?: strstr (text, "keepalive 250ms\n"));
    g_assert_nonnull (strstr (text, "\n#hopfudge 1\n"));
    g_assert_nonnull (strstr (text, "\n#warntime 1500ms\n"));
    g_assert_nonnull (strstr (text, "\nauto_failback off\n"));
    g_assert_nonnull (strstr (text, "\nnode beta\nbcast eth0\nbcast eth1\n"));
}

static void
test_haresources_is_canonical (void)
{
    g_autoptr (CfgFixture) f =
        cfg_fixture_haresources ("# x\nALPHA   10.0.0.10/24/eth0:0 \\\n  MailTo::a::b\n");
    g_autofree char *text = cfg_print_haresources (f->cluster);

    g_assert_cmpstr (text, ==, "alpha 10.0.0.10/24/eth0:0 MailTo::a::b\n");
}

static const char *
pick (HbdPrng *prng, const char *const *words)
{
    return words[hbd_prng_range (prng, 0, (gint64) g_strv_length ((char **) words) - 1)];
}

static bool
chance (HbdPrng *prng, gint64 percent)
{
    return hbd_prng_range (prng, 1, 100) <= percent;
}

static void
add_media (HbdPrng *prng, GString *out)
{
    static const char *const interfaces[] = { "eth0", "eth1", "br0", NULL };

    for (gint64 i = hbd_prng_range (prng, 1, 8); i > 0; i--) {
        const char *interface = pick (prng, interfaces);
        gint64 n = hbd_prng_range (prng, 1, 65535);

        switch (hbd_prng_range (prng, 0, 5)) {
        case 0:
            g_string_append_printf (out, "bcast %s\n", interface);
            break;
        case 1:
            g_string_append_printf (out, "ucast %s 10.0.%d.1\n", interface, (int) (n & 255));
            break;
        case 2:
            g_string_append_printf (out, "mcast %s 225.0.%d.1 %d %d %d\n", interface,
                                    (int) (n & 255), (int) n, (int) (n % 5), (int) (n % 2));
            break;
        case 3:
            g_string_append_printf (out, "mcast6 %s ff12::%d 694 1 0\n", interface,
                                    (int) (n % 1000));
            break;
        case 4:
            g_string_append_printf (out, "ucast6 %s fd00::%d\n", interface, (int) (n % 1000));
            break;
        default:
            g_string_append_printf (out, "udpport %d\nbcast %s\n", (int) n, interface);
        }
    }
}

static void
add_directives (HbdPrng *prng, GString *out)
{
    static const char *const lines[] = {
        "hopfudge 3\n",
        "msgfmt netstring\n",
        "msgfmt classic\n",
        "realtime off\n",
        "rtprio 50\n",
        "debug 255\n",
        "logfacility daemon\n",
        "logfacility none\nlogfile /var/log/x\n",
        "use_logd yes\n",
        "env A=b\n",
        "env X=\n",
        "ping 10.0.0.1\n",
        "deadping 20\n",
        "watchdog /dev/watchdog\n",
        "uuidfrom nodename\n",
        "hbgenmethod time\n",
        "max_rexmit_delay 77\n",
        "cluster c\n",
        "autojoin none\n",
        "crm off\n",
        "respawn root /usr/lib/heartbeat/x 'it'\\''s' \"\" a\\ b\n",
        "failfast hacluster /usr/lib/heartbeat/y -z\n",
        "warntime 1\n",
        "apiauth a uid=x,y\n",
        "apiauth b gid=z\n",
        "debugfile /dev/null\n",
        "compression_threshold 3\n",
        NULL
    };
    g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);

    for (gint64 i = hbd_prng_range (prng, 0, 12); i > 0; i--) {
        const char *line = pick (prng, lines);

        if (g_hash_table_add (used, (gpointer) line))
            g_string_append (out, line);
    }
}

static char *
make_ha_cf (HbdPrng *prng)
{
    static const char *const failbacks[] = { "on", "off", "legacy", NULL };
    GString *out = g_string_new ("node alpha Beta\n");
    gint64 keepalive = hbd_prng_range (prng, 1, 3000);

    g_string_append_printf (out, "keepalive %dms\n", (int) keepalive);
    if (chance (prng, 80))
        g_string_append_printf (out, "deadtime %dms\ninitdead %d\n",
                                (int) (2 * keepalive + hbd_prng_range (prng, 1, 9000)), 60);
    if (chance (prng, 80))
        g_string_append_printf (out, "auto_failback %s\n", pick (prng, failbacks));
    add_media (prng, out);
    add_directives (prng, out);
    return g_string_free (out, FALSE);
}

static char *
make_haresources (HbdPrng *prng)
{
    static const char *const nodes[] = { "alpha", "BETA", NULL };
    static const char *const agents[] = { "httpd", "nginx", "MailTo::a::b", "apache::/etc/x",
                                          NULL };
    GString *out = g_string_new (NULL);

    for (int group = 0; group < hbd_prng_range (prng, 0, 5); group++) {
        g_string_append_printf (out, "%s 10.1.0.%d/%d/eth%d:%d", pick (prng, nodes), group + 1,
                                (int) hbd_prng_range (prng, 0, 32), group % 2, group);
        while (chance (prng, 50))
            g_string_append_printf (out, "%s%s", chance (prng, 30) ? " \\\n\t" : " ",
                                    pick (prng, agents));
        g_string_append (out, chance (prng, 20) ? " # why\n" : "\n");
    }
    return g_string_free (out, FALSE);
}

static char *
make_hbd_conf (HbdPrng *prng)
{
    static const char *const values[] = { "plain", "two words",   "a#b!c",    "{brace}",
                                          "",      "back\\slash", "\xc3\xa9", NULL };
    static const char *const names[] = { "httpd", "IPaddr", "10.1.0.1/24", "a b", NULL };
    static const char *const modes[] = { "auto", "lifetime", "gate", "off", NULL };
    GString *out = g_string_new (NULL);

    if (chance (prng, 50))
        g_string_append_printf (out, "lease {\n mode %s\n timeout %dms\n}\n", pick (prng, modes),
                                (int) hbd_prng_range (prng, 10, 60000));
    if (chance (prng, 70))
        g_string_append_printf (
            out,
            "resource \"%s\" {\n param k \"%s\"\n param l \"%s\"\n"
            " start_timeout %dus\n hot_standby %s\n monitor { depth %d\n }\n}\n",
            pick (prng, names), pick (prng, values), pick (prng, values),
            (int) hbd_prng_range (prng, 1000, 5000000), chance (prng, 50) ? "on" : "off",
            (int) hbd_prng_range (prng, 0, 30));
    if (chance (prng, 30))
        g_string_append (out, "auth { method sha256 }\nscripts { shell yes }\n");
    return g_string_free (out, FALSE);
}

static void
test_generated_models (void)
{
    for (guint seed = 0; seed < 500; seed++) {
        HbdPrng prng;
        CfgFixtureTexts texts = { 0 };
        g_autofree char *ha_cf = NULL, *haresources = NULL, *authkeys = NULL, *hbd_conf = NULL;
        g_autoptr (CfgFixture) first = NULL;

        hbd_prng_seed (&prng, seed);
        texts.ha_cf = ha_cf = make_ha_cf (&prng);
        texts.haresources = haresources = make_haresources (&prng);
        texts.authkeys = authkeys = g_strdup_printf ("auth %u\n%u %s secret%u\n%s", seed % 15,
                                                     seed % 15, chance (&prng, 50) ? "md5" : "sha1",
                                                     seed, chance (&prng, 50) ? "15 crc\n" : "");
        texts.hbd_conf = hbd_conf = make_hbd_conf (&prng);
        first = cfg_fixture_new (&texts);
        g_test_message ("seed %u\n%s%s%s", seed, ha_cf, haresources, hbd_conf);
        check_fixed_point (first);
    }
}

static void
add_fixtures (void)
{
    g_autofree char *base = g_test_build_filename (G_TEST_DIST, "data", "cfg", "good", NULL);
    g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
    const char *name;

    g_assert_nonnull (dir);
    while ((name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *test = g_strdup_printf ("/cfg/print/fixed-point/%s", name);

        g_test_add_data_func_full (test, g_build_filename (base, name, NULL), check_fixture,
                                   g_free);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    add_fixtures ();
    g_test_add_func ("/cfg/print/fixed-point-of-generated-models", test_generated_models);
    g_test_add_func ("/cfg/print/default-is-a-comment",
                     test_default_is_a_comment_and_given_is_a_line);
    g_test_add_func ("/cfg/print/haresources-is-canonical", test_haresources_is_canonical);
    return g_test_run ();
}
