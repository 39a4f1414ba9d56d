/* SPDX-License-Identifier: Apache-2.0 */
/* Channels between the processes (see ipc.h). */
#include "config.h"

#include "hbd/daemon/ipc.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEADER_LEN 8 /* u32 type, u32 zero: keeps the payload 8-aligned, as GVariant wants it */
#define READ_BATCH 64

typedef struct {
    GBytes *bytes;
    int fds[HBD_IPC_MAX_FDS];
    guint n_fds;
} Packet;

struct _HbdIpc {
    int fd;
    const HbdIpcSpec *accepts, *sends;
    HbdIpcHandler handler;
    gpointer data;
    int priority;
    guint in_source, out_source;
    GQueue queue; /* Packet */
    guint8 *buffer;
    bool in_dispatch, free_after;
};

static void
packet_free (Packet *packet)
{
    for (guint i = 0; i < packet->n_fds; i++)
        close (packet->fds[i]);
    g_bytes_unref (packet->bytes);
    g_free (packet);
}

const HbdIpcSpec *
hbd_ipc_find (const HbdIpcSpec *specs, guint32 type)
{
    for (; specs->name != NULL; specs++)
        if (specs->type == type)
            return specs;
    return NULL;
}

GBytes *
hbd_ipc_encode (const HbdIpcSpec *specs, guint32 type, GVariant *payload)
{
    const HbdIpcSpec *spec = hbd_ipc_find (specs, type);
    g_autoptr (GVariant) value =
        g_variant_ref_sink (payload != NULL ? payload : g_variant_new ("()"));
    gsize size = g_variant_get_size (value);
    guint32 header[2] = { type, 0 };
    guint8 *packet;

    g_assert (spec != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE (spec->signature)));
    packet = g_malloc (HEADER_LEN + size);
    memcpy (packet, header, HEADER_LEN);
    g_variant_store (value, packet + HEADER_LEN);
    return g_bytes_new_take (packet, HEADER_LEN + size);
}

GVariant *
hbd_ipc_decode (const HbdIpcSpec *specs, const guint8 *data, gsize len, guint32 *type,
                GError **error)
{
    guint32 header[2];
    const HbdIpcSpec *spec;
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GVariant) value = NULL;

    if (len < HEADER_LEN || len > HBD_IPC_MAX_BYTES) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "packet of %zu bytes", len);
        return NULL;
    }
    memcpy (header, data, HEADER_LEN);
    spec = hbd_ipc_find (specs, header[0]);
    if (spec == NULL || header[1] != 0) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "unexpected message %u", header[0]);
        return NULL;
    }
    bytes = g_bytes_new (data + HEADER_LEN, len - HEADER_LEN);
    value = g_variant_ref_sink (
        g_variant_new_from_bytes (G_VARIANT_TYPE (spec->signature), bytes, FALSE));
    if (g_variant_get_size (value) != len - HEADER_LEN || !g_variant_is_normal_form (value)) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "malformed %s", spec->name);
        return NULL;
    }
    *type = header[0];
    return g_steal_pointer (&value);
}

bool
hbd_ipc_pair (int fds[2], GError **error)
{
    int size = 2 * HBD_IPC_MAX_BYTES;

    if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) {
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "socketpair: %s",
                     g_strerror (errno));
        return false;
    }
    for (int i = 0; i < 2; i++)
        if (setsockopt (fds[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
            setsockopt (fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return true;
}

static void
drop_sources (HbdIpc *ipc)
{
    g_clear_handle_id (&ipc->in_source, g_source_remove);
    g_clear_handle_id (&ipc->out_source, g_source_remove);
}

static void
close_channel (HbdIpc *ipc)
{
    drop_sources (ipc);
    g_queue_clear_full (&ipc->queue, (GDestroyNotify) packet_free);
    if (ipc->fd >= 0)
        close (ipc->fd);
    ipc->fd = -1;
}

static void
fail (HbdIpc *ipc, const char *reason)
{
    if (ipc->fd < 0)
        return;
    close_channel (ipc);
    ipc->handler.closed (ipc->data, reason);
}

/* Collect passed descriptors; false when the kernel cut them off. */
static bool
take_fds (struct msghdr *msg, int fds[HBD_IPC_MAX_FDS], guint *n_fds)
{
    bool ok = (msg->msg_flags & MSG_CTRUNC) == 0;

    *n_fds = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR (msg); c != NULL; c = CMSG_NXTHDR (msg, c)) {
        guint n = (c->cmsg_len - CMSG_LEN (0)) / sizeof (int);

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (guint i = 0; i < n; i++) {
            int fd;

            memcpy (&fd, CMSG_DATA (c) + i * sizeof fd, sizeof fd);
            if (*n_fds < HBD_IPC_MAX_FDS)
                fds[(*n_fds)++] = fd;
            else
                close (fd);
        }
    }
    return ok;
}

static void
deliver (HbdIpc *ipc, gsize len, int *fds, guint n_fds)
{
    g_autoptr (GError) error = NULL;
    guint32 type = 0;
    g_autoptr (GVariant) payload = hbd_ipc_decode (ipc->accepts, ipc->buffer, len, &type, &error);

    if (payload == NULL)
        fail (ipc, error->message);
    else if (n_fds > hbd_ipc_find (ipc->accepts, type)->max_fds)
        fail (ipc, "unexpected descriptors");
    else
        ipc->handler.message (ipc->data, type, payload, fds, n_fds);
    for (guint i = 0; i < n_fds; i++)
        if (fds[i] >= 0)
            close (fds[i]);
}

/* Read one packet; false when there is none or the channel ended. */
static bool
read_one (HbdIpc *ipc)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE (sizeof (int) * HBD_IPC_MAX_FDS)];
    } control;
    struct iovec iov = { ipc->buffer, HBD_IPC_MAX_BYTES };
    struct msghdr msg = { .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = sizeof control.bytes };
    int fds[HBD_IPC_MAX_FDS];
    guint n_fds = 0;
    ssize_t len = recvmsg (ipc->fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    bool ok;

    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (len <= 0) {
        fail (ipc, len == 0 ? "closed" : g_strerror (errno));
        return false;
    }
    ok = take_fds (&msg, fds, &n_fds) && (msg.msg_flags & MSG_TRUNC) == 0;
    deliver (ipc, ok ? (gsize) len : 0, fds, n_fds);
    return ipc->fd >= 0;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
    HbdIpc *ipc = data;
    bool more = true;

    ipc->in_dispatch = true;
    for (int i = 0; more && i < READ_BATCH && !ipc->free_after; i++)
        more = read_one (ipc);
    ipc->in_dispatch = false;
    if (ipc->free_after)
        hbd_ipc_free (ipc);
    return G_SOURCE_CONTINUE; /* a closed channel removed its sources itself */
}

/* 1 taken, 0 try later, -1 broken */
static int
transmit (int fd, GBytes *bytes, const int *fds, guint n_fds)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE (sizeof (int) * HBD_IPC_MAX_FDS)];
    } control = { 0 };
    gsize len;
    const void *data = g_bytes_get_data (bytes, &len);
    struct iovec iov = { (void *) data, len };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

    if (n_fds > 0) {
        struct cmsghdr *c;

        msg.msg_control = control.bytes;
        msg.msg_controllen = CMSG_SPACE (sizeof (int) * n_fds);
        c = CMSG_FIRSTHDR (&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN (sizeof (int) * n_fds);
        memcpy (CMSG_DATA (c), fds, sizeof (int) * n_fds);
    }
    if (sendmsg (fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return 1;
    return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 : -1;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer data)
{
    HbdIpc *ipc = data;
    Packet *packet;

    while ((packet = g_queue_peek_head (&ipc->queue)) != NULL) {
        int r = transmit (ipc->fd, packet->bytes, packet->fds, packet->n_fds);

        if (r == 0)
            return G_SOURCE_CONTINUE;
        packet_free (g_queue_pop_head (&ipc->queue));
        if (r < 0)
            break; /* the read side will see the end and tell */
    }
    ipc->out_source = 0;
    return G_SOURCE_REMOVE;
}

HbdIpc *
hbd_ipc_new (int fd, const HbdIpcSpec *accepts, const HbdIpcSpec *sends,
             const HbdIpcHandler *handler, gpointer data)
{
    HbdIpc *ipc = g_new0 (HbdIpc, 1);

    ipc->fd = fd;
    ipc->accepts = accepts;
    ipc->sends = sends;
    ipc->handler = *handler;
    ipc->data = data;
    ipc->buffer = g_malloc (HBD_IPC_MAX_BYTES);
    g_queue_init (&ipc->queue);
    g_unix_set_fd_nonblocking (fd, TRUE, NULL);
    hbd_ipc_set_priority (ipc, G_PRIORITY_DEFAULT);
    return ipc;
}

void
hbd_ipc_set_priority (HbdIpc *ipc, int priority)
{
    ipc->priority = priority;
    g_clear_handle_id (&ipc->in_source, g_source_remove);
    if (ipc->fd >= 0)
        ipc->in_source = g_unix_fd_add_full (priority, ipc->fd, G_IO_IN | G_IO_HUP | G_IO_ERR,
                                             on_readable, ipc, NULL);
}

void
hbd_ipc_free (HbdIpc *ipc)
{
    if (ipc == NULL)
        return;
    close_channel (ipc);
    if (ipc->in_dispatch) {
        ipc->free_after = true;
        return;
    }
    g_free (ipc->buffer);
    g_free (ipc);
}

bool
hbd_ipc_is_open (const HbdIpc *ipc)
{
    return ipc != NULL && ipc->fd >= 0;
}

guint
hbd_ipc_backlog (const HbdIpc *ipc)
{
    return ipc->queue.length;
}

static bool
enqueue (HbdIpc *ipc, GBytes *bytes, const int *fds, guint n_fds)
{
    Packet *packet;

    if (ipc->queue.length >= HBD_IPC_MAX_QUEUE)
        return false;
    packet = g_new0 (Packet, 1);
    packet->bytes = g_bytes_ref (bytes);
    for (guint i = 0; i < n_fds; i++) {
        packet->fds[i] = dup (fds[i]);
        if (packet->fds[i] < 0) {
            packet_free (packet);
            return false;
        }
        packet->n_fds++;
    }
    g_queue_push_tail (&ipc->queue, packet);
    if (ipc->out_source == 0)
        ipc->out_source =
            g_unix_fd_add_full (ipc->priority, ipc->fd, G_IO_OUT, on_writable, ipc, NULL);
    return true;
}

bool
hbd_ipc_send (HbdIpc *ipc, guint32 type, GVariant *payload, const int *fds, guint n_fds)
{
    g_autoptr (GBytes) bytes = NULL;

    g_assert (n_fds <= HBD_IPC_MAX_FDS);
    if (!hbd_ipc_is_open (ipc)) {
        if (payload != NULL)
            g_variant_unref (g_variant_ref_sink (payload));
        return false;
    }
    bytes = hbd_ipc_encode (ipc->sends, type, payload);
    if (g_bytes_get_size (bytes) > HBD_IPC_MAX_BYTES)
        return false;
    if (g_queue_is_empty (&ipc->queue)) {
        int r = transmit (ipc->fd, bytes, fds, n_fds);

        if (r != 0)
            return r > 0;
    }
    return enqueue (ipc, bytes, fds, n_fds);
}

bool
hbd_ipc_send_lossy (HbdIpc *ipc, guint32 type, GVariant *payload)
{
    g_autoptr (GBytes) bytes = NULL;

    if (!hbd_ipc_is_open (ipc) || !g_queue_is_empty (&ipc->queue)) {
        if (payload != NULL)
            g_variant_unref (g_variant_ref_sink (payload));
        return false;
    }
    bytes = hbd_ipc_encode (ipc->sends, type, payload);
    return transmit (ipc->fd, bytes, NULL, 0) > 0;
}
