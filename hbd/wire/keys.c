/* SPDX-License-Identifier: Apache-2.0 */
/* Key table and digests (doc/heartbeat.md 3.2). HMAC comes from GLib, so that a process locked in
 * memory carries no crypto library. */
#include "config.h"

#include "hbd/wire/keys.h"

#include <stdint.h>
#include <string.h>

static const char *const method_names[] = { "none", "crc", "md5", "sha1", "sha256" };

const char *
hbd_auth_method_name (HbdAuthMethod method)
{
    g_assert (method < G_N_ELEMENTS (method_names));
    return method_names[method];
}

HbdKeyTable *
hbd_key_table_new (void)
{
    return g_new0 (HbdKeyTable, 1);
}

HbdKeyTable *
hbd_key_table_dup (const HbdKeyTable *table)
{
    HbdKeyTable *copy = hbd_key_table_new ();

    *copy = *table;
    for (guint i = 0; i < HBD_KEYS_MAX; i++) {
        if (copy->key[i].secret != NULL)
            g_bytes_ref (copy->key[i].secret);
    }
    return copy;
}

void
hbd_key_table_free (HbdKeyTable *table)
{
    if (table == NULL)
        return;
    for (guint i = 0; i < HBD_KEYS_MAX; i++)
        g_clear_pointer (&table->key[i].secret, g_bytes_unref);
    g_free (table);
}

void
hbd_key_table_set (HbdKeyTable *table, guint index, HbdAuthMethod method, const char *secret)
{
    HbdKey *key;

    g_assert (index < HBD_KEYS_MAX);
    key = &table->key[index];
    g_clear_pointer (&key->secret, g_bytes_unref);
    key->method = method;
    if (secret != NULL && method > HBD_AUTH_CRC)
        key->secret = g_bytes_new (secret, strlen (secret));
}

/* One byte through the CRC register, most significant bit first. */
static guint32
crc_byte (guint32 crc, guint8 byte)
{
    crc ^= (guint32) byte << 24;
    for (int bit = 0; bit < 8; bit++)
        crc = (crc & 0x80000000u) != 0 ? (crc << 1) ^ 0x04c11db7u : crc << 1;
    return crc;
}

/* CRC-32, polynomial 0x04c11db7, initial value 0, result inverted, no length step
 * (doc/heartbeat.md 3.2). */
static guint32
crc32 (const guint8 *data, gsize len)
{
    guint32 crc = 0;

    for (gsize i = 0; i < len; i++)
        crc = crc_byte (crc, data[i]);
    return ~crc;
}

static void
hmac_hex (GChecksumType type, GBytes *secret, const void *data, gsize len, char *hex)
{
    gsize secret_len = 0;
    const void *secret_data = secret != NULL ? g_bytes_get_data (secret, &secret_len) : NULL;
    GHmac *hmac = g_hmac_new (type, secret_data != NULL ? secret_data : "", secret_len);

    g_hmac_update (hmac, data, (gssize) len);
    g_strlcpy (hex, g_hmac_get_string (hmac), HBD_DIGEST_HEX_MAX + 1);
    g_hmac_unref (hmac);
}

void
hbd_key_digest (const HbdKey *key, const void *data, gsize len, char hex[HBD_DIGEST_HEX_MAX + 1])
{
    g_assert (len <= G_MAXSSIZE);
    switch (key->method) {
    case HBD_AUTH_CRC:
        g_snprintf (hex, HBD_DIGEST_HEX_MAX + 1, "%x", crc32 (data, len));
        return;
    case HBD_AUTH_MD5:
        hmac_hex (G_CHECKSUM_MD5, key->secret, data, len, hex);
        return;
    case HBD_AUTH_SHA1:
        hmac_hex (G_CHECKSUM_SHA1, key->secret, data, len, hex);
        return;
    case HBD_AUTH_SHA256:
        hmac_hex (G_CHECKSUM_SHA256, key->secret, data, len, hex);
        return;
    case HBD_AUTH_NONE:
        break;
    }
    hex[0] = '\0';
}

bool
hbd_key_verify (const HbdKey *key, const void *data, gsize len, const char *claim, gsize claim_len)
{
    char hex[HBD_DIGEST_HEX_MAX + 1];
    guint difference = 0;
    gsize hex_len;

    hbd_key_digest (key, data, len, hex);
    hex_len = strlen (hex);
    /* Our digest's length is the one that counts, and it is no secret. */
    if (hex_len == 0 || claim_len != hex_len)
        return false;
    for (gsize i = 0; i < hex_len; i++)
        difference |= (guint) (guint8) hex[i] ^ (guint) (guint8) claim[i];
    return difference == 0;
}
