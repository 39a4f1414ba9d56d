/* SPDX-License-Identifier: Apache-2.0 */
/* Actions out: the only file that fills them, and the only one that changes a state. */
#include "config.h"

#include "hbd/core/vrrp/private.h"

#include <arpa/inet.h>

#define NAME_ROW(value, name) [value] = name,
static const char *const reason_names[] = { HBD_VRRP_REASON_LIST (NAME_ROW) };
G_STATIC_ASSERT (G_N_ELEMENTS (reason_names) == HBD_VRRP_REASON_N);

static const char *const state_names[] = {
    [HBD_VRRP_INIT] = "INIT",
    [HBD_VRRP_BACKUP] = "BACKUP",
    [HBD_VRRP_MASTER] = "MASTER",
    [HBD_VRRP_FAULT] = "FAULT",
};
G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == HBD_VRRP_STATE_N);

static const char *const notify_names[] = {
    [HBD_VRRP_NOTIFY_MASTER] = "MASTER",
    [HBD_VRRP_NOTIFY_BACKUP] = "BACKUP",
    [HBD_VRRP_NOTIFY_FAULT] = "FAULT",
    [HBD_VRRP_NOTIFY_STOP] = "STOP",
    [HBD_VRRP_NOTIFY_MASTER_RX_LOWER_PRI] = "MASTER_RX_LOWER_PRI",
    [HBD_VRRP_NOTIFY_MASTER_PRIORITY] = "MASTER_PRIORITY",
    [HBD_VRRP_NOTIFY_BACKUP_PRIORITY] = "BACKUP_PRIORITY",
};
G_STATIC_ASSERT (G_N_ELEMENTS (notify_names) == HBD_VRRP_NOTIFY_N);

const char *
hbd_vrrp_state_name (HbdVrrpState state)
{
    g_assert (state < HBD_VRRP_STATE_N);
    return state_names[state];
}

const char *
hbd_vrrp_notify_name (HbdVrrpNotify what)
{
    g_assert (what < HBD_VRRP_NOTIFY_N);
    return notify_names[what];
}

static void
action_clear (gpointer data)
{
    HbdVrrpAction *action = data;

    if (action->kind == HBD_VRRP_DO_SEND)
        g_bytes_unref (action->send.packet);
    else if (action->kind == HBD_VRRP_DO_RECORD)
        hbd_record_free (action->record);
}

GArray *
hbd_vrrp_actions_new (void)
{
    GArray *actions = g_array_new (FALSE, FALSE, sizeof (HbdVrrpAction));

    g_array_set_clear_func (actions, action_clear);
    return actions;
}

void
hbd_vrrp_address_text (const HbdVrrpAddress *address, HbdVrrpFamily family,
                       char text[HBD_VRRP_ADDRESS_TEXT])
{
    if (inet_ntop (family == HBD_VRRP_IPV6 ? AF_INET6 : AF_INET, address->bytes, text,
                   HBD_VRRP_ADDRESS_TEXT)
        == NULL)
        text[0] = '\0';
}

void
hbd_vrrp_record (HbdVrrp *v, HbdLevel level, const char *name, const char *format, ...)
{
    HbdVrrpAction action = { .kind = HBD_VRRP_DO_RECORD };
    g_autofree char *fields = NULL;
    va_list args;

    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    action.record = hbd_record_new (level, name, "%s", fields);
    g_array_append_val (v->out, action);
}

void
hbd_vrrp_record_rated (HbdVrrp *v, HbdVrrpInstance *i, guint kind, HbdLevel level, const char *name,
                       const char *format, ...)
{
    g_autofree char *fields = NULL;
    guint64 suppressed;
    va_list args;

    if (!hbd_rate_allow (&i->rates[kind], v->now, HBD_VRRP_RATE_PERIOD_US, &suppressed))
        return;
    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    if (suppressed > 0)
        hbd_vrrp_record (v, level, name, "instance=%s %s suppressed=%" G_GUINT64_FORMAT,
                         i->config.name, fields, suppressed);
    else
        hbd_vrrp_record (v, level, name, "instance=%s %s", i->config.name, fields);
}

void
hbd_vrrp_notify (HbdVrrp *v, const HbdVrrpInstance *i, HbdVrrpNotify what)
{
    HbdVrrpAction action = { .kind = HBD_VRRP_DO_NOTIFY };

    action.notify.index = i->index;
    action.notify.what = what;
    action.notify.priority = i->effective;
    g_array_append_val (v->out, action);
}

void
hbd_vrrp_notify_group (HbdVrrp *v, guint group, HbdVrrpNotify what)
{
    HbdVrrpAction action = { .kind = HBD_VRRP_DO_NOTIFY };

    action.notify.is_group = true;
    action.notify.index = group;
    action.notify.what = what;
    g_array_append_val (v->out, action);
}

static void
notify_state (HbdVrrp *v, const HbdVrrpInstance *i)
{
    switch (i->state) {
    case HBD_VRRP_MASTER:
        hbd_vrrp_notify (v, i, HBD_VRRP_NOTIFY_MASTER);
        break;
    case HBD_VRRP_BACKUP:
        hbd_vrrp_notify (v, i, HBD_VRRP_NOTIFY_BACKUP);
        break;
    case HBD_VRRP_FAULT:
        hbd_vrrp_notify (v, i, HBD_VRRP_NOTIFY_FAULT);
        break;
    case HBD_VRRP_INIT:
        if (v->is_stopping)
            hbd_vrrp_notify (v, i, HBD_VRRP_NOTIFY_STOP);
        break;
    case HBD_VRRP_STATE_N:
        break;
    }
}

void
hbd_vrrp_set_state (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpState to, HbdVrrpReason reason)
{
    HbdVrrpState from = i->state;
    g_autofree char *complaints = NULL;
    char master[HBD_VRRP_ADDRESS_TEXT];
    HbdLevel level = to == HBD_VRRP_FAULT || reason == HBD_VRRP_BECAUSE_PAUSE ? HBD_LEVEL_WARNING
                                                                              : HBD_LEVEL_NOTICE;

    i->state = to;
    i->since_us = v->now;
    if (to == HBD_VRRP_MASTER)
        i->count[HBD_VRRP_COUNT_BECAME_MASTER]++;
    if (from == HBD_VRRP_MASTER)
        i->count[HBD_VRRP_COUNT_RELEASED_MASTER]++;
    if (to == HBD_VRRP_FAULT)
        complaints = hbd_vrrp_complaints (v, i->index);
    hbd_vrrp_address_text (&i->master, i->config.wire.family, master);
    hbd_vrrp_record (v, level, "vrrp.state",
                     "instance=%s from=%s to=%s reason=%s priority=%d%s%s%s%s", i->config.name,
                     state_names[from], state_names[to], reason_names[reason], i->effective,
                     i->has_master ? " master=" : "", i->has_master ? master : "",
                     complaints != NULL ? " faults=" : "", complaints != NULL ? complaints : "");
    notify_state (v, i);
}

void
hbd_vrrp_send_advert (HbdVrrp *v, HbdVrrpInstance *i, guint8 priority)
{
    g_autoptr (GPtrArray) packets = g_ptr_array_new ();

    hbd_vrrp_codec_encode (i->codec, priority, v->wall_us, packets);
    for (guint n = 0; n < packets->len; n++) {
        HbdVrrpAction action = { .kind = HBD_VRRP_DO_SEND };

        action.send.instance = i->index;
        action.send.destination = *hbd_vrrp_codec_destination (i->codec, n);
        action.send.packet = g_ptr_array_index (packets, n);
        g_array_append_val (v->out, action);
    }
    i->last_sent_us = v->now;
    i->count[HBD_VRRP_COUNT_SENT]++;
    if (priority == HBD_VRRP_PRIORITY_STOP)
        i->count[HBD_VRRP_COUNT_ZERO_SENT]++;
}

void
hbd_vrrp_announce (HbdVrrp *v, HbdVrrpInstance *i, guint repeat)
{
    HbdVrrpAction action = { .kind = HBD_VRRP_DO_ANNOUNCE };

    if (repeat == 0)
        return;
    action.announce.instance = i->index;
    action.announce.repeat = repeat;
    g_array_append_val (v->out, action);
    i->count[HBD_VRRP_COUNT_ANNOUNCED]++;
}

void
hbd_vrrp_acquire (HbdVrrp *v, const HbdVrrpInstance *i)
{
    HbdVrrpAction action = { .kind = HBD_VRRP_DO_ACQUIRE };

    action.instance = i->index;
    g_array_append_val (v->out, action);
}

void
hbd_vrrp_release (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpWord word)
{
    HbdVrrpAction action = { .kind = HBD_VRRP_DO_RELEASE };

    i->releases++;
    i->word = word;
    action.instance = i->index;
    g_array_append_val (v->out, action);
}
