/* SPDX-License-Identifier: Apache-2.0 */
/* This host: what stands in a directory, which scripts came with Heartbeat's package, which units
 * systemd knows. Reads small files only; starts no program. */
#include "config.h"

#include "crm/exec/host.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT_MAX (256 * 1024)
#define LIST_MAX   1000

typedef struct {
    CrmHost host; /* first: what the caller sees */
    char *ha_dir, *init_dir, *ocf_root, *own_agents;
    GHashTable *packaged; /* path -> MD5 of the heartbeat package's configuration files */
} Host;

/* Lines " /etc/ha.d/resource.d/IPaddr a7688c..." of the package's Conffiles. */
static void
add_conffile (GHashTable *packaged, const char *line)
{
    g_auto (GStrv) words = g_strsplit (line + 1, " ", 3);

    if (words[0] != NULL && words[1] != NULL && strlen (words[1]) == 32)
        g_hash_table_insert (packaged, g_strdup (words[0]), g_strdup (words[1]));
}

/* dpkg's state: paragraphs, each with "Package: NAME", and "Conffiles:" followed by indented lines. */
GHashTable *
crm_host_packaged_files (const char *status, const char *package)
{
    GHashTable *packaged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *text = NULL;
    bool is_wanted = false, is_in_list = false;
    const char *at;

    if (!g_file_get_contents (status, &text, NULL, NULL))
        return packaged;
    for (at = text; *at != '\0';) {
        gsize len = strcspn (at, "\n");
        g_autofree char *line = g_strndup (at, len);

        if (g_str_has_prefix (line, "Package: "))
            is_wanted = package == NULL || strcmp (line + strlen ("Package: "), package) == 0;
        if (*line != ' ')
            is_in_list = strcmp (line, "Conffiles:") == 0;
        else if (is_in_list && is_wanted)
            add_conffile (packaged, line);
        at += len + (at[len] == '\n');
    }
    return packaged;
}

/* The package's own text. Where no dpkg knows the file (another distribution), a script that sources
 * the wrappers' common part and ends in its call is one of them. */
static bool
is_packaged (const Host *h, const char *path, const char *text, gsize len)
{
    const char *md5 = g_hash_table_lookup (h->packaged, path);
    g_autofree char *real = NULL;

    if (md5 == NULL)
        return strstr (text, "hto-mapfuncs") != NULL && strstr (text, "ra_execocf") != NULL;
    real = g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *) text, len);
    return strcmp (real, md5) == 0;
}

static CrmScript
host_script (gpointer data, const char *path)
{
    const Host *h = data;
    struct stat st;
    g_autofree char *dir = g_path_get_dirname (path);
    g_autofree char *wrappers = g_build_filename (h->ha_dir, "resource.d", NULL);
    g_autofree char *text = NULL;
    gsize len;

    if (stat (path, &st) < 0 || !S_ISREG (st.st_mode) || access (path, X_OK) < 0)
        return CRM_SCRIPT_NONE;
    if (strcmp (dir, wrappers) != 0 || st.st_size > SCRIPT_MAX
        || !g_file_get_contents (path, &text, &len, NULL))
        return CRM_SCRIPT_OWN;
    return is_packaged (h, path, text, len) ? CRM_SCRIPT_PACKAGED : CRM_SCRIPT_OWN;
}

static char **
host_list (gpointer data, const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    GPtrArray *names;
    const char *name;

    if (dir == NULL)
        return NULL;
    names = g_ptr_array_new ();
    while (names->len < LIST_MAX && (name = g_dir_read_name (dir)) != NULL)
        g_ptr_array_add (names, g_strdup (name));
    g_ptr_array_add (names, NULL);
    return (char **) g_ptr_array_free (names, FALSE);
}

/* Units are files; asking systemd would cost a program. */
static bool
host_has_unit (gpointer data, const char *unit)
{
    static const char *const dirs[] = { "/etc/systemd/system", "/run/systemd/system",
                                        "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                        "/lib/systemd/system" };

    if (access ("/usr/bin/systemctl", X_OK) < 0)
        return false;
    for (guint i = 0; i < G_N_ELEMENTS (dirs); i++) {
        g_autofree char *path = g_build_filename (dirs[i], unit, NULL);

        if (access (path, F_OK) == 0)
            return true;
    }
    return false;
}

static char *
host_read (gpointer data, const char *path)
{
    struct stat st;
    char *text = NULL;

    if (stat (path, &st) < 0 || !S_ISREG (st.st_mode) || st.st_size > SCRIPT_MAX)
        return NULL;
    return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

CrmHost *
crm_host_new (const CrmHostPaths *paths)
{
    Host *h = g_new0 (Host, 1);

    h->ha_dir = g_strdup (paths->ha_dir != NULL ? paths->ha_dir : HBD_SYSCONFDIR "/ha.d");
    h->init_dir = g_strdup (paths->init_dir != NULL ? paths->init_dir : "/etc/init.d");
    h->ocf_root = g_strdup (paths->ocf_root != NULL ? paths->ocf_root : HBD_OCF_ROOT);
    h->own_agents = g_strdup (paths->own_agents);
    h->packaged = crm_host_packaged_files (CRM_HOST_DPKG_STATUS, "heartbeat");
    h->host.data = h;
    h->host.script = host_script;
    h->host.list = host_list;
    h->host.has_unit = host_has_unit;
    h->host.read = host_read;
    h->host.ha_dir = h->ha_dir;
    h->host.init_dir = h->init_dir;
    h->host.ocf_root = h->ocf_root;
    h->host.own_agents = h->own_agents;
    return &h->host;
}

void
crm_host_free (CrmHost *host)
{
    Host *h;

    if (host == NULL)
        return;
    h = host->data;
    g_hash_table_unref (h->packaged);
    g_free (h->ha_dir);
    g_free (h->init_dir);
    g_free (h->ocf_root);
    g_free (h->own_agents);
    g_free (h);
}
