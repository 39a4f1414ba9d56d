/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP question to a server on this machine, bounded in time and size. GET and HEAD over plain
 * TCP; no name look-ups, no redirects, no TLS. Standard: RFC 9112, asked as HTTP/1.0 so that no
 * answer is chunked. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define RA_HTTP_BODY_MAX (256 * 1024)

typedef struct {
    const char *ip; /* numeric, IPv4 or IPv6 */
    guint16 port;
    const char *method; /* "GET" or "HEAD" */
    const char *path;   /* "/..." */
    const char *host;   /* Host field; NULL: the address */
    guint connect_ms;   /* limit for the connection, and */
    guint total_ms;     /* for everything */
} RaHttpQuestion;

typedef enum {
    RA_HTTP_ANSWERED, /* a status line came */
    RA_HTTP_CLOSED,   /* connected and closed without one: alive, but no answer */
    RA_HTTP_REFUSED,  /* nobody listens */
    RA_HTTP_TIMEOUT,  /* frozen, overloaded, or the network drops it */
    RA_HTTP_GARBAGE,  /* bytes that are no HTTP */
    RA_HTTP_ERROR,
} RaHttpResult;

typedef struct {
    RaHttpResult result;
    int status;    /* 100 to 599 when answered */
    GString *body; /* at most RA_HTTP_BODY_MAX bytes; may hold NULs */
    char *reason;  /* a sentence when not answered */
} RaHttpAnswer;

/* Blocks at most @total_ms. Fills @answer, to be cleared by the caller. */
void ra_http_ask (const RaHttpQuestion *question, RaHttpAnswer *answer);
void ra_http_answer_clear (RaHttpAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RaHttpAnswer, ra_http_answer_clear)

/* An URL in pieces: `http://HOST[:PORT]/PATH`, or `/PATH` alone (host empty, port 0). */
typedef struct {
    char *host;
    guint16 port; /* 0: not given */
    char *path;
    bool is_host_ip;
} RaUrl;
/* False with @reason: no such URL, https, or something in it that must not go into a request. */
bool ra_url_parse (const char *text, RaUrl *out, char **reason);
void ra_url_clear (RaUrl *url);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RaUrl, ra_url_clear)

/* Does @regex (PCRE, case ignored) match anywhere in @body? -1: the expression is wrong (@reason). */
int ra_http_matches (const char *regex, const GString *body, char **reason);
