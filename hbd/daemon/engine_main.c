/* SPDX-License-Identifier: Apache-2.0 */
/* hbd-engine: started by the supervisor only, with its privileges already dropped. */
#include "config.h"

#include "hbd/daemon/engine.h"

#include <glib.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define HEAP_RESERVE  (768 * 1024) /* steady state needs about a third of it */
#define STACK_RESERVE (48 * 1024)

static void G_GNUC_NO_INLINE
touch_stack (void)
{
    volatile char page[STACK_RESERVE];

    for (gsize i = 0; i < sizeof page; i += 1024)
        page[i] = 0;
}

bool
hbd_engine_lock_memory (void)
{
    void *reserve;

    mallopt (M_ARENA_MAX, 1);
    mallopt (M_MMAP_MAX, 0);              /* everything comes from the one locked heap */
    mallopt (M_TRIM_THRESHOLD, 16 << 20); /* and stays there */
    touch_stack ();
    reserve = g_malloc (HEAP_RESERVE);
    memset (reserve, 0, HEAP_RESERVE);
    g_free (reserve);
    if (mlockall (MCL_CURRENT | MCL_FUTURE) == 0)
        return true;
    perror ("hbd-engine: warning: engine.unlocked what=mlockall");
    return false;
}

/* It holds the cluster's keys and reads what strangers send: others of its user may not look into it,
 * no core is written, and it starts nothing. (The leak check of sanitizers needs all that.) */
static void
shut_off (void)
{
#ifndef __SANITIZE_ADDRESS__
    const struct rlimit nothing = { 0, 0 };

    prctl (PR_SET_DUMPABLE, 0);
    setrlimit (RLIMIT_CORE, &nothing);
    setrlimit (RLIMIT_NPROC, &nothing);
#endif
}

static bool
is_channel (int fd)
{
    int type = 0;
    socklen_t len = sizeof type;

    return getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET;
}

int
main (int argc, char **argv)
{
    prctl (PR_SET_NAME, "hbd-engine");
    shut_off ();
    signal (SIGPIPE, SIG_IGN);
    signal (SIGHUP, SIG_IGN);
    signal (SIGINT, SIG_IGN); /* a terminal's ^C is for the supervisor, which ends us in order */
    if (!is_channel (HBD_ENGINE_SUPERVISOR_FD) || !is_channel (HBD_ENGINE_MANAGER_FD)) {
        fputs ("hbd-engine: is started by hbd(8), not by hand\n", stderr);
        return 64;
    }
    if (argc > 1 && strcmp (argv[1], "--realtime") == 0)
        hbd_engine_lock_memory ();
    return hbd_engine_run (HBD_ENGINE_SUPERVISOR_FD, HBD_ENGINE_MANAGER_FD);
}
