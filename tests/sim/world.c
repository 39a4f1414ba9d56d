/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual time: a binary heap of what is on its way, and the loop that takes the earliest thing
 * (a message, an agent's effect, a process's timer), moves time there and handles it. */
#include "config.h"

#include <stdio.h>

#include "tests/sim/sim.h"

static bool
is_before (const SimEvent *a, const SimEvent *b)
{
    return a->at != b->at ? a->at < b->at : a->tie < b->tie;
}

static void
heap_swap (GPtrArray *heap, guint a, guint b)
{
    gpointer p = heap->pdata[a];

    heap->pdata[a] = heap->pdata[b];
    heap->pdata[b] = p;
}

static void
heap_up (GPtrArray *heap, guint i)
{
    while (i > 0 && is_before (heap->pdata[i], heap->pdata[(i - 1) / 2])) {
        heap_swap (heap, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

static SimEvent *
heap_pop (GPtrArray *heap)
{
    SimEvent *top = heap->pdata[0];
    guint i = 0;

    heap->pdata[0] = heap->pdata[heap->len - 1];
    g_ptr_array_set_size (heap, (int) heap->len - 1);
    for (;;) {
        guint least = i;

        for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < heap->len; child++)
            if (is_before (heap->pdata[child], heap->pdata[least]))
                least = child;
        if (least == i)
            return top;
        heap_swap (heap, i, least);
        i = least;
    }
}

/* An event must stay what it is until it is filled: its place depends on time and tie only. */
SimEvent *
sim_push (SimWorld *w, SimMsgKind kind, guint node, HbdTime at)
{
    SimEvent *ev = g_new0 (SimEvent, 1);

    ev->at = MAX (at, w->now);
    ev->tie = hbd_prng_next (&w->prng);
    ev->kind = kind;
    ev->node = node;
    g_ptr_array_add (w->heap, ev);
    heap_up (w->heap, w->heap->len - 1);
    return ev;
}

void
sim_event_free (SimEvent *ev)
{
    if (ev->kind == SIM_MSG_FRAME)
        g_bytes_unref (ev->frame.bytes);
    g_free (ev);
}

void
sim_call_at (SimWorld *w, HbdTime at, SimCall call, guint node, guint value)
{
    SimEvent *ev = sim_push (w, SIM_MSG_CALL, node, at);

    ev->call.call = call;
    ev->call.value = value;
}

gint64
sim_rand (SimWorld *w, gint64 low, gint64 high)
{
    return hbd_prng_range (&w->prng, low, high);
}

bool
sim_chance (SimWorld *w, guint percent)
{
    return sim_rand (w, 0, 99) < (gint64) percent;
}

void
sim_trace (SimWorld *w, int node, const char *format, ...)
{
    va_list args;

    if (w->trace == NULL)
        return;
    fprintf (w->trace, "[%11.6f] %-6s ", (double) w->now / 1e6,
             node < 0 ? "world" : w->node[node].name);
    va_start (args, format);
    vfprintf (w->trace, format, args);
    va_end (args);
    fputc ('\n', w->trace);
}

void
sim_violate (SimWorld *w, const char *format, ...)
{
    va_list args;

    if (w->violation != NULL)
        return;
    va_start (args, format);
    w->violation = g_strdup_vprintf (format, args);
    va_end (args);
    sim_trace (w, -1, "VIOLATION %s", w->violation);
}

/* Which process's timer comes first; HBD_TIME_NEVER when none is set. */
static HbdTime
first_timer (const SimWorld *w, guint *node, SimProcKind *kind)
{
    HbdTime first = HBD_TIME_NEVER;

    for (guint n = 0; n < SIM_NODES; n++) {
        for (guint k = 0; k < SIM_PROC_N; k++) {
            const SimProc *p = &w->node[n].proc[k];

            if (!p->exists || p->paused_until != 0 || p->fire_at >= first)
                continue;
            first = p->fire_at;
            *node = n;
            *kind = k;
        }
    }
    return first;
}

/* Processes that keep each other busy without end are a fault like any other. */
static void
count_step (SimWorld *w)
{
    w->steps++;
    if (w->now - w->busy_since > HBD_S (1)) {
        w->busy_since = w->now;
        w->busy_steps = 0;
    }
    if (++w->busy_steps > SIM_BUSY_MAX)
        sim_violate (w, "more than %u steps within a second: somebody goes round in circles",
                     SIM_BUSY_MAX);
}

bool
sim_step (SimWorld *w, HbdTime until)
{
    guint node = 0;
    SimProcKind kind = SIM_ENGINE;
    HbdTime timer = first_timer (w, &node, &kind);
    const SimEvent *top = w->heap->len > 0 ? w->heap->pdata[0] : NULL;
    bool is_timer = top == NULL || timer < top->at;
    HbdTime at = is_timer ? timer : top->at;

    if (w->violation != NULL)
        return false;
    if (at > until) {
        w->now = MAX (w->now, until);
        return false;
    }
    w->now = MAX (w->now, at);
    count_step (w);
    if (is_timer)
        sim_timer (w, node, kind);
    else
        sim_deliver (w, heap_pop (w->heap));
    sim_check_step (w);
    return w->violation == NULL;
}

void
sim_run_for (SimWorld *w, HbdTime span)
{
    HbdTime until = w->now + span;

    while (sim_step (w, until))
        ;
}

static CrmModel *
make_model (const SimConfig *cfg)
{
    static const char *const names[SIM_NODES] = { "alpha", "beta" };
    CrmModel *model = crm_model_new ();

    for (guint g = 0; g < cfg->n_groups; g++) {
        g_autofree char *key = g_strdup_printf ("group%u", g);
        CrmGroup *group = crm_group_new (key, names[cfg->preferred[g]]);

        for (guint r = 0; r < cfg->n_resources[g]; r++) {
            CrmResource *res = crm_resource_new ();

            res->id = g_strdup_printf ("%s:%u", key, r);
            res->word = r == 0 ? g_strdup (key) : g_strdup_printf ("%s-%u", key, r);
            res->name = g_strdup (cfg->is_address[g][r] ? "IPaddr" : "Dummy");
            res->args = g_new0 (char *, 1);
            res->params = g_new0 (char *, 1);
            res->klass = cfg->is_address[g][r] ? CRM_CLASS_BUILTIN : CRM_CLASS_OCF;
            res->provider = cfg->is_address[g][r] ? NULL : g_strdup ("heartbeat");
            res->is_address = cfg->is_address[g][r];
            for (guint a = 0; a < CRM_ACTION_N; a++)
                res->timeout_us[a] = cfg->timeout_us;
            g_ptr_array_add (group->resources, res);
        }
        g_ptr_array_add (model->groups, group);
    }
    return model;
}

SimWorld *
sim_world_new (const SimConfig *cfg, FILE *trace)
{
    SimWorld *w = g_new0 (SimWorld, 1);

    w->cfg = *cfg;
    w->trace = trace;
    hbd_prng_seed (&w->prng, cfg->seed);
    w->now = HBD_S (1000);
    w->heap = g_ptr_array_new ();
    w->model = make_model (cfg);
    w->keys = hbd_key_table_new ();
    hbd_key_table_set (w->keys, 1, cfg->auth, cfg->auth == HBD_AUTH_CRC ? NULL : "open-sesame");
    w->keys->active = 1;
    w->wrong_keys = hbd_key_table_new ();
    hbd_key_table_set (w->wrong_keys, 1, HBD_AUTH_SHA1, "guessed");
    w->wrong_keys->active = 1;
    w->engine_out = hbd_node_actions_new ();
    w->manager_out = crm_runner_actions_new ();
    for (guint g = 0; g < SIM_GROUPS; g++) {
        w->winner[g] = -1;
        w->last_owner[g] = -1;
    }
    for (guint n = 0; n < SIM_NODES; n++) {
        SimNode *node = &w->node[n];

        node->name = n == 0 ? "alpha" : "beta";
        node->generation = (guint32) sim_rand (w, 1, 1000000);
        node->sent = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
        for (guint k = 0; k < SIM_PROC_N; k++)
            g_queue_init (&node->proc[k].inbox);
    }
    return w;
}

void
sim_world_free (SimWorld *w)
{
    for (guint n = 0; n < SIM_NODES; n++) {
        hbd_node_free (w->node[n].engine);
        crm_runner_free (w->node[n].manager);
        g_hash_table_unref (w->node[n].sent);
        for (guint k = 0; k < SIM_PROC_N; k++)
            g_queue_clear_full (&w->node[n].proc[k].inbox, (GDestroyNotify) sim_event_free);
    }
    for (guint i = 0; i < SIM_TAPE; i++)
        g_clear_pointer (&w->tape[i].bytes, g_bytes_unref);
    g_ptr_array_foreach (w->heap, (GFunc) (void (*) (void)) sim_event_free, NULL);
    g_ptr_array_unref (w->heap);
    g_array_unref (w->engine_out);
    g_array_unref (w->manager_out);
    crm_model_free (w->model);
    hbd_key_table_free (w->keys);
    hbd_key_table_free (w->wrong_keys);
    g_free (w->violation);
    g_free (w);
}
