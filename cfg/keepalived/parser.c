/* SPDX-License-Identifier: Apache-2.0 */
/* Statements -> rows: a stack of blocks, the top one gets the next statement. An unknown block is
 * skipped as one unit, where keepalived lets its `}` close the block around it and loses the rest
 * of that (doc/keepalived.md 0.1, 1.9). */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include "cfg/text.h"

#include <string.h>

/* Words that people find in old instructions, and what to do about them. */
static const struct {
    const char *word, *advice;
} known_slips[] = {
    { "nb_get_retry", "write retry: keepalived knows the old name in HTTP_GET and SSL_GET only" },
    { "nat_mask", "keepalived no longer knows it; remove the line" },
    { "lb_algorr", "did you mean 'lb_algo rr'?" },
    { "auth_type", "it belongs into authentication { }" },
    { "auth_pass", "it belongs into authentication { }" },
};

static CfgKaFrame *
top_frame (CfgKaContext *context)
{
    return &context->frames[context->depth - 1];
}

const CfgKaRow *
cfg_ka_find_row (const CfgKaBlock *block, const char *name, guint *index)
{
    guint before = 0;

    for (; block != NULL; before += block->row_count, block = block->more)
        for (guint i = 0; i < block->row_count; i++)
            if (strcmp (block->rows[i].name, name) == 0) {
                *index = before + i;
                return &block->rows[i];
            }
    return NULL;
}

/* All keywords of @block. (transfer full, names borrowed) */
static GPtrArray *
names_of (const CfgKaBlock *block)
{
    GPtrArray *names = g_ptr_array_new ();

    for (; block != NULL; block = block->more)
        for (guint i = 0; i < block->row_count; i++)
            g_ptr_array_add (names, (gpointer) block->rows[i].name);
    g_ptr_array_add (names, NULL);
    return names;
}

/* "; did you mean 'x'?" or what is known of @name, or "". (transfer full) */
static char *
hint_for (const CfgKaBlock *block, const char *name)
{
    g_autoptr (GPtrArray) names = names_of (block);
    const char *near = cfg_nearest (name, (const char *const *) names->pdata);

    for (guint i = 0; i < G_N_ELEMENTS (known_slips); i++)
        if (strcmp (name, known_slips[i].word) == 0)
            return g_strdup_printf ("; %s", known_slips[i].advice);
    if (g_str_has_prefix (name, "include"))
        return g_strdup ("; include works neither behind '@' nor without a file");
    return near != NULL ? g_strdup_printf ("; did you mean '%s'?", near) : g_strdup ("");
}

static void
complain_unknown (CfgKaContext *context, const CfgKaBlock *block, const CfgKaStatement *statement)
{
    const CfgKaWord *word = cfg_ka_word (statement, 0);
    g_autofree char *hint = hint_for (block, word->text);
    const char *where = block->name != NULL ? block->name : "keepalived.conf";

    if (statement->has_block && block->name != NULL)
        cfg_ka_warn (context, word,
                     "unknown block '%.60s' in %s%s The block is skipped; keepalived would also "
                     "lose what follows it in %s",
                     word->text, where, *hint != '\0' ? hint : ".", where);
    else if (statement->has_block)
        cfg_ka_warn (context, word, "unknown block '%.60s'%s The block is skipped", word->text,
                     *hint != '\0' ? hint : ".");
    else
        cfg_ka_warn (context, word, "unknown keyword '%.60s' in %s%s%s", word->text, where, hint,
                     *hint != '\0' ? "" : "; the line is ignored");
}

/* --- blocks -------------------------------------------------------------------------------- */

static void
push (CfgKaContext *context, const CfgKaBlock *block, gpointer base, CfgPlace place)
{
    CfgKaFrame *frame;

    if (context->depth == CFG_KA_BLOCKS_MAX) {
        /* Skipped blocks need no frame of their own: count them in the top one. */
        context->skipped++;
        return;
    }
    frame = &context->frames[context->depth++];
    memset (frame, 0, sizeof *frame);
    frame->block = block;
    frame->base = base;
    frame->opened_at = place;
}

static void
pop (CfgKaContext *context)
{
    CfgKaFrame *frame = top_frame (context);

    context->depth--;
    if (frame->block != NULL && frame->block->close != NULL)
        frame->block->close (context, frame->base);
}

static void
open_block (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement)
{
    const CfgKaFrame *frame = top_frame (context);
    const CfgKaWord *word = cfg_ka_word (statement, 0);
    gpointer base = frame->base;

    if (!statement->has_block)
        cfg_ka_warn (context, word,
                     "%s needs a block in braces; '{' is missing, and what follows up to '}' is "
                     "taken for it, as in keepalived",
                     row->name);
    if (row->block->open != NULL)
        base = row->block->open (context, row, statement, frame->base);
    push (context, base != NULL ? row->block : NULL, base, word->place);
}

gpointer
cfg_ka_open_list (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                  gpointer parent)
{
    GPtrArray **array = (GPtrArray **) ((char *) parent + row->offset);

    cfg_ka_too_much (context, statement, 1);
    if (*array == NULL)
        *array = cfg_ka_array (context);
    return *array;
}

/* --- statements ---------------------------------------------------------------------------- */

static void
advise (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word)
{
    const char *text = row->not_done;

    if (text == NULL || !g_hash_table_add (context->advised, (gpointer) row->name))
        return;
    cfg_ka_warn (context, word, "%s is accepted, %s", row->name, text);
}

static void
note_repeat (CfgKaContext *context, const CfgKaRow *row, guint index, const CfgKaWord *word)
{
    guint *seen = &top_frame (context)->seen_line[MIN (index, CFG_KA_ROWS_MAX - 1)];

    if (*seen != 0 && !row->is_many && row->kind != KA_NONE && row->kind != KA_COMMAND)
        cfg_ka_warn (context, word, "%s again: this one replaces that of line %u, as in keepalived",
                     row->name, *seen);
    *seen = word->place.line;
}

static void
handle_statement (CfgKaContext *context)
{
    const CfgKaStatement *statement = cfg_ka_statement (context->reader);
    const CfgKaWord *word = cfg_ka_word (statement, 0);
    const CfgKaFrame *frame = top_frame (context);
    const CfgKaBlock *block = frame->block;
    guint index = 0;
    const CfgKaRow *row = block != NULL ? cfg_ka_find_row (block, word->text, &index) : NULL;

    if (row == NULL && block != NULL && block->line != NULL && !statement->has_block) {
        block->line (context, NULL, statement, frame->base);
        return;
    }
    if (row == NULL) {
        if (block != NULL)
            complain_unknown (context, block, statement);
        if (statement->has_block)
            push (context, NULL, NULL, word->place);
        return;
    }
    advise (context, row, word);
    if (row->kind != KA_BLOCK || !row->is_many)
        note_repeat (context, row, index, word);
    if (row->kind == KA_BLOCK) {
        open_block (context, row, statement);
        return;
    }
    cfg_ka_store (context, row, statement, frame->base);
    if (statement->has_block) {
        cfg_ka_warn (context, word, "%s opens no block; what is in the braces is skipped",
                     row->name);
        push (context, NULL, NULL, word->place);
    }
}

static void
handle_close (CfgKaContext *context)
{
    if (context->skipped > 0)
        context->skipped--;
    else if (context->depth > 1)
        pop (context);
    else
        cfg_ka_warn_at (context, cfg_ka_place (context->reader),
                        "'}' closes nothing; it is ignored, as in keepalived");
}

static void
handle_open (CfgKaContext *context)
{
    CfgPlace place = cfg_ka_place (context->reader);

    if (context->skipped == 0 && top_frame (context)->block != NULL)
        cfg_ka_warn_at (context, place, "'{' without a keyword before it; the block is skipped");
    push (context, NULL, NULL, place);
}

/* A file of which nothing was a statement: all of it may be one comment. */
static void
note_empty (CfgKaContext *context)
{
    const CfgText *text = &context->input->keepalived_conf;
    CfgPlace start = { g_intern_string (text->path), 1, 1 };
    bool has_text = false, has_brace = memchr (text->text, '{', text->len) != NULL;

    if (cfg_ka_saw_statement (context->reader))
        return;
    for (gsize i = 0; i < text->len && !has_text; i++)
        has_text = !g_ascii_isspace (text->text[i]);
    if (has_text && has_brace)
        cfg_ka_warn_at (context, start,
                        "the file configures nothing: all of it is a comment; did it lose its line "
                        "breaks? A '!' or '#' reaches to the end of its line");
    else
        cfg_ka_warn_at (context, start, "the file configures nothing");
}

static void
read_all (CfgKaContext *context)
{
    for (CfgKaItem item = cfg_ka_read (context->reader); item != CFG_KA_END;
         item = cfg_ka_read (context->reader)) {
        if (item == CFG_KA_OPEN)
            handle_open (context);
        else if (item == CFG_KA_CLOSE)
            handle_close (context);
        else if (context->skipped == 0)
            handle_statement (context);
        else if (cfg_ka_statement (context->reader)->has_block)
            context->skipped++;
    }
    for (; context->depth > 1; pop (context))
        cfg_ka_warn_at (context, top_frame (context)->opened_at,
                        "the block is not closed; '}' is missing, and it is taken to end with the "
                        "file, as in keepalived");
}

CfgKeepalived *
cfg_ka_parse (const CfgInput *input, bool allows_shell, CfgDiags *diags)
{
    g_autoptr (CfgKaReader) reader = cfg_ka_reader_new (input, diags);
    g_autoptr (GHashTable) advised = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GPtrArray) commands = g_ptr_array_new ();
    g_autofree CfgKaContext *context = g_new0 (CfgKaContext, 1);
    CfgPlace start = { NULL, 0, 0 };

    context->reader = reader;
    context->input = input;
    context->model = cfg_ka_model_new ();
    context->commands = commands;
    context->allows_shell = allows_shell;
    context->advised = advised;
    context->names = names;
    push (context, &cfg_ka_top, context->model, start);
    read_all (context);
    note_empty (context);
    cfg_ka_check (context);
    return context->model;
}
