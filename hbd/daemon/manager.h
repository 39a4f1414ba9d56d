/* SPDX-License-Identifier: Apache-2.0 */
/* The manager's inside, shared by its files only: manager.c (life), manager_engine.c (the engine's
 * requests), manager_reload.c, commands.c (control socket), doctor.c. */
#pragma once

#include "hbd/base/log.h"
#include "hbd/daemon/control.h"
#include "hbd/daemon/executor.h"
#include "hbd/daemon/fifo.h"
#include "hbd/daemon/hooks.h"
#include "hbd/daemon/ipc.h"
#include "hbd/daemon/linkset.h"
#include "hbd/daemon/loop.h"
#include "hbd/daemon/recorder.h"
#include "hbd/daemon/respawn.h"
#include "hbd/daemon/setup.h"

#define HBD_MANAGER_SUPERVISOR_FD 3
#define HBD_MANAGER_SNAPSHOT_FD   4

typedef struct _HbdCommands HbdCommands;
typedef struct _HbdDoctor HbdDoctor;
typedef struct _HbdLogFiles HbdLogFiles;

typedef enum {
    HBD_MANAGER_RUNS,
    HBD_MANAGER_ENGINE_STOPS, /* shutdown: the engine hands over */
    HBD_MANAGER_RELEASES,     /* shutdown: the runner stops what is left */
    HBD_MANAGER_OVER,
} HbdManagerPhase;

typedef struct {
    const HbdOptions *options;
    HbdLog *log;
    HbdLogFiles *log_files;
    GMainLoop *loop;
    HbdRecorder *recorder;
    HbdSetup *setup;
    HbdExecutor *executor;
    HbdLinkSet *links;
    HbdControl *control;
    HbdCommands *commands;
    HbdDoctor *doctor; /* NULL: no examination is under way */
    HbdFifo *fifo;
    HbdHooks *hooks;
    HbdRespawns *respawns;
    HbdIpc *supervisor;
    HbdIpc *engine; /* NULL: none */
    guint32 engine_pid;
    bool engine_started;   /* START was sent on this channel */
    bool engine_greeted;   /* HELLO came on this channel */
    guint engine_messages; /* since the next */
    HbdTime engine_counted_at;
    HbdTime beat_at;    /* the last one heard */
    HbdTimer *watch;    /* is the engine alive? */
    guint32 generation; /* of the engine's present life */
    guint8 uuid[16];
    char *heartbeat_dir; /* hb_generation, hb_uuid, fifo */
    bool was_ready;
    HbdManagerPhase phase;
    HbdTimer *phase_timer;
    HbdSetup *next_setup; /* a reload that waits for groups to stop */
    HbdTimer *reload_timer;
    HbdTime reload_limit;
    guint64 reload_client;
    int exit_code;
} HbdManager;

/* manager.c */
void hbd_manager_record (HbdManager *m, const HbdRecord *record, HbdTime when);
void hbd_manager_say (HbdManager *m, HbdLevel level, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* Give a record away: (transfer full). For handlers with a gpointer. */
void hbd_manager_take_record (gpointer manager, HbdRecord *record);
void hbd_manager_borrow_record (gpointer manager, const HbdRecord *record);
/* A new executor for @setup, not started. NULL with @error. */
HbdExecutor *hbd_manager_new_executor (HbdManager *m, const HbdSetup *setup, GError **error);
HbdLinkSet *hbd_manager_new_links (HbdManager *m, const HbdSetup *setup, GError **error);
void hbd_manager_begin_shutdown (HbdManager *m, const char *why);
void hbd_manager_release (HbdManager *m);
void hbd_manager_finish (HbdManager *m, int exit_code);
/* Seal the accepted files and give them to the supervisor. */
void hbd_manager_send_snapshot (HbdManager *m);

/* manager_engine.c */
void hbd_manager_attach_engine (HbdManager *m, int fd, guint32 pid);
void hbd_manager_detach_engine (HbdManager *m);
/* Configuration, links, groups, START: for a new engine or after a reload. */
void hbd_manager_configure_engine (HbdManager *m);
void hbd_manager_tell_group (HbdManager *m, guint index, CrmGroupState state);
void hbd_manager_watch_engine (HbdManager *m);
void hbd_manager_inject (HbdManager *m, const HbdMessage *message);

/* manager_reload.c */
/* A reload that waits for groups to stop: look again. */
void hbd_manager_reload_go_on (HbdManager *m);
/* A stop is asked for: give up a reload that waits, before the engine is told, since requests of the
 * engine count for nothing while one is under way. */
void hbd_manager_reload_cancel (HbdManager *m);
/* Read, check, compare; with @plan_only say what would happen, else do it. @client (0: nobody) is
 * answered. */
void hbd_manager_reload (HbdManager *m, bool plan_only, guint64 client);

/* commands.c */
HbdCommands *hbd_commands_new (HbdManager *m);
void hbd_commands_free (HbdCommands *commands);
void hbd_commands_request (gpointer manager, guint64 client, bool may_write, const char *command,
                           GVariant *args);
void hbd_commands_gone (gpointer manager, guint64 client);
/* The engine's answers. */
void hbd_commands_status (HbdCommands *commands, guint32 id, GVariant *status);
void hbd_commands_reply (HbdCommands *commands, guint32 id, bool is_ok, const char *text);
void hbd_commands_engine_lost (HbdCommands *commands);
/* A new record, for those who follow. */
void hbd_commands_recorded (HbdCommands *commands, const HbdRecorded *entry);

/* Ask for the engine's status for the examination under way: hbd_doctor_sample(), perhaps from
 * within. */
void hbd_commands_ask_engine (HbdCommands *commands);

/* doctor.c */
/* Examine the links and answer @client; joins an examination under way. */
void hbd_doctor_ask (HbdManager *m, guint64 client);
/* The engine's status (a{sv}), NULL: it does not answer. */
void hbd_doctor_sample (HbdManager *m, GVariant *status);
/* Without an answer to anybody. */
void hbd_doctor_free (HbdDoctor *doctor);

/* logfiles.c */
#define HBD_SYSLOG_PATH "/dev/log"
/* ha.cf's logfile, debugfile and logfacility beside standard error; @syslog_path is the system
 * logger's socket. Writing waits for nobody. (transfer full) */
HbdLogFiles *hbd_log_files_new (const CfgCluster *cluster, const char *syslog_path);
void hbd_log_files_free (HbdLogFiles *files);
void hbd_log_files_write (gpointer files, HbdLevel level, const char *line); /* HbdLogSink */
