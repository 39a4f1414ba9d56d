/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/loop.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct _HbdTimer {
    int fd;
    guint source;
    HbdTime at;
    void (*fn) (gpointer data);
    gpointer data;
};

static gboolean
on_timer (int fd, GIOCondition condition, gpointer data)
{
    HbdTimer *timer = data;
    guint64 expirations;

    if (read (fd, &expirations, sizeof expirations) != sizeof expirations)
        return G_SOURCE_CONTINUE; /* re-armed meanwhile */
    timer->at = HBD_TIME_NEVER;
    timer->fn (timer->data);
    return G_SOURCE_CONTINUE;
}

HbdTimer *
hbd_timer_new (int priority, void (*fn) (gpointer data), gpointer data)
{
    HbdTimer *timer = g_new0 (HbdTimer, 1);

    timer->fd = timerfd_create (CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer->fd < 0)
        g_error ("timerfd_create: %s", g_strerror (errno));
    timer->at = HBD_TIME_NEVER;
    timer->fn = fn;
    timer->data = data;
    timer->source = g_unix_fd_add_full (priority, timer->fd, G_IO_IN, on_timer, timer, NULL);
    return timer;
}

void
hbd_timer_free (HbdTimer *timer)
{
    if (timer == NULL)
        return;
    g_source_remove (timer->source);
    close (timer->fd);
    g_free (timer);
}

void
hbd_timer_set (HbdTimer *timer, HbdTime at)
{
    struct itimerspec spec = { 0 };

    if (at == timer->at)
        return;
    timer->at = at;
    if (at != HBD_TIME_NEVER) {
        at = MAX (at, 1); /* all zero would disarm */
        spec.it_value.tv_sec = at / G_USEC_PER_SEC;
        spec.it_value.tv_nsec = at % G_USEC_PER_SEC * 1000;
    }
    if (timerfd_settime (timer->fd, TFD_TIMER_ABSTIME, &spec, NULL) != 0)
        g_error ("timerfd_settime: %s", g_strerror (errno));
}

typedef struct {
    void (*fn) (gpointer data, int signal);
    gpointer data;
} SignalHandler;

static gboolean
on_signal (int fd, GIOCondition condition, gpointer data)
{
    SignalHandler *handler = data;
    struct signalfd_siginfo info;

    if (read (fd, &info, sizeof info) == sizeof info)
        handler->fn (handler->data, (int) info.ssi_signo);
    return G_SOURCE_CONTINUE;
}

int
hbd_loop_signals (const int *signals, void (*fn) (gpointer data, int signal), gpointer data)
{
    SignalHandler *handler;
    sigset_t set;
    int fd;

    sigemptyset (&set);
    for (; *signals != 0; signals++)
        sigaddset (&set, *signals);
    if (sigprocmask (SIG_BLOCK, &set, NULL) != 0)
        return -1;
    fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return -1;
    handler = g_new0 (SignalHandler, 1);
    handler->fn = fn;
    handler->data = data;
    g_unix_fd_add_full (G_PRIORITY_DEFAULT, fd, G_IO_IN, on_signal, handler, g_free);
    return fd;
}
