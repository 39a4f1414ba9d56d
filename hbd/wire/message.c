/* SPDX-License-Identifier: Apache-2.0 */
/* The ordered field list of one message. Text values carry a NUL beyond their length, so that
 * readers can use them as C strings. */
#include "config.h"

#include "hbd/wire/message.h"

#include <string.h>

typedef struct {
    char *name;
    guint8 *data; /* len bytes and a NUL */
    gsize len;
    bool is_binary;
} Field;

struct _HbdMessage {
    GArray *fields; /* Field */
};

static void
field_clear (gpointer data)
{
    Field *field = data;

    g_free (field->name);
    g_free (field->data);
}

HbdMessage *
hbd_message_new (void)
{
    HbdMessage *message = g_new0 (HbdMessage, 1);

    message->fields = g_array_sized_new (FALSE, FALSE, sizeof (Field), 16);
    g_array_set_clear_func (message->fields, field_clear);
    return message;
}

HbdMessage *
hbd_message_new_typed (const char *type)
{
    HbdMessage *message = hbd_message_new ();

    hbd_message_add (message, "t", type);
    return message;
}

void
hbd_message_free (HbdMessage *message)
{
    if (message == NULL)
        return;
    g_array_unref (message->fields);
    g_free (message);
}

static void
add_field (HbdMessage *message, const char *name, const void *data, gsize len, bool is_binary)
{
    Field field = { .name = g_strdup (name), .len = len, .is_binary = is_binary };

    field.data = g_malloc (len + 1);
    if (len > 0)
        memcpy (field.data, data, len);
    field.data[len] = '\0';
    g_array_append_val (message->fields, field);
}

HbdMessage *
hbd_message_dup (const HbdMessage *message)
{
    HbdMessage *copy = hbd_message_new ();

    for (guint i = 0; i < message->fields->len; i++) {
        const Field *field = &g_array_index (message->fields, Field, i);

        add_field (copy, field->name, field->data, field->len, field->is_binary);
    }
    return copy;
}

void
hbd_message_add (HbdMessage *message, const char *name, const char *value)
{
    add_field (message, name, value, strlen (value), false);
}

void
hbd_message_add_printf (HbdMessage *message, const char *name, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list args;

    va_start (args, format);
    value = g_strdup_vprintf (format, args);
    va_end (args);
    hbd_message_add (message, name, value);
}

void
hbd_message_add_binary (HbdMessage *message, const char *name, const void *data, gsize len)
{
    add_field (message, name, data, len, true);
}

static const Field *
find (const HbdMessage *message, const char *name, bool is_binary)
{
    for (guint i = 0; i < message->fields->len; i++) {
        const Field *field = &g_array_index (message->fields, Field, i);

        if (field->is_binary == is_binary && strcmp (field->name, name) == 0)
            return field;
    }
    return NULL;
}

const char *
hbd_message_get (const HbdMessage *message, const char *name)
{
    const Field *field = find (message, name, false);

    return field != NULL ? (const char *) field->data : NULL;
}

const guint8 *
hbd_message_get_binary (const HbdMessage *message, const char *name, gsize *len)
{
    const Field *field = find (message, name, true);

    *len = field != NULL ? field->len : 0;
    return field != NULL ? field->data : NULL;
}

bool
hbd_message_get_number (const HbdMessage *message, const char *name, guint base, guint64 *value)
{
    const char *text = hbd_message_get (message, name);
    guint64 number = 0;

    if (text == NULL || *text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        int digit = g_ascii_xdigit_value (*text);

        if (digit < 0 || (guint) digit >= base)
            return false;
        if (number > (G_MAXUINT64 - (guint) digit) / base)
            return false;
        number = number * base + (guint) digit;
    }
    *value = number;
    return true;
}

guint
hbd_message_field_count (const HbdMessage *message)
{
    return message->fields->len;
}

const char *
hbd_message_field (const HbdMessage *message, guint index, const guint8 **data, gsize *len,
                   bool *is_binary)
{
    const Field *field;

    g_assert (index < message->fields->len);
    field = &g_array_index (message->fields, Field, index);
    *data = field->data;
    *len = field->len;
    *is_binary = field->is_binary;
    return field->name;
}
