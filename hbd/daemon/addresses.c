/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/addresses.h"

#include "ra/lib/addrwatch.h"
#include "ra/lib/announce.h"
#include "ra/lib/host.h"
#include "ra/lib/referral.h"

#include <arpa/inet.h>
#include <string.h>

typedef struct {
    guint group, index;
    const CrmResource *resource;
    RaAddress *address;   /* NULL: the words do not make an address */
    char *why;            /* then, in words */
    bool is_held;         /* we put it there, or adopted it */
    RaReferral *referral; /* the neighbours are being told who has it; NULL: no need */
    HbdAddresses *owner;
} Entry;

struct _HbdAddresses {
    RaNetlink *nl;
    RaAnnouncer *announcer;
    RaAddrWatch *watch;
    GPtrArray *entries; /* Entry */
    guint lease_s;
    HbdAddressesHandler handler;
    gpointer data;
};

static void
entry_free (Entry *entry)
{
    g_clear_pointer (&entry->referral, ra_referral_free);
    g_clear_pointer (&entry->address, ra_address_free);
    g_free (entry->why);
    g_free (entry);
}

static Entry *
find_entry (HbdAddresses *a, const CrmResource *resource)
{
    for (guint i = 0; i < a->entries->len; i++) {
        Entry *entry = a->entries->pdata[i];

        if (entry->resource == resource)
            return entry;
    }
    return NULL;
}

static void
add_entries (HbdAddresses *a, const CrmModel *model)
{
    for (guint g = 0; g < model->groups->len; g++) {
        const CrmGroup *group = crm_model_group (model, g);

        for (guint r = 0; r < group->resources->len; r++) {
            const CrmResource *resource = crm_group_resource (group, r);
            g_autoptr (GError) error = NULL;
            Entry *entry;

            if (resource->klass != CRM_CLASS_BUILTIN)
                continue;
            entry = g_new0 (Entry, 1);
            entry->group = g;
            entry->index = r;
            entry->resource = resource;
            entry->owner = a;
            entry->address = ra_address_parse ((const char *const *) resource->args, &error);
            if (entry->address == NULL)
                entry->why = g_strdup (error->message);
            g_ptr_array_add (a->entries, entry);
        }
    }
}

static void
lost (HbdAddresses *a, Entry *entry)
{
    entry->is_held = false;
    ra_announcer_cancel (a->announcer, entry->address);
    a->handler.removed (a->data, entry->group, entry->index);
}

/* Is the held address really gone? Moved to another prefix by somebody counts as there. */
static void
look_again (HbdAddresses *a, Entry *entry)
{
    if (entry->is_held && ra_address_probe (a->nl, entry->address, NULL) != 0)
        lost (a, entry);
}

static void
on_watch (const RaWatchEvent *event, gpointer user)
{
    HbdAddresses *a = user;

    if (event->kind != RA_WATCH_ADDRESS_REMOVED && event->kind != RA_WATCH_LINK_GONE
        && event->kind != RA_WATCH_OVERRUN)
        return;
    for (guint i = 0; i < a->entries->len; i++) {
        Entry *entry = a->entries->pdata[i];

        if (!entry->is_held)
            continue;
        if (event->kind != RA_WATCH_ADDRESS_REMOVED
            || (event->address.family == entry->address->family
                && memcmp (event->address.bytes, entry->address->bytes,
                           ra_family_size (entry->address->family))
                       == 0))
            look_again (a, entry);
    }
}

HbdAddresses *
hbd_addresses_new (const CrmModel *model, guint lease_s, const HbdAddressesHandler *handler,
                   gpointer data, GError **error)
{
    g_autoptr (HbdAddresses) a = g_new0 (HbdAddresses, 1);

    a->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
    a->lease_s = lease_s;
    a->handler = *handler;
    a->data = data;
    a->nl = ra_netlink_new (error);
    if (a->nl == NULL)
        return NULL;
    a->announcer = ra_announcer_new (a->nl, NULL, error);
    if (a->announcer == NULL)
        return NULL;
    a->watch = ra_addr_watch_new (NULL, on_watch, a, error);
    if (a->watch == NULL)
        return NULL;
    add_entries (a, model);
    return g_steal_pointer (&a);
}

void
hbd_addresses_free (HbdAddresses *a)
{
    if (a == NULL)
        return;
    g_clear_pointer (&a->watch, ra_addr_watch_free);
    g_ptr_array_unref (a->entries); /* first: referrals use what follows */
    g_clear_pointer (&a->announcer, ra_announcer_free);
    g_clear_pointer (&a->nl, ra_netlink_free);
    g_free (a);
}

int
hbd_addresses_run (HbdAddresses *a, const CrmResource *resource, CrmAction action, char **reason)
{
    Entry *entry = find_entry (a, resource);
    int rc;

    *reason = NULL;
    if (entry == NULL || entry->address == NULL) {
        *reason = g_strdup (entry != NULL ? entry->why : "not an address resource");
        return action == CRM_ACTION_START ? 6 : action == CRM_ACTION_STOP ? 0 : 7;
    }
    switch (action) {
    case CRM_ACTION_START:
        g_clear_pointer (&entry->referral, ra_referral_free);
        rc = ra_address_start (a->nl, entry->address, a->lease_s, reason);
        entry->is_held = rc == 0;
        return rc;
    case CRM_ACTION_STOP:
        entry->is_held = false;
        ra_announcer_cancel (a->announcer, entry->address);
        return ra_address_stop (a->nl, entry->address, reason);
    default:
        return ra_address_probe (a->nl, entry->address, reason);
    }
}

int
hbd_addresses_renew (HbdAddresses *a, const CrmResource *resource)
{
    Entry *entry = find_entry (a, resource);
    int rc;

    if (entry == NULL || entry->address == NULL)
        return 7;
    rc = ra_address_renew (a->nl, entry->address, a->lease_s, NULL);
    entry->is_held = rc == 0; /* an adopted address is renewed first */
    return rc;
}

void
hbd_addresses_announce (HbdAddresses *a, const CrmResource *resource)
{
    Entry *entry = find_entry (a, resource);
    RaAnnouncePlan plan = ra_announce_plan_default ();

    if (entry == NULL || entry->address == NULL)
        return;
    entry->is_held = true;
    ra_announcer_begin (a->announcer, entry->address, &plan);
}

static void
on_referral (gpointer user, const guint8 hw[6])
{
    const Entry *entry = user;
    HbdRecord *record;

    if (hw != NULL)
        record =
            hbd_record_new (HBD_LEVEL_NOTICE, "address.referred",
                            "address=%s hw=%02x:%02x:%02x:%02x:%02x:%02x hint=\"the other node "
                            "has it and did not say so: neighbours that still looked for it "
                            "here were told\"",
                            entry->address->text, hw[0], hw[1], hw[2], hw[3], hw[4], hw[5]);
    else
        record = hbd_record_new (HBD_LEVEL_WARNING, "address.unanswered",
                                 "address=%s hint=\"it left this node, and no machine answers for "
                                 "it on its network\"",
                                 entry->address->text);
    entry->owner->handler.record (entry->owner->data, record);
}

void
hbd_addresses_refer (HbdAddresses *a, const CrmResource *resource)
{
    Entry *entry = find_entry (a, resource);

    if (entry == NULL || entry->address == NULL || entry->is_held)
        return;
    g_clear_pointer (&entry->referral, ra_referral_free);
    entry->referral = ra_referral_new (a->nl, a->announcer, entry->address, on_referral, entry);
}

void
hbd_addresses_drop (HbdAddresses *a, const CrmResource *resource)
{
    g_autofree char *reason = NULL;

    hbd_addresses_run (a, resource, CRM_ACTION_STOP, &reason);
}

static bool
is_in_model (HbdAddresses *a, const RaFound *found)
{
    for (guint i = 0; i < a->entries->len; i++) {
        const Entry *entry = a->entries->pdata[i];

        if (entry->address != NULL && entry->address->family == found->family
            && memcmp (entry->address->bytes, found->bytes, ra_family_size (found->family)) == 0)
            return true;
    }
    return false;
}

static HbdRecord *
describe (const char *name, const RaFound *found, int rc, const char *reason)
{
    char text[INET6_ADDRSTRLEN] = "?";

    inet_ntop (found->family, found->bytes, text, sizeof text);
    return hbd_record_new (rc == 0 ? HBD_LEVEL_WARNING : HBD_LEVEL_ERROR, name,
                           "address=%s ifindex=%d rc=%d reason=\"%s\"", text, found->ifindex, rc,
                           reason != NULL ? reason : "");
}

void
hbd_addresses_remove_stale (HbdAddresses *a)
{
    g_autoptr (GArray) found = ra_address_list_ours (a->nl);

    for (guint i = 0; found != NULL && i < found->len; i++) {
        const RaFound *one = &g_array_index (found, RaFound, i);
        g_autofree char *reason = NULL;

        if (!is_in_model (a, one)) {
            int rc = ra_address_remove_found (a->nl, one, &reason);

            a->handler.record (a->data, describe ("address.stale-removed", one, rc, reason));
        }
    }
}

guint
hbd_addresses_let_go (void (*record) (gpointer data, HbdRecord *record), gpointer data)
{
    g_autoptr (RaNetlink) nl = ra_netlink_new (NULL);
    g_autoptr (GArray) found = nl != NULL ? ra_address_list_ours (nl) : NULL;
    guint failed = found == NULL ? 1 : 0;

    for (guint i = 0; found != NULL && i < found->len; i++) {
        const RaFound *one = &g_array_index (found, RaFound, i);
        g_autofree char *reason = NULL;
        int rc = ra_address_remove_found (nl, one, &reason);

        record (data, describe ("address.let-go", one, rc, reason));
        failed += rc != 0;
    }
    return failed;
}
