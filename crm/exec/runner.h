/* SPDX-License-Identifier: Apache-2.0 */
/* The manager's request queue, pure: it turns "start / stop group G" into probes, starts and stops
 * of single resources, one action per resource at a time, groups in parallel; keeps the lease of
 * held addresses renewed while the engine beats; writes the journal from which a restarted manager
 * goes on; and says what became of each group. The edge (crm/exec/agent_*.c, hbd/daemon) runs the
 * programs. */
#pragma once

#include "crm/model/model.h"
#include "hbd/base/record.h"

typedef struct _CrmRunner CrmRunner;

typedef struct {
    const CrmModel *model; /* borrowed for the object's life */
    HbdTime lease_us; /* valid_lft after a renewal; a lease of that age is not renewed; 0: off */
    HbdTime renew_us; /* renewal period while the engine beats; less than lease_us / 2 */
    HbdTime engine_grace_us; /* engine silent or gone that long: release the addresses */
    guint max_parallel;      /* programs at once */
} CrmRunnerConfig;

/* OCF exit codes that matter here (doc/crm.md 1.4); internal ones above 255. */
#define CRM_RC_OK                0
#define CRM_RC_GENERIC           1
#define CRM_RC_ARGS              2
#define CRM_RC_UNIMPLEMENTED     3
#define CRM_RC_PERM              4
#define CRM_RC_NOT_INSTALLED     5
#define CRM_RC_NOT_CONFIGURED    6
#define CRM_RC_NOT_RUNNING       7
#define CRM_RC_RUNNING_PROMOTED  8
#define CRM_RC_DEGRADED          190
#define CRM_RC_DEGRADED_PROMOTED 191
#define CRM_RC_TIMEOUT           256
/* The process survived KILL: its action is still in flight. When it ends at last, RESULT comes once
 * more with the same op. */
#define CRM_RC_UNKILLABLE        257
/* An init script's status exits with 0, but does not say "running": Heartbeat, which goes by the
 * words, takes it for stopped. Running, but before a start it is started (doc/crm.md 2.2). */
#define CRM_RC_OK_UNSAID         258

typedef enum {
    CRM_RUNNER_START, /* the edge is ready: the journal of an earlier life, if any, is loaded */
    /* .request from the engine. Each is answered by at least one DO_GROUP: START ends in RUNNING,
     * FAILED or STUCK, STOP in STOPPED, FAILED (nothing runs either) or STUCK. UNKNOWN said of a
     * group that ran means: addresses are dropped, say START (still mine) or STOP; after a second
     * of silence it is stopped. */
    CRM_RUNNER_REQUEST,
    CRM_RUNNER_RESULT,   /* .result of an action */
    CRM_RUNNER_ADDRESS,  /* .address: a held address is gone; also when DO_RENEW did not find it */
    CRM_RUNNER_BEAT,     /* the engine has handed its beats to the kernel */
    CRM_RUNNER_ENGINE,   /* .engine_up: the engine's socket came (all groups are told) or closed */
    CRM_RUNNER_SHUTDOWN, /* release everything, bounded */
    CRM_RUNNER_TIMER,
    CRM_RUNNER_EVENT_N
} CrmRunnerEventKind;

typedef enum {
    CRM_REQUEST_START,
    CRM_REQUEST_STOP,
    CRM_REQUEST_ANNOUNCE, /* tell the neighbours where its addresses are: here, or where another
                           * machine answers for them when the group is stopped */
    CRM_REQUEST_CLEANUP,
    CRM_REQUEST_N
} CrmRequestKind;

typedef struct {
    CrmRunnerEventKind kind;
    union {
        struct {
            CrmRequestKind kind;
            guint group;
        } request;
        struct {
            guint op; /* as given by DO_RUN */
            int rc;
            const char *reason; /* the agent's last words, may be NULL */
        } result;
        struct {
            guint group, resource;
        } address;
        bool engine_up;
    };
} CrmRunnerEvent;

typedef enum {
    CRM_RUNNER_DO_RUN,      /* .run: start this action, answer with RESULT */
    CRM_RUNNER_DO_RENEW,    /* .resource: renew the lease of an address, only if still there */
    CRM_RUNNER_DO_ANNOUNCE, /* .resource */
    CRM_RUNNER_DO_REFER,    /* .resource: tell the neighbours which other machine has it */
    CRM_RUNNER_DO_DROP,     /* .resource: remove the address now, no questions, no RESULT */
    CRM_RUNNER_DO_JOURNAL,  /* .journal: state of a resource to be kept before what follows */
    CRM_RUNNER_DO_GROUP,    /* .group: tell the engine */
    CRM_RUNNER_DO_RELEASED, /* after SHUTDOWN: nothing runs, or what does is said in records */
    CRM_RUNNER_DO_RECORD,
} CrmRunnerActionKind;

/* What the journal keeps of a resource: may it be running because of us? */
typedef enum {
    CRM_JOURNAL_STOPPED,
    CRM_JOURNAL_STARTING, /* written before the start is run */
    CRM_JOURNAL_RUNNING,
    CRM_JOURNAL_STOPPING,
    CRM_JOURNAL_STUCK,
} CrmJournalState;

typedef struct {
    CrmRunnerActionKind kind;
    union {
        struct {
            guint op;
            guint group, resource;
            CrmAction action;
            HbdTime timeout_us;
        } run;
        struct {
            guint group, resource;
        } resource;
        struct {
            guint group, resource;
            CrmJournalState state;
        } journal;
        struct {
            guint index;
            CrmGroupState state;
            int rc;         /* of the failure, else 0 */
            guint resource; /* that failed */
            char *reason;   /* owned; may be NULL */
        } group;
        HbdRecord *record;
    };
} CrmRunnerAction;

GArray *crm_runner_actions_new (void);
CrmRunner *crm_runner_new (const CrmRunnerConfig *config, HbdTime now);
void crm_runner_free (CrmRunner *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrmRunner, crm_runner_free)
/* Before CRM_RUNNER_START: what an earlier life's journal says of one resource. */
void crm_runner_load_journal (CrmRunner *r, guint group, guint resource, CrmJournalState state);
void crm_runner_step (CrmRunner *r, const CrmRunnerEvent *event, HbdTime now, GArray *out);
HbdTime crm_runner_deadline (const CrmRunner *r);

/* Readers for status. */
CrmGroupState crm_runner_group_state (const CrmRunner *r, guint group);
/* State word, last rc, fail count and last reason of one resource; reason is (transfer none). */
typedef struct {
    const char *state; /* stopped starting running stopping failed */
    int rc;
    guint failcount;
    const char *reason;
} CrmResourceStatus;
CrmResourceStatus crm_runner_resource_status (const CrmRunner *r, guint group, guint resource);
