/* SPDX-License-Identifier: Apache-2.0 */
/* The flight recorder: the last records with monotonic and wall time, in memory for `hbctl events`
 * and appended to a bounded file in the state directory, so that the story of a crash survives it.
 */
#pragma once

#include "hbd/base/record.h"
#include "hbd/base/time.h"

#include <stdbool.h>

#define HBD_RECORDER_RING       4096
#define HBD_RECORDER_FILE_BYTES (1024 * 1024) /* then the file becomes NAME.1 */
#define HBD_RECORDER_MAX_NAME   64 /* bytes that are kept of a record's name, and of its fields */
#define HBD_RECORDER_MAX_FIELDS 2048

typedef struct {
    guint64 seq; /* counts from 1 */
    HbdTime mono_us;
    gint64 wall_us;
    HbdLevel level;
    char *name, *fields; /* valid UTF-8 */
} HbdRecorded;

typedef struct _HbdRecorder HbdRecorder;

/* @path of the file, or NULL for memory only; it is opened at the first record. (transfer full) */
HbdRecorder *hbd_recorder_new (const char *path);
void hbd_recorder_free (HbdRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdRecorder, hbd_recorder_free)

/* Keep @record, which happened at @mono_us. The entry is (transfer none), until the next call. */
const HbdRecorded *hbd_recorder_add (HbdRecorder *recorder, const HbdRecord *record,
                                     HbdTime mono_us, gint64 wall_us);
/* The first entry with a sequence number above @after, or NULL. (transfer none) */
const HbdRecorded *hbd_recorder_next (const HbdRecorder *recorder, guint64 after);
guint64 hbd_recorder_last_seq (const HbdRecorder *recorder);

/* One line of the file: wall time, level, name, fields. (transfer full) */
char *hbd_recorded_format (const HbdRecorded *entry);
/* {seq, mono_us, wall_us, level, name, fields} as a{sv}. (transfer full, floating) */
GVariant *hbd_recorded_to_variant (const HbdRecorded *entry);
