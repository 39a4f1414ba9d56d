/* SPDX-License-Identifier: Apache-2.0 */
/* `include` in its six forms (doc/keepalived.md 1.6). The caller's callback finds and reads the
 * files; brace alternatives are taken apart here, so that an empty one is noticed. */
#include "config.h"

#include "cfg/keepalived/reader.h"

#include <string.h>

#define ALTERNATIVES_MAX 256

static const struct {
    const char *word;
    guint checks; /* what makes it an error */
} forms[] = {
    { "include", 0 },
    { "includer", CFG_KA_CHECK_READABLE },
    { "includem", CFG_KA_CHECK_MATCH },
    { "includew", CFG_KA_CHECK_MATCH | CFG_KA_CHECK_WILDCARD },
    { "includeb", CFG_KA_CHECK_BRACE },
    { "includea",
      CFG_KA_CHECK_READABLE | CFG_KA_CHECK_MATCH | CFG_KA_CHECK_WILDCARD | CFG_KA_CHECK_BRACE },
};

/* Index of the `}` that closes the `{` at @open, or 0. */
static gsize
closing (const char *text, gsize open)
{
    guint depth = 0;

    for (gsize i = open; text[i] != '\0'; i++) {
        depth += text[i] == '{';
        depth -= text[i] == '}';
        if (depth == 0)
            return i;
    }
    return 0;
}

/* `a{b,c}d` -> `abd`, `acd`, as glob(3) does with GLOB_BRACE. */
static void
expand_braces (const char *pattern, GPtrArray *out)
{
    const char *open = strchr (pattern, '{');
    gsize from = open != NULL ? (gsize) (open - pattern) : 0;
    gsize close = open != NULL ? closing (pattern, from) : 0;
    gsize start = from + 1;
    guint depth = 0;

    if (out->len >= ALTERNATIVES_MAX)
        return;
    if (close == 0) {
        g_ptr_array_add (out, g_strdup (pattern));
        return;
    }
    for (gsize i = start; i <= close; i++) {
        if (depth == 0 && (pattern[i] == ',' || i == close)) {
            g_autofree char *one =
                g_strdup_printf ("%.*s%.*s%s", (int) from, pattern, (int) (i - start),
                                 pattern + start, pattern + close + 1);

            expand_braces (one, out);
            start = i + 1;
        }
        depth += pattern[i] == '{';
        depth -= pattern[i] == '}' && depth > 0;
    }
}

/* One include line. */
typedef struct {
    CfgPlace place, pattern_place;
    const char *file; /* that it stands in */
    char *pattern;
    guint checks;
} Include;

static void
complain (CfgKaReader *reader, const Include *include, bool is_error, const char *what)
{
    cfg_ka_diag_at (reader, is_error ? CFG_ERROR : CFG_WARNING, include->pattern_place,
                    "%s '%.200s'%s", what, include->pattern,
                    is_error ? "" : "; as in keepalived nothing is included");
}

/* Files of one alternative, in reading order, to @out; false when there are none. */
static bool
find (CfgKaReader *reader, const Include *include, const char *pattern, GPtrArray *out)
{
    const CfgInput *input = reader->input;
    g_autoptr (GPtrArray) files = NULL;
    bool has_any;

    if (input->include != NULL && reader->files <= CFG_KA_FILES_MAX)
        files = input->include (input->include_data, include->file, pattern);
    has_any = files != NULL && files->len > 0;
    while (files != NULL && files->len > 0)
        g_ptr_array_add (out, g_ptr_array_steal_index (files, 0));
    return has_any;
}

static void
push_in_order (CfgKaReader *reader, const Include *include, GPtrArray *files)
{
    /* The last one pushed is read first. */
    for (guint i = files->len; i-- > 0;) {
        const CfgIncluded *file = files->pdata[i];

        if (file->text == NULL)
            cfg_ka_diag_at (reader,
                            include->checks & CFG_KA_CHECK_READABLE ? CFG_ERROR : CFG_WARNING,
                            include->pattern_place, "'%.200s' is skipped: %s", file->path,
                            file->problem != NULL ? file->problem : "it cannot be read");
        else if (file->mode & 0111)
            cfg_ka_diag_at (reader, CFG_WARNING, include->pattern_place,
                            "'%.200s' is executable, and keepalived skips such files; so does hbd: "
                            "chmod -x it",
                            file->path);
        else
            cfg_ka_push_file (reader, file, include->place);
    }
}

static void
read_include (CfgKaReader *reader, const Include *include)
{
    g_autoptr (GPtrArray) patterns = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (cfg_included_free);
    bool has_wildcard = strpbrk (include->pattern, "*?[") != NULL;
    guint missing = 0;

    expand_braces (include->pattern, patterns);
    for (guint i = 0; i < patterns->len; i++)
        missing += !find (reader, include, patterns->pdata[i], files);
    if (files->len == 0)
        complain (reader, include,
                  (include->checks & CFG_KA_CHECK_MATCH
                   && (!has_wildcard || include->checks & CFG_KA_CHECK_WILDCARD))
                      || (include->checks & CFG_KA_CHECK_BRACE && patterns->len > 1),
                  "there is no file");
    else if (missing > 0)
        complain (reader, include, include->checks & CFG_KA_CHECK_BRACE,
                  "there is no file for a part of");
    push_in_order (reader, include, files);
}

bool
cfg_ka_include (CfgKaReader *reader, const CfgKaSlice *line)
{
    gsize word = 0;
    CfgKaSlice pattern;

    while (word < line->len && !cfg_ka_is_blank (line->data[word]))
        word++;
    for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
        Include include = { .place = cfg_ka_slice_place (line, 0, NULL),
                            .checks = forms[i].checks };

        if (strlen (forms[i].word) != word || memcmp (forms[i].word, line->data, word) != 0)
            continue;
        pattern = cfg_ka_slice_cut (line, word, line->len - word);
        pattern = cfg_ka_slice_strip (&pattern);
        if (pattern.len == 0)
            return false;
        if (i == 0)
            include.checks = reader->include_checks;
        include.file = include.place.file;
        include.pattern = g_strndup (pattern.data, pattern.len);
        include.pattern_place = cfg_ka_slice_place (&pattern, 0, NULL);
        read_include (reader, &include);
        g_free (include.pattern);
        return true;
    }
    return false;
}
