/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of ucast peers: from numbers at once, from names through glibc's asynchronous resolver
 * (a thread of libc's own, which is left behind when nobody wants its answer any more). */
#define _GNU_SOURCE /* getaddrinfo_a */
#include "config.h"

#include "hbd/link/lookup.h"

#include "hbd/link/socket.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

/* In memory of its own: it outlives the caller when the resolver does. */
struct _HbdLinkLookup {
    struct gaicb request;
    struct addrinfo hints;
    char *host;
    bool is_number; /* no question needed */
    int code;       /* of handing the request over */
};

bool
hbd_link_parse_address (const char *text, int family, struct sockaddr_storage *address,
                        GError **error)
{
    const struct addrinfo hints = { .ai_family = family,
                                    .ai_socktype = SOCK_DGRAM,
                                    .ai_flags = AI_NUMERICHOST };
    struct addrinfo *list = NULL;
    int code = getaddrinfo (text, NULL, &hints, &list);
    bool is_good = code == 0 && list->ai_addrlen <= sizeof *address;

    memset (address, 0, sizeof *address);
    if (is_good)
        memcpy (address, list->ai_addr, list->ai_addrlen);
    else
        g_set_error (error, HBD_LINK_ERROR, EINVAL, "%s is no address of this family", text);
    if (code == 0)
        freeaddrinfo (list);
    return is_good;
}

HbdLinkLookup *
hbd_link_lookup_new (const char *host, int family)
{
    HbdLinkLookup *lookup = g_new0 (HbdLinkLookup, 1);
    struct gaicb *list[1] = { &lookup->request };
    struct sockaddr_storage number;

    lookup->host = g_strdup (host);
    lookup->is_number = hbd_link_parse_address (host, family, &number, NULL);
    if (lookup->is_number)
        return lookup;
    lookup->hints = (struct addrinfo){ .ai_family = family, .ai_socktype = SOCK_DGRAM };
    lookup->request.ar_name = lookup->host;
    lookup->request.ar_request = &lookup->hints;
    lookup->code = getaddrinfo_a (GAI_NOWAIT, list, 1, NULL);
    return lookup;
}

void
hbd_link_lookup_free (HbdLinkLookup *lookup)
{
    if (lookup == NULL)
        return;
    if (!lookup->is_number && lookup->code == 0 && gai_error (&lookup->request) == EAI_INPROGRESS
        && gai_cancel (&lookup->request) != EAI_CANCELED)
        return; /* the resolver writes into it some day */
    if (lookup->request.ar_result != NULL)
        freeaddrinfo (lookup->request.ar_result);
    g_free (lookup->host);
    g_free (lookup);
}

HbdLinkLookupState
hbd_link_lookup_poll (HbdLinkLookup *lookup, char **text)
{
    const struct addrinfo *found = lookup->request.ar_result;
    char host[NI_MAXHOST];
    int code;

    *text = lookup->is_number ? g_strdup (lookup->host) : NULL;
    if (lookup->is_number)
        return HBD_LINK_LOOKUP_FOUND;
    code = lookup->code != 0 ? lookup->code : gai_error (&lookup->request);
    if (code == EAI_INPROGRESS)
        return HBD_LINK_LOOKUP_PENDING;
    if (code == 0)
        code = getnameinfo (found->ai_addr, found->ai_addrlen, host, sizeof host, NULL, 0,
                            NI_NUMERICHOST);
    if (code == 0) {
        *text = g_strdup (host);
        return HBD_LINK_LOOKUP_FOUND;
    }
    *text = g_strdup_printf ("name %s: %s", lookup->host, gai_strerror (code));
    return HBD_LINK_LOOKUP_FAILED;
}
