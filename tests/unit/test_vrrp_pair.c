/* SPDX-License-Identifier: Apache-2.0 */
/* Two virtual routers of ours and a wire: the measured failovers of tests/data/vrrp/timing.json,
 * and how conflicts end, at many phases. */
#include "config.h"

#include "tests/unit/vrrp_node.h"

#include <string.h>

#define WIRE_US HBD_US (50)

typedef struct {
    VrrpNode *node[2]; /* 0: priority 150, 1: priority 100 */
    GQueue wire;       /* Flying, in order of arrival */
    HbdTime now;
    bool is_cut, is_dead[2];
    HbdTime released_us[2];  /* last DO_RELEASE */
    HbdTime announced_us[2]; /* last DO_ANNOUNCE */
    HbdTime acquired_us[2];
} Pair;

typedef struct {
    HbdTime at;
    guint to;
    GBytes *packet;
} Flying;

static Pair *
pair_new (guint8 version, guint interval_ms)
{
    Pair *p = g_new0 (Pair, 1);

    for (guint n = 0; n < 2; n++) {
        HbdVrrpInstanceConfig config = vrrp_node_instance (version, n == 0 ? 150 : 100);

        config.wire.interval_cs = interval_ms / 10;
        config.wire.source = vrrp_node_address ((guint8) (10 + n));
        config.announce.delay_us = config.announce.lower_delay_us = 0;
        p->node[n] = vrrp_node_new (config);
        vrrp_node_start (p->node[n]);
    }
    g_queue_init (&p->wire);
    p->now = p->node[0]->now;
    return p;
}

static void
flying_free (gpointer data)
{
    Flying *flying = data;

    g_bytes_unref (flying->packet);
    g_free (flying);
}

static void
pair_free (Pair *p)
{
    g_queue_clear_full (&p->wire, flying_free);
    vrrp_node_free (p->node[0]);
    vrrp_node_free (p->node[1]);
    g_free (p);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

/* What @n just did: note it, and put what it sent on the wire. */
static void
take (Pair *p, guint n)
{
    VrrpNode *node = p->node[n];
    g_autofree char *words = vrrp_node_words (node);

    if (strstr (words, "RELEASE") != NULL)
        p->released_us[n] = p->now;
    if (strstr (words, "ANNOUNCE") != NULL)
        p->announced_us[n] = p->now;
    if (strstr (words, "ACQUIRE") != NULL)
        p->acquired_us[n] = p->now;
    for (guint i = 0; i < node->sent->len && !p->is_cut; i++) {
        Flying *flying = g_new0 (Flying, 1);

        *flying = (Flying){ p->now + WIRE_US, 1 - n, g_bytes_ref (node->sent->pdata[i]) };
        g_queue_push_tail (&p->wire, flying);
    }
    g_ptr_array_set_size (node->sent, 0);
}

static HbdTime
deadline_of (const Pair *p, guint n)
{
    return p->is_dead[n] ? HBD_TIME_NEVER : hbd_vrrp_deadline (p->node[n]->vrrp);
}

static void
deliver (Pair *p)
{
    Flying *flying = g_queue_pop_head (&p->wire);

    if (!p->is_dead[flying->to]) {
        vrrp_node_packet (p->node[flying->to], 0, flying->packet);
        take (p, flying->to);
    }
    flying_free (flying);
}

static void
pair_run_until (Pair *p, HbdTime time)
{
    for (;;) {
        const Flying *first = g_queue_peek_head (&p->wire);
        HbdTime arrives = first != NULL ? first->at : HBD_TIME_NEVER;
        guint n = deadline_of (p, 0) <= deadline_of (p, 1) ? 0 : 1;
        HbdTime next = MIN (arrives, deadline_of (p, n));

        if (next > time)
            break;
        p->now = p->node[0]->now = p->node[1]->now = MAX (p->now, next);
        if (arrives <= deadline_of (p, n)) {
            deliver (p);
        } else {
            vrrp_node_feed_kind (p->node[n], HBD_VRRP_TIMER);
            take (p, n);
        }
    }
    p->now = p->node[0]->now = p->node[1]->now = time;
}

static bool
is_master (const Pair *p, guint n)
{
    return hbd_vrrp_state (p->node[n]->vrrp, 0) == HBD_VRRP_MASTER;
}

/* Long enough for the election at the start. */
static void
settle (Pair *p, guint interval_ms)
{
    pair_run_until (p, p->now + HBD_MS (interval_ms) * 5);
    g_assert_true (is_master (p, 0));
    g_assert_false (is_master (p, 1));
}

/* How long node 1 needs after a fault of node 0 at this phase of its adverts. */
static HbdTime
takeover_after (guint8 version, guint interval_ms, const char *fault, HbdTime phase)
{
    g_autoptr (Pair) p = pair_new (version, interval_ms);
    HbdTime at;

    settle (p, interval_ms);
    at = hbd_vrrp_deadline (p->node[0]->vrrp) + phase;
    pair_run_until (p, at);
    if (strcmp (fault, "stop") == 0)
        vrrp_node_feed_kind (p->node[0], HBD_VRRP_STOP);
    take (p, 0);
    if (strcmp (fault, "stop") != 0)
        p->is_dead[0] = true;
    pair_run_until (p, at + HBD_MS (interval_ms) * 5 + HBD_S (1));
    g_assert_true (is_master (p, 1));
    return p->acquired_us[1] - at;
}

/* The model gives a range over the phase; each measured run lies in it (or 6 ms around it: two
 * processes and the probe's period), and the ends are those of doc/keepalived.md 7.1. */
static void
test_measured_runs (void)
{
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "vrrp", "timing.txt", NULL);
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;
    guint runs = 0;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    lines = g_strsplit (text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto (GStrv) words = g_strsplit (*line, " ", 4);
        HbdTime shortest = HBD_TIME_NEVER, longest = 0, measured;
        guint interval_ms;

        if (**line == '#' || **line == '\0')
            continue;
        g_test_message ("%s", *line);
        interval_ms = (guint) atoi (words[1]);
        measured = g_ascii_strtoll (words[3], NULL, 10);
        for (int phase = 0; phase < 10; phase++) {
            HbdTime took = takeover_after ((guint8) atoi (words[0]), interval_ms, words[2],
                                           HBD_US (interval_ms) * 100 * phase + 1);

            shortest = MIN (shortest, took);
            longest = MAX (longest, took);
        }
        g_assert_cmpint (measured, >=, shortest - HBD_MS (6));
        g_assert_cmpint (measured, <=, longest + HBD_MS (6));
        runs++;
    }
    g_assert_cmpuint (runs, ==, 27);
}

static void
test_takeover_to_the_microsecond (void)
{
    static const struct {
        guint8 version;
        guint interval_ms;
        const char *fault;
        HbdTime phase_us, took_us;
    } rows[] = {
        /* The last advert is on the wire 50 us; the timer counts from its arrival. */
        { 2, 1000, "cut", 1, 3609375 + 50 - 1 }, { 2, 1000, "cut", 999999, 2609375 + 50 + 1 },
        { 3, 100, "cut", 1, 360937 + 50 - 1 },   { 3, 10, "kill9", 1, 36093 + 50 - 1 },
        { 2, 1000, "stop", 1, 609375 + 50 },     { 3, 100, "stop", 50000, 60937 + 50 },
        { 3, 10, "stop", 5000, 6093 + 50 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        g_assert_cmpint (
            takeover_after (rows[i].version, rows[i].interval_ms, rows[i].fault, rows[i].phase_us),
            ==, rows[i].took_us);
}

/* Cut long enough for two masters, heal at every phase: one again within an interval, the loser
 * silent from then on, and the winner announced after the loser let go. */
static void
heal_at (guint8 version, guint interval_ms, HbdTime cut_for)
{
    g_autoptr (Pair) p = pair_new (version, interval_ms);
    HbdTime healed, announced;

    settle (p, interval_ms);
    p->is_cut = true;
    pair_run_until (p, p->now + cut_for);
    g_assert_true (is_master (p, 0) && is_master (p, 1));
    p->is_cut = false;
    healed = p->now;
    pair_run_until (p, healed + HBD_MS (interval_ms) * 4);
    g_assert_true (is_master (p, 0));
    g_assert_false (is_master (p, 1));
    g_assert_cmpint (p->released_us[1], >, healed);
    g_assert_cmpint (p->released_us[1] - healed, <=, HBD_MS (interval_ms) + 2 * WIRE_US);
    g_assert_cmpint (p->released_us[0], <, healed);
    /* The neighbours' last word is the winner's, and it came at once. */
    g_assert_cmpint (p->announced_us[0], >, p->released_us[1]);
    g_assert_cmpint (p->announced_us[1], <, p->released_us[1]);
    announced = p->announced_us[0];
    pair_run_until (p, p->now + HBD_MS (interval_ms) * 20);
    g_assert_cmpint (p->announced_us[0], ==, announced);
}

static void
test_heal_at_every_phase (void)
{
    static const guint intervals_ms[] = { 10, 100, 1000 };

    for (guint i = 0; i < G_N_ELEMENTS (intervals_ms); i++) {
        for (guint phase = 0; phase < 40; phase++) {
            HbdTime cut_for = HBD_MS (intervals_ms[i]) * 4 + HBD_US (intervals_ms[i]) * 25 * phase;

            heal_at (3, intervals_ms[i], cut_for);
            if (intervals_ms[i] == 1000)
                heal_at (2, intervals_ms[i], cut_for);
        }
    }
}

/* The first word of the loser is lost: the second one makes the winner announce. */
static void
test_lost_word (void)
{
    g_autoptr (Pair) p = pair_new (2, 1000);
    HbdTime released;

    settle (p, 1000);
    p->is_cut = true;
    pair_run_until (p, p->now + HBD_S (5));
    p->is_cut = false;
    /* On to the moment when node 1 yields upon node 0's advert. */
    while (is_master (p, 1))
        pair_run_until (p, p->now + 10);
    released = p->released_us[1];
    g_queue_clear_full (&p->wire, flying_free);
    p->announced_us[0] = 0;
    pair_run_until (p, released + HBD_MS (249));
    g_assert_cmpint (p->announced_us[0], ==, 0);
    pair_run_until (p, released + HBD_MS (251));
    g_assert_cmpint (p->announced_us[0], >, released);
}

/* After a graceful stop the other one is master at once when it knows that it may. */
static void
test_prompt_handover (void)
{
    g_autoptr (Pair) p = pair_new (2, 1000);
    HbdVrrpInstanceConfig config = p->node[1]->instances[0];
    HbdTime at;

    config.is_prompt = true;
    g_clear_pointer (&p->node[1], vrrp_node_free);
    p->node[1] = vrrp_node_new (config);
    p->node[1]->now = p->now;
    vrrp_node_start (p->node[1]);
    settle (p, 1000);
    at = p->now;
    vrrp_node_feed_kind (p->node[0], HBD_VRRP_STOP);
    take (p, 0);
    pair_run_until (p, at + HBD_MS (10));
    g_assert_true (is_master (p, 1));
    g_assert_cmpint (p->acquired_us[1], >, p->released_us[0]);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp/pair/fails-over-as-measured", test_measured_runs);
    g_test_add_func ("/vrrp/pair/takes-over-to-the-microsecond", test_takeover_to_the_microsecond);
    g_test_add_func ("/vrrp/pair/heals-at-every-phase", test_heal_at_every_phase);
    g_test_add_func ("/vrrp/pair/says-the-lost-word-again", test_lost_word);
    g_test_add_func ("/vrrp/pair/hands-over-promptly", test_prompt_handover);
    return g_test_run ();
}
