/* SPDX-License-Identifier: Apache-2.0 */
/* The engine process: one HbdNode with its links, a timer and a channel to the manager. It opens
 * no file after start, forks nothing and never blocks. */
#pragma once

#include <stdbool.h>

/* The engine's fixed descriptors, as the supervisor lays them out before exec. */
#define HBD_ENGINE_SUPERVISOR_FD 3
#define HBD_ENGINE_MANAGER_FD    4

/* Run until the shutdown is complete or both other processes are gone. Returns the exit code. */
int hbd_engine_run (int supervisor_fd, int manager_fd);

/* Lock all memory and touch what the loop will need. False with a warning on standard error when
 * the kernel refuses; the engine runs on unlocked then. */
bool hbd_engine_lock_memory (void);
