/* SPDX-License-Identifier: Apache-2.0 */
/* The client's end of the control socket survives whatever comes over it. */
#include "config.h"

#include "hbd/base/prng.h"
#include "hbd/tools/client.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    HbdClient *client;
    int server; /* the other end, -1 once closed */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
    int fds[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
    f->client = hbd_client_new_for_fd (fds[0]);
    f->server = fds[1];
}

static void
tear_down (Fixture *f, gconstpointer data)
{
    hbd_client_free (f->client);
    if (f->server >= 0)
        close (f->server);
}

static GVariant *
reply_packet (void)
{
    return g_variant_ref_sink (g_variant_new_parsed ("(true, uint32 3, {'text': <'hello'>})"));
}

static void
send_bytes (Fixture *f, const void *data, gsize len)
{
    g_assert_cmpint (send (f->server, data, len, MSG_NOSIGNAL), ==, (gssize) len);
}

static void
test_round_trip (Fixture *f, gconstpointer data)
{
    g_autoptr (GVariant) packet = reply_packet ();
    g_autoptr (GVariant) request = NULL;
    g_autoptr (GVariant) expected = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (HbdReply) reply = { 0 };
    guint8 buffer[1024];
    gssize len;
    const char *text = NULL;

    g_assert_true (
        hbd_client_send (f->client, "group", g_variant_new_parsed ("{'verb': <'stop'>}"), &error));
    len = recv (f->server, buffer, sizeof buffer, 0);
    g_assert_cmpint (len, >, 0);
    request = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE (HBD_REQUEST_TYPE),
                                                           buffer, (gsize) len, FALSE, NULL, NULL));
    expected = g_variant_ref_sink (g_variant_new_parsed ("('group', {'verb': <'stop'>})"));
    g_assert_true (g_variant_equal (request, expected));

    send_bytes (f, g_variant_get_data (packet), g_variant_get_size (packet));
    g_assert_true (hbd_client_receive (f->client, 1000, &reply, &error));
    g_assert_true (reply.more_follow);
    g_assert_cmpuint (reply.exit_code, ==, 3);
    g_assert_true (g_variant_lookup (reply.dict, "text", "&s", &text));
    g_assert_cmpstr (text, ==, "hello");
}

static void
test_closed_connection (Fixture *f, gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) send_error = NULL;
    g_auto (HbdReply) reply = { 0 };

    close (f->server);
    f->server = -1;
    g_assert_false (hbd_client_receive (f->client, 1000, &reply, &error));
    g_assert_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_CLOSED);
    g_assert_false (hbd_client_send (f->client, "status", NULL, &send_error));
    g_assert_error (send_error, HBD_CLIENT_ERROR, HBD_CLIENT_CLOSED);
}

static void
test_silence_times_out (Fixture *f, gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    g_auto (HbdReply) reply = { 0 };

    g_assert_false (hbd_client_receive (f->client, 0, &reply, &error));
    g_assert_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_TIMEOUT);
}

/* Each prefix, and each single byte changed, of a good reply: an answer or an error, no crash. */
static void
test_damaged_replies (Fixture *f, gconstpointer data)
{
    g_autoptr (GVariant) packet = reply_packet ();
    gsize size = g_variant_get_size (packet);
    guint refused = 0;

    for (gsize i = 1; i < 2 * size; i++) {
        g_autofree guint8 *bytes = g_memdup2 (g_variant_get_data (packet), size);
        g_autoptr (GError) error = NULL;
        g_auto (HbdReply) reply = { 0 };

        if (i >= size)
            bytes[i - size] ^= 0xff;
        send_bytes (f, bytes, i < size ? i : size);
        if (hbd_client_receive (f->client, 1000, &reply, &error)) {
            g_assert_nonnull (reply.dict);
        } else {
            g_assert_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_MALFORMED);
            refused++;
        }
    }
    g_assert_cmpuint (refused, >, size);
}

static void
test_random_bytes (Fixture *f, gconstpointer data)
{
    HbdPrng prng;

    hbd_prng_seed (&prng, 20);
    for (guint i = 0; i < 20000; i++) {
        guint8 bytes[96];
        gsize len = (gsize) hbd_prng_range (&prng, 1, sizeof bytes);
        g_autoptr (GError) error = NULL;
        g_auto (HbdReply) reply = { 0 };

        for (gsize j = 0; j < len; j++)
            bytes[j] = (guint8) hbd_prng_next (&prng);
        send_bytes (f, bytes, len);
        if (!hbd_client_receive (f->client, 1000, &reply, &error))
            g_assert_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_MALFORMED);
    }
}

static void
test_no_socket_is_no_daemon (void)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *long_name = g_strnfill (200, 'x');
    g_autoptr (GError) long_error = NULL;

    g_assert_null (hbd_client_open ("/nonexistent", &error));
    g_assert_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_NO_DAEMON);
    g_assert_null (hbd_client_open (long_name, &long_error));
    g_assert_error (long_error, HBD_CLIENT_ERROR, HBD_CLIENT_NO_DAEMON);
}

static void
test_run_dir_order (void)
{
    g_unsetenv ("HBD_RUN_DIR");
    g_assert_cmpstr (hbd_client_run_dir (NULL), ==, HBD_RUNSTATEDIR "/hbd");
    g_setenv ("HBD_RUN_DIR", "/from-environment", TRUE);
    g_assert_cmpstr (hbd_client_run_dir (NULL), ==, "/from-environment");
    g_assert_cmpstr (hbd_client_run_dir ("/given"), ==, "/given");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("/client/round-trip", test_round_trip);
    ADD ("/client/closed-connection", test_closed_connection);
    ADD ("/client/silence-times-out", test_silence_times_out);
    ADD ("/client/damaged-replies", test_damaged_replies);
    ADD ("/client/random-bytes", test_random_bytes);
    g_test_add_func ("/client/no-socket-is-no-daemon", test_no_socket_is_no_daemon);
    g_test_add_func ("/client/run-dir-order", test_run_dir_order);
    return g_test_run ();
}
