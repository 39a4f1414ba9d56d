/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's records on their way to the manager, which logs and keeps them. While it is away a
 * bounded number waits here; what does not fit is counted and said once it is back. */
#pragma once

#include "hbd/base/record.h"
#include "hbd/daemon/ipc.h"

#define HBD_ENGINE_RECORDS_MAX 256

typedef struct _HbdEngineRecords HbdEngineRecords;

HbdEngineRecords *hbd_engine_records_new (void);
void hbd_engine_records_free (HbdEngineRecords *records);
/* @manager: the channel, may be closed or NULL. @record is borrowed. */
void hbd_engine_records_tell (HbdEngineRecords *records, HbdIpc *manager, const HbdRecord *record);
/* A manager is back: what waited, with the time at which it happened. */
void hbd_engine_records_flush (HbdEngineRecords *records, HbdIpc *manager);
