/* SPDX-License-Identifier: Apache-2.0 */
/* One node's virtual routers under test: events in, a line of words out.
 *
 * Words: SEND(priority) ACQUIRE RELEASE ANNOUNCE(rounds), then what scripts would be told:
 * INIT BACKUP MASTER FAULT STOP ... with the reason of the state's record behind a colon, as in
 * BACKUP:silence. Instances but the first have their number before the word, as in 1.RELEASE;
 * groups have their name. */
#pragma once

#include "hbd/core/vrrp/vrrp.h"

#define VRRP_NODE_INSTANCES_MAX 4

typedef struct {
    HbdVrrpInstanceConfig instances[VRRP_NODE_INSTANCES_MAX];
    HbdVrrpConfig config;
    HbdVrrp *vrrp;
    HbdTime now;
    gint64 wall_us;
    bool holds_releases; /* the test answers DO_RELEASE itself */
    GString *log;
    GPtrArray *sent;    /* GBytes: all packets sent, for who wants to pass them on */
    GPtrArray *records; /* "name fields" */
    char reason[32];
} VrrpNode;

/* The address 10.0.0.@last. */
HbdVrrpAddress vrrp_node_address (guint8 last);
/* An instance of version 2 or 3 on interface 0, vrid 7, from 10.0.0.10, one second. */
HbdVrrpInstanceConfig vrrp_node_instance (guint8 version, guint8 priority);
/* A node with that instance; more may be added to node->instances and node->config before
 * vrrp_node_begin (). (transfer full) */
VrrpNode *vrrp_node_new (HbdVrrpInstanceConfig instance);
void vrrp_node_free (VrrpNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VrrpNode, vrrp_node_free)
/* Make the virtual routers; time is 1000 s. */
void vrrp_node_begin (VrrpNode *node);
/* vrrp_node_begin () and START; the log is empty afterwards. */
void vrrp_node_start (VrrpNode *node);
/* vrrp_node_start () and on until all are MASTER; the log is empty afterwards. */
void vrrp_node_start_as_master (VrrpNode *node);

void vrrp_node_feed (VrrpNode *node, const HbdVrrpEvent *event);
void vrrp_node_feed_kind (VrrpNode *node, HbdVrrpEventKind kind);
void vrrp_node_track (VrrpNode *node, guint tracker, gint64 value);
void vrrp_node_condition (VrrpNode *node, guint instance, HbdVrrpCondition condition, bool is_bad);
void vrrp_node_released (VrrpNode *node, guint instance);
void vrrp_node_packet (VrrpNode *node, guint interface, GBytes *packet);
/* A proper advert for @instance from 10.0.0.@from. */
void vrrp_node_advert (VrrpNode *node, guint instance, guint8 from, guint8 priority);
/* As above, stating another interval. */
void vrrp_node_advert_every (VrrpNode *node, guint instance, guint8 from, guint8 priority,
                             guint interval_cs);
/* Fire what is due until @time, in order, and stay there. */
void vrrp_node_run_until (VrrpNode *node, HbdTime time);
void vrrp_node_run_for (VrrpNode *node, HbdTime time);
/* The words since the last call. (transfer full) */
char *vrrp_node_words (VrrpNode *node);
/* They are exactly @words. */
#define vrrp_node_expect(node, words)                                                              \
    G_STMT_START                                                                                   \
    {                                                                                              \
        g_autofree char *found_ = vrrp_node_words (node);                                          \
        g_assert_cmpstr (found_, ==, words);                                                       \
    }                                                                                              \
    G_STMT_END
guint64 vrrp_node_count (VrrpNode *node, guint instance, const char *name);
/* How many records have that name. */
guint vrrp_node_record_count (const VrrpNode *node, const char *name);
