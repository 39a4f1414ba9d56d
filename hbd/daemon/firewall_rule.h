/* SPDX-License-Identifier: Apache-2.0 */
/* One rule in nft's words against one flow; used by firewall.c and its test only. */
#pragma once

#include "hbd/daemon/firewall.h"

typedef enum {
    HBD_RULE_NO,    /* it does not match */
    HBD_RULE_MAYBE, /* it holds something we cannot judge */
    HBD_RULE_YES,
} HbdRuleMatch;

typedef enum {
    HBD_RULE_GOES_ON, /* no verdict: counters, marks, logging */
    HBD_RULE_ACCEPT,
    HBD_RULE_DROP, /* reject too */
    HBD_RULE_JUMP, /* goto too: .target */
    HBD_RULE_RETURN,
} HbdRuleVerdict;

typedef struct {
    HbdRuleMatch match;
    HbdRuleVerdict verdict;
    bool is_goto;
    char *target;
} HbdRuleResult;

/* @rule: `iifname "eth0" udp dport 694 drop'. The result's target is the caller's. */
HbdRuleResult hbd_firewall_judge (const char *rule, const HbdFirewallFlow *flow);
