/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the ha.cf parser: the table of directives, the loop over lines, and the functions
 * of directives that do more than set one value. Private to cfg and its tests. */
#pragma once

#include "cfg/keyword.h"

#define CFG_NODES_MAX     100 /* doc/heartbeat.md 1.3 */
#define CFG_MEDIA_MAX     64
#define CFG_NODE_NAME_MAX 99

/* What the directives of one file share while it is read. */
struct _CfgContext {
    CfgCluster *cluster;
    CfgDiags *diags;
    const char *node_name; /* own, lower case */
    guint16 port;          /* of media lines that follow */
    guint media_count;     /* lines so far that take the port */
    guint other_media;     /* serial: not supported, but meant as a medium */
    GHashTable *seen;      /* name -> CfgSetting, the last one */
    GHashTable *advised;   /* names whose advice was given */
};

/* One directive line. */
struct _CfgStatement {
    CfgPlace place;   /* of the directive's name */
    const char *rest; /* all behind it, blanks trimmed */
    CfgPlace rest_place;
    GPtrArray *words; /* CfgWord: .rest, cut as the row says */
};

/* All directives, sorted as in doc/heartbeat.md 1.4. */
const CfgRow *cfg_ha_cf_rows (guint *count);

/* Read ha.cf into @cluster. */
void cfg_ha_cf_parse (CfgCluster *cluster, const CfgInput *input, CfgDiags *diags);
/* Set the times that depend on others (doc/heartbeat.md 1.2). */
void cfg_ha_cf_derive (CfgCluster *cluster);

void cfg_parse_node (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_udpport (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_bcast (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_ucast (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_mcast (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_serial (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_ping (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_auto_failback (CfgContext *context, const CfgRow *row,
                              const CfgStatement *statement);
void cfg_parse_respawn (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_apiauth (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_stonith (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_env (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_autojoin (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
void cfg_parse_crm (CfgContext *context, const CfgRow *row, const CfgStatement *statement);
