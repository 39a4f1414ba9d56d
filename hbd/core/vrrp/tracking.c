/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers; see tracking.h. */
#include "config.h"

#include "hbd/core/vrrp/tracking.h"

#define OWNER          255
#define HIGHEST        254
#define FILE_FAULT_AT  (-254)
#define FILE_MAX       253
#define FILE_VALUE_MAX G_MAXINT32 /* beyond this every weight is at its bound */

void
hbd_vrrp_tracker_init (HbdVrrpTracker *tracker, const HbdVrrpTrackerConfig *config)
{
    tracker->state = config->starts_down ? HBD_VRRP_TRACK_DOWN : HBD_VRRP_TRACK_UNKNOWN;
    tracker->value = 0;
    /* One success is enough at first, and one failure too. */
    tracker->counter = config->starts_down ? 0 : MAX (config->rise, 1) - 1;
}

static HbdVrrpTrackState
count_script (HbdVrrpTracker *tracker, const HbdVrrpTrackerConfig *config, bool is_success)
{
    guint rise = MAX (config->rise, 1), fall = MAX (config->fall, 1);

    if (is_success) {
        if (tracker->counter < rise - 1) {
            tracker->counter++;
            return HBD_VRRP_TRACK_DOWN;
        }
        tracker->counter = rise + fall - 1;
        return HBD_VRRP_TRACK_UP;
    }
    if (tracker->counter > rise) {
        tracker->counter--;
        return HBD_VRRP_TRACK_UP;
    }
    tracker->counter = 0;
    return HBD_VRRP_TRACK_DOWN;
}

bool
hbd_vrrp_tracker_feed (HbdVrrpTracker *tracker, const HbdVrrpTrackerConfig *config, gint64 value)
{
    HbdVrrpTracker before = *tracker;
    bool is_up = value != 0;

    switch (config->kind) {
    case HBD_VRRP_TRACK_SCRIPT:
        tracker->state = count_script (tracker, config, value == 0);
        return tracker->state != before.state;
    case HBD_VRRP_TRACK_PROCESS:
        is_up = value >= config->quorum && value <= config->quorum_max;
        break;
    case HBD_VRRP_TRACK_FILE:
        is_up = value == 0;
        tracker->value = CLAMP (value, -FILE_VALUE_MAX, FILE_VALUE_MAX);
        break;
    case HBD_VRRP_TRACK_INTERFACE:
    case HBD_VRRP_TRACK_BFD:
        break;
    }
    tracker->state = is_up ? HBD_VRRP_TRACK_UP : HBD_VRRP_TRACK_DOWN;
    return tracker->state != before.state || tracker->value != before.value;
}

static HbdVrrpWeight
weigh_file (const HbdVrrpTracker *tracker, const HbdVrrpTrack *track)
{
    gint64 product = tracker->value * track->weight * (track->reverse ? -1 : 1);

    if (product <= FILE_FAULT_AT)
        return (HbdVrrpWeight){ .is_fault = true };
    return (HbdVrrpWeight){ .delta = (int) MIN (product, FILE_MAX) };
}

HbdVrrpWeight
hbd_vrrp_track_weigh (const HbdVrrpTracker *tracker, const HbdVrrpTrackerConfig *config,
                      const HbdVrrpTrack *track)
{
    bool is_up = tracker->state == HBD_VRRP_TRACK_UP;
    /* A positive weight counts while the object is up, a negative one while it is down. */
    bool counts = track->weight > 0 ? is_up : !is_up;

    if (tracker->state == HBD_VRRP_TRACK_UNKNOWN)
        return (HbdVrrpWeight){ .is_unknown = track->weight == 0 };
    if (track->weight == 0)
        return (HbdVrrpWeight){ .is_fault = is_up == track->reverse };
    if (config->kind == HBD_VRRP_TRACK_FILE)
        return weigh_file (tracker, track);
    if (!counts)
        return (HbdVrrpWeight){ 0 };
    return (HbdVrrpWeight){ .delta = track->reverse ? -track->weight : track->weight };
}

guint8
hbd_vrrp_effective_priority (guint8 base, gint64 sum)
{
    return base == OWNER ? OWNER : (guint8) CLAMP (base + sum, 1, HIGHEST);
}
