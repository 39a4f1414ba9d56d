/* SPDX-License-Identifier: Apache-2.0 */
/* One thing that happened, as the pure cores say it: a stable dotted name and `key=value` fields.
 * The edge formats it (log line, flight recorder, hbctl events); tests compare it. */
#pragma once

#include <glib.h>

/* error: needs a person; warning: may need one; notice: a state changed. */
typedef enum {
    HBD_LEVEL_ERROR,
    HBD_LEVEL_WARNING,
    HBD_LEVEL_NOTICE,
    HBD_LEVEL_INFO,
    HBD_LEVEL_DEBUG,
} HbdLevel;

typedef struct {
    HbdLevel level;
    char *name;   /* e.g. "node.state" */
    char *fields; /* e.g. "node=beta from=active to=dead reason=deadtime"; never a secret */
} HbdRecord;

/* A record whose fields are formatted printf-style; values with blanks are to be quoted by the
 * caller. (transfer full) */
HbdRecord *hbd_record_new (HbdLevel level, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void hbd_record_free (HbdRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdRecord, hbd_record_free)

/* Make @text one line that no terminal obeys: control characters, those of two bytes (U+0080 to
 * U+009F) included, become blanks. Any bytes. */
void hbd_text_flatten (char *text);

/* The level's word: "error", "warning", ... */
const char *hbd_level_name (HbdLevel level);
