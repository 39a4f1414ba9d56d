/* SPDX-License-Identifier: Apache-2.0 */
/* Birth and end of the model and its parts. */
#include "config.h"

#include "cfg/model.h"

#include "cfg/build.h"
#include "cfg/ha_cf.h"
#include "cfg/haresources.h"
#include "cfg/hbd_conf.h"

static void
setting_free (gpointer data)
{
    CfgSetting *setting = data;

    g_free (setting->name);
    g_free (setting->value);
    g_free (setting);
}

CfgSetting *
cfg_setting_new (CfgPlace place, const char *name, const char *value)
{
    CfgSetting *setting = g_new0 (CfgSetting, 1);

    setting->place = place;
    setting->name = g_strdup (name);
    setting->value = g_strdup (value);
    return setting;
}

static void
node_free (gpointer data)
{
    CfgNode *node = data;

    g_free (node->name);
    g_free (node);
}

CfgNode *
cfg_node_new (CfgPlace place, const char *name)
{
    CfgNode *node = g_new0 (CfgNode, 1);

    node->place = place;
    node->name = g_ascii_strdown (name, -1);
    return node;
}

static void
link_free (gpointer data)
{
    CfgLink *link = data;

    g_free (link->interface);
    g_free (link->group);
    g_ptr_array_unref (link->peers);
    g_free (link);
}

CfgLink *
cfg_link_new (CfgPlace place, CfgLinkKind kind, const char *interface)
{
    CfgLink *link = g_new0 (CfgLink, 1);

    link->place = place;
    link->kind = kind;
    link->interface = g_strdup (interface);
    link->peers = g_ptr_array_new_with_free_func (g_free);
    return link;
}

static void
respawn_free (gpointer data)
{
    CfgRespawn *respawn = data;

    g_free (respawn->user);
    g_strfreev (respawn->argv);
    g_free (respawn);
}

CfgRespawn *
cfg_respawn_new (CfgPlace place, const char *user, char **argv)
{
    CfgRespawn *respawn = g_new0 (CfgRespawn, 1);

    respawn->place = place;
    respawn->user = g_strdup (user);
    respawn->argv = g_strdupv (argv);
    return respawn;
}

static void
apiauth_free (gpointer data)
{
    CfgApiauth *apiauth = data;

    g_free (apiauth->client);
    g_strfreev (apiauth->uids);
    g_strfreev (apiauth->gids);
    g_free (apiauth);
}

CfgApiauth *
cfg_apiauth_new (CfgPlace place, const char *client)
{
    CfgApiauth *apiauth = g_new0 (CfgApiauth, 1);

    apiauth->place = place;
    apiauth->client = g_strdup (client);
    apiauth->uids = g_new0 (char *, 1);
    apiauth->gids = g_new0 (char *, 1);
    return apiauth;
}

void
cfg_resource_word_free (gpointer data)
{
    CfgResourceWord *word = data;

    g_free (word->word);
    g_free (word->name);
    g_strfreev (word->args);
    g_free (word);
}

void
cfg_group_line_free (gpointer data)
{
    CfgGroupLine *line = data;

    g_free (line->node);
    g_ptr_array_unref (line->resources);
    g_free (line);
}

CfgGroupLine *
cfg_group_line_new (CfgPlace place, const char *node)
{
    CfgGroupLine *line = g_new0 (CfgGroupLine, 1);

    line->place = place;
    line->node = g_ascii_strdown (node, -1);
    line->resources = g_ptr_array_new_with_free_func (cfg_resource_word_free);
    return line;
}

static void
resource_conf_free (gpointer data)
{
    CfgResourceConf *conf = data;

    g_free (conf->name);
    g_free (conf->agent);
    g_free (conf->on_fail);
    g_hash_table_unref (conf->params);
    g_free (conf);
}

CfgResourceConf *
cfg_resource_conf_new (CfgPlace place, const char *name)
{
    CfgResourceConf *conf = g_new0 (CfgResourceConf, 1);

    conf->place = place;
    conf->name = g_strdup (name);
    conf->params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    conf->start_timeout_us = conf->stop_timeout_us = -1;
    conf->monitor_interval_us = conf->monitor_timeout_us = -1;
    conf->failure_timeout_us = -1;
    conf->monitor_depth = conf->migration_threshold = -1;
    return conf;
}

CfgCluster *
cfg_cluster_new (void)
{
    CfgCluster *cluster = g_new0 (CfgCluster, 1);
    guint count;
    const CfgRow *rows = cfg_ha_cf_rows (&count);

    cluster->settings = g_ptr_array_new_with_free_func (setting_free);
    cluster->ping_nodes = g_ptr_array_new_with_free_func (setting_free);
    cluster->nodes = g_ptr_array_new_with_free_func (node_free);
    cluster->links = g_ptr_array_new_with_free_func (link_free);
    cluster->respawns = g_ptr_array_new_with_free_func (respawn_free);
    cluster->apiauths = g_ptr_array_new_with_free_func (apiauth_free);
    cluster->env = g_ptr_array_new_with_free_func (g_free);
    cluster->groups = g_ptr_array_new_with_free_func (cfg_group_line_free);
    cluster->resource_confs = g_ptr_array_new_with_free_func (resource_conf_free);
    cluster->keys = hbd_key_table_new ();
    cluster->warntime_us = cluster->initdead_us = cluster->deadping_us = -1;
    cluster->lease_timeout_us = -1;
    cluster->failback = CFG_FAILBACK_LEGACY;
    cluster->deadtime_is_default = cluster->failback_is_default = true;
    cfg_rows_set_defaults (rows, count, NULL, cluster);
    return cluster;
}

void
cfg_cluster_free (CfgCluster *cluster)
{
    g_ptr_array_unref (cluster->settings);
    g_ptr_array_unref (cluster->ping_nodes);
    g_ptr_array_unref (cluster->nodes);
    g_ptr_array_unref (cluster->links);
    g_ptr_array_unref (cluster->respawns);
    g_ptr_array_unref (cluster->apiauths);
    g_ptr_array_unref (cluster->env);
    g_ptr_array_unref (cluster->groups);
    g_ptr_array_unref (cluster->resource_confs);
    g_free (cluster->logfile);
    g_free (cluster->debugfile);
    g_free (cluster->logfacility);
    g_free (cluster->watchdog);
    g_free (cluster->haresources_digest);
    hbd_key_table_free (cluster->keys);
    cfg_keepalived_free (cluster->keepalived);
    g_free (cluster);
}

const char *
cfg_setting (const CfgCluster *cluster, const char *name)
{
    for (guint i = cluster->settings->len; i > 0; i--) {
        const CfgSetting *setting = g_ptr_array_index (cluster->settings, i - 1);

        if (g_strcmp0 (setting->name, name) == 0)
            return setting->value;
    }
    return NULL;
}
