/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's small rules: log bucket, restart pauses, command FIFO, hooks, respawn, options. */
#include "config.h"

#include "hbd/base/log.h"
#include "hbd/daemon/fifo.h"
#include "hbd/daemon/hooks.h"
#include "hbd/daemon/loop.h"
#include "hbd/daemon/manager.h"
#include "hbd/daemon/options.h"
#include "hbd/daemon/respawn.h"
#include "hbd/daemon/supervisor.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* --- log ----------------------------------------------------------------------------------- */

static void
test_bucket_swallows_a_flood_and_says_so (void)
{
    g_autoptr (HbdLog) log = hbd_log_new ("hbd", HBD_LEVEL_INFO, -1);
    guint suppressed = 0, admitted = 0;

    for (int i = 0; i < 1000; i++)
        admitted += hbd_log_admit (log, "flood", 1000, &suppressed);
    g_assert_cmpuint (admitted, ==, HBD_LOG_BURST);
    g_assert_true (hbd_log_admit (log, "other-name", 1000, &suppressed));
    g_assert_cmpuint (suppressed, ==, 0);
    g_assert_false (hbd_log_admit (log, "flood", 1000 + HBD_MS (50), &suppressed));
    g_assert_true (hbd_log_admit (log, "flood", 1000 + HBD_S (1), &suppressed));
    g_assert_cmpuint (suppressed, ==, 1000 - HBD_LOG_BURST + 1);
    g_assert_true (hbd_log_admit (log, "flood", 1000 + HBD_S (1), &suppressed));
    g_assert_cmpuint (suppressed, ==, 0);
}

static void
test_bucket_names_are_bounded (void)
{
    g_autoptr (HbdLog) log = hbd_log_new ("hbd", HBD_LEVEL_INFO, -1);
    guint suppressed, admitted = 0;

    for (guint i = 0; i < 5 * HBD_LOG_MAX_NAMES; i++) {
        g_autofree char *name = g_strdup_printf ("name-%u", i);

        admitted += hbd_log_admit (log, name, 1000, &suppressed);
    }
    g_assert_cmpuint (admitted, ==, HBD_LOG_MAX_NAMES + HBD_LOG_BURST);
}

static void
collect (gpointer data, HbdLevel level, const char *line)
{
    g_string_append_printf (data, "%d|%s\n", (int) level, line);
}

static void
test_lines (void)
{
    g_autoptr (HbdLog) log = hbd_log_new ("hbd", HBD_LEVEL_INFO, -1);
    GString *seen = g_string_new (NULL);

    hbd_log_set_sink (log, collect, seen);
    hbd_log (log, HBD_LEVEL_NOTICE, "node.state", "node=%s to=dead", "beta");
    hbd_log (log, HBD_LEVEL_ERROR, "agent.says", "text=\"a\nb\"");
    hbd_log (log, HBD_LEVEL_ERROR, "agent.says", "text=\"\033[2J\302\2332J\303\237\"");
    hbd_log (log, HBD_LEVEL_DEBUG, "not.shown", "x=1");
    g_assert_cmpstr (seen->str, ==,
                     "2|hbd: node.state node=beta to=dead\n0|hbd: error: agent.says text=\"a b\"\n"
                     "0|hbd: error: agent.says text=\" [2J  2J\303\237\"\n");
    g_string_free (seen, TRUE);
}

/* Nobody reads, and the descriptor is in blocking mode, as a shell or a supervisor leaves it. */
static void
write_much (int fd)
{
    g_autoptr (HbdLog) log = hbd_log_new ("hbd", HBD_LEVEL_INFO, fd);
    g_autofree char *text = g_strnfill (3000, 'x');

    for (int i = 0; i < 500; i++) {
        g_autofree char *name = g_strdup_printf ("n%d", i % 200);

        hbd_log (log, HBD_LEVEL_ERROR, name, "%s", text);
    }
}

static void
test_nobody_reads_the_log (void)
{
    int fds[2];

    signal (SIGPIPE, SIG_IGN); /* as the daemon does */
    alarm (60);                /* blocked for ever would be the failure */
    g_assert_cmpint (pipe (fds), ==, 0);
    write_much (fds[1]);
    close (fds[0]);
    write_much (fds[1]);
    close (fds[1]);
    g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    write_much (fds[1]);
    close (fds[0]);
    write_much (fds[1]);
    close (fds[1]);
    alarm (0);
}

static void
test_long_line_is_cut_and_ended (void)
{
    g_autoptr (HbdLog) log = NULL;
    g_autofree char *text = g_strnfill (100000, 'x');
    char seen[20000];
    int fds[2];
    ssize_t len;

    g_assert_cmpint (pipe (fds), ==, 0);
    log = hbd_log_new ("hbd", HBD_LEVEL_INFO, fds[1]);
    hbd_log (log, HBD_LEVEL_ERROR, "long", "%s", text);
    len = read (fds[0], seen, sizeof seen);
    g_assert_cmpint (len, ==, PIPE_BUF);
    g_assert_cmpint (seen[len - 1], ==, '\n');
    close (fds[0]);
    close (fds[1]);
}

static void
test_nobody_reads_syslog (void)
{
    g_autofree char *dir = g_dir_make_tmp ("hbd-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "log", NULL);
    CfgCluster cluster = { .logfacility = (char *) "local3" };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    HbdLogFiles *files;
    int fd = socket (AF_UNIX, SOCK_DGRAM, 0);
    char seen[200];
    ssize_t len;

    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
    g_unsetenv ("JOURNAL_STREAM");
    files = hbd_log_files_new (&cluster, path);
    alarm (60);
    for (int i = 0; i < 3000; i++)
        hbd_log_files_write (files, HBD_LEVEL_WARNING, "hbd: warning: node.state node=beta");
    alarm (0);
    len = recv (fd, seen, sizeof seen - 1, MSG_DONTWAIT);
    g_assert_cmpint (len, >, 0);
    seen[len] = '\0';
    g_assert_true (g_str_has_prefix (seen, "<156>")); /* local3.warning */
    g_assert_nonnull (strstr (seen, " hbd["));
    g_assert_true (g_str_has_suffix (seen, "]: node.state node=beta"));
    hbd_log_files_free (files);
    close (fd);
    g_assert_cmpint (g_remove (path), ==, 0);
    g_assert_cmpint (g_rmdir (dir), ==, 0);
}

/* --- supervisor ---------------------------------------------------------------------------- */

static void
test_first_death_costs_nothing_and_fast_ones_grow (void)
{
    static const HbdTime wanted[] = { 0, 50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000 };
    HbdRestart restart = { 0 };
    HbdTime now = HBD_S (100);

    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
        restart.started_at = now;
        now += HBD_MS (20);
        g_assert_cmpint (hbd_restart_delay (&restart, now), ==, HBD_MS (wanted[i]));
    }
    restart.started_at = now;
    now += HBD_FAST_DEATH_US;
    g_assert_cmpint (hbd_restart_delay (&restart, now), ==, 0);
    g_assert_cmpuint (restart.fast_deaths, ==, 1);
}

static void
test_many_deaths_do_not_overflow (void)
{
    HbdRestart restart = { .fast_deaths = G_MAXUINT - 1 };

    g_assert_cmpint (hbd_restart_delay (&restart, 1), ==, HBD_S (5));
}

/* --- FIFO ---------------------------------------------------------------------------------- */

static void
note_message (gpointer data, const HbdMessage *message)
{
    const char *type = hbd_message_get (message, "t");

    g_string_append_printf (data, "%s ", type != NULL ? type : "?");
}

typedef struct {
    const char *name, *text;
    gssize len; /* -1: up to NUL */
    const char *seen;
    guint malformed;
    const char *rest; /* what stays in the buffer */
} FifoRow;

static const FifoRow fifo_rows[] = {
    { "one", ">>>\nt=hb_takeover\nrsc_hold=all\n<<<\n", -1, "hb_takeover ", 0, "" },
    { "two", ">>>\nt=a\n<<<\n>>>\nt=b\n<<<\n", -1, "a b ", 0, "" },
    { "nul-between", ">>>\nt=a\n<<<\n\0>>>\nt=b\n<<<\n", 25, "a b ", 0, "" },
    { "half", ">>>\nt=a\n", -1, "", 0, ">>>\nt=a\n" },
    { "first-bytes", ">>", -1, "", 0, ">>" },
    { "first-bytes-behind-one", ">>>\nt=a\n<<<\n\0>>>", 16, "a ", 0, ">>>" },
    { "first-bytes-behind-garbage", "garbage\n>>", -1, "", 1, ">>" },
    { "garbage-before", "garbage\n>>>\nt=a\n<<<\n", -1, "a ", 1, "" },
    { "garbage-only", "garbage garbage garbage", -1, "", 1, "" },
    { "no-equals", ">>>\nnonsense\n<<<\n>>>\nt=b\n<<<\n", -1, "b ", 1, "" },
    { "empty", ">>>\n<<<\n>>>\nt=b\n<<<\n", -1, "b ", 1, "" },
};

static void
test_fifo_rows (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (fifo_rows); i++) {
        const FifoRow *row = &fifo_rows[i];
        GString *buffer =
            g_string_new_len (row->text, row->len < 0 ? (gssize) strlen (row->text) : row->len);
        GString *seen = g_string_new (NULL);
        guint malformed = hbd_fifo_split (buffer, note_message, seen);

        g_test_message ("%s", row->name);
        g_assert_cmpstr (seen->str, ==, row->seen);
        g_assert_cmpuint (malformed, ==, row->malformed);
        g_assert_cmpstr (buffer->str, ==, row->rest);
        g_string_free (buffer, TRUE);
        g_string_free (seen, TRUE);
    }
}

static void
test_fifo_without_end_is_dropped (void)
{
    GString *buffer = g_string_new (">>>\n");
    GString *seen = g_string_new (NULL);

    for (guint i = 0; buffer->len < HBD_FIFO_MAX_BYTES; i++)
        g_string_append (buffer, "name=value\n");
    g_assert_cmpuint (hbd_fifo_split (buffer, note_message, seen), ==, 1);
    g_assert_cmpuint (buffer->len, ==, 0);
    g_string_free (buffer, TRUE);
    g_string_free (seen, TRUE);
}

static void
test_fifo_reads_scripts (void)
{
    g_autofree char *dir = g_dir_make_tmp ("hbd-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "fifo", NULL);
    GString *seen = g_string_new (NULL);
    HbdFifo *fifo = hbd_fifo_new (path, note_message, seen, NULL);
    const char *text = ">>>\nt=ask_resources\ninfo=me\n<<<\nrubbish";
    GStatBuf st;

    g_assert_nonnull (fifo);
    g_assert_cmpint (g_stat (path, &st), ==, 0);
    g_assert_cmpint (st.st_mode & 0777, ==, 0600);
    for (int i = 0; i < 2; i++) { /* a writer that leaves is no end of file */
        int fd = g_open (path, O_WRONLY | O_NONBLOCK, 0);

        g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize) strlen (text));
        close (fd);
        while (g_main_context_iteration (NULL, FALSE))
            ;
    }
    g_assert_cmpstr (seen->str, ==, "ask_resources ask_resources ");
    g_assert_cmpuint (hbd_fifo_malformed (fifo), >, 0);
    hbd_fifo_free (fifo);
    g_remove (path);
    g_rmdir (dir);
    g_string_free (seen, TRUE);
}

/* Whoever holds an old FIFO open for writing would speak as root. */
static void
test_fifo_of_others_is_replaced (void)
{
    g_autofree char *dir = g_dir_make_tmp ("hbd-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "fifo", NULL);
    static const char text[] = ">>>\nt=ask_resources\n<<<\n";
    GString *seen = g_string_new (NULL);
    HbdFifo *fifo;
    GStatBuf st;
    int old;

    g_assert_cmpint (mkfifo (path, 0600), ==, 0);
    g_assert_cmpint (g_chmod (path, 0666), ==, 0);
    old = g_open (path, O_RDWR | O_NONBLOCK, 0);
    fifo = hbd_fifo_new (path, note_message, seen, NULL);
    g_assert_nonnull (fifo);
    g_assert_cmpint (write (old, text, sizeof text), ==, sizeof text);
    while (g_main_context_iteration (NULL, FALSE))
        ;
    g_assert_cmpstr (seen->str, ==, "");
    g_assert_cmpint (g_stat (path, &st), ==, 0);
    g_assert_cmpint (st.st_mode & 0777, ==, 0600);
    hbd_fifo_free (fifo);
    close (old);
    g_remove (path);
    g_rmdir (dir);
    g_string_free (seen, TRUE);
}

/* --- hooks --------------------------------------------------------------------------------- */

static void
test_heartbeat_s_own_hooks_are_recognised (void)
{
    g_assert_true (hbd_hooks_is_packaged ("status", "case $HA_st in dead) mach_down $HA_src;;"));
    g_assert_false (hbd_hooks_is_packaged ("status", "logger node $HA_src is $HA_st"));
    g_assert_false (hbd_hooks_is_packaged ("my-own", "mach_down"));
    g_assert_true (hbd_hooks_is_packaged ("ip-request", "RSCMGR=x/ResourceManager"));
}

static void
write_hook (const char *dir, const char *name, const char *text, int mode)
{
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
test_hooks_are_listed (void)
{
    static const char *const all[] = { "status", "resource", "ip-request", "bad name",
                                       "not-executable" };
    g_autofree char *dir = g_dir_make_tmp ("hbd-test-XXXXXX", NULL);
    g_autofree char *rc_d = g_build_filename (dir, "rc.d", NULL);
    g_autoptr (GPtrArray) records =
        g_ptr_array_new_with_free_func ((GDestroyNotify) hbd_record_free);
    g_auto (GStrv) names = NULL;
    g_autofree char *joined = NULL;

    g_mkdir (rc_d, 0700);
    write_hook (rc_d, "status", "#!/bin/sh\nlogger x\n", 0700);
    write_hook (rc_d, "resource", "#!/bin/sh\n", 0700);
    write_hook (rc_d, "ip-request", "#!/bin/sh\nResourceManager\n", 0700);
    write_hook (rc_d, "bad name", "#!/bin/sh\n", 0700);
    write_hook (rc_d, "not-executable", "#!/bin/sh\n", 0600);
    names = hbd_hooks_list (dir, records);
    joined = g_strjoinv (" ", names);
    g_assert_cmpstr (joined, ==, "resource status");
    g_assert_cmpuint (records->len, ==, 1);
    for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
        g_autofree char *path = g_build_filename (rc_d, all[i], NULL);

        g_remove (path);
    }
    g_rmdir (rc_d);
    g_rmdir (dir);
}

static void
test_hook_environment (void)
{
    static const char *const base[] = { "PATH=/bin", "HA_CURHOST=alpha", "HA_debug=0", NULL };
    g_autoptr (HbdMessage) message = hbd_message_new_typed ("status");
    g_auto (GStrv) env = NULL;

    hbd_message_add (message, "st", "dead");
    hbd_message_add (message, "x;y", "no variable");
    hbd_message_add (message, "BIN", "/tmp/evil");
    hbd_message_add (message, "CURHOST", "beta");
    hbd_message_add (message, "debug", "/tmp/evil");
    hbd_message_add (message, "auth", "1 abcdef");
    hbd_message_add_binary (message, "srcuuid", "\1", 1);
    env = hbd_hooks_environment (base, message);
    g_assert_cmpstr (g_environ_getenv (env, "HA_t"), ==, "status");
    g_assert_cmpstr (g_environ_getenv (env, "HA_st"), ==, "dead");
    g_assert_cmpstr (g_environ_getenv (env, "HA_CURHOST"), ==, "alpha");
    g_assert_cmpstr (g_environ_getenv (env, "HA_debug"), ==, "0");
    g_assert_cmpuint (g_strv_length (env), ==, 5);
}

/* --- respawn, options, systemd ------------------------------------------------------------- */

static void
test_respawn_gives_up_after_ten_fast_deaths (void)
{
    guint fast = 0;

    for (int i = 0; i < 10; i++)
        g_assert_true (hbd_respawn_again (&fast, HBD_S (1)));
    g_assert_false (hbd_respawn_again (&fast, HBD_S (1)));
    fast = 9;
    g_assert_true (hbd_respawn_again (&fast, HBD_RESPAWN_FAST_US));
    g_assert_cmpuint (fast, ==, 0);
}

static bool
parse (HbdOptions *options, const char *line, int *code)
{
    g_auto (GStrv) argv = g_strsplit (line, " ", -1);
    g_autofree char **moving = g_memdup2 (argv, sizeof (char *) * (g_strv_length (argv) + 1));
    char **rest = moving;
    int argc = (int) g_strv_length (argv);

    *code = -1;
    return hbd_options_parse (options, &argc, &rest, false, code);
}

static void
test_options (void)
{
    HbdOptions options;
    g_autofree char *pid = NULL;
    int code;

    g_assert_true (parse (&options, "hbd --run-dir /x/y --node-name Alpha --check", &code));
    g_assert_cmpstr (options.run_dir, ==, "/x/y");
    g_assert_cmpstr (options.ha_dir, ==, HBD_SYSCONFDIR "/ha.d");
    g_assert_true (options.check);
    g_assert_cmpint (options.level, ==, HBD_LEVEL_INFO);
    pid = hbd_options_heartbeat_pid (&options);
    g_assert_cmpstr (pid, ==, "/x/y/heartbeat.pid");
    hbd_options_clear (&options);
}

static void
test_wrong_options (void)
{
    /* what to say to the user goes to standard error: a test of its own process */
    static const char *const wrong[] = {
        "hbd --no-such-option",   "hbd --sides left", "hbd --log-level loud",
        "hbd --run-dir relative", "hbd extra",        "hbd --let-go"
    };

    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
        if (g_test_subprocess ()) {
            HbdOptions options;
            int code;

            g_assert_false (parse (&options, wrong[i], &code));
            g_assert_cmpint (code, ==, HBD_EXIT_USAGE);
            hbd_options_clear (&options);
        }
    }
    if (g_test_subprocess ())
        return;
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    g_test_trap_assert_stderr ("*--help shows the options*");
}

static void
test_systemd_watchdog (void)
{
    g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());

    g_unsetenv ("WATCHDOG_USEC");
    g_assert_cmpint (hbd_notify_watchdog_us (), ==, 0);
    g_setenv ("WATCHDOG_USEC", "10000000", TRUE);
    g_assert_cmpint (hbd_notify_watchdog_us (), ==, HBD_S (5));
    g_setenv ("WATCHDOG_PID", "1", TRUE);
    g_assert_cmpint (hbd_notify_watchdog_us (), ==, 0);
    g_setenv ("WATCHDOG_PID", pid, TRUE);
    g_assert_cmpint (hbd_notify_watchdog_us (), ==, HBD_S (5));
    g_setenv ("WATCHDOG_USEC", "soon", TRUE);
    g_assert_cmpint (hbd_notify_watchdog_us (), ==, 0);
}

/* A datagram socket bound to @name ('@' first: abstract), and NOTIFY_SOCKET set to it. */
static int
listen_at (const char *name)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    memcpy (addr.sun_path, name, strlen (name));
    if (name[0] == '@')
        addr.sun_path[0] = '\0';
    g_assert_cmpint (bind (fd, (struct sockaddr *) &addr,
                           (socklen_t) (offsetof (struct sockaddr_un, sun_path) + strlen (name))),
                     ==, 0);
    g_setenv ("NOTIFY_SOCKET", name, TRUE);
    return fd;
}

static void
test_systemd_notify (void)
{
    g_autofree char *dir = g_dir_make_tmp ("hbd-notify-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "socket", NULL);
    g_autofree char *abstract = g_strdup_printf ("@hbd-test-%d", (int) getpid ());
    const char *names[] = { path, abstract };
    char heard[64];

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        int fd = listen_at (names[i]);

        g_assert_true (hbd_notify ("READY=1"));
        g_assert_cmpint (recv (fd, heard, sizeof heard, 0), ==, 7);
        g_assert_cmpint (memcmp (heard, "READY=1", 7), ==, 0);
        close (fd);
        g_assert_false (hbd_notify ("READY=1")); /* nobody listens any more: no harm */
    }
    g_unlink (path);
    g_rmdir (dir);
}

static void
test_systemd_notify_takes_no_odd_name (void)
{
    g_autofree char *long_name = g_strnfill (200, 'x');
    const char *odd[] = { "", "/", "relative", "vsock:2:1234", long_name };

    long_name[0] = '/';
    g_unsetenv ("NOTIFY_SOCKET");
    g_assert_false (hbd_notify ("READY=1"));
    for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
        g_setenv ("NOTIFY_SOCKET", odd[i], TRUE);
        g_assert_false (hbd_notify ("READY=1"));
    }
    g_unsetenv ("NOTIFY_SOCKET");
}

int
main (int argc, char **argv)
{
    g_unsetenv ("JOURNAL_STREAM");
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/log/flood-is-swallowed", test_bucket_swallows_a_flood_and_says_so);
    g_test_add_func ("/log/names-are-bounded", test_bucket_names_are_bounded);
    g_test_add_func ("/log/lines", test_lines);
    g_test_add_func ("/log/nobody-reads", test_nobody_reads_the_log);
    g_test_add_func ("/log/long-line-is-cut", test_long_line_is_cut_and_ended);
    g_test_add_func ("/log/nobody-reads-syslog", test_nobody_reads_syslog);
    g_test_add_func ("/supervisor/pauses-grow", test_first_death_costs_nothing_and_fast_ones_grow);
    g_test_add_func ("/supervisor/many-deaths", test_many_deaths_do_not_overflow);
    g_test_add_func ("/fifo/rows", test_fifo_rows);
    g_test_add_func ("/fifo/without-end-is-dropped", test_fifo_without_end_is_dropped);
    g_test_add_func ("/fifo/reads-scripts", test_fifo_reads_scripts);
    g_test_add_func ("/fifo/of-others-is-replaced", test_fifo_of_others_is_replaced);
    g_test_add_func ("/hooks/heartbeat's-own-are-recognised",
                     test_heartbeat_s_own_hooks_are_recognised);
    g_test_add_func ("/hooks/are-listed", test_hooks_are_listed);
    g_test_add_func ("/hooks/environment", test_hook_environment);
    g_test_add_func ("/respawn/gives-up", test_respawn_gives_up_after_ten_fast_deaths);
    g_test_add_func ("/options/good", test_options);
    g_test_add_func ("/options/wrong", test_wrong_options);
    g_test_add_func ("/systemd/watchdog", test_systemd_watchdog);
    g_test_add_func ("/systemd/notify", test_systemd_notify);
    g_test_add_func ("/systemd/notify-takes-no-odd-name", test_systemd_notify_takes_no_odd_name);
    return g_test_run ();
}
