/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/tools/show.h"

#include "hbd/tools/dict.h"

#include <string.h>

void
hbd_show_clean (GString *out, const char *text, gboolean keep_lines)
{
    for (const char *p = text; *p != '\0'; p++) {
        guchar c = (guchar) *p;

        if ((c < 0x20 || c == 0x7f) && !(keep_lines && (c == '\n' || c == '\t')))
            g_string_append_printf (out, "\\x%02x", c);
        else if (c == 0xc2 && (guchar) p[1] >= 0x80 && (guchar) p[1] <= 0x9f)
            g_string_append_printf (out, "\\x%02x", (guchar) * ++p); /* some terminals obey these */
        else
            g_string_append_c (out, *p);
    }
}

void
hbd_show_duration (GString *out, gint64 ms)
{
    gint64 s = ms / 1000;

    if (ms < 1000)
        g_string_append_printf (out, "%" G_GINT64_FORMAT " ms", ms);
    else if (s < 10)
        g_string_append_printf (out, "%" G_GINT64_FORMAT ".%d s", s, (int) (ms % 1000 / 100));
    else if (s < 120)
        g_string_append_printf (out, "%" G_GINT64_FORMAT " s", s);
    else if (s < 2 * 3600)
        g_string_append_printf (out, "%" G_GINT64_FORMAT " min", s / 60);
    else if (s < 2 * 86400)
        g_string_append_printf (out, "%" G_GINT64_FORMAT " h %d min", s / 3600,
                                (int) (s % 3600 / 60));
    else
        g_string_append_printf (out, "%" G_GINT64_FORMAT " days", s / 86400);
}

/* @text cleaned and padded with blanks to @width characters, and two more. */
static void
append_cell (GString *out, const char *text, glong width)
{
    gsize start = out->len;

    hbd_show_clean (out, text, FALSE);
    for (glong used = g_utf8_strlen (out->str + start, -1); used < width; used++)
        g_string_append_c (out, ' ');
    g_string_append (out, "  ");
}

static glong
widest (GPtrArray *list, const char *key)
{
    glong width = 0;

    for (guint i = 0; i < list->len; i++)
        width = MAX (width, g_utf8_strlen (hbd_dict_text (list->pdata[i], key, ""), -1));
    return MIN (width, 60);
}

static void
trim_line (GString *out)
{
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate (out, out->len - 1);
    g_string_append_c (out, '\n');
}

/* "hbctl group cleanup KEY", with the key quoted for a shell where it needs it. */
static void
append_command (GString *out, const char *command, const char *key)
{
    bool is_plain = *key != '\0'
                    && strspn (key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789./:_-")
                           == strlen (key);
    g_autofree char *quoted = is_plain ? g_strdup (key) : g_shell_quote (key);

    g_string_append (out, command);
    g_string_append_c (out, ' ');
    hbd_show_clean (out, quoted, FALSE);
}

/* What to do about it, one line for each kind of trouble. */
static void
show_next_steps (GPtrArray *nodes, GPtrArray *groups, GString *out)
{
    bool is_link_down = false;

    for (guint i = 0; i < groups->len; i++) {
        if (g_strcmp0 (hbd_dict_text (groups->pdata[i], "state", ""), "failed") != 0)
            continue;
        g_string_append (out, "  next: 'hbctl explain' tells what failed; when it is mended: ");
        append_command (out, "hbctl group cleanup", hbd_dict_text (groups->pdata[i], "name", ""));
        g_string_append_c (out, '\n');
    }
    for (guint i = 0; i < nodes->len; i++) {
        const char *status = hbd_dict_text (nodes->pdata[i], "status", "");
        const char *name = hbd_dict_text (nodes->pdata[i], "name", "?");
        g_autoptr (GPtrArray) links = hbd_dict_list (nodes->pdata[i], "links");

        if (strcmp (status, "dead") == 0) {
            g_string_append (out, "  next: is ");
            hbd_show_clean (out, name, FALSE);
            g_string_append (out, " powered on, and hbd started there?"
                                  " If it is: hbctl doctor, on both\n");
            continue;
        }
        for (guint j = 0; j < links->len; j++)
            is_link_down |= strcmp (hbd_dict_text (links->pdata[j], "status", ""), "dead") == 0;
    }
    if (is_link_down)
        g_string_append (out, "  next: hbctl doctor says what blocks the link that is down\n");
}

static void
show_headline (GVariant *status, GPtrArray *nodes, GPtrArray *groups, GString *out)
{
    g_auto (GStrv) problems = hbd_dict_words (status, "problems");
    guint count = g_strv_length (problems);

    hbd_show_clean (out, hbd_dict_text (status, "node", "this node"), FALSE);
    if (count == 0) {
        g_string_append (out, ": all as wanted\n");
        return;
    }
    g_string_append_printf (out, ": %u problem%s\n", count, count == 1 ? "" : "s");
    for (guint i = 0; i < count; i++) {
        g_string_append (out, "  ! ");
        hbd_show_clean (out, problems[i], FALSE);
        g_string_append_c (out, '\n');
    }
    show_next_steps (nodes, groups, out);
}

static void
show_resource (GVariant *resource, glong width, GString *out)
{
    gint64 rc = hbd_dict_number (resource, "rc", 0);
    gint64 failcount = hbd_dict_number (resource, "failcount", 0);
    const char *reason = hbd_dict_text (resource, "reason", "");

    g_string_append (out, "      ");
    append_cell (out, hbd_dict_text (resource, "id", "?"), width);
    append_cell (out, hbd_dict_text (resource, "state", "?"), 8);
    if (failcount > 0)
        g_string_append_printf (
            out, "failed %" G_GINT64_FORMAT " times, last rc %" G_GINT64_FORMAT " ", failcount, rc);
    if (*reason != '\0') {
        g_string_append_c (out, '(');
        hbd_show_clean (out, reason, FALSE);
        g_string_append_c (out, ')');
    }
    trim_line (out);
}

static void
show_group (GVariant *group, const char *self, glong width, GString *out)
{
    const char *owner = hbd_dict_text (group, "owner", "");
    const char *state = hbd_dict_text (group, "state", "?");
    gint64 since_ms = hbd_dict_number (group, "since_ms", -1);
    g_autoptr (GPtrArray) resources = hbd_dict_list (group, "resources");
    bool is_here = g_strcmp0 (owner, self) == 0;
    bool is_elsewhere = *owner != '\0' && !is_here;

    g_string_append (out, "  ");
    append_cell (out, hbd_dict_text (group, "name", "?"), width);
    if (is_elsewhere) {
        bool is_failed = strcmp (hbd_dict_text (group, "peer_state", ""), "failed") == 0;

        g_string_append (out, is_failed ? "failed on " : "served by ");
        hbd_show_clean (out, owner, FALSE);
    } else {
        hbd_show_clean (out, state, FALSE);
        g_string_append (out, is_here ? " here" : ", served by nobody");
    }
    if (since_ms >= 0) {
        g_string_append (out, " since ");
        hbd_show_duration (out, since_ms);
    }
    g_string_append_c (out, '\n');
    if (is_elsewhere && strcmp (state, "failed") != 0)
        return;
    for (guint i = 0; i < resources->len; i++)
        show_resource (resources->pdata[i], MAX (widest (resources, "id"), 12), out);
}

static void
show_node (GVariant *node, glong width, GString *out)
{
    g_autoptr (GPtrArray) links = hbd_dict_list (node, "links");
    gint64 heard_ms = hbd_dict_number (node, "last_heard_ms", -1);

    g_string_append (out, "  ");
    append_cell (out, hbd_dict_text (node, "name", "?"), width);
    append_cell (out, hbd_dict_text (node, "status", "?"), 6);
    for (guint i = 0; i < links->len; i++) {
        hbd_show_clean (out, hbd_dict_text (links->pdata[i], "name", "?"), FALSE);
        g_string_append_c (out, ' ');
        append_cell (out, hbd_dict_text (links->pdata[i], "status", "?"), 0);
    }
    if (hbd_dict_flag (node, "local")) {
        g_string_append (out, "(this node)");
    } else if (heard_ms >= 0) {
        g_string_append (out, "heard ");
        hbd_show_duration (out, heard_ms);
        g_string_append (out, " ago");
    }
    trim_line (out);
}

static void
show_lease (GVariant *status, GString *out)
{
    g_autoptr (GVariant) lease = hbd_dict_dict (status, "lease");
    const char *mode = hbd_dict_text (lease, "mode", NULL);
    gint64 timeout_ms = hbd_dict_number (lease, "timeout_ms", -1);

    if (mode == NULL)
        return;
    g_string_append (out, "\nLease  ");
    hbd_show_clean (out, mode, FALSE);
    if (timeout_ms > 0)
        g_string_append_printf (
            out, ": should hbd die here, its addresses are gone %" G_GINT64_FORMAT " ms later",
            timeout_ms);
    g_string_append_c (out, '\n');
}

void
hbd_show_status (GVariant *status, GString *out)
{
    g_autoptr (GPtrArray) nodes = hbd_dict_list (status, "nodes");
    g_autoptr (GPtrArray) groups = hbd_dict_list (status, "groups");
    const char *self = hbd_dict_text (status, "node", "");

    show_headline (status, nodes, groups, out);
    g_string_append (out, "\nGroups\n");
    for (guint i = 0; i < groups->len; i++)
        show_group (groups->pdata[i], self, widest (groups, "name"), out);
    if (groups->len == 0)
        g_string_append (out, "  none: haresources names no group\n");
    g_string_append (out, "\nNodes\n");
    for (guint i = 0; i < nodes->len; i++)
        show_node (nodes->pdata[i], widest (nodes, "name"), out);
    show_lease (status, out);
}

void
hbd_show_event (GVariant *event, GTimeZone *zone, GString *out)
{
    gint64 wall_us = hbd_dict_number (event, "wall_us", 0);
    g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
    g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
    g_autofree char *text = local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : NULL;

    g_string_append_printf (out, "%s.%03d  ", text != NULL ? text : "?",
                            (int) (ABS (wall_us) % G_USEC_PER_SEC / 1000));
    append_cell (out, hbd_dict_text (event, "level", "?"), 7);
    append_cell (out, hbd_dict_text (event, "name", "?"), 16);
    hbd_show_clean (out, hbd_dict_text (event, "fields", ""), FALSE);
    trim_line (out);
}
