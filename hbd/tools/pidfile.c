/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/tools/pidfile.h"

#include <glib.h>
#include <string.h>
#include <sys/wait.h>

pid_t
hbd_pidfile_read (const char *path, const char *name, bool *is_found)
{
    g_autofree char *text = NULL;
    g_autofree char *comm_path = NULL;
    g_autofree char *comm = NULL;
    guint64 pid = 0;

    *is_found = g_file_get_contents (path, &text, NULL, NULL);
    if (!*is_found || !g_ascii_string_to_unsigned (g_strstrip (text), 10, 1, G_MAXINT, &pid, NULL))
        return 0;
    comm_path = g_strdup_printf ("/proc/%" G_GUINT64_FORMAT "/comm", pid);
    if (!g_file_get_contents (comm_path, &comm, NULL, NULL))
        return 0;
    return strcmp (g_strchomp (comm), name) == 0 ? (pid_t) pid : 0;
}

bool
hbd_pidfile_child_ended (pid_t pid)
{
    return waitpid (pid, NULL, WNOHANG) != 0;
}
