/* SPDX-License-Identifier: Apache-2.0 */
/* One child program with a time limit, on the GLib main loop: no zombie, no blocked loop, nothing
 * inherited that it should not have (doc/crm.md 1.5). Agents, rc.d hooks and respawn children are
 * started through here. */
#pragma once

#include "hbd/base/time.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct _CrmProcess CrmProcess;

typedef enum {
    CRM_PROCESS_EXITED,     /* .code = exit status */
    CRM_PROCESS_SIGNALLED,  /* .code = signal */
    CRM_PROCESS_TIMED_OUT,  /* TERM, later KILL was sent to its group; it is gone */
    CRM_PROCESS_UNKILLABLE, /* it is still there 5 s after KILL; done is called again when it ends */
    CRM_PROCESS_NOT_RUN,    /* .code = errno of fork, chdir, exec or of becoming the user */
} CrmProcessEnd;

typedef struct {
    CrmProcessEnd end;
    int code;
    HbdTime duration_us;
    const char *out; /* standard output's tail, at most 64 KiB, NUL-terminated; may hold NULs */
    gsize out_len;
} CrmProcessResult;

/* Called once when the program has ended (twice after UNKILLABLE), never from crm_process_start().
 * @result is borrowed. The process may be freed from within. */
typedef void (*CrmProcessDone) (CrmProcess *process, const CrmProcessResult *result, gpointer data);
/* A line of standard error or output without its newline; valid UTF-8, no control characters, at
 * most 1 KiB. Lines of a daemon that the program left behind may come up to 100 ms after done. */
typedef void (*CrmProcessLine) (gpointer data, bool is_error, const char *line);

typedef struct {
    const char *const *argv; /* argv[0]: absolute path */
    const char *const *envp; /* the whole environment; NULL: empty */
    HbdTime timeout_us;      /* <= 0: none */
    HbdTime kill_delay_us;   /* from TERM to KILL; 0: KILL at once; < 0: 500 ms */
    bool new_session;        /* setsid() instead of a process group of its own */
    bool ends_with_us;       /* TERM to it when this process dies, however that comes about */
    bool has_user;           /* drop to the following */
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* supplementary, may be NULL */
    gsize n_groups;
    CrmProcessDone done;
    CrmProcessLine line; /* may be NULL */
    gpointer data;
} CrmProcessSpec;

/* Start the program. Never fails: what goes wrong is the result. @spec is borrowed for the call.
 * (transfer full) */
CrmProcess *crm_process_start (const CrmProcessSpec *spec);
/* Forget it: no callback comes any more. The program itself, if it still runs, is left alone and
 * reaped when it ends. */
void crm_process_free (CrmProcess *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrmProcess, crm_process_free)
/* 0 when it could not be started. */
pid_t crm_process_pid (const CrmProcess *process);
/* End it as at its time limit. */
void crm_process_stop (CrmProcess *process);
