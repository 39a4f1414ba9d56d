/* SPDX-License-Identifier: Apache-2.0 */
/* A packet's way from bytes to the instance it is for. What is refused changes a counter and,
 * once in a while, makes a record; nothing else, however often it comes. */
#include "config.h"

#include "hbd/core/vrrp/private.h"

/* The instance that @packet is for, or NULL with the reason. */
static HbdVrrpInstance *
find_instance (const HbdVrrp *v, guint interface, const HbdVrrpPacket *packet,
               HbdVrrpVerdict *verdict)
{
    guint8 vrid;

    *verdict = hbd_vrrp_peek_vrid (packet, &vrid);
    if (*verdict != HBD_VRRP_OK)
        return NULL;
    *verdict = HBD_VRRP_UNKNOWN_VRID;
    for (guint n = 0; n < v->instance_count; n++) {
        const HbdVrrpInstanceConfig *c = &v->instances[n]->config;

        if (c->wire.vrid == vrid && c->interface == interface && c->wire.family == packet->family)
            return v->instances[n];
    }
    return NULL;
}

static void
refuse (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpPacket *packet, HbdVrrpVerdict verdict)
{
    char from[HBD_VRRP_ADDRESS_TEXT];

    i->refused[verdict]++;
    hbd_vrrp_address_text (&packet->source, packet->family, from);
    hbd_vrrp_record_rated (v, i, verdict, HBD_LEVEL_WARNING, "vrrp.refused", "reason=%s from=%s",
                           hbd_vrrp_verdict_name (verdict), from);
}

/* Remember who was heard; the longest silent makes room. */
static void
note_heard (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert,
            const HbdVrrpAddress *sender)
{
    HbdVrrpHeard *entry = &i->heard[0];

    for (guint n = 0; n < HBD_VRRP_PEERS_MAX; n++) {
        HbdVrrpHeard *other = &i->heard[n];

        if (other->count > 0 && hbd_vrrp_address_equal (&other->address, sender)) {
            entry = other;
            break;
        }
        if (entry->count > 0 && (other->count == 0 || other->last_us < entry->last_us))
            entry = other;
    }
    if (!hbd_vrrp_address_equal (&entry->address, sender))
        entry->count = 0;
    entry->address = *sender;
    entry->priority = advert->priority;
    entry->interval_cs = advert->interval_cs;
    entry->last_us = v->now;
    entry->count++;
}

static void
note_remarks (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert,
              const HbdVrrpAddress *sender, const HbdVrrpRemarks *remarks)
{
    char from[HBD_VRRP_ADDRESS_TEXT];

    if (remarks->is_unsigned)
        i->count[HBD_VRRP_COUNT_UNSIGNED]++;
    if (!remarks->count_differs && !remarks->addresses_differ)
        return;
    i->count[HBD_VRRP_COUNT_LISTS_DIFFER]++;
    hbd_vrrp_address_text (sender, i->config.wire.family, from);
    hbd_vrrp_record_rated (v, i, HBD_VRRP_RATE_LISTS_DIFFER, HBD_LEVEL_WARNING,
                           "vrrp.addresses-differ", "from=%s theirs=%d ours=%u", from,
                           advert->address_count, i->config.wire.address_count);
}

void
hbd_vrrp_receive (HbdVrrp *v, const HbdVrrpEvent *event)
{
    HbdVrrpVerdict verdict = HBD_VRRP_OK;
    HbdVrrpPacket packet;
    HbdVrrpInstance *i = NULL;
    HbdVrrpAdvert advert;
    HbdVrrpRemarks remarks;

    if (event->packet.unwrapped != NULL)
        packet = *event->packet.unwrapped;
    else
        verdict = hbd_vrrp_unwrap (event->packet.data, event->packet.len, &packet);
    if (verdict == HBD_VRRP_OK)
        i = find_instance (v, event->packet.interface, &packet, &verdict);
    if (i == NULL) {
        v->strays[verdict]++;
        return;
    }
    verdict = hbd_vrrp_codec_decode (i->codec, &packet, v->wall_us, &advert, &remarks);
    if (verdict != HBD_VRRP_OK) {
        refuse (v, i, &packet, verdict);
        return;
    }
    i->count[HBD_VRRP_COUNT_RECEIVED]++;
    if (advert.priority == HBD_VRRP_PRIORITY_STOP)
        i->count[HBD_VRRP_COUNT_ZERO_RECEIVED]++;
    note_heard (v, i, &advert, &packet.source);
    note_remarks (v, i, &advert, &packet.source, &remarks);
    hbd_vrrp_notice_pause (v, i);
    hbd_vrrp_hear (v, i, &advert, &packet.source);
}
