/* SPDX-License-Identifier: Apache-2.0 */
/* Reading included configuration files; see conf_files.h. */
#include "config.h"

#include "ra/conf_files.h"

#include <arpa/inet.h>
#include <glob.h>
#include <string.h>

static void
add_file (const char *path, RaConfBudget *budget, GPtrArray *texts)
{
    g_autofree char *text = NULL;
    gsize len = 0;
    if (budget->files_left == 0 || !g_file_test (path, G_FILE_TEST_IS_REGULAR)
        || !g_file_get_contents (path, &text, &len, NULL) || len > budget->bytes_left)
        return;
    budget->files_left--;
    budget->bytes_left -= len;
    g_ptr_array_add (texts,
                     g_steal_pointer (&text)); /* NULs end it early: no server accepts them */
}

GPtrArray *
ra_conf_read (const char *base, const char *pattern, RaConfBudget *budget)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *full = g_path_is_absolute (pattern) || base == NULL
                                ? g_strdup (pattern)
                                : g_build_filename (base, pattern, NULL);
    glob_t found = { 0 };
    if (glob (full, 0, NULL, &found) == 0)
        for (gsize i = 0; i < found.gl_pathc; i++)
            add_file (found.gl_pathv[i], budget, texts);
    globfree (&found);
    return texts;
}

static gboolean
take_port (const char *text, RaListen *out)
{
    guint64 port;
    if (!g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL))
        return FALSE;
    out->port = (guint16) port;
    return TRUE;
}

static gboolean
take_ip (const char *text, gsize len, RaListen *out)
{
    guint8 bytes[16];
    if (len >= sizeof out->ip)
        return FALSE;
    memcpy (out->ip, text, len);
    out->ip[len] = '\0';
    if (strcmp (out->ip, "*") == 0 || strcmp (out->ip, "0.0.0.0") == 0
        || strcmp (out->ip, "localhost") == 0)
        g_strlcpy (out->ip, "127.0.0.1", sizeof out->ip);
    if (strcmp (out->ip, "::") == 0)
        g_strlcpy (out->ip, "::1", sizeof out->ip);
    return inet_pton (AF_INET, out->ip, bytes) == 1 || inet_pton (AF_INET6, out->ip, bytes) == 1;
}

gboolean
ra_listen_parse (const char *text, guint16 default_port, RaListen *out)
{
    memset (out, 0, sizeof *out);
    out->port = default_port;
    g_strlcpy (out->ip, "127.0.0.1", sizeof out->ip);
    if (*text == '[') {
        const char *end = strchr (text, ']');
        if (end == NULL || !take_ip (text + 1, (gsize) (end - text - 1), out))
            return FALSE;
        return end[1] == '\0' || (end[1] == ':' && take_port (end + 2, out));
    }
    const char *colon = strchr (text, ':');
    if (colon != NULL)
        return take_ip (text, (gsize) (colon - text), out) && take_port (colon + 1, out);
    return take_port (text, out) || take_ip (text, strlen (text), out);
}
