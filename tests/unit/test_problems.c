/* SPDX-License-Identifier: Apache-2.0 */
/* What `hbctl status` says is wrong: the sentence names who, where and the remedy. */
#include "config.h"

#include "hbd/daemon/problems.h"

#include <string.h>

/* Nodes as alpha sees them, beta in that state and heard on that link state. */
static GVariant *
nodes_with (const char *beta, const char *link)
{
    g_autofree char *text =
        g_strdup_printf ("[{'name': <'alpha'>, 'status': <'active'>, 'local': <true>,"
                         "  'links': <[{'name': <'eth0'>, 'status': <'dead'>}]>},"
                         " {'name': <'beta'>, 'status': <'%s'>, 'local': <false>,"
                         "  'links': <[{'name': <'eth0'>, 'status': <'up'>},"
                         "             {'name': <'eth1'>, 'status': <'%s'>}]>}]",
                         beta, link);

    return g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), text, NULL, NULL, NULL);
}

/* All problems, a line each. */
static char *
problems_of (const char *groups_text, const char *beta, const char *link)
{
    g_autoptr (GVariant) nodes = nodes_with (beta, link);
    g_autoptr (GVariant) groups = NULL;
    g_autoptr (GVariant) list = NULL;
    g_autofree const char **lines = NULL;
    GVariantBuilder b;

    groups = g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), groups_text, NULL, NULL, NULL);
    g_assert_nonnull (groups);
    g_variant_builder_init (&b, G_VARIANT_TYPE ("as"));
    hbd_problems_of_nodes (&b, nodes);
    hbd_problems_of_groups (&b, groups, nodes);
    list = g_variant_ref_sink (g_variant_builder_end (&b));
    lines = g_variant_get_strv (list, NULL);
    return g_strjoinv ("\n", (char **) lines);
}

typedef struct {
    const char *groups, *beta, *link, *expected;
} Row;

static const Row rows[] = {
    { "[{'name': <'web'>, 'owner': <'alpha'>, 'state': <'running'>, 'peer': <'beta'>,"
      " 'peer_state': <'stopped'>, 'peer_stuck': <false>}]",
      "active", "up", "" },
    { "@aa{sv} []", "dead", "dead", "Node beta is dead: nothing is heard of it on any link." },
    { "@aa{sv} []", "active", "dead", "Nothing is heard of node beta on link eth1." },
    { "[{'name': <'web'>, 'owner': <''>, 'state': <'stopped'>}]", "active", "up",
      "Group web runs nowhere, as far as this node knows." },
    { "[{'name': <'web'>, 'owner': <'beta'>, 'state': <'stopped'>}]", "active", "up", "" },
    { "[{'name': <'web'>, 'owner': <''>, 'state': <'failed'>, 'reason': <'no nginx'>}]", "active",
      "up", "Group web has failed here: no nginx." },
    { "[{'name': <'web'>, 'owner': <'alpha'>, 'state': <'failed'>}]", "active", "up",
      "Group web has failed here." },
    { "[{'name': <'web'>, 'owner': <'alpha'>, 'state': <'running'>, 'peer': <'beta'>,"
      " 'peer_state': <'failed'>, 'peer_stuck': <false>}]",
      "active", "up",
      "Group web has failed on node beta and will not start there again. When it is mended, on "
      "beta: hbctl group cleanup web" },
    { "[{'name': <'web'>, 'owner': <'beta'>, 'state': <'stopped'>, 'peer': <'beta'>,"
      " 'peer_state': <'failed'>, 'peer_stuck': <true>}]",
      "active", "up",
      "Group web could not be stopped on node beta and may still run there, so it is not started "
      "here. When it is mended, on beta: hbctl group cleanup web" },
    /* not "runs nowhere" as well */
    { "[{'name': <'web'>, 'owner': <''>, 'state': <'stopped'>, 'peer': <'beta'>,"
      " 'peer_state': <'failed'>, 'peer_stuck': <true>}]",
      "dead", "dead",
      "Node beta is dead: nothing is heard of it on any link.\n"
      "Group web could not be stopped on node beta, which is dead now, so it is not started here. "
      "When it is certain that nothing of it runs there, here: hbctl group cleanup web" },
    /* both sides, and a key that a shell would take apart */
    { "[{'name': <'a;b'>, 'owner': <''>, 'state': <'failed'>, 'peer': <'beta'>,"
      " 'peer_state': <'failed'>, 'peer_stuck': <false>}]",
      "active", "up",
      "Group a;b has failed here.\n"
      "Group a;b has failed on node beta and will not start there again. When it is mended, on "
      "beta: hbctl group cleanup 'a;b'" },
};

static void
test_sentences (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text = problems_of (rows[i].groups, rows[i].beta, rows[i].link);

        g_assert_cmpstr (text, ==, rows[i].expected);
    }
}

/* An engine that does not answer leaves out nodes; dictionaries may lack any key. */
static void
test_nothing_known_is_no_crash (void)
{
    g_autoptr (GVariant) list = NULL;
    g_autoptr (GVariant) odd = g_variant_parse (
        G_VARIANT_TYPE ("aa{sv}"), "[{'name': <5>}, {'peer_state': <'failed'>}]", NULL, NULL, NULL);
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE ("as"));
    hbd_problems_of_nodes (&b, NULL);
    hbd_problems_of_groups (&b, NULL, NULL);
    hbd_problems_of_nodes (&b, odd);
    hbd_problems_of_groups (&b, odd, NULL);
    list = g_variant_ref_sink (g_variant_builder_end (&b));
    g_assert_cmpuint (g_variant_n_children (list), ==, 1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/problems/name-who-where-and-remedy", test_sentences);
    g_test_add_func ("/problems/nothing-known-is-no-crash", test_nothing_known_is_no_crash);
    return g_test_run ();
}
