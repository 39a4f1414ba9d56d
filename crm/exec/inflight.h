/* SPDX-License-Identifier: Apache-2.0 */
/* Which agents are running right now, in a file, so that a manager that comes back can end what its
 * earlier life left behind: a start that goes on unseen would make something run after the probe
 * said "not running". Only process groups that were in flight are touched, never the servers that
 * finished agents have left. Only agent.c uses it. */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct _CrmInflight CrmInflight;

/* End what @path lists (KILL, at most half a second of waiting), then start an empty list there.
 * @n_ended: process groups that still had members. NULL when @path is NULL or cannot be written. */
CrmInflight *crm_inflight_open (const char *path, guint *n_ended);
void crm_inflight_free (CrmInflight *list);
/* A process group leader that was just started / has ended. */
void crm_inflight_add (CrmInflight *list, pid_t pid);
void crm_inflight_remove (CrmInflight *list, pid_t pid);
