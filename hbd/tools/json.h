/* SPDX-License-Identifier: Apache-2.0 */
/* GVariant -> JSON text; the only use of json-glib. json_stub.c stands in when it is not there. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* One line of JSON without newline, or NULL with @error when this build has no JSON.
 * (transfer full) */
char *hbd_json_print (GVariant *value, GError **error);
