/* SPDX-License-Identifier: Apache-2.0 */
/* One node's whole mind, pure: membership below, the takeover decider above, and the translation
 * between messages and reports. The engine process feeds it packets and results and performs its
 * actions; the simulation does the same with virtual links and time. */
#pragma once

#include "crm/plan/takeover.h"
#include "hbd/core/membership.h"

typedef struct _HbdNode HbdNode;

typedef struct {
    HbdMembershipConfig membership;
    const CrmModel *model; /* borrowed for the object's life */
    CrmFailback failback;
    const char *cluster_digest; /* digest of haresources, sent along so that a difference is seen */
    const char *const *hooks;   /* message types that have an rc.d hook; NULL-terminated */
} HbdNodeConfig;

typedef enum {
    HBD_NODE_EVENT_START,
    HBD_NODE_EVENT_PACKET,
    HBD_NODE_EVENT_TIMER,
    HBD_NODE_EVENT_LINK,
    HBD_NODE_EVENT_PERSISTED,
    HBD_NODE_EVENT_GROUP,      /* .group: the manager tells */
    HBD_NODE_EVENT_MANAGER,    /* .manager_up */
    HBD_NODE_EVENT_COMMAND,    /* .command */
    HBD_NODE_EVENT_INJECT,     /* .inject: a message from the command FIFO */
    HBD_NODE_EVENT_SHUTDOWN,   /* orderly: release, shutdone, a few statuses, EXIT */
    HBD_NODE_EVENT_TEST_FRAME, /* say a status now, ahead of the next keepalive */
    HBD_NODE_EVENT_N
} HbdNodeEventKind;

typedef struct {
    HbdNodeEventKind kind;
    gint64 wall_s;
    union {
        struct {
            int link;
            const guint8 *data;
            gsize len;
        } packet;
        struct {
            int link;
            bool is_up;
        } link;
        struct {
            guint32 generation;
            bool is_ok;
        } persisted;
        struct {
            guint index;
            CrmGroupState state;
        } group;
        bool manager_up;
        CrmCommand command;
        const HbdMessage *inject;
    };
} HbdNodeEvent;

typedef enum {
    HBD_NODE_DO_SEND,    /* .send */
    HBD_NODE_DO_BEAT,    /* statuses are with the kernel: tell the manager (renews the lease) */
    HBD_NODE_DO_PERSIST, /* .generation */
    HBD_NODE_DO_REQUEST, /* .request to the manager */
    HBD_NODE_DO_REPLY,   /* .reply to a command */
    HBD_NODE_DO_HOOK,    /* .hook: run ha.d/rc.d/<type> with these fields */
    HBD_NODE_DO_RECORD,
    HBD_NODE_DO_EXIT, /* shutdown is complete */
} HbdNodeActionKind;

/* Requests to the manager; the same words as crm/exec/runner.h uses. */
typedef enum {
    HBD_REQUEST_START,
    HBD_REQUEST_STOP,
    HBD_REQUEST_ANNOUNCE,
    HBD_REQUEST_CLEANUP,
} HbdRequestKind;

typedef struct {
    HbdNodeActionKind kind;
    union {
        struct {
            int link;
            GBytes *bytes;
        } send;
        guint32 generation;
        struct {
            HbdRequestKind kind;
            guint group;
        } request;
        struct {
            guint id;
            bool is_ok;
            char *text;
        } reply;
        HbdMessage *hook;
        HbdRecord *record;
    };
} HbdNodeAction;

GArray *hbd_node_actions_new (void);
HbdNode *hbd_node_new (const HbdNodeConfig *config, HbdTime now);
void hbd_node_free (HbdNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdNode, hbd_node_free)
/* As hbd_membership_step(): never blocks, never logs, same input same output. */
void hbd_node_step (HbdNode *node, const HbdNodeEvent *event, HbdTime now, GArray *out);
HbdTime hbd_node_deadline (const HbdNode *node);
void hbd_node_set_load (HbdNode *node, const char *load);
void hbd_node_set_keys (HbdNode *node, const HbdKeyTable *keys);
/* Everything `hbctl status` needs from the engine: a{sv} with nodes, links, groups' owners and what
 * the other node says of each (peer, peer_state, peer_stuck), holding, counters; keys as in
 * doc/design.md, contract. (transfer full, floating) */
GVariant *hbd_node_status (const HbdNode *node, HbdTime now);
