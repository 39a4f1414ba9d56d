/* SPDX-License-Identifier: Apache-2.0 */
/* The stack of texts being read: the file, what it includes, what definitions and repetitions
 * made. Also the reader's life and its diagnostics. */
#include "config.h"

#include "cfg/keepalived/reader.h"

#include <string.h>

static void
place_free (gpointer data)
{
    g_free (data);
}

CfgDiags *
cfg_ka_diags (CfgKaReader *reader)
{
    return reader->diags;
}

/* FNV-1a: ${_RANDOM} must be the same each time the same file is read on the same node. */
static guint32
seed_of (const CfgInput *input)
{
    guint32 hash = 2166136261u;
    const char *name = input->node_name != NULL ? input->node_name : "";

    for (gsize i = 0; i < input->keepalived_conf.len; i++)
        hash = (hash ^ (guchar) input->keepalived_conf.text[i]) * 16777619u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (guchar) *name) * 16777619u;
    return hash;
}

CfgKaReader *
cfg_ka_reader_new (const CfgInput *input, CfgDiags *diags)
{
    CfgKaReader *reader = g_new0 (CfgKaReader, 1);
    const char *id = input->config_id != NULL ? input->config_id : input->node_name;
    CfgIncluded main_file = { (char *) input->keepalived_conf.path,
                              (char *) input->keepalived_conf.text, input->keepalived_conf.len,
                              NULL, 0 };
    CfgPlace nowhere = { NULL, 0, 0 };

    reader->input = input;
    reader->diags = diags;
    if (id != NULL)
        reader->config_id =
            g_strndup (id, input->config_id != NULL ? strlen (id) : strcspn (id, "."));
    reader->sources = g_ptr_array_new_with_free_func (cfg_ka_source_free);
    reader->definitions =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, cfg_ka_definition_free);
    reader->included_at = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, place_free);
    reader->uses = g_ptr_array_new_with_free_func (g_free);
    reader->random = g_rand_new_with_seed (seed_of (input));
    reader->budget = CFG_KA_BUDGET;
    reader->buffer = g_string_new (NULL);
    reader->offsets = g_array_new (FALSE, FALSE, sizeof (gsize));
    reader->statement.words = g_array_new (FALSE, FALSE, sizeof (CfgKaWord));
    cfg_ka_push_file (reader, &main_file, nowhere);
    return reader;
}

void
cfg_ka_reader_free (CfgKaReader *reader)
{
    g_free (reader->config_id);
    g_free (reader->instance);
    g_ptr_array_unref (reader->sources);
    g_hash_table_unref (reader->definitions);
    g_hash_table_unref (reader->included_at);
    g_ptr_array_unref (reader->uses);
    g_rand_free (reader->random);
    cfg_ka_text_free (reader->line_text);
    g_string_free (reader->buffer, TRUE);
    g_array_unref (reader->offsets);
    g_array_unref (reader->statement.words);
    g_free (reader);
}

/* --- diagnostics --------------------------------------------------------------------------- */

static void
say_how_reached (CfgKaReader *reader, CfgPlace place, const CfgKaUse *use)
{
    const CfgPlace *from;

    for (guint depth = 0; use != NULL && depth < CFG_KA_DEPTH_MAX; depth++, use = use->outer)
        cfg_diag (reader->diags, CFG_NOTE, use->place, "the definition is used here");
    from = place.file != NULL ? g_hash_table_lookup (reader->included_at, place.file) : NULL;
    for (guint depth = 0; from != NULL && depth < CFG_KA_DEPTH_MAX; depth++) {
        cfg_diag (reader->diags, CFG_NOTE, *from, "included from here");
        from = g_hash_table_lookup (reader->included_at, from->file);
    }
}

void
cfg_ka_diag (CfgKaReader *reader, CfgSeverity severity, const CfgKaWord *word, const char *format,
             ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    cfg_diag (reader->diags, severity, word->place, "%s", text);
    say_how_reached (reader, word->place, word->use);
}

void
cfg_ka_diag_at (CfgKaReader *reader, CfgSeverity severity, CfgPlace place, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    cfg_diag (reader->diags, severity, place, "%s", text);
    say_how_reached (reader, place, NULL);
}

bool
cfg_ka_spend (CfgKaReader *reader, gsize len, CfgPlace place)
{
    if (!reader->is_spent && len <= reader->budget) {
        reader->budget -= len;
        return true;
    }
    if (!reader->is_spent)
        cfg_ka_diag_at (reader, CFG_ERROR, place,
                        "definitions and repetitions make more than %d bytes; nothing more is "
                        "replaced",
                        CFG_KA_BUDGET);
    reader->is_spent = true;
    return false;
}

const CfgKaUse *
cfg_ka_use_new (CfgKaReader *reader, CfgPlace place, const CfgKaUse *outer)
{
    CfgKaUse *use = g_new (CfgKaUse, 1);

    use->place = place;
    use->outer = outer;
    g_ptr_array_add (reader->uses, use);
    return use;
}

/* --- texts --------------------------------------------------------------------------------- */

void
cfg_ka_source_free (gpointer data)
{
    CfgKaSource *source = data;

    g_free (source->owned);
    cfg_ka_text_free (source->made);
    g_free (source);
}

static CfgKaSource *
top (CfgKaReader *reader)
{
    return reader->sources->len > 0 ? reader->sources->pdata[reader->sources->len - 1] : NULL;
}

static void
skip_byte_order_mark (CfgKaReader *reader, CfgKaSource *source)
{
    if (source->end - source->at < 3 || memcmp (source->at, "\xef\xbb\xbf", 3) != 0)
        return;
    cfg_ka_diag_at (reader, CFG_WARNING, source->place,
                    "the file starts with a byte order mark, which keepalived takes as a part of "
                    "the first word; hbd skips it");
    source->at += 3;
    source->place.column += 3;
}

static bool
is_being_read (CfgKaReader *reader, const char *path)
{
    for (guint i = 0; i < reader->sources->len; i++) {
        const CfgKaSource *source = reader->sources->pdata[i];

        if (source->made == NULL && strcmp (source->place.file, path) == 0)
            return true;
    }
    return false;
}

/* False, said, when @file must not be read. */
static bool
may_read (CfgKaReader *reader, const CfgIncluded *file, CfgPlace from)
{
    CfgPlace start = { g_intern_string (file->path), 1, 1 };

    if (file->len > CFG_KA_FILE_MAX)
        cfg_ka_diag_at (reader, CFG_ERROR, start,
                        "the file is larger than %d bytes; is it the right one?", CFG_KA_FILE_MAX);
    else if (is_being_read (reader, file->path))
        cfg_ka_diag_at (reader, CFG_ERROR, from, "'%.200s' includes itself", file->path);
    else if (++reader->files > CFG_KA_FILES_MAX || reader->sources->len >= CFG_KA_DEPTH_MAX)
        cfg_ka_diag_at (reader, CFG_ERROR, from, "too many included files (%d) or too deep (%d)",
                        CFG_KA_FILES_MAX, CFG_KA_DEPTH_MAX);
    else
        return true;
    return false;
}

bool
cfg_ka_push_file (CfgKaReader *reader, const CfgIncluded *file, CfgPlace from)
{
    CfgKaSource *source;
    bool is_included = from.file != NULL;

    if (!may_read (reader, file, from))
        return false;
    source = g_new0 (CfgKaSource, 1);
    if (is_included) {
        CfgPlace *at = g_new (CfgPlace, 1);

        *at = from;
        g_hash_table_insert (reader->included_at, (gpointer) g_intern_string (file->path), at);
        source->owned = g_memdup2 (file->text, file->len + 1);
    }
    source->start = source->at = is_included ? source->owned : file->text;
    source->end = source->at + file->len;
    source->place.file = g_intern_string (file->path);
    source->place.line = source->place.column = 1;
    skip_byte_order_mark (reader, source);
    g_ptr_array_add (reader->sources, source);
    return true;
}

void
cfg_ka_push_text (CfgKaReader *reader, CfgKaText *made, CfgPlace place)
{
    CfgKaSource *source = g_new0 (CfgKaSource, 1);

    source->made = made;
    source->start = source->at = made->text->str;
    source->end = source->at + made->text->len;
    if (reader->sources->len < CFG_KA_DEPTH_MAX) {
        g_ptr_array_add (reader->sources, source);
        return;
    }
    cfg_ka_diag_at (reader, CFG_ERROR, place, "repetitions are nested deeper than %d",
                    CFG_KA_DEPTH_MAX);
    cfg_ka_source_free (source);
}

bool
cfg_ka_raw_line (CfgKaReader *reader, CfgKaSlice *line)
{
    CfgKaSource *source = top (reader);
    const char *newline;
    gsize left;

    if (source == NULL || source->at == source->end)
        return false;
    left = (gsize) (source->end - source->at);
    newline = memchr (source->at, '\n', left);
    line->data = source->at;
    line->len = newline != NULL ? (gsize) (newline - source->at) : left;
    if (source->made != NULL) {
        *line = cfg_ka_text_slice (source->made, (gsize) (source->at - source->start), line->len);
    } else {
        CfgKaSpan span = { 0, source->place, NULL, false };

        reader->line_span = span;
        line->from = 0;
        line->spans = &reader->line_span;
        line->span_count = 1;
        source->place.line++;
        source->place.column = 1;
    }
    source->at = newline != NULL ? newline + 1 : source->end;
    reader->has_comments = source->made == NULL;
    return true;
}
