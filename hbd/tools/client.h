/* SPDX-License-Identifier: Apache-2.0 */
/* The client's end of the control socket: one request, then replies until one says that no more
 * follow. The socket is SOCK_SEQPACKET, so a packet is a message; a request is a serialised
 * GVariant "(sa{sv})" (command, arguments), a reply "(bua{sv})" (more follows, exit code, dict).
 * Whatever bytes the other side sends, the outcome is a reply or a GError. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HBD_REQUEST_TYPE    "(sa{sv})"
#define HBD_REPLY_TYPE      "(bua{sv})"
#define HBD_REPLY_MAX_BYTES (1024 * 1024)

/* How long a tool waits for the first answer to a question, and for the end of a move: agents may
 * take their time to stop. Milliseconds. */
#define HBD_CLIENT_ASK_MS  10000
#define HBD_CLIENT_MOVE_MS 600000

#define HBD_CLIENT_ERROR (g_quark_from_static_string ("hbd-client"))
typedef enum {
    HBD_CLIENT_NO_DAEMON, /* no socket there, or nobody listens */
    HBD_CLIENT_DENIED,    /* the socket may not be used by this user */
    HBD_CLIENT_CLOSED,    /* the daemon closed the connection */
    HBD_CLIENT_MALFORMED, /* a packet that is no reply */
    HBD_CLIENT_TIMEOUT,
} HbdClientError;

typedef struct _HbdClient HbdClient;

typedef struct {
    bool more_follow;
    guint exit_code;
    GVariant *dict; /* a{sv}; owned */
} HbdReply;

void hbd_reply_clear (HbdReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HbdReply, hbd_reply_clear)

/* Connect to @run_dir/control. NULL with @error when that fails. (transfer full) */
HbdClient *hbd_client_open (const char *run_dir, GError **error);
/* A client over an already connected socket, which it closes at the end; for tests. */
HbdClient *hbd_client_new_for_fd (int fd);
void hbd_client_free (HbdClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdClient, hbd_client_free)

/* Send one request. @args is an a{sv} (a floating one is consumed), or NULL for none. */
bool hbd_client_send (HbdClient *client, const char *command, GVariant *args, GError **error);
/* Wait at most @timeout_ms (negative: for ever) for one reply; @reply is to be cleared. */
bool hbd_client_receive (HbdClient *client, int timeout_ms, HbdReply *reply, GError **error);
/* Connect, send, and receive one reply. */
bool hbd_client_ask (const char *run_dir, const char *command, GVariant *args, int timeout_ms,
                     HbdReply *reply, GError **error);

/* The run directory to use: @given, else $HBD_RUN_DIR, else the one configured at build time. */
const char *hbd_client_run_dir (const char *given);

/* Path of one of hbd's own programs: in the build tree when we run from there, else where it is
 * installed. @build_path is relative to the top of the build tree. (transfer full) */
char *hbd_client_program (const char *build_path, const char *installed_path);
