/* SPDX-License-Identifier: Apache-2.0 */
/* Heartbeat's command FIFO: root's scripts write `>>>\nname=value\n...<<<\n` and the node says the
 * message as its own (doc/heartbeat.md 2.4). What is malformed is counted. */
#pragma once

#include "hbd/wire/message.h"

#define HBD_FIFO_MAX_BYTES 65536 /* one message, and what may wait unread */

typedef struct _HbdFifo HbdFifo;

/* @message is borrowed for the call. */
typedef void (*HbdFifoHandler) (gpointer data, const HbdMessage *message);

/* Create @path (mode 0600) if it is not there and read it for ever. NULL with @error when it is
 * something else or cannot be made. (transfer full) */
HbdFifo *hbd_fifo_new (const char *path, HbdFifoHandler handler, gpointer data, GError **error);
void hbd_fifo_free (HbdFifo *fifo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdFifo, hbd_fifo_free)
guint hbd_fifo_malformed (const HbdFifo *fifo);

/* Take all complete messages off the front of @buffer; the number of malformed ones is returned.
 * What cannot be the beginning of a message is dropped. For the reader and tests. */
guint hbd_fifo_split (GString *buffer, HbdFifoHandler handler, gpointer data);
