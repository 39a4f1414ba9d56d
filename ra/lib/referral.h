/* SPDX-License-Identifier: Apache-2.0 */
/* After a service address left this machine while another one kept it: the neighbours that learnt it
 * from us are told where it is. Whoever has it is asked (RFC 5227 probe; RFC 4861 solicitation), and
 * what he answers is announced for him. Nobody answers: nothing is announced.
 * Needed beside a Heartbeat 3.0.6 node, which announces only when it takes (doc/heartbeat.md 11.2). */
#pragma once

#include "ra/lib/announce.h"

typedef struct _RaReferral RaReferral;

/* Called once: with the hardware address that answered first, or with NULL when the last question
 * got no answer. The referral may not be freed in it. */
typedef void (*RaReferralFunc) (gpointer user, const guint8 hw[6]);

/* Ask at the instants of the default plan, the first time before the call returns, and announce each
 * answer as long as all name the same machine. Ends early when the address comes back here.
 * @announcer, @nl  borrowed for the object's life
 * (transfer full); NULL without an interface for the address or without sockets: nothing to do. */
RaReferral *ra_referral_new (RaNetlink *nl, RaAnnouncer *announcer, const RaAddress *address,
                             RaReferralFunc func, gpointer user);
/* Call before the address is put here again. */
void ra_referral_free (RaReferral *referral);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RaReferral, ra_referral_free)
