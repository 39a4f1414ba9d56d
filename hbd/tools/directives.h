/* SPDX-License-Identifier: Apache-2.0 */
/* The defaults of ha.cf's directives, as `heartbeat -D` prints them and `cl_status hbparameter`
 * tells them. */
#pragma once

#include "cfg/cfg.h"

/* Print the table on standard output; @as_wiki: with cell marks. */
void hbd_directives_print (bool as_wiki);
/* As text; NULL for one that has no default of its own. */
const char *hbd_directives_default (const char *name);
/* The configuration as `heartbeat -v` prints it: each directive as written or with its default, then
 * nodes and links. @node: our name. (transfer full) */
char *hbd_directives_dump (const CfgCluster *cluster, const char *node);
