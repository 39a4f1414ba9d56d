/* SPDX-License-Identifier: Apache-2.0 */
/* The file is an array of slots of 32 bytes, "PID START\n" padded with blanks, where START is the
 * leader's start time (/proc/PID/stat, field 22): a process id may have been given out again. A
 * group keeps its id from being reused while it has members, so when no process PID is there, group
 * PID is the old one or empty. */
#include "config.h"

#include "crm/exec/inflight.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOTS    64
#define SLOT_LEN 32
#define WAIT_MS  500

struct _CrmInflight {
    int fd;
    pid_t pids[SLOTS];
};

/* Start time in clock ticks; 0: there is no such process. */
static guint64
start_time (pid_t pid, char *state)
{
    g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
    g_autofree char *stat = NULL;
    g_auto (GStrv) fields = NULL;
    const char *after;

    *state = 0;
    if (!g_file_get_contents (path, &stat, NULL, NULL))
        return 0;
    after = strrchr (stat, ')'); /* the name before it may hold anything */
    if (after == NULL || after[1] == '\0')
        return 0;
    fields = g_strsplit (after + 2, " ", 22);
    if (g_strv_length (fields) < 21)
        return 0;
    *state = fields[0][0];
    return g_ascii_strtoull (fields[19], NULL, 10);
}

/* True when a group was there to be ended. */
static bool
end_group (pid_t pid, guint64 started)
{
    char state;
    guint64 now_started = start_time (pid, &state);

    if (now_started != 0 && now_started != started)
        return false; /* another process has the number by now */
    if (kill (-pid, SIGKILL) < 0)
        return false;
    for (guint waited = 0; waited < WAIT_MS; waited += 5) {
        if (kill (-pid, 0) < 0 || (start_time (pid, &state) != 0 && state == 'Z'))
            break;
        (void) poll (NULL, 0, 5);
    }
    return true;
}

static guint
end_listed (int fd)
{
    char text[SLOTS * SLOT_LEN + 1];
    ssize_t len = pread (fd, text, sizeof text - 1, 0);
    guint n = 0;

    for (ssize_t at = 0; at + SLOT_LEN <= len; at += SLOT_LEN) {
        g_autofree char *slot = g_strndup (text + at, SLOT_LEN);
        g_auto (GStrv) words = g_strsplit (slot, " ", 3);
        gint64 pid = words[0] != NULL ? g_ascii_strtoll (words[0], NULL, 10) : 0;

        if (pid > 1 && pid <= G_MAXINT32 && words[1] != NULL)
            n += end_group ((pid_t) pid, g_ascii_strtoull (words[1], NULL, 10));
    }
    return n;
}

CrmInflight *
crm_inflight_open (const char *path, guint *n_ended)
{
    CrmInflight *list;
    struct stat st;
    int fd;

    *n_ended = 0;
    if (path == NULL)
        return NULL;
    fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return NULL;
    /* Only our own file may say whom to kill. */
    if (fstat (fd, &st) < 0 || !S_ISREG (st.st_mode) || st.st_uid != geteuid ()
        || (st.st_mode & 022) != 0) {
        close (fd);
        return NULL;
    }
    *n_ended = end_listed (fd);
    if (ftruncate (fd, 0) < 0) {
        close (fd);
        return NULL;
    }
    list = g_new0 (CrmInflight, 1);
    list->fd = fd;
    return list;
}

void
crm_inflight_free (CrmInflight *list)
{
    if (list == NULL)
        return;
    close (list->fd);
    g_free (list);
}

static void
write_slot (CrmInflight *list, guint slot, pid_t pid, guint64 started)
{
    char text[SLOT_LEN + 1];

    g_snprintf (text, sizeof text, "%d %-*llu", (int) pid, SLOT_LEN, (unsigned long long) started);
    text[SLOT_LEN - 1] = '\n';
    (void) !pwrite (list->fd, text, SLOT_LEN, (off_t) slot * SLOT_LEN);
}

void
crm_inflight_add (CrmInflight *list, pid_t pid)
{
    char state;

    for (guint i = 0; list != NULL && pid > 0 && i < SLOTS; i++)
        if (list->pids[i] == 0) {
            list->pids[i] = pid;
            write_slot (list, i, pid, start_time (pid, &state));
            return;
        }
}

void
crm_inflight_remove (CrmInflight *list, pid_t pid)
{
    for (guint i = 0; list != NULL && pid > 0 && i < SLOTS; i++)
        if (list->pids[i] == pid) {
            list->pids[i] = 0;
            write_slot (list, i, 0, 0);
            return;
        }
}
