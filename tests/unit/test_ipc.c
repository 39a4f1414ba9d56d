/* SPDX-License-Identifier: Apache-2.0 */
/* Channels between the processes: what is sent arrives, and nothing odd gets through. */
#include "config.h"

#include "hbd/base/prng.h"
#include "hbd/daemon/ipc.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    HbdIpc *near, *far;
    int raw;       /* the far end without a channel */
    GString *seen; /* "type(payload)fds " of each message at .near */
    char *closed;  /* reason */
    GMainContext *context;
} Fixture;

static void
on_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    Fixture *f = data;
    g_autofree char *text = g_variant_print (payload, FALSE);

    g_string_append_printf (f->seen, "%u%s%u ", type, text, n_fds);
    for (guint i = 0; i < n_fds; i++)
        g_assert_cmpint (fcntl (fds[i], F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
}

static void
on_closed (gpointer data, const char *reason)
{
    Fixture *f = data;

    g_assert_null (f->closed);
    f->closed = g_strdup (reason);
}

static void
ignore_closed (gpointer data, const char *reason)
{
}

static const HbdIpcHandler near_handler = { on_message, on_closed };
static const HbdIpcHandler far_handler = { on_message, ignore_closed };

static void
setup (Fixture *f, gconstpointer data)
{
    int fds[2];

    g_assert_true (hbd_ipc_pair (fds, NULL));
    f->seen = g_string_new (NULL);
    f->near = hbd_ipc_new (fds[0], hbd_ipc_to_engine, hbd_ipc_to_manager, &near_handler, f);
    f->raw = fds[1];
}

static void
teardown (Fixture *f, gconstpointer data)
{
    hbd_ipc_free (f->near);
    hbd_ipc_free (f->far);
    if (f->raw >= 0)
        close (f->raw);
    g_string_free (f->seen, TRUE);
    g_free (f->closed);
}

static void
turn (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

static void
wrap_far (Fixture *f)
{
    f->far = hbd_ipc_new (f->raw, hbd_ipc_to_manager, hbd_ipc_to_engine, &far_handler, f);
    f->raw = -1;
}

static void
test_messages_arrive_in_order (Fixture *f, gconstpointer data)
{
    wrap_far (f);
    g_assert_true (hbd_ipc_send (f->far, HBD_IPC_GROUP, g_variant_new ("(uu)", 3, 1), NULL, 0));
    g_assert_true (hbd_ipc_send (f->far, HBD_IPC_START, NULL, NULL, 0));
    turn ();
    g_assert_cmpstr (f->seen->str, ==, "5(3, 1)0 4()0 ");
    g_assert_null (f->closed);
}

static void
test_descriptors_arrive (Fixture *f, gconstpointer data)
{
    int fds[2];
    GVariant *payload = g_variant_new_parsed ("(1, false, @aay [])");

    wrap_far (f);
    g_assert_cmpint (pipe (fds), ==, 0);
    g_assert_true (hbd_ipc_send (f->far, HBD_IPC_LINK_OPEN, payload, fds, 2));
    close (fds[0]);
    close (fds[1]);
    turn ();
    g_assert_cmpstr (f->seen->str, ==, "2(1, false, [])2 ");
}

static void
test_the_other_end_s_death_is_told_once (Fixture *f, gconstpointer data)
{
    close (f->raw);
    f->raw = -1;
    turn ();
    g_assert_cmpstr (f->closed, ==, "closed");
    g_assert_false (hbd_ipc_is_open (f->near));
    g_assert_false (hbd_ipc_send (f->near, HBD_IPC_BEAT, NULL, NULL, 0));
    turn ();
}

/* A stalled reader: messages wait, in order, up to the bound; beats are dropped instead. */
static void
test_a_stalled_reader_loses_beats_only (Fixture *f, gconstpointer data)
{
    g_autofree char *text = g_strnfill (4000, 'x');
    guint sent = 0;

    while (hbd_ipc_backlog (f->near) == 0) {
        g_assert_true (hbd_ipc_send (f->near, HBD_IPC_HELLO, g_variant_new ("(s)", text), NULL, 0));
        sent++;
    }
    g_assert_false (hbd_ipc_send_lossy (f->near, HBD_IPC_BEAT, NULL));
    g_assert_true (hbd_ipc_send (f->near, HBD_IPC_EXIT, NULL, NULL, 0));
    g_assert_cmpuint (hbd_ipc_backlog (f->near), ==, 2);
    g_string_set_size (f->seen, 0);
    wrap_far (f);
    turn ();
    turn ();
    g_assert_cmpuint (hbd_ipc_backlog (f->near), ==, 0);
    g_assert_true (g_str_has_suffix (f->seen->str, "72()0 "));
    g_assert_cmpuint (f->seen->len, >, sent * 4000);
}

static void
test_the_queue_has_an_end (Fixture *f, gconstpointer data)
{
    guint sent = 0;

    while (hbd_ipc_send (f->near, HBD_IPC_EXIT, NULL, NULL, 0)) {
        sent++;
        g_assert_cmpuint (sent, <, 1000000);
    }
    g_assert_cmpuint (hbd_ipc_backlog (f->near), ==, HBD_IPC_MAX_QUEUE);
}

typedef struct {
    const char *name;
    guint8 bytes[24];
    gsize len;
} Odd;

static const Odd odd_packets[] = {
    { "empty-header", { 4, 0, 0, 0 }, 4 },
    { "unknown-type", { 99, 0, 0, 0, 0, 0, 0, 0, 0 }, 9 },
    { "other-direction", { HBD_IPC_BEAT, 0, 0, 0, 0, 0, 0, 0, 0 }, 9 },
    { "reserved-bytes", { HBD_IPC_START, 0, 0, 0, 1, 0, 0, 0, 0 }, 9 },
    { "short-payload", { HBD_IPC_GROUP, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 }, 12 },
    { "long-payload", { HBD_IPC_GROUP, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1 }, 17 },
    { "bad-boolean", { HBD_IPC_PERSISTED, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 7 }, 13 },
    { "non-zero-unit", { HBD_IPC_START, 0, 0, 0, 0, 0, 0, 0, 5 }, 9 },
};

static void
test_odd_packets_close_the_channel (gconstpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS (odd_packets); i++) {
        const Odd *odd = &odd_packets[i];
        Fixture f = { 0 };

        g_test_message ("%s", odd->name);
        setup (&f, NULL);
        g_assert_cmpint (send (f.raw, odd->bytes, odd->len, 0), ==, (gssize) odd->len);
        turn ();
        g_assert_cmpstr (f.seen->str, ==, "");
        g_assert_nonnull (f.closed);
        teardown (&f, NULL);
    }
}

static void
test_uninvited_descriptors_close_the_channel (Fixture *f, gconstpointer data)
{
    /* a sender whose own table allows what ours does not */
    static const HbdIpcSpec liar[] = { { HBD_IPC_START, "()", 4, "start" }, { 0, NULL, 0, NULL } };
    int fd = STDERR_FILENO;

    f->far = hbd_ipc_new (f->raw, hbd_ipc_to_manager, liar, &far_handler, f);
    f->raw = -1;
    g_assert_true (hbd_ipc_send (f->far, HBD_IPC_START, NULL, &fd, 1));
    turn ();
    g_assert_cmpstr (f->seen->str, ==, "");
    g_assert_cmpstr (f->closed, ==, "unexpected descriptors");
}

static void
test_every_table_decodes_what_it_encodes (void)
{
    const HbdIpcSpec *tables[] = { hbd_ipc_to_engine, hbd_ipc_to_manager,
                                   hbd_ipc_supervisor_to_manager, hbd_ipc_manager_to_supervisor,
                                   hbd_ipc_supervisor_to_engine };

    for (guint t = 0; t < G_N_ELEMENTS (tables); t++) {
        for (const HbdIpcSpec *spec = tables[t]; spec->name != NULL; spec++) {
            g_assert_true (g_variant_type_string_is_valid (spec->signature));
            g_assert_cmpuint (spec->max_fds, <=, HBD_IPC_MAX_FDS);
            for (const HbdIpcSpec *other = spec + 1; other->name != NULL; other++)
                g_assert_cmpuint (other->type, !=, spec->type);
        }
    }
}

/* Any bytes: a value or an error, and what comes out is in normal form. */
static void
test_random_bytes_are_harmless (void)
{
    HbdPrng prng;

    hbd_prng_seed (&prng, 42);
    for (guint n = 0; n < 20000; n++) {
        guint8 bytes[200];
        gsize len = (gsize) hbd_prng_range (&prng, 0, sizeof bytes);
        guint32 type = 0;
        g_autoptr (GVariant) value = NULL;

        for (gsize i = 0; i < len; i++)
            bytes[i] = (guint8) hbd_prng_next (&prng);
        if (len >= 8) {
            memset (bytes, 0, 8);
            bytes[0] = (guint8) hbd_prng_range (&prng, 0, 12);
        }
        value = hbd_ipc_decode (hbd_ipc_to_engine, bytes, len, &type, NULL);
        if (value != NULL)
            g_assert_true (g_variant_is_normal_form (value));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/ipc/messages-arrive-in-order", Fixture, NULL, setup,
                test_messages_arrive_in_order, teardown);
    g_test_add ("/ipc/descriptors-arrive", Fixture, NULL, setup, test_descriptors_arrive, teardown);
    g_test_add ("/ipc/death-is-told-once", Fixture, NULL, setup,
                test_the_other_end_s_death_is_told_once, teardown);
    g_test_add ("/ipc/stalled-reader-loses-beats-only", Fixture, NULL, setup,
                test_a_stalled_reader_loses_beats_only, teardown);
    g_test_add ("/ipc/queue-has-an-end", Fixture, NULL, setup, test_the_queue_has_an_end, teardown);
    g_test_add_data_func ("/ipc/odd-packets-close-the-channel", NULL,
                          test_odd_packets_close_the_channel);
    g_test_add ("/ipc/uninvited-descriptors-close-the-channel", Fixture, NULL, setup,
                test_uninvited_descriptors_close_the_channel, teardown);
    g_test_add_func ("/ipc/tables-are-consistent", test_every_table_decodes_what_it_encodes);
    g_test_add_func ("/ipc/random-bytes-are-harmless", test_random_bytes_are_harmless);
    return g_test_run ();
}
