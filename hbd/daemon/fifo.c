/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/fifo.h"

#include "hbd/wire/codec.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEGIN ">>>\n"
#define END   "<<<\n"

struct _HbdFifo {
    int fd;
    guint source;
    GString *buffer;
    guint malformed;
    HbdFifoHandler handler;
    gpointer data;
};

/* How many bytes at the end may be the first of the next message; the rest is still to come. */
static gsize
first_bytes (const GString *buffer)
{
    for (gsize n = MIN (strlen (BEGIN) - 1, buffer->len); n > 0; n--)
        if (strncmp (buffer->str + buffer->len - n, BEGIN, n) == 0)
            return n;
    return 0;
}

/* Drop what stands before the next message's first line; 1 if that was anything but blanks. */
static guint
skip_to_begin (GString *buffer)
{
    const char *begin = strstr (buffer->str, BEGIN);
    gsize keep = begin != NULL ? (gsize) (begin - buffer->str) : buffer->len - first_bytes (buffer);
    guint odd = 0;

    for (gsize i = 0; i < keep; i++)
        odd |= !g_ascii_isspace (buffer->str[i]);
    g_string_erase (buffer, 0, (gssize) keep);
    return odd;
}

guint
hbd_fifo_split (GString *buffer, HbdFifoHandler handler, gpointer data)
{
    guint malformed = 0;

    /* A NUL may follow each message (doc/heartbeat.md 4.3); inside one it is malformed anyway. */
    for (gsize i = 0; i < buffer->len; i++)
        if (buffer->str[i] == '\0')
            buffer->str[i] = '\n';
    for (;;) {
        g_autoptr (HbdMessage) message = NULL;
        const char *end;
        gsize len;

        malformed += skip_to_begin (buffer);
        end = strstr (buffer->str, "\n" END);
        if (end == NULL)
            break;
        len = (gsize) (end - buffer->str) + strlen ("\n" END);
        message = hbd_wire_parse_command (buffer->str, len);
        if (message != NULL)
            handler (data, message);
        else
            malformed++;
        g_string_erase (buffer, 0, (gssize) len);
    }
    if (buffer->len >= HBD_FIFO_MAX_BYTES) {
        g_string_truncate (buffer, 0);
        malformed++;
    }
    return malformed;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
    HbdFifo *fifo = data;
    char chunk[4096];
    ssize_t len = read (fd, chunk, sizeof chunk);

    if (len <= 0)
        return G_SOURCE_CONTINUE;
    g_string_append_len (fifo->buffer, chunk, len);
    fifo->malformed += hbd_fifo_split (fifo->buffer, fifo->handler, fifo->data);
    return G_SOURCE_CONTINUE;
}

/* Somebody else's FIFO, or one that others could open until now, may be open there for writing:
 * tightening its mode would not close that. A new one is nobody's yet. */
static void
remove_if_shared (const char *path)
{
    struct stat st;

    if (lstat (path, &st) == 0 && S_ISFIFO (st.st_mode)
        && (st.st_uid != geteuid () || (st.st_mode & 0077) != 0))
        unlink (path);
}

HbdFifo *
hbd_fifo_new (const char *path, HbdFifoHandler handler, gpointer data, GError **error)
{
    HbdFifo *fifo;
    struct stat st;
    /* Both ways, so that the last writer's leaving is no end of file. */
    int fd;

    remove_if_shared (path);
    if (mkfifo (path, 0600) != 0 && errno != EEXIST) {
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                     g_strerror (errno));
        return NULL;
    }
    fd = open (path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat (fd, &st) != 0 || !S_ISFIFO (st.st_mode)) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: not a FIFO", path);
        if (fd >= 0)
            close (fd);
        return NULL;
    }
    fifo = g_new0 (HbdFifo, 1);
    fifo->fd = fd;
    fifo->buffer = g_string_new (NULL);
    fifo->handler = handler;
    fifo->data = data;
    fifo->source = g_unix_fd_add_full (G_PRIORITY_LOW, fd, G_IO_IN, on_readable, fifo, NULL);
    return fifo;
}

void
hbd_fifo_free (HbdFifo *fifo)
{
    if (fifo == NULL)
        return;
    g_source_remove (fifo->source);
    close (fifo->fd);
    g_string_free (fifo->buffer, TRUE);
    g_free (fifo);
}

guint
hbd_fifo_malformed (const HbdFifo *fifo)
{
    return fifo->malformed;
}
