/* SPDX-License-Identifier: Apache-2.0 */
/* Command line of the simulation of virtual routers:
 *   vrrp --seed N [--trace]           one seed, with its whole story
 *   vrrp --seeds N [--first M] [--jobs J] [--minutes T] [--fail-fast]
 * Output and exit codes are those of tests/sim/sim. */
#include "config.h"

#include "tests/sim/jobs.h"
#include "tests/sim/vrrp_sim.h"

typedef struct {
    gint64 seed, seeds, first;
    int jobs, minutes;
    gboolean trace, fail_fast;
} Options;

/* What one process tells its parent, and the sum of all. */
typedef struct {
    guint table[VRRP_FAULT_N][VRRP_PHASE_N];
    guint64 seeds, violations, faults, changes, steps, evil;
    guint faults_min, kinds_min, changes_min;
    HbdTime simulated_us, simulated_min_us;
} Sum;

static void
begin (gpointer sum)
{
    *(Sum *) sum = (Sum){ .faults_min = G_MAXUINT,
                          .kinds_min = G_MAXUINT,
                          .changes_min = G_MAXUINT,
                          .simulated_min_us = HBD_TIME_NEVER };
}

static void
add (gpointer total, gconstpointer part)
{
    Sum *t = total;
    const Sum *p = part;

    for (guint f = 0; f < VRRP_FAULT_N; f++)
        for (guint phase = 0; phase < VRRP_PHASE_N; phase++)
            t->table[f][phase] += p->table[f][phase];
    t->seeds += p->seeds;
    t->violations += p->violations;
    t->faults += p->faults;
    t->changes += p->changes;
    t->steps += p->steps;
    t->evil += p->evil;
    t->simulated_us += p->simulated_us;
    t->faults_min = MIN (t->faults_min, p->faults_min);
    t->kinds_min = MIN (t->kinds_min, p->kinds_min);
    t->changes_min = MIN (t->changes_min, p->changes_min);
    t->simulated_min_us = MIN (t->simulated_min_us, p->simulated_min_us);
}

static void
print_violation (guint64 seed, const Options *o, HbdTime at, const char *what)
{
    g_autofree char *minutes = g_strdup_printf (" --minutes %d", o->minutes);

    printf ("VIOLATION tests/sim/vrrp --seed %" G_GUINT64_FORMAT "%s --trace   # t=%.6f %s\n", seed,
            o->minutes == 10 ? "" : minutes, (double) at / 1e6, what);
    fflush (stdout);
}

static bool
run (guint64 seed, gpointer sum, gpointer data)
{
    const Options *o = data;
    VrrpStory story;
    Sum one;
    bool is_violated;

    begin (&one);
    vrrp_story_run (seed, HBD_S (60) * o->minutes, o->trace ? stdout : NULL, &story);
    is_violated = story.violation != NULL;
    if (is_violated)
        print_violation (seed, o, story.violated_at, story.violation);
    for (guint f = 0; f < VRRP_FAULT_N; f++)
        for (guint phase = 0; phase < VRRP_PHASE_N; phase++)
            one.table[f][phase] = story.table[f][phase];
    one.seeds = 1;
    one.violations = is_violated ? 1 : 0;
    one.faults = story.faults;
    one.changes = story.changes;
    one.steps = story.steps;
    one.evil = story.evil;
    one.simulated_us = story.simulated_us;
    if (!is_violated) { /* a story cut short says nothing about minima */
        one.faults_min = story.faults;
        one.kinds_min = story.kinds;
        one.changes_min = story.changes;
        one.simulated_min_us = story.simulated_us;
    }
    add (sum, &one);
    g_free (story.violation);
    return is_violated;
}

static void
lost (guint64 seed, gpointer total, gpointer data)
{
    print_violation (seed, data, 0, "crashes or hangs");
    ((Sum *) total)->violations++;
}

static void
print_sum (const Sum *s)
{
    guint cell_min = G_MAXUINT;

    printf ("%-17s", "fault \\ phase");
    for (guint p = 0; p < VRRP_PHASE_N; p++)
        printf ("%10s", vrrp_phase_name (p));
    printf ("\n");
    for (guint f = 0; f < VRRP_FAULT_N; f++) {
        printf ("%-17s", vrrp_fault_name (f));
        for (guint p = 0; p < VRRP_PHASE_N; p++) {
            printf ("%10u", s->table[f][p]);
            cell_min = MIN (cell_min, s->table[f][p]);
        }
        printf ("\n");
    }
    printf (
        "seeds=%" G_GUINT64_FORMAT " violations=%" G_GUINT64_FORMAT " faults=%" G_GUINT64_FORMAT
        " faults_min=%u kinds_min=%u master_changes=%" G_GUINT64_FORMAT
        " changes_min=%u cell_min=%u simulated_min_s=%.0f simulated_h=%.1f steps=%" G_GUINT64_FORMAT
        " evil_frames=%" G_GUINT64_FORMAT "\n",
        s->seeds, s->violations, s->faults, s->faults_min, s->kinds_min, s->changes, s->changes_min,
        cell_min, (double) s->simulated_min_us / 1e6, (double) s->simulated_us / 3.6e9, s->steps,
        s->evil);
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
        fprintf (stderr, "vrrp: %s\n", error != NULL ? error->message : "--seed N or --seeds N");
        return 2;
    }
    begin (&sum);
    if (o.seed >= 0) {
        run ((guint64) o.seed, &sum, &o);
    } else {
        const SimJobs jobs = { .first = (guint64) o.first,
                               .seeds = (guint64) o.seeds,
                               .jobs = o.jobs,
                               .fail_fast = o.fail_fast,
                               .sum_size = sizeof (Sum),
                               .run = run,
                               .begin = begin,
                               .add = add,
                               .lost = lost,
                               .data = &o };

        is_ok = sim_jobs_run (&jobs, &sum);
    }
    print_sum (&sum);
    return is_ok && sum.violations == 0 ? 0 : 1;
}
