/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/engine_links.h"

#include "hbd/base/clock.h"

#include <glib-unix.h>
#include <string.h>

typedef struct {
    HbdEngineLinks *set;
    int index;
    char *name;
    HbdLinkIo *io;
    guint source;
} Link;

#define REFUSALS_MAX 8

typedef struct {
    char *link, *from, *what;
} Refusal;

struct _HbdEngineLinks {
    GPtrArray *links; /* Link */
    HbdDatagramHandler datagram;
    HbdLinkRecordHandler record;
    gpointer data;
    const Link *current; /* whose datagram is being handed over */
    GPtrArray *refusals; /* Refusal, oldest first, each sender and reason once */
};

static void
link_free (Link *link)
{
    g_clear_handle_id (&link->source, g_source_remove);
    hbd_link_io_free (link->io);
    g_free (link->name);
    g_free (link);
}

static void
refusal_free (Refusal *refusal)
{
    g_free (refusal->link);
    g_free (refusal->from);
    g_free (refusal->what);
    g_free (refusal);
}

HbdEngineLinks *
hbd_engine_links_new (HbdDatagramHandler datagram, HbdLinkRecordHandler record, gpointer data)
{
    HbdEngineLinks *links = g_new0 (HbdEngineLinks, 1);

    links->links = g_ptr_array_new_with_free_func ((GDestroyNotify) link_free);
    links->refusals = g_ptr_array_new_with_free_func ((GDestroyNotify) refusal_free);
    links->datagram = datagram;
    links->record = record;
    links->data = data;
    return links;
}

void
hbd_engine_links_free (HbdEngineLinks *links)
{
    if (links == NULL)
        return;
    g_ptr_array_unref (links->links);
    g_ptr_array_unref (links->refusals);
    g_free (links);
}

void
hbd_engine_links_reset (HbdEngineLinks *links, const char *const *names)
{
    g_ptr_array_set_size (links->links, 0);
    for (int i = 0; names[i] != NULL; i++) {
        Link *link = g_new0 (Link, 1);

        link->set = links;
        link->index = i;
        link->name = g_strdup (names[i]);
        link->io = hbd_link_io_new (names[i]);
        g_ptr_array_add (links->links, link);
    }
}

static void
on_datagram (gpointer user_data, const guint8 *data, gsize len)
{
    Link *link = user_data;

    link->set->current = link;
    link->set->datagram (link->set->data, link->index, data, len);
    link->set->current = NULL;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
    Link *link = data;

    hbd_link_io_receive (link->io, on_datagram, link);
    return G_SOURCE_CONTINUE;
}

/* The destinations of the message into @sockets; false when they do not fit. */
static bool
take_destinations (GVariant *list, HbdLinkSockets *sockets)
{
    gsize n = g_variant_n_children (list);

    if (n == 0 || n > HBD_LINK_MAX_DESTS)
        return false;
    for (gsize i = 0; i < n; i++) {
        g_autoptr (GVariant) one = g_variant_get_child_value (list, i);
        gsize len;
        const void *bytes = g_variant_get_fixed_array (one, &len, 1);

        if (len < sizeof (sa_family_t) || len > sizeof (struct sockaddr_storage))
            return false;
        memcpy (&sockets->dests[i].addr, bytes, len);
        sockets->dests[i].len = (socklen_t) len;
    }
    sockets->n_dests = (guint) n;
    return true;
}

bool
hbd_engine_links_open (HbdEngineLinks *links, GVariant *payload, int *fds, guint n_fds, int *index)
{
    g_autoptr (GVariant) list = NULL;
    HbdLinkSockets sockets;
    gboolean unicast_only;
    Link *link;

    hbd_link_sockets_init (&sockets);
    g_variant_get (payload, "(ib@aay)", index, &unicast_only, &list);
    if (n_fds != 2 || *index < 0 || (guint) *index >= links->links->len
        || !take_destinations (list, &sockets))
        return false;
    hbd_engine_links_close (links, *index);
    link = links->links->pdata[*index];
    sockets.unicast_only = unicast_only;
    sockets.rx_fd = fds[0];
    sockets.tx_fd = fds[1];
    fds[0] = fds[1] = -1;
    hbd_link_io_attach (link->io, &sockets);
    link->source = g_unix_fd_add_full (G_PRIORITY_HIGH, hbd_link_io_fd (link->io), G_IO_IN,
                                       on_readable, link, NULL);
    return true;
}

void
hbd_engine_links_close (HbdEngineLinks *links, int index)
{
    Link *link;

    if (!hbd_engine_links_is_open (links, index))
        return;
    link = links->links->pdata[index];
    g_clear_handle_id (&link->source, g_source_remove);
    hbd_link_io_detach (link->io);
}

guint
hbd_engine_links_count (const HbdEngineLinks *links)
{
    return links->links->len;
}

bool
hbd_engine_links_is_open (const HbdEngineLinks *links, int index)
{
    return index >= 0 && (guint) index < links->links->len
           && hbd_link_io_is_open (((Link *) links->links->pdata[index])->io);
}

static void
send_one (HbdEngineLinks *links, int index, GBytes *bytes)
{
    Link *link;
    HbdRecord *record = NULL;
    gsize len;
    const void *data = g_bytes_get_data (bytes, &len);

    if (!hbd_engine_links_is_open (links, index))
        return;
    link = links->links->pdata[index];
    hbd_link_io_send (link->io, data, len, hbd_clock_now (), &record);
    if (record != NULL)
        links->record (links->data, record);
}

void
hbd_engine_links_send (HbdEngineLinks *links, int index, GBytes *bytes)
{
    if (index >= 0) {
        send_one (links, index, bytes);
        return;
    }
    for (guint i = 0; i < links->links->len; i++)
        send_one (links, (int) i, bytes);
}

/* "bad-digest" of `wire.refused ... reason=bad-digest ...`; the record's name where it has none. */
static char *
what_of (const HbdRecord *record)
{
    const char *reason = strstr (record->fields, "reason=");

    if (reason == NULL)
        return g_strdup (record->name);
    reason += strlen ("reason=");
    return g_strndup (reason, strcspn (reason, " "));
}

static void
keep_refusal (HbdEngineLinks *links, Refusal *refusal)
{
    for (guint i = 0; i < links->refusals->len; i++) {
        const Refusal *old = links->refusals->pdata[i];

        if (strcmp (old->from, refusal->from) == 0 && strcmp (old->what, refusal->what) == 0
            && strcmp (old->link, refusal->link) == 0) {
            g_ptr_array_remove_index (links->refusals, i);
            break;
        }
    }
    if (links->refusals->len == REFUSALS_MAX)
        g_ptr_array_remove_index (links->refusals, 0);
    g_ptr_array_add (links->refusals, refusal);
}

void
hbd_engine_links_note (HbdEngineLinks *links, HbdRecord *record)
{
    static const char *const names[] = { "wire.refused", "wire.malformed", "node.unknown",
                                         "node.same-name", NULL };
    g_autofree char *from = NULL;
    g_autofree char *fields = NULL;
    Refusal *refusal;

    if (links->current == NULL || !g_strv_contains (names, record->name))
        return;
    from = hbd_link_io_source (links->current->io);
    if (from == NULL)
        return;
    refusal = g_new (Refusal, 1);
    *refusal = (Refusal){ g_strdup (links->current->name), g_strdup (from), what_of (record) };
    keep_refusal (links, refusal);
    fields = g_steal_pointer (&record->fields);
    record->fields = g_strdup_printf ("%s from=%s", fields, from);
}

GVariant *
hbd_engine_links_refusals (const HbdEngineLinks *links)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
    for (guint i = 0; i < links->refusals->len; i++) {
        const Refusal *refusal = links->refusals->pdata[i];

        g_variant_builder_open (&b, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add (&b, "{sv}", "link", g_variant_new_string (refusal->link));
        g_variant_builder_add (&b, "{sv}", "from", g_variant_new_string (refusal->from));
        g_variant_builder_add (&b, "{sv}", "what", g_variant_new_string (refusal->what));
        g_variant_builder_close (&b);
    }
    return g_variant_builder_end (&b);
}

GVariant *
hbd_engine_links_status (const HbdEngineLinks *links)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
    for (guint i = 0; i < links->links->len; i++) {
        const Link *link = links->links->pdata[i];
        const HbdLinkStats *stats = hbd_link_io_stats (link->io);

        g_variant_builder_open (&b, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add (&b, "{sv}", "name", g_variant_new_string (link->name));
        g_variant_builder_add (&b, "{sv}", "open",
                               g_variant_new_boolean (hbd_link_io_is_open (link->io)));
        g_variant_builder_add (&b, "{sv}", "rx", g_variant_new_uint64 (stats->rx_datagrams));
        g_variant_builder_add (&b, "{sv}", "rx_errors", g_variant_new_uint64 (stats->rx_errors));
        g_variant_builder_add (&b, "{sv}", "tx", g_variant_new_uint64 (stats->tx_datagrams));
        g_variant_builder_add (&b, "{sv}", "tx_errors", g_variant_new_uint64 (stats->tx_errors));
        g_variant_builder_close (&b);
    }
    return g_variant_builder_end (&b);
}

void
hbd_engine_links_add_counters (const HbdEngineLinks *links, GVariantDict *status)
{
    g_autoptr (GVariant) others =
        g_variant_dict_lookup_value (status, "counters", G_VARIANT_TYPE ("a{st}"));
    guint64 too_long = 0, filtered = 0, overflows = 0;
    GVariantBuilder b;

    for (guint i = 0; i < links->links->len; i++) {
        const Link *link = links->links->pdata[i];
        const HbdLinkStats *stats = hbd_link_io_stats (link->io);

        too_long += stats->rx_too_long;
        filtered += stats->rx_filtered;
        overflows += hbd_link_io_overflows (link->io);
    }
    g_variant_builder_init (&b, G_VARIANT_TYPE ("a{st}"));
    for (gsize i = 0; others != NULL && i < g_variant_n_children (others); i++) {
        g_autoptr (GVariant) counter = g_variant_get_child_value (others, i);

        g_variant_builder_add_value (&b, counter);
    }
    g_variant_builder_add (&b, "{st}", "link-too-long", too_long);
    g_variant_builder_add (&b, "{st}", "link-not-for-us", filtered);
    g_variant_builder_add (&b, "{st}", "link-overflow", overflows);
    g_variant_dict_insert_value (status, "counters", g_variant_builder_end (&b));
}

GVariant *
hbd_link_sockets_to_variant (int index, const HbdLinkSockets *sockets)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("aay"));
    for (guint i = 0; i < sockets->n_dests; i++)
        g_variant_builder_add_value (&b, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                                    &sockets->dests[i].addr,
                                                                    sockets->dests[i].len, 1));
    return g_variant_new ("(ibaay)", index, (gboolean) sockets->unicast_only, &b);
}
