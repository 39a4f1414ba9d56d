/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/core/track.h"

#define VERDICT_LIST(X)                                                                            \
    X (HBD_TRACK_FRESH, "fresh")                                                                   \
    X (HBD_TRACK_LATE, "late")                                                                     \
    X (HBD_TRACK_RESTART, "restart")                                                               \
    X (HBD_TRACK_RETURNED, "returned")                                                             \
    X (HBD_TRACK_HELD, "held")                                                                     \
    X (HBD_TRACK_DUPLICATE, "duplicate")                                                           \
    X (HBD_TRACK_REPLAY, "replay")

#define VERDICT_NAME(value, name) [value] = name,
static const char *const verdict_names[] = { VERDICT_LIST (VERDICT_NAME) };
G_STATIC_ASSERT (G_N_ELEMENTS (verdict_names) == HBD_TRACK_VERDICT_N);

const char *
hbd_track_verdict_name (HbdTrackVerdict verdict)
{
    g_assert (verdict < HBD_TRACK_VERDICT_N);
    return verdict_names[verdict];
}

void
hbd_track_init (HbdTrack *track, guint ack_digit)
{
    *track = (HbdTrack){ .ack_digit = ack_digit };
    track->missing = g_array_new (FALSE, FALSE, sizeof (HbdMissing));
}

void
hbd_track_clear (HbdTrack *track)
{
    g_clear_pointer (&track->missing, g_array_unref);
}

/* Position of @seq among the holes, or where it would stand; @found tells which. */
static guint
find_missing (const HbdTrack *track, guint64 seq, bool *found)
{
    guint low = 0, high = track->missing->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index (track->missing, HbdMissing, middle).seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    *found =
        low < track->missing->len && g_array_index (track->missing, HbdMissing, low).seq == seq;
    return low;
}

bool
hbd_track_forget (HbdTrack *track, guint64 seq)
{
    bool found;
    guint at = find_missing (track, seq, &found);

    if (found)
        g_array_remove_index (track->missing, at);
    return found;
}

void
hbd_track_forget_all (HbdTrack *track)
{
    g_array_set_size (track->missing, 0);
}

/* Numbers @first..@last are holes; all are above every hole there is. */
static void
add_missing (HbdTrack *track, guint64 first, guint64 last, HbdTime ask_us)
{
    for (guint64 seq = first; seq <= last; seq++) {
        HbdMissing hole = { .seq = seq, .ask_us = ask_us };

        g_array_append_val (track->missing, hole);
    }
}

/* Begin with @input as the first message of its generation that counts. */
static void
begin (HbdTrack *track, const HbdTrackInput *input)
{
    hbd_track_forget_all (track);
    track->is_known = true;
    track->generation = input->generation;
    track->last_seq = input->seq;
    track->last_status_seq = input->is_status ? input->seq : 0;
    track->acked = input->seq - 1;
}

/* Move last_seq up to @seq; what lies between becomes holes unless it is too much. */
static bool
advance (HbdTrack *track, guint64 seq, HbdTime ask_us)
{
    guint64 between = seq - track->last_seq - 1;
    bool is_too_wide =
        between > HBD_TRACK_MAX_MISSING || track->missing->len + between > HBD_TRACK_MAX_MISSING;

    if (is_too_wide)
        hbd_track_forget_all (track);
    else
        add_missing (track, track->last_seq + 1, seq - 1, ask_us);
    track->last_seq = seq;
    return is_too_wide;
}

static HbdTrackVerdict
receive_unknown (HbdTrack *track, const HbdTrackInput *input, HbdTime ask_us)
{
    begin (track, input);
    if (input->is_status)
        return HBD_TRACK_FRESH;
    add_missing (track, input->seq, input->seq, ask_us);
    return HBD_TRACK_HELD;
}

static HbdTrackVerdict
receive_newer_generation (HbdTrack *track, const HbdTrackInput *input, HbdTime ask_us)
{
    /* doc/heartbeat.md 4.6: only a status tells of a restart. What else comes early is asked for
     * again after it, see below. */
    if (!input->is_status)
        return HBD_TRACK_HELD;
    begin (track, input);
    if (input->seq <= HBD_TRACK_RESTART_WINDOW) {
        track->acked = 0;
        add_missing (track, 1, input->seq - 1, ask_us);
    }
    return HBD_TRACK_RESTART;
}

/* A number above all before. */
static HbdTrackVerdict
receive_next (HbdTrack *track, const HbdTrackInput *input, HbdTrackMode mode, HbdTime ask_us)
{
    if (mode != HBD_TRACK_ALIVE && !input->is_status) {
        /* Ask for it once the node has said that it lives; what lies before is not missed. */
        if (track->missing->len == HBD_TRACK_MAX_MISSING)
            hbd_track_forget_all (track);
        track->last_seq = input->seq;
        add_missing (track, input->seq, input->seq, ask_us);
        return HBD_TRACK_HELD;
    }
    track->last_seq = input->seq;
    return mode == HBD_TRACK_DEAD ? HBD_TRACK_RETURNED : HBD_TRACK_FRESH;
}

HbdTrackVerdict
hbd_track_receive (HbdTrack *track, const HbdTrackInput *input, HbdTrackMode mode, HbdTime ask_us,
                   bool *was_reset)
{
    HbdTrackVerdict verdict = HBD_TRACK_FRESH;
    bool is_reset = false;

    if (!track->is_known)
        verdict = receive_unknown (track, input, ask_us);
    else if (input->generation < track->generation)
        verdict = HBD_TRACK_REPLAY;
    else if (input->generation > track->generation)
        verdict = receive_newer_generation (track, input, ask_us);
    else if (input->seq > track->last_seq && mode == HBD_TRACK_ALIVE)
        is_reset = advance (track, input->seq, ask_us);
    else if (input->seq > track->last_seq)
        verdict = receive_next (track, input, mode, ask_us);
    else if (mode == HBD_TRACK_ALIVE && hbd_track_forget (track, input->seq))
        verdict = HBD_TRACK_LATE;
    else
        verdict = HBD_TRACK_DUPLICATE;

    if (was_reset != NULL)
        *was_reset = is_reset;
    if (verdict <= HBD_TRACK_RETURNED && input->is_status)
        track->last_status_seq = MAX (track->last_status_seq, input->seq);
    return verdict;
}

bool
hbd_track_take_ack (HbdTrack *track, guint64 *seq)
{
    guint64 whole = track->missing->len > 0 ? g_array_index (track->missing, HbdMissing, 0).seq - 1
                                            : track->last_seq;
    guint64 back = (whole % 10 + 10 - track->ack_digit) % 10;

    if (!track->is_known || whole < back || whole - back <= track->acked)
        return false;
    track->acked = whole - back;
    *seq = track->acked;
    return true;
}
