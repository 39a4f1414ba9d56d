/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the manager and the engine: descriptors at fixed numbers, and for the engine a user
 * without rights that keeps at most CAP_IPC_LOCK. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#define HBD_SPAWN_FIRST_FD 3
#define HBD_SPAWN_MAX_FDS  4

typedef struct {
    const char *path; /* program */
    char *const *argv;
    const int *fds; /* become descriptors 3, 4, ... of the child; all others are closed */
    guint n_fds;
    bool drop; /* to .uid, .gid, without capabilities but CAP_IPC_LOCK */
    uid_t uid;
    gid_t gid;
    bool is_realtime; /* bound its processor time between two sleeps */
} HbdSpawn;

/* The child's pid, or -1 with @error. Failures after the fork end the child with 127. */
pid_t hbd_spawn (const HbdSpawn *spawn, GError **error);

/* Give @pid SCHED_RR at @priority (0: the lowest). False with errno. */
bool hbd_spawn_make_realtime (pid_t pid, int priority);

/* The directory of the running executable if @program is beside it (build tree), else the
 * installed place: full path. (transfer full) */
char *hbd_spawn_find (const char *program);

/* Name of the first capability that the daemon needs and does not have, or NULL. Static text. */
const char *hbd_spawn_missing_capability (void);
