/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/base/rate.h"

static void
test_one_per_period_and_the_rest_is_counted (void)
{
    HbdRate rate = { 0 };
    guint64 suppressed = 99;

    g_assert_true (hbd_rate_allow (&rate, HBD_S (5), HBD_S (60), &suppressed));
    g_assert_cmpuint (suppressed, ==, 0);
    for (guint i = 0; i < 7; i++)
        g_assert_false (hbd_rate_allow (&rate, HBD_S (6), HBD_S (60), &suppressed));
    g_assert_false (hbd_rate_allow (&rate, HBD_S (65) - 1, HBD_S (60), &suppressed));
    g_assert_true (hbd_rate_allow (&rate, HBD_S (65), HBD_S (60), &suppressed));
    g_assert_cmpuint (suppressed, ==, 8);
    g_assert_true (hbd_rate_allow (&rate, HBD_S (200), HBD_S (60), &suppressed));
    g_assert_cmpuint (suppressed, ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/base/rate/one-per-period", test_one_per_period_and_the_rest_is_counted);
    return g_test_run ();
}
