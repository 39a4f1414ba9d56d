/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/core/history.h"

#include <string.h>

static void
fill (HbdHistory *history, guint64 first, guint64 last)
{
    for (guint64 seq = first; seq <= last; seq++) {
        g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, seq);
        g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

        hbd_history_add (history, seq, bytes);
    }
}

static void
test_the_last_500_are_there (void)
{
    g_autoptr (HbdHistory) history = hbd_history_new ();
    GBytes *bytes;

    fill (history, 1, 600);
    g_assert_cmpint (hbd_history_ask (history, 0, 0, &bytes), ==, HBD_HISTORY_GONE);
    g_assert_cmpint (hbd_history_ask (history, 100, 0, &bytes), ==, HBD_HISTORY_GONE);
    g_assert_cmpint (hbd_history_ask (history, 101, 0, &bytes), ==, HBD_HISTORY_RESEND);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "101", 3);
    g_assert_cmpint (hbd_history_ask (history, 600, 0, &bytes), ==, HBD_HISTORY_RESEND);
    g_assert_cmpint (hbd_history_ask (history, 601, 0, &bytes), ==, HBD_HISTORY_NOT_YET);
    g_assert_cmpint (hbd_history_ask (history, G_MAXUINT64, 0, &bytes), ==, HBD_HISTORY_NOT_YET);
}

static void
test_one_goes_out_again_every_240_ms (void)
{
    g_autoptr (HbdHistory) history = hbd_history_new ();
    GBytes *bytes;

    fill (history, 1, 2);
    g_assert_cmpint (hbd_history_ask (history, 1, HBD_MS (5), &bytes), ==, HBD_HISTORY_RESEND);
    g_assert_cmpint (hbd_history_ask (history, 1, HBD_MS (244), &bytes), ==, HBD_HISTORY_TOO_SOON);
    g_assert_cmpint (hbd_history_ask (history, 2, HBD_MS (244), &bytes), ==, HBD_HISTORY_RESEND);
    g_assert_cmpint (hbd_history_ask (history, 1, HBD_MS (245), &bytes), ==, HBD_HISTORY_RESEND);
    g_assert_cmpint (hbd_history_ask (history, 1, HBD_MS (246), &bytes), ==, HBD_HISTORY_TOO_SOON);
}

static void
test_reset_forgets (void)
{
    g_autoptr (HbdHistory) history = hbd_history_new ();
    GBytes *bytes;

    fill (history, 1, 10);
    hbd_history_reset (history);
    g_assert_cmpint (hbd_history_ask (history, 1, 0, &bytes), ==, HBD_HISTORY_NOT_YET);
    fill (history, 1, 1);
    g_assert_cmpint (hbd_history_ask (history, 1, 0, &bytes), ==, HBD_HISTORY_RESEND);
    hbd_history_free (NULL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/core/history/the-last-500", test_the_last_500_are_there);
    g_test_add_func ("/core/history/every-240-ms", test_one_goes_out_again_every_240_ms);
    g_test_add_func ("/core/history/reset-forgets", test_reset_forgets);
    return g_test_run ();
}
