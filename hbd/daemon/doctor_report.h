/* SPDX-License-Identifier: Apache-2.0 */
/* What `hbctl doctor` says, from facts that doctor.c gathers. Pure: it judges and words, no more.
 *
 * Test frames are statuses that the engine sends out of turn, on all links, between two looks at its
 * counters. What came of the peer is known here; what came of us to the peer, a peer of our kind
 * tells in its statuses. So each link is judged both ways. */
#pragma once

#include "cfg/model.h"

#include <stdbool.h>

typedef struct {
    const CfgCluster *cluster;
    const char *const *trouble; /* by link: why it is closed, or NULL */
    GVariant *before, *after;   /* the engine's status around the test frames; NULL: no answer */
    HbdTime window_us;          /* between the two */
    /* listings as printed or read; NULL: not to be had */
    const char *nft, *iptables, *ip6tables;
    const char *igmp, *igmp6; /* /proc/net */
} HbdDoctorFacts;

/* (transfer full) */
char *hbd_doctor_report (const HbdDoctorFacts *facts, bool *is_healthy);

/* Has interface @interface joined the group? @list: /proc/net/igmp, or igmp6 for an IPv6 @group. */
bool hbd_doctor_has_group (const char *list, const char *interface, const char *group);
