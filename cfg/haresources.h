/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the haresources parser. Private to cfg and its tests. */
#pragma once

#include "cfg/text.h"

#define CFG_GROUPS_MAX          256
#define CFG_GROUP_RESOURCES_MAX 256
#define CFG_RESOURCE_MAX        4000 /* bytes of one word; leaves room to print it on a line */

void cfg_group_line_free (gpointer line);

/* IPaddr, IPaddr2 or IPv6addr: the first argument is an address with its parts. */
bool cfg_resource_is_address (const CfgResourceWord *word);
/* Say what is wrong with ADDRESS[/MASK][/INTERFACE[:LABEL]][/BROADCAST] (doc/heartbeat.md 2.1). */
void cfg_resource_check_address (const CfgResourceWord *word, CfgDiags *diags);
/* The address in one spelling, or NULL when the word holds none. (transfer full) */
char *cfg_resource_address (const CfgResourceWord *word);
/* Keys must be unique, and no address may be in two groups. */
void cfg_haresources_check_uniqueness (const CfgCluster *cluster, CfgDiags *diags);
