/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/tools/say.h"

#include "hbd/base/clock.h"

#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

void
hbd_say (const char *program, const char *level, const char *format, ...)
{
    g_autoptr (GDateTime) now =
        g_date_time_new_from_unix_local (hbd_clock_wall_us () / G_USEC_PER_SEC);
    g_autofree char *when = g_date_time_format (now, "%b %d %H:%M:%S");
    g_autofree char *text = NULL;
    struct utsname host = { 0 };
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    uname (&host);
    fprintf (stderr, "%s %s %s: [%ld]: %s: %s\n", when, host.nodename, program, (long) getpid (),
             level, text);
}
