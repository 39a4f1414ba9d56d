/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on standard error as Heartbeat's own tools write them; scripts cut them at these places. */
#pragma once

#include <glib.h>

/* "Nov 23 09:27:06 alpha cl_status: [7328]: ERROR: TEXT"; @level "ERROR" or "info". */
void hbd_say (const char *program, const char *level, const char *format, ...) G_GNUC_PRINTF (3, 4);
