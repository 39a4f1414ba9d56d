/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a packet filter's own listing and answers one question: does it keep the datagrams of a link
 * away, and which line would let them pass? Pure: text in, text out; nothing is changed.
 *
 * It knows the matches that such rules are made of (interface, protocol, port, connection state).
 * What it does not know it takes for "may match", so an answer is certain or says that it is not. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    bool is_output; /* what we send; else what we receive */
    bool is_v6;
    const char *interface;
    guint16 port; /* UDP, destination */
} HbdFirewallFlow;

typedef struct {
    bool is_certain;
    char *where; /* "table inet filter, chain input: policy drop" */
    char *mend;  /* a command, without its newline */
} HbdFirewallBlock;

void hbd_firewall_block_free (HbdFirewallBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdFirewallBlock, hbd_firewall_block_free)

/* @listing: what `nft list ruleset' prints. NULL: nothing in it drops @flow. (transfer full) */
HbdFirewallBlock *hbd_firewall_read_nft (const char *listing, const HbdFirewallFlow *flow);
/* @listing: what `iptables -S' (`ip6tables -S' for a flow of IPv6) prints. (transfer full) */
HbdFirewallBlock *hbd_firewall_read_iptables (const char *listing, const HbdFirewallFlow *flow);
