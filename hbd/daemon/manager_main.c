/* SPDX-License-Identifier: Apache-2.0 */
/* hbd-manager: started by the supervisor; by hand only with --check. */
#include "config.h"

#include "hbd/daemon/manager_main.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
has_supervisor (void)
{
    int type = 0;
    socklen_t len = sizeof type;

    return getsockopt (3, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET;
}

static int
run (const HbdOptions *options)
{
    g_autoptr (HbdLog) log = hbd_log_new ("hbd", options->level, STDERR_FILENO);

    if (options->check)
        return hbd_manager_check (options);
    if (options->let_go)
        return hbd_manager_let_go (log);
    if (!has_supervisor ()) {
        fputs ("hbd-manager: is started by hbd(8); by hand only with --check\n", stderr);
        return HBD_EXIT_USAGE;
    }
    return hbd_manager_run (options, log);
}

int
main (int argc, char **argv)
{
    HbdOptions options;
    int code = 0;

    prctl (PR_SET_NAME, "hbd-manager");
    signal (SIGPIPE, SIG_IGN);
    signal (SIGHUP, SIG_IGN); /* these are for the supervisor, which tells us in order */
    signal (SIGINT, SIG_IGN);
    umask (022);
    if (hbd_options_parse (&options, &argc, &argv, true, &code))
        code = run (&options);
    hbd_options_clear (&options);
    return code;
}
