/* SPDX-License-Identifier: Apache-2.0 */
/* Heartbeat's own two files that say who this node is: `hb_generation` (decimal text, 15 wide, and
 * a newline; one more at every start) and `hb_uuid` (16 bytes). They are continued in place, so
 * that a node can go from Heartbeat to hbd and back (doc/heartbeat.md 1.3). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HBD_GENERATION_WIDTH 15

/* The next generation: one more than what @path holds, or @wall_s + 1 where there is nothing to
 * continue (or always @wall_s with @by_time, `hbgenmethod time`, if that is more). It is on disk
 * (fsync) when this returns. 0 with @error when it cannot be written; a file of nonsense is an
 * error too, since going back would make the peer drop everything we say. */
guint32 hbd_identity_next_generation (const char *path, gint64 wall_s, bool by_time,
                                      GError **error);
/* Write @generation, unless the file already holds more. Far above both what the file holds and the
 * time @wall_s is an error: after it no start could count on, and peers would drop all we say. */
bool hbd_identity_store_generation (const char *path, guint32 generation, gint64 wall_s,
                                    GError **error);
/* Text of the file to a number: blanks around it are ignored. False: nonsense, or so large that
 * there would soon be no next one. */
bool hbd_identity_parse_generation (const char *text, gsize len, guint32 *generation);

/* The node's uuid: read from @path, or made of random bytes and written there. */
bool hbd_identity_uuid (const char *path, guint8 uuid[16], GError **error);
/* `uuidfrom nodename`: the first bytes of the name, the rest zero. */
void hbd_identity_uuid_from_name (const char *name, guint8 uuid[16]);

/* Replace @path by @data in one step that survives a crash: new file, fsync, rename, fsync of the
 * folder. @mode are the permission bits. */
bool hbd_write_durably (const char *path, const void *data, gsize len, int mode, GError **error);
