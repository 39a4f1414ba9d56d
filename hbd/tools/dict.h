/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of a{sv} dictionaries that come from the control socket: a key that is missing or has
 * another type than expected reads as the default, so a daemon of another version is no problem. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Text of @key, or @fallback (may be NULL). (transfer none), lives as long as @dict. */
const char *hbd_dict_text (GVariant *dict, const char *key, const char *fallback);
/* Any integer type of @key as gint64. */
gint64 hbd_dict_number (GVariant *dict, const char *key, gint64 fallback);
bool hbd_dict_flag (GVariant *dict, const char *key);
/* The dictionaries of an aa{sv} or av under @key. (transfer full), empty when there are none. */
GPtrArray *hbd_dict_list (GVariant *dict, const char *key);
/* The a{sv} of @list whose "name" is @name, or NULL. (transfer none) */
GVariant *hbd_dict_find (GPtrArray *list, const char *name);
/* The a{sv} under @key, or an empty one. (transfer full) */
GVariant *hbd_dict_dict (GVariant *dict, const char *key);
/* Strings of an `as` under @key. (transfer full), empty when there are none. */
char **hbd_dict_words (GVariant *dict, const char *key);
