/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of Apache httpd configurations; see httpd_conf.h. One directive a line, a backslash at the end
 * joins lines, <Section ARG> ... </Section> nest. A section whose module is not loaded, or whose name is
 * not defined, is left out; whether a module is loaded is known from the LoadModule lines before it. */
#include "config.h"

#include "ra/httpd_conf.h"

#include <stdbool.h>
#include <string.h>

#define MAX_DEPTH   32
#define MAX_LINE    8192
#define MAX_LISTENS 256

typedef struct {
    RaHttpdConf *conf;
    GHashTable *variables; /* borrowed */
    GHashTable *modules;   /* set of "rewrite_module" and "mod_rewrite.c" */
    RaHttpdInclude include;
    gpointer user;
    guint depth;
    guint skipping;   /* nested sections inside one that is left out, itself included */
    guint host_depth; /* inside <VirtualHost>: its Listen-like lines are none */
    char *location;   /* path of the current <Location> */
} Parser;

void
ra_httpd_conf_free (RaHttpdConf *conf)
{
    if (conf == NULL)
        return;
    g_free (conf->server_root);
    g_free (conf->pid_file);
    g_free (conf->status_path);
    g_array_unref (conf->listens);
    g_free (conf);
}

/* ${NAME} replaced; an unknown one stays as it is, as httpd leaves it. (transfer full) */
static char *
expand (const Parser *parser, const char *line)
{
    GString *out = g_string_new (NULL);
    while (*line != '\0' && out->len < MAX_LINE) {
        const char *end = g_str_has_prefix (line, "${") ? strchr (line, '}') : NULL;
        g_autofree char *name = end != NULL ? g_strndup (line + 2, (gsize) (end - line - 2)) : NULL;
        const char *value = name != NULL ? g_hash_table_lookup (parser->variables, name) : NULL;
        if (value != NULL) {
            g_string_append_len (out, value, (gssize) strnlen (value, MAX_LINE));
            line = end + 1;
        } else {
            g_string_append_c (out, *line++);
        }
    }
    return g_string_free (out, FALSE);
}

/* The next word of @p, unquoted, or NULL at the end. */
static char *
next_word (const char **cursor)
{
    const char *p = *cursor + strspn (*cursor, " \t");
    if (*p == '\0')
        return NULL;
    char quote = *p == '"' || *p == '\'' ? *p++ : '\0';
    const char *end = quote != '\0' ? strchr (p, quote) : p + strcspn (p, " \t");
    if (end == NULL)
        end = p + strlen (p);
    *cursor = *end != '\0' && quote != '\0' ? end + 1 : end;
    return g_strndup (p, (gsize) (end - p));
}

static void
replace (char **field, char **value)
{
    g_free (*field);
    *field = g_steal_pointer (value);
}

static void parse_text (Parser *parser, const char *text);

static void
follow_include (Parser *parser, const char *pattern)
{
    if (parser->depth >= MAX_DEPTH)
        return;
    g_autoptr (GPtrArray) texts =
        parser->include (parser->conf->server_root, pattern, parser->user);
    parser->depth++;
    for (guint i = 0; i < texts->len; i++)
        parse_text (parser, g_ptr_array_index (texts, i));
    parser->depth--;
}

static void
add_listen (Parser *parser, const char *address)
{
    RaListen listen;
    if (parser->conf->listens->len < MAX_LISTENS && ra_listen_parse (address, 80, &listen)) {
        listen.is_tls = listen.port == 443; /* httpd's own rule when no protocol is written */
        g_array_append_val (parser->conf->listens, listen);
    }
}

static void
take_define (Parser *parser, const char *name, const char *rest)
{
    g_autofree char *value = next_word (&rest);
    g_hash_table_insert (parser->variables, g_strdup (name), g_strdup (value != NULL ? value : ""));
}

static void
take_module (Parser *parser, char **name, const char *rest)
{
    g_autofree char *file = next_word (&rest);
    if (file != NULL) {
        g_autofree char *base =
            g_path_get_basename (file); /* mod_x.so: IfModule also says mod_x.c */
        if (g_str_has_suffix (base, ".so"))
            g_hash_table_add (parser->modules,
                              g_strdup_printf ("%.*s.c", (int) strlen (base) - 3, base));
    }
    g_hash_table_add (parser->modules, g_steal_pointer (name));
}

static void
take_directive (Parser *parser, const char *name, const char *rest)
{
    RaHttpdConf *conf = parser->conf;
    g_autofree char *word = next_word (&rest);
    if (word == NULL)
        return;
    if (g_ascii_strcasecmp (name, "Include") == 0
        || g_ascii_strcasecmp (name, "IncludeOptional") == 0)
        follow_include (parser, word);
    else if (g_ascii_strcasecmp (name, "ServerRoot") == 0)
        replace (&conf->server_root, &word);
    else if (g_ascii_strcasecmp (name, "PidFile") == 0)
        replace (&conf->pid_file, &word);
    else if (g_ascii_strcasecmp (name, "Listen") == 0 && parser->host_depth == 0)
        add_listen (parser, word);
    else if (g_ascii_strcasecmp (name, "Define") == 0)
        take_define (parser, word, rest);
    else if (g_ascii_strcasecmp (name, "LoadModule") == 0)
        take_module (parser, &word, rest);
    else if (g_ascii_strcasecmp (name, "SetHandler") == 0 && parser->location != NULL
             && conf->status_path == NULL && strcmp (word, "server-status") == 0)
        conf->status_path = g_strdup (parser->location);
}

/* Modules that are part of every server program. */
static bool
is_built_in (const char *name)
{
    static const char *const names[] = {
        "core.c",      "core_module",  "so_module",         "mod_so.c",
        "http_core.c", "http_module",  "log_config_module", "mod_log_config.c",
        "mod_unixd.c", "unixd_module", "mod_version.c",     "version_module"
    };
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (strcmp (names[i], name) == 0)
            return true;
    return false;
}

static bool
is_section_true (const Parser *parser, const char *name, const char *arg)
{
    bool is_module = g_ascii_strcasecmp (name, "IfModule") == 0;
    if (!is_module && g_ascii_strcasecmp (name, "IfDefine") != 0)
        return true;
    bool wants = *arg != '!';
    arg += wants ? 0 : 1;
    bool has = is_module ? g_hash_table_contains (parser->modules, arg) || is_built_in (arg)
                         : g_hash_table_contains (parser->variables, arg);
    return has == wants;
}

static void
open_section (Parser *parser, const char *line)
{
    const char *rest = line;
    g_autofree char *text = g_strndup (line, strcspn (line, ">"));
    rest = text;
    g_autofree char *name = next_word (&rest);
    g_autofree char *arg = next_word (&rest);
    if (name == NULL)
        return;
    if (parser->skipping > 0 || !is_section_true (parser, name, arg != NULL ? arg : ""))
        parser->skipping++;
    else if (g_ascii_strcasecmp (name, "VirtualHost") == 0)
        parser->host_depth++;
    else if (g_ascii_strcasecmp (name, "Location") == 0 && arg != NULL && *arg == '/')
        replace (&parser->location, &arg);
}

/* Every section counts while skipping, so that the right end tag ends it. */
static void
close_section (Parser *parser, const char *line)
{
    g_autofree char *name = g_strndup (line, strcspn (line, "> \t"));
    if (parser->skipping > 0)
        parser->skipping--;
    else if (g_ascii_strcasecmp (name, "VirtualHost") == 0 && parser->host_depth > 0)
        parser->host_depth--;
    else if (g_ascii_strcasecmp (name, "Location") == 0)
        g_clear_pointer (&parser->location, g_free);
}

static void
take_line (Parser *parser, char *raw)
{
    const char *stripped = g_strstrip (raw);
    if (*stripped == '\0' || *stripped == '#')
        return;
    g_autofree char *line = expand (parser, stripped);
    if (g_str_has_prefix (line, "</")) {
        close_section (parser, line + 2);
    } else if (*line == '<') {
        open_section (parser, line + 1);
    } else if (parser->skipping == 0) {
        const char *rest = line;
        g_autofree char *name = next_word (&rest);
        if (name != NULL)
            take_directive (parser, name, rest);
    }
}

static void
parse_text (Parser *parser, const char *text)
{
    g_autoptr (GString) line = g_string_new (NULL);
    while (*text != '\0') {
        gsize len = strcspn (text, "\n");
        g_string_append_len (line, text, (gssize) MIN (len, MAX_LINE));
        text += len + (text[len] == '\n' ? 1 : 0);
        if (line->len > 0 && line->str[line->len - 1] == '\r')
            g_string_truncate (line, line->len - 1);
        if (line->len > 0 && line->str[line->len - 1] == '\\' && line->len < MAX_LINE
            && *text != '\0') {
            g_string_truncate (line, line->len - 1);
            continue;
        }
        take_line (parser, line->str);
        g_string_truncate (line, 0);
    }
}

RaHttpdConf *
ra_httpd_conf_parse (const char *text, GHashTable *variables, RaHttpdInclude include, gpointer user)
{
    RaHttpdConf *conf = g_new0 (RaHttpdConf, 1);
    conf->listens = g_array_new (FALSE, FALSE, sizeof (RaListen));
    g_autoptr (GHashTable) modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    Parser parser = {
        .conf = conf, .variables = variables, .modules = modules, .include = include, .user = user
    };
    parse_text (&parser, text);
    g_free (parser.location);
    return conf;
}
