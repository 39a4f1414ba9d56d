/* SPDX-License-Identifier: Apache-2.0 */
/* What `heartbeat -v` prints, beside what the packaged 3.0.6 printed for the same file (names and
 * values; the words behind the # are each one's own). */
#include "config.h"

#include "hbd/tools/directives.h"
#include "tests/unit/cfg_fixture.h"

#include <string.h>

/* Names and values, one line each, without comments. */
static char *
dump (const char *ha_cf)
{
    g_autoptr (CfgFixture) fixture = cfg_fixture_ha_cf (ha_cf);
    g_autofree char *text = hbd_directives_dump (fixture->cluster, "alpha");
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    GString *out = g_string_new (NULL);

    for (char **line = lines; *line != NULL; line++) {
        (*line)[strcspn (*line, "#")] = '\0';
        g_strchomp (*line);
        if (**line != '\0')
            g_string_append_printf (out, "%s\n", *line);
    }
    return g_string_free (out, FALSE);
}

static void
test_all_that_can_be_set (void)
{
    g_autofree char *text = dump (
        "cluster x\nhopfudge 2\nkeepalive 500ms\ndeadtime 5\ndeadping 6\ninitdead 10\nwarntime 3\n"
        "udpport 695\nlogfile /var/log/ha-log\ndebugfile /var/log/ha-debug\nlogfacility daemon\n"
        "auto_failback off\nbcast eth0\nucast eth0 10.77.0.2\nmcast eth0 225.0.0.1 694 1 0\n"
        "ping 10.77.0.9\nping_group g 10.77.0.8 10.77.0.7\nwatchdog /dev/null\nrtprio 5\n"
        "use_logd off\nenv A=b\ndebug 1\nmax_rexmit_delay 300\nnode alpha beta\nmemreserve 100\n"
        "coreroot /var/lib\nbaud 9600\nucast6 eth0 fd77:0::2\n");

    g_assert_cmpstr (
        text, ==,
        "cluster\tx\nhopfudge\t2\nkeepalive\t500ms\ndeadtime\t5\ndeadping\t6\ninitdead\t10\n"
        "warntime\t3\nwatchdog\t/dev/null\nbaud\t9600\nudpport\t695\nlogfacility\tdaemon\n"
        "logfile\t/var/log/ha-log\ndebugfile\t/var/log/ha-debug\nauto_failback\toff\nrtprio\t5\n"
        "hbgenmethod\tfile\nrealtime\ttrue\ndebug\t1\nmsgfmt\tclassic\nuse_logd\toff\n"
        "conn_logd_time\t60\nlog_badpack\ttrue\nsyslogmsgfmt\ttrue\ncoredumps\ttrue\n"
        "coreroot\t/var/lib\npacemaker\tfalse\nautojoin\tnone\nuuidfrom\tfile\ncompression\tzlib\n"
        "compression_threshold\t2\ntraditional_compression\tno\nmax_rexmit_delay\t300\n"
        "record_config_changes\ton\nrecord_pengine_inputs\ton\nenable_config_writes\ton\n"
        "memreserve\t100\n"
        "node 10.77.0.9\nnode g\nnode alpha\nnode beta\n"
        "bcast eth0\nucast eth0\nmcast eth0\nping 10.77.0.9\nping_group g\nucast6 eth0\n");
}

static void
test_what_is_not_set (void)
{
    g_autofree char *text = dump ("keepalive 1\ndeadtime 5\nbcast eth0,eth1\nnode alpha beta\n");

    g_assert_nonnull (strstr (text, "\ndeadping\t5000ms\ninitdead\t12000ms\nwarntime\t2500ms\n"));
    g_assert_nonnull (strstr (text, "\nudpport\t694\nauto_failback\tlegacy\n"));
    g_assert_nonnull (strstr (text, "\ndebug\t0\n"));
    g_assert_nonnull (strstr (text, "\nuse_logd\tyes\n"));
    g_assert_nonnull (strstr (text, "\nbcast eth0\nbcast eth1\n"));
    g_assert_null (strstr (text, "logfile"));
    g_assert_null (strstr (text, "watchdog"));
}

static void
test_defaults (void)
{
    g_assert_cmpstr (hbd_directives_default ("deadtime"), ==, "30000ms");
    g_assert_cmpstr (hbd_directives_default ("udpport"), ==, "694");
    g_assert_null (hbd_directives_default ("logfile"));
    g_assert_null (hbd_directives_default ("nonsense"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/directives/all-that-can-be-set", test_all_that_can_be_set);
    g_test_add_func ("/directives/what-is-not-set", test_what_is_not_set);
    g_test_add_func ("/directives/defaults", test_defaults);
    return g_test_run ();
}
