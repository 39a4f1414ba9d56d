/* SPDX-License-Identifier: Apache-2.0 */
/* fork and exec (see spawn.h). The supervisor has one thread, so the child may work between the
 * two; it still allocates nothing there. */
#include "config.h"

#include "hbd/daemon/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SPARE_FD    64 /* descriptors are moved up here first, out of each other's way */
#define STACK_LIMIT (512 * 1024)
#define MAX_FILES   512

extern char **environ;

/* Capabilities as the kernel's two-word structure. */
static bool
get_capabilities (struct __user_cap_data_struct data[2])
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };

    return syscall (SYS_capget, &header, data) == 0;
}

static bool
has_capability (int capability)
{
    struct __user_cap_data_struct data[2] = { 0 };

    return get_capabilities (data)
           && (data[CAP_TO_INDEX (capability)].effective & CAP_TO_MASK (capability)) != 0;
}

const char *
hbd_spawn_missing_capability (void)
{
    static const struct {
        int number;
        const char *name;
    } needed[] = {
        { CAP_NET_ADMIN, "CAP_NET_ADMIN" }, { CAP_NET_RAW, "CAP_NET_RAW" },
        { CAP_SETUID, "CAP_SETUID" },       { CAP_SETGID, "CAP_SETGID" },
        { CAP_KILL, "CAP_KILL" },           { CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
        if (!has_capability (needed[i].number))
            return needed[i].name;
    return NULL;
}

/* Become @uid with nothing but CAP_IPC_LOCK (if we have it), which survives the exec as an ambient
 * capability and cannot grow again. */
static bool
drop_privileges (uid_t uid, gid_t gid)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = { 0 };
    bool may_lock = has_capability (CAP_IPC_LOCK);

    if (has_capability (CAP_SETPCAP))
        for (int c = 0; prctl (PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
            if (c != CAP_IPC_LOCK)
                prctl (PR_CAPBSET_DROP, c, 0, 0, 0);
    if (prctl (PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || setgroups (0, NULL) != 0
        || setresgid (gid, gid, gid) != 0 || setresuid (uid, uid, uid) != 0)
        return false;
    if (may_lock) {
        data[CAP_TO_INDEX (CAP_IPC_LOCK)].permitted = CAP_TO_MASK (CAP_IPC_LOCK);
        data[CAP_TO_INDEX (CAP_IPC_LOCK)].effective = CAP_TO_MASK (CAP_IPC_LOCK);
        data[CAP_TO_INDEX (CAP_IPC_LOCK)].inheritable = CAP_TO_MASK (CAP_IPC_LOCK);
    }
    if (syscall (SYS_capset, &header, data) != 0)
        return false;
    if (may_lock)
        prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_IPC_LOCK, 0, 0);
    return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static bool
place_descriptors (const HbdSpawn *spawn, int *program)
{
    guint next = HBD_SPAWN_FIRST_FD + spawn->n_fds;
    int null_fd = open ("/dev/null", O_RDONLY);
    int moved[HBD_SPAWN_MAX_FDS];

    g_assert (spawn->n_fds <= HBD_SPAWN_MAX_FDS);
    if (null_fd < 0 || dup2 (null_fd, 0) < 0)
        return false;
    *program = fcntl (*program, F_DUPFD_CLOEXEC, SPARE_FD);
    for (guint i = 0; i < spawn->n_fds; i++)
        moved[i] = fcntl (spawn->fds[i], F_DUPFD_CLOEXEC, SPARE_FD);
    for (guint i = 0; i < spawn->n_fds; i++)
        if (moved[i] < 0 || dup2 (moved[i], HBD_SPAWN_FIRST_FD + (int) i) < 0)
            return false;
    if (*program < 0 || dup3 (*program, (int) next, O_CLOEXEC) < 0)
        return false;
    *program = (int) next;
    syscall (SYS_close_range, next + 1, ~0U, 0);
    return true;
}

static void
reset_signals (void)
{
    sigset_t none;

    for (int s = 1; s < NSIG; s++)
        signal (s, SIG_DFL);
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
}

static void
limit_resources (const HbdSpawn *spawn)
{
    struct rlimit files = { MAX_FILES, MAX_FILES };
    struct rlimit stack = { STACK_LIMIT, STACK_LIMIT };
    struct rlimit busy = { 2 * G_USEC_PER_SEC, 3 * G_USEC_PER_SEC };

    setrlimit (RLIMIT_NOFILE, &files);
    setrlimit (RLIMIT_STACK, &stack);
    if (spawn->is_realtime)
        setrlimit (RLIMIT_RTTIME, &busy); /* a spinning engine must not take the machine with it */
}

static void G_GNUC_NORETURN
run_child (const HbdSpawn *spawn, int program)
{
    reset_signals ();
    setsid (); /* no terminal: who can write to one can also type on it */
    if (!place_descriptors (spawn, &program))
        _exit (127);
    if (spawn->drop) {
        limit_resources (spawn);
        if (!drop_privileges (spawn->uid, spawn->gid))
            _exit (127);
    }
    /* By descriptor: the unprivileged user may not be able to walk to a build tree. */
    syscall (SYS_execveat, program, "", spawn->argv, environ, AT_EMPTY_PATH);
    _exit (127);
}

pid_t
hbd_spawn (const HbdSpawn *spawn, GError **error)
{
    int program = open (spawn->path, O_PATH | O_CLOEXEC);
    pid_t pid = program >= 0 ? fork () : -1;

    if (pid < 0)
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", spawn->path,
                     g_strerror (errno));
    else if (pid == 0)
        run_child (spawn, program);
    if (program >= 0)
        close (program);
    return pid;
}

bool
hbd_spawn_make_realtime (pid_t pid, int priority)
{
    struct sched_param param = { .sched_priority = priority };

    if (priority == 0)
        param.sched_priority = sched_get_priority_min (SCHED_RR);
    return sched_setscheduler (pid, SCHED_RR, &param) == 0;
}

char *
hbd_spawn_find (const char *program)
{
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *dir = self != NULL ? g_path_get_dirname (self) : g_strdup ("/");
    g_autofree char *beside = g_build_filename (dir, program, NULL);

    if (access (beside, X_OK) == 0)
        return g_steal_pointer (&beside);
    return g_build_filename (HBD_LIBEXECDIR, program, NULL);
}
