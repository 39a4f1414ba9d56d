/* SPDX-License-Identifier: Apache-2.0 */
/* From a haresources word to an agent. Each kind of name has its order of places; all of them end in
 * MISSING, which says where was looked. A name is a file name: nothing with a slash or a leading dot
 * is looked for. */
#include "config.h"

#include "crm/exec/resolve.h"

#include "crm/exec/resolve_map.h"

#include <stdlib.h>
#include <string.h>

#define SLUG_MAX 40

/* What an OCF agent was found as. */
typedef struct {
    char *provider, *path;
} OcfAgent;

typedef struct {
    const CrmHost *host;
    CrmResource *res;
    const CfgResourceWord *word;
    const char *key; /* of the group */
    GPtrArray *records;
} Job;

static void G_GNUC_PRINTF (4, 5)
    note (const Job *job, HbdLevel level, const char *name, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    if (job->records == NULL)
        return;
    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    g_ptr_array_add (job->records, hbd_record_new (level, name, "group=%s resource=%s text=\"%s\"",
                                                   job->key, job->res->id, text));
}

static bool
is_file_name (const char *name)
{
    return *name != '\0' && *name != '.' && *name != '-' && strlen (name) <= 128
           && strpbrk (name, "/\"'\\ \t") == NULL;
}

/* --- OCF agents ------------------------------------------------------------------------------ */

static bool
is_agent (const CrmHost *host, const char *path)
{
    return host->script (host->data, path) != CRM_SCRIPT_NONE;
}

static int
provider_rank (const char *provider)
{
    static const char *const first[] = { "hbd", "heartbeat", "pacemaker" };

    for (guint i = 0; i < G_N_ELEMENTS (first); i++)
        if (strcmp (provider, first[i]) == 0)
            return (int) i;
    return G_N_ELEMENTS (first);
}

static gint
compare_providers (gconstpointer a, gconstpointer b)
{
    const char *x = *(const char *const *) a, *y = *(const char *const *) b;
    int order = provider_rank (x) - provider_rank (y);

    return order != 0 ? order : strcmp (x, y);
}

static bool
find_own (const CrmHost *host, const char *type, OcfAgent *found)
{
    g_autofree char *path = NULL;

    if (host->own_agents == NULL)
        return false;
    path = g_build_filename (host->own_agents, type, NULL);
    if (!is_agent (host, path))
        return false;
    found->provider = g_strdup ("hbd");
    found->path = g_steal_pointer (&path);
    return true;
}

/* @provider NULL: the first one in our order that has @type. */
static bool
find_ocf (const CrmHost *host, const char *provider, const char *type, OcfAgent *found)
{
    g_autofree char *dir = g_build_filename (host->ocf_root, "resource.d", NULL);
    g_auto (GStrv) providers = NULL;

    if (!is_file_name (type))
        return false;
    if ((provider == NULL || strcmp (provider, "hbd") == 0) && find_own (host, type, found))
        return true;
    providers = host->list (host->data, dir);
    if (providers == NULL)
        return false;
    qsort (providers, g_strv_length (providers), sizeof *providers, compare_providers);
    for (char **p = providers; *p != NULL; p++) {
        g_autofree char *path = g_build_filename (dir, *p, type, NULL);

        if (!is_file_name (*p) || (provider != NULL && strcmp (provider, *p) != 0)
            || !is_agent (host, path))
            continue;
        found->provider = g_strdup (*p);
        found->path = g_steal_pointer (&path);
        return true;
    }
    return false;
}

static void
use_ocf (CrmResource *res, OcfAgent *found, char **params)
{
    res->klass = CRM_CLASS_OCF;
    res->provider = found->provider;
    res->path = found->path;
    g_strfreev (res->params);
    res->params = params;
}

static void
note_left_over (const Job *job, guint n_left)
{
    if (n_left > 0)
        note (job, HBD_LEVEL_WARNING, "resolve.arguments",
              "%u argument(s) of '%s' have no parameter and are not passed to %s", n_left,
              job->word->name, job->res->path);
}

static bool
try_ocf_plain (const Job *job, const char *provider, const char *type, char *const *args)
{
    OcfAgent found = { 0 };
    guint n_left;
    char **params;

    if (!find_ocf (job->host, provider, type, &found))
        return false;
    params = crm_plain_params (args, &n_left);
    use_ocf (job->res, &found, params);
    note_left_over (job, n_left);
    return true;
}

/* `OCF::type::instance`: variables are in ha.d/conf/OCF/type/instance, as Heartbeat's own wrapper has
 * it; `OCF::provider::type::name=value...` is ours. */
static bool
try_ocf_word (const Job *job)
{
    char *const *args = job->word->args;
    guint n = g_strv_length ((char **) args);
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    OcfAgent found = { 0 };

    if (n >= 2 && is_file_name (args[0]) && is_file_name (args[1])) {
        if (try_ocf_plain (job, args[0], args[1], args + 2))
            return true;
        path = g_build_filename (job->host->ha_dir, "conf", "OCF", args[0], args[1], NULL);
        text = job->host->read (job->host->data, path);
    }
    if (text == NULL || !find_ocf (job->host, NULL, args[0], &found))
        return false;
    use_ocf (job->res, &found, crm_file_params (text));
    return true;
}

/* ocf:provider:type[::name=value...] */
static bool
try_ocf_name (const Job *job)
{
    g_auto (GStrv) parts = g_strsplit (job->word->name, ":", 4);
    guint n = g_strv_length (parts);

    if (g_ascii_strcasecmp (parts[0], "ocf") != 0)
        return false;
    if (n == 3)
        return try_ocf_plain (job, parts[1], parts[2], job->word->args);
    return n == 2 && try_ocf_plain (job, NULL, parts[1], job->word->args);
}

/* --- the other places ------------------------------------------------------------------------ */

static CrmScript
resource_script (const CrmHost *host, const char *name, char **path)
{
    *path = g_build_filename (host->ha_dir, "resource.d", name, NULL);
    return host->script (host->data, *path);
}

/* A script in ha.d/resource.d; packaged wrappers only if @even_packaged. */
static bool
try_resource_d (const Job *job, bool even_packaged)
{
    g_autofree char *path = NULL;
    CrmScript script = resource_script (job->host, job->word->name, &path);

    if (script == CRM_SCRIPT_NONE || (script == CRM_SCRIPT_PACKAGED && !even_packaged))
        return false;
    job->res->klass = CRM_CLASS_HEARTBEAT;
    job->res->path = g_steal_pointer (&path);
    return true;
}

static bool
try_init_d (const Job *job)
{
    g_autofree char *path = g_build_filename (job->host->init_dir, job->word->name, NULL);

    if (!is_agent (job->host, path))
        return false;
    /* One that is given arguments is called as Heartbeat calls it, arguments first. */
    job->res->klass = job->word->args[0] != NULL ? CRM_CLASS_HEARTBEAT : CRM_CLASS_LSB;
    job->res->path = g_steal_pointer (&path);
    return true;
}

static bool
try_systemd (const Job *job)
{
    g_autofree char *unit = g_strdup_printf ("%s.service", job->word->name);

    if (job->host->has_unit == NULL || !job->host->has_unit (job->host->data, unit))
        return false;
    job->res->klass = CRM_CLASS_SYSTEMD;
    job->res->unit = g_steal_pointer (&unit);
    note (job, HBD_LEVEL_NOTICE, "resolve.systemd",
          "'%s' is no script here; the systemd unit %s is used", job->word->name, job->res->unit);
    return true;
}

static bool
try_mapped (const Job *job, const CrmNameRow *row)
{
    OcfAgent found = { 0 };
    guint n_left;
    char **params;

    if (!find_ocf (job->host, NULL, row->type, &found))
        return false;
    params = crm_name_params (row, job->word->args, &n_left);
    use_ocf (job->res, &found, params);
    note_left_over (job, n_left);
    return true;
}

static bool
use_builtin (CrmResource *res)
{
    res->klass = CRM_CLASS_BUILTIN;
    res->is_address = true;
    return true;
}

static bool
try_anywhere (const Job *job)
{
    const CrmNameRow *row = crm_name_row (job->word->name);

    if (strcmp (job->word->name, "OCF") == 0)
        return try_resource_d (job, false) || try_ocf_word (job) || try_resource_d (job, true);
    if (!is_file_name (job->word->name))
        return false;
    if (try_ocf_name (job) || try_resource_d (job, row == NULL))
        return true;
    if (row != NULL && row->kind == CRM_NAME_ADDRESS)
        return use_builtin (job->res);
    if (row != NULL && (try_mapped (job, row) || try_resource_d (job, true)))
        return true;
    return try_init_d (job) || try_systemd (job)
           || try_ocf_plain (job, NULL, job->word->name, job->word->args);
}

static void
use_missing (const Job *job)
{
    const CrmHost *host = job->host;

    job->res->klass = CRM_CLASS_MISSING;
    job->res->missing = g_strdup_printf (
        "not in %s/resource.d, not in %s, no systemd unit, no OCF agent below %s/resource.d",
        host->ha_dir, host->init_dir, host->ocf_root);
    note (job, HBD_LEVEL_ERROR, "resolve.missing", "no agent '%s': %s", job->word->name,
          job->res->missing);
}

/* --- identity and settings ------------------------------------------------------------------- */

/* Fit for file names and environment variables: OCF agents build state files from it. */
static char *
slug (const char *text)
{
    GString *out = g_string_new (NULL);

    for (; *text != '\0' && out->len < SLUG_MAX; text++) {
        bool is_plain = g_ascii_isalnum (*text) || strchr (".-", *text) != NULL;

        if (is_plain)
            g_string_append_c (out, *text);
        else if (out->len > 0 && out->str[out->len - 1] != '_')
            g_string_append_c (out, '_');
    }
    while (out->len > 0 && out->str[out->len - 1] == '_')
        g_string_truncate (out, out->len - 1);
    return g_string_free (out, FALSE);
}

/* The part of the arguments that tells one resource from another: an address without its mask, type
 * and instance of OCF, else the first argument. */
static char *
telling_part (const CfgResourceWord *word)
{
    const CrmNameRow *row = crm_name_row (word->name);
    g_autofree char *joined = g_strjoinv ("::", word->args);

    if (row != NULL && row->kind == CRM_NAME_ADDRESS)
        joined[strcspn (joined, "/")] = '\0';
    else if (strcmp (word->name, "OCF") != 0 && word->args[0] != NULL)
        return slug (word->args[0]);
    return slug (joined);
}

/* "IPaddr_10.0.0.1", "Filesystem_dev_sdb1"; made unique by a number. */
static char *
make_id (const CfgResourceWord *word, GHashTable *ids)
{
    g_autofree char *name = slug (word->name);
    g_autofree char *part = telling_part (word);
    g_autofree char *base = *part != '\0' ? g_strdup_printf ("%s_%s", name, part) : g_strdup (name);
    char *id = g_strdup (base);

    for (guint i = 2; g_hash_table_contains (ids, id); i++) {
        g_free (id);
        id = g_strdup_printf ("%s_%u", base, i);
    }
    g_hash_table_add (ids, g_strdup (id));
    return id;
}

static gint
compare_strings (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* hbd.conf's parameters go over those of the same name from haresources. */
static void
merge_params (CrmResource *res, GHashTable *params)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    GPtrArray *list = g_ptr_array_new ();
    GHashTableIter iter;
    gpointer name;

    for (char **p = res->params; p != NULL && *p != NULL; p++) {
        g_autofree char *key = g_strndup (*p, strcspn (*p, "="));

        if (!g_hash_table_contains (params, key))
            g_ptr_array_add (list, g_strdup (*p));
    }
    g_hash_table_iter_init (&iter, params);
    while (g_hash_table_iter_next (&iter, &name, NULL))
        g_ptr_array_add (names, name);
    g_ptr_array_sort (names, compare_strings);
    for (guint i = 0; i < names->len; i++) {
        const char *key = g_ptr_array_index (names, i);

        g_ptr_array_add (
            list, g_strdup_printf ("%s=%s", key, (const char *) g_hash_table_lookup (params, key)));
    }
    g_ptr_array_add (list, NULL);
    g_strfreev (res->params);
    res->params = (char **) g_ptr_array_free (list, FALSE);
}

static void
apply_conf (CrmResource *res, const CfgResourceConf *conf)
{
    if (conf->start_timeout_us > 0)
        res->timeout_us[CRM_ACTION_START] = conf->start_timeout_us;
    if (conf->stop_timeout_us > 0)
        res->timeout_us[CRM_ACTION_STOP] = conf->stop_timeout_us;
    if (conf->monitor_timeout_us > 0) {
        res->timeout_us[CRM_ACTION_PROBE] = conf->monitor_timeout_us;
        res->timeout_us[CRM_ACTION_MONITOR] = conf->monitor_timeout_us;
    }
    if (res->klass == CRM_CLASS_OCF && conf->params != NULL && g_hash_table_size (conf->params) > 0)
        merge_params (res, conf->params);
}

/* Blocks by agent name first, then by word or id: the closer one wins. */
static void
apply_confs (CrmResource *res, const CfgCluster *cluster)
{
    for (guint pass = 0; cluster->resource_confs != NULL && pass < 2; pass++)
        for (guint i = 0; i < cluster->resource_confs->len; i++) {
            const CfgResourceConf *conf = g_ptr_array_index (cluster->resource_confs, i);
            bool is_close =
                g_strcmp0 (conf->name, res->word) == 0 || g_strcmp0 (conf->name, res->id) == 0;
            bool is_by_name = !is_close && g_strcmp0 (conf->name, res->name) == 0;

            if (pass == 0 ? is_by_name : is_close)
                apply_conf (res, conf);
        }
}

/* --- entry ----------------------------------------------------------------------------------- */

static CrmGroup *
resolve_line (const CfgGroupLine *line, Job *job, GHashTable *ids, const CfgCluster *cluster)
{
    const CfgResourceWord *first = g_ptr_array_index (line->resources, 0);
    CrmGroup *group = crm_group_new (first->word, line->node);

    for (guint i = 0; i < line->resources->len; i++) {
        CrmResource *res = crm_resource_new ();

        job->key = group->key;
        job->res = res;
        job->word = g_ptr_array_index (line->resources, i);
        res->id = make_id (job->word, ids);
        res->word = g_strdup (job->word->word);
        res->name = g_strdup (job->word->name);
        res->args = g_strdupv (job->word->args);
        if (!try_anywhere (job))
            use_missing (job);
        apply_confs (res, cluster);
        g_ptr_array_add (group->resources, res);
    }
    return group;
}

CrmModel *
crm_resolve (const CfgCluster *cluster, const CrmHost *host, GPtrArray *records)
{
    CrmModel *model = crm_model_new ();
    g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    Job job = { .host = host, .records = records };

    for (guint i = 0; cluster->groups != NULL && i < cluster->groups->len; i++) {
        const CfgGroupLine *line = g_ptr_array_index (cluster->groups, i);

        if (line->resources->len > 0)
            g_ptr_array_add (model->groups, resolve_line (line, &job, ids, cluster));
    }
    return model;
}

bool
crm_resolve_has_agent (const CrmHost *host, const char *name)
{
    char *no_args[] = { NULL };
    CfgResourceWord word = { .word = (char *) name, .name = (char *) name, .args = no_args };
    CrmResource *res = crm_resource_new ();
    const Job job = { .host = host, .res = res, .word = &word, .key = "" };
    bool is_found = strcmp (name, "OCF") == 0 || try_anywhere (&job);

    crm_resource_free (res);
    return is_found;
}

char **
crm_resolve_env (const CfgCluster *cluster, const char *ha_dir)
{
    GPtrArray *env = g_ptr_array_new ();

    if (cluster->logfacility != NULL)
        g_ptr_array_add (env, g_strdup_printf ("HA_LOGFACILITY=%s", cluster->logfacility));
    if (cluster->logfile != NULL)
        g_ptr_array_add (env, g_strdup_printf ("HA_LOGFILE=%s", cluster->logfile));
    if (cluster->debugfile != NULL)
        g_ptr_array_add (env, g_strdup_printf ("HA_DEBUGLOG=%s", cluster->debugfile));
    if (cluster->use_logd)
        g_ptr_array_add (env, g_strdup ("HA_use_logd=yes"));
    g_ptr_array_add (env, g_strdup_printf ("HA_debug=%u", cluster->debug));
    g_ptr_array_add (env,
                     g_strdup_printf ("HA_NICEFAILBACK=%s",
                                      cluster->failback == CFG_FAILBACK_LEGACY ? "no" : "yes"));
    for (guint i = 0; cluster->env != NULL && i < cluster->env->len; i++)
        g_ptr_array_add (env, g_strdup (g_ptr_array_index (cluster->env, i)));
    g_ptr_array_add (env, NULL);
    return (char **) g_ptr_array_free (env, FALSE);
}
