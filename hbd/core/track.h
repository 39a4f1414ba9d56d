/* SPDX-License-Identifier: Apache-2.0 */
/* What one node has sent us: its generation, its sequence numbers, the holes in them and what we
 * acknowledged (doc/heartbeat.md 4.6, 4.7). Decides which message is fresh; sends nothing. */
#pragma once

#include "hbd/base/time.h"

#include <stdbool.h>

/* A jump of more than this many sequence numbers starts afresh instead of asking for them. */
#define HBD_TRACK_MAX_MISSING    250
/* A node that restarted and is first heard at or below this number is asked for what came before:
 * it spoke to us moments ago. */
#define HBD_TRACK_RESTART_WINDOW 20

typedef struct {
    guint64 seq;
    HbdTime ask_us; /* when it is to be asked for (again) */
    guint tries;    /* how often it was asked for */
} HbdMissing;

typedef struct {
    bool is_known; /* the fields below mean something */
    guint32 generation;
    guint64 last_seq;
    guint64 last_status_seq;
    GArray *missing; /* HbdMissing, ascending by seq */
    guint64 acked;   /* highest number acknowledged */
    guint ack_digit; /* we acknowledge numbers that end in it */
} HbdTrack;

/* What the membership thinks of the node when a message comes. Only a status can bring back or
 * introduce a node; anything else that comes first waits as a hole until one does. */
typedef enum {
    HBD_TRACK_UNHEARD,
    HBD_TRACK_ALIVE,
    HBD_TRACK_DEAD,
} HbdTrackMode;

typedef struct {
    guint32 generation;
    guint64 seq; /* > 0 */
    bool is_status;
} HbdTrackInput;

typedef enum {
    HBD_TRACK_FRESH,     /* newer than all before */
    HBD_TRACK_LATE,      /* fills a hole */
    HBD_TRACK_RESTART,   /* a status of a newer generation: all tracking begins anew */
    HBD_TRACK_RETURNED,  /* a newer status of a node declared dead, same generation */
    HBD_TRACK_HELD,      /* not now: no status has introduced the node or its generation */
    HBD_TRACK_DUPLICATE, /* had before */
    HBD_TRACK_REPLAY,    /* an older generation */
    HBD_TRACK_VERDICT_N
} HbdTrackVerdict;

/* @ack_digit: 0..9. */
void hbd_track_init (HbdTrack *track, guint ack_digit);
void hbd_track_clear (HbdTrack *track);
/* Judge one sequenced message. New holes are to be asked for at @ask_us. A status is the newest
 * one when afterwards last_status_seq is its number. @was_reset, may be NULL: a jump too wide to
 * be asked for was passed over. */
HbdTrackVerdict hbd_track_receive (HbdTrack *track, const HbdTrackInput *input, HbdTrackMode mode,
                                   HbdTime ask_us, bool *was_reset);
/* Is there a number to acknowledge now, with nothing older missing? Told once. */
bool hbd_track_take_ack (HbdTrack *track, guint64 *seq);
/* Give up on one hole; false when it is none. */
bool hbd_track_forget (HbdTrack *track, guint64 seq);
/* Give up on all holes: the node is dead. */
void hbd_track_forget_all (HbdTrack *track);
/* "fresh" and so on. */
const char *hbd_track_verdict_name (HbdTrackVerdict verdict);
