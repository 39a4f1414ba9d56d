/* SPDX-License-Identifier: Apache-2.0 */
/* Two takeover deciders, two make-believe managers and a wire on virtual time. The membership is a
 * few lines here: who is silent for DEADTIME is dead. After every event the world checks that no
 * group is up on both nodes, except where the test allows a split. */
#pragma once

#include "crm/plan/takeover.h"

#define WORLD_KEEPALIVE HBD_MS (200)
#define WORLD_DEADTIME  HBD_S (1)
#define WORLD_GROUPS    3

typedef enum { EXEC_OK, EXEC_START_FAILS, EXEC_STOP_STUCK } ExecFault;

typedef struct {
    CrmGroupState state;
    bool want_start, want_stop;
    HbdTime until; /* of STARTING, STOPPING */
    ExecFault fault;
    guint starts, stops, announces;
} WorldGroup;

typedef struct {
    CrmTakeover *t; /* NULL: powered off, or the engine is away */
    guint32 life;
    bool manager_up;
    HbdTime frozen_until; /* not scheduled before */
    HbdTime beat;         /* next keepalive */
    HbdTime last_beat;
    HbdTime heard; /* of the peer */
    guint64 peer_life;
    CrmPeerState peer;
    bool joined, released;
    WorldGroup g[WORLD_GROUPS];
    guint replies;
    bool reply_ok;
    char *reply;
} WorldNode;

typedef struct {
    HbdTime now;
    CrmModel *model;
    CrmFailback failback[2];
    WorldNode node[2]; /* alpha, beta */
    GArray *wire;      /* messages on their way */
    GString *trace;    /* "alpha takeover.start group=... \n" */
    guint steps;       /* events given to deciders so far */
    guint sent;        /* messages sent so far, keepalives too */
    guint events_sent; /* without keepalives */
    gint drop;         /* events_sent of the one to lose; -1: none */
    bool duplicate;    /* each report arrives twice */
    bool cut[2];       /* what node i sends is lost */
    bool is_v1;        /* the deciders take each other for 3.0.6 nodes */
    bool split_allowed;
    guint double_steps; /* steps with a group up on both, when allowed */
    guint64 seed;
} World;

/* Groups g0 (prefers alpha), g1 (prefers beta), g2 (prefers alpha); both nodes off. */
World *world_new (CrmFailback failback);
void world_free (World *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
void world_boot (World *w, guint node);        /* the machine: nothing runs */
void world_engine_dies (World *w, guint node); /* what runs goes on */
void world_engine_starts (World *w, guint node);
void world_power_off (World *w, guint node);
void world_manager (World *w, guint node, bool is_up);
void world_freeze (World *w, guint node, HbdTime how_long);
void world_run (World *w, HbdTime how_long);
/* Until @steps events were given in all, or @how_long passed. */
void world_run_steps (World *w, guint steps, HbdTime how_long);
void world_command (World *w, guint node, CrmCommandKind kind, CrmHold hold, const char *key);
void world_shutdown (World *w, guint node);
/* Both up and every group up exactly once, or as given: "AB-": g0 on alpha, g1 on beta, g2 off. */
char *world_where (const World *w);
bool world_is_settled (const World *w);
