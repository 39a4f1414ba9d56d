/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/problems.h"

#include <stdbool.h>
#include <string.h>

static const char *
text_of (GVariant *dict, const char *key)
{
    const char *text = "";

    g_variant_lookup (dict, key, "&s", &text);
    return text;
}

static gboolean
flag_of (GVariant *dict, const char *key)
{
    gboolean flag = FALSE;

    g_variant_lookup (dict, key, "b", &flag);
    return flag;
}

void
hbd_problems_add (GVariantBuilder *problems, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    g_variant_builder_add (problems, "s", text);
}

/* --- nodes --------------------------------------------------------------------------------- */

static void
of_links (GVariantBuilder *problems, GVariant *node)
{
    g_autoptr (GVariant) links = g_variant_lookup_value (node, "links", G_VARIANT_TYPE ("aa{sv}"));

    for (gsize i = 0; links != NULL && i < g_variant_n_children (links); i++) {
        g_autoptr (GVariant) link = g_variant_get_child_value (links, i);

        if (strcmp (text_of (link, "status"), "up") != 0)
            hbd_problems_add (problems, "Nothing is heard of node %s on link %s.",
                              text_of (node, "name"), text_of (link, "name"));
    }
}

void
hbd_problems_of_nodes (GVariantBuilder *problems, GVariant *nodes)
{
    for (gsize i = 0; nodes != NULL && i < g_variant_n_children (nodes); i++) {
        g_autoptr (GVariant) node = g_variant_get_child_value (nodes, i);

        if (strcmp (text_of (node, "status"), "dead") == 0)
            hbd_problems_add (problems, "Node %s is dead: nothing is heard of it on any link.",
                              text_of (node, "name"));
        else if (!flag_of (node, "local"))
            of_links (problems, node);
    }
}

/* --- groups -------------------------------------------------------------------------------- */

static bool
is_dead (GVariant *nodes, const char *name)
{
    for (gsize i = 0; nodes != NULL && i < g_variant_n_children (nodes); i++) {
        g_autoptr (GVariant) node = g_variant_get_child_value (nodes, i);

        if (strcmp (text_of (node, "name"), name) == 0)
            return strcmp (text_of (node, "status"), "dead") == 0;
    }
    return false;
}

/* A key as a shell wants it: it may be any word of haresources. (transfer full) */
static char *
as_word (const char *key)
{
    gsize plain = strspn (key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789./:_-");

    return *key != '\0' && key[plain] == '\0' ? g_strdup (key) : g_shell_quote (key);
}

/* The other node could not start or stop the group; only an operator there ends that. */
static void
of_peer (GVariantBuilder *problems, GVariant *group, GVariant *nodes)
{
    const char *name = text_of (group, "name"), *peer = text_of (group, "peer");
    g_autofree char *word = as_word (name);

    if (!flag_of (group, "peer_stuck"))
        hbd_problems_add (problems,
                          "Group %s has failed on node %s and will not start there again. When it "
                          "is mended, on %s: hbctl group cleanup %s",
                          name, peer, peer, word);
    else if (is_dead (nodes, peer))
        hbd_problems_add (problems,
                          "Group %s could not be stopped on node %s, which is dead now, so it is "
                          "not started here. When it is certain that nothing of it runs there, "
                          "here: hbctl group cleanup %s",
                          name, peer, word);
    else
        hbd_problems_add (problems,
                          "Group %s could not be stopped on node %s and may still run there, so "
                          "it is not started here. When it is mended, on %s: hbctl group cleanup "
                          "%s",
                          name, peer, peer, word);
}

void
hbd_problems_of_groups (GVariantBuilder *problems, GVariant *groups, GVariant *nodes)
{
    for (gsize i = 0; groups != NULL && i < g_variant_n_children (groups); i++) {
        g_autoptr (GVariant) group = g_variant_get_child_value (groups, i);
        const char *name = text_of (group, "name"), *state = text_of (group, "state");
        const char *reason = text_of (group, "reason");
        bool is_failed_here = strcmp (state, "failed") == 0;
        bool is_failed_there = strcmp (text_of (group, "peer_state"), "failed") == 0;

        if (is_failed_here)
            hbd_problems_add (problems, "Group %s has failed here%s%s.", name,
                              *reason != '\0' ? ": " : "", reason);
        if (is_failed_there)
            of_peer (problems, group, nodes);
        if (!is_failed_here && !is_failed_there && *text_of (group, "owner") == '\0'
            && strcmp (state, "stopped") == 0)
            hbd_problems_add (problems, "Group %s runs nowhere, as far as this node knows.", name);
    }
}
