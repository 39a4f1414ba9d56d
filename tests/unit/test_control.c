/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket against clients good, odd and slow. */
#include "config.h"

#include "hbd/daemon/control.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    char *dir, *path;
    HbdControl *control;
    GString *seen;  /* "client:command " */
    guint64 client; /* last one that asked */
    guint gone;
} Fixture;

static void
on_request (gpointer data, guint64 client, bool may_write, const char *command, GVariant *args)
{
    Fixture *f = data;
    const char *what = "";

    g_variant_lookup (args, "what", "&s", &what);
    f->client = client;
    g_string_append_printf (f->seen, "%s%s%s ", command, *what != '\0' ? ":" : "", what);
    g_assert_cmpint (may_write, ==, geteuid () == 0);
}

static void
on_gone (gpointer data, guint64 client)
{
    Fixture *f = data;

    f->gone++;
}

static void
setup (Fixture *f, gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    f->dir = g_dir_make_tmp ("hbd-test-XXXXXX", NULL);
    f->path = g_build_filename (f->dir, "control", NULL);
    f->seen = g_string_new (NULL);
    f->control = hbd_control_new (f->path, NULL, on_request, on_gone, f, &error);
    g_assert_no_error (error);
}

static void
teardown (Fixture *f, gconstpointer data)
{
    hbd_control_free (f->control);
    g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
    g_assert_cmpint (g_rmdir (f->dir), ==, 0);
    g_string_free (f->seen, TRUE);
    g_free (f->path);
    g_free (f->dir);
}

static void
turn (void)
{
    for (int i = 0; i < 50; i++)
        while (g_main_context_iteration (NULL, FALSE))
            ;
}

static int
connect_to (Fixture *f)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_strlcpy (addr.sun_path, f->path, sizeof addr.sun_path);
    g_assert_cmpint (connect (fd, (struct sockaddr *) &addr, sizeof addr), ==, 0);
    return fd;
}

static void
ask (int fd, const char *text)
{
    g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (text));
    gssize len = (gssize) g_variant_get_size (value);

    g_assert_cmpint (send (fd, g_variant_get_data (value), (gsize) len, MSG_NOSIGNAL), ==, len);
    turn ();
}

/* Next reply as text; "" at the end of file, NULL when there is none. */
static char *
reply_text (int fd)
{
    static char buffer[1 << 20];
    ssize_t len = recv (fd, buffer, sizeof buffer, 0);
    g_autoptr (GVariant) value = NULL;

    if (len < 0)
        return NULL;
    if (len == 0)
        return g_strdup ("");
    value = hbd_control_parse (HBD_CONTROL_REPLY, buffer, (gsize) len);
    g_assert_nonnull (value);
    return g_variant_print (value, FALSE);
}

static void
expect (int fd, const char *wanted)
{
    g_autofree char *text = reply_text (fd);

    g_assert_cmpstr (text, ==, wanted);
}

static void
test_asks_and_answers (Fixture *f, gconstpointer data)
{
    int fd = connect_to (f);

    ask (fd, "('standby', {'what': <'local'>})");
    g_assert_cmpstr (f->seen->str, ==, "standby:local ");
    expect (fd, NULL);
    hbd_control_reply_text (f->control, f->client, 1, "not \xff now");
    expect (fd, "(false, 1, {'text': <'not \357\277\275 now'>})");
    ask (fd, "('version', @a{sv} {})");
    g_assert_cmpstr (f->seen->str, ==, "standby:local version ");
    close (fd);
    turn ();
    g_assert_cmpuint (f->gone, ==, 1);
    hbd_control_reply_text (f->control, f->client, 0, "nobody listens");
}

static void
test_a_second_question_before_the_answer_ends_it (Fixture *f, gconstpointer data)
{
    int fd = connect_to (f);

    ask (fd, "('status', @a{sv} {})");
    ask (fd, "('status', @a{sv} {})");
    expect (fd, "");
    g_assert_cmpstr (f->seen->str, ==, "status ");
    close (fd);
}

static void
test_odd_bytes_end_it (Fixture *f, gconstpointer data)
{
    static const char *const odd[] = { "x", "\1\2\3\4\5\6\7\10", "status", "('status',)" };
    g_autofree char *large = g_strnfill (HBD_CONTROL_MAX_REQUEST + 1, 'x');
    int fd;

    for (guint i = 0; i <= G_N_ELEMENTS (odd); i++) {
        const char *bytes = i < G_N_ELEMENTS (odd) ? odd[i] : large;

        fd = connect_to (f);
        g_assert_cmpint (send (fd, bytes, strlen (bytes), MSG_NOSIGNAL), ==,
                         (gssize) strlen (bytes));
        turn ();
        expect (fd, "");
        close (fd);
    }
    g_assert_cmpstr (f->seen->str, ==, "");
    g_assert_cmpuint (f->gone, ==, G_N_ELEMENTS (odd) + 1);
}

static void
test_clients_are_bounded (Fixture *f, gconstpointer data)
{
    guint limit = geteuid () == 0 ? HBD_CONTROL_MAX_CLIENTS : HBD_CONTROL_MAX_READERS;
    int fds[HBD_CONTROL_MAX_CLIENTS + 1];

    for (guint i = 0; i <= limit; i++) {
        fds[i] = connect_to (f);
        turn ();
    }
    expect (fds[0], NULL);
    expect (fds[limit], "");
    for (guint i = 0; i <= limit; i++)
        close (fds[i]);
    turn ();
    fds[0] = connect_to (f);
    turn ();
    ask (fds[0], "('version', @a{sv} {})");
    g_assert_cmpstr (f->seen->str, ==, "version ");
    close (fds[0]);
}

/* Idle readers take all the places they can get; root still gets in. */
static void
test_readers_do_not_lock_root_out (Fixture *f, gconstpointer data)
{
    int fds[HBD_CONTROL_MAX_CLIENTS + 1], root;

    if (geteuid () != 0)
        return; /* clients-are-bounded sees the readers' bound then */
    g_assert_cmpint (chmod (f->dir, 0755), ==, 0);
    g_assert_cmpint (chmod (f->path, 0666), ==, 0);
    g_assert_cmpint (seteuid (65534), ==, 0);
    for (guint i = 0; i <= HBD_CONTROL_MAX_CLIENTS; i++) {
        fds[i] = connect_to (f);
        turn ();
    }
    g_assert_cmpint (seteuid (0), ==, 0);
    expect (fds[HBD_CONTROL_MAX_READERS - 1], NULL);
    expect (fds[HBD_CONTROL_MAX_READERS], "");
    root = connect_to (f);
    turn ();
    ask (root, "('version', @a{sv} {})");
    g_assert_cmpstr (f->seen->str, ==, "version ");
    close (root);
    for (guint i = 0; i <= HBD_CONTROL_MAX_CLIENTS; i++)
        close (fds[i]);
}

/* The connection waits, and so do we: no spinning until a descriptor is free again. */
static void
test_descriptors_run_out (Fixture *f, gconstpointer data)
{
    int fd = connect_to (f);
    struct rlimit before, none;

    g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
    none = before;
    none.rlim_cur = (rlim_t) fd + 1;
    g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
    alarm (20);
    turn ();
    alarm (0);
    g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
    ask (fd, "('version', @a{sv} {})");
    for (int i = 0; i < 5000 && f->seen->len == 0; i++) {
        g_usleep (1000);
        turn ();
    }
    g_assert_cmpstr (f->seen->str, ==, "version ");
    close (fd);
}

static GVariant *
big_dict (gsize len)
{
    g_autofree char *text = g_strnfill (len, 'x');
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&b, "{sv}", "text", g_variant_new_string (text));
    return g_variant_builder_end (&b);
}

/* Who does not read is dropped when the queue is full; what was queued before arrives in order. */
static void
test_a_slow_client_is_dropped (Fixture *f, gconstpointer data)
{
    int fd = connect_to (f);
    guint sent = 0;

    ask (fd, "('events', {'follow': <true>})");
    while (f->gone == 0) {
        hbd_control_reply (f->control, f->client, true, 0, big_dict (20000));
        g_assert_cmpuint (++sent, <, 10000);
    }
    g_assert_cmpuint (sent, >, HBD_CONTROL_MAX_QUEUE);
    close (fd);
}

/* Questions without reading the answers: they would be kept here, as many as it asks for. */
static void
test_who_asks_on_without_reading_is_dropped (Fixture *f, gconstpointer data)
{
    int fd = connect_to (f);

    ask (fd, "('events', {'follow': <true>})");
    for (guint i = 0; i < 200; i++)
        hbd_control_reply (f->control, f->client, i < 199, 0, big_dict (20000));
    ask (fd, "('status', @a{sv} {})");
    g_assert_cmpuint (f->gone, ==, 1);
    g_assert_cmpstr (f->seen->str, ==, "events ");
    close (fd);
}

static void
test_a_lagging_client_gets_everything (Fixture *f, gconstpointer data)
{
    int fd = connect_to (f);
    guint got = 0;

    ask (fd, "('events', {'follow': <true>})");
    for (guint i = 0; i < 200; i++)
        hbd_control_reply (f->control, f->client, i < 199, i, big_dict (20000));
    for (guint idle = 0; idle < 3;) {
        g_autofree char *text = reply_text (fd);
        g_autofree char *start =
            g_strdup_printf ("(%s, %s%u, ", got < 199 ? "true" : "false", "", got);

        if (text == NULL) {
            idle++;
            turn ();
            continue;
        }
        g_assert_true (g_str_has_prefix (text, start));
        got++;
    }
    g_assert_cmpuint (got, ==, 200);
    g_assert_cmpuint (f->gone, ==, 0);
    close (fd);
}

static void
test_the_socket_is_private (Fixture *f, gconstpointer data)
{
    GStatBuf st;

    g_assert_cmpint (g_stat (f->path, &st), ==, 0);
    g_assert_cmpint (st.st_mode & 0777, ==, 0600);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, fn) g_test_add ("/control/" name, Fixture, NULL, setup, fn, teardown)
    ADD ("readers-do-not-lock-root-out", test_readers_do_not_lock_root_out);
    ADD ("descriptors-run-out", test_descriptors_run_out);
    ADD ("who-asks-without-reading-is-dropped", test_who_asks_on_without_reading_is_dropped);
    ADD ("asks-and-answers", test_asks_and_answers);
    ADD ("second-question-before-the-answer-ends-it",
         test_a_second_question_before_the_answer_ends_it);
    ADD ("odd-bytes-end-it", test_odd_bytes_end_it);
    ADD ("clients-are-bounded", test_clients_are_bounded);
    ADD ("slow-client-is-dropped", test_a_slow_client_is_dropped);
    ADD ("lagging-client-gets-everything", test_a_lagging_client_gets_everything);
    ADD ("socket-is-private", test_the_socket_is_private);
#undef ADD
    return g_test_run ();
}
