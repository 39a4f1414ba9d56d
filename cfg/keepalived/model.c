/* SPDX-License-Identifier: Apache-2.0 */
/* The model's memory and look-ups. Everything that keepalived.conf makes has one owner, so that a
 * large file costs few allocations and one free. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include "cfg/keyword.h"

#include <arpa/inet.h>
#include <string.h>

#define NAME_MAX_LEN 255

static GPtrArray *
new_array (CfgKeepalived *model)
{
    GPtrArray *array = g_ptr_array_new ();

    g_ptr_array_add (model->arrays, array);
    return array;
}

void
cfg_ka_init_notify (CfgNotify *notify)
{
    notify->priority_changes = notify->smtp_alert = -1;
}

void
cfg_ka_init_garp (CfgGarp *garp)
{
    garp->delay_us = garp->lower_prio_delay_us = garp->refresh_us = -1;
    garp->interval_us = garp->gna_interval_us = -1;
    garp->repeat = garp->lower_prio_repeat = garp->refresh_repeat = -1;
}

void
cfg_ka_init_check_defaults (CfgCheckDefaults *times)
{
    times->connect_timeout_us = times->delay_before_retry_us = times->warmup_us = -1;
    times->delay_loop_us = -1;
    times->retry = -1;
}

static void
init_globals (CfgKaGlobals *globals, CfgKeepalived *model)
{
    globals->child_wait_us = HBD_S (5);
    globals->emails = new_array (model);
    globals->smtp_port = 25;
    globals->smtp_connect_timeout_us = HBD_S (30);
    globals->smtp_alert = globals->smtp_alert_vrrp = globals->smtp_alert_checker = -1;
    globals->lvs_sync.id = globals->lvs_sync.port = globals->lvs_sync.ttl = -1;
    globals->lvs_sync.maxlen = -1;
    globals->lvs_tcp_s = globals->lvs_tcpfin_s = globals->lvs_udp_s = -1;
    cfg_ka_init_garp (&globals->garp);
    globals->down_timer_adverts = 3;
    globals->version = 0;
    globals->umask = -1;
    globals->startup_timeout_us = globals->shutdown_timeout_us = HBD_S (10);
    globals->json_version = 1;
}

CfgKeepalived *
cfg_ka_model_new (void)
{
    CfgKeepalived *model = g_new0 (CfgKeepalived, 1);
    GPtrArray **lists[] = { &model->instances,     &model->sync_groups,
                            &model->scripts,       &model->files,
                            &model->processes,     &model->bfds,
                            &model->track_groups,  &model->garp_groups,
                            &model->delays,        &model->static_addresses,
                            &model->static_routes, &model->static_rules,
                            &model->server_groups, &model->virtual_servers };

    model->strings = g_string_chunk_new (4096);
    model->blocks = g_ptr_array_new_with_free_func (g_free);
    model->arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        *lists[i] = new_array (model);
    init_globals (&model->globals, model);
    return model;
}

void
cfg_keepalived_free (CfgKeepalived *keepalived)
{
    if (keepalived == NULL)
        return;
    g_ptr_array_unref (keepalived->arrays);
    g_ptr_array_unref (keepalived->blocks);
    g_string_chunk_free (keepalived->strings);
    g_free (keepalived);
}

gpointer
cfg_ka_alloc (CfgKaContext *context, gsize size)
{
    gpointer block = g_malloc0 (size);

    g_ptr_array_add (context->model->blocks, block);
    return block;
}

char *
cfg_ka_string (CfgKaContext *context, const char *text)
{
    return g_string_chunk_insert (context->model->strings, text);
}

char **
cfg_ka_take_words (CfgKaContext *context, char **argv)
{
    guint count = g_strv_length (argv);
    char **out = cfg_ka_alloc (context, (count + 1) * sizeof (char *));

    for (guint i = 0; i < count; i++)
        out[i] = cfg_ka_string (context, argv[i]);
    g_strfreev (argv);
    return out;
}

GPtrArray *
cfg_ka_array (CfgKaContext *context)
{
    return new_array (context->model);
}

char *
cfg_ka_block_name (CfgKaContext *context, const CfgKaStatement *statement)
{
    const CfgKaWord *keyword = cfg_ka_word (statement, 0), *name = cfg_ka_word (statement, 1);

    if (name == NULL) {
        cfg_ka_warn (context, keyword, "%.60s needs a name; the block is skipped", keyword->text);
        return NULL;
    }
    if (strlen (name->text) > NAME_MAX_LEN || *name->text == '\0') {
        cfg_ka_warn (context, name, "a name has 1 to %d bytes; the block is skipped", NAME_MAX_LEN);
        return NULL;
    }
    cfg_ka_too_much (context, statement, 2);
    return cfg_ka_string (context, name->text);
}

bool
cfg_ka_add_name (CfgKaContext *context, const char *kind, const CfgKaWord *name, gpointer object)
{
    g_autofree char *key = g_strconcat (kind, " ", name->text, NULL);
    const CfgPlace *place = g_hash_table_lookup (context->names, key);

    if (place == NULL) {
        g_hash_table_insert (context->names, g_steal_pointer (&key), object);
        return true;
    }
    cfg_ka_warn (context, name,
                 "%s '%.60s' is defined already; this one is ignored, as in "
                 "keepalived",
                 kind, name->text);
    cfg_ka_diag_at (context->reader, CFG_NOTE, *place, "the first is here");
    return false;
}

void
cfg_ka_remove_name (CfgKaContext *context, const char *kind, const char *name)
{
    g_autofree char *key = g_strconcat (kind, " ", name, NULL);

    g_hash_table_remove (context->names, key);
}

gpointer
cfg_ka_find_name (CfgKaContext *context, const char *kind, const char *name)
{
    g_autofree char *key = g_strconcat (kind, " ", name, NULL);

    return g_hash_table_lookup (context->names, key);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(char *const *) a, *(char *const *) b);
}

char *
cfg_ka_near_name (CfgKaContext *context, const char *kind, const char *name)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    gsize len = strlen (kind);
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init (&iter, context->names);
    while (g_hash_table_iter_next (&iter, &key, NULL))
        if (strncmp (key, kind, len) == 0 && ((char *) key)[len] == ' ')
            g_ptr_array_add (names, (char *) key + len + 1);
    g_ptr_array_sort (names, compare_names);
    g_ptr_array_add (names, NULL);
    return cfg_did_you_mean (name, (const char *const *) names->pdata);
}

bool
cfg_ip_equal (const CfgIp *a, const CfgIp *b)
{
    return a->family == b->family
           && memcmp (a->bytes, b->bytes, a->family == CFG_FAMILY_IPV4 ? 4 : 16) == 0;
}

char *
cfg_ip_print (const CfgIp *ip)
{
    char text[INET6_ADDRSTRLEN] = "none";

    if (ip->family != CFG_FAMILY_NONE)
        inet_ntop (ip->family == CFG_FAMILY_IPV4 ? AF_INET : AF_INET6, ip->bytes, text,
                   sizeof text);
    return g_strdup (text);
}

const CfgVrrpInstance *
cfg_vrrp_instance (const CfgKeepalived *keepalived, const char *name)
{
    for (guint i = 0; i < keepalived->instances->len; i++) {
        const CfgVrrpInstance *instance = keepalived->instances->pdata[i];

        if (strcmp (instance->name, name) == 0)
            return instance;
    }
    return NULL;
}

const CfgTrackScript *
cfg_track_script (const CfgKeepalived *keepalived, const char *name)
{
    for (guint i = 0; i < keepalived->scripts->len; i++) {
        const CfgTrackScript *script = keepalived->scripts->pdata[i];

        if (strcmp (script->name, name) == 0)
            return script;
    }
    return NULL;
}
