/* SPDX-License-Identifier: Apache-2.0 */
/* ha.cf's logfile, debugfile and logfacility: the same lines as on standard error, in Heartbeat's
 * form `hbd: [pid]: date level: text` for files, and to syslog. A file that was moved away by a log
 * rotation is opened anew. */
#include "config.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/manager.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

typedef struct {
    char *path;
    int fd;
    ino_t inode;
    HbdTime looked_at;
} LogFile;

struct _HbdLogFiles {
    LogFile log, debug;
    int facility; /* -1: none */
    int syslog_fd;
    struct sockaddr_un syslog;
};

#define LOOK_PERIOD_US HBD_S (5)

static const struct {
    const char *name;
    int facility;
} facilities[] = {
    { "auth", LOG_AUTH },     { "authpriv", LOG_AUTHPRIV }, { "cron", LOG_CRON },
    { "daemon", LOG_DAEMON }, { "kern", LOG_KERN },         { "lpr", LOG_LPR },
    { "mail", LOG_MAIL },     { "news", LOG_NEWS },         { "syslog", LOG_SYSLOG },
    { "user", LOG_USER },     { "uucp", LOG_UUCP },         { "local0", LOG_LOCAL0 },
    { "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },     { "local3", LOG_LOCAL3 },
    { "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },     { "local6", LOG_LOCAL6 },
    { "local7", LOG_LOCAL7 }, { "security", LOG_AUTH },     { "mark", LOG_USER },
};

static void
open_file (LogFile *file)
{
    struct stat st;

    file->fd =
        open (file->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
    file->inode = file->fd >= 0 && fstat (file->fd, &st) == 0 ? st.st_ino : 0;
}

static void
init_file (LogFile *file, const char *path)
{
    file->fd = -1;
    if (path == NULL || strcmp (path, "/dev/null") == 0)
        return;
    file->path = g_strdup (path);
    open_file (file);
}

static int
find_facility (const char *name)
{
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS (facilities); i++)
        if (g_ascii_strcasecmp (facilities[i].name, name) == 0)
            return facilities[i].facility;
    return -1;
}

HbdLogFiles *
hbd_log_files_new (const CfgCluster *cluster, const char *syslog_path)
{
    HbdLogFiles *files = g_new0 (HbdLogFiles, 1);

    init_file (&files->log, cluster->logfile);
    init_file (&files->debug, cluster->debugfile);
    files->facility = find_facility (cluster->logfacility);
    if (files->facility < 0 && cluster->use_logd)
        files->facility = LOG_DAEMON;
    if (files->facility >= 0 && g_getenv ("JOURNAL_STREAM") != NULL)
        files->facility = -1; /* the journal has every line already, and feeds syslog */
    files->syslog_fd = -1;
    files->syslog.sun_family = AF_UNIX;
    g_strlcpy (files->syslog.sun_path, syslog_path, sizeof files->syslog.sun_path);
    if (files->facility >= 0)
        files->syslog_fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return files;
}

static void
clear_file (LogFile *file)
{
    if (file->fd >= 0)
        close (file->fd);
    g_free (file->path);
}

void
hbd_log_files_free (HbdLogFiles *files)
{
    if (files == NULL)
        return;
    clear_file (&files->log);
    clear_file (&files->debug);
    if (files->syslog_fd >= 0)
        close (files->syslog_fd);
    g_free (files);
}

static void
follow_rotation (LogFile *file)
{
    HbdTime now = hbd_clock_now ();
    struct stat st;

    if (now - file->looked_at < LOOK_PERIOD_US)
        return;
    file->looked_at = now;
    if (file->fd >= 0 && stat (file->path, &st) == 0 && st.st_ino == file->inode)
        return;
    if (file->fd >= 0)
        close (file->fd);
    open_file (file);
}

static void
write_file (LogFile *file, const char *text)
{
    ssize_t written;

    if (file->path == NULL)
        return;
    follow_rotation (file);
    if (file->fd < 0)
        return;
    written = write (file->fd, text, strlen (text));
    (void) written; /* a full disk must not stop us; standard error has the line too */
}

/* The level has a place of its own here. */
static const char *
without_prefix (const char *line)
{
    static const char *const prefixes[] = { "hbd: ", "error: ", "warning: " };

    for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
        if (g_str_has_prefix (line, prefixes[i]))
            line += strlen (prefixes[i]);
    return line;
}

/* What syslog(3) sends (RFC 3164), which waits when the system's logger hangs or is behind. */
static void
write_syslog (const HbdLogFiles *files, int priority, GDateTime *now, const char *text)
{
    g_autofree char *when = g_date_time_format (now, "%b %e %H:%M:%S");
    g_autofree char *line = g_strdup_printf ("<%d>%s hbd[%d]: %s", files->facility | priority, when,
                                             (int) getpid (), text);
    ssize_t sent;

    if (files->syslog_fd < 0)
        return;
    sent = sendto (files->syslog_fd, line, strlen (line), MSG_NOSIGNAL | MSG_DONTWAIT,
                   (const struct sockaddr *) &files->syslog, sizeof files->syslog);
    (void) sent; /* as for files */
}

void
hbd_log_files_write (gpointer data, HbdLevel level, const char *line)
{
    static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };
    HbdLogFiles *files = data;
    g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (hbd_clock_wall_us () / 1000000);
    g_autofree char *when = g_date_time_format (now, "%Y/%m/%d_%H:%M:%S");
    const char *text = without_prefix (line);
    g_autofree char *out = g_strdup_printf ("hbd: [%d]: %s %s: %s\n", (int) getpid (), when,
                                            hbd_level_name (level), text);

    if (level < HBD_LEVEL_DEBUG)
        write_file (&files->log, out);
    write_file (&files->debug, out);
    if (files->facility >= 0)
        write_syslog (files, priorities[level], now, text);
}
