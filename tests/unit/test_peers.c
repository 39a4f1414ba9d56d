/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ucast peers, looked up without waiting. No name server is asked: what is a name here is
 * in the hosts file or longer than any name may be. */
#include "config.h"

#include "hbd/daemon/peers.h"

#include <string.h>
#include <sys/socket.h>

static GPtrArray *
names_of (const char *first, const char *second)
{
    GPtrArray *names = g_ptr_array_new ();

    g_ptr_array_add (names, (gpointer) first);
    if (second != NULL)
        g_ptr_array_add (names, (gpointer) second);
    return names;
}

/* Until no answer is out any more. */
static void
wait_for_answers (HbdPeers *peers)
{
    for (guint i = 0; i < 20000 && hbd_peers_is_pending (peers); i++) {
        g_usleep (1000);
        hbd_peers_look (peers);
    }
    g_assert_false (hbd_peers_is_pending (peers));
}

static void
test_numbers_are_known_at_once (void)
{
    g_autoptr (GPtrArray) names = names_of ("127.0.0.1", "10.1.2.3");
    g_autoptr (HbdPeers) peers = hbd_peers_new (names, AF_INET);

    g_assert_false (hbd_peers_all_known (peers));
    g_assert_true (hbd_peers_look (peers));
    g_assert_true (hbd_peers_all_known (peers));
    g_assert_false (hbd_peers_is_pending (peers));
    g_assert_null (hbd_peers_trouble (peers));
    g_assert_cmpstr (hbd_peers_known (peers)->pdata[1], ==, "10.1.2.3");
    g_assert_false (hbd_peers_look (peers)); /* nothing new */
}

static void
test_numbers_of_version_6_keep_their_zone (void)
{
    g_autoptr (GPtrArray) names = names_of ("fe80::1%lo", "fd00::7");
    g_autoptr (HbdPeers) peers = hbd_peers_new (names, AF_INET6);

    hbd_peers_look (peers);
    g_assert_true (hbd_peers_all_known (peers));
    g_assert_cmpstr (hbd_peers_known (peers)->pdata[0], ==, "fe80::1%lo");
}

/* What is found counts, whatever becomes of the rest; the rest is asked for again. */
static void
test_one_bad_name_does_not_hide_the_others (void)
{
    g_autofree char *bad = g_strnfill (300, 'x');
    g_autoptr (GPtrArray) names = names_of (bad, "127.0.0.1");
    g_autoptr (HbdPeers) peers = hbd_peers_new (names, AF_INET);

    g_assert_true (hbd_peers_look (peers));
    g_assert_cmpuint (hbd_peers_known (peers)->len, ==, 1);
    g_assert_cmpstr (hbd_peers_known (peers)->pdata[0], ==, "127.0.0.1");
    wait_for_answers (peers);
    g_assert_false (hbd_peers_all_known (peers));
    g_assert_nonnull (strstr (hbd_peers_trouble (peers), bad));
    g_assert_false (hbd_peers_look (peers));
    g_assert_true (hbd_peers_is_pending (peers));
    wait_for_answers (peers);
}

static void
test_name_becomes_a_number (void)
{
    g_autoptr (GPtrArray) names = names_of ("localhost", NULL);
    g_autoptr (HbdPeers) peers = hbd_peers_new (names, AF_INET);

    hbd_peers_look (peers);
    wait_for_answers (peers);
    g_assert_true (hbd_peers_all_known (peers));
    g_assert_true (g_str_has_prefix (hbd_peers_known (peers)->pdata[0], "127."));
}

/* A question that is out may be forgotten. */
static void
test_pending_may_be_freed (void)
{
    for (guint i = 0; i < 20; i++) {
        g_autoptr (GPtrArray) names = names_of ("localhost", NULL);
        g_autoptr (HbdPeers) peers = hbd_peers_new (names, AF_INET);

        hbd_peers_look (peers);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/peers/numbers-are-known-at-once", test_numbers_are_known_at_once);
    g_test_add_func ("/peers/version-6-keeps-its-zone", test_numbers_of_version_6_keep_their_zone);
    g_test_add_func ("/peers/one-bad-name", test_one_bad_name_does_not_hide_the_others);
    g_test_add_func ("/peers/name-becomes-a-number", test_name_becomes_a_number);
    g_test_add_func ("/peers/pending-may-be-freed", test_pending_may_be_freed);
    return g_test_run ();
}
