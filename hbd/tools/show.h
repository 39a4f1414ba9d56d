/* SPDX-License-Identifier: Apache-2.0 */
/* What hbctl prints for people: replies of the daemon -> text. Pure: no clock, no output. What is
 * wrong comes first, then the next step, then who serves what. */
#pragma once

#include <glib.h>

/* The answer to `status` (doc/design.md, contract), as several lines. */
void hbd_show_status (GVariant *status, GString *out);
/* One event {seq mono_us wall_us level name fields} as one line, wall time in @zone. */
void hbd_show_event (GVariant *event, GTimeZone *zone, GString *out);
/* Append @text with control characters shown as \xNN, so that nothing a peer or an agent said can
 * drive the terminal. @keep_lines leaves newlines and tabs as they are. */
void hbd_show_clean (GString *out, const char *text, gboolean keep_lines);
/* "2 h 13 min", "41 s", "3.2 s", "12 ms". @ms >= 0. */
void hbd_show_duration (GString *out, gint64 ms);
