/* SPDX-License-Identifier: Apache-2.0 */
/* A membership of ours beside a scripted Heartbeat 3.0.6 node: what it hears is written here, frame
 * by frame. Generations that make it see a restart, and what it said while nothing of it was
 * heard. doc/heartbeat.md 4.6, 4.7, 11.2. */
#include "config.h"

#include "tests/unit/core_net.h"

typedef struct {
    CoreNet *net;
    HbdTime period_us;
    guint64 seq;
    guint32 generation;
    const char *dt; /* what it announces, hexadecimal ms */
    bool is_cut;    /* nothing of it arrives; it goes on counting */
} Peer;

static void
says (Peer *p, const char *type)
{
    g_autoptr (HbdMessage) message = hbd_message_new_typed (type);
    g_autoptr (GBytes) bytes = NULL;

    hbd_message_add (message, "st", "active");
    hbd_message_add (message, "dt", p->dt);
    hbd_message_add (message, "protocol", "1");
    hbd_message_add (message, "src", "beta");
    hbd_message_add_printf (message, "seq", "%" G_GINT64_MODIFIER "x", ++p->seq);
    hbd_message_add_printf (message, "hg", "%x", p->generation);
    hbd_message_add (message, "ts", "1");
    hbd_message_add (message, "ttl", "3");
    if (p->is_cut)
        return;
    bytes = hbd_wire_encode (message, p->net->keys, HBD_FRAMING_NETSTRING, false);
    core_net_inject (p->net, 0, 0, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* @beats heartbeats of it, the first one period from now. */
static void
beats (Peer *p, guint count)
{
    for (guint i = 0; i < count; i++) {
        core_net_run (p->net, p->period_us);
        says (p, "status");
    }
}

/* alpha is joined and has known the peer for a while. */
static void
peer_init (Peer *p, HbdTime period_us, const char *dt)
{
    *p = (Peer){ .net = core_net_new (&core_net_defaults), .generation = 7, .dt = dt };
    p->period_us = period_us;
    core_net_start (p->net, 0);
    beats (p, 30);
    g_assert_true (hbd_membership_is_joined (p->net->m[0]));
    core_net_forget (p->net);
}

static void
peer_clear (Peer *p)
{
    core_net_free (p->net);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Peer, peer_clear)

/* The words of a takeover, doc/heartbeat.md 5. */
static void
takes_over (Peer *p)
{
    says (p, "stonith");
    says (p, "resource");
    says (p, "resource");
}

static void
test_silence_of_words_is_told (void)
{
    static const guint lengths[] = { 6, 15, 100 };

    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
        g_auto (Peer) p;

        peer_init (&p, HBD_MS (200), "3e8");
        p.is_cut = true;
        beats (&p, lengths[i]);
        p.is_cut = false;
        beats (&p, 1);
        core_net_assert_seen (p.net, 0, "node beta dead active return returned said 0");
    }
}

static void
test_a_takeover_meanwhile_is_told (void)
{
    g_auto (Peer) p;

    peer_init (&p, HBD_MS (200), "3e8");
    p.is_cut = true;
    beats (&p, 6);
    takes_over (&p);
    beats (&p, 60);
    p.is_cut = false;
    beats (&p, 1);
    core_net_assert_seen (p.net, 0, "node beta dead active return returned said 3");
}

/* Its heartbeats come less often than ours: learnt, not taken from our own file. */
static void
test_its_own_period_counts (void)
{
    g_auto (Peer) p;

    peer_init (&p, HBD_MS (800), "1388");
    p.is_cut = true;
    beats (&p, 7);
    takes_over (&p);
    beats (&p, 3);
    p.is_cut = false;
    beats (&p, 1);
    core_net_assert_seen (p.net, 0, "node beta dead active return returned said 3");
}

/* Lost heartbeats make long pauses, not a longer period. */
static void
test_losses_do_not_change_the_period (void)
{
    g_auto (Peer) p;

    peer_init (&p, HBD_MS (200), "3e8");
    for (guint i = 0; i < 8; i++) {
        p.is_cut = true;
        beats (&p, 3);
        p.is_cut = false;
        beats (&p, 1);
    }
    core_net_forget (p.net);
    p.is_cut = true;
    beats (&p, 40);
    p.is_cut = false;
    beats (&p, 1);
    core_net_assert_seen (p.net, 0, "node beta dead active return returned said 0");
}

static void
test_too_long_to_know (void)
{
    g_auto (Peer) p;

    peer_init (&p, HBD_MS (200), "3e8");
    p.is_cut = true;
    beats (&p, 130);
    p.is_cut = false;
    beats (&p, 1);
    core_net_assert_seen (p.net, 0, "node beta dead active return returned");
    g_assert_cmpint (core_net_when (p.net, 0, "node beta dead active return returned said", 0), <,
                     0);
}

/* It wants 5 s for itself, and gives us the one that we announce: after that it may have taken us for
 * dead though we still wait. With the generation of before it would give up all it has. */
static void
test_generation_is_raised_when_it_may_have_given_us_up (void)
{
    g_auto (Peer) p;

    peer_init (&p, HBD_MS (200), "1388");
    p.is_cut = true;
    beats (&p, 4);
    g_assert_cmpuint (hbd_membership_generation (p.net->m[0]), ==, 100);
    beats (&p, 2);
    g_assert_cmpuint (hbd_membership_generation (p.net->m[0]), ==, 101);
    g_assert_cmpuint (core_net_count (p.net, 0, "node beta active dead"), ==, 0);
    takes_over (&p);
    p.is_cut = false;
    beats (&p, 2);
    core_net_assert_seen (p.net, 0, "node beta active active return returned said 3");
    g_assert_cmpuint (core_net_count (p.net, 0, "node beta"), ==, 1);
    /* what was said meanwhile is not asked for */
    core_net_run (p.net, HBD_MS (400));
    g_assert_cmpuint (core_net_sent (p.net, 0, "NS_rexmit"), ==, 0);
}

/* One silence, one generation. */
static void
test_death_after_that_takes_no_other (void)
{
    g_auto (Peer) p;

    peer_init (&p, HBD_MS (200), "1388");
    p.is_cut = true;
    beats (&p, 40);
    core_net_assert_seen (p.net, 0, "node beta active dead - deadtime");
    g_assert_cmpuint (core_net_count (p.net, 0, "persist"), ==, 1);
    p.is_cut = false;
    beats (&p, 5);
    core_net_assert_seen (p.net, 0, "node beta dead active return returned");
    p.is_cut = true;
    beats (&p, 6);
    g_assert_cmpuint (core_net_count (p.net, 0, "persist"), ==, 2);
}

/* It said that we are dead: a new generation though it lives, told by a status at once. */
static void
test_renewed_while_it_lives (void)
{
    const HbdMembershipEvent renew = { .kind = HBD_MEMBERSHIP_RENEW, .wall_s = 1 };
    g_auto (Peer) p;
    g_autoptr (HbdMessage) status = NULL;

    peer_init (&p, HBD_MS (200), "3e8");
    core_net_step (p.net, 0, &renew);
    core_net_assert_seen (p.net, 0,
                          "record node.generation node=alpha from=100 to=101 "
                          "reason=taken-for-dead");
    status = core_net_last_sent (p.net, 0, "status");
    g_assert_cmpstr (hbd_message_get (status, "hg"), ==, "65");
    g_assert_cmpstr (hbd_message_get (status, "seq"), ==, "1");
    beats (&p, 3);
    g_assert_cmpuint (core_net_count (p.net, 0, "node beta"), ==, 0);
}

#define ADD(name, function) g_test_add_func ("/membership-v1/" name, function)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("silence-of-words-is-told", test_silence_of_words_is_told);
    ADD ("a-takeover-meanwhile-is-told", test_a_takeover_meanwhile_is_told);
    ADD ("its-own-period-counts", test_its_own_period_counts);
    ADD ("losses-do-not-change-the-period", test_losses_do_not_change_the_period);
    ADD ("too-long-to-know", test_too_long_to_know);
    ADD ("generation-is-raised-when-it-may-have-given-us-up",
         test_generation_is_raised_when_it_may_have_given_us_up);
    ADD ("death-after-that-takes-no-other", test_death_after_that_takes_no_other);
    ADD ("renewed-while-it-lives", test_renewed_while_it_lives);
    return g_test_run ();
}
