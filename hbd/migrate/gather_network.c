/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "crm/exec/process.h"
#include "hbd/migrate/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTING_LIMIT_US HBD_S (3)

/* --- who holds a port ---------------------------------------------------------------------- */

/* Inodes (as text) of the UDP sockets bound to @port, by /proc/net/udp and udp6. */
static void
find_sockets (const char *table, guint16 port, GHashTable *inodes)
{
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;

    if (!g_file_get_contents (table, &text, NULL, NULL))
        return;
    lines = g_strsplit (text, "\n", 100000);
    for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++) {
        unsigned local = 0;
        char inode[32] = "";

        if (sscanf (lines[i], " %*d: %*[0-9A-Fa-f]:%x %*s %*s %*s %*s %*s %*s %*s %31s", &local,
                    inode)
                == 2
            && local == port)
            g_hash_table_add (inodes, g_strdup (inode));
    }
}

static bool
has_one_of (const char *pid, GHashTable *inodes)
{
    g_autofree char *path = g_build_filename ("/proc", pid, "fd", NULL);
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *link = g_build_filename (path, name, NULL);
        g_autofree char *target = g_file_read_link (link, NULL);

        if (target == NULL || !g_str_has_prefix (target, "socket:["))
            continue;
        target[strlen (target) - 1] = '\0';
        if (g_hash_table_contains (inodes, target + strlen ("socket:[")))
            return true;
    }
    return false;
}

/* The name of a process that holds one of the sockets, NULL: nobody that we can see.
 * (transfer full) */
static char *
find_holder (GHashTable *inodes)
{
    g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
    const char *pid;

    while (proc != NULL && (pid = g_dir_read_name (proc)) != NULL) {
        g_autofree char *path = NULL;
        char *comm = NULL;

        if (!g_ascii_isdigit (*pid) || !has_one_of (pid, inodes))
            continue;
        path = g_build_filename ("/proc", pid, "comm", NULL);
        if (g_file_get_contents (path, &comm, NULL, NULL))
            return g_strstrip (comm);
    }
    return NULL;
}

static void
look_at_port (HbdMigrateFacts *facts, guint16 port)
{
    g_autoptr (GHashTable) inodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *holder = NULL;
    HbdMigratePort *found;

    find_sockets ("/proc/net/udp", port, inodes);
    find_sockets ("/proc/net/udp6", port, inodes);
    if (g_hash_table_size (inodes) == 0)
        return;
    holder = find_holder (inodes);
    if (holder == NULL || g_str_has_prefix (holder, "heartbeat")
        || g_str_has_prefix (holder, "hbd"))
        return;
    found = g_new0 (HbdMigratePort, 1);
    found->port = port;
    found->program = g_steal_pointer (&holder);
    g_ptr_array_add (facts->ports, found);
}

static void
look_at_ports (HbdMigrateFacts *facts)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

    for (guint i = 0; i < facts->cluster->links->len; i++) {
        const CfgLink *link = facts->cluster->links->pdata[i];

        if (g_hash_table_add (seen, GUINT_TO_POINTER (link->port)))
            look_at_port (facts, link->port);
    }
}

/* --- the packet filter --------------------------------------------------------------------- */

typedef struct {
    GMainLoop *loop;
    char *text;
} Listing;

static void
on_listed (CrmProcess *process, const CrmProcessResult *result, gpointer data)
{
    Listing *listing = data;

    if (result->end == CRM_PROCESS_EXITED && result->code == 0 && listing->text == NULL)
        listing->text = g_strndup (result->out, result->out_len);
    g_main_loop_quit (listing->loop);
}

/* What the program prints, or NULL. (transfer full) */
static char *
list_rules (const char *program, const char *const *arguments)
{
    static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin" };
    const char *argv[5] = { NULL };
    Listing listing = { 0 };
    CrmProcessSpec spec = {
        .argv = argv, .timeout_us = LISTING_LIMIT_US, .done = on_listed, .data = &listing
    };

    for (guint i = 0; arguments[i] != NULL && i + 2 < G_N_ELEMENTS (argv); i++)
        argv[i + 1] = arguments[i];
    for (guint i = 0; i < G_N_ELEMENTS (folders) && listing.text == NULL; i++) {
        g_autofree char *path = g_build_filename (folders[i], program, NULL);
        g_autoptr (CrmProcess) process = NULL;

        if (!g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
            continue;
        argv[0] = path;
        listing.loop = g_main_loop_new (NULL, FALSE);
        process = crm_process_start (&spec);
        g_main_loop_run (listing.loop);
        g_main_loop_unref (listing.loop);
        break;
    }
    return listing.text;
}

void
hbd_migrate_gather_network (HbdMigrateFacts *facts)
{
    static const char *const nft[] = { "-s", "list", "ruleset", NULL };
    static const char *const tables[] = { "-S", NULL };

    look_at_ports (facts);
    if (!facts->is_root)
        return;
    facts->nft = list_rules ("nft", nft);
    facts->iptables = list_rules ("iptables", tables);
    facts->ip6tables = list_rules ("ip6tables", tables);
}
