/* SPDX-License-Identifier: Apache-2.0 */
/* Agents that an earlier life of the manager left running. */
#include "config.h"

#include "crm/exec/inflight.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char *dir, *path;
} Fixture;

static void
fixture_init (Fixture *f)
{
    f->dir = g_dir_make_tmp ("hbd-inflight-XXXXXX", NULL);
    f->path = g_build_filename (f->dir, "agents", NULL);
}

static void
fixture_clear (Fixture *f)
{
    (void) g_unlink (f->path);
    g_assert_cmpint (g_rmdir (f->dir), ==, 0);
    g_free (f->path);
    g_free (f->dir);
}

/* A child that leads a group of its own and sleeps. */
static pid_t
start_sleeper (void)
{
    pid_t pid = fork ();

    if (pid == 0) {
        (void) setpgid (0, 0);
        execl ("/bin/sleep", "sleep", "30", (char *) NULL);
        _exit (127);
    }
    g_assert_cmpint (pid, >, 0);
    (void) setpgid (pid, pid);
    return pid;
}

static void
reap_killed (pid_t pid)
{
    int status;

    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

static guint
reopen (const Fixture *f)
{
    guint n;
    CrmInflight *list = crm_inflight_open (f->path, &n);

    g_assert_nonnull (list);
    crm_inflight_free (list);
    return n;
}

static void
test_left_over_is_ended (void)
{
    Fixture f;
    guint n;
    CrmInflight *list;
    pid_t a, b;

    fixture_init (&f);
    list = crm_inflight_open (f.path, &n);
    g_assert_cmpuint (n, ==, 0);
    a = start_sleeper ();
    b = start_sleeper ();
    crm_inflight_add (list, a);
    crm_inflight_add (list, b);
    crm_inflight_free (list); /* the manager is gone */
    g_assert_cmpuint (reopen (&f), ==, 2);
    reap_killed (a);
    reap_killed (b);
    g_assert_cmpuint (reopen (&f), ==, 0); /* the list is empty now */
    fixture_clear (&f);
}

static void
test_finished_one_is_left_alone (void)
{
    Fixture f;
    guint n;
    CrmInflight *list;
    pid_t a;

    fixture_init (&f);
    list = crm_inflight_open (f.path, &n);
    a = start_sleeper ();
    crm_inflight_add (list, a);
    crm_inflight_remove (list, a); /* done; say it left a server in its group */
    crm_inflight_free (list);
    g_assert_cmpuint (reopen (&f), ==, 0);
    g_assert_cmpint (kill (a, 0), ==, 0);
    (void) kill (a, SIGKILL);
    reap_killed (a);
    fixture_clear (&f);
}

/* The same number, another process. */
static void
test_reused_number_is_left_alone (void)
{
    Fixture f;
    pid_t a = start_sleeper ();
    g_autofree char *text = g_strdup_printf ("%d %-40d", (int) a, 12345);

    fixture_init (&f);
    text[31] = '\n';
    text[32] = '\0';
    g_assert_true (
        g_file_set_contents_full (f.path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    g_assert_cmpuint (reopen (&f), ==, 0);
    g_assert_cmpint (kill (a, 0), ==, 0);
    (void) kill (a, SIGKILL);
    reap_killed (a);
    fixture_clear (&f);
}

/* The leader is gone, a member of its group is not. */
static void
test_group_without_its_leader_is_ended (void)
{
    Fixture f;
    guint n;
    CrmInflight *list;
    pid_t leader, member;
    int status;

    fixture_init (&f);
    list = crm_inflight_open (f.path, &n);
    leader = start_sleeper ();
    member = fork ();
    if (member == 0) {
        (void) setpgid (0, leader);
        execl ("/bin/sleep", "sleep", "30", (char *) NULL);
        _exit (127);
    }
    (void) setpgid (member, leader);
    crm_inflight_add (list, leader);
    crm_inflight_free (list);
    (void) kill (leader, SIGTERM);
    g_assert_cmpint (waitpid (leader, &status, 0), ==, leader);
    g_assert_cmpuint (reopen (&f), ==, 1);
    reap_killed (member);
    fixture_clear (&f);
}

static void
test_any_bytes_kill_nobody (void)
{
    static const char *const texts[] = {
        "",
        "x",
        "-1 5                            \n",
        "1 1                             \n",
        "0 0                             \n",
        "99999999999999999999999999 1    \n",
        "\377\376\1\2 nonsense of just 32 bytes..\n",
        "                                                ",
    };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        Fixture f;

        fixture_init (&f);
        g_assert_true (
            g_file_set_contents_full (f.path, texts[i], -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
        g_assert_cmpuint (reopen (&f), ==, 0);
        fixture_clear (&f);
    }
}

static void
test_file_of_others_is_refused (void)
{
    Fixture f;
    guint n;

    fixture_init (&f);
    g_assert_true (g_file_set_contents (f.path, "", 0, NULL));
    g_assert_cmpint (g_chmod (f.path, 0666), ==, 0);
    g_assert_null (crm_inflight_open (f.path, &n)); /* anybody could have written it */
    (void) g_unlink (f.path);
    g_assert_cmpint (symlink ("/etc/passwd", f.path), ==, 0);
    g_assert_null (crm_inflight_open (f.path, &n));
    g_assert_null (crm_inflight_open (NULL, &n));
    crm_inflight_add (NULL, 5); /* no list: nothing happens */
    crm_inflight_remove (NULL, 5);
    crm_inflight_free (NULL);
    fixture_clear (&f);
}

static void
test_more_than_it_holds_is_dropped (void)
{
    Fixture f;
    guint n;
    CrmInflight *list;
    struct stat st;

    fixture_init (&f);
    list = crm_inflight_open (f.path, &n);
    for (pid_t pid = 4000000; pid < 4000200; pid++)
        crm_inflight_add (list, pid);
    crm_inflight_free (list);
    g_assert_cmpint (stat (f.path, &st), ==, 0);
    g_assert_cmpint (st.st_size, ==, 64 * 32);
    g_assert_cmpuint (reopen (&f), ==, 0);
    fixture_clear (&f);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/inflight/" path, func)
    ADD ("left-over-is-ended", test_left_over_is_ended);
    ADD ("finished-is-left-alone", test_finished_one_is_left_alone);
    ADD ("reused-number-is-left-alone", test_reused_number_is_left_alone);
    ADD ("group-without-its-leader-is-ended", test_group_without_its_leader_is_ended);
    ADD ("any-bytes-kill-nobody", test_any_bytes_kill_nobody);
    ADD ("file-of-others-is-refused", test_file_of_others_is_refused);
    ADD ("more-than-it-holds-is-dropped", test_more_than_it_holds_is_dropped);
    return g_test_run ();
}
