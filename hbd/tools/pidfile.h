/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a pid file with distrust: the number counts only while a process of that name has it. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* The pid in the file @path while /proc says that this process is called @name; otherwise 0.
 * @is_found: the file was there. */
pid_t hbd_pidfile_read (const char *path, const char *name, bool *is_found);
/* Has our child @pid ended? (Reaps it.) */
bool hbd_pidfile_child_ended (pid_t pid);
