/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/base/record.h"

static const char *const level_names[] = { "error", "warning", "notice", "info", "debug" };

HbdRecord *
hbd_record_new (HbdLevel level, const char *name, const char *format, ...)
{
    HbdRecord *record = g_new0 (HbdRecord, 1);
    va_list args;

    record->level = level;
    record->name = g_strdup (name);
    va_start (args, format);
    record->fields = g_strdup_vprintf (format, args);
    va_end (args);
    return record;
}

void
hbd_record_free (HbdRecord *record)
{
    if (record == NULL)
        return;
    g_free (record->name);
    g_free (record->fields);
    g_free (record);
}

const char *
hbd_level_name (HbdLevel level)
{
    g_assert (level < G_N_ELEMENTS (level_names));
    return level_names[level];
}

void
hbd_text_flatten (char *text)
{
    for (guchar *c = (guchar *) text; *c != '\0'; c++) {
        if (*c < 0x20 || *c == 0x7f)
            *c = ' ';
        else if (*c == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
            *c = c[1] = ' ';
    }
}
