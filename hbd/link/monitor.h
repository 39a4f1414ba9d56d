/* SPDX-License-Identifier: Apache-2.0 */
/* Tells when a network interface comes, goes, gets or loses carrier, or changes its addresses, so
 * that links are opened, closed and opened anew. Root side; listens on rtnetlink. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _HbdLinkMonitor HbdLinkMonitor;

/* Something about interface @name changed: a link on it is usable when @is_usable (up and with
 * carrier); @addresses_changed: it gained or lost an address, a service address too; ask
 * hbd_link_needs_reopen(). A mere renewal of an address's lifetime is not reported. */
typedef void (*HbdLinkMonitorFunc) (gpointer user_data, const char *name, bool is_usable,
                                    bool addresses_changed);

/* A listener that calls @func from hbd_link_monitor_dispatch(). NULL with @error when the socket
 * cannot be had. (transfer full) */
HbdLinkMonitor *hbd_link_monitor_new (HbdLinkMonitorFunc func, gpointer user_data, GError **error);
void hbd_link_monitor_free (HbdLinkMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdLinkMonitor, hbd_link_monitor_free)
/* Descriptor to poll for input; on input call _dispatch. */
int hbd_link_monitor_fd (const HbdLinkMonitor *monitor);
/* Read what waits, never blocks. When the kernel dropped messages every interface is reported. */
void hbd_link_monitor_dispatch (HbdLinkMonitor *monitor);
/* As known now; false for an interface that does not exist. */
bool hbd_link_monitor_is_usable (const HbdLinkMonitor *monitor, const char *name);
