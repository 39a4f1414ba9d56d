/* SPDX-License-Identifier: Apache-2.0 */
/* ra/lib/process.c with real, short-lived processes. */
#include "config.h"

#include "ra/lib/process.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    const char *text;
    pid_t pid;
} PidCase;

static void
test_pid_files (void)
{
    static const PidCase cases[] = { { "123\n", 123 }, { "  77  ", 77 }, { "5 6\n", 5 },
                                     { "", 0 },        { "1\n", 0 },     { "0", 0 },
                                     { "-5", 0 },      { "12x", 0 },     { "99999999999", 0 },
                                     { "x\n12", 0 },   { "\n", 0 } };
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp ("hbd-pid-XXXXXX", &path, NULL);
    close (fd);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
        g_assert_cmpint (ra_pid_file_read (path), ==, cases[i].pid);
    }
    g_unlink (path);
    g_assert_cmpint (ra_pid_file_read (path), ==, 0);
    g_assert_cmpint (ra_pid_file_read ("/"), ==, 0);
}

/* A shell with one child that sleeps; the pipe tells when both are there. */
static pid_t
spawn_family (const char *trap)
{
    int ends[2];
    g_assert_cmpint (pipe (ends), ==, 0);
    pid_t pid = fork ();
    if (pid == 0) {
        dup2 (ends[1], 1);
        g_autofree char *script = g_strdup_printf ("%s sleep 30 & echo x; wait; wait", trap);
        execl ("/bin/sh", "sh", "-c", script, NULL);
        _exit (127);
    }
    char byte;
    close (ends[1]);
    g_assert_cmpint (read (ends[0], &byte, 1), ==, 1);
    close (ends[0]);
    return pid;
}

static void
test_tree_ends_as_a_whole (void)
{
    pid_t pid = spawn_family ("trap '' TERM;");
    g_assert_cmpint (ra_process_state (pid), ==, RA_PROCESS_RUNNING);
    g_autoptr (RaProcessTree) tree = ra_process_tree_open (pid);
    g_assert_nonnull (tree);
    ra_process_tree_signal (tree, RA_TREE_ROOT, SIGTERM);
    g_assert_false (ra_process_tree_wait (tree, RA_TREE_ROOT, 20)); /* it ignores that */
    g_assert_false (ra_process_tree_wait (tree, RA_TREE_CHILDREN, 0));
    ra_process_tree_signal (tree, RA_TREE_ALL, SIGKILL);
    g_assert_true (ra_process_tree_wait (tree, RA_TREE_ALL, 2000));
    g_assert_cmpint (ra_process_state (pid), ==, RA_PROCESS_GONE); /* a zombie still */
    waitpid (pid, NULL, 0);
    g_assert_null (ra_process_tree_open (pid));
}

static void
test_children_end_before_the_root (void)
{
    pid_t pid = spawn_family ("");
    g_autoptr (RaProcessTree) tree = ra_process_tree_open (pid);
    ra_process_tree_signal (tree, RA_TREE_CHILDREN, SIGKILL);
    g_assert_true (ra_process_tree_wait (tree, RA_TREE_CHILDREN, 2000));
    g_assert_true (
        ra_process_tree_wait (tree, RA_TREE_ALL, 2000)); /* wait returns, the shell ends */
    waitpid (pid, NULL, 0);
}

static void
test_stopped_is_seen (void)
{
    pid_t pid = spawn_family ("");
    kill (pid, SIGSTOP);
    waitpid (pid, NULL, WUNTRACED);
    g_assert_cmpint (ra_process_state (pid), ==, RA_PROCESS_STOPPED);
    g_autoptr (RaProcessTree) tree = ra_process_tree_open (pid);
    ra_process_tree_signal (tree, RA_TREE_ALL, SIGKILL);
    g_assert_true (ra_process_tree_wait (tree, RA_TREE_ALL, 2000));
    waitpid (pid, NULL, 0);
}

static void
test_program_of_a_process (void)
{
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_assert_true (ra_process_is_program (getpid (), self));
    g_assert_false (ra_process_is_program (getpid (), "/bin/sh"));
    g_assert_false (ra_process_is_program (0x7ffffff0, self));
    g_assert_null (ra_process_tree_open (1)); /* never init */
    g_assert_null (ra_process_tree_open (0));
}

static void
run_shell (const char *script, guint limit_ms, RaProcessOutput *out, char **reason)
{
    const char *argv[] = { "sh", "-c", script, NULL };
    bool is_good = ra_process_run (argv, NULL, limit_ms, out, reason);
    g_assert_true (is_good == (*reason == NULL));
}

static void
test_output_is_captured (void)
{
    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    run_shell ("echo good; echo bad >&2; echo; exit 3", 5000, &out, &reason);
    g_assert_cmpint (out.exit_code, ==, 3);
    g_assert_cmpstr (out.out->str, ==, "good\n\n");
    g_autofree char *last = ra_last_line (out.out);
    g_assert_cmpstr (last, ==, "good");
    g_assert_cmpstr (out.err->str, ==, "bad\n");
}

static void
test_flood_keeps_its_end (void)
{
    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    run_shell ("head -c 1000000 /dev/zero | tr '\\0' x; echo end", 5000, &out, &reason);
    g_assert_cmpint (out.exit_code, ==, 0);
    g_assert_cmpuint (out.out->len, <=, RA_OUTPUT_MAX);
    g_assert_true (g_str_has_suffix (out.out->str, "xend\n"));
}

static void
test_hanging_program_is_killed (void)
{
    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    gint64 begin = g_get_monotonic_time ();
    run_shell ("sleep 30 & echo $!; wait", 80, &out, &reason);
    g_assert_true (out.is_timed_out);
    g_assert_cmpint (g_get_monotonic_time () - begin, <, 5 * G_USEC_PER_SEC);
    g_assert_nonnull (strstr (reason, "80 ms"));
}

static void
test_daemon_with_the_pipe_does_not_hold_us (void)
{
    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    gint64 begin = g_get_monotonic_time ();
    run_shell ("sleep 30 & echo $!", 20000, &out, &reason);
    g_assert_cmpint (out.exit_code, ==, 0);
    g_assert_cmpint (g_get_monotonic_time () - begin, <, 5 * G_USEC_PER_SEC);
    kill ((pid_t) g_ascii_strtoll (out.out->str, NULL, 10), SIGKILL);
}

static void
test_missing_program_is_said (void)
{
    g_auto (RaProcessOutput) out = { 0 };
    g_autofree char *reason = NULL;
    const char *argv[] = { "/no/such/program", NULL };
    g_assert_false (ra_process_run (argv, NULL, 100, &out, &reason));
    g_assert_nonnull (strstr (reason, "/no/such/program"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ra/process/pid-files", test_pid_files);
    g_test_add_func ("/ra/process/tree-ends-as-a-whole", test_tree_ends_as_a_whole);
    g_test_add_func ("/ra/process/children-end-before-the-root", test_children_end_before_the_root);
    g_test_add_func ("/ra/process/stopped-is-seen", test_stopped_is_seen);
    g_test_add_func ("/ra/process/program-of-a-process", test_program_of_a_process);
    g_test_add_func ("/ra/process/output-is-captured", test_output_is_captured);
    g_test_add_func ("/ra/process/flood-keeps-its-end", test_flood_keeps_its_end);
    g_test_add_func ("/ra/process/hanging-program-is-killed", test_hanging_program_is_killed);
    g_test_add_func ("/ra/process/daemon-with-the-pipe-does-not-hold-us",
                     test_daemon_with_the_pipe_does_not_hold_us);
    g_test_add_func ("/ra/process/missing-program-is-said", test_missing_program_is_said);
    return g_test_run ();
}
