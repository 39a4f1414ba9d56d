/* SPDX-License-Identifier: Apache-2.0 */
/* Built with --without-json. */
#include "config.h"

#include "hbd/tools/json.h"

char *
hbd_json_print (GVariant *value, GError **error)
{
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         "this hbctl was built without JSON");
    return NULL;
}
