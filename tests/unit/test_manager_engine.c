/* SPDX-License-Identifier: Apache-2.0 */
/* An engine that was taken over says what it likes; the manager believes none of it and has it
 * ended. The played engine is the other end of a real channel. */
#include "config.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/manager.h"

#include <string.h>
#include <unistd.h>

typedef struct {
    HbdManager m;
    HbdIpc *engine, *supervisor; /* our ends */
    char *dir;
    char *killed; /* reason */
    bool engine_closed;
    CfgCluster cluster;
    HbdSetup setup;
} Fixture;

static void
on_supervisor_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    Fixture *f = data;

    if (type != HBD_IPC_KILL_ENGINE)
        return;
    g_assert_null (f->killed); /* said once */
    g_variant_get (payload, "(s)", &f->killed);
}

static void
on_engine_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
}

static void
on_engine_closed (gpointer data, const char *reason)
{
    Fixture *f = data;

    f->engine_closed = true;
}

static void
on_closed (gpointer data, const char *reason)
{
}

static const HbdIpcHandler supervisor_side = { on_supervisor_message, on_closed };
static const HbdIpcHandler engine_side = { on_engine_message, on_engine_closed };
static const HbdIpcHandler nobody = { on_engine_message, on_closed };

static void
setup (Fixture *f, gconstpointer data)
{
    int fds[2];

    f->dir = g_dir_make_tmp ("hbd-test-XXXXXX", NULL);
    f->setup.cluster = &f->cluster;
    f->setup.model = crm_model_new ();
    f->m.setup = &f->setup;
    f->m.heartbeat_dir = f->dir;
    f->m.log = hbd_log_new ("hbd", HBD_LEVEL_ERROR, -1);
    f->m.recorder = hbd_recorder_new (NULL);
    g_assert_true (hbd_ipc_pair (fds, NULL));
    f->m.supervisor = hbd_ipc_new (fds[0], hbd_ipc_supervisor_to_manager,
                                   hbd_ipc_manager_to_supervisor, &nobody, f);
    f->supervisor = hbd_ipc_new (fds[1], hbd_ipc_manager_to_supervisor,
                                 hbd_ipc_supervisor_to_manager, &supervisor_side, f);
    g_assert_true (hbd_ipc_pair (fds, NULL));
    hbd_manager_attach_engine (&f->m, fds[0], 4711);
    f->engine = hbd_ipc_new (fds[1], hbd_ipc_to_engine, hbd_ipc_to_manager, &engine_side, f);
    /* as if it had been told everything; nothing runs that its end could touch */
    f->m.engine_started = f->m.engine_greeted = true;
    f->m.phase = HBD_MANAGER_OVER;
}

static void
teardown (Fixture *f, gconstpointer data)
{
    hbd_ipc_free (f->engine);
    hbd_ipc_free (f->supervisor);
    hbd_ipc_free (f->m.supervisor);
    hbd_manager_detach_engine (&f->m);
    hbd_recorder_free (f->m.recorder);
    hbd_log_free (f->m.log);
    crm_model_free (f->setup.model);
    g_assert_cmpint (rmdir (f->dir), ==, 0);
    g_free (f->dir);
    g_free (f->killed);
}

static void
turn (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

static void
expect_end (Fixture *f, const char *reason)
{
    turn ();
    g_assert_cmpstr (f->killed, ==, reason);
    g_assert_true (f->engine_closed);
    g_assert_null (f->m.engine);
}

static void
send_record (Fixture *f, HbdTime when, guint32 level, const char *fields)
{
    hbd_ipc_send (f->engine, HBD_IPC_RECORD, g_variant_new ("(xuss)", when, level, "test", fields),
                  NULL, 0);
}

static void
test_unknown_request (Fixture *f, gconstpointer data)
{
    hbd_ipc_send (f->engine, HBD_IPC_REQUEST, g_variant_new ("(uu)", CRM_REQUEST_N, 0), NULL, 0);
    expect_end (f, "request");
}

static void
test_unknown_group (Fixture *f, gconstpointer data)
{
    hbd_ipc_send (f->engine, HBD_IPC_REQUEST, g_variant_new ("(uu)", CRM_REQUEST_START, 0), NULL,
                  0);
    expect_end (f, "request");
}

static void
test_level_that_does_not_exist (Fixture *f, gconstpointer data)
{
    send_record (f, 0, HBD_LEVEL_DEBUG + 1, "");
    expect_end (f, "record");
}

/* Each HELLO would cost a generation on disk and open all links. */
static void
test_second_hello (Fixture *f, gconstpointer data)
{
    hbd_ipc_send (f->engine, HBD_IPC_HELLO, g_variant_new ("(s)", ""), NULL, 0);
    expect_end (f, "hello");
}

/* What it sent behind the odd message is not looked at. */
static void
test_nothing_is_read_behind (Fixture *f, gconstpointer data)
{
    guint64 before;

    send_record (f, 0, HBD_LEVEL_DEBUG + 1, "");
    before = hbd_recorder_last_seq (f->m.recorder);
    for (int i = 0; i < 50; i++)
        send_record (f, 0, HBD_LEVEL_ERROR, "behind");
    expect_end (f, "record");
    g_assert_cmpuint (hbd_recorder_last_seq (f->m.recorder), ==, before + 1); /* engine.kill */
}

static void
test_flood (Fixture *f, gconstpointer data)
{
    for (int i = 0; i < 200000 && f->killed == NULL; i++) {
        send_record (f, 0, HBD_LEVEL_DEBUG, "");
        if (i % 50 == 0)
            turn ();
    }
    expect_end (f, "it floods us with messages");
}

/* The log's buckets follow the records' time; a far one would leave them empty for ever. */
static void
test_times_are_bounded (Fixture *f, gconstpointer data)
{
    static const HbdTime times[] = { G_MAXINT64, G_MININT64, 0 };
    HbdTime now = hbd_clock_now ();

    for (guint i = 0; i < G_N_ELEMENTS (times); i++)
        send_record (f, times[i], HBD_LEVEL_ERROR, "x");
    turn ();
    g_assert_null (f->killed);
    for (const HbdRecorded *e = hbd_recorder_next (f->m.recorder, 0); e != NULL;
         e = hbd_recorder_next (f->m.recorder, e->seq)) {
        g_assert_cmpint (e->mono_us, >, now - HBD_S (7200));
        g_assert_cmpint (e->mono_us, <=, hbd_clock_now ());
    }
    g_assert_cmpuint (hbd_recorder_last_seq (f->m.recorder), ==, 3);
}

/* Nor can it count the generations to their end. */
static void
test_generation_is_bounded (Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename (f->dir, "hb_generation", NULL);

    hbd_ipc_send (f->engine, HBD_IPC_PERSIST, g_variant_new ("(u)", G_MAXUINT32), NULL, 0);
    turn ();
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    g_assert_cmpuint (f->m.generation, ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, fn) g_test_add ("/manager/engine/" name, Fixture, NULL, setup, fn, teardown)
    ADD ("unknown-request", test_unknown_request);
    ADD ("unknown-group", test_unknown_group);
    ADD ("level-that-does-not-exist", test_level_that_does_not_exist);
    ADD ("second-hello", test_second_hello);
    ADD ("nothing-is-read-behind", test_nothing_is_read_behind);
    ADD ("flood", test_flood);
    ADD ("times-are-bounded", test_times_are_bounded);
    ADD ("generation-is-bounded", test_generation_is_bounded);
#undef ADD
    return g_test_run ();
}
