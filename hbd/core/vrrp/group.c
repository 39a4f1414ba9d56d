/* SPDX-License-Identifier: Apache-2.0 */
/* Sync groups (doc/keepalived.md 4.3): members are master together or not at all, and a fault of
 * one is a fault of all. Unlike keepalived, a member that stops being master because another one
 * lost says priority 0, so that the peer's member on that interface follows within its skew. */
#include "config.h"

#include "hbd/core/vrrp/private.h"

/* The @n-th instance if it is another member of @i's group, else NULL. */
static HbdVrrpInstance *
fellow (const HbdVrrp *v, const HbdVrrpInstance *i, guint n)
{
    HbdVrrpInstance *other = v->instances[n];

    return i->config.group != HBD_VRRP_NO_GROUP && other != i
                   && other->config.group == i->config.group
               ? other
               : NULL;
}

bool
hbd_vrrp_group_may_lead (HbdVrrp *v, const HbdVrrpInstance *i)
{
    for (guint n = 0; n < v->instance_count; n++) {
        const HbdVrrpInstance *other = fellow (v, i, n);

        if (other != NULL && other->state != HBD_VRRP_MASTER
            && !(other->state == HBD_VRRP_BACKUP && other->wants_master))
            return false;
    }
    return true;
}

void
hbd_vrrp_group_lead (HbdVrrp *v, const HbdVrrpInstance *i)
{
    for (guint n = 0; n < v->instance_count; n++) {
        HbdVrrpInstance *other = fellow (v, i, n);

        if (other != NULL && other->state == HBD_VRRP_BACKUP)
            hbd_vrrp_become_master (v, other, HBD_VRRP_BECAUSE_GROUP);
    }
}

void
hbd_vrrp_group_yield (HbdVrrp *v, const HbdVrrpInstance *i, HbdVrrpReason reason, HbdVrrpWord word)
{
    for (guint n = 0; n < v->instance_count; n++) {
        HbdVrrpInstance *other = fellow (v, i, n);

        if (other == NULL)
            continue;
        if (other->state == HBD_VRRP_MASTER)
            hbd_vrrp_become_backup (v, other, reason, word);
        other->wants_master = false;
    }
}

bool
hbd_vrrp_group_is_faulty (const HbdVrrp *v, const HbdVrrpInstance *i)
{
    for (guint n = 0; n < v->instance_count; n++) {
        const HbdVrrpInstance *other = fellow (v, i, n);

        if (other != NULL && hbd_vrrp_is_faulty (other))
            return true;
    }
    return false;
}

/* The state that all members of @group have, or INIT while they differ. */
static HbdVrrpState
common_state (const HbdVrrp *v, guint group)
{
    HbdVrrpState state = HBD_VRRP_STATE_N;

    for (guint n = 0; n < v->instance_count; n++) {
        const HbdVrrpInstance *i = v->instances[n];

        if (i->config.group != (int) group)
            continue;
        if (state != HBD_VRRP_STATE_N && state != i->state)
            return HBD_VRRP_INIT;
        state = i->state;
    }
    return state == HBD_VRRP_STATE_N ? HBD_VRRP_INIT : state;
}

void
hbd_vrrp_group_report (HbdVrrp *v)
{
    static const HbdVrrpNotify words[] = {
        [HBD_VRRP_INIT] = HBD_VRRP_NOTIFY_STOP,
        [HBD_VRRP_BACKUP] = HBD_VRRP_NOTIFY_BACKUP,
        [HBD_VRRP_MASTER] = HBD_VRRP_NOTIFY_MASTER,
        [HBD_VRRP_FAULT] = HBD_VRRP_NOTIFY_FAULT,
    };

    for (guint g = 0; g < v->group_count; g++) {
        HbdVrrpState state = common_state (v, g);

        if (state == v->group_states[g] || (state == HBD_VRRP_INIT && !v->is_stopping))
            continue;
        hbd_vrrp_record (v, HBD_LEVEL_NOTICE, "vrrp.group", "group=%s from=%s to=%s", v->groups[g],
                         hbd_vrrp_state_name (v->group_states[g]), hbd_vrrp_state_name (state));
        v->group_states[g] = state;
        hbd_vrrp_notify_group (v, g, words[state]);
    }
}
