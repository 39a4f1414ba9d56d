/* SPDX-License-Identifier: Apache-2.0 */
/* hbd-migrate-check: started by `hbctl migrate check`. Says what will be different under hbd, needs
 * no running daemon and changes nothing. Exit codes: 0 nothing stands in the way, 1 something must
 * be changed first, 78 there is no configuration. */
#include "config.h"

#include "hbd/migrate/gather.h"
#include "hbd/migrate/judge.h"
#include "hbd/tools/json.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* Take @word out of @argv; true when it stood there. */
static bool
take_flag (int *argc, char **argv, const char *word)
{
    bool is_found = false;
    int kept = 0;

    for (int i = 0; i < *argc; i++) {
        if (i > 0 && strcmp (argv[i], word) == 0)
            is_found = true;
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    *argc = kept;
    return is_found;
}

static int
print (const HbdFindings *findings, bool as_json)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    if (as_json) {
        g_autoptr (GVariant) value = hbd_findings_variant (findings);

        text = hbd_json_print (value, &error);
        if (text == NULL) {
            fprintf (stderr, "hbctl: %s\n", error->message);
            return HBD_EXIT_INTERNAL;
        }
        puts (text);
    } else {
        text = hbd_findings_text (findings);
        fputs (text, stdout);
    }
    return hbd_findings_count (findings, CFG_ERROR) > 0 ? HBD_EXIT_ERRORS : 0;
}

static int
check (const HbdOptions *options, bool as_json)
{
    g_autoptr (GError) error = NULL;
    HbdFiles *files = hbd_files_read (options, &error);
    g_autoptr (HbdSetup) setup = NULL;
    g_autoptr (HbdMigrateFacts) facts = NULL;
    g_autoptr (HbdFindings) findings = NULL;

    if (files == NULL) {
        fprintf (stderr, "hbctl: %s\n", error->message);
        return HBD_EXIT_ERRORS;
    }
    setup = hbd_setup_new (files, options);
    if (!hbd_setup_exists (setup)) {
        fprintf (stderr, "hbctl: there is no ha.cf in %s; --ha-dir names another folder\n",
                 options->ha_dir);
        return HBD_EXIT_NO_CONFIG;
    }
    facts = hbd_migrate_gather (setup, options);
    findings = hbd_migrate_judge (facts);
    return print (findings, as_json);
}

int
main (int argc, char **argv)
{
    bool as_json = take_flag (&argc, argv, "--json");
    HbdOptions options;
    int code = 0;

    setlocale (LC_CTYPE, "");
    if (hbd_options_parse (&options, &argc, &argv, false, &code))
        code = check (&options, as_json);
    hbd_options_clear (&options);
    return code;
}
