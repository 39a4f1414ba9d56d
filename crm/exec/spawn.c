/* SPDX-License-Identifier: Apache-2.0 */
/* Everything between fork and exec is async-signal-safe: the child of a threaded parent may do
 * nothing else. The child says the errno of what failed on a close-on-exec pipe; an empty pipe means
 * that exec has happened. */
#include "config.h"

#include "crm/exec/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors of the child while it gets ready. */
enum { FD_STATUS = 3, FD_FIRST_UNWANTED = 4 };

typedef struct {
    int null, out, err, status;
    pid_t parent;
} ChildFds;

static void
reset_signals (void)
{
    struct sigaction action = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        (void) sigaction (i, &action, NULL); /* KILL, STOP and libc's own refuse */
    sigemptyset (&none);
    (void) sigprocmask (SIG_SETMASK, &none, NULL);
}

static void
reset_scheduling (void)
{
    const struct sched_param normal = { .sched_priority = 0 };

    (void) sched_setscheduler (0, SCHED_OTHER, &normal);
    (void) setpriority (PRIO_PROCESS, 0, 0);
}

/* The daemon may be protected from the out-of-memory killer; what it starts is not. */
static void
reset_oom_score (void)
{
    int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd >= 0) {
        ssize_t n = write (fd, "0", 1);

        (void) n;
        close (fd);
    }
}

/* Descriptors 0 to 3 are ours to fill; the four that come in are all above 3 (see above_three). */
static int
place_fds (const ChildFds *fds)
{
    if (dup2 (fds->null, 0) < 0 || dup2 (fds->out, 1) < 0 || dup2 (fds->err, 2) < 0
        || dup2 (fds->status, FD_STATUS) < 0)
        return errno;
    if (fcntl (FD_STATUS, F_SETFD, FD_CLOEXEC) < 0)
        return errno;
    if (close_range (FD_FIRST_UNWANTED, ~0U, 0) < 0)
        return errno;
    return 0;
}

static int
become_user (const CrmProcessSpec *spec)
{
    if (!spec->has_user)
        return 0;
    if (setgroups (spec->n_groups, spec->groups) < 0 || setgid (spec->gid) < 0
        || setuid (spec->uid) < 0)
        return errno;
    return 0;
}

/* Asked for after the user is changed, which takes it back; the parent may be gone by then. */
static void
end_with_parent (pid_t parent)
{
    (void) prctl (PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    if (getppid () != parent)
        _exit (127);
}

static void G_GNUC_NORETURN
run_child (const CrmProcessSpec *spec, const ChildFds *fds)
{
    char *const no_env[] = { NULL };
    int error = place_fds (fds);

    if (spec->new_session)
        (void) setsid ();
    else
        (void) setpgid (0, 0);
    reset_scheduling ();
    reset_oom_score ();
    umask (022);
    if (error == 0 && chdir ("/") < 0)
        error = errno;
    if (error == 0)
        error = become_user (spec);
    if (error == 0) {
        if (spec->ends_with_us)
            end_with_parent (fds->parent);
        reset_signals ();
        execve (spec->argv[0], (char *const *) spec->argv,
                spec->envp != NULL ? (char *const *) spec->envp : no_env);
        error = errno;
    }
    (void) !write (FD_STATUS, &error, sizeof error);
    _exit (127);
}

/* Move @fd above the descriptors that the child fills, so that dup2 never overwrites a source. */
static int
above_three (int fd)
{
    int high;

    if (fd < 0 || fd >= FD_FIRST_UNWANTED)
        return fd;
    high = fcntl (fd, F_DUPFD_CLOEXEC, FD_FIRST_UNWANTED);
    close (fd);
    return high;
}

static bool
make_pipe (int fds[2])
{
    if (pipe2 (fds, O_CLOEXEC) < 0) {
        fds[0] = fds[1] = -1;
        return false;
    }
    fds[0] = above_three (fds[0]);
    fds[1] = above_three (fds[1]);
    return fds[0] >= 0 && fds[1] >= 0;
}

static void
close_fd (int *fd)
{
    if (*fd >= 0)
        close (*fd);
    *fd = -1;
}

int
crm_spawn_error (int status_fd)
{
    int error = 0;
    ssize_t n;

    do
        n = read (status_fd, &error, sizeof error);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t) sizeof error ? error : 0;
}

/* fork with all signals blocked, so that no handler of ours runs in the child. */
static pid_t
fork_quietly (const CrmProcessSpec *spec, const ChildFds *fds)
{
    sigset_t all, before;
    pid_t pid;
    int error;

    sigfillset (&all);
    (void) sigprocmask (SIG_SETMASK, &all, &before);
    pid = fork ();
    if (pid == 0)
        run_child (spec, fds);
    error = errno;
    (void) sigprocmask (SIG_SETMASK, &before, NULL);
    errno = error;
    return pid;
}

int
crm_spawn (const CrmProcessSpec *spec, CrmSpawned *spawned)
{
    int out[2] = { -1, -1 }, err[2] = { -1, -1 }, status[2] = { -1, -1 };
    int null = above_three (open ("/dev/null", O_RDONLY | O_CLOEXEC));
    int error = 0;

    spawned->pid = 0;
    if (null < 0 || !make_pipe (out) || !make_pipe (err) || !make_pipe (status))
        error = errno;
    if (error == 0) {
        const ChildFds fds = { null, out[1], err[1], status[1], getpid () };

        spawned->pid = fork_quietly (spec, &fds);
        if (spawned->pid < 0)
            error = errno;
    }
    close_fd (&null);
    close_fd (&out[1]);
    close_fd (&err[1]);
    close_fd (&status[1]);
    if (error != 0) {
        close_fd (&status[0]);
        close_fd (&out[0]);
        close_fd (&err[0]);
        spawned->pid = 0;
        return error;
    }
    if (!spec->new_session) /* whoever comes first: a time limit may be over before exec */
        (void) setpgid (spawned->pid, spawned->pid);
    (void) fcntl (out[0], F_SETFL, O_NONBLOCK);
    (void) fcntl (err[0], F_SETFL, O_NONBLOCK);
    (void) fcntl (status[0], F_SETFL, O_NONBLOCK);
    spawned->out_fd = out[0];
    spawned->err_fd = err[0];
    spawned->status_fd = status[0];
    return 0;
}
