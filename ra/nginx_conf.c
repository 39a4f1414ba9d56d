/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of nginx configurations; see nginx_conf.h. Statements are words that end in `;` or open a block;
 * what a statement means depends on the block it stands in. */
#include "config.h"

#include "ra/nginx_conf.h"

#include <stdbool.h>
#include <string.h>

#define MAX_DEPTH   32
#define MAX_WORDS   64
#define MAX_LISTENS 256

typedef enum {
    LEVEL_MAIN,
    LEVEL_HTTP,
    LEVEL_SERVER,
    LEVEL_LOCATION,
    LEVEL_OTHER, /* stream, mail, events, upstream, ...: nothing for us in there */
} Level;

typedef struct {
    RaNginxConf *conf;
    RaNginxInclude include;
    gpointer user;
    guint server;   /* number of the current server block */
    char *location; /* path of the current location, NULL: one by regular expression */
} Parser;

void
ra_nginx_conf_free (RaNginxConf *conf)
{
    if (conf == NULL)
        return;
    g_free (conf->pid);
    g_free (conf->status_path);
    g_array_unref (conf->listens);
    g_free (conf);
}

/* One word from @p, unquoted, appended to @words; returns where it ends. */
static const char *
read_word (const char *p, GPtrArray *words)
{
    g_autoptr (GString) word = g_string_new (NULL);
    char quote = *p == '"' || *p == '\'' ? *p++ : '\0';
    while (*p != '\0') {
        bool is_variable = p[0] == '$' && p[1] == '{'; /* its braces are no block */
        if (!is_variable && (quote != '\0' ? *p == quote : strchr (" \t\r\n;{}", *p) != NULL))
            break;
        gsize len = is_variable ? strcspn (p, "} \t\r\n;") : 1;
        if (*p == '\\' && p[1] != '\0')
            p++;
        g_string_append_len (word, p, (gssize) len);
        p += len;
        if (is_variable && *p == '}')
            g_string_append_c (word, *p++);
    }
    if (quote != '\0' && *p == quote)
        p++;
    if (words->len < MAX_WORDS)
        g_ptr_array_add (words, g_strdup (word->str));
    return p;
}

/* The words of the next statement; result: `;`, `{`, `}` or NUL, what ended it. */
static char
read_statement (const char **cursor, GPtrArray *words)
{
    const char *p = *cursor;
    g_ptr_array_set_size (words, 0);
    for (;;) {
        p += strspn (p, " \t\r\n");
        if (*p == '#') {
            p += strcspn (p, "\n");
        } else if (*p == '\0') {
            *cursor = p;
            return '\0';
        } else if (strchr (";{}", *p) != NULL) {
            *cursor = p + 1;
            return *p;
        } else {
            p = read_word (p, words);
        }
    }
}

static void
add_listen (Parser *parser, const GPtrArray *words)
{
    RaListen listen;
    if (words->len < 2 || parser->conf->listens->len >= MAX_LISTENS
        || !ra_listen_parse (g_ptr_array_index (words, 1), 80, &listen))
        return;
    listen.server = parser->server;
    for (guint i = 2; i < words->len; i++) {
        const char *word = g_ptr_array_index (words, i);
        listen.is_tls |= strcmp (word, "ssl") == 0 || strcmp (word, "quic") == 0;
        listen.is_proxy_protocol |= strcmp (word, "proxy_protocol") == 0;
    }
    g_array_append_val (parser->conf->listens, listen);
}

static void parse_level (Parser *parser, const char *text, Level level, guint depth,
                         const char **end);

static void
follow_include (Parser *parser, const GPtrArray *words, Level level, guint depth)
{
    if (words->len < 2 || depth >= MAX_DEPTH)
        return;
    g_autoptr (GPtrArray) texts = parser->include (g_ptr_array_index (words, 1), parser->user);
    for (guint i = 0; i < texts->len; i++)
        parse_level (parser, g_ptr_array_index (texts, i), level, depth + 1, NULL);
}

static void
take_directive (Parser *parser, const GPtrArray *words, Level level, guint depth)
{
    RaNginxConf *conf = parser->conf;
    const char *name = words->len > 0 ? g_ptr_array_index (words, 0) : "";
    if (strcmp (name, "include") == 0) {
        follow_include (parser, words, level, depth);
    } else if (level == LEVEL_MAIN && strcmp (name, "pid") == 0 && words->len > 1) {
        g_free (conf->pid);
        conf->pid = g_strdup (g_ptr_array_index (words, 1));
    } else if (level == LEVEL_SERVER && strcmp (name, "listen") == 0) {
        add_listen (parser, words);
    } else if (level == LEVEL_LOCATION && strcmp (name, "stub_status") == 0
               && conf->status_path == NULL && parser->location != NULL) {
        conf->status_path = g_strdup (parser->location);
        conf->status_server = parser->server;
    }
}

static Level
level_of_block (Level outer, const char *name)
{
    if (outer == LEVEL_MAIN && strcmp (name, "http") == 0)
        return LEVEL_HTTP;
    if (outer == LEVEL_HTTP && strcmp (name, "server") == 0)
        return LEVEL_SERVER;
    if ((outer == LEVEL_SERVER || outer == LEVEL_LOCATION) && strcmp (name, "location") == 0)
        return LEVEL_LOCATION;
    return outer == LEVEL_LOCATION ? LEVEL_LOCATION : LEVEL_OTHER; /* if, limit_except */
}

/* `location [=|^~|~|~*] PATH`: a path that can be asked for, or NULL. */
static char *
location_path (const GPtrArray *words)
{
    const char *last = words->len > 1 ? g_ptr_array_index (words, words->len - 1) : "";
    const char *first = words->len > 2 ? g_ptr_array_index (words, 1) : "";
    return *first != '~' && *last == '/' ? g_strdup (last) : NULL;
}

static const char *
enter_block (Parser *parser, const GPtrArray *words, Level outer, guint depth, const char *p)
{
    const char *name = words->len > 0 ? g_ptr_array_index (words, 0) : "";
    Level level = level_of_block (outer, name);
    bool is_location = level == LEVEL_LOCATION && strcmp (name, "location") == 0;
    char *outer_location = parser->location;
    guint listen_count = parser->conf->listens->len;
    const char *end = p;
    if (level == LEVEL_SERVER)
        parser->server++;
    if (is_location)
        parser->location = location_path (words);
    parse_level (parser, p, level, depth + 1, &end);
    if (level == LEVEL_SERVER && parser->conf->listens->len == listen_count) {
        g_autoptr (GPtrArray) assumed = g_ptr_array_new ();
        g_ptr_array_add (assumed, (gpointer) "listen");
        g_ptr_array_add (assumed, (gpointer) "80"); /* nginx's own default for root */
        add_listen (parser, assumed);
    }
    if (is_location) {
        g_free (parser->location);
        parser->location = outer_location;
    }
    return end;
}

static void
parse_level (Parser *parser, const char *text, Level level, guint depth, const char **end)
{
    g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
    const char *p = text;
    for (;;) {
        char what = read_statement (&p, words);
        if (what == ';')
            take_directive (parser, words, level, depth);
        else if (what == '{' && depth < MAX_DEPTH)
            p = enter_block (parser, words, level, depth, p);
        else if (what != '{')
            break;
    }
    if (end != NULL)
        *end = p;
}

RaNginxConf *
ra_nginx_conf_parse (const char *text, RaNginxInclude include, gpointer user)
{
    RaNginxConf *conf = g_new0 (RaNginxConf, 1);
    conf->listens = g_array_new (FALSE, FALSE, sizeof (RaListen));
    Parser parser = { .conf = conf, .include = include, .user = user };
    parse_level (&parser, text, LEVEL_MAIN, 0, NULL);
    return conf;
}
