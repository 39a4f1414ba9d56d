/* SPDX-License-Identifier: Apache-2.0 */
/* What `hbctl status` and `explain` say, put together from the engine's word and the manager's own
 * knowledge (the contract's keys: doc/design.md). */
#pragma once

#include "hbd/daemon/manager.h"

/* @engine: hbd_node_status() as sent, NULL when the engine did not answer. a{sv}.
 * (transfer full, floating) */
GVariant *hbd_status_build (HbdManager *m, GVariant *engine);
/* 0 when all is as wanted, 1 when `problems` says why not. */
guint32 hbd_status_code (GVariant *status);

/* The last change of ownership as a chain of events, oldest first. (transfer full) */
char *hbd_explain_text (const HbdRecorder *recorder);
