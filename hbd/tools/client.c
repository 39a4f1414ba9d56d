/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/tools/client.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct _HbdClient {
    int fd;
};

void
hbd_reply_clear (HbdReply *reply)
{
    g_clear_pointer (&reply->dict, g_variant_unref);
}

HbdClient *
hbd_client_new_for_fd (int fd)
{
    HbdClient *client = g_new0 (HbdClient, 1);

    client->fd = fd;
    return client;
}

void
hbd_client_free (HbdClient *client)
{
    if (client == NULL)
        return;
    close (client->fd);
    g_free (client);
}

static void
set_connect_error (GError **error, const char *path, int code)
{
    if (code == ENOENT || code == ECONNREFUSED)
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_NO_DAEMON,
                     "hbd is not running here (%s: %s)", path, g_strerror (code));
    else if (code == EACCES || code == EPERM)
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_DENIED,
                     "%s: %s; ask as root, or as a member of group haclient", path,
                     g_strerror (code));
    else
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_NO_DAEMON, "cannot connect to %s: %s",
                     path, g_strerror (code));
}

HbdClient *
hbd_client_open (const char *run_dir, GError **error)
{
    g_autofree char *path = g_build_filename (run_dir, "control", NULL);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    g_autoptr (HbdClient) client = NULL;
    int fd;

    if (strlen (path) >= sizeof address.sun_path) {
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_NO_DAEMON,
                     "%s: too long for a socket's name", path);
        return NULL;
    }
    memcpy (address.sun_path, path, strlen (path) + 1);
    fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        set_connect_error (error, path, errno);
        return NULL;
    }
    client = hbd_client_new_for_fd (fd);
    if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0) {
        set_connect_error (error, path, errno);
        return NULL;
    }
    return g_steal_pointer (&client);
}

bool
hbd_client_send (HbdClient *client, const char *command, GVariant *args, GError **error)
{
    g_autoptr (GVariant) request = NULL;
    gssize sent;

    if (args == NULL)
        args = g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
    request = g_variant_ref_sink (g_variant_new ("(s@a{sv})", command, args));
    do {
        sent = send (client->fd, g_variant_get_data (request), g_variant_get_size (request),
                     MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return true;
    g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_CLOSED, "cannot ask hbd: %s",
                 g_strerror (errno));
    return false;
}

/* Wait until the socket can be read. */
static bool
wait_readable (HbdClient *client, int timeout_ms, GError **error)
{
    struct pollfd pfd = { .fd = client->fd, .events = POLLIN };
    int ready = poll (&pfd, 1, timeout_ms);

    if (ready > 0)
        return true;
    if (ready == 0)
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_TIMEOUT, "no answer from hbd in %d ms",
                     timeout_ms);
    else
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_CLOSED, "waiting for hbd: %s",
                     g_strerror (errno));
    return false;
}

/* The bytes of one packet, of a size the kernel tells before we allocate. */
static GBytes *
receive_packet (HbdClient *client, GError **error)
{
    guint8 byte;
    gssize size = recv (client->fd, &byte, 1, MSG_PEEK | MSG_TRUNC);
    g_autofree guint8 *data = NULL;

    if (size > HBD_REPLY_MAX_BYTES) {
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_MALFORMED,
                     "a reply of %" G_GSSIZE_FORMAT " bytes is not one of hbd's", size);
        return NULL;
    }
    if (size > 0) {
        data = g_malloc ((gsize) size);
        size = recv (client->fd, data, (gsize) size, 0);
    }
    if (size <= 0) {
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_CLOSED, "hbd closed the connection%s%s",
                     size < 0 ? ": " : "", size < 0 ? g_strerror (errno) : "");
        return NULL;
    }
    return g_bytes_new_take (g_steal_pointer (&data), (gsize) size);
}

bool
hbd_client_receive (HbdClient *client, int timeout_ms, HbdReply *reply, GError **error)
{
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GVariant) packet = NULL;
    gboolean more_follow;

    if (!wait_readable (client, timeout_ms, error))
        return false;
    bytes = receive_packet (client, error);
    if (bytes == NULL)
        return false;
    packet = g_variant_ref_sink (
        g_variant_new_from_bytes (G_VARIANT_TYPE (HBD_REPLY_TYPE), bytes, FALSE));
    if (!g_variant_is_normal_form (packet)) {
        g_set_error (error, HBD_CLIENT_ERROR, HBD_CLIENT_MALFORMED,
                     "hbd's reply is not well formed (is it of another version?)");
        return false;
    }
    g_variant_get (packet, "(bu@a{sv})", &more_follow, &reply->exit_code, &reply->dict);
    reply->more_follow = more_follow;
    return true;
}

bool
hbd_client_ask (const char *run_dir, const char *command, GVariant *args, int timeout_ms,
                HbdReply *reply, GError **error)
{
    g_autoptr (GVariant) owned = args != NULL ? g_variant_ref_sink (args) : NULL;
    g_autoptr (HbdClient) client = hbd_client_open (run_dir, error);

    return client != NULL && hbd_client_send (client, command, owned, error)
           && hbd_client_receive (client, timeout_ms, reply, error);
}

const char *
hbd_client_run_dir (const char *given)
{
    const char *from_environment = g_getenv ("HBD_RUN_DIR");

    if (given != NULL)
        return given;
    if (from_environment != NULL && *from_environment != '\0')
        return from_environment;
    return HBD_RUNSTATEDIR "/hbd";
}

char *
hbd_client_program (const char *build_path, const char *installed_path)
{
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;

    if (folder != NULL && g_str_has_suffix (folder, "/hbd/tools")) {
        g_autofree char *candidate = g_build_filename (folder, "..", "..", build_path, NULL);

        if (g_file_test (candidate, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer (&candidate);
    }
    return g_strdup (installed_path);
}
