/* SPDX-License-Identifier: Apache-2.0 */
/* The safety rules of doc/design.md, checked against what really runs on the hosts, never against
 * what the nodes believe. README.md says which exception each rule has and why. */
#include "config.h"

#include <string.h>

#include "tests/sim/sim.h"

static const char *const node_name[] = { "alpha", "beta" };

void
sim_disturb (SimWorld *w, HbdTime until)
{
    w->last_fault = w->now;
    w->disturbances++;
    w->disturbed_until = MAX (w->disturbed_until, MAX (until, w->now));
}

/* ---- what is active where ---- */

bool
sim_group_active (const SimWorld *w, guint node, guint group)
{
    for (guint r = 0; r < w->cfg.n_resources[group]; r++)
        if (w->node[node].res[group][r].is_active)
            return true;
    return false;
}

static bool
has_address (const SimWorld *w, guint node, guint group)
{
    for (guint r = 0; r < w->cfg.n_resources[group]; r++)
        if (w->node[node].res[group][r].is_active && w->cfg.is_address[group][r])
            return true;
    return false;
}

/* A resource that died by itself counts: nobody watches it, its group is believed to run. */
bool
sim_group_complete (const SimWorld *w, guint node, guint group)
{
    for (guint r = 0; r < w->cfg.n_resources[group]; r++) {
        const SimResource *res = &w->node[node].res[group][r];

        if (!res->is_active && !res->is_crashed)
            return false;
    }
    return true;
}

guint
sim_active_count (const SimWorld *w, guint group)
{
    return (sim_group_active (w, 0, group) ? 1u : 0u) + (sim_group_active (w, 1, group) ? 1u : 0u);
}

int
sim_owner (const SimWorld *w, guint group)
{
    for (guint n = 0; n < SIM_NODES; n++)
        if (sim_group_complete (w, n, group) && !sim_group_active (w, 1 - n, group))
            return (int) n;
    return -1;
}

/* ---- how long a group may take ---- */

/* Longest time to stop a group and start it again. Where agents misbehave, their time limits. */
HbdTime
sim_group_budget (const SimWorld *w, guint group)
{
    HbdTime sum = HBD_MS (300);

    for (guint r = 0; r < w->cfg.n_resources[group]; r++) {
        if (w->cfg.is_address[group][r])
            continue;
        sum += w->cfg.start_us[group][r] + w->cfg.stop_us[group][r] + HBD_MS (30);
        if (w->agents_until > w->now)
            sum += 4 * (w->cfg.timeout_us + HBD_MS (600));
    }
    return sum;
}

static HbdTime
longest_budget (const SimWorld *w)
{
    HbdTime longest = 0;

    for (guint g = 0; g < w->cfg.n_groups; g++)
        longest = MAX (longest, sim_group_budget (w, g));
    return longest;
}

HbdTime
sim_settle_bound (const SimWorld *w)
{
    return w->cfg.initdead_us + w->cfg.deadtime_us + HBD_S (12) + 2 * longest_budget (w);
}

/* ---- excuses: who could not hear whom ---- */

static HbdTime
silence (const SimWorld *w, guint node)
{
    const SimNode *n = &w->node[node];

    if (!n->proc[SIM_ENGINE].exists)
        return 0;
    return w->now - MAX (n->heard, n->proc[SIM_ENGINE].started);
}

static bool
is_any_on_both (const SimWorld *w)
{
    for (guint g = 0; g < w->cfg.n_groups; g++)
        if (w->both_any[g])
            return true;
    return false;
}

/* Two healthy nodes that are cut cannot tell it from a death (rule 2): as long as one has not
 * heard the other for its deadtime because frames were lost, and one deadtime plus the time that
 * stopping takes after that ended, two may own a group. A silence without loss (a node that stands
 * still) excuses what has no lease: services. What happens meanwhile prolongs it. */
static void
update_excuses (SimWorld *w)
{
    HbdTime bound = 0;

    for (guint n = 0; n < SIM_NODES; n++) {
        if (silence (w, n) < w->cfg.deadtime_us - w->cfg.deadtime_us / 100)
            continue;
        bound = bound > 0 ? bound : w->cfg.deadtime_us + longest_budget (w);
        w->silent_excuse_until = MAX (w->silent_excuse_until, w->now + bound);
        if (w->node[n].has_loss)
            w->net_excuse_until = MAX (w->net_excuse_until, w->now + bound);
    }
    if (w->disturbed_until + w->cfg.deadtime_us < w->now || !is_any_on_both (w))
        return;
    bound = w->cfg.deadtime_us + longest_budget (w);
    if (w->net_excuse_until >= w->now)
        w->net_excuse_until = MAX (w->net_excuse_until, w->disturbed_until + bound);
    if (w->silent_excuse_until >= w->now)
        w->silent_excuse_until = MAX (w->silent_excuse_until, w->disturbed_until + bound);
}

void
sim_check_engine_start (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];

    n->has_heard = n->has_loss = n->is_active = false;
    n->heard = 0;
    n->heard_hg = 0;
    n->heard_seq = 0;
    n->sent_seq = 0;
    g_hash_table_remove_all (n->sent);
    memset (n->knows_stuck, 0, sizeof n->knows_stuck);
    memset (n->is_stuck, 0, sizeof n->is_stuck);
}

void
sim_check_engine_end (SimWorld *w, guint node)
{
    update_excuses (w);
}

static void
learn_stuck (SimWorld *w, guint node, const SimEvent *ev)
{
    const SimNode *other = &w->node[1 - node];

    for (guint g = 0; g < w->cfg.n_groups; g++) {
        HbdTime *since = &w->node[node].knows_stuck[g];

        if (ev->frame.hg != other->sent_hg || !other->is_stuck[g]
            || ev->frame.seq <= other->stuck_seq[g])
            *since = 0;
        else if (*since == 0)
            *since = w->now;
    }
}

/* A frame has reached the node's socket. */
void
sim_check_heard (SimWorld *w, guint node, const SimEvent *ev)
{
    SimNode *n = &w->node[node];

    if (ev->frame.is_evil || ev->frame.from == node || !ev->frame.is_status)
        return;
    if (ev->frame.hg < n->heard_hg
        || (ev->frame.hg == n->heard_hg && ev->frame.seq <= n->heard_seq))
        return;
    update_excuses (w);
    n->has_heard = true;
    n->has_loss = false;
    n->heard = w->now;
    n->heard_hg = ev->frame.hg;
    n->heard_seq = ev->frame.seq;
    learn_stuck (w, node, ev);
}

/* ---- what is sent ---- */

static guint64
field (const guint8 *data, gsize len, const char *name)
{
    const guint8 *p = memmem (data, len, name, strlen (name));
    guint64 value = 0;

    if (p == NULL)
        return 0;
    for (p += strlen (name); p < data + len && g_ascii_isxdigit ((char) *p); p++)
        value = value << 4 | (guint64) g_ascii_xdigit_value ((char) *p);
    return value;
}

static bool
contains (const guint8 *data, gsize len, const char *text)
{
    return memmem (data, len, text, strlen (text)) != NULL;
}

/* Rule 4's other side: in one generation numbers only grow, a number is used for one datagram
 * only, and a new life never uses an old generation. Fills what the network wants to know. */
void
sim_check_sent (SimWorld *w, guint node, GBytes *bytes, SimEvent *ev)
{
    SimNode *n = &w->node[node];
    gsize len;
    const guint8 *data = g_bytes_get_data (bytes, &len);
    guint32 hg = (guint32) field (data, len, "(0)hg=");
    guint64 seq = field (data, len, "(0)seq=");
    gint64 key = (gint64) ((guint64) hg << 32 | seq);
    gpointer seen;

    ev->frame.hg = hg;
    ev->frame.seq = seq;
    ev->frame.is_status = contains (data, len, "(0)t=status,");
    if (seq == 0)
        return;
    seen = g_hash_table_lookup (n->sent, &key);
    if (seen != NULL) {
        if (GPOINTER_TO_UINT (seen) != (g_bytes_hash (bytes) | 1))
            sim_violate (w, "rule 4: %s used sequence %" G_GUINT64_FORMAT " twice", n->name, seq);
        ev->frame.is_status = false; /* a repeat is no sign of life */
        return;
    }
    g_hash_table_insert (n->sent, g_memdup2 (&key, sizeof key),
                         GUINT_TO_POINTER (g_bytes_hash (bytes) | 1));
    if (hg < n->sent_hg || (hg == n->sent_hg && seq <= n->sent_seq))
        sim_violate (w,
                     "rule 4: %s went back from %u/%" G_GUINT64_FORMAT " to %u/%" G_GUINT64_FORMAT,
                     n->name, n->sent_hg, n->sent_seq, hg, seq);
    n->sent_hg = hg;
    n->sent_seq = seq;
    if (ev->frame.is_status && contains (data, len, "(0)st=active,"))
        n->is_active = true;
}

/* ---- rules 1 to 3 ---- */

/* The manager is about to run a start of @group. */
void
sim_check_run_start (SimWorld *w, guint node, guint group)
{
    guint other = 1 - node;

    update_excuses (w);
    if (w->node[node].told[group] == CRM_GROUP_RUNNING
        && w->node[other].told[group] == CRM_GROUP_STUCK)
        return; /* an address is put back where the group was before the stop failed there */
    if (w->node[node].knows_stuck[group] != 0
        && w->node[node].knows_stuck[group] < w->node[node].starting_since[group])
        sim_violate (w, "rule 3: %s starts group%u, but its stop failed on %s", node_name[node],
                     group, node_name[other]);
    if (!sim_group_active (w, other, group))
        return;
    if (has_address (w, other, group) ? w->net_excuse_until < w->now
                                      : MAX (w->net_excuse_until, w->silent_excuse_until) < w->now)
        sim_violate (w, "rule 1: %s starts group%u while %s still has %s of it", node_name[node],
                     group, node_name[other],
                     has_address (w, other, group) ? "an address" : "a service");
}

/* A split of a calm cluster, nothing else since, and both said that they run the group: then the one that goes
 * on when the loser has let go must not let go too. */
static void
note_winner (SimWorld *w, guint loser, guint g)
{
    if (w->split_mark != w->disturbances || !w->both_running[g])
        return;
    w->winner[g] = (int) (1 - loser);
    w->winner_until[g] = w->now + 2 * w->cfg.deadtime_us;
}

static void
check_winner (SimWorld *w, guint node, guint g)
{
    if (w->split_mark == w->disturbances && w->winner[g] == (int) node
        && w->winner_until[g] >= w->now)
        sim_violate (w, "rule 2: both nodes let go of group%u; %s was to keep it", g,
                     node_name[node]);
}

void
sim_check_activity (SimWorld *w, guint node, guint g, guint r)
{
    bool is_active = w->node[node].res[g][r].is_active;
    bool was_both = w->both_any[g];

    w->both_any[g] = sim_group_active (w, 0, g) && sim_group_active (w, 1, g);
    w->both_addresses[g] = has_address (w, 0, g) && has_address (w, 1, g);
    if (!was_both)
        w->both_running[g] = false;
    if (!is_active)
        check_winner (w, node, g);
    if (was_both && !w->both_any[g]) {
        note_winner (w, node, g);
        w->both_running[g] = false;
    }
    if (is_active && sim_group_complete (w, node, g) && w->last_owner[g] != (int) node) {
        if (w->last_owner[g] >= 0)
            w->ownership_changes++;
        w->last_owner[g] = (int) node;
    }
}

/* ---- in time ---- */

/* Settled, and no fault lately. */
bool
sim_is_calm (SimWorld *w)
{
    return w->disturbed_until + w->cfg.deadtime_us < w->now && sim_is_settled (w, NULL);
}

/* @node has just gone from a calm cluster: the other one must run everything soon. */
void
sim_expect_takeover (SimWorld *w, guint node, HbdTime within)
{
    w->takeover_by = w->now + within + 2 * longest_budget (w);
    w->takeover_node = 1 - node;
    w->takeover_mark = w->disturbances;
}

static void
check_takeover (SimWorld *w)
{
    guint node = w->takeover_node;

    if (w->takeover_by == 0 || (w->now < w->takeover_by && w->disturbances == w->takeover_mark))
        return;
    w->takeover_by = 0;
    if (w->disturbances != w->takeover_mark || w->disturbed_until < w->now)
        return; /* something else happened, or it is back already */
    for (guint g = 0; g < w->cfg.n_groups; g++)
        if (!sim_group_complete (w, node, g) && w->node[node].told[g] != CRM_GROUP_FAILED)
            sim_violate (w, "%s has not taken over group%u in time", node_name[node], g);
}

/* A failed stop that met a split keeps both running until the operator comes: rule 3 forbids only
 * the start, which is checked where it happens. */
static bool
is_stuck_anywhere (const SimWorld *w, guint g)
{
    return w->node[0].told[g] == CRM_GROUP_STUCK || w->node[1].told[g] == CRM_GROUP_STUCK;
}

void
sim_check_step (SimWorld *w)
{
    update_excuses (w);
    for (guint g = 0; g < w->cfg.n_groups; g++) {
        if (!w->both_any[g] || is_stuck_anywhere (w, g))
            continue;
        if (w->both_addresses[g] && w->net_excuse_until < w->now)
            sim_violate (w, "rule 1: an address of group%u is on both nodes", g);
        else if (MAX (w->net_excuse_until, w->silent_excuse_until) < w->now)
            sim_violate (w, "rule 1: group%u runs on both nodes", g);
    }
    check_takeover (w);
    for (guint n = 0; n < SIM_NODES; n++)
        if (w->node[n].is_stopping
            && w->now - MAX (w->node[n].stopping_since, w->disturbed_until)
                   > HBD_S (25) + 2 * longest_budget (w))
            sim_violate (w, "%s does not come to its stop", node_name[n]);
}

/* ---- what the manager says must be so ---- */

void
sim_check_told (SimWorld *w, guint node, guint group, CrmGroupState state)
{
    w->node[node].told[group] = state;
    for (guint r = 0; state == CRM_GROUP_STOPPED && r < w->cfg.n_resources[group]; r++)
        w->node[node].res[group][r].is_crashed = false;
    if (w->node[0].told[group] == CRM_GROUP_RUNNING && w->node[1].told[group] == CRM_GROUP_RUNNING)
        w->both_running[group] = true;
    if (state == CRM_GROUP_STARTING)
        w->node[node].starting_since[group] = w->now;
    if (state == CRM_GROUP_STOPPING)
        w->move_began = true;
    else if (state == CRM_GROUP_RUNNING && w->move_began)
        w->move_until = 0;
    if ((state == CRM_GROUP_STOPPED || state == CRM_GROUP_FAILED)
        && sim_group_active (w, node, group))
        sim_violate (w, "%s's manager says group%u is %s, but something of it runs",
                     node_name[node], group, crm_group_state_name (state));
    for (guint r = 0; state == CRM_GROUP_RUNNING && r < w->cfg.n_resources[group]; r++) {
        const SimResource *res = &w->node[node].res[group][r];

        if (!w->cfg.is_address[group][r] && !res->is_active && !res->is_crashed)
            sim_violate (w, "%s's manager says group%u runs, but resource %u does not",
                         node_name[node], group, r);
    }
}

void
sim_check_engine_told (SimWorld *w, guint node, guint group, CrmGroupState state)
{
    SimNode *n = &w->node[node];

    if (state == CRM_GROUP_STUCK && !n->is_stuck[group])
        n->stuck_seq[group] = n->sent_seq;
    n->is_stuck[group] = state == CRM_GROUP_STUCK;
}

/* After an orderly stop nothing runs, unless a stop failed and was said to have failed. */
void
sim_check_stopped (SimWorld *w, guint node)
{
    for (guint g = 0; g < w->cfg.n_groups; g++) {
        if (!sim_group_active (w, node, g))
            continue;
        if (w->node[node].told[g] != CRM_GROUP_STUCK)
            sim_violate (w, "%s has stopped, but group%u still runs there", node_name[node], g);
    }
}

/* ---- the goal ---- */

static const char *
believed_owner (GVariant *status, guint index, const SimWorld *w)
{
    g_autoptr (GVariant) groups =
        g_variant_lookup_value (status, "groups", G_VARIANT_TYPE ("aa{sv}"));
    const char *key = crm_model_group (w->model, index)->key;
    gsize n = groups != NULL ? g_variant_n_children (groups) : 0;

    for (gsize i = 0; i < n; i++) {
        g_autoptr (GVariant) group = g_variant_get_child_value (groups, i);
        const char *name = NULL, *owner = NULL;

        g_variant_lookup (group, "name", "&s", &name);
        g_variant_lookup (group, "owner", "&s", &owner);
        if (g_strcmp0 (name, key) == 0)
            return g_strcmp0 (owner, "alpha") == 0  ? "alpha"
                   : g_strcmp0 (owner, "beta") == 0 ? "beta"
                                                    : "nobody";
    }
    return "nobody";
}

/* Does the node see itself and the other one active? */
static bool
sees_both (GVariant *status)
{
    g_autoptr (GVariant) nodes =
        g_variant_lookup_value (status, "nodes", G_VARIANT_TYPE ("aa{sv}"));
    gsize n = nodes != NULL ? g_variant_n_children (nodes) : 0;

    for (gsize i = 0; i < n; i++) {
        g_autoptr (GVariant) node = g_variant_get_child_value (nodes, i);
        const char *word = NULL;

        g_variant_lookup (node, "status", "&s", &word);
        if (g_strcmp0 (word, "active") != 0)
            return false;
    }
    return n == SIM_NODES;
}

static char *
unsettled_node (SimWorld *w, guint node)
{
    SimNode *n = &w->node[node];
    g_autoptr (GVariant) status = NULL;

    if (!n->proc[SIM_ENGINE].exists || !n->proc[SIM_MANAGER].exists || !n->is_active
        || n->is_stopping)
        return g_strdup_printf ("%s is not up", n->name);
    if (n->proc[SIM_ENGINE].paused_until != 0 || n->proc[SIM_MANAGER].paused_until != 0)
        return g_strdup_printf ("%s stands still", n->name);
    status = g_variant_ref_sink (hbd_node_status (n->engine, sim_local (w, node)));
    if (!sees_both (status))
        return g_strdup_printf ("%s does not see both nodes active", n->name);
    for (guint g = 0; g < w->cfg.n_groups; g++) {
        const char *owner = believed_owner (status, g, w);

        if (n->told[g] != (sim_owner (w, g) == (int) node ? CRM_GROUP_RUNNING : CRM_GROUP_STOPPED))
            return g_strdup_printf ("%s's manager says that group%u is %s", n->name, g,
                                    crm_group_state_name (n->told[g]));
        if (!g_str_equal (owner, node_name[sim_owner (w, g)]))
            return g_strdup_printf ("%s believes that group%u is on %s, it is on %s", n->name, g,
                                    owner, node_name[sim_owner (w, g)]);
    }
    return NULL;
}

bool
sim_is_settled (SimWorld *w, char **why)
{
    g_autofree char *text = NULL;

    for (guint g = 0; g < w->cfg.n_groups && text == NULL; g++)
        if (sim_owner (w, g) < 0)
            text =
                g_strdup_printf ("group%u runs on %u nodes, alpha %s, beta %s", g,
                                 sim_active_count (w, g), crm_group_state_name (w->node[0].told[g]),
                                 crm_group_state_name (w->node[1].told[g]));
    for (guint n = 0; n < SIM_NODES && text == NULL; n++)
        text = unsettled_node (w, n);
    for (guint i = 0; i < SIM_COMMANDS && text == NULL; i++) {
        const SimCommand *c = &w->command[i];

        if (c->is_open && c->life == w->node[c->node].proc[SIM_ENGINE].life)
            text = g_strdup_printf ("command %u (kind %d) on %s has no reply", c->id, (int) c->kind,
                                    node_name[c->node]);
    }
    if (text == NULL)
        return true;
    if (why != NULL)
        *why = g_steal_pointer (&text);
    return false;
}
