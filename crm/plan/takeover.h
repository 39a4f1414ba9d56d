/* SPDX-License-Identifier: Apache-2.0 */
/* The takeover decider: who owns each haresources group on a two-node cluster, by Heartbeat's v1
 * resource protocol (doc/heartbeat.md 5, 6). Pure. It is fed membership and results and says
 * "start / stop / announce group G here" and what to tell the peer, as abstract reports; the node
 * (hbd/node) turns reports into messages and back. All three auto_failback modes.
 *
 * Safety rules 1 to 3 of doc/design.md hold here; the simulation checks them. */
#pragma once

#include "crm/model/model.h"
#include "hbd/base/record.h"

typedef struct _CrmTakeover CrmTakeover;

typedef enum {
    CRM_FAILBACK_LEGACY,
    CRM_FAILBACK_ON,
    CRM_FAILBACK_OFF,
} CrmFailback;

/* What a node holds, relative to the node that says it; local|foreign = all. */
typedef enum {
    CRM_HOLD_NONE = 0,
    CRM_HOLD_LOCAL = 1,
    CRM_HOLD_FOREIGN = 2,
    CRM_HOLD_ALL = 3,
} CrmHold;

typedef struct {
    const char *self;
    const char *peer;      /* NULL: a cluster of one */
    const CrmModel *model; /* borrowed for the object's life */
    CrmFailback failback;
    guint32 life;         /* greater at every start of this node: its Heartbeat generation */
    HbdTime deadtime_us;  /* own, as announced: how long peers wait for us */
    HbdTime keepalive_us; /* the cluster's; 0: unknown */
} CrmTakeoverConfig;

typedef enum {
    CRM_REPORT_STARTING,    /* tell me what you hold */
    CRM_REPORT_RESOURCE,    /* .hold .is_full .stable .info */
    CRM_REPORT_ASK,         /* ask_resources: .hold, .info = me other done */
    CRM_REPORT_TAKEOVER,    /* hb_takeover: .hold */
    CRM_REPORT_IP_REQUEST,  /* legacy: .key */
    CRM_REPORT_IP_RESPONSE, /* legacy: .key .weown */
    CRM_REPORT_SHUTDONE,
    CRM_REPORT_STONITH, /* .key = node, .info = result */
    CRM_REPORT_CLAIMS,  /* native only, carried by status: .claims; as an action: send now */
    CRM_REPORT_N
} CrmReportKind;

/* Who may start a group. At most one node holds the token of a group; how it moves is told at the
 * top of takeover.c. */
typedef enum {
    CRM_TOKEN_NONE,
    CRM_TOKEN_ASK, /* nobody seems to have it; taken once the peer has seen that we ask */
    CRM_TOKEN_MINE,
    CRM_TOKEN_GRANTED, /* stopped here and given to the peer, which has not taken it yet */
    CRM_TOKEN_N
} CrmToken;

/* What a node without the token asks of the one that has it. */
typedef enum {
    CRM_WISH_NONE,
    CRM_WISH_GIVE,  /* let me have it */
    CRM_WISH_HALT,  /* keep it stopped */
    CRM_WISH_START, /* no longer */
    CRM_WISH_N
} CrmWish;

/* What the sender says of one group. */
typedef struct {
    guint group; /* model index */
    CrmGroupState state;
    CrmToken token;
    CrmWish wish;
    bool is_halted; /* an operator wants it stopped; the greater epoch knows better */
    guint64 epoch;  /* of the token; GRANTED: the one that the taker uses; else greatest seen */
} CrmClaim;

#define CRM_CLAIMS_READY    (1u << 0) /* active, executor there, not leaving */
#define CRM_CLAIMS_WANT_ACK (1u << 1) /* answer at once: somebody waits for the echo */
#define CRM_CLAIMS_PREFER   (1u << 2) /* auto_failback is not off: the preferred node wins */
#define CRM_CLAIMS_FLAGS    0x7u

/* Everything a node says about its groups, as one value: it replaces whatever it said before. */
typedef struct {
    guint64 session;      /* life << 32 | pauses << 16 | deaths of the peer declared */
    guint64 rev;          /* grows with each change within a life */
    guint64 echo_session; /* the peer's, as last heard; 0: nothing heard */
    guint64 echo_rev;
    guint flags;
    guint n;
    const CrmClaim *claim;
} CrmClaims;

typedef struct {
    CrmReportKind kind;
    guint64 seq; /* of the message, grows within a life; 0: unknown */
    CrmHold hold;
    bool is_full; /* rtype=full: .hold replaces; else it is OR-ed */
    int stable;   /* 1, 0, or -1 when the message does not say */
    bool weown;
    const char *info; /* "", or me other done mach_down shutdown standby ...; borrowed */
    const char *key;
    const CrmClaims *claims; /* CLAIMS, and SHUTDONE of a native peer (else NULL); borrowed */
} CrmReport;

typedef enum {
    CRM_PEER_UNKNOWN, /* not heard yet */
    CRM_PEER_UP,      /* alive, not active for resource decisions */
    CRM_PEER_ACTIVE,
    CRM_PEER_DEAD,
} CrmPeerState;

typedef enum {
    CRM_COMMAND_STANDBY,  /* .hold */
    CRM_COMMAND_TAKEOVER, /* .hold */
    CRM_COMMAND_GROUP_START,
    CRM_COMMAND_GROUP_STOP,
    CRM_COMMAND_GROUP_MOVE,    /* to .node, or to the other one */
    CRM_COMMAND_GROUP_CLEANUP, /* forget failed */
} CrmCommandKind;

typedef struct {
    guint id; /* answered with CRM_TAKEOVER_DO_REPLY */
    CrmCommandKind kind;
    CrmHold hold;
    const char *key;
    const char *node;
} CrmCommand;

typedef enum {
    CRM_TAKEOVER_JOINED,   /* we are active; the peer was heard or is dead */
    CRM_TAKEOVER_PEER,     /* .peer */
    CRM_TAKEOVER_REPORT,   /* .report from the peer */
    CRM_TAKEOVER_GROUP,    /* .group: what the manager says of a group here */
    CRM_TAKEOVER_MANAGER,  /* .manager_up: the executor went or came back */
    CRM_TAKEOVER_COMMAND,  /* .command */
    CRM_TAKEOVER_SHUTDOWN, /* release everything, then say RELEASED */
    CRM_TAKEOVER_PAUSED,   /* we did not run for longer than the peer waits: let go, then ask */
    CRM_TAKEOVER_TIMER,
    CRM_TAKEOVER_EVENT_N
} CrmTakeoverEventKind;

typedef struct {
    CrmTakeoverEventKind kind;
    union {
        struct {
            CrmPeerState state;
            bool restarted;  /* newer generation: forget what it held */
            bool returned;   /* same generation after death, or after so long a silence that it
                             * may have taken us for dead: partition healed */
            bool is_native;  /* speaks claims, and about the same haresources */
            bool is_unaware; /* returned: it said nothing but heartbeats meanwhile */
            guint64 seq;     /* returned: of the status that showed it; older words are void */
        } peer;
        CrmReport report;
        struct {
            guint index;
            CrmGroupState state;
        } group;
        bool manager_up;
        CrmCommand command;
    };
} CrmTakeoverEvent;

typedef enum {
    CRM_TAKEOVER_DO_START,    /* .group */
    CRM_TAKEOVER_DO_STOP,     /* .group */
    CRM_TAKEOVER_DO_ANNOUNCE, /* .group: repeat gratuitous ARP / NA */
    CRM_TAKEOVER_DO_CLEANUP,  /* .group: forget failure, probe again */
    CRM_TAKEOVER_DO_REPORT,   /* .report: tell the peer; strings owned by the action */
    CRM_TAKEOVER_DO_RELEASED, /* shutdown: nothing of ours runs any more, or (.hold_back) what may
                               * still run could not be stopped: a 3.0.6 peer, which would take it
                               * when we are silent, is to wait for us as long as it can be made to */
    CRM_TAKEOVER_DO_RENEW,    /* a 3.0.6 peer took us for dead: go on with a new generation */
    CRM_TAKEOVER_DO_REPLY,    /* .reply to a command */
    CRM_TAKEOVER_DO_RECORD,
} CrmTakeoverActionKind;

typedef struct {
    CrmTakeoverActionKind kind;
    union {
        guint group;
        CrmReport report; /* .info .key .claims owned here */
        bool hold_back;
        struct {
            guint id;
            bool is_ok;
            char *text;
        } reply;
        HbdRecord *record;
    };
} CrmTakeoverAction;

GArray *crm_takeover_actions_new (void);
CrmTakeover *crm_takeover_new (const CrmTakeoverConfig *config, HbdTime now);
void crm_takeover_free (CrmTakeover *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrmTakeover, crm_takeover_free)
void crm_takeover_step (CrmTakeover *t, const CrmTakeoverEvent *event, HbdTime now, GArray *out);
HbdTime crm_takeover_deadline (const CrmTakeover *t);

/* What this node holds now, for status and cl_status rscstatus. "transition" while unstable. */
const char *crm_takeover_holding (const CrmTakeover *t);
/* Owner of a group as far as this node knows: self, peer, or NULL. */
const char *crm_takeover_owner (const CrmTakeover *t, guint group);
/* The group's state on the other node, as last heard: STUCK outlives its death (safety rule 3), all
 * else is UNKNOWN then. Of a 3.0.6 peer, what its class says. */
CrmGroupState crm_takeover_peer_state (const CrmTakeover *t, guint group);
/* Our claims, for the native field in every status. (transfer none, until the next step) */
const CrmClaims *crm_takeover_claims (const CrmTakeover *t);
const char *crm_hold_name (CrmHold hold);
bool crm_hold_parse (const char *text, CrmHold *hold); /* also "failback" = foreign */
