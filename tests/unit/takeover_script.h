/* SPDX-License-Identifier: Apache-2.0 */
/* One decider of ours against a scripted Heartbeat 3.0.6 peer: what it says, word by word, as
 * captured (doc/heartbeat.md 5, 6). Our node is alpha, the peer beta; g0 prefers alpha, g1 beta. */
#pragma once

#include "crm/plan/takeover.h"

typedef struct {
    CrmModel *model;
    CrmTakeover *t;
    HbdTime now;
    GString *said; /* "resource none 0 shutdown; start g0; reply no ...; " */
} Script;

/* Nothing has happened yet. @keepalive 0: exchanges need no waiting for the peer's turn to read.
 * (transfer full) */
Script *script_at (CrmFailback failback, HbdTime keepalive);
void script_free (Script *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Script, script_free)
/* The node joined, with a peer in @state; returns @s. */
Script *script_join (Script *s, CrmPeerState state);
Script *script_joined_new (CrmFailback failback, CrmPeerState state);
/* Both run, each its own. */
Script *script_settled_at (CrmFailback failback, HbdTime keepalive);
Script *script_settled_new (CrmFailback failback);
/* We run everything. */
Script *script_alone_new (CrmFailback failback);

void script_give (Script *s, CrmTakeoverEvent event);
/* What our node said and did since the last call. */
void script_expect (Script *s, const char *said);
/* The manager tells a group's state; it does what it was told and says so. */
void script_group (Script *s, guint index, CrmGroupState state);
void script_started (Script *s, guint index);
void script_stopped (Script *s, guint index);
void script_peer (Script *s, CrmPeerState state);
/* The peer is heard again at status number @seq, and sent nothing but heartbeats meanwhile. */
void script_returns_unaware (Script *s, guint64 seq);
/* The peer says. */
void script_says (Script *s, CrmReport report);
void script_says_resource (Script *s, CrmHold hold, int stable, const char *info);
void script_says_ask (Script *s, CrmHold hold, const char *info);
/* An operator says. */
void script_command (Script *s, CrmCommandKind kind, CrmHold hold, const char *key);
/* Let time pass, timers included. */
void script_wait (Script *s, HbdTime how_long);
