/* SPDX-License-Identifier: Apache-2.0 */
/* Positional arguments of haresources -> OCF parameters; only resolve.c uses it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What an agent name of haresources stands for. */
typedef enum {
    CRM_NAME_ADDRESS, /* built into the manager */
    CRM_NAME_SERVER,  /* one of our own agents, before any other */
    CRM_NAME_WRAPPED, /* Heartbeat's package has a wrapper for the OCF agent of that type */
} CrmNameKind;

typedef struct {
    const char *name;
    CrmNameKind kind;
    const char *type;          /* OCF agent */
    const char *const *params; /* parameter of each argument, NULL-terminated */
    bool takes_all;            /* the last parameter takes all that is left, joined by blanks */
} CrmNameRow;

/* NULL: the name stands for itself. */
const CrmNameRow *crm_name_row (const char *name);
/* "NAME=value" strings for @args; @n_left, if not NULL, is set to the number of arguments that have
 * no parameter. (transfer full) */
char **crm_name_params (const CrmNameRow *row, char *const *args, guint *n_left);
/* "NAME=value" arguments as they are (agents without a positional form); the others are counted in
 * @n_left. (transfer full) */
char **crm_plain_params (char *const *args, guint *n_left);
/* Variables of a file in ha.d/conf/OCF: `[OCF_RESKEY_]NAME=value` lines, value perhaps in quotes,
 * `#` to the end of a line. (transfer full) */
char **crm_file_params (const char *text);
