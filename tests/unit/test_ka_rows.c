/* SPDX-License-Identifier: Apache-2.0 */
/* The keyword tables against the reference: every row of doc/keepalived.md 2 is a row in the right
 * block, with the right tier; nothing is in the tables that the reference does not name. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include <string.h>

static const CfgKaRow *
find_row (const CfgKaBlock *block, const char *name)
{
    for (; block != NULL; block = block->more)
        for (guint i = 0; i < block->row_count; i++)
            if (strcmp (block->rows[i].name, name) == 0)
                return &block->rows[i];
    return NULL;
}

/* The row that a dotted name leads to from @block, or NULL. */
static const CfgKaRow *
follow (const CfgKaBlock *block, const char *dotted)
{
    g_auto (GStrv) parts = g_strsplit (dotted, ".", -1);
    const CfgKaRow *row = NULL;

    for (guint i = 0; parts[i] != NULL; i++) {
        row = block != NULL ? find_row (block, parts[i]) : NULL;
        if (row == NULL)
            return NULL;
        block = row->kind == KA_BLOCK ? row->block : NULL;
    }
    return row;
}

/* Blocks that the plain names of a section may stand in, as paths from the top. */
static const struct {
    const char *section;
    const char *paths[3];
} homes[] = {
    { "2.2", { "global_defs" } },
    { "2.11", { "vrrp_instance", "" } },
    { "2.13", { "virtual_server", "" } },
    { "2.14", { "virtual_server" } },
    { "2.15", { "virtual_server.real_server.TCP_CHECK" } },
    { "2.16", { "virtual_server.real_server" } },
    { "2.17", { "virtual_server.real_server.HTTP_GET", "virtual_server.real_server" } },
    { "2.18", { "virtual_server.real_server" } },
    { "2.19", { "virtual_server.real_server" } },
    { "2.20", { "virtual_server.real_server" } },
    { "2.21", { "virtual_server.real_server" } },
    { "2.22", { "virtual_server.real_server" } },
    { "2.23", { "virtual_server.real_server" } },
    { "2.24", { "virtual_server.real_server" } },
};

static const CfgKaRow *
find_in (const char *path, const char *name)
{
    const CfgKaRow *home = *path != '\0' ? follow (&cfg_ka_top, path) : NULL;

    return follow (*path != '\0' ? home->block : &cfg_ka_top, name);
}

static const CfgKaRow *
find_for (const char *section, const char *name)
{
    const CfgKaRow *row = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (homes); i++)
        if (strcmp (homes[i].section, section) == 0) {
            for (guint p = 0; row == NULL && p < 3 && homes[i].paths[p] != NULL; p++)
                row = find_in (homes[i].paths[p], name);
            return row;
        }
    return find_in ("", name);
}

typedef struct {
    char *section, *name;
    char tier;
} DocRow;

static void
doc_row_free (gpointer data)
{
    DocRow *row = data;

    g_free (row->section);
    g_free (row->name);
    g_free (row);
}

/* The tables of chapter 2. (transfer full) */
static GPtrArray *
read_reference (void)
{
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "doc", "keepalived.md", NULL);
    g_autofree char *text = NULL, *section = NULL;
    g_auto (GStrv) lines = NULL;
    GPtrArray *rows = g_ptr_array_new_with_free_func (doc_row_free);

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto (GStrv) cells = NULL;
        DocRow *row;
        gsize len = strlen (lines[i]);

        if (g_str_has_prefix (lines[i], "### ")) {
            g_free (section);
            section = g_strndup (lines[i] + 4, strcspn (lines[i] + 4, " "));
        }
        if (section == NULL || !g_str_has_prefix (section, "2.")
            || !g_str_has_prefix (lines[i], "| `"))
            continue;
        cells = g_strsplit (lines[i], "`", 3);
        row = g_new0 (DocRow, 1);
        row->section = g_strdup (section);
        row->name = g_strdup (cells[1]);
        g_assert_cmpuint (len, >, 4);
        row->tier = lines[i][len - 3];
        g_ptr_array_add (rows, row);
    }
    return rows;
}

static void
every_keyword_of_the_reference_is_known (void)
{
    g_autoptr (GPtrArray) reference = read_reference ();
    guint missing = 0;

    g_assert_cmpuint (reference->len, ==, 404);
    for (guint i = 0; i < reference->len; i++) {
        const DocRow *wanted = reference->pdata[i];
        const CfgKaRow *row;

        /* The lexer's, and the entries of a list. */
        if (strcmp (wanted->name, "include") == 0 || *wanted->name == '(')
            continue;
        row = find_for (wanted->section, wanted->name);
        if (row == NULL || row->tier != wanted->tier) {
            g_test_message ("%s %s: tier %c, in the tables %c", wanted->section, wanted->name,
                            wanted->tier, row != NULL ? row->tier : '-');
            missing++;
        }
    }
    g_assert_cmpuint (missing, ==, 0);
}

static void
every_checker_takes_the_common_words (void)
{
    static const char *const common[] = { "connect_ip", "connect_port", "bindto", "bind_if",
                                          "bind_port",  "fwmark",       NULL };
    static const char *const basic[] = {
        "alpha",      "connect_timeout",  "retry", "warmup", "delay_before_retry",
        "delay_loop", "log_all_failures", NULL
    };
    static const char *const checkers[] = { "TCP_CHECK", "HTTP_GET",   "SSL_GET",   "SMTP_CHECK",
                                            "DNS_CHECK", "PING_CHECK", "UDP_CHECK", "MISC_CHECK" };

    for (guint c = 0; c < G_N_ELEMENTS (checkers); c++) {
        g_autofree char *path = g_strconcat ("virtual_server.real_server.", checkers[c], NULL);
        bool is_misc = strcmp (checkers[c], "MISC_CHECK") == 0;

        for (guint i = 0; basic[i] != NULL; i++)
            g_assert_nonnull (find_in (path, basic[i]));
        for (guint i = 0; common[i] != NULL; i++)
            g_assert_cmpint (find_in (path, common[i]) != NULL, ==, !is_misc);
    }
}

typedef void (*RowCheck) (const CfgKaBlock *block, const CfgKaRow *row);

static void
walk (const CfgKaBlock *block, RowCheck check, guint depth)
{
    g_assert_cmpuint (depth, <, 8);
    for (; block != NULL; block = block->more)
        for (guint i = 0; i < block->row_count; i++) {
            const CfgKaRow *row = &block->rows[i];

            check (block, row);
            if (row->kind == KA_BLOCK)
                walk (row->block, check, depth + 1);
        }
}

static void
check_row (const CfgKaBlock *block, const CfgKaRow *row)
{
    bool is_stored = row->kind != KA_NONE && row->kind != KA_CUSTOM && row->kind != KA_BLOCK;

    g_assert_cmpint (row->kind == KA_CUSTOM, ==, row->parse != NULL);
    g_assert_cmpint (row->kind == KA_BLOCK, ==, row->block != NULL);
    g_assert_cmpint (row->kind == KA_CHOICE, ==, row->choices != NULL);
    g_assert_nonnull (strchr ("ABCDS", row->tier));
    g_assert_cmpint (row->min, <=, row->max == 0 ? row->min : row->max);
    /* What acts on nothing must say so. A and B act; the inside of an idle block is silent. */
    if (is_stored && row->offset == KA_NOWHERE && row->not_done == NULL)
        g_assert_nonnull (strstr (" min_rx min_tx idle_tx multiplier passive ttl hoplimit max_hops "
                                  "multihop vrrp checker ",
                                  row->name));
    if (row->tier == 'A')
        g_assert_null (row->not_done);
    if (row->kind == KA_BLOCK && row->block->line != NULL && row->block->open != NULL
        && row->block->row_count == 0)
        g_assert_cmpuint (row->offset, !=, KA_NOWHERE);
}

static void
rows_are_sound (void)
{
    walk (&cfg_ka_top, check_row, 0);
}

static void
check_unique (const CfgKaBlock *block, const CfgKaRow *row)
{
    const CfgKaRow *found = find_row (block, row->name);

    g_assert_true (found == row);
}

static void
no_keyword_stands_twice_in_a_table (void)
{
    walk (&cfg_ka_top, check_unique, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/keepalived/rows/every-keyword-of-the-reference-is-known",
                     every_keyword_of_the_reference_is_known);
    g_test_add_func ("/keepalived/rows/every-checker-takes-the-common-words",
                     every_checker_takes_the_common_words);
    g_test_add_func ("/keepalived/rows/rows-are-sound", rows_are_sound);
    g_test_add_func ("/keepalived/rows/no-keyword-stands-twice-in-a-table",
                     no_keyword_stands_twice_in_a_table);
    return g_test_run ();
}
