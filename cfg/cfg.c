/* SPDX-License-Identifier: Apache-2.0 */
/* The way in: the files in their order, then the checks that see them all. */
#include "config.h"

#include "cfg/cfg.h"

#include "cfg/build.h"
#include "cfg/ha_cf.h"
#include "cfg/keepalived/parser.h"

CfgCluster *
cfg_parse (const CfgInput *input, CfgDiags *diags)
{
    CfgCluster *cluster = cfg_cluster_new ();

    cluster->has_heartbeat = input->ha_cf.text != NULL;
    if (cluster->has_heartbeat) {
        cfg_ha_cf_parse (cluster, input, diags);
        cfg_haresources_parse (cluster, input, diags);
        cfg_authkeys_parse (cluster, input, diags);
    }
    cfg_hbd_conf_parse (cluster, input, diags);
    if (input->keepalived_conf.text != NULL)
        cluster->keepalived = cfg_ka_parse (input, cluster->scripts_shell, diags);
    if (cluster->has_heartbeat)
        cfg_check (cluster, input, diags);
    cfg_diags_sort (diags);
    return cluster;
}
