/* SPDX-License-Identifier: Apache-2.0 */
/* Texts put together from pieces of others, whose bytes still know their place. */
#include "config.h"

#include "cfg/keepalived/reader.h"

#include <string.h>

bool
cfg_ka_is_blank (char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

CfgKaText *
cfg_ka_text_new (void)
{
    CfgKaText *text = g_new0 (CfgKaText, 1);

    text->text = g_string_new (NULL);
    text->spans = g_array_new (FALSE, FALSE, sizeof (CfgKaSpan));
    return text;
}

void
cfg_ka_text_free (CfgKaText *text)
{
    if (text == NULL)
        return;
    g_string_free (text->text, TRUE);
    g_array_unref (text->spans);
    g_free (text);
}

void
cfg_ka_text_append (CfgKaText *text, const char *bytes, gsize len, const CfgKaSpan *span)
{
    CfgKaSpan added = *span;

    if (len == 0)
        return;
    added.at = text->text->len;
    g_array_append_val (text->spans, added);
    g_string_append_len (text->text, bytes, (gssize) len);
}

/* Index of the span that byte @at (counted as the spans do) belongs to. */
static guint
find_span (const CfgKaSlice *slice, gsize at)
{
    guint low = 0, high = slice->span_count;

    while (high - low > 1) {
        guint middle = low + (high - low) / 2;

        if (slice->spans[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

CfgPlace
cfg_ka_slice_place (const CfgKaSlice *slice, gsize at, const CfgKaUse **use)
{
    static const CfgKaSpan nowhere = { .is_made = true };
    const CfgKaSpan *span =
        slice->span_count > 0 ? &slice->spans[find_span (slice, slice->from + at)] : &nowhere;

    if (use != NULL)
        *use = span->use;
    if (span->is_made)
        return span->place;
    return cfg_place_at (span->place, slice->from + at - span->at);
}

void
cfg_ka_text_append_slice (CfgKaText *text, const CfgKaSlice *slice, gsize from, gsize len)
{
    while (len > 0) {
        gsize at = slice->from + from;
        guint i = find_span (slice, at);
        gsize end = i + 1 < slice->span_count ? slice->spans[i + 1].at : G_MAXSIZE;
        gsize part = MIN (len, end - at);
        CfgKaSpan span = slice->spans[i];

        span.place = cfg_ka_slice_place (slice, from, NULL);
        cfg_ka_text_append (text, slice->data + from, part, &span);
        from += part;
        len -= part;
    }
}

CfgKaSlice
cfg_ka_text_slice (const CfgKaText *text, gsize from, gsize len)
{
    CfgKaSlice slice = { text->text->str + from, len, from, (const CfgKaSpan *) text->spans->data,
                         text->spans->len };

    return slice;
}

CfgKaSlice
cfg_ka_slice_cut (const CfgKaSlice *slice, gsize from, gsize len)
{
    CfgKaSlice cut = *slice;

    cut.data += from;
    cut.from += from;
    cut.len = len;
    return cut;
}

CfgKaSlice
cfg_ka_slice_strip (const CfgKaSlice *slice)
{
    gsize from = 0, to = slice->len;

    while (from < to && cfg_ka_is_blank (slice->data[from]))
        from++;
    while (to > from && cfg_ka_is_blank (slice->data[to - 1]))
        to--;
    return cfg_ka_slice_cut (slice, from, to - from);
}

CfgKaText *
cfg_ka_decomment (const CfgKaSlice *line)
{
    CfgKaText *out = cfg_ka_text_new ();
    bool is_quoted = false;
    gsize from = 0, i = 0;

    for (; i < line->len; i++) {
        char c = line->data[i];
        bool is_mark = c == '#' || c == '!';

        if (c == '"')
            is_quoted = !is_quoted;
        else if (c == '\\' && i + 1 < line->len
                 && (line->data[i + 1] == '#' || line->data[i + 1] == '!')) {
            cfg_ka_text_append_slice (out, line, from, i - from);
            from = ++i;
        } else if (is_mark && !is_quoted)
            break;
    }
    cfg_ka_text_append_slice (out, line, from, i - from);
    return out;
}
