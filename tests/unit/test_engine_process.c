/* SPDX-License-Identifier: Apache-2.0 */
/* The real hbd-engine program between a played supervisor and a played manager, over real sockets
 * on the loopback; no privileges. */
#include "config.h"

#include "hbd/daemon/engine_config.h"
#include "hbd/daemon/engine_links.h"
#include "hbd/daemon/ipc.h"
#include "hbd/daemon/spawn.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    pid_t pid;
    HbdIpc *manager, *supervisor;
    GString *seen;    /* names of messages that came */
    GVariant *status; /* the last one */
    char *digest;     /* of the last HELLO */
    bool is_closed;
    bool timed_out;
    const char *until;         /* stop turning when this name was seen */
    int peer;                  /* the other node's socket: gets the engine's datagrams */
    struct sockaddr_in engine; /* where the engine receives */
    GString *records;          /* a line each */
    HbdEngineConfig *config;
} Fixture;

static void
on_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    Fixture *f = data;
    guint32 id;

    g_string_append_printf (f->seen, "%s ", hbd_ipc_find (hbd_ipc_to_manager, type)->name);
    if (type == HBD_IPC_STATUS) {
        g_clear_pointer (&f->status, g_variant_unref);
        g_variant_get (payload, "(u@a{sv})", &id, &f->status);
        g_assert_cmpuint (id, ==, 7);
    } else if (type == HBD_IPC_RECORD) {
        const char *name, *fields;

        g_variant_get (payload, "(xu&s&s)", NULL, NULL, &name, &fields);
        g_string_append_printf (f->records, "%s %s\n", name, fields);
    } else if (type == HBD_IPC_HELLO) {
        g_free (f->digest);
        g_variant_get (payload, "(s)", &f->digest);
    }
}

static void
on_closed (gpointer data, const char *reason)
{
    Fixture *f = data;

    f->is_closed = true;
}

static void
on_supervisor_closed (gpointer data, const char *reason)
{
}

static const HbdIpcHandler manager_handler = { on_message, on_closed };
static const HbdIpcHandler supervisor_handler = { NULL, on_supervisor_closed };
static const HbdIpcSpec nothing[] = { { 0, NULL, 0, NULL } };

static HbdEngineConfig *
make_config (void)
{
    g_autoptr (HbdKeyTable) keys = hbd_key_table_new ();
    CfgNode alpha = { .name = (char *) "alpha" }, beta = { .name = (char *) "beta" };
    CfgLink link = { .kind = CFG_LINK_UCAST, .interface = (char *) "lo" };
    static const char *const hooks[] = { NULL };
    CfgCluster cluster = { .keepalive_us = HBD_MS (20),
                           .deadtime_us = HBD_S (5),
                           .warntime_us = HBD_S (2),
                           .initdead_us = HBD_S (60),
                           .rexmit_us = HBD_MS (250),
                           .hopfudge = 1,
                           .keys = keys };
    HbdEngineConfig *config;

    hbd_key_table_set (keys, 1, HBD_AUTH_SHA1, "secret");
    keys->active = 1;
    cluster.nodes = g_ptr_array_new ();
    cluster.links = g_ptr_array_new ();
    cluster.groups = g_ptr_array_new ();
    g_ptr_array_add (cluster.nodes, &alpha);
    g_ptr_array_add (cluster.nodes, &beta);
    g_ptr_array_add (cluster.links, &link);
    config = hbd_engine_config_new (&cluster, "alpha", hooks);
    config->node.membership.generation = 1000;
    config->node.membership.seed = 1;
    g_ptr_array_unref (cluster.groups);
    g_ptr_array_unref (cluster.links);
    g_ptr_array_unref (cluster.nodes);
    return config;
}

static HbdIpc *
manager_channel (Fixture *f, int fd)
{
    return hbd_ipc_new (fd, hbd_ipc_to_manager, hbd_ipc_to_engine, &manager_handler, f);
}

static void
setup (Fixture *f, gconstpointer data)
{
    g_autofree char *path =
        g_test_build_filename (G_TEST_BUILT, "..", "hbd", "daemon", "hbd-engine", NULL);
    char *argv[] = { (char *) "hbd-engine", NULL };
    int supervisor[2], manager[2];
    int ends[2];
    HbdSpawn spawn = { .path = path, .argv = argv, .fds = ends, .n_fds = 2 };
    g_autoptr (GError) error = NULL;

    g_assert_true (hbd_ipc_pair (supervisor, NULL) && hbd_ipc_pair (manager, NULL));
    ends[0] = supervisor[1];
    ends[1] = manager[1];
    f->pid = hbd_spawn (&spawn, &error);
    g_assert_no_error (error);
    close (ends[0]);
    close (ends[1]);
    f->seen = g_string_new (NULL);
    f->records = g_string_new (NULL);
    f->peer = -1;
    f->config = make_config ();
    f->supervisor =
        hbd_ipc_new (supervisor[0], nothing, hbd_ipc_supervisor_to_engine, &supervisor_handler, f);
    f->manager = manager_channel (f, manager[0]);
}

static void
teardown (Fixture *f, gconstpointer data)
{
    hbd_ipc_free (f->manager);
    hbd_ipc_free (f->supervisor);
    if (f->pid > 0) {
        kill (f->pid, SIGKILL);
        waitpid (f->pid, NULL, 0);
    }
    if (f->peer >= 0)
        close (f->peer);
    g_clear_pointer (&f->status, g_variant_unref);
    hbd_engine_config_free (f->config);
    g_free (f->digest);
    g_string_free (f->seen, TRUE);
    g_string_free (f->records, TRUE);
}

static gboolean
on_timeout (gpointer data)
{
    Fixture *f = data;

    f->timed_out = true;
    return G_SOURCE_REMOVE;
}

/* Turn the loop until the message @name has come (again), or the channel is closed (NULL). */
static void
turn_until (Fixture *f, const char *name)
{
    guint timeout = g_timeout_add_seconds (20, on_timeout, f);

    g_string_set_size (f->seen, 0);
    while (!f->timed_out && (name != NULL ? strstr (f->seen->str, name) == NULL : !f->is_closed))
        g_main_context_iteration (NULL, TRUE);
    g_assert_false (f->timed_out);
    g_source_remove (timeout);
}

static int
exit_code (Fixture *f)
{
    int status = -1;

    g_assert_cmpint (waitpid (f->pid, &status, 0), ==, f->pid);
    f->pid = 0;
    return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

static int
udp_socket (struct sockaddr_in *addr)
{
    socklen_t len = sizeof *addr;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    memset (addr, 0, sizeof *addr);
    addr->sin_family = AF_INET;
    addr->sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    g_assert_cmpint (bind (fd, (struct sockaddr *) addr, sizeof *addr), ==, 0);
    g_assert_cmpint (getsockname (fd, (struct sockaddr *) addr, &len), ==, 0);
    return fd;
}

/* Give the engine its configuration and one link whose only destination is .peer; begin. */
static void
start (Fixture *f)
{
    struct sockaddr_in own, peer;
    HbdLinkSockets sockets;
    int fds[2];

    hbd_link_sockets_init (&sockets);
    sockets.rx_fd = fds[0] = udp_socket (&f->engine);
    sockets.tx_fd = fds[1] = udp_socket (&own);
    f->peer = udp_socket (&peer);
    memcpy (&sockets.dests[0].addr, &peer, sizeof peer);
    sockets.dests[0].len = sizeof peer;
    sockets.n_dests = 1;
    turn_until (f, "hello");
    hbd_ipc_send (f->manager, HBD_IPC_CONFIG, hbd_engine_config_to_variant (f->config), NULL, 0);
    hbd_ipc_send (f->manager, HBD_IPC_LINK_OPEN, hbd_link_sockets_to_variant (0, &sockets), fds, 2);
    hbd_ipc_send (f->manager, HBD_IPC_START, NULL, NULL, 0);
    hbd_link_sockets_clear (&sockets);
    turn_until (f, "beat");
}

static guint
count_statuses (Fixture *f)
{
    guint count = 0;
    guint8 bytes[2000];
    ssize_t len;

    while ((len = recv (f->peer, bytes, sizeof bytes, 0)) > 0) {
        g_autoptr (HbdMessage) message = NULL;

        g_assert_cmpint (hbd_wire_decode (bytes, (gsize) len, f->config->keys, &message, NULL), ==,
                         HBD_DECODE_OK);
        g_assert_cmpstr (hbd_message_get (message, "src"), ==, "alpha");
        count += g_strcmp0 (hbd_message_get (message, "t"), "status") == 0;
    }
    return count;
}

static void
test_beats_and_statuses (Fixture *f, gconstpointer data)
{
    g_autoptr (GVariant) counters = NULL;
    guint64 count;

    start (f);
    for (int i = 0; i < 10; i++)
        turn_until (f, "beat");
    g_assert_cmpuint (count_statuses (f), >=, 5);
    hbd_ipc_send (f->manager, HBD_IPC_STATUS_ASK, g_variant_new ("(u)", 7), NULL, 0);
    turn_until (f, "status");
    g_assert_true (g_variant_lookup (f->status, "nodes", "@aa{sv}", NULL));
    g_assert_true (g_variant_lookup (f->status, "traffic", "@aa{sv}", NULL));
    counters = g_variant_lookup_value (f->status, "counters", G_VARIANT_TYPE ("a{st}"));
    g_assert_true (g_variant_lookup (counters, "link-too-long", "t", &count));
    g_assert_cmpuint (count, ==, 0);
    g_assert_true (g_variant_lookup (counters, "rx", "t", &count));
}

/* With a keepalive that is far away: each test frame is one status more, at once. */
static void
test_test_frames_are_statuses_out_of_turn (Fixture *f, gconstpointer data)
{
    f->config->node.membership.keepalive_us = HBD_S (1000);
    f->config->node.membership.deadtime_us = HBD_S (5000);
    f->config->node.membership.initdead_us = HBD_S (5000);
    start (f);
    hbd_ipc_send (f->manager, HBD_IPC_STATUS_ASK, g_variant_new ("(u)", 7), NULL, 0);
    turn_until (f, "status");
    count_statuses (f);
    for (int i = 0; i < 3; i++)
        hbd_ipc_send (f->manager, HBD_IPC_TEST_FRAME, NULL, NULL, 0);
    hbd_ipc_send (f->manager, HBD_IPC_STATUS_ASK, g_variant_new ("(u)", 7), NULL, 0);
    turn_until (f, "status");
    g_assert_cmpuint (count_statuses (f), ==, 3);
}

static void
test_test_frame_before_the_start_is_nothing (Fixture *f, gconstpointer data)
{
    turn_until (f, "hello");
    hbd_ipc_send (f->manager, HBD_IPC_TEST_FRAME, NULL, NULL, 0);
    hbd_ipc_send (f->manager, HBD_IPC_STATUS_ASK, g_variant_new ("(u)", 7), NULL, 0);
    turn_until (f, "status");
    g_assert_false (f->is_closed);
}

/* Who sent what was refused: in the record and in the status, each sender and reason once. */
static void
test_refused_datagrams_have_a_sender (Fixture *f, gconstpointer data)
{
    g_autoptr (GVariant) refusals = NULL;
    g_autoptr (GVariant) refusal = NULL;
    const char *text;

    start (f);
    for (int i = 0; i < 5; i++)
        g_assert_cmpint (
            sendto (f->peer, "x", 1, 0, (struct sockaddr *) &f->engine, sizeof f->engine), ==, 1);
    turn_until (f, "record"); /* the first of them is said */
    hbd_ipc_send (f->manager, HBD_IPC_STATUS_ASK, g_variant_new ("(u)", 7), NULL, 0);
    turn_until (f, "status");
    g_assert_nonnull (strstr (f->records->str, "wire.refused link=lo reason=no-frame"));
    g_assert_nonnull (strstr (f->records->str, " from=127.0.0.1\n"));
    refusals = g_variant_lookup_value (f->status, "refusals", G_VARIANT_TYPE ("aa{sv}"));
    g_assert_cmpuint (g_variant_n_children (refusals), ==, 1);
    refusal = g_variant_get_child_value (refusals, 0);
    g_assert_true (g_variant_lookup (refusal, "from", "&s", &text));
    g_assert_cmpstr (text, ==, "127.0.0.1");
    g_assert_true (g_variant_lookup (refusal, "what", "&s", &text));
    g_assert_cmpstr (text, ==, "no-frame");
    g_assert_true (g_variant_lookup (refusal, "link", "&s", &text));
    g_assert_cmpstr (text, ==, "lo");
}

/* The manager dies and comes back: the engine goes on meanwhile and says what it runs with. */
static void
test_goes_on_without_a_manager (Fixture *f, gconstpointer data)
{
    g_autofree char *digest = hbd_engine_config_digest (f->config);
    int fds[2];

    start (f);
    g_assert_cmpstr (f->digest, ==, "");
    g_clear_pointer (&f->manager, hbd_ipc_free);
    count_statuses (f);
    for (int i = 0; count_statuses (f) == 0; i++) {
        g_assert_cmpint (i, <, 2000);
        g_usleep (5000);
    }
    g_assert_true (hbd_ipc_pair (fds, NULL));
    g_assert_true (hbd_ipc_send (f->supervisor, HBD_IPC_MANAGER, NULL, &fds[1], 1));
    close (fds[1]);
    f->manager = manager_channel (f, fds[0]);
    turn_until (f, "hello");
    g_assert_cmpstr (f->digest, ==, digest);
    hbd_ipc_send (f->manager, HBD_IPC_START, NULL, NULL, 0);
    turn_until (f, "beat");
}

static void
test_orderly_stop (Fixture *f, gconstpointer data)
{
    start (f);
    hbd_ipc_send (f->manager, HBD_IPC_STOP, NULL, NULL, 0);
    turn_until (f, "exit");
    g_assert_cmpint (exit_code (f), ==, 0);
}

static void
test_stop_before_it_began (Fixture *f, gconstpointer data)
{
    turn_until (f, "hello");
    hbd_ipc_send (f->manager, HBD_IPC_STOP, NULL, NULL, 0);
    turn_until (f, "exit");
    g_assert_cmpint (exit_code (f), ==, 0);
}

static void
test_ends_when_both_others_are_gone (Fixture *f, gconstpointer data)
{
    start (f);
    g_clear_pointer (&f->manager, hbd_ipc_free);
    g_clear_pointer (&f->supervisor, hbd_ipc_free);
    g_assert_cmpint (exit_code (f), ==, 0);
}

typedef GVariant *(*Nonsense) (guint32 *type);

static GVariant *
start_without_config (guint32 *type)
{
    *type = HBD_IPC_START;
    return NULL;
}

static GVariant *
group_without_config (guint32 *type)
{
    *type = HBD_IPC_GROUP;
    return g_variant_new ("(uu)", 0, 0);
}

static GVariant *
keys_out_of_bounds (guint32 *type)
{
    *type = HBD_IPC_KEYS;
    return g_variant_new_parsed ("(uint32 99, [(uint32 1, uint32 1, b'x')])");
}

static GVariant *
command_of_unknown_kind (guint32 *type)
{
    *type = HBD_IPC_COMMAND;
    return g_variant_new ("(uuuss)", 1, 99, 0, "", "");
}

/* Anything odd from the manager ends the engine. */
static void
test_nonsense_ends_it (gconstpointer data)
{
    static const Nonsense cases[] = { start_without_config, group_without_config,
                                      keys_out_of_bounds, command_of_unknown_kind };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        Fixture f = { 0 };
        guint32 type;
        GVariant *payload = cases[i](&type);

        setup (&f, NULL);
        turn_until (&f, "hello");
        hbd_ipc_send (f.manager, type, payload, NULL, 0);
        turn_until (&f, NULL);
        g_assert_cmpint (exit_code (&f), ==, 70);
        teardown (&f, NULL);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, fn) g_test_add ("/engine/" name, Fixture, NULL, setup, fn, teardown)
    ADD ("beats-and-statuses", test_beats_and_statuses);
    ADD ("test-frames-are-statuses-out-of-turn", test_test_frames_are_statuses_out_of_turn);
    ADD ("test-frame-before-the-start", test_test_frame_before_the_start_is_nothing);
    ADD ("refused-datagrams-have-a-sender", test_refused_datagrams_have_a_sender);
    ADD ("goes-on-without-a-manager", test_goes_on_without_a_manager);
    ADD ("orderly-stop", test_orderly_stop);
    ADD ("stop-before-it-began", test_stop_before_it_began);
    ADD ("ends-when-both-others-are-gone", test_ends_when_both_others_are_gone);
#undef ADD
    g_test_add_data_func ("/engine/nonsense-ends-it", NULL, test_nonsense_ends_it);
    return g_test_run ();
}
