/* SPDX-License-Identifier: Apache-2.0 */
/* Processes by pid and pidfd; see process.h. Needs Linux 5.3 for handles; on older kernels waiting falls
 * back to looking at /proc with pauses of 5 to 50 ms. */
#include "config.h"

#include "ra/lib/process.h"

#include "hbd/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_TREE      4096 /* processes below one server */
#define PIPE_GRACE_MS 100  /* a daemon left behind may hold the pipes open */

/* --- /proc ------------------------------------------------------------------------------- */

static gssize
read_small (const char *path, char *buffer, gsize size)
{
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -1;
    gssize len = read (fd, buffer, size - 1);
    close (fd);
    buffer[MAX (len, 0)] = '\0';
    return len;
}

pid_t
ra_pid_file_read (const char *path)
{
    char text[64];
    if (read_small (path, text, sizeof text) <= 0)
        return 0;
    g_strstrip (text);
    text[strcspn (text, "\r\n \t")] = '\0';
    guint64 pid;
    return g_ascii_string_to_unsigned (text, 10, 2, G_MAXINT, &pid, NULL) ? (pid_t) pid : 0;
}

/* State letter and parent from /proc/PID/stat; the name in between may hold anything. */
static bool
read_stat (pid_t pid, char *state, pid_t *parent)
{
    char path[64], text[512];
    g_snprintf (path, sizeof path, "/proc/%d/stat", (int) pid);
    if (read_small (path, text, sizeof text) <= 0)
        return false;
    const char *p = strrchr (text, ')');
    if (p == NULL || p[1] != ' ' || p[2] == '\0')
        return false;
    *state = p[2];
    *parent = (pid_t) strtol (p + 3, NULL, 10);
    return true;
}

RaProcessState
ra_process_state (pid_t pid)
{
    char state;
    pid_t parent;
    if (pid <= 0 || !read_stat (pid, &state, &parent) || strchr ("ZXx", state) != NULL)
        return RA_PROCESS_GONE;
    return strchr ("Tt", state) != NULL ? RA_PROCESS_STOPPED : RA_PROCESS_RUNNING;
}

bool
ra_process_is_program (pid_t pid, const char *path)
{
    char link[64], target[4096];
    struct stat wanted, running;
    g_snprintf (link, sizeof link, "/proc/%d/exe", (int) pid);
    if (stat (link, &running) == 0 && stat (path, &wanted) == 0 && running.st_dev == wanted.st_dev
        && running.st_ino == wanted.st_ino)
        return true;
    gssize len = readlink (link, target, sizeof target - 1);
    if (len <= 0)
        return false;
    target[len] = '\0';
    char *deleted = g_strrstr (target, " (deleted)");
    if (deleted != NULL)
        *deleted = '\0';
    g_autofree char *real = realpath (path, NULL);
    return strcmp (target, path) == 0 || (real != NULL && strcmp (target, real) == 0);
}

/* --- trees ------------------------------------------------------------------------------- */

typedef struct {
    pid_t pid;
    int fd; /* pidfd, or -1 */
} Member;

struct _RaProcessTree {
    GArray *members; /* Member; the root first */
};

static int
open_handle (pid_t pid)
{
    return (int) syscall (SYS_pidfd_open, pid, 0);
}

static bool
add_member (RaProcessTree *tree, pid_t pid)
{
    Member m = { pid, open_handle (pid) };
    if (m.fd < 0 && errno == ESRCH)
        return false;
    g_array_append_val (tree->members, m);
    return true;
}

static bool
is_member (const RaProcessTree *tree, pid_t pid)
{
    for (guint i = 0; i < tree->members->len; i++)
        if (g_array_index (tree->members, Member, i).pid == pid)
            return true;
    return false;
}

/* One pass over /proc: whose parent is in the tree joins it. True if anybody did. */
static bool
add_generation (RaProcessTree *tree)
{
    bool is_grown = false;
    g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        guint64 pid;
        char state;
        pid_t parent;
        if (!g_ascii_string_to_unsigned (name, 10, 2, G_MAXINT, &pid, NULL)
            || !read_stat ((pid_t) pid, &state, &parent) || tree->members->len >= MAX_TREE
            || !is_member (tree, parent) || is_member (tree, (pid_t) pid))
            continue;
        is_grown |= add_member (tree, (pid_t) pid);
    }
    return is_grown;
}

RaProcessTree *
ra_process_tree_open (pid_t root)
{
    if (root <= 1)
        return NULL;
    g_autoptr (RaProcessTree) tree = g_new0 (RaProcessTree, 1);
    tree->members = g_array_new (FALSE, FALSE, sizeof (Member));
    if (!add_member (tree, root) || ra_process_state (root) == RA_PROCESS_GONE)
        return NULL;
    while (add_generation (tree))
        continue;
    return g_steal_pointer (&tree);
}

void
ra_process_tree_free (RaProcessTree *tree)
{
    if (tree == NULL)
        return;
    for (guint i = 0; i < tree->members->len; i++)
        if (g_array_index (tree->members, Member, i).fd >= 0)
            close (g_array_index (tree->members, Member, i).fd);
    g_array_unref (tree->members);
    g_free (tree);
}

static guint
part_begin (RaTreePart part)
{
    return part == RA_TREE_CHILDREN ? 1 : 0;
}

static guint
part_end (const RaProcessTree *tree, RaTreePart part)
{
    return part == RA_TREE_ROOT ? MIN (1, tree->members->len) : tree->members->len;
}

void
ra_process_tree_signal (RaProcessTree *tree, RaTreePart part, int signal)
{
    for (guint i = part_begin (part); i < part_end (tree, part); i++) {
        const Member *m = &g_array_index (tree->members, Member, i);
        if (m->fd >= 0)
            syscall (SYS_pidfd_send_signal, m->fd, signal, NULL, 0);
        else if (ra_process_state (m->pid) != RA_PROCESS_GONE)
            kill (m->pid, signal);
    }
}

static int
remaining_ms (HbdTime limit)
{
    return (int) (MAX (limit - hbd_clock_now (), 0) + 999) / 1000;
}

/* True: @m has ended within the limit. */
static bool
wait_member (const Member *m, HbdTime limit)
{
    int pause_ms = 5;
    for (;;) {
        int left = remaining_ms (limit);
        if (m->fd >= 0) {
            struct pollfd p = { .fd = m->fd, .events = POLLIN };
            int rc = poll (&p, 1, left);
            if (rc > 0)
                return true;
        } else if (ra_process_state (m->pid) == RA_PROCESS_GONE) {
            return true;
        } else {
            poll (NULL, 0, MIN (pause_ms, left));
            pause_ms = MIN (pause_ms * 2, 50);
        }
        if (left == 0)
            return false;
    }
}

bool
ra_process_tree_wait (RaProcessTree *tree, RaTreePart part, guint limit_ms)
{
    HbdTime limit = hbd_clock_now () + HBD_MS (limit_ms);
    for (guint i = part_begin (part); i < part_end (tree, part); i++)
        if (!wait_member (&g_array_index (tree->members, Member, i), limit))
            return false;
    return true;
}

/* --- running a program ------------------------------------------------------------------- */

void
ra_process_output_clear (RaProcessOutput *output)
{
    if (output->out != NULL)
        g_string_free (output->out, TRUE);
    if (output->err != NULL)
        g_string_free (output->err, TRUE);
    output->out = output->err = NULL;
}

/* In the child, before exec: only async-signal-safe calls. */
static void
prepare_child (gpointer unused)
{
    setpgid (0, 0);
}

/* Read what is there; false at the end of the stream. */
static bool
drain (int fd, GString *into)
{
    char buffer[8192];
    gssize len = read (fd, buffer, sizeof buffer);
    if (len < 0)
        return errno == EAGAIN || errno == EINTR;
    g_string_append_len (into, buffer, len);
    if (into->len > RA_OUTPUT_MAX)
        g_string_erase (into, 0, (gssize) (into->len - RA_OUTPUT_MAX));
    return len > 0;
}

typedef struct {
    pid_t pid;
    int handle; /* pidfd */
    int fds[2];
    bool has_ended;
    int status;
} Child;

static void
reap (Child *c)
{
    if (!c->has_ended && waitpid (c->pid, &c->status, WNOHANG) == c->pid)
        c->has_ended = true;
}

/* One wait for output or the end, at most @wait_ms. */
static void
watch_once (Child *c, RaProcessOutput *output, int wait_ms)
{
    struct pollfd p[3] = { { .fd = c->fds[0], .events = POLLIN },
                           { .fd = c->fds[1], .events = POLLIN },
                           { .fd = c->has_ended ? -1 : c->handle, .events = POLLIN } };
    if (c->handle < 0 && !c->has_ended)
        wait_ms = MIN (wait_ms, 10);
    poll (p, 3, wait_ms);
    for (int i = 0; i < 2; i++)
        if (p[i].revents != 0 && !drain (p[i].fd, i == 0 ? output->out : output->err)) {
            close (c->fds[i]);
            c->fds[i] = -1;
        }
    reap (c);
}

static void
watch (Child *c, RaProcessOutput *output, guint limit_ms)
{
    HbdTime limit = hbd_clock_now () + HBD_MS (limit_ms);
    bool was_ended = false;
    while (!c->has_ended || c->fds[0] >= 0 || c->fds[1] >= 0) {
        int left = remaining_ms (limit);
        if (left == 0)
            break;
        watch_once (c, output, left);
        if (c->has_ended && !was_ended) {
            was_ended = true;
            limit = MIN (limit, hbd_clock_now () + HBD_MS (PIPE_GRACE_MS));
        }
    }
    if (c->has_ended)
        return;
    output->is_timed_out = true;
    kill (-c->pid, SIGKILL);
    waitpid (c->pid, &c->status, 0);
}

bool
ra_process_run (const char *const *argv, char **envp, guint limit_ms, RaProcessOutput *output,
                char **reason)
{
    g_autoptr (GError) error = NULL;
    Child c = { .fds = { -1, -1 } };
    GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH;
    *output = (RaProcessOutput){ .exit_code = -1,
                                 .out = g_string_new (NULL),
                                 .err = g_string_new (NULL) };
    if (!g_spawn_async_with_pipes ("/", (char **) argv, envp, flags, prepare_child, NULL, &c.pid,
                                   NULL, &c.fds[0], &c.fds[1], &error)) {
        *reason = g_strdup_printf ("cannot run %s: %s", argv[0], error->message);
        return false;
    }
    c.handle = open_handle (c.pid);
    for (int i = 0; i < 2; i++)
        fcntl (c.fds[i], F_SETFL, O_NONBLOCK);
    watch (&c, output, limit_ms);
    for (int i = 0; i < 2; i++)
        if (c.fds[i] >= 0)
            close (c.fds[i]);
    if (c.handle >= 0)
        close (c.handle);
    if (output->is_timed_out) {
        *reason = g_strdup_printf ("%s did not end within %u ms", argv[0], limit_ms);
        return false;
    }
    output->exit_code = WIFEXITED (c.status) ? WEXITSTATUS (c.status) : 128 + WTERMSIG (c.status);
    return true;
}

char *
ra_last_line (const GString *text)
{
    g_auto (GStrv) lines = g_strsplit (text->str, "\n", -1);
    for (guint i = g_strv_length (lines); i-- > 0;) {
        g_strstrip (lines[i]);
        if (lines[i][0] != '\0')
            return g_strndup (lines[i], 200);
    }
    return g_strdup ("no output");
}
