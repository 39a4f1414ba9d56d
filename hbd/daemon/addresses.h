/* SPDX-License-Identifier: Apache-2.0 */
/* Address resources (IPaddr and its kin) inside the manager: no program is run, each action is one
 * exchange with the kernel. Also hears when somebody else removes one of ours. */
#pragma once

#include "crm/model/model.h"
#include "hbd/base/record.h"

typedef struct _HbdAddresses HbdAddresses;

typedef struct {
    /* A held address is gone and we did not do it. */
    void (*removed) (gpointer data, guint group, guint resource);
    /* @record is (transfer full). */
    void (*record) (gpointer data, HbdRecord *record);
} HbdAddressesHandler;

/* The addresses of @model (borrowed for the object's life). @lease_s: lifetime that they carry in
 * the kernel, 0 for none. NULL with @error without netlink or packet sockets. (transfer full) */
HbdAddresses *hbd_addresses_new (const CrmModel *model, guint lease_s,
                                 const HbdAddressesHandler *handler, gpointer data, GError **error);
void hbd_addresses_free (HbdAddresses *addresses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdAddresses, hbd_addresses_free)

/* @resource is one of the model's. Probe, start, stop or monitor. An OCF code; *@reason (transfer
 * full) may be NULL. */
int hbd_addresses_run (HbdAddresses *addresses, const CrmResource *resource, CrmAction action,
                       char **reason);
/* Another lease period, only if it is still there: 0, or an OCF code. */
int hbd_addresses_renew (HbdAddresses *addresses, const CrmResource *resource);
void hbd_addresses_announce (HbdAddresses *addresses, const CrmResource *resource);
/* It is not here and the other node is thought to have it: tell the neighbours where it answers. */
void hbd_addresses_refer (HbdAddresses *addresses, const CrmResource *resource);
/* Remove now, no questions. */
void hbd_addresses_drop (HbdAddresses *addresses, const CrmResource *resource);
/* Remove what bears our mark and is not in the model: left by an earlier life. */
void hbd_addresses_remove_stale (HbdAddresses *addresses);

/* Without a model: remove every address that bears our mark; the number of those that could not be
 * removed. @record as above, @data for it. */
guint hbd_addresses_let_go (void (*record) (gpointer data, HbdRecord *record), gpointer data);
