/* SPDX-License-Identifier: Apache-2.0 */
/* authkeys: the `auth N` line and the numbered keys (doc/heartbeat.md 3.1).
 *
 * No word of this file is ever repeated in a diagnostic: whatever stands where the method should
 * be may well be the secret. Messages name the line, the column and the index. */
#include "config.h"

#include "cfg/build.h"
#include "cfg/value.h"

#include <string.h>

typedef struct {
    CfgCluster *cluster;
    CfgDiags *diags;
    int wanted; /* index of the last auth line; -1: none yet */
    CfgPlace wanted_place;
    bool is_wanted_met;        /* its key stands behind it */
    int active;                /* index of the last key that the auth line above it names; or -1 */
    guint lines[HBD_KEYS_MAX]; /* line of each key; 0: not set */
    guint faults;              /* lines that could not be read */
} Authkeys;

static void
complain (Authkeys *keys, CfgPlace place, const char *text)
{
    cfg_diag (keys->diags, CFG_ERROR, place, "%s", text);
    keys->faults++;
}

/* False, with an error said, when @word is not an index 0..15. */
static bool
take_index (Authkeys *keys, const CfgWord *word, guint *index)
{
    guint64 value;

    /* Heartbeat's number may have a sign. */
    if (!cfg_number_parse (word->text + (*word->text == '+'), HBD_KEYS_MAX - 1, &value)) {
        complain (keys, word->place, "not a key's number; 0 to 15");
        return false;
    }
    *index = (guint) value;
    return true;
}

/* Heartbeat reads `auth`, blanks if any, and a number up to the first other byte. */
static void
parse_auth (Authkeys *keys, const GPtrArray *words)
{
    const CfgWord *name = cfg_word_at (words, 0);
    bool is_glued = g_str_has_prefix (name->text, "auth") && g_ascii_isdigit (name->text[4]);
    const CfgWord *number = is_glued ? name : cfg_word_at (words, 1);
    const char *text = is_glued ? name->text + 4 : number != NULL ? number->text : "";
    gsize sign = *text == '+';
    g_autofree char *digits = g_strndup (text + sign, strspn (text + sign, "0123456789"));
    guint64 index = 0;

    if (!is_glued && strcmp (name->text, "auth") != 0) {
        complain (keys, name->place, "a line that starts with a letter can only be: auth NUMBER");
        return;
    }
    if (number == NULL) {
        complain (keys, name->place, "auth without a number; write auth 1 for key 1");
        return;
    }
    if (!cfg_number_parse (digits, HBD_KEYS_MAX - 1, &index)) {
        complain (keys, number->place, "not a key's number; 0 to 15");
        return;
    }
    if (is_glued || strcmp (text, digits) != 0)
        cfg_diag (keys->diags, CFG_WARNING, number->place,
                  "write auth %u; Heartbeat reads it so, and so does hbd", (guint) index);
    if (keys->wanted >= 0)
        cfg_diag (keys->diags, CFG_WARNING, name->place, "auth again, as on line %u",
                  keys->wanted_place.line);
    keys->wanted = (int) index;
    keys->wanted_place = number->place;
    keys->is_wanted_met = false;
}

static HbdAuthMethod
take_method (Authkeys *keys, const CfgWord *word)
{
    static const char *const names[] = { "crc", "md5", "sha1", NULL };
    static const HbdAuthMethod methods[] = { HBD_AUTH_CRC, HBD_AUTH_MD5, HBD_AUTH_SHA1 };
    const char *near;

    for (guint i = 0; names[i] != NULL; i++)
        if (strcmp (names[i], word->text) == 0)
            return methods[i];
    if (g_ascii_strncasecmp (word->text, "sha256", 6) == 0
        || g_ascii_strncasecmp (word->text, "hmac", 4) == 0) {
        complain (keys, word->place,
                  "Heartbeat refuses this method; write sha1 here and auth { method sha256 } in "
                  "hbd.conf when every node runs hbd");
        return HBD_AUTH_NONE;
    }
    near = cfg_nearest (word->text, names);
    if (near != NULL)
        cfg_diag (keys->diags, CFG_ERROR, word->place,
                  "unknown method; crc, md5 or sha1; did you mean '%s'?", near);
    else
        cfg_diag (keys->diags, CFG_ERROR, word->place,
                  "unknown method; a key's line is NUMBER crc|md5|sha1 SECRET");
    keys->faults++;
    return HBD_AUTH_NONE;
}

/* The word behind the method; false, with an error said, when it does not suit it. */
static bool
take_secret (Authkeys *keys, HbdAuthMethod method, const GPtrArray *words)
{
    const CfgWord *name = cfg_word_at (words, 1), *secret = cfg_word_at (words, 2);
    const CfgWord *more = cfg_word_at (words, 3);

    if (method == HBD_AUTH_CRC) {
        if (secret != NULL) {
            complain (keys, secret->place,
                      "crc takes no key, and no comment behind it; remove it, or write sha1");
            return false;
        }
        cfg_diag (
            keys->diags, CFG_WARNING, name->place,
            "crc keeps nobody out: whoever reaches the link can steer the cluster; write sha1 "
            "and a secret");
        return true;
    }
    if (secret == NULL) {
        complain (keys, name->place, "the key is missing behind the method");
        return false;
    }
    if (more != NULL && *more->text != '#')
        cfg_diag (keys->diags, CFG_WARNING, more->place,
                  "a key is one word without blanks; as in Heartbeat the rest of the line is "
                  "ignored");
    return true;
}

static void
parse_key (Authkeys *keys, const GPtrArray *words)
{
    const CfgWord *number = cfg_word_at (words, 0), *name = cfg_word_at (words, 1);
    HbdAuthMethod method;
    guint index;

    if (!take_index (keys, number, &index))
        return;
    if (name == NULL) {
        complain (keys, number->place,
                  "the method is missing; a key's line is NUMBER METHOD SECRET");
        return;
    }
    method = take_method (keys, name);
    if (method == HBD_AUTH_NONE || !take_secret (keys, method, words))
        return;
    if (keys->lines[index] != 0)
        cfg_diag (keys->diags, CFG_WARNING, number->place,
                  "key %u again: this line replaces line %u", index, keys->lines[index]);
    keys->lines[index] = number->place.line;
    hbd_key_table_set (keys->cluster->keys, index, method,
                       method == HBD_AUTH_CRC ? NULL : cfg_word_at (words, 2)->text);
    if ((int) index != keys->wanted)
        return;
    keys->is_wanted_met = true;
    keys->active = (int) index;
}

/* As cfg_line_is_sane(), but a secret may hold any byte that is not a control byte. */
static bool
is_sane (Authkeys *keys, const CfgLine *line)
{
    if (line->len > CFG_LINE_MAX) {
        complain (keys, cfg_place_at (line->place, CFG_LINE_MAX), "the line is too long");
        return false;
    }
    for (gsize i = 0; i < line->len; i++)
        if (g_ascii_iscntrl (line->data[i])
            && (line->data[i] == '\0' || strchr (CFG_BLANKS, line->data[i]) == NULL)) {
            complain (keys, cfg_place_at (line->place, i), "control byte; is this a text file?");
            return false;
        }
    return true;
}

static void
parse_line (Authkeys *keys, const CfgLine *line)
{
    g_autoptr (GPtrArray) words = NULL;
    const CfgWord *first;

    if (!is_sane (keys, line))
        return;
    words = cfg_line_words (line, 0, CFG_BLANKS);
    first = cfg_word_at (words, 0);
    if (first == NULL || *first->text == '#')
        return;
    if (g_ascii_isalpha (*first->text))
        parse_auth (keys, words);
    else
        parse_key (keys, words);
}

static void
check_active (Authkeys *keys, const CfgText *text)
{
    if (keys->active >= 0)
        keys->cluster->keys->active = (guint) keys->active;
    if (keys->is_wanted_met || keys->faults > 0)
        return; /* what is missing may be a line that could not be read */
    if (keys->wanted < 0)
        cfg_diag (keys->diags, CFG_ERROR, cfg_text_place (text),
                  "no auth line; write auth 1 above the line of key 1");
    else if (keys->active >= 0)
        cfg_diag (keys->diags, CFG_WARNING, keys->wanted_place,
                  "key %d does not stand below this line, so as in Heartbeat key %d stays active",
                  keys->wanted, keys->active);
    else if (keys->lines[keys->wanted] != 0)
        cfg_diag (keys->diags, CFG_ERROR, keys->wanted_place,
                  "auth %d must stand above the line of key %d (line %u); Heartbeat would not find "
                  "the key",
                  keys->wanted, keys->wanted, keys->lines[keys->wanted]);
    else
        cfg_diag (keys->diags, CFG_ERROR, keys->wanted_place,
                  "there is no key %d; add: %d sha1 SECRET", keys->wanted, keys->wanted);
}

/* Heartbeat refuses what group or others may read, and looks at nothing else. */
static void
check_mode (const CfgText *text, CfgDiags *diags)
{
    CfgPlace place = cfg_text_place (text);

    if (text->mode == 0)
        return;
    if (text->mode & 0044)
        cfg_diag (diags, CFG_ERROR, place,
                  "mode %04o lets others read the keys; run chmod 600 on the file",
                  text->mode & 07777);
    else if (text->mode & 0133)
        cfg_diag (diags, CFG_WARNING, place, "mode %04o; should be 0600, run chmod 600 on the file",
                  text->mode & 07777);
    if (text->owner != 0)
        cfg_diag (diags, CFG_WARNING, place,
                  "the file belongs to uid %u, who can change the keys; run chown root on it",
                  text->owner);
}

void
cfg_authkeys_parse (CfgCluster *cluster, const CfgInput *input, CfgDiags *diags)
{
    Authkeys keys = { .cluster = cluster, .diags = diags, .wanted = -1, .active = -1 };
    CfgLines lines;
    CfgLine line;

    if (!cfg_text_is_usable (&input->authkeys, diags))
        return;
    check_mode (&input->authkeys, diags);
    cfg_lines_init (&lines, &input->authkeys);
    while (cfg_lines_next (&lines, &line))
        parse_line (&keys, &line);
    check_active (&keys, &input->authkeys);
}
