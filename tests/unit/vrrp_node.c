/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/unit/vrrp_node.h"

#include <string.h>

#define BEGIN HBD_S (1000)

static const HbdVrrpAddress service = { { 10, 0, 0, 100 } };

HbdVrrpAddress
vrrp_node_address (guint8 last)
{
    return (HbdVrrpAddress){ { 10, 0, 0, last } };
}

HbdVrrpInstanceConfig
vrrp_node_instance (guint8 version, guint8 priority)
{
    return (HbdVrrpInstanceConfig){
        .name = "vi",
        .priority = priority,
        .down_adverts = 3,
        .group = HBD_VRRP_NO_GROUP,
        .announce = { .repeat = 5,
                      .delay_us = HBD_S (5),
                      .lower_repeat = 5,
                      .lower_delay_us = HBD_S (5) },
        .wire = { .family = HBD_VRRP_IPV4,
                  .version = version,
                  .vrid = 7,
                  .interval_cs = 100,
                  .source = vrrp_node_address (10),
                  .group = { { 224, 0, 0, 18 } },
                  .ttl = 255,
                  .addresses = &service,
                  .address_count = 1 },
    };
}

VrrpNode *
vrrp_node_new (HbdVrrpInstanceConfig instance)
{
    VrrpNode *node = g_new0 (VrrpNode, 1);

    node->instances[0] = instance;
    node->config.instances = node->instances;
    node->config.instance_count = 1;
    node->now = BEGIN;
    node->log = g_string_new (NULL);
    node->sent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    node->records = g_ptr_array_new_with_free_func (g_free);
    return node;
}

void
vrrp_node_free (VrrpNode *node)
{
    if (node == NULL)
        return;
    hbd_vrrp_free (node->vrrp);
    g_string_free (node->log, TRUE);
    g_ptr_array_unref (node->sent);
    g_ptr_array_unref (node->records);
    g_free (node);
}

static void add_word (VrrpNode *node, guint instance, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_word (VrrpNode *node, guint instance, const char *format, ...)
{
    va_list args;

    if (node->log->len > 0)
        g_string_append_c (node->log, ' ');
    if (instance > 0)
        g_string_append_printf (node->log, "%u.", instance);
    va_start (args, format);
    g_string_append_vprintf (node->log, format, args);
    va_end (args);
}

static void
take_send (VrrpNode *node, const HbdVrrpAction *action)
{
    gsize len;
    const guint8 *data = g_bytes_get_data (action->send.packet, &len);
    HbdVrrpPacket packet;
    HbdVrrpAdvert advert;

    g_assert_cmpint (hbd_vrrp_unwrap (data, len, &packet), ==, HBD_VRRP_OK);
    g_assert_true (hbd_vrrp_address_equal (&packet.destination, &action->send.destination));
    hbd_vrrp_body_read (packet.payload, &advert);
    add_word (node, action->send.instance, "SEND(%d)", advert.priority);
    g_ptr_array_add (node->sent, g_bytes_ref (action->send.packet));
}

static void
take_record (VrrpNode *node, const HbdRecord *record)
{
    const char *reason = strstr (record->fields, " reason=");

    g_ptr_array_add (node->records, g_strdup_printf ("%s %s", record->name, record->fields));
    node->reason[0] = '\0';
    if (strcmp (record->name, "vrrp.state") == 0 && reason != NULL) {
        reason += strlen (" reason=");
        g_strlcpy (node->reason, reason, MIN (sizeof node->reason, strcspn (reason, " ") + 1));
    }
}

static void
take_notify (VrrpNode *node, const HbdVrrpAction *action)
{
    const char *word = hbd_vrrp_notify_name (action->notify.what);

    if (action->notify.is_group)
        add_word (node, 0, "%s=%s", node->config.groups[action->notify.index], word);
    else if (node->reason[0] != '\0')
        add_word (node, action->notify.index, "%s:%s", word, node->reason);
    else
        add_word (node, action->notify.index, "%s", word);
    node->reason[0] = '\0';
}

/* Act, as far as a test acts; releases are answered when all is done. */
static void
take_actions (VrrpNode *node, const GArray *actions)
{
    for (guint n = 0; n < actions->len; n++) {
        const HbdVrrpAction *action = &g_array_index (actions, HbdVrrpAction, n);

        switch (action->kind) {
        case HBD_VRRP_DO_SEND:
            take_send (node, action);
            break;
        case HBD_VRRP_DO_ACQUIRE:
            add_word (node, action->instance, "ACQUIRE");
            break;
        case HBD_VRRP_DO_RELEASE:
            add_word (node, action->instance, "RELEASE");
            break;
        case HBD_VRRP_DO_ANNOUNCE:
            add_word (node, action->announce.instance, "ANNOUNCE(%u)", action->announce.repeat);
            break;
        case HBD_VRRP_DO_NOTIFY:
            take_notify (node, action);
            break;
        case HBD_VRRP_DO_RECORD:
            take_record (node, action->record);
            break;
        }
    }
    for (guint n = 0; n < actions->len && !node->holds_releases; n++) {
        const HbdVrrpAction *action = &g_array_index (actions, HbdVrrpAction, n);

        if (action->kind == HBD_VRRP_DO_RELEASE)
            vrrp_node_released (node, action->instance);
    }
}

void
vrrp_node_feed (VrrpNode *node, const HbdVrrpEvent *event)
{
    g_autoptr (GArray) actions = hbd_vrrp_actions_new ();
    HbdVrrpEvent timed = *event;

    timed.wall_us = node->wall_us + node->now;
    hbd_vrrp_step (node->vrrp, &timed, node->now, actions);
    /* What is due is done: a shell that sleeps until the deadline never spins. */
    g_assert_true (event->kind != HBD_VRRP_TIMER || hbd_vrrp_deadline (node->vrrp) > node->now
                   || node->config.group_count > 0);
    take_actions (node, actions);
}

void
vrrp_node_feed_kind (VrrpNode *node, HbdVrrpEventKind kind)
{
    vrrp_node_feed (node, &(HbdVrrpEvent){ .kind = kind });
}

void
vrrp_node_track (VrrpNode *node, guint tracker, gint64 value)
{
    vrrp_node_feed (node, &(HbdVrrpEvent){ .kind = HBD_VRRP_TRACKER,
                                           .tracker = { .tracker = tracker, .value = value } });
}

void
vrrp_node_condition (VrrpNode *node, guint instance, HbdVrrpCondition condition, bool is_bad)
{
    vrrp_node_feed (node, &(HbdVrrpEvent){ .kind = HBD_VRRP_CONDITION,
                                           .condition = { instance, condition, is_bad } });
}

void
vrrp_node_released (VrrpNode *node, guint instance)
{
    vrrp_node_feed (node, &(HbdVrrpEvent){ .kind = HBD_VRRP_RELEASED, .instance = instance });
}

void
vrrp_node_packet (VrrpNode *node, guint interface, GBytes *packet)
{
    vrrp_node_feed (node, &(HbdVrrpEvent){ .kind = HBD_VRRP_PACKET,
                                           .packet = { .interface = interface,
                                                       .data = g_bytes_get_data (packet, NULL),
                                                       .len = g_bytes_get_size (packet) } });
}

void
vrrp_node_advert_every (VrrpNode *node, guint instance, guint8 from, guint8 priority,
                        guint interval_cs)
{
    HbdVrrpCodecConfig wire = node->instances[instance].wire;
    g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    g_autoptr (HbdVrrpCodec) codec = NULL;

    wire.source = vrrp_node_address (from);
    wire.interval_cs = interval_cs;
    codec = hbd_vrrp_codec_new (&wire);
    hbd_vrrp_codec_encode (codec, priority, node->wall_us + node->now, out);
    vrrp_node_packet (node, node->instances[instance].interface, g_ptr_array_index (out, 0));
}

void
vrrp_node_advert (VrrpNode *node, guint instance, guint8 from, guint8 priority)
{
    vrrp_node_advert_every (node, instance, from, priority,
                            node->instances[instance].wire.interval_cs);
}

void
vrrp_node_begin (VrrpNode *node)
{
    node->vrrp = hbd_vrrp_new (&node->config, node->now);
}

void
vrrp_node_start (VrrpNode *node)
{
    vrrp_node_begin (node);
    vrrp_node_feed_kind (node, HBD_VRRP_START);
    g_string_truncate (node->log, 0);
}

void
vrrp_node_start_as_master (VrrpNode *node)
{
    vrrp_node_start (node);
    for (int step = 0; step < 20; step++) {
        guint masters = 0;

        for (guint i = 0; i < node->config.instance_count; i++)
            masters += hbd_vrrp_state (node->vrrp, i) == HBD_VRRP_MASTER ? 1 : 0;
        if (masters == node->config.instance_count)
            break;
        vrrp_node_run_until (node, hbd_vrrp_deadline (node->vrrp));
    }
    g_assert_cmpint (hbd_vrrp_state (node->vrrp, 0), ==, HBD_VRRP_MASTER);
    g_string_truncate (node->log, 0);
}

void
vrrp_node_run_until (VrrpNode *node, HbdTime time)
{
    while (hbd_vrrp_deadline (node->vrrp) <= time) {
        node->now = MAX (node->now, hbd_vrrp_deadline (node->vrrp));
        vrrp_node_feed_kind (node, HBD_VRRP_TIMER);
    }
    node->now = MAX (node->now, time);
}

void
vrrp_node_run_for (VrrpNode *node, HbdTime time)
{
    vrrp_node_run_until (node, node->now + time);
}

char *
vrrp_node_words (VrrpNode *node)
{
    char *words = g_strdup (node->log->str);

    g_string_truncate (node->log, 0);
    return words;
}

guint64
vrrp_node_count (VrrpNode *node, guint instance, const char *name)
{
    g_autoptr (GVariant) counters = g_variant_ref_sink (hbd_vrrp_counters (node->vrrp, instance));
    guint64 value = 0;

    if (!g_variant_lookup (counters, name, "t", &value))
        g_error ("no counter %s", name);
    return value;
}

guint
vrrp_node_record_count (const VrrpNode *node, const char *name)
{
    guint count = 0;

    for (guint n = 0; n < node->records->len; n++) {
        const char *record = g_ptr_array_index (node->records, n);

        if (g_str_has_prefix (record, name) && record[strlen (name)] == ' ')
            count++;
    }
    return count;
}
