/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz entry: a story for two virtual routers in a sync group, four bytes an event:
 *   what happens (modulo 8), two arguments, milliseconds to go on before it.
 *   0 an advert of instance .a & 1, from 10.0.0.(.b % 4), priority .a   1 the timer, how late
 *   2 a tracker's result   3 a condition   4 a release is done   5 stop   6 a damaged advert
 *   7 time passes, timers in order
 * Deadlines lie ahead, a step's actions are bounded, addresses are dropped before a backup speaks,
 * and a damaged advert causes records only. */
#include "config.h"

#include "hbd/core/vrrp/vrrp.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define INSTANCES   2
#define ACTIONS_MAX 64

typedef struct {
    HbdVrrpInstanceConfig instances[INSTANCES];
    HbdVrrp *vrrp;
    HbdTime now;
    bool has[INSTANCES];
    guint releases[INSTANCES];
} Story;

static const HbdVrrpAddress service = { { 10, 0, 0, 100 } };
static const HbdVrrpTrackerConfig trackers[] = {
    { "script", HBD_VRRP_TRACK_SCRIPT, 2, 3, false, 0, 0 },
    { "file", HBD_VRRP_TRACK_FILE, 0, 0, false, 0, 0 },
};
static const HbdVrrpTrack tracks[] = { { 0, 0, false }, { 1, 1, false } };
static const char *const groups[] = { "G" };

static void
begin (Story *s, uint8_t choice)
{
    for (guint n = 0; n < INSTANCES; n++)
        s->instances[n] = (HbdVrrpInstanceConfig){
            .name = n == 0 ? "a" : "b",
            .interface = n,
            .priority = 100,
            .nopreempt = (choice & 1) != 0,
            .preempt_delay_us = (choice & 2) != 0 ? HBD_S (2) : 0,
            .down_adverts = 3,
            .is_prompt = (choice & 4) != 0,
            .is_strict = (choice & 8) != 0,
            .announce = { 5, HBD_S (5), 5, HBD_S (1), HBD_S (3), 1 },
            .tracks = tracks,
            .track_count = (choice & 16) != 0 ? G_N_ELEMENTS (tracks) : 0,
            .group = (choice & 32) != 0 ? 0 : HBD_VRRP_NO_GROUP,
            .wire = { .family = HBD_VRRP_IPV4,
                      .version = (choice & 64) != 0 ? 3 : 2,
                      .vrid = 7,
                      .interval_cs = 100,
                      .source = { { 10, 0, 0, 2 } },
                      .group = { { 224, 0, 0, 18 } },
                      .auth_type = (choice & 192) == 128 ? HBD_VRRP_AUTH_AH : HBD_VRRP_AUTH_NONE,
                      .addresses = &service,
                      .address_count = 1 },
        };
    s->now = HBD_S (1);
    s->vrrp = hbd_vrrp_new (&(HbdVrrpConfig){ .instances = s->instances,
                                              .instance_count = INSTANCES,
                                              .groups = groups,
                                              .group_count = 1,
                                              .trackers = trackers,
                                              .tracker_count = G_N_ELEMENTS (trackers) },
                            s->now);
}

static void
take (Story *s, const HbdVrrpAction *action)
{
    switch (action->kind) {
    case HBD_VRRP_DO_SEND:
        g_assert_true (hbd_vrrp_state (s->vrrp, action->send.instance) == HBD_VRRP_MASTER
                       || !s->has[action->send.instance]);
        break;
    case HBD_VRRP_DO_ACQUIRE:
        s->has[action->instance] = true;
        break;
    case HBD_VRRP_DO_RELEASE:
        s->releases[action->instance]++;
        s->has[action->instance] = false;
        break;
    case HBD_VRRP_DO_ANNOUNCE:
        g_assert_cmpint (hbd_vrrp_state (s->vrrp, action->announce.instance), ==, HBD_VRRP_MASTER);
        break;
    case HBD_VRRP_DO_NOTIFY:
    case HBD_VRRP_DO_RECORD:
        break;
    }
}

static void
feed (Story *s, HbdVrrpEvent event, bool is_damaged)
{
    g_autoptr (GArray) actions = hbd_vrrp_actions_new ();

    hbd_vrrp_step (s->vrrp, &event, s->now, actions);
    g_assert_cmpuint (actions->len, <, ACTIONS_MAX);
    for (guint n = 0; n < actions->len; n++) {
        const HbdVrrpAction *action = &g_array_index (actions, HbdVrrpAction, n);

        g_assert_true (!is_damaged || action->kind == HBD_VRRP_DO_RECORD);
        take (s, action);
    }
    g_assert_true (event.kind != HBD_VRRP_TIMER || hbd_vrrp_deadline (s->vrrp) >= s->now);
}

static void
advert (Story *s, uint8_t a, uint8_t b, bool is_damaged)
{
    HbdVrrpCodecConfig wire = s->instances[a & 1].wire;
    g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    g_autoptr (HbdVrrpCodec) codec = NULL;
    g_autofree guint8 *copy = NULL;
    HbdVrrpEvent event = { .kind = HBD_VRRP_PACKET, .packet = { .interface = a & 1 } };

    wire.source.bytes[3] = b % 4;
    if (wire.version == 3)
        wire.interval_cs = 1 + b;
    codec = hbd_vrrp_codec_new (&wire);
    hbd_vrrp_codec_encode (codec, a, 0, out);
    event.packet.len = g_bytes_get_size (out->pdata[0]);
    copy = g_memdup2 (g_bytes_get_data (out->pdata[0], NULL), event.packet.len);
    if (is_damaged)
        copy[HBD_VRRP_IPV4_HEAD_LEN + b % (event.packet.len - HBD_VRRP_IPV4_HEAD_LEN)] ^= 0x10;
    event.packet.data = copy;
    feed (s, event, is_damaged);
}

static void
pass_time (Story *s, HbdTime time)
{
    HbdTime until = s->now + time;

    for (int steps = 0; hbd_vrrp_deadline (s->vrrp) <= until; steps++) {
        g_assert_cmpint (steps, <, 20000);
        s->now = MAX (s->now, hbd_vrrp_deadline (s->vrrp));
        feed (s, (HbdVrrpEvent){ .kind = HBD_VRRP_TIMER }, false);
    }
    s->now = until;
}

static void
happen (Story *s, const uint8_t event[4])
{
    uint8_t a = event[1], b = event[2];

    s->now += HBD_MS (event[3]);
    switch (event[0] % 8) {
    case 0:
        advert (s, a, b, false);
        break;
    case 1:
        s->now = hbd_vrrp_deadline (s->vrrp) == HBD_TIME_NEVER
                     ? s->now
                     : MAX (s->now, hbd_vrrp_deadline (s->vrrp) + HBD_MS (a) * b);
        feed (s, (HbdVrrpEvent){ .kind = HBD_VRRP_TIMER }, false);
        break;
    case 2:
        feed (s, (HbdVrrpEvent){ .kind = HBD_VRRP_TRACKER, .tracker = { a & 1, (gint8) b } },
              false);
        break;
    case 3:
        feed (s,
              (HbdVrrpEvent){ .kind = HBD_VRRP_CONDITION,
                              .condition = { a & 1, b % HBD_VRRP_CONDITION_N, (b & 0x80) != 0 } },
              false);
        break;
    case 4:
        if (s->releases[a & 1] > 0) {
            s->releases[a & 1]--;
            feed (s, (HbdVrrpEvent){ .kind = HBD_VRRP_RELEASED, .instance = a & 1 }, false);
        }
        break;
    case 5:
        feed (s, (HbdVrrpEvent){ .kind = a == 0xff ? HBD_VRRP_STOP : HBD_VRRP_START }, false);
        break;
    case 6:
        advert (s, a, b, true);
        break;
    default:
        pass_time (s, HBD_MS (a) * 40);
        break;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    Story s = { 0 };

    if (size < 1)
        return 0;
    begin (&s, data[0]);
    feed (&s, (HbdVrrpEvent){ .kind = HBD_VRRP_START }, false);
    for (size_t at = 1; at + 4 <= size && at < 4 * 400; at += 4)
        happen (&s, data + at);
    hbd_vrrp_free (s.vrrp);
    return 0;
}
