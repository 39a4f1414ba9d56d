/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/control.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SEND_BUFFER (1024 * 1024) /* a status of many groups is one packet */
#define PAUSE_MS    100           /* before the next try when descriptors have run out */

typedef struct {
    HbdControl *control;
    guint64 id;
    int fd;
    bool may_write, is_busy;
    guint in_source, out_source;
    GQueue queue; /* GBytes */
} Client;

struct _HbdControl {
    int fd;
    char *path;
    guint source;
    guint64 last_id;
    HbdControlHandler handler;
    HbdControlGone gone;
    gpointer data;
    GHashTable *clients; /* id -> Client */
    guint pause;         /* no descriptor is left: connections wait */
};

static void
client_free (Client *client)
{
    g_clear_handle_id (&client->in_source, g_source_remove);
    g_clear_handle_id (&client->out_source, g_source_remove);
    g_queue_clear_full (&client->queue, (GDestroyNotify) g_bytes_unref);
    close (client->fd);
    g_free (client);
}

static void
drop_client (HbdControl *control, guint64 id)
{
    if (g_hash_table_remove (control->clients, &id) && control->gone != NULL)
        control->gone (control->data, id);
}

GVariant *
hbd_control_parse (const char *signature, const void *data, gsize len)
{
    g_autoptr (GBytes) bytes = g_bytes_new (data, len);
    g_autoptr (GVariant) value =
        g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (signature), bytes, FALSE));

    if (g_variant_get_size (value) != len || !g_variant_is_normal_form (value))
        return NULL;
    return g_steal_pointer (&value);
}

/* False when the client is to be dropped. */
static bool
handle_packet (Client *client, const char *data, gsize len)
{
    g_autoptr (GVariant) request = hbd_control_parse (HBD_CONTROL_REQUEST, data, len);
    g_autoptr (GVariant) args = NULL;
    const char *command;

    /* One that asks on without reading would have us keep all the answers. */
    if (request == NULL || client->is_busy || !g_queue_is_empty (&client->queue))
        return false;
    g_variant_get (request, "(&s@a{sv})", &command, &args);
    client->is_busy = true;
    client->control->handler (client->control->data, client->id, client->may_write, command, args);
    return true;
}

static gboolean
on_request (int fd, GIOCondition condition, gpointer data)
{
    Client *client = data;
    HbdControl *control = client->control;
    guint64 id = client->id;
    g_autofree char *buffer = g_malloc (HBD_CONTROL_MAX_REQUEST);
    ssize_t len = recv (fd, buffer, HBD_CONTROL_MAX_REQUEST, MSG_DONTWAIT | MSG_TRUNC);

    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (len <= 0 || len > HBD_CONTROL_MAX_REQUEST || !handle_packet (client, buffer, (gsize) len))
        drop_client (control, id);
    return G_SOURCE_CONTINUE; /* a dropped client removed its source itself */
}

static bool
is_root (int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == 0;
}

/* Readers who keep all places busy must not lock root out. */
static bool
has_room (const HbdControl *control, bool may_write)
{
    guint readers = 0;
    GHashTableIter iter;
    gpointer client;

    g_hash_table_iter_init (&iter, control->clients);
    while (g_hash_table_iter_next (&iter, NULL, &client))
        readers += !((Client *) client)->may_write;
    return g_hash_table_size (control->clients) < HBD_CONTROL_MAX_CLIENTS
           && (may_write || readers < HBD_CONTROL_MAX_READERS);
}

static void listen_again (HbdControl *control);

static gboolean
on_pause_over (gpointer data)
{
    HbdControl *control = data;

    control->pause = 0;
    listen_again (control);
    return G_SOURCE_REMOVE;
}

static gboolean
on_connection (int fd, GIOCondition condition, gpointer data)
{
    HbdControl *control = data;
    int size = SEND_BUFFER;
    Client *client;
    int new_fd = accept4 (fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    bool may_write;

    if (new_fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
        control->source = 0;
        control->pause = g_timeout_add (PAUSE_MS, on_pause_over, control);
        return G_SOURCE_REMOVE;
    }
    if (new_fd < 0)
        return G_SOURCE_CONTINUE;
    may_write = is_root (new_fd);
    if (!has_room (control, may_write)) {
        close (new_fd);
        return G_SOURCE_CONTINUE;
    }
    if (setsockopt (new_fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
        setsockopt (new_fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    client = g_new0 (Client, 1);
    client->control = control;
    client->id = ++control->last_id;
    client->fd = new_fd;
    client->may_write = may_write;
    g_queue_init (&client->queue);
    client->in_source = g_unix_fd_add_full (G_PRIORITY_LOW, new_fd, G_IO_IN | G_IO_HUP | G_IO_ERR,
                                            on_request, client, NULL);
    g_hash_table_insert (control->clients, &client->id, client);
    return G_SOURCE_CONTINUE;
}

static void
listen_again (HbdControl *control)
{
    control->source =
        g_unix_fd_add_full (G_PRIORITY_LOW, control->fd, G_IO_IN, on_connection, control, NULL);
}

/* Owned by root, and by @group for reading where that group exists. */
static bool
set_access (const char *path, const char *group)
{
    struct group *entry = group != NULL ? getgrnam (group) : NULL;

    if (geteuid () == 0 && entry != NULL && chown (path, 0, entry->gr_gid) != 0)
        return false;
    return chmod (path, entry != NULL ? 0660 : 0600) == 0;
}

HbdControl *
hbd_control_new (const char *path, const char *group, HbdControlHandler handler,
                 HbdControlGone gone, gpointer data, GError **error)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    HbdControl *control;
    mode_t old_mask;
    bool ok;
    int fd;

    if (strlen (path) >= sizeof addr.sun_path) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG, "%s: path too long", path);
        return NULL;
    }
    g_strlcpy (addr.sun_path, path, sizeof addr.sun_path);
    unlink (path);
    old_mask = umask (0177);
    fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ok = fd >= 0 && bind (fd, (struct sockaddr *) &addr, sizeof addr) == 0
         && set_access (path, group) && listen (fd, 16) == 0;
    umask (old_mask);
    if (!ok) {
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                     g_strerror (errno));
        if (fd >= 0)
            close (fd);
        return NULL;
    }
    control = g_new0 (HbdControl, 1);
    control->fd = fd;
    control->path = g_strdup (path);
    control->handler = handler;
    control->gone = gone;
    control->data = data;
    control->clients =
        g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) client_free);
    listen_again (control);
    return control;
}

void
hbd_control_free (HbdControl *control)
{
    if (control == NULL)
        return;
    control->gone = NULL;
    g_clear_handle_id (&control->source, g_source_remove);
    g_clear_handle_id (&control->pause, g_source_remove);
    g_hash_table_unref (control->clients);
    unlink (control->path);
    close (control->fd);
    g_free (control->path);
    g_free (control);
}

/* 1 sent, 0 later, -1 broken */
static int
transmit (Client *client, GBytes *bytes)
{
    gsize len;
    const void *data = g_bytes_get_data (bytes, &len);

    if (send (client->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return 1;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer data)
{
    Client *client = data;
    GBytes *bytes;

    while ((bytes = g_queue_peek_head (&client->queue)) != NULL) {
        int r = transmit (client, bytes);

        if (r == 0)
            return G_SOURCE_CONTINUE;
        g_bytes_unref (g_queue_pop_head (&client->queue));
        if (r < 0) {
            client->out_source = 0;
            drop_client (client->control, client->id);
            return G_SOURCE_REMOVE;
        }
    }
    client->out_source = 0;
    return G_SOURCE_REMOVE;
}

void
hbd_control_reply (HbdControl *control, guint64 id, bool more, guint32 code, GVariant *dict)
{
    Client *client = g_hash_table_lookup (control->clients, &id);
    g_autoptr (GVariant) reply =
        g_variant_ref_sink (g_variant_new ("(bu@a{sv})", (gboolean) more, code, dict));
    g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (reply);
    int r = 0;

    if (client == NULL)
        return;
    client->is_busy = more;
    if (g_queue_is_empty (&client->queue))
        r = transmit (client, bytes);
    if (r < 0 || client->queue.length >= HBD_CONTROL_MAX_QUEUE) {
        drop_client (control, id);
    } else if (r == 0) {
        g_queue_push_tail (&client->queue, g_bytes_ref (bytes));
        if (client->out_source == 0)
            client->out_source = g_unix_fd_add_full (G_PRIORITY_LOW, client->fd, G_IO_OUT,
                                                     on_writable, client, NULL);
    }
}

void
hbd_control_reply_text (HbdControl *control, guint64 client, guint32 code, const char *format, ...)
{
    g_autofree char *text = NULL;
    g_autofree char *valid = NULL;
    GVariantBuilder b;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    valid = g_utf8_make_valid (text, -1);
    g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&b, "{sv}", "text", g_variant_new_string (valid));
    hbd_control_reply (control, client, false, code, g_variant_builder_end (&b));
}
