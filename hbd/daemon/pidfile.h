/* SPDX-License-Identifier: Apache-2.0 */
/* Pid files and the locks that keep two daemons apart. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* Take the lock on @path and write our pid into it. The descriptor, to be kept open; -1 with
 * *@holder set to the running owner's pid (0: unknown), or with @error for other troubles. */
int hbd_pidfile_take (const char *path, pid_t *holder, GError **error);

/* Write @pid to @path without a lock, for scripts that read it. */
bool hbd_pidfile_write (const char *path, pid_t pid, GError **error);
/* Remove @path if it names our own pid. */
void hbd_pidfile_remove (const char *path);
/* The pid in @path if that process lives and its name (comm) starts with one of the
 * NULL-terminated @names; 0 otherwise. */
pid_t hbd_pidfile_alive (const char *path, const char *const *names);
/* The first number of a pid file's text, or 0; leading blanks and what follows do not matter. */
pid_t hbd_pidfile_parse (const char *text);
