/* SPDX-License-Identifier: Apache-2.0 */
/* The argument of address resources, ADDRESS[/MASK][/INTERFACE[:LABEL]][/BROADCAST], and what must
 * be unique in the whole file. A third part that starts with a digit is the broadcast address
 * (doc/heartbeat.md 2.1). */
#include "config.h"

#include "cfg/haresources.h"

#include "cfg/value.h"

#include <string.h>

bool
cfg_resource_is_address (const CfgResourceWord *word)
{
    static const char *const names[] = { "IPaddr", "IPaddr2", "IPv6addr", NULL };

    return g_strv_contains (names, word->name);
}

/* One part of the argument between two slashes. */
typedef struct {
    const CfgResourceWord *word;
    CfgPlace place;
    const char *text;
    bool is_ipv6;
} Part;

static bool
is_mask (const Part *part)
{
    guint64 bits;
    guint32 mask;

    if (cfg_number_parse (part->text, part->is_ipv6 ? 128 : 32, &bits))
        return true;
    /* A dotted mask is ones, then zeros. */
    return !part->is_ipv6 && cfg_ipv4_parse (part->text, &mask) && (~mask & (~mask + 1)) == 0;
}

static void
check_mask (const Part *part, CfgDiags *diags)
{
    if (!is_mask (part))
        cfg_diag_doomed (diags, part->place, "'%.60s' is not a prefix length (0..%d)%s", part->text,
                         part->is_ipv6 ? 128 : 32, part->is_ipv6 ? "" : " or a netmask");
}

static void
check_interface (const Part *part, CfgDiags *diags)
{
    g_autofree char *device = g_strndup (part->text, strcspn (part->text, ":"));

    if (!cfg_is_interface (device))
        cfg_diag_doomed (diags, part->place, "'%.60s' is not an interface name", part->text);
    else if (strlen (part->text) > 15)
        cfg_diag_doomed (
            diags, part->place,
            "'%.60s' is longer than the 15 bytes that the kernel gives to interface and label",
            part->text);
}

static void
check_broadcast (const Part *part, CfgDiags *diags)
{
    if (part->is_ipv6)
        cfg_diag_doomed (diags, part->place, "IPv6 has no broadcast address; remove '%.60s'",
                         part->text);
    else if (!cfg_ipv4_parse (part->text, NULL))
        cfg_diag_doomed (diags, part->place, "'%.60s' is not a broadcast address", part->text);
}

static void
check_parts (char **parts, Part part, CfgDiags *diags)
{
    for (guint i = 1; parts[i] != NULL; i++) {
        part.place = cfg_place_at (part.place, strlen (parts[i - 1]) + 1);
        part.text = parts[i];
        if (i > 3) {
            cfg_diag_doomed (diags, part.place,
                             "'%.60s' is one part too many; ADDRESS/MASK/INTERFACE/BROADCAST",
                             parts[i]);
            return;
        }
        if (*part.text == '\0')
            continue; /* left out, as in 10.0.0.1//eth0 */
        if (i == 1)
            check_mask (&part, diags);
        else if (i == 3 || g_ascii_isdigit (*part.text))
            check_broadcast (&part, diags);
        else
            check_interface (&part, diags);
    }
}

void
cfg_resource_check_address (const CfgResourceWord *word, CfgDiags *diags)
{
    const char *argument = word->args[0];
    g_auto (GStrv) parts = NULL;
    Part part = { word, word->place, NULL, false };

    if (!cfg_resource_is_address (word))
        return;
    if (argument == NULL) {
        cfg_diag_doomed (diags, word->place, "%s needs an address: %s::ADDRESS/MASK/INTERFACE",
                         word->name, word->name);
        return;
    }
    parts = g_strsplit (argument, "/", -1);
    part.place = cfg_place_at (word->place, strlen (word->word) - strlen (argument));
    part.text = parts[0];
    part.is_ipv6 = cfg_is_ipv6 (parts[0]);
    if (word->args[1] != NULL)
        part.place = cfg_place_at (word->place, strlen (word->name) + 2);
    if (!part.is_ipv6 && !cfg_ipv4_parse (parts[0], NULL)) {
        cfg_diag_doomed (diags, part.place, "'%.60s' is not an address", parts[0]);
        return;
    }
    if (strcmp (word->name, "IPv6addr") == 0 && !part.is_ipv6)
        cfg_diag_doomed (diags, part.place, "IPv6addr: '%.60s' is an IPv4 address; write IPaddr",
                         parts[0]);
    if (part.is_ipv6 && strstr (parts[0], "::") != NULL)
        cfg_diag (
            diags, CFG_WARNING, part.place,
            "Heartbeat cuts '%.60s' at its '::'; hbd does not, but for both write the zeros out",
            parts[0]);
    check_parts (parts, part, diags);
}

/* The eight groups of an IPv6 address, without inet_pton: this folder knows no sockets. */
static bool
expand_ipv6 (const char *text, guint16 groups[8])
{
    const char *gap = strstr (text, "::");
    g_autofree char *head = g_strndup (text, gap != NULL ? (gsize) (gap - text) : strlen (text));
    g_auto (GStrv) before = g_strsplit (head, ":", -1);
    g_auto (GStrv) after = g_strsplit (gap != NULL ? gap + 2 : "", ":", -1);
    guint before_len = g_strv_length (before), after_len = g_strv_length (after);

    memset (groups, 0, 8 * sizeof (guint16));
    if (strchr (text, '.') != NULL || before_len + after_len > 8)
        return false;
    for (guint i = 0; i < before_len; i++)
        groups[i] = (guint16) g_ascii_strtoull (before[i], NULL, 16);
    for (guint i = 0; i < after_len; i++)
        groups[8 - after_len + i] = (guint16) g_ascii_strtoull (after[i], NULL, 16);
    return true;
}

char *
cfg_resource_address (const CfgResourceWord *word)
{
    g_autofree char *address = NULL;
    guint16 groups[8];
    guint32 ipv4;
    GString *out;

    if (!cfg_resource_is_address (word) || word->args[0] == NULL)
        return NULL;
    address = g_strndup (word->args[0], strcspn (word->args[0], "/"));
    if (cfg_ipv4_parse (address, &ipv4))
        return g_strdup_printf ("%u.%u.%u.%u", ipv4 >> 24, ipv4 >> 16 & 255, ipv4 >> 8 & 255,
                                ipv4 & 255);
    if (!cfg_is_ipv6 (address))
        return NULL;
    if (!expand_ipv6 (address, groups))
        return g_ascii_strdown (address, -1);
    out = g_string_new (NULL);
    for (guint i = 0; i < 8; i++)
        g_string_append_printf (out, i > 0 ? ":%x" : "%x", groups[i]);
    return g_string_free (out, FALSE);
}

/* What was met so far. */
typedef struct {
    CfgDiags *diags;
    GHashTable *keys;      /* word -> CfgResourceWord that is a group's first */
    GHashTable *addresses; /* address -> CfgResourceWord */
    GHashTable *owners;    /* CfgResourceWord -> CfgGroupLine */
} Met;

static void
check_key (Met *met, const CfgGroupLine *group)
{
    CfgResourceWord *word = g_ptr_array_index (group->resources, 0);
    CfgResourceWord *other = g_hash_table_lookup (met->keys, word->word);

    if (other == NULL) {
        g_hash_table_insert (met->keys, word->word, word);
        return;
    }
    cfg_diag (met->diags, CFG_ERROR, word->place,
              "'%.60s' is the first resource of two groups; it is the group's name and must be "
              "unique",
              word->word);
    cfg_diag (met->diags, CFG_NOTE, other->place, "the other one is here");
}

/* An address in two groups may be on two machines at once: safety rule 1 of doc/design.md. */
static void
check_address (Met *met, const CfgGroupLine *group, CfgResourceWord *word)
{
    char *address = cfg_resource_address (word);
    CfgResourceWord *other;

    if (address == NULL)
        return;
    g_hash_table_insert (met->owners, word, (gpointer) group);
    other = g_hash_table_lookup (met->addresses, address);
    if (other == NULL) {
        g_hash_table_insert (met->addresses, address, word);
        return;
    }
    if (strcmp (other->word, word->word) != 0 || word != g_ptr_array_index (group->resources, 0)) {
        bool is_same_group = g_hash_table_lookup (met->owners, other) == group;

        cfg_diag (met->diags, is_same_group ? CFG_WARNING : CFG_ERROR, word->place,
                  is_same_group ? "the address %.60s is in the group twice"
                                : "the address %.60s is in two groups, so it could be on both "
                                  "machines at once",
                  address);
        cfg_diag (met->diags, CFG_NOTE, other->place, "the other one is here");
    }
    g_free (address);
}

/* 3.0.6 finds a group by searching its key in whole lines (doc/heartbeat.md 2.2). */
static void
check_key_elsewhere (Met *met, const CfgResourceWord *word)
{
    CfgResourceWord *key = g_hash_table_lookup (met->keys, word->word);

    if (key == NULL || cfg_resource_is_address (word))
        return;
    cfg_diag (met->diags, CFG_WARNING, word->place,
              "'%.60s' is also a group's name; Heartbeat mixes the two groups up", word->word);
    cfg_diag (met->diags, CFG_NOTE, key->place, "the group is here");
}

void
cfg_haresources_check_uniqueness (const CfgCluster *cluster, CfgDiags *diags)
{
    g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GHashTable) addresses =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GHashTable) owners = g_hash_table_new (NULL, NULL);
    Met met = { diags, keys, addresses, owners };

    for (guint i = 0; i < cluster->groups->len; i++) {
        const CfgGroupLine *group = g_ptr_array_index (cluster->groups, i);

        check_key (&met, group);
        for (guint r = 0; r < group->resources->len; r++)
            check_address (&met, group, g_ptr_array_index (group->resources, r));
    }
    for (guint i = 0; i < cluster->groups->len; i++) {
        const CfgGroupLine *group = g_ptr_array_index (cluster->groups, i);

        for (guint r = 1; r < group->resources->len; r++)
            check_key_elsewhere (&met, g_ptr_array_index (group->resources, r));
    }
}
