/* SPDX-License-Identifier: Apache-2.0 */
/* ra/lib/http.c against a small server on the loopback address that answers as it is told to. */
#include "config.h"

#include "ra/lib/http.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One connection is accepted and answered; NULL: accepted, never answered. */
typedef struct {
    int fd;
    guint16 port;
    const char *answer;
    char question[2048];
    GThread *thread;
} Server;

static gpointer
serve (gpointer data)
{
    Server *s = data;
    int c = accept (s->fd, NULL, NULL);
    gssize len = recv (c, s->question, sizeof s->question - 1, 0);
    s->question[MAX (len, 0)] = '\0';
    if (s->answer == NULL) {
        struct pollfd p = { .fd = c, .events = POLLIN };
        poll (&p, 1, 5000); /* until the client gives up */
    } else {
        send (c, s->answer, strlen (s->answer), MSG_NOSIGNAL);
    }
    close (c);
    return NULL;
}

static bool
server_start (Server *s, const char *answer)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
    socklen_t len = sizeof here;
    memset (s, 0, sizeof *s);
    s->answer = answer;
    s->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind (s->fd, (struct sockaddr *) &here, sizeof here) != 0 || listen (s->fd, 1) != 0) {
        close (s->fd);
        g_test_skip ("no loopback interface");
        return false;
    }
    getsockname (s->fd, (struct sockaddr *) &here, &len);
    s->port = ntohs (here.sin_port);
    s->thread = g_thread_new ("server", serve, s);
    return true;
}

static void
server_end (Server *s)
{
    g_thread_join (s->thread);
    close (s->fd);
}

typedef struct {
    const char *answer;
    RaHttpResult result;
    int status;
    const char *body;
} Case;

static const Case cases[] = {
    { "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhello", RA_HTTP_ANSWERED, 200, "hello" },
    { "HTTP/1.0 404 Not Found\r\n\r\n", RA_HTTP_ANSWERED, 404, "" },
    { "HTTP/1.0 500 X\n\nbare newlines", RA_HTTP_ANSWERED, 500, "bare newlines" },
    { "HTTP/1.1 200\r\n", RA_HTTP_ANSWERED, 200, "" },
    { "", RA_HTTP_CLOSED, 0, "" },
    { "SSH-2.0-OpenSSH\r\n", RA_HTTP_GARBAGE, 0, NULL },
    { "HTTP/1.1 999 X\r\n\r\n", RA_HTTP_GARBAGE, 0, NULL },
    { "HTTP/1.1 2x0 X\r\n\r\n", RA_HTTP_GARBAGE, 0, NULL },
    { "H", RA_HTTP_GARBAGE, 0, NULL },
};

static RaHttpQuestion
question (const Server *s)
{
    return (RaHttpQuestion){ .ip = "127.0.0.1",
                             .port = s->port,
                             .method = "GET",
                             .path = "/page",
                             .connect_ms = 2000,
                             .total_ms = 4000 };
}

static void
test_answers (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        Server s;
        if (!server_start (&s, cases[i].answer))
            return;
        g_auto (RaHttpAnswer) a = { 0 };
        RaHttpQuestion q = question (&s);
        ra_http_ask (&q, &a);
        server_end (&s);
        g_test_message ("%s", cases[i].answer);
        g_assert_cmpint (a.result, ==, cases[i].result);
        g_assert_cmpint (a.status, ==, cases[i].status);
        if (cases[i].body != NULL)
            g_assert_cmpstr (a.body->str, ==, cases[i].body);
        g_assert_true ((a.result == RA_HTTP_ANSWERED) == (a.reason == NULL));
    }
}

static void
test_question_is_whole (void)
{
    Server s;
    if (!server_start (&s, "HTTP/1.0 200 OK\r\n\r\n"))
        return;
    g_auto (RaHttpAnswer) a = { 0 };
    RaHttpQuestion q = question (&s);
    q.host = "www.example.org";
    ra_http_ask (&q, &a);
    server_end (&s);
    g_assert_true (
        g_str_has_prefix (s.question, "GET /page HTTP/1.0\r\nHost: www.example.org\r\n"));
    g_assert_true (g_str_has_suffix (s.question, "\r\n\r\n"));
}

static void
test_silence_is_a_timeout_in_time (void)
{
    Server s;
    if (!server_start (&s, NULL))
        return;
    g_auto (RaHttpAnswer) a = { 0 };
    RaHttpQuestion q = question (&s);
    q.total_ms = 60;
    gint64 begin = g_get_monotonic_time ();
    ra_http_ask (&q, &a);
    gint64 spent_ms = (g_get_monotonic_time () - begin) / 1000;
    server_end (&s);
    g_assert_cmpint (a.result, ==, RA_HTTP_TIMEOUT);
    g_assert_cmpint (spent_ms, >=, 55);
    g_assert_cmpint (spent_ms, <, 2000);
    g_assert_nonnull (strstr (a.reason, "no answer within 60 ms"));
}

static void
test_nobody_listens (void)
{
    Server s;
    if (!server_start (&s, ""))
        return;
    g_auto (RaHttpAnswer) first = { 0 }, second = { 0 };
    RaHttpQuestion q = question (&s);
    ra_http_ask (&q, &first); /* uses the only connection up */
    server_end (&s);
    ra_http_ask (&q, &second);
    g_assert_cmpint (second.result, ==, RA_HTTP_REFUSED);
}

static void
test_other_machines_are_not_asked (void)
{
    g_auto (RaHttpAnswer) a = { 0 };
    RaHttpQuestion q = { .ip = "192.0.2.1", /* RFC 5737: nobody's */
                         .port = 80,
                         .method = "HEAD",
                         .path = "/",
                         .connect_ms = 100,
                         .total_ms = 100 };
    ra_http_ask (&q, &a);
    g_assert_cmpint (a.result, ==, RA_HTTP_ERROR);
    g_assert_nonnull (strstr (a.reason, "192.0.2.1 port 80: this address is not on this machine"));
}

static void
test_endless_body_is_cut (void)
{
    Server s;
    g_autofree char *fill = g_strnfill (2 * RA_HTTP_BODY_MAX, 'x');
    g_autofree char *answer = g_strconcat ("HTTP/1.0 200 OK\r\n\r\n", fill, NULL);
    if (!server_start (&s, answer))
        return;
    g_auto (RaHttpAnswer) a = { 0 };
    RaHttpQuestion q = question (&s);
    ra_http_ask (&q, &a);
    server_end (&s);
    g_assert_cmpint (a.result, ==, RA_HTTP_ANSWERED);
    g_assert_cmpuint (a.body->len, ==, RA_HTTP_BODY_MAX);
}

typedef struct {
    const char *text;
    const char *host; /* NULL: refused */
    int port;
    const char *path;
    bool is_ip;
} UrlCase;

static const UrlCase url_cases[] = {
    { "/status", "", 0, "/status", false },
    { "http://127.0.0.1:8080/x?y=z", "127.0.0.1", 8080, "/x?y=z", true },
    { "http://localhost", "localhost", 0, "/", false },
    { "HTTP://www.example.org/a", "www.example.org", 0, "/a", false },
    { "localhost:81/a", "localhost", 81, "/a", false },
    { "http://[::1]:82/", "::1", 82, "/", true },
    { "http://[::1]/", "::1", 0, "/", true },
    { "https://localhost/", NULL, 0, NULL, false },
    { "http://a:0/", NULL, 0, NULL, false },
    { "http://a:99999/", NULL, 0, NULL, false },
    { "http://[::1/", NULL, 0, NULL, false },
    { "http://user@host/", NULL, 0, NULL, false },
    { "/a b", NULL, 0, NULL, false },
    { "/a\r\nHost: evil", NULL, 0, NULL, false },
    { "", NULL, 0, NULL, false },
};

static void
test_urls (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (url_cases); i++) {
        const UrlCase *c = &url_cases[i];
        g_auto (RaUrl) url = { 0 };
        g_autofree char *reason = NULL;
        g_test_message ("%s", c->text);
        bool is_good = ra_url_parse (c->text, &url, &reason);
        g_assert_cmpint (is_good, ==, c->host != NULL);
        g_assert_true (is_good == (reason == NULL));
        if (!is_good)
            continue;
        g_assert_cmpstr (url.host, ==, c->host);
        g_assert_cmpint (url.port, ==, c->port);
        g_assert_cmpstr (url.path, ==, c->path);
        g_assert_cmpint (url.is_host_ip, ==, c->is_ip);
    }
}

static void
test_expressions (void)
{
    g_autoptr (GString) body =
        g_string_new ("Active\nReading: 0 Writing: 1 Waiting: 0\n</HTML>\xff");
    g_autofree char *reason = NULL;
    g_assert_cmpint (ra_http_matches ("writing: [0-9]+", body, &reason), ==, 1);
    g_assert_cmpint (ra_http_matches ("^Reading", body, &reason), ==, 1);
    g_assert_cmpint (ra_http_matches ("</ *html *>", body, &reason), ==, 1);
    g_assert_cmpint (ra_http_matches ("nothing", body, &reason), ==, 0);
    g_assert_null (reason);
    g_assert_cmpint (ra_http_matches ("(", body, &reason), ==, -1);
    g_assert_nonnull (reason);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ra/http/answers", test_answers);
    g_test_add_func ("/ra/http/question-is-whole", test_question_is_whole);
    g_test_add_func ("/ra/http/silence-is-a-timeout-in-time", test_silence_is_a_timeout_in_time);
    g_test_add_func ("/ra/http/nobody-listens", test_nobody_listens);
    g_test_add_func ("/ra/http/other-machines-are-not-asked", test_other_machines_are_not_asked);
    g_test_add_func ("/ra/http/endless-body-is-cut", test_endless_body_is_cut);
    g_test_add_func ("/ra/http/urls", test_urls);
    g_test_add_func ("/ra/http/expressions", test_expressions);
    return g_test_run ();
}
