/* SPDX-License-Identifier: Apache-2.0 */
/* What hbd/node's files share. */
#pragma once

#include "hbd/node/node.h"

struct _HbdNode {
    char **names; /* ha.cf order */
    char **links;
    char **hooks;
    guint self;
    int peer; /* index of the other node; -1: a cluster of one */
    const CrmModel *model;
    char *digest;
    HbdTime keepalive_us;
    HbdMembership *m;
    CrmTakeover *t;
    /* the peer, as the decider was told */
    CrmPeerState peer_state;
    bool peer_is_native;
    guint said_max;      /* so few messages beside its heartbeats cannot have been a takeover */
    bool digest_differs; /* of its last status */
    bool claims_warned, digest_warned;
    /* ourselves */
    char *claims_text;   /* as set in the status extra */
    HbdTime last_status; /* for BEAT */
    HbdTime exit_at;     /* released: a few more statuses, then EXIT */
    bool has_exited;
};
