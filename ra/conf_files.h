/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a server's configuration files with their includes, bounded; shared by nginx and httpd. */
#pragma once

#include <glib.h>

typedef struct {
    guint files_left;
    gsize bytes_left;
} RaConfBudget;
#define RA_CONF_BUDGET ((RaConfBudget){ .files_left = 2000, .bytes_left = 8 * 1024 * 1024 })

/* Texts (char *, NUL-terminated) of the files that @pattern names, sorted by name; a relative one is
 * below @base. What cannot be read, is no regular file or exceeds the budget is left out.
 * (transfer full) */
GPtrArray *ra_conf_read (const char *base, const char *pattern, RaConfBudget *budget);

/* Where a server listens. Values, owned by the array that holds them. */
typedef struct {
    char ip[48]; /* numeric; a wildcard is already the loopback address of its family */
    guint16 port;
    guint server; /* nginx: number of the server block */
    gboolean is_tls;
    gboolean is_proxy_protocol; /* a plain question would be refused */
} RaListen;
/* `PORT`, `IP`, `IP:PORT`, `*:PORT`, `[IPV6]:PORT`, `localhost:PORT`; @default_port when it has none.
 * FALSE: a socket path, a name, or nonsense. */
gboolean ra_listen_parse (const char *text, guint16 default_port, RaListen *out);
