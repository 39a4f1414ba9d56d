/* SPDX-License-Identifier: Apache-2.0 */
/* What hbctl may ask, and what comes back: with an engine that is played here, and with none. The
 * control socket and the kernel's addresses are replaced (same functions, linked first). */
#include "config.h"

#include "hbd/daemon/addresses.h"
#include "hbd/daemon/manager.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- in place of control.c ----------------------------------------------------------------- */

struct _HbdControl {
    GString *replies; /* "CLIENT CODE[+] TEXT\n" */
    GVariant *last;   /* content of the last one */
};

HbdControl *
hbd_control_new (const char *path, const char *group, HbdControlHandler handler,
                 HbdControlGone gone, gpointer data, GError **error)
{
    g_assert_not_reached ();
}

void
hbd_control_free (HbdControl *control)
{
}

void
hbd_control_reply (HbdControl *control, guint64 client, bool more, guint32 code, GVariant *dict)
{
    const char *text = "";

    g_clear_pointer (&control->last, g_variant_unref);
    control->last = g_variant_ref_sink (dict);
    g_variant_lookup (dict, "text", "&s", &text);
    g_string_append_printf (control->replies, "%" G_GUINT64_FORMAT " %u%s %s\n", client, code,
                            more ? "+" : "", text);
}

void
hbd_control_reply_text (HbdControl *control, guint64 client, guint32 code, const char *format, ...)
{
    GVariantDict dict;
    va_list args;
    char *text;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert_value (&dict, "text", g_variant_new_take_string (text));
    hbd_control_reply (control, client, false, code, g_variant_dict_end (&dict));
}

/* --- in place of addresses.c --------------------------------------------------------------- */

HbdAddresses *
hbd_addresses_new (const CrmModel *model, guint lease_s, const HbdAddressesHandler *handler,
                   gpointer data, GError **error)
{
    return (HbdAddresses *) model;
}

void
hbd_addresses_free (HbdAddresses *addresses)
{
}

int
hbd_addresses_run (HbdAddresses *addresses, const CrmResource *resource, CrmAction action,
                   char **reason)
{
    return CRM_RC_NOT_RUNNING;
}

int
hbd_addresses_renew (HbdAddresses *addresses, const CrmResource *resource)
{
    return CRM_RC_OK;
}

void
hbd_addresses_announce (HbdAddresses *addresses, const CrmResource *resource)
{
}

void
hbd_addresses_refer (HbdAddresses *addresses, const CrmResource *resource)
{
}

void
hbd_addresses_drop (HbdAddresses *addresses, const CrmResource *resource)
{
}

void
hbd_addresses_remove_stale (HbdAddresses *addresses)
{
}

guint
hbd_addresses_let_go (void (*record) (gpointer data, HbdRecord *record), gpointer data)
{
    return 0;
}

/* --- fixture ------------------------------------------------------------------------------- */

#define HA_CF                                                                                      \
    "keepalive 200ms\ndeadtime 1\nwarntime 500ms\ninitdead 5\nbcast nosuch0\nauto_failback on\n"   \
    "node alpha beta\nlogfacility none\nlogfile /dev/null\nrealtime off\n"

typedef struct {
    char *dir;
    HbdManager m;
    HbdControl control;
    HbdIpc *engine; /* its end */
    guint32 asked;  /* id of the last request to it */
    char *got;      /* name of the last message to it, and its words */
    bool is_over;
} Fixture;

static void
on_link_open (gpointer data, int index, const HbdLinkSockets *sockets)
{
}

static void
on_link_closed (gpointer data, int index)
{
}

static void
on_record (gpointer data, const HbdRecord *record)
{
}

static void
on_group (gpointer data, guint index, CrmGroupState state)
{
}

static void
on_released (gpointer data)
{
}

static void
write_file (const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    g_assert_cmpint (g_chmod (path, 0600), ==, 0);
}

static void
remove_file (const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_remove (path);
}

static void
setup (Fixture *f, gconstpointer data)
{
    HbdOptions options = { .conf = (char *) "/nonexistent", .node_name = (char *) "alpha" };
    const HbdLinkSetHandler link_handler = { on_link_open, on_link_closed, on_record };
    const HbdExecutorHandler executor_handler = { on_group, on_record, on_released };
    HbdExecutorConfig executor = { .node_name = "alpha", .engine_grace_us = HBD_S (1) };
    g_autoptr (GError) error = NULL;

    f->dir = g_dir_make_tmp ("hbd-commands-XXXXXX", NULL);
    options.ha_dir = f->dir;
    write_file (f->dir, "ha.cf", HA_CF);
    write_file (f->dir, "haresources", "alpha 10.9.0.100/24/lo\n");
    write_file (f->dir, "authkeys", "auth 1\n1 sha1 first\n");
    f->m.setup = hbd_setup_new (hbd_files_read (&options, NULL), &options);
    executor.model = f->m.setup->model;
    executor.ha_dir = f->dir;
    f->m.links = hbd_linkset_new (f->m.setup->cluster, &link_handler, f, &error);
    g_assert_no_error (error);
    f->m.executor = hbd_executor_new (&executor, &executor_handler, f, &error);
    g_assert_no_error (error);
    f->m.recorder = hbd_recorder_new (NULL);
    f->control.replies = g_string_new (NULL);
    f->m.control = &f->control;
    f->m.commands = hbd_commands_new (&f->m);
}

static void
teardown (Fixture *f, gconstpointer data)
{
    hbd_commands_free (f->m.commands);
    hbd_ipc_free (f->m.engine);
    hbd_ipc_free (f->engine);
    hbd_executor_free (f->m.executor);
    hbd_linkset_free (f->m.links);
    hbd_recorder_free (f->m.recorder);
    hbd_setup_free (f->m.setup);
    g_clear_pointer (&f->control.last, g_variant_unref);
    g_string_free (f->control.replies, TRUE);
    remove_file (f->dir, "ha.cf");
    remove_file (f->dir, "haresources");
    remove_file (f->dir, "authkeys");
    g_rmdir (f->dir);
    g_free (f->dir);
    g_free (f->got);
}

static void
on_engine_message (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds)
{
    Fixture *f = data;
    g_autofree char *words = g_variant_print (payload, FALSE);

    g_free (f->got);
    f->got = g_strdup_printf ("%s %s", hbd_ipc_find (hbd_ipc_to_engine, type)->name, words);
    if (type == HBD_IPC_STATUS_ASK || type == HBD_IPC_COMMAND)
        g_variant_get_child (payload, 0, "u", &f->asked);
}

static void
on_closed (gpointer data, const char *reason)
{
}

static const HbdIpcHandler engine_handler = { on_engine_message, on_closed };
static const HbdIpcHandler manager_handler = { NULL, on_closed };

static void
attach_engine (Fixture *f)
{
    int fds[2];

    g_assert_true (hbd_ipc_pair (fds, NULL));
    f->m.engine = hbd_ipc_new (fds[0], hbd_ipc_to_manager, hbd_ipc_to_engine, &manager_handler, f);
    f->engine = hbd_ipc_new (fds[1], hbd_ipc_to_engine, hbd_ipc_to_manager, &engine_handler, f);
    f->m.engine_started = true;
}

static gboolean
on_timeout (gpointer data)
{
    ((Fixture *) data)->is_over = true;
    return G_SOURCE_REMOVE;
}

/* Until the engine got something. */
static void
turn (Fixture *f)
{
    guint timeout = g_timeout_add_seconds (20, on_timeout, f);

    g_clear_pointer (&f->got, g_free);
    while (f->got == NULL && !f->is_over)
        g_main_context_iteration (NULL, TRUE);
    g_assert_false (f->is_over);
    g_source_remove (timeout);
}

static void
ask (Fixture *f, bool may_write, const char *command, const char *args)
{
    g_autoptr (GVariant) dict = g_variant_ref_sink (g_variant_parse (
        G_VARIANT_TYPE_VARDICT, args != NULL ? args : "@a{sv} {}", NULL, NULL, NULL));

    g_string_set_size (f->control.replies, 0);
    hbd_commands_request (&f->m, 1, may_write, command, dict);
}

/* --- stories ------------------------------------------------------------------------------- */

#define GROUP(verb, key) "{'verb': <'" verb "'>, 'key': <'" key "'>}"

/* Answered at once, without an engine. */
static const struct {
    bool may_write;
    const char *command, *args, *reply;
} rows[] = {
    { true, "fly", NULL, "1 64 hbd does not know \"fly\".\n" },
    { true, "", NULL, "1 64 hbd does not know \"\".\n" },
    { false, "standby", NULL, "1 77 Only root may say \"standby\".\n" },
    { false, "takeover", NULL, "1 77 Only root may say \"takeover\".\n" },
    { false, "group", GROUP ("stop", "10.9.0.100/24/lo"), "1 77 Only root may say \"group\".\n" },
    { false, "reload", NULL, "1 77 Only root may say \"reload\".\n" },
    { true, "standby", "{'what': <'some'>}",
      "1 64 \"some\" is none of all, local, foreign, failback.\n" },
    { true, "standby", "{'what': <'none'>}",
      "1 64 \"none\" is none of all, local, foreign, failback.\n" },
    { true, "group", GROUP ("stop", "web"), "1 1 There is no group \"web\".\n" },
    { true, "group", NULL, "1 1 There is no group \"\".\n" },
    { true, "group", GROUP ("drop", "10.9.0.100/24/lo"),
      "1 64 \"drop\" is none of start, stop, move, cleanup.\n" },
    { true, "group", GROUP ("stop", "10.9.0.100/24/lo"),
      "1 1 The engine is not running at the moment; try again.\n" },
    { true, "takeover", NULL, "1 1 The engine is not running at the moment; try again.\n" },
    { false, "parameter", "{'name': <'nix'>}", "1 1 nix is not set in ha.cf.\n" },
    { false, "explain", NULL, "1 0 No group changed its owner since this daemon started.\n\n" },
};

static void
test_answers_at_once (Fixture *f, gconstpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        ask (f, rows[i].may_write, rows[i].command, rows[i].args);
        g_assert_cmpstr (f->control.replies->str, ==, rows[i].reply);
    }
}

static void
test_values (Fixture *f, gconstpointer data)
{
    const char *const parameters[][2] = { { "deadtime", "1" },
                                          { "warntime", "500ms" },
                                          { "deadping", "1000ms" },
                                          { "hbversion", PACKAGE_VERSION } };
    const char *text;

    for (guint i = 0; i < G_N_ELEMENTS (parameters); i++) {
        g_autofree char *args = g_strdup_printf ("{'name': <'%s'>}", parameters[i][0]);

        ask (f, false, "parameter", args);
        g_assert_true (g_variant_lookup (f->control.last, "value", "&s", &text));
        g_assert_cmpstr (text, ==, parameters[i][1]);
    }
    ask (f, false, "version", NULL);
    g_assert_true (g_variant_lookup (f->control.last, "version", "&s", &text));
    g_assert_cmpstr (text, ==, PACKAGE_VERSION);
}

/* Without an engine the status still says what the manager knows, and that this is wrong. */
static void
test_status_without_an_engine (Fixture *f, gconstpointer data)
{
    g_autofree const char **problems = NULL;
    g_autoptr (GVariant) groups = NULL;
    const char *node;

    ask (f, false, "status", NULL);
    g_assert_cmpstr (f->control.replies->str, ==, "1 1 \n");
    g_assert_true (g_variant_lookup (f->control.last, "problems", "^a&s", &problems));
    g_assert_cmpstr (problems[0], ==, "The engine does not answer; the supervisor starts it anew.");
    g_assert_true (g_variant_lookup (f->control.last, "node", "&s", &node));
    g_assert_cmpstr (node, ==, "alpha");
    groups = g_variant_lookup_value (f->control.last, "groups", G_VARIANT_TYPE ("aa{sv}"));
    g_assert_cmpuint (g_variant_n_children (groups), ==, 1);
}

static void
test_status_merges_what_the_engine_knows (Fixture *f, gconstpointer data)
{
    g_autoptr (GVariant) engine = g_variant_ref_sink (g_variant_new_parsed (
        "{'groups': <[{'name': <'10.9.0.100/24/lo'>, 'owner': <'beta'>, 'state': <'wrong'>}]>,"
        " 'nodes': <[{'name': <'beta'>, 'status': <'active'>, 'local': <false>}]>,"
        " 'counters': <{'rx': uint64 7}>, 'holding': <'none'>}"));
    g_autoptr (GVariant) groups = NULL;
    g_autoptr (GVariant) group = NULL;
    g_autoptr (GVariant) counters = NULL;
    const char *text;
    guint64 count;

    attach_engine (f);
    ask (f, false, "status", NULL);
    turn (f);
    g_assert_cmpstr (f->control.replies->str, ==, "");
    hbd_commands_status (f->m.commands, f->asked + 1, engine); /* not asked for */
    g_assert_cmpstr (f->control.replies->str, ==, "");
    hbd_commands_status (f->m.commands, f->asked, engine);
    g_assert_cmpstr (f->control.replies->str, ==, "1 0 \n");
    groups = g_variant_lookup_value (f->control.last, "groups", G_VARIANT_TYPE ("aa{sv}"));
    group = g_variant_get_child_value (groups, 0);
    g_assert_true (g_variant_lookup (group, "owner", "&s", &text));
    g_assert_cmpstr (text, ==, "beta");
    g_assert_true (g_variant_lookup (group, "state", "&s", &text)); /* here the manager knows */
    g_assert_cmpstr (text, !=, "wrong");
    counters = g_variant_lookup_value (f->control.last, "counters", G_VARIANT_TYPE ("a{st}"));
    g_assert_true (g_variant_lookup (counters, "rx", "t", &count) && count == 7);
    g_assert_true (g_variant_lookup (counters, "fifo-malformed", "t", &count));
    hbd_commands_status (f->m.commands, f->asked, engine); /* answered once only */
    g_assert_cmpstr (f->control.replies->str, ==, "1 0 \n");
}

static void
test_commands_go_to_the_engine_and_back (Fixture *f, gconstpointer data)
{
    g_autofree char *expected = NULL;

    attach_engine (f);
    ask (f, true, "group", GROUP ("move", "10.9.0.100/24/lo"));
    turn (f);
    expected = g_strdup_printf ("command (%u, %u, 0, '10.9.0.100/24/lo', '')", f->asked,
                                (guint) CRM_COMMAND_GROUP_MOVE);
    g_assert_cmpstr (f->got, ==, expected);
    g_assert_cmpstr (f->control.replies->str, ==, "");
    hbd_commands_reply (f->m.commands, f->asked, true, "beta has it");
    g_assert_cmpstr (f->control.replies->str, ==, "1 0 beta has it\n");
    hbd_commands_reply (f->m.commands, f->asked, true, "beta has it"); /* once only */
    g_assert_cmpstr (f->control.replies->str, ==, "1 0 beta has it\n");
    ask (f, true, "standby", "{'what': <'foreign'>}");
    turn (f);
    hbd_commands_reply (f->m.commands, f->asked, false, "beta is dead");
    g_assert_cmpstr (f->control.replies->str, ==, "1 1 beta is dead\n");
}

/* Whoever waits is told when the engine dies under the question. */
static void
test_a_dead_engine_leaves_nobody_waiting (Fixture *f, gconstpointer data)
{
    attach_engine (f);
    ask (f, true, "takeover", NULL);
    ask (f, false, "status", NULL);
    hbd_commands_engine_lost (f->m.commands);
    g_assert_cmpstr (f->control.replies->str, !=, "");
    ask (f, true, "takeover", NULL);
    hbd_commands_engine_lost (f->m.commands);
    g_assert_cmpstr (f->control.replies->str, ==,
                     "1 1 No result yet; `hbctl status' shows how far it is.\n");
}

static void
record (Fixture *f, const char *name)
{
    g_autoptr (HbdRecord) entry = hbd_record_new (HBD_LEVEL_NOTICE, name, "x=1");

    hbd_commands_recorded (f->m.commands,
                           hbd_recorder_add (f->m.recorder, entry, HBD_S (1), HBD_S (2)));
}

static guint
count_lines (const Fixture *f)
{
    guint n = 0;

    for (const char *p = f->control.replies->str; *p != '\0'; p++)
        n += *p == '\n';
    return n;
}

static void
test_events_come_in_packets_and_can_be_followed (Fixture *f, gconstpointer data)
{
    for (guint i = 0; i < 130; i++)
        record (f, "some.event");
    ask (f, false, "events", NULL);
    g_assert_cmpstr (f->control.replies->str, ==, "1 0+ \n1 0+ \n1 0 \n");
    record (f, "not.followed");
    g_assert_cmpuint (count_lines (f), ==, 3);
    ask (f, false, "events", "{'since': <uint64 130>, 'follow': <true>}");
    g_assert_cmpstr (f->control.replies->str, ==, "1 0+ \n");
    record (f, "followed");
    g_assert_cmpstr (f->control.replies->str, ==, "1 0+ \n1 0+ \n");
    hbd_commands_gone (&f->m, 1);
    record (f, "nobody.there");
    g_assert_cmpuint (count_lines (f), ==, 2);
}

static void
test_explain_tells_what_came_before_the_last_change (Fixture *f, gconstpointer data)
{
    const char *text;

    record (f, "node.state");
    record (f, "takeover.start");
    record (f, "later.event");
    ask (f, false, "explain", NULL);
    g_assert_true (g_variant_lookup (f->control.last, "text", "&s", &text));
    g_assert_nonnull (strstr (text, "node.state"));
    g_assert_nonnull (strstr (text, "takeover.start"));
    g_assert_null (strstr (text, "later.event"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, fn) g_test_add ("/commands/" name, Fixture, NULL, setup, fn, teardown)
    ADD ("answers-at-once", test_answers_at_once);
    ADD ("values", test_values);
    ADD ("status-without-an-engine", test_status_without_an_engine);
    ADD ("status-merges-what-the-engine-knows", test_status_merges_what_the_engine_knows);
    ADD ("go-to-the-engine-and-back", test_commands_go_to_the_engine_and_back);
    ADD ("dead-engine-leaves-nobody-waiting", test_a_dead_engine_leaves_nobody_waiting);
    ADD ("events-come-in-packets", test_events_come_in_packets_and_can_be_followed);
    ADD ("explain-tells-what-came-before", test_explain_tells_what_came_before_the_last_change);
#undef ADD
    return g_test_run ();
}
