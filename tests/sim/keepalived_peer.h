/* SPDX-License-Identifier: Apache-2.0 */
/* A model of keepalived's virtual routers as peers (doc/keepalived.md 3.5, 3.6, 4.1, 4.3), written
 * apart from hbd/core/vrrp so that the two can disagree: it adds addresses after its advert, says
 * priority 0 before it drops them, yields without a word, answers every lower advert, and does not
 * notice that it stood still. It takes the events and gives the actions of hbd/core/vrrp/vrrp.h,
 * but records; RELEASED means nothing to it. */
#pragma once

#include "hbd/core/vrrp/vrrp.h"

typedef struct _KeepalivedPeer KeepalivedPeer;

/* @config: instances, one group at most, trackers of kind interface. Copied. (transfer full) */
KeepalivedPeer *keepalived_peer_new (const HbdVrrpConfig *config);
void keepalived_peer_free (KeepalivedPeer *peer);
void keepalived_peer_step (KeepalivedPeer *peer, const HbdVrrpEvent *event, HbdTime now,
                           GArray *out);
HbdTime keepalived_peer_deadline (const KeepalivedPeer *peer);
HbdVrrpState keepalived_peer_state (const KeepalivedPeer *peer, guint instance);
guint8 keepalived_peer_priority (const KeepalivedPeer *peer, guint instance);
