/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/engine_records.h"

#include "hbd/base/clock.h"

typedef struct {
    HbdRecord *record;
    HbdTime when;
} Kept;

struct _HbdEngineRecords {
    GQueue kept; /* Kept, oldest first */
    guint lost;
};

static void
kept_free (Kept *kept)
{
    hbd_record_free (kept->record);
    g_free (kept);
}

HbdEngineRecords *
hbd_engine_records_new (void)
{
    HbdEngineRecords *records = g_new0 (HbdEngineRecords, 1);

    g_queue_init (&records->kept);
    return records;
}

void
hbd_engine_records_free (HbdEngineRecords *records)
{
    if (records == NULL)
        return;
    g_queue_clear_full (&records->kept, (GDestroyNotify) kept_free);
    g_free (records);
}

static void
send_record (HbdIpc *manager, const HbdRecord *record, HbdTime when)
{
    g_autofree char *fields = g_utf8_make_valid (record->fields, -1);

    hbd_ipc_send (manager, HBD_IPC_RECORD,
                  g_variant_new ("(xuss)", when, (guint32) record->level, record->name, fields),
                  NULL, 0);
}

void
hbd_engine_records_tell (HbdEngineRecords *records, HbdIpc *manager, const HbdRecord *record)
{
    Kept *kept;

    if (manager != NULL && hbd_ipc_is_open (manager)) {
        send_record (manager, record, hbd_clock_now ());
        return;
    }
    if (records->kept.length >= HBD_ENGINE_RECORDS_MAX) {
        records->lost++;
        return;
    }
    kept = g_new (Kept, 1);
    kept->record = hbd_record_new (record->level, record->name, "%s", record->fields);
    kept->when = hbd_clock_now ();
    g_queue_push_tail (&records->kept, kept);
}

void
hbd_engine_records_flush (HbdEngineRecords *records, HbdIpc *manager)
{
    Kept *kept;

    while ((kept = g_queue_pop_head (&records->kept)) != NULL) {
        send_record (manager, kept->record, kept->when);
        kept_free (kept);
    }
    if (records->lost > 0) {
        g_autoptr (HbdRecord) record =
            hbd_record_new (HBD_LEVEL_WARNING, "engine.records-lost", "count=%u", records->lost);

        send_record (manager, record, hbd_clock_now ());
        records->lost = 0;
    }
}
