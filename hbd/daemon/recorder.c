/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/recorder.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _HbdRecorder {
    HbdRecorded ring[HBD_RECORDER_RING];
    guint64 last_seq;
    char *path, *old_path;
    int fd;
    bool failed; /* the file cannot be written: memory only */
    gsize file_bytes;
};

HbdRecorder *
hbd_recorder_new (const char *path)
{
    HbdRecorder *recorder = g_new0 (HbdRecorder, 1);

    recorder->fd = -1;
    recorder->path = g_strdup (path);
    recorder->old_path = path != NULL ? g_strconcat (path, ".1", NULL) : NULL;
    return recorder;
}

void
hbd_recorder_free (HbdRecorder *recorder)
{
    if (recorder == NULL)
        return;
    for (guint i = 0; i < HBD_RECORDER_RING; i++) {
        g_free (recorder->ring[i].name);
        g_free (recorder->ring[i].fields);
    }
    if (recorder->fd >= 0)
        close (recorder->fd);
    g_free (recorder->path);
    g_free (recorder->old_path);
    g_free (recorder);
}

char *
hbd_recorded_format (const HbdRecorded *entry)
{
    g_autoptr (GDateTime) wall = g_date_time_new_from_unix_utc (entry->wall_us / G_USEC_PER_SEC);
    g_autofree char *when = g_date_time_format (wall, "%FT%T");

    return g_strdup_printf ("%s.%06dZ mono_us=%" G_GINT64_FORMAT " %s %s %s", when,
                            (int) (entry->wall_us % G_USEC_PER_SEC), entry->mono_us,
                            hbd_level_name (entry->level), entry->name, entry->fields);
}

static void
open_file (HbdRecorder *recorder)
{
    struct stat st;

    recorder->fd =
        open (recorder->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    recorder->failed = recorder->fd < 0;
    recorder->file_bytes =
        !recorder->failed && fstat (recorder->fd, &st) == 0 ? (gsize) st.st_size : 0;
}

static void
append (HbdRecorder *recorder, const HbdRecorded *entry)
{
    g_autofree char *line = NULL;
    g_autofree char *text = NULL;
    gsize len;

    if (recorder->path == NULL || recorder->failed)
        return;
    if (recorder->fd < 0)
        open_file (recorder);
    if (recorder->file_bytes > HBD_RECORDER_FILE_BYTES) {
        close (recorder->fd);
        rename (recorder->path, recorder->old_path);
        open_file (recorder);
    }
    text = hbd_recorded_format (entry);
    line = g_strconcat (text, "\n", NULL);
    len = strlen (line);
    if (recorder->fd >= 0 && write (recorder->fd, line, len) == (ssize_t) len)
        recorder->file_bytes += len;
}

/* One line, valid UTF-8, of bounded length: what an agent or a peer said may be anything, and the
 * ring keeps thousands. */
static char *
clean (const char *text, gsize max_len)
{
    char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, max_len));

    hbd_text_flatten (valid);
    return valid;
}

const HbdRecorded *
hbd_recorder_add (HbdRecorder *recorder, const HbdRecord *record, HbdTime mono_us, gint64 wall_us)
{
    HbdRecorded *entry = &recorder->ring[recorder->last_seq % HBD_RECORDER_RING];

    g_free (entry->name);
    g_free (entry->fields);
    entry->seq = ++recorder->last_seq;
    entry->mono_us = mono_us;
    entry->wall_us = wall_us;
    entry->level = record->level;
    entry->name = clean (record->name, HBD_RECORDER_MAX_NAME);
    entry->fields = clean (record->fields, HBD_RECORDER_MAX_FIELDS);
    append (recorder, entry);
    return entry;
}

guint64
hbd_recorder_last_seq (const HbdRecorder *recorder)
{
    return recorder->last_seq;
}

const HbdRecorded *
hbd_recorder_next (const HbdRecorder *recorder, guint64 after)
{
    guint64 first =
        recorder->last_seq > HBD_RECORDER_RING ? recorder->last_seq - HBD_RECORDER_RING + 1 : 1;
    guint64 seq = MAX (after + 1, first);

    if (after >= recorder->last_seq)
        return NULL;
    return &recorder->ring[(seq - 1) % HBD_RECORDER_RING];
}

GVariant *
hbd_recorded_to_variant (const HbdRecorded *entry)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&b, "{sv}", "seq", g_variant_new_uint64 (entry->seq));
    g_variant_builder_add (&b, "{sv}", "mono_us", g_variant_new_int64 (entry->mono_us));
    g_variant_builder_add (&b, "{sv}", "wall_us", g_variant_new_int64 (entry->wall_us));
    g_variant_builder_add (&b, "{sv}", "level",
                           g_variant_new_string (hbd_level_name (entry->level)));
    g_variant_builder_add (&b, "{sv}", "name", g_variant_new_string (entry->name));
    g_variant_builder_add (&b, "{sv}", "fields", g_variant_new_string (entry->fields));
    return g_variant_builder_end (&b);
}
