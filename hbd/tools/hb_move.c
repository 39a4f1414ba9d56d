/* SPDX-License-Identifier: Apache-2.0 */
/* hb_standby and hb_takeover: one program, two names. The words are Heartbeat's; unlike the
 * originals, which write a message, exit with 0 and know nothing more, these wait and say what came
 * of it. The odd streams of the usage text are the originals' too.
 *
 * Exit codes: 0 done, 1 refused, failed or wrong usage (as the originals). */
#include "config.h"

#include "hbd/tools/client.h"
#include "hbd/tools/dict.h"
#include "hbd/tools/show.h"

#include <stdio.h>
#include <string.h>

static int
usage (const char *program)
{
    puts ("usage:");
    fprintf (stderr, "%s [all|foreign|local|failback]\n", program);
    return 1;
}

static int
move (const char *program, const char *command, const char *what)
{
    g_auto (HbdReply) reply = { 0 };
    g_auto (GVariantDict) args = G_VARIANT_DICT_INIT (NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) text = g_string_new (NULL);

    g_variant_dict_insert (&args, "what", "s", what);
    if (!hbd_client_ask (hbd_client_run_dir (NULL), command, g_variant_dict_end (&args),
                         HBD_CLIENT_MOVE_MS, &reply, &error)) {
        fprintf (stderr, "%s: %s\n", program, error->message);
        return 1;
    }
    hbd_show_clean (text, hbd_dict_text (reply.dict, "text", ""), TRUE);
    fprintf (reply.exit_code == 0 ? stdout : stderr, "%s\n", text->str);
    return reply.exit_code == 0 ? 0 : 1;
}

int
main (int argc, char **argv)
{
    const char *const known[] = { "all", "foreign", "local", "failback", NULL };
    g_autofree char *name = g_path_get_basename (argv[0]);
    const char *command = strstr (name, "takeover") != NULL ? "takeover" : "standby";
    const char *what = argc > 1 ? argv[1] : "all";

    if (argc > 2) {
        printf ("%s: too many arguments\n", argv[0]);
        return usage (argv[0]);
    }
    if (strcmp (what, "--help") == 0)
        return usage (argv[0]);
    if (!g_strv_contains (known, what)) {
        printf ("%s: wrong resources(%s).\n", argv[0], what);
        return usage (argv[0]);
    }
    return move (name, command, what);
}
