/* SPDX-License-Identifier: Apache-2.0 */
/* Every exchange x every mode x every place where something can go wrong: each message lost, all
 * doubled, each node dead, restarted, frozen, cut off at each step. After each run every group runs
 * exactly once and both nodes know where. */
#include "config.h"

#include "takeover_world.h"

#include <string.h>

#define ALPHA 0
#define BETA  1

typedef struct {
    const char *name;
    void (*begin) (World *w); /* up to the moment before the exchange */
    void (*act) (World *w);   /* what starts it */
    HbdTime lasts;            /* enough for the whole exchange without faults */
    enum { EVERYWHERE, NOT_LEGACY_V1, NOT_V1 } where; /* Heartbeat has words for it */
} Exchange;

typedef struct {
    const Exchange *exchange;
    bool is_v1; /* the two take each other for 3.0.6 nodes */
} Case;

static void
begin_nothing (World *w)
{
}

static void
begin_both (World *w)
{
    world_boot (w, ALPHA);
    world_boot (w, BETA);
    world_run (w, HBD_MS (1500));
}

static void
begin_beta_alone (World *w)
{
    world_boot (w, BETA);
    world_run (w, HBD_S (2));
}

static void
begin_alpha_cannot (World *w)
{
    w->node[ALPHA].g[0].fault = EXEC_START_FAILS;
}

static void
begin_split (World *w)
{
    begin_both (w);
    w->cut[ALPHA] = w->cut[BETA] = w->split_allowed = true;
    world_run (w, HBD_S (3));
}

static void
act_boot_both (World *w)
{
    world_boot (w, ALPHA);
    world_boot (w, BETA);
}

static void
act_boot_alpha (World *w)
{
    world_boot (w, ALPHA);
}

static void
act_standby (World *w)
{
    world_command (w, ALPHA, CRM_COMMAND_STANDBY, CRM_HOLD_ALL, NULL);
}

static void
act_takeover (World *w)
{
    world_command (w, ALPHA, CRM_COMMAND_TAKEOVER, CRM_HOLD_ALL, NULL);
}

static void
act_move (World *w)
{
    world_command (w, BETA, CRM_COMMAND_GROUP_MOVE, CRM_HOLD_NONE, "g1");
}

static void
act_shutdown (World *w)
{
    world_shutdown (w, ALPHA);
}

static void
act_death (World *w)
{
    world_power_off (w, ALPHA);
}

static void
act_heal (World *w)
{
    w->cut[ALPHA] = w->cut[BETA] = false;
}

static const Exchange exchanges[] = {
    { "start-together", begin_nothing, act_boot_both, HBD_MS (60), EVERYWHERE },
    { "join", begin_beta_alone, act_boot_alpha, HBD_MS (300), EVERYWHERE },
    { "failed-start", begin_alpha_cannot, act_boot_both, HBD_MS (120), NOT_LEGACY_V1 },
    { "standby", begin_both, act_standby, HBD_MS (60), NOT_LEGACY_V1 },
    { "takeover", begin_both, act_takeover, HBD_MS (60), NOT_LEGACY_V1 },
    { "move", begin_both, act_move, HBD_MS (60), NOT_V1 },
    { "shutdown", begin_both, act_shutdown, HBD_MS (60), EVERYWHERE },
    { "death", begin_both, act_death, HBD_MS (1100), EVERYWHERE },
    { "heal", begin_split, act_heal, HBD_MS (400), EVERYWHERE },
};

static const char *const modes[] = { "legacy", "on", "off" };

/* --- what goes wrong ------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    void (*strike) (World *w, guint node);
    HbdTime lasts;
    void (*mend) (World *w, guint node);
    bool may_split; /* a cut, or a frozen node whose lease is not simulated here */
} Fault;

static void
strike_power (World *w, guint node)
{
    world_power_off (w, node);
}

static void
mend_power (World *w, guint node)
{
    if (w->node[node].t == NULL)
        world_boot (w, node);
}

static void
strike_engine (World *w, guint node)
{
    world_engine_dies (w, node);
}

static void
mend_engine (World *w, guint node)
{
    if (w->node[node].t == NULL && w->node[node].manager_up)
        world_engine_starts (w, node);
}

static void
strike_manager (World *w, guint node)
{
    if (w->node[node].manager_up)
        world_manager (w, node, false);
}

static void
mend_manager (World *w, guint node)
{
    if (w->node[node].t != NULL)
        world_manager (w, node, true);
}

static void
strike_short_freeze (World *w, guint node)
{
    world_freeze (w, node, HBD_MS (500));
}

static void
strike_long_freeze (World *w, guint node)
{
    world_freeze (w, node, HBD_S (3));
}

static void
strike_one_way (World *w, guint node)
{
    w->cut[node] = true;
}

static void
strike_cut (World *w, guint node)
{
    w->cut[ALPHA] = w->cut[BETA] = true;
}

static void
mend_cut (World *w, guint node)
{
    w->cut[ALPHA] = w->cut[BETA] = false;
}

static void
mend_nothing (World *w, guint node)
{
}

static const Fault faults[] = {
    { "power", strike_power, HBD_S (3), mend_power, false },
    { "quick-reboot", strike_power, HBD_MS (400), mend_power, false },
    { "engine", strike_engine, HBD_MS (30), mend_engine, false },
    { "manager", strike_manager, HBD_MS (30), mend_manager, false },
    { "manager-long", strike_manager, HBD_S (3), mend_manager, false },
    { "short-freeze", strike_short_freeze, HBD_MS (600), mend_nothing, false },
    { "long-freeze", strike_long_freeze, HBD_MS (3100), mend_nothing, true },
    { "one-way", strike_one_way, HBD_S (3), mend_cut, true },
    { "cut", strike_cut, HBD_S (3), mend_cut, true },
    { "short-cut", strike_cut, HBD_MS (300), mend_cut, false },
};

/* --- judging --------------------------------------------------------------------------------- */

static void
revive (World *w)
{
    for (guint n = 0; n < 2; n++)
        if (w->node[n].released || w->node[n].t == NULL) {
            world_power_off (w, n);
            world_boot (w, n);
        }
}

static void
judge (World *w, const char *what)
{
    g_autofree char *where = NULL;

    world_run (w, HBD_S (16)); /* a grant that nobody took is withdrawn after ten */
    w->split_allowed = false;
    revive (w);
    world_run (w, HBD_S (16));
    where = world_where (w);
    if (strpbrk (where, "-!") != NULL || !world_is_settled (w)) {
        g_printerr ("%s", w->trace->str);
        g_error ("%s: groups are %s, nodes %s", what, where,
                 world_is_settled (w) ? "agree" : "do not agree");
    }
    for (guint n = 0; n < 2; n++)
        g_assert_cmpuint (w->node[n].replies, <=, 1);
}

static bool
does_not_apply (const Case *c, CrmFailback mode)
{
    if (!c->is_v1 || c->exchange->where == EVERYWHERE)
        return false;
    return c->exchange->where == NOT_V1 || mode == CRM_FAILBACK_LEGACY;
}

static World *
begin (const Case *c, CrmFailback mode)
{
    World *w = world_new (mode);

    w->is_v1 = c->is_v1;
    c->exchange->begin (w);
    w->events_sent = 0;
    return w;
}

static void
test_without_faults (gconstpointer data)
{
    const Case *c = data;
    const Exchange *x = c->exchange;

    for (guint mode = 0; mode < 3; mode++)
        for (guint twice = 0; twice < 2 && !does_not_apply (c, mode); twice++) {
            g_autoptr (World) w = begin (c, mode);
            g_autofree char *what =
                g_strdup_printf ("%s %s doubled=%u", x->name, modes[mode], twice);

            w->duplicate = twice == 1;
            x->act (w);
            judge (w, what);
        }
}

static void
test_each_message_lost (gconstpointer data)
{
    const Case *c = data;
    const Exchange *x = c->exchange;

    for (guint mode = 0; mode < 3; mode++) {
        guint n = 0;

        if (does_not_apply (c, mode))
            continue;
        for (guint k = 0; k == 0 || k < n; k++) {
            g_autoptr (World) w = begin (c, mode);
            g_autofree char *what = g_strdup_printf ("%s %s lost=%u", x->name, modes[mode], k);

            w->drop = (gint) k;
            x->act (w);
            world_run (w, x->lasts);
            n = MAX (n, w->events_sent);
            judge (w, what);
        }
        g_assert_cmpuint (n, >, 0);
    }
}

static void
one_fault (const Case *c, CrmFailback mode, const Fault *f, guint node, guint k)
{
    const Exchange *x = c->exchange;
    g_autoptr (World) w = begin (c, mode);
    g_autofree char *what =
        g_strdup_printf ("%s %s %s node=%u step=%u", x->name, modes[mode], f->name, node, k);
    HbdTime end = w->now + x->lasts;
    guint steps = w->steps;

    w->split_allowed |= f->may_split;
    x->act (w);
    world_run_steps (w, steps + k, MAX (end - w->now, 0));
    f->strike (w, node);
    world_run (w, f->lasts);
    f->mend (w, node);
    judge (w, what);
}

static guint
count_steps (const Case *c, CrmFailback mode)
{
    const Exchange *x = c->exchange;
    g_autoptr (World) w = begin (c, mode);
    guint before = w->steps;

    x->act (w);
    world_run (w, x->lasts);
    return w->steps - before;
}

static void
test_each_fault_at_each_step (gconstpointer data)
{
    const Case *c = data;

    for (guint mode = 0; mode < 3; mode++) {
        guint n = 0;

        if (does_not_apply (c, mode))
            continue;
        n = count_steps (c, mode);
        g_assert_cmpuint (n, >, 3);
        for (guint f = 0; f < G_N_ELEMENTS (faults); f++)
            for (guint k = 0; k <= n; k++) {
                one_fault (c, mode, &faults[f], ALPHA, k);
                one_fault (c, mode, &faults[f], BETA, k);
            }
    }
}

int
main (int argc, char **argv)
{
    Case cases[2 * G_N_ELEMENTS (exchanges)];

    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < 2 * G_N_ELEMENTS (exchanges); i++) {
        Case *c = &cases[i];
        g_autofree char *name = NULL;
        g_autofree char *none = NULL;
        g_autofree char *lost = NULL;
        g_autofree char *each = NULL;

        c->exchange = &exchanges[i / 2];
        c->is_v1 = i % 2 == 1;
        name = g_strdup_printf ("/takeover-faults/%s/%s", c->is_v1 ? "v1" : "native",
                                c->exchange->name);
        none = g_strconcat (name, "/without", NULL);
        lost = g_strconcat (name, "/each-message-lost", NULL);
        each = g_strconcat (name, "/each-fault-at-each-step", NULL);
        g_test_add_data_func (none, c, test_without_faults);
        g_test_add_data_func (lost, c, test_each_message_lost);
        g_test_add_data_func (each, c, test_each_fault_at_each_step);
    }
    return g_test_run ();
}
