/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ucast peers. The resolver may take half a minute over a dead name server, so it runs
 * beside us and is left behind when its time is up. */
#define _GNU_SOURCE /* getaddrinfo_a */
#include "config.h"

#include "hbd/link/socket.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

#define RESOLVE_SECONDS 2

static bool
take_address (struct addrinfo *list, struct sockaddr_storage *address)
{
    if (list == NULL || list->ai_addrlen > sizeof *address)
        return false;
    memset (address, 0, sizeof *address);
    memcpy (address, list->ai_addr, list->ai_addrlen);
    return true;
}

/* One request; its memory outlives us when the resolver does. */
typedef struct {
    struct gaicb request;
    struct addrinfo hints;
    char *host;
} Lookup;

static void
lookup_free (Lookup *lookup)
{
    if (lookup->request.ar_result != NULL)
        freeaddrinfo (lookup->request.ar_result);
    g_free (lookup->host);
    g_free (lookup);
}

static bool
ask_resolver (const char *host, int family, struct sockaddr_storage *address, GError **error)
{
    Lookup *lookup = g_new0 (Lookup, 1);
    struct gaicb *list[1] = { &lookup->request };
    const struct timespec limit = { .tv_sec = RESOLVE_SECONDS };
    bool is_found = false;
    int code;

    lookup->host = g_strdup (host);
    lookup->hints = (struct addrinfo){ .ai_family = family, .ai_socktype = SOCK_DGRAM };
    lookup->request.ar_name = lookup->host;
    lookup->request.ar_request = &lookup->hints;
    code = getaddrinfo_a (GAI_NOWAIT, list, 1, NULL);
    if (code == 0) {
        gai_suspend ((const struct gaicb *const *) list, 1, &limit);
        code = gai_error (&lookup->request);
    }
    if (code == EAI_INPROGRESS && gai_cancel (&lookup->request) != EAI_CANCELED) {
        g_set_error (error, HBD_LINK_ERROR, ETIMEDOUT, "no answer about the name %s within %d s",
                     host, RESOLVE_SECONDS);
        return false;
    }
    if (code == 0)
        is_found = take_address (lookup->request.ar_result, address);
    if (!is_found)
        g_set_error (error, HBD_LINK_ERROR, ENOENT, "name %s: %s", host,
                     code != 0 ? gai_strerror (code) : "no address");
    lookup_free (lookup);
    return is_found;
}

bool
hbd_link_resolve (const char *host, int family, struct sockaddr_storage *address, GError **error)
{
    const struct addrinfo hints = { .ai_family = family,
                                    .ai_socktype = SOCK_DGRAM,
                                    .ai_flags = AI_NUMERICHOST };
    struct addrinfo *list = NULL;

    if (getaddrinfo (host, NULL, &hints, &list) == 0) {
        bool is_found = take_address (list, address);

        freeaddrinfo (list);
        return is_found;
    }
    return ask_resolver (host, family, address, error);
}
