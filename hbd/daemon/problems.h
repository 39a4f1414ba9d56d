/* SPDX-License-Identifier: Apache-2.0 */
/* What is not as wanted, as sentences for `problems` in `hbctl status`: each names the node, link or
 * group, and where it is not obvious what to do. Pure: from the status dictionaries to text. */
#pragma once

#include <glib.h>

/* @problems: a builder of type `as`. @nodes, @groups: aa{sv} as in the contract's status, or NULL. */
void hbd_problems_of_nodes (GVariantBuilder *problems, GVariant *nodes);
void hbd_problems_of_groups (GVariantBuilder *problems, GVariant *groups, GVariant *nodes);
void hbd_problems_add (GVariantBuilder *problems, const char *format, ...) G_GNUC_PRINTF (2, 3);
