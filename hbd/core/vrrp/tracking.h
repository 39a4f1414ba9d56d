/* SPDX-License-Identifier: Apache-2.0 */
/* What trackers make of a priority: rise and fall of scripts, quorum of processes, values of
 * files, weights (doc/keepalived.md 4.1, 4.2). Plain arithmetic; who tracks what is told by
 * vrrp.h. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    HBD_VRRP_TRACK_INTERFACE, /* value: not 0 is up */
    HBD_VRRP_TRACK_SCRIPT,    /* value: 0 is success, as an exit status */
    HBD_VRRP_TRACK_PROCESS,   /* value: how many run */
    HBD_VRRP_TRACK_FILE,      /* value: what stands in it */
    HBD_VRRP_TRACK_BFD,       /* value: not 0 is up */
} HbdVrrpTrackerKind;

typedef struct {
    const char *name;
    HbdVrrpTrackerKind kind;
    guint rise, fall; /* scripts; >= 1 */
    bool starts_down; /* init_fail: rise successes are needed at first */
    guint quorum;     /* processes: at least this many */
    guint quorum_max; /* and at most; G_MAXUINT: no limit */
} HbdVrrpTrackerConfig;

typedef enum {
    HBD_VRRP_TRACK_UNKNOWN, /* no value yet */
    HBD_VRRP_TRACK_UP,
    HBD_VRRP_TRACK_DOWN,
} HbdVrrpTrackState;

typedef struct {
    HbdVrrpTrackState state;
    guint counter; /* scripts: 0..rise + fall - 1 */
    gint64 value;  /* files */
} HbdVrrpTracker;

/* One use of a tracker by an instance. */
typedef struct {
    guint tracker; /* position in the list of trackers */
    int weight;    /* -254..254; 0: failure is a fault */
    bool reverse;
} HbdVrrpTrack;

typedef struct {
    bool is_fault;
    bool is_unknown; /* weight 0, and nothing is known yet: the instance has to wait */
    int delta;       /* for the priority */
} HbdVrrpWeight;

void hbd_vrrp_tracker_init (HbdVrrpTracker *tracker, const HbdVrrpTrackerConfig *config);
/* A new result. True when what it means for instances may have changed. */
bool hbd_vrrp_tracker_feed (HbdVrrpTracker *tracker, const HbdVrrpTrackerConfig *config,
                            gint64 value);
/* What @tracker means for who uses it as @track says. */
HbdVrrpWeight hbd_vrrp_track_weigh (const HbdVrrpTracker *tracker,
                                    const HbdVrrpTrackerConfig *config, const HbdVrrpTrack *track);
/* The priority to announce: 1..254, but 255 never changes. @base: 1..255. */
guint8 hbd_vrrp_effective_priority (guint8 base, gint64 sum);
