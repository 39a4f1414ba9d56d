/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of hbd.conf -> statements with places, by the rules of keepalived's lexer:
 *
 * - `!` and `#` start a comment anywhere outside double quotes; `\!` and `\#` are the letters;
 * - a double quote starts a word that holds everything up to the next one on the line;
 * - a statement ends at the end of its line or at a brace; `{` may stand on a later line;
 * - `include` reads another file in place. Braces must be balanced in each file. */
#include "config.h"

#include "cfg/hbd_conf.h"

#include <string.h>

typedef enum { TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_NEWLINE, TOKEN_END } TokenKind;

typedef struct {
    const char *at, *end;
    CfgPlace place; /* of .at */
} Scanner;

typedef struct {
    TokenKind kind;
    CfgPlace place;
    CfgWord *word; /* TOKEN_WORD; NULL when it was refused. (transfer full) */
} Token;

static void
statement_free (gpointer data)
{
    CfgConfStatement *statement = data;

    g_ptr_array_unref (statement->words);
    if (statement->children != NULL)
        g_ptr_array_unref (statement->children);
    g_free (statement);
}

CfgIncluded *
cfg_included_new (const char *path, const char *text, gsize len)
{
    CfgIncluded *included = g_new0 (CfgIncluded, 1);

    included->path = g_strdup (path);
    if (text == NULL)
        return included;
    included->text = g_malloc (len + 1);
    memcpy (included->text, text, len);
    included->text[len] = '\0';
    included->len = len;
    return included;
}

void
cfg_included_free (gpointer data)
{
    CfgIncluded *included = data;

    g_free (included->path);
    g_free (included->text);
    g_free (included->problem);
    g_free (included);
}

void
cfg_conf_diag (CfgConfReader *reader, CfgSeverity severity, CfgPlace place, const char *format, ...)
{
    g_autofree char *text = NULL;
    const CfgPlace *from = g_hash_table_lookup (reader->included_at, place.file);
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    cfg_diag (reader->diags, severity, place, "%s", text);
    for (guint depth = 0; from != NULL && depth < CFG_CONF_INCLUDE_MAX; depth++) {
        cfg_diag (reader->diags, CFG_NOTE, *from, "included from here");
        from = g_hash_table_lookup (reader->included_at, from->file);
    }
}

static void
step (Scanner *scanner, gsize bytes)
{
    scanner->at += bytes;
    scanner->place.column += (guint) bytes;
}

static bool
is_special (char c)
{
    return c == '\0' || strchr (CFG_BLANKS "{}!#\"", c) != NULL;
}

static CfgWord *
make_word (CfgConfReader *reader, CfgPlace place, const GString *text, bool is_quoted)
{
    const char *bad = NULL;
    CfgWord *word;

    if (text->len > CFG_LINE_MAX) {
        cfg_conf_diag (reader, CFG_ERROR, place, "the word is longer than %d bytes", CFG_LINE_MAX);
        return NULL;
    }
    if (!g_utf8_validate (text->str, (gssize) text->len, &bad)) {
        cfg_conf_diag (reader, CFG_ERROR, place,
                       "a byte of the word (0x%02x) is not UTF-8; outside comments only UTF-8 is "
                       "understood",
                       (guint) (guchar) *bad);
        return NULL;
    }
    word = cfg_word_new (place, text->str, text->len);
    word->is_quoted = is_quoted;
    return word;
}

static CfgWord *
scan_quoted (CfgConfReader *reader, Scanner *scanner)
{
    g_autoptr (GString) text = g_string_new (NULL);
    CfgPlace place = scanner->place;

    step (scanner, 1);
    while (scanner->at < scanner->end && *scanner->at != '"' && *scanner->at != '\n') {
        g_string_append_c (text, *scanner->at);
        step (scanner, 1);
    }
    if (scanner->at == scanner->end || *scanner->at == '\n') {
        cfg_conf_diag (reader, CFG_ERROR, place, "the quote is not closed on its line");
        return NULL;
    }
    step (scanner, 1);
    for (gsize i = 0; i < text->len; i++)
        if (g_ascii_iscntrl (text->str[i]) && text->str[i] != '\t') {
            cfg_conf_diag (reader, CFG_ERROR, place, "control byte in a quoted word");
            return NULL;
        }
    return make_word (reader, place, text, true);
}

static CfgWord *
scan_plain (CfgConfReader *reader, Scanner *scanner)
{
    g_autoptr (GString) text = g_string_new (NULL);
    CfgPlace place = scanner->place;
    bool has_control = false;

    while (scanner->at < scanner->end && (!is_special (*scanner->at) || *scanner->at == '\0')) {
        bool is_escape = *scanner->at == '\\' && scanner->at + 1 < scanner->end
                         && (scanner->at[1] == '#' || scanner->at[1] == '!');

        if (is_escape)
            step (scanner, 1);
        has_control = has_control || g_ascii_iscntrl (*scanner->at);
        g_string_append_c (text, *scanner->at);
        step (scanner, 1);
    }
    if (has_control) {
        cfg_conf_diag (reader, CFG_ERROR, place, "control byte in a word; is this a text file?");
        return NULL;
    }
    return make_word (reader, place, text, false);
}

static void
skip_blanks (Scanner *scanner)
{
    while (scanner->at < scanner->end && *scanner->at != '\n') {
        if (*scanner->at == '!' || *scanner->at == '#')
            while (scanner->at < scanner->end && *scanner->at != '\n')
                step (scanner, 1);
        else if (*scanner->at != '\0' && strchr (CFG_BLANKS, *scanner->at) != NULL)
            step (scanner, 1);
        else
            return;
    }
}

static Token
next_token (CfgConfReader *reader, Scanner *scanner)
{
    Token token = { TOKEN_END, scanner->place, NULL };

    skip_blanks (scanner);
    token.place = scanner->place;
    if (scanner->at == scanner->end)
        return token;
    if (*scanner->at == '\n') {
        token.kind = TOKEN_NEWLINE;
        scanner->at++;
        scanner->place.line++;
        scanner->place.column = 1;
    } else if (*scanner->at == '{' || *scanner->at == '}') {
        token.kind = *scanner->at == '{' ? TOKEN_OPEN : TOKEN_CLOSE;
        step (scanner, 1);
    } else {
        token.kind = TOKEN_WORD;
        token.word =
            *scanner->at == '"' ? scan_quoted (reader, scanner) : scan_plain (reader, scanner);
    }
    return token;
}

static void read_text (CfgConfReader *reader, const CfgText *text, GPtrArray *out, guint depth);

static bool
is_include (const char *word)
{
    static const char *const names[] = { "include",  "includer", "includem", "includew",
                                         "includeb", "includea", NULL };

    return g_strv_contains (names, word);
}

/* Depth of @file in the chain of includes; also finds a file that includes itself. */
static guint
include_depth (CfgConfReader *reader, const char *file)
{
    const CfgPlace *from = g_hash_table_lookup (reader->included_at, file);
    guint depth = 0;

    for (; from != NULL && depth < CFG_CONF_INCLUDE_MAX; depth++)
        from = g_hash_table_lookup (reader->included_at, from->file);
    return depth;
}

static bool
is_open_already (CfgConfReader *reader, CfgPlace place, const char *path)
{
    const CfgPlace *from = &place;

    for (guint i = 0; from != NULL && i <= CFG_CONF_INCLUDE_MAX; i++) {
        if (strcmp (from->file, path) == 0)
            return true;
        from = g_hash_table_lookup (reader->included_at, from->file);
    }
    return false;
}

static void
include_file (CfgConfReader *reader, CfgPlace place, const CfgIncluded *file, GPtrArray *out,
              guint depth)
{
    CfgText text = { .path = file->path, .text = file->text, .len = file->len };
    CfgPlace *at;

    if (file->text == NULL) {
        cfg_conf_diag (reader, CFG_ERROR, place, "'%.200s': %s", file->path,
                       file->problem != NULL ? file->problem : "it cannot be read");
        return;
    }
    if (is_open_already (reader, place, file->path)) {
        cfg_conf_diag (reader, CFG_ERROR, place, "'%.200s' includes itself", file->path);
        return;
    }
    if (++reader->files > CFG_CONF_FILES_MAX
        || include_depth (reader, place.file) >= CFG_CONF_INCLUDE_MAX - 1) {
        cfg_conf_diag (reader, CFG_ERROR, place, "too many included files (%d) or too deep (%d)",
                       CFG_CONF_FILES_MAX, CFG_CONF_INCLUDE_MAX);
        return;
    }
    at = g_new (CfgPlace, 1);
    *at = place;
    g_hash_table_insert (reader->included_at, (gpointer) g_intern_string (file->path), at);
    read_text (reader, &text, out, depth);
}

static void
include (CfgConfReader *reader, const CfgConfStatement *statement, GPtrArray *out, guint depth)
{
    const CfgWord *name = cfg_word_at (statement->words, 0);
    const CfgWord *pattern = cfg_word_at (statement->words, 1);
    g_autoptr (GPtrArray) files = NULL;

    if (pattern == NULL || statement->words->len > 2) {
        cfg_conf_diag (reader, CFG_ERROR, name->place, "write %s FILE", name->text);
        return;
    }
    if (reader->input->include != NULL && reader->files <= CFG_CONF_FILES_MAX)
        files =
            reader->input->include (reader->input->include_data, name->place.file, pattern->text);
    if (files == NULL || files->len == 0) {
        bool is_lenient = strcmp (name->text, "include") == 0;

        cfg_conf_diag (reader, is_lenient ? CFG_WARNING : CFG_ERROR, pattern->place,
                       "there is no file '%.200s'%s", pattern->text,
                       is_lenient ? "; as in keepalived nothing is included" : "");
        return;
    }
    for (guint i = 0; i < files->len; i++)
        include_file (reader, name->place, g_ptr_array_index (files, i), out, depth);
}

/* Put the words gathered so far away as a statement, if there are any. */
static void
end_statement (CfgConfReader *reader, GPtrArray **words, GPtrArray *out, guint depth)
{
    CfgConfStatement *statement;
    const CfgWord *first = cfg_word_at (*words, 0);

    if (reader->is_broken) {
        reader->is_broken = false;
        g_ptr_array_set_size (*words, 0);
        return;
    }
    if (first == NULL)
        return;
    statement = g_new0 (CfgConfStatement, 1);
    statement->words = *words;
    *words = g_ptr_array_new_with_free_func (cfg_word_free);
    if (++reader->statements > CFG_CONF_STATEMENTS_MAX) {
        if (reader->statements == CFG_CONF_STATEMENTS_MAX + 1)
            cfg_conf_diag (reader, CFG_ERROR, first->place, "more than %d statements",
                           CFG_CONF_STATEMENTS_MAX);
        statement_free (statement);
    } else if (is_include (first->text) && !first->is_quoted) {
        include (reader, statement, out, depth);
        statement_free (statement);
    } else {
        g_ptr_array_add (out, statement);
    }
}

static void read_block (CfgConfReader *reader, Scanner *scanner, GPtrArray *out, guint depth,
                        const CfgPlace *opened_at);

static void
open_block (CfgConfReader *reader, Scanner *scanner, GPtrArray *out, guint depth,
            const CfgPlace *place)
{
    CfgConfStatement *owner = out->len > 0 ? g_ptr_array_index (out, out->len - 1) : NULL;
    g_autoptr (GPtrArray) dropped = g_ptr_array_new_with_free_func (statement_free);

    if (owner == NULL || owner->children != NULL) {
        cfg_conf_diag (reader, CFG_ERROR, *place, "'{' without a keyword before it");
        owner = NULL;
    } else {
        owner->children = g_ptr_array_new_with_free_func (statement_free);
    }
    read_block (reader, scanner, owner != NULL ? owner->children : dropped, depth + 1, place);
}

static void
add_word (CfgConfReader *reader, GPtrArray *words, CfgWord *word)
{
    reader->is_broken = reader->is_broken || word == NULL;
    if (word == NULL)
        return;
    if (words->len < CFG_CONF_WORDS_MAX) {
        g_ptr_array_add (words, word);
        return;
    }
    cfg_conf_diag (reader, CFG_ERROR, word->place, "more than %d words in a statement",
                   CFG_CONF_WORDS_MAX);
    cfg_word_free (word);
}

/* Skip to the end of a block that is nested too deep, without recursion. */
static void
skip_block (CfgConfReader *reader, Scanner *scanner)
{
    guint open = 1;

    while (open > 0) {
        Token token = next_token (reader, scanner);

        g_clear_pointer (&token.word, cfg_word_free);
        if (token.kind == TOKEN_END)
            return;
        open += token.kind == TOKEN_OPEN;
        open -= token.kind == TOKEN_CLOSE;
    }
}

/* Read statements up to the `}` of the block that was opened at @opened_at, or to the end of the
 * file when that is NULL. */
static void
read_block (CfgConfReader *reader, Scanner *scanner, GPtrArray *out, guint depth,
            const CfgPlace *opened_at)
{
    g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (cfg_word_free);

    if (depth > CFG_CONF_DEPTH_MAX) {
        cfg_conf_diag (reader, CFG_ERROR, *opened_at, "blocks are nested deeper than %d",
                       CFG_CONF_DEPTH_MAX);
        skip_block (reader, scanner);
        return;
    }
    for (;;) {
        Token token = next_token (reader, scanner);

        if (token.kind == TOKEN_WORD) {
            add_word (reader, words, token.word);
            continue;
        }
        end_statement (reader, &words, out, depth);
        if (token.kind == TOKEN_OPEN) {
            open_block (reader, scanner, out, depth, &token.place);
        } else if (token.kind == TOKEN_END) {
            if (opened_at != NULL)
                cfg_conf_diag (reader, CFG_ERROR, *opened_at,
                               "the block is not closed; '}' is missing");
            return;
        } else if (token.kind == TOKEN_CLOSE) {
            if (opened_at != NULL)
                return;
            cfg_conf_diag (reader, CFG_ERROR, token.place, "'}' closes nothing");
        }
    }
}

static void
read_text (CfgConfReader *reader, const CfgText *text, GPtrArray *out, guint depth)
{
    Scanner scanner = { text->text, text->text + text->len, cfg_text_place (text) };

    if (cfg_text_is_usable (text, reader->diags))
        read_block (reader, &scanner, out, depth, NULL);
}

GPtrArray *
cfg_conf_read (CfgConfReader *reader)
{
    GPtrArray *out = g_ptr_array_new_with_free_func (statement_free);

    reader->included_at = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    read_text (reader, &reader->input->hbd_conf, out, 0);
    return out;
}
