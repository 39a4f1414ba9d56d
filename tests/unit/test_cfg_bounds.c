/* SPDX-License-Identifier: Apache-2.0 */
/* Files that nobody means: every parser ends soon, says something readable, and keeps little. */
#include "config.h"

#include "hbd/base/prng.h"
#include "tests/unit/cfg_fixture.h"

#include <string.h>

#define MIB      (1024 * 1024)
#define TEXT_LEN (128 * 1024) /* of what is made of lines; a larger one shows nothing more */

/* Give @text to one language at a time, the others sound. */
static void
give (const char *text, gsize len, guint language)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autoptr (CfgCluster) cluster = NULL;
    CfgInput input = { .ha_cf = { "ha.cf", CFG_SOUND_HA_CF, strlen (CFG_SOUND_HA_CF), 0, 0 },
                       .haresources = { "haresources", CFG_SOUND_HARESOURCES,
                                        strlen (CFG_SOUND_HARESOURCES), 0, 0 },
                       .authkeys = { "authkeys", CFG_SOUND_AUTHKEYS, strlen (CFG_SOUND_AUTHKEYS),
                                     0600, 0 },
                       .hbd_conf = { "hbd.conf", "", 0, 0, 0 },
                       .node_name = "alpha" };
    CfgText *texts[] = { &input.ha_cf, &input.haresources, &input.authkeys, &input.hbd_conf };

    texts[language]->text = text;
    texts[language]->len = len;
    cluster = cfg_parse (&input, diags);
    g_assert_cmpuint (diags->items->len, <=, 8 * CFG_DIAGS_KEPT);
    for (guint i = 0; i < diags->items->len; i++) {
        const CfgDiag *diag = g_ptr_array_index (diags->items, i);

        g_assert_true (g_utf8_validate (diag->text, -1, NULL));
        g_assert_cmpuint (strlen (diag->text), <, 2048);
    }
}

static void
give_all (const char *text, gsize len)
{
    for (guint language = 0; language < 4; language++)
        give (text, len, language);
}

static void
test_one_byte_over_and_over (void)
{
    static const char bytes[] = { 0, '\n', ' ', 'a', '#', '{', '}', '"', '\\', (char) 0xff, ':' };

    for (guint i = 0; i < G_N_ELEMENTS (bytes); i++) {
        g_autofree char *text = g_malloc (MIB + 1);

        memset (text, bytes[i], MIB + 1);
        give_all (text, MIB);
        give_all (text, MIB + 1);
    }
}

static void
test_one_line_over_and_over (void)
{
    static const char *const lines[] = { "node alpha\n",
                                         "bcast eth0\n",
                                         "apiauth %x uid=a\n",
                                         "ucast eth0 10.0.0.1\n",
                                         "keepalive 1\n",
                                         "alpha httpd\n",
                                         "alpha httpd \\\n",
                                         "auth 1\n",
                                         "1 sha1 x\n",
                                         "lease {\n",
                                         "}\n",
                                         "resource x {\n}\n",
                                         "include y\n",
                                         "nonsense\n",
                                         "\"\n",
                                         "ping 1.1.1.1\n",
                                         "alpha 10.0.0.1\n",
                                         "env A=1\n",
                                         "respawn root /x\n",
                                         "a b c d e f g h\n" };

    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        gsize line_len = strlen (lines[i]), count = TEXT_LEN / line_len;
        g_autofree char *text = g_malloc (count * line_len);

        for (gsize n = 0; n < count; n++)
            memcpy (text + n * line_len, lines[i], line_len);
        give_all (text, count * line_len);
    }
}

/* Distinct names must not make a parser quadratic either. */
static void
test_many_different_lines (void)
{
    static const char *const formats[] = { "node n%u\n",          "apiauth c%u uid=a\n",
                                           "n%u httpd\n",         "alpha MailTo::%u\n",
                                           "resource r%u {\n}\n", "bcast eth%u\n",
                                           "unknown%u\n",         "env A%u=1\n" };

    for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
        GString *text = g_string_new (NULL);

        for (guint n = 0; text->len < TEXT_LEN; n++) {
            g_auto (GStrv) parts = g_strsplit (formats[i], "%u", 2);

            g_string_append_printf (text, "%s%u%s", parts[0], n, parts[1]);
        }
        give_all (text->str, text->len);
        g_string_free (text, TRUE);
    }
}

static void
test_random_bytes (void)
{
    HbdPrng prng;

    hbd_prng_seed (&prng, 7);
    for (guint i = 0; i < 300; i++) {
        char text[512];
        gsize len = (gsize) hbd_prng_range (&prng, 0, sizeof text);

        for (gsize b = 0; b < len; b++)
            text[b] = (char) hbd_prng_next (&prng);
        give_all (text, len);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cfg/bounds/one-byte-over-and-over", test_one_byte_over_and_over);
    g_test_add_func ("/cfg/bounds/one-line-over-and-over", test_one_line_over_and_over);
    g_test_add_func ("/cfg/bounds/many-different-lines", test_many_different_lines);
    g_test_add_func ("/cfg/bounds/random-bytes", test_random_bytes);
    return g_test_run ();
}
