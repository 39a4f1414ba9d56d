/* SPDX-License-Identifier: Apache-2.0 */
/* Script commands: the second tokenizer (doc/keepalived.md 1.3), and what only a shell would
 * understand (1.8). */
#include "config.h"

#include "cfg/keepalived/lexer.h"
#include "cfg/keepalived/script.h"

#include <string.h>

static bool
is_octal (char c)
{
    return c >= '0' && c <= '7';
}

/* `\nnn` or `\xXX` at @p, which stands behind the backslash. *@byte is what it gives. */
static const char *
read_code (const char *p, char *byte)
{
    guint value = 0;

    if (*p == 'x') {
        for (p++; value < 16 && g_ascii_isxdigit (*p); p++)
            value = value * 16 + (guint) g_ascii_xdigit_value (*p);
    } else {
        for (guint i = 0; i < 3 && is_octal (*p); i++, p++)
            value = value * 8 + (guint) (*p - '0');
    }
    *byte = (char) (value & 0xff);
    return p;
}

/* One escape at @p, which stands behind the backslash; the byte behind it. */
static const char *
read_escape (const char *p, GString *out)
{
    static const char letters[] = "abEfnrtv";
    static const char bytes[] = "\a\b\033\f\n\r\t\v";
    const char *letter = *p != '\0' ? strchr (letters, *p) : NULL;
    char byte = *p;

    if (*p == '\0')
        return p;
    if (letter != NULL)
        byte = bytes[letter - letters];
    else if (is_octal (*p) || (*p == 'x' && g_ascii_isxdigit (p[1])))
        p = read_code (p, &byte) - 1;
    else if (*p == 'c' && p[1] != '\0')
        byte = *++p & 0x1f;
    /* An argument cannot hold a NUL. */
    if (byte != '\0')
        g_string_append_c (out, byte);
    return p + 1;
}

/* One word at *@p, quotes and pieces joined; false: a quote is not closed. */
static bool
read_word (const char **p, GString *out)
{
    char quote = '\0';
    const char *at = *p;

    while (*at != '\0' && (quote != '\0' || strchr (" \t\r\n", *at) == NULL)) {
        if (*at == '\\') {
            at = read_escape (at + 1, out);
        } else if (quote == '\0' && (*at == '"' || *at == '\'')) {
            quote = *at++;
        } else if (*at == quote) {
            quote = '\0';
            at++;
        } else {
            g_string_append_c (out, *at++);
        }
    }
    *p = at;
    return quote == '\0';
}

char **
cfg_ka_script_split (const char *text)
{
    g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

    for (;;) {
        g_autoptr (GString) word = g_string_new (NULL);

        text += strspn (text, " \t\r\n");
        if (*text == '\0')
            break;
        if (!read_word (&text, word))
            return NULL;
        g_ptr_array_add (words, g_strdup (word->str));
    }
    g_ptr_array_add (words, NULL);
    g_ptr_array_set_free_func (words, NULL);
    return (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/* What stands alone as a word where a shell's operator is meant. */
static const char *const operators[] = { "&&",         "||",          "|", ";",    "&",
                                         ">",          ">>",          "<", "2>&1", "2>/dev/null",
                                         ">/dev/null", "&>/dev/null", NULL };
/* Words of the shell that are no programs. */
static const char *const builtins[] = { "[[", "if",     "while", "for", "!", "exit", "source",
                                        ".",  "export", "set",   "cd",  "(", NULL };

const char *
cfg_ka_script_shell_word (char *const *argv)
{
    if (argv[0] == NULL)
        return NULL;
    if (g_strv_contains (builtins, argv[0]))
        return argv[0];
    for (guint i = 1; argv[i] != NULL; i++) {
        gsize len = strlen (argv[i]);

        if (g_strv_contains (operators, argv[i]))
            return argv[i];
        if (len > 1 && argv[i][len - 1] == ';')
            return argv[i];
        if (strncmp (argv[i], "$(", 2) == 0 || *argv[i] == '`')
            return argv[i];
        if (len > 1 && (*argv[i] == '>' || strncmp (argv[i], "2>", 2) == 0))
            return argv[i];
    }
    return NULL;
}
