/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define GENERATION_MAX (G_MAXUINT32 - 4096)
#define STRIDE_MAX     1024 /* generations begin at Unix time and grow by one a start */
#define SMALL_MAX      4096

static bool
fail (GError **error, const char *path)
{
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                 g_strerror (errno));
    return false;
}

static void
sync_folder (const char *path)
{
    g_autofree char *dir = g_path_get_dirname (path);
    int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        fsync (fd);
        close (fd);
    }
}

static bool
write_and_sync (int fd, const void *data, gsize len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = write (fd, at, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (gsize) n;
    }
    return fsync (fd) == 0;
}

bool
hbd_write_durably (const char *path, const void *data, gsize len, int mode, GError **error)
{
    g_autofree char *fresh = g_strconcat (path, ".new", NULL);
    bool ok;
    int fd;

    unlink (fresh); /* a torn one of an earlier life, or whatever somebody put there */
    fd = open (fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return fail (error, fresh);
    ok = fchmod (fd, (mode_t) mode) == 0 && write_and_sync (fd, data, len);
    if (close (fd) != 0 || !ok || rename (fresh, path) != 0) {
        fail (error, fresh);
        unlink (fresh);
        return false;
    }
    sync_folder (path);
    return true;
}

bool
hbd_identity_parse_generation (const char *text, gsize len, guint32 *generation)
{
    g_autofree char *copy = NULL;
    guint64 value;

    if (len > 64 || memchr (text, '\0', len) != NULL)
        return false;
    copy = g_strstrip (g_strndup (text, len));
    if (!g_ascii_string_to_unsigned (copy, 10, 0, GENERATION_MAX, &value, NULL))
        return false;
    *generation = (guint32) value;
    return true;
}

/* A file of a few bytes; what is too large is cut, and what is no file (a FIFO would let us wait for
 * ever) is an error. (transfer full) */
static char *
read_small (const char *path, gsize *len, GError **error)
{
    g_autofree char *text = g_malloc (SMALL_MAX + 1);
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    ssize_t n = -1;

    if (fd < 0) {
        fail (error, path);
        return NULL;
    }
    if (fstat (fd, &st) == 0 && !S_ISREG (st.st_mode))
        errno = EINVAL;
    else
        n = read (fd, text, SMALL_MAX);
    if (n < 0)
        fail (error, path);
    close (fd);
    if (n < 0)
        return NULL;
    text[n] = '\0';
    *len = (gsize) n;
    return g_steal_pointer (&text);
}

/* What the file holds; 0 where there is no file. */
static bool
load_generation (const char *path, guint32 *generation, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr (GError) cause = NULL;
    gsize len;

    *generation = 0;
    text = read_small (path, &len, &cause);
    if (text == NULL) {
        if (g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true;
        g_propagate_error (error, g_steal_pointer (&cause));
        return false;
    }
    if (len == 0 || hbd_identity_parse_generation (text, len, generation))
        return true;
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "%s: not a generation number; remove the file if this node's peers are stopped",
                 path);
    return false;
}

static bool
write_generation (const char *path, guint32 generation, GError **error)
{
    char text[HBD_GENERATION_WIDTH + 2];
    int len = g_snprintf (text, sizeof text, "%*u\n", HBD_GENERATION_WIDTH, generation);

    return hbd_write_durably (path, text, (gsize) len, 0644, error);
}

guint32
hbd_identity_next_generation (const char *path, gint64 wall_s, bool by_time, GError **error)
{
    guint32 now = (guint32) CLAMP (wall_s, 1, (gint64) G_MAXUINT32 - 2);
    guint32 last, next;

    if (!load_generation (path, &last, error))
        return 0;
    next = last + 1;
    if (last == 0)
        next = now + 1;
    if (by_time)
        next = MAX (next, now);
    return write_generation (path, next, error) ? next : 0;
}

bool
hbd_identity_store_generation (const char *path, guint32 generation, gint64 wall_s, GError **error)
{
    guint32 last;

    if (!load_generation (path, &last, error))
        return false;
    if ((gint64) generation > MAX ((gint64) last, wall_s) + STRIDE_MAX) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%u is no generation to come to",
                     generation);
        return false;
    }
    return last >= generation || write_generation (path, generation, error);
}

bool
hbd_identity_uuid (const char *path, guint8 uuid[16], GError **error)
{
    g_autofree char *bytes = NULL;
    g_autoptr (GError) cause = NULL;
    gsize len;

    bytes = read_small (path, &len, &cause);
    if (bytes != NULL && len == 16) {
        memcpy (uuid, bytes, 16);
        return true;
    }
    if (getrandom (uuid, 16, 0) != 16)
        return fail (error, "getrandom");
    return hbd_write_durably (path, uuid, 16, 0644, error);
}

void
hbd_identity_uuid_from_name (const char *name, guint8 uuid[16])
{
    memset (uuid, 0, 16);
    memcpy (uuid, name, MIN (strlen (name), 16));
}
