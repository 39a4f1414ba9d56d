/* SPDX-License-Identifier: Apache-2.0 */
/* From route-netlink messages to our structs; shared by the request socket and the watch. */
#pragma once

#include "ra/lib/netlink.h"

/* IFA_PROTO, since Linux 5.18; older headers lack the name, older kernels ignore the attribute. */
#define RA_IFA_PROTO 11

struct nlmsghdr;

/* RTM_NEWADDR or RTM_DELADDR. False: not one, or nothing usable in it. */
bool ra_netlink_parse_address (struct nlmsghdr *header, RaFound *out);
/* RTM_NEWLINK or RTM_DELLINK. */
bool ra_netlink_parse_link (struct nlmsghdr *header, RaLink *out);
