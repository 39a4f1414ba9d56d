/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/migrate/facts.h"

static void
script_free (gpointer data)
{
    HbdMigrateScript *script = data;

    g_free (script->path);
    g_bytes_unref (script->text);
    g_free (script);
}

static void
resource_free (gpointer data)
{
    HbdMigrateResource *resource = data;

    g_free (resource->theirs);
    g_free (resource->boot_link);
    g_free (resource->boot_unit);
    g_free (resource);
}

static void
port_free (gpointer data)
{
    HbdMigratePort *port = data;

    g_free (port->program);
    g_free (port);
}

static void
daemon_clear (HbdMigrateDaemon *daemon)
{
    g_free (daemon->program);
    g_free (daemon->pid_file);
    g_free (daemon->boot_link);
}

HbdMigrateFacts *
hbd_migrate_facts_new (void)
{
    HbdMigrateFacts *facts = g_new0 (HbdMigrateFacts, 1);

    facts->resources = g_ptr_array_new_with_free_func (resource_free);
    facts->scripts = g_ptr_array_new_with_free_func (script_free);
    facts->ports = g_ptr_array_new_with_free_func (port_free);
    return facts;
}

void
hbd_migrate_facts_free (HbdMigrateFacts *f)
{
    char *const texts[] = { f->ha_cf,
                            f->haresources,
                            f->authkeys,
                            f->hbd_conf,
                            f->node_name,
                            f->nodeinfo,
                            f->nft,
                            f->nodeinfo_path,
                            f->generation_path,
                            f->uuid_path,
                            f->iptables,
                            f->ip6tables,
                            f->other_generation_path };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        g_free (texts[i]);
    g_ptr_array_unref (f->resources);
    g_ptr_array_unref (f->scripts);
    g_ptr_array_unref (f->ports);
    g_clear_pointer (&f->model, crm_model_free);
    daemon_clear (&f->heartbeat);
    daemon_clear (&f->hbd);
    g_free (f);
}
