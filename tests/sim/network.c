/* SPDX-License-Identifier: Apache-2.0 */
/* The cables: delay, loss, duplicates, disorder, cuts one way and both; and the attacker, who
 * keeps what passes and later puts it back, damaged, forged or old. */
#include "config.h"

#include <string.h>

#include "tests/sim/sim.h"

bool
sim_is_cut (const SimWorld *w, guint from)
{
    guint to = 1 - from;

    for (guint l = 0; l < w->cfg.n_links; l++) {
        const SimLink *link = &w->link[l];

        if (link->cut_until[from] <= w->now && link->cable_until[from] <= w->now
            && link->cable_until[to] <= w->now)
            return false;
    }
    return true;
}

/* The attacker's tape: some slots for what is fresh, the others keep old lives. */
static void
keep_on_tape (SimWorld *w, guint from, const SimEvent *frame)
{
    guint slot = (guint) sim_rand (w, 0, SIM_TAPE - 1);
    SimTape *tape = &w->tape[slot];

    if (tape->bytes != NULL && slot % 3 != 0 && !sim_chance (w, 2))
        return;
    g_clear_pointer (&tape->bytes, g_bytes_unref);
    tape->bytes = g_bytes_ref (frame->frame.bytes);
    tape->from = from;
    tape->hg = frame->frame.hg;
    tape->seq = frame->frame.seq;
    tape->is_unsequenced = frame->frame.seq == 0;
    tape->at = w->now;
}

static void
put_on_wire (SimWorld *w, guint to, int link, const SimEvent *model)
{
    SimLink *l = &w->link[link];
    HbdTime at = w->now + w->cfg.delay_us + sim_rand (w, 0, w->cfg.jitter_us);
    SimEvent *ev;

    if (l->mess_until > w->now && sim_chance (w, 30))
        at += sim_rand (w, 0, HBD_MS (20));
    ev = sim_push (w, SIM_MSG_FRAME, to, at);
    ev->frame = model->frame;
    ev->frame.link = link;
    g_bytes_ref (ev->frame.bytes);
}

/* Is the frame lost on this link? */
static bool
is_lost (SimWorld *w, const SimLink *link, guint from)
{
    if (link->cut_until[from] > w->now || link->cable_until[0] > w->now
        || link->cable_until[1] > w->now)
        return true;
    return link->loss_until > w->now && sim_rand (w, 0, 999) < (gint64) link->loss_permille;
}

void
sim_send (SimWorld *w, guint from, int link, GBytes *bytes)
{
    guint to = 1 - from;
    bool is_through = false;
    SimEvent model = { .kind = SIM_MSG_FRAME, .frame = { .bytes = bytes, .from = from } };

    sim_check_sent (w, from, bytes, &model);
    keep_on_tape (w, from, &model);
    for (int l = 0; l < (int) w->cfg.n_links; l++) {
        if (link != HBD_LINK_ALL && link != l)
            continue;
        if (w->cfg.has_loopback && w->link[l].cable_until[from] <= w->now)
            put_on_wire (w, from, l, &model);
        if (is_lost (w, &w->link[l], from))
            continue;
        is_through = true;
        put_on_wire (w, to, l, &model);
        if (w->link[l].mess_until > w->now && sim_chance (w, 20))
            put_on_wire (w, to, l, &model);
    }
    if (!is_through && model.frame.is_status)
        w->node[to].has_loss = true;
}

static GBytes *
damaged (SimWorld *w, GBytes *bytes)
{
    gsize len;
    const guint8 *data = g_bytes_get_data (bytes, &len);
    guint8 *copy = g_memdup2 (data, len);

    if (sim_chance (w, 30) && len > 2)
        len = (gsize) sim_rand (w, 1, (gint64) len - 1);
    else
        copy[sim_rand (w, 0, (gint64) len - 1)] ^= (guint8) (1 << sim_rand (w, 0, 6));
    return g_bytes_new_take (copy, len);
}

/* Well formed and current, but signed without the cluster's secret. */
static GBytes *
forged (SimWorld *w, guint from)
{
    static const char *const types[] = { "shutdone", "resource", "status", "starting",
                                         "ask_resources" };
    g_autoptr (HbdMessage) m =
        hbd_message_new_typed (types[sim_rand (w, 0, G_N_ELEMENTS (types) - 1)]);

    hbd_message_add (m, "st", "dead");
    hbd_message_add (m, "rsc_hold", "none");
    hbd_message_add (m, "info", "done");
    hbd_message_add (m, "src", w->node[from].name);
    hbd_message_add_printf (m, "seq", "%" G_GINT64_MODIFIER "x", w->node[from].sent_seq + 1);
    hbd_message_add_printf (m, "hg", "%x", w->node[from].sent_hg + (sim_chance (w, 50) ? 1 : 0));
    hbd_message_add (m, "ts", "65000000");
    hbd_message_add (m, "ttl", "3");
    return hbd_wire_encode (m, w->wrong_keys, HBD_FRAMING_NETSTRING, false);
}

/* One frame of the attacker's for @victim. A replay is counted as old only where the victim can
 * know: it has heard this life, or a newer one, of the sender, and the frame is not of the last
 * seconds, in which it might just be late. */
void
sim_attack (SimWorld *w, guint victim)
{
    const SimTape *tape = &w->tape[sim_rand (w, 0, SIM_TAPE - 1)];
    SimNode *n = &w->node[victim];
    guint how = (guint) sim_rand (w, 0, 9);
    g_autoptr (GBytes) bytes = NULL;
    SimEvent *ev;
    guint64 seq = 1;

    if (!n->proc[SIM_ENGINE].exists || tape->bytes == NULL)
        return;
    if (how < 3) {
        bytes = damaged (w, tape->bytes);
    } else if (how < 5) {
        bytes = forged (w, 1 - victim);
    } else {
        bool is_known = n->has_heard
                        && (tape->hg < n->heard_hg
                            || (tape->hg == n->heard_hg && w->now - tape->at > HBD_S (20)));

        if (tape->from == victim || (!is_known && tape->hg != 0))
            return;
        bytes = g_bytes_ref (tape->bytes);
        seq = tape->seq;
    }
    ev = sim_push (w, SIM_MSG_FRAME, victim, w->now + sim_rand (w, 0, 1000));
    ev->frame.bytes = g_bytes_ref (bytes);
    ev->frame.link = (int) sim_rand (w, 0, w->cfg.n_links - 1);
    ev->frame.is_evil = true;
    ev->frame.seq = seq;
}
