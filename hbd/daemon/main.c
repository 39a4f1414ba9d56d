/* SPDX-License-Identifier: Apache-2.0 */
/* hbd: command line, the checks that need no configuration, then the supervisor. */
#include "config.h"

#include "hbd/daemon/options.h"
#include "hbd/daemon/pidfile.h"
#include "hbd/daemon/spawn.h"
#include "hbd/daemon/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --check is the manager's work: only it can read the files. */
static int
run_check (char **argv)
{
    g_autofree char *path = hbd_spawn_find ("hbd-manager");

    argv[0] = "hbd-manager";
    execv (path, argv);
    fprintf (stderr, "hbd: error: %s: %s\n", path, g_strerror (errno));
    return HBD_EXIT_INTERNAL;
}

static int
refuse_running (const char *what, pid_t pid, const char *where)
{
    fprintf (stderr,
             "hbd: error: %s already runs here with pid %d (%s); two on one host would fight; to "
             "stop it: service %s stop\n",
             what, (int) pid, where, what);
    return HBD_EXIT_OTHER_RUNS;
}

static int
check_privileges (void)
{
    const char *missing = geteuid () == 0 ? hbd_spawn_missing_capability () : "root";

    if (missing == NULL)
        return 0;
    fprintf (stderr, "hbd: error: a privilege is missing: %s\n", missing);
    return HBD_EXIT_PRIVILEGE;
}

static int
check_others (const HbdOptions *options)
{
    static const char *const heartbeat[] = { "heartbeat", NULL };
    static const char *const hbd[] = { "hbd", NULL };
    g_autofree char *ours = hbd_options_heartbeat_pid (options);
    const char *theirs = HBD_RUNSTATEDIR "/heartbeat.pid";
    pid_t pid;

    if (!hbd_options_heartbeat_on (options))
        return 0;
    if ((pid = hbd_pidfile_alive (theirs, heartbeat)) != 0)
        return refuse_running ("heartbeat", pid, theirs);
    if ((pid = hbd_pidfile_alive (ours, hbd)) != 0)
        return refuse_running ("hbd", pid, ours);
    return 0;
}

/* A daemon's files would take the place of standard error, and its log lines go into them. */
static void
fill_standard_fds (void)
{
    int fd;

    do
        fd = open ("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close (fd);
}

/* Root writes in @path by name: nobody else may put anything there. */
static bool
make_folder (const char *path)
{
    struct stat st;

    if (g_mkdir_with_parents (path, 0755) != 0 || stat (path, &st) != 0) {
        fprintf (stderr, "hbd: error: %s: %s\n", path, g_strerror (errno));
        return false;
    }
    if (S_ISDIR (st.st_mode) && st.st_uid == geteuid () && (st.st_mode & 0022) == 0)
        return true;
    fprintf (stderr,
             "hbd: error: %s: must be a folder that belongs to root and that nobody else may "
             "write in (chown root, chmod 755)\n",
             path);
    return false;
}

/* The run directory with our lock in it; -1 with *@exit_code. */
static int
take_lock (const HbdOptions *options, char **path, int *exit_code)
{
    g_autoptr (GError) error = NULL;
    pid_t holder = 0;
    int fd;

    *path = g_build_filename (options->run_dir, "hbd.pid", NULL);
    if (!make_folder (options->run_dir) || !make_folder (options->state_dir)) {
        *exit_code = HBD_EXIT_PRIVILEGE;
        return -1;
    }
    fd = hbd_pidfile_take (*path, &holder, &error);
    if (fd >= 0)
        return fd;
    if (error == NULL) {
        *exit_code = refuse_running ("hbd", holder, *path);
    } else {
        fprintf (stderr, "hbd: error: %s\n", error->message);
        *exit_code = HBD_EXIT_PRIVILEGE;
    }
    return -1;
}

static int
run (const HbdOptions *options, char **argv)
{
    g_autoptr (HbdLog) log = hbd_log_new ("hbd", options->level, STDERR_FILENO);
    g_autofree char *heartbeat_pid = hbd_options_heartbeat_pid (options);
    g_autofree char *pid_path = NULL;
    int code = check_privileges ();
    int lock;

    if (code == 0)
        code = check_others (options);
    if (code != 0)
        return code;
    lock = take_lock (options, &pid_path, &code);
    if (lock < 0)
        return code;
    code = hbd_supervisor_run (options, argv, log);
    unlink (pid_path);
    hbd_pidfile_remove (heartbeat_pid);
    close (lock);
    return code;
}

int
main (int argc, char **argv)
{
    g_auto (GStrv) kept_argv = g_strdupv (argv);
    HbdOptions options;
    int code;

    fill_standard_fds ();
    umask (022);
    signal (SIGPIPE, SIG_IGN);
    if (!hbd_options_parse (&options, &argc, &argv, false, &code)) {
        hbd_options_clear (&options);
        return code;
    }
    code = options.check ? run_check (kept_argv) : run (&options, kept_argv);
    hbd_options_clear (&options);
    return code;
}
