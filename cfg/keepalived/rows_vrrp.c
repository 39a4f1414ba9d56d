/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_instance and vrrp_sync_group (doc/keepalived.md 2.9, 2.11). */
#include "config.h"

#include "cfg/keepalived/rows.h"

#include "cfg/value.h"

#include <string.h>

#define AT(field)    G_STRUCT_OFFSET (CfgVrrpInstance, field)
#define GROUP(field) G_STRUCT_OFFSET (CfgSyncGroup, field)
#define HMAC(field)  G_STRUCT_OFFSET (CfgHmac, field)

#define HMAC_KEY_MIN 32
#define HMAC_KEY_MAX 64

static const char no_vmac_addr[] = "but hbd makes no interface per address";
static const char no_ipvlan[] = "but hbd makes no ipvlan; use_vmac makes a macvlan";
static const char no_need[] = "but not needed: hbd finds out by itself";
static const char no_late_backup[] = "but hbd notices its own pauses and never fights after one";
static const char no_extra_garp[] = "but hbd announces addresses on the interfaces they are on";
static const char no_bufs[] = "but hbd leaves socket buffers to the kernel";
static const char no_debug[] = "but keepalived does nothing with it either";

static void
parse_state (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
             gpointer base)
{
    CfgVrrpInstance *instance = base;
    const CfgKaWord *word = cfg_ka_word (statement, 1);

    cfg_ka_too_much (context, statement, 2);
    if (strcmp (word->text, "MASTER") == 0) {
        instance->state = CFG_VRRP_STATE_MASTER;
    } else if (instance->state == CFG_VRRP_STATE_MASTER) {
        cfg_ka_warn (context, word,
                     "state MASTER stands above; '%.60s' is ignored, as in "
                     "keepalived",
                     word->text);
    } else {
        instance->state = CFG_VRRP_STATE_BACKUP;
        if (strcmp (word->text, "BACKUP") != 0)
            cfg_ka_warn (context, word, "unknown state '%.60s': as in keepalived BACKUP is taken%s",
                         word->text,
                         g_ascii_strcasecmp (word->text, "master") == 0
                             ? "; did you mean 'MASTER'? Capitals count"
                             : "; write BACKUP");
    }
}

static void
parse_interface (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                 gpointer base)
{
    CfgVrrpInstance *instance = base;
    const CfgKaWord *word = cfg_ka_word (statement, 1);

    if (!cfg_is_interface (word->text)) {
        cfg_ka_warn (context, word, "'%.60s' is no name of an interface; it is ignored",
                     word->text);
        return;
    }
    instance->interface = cfg_ka_string (context, word->text);
    instance->interface_place = word->place;
    cfg_ka_too_much (context, statement, 2);
}

/* An absurd interval would flood the link or never find a dead master: refused. */
static void
parse_advert_int (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                  gpointer base)
{
    CfgVrrpInstance *instance = base;
    CfgKaRow any = { .name = "advert_int", .kind = KA_SECONDS, .def = "1 s" };
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    HbdTime value;

    cfg_ka_too_much (context, statement, 2);
    if (!cfg_ka_time (context, &any, word, &value))
        return;
    if (value >= HBD_MS (10) && value <= HBD_S (255))
        instance->advert_int_us = value;
    else
        cfg_ka_diag (context->reader, CFG_ERROR, word,
                     "advert_int %.20s is not in 0.01..255 seconds; keepalived would take 1 s in "
                     "its place, hbd does not guess",
                     word->text);
}

static void
parse_old_checksum (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                    gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    bool is_never = word != NULL && strcmp (word->text, "never") == 0;

    ((CfgVrrpInstance *) base)->old_unicast_checksum = is_never ? 2 : 1;
    if (word != NULL && !is_never)
        cfg_ka_warn (context, word, "'%.60s' is not never; it is ignored", word->text);
}

/* use_vmac [[name] IF] [MAC] [netlink_notify_msg] [group G]. */
static void
parse_vmac (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
            gpointer base)
{
    CfgVrrpInstance *instance = base;

    instance->use_vmac = true;
    for (guint i = 1; i < cfg_ka_word_count (statement); i++) {
        const CfgKaWord *word = cfg_ka_word (statement, i);

        if (strcmp (word->text, "group") == 0)
            i++;
        else if (strchr (word->text, ':') != NULL)
            cfg_ka_warn (context, word,
                         "the MAC address %.20s is accepted, but hbd takes that of "
                         "the RFC, 00:00:5e:00:01:VRID",
                         word->text);
        else if (strcmp (word->text, "name") != 0 && strcmp (word->text, "netlink_notify_msg") != 0)
            instance->vmac_interface = cfg_ka_string (context, word->text);
    }
}

static void
parse_deleted (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
               gpointer base)
{
    if (cfg_ka_word (statement, 1) != NULL)
        cfg_ka_command (context, statement, true, (CfgScript *) ((char *) base + row->offset));
}

/* --- authentication ------------------------------------------------------------------------ */

static void
parse_auth_type (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                 gpointer base)
{
    CfgVrrpInstance *instance = base;
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    const char *text = word->text;

    cfg_ka_too_much (context, statement, 2);
    if (strcmp (text, "PASS") == 0)
        instance->auth = CFG_VRRP_AUTH_PASS;
    else if (strcmp (text, "AH") == 0)
        instance->auth = CFG_VRRP_AUTH_AH;
    else
        cfg_ka_warn (context, word,
                     "auth_type '%.60s' is neither PASS nor AH: as in keepalived the instance runs "
                     "without authentication%s",
                     text, g_ascii_strcasecmp (text, "pass") == 0 ? "; did you mean 'PASS'?" : "");
}

/* The password is never repeated. */
static void
parse_auth_pass (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                 gpointer base)
{
    CfgVrrpInstance *instance = base;
    const CfgKaWord *word = cfg_ka_word (statement, 1), *more = cfg_ka_word (statement, 2);
    gsize len = strlen (word->text);

    if (len == 0) {
        cfg_ka_warn (context, word, "auth_pass is empty; it is ignored");
        return;
    }
    if (len > sizeof instance->auth_pass)
        cfg_ka_warn (context, word,
                     "auth_pass has %" G_GSIZE_FORMAT " bytes; only the first 8 count, as in "
                     "keepalived",
                     len);
    if (more != NULL)
        cfg_ka_warn (context, more,
                     "more words behind the password; keepalived ignores them silently, and so "
                     "does hbd. A password with blanks needs double quotes");
    memset (instance->auth_pass, 0, sizeof instance->auth_pass);
    memcpy (instance->auth_pass, word->text, MIN (len, sizeof instance->auth_pass));
    instance->has_auth_pass = true;
    instance->auth_pass_place = word->place;
}

static gpointer
open_auth (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
           gpointer parent)
{
    ((CfgVrrpInstance *) parent)->auth_place = cfg_ka_word (statement, 0)->place;
    return parent;
}

static const CfgKaRow auth_rows[] = {
    ROW_CUSTOM ("auth_type", 'A', parse_auth_type),
    ROW_CUSTOM ("auth_pass", 'A', parse_auth_pass),
};

static const CfgKaBlock authentication = { .name = "authentication",
                                           KA_ROWS (auth_rows),
                                           .open = open_auth };

/* `hex:` digits -> bytes, or NULL. (transfer full) */
static guint8 *
read_hex (const char *text, gsize *len)
{
    gsize digits = strlen (text);
    guint8 *out;

    *len = digits / 2;
    if (digits % 2 != 0 || digits > 2 * HMAC_KEY_MAX)
        return NULL;
    out = g_malloc (digits / 2 + 1);
    for (gsize i = 0; i < digits; i += 2) {
        int high = g_ascii_xdigit_value (text[i]), low = g_ascii_xdigit_value (text[i + 1]);

        if (high < 0 || low < 0) {
            g_free (out);
            return NULL;
        }
        out[i / 2] = (guint8) (high << 4 | low);
    }
    return out;
}

/* key ID ASCII|hex:H|file:PATH; the key is never repeated. */
static void
parse_hmac_key (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                gpointer base)
{
    CfgHmac *hmac = base;
    const CfgKaWord *id = cfg_ka_word (statement, 1), *word = cfg_ka_word (statement, 2);
    CfgKaRow range = { .name = "key", .min = 1, .max = 255 };
    g_autofree guint8 *bytes = NULL;
    gsize len = 0;
    CfgHmacKey *key;
    gint64 number;

    if (word == NULL) {
        cfg_ka_warn (context, cfg_ka_word (statement, 0), "write key ID SECRET; it is ignored");
        return;
    }
    if (!cfg_ka_number (context, &range, id, &number))
        return;
    key = cfg_ka_new (context, CfgHmacKey);
    key->place = word->place;
    key->id = (int) number;
    if (g_str_has_prefix (word->text, "file:")) {
        key->file = cfg_ka_string (context, word->text + 5);
        g_ptr_array_add (hmac->keys, key);
        return;
    }
    if (g_str_has_prefix (word->text, "hex:"))
        bytes = read_hex (word->text + 4, &len);
    else
        bytes = g_memdup2 (word->text, len = strlen (word->text));
    if (bytes == NULL || len < HMAC_KEY_MIN || len > HMAC_KEY_MAX) {
        cfg_ka_diag (context->reader, CFG_ERROR, word, "a key of auth_hmac has %d to %d octets",
                     HMAC_KEY_MIN, HMAC_KEY_MAX);
        return;
    }
    key->key = cfg_ka_alloc (context, len);
    key->key_len = (guint) len;
    memcpy (key->key, bytes, len);
    g_ptr_array_add (hmac->keys, key);
}

static gpointer
open_hmac (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
           gpointer parent)
{
    CfgHmac *hmac = &((CfgVrrpInstance *) parent)->hmac;

    hmac->is_on = true;
    hmac->place = cfg_ka_word (statement, 0)->place;
    if (hmac->keys == NULL)
        hmac->keys = cfg_ka_array (context);
    return hmac;
}

static const char *const anti_replays[] = { "time", "monotonic", NULL };
static const char *const hmac_modes[] = { "enforce", "permissive", "receive-only", NULL };

static const CfgKaRow hmac_rows[] = {
    { .name = "key", .tier = 'C', .kind = KA_CUSTOM, .parse = parse_hmac_key, .is_many = true },
    ROW_NUM ("active_key", 'C', HMAC (active_key), 1, 255, NULL),
    ROW_CHOICE ("anti_replay", 'C', HMAC (anti_replay), anti_replays, "time"),
    ROW_SEC ("time_window", 'C', HMAC (time_window_us), HBD_S (1), HBD_S (300), NULL),
    ROW_CHOICE ("mode", 'C', HMAC (mode), hmac_modes, "enforce"),
};

static const CfgKaBlock auth_hmac = { .name = "auth_hmac", KA_ROWS (hmac_rows), .open = open_hmac };

/* --- unicast peers ------------------------------------------------------------------------- */

/* IP [min_ttl N] [max_ttl N]. */
static void
parse_peer (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
            gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 0);
    CfgUnicastPeer *peer = cfg_ka_new (context, CfgUnicastPeer);
    CfgKaRow range = { .name = "ttl", .min = 0, .max = 255 };
    gint64 number;
    int prefix;

    peer->place = word->place;
    peer->min_ttl = peer->max_ttl = -1;
    if (!cfg_ka_is_ip (word->text, &peer->ip, &prefix) || prefix != -1) {
        cfg_ka_warn (context, word, "'%.60s' is not the address of a peer; it is ignored",
                     word->text);
        return;
    }
    for (guint i = 1; i < cfg_ka_word_count (statement); i += 2) {
        const CfgKaWord *name = cfg_ka_word (statement, i), *value = cfg_ka_word (statement, i + 1);
        int *field = strcmp (name->text, "min_ttl") == 0   ? &peer->min_ttl
                     : strcmp (name->text, "max_ttl") == 0 ? &peer->max_ttl
                                                           : NULL;

        if (field == NULL || value == NULL)
            cfg_ka_warn (context, name,
                         "'%.60s' is no option of a peer; one peer stands on one "
                         "line",
                         name->text);
        else if (cfg_ka_number (context, &range, value, &number))
            *field = (int) number;
    }
    g_ptr_array_add (base, peer);
}

static const CfgKaBlock unicast_peer = { .name = "unicast_peer",
                                         .open = cfg_ka_open_list,
                                         .line = parse_peer };

/* --- vrrp_instance ------------------------------------------------------------------------- */

static gpointer
open_instance (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
               gpointer parent)
{
    CfgVrrpInstance *instance;
    char *name = cfg_ka_block_name (context, statement);
    const CfgKaWord *word = cfg_ka_word (statement, 1);

    if (name == NULL)
        return NULL;
    instance = cfg_ka_new (context, CfgVrrpInstance);
    instance->place = word->place;
    instance->name = name;
    if (!cfg_ka_add_name (context, "vrrp_instance", word, instance))
        return NULL;
    instance->advert_int_us = HBD_S (1);
    instance->unicast_ttl = -1;
    instance->check_unicast_src = instance->v3_checksum_as_v2 = -1;
    instance->lower_prio_no_advert = instance->higher_prio_send_advert = -1;
    instance->owner_ignore_adverts = instance->skip_check_adv_addr = instance->strict = -1;
    instance->accept = -1;
    instance->hmac.time_window_us = -1;
    cfg_ka_init_garp (&instance->garp);
    cfg_ka_init_notify (&instance->notify);
    g_ptr_array_add (context->model->instances, instance);
    return instance;
}

static const CfgKaRow instance_rows[] = {
    ROW_CUSTOM ("state", 'A', parse_state),
    ROW_CUSTOM ("interface", 'A', parse_interface),
    ROW_INTERFACE ("vrf", 'D', AT (vrf)),
    ROW_BARE ("use_vmac", 'B', parse_vmac, 0),
    ROW_IDLE ("use_vmac_addr", 'D', KA_FLAG, no_vmac_addr),
    ROW_FLAG ("vmac_xmit_base", 'B', AT (vmac_xmit_base)),
    ROW_IDLE ("use_ipvlan", 'D', KA_NONE, no_ipvlan),
    ROW_IDLE ("native_ipv6", 'C', KA_FLAG, no_need),
    ROW_FLAG ("dont_track_primary", 'B', AT (dont_track_primary)),
    ROW_LIST ("track_interface", 'A', cfg_ka_tracked_interfaces, AT (track_interfaces)),
    ROW_LIST ("track_script", 'A', cfg_ka_tracked_scripts, AT (track_scripts)),
    ROW_LIST ("track_file", 'B', cfg_ka_tracked_files, AT (track_files)),
    ROW_LIST ("track_process", 'B', cfg_ka_tracked_processes, AT (track_processes)),
    ROW_LIST ("track_bfd", 'C', cfg_ka_tracked_bfds, AT (track_bfds)),
    ROW_IP ("mcast_src_ip", 'B', KA_IP, AT (mcast_src)),
    ROW_IP ("unicast_src_ip", 'A', KA_IP, AT (unicast_src)),
    ROW_IP ("mcast_dst_ip", 'C', KA_IP, AT (mcast_dst)),
    ROW_FLAG ("track_src_ip", 'C', AT (track_src_ip)),
    ROW_NUM ("version", 'B', AT (version), 2, 3, "that of global_defs"),
    ROW_BOOL ("check_unicast_src", 'C', AT (check_unicast_src)),
    ROW_LIST ("unicast_peer", 'A', unicast_peer, AT (peers)),
    ROW_FLAG ("unicast_fault_no_peer", 'D', AT (unicast_fault_no_peer)),
    ROW_NUM ("unicast_ttl", 'C', AT (unicast_ttl), 0, 255, NULL),
    ROW_BARE ("old_unicast_checksum", 'D', parse_old_checksum, 0),
    ROW_BOOL ("v3_checksum_as_v2", 'C', AT (v3_checksum_as_v2)),
    ROW_WHOLE ("garp_master_delay", 'B', AT (garp.delay_us), 0, 86400, "vrrp_garp_master_delay"),
    ROW_NUM_OR ("garp_master_repeat", 'B', AT (garp.repeat), 1, 1000, "1", 1),
    ROW_WHOLE ("garp_lower_prio_delay", 'C', AT (garp.lower_prio_delay_us), 0, 86400,
               "garp_master_delay"),
    ROW_NUM ("garp_lower_prio_repeat", 'C', AT (garp.lower_prio_repeat), 0, 1000,
             "garp_master_repeat"),
    ROW_WHOLE ("garp_master_refresh", 'B', AT (garp.refresh_us), 0, 86400,
               "vrrp_garp_master_refresh"),
    ROW_NUM_OR ("garp_master_refresh_repeat", 'B', AT (garp.refresh_repeat), 1, 1000, "1", 1),
    ROW_IDLE ("garp_extra_if", 'D', KA_NONE, no_extra_garp),
    ROW_IDLE ("vmac_garp_intvl", 'S', KA_NONE, no_extra_garp),
    ROW_NUM ("down_timer_adverts", 'C', AT (down_timer_adverts), 1, 100, "3"),
    ROW_IDLE_IN ("timer_expired_backup", 'D', KA_OPTIONAL, 1, 255, no_late_backup),
    ROW_IDLE_IN ("thread_timer_expired", 'S', KA_OPTIONAL, 1, 255, no_late_backup),
    ROW_BOOL ("lower_prio_no_advert", 'C', AT (lower_prio_no_advert)),
    ROW_BOOL ("higher_prio_send_advert", 'C', AT (higher_prio_send_advert)),
    ROW_BOOL ("owner_ignore_adverts", 'D', AT (owner_ignore_adverts)),
    ROW_NUM ("virtual_router_id", 'A', AT (vrid), 1, 255, NULL),
    ROW_NUM_OR ("priority", 'A', AT (priority), 1, 255, "100", 100),
    ROW_CUSTOM ("advert_int", 'A', parse_advert_int),
    ROW_BLOCK ("authentication", 'A', authentication),
    ROW_BLOCK ("auth_hmac", 'C', auth_hmac),
    ROW_LIST ("virtual_ipaddress", 'A', cfg_ka_virtual_addresses, AT (addresses)),
    ROW_LIST ("virtual_ipaddress_excluded", 'B', cfg_ka_excluded_addresses, AT (excluded)),
    ROW_FLAG ("no_virtual_ipaddress", 'C', AT (no_virtual_ipaddress)),
    ROW_FLAG ("promote_secondaries", 'C', AT (promote_secondaries)),
    ROW_LIST ("virtual_routes", 'B', cfg_ka_routes, AT (routes)),
    ROW_LIST ("virtual_rules", 'C', cfg_ka_rules, AT (rules)),
    ROW_FLAG ("accept", 'C', AT (says_accept)),
    ROW_FLAG ("no_accept", 'C', AT (says_no_accept)),
    ROW_FLAG ("nopreempt", 'A', AT (nopreempt)),
    ROW_FLAG ("preempt", 'C', AT (says_preempt)),
    ROW_SEC ("preempt_delay", 'A', AT (preempt_delay_us), 0, HBD_S (1000), "0"),
    ROW_BOOL ("skip_check_adv_addr", 'C', AT (skip_check_adv_addr)),
    ROW_BOOL ("strict_mode", 'C', AT (strict)),
    ROW_IDLE_IN ("debug", 'D', KA_OPTIONAL, 0, 4, no_debug),
    ROW_COMMAND ("notify_master", 'A', AT (notify.master)),
    ROW_COMMAND ("notify_backup", 'A', AT (notify.backup)),
    ROW_COMMAND ("notify_fault", 'A', AT (notify.fault)),
    ROW_COMMAND ("notify_stop", 'B', AT (notify.stop)),
    ROW_BARE ("notify_deleted", 'D', parse_deleted, AT (notify.deleted)),
    ROW_COMMAND ("notify", 'A', AT (notify.any)),
    ROW_COMMAND ("notify_master_rx_lower_pri", 'C', AT (notify.master_rx_lower_pri)),
    ROW_BOOL1 ("notify_priority_changes", 'D', AT (notify.priority_changes)),
    ROW_BOOL ("smtp_alert", 'B', AT (notify.smtp_alert)),
    ROW_IDLE ("kernel_rx_buf_size", 'D', KA_NUMBER, no_bufs),
    ROW_IDLE ("linkbeat_use_polling", 'C', KA_FLAG, no_need),
    ROW_INTERFACE ("lvs_sync_daemon_interface", 'C', AT (sync_daemon_interface)),
};

const CfgKaBlock cfg_ka_vrrp_instance = { .name = "vrrp_instance",
                                          KA_ROWS (instance_rows),
                                          .open = open_instance };

/* --- vrrp_sync_group ----------------------------------------------------------------------- */

static gpointer
open_group (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
            gpointer parent)
{
    CfgSyncGroup *group;
    char *name = cfg_ka_block_name (context, statement);
    const CfgKaWord *word = cfg_ka_word (statement, 1);

    if (name == NULL)
        return NULL;
    group = cfg_ka_new (context, CfgSyncGroup);
    group->place = word->place;
    group->name = name;
    if (!cfg_ka_add_name (context, "vrrp_sync_group", word, group))
        return NULL;
    cfg_ka_init_notify (&group->notify);
    g_ptr_array_add (context->model->sync_groups, group);
    return group;
}

static const CfgKaRow group_rows[] = {
    ROW_LIST ("group", 'B', cfg_ka_members, GROUP (members)),
    ROW_LIST ("track_interface", 'B', cfg_ka_tracked_interfaces, GROUP (track_interfaces)),
    ROW_LIST ("track_script", 'B', cfg_ka_tracked_scripts, GROUP (track_scripts)),
    ROW_LIST ("track_file", 'C', cfg_ka_tracked_files, GROUP (track_files)),
    ROW_LIST ("track_process", 'C', cfg_ka_tracked_processes, GROUP (track_processes)),
    ROW_LIST ("track_bfd", 'D', cfg_ka_tracked_bfds, GROUP (track_bfds)),
    ROW_COMMAND ("notify_master", 'B', GROUP (notify.master)),
    ROW_COMMAND ("notify_backup", 'B', GROUP (notify.backup)),
    ROW_COMMAND ("notify_fault", 'B', GROUP (notify.fault)),
    ROW_COMMAND ("notify_stop", 'C', GROUP (notify.stop)),
    ROW_BARE ("notify_deleted", 'D', parse_deleted, GROUP (notify.deleted)),
    ROW_COMMAND ("notify", 'B', GROUP (notify.any)),
    ROW_BOOL1 ("notify_priority_changes", 'D', GROUP (notify.priority_changes)),
    ROW_BOOL ("smtp_alert", 'B', GROUP (notify.smtp_alert)),
    ROW_IDLE ("global_tracking", 'C', KA_FLAG,
              "but deprecated; every tracker of a group counts for "
              "all members"),
    ROW_FLAG ("sync_group_tracking_weight", 'C', GROUP (tracking_weight)),
};

const CfgKaBlock cfg_ka_vrrp_sync_group = { .name = "vrrp_sync_group",
                                            KA_ROWS (group_rows),
                                            .open = open_group };
