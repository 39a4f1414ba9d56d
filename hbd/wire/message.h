/* SPDX-License-Identifier: Apache-2.0 */
/* A Heartbeat message in memory: an ordered list of named fields, text or binary.
 * Order matters because signatures cover it (doc/heartbeat.md 3.3, 4.4). */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Bounds on what we build and accept; real messages stay far below. */
#define HBD_MESSAGE_MAX_FIELDS   64
#define HBD_MESSAGE_MAX_NAME_LEN 64
#define HBD_MESSAGE_MAX_BYTES    60000 /* one UDP datagram, no fragmentation layer */

typedef struct _HbdMessage HbdMessage;

/* An empty message. (transfer full) */
HbdMessage *hbd_message_new (void);
/* An empty message with `t` set to @type. (transfer full) */
HbdMessage *hbd_message_new_typed (const char *type);
HbdMessage *hbd_message_dup (const HbdMessage *message);
void hbd_message_free (HbdMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdMessage, hbd_message_free)

/* Builders trust their caller: @name is 1 to HBD_MESSAGE_MAX_NAME_LEN graphic ASCII characters
 * without '=' and does not begin with '('; a message of more than HBD_MESSAGE_MAX_FIELDS fields or
 * HBD_MESSAGE_MAX_BYTES is refused by every receiver. */
/* Append a text field; replaces nothing, so a name may stand twice (the first one is read). */
void hbd_message_add (HbdMessage *message, const char *name, const char *value);
void hbd_message_add_printf (HbdMessage *message, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* Append a binary field of @len bytes (copied). */
void hbd_message_add_binary (HbdMessage *message, const char *name, const void *data, gsize len);

/* First text field of that name; NULL when absent or binary. (transfer none) */
const char *hbd_message_get (const HbdMessage *message, const char *name);
/* First binary field of that name, its length in @len; NULL when absent or text. (transfer none) */
const guint8 *hbd_message_get_binary (const HbdMessage *message, const char *name, gsize *len);
/* Text field read as a number of @base (10 or 16, no prefix, no sign, no blank), at most 64 bits;
 * false when absent or malformed. */
bool hbd_message_get_number (const HbdMessage *message, const char *name, guint base,
                             guint64 *value);

guint hbd_message_field_count (const HbdMessage *message);
/* Field @index: its name, and its bytes (text is NUL-terminated beyond @len). (transfer none) */
const char *hbd_message_field (const HbdMessage *message, guint index, const guint8 **data,
                               gsize *len, bool *is_binary);
