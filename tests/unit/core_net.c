/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/unit/core_net.h"

#include <string.h>

#define WALL_S 1795404227

static const char *const names[] = { "alpha", "beta", "gamma", NULL };
static const char *const names_of[CORE_NET_MAX_NODES + 1][CORE_NET_MAX_NODES + 1] = {
    { NULL }, { "alpha", NULL }, { "alpha", "beta", NULL }, { "alpha", "beta", "gamma", NULL }
};
static const char *const links_of[CORE_NET_MAX_LINKS + 1][CORE_NET_MAX_LINKS + 1] = {
    { NULL }, { "eth0", NULL }, { "eth0", "eth1", NULL }
};

const CoreNetOptions core_net_defaults = {
    .n_nodes = 2,
    .n_links = 1,
    .keepalive_us = HBD_MS (200),
    .deadtime_us = HBD_S (1),
    .initdead_us = HBD_S (3),
    .seed = 1,
};

static void perform (CoreNet *net, guint node, GArray *out);

static void
packet_clear (gpointer data)
{
    g_bytes_unref (((CoreNetPacket *) data)->bytes);
}

static void
packet_free (gpointer data)
{
    packet_clear (data);
    g_free (data);
}

CoreNet *
core_net_new (const CoreNetOptions *options)
{
    CoreNet *net = g_new0 (CoreNet, 1);

    net->options = *options;
    net->keys = hbd_key_table_new ();
    hbd_key_table_set (net->keys, 1, HBD_AUTH_CRC, NULL);
    net->keys->active = 1;
    net->now = HBD_S (1000);
    net->delay_min_us = net->delay_max_us = HBD_US (200);
    hbd_prng_seed (&net->prng, options->seed);
    net->queue = g_array_new (FALSE, FALSE, sizeof (CoreNetPacket));
    g_array_set_clear_func (net->queue, packet_clear);
    net->trace = g_ptr_array_new_with_free_func (g_free);
    net->sent = g_ptr_array_new_with_free_func (packet_free);
    for (guint i = 0; i < CORE_NET_MAX_NODES; i++)
        net->generation[i] = 100;
    return net;
}

void
core_net_free (CoreNet *net)
{
    for (guint i = 0; i < CORE_NET_MAX_NODES; i++)
        hbd_membership_free (net->m[i]);
    hbd_key_table_free (net->keys);
    g_array_unref (net->queue);
    g_ptr_array_unref (net->trace);
    g_ptr_array_unref (net->sent);
    g_free (net);
}

const char *
core_net_name (guint node)
{
    return names[node];
}

HbdMembershipConfig
core_net_config (CoreNet *net, guint node)
{
    HbdMembershipConfig config = {
        .self = names[node],
        .nodes = names_of[net->options.n_nodes],
        .links = links_of[net->options.n_links],
        .keepalive_us = net->options.keepalive_us,
        .deadtime_us = net->options.deadtime_us,
        .warntime_us = net->options.deadtime_us / 2,
        .initdead_us = net->options.initdead_us,
        .rexmit_us = HBD_MS (250),
        .hopfudge = 1,
        .generation = net->generation[node],
        .inner_auth = true,
        .keys = net->keys,
        .seed = net->options.seed * 10 + node,
    };

    memset (config.uuid, (int) node + 1, sizeof config.uuid);
    return config;
}

static void add_trace (CoreNet *net, guint node, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_trace (CoreNet *net, guint node, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    g_ptr_array_add (net->trace,
                     g_strdup_printf ("%" G_GINT64_FORMAT " %s %s",
                                      (net->now - HBD_S (1000)) / 1000, names[node], text));
}

static void
enqueue (CoreNet *net, guint from, guint to, int link, GBytes *bytes)
{
    CoreNetPacket packet = { .order = net->order++, .from = from, .to = to, .link = link };

    packet.at = net->now + hbd_prng_range (&net->prng, net->delay_min_us, net->delay_max_us);
    packet.bytes = g_bytes_ref (bytes);
    g_array_append_val (net->queue, packet);
}

static void
transmit (CoreNet *net, guint from, int link, GBytes *bytes)
{
    CoreNetPacket *copy = g_new0 (CoreNetPacket, 1);
    g_autoptr (HbdMessage) message = core_net_decode (net, bytes);

    *copy = (CoreNetPacket){ .at = net->now, .from = from, .bytes = g_bytes_ref (bytes) };
    g_ptr_array_add (net->sent, copy);
    for (guint to = 0; to < net->options.n_nodes; to++) {
        for (guint l = 0; l < net->options.n_links; l++) {
            bool is_lost;

            if ((link != HBD_LINK_ALL && link != (int) l) || net->is_cut[from][to][l])
                continue;
            is_lost = hbd_prng_range (&net->prng, 0, 99) < (gint64) net->loss_percent;
            if (from != to && net->drop != NULL && net->drop (net->drop_data, from, to, message))
                is_lost = true;
            if (is_lost)
                continue;
            enqueue (net, from, to, (int) l, bytes);
            if (hbd_prng_range (&net->prng, 0, 99) < (gint64) net->repeat_percent)
                enqueue (net, from, to, (int) l, bytes);
        }
    }
}

static void
trace_node (CoreNet *net, guint node, const HbdMembershipAction *action)
{
    const char *life = "-";
    g_autofree char *said = NULL;

    if (action->node.returned && action->node.said != HBD_SAID_UNKNOWN)
        said = g_strdup_printf (" said %u", action->node.said);
    if (action->node.restarted)
        life = "restart";
    if (action->node.returned)
        life = "return";
    add_trace (net, node, "node %s %s %s %s %s%s", names[action->node.node],
               hbd_node_state_name (action->node.from), hbd_node_state_name (action->node.to), life,
               action->node.reason, said != NULL ? said : "");
}

static void
persist (CoreNet *net, guint node, guint32 generation)
{
    HbdMembershipEvent event = { .kind = HBD_MEMBERSHIP_PERSISTED, .wall_s = WALL_S };

    add_trace (net, node, "persist %u", generation);
    if (net->persist_hangs)
        return;
    event.persisted.generation = generation;
    event.persisted.is_ok = !net->persist_fails;
    if (event.persisted.is_ok)
        net->generation[node] = generation;
    core_net_step (net, node, &event);
}

static void
perform_one (CoreNet *net, guint node, const HbdMembershipAction *action)
{
    switch (action->kind) {
    case HBD_MEMBERSHIP_DO_SEND:
        transmit (net, node, action->send.link, action->send.bytes);
        break;
    case HBD_MEMBERSHIP_DO_PERSIST:
        persist (net, node, action->generation);
        break;
    case HBD_MEMBERSHIP_DO_NODE:
        trace_node (net, node, action);
        break;
    case HBD_MEMBERSHIP_DO_LINK:
        add_trace (net, node, "link %s %d %s", names[action->link.node], action->link.link,
                   action->link.is_up ? "up" : "down");
        break;
    case HBD_MEMBERSHIP_DO_JOINED:
        add_trace (net, node, "joined");
        break;
    case HBD_MEMBERSHIP_DO_MESSAGE:
        add_trace (net, node, "message %s %s %s", names[action->message.node],
                   hbd_message_get (action->message.message, "t"),
                   hbd_message_get (action->message.message, "info") != NULL
                       ? hbd_message_get (action->message.message, "info")
                       : "");
        break;
    case HBD_MEMBERSHIP_DO_PAUSE:
        add_trace (net, node, "pause %" G_GINT64_FORMAT, action->pause.gap_us / 1000);
        break;
    case HBD_MEMBERSHIP_DO_RECORD:
        add_trace (net, node, "record %s %s", action->record->name, action->record->fields);
        break;
    }
}

static void
perform (CoreNet *net, guint node, GArray *out)
{
    for (guint i = 0; i < out->len; i++)
        perform_one (net, node, &g_array_index (out, HbdMembershipAction, i));
}

void
core_net_step (CoreNet *net, guint node, const HbdMembershipEvent *event)
{
    g_autoptr (GArray) out = hbd_membership_actions_new ();

    hbd_membership_step (net->m[node], event, net->now, out);
    g_assert_cmpint (hbd_membership_deadline (net->m[node]), >, net->now);
    perform (net, node, out);
}

void
core_net_status (CoreNet *net, guint node)
{
    g_autoptr (GArray) out = hbd_membership_actions_new ();

    hbd_membership_send_status (net->m[node], net->now, WALL_S, out);
    perform (net, node, out);
}

void
core_net_start (CoreNet *net, guint node)
{
    HbdMembershipEvent event = { .kind = HBD_MEMBERSHIP_START, .wall_s = WALL_S };
    HbdMembershipConfig config = core_net_config (net, node);

    core_net_kill (net, node);
    net->m[node] = hbd_membership_new (&config, net->now);
    net->generation[node]++;
    core_net_step (net, node, &event);
}

void
core_net_kill (CoreNet *net, guint node)
{
    g_clear_pointer (&net->m[node], hbd_membership_free);
}

void
core_net_cut (CoreNet *net, guint a, guint b, bool is_cut)
{
    for (guint link = 0; link < CORE_NET_MAX_LINKS; link++)
        net->is_cut[a][b][link] = net->is_cut[b][a][link] = is_cut;
}

void
core_net_inject (CoreNet *net, guint to, int link, const void *data, gsize len)
{
    HbdMembershipEvent event = { .kind = HBD_MEMBERSHIP_PACKET, .wall_s = WALL_S };

    event.packet.link = link;
    event.packet.data = data;
    event.packet.len = len;
    core_net_step (net, to, &event);
}

void
core_net_say (CoreNet *net, guint node, const char *type, const char *info, const char *dest)
{
    HbdMembershipEvent event = { .kind = HBD_MEMBERSHIP_SEND, .wall_s = WALL_S };
    g_autoptr (HbdMessage) message = hbd_message_new_typed (type);

    if (info != NULL)
        hbd_message_add (message, "info", info);
    event.send.message = message;
    event.send.dest = dest;
    core_net_step (net, node, &event);
}

/* Position of the earliest packet, or -1. */
static gint
earliest_packet (const CoreNet *net)
{
    gint best = -1;

    for (guint i = 0; i < net->queue->len; i++) {
        const CoreNetPacket *a = &g_array_index (net->queue, CoreNetPacket, i);
        const CoreNetPacket *b =
            best < 0 ? NULL : &g_array_index (net->queue, CoreNetPacket, (guint) best);

        if (net->is_paused[a->to])
            continue;
        if (b == NULL || a->at < b->at || (a->at == b->at && a->order < b->order))
            best = (gint) i;
    }
    return best;
}

static gint
earliest_timer (const CoreNet *net, HbdTime *at)
{
    gint best = -1;

    *at = HBD_TIME_NEVER;
    for (guint i = 0; i < net->options.n_nodes; i++) {
        if (net->m[i] != NULL && !net->is_paused[i] && hbd_membership_deadline (net->m[i]) < *at) {
            *at = hbd_membership_deadline (net->m[i]);
            best = (gint) i;
        }
    }
    return best;
}

static void
deliver (CoreNet *net, guint index)
{
    CoreNetPacket packet = g_array_index (net->queue, CoreNetPacket, index);

    g_bytes_ref (packet.bytes);
    g_array_remove_index (net->queue, index);
    net->now = MAX (net->now, packet.at);
    if (net->m[packet.to] != NULL)
        core_net_inject (net, packet.to, packet.link, g_bytes_get_data (packet.bytes, NULL),
                         g_bytes_get_size (packet.bytes));
    g_bytes_unref (packet.bytes);
}

void
core_net_run (CoreNet *net, HbdTime duration)
{
    HbdTime end = net->now + duration;

    for (;;) {
        HbdMembershipEvent timer = { .kind = HBD_MEMBERSHIP_TIMER, .wall_s = WALL_S };
        HbdTime timer_at;
        gint node = earliest_timer (net, &timer_at);
        gint packet = earliest_packet (net);
        HbdTime packet_at = packet < 0
                                ? HBD_TIME_NEVER
                                : g_array_index (net->queue, CoreNetPacket, (guint) packet).at;

        if (MIN (timer_at, packet_at) > end)
            break;
        if (packet_at <= timer_at) {
            deliver (net, (guint) packet);
        } else {
            net->now = MAX (net->now, timer_at);
            core_net_step (net, (guint) node, &timer);
        }
    }
    net->now = end;
}

static bool
line_is (const char *line, guint node, const char *text, gint64 *ms)
{
    char *rest;

    *ms = g_ascii_strtoll (line, &rest, 10);
    rest++;
    if (!g_str_has_prefix (rest, names[node]))
        return false;
    return g_str_has_prefix (rest + strlen (names[node]) + 1, text);
}

gint64
core_net_when (const CoreNet *net, guint node, const char *text, gint64 from_ms)
{
    for (guint i = 0; i < net->trace->len; i++) {
        gint64 ms;

        if (line_is (g_ptr_array_index (net->trace, i), node, text, &ms) && ms >= from_ms)
            return ms;
    }
    return -1;
}

guint
core_net_count (const CoreNet *net, guint node, const char *text)
{
    guint count = 0;
    gint64 ms;

    for (guint i = 0; i < net->trace->len; i++)
        count += line_is (g_ptr_array_index (net->trace, i), node, text, &ms);
    return count;
}

guint64
core_net_counter (const CoreNet *net, guint node, const char *name)
{
    g_autoptr (GVariant) counters = g_variant_ref_sink (hbd_membership_counters (net->m[node]));
    guint64 value = 0;

    g_assert_true (g_variant_lookup (counters, name, "t", &value));
    return value;
}

void
core_net_forget (CoreNet *net)
{
    g_ptr_array_set_size (net->trace, 0);
    g_ptr_array_set_size (net->sent, 0);
}

HbdMessage *
core_net_decode (const CoreNet *net, GBytes *bytes)
{
    HbdMessage *message;
    gsize len;
    const guint8 *data = g_bytes_get_data (bytes, &len);

    g_assert_cmpint (hbd_wire_decode (data, len, net->keys, &message, NULL), ==, HBD_DECODE_OK);
    return message;
}

guint
core_net_sent (const CoreNet *net, guint node, const char *type)
{
    guint count = 0;

    for (guint i = 0; i < net->sent->len; i++) {
        const CoreNetPacket *packet = g_ptr_array_index (net->sent, i);
        g_autoptr (HbdMessage) message = core_net_decode (net, packet->bytes);

        count += packet->from == node && strcmp (hbd_message_get (message, "t"), type) == 0;
    }
    return count;
}

GBytes *
core_net_last_sent_bytes (const CoreNet *net, guint node, const char *type)
{
    for (guint i = net->sent->len; i > 0; i--) {
        const CoreNetPacket *packet = g_ptr_array_index (net->sent, i - 1);
        g_autoptr (HbdMessage) message = core_net_decode (net, packet->bytes);

        if (packet->from == node && strcmp (hbd_message_get (message, "t"), type) == 0)
            return g_bytes_ref (packet->bytes);
    }
    return NULL;
}

HbdMessage *
core_net_last_sent (const CoreNet *net, guint node, const char *type)
{
    g_autoptr (GBytes) bytes = core_net_last_sent_bytes (net, node, type);

    return bytes != NULL ? core_net_decode (net, bytes) : NULL;
}

void
core_net_fail (const CoreNet *net, const char *file, int line, const char *text)
{
    for (guint i = 0; i < net->trace->len; i++)
        g_printerr ("  %s\n", (const char *) g_ptr_array_index (net->trace, i));
    g_error ("%s:%d: not seen: %s", file, line, text);
}
