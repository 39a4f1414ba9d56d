/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/tools/json.h"

#include <json-glib/json-glib.h>

char *
hbd_json_print (GVariant *value, GError **error)
{
    return json_gvariant_serialize_data (value, NULL);
}
