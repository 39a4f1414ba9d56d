/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent must know of an nginx configuration: pid file, where it listens for HTTP, and where the
 * status page is. Not a checker: nginx itself says whether the configuration is good. Pure but for the
 * include callback. */
#pragma once

#include "ra/conf_files.h"

typedef struct {
    char *pid;         /* as written; NULL: not given */
    GArray *listens;   /* RaListen, file order */
    char *status_path; /* location with stub_status, NULL: none */
    guint status_server;
} RaNginxConf;

/* Texts of the files that an include names (transfer full), never NULL. */
typedef GPtrArray *(*RaNginxInclude) (const char *pattern, gpointer user);

/* Any bytes give an answer; nesting and includes are followed to a depth of 32. (transfer full) */
RaNginxConf *ra_nginx_conf_parse (const char *text, RaNginxInclude include, gpointer user);
void ra_nginx_conf_free (RaNginxConf *conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RaNginxConf, ra_nginx_conf_free)
