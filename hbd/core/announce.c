/* SPDX-License-Identifier: Apache-2.0 */
/* Own messages: fields in wire order (doc/heartbeat.md 4.4), statuses (4.8), acks (4.7), node
 * lists (4.8 step 3). */
#include "config.h"

#include "hbd/core/private.h"

#include <string.h>

#define ASK_NODES_PERIOD_US HBD_S (1)
#define ASK_NODES_MAX_TRIES 10

/* Fields that are ours to add; what the layer above puts there is left out. */
static const char *const header_fields[] = { "dest", "destuuid", "src", "srcuuid", "seq", "hg",
                                             "ts",   "ld",       "ttl", "auth",    NULL };

/* doc/heartbeat.md 4.4: names that begin with NS_ have neither seq nor ld. */
static bool
is_sequenced (const HbdMessage *message)
{
    const char *type = hbd_message_get (message, "t");

    return type == NULL || !g_str_has_prefix (type, "NS_");
}

/* The layer's own fields, then dest. */
static HbdMessage *
copy_own_fields (const HbdMessage *message, const char *dest)
{
    HbdMessage *copy = hbd_message_new ();

    for (guint i = 0; i < hbd_message_field_count (message); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;
        const char *name = hbd_message_field (message, i, &data, &len, &is_binary);

        if (g_strv_contains (header_fields, name))
            continue;
        if (is_binary)
            hbd_message_add_binary (copy, name, data, len);
        else
            hbd_message_add (copy, name, (const char *) data);
        /* Real nodes write dest early; the order only has to be the same for the signature. */
        if (dest != NULL && strcmp (name, "t") == 0)
            hbd_message_add (copy, "dest", dest);
    }
    return copy;
}

static void
add_destuuid (HbdMembership *m, HbdMessage *message, const char *dest)
{
    for (guint i = 0; i < m->n_nodes; i++) {
        const HbdPeer *peer = m->peers[i];

        if (strcmp (m->names[i], dest) != 0)
            continue;
        if (i == m->self)
            hbd_message_add_binary (message, "destuuid", m->uuid, sizeof m->uuid);
        else if (peer->has_uuid)
            hbd_message_add_binary (message, "destuuid", peer->uuid, sizeof peer->uuid);
    }
}

static void
add_header (HbdMembership *m, HbdMessage *message, guint64 seq)
{
    hbd_message_add (message, "src", m->names[m->self]);
    hbd_message_add_binary (message, "srcuuid", m->uuid, sizeof m->uuid);
    if (seq > 0)
        hbd_message_add_printf (message, "seq", "%" G_GINT64_MODIFIER "x", seq);
    hbd_message_add_printf (message, "hg", "%x", m->generation);
    hbd_message_add_printf (message, "ts", "%" G_GINT64_MODIFIER "x", (guint64) MAX (m->wall_s, 1));
    if (seq > 0)
        hbd_message_add (message, "ld", m->load);
    hbd_message_add_printf (message, "ttl", "%u", m->n_nodes + m->hopfudge);
}

void
hbd_core_send (HbdMembership *m, const HbdMessage *message, const char *dest)
{
    g_autoptr (HbdMessage) whole = copy_own_fields (message, dest);
    guint64 seq = is_sequenced (message) ? m->seq + 1 : 0;
    g_autoptr (GBytes) bytes = NULL;

    if (dest != NULL)
        add_destuuid (m, whole, dest);
    add_header (m, whole, seq);
    if (hbd_message_field_count (whole) < HBD_MESSAGE_MAX_FIELDS)
        bytes = hbd_wire_encode (whole, m->keys, HBD_FRAMING_NETSTRING, m->inner_auth);
    if (bytes == NULL) {
        /* Every receiver would refuse it; a number is not spent on it. */
        m->count[HBD_COUNT_TX_REFUSED]++;
        return;
    }
    if (seq > 0) {
        m->seq = seq;
        hbd_history_add (m->history, seq, bytes);
    }
    hbd_core_send_bytes (m, bytes, strcmp (hbd_message_get (whole, "t"), "status") == 0);
}

void
hbd_core_send_status (HbdMembership *m)
{
    g_autoptr (HbdMessage) status = hbd_message_new_typed ("status");
    guint64 deadtime_ms =
        m->is_holding_back ? HBD_DEADTIME_LONGEST_MS : (guint64) (m->deadtime_us + 999) / 1000;

    m->next_status_us = m->now + m->keepalive_us;
    if (m->is_quiet)
        return;

    hbd_message_add (status, "st", hbd_node_state_name (m->state));
    hbd_message_add_printf (status, "dt", "%" G_GINT64_MODIFIER "x", deadtime_ms);
    hbd_message_add (status, "protocol", "1");
    hbd_message_add (status, "hbd", "1");
    for (guint i = 0; i + 1 < m->extras->len; i += 2)
        hbd_message_add (status, g_ptr_array_index (m->extras, i),
                         g_ptr_array_index (m->extras, i + 1));
    hbd_core_add_echo (m, status);
    hbd_core_send (m, status, NULL);
    m->last_status_us = m->now;
}

void
hbd_core_send_ack (HbdMembership *m, HbdPeer *peer)
{
    g_autoptr (HbdMessage) ack = NULL;
    guint64 seq;

    if (!hbd_track_take_ack (&peer->track, &seq))
        return;
    ack = hbd_message_new_typed ("NS_ackmsg");
    hbd_message_add_printf (ack, "ackseq", "%" G_GINT64_MODIFIER "x", seq);
    hbd_core_send (m, ack, peer->name);
    m->count[HBD_COUNT_ACKS_SENT]++;
}

/* Ask a live node that has not answered; at once after joining, then each second, with an end: a
 * node that never answers is no reason to wait. */
void
hbd_core_ask_nodes (HbdMembership *m)
{
    g_autoptr (HbdMessage) request = hbd_message_new_typed ("reqnodes");
    bool is_asked = false;

    for (guint i = 0; i < m->n_nodes; i++) {
        HbdPeer *peer = m->peers[i];

        if (peer == NULL || !hbd_core_is_alive (peer) || peer->nodes_checked)
            continue;
        hbd_core_send (m, request, peer->name);
        is_asked = true;
    }
    m->ask_nodes_tries++;
    m->ask_nodes_us = is_asked && m->ask_nodes_tries < ASK_NODES_MAX_TRIES
                          ? m->now + ASK_NODES_PERIOD_US
                          : HBD_TIME_NEVER;
}

void
hbd_core_answer_nodes (HbdMembership *m, const HbdPeer *peer)
{
    g_autoptr (HbdMessage) reply = hbd_message_new_typed ("repnodes");
    g_autoptr (GString) names = g_string_new (NULL);

    /* The full list: the asker drops what is not on it. */
    for (guint i = 0; i < m->n_nodes; i++)
        g_string_append_printf (names, "%s ", m->names[i]);
    hbd_message_add (reply, "nodelist", names->str);
    hbd_message_add (reply, "delnodelist", " ");
    hbd_core_send (m, reply, peer->name);
}

/* Our list comes from the files; a difference is for people to mend. */
void
hbd_core_check_nodes (HbdMembership *m, HbdPeer *peer, const HbdMessage *message)
{
    const char *list = hbd_message_get (message, "nodelist");
    g_auto (GStrv) names = NULL;
    guint known = 0, given = 0;

    if (peer->nodes_checked || list == NULL || strlen (list) > HBD_COMMAND_MAX_BYTES)
        return;
    peer->nodes_checked = true;
    names = g_strsplit (list, " ", -1);
    for (guint i = 0; names[i] != NULL; i++) {
        given += names[i][0] != '\0';
        for (guint j = 0; j < m->n_nodes; j++)
            known += g_ascii_strcasecmp (names[i], m->names[j]) == 0;
    }
    if (known != m->n_nodes || given != m->n_nodes) {
        g_autofree char *quoted = hbd_core_quote (list);

        hbd_core_record (m, HBD_LEVEL_WARNING, "node.list-differs", "node=%s theirs=\"%s\"",
                         peer->name, quoted);
    }
}
