/* SPDX-License-Identifier: Apache-2.0 */
/* The manager's links: what can be opened is handed on, what cannot says why, once. On the loopback,
 * without privileges. */
#include "config.h"

#include "hbd/daemon/linkset.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    CfgCluster cluster;
    CfgLink links[3];
    GString *seen; /* "opened 0 1 " index and destinations, "closed 1 ", "record ... " */
    HbdLinkSet *set;
} Fixture;

static void
on_opened (gpointer data, int index, const HbdLinkSockets *sockets)
{
    Fixture *f = data;

    g_assert_cmpint (sockets->rx_fd, >=, 0);
    g_assert_cmpint (sockets->tx_fd, >=, 0);
    g_string_append_printf (f->seen, "opened %d %u\n", index, sockets->n_dests);
}

static void
on_closed (gpointer data, int index)
{
    Fixture *f = data;

    g_string_append_printf (f->seen, "closed %d\n", index);
}

static void
on_record (gpointer data, const HbdRecord *record)
{
    Fixture *f = data;

    g_string_append_printf (f->seen, "%s %s\n", record->name, record->fields);
}

static guint16
free_port (void)
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
    socklen_t len = sizeof addr;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint (bind (fd, (struct sockaddr *) &addr, sizeof addr), ==, 0);
    g_assert_cmpint (getsockname (fd, (struct sockaddr *) &addr, &len), ==, 0);
    close (fd);
    return ntohs (addr.sin_port);
}

static void
setup (Fixture *f, gconstpointer data)
{
    f->seen = g_string_new (NULL);
    f->cluster.links = g_ptr_array_new ();
}

static void
teardown (Fixture *f, gconstpointer data)
{
    hbd_linkset_free (f->set);
    for (guint i = 0; i < f->cluster.links->len; i++)
        g_clear_pointer (&f->links[i].peers, g_ptr_array_unref);
    g_ptr_array_unref (f->cluster.links);
    g_string_free (f->seen, TRUE);
}

static void
add_link (Fixture *f, const char *interface, const char *peer)
{
    CfgLink *link = &f->links[f->cluster.links->len];

    *link = (CfgLink){ .kind = CFG_LINK_UCAST,
                       .interface = (char *) interface,
                       .port = free_port (),
                       .peers = g_ptr_array_new () };
    g_ptr_array_add (link->peers, (gpointer) peer);
    g_ptr_array_add (f->cluster.links, link);
}

static void
open_all (Fixture *f)
{
    const HbdLinkSetHandler handler = { on_opened, on_closed, on_record };
    g_autoptr (GError) error = NULL;

    if (f->set == NULL)
        f->set = hbd_linkset_new (&f->cluster, &handler, f, &error);
    g_assert_no_error (error);
    g_string_set_size (f->seen, 0);
    hbd_linkset_open_all (f->set);
}

static void
test_an_open_link_is_handed_on (Fixture *f, gconstpointer data)
{
    add_link (f, "lo", "127.0.0.1");
    open_all (f);
    g_assert_cmpstr (f->seen->str, ==, "link.open link=lo\nopened 0 1\n");
    g_assert_null (hbd_linkset_trouble (f->set, 0));
}

/* A new engine has nothing: it gets all of them again, and nobody is told twice. */
static void
test_a_new_engine_gets_them_again (Fixture *f, gconstpointer data)
{
    add_link (f, "lo", "127.0.0.1");
    open_all (f);
    open_all (f);
    g_assert_cmpstr (f->seen->str, ==, "opened 0 1\n");
}

static void
test_a_missing_interface_says_why_once (Fixture *f, gconstpointer data)
{
    add_link (f, "nosuch0", "127.0.0.1");
    open_all (f);
    g_assert_cmpstr (f->seen->str, ==,
                     "link.closed link=nosuch0 reason=\"the interface is missing, down or without "
                     "carrier\"\n");
    g_assert_nonnull (hbd_linkset_trouble (f->set, 0));
    open_all (f);
    g_assert_cmpstr (f->seen->str, ==, ""); /* it was never open: nobody is to close it */
}

/* One that cannot be had does not shift the others' numbers. */
static void
test_links_keep_their_numbers (Fixture *f, gconstpointer data)
{
    add_link (f, "lo", "127.0.0.1");
    add_link (f, "nosuch0", "127.0.0.1");
    add_link (f, "lo", "127.0.0.2");
    open_all (f);
    g_assert_nonnull (strstr (f->seen->str, "opened 0 1\n"));
    g_assert_null (strstr (f->seen->str, "opened 1"));
    g_assert_nonnull (strstr (f->seen->str, "opened 2 1\n"));
    g_assert_null (hbd_linkset_trouble (f->set, 0));
    g_assert_nonnull (hbd_linkset_trouble (f->set, 1));
    g_assert_null (hbd_linkset_trouble (f->set, 2));
}

/* The port is in somebody else's hands: the reason is the kernel's. */
static void
test_a_taken_port_is_trouble (Fixture *f, gconstpointer data)
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    add_link (f, "lo", "127.0.0.1");
    addr.sin_port = htons (f->links[0].port);
    g_assert_cmpint (bind (fd, (struct sockaddr *) &addr, sizeof addr), ==, 0);
    open_all (f);
    g_assert_nonnull (hbd_linkset_trouble (f->set, 0));
    g_assert_nonnull (strstr (f->seen->str, "link.closed link=lo reason="));
    g_assert_null (strstr (f->seen->str, "opened"));
    close (fd);
    open_all (f);
    g_assert_null (hbd_linkset_trouble (f->set, 0));
    g_assert_nonnull (strstr (f->seen->str, "opened 0 1\n"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, fn) g_test_add ("/linkset/" name, Fixture, NULL, setup, fn, teardown)
    ADD ("open-one-is-handed-on", test_an_open_link_is_handed_on);
    ADD ("new-engine-gets-them-again", test_a_new_engine_gets_them_again);
    ADD ("missing-interface-says-why-once", test_a_missing_interface_says_why_once);
    ADD ("links-keep-their-numbers", test_links_keep_their_numbers);
    ADD ("taken-port-is-trouble", test_a_taken_port_is_trouble);
#undef ADD
    return g_test_run ();
}
