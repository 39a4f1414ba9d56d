/* SPDX-License-Identifier: Apache-2.0 */
/* The key table of a cluster (authkeys) and the digests made with it: crc, md5, sha1 of
 * Heartbeat (doc/heartbeat.md 3.2) and HMAC-SHA-256 of clusters of hbd alone. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HBD_KEYS_MAX       16 /* indexes 0..15 */
#define HBD_DIGEST_HEX_MAX 64 /* hex digits of the longest digest */

typedef enum {
    HBD_AUTH_NONE, /* slot empty */
    HBD_AUTH_CRC,
    HBD_AUTH_MD5,
    HBD_AUTH_SHA1,
    HBD_AUTH_SHA256, /* hbd only; wire index and form as the others */
} HbdAuthMethod;

typedef struct {
    HbdAuthMethod method;
    GBytes *secret; /* NULL for crc; owned by the table */
} HbdKey;

typedef struct {
    HbdKey key[HBD_KEYS_MAX];
    guint active;        /* index that signs */
    bool accept_unkeyed; /* believe crc entries although the active entry has a key: only while a
                          * cluster moves from crc to a keyed method */
} HbdKeyTable;

/* A table without entries. (transfer full) */
HbdKeyTable *hbd_key_table_new (void);
/* (transfer full) */
HbdKeyTable *hbd_key_table_dup (const HbdKeyTable *table);
void hbd_key_table_free (HbdKeyTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdKeyTable, hbd_key_table_free)
/* Fill slot @index (0..15, anything else is a bug of the caller); @secret is copied, NULL for crc
 * and for HBD_AUTH_NONE, which empties the slot. */
void hbd_key_table_set (HbdKeyTable *table, guint index, HbdAuthMethod method, const char *secret);

/* Lower-case hex digest of @data under entry @key into @hex (NUL-terminated; crc without leading
 * zeros). An empty slot gives "". */
void hbd_key_digest (const HbdKey *key, const void *data, gsize len,
                     char hex[HBD_DIGEST_HEX_MAX + 1]);
/* Constant-time comparison of what the packet claims (@claim, @claim_len bytes) with our digest. */
bool hbd_key_verify (const HbdKey *key, const void *data, gsize len, const char *claim,
                     gsize claim_len);
/* "crc", "md5", "sha1", "sha256"; "none" for an empty slot. */
const char *hbd_auth_method_name (HbdAuthMethod method);
