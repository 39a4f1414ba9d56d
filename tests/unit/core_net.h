/* SPDX-License-Identifier: Apache-2.0 */
/* A few memberships on virtual time, joined by links that lose, delay and repeat as told. What the
 * memberships do is kept as a trace of lines "MS NODE WHAT ...":
 *     12 alpha joined
 *     12 alpha node beta init active restart|return|- status [said N]
 *     12 alpha link beta 0 up
 *     12 alpha message beta resource
 *     12 alpha persist 101
 *     12 alpha pause 4200
 *     12 alpha record node.state node=beta from=init to=up reason=status */
#pragma once

#include "hbd/base/prng.h"
#include "hbd/core/membership.h"

#define CORE_NET_MAX_NODES 3
#define CORE_NET_MAX_LINKS 2

typedef struct {
    guint n_nodes, n_links;
    HbdTime keepalive_us, deadtime_us, initdead_us;
    guint64 seed;
} CoreNetOptions;

/* Two nodes, one link, keepalive 200 ms, deadtime 1 s, initdead 3 s. */
extern const CoreNetOptions core_net_defaults;

typedef struct _CoreNet CoreNet;

/* Called for each datagram and receiver: true drops it. */
typedef bool (*CoreNetDrop) (gpointer data, guint from, guint to, const HbdMessage *message);

typedef struct {
    HbdTime at;
    guint64 order;
    guint from, to;
    int link;
    GBytes *bytes;
} CoreNetPacket;

struct _CoreNet {
    CoreNetOptions options;
    HbdTime now;
    guint64 order;
    HbdKeyTable *keys;
    HbdMembership *m[CORE_NET_MAX_NODES];
    guint32 generation[CORE_NET_MAX_NODES]; /* of the next life */
    bool is_paused[CORE_NET_MAX_NODES];
    bool is_cut[CORE_NET_MAX_NODES][CORE_NET_MAX_NODES][CORE_NET_MAX_LINKS]; /* from, to, link */
    bool persist_fails, persist_hangs;
    guint loss_percent, repeat_percent;
    HbdTime delay_min_us, delay_max_us;
    HbdPrng prng;
    CoreNetDrop drop;
    gpointer drop_data;
    GArray *queue;    /* CoreNetPacket */
    GPtrArray *trace; /* char * */
    GPtrArray *sent;  /* CoreNetPacket *, every datagram put on the net; to and link unset */
};

CoreNet *core_net_new (const CoreNetOptions *options);
void core_net_free (CoreNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoreNet, core_net_free)
const char *core_net_name (guint node);
/* The configuration of @node, for tests that build a membership of their own. Strings belong to
 * the net. */
HbdMembershipConfig core_net_config (CoreNet *net, guint node);
/* Begin a life of @node, each time with the next generation (100, 101, ...). */
void core_net_start (CoreNet *net, guint node);
void core_net_kill (CoreNet *net, guint node);
/* Both ways, all links. */
void core_net_cut (CoreNet *net, guint a, guint b, bool is_cut);
void core_net_run (CoreNet *net, HbdTime duration);
/* One event, now. */
void core_net_step (CoreNet *net, guint node, const HbdMembershipEvent *event);
void core_net_status (CoreNet *net, guint node);
void core_net_inject (CoreNet *net, guint to, int link, const void *data, gsize len);
void core_net_say (CoreNet *net, guint node, const char *type, const char *info, const char *dest);
/* Milliseconds of the first trace line of @node that begins with @text (after the time and name)
 * and is not before @from_ms; -1 when there is none. */
gint64 core_net_when (const CoreNet *net, guint node, const char *text, gint64 from_ms);
guint core_net_count (const CoreNet *net, guint node, const char *text);
guint64 core_net_counter (const CoreNet *net, guint node, const char *name);
/* Forget trace and sent datagrams. */
void core_net_forget (CoreNet *net);
/* The message in @bytes; stops the test when it is not authentic. (transfer full) */
HbdMessage *core_net_decode (const CoreNet *net, GBytes *bytes);
/* Datagrams of @node of type @type sent since core_net_forget(). */
guint core_net_sent (const CoreNet *net, guint node, const char *type);
/* The last of them. (transfer full), NULL when none. */
HbdMessage *core_net_last_sent (const CoreNet *net, guint node, const char *type);
GBytes *core_net_last_sent_bytes (const CoreNet *net, guint node, const char *type);

#define core_net_assert_seen(net, node, text)                                                      \
    G_STMT_START                                                                                   \
    {                                                                                              \
        if (core_net_when (net, node, text, 0) < 0)                                                \
            core_net_fail (net, __FILE__, __LINE__, text);                                         \
    }                                                                                              \
    G_STMT_END
/* Print the trace and stop. */
void core_net_fail (const CoreNet *net, const char *file, int line, const char *text);
