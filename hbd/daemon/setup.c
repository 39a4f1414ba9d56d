/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/setup.h"

#include "crm/exec/host.h"
#include "hbd/daemon/hooks.h"

#include <net/if.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEASE_MAX_S  10
#define GRACE_MAX_US HBD_S (2)

static bool
has_interface (gpointer data, const char *name)
{
    return if_nametoindex (name) != 0;
}

static bool
has_agent (gpointer data, const char *name)
{
    return crm_resolve_has_agent (data, name);
}

static bool
has_user (gpointer data, const char *name)
{
    return getpwnam (name) != NULL;
}

static bool
is_executable (gpointer data, const char *path)
{
    return access (path, X_OK) == 0; /* a folder too, as in Heartbeat; it is given up later */
}

static bool
is_secure (gpointer data, const char *path)
{
    g_autofree char *at = realpath (path, NULL);
    struct stat st;

    while (at != NULL) {
        char *slash = strrchr (at, '/');

        if (stat (*at != '\0' ? at : "/", &st) != 0 || st.st_uid != 0 || (st.st_mode & S_IWOTH) != 0
            || ((st.st_mode & S_IWGRP) != 0 && st.st_gid != 0))
            return false;
        if (slash == NULL)
            return true;
        *slash = '\0';
    }
    return false;
}

static const char *
env (gpointer data, const char *name)
{
    return g_getenv (name);
}

char *
hbd_setup_own_agents (void)
{
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *dir = self != NULL ? g_path_get_dirname (self) : NULL;
    g_autofree char *agents = dir != NULL ? g_build_filename (dir, "..", "..", "ra", NULL) : NULL;

    if (agents == NULL
        || (!g_str_has_suffix (dir, "/hbd/daemon") && !g_str_has_suffix (dir, "/hbd/migrate"))
        || !g_file_test (agents, G_FILE_TEST_IS_DIR))
        return NULL;
    return g_canonicalize_filename (agents, NULL);
}

static bool
is_text (const char *text)
{
    return text == NULL || g_utf8_validate (text, -1, NULL);
}

/* The processes exchange names as UTF-8; cfg refuses other bytes, this is the second lock. */
static bool
names_are_text (const CfgCluster *cluster)
{
    bool ok = true;

    for (guint i = 0; i < cluster->nodes->len; i++)
        ok = ok && is_text (((CfgNode *) cluster->nodes->pdata[i])->name);
    for (guint i = 0; i < cluster->links->len; i++)
        ok = ok && is_text (((CfgLink *) cluster->links->pdata[i])->interface);
    for (guint i = 0; i < cluster->groups->len; i++) {
        const CfgGroupLine *line = cluster->groups->pdata[i];

        ok = ok && is_text (line->node);
        for (guint r = 0; r < line->resources->len; r++)
            ok = ok && is_text (((CfgResourceWord *) line->resources->pdata[r])->word);
    }
    return ok;
}

static void
build (HbdSetup *setup, const HbdOptions *options, const CrmHost *host)
{
    setup->model = crm_resolve (setup->cluster, host, setup->records);
    setup->env = crm_resolve_env (setup->cluster, options->ha_dir);
    setup->hooks = hbd_hooks_list (options->ha_dir, setup->records);
    setup->engine = hbd_engine_config_new (setup->cluster, options->node_name,
                                           (const char *const *) setup->hooks);
}

HbdSetup *
hbd_setup_new (HbdFiles *files, const HbdOptions *options)
{
    HbdSetup *setup = g_new0 (HbdSetup, 1);
    g_autofree char *own_agents = hbd_setup_own_agents ();
    g_autofree char *node_name = g_ascii_strdown (options->node_name, -1);
    CrmHostPaths paths = { .ha_dir = options->ha_dir, .own_agents = own_agents };
    g_autoptr (CrmHost) host = crm_host_new (&paths);
    CfgHost asks = { host, has_interface, has_agent, has_user, is_executable, is_secure, env };
    /* keepalived's `@ID` keeps the letters' case. */
    g_autofree char *id = g_strndup (options->node_name, strcspn (options->node_name, "."));
    CfgInput input = { .node_name = node_name, .config_id = id, .host = &asks };

    setup->files = files;
    setup->diags = cfg_diags_new ();
    setup->records = g_ptr_array_new_with_free_func ((GDestroyNotify) hbd_record_free);
    hbd_files_to_input (files, &input);
    setup->cluster = cfg_parse (&input, setup->diags);
    if (setup->diags->errors == 0 && !names_are_text (setup->cluster)) {
        CfgPlace nowhere = { NULL, 0, 0 };

        cfg_diag (setup->diags, CFG_ERROR, nowhere, "a name is not UTF-8 text");
    }
    if (setup->diags->errors == 0 && hbd_setup_exists (setup))
        build (setup, options, host);
    return setup;
}

void
hbd_setup_free (HbdSetup *setup)
{
    if (setup == NULL)
        return;
    hbd_files_free (setup->files);
    g_clear_pointer (&setup->cluster, cfg_cluster_free);
    g_clear_pointer (&setup->diags, cfg_diags_free);
    g_clear_pointer (&setup->model, crm_model_free);
    g_clear_pointer (&setup->engine, hbd_engine_config_free);
    g_ptr_array_unref (setup->records);
    g_strfreev (setup->env);
    g_strfreev (setup->hooks);
    g_free (setup);
}

bool
hbd_setup_exists (const HbdSetup *setup)
{
    return setup->files->file[HBD_FILE_HA_CF].text != NULL;
}

bool
hbd_setup_is_good (const HbdSetup *setup)
{
    return setup->engine != NULL;
}

guint
hbd_setup_lease_s (const CfgCluster *cluster)
{
    if (cluster->lease_mode == CFG_LEASE_OFF)
        return 0;
    if (cluster->lease_timeout_us > 0)
        return (guint) CLAMP (cluster->lease_timeout_us / HBD_S (1), 1, 3600);
    return (guint) CLAMP (cluster->deadtime_us / HBD_S (3), 1, LEASE_MAX_S);
}

HbdTime
hbd_setup_engine_grace_us (const CfgCluster *cluster)
{
    return MIN (cluster->deadtime_us / 2, GRACE_MAX_US);
}
