/* SPDX-License-Identifier: Apache-2.0 */
/* What the runner's files share: runner.c (entry, results, records), runner_group.c (the life of a
 * group), runner_probe.c (what runs at the beginning), runner_lease.c (held addresses, the engine's
 * beats). Nobody else includes this. */
#pragma once

#include "crm/exec/runner.h"

/* A group whose state is known in part only waits that long for the engine to say what it wants,
 * then it is stopped. A round trip to the engine takes well under a millisecond. */
#define RUNNER_SETTLE_US          HBD_S (1)
/* Added to an action's own time limit before its answer is given up: the executor itself needs
 * 500 ms from TERM to KILL and says "unkillable" 5 s later (doc/crm.md 1.5). */
#define RUNNER_ANSWER_US          HBD_S (10)
/* An address that a third party removes is put back so often within the window. */
#define RUNNER_PUT_BACK_MAX       3
#define RUNNER_PUT_BACK_WINDOW_US HBD_S (60)
/* A timer that comes later than this says that we were away, not that the engine was. */
#define RUNNER_LATE_US            HBD_MS (250)

typedef enum {
    RES_STOPPED,  /* nothing of ours runs; somebody else's may */
    RES_UNSURE,   /* may run because of us: an earlier life, a probe that failed */
    RES_STARTING, /* a start was begun */
    RES_RUNNING,
    RES_STOPPING, /* a stop was begun */
    RES_STUCK,    /* a stop failed: may run, nothing more is done before CLEANUP */
} ResState;

/* What is to be done next with the resource that the group works on. */
typedef enum {
    STEP_PROBE,
    STEP_STOP,
    STEP_START,
    STEP_CONFIRM, /* probe after a failed stop */
} ResStep;

typedef struct {
    const CrmResource *config;
    ResState state;
    ResStep step;
    CrmJournalState journal; /* as last written */
    guint op;                /* in flight, 0: none */
    CrmAction action;        /* of op */
    HbdTime op_deadline;
    bool op_extended;   /* the answer is overdue, a last wait is running */
    bool is_unkillable; /* op will not end; no second action beside it */
    int probe_rc;       /* of GOAL_PROBE; -1: not asked yet */
    guint stop_tries;
    int rc; /* last one that was no success */
    char *reason;
    guint failcount;
    HbdTime renewed; /* address: last time the lease was set */
    guint put_backs; /* address: within the window that began at put_back_since */
    HbdTime put_back_since;
} RunnerResource;

typedef enum {
    GOAL_NONE,
    GOAL_PROBE, /* find out what runs: at the beginning and at CLEANUP */
    GOAL_START,
    GOAL_STOP,
} GroupGoal;

typedef enum {
    WANT_NOTHING,
    WANT_START,
    WANT_STOP,
} GroupWant;

typedef struct {
    const CrmGroup *config;
    guint index;
    CrmGroupState state;
    GroupGoal goal;
    GroupWant want;    /* to be done when the goal is reached */
    HbdTime settle_at; /* HBD_TIME_NEVER: nobody is waited for */
    bool has_failed;   /* the failure below ends this stop in FAILED */
    int rc;
    guint failed_resource;
    char *reason;
    guint n;
    RunnerResource *resources;
} RunnerGroup;

struct _CrmRunner {
    CrmRunnerConfig config;
    guint n;
    RunnerGroup *groups;
    guint next_op;
    bool is_started;
    bool is_shutdown;
    bool is_released;
    bool engine_up;
    bool engine_lost;  /* the grace ran out; said once */
    HbdTime last_beat; /* from which the grace counts */
    HbdTime heard_at;  /* last sure sign that the engine runs: its beat, or its socket's coming */
};

/* One step's context, so that helpers take few arguments. */
typedef struct {
    CrmRunner *r;
    HbdTime now;
    GArray *out;
} RunnerStep;

/* runner.c */
void runner_record (const RunnerStep *s, HbdLevel level, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* Text from an agent made fit for a record: quoted, bounded, no control characters.
 * (transfer full) */
char *runner_quote (const char *text);
void runner_journal (const RunnerStep *s, RunnerGroup *g, RunnerResource *res,
                     CrmJournalState state);
void runner_tell_group (const RunnerStep *s, const RunnerGroup *g);
void runner_run (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, CrmAction action);
void runner_act (const RunnerStep *s, CrmRunnerActionKind kind, const RunnerGroup *g,
                 const RunnerResource *res);
bool runner_has_slot (const CrmRunner *r, const RunnerResource *res);

/* runner_probe.c */
/* What an answer to a probe means (doc/crm.md 1.4). */
typedef enum {
    PROBED_RUNNING,
    PROBED_STOPPED,
    PROBED_UNSUITED, /* hard or fatal: a start could not succeed here */
    PROBED_UNCLEAR,  /* failed-active, timed out: to be stopped before a start */
} RunnerProbed;
RunnerProbed runner_probed (int rc);
/* Does this answer prove that nothing runs? Not installed is "not running here". */
bool runner_proves_stopped (int rc);
void group_begin_probe (const RunnerStep *s, RunnerGroup *g);
/* Ask what is not asked yet; when all is answered, go on to what follows from it. */
bool group_advance_probe (const RunnerStep *s, RunnerGroup *g);

/* runner_group.c */
void group_set_stopped (const RunnerStep *s, RunnerGroup *g, RunnerResource *res);
void group_set_failure (RunnerGroup *g, const RunnerResource *res, int rc, const char *reason);
void group_begin_stop (const RunnerStep *s, RunnerGroup *g);
void group_begin_start (const RunnerStep *s, RunnerGroup *g);
void group_fail (const RunnerStep *s, RunnerGroup *g, guint resource, int rc, const char *reason);
void group_request (const RunnerStep *s, RunnerGroup *g, CrmRequestKind kind);
void group_result (const RunnerStep *s, RunnerGroup *g, RunnerResource *res, int rc);
void group_unsettle (const RunnerStep *s, RunnerGroup *g, const char *reason);
/* Go on with the group as far as possible now; true when something was done. */
bool group_advance (const RunnerStep *s, RunnerGroup *g);
bool group_may_run (const RunnerGroup *g);
/* Is there an action in flight that will still answer? */
bool group_is_busy (const RunnerGroup *g);
void group_set_state (const RunnerStep *s, RunnerGroup *g, CrmGroupState state, const char *reason);

/* runner_lease.c */
void lease_beat (const RunnerStep *s);
void lease_address_gone (const RunnerStep *s, RunnerGroup *g, RunnerResource *res);
void lease_engine_timer (const RunnerStep *s);
HbdTime lease_engine_deadline (const CrmRunner *r);
/* Nothing may be started on behalf of an engine that may have stood still since it asked. */
bool lease_engine_is_fresh (const RunnerStep *s);
/* Take the address away now; the resource counts as stopped. */
void lease_drop (const RunnerStep *s, RunnerGroup *g, RunnerResource *res);
/* The address is ours from now on: put our lifetime on it and tell the neighbours. */
void lease_adopt (const RunnerStep *s, RunnerGroup *g, RunnerResource *res);
