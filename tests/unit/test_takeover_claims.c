/* SPDX-License-Identifier: Apache-2.0 */
/* One decider of ours, alpha, against hand-made claims of a native peer, beta: what is believed and
 * what is not. g0 prefers alpha, g1 beta. */
#include "config.h"

#include "crm/plan/takeover.h"

#include <string.h>

#define BETA_LIFE ((guint64) 9 << 32)

typedef struct {
    CrmModel *model;
    CrmTakeover *t;
    HbdTime now;
    guint starts[2], stops[2], said;
    CrmClaim claim[2]; /* beta's next words */
    CrmClaims claims;
} Script;

static void
give (Script *s, CrmTakeoverEvent event)
{
    g_autoptr (GArray) out = crm_takeover_actions_new ();

    crm_takeover_step (s->t, &event, s->now, out);
    for (guint i = 0; i < out->len; i++) {
        const CrmTakeoverAction *a = &g_array_index (out, CrmTakeoverAction, i);

        if (a->kind == CRM_TAKEOVER_DO_START)
            s->starts[a->group]++;
        else if (a->kind == CRM_TAKEOVER_DO_STOP)
            s->stops[a->group]++;
        else if (a->kind == CRM_TAKEOVER_DO_REPORT && a->report.kind == CRM_REPORT_CLAIMS)
            s->said++;
    }
}

static void
group (Script *s, guint index, CrmGroupState state)
{
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_GROUP, .group = { index, state } });
}

static void
peer (Script *s, CrmPeerState state, bool returned)
{
    give (s, (CrmTakeoverEvent){
                 .kind = CRM_TAKEOVER_PEER,
                 .peer = { .state = state, .returned = returned, .is_native = true } });
}

/* Beta says its claims, as a status would; it has heard our newest words. */
static void
says (Script *s)
{
    const CrmClaims *ours = crm_takeover_claims (s->t);

    s->claims.rev++;
    s->claims.echo_session = ours->session;
    s->claims.echo_rev = ours->rev;
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_REPORT,
                                 .report = { .kind = CRM_REPORT_CLAIMS, .claims = &s->claims } });
}

/* Exactly these claims, echo and all. */
static void
says_raw (Script *s, CrmClaims claims)
{
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_REPORT,
                                 .report = { .kind = CRM_REPORT_CLAIMS, .claims = &claims } });
}

static const CrmClaim *
ours (const Script *s, guint index)
{
    return &crm_takeover_claims (s->t)->claim[index];
}

static Script *
script_new (void)
{
    Script *s = g_new0 (Script, 1);
    CrmTakeoverConfig config = { .self = "alpha",
                                 .peer = "beta",
                                 .failback = CRM_FAILBACK_OFF,
                                 .life = 5,
                                 .deadtime_us = HBD_S (1) };

    s->model = crm_model_new ();
    g_ptr_array_add (s->model->groups, crm_group_new ("g0", "alpha"));
    g_ptr_array_add (s->model->groups, crm_group_new ("g1", "beta"));
    config.model = s->model;
    s->now = HBD_S (1);
    s->t = crm_takeover_new (&config, s->now);
    s->claim[0] = (CrmClaim){ .group = 0, .state = CRM_GROUP_STOPPED };
    s->claim[1] = (CrmClaim){ .group = 1, .state = CRM_GROUP_STOPPED };
    s->claims =
        (CrmClaims){ .session = BETA_LIFE, .flags = CRM_CLAIMS_READY, .n = 2, .claim = s->claim };
    group (s, 0, CRM_GROUP_STOPPED);
    group (s, 1, CRM_GROUP_STOPPED);
    peer (s, CRM_PEER_ACTIVE, false);
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_JOINED });
    return s;
}

static void
script_free (Script *s)
{
    crm_takeover_free (s->t);
    crm_model_free (s->model);
    g_free (s);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Script, script_free)

/* Beta runs g1 with epoch 4, alpha g0. */
static Script *
settled_new (void)
{
    Script *s = script_new ();

    s->claim[1] =
        (CrmClaim){ .group = 1, .state = CRM_GROUP_RUNNING, .token = CRM_TOKEN_MINE, .epoch = 4 };
    says (s);
    says (s);
    group (s, 0, CRM_GROUP_STARTING);
    group (s, 0, CRM_GROUP_RUNNING);
    s->claim[0].epoch = ours (s, 0)->epoch;
    says (s);
    g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_MINE);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_NONE);
    g_assert_cmpuint (s->starts[0], ==, 1);
    g_assert_cmpuint (s->starts[1], ==, 0);
    return s;
}

static void
test_asks_before_it_takes_what_nobody_has (void)
{
    g_autoptr (Script) s = script_new ();
    CrmClaims old;

    says (s);
    g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_ASK);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_NONE); /* beta's to make */
    g_assert_cmpuint (crm_takeover_claims (s->t)->flags & CRM_CLAIMS_WANT_ACK, !=, 0);
    old = s->claims; /* heard us, but not that we ask */
    old.rev++;
    says_raw (s, old);
    g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_ASK);
    s->claims.rev++;
    says (s);
    g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_MINE);
    g_assert_cmpuint (s->starts[0], ==, 1);
}

static void
test_does_not_take_while_the_peer_asks (void)
{
    g_autoptr (Script) s = script_new ();

    s->claim[0].token = CRM_TOKEN_ASK; /* it withdrew a grant */
    says (s);
    says (s);
    g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_NONE);
    s->claim[0].token = CRM_TOKEN_MINE;
    says (s);
    g_assert_cmpuint (s->starts[0], ==, 0);
}

static void
test_claims_that_do_not_echo_us_move_nothing (void)
{
    g_autoptr (Script) s = script_new ();
    CrmClaims deaf = s->claims;

    deaf.rev = 1;
    says_raw (s, deaf);
    deaf.echo_session = crm_takeover_claims (s->t)->session - 1;
    deaf.echo_rev = 1000;
    deaf.rev = 2;
    says_raw (s, deaf);
    g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_NONE);
    s->claims.rev = 2;
    says (s);
    g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_ASK);
}

static void
test_late_claims_are_ignored (void)
{
    g_autoptr (Script) s = settled_new ();
    CrmClaim granted[2] = {
        s->claim[0],
        { .group = 1, .state = CRM_GROUP_STOPPED, .token = CRM_TOKEN_GRANTED, .epoch = 9 }
    };
    CrmClaims late = s->claims;

    late.claim = granted;
    late.rev--;
    says_raw (s, late);
    late.session = (guint64) 8 << 32; /* an earlier life */
    late.rev = 1000;
    says_raw (s, late);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_NONE);
    g_assert_cmpuint (s->starts[1], ==, 0);
    g_assert_cmpstr (crm_takeover_owner (s->t, 1), ==, "beta");
}

static void
test_grant_is_taken_once (void)
{
    g_autoptr (Script) s = settled_new ();

    s->claim[1] = (CrmClaim){
        .group = 1, .state = CRM_GROUP_STOPPED, .token = CRM_TOKEN_GRANTED, .epoch = 5
    };
    says (s);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_MINE);
    g_assert_cmpuint (ours (s, 1)->epoch, ==, 5);
    g_assert_cmpuint (s->starts[1], ==, 1);
    group (s, 1, CRM_GROUP_STARTING);
    group (s, 1, CRM_GROUP_FAILED); /* goes back with epoch 6 */
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_GRANTED);
    g_assert_cmpuint (ours (s, 1)->epoch, ==, 6);
    s->claim[1] =
        (CrmClaim){ .group = 1, .state = CRM_GROUP_RUNNING, .token = CRM_TOKEN_MINE, .epoch = 6 };
    says (s);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_NONE);
    s->claim[1] = (CrmClaim){
        .group = 1, .state = CRM_GROUP_STOPPED, .token = CRM_TOKEN_GRANTED, .epoch = 5
    }; /* the old one again */
    says (s);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_NONE);
}

/* The second lock: the token alone is not enough while the other one may still run it. */
static void
test_starts_only_when_the_peer_is_down (void)
{
    static const CrmGroupState up[] = { CRM_GROUP_UNKNOWN, CRM_GROUP_STARTING, CRM_GROUP_RUNNING,
                                        CRM_GROUP_STOPPING };

    for (guint i = 0; i < G_N_ELEMENTS (up); i++) {
        g_autoptr (Script) s = settled_new ();

        group (s, 0, CRM_GROUP_STOPPED); /* somebody stopped it, and beta runs it without token */
        s->starts[0] = 0;
        s->claim[0].state = up[i];
        group (s, 0, CRM_GROUP_STARTING);
        says (s);
        group (s, 0, CRM_GROUP_STOPPED);
        g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_MINE);
        g_assert_cmpuint (s->starts[0], ==, 0);
        s->claim[0].state = CRM_GROUP_STOPPED;
        says (s);
        g_assert_cmpuint (s->starts[0], ==, 1);
    }
}

static void
shutdone (Script *s)
{
    s->claims.rev++;
    s->claims.echo_session = crm_takeover_claims (s->t)->session;
    give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_REPORT,
                                 .report = { .kind = CRM_REPORT_SHUTDONE, .claims = &s->claims } });
}

static void
test_shutdone_hands_over_only_what_is_down (void)
{
    static const struct {
        CrmGroupState state;
        bool after_shutdone, after_death;
    } rows[] = {
        { CRM_GROUP_STOPPED, true, true },   { CRM_GROUP_FAILED, true, true },
        { CRM_GROUP_UNKNOWN, false, true },  { CRM_GROUP_RUNNING, false, true },
        { CRM_GROUP_STOPPING, false, true }, { CRM_GROUP_STUCK, false, false },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (Script) s = settled_new ();

        s->claim[1].state = rows[i].state;
        s->claims.flags = 0;
        shutdone (s);
        g_assert_cmpuint (s->starts[1], ==, rows[i].after_shutdone ? 1 : 0);
        peer (s, CRM_PEER_DEAD, false);
        g_assert_cmpuint (s->starts[1], ==, rows[i].after_death ? 1 : 0);
    }
}

/* Said before we took it for dead: nothing of it counts any more. */
static void
test_words_of_before_a_death_do_not_count_after (void)
{
    g_autoptr (Script) s = settled_new ();
    guint64 session = crm_takeover_claims (s->t)->session;
    CrmClaims old;

    peer (s, CRM_PEER_DEAD, false);
    g_assert_cmpuint (s->starts[1], ==, 1);
    group (s, 1, CRM_GROUP_STARTING);
    group (s, 1, CRM_GROUP_RUNNING);
    peer (s, CRM_PEER_ACTIVE, true);
    g_assert_cmpuint (crm_takeover_claims (s->t)->session, !=, session);
    s->claim[1].epoch = 100; /* would win */
    old = s->claims;
    old.rev++;
    old.echo_session = session;
    says_raw (s, old);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_MINE);
    g_assert_cmpuint (s->stops[1], ==, 0);
    s->claims.rev++;
    says (s);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_NONE);
    g_assert_cmpuint (s->stops[1], ==, 1);
}

static void
test_claims_of_groups_that_do_not_exist_are_ignored (void)
{
    g_autoptr (Script) s = settled_new ();
    const CrmClaim odd[] = { { .group = 2, .state = CRM_GROUP_STUCK },
                             { .group = G_MAXUINT, .token = CRM_TOKEN_GRANTED, .epoch = 99 } };
    CrmClaims claims = s->claims;

    claims.rev++;
    claims.claim = odd;
    says_raw (s, claims);
    g_assert_cmpint (ours (s, 0)->token, ==, CRM_TOKEN_MINE);
    g_assert_cmpint (ours (s, 1)->token, ==, CRM_TOKEN_NONE);
}

static void
test_every_change_is_said_at_once_and_rest_is_quiet (void)
{
    g_autoptr (Script) s = settled_new ();
    guint64 rev = crm_takeover_claims (s->t)->rev;

    s->said = 0;
    for (guint i = 0; i < 10; i++)
        says (s);
    g_assert_cmpuint (s->said, ==, 0);
    g_assert_cmpuint (crm_takeover_claims (s->t)->rev, ==, rev);
    g_assert_cmpuint (crm_takeover_claims (s->t)->echo_rev, ==, s->claims.rev);
    s->claims.flags |= CRM_CLAIMS_WANT_ACK;
    says (s);
    g_assert_cmpuint (s->said, ==, 1); /* it waits for our echo */
    g_assert_cmpuint (crm_takeover_claims (s->t)->rev, ==, rev);
    group (s, 0, CRM_GROUP_STUCK);
    g_assert_cmpuint (s->said, ==, 2);
    g_assert_cmpuint (crm_takeover_claims (s->t)->rev, ==, rev + 1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/takeover-claims/asks-before-it-takes-what-nobody-has",
                     test_asks_before_it_takes_what_nobody_has);
    g_test_add_func ("/takeover-claims/does-not-take-while-the-peer-asks",
                     test_does_not_take_while_the_peer_asks);
    g_test_add_func ("/takeover-claims/without-echo-move-nothing",
                     test_claims_that_do_not_echo_us_move_nothing);
    g_test_add_func ("/takeover-claims/late-are-ignored", test_late_claims_are_ignored);
    g_test_add_func ("/takeover-claims/grant-is-taken-once", test_grant_is_taken_once);
    g_test_add_func ("/takeover-claims/starts-only-when-the-peer-is-down",
                     test_starts_only_when_the_peer_is_down);
    g_test_add_func ("/takeover-claims/shutdone-hands-over-only-what-is-down",
                     test_shutdone_hands_over_only_what_is_down);
    g_test_add_func ("/takeover-claims/words-of-before-a-death-do-not-count-after",
                     test_words_of_before_a_death_do_not_count_after);
    g_test_add_func ("/takeover-claims/of-groups-that-do-not-exist-are-ignored",
                     test_claims_of_groups_that_do_not_exist_are_ignored);
    g_test_add_func ("/takeover-claims/every-change-is-said-at-once-and-rest-is-quiet",
                     test_every_change_is_said_at_once_and_rest_is_quiet);
    return g_test_run ();
}
