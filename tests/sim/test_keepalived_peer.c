/* SPDX-License-Identifier: Apache-2.0 */
/* The model of keepalived against the facts that it stands for (doc/keepalived.md 3.5). */
#include "config.h"

#include "tests/sim/keepalived_peer.h"

#define MDI HBD_US (3609375)

static const HbdVrrpAddress service = { { 10, 0, 0, 100 } };

typedef struct {
    HbdVrrpInstanceConfig instance;
    HbdVrrpConfig config;
    KeepalivedPeer *peer;
    HbdTime now;
} Fixture;

static void
fixture_begin (Fixture *f, bool nopreempt)
{
    f->instance = (HbdVrrpInstanceConfig){
        .name = "VI_1",
        .priority = 100,
        .down_adverts = 3,
        .nopreempt = nopreempt,
        .group = HBD_VRRP_NO_GROUP,
        .announce = { .repeat = 5, .delay_us = HBD_S (5), .lower_repeat = 5 },
        .wire = { .family = HBD_VRRP_IPV4,
                  .version = 2,
                  .vrid = 51,
                  .interval_cs = 100,
                  .source = { { 10, 0, 0, 10 } },
                  .group = { { 224, 0, 0, 18 } },
                  .addresses = &service,
                  .address_count = 1 },
    };
    f->config = (HbdVrrpConfig){ .instances = &f->instance, .instance_count = 1 };
    f->peer = keepalived_peer_new (&f->config);
    f->now = HBD_S (10);
}

/* The actions of one event as letters: s end, a dd addresses, r emove them, g ratuitous ARP. */
static char *
step (Fixture *f, HbdVrrpEvent event)
{
    static const char letters[] = { [HBD_VRRP_DO_SEND] = 's',
                                    [HBD_VRRP_DO_ACQUIRE] = 'a',
                                    [HBD_VRRP_DO_RELEASE] = 'r',
                                    [HBD_VRRP_DO_ANNOUNCE] = 'g' };
    g_autoptr (GArray) actions = hbd_vrrp_actions_new ();
    GString *word = g_string_new (NULL);

    keepalived_peer_step (f->peer, &event, f->now, actions);
    for (guint n = 0; n < actions->len; n++)
        g_string_append_c (word, letters[g_array_index (actions, HbdVrrpAction, n).kind]);
    return g_string_free (word, FALSE);
}

static void
expect (Fixture *f, HbdVrrpEvent event, const char *letters)
{
    g_autofree char *found = step (f, event);

    g_assert_cmpstr (found, ==, letters);
}

static void
hear (Fixture *f, guint8 from, guint8 priority, const char *letters)
{
    HbdVrrpCodecConfig wire = f->instance.wire;
    g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    g_autoptr (HbdVrrpCodec) codec = NULL;
    HbdVrrpEvent event = { .kind = HBD_VRRP_PACKET };

    wire.source.bytes[3] = from;
    codec = hbd_vrrp_codec_new (&wire);
    hbd_vrrp_codec_encode (codec, priority, 0, out);
    event.packet.data = g_bytes_get_data (out->pdata[0], &event.packet.len);
    expect (f, event, letters);
}

static void
run_to_master (Fixture *f)
{
    expect (f, (HbdVrrpEvent){ .kind = HBD_VRRP_START }, "r");
    g_assert_cmpint (keepalived_peer_deadline (f->peer) - f->now, ==, MDI);
    f->now += MDI;
    /* The advert goes out before the addresses are added. */
    expect (f, (HbdVrrpEvent){ .kind = HBD_VRRP_TIMER }, "sag");
}

static void
test_master (void)
{
    Fixture f;

    fixture_begin (&f, false);
    run_to_master (&f);
    hear (&f, 9, 99, "sg");
    hear (&f, 11, 0, "s");
    hear (&f, 10, 100, "");
    hear (&f, 9, 100, "sg");
    /* It yields without a word. */
    hear (&f, 11, 100, "r");
    g_assert_cmpint (keepalived_peer_state (f.peer, 0), ==, HBD_VRRP_BACKUP);
    keepalived_peer_free (f.peer);
}

static void
test_backup (void)
{
    for (int nopreempt = 0; nopreempt < 2; nopreempt++) {
        Fixture f;

        fixture_begin (&f, nopreempt != 0);
        expect (&f, (HbdVrrpEvent){ .kind = HBD_VRRP_START }, "r");
        f.now += HBD_S (1);
        hear (&f, 11, 50, "");
        g_assert_cmpint (keepalived_peer_deadline (f.peer) - f.now, ==,
                         nopreempt != 0 ? MDI : MDI - HBD_S (1));
        hear (&f, 11, 100, "");
        g_assert_cmpint (keepalived_peer_deadline (f.peer) - f.now, ==, MDI);
        hear (&f, 11, 0, "");
        g_assert_cmpint (keepalived_peer_deadline (f.peer) - f.now, ==, 609375);
        keepalived_peer_free (f.peer);
    }
}

/* Priority 0 is said while the addresses are still there; a pause goes unnoticed. */
static void
test_order (void)
{
    Fixture f;

    fixture_begin (&f, false);
    run_to_master (&f);
    f.now += HBD_S (60);
    expect (&f, (HbdVrrpEvent){ .kind = HBD_VRRP_TIMER }, "sg");
    expect (&f,
            (HbdVrrpEvent){ .kind = HBD_VRRP_CONDITION,
                            .condition = { 0, HBD_VRRP_CONDITION_INTERFACE, true } },
            "sr");
    expect (&f,
            (HbdVrrpEvent){ .kind = HBD_VRRP_CONDITION,
                            .condition = { 0, HBD_VRRP_CONDITION_INTERFACE, false } },
            "");
    f.now += MDI;
    expect (&f, (HbdVrrpEvent){ .kind = HBD_VRRP_TIMER }, "sag");
    expect (&f, (HbdVrrpEvent){ .kind = HBD_VRRP_STOP }, "sr");
    g_assert_cmpint (keepalived_peer_deadline (f.peer), ==, HBD_TIME_NEVER);
    keepalived_peer_free (f.peer);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sim/keepalived/master-as-measured", test_master);
    g_test_add_func ("/sim/keepalived/backup-as-measured", test_backup);
    g_test_add_func ("/sim/keepalived/speaks-before-it-lets-go", test_order);
    return g_test_run ();
}
