/* SPDX-License-Identifier: Apache-2.0 */
/* A host for one runner: resources that run or do not, a journal, a trace of what was done. Builtin
 * resources answer at once, programs when the test lets them. */
#pragma once

#include "crm/exec/runner.h"

#define WORLD_MAX 8 /* resources in a group, groups */

typedef struct {
    bool runs;
    guint starts, stops;          /* actions that were carried out */
    guint double_starts;          /* START though it ran */
    int rc[CRM_ACTION_N];         /* forced answer; -1: the natural one */
    guint rc_times[CRM_ACTION_N]; /* how often it is forced */
    bool keeps_running;           /* a stop has no effect */
    CrmJournalState journal;
} WorldResource;

typedef struct {
    guint op, group, resource;
    CrmAction action;
} WorldOp;

typedef struct {
    CrmModel *model;
    CrmRunnerConfig config;
    CrmRunner *runner;
    HbdTime now;
    WorldResource res[WORLD_MAX][WORLD_MAX];
    CrmGroupState told[WORLD_MAX];
    GArray *ops; /* WorldOp in flight, programs only */
    GString *trace;
    GString *records; /* names, one per line */
    guint released;
    guint performed; /* actions carried out so far */
    guint crash_at;  /* stop performing after that many; 0: never */
    bool has_crashed;
    guint max_ops; /* programs in flight at once, at most seen */
} World;

/* @shape: one letter a resource, '|' between groups: 'a' address, 'p' program, 'm' missing. */
World *world_new (const char *shape);
void world_free (World *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
void world_start (World *w); /* START, ENGINE up; then the trace is cleared */
void world_event (World *w, const CrmRunnerEvent *event);
void world_request (World *w, CrmRequestKind kind, guint group);
void world_simple (World *w, CrmRunnerEventKind kind); /* BEAT, TIMER, SHUTDOWN, START */
void world_engine (World *w, bool up);
void world_address_gone (World *w, guint group, guint resource);
/* Answer the oldest program in flight; false: there is none. */
bool world_answer (World *w);
/* Answer programs until none is in flight. */
void world_drain (World *w);
/* Move time to the runner's deadline or to @until, whichever is first, and say TIMER then; again
 * until @until. */
void world_pass (World *w, HbdTime us);
/* Like world_pass(), with a beat every 100 ms. */
void world_beat_for (World *w, HbdTime us);
void world_force (World *w, guint group, guint resource, CrmAction action, int rc, guint times);
/* The manager dies and comes back: the runner is rebuilt from the journal. Programs in flight have
 * @had_effect or not; their answers are lost. The new one has not seen START yet. */
void world_crash (World *w, bool had_effect);
/* Compare the trace with @expected and clear it. */
void world_expect (World *w, const char *expected);
bool world_has_record (const World *w, const char *name);
/* One letter a resource as it really is: 'R' or '-'. (transfer full) */
char *world_picture (const World *w);
