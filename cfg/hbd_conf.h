/* SPDX-License-Identifier: Apache-2.0 */
/* hbd.conf: the lexer, which is keepalived's, and the keywords. Private to cfg and its tests. */
#pragma once

#include "cfg/keyword.h"

#define CFG_CONF_DEPTH_MAX      8   /* blocks in blocks */
#define CFG_CONF_INCLUDE_MAX    16  /* files in files */
#define CFG_CONF_FILES_MAX      256 /* in all */
#define CFG_CONF_STATEMENTS_MAX 10000
#define CFG_CONF_WORDS_MAX      64
#define CFG_CONF_RESOURCES_MAX  256

/* One statement: words, and a block when `{` followed. */
typedef struct {
    GPtrArray *words;    /* CfgWord, >= 1 */
    GPtrArray *children; /* CfgConfStatement; NULL: no block */
} CfgConfStatement;

/* What the reading of hbd.conf shares. */
typedef struct {
    const CfgInput *input;
    CfgDiags *diags;
    GHashTable *included_at; /* file name -> CfgPlace of the include line */
    guint files, statements;
    bool is_broken; /* a word of the statement being read was refused */
} CfgConfReader;

/* Statements of the file and all it includes. (transfer full) */
GPtrArray *cfg_conf_read (CfgConfReader *reader);
/* As cfg_diag(), with notes that say how an included file was reached. */
void cfg_conf_diag (CfgConfReader *reader, CfgSeverity severity, CfgPlace place, const char *format,
                    ...) G_GNUC_PRINTF (4, 5);

/* All keywords of hbd.conf. */
const CfgRow *cfg_hbd_conf_rows (guint *count);
