/* SPDX-License-Identifier: Apache-2.0 */
/* Groups and resources as the manager and the deciders see them. Built once from the
 * configuration, then const. */
#pragma once

#include "hbd/base/time.h"

#include <stdbool.h>

/* How a resource is met. BUILTIN runs inside the manager (IPaddr). */
typedef enum {
    CRM_CLASS_BUILTIN,
    CRM_CLASS_OCF,
    CRM_CLASS_HEARTBEAT, /* ha.d/resource.d: arguments first, action last, status by text */
    CRM_CLASS_LSB,
    CRM_CLASS_SYSTEMD,
    CRM_CLASS_MISSING, /* found nowhere: every start fails with a clear reason */
    CRM_CLASS_N
} CrmClass;

typedef enum {
    CRM_ACTION_PROBE,   /* monitor with interval 0: is it here already? */
    CRM_ACTION_START,
    CRM_ACTION_STOP,
    CRM_ACTION_MONITOR, /* recurring; used from monitoring on */
    CRM_ACTION_N
} CrmAction;

typedef struct {
    char *id;       /* unique on the node: "web:IPaddr" like, made from group and position */
    char *word;     /* as written in haresources, e.g. "IPaddr::10.0.0.1/24/eth0" */
    char *name;     /* script part: "IPaddr" */
    char **args;    /* "::" parts, NULL-terminated, may be empty */
    CrmClass klass;
    char *provider; /* OCF: "hbd", "heartbeat"; else NULL */
    char *path;     /* program to run; NULL for BUILTIN, SYSTEMD (unit is in .unit), MISSING */
    char *unit;     /* SYSTEMD */
    char **params;  /* OCF: "NAME=value" strings for OCF_RESKEY_; NULL-terminated */
    bool is_address; /* IPaddr and its kin: released first when the engine is lost */
    char *missing;   /* MISSING: where it was looked for, for people; else NULL */
    HbdTime timeout_us[CRM_ACTION_N];
} CrmResource;

typedef struct {
    char *key;            /* first resource word as written: the group's name on the wire */
    char *preferred_node; /* lower case */
    GPtrArray *resources; /* CrmResource, start order */
} CrmGroup;

typedef struct {
    GPtrArray *groups; /* CrmGroup, file order */
} CrmModel;

CrmModel *crm_model_new (void);
void crm_model_free (CrmModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrmModel, crm_model_free)
CrmGroup *crm_group_new (const char *key, const char *preferred_node);
void crm_group_free (CrmGroup *group);
CrmResource *crm_resource_new (void);
void crm_resource_free (CrmResource *resource);
/* NULL when there is no such group / resource. */
const CrmGroup *crm_model_group (const CrmModel *model, guint index);
const CrmResource *crm_group_resource (const CrmGroup *group, guint index);
/* 16 hex digits over all that says what a resource is (time limits left out): when it changes, what
 * runs is no longer what the configuration describes. (transfer full) */
char *crm_resource_digest (const CrmResource *resource);
/* Index of the group with that key, or -1. */
int crm_model_find_group (const CrmModel *model, const char *key);
const char *crm_class_name (CrmClass klass);
const char *crm_action_name (CrmAction action); /* "monitor" for PROBE and MONITOR */

/* State of a group on this node, as the runner tells it and the decider hears it. */
typedef enum {
    CRM_GROUP_UNKNOWN,  /* before the first probe, or the manager is away */
    CRM_GROUP_STOPPED,
    CRM_GROUP_STARTING,
    CRM_GROUP_RUNNING,
    CRM_GROUP_STOPPING,
    CRM_GROUP_FAILED,   /* a start failed; everything of it is stopped again */
    CRM_GROUP_STUCK,    /* a stop failed: may be running, must not start elsewhere */
    CRM_GROUP_STATE_N
} CrmGroupState;

const char *crm_group_state_name (CrmGroupState state); /* status words; STUCK shows "failed" */
