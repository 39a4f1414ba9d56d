/* SPDX-License-Identifier: Apache-2.0 */
/* Command line of the simulation:
 *   sim --seed N [--trace]           one seed, with its whole story
 *   sim --seeds N [--first M] [--jobs J] [--minutes T] [--fail-fast]
 * Many seeds end with the table fault kind x phase and one line of figures; each violation is one
 * line that repeats it. Exit 0: no violation; 1: some; 2: usage. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/jobs.h"
#include "tests/sim/sim.h"

typedef struct {
    gint64 seed, seeds, first;
    int jobs, minutes;
    gboolean trace, fail_fast, quiet;
} Options;

/* What one process tells its parent, and the sum of all. */
typedef struct {
    guint table[SIM_FAULT_N][SIM_PHASE_N];
    guint64 seeds, violations, faults, changes, steps, evil_frames;
    guint faults_min, kinds_min, changes_min;
    HbdTime simulated_us, simulated_min_us, slowest_settle_us;
} Sum;

static void
sum_begin (Sum *sum)
{
    memset (sum, 0, sizeof *sum);
    sum->faults_min = sum->kinds_min = sum->changes_min = G_MAXUINT;
    sum->simulated_min_us = HBD_TIME_NEVER;
}

static void
sum_story (Sum *sum, const SimStory *story)
{
    for (guint f = 0; f < SIM_FAULT_N; f++)
        for (guint p = 0; p < SIM_PHASE_N; p++)
            sum->table[f][p] += story->table[f][p];
    sum->seeds++;
    sum->violations += story->violation != NULL ? 1 : 0;
    sum->faults += story->faults;
    sum->changes += story->ownership_changes;
    sum->steps += story->steps;
    sum->evil_frames += story->evil_frames;
    sum->simulated_us += story->simulated_us;
    sum->slowest_settle_us = MAX (sum->slowest_settle_us, story->slowest_settle_us);
    if (story->violation != NULL)
        return; /* cut short: its minima say nothing */
    sum->faults_min = MIN (sum->faults_min, story->faults);
    sum->kinds_min = MIN (sum->kinds_min, story->kinds);
    sum->changes_min = MIN (sum->changes_min, story->ownership_changes);
    sum->simulated_min_us = MIN (sum->simulated_min_us, story->simulated_us);
}

static void
sum_add (Sum *sum, const Sum *part)
{
    for (guint f = 0; f < SIM_FAULT_N; f++)
        for (guint p = 0; p < SIM_PHASE_N; p++)
            sum->table[f][p] += part->table[f][p];
    sum->seeds += part->seeds;
    sum->violations += part->violations;
    sum->faults += part->faults;
    sum->changes += part->changes;
    sum->steps += part->steps;
    sum->evil_frames += part->evil_frames;
    sum->simulated_us += part->simulated_us;
    sum->slowest_settle_us = MAX (sum->slowest_settle_us, part->slowest_settle_us);
    sum->faults_min = MIN (sum->faults_min, part->faults_min);
    sum->kinds_min = MIN (sum->kinds_min, part->kinds_min);
    sum->changes_min = MIN (sum->changes_min, part->changes_min);
    sum->simulated_min_us = MIN (sum->simulated_min_us, part->simulated_min_us);
}

static void
print_violation (guint64 seed, const Options *o, HbdTime at, const char *what)
{
    g_autofree char *minutes = g_strdup_printf (" --minutes %d", o->minutes);

    printf ("VIOLATION tests/sim/sim --seed %" G_GUINT64_FORMAT "%s --trace   # t=%.6f %s\n", seed,
            o->minutes == 10 ? "" : minutes, (double) at / 1e6, what);
    fflush (stdout);
}

static void
run_seed (guint64 seed, const Options *o, Sum *sum)
{
    SimStory story;

    sim_story_run (seed, HBD_S (60) * o->minutes, o->trace ? stdout : NULL, &story);
    if (story.violation != NULL)
        print_violation (seed, o, story.violated_at, story.violation);
    sum_story (sum, &story);
    g_free (story.violation);
}

static bool
run_for_jobs (guint64 seed, gpointer sum, gpointer data)
{
    Sum *s = sum;
    guint64 before = s->violations;

    run_seed (seed, data, s);
    return s->violations > before;
}

static void
begin_for_jobs (gpointer sum)
{
    sum_begin (sum);
}

static void
add_for_jobs (gpointer total, gconstpointer part)
{
    sum_add (total, part);
}

static void
lost_by_job (guint64 seed, gpointer total, gpointer data)
{
    print_violation (seed, data, 0, "crashes or hangs");
    ((Sum *) total)->violations++;
}

static bool
run_jobs (Options *o, Sum *total)
{
    const SimJobs jobs = {
        .first = (guint64) o->first,
        .seeds = (guint64) o->seeds,
        .jobs = o->jobs,
        .fail_fast = o->fail_fast,
        .sum_size = sizeof (Sum),
        .run = run_for_jobs,
        .begin = begin_for_jobs,
        .add = add_for_jobs,
        .lost = lost_by_job,
        .data = o,
    };

    return sim_jobs_run (&jobs, total);
}

static void
print_sum (const Sum *s)
{
    guint cell_min = G_MAXUINT;

    printf ("%-17s", "fault \\ phase");
    for (guint p = 0; p < SIM_PHASE_N; p++)
        printf ("%10s", sim_phase_name (p));
    printf ("\n");
    for (guint f = 0; f < SIM_FAULT_N; f++) {
        printf ("%-17s", sim_fault_name (f));
        for (guint p = 0; p < SIM_PHASE_N; p++) {
            printf ("%10u", s->table[f][p]);
            cell_min = MIN (cell_min, s->table[f][p]);
        }
        printf ("\n");
    }
    printf (
        "seeds=%" G_GUINT64_FORMAT " violations=%" G_GUINT64_FORMAT " faults=%" G_GUINT64_FORMAT
        " faults_min=%u kinds_min=%u ownership_changes=%" G_GUINT64_FORMAT
        " changes_min=%u cell_min=%u simulated_min_s=%.0f simulated_h=%.1f steps=%" G_GUINT64_FORMAT
        " evil_frames=%" G_GUINT64_FORMAT " slowest_settle_s=%.1f\n",
        s->seeds, s->violations, s->faults, s->faults_min, s->kinds_min, s->changes, s->changes_min,
        cell_min, (double) s->simulated_min_us / 1e6, (double) s->simulated_us / 3.6e9, s->steps,
        s->evil_frames, (double) s->slowest_settle_us / 1e6);
}

int
main (int argc, char **argv)
{
    Options o = { .seed = -1, .seeds = 0, .first = 1, .jobs = 1, .minutes = 10 };
    const GOptionEntry entries[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT64, &o.seed, "run this seed", "N" },
        { "seeds", 0, 0, G_OPTION_ARG_INT64, &o.seeds, "run N seeds", "N" },
        { "first", 0, 0, G_OPTION_ARG_INT64, &o.first, "first of them (1)", "M" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &o.jobs, "processes (1)", "J" },
        { "minutes", 0, 0, G_OPTION_ARG_INT, &o.minutes, "simulated minutes per seed (10)", "T" },
        { "trace", 0, 0, G_OPTION_ARG_NONE, &o.trace, "print the story", NULL },
        { "fail-fast", 0, 0, G_OPTION_ARG_NONE, &o.fail_fast, "stop at a violation", NULL },
        { NULL },
    };
    g_autoptr (GOptionContext) context = g_option_context_new (NULL);
    g_autoptr (GError) error = NULL;
    Sum sum;
    bool is_ok = true;

    g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, &argc, &argv, &error) || (o.seed < 0 && o.seeds <= 0)
        || o.jobs < 1 || o.jobs > SIM_JOBS_MAX || o.minutes < 1) {
        fprintf (stderr, "sim: %s\n", error != NULL ? error->message : "--seed N or --seeds N");
        return 2;
    }
    sum_begin (&sum);
    if (o.seed >= 0)
        run_seed ((guint64) o.seed, &o, &sum);
    else
        is_ok = run_jobs (&o, &sum);
    print_sum (&sum);
    return is_ok && sum.violations == 0 ? 0 : 1;
}
