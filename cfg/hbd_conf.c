/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of hbd.conf -> model, by the rows. Every block of doc/design.md is known; what acts
 * only in a later release is checked all the same and answered with one warning that says so. */
#include "config.h"

#include "cfg/hbd_conf.h"

#include "cfg/build.h"

#include <string.h>

typedef struct {
    CfgConfReader *reader;
    CfgCluster *cluster;
    GHashTable *advised; /* rows whose advice was given */
} Conf;

/* One block while it is walked. */
typedef struct {
    const char *name; /* NULL: the top */
    gpointer base;    /* where its rows land */
    GHashTable *seen; /* row name -> CfgWord of the statement before */
} Block;

static void walk (Conf *conf, const char *name, GPtrArray *statements, gpointer base);

static void
complain_unknown (Conf *conf, const Block *block, const CfgWord *word)
{
    guint count;
    const CfgRow *rows = cfg_hbd_conf_rows (&count);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autofree char *hint = NULL;
    const char *elsewhere = NULL;

    for (guint i = 0; i < count && !cfg_diags_is_full (conf->reader->diags); i++) {
        if (g_strcmp0 (rows[i].block, block->name) == 0)
            g_ptr_array_add (names, (gpointer) rows[i].name);
        else if (strcmp (rows[i].name, word->text) == 0)
            elsewhere = rows[i].block != NULL ? rows[i].block : "the top level";
    }
    g_ptr_array_add (names, NULL);
    hint = cfg_did_you_mean (word->text, (const char *const *) names->pdata);
    if (elsewhere != NULL)
        cfg_conf_diag (conf->reader, CFG_ERROR, word->place,
                       "'%.60s' does not belong here; it stands in %s", word->text, elsewhere);
    else
        cfg_conf_diag (conf->reader, CFG_ERROR, word->place, "unknown keyword '%.60s' in %s%s",
                       word->text, block->name != NULL ? block->name : "hbd.conf", hint);
}

/* Errors of values come from cfg_row_store() without the include chain: add it. */
static bool
store (Conf *conf, const CfgRow *row, gpointer base, const CfgWord *word)
{
    CfgDiags *diags = conf->reader->diags;
    const CfgPlace *from = g_hash_table_lookup (conf->reader->included_at, word->place.file);

    if (cfg_row_store (row, base, word, diags))
        return true;
    for (guint i = 0; from != NULL && i < CFG_CONF_INCLUDE_MAX; i++) {
        cfg_diag (diags, CFG_NOTE, *from, "included from here");
        from = g_hash_table_lookup (conf->reader->included_at, from->file);
    }
    return false;
}

static void
parse_param (Conf *conf, const CfgConfStatement *statement, CfgResourceConf *resource)
{
    const CfgWord *key = cfg_word_at (statement->words, 1);
    const CfgWord *value = cfg_word_at (statement->words, 2);

    if (value == NULL || statement->words->len > 3)
        cfg_conf_diag (conf->reader, CFG_ERROR, cfg_word_at (statement->words, 0)->place,
                       "write param KEY \"VALUE\"");
    else
        g_hash_table_replace (resource->params, g_strdup (key->text), g_strdup (value->text));
}

/* The active key of authkeys keeps its secret and signs with HMAC-SHA-256. */
static void
parse_auth_method (Conf *conf, const CfgRow *row, const CfgWord *word)
{
    HbdKey *key = &conf->cluster->keys->key[conf->cluster->keys->active];
    CfgRow choice = *row;

    choice.kind = CFG_VALUE_NAME;
    if (!store (conf, &choice, NULL, word))
        return;
    if (key->method == HBD_AUTH_CRC)
        cfg_conf_diag (conf->reader, CFG_ERROR, word->place,
                       "sha256 needs a secret, but the active key of authkeys is crc; make it sha1 "
                       "with a secret");
    else if (key->method != HBD_AUTH_NONE)
        key->method = HBD_AUTH_SHA256;
}

static void
give_advice (Conf *conf, const CfgRow *row, const CfgWord *word)
{
    if (row->advice == NULL || !g_hash_table_add (conf->advised, (gpointer) row->advice))
        return;
    cfg_conf_diag (conf->reader, CFG_WARNING, word->place, "%s: %s", row->name, row->advice);
}

static void
note_repeat (Conf *conf, const Block *block, const CfgRow *row, const CfgWord *word)
{
    const CfgWord *before = g_hash_table_lookup (block->seen, row->name);

    if (before != NULL && !(row->flags & CFG_ROW_MANY)) {
        cfg_conf_diag (conf->reader, CFG_WARNING, word->place,
                       "%s again: this one replaces the first", row->name);
        cfg_diag (conf->reader->diags, CFG_NOTE, before->place, "the first is here");
    }
    g_hash_table_insert (block->seen, (gpointer) row->name, (gpointer) word);
}

/* Words that stand between a block's keyword and its `{`. */
static bool
has_wanted_words (Conf *conf, const CfgRow *row, const CfgConfStatement *statement)
{
    const CfgWord *word = cfg_word_at (statement->words, 0), *kind;
    bool is_tie = strcmp (row->name, "tie") == 0;
    guint wanted = is_tie ? 3 : row->flags & CFG_ROW_MANY ? 2 : 1;

    kind = is_tie ? cfg_word_at (statement->words, 1) : NULL;
    if (statement->words->len != wanted || (kind != NULL && strcmp (kind->text, "vrrp_instance"))) {
        cfg_conf_diag (conf->reader, CFG_ERROR, word->place, "write %s %s", row->name, row->syntax);
        return false;
    }
    if (statement->children == NULL) {
        cfg_conf_diag (conf->reader, CFG_ERROR, word->place, "%s needs a block in braces: %s %s",
                       row->name, row->name, row->syntax);
        return false;
    }
    return true;
}

static gpointer
add_resource (Conf *conf, const CfgWord *name)
{
    GPtrArray *confs = conf->cluster->resource_confs;
    CfgResourceConf *resource;

    for (guint i = 0; i < confs->len; i++) {
        const CfgResourceConf *other = g_ptr_array_index (confs, i);

        if (strcmp (other->name, name->text) == 0) {
            cfg_conf_diag (conf->reader, CFG_ERROR, name->place, "resource '%.60s' has two blocks",
                           name->text);
            cfg_diag (conf->reader->diags, CFG_NOTE, other->place, "the first is here");
            break;
        }
    }
    resource = cfg_resource_conf_new (name->place, name->text);
    g_ptr_array_add (confs, resource);
    return resource;
}

static void
parse_block (Conf *conf, const Block *block, const CfgRow *row, const CfgConfStatement *statement)
{
    gpointer base = block->base;

    if (!has_wanted_words (conf, row, statement))
        return;
    if (strcmp (row->name, "resource") == 0) {
        if (conf->cluster->resource_confs->len >= CFG_CONF_RESOURCES_MAX) {
            cfg_conf_diag (conf->reader, CFG_ERROR, cfg_word_at (statement->words, 0)->place,
                           "more than %d resource blocks", CFG_CONF_RESOURCES_MAX);
            return;
        }
        base = add_resource (conf, cfg_word_at (statement->words, 1));
    }
    /* What limits will hold is not settled, so nothing in it can be wrong yet. */
    if (strcmp (row->name, "limits") != 0)
        walk (conf, row->name, statement->children, base);
}

static void
parse_value (Conf *conf, const Block *block, const CfgRow *row, const CfgConfStatement *statement)
{
    const CfgWord *name = cfg_word_at (statement->words, 0);
    const CfgWord *value = cfg_word_at (statement->words, 1);
    const CfgWord *more = cfg_word_at (statement->words, 2);

    if (statement->children != NULL)
        cfg_conf_diag (conf->reader, CFG_ERROR, name->place, "%s opens no block; remove the braces",
                       row->name);
    else if (row->kind == CFG_VALUE_CUSTOM && strcmp (row->name, "param") == 0)
        parse_param (conf, statement, block->base);
    else if (row->kind == CFG_VALUE_NONE ? (value == NULL) != (*row->syntax == '\0')
                                         : value == NULL)
        cfg_conf_diag (conf->reader, CFG_ERROR, name->place, "write %s%s%s", row->name,
                       *row->syntax != '\0' ? " " : " alone", row->syntax);
    else if (row->kind == CFG_VALUE_NONE)
        return;
    else if (more != NULL)
        cfg_conf_diag (
            conf->reader, CFG_ERROR, more->place,
            "'%.60s' is too much: %s takes one value, and a statement ends with its line",
            more->text, row->name);
    else if (row->kind == CFG_VALUE_CUSTOM)
        parse_auth_method (conf, row, value);
    else
        store (conf, row, block->base, value);
}

static void
walk (Conf *conf, const char *name, GPtrArray *statements, gpointer base)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    Block block = { name, base, seen };
    guint count;
    const CfgRow *rows = cfg_hbd_conf_rows (&count);

    for (guint i = 0; i < statements->len; i++) {
        const CfgConfStatement *statement = g_ptr_array_index (statements, i);
        const CfgWord *word = cfg_word_at (statement->words, 0);
        const CfgRow *row = cfg_row_find (rows, count, name, word->text);

        if (row == NULL) {
            complain_unknown (conf, &block, word);
            continue;
        }
        note_repeat (conf, &block, row, word);
        give_advice (conf, row, word);
        if (row->split == CFG_SPLIT_BLOCK)
            parse_block (conf, &block, row, statement);
        else
            parse_value (conf, &block, row, statement);
    }
}

void
cfg_hbd_conf_parse (CfgCluster *cluster, const CfgInput *input, CfgDiags *diags)
{
    g_autoptr (GHashTable) advised = g_hash_table_new (NULL, NULL);
    CfgConfReader reader = { .input = input, .diags = diags };
    Conf conf = { &reader, cluster, advised };
    g_autoptr (GPtrArray) statements = NULL;

    if (input->hbd_conf.text == NULL)
        return; /* the file is optional */
    statements = cfg_conf_read (&reader);
    walk (&conf, NULL, statements, cluster);
    g_hash_table_unref (reader.included_at);
}
