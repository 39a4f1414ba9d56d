/* SPDX-License-Identifier: Apache-2.0 */
/* Located diagnostics: `FILE:LINE:COLUMN: error|warning|note: TEXT`. All of one run are collected;
 * nothing is applied when one of them is an error. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    CFG_ERROR,
    CFG_WARNING,
    CFG_NOTE, /* belongs to the diagnostic before it */
} CfgSeverity;

/* Where a value stands. @line and @column count from 1; 0 = the file as a whole. Column counts
 * bytes. @file is interned (g_intern_string), may be NULL for what comes from no file. */
typedef struct {
    const char *file;
    guint line;
    guint column;
} CfgPlace;

typedef struct {
    CfgSeverity severity;
    CfgPlace place;
    char *text;
} CfgDiag;

typedef struct {
    GPtrArray *items; /* CfgDiag, in order of finding */
    guint errors;
    guint warnings;
} CfgDiags;

CfgDiags *cfg_diags_new (void);
void cfg_diags_free (CfgDiags *diags);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfgDiags, cfg_diags_free)
void cfg_diag (CfgDiags *diags, CfgSeverity severity, CfgPlace place, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* One line without newline, as printed. (transfer full) */
char *cfg_diag_format (const CfgDiag *diag);
/* Stable sort by file (order of first mention), line, column; notes stay behind their owner. */
void cfg_diags_sort (CfgDiags *diags);
/* The nearest of the NULL-terminated @words by edit distance, or NULL when none is near. */
const char *cfg_nearest (const char *word, const char *const *words);
