/* SPDX-License-Identifier: Apache-2.0 */
/* Typed messages between the processes over SOCK_SEQPACKET pairs.
 *
 * One packet = u32 type, u32 zero, then one serialised GVariant whose type string stands in the
 * receiver's table; descriptors ride along as SCM_RIGHTS. The receiver checks: known type, exact
 * type string, normal form, size, number of descriptors. Anything odd closes the channel and is
 * told to the owner: the other side is not to be trusted any more. Sending never blocks; what the
 * kernel does not take is queued up to a bound, and beyond it the channel counts as dead. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HBD_IPC_MAX_BYTES (256 * 1024) /* one packet */
#define HBD_IPC_MAX_FDS   4
#define HBD_IPC_MAX_QUEUE 4096 /* packets waiting for a stalled reader */

typedef struct {
    guint32 type;
    const char *signature; /* GVariant type string */
    guint max_fds;
    const char *name; /* for logs */
} HbdIpcSpec;

/* A closed list of the messages one side accepts, ending with .name == NULL. */
extern const HbdIpcSpec hbd_ipc_to_engine[];  /* manager -> engine */
extern const HbdIpcSpec hbd_ipc_to_manager[]; /* engine -> manager */
extern const HbdIpcSpec hbd_ipc_supervisor_to_manager[];
extern const HbdIpcSpec hbd_ipc_manager_to_supervisor[];
extern const HbdIpcSpec hbd_ipc_supervisor_to_engine[];

typedef enum {
    /* manager -> engine */
    HBD_IPC_CONFIG = 1, /* HBD_CONFIG_SIGNATURE: first, or a changed configuration */
    HBD_IPC_LINK_OPEN, /* (ibaay) index, unicast only, destinations as sockaddr bytes; fds: rx, tx */
    HBD_IPC_LINK_CLOSE, /* (i) */
    HBD_IPC_START,      /* () what the manager knows is told; begin, or go on */
    HBD_IPC_GROUP,      /* (uu) index, CrmGroupState */
    HBD_IPC_COMMAND,    /* (uuuss) id, CrmCommandKind, CrmHold, key, node */
    HBD_IPC_INJECT,     /* a(ss) fields of a message from the command FIFO */
    HBD_IPC_PERSISTED,  /* (ub) generation, written */
    HBD_IPC_STOP,       /* () orderly shutdown */
    HBD_IPC_STATUS_ASK, /* (u) request id */
    HBD_IPC_TEST_FRAME, /* () say a status now, on all links: hbctl doctor */
    HBD_IPC_KEYS,       /* (ua(uuay)) active index, entries (index, method, secret) */
    /* engine -> manager */
    HBD_IPC_HELLO = 64, /* (s) digest of the configuration it runs with, "" for none */
    HBD_IPC_BEAT,       /* () statuses are with the kernel, and the loop runs */
    HBD_IPC_REQUEST,    /* (uu) HbdRequestKind, group */
    HBD_IPC_PERSIST,    /* (u) generation */
    HBD_IPC_RECORD,     /* (xuss) time, HbdLevel, name, fields */
    HBD_IPC_STATUS,     /* (ua{sv}) request id, hbd_node_status() */
    HBD_IPC_REPLY,      /* (ubs) command id, ok, text */
    HBD_IPC_HOOK,       /* a(ss) text fields of a received message */
    HBD_IPC_EXIT,       /* () shutdown is complete */
    /* supervisor -> manager */
    HBD_IPC_ENGINE = 128, /* (u) pid of a new engine; fd: the channel to it */
    HBD_IPC_SHUTDOWN,     /* () release everything, then end */
    HBD_IPC_RELOAD,       /* () */
    HBD_IPC_PING,         /* (u) */
    /* manager -> supervisor */
    HBD_IPC_READY = 192,  /* () configuration is good, sockets are there */
    HBD_IPC_START_ENGINE, /* (bi) realtime, priority (0: lowest) */
    HBD_IPC_STOPPING,     /* (u) shutdown takes at most that many ms */
    HBD_IPC_PONG,         /* (u) */
    HBD_IPC_KILL_ENGINE,  /* (s) reason: it hangs or talks nonsense */
    HBD_IPC_SNAPSHOT,     /* () fd: sealed memory with the accepted configuration */
    HBD_IPC_TOLD,         /* (s) one-line state for systemctl status */
    HBD_IPC_RELOADED,     /* () a reload is over, good or bad */
    /* supervisor -> engine */
    HBD_IPC_MANAGER = 224, /* () fd: the channel to a restarted manager */
} HbdIpcType;

typedef struct _HbdIpc HbdIpc;

typedef struct {
    /* One good message. @payload is borrowed. @fds are the handler's to close (set to -1 what is
     * kept); the rest is closed after the call. */
    void (*message) (gpointer data, guint32 type, GVariant *payload, int *fds, guint n_fds);
    /* The channel is closed: end of file, error or nonsense, as @reason says. Called once; the
     * handler may free the channel. */
    void (*closed) (gpointer data, const char *reason);
} HbdIpcHandler;

/* A channel over @fd (transfer full), read in the default main context at @priority. It accepts the
 * messages of @accepts and sends those of @sends (a bug if not in there). @handler, @data are kept.
 * (transfer full) */
HbdIpc *hbd_ipc_new (int fd, const HbdIpcSpec *accepts, const HbdIpcSpec *sends,
                     const HbdIpcHandler *handler, gpointer data);
void hbd_ipc_set_priority (HbdIpc *ipc, int priority);
void hbd_ipc_free (HbdIpc *ipc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdIpc, hbd_ipc_free)

/* Send @payload (floating is consumed; NULL for "()") with @n_fds descriptors (borrowed;
 * duplicated by the kernel). False when the channel is closed or its queue is full. Descriptors
 * are only sent while the queue is empty or after it, in order. */
bool hbd_ipc_send (HbdIpc *ipc, guint32 type, GVariant *payload, const int *fds, guint n_fds);
/* As hbd_ipc_send() without descriptors, but dropped silently when the reader lags: beats. */
bool hbd_ipc_send_lossy (HbdIpc *ipc, guint32 type, GVariant *payload);
bool hbd_ipc_is_open (const HbdIpc *ipc);
/* Packets not yet taken by the kernel. */
guint hbd_ipc_backlog (const HbdIpc *ipc);

/* A connected pair, non-blocking and close-on-exec, with buffers for HBD_IPC_MAX_BYTES. */
bool hbd_ipc_pair (int fds[2], GError **error);

/* The packet for one message, and back: NULL with @error when anything is odd. (transfer full) */
GBytes *hbd_ipc_encode (const HbdIpcSpec *specs, guint32 type, GVariant *payload);
GVariant *hbd_ipc_decode (const HbdIpcSpec *specs, const guint8 *data, gsize len, guint32 *type,
                          GError **error);
const HbdIpcSpec *hbd_ipc_find (const HbdIpcSpec *specs, guint32 type);
