/* SPDX-License-Identifier: Apache-2.0 */
/* ra/httpd_conf.c: pid file, sockets and status page from Apache configurations. */
#include "config.h"

#include "ra/httpd_conf.h"

#include <string.h>

typedef struct {
    const char *name, *text;
} File;

static const File files[] = {
    { "/etc/apache2|ports.conf", "Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n"
                                 "<IfModule mod_gnutls.c>\nListen 443\n</IfModule>\n" },
    { "/etc/apache2|mods/*.load", "LoadModule ssl_module /usr/lib/mod_ssl.so\n" },
    { "(null)|loop.conf", "Include loop.conf\nListen 1\n" },
};

static GPtrArray *
fake_include (const char *root, const char *pattern, gpointer user)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *key = g_strdup_printf ("%s|%s", root != NULL ? root : "(null)", pattern);
    for (guint i = 0; i < G_N_ELEMENTS (files); i++)
        if (strcmp (files[i].name, key) == 0)
            g_ptr_array_add (texts, g_strdup (files[i].text));
    return texts;
}

static RaHttpdConf *
parse (const char *text)
{
    g_autoptr (GHashTable) variables =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert (variables, g_strdup ("APACHE_PID_FILE"), g_strdup ("/run/a.pid"));
    g_hash_table_insert (variables, g_strdup ("STATUS"), g_strdup (""));
    return ra_httpd_conf_parse (text, variables, fake_include, NULL);
}

static char *
sockets (const RaHttpdConf *conf)
{
    GString *out = g_string_new (NULL);
    for (guint i = 0; i < conf->listens->len; i++) {
        const RaListen *l = &g_array_index (conf->listens, RaListen, i);
        g_string_append_printf (out, "%s%s:%u%s", i > 0 ? " " : "", l->ip, l->port,
                                l->is_tls ? "+tls" : "");
    }
    return g_string_free (out, FALSE);
}

typedef struct {
    const char *text;
    const char *pid_file;
    const char *sockets;
    const char *status_path;
} Case;

static const Case cases[] = {
    { "", NULL, "", NULL },
    { "PidFile ${APACHE_PID_FILE}\nListen 80", "/run/a.pid", "127.0.0.1:80", NULL },
    { "pidfile \"/run/b c.pid\"\r\nlisten 8080\r\n", "/run/b c.pid", "127.0.0.1:8080", NULL },
    { "PidFile ${UNKNOWN}/x", "${UNKNOWN}/x", "", NULL },
    { "#Listen 80\n  # Listen 81\nListen 82", NULL, "127.0.0.1:82", NULL },
    { "Listen 10.0.0.1:80\nListen [::]:81\nListen 443 https\nListen 8443 http", NULL,
      "10.0.0.1:80 ::1:81 127.0.0.1:443+tls 127.0.0.1:8443", NULL },
    { "Define port 8088\nListen ${port}", NULL, "127.0.0.1:8088", NULL },
    { "Listen \\\n80", NULL, "127.0.0.1:80", NULL },
    { "ServerRoot /etc/apache2\nInclude ports.conf", NULL, "127.0.0.1:80", NULL },
    { "ServerRoot \"/etc/apache2\"\nInclude mods/*.load\nIncludeOptional ports.conf", NULL,
      "127.0.0.1:80 127.0.0.1:443+tls", NULL },
    { "<IfDefine STATUS>\nListen 1\n</IfDefine>\n<IfDefine !STATUS>\nListen 2\n</IfDefine>", NULL,
      "127.0.0.1:1", NULL },
    { "<IfModule !x_module>\nListen 1\n<IfModule x_module>\nListen 2\n</IfModule>\nListen 3\n"
      "</IfModule>",
      NULL, "127.0.0.1:1 127.0.0.1:3", NULL },
    { "<IfModule x_module>\n<Directory /a>\n</Directory>\nListen 2\n</IfModule>\nListen 3", NULL,
      "127.0.0.1:3", NULL },
    { "<Location \"/server-status\">\nSetHandler server-status\n</Location>", NULL, "",
      "/server-status" },
    { "<Location /a>\n</Location>\nSetHandler server-status", NULL, "", NULL },
    { "<VirtualHost *:80>\nListen 80\n</VirtualHost>\nListen 81", NULL, "127.0.0.1:81", NULL },
    { "Listen\nPidFile\nInclude\n<\n</\n<>", NULL, "", NULL },
    { "</IfModule>\n</VirtualHost>\nListen 5", NULL, "127.0.0.1:5", NULL },
};

static void
test_cases (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        const Case *c = &cases[i];
        g_test_message ("%s", c->text);
        g_autoptr (RaHttpdConf) conf = parse (c->text);
        g_autofree char *found = sockets (conf);
        g_assert_cmpstr (conf->pid_file, ==, c->pid_file);
        g_assert_cmpstr (found, ==, c->sockets);
        g_assert_cmpstr (conf->status_path, ==, c->status_path);
    }
}

static void
test_include_loops_end (void)
{
    g_autoptr (RaHttpdConf) conf = parse ("Include loop.conf\n");
    g_assert_cmpuint (conf->listens->len, ==, 32);
}

static void
test_any_bytes_give_an_answer (void)
{
    static const char *const pieces[] = { "Listen ",  "80",
                                          "\n",       "<IfModule ",
                                          ">",        "</IfModule>",
                                          "\\\n",     "\"",
                                          "${",       "}",
                                          "Include ", "loop.conf",
                                          "\xff",     "<Location /",
                                          "#",        "'",
                                          "Define ",  "x y",
                                          "<",        "</",
                                          " ",        "SetHandler server-status" };
    for (guint seed = 0; seed < 1000; seed++) {
        g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
        g_autoptr (GString) text = g_string_new (NULL);
        for (int n = g_rand_int_range (rand, 0, 100); n > 0; n--)
            g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
        g_autoptr (RaHttpdConf) conf = parse (text->str);
        g_assert_cmpuint (conf->listens->len, <=, 256);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ra/httpd-conf/cases", test_cases);
    g_test_add_func ("/ra/httpd-conf/include-loops-end", test_include_loops_end);
    g_test_add_func ("/ra/httpd-conf/any-bytes-give-an-answer", test_any_bytes_give_an_answer);
    return g_test_run ();
}
