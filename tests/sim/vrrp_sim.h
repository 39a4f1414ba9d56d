/* SPDX-License-Identifier: Apache-2.0 */
/* Two to five virtual routers in one process on virtual time: ours (HbdVrrp with its shell's rules)
 * and models of keepalived, on one or two segments, with a client whose neighbour table follows the
 * announcements; faults; and the rules checked after every step. One seed decides everything.
 *
 *   vrrp_world.c   heap, time, the wire, one step
 *   vrrp_router.c  a router's process and host: inbox, timers, addresses, pauses, deaths
 *   vrrp_config.c  what a seed's routers look like
 *   vrrp_check.c   the rules
 *   vrrp_faults.c  what goes wrong
 *   vrrp_story.c   one seed's life */
#pragma once

#include <stdio.h>

#include "hbd/base/prng.h"
#include "hbd/core/vrrp/vrrp.h"
#include "tests/sim/keepalived_peer.h"

#define VRRP_ROUTERS_MAX  5
#define VRRP_SEGMENTS_MAX 2
#define VRRP_INBOX_MAX    64    /* packets that a stopped process's socket holds */
#define VRRP_BUSY_MAX     30000 /* steps in one simulated second; normal is far below */
#define VRRP_TAPE         16    /* packets that the attacker keeps */

/* The shells' times. */
#define VRRP_LATE_MAX HBD_US (300)  /* timers */
#define VRRP_HOST_MAX HBD_US (1500) /* one change of an address */
#define VRRP_HOP_MIN  HBD_US (40)
#define VRRP_HOP_MAX  HBD_US (300)

typedef struct _VrrpWorld VrrpWorld;

typedef enum {
    VRRP_MSG_PACKET,
    VRRP_MSG_TIMER,
    VRRP_MSG_ACQUIRE,
    VRRP_MSG_RELEASE,
    VRRP_MSG_ANNOUNCE,
    VRRP_MSG_RELEASED,
    VRRP_MSG_WAKE,
} VrrpMsgKind;

typedef struct {
    HbdTime at;
    guint64 tie; /* seeded order of what happens at one instant */
    VrrpMsgKind kind;
    guint router;
    guint life; /* of the process, or of the host for changes of addresses */
    guint segment;
    GBytes *packet; /* owned */
    bool is_evil;   /* the attacker's */
} VrrpMsg;

/* One router: a process on a host. */
typedef struct {
    bool is_ours;
    HbdVrrpInstanceConfig instances[VRRP_SEGMENTS_MAX];
    HbdVrrpAddress addresses[2];
    HbdVrrpPeer peers[VRRP_SEGMENTS_MAX][VRRP_ROUTERS_MAX];
    HbdVrrpHmacKey hmac_key;
    HbdVrrpTrackerConfig tracker;
    HbdVrrpTrack track;
    HbdVrrpConfig config;

    HbdVrrp *ours; /* NULL: does not run, or is a model */
    KeepalivedPeer *model;
    guint life, host_life;
    bool has_power, is_interface_up;
    HbdTime paused_until; /* 0: it runs */
    HbdTime timer_at;     /* when the next TIMER is served */
    HbdTime host_busy_until;
    HbdTime started_us, stopped_us;
    GQueue inbox; /* VrrpMsg, while paused */
    bool holds[VRRP_SEGMENTS_MAX];
    HbdVrrpState was[VRRP_SEGMENTS_MAX];
    bool is_stopping;
    bool has_to_let_go; /* it was master, and stood still for longer than others wait */
} VrrpRouter;

/* One direction between two routers on one segment. */
typedef struct {
    bool is_cut;
    int loss, duplicates; /* per cent */
    HbdTime jitter_us;
} VrrpLink;

typedef struct {
    guint routers, segments;
    bool is_pure; /* all are ours */
    bool is_strict, has_ah, has_secret, has_mixed_intervals;
    HbdTime interval_us, preempt_delay_us; /* the longest of all */
} VrrpSetting;

struct _VrrpWorld {
    HbdPrng prng;
    HbdTime now;
    GArray *heap; /* VrrpMsg */
    VrrpSetting set;
    VrrpRouter router[VRRP_ROUTERS_MAX];
    VrrpLink link[VRRP_SEGMENTS_MAX][VRRP_ROUTERS_MAX][VRRP_ROUTERS_MAX];
    int cached[VRRP_SEGMENTS_MAX];         /* whom the client last heard announcing; -1: nobody */
    bool word_was_lost[VRRP_SEGMENTS_MAX]; /* the network took what makes the winner announce */
    HbdTime heard_since[VRRP_SEGMENTS_MAX][VRRP_ROUTERS_MAX][VRRP_ROUTERS_MAX];
    HbdTime handover_us; /* last priority 0 */
    GBytes *tape[VRRP_TAPE];
    guint tape_at;
    guint64 steps, changes, evil;
    HbdTime busy_second;
    guint busy_steps;
    char *violation; /* NULL: none yet */
    FILE *trace;
};

/* vrrp_world.c */
VrrpWorld *vrrp_world_new (guint64 seed, FILE *trace);
void vrrp_world_free (VrrpWorld *w);
gint64 vrrp_rand (VrrpWorld *w, gint64 low, gint64 high);
bool vrrp_chance (VrrpWorld *w, int percent);
void vrrp_push (VrrpWorld *w, VrrpMsg msg);
/* All that the host of @router has to do comes so much later, in the same order. */
void vrrp_postpone (VrrpWorld *w, guint router, HbdTime by);
/* From @from to whom @destination names. */
void vrrp_wire_send (VrrpWorld *w, guint from, guint segment, const HbdVrrpAddress *destination,
                     GBytes *packet);
/* A frame of the attacker to one router. */
void vrrp_wire_inject (VrrpWorld *w, guint to, guint segment, GBytes *packet);
/* Until @time, or the first violation. */
void vrrp_run_until (VrrpWorld *w, HbdTime time);
void vrrp_run_for (VrrpWorld *w, HbdTime time);
void vrrp_trace (const VrrpWorld *w, int router, const char *format, ...) G_GNUC_PRINTF (3, 4);
void vrrp_violate (VrrpWorld *w, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* vrrp_router.c */
void vrrp_router_start (VrrpWorld *w, guint n);
void vrrp_router_stop (VrrpWorld *w, guint n);  /* graceful; the process ends when all is said */
void vrrp_router_kill (VrrpWorld *w, guint n);  /* kill -9 of the process */
void vrrp_router_power (VrrpWorld *w, guint n); /* the host loses its power */
void vrrp_router_pause (VrrpWorld *w, guint n, HbdTime how_long);
void vrrp_router_interface (VrrpWorld *w, guint n, bool is_up);
void vrrp_router_track (VrrpWorld *w, guint n, bool is_up);
void vrrp_router_take (VrrpWorld *w, VrrpMsg *msg);
bool vrrp_router_runs (const VrrpRouter *r); /* and is not paused */
HbdVrrpState vrrp_router_state (const VrrpRouter *r, guint segment);
guint8 vrrp_router_priority (const VrrpRouter *r);
bool vrrp_router_claims (const VrrpRouter *r, guint segment); /* is master, or answers for it */

/* vrrp_config.c */
void vrrp_configure (VrrpWorld *w);

/* vrrp_check.c */
void vrrp_check (VrrpWorld *w);
/* All faults ended so long ago that there is one master, the right one, known to the client. */
void vrrp_check_settled (VrrpWorld *w);
/* How long that takes at most. */
HbdTime vrrp_settle_bound (const VrrpWorld *w);

/* vrrp_faults.c */
#define VRRP_FAULT_LIST(X)                                                                         \
    X (VRRP_FAULT_LOSS, "loss")                                                                    \
    X (VRRP_FAULT_DUPLICATES, "duplicates")                                                        \
    X (VRRP_FAULT_JITTER, "jitter")                                                                \
    X (VRRP_FAULT_CUT, "cut")                                                                      \
    X (VRRP_FAULT_ONE_WAY, "one-way")                                                              \
    X (VRRP_FAULT_PAUSE, "pause")                                                                  \
    X (VRRP_FAULT_KILL, "kill")                                                                    \
    X (VRRP_FAULT_POWER, "power")                                                                  \
    X (VRRP_FAULT_STOP, "stop")                                                                    \
    X (VRRP_FAULT_INTERFACE, "interface")                                                          \
    X (VRRP_FAULT_TRACKER, "tracker")                                                              \
    X (VRRP_FAULT_EVIL, "evil")

#define VRRP_FAULT_VALUE(value, name) value,
typedef enum { VRRP_FAULT_LIST (VRRP_FAULT_VALUE) VRRP_FAULT_N } VrrpFault;

const char *vrrp_fault_name (VrrpFault fault);
void vrrp_fault_begin (VrrpWorld *w, VrrpFault fault, guint n);
void vrrp_fault_end (VrrpWorld *w, VrrpFault fault, guint n);
/* Everything is well again. */
void vrrp_fault_end_all (VrrpWorld *w);

/* vrrp_story.c */
typedef enum {
    VRRP_PHASE_STABLE,   /* one master for a while */
    VRRP_PHASE_ELECTION, /* none, nobody said why */
    VRRP_PHASE_HANDOVER, /* none, and one said priority 0 */
    VRRP_PHASE_CONFLICT, /* two or more */
    VRRP_PHASE_JOIN,     /* one master, and somebody who has just begun */
    VRRP_PHASE_N
} VrrpPhase;

typedef struct {
    guint table[VRRP_FAULT_N][VRRP_PHASE_N];
    guint faults, kinds, changes;
    HbdTime simulated_us, slowest_settle_us;
    guint64 steps, evil;
    char *violation; /* owned by the caller; NULL: none */
    HbdTime violated_at;
} VrrpStory;

const char *vrrp_phase_name (VrrpPhase phase);
void vrrp_story_run (guint64 seed, HbdTime at_least, FILE *trace, VrrpStory *story);
