/* SPDX-License-Identifier: Apache-2.0 */
/* ra/nginx_conf.c: pid, sockets and status page from configurations as people write them. */
#include "config.h"

#include "ra/nginx_conf.h"

#include <string.h>

typedef struct {
    const char *name, *text;
} File;

static const File files[] = {
    { "sites/*", "server { listen 8080; server_name a; }" },
    { "loop.conf", "include loop.conf;" },
    { "listen.inc", "listen 10.0.0.9:81;" },
};

static GPtrArray *
fake_include (const char *pattern, gpointer user)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < G_N_ELEMENTS (files); i++)
        if (strcmp (files[i].name, pattern) == 0)
            g_ptr_array_add (texts, g_strdup (files[i].text));
    return texts;
}

/* "IP:PORT[+tls][+proxy]" of all sockets, separated by blanks. */
static char *
sockets (const RaNginxConf *conf)
{
    GString *out = g_string_new (NULL);
    for (guint i = 0; i < conf->listens->len; i++) {
        const RaListen *l = &g_array_index (conf->listens, RaListen, i);
        g_string_append_printf (out, "%s%s:%u%s%s", i > 0 ? " " : "", l->ip, l->port,
                                l->is_tls ? "+tls" : "", l->is_proxy_protocol ? "+proxy" : "");
    }
    return g_string_free (out, FALSE);
}

typedef struct {
    const char *text;
    const char *pid;
    const char *sockets;
    const char *status_path;
} Case;

static const Case cases[] = {
    { "", NULL, "", NULL },
    { "pid /run/nginx.pid; http { server { listen 80; } }", "/run/nginx.pid", "127.0.0.1:80",
      NULL },
    { "pid \"/run/my nginx.pid\" ;", "/run/my nginx.pid", "", NULL },
    { "# pid /no;\npid /yes; # pid /no;\n", "/yes", "", NULL },
    { "http{server{listen 8081;location /st{stub_status;}}}", NULL, "127.0.0.1:8081", "/st" },
    { "http{server{location = /nginx_status{stub_status on;allow 127.0.0.1;deny all;}}}", NULL,
      "127.0.0.1:80", "/nginx_status" },
    { "http{server{location ~ /st{stub_status;}}}", NULL, "127.0.0.1:80", NULL },
    { "http{server{location / { location /in { if ($a = '}') { return 403; } stub_status; } }}}",
      NULL, "127.0.0.1:80", "/in" },
    { "http { server { } }", NULL, "127.0.0.1:80", NULL },
    { "http { server { listen [::]:80 default_server; listen *:81; listen localhost:82; } }", NULL,
      "::1:80 127.0.0.1:81 127.0.0.1:82", NULL },
    { "http { server { listen 10.1.2.3; listen 443 ssl http2; listen 84 proxy_protocol; } }", NULL,
      "10.1.2.3:80 127.0.0.1:443+tls 127.0.0.1:84+proxy", NULL },
    { "http { server { listen unix:/run/x.sock; listen web.example:80; listen 99999; } }", NULL,
      "127.0.0.1:80", NULL },
    { "stream { server { listen 53; } } mail { server { listen 25; } }", NULL, "", NULL },
    { "http { include sites/*; server { include listen.inc; } include none; }", NULL,
      "127.0.0.1:8080 10.0.0.9:81", NULL },
    { "include loop.conf; pid /after;", "/after", "", NULL },
    { "http { log_format x '{\"a\": \"$b;\"}'; server { listen 1; set $x ${y}z; listen 2; } }",
      NULL, "127.0.0.1:1 127.0.0.1:2", NULL },
    { "http { server { listen 1;", NULL, "127.0.0.1:1", NULL },
    { "} } pid /x;", NULL, "", NULL },
};

static void
test_cases (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        const Case *c = &cases[i];
        g_test_message ("%s", c->text);
        g_autoptr (RaNginxConf) conf = ra_nginx_conf_parse (c->text, fake_include, NULL);
        g_autofree char *found = sockets (conf);
        g_assert_cmpstr (conf->pid, ==, c->pid);
        g_assert_cmpstr (found, ==, c->sockets);
        g_assert_cmpstr (conf->status_path, ==, c->status_path);
    }
}

static void
test_status_page_knows_its_server (void)
{
    g_autoptr (RaNginxConf) conf = ra_nginx_conf_parse (
        "http{server{listen 1;}server{listen 2;location /s{stub_status;}}}", fake_include, NULL);
    const RaListen *second = &g_array_index (conf->listens, RaListen, 1);
    g_assert_cmpuint (conf->status_server, ==, second->server);
    g_assert_cmpuint (second->port, ==, 2);
}

static void
test_any_bytes_give_an_answer (void)
{
    static const char *const pieces[] = {
        "http", "server", "{",   "}",    ";",  "listen",   "80",          " ",  "\"",
        "'",    "\\",     "#",   "\n",   "${", "location", "stub_status", "/x", "\t",
        "[::",  "]:",     "pid", "\xff", "~",  "include",  "loop.conf",   "ssl"
    };
    for (guint seed = 0; seed < 3000; seed++) {
        g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
        g_autoptr (GString) text = g_string_new (NULL);
        for (int n = g_rand_int_range (rand, 0, 200); n > 0; n--)
            g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
        g_autoptr (RaNginxConf) conf = ra_nginx_conf_parse (text->str, fake_include, NULL);
        g_assert_nonnull (conf->listens);
    }
}

static void
test_deep_nesting_ends (void)
{
    g_autoptr (GString) text = g_string_new (NULL);
    for (int i = 0; i < 200000; i++)
        g_string_append (text, "http{");
    g_autoptr (RaNginxConf) conf = ra_nginx_conf_parse (text->str, fake_include, NULL);
    g_assert_cmpuint (conf->listens->len, ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ra/nginx-conf/cases", test_cases);
    g_test_add_func ("/ra/nginx-conf/status-page-knows-its-server",
                     test_status_page_knows_its_server);
    g_test_add_func ("/ra/nginx-conf/any-bytes-give-an-answer", test_any_bytes_give_an_answer);
    g_test_add_func ("/ra/nginx-conf/deep-nesting-ends", test_deep_nesting_ends);
    return g_test_run ();
}
