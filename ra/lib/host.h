/* SPDX-License-Identifier: Apache-2.0 */
/* Service addresses on this machine: probe, start, stop, renew, and the list of ours. Used by the
 * manager (in process) and by the IPaddr agent. Results are OCF codes that agree with the stock IPaddr2
 * (doc/crm.md 1.4): unknown interface: start 6, stop 0, probe 7. None of these calls waits. */
#pragma once

#include "ra/lib/address.h"
#include "ra/lib/netlink.h"

/* In all of these:
 * @reason  (out) (transfer full) NULL, or a sentence for people; also possible with result 0, when
 *          something was done that the reader of a log should know. May be NULL.
 * result   OCF exit code: 0 done / it is here, 1 failed, 4 no privilege, 6 the configuration names what
 *          does not exist, 7 not here. */

/* Could it be started here: does the interface exist, is its network known? Changes nothing. */
int ra_address_check (RaNetlink *nl, const RaAddress *address, char **reason);

/* 0 when the address is on exactly the interface that @address means, else 7 (also 1). */
int ra_address_probe (RaNetlink *nl, const RaAddress *address, char **reason);

/* Make it so. An address that is there already is kept and gets the lifetime.
 * @lease_s  the kernel removes the address that many whole seconds after the last renewal (1: gone
 *           within 1.3 s, IPv6 within 2.1 s); 0: for ever. */
int ra_address_start (RaNetlink *nl, const RaAddress *address, guint lease_s, char **reason);

/* Remove it from its interface, and from any other where we had put it. 0 when it is nowhere. */
int ra_address_stop (RaNetlink *nl, const RaAddress *address, char **reason);

/* Another @lease_s seconds from now, only if the address is still there: 7 when it lapsed or was
 * removed, and then nothing was changed, whatever happened between two instructions. */
int ra_address_renew (RaNetlink *nl, const RaAddress *address, guint lease_s, char **reason);

/* Duplicate address detection of an IPv6 address that was started with wants_dad. */
typedef enum {
    RA_DAD_DONE,
    RA_DAD_RUNNING,
    RA_DAD_DUPLICATE, /* another machine has it */
    RA_DAD_ABSENT,
} RaDadState;
RaDadState ra_address_dad (RaNetlink *nl, const RaAddress *address);

/* The interface that holds the address now (as stop would find it), or 0. */
int ra_address_where (RaNetlink *nl, const RaAddress *address);

/* The interface that the address means, whether it is there or not; 0: it has none here. */
int ra_address_home (RaNetlink *nl, const RaAddress *address);

/* Every address that bears our mark, on any interface but lo: array of RaFound (transfer full), NULL
 * when the kernel did not answer. What nobody wants of it is a left-over of an earlier life. */
GArray *ra_address_list_ours (RaNetlink *nl);
/* Remove one of them. OCF code. */
int ra_address_remove_found (RaNetlink *nl, const RaFound *found, char **reason);
