/* SPDX-License-Identifier: Apache-2.0 */
/* A whole cluster in one process on virtual time: two nodes, each with its supervisor's rules, an
 * engine (HbdNode), a manager (CrmRunner), a disk, kernel addresses with a lease, and agents; links
 * between them; faults; and the safety rules of doc/design.md checked after every step.
 *
 * One 64-bit seed decides everything that happens. See README.md beside this file. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "crm/exec/runner.h"
#include "hbd/base/prng.h"
#include "hbd/node/node.h"

#define SIM_NODES     2
#define SIM_LINKS     2
#define SIM_GROUPS    3
#define SIM_RESOURCES 3
#define SIM_COMMANDS  64
#define SIM_TAPE      96    /* frames that the attacker keeps */
#define SIM_BUSY_MAX  20000 /* steps in one simulated second; normal is below 1000 */
#define SIM_INBOX_MAX 300   /* frames that a stopped engine's socket holds */

/* The kernel lets go of an address this long after the last renewal (doc/design.md, Lease). */
#define SIM_LEASE_MIN HBD_MS (1030)
#define SIM_LEASE_MAX HBD_MS (1220)

#define SIM_BEAT_PERIOD  HBD_MS (250)
#define SIM_BEAT_MAX_AGE HBD_MS (100) /* an older beat says nothing about the engine now */

typedef enum { SIM_ENGINE, SIM_MANAGER, SIM_PROC_N } SimProcKind;

/* What may be on its way. */
typedef enum {
    /* to an engine */
    SIM_MSG_FRAME,
    SIM_MSG_LINK,
    SIM_MSG_GROUP,
    SIM_MSG_PERSISTED,
    SIM_MSG_MANAGER,
    SIM_MSG_COMMAND,
    SIM_MSG_STOP,
    /* to a manager */
    SIM_MSG_REQUEST,
    SIM_MSG_BEAT,
    SIM_MSG_PERSIST,
    SIM_MSG_ENGINE_GONE,
    SIM_MSG_ENGINE_NEW,
    SIM_MSG_RELEASE,
    SIM_MSG_ADDRESS,
    SIM_MSG_RESULT,
    /* to the world itself */
    SIM_MSG_EFFECT, /* an agent's action shows on the host */
    SIM_MSG_LEASE,  /* an address may have reached its end of life */
    SIM_MSG_SPAWN_MANAGER,
    SIM_MSG_SPAWN_ENGINE,
    SIM_MSG_WAKE, /* SIGCONT */
    SIM_MSG_CALL,
} SimMsgKind;

typedef struct _SimWorld SimWorld;
typedef void (*SimCall) (SimWorld *w, guint node, guint value);

typedef struct {
    HbdTime at;
    guint64 tie; /* seeded order of what happens at one instant */
    SimMsgKind kind;
    guint node;
    guint life; /* of the process it is for; it is lost when that life is over */
    union {
        struct {
            GBytes *bytes; /* owned */
            int link;
            bool is_evil; /* the attacker's, not the peer's */
            bool is_status;
            guint from;
            guint32 hg;
            guint64 seq;
        } frame;
        struct {
            int link;
            bool is_up;
        } link;
        struct {
            guint index;
            CrmGroupState state;
        } group;
        struct {
            guint32 generation;
            bool is_ok;
        } persist;
        bool is_up;
        CrmCommand command; /* strings belong to the world */
        struct {
            CrmRequestKind kind;
            guint group;
        } request;
        HbdTime sent;
        struct {
            guint group, resource;
            guint op;
            int rc;
        } resource;
        struct {
            SimCall call;
            guint value;
        } call;
    };
} SimEvent;

/* One life after the other of an engine or a manager. */
typedef struct {
    bool exists;
    guint life;
    HbdTime started;
    HbdTime paused_until; /* SIGSTOP; 0: it runs */
    GQueue inbox;         /* SimEvent that came while stopped */
    HbdTime fire_at;      /* world time at which its timer is served */
    guint spins;          /* timers served without time moving on */
    HbdTime spun_at;
    guint crash_after; /* kill -9 after that many more actions; 0: not */
    bool is_spawning;
} SimProc;

/* One resource on one host: the ground truth. */
typedef struct {
    bool is_active;
    bool is_crashed;     /* died by itself after its start; nobody watches it yet */
    HbdTime since;       /* of is_active */
    HbdTime lease_until; /* addresses */
    HbdTime renewed;
    /* what the agent will do wrong */
    guint start_fails, stop_fails, start_hangs, stop_hangs;
    guint slow; /* factor; 0: none */
    /* the action under way */
    guint op;
    bool op_running, op_effect_done;
    CrmAction op_action;
    int op_rc;
    bool op_effect; /* state after the effect; meaningful for start and stop */
} SimResource;

typedef struct {
    bool is_open;
    guint id, node, life;
    CrmCommandKind kind;
    int group; /* -1: a whole class */
    HbdTime given;
} SimCommand;

typedef struct {
    const char *name;
    HbdNode *engine;
    CrmRunner *manager;
    SimProc proc[SIM_PROC_N];
    HbdTime ipc_last[SIM_PROC_N]; /* the last delivery towards each: a socket keeps order */
    bool is_powered, is_wanted, is_stopping;
    bool is_unsupervised; /* the supervisor was killed too */
    HbdTime stopping_since, powered_since;
    HbdTime clock_base; /* world time at which this node's monotonic clock was 0 */
    gint64 wall_offset_s;
    HbdTime next_beat;
    guint32 generation; /* on disk */
    HbdTime disk_fails_until;
    bool is_active; /* its engine has said st=active */
    guint32 sent_hg;
    guint64 sent_seq;
    GHashTable *sent; /* (hg << 32 | seq) -> hash of the datagram */
    CrmJournalState journal[SIM_GROUPS][SIM_RESOURCES];
    SimResource res[SIM_GROUPS][SIM_RESOURCES];
    CrmGroupState told[SIM_GROUPS]; /* by its manager, last */
    guint ops_running;
    /* what it heard of the other one */
    HbdTime heard; /* last fresh status that reached its socket */
    guint32 heard_hg;
    guint64 heard_seq;
    bool has_heard;                  /* in this engine's life */
    bool has_loss;                   /* the network lost a status since then */
    HbdTime knows_stuck[SIM_GROUPS]; /* since when the other one tells that a stop failed; 0: not */
    HbdTime starting_since[SIM_GROUPS]; /* its manager began to start the group */
    bool is_stuck[SIM_GROUPS];          /* its engine knows of a failed stop here ... */
    guint64 stuck_seq[SIM_GROUPS]; /* ... and every status above this sequence number tells it */
} SimNode;

typedef struct {
    guint64 seed;
    guint n_groups, n_links;
    guint n_resources[SIM_GROUPS];
    bool is_address[SIM_GROUPS][SIM_RESOURCES];
    guint preferred[SIM_GROUPS];
    HbdTime start_us[SIM_GROUPS][SIM_RESOURCES], stop_us[SIM_GROUPS][SIM_RESOURCES];
    HbdTime timeout_us;
    HbdTime keepalive_us, deadtime_us, initdead_us, grace_us;
    HbdTime delay_us, jitter_us;
    CrmFailback failback;
    HbdAuthMethod auth;
    bool has_loopback; /* broadcast: every node hears itself */
} SimConfig;

typedef struct {
    HbdTime cut_until[SIM_NODES]; /* frames of that sender are lost */
    HbdTime cable_until[SIM_NODES];
    HbdTime loss_until, mess_until; /* mess: duplicates and disorder */
    guint loss_permille;
} SimLink;

typedef struct {
    GBytes *bytes;
    guint from;
    guint32 hg;
    guint64 seq;
    bool is_unsequenced;
    HbdTime at;
} SimTape;

struct _SimWorld {
    SimConfig cfg;
    HbdPrng prng;
    HbdTime now;
    GPtrArray *heap; /* SimEvent */
    CrmModel *model;
    HbdKeyTable *keys, *wrong_keys;
    SimNode node[SIM_NODES];
    SimLink link[SIM_LINKS];
    SimTape tape[SIM_TAPE];
    GArray *engine_out, *manager_out;
    SimCommand command[SIM_COMMANDS];
    guint next_command;
    /* checks */
    char *violation; /* NULL: none yet */
    HbdTime last_fault, disturbed_until, agents_until;
    HbdTime net_excuse_until;    /* two owners may be: the network hid one from the other */
    HbdTime silent_excuse_until; /* services, not addresses, may run twice: one was silent */
    bool both_any[SIM_GROUPS], both_addresses[SIM_GROUPS]; /* active on both nodes */
    bool both_running[SIM_GROUPS]; /* both said so at some moment of this overlap */
    int winner[SIM_GROUPS];        /* node that must not let go, -1: none */
    HbdTime winner_until[SIM_GROUPS];
    int last_owner[SIM_GROUPS];
    HbdTime takeover_by; /* one node went; the other one must run all by then */
    guint takeover_mark, split_mark, disturbances;
    guint takeover_node;
    bool is_steady; /* nothing of level notice or above may be said */
    /* figures */
    guint64 steps;
    guint64 busy_steps; /* in the second that began at .busy_since */
    HbdTime busy_since;
    guint ownership_changes;
    guint evil_frames;
    HbdTime move_until;         /* a planned move was asked for ... */
    bool move_began;            /* ... and a group has begun to stop */
    bool held_back[SIM_GROUPS]; /* the operator stopped it */
    FILE *trace;
};

/* world.c: time and the queue */
void sim_config_plain (SimConfig *cfg);
void sim_config_random (SimConfig *cfg, guint64 seed);
/* Both nodes off, nothing under way. @trace, may be NULL, gets the story. (transfer full) */
SimWorld *sim_world_new (const SimConfig *cfg, FILE *trace);
void sim_world_free (SimWorld *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimWorld, sim_world_free)
/* Queue an event for @node at @at; the caller fills the rest. (transfer none) */
SimEvent *sim_push (SimWorld *w, SimMsgKind kind, guint node, HbdTime at);
void sim_call_at (SimWorld *w, HbdTime at, SimCall call, guint node, guint value);
void sim_event_free (SimEvent *ev);
/* One step: the earliest pending thing. False when the next one lies after @until (time then
 * stands at @until) or a rule was broken. */
bool sim_step (SimWorld *w, HbdTime until);
void sim_run_for (SimWorld *w, HbdTime span);
gint64 sim_rand (SimWorld *w, gint64 low, gint64 high);
bool sim_chance (SimWorld *w, guint percent);
void sim_trace (SimWorld *w, int node, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The first broken rule ends the run. */
void sim_violate (SimWorld *w, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* process.c: supervisor, engine, manager */
void sim_power_on (SimWorld *w, guint node);
void sim_power_off (SimWorld *w, guint node);
void sim_daemon_start (SimWorld *w, guint node);
void sim_daemon_stop (SimWorld *w, guint node); /* graceful */
void sim_kill (SimWorld *w, guint node, SimProcKind kind);
/* Engine, manager and supervisor: nobody restarts them. */
void sim_kill_all (SimWorld *w, guint node);
void sim_pause (SimWorld *w, guint node, SimProcKind kind, HbdTime span);
void sim_deliver (SimWorld *w, SimEvent *ev); /* takes @ev */
void sim_timer (SimWorld *w, guint node, SimProcKind kind);
HbdTime sim_local (const SimWorld *w, guint node); /* the node's own monotonic clock */
/* Give @node's engine a command; its id, or 0 when there is no engine to take it. */
guint sim_command (SimWorld *w, guint node, CrmCommandKind kind, CrmHold hold, int group);
void sim_rearm (SimWorld *w, guint node, SimProcKind kind);
/* A message through the socket between a node's two processes; the caller fills it. */
SimEvent *sim_ipc_new (SimWorld *w, guint node, SimProcKind to, SimMsgKind kind);
void sim_supervise (SimWorld *w, guint node, SimProcKind kind);
void sim_proc_end (SimWorld *w, guint node, SimProcKind kind);
/* After an action: is the process gone, or does it die here? */
bool sim_dies_here (SimWorld *w, guint node, SimProcKind kind);

/* engine.c, manager.c: the two shells */
void sim_engine_begin (SimWorld *w, guint node);
void sim_engine_receive (SimWorld *w, SimEvent *ev);
void sim_engine_timer (SimWorld *w, guint node);
void sim_engine_tell_group (SimWorld *w, guint node, guint group);
void sim_manager_begin (SimWorld *w, guint node);
void sim_manager_receive (SimWorld *w, SimEvent *ev);
void sim_manager_timer (SimWorld *w, guint node);

/* network.c */
void sim_send (SimWorld *w, guint from, int link, GBytes *bytes);
void sim_attack (SimWorld *w, guint victim);
bool sim_is_cut (const SimWorld *w, guint from); /* on all links */

/* host.c: agents and addresses */
void sim_agent_run (SimWorld *w, guint node, const CrmRunnerAction *action);
void sim_agent_effect (SimWorld *w, const SimEvent *ev);
void sim_agents_killed (SimWorld *w, guint node);
void sim_address_renew (SimWorld *w, guint node, guint group, guint resource);
void sim_address_remove (SimWorld *w, guint node, guint group, guint resource, bool tell);
void sim_lease_check (SimWorld *w, const SimEvent *ev);
void sim_host_clear (SimWorld *w, guint node);

/* check.c: the safety rules */
void sim_check_engine_start (SimWorld *w, guint node);
void sim_check_heard (SimWorld *w, guint node, const SimEvent *ev);
void sim_check_engine_end (SimWorld *w, guint node);
void sim_check_sent (SimWorld *w, guint node, GBytes *bytes, SimEvent *ev);
void sim_check_run_start (SimWorld *w, guint node, guint group);
void sim_check_activity (SimWorld *w, guint node, guint group, guint resource);
void sim_check_step (SimWorld *w);
bool sim_is_calm (SimWorld *w);
void sim_expect_takeover (SimWorld *w, guint node, HbdTime within);
void sim_check_stopped (SimWorld *w, guint node);
void sim_check_told (SimWorld *w, guint node, guint group, CrmGroupState state);
void sim_check_engine_told (SimWorld *w, guint node, guint group, CrmGroupState state);
void sim_disturb (SimWorld *w, HbdTime until);
bool sim_group_active (const SimWorld *w, guint node, guint group); /* any resource */
bool sim_group_complete (const SimWorld *w, guint node, guint group);
guint sim_active_count (const SimWorld *w, guint group);
/* Node that runs the whole group and nobody else anything of it; -1: no such. */
int sim_owner (const SimWorld *w, guint group);
/* Everything settled: every group runs once, the nodes agree, no command is open. @why, may be
 * NULL, gets what is missing (transfer full). */
bool sim_is_settled (SimWorld *w, char **why);
HbdTime sim_group_budget (const SimWorld *w, guint group);
HbdTime sim_settle_bound (const SimWorld *w);

/* faults.c */
#define SIM_FAULTS(X)                                                                              \
    X (POWER, "power")                                                                             \
    X (KILL_ENGINE, "kill-engine")                                                                 \
    X (KILL_MANAGER, "kill-manager")                                                               \
    X (KILL_BOTH, "kill-both")                                                                     \
    X (KILL_ALL, "kill-all")                                                                       \
    X (PAUSE_ENGINE, "pause-engine")                                                               \
    X (PAUSE_MANAGER, "pause-manager")                                                             \
    X (PAUSE_SHORT, "pause-node-short")                                                            \
    X (PAUSE_LONG, "pause-node-long")                                                              \
    X (LOSS, "loss")                                                                               \
    X (MESS, "dup-reorder")                                                                        \
    X (ONE_WAY, "one-way-cut")                                                                     \
    X (CABLE, "cable")                                                                             \
    X (SPLIT, "split")                                                                             \
    X (START_FAIL, "start-fails")                                                                  \
    X (STOP_FAIL, "stop-fails")                                                                    \
    X (HANG, "agent-hangs")                                                                        \
    X (SLOW, "agent-slow")                                                                         \
    X (DIES, "resource-dies")                                                                      \
    X (ADDRESS, "address-removed")                                                                 \
    X (STOP, "stop-start")                                                                         \
    X (COMMAND, "command")                                                                         \
    X (CLOCK, "clock-jump")                                                                        \
    X (DISK, "disk-fails")                                                                         \
    X (ATTACK, "attack")
#define SIM_PHASES(X)                                                                              \
    X (STABLE, "stable")                                                                           \
    X (JOIN, "join")                                                                               \
    X (ASKED, "asked")                                                                             \
    X (STOPPING, "stopping")                                                                       \
    X (STARTING, "done-sent")                                                                      \
    X (SILENT, "silent")                                                                           \
    X (TAKEOVER, "takeover")                                                                       \
    X (SHUTDOWN, "shutdown")                                                                       \
    X (FAILBACK, "failback")
#define SIM_ENUM_FAULT(name, text) SIM_FAULT_##name,
#define SIM_ENUM_PHASE(name, text) SIM_PHASE_##name,
typedef enum { SIM_FAULTS (SIM_ENUM_FAULT) SIM_FAULT_N } SimFault;
typedef enum { SIM_PHASES (SIM_ENUM_PHASE) SIM_PHASE_N } SimPhase;

const char *sim_fault_name (SimFault fault);
const char *sim_phase_name (SimPhase phase);
SimPhase sim_phase (SimWorld *w);
/* Let it happen now to @node (or between the nodes). */
void sim_fault (SimWorld *w, SimFault fault, guint node);
/* The operator mends what no program mends: agents, stuck and stopped groups, stopped daemons. */
void sim_repair (SimWorld *w);
void sim_split (SimWorld *w, HbdTime span);

/* story.c: one seed's life */
typedef struct {
    guint table[SIM_FAULT_N][SIM_PHASE_N];
    guint faults, kinds, ownership_changes;
    HbdTime simulated_us, slowest_settle_us;
    guint64 steps;
    guint evil_frames;
    char *violation; /* owned; NULL: none */
    HbdTime violated_at;
} SimStory;

void sim_story_run (guint64 seed, HbdTime at_least, FILE *trace, SimStory *story);
