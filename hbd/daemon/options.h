/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of hbd, which hands it on to hbd-manager unchanged (doc/design.md, Contract). */
#pragma once

#include "hbd/base/record.h"

#include <stdbool.h>

/* Exit codes that users and units rely on. */
#define HBD_EXIT_ERRORS     1 /* --check found errors, or the configuration has some */
#define HBD_EXIT_USAGE      64
#define HBD_EXIT_INTERNAL   70
#define HBD_EXIT_OTHER_RUNS 75 /* another hbd, or the real daemon of a side, runs here */
#define HBD_EXIT_PRIVILEGE  77
#define HBD_EXIT_NO_CONFIG  78

typedef struct {
    char *ha_dir, *keepalived_conf, *sides, *conf, *run_dir, *state_dir, *node_name;
    char *log_level;
    HbdLevel level;
    gboolean check, version;
    bool has_keepalived_conf; /* --keepalived-conf was given */
    gboolean let_go;          /* manager only: remove our addresses, then end */
    gboolean resume;          /* manager only: the predecessor's configuration is on descriptor 4 */
} HbdOptions;

/* Parse @argv and fill in the defaults. False: *@exit_code is what to end with, the message is
 * written. @is_manager admits the manager's own options. */
bool hbd_options_parse (HbdOptions *options, int *argc, char ***argv, bool is_manager,
                        int *exit_code);
void hbd_options_clear (HbdOptions *options);

/* $localstatedir/lib/heartbeat: generation, uuid, FIFO. */
#define HBD_HEARTBEAT_DIR HBD_LOCALSTATEDIR "/lib/heartbeat"
/* Where heartbeat.pid goes: $runstatedir, or the run directory where that is not the default, so
 * that several instances (tests, containers) do not meet. (transfer full) */
char *hbd_options_heartbeat_pid (const HbdOptions *options);
bool hbd_options_heartbeat_on (const HbdOptions *options); /* --sides allows it */
bool hbd_options_keepalived_on (const HbdOptions *options);
