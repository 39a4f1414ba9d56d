/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and words with their places. Nothing here knows a language. */
#include "config.h"

#include "cfg/text.h"

#include <string.h>

CfgWord *
cfg_word_new (CfgPlace place, const char *text, gsize len)
{
    CfgWord *word = g_new0 (CfgWord, 1);

    word->place = place;
    word->text = g_strndup (text, len);
    return word;
}

void
cfg_word_free (gpointer data)
{
    CfgWord *word = data;

    g_free (word->text);
    g_free (word);
}

CfgPlace
cfg_text_place (const CfgText *text)
{
    CfgPlace place = { g_intern_string (text->path), 1, 1 };

    return place;
}

bool
cfg_text_is_usable (const CfgText *text, CfgDiags *diags)
{
    CfgPlace place = cfg_text_place (text);

    if (text->text == NULL)
        cfg_diag (diags, CFG_ERROR, place, "the file does not exist or cannot be read");
    else if (text->len > CFG_FILE_MAX)
        cfg_diag (diags, CFG_ERROR, place, "the file is larger than %d bytes; is it the right one?",
                  CFG_FILE_MAX);
    else if (text->len >= 3 && memcmp (text->text, "\xef\xbb\xbf", 3) == 0)
        cfg_diag (diags, CFG_ERROR, place,
                  "the file starts with a byte order mark, which Heartbeat takes as a part of the "
                  "first word; save it as plain UTF-8");
    else
        return true;
    return false;
}

void
cfg_lines_init (CfgLines *lines, const CfgText *text)
{
    lines->at = text->text;
    lines->end = text->text + text->len;
    lines->place = cfg_text_place (text);
}

bool
cfg_lines_next (CfgLines *lines, CfgLine *line)
{
    gsize left = (gsize) (lines->end - lines->at);
    const char *newline;

    if (left == 0)
        return false;
    newline = memchr (lines->at, '\n', left);
    line->data = lines->at;
    line->place = lines->place;
    line->is_last = newline == NULL;
    line->len = newline != NULL ? (gsize) (newline - lines->at) : left;
    lines->at = newline != NULL ? newline + 1 : lines->end;
    lines->place.line++;
    return true;
}

static bool
is_blank (char c)
{
    return c != '\0' && strchr (CFG_BLANKS, c) != NULL;
}

void
cfg_line_strip (CfgLine *line)
{
    const char *comment = memchr (line->data, '#', line->len);

    if (comment != NULL)
        line->len = (gsize) (comment - line->data);
    while (line->len > 0 && is_blank (line->data[line->len - 1]))
        line->len--;
}

CfgPlace
cfg_place_at (CfgPlace place, gsize bytes)
{
    place.column += (guint) bytes;
    return place;
}

bool
cfg_line_is_sane (const CfgLine *line, CfgDiags *diags)
{
    const char *bad;

    if (line->len > CFG_LINE_MAX) {
        cfg_diag (diags, CFG_ERROR, cfg_place_at (line->place, CFG_LINE_MAX),
                  "the line is longer than %d bytes, where Heartbeat would split it; make it "
                  "several lines",
                  CFG_LINE_MAX);
        return false;
    }
    for (gsize i = 0; i < line->len; i++)
        if (g_ascii_iscntrl (line->data[i]) && !is_blank (line->data[i])) {
            cfg_diag (diags, CFG_ERROR, cfg_place_at (line->place, i),
                      "control byte 0x%02x; is this a text file?", (guint) line->data[i]);
            return false;
        }
    if (!g_utf8_validate (line->data, (gssize) line->len, &bad)) {
        cfg_diag (diags, CFG_ERROR, cfg_place_at (line->place, (gsize) (bad - line->data)),
                  "byte 0x%02x is not UTF-8; outside comments only UTF-8 is understood",
                  (guint) (guchar) *bad);
        return false;
    }
    return true;
}

GPtrArray *
cfg_line_words (const CfgLine *line, gsize offset, const char *separators)
{
    GPtrArray *words = g_ptr_array_new_with_free_func (cfg_word_free);
    gsize i = offset;

    while (i < line->len) {
        gsize start;

        while (i < line->len && strchr (separators, line->data[i]) != NULL)
            i++;
        start = i;
        while (i < line->len && strchr (separators, line->data[i]) == NULL)
            i++;
        if (i > start)
            g_ptr_array_add (words, cfg_word_new (cfg_place_at (line->place, start),
                                                  line->data + start, i - start));
    }
    return words;
}

const CfgWord *
cfg_word_at (const GPtrArray *words, guint index)
{
    return index < words->len ? g_ptr_array_index (words, index) : NULL;
}
