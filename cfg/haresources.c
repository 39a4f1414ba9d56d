/* SPDX-License-Identifier: Apache-2.0 */
/* haresources: physical lines -> logical lines -> groups of resource words.
 *
 * Heartbeat reads the file with sed, awk and the shell (doc/heartbeat.md 2.1), which shows: a `\`
 * joins only as the very last byte of its line; joining inserts no blank, so a word can go on in
 * the next line; comments are cut before lines are joined, and only in the first of them. A word
 * keeps the place of its first byte.
 *
 * Checks of the arguments of address resources are in haresources_address.c. */
#include "config.h"

#include "cfg/haresources.h"

#include "cfg/build.h"
#include "cfg/value.h"

#include <string.h>

/* Words of one logical line as it grows. */
typedef struct {
    CfgDiags *diags;
    GPtrArray *words; /* CfgWord */
    GString *word;    /* the one that is being read */
    CfgPlace word_place;
    bool is_broken; /* a fault was said: the line does not become a group */
} Logical;

static void
end_word (Logical *logical)
{
    if (logical->word->len == 0)
        return;
    if (logical->words->len <= CFG_GROUP_RESOURCES_MAX + 1)
        g_ptr_array_add (logical->words, cfg_word_new (logical->word_place, logical->word->str,
                                                       logical->word->len));
    g_string_truncate (logical->word, 0);
}

static void
complain (Logical *logical, CfgPlace place, const char *text)
{
    cfg_diag (logical->diags, CFG_ERROR, place, "%s", text);
    logical->is_broken = true;
}

static void
add_bytes (Logical *logical, const CfgLine *line)
{
    for (gsize i = 0; i < line->len; i++) {
        if (strchr (CFG_BLANKS, line->data[i]) != NULL) {
            end_word (logical);
            continue;
        }
        if (logical->word->len == 0)
            logical->word_place = cfg_place_at (line->place, i);
        if (logical->word->len < CFG_RESOURCE_MAX)
            g_string_append_c (logical->word, line->data[i]);
        else if (!logical->is_broken)
            complain (logical, logical->word_place, "the word is longer than 4000 bytes");
    }
}

/* Add one physical line; true when the logical line goes on in the next one. */
static bool
add_line (Logical *logical, CfgLine *line, bool is_joined)
{
    const char *comment = memchr (line->data, '#', line->len);
    gsize whole = line->len, backslash;
    bool is_continued, is_cut;

    cfg_line_strip (line);
    if (!cfg_line_is_sane (line, logical->diags)) {
        logical->is_broken = true;
        return false;
    }
    if (is_joined && comment != NULL)
        cfg_diag (logical->diags, CFG_WARNING,
                  cfg_place_at (line->place, (gsize) (comment - line->data)),
                  "Heartbeat does not see a comment in a continued line and takes its words as "
                  "resources; put it on a line of its own");
    backslash = line->len - 1;
    is_continued = line->len > 0 && line->data[backslash] == '\\';
    is_cut = is_continued && line->len < whole && line->data[line->len] != '\r';
    line->len -= is_continued;
    add_bytes (logical, line);
    if (is_continued && (is_cut || line->is_last))
        cfg_diag (logical->diags, CFG_WARNING, cfg_place_at (line->place, backslash),
                  "%s; Heartbeat takes the \\ for a script, which is not there; hbd leaves it out",
                  is_cut ? "something follows the \\, so the line does not go on"
                         : "the line goes on behind the end of the file");
    return is_continued && !is_cut && !line->is_last;
}

/* `IPv6addr::fd00::1/64` is cut at every `::` by Heartbeat; an address that was cut in two is put
 * together again. */
static void
mend_ipv6 (CfgResourceWord *word)
{
    g_autofree char *joined = NULL, *address = NULL;

    if (g_strv_length (word->args) < 2)
        return;
    joined = g_strconcat (word->args[0], "::", word->args[1], NULL);
    address = g_strndup (joined, strcspn (joined, "/"));
    if (!cfg_is_ipv6 (address))
        return;
    g_free (word->args[0]);
    g_free (word->args[1]);
    word->args[0] = g_steal_pointer (&joined);
    memmove (word->args + 1, word->args + 2,
             (g_strv_length (word->args + 2) + 1) * sizeof (char *));
}

CfgResourceWord *
cfg_resource_word_new (CfgPlace place, const char *text)
{
    CfgResourceWord *word = g_new0 (CfgResourceWord, 1);
    const char *cut = strstr (text, "::");

    word->place = place;
    word->word = g_strdup (text);
    if (cfg_is_like_ipv4 (text)) {
        word->name = g_strdup ("IPaddr");
        word->args = g_new0 (char *, 2);
        word->args[0] = g_strdup (text);
        return word;
    }
    word->name = cut != NULL ? g_strndup (text, (gsize) (cut - text)) : g_strdup (text);
    word->args = cut != NULL ? g_strsplit (cut + 2, "::", -1) : g_new0 (char *, 1);
    if (cfg_resource_is_address (word))
        mend_ipv6 (word);
    return word;
}

/* `db::b` is a script with an argument though it could be an address; `fd00:1::b` is none. */
static bool
is_bare_ipv6 (const char *text)
{
    const char *separator = strstr (text, "::");
    g_autofree char *head = g_strndup (text, strcspn (text, "/"));

    return cfg_is_ipv6 (head)
           && (separator == NULL || separator == text || strchr (text, ':') < separator);
}

/* What keeps @word from being a script's name, or NULL. */
static const char *
find_fault (const CfgWord *word, CfgPlace *place)
{
    gsize name = strcspn (word->text, ":");

    *place = word->place;
    if (cfg_is_like_ipv4 (word->text))
        return NULL;
    if (is_bare_ipv6 (word->text))
        return "a bare IPv6 address is no resource; write IPv6addr:: before it";
    if (name == 0)
        return "the resource has no name before its first ':'";
    if (memchr (word->text, '/', name) != NULL)
        return "a resource is a script's name without a path, looked for in resource.d and init.d";
    if (strchr (word->text, '\\') != NULL)
        return "'\\' inside a line joins nothing; remove it";
    *place = cfg_place_at (word->place, name);
    if (word->text[name] == ':' && word->text[name + 1] != ':'
        && g_ascii_strncasecmp (word->text, "ocf:", 4) != 0)
        return "one ':' does not separate a name from its arguments; write '::'";
    return NULL;
}

/* Heartbeat loses an empty argument, so the following ones move up; so do we. */
static void
drop_empty_arguments (Logical *logical, CfgResourceWord *word)
{
    guint kept = 0;
    bool is_dropped = false;

    for (guint i = 0; word->args[i] != NULL; i++) {
        if (*word->args[i] != '\0') {
            word->args[kept++] = word->args[i];
            continue;
        }
        g_free (word->args[i]);
        is_dropped = true;
    }
    word->args[kept] = NULL;
    if (is_dropped)
        cfg_diag (
            logical->diags, CFG_WARNING, word->place,
            "'%.60s' has an empty argument; as in Heartbeat it is lost and the next ones move "
            "up",
            word->word);
}

static void
add_resource (Logical *logical, CfgGroupLine *group, const CfgWord *text)
{
    CfgPlace place;
    const char *fault = find_fault (text, &place);
    CfgResourceWord *word = cfg_resource_word_new (text->place, text->text);

    word->is_odd = fault != NULL;
    if (fault != NULL)
        cfg_diag_doomed (logical->diags, place, "%s", fault);
    drop_empty_arguments (logical, word);
    cfg_resource_check_address (word, logical->diags);
    g_ptr_array_add (group->resources, word);
}

static CfgGroupLine *
find_group (const CfgCluster *cluster, const CfgGroupLine *like)
{
    const CfgResourceWord *first = like->resources->pdata[0];

    for (guint i = 0; i < cluster->groups->len; i++) {
        CfgGroupLine *group = cluster->groups->pdata[i];
        const CfgResourceWord *other = group->resources->pdata[0];

        if (strcmp (group->node, like->node) == 0 && strcmp (other->word, first->word) == 0)
            return group;
    }
    return NULL;
}

static bool
has_word (const CfgGroupLine *group, const char *word)
{
    for (guint i = 0; i < group->resources->len; i++)
        if (strcmp (((const CfgResourceWord *) group->resources->pdata[i])->word, word) == 0)
            return true;
    return false;
}

/* Two lines of one name: Heartbeat finds both by it and runs them one after the other. */
static void
join_group (Logical *logical, CfgGroupLine *into, CfgGroupLine *line)
{
    const CfgResourceWord *first = line->resources->pdata[0];

    cfg_diag (logical->diags, CFG_WARNING, first->place,
              "'%.60s' is the name of the group on line %u already; as in Heartbeat both lines are "
              "one group",
              first->word, into->place.line);
    for (guint i = 1; i < line->resources->len;) {
        const CfgResourceWord *word = line->resources->pdata[i];

        if (!has_word (into, word->word) && into->resources->len < CFG_GROUP_RESOURCES_MAX)
            g_ptr_array_add (into->resources, g_ptr_array_steal_index (line->resources, i));
        else
            i++;
    }
    cfg_group_line_free (line);
}

static void
end_line (Logical *logical, CfgCluster *cluster)
{
    const CfgWord *node;
    CfgGroupLine *group, *before;

    end_word (logical);
    node = cfg_word_at (logical->words, 0);
    if (node == NULL)
        return;
    if (logical->words->len == 1) {
        cfg_diag (logical->diags, CFG_WARNING, node->place,
                  "no resource behind '%.60s': the line does nothing; a line is NODE RESOURCE...",
                  node->text);
        return;
    }
    if (logical->words->len > CFG_GROUP_RESOURCES_MAX + 1)
        complain (logical, node->place, "more than 256 resources in one group");
    if (cluster->groups->len >= CFG_GROUPS_MAX)
        complain (logical, node->place, "more than 256 groups");
    if (logical->is_broken)
        return;
    group = cfg_group_line_new (node->place, node->text);
    for (guint i = 1; i < logical->words->len; i++)
        add_resource (logical, group, cfg_word_at (logical->words, i));
    before = find_group (cluster, group);
    if (before != NULL)
        join_group (logical, before, group);
    else
        g_ptr_array_add (cluster->groups, group);
}

static void
start_line (Logical *logical)
{
    g_ptr_array_set_size (logical->words, 0);
    g_string_truncate (logical->word, 0);
    logical->is_broken = false;
}

static void
warn_of_crlf (const CfgText *text, CfgDiags *diags)
{
    const char *cr = memchr (text->text, '\r', text->len);

    if (cr != NULL)
        cfg_diag (diags, CFG_WARNING, cfg_text_place (text),
                  "lines end in CR LF; Heartbeat's scripts take the CR as part of the last word, "
                  "hbd drops it; convert the file with dos2unix");
}

static char *
digest (const CfgCluster *cluster)
{
    g_autofree char *canonical = cfg_print_haresources (cluster);

    return g_compute_checksum_for_string (G_CHECKSUM_SHA256, canonical, -1);
}

void
cfg_haresources_parse (CfgCluster *cluster, const CfgInput *input, CfgDiags *diags)
{
    g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (cfg_word_free);
    g_autoptr (GString) word = g_string_new (NULL);
    Logical logical = { .diags = diags, .words = words, .word = word };
    bool is_joined = false;
    CfgLines lines;
    CfgLine line;

    if (cfg_text_is_usable (&input->haresources, diags)) {
        warn_of_crlf (&input->haresources, diags);
        cfg_lines_init (&lines, &input->haresources);
        while (cfg_lines_next (&lines, &line)) {
            is_joined = add_line (&logical, &line, is_joined);
            if (is_joined)
                continue;
            end_line (&logical, cluster);
            start_line (&logical);
        }
        cfg_haresources_check_uniqueness (cluster, diags);
    }
    cluster->haresources_digest = digest (cluster);
}
