/* SPDX-License-Identifier: Apache-2.0 */
/* Lines -> statements, by keepalived's rules (doc/keepalived.md 1.1 to 1.4):
 *
 * - `!` and `#` start a comment anywhere outside double quotes; `\!` and `\#` are the letters;
 * - a double quote starts a word that holds everything up to the next one on the line;
 * - a statement ends at the end of its line or at a brace; `{` may stand on a later line.
 *
 * A line goes through at most: comment off, include, `@` condition, `$NAME=`, replacing of
 * definitions, `~` repetition; most lines need none of these and are cut where they stand. */
#include "config.h"

#include "cfg/keepalived/reader.h"

#include <string.h>

/* Bytes of a line that keepalived reads at once; what is behind becomes a new line there. */
#define KEEPALIVED_LINE_MAX 1023

/* --- lines --------------------------------------------------------------------------------- */

static void
note_long_line (CfgKaReader *reader, const CfgKaSlice *line)
{
    if (reader->has_comments && line->len > KEEPALIVED_LINE_MAX)
        cfg_ka_diag_at (reader, CFG_WARNING, cfg_ka_slice_place (line, KEEPALIVED_LINE_MAX, NULL),
                        "keepalived breaks a line after %d bytes and reads the rest as a new one; "
                        "hbd reads it whole",
                        KEEPALIVED_LINE_MAX);
}

/* `@ID rest` and `@^ID rest`: false when the line is not for this node. */
static bool
meets_condition (CfgKaReader *reader, CfgKaSlice *line)
{
    gsize from = 1, to;
    bool is_negated = line->len > 1 && line->data[1] == '^', is_own;

    from += is_negated;
    for (to = from; to < line->len && !cfg_ka_is_blank (line->data[to]);)
        to++;
    if (to == from)
        cfg_ka_diag_at (reader, CFG_WARNING, cfg_ka_slice_place (line, 0, NULL),
                        "a condition without a name behind '@'; the line is ignored");
    is_own = reader->config_id != NULL && strlen (reader->config_id) == to - from
             && memcmp (reader->config_id, line->data + from, to - from) == 0;
    *line = cfg_ka_slice_cut (line, to, line->len - to);
    *line = cfg_ka_slice_strip (line);
    return is_own != is_negated && to > from;
}

static CfgKaSlice
whole (const CfgKaText *text)
{
    CfgKaSlice slice = cfg_ka_text_slice (text, 0, text->text->len);

    return cfg_ka_slice_strip (&slice);
}

/* Everything that a line may need before it is cut into words; false: nothing of it is left. */
static bool
prepare (CfgKaReader *reader, const CfgKaSlice *raw)
{
    CfgKaText *text = reader->has_comments ? cfg_ka_decomment (raw) : cfg_ka_text_new ();
    CfgKaSlice line;

    if (!reader->has_comments)
        cfg_ka_text_append_slice (text, raw, 0, raw->len);
    cfg_ka_text_free (reader->line_text);
    reader->line_text = text;
    line = whole (text);
    if (line.len == 0 || cfg_ka_include (reader, &line))
        return false;
    while (line.len > 0 && *line.data == '@')
        if (!meets_condition (reader, &line))
            return false;
    if (line.len == 0 || cfg_ka_define (reader, &line))
        return false;
    if (memchr (line.data, '$', line.len) != NULL) {
        text = cfg_ka_expand (reader, &line, NULL);
        if (text == NULL)
            return false;
        cfg_ka_text_free (reader->line_text);
        reader->line_text = text;
        line = whole (text);
    }
    if (memchr (line.data, '\n', line.len) != NULL) {
        reader->line_text = NULL;
        cfg_ka_push_text (reader, text, cfg_ka_slice_place (&line, 0, NULL));
        return false;
    }
    if (line.len > 0 && *line.data == '~' && cfg_ka_repeat (reader, &line))
        return false;
    reader->line = line;
    reader->has_comments = false;
    return line.len > 0;
}

static bool
is_plain (const CfgKaSlice *line)
{
    return line->len > 0 && *line->data != '@' && *line->data != '~'
           && memchr (line->data, '$', line->len) == NULL
           && !(line->len > 7 && memcmp (line->data, "include", 7) == 0);
}

/* The next line with anything on it into reader->line; false at the end of everything. */
static bool
next_line (CfgKaReader *reader)
{
    CfgKaSlice raw, line;

    while (reader->sources->len > 0) {
        if (!cfg_ka_raw_line (reader, &raw)) {
            g_ptr_array_remove_index (reader->sources, reader->sources->len - 1);
            continue;
        }
        line = cfg_ka_slice_strip (&raw);
        if (line.len == 0)
            continue;
        note_long_line (reader, &raw);
        if (reader->has_comments && (*line.data == '#' || *line.data == '!'))
            continue;
        if (memchr (line.data, '\0', line.len) != NULL) {
            cfg_ka_diag_at (reader, CFG_WARNING, cfg_ka_slice_place (&line, 0, NULL),
                            "a NUL byte in this line; it is ignored, as in keepalived");
            continue;
        }
        reader->line = line;
        if (is_plain (&line) || prepare (reader, &line)) {
            reader->at = 0;
            reader->has_line = true;
            reader->saw_statement = true;
            return true;
        }
    }
    reader->has_line = false;
    return false;
}

/* --- words --------------------------------------------------------------------------------- */

static void
skip_blanks (CfgKaReader *reader)
{
    const CfgKaSlice *line = &reader->line;

    while (reader->at < line->len && cfg_ka_is_blank (line->data[reader->at]))
        reader->at++;
    if (reader->at < line->len && reader->has_comments
        && (line->data[reader->at] == '#' || line->data[reader->at] == '!'))
        reader->at = line->len;
}

/* The byte that decides what comes next; '\0' at the end of the line. */
static char
peek (CfgKaReader *reader)
{
    skip_blanks (reader);
    return reader->at < reader->line.len ? reader->line.data[reader->at] : '\0';
}

static void
note_undefined (CfgKaReader *reader, gsize at, gsize len)
{
    const CfgKaSlice *line = &reader->line;
    bool is_braced = line->data[at + 1] == '{';

    cfg_ka_diag_at (reader, CFG_WARNING, cfg_ka_slice_place (line, at, NULL),
                    "'%.*s' is not defined%s", (int) MIN (len, 60), line->data + at,
                    is_braced ? "; keepalived takes its braces for a block, hbd for text"
                              : "; it stays as it stands here");
}

/* A word that is not quoted, to the buffer; it ends where a blank, brace, quote or comment is. */
static void
scan_plain (CfgKaReader *reader)
{
    const CfgKaSlice *line = &reader->line;
    gsize start = reader->at;

    while (reader->at < line->len) {
        char c = line->data[reader->at];
        gsize reference = c == '$' ? cfg_ka_reference_len (line, reader->at) : 0;

        if (cfg_ka_is_blank (c) || c == '{' || c == '}' || c == '"')
            break;
        if (reader->has_comments && (c == '#' || c == '!'))
            break;
        if (reader->has_comments && c == '\\' && reader->at + 1 < line->len
            && (line->data[reader->at + 1] == '#' || line->data[reader->at + 1] == '!')) {
            g_string_append_len (reader->buffer, line->data + start, (gssize) (reader->at - start));
            start = ++reader->at;
        }
        if (reference > 0)
            note_undefined (reader, reader->at, reference);
        reader->at += MAX (reference, 1);
    }
    g_string_append_len (reader->buffer, line->data + start, (gssize) (reader->at - start));
}

/* False: the quote is not closed on this line. */
static bool
scan_quoted (CfgKaReader *reader)
{
    const CfgKaSlice *line = &reader->line;
    const char *start = line->data + reader->at + 1;
    const char *close = memchr (start, '"', line->len - reader->at - 1);

    if (close == NULL)
        return false;
    g_string_append_len (reader->buffer, start, close - start);
    reader->at = (gsize) (close - line->data) + 1;
    return true;
}

/* What makes a word unusable, or NULL. */
static const char *
fault_of (const char *text, gsize len)
{
    if (len > CFG_KA_WORD_MAX)
        return "the word is too long";
    for (gsize i = 0; i < len; i++)
        if (g_ascii_iscntrl (text[i]) && text[i] != '\t')
            return "control byte in a word; is this a text file?";
    if (!g_utf8_validate (text, (gssize) len, NULL))
        return "a byte of the word is not UTF-8; outside comments only UTF-8 is understood";
    return NULL;
}

static bool
scan_word (CfgKaReader *reader)
{
    CfgKaWord word = { .is_quoted = reader->line.data[reader->at] == '"' };
    gsize offset = reader->buffer->len;
    const char *fault = NULL;

    word.place = cfg_ka_slice_place (&reader->line, reader->at, &word.use);
    if (!word.is_quoted)
        scan_plain (reader);
    else if (!scan_quoted (reader))
        fault = "the quote is not closed on its line; the statement is ignored, as in keepalived";
    if (fault != NULL) {
        cfg_ka_diag (reader, CFG_WARNING, &word, "%s", fault);
        return false;
    }
    fault = fault_of (reader->buffer->str + offset, reader->buffer->len - offset);
    if (fault == NULL && reader->offsets->len == CFG_KA_WORDS_MAX)
        fault = "too many words in one statement";
    if (fault != NULL) {
        cfg_ka_diag (reader, CFG_ERROR, &word, "%s", fault);
        return false;
    }
    g_string_append_c (reader->buffer, '\0');
    g_array_append_val (reader->offsets, offset);
    g_array_append_val (reader->statement.words, word);
    return true;
}

/* Past the rest of a statement that cannot be used. */
static void
skip_statement (CfgKaReader *reader)
{
    g_array_set_size (reader->statement.words, 0);
    reader->at = reader->line.len;
}

/* The statement as its line has it, for the second tokenizer. */
static void
keep_raw (CfgKaReader *reader, gsize start)
{
    CfgKaSlice raw = cfg_ka_slice_cut (&reader->line, start, reader->at - start);
    gsize offset = reader->buffer->len;

    g_string_append_len (reader->buffer, raw.data, (gssize) raw.len);
    for (guint i = 0; i < reader->statement.words->len; i++)
        g_array_index (reader->statement.words, CfgKaWord, i).text =
            reader->buffer->str + g_array_index (reader->offsets, gsize, i);
    reader->statement.raw = reader->buffer->str + offset;
}

/* Is `{` the next thing, here or on a later line? Reads it if so. */
static bool
takes_brace (CfgKaReader *reader)
{
    if (peek (reader) == '\0' && !next_line (reader))
        return false;
    if (peek (reader) != '{')
        return false;
    reader->at++;
    return true;
}

static bool
read_statement (CfgKaReader *reader)
{
    gsize start = reader->at;

    g_string_truncate (reader->buffer, 0);
    g_array_set_size (reader->offsets, 0);
    g_array_set_size (reader->statement.words, 0);
    for (char c = peek (reader); c != '\0' && c != '{' && c != '}'; c = peek (reader))
        if (!scan_word (reader)) {
            skip_statement (reader);
            return false;
        }
    keep_raw (reader, start);
    reader->item_place = g_array_index (reader->statement.words, CfgKaWord, 0).place;
    reader->statement.has_block = takes_brace (reader);
    return true;
}

CfgKaItem
cfg_ka_read (CfgKaReader *reader)
{
    for (;;) {
        char c = reader->has_line ? peek (reader) : '\0';

        if (c == '\0' && !next_line (reader))
            return CFG_KA_END;
        c = peek (reader);
        if (c == '{' || c == '}') {
            reader->item_place = cfg_ka_slice_place (&reader->line, reader->at, NULL);
            reader->at++;
            return c == '{' ? CFG_KA_OPEN : CFG_KA_CLOSE;
        }
        if (c != '\0' && read_statement (reader))
            return CFG_KA_STATEMENT;
    }
}

const CfgKaStatement *
cfg_ka_statement (const CfgKaReader *reader)
{
    return &reader->statement;
}

CfgPlace
cfg_ka_place (const CfgKaReader *reader)
{
    return reader->item_place;
}

bool
cfg_ka_saw_statement (const CfgKaReader *reader)
{
    return reader->saw_statement;
}

const CfgKaWord *
cfg_ka_word (const CfgKaStatement *statement, guint index)
{
    return index < statement->words->len ? &g_array_index (statement->words, CfgKaWord, index)
                                         : NULL;
}

guint
cfg_ka_word_count (const CfgKaStatement *statement)
{
    return statement->words->len;
}

void
cfg_ka_set_instance (CfgKaReader *reader, const char *instance)
{
    g_free (reader->instance);
    reader->instance = g_strdup (instance);
}

void
cfg_ka_set_include_checks (CfgKaReader *reader, guint checks)
{
    reader->include_checks = checks;
}
