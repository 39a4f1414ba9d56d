/* SPDX-License-Identifier: Apache-2.0 */
/* The manager's side of the links: opens their sockets (which needs privileges), hands them to the
 * engine, and opens them anew when an interface comes, goes or changes its addresses. */
#pragma once

#include "cfg/model.h"
#include "hbd/base/record.h"
#include "hbd/link/link.h"

typedef struct _HbdLinkSet HbdLinkSet;

typedef struct {
    /* Link @index is open: pass @sockets on; they are closed here after the call. */
    void (*opened) (gpointer data, int index, const HbdLinkSockets *sockets);
    void (*closed) (gpointer data, int index);
    /* @record is borrowed. */
    void (*record) (gpointer data, const HbdRecord *record);
} HbdLinkSetHandler;

/* The links of @cluster (borrowed for the object's life), all closed. NULL with @error when
 * interface changes cannot be listened to. (transfer full) */
HbdLinkSet *hbd_linkset_new (const CfgCluster *cluster, const HbdLinkSetHandler *handler,
                             gpointer data, GError **error);
void hbd_linkset_free (HbdLinkSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdLinkSet, hbd_linkset_free)

/* Open every link that can be, whatever was open before: a new engine has nothing. What cannot be
 * opened now is tried again by itself. */
void hbd_linkset_open_all (HbdLinkSet *set);
/* Why link @index is closed, or NULL when it is open or its peers are being looked up for the first
 * time. (transfer none) */
const char *hbd_linkset_trouble (const HbdLinkSet *set, guint index);
