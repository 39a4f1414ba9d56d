/* SPDX-License-Identifier: Apache-2.0 */
/* keepalived.conf: bytes -> statements with places (doc/keepalived.md 1). What the parser sees of
 * the lexer. Private to cfg and its tests.
 *
 * A statement is a keyword and its words; `{` behind it, on the same line or a later one, opens a
 * block. Includes, definitions, conditions and repetitions are done with when a statement comes
 * out; its words still know the file, line and column where their bytes stand. */
#pragma once

#include "cfg/cfg.h"

#define CFG_KA_FILE_MAX    (16 * 1024 * 1024) /* bytes of one file */
#define CFG_KA_FILES_MAX   256                /* included, in all */
#define CFG_KA_DEPTH_MAX   32                 /* files in files, texts in texts */
#define CFG_KA_WORDS_MAX   1024               /* of one statement */
#define CFG_KA_WORD_MAX    8192               /* bytes */
#define CFG_KA_PASSES_MAX  32                 /* definitions in definitions */
#define CFG_KA_TEXT_MAX    (256 * 1024)       /* bytes of one line when all is replaced */
#define CFG_KA_REPEATS_MAX 65536              /* lines of one ~SEQ */
#define CFG_KA_BUDGET      (16 * 1024 * 1024) /* bytes made by replacing, in all */

typedef struct _CfgKaReader CfgKaReader;

/* One replacement: the place where a definition was used, inside @outer if that is not NULL. */
typedef struct _CfgKaUse CfgKaUse;
struct _CfgKaUse {
    CfgPlace place;
    const CfgKaUse *outer;
};

typedef struct {
    CfgPlace place;      /* where its first byte stands */
    const CfgKaUse *use; /* NULL: in no definition */
    const char *text;
    bool is_quoted;
} CfgKaWord;

/* Valid until the next cfg_ka_read(). */
typedef struct {
    GArray *words;   /* CfgKaWord, >= 1 */
    const char *raw; /* the statement as written, without its comment */
    bool has_block;  /* `{` follows and is read */
} CfgKaStatement;

typedef enum {
    CFG_KA_STATEMENT,
    CFG_KA_OPEN,  /* `{` without a keyword */
    CFG_KA_CLOSE, /* `}` */
    CFG_KA_END,
} CfgKaItem;

/* Reads @input->keepalived_conf, which is there. @input and @diags are borrowed. */
CfgKaReader *cfg_ka_reader_new (const CfgInput *input, CfgDiags *diags);
void cfg_ka_reader_free (CfgKaReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfgKaReader, cfg_ka_reader_free)

CfgKaItem cfg_ka_read (CfgKaReader *reader);
const CfgKaStatement *cfg_ka_statement (const CfgKaReader *reader);
/* Place of the last item. */
CfgPlace cfg_ka_place (const CfgKaReader *reader);
/* Bytes of the file were not blank or comment, though perhaps nothing was configured. */
bool cfg_ka_saw_statement (const CfgKaReader *reader);

/* Word @index of @statement, or NULL. */
const CfgKaWord *cfg_ka_word (const CfgKaStatement *statement, guint index);
guint cfg_ka_word_count (const CfgKaStatement *statement);

/* As cfg_diag(), with notes that say where a definition was used and a file included. */
void cfg_ka_diag (CfgKaReader *reader, CfgSeverity severity, const CfgKaWord *word,
                  const char *format, ...) G_GNUC_PRINTF (4, 5);
/* The same for a place that is in no definition, or of which that is not known. */
void cfg_ka_diag_at (CfgKaReader *reader, CfgSeverity severity, CfgPlace place, const char *format,
                     ...) G_GNUC_PRINTF (4, 5);
CfgDiags *cfg_ka_diags (CfgKaReader *reader);

/* What the file says about itself while it is read: the name for ${_INSTANCE}, and what plain
 * `include` is to check (doc/keepalived.md 1.6, `include_check`). */
typedef enum {
    CFG_KA_CHECK_READABLE = 1 << 0,
    CFG_KA_CHECK_MATCH = 1 << 1,
    CFG_KA_CHECK_WILDCARD = 1 << 2,
    CFG_KA_CHECK_BRACE = 1 << 3,
} CfgKaChecks;

void cfg_ka_set_instance (CfgKaReader *reader, const char *instance);
void cfg_ka_set_include_checks (CfgKaReader *reader, guint checks);

/* The words of a script command by the second tokenizer (doc/keepalived.md 1.3): both kinds of
 * quotes join with what touches them, backslash escapes. NULL when a quote is not closed.
 * (transfer full) */
char **cfg_ka_script_split (const char *text);
