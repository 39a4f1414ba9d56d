/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz entry: what authentic but odd peers can do to a membership. The bytes are chunks, each one
 * byte of milliseconds to pass, two bytes of length, and the fields of a netstring frame, which is
 * signed here. After every step: the next deadline lies ahead, and what is done is bounded. */
#include "config.h"

#include "hbd/core/membership.h"

#include <stdint.h>
#include <string.h>

#define ACTIONS_MAX 600 /* a few hundred holes or resends at most */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static HbdMembership *
make_membership (const HbdKeyTable *keys)
{
    static const char *const nodes[] = { "alice", "bob", "carol", NULL };
    static const char *const links[] = { "eth0", "eth1", NULL };
    const HbdMembershipConfig config = {
        .self = "alice",
        .nodes = nodes,
        .links = links,
        .keepalive_us = HBD_MS (200),
        .deadtime_us = HBD_S (1),
        .warntime_us = HBD_MS (500),
        .initdead_us = HBD_S (2),
        .rexmit_us = HBD_MS (250),
        .hopfudge = 1,
        .generation = 0x6b03b1c4,
        .keys = keys,
        .seed = 1,
    };

    return hbd_membership_new (&config, 0);
}

static void
step (HbdMembership *m, const HbdMembershipEvent *event, HbdTime now)
{
    g_autoptr (GArray) out = hbd_membership_actions_new ();

    hbd_membership_step (m, event, now, out);
    g_assert_cmpint (hbd_membership_deadline (m), >, now);
    g_assert_cmpuint (out->len, <=, ACTIONS_MAX);
    for (guint i = 0; i < out->len; i++) {
        const HbdMembershipAction *action = &g_array_index (out, HbdMembershipAction, i);

        if (action->kind == HBD_MEMBERSHIP_DO_PERSIST) {
            HbdMembershipEvent saved = { .kind = HBD_MEMBERSHIP_PERSISTED, .wall_s = 1 };

            saved.persisted.generation = action->generation;
            saved.persisted.is_ok = true;
            step (m, &saved, now);
        }
    }
}

static void
run_until (HbdMembership *m, HbdTime until)
{
    HbdMembershipEvent timer = { .kind = HBD_MEMBERSHIP_TIMER, .wall_s = 1 };

    while (hbd_membership_deadline (m) <= until)
        step (m, &timer, hbd_membership_deadline (m));
}

static void
feed (HbdMembership *m, const HbdKeyTable *keys, const uint8_t *data, size_t size, HbdTime now)
{
    g_autoptr (GString) frame = g_string_new ("###\n");
    HbdMembershipEvent packet = { .kind = HBD_MEMBERSHIP_PACKET, .wall_s = 1 };
    char hex[HBD_DIGEST_HEX_MAX + 1];

    g_string_append_len (frame, (const char *) data, (gssize) size);
    g_string_append (frame, "%%%\n");
    hbd_key_digest (&keys->key[1], frame->str, frame->len, hex);
    g_string_append_printf (frame, "%u:1 %s,", (guint) strlen (hex) + 2, hex);
    packet.packet.link = (int) (size % 2);
    packet.packet.data = (const guint8 *) frame->str;
    packet.packet.len = frame->len;
    step (m, &packet, now);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (HbdKeyTable) keys = hbd_key_table_new ();
    g_autoptr (HbdMembership) m = NULL;
    HbdMembershipEvent start = { .kind = HBD_MEMBERSHIP_START, .wall_s = 1 };
    HbdTime now = 0;

    hbd_key_table_set (keys, 1, HBD_AUTH_CRC, NULL);
    keys->active = 1;
    m = make_membership (keys);
    step (m, &start, now);
    while (size > 3) {
        size_t len = MIN ((size_t) (data[1] << 8 | data[2]), size - 3);

        now += HBD_MS (1) * (data[0] < 250 ? data[0] : (data[0] - 249) * 400);
        run_until (m, now);
        feed (m, keys, data + 3, len, now);
        data += 3 + len;
        size -= 3 + len;
    }
    run_until (m, now + HBD_S (3));
    return 0;
}
