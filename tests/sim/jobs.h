/* SPDX-License-Identifier: Apache-2.0 */
/* Many seeds over several processes: each sums up its share, a seed that crashes or hangs its
 * process counts as a violation, and memory is bounded. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define SIM_JOBS_MAX 64

typedef struct {
    guint64 first, seeds; /* first .. first + seeds - 1 */
    int jobs;             /* processes, 1..SIM_JOBS_MAX */
    bool fail_fast;       /* stop at the first violation */
    gsize sum_size;
    /* Run one seed into @sum; true: there was a violation, already printed. */
    bool (*run) (guint64 seed, gpointer sum, gpointer data);
    void (*begin) (gpointer sum);
    void (*add) (gpointer total, gconstpointer part);
    /* That seed crashed or hung: print and count it in @total. */
    void (*lost) (guint64 seed, gpointer total, gpointer data);
    gpointer data;
} SimJobs;

/* @total: begun by the caller. False: no processes could be had. */
bool sim_jobs_run (const SimJobs *jobs, gpointer total);
