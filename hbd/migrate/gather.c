/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/migrate/gather.h"

#include "crm/exec/host.h"
#include "hbd/daemon/identity.h"
#include "hbd/daemon/pidfile.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Heartbeat's own places, wherever hbd was built for. */
#define HEARTBEAT_DIR      "/var/lib/heartbeat"
#define HEARTBEAT_PID_FILE "/run/heartbeat.pid"

/* --- what starts at boot -------------------------------------------------------------------- */

static bool
exists (const char *root, const char *path)
{
    g_autofree char *full = g_strconcat (root, path, NULL);
    struct stat st;

    return lstat (full, &st) == 0;
}

/* "S01nginx" in one of init's folders starts nginx; or NULL. (transfer full) */
static char *
find_start_link (const char *root, const char *dir, const char *service)
{
    g_autofree char *full = g_strconcat (root, dir, NULL);
    g_autoptr (GDir) entries = g_dir_open (full, 0, NULL);
    const char *name;

    while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
        if (name[0] == 'S' && strlen (name) > 3 && strcmp (name + 3, service) == 0)
            return g_build_filename (dir, name, NULL);
    return NULL;
}

/* `systemctl mask' puts a link to /dev/null in the unit's place. */
static bool
is_masked (const char *root, const char *service)
{
    g_autofree char *path = g_strdup_printf ("%s/etc/systemd/system/%s.service", root, service);
    g_autofree char *target = g_file_read_link (path, NULL);

    return g_strcmp0 (target, "/dev/null") == 0;
}

/* The link that starts @service (without ".service") at boot, or NULL. Where systemd has a unit of
 * the name, init's links do not count. (transfer full) */
static char *
find_boot_link (const char *root, const char *service)
{
    static const char *const targets[] = { "multi-user", "graphical", "default", "network-online" };
    static const char *const units[] = { "/etc/systemd/system", "/usr/lib/systemd/system",
                                         "/lib/systemd/system" };
    static const char *const levels[] = { "/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d" };
    bool has_unit = false;
    char *link = NULL;

    if (is_masked (root, service))
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
        g_autofree char *path =
            g_strdup_printf ("/etc/systemd/system/%s.target.wants/%s.service", targets[i], service);

        if (exists (root, path))
            return g_steal_pointer (&path);
    }
    for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
        g_autofree char *path = g_strdup_printf ("%s/%s.service", units[i], service);

        has_unit = has_unit || exists (root, path);
    }
    for (guint i = 0; i < G_N_ELEMENTS (levels) && !has_unit && link == NULL; i++)
        link = find_start_link (root, levels[i], service);
    return link;
}

/* --- resources ------------------------------------------------------------------------------ */

/* Services that go by other names than their resource. */
static const struct {
    const char *resource;
    const char *services[4];
} services[] = {
    { "httpd", { "httpd", "apache2", "apache" } },
    { "apache", { "apache2", "httpd", "apache" } },
    { "mysql", { "mysql", "mysqld", "mariadb" } },
    { "mysqld", { "mysqld", "mysql", "mariadb" } },
    { "named", { "named", "bind9" } },
    { "pgsql", { "postgresql" } },
    { "ldirectord", { "ldirectord" } },
};

static void
find_boot (const char *root, const char *name, HbdMigrateResource *resource)
{
    const char *only[] = { name, NULL };
    const char *const *names = only;

    for (guint i = 0; i < G_N_ELEMENTS (services); i++)
        if (strcmp (services[i].resource, name) == 0)
            names = services[i].services;
    for (guint i = 0; names[i] != NULL && resource->boot_link == NULL; i++) {
        resource->boot_link = find_boot_link (root, names[i]);
        if (resource->boot_link != NULL)
            resource->boot_unit = g_strdup (names[i]);
    }
}

/* Heartbeat's search (doc/heartbeat.md 2.3). */
static void
find_theirs (const CrmHost *host, const char *name, HbdMigrateResource *resource)
{
    g_autofree char *wrapper = g_build_filename (host->ha_dir, "resource.d", name, NULL);
    g_autofree char *init = g_build_filename (host->init_dir, name, NULL);
    CrmScript kind = host->script (host->data, wrapper);

    resource->is_wrapper = kind == CRM_SCRIPT_PACKAGED;
    if (kind != CRM_SCRIPT_NONE)
        resource->theirs = g_steal_pointer (&wrapper);
    else if (host->script (host->data, init) != CRM_SCRIPT_NONE)
        resource->theirs = g_steal_pointer (&init);
}

/* What a service of this resource may be called. (transfer full) */
static char *
service_name (const CrmResource *res)
{
    char *name = res->klass == CRM_CLASS_OCF       ? g_path_get_basename (res->path)
                 : res->klass == CRM_CLASS_SYSTEMD ? g_strdup (res->unit)
                                                   : g_strdup (res->name);

    if (g_str_has_suffix (name, ".service"))
        name[strlen (name) - strlen (".service")] = '\0';
    return name;
}

static void
gather_group (HbdMigrateFacts *facts, const CrmHost *host, const CfgGroupLine *line,
              const CrmGroup *group, const char *root)
{
    for (guint r = 0; r < line->resources->len && r < group->resources->len; r++) {
        const CfgResourceWord *word = line->resources->pdata[r];
        HbdMigrateResource *resource = g_new0 (HbdMigrateResource, 1);

        resource->place = word->place;
        resource->resource = crm_group_resource (group, r);
        find_theirs (host, word->name, resource);
        if (!resource->resource->is_address) {
            g_autofree char *service = service_name (resource->resource);

            find_boot (root, service, resource);
        }
        g_ptr_array_add (facts->resources, resource);
    }
}

void
hbd_migrate_gather_resources (HbdMigrateFacts *facts, const CrmHost *ours, const CrmHost *theirs,
                              const char *root)
{
    facts->model = crm_resolve (facts->cluster, ours, NULL);
    for (guint i = 0; i < facts->cluster->groups->len && i < facts->model->groups->len; i++)
        gather_group (facts, theirs, facts->cluster->groups->pdata[i],
                      crm_model_group (facts->model, i), root);
}

/* Heartbeat looks in /etc/ha.d only, wherever the files to be checked are. */
static void
gather_resources (HbdMigrateFacts *facts, const HbdOptions *options)
{
    g_autofree char *own_agents = hbd_setup_own_agents ();
    CrmHostPaths ours = { .ha_dir = options->ha_dir, .own_agents = own_agents };
    CrmHostPaths theirs = { .ha_dir = "/etc/ha.d" };
    g_autoptr (CrmHost) our_host = crm_host_new (&ours);
    g_autoptr (CrmHost) their_host = crm_host_new (&theirs);

    hbd_migrate_gather_resources (facts, our_host, their_host, "");
}

/* --- the machine ---------------------------------------------------------------------------- */

static HbdMigrateState
look_at_generation (const char *path)
{
    g_autofree char *text = NULL;
    guint32 generation;
    gsize len;

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return HBD_MIGRATE_ABSENT;
    if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)
        || !g_file_get_contents (path, &text, &len, NULL)
        || !hbd_identity_parse_generation (text, len, &generation))
        return HBD_MIGRATE_BAD;
    return HBD_MIGRATE_GOOD;
}

static HbdMigrateState
look_at_uuid (const char *path)
{
    struct stat st;

    if (stat (path, &st) != 0)
        return HBD_MIGRATE_ABSENT;
    return S_ISREG (st.st_mode) && st.st_size == 16 ? HBD_MIGRATE_GOOD : HBD_MIGRATE_BAD;
}

static void
gather_identity (HbdMigrateFacts *facts, const HbdOptions *options, const char *root)
{
    g_autofree char *text = NULL;

    facts->node_name = g_ascii_strdown (options->node_name, -1);
    facts->nodeinfo_path = g_build_filename (options->ha_dir, "nodeinfo", NULL);
    if (g_file_get_contents (facts->nodeinfo_path, &text, NULL, NULL)) {
        text[strcspn (text, "\n")] = '\0';
        facts->nodeinfo = g_utf8_make_valid (g_strstrip (text), -1);
    }
    facts->generation_path = g_strconcat (root, HBD_HEARTBEAT_DIR "/hb_generation", NULL);
    facts->uuid_path = g_strconcat (root, HBD_HEARTBEAT_DIR "/hb_uuid", NULL);
    if (strcmp (HBD_HEARTBEAT_DIR, HEARTBEAT_DIR) != 0
        && exists (root, HEARTBEAT_DIR "/hb_generation"))
        facts->other_generation_path = g_strdup (HEARTBEAT_DIR "/hb_generation");
    facts->generation = look_at_generation (facts->generation_path);
    facts->uuid = look_at_uuid (facts->uuid_path);
}

static void
gather_heartbeat (HbdMigrateDaemon *daemon, const char *root)
{
    static const char *const programs[] = { "/usr/libexec/heartbeat/heartbeat",
                                            "/usr/lib/heartbeat/heartbeat",
                                            "/usr/lib64/heartbeat/heartbeat" };
    static const char *const names[] = { "heartbeat", NULL };

    daemon->pid_file = g_strdup (HEARTBEAT_PID_FILE);
    for (guint i = 0; i < G_N_ELEMENTS (programs) && daemon->program == NULL; i++)
        if (exists (root, programs[i]))
            daemon->program = g_strdup (programs[i]);
    if (daemon->program != NULL) /* otherwise the unit is our own thin one */
        daemon->boot_link = find_boot_link (root, "heartbeat");
    daemon->is_masked = is_masked (root, "heartbeat");
    if (*root == '\0')
        daemon->pid = (guint) hbd_pidfile_alive (daemon->pid_file, names);
}

static void
gather_hbd (HbdMigrateDaemon *daemon, const HbdOptions *options, const char *root)
{
    static const char *const names[] = { "hbd", NULL };

    daemon->pid_file = g_build_filename (options->run_dir, "hbd.pid", NULL);
    daemon->boot_link = find_boot_link (root, "hbd");
    if (*root == '\0')
        daemon->pid = (guint) hbd_pidfile_alive (daemon->pid_file, names);
}

void
hbd_migrate_gather_machine (HbdMigrateFacts *facts, const HbdOptions *options, const char *root)
{
    gather_identity (facts, options, root);
    gather_heartbeat (&facts->heartbeat, root);
    gather_hbd (&facts->hbd, options, root);
    facts->is_root = geteuid () == 0;
    facts->has_user = getpwnam ("hbd") != NULL;
    facts->has_group = getgrnam ("haclient") != NULL;
}

HbdMigrateFacts *
hbd_migrate_gather (const HbdSetup *setup, const HbdOptions *options)
{
    HbdMigrateFacts *facts = hbd_migrate_facts_new ();
    char **const paths[] = { &facts->ha_cf, &facts->haresources, &facts->authkeys,
                             &facts->hbd_conf };

    facts->cluster = setup->cluster;
    facts->diags = setup->diags;
    for (guint i = 0; i < HBD_FILE_N; i++)
        *paths[i] = g_strdup (setup->files->file[i].path);
    gather_resources (facts, options);
    hbd_migrate_gather_machine (facts, options, "");
    hbd_migrate_gather_scripts (facts, options->ha_dir, "");
    hbd_migrate_gather_network (facts);
    return facts;
}
