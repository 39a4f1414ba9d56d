/* SPDX-License-Identifier: Apache-2.0 */
/* A network namespace of the test's own with a cable in it: hbdt0 - hbdt1. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Move the whole program into a new namespace: lo and both ends up, 10.9.8.1/24 on hbdt0, no
 * duplicate address detection. False, and the test is skipped, where that is not allowed. */
bool veth_enter (void);
/* The kernel gives it a moment after the interface came up; false without IPv6. */
bool veth_has_link_local (const char *interface);
void veth_add (void);
void veth_delete (void);
/* @address/24; @label is an interface, or NAME:N. */
void veth_set_address (const char *label, const char *address);
void veth_set_up (const char *name, bool is_up);
