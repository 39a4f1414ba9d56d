/* SPDX-License-Identifier: Apache-2.0 */
/* Small HTTP client; see http.h. */
#include "config.h"

#include "ra/lib/http.h"

#include "hbd/base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_MAX (32 * 1024)

typedef struct {
    const RaHttpQuestion *question;
    RaHttpAnswer *answer;
    int fd;
    HbdTime limit;
} Talk;

void
ra_http_answer_clear (RaHttpAnswer *answer)
{
    if (answer->body != NULL)
        g_string_free (answer->body, TRUE);
    g_free (answer->reason);
    memset (answer, 0, sizeof *answer);
}

static bool G_GNUC_PRINTF (3, 4) give_up (Talk *t, RaHttpResult result, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    g_autofree char *what = g_strdup_vprintf (format, args);
    va_end (args);
    t->answer->result = result;
    g_free (t->answer->reason);
    t->answer->reason =
        g_strdup_printf ("%s port %u: %s", t->question->ip, t->question->port, what);
    return false;
}

/* False when the limit passes first. */
static bool
wait_for (Talk *t, short events, HbdTime limit)
{
    HbdTime left = MIN (limit, t->limit) - hbd_clock_now ();
    struct pollfd p = { .fd = t->fd, .events = events };
    return left > 0 && poll (&p, 1, (int) ((left + 999) / 1000)) > 0;
}

static socklen_t
socket_address (const RaHttpQuestion *q, struct sockaddr_storage *out)
{
    memset (out, 0, sizeof *out);
    struct sockaddr_in *v4 = (struct sockaddr_in *) out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) out;
    if (inet_pton (AF_INET, q->ip, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons (q->port);
        return sizeof *v4;
    }
    if (inet_pton (AF_INET6, q->ip, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons (q->port);
        return sizeof *v6;
    }
    return 0;
}

static bool
failed_connect (Talk *t, int error)
{
    if (error == ECONNREFUSED)
        return give_up (t, RA_HTTP_REFUSED, "nobody listens");
    if (error == ETIMEDOUT || error == EAGAIN)
        return give_up (t, RA_HTTP_TIMEOUT, "no connection");
    return give_up (t, RA_HTTP_ERROR, "%s", g_strerror (error));
}

/* The question is for this machine: an address that lives on another node now would answer too, and
 * a server there says nothing about the one here. Its own address as the source makes sure of that. */
static bool
bind_to_this_machine (Talk *t, const struct sockaddr_storage *to, socklen_t len)
{
    struct sockaddr_storage from = *to;
    if (from.ss_family == AF_INET)
        ((struct sockaddr_in *) &from)->sin_port = 0;
    else
        ((struct sockaddr_in6 *) &from)->sin6_port = 0;
    if (bind (t->fd, (const struct sockaddr *) &from, len) == 0)
        return true;
    if (errno == EADDRNOTAVAIL)
        return give_up (t, RA_HTTP_ERROR, "this address is not on this machine");
    return give_up (t, RA_HTTP_ERROR, "%s", g_strerror (errno));
}

static bool
open_connection (Talk *t)
{
    struct sockaddr_storage to;
    socklen_t len = socket_address (t->question, &to);
    if (len == 0)
        return give_up (t, RA_HTTP_ERROR, "not a numeric address");
    t->fd = socket (to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (t->fd < 0)
        return give_up (t, RA_HTTP_ERROR, "%s", g_strerror (errno));
    if (!bind_to_this_machine (t, &to, len))
        return false;
    if (connect (t->fd, (const struct sockaddr *) &to, len) == 0)
        return true;
    if (errno != EINPROGRESS)
        return failed_connect (t, errno);
    if (!wait_for (t, POLLOUT, hbd_clock_now () + HBD_MS (t->question->connect_ms)))
        return give_up (t, RA_HTTP_TIMEOUT, "no connection within %u ms", t->question->connect_ms);
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt (t->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 || failed_connect (t, error);
}

static bool
send_question (Talk *t)
{
    const RaHttpQuestion *q = t->question;
    g_autofree char *text = g_strdup_printf (
        "%s %s HTTP/1.0\r\nHost: %s%s%s\r\nUser-Agent: hbd\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n",
        q->method, q->path, q->host == NULL && strchr (q->ip, ':') ? "[" : "",
        q->host != NULL ? q->host : q->ip, q->host == NULL && strchr (q->ip, ':') ? "]" : "");
    gsize len = strlen (text), done = 0;
    while (done < len) {
        gssize sent = send (t->fd, text + done, len - done, MSG_NOSIGNAL);
        if (sent > 0)
            done += (gsize) sent;
        else if (errno != EAGAIN && errno != EINTR)
            return true; /* closed early: its answer may be there all the same */
        else if (!wait_for (t, POLLOUT, t->limit))
            return give_up (t, RA_HTTP_TIMEOUT, "takes no data");
    }
    return true;
}

/* 1: more came, 0: the end of the stream, -1: gave up. */
static int
receive (Talk *t, GString *into)
{
    char buffer[16384];
    for (;;) {
        gssize len = recv (t->fd, buffer, sizeof buffer, 0);
        if (len > 0)
            g_string_append_len (into, buffer, len);
        if (len >= 0)
            return len > 0;
        if (errno == ECONNRESET)
            return 0;
        if (errno != EAGAIN && errno != EINTR) {
            give_up (t, RA_HTTP_ERROR, "%s", g_strerror (errno));
            return -1;
        }
        if (!wait_for (t, POLLIN, t->limit)) {
            give_up (t, RA_HTTP_TIMEOUT, "connected, but no answer within %u ms",
                     t->question->total_ms);
            return -1;
        }
    }
}

/* `HTTP/1.1 200 OK` at the start of @text. */
static bool
parse_status (const GString *text, int *status)
{
    const char *p = text->str;
    if (text->len < 12 || strncmp (p, "HTTP/", 5) != 0)
        return false;
    p = memchr (p, ' ', 10);
    if (p == NULL || !g_ascii_isdigit (p[1]) || !g_ascii_isdigit (p[2]) || !g_ascii_isdigit (p[3]))
        return false;
    *status = (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');
    return *status >= 100 && *status < 600;
}

/* Bytes after the header, which must be whole; -1 otherwise. */
static gssize
header_end (const GString *text)
{
    const char *end = strstr (text->str, "\r\n\r\n");
    const char *bare = strstr (text->str, "\n\n");
    if (end != NULL && (bare == NULL || end < bare))
        return end + 4 - text->str;
    return bare != NULL ? bare + 2 - text->str : -1;
}

static bool
read_header (Talk *t, GString *text)
{
    int status = 0;
    while (header_end (text) < 0) {
        int rc = text->len < HEADER_MAX ? receive (t, text) : 0;
        if (rc < 0)
            return false;
        if (rc == 0)
            break;
    }
    if (text->len == 0)
        return give_up (t, RA_HTTP_CLOSED, "closed the connection without an answer");
    if (!parse_status (text, &status))
        return give_up (t, RA_HTTP_GARBAGE, "the answer is not HTTP");
    t->answer->result = RA_HTTP_ANSWERED;
    t->answer->status = status;
    gssize end = header_end (text);
    g_string_erase (text, 0, end < 0 ? (gssize) text->len : end);
    return end >= 0;
}

static void
talk (Talk *t)
{
    GString *text = t->answer->body;
    if (!open_connection (t) || !send_question (t) || !read_header (t, text))
        return;
    int rc = 1;
    while (rc > 0 && text->len < RA_HTTP_BODY_MAX && strcmp (t->question->method, "HEAD") != 0)
        rc = receive (t, text); /* the server closes at the end: Connection: close */
    g_string_truncate (text, MIN (text->len, RA_HTTP_BODY_MAX));
}

void
ra_http_ask (const RaHttpQuestion *question, RaHttpAnswer *answer)
{
    Talk t = { .question = question,
               .answer = answer,
               .fd = -1,
               .limit = hbd_clock_now () + HBD_MS (question->total_ms) };
    *answer = (RaHttpAnswer){ .result = RA_HTTP_ERROR, .body = g_string_new (NULL) };
    talk (&t);
    if (t.fd >= 0)
        close (t.fd);
}

/* --- URLs and bodies --------------------------------------------------------------------- */

void
ra_url_clear (RaUrl *url)
{
    g_free (url->host);
    g_free (url->path);
    memset (url, 0, sizeof *url);
}

static bool
is_ip (const char *text)
{
    guint8 bytes[16];
    return inet_pton (AF_INET, text, bytes) == 1 || inet_pton (AF_INET6, text, bytes) == 1;
}

/* HOST, HOST:PORT or [IPV6]:PORT */
static bool
split_authority (const char *text, RaUrl *out)
{
    const char *port = NULL;
    if (*text == '[') {
        const char *end = strchr (text, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        out->host = g_strndup (text + 1, (gsize) (end - text - 1));
        port = end[1] == ':' ? end + 2 : NULL;
    } else {
        const char *colon = strchr (text, ':');
        out->host = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : g_strdup (text);
        port = colon != NULL ? colon + 1 : NULL;
    }
    out->is_host_ip = is_ip (out->host);
    guint64 number = 0;
    if (port != NULL && !g_ascii_string_to_unsigned (port, 10, 1, 65535, &number, NULL))
        return false;
    out->port = (guint16) number;
    return *out->host != '\0' && strpbrk (out->host, "@[]/") == NULL;
}

bool
ra_url_parse (const char *text, RaUrl *out, char **reason)
{
    memset (out, 0, sizeof *out);
    for (const char *p = text; *p != '\0'; p++)
        if (!g_ascii_isgraph (*p)) {
            *reason = g_strdup ("a URL cannot hold blanks or control characters");
            return false;
        }
    if (*text == '/') {
        out->path = g_strdup (text);
        out->host = g_strdup ("");
        return true;
    }
    if (g_ascii_strncasecmp (text, "https://", 8) == 0) {
        *reason = g_strdup_printf ("%.100s: https is not asked; use a URL with http", text);
        return false;
    }
    const char *begin = g_ascii_strncasecmp (text, "http://", 7) == 0 ? text + 7 : text;
    const char *slash = strchr (begin, '/');
    g_autofree char *authority =
        slash != NULL ? g_strndup (begin, (gsize) (slash - begin)) : g_strdup (begin);
    out->path = g_strdup (slash != NULL ? slash : "/");
    if (split_authority (authority, out))
        return true;
    ra_url_clear (out);
    *reason = g_strdup_printf ("'%.100s' is not a URL", text);
    return false;
}

int
ra_http_matches (const char *regex, const GString *body, char **reason)
{
    g_autoptr (GError) error = NULL;
    GRegexCompileFlags flags = G_REGEX_CASELESS | G_REGEX_RAW | G_REGEX_MULTILINE;
    g_autoptr (GRegex) compiled = g_regex_new (regex, flags, 0, &error);
    if (compiled == NULL) {
        *reason = g_strdup_printf ("regular expression '%.100s': %s", regex, error->message);
        return -1;
    }
    gboolean is_match =
        g_regex_match_full (compiled, body->str, (gssize) body->len, 0, 0, NULL, &error);
    return is_match && error == NULL;
}
