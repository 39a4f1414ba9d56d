/* SPDX-License-Identifier: Apache-2.0 */
/* What Heartbeat 3.0.6 accepts is accepted: a thousand odd files with the verdict of the real program
 * (tests/data/cfg/verdicts, whose head explains the form; tests/interop/test_verdicts.py asks the real
 * program again). */
#include "config.h"

#include "tests/unit/cfg_fixture.h"

#include <string.h>

typedef struct {
    GBytes *ha_cf, *haresources, *authkeys; /* the sound ones */
} Base;

static bool
is_eth0 (gpointer data, const char *name)
{
    return strcmp (name, "eth0") == 0;
}

static bool
is_address (gpointer data, const char *name)
{
    return g_str_has_prefix (name, "IP");
}

static bool
is_user (gpointer data, const char *name)
{
    return strcmp (name, "root") == 0 || strcmp (name, "hacluster") == 0;
}

static bool
is_program (gpointer data, const char *path)
{
    static const char *const paths[] = { "/bin", "/bin/true", "/bin/echo", NULL };

    return g_strv_contains (paths, path);
}

/* \n \r \t \\ and three octal digits. */
static GBytes *
unescape (const char *text)
{
    GByteArray *out = g_byte_array_new ();

    for (; *text != '\0'; text++) {
        guint8 byte = (guint8) *text;

        if (byte == '\\' && g_ascii_isdigit (text[1])) {
            byte = (guint8) g_ascii_strtoull ((char[]){ text[1], text[2], text[3], '\0' }, NULL, 8);
            text += 3;
        } else if (byte == '\\') {
            text++;
            byte = *text == 'n' ? '\n' : *text == 'r' ? '\r' : *text == 't' ? '\t' : (guint8) *text;
        }
        g_byte_array_append (out, &byte, 1);
    }
    return g_byte_array_free_to_bytes (out);
}

static CfgText
text_of (const char *path, GBytes *bytes)
{
    CfgText text = { path, "", 0, 0600, 0 };

    if (g_bytes_get_size (bytes) > 0)
        text.text = g_bytes_get_data (bytes, &text.len);
    return text;
}

static GBytes *
append_line (GBytes *base, GBytes *line)
{
    GByteArray *out = g_byte_array_new ();
    GBytes *const parts[] = { base, line };

    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        if (g_bytes_get_size (parts[i]) > 0)
            g_byte_array_append (out, g_bytes_get_data (parts[i], NULL),
                                 (guint) g_bytes_get_size (parts[i]));
    g_byte_array_append (out, (const guint8 *) "\n", 1);
    return g_byte_array_free_to_bytes (out);
}

/* Does hbd accept the files, of which @text stands in the place that @kind names? */
static bool
is_accepted (const Base *base, const char *kind, GBytes *text)
{
    static const CfgHost host = { .has_interface = is_eth0,
                                  .has_agent = is_address,
                                  .has_user = is_user,
                                  .is_executable = is_program };
    bool is_added = strcmp (kind, "add") == 0;
    g_autoptr (GBytes) ha_cf = is_added
                                   ? append_line (base->ha_cf, text)
                                   : g_bytes_ref (strcmp (kind, "ha.cf") == 0 ? text : base->ha_cf);
    GBytes *haresources = strcmp (kind, "haresources") == 0 ? text : base->haresources;
    GBytes *authkeys = strcmp (kind, "authkeys") == 0 ? text : base->authkeys;
    const CfgInput input = { .ha_cf = text_of ("ha.cf", ha_cf),
                             .haresources = text_of ("haresources", haresources),
                             .authkeys = text_of ("authkeys", authkeys),
                             .hbd_conf = { "hbd.conf", NULL, 0, 0, 0 },
                             .node_name = "alpha",
                             .host = &host };
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autoptr (CfgCluster) cluster = cfg_parse (&input, diags);

    for (guint i = 0; i < diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (g_ptr_array_index (diags->items, i));

        g_test_message ("%s", line);
    }
    g_assert_nonnull (cluster);
    return diags->errors == 0;
}

static char **
read_rows (void)
{
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "cfg", "verdicts", NULL);
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    return g_strsplit (text, "\n", -1);
}

static void
test_verdicts (void)
{
    g_auto (GStrv) rows = read_rows ();
    Base base = { 0 };
    GBytes **const bases[] = { &base.ha_cf, &base.haresources, &base.authkeys };
    guint count = 0, n_bases = 0;

    for (guint i = 0; rows[i] != NULL; i++) {
        g_auto (GStrv) cells = g_strsplit (rows[i], "\t", 4);
        g_autoptr (GBytes) text = NULL;
        bool theirs, ours;

        if (*rows[i] == '#' || *rows[i] == '\0')
            continue;
        g_assert_cmpuint (g_strv_length (cells), ==, 4);
        text = unescape (cells[3]);
        if (strcmp (cells[0], "base") == 0) {
            *bases[n_bases++] = g_steal_pointer (&text);
            continue;
        }
        theirs = strcmp (cells[0], "accepts") == 0;
        ours = *cells[1] == '=' ? theirs : *cells[1] == '+';
        g_test_message ("line %u: %s", i + 1, rows[i]);
        g_assert_true (is_accepted (&base, cells[2], text) == ours);
        count++;
    }
    g_assert_cmpuint (count, >, 1000);
    for (guint i = 0; i < n_bases; i++)
        g_bytes_unref (*bases[i]);
}

/* Where hbd refuses what Heartbeat accepts, it is for one of these reasons. */
static void
test_every_refusal_has_a_reason (void)
{
    static const char *const reasons[] = { "-fencing",    "-third-node", "-no-link",
                                           "-two-groups", "-no-text",    NULL };
    g_auto (GStrv) rows = read_rows ();

    for (guint i = 0; rows[i] != NULL; i++) {
        g_auto (GStrv) cells = g_strsplit (rows[i], "\t", 4);

        if (g_strv_length (cells) < 4 || *cells[1] != '-' || strcmp (cells[0], "base") == 0)
            continue;
        g_assert_cmpstr (cells[0], ==, "accepts");
        g_assert_true (g_strv_contains (reasons, cells[1]));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cfg/verdicts/same-as-heartbeat", test_verdicts);
    g_test_add_func ("/cfg/verdicts/every-refusal-has-a-reason", test_every_refusal_has_a_reason);
    return g_test_run ();
}
