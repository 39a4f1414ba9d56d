/* SPDX-License-Identifier: Apache-2.0 */
/* Text -> model: the only way into cfg. The caller reads the files (cfg touches no disk) and says
 * what the host looks like, so that cross-checks are pure too. */
#pragma once

#include "cfg/model.h"

/* One file as read. @text need not be valid UTF-8 and may hold NUL bytes. */
typedef struct {
    const char *path; /* for diagnostics */
    const char *text; /* NULL: the file does not exist */
    gsize len;
    guint mode;  /* permission bits, for authkeys; 0: unknown */
    guint owner; /* uid */
} CfgText;

/* What cross-checks ask of the host; any callback may be NULL: that check is left out. */
typedef struct {
    gpointer data;
    bool (*has_interface) (gpointer data, const char *name);
    /* Is an agent of that name to be found anywhere (ha.d/resource.d, init.d, OCF, systemd)? */
    bool (*has_agent) (gpointer data, const char *name);
    bool (*has_user) (gpointer data, const char *name);
    bool (*is_executable) (gpointer data, const char *path);
    /* Can nobody but root change the program, or a folder above it? */
    bool (*is_secure) (gpointer data, const char *path);
    /* Value of an environment variable, for ${_ENV NAME}; borrowed, may be NULL. */
    const char *(*env) (gpointer data, const char *name);
} CfgHost;

/* A file that an `include` line of hbd.conf or keepalived.conf names. All owned. */
typedef struct {
    char *path;
    char *text; /* NULL: there, but not to be read */
    gsize len;
    char *problem; /* why not, when @text is NULL */
    guint mode;    /* permission bits; 0: unknown */
} CfgIncluded;

/* @text is copied, NULL stays NULL. For the free function of the callback's array: cfg_included_free. */
CfgIncluded *cfg_included_new (const char *path, const char *text, gsize len);
void cfg_included_free (gpointer included);

typedef struct {
    CfgText ha_cf, haresources, authkeys, hbd_conf, keepalived_conf;
    const char *node_name; /* own name, lower-cased by cfg */
    const char *config_id; /* for `@ID` in keepalived.conf; NULL: @node_name up to the first dot */
    const CfgHost *host;   /* may be NULL */
    /* The files that @pattern (a path or glob, relative to the folder of the file @from) names, in
     * the order to read them: CfgIncluded, (transfer full); NULL or empty when there are none. The
     * callback may be NULL: then nothing can be included. cfg bounds depth and number. */
    GPtrArray *(*include) (gpointer data, const char *from, const char *pattern);
    gpointer include_data;
} CfgInput;

/* Parse and check everything. The model is (transfer full) and always returned; it is to be used
 * only when @diags->errors is 0. Diagnostics are appended and sorted. */
CfgCluster *cfg_parse (const CfgInput *input, CfgDiags *diags);

/* The three Heartbeat files and hbd.conf printed from the model; parsing them gives an equal
 * model: parse -> print -> parse is a fixed point. (transfer full) */
char *cfg_print_ha_cf (const CfgCluster *cluster);
char *cfg_print_haresources (const CfgCluster *cluster);
char *cfg_print_authkeys (const CfgCluster *cluster);
char *cfg_print_hbd_conf (const CfgCluster *cluster);

/* Value of a scalar ha.cf directive as written (last one wins), or NULL; cl_status hbparameter. */
const char *cfg_setting (const CfgCluster *cluster, const char *name);
