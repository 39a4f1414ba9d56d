/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "crm/exec/host.h"
#include "hbd/migrate/gather.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX    (128 * 1024)
#define NAMES_MAX   500  /* of one folder */
#define SCRIPTS_MAX 2000 /* in all */

/* Files, and folders with so many levels of folders in them. */
static const struct {
    const char *path;
    guint levels;
} places[] = {
    { "/etc/crontab", 0 },    { "/etc/cron.d", 0 },         { "/etc/cron.hourly", 0 },
    { "/etc/cron.daily", 0 }, { "/etc/cron.weekly", 0 },    { "/etc/cron.monthly", 0 },
    { "/var/spool/cron", 1 }, { "/etc/rc.local", 0 },       { "/etc/rc.d", 0 },
    { "/etc/init.d", 0 },     { "/etc/systemd/system", 1 }, { "/etc/keepalived", 1 },
    { "/etc/drbd.conf", 0 },  { "/etc/drbd.d", 0 },         { "/etc/logrotate.d", 0 },
    { "/etc/monit", 1 },      { "/etc/nagios", 1 },         { "/etc/network", 1 },
    { "/etc/snmp", 0 },       { "/usr/local/bin", 0 },      { "/usr/local/sbin", 0 },
};

typedef struct {
    GPtrArray *scripts;
    GHashTable *packaged; /* path -> MD5, the configuration files of all packages */
    const char *root;
    bool is_hooks; /* the folder being read is ha.d/rc.d */
} Walk;

/* A small regular file of text, NULL otherwise. (transfer full) */
static GBytes *
read_text (const char *path)
{
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    g_autofree char *text = NULL;
    struct stat st;
    ssize_t len = -1;

    if (fd < 0)
        return NULL;
    if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && st.st_size <= FILE_MAX) {
        text = g_malloc ((gsize) st.st_size + 1);
        len = read (fd, text, (gsize) st.st_size);
    }
    close (fd);
    if (len < 0 || memchr (text, '\0', (gsize) len) != NULL)
        return NULL;
    return g_bytes_new_take (g_steal_pointer (&text), (gsize) len);
}

/* The files that cfg reads are no scripts. */
static bool
is_configuration (const char *path)
{
    static const char *const names[] = { "ha.cf", "haresources", "authkeys", NULL };
    g_autofree char *name = g_path_get_basename (path);

    return g_strv_contains (names, name);
}

static void
take_file (Walk *walk, const char *path)
{
    g_autofree char *full = g_strconcat (walk->root, path, NULL);
    const char *md5 = g_hash_table_lookup (walk->packaged, path);
    g_autofree char *sum = NULL;
    GBytes *text;
    HbdMigrateScript *script;

    if (walk->scripts->len >= SCRIPTS_MAX || (walk->is_hooks && access (full, X_OK) != 0)
        || is_configuration (path))
        return;
    text = read_text (full);
    if (text == NULL)
        return;
    if (md5 != NULL)
        sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, text);
    if (md5 != NULL && strcmp (sum, md5) == 0) {
        g_bytes_unref (text);
        return;
    }
    script = g_new0 (HbdMigrateScript, 1);
    script->path = g_strdup (path);
    script->text = text;
    script->is_edited = md5 != NULL;
    script->is_hook = walk->is_hooks;
    g_ptr_array_add (walk->scripts, script);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Names in a folder, sorted; empty for a link or what is no folder. (transfer full) */
static GPtrArray *
list_names (const char *full)
{
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GDir) dir = NULL;
    struct stat st;
    const char *name;

    if (lstat (full, &st) != 0 || !S_ISDIR (st.st_mode))
        return names;
    dir = g_dir_open (full, 0, NULL);
    while (dir != NULL && names->len < NAMES_MAX && (name = g_dir_read_name (dir)) != NULL)
        g_ptr_array_add (names, g_strdup (name));
    g_ptr_array_sort (names, compare_names);
    return names;
}

static void
take_folder (Walk *walk, const char *path, guint levels)
{
    g_autofree char *full = g_strconcat (walk->root, path, NULL);
    g_autoptr (GPtrArray) names = list_names (full);

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *below = g_build_filename (path, names->pdata[i], NULL);

        take_file (walk, below);
        if (levels > 0) /* at most two calls deep, by the table above */
            take_folder (walk, below, levels - 1);
    }
}

void
hbd_migrate_gather_scripts (HbdMigrateFacts *facts, const char *ha_dir, const char *root)
{
    g_autofree char *status = g_strconcat (root, CRM_HOST_DPKG_STATUS, NULL);
    g_autoptr (GHashTable) packaged = crm_host_packaged_files (status, NULL);
    g_autofree char *hooks = g_build_filename (ha_dir, "rc.d", NULL);
    g_autofree char *resources = g_build_filename (ha_dir, "resource.d", NULL);
    Walk walk = { facts->scripts, packaged, root, false };

    take_folder (&walk, ha_dir, 0);
    take_folder (&walk, resources, 0);
    walk.is_hooks = true;
    take_folder (&walk, hooks, 0);
    walk.is_hooks = false;
    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
        take_file (&walk, places[i].path);
        take_folder (&walk, places[i].path, places[i].levels);
    }
}
