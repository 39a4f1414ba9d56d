/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on standard error (see log.h). It may be a pipe or a terminal that nobody reads, and the
 * descriptor is shared with whoever started us, so it stays in blocking mode: instead it is asked
 * before each line whether it takes one now. A line that it does not take is lost, not the leases. */
#include "config.h"

#include "hbd/base/log.h"

#include "hbd/base/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    HbdTime filled_at;
    gint64 tokens_us; /* one token is a second / HBD_LOG_PER_SECOND */
    guint suppressed;
} Bucket;

struct _HbdLog {
    char *program;
    HbdLevel threshold;
    int fd;
    bool is_journal;
    HbdLogSink sink;
    gpointer sink_data;
    GHashTable *buckets; /* name -> Bucket */
};

#define TOKEN_US    (G_USEC_PER_SEC / HBD_LOG_PER_SECOND)
#define OTHER_NAMES "other"

HbdLog *
hbd_log_new (const char *program, HbdLevel threshold, int fd)
{
    HbdLog *log = g_new0 (HbdLog, 1);

    log->program = g_strdup (program);
    log->threshold = threshold;
    log->fd = fd;
    log->is_journal = g_getenv ("JOURNAL_STREAM") != NULL;
    log->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return log;
}

void
hbd_log_free (HbdLog *log)
{
    if (log == NULL)
        return;
    g_hash_table_unref (log->buckets);
    g_free (log->program);
    g_free (log);
}

void
hbd_log_set_sink (HbdLog *log, HbdLogSink sink, gpointer data)
{
    log->sink = sink;
    log->sink_data = data;
}

void
hbd_log_set_threshold (HbdLog *log, HbdLevel threshold)
{
    log->threshold = threshold;
}

static Bucket *
bucket_of (HbdLog *log, const char *name, HbdTime now)
{
    Bucket *bucket = g_hash_table_lookup (log->buckets, name);

    if (bucket == NULL && g_hash_table_size (log->buckets) >= HBD_LOG_MAX_NAMES) {
        name = OTHER_NAMES;
        bucket = g_hash_table_lookup (log->buckets, name);
    }
    if (bucket == NULL) {
        bucket = g_new0 (Bucket, 1);
        bucket->filled_at = now;
        bucket->tokens_us = HBD_LOG_BURST * TOKEN_US;
        g_hash_table_insert (log->buckets, g_strdup (name), bucket);
    }
    return bucket;
}

bool
hbd_log_admit (HbdLog *log, const char *name, HbdTime now, guint *suppressed)
{
    Bucket *bucket = bucket_of (log, name, now);

    if (now > bucket->filled_at) {
        bucket->tokens_us =
            MIN (bucket->tokens_us + (now - bucket->filled_at), HBD_LOG_BURST * TOKEN_US);
        bucket->filled_at = now;
    }
    if (bucket->tokens_us < TOKEN_US) {
        bucket->suppressed++;
        *suppressed = 0;
        return false;
    }
    bucket->tokens_us -= TOKEN_US;
    *suppressed = bucket->suppressed;
    bucket->suppressed = 0;
    return true;
}

/* syslog(3) severities, as the journal's line prefix wants them. */
static int
severity_of (HbdLevel level)
{
    static const int severities[] = { 3, 4, 5, 6, 7 };

    return severities[level];
}

/* A pipe that polls as writable takes PIPE_BUF bytes at once; so nothing longer is handed to it. */
static void
write_now (int fd, const char *text, gsize len)
{
    struct pollfd ready = { .fd = fd, .events = POLLOUT };
    ssize_t written = send (fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (written < 0 && errno == ENOTSOCK && poll (&ready, 1, 0) > 0
        && (ready.revents & POLLOUT) != 0)
        written = write (fd, text, len);
    (void) written; /* nowhere to say it */
}

static void
write_line (HbdLog *log, HbdLevel level, const char *line)
{
    g_autofree char *out = NULL;
    gsize len;

    if (log->is_journal) {
        out = g_strdup_printf ("<%d>%s\n", severity_of (level), line);
    } else {
        g_autoptr (GDateTime) wall =
            g_date_time_new_from_unix_local (hbd_clock_wall_us () / 1000000);
        g_autofree char *when = g_date_time_format (wall, "%F %T");
        int ms = (int) (hbd_clock_wall_us () / 1000 % 1000);

        out = g_strdup_printf ("%s.%03d %s\n", when, ms, line);
    }
    len = strlen (out);
    if (len > PIPE_BUF) {
        len = PIPE_BUF;
        out[len - 1] = '\n';
    }
    write_now (log->fd, out, len);
}

void
hbd_log_record (HbdLog *log, const HbdRecord *record, HbdTime now)
{
    g_autofree char *line = NULL;
    g_autofree char *tail = NULL;
    const char *word = "";
    guint suppressed = 0;

    if (record->level > log->threshold || !hbd_log_admit (log, record->name, now, &suppressed))
        return;
    if (record->level == HBD_LEVEL_ERROR)
        word = "error: ";
    else if (record->level == HBD_LEVEL_WARNING)
        word = "warning: ";
    if (suppressed > 0)
        tail = g_strdup_printf (" suppressed=%u", suppressed);
    line = g_strdup_printf ("%s: %s%s %s%s", log->program, word, record->name, record->fields,
                            tail != NULL ? tail : "");
    hbd_text_flatten (line); /* what agents and peers say is in there */
    write_line (log, record->level, line);
    if (log->sink != NULL)
        log->sink (log->sink_data, record->level, line);
}

void
hbd_log (HbdLog *log, HbdLevel level, const char *name, const char *format, ...)
{
    g_autofree char *fields = NULL;
    HbdRecord record = { .level = level, .name = (char *) name };
    va_list args;

    va_start (args, format);
    fields = g_strdup_vprintf (format, args);
    va_end (args);
    record.fields = fields;
    hbd_log_record (log, &record, hbd_clock_now ());
}

bool
hbd_level_parse (const char *word, HbdLevel *level)
{
    for (guint i = HBD_LEVEL_ERROR; i <= HBD_LEVEL_DEBUG; i++) {
        if (g_strcmp0 (word, hbd_level_name ((HbdLevel) i)) == 0) {
            *level = (HbdLevel) i;
            return true;
        }
    }
    return false;
}
