/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the three members it needs from a file whose form is known; no JSON reader otherwise. */
#include "config.h"

#include "tests/unit/ka_cases.h"

#include <string.h>

static void
case_free (gpointer data)
{
    KaCase *c = data;

    g_free (c->id);
    g_free (c->config);
    g_free (c);
}

static gunichar
read_hex4 (const char *p)
{
    gunichar value = 0;

    for (guint i = 0; i < 4; i++)
        value = value << 4 | (gunichar) g_ascii_xdigit_value (p[i]);
    return value;
}

/* The JSON string at *@p (its opening quote), unescaped; *@p moves behind it. (transfer full) */
static char *
read_string (const char **p)
{
    static const char from[] = "ntrbf\"\\/", to[] = "\n\t\r\b\f\"\\/";
    GString *out = g_string_new (NULL);
    const char *at = *p + 1;

    for (; *at != '"'; at++) {
        const char *plain;

        g_assert_cmpint (*at, !=, '\0');
        if (*at != '\\') {
            g_string_append_c (out, *at);
        } else if (*++at == 'u') {
            gunichar c = read_hex4 (at + 1);

            at += 4;
            if (c >= 0xd800 && c < 0xdc00 && at[1] == '\\' && at[2] == 'u') {
                c = 0x10000 + ((c - 0xd800) << 10) + (read_hex4 (at + 3) - 0xdc00);
                at += 6;
            }
            g_string_append_unichar (out, c);
        } else {
            plain = strchr (from, *at);
            g_assert_nonnull (plain);
            g_string_append_c (out, to[plain - from]);
        }
    }
    *p = at + 1;
    return g_string_free (out, FALSE);
}

/* Behind the next `"NAME":` and blanks, or NULL. */
static const char *
find_member (const char *p, const char *name)
{
    g_autofree char *key = g_strdup_printf ("\"%s\":", name);

    p = strstr (p, key);
    if (p == NULL)
        return NULL;
    p += strlen (key);
    return p + strspn (p, " \n\t");
}

GPtrArray *
ka_cases_read (void)
{
    g_autofree char *path =
        g_test_build_filename (G_TEST_DIST, "data", "keepalived", "cases.json", NULL);
    g_autofree char *text = NULL;
    GPtrArray *cases = g_ptr_array_new_with_free_func (case_free);
    const char *p;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    for (p = find_member (text, "id"); p != NULL; p = find_member (p, "id")) {
        KaCase *c = g_new0 (KaCase, 1);

        c->id = read_string (&p);
        p = find_member (p, "config");
        c->config = read_string (&p);
        p = find_member (find_member (p, "keepalived_2_2_7"), "exit");
        c->exit_2_2_7 = (int) g_ascii_strtoll (p, NULL, 10);
        p = find_member (find_member (p, "keepalived_2_4_3"), "exit");
        c->exit_2_4_3 = (int) g_ascii_strtoll (p, NULL, 10);
        g_ptr_array_add (cases, c);
    }
    return cases;
}
