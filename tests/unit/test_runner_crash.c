/* SPDX-License-Identifier: Apache-2.0 */
/* The manager dies after its k-th action, for every k of a scripted life; it comes back from its
 * journal. Nothing may be lost, run twice, or be stopped without need. */
#include "config.h"

#include "tests/unit/runner_world.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *shape;
    const char *script;  /* S or P (stop) and a group digit; 'd' = programs answer; 'b' = beats */
    const char *wanted;  /* S or P per group, what the engine wants at the end */
    const char *picture; /* what runs at the end when the engine says it again */
} Life;

static const Life lives[] = {
    { "start-one-address", "a", "S0d", "S", "R" },
    { "start-group", "app", "S0d", "S", "RRR" },
    { "start-two-groups", "ap|ap", "S0S1d", "SS", "RR|RR" },
    { "start-stop", "app", "S0dbP0d", "P", "---" },
    { "start-stop-start", "ap", "S0dP0dS0d", "S", "RR" },
    { "stop-while-starting", "ppa", "S0P0d", "P", "---" },
    { "start-while-stopping", "apa", "S0dP0S0d", "S", "RRR" },
    { "move-one-of-two", "ap|pa", "S0S1dP0d", "PS", "--|RR" },
};

static void
play (World *w, const char *script)
{
    for (const char *p = script; *p != '\0' && !w->has_crashed; p++)
        if (*p == 'd') {
            world_drain (w);
        } else if (*p == 'b') {
            world_beat_for (w, HBD_MS (500));
        } else {
            world_request (w, *p == 'S' ? CRM_REQUEST_START : CRM_REQUEST_STOP,
                           (guint) (p[1] - '0'));
            p++;
        }
}

static guint
count_actions (const Life *life)
{
    g_autoptr (World) w = world_new (life->shape);

    world_start (w);
    play (w, life->script);
    return w->performed;
}

static World *
crashed_world (const Life *life, guint k, bool had_effect)
{
    World *w = world_new (life->shape);

    w->crash_at = k;
    world_start (w);
    play (w, life->script);
    g_assert_true (w->has_crashed);
    world_crash (w, had_effect);
    return w;
}

static void
check_no_double_start (const World *w)
{
    for (guint i = 0; i < WORLD_MAX; i++)
        for (guint j = 0; j < WORLD_MAX; j++)
            g_assert_cmpuint (w->res[i][j].double_starts, ==, 0);
}

static guint
sum_stops (const World *w)
{
    guint n = 0;

    for (guint i = 0; i < WORLD_MAX; i++)
        for (guint j = 0; j < WORLD_MAX; j++)
            n += w->res[i][j].stops;
    return n;
}

/* The engine lives on and says again what it wants. */
static void
check_engine_lives (const Life *life, guint k, bool had_effect)
{
    g_autoptr (World) w = crashed_world (life, k, had_effect);
    g_autofree char *before = world_picture (w);
    g_autofree char *after = NULL;
    guint stops = sum_stops (w);

    g_test_message ("%s: engine lives, crash after %u, effect %d, %s", life->name, k, had_effect,
                    before);
    world_simple (w, CRM_RUNNER_START);
    world_engine (w, true);
    for (guint i = 0; life->wanted[i] != '\0'; i++)
        world_request (w, life->wanted[i] == 'S' ? CRM_REQUEST_START : CRM_REQUEST_STOP, i);
    world_drain (w);
    after = world_picture (w);
    g_assert_cmpstr (after, ==, life->picture);
    check_no_double_start (w);
    for (guint i = 0; life->wanted[i] != '\0'; i++)
        g_assert_cmpint (w->told[i], ==,
                         life->wanted[i] == 'S' ? CRM_GROUP_RUNNING : CRM_GROUP_STOPPED);
    if (strchr (life->wanted, 'P') == NULL) /* nobody asked for a stop after the crash */
        g_assert_cmpuint (sum_stops (w), ==, stops);
    world_beat_for (w, HBD_S (5)); /* and it stays so */
    g_assert_cmpuint (w->ops->len, ==, 0);
    g_free (after);
    after = world_picture (w);
    g_assert_cmpstr (after, ==, life->picture);
}

static bool
is_whole_or_empty (const char *picture, guint group)
{
    g_auto (GStrv) groups = g_strsplit (picture, "|", -1);

    return strchr (groups[group], 'R') == NULL || strchr (groups[group], '-') == NULL;
}

/* The engine is new and wants nothing: what is complete stays, what is not goes. */
static void
check_engine_is_new (const Life *life, guint k, bool had_effect)
{
    g_autoptr (World) w = crashed_world (life, k, had_effect);
    g_autofree char *after = NULL;

    g_test_message ("%s: new engine, crash after %u, effect %d", life->name, k, had_effect);
    world_simple (w, CRM_RUNNER_START);
    world_drain (w);
    world_engine (w, true);
    for (guint i = 0; i < 30; i++) {
        world_beat_for (w, HBD_MS (100));
        world_drain (w);
    }
    after = world_picture (w);
    for (guint i = 0; i < w->model->groups->len; i++) {
        g_assert_true (is_whole_or_empty (after, i));
        g_assert_cmpint (w->told[i], ==, w->res[i][0].runs ? CRM_GROUP_RUNNING : CRM_GROUP_STOPPED);
    }
    check_no_double_start (w);
}

/* The manager dies again right after its k-th action of the second life. */
static void
check_second_crash (const Life *life, guint k)
{
    for (guint k2 = 1; k2 < 12; k2++) {
        g_autoptr (World) w = crashed_world (life, k, true);
        g_autofree char *after = NULL;

        w->crash_at = w->performed + k2;
        world_simple (w, CRM_RUNNER_START);
        world_engine (w, true);
        for (guint i = 0; life->wanted[i] != '\0'; i++)
            world_request (w, life->wanted[i] == 'S' ? CRM_REQUEST_START : CRM_REQUEST_STOP, i);
        world_drain (w);
        world_crash (w, false);
        world_simple (w, CRM_RUNNER_START);
        world_engine (w, true);
        for (guint i = 0; life->wanted[i] != '\0'; i++)
            world_request (w, life->wanted[i] == 'S' ? CRM_REQUEST_START : CRM_REQUEST_STOP, i);
        world_drain (w);
        after = world_picture (w);
        g_assert_cmpstr (after, ==, life->picture);
        check_no_double_start (w);
    }
}

static void
test_crash_after_every_action (gconstpointer data)
{
    const Life *life = data;
    guint n = count_actions (life);

    g_assert_cmpuint (n, >, 5);
    for (guint k = 1; k <= n; k++)
        for (int effect = 0; effect <= 1; effect++) {
            check_engine_lives (life, k, effect != 0);
            check_engine_is_new (life, k, effect != 0);
        }
}

static void
test_crash_twice (gconstpointer data)
{
    const Life *life = data;
    guint n = count_actions (life);

    for (guint k = 1; k <= n; k++)
        check_second_crash (life, k);
}

static void
test_stuck_outlives_a_crash (void)
{
    g_autoptr (World) w = world_new ("ap");

    world_start (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    w->res[0][1].keeps_running = true;
    world_request (w, CRM_REQUEST_STOP, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STUCK);
    world_crash (w, false);
    world_simple (w, CRM_RUNNER_START);
    world_drain (w);
    world_request (w, CRM_REQUEST_START, 0);
    world_drain (w);
    g_assert_cmpint (w->told[0], ==, CRM_GROUP_STUCK);
    g_assert_cmpuint (w->res[0][1].starts, ==, 1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (lives); i++) {
        g_autofree char *once = g_strdup_printf ("/runner/crash/%s", lives[i].name);
        g_autofree char *twice = g_strdup_printf ("/runner/crash-twice/%s", lives[i].name);

        g_test_add_data_func (once, &lives[i], test_crash_after_every_action);
        g_test_add_data_func (twice, &lives[i], test_crash_twice);
    }
    g_test_add_func ("/runner/crash/stuck-outlives-it", test_stuck_outlives_a_crash);
    return g_test_run ();
}
