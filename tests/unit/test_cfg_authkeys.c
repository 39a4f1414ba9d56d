/* SPDX-License-Identifier: Apache-2.0 */
/* authkeys (doc/heartbeat.md 3.1); above all, that no secret ever gets into a message. */
#include "config.h"

#include "hbd/base/prng.h"
#include "tests/unit/cfg_fixture.h"

#include <string.h>

static void
expect_key (const CfgFixture *f, guint index, HbdAuthMethod method, const char *secret)
{
    const HbdKey *key = &f->cluster->keys->key[index];

    g_assert_cmpint (key->method, ==, method);
    if (secret == NULL) {
        g_assert_null (key->secret);
        return;
    }
    g_assert_cmpmem (g_bytes_get_data (key->secret, NULL), g_bytes_get_size (key->secret), secret,
                     strlen (secret));
}

static void
test_keys (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_authkeys (
        "# comment\n  auth 15\r\n0 crc\n1 md5 one\n\t15 sha1 fif#teen # comment\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpuint (f->cluster->keys->active, ==, 15);
    expect_key (f, 0, HBD_AUTH_CRC, NULL);
    expect_key (f, 1, HBD_AUTH_MD5, "one");
    expect_key (f, 2, HBD_AUTH_NONE, NULL);
    expect_key (f, 15, HBD_AUTH_SHA1, "fif#teen");
}

static void
test_later_line_wins_and_rest_is_ignored (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_authkeys ("auth 1\n1 md5 old\n1 sha1 two words\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    expect_key (f, 1, HBD_AUTH_SHA1, "two");
    g_assert_true (cfg_fixture_says (f, "authkeys:3:1: warning", "replaces line 2"));
    g_assert_true (cfg_fixture_says (f, "authkeys:3:12: warning", "ignored"));
}

/* Measured with the binary of 3.0.6: what counts is the auth line above a key's line. */
static void
test_several_auth_lines (void)
{
    static const struct {
        const char *text;
        guint active;
    } rows[] = { { "auth 1\n1 sha1 x\nauth 2\n2 sha1 y\n", 2 },
                 { "auth 1\n1 sha1 x\n2 sha1 y\nauth 2\n", 1 },
                 { "auth 1\n1 sha1 x\nauth 1\n", 1 },
                 { "auth 2\nauth 1\n1 sha1 x\n2 sha1 y\n", 1 } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (CfgFixture) f = cfg_fixture_authkeys (rows[i].text);

        g_assert_cmpuint (f->diags->errors, ==, 0);
        g_assert_cmpuint (f->cluster->keys->active, ==, rows[i].active);
    }
}

/* A secret is bytes, not text. */
static void
test_secret_need_not_be_utf8 (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_authkeys ("auth 1\n1 sha1 \xff\xfe\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    expect_key (f, 1, HBD_AUTH_SHA1, "\xff\xfe");
}

static void
test_faults (void)
{
    static const struct {
        const char *text, *where, *says;
    } rows[] = {
        { "", "authkeys:1:1: error", "no auth line" },
        { "1 sha1 x\n", "authkeys:1:1: error", "no auth line" },
        { "auth 1\n", "authkeys:1:6: error", "no key 1" },
        { "1 sha1 x\nauth 1\n", "authkeys:2:6: error", "above" },
        { "auth 1\n1 sha1 x\nauth 2\n", "authkeys:3:6: warning", "key 1 stays active" },
        { "auth 1x\n1 sha1 x\n", "authkeys:1:6: warning", "write auth 1" },
        { "auth1\n1 sha1 x\n", "authkeys:1:1: warning", "write auth 1" },
        { "auth16\n", "authkeys:1:1: error", "0 to 15" },
        { "auth 1\n1 crc # x\n", "authkeys:2:7: error", "no comment" },
        { "auth\n1 sha1 x\n", "authkeys:1:1: error", "without a number" },
        { "auth one\n1 sha1 x\n", "authkeys:1:6: error", "0 to 15" },
        { "auth -1\n1 sha1 x\n", "authkeys:1:6: error", "0 to 15" },
        { "auth 1\n16 sha1 x\n1 sha1 x\n", "authkeys:2:1: error", "0 to 15" },
        { "auto 1\n1 sha1 x\n", "authkeys:1:1: error", "auth NUMBER" },
        { "auth 1\n1\n", "authkeys:2:1: error", "method is missing" },
        { "auth 1\n1 sha1\n", "authkeys:2:3: error", "key is missing" },
        { "auth 1\n1 crc x\n", "authkeys:2:7: error", "crc takes no key" },
        { "auth 1\n1 sha x\n", "authkeys:2:3: error", "did you mean 'sha1'" },
        { "auth 1\n1 SHA1 x\n", "authkeys:2:3: error", "did you mean 'sha1'" },
        { "auth 1\n1 sha256 x\n", "authkeys:2:3: error", "hbd.conf" },
        { "auth 1\n1 hmac-sha-256 x\n", "authkeys:2:3: error", "hbd.conf" },
        { "auth 1\n1 sha1 a\x01z\n", "authkeys:2:9: error", "control byte" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (CfgFixture) f = cfg_fixture_authkeys (rows[i].text);
        g_autofree char *text = cfg_fixture_text (f);

        g_test_message ("%s -> %s", rows[i].text, text);
        g_assert_true (cfg_fixture_says (f, rows[i].where, rows[i].says));
    }
}

static void
test_mode (void)
{
    static const struct {
        guint mode, owner, errors, warnings;
    } rows[] = { { 0600, 0, 0, 0 }, { 0400, 0, 0, 0 }, { 0640, 0, 1, 0 },   { 0604, 0, 1, 0 },
                 { 0644, 0, 1, 0 }, { 0620, 0, 0, 1 }, { 0611, 0, 0, 1 },   { 0700, 0, 0, 1 },
                 { 0600, 7, 0, 1 }, { 0666, 7, 1, 1 }, { 0100600, 0, 0, 0 } };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        CfgFixtureTexts texts = { .ha_cf = CFG_SOUND_HA_CF,
                                  .haresources = CFG_SOUND_HARESOURCES,
                                  .authkeys = CFG_SOUND_AUTHKEYS,
                                  .mode = rows[i].mode,
                                  .owner = rows[i].owner };
        g_autoptr (CfgFixture) f = cfg_fixture_new (&texts);

        g_test_message ("%o %u", rows[i].mode, rows[i].owner);
        g_assert_cmpuint (f->diags->errors, ==, rows[i].errors);
        g_assert_cmpuint (f->diags->warnings, ==, rows[i].warnings);
    }
}

/* Put a telling word wherever a file may go wrong: it must not come out again. */
static void
test_no_word_is_repeated (void)
{
    static const char *const shapes[] = { "auth %s\n1 sha1 %s\n",
                                          "auth 1\n1 %s\n",
                                          "auth 1\n1 %s %s\n",
                                          "auth 1\n%s\n",
                                          "%s\n",
                                          "auth 1\n%s sha1 x\n",
                                          "auth 1\n1 crc %s\n",
                                          "auth 1\n1 sha1 x %s\n",
                                          "auth 1 %s\n1 sha1 %s %s\n",
                                          "1 sha1 %s\nauth 1\n",
                                          "auth 1\n1sha1 %s\n",
                                          "auth 1\n1 sha1 %s\x02\n",
                                          "auth 1\n1 sha1 %s\nx%s\n" };

    for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
        g_auto (GStrv) parts = g_strsplit (shapes[i], "%s", -1);
        g_autofree char *text = g_strjoinv ("sEcrEt", parts);
        g_autoptr (CfgFixture) f = cfg_fixture_authkeys (text);
        g_autofree char *said = cfg_fixture_text (f);

        g_assert_null (strstr (said, "sEcrEt"));
    }
}

static void
test_no_word_is_repeated_from_mangled_files (void)
{
    static const char file[] = "auth 1\n1 sha1 sEcrEt\n2 md5 sEcrEt\n3 crc\nauth 2\n";
    HbdPrng prng;

    hbd_prng_seed (&prng, 42);
    for (guint i = 0; i < 2000; i++) {
        g_autofree char *text = g_strdup (file);
        g_autofree char *said = NULL;
        g_autoptr (CfgFixture) f = NULL;

        for (guint edits = 0; edits < 3; edits++) {
            gsize at = (gsize) hbd_prng_range (&prng, 0, (gint64) strlen (file) - 1);

            /* Only around the secret, which must stay in one piece to be found. */
            if (strchr ("sEcrEt", file[at]) == NULL)
                text[at] = " \n\t#01a\x7f"[hbd_prng_range (&prng, 0, 7)];
        }
        f = cfg_fixture_authkeys (text);
        said = cfg_fixture_text (f);
        g_assert_null (strstr (said, "sEcrEt"));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/cfg/authkeys/" #name, test_##name)
    ADD (keys);
    ADD (later_line_wins_and_rest_is_ignored);
    ADD (several_auth_lines);
    ADD (secret_need_not_be_utf8);
    ADD (faults);
    ADD (mode);
    ADD (no_word_is_repeated);
    ADD (no_word_is_repeated_from_mangled_files);
    return g_test_run ();
}
