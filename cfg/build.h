/* SPDX-License-Identifier: Apache-2.0 */
/* Making the model: constructors for the parsers, and the parsers for cfg.c. Private to cfg. */
#pragma once

#include "cfg/cfg.h"
#include "cfg/text.h"

/* An empty model with every default in place. (transfer full) */
CfgCluster *cfg_cluster_new (void);
CfgSetting *cfg_setting_new (CfgPlace place, const char *name, const char *value);
CfgNode *cfg_node_new (CfgPlace place, const char *name);
CfgLink *cfg_link_new (CfgPlace place, CfgLinkKind kind, const char *interface);
CfgGroupLine *cfg_group_line_new (CfgPlace place, const char *node);
/* A word of haresources, cut into name and arguments (doc/heartbeat.md 2.1). */
CfgResourceWord *cfg_resource_word_new (CfgPlace place, const char *word);
void cfg_resource_word_free (gpointer word);
CfgResourceConf *cfg_resource_conf_new (CfgPlace place, const char *name);
CfgRespawn *cfg_respawn_new (CfgPlace place, const char *user, char **argv);
CfgApiauth *cfg_apiauth_new (CfgPlace place, const char *client);

/* Read one file each into @cluster. */
void cfg_haresources_parse (CfgCluster *cluster, const CfgInput *input, CfgDiags *diags);
void cfg_authkeys_parse (CfgCluster *cluster, const CfgInput *input, CfgDiags *diags);
void cfg_hbd_conf_parse (CfgCluster *cluster, const CfgInput *input, CfgDiags *diags);

/* Checks that see the whole model and the host. */
void cfg_check (const CfgCluster *cluster, const CfgInput *input, CfgDiags *diags);
/* The part of cfg_check() that asks the host; @input->host is not NULL. */
void cfg_check_host (const CfgCluster *cluster, const CfgInput *input, CfgDiags *diags);
