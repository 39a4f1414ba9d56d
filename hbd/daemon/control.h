/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket: SOCK_SEQPACKET, one request packet "(sa{sv})" (command, arguments), answered
 * by packets "(bua{sv})" (more follows, exit code, content). Root may ask everything; whoever else
 * the socket's mode lets in (group haclient) may only read. Clients are few and bounded, and one
 * that does not take its answers is dropped. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HBD_CONTROL_REQUEST     "(sa{sv})"
#define HBD_CONTROL_REPLY       "(bua{sv})"
#define HBD_CONTROL_MAX_REQUEST (16 * 1024)
#define HBD_CONTROL_MAX_CLIENTS 32
#define HBD_CONTROL_MAX_READERS 24 /* of them, so that root always gets in */
#define HBD_CONTROL_MAX_QUEUE   256 /* packets a client may lag behind */

typedef struct _HbdControl HbdControl;

/* One request of client @client (an id, never reused). Answer with hbd_control_reply() now or
 * later. @args is borrowed. */
typedef void (*HbdControlHandler) (gpointer data, guint64 client, bool may_write,
                                   const char *command, GVariant *args);
/* The client is gone; what was being done for it needs no answer. */
typedef void (*HbdControlGone) (gpointer data, guint64 client);

/* Listen on @path (an old socket there is replaced), readable by @group if it exists. */
HbdControl *hbd_control_new (const char *path, const char *group, HbdControlHandler handler,
                             HbdControlGone gone, gpointer data, GError **error);
/* Also removes the socket. */
void hbd_control_free (HbdControl *control);

/* Answer; @dict (floating, consumed) is a{sv}. With @more further packets follow, the last one
 * without. Nothing happens when the client is gone. */
void hbd_control_reply (HbdControl *control, guint64 client, bool more, guint32 code,
                        GVariant *dict);
/* The common answer: one sentence under `text`. */
void hbd_control_reply_text (HbdControl *control, guint64 client, guint32 code, const char *format,
                             ...) G_GNUC_PRINTF (4, 5);

/* Packets to values; NULL when malformed. For tests and the client side. */
GVariant *hbd_control_parse (const char *signature, const void *data, gsize len);
