/* SPDX-License-Identifier: Apache-2.0 */
/* What a person reads: what is wrong first, the next step, who serves what. */
#include "config.h"

#include "hbd/tools/show.h"

#include <string.h>

static const char healthy[] =
    "{'node': <'alpha'>, 'holding': <'all'>, 'problems': <@as []>,"
    " 'nodes': <[{'name': <'alpha'>, 'status': <'active'>, 'local': <true>},"
    "  {'name': <'beta'>, 'status': <'active'>, 'local': <false>, 'last_heard_ms': <int64 412>,"
    "   'links': <[{'name': <'eth0'>, 'status': <'up'>}]>}]>,"
    " 'groups': <[{'name': <'192.0.2.10/24/eth0'>, 'owner': <'alpha'>, 'state': <'running'>,"
    "   'since_ms': <int64 8000000>,"
    "   'resources': <[{'id': <'IPaddr'>, 'state': <'running'>, 'rc': <0>, 'failcount': <0>}]>},"
    "  {'name': <'other'>, 'owner': <'beta'>, 'state': <'stopped'>}]>,"
    " 'lease': <{'mode': <'lifetime'>, 'timeout_ms': <int64 1000>}>}";

static const char broken[] =
    "{'node': <'alpha'>, 'holding': <'none'>,"
    " 'problems': <['group web failed: nginx is not installed', 'node beta is dead']>,"
    " 'nodes': <[{'name': <'alpha'>, 'status': <'active'>, 'local': <true>},"
    "  {'name': <'beta'>, 'status': <'dead'>},"
    "  {'name': <'gamma'>, 'status': <'active'>,"
    "   'links': <[{'name': <'eth1'>, 'status': <'dead'>}]>}]>,"
    " 'groups': <[{'name': <'we b'>, 'owner': <''>, 'state': <'failed'>,"
    "   'resources': <[{'id': <'nginx'>, 'state': <'failed'>, 'rc': <5>, 'failcount': <2>,"
    "    'reason': <'not \\u001b[31minstalled'>}]>}]>}";

static char *
shown (const char *text)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
    GString *out = g_string_new (NULL);

    g_assert_no_error (error);
    hbd_show_status (dict, out);
    return g_string_free (out, FALSE);
}

static void
assert_has (const char *text, const char *part)
{
    if (strstr (text, part) == NULL)
        g_error ("'%s' is not in:\n%s", part, text);
}

static void
test_healthy_node (void)
{
    g_autofree char *text = shown (healthy);

    g_assert_true (g_str_has_prefix (text, "alpha: all as wanted\n"));
    assert_has (text, "\n  192.0.2.10/24/eth0  running here since 2 h 13 min\n");
    assert_has (text, "\n      IPaddr        running\n");
    assert_has (text, "\n  other               served by beta\n");
    assert_has (text, "\n  alpha  active  (this node)\n");
    assert_has (text, "\n  beta   active  eth0 up  heard 412 ms ago\n");
    assert_has (text, "gone 1000 ms later\n");
    g_assert_null (strstr (text, "next:"));
}

static void
test_group_that_failed_there_is_not_called_served (void)
{
    g_autofree char *text =
        shown ("{'node': <'alpha'>, 'groups': <[{'name': <'web'>, 'owner': <'beta'>,"
               " 'state': <'stopped'>, 'peer': <'beta'>, 'peer_state': <'failed'>}]>}");

    assert_has (text, "\n  web  failed on beta\n");
}

static void
test_wrong_comes_first_with_next_step (void)
{
    g_autofree char *text = shown (broken);
    const char *problem = strstr (text, "  ! group web failed: nginx is not installed\n");
    const char *next = strstr (text, "hbctl group cleanup 'we b'\n");

    g_assert_true (g_str_has_prefix (text, "alpha: 2 problems\n"));
    g_assert_nonnull (problem);
    g_assert_nonnull (next);
    g_assert_true (problem < next);
    g_assert_true (next < strstr (text, "\nGroups\n"));
    assert_has (text, "is beta powered on");
    assert_has (text, "hbctl doctor says what blocks the link");
    assert_has (text, "we b  failed, served by nobody\n");
    assert_has (text, "failed 2 times, last rc 5 ");
}

static void
test_terminal_is_not_driven (void)
{
    g_autofree char *text = shown (broken);
    GString *other = g_string_new (NULL);

    g_assert_null (strchr (text, 0x1b));
    assert_has (text, "(not \\x1b[31minstalled)");
    hbd_show_clean (other, "\302\2332J \303\237", FALSE); /* U+009B does what ESC [ does */
    g_assert_cmpstr (other->str, ==, "\\x9b2J \303\237");
    g_string_free (other, TRUE);
}

static void
test_empty_status (void)
{
    g_autofree char *text = shown ("@a{sv} {}");

    assert_has (text, "this node: all as wanted\n");
    assert_has (text, "none: haresources names no group\n");
}

static void
test_event_is_one_line (void)
{
    g_autoptr (GVariant) event = g_variant_ref_sink (g_variant_new_parsed (
        "{'wall_us': <int64 1700000000123456>, 'level': <'notice'>, 'name': <'node.state'>,"
        " 'fields': <'node=beta\\nto=dead'>}"));
    g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
    g_autoptr (GString) out = g_string_new (NULL);

    hbd_show_event (event, zone, out);
    g_assert_cmpstr (out->str, ==,
                     "2023-11-14 22:13:20.123  notice   node.state        node=beta\\x0ato=dead\n");
}

static void
test_event_with_impossible_time (void)
{
    g_autoptr (GVariant) event = g_variant_ref_sink (
        g_variant_new_parsed ("{'wall_us': <int64 9223372036854775807>, 'name': <'x'>}"));
    g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
    g_autoptr (GString) out = g_string_new (NULL);

    hbd_show_event (event, zone, out);
    assert_has (out->str, "x");
}

static void
test_durations (void)
{
    const struct {
        gint64 ms;
        const char *text;
    } rows[] = {
        { 0, "0 ms" },           { 999, "999 ms" },        { 3200, "3.2 s" },
        { 41000, "41 s" },       { 119999, "119 s" },      { 120000, "2 min" },
        { 7199999, "119 min" },  { 7200000, "2 h 0 min" }, { 8000000, "2 h 13 min" },
        { 172800000, "2 days" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (GString) out = g_string_new (NULL);

        hbd_show_duration (out, rows[i].ms);
        g_assert_cmpstr (out->str, ==, rows[i].text);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/show/healthy-node", test_healthy_node);
    g_test_add_func ("/show/wrong-comes-first-with-next-step",
                     test_wrong_comes_first_with_next_step);
    g_test_add_func ("/show/group-that-failed-there-is-not-called-served",
                     test_group_that_failed_there_is_not_called_served);
    g_test_add_func ("/show/terminal-is-not-driven", test_terminal_is_not_driven);
    g_test_add_func ("/show/empty-status", test_empty_status);
    g_test_add_func ("/show/event-is-one-line", test_event_is_one_line);
    g_test_add_func ("/show/event-with-impossible-time", test_event_with_impossible_time);
    g_test_add_func ("/show/durations", test_durations);
    return g_test_run ();
}
