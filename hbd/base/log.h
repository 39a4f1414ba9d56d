/* SPDX-License-Identifier: Apache-2.0 */
/* The log sink: formats records as lines on one descriptor, with systemd's level prefix when the
 * journal reads it, and hands every line that passes to further sinks (log file, syslog). A token
 * bucket per record name keeps a flood from filling the disk; what it swallowed is counted and said
 * as `suppressed=N` with the next line of that name. */
#pragma once

#include "hbd/base/record.h"
#include "hbd/base/time.h"

#include <stdbool.h>

#define HBD_LOG_BURST      100 /* lines of one name at once */
#define HBD_LOG_PER_SECOND 10  /* afterwards */
#define HBD_LOG_MAX_NAMES  512 /* distinct names with a bucket; later ones share one */

typedef struct _HbdLog HbdLog;

/* A further sink; @line has no newline and no level prefix. */
typedef void (*HbdLogSink) (gpointer data, HbdLevel level, const char *line);

/* A log that writes lines of @threshold or more urgent to @fd (borrowed) as @program. The journal's
 * prefix form is chosen when the environment says that @fd is the journal. (transfer full) */
HbdLog *hbd_log_new (const char *program, HbdLevel threshold, int fd);
void hbd_log_free (HbdLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdLog, hbd_log_free)

void hbd_log_set_sink (HbdLog *log, HbdLogSink sink, gpointer data);
void hbd_log_set_threshold (HbdLog *log, HbdLevel threshold);

/* Write one record as it happened at @now; lines above the threshold or the bucket vanish. */
void hbd_log_record (HbdLog *log, const HbdRecord *record, HbdTime now);
/* The same from parts, at the present time. Values with blanks are to be quoted by the caller. */
void hbd_log (HbdLog *log, HbdLevel level, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* Parse "error" ... "debug"; false when it is none of them. */
bool hbd_level_parse (const char *word, HbdLevel *level);

/* The bucket's decision for a line of @name at @now: true to write it, with the number swallowed
 * since the last written one in @suppressed. For tests. */
bool hbd_log_admit (HbdLog *log, const char *name, HbdTime now, guint *suppressed);
