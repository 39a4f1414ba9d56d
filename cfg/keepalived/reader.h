/* SPDX-License-Identifier: Apache-2.0 */
/* The lexer's own parts: texts that know where their bytes come from, the stack of texts being
 * read, definitions. Private to cfg/keepalived's lexer. */
#pragma once

#include "cfg/keepalived/lexer.h"
#include "cfg/text.h"

/* The bytes from @at on stand at @place and behind it; or all at @place when they were made. */
typedef struct {
    gsize at;
    CfgPlace place;
    const CfgKaUse *use;
    bool is_made;
} CfgKaSpan;

/* A text put together from others. */
typedef struct {
    GString *text;
    GArray *spans; /* CfgKaSpan, by .at */
} CfgKaText;

/* A piece of a text; borrowed. */
typedef struct {
    const char *data;
    gsize len;
    gsize from; /* of .data in the text that .spans count in */
    const CfgKaSpan *spans;
    guint span_count;
} CfgKaSlice;

/* One text being read: a file, or what a definition or a repetition made. */
typedef struct {
    const char *start, *at, *end;
    CfgPlace place; /* files: of .at */
    char *owned;    /* an included file's bytes, or NULL */
    CfgKaText *made;
    guint depth;
} CfgKaSource;

typedef struct {
    CfgPlace place;
    CfgKaText *body;
} CfgKaDefinition;

struct _CfgKaReader {
    const CfgInput *input;
    CfgDiags *diags;
    char *config_id;
    char *instance;
    GPtrArray *sources;      /* CfgKaSource; the last is read */
    GHashTable *definitions; /* name -> CfgKaDefinition */
    GHashTable *included_at; /* interned file name -> CfgPlace * of the include line */
    GPtrArray *uses;         /* CfgKaUse, owned */
    GRand *random;           /* seeded by the file: the same file gives the same numbers */
    guint include_checks;
    guint files;
    gsize budget; /* bytes that may still be made */
    bool is_spent;
    bool saw_statement;
    /* the line being cut */
    CfgKaSlice line;
    CfgKaSpan line_span; /* of a file's line */
    CfgKaText *line_text;
    bool has_comments; /* not yet cut off */
    gsize at;          /* in .line */
    bool has_line;
    /* the statement being handed out */
    GString *buffer;
    GArray *offsets; /* of the words in .buffer, until it stops moving */
    CfgKaStatement statement;
    CfgPlace item_place;
};

CfgKaText *cfg_ka_text_new (void);
void cfg_ka_text_free (CfgKaText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfgKaText, cfg_ka_text_free)
void cfg_ka_text_append (CfgKaText *text, const char *bytes, gsize len, const CfgKaSpan *span);
/* Append @len bytes of @slice from its byte @from on; @use, if not NULL, is put around theirs. */
void cfg_ka_text_append_slice (CfgKaText *text, const CfgKaSlice *slice, gsize from, gsize len);
CfgKaSlice cfg_ka_text_slice (const CfgKaText *text, gsize from, gsize len);
CfgKaSlice cfg_ka_slice_cut (const CfgKaSlice *slice, gsize from, gsize len);
/* Without blanks at both ends. */
CfgKaSlice cfg_ka_slice_strip (const CfgKaSlice *slice);
CfgPlace cfg_ka_slice_place (const CfgKaSlice *slice, gsize at, const CfgKaUse **use);
bool cfg_ka_is_blank (char c);

/* Use up @len of the budget; false, said once, when it is spent. */
bool cfg_ka_spend (CfgKaReader *reader, gsize len, CfgPlace place);
const CfgKaUse *cfg_ka_use_new (CfgKaReader *reader, CfgPlace place, const CfgKaUse *outer);

void cfg_ka_source_free (gpointer source);
/* Read a file's text, or one that was made (transfer full), before going on. */
bool cfg_ka_push_file (CfgKaReader *reader, const CfgIncluded *file, CfgPlace from);
void cfg_ka_push_text (CfgKaReader *reader, CfgKaText *made, CfgPlace place);
/* The next raw line of the text being read, without its line end; false at its end. */
bool cfg_ka_raw_line (CfgKaReader *reader, CfgKaSlice *line);

/* @line without its comment, `\#` and `\!` made plain. (transfer full) */
CfgKaText *cfg_ka_decomment (const CfgKaSlice *line);

void cfg_ka_definition_free (gpointer definition);
/* `$NAME=...`: take it, with the lines that follow when it ends in a backslash. */
bool cfg_ka_define (CfgKaReader *reader, const CfgKaSlice *line);
/* Everything defined replaced, again and again; @locals (name -> char *) may be NULL. NULL when
 * it does not end. (transfer full) */
CfgKaText *cfg_ka_expand (CfgKaReader *reader, const CfgKaSlice *line, GHashTable *locals);
/* Length of a `${...}` or `$NAME` at @at of which nothing is defined, or 0. */
gsize cfg_ka_reference_len (const CfgKaSlice *line, gsize at);

/* `~SEQ` and `~LST` at the start of @line: push the repeated lines. False: it is neither. */
bool cfg_ka_repeat (CfgKaReader *reader, const CfgKaSlice *line);
/* An `include` line in any of its six forms: push the files. False: it is none. */
bool cfg_ka_include (CfgKaReader *reader, const CfgKaSlice *line);
