/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the configuration parsers over hostile bytes. In hbd.conf what follows a NUL byte is
 * the text of every file that is included. */
#include "config.h"

#include "tests/fuzz/cfg_harness.h"

#include "cfg/cfg.h"

#include <string.h>

/* Above this, what is printed on one line may pass the limit of a line. */
#define FIXED_POINT_MAX 1000

#define HA_CF       "keepalive 1\ndeadtime 5\nauto_failback on\nnode alpha beta\nbcast eth0 eth1\n"
#define HARESOURCES "alpha 10.0.0.10/24/eth0 httpd\n"
#define AUTHKEYS    "auth 1\n1 sha1 secret\n"

typedef struct {
    const char *text;
    gsize len;
    guint left; /* so many times; the parser's own bound has a unit test and would only take time */
} Included;

static GPtrArray *
include (gpointer data, const char *from, const char *pattern)
{
    Included *included = data;
    GPtrArray *files = g_ptr_array_new_with_free_func (cfg_included_free);

    if (*pattern != '-' && included->left > 0)
        g_ptr_array_add (files, cfg_included_new (pattern, included->text, included->len));
    included->left -= included->left > 0;
    return files;
}

static bool
is_there (gpointer data, const char *name)
{
    return *name != '-';
}

static const CfgHost host = { NULL, is_there, is_there, is_there, is_there, is_there, NULL };

static void
set_text (CfgText *text, const char *path, const char *bytes, gsize len)
{
    text->path = path;
    text->text = bytes;
    text->len = len;
    text->mode = 0600;
    text->owner = 0;
}

static CfgInput
sound_input (void)
{
    CfgInput input = { .node_name = "alpha", .host = &host };

    set_text (&input.ha_cf, "ha.cf", HA_CF, strlen (HA_CF));
    set_text (&input.haresources, "haresources", HARESOURCES, strlen (HARESOURCES));
    set_text (&input.authkeys, "authkeys", AUTHKEYS, strlen (AUTHKEYS));
    set_text (&input.hbd_conf, "hbd.conf", "", 0);
    return input;
}

/* The four files printed. (transfer full) */
static GStrv
print (const CfgCluster *cluster)
{
    GStrv out = g_new0 (char *, 5);

    out[0] = cfg_print_ha_cf (cluster);
    out[1] = cfg_print_haresources (cluster);
    out[2] = cfg_print_authkeys (cluster);
    out[3] = cfg_print_hbd_conf (cluster);
    return out;
}

static void
check_fixed_point (const CfgCluster *cluster)
{
    g_auto (GStrv) once = print (cluster), twice = NULL;
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autoptr (CfgCluster) again = NULL;
    CfgInput input = sound_input ();

    set_text (&input.ha_cf, "ha.cf", once[0], strlen (once[0]));
    set_text (&input.haresources, "haresources", once[1], strlen (once[1]));
    set_text (&input.authkeys, "authkeys", once[2], strlen (once[2]));
    set_text (&input.hbd_conf, "hbd.conf", once[3], strlen (once[3]));
    again = cfg_parse (&input, diags);
    g_assert_cmpuint (diags->errors, ==, 0);
    twice = print (again);
    g_assert_true (g_strv_equal ((const char *const *) once, (const char *const *) twice));
}

void
cfg_harness_run (CfgFuzz language, const uint8_t *data, size_t size)
{
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autoptr (CfgCluster) cluster = NULL;
    const char *text = size > 0 ? (const char *) data : "", *cut = memchr (text, '\0', size);
    Included included = { "", 0, 8 };
    CfgInput input = sound_input ();
    CfgText *texts[] = { &input.ha_cf, &input.haresources, &input.authkeys, &input.hbd_conf };

    if (language == CFG_FUZZ_HBD_CONF && cut != NULL) {
        included.text = cut + 1;
        included.len = size - (gsize) (cut + 1 - text);
        size = (gsize) (cut - text);
    }
    input.include = include;
    input.include_data = &included;
    texts[language]->text = text;
    texts[language]->len = size;
    cluster = cfg_parse (&input, diags);
    for (guint i = 0; i < diags->items->len; i++) {
        g_autofree char *line = cfg_diag_format (g_ptr_array_index (diags->items, i));

        g_assert_true (g_utf8_validate (line, -1, NULL));
    }
    if (diags->errors == 0 && size + included.len <= FIXED_POINT_MAX)
        check_fixed_point (cluster);
}
