/* SPDX-License-Identifier: Apache-2.0 */
/* hbctl: ask a running hbd, or tell it to do something. One table row for each subcommand; each
 * is one request on the control socket, printed as text or, with --json, as JSON.
 *
 * Exit codes: those of the daemon's reply (status: 0 all as wanted, 1 degraded); 1 also when it
 * could not be asked; 2 for a wrong command line; 4 no daemon. */
#include "config.h"

#include "hbd/tools/client.h"
#include "hbd/tools/dict.h"
#include "hbd/tools/json.h"
#include "hbd/tools/show.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE        2
#define EXIT_NO_DAEMON    4
#define WATCH_INTERVAL_MS 1000

typedef struct {
    gboolean json;
    gboolean follow;
    gboolean plan;
    gint64 since;
    int count;
    char *run_dir;
} Options;

typedef struct {
    const Options *options;
    const char *run_dir;
    char **words; /* after the subcommand, NULL-terminated */
    int word_count;
} Call;

typedef struct {
    const char *name;
    const char *arguments;
    const char *meaning;
    int min_words, max_words;
    int (*run) (const Call *call);
} Subcommand;

static int
exit_code_of (const GError *error)
{
    if (g_error_matches (error, HBD_CLIENT_ERROR, HBD_CLIENT_NO_DAEMON))
        return EXIT_NO_DAEMON;
    return 1;
}

/* Print an error where people look, and as JSON where programs look. */
static int
fail (const Call *call, const GError *error)
{
    g_autoptr (GString) text = g_string_new (NULL);

    hbd_show_clean (text, error->message, FALSE);
    fprintf (stderr, "hbctl: %s\n", text->str);
    if (call->options->json) {
        g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
        g_autoptr (GVariant) value = NULL;
        g_autofree char *json = NULL;

        g_variant_dict_insert (&dict, "error", "s", error->message);
        value = g_variant_ref_sink (g_variant_dict_end (&dict));
        json = hbd_json_print (value, NULL);
        if (json != NULL)
            printf ("%s\n", json);
    }
    return exit_code_of (error);
}

/* One dictionary as one line of JSON. */
static bool
print_json (const Call *call, GVariant *dict)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *json = hbd_json_print (dict, &error);

    if (json == NULL) {
        fprintf (stderr, "hbctl: %s\n", error->message);
        return false;
    }
    printf ("%s\n", json);
    fflush (stdout);
    return true;
}

/* Replies of `events`, which carry a list. */
static void
print_events (GVariant *dict)
{
    g_autoptr (GPtrArray) events = hbd_dict_list (dict, "events");
    g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
    g_autoptr (GString) out = g_string_new (NULL);

    for (guint i = 0; i < events->len; i++)
        hbd_show_event (events->pdata[i], zone, out);
    fputs (out->str, stdout);
    fflush (stdout);
}

/* Replies that carry a sentence, or several lines, under `text`. A report is what was asked for, bad
 * news too; a sentence that goes with a failure is a diagnostic. */
static void
print_sentence (const HbdReply *reply, bool is_report)
{
    const char *text = hbd_dict_text (reply->dict, "text", "");
    g_autoptr (GString) out = g_string_new (NULL);

    hbd_show_clean (out, text, TRUE);
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c (out, '\n');
    fputs (out->str, reply->exit_code == 0 || is_report ? stdout : stderr);
    fflush (stdout);
}

static void
print_status (GVariant *dict)
{
    g_autoptr (GString) out = g_string_new (NULL);

    hbd_show_status (dict, out);
    fputs (out->str, stdout);
    fflush (stdout);
}

static bool
print_reply (const Call *call, const char *command, const HbdReply *reply)
{
    if (call->options->json)
        return print_json (call, reply->dict);
    if (strcmp (command, "events") == 0)
        print_events (reply->dict);
    else if (strcmp (command, "status") == 0 && hbd_dict_text (reply->dict, "node", NULL) != NULL)
        print_status (reply->dict);
    else
        print_sentence (reply, strcmp (command, "doctor") == 0 && reply->exit_code == 1);
    return true;
}

/* Send one request and print replies until the last. @timeout_ms is for each of them. */
static int
converse (const Call *call, const char *command, GVariant *args, int timeout_ms)
{
    g_autoptr (GVariant) owned = args != NULL ? g_variant_ref_sink (args) : NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (HbdClient) client = hbd_client_open (call->run_dir, &error);
    bool more_follow = true;
    guint exit_code = 0;

    if (client == NULL || !hbd_client_send (client, command, owned, &error))
        return fail (call, error);
    while (more_follow) {
        g_auto (HbdReply) reply = { 0 };

        if (!hbd_client_receive (client, timeout_ms, &reply, &error))
            return fail (call, error);
        if (!print_reply (call, command, &reply))
            return 1;
        more_follow = reply.more_follow;
        exit_code = reply.exit_code;
    }
    return (int) MIN (exit_code, 255);
}

/* An a{sv} of one text. */
static GVariant *
one_argument (const char *key, const char *value)
{
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

    g_variant_dict_insert (&dict, key, "s", value);
    return g_variant_dict_end (&dict);
}

static int
run_status (const Call *call)
{
    return converse (call, "status", NULL, HBD_CLIENT_ASK_MS);
}

static int
run_doctor (const Call *call)
{
    return converse (call, "doctor", NULL, HBD_CLIENT_ASK_MS * 3);
}

static int
run_explain (const Call *call)
{
    return converse (call, "explain", NULL, HBD_CLIENT_ASK_MS);
}

static int
run_events (const Call *call)
{
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

    g_variant_dict_insert (&dict, "follow", "b", call->options->follow);
    g_variant_dict_insert (&dict, "since", "t", (guint64) MAX (call->options->since, 0));
    return converse (call, "events", g_variant_dict_end (&dict),
                     call->options->follow ? -1 : HBD_CLIENT_ASK_MS);
}

/* The four words that Heartbeat's scripts know; all is the default. */
static const char *
hold_word (const Call *call)
{
    const char *const known[] = { "all", "local", "foreign", "failback", NULL };
    const char *word = call->word_count > 0 ? call->words[0] : "all";

    if (g_strv_contains (known, word))
        return word;
    fprintf (stderr, "hbctl: '%s' is none of all, local, foreign, failback\n", word);
    return NULL;
}

static int
run_move (const Call *call, const char *command)
{
    const char *what = hold_word (call);

    if (what == NULL)
        return EXIT_USAGE;
    return converse (call, command, one_argument ("what", what), HBD_CLIENT_MOVE_MS);
}

static int
run_standby (const Call *call)
{
    return run_move (call, "standby");
}

static int
run_takeover (const Call *call)
{
    return run_move (call, "takeover");
}

static int
run_group (const Call *call)
{
    const char *const known[] = { "start", "stop", "move", "cleanup", NULL };
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

    if (!g_strv_contains (known, call->words[0])) {
        fprintf (stderr, "hbctl: group '%s': use start, stop, move or cleanup\n", call->words[0]);
        return EXIT_USAGE;
    }
    g_variant_dict_insert (&dict, "verb", "s", call->words[0]);
    g_variant_dict_insert (&dict, "key", "s", call->words[1]);
    g_variant_dict_insert (&dict, "node", "s", call->word_count > 2 ? call->words[2] : "");
    return converse (call, "group", g_variant_dict_end (&dict), HBD_CLIENT_MOVE_MS);
}

static int
run_reload (const Call *call)
{
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

    g_variant_dict_insert (&dict, "plan", "b", call->options->plan);
    return converse (call, "reload", g_variant_dict_end (&dict), HBD_CLIENT_ASK_MS * 6);
}

/* Our own version, and the daemon's where one answers. */
static int
run_version (const Call *call)
{
    g_auto (HbdReply) reply = { 0 };
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
    g_autoptr (GVariant) value = NULL;
    bool is_running =
        hbd_client_ask (call->run_dir, "version", NULL, HBD_CLIENT_ASK_MS, &reply, NULL);
    const char *daemon = is_running ? hbd_dict_text (reply.dict, "version", "unknown") : "";

    if (!call->options->json) {
        printf ("hbctl %s\n", PACKAGE_VERSION);
        printf ("hbd %s\n", is_running ? daemon : "is not running here");
        return 0;
    }
    g_variant_dict_insert (&dict, "hbctl", "s", PACKAGE_VERSION);
    g_variant_dict_insert (&dict, "hbd", "s", daemon);
    value = g_variant_ref_sink (g_variant_dict_end (&dict));
    return print_json (call, value) ? 0 : 1;
}

/* One look of `watch`. */
static int
watch_once (const Call *call)
{
    g_auto (HbdReply) reply = { 0 };
    g_autoptr (GError) error = NULL;

    if (!hbd_client_ask (call->run_dir, "status", NULL, HBD_CLIENT_ASK_MS, &reply, &error)) {
        if (isatty (STDOUT_FILENO) && !call->options->json)
            fputs ("\033[H\033[J", stdout);
        return fail (call, error);
    }
    if (isatty (STDOUT_FILENO) && !call->options->json)
        fputs ("\033[H\033[J", stdout);
    print_reply (call, "status", &reply);
    return (int) MIN (reply.exit_code, 255);
}

static int
run_watch (const Call *call)
{
    int code = 0;

    for (int i = 0; call->options->count <= 0 || i < call->options->count; i++) {
        GPollFD none = { .fd = -1 };

        if (i > 0)
            g_poll (&none, 0, WATCH_INTERVAL_MS);
        code = watch_once (call);
    }
    return code;
}

/* `FILE:LINE:COLUMN: SEVERITY: TEXT` -> a dictionary; lines of another form are left out. */
static void
add_diagnostic (GVariantBuilder *list, GRegex *form, const char *line)
{
    g_autoptr (GMatchInfo) match = NULL;
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
    const char *const keys[] = { "file", "line", "column", "severity", "text" };

    if (!g_regex_match (form, line, 0, &match))
        return;
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
        g_autofree char *value = g_match_info_fetch (match, (int) i + 1);

        if (i == 1 || i == 2)
            g_variant_dict_insert (&dict, keys[i], "t", g_ascii_strtoull (value, NULL, 10));
        else
            g_variant_dict_insert (&dict, keys[i], "s", value);
    }
    g_variant_builder_add_value (list, g_variant_dict_end (&dict));
}

static bool
print_diagnostics_json (const Call *call, const char *text, bool is_ok)
{
    g_autoptr (GRegex) form =
        g_regex_new ("^(.*?):(?:(\\d+):(?:(\\d+):)?)? (error|warning|note): (.*)$", 0, 0, NULL);
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
    g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
    g_autoptr (GVariant) value = NULL;

    for (guint i = 0; lines[i] != NULL; i++)
        add_diagnostic (&list, form, lines[i]);
    g_variant_dict_insert (&dict, "ok", "b", is_ok);
    g_variant_dict_insert_value (&dict, "diagnostics", g_variant_builder_end (&list));
    value = g_variant_ref_sink (g_variant_dict_end (&dict));
    return print_json (call, value);
}

/* `hbd --check` with the same arguments. */
static int
run_check (const Call *call)
{
    g_autofree char *hbd = hbd_client_program ("hbd/daemon/hbd", HBD_SBINDIR "/hbd");
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    g_autoptr (GError) error = NULL;
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int status = 0;

    g_ptr_array_add (argv, hbd);
    g_ptr_array_add (argv, (gpointer) "--check");
    for (int i = 0; i < call->word_count; i++)
        g_ptr_array_add (argv, call->words[i]);
    g_ptr_array_add (argv, NULL);
    if (!g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                       &status, &error))
        return fail (call, error);
    if (!call->options->json) {
        fputs (out, stdout);
        fputs (err, stderr);
    } else if (!print_diagnostics_json (call, err, status == 0)) {
        return 1;
    }
    if (g_spawn_check_wait_status (status, &error))
        return 0;
    return error->domain == G_SPAWN_EXIT_ERROR ? error->code : 1;
}

/* A program of its own, since it reads what the daemon reads; its output and exit code are ours. */
static int
run_migrate (const Call *call)
{
    g_autofree char *path =
        hbd_client_program ("hbd/migrate/hbd-migrate-check", HBD_LIBEXECDIR "/hbd-migrate-check");
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();

    if (strcmp (call->words[0], "check") != 0) {
        fprintf (stderr, "hbctl: migrate '%s': use check\n", call->words[0]);
        return EXIT_USAGE;
    }
    g_ptr_array_add (argv, path);
    if (call->options->json)
        g_ptr_array_add (argv, (gpointer) "--json");
    for (int i = 1; i < call->word_count; i++)
        g_ptr_array_add (argv, call->words[i]);
    g_ptr_array_add (argv, NULL);
    execv (path, (char **) argv->pdata);
    fprintf (stderr, "hbctl: %s: %s\n", path, g_strerror (errno));
    return 1;
}

static const Subcommand subcommands[] = {
    { "status", "", "who serves what, and what is wrong", 0, 0, run_status },
    { "watch", "", "the same, again each second", 0, 0, run_watch },
    { "events", "[--follow] [--since SEQ]", "what happened: the flight recorder", 0, 0,
      run_events },
    { "explain", "", "why the last change of ownership happened", 0, 0, run_explain },
    { "doctor", "", "what blocks a link, and the line that mends it", 0, 0, run_doctor },
    { "standby", "[all|local|foreign|failback]", "give groups to the other node", 0, 1,
      run_standby },
    { "takeover", "[all|local|foreign|failback]", "take groups from the other node", 0, 1,
      run_takeover },
    { "group", "start|stop|move|cleanup KEY [NODE]", "one group", 2, 3, run_group },
    { "reload", "[--plan]", "read the configuration again; --plan only says what would change", 0,
      0, run_reload },
    { "check", "[OPTION...]", "hbd --check: are the files right?", 0, 64, run_check },
    { "migrate", "check [OPTION...]", "what will be different from Heartbeat 3.0.6?", 1, 64,
      run_migrate },
    { "version", "", "this version, and the daemon's", 0, 0, run_version },
};

static const Subcommand *
find_subcommand (const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (subcommands); i++) {
        if (strcmp (subcommands[i].name, name) == 0)
            return &subcommands[i];
    }
    return NULL;
}

static char *
summary_text (void)
{
    GString *out = g_string_new ("Subcommands:\n");

    for (guint i = 0; i < G_N_ELEMENTS (subcommands); i++) {
        g_autofree char *usage =
            g_strdup_printf ("%s %s", subcommands[i].name, subcommands[i].arguments);

        g_string_append_printf (out, "  %-42s %s\n", usage, subcommands[i].meaning);
    }
    g_string_append (out,
                     "\nExit status: 0 all as wanted, 1 not, 2 wrong usage, 4 hbd is not running");
    return g_string_free (out, FALSE);
}

/* Everything that stands before and after the subcommand is parsed here; `check` hands what it
 * does not know on to hbd. */
static bool
parse_options (int *argc, char ***argv, Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "print JSON", NULL },
        { "run-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->run_dir,
          "where hbd keeps its control socket (" HBD_RUNSTATEDIR "/hbd)", "DIR" },
        { "follow", 'f', 0, G_OPTION_ARG_NONE, &options->follow, "events: wait for more", NULL },
        { "since", 0, 0, G_OPTION_ARG_INT64, &options->since,
          "events: only those after this sequence number", "SEQ" },
        { "plan", 0, 0, G_OPTION_ARG_NONE, &options->plan, "reload: change nothing", NULL },
        { "count", 0, 0, G_OPTION_ARG_INT, &options->count, "watch: end after so many looks", "N" },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    g_autoptr (GOptionContext) context = g_option_context_new ("SUBCOMMAND [ARGUMENT...]");
    g_autofree char *summary = summary_text ();
    bool is_check = *argc > 1 && g_strv_contains ((const char *const *) *argv + 1, "check");

    g_option_context_set_summary (context, summary);
    g_option_context_add_main_entries (context, entries, NULL);
    g_option_context_set_ignore_unknown_options (context, is_check);
    return g_option_context_parse (context, argc, argv, error);
}

static int
dispatch (const Options *options, int argc, char **argv)
{
    Call call = { options, hbd_client_run_dir (options->run_dir), argv + 2, argc - 2 };
    const Subcommand *subcommand = argc > 1 ? find_subcommand (argv[1]) : NULL;

    if (argc < 2) {
        fprintf (stderr, "hbctl: say what you want: hbctl --help lists the subcommands\n");
        return EXIT_USAGE;
    }
    if (subcommand == NULL) {
        fprintf (stderr, "hbctl: unknown subcommand '%s'; hbctl --help lists them\n", argv[1]);
        return EXIT_USAGE;
    }
    if (call.word_count < subcommand->min_words || call.word_count > subcommand->max_words) {
        fprintf (stderr, "usage: hbctl %s %s\n", subcommand->name, subcommand->arguments);
        return EXIT_USAGE;
    }
    return subcommand->run (&call);
}

int
main (int argc, char **argv)
{
    Options options = { 0 };
    g_autoptr (GError) error = NULL;
    int code = EXIT_USAGE;

    setlocale (LC_CTYPE, "");
    if (parse_options (&argc, &argv, &options, &error))
        code = dispatch (&options, argc, argv);
    else
        fprintf (stderr, "hbctl: %s\n", error->message);
    g_free (options.run_dir);
    return code;
}
