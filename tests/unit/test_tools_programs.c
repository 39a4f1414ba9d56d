/* SPDX-License-Identifier: Apache-2.0 */
/* The programs as users call them, against a made-up daemon: a thread behind a control socket in a
 * temporary directory that answers each request from a table. Output and exit codes are those of
 * doc/design.md (hbctl) and doc/heartbeat.md 7 (the names that Heartbeat's scripts call). */
#include "config.h"

#include "hbd/tools/client.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    char *dir;
    char *socket;
    int listener;
    GThread *thread;
} Fixture;

static const char status_reply[] =
    "(false, uint32 0, {'schema': <1>, 'node': <'alpha'>, 'holding': <'local'>,"
    " 'problems': <@as []>, 'daemon': <{'version': <'0.1.0'>}>,"
    " 'nodes': <[{'name': <'alpha'>, 'status': <'active'>, 'local': <true>,"
    "   'links': <[{'name': <'eth0'>, 'status': <'up'>}]>},"
    "  {'name': <'beta'>, 'status': <'dead'>, 'local': <false>,"
    "   'links': <[{'name': <'eth0'>, 'status': <'dead'>}]>}]>,"
    " 'groups': <[{'name': <'web'>, 'owner': <'alpha'>, 'state': <'running'>}]>})";

/* Request as GVariant text -> replies, each as GVariant text. A request that is not listed gets a
 * reply with exit code 99 that repeats it. */
static const struct {
    const char *request;
    const char *replies[3];
} answers[] = {
    { "('status', @a{sv} {})", { status_reply } },
    { "('version', @a{sv} {})", { "(false, uint32 0, {'version': <'0.1.9'>})" } },
    { "('standby', {'what': <'all'>})", { "(false, uint32 0, {'text': <'beta serves all'>})" } },
    { "('takeover', {'what': <'foreign'>})",
      { "(false, uint32 1, {'text': <'refused: beta is dead'>})" } },
    { "('group', {'key': <'web'>, 'node': <'beta'>, 'verb': <'move'>})",
      { "(false, uint32 0, {'text': <'web runs on beta'>})" } },
    { "('events', {'follow': <false>, 'since': <uint64 0>})",
      { "(true, uint32 0, {'events': <[{'name': <'node.state'>, 'level': <'notice'>}]>})",
        "(false, uint32 0, {'events': <[{'name': <'group.state'>, 'level': <'notice'>}]>})" } },
    { "('reload', {'plan': <true>})", { "(false, uint32 0, {'text': <'nothing would change'>})" } },
    { "('explain', @a{sv} {})", { "(false, uint32 0, {'text': <'one\\ntwo'>})" } },
    { "('doctor', @a{sv} {})", { "(false, uint32 1, {'text': <'eth0: nothing heard'>})" } },
    { "('parameter', {'name': <'deadtime'>})", { "(false, uint32 0, {'value': <'30'>})" } },
    { "('parameter', {'name': <'bogus'>})", { "(false, uint32 1, {'text': <'not set'>})" } },
};

static void
send_text (int fd, const char *text)
{
    g_autoptr (GVariant) reply = g_variant_ref_sink (
        g_variant_parse (G_VARIANT_TYPE (HBD_REPLY_TYPE), text, NULL, NULL, NULL));

    send (fd, g_variant_get_data (reply), g_variant_get_size (reply), MSG_NOSIGNAL);
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Arguments sorted by name, so that the table need not know an order. */
static char *
request_text (const guint8 *data, gsize len)
{
    g_autoptr (GVariant) request = g_variant_ref_sink (
        g_variant_new_from_data (G_VARIANT_TYPE (HBD_REQUEST_TYPE), data, len, FALSE, NULL, NULL));
    g_autoptr (GVariant) args = g_variant_get_child_value (request, 1);
    g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
    const char *command = NULL;
    g_autofree char *joined = NULL;

    g_variant_get_child (request, 0, "&s", &command);
    for (gsize i = 0; i < g_variant_n_children (args); i++) {
        g_autoptr (GVariant) entry = g_variant_get_child_value (args, i);
        g_autofree char *text = g_variant_print (entry, TRUE);
        gsize text_len = strlen (text);

        /* "{'key', <value>}" -> "'key': <value>" */
        text[text_len - 1] = '\0';
        g_ptr_array_add (parts, g_strdup_printf ("%.*s: %s", (int) (strcspn (text, ",") - 1),
                                                 text + 1, strchr (text, ',') + 2));
    }
    if (parts->len == 0)
        return g_strdup_printf ("('%s', @a{sv} {})", command);
    g_ptr_array_sort (parts, compare_parts);
    for (guint i = 0; i < parts->len; i++) {
        g_autofree char *before = joined;

        joined = g_strdup_printf ("%s%s%s", before != NULL ? before : "",
                                  before != NULL ? ", " : "", (char *) parts->pdata[i]);
    }
    return g_strdup_printf ("('%s', {%s})", command, joined);
}

static void
answer (int fd, const char *request)
{
    g_autofree char *escaped = g_strescape (request, NULL);
    g_autofree char *unknown =
        g_strdup_printf ("(false, uint32 99, {'text': <\"unexpected %s\">})", escaped);

    for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
        if (strcmp (answers[i].request, request) != 0)
            continue;
        for (guint j = 0; j < 3 && answers[i].replies[j] != NULL; j++)
            send_text (fd, answers[i].replies[j]);
        return;
    }
    send_text (fd, unknown);
}

static gpointer
serve (gpointer data)
{
    Fixture *f = data;
    int fd;

    while ((fd = accept (f->listener, NULL, NULL)) >= 0) {
        guint8 buffer[4096];
        gssize len = recv (fd, buffer, sizeof buffer, 0);

        if (len > 0) {
            g_autofree char *request = request_text (buffer, (gsize) len);

            answer (fd, request);
        }
        close (fd);
    }
    return NULL;
}

static void
set_up (Fixture *f, gconstpointer data)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    f->dir = g_dir_make_tmp ("hbd-tools-XXXXXX", NULL);
    g_assert_nonnull (f->dir);
    f->socket = g_build_filename (f->dir, "control", NULL);
    g_assert_cmpuint (strlen (f->socket), <, sizeof address.sun_path);
    memcpy (address.sun_path, f->socket, strlen (f->socket) + 1);
    f->listener = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    g_assert_cmpint (bind (f->listener, (struct sockaddr *) &address, sizeof address), ==, 0);
    g_assert_cmpint (listen (f->listener, 8), ==, 0);
    f->thread = g_thread_new ("daemon", serve, f);
    g_setenv ("HBD_RUN_DIR", f->dir, TRUE);
}

static void
stop_serving (Fixture *f)
{
    if (f->thread == NULL)
        return;
    shutdown (f->listener, SHUT_RDWR);
    g_thread_join (f->thread);
    f->thread = NULL;
    close (f->listener);
    g_unlink (f->socket);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
    stop_serving (f);
    g_rmdir (f->dir);
    g_free (f->dir);
    g_free (f->socket);
}

/* Run a program of the build tree; @line is its name and arguments, blanks between. */
static int
run (const char *line, char **out, char **err)
{
    g_auto (GStrv) argv = g_strsplit (line, " ", -1);
    g_autofree char *path =
        g_test_build_filename (G_TEST_BUILT, "..", "hbd", "tools", argv[0], NULL);
    g_autoptr (GError) error = NULL;
    int status = 0;

    g_free (argv[0]);
    argv[0] = g_steal_pointer (&path);
    g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, out, err, &status, &error);
    g_assert_no_error (error);
    if (g_spawn_check_wait_status (status, &error))
        return 0;
    g_assert_true (error->domain == G_SPAWN_EXIT_ERROR);
    return error->code;
}

typedef struct {
    const char *line;
    int code;
    const char *out; /* all of standard output; NULL: anything */
    const char *err; /* a part of standard error; NULL: it is empty */
} Row;

static void
check_rows (const Row *rows, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        g_autofree char *out = NULL;
        g_autofree char *err = NULL;
        int code = run (rows[i].line, &out, &err);

        g_test_message ("%s -> %d\nout: %s\nerr: %s", rows[i].line, code, out, err);
        g_assert_cmpint (code, ==, rows[i].code);
        if (rows[i].out != NULL)
            g_assert_cmpstr (out, ==, rows[i].out);
        if (rows[i].err == NULL)
            g_assert_cmpstr (err, ==, "");
        else if (strstr (err, rows[i].err) == NULL)
            g_error ("%s: no '%s' in '%s'", rows[i].line, rows[i].err, err);
    }
}

static void
test_hbctl (Fixture *f, gconstpointer data)
{
    const Row rows[] = {
        { "hbctl status", 0, NULL, NULL },
        { "hbctl standby", 0, "beta serves all\n", NULL },
        { "hbctl standby all", 0, "beta serves all\n", NULL },
        { "hbctl standby some", 2, "", "'some' is none of" },
        { "hbctl takeover foreign", 1, "", "refused: beta is dead" },
        { "hbctl group move web beta", 0, "web runs on beta\n", NULL },
        { "hbctl group drop web", 2, "", "'drop'" },
        { "hbctl group move", 2, "", "usage: hbctl group" },
        { "hbctl reload --plan", 0, "nothing would change\n", NULL },
        { "hbctl explain", 0, "one\ntwo\n", NULL },
        { "hbctl doctor", 1, "eth0: nothing heard\n", NULL },
        { "hbctl version", 0, "hbctl " PACKAGE_VERSION "\nhbd 0.1.9\n", NULL },
        { "hbctl watch --count 1", 0, NULL, NULL },
        { "hbctl reload", 99, "", "unexpected" },
        { "hbctl fly", 2, "", "unknown subcommand 'fly'" },
        { "hbctl --fly", 2, "", "--fly" },
        { "hbctl", 2, "", "hbctl --help" },
        { "hbctl status now", 2, "", "usage: hbctl status" },
    };

    check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_hbctl_prints_all_replies (Fixture *f, gconstpointer data)
{
    g_autofree char *out = NULL;

    g_assert_cmpint (run ("hbctl events", &out, NULL), ==, 0);
    g_assert_nonnull (strstr (out, "node.state"));
    g_assert_nonnull (strstr (out, "group.state"));
}

static void
test_hbctl_json (Fixture *f, gconstpointer data)
{
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int code = run ("hbctl --json status", &out, &err);

    if (strstr (err, "without JSON") != NULL) {
        g_test_skip ("built without JSON");
        return;
    }
    g_assert_cmpint (code, ==, 0);
    g_assert_true (g_str_has_prefix (out, "{"));
    g_assert_true (g_str_has_suffix (out, "}\n"));
    g_assert_nonnull (strstr (out, "\"schema\":1"));
    g_assert_nonnull (strstr (out, "\"links\":[{\"name\":\"eth0\",\"status\":\"up\"}]"));
}

static void
test_cl_status (Fixture *f, gconstpointer data)
{
    const Row rows[] = {
        { "cl_status hbstatus", 0, "Heartbeat is running on this machine.\n", NULL },
        { "cl_status hbstatus -m", 0, "Heartbeat is running on this machine.\n", NULL },
        { "cl_status hbstatus -v", 0,
          "version:\thbd 0.1.0\nmanaged by:\t\"haresources\"\n"
          "\nbeta\tdead\t(nodetype: normal)\n\teth0\tdead\n"
          "\nalpha\tactive\t(nodetype: normal)\n\teth0\tup\n",
          NULL },
        { "cl_status listnodes", 0, "beta\nalpha\n", NULL },
        { "cl_status listnodes -m", 0, "The nodes are as follow:\nbeta\nalpha\n", NULL },
        { "cl_status listnodes -p", 0, "", NULL },
        { "cl_status listnodes -n", 0, "beta\nalpha\n", NULL },
        { "cl_status listnodes -m -v", 0,
          "The nodes are as follow:\n"
          "\nbeta\tdead\t(nodetype: normal)\n"
          "\tthis node has the following heartbeat links:\n\teth0\tdead\n"
          "\nalpha\tactive\t(nodetype: normal)\n"
          "\tthis node has the following heartbeat links:\n\teth0\tup\n",
          NULL },
        { "cl_status nodestatus alpha", 0, "active\n", NULL },
        { "cl_status nodestatus ALPHA", 0, "active\n", NULL },
        { "cl_status nodestatus beta", 1, "dead\n", NULL },
        { "cl_status nodestatus -m beta", 1, "The cluster node beta is dead\n", NULL },
        { "cl_status nodestatus nix", 11, "", "Error. May be due to incorrect node name\n" },
        { "cl_status nodestatus", 11, "", "Not enough parameters.\n" },
        { "cl_status nodestatus a b", 11, "", "Error. May be due to incorrect node name\n" },
        { "cl_status nodestatus alpha nix", 0, "active\n", NULL },
        { "cl_status nodetype", 11, "", "No enough parameter.\n" },
        { "cl_status nodeweight nix", 11, "", "Error. Maybe due to incorrect node name.\n" },
        { "cl_status listnodes -n -p", 0, "beta\nalpha\n", NULL },
        { "cl_status listhblinks ALPHA", 0, "\teth0\n", NULL },
        { "cl_status hblinkstatus ALPHA eth0", 0, "up\n", NULL },
        { "cl_status nodetype alpha", 0, "normal\n", NULL },
        { "cl_status nodetype -m alpha", 0, "The node alpha's type: normal\n", NULL },
        { "cl_status nodeweight alpha", 0, "100\n", NULL },
        { "cl_status nodeweight -m alpha", 0, "The weight of the cluster node alpha is 100\n",
          NULL },
        { "cl_status nodesite alpha", 0, "\n", NULL },
        { "cl_status nodesite -m alpha", 0, "The site of the cluster node alpha is \n", NULL },
        { "cl_status listhblinks alpha", 0, "\teth0\n", NULL },
        { "cl_status listhblinks -v beta", 0, "\teth0\tdead\n", NULL },
        { "cl_status listhblinks nix", 13, "", "Cannot start heartbeat link interface walk." },
        { "cl_status listhblinks", 11, "", "No enough parameter.\n" },
        { "cl_status hblinkstatus alpha eth0", 0, "up\n", NULL },
        { "cl_status hblinkstatus beta eth0", 1, "dead\n", NULL },
        { "cl_status hblinkstatus -m beta eth0", 1, "The node beta's heartbeat link eth0 is dead\n",
          NULL },
        { "cl_status hblinkstatus beta eth9", 13, "", "Cannot get heartbeat link status" },
        { "cl_status hblinkstatus beta", 11, "", "No enough parameter.\n" },
        { "cl_status clientstatus alpha x", 1, "offline\n", NULL },
        { "cl_status clientstatus nix x", 13, "", "Cannot get heartbeat client x's status\n" },
        { "cl_status rscstatus", 0, "local\n", NULL },
        { "cl_status rscstatus -m", 0, "This node is holding local resources.\n", NULL },
        { "cl_status hbparameter -p deadtime", 0, "30\n", NULL },
        { "cl_status hbparameter -m -p deadtime", 0, "Heartbeat parameter deadtime's value: 30\n",
          NULL },
        { "cl_status hbparameter -p bogus", 1, "", "parameter bogus" },
        { "cl_status hbparameter -p node", 1, "", "Cannot get parameter node's value\n" },
        { "cl_status hbparameter -p memreserve", 0, "6500\n", NULL },
        { "cl_status hbparameter -p debug", 0, "0\n", NULL },
        { "cl_status hbparameter", 11, "", "parameter name required" },
        { "cl_status hbstatus -q", 0, "Heartbeat is running on this machine.\n",
          "invalid option" },
        { "cl_status listnodes -q", 11, "", "ERROR: Error: getopt returnedcharacter code ?.\n" },
        { "cl_status nodestatus -q alpha", 11, "", "invalid option" },
        { "cl_status bogus", 11, "", "bogus: invalid sub-command." },
        { "cl_status --help", 11, "", "--help: invalid sub-command." },
        { "cl_status nix", 11, "", "]: ERROR: nix: invalid sub-command.\n" },
    };

    check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_move_scripts (Fixture *f, gconstpointer data)
{
    const Row rows[] = {
        { "hb_standby", 0, "beta serves all\n", NULL },
        { "hb_standby all", 0, "beta serves all\n", NULL },
        { "hb_takeover foreign", 1, "", "refused: beta is dead" },
        { "hb_standby bogus", 1, NULL, "[all|foreign|local|failback]\n" },
        { "hb_standby all all", 1, NULL, "[all|foreign|local|failback]\n" },
        { "hb_takeover --help", 1, "usage:\n", "[all|foreign|local|failback]\n" },
    };

    check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_without_daemon (Fixture *f, gconstpointer data)
{
    const Row rows[] = {
        { "hbctl status", 4, "", "hbd is not running here" },
        { "hbctl events", 4, "", "hbd is not running here" },
        { "hbctl version", 0, "hbctl " PACKAGE_VERSION "\nhbd is not running here\n", NULL },
        { "cl_status hbstatus", 1, "Heartbeat is stopped on this machine.\n", NULL },
        { "cl_status hbstatus -q", 1, "Heartbeat is stopped on this machine.\n",
          "invalid option" },
        { "cl_status listnodes", 1, "", "Cannot signon with heartbeat" },
        { "cl_status listnodes -q", 1, "", "Cannot signon with heartbeat" },
        { "cl_status hbparameter -p deadtime", 1, "", "Cannot signon with heartbeat" },
        { "hb_standby", 1, "", "hbd is not running here" },
    };

    stop_serving (f);
    check_rows (rows, G_N_ELEMENTS (rows));
}

/* No pid file, one of a process that is gone, one of a process of another name, nonsense. */
static void
test_heartbeat_entry (Fixture *f, gconstpointer data)
{
    g_autofree char *pidfile = g_build_filename (f->dir, "hbd.pid", NULL);
    g_autofree char *own_pid = g_strdup_printf ("%d\n", (int) getpid ());
    const char *const stale[] = { "2147483647\n", "", "-1\n", "one\n", own_pid };
    const Row absent[] = {
        { "heartbeat -s", 3, "heartbeat is stopped. No process\n", NULL },
        { "heartbeat -k", 0, "", "INFO: Heartbeat already stopped.\n" },
        { "heartbeat -V", 0, "hbd " PACKAGE_VERSION "\n", NULL },
        { "heartbeat -sk", 0, "", "INFO: Heartbeat already stopped.\n" },
        { "heartbeat -z", 2, "", "Usage: heartbeat" },
        { "heartbeat -M", 2, "", "-M" },
        { "heartbeat extra", 2, "", "Usage: heartbeat" },
    };
    const Row left_behind[] = {
        { "heartbeat -s", 1, "heartbeat is stopped. No process\n", NULL },
        { "heartbeat -k", 0, "", "INFO: Heartbeat already stopped.\n" },
    };

    check_rows (absent, G_N_ELEMENTS (absent));
    for (guint i = 0; i < G_N_ELEMENTS (stale); i++) {
        g_assert_true (g_file_set_contents (pidfile, stale[i], -1, NULL));
        check_rows (left_behind, G_N_ELEMENTS (left_behind));
    }
    g_unlink (pidfile);
}

static void
test_heartbeat_defaults (Fixture *f, gconstpointer data)
{
    g_autofree char *out = NULL;
    g_autofree char *wiki = NULL;

    g_assert_cmpint (run ("heartbeat -D", &out, NULL), ==, 0);
    g_assert_nonnull (strstr (out, "\nkeepalive                1000ms    "));
    g_assert_nonnull (strstr (out, "\nauto_failback            legacy    "));
    g_assert_cmpint (run ("heartbeat -DW", &wiki, NULL), ==, 0);
    g_assert_nonnull (strstr (wiki, "\n|| keepalive || 1000ms || "));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("/programs/hbctl", test_hbctl);
    ADD ("/programs/hbctl/prints-all-replies", test_hbctl_prints_all_replies);
    ADD ("/programs/hbctl/json", test_hbctl_json);
    ADD ("/programs/cl_status", test_cl_status);
    ADD ("/programs/hb_standby-and-hb_takeover", test_move_scripts);
    ADD ("/programs/without-daemon", test_without_daemon);
    ADD ("/programs/heartbeat", test_heartbeat_entry);
    ADD ("/programs/heartbeat/defaults", test_heartbeat_defaults);
    return g_test_run ();
}
