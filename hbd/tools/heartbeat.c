/* SPDX-License-Identifier: Apache-2.0 */
/* The `heartbeat` entry, for scripts that call it: start (no option), -s status, -k stop, -r
 * reload, -D directive defaults, -V version (doc/heartbeat.md 7.2). The work is done by hbd; this
 * program starts it, asks whether it runs, and signals it.
 *
 * Exit codes: as Heartbeat's: 0; 2 wrong usage; 6 configuration error; -s: 1 dead with a pid file
 * left behind, 3 not running. -k ends within STOP_LIMIT_MS, with 1 when hbd still runs then. */
#include "config.h"

#include "hbd/tools/client.h"
#include "hbd/tools/directives.h"
#include "hbd/tools/pidfile.h"
#include "hbd/tools/say.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define EXIT_STALE         1
#define EXIT_USAGE         2
#define EXIT_STOPPED       3
#define EXIT_CONFIGURATION 6

#define START_LIMIT_MS 30000
#define STOP_LIMIT_MS  120000
#define LOOK_AGAIN_MS  50

typedef struct {
    bool status, stop, reload, defaults, version;
    bool foreground, verbose, no_realtime, unmanaged;
    bool wiki;
    bool has_words; /* that are no options: ignored, as in Heartbeat, but for a start */
    int debug;
} Options;

static int
usage (void)
{
    fputs ("\nUsage: heartbeat [-dDkrsvWlVf]\n"
           "  (no option) start in the background    -s  is it running?\n"
           "  -k  stop it, and wait                  -r  check the files, then read them again\n"
           "  -D  defaults of the directives (-W: as a wiki table)    -V  version\n"
           "  -f  stay in the foreground             -d  more messages\n",
           stderr);
    return EXIT_USAGE;
}

static void
pause_ms (int ms)
{
    g_poll (NULL, 0, ms);
}

/* The pid of the running hbd, 0 for none; @is_stale: a pid file is left of one that died. */
static pid_t
running_pid (bool *is_stale)
{
    g_autofree char *in_run_dir = g_build_filename (hbd_client_run_dir (NULL), "hbd.pid", NULL);
    bool is_found = false;
    pid_t pid = hbd_pidfile_read (in_run_dir, "hbd", &is_found);

    *is_stale = pid == 0 && is_found;
    return pid;
}

static int
run_status (void)
{
    struct utsname host;
    bool is_stale = false;
    pid_t pid = running_pid (&is_stale);

    if (pid == 0) {
        puts ("heartbeat is stopped. No process");
        return is_stale ? EXIT_STALE : EXIT_STOPPED;
    }
    if (uname (&host) != 0)
        host.nodename[0] = '\0';
    printf ("heartbeat OK [pid %ld et al] is running on %s [%s]...\n", (long) pid, host.nodename,
            host.nodename);
    return 0;
}

static int
run_stop (void)
{
    bool is_stale = false;
    pid_t pid = running_pid (&is_stale);

    if (pid == 0) {
        fputs ("INFO: Heartbeat already stopped.\n", stderr);
        return 0;
    }
    if (kill (pid, SIGTERM) != 0 && errno != ESRCH) {
        fprintf (stderr, "heartbeat: cannot stop process %ld: %s\n", (long) pid,
                 g_strerror (errno));
        return 1;
    }
    for (int waited_ms = 0; waited_ms < STOP_LIMIT_MS; waited_ms += LOOK_AGAIN_MS) {
        if (running_pid (&is_stale) != pid)
            return 0;
        pause_ms (LOOK_AGAIN_MS);
    }
    fprintf (stderr,
             "heartbeat: process %ld still runs after %d s: 'hbctl events' says what it "
             "waits for\n",
             (long) pid, STOP_LIMIT_MS / 1000);
    return 1;
}

static char *
hbd_path (void)
{
    return hbd_client_program ("hbd/daemon/hbd", HBD_SBINDIR "/hbd");
}

static void
add_common_arguments (GPtrArray *argv, const Options *options)
{
    if (g_getenv ("HBD_RUN_DIR") != NULL) {
        g_ptr_array_add (argv, (gpointer) "--run-dir");
        g_ptr_array_add (argv, (gpointer) hbd_client_run_dir (NULL));
    }
    if (options->debug > 0) {
        g_ptr_array_add (argv, (gpointer) "--log-level");
        g_ptr_array_add (argv, (gpointer) "debug");
    }
}

/* hbd --check; its diagnostics go to our standard error. */
static bool
configuration_is_good (void)
{
    g_autofree char *path = hbd_path ();
    char *argv[] = { path, (char *) "--check", NULL };
    g_autoptr (GError) error = NULL;
    int status = 0;

    if (g_spawn_sync (NULL, argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL,
                      &status, &error)
        && g_spawn_check_wait_status (status, NULL))
        return true;
    if (error != NULL)
        fprintf (stderr, "heartbeat: %s\n", error->message);
    hbd_say ("heartbeat", "ERROR", "Configuration error, heartbeat not started.");
    return false;
}

static int
run_reload (void)
{
    bool is_stale = false;
    pid_t pid = running_pid (&is_stale);

    if (!configuration_is_good ())
        return EXIT_CONFIGURATION;
    if (pid == 0) {
        fputs ("INFO: Heartbeat is not running.\n", stderr);
        return 0;
    }
    hbd_say ("heartbeat", "info", "Signalling heartbeat pid %ld to reread config files",
             (long) pid);
    return kill (pid, SIGHUP) == 0 ? 0 : 1;
}

/* -v: what --check has just found to be good. Only ha.cf is shown. */
static void
print_configuration (void)
{
    static const char path[] = HBD_SYSCONFDIR "/ha.d/ha.cf";
    g_autoptr (CfgDiags) diags = cfg_diags_new ();
    g_autoptr (CfgCluster) cluster = NULL;
    g_autofree char *text = NULL, *dump = NULL;
    struct utsname host;
    CfgInput input = { .ha_cf = { .path = path },
                       .haresources = { .path = "" },
                       .authkeys = { .path = "" },
                       .hbd_conf = { .path = "" } };

    if (uname (&host) != 0 || !g_file_get_contents (path, &text, &input.ha_cf.len, NULL))
        return;
    input.ha_cf.text = text;
    input.node_name = host.nodename;
    cluster = cfg_parse (&input, diags);
    dump = hbd_directives_dump (cluster, host.nodename);
    fputs (dump, stdout);
    fflush (stdout);
}

static void
become_session_leader (gpointer data)
{
    setsid ();
}

/* Wait until the daemon answers or has ended. */
static int
wait_for_start (GPid child)
{
    for (int waited_ms = 0; waited_ms < START_LIMIT_MS; waited_ms += LOOK_AGAIN_MS) {
        g_auto (HbdReply) reply = { 0 };

        if (hbd_client_ask (hbd_client_run_dir (NULL), "version", NULL, LOOK_AGAIN_MS, &reply,
                            NULL))
            return 0;
        if (hbd_pidfile_child_ended (child)) {
            fputs ("ERROR: heartbeat not started: 'hbd' in the foreground says why\n", stderr);
            return 1;
        }
        pause_ms (LOOK_AGAIN_MS);
    }
    fprintf (stderr, "heartbeat: started, but it does not answer after %d s\n",
             START_LIMIT_MS / 1000);
    return 1;
}

static int
run_start (const Options *options)
{
    g_autofree char *path = hbd_path ();
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    g_autoptr (GError) error = NULL;
    bool is_stale = false;
    pid_t pid = running_pid (&is_stale);
    GPid child = 0;

    if (pid != 0) {
        hbd_say ("heartbeat", "info", "heartbeat: already running [pid %ld].", (long) pid);
        return 0;
    }
    if (!configuration_is_good ())
        return EXIT_CONFIGURATION;
    if (options->verbose)
        print_configuration ();
    g_ptr_array_add (argv, path);
    add_common_arguments (argv, options);
    g_ptr_array_add (argv, NULL);
    if (options->foreground) {
        execv (path, (char **) argv->pdata);
        fprintf (stderr, "heartbeat: %s: %s\n", path, g_strerror (errno));
        return 1;
    }
    if (!g_spawn_async ("/", (char **) argv->pdata, NULL,
                        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                            | G_SPAWN_STDERR_TO_DEV_NULL,
                        become_session_leader, NULL, &child, &error)) {
        fprintf (stderr, "heartbeat: %s\n", error->message);
        return 1;
    }
    return wait_for_start (child);
}

static bool
parse_options (Options *options, int argc, char **argv)
{
    int option;

    while ((option = getopt (argc, argv, "dDkMrsvWlVf")) != -1) {
        switch (option) {
        case 'd':
            options->debug++;
            break;
        case 'D':
            options->defaults = true;
            break;
        case 'W':
            options->wiki = true;
            break;
        case 'k':
            options->stop = true;
            break;
        case 'M':
            options->unmanaged = true;
            break;
        case 'r':
            options->reload = true;
            break;
        case 's':
            options->status = true;
            break;
        case 'v':
            options->verbose = true;
            break;
        case 'l':
            options->no_realtime = true;
            break;
        case 'V':
            options->version = true;
            break;
        case 'f':
            options->foreground = true;
            break;
        default:
            return false;
        }
    }
    options->has_words = optind < argc;
    return true;
}

int
main (int argc, char **argv)
{
    Options options = { 0 };

    if (!parse_options (&options, argc, argv))
        return usage ();
    if (options.version) {
        printf ("hbd %s\n", PACKAGE_VERSION);
        return 0;
    }
    if (options.defaults) {
        hbd_directives_print (options.wiki);
        return 0;
    }
    if (options.unmanaged) {
        fputs ("heartbeat: -M (no resource management) is not supported; use an empty "
               "haresources\n",
               stderr);
        return EXIT_USAGE;
    }
    if (options.no_realtime)
        fputs ("heartbeat: -l is ignored; write 'realtime off' in ha.cf\n", stderr);
    if (options.stop)
        return run_stop ();
    if (options.status)
        return run_status ();
    if (options.reload)
        return run_reload ();
    /* Who types `heartbeat stop' does not want a start. */
    return options.has_words ? usage () : run_start (&options);
}
