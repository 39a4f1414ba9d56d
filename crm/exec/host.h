/* SPDX-License-Identifier: Apache-2.0 */
/* This host's answers to what crm/exec/resolve.h asks. */
#pragma once

#include "crm/exec/resolve.h"

typedef struct {
    const char *ha_dir;     /* NULL: HBD_SYSCONFDIR/ha.d */
    const char *init_dir;   /* NULL: /etc/init.d */
    const char *ocf_root;   /* NULL: HBD_OCF_ROOT */
    const char *own_agents; /* directory of our agents in the build tree, or NULL */
} CrmHostPaths;

/* (transfer full) Strings are copied; one life for all of a run. */
CrmHost *crm_host_new (const CrmHostPaths *paths);
void crm_host_free (CrmHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrmHost, crm_host_free)

#define CRM_HOST_DPKG_STATUS "/var/lib/dpkg/status"
/* The configuration files of @package, or of all with NULL, path -> MD5 as shipped, as dpkg's
 * @status file has them; empty where there is none. (transfer full) */
GHashTable *crm_host_packaged_files (const char *status, const char *package);
