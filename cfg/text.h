/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a file -> physical lines -> words, each with its place. Shared by the line-oriented
 * languages (ha.cf, haresources, authkeys); hbd.conf has its own lexer. Private to cfg. */
#pragma once

#include "cfg/cfg.h"

#define CFG_FILE_MAX (1024 * 1024) /* bytes of one file */
#define CFG_LINE_MAX 5120 /* bytes of one line; Heartbeat's own limit, doc/heartbeat.md 1.1 */

/* What separates words: all files; and the values of an option directive in ha.cf. */
#define CFG_BLANKS           " \t\r\f\n"
#define CFG_BLANKS_AND_COMMA CFG_BLANKS ","

/* One word of a file. @text is owned. */
typedef struct {
    CfgPlace place;
    char *text;
    bool is_quoted; /* hbd.conf only */
} CfgWord;

CfgWord *cfg_word_new (CfgPlace place, const char *text, gsize len);
void cfg_word_free (gpointer word);

/* One physical line, without its newline; borrowed from the file's text. */
typedef struct {
    const char *data;
    gsize len;
    CfgPlace place; /* of its first byte */
    bool is_last;   /* no newline behind it */
} CfgLine;

/* Walks over the lines of a text. */
typedef struct {
    const char *at, *end;
    CfgPlace place;
} CfgLines;

/* The file's interned name and its first place. */
CfgPlace cfg_text_place (const CfgText *text);
/* False, with an error said, when @text is missing, above CFG_FILE_MAX or starts with a byte order
 * mark. */
bool cfg_text_is_usable (const CfgText *text, CfgDiags *diags);
void cfg_lines_init (CfgLines *lines, const CfgText *text);
/* The next line into @line; false at the end. */
bool cfg_lines_next (CfgLines *lines, CfgLine *line);

/* Cut what follows a `#` and line-end blanks and CR. */
void cfg_line_strip (CfgLine *line);
/* False, with an error said, when the line holds NUL or control bytes, is longer than CFG_LINE_MAX
 * or is not UTF-8. To be asked after comments are cut: those may be in any encoding. */
bool cfg_line_is_sane (const CfgLine *line, CfgDiags *diags);
/* The words of @line from byte @offset on: CfgWord, (transfer full). */
GPtrArray *cfg_line_words (const CfgLine *line, gsize offset, const char *separators);

/* @place moved right by @bytes. */
CfgPlace cfg_place_at (CfgPlace place, gsize bytes);
/* Word @index of @words, or NULL. */
const CfgWord *cfg_word_at (const GPtrArray *words, guint index);
