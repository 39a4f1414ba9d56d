/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/base/clock.h"

#include <time.h>

static gint64
read_clock (clockid_t id)
{
    struct timespec ts;

    if (clock_gettime (id, &ts) != 0)
        g_error ("clock_gettime(%d) failed", (int) id);
    return (gint64) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

HbdTime
hbd_clock_now (void)
{
    return read_clock (CLOCK_BOOTTIME);
}

gint64
hbd_clock_wall_us (void)
{
    return read_clock (CLOCK_REALTIME);
}
