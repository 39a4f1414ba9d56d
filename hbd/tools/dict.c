/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/tools/dict.h"

static GVariant *
look_up (GVariant *dict, const char *key)
{
    return g_variant_lookup_value (dict, key, NULL);
}

const char *
hbd_dict_text (GVariant *dict, const char *key, const char *fallback)
{
    const char *text = NULL;

    return g_variant_lookup (dict, key, "&s", &text) ? text : fallback;
}

gint64
hbd_dict_number (GVariant *dict, const char *key, gint64 fallback)
{
    g_autoptr (GVariant) value = look_up (dict, key);

    if (value == NULL)
        return fallback;
    switch (g_variant_classify (value)) {
    case G_VARIANT_CLASS_BYTE:
        return g_variant_get_byte (value);
    case G_VARIANT_CLASS_INT16:
        return g_variant_get_int16 (value);
    case G_VARIANT_CLASS_UINT16:
        return g_variant_get_uint16 (value);
    case G_VARIANT_CLASS_INT32:
        return g_variant_get_int32 (value);
    case G_VARIANT_CLASS_UINT32:
        return g_variant_get_uint32 (value);
    case G_VARIANT_CLASS_INT64:
        return g_variant_get_int64 (value);
    case G_VARIANT_CLASS_UINT64:
        return (gint64) MIN (g_variant_get_uint64 (value), (guint64) G_MAXINT64);
    default:
        return fallback;
    }
}

bool
hbd_dict_flag (GVariant *dict, const char *key)
{
    gboolean flag = FALSE;

    return g_variant_lookup (dict, key, "b", &flag) && flag;
}

GPtrArray *
hbd_dict_list (GVariant *dict, const char *key)
{
    GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
    g_autoptr (GVariant) value = look_up (dict, key);
    gsize count =
        value != NULL && g_variant_is_container (value) ? g_variant_n_children (value) : 0;

    for (gsize i = 0; i < count; i++) {
        g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

        if (g_variant_is_of_type (child, G_VARIANT_TYPE_VARIANT)) {
            GVariant *inner = g_variant_get_variant (child);

            g_variant_unref (child);
            child = inner;
        }
        if (g_variant_is_of_type (child, G_VARIANT_TYPE_VARDICT))
            g_ptr_array_add (list, g_steal_pointer (&child));
    }
    return list;
}

GVariant *
hbd_dict_find (GPtrArray *list, const char *name)
{
    for (guint i = 0; i < list->len; i++) {
        GVariant *item = list->pdata[i];

        if (g_strcmp0 (hbd_dict_text (item, "name", NULL), name) == 0)
            return item;
    }
    return NULL;
}

GVariant *
hbd_dict_dict (GVariant *dict, const char *key)
{
    GVariant *value = g_variant_lookup_value (dict, key, G_VARIANT_TYPE_VARDICT);

    if (value != NULL)
        return value;
    return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}

char **
hbd_dict_words (GVariant *dict, const char *key)
{
    char **words = NULL;

    if (g_variant_lookup (dict, key, "^as", &words))
        return words;
    return g_new0 (char *, 1);
}
