/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent must know of an Apache httpd configuration: pid file, sockets, status page. Not a
 * checker: httpd itself says whether the configuration is good. Pure but for the include callback. */
#pragma once

#include "ra/conf_files.h"

typedef struct {
    char *server_root; /* NULL: not given */
    char *pid_file;    /* variables resolved; may be relative to the server root; NULL: not given */
    GArray *listens;   /* RaListen, file order */
    char *status_path; /* Location with SetHandler server-status, NULL: none */
} RaHttpdConf;

/* Texts of the files that an include names, below @server_root (may be NULL) when relative;
 * (transfer full), never NULL. */
typedef GPtrArray *(*RaHttpdInclude) (const char *server_root, const char *pattern, gpointer user);

/* @variables  char * -> char *, what ${NAME} means; Define adds to it
 * Any bytes give an answer; includes are followed to a depth of 32. (transfer full) */
RaHttpdConf *ra_httpd_conf_parse (const char *text, GHashTable *variables, RaHttpdInclude include,
                                  gpointer user);
void ra_httpd_conf_free (RaHttpdConf *conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RaHttpdConf, ra_httpd_conf_free)
