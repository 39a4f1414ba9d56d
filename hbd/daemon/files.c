/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS     (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define SIGNATURE "a(ssbayuu)"

static void
file_clear (HbdFile *file)
{
    g_free (file->path);
    g_free (file->asked);
    g_clear_pointer (&file->text, g_bytes_unref);
}

static void
file_free (HbdFile *file)
{
    file_clear (file);
    g_free (file);
}

static HbdFiles *
files_new (void)
{
    HbdFiles *files = g_new0 (HbdFiles, 1);

    files->included = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
    return files;
}

void
hbd_files_free (HbdFiles *files)
{
    if (files == NULL)
        return;
    for (guint i = 0; i < HBD_FILE_N; i++)
        file_clear (&files->file[i]);
    file_clear (&files->keepalived);
    g_ptr_array_unref (files->included);
    g_free (files);
}

static bool
fail (GError **error, const char *path, const char *why)
{
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, why);
    return false;
}

static bool
read_all (int fd, HbdFile *file, gsize size, GError **error)
{
    g_autofree char *text = g_malloc (size + 1);
    gsize len = 0;
    ssize_t n;

    while (len < size && (n = read (fd, text + len, size - len)) != 0) {
        if (n < 0)
            return fail (error, file->path, g_strerror (errno));
        len += (gsize) n;
    }
    file->text = g_bytes_new_take (g_steal_pointer (&text), len);
    return true;
}

/* Non-blocking, so that a FIFO in the file's place is an error, not a hang. */
static bool
read_file (HbdFile *file, gsize limit, GError **error)
{
    int fd = open (file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    bool ok;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? true
                                                   : fail (error, file->path, g_strerror (errno));
    if (fstat (fd, &st) != 0)
        ok = fail (error, file->path, g_strerror (errno));
    else if (!S_ISREG (st.st_mode))
        ok = fail (error, file->path, "not a regular file");
    else if ((gsize) st.st_size > limit)
        ok = fail (error, file->path,
                   limit == HBD_FILE_MAX_BYTES ? "above 1 MiB: this cannot be meant"
                                               : "above 16 MiB: this cannot be meant");
    else
        ok = read_all (fd, file, (gsize) st.st_size, error);
    close (fd);
    file->mode = st.st_mode & 07777;
    file->owner = st.st_uid;
    return ok;
}

HbdFiles *
hbd_files_read (const HbdOptions *options, GError **error)
{
    g_autoptr (HbdFiles) files = files_new ();
    bool ok = true;

    files->file[HBD_FILE_HA_CF].path = g_build_filename (options->ha_dir, "ha.cf", NULL);
    files->file[HBD_FILE_HARESOURCES].path =
        g_build_filename (options->ha_dir, "haresources", NULL);
    files->file[HBD_FILE_AUTHKEYS].path = g_build_filename (options->ha_dir, "authkeys", NULL);
    files->file[HBD_FILE_HBD_CONF].path = g_strdup (options->conf);
    files->keepalived.path = g_strdup (options->keepalived_conf);
    for (guint i = 0; ok && i < HBD_FILE_N; i++)
        if (i == HBD_FILE_HBD_CONF || hbd_options_heartbeat_on (options))
            ok = read_file (&files->file[i], HBD_FILE_MAX_BYTES, error);
    if (ok && options->check && hbd_options_keepalived_on (options))
        ok = read_file (&files->keepalived, HBD_FILE_KEEPALIVED_MAX_BYTES, error);
    return ok ? g_steal_pointer (&files) : NULL;
}

static void
to_text (const HbdFile *file, CfgText *text)
{
    gsize len = 0;

    text->path = file->path;
    text->text = file->text != NULL ? g_bytes_get_data (file->text, &len) : NULL;
    if (file->text != NULL && text->text == NULL)
        text->text = "";
    text->len = len;
    text->mode = file->mode;
    text->owner = file->owner;
}

/* Read what the glob @path names into @files, as asked for by @key. */
static void
read_included (HbdFiles *files, const char *path, const char *key)
{
    glob_t found = { 0 };

    if (glob (path, 0, NULL, &found) != 0)
        return;
    for (gsize i = 0; i < found.gl_pathc && files->included->len < HBD_FILES_MAX_INCLUDED; i++) {
        HbdFile *file = g_new0 (HbdFile, 1);

        file->path = g_strdup (found.gl_pathv[i]);
        file->asked = g_strdup (key);
        /* One that is there and cannot be read is kept without text: cfg says so. */
        read_file (file, HBD_FILE_KEEPALIVED_MAX_BYTES, NULL);
        g_ptr_array_add (files->included, file);
    }
    globfree (&found);
}

/* (transfer full) */
static CfgIncluded *
to_included (const HbdFile *file)
{
    gsize len = 0;
    const char *text = file->text != NULL ? g_bytes_get_data (file->text, &len) : NULL;
    CfgIncluded *included =
        cfg_included_new (file->path, file->text != NULL && text == NULL ? "" : text, len);

    included->mode = file->mode;
    if (file->text == NULL)
        included->problem = g_strdup ("it is a directory, too large, or may not be read");
    return included;
}

static GPtrArray *
include (gpointer data, const char *from, const char *pattern)
{
    HbdFiles *files = data;
    g_autofree char *key = g_strconcat (from, "\n", pattern, NULL);
    g_autofree char *dir = g_path_get_dirname (from);
    g_autofree char *path = g_canonicalize_filename (pattern, dir);
    GPtrArray *out = g_ptr_array_new_with_free_func (cfg_included_free);
    guint first = files->is_sealed ? 0 : files->included->len;

    if (!files->is_sealed)
        read_included (files, path, key);
    for (guint i = first; i < files->included->len; i++) {
        const HbdFile *file = files->included->pdata[i];

        if (strcmp (file->asked, key) == 0)
            g_ptr_array_add (out, to_included (file));
    }
    return out;
}

void
hbd_files_to_input (HbdFiles *files, CfgInput *input)
{
    input->include = include;
    input->include_data = files;
    to_text (&files->file[HBD_FILE_HA_CF], &input->ha_cf);
    to_text (&files->file[HBD_FILE_HARESOURCES], &input->haresources);
    to_text (&files->file[HBD_FILE_AUTHKEYS], &input->authkeys);
    to_text (&files->file[HBD_FILE_HBD_CONF], &input->hbd_conf);
    to_text (&files->keepalived, &input->keepalived_conf);
}

static void
add_file (GVariantBuilder *b, const HbdFile *file)
{
    gsize len = 0;
    const void *bytes = file->text != NULL ? g_bytes_get_data (file->text, &len) : NULL;

    g_variant_builder_add (
        b, "(ssb@ayuu)", file->path, file->asked != NULL ? file->asked : "", file->text != NULL,
        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, len, 1), file->mode, file->owner);
}

int
hbd_files_seal (const HbdFiles *files, GError **error)
{
    GVariantBuilder b;
    g_autoptr (GVariant) value = NULL;
    gsize size;
    int fd;

    g_variant_builder_init (&b, G_VARIANT_TYPE (SIGNATURE));
    for (guint i = 0; i < HBD_FILE_N; i++)
        add_file (&b, &files->file[i]);
    for (guint i = 0; i < files->included->len; i++)
        add_file (&b, files->included->pdata[i]);
    value = g_variant_ref_sink (g_variant_builder_end (&b));
    size = g_variant_get_size (value);
    fd = memfd_create ("hbd-configuration", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || write (fd, g_variant_get_data (value), size) != (ssize_t) size
        || fcntl (fd, F_ADD_SEALS, SEALS) != 0) {
        fail (error, "memfd", g_strerror (errno));
        if (fd >= 0)
            close (fd);
        return -1;
    }
    return fd;
}

static void
take_file (GVariant *entry, HbdFile *file)
{
    g_autoptr (GVariant) bytes = NULL;
    gboolean exists;
    gsize len;
    const void *data;

    g_variant_get (entry, "(ssb@ayuu)", &file->path, &file->asked, &exists, &bytes, &file->mode,
                   &file->owner);
    data = g_variant_get_fixed_array (bytes, &len, 1);
    file->text = exists ? g_bytes_new (data, len) : NULL;
}

HbdFiles *
hbd_files_unseal (int fd, GError **error)
{
    g_autoptr (HbdFiles) files = files_new ();
    g_autoptr (GVariant) value = NULL;
    g_autoptr (GBytes) bytes = NULL;
    g_autofree guint8 *data = NULL;
    struct stat st;
    gsize n;

    if (fstat (fd, &st) != 0 || st.st_size > 64 * HBD_FILE_MAX_BYTES) {
        fail (error, "snapshot", "not there");
        return NULL;
    }
    data = g_malloc ((gsize) st.st_size + 1);
    if (pread (fd, data, (gsize) st.st_size, 0) != st.st_size) {
        fail (error, "snapshot", g_strerror (errno));
        return NULL;
    }
    bytes = g_bytes_new_take (g_steal_pointer (&data), (gsize) st.st_size);
    value =
        g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (SIGNATURE), bytes, FALSE));
    n = g_variant_n_children (value);
    if (!g_variant_is_normal_form (value) || n < HBD_FILE_N) {
        fail (error, "snapshot", "malformed");
        return NULL;
    }
    for (gsize i = 0; i < n; i++) {
        g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
        HbdFile *file = i < HBD_FILE_N ? &files->file[i] : g_new0 (HbdFile, 1);

        take_file (entry, file);
        if (i >= HBD_FILE_N)
            g_ptr_array_add (files->included, file);
    }
    files->is_sealed = true;
    return g_steal_pointer (&files);
}
