/* SPDX-License-Identifier: Apache-2.0 */
/* Real, short-lived programs. */
#include "config.h"

#include "crm/exec/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIBC_SIGNALS G_GUINT64_CONSTANT (0x180000000)

typedef struct {
    GMainLoop *loop;
    guint calls;
    CrmProcessEnd end;
    int code;
    char *out;
    gsize out_len;
    HbdTime duration_us;
    GPtrArray *lines; /* "o:" or "e:" and the text */
    bool free_in_line;
    CrmProcess *process;
} Seen;

static void
on_done (CrmProcess *process, const CrmProcessResult *result, gpointer data)
{
    Seen *seen = data;

    seen->calls++;
    seen->end = result->end;
    seen->code = result->code;
    g_free (seen->out);
    seen->out = g_memdup2 (result->out, result->out_len + 1);
    seen->out_len = result->out_len;
    seen->duration_us = result->duration_us;
    g_main_loop_quit (seen->loop);
}

static void
on_line (gpointer data, bool is_error, const char *line)
{
    Seen *seen = data;

    g_ptr_array_add (seen->lines, g_strdup_printf ("%c:%s", is_error ? 'e' : 'o', line));
    if (seen->free_in_line) {
        g_clear_pointer (&seen->process, crm_process_free);
        g_main_loop_quit (seen->loop);
    }
}

static void
seen_init (Seen *seen)
{
    *seen = (Seen){ .loop = g_main_loop_new (NULL, FALSE) };
    seen->lines = g_ptr_array_new_with_free_func (g_free);
}

static void
seen_clear (Seen *seen)
{
    crm_process_free (seen->process);
    g_main_loop_unref (seen->loop);
    g_ptr_array_unref (seen->lines);
    g_free (seen->out);
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

static CrmProcessSpec
shell (Seen *seen, const char *const argv[4])
{
    const CrmProcessSpec spec = { .argv = argv,
                                  .timeout_us = HBD_S (10),
                                  .kill_delay_us = -1,
                                  .done = on_done,
                                  .line = on_line,
                                  .data = seen };

    return spec;
}

static void
run_shell (Seen *seen, const char *script)
{
    const char *const argv[4] = { "/bin/sh", "-c", script, NULL };
    const CrmProcessSpec spec = shell (seen, argv);

    seen->process = crm_process_start (&spec);
    g_main_loop_run (seen->loop);
}

static void
test_exit_code_and_output (void)
{
    Seen seen;

    seen_init (&seen);
    run_shell (&seen, "echo one; echo two >&2; printf 'no newline'; exit 7");
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_EXITED);
    g_assert_cmpint (seen.code, ==, 7);
    g_assert_cmpstr (seen.out, ==, "one\nno newline");
    g_assert_cmpuint (seen.lines->len, ==, 3);
    seen_clear (&seen);
}

static void
test_signal_is_told (void)
{
    Seen seen;

    seen_init (&seen);
    run_shell (&seen, "kill -9 $$");
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_SIGNALLED);
    g_assert_cmpint (seen.code, ==, SIGKILL);
    seen_clear (&seen);
}

static void
test_missing_program_is_a_result (void)
{
    const char *const argv[4] = { "/nonexistent/agent", NULL, NULL, NULL };
    Seen seen;
    CrmProcessSpec spec;

    seen_init (&seen);
    spec = shell (&seen, argv);
    seen.process = crm_process_start (&spec);
    g_assert_cmpuint (seen.calls, ==, 0); /* never from within start */
    g_main_loop_run (seen.loop);
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_NOT_RUN);
    g_assert_cmpint (seen.code, ==, ENOENT);
    seen_clear (&seen);
}

static void
test_directory_cannot_be_run (void)
{
    const char *const argv[4] = { "/", NULL, NULL, NULL };
    Seen seen;
    CrmProcessSpec spec;

    seen_init (&seen);
    spec = shell (&seen, argv);
    seen.process = crm_process_start (&spec);
    g_main_loop_run (seen.loop);
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_NOT_RUN);
    g_assert_cmpint (seen.code, ==, EACCES);
    seen_clear (&seen);
}

/* Start one with a limit of @limit_ms. */
static void
run_limited (Seen *seen, const char *script, int limit_ms, HbdTime kill_delay_us)
{
    const char *const argv[4] = { "/bin/sh", "-c", script, NULL };
    CrmProcessSpec spec = shell (seen, argv);

    spec.timeout_us = HBD_MS (limit_ms);
    spec.kill_delay_us = kill_delay_us;
    seen->process = crm_process_start (&spec);
    g_main_loop_run (seen->loop);
}

static void
test_time_limit_ends_it (void)
{
    Seen seen;

    seen_init (&seen);
    run_limited (&seen, "sleep 30", 50, HBD_S (20));
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_TIMED_OUT);
    g_assert_cmpint (seen.duration_us, >=, HBD_MS (50));
    g_assert_cmpint (seen.duration_us, <, HBD_S (15)); /* TERM was enough */
    seen_clear (&seen);
}

static void
test_deaf_program_is_killed (void)
{
    Seen seen;

    seen_init (&seen);
    run_limited (&seen, "trap '' TERM; sleep 30 & while :; do wait; done", 50, HBD_MS (60));
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_TIMED_OUT);
    g_assert_cmpint (seen.duration_us, >=, HBD_MS (110));
    seen_clear (&seen);
}

static void
test_stopped_program_is_ended (void)
{
    Seen seen;

    seen_init (&seen);
    run_limited (&seen, "kill -STOP $$; exit 0", 50, HBD_MS (100));
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_TIMED_OUT);
    seen_clear (&seen);
}

static bool
is_alive (pid_t pid)
{
    g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
    g_autofree char *stat = NULL;

    return g_file_get_contents (path, &stat, NULL, NULL) && strstr (stat, ") Z ") == NULL;
}

/* Everything in its group goes with it. */
static void
test_time_limit_ends_the_whole_group (void)
{
    Seen seen;
    pid_t child;

    seen_init (&seen);
    run_limited (&seen, "(trap '' TERM; exec sleep 30) & echo $!; wait", 60, HBD_MS (20));
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_TIMED_OUT);
    child = (pid_t) g_ascii_strtoll (seen.out, NULL, 10);
    g_assert_cmpint (child, >, 1);
    for (guint i = 0; i < 1000 && is_alive (child); i++)
        g_usleep (2000);
    g_assert_false (is_alive (child));
    seen_clear (&seen);
}

/* A middle process starts one and dies without a word. */
static void
test_ends_with_its_starter (void)
{
    const char *const argv[4] = { "/bin/sleep", "30" };
    int fds[2];
    pid_t middle, child = 0;

    g_assert_cmpint (pipe (fds), ==, 0);
    middle = fork ();
    if (middle == 0) {
        Seen seen;
        CrmProcessSpec spec;

        seen_init (&seen);
        spec = shell (&seen, argv);
        spec.ends_with_us = true;
        child = crm_process_pid (crm_process_start (&spec));
        _exit (write (fds[1], &child, sizeof child) == sizeof child ? 0 : 1);
    }
    g_assert_cmpint (read (fds[0], &child, sizeof child), ==, sizeof child);
    g_assert_cmpint (waitpid (middle, NULL, 0), ==, middle);
    close (fds[0]);
    close (fds[1]);
    for (guint i = 0; i < 2000 && is_alive (child); i++)
        g_usleep (1000);
    g_assert_false (is_alive (child));
}

/* A daemon that keeps the pipes open does not hold up the answer, nor is it killed. */
static void
test_left_behind_daemon_costs_nothing (void)
{
    Seen seen;
    pid_t child;

    seen_init (&seen);
    run_shell (&seen, "sleep 30 & echo $!; exit 0");
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_EXITED);
    g_assert_cmpint (seen.duration_us, <, HBD_S (10));
    child = (pid_t) g_ascii_strtoll (seen.out, NULL, 10);
    g_assert_cmpint (kill (child, 0), ==, 0);
    g_assert_cmpint (kill (child, SIGKILL), ==, 0);
    seen_clear (&seen);
}

static void
test_flood_is_bounded (void)
{
    Seen seen;

    seen_init (&seen);
    run_shell (&seen, "i=0; while [ $i -lt 3000 ]; do echo "
                      "0123456789012345678901234567890123456789$i; i=$((i+1)); done; echo last");
    g_assert_cmpuint (seen.out_len, ==, 64 * 1024);
    g_assert_true (g_str_has_suffix (seen.out, "\nlast\n"));
    g_assert_cmpuint (seen.lines->len, ==, 200);
    seen_clear (&seen);
}

static void
test_lines_are_made_fit_to_print (void)
{
    g_autofree char *longest = g_strnfill (1024, 'x');
    Seen seen;

    seen_init (&seen);
    run_shell (&seen, "printf 'a\\033[31mb\\377c\\n' >&2; head -c 5000 /dev/zero | tr '\\0' x");
    g_assert_cmpuint (seen.lines->len, ==, 2);
    for (guint i = 0; i < seen.lines->len; i++) {
        const char *line = g_ptr_array_index (seen.lines, i);

        g_assert_true (g_utf8_validate (line, -1, NULL));
        g_assert_null (strchr (line, '\033'));
        g_assert_cmpuint (strlen (line), <=, 1026);
        if (line[0] == 'o')
            g_assert_cmpstr (line + 2, ==, longest);
    }
    seen_clear (&seen);
}

/* What the child has of us: nothing. */
static void
test_clean_slate (void)
{
    const char *const env[] = { "ONLY=this", NULL };
    const char *const argv[4] = {
        "/bin/sh", "-c",
        "pwd; umask; ls /proc/self/fd | wc -l; env | grep -c =; echo $ONLY; nice; "
        "grep -E 'Sig(Blk|Ign)' /proc/self/status; cut -d\" \" -f5 /proc/$$/stat | grep -c $$; "
        "readlink /proc/self/fd/0",
        NULL
    };
    g_auto (GStrv) lines = NULL;
    CrmProcessSpec spec;
    Seen seen;
    sigset_t set, before;
    int fd = open ("/dev/null", O_RDONLY); /* not close-on-exec, on purpose */

    sigemptyset (&set);
    sigaddset (&set, SIGUSR1);
    sigprocmask (SIG_BLOCK, &set, &before);
    signal (SIGPIPE, SIG_IGN);
    seen_init (&seen);
    spec = shell (&seen, argv);
    spec.envp = env;
    seen.process = crm_process_start (&spec);
    g_assert_cmpint (crm_process_pid (seen.process), >, 1);
    g_main_loop_run (seen.loop);
    sigprocmask (SIG_SETMASK, &before, NULL);
    signal (SIGPIPE, SIG_DFL);
    close (fd);
    lines = g_strsplit (seen.out, "\n", -1);
    g_assert_cmpuint (g_strv_length (lines), >=, 9);
    g_assert_cmpstr (lines[0], ==, "/");
    g_assert_cmpstr (lines[1], ==, "0022");
    g_assert_cmpstr (g_strstrip (lines[2]), ==, "4"); /* 0, 1, 2 and ls's own */
    g_assert_cmpstr (lines[4], ==, "this");
    g_assert_cmpstr (lines[5], ==, "0");
    g_assert_cmpstr (lines[6], ==, "SigBlk:\t0000000000000000");
    g_assert_true (g_str_has_prefix (lines[7], "SigIgn:\t"));
    /* 32 and 33 are the C library's own: nobody may set them. */
    g_assert_cmphex (g_ascii_strtoull (lines[7] + 8, NULL, 16) & ~LIBC_SIGNALS, ==, 0);
    g_assert_cmpstr (lines[8], ==, "1");
    g_assert_cmpstr (lines[9], ==, "/dev/null");
    seen_clear (&seen);
}

static void
test_new_session (void)
{
    const char *const argv[4] = { "/bin/sh", "-c", "cut -d\" \" -f6 /proc/$$/stat | grep -c $$",
                                  NULL };
    CrmProcessSpec spec;
    Seen seen;

    seen_init (&seen);
    spec = shell (&seen, argv);
    spec.new_session = true;
    seen.process = crm_process_start (&spec);
    g_main_loop_run (seen.loop);
    g_assert_cmpstr (seen.out, ==, "1\n");
    seen_clear (&seen);
}

static void
test_stop_ends_it_early (void)
{
    const char *const argv[4] = { "/bin/sleep", "30", NULL, NULL };
    CrmProcessSpec spec;
    Seen seen;

    seen_init (&seen);
    spec = shell (&seen, argv);
    seen.process = crm_process_start (&spec);
    crm_process_stop (seen.process);
    crm_process_stop (seen.process);
    g_main_loop_run (seen.loop);
    g_assert_cmpint (seen.end, ==, CRM_PROCESS_TIMED_OUT);
    g_assert_cmpuint (seen.calls, ==, 1);
    crm_process_stop (seen.process); /* nothing there any more */
    seen_clear (&seen);
}

static gboolean
quit (gpointer data)
{
    g_main_loop_quit (data);
    return G_SOURCE_REMOVE;
}

static void
test_freed_one_is_reaped_and_silent (void)
{
    const char *const argv[4] = { "/bin/sh", "-c", "sleep 0.02; echo late", NULL };
    CrmProcessSpec spec;
    Seen seen;
    pid_t pid;

    seen_init (&seen);
    spec = shell (&seen, argv);
    seen.process = crm_process_start (&spec);
    pid = crm_process_pid (seen.process);
    g_clear_pointer (&seen.process, crm_process_free);
    g_timeout_add (80, quit, seen.loop);
    g_main_loop_run (seen.loop);
    g_assert_cmpuint (seen.calls, ==, 0);
    g_assert_cmpuint (seen.lines->len, ==, 0);
    g_assert_cmpint (waitpid (pid, NULL, WNOHANG), ==, -1);
    g_assert_cmpint (errno, ==, ECHILD);
    seen_clear (&seen);
}

static void
test_may_be_freed_from_a_line (void)
{
    Seen seen;

    seen_init (&seen);
    seen.free_in_line = true;
    run_shell (&seen, "echo one; echo two; sleep 0.01");
    g_assert_cmpuint (seen.lines->len, ==, 1);
    g_assert_cmpuint (seen.calls, ==, 0);
    g_timeout_add (40, quit, seen.loop);
    g_main_loop_run (seen.loop);
    seen_clear (&seen);
}

static guint
count_fds (void)
{
    g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
    guint n = 0;

    while (g_dir_read_name (dir) != NULL)
        n++;
    return n;
}

static void
test_nothing_leaks (void)
{
    guint before;

    for (guint i = 0; i < 3; i++) { /* what the libraries open once is open by then */
        Seen seen;

        seen_init (&seen);
        run_shell (&seen, "exit 0");
        seen_clear (&seen);
    }
    before = count_fds ();
    for (guint i = 0; i < 10; i++) {
        Seen seen;

        seen_init (&seen);
        run_shell (&seen, i % 2 ? "exit 0" : "kill -9 $$");
        seen_clear (&seen);
    }
    g_assert_cmpuint (count_fds (), ==, before);
    g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1); /* no zombie */
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/process/" path, func)
    ADD ("exit-code-and-output", test_exit_code_and_output);
    ADD ("signal-is-told", test_signal_is_told);
    ADD ("missing-program-is-a-result", test_missing_program_is_a_result);
    ADD ("directory-cannot-be-run", test_directory_cannot_be_run);
    ADD ("time-limit/ends-it", test_time_limit_ends_it);
    ADD ("time-limit/deaf-program-is-killed", test_deaf_program_is_killed);
    ADD ("time-limit/stopped-program-is-ended", test_stopped_program_is_ended);
    ADD ("time-limit/ends-the-whole-group", test_time_limit_ends_the_whole_group);
    ADD ("end/with-its-starter", test_ends_with_its_starter);
    ADD ("output/left-behind-daemon-costs-nothing", test_left_behind_daemon_costs_nothing);
    ADD ("output/flood-is-bounded", test_flood_is_bounded);
    ADD ("output/lines-are-made-fit-to-print", test_lines_are_made_fit_to_print);
    ADD ("clean-slate", test_clean_slate);
    ADD ("new-session", test_new_session);
    ADD ("stop-ends-it-early", test_stop_ends_it_early);
    ADD ("freed/is-reaped-and-silent", test_freed_one_is_reaped_and_silent);
    ADD ("freed/from-a-line", test_may_be_freed_from_a_line);
    ADD ("nothing-leaks", test_nothing_leaks);
    return g_test_run ();
}
