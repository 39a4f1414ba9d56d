/* SPDX-License-Identifier: Apache-2.0 */
/* keepalived.conf's lexer: texts in, statements with places out (doc/keepalived.md 1). */
#include "config.h"

#include "cfg/keepalived/lexer.h"
#include "cfg/keepalived/script.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *text;
    const char *items; /* LINE:COLUMN [word]... with { } as they come */
    const char *says;  /* "" nothing; else one diagnostic starts so, `|` and it contains */
} LexerCase;

/* Files that includes may find: every name with a digit in it, holding `from NAME`. */
static GPtrArray *
include (gpointer data, const char *from, const char *pattern)
{
    GPtrArray *files = g_ptr_array_new_with_free_func (cfg_included_free);
    g_autofree char *text = g_strdup_printf ("from %s", pattern);
    CfgIncluded *file;

    if (strcmp (pattern, "dir") == 0) {
        file = cfg_included_new ("dir/", NULL, 0);
        file->problem = g_strdup ("it is a directory");
        g_ptr_array_add (files, file);
    } else if (strcmp (pattern, "all*") == 0) {
        g_ptr_array_add (files, cfg_included_new ("all1", "one {\n", 6));
        g_ptr_array_add (files, cfg_included_new ("all2", "}\n", 2));
    } else if (strcmp (pattern, "self") == 0) {
        g_ptr_array_add (files, cfg_included_new ("self", "include self\nx\n", 15));
    } else if (strcmp (pattern, "bad1") == 0) {
        g_ptr_array_add (files, cfg_included_new ("bad1", "ok\nbad \"x\n", 10));
    } else if (strcmp (pattern, "exe") == 0) {
        file = cfg_included_new ("exe", "x", 1);
        file->mode = 0755;
        g_ptr_array_add (files, file);
    } else if (strpbrk (pattern, "123456789") != NULL) {
        g_ptr_array_add (files, cfg_included_new (pattern, text, strlen (text)));
    }
    return files;
}

static const char *
env (gpointer data, const char *name)
{
    return strcmp (name, "SITE") == 0 ? "north" : NULL;
}

static const CfgHost host = { .env = env };

typedef struct {
    CfgInput input;
    CfgDiags *diags;
    CfgKaReader *reader;
} Lexer;

static void
open_lexer (Lexer *lexer, const char *text, gsize len)
{
    memset (lexer, 0, sizeof *lexer);
    lexer->input.keepalived_conf.path = "k";
    lexer->input.keepalived_conf.text = text;
    lexer->input.keepalived_conf.len = len;
    lexer->input.node_name = "alpha.example.org";
    lexer->input.include = include;
    lexer->input.host = &host;
    lexer->diags = cfg_diags_new ();
    lexer->reader = cfg_ka_reader_new (&lexer->input, lexer->diags);
}

static void
close_lexer (Lexer *lexer)
{
    cfg_ka_reader_free (lexer->reader);
    cfg_diags_free (lexer->diags);
}

/* All items as one text. (transfer full) */
static char *
read_all (CfgKaReader *reader)
{
    GString *out = g_string_new (NULL);

    for (CfgKaItem item = cfg_ka_read (reader); item != CFG_KA_END; item = cfg_ka_read (reader)) {
        const CfgKaStatement *statement = cfg_ka_statement (reader);
        CfgPlace place = cfg_ka_place (reader);

        g_string_append_printf (out, "%s%u:%u", out->len > 0 ? " " : "", place.line, place.column);
        if (item != CFG_KA_STATEMENT)
            g_string_append (out, item == CFG_KA_OPEN ? "{" : "}");
        for (guint i = 0; item == CFG_KA_STATEMENT && i < cfg_ka_word_count (statement); i++)
            g_string_append_printf (out, "[%s]", cfg_ka_word (statement, i)->text);
        if (item == CFG_KA_STATEMENT && statement->has_block)
            g_string_append (out, "{");
    }
    return g_string_free (out, FALSE);
}

static bool
says (const CfgDiags *diags, const char *wanted)
{
    g_auto (GStrv) parts = g_strsplit (wanted, "|", 2);

    for (guint i = 0; i < diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (diags->items->pdata[i]);

        if (g_str_has_prefix (line, parts[0]) && strstr (line, parts[1]) != NULL)
            return true;
        g_test_message ("%s", line);
    }
    return false;
}

static const LexerCase cases[] = {
    { "words-and-lines", "a b  c\n\n\td\r\n", "1:1[a][b][c] 3:2[d]", "" },
    { "no-newline-at-the-end", "a\nb", "1:1[a] 2:1[b]", "" },
    { "comment-glued-to-a-word", "auth_pass a#b\nstate BACKUP! x\n",
      "1:1[auth_pass][a] 2:1[state][BACKUP]", "" },
    { "comment-in-quotes-is-text", "n \"x #1 !2\" # c\n", "1:1[n][x #1 !2]", "" },
    { "escaped-mark", "p a\\#b\\!c\\d\n", "1:1[p][a#b!c\\d]", "" },
    { "quote-ends-a-word", "f \"a b\"c\"d\" 'e f'\n", "1:1[f][a b][c][d]['e][f']", "" },
    { "empty-quoted-word", "f \"\" x\n", "1:1[f][][x]", "" },
    { "open-quote-loses-the-statement", "a \"b c\nd\n", "2:1[d]", "k:1:3: warning|not closed" },
    { "braces-glued", "a{\nb{c}\n}", "1:1[a]{ 2:1[b]{ 2:3[c] 2:4} 3:1}", "" },
    { "brace-on-a-later-line", "a b\n\n# c\n ! d\n{\nc\n}\n", "1:1[a][b]{ 6:1[c] 7:1}", "" },
    { "brace-without-keyword", "{ a }\n", "1:1{ 1:3[a] 1:5}", "" },
    { "brace-in-quotes", "a \"{ }\"\n", "1:1[a][{ }]", "" },
    { "text-behind-an-open-brace", "v { x y }\n", "1:1[v]{ 1:5[x][y] 1:9}", "" },
    { "byte-order-mark",
      "\xef\xbb\xbf"
      "a b\n",
      "1:4[a][b]", "k:1:1: warning|byte order mark" },
    { "not-utf8", "a b\xff\nc # \xff\n", "2:1[c]", "k:1:3: error|not UTF-8" },
    { "control-byte", "a b\001\nc\n", "2:1[c]", "k:1:3: error|control byte" },
    { "backslash-at-the-end-is-text", "a \\\nb\n", "1:1[a][\\] 2:1[b]", "" },

    { "definition", "$IP=10.0.0.1\na ${IP}/24 x${IP}y\n", "2:1[a][10.0.0.1/24][x10.0.0.1y]", "" },
    { "definition-with-blanks", " $N=x y \nb $N\n", "2:1[b][x][y]", "" },
    { "definition-needs-a-blank-behind", "$N=x\na $N $Nx $N/2\n", "2:1[a][x][$Nx][$N/2]",
      "k:2:6: warning|'$Nx' is not defined" },
    { "definition-in-definition", "$A=1${B}1\n$B=2\na ${A}\n", "3:1[a][121]", "" },
    { "definition-makes-a-name", "$A=1\n$X1=y\na ${X${A}}\n", "3:1[a][y]", "" },
    { "definition-is-used-late", "$A=$B\na\n$B=c\nd $A\n", "2:1[a] 4:1[d][c]", "" },
    { "definition-of-a-brace", "$A={\ng $A\nb\n}\n", "2:1[g]{ 3:1[b] 4:1}", "" },
    { "definition-again", "$A=1\na $A\n$A=2\nb $A\n", "2:1[a][1] 4:1[b][2]", "" },
    { "definition-is-no-comment", "a ${_HASH}x${_BANG} # c\n", "1:1[a][#x!]", "" },
    { "definition-of-many-lines", "$A= \\\n  b 1 \\\n  c 2 # x\nd\n$A\ne\n",
      "4:1[d] 2:3[b][1] 3:3[c][2] 6:1[e]", "" },
    { "definition-of-a-block", "$V= \\\n v { \\\n $IP \\\n }\n$IP=1.1.1.1\ni {\n$V\n}\n",
      "6:1[i]{ 2:2[v]{ 5:5[1.1.1.1] 4:2} 8:1}", "" },
    { "definition-unknown-stays", "a $X ${Y}/24 $ $1 end$\n", "1:1[a][$X][${Y}/24][$][$1][end$]",
      "k:1:6: warning|takes its braces for a block" },
    { "definition-of-itself", "$A=${A}x\na $A\nb\n", "3:1[b]", "k:2:1: error|without end" },
    { "definition-not-with-a-blank", "$A = 3\n", "1:1[$A][=][3]", "k:1:1: warning|not defined" },
    { "predefined", "a ${_ENV SITE} ${_ENV NONE}x ${_INSTANCE}y ${_RANDOM 7 7} ${_PWD}\n",
      "1:1[a][north][x][y][7][.]", "" },
    { "predefined-may-be-overridden", "$_HASH=x\na ${_HASH}\n", "2:1[a][x]", "" },

    { "condition", "@alpha a\n@beta b\n@^alpha c\n@^beta d\n@alpha\n", "1:8[a] 4:8[d]", "" },
    { "condition-on-a-block", "@beta g {\nx\n", "2:1[x]", "" },
    { "condition-without-a-name", "@ a\nb\n", "2:1[b]", "k:1:1: warning|without a name" },
    { "conditions-in-a-row", "@alpha @^beta a\n@alpha @beta b\n", "1:15[a]", "" },

    { "sequence", "~SEQ(n,100,102) 10.0.0.${n}/24\n",
      "1:17[10.0.0.100/24] 1:17[10.0.0.101/24] 1:17[10.0.0.102/24]", "" },
    { "sequence-forms", "~SEQ(n,2) a$n $n\n~SEQ(n,-2) $n\n~SEQ(n,3,1) $n\n~SEQ(n,1,2,5) $n\n",
      "1:11[a1][1] 1:11[a2][2] 2:12[-1] 2:12[-2] 3:13[3] 3:13[2] 3:13[1] 4:15[1] 4:15[3] "
      "4:15[5]",
      "" },
    { "sequence-hexadecimal", "~SEQx(n,9,11) x${n}\n", "1:15[x9] 1:15[xa] 1:15[xb]", "" },
    { "sequences-nest", "~SEQ(a,1,2) ~SEQ(b,3,4) ${a}-${b}\n",
      "1:25[1-3] 1:25[1-4] 1:25[2-3] 1:25[2-4]", "" },
    { "sequence-of-blocks", "~SEQ(n,1,2) i $n { x }\n",
      "1:13[i][1]{ 1:20[x] 1:22} 1:13[i][2]{ 1:20[x] 1:22}", "" },
    { "sequence-with-definitions", "$E=2\n~SEQ(n,1,${E}) $n\n", "2:16[1] 2:16[2]", "" },
    { "sequence-that-does-not-end", "~SEQ(n,1,0,3) a\n~SEQ(n,1,-1,3) b\n~SEQ(n c\nd\n", "4:1[d]",
      "k:2:1: warning|no repetition" },
    { "sequence-too-long", "~SEQ(n,1,99999999) a\nb\n", "2:1[b]", "k:1:1: warning|no repetition" },
    { "list", "~LST(n,100,150) 10.0.0.${n}\n", "1:17[10.0.0.100] 1:17[10.0.0.150]", "" },
    { "list-of-tuples", "~LST({v,w},{a,b},{c,d}) $v $w\n", "1:25[a][b] 1:25[c][d]", "" },
    { "list-of-uneven-tuples", "~LST({v,w},{a},{c,d}) $v\nx\n", "2:1[x]",
      "k:1:1: warning|no repetition" },
    { "tilde-alone-is-a-word", "~XYZ(n) a\n", "1:1[~XYZ(n)][a]", "" },

    { "include", "include 1\nb\n", "1:1[from][1] 2:1[b]", "" },
    { "include-in-the-middle-of-a-block", "include all*\nx\n", "1:1[one]{ 1:1} 2:1[x]", "" },
    { "include-missing", "include nope # c\nb\n", "2:1[b]", "k:1:9: warning|no file 'nope'" },
    { "include-needs-a-match", "includem nope\n", "", "k:1:10: error|no file 'nope'" },
    { "include-wildcard-without-match", "includem no*pe\n", "", "k:1:10: warning|no file" },
    { "include-wildcard-needs-a-match", "includew no*pe\n", "", "k:1:10: error|no file" },
    { "include-all-checks", "includea no*pe\n", "", "k:1:10: error|no file" },
    { "include-braces", "include x{1,2{a,b}}\n", "1:1[from][x1] 1:1[from][x2a] 1:1[from][x2b]",
      "" },
    { "include-brace-without-file", "include {1,x}\n", "1:1[from][1]",
      "k:1:9: warning|for a part of" },
    { "include-brace-needs-all", "includeb {1,x}\n", "1:1[from][1]", "k:1:10: error|a part of" },
    { "include-directory", "include dir\n", "", "k:1:9: warning|it is a directory" },
    { "include-directory-unreadable", "includer dir\n", "", "k:1:10: error|it is a directory" },
    { "include-executable", "include exe\n", "", "k:1:9: warning|is executable" },
    { "include-quotes-belong-to-the-name", "include \"a b\"\n", "", "k:1:9: warning|'\"a b\"'" },
    { "include-without-a-name", "include\nincludes x\n", "1:1[include] 2:1[includes][x]", "" },
    { "include-itself", "include self\nb\n", "2:1[x] 2:1[b]", "self:1:1: error|includes itself" },
    { "include-not-behind-a-condition", "@alpha include 1\n", "1:8[include][1]", "" },
    { "place-in-an-included-file", "include bad1\n", "1:1[ok]", "bad1:2:5: warning|not closed" },
    { "place-of-the-include", "include bad1\n", "1:1[ok]", "k:1:1: note|included from here" },
};

static void
check_case (gconstpointer data)
{
    const LexerCase *c = data;
    g_autofree char *items = NULL;
    Lexer lexer;

    open_lexer (&lexer, c->text, strlen (c->text));
    items = read_all (lexer.reader);
    g_assert_cmpstr (items, ==, c->items);
    if (*c->says == '\0') {
        for (guint i = 0; i < lexer.diags->items->len; i++)
            g_test_message ("%s", ((CfgDiag *) lexer.diags->items->pdata[i])->text);
        g_assert_cmpuint (lexer.diags->items->len, ==, 0);
    } else {
        g_assert_true (says (lexer.diags, c->says));
    }
    close_lexer (&lexer);
}

static void
nul_byte_loses_its_line (void)
{
    static const char text[] = "a\nb\0c\nd\n";
    g_autofree char *items = NULL;
    Lexer lexer;

    open_lexer (&lexer, text, sizeof text - 1);
    items = read_all (lexer.reader);
    g_assert_cmpstr (items, ==, "1:1[a] 3:1[d]");
    g_assert_true (says (lexer.diags, "k:2:1: warning|NUL byte"));
    close_lexer (&lexer);
}

static void
long_line_is_read_whole (void)
{
    g_autofree char *xs = g_strnfill (3000, 'x');
    g_autofree char *text = g_strdup_printf ("a %s\nb\n", xs);
    g_autofree char *wanted = g_strdup_printf ("1:1[a][%s] 2:1[b]", xs);
    g_autofree char *items = NULL;
    Lexer lexer;

    open_lexer (&lexer, text, strlen (text));
    items = read_all (lexer.reader);
    g_assert_cmpstr (items, ==, wanted);
    g_assert_true (says (lexer.diags, "k:1:1024: warning|breaks a line after 1023"));
    close_lexer (&lexer);
}

/* Each definition doubles the one before: 2^40 bytes if nobody counted. */
static void
doubling_definitions_are_bounded (void)
{
    g_autoptr (GString) text = g_string_new ("$A0=xxxxxxxxxxxxxxxx\n");
    g_autofree char *items = NULL;
    Lexer lexer;

    for (guint i = 1; i <= 30; i++)
        g_string_append_printf (text, "$A%u=${A%u}${A%u}\n", i, i - 1, i - 1);
    g_string_append (text, "a ${A30}\nb\n");
    open_lexer (&lexer, text->str, text->len);
    items = read_all (lexer.reader);
    g_assert_cmpstr (items, ==, "33:1[b]");
    g_assert_true (says (lexer.diags, "k:32:1: error|without end"));
    g_assert_cmpuint (lexer.diags->errors, ==, 1);
    close_lexer (&lexer);
}

/* Definitions of nothing, which make no bytes but take time. */
static void
empty_definitions_are_bounded (void)
{
    g_autoptr (GString) text = g_string_new ("$A0=\n");
    g_autofree char *items = NULL;
    Lexer lexer;

    for (guint i = 1; i <= 28; i++)
        g_string_append_printf (text, "$A%u=${A%u}${A%u}\n", i, i - 1, i - 1);
    g_string_append (text, "a ${A28}\nb\n");
    open_lexer (&lexer, text->str, text->len);
    items = read_all (lexer.reader);
    g_assert_true (g_str_has_suffix (items, "[b]"));
    g_assert_cmpuint (lexer.diags->errors, >=, 1);
    close_lexer (&lexer);
}

static void
nested_repetitions_are_bounded (void)
{
    static const char text[] = "~SEQ(a,1,60000) ~SEQ(b,1,60000) ~SEQ(c,1,60000) x\ny\n";
    Lexer lexer;
    guint count = 0;

    open_lexer (&lexer, text, sizeof text - 1);
    while (cfg_ka_read (lexer.reader) != CFG_KA_END)
        count++;
    g_assert_cmpuint (count, <, CFG_KA_BUDGET);
    g_assert_true (says (lexer.diags, "k:1:|more than 16777216 bytes"));
    close_lexer (&lexer);
}

static void
used_definition_is_named (void)
{
    static const char text[] = "$P=\"open\n$Q= \\\n one \\\n two $P\n\n$Q\n";
    Lexer lexer;
    g_autofree char *items = NULL;

    open_lexer (&lexer, text, sizeof text - 1);
    items = read_all (lexer.reader);
    g_assert_cmpstr (items, ==, "3:2[one]");
    g_assert_true (says (lexer.diags, "k:1:4: warning|not closed"));
    g_assert_true (says (lexer.diags, "k:4:6: note|used here"));
    g_assert_true (says (lexer.diags, "k:6:1: note|used here"));
    close_lexer (&lexer);
}

static void
random_is_the_same_each_time (void)
{
    static const char text[] = "a ${_RANDOM} ${_RANDOM 5 9} ${_RANDOM 9 5}\n";
    g_autofree char *first = NULL, *second = NULL;
    Lexer lexer;

    open_lexer (&lexer, text, sizeof text - 1);
    first = read_all (lexer.reader);
    close_lexer (&lexer);
    open_lexer (&lexer, text, sizeof text - 1);
    second = read_all (lexer.reader);
    close_lexer (&lexer);
    g_assert_cmpstr (first, ==, second);
    g_assert_true (g_regex_match_simple ("^1:1\\[a\\]\\[[0-9]+\\]\\[[5-9]\\]\\[\\$", first, 0, 0));
}

static void
include_check_tightens_plain_include (void)
{
    static const char text[] = "include nope\n";
    Lexer lexer;

    open_lexer (&lexer, text, sizeof text - 1);
    cfg_ka_set_include_checks (lexer.reader, CFG_KA_CHECK_MATCH);
    g_assert_cmpint (cfg_ka_read (lexer.reader), ==, CFG_KA_END);
    g_assert_true (says (lexer.diags, "k:1:9: error|no file"));
    close_lexer (&lexer);
}

typedef struct {
    const char *text, *words; /* joined by `|`; NULL: a quote is open */
    const char *shell;        /* the word that needs a shell, or NULL */
} ScriptCase;

static void
scripts_are_split_without_a_shell (void)
{
    static const ScriptCase scripts[] = {
        { "/x.sh a  b", "/x.sh|a|b", NULL },
        { "/x.sh 'one two'", "/x.sh|one two", NULL },
        { "abcd\" efg \"mnop x", "abcd efg mnop|x", NULL },
        { "a \\t \\101\\x42 \\\" \\q \\cA", "a|\t|AB|\"|q|\001", NULL },
        { "a '' b", "a||b", NULL },
        { "a 'b", NULL, NULL },
        { "", "", NULL },
        { "killall -0 nginx && exit 0 || exit 1", "killall|-0|nginx|&&|exit|0||||exit|1", "&&" },
        { "[[ -f /x ]]", "[[|-f|/x|]]", "[[" },
        { "pidof nginx | grep 1", "pidof|nginx|||grep|1", "|" },
        { "/x.sh >/dev/null 2>&1", "/x.sh|>/dev/null|2>&1", ">/dev/null" },
        { "/bin/sh -c 'a && b'", "/bin/sh|-c|a && b", NULL },
        { "/x `hostname`", "/x|`hostname`", "`hostname`" },
        { "if true; then", "if|true;|then", "if" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
        g_auto (GStrv) words = cfg_ka_script_split (scripts[i].text);
        g_autofree char *joined = words != NULL ? g_strjoinv ("|", words) : NULL;

        g_assert_cmpstr (joined, ==, scripts[i].words);
        if (words != NULL)
            g_assert_cmpstr (cfg_ka_script_shell_word (words), ==, scripts[i].shell);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strdup_printf ("/keepalived/lexer/%s", cases[i].name);

        g_test_add_data_func (path, &cases[i], check_case);
    }
    g_test_add_func ("/keepalived/lexer/nul-byte-loses-its-line", nul_byte_loses_its_line);
    g_test_add_func ("/keepalived/lexer/long-line-is-read-whole", long_line_is_read_whole);
    g_test_add_func ("/keepalived/lexer/doubling-definitions-are-bounded",
                     doubling_definitions_are_bounded);
    g_test_add_func ("/keepalived/lexer/empty-definitions-are-bounded",
                     empty_definitions_are_bounded);
    g_test_add_func ("/keepalived/lexer/nested-repetitions-are-bounded",
                     nested_repetitions_are_bounded);
    g_test_add_func ("/keepalived/lexer/used-definition-is-named", used_definition_is_named);
    g_test_add_func ("/keepalived/lexer/random-is-the-same-each-time",
                     random_is_the_same_each_time);
    g_test_add_func ("/keepalived/lexer/include-check-tightens-plain-include",
                     include_check_tightens_plain_include);
    g_test_add_func ("/keepalived/script/split-without-a-shell", scripts_are_split_without_a_shell);
    return g_test_run ();
}
