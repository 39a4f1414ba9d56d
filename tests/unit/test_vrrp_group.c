/* SPDX-License-Identifier: Apache-2.0 */
/* hbd/core/vrrp/group.c: sync groups (doc/keepalived.md 4.3). */
#include "config.h"

#include "tests/unit/vrrp_node.h"

#define MDI  HBD_US (3609375)
#define SKEW HBD_US (609375)

static const char *const groups[] = { "G" };

/* Two instances on two interfaces in one group, and a third outside it. */
static VrrpNode *
grouped (void)
{
    HbdVrrpInstanceConfig config = vrrp_node_instance (2, 100);
    VrrpNode *node;

    config.group = 0;
    config.announce = (HbdVrrpAnnounceConfig){ .repeat = 1 };
    node = vrrp_node_new (config);
    config.interface = 1;
    config.wire.vrid = 8;
    node->instances[1] = config;
    config.group = HBD_VRRP_NO_GROUP;
    config.wire.vrid = 9;
    node->instances[2] = config;
    node->config.instance_count = 3;
    node->config.groups = groups;
    node->config.group_count = 1;
    return node;
}

static VrrpNode *
grouped_master (void)
{
    VrrpNode *node = grouped ();

    vrrp_node_start_as_master (node);
    return node;
}

static void
test_all_or_nobody (void)
{
    g_autoptr (VrrpNode) node = grouped ();

    vrrp_node_begin (node);
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    vrrp_node_expect (node, "RELEASE 1.RELEASE 2.RELEASE BACKUP:start 1.BACKUP:start "
                            "2.BACKUP:start G=BACKUP");
    /* Member 1 hears its master, member 0 does not: it waits. */
    for (int n = 0; n < 5; n++) {
        vrrp_node_run_for (node, HBD_S (1));
        vrrp_node_advert (node, 1, 11, 150);
    }
    vrrp_node_expect (node, "2.SEND(100) 2.ACQUIRE 2.ANNOUNCE(1) 2.MASTER:silence 2.SEND(100)");
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_BACKUP);
    /* Then nobody is heard on either side. */
    vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    vrrp_node_run_for (node, MDI - 1);
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_BACKUP);
    g_string_truncate (node->log, 0);
    vrrp_node_run_for (node, 1);
    vrrp_node_expect (node, "1.SEND(100) 1.ACQUIRE 1.ANNOUNCE(1) 1.MASTER:silence "
                            "SEND(100) ACQUIRE ANNOUNCE(1) MASTER:group 2.SEND(100) "
                            "G=MASTER");
}

/* A member whose master came back no longer wants to be it. */
static void
test_wish_is_taken_back (void)
{
    g_autoptr (VrrpNode) node = grouped ();

    vrrp_node_start (node);
    vrrp_node_run_for (node, HBD_S (1));
    vrrp_node_advert (node, 1, 11, 150);
    vrrp_node_run_for (node, HBD_S (3)); /* member 0 wants it */
    vrrp_node_advert (node, 0, 11, 150); /* and now it does not */
    vrrp_node_run_for (node, HBD_S (1)); /* member 1 wants it */
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_BACKUP);
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 1), ==, HBD_VRRP_BACKUP);
}

static void
test_one_yields_for_all (void)
{
    g_autoptr (VrrpNode) node = grouped_master ();

    vrrp_node_advert (node, 0, 11, 150);
    /* The loser speaks to the winner; the other tells its interface that its place is free. */
    vrrp_node_expect (node, "RELEASE BACKUP:higher-priority 1.RELEASE 1.BACKUP:group G=BACKUP "
                            "SEND(100) 1.SEND(0)");
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 2), ==, HBD_VRRP_MASTER);
}

static void
test_fault_of_one (void)
{
    g_autoptr (VrrpNode) node = grouped_master ();
    g_autofree char *own = NULL, *other = NULL;

    vrrp_node_condition (node, 1, HBD_VRRP_CONDITION_INTERFACE, true);
    vrrp_node_expect (node, "1.RELEASE 1.FAULT:fault RELEASE FAULT:fault G=FAULT "
                            "1.SEND(0) SEND(0)");
    own = hbd_vrrp_complaints (node->vrrp, 1);
    other = hbd_vrrp_complaints (node->vrrp, 0);
    g_assert_cmpstr (own, ==, "interface");
    g_assert_cmpstr (other, ==, "group");
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 2), ==, HBD_VRRP_MASTER);
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, true);
    vrrp_node_condition (node, 1, HBD_VRRP_CONDITION_INTERFACE, false);
    vrrp_node_expect (node, "");
    vrrp_node_condition (node, 0, HBD_VRRP_CONDITION_INTERFACE, false);
    vrrp_node_expect (node, "BACKUP:recovery 1.BACKUP:recovery G=BACKUP");
    vrrp_node_run_for (node, MDI);
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_MASTER);
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 1), ==, HBD_VRRP_MASTER);
}

static void
test_pause_of_all (void)
{
    g_autoptr (VrrpNode) node = grouped_master ();

    node->now += HBD_S (30);
    vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    vrrp_node_expect (node, "RELEASE BACKUP:pause 1.RELEASE 1.BACKUP:pause 2.RELEASE "
                            "2.BACKUP:pause G=BACKUP");
    vrrp_node_run_for (node, HBD_S (1) + SKEW);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint (hbd_vrrp_state (node->vrrp, i), ==, HBD_VRRP_MASTER);
}

/* One member's gap is just long enough, another's just not: nobody speaks before all let go. */
static void
test_pause_comes_before_speaking (void)
{
    g_autoptr (VrrpNode) node = grouped ();
    guint64 sent;

    vrrp_node_start_as_master (node);
    vrrp_node_run_for (node, HBD_MS (500));
    vrrp_node_advert (node, 1, 11, 50); /* answered at once: its adverts are out of step now */
    node->now = hbd_vrrp_deadline (node->vrrp);
    vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    sent = vrrp_node_count (node, 0, "sent") + vrrp_node_count (node, 1, "sent");
    node->now += HBD_S (3) - 1; /* a member spoke just now, the other one a while ago */
    vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_BACKUP);
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 1), ==, HBD_VRRP_BACKUP);
    g_assert_cmpuint (vrrp_node_count (node, 0, "sent") + vrrp_node_count (node, 1, "sent"), ==,
                      sent);
}

static void
test_owners_begin_together (void)
{
    g_autoptr (VrrpNode) node = grouped ();

    for (guint i = 0; i < 3; i++) {
        node->instances[i].priority = 255;
        node->instances[i].starts_as_master = true;
    }
    vrrp_node_start (node);
    vrrp_node_run_for (node, 0);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint (hbd_vrrp_state (node->vrrp, i), ==, HBD_VRRP_MASTER);
}

static void
test_stop (void)
{
    g_autoptr (VrrpNode) node = grouped_master ();

    vrrp_node_feed_kind (node, HBD_VRRP_STOP);
    vrrp_node_expect (node, "RELEASE STOP:stop 1.RELEASE 1.STOP:stop 2.RELEASE 2.STOP:stop "
                            "G=STOP SEND(0) 1.SEND(0) 2.SEND(0)");
    g_assert_true (hbd_vrrp_is_stopped (node->vrrp));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vrrp/group/all-members-or-nobody", test_all_or_nobody);
    g_test_add_func ("/vrrp/group/wish-is-taken-back", test_wish_is_taken_back);
    g_test_add_func ("/vrrp/group/one-yields-for-all", test_one_yields_for_all);
    g_test_add_func ("/vrrp/group/fault-of-one-is-of-all", test_fault_of_one);
    g_test_add_func ("/vrrp/group/pause-is-of-all", test_pause_of_all);
    g_test_add_func ("/vrrp/group/pause-comes-before-speaking", test_pause_comes_before_speaking);
    g_test_add_func ("/vrrp/group/owners-begin-together", test_owners_begin_together);
    g_test_add_func ("/vrrp/group/stop-tells-all", test_stop);
    return g_test_run ();
}
