/* SPDX-License-Identifier: Apache-2.0 */
/* Keywords as rows: from one table per language come the parser, range checks, the defaults, the
 * printer, the tables of the manual page and the fuzz dictionary. Private to cfg and its tests. */
#pragma once

#include "cfg/text.h"

/* How a row's value is read and where it lands in the structure of its language. */
typedef enum {
    CFG_VALUE_NONE,        /* accepted, kept as written, lands nowhere */
    CFG_VALUE_BOOL,        /* bool */
    CFG_VALUE_TIME,        /* HbdTime, Heartbeat's syntax */
    CFG_VALUE_UNITS,       /* HbdTime, hbd.conf's syntax */
    CFG_VALUE_MS,          /* HbdTime, a plain number of milliseconds */
    CFG_VALUE_NUMBER,      /* guint or int */
    CFG_VALUE_WORD,        /* char * */
    CFG_VALUE_PATH,        /* char *, absolute */
    CFG_VALUE_NAME,        /* char *, one of .choices; the choice "none" is NULL */
    CFG_VALUE_CHOICE,      /* enum: index into .choices */
    CFG_VALUE_CHOICE_BOOL, /* bool: the second of two .choices */
    CFG_VALUE_CUSTOM,      /* .parse does all */
} CfgValueKind;

/* How a line is cut (doc/heartbeat.md 1.1). */
typedef enum {
    CFG_SPLIT_VALUES, /* blanks and commas; every value counts as a directive of its own */
    CFG_SPLIT_LINE,   /* blanks only, one meaning */
    CFG_SPLIT_BLOCK,  /* hbd.conf: opens a block */
} CfgSplit;

typedef enum {
    CFG_ROW_ONCE = 1 << 0, /* a second one is an error */
    CFG_ROW_MANY = 1 << 1, /* repeating adds; otherwise the last one wins, with a warning */
} CfgRowFlags;

#define CFG_NOWHERE G_MAXSIZE

typedef struct _CfgRow CfgRow;
typedef struct _CfgContext CfgContext;
typedef struct _CfgStatement CfgStatement;

typedef void (*CfgRowParse) (CfgContext *context, const CfgRow *row, const CfgStatement *statement);

struct _CfgRow {
    const char *name;
    const char *block;  /* hbd.conf: the block it stands in, NULL at the top */
    const char *syntax; /* what follows the name, for people */
    CfgValueKind kind;
    CfgSplit split;
    gsize offset;    /* of the field, or CFG_NOWHERE */
    const char *def; /* default as it would be written; NULL: none */
    const char *min; /* inclusive, as it would be written; NULL: none */
    const char *max;
    const char *const *choices; /* NULL-terminated */
    CfgRowParse parse;          /* CFG_VALUE_CUSTOM */
    guint flags;                /* CfgRowFlags */
    char tier;                  /* A, B, C, D of doc/heartbeat.md 1.4; 'H' hbd.conf */
    const char *advice;         /* why it has no effect (yet): warned once when it is used */
    const char *meaning;
};

/* Row of that name (in @block, may be NULL), or NULL. */
const CfgRow *cfg_row_find (const CfgRow *rows, guint count, const char *block, const char *name);
/* Set every field of @base that a row of @block has a default for. */
void cfg_rows_set_defaults (const CfgRow *rows, guint count, const char *block, gpointer base);
/* Read @word as @row wants it into @base; false, with an error said, when it does not fit. */
bool cfg_row_store (const CfgRow *row, gpointer base, const CfgWord *word, CfgDiags *diags);
/* The field's value as it would be written; NULL: empty. (transfer full) */
char *cfg_row_print (const CfgRow *row, gconstpointer base);
/* A warning's or error's tail for an unknown @word: "; did you mean 'x'?" or "". (transfer full) */
char *cfg_did_you_mean (const char *word, const char *const *words);
