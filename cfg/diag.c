/* SPDX-License-Identifier: Apache-2.0 */
/* Collects located diagnostics, sorts and formats them, and finds the word that was meant.
 * It prints nothing itself: `hbd --check` and the daemon's log do. */
#include "config.h"

#include "cfg/diag.h"

#include <string.h>

#define DIAG_TEXT_MAX 600 /* bytes */
#define NEAREST_MAX   48  /* longer words have no near neighbour */

static void
diag_free (gpointer data)
{
    CfgDiag *diag = data;

    g_free (diag->text);
    g_free (diag);
}

CfgDiags *
cfg_diags_new (void)
{
    CfgDiags *diags = g_new0 (CfgDiags, 1);

    diags->items = g_ptr_array_new_with_free_func (diag_free);
    return diags;
}

void
cfg_diags_free (CfgDiags *diags)
{
    g_ptr_array_unref (diags->items);
    g_free (diags);
}

/* @text with everything replaced that could trouble a terminal or a log. (transfer full) */
static char *
make_printable (const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, DIAG_TEXT_MAX));
    GString *out = g_string_new (NULL);

    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
        gunichar c = g_utf8_get_char (p);

        if (g_unichar_iscntrl (c))
            g_string_append_printf (out, "\\x%02x", c);
        else
            g_string_append_unichar (out, c);
    }
    return g_string_free (out, FALSE);
}

static void
add_item (CfgDiags *diags, CfgSeverity severity, CfgPlace place, const char *text)
{
    CfgDiag *diag = g_new0 (CfgDiag, 1);

    diag->severity = severity;
    diag->place = place;
    diag->text = make_printable (text);
    g_ptr_array_add (diags->items, diag);
}

void
cfg_diag (CfgDiags *diags, CfgSeverity severity, CfgPlace place, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;
    guint *count = severity == CFG_ERROR ? &diags->errors : &diags->warnings;

    if (severity != CFG_NOTE) {
        (*count)++;
        diags->is_dropping = *count > CFG_DIAGS_KEPT;
        if (*count == CFG_DIAGS_KEPT + 1)
            add_item (diags, CFG_NOTE, place, "more follow and are not shown; mend these first");
    }
    if (diags->is_dropping)
        return;
    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    add_item (diags, severity, place, text);
}

void
cfg_diag_doomed (CfgDiags *diags, CfgPlace place, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    diags->doomed++;
    cfg_diag (diags, CFG_WARNING, place, "%s%s in Heartbeat the group fails when it is started",
              text, g_str_has_suffix (text, "?") ? " As" : "; as");
}

bool
cfg_diags_is_full (const CfgDiags *diags)
{
    return diags->errors > CFG_DIAGS_KEPT;
}

char *
cfg_diag_format (const CfgDiag *diag)
{
    static const char *const words[] = { "error", "warning", "note" };
    g_autofree char *file = make_printable (diag->place.file != NULL ? diag->place.file : "hbd");

    return g_strdup_printf ("%s:%u:%u: %s: %s", file, MAX (diag->place.line, 1),
                            MAX (diag->place.column, 1), words[diag->severity], diag->text);
}

/* A diagnostic with its place in the order: that of its owner when it is a note. */
typedef struct {
    guint file_rank;
    guint line, column;
    guint sequence;
    CfgDiag *diag;
} SortItem;

static int
compare_items (gconstpointer a, gconstpointer b)
{
    const SortItem *x = a, *y = b;

    if (x->file_rank != y->file_rank)
        return x->file_rank < y->file_rank ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static guint
file_rank (GPtrArray *files, const char *file)
{
    guint rank;

    if (g_ptr_array_find (files, file, &rank))
        return rank;
    g_ptr_array_add (files, (gpointer) file);
    return files->len - 1;
}

void
cfg_diags_sort (CfgDiags *diags)
{
    g_autoptr (GPtrArray) files = g_ptr_array_new ();
    g_autoptr (GArray) order = g_array_new (FALSE, TRUE, sizeof (SortItem));
    SortItem item = { 0 };

    for (guint i = 0; i < diags->items->len; i++) {
        item.diag = g_ptr_array_index (diags->items, i);
        item.sequence = i;
        if (item.diag->severity != CFG_NOTE || i == 0) {
            item.file_rank = file_rank (files, item.diag->place.file);
            item.line = item.diag->place.line;
            item.column = item.diag->place.column;
        }
        g_array_append_val (order, item);
    }
    g_array_sort (order, compare_items);
    for (guint i = 0; i < order->len; i++)
        diags->items->pdata[i] = g_array_index (order, SortItem, i).diag;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn @a into @b. */
static guint
edit_distance (const char *a, const char *b)
{
    guint row[3][NEAREST_MAX + 1];
    guint *before = row[0], *last = row[1], *now = row[2], *spare;
    gsize a_len = strlen (a), b_len = strlen (b);

    for (gsize j = 0; j <= b_len; j++)
        before[j] = last[j] = (guint) j;
    for (gsize i = 1; i <= a_len; i++) {
        now[0] = (guint) i;
        for (gsize j = 1; j <= b_len; j++) {
            bool is_same = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 1]);

            now[j] = MIN (MIN (last[j], now[j - 1]) + 1, last[j - 1] + !is_same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = MIN (now[j], before[j - 2] + 1);
        }
        spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_len];
}

const char *
cfg_nearest (const char *word, const char *const *words)
{
    const char *best = NULL;
    gsize len = strnlen (word, NEAREST_MAX + 1);
    guint best_distance = len < 2 ? 1 : len <= 4 ? 2 : len <= 8 ? 3 : 4; /* must stay below */

    if (len == 0 || len > NEAREST_MAX)
        return NULL;
    for (; *words != NULL; words++) {
        guint distance;
        gsize other = strlen (*words);

        if (other > NEAREST_MAX || (other > len ? other - len : len - other) >= best_distance)
            continue;
        distance = edit_distance (word, *words);
        if (distance < best_distance) {
            best_distance = distance;
            best = *words;
        }
    }
    return best;
}
