/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/unit/vrrp_vectors.h"

#include <arpa/inet.h>
#include <string.h>

static void
vector_free (gpointer data)
{
    VrrpVector *v = data;

    for (guint i = 0; i < v->config.hmac_key_count; i++)
        g_bytes_unref (v->keys[i].secret);
    g_clear_pointer (&v->frame, g_bytes_unref);
    g_free (v->name);
    g_free (v->expect);
    g_free (v->remarks);
    g_free (v->announce);
    g_free (v);
}

static GBytes *
from_hex (const char *hex)
{
    gsize len = strlen (hex) / 2;
    guint8 *data = g_malloc (len + 1);

    for (gsize i = 0; i < len; i++)
        data[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4
                            | g_ascii_xdigit_value (hex[2 * i + 1]));
    return g_bytes_new_take (data, len);
}

HbdVrrpAddress
vrrp_address (const char *text)
{
    HbdVrrpAddress address = { { 0 } };
    int family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET;

    if (inet_pton (family, text, address.bytes) != 1)
        g_error ("not an address: %s", text);
    return address;
}

static void
read_key (VrrpVector *v, const char *rest)
{
    g_auto (GStrv) words = g_strsplit (rest, " ", 2);

    g_assert_cmpuint (v->config.hmac_key_count, <, VRRP_VECTOR_LIST_MAX);
    v->keys[v->config.hmac_key_count++] =
        (HbdVrrpHmacKey){ (guint8) atoi (words[0]), from_hex (words[1]) };
    v->config.hmac_keys = v->keys;
    v->config.hmac_mode = HBD_VRRP_HMAC_ENFORCE;
}

static void
read_announce (VrrpVector *v, const char *rest)
{
    g_auto (GStrv) words = g_strsplit (rest, " ", 3);
    g_autoptr (GBytes) hw = from_hex (words[2]);

    v->announce = g_strdup (words[0]);
    v->announced = vrrp_address (words[1]);
    memcpy (v->hw, g_bytes_get_data (hw, NULL), sizeof v->hw);
}

static void
read_auth (VrrpVector *v, const char *rest)
{
    v->config.auth_type = strcmp (rest, "pass") == 0 ? HBD_VRRP_AUTH_PASS
                          : strcmp (rest, "ah") == 0 ? HBD_VRRP_AUTH_AH
                                                     : HBD_VRRP_AUTH_NONE;
}

static bool
read_list (VrrpVector *v, const char *word, const char *rest)
{
    HbdVrrpCodecConfig *c = &v->config;

    if (strcmp (word, "peer") == 0) {
        g_assert_cmpuint (c->peer_count, <, VRRP_VECTOR_LIST_MAX);
        v->peers[c->peer_count++].address = vrrp_address (rest);
        c->peers = v->peers;
    } else if (strcmp (word, "address") == 0) {
        g_assert_cmpuint (c->address_count, <, VRRP_VECTOR_LIST_MAX);
        v->addresses[c->address_count++] = vrrp_address (rest);
        c->addresses = v->addresses;
    } else if (strcmp (word, "hmac-key") == 0) {
        read_key (v, rest);
    } else if (strcmp (word, "announce") == 0) {
        read_announce (v, rest);
    } else if (strcmp (word, "auth") == 0) {
        read_auth (v, rest);
    } else if (strcmp (word, "password") == 0) {
        memcpy (c->password, rest, MIN (strlen (rest), sizeof c->password));
    } else {
        return false;
    }
    return true;
}

static bool
read_number (VrrpVector *v, const char *word, const char *rest)
{
    HbdVrrpCodecConfig *c = &v->config;
    guint64 number = g_ascii_strtoull (rest, NULL, 10);

    if (strcmp (word, "family") == 0)
        c->family = number == 6 ? HBD_VRRP_IPV6 : HBD_VRRP_IPV4;
    else if (strcmp (word, "version") == 0)
        c->version = (guint8) number;
    else if (strcmp (word, "vrid") == 0)
        c->vrid = (guint8) number;
    else if (strcmp (word, "interval-cs") == 0)
        c->interval_cs = (guint) number;
    else if (strcmp (word, "ttl") == 0)
        c->ttl = (guint8) number;
    else if (strcmp (word, "flow-label") == 0)
        c->flow_label = (guint32) number;
    else if (strcmp (word, "hmac-active") == 0)
        c->hmac_active = (guint8) number;
    else if (strcmp (word, "wall-us") == 0)
        v->wall_us = (gint64) number;
    else if (strcmp (word, "priority") == 0)
        v->priority = (guint8) number;
    else if (strcmp (word, "id") == 0)
        v->id = (guint16) number;
    else
        return false;
    return true;
}

static void
read_line (VrrpVector *v, const char *word, const char *rest)
{
    HbdVrrpCodecConfig *c = &v->config;

    if (read_list (v, word, rest) || read_number (v, word, rest))
        return;
    if (strcmp (word, "source") == 0)
        c->source = vrrp_address (rest);
    else if (strcmp (word, "group") == 0)
        c->group = vrrp_address (rest);
    else if (strcmp (word, "check-source") == 0)
        c->check_source = true;
    else if (strcmp (word, "checksum-as-v2") == 0)
        c->checksum_as_v2 = true;
    else if (strcmp (word, "never-old-checksum") == 0)
        c->never_old_checksum = true;
    else if (strcmp (word, "expect") == 0)
        v->expect = g_strdup (rest);
    else if (strcmp (word, "remarks") == 0)
        v->remarks = g_strdup (rest);
    else if (strcmp (word, "frame") == 0)
        v->frame = from_hex (rest);
    else
        g_error ("vectors: unknown word %s", word);
}

GPtrArray *
vrrp_vectors_load (void)
{
    g_autofree char *path =
        g_test_build_filename (G_TEST_DIST, "data", "vrrp", "vectors.txt", NULL);
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) lines = NULL;
    GPtrArray *vectors = g_ptr_array_new_with_free_func (vector_free);
    VrrpVector *vector = NULL;

    if (!g_file_get_contents (path, &text, NULL, &error))
        g_error ("vectors: %s", error->message);
    lines = g_strsplit (text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        char *blank = strchr (*line, ' ');

        if (**line == '#' || blank == NULL)
            continue;
        *blank = '\0';
        if (strcmp (*line, "vector") == 0) {
            vector = g_new0 (VrrpVector, 1);
            vector->name = g_strdup (blank + 1);
            g_ptr_array_add (vectors, vector);
        } else {
            g_assert_nonnull (vector);
            read_line (vector, *line, blank + 1);
        }
    }
    return vectors;
}

const VrrpVector *
vrrp_vectors_find (const GPtrArray *vectors, const char *name)
{
    for (guint i = 0; i < vectors->len; i++) {
        const VrrpVector *vector = g_ptr_array_index (vectors, i);

        if (strcmp (vector->name, name) == 0)
            return vector;
    }
    g_error ("vectors: no %s", name);
}

const guint8 *
vrrp_vector_packet (const VrrpVector *vector, gsize *len)
{
    const guint8 *data = g_bytes_get_data (vector->frame, len);

    g_assert_cmpuint (*len, >, VRRP_ETHERNET_LEN);
    *len -= VRRP_ETHERNET_LEN;
    return data + VRRP_ETHERNET_LEN;
}
