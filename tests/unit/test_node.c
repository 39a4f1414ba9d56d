/* SPDX-License-Identifier: Apache-2.0 */
/* Whole nodes, bytes and all: two HbdNodes joined by a pipe in memory, on virtual time. */
#include "config.h"

#include "hbd/node/node.h"

#include <string.h>

#define WALL  1700000000
#define DELAY HBD_US (200)
#define AGENT HBD_MS (5)

typedef struct {
    HbdTime at;
    guint to;
    GBytes *bytes;
} Packet;

typedef struct {
    HbdNode *node;
    CrmGroupState state[2];
    HbdTime until[2]; /* STARTING, STOPPING */
    guint beats, hooks, replies, persisted;
    bool reply_ok, exited;
    CrmGroupState start_end, stop_end; /* what becomes of starts and stops; 0: they succeed */
    GString *trace;
} Host;

typedef struct {
    HbdTime now;
    CrmModel *model;
    HbdKeyTable *keys;
    GArray *wire;
    Host host[2];
    bool cut, split_allowed;
    const char *digest[2];
} Pair;

static const char *const names[] = { "alpha", "beta", NULL };
static const char *const links[] = { "eth0", NULL };
static const char *const hooks[] = { "status", "custom", NULL };

static void
packet_clear (gpointer data)
{
    g_bytes_unref (((Packet *) data)->bytes);
}

static Pair *
pair_new (void)
{
    Pair *p = g_new0 (Pair, 1);

    p->now = HBD_S (10);
    p->model = crm_model_new ();
    g_ptr_array_add (p->model->groups, crm_group_new ("g0", "alpha"));
    g_ptr_array_add (p->model->groups, crm_group_new ("g1", "beta"));
    p->keys = hbd_key_table_new ();
    hbd_key_table_set (p->keys, 1, HBD_AUTH_SHA1, "secret");
    p->keys->active = 1;
    p->wire = g_array_new (FALSE, TRUE, sizeof (Packet));
    g_array_set_clear_func (p->wire, packet_clear);
    p->digest[0] = p->digest[1] = "same";
    return p;
}

static void
pair_free (Pair *p)
{
    for (guint i = 0; i < 2; i++) {
        hbd_node_free (p->host[i].node);
        if (p->host[i].trace != NULL)
            g_string_free (p->host[i].trace, TRUE);
    }
    g_array_unref (p->wire);
    hbd_key_table_free (p->keys);
    crm_model_free (p->model);
    g_free (p);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

static void give (Pair *p, guint host, HbdNodeEvent event);

static void
tell (Pair *p, guint host, guint group)
{
    give (p, host,
          (HbdNodeEvent){ .kind = HBD_NODE_EVENT_GROUP,
                          .group = { group, p->host[host].state[group] } });
}

static void
request (Pair *p, guint host, HbdRequestKind kind, guint group)
{
    Host *h = &p->host[host];

    if (kind == HBD_REQUEST_START && h->state[group] == CRM_GROUP_STOPPED)
        h->state[group] = CRM_GROUP_STARTING;
    else if (kind == HBD_REQUEST_STOP && h->state[group] == CRM_GROUP_RUNNING)
        h->state[group] = CRM_GROUP_STOPPING;
    else
        return;
    h->until[group] = p->now + AGENT;
    tell (p, host, group);
}

static void
act (Pair *p, guint host, const HbdNodeAction *a)
{
    Host *h = &p->host[host];

    switch (a->kind) {
    case HBD_NODE_DO_SEND:
        if (!p->cut) {
            Packet packet = { p->now + DELAY, 1 - host, g_bytes_ref (a->send.bytes) };

            g_array_append_val (p->wire, packet);
        }
        break;
    case HBD_NODE_DO_BEAT:
        h->beats++;
        break;
    case HBD_NODE_DO_PERSIST:
        h->persisted++;
        give (p, host,
              (HbdNodeEvent){ .kind = HBD_NODE_EVENT_PERSISTED,
                              .persisted = { a->generation, true } });
        break;
    case HBD_NODE_DO_REQUEST:
        request (p, host, a->request.kind, a->request.group);
        break;
    case HBD_NODE_DO_REPLY:
        h->replies++;
        h->reply_ok = a->reply.is_ok;
        break;
    case HBD_NODE_DO_HOOK:
        h->hooks++;
        break;
    case HBD_NODE_DO_RECORD:
        g_string_append_printf (h->trace, "%s %s\n", a->record->name, a->record->fields);
        break;
    case HBD_NODE_DO_EXIT:
        h->exited = true;
        break;
    }
}

static void
give (Pair *p, guint host, HbdNodeEvent event)
{
    g_autoptr (GArray) out = hbd_node_actions_new ();

    if (p->host[host].node == NULL)
        return;
    event.wall_s = WALL;
    hbd_node_step (p->host[host].node, &event, p->now, out);
    for (guint i = 0; i < out->len; i++)
        act (p, host, &g_array_index (out, HbdNodeAction, i));
}

static void
boot (Pair *p, guint host, guint32 generation)
{
    HbdNodeConfig config = {
        .membership = { .self = names[host],
                        .nodes = names,
                        .links = links,
                        .keepalive_us = HBD_MS (200),
                        .deadtime_us = HBD_S (1),
                        .warntime_us = HBD_MS (500),
                        .initdead_us = HBD_S (2),
                        .rexmit_us = HBD_MS (250),
                        .hopfudge = 1,
                        .generation = generation,
                        .keys = p->keys,
                        .seed = 7 },
        .model = p->model,
        .failback = CRM_FAILBACK_ON,
        .cluster_digest = p->digest[host],
        .hooks = hooks,
    };
    Host *h = &p->host[host];

    g_assert_null (h->node);
    h->trace = h->trace != NULL ? h->trace : g_string_new (NULL);
    h->node = hbd_node_new (&config, p->now);
    h->exited = false;
    for (guint i = 0; i < 2; i++) {
        h->state[i] = CRM_GROUP_STOPPED;
        tell (p, host, i);
    }
    give (p, host, (HbdNodeEvent){ .kind = HBD_NODE_EVENT_START });
}

static void
power_off (Pair *p, guint host)
{
    g_clear_pointer (&p->host[host].node, hbd_node_free);
    p->host[host].state[0] = p->host[host].state[1] = CRM_GROUP_STOPPED;
}

static HbdTime
next_time (const Pair *p)
{
    HbdTime next = HBD_TIME_NEVER;

    for (guint i = 0; i < p->wire->len; i++)
        next = MIN (next, g_array_index (p->wire, Packet, i).at);
    for (guint h = 0; h < 2; h++) {
        if (p->host[h].node == NULL)
            continue;
        next = MIN (next, hbd_node_deadline (p->host[h].node));
        for (guint g = 0; g < 2; g++)
            if (p->host[h].state[g] == CRM_GROUP_STARTING
                || p->host[h].state[g] == CRM_GROUP_STOPPING)
                next = MIN (next, p->host[h].until[g]);
    }
    return next;
}

static void
run_host (Pair *p, guint host)
{
    Host *h = &p->host[host];

    for (guint g = 0; g < 2; g++) {
        bool is_up = h->state[g] == CRM_GROUP_STARTING;

        if ((!is_up && h->state[g] != CRM_GROUP_STOPPING) || h->until[g] > p->now)
            continue;
        if (is_up)
            h->state[g] = h->start_end != 0 ? h->start_end : CRM_GROUP_RUNNING;
        else
            h->state[g] = h->stop_end != 0 ? h->stop_end : CRM_GROUP_STOPPED;
        tell (p, host, g);
    }
    if (h->node != NULL && hbd_node_deadline (h->node) <= p->now)
        give (p, host, (HbdNodeEvent){ .kind = HBD_NODE_EVENT_TIMER });
}

static void
run (Pair *p, HbdTime how_long)
{
    HbdTime end = p->now + how_long;

    for (guint guard = 0; next_time (p) <= end; guard++) {
        g_assert_cmpuint (guard, <, 100000);
        p->now = MAX (p->now, next_time (p));
        run_host (p, 0);
        run_host (p, 1);
        for (guint i = 0; i < p->wire->len;) {
            Packet packet = g_array_index (p->wire, Packet, i);
            gsize len;
            const guint8 *data;

            if (packet.at > p->now) {
                i++;
                continue;
            }
            g_bytes_ref (packet.bytes);
            g_array_remove_index (p->wire, i);
            data = g_bytes_get_data (packet.bytes, &len);
            give (p, packet.to,
                  (HbdNodeEvent){ .kind = HBD_NODE_EVENT_PACKET, .packet = { 0, data, len } });
            g_bytes_unref (packet.bytes);
        }
        for (guint g = 0; g < 2 && !p->split_allowed; g++)
            g_assert_false (p->host[0].state[g] == CRM_GROUP_RUNNING
                            && p->host[1].state[g] == CRM_GROUP_RUNNING);
    }
    p->now = end;
}

static void
assert_where (const Pair *p, const char *expected)
{
    char where[3] = "--";

    for (guint g = 0; g < 2; g++)
        for (guint h = 0; h < 2; h++)
            if (p->host[h].state[g] == CRM_GROUP_RUNNING)
                where[g] = where[g] != '-' ? '!' : "AB"[h];
    if (strcmp (where, expected) != 0)
        g_printerr ("alpha:\n%sbeta:\n%s", p->host[0].trace->str,
                    p->host[1].trace != NULL ? p->host[1].trace->str : "");
    g_assert_cmpstr (where, ==, expected);
}

static bool
said (const Pair *p, guint host, const char *text)
{
    return strstr (p->host[host].trace->str, text) != NULL;
}

static Pair *
both_up (void)
{
    Pair *p = pair_new ();

    boot (p, 0, 100);
    run (p, HBD_MS (90));
    boot (p, 1, 200);
    run (p, HBD_S (1));
    assert_where (p, "AB");
    return p;
}

/* --- stories --------------------------------------------------------------------------------- */

static void
test_boots_fast (void)
{
    g_autoptr (Pair) p = pair_new ();

    boot (p, 0, 100);
    run (p, HBD_MS (500));
    boot (p, 1, 200);
    run (p, HBD_MS (100)); /* from the second boot; the bar is 1.5 s with real agents */
    assert_where (p, "AB");
}

static void
test_alone_takes_all_after_initdead (void)
{
    g_autoptr (Pair) p = pair_new ();

    boot (p, 1, 200);
    run (p, HBD_MS (1990));
    assert_where (p, "--");
    run (p, HBD_MS (100));
    assert_where (p, "BB");
}

static void
test_death_costs_the_deadtime (void)
{
    g_autoptr (Pair) p = both_up ();

    power_off (p, 0);
    run (p, HBD_MS (1010));
    assert_where (p, "BB");
    g_assert_true (said (p, 1, "takeover.start group=g0 reason=peer-dead peer=alpha"));
    boot (p, 0, 101);
    run (p, HBD_S (2));
    assert_where (p, "AB");
}

static void
test_beats_come_with_every_status (void)
{
    g_autoptr (Pair) p = both_up ();
    guint before = p->host[0].beats;

    run (p, HBD_S (10));
    g_assert_cmpuint (p->host[0].beats - before, >=, 49);
    g_assert_cmpuint (p->host[0].beats - before, <=, 52); /* and the wire is quiet at rest */
}

static void
test_command_is_fast_and_answered (void)
{
    g_autoptr (Pair) p = both_up ();
    const CrmCommand command = { .id = 3, .kind = CRM_COMMAND_STANDBY, .hold = CRM_HOLD_ALL };

    give (p, 0, (HbdNodeEvent){ .kind = HBD_NODE_EVENT_COMMAND, .command = command });
    run (p, 2 * AGENT + 3 * DELAY);
    assert_where (p, "BB");
    g_assert_cmpuint (p->host[0].replies, ==, 1);
    g_assert_true (p->host[0].reply_ok);
}

static void
inject (Pair *p, guint host, const char *type, const char *hold, const char *info)
{
    g_autoptr (HbdMessage) message = hbd_message_new_typed (type);

    if (hold != NULL)
        hbd_message_add (message, "rsc_hold", hold);
    if (info != NULL)
        hbd_message_add (message, "info", info);
    give (p, host, (HbdNodeEvent){ .kind = HBD_NODE_EVENT_INJECT, .inject = message });
    run (p, HBD_MS (100));
}

static void
test_scripts_messages_are_commands (void)
{
    g_autoptr (Pair) p = both_up ();

    inject (p, 0, "ask_resources", "local", "me");
    assert_where (p, "BB");
    inject (p, 0, "hb_takeover", "local", NULL);
    assert_where (p, "AB");
    inject (p, 0, "hb_takeover", "failback", NULL);
    assert_where (p, "AA");
    inject (p, 0, "ask_resources", "nonsense", "me");
    inject (p, 0, "ask_resources", "all", "done");
    inject (p, 0, "resource", "none", "shutdown");
    inject (p, 0, "shutdone", NULL, NULL);
    inject (p, 0, "NS_nak_rexmit", NULL, NULL);
    assert_where (p, "AA");
    g_assert_true (said (p, 0, "node.inject-ignored type=\"shutdone\""));
    g_assert_cmpuint (p->host[0].replies, ==, 0);
}

static void
test_custom_messages_travel_and_run_hooks (void)
{
    g_autoptr (Pair) p = both_up ();
    guint before = p->host[1].hooks;

    inject (p, 0, "custom", NULL, NULL);
    g_assert_cmpuint (p->host[1].hooks, ==, before + 1);
    inject (p, 0, "another", NULL, NULL);
    g_assert_cmpuint (p->host[1].hooks, ==, before + 1);
    run (p, HBD_S (5)); /* a status hook runs at changes only */
    g_assert_cmpuint (p->host[1].hooks, ==, before + 1);
    power_off (p, 0);
    run (p, HBD_S (3));
    g_assert_cmpuint (p->host[1].hooks, ==, before + 2);
}

static void
test_shutdown_hands_over_and_exits (void)
{
    g_autoptr (Pair) p = both_up ();

    give (p, 0, (HbdNodeEvent){ .kind = HBD_NODE_EVENT_SHUTDOWN });
    run (p, 2 * AGENT + 3 * DELAY);
    assert_where (p, "BB");
    g_assert_false (p->host[0].exited); /* says it a little longer */
    run (p, HBD_S (1));
    g_assert_true (p->host[0].exited);
    g_assert_cmpint (hbd_node_deadline (p->host[0].node), ==, HBD_TIME_NEVER);
    power_off (p, 0);
    run (p, HBD_S (5));
    assert_where (p, "BB");
    boot (p, 0, 101);
    run (p, HBD_S (3));
    assert_where (p, "AB");
}

static void
test_last_node_exits_at_once (void)
{
    g_autoptr (Pair) p = pair_new ();

    boot (p, 0, 100);
    run (p, HBD_S (3));
    assert_where (p, "AA");
    give (p, 0, (HbdNodeEvent){ .kind = HBD_NODE_EVENT_SHUTDOWN });
    run (p, AGENT);
    g_assert_true (p->host[0].exited);
    assert_where (p, "--");
}

static void
test_split_heals (void)
{
    g_autoptr (Pair) p = both_up ();

    p->cut = p->split_allowed = true;
    run (p, HBD_S (3));
    assert_where (p, "!!");
    g_assert_cmpuint (p->host[0].persisted, >, 0); /* doc/heartbeat.md 11.2 */
    p->cut = false;
    run (p, HBD_MS (230));
    p->split_allowed = false;
    assert_where (p, "AB");
    g_assert_false (said (p, 0, "takeover.stop group=g0"));
    g_assert_false (said (p, 1, "takeover.stop group=g1"));
    run (p, HBD_S (5));
    assert_where (p, "AB");
}

/* What lies in the sockets after a pause is read after the pause was noticed, whatever it is. */
static void
test_pause_is_noticed_before_anything_else (void)
{
    for (guint i = 0; i < 3; i++) {
        g_autoptr (Pair) p = both_up ();
        HbdNode *frozen = g_steal_pointer (&p->host[0].node);

        p->split_allowed = true; /* the lease is not simulated here */
        run (p, HBD_S (3));
        p->host[0].node = frozen;
        if (i == 0)
            tell (p, 0, 0);
        else if (i == 1)
            give (p, 0, (HbdNodeEvent){ .kind = HBD_NODE_EVENT_MANAGER, .manager_up = true });
        else
            give (p, 0, (HbdNodeEvent){ .kind = HBD_NODE_EVENT_TIMER });
        g_assert_true (said (p, 0, "takeover.let-go peer=beta reason=paused"));
        g_assert_true (said (p, 0, "takeover.stop group=g0 reason=paused"));
        run (p, HBD_MS (20));
        p->split_allowed = false;
        run (p, HBD_S (3));
        assert_where (p, "AB");
    }
}

static void
test_different_files_are_said_and_survived (void)
{
    g_autoptr (Pair) p = pair_new ();

    p->digest[1] = "other";
    boot (p, 0, 100);
    boot (p, 1, 200);
    run (p, HBD_S (5));
    assert_where (p, "AB"); /* by classes, as with 3.0.6 */
    g_assert_true (said (p, 0, "cluster.config-differs node=beta"));
    g_assert_true (said (p, 1, "cluster.config-differs node=alpha"));
    inject (p, 0, "ask_resources", "all", "me");
    run (p, HBD_S (1));
    assert_where (p, "BB");
    power_off (p, 1);
    run (p, HBD_S (2));
    assert_where (p, "AA");
}

static void
test_status_has_the_contracts_keys (void)
{
    g_autoptr (Pair) p = both_up ();
    g_autoptr (GVariant) status = g_variant_ref_sink (hbd_node_status (p->host[0].node, p->now));
    g_autoptr (GVariant) nodes = g_variant_lookup_value (status, "nodes", NULL);
    g_autoptr (GVariant) groups = g_variant_lookup_value (status, "groups", NULL);
    g_autoptr (GVariant) counters =
        g_variant_lookup_value (status, "counters", G_VARIANT_TYPE ("a{st}"));
    g_autoptr (GVariant) beta = g_variant_get_child_value (nodes, 1);
    g_autoptr (GVariant) g1 = g_variant_get_child_value (groups, 1);
    g_autoptr (GVariant) links_of_beta = NULL;
    g_autoptr (GVariant) eth0 = NULL;
    const char *text;
    gboolean flag;
    guint64 count;
    gint64 age;

    g_assert_nonnull (counters);
    g_assert_true (g_variant_lookup (status, "holding", "&s", &text));
    g_assert_cmpstr (text, ==, "local");
    g_assert_true (g_variant_lookup (beta, "name", "&s", &text));
    g_assert_cmpstr (text, ==, "beta");
    g_assert_true (g_variant_lookup (beta, "status", "&s", &text));
    g_assert_cmpstr (text, ==, "active");
    g_assert_true (g_variant_lookup (beta, "local", "b", &flag) && !flag);
    g_assert_true (g_variant_lookup (beta, "native", "b", &flag) && flag);
    g_assert_true (g_variant_lookup (beta, "last_heard_ms", "x", &age));
    g_assert_cmpint (age, <=, 200);
    links_of_beta = g_variant_lookup_value (beta, "links", G_VARIANT_TYPE ("aa{sv}"));
    eth0 = g_variant_get_child_value (links_of_beta, 0);
    g_assert_true (g_variant_lookup (eth0, "received", "t", &count) && count > 0);
    g_assert_true (g_variant_lookup (eth0, "received_there", "t", &count) && count > 0);
    g_assert_true (g_variant_lookup (g1, "name", "&s", &text));
    g_assert_cmpstr (text, ==, "g1");
    g_assert_true (g_variant_lookup (g1, "owner", "&s", &text));
    g_assert_cmpstr (text, ==, "beta");
}

/* What alpha says of beta's side of @group: its state, "!" behind it when it is stuck. */
static void
assert_peer_state (const Pair *p, guint group, const char *expected)
{
    g_autoptr (GVariant) status = g_variant_ref_sink (hbd_node_status (p->host[0].node, p->now));
    g_autoptr (GVariant) groups = g_variant_lookup_value (status, "groups", NULL);
    g_autoptr (GVariant) dict = g_variant_get_child_value (groups, group);
    g_autofree char *text = NULL;
    const char *peer, *state;
    gboolean is_stuck;

    g_assert_true (g_variant_lookup (dict, "peer", "&s", &peer));
    g_assert_cmpstr (peer, ==, "beta");
    g_assert_true (g_variant_lookup (dict, "peer_state", "&s", &state));
    g_assert_true (g_variant_lookup (dict, "peer_stuck", "b", &is_stuck));
    text = g_strconcat (state, is_stuck ? "!" : "", NULL);
    g_assert_cmpstr (text, ==, expected);
}

static void
test_status_tells_a_failed_stop_there (void)
{
    g_autoptr (Pair) p = both_up ();

    assert_peer_state (p, 0, "stopped");
    assert_peer_state (p, 1, "running");
    p->host[1].stop_end = CRM_GROUP_STUCK;
    inject (p, 0, "hb_takeover", "all", NULL);
    run (p, HBD_S (1));
    assert_where (p, "A-");
    assert_peer_state (p, 1, "failed!");
    power_off (p, 1);
    run (p, HBD_S (3));
    assert_where (p, "A-"); /* death proves nothing of what could not be stopped */
    assert_peer_state (p, 0, "unknown");
    assert_peer_state (p, 1, "failed!");
}

static void
test_status_tells_a_failed_start_there (void)
{
    g_autoptr (Pair) p = pair_new ();

    boot (p, 0, 100);
    boot (p, 1, 200);
    p->host[1].start_end = CRM_GROUP_FAILED;
    run (p, HBD_S (2));
    assert_where (p, "AA");
    assert_peer_state (p, 1, "failed");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/node/boots-fast", test_boots_fast);
    g_test_add_func ("/node/alone-takes-all-after-initdead", test_alone_takes_all_after_initdead);
    g_test_add_func ("/node/death-costs-the-deadtime", test_death_costs_the_deadtime);
    g_test_add_func ("/node/beats-come-with-every-status", test_beats_come_with_every_status);
    g_test_add_func ("/node/command-is-fast-and-answered", test_command_is_fast_and_answered);
    g_test_add_func ("/node/scripts-messages-are-commands", test_scripts_messages_are_commands);
    g_test_add_func ("/node/custom-messages-travel-and-run-hooks",
                     test_custom_messages_travel_and_run_hooks);
    g_test_add_func ("/node/shutdown-hands-over-and-exits", test_shutdown_hands_over_and_exits);
    g_test_add_func ("/node/last-node-exits-at-once", test_last_node_exits_at_once);
    g_test_add_func ("/node/split-heals", test_split_heals);
    g_test_add_func ("/node/pause-is-noticed-before-anything-else",
                     test_pause_is_noticed_before_anything_else);
    g_test_add_func ("/node/different-files-are-said-and-survived",
                     test_different_files_are_said_and_survived);
    g_test_add_func ("/node/status-has-the-contracts-keys", test_status_has_the_contracts_keys);
    g_test_add_func ("/node/status-tells-a-failed-stop-there",
                     test_status_tells_a_failed_stop_there);
    g_test_add_func ("/node/status-tells-a-failed-start-there",
                     test_status_tells_a_failed_start_there);
    return g_test_run ();
}
