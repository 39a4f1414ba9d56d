/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/keepalived/cases.json: configurations, and what `keepalived -t` says of each. */
#pragma once

#include <glib.h>

typedef struct {
    char *id, *config;
    int exit_2_2_7, exit_2_4_3; /* of keepalived -t; negative: killed by that signal */
} KaCase;

/* All of them, in file order. (transfer full) */
GPtrArray *ka_cases_read (void);
