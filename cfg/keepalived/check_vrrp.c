/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_instance as a whole (doc/keepalived.md 1.9, 3.5, 3.10): one rule, one function; each says
 * what keepalived makes of it. They run in the order of the table below. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include <string.h>

#define ADVERT_V3_MAX   (HBD_S (41) - HBD_MS (50)) /* 40.95 s: twelve bits of centiseconds */
#define ADDRESSES_MAX   255
#define CENTISECOND     HBD_MS (10)
#define PRIORITY_OWNER  255
#define PRIORITY_NORMAL 100

static const CfgKaGlobals *
globals_of (const CfgKaContext *context)
{
    return &context->model->globals;
}

static GPtrArray *
or_empty (CfgKaContext *context, GPtrArray *array)
{
    return array != NULL ? array : cfg_ka_array (context);
}

static void
fill_arrays (CfgKaContext *context, CfgVrrpInstance *v)
{
    GPtrArray **arrays[] = { &v->peers,         &v->addresses,   &v->excluded,
                             &v->routes,        &v->rules,       &v->track_interfaces,
                             &v->track_scripts, &v->track_files, &v->track_processes,
                             &v->track_bfds,    &v->hmac.keys };

    for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
        *arrays[i] = or_empty (context, *arrays[i]);
}

static void
inherit_bool (int *field, int from)
{
    if (*field < 0)
        *field = from > 0;
}

static void
inherit (CfgKaContext *context, CfgVrrpInstance *v)
{
    const CfgKaGlobals *g = globals_of (context);

    inherit_bool (&v->strict, g->strict);
    inherit_bool (&v->check_unicast_src, g->check_unicast_src);
    inherit_bool (&v->v3_checksum_as_v2, g->v3_checksum_as_v2);
    inherit_bool (&v->lower_prio_no_advert, v->strict || g->lower_prio_no_advert);
    inherit_bool (&v->higher_prio_send_advert, !v->strict && g->higher_prio_send_advert);
    inherit_bool (&v->owner_ignore_adverts, v->strict || g->owner_ignore_adverts);
    inherit_bool (&v->skip_check_adv_addr, g->skip_check_adv_addr);
    inherit_bool (&v->notify.priority_changes, g->notify_priority_changes);
    inherit_bool (&v->notify.smtp_alert,
                  g->smtp_alert_vrrp >= 0 ? g->smtp_alert_vrrp : g->smtp_alert);
    if (v->down_timer_adverts == 0)
        v->down_timer_adverts = g->down_timer_adverts;
    cfg_ka_inherit_garp (&v->garp, &g->garp);
}

static CfgFamily
family_of (const CfgVrrpInstance *v)
{
    const CfgVip *vip = v->addresses->len > 0 ? v->addresses->pdata[0] : NULL;
    const CfgUnicastPeer *peer = v->peers->len > 0 ? v->peers->pdata[0] : NULL;

    if (vip != NULL)
        return vip->ip.family;
    if (v->unicast_src.family != CFG_FAMILY_NONE)
        return v->unicast_src.family;
    if (peer != NULL)
        return peer->ip.family;
    return v->mcast_src.family != CFG_FAMILY_NONE ? v->mcast_src.family : CFG_FAMILY_IPV4;
}

/* The first address decides; what is of the other family goes. */
static void
check_family (CfgKaContext *context, CfgVrrpInstance *v)
{
    v->family = family_of (v);
    for (guint i = 0; i < v->addresses->len;) {
        const CfgVip *vip = v->addresses->pdata[i];

        if (vip->ip.family == v->family) {
            i++;
            continue;
        }
        cfg_ka_warn_at (context, vip->place,
                        "IPv4 and IPv6 in one virtual_ipaddress: the first address decides, and "
                        "this one is ignored, as in keepalived; put it into an instance of its own "
                        "or into virtual_ipaddress_excluded");
        g_ptr_array_remove_index (v->addresses, i);
    }
    if (v->version == 0)
        v->version = globals_of (context)->version;
    if (v->version == 0 || (v->strict && v->family == CFG_FAMILY_IPV6))
        v->version = v->family == CFG_FAMILY_IPV6 ? 3 : 2;
}

static void
check_interface (CfgKaContext *context, CfgVrrpInstance *v)
{
    bool is_dynamic = globals_of (context)->dynamic_interfaces;

    if (v->interface == NULL) {
        if (v->peers->len > 0 && v->unicast_src.family != CFG_FAMILY_NONE)
            return;
        cfg_ka_diag_at (context->reader, CFG_ERROR, v->place,
                        "vrrp_instance '%.60s' has no interface; add: interface NAME", v->name);
    } else if (!cfg_ka_has_interface (context, v->interface) && !is_dynamic) {
        cfg_ka_warn_at (context, v->interface_place,
                        "there is no interface '%.20s' now; keepalived would not start, in hbd the "
                        "instance waits for it in FAULT",
                        v->interface);
    }
}

static void
check_identity (CfgKaContext *context, CfgVrrpInstance *v)
{
    if (v->vrid == 0)
        cfg_ka_diag_at (context->reader, CFG_ERROR, v->place,
                        "vrrp_instance '%.60s' has no virtual_router_id; keepalived would end "
                        "here; add: virtual_router_id 1..255",
                        v->name);
    if (v->priority == 0)
        v->priority = v->state == CFG_VRRP_STATE_MASTER ? PRIORITY_OWNER : PRIORITY_NORMAL;
    if (v->state == CFG_VRRP_STATE_NONE)
        v->state = v->priority == PRIORITY_OWNER ? CFG_VRRP_STATE_MASTER : CFG_VRRP_STATE_BACKUP;
}

static void
check_strict (CfgKaContext *context, CfgVrrpInstance *v)
{
    const CfgVip *first = v->addresses->len > 0 ? v->addresses->pdata[0] : NULL;

    if (!v->strict)
        return;
    if (v->state == CFG_VRRP_STATE_MASTER && v->priority != PRIORITY_OWNER) {
        cfg_ka_warn_at (context, v->place,
                        "vrrp_strict: state MASTER goes only with priority 255; as in keepalived "
                        "the instance starts as BACKUP");
        v->state = CFG_VRRP_STATE_BACKUP;
    }
    if (v->peers->len > 0)
        cfg_ka_warn_at (context, v->place, "vrrp_strict: the RFC knows no unicast peers");
    if (first != NULL && first->ip.family == CFG_FAMILY_IPV6
        && !(first->ip.bytes[0] == 0xfe && (first->ip.bytes[1] & 0xc0) == 0x80))
        cfg_ka_warn_at (context, first->place,
                        "vrrp_strict: the first IPv6 address must be a link-local one");
}

/* --- authentication ------------------------------------------------------------------------ */

static void
drop_auth (CfgKaContext *context, CfgVrrpInstance *v, const char *why)
{
    cfg_ka_warn_at (context, v->auth_place,
                    "%s: as in keepalived the instance runs without authentication", why);
    v->auth = CFG_VRRP_AUTH_NONE;
}

static void
check_auth (CfgKaContext *context, CfgVrrpInstance *v)
{
    if (v->auth == CFG_VRRP_AUTH_NONE) {
        if (v->has_auth_pass)
            cfg_ka_warn_at (context, v->auth_pass_place,
                            "auth_pass without a valid auth_type does nothing");
    } else if (v->version == 3) {
        drop_auth (context, v, "VRRP version 3 has no authentication");
    } else if (v->strict) {
        drop_auth (context, v, "vrrp_strict allows no authentication");
    } else if (!v->has_auth_pass) {
        drop_auth (context, v, "authentication has no auth_pass");
    } else if (v->hmac.is_on) {
        drop_auth (context, v, "authentication beside auth_hmac");
    } else if (v->auth == CFG_VRRP_AUTH_AH && v->family == CFG_FAMILY_IPV6) {
        drop_auth (context, v, "auth_type AH is for IPv4 only");
    } else if (v->auth == CFG_VRRP_AUTH_AH && v->state == CFG_VRRP_STATE_MASTER) {
        cfg_ka_warn_at (context, v->auth_place,
                        "with auth_type AH the instance starts as BACKUP, as in keepalived: it "
                        "must hear the sequence number first");
        v->state = CFG_VRRP_STATE_BACKUP;
    }
}

static void
check_hmac (CfgKaContext *context, CfgVrrpInstance *v)
{
    bool has_active = v->hmac.active_key == 0;

    if (!v->hmac.is_on)
        return;
    for (guint i = 0; i < v->hmac.keys->len; i++)
        has_active =
            has_active || ((CfgHmacKey *) v->hmac.keys->pdata[i])->id == v->hmac.active_key;
    if (v->hmac.keys->len == 0)
        cfg_ka_diag_at (context->reader, CFG_ERROR, v->hmac.place, "auth_hmac has no key");
    else if (!has_active)
        cfg_ka_diag_at (context->reader, CFG_ERROR, v->hmac.place,
                        "active_key %d is none of the keys", v->hmac.active_key);
}

/* --- times --------------------------------------------------------------------------------- */

static HbdTime
round_to (HbdTime value, HbdTime unit)
{
    return MAX ((value + unit / 2) / unit * unit, unit);
}

static void
check_advert_int (CfgKaContext *context, CfgVrrpInstance *v)
{
    HbdTime unit = v->version == 2 ? HBD_S (1) : CENTISECOND;
    HbdTime rounded = round_to (v->advert_int_us, unit);

    if (rounded != v->advert_int_us)
        cfg_ka_warn_at (context, v->place,
                        "vrrp_instance '%.60s': advert_int %g s is rounded to %g s, as in "
                        "keepalived%s",
                        v->name, (double) v->advert_int_us / 1e6, (double) rounded / 1e6,
                        v->version == 2 ? "; version 3 knows fractions of a second" : "");
    v->advert_int_us = rounded;
    if (v->version == 3 && v->advert_int_us > ADVERT_V3_MAX) {
        cfg_ka_warn_at (context, v->place,
                        "vrrp_instance '%.60s': version 3 can say at most 40.95 s in advert_int; "
                        "as in keepalived that is taken",
                        v->name);
        v->advert_int_us = ADVERT_V3_MAX;
    }
}

static void
check_preempt (CfgKaContext *context, CfgVrrpInstance *v)
{
    bool is_master = v->state == CFG_VRRP_STATE_MASTER;

    if (v->nopreempt && (is_master || v->priority == PRIORITY_OWNER)) {
        cfg_ka_warn_at (context, v->place,
                        "vrrp_instance '%.60s': nopreempt does not go with %s and is cleared, as "
                        "in keepalived%s",
                        v->name, is_master ? "state MASTER" : "priority 255",
                        is_master ? "; write state BACKUP on both nodes" : "");
        v->nopreempt = false;
    }
    if (v->preempt_delay_us > 0 && (is_master || v->nopreempt || v->strict)) {
        cfg_ka_warn_at (context, v->place,
                        "vrrp_instance '%.60s': preempt_delay does not go with %s and is cleared, "
                        "as in keepalived",
                        v->name,
                        is_master      ? "state MASTER"
                        : v->nopreempt ? "nopreempt"
                                       : "vrrp_strict");
        v->preempt_delay_us = 0;
    }
    v->accept = v->says_no_accept ? 0 : v->says_accept ? 1 : !v->strict;
    if (v->says_accept && v->says_no_accept)
        cfg_ka_warn_at (context, v->place,
                        "vrrp_instance '%.60s' says accept and no_accept; "
                        "no_accept counts",
                        v->name);
}

/* --- addresses ----------------------------------------------------------------------------- */

static bool
has_address (const GPtrArray *vips, guint count, const CfgVip *vip)
{
    for (guint i = 0; i < count; i++) {
        const CfgVip *other = vips->pdata[i];

        if (cfg_ip_equal (&other->ip, &vip->ip)
            && g_strcmp0 (other->interface, vip->interface) == 0)
            return true;
    }
    return false;
}

static void
finish_vips (CfgKaContext *context, CfgVrrpInstance *v, GPtrArray *vips)
{
    for (guint i = 0; i < vips->len;) {
        CfgVip *vip = vips->pdata[i];

        if (vip->interface == NULL)
            vip->interface = v->interface;
        if (!has_address (vips, i, vip)
            && (vips == v->addresses || !has_address (v->addresses, v->addresses->len, vip))) {
            i++;
            continue;
        }
        cfg_ka_warn_at (context, vip->place,
                        "the address stands in this instance already; the second one is ignored");
        g_ptr_array_remove_index (vips, i);
    }
}

static void
check_addresses (CfgKaContext *context, CfgVrrpInstance *v)
{
    finish_vips (context, v, v->addresses);
    finish_vips (context, v, v->excluded);
    if (v->addresses->len == 0 && !v->no_virtual_ipaddress)
        cfg_ka_warn_at (
            context, v->place, "vrrp_instance '%.60s' has no address in virtual_ipaddress%s",
            v->name, v->strict ? ", and vrrp_strict wants one" : "; it elects a master of nothing");
    if (v->addresses->len > ADDRESSES_MAX)
        cfg_ka_warn_at (context, ((CfgVip *) v->addresses->pdata[ADDRESSES_MAX])->place,
                        "an advert holds %d addresses; those from here on are served and not "
                        "advertised, as in keepalived",
                        ADDRESSES_MAX);
    while (v->addresses->len > ADDRESSES_MAX)
        g_ptr_array_add (v->excluded, g_ptr_array_steal_index (v->addresses, ADDRESSES_MAX));
}

/* --- unicast ------------------------------------------------------------------------------- */

static void
check_unicast (CfgKaContext *context, CfgVrrpInstance *v)
{
    CfgIp *sources[] = { &v->mcast_src, &v->unicast_src, &v->mcast_dst };

    for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
        if (sources[i]->family != CFG_FAMILY_NONE && sources[i]->family != v->family) {
            cfg_ka_warn_at (context, v->place,
                            "vrrp_instance '%.60s': a source or group address is not of the "
                            "family of the addresses; it is ignored",
                            v->name);
            memset (sources[i], 0, sizeof *sources[i]);
        }
    for (guint i = 0; i < v->peers->len;) {
        const CfgUnicastPeer *peer = v->peers->pdata[i];
        bool is_own = cfg_ip_equal (&peer->ip, &v->unicast_src);

        if (peer->min_ttl >= 0 || peer->max_ttl >= 0)
            v->check_unicast_src = 1;
        if (is_own)
            cfg_ka_warn_at (context, peer->place,
                            "the peer is this node itself (unicast_src_ip); name the other node");
        if (peer->ip.family == v->family) {
            i++;
            continue;
        }
        cfg_ka_warn_at (context, peer->place,
                        "the peer is not of the family of the addresses; it is ignored");
        g_ptr_array_remove_index (v->peers, i);
    }
    if (v->unicast_src.family != CFG_FAMILY_NONE && v->peers->len == 0)
        cfg_ka_warn_at (context, v->place,
                        "vrrp_instance '%.60s': unicast_src_ip without unicast_peer: as in "
                        "keepalived the instance uses multicast from that address",
                        v->name);
}

/* --- trackers ------------------------------------------------------------------------------ */

static void
check_tracked_interfaces (CfgKaContext *context, CfgVrrpInstance *v)
{
    for (guint i = 0; i < v->track_interfaces->len;) {
        const CfgTrack *track = v->track_interfaces->pdata[i];

        if (g_strcmp0 (track->name, v->interface) == 0) {
            cfg_ka_warn_at (context, track->place,
                            "'%.20s' is the instance's own interface and followed anyway; the line "
                            "is ignored, as in keepalived",
                            track->name);
            g_ptr_array_remove_index (v->track_interfaces, i);
            continue;
        }
        if (!cfg_ka_has_interface (context, track->name)
            && !globals_of (context)->dynamic_interfaces)
            cfg_ka_warn_at (context, track->place,
                            "there is no interface '%.20s' now; keepalived would not start, in hbd "
                            "it counts as down",
                            track->name);
        i++;
    }
}

static void
check_tracks_of_instance (CfgKaContext *context, CfgVrrpInstance *v)
{
    check_tracked_interfaces (context, v);
    cfg_ka_check_tracks (context, v->track_scripts, "vrrp_script");
    cfg_ka_check_tracks (context, v->track_files, "track_file");
    cfg_ka_check_tracks (context, v->track_processes, "vrrp_track_process");
    cfg_ka_check_tracks (context, v->track_bfds, "bfd_instance");
}

/* --- all instances ------------------------------------------------------------------------- */

static bool
share_a_peer (const CfgVrrpInstance *a, const CfgVrrpInstance *b)
{
    if (a->peers->len == 0 && b->peers->len == 0)
        return true;
    for (guint i = 0; i < a->peers->len; i++)
        for (guint j = 0; j < b->peers->len; j++)
            if (cfg_ip_equal (&((CfgUnicastPeer *) a->peers->pdata[i])->ip,
                              &((CfgUnicastPeer *) b->peers->pdata[j])->ip))
                return true;
    return false;
}

static void
check_same_vrid (CfgKaContext *context)
{
    GPtrArray *instances = context->model->instances;
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < instances->len; i++) {
        CfgVrrpInstance *v = instances->pdata[i];
        g_autofree char *key = g_strdup_printf (
            "%s %d %d", v->interface != NULL ? v->interface : "", v->vrid, v->family);
        const CfgVrrpInstance *other = g_hash_table_lookup (seen, key);

        if (other != NULL && v->vrid != 0 && share_a_peer (v, other)) {
            cfg_ka_diag_at (context->reader, CFG_ERROR, v->place,
                            "'%.60s' and '%.60s' both have virtual_router_id %d with IPv%d on "
                            "interface %.20s; keepalived would end here",
                            other->name, v->name, v->vrid, v->family,
                            v->interface != NULL ? v->interface : "?");
            cfg_ka_diag_at (context->reader, CFG_NOTE, other->place, "the other one is here");
        }
        g_hash_table_insert (seen, g_steal_pointer (&key), v);
    }
}

static void
note_same_address (CfgKaContext *context, GHashTable *seen, const CfgVrrpInstance *v,
                   const CfgVip *vip)
{
    g_autofree char *text = cfg_ip_print (&vip->ip);
    g_autofree char *key = g_strconcat (text, " ", vip->interface, NULL);
    const CfgVip *other = g_hash_table_lookup (seen, key);

    if (other != NULL) {
        cfg_ka_warn_at (context, vip->place,
                        "%s is an address of another instance too: whichever leaves MASTER last "
                        "takes it away from the other; keepalived says nothing",
                        text);
        cfg_ka_diag_at (context->reader, CFG_NOTE, other->place, "it stands here as well");
    }
    g_hash_table_insert (seen, g_steal_pointer (&key), (gpointer) vip);
}

static void
check_same_address (CfgKaContext *context)
{
    GPtrArray *instances = context->model->instances;
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < instances->len; i++) {
        const CfgVrrpInstance *v = instances->pdata[i];

        for (guint a = 0; a < v->addresses->len; a++)
            note_same_address (context, seen, v, v->addresses->pdata[a]);
        for (guint a = 0; a < v->excluded->len; a++)
            note_same_address (context, seen, v, v->excluded->pdata[a]);
    }
}

void
cfg_ka_check_vrrp (CfgKaContext *context)
{
    static void (*const rules[]) (CfgKaContext *, CfgVrrpInstance *) = {
        fill_arrays,
        inherit,
        check_family,
        check_interface,
        check_identity,
        check_strict,
        check_preempt,
        check_auth,
        check_hmac,
        check_advert_int,
        check_addresses,
        check_unicast,
        check_tracks_of_instance,
    };
    GPtrArray *instances = context->model->instances;

    for (guint i = 0; i < instances->len; i++)
        for (guint r = 0; r < G_N_ELEMENTS (rules); r++)
            rules[r](context, instances->pdata[i]);
    check_same_vrid (context);
    check_same_address (context);
}
