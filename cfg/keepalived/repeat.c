/* SPDX-License-Identifier: Apache-2.0 */
/* `~SEQ(var,start,step,end) rest` and `~LST(var,a,b) rest` (doc/keepalived.md 1.7): the rest of
 * the line, once for every value. The lines are pushed as a text of their own, so that several on
 * one line nest. */
#include "config.h"

#include "cfg/keepalived/reader.h"

#include <string.h>

#define LINE_COST 64 /* what a line costs besides its bytes */

/* One repetition: @vars NULL-terminated, @rows of as many values each. */
typedef struct {
    char **vars;
    GPtrArray *rows; /* GStrv */
} Repeat;

static bool
read_number (const char *text, gint64 *out)
{
    const char *digits = *text == '-' ? text + 1 : text;
    gsize len = strspn (digits, "0123456789");

    if (len == 0 || len > 9 || digits[len] != '\0')
        return false;
    *out = g_ascii_strtoll (text, NULL, 10);
    return true;
}

/* SEQ(var[,start[,step]],end): step and start are 1 or -1 when left out. */
static bool
read_sequence (char **args, bool is_hex, Repeat *repeat)
{
    guint count = g_strv_length (args);
    gint64 number[3] = { 0 }, start, step, end;

    if (count < 2 || count > 4)
        return false;
    for (guint i = 1; i < count; i++)
        if (!read_number (args[i], &number[i - 1]))
            return false;
    end = number[count - 2];
    start = count > 2 ? number[0] : end < 0 ? -1 : 1;
    step = count > 3 ? number[1] : end < start ? -1 : 1;
    if (step == 0 || (end > start && step < 0) || (end < start && step > 0)
        || (end - start) / step >= CFG_KA_REPEATS_MAX)
        return false;
    for (gint64 value = start; step > 0 ? value <= end : value >= end; value += step) {
        char **row = g_new0 (char *, 2);

        row[0] = is_hex && value >= 0 ? g_strdup_printf ("%" G_GINT64_MODIFIER "x", value)
                                      : g_strdup_printf ("%" G_GINT64_FORMAT, value);
        g_ptr_array_add (repeat->rows, row);
    }
    repeat->vars = g_new0 (char *, 2);
    repeat->vars[0] = g_strdup (args[0]);
    return true;
}

/* `{a,b}` -> a, b; anything else is one word. (transfer full) */
static char **
read_tuple (const char *text)
{
    gsize len = strlen (text);
    g_autofree char *inner = NULL;
    char **words;

    if (len < 2 || *text != '{' || text[len - 1] != '}') {
        words = g_new0 (char *, 2);
        words[0] = g_strdup (text);
        return words;
    }
    inner = g_strndup (text + 1, len - 2);
    words = g_strsplit (inner, ",", 64);
    for (guint i = 0; words[i] != NULL; i++)
        g_strstrip (words[i]);
    return words;
}

/* LST(var,a,b) or LST({v1,v2},{a,b},{c,d}). */
static bool
read_list (char **args, Repeat *repeat)
{
    guint vars;

    if (g_strv_length (args) < 2)
        return false;
    repeat->vars = read_tuple (args[0]);
    vars = g_strv_length (repeat->vars);
    for (guint i = 1; args[i] != NULL; i++) {
        char **row = read_tuple (args[i]);

        g_ptr_array_add (repeat->rows, row);
        if (g_strv_length (row) != vars)
            return false;
    }
    return vars > 0;
}

/* The text in parentheses, cut at commas that are in no braces. (transfer full) */
static char **
split_args (const char *text, gsize len)
{
    GPtrArray *args = g_ptr_array_new ();
    guint depth = 0;
    gsize start = 0;

    for (gsize i = 0; i <= len; i++) {
        if (i == len || (text[i] == ',' && depth == 0)) {
            g_ptr_array_add (args, g_strstrip (g_strndup (text + start, i - start)));
            start = i + 1;
            continue;
        }
        depth += text[i] == '{';
        depth -= text[i] == '}' && depth > 0;
    }
    g_ptr_array_add (args, NULL);
    return (char **) g_ptr_array_free (args, FALSE);
}

static void
push_lines (CfgKaReader *reader, const Repeat *repeat, const CfgKaSlice *rest)
{
    g_autoptr (CfgKaText) out = cfg_ka_text_new ();
    CfgPlace place = cfg_ka_slice_place (rest, 0, NULL);
    CfgKaSpan newline = { .place = place, .is_made = true };

    for (guint i = 0; i < repeat->rows->len; i++) {
        g_autoptr (GHashTable) locals = g_hash_table_new (g_str_hash, g_str_equal);
        char **row = repeat->rows->pdata[i];
        g_autoptr (CfgKaText) line = NULL;
        CfgKaSlice slice;

        for (guint v = 0; repeat->vars[v] != NULL; v++)
            g_hash_table_insert (locals, repeat->vars[v], row[v]);
        line = cfg_ka_expand (reader, rest, locals);
        if (line == NULL || !cfg_ka_spend (reader, line->text->len + LINE_COST, place))
            return;
        slice = cfg_ka_text_slice (line, 0, line->text->len);
        cfg_ka_text_append_slice (out, &slice, 0, slice.len);
        cfg_ka_text_append (out, "\n", 1, &newline);
    }
    cfg_ka_push_text (reader, g_steal_pointer (&out), place);
}

bool
cfg_ka_repeat (CfgKaReader *reader, const CfgKaSlice *line)
{
    bool is_hex = g_str_has_prefix (line->data, "~SEQx(");
    bool is_sequence = is_hex || g_str_has_prefix (line->data, "~SEQ(");
    const char *close = memchr (line->data, ')', line->len);
    gsize open = is_hex ? 6 : 5, end = close != NULL ? (gsize) (close - line->data) : 0;
    Repeat repeat = { NULL, g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev) };
    g_auto (GStrv) args = end >= open ? split_args (line->data + open, end - open) : NULL;
    CfgKaSlice rest;

    if (!is_sequence && !g_str_has_prefix (line->data, "~LST(")) {
        g_ptr_array_unref (repeat.rows);
        return false;
    }
    if (reader->is_spent) {
        /* Said once; lines that would repeat are dropped. */
    } else if (args == NULL
               || !(is_sequence ? read_sequence (args, is_hex, &repeat)
                                : read_list (args, &repeat))) {
        cfg_ka_diag_at (reader, CFG_WARNING, cfg_ka_slice_place (line, 0, NULL),
                        "this is no repetition; the line is ignored, as in keepalived. Write "
                        "~SEQ(name,first,last) or ~LST(name,a,b)");
    } else {
        rest = cfg_ka_slice_cut (line, end + 1, line->len - end - 1);
        rest = cfg_ka_slice_strip (&rest);
        if (rest.len > 0)
            push_lines (reader, &repeat, &rest);
    }
    g_strfreev (repeat.vars);
    g_ptr_array_unref (repeat.rows);
    return true;
}
