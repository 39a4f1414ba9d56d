/* SPDX-License-Identifier: Apache-2.0 */
/* What the takeover decider's files share; nobody else includes this. The protocol is told at the
 * top of takeover.c; takeover_group.c keeps one group, takeover_claims.c speaks with a peer of our
 * kind, takeover_v1.c with Heartbeat 3.0.6 (auto_failback on, off), takeover_legacy.c likewise in
 * legacy mode, takeover_command.c does what an operator asks. */
#pragma once

#include "crm/plan/takeover.h"

/* A token that the peer was given and does not take within this time is withdrawn. */
#define TAKEOVER_GRANT_LIMIT_US   HBD_S (10)
/* A question to a 3.0.6 peer is repeated so often while it is alive and silent. */
#define TAKEOVER_ASK_AGAIN_US     HBD_S (1)
/* No `other` to our `me` within this time cancels a standby (doc/heartbeat.md 6.2). */
#define TAKEOVER_OTHER_LIMIT_US   HBD_S (10)
/* How often a 3.0.6 node reads what it has received: with each keepalive, and at least this often
 * (doc/heartbeat.md 6.2); and how long before its next turn `done` should be under way. */
#define TAKEOVER_V1_TURN_US       HBD_MS (500)
#define TAKEOVER_V1_LEAD_US       HBD_MS (50)
/* Added to the sum of a group's own time limits before the executor's silence is an error: it
 * probes before and confirms after, and ends agents that do not end by themselves. */
#define TAKEOVER_ORDER_SLACK_US   HBD_S (60)
/* A command that moves groups may take their time limits and this. */
#define TAKEOVER_COMMAND_SLACK_US HBD_S (10)
/* When leaving, an executor that is away is waited for that long. */
#define TAKEOVER_MANAGER_LIMIT_US HBD_S (10)
/* A 3.0.6 peer that is in flux ignores an offer without a word; it is made so often. */
#define TAKEOVER_OFFERS_MAX       3
/* Rounds of deciding within one step; each moves every group at most one state further. */
#define TAKEOVER_ROUNDS_MAX       8

typedef enum {
    ORDER_NONE,
    ORDER_START,
    ORDER_STOP,
    ORDER_CLEANUP,
} Order;

/* Why a group that is ours is to go to the peer. */
typedef enum {
    GIVE_NOT,
    GIVE_SHUTDOWN,
    GIVE_FAILURE,
    GIVE_FAILBACK,
    GIVE_COMMAND, /* standby or group move here */
    GIVE_ASKED,   /* takeover or group move on the peer */
    GIVE_N
} GiveReason;

typedef struct {
    const CrmGroup *config;
    guint index;
    /* here */
    CrmGroupState here;  /* as the manager tells it */
    Order order;         /* said to the manager, its end not yet heard */
    HbdTime order_until; /* silence beyond is an error */
    bool start_unseen;   /* a start was ordered and no report shows it: "stopped" is old news */
    bool stop_again;     /* the stop was said once more because of that */
    CrmToken token;
    guint64 epoch;       /* of our last token */
    guint64 seen;        /* greatest epoch heard of */
    guint64 ask_rev;     /* ASK: the claims that said so first; 0: not said yet */
    HbdTime grant_until; /* GRANTED */
    GiveReason giving;
    const char *reason; /* static text: why the token is ours */
    bool must_stop;     /* not ours any more (lost, let go): stop whatever the manager says */
    bool has_failed;    /* a start failed; not tried again before cleanup */
    bool is_halted;     /* an operator wants it stopped */
    bool is_overdue;    /* the manager's silence was said */
    bool refer_due;     /* the peer kept it and will not say so: when it is stopped here, we do */
    /* Why neighbours may believe the peer: they are told anew when it has stopped; or NULL. */
    const char *announce_due;
    bool failback_due;  /* the peer joined: what prefers it goes back */
    CrmWish wish;
    bool in_command;  /* part of the command in progress */
    guint v1_offers;  /* times that the failed group was offered to this life of a 3.0.6 peer */
    bool v1_asked;    /* legacy: the peer asked for it and waits for our answer */
    HbdTime v1_again; /* legacy: when to ask the peer again; 0: no need */
    /* the peer's side, as last heard */
    CrmGroupState there;
    CrmToken there_token;
    guint64 there_epoch;
    CrmWish there_wish;
    bool there_stuck; /* survives the peer's death (safety rule 3) */
    bool was_there;   /* it had the group when it was last heard before its death */
} Group;

typedef enum {
    V1_IDLE,
    V1_ME,       /* giving: said `me`, waiting for `other` */
    V1_AGREED,   /* giving: `other` came; waiting for the peer's next turn to read */
    V1_STOPPING, /* giving: stopping groups */
    V1_DONE,     /* giving: said `done`, the peer starts */
    V1_OTHER,    /* taking: said `other`, waiting for the peer's `done` */
    V1_STARTING, /* taking: starting groups */
    V1_ASKED,    /* taking: said hb_takeover, waiting for `me` */
    V1_RESTING,  /* leaving: something is stuck, the rest is given as soon as the peer is stable */
} V1Phase;

/* A peer that speaks only Heartbeat's own protocol. */
typedef struct {
    CrmHold mine;   /* classes that are ours, relative to us */
    CrmHold other;  /* what the peer holds or may hold, relative to it */
    bool is_known;  /* it has said what it holds since it (re)started */
    bool is_stable; /* we are */
    bool peer_stable;
    bool peer_leaving; /* said resource none info=shutdown */
    bool is_given_up;  /* it took us for dead and has not answered since */
    bool is_resting;   /* leaving, something is stuck: giving the other class away */
    bool failback_due; /* the peer joined: what prefers it goes back */
    HbdTime ask_again; /* `starting` unanswered */
    guint64 state_seq; /* of the newest starting or resource: an older one tells nothing */
    V1Phase phase;
    CrmHold moving;       /* relative to the giver */
    HbdTime until;        /* of the phase */
    HbdTime orphan_until; /* nobody has our own groups: when to take them; NEVER: somebody has */
} V1;

/* The one command in progress. */
typedef struct {
    bool is_active;
    guint id;
    CrmCommandKind kind;
    bool to_peer; /* the groups go there */
    bool is_v1;   /* whole classes, by the exchange of takeover_v1.c */
    HbdTime until;
    HbdTime answer_until; /* the peer has to begin with what we wish; NEVER: no wish, or it did */
} Operation;

struct _CrmTakeover {
    CrmTakeoverConfig config;
    char *self, *peer;
    guint n;
    Group *groups;
    bool is_joined;
    bool manager_up;
    bool is_leaving;
    bool is_released;
    HbdTime leave_until;   /* leaving: the agents had all their time */
    HbdTime manager_until; /* leaving: the executor has been away since long before */
    guint16 pauses, deaths;
    HbdTime rejoin_until; /* after a pause: the peer's silence means nothing before; 0: no pause */
    struct {
        CrmPeerState state;
        bool is_native;
        bool is_gone; /* shutdone: it starts nothing more in this life */
        guint64 session, rev, echo_session, echo_rev;
        guint flags;
        guint64 acked_rev; /* newest that wanted an answer and got it */
    } p;
    V1 v1;
    Operation op;
    /* what was published last */
    CrmClaims claims;
    CrmClaim *claim;
    bool publish_now;
};

/* One step's context. */
typedef struct {
    CrmTakeover *t;
    HbdTime now;
    GArray *out;
} Step;

/* takeover.c */
void takeover_record (const Step *s, HbdLevel level, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* @report's strings are copied. */
void takeover_report (const Step *s, const CrmReport *report);
void takeover_order (const Step *s, CrmTakeoverActionKind kind, const Group *g);
guint64 takeover_session (const CrmTakeover *t);
bool takeover_peer_is_alive (const CrmTakeover *t);
bool takeover_peer_is_native (const CrmTakeover *t);   /* alive and of our kind */
bool takeover_peer_is_v1 (const CrmTakeover *t);       /* alive and 3.0.6 */
const char *takeover_peer_name (const CrmTakeover *t); /* "-" when there is none */
/* Does @hold, relative to @node, cover the group? */
bool takeover_in_hold (const Group *g, CrmHold hold, const char *node);
CrmHold takeover_swap_hold (CrmHold hold);
/* Sum of the time limits of the covered groups' actions. */
HbdTime takeover_bound (const CrmTakeover *t, CrmHold hold, const char *node);

/* takeover_group.c */
/* The peer surely does not run it and will not start it unless we say so: safety rule 1. */
bool group_peer_is_clear (const CrmTakeover *t, const Group *g);
bool group_is_absent_there (const CrmTakeover *t, const Group *g);
bool group_is_up (const Group *g);           /* running or on its way there */
bool group_is_settled_down (const Group *g); /* confirmed not running, no order under way */
bool group_wants_to_run (const CrmTakeover *t, const Group *g);
HbdTime group_bound (const Group *g);
void group_set_token (const Step *s, Group *g, CrmToken token, const char *reason);
void group_take (const Step *s, Group *g, guint64 epoch, const char *reason);
void group_let_go (const Step *s, Group *g, const char *reason);
void group_on_report (const Step *s, Group *g, CrmGroupState state);
void group_act (const Step *s, Group *g);
void group_on_timer (const Step *s, Group *g);
void group_forget_peer (Group *g);
/* A word for records: why it is given away. */
const char *group_give_name (GiveReason reason);

/* takeover_heal.c: cuts between us and a 3.0.6 peer */
/* The peer dies: keep in mind what it has. */
void heal_remember (CrmTakeover *t);
/* It is heard again. @is_unaware: it said nothing but heartbeats, so it took nothing. */
void heal_on_return (const Step *s, bool is_unaware);
/* To be called with every report, before it is acted on: does it say that we are dead? */
void heal_on_report (const Step *s, const CrmReport *report);

/* takeover_claims.c */
void claims_receive (const Step *s, const CrmClaims *claims);
bool claims_are_valid (const CrmTakeover *t);
bool claims_peer_is_able (const CrmTakeover *t, const Group *g);
bool claims_settle (const Step *s, Group *g); /* true: something changed, settle again */
void claims_publish (const Step *s);

/* takeover_v1.c */
void v1_enter (const Step *s);
void v1_reset (CrmTakeover *t);
void v1_on_report (const Step *s, const CrmReport *report);
void v1_settle (const Step *s);
void v1_on_timer (const Step *s);
HbdTime v1_deadline (const CrmTakeover *t);
/* Leaving with something stuck: give the peer the class of which all is down. True: done. */
bool v1_leave_rest (const Step *s);
/* Begin to give (standby) or to ask for (takeover) @hold, relative to us; false: in flux. */
bool v1_give (const Step *s, CrmHold hold, const char *reason);
bool v1_ask (const Step *s, CrmHold hold);
void v1_say_resource (const Step *s, CrmHold hold, int stable, const char *info);
void v1_say_alone (const Step *s);
/* Say that the standby or takeover that the peer asks for is not done, and why (a fixed word). */
void v1_refuse (const Step *s, const CrmReport *report, const char *reason);
/* The class variable and the tokens of a class agree from here on. */
void v1_take (const Step *s, CrmHold hold, const char *reason);
void v1_drop (const Step *s, CrmHold hold, const char *reason);

/* takeover_legacy.c */
void legacy_enter (const Step *s);
void legacy_on_report (const Step *s, const CrmReport *report);
void legacy_settle (const Step *s);
void legacy_on_timer (const Step *s);
/* An operator moves @g: to the peer, or here. */
void legacy_move (const Step *s, Group *g, bool to_peer);
/* Leaving with something stuck: give the peer what is down. */
void legacy_leave_rest (const Step *s);

/* takeover_command.c */
void command_begin (const Step *s, const CrmCommand *command);
void command_settle (const Step *s);
void command_on_timer (const Step *s);
void command_fail (const Step *s, const char *why); /* the one in progress, if any */
/* What keeps anything from moving now, as a sentence part; NULL: nothing. (transfer full) */
char *command_in_flux (const CrmTakeover *t);
