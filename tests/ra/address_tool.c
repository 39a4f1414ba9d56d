/* SPDX-License-Identifier: Apache-2.0 */
/* Command-line face of ra/lib for the namespace tests: each word is one step, in order.
 *   start=LEASE renew=LEASE stop probe set=LEASE    actions; print "STEP RC REASON"
 *   blind=LEASE   the renewal message itself, without the look before it; prints the errno's name
 *   announce      one plan of announcements, run to its end
 *   refer=MS      tell the neighbours who has the address, for so long; prints the answer
 *   until-gone    wait (events, no polling) for the address to go; prints the ms since the last step
 *   time=N        N renewals; prints the mean in microseconds
 *   list          our addresses; clean: remove them
 *   pause=MS      let time pass
 * Exit code: that of the last action. */
#include "config.h"

#include "ra/lib/addrwatch.h"
#include "ra/lib/announce.h"
#include "ra/lib/host.h"
#include "ra/lib/referral.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    RaNetlink *nl;
    RaAnnouncer *announcer;
    RaAddress *address;
    GMainLoop *loop;
    gint64 last_us;
    int rc;
} Tool;

static void
on_event (const RaWatchEvent *event, gpointer user)
{
    Tool *t = user;
    if (event->kind == RA_WATCH_ADDRESS_REMOVED
        && memcmp (event->address.bytes, t->address->bytes, 16) == 0)
        g_main_loop_quit (t->loop);
}

static gboolean
on_quit (gpointer user)
{
    g_main_loop_quit (user);
    return G_SOURCE_REMOVE;
}

static void
run_for (Tool *t, guint ms)
{
    g_timeout_add (ms, on_quit, t->loop);
    g_main_loop_run (t->loop);
}

static int
blind (Tool *t, guint lease_s)
{
    RaLink link;
    if (ra_netlink_link_by_name (t->nl, t->address->ifname, &link) != 0)
        return ENODEV;
    RaChange c = { .ifindex = link.index,
                   .family = t->address->family,
                   .bytes = t->address->bytes,
                   .prefix_len = t->address->prefix_len,
                   .valid_s = lease_s,
                   .preferred_s = lease_s };
    return ra_netlink_address_renew (t->nl, &c);
}

static void
time_renewals (Tool *t, guint count)
{
    gint64 begin = g_get_monotonic_time ();
    for (guint i = 0; i < count; i++)
        t->rc = ra_address_renew (t->nl, t->address, 2, NULL);
    gint64 spent = g_get_monotonic_time () - begin;
    printf ("time renew %d us %" G_GINT64_FORMAT "\n", t->rc, spent / MAX (count, 1));
    begin = g_get_monotonic_time ();
    for (guint i = 0; i < count; i++) {
        ra_address_stop (t->nl, t->address, NULL);
        t->rc = ra_address_start (t->nl, t->address, 2, NULL);
    }
    spent = g_get_monotonic_time () - begin;
    printf ("time stop+start %d us %" G_GINT64_FORMAT "\n", t->rc, spent / MAX (count, 1));
}

static void
list_ours (Tool *t, bool is_cleaning)
{
    g_autoptr (GArray) ours = ra_address_list_ours (t->nl);
    for (guint i = 0; ours != NULL && i < ours->len; i++) {
        const RaFound *f = &g_array_index (ours, RaFound, i);
        char text[INET6_ADDRSTRLEN];
        inet_ntop (f->family, f->bytes, text, sizeof text);
        printf ("ours %s/%d ifindex %d\n", text, f->prefix_len, f->ifindex);
        if (is_cleaning)
            t->rc = ra_address_remove_found (t->nl, f, NULL);
    }
}

static void
until_gone (Tool *t)
{
    g_autoptr (RaAddrWatch) watch = ra_addr_watch_new (NULL, on_event, t, NULL);
    guint limit = g_timeout_add (10000, on_quit, t->loop);
    if (ra_address_where (t->nl, t->address) != 0)
        g_main_loop_run (t->loop);
    printf ("gone %" G_GINT64_FORMAT "\n", (g_get_monotonic_time () - t->last_us) / 1000);
    g_source_remove (limit);
}

static void
on_referral (gpointer user, const guint8 hw[6])
{
    (void) user;
    if (hw == NULL)
        printf ("referred nobody\n");
    else
        printf ("referred %02x:%02x:%02x:%02x:%02x:%02x\n", hw[0], hw[1], hw[2], hw[3], hw[4],
                hw[5]);
}

static void
refer (Tool *t, guint ms)
{
    g_autoptr (RaReferral) r = ra_referral_new (t->nl, t->announcer, t->address, on_referral, NULL);
    t->rc = r != NULL ? 0 : 1;
    run_for (t, ms);
}

static void
step (Tool *t, const char *word)
{
    const char *equals = strchr (word, '=');
    guint value = equals != NULL ? (guint) strtoul (equals + 1, NULL, 10) : 0;
    g_autofree char *reason = NULL;
    if (g_str_has_prefix (word, "until-gone")) {
        until_gone (t);
        return;
    }
    if (g_str_has_prefix (word, "start"))
        t->rc = ra_address_start (t->nl, t->address, value, &reason);
    else if (g_str_has_prefix (word, "renew"))
        t->rc = ra_address_renew (t->nl, t->address, value, &reason);
    else if (g_str_has_prefix (word, "stop"))
        t->rc = ra_address_stop (t->nl, t->address, &reason);
    else if (g_str_has_prefix (word, "probe"))
        t->rc = ra_address_probe (t->nl, t->address, &reason);
    else if (g_str_has_prefix (word, "blind"))
        t->rc = blind (t, value);
    else if (g_str_has_prefix (word, "time"))
        time_renewals (t, value);
    else if (g_str_has_prefix (word, "list") || g_str_has_prefix (word, "clean"))
        list_ours (t, word[0] == 'c');
    else if (g_str_has_prefix (word, "pause"))
        run_for (t, value);
    else if (g_str_has_prefix (word, "refer"))
        refer (t, value);
    else if (g_str_has_prefix (word, "announce")) {
        RaAnnouncePlan plan = ra_announce_plan_default ();
        t->rc = ra_announcer_begin (t->announcer, t->address, &plan);
        for (guint i = 0; i < 70 && ra_announcer_pending (t->announcer) > 0; i++)
            run_for (t, 100);
    }
    t->last_us = g_get_monotonic_time ();
    printf ("%s %d %s\n", word, t->rc, reason != NULL ? reason : "");
    fflush (stdout);
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    Tool t = { .loop = g_main_loop_new (NULL, FALSE) };
    const char *args[] = { argc > 1 ? argv[1] : NULL, NULL };
    t.address = ra_address_parse (args, &error);
    t.nl = error == NULL ? ra_netlink_new (&error) : NULL;
    t.announcer = error == NULL ? ra_announcer_new (t.nl, NULL, &error) : NULL;
    if (error != NULL) {
        fprintf (stderr, "%s\n", error->message);
        return 99;
    }
    for (int i = 2; i < argc; i++)
        step (&t, argv[i]);
    ra_announcer_free (t.announcer);
    ra_netlink_free (t.nl);
    ra_address_free (t.address);
    g_main_loop_unref (t.loop);
    return t.rc;
}
