/* SPDX-License-Identifier: Apache-2.0 */
/* Which message is fresh: doc/heartbeat.md 4.6, 4.7, as tables of what comes and what is said. */
#include "config.h"

#include "hbd/core/track.h"

#define ASK_US HBD_MS (77)

typedef struct {
    const char *name;
    /* words: [mode:]generation.seq[s]=verdict; mode u(nheard) a(live) d(ead); s: a status */
    const char *story;
    const char *missing; /* at the end */
} StoryRow;

static const StoryRow story_rows[] = {
    { "in order", "u:5.1s=fresh a:5.2=fresh a:5.3s=fresh", "" },
    { "first one anywhere", "u:5.1000s=fresh a:5.1001=fresh", "" },
    { "copy of the last", "u:5.1s=fresh a:5.1s=duplicate a:5.2=fresh a:5.2=duplicate", "" },
    { "a hole is filled once", "u:5.1s=fresh a:5.3=fresh a:5.2=late a:5.2=duplicate", "" },
    { "several holes", "u:5.1s=fresh a:5.5=fresh a:5.8=fresh a:5.3=late", "2 4 6 7" },
    { "before the first", "u:5.9s=fresh a:5.8=duplicate a:5.1s=duplicate", "" },
    { "widest jump that is asked for", "u:5.1s=fresh a:5.252s=fresh a:5.2=late", "3..251" },
    { "wider jump starts afresh", "u:5.1s=fresh a:5.253s=fresh a:5.2=duplicate", "" },
    { "holes together are bounded", "u:5.1s=fresh a:5.202s=fresh a:5.262s=fresh a:5.2=duplicate",
      "" },
    { "older generation", "u:5.1s=fresh a:4.2s=replay a:4.9=replay d:4.10s=replay", "" },
    { "restart by a status", "u:5.7s=fresh a:6.1s=restart a:6.2=fresh a:5.8=replay", "" },
    { "restart heard late is asked for what came before", "u:5.7s=fresh a:6.4s=restart a:6.2=late",
      "1 3" },
    { "restart heard very late is not", "u:5.7s=fresh a:6.21s=restart a:6.2=duplicate", "" },
    { "the last number that is", "u:5.7s=fresh a:6.20s=restart", "1..19" },
    { "only a status tells of a restart",
      "u:5.7s=fresh a:6.3=held a:5.8=fresh a:6.4s=restart a:6.3=late", "1 2" },
    { "only a status introduces a node", "u:5.3=held u:5.4=held u:5.5s=fresh a:5.4=late", "3" },
    { "a stranger's older generation does not", "u:5.3=held u:4.9s=replay u:5.4s=fresh", "3" },
    { "return", "u:5.1s=fresh d:5.9s=returned a:5.10=fresh a:5.5=duplicate", "" },
    { "no return by anything but a status", "u:5.1s=fresh d:5.9=held d:5.10s=returned a:5.9=late",
      "" },
    { "no return by old statuses", "u:5.7s=fresh d:5.7s=duplicate d:5.6s=duplicate", "" },
    { "restart after death", "u:5.7s=fresh d:6.1s=restart", "" },
    { "end of the numbers", "u:5.1s=fresh a:5.18446744073709551615=fresh a:5.2=duplicate", "" },
};

static HbdTrackMode
read_mode (char letter)
{
    if (letter == 'u')
        return HBD_TRACK_UNHEARD;
    return letter == 'a' ? HBD_TRACK_ALIVE : HBD_TRACK_DEAD;
}

/* One word; the verdict it gets. */
static void
play (HbdTrack *track, const char *word, const char *name)
{
    HbdTrackInput input;
    HbdTrackMode mode = read_mode (word[0]);
    char *rest;

    input.generation = (guint32) g_ascii_strtoull (word + 2, &rest, 10);
    input.seq = g_ascii_strtoull (rest + 1, &rest, 10);
    input.is_status = *rest == 's';
    rest += input.is_status ? 2 : 1;
    g_test_message ("%s: %s", name, word);
    g_assert_cmpstr (hbd_track_verdict_name (hbd_track_receive (track, &input, mode, ASK_US, NULL)),
                     ==, rest);
}

/* "2 4 6..9" */
static char *
print_missing (const HbdTrack *track)
{
    GString *text = g_string_new (NULL);
    guint len = track->missing->len;

    if (len > 9) {
        g_string_printf (text, "%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT,
                         g_array_index (track->missing, HbdMissing, 0).seq,
                         g_array_index (track->missing, HbdMissing, len - 1).seq);
        g_assert_cmpuint (g_array_index (track->missing, HbdMissing, len - 1).seq
                              - g_array_index (track->missing, HbdMissing, 0).seq,
                          ==, len - 1);
        return g_string_free (text, FALSE);
    }
    for (guint i = 0; i < len; i++)
        g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                                g_array_index (track->missing, HbdMissing, i).seq);
    return g_string_free (text, FALSE);
}

static void
test_stories (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (story_rows); i++) {
        g_auto (GStrv) words = g_strsplit (story_rows[i].story, " ", -1);
        g_autofree char *missing = NULL;
        HbdTrack track;

        hbd_track_init (&track, 0);
        for (guint j = 0; words[j] != NULL; j++)
            play (&track, words[j], story_rows[i].name);
        missing = print_missing (&track);
        g_assert_cmpstr (missing, ==, story_rows[i].missing);
        hbd_track_clear (&track);
    }
}

static void
test_the_newest_status_is_known (void)
{
    HbdTrack track;

    hbd_track_init (&track, 0);
    play (&track, "u:5.1s=fresh", "");
    play (&track, "a:5.4s=fresh", "");
    play (&track, "a:5.5=fresh", "");
    g_assert_cmpuint (track.last_status_seq, ==, 4);
    play (&track, "a:5.2s=late", "");
    g_assert_cmpuint (track.last_status_seq, ==, 4);
    play (&track, "a:5.7=fresh", "");
    play (&track, "a:5.6s=late", "");
    g_assert_cmpuint (track.last_status_seq, ==, 6);
    hbd_track_clear (&track);
}

static void
test_holes_carry_the_time_to_ask (void)
{
    HbdTrack track;
    const HbdMissing *hole;

    hbd_track_init (&track, 0);
    play (&track, "u:5.1s=fresh", "");
    play (&track, "a:5.3s=fresh", "");
    hole = &g_array_index (track.missing, HbdMissing, 0);
    g_assert_cmpint (hole->ask_us, ==, ASK_US);
    g_assert_cmpuint (hole->tries, ==, 0);
    g_assert_false (hbd_track_forget (&track, 1));
    g_assert_true (hbd_track_forget (&track, 2));
    g_assert_false (hbd_track_forget (&track, 2));
    hbd_track_clear (&track);
}

static void
assert_ack (HbdTrack *track, guint64 expected)
{
    guint64 seq = 0;

    g_assert_cmpint (hbd_track_take_ack (track, &seq), ==, expected > 0);
    g_assert_cmpuint (seq, ==, expected);
}

/* doc/heartbeat.md 4.7: numbers that end in our digit, once, and not past a hole. */
static void
test_acks (void)
{
    HbdTrack track;

    hbd_track_init (&track, 3);
    assert_ack (&track, 0);
    play (&track, "u:5.1s=fresh", "");
    assert_ack (&track, 0);
    play (&track, "a:5.2=fresh", "");
    play (&track, "a:5.3=fresh", "");
    assert_ack (&track, 3);
    assert_ack (&track, 0);
    /* 12 is missing: 13 is not acknowledged until it comes. */
    for (guint seq = 4; seq <= 14; seq++) {
        g_autofree char *word = g_strdup_printf ("a:5.%u=fresh", seq);

        if (seq != 12)
            play (&track, word, "");
        assert_ack (&track, 0);
    }
    play (&track, "a:5.12=late", "");
    assert_ack (&track, 13);
    assert_ack (&track, 0);
    hbd_track_clear (&track);
}

static void
test_first_message_is_acked_when_it_has_the_digit (void)
{
    HbdTrack track;

    hbd_track_init (&track, 0);
    play (&track, "u:5.1000s=fresh", "");
    assert_ack (&track, 1000);
    hbd_track_clear (&track);

    hbd_track_init (&track, 9);
    play (&track, "u:5.1000s=fresh", "");
    assert_ack (&track, 0);
    play (&track, "a:6.1s=restart", "");
    assert_ack (&track, 0);
    play (&track, "a:6.9=fresh", "");
    assert_ack (&track, 0);
    hbd_track_forget_all (&track);
    assert_ack (&track, 9);
    hbd_track_clear (&track);
}

static void
test_a_jump_is_told (void)
{
    HbdTrack track;
    HbdTrackInput input = { 5, 1, true };
    bool was_reset = true;

    hbd_track_init (&track, 0);
    hbd_track_receive (&track, &input, HBD_TRACK_UNHEARD, 0, &was_reset);
    g_assert_false (was_reset);
    input.seq = 300;
    hbd_track_receive (&track, &input, HBD_TRACK_ALIVE, 0, &was_reset);
    g_assert_true (was_reset);
    input.seq = 302;
    hbd_track_receive (&track, &input, HBD_TRACK_ALIVE, 0, &was_reset);
    g_assert_false (was_reset);
    hbd_track_clear (&track);
}

/* Whatever comes from the dead, what is kept stays bounded. */
static void
test_held_messages_are_bounded (void)
{
    HbdTrack track;
    HbdTrackInput input = { 5, 1, true };

    hbd_track_init (&track, 0);
    hbd_track_receive (&track, &input, HBD_TRACK_UNHEARD, 0, NULL);
    for (guint i = 0; i < 10000; i++) {
        input = (HbdTrackInput){ 5, 2 + i, false };
        g_assert_cmpint (hbd_track_receive (&track, &input, HBD_TRACK_DEAD, 0, NULL), ==,
                         HBD_TRACK_HELD);
        g_assert_cmpuint (track.missing->len, <=, HBD_TRACK_MAX_MISSING);
    }
    hbd_track_clear (&track);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/core/track/stories", test_stories);
    g_test_add_func ("/core/track/newest-status", test_the_newest_status_is_known);
    g_test_add_func ("/core/track/holes-carry-the-time", test_holes_carry_the_time_to_ask);
    g_test_add_func ("/core/track/acks", test_acks);
    g_test_add_func ("/core/track/acks-from-the-first-on",
                     test_first_message_is_acked_when_it_has_the_digit);
    g_test_add_func ("/core/track/a-jump-is-told", test_a_jump_is_told);
    g_test_add_func ("/core/track/held-is-bounded", test_held_messages_are_bounded);
    return g_test_run ();
}
