/* SPDX-License-Identifier: Apache-2.0 */
/* What the nginx and httpd agents share: finding the server by its pid file, asking it, waiting for it,
 * ending it. Blocking, bounded by the time the caller of the agent gives. */
#pragma once

#include "ra/conf_files.h"
#include "ra/lib/http.h"
#include "ra/lib/ocf.h"

#include <sys/types.h>

typedef struct {
    const RaOcf *ocf;
    const char *title; /* "nginx", for messages */
    char *binary;      /* program file */
    char *config;      /* main configuration file */
    char *pid_file;
    GArray *listens;   /* RaListen, as configured */
    guint port;        /* parameter port; 0: from the configuration */
    gboolean use_ipv6; /* ask ::1 instead of 127.0.0.1 when `port` decides */
} RaWeb;

void ra_web_clear (RaWeb *web);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RaWeb, ra_web_clear)

/* The program file of @name (a path or a name in PATH and the sbin directories), NULL: not
 * installed. (transfer full) */
char *ra_web_find_program (const char *name);

/* Pid of the main process, 0 when it does not run; a pid file left by a crash whose pid belongs to
 * another program now counts as not running. */
pid_t ra_web_pid (const RaWeb *web);

/* Limit for one check in ms: parameter check_timeout, but never more than 4/5 of the action's time. */
guint ra_web_check_ms (const RaOcf *ocf);

/* Level 0: main process there (else 7), not stopped, and it reacts to a question on one of its sockets
 * (else 1). Any reaction counts. */
int ra_web_check_alive (const RaWeb *web, guint limit_ms);
/* Asks @url and wants @regex in the body (NULL: any answer with a status below 400).
 * A host name in @url goes into the Host field; the question goes to this server.
 * @path_listen  where a URL without host is asked; NULL: the first suitable socket */
int ra_web_check_url (const RaWeb *web, const char *url, const char *regex,
                      const RaListen *path_listen, guint limit_ms);
/* The socket to ask first, or NULL. */
const RaListen *ra_web_first_listen (const RaWeb *web);

/* After the start command: wait until level 0 is good, at most @limit_ms. */
int ra_web_wait_up (const RaWeb *web, guint limit_ms);

/* How to end a server. */
typedef struct {
    int graceful_signal; /* finish running requests */
    int fast_signal;
    guint graceful_ms; /* limits for each */
    guint fast_ms;
    gboolean
        ends_when_idle; /* the main process polls slowly: once its workers have gone, hurry it */
} RaWebEnd;
/* 0 when nothing of it runs any more. */
int ra_web_stop (const RaWeb *web, const RaWebEnd *end);
