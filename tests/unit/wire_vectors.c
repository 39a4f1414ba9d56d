/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/unit/wire_vectors.h"

#include <string.h>

static void
vector_free (gpointer data)
{
    WireVector *vector = data;

    g_free (vector->name);
    g_free (vector->expect);
    hbd_key_table_free (vector->keys);
    hbd_message_free (vector->message);
    g_clear_pointer (&vector->data, g_bytes_unref);
    g_free (vector);
}

static GBytes *
from_hex (const char *hex)
{
    gsize len = strlen (hex) / 2;
    guint8 *data = g_malloc (len + 1);

    for (gsize i = 0; i < len; i++)
        data[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4
                            | g_ascii_xdigit_value (hex[2 * i + 1]));
    return g_bytes_new_take (data, len);
}

static HbdAuthMethod
method_of (const char *name)
{
    for (HbdAuthMethod method = HBD_AUTH_CRC; method <= HBD_AUTH_SHA256; method++) {
        if (strcmp (name, hbd_auth_method_name (method)) == 0)
            return method;
    }
    g_error ("vectors: unknown method %s", name);
}

static void
read_key (WireVector *vector, const char *rest)
{
    g_auto (GStrv) words = g_strsplit (rest, " ", 3);
    const char *secret = strcmp (words[2], "-") == 0 ? NULL : words[2];

    hbd_key_table_set (vector->keys, (guint) atoi (words[0]), method_of (words[1]), secret);
}

/* `NAME "VALUE"` or `NAME HEX`. */
static void
read_field (WireVector *vector, const char *rest, bool is_binary)
{
    const char *blank = strchr (rest, ' ');
    g_autofree char *name = g_strndup (rest, (gsize) (blank - rest));

    if (is_binary) {
        g_autoptr (GBytes) data = from_hex (blank + 1);

        hbd_message_add_binary (vector->message, name, g_bytes_get_data (data, NULL),
                                g_bytes_get_size (data));
    } else {
        g_autofree char *value = g_strndup (blank + 2, strlen (blank + 2) - 1);

        hbd_message_add (vector->message, name, value);
    }
}

static void
read_line (WireVector *vector, const char *word, const char *rest)
{
    if (strcmp (word, "expect") == 0)
        vector->expect = g_strdup (rest);
    else if (strcmp (word, "framing") == 0)
        vector->framing =
            strcmp (rest, "classic") == 0 ? HBD_FRAMING_CLASSIC : HBD_FRAMING_NETSTRING;
    else if (strcmp (word, "key") == 0)
        read_key (vector, rest);
    else if (strcmp (word, "active") == 0)
        vector->keys->active = (guint) atoi (rest);
    else if (strcmp (word, "sign") == 0)
        vector->sign = (guint) atoi (rest);
    else if (strcmp (word, "inner") == 0)
        vector->has_inner_auth = strcmp (rest, "yes") == 0;
    else if (strcmp (word, "text") == 0 || strcmp (word, "binary") == 0)
        read_field (vector, rest, *word == 'b');
    else if (strcmp (word, "data") == 0)
        vector->data = from_hex (rest);
    else
        g_error ("vectors: unknown word %s", word);
}

GPtrArray *
wire_vectors_load (const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) lines = NULL;
    GPtrArray *vectors = g_ptr_array_new_with_free_func (vector_free);
    WireVector *vector = NULL;

    if (!g_file_get_contents (path, &text, NULL, &error))
        g_error ("vectors: %s", error->message);
    lines = g_strsplit (text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        char *blank = strchr (*line, ' ');

        if (**line == '#' || blank == NULL)
            continue;
        *blank = '\0';
        if (strcmp (*line, "vector") == 0) {
            vector = g_new0 (WireVector, 1);
            vector->name = g_strdup (blank + 1);
            vector->keys = hbd_key_table_new ();
            vector->message = hbd_message_new ();
            g_ptr_array_add (vectors, vector);
        } else {
            g_assert_nonnull (vector);
            read_line (vector, *line, blank + 1);
        }
    }
    return vectors;
}

GPtrArray *
wire_vectors_load_default (void)
{
    g_autofree char *path =
        g_test_build_filename (G_TEST_DIST, "data", "heartbeat", "vectors.txt", NULL);

    return wire_vectors_load (path);
}

const WireVector *
wire_vectors_find (const GPtrArray *vectors, const char *name)
{
    for (guint i = 0; i < vectors->len; i++) {
        const WireVector *vector = g_ptr_array_index (vectors, i);

        if (strcmp (vector->name, name) == 0)
            return vector;
    }
    g_error ("vectors: no %s", name);
}
