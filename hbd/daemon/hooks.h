/* SPDX-License-Identifier: Apache-2.0 */
/* The users' hooks in ha.d/rc.d: an executable named like a message type is run for every received
 * message of that type, its fields in the environment as HA_<field> (doc/heartbeat.md 2.4). The
 * hooks that Heartbeat's own package puts there would act against us; they are recognised by what
 * they call and left out. */
#pragma once

#include "hbd/base/record.h"
#include "hbd/wire/message.h"

typedef struct _HbdHooks HbdHooks;

/* Names of the hooks to run, NULL-terminated (transfer full). What is left out is said in @records
 * (HbdRecord, may be NULL). */
char **hbd_hooks_list (const char *ha_dir, GPtrArray *records);
/* Does the text of a hook show that it is Heartbeat's own of that @name? */
bool hbd_hooks_is_packaged (const char *name, const char *text);

/* @env: more NAME=value for every hook, NULL-terminated, copied. @record gets (transfer full)
 * records. (transfer full) */
HbdHooks *hbd_hooks_new (const char *ha_dir, const char *const *env,
                         void (*record) (gpointer data, HbdRecord *record), gpointer data);
void hbd_hooks_free (HbdHooks *hooks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdHooks, hbd_hooks_free)
/* Run the hook for @message, if @names has one; at most HBD_HOOKS_MAX at once. */
void hbd_hooks_run (HbdHooks *hooks, const char *const *names, const HbdMessage *message);
/* The environment of a hook for @message. (transfer full) */
char **hbd_hooks_environment (const char *const *env, const HbdMessage *message);

#define HBD_HOOKS_MAX 8
