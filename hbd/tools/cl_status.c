/* SPDX-License-Identifier: Apache-2.0 */
/* cl_status as Heartbeat's users know it: the same sub-commands, options, lines and exit codes
 * (doc/heartbeat.md 7.1), answered from hbd's control socket; words behind the ones that are
 * needed are ignored, as there. tests/interop/test_tools.py holds it against the packaged one. Where
 * that leaves the reason of an error out, ours says it.
 *
 * Exit codes: 0 yes or done, 1 no (dead, stopped, offline, unset, cannot sign on), 11 wrong usage
 * or unknown node, 13 no such link or client. */
#include "config.h"

#include "hbd/tools/client.h"
#include "hbd/tools/dict.h"
#include "hbd/tools/directives.h"
#include "hbd/tools/say.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "cl_status"

#define EXIT_NO        1
#define EXIT_PARAMETER 11
#define EXIT_CALL      13

typedef struct {
    bool for_humans; /* -m */
    bool verbose;    /* -v */
    bool only_normal, only_ping;
    const char *parameter; /* -p of hbparameter */
    char **words;
    int word_count;
    GVariant *status; /* reply of `status`; owned */
    GPtrArray *nodes; /* of it */
} Call;

typedef struct {
    const char *name;
    const char *options;     /* for getopt */
    bool is_about_daemon;    /* an answer also without one; does not mind odd options */
    const char *option_word; /* in Heartbeat's sentence about an odd option */
    int (*run) (Call *call);
} Subcommand;

static const char usage_text[] =
    "Usage: cl_status SUB-COMMAND [OPTION...] [PARAMETER...]\n"
    "\n"
    "  hbstatus [-v]                 is it running on this machine?\n"
    "  listnodes [-p|-n] [-v]        the nodes: -p only ping nodes, -n only normal ones\n"
    "  nodestatus NODE               init, up, active, dead or ping\n"
    "  nodetype NODE                 normal or ping\n"
    "  nodeweight NODE, nodesite NODE\n"
    "  listhblinks NODE [-v]         the links to a node\n"
    "  hblinkstatus NODE LINK        up or dead\n"
    "  clientstatus NODE CLIENT [MS] online or offline\n"
    "  rscstatus                     what this node holds: none, local, foreign, all\n"
    "  hbparameter -p NAME           a value of ha.cf\n"
    "\n"
    "-m with each of them writes whole sentences.\n";

static GVariant *
find_node (const Call *call, const char *name)
{
    g_autofree char *lower = g_ascii_strdown (name, -1);

    return hbd_dict_find (call->nodes, lower);
}

/* The node named by the first word, or NULL after saying so; Heartbeat's words differ. */
static GVariant *
wanted_node (Call *call, const char *too_few, const char *unknown)
{
    GVariant *node = NULL;

    if (call->word_count == 0) {
        fprintf (stderr, "%s\n", too_few);
        return NULL;
    }
    node = find_node (call, call->words[0]);
    if (node == NULL)
        fprintf (stderr, "%s\n", unknown);
    return node;
}

static const char too_few_words[] = "Not enough parameters.";
static const char few_words[] = "No enough parameter.";
static const char unknown_node[] = "Error. May be due to incorrect node name";

static bool
is_ping (GVariant *node)
{
    return g_strcmp0 (hbd_dict_text (node, "type", "normal"), "ping") == 0;
}

static void
print_links (const Call *call, GVariant *node, bool with_status)
{
    g_autoptr (GPtrArray) links = hbd_dict_list (node, "links");

    if (call->for_humans)
        puts ("\tthis node has the following heartbeat links:");
    for (guint i = 0; i < links->len; i++) {
        const char *name = hbd_dict_text (links->pdata[i], "name", "");

        if (with_status)
            printf ("\t%s\t%s\n", name, hbd_dict_text (links->pdata[i], "status", ""));
        else
            printf ("\t%s\n", name);
    }
}

static int
run_listnodes (Call *call)
{
    if (call->for_humans)
        puts ("The nodes are as follow:");
    /* Heartbeat lists the node that was configured last first. */
    for (guint i = call->nodes->len; i-- > 0;) {
        GVariant *node = call->nodes->pdata[i];
        const char *name = hbd_dict_text (node, "name", "");

        if (call->only_normal != call->only_ping && call->only_ping != is_ping (node))
            continue;
        if (!call->verbose) {
            puts (name);
            continue;
        }
        printf ("\n%s\t%s\t(nodetype: %s)\n", name, hbd_dict_text (node, "status", ""),
                is_ping (node) ? "ping" : "normal");
        print_links (call, node, true);
    }
    return 0;
}

static int
run_hbstatus (Call *call)
{
    g_autoptr (GVariant) daemon = NULL;
    const char *version = NULL;

    if (call->status == NULL) {
        puts ("Heartbeat is stopped on this machine.");
        return EXIT_NO;
    }
    if (!call->verbose) {
        puts ("Heartbeat is running on this machine.");
        return 0;
    }
    daemon = hbd_dict_dict (call->status, "daemon");
    version = hbd_dict_text (daemon, "version", PACKAGE_VERSION);
    if (call->for_humans)
        printf ("Heartbeat version hbd %s\nResources controlled by \"haresources\"\n", version);
    else
        printf ("version:\thbd %s\nmanaged by:\t\"haresources\"\n", version);
    return run_listnodes (call);
}

static int
run_nodestatus (Call *call)
{
    GVariant *node = wanted_node (call, too_few_words, unknown_node);
    const char *status = NULL;

    if (node == NULL)
        return EXIT_PARAMETER;
    status = hbd_dict_text (node, "status", "");
    if (call->for_humans)
        printf ("The cluster node %s is %s\n", call->words[0], status);
    else
        puts (status);
    return strcmp (status, "dead") == 0 ? EXIT_NO : 0;
}

static int
run_nodetype (Call *call)
{
    GVariant *node = wanted_node (call, few_words, unknown_node);
    const char *type = node != NULL && is_ping (node) ? "ping" : "normal";

    if (node == NULL)
        return EXIT_PARAMETER;
    if (call->for_humans)
        printf ("The node %s's type: %s\n", call->words[0], type);
    else
        puts (type);
    return 0;
}

static int
run_nodeweight (Call *call)
{
    if (wanted_node (call, too_few_words, "Error. Maybe due to incorrect node name.") == NULL)
        return EXIT_PARAMETER;
    if (call->for_humans)
        printf ("The weight of the cluster node %s is 100\n", call->words[0]);
    else
        puts ("100");
    return 0;
}

static int
run_nodesite (Call *call)
{
    if (wanted_node (call, too_few_words, unknown_node) == NULL)
        return EXIT_PARAMETER;
    if (call->for_humans)
        printf ("The site of the cluster node %s is ", call->words[0]);
    putchar ('\n');
    return 0;
}

static int
run_listhblinks (Call *call)
{
    GVariant *node = NULL;

    if (call->word_count == 0) {
        fprintf (stderr, "%s\n", few_words);
        return EXIT_PARAMETER;
    }
    node = find_node (call, call->words[0]);
    if (node == NULL) {
        hbd_say (NAME, "ERROR", "Cannot start heartbeat link interface walk.");
        hbd_say (NAME, "ERROR", "REASON: EINVAL");
        return EXIT_CALL;
    }
    print_links (call, node, call->verbose);
    return 0;
}

static int
run_hblinkstatus (Call *call)
{
    g_autoptr (GPtrArray) links = NULL;
    GVariant *node = NULL;
    GVariant *link = NULL;
    const char *status = NULL;

    if (call->word_count < 2) {
        fprintf (stderr, "%s\n", few_words);
        return EXIT_PARAMETER;
    }
    node = find_node (call, call->words[0]);
    links = node != NULL ? hbd_dict_list (node, "links") : NULL;
    link = links != NULL ? hbd_dict_find (links, call->words[1]) : NULL;
    if (link == NULL) {
        hbd_say (NAME, "ERROR", "Cannot get heartbeat link status");
        hbd_say (NAME, "ERROR", "REASON: no such %s", node == NULL ? "node" : "link");
        return EXIT_CALL;
    }
    status = hbd_dict_text (link, "status", "");
    if (call->for_humans)
        printf ("The node %s's heartbeat link %s is %s\n", call->words[0], call->words[1], status);
    else
        puts (status);
    return strcmp (status, "dead") == 0 ? EXIT_NO : 0;
}

/* hbd has no client API, so no client of it is ever on line. */
static int
run_clientstatus (Call *call)
{
    if (call->word_count < 2) {
        fprintf (stderr, "%s\n", few_words);
        return EXIT_PARAMETER;
    }
    if (find_node (call, call->words[0]) == NULL) {
        hbd_say (NAME, "ERROR", "Cannot get heartbeat client %s's status", call->words[1]);
        hbd_say (NAME, "ERROR", "REASON: no such node");
        return EXIT_CALL;
    }
    puts ("offline");
    return EXIT_NO;
}

static int
run_rscstatus (Call *call)
{
    const char *holding = hbd_dict_text (call->status, "holding", "none");

    if (call->for_humans)
        printf ("This node is holding %s resources.\n", holding);
    else
        puts (holding);
    return 0;
}

/* Heartbeat keeps no value of a directive that may stand several times. */
static bool
is_repeatable (const char *name)
{
    static const char *const names[] = { "node",    "ping",    "ping6",   "ping_group",   "serial",
                                         "bcast",   "mcast",   "mcast6",  "ucast",        "ucast6",
                                         "apiauth", "respawn", "stonith", "stonith_host", NULL };

    return g_strv_contains (names, name);
}

/* As ha.cf has it, else the default; NULL: none. */
static const char *
parameter_value (const char *name, HbdReply *reply, GError **error)
{
    g_auto (GVariantDict) args = G_VARIANT_DICT_INIT (NULL);

    if (is_repeatable (name))
        return NULL;
    g_variant_dict_insert (&args, "name", "s", name);
    if (!hbd_client_ask (hbd_client_run_dir (NULL), "parameter", g_variant_dict_end (&args),
                         HBD_CLIENT_ASK_MS, reply, error))
        return NULL;
    if (reply->exit_code == 0)
        return hbd_dict_text (reply->dict, "value", NULL);
    return hbd_directives_default (name);
}

static int
run_hbparameter (Call *call)
{
    g_auto (HbdReply) reply = { 0 };
    g_autoptr (GError) error = NULL;
    const char *value = NULL;

    if (call->parameter == NULL) {
        hbd_say (NAME, "ERROR", "parameter name required");
        return EXIT_PARAMETER;
    }
    value = parameter_value (call->parameter, &reply, &error);
    if (value == NULL) {
        hbd_say (NAME, "ERROR", "Cannot get parameter %s's value", call->parameter);
        hbd_say (NAME, "ERROR", "REASON: %s", error != NULL ? error->message : "it is not set");
        return EXIT_NO;
    }
    if (call->for_humans)
        printf ("Heartbeat parameter %s's value: %s\n", call->parameter, value);
    else
        puts (value);
    return 0;
}

static const Subcommand subcommands[] = {
    { "hbstatus", "mv", true, NULL, run_hbstatus },
    { "listnodes", "mnpv", false, "character code", run_listnodes },
    { "nodestatus", "m", false, "character", run_nodestatus },
    { "nodetype", "m", false, "character", run_nodetype },
    { "nodeweight", "m", false, "character", run_nodeweight },
    { "nodesite", "m", false, "character", run_nodesite },
    { "listhblinks", "mv", false, "character code", run_listhblinks },
    { "hblinkstatus", "m", false, "character", run_hblinkstatus },
    { "clientstatus", "m", false, "character", run_clientstatus },
    { "rscstatus", "m", false, "character", run_rscstatus },
    { "hbparameter", "mp:", false, "character code", run_hbparameter },
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

/* @argv begins with the sub-command. False for an option that it does not know. */
static bool
parse_options (Call *call, const Subcommand *subcommand, int argc, char **argv)
{
    int option;

    while ((option = getopt (argc, argv, subcommand->options)) != -1) {
        switch (option) {
        case 'm':
            call->for_humans = true;
            break;
        case 'n':
            call->only_normal = true;
            break;
        case 'p':
            call->only_ping = true;
            call->parameter = optarg;
            break;
        case 'v':
            call->verbose = true;
            break;
        default:
            if (subcommand->is_about_daemon)
                break;
            hbd_say (NAME, "ERROR", "Error: getopt returned%s %c.", subcommand->option_word,
                     option);
            return false;
        }
    }
    call->words = argv + optind;
    call->word_count = argc - optind;
    return true;
}

/* Fetch `status`. */
static bool
sign_on (Call *call, GError **error)
{
    g_auto (HbdReply) reply = { 0 };

    if (!hbd_client_ask (hbd_client_run_dir (NULL), "status", NULL, HBD_CLIENT_ASK_MS, &reply,
                         error))
        return false;
    call->status = g_steal_pointer (&reply.dict);
    call->nodes = hbd_dict_list (call->status, "nodes");
    return true;
}

/* First to the daemon, then the options: without it no sub-command minds them, as in Heartbeat. */
static int
answer (Call *call, const Subcommand *subcommand, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;

    if (!sign_on (call, &error) && !subcommand->is_about_daemon) {
        hbd_say (NAME, "ERROR", "Cannot signon with heartbeat");
        hbd_say (NAME, "ERROR", "REASON: %s", error->message);
        return EXIT_NO;
    }
    if (!parse_options (call, subcommand, argc, argv))
        return EXIT_PARAMETER;
    if (error != NULL && call->verbose) {
        printf ("Heartbeat is stopped on this machine.\n(%s)\n", error->message);
        return EXIT_NO;
    }
    return subcommand->run (call);
}

int
main (int argc, char **argv)
{
    Call call = { 0 };
    const Subcommand *subcommand = argc > 1 ? find_subcommand (argv[1]) : NULL;
    int code;

    if (argc < 2 || strcmp (argv[1], "-h") == 0) {
        fputs (usage_text, stdout);
        return 0;
    }
    if (subcommand == NULL) {
        hbd_say (NAME, "ERROR", "%s: invalid sub-command.", argv[1]);
        return EXIT_PARAMETER;
    }
    code = answer (&call, subcommand, argc - 1, argv + 1);
    g_clear_pointer (&call.nodes, g_ptr_array_unref);
    g_clear_pointer (&call.status, g_variant_unref);
    return code;
}
