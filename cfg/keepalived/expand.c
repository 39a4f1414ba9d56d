/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions (doc/keepalived.md 1.7): `$NAME=value`, and their use as $NAME or ${NAME}. A use is
 * replaced where it stands, in passes over the line until nothing changes; passes, bytes of a line
 * and bytes in all are bounded, so that no definition can grow without end. */
#include "config.h"

#include "cfg/keepalived/reader.h"

#include "cfg/value.h"

#include <string.h>

#define RANDOM_MAX 32767

void
cfg_ka_definition_free (gpointer data)
{
    CfgKaDefinition *definition = data;

    cfg_ka_text_free (definition->body);
    g_free (definition);
}

static gsize
name_len (const char *text, gsize len)
{
    gsize n = 0;

    if (len == 0 || !(g_ascii_isalpha (*text) || *text == '_'))
        return 0;
    while (n < len && (g_ascii_isalnum (text[n]) || text[n] == '_'))
        n++;
    return n;
}

/* Length of `${NAME}` or of `${_NAME ARGUMENT...}`. */
static gsize
braced_len (const char *at, gsize left)
{
    const char *close = memchr (at, '}', MIN (left, 128));
    gsize name = left > 2 ? name_len (at + 2, left - 2) : 0;

    if (close == NULL || name == 0)
        return 0;
    if (at + 2 + name != close && (at[2] != '_' || !cfg_ka_is_blank (at[2 + name])))
        return 0;
    return (gsize) (close - at) + 1;
}

static gsize
plain_len (const char *at, gsize left)
{
    gsize name = name_len (at + 1, left - 1);

    if (name == 0 || (1 + name < left && !cfg_ka_is_blank (at[1 + name]) && at[1 + name] != '\n'))
        return 0;
    return 1 + name;
}

gsize
cfg_ka_reference_len (const CfgKaSlice *line, gsize at)
{
    const char *p = line->data + at;
    gsize left = line->len - at;

    if (left < 2 || *p != '$')
        return 0;
    return p[1] == '{' ? braced_len (p, left) : plain_len (p, left);
}

/* ${_RANDOM}, ${_RANDOM MAX}, ${_RANDOM MIN MAX}. */
static char *
make_random (CfgKaReader *reader, char **args)
{
    guint64 low = 0, high = RANDOM_MAX;

    if (args[1] != NULL && !cfg_number_parse (args[1], RANDOM_MAX, &low))
        return NULL;
    if (args[1] != NULL && args[2] != NULL && !cfg_number_parse (args[2], RANDOM_MAX, &high))
        return NULL;
    if (high < low)
        return NULL;
    return g_strdup_printf ("%d", g_rand_int_range (reader->random, (int) low, (int) high + 1));
}

/* What a predefined name stands for at @place, or NULL. (transfer full) */
static char *
predefined (CfgKaReader *reader, const char *name, CfgPlace place)
{
    g_auto (GStrv) args = g_strsplit_set (name, " \t", 4);
    const CfgHost *host = reader->input->host;

    if (strcmp (name, "_PWD") == 0)
        return g_path_get_dirname (place.file);
    if (strcmp (name, "_INSTANCE") == 0)
        return g_strdup (reader->instance != NULL ? reader->instance : "");
    if (strcmp (name, "_HASH") == 0)
        return g_strdup ("#");
    if (strcmp (name, "_BANG") == 0)
        return g_strdup ("!");
    if (strcmp (args[0], "_RANDOM") == 0)
        return make_random (reader, args);
    if (strcmp (args[0], "_ENV") == 0 && args[1] != NULL && host != NULL && host->env != NULL) {
        const char *value = host->env (host->data, args[1]);

        return g_strdup (value != NULL && g_utf8_validate (value, -1, NULL) ? value : "");
    }
    return NULL;
}

/* Put what @name stands for into @out; false when it stands for nothing. */
static bool
replace (CfgKaReader *reader, const char *name, const CfgKaSpan *at, GHashTable *locals,
         CfgKaText *out)
{
    CfgKaDefinition *definition = g_hash_table_lookup (reader->definitions, name);
    const char *local = locals != NULL ? g_hash_table_lookup (locals, name) : NULL;
    CfgKaSpan made = *at;

    if (local != NULL) {
        cfg_ka_text_append (out, local, strlen (local), &made);
    } else if (definition != NULL) {
        CfgKaSlice body = cfg_ka_text_slice (definition->body, 0, definition->body->text->len);
        guint first = out->spans->len;
        const CfgKaUse *use = cfg_ka_use_new (reader, at->place, at->use);

        cfg_ka_text_append_slice (out, &body, 0, body.len);
        for (guint i = first; i < out->spans->len; i++)
            g_array_index (out->spans, CfgKaSpan, i).use = use;
    } else {
        g_autofree char *text = predefined (reader, name, at->place);

        if (text == NULL)
            return false;
        cfg_ka_text_append (out, text, strlen (text), &made);
    }
    return true;
}

/* One pass over @line. NULL: nothing was replaced. *@is_over: a bound was met. (transfer full) */
static CfgKaText *
expand_once (CfgKaReader *reader, const CfgKaSlice *line, GHashTable *locals, bool *is_over)
{
    g_autoptr (CfgKaText) out = cfg_ka_text_new ();
    bool has_changed = false;
    gsize from = 0;

    for (gsize i = 0; i < line->len && !*is_over;) {
        gsize len = line->data[i] == '$' ? cfg_ka_reference_len (line, i) : 0;
        bool is_braced = len > 0 && line->data[i + 1] == '{';
        g_autofree char *name = NULL;
        CfgKaSpan at = { .is_made = true };
        gsize before;

        if (len == 0) {
            i++;
            continue;
        }
        name = is_braced ? g_strndup (line->data + i + 2, len - 3)
                         : g_strndup (line->data + i + 1, len - 1);
        at.place = cfg_ka_slice_place (line, i, &at.use);
        cfg_ka_text_append_slice (out, line, from, i - from);
        from = i;
        before = out->text->len;
        if (replace (reader, name, &at, locals, out)) {
            has_changed = true;
            from = i + len;
        }
        i += len;
        *is_over = out->text->len > CFG_KA_TEXT_MAX
                   || !cfg_ka_spend (reader, sizeof (CfgKaUse) + out->text->len - before, at.place);
    }
    if (!has_changed)
        return NULL;
    cfg_ka_text_append_slice (out, line, from, line->len - from);
    *is_over = *is_over || !cfg_ka_spend (reader, line->len, cfg_ka_slice_place (line, 0, NULL));
    return g_steal_pointer (&out);
}

CfgKaText *
cfg_ka_expand (CfgKaReader *reader, const CfgKaSlice *line, GHashTable *locals)
{
    CfgKaText *text = cfg_ka_text_new ();
    CfgPlace place = cfg_ka_slice_place (line, 0, NULL);
    bool is_over = false;

    cfg_ka_text_append_slice (text, line, 0, line->len);
    for (guint pass = 0; !is_over && pass < CFG_KA_PASSES_MAX; pass++) {
        CfgKaSlice now = cfg_ka_text_slice (text, 0, text->text->len);
        CfgKaText *next = text->text->len > 0 ? expand_once (reader, &now, locals, &is_over) : NULL;

        if (next == NULL && !is_over)
            return text;
        cfg_ka_text_free (text);
        text = next != NULL ? next : cfg_ka_text_new ();
    }
    cfg_ka_text_free (text);
    if (!reader->is_spent)
        cfg_ka_diag_at (reader, CFG_ERROR, place,
                        "the definitions in this line grow without end; does one use itself?");
    return NULL;
}

/* The rest of a value whose line ended in a backslash. */
static void
read_more_lines (CfgKaReader *reader, CfgKaText *body)
{
    CfgKaSpan newline = { .is_made = true };
    CfgKaSlice raw;
    bool is_first = body->text->len == 0;

    while (cfg_ka_raw_line (reader, &raw)) {
        g_autoptr (CfgKaText) plain = cfg_ka_decomment (&raw);
        CfgKaSlice line = cfg_ka_text_slice (plain, 0, plain->text->len);
        bool has_more;

        line = cfg_ka_slice_strip (&line);
        has_more = line.len > 0 && line.data[line.len - 1] == '\\';
        if (has_more)
            line.len--;
        if (!is_first) {
            newline.place = cfg_ka_slice_place (&raw, 0, NULL);
            cfg_ka_text_append (body, "\n", 1, &newline);
        }
        is_first = false;
        cfg_ka_text_append_slice (body, &line, 0, line.len);
        if (!has_more || body->text->len > CFG_KA_TEXT_MAX)
            return;
    }
}

bool
cfg_ka_define (CfgKaReader *reader, const CfgKaSlice *line)
{
    gsize name = line->len > 1 && *line->data == '$' ? name_len (line->data + 1, line->len - 1) : 0;
    CfgKaDefinition *definition;
    CfgKaSlice value;

    if (name == 0 || 1 + name >= line->len || line->data[1 + name] != '=')
        return false;
    definition = g_new0 (CfgKaDefinition, 1);
    definition->place = cfg_ka_slice_place (line, 0, NULL);
    definition->body = cfg_ka_text_new ();
    value = cfg_ka_slice_cut (line, name + 2, line->len - name - 2);
    value = cfg_ka_slice_strip (&value);
    if (value.len > 0 && value.data[value.len - 1] == '\\') {
        value.len--;
        cfg_ka_text_append_slice (definition->body, &value, 0, value.len);
        read_more_lines (reader, definition->body);
    } else {
        cfg_ka_text_append_slice (definition->body, &value, 0, value.len);
    }
    /* The definition holds bytes: it counts as made. */
    if (cfg_ka_spend (reader, definition->body->text->len, definition->place))
        g_hash_table_replace (reader->definitions, g_strndup (line->data + 1, name), definition);
    else
        cfg_ka_definition_free (definition);
    return true;
}
