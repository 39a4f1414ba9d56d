/* SPDX-License-Identifier: Apache-2.0 */
/* The edge around CrmRunner: runs what it says (programs through crm/exec/agent, addresses through
 * the kernel), keeps its timer and its journal, and tells what becomes of each group. */
#pragma once

#include "crm/exec/runner.h"
#include "hbd/base/record.h"

typedef struct _HbdExecutor HbdExecutor;

typedef struct {
    const CrmModel *model; /* borrowed for the object's life */
    const char *node_name; /* for agents' environment */
    const char *ha_dir;
    const char *journal_path;
    const char
        *agents_path;       /* programs in flight: what a manager that died left running is ended */
    const char *const *env; /* NAME=value from ha.cf, NULL-terminated */
    guint lease_s;          /* 0: addresses without a lifetime */
    HbdTime engine_grace_us;
} HbdExecutorConfig;

typedef struct {
    void (*group) (gpointer data, guint index, CrmGroupState state);
    /* @record is borrowed. */
    void (*record) (gpointer data, const HbdRecord *record);
    /* The shutdown is over. */
    void (*released) (gpointer data);
} HbdExecutorHandler;

/* NULL with @error when the kernel gives us no netlink or packet socket. (transfer full) */
HbdExecutor *hbd_executor_new (const HbdExecutorConfig *config, const HbdExecutorHandler *handler,
                               gpointer data, GError **error);
void hbd_executor_free (HbdExecutor *executor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdExecutor, hbd_executor_free)

/* Load the journal of an earlier life, remove stale addresses, begin. */
void hbd_executor_start (HbdExecutor *executor);
void hbd_executor_request (HbdExecutor *executor, CrmRequestKind kind, guint group);
void hbd_executor_beat (HbdExecutor *executor);
void hbd_executor_engine (HbdExecutor *executor, bool is_up);
void hbd_executor_shutdown (HbdExecutor *executor);

/* Programs that run now. */
guint hbd_executor_running (const HbdExecutor *executor);
CrmGroupState hbd_executor_group_state (const HbdExecutor *executor, guint group);
/* aa{sv}: name, state, rc, reason and `resources` (id, agent, word, state, rc, failcount, reason)
 * of every group. (transfer full, floating) */
GVariant *hbd_executor_status (const HbdExecutor *executor);
/* An upper bound for a stop of everything: the groups stop beside each other. */
HbdTime hbd_executor_stop_bound (const HbdExecutor *executor);
