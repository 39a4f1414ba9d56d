/* SPDX-License-Identifier: Apache-2.0 */
/* What only the whole file can show: the order of the checks, and what global_defs hands down. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include <string.h>

static void
set_default (int *field, int value)
{
    if (*field < 0)
        *field = value;
}

static void
set_default_time (HbdTime *field, HbdTime value)
{
    if (*field < 0)
        *field = value;
}

/* doc/keepalived.md 2.2. */
static void
finish_globals (CfgKaGlobals *globals)
{
    CfgGarp *garp = &globals->garp;
    int prefix;

    set_default_time (&garp->delay_us, globals->min_garp ? 0 : HBD_S (5));
    set_default (&garp->repeat, globals->min_garp ? 1 : 5);
    set_default_time (&garp->lower_prio_delay_us, garp->delay_us);
    set_default (&garp->lower_prio_repeat, garp->repeat);
    set_default_time (&garp->refresh_us, 0);
    set_default (&garp->refresh_repeat, 1);
    set_default_time (&garp->interval_us, 0);
    set_default_time (&garp->gna_interval_us, 0);
    if (globals->mcast_group4.family == CFG_FAMILY_NONE)
        cfg_ka_is_ip ("224.0.0.18", &globals->mcast_group4, &prefix);
    if (globals->mcast_group6.family == CFG_FAMILY_NONE)
        cfg_ka_is_ip ("ff02::12", &globals->mcast_group6, &prefix);
}

void
cfg_ka_inherit_garp (CfgGarp *garp, const CfgGarp *from)
{
    bool has_delay = garp->delay_us >= 0, has_repeat = garp->repeat >= 0;

    set_default_time (&garp->delay_us, from->delay_us);
    set_default (&garp->repeat, from->repeat);
    set_default_time (&garp->lower_prio_delay_us,
                      has_delay ? garp->delay_us : from->lower_prio_delay_us);
    set_default (&garp->lower_prio_repeat, has_repeat ? garp->repeat : from->lower_prio_repeat);
    set_default_time (&garp->refresh_us, from->refresh_us);
    set_default (&garp->refresh_repeat, from->refresh_repeat);
    garp->interval_us = from->interval_us;
    garp->gna_interval_us = from->gna_interval_us;
}

bool
cfg_ka_has_interface (const CfgKaContext *context, const char *name)
{
    const CfgHost *host = context->input->host;

    return host == NULL || host->has_interface == NULL || host->has_interface (host->data, name);
}

/* Static addresses have a device: their own or the default one. */
static void
finish_static (CfgKaContext *context)
{
    CfgKeepalived *model = context->model;
    const char *fallback = model->globals.default_interface;

    for (guint i = 0; i < model->static_addresses->len; i++) {
        CfgVip *vip = model->static_addresses->pdata[i];

        if (vip->interface == NULL)
            vip->interface = cfg_ka_string (context, fallback != NULL ? fallback : "eth0");
    }
}

void
cfg_ka_check (CfgKaContext *context)
{
    finish_globals (&context->model->globals);
    finish_static (context);
    cfg_ka_check_scripts (context);
    cfg_ka_check_vrrp (context);
    cfg_ka_check_groups (context);
    cfg_ka_check_lvs (context);
}
