/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual routers of one node: elections of VRRP 2 and 3 (RFC 3768, 5798, 9568) as keepalived
 * holds them (doc/keepalived.md 3.5, 4.1, 4.3), with an end to every conflict. It judges what the
 * interfaces bring, keeps states, timers, priorities and sync groups, and says what to send, which
 * addresses to take and to drop, when to announce them, and whom to notify.
 *
 * Pure: no clock, socket, file or random. Same configuration and events: same actions. Events are
 * borrowed for the call; actions belong to the caller's array. */
#pragma once

#include "hbd/base/record.h"
#include "hbd/base/time.h"
#include "hbd/core/vrrp/tracking.h"
#include "hbd/wire/vrrp_codec.h"

typedef struct _HbdVrrp HbdVrrp;

#define HBD_VRRP_NO_GROUP  (-1)
#define HBD_VRRP_PEERS_MAX 8 /* senders remembered per instance, for status */

typedef enum {
    HBD_VRRP_INIT,
    HBD_VRRP_BACKUP,
    HBD_VRRP_MASTER,
    HBD_VRRP_FAULT,
    HBD_VRRP_STATE_N
} HbdVrrpState;

/* Gratuitous ARP and neighbour advertisements. A block is @repeat rounds over all addresses. */
typedef struct {
    guint repeat;       /* rounds when we become master */
    HbdTime delay_us;   /* second block after this; 0: none */
    guint lower_repeat; /* rounds after a lower advert; 0: none */
    HbdTime lower_delay_us;
    HbdTime refresh_us; /* 0: none */
    guint refresh_repeat;
} HbdVrrpAnnounceConfig;

typedef struct {
    const char *name;
    guint interface; /* the shell's number of it; packets are matched by it */
    HbdVrrpCodecConfig wire;
    guint8 priority;       /* base, 1..255 */
    bool starts_as_master; /* priority 255 and not told to be a backup */
    bool nopreempt;
    HbdTime preempt_delay_us;
    guint down_adverts;        /* 1..100; 3 */
    bool lower_prio_no_advert; /* as master, do not answer a lower advert */
    bool ignores_adverts;      /* owner_ignore_adverts; counts at priority 255 only */
    bool is_strict;            /* a backup says nothing, not even that it let go */
    bool is_prompt;            /* the only other router is known to let go before it says
                                * priority 0, or there are just two: take over at once then */
    HbdVrrpAnnounceConfig announce;
    const HbdVrrpTrack *tracks; /* its own and its group's */
    guint track_count;
    int group; /* position in groups, or HBD_VRRP_NO_GROUP */
} HbdVrrpInstanceConfig;

typedef struct {
    const HbdVrrpInstanceConfig *instances;
    guint instance_count;
    const char *const *groups; /* names of the sync groups */
    guint group_count;
    const HbdVrrpTrackerConfig *trackers;
    guint tracker_count;
    HbdTime startup_delay_us; /* vrrp_startup_delay: all stay in INIT */
} HbdVrrpConfig;

/* What the shell sees of the host; each bad one is a fault of the instance. */
typedef enum {
    HBD_VRRP_CONDITION_INTERFACE, /* not up and running, or gone */
    HBD_VRRP_CONDITION_SOURCE,    /* no address to send from */
    HBD_VRRP_CONDITION_ADDRESSES, /* its addresses could not be set, or are taken from it */
    HBD_VRRP_CONDITION_N
} HbdVrrpCondition;

typedef enum {
    HBD_VRRP_START,     /* after first values of trackers and conditions, as far as known */
    HBD_VRRP_PACKET,    /* .packet */
    HBD_VRRP_TIMER,     /* hbd_vrrp_deadline () has come; read all sockets before */
    HBD_VRRP_TRACKER,   /* .tracker: a result, also an unchanged one */
    HBD_VRRP_CONDITION, /* .condition */
    HBD_VRRP_SOURCE,    /* .source: the address to send from came or changed */
    HBD_VRRP_RELEASED,  /* .instance: a DO_RELEASE is done, nothing answers for its addresses */
    HBD_VRRP_STOP,      /* let go of everything, say priority 0; see hbd_vrrp_is_stopped () */
    HBD_VRRP_EVENT_N
} HbdVrrpEventKind;

typedef struct {
    HbdVrrpEventKind kind;
    gint64 wall_us; /* Unix time in microseconds; goes into auth_hmac only */
    union {
        struct {
            guint interface;
            const guint8 *data; /* from the IP header on; unused when .unwrapped is set */
            gsize len;
            const HbdVrrpPacket *unwrapped; /* IPv6, whose header the kernel keeps */
        } packet;
        struct {
            guint tracker;
            gint64 value;
        } tracker;
        struct {
            guint instance;
            HbdVrrpCondition condition;
            bool is_bad;
        } condition;
        struct {
            guint instance;
            HbdVrrpAddress address;
        } source;
        guint instance;
    };
} HbdVrrpEvent;

typedef enum {
    HBD_VRRP_DO_SEND,     /* .send: put .packet on the wire */
    HBD_VRRP_DO_ACQUIRE,  /* .instance: take its addresses, routes and rules */
    HBD_VRRP_DO_RELEASE,  /* .instance: drop them, then answer with RELEASED; also when it never
                           * had them */
    HBD_VRRP_DO_ANNOUNCE, /* .announce: tell the neighbours, if it still has its addresses */
    HBD_VRRP_DO_NOTIFY,   /* .notify: scripts, FIFO, mail; in this order */
    HBD_VRRP_DO_RECORD,   /* .record */
} HbdVrrpActionKind;

/* X-macro list in private.h has the words that scripts get. */
typedef enum {
    HBD_VRRP_NOTIFY_MASTER,
    HBD_VRRP_NOTIFY_BACKUP,
    HBD_VRRP_NOTIFY_FAULT,
    HBD_VRRP_NOTIFY_STOP,
    HBD_VRRP_NOTIFY_MASTER_RX_LOWER_PRI,
    HBD_VRRP_NOTIFY_MASTER_PRIORITY,
    HBD_VRRP_NOTIFY_BACKUP_PRIORITY,
    HBD_VRRP_NOTIFY_N
} HbdVrrpNotify;

typedef struct {
    HbdVrrpActionKind kind;
    union {
        struct {
            guint instance;
            HbdVrrpAddress destination;
            GBytes *packet; /* from the IP header on */
        } send;
        guint instance;
        struct {
            guint instance;
            guint repeat;
        } announce;
        struct {
            bool is_group;
            guint index; /* of the instance or the group */
            HbdVrrpNotify what;
            guint8 priority; /* 0 for groups */
        } notify;
        HbdRecord *record;
    };
} HbdVrrpAction;

/* Array of HbdVrrpAction that frees what its elements own. (transfer full) */
GArray *hbd_vrrp_actions_new (void);

/* @config and what it points to are copied, HMAC secrets are referenced. (transfer full) */
HbdVrrp *hbd_vrrp_new (const HbdVrrpConfig *config, HbdTime now);
void hbd_vrrp_free (HbdVrrp *vrrp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdVrrp, hbd_vrrp_free)

/* Feed one event. @now never smaller than in the previous call. @out is appended to, in the order
 * the shell must act. */
void hbd_vrrp_step (HbdVrrp *vrrp, const HbdVrrpEvent *event, HbdTime now, GArray *out);
/* When TIMER is due, or HBD_TIME_NEVER. */
HbdTime hbd_vrrp_deadline (const HbdVrrp *vrrp);
/* After STOP: every address is dropped and every last word said. */
bool hbd_vrrp_is_stopped (const HbdVrrp *vrrp);

/* One sender that an instance heard. */
typedef struct {
    HbdVrrpAddress address;
    guint8 priority;
    guint16 interval_cs;
    HbdTime last_us;
    guint64 count;
} HbdVrrpHeard;

/* Readers, for status and tests. */
HbdVrrpState hbd_vrrp_state (const HbdVrrp *vrrp, guint instance);
/* When it entered that state. */
HbdTime hbd_vrrp_since (const HbdVrrp *vrrp, guint instance);
guint8 hbd_vrrp_priority (const HbdVrrp *vrrp, guint instance); /* effective */
/* False: no master known. Its own address while it is the master. */
bool hbd_vrrp_master (const HbdVrrp *vrrp, guint instance, HbdVrrpAddress *address);
/* Master_Down_Interval and Skew_Time as they are now. */
HbdTime hbd_vrrp_master_down_interval (const HbdVrrp *vrrp, guint instance);
HbdTime hbd_vrrp_skew (const HbdVrrp *vrrp, guint instance);
/* The @index-th sender remembered, in no order; NULL: no more. (transfer none) */
const HbdVrrpHeard *hbd_vrrp_heard (const HbdVrrp *vrrp, guint instance, guint index);
/* Why it is in FAULT or waits in INIT, words with commas between; "" when nothing is wrong.
 * (transfer full) */
char *hbd_vrrp_complaints (const HbdVrrp *vrrp, guint instance);
HbdVrrpTrackState hbd_vrrp_tracker_state (const HbdVrrp *vrrp, guint tracker);
/* Counters by name, a{st}: what happened, and each verdict that refused a packet.
 * (transfer full, floating) */
GVariant *hbd_vrrp_counters (const HbdVrrp *vrrp, guint instance);
/* Packets that no instance was found for, by verdict. */
guint64 hbd_vrrp_strays (const HbdVrrp *vrrp, HbdVrrpVerdict verdict);
/* "INIT", "BACKUP", "MASTER", "FAULT". */
const char *hbd_vrrp_state_name (HbdVrrpState state);
/* "MASTER", ..., "STOP", "MASTER_RX_LOWER_PRI": the words of doc/keepalived.md 4.4 and 4.5. */
const char *hbd_vrrp_notify_name (HbdVrrpNotify what);
