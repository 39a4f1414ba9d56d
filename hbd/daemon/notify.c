/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to systemd, after sd_notify(3): one datagram of KEY=VALUE lines to the socket that the
 * environment names. The protocol is a documented, stable interface and this small; libsystemd would
 * bring its own dependencies (four compression libraries, gcrypt) into a lean process that runs as
 * root and outlives everything else, so it is not even an option of configure. */
#include "config.h"

#include "hbd/daemon/loop.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool
hbd_notify (const char *text)
{
    const char *path = g_getenv ("NOTIFY_SOCKET");
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    gsize len = path != NULL ? strlen (path) : 0;
    ssize_t sent;
    int fd;

    if (len < 2 || len >= sizeof addr.sun_path || (path[0] != '/' && path[0] != '@'))
        return false;
    memcpy (addr.sun_path, path, len);
    if (path[0] == '@')
        addr.sun_path[0] = '\0'; /* the abstract name space */
    fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    sent = sendto (fd, text, strlen (text), MSG_NOSIGNAL, (struct sockaddr *) &addr,
                   (socklen_t) (offsetof (struct sockaddr_un, sun_path) + len));
    close (fd);
    return sent >= 0;
}

HbdTime
hbd_notify_watchdog_us (void)
{
    const char *usec = g_getenv ("WATCHDOG_USEC");
    const char *pid = g_getenv ("WATCHDOG_PID");
    guint64 period = 0;

    if (usec == NULL || !g_ascii_string_to_unsigned (usec, 10, 1, HBD_S (3600), &period, NULL))
        return 0;
    if (pid != NULL) {
        guint64 wanted = 0;

        if (!g_ascii_string_to_unsigned (pid, 10, 1, G_MAXINT, &wanted, NULL)
            || wanted != (guint64) getpid ())
            return 0;
    }
    return (HbdTime) period / 2;
}
