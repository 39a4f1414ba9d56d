/* SPDX-License-Identifier: Apache-2.0 */
/* Reading route-netlink messages; see netlink_parse.h. */
#include "config.h"

#include "ra/lib/netlink_parse.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>

bool
ra_netlink_parse_link (struct nlmsghdr *header, RaLink *out)
{
    struct nlattr *attrs[IFLA_MAX + 1];
    if ((header->nlmsg_type != RTM_NEWLINK && header->nlmsg_type != RTM_DELLINK)
        || nlmsg_parse (header, sizeof (struct ifinfomsg), attrs, IFLA_MAX, NULL) < 0)
        return false;
    const struct ifinfomsg *info = nlmsg_data (header);
    memset (out, 0, sizeof *out);
    out->index = info->ifi_index;
    out->flags = info->ifi_flags;
    out->type = info->ifi_type;
    if (attrs[IFLA_IFNAME] != NULL)
        nla_strlcpy (out->name, attrs[IFLA_IFNAME], sizeof out->name);
    if (attrs[IFLA_ADDRESS] != NULL)
        out->hw_len = nla_memcpy (out->hw, attrs[IFLA_ADDRESS], sizeof out->hw);
    if (attrs[IFLA_BROADCAST] != NULL)
        nla_memcpy (out->hw_broadcast, attrs[IFLA_BROADCAST], sizeof out->hw_broadcast);
    return true;
}

bool
ra_netlink_parse_address (struct nlmsghdr *header, RaFound *out)
{
    struct nlattr *attrs[RA_IFA_PROTO + 1];
    if ((header->nlmsg_type != RTM_NEWADDR && header->nlmsg_type != RTM_DELADDR)
        || nlmsg_parse (header, sizeof (struct ifaddrmsg), attrs, RA_IFA_PROTO, NULL) < 0)
        return false;
    const struct ifaddrmsg *info = nlmsg_data (header);
    /* Point-to-point interfaces: IFA_ADDRESS is the far end there. */
    struct nlattr *own = attrs[IFA_LOCAL] != NULL ? attrs[IFA_LOCAL] : attrs[IFA_ADDRESS];
    if ((info->ifa_family != AF_INET && info->ifa_family != AF_INET6) || own == NULL
        || nla_len (own) != (int) ra_family_size (info->ifa_family))
        return false;
    *out = (RaFound){ .ifindex = (int) info->ifa_index,
                      .family = info->ifa_family,
                      .prefix_len = MIN (info->ifa_prefixlen, nla_len (own) * 8),
                      .flags = info->ifa_flags,
                      .valid_s = RA_LIFETIME_FOREVER };
    nla_memcpy (out->bytes, own, sizeof out->bytes);
    if (attrs[IFA_FLAGS] != NULL && nla_len (attrs[IFA_FLAGS]) >= 4)
        out->flags = nla_get_u32 (attrs[IFA_FLAGS]);
    struct ifa_cacheinfo cache;
    if (attrs[IFA_CACHEINFO] != NULL
        && nla_memcpy (&cache, attrs[IFA_CACHEINFO], sizeof cache) == (int) sizeof cache)
        out->valid_s = cache.ifa_valid;
    if (attrs[RA_IFA_PROTO] != NULL && nla_len (attrs[RA_IFA_PROTO]) >= 1)
        out->proto = nla_get_u8 (attrs[RA_IFA_PROTO]);
    return true;
}
