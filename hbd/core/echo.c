/* SPDX-License-Identifier: Apache-2.0 */
/* The way back: every status tells native peers how many of their datagrams came on each link, so
 * that a node can tell a link that fails only outwards (`hbctl doctor`). The field `hbdecho` is a
 * list, separated by blanks, of NODE/LINK:COUNT, the count hexadecimal, since the sender's start.
 * 3.0.6 ignores it, and gets it only in a mixed cluster. Nothing is decided by it. */
#include "config.h"

#include "hbd/core/private.h"

#include <string.h>

#define ECHO_FIELD     "hbdecho"
#define ECHO_MAX_BYTES 256 /* some eight links; a status is to stay well below one packet */

static void
append_echo (const HbdMembership *m, const HbdPeer *peer, GString *text)
{
    for (guint link = 0; link < m->n_links; link++) {
        gsize start = text->len;

        g_string_append_printf (text, "%s%s/%s:%" G_GINT64_MODIFIER "x", start > 0 ? " " : "",
                                peer->name, m->link_names[link], peer->links[link].received);
        if (text->len > ECHO_MAX_BYTES) {
            g_string_truncate (text, start);
            return;
        }
    }
}

void
hbd_core_add_echo (const HbdMembership *m, HbdMessage *status)
{
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint i = 0; i < m->n_nodes; i++) {
        const HbdPeer *peer = m->peers[i];

        if (peer != NULL && peer->is_heard && peer->is_native)
            append_echo (m, peer, text);
    }
    if (text->len > 0)
        hbd_message_add (status, ECHO_FIELD, text->str);
}

void
hbd_core_take_echo (HbdPeer *peer, const HbdMessage *status)
{
    const char *text = hbd_message_get (status, ECHO_FIELD);

    g_clear_pointer (&peer->echo, g_free);
    if (text != NULL && strlen (text) <= ECHO_MAX_BYTES)
        peer->echo = g_strdup (text);
}

/* The count in @entry if it is about @node and @link. */
static bool
read_entry (const char *entry, const char *node, const char *link, guint64 *count)
{
    const char *slash = strchr (entry, '/');
    const char *colon = slash != NULL ? strrchr (slash, ':') : NULL;

    return colon != NULL && (gsize) (slash - entry) == strlen (node)
           && strncmp (entry, node, strlen (node)) == 0
           && (gsize) (colon - slash - 1) == strlen (link)
           && strncmp (slash + 1, link, strlen (link)) == 0
           && g_ascii_string_to_unsigned (colon + 1, 16, 0, G_MAXUINT64, count, NULL);
}

bool
hbd_membership_echo (const HbdMembership *m, guint node, int link, guint64 *count)
{
    g_auto (GStrv) entries = NULL;
    guint skip = 0; /* links of the same name before this one */

    g_assert (node < m->n_nodes && link >= 0 && (guint) link < m->n_links);
    if (node == m->self || m->peers[node]->echo == NULL)
        return false;
    for (int i = 0; i < link; i++)
        skip += strcmp (m->link_names[i], m->link_names[link]) == 0;
    entries = g_strsplit (m->peers[node]->echo, " ", -1);
    for (guint i = 0; entries[i] != NULL; i++)
        if (read_entry (entries[i], m->names[m->self], m->link_names[link], count) && skip-- == 0)
            return true;
    return false;
}

guint64
hbd_membership_received (const HbdMembership *m, guint node, int link)
{
    g_assert (node < m->n_nodes && link >= 0 && (guint) link < m->n_links);
    return node == m->self ? 0 : m->peers[node]->links[link].received;
}
