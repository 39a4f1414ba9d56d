/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

pid_t
hbd_pidfile_parse (const char *text)
{
    guint64 value;

    text += strspn (text, " \t\r\n");
    value = g_ascii_strtoull (text, NULL, 10);
    return g_ascii_isdigit (*text) && value > 1 && value <= G_MAXINT32 ? (pid_t) value : 0;
}

static pid_t
read_pid (int fd)
{
    char text[32];
    ssize_t len = pread (fd, text, sizeof text - 1, 0);

    if (len <= 0)
        return 0;
    text[len] = '\0';
    return hbd_pidfile_parse (text);
}

/* In place: where the disk is full, there is room for it as long as there was before. */
static bool
store_pid (int fd, pid_t pid)
{
    char text[32];
    int len = g_snprintf (text, sizeof text, "%d\n", (int) pid);

    return pwrite (fd, text, (gsize) len, 0) == len && ftruncate (fd, len) == 0;
}

/* A former owner may remove the file between our open and our lock: then the lock is on a file
 * that nobody else will find. */
static bool
is_removed (int fd)
{
    struct stat st;

    return fstat (fd, &st) == 0 && st.st_nlink == 0;
}

int
hbd_pidfile_take (const char *path, pid_t *holder, GError **error)
{
    int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

    *holder = 0;
    if (fd < 0) {
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                     g_strerror (errno));
        return -1;
    }
    if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
        *holder = read_pid (fd);
        close (fd);
        return -1;
    }
    if (is_removed (fd)) {
        close (fd);
        return hbd_pidfile_take (path, holder, error);
    }
    if (!store_pid (fd, getpid ())) {
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                     g_strerror (errno));
        close (fd);
        return -1;
    }
    return fd;
}

bool
hbd_pidfile_write (const char *path, pid_t pid, GError **error)
{
    int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    bool ok = fd >= 0 && store_pid (fd, pid);

    if (!ok)
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                     g_strerror (errno));
    if (fd >= 0)
        close (fd);
    return ok;
}

void
hbd_pidfile_remove (const char *path)
{
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    pid_t pid = fd >= 0 ? read_pid (fd) : 0;

    if (fd >= 0)
        close (fd);
    if (pid == getpid ())
        unlink (path);
}

pid_t
hbd_pidfile_alive (const char *path, const char *const *names)
{
    g_autofree char *comm_path = NULL, *comm = NULL;
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    pid_t pid;

    if (fd < 0)
        return 0;
    pid = read_pid (fd);
    close (fd);
    if (pid == 0 || pid == getpid ())
        return 0;
    comm_path = g_strdup_printf ("/proc/%d/comm", (int) pid);
    if (!g_file_get_contents (comm_path, &comm, NULL, NULL))
        return 0;
    for (; *names != NULL; names++)
        if (g_str_has_prefix (comm, *names))
            return pid;
    return 0;
}
