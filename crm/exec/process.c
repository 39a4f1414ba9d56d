/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one child: started by spawn.c, its output read as it comes, its end seen through a
 * pidfd, ended by TERM and KILL to its whole group when its time is over.
 *
 * What a program wrote before it ended is in the pipes by then: its end is told at once, after one
 * last look. A daemon that it left behind often keeps the pipes open; they are read for another
 * 100 ms and closed then, so a start of a server costs no wait. Output beyond 64 KiB is dropped from
 * its front; lines beyond MAX_LINES are counted, not passed on. */
#include "config.h"

#include "crm/exec/process.h"

#include "crm/exec/spawn.h"
#include "hbd/base/clock.h"
#include "hbd/base/record.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAIL_MAX      (64 * 1024)
#define LINE_MAX_LEN  1024
#define LINES_MAX     200
#define READ_CHUNK    8192
#define READS_AT_END  16 /* more than a pipe holds */
#define LINGER_MS     100
#define KILL_DELAY_MS 500
#define UNKILLABLE_MS 5000

typedef struct {
    CrmProcess *process;
    int fd;
    guint source;
    bool is_error;
    GString *line; /* what has come of the current line */
} Stream;

struct _CrmProcess {
    pid_t pid;
    int pidfd, status_fd;
    HbdTime started;
    int kill_delay_ms;
    Stream out, err;
    GByteArray *tail; /* of standard output */
    guint lines;
    guint exit_source, timer;
    bool is_ended;     /* reaped, or never there */
    bool is_overdue;   /* TERM or KILL was sent */
    bool is_freed;     /* by the owner; only the child's end is waited for */
    guint in_callback; /* freeing is put off until it returns */
    int wait_code, wait_status;
    int error;
    CrmProcessDone done;
    CrmProcessLine line;
    gpointer data;
};

static void
clear_source (guint *source)
{
    if (*source != 0)
        g_source_remove (*source);
    *source = 0;
}

static void
stream_close (Stream *stream)
{
    clear_source (&stream->source);
    if (stream->fd >= 0)
        close (stream->fd);
    stream->fd = -1;
}

static void
destroy (CrmProcess *p)
{
    clear_source (&p->exit_source);
    clear_source (&p->timer);
    stream_close (&p->out);
    stream_close (&p->err);
    if (p->pidfd >= 0)
        close (p->pidfd);
    if (p->status_fd >= 0)
        close (p->status_fd);
    g_string_free (p->out.line, TRUE);
    g_string_free (p->err.line, TRUE);
    g_byte_array_unref (p->tail);
    g_free (p);
}

/* --- output ---------------------------------------------------------------------------------- */

static void
pass_line (Stream *stream)
{
    CrmProcess *p = stream->process;
    g_autofree char *text = g_utf8_make_valid (stream->line->str, (gssize) stream->line->len);

    g_string_truncate (stream->line, 0);
    if (p->line == NULL || p->is_freed || ++p->lines > LINES_MAX)
        return;
    hbd_text_flatten (text);
    p->in_callback++;
    p->line (p->data, stream->is_error, text);
    p->in_callback--;
}

static void
take_bytes (Stream *stream, const guint8 *data, gsize len)
{
    for (gsize i = 0; i < len; i++) {
        if (data[i] == '\n')
            pass_line (stream);
        else if (stream->line->len < LINE_MAX_LEN)
            g_string_append_c (stream->line, (char) data[i]);
    }
    if (stream->is_error)
        return;
    g_byte_array_append (stream->process->tail, data, (guint) len);
    if (stream->process->tail->len > TAIL_MAX)
        g_byte_array_remove_range (stream->process->tail, 0, stream->process->tail->len - TAIL_MAX);
}

/* One bounded read. false: nothing more for now, or the stream was closed. */
static bool
stream_read (Stream *stream)
{
    guint8 chunk[READ_CHUNK];
    ssize_t n;

    if (stream->fd < 0)
        return false;
    n = read (stream->fd, chunk, sizeof chunk);
    if (n > 0) {
        take_bytes (stream, chunk, (gsize) n);
        return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        if (stream->line->len > 0)
            pass_line (stream);
        if (stream->fd >= 0)
            stream_close (stream);
    }
    return false;
}

/* Nobody wants it, it has ended, and no timer will look after its pipes. */
static void
maybe_destroy (CrmProcess *p)
{
    if (p->is_freed && p->is_ended && p->timer == 0 && p->in_callback == 0)
        destroy (p);
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer data)
{
    Stream *stream = data;

    (void) stream_read (stream);
    return stream->fd >= 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* The last look at a pipe. A callback may free the process meanwhile; it stays in memory until the
 * caller lets it go. */
static void
drain (Stream *stream)
{
    for (guint i = 0; i < READS_AT_END && stream_read (stream); i++)
        ;
    if (stream->line->len > 0)
        pass_line (stream);
}

/* --- the end --------------------------------------------------------------------------------- */

static void
tell (CrmProcess *p, CrmProcessEnd end, int code)
{
    CrmProcessResult result = { .end = end, .code = code };

    if (p->is_freed)
        return;
    g_byte_array_append (p->tail, (const guint8 *) "", 1);
    result.out = (const char *) p->tail->data;
    result.out_len = p->tail->len - 1;
    result.duration_us = hbd_clock_now () - p->started;
    p->in_callback++;
    p->done (p, &result, p->data);
    p->in_callback--;
    g_byte_array_set_size (p->tail, p->tail->len - 1);
}

static void
tell_end (CrmProcess *p)
{
    int error = p->is_overdue ? 0 : crm_spawn_error (p->status_fd);

    if (p->is_overdue)
        tell (p, CRM_PROCESS_TIMED_OUT, 0);
    else if (error != 0)
        tell (p, CRM_PROCESS_NOT_RUN, error);
    else if (p->wait_code == CLD_EXITED)
        tell (p, CRM_PROCESS_EXITED, p->wait_status);
    else
        tell (p, CRM_PROCESS_SIGNALLED, p->wait_status);
}

static gboolean
on_linger_over (gpointer data)
{
    CrmProcess *p = data;

    p->timer = 0;
    drain (&p->out);
    drain (&p->err);
    stream_close (&p->out);
    stream_close (&p->err);
    maybe_destroy (p);
    return G_SOURCE_REMOVE;
}

/* The leader is a zombie: its group id cannot be reused before it is reaped. */
static bool
reap (CrmProcess *p)
{
    siginfo_t info = { 0 };

    if (p->is_overdue)
        (void) kill (-p->pid, SIGKILL); /* what the leader left of its group */
    if (waitid (P_PID, (id_t) p->pid, &info, WEXITED | WNOHANG) < 0) {
        info.si_code = CLD_EXITED; /* somebody else reaped it */
        info.si_status = 255;
    } else if (info.si_pid == 0) {
        return false;
    }
    p->wait_code = info.si_code;
    p->wait_status = info.si_status;
    return true;
}

static void
finish (CrmProcess *p)
{
    p->is_ended = true;
    clear_source (&p->timer);
    p->in_callback++;
    if (!p->is_freed) {
        drain (&p->out);
        drain (&p->err);
    }
    tell_end (p);
    p->in_callback--;
    if (p->out.fd >= 0 || p->err.fd >= 0)
        p->timer = g_timeout_add (LINGER_MS, on_linger_over, p);
    maybe_destroy (p);
}

static gboolean
on_pidfd (gint fd, GIOCondition condition, gpointer data)
{
    CrmProcess *p = data;

    if (!reap (p))
        return G_SOURCE_CONTINUE;
    p->exit_source = 0;
    finish (p);
    return G_SOURCE_REMOVE;
}

/* Kernels before 5.3 have no pidfd. */
static gboolean
on_poll_child (gpointer data)
{
    return on_pidfd (-1, 0, data);
}

static gboolean
on_start_failed (gpointer data)
{
    CrmProcess *p = data;

    p->timer = 0;
    p->is_ended = true;
    tell (p, CRM_PROCESS_NOT_RUN, p->error);
    maybe_destroy (p);
    return G_SOURCE_REMOVE;
}

/* --- time limits ----------------------------------------------------------------------------- */

static gboolean
on_unkillable (gpointer data)
{
    CrmProcess *p = data;

    p->timer = 0;
    tell (p, CRM_PROCESS_UNKILLABLE, 0);
    maybe_destroy (p);
    return G_SOURCE_REMOVE;
}

static gboolean
on_kill (gpointer data)
{
    CrmProcess *p = data;

    (void) kill (-p->pid, SIGKILL);
    p->timer = g_timeout_add (UNKILLABLE_MS, on_unkillable, p);
    return G_SOURCE_REMOVE;
}

static gboolean
on_timeout (gpointer data)
{
    CrmProcess *p = data;

    p->is_overdue = true;
    if (p->kill_delay_ms <= 0)
        return on_kill (p);
    (void) kill (-p->pid, SIGTERM);
    (void) kill (-p->pid, SIGCONT); /* a stopped process takes TERM only when it goes on */
    p->timer = g_timeout_add ((guint) p->kill_delay_ms, on_kill, p);
    return G_SOURCE_REMOVE;
}

void
crm_process_stop (CrmProcess *p)
{
    if (p->is_ended || p->is_overdue || p->pid == 0)
        return;
    clear_source (&p->timer);
    (void) on_timeout (p);
}

/* --- start ----------------------------------------------------------------------------------- */

static void
stream_init (CrmProcess *p, Stream *stream, bool is_error)
{
    stream->process = p;
    stream->fd = -1;
    stream->is_error = is_error;
    stream->line = g_string_new (NULL);
}

static void
stream_open (Stream *stream, int fd)
{
    stream->fd = fd;
    stream->source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, stream);
}

static void
watch_end (CrmProcess *p)
{
    p->pidfd = pidfd_open (p->pid, 0);
    if (p->pidfd >= 0)
        p->exit_source = g_unix_fd_add (p->pidfd, G_IO_IN, on_pidfd, p);
    else
        p->exit_source = g_timeout_add (10, on_poll_child, p);
}

static guint
to_ms (HbdTime us)
{
    return (guint) CLAMP ((us + 999) / 1000, 1, G_MAXINT);
}

CrmProcess *
crm_process_start (const CrmProcessSpec *spec)
{
    CrmProcess *p = g_new0 (CrmProcess, 1);
    CrmSpawned spawned = { 0 };

    p->pidfd = p->status_fd = -1;
    p->started = hbd_clock_now ();
    p->kill_delay_ms = spec->kill_delay_us < 0    ? KILL_DELAY_MS
                       : spec->kill_delay_us == 0 ? 0
                                                  : (int) to_ms (spec->kill_delay_us);
    p->tail = g_byte_array_new ();
    p->done = spec->done;
    p->line = spec->line;
    p->data = spec->data;
    stream_init (p, &p->out, false);
    stream_init (p, &p->err, true);
    p->error = crm_spawn (spec, &spawned);
    if (p->error != 0) {
        p->timer = g_idle_add_full (G_PRIORITY_DEFAULT, on_start_failed, p, NULL);
        return p;
    }
    p->pid = spawned.pid;
    p->status_fd = spawned.status_fd;
    stream_open (&p->out, spawned.out_fd);
    stream_open (&p->err, spawned.err_fd);
    watch_end (p);
    if (spec->timeout_us > 0)
        p->timer = g_timeout_add (to_ms (spec->timeout_us), on_timeout, p);
    return p;
}

pid_t
crm_process_pid (const CrmProcess *p)
{
    return p->pid;
}

void
crm_process_free (CrmProcess *p)
{
    if (p == NULL || p->is_freed)
        return;
    p->is_freed = true;
    if (p->pid == 0)
        p->is_ended = true;
    if (!p->is_ended) { /* only reap it */
        if (!p->is_overdue)
            clear_source (&p->timer);
        stream_close (&p->out);
        stream_close (&p->err);
    }
    maybe_destroy (p);
}
