/* SPDX-License-Identifier: Apache-2.0 */
/* ha.cf: the lexical rules and quirks of doc/heartbeat.md 1.1, the checks of 1.2, and what the
 * directives of 1.4 put into the model. Wording is left to the golden files. */
#include "config.h"

#include "tests/unit/cfg_fixture.h"

#include <string.h>

#define REST "deadtime 5\nauto_failback on\nnode alpha beta\nbcast eth0 eth1\n"

static const CfgLink *
link_at (const CfgFixture *f, guint index)
{
    g_assert_cmpuint (index, <, f->cluster->links->len);
    return g_ptr_array_index (f->cluster->links, index);
}

static const char *
node_at (const CfgFixture *f, guint index)
{
    g_assert_cmpuint (index, <, f->cluster->nodes->len);
    return ((const CfgNode *) g_ptr_array_index (f->cluster->nodes, index))->name;
}

static void
test_sound_file_is_silent (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (CFG_SOUND_HA_CF);
    g_autofree char *text = cfg_fixture_text (f);

    g_assert_cmpstr (text, ==, "");
    g_assert_true (f->cluster->has_heartbeat);
    g_assert_cmpstr (node_at (f, 0), ==, "alpha");
    g_assert_cmpstr (node_at (f, 1), ==, "beta");
}

static void
test_defaults (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf ("node alpha beta\nbcast eth0\n");
    const CfgCluster *c = f->cluster;

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpint (c->keepalive_us, ==, HBD_S (1));
    g_assert_cmpint (c->deadtime_us, ==, HBD_S (30));
    g_assert_cmpint (c->warntime_us, ==, HBD_S (15));
    g_assert_cmpint (c->initdead_us, ==, HBD_S (30));
    g_assert_cmpint (c->deadping_us, ==, HBD_S (30));
    g_assert_cmpint (c->rexmit_us, ==, HBD_MS (250));
    g_assert_true (c->deadtime_is_default && c->failback_is_default);
    g_assert_cmpint (c->failback, ==, CFG_FAILBACK_LEGACY);
    g_assert_cmpuint (c->hopfudge, ==, 1);
    g_assert_true (c->inner_auth && c->realtime && c->use_logd);
    g_assert_false (c->generation_by_time || c->uuid_from_name || c->has_stonith);
    g_assert_cmpint (c->rtprio, ==, 0);
    g_assert_cmpuint (link_at (f, 0)->port, ==, 694);
    g_assert_cmpint (c->lease_mode, ==, CFG_LEASE_AUTO);
    g_assert_cmpint (c->lease_timeout_us, ==, -1);
    g_assert_null (c->logfile);
}

/* doc/heartbeat.md 1.2 */
static void
test_initdead_follows_deadtime (void)
{
    static const struct {
        const char *deadtime;
        HbdTime initdead;
    } rows[] = { { "5.9", HBD_S (12) }, { "6", HBD_S (12) },  { "7", HBD_S (14) },
                 { "10", HBD_S (20) },  { "11", HBD_S (11) }, { "60", HBD_S (60) } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text =
            g_strdup_printf ("node alpha beta\nbcast eth0\ndeadtime %s\n", rows[i].deadtime);
        g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (text);

        g_assert_cmpint (f->cluster->initdead_us, ==, rows[i].initdead);
    }
}

static void
test_lines (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        "# comment\n\n   \t keepalive\t 2 # two\r\n#keepalive 3\n"
        "deadtime 9#nine\nauto_failback on\nnode alpha,beta\r\nbcast eth0, eth1");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpint (f->cluster->keepalive_us, ==, HBD_S (2));
    g_assert_cmpint (f->cluster->deadtime_us, ==, HBD_S (9));
    g_assert_cmpuint (f->cluster->nodes->len, ==, 2);
    g_assert_cmpstr (link_at (f, 1)->interface, ==, "eth1");
    g_assert_cmpuint (link_at (f, 1)->place.line, ==, 8);
    g_assert_cmpuint (link_at (f, 1)->place.column, ==, 13);
}

static void
test_last_scalar_wins (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf ("keepalive 2\nkeepalive 1 500ms\n" REST);

    g_assert_cmpint (f->cluster->keepalive_us, ==, HBD_MS (500));
    g_assert_cmpstr (cfg_setting (f->cluster, "keepalive"), ==, "1 500ms");
    g_assert_cmpstr (cfg_setting (f->cluster, "deadtime"), ==, "5");
    g_assert_null (cfg_setting (f->cluster, "warntime"));
    g_assert_true (cfg_fixture_says (f, "ha.cf:2:1: warning", "replaces line 1"));
}

static void
test_names_are_lower_case (void)
{
    CfgFixtureTexts texts = { .ha_cf = "keepalive 1\n" REST,
                              .haresources = "ALPHA 10.0.0.10/24/eth0\n",
                              .authkeys = CFG_SOUND_AUTHKEYS,
                              .node_name = "Alpha" };
    g_autoptr (CfgFixture) f = cfg_fixture_new (&texts);
    const CfgGroupLine *group = g_ptr_array_index (f->cluster->groups, 0);

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpstr (group->node, ==, "alpha");
}

static void
test_udpport_reaches_what_is_below (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        "deadtime 5\nauto_failback on\nnode alpha beta\nbcast eth0\nudpport 5000\nbcast eth0\n"
        "mcast eth1 225.0.0.1 777 1 0\nucast eth1 10.0.0.2\n");

    g_assert_cmpuint (link_at (f, 0)->port, ==, 694);
    g_assert_cmpuint (link_at (f, 1)->port, ==, 5000);
    g_assert_cmpuint (link_at (f, 2)->port, ==, 777);
    g_assert_cmpuint (link_at (f, 3)->port, ==, 5000);
    g_assert_true (cfg_fixture_says (f, "ha.cf:5:1: warning", "below"));
}

static void
test_ucast_lines_make_one_link (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        "deadtime 5\nauto_failback on\nnode alpha beta\nucast eth0 10.0.0.1\nucast eth0 "
        "beta.example.org\nucast eth1 10.1.0.2\nucast6 eth0 fe80::2%eth0\nucast6 eth0 fd00::2\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpuint (f->cluster->links->len, ==, 3);
    g_assert_cmpuint (link_at (f, 0)->peers->len, ==, 2);
    g_assert_cmpstr (g_ptr_array_index (link_at (f, 0)->peers, 1), ==, "beta.example.org");
    g_assert_cmpint (link_at (f, 2)->kind, ==, CFG_LINK_UCAST6);
    g_assert_cmpuint (link_at (f, 2)->peers->len, ==, 2);
}

static void
test_mcast (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        "deadtime 5\nauto_failback on\nnode alpha beta\nmcast eth0 239.1.2.3 5001 4 1\n"
        "mcast6 eth1 ff12::1 5002 0 0\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpint (link_at (f, 0)->kind, ==, CFG_LINK_MCAST);
    g_assert_cmpstr (link_at (f, 0)->group, ==, "239.1.2.3");
    g_assert_cmpuint (link_at (f, 0)->port, ==, 5001);
    g_assert_cmpuint (link_at (f, 0)->ttl, ==, 4);
    g_assert_true (link_at (f, 0)->loop);
    g_assert_cmpint (link_at (f, 1)->kind, ==, CFG_LINK_MCAST6);
    g_assert_false (link_at (f, 1)->loop);
}

static void
test_failback_words (void)
{
    static const struct {
        const char *line;
        CfgFailback failback;
    } rows[] = {
        { "auto_failback on", CFG_FAILBACK_ON },   { "auto_failback yes", CFG_FAILBACK_ON },
        { "auto_failback OFF", CFG_FAILBACK_OFF }, { "auto_failback legacy", CFG_FAILBACK_LEGACY },
        { "nice_failback on", CFG_FAILBACK_OFF },  { "nice_failback off", CFG_FAILBACK_LEGACY }
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text =
            g_strdup_printf ("deadtime 5\nnode alpha beta\nbcast eth0\n%s\n", rows[i].line);
        g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (text);

        g_assert_cmpint (f->cluster->failback, ==, rows[i].failback);
        g_assert_false (f->cluster->failback_is_default);
        g_assert_false (cfg_fixture_says (f, "ha.cf", "left at legacy"));
    }
}

static void
test_choices (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        REST "msgfmt netstring\nhbgenmethod time\nuuidfrom nodename\nlogfacility none\n"
             "logfile /var/log/ha\nrtprio 7\ndebug 3\nrealtime no\nmax_rexmit_delay 100\n");
    const CfgCluster *c = f->cluster;

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_false (c->inner_auth);
    g_assert_true (c->generation_by_time && c->uuid_from_name);
    g_assert_false (c->realtime);
    g_assert_false (c->use_logd);
    g_assert_null (c->logfacility);
    g_assert_cmpstr (c->logfile, ==, "/var/log/ha");
    g_assert_cmpint (c->rtprio, ==, 7);
    g_assert_cmpuint (c->debug, ==, 3);
    g_assert_cmpint (c->rexmit_us, ==, HBD_MS (100));
}

static void
test_respawn (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        REST "respawn hacluster /usr/lib/heartbeat/ipfail\n"
             "respawn root /usr/lib/heartbeat/mon -v 'a b' \"c d\"\n"
             "failfast root /usr/lib/heartbeat/ff\nrespawn root '/usr/lib/heartbeat/open\n");
    const CfgRespawn *ipfail = g_ptr_array_index (f->cluster->respawns, 0);
    const CfgRespawn *mon = g_ptr_array_index (f->cluster->respawns, 1);
    const CfgRespawn *failfast = g_ptr_array_index (f->cluster->respawns, 2);

    g_assert_cmpuint (f->cluster->respawns->len, ==, 3);
    g_assert_true (ipfail->is_ipfail);
    g_assert_cmpstr (ipfail->user, ==, "hacluster");
    g_assert_false (mon->is_ipfail || mon->is_failfast);
    g_assert_cmpuint (g_strv_length (mon->argv), ==, 4);
    g_assert_cmpstr (mon->argv[2], ==, "a b");
    g_assert_cmpstr (mon->argv[3], ==, "c d");
    g_assert_true (failfast->is_failfast);
    g_assert_true (cfg_fixture_says (f, "ha.cf:8:14: warning", "quote"));
}

static void
test_apiauth (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        REST "apiauth mon uid=root,hacluster gid=haclient\napiauth mon uid=x\napiauth b uid=,x\n");
    const CfgApiauth *mon = g_ptr_array_index (f->cluster->apiauths, 0);

    g_assert_cmpuint (g_strv_length (mon->uids), ==, 2);
    g_assert_cmpstr (mon->uids[1], ==, "hacluster");
    g_assert_cmpstr (mon->gids[0], ==, "haclient");
    g_assert_true (cfg_fixture_says (f, "ha.cf:6:9: error", "twice"));
    g_assert_true (cfg_fixture_says (f, "ha.cf:7:11: warning", "empty name"));
}

static void
test_env (void)
{
    g_autoptr (CfgFixture) f =
        cfg_fixture_ha_cf (REST "env A=1,B_2=x\nenv C=,9=x\nenv a.b=x\nenv D\nenv =x\n");

    g_assert_cmpuint (f->cluster->env->len, ==, 5); /* any name, as there */
    g_assert_cmpstr (g_ptr_array_index (f->cluster->env, 1), ==, "B_2=x");
    g_assert_true (cfg_fixture_says (f, "ha.cf:8:5: warning", "sets nothing"));
    g_assert_true (cfg_fixture_says (f, "ha.cf:9:5: error", "NAME=VALUE"));
}

/* Safety rule 6 of doc/design.md. */
static void
test_fencing_refuses_the_start (void)
{
    static const struct {
        const char *line;
        bool is_ours;
    } rows[] = { { "stonith external/ssh /etc/x", true },
                 { "stonith_host * external/ssh x", true },
                 { "stonith_host alpha external/ssh x", true },
                 { "stonith_host ALPHA external/ssh x", true },
                 { "stonith_host beta external/ssh x", false } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text = g_strdup_printf (REST "%s\n", rows[i].line);
        g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (text);

        g_assert_cmpint (f->cluster->has_stonith, ==, rows[i].is_ours);
        g_assert_cmpint (f->diags->errors > 0, ==, rows[i].is_ours);
    }
}

static void
test_pacemaker_must_be_off (void)
{
    static const struct {
        const char *line;
        guint errors;
    } rows[] = { { "crm off", 0 },         { "pacemaker no", 0 },     { "crm on", 1 },
                 { "crm yes", 1 },         { "pacemaker manual", 1 }, { "crm ccm-only", 1 },
                 { "crm off\ncrm off", 1 } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text = g_strdup_printf (REST "%s\n", rows[i].line);
        g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (text);

        g_assert_cmpuint (f->diags->errors, ==, rows[i].errors);
    }
}

/* What 3.0.6 takes although it is not what it should be; measured with its own binary. */
static void
test_what_heartbeat_takes_is_taken (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        REST "rtprio 5x\nmax_rexmit_delay 10ms\ndebug abc\nlogfile ha-log\napiauth m uid=gone\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpuint (f->diags->warnings, ==, 5);
    g_assert_cmpint (f->cluster->rtprio, ==, 5);
    g_assert_cmpint (f->cluster->rexmit_us, ==, HBD_MS (10));
    g_assert_cmpuint (f->cluster->debug, ==, 0);
    g_assert_null (f->cluster->logfile);
}

static void
test_what_heartbeat_refuses_is_refused (void)
{
    static const char *const lines[] = { "keepalive 0",
                                         "keepalive 0.0004",
                                         "keepalive -1",
                                         "keepalive 1e3",
                                         "keepalive 5m",
                                         "udpport 0",
                                         "udpport abc",
                                         "deadtime 0",
                                         "warntime 0",
                                         "debug 256",
                                         "hopfudge 256",
                                         "rtprio 0",
                                         "rtprio 100",
                                         "rtprio x",
                                         "memreserve 0",
                                         "msgfmt CLASSIC",
                                         "conn_logd_time 5s",
                                         "use_apphbd maybe",
                                         "realtime maybe",
                                         "baud 1234",
                                         "uuidfrom x",
                                         "hbgenmethod x",
                                         "compression lzo",
                                         "compression_threshold 0",
                                         "autojoin foo",
                                         "ping_group g",
                                         "node,gamma",
                                         "respawn root",
                                         "mcast eth0 225.0.0.1 0 1 0",
                                         "mcast eth0 225.0.0.1 694 1 2",
                                         "mcast6 eth0 ff12::1 694 9 0",
                                         "apiauth m uid=root x",
                                         "max_rexmit_delay 0",
                                         "logfacility local9",
                                         "traditional_compression 2" };

    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        g_autofree char *text = g_strdup_printf (REST "%s\n", lines[i]);
        g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (text);

        g_test_message ("%s", lines[i]);
        g_assert_cmpuint (f->diags->errors, >, 0);
    }
}

/* A directive without effect is said once, and not at all when it asks for what happens anyway. */
static void
test_advice_is_given_once (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf (
        REST "ping 10.0.0.1\nping 10.0.0.2\nlog_badpack on\nuse_apphbd off\ncoredumps false\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpuint (f->diags->warnings, ==, 2);
    g_assert_true (cfg_fixture_says (f, "ha.cf:5:1: warning", "later release"));
    g_assert_true (cfg_fixture_says (f, "ha.cf:9:1: warning", "core dumps"));
    g_assert_cmpuint (f->cluster->ping_nodes->len, ==, 2);
}

static void
test_all_errors_of_a_run (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_ha_cf ("keepaliv 1\ndeadtime x\nnode\nbcast\n");
    g_autofree char *text = cfg_fixture_text (f);

    g_assert_true (cfg_fixture_says (f, "ha.cf:1:1: error", "did you mean 'keepalive'?"));
    g_assert_true (cfg_fixture_says (f, "ha.cf:2:10: error", "not a time"));
    g_assert_true (cfg_fixture_says (f, "ha.cf:1:1: error", "no node line"));
    g_assert_true (cfg_fixture_says (f, "ha.cf:1:1: error", "no link"));
}

static void
test_no_file_is_no_heartbeat (void)
{
    CfgFixtureTexts texts = { .ha_cf = NULL };
    g_autoptr (CfgFixture) f = cfg_fixture_new (&texts);

    g_assert_false (f->cluster->has_heartbeat);
    g_assert_cmpuint (f->diags->items->len, ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/cfg/ha.cf/" #name, test_##name)
    ADD (sound_file_is_silent);
    ADD (defaults);
    ADD (initdead_follows_deadtime);
    ADD (lines);
    ADD (last_scalar_wins);
    ADD (names_are_lower_case);
    ADD (udpport_reaches_what_is_below);
    ADD (ucast_lines_make_one_link);
    ADD (mcast);
    ADD (failback_words);
    ADD (choices);
    ADD (respawn);
    ADD (apiauth);
    ADD (env);
    ADD (fencing_refuses_the_start);
    ADD (pacemaker_must_be_off);
    ADD (what_heartbeat_takes_is_taken);
    ADD (what_heartbeat_refuses_is_refused);
    ADD (advice_is_given_once);
    ADD (all_errors_of_a_run);
    ADD (no_file_is_no_heartbeat);
    return g_test_run ();
}
