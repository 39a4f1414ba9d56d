/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds over processes; see jobs.h. */
#include "config.h"

#include "tests/sim/jobs.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY_MAX    ((rlim_t) 1 << 29) /* a core that appends without end aborts here */
#define SEED_CPU_SECS 60                 /* one seed takes less than 1 s; beyond this it hangs */

/* Memory that the processes share. */
typedef struct {
    guint64 current[SIM_JOBS_MAX]; /* the seed that each is at */
    gint is_over;                  /* fail_fast: somebody found something */
} Shared;

static void
bound_memory (void)
{
#ifndef __SANITIZE_ADDRESS__ /* its shadow is larger than any bound */
    const struct rlimit limit = { MEMORY_MAX, MEMORY_MAX };

    setrlimit (RLIMIT_AS, &limit);
#endif
}

static void
worker (const SimJobs *j, int job, int fd, Shared *shared)
{
    gpointer sum = g_malloc0 (j->sum_size);

    bound_memory ();
    j->begin (sum);
    for (guint64 i = (guint64) job; i < j->seeds && !g_atomic_int_get (&shared->is_over);
         i += (guint64) j->jobs) {
        const struct itimerval limit = { .it_value.tv_sec = SEED_CPU_SECS };

        shared->current[job] = j->first + i;
        setitimer (ITIMER_PROF, &limit, NULL);
        if (j->run (shared->current[job], sum, j->data) && j->fail_fast)
            g_atomic_int_set (&shared->is_over, 1);
    }
    fflush (stdout);
    _exit (write (fd, sum, j->sum_size) == (ssize_t) j->sum_size ? 0 : 2);
}

/* Take the figures of a job; a process that ends without them crashed, or hung, at its seed. */
static void
collect (const SimJobs *j, int fd, pid_t pid, guint64 seed, gpointer total)
{
    g_autofree gpointer part = g_malloc0 (j->sum_size);

    if (read (fd, part, j->sum_size) == (ssize_t) j->sum_size)
        j->add (total, part);
    else
        j->lost (seed, total, j->data);
    close (fd);
    waitpid (pid, NULL, 0);
}

bool
sim_jobs_run (const SimJobs *j, gpointer total)
{
    int fds[SIM_JOBS_MAX];
    pid_t pids[SIM_JOBS_MAX];
    Shared *shared =
        mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return false;
    fflush (stdout);
    for (int n = 0; n < j->jobs; n++) {
        int ends[2];

        if (pipe (ends) != 0 || (pids[n] = fork ()) < 0)
            return false;
        if (pids[n] == 0)
            worker (j, n, ends[1], shared);
        close (ends[1]);
        fds[n] = ends[0];
    }
    for (int n = 0; n < j->jobs; n++)
        collect (j, fds[n], pids[n], shared->current[n], total);
    munmap (shared, sizeof *shared);
    return true;
}
