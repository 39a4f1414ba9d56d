/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cfg/value.h"

#include <string.h>

static void
test_time (void)
{
    /* doc/heartbeat.md 1.1 */
    static const struct {
        const char *text;
        CfgTimeResult result;
        HbdTime us;
    } rows[] = {
        { "1", CFG_TIME_OK, HBD_S (1) },
        { "30", CFG_TIME_OK, HBD_S (30) },
        { "0.5", CFG_TIME_OK, HBD_MS (500) },
        { ".25", CFG_TIME_OK, HBD_MS (250) },
        { "1.", CFG_TIME_OK, HBD_S (1) },
        { "500ms", CFG_TIME_OK, HBD_MS (500) },
        { "500MSEC", CFG_TIME_OK, HBD_MS (500) },
        { "1.5ms", CFG_TIME_OK, HBD_MS (2) },
        { "0.4ms", CFG_TIME_OK, 0 },
        { "1600us", CFG_TIME_OK, HBD_MS (2) },
        { "2000usec", CFG_TIME_OK, HBD_MS (2) },
        { "99999999999", CFG_TIME_OK, HBD_S (10000000) },
        { "5s", CFG_TIME_SECONDS_UNIT, 0 },
        { "5S", CFG_TIME_SECONDS_UNIT, 0 },
        { "5sec", CFG_TIME_SECONDS_UNIT, 0 },
        { "5min", CFG_TIME_BAD_UNIT, 0 },
        { "5m", CFG_TIME_BAD_UNIT, 0 },
        { "5h", CFG_TIME_BAD_UNIT, 0 },
        { "1e3", CFG_TIME_BAD_UNIT, 0 },
        { "0x10", CFG_TIME_BAD_UNIT, 0 },
        { "", CFG_TIME_NOT_A_NUMBER, 0 },
        { ".", CFG_TIME_NOT_A_NUMBER, 0 },
        { "1.2.3", CFG_TIME_OK, HBD_MS (1200) },
        { "20..", CFG_TIME_OK, HBD_S (20) },
        { "1.2.3ms", CFG_TIME_OK, HBD_MS (1) },
        { "-1", CFG_TIME_NOT_A_NUMBER, 0 },
        { "+1", CFG_TIME_NOT_A_NUMBER, 0 },
        { "ms", CFG_TIME_NOT_A_NUMBER, 0 },
        { "inf", CFG_TIME_NOT_A_NUMBER, 0 },
        { "11111111111111111111111111111111", CFG_TIME_OK, HBD_S (10000000) },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        HbdTime us = 0;

        g_test_message ("%s", rows[i].text);
        g_assert_cmpint (cfg_time_parse (rows[i].text, &us), ==, rows[i].result);
        g_assert_cmpint (us, ==, rows[i].us);
    }
}

static void
test_time_units (void)
{
    static const struct {
        const char *text;
        CfgTimeResult result;
        HbdTime us;
    } rows[] = {
        { "2", CFG_TIME_OK, HBD_S (2) },
        { "2s", CFG_TIME_OK, HBD_S (2) },
        { "1.5s", CFG_TIME_OK, HBD_MS (1500) },
        { "3m", CFG_TIME_OK, HBD_S (180) },
        { "3min", CFG_TIME_OK, HBD_S (180) },
        { "1h", CFG_TIME_OK, HBD_S (3600) },
        { "7us", CFG_TIME_OK, 7 },
        { "10ms", CFG_TIME_OK, HBD_MS (10) },
        { "3d", CFG_TIME_BAD_UNIT, 0 },
        { "3MS", CFG_TIME_BAD_UNIT, 0 },
        { "x", CFG_TIME_NOT_A_NUMBER, 0 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        HbdTime us = 0;

        g_assert_cmpint (cfg_time_parse_units (rows[i].text, &us), ==, rows[i].result);
        g_assert_cmpint (us, ==, rows[i].us);
    }
}

static void
test_time_print_is_read_back (void)
{
    static const HbdTime times[] = { HBD_S (1), HBD_MS (1500), HBD_MS (1), HBD_S (86400) };

    for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
        g_autofree char *text = cfg_time_print (times[i]);
        HbdTime back = 0;

        g_assert_cmpint (cfg_time_parse (text, &back), ==, CFG_TIME_OK);
        g_assert_cmpint (back, ==, times[i]);
        g_assert_cmpint (cfg_time_parse_units (text, &back), ==, CFG_TIME_OK);
        g_assert_cmpint (back, ==, times[i]);
    }
}

static void
test_bool (void)
{
    static const char *const yes[] = { "on", "ON", "yes", "Y", "true", "1" };
    static const char *const no[] = { "off", "OFF", "no", "N", "False", "0" };
    static const char *const neither[] = { "", "2", "onn", "enable", "legacy", "10" };
    bool value;

    for (guint i = 0; i < G_N_ELEMENTS (yes); i++) {
        g_assert_true (cfg_bool_parse (yes[i], &value));
        g_assert_true (value);
        g_assert_true (cfg_bool_parse (no[i], &value));
        g_assert_false (value);
        g_assert_false (cfg_bool_parse (neither[i], &value));
    }
}

static void
test_number (void)
{
    static const char *const wrong[] = { "",    "-1",  "+1",  "1 ",
                                         "0x1", "101", "1.0", "99999999999999999999999999" };
    guint64 value = 0;

    g_assert_true (cfg_number_parse ("100", 100, &value));
    g_assert_cmpuint (value, ==, 100);
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        g_assert_false (cfg_number_parse (wrong[i], 100, &value));
}

typedef struct {
    const char *text;
    bool is_good;
} Case;

static void
check_cases (const Case *cases, guint count, bool (*is_good) (const char *))
{
    for (guint i = 0; i < count; i++) {
        g_test_message ("%s", cases[i].text);
        g_assert_cmpint (is_good (cases[i].text), ==, cases[i].is_good);
    }
}

static bool
is_ipv4 (const char *text)
{
    return cfg_ipv4_parse (text, NULL);
}

static void
test_ipv4 (void)
{
    static const Case cases[] = {
        { "0.0.0.0", true },    { "255.255.255.255", true }, { "10.0.0.1", true },
        { "256.0.0.1", false }, { "10.0.0", false },         { "10.0.0.1.1", false },
        { "10.0.0.", false },   { "10..0.1", false },        { "10.0.0.1x", false },
        { "", false },          { "1000.0.0.1", false },     { " 10.0.0.1", false },
    };
    guint32 address = 0;

    check_cases (cases, G_N_ELEMENTS (cases), is_ipv4);
    g_assert_true (cfg_ipv4_parse ("10.1.2.3", &address));
    g_assert_cmphex (address, ==, 0x0a010203);
}

static void
test_ipv6 (void)
{
    static const Case cases[] = {
        { "::", true },        { "fd00::1", true },         { "2001:db8:0:0:0:0:0:1", true },
        { "FE80::1", true },   { "::ffff:10.0.0.1", true }, { "fe80::1%eth0", false },
        { "10.0.0.1", false }, { "fd00:::1", false },       { "[::1]", false },
        { "", false },         { "httpd::x", false },       { "12345::", false },
    };

    check_cases (cases, G_N_ELEMENTS (cases), cfg_is_ipv6);
}

static void
test_interface (void)
{
    static const Case cases[] = {
        { "eth0", true },
        { "br-lan.100", true },
        { "a", true },
        { "fifteen-letters", true },
        { "sixteen-letters!", false },
        { "", false },
        { ".", false },
        { "..", false },
        { "eth0:0", false },
        { "a/b", false },
        { "a b", false },
        { "eth0,eth1", false },
    };

    check_cases (cases, G_N_ELEMENTS (cases), cfg_is_interface);
}

static void
test_host_name (void)
{
    static const Case cases[] = {
        { "alpha", true },   { "www.centos1.com", true },
        { "a_b-c.9", true }, { "", false },
        { "a b", false },    { "a/b", false },
        { "a:b", false },    { "caf\xc3\xa9", false },
    };

    check_cases (cases, G_N_ELEMENTS (cases), cfg_is_host_name);
}

static void
test_like_ipv4 (void)
{
    static const Case cases[] = {
        { "10.0.0.1", true },          { "10.0.0.1/24/eth0", true },
        { "999.1.1.1", true },         { "10.0.0.1x", true },
        { "10.0.0", false },           { "10.0.0.", false },
        { "IPaddr::10.0.0.1", false }, { "", false },
        { "1.2.x.4", false },
    };

    check_cases (cases, G_N_ELEMENTS (cases), cfg_is_like_ipv4);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cfg/value/time-as-heartbeat", test_time);
    g_test_add_func ("/cfg/value/time-with-units", test_time_units);
    g_test_add_func ("/cfg/value/printed-time-is-read-back", test_time_print_is_read_back);
    g_test_add_func ("/cfg/value/bool", test_bool);
    g_test_add_func ("/cfg/value/number", test_number);
    g_test_add_func ("/cfg/value/ipv4", test_ipv4);
    g_test_add_func ("/cfg/value/ipv6", test_ipv6);
    g_test_add_func ("/cfg/value/interface", test_interface);
    g_test_add_func ("/cfg/value/host-name", test_host_name);
    g_test_add_func ("/cfg/value/like-ipv4", test_like_ipv4);
    return g_test_run ();
}
