/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the membership, shared by its files only:
 *   membership.c  life, the step, deadlines, readers
 *   emit.c        actions, records, counters; the one place that changes a node's state
 *   echo.c        what we hear of peers, told to them
 *   announce.c    own messages: statuses, header fields, requests, answers
 *   receive.c     a datagram's way from bytes to what it changes
 *   liveness.c    silence: death, links, late heartbeats, own pauses, joining
 *   rexmit.c      asking for what is missing, answering who asks
 * track.[ch] and history.[ch] keep sequence numbers and sent datagrams and know nothing of this. */
#pragma once

#include "hbd/base/prng.h"
#include "hbd/core/history.h"
#include "hbd/core/membership.h"
#include "hbd/base/rate.h"
#include "hbd/core/track.h"

/* Why a node's state changed; the word of the record and of DO_NODE. */
#define HBD_REASON_LIST(X)                                                                         \
    X (HBD_REASON_START, "start")       /* our own life begins */                                  \
    X (HBD_REASON_JOINED, "joined")     /* every node was heard or declared dead */                \
    X (HBD_REASON_STATUS, "status")     /* the node says so */                                     \
    X (HBD_REASON_RESTART, "restart")   /* a newer generation */                                   \
    X (HBD_REASON_RETURNED, "returned") /* the same generation after death */                      \
    X (HBD_REASON_DEADTIME, "deadtime") /* silent for its announced deadtime */                    \
    X (HBD_REASON_INITDEAD, "initdead") /* never heard since we started */                         \
    X (HBD_REASON_SHUTDOWN, "shutdown") /* silent after it said that it leaves */

#define HBD_REASON_VALUE(value, name) value,
typedef enum { HBD_REASON_LIST (HBD_REASON_VALUE) HBD_REASON_N } HbdReason;

/* Counters beside one per decode result; names go out in hbd_membership_counters(). */
#define HBD_COUNT_LIST(X)                                                                          \
    X (HBD_COUNT_RX, "rx")                                                                         \
    X (HBD_COUNT_RX_OWN, "rx-own")                                                                 \
    X (HBD_COUNT_RX_SAME_NAME, "rx-same-name")                                                     \
    X (HBD_COUNT_RX_UNKNOWN_NODE, "rx-unknown-node")                                               \
    X (HBD_COUNT_RX_MALFORMED, "rx-malformed")                                                     \
    X (HBD_COUNT_RX_REPLAY, "rx-replay")                                                           \
    X (HBD_COUNT_RX_DUPLICATE, "rx-duplicate")                                                     \
    X (HBD_COUNT_RX_HELD, "rx-held")                                                               \
    X (HBD_COUNT_RX_LATE, "rx-late")                                                               \
    X (HBD_COUNT_RX_OTHER_DEST, "rx-other-dest")                                                   \
    X (HBD_COUNT_RX_FALLBACK_KEY, "rx-fallback-key")                                               \
    X (HBD_COUNT_RX_UNSEQUENCED, "rx-unsequenced-ignored")                                         \
    X (HBD_COUNT_DELIVERED, "delivered")                                                           \
    X (HBD_COUNT_TX, "tx")                                                                         \
    X (HBD_COUNT_TX_REFUSED, "tx-refused")                                                         \
    X (HBD_COUNT_ACKS_SENT, "acks-sent")                                                           \
    X (HBD_COUNT_ACKS_HEARD, "acks-heard")                                                         \
    X (HBD_COUNT_GAP_RESETS, "gap-resets")                                                         \
    X (HBD_COUNT_REXMIT_ASKED, "rexmit-asked")                                                     \
    X (HBD_COUNT_REXMIT_SENT, "rexmit-sent")                                                       \
    X (HBD_COUNT_REXMIT_HELD_BACK, "rexmit-held-back")                                             \
    X (HBD_COUNT_NAKS_SENT, "naks-sent")                                                           \
    X (HBD_COUNT_NAKS_HEARD, "naks-heard")                                                         \
    X (HBD_COUNT_LOST, "lost")                                                                     \
    X (HBD_COUNT_DEATHS, "deaths")                                                                 \
    X (HBD_COUNT_RESTARTS, "restarts")                                                             \
    X (HBD_COUNT_RETURNS, "returns")                                                               \
    X (HBD_COUNT_LATE_HEARTBEATS, "late-heartbeats")                                               \
    X (HBD_COUNT_PAUSES, "pauses")

#define HBD_COUNT_VALUE(value, name) value,
typedef enum { HBD_COUNT_LIST (HBD_COUNT_VALUE) HBD_COUNT_N } HbdCount;

/* Kinds of records that packets of strangers can cause. */
typedef enum {
    HBD_RATE_UNKNOWN_NODE = HBD_DECODE_N, /* below: one per decode result */
    HBD_RATE_SAME_NAME,
    HBD_RATE_MALFORMED,
    HBD_RATE_REPLAY,
    HBD_RATE_N
} HbdRateKind;

#define HBD_RATE_PERIOD_US HBD_S (60)

/* 3.0.6 keeps `dt` in a long, also where that has 32 bits. */
#define HBD_DEADTIME_LONGEST_MS G_GUINT64_CONSTANT (0x7fffffff)

typedef enum {
    HBD_PEER_LINK_UNKNOWN, /* not heard, not yet missed */
    HBD_PEER_LINK_UP,
    HBD_PEER_LINK_DOWN,
} HbdPeerLinkState;

typedef struct {
    HbdPeerLinkState state;
    HbdTime silent_since_us;
    guint64 received; /* datagrams that showed that the link works */
} HbdPeerLink;

typedef struct {
    guint index; /* position in config nodes */
    const char *name;
    HbdNodeState state;
    bool is_heard; /* a status of it came in this life of ours */
    bool is_native;
    bool is_leaving;    /* said shutdone */
    bool signs_keyed;   /* sent something signed with a key since authkeys changed */
    bool nodes_checked; /* answered reqnodes */
    guint8 uuid[16];
    bool has_uuid;
    HbdTime deadtime_us;     /* as announced */
    HbdTime silent_since_us; /* last status, moved on by our own pauses */
    HbdTime last_heard_us;   /* last status */
    guint64 last_heard_seq;  /* its number */
    HbdTime period_us;       /* between its statuses, on average; ours until we know better */
    gint n_periods;          /* that the average is made of */
    guint said;              /* see DO_NODE */
    bool may_miss_us;        /* silent for so long that it may have declared us dead */
    HbdRate late_rate, lost_rate, vain_rate;
    guint64 vain;          /* requests of it that nothing can answer, since the last record */
    guint naks;            /* told so since .naks_since_us */
    HbdTime naks_since_us; /* a window of HBD_HISTORY_RESEND_US */
    HbdTrack track;
    HbdPeerLink *links;
    char *echo; /* what it hears of us, as its newest status says; NULL: it does not say */
} HbdPeer;

struct _HbdMembership {
    /* configuration, owned */
    char **names;
    char **link_names;
    guint n_nodes, n_links, self;
    HbdTime keepalive_us, deadtime_us, warntime_us, initdead_us, rexmit_us;
    guint hopfudge;
    guint8 uuid[16];
    bool inner_auth;
    HbdKeyTable *keys;
    char *load;
    GPtrArray *extras; /* name, value, name, value, ... */

    /* ourselves */
    HbdPrng prng;
    HbdNodeState state;
    bool is_started, is_joined;
    guint32 generation;
    guint32 pending_generation; /* asked to be persisted; 0: none */
    bool is_renewing;           /* it is taken although somebody lives */
    guint64 seq;
    HbdHistory *history;
    bool *own_link_up;
    HbdTime next_status_us, last_status_us;
    HbdTime ask_nodes_us; /* next reqnodes, or never */
    guint ask_nodes_tries;
    HbdTime last_gap_us;
    bool is_holding_back; /* announce HBD_DEADTIME_LONGEST_MS */
    bool is_quiet; /* this step says no status: the layer above has to hear of a pause first */

    HbdPeer **peers; /* by node position; NULL at self */

    HbdTime deadline_us; /* as told after the last step */
    guint64 count[HBD_COUNT_N];
    guint64 refused[HBD_DECODE_N];
    HbdRate rates[HBD_RATE_N];

    /* of the running step */
    HbdTime now;
    gint64 wall_s;
    GArray *out;
};

/* emit.c */
void hbd_core_record (HbdMembership *m, HbdLevel level, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* As above, at most once per HBD_RATE_PERIOD_US and @kind; `suppressed=N` is added. */
void hbd_core_record_rated (HbdMembership *m, guint kind, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void hbd_core_send_bytes (HbdMembership *m, GBytes *bytes, bool is_beat);
void hbd_core_deliver (HbdMembership *m, const HbdPeer *peer, const HbdMessage *message);
/* The one way a node's state changes. DO_NODE is emitted when it does, or when @reason is a
 * restart or a return. */
void hbd_core_set_state (HbdMembership *m, HbdPeer *peer, HbdNodeState to, HbdReason reason);
void hbd_core_set_own_state (HbdMembership *m, HbdNodeState to, HbdReason reason);
void hbd_core_set_link (HbdMembership *m, HbdPeer *peer, guint link, HbdPeerLinkState to);
/* Text of the network made safe for a record: at most 64 bytes, escaped. (transfer full) */
char *hbd_core_quote (const char *text);

/* announce.c */
void hbd_core_send_status (HbdMembership *m);
/* Add the header fields to @message, sign and send it. @dest may be NULL. */
void hbd_core_send (HbdMembership *m, const HbdMessage *message, const char *dest);
void hbd_core_send_ack (HbdMembership *m, HbdPeer *peer);
void hbd_core_ask_nodes (HbdMembership *m);
void hbd_core_answer_nodes (HbdMembership *m, const HbdPeer *peer);
void hbd_core_check_nodes (HbdMembership *m, HbdPeer *peer, const HbdMessage *message);

/* echo.c */
void hbd_core_add_echo (const HbdMembership *m, HbdMessage *status);
void hbd_core_take_echo (HbdPeer *peer, const HbdMessage *status);

/* receive.c */
void hbd_core_receive (HbdMembership *m, guint link, const guint8 *data, gsize len);

/* liveness.c */
bool hbd_core_is_alive (const HbdPeer *peer);
bool hbd_core_any_alive (const HbdMembership *m);
void hbd_core_declare_dead (HbdMembership *m, HbdPeer *peer, HbdReason reason);
/* Silence during which we did not run is ours; called first in every step. */
void hbd_core_notice_pause (HbdMembership *m);
void hbd_core_check_silence (HbdMembership *m);
void hbd_core_check_joined (HbdMembership *m);
HbdTime hbd_core_silence_deadline (const HbdMembership *m);
void hbd_core_own_link (HbdMembership *m, guint link, bool is_up);
/* Ask for a generation to be taken although peers live. */
void hbd_core_renew (HbdMembership *m);
/* Nobody knows us as we were: the next life of ours begins now, doc/heartbeat.md 11.2. */
void hbd_core_take_generation (HbdMembership *m, guint32 generation, bool is_ok);

/* rexmit.c */
/* When to ask for a hole found now. */
HbdTime hbd_core_ask_time (HbdMembership *m);
void hbd_core_ask_missing (HbdMembership *m);
HbdTime hbd_core_missing_deadline (const HbdMembership *m);
void hbd_core_answer_rexmit (HbdMembership *m, HbdPeer *peer, const HbdMessage *message);
void hbd_core_take_nak (HbdMembership *m, HbdPeer *peer, const HbdMessage *message);
