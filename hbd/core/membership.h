/* SPDX-License-Identifier: Apache-2.0 */
/* Who is alive, as this node sees it: Heartbeat's v1 membership (doc/heartbeat.md 4) as a pure
 * machine. It verifies and parses what the links bring, keeps sequence, generation, acks and
 * retransmission, emits status messages and deadlines, and hands every fresh message up once.
 *
 * Pure: no clock, socket, file, log or fork. Same configuration, seed and events give the same
 * actions. Events are borrowed for the call; actions belong to the caller's array. */
#pragma once

#include "hbd/base/record.h"
#include "hbd/base/time.h"
#include "hbd/wire/codec.h"

typedef struct _HbdMembership HbdMembership;

#define HBD_LINK_ALL     (-1)
#define HBD_SAID_UNKNOWN G_MAXUINT

/* X-macro list in membership.c gives the names of the wire: init up active dead. */
typedef enum {
    HBD_NODE_INIT,
    HBD_NODE_UP,
    HBD_NODE_ACTIVE,
    HBD_NODE_DEAD,
    HBD_NODE_STATE_N
} HbdNodeState;

typedef struct {
    const char *self;         /* own node name, lower case */
    const char *const *nodes; /* NULL-terminated, in ha.cf order, own name included */
    const char *const *links; /* NULL-terminated; position = link id */
    HbdTime keepalive_us;
    HbdTime deadtime_us;
    HbdTime warntime_us;
    HbdTime initdead_us;
    HbdTime rexmit_us; /* max_rexmit_delay: period of retransmission requests */
    guint hopfudge;
    guint8 uuid[16];
    guint32 generation;      /* the one this life uses, already persisted */
    bool inner_auth;         /* msgfmt classic */
    const HbdKeyTable *keys; /* copied */
    guint64 seed;
} HbdMembershipConfig;

typedef enum {
    HBD_MEMBERSHIP_START,     /* links are usable: say init, then up */
    HBD_MEMBERSHIP_PACKET,    /* .packet */
    HBD_MEMBERSHIP_TIMER,     /* hbd_membership_deadline() has come */
    HBD_MEMBERSHIP_LINK,      /* .link: our own end of a link came or went */
    HBD_MEMBERSHIP_SEND,      /* .send: the layer above says something to all or to one node; not a
                               * status, nor a type that begins with NS_ */
    HBD_MEMBERSHIP_PERSISTED, /* .persisted: a generation asked for is on disk, or failed */
    HBD_MEMBERSHIP_RENEW,     /* a live peer took us for dead: ask for a new generation and, when it
                               * is on disk, go on with it at once */
    HBD_MEMBERSHIP_EVENT_N
} HbdMembershipEventKind;

typedef struct {
    HbdMembershipEventKind kind;
    gint64 wall_s; /* Unix time for `ts`, > 0 */
    union {
        struct {
            int link;
            const guint8 *data;
            gsize len;
        } packet;
        struct {
            int link;
            bool is_up;
        } link;
        struct {
            const HbdMessage *message; /* t and own fields; the rest (src, seq, ...) is added */
            const char *dest;          /* NULL: all */
        } send;
        struct {
            guint32 generation;
            bool is_ok;
        } persisted;
    };
} HbdMembershipEvent;

typedef enum {
    HBD_MEMBERSHIP_DO_SEND,    /* .send: put .bytes on .link (or all) */
    HBD_MEMBERSHIP_DO_PERSIST, /* .generation: write it, answer with PERSISTED */
    HBD_MEMBERSHIP_DO_NODE,    /* .node: another node's state changed, or it restarted */
    HBD_MEMBERSHIP_DO_LINK,    /* .link: what we hear of a node on a link changed */
    HBD_MEMBERSHIP_DO_JOINED,  /* we are active: every node was heard or declared dead */
    HBD_MEMBERSHIP_DO_MESSAGE, /* .message: fresh, authentic, for us or for all, delivered once;
                                * statuses too, after what they change */
    HBD_MEMBERSHIP_DO_PAUSE,   /* .pause: we did not run; peers heard nothing of us for that long.
                                * .is_long: they have taken over, or do so before they hear of us
                                * again, and this step says no status: let go, then call
                                * hbd_membership_send_status(). */
    HBD_MEMBERSHIP_DO_RECORD,  /* .record */
} HbdMembershipActionKind;

typedef struct {
    HbdMembershipActionKind kind;
    union {
        struct {
            int link;
            GBytes *bytes;
            bool is_beat; /* an own status */
        } send;
        guint32 generation;
        struct {
            guint node; /* position in config nodes */
            HbdNodeState from, to;
            bool restarted;     /* a newer generation: whatever it held before, it says anew */
            bool returned;      /* same generation after we declared it dead, or after it may have
                                 * declared us dead: a partition healed */
            guint said;         /* returned: about how many messages that were not its heartbeats
                                 * it sent meanwhile; HBD_SAID_UNKNOWN */
            guint64 seq;        /* of the status that tells this; 0: none does */
            const char *reason; /* static text: "deadtime", "status", "shutdown", ... */
        } node;
        struct {
            guint node;
            int link;
            bool is_up;
        } link;
        struct {
            guint node; /* origin */
            HbdMessage *message;
        } message;
        struct {
            HbdTime gap_us;
            bool is_long; /* the gap reaches to one keepalive below our deadtime */
        } pause;
        HbdRecord *record;
    };
} HbdMembershipAction;

/* Array of HbdMembershipAction that frees what its elements own. (transfer full) */
GArray *hbd_membership_actions_new (void);

/* A membership that has not said anything yet. @config is copied. (transfer full) */
HbdMembership *hbd_membership_new (const HbdMembershipConfig *config, HbdTime now);
void hbd_membership_free (HbdMembership *m);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdMembership, hbd_membership_free)

/* Feed one event. @now never smaller than in the previous call. @out is appended to, in the order
 * the shell must act. */
void hbd_membership_step (HbdMembership *m, const HbdMembershipEvent *event, HbdTime now,
                          GArray *out);
/* When TIMER is due, or HBD_TIME_NEVER. */
HbdTime hbd_membership_deadline (const HbdMembership *m);

/* An extra field that every status of ours carries from now on (3.0.6 ignores it); NULL removes.
 * A change is sent with the next status. */
void hbd_membership_set_extra (HbdMembership *m, const char *name, const char *value);
/* Text of /proc/loadavg for `ld`; set by the shell now and then. */
void hbd_membership_set_load (HbdMembership *m, const char *load);
/* Swap authkeys (reload); copied. */
void hbd_membership_set_keys (HbdMembership *m, const HbdKeyTable *keys);
/* From now on our statuses announce the longest deadtime that 3.0.6 can read: peers wait for us
 * about 24 days before they take us for dead. For one who leaves something running. */
void hbd_membership_hold_back (HbdMembership *m);
/* Announce a status at once (after set_extra), ahead of the next keepalive. After a pause that
 * nobody has told yet, @out gets DO_PAUSE instead, as from a step; call again once it is handled. */
void hbd_membership_send_status (HbdMembership *m, HbdTime now, gint64 wall_s, GArray *out);

/* Readers, for status output and tests. */
HbdNodeState hbd_membership_node_state (const HbdMembership *m, guint node);
bool hbd_membership_link_is_up (const HbdMembership *m, guint node, int link);
HbdTime hbd_membership_last_heard (const HbdMembership *m, guint node); /* HBD_TIME_NEVER: never */
/* When our last status went out; HBD_TIME_NEVER: none yet. */
HbdTime hbd_membership_last_status (const HbdMembership *m);
/* How long peers heard nothing of us at our last pause (DO_PAUSE); 0: we never paused. */
HbdTime hbd_membership_last_gap (const HbdMembership *m);
guint32 hbd_membership_generation (const HbdMembership *m);
bool hbd_membership_is_joined (const HbdMembership *m);
/* Node speaks our native extension (extra field `hbd` in its status). */
bool hbd_membership_node_is_native (const HbdMembership *m, guint node);
/* Datagrams of @node that came on @link in this life of ours and showed that it works. */
guint64 hbd_membership_received (const HbdMembership *m, guint node, int link);
/* The reverse, as @node itself told in its newest status: how many datagrams of ours came to it on
 * its link of the same name, since it started. False: it does not say. */
bool hbd_membership_echo (const HbdMembership *m, guint node, int link, guint64 *count);
/* Counters by name, a{st}. (transfer full, floating) */
GVariant *hbd_membership_counters (const HbdMembership *m);
const char *hbd_node_state_name (HbdNodeState state);
