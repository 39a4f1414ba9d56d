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

/* How many errors, and how many warnings, are kept: a file of garbage must not fill the memory. */
#define CFG_DIAGS_KEPT 100

typedef struct {
    GPtrArray *items; /* CfgDiag, in order of finding */
    guint errors;     /* all that were found, also those not kept */
    guint warnings;
    guint doomed;     /* of the warnings: resources that cannot start as they are written */
    bool is_dropping; /* the last one was not kept, so its notes are not either */
} CfgDiags;

CfgDiags *cfg_diags_new (void);
void cfg_diags_free (CfgDiags *diags);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfgDiags, cfg_diags_free)
/* Add one, formatted printf-style. What a file made it say is made printable: control bytes and
 * bytes that are not UTF-8 are replaced, the text is cut at 600 bytes. */
void cfg_diag (CfgDiags *diags, CfgSeverity severity, CfgPlace place, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* A warning: a resource that cannot start as it is written. Heartbeat finds that out when it starts
 * it, so it is no error; a reload with more of them than before is refused all the same. */
void cfg_diag_doomed (CfgDiags *diags, CfgPlace place, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* True when further errors are only counted: no need to find good words for them. */
bool cfg_diags_is_full (const CfgDiags *diags);
/* One line without newline, as printed. (transfer full) */
char *cfg_diag_format (const CfgDiag *diag);
/* Stable sort by file (order of first mention), line, column; notes stay behind their owner. */
void cfg_diags_sort (CfgDiags *diags);
/* The nearest of the NULL-terminated @words by edit distance, or NULL when none is near. */
const char *cfg_nearest (const char *word, const char *const *words);
