/* SPDX-License-Identifier: Apache-2.0 */
/* See linkset.h. Names of ucast peers are looked up beside the loop (peers.h), since the manager has
 * leases to renew; a link opens with the peers that are known, and again when more are. */
#include "config.h"

#include "hbd/daemon/linkset.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/loop.h"
#include "hbd/daemon/peers.h"
#include "hbd/link/monitor.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#define RETRY_US  HBD_S (2)
#define LOOKUP_US HBD_MS (50) /* between two looks at a question that is out */

typedef struct {
    CfgLink link;    /* .peers are those of @peers that are known */
    HbdPeers *peers; /* ucast only, else NULL */
    bool is_open, was_told;
    char *trouble, *unknown_peer;
} Entry;

struct _HbdLinkSet {
    GPtrArray *entries; /* Entry */
    GPtrArray *all;     /* CfgLink, as hbd_link_open() wants them */
    HbdLinkMonitor *monitor;
    guint source;
    HbdTimer *retry;
    HbdTime retry_at;
    HbdLinkSetHandler handler;
    gpointer data;
};

static void
entry_free (Entry *entry)
{
    hbd_peers_free (entry->peers);
    g_free (entry->trouble);
    g_free (entry->unknown_peer);
    g_free (entry);
}

static void
say (HbdLinkSet *set, HbdLevel level, const char *name, const char *link, const char *reason)
{
    g_autoptr (HbdRecord) record =
        hbd_record_new (level, name, "link=%s%s%s%s", link, reason != NULL ? " reason=\"" : "",
                        reason != NULL ? reason : "", reason != NULL ? "\"" : "");

    set->handler.record (set->data, record);
}

static void
set_trouble (HbdLinkSet *set, Entry *entry, const char *reason)
{
    if (g_strcmp0 (entry->trouble, reason) == 0)
        return;
    if (reason != NULL)
        say (set, HBD_LEVEL_WARNING, "link.closed", entry->link.interface, reason);
    g_free (entry->trouble);
    entry->trouble = g_strdup (reason);
}

static void
close_entry (HbdLinkSet *set, guint index, const char *reason)
{
    Entry *entry = set->entries->pdata[index];

    set_trouble (set, entry, reason);
    if (entry->is_open)
        set->handler.closed (set->data, (int) index);
    entry->is_open = false;
}

static void
retry_in (HbdLinkSet *set, HbdTime delay_us)
{
    HbdTime at = hbd_clock_now () + delay_us;

    set->retry_at = MIN (set->retry_at, at);
    hbd_timer_set (set->retry, set->retry_at);
}

/* Names that are not known keep the timer going. False: no peer is known yet. */
static bool
look_up (HbdLinkSet *set, Entry *entry)
{
    if (entry->peers == NULL)
        return true;
    hbd_peers_look (entry->peers);
    if (g_strcmp0 (entry->unknown_peer, hbd_peers_trouble (entry->peers)) != 0) {
        g_free (entry->unknown_peer);
        entry->unknown_peer = g_strdup (hbd_peers_trouble (entry->peers));
        if (entry->unknown_peer != NULL)
            say (set, HBD_LEVEL_WARNING, "link.peer-unknown", entry->link.interface,
                 entry->unknown_peer);
    }
    if (hbd_peers_is_pending (entry->peers))
        retry_in (set, LOOKUP_US);
    else if (!hbd_peers_all_known (entry->peers))
        retry_in (set, RETRY_US);
    return entry->link.peers->len > 0;
}

static void
open_entry (HbdLinkSet *set, guint index)
{
    Entry *entry = set->entries->pdata[index];
    g_autoptr (GError) error = NULL;
    HbdLinkSockets sockets;

    hbd_link_sockets_init (&sockets);
    if (!hbd_link_monitor_is_usable (set->monitor, entry->link.interface)) {
        close_entry (set, index, "the interface is missing, down or without carrier");
        return;
    }
    if (!look_up (set, entry)) {
        close_entry (set, index, hbd_peers_trouble (entry->peers));
        return;
    }
    if (!hbd_link_open (&entry->link, set->all, &sockets, &error)) {
        close_entry (set, index, error->message);
        retry_in (set, RETRY_US);
        return;
    }
    if (!entry->is_open)
        say (set, HBD_LEVEL_INFO, "link.open", entry->link.interface, NULL);
    set_trouble (set, entry, NULL);
    entry->is_open = true;
    set->handler.opened (set->data, (int) index, &sockets);
    hbd_link_sockets_clear (&sockets);
}

static void
on_change (gpointer user_data, const char *name, bool is_usable, bool addresses_changed)
{
    HbdLinkSet *set = user_data;

    for (guint i = 0; i < set->entries->len; i++) {
        Entry *entry = set->entries->pdata[i];

        if (strcmp (entry->link.interface, name) != 0)
            continue;
        if (!is_usable)
            close_entry (set, i, "the interface is missing, down or without carrier");
        else if (!entry->is_open || addresses_changed)
            open_entry (set, i);
    }
}

static gboolean
on_monitor (int fd, GIOCondition condition, gpointer data)
{
    HbdLinkSet *set = data;

    hbd_link_monitor_dispatch (set->monitor);
    return G_SOURCE_CONTINUE;
}

static void
on_retry (gpointer data)
{
    HbdLinkSet *set = data;

    set->retry_at = HBD_TIME_NEVER;
    for (guint i = 0; i < set->entries->len; i++) {
        Entry *entry = set->entries->pdata[i];
        guint known = entry->peers != NULL ? entry->link.peers->len : 0;

        if (!entry->is_open)
            open_entry (set, i);
        else if (look_up (set, entry) && entry->peers != NULL && entry->link.peers->len > known)
            open_entry (set, i);
    }
}

static void
use_peers (Entry *entry)
{
    if (entry->link.kind != CFG_LINK_UCAST && entry->link.kind != CFG_LINK_UCAST6)
        return;
    entry->peers =
        hbd_peers_new (entry->link.peers, entry->link.kind == CFG_LINK_UCAST6 ? AF_INET6 : AF_INET);
    entry->link.peers = hbd_peers_known (entry->peers);
}

HbdLinkSet *
hbd_linkset_new (const CfgCluster *cluster, const HbdLinkSetHandler *handler, gpointer data,
                 GError **error)
{
    g_autoptr (HbdLinkSet) set = g_new0 (HbdLinkSet, 1);

    set->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
    set->all = g_ptr_array_new ();
    set->handler = *handler;
    set->data = data;
    set->retry_at = HBD_TIME_NEVER;
    for (guint i = 0; i < cluster->links->len; i++) {
        Entry *entry = g_new0 (Entry, 1);

        entry->link = *(const CfgLink *) cluster->links->pdata[i];
        use_peers (entry);
        g_ptr_array_add (set->entries, entry);
        g_ptr_array_add (set->all, &entry->link);
    }
    set->monitor = hbd_link_monitor_new (on_change, set, error);
    if (set->monitor == NULL)
        return NULL;
    set->source = g_unix_fd_add_full (G_PRIORITY_DEFAULT, hbd_link_monitor_fd (set->monitor),
                                      G_IO_IN, on_monitor, set, NULL);
    set->retry = hbd_timer_new (G_PRIORITY_DEFAULT, on_retry, set);
    return g_steal_pointer (&set);
}

void
hbd_linkset_free (HbdLinkSet *set)
{
    if (set == NULL)
        return;
    g_clear_handle_id (&set->source, g_source_remove);
    hbd_timer_free (set->retry);
    hbd_link_monitor_free (set->monitor);
    g_ptr_array_unref (set->all);
    g_ptr_array_unref (set->entries);
    g_free (set);
}

void
hbd_linkset_open_all (HbdLinkSet *set)
{
    for (guint i = 0; i < set->entries->len; i++)
        open_entry (set, i);
}

const char *
hbd_linkset_trouble (const HbdLinkSet *set, guint index)
{
    return ((const Entry *) set->entries->pdata[index])->trouble;
}
