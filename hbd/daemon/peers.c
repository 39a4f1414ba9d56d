/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/peers.h"

#include "hbd/link/lookup.h"

typedef struct {
    const char *name;
    char *address;         /* NULL: not known yet */
    HbdLinkLookup *lookup; /* NULL: no question is out */
    char *trouble;
} Peer;

struct _HbdPeers {
    GPtrArray *peers; /* Peer */
    GPtrArray *known; /* char *, of the peers */
    int family;
};

static void
peer_free (Peer *peer)
{
    hbd_link_lookup_free (peer->lookup);
    g_free (peer->address);
    g_free (peer->trouble);
    g_free (peer);
}

HbdPeers *
hbd_peers_new (const GPtrArray *names, int family)
{
    HbdPeers *peers = g_new0 (HbdPeers, 1);

    peers->peers = g_ptr_array_new_with_free_func ((GDestroyNotify) peer_free);
    peers->known = g_ptr_array_new ();
    peers->family = family;
    for (guint i = 0; i < names->len; i++) {
        Peer *peer = g_new0 (Peer, 1);

        peer->name = names->pdata[i];
        g_ptr_array_add (peers->peers, peer);
    }
    return peers;
}

void
hbd_peers_free (HbdPeers *peers)
{
    if (peers == NULL)
        return;
    g_ptr_array_unref (peers->known);
    g_ptr_array_unref (peers->peers);
    g_free (peers);
}

/* True when its address became known. */
static bool
look (Peer *peer, int family)
{
    g_autofree char *text = NULL;
    HbdLinkLookupState state;

    if (peer->address != NULL)
        return false;
    if (peer->lookup == NULL)
        peer->lookup = hbd_link_lookup_new (peer->name, family);
    state = hbd_link_lookup_poll (peer->lookup, &text);
    if (state == HBD_LINK_LOOKUP_PENDING)
        return false;
    g_clear_pointer (&peer->lookup, hbd_link_lookup_free);
    g_clear_pointer (&peer->trouble, g_free);
    if (state == HBD_LINK_LOOKUP_FOUND)
        peer->address = g_steal_pointer (&text);
    else
        peer->trouble = g_steal_pointer (&text);
    return peer->address != NULL;
}

bool
hbd_peers_look (HbdPeers *peers)
{
    bool is_more = false;

    for (guint i = 0; i < peers->peers->len; i++)
        is_more |= look (peers->peers->pdata[i], peers->family);
    if (!is_more)
        return false;
    g_ptr_array_set_size (peers->known, 0);
    for (guint i = 0; i < peers->peers->len; i++) {
        Peer *peer = peers->peers->pdata[i];

        if (peer->address != NULL)
            g_ptr_array_add (peers->known, peer->address);
    }
    return true;
}

GPtrArray *
hbd_peers_known (const HbdPeers *peers)
{
    return peers->known;
}

bool
hbd_peers_all_known (const HbdPeers *peers)
{
    return peers->known->len == peers->peers->len;
}

bool
hbd_peers_is_pending (const HbdPeers *peers)
{
    for (guint i = 0; i < peers->peers->len; i++)
        if (((Peer *) peers->peers->pdata[i])->lookup != NULL)
            return true;
    return false;
}

const char *
hbd_peers_trouble (const HbdPeers *peers)
{
    for (guint i = 0; i < peers->peers->len; i++) {
        const Peer *peer = peers->peers->pdata[i];

        if (peer->trouble != NULL)
            return peer->trouble;
    }
    return NULL;
}
