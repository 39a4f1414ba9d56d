/* SPDX-License-Identifier: Apache-2.0 */
/* fork and exec with a clean slate; only process.c uses it. */
#pragma once

#include "crm/exec/process.h"

typedef struct {
    pid_t pid;
    int out_fd, err_fd; /* read ends, non-blocking, close-on-exec */
    int status_fd;      /* read with crm_spawn_error() when the child has ended */
} CrmSpawned;

/* Start @spec's program: own process group (or session), SCHED_OTHER, nice 0, default signals, empty
 * mask, cwd /, umask 022, stdin /dev/null, no other descriptor. Does not wait for exec, which may
 * hang on a dead file system. Returns 0, or an errno; then nothing is left behind. */
int crm_spawn (const CrmProcessSpec *spec, CrmSpawned *spawned);
/* After the child's end: 0 when the program was run, else the errno of what failed before it. */
int crm_spawn_error (int status_fd);
