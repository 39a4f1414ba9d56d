/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of ucast peers: from numbers at once, from names through a thread that asks the resolver.
 * Its memory is shared with that thread; whoever lets go last frees it, so that a question nobody
 * wants answered any more can be left behind. */
#include "config.h"

#include "hbd/link/lookup.h"

#include "hbd/link/socket.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

struct _HbdLinkLookup {
    gint refs;    /* atomic: the owner's and the thread's */
    gint is_done; /* atomic: the thread has written code and found */
    char *host;
    int family;
    bool is_number; /* no question needed */
    int code;       /* of getaddrinfo */
    struct addrinfo *found;
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

static void
lookup_unref (HbdLinkLookup *lookup)
{
    if (!g_atomic_int_dec_and_test (&lookup->refs))
        return;
    if (lookup->found != NULL)
        freeaddrinfo (lookup->found);
    g_free (lookup->host);
    g_free (lookup);
}

/* The resolver's thread: it alone writes the answer, and says so last. */
static gpointer
resolve (gpointer data)
{
    HbdLinkLookup *lookup = data;
    const struct addrinfo hints = { .ai_family = lookup->family, .ai_socktype = SOCK_DGRAM };

    lookup->code = getaddrinfo (lookup->host, NULL, &hints, &lookup->found);
    g_atomic_int_set (&lookup->is_done, 1);
    lookup_unref (lookup);
    return NULL;
}

HbdLinkLookup *
hbd_link_lookup_new (const char *host, int family)
{
    HbdLinkLookup *lookup = g_new0 (HbdLinkLookup, 1);
    struct sockaddr_storage number;
    GThread *thread;

    lookup->host = g_strdup (host);
    lookup->family = family;
    lookup->refs = 1;
    lookup->is_number = hbd_link_parse_address (host, family, &number, NULL);
    if (lookup->is_number)
        return lookup;
    lookup->refs = 2; /* ours and the thread's */
    thread = g_thread_try_new ("lookup", resolve, lookup, NULL);
    if (thread == NULL) {
        lookup->refs = 1;
        lookup->code = EAI_AGAIN;
        lookup->is_done = 1;
        return lookup;
    }
    g_thread_unref (thread);
    return lookup;
}

void
hbd_link_lookup_free (HbdLinkLookup *lookup)
{
    if (lookup != NULL)
        lookup_unref (lookup);
}

HbdLinkLookupState
hbd_link_lookup_poll (HbdLinkLookup *lookup, char **text)
{
    char host[NI_MAXHOST];
    int code;

    *text = lookup->is_number ? g_strdup (lookup->host) : NULL;
    if (lookup->is_number)
        return HBD_LINK_LOOKUP_FOUND;
    if (!g_atomic_int_get (&lookup->is_done))
        return HBD_LINK_LOOKUP_PENDING;
    code = lookup->code;
    if (code == 0)
        code = getnameinfo (lookup->found->ai_addr, lookup->found->ai_addrlen, host, sizeof host,
                            NULL, 0, NI_NUMERICHOST);
    if (code == 0) {
        *text = g_strdup (host);
        return HBD_LINK_LOOKUP_FOUND;
    }
    *text = g_strdup_printf ("name %s: %s", lookup->host, gai_strerror (code));
    return HBD_LINK_LOOKUP_FAILED;
}
