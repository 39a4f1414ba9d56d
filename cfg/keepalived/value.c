/* SPDX-License-Identifier: Apache-2.0 */
/* Values of keywords (doc/keepalived.md 1.5): numbers are decimal, times are seconds without a
 * unit, booleans are lower case. keepalived says what is wrong, and keeps the default; so do we,
 * and name it. */
#include "config.h"

#include "cfg/keepalived/parser.h"

#include "cfg/keepalived/script.h"
#include "cfg/value.h"

#include <arpa/inet.h>
#include <string.h>

/* Longer times are nonsense, and sums of times must not overflow. */
#define WHOLE_MAX 1000000000

/* --- single words -------------------------------------------------------------------------- */

bool
cfg_ka_is_number (const char *text, gint64 *out)
{
    guint64 value = 0;
    bool is_negative = *text == '-';

    if (!cfg_number_parse (text + (is_negative || *text == '+'), G_MAXINT64, &value))
        return false;
    *out = is_negative ? -(gint64) value : (gint64) value;
    return true;
}

/* NUMBER[.FRACTION] with at most six decimals, in millionths. */
static bool
is_decimal (const char *text, gint64 *out)
{
    gsize whole = strspn (text, "0123456789");
    gsize decimals = text[whole] == '.' ? strspn (text + whole + 1, "0123456789") : 0;
    gint64 value = 0, unit = 100000;

    if (whole + decimals == 0 || whole > 9 || decimals > 6
        || text[whole + (text[whole] == '.' ? 1 + decimals : 0)] != '\0')
        return false;
    for (gsize i = 0; i < whole; i++)
        value = value * 10 + (text[i] - '0');
    value *= 1000000;
    for (gsize i = 0; i < decimals; i++, unit /= 10)
        value += (text[whole + 1 + i] - '0') * unit;
    *out = value;
    return true;
}

bool
cfg_ka_is_bool (const char *text, int *out)
{
    static const char *const yes[] = { "on", "true", "yes", NULL };
    static const char *const no[] = { "off", "false", "no", NULL };

    if (g_strv_contains (yes, text))
        *out = 1;
    else if (g_strv_contains (no, text))
        *out = 0;
    else
        return false;
    return true;
}

bool
cfg_ka_is_ip (const char *text, CfgIp *out, int *prefix)
{
    char address[64];
    const char *slash = strchr (text, '/');
    gsize len = slash != NULL ? (gsize) (slash - text) : strlen (text);
    gint64 number;

    memset (out, 0, sizeof *out);
    *prefix = -1;
    if (len >= sizeof address)
        return false;
    memcpy (address, text, len);
    address[len] = '\0';
    if (inet_pton (AF_INET, address, out->bytes) == 1)
        out->family = CFG_FAMILY_IPV4;
    else if (inet_pton (AF_INET6, address, out->bytes) == 1)
        out->family = CFG_FAMILY_IPV6;
    else
        return false;
    if (slash == NULL)
        return true;
    if (cfg_ka_is_number (slash + 1, &number) && number >= 0
        && number <= (out->family == CFG_FAMILY_IPV4 ? 32 : 128))
        *prefix = (int) number;
    else
        *prefix = -2;
    return true;
}

/* "; N stays" or "". */
static char *
what_stays (const CfgKaRow *row)
{
    return row->def != NULL ? g_strdup_printf ("; as in keepalived %s is taken", row->def)
                            : g_strdup ("; it is ignored, as in keepalived");
}

static void
complain (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, const char *wanted)
{
    g_autofree char *stays = what_stays (row);

    cfg_ka_warn (context, word, "%s: '%.60s' is not %s%s", row->name, word->text, wanted, stays);
}

static bool
has_range (const CfgKaRow *row)
{
    return row->min != 0 || row->max != 0;
}

bool
cfg_ka_number (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, gint64 *out)
{
    g_autofree char *wanted = NULL;
    gint64 low = has_range (row) ? row->min : 0, high = has_range (row) ? row->max : G_MAXINT32;

    if (cfg_ka_is_number (word->text, out) && *out >= low && *out <= high)
        return true;
    if (high == G_MAXINT32)
        wanted = g_strdup_printf ("a number from %" G_GINT64_FORMAT " on", low);
    else
        wanted = g_strdup_printf ("a number in %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, low, high);
    complain (context, row, word, wanted);
    return false;
}

/* Seconds as people write them. (transfer full) */
static char *
in_seconds (gint64 us)
{
    char *text = g_strdup_printf ("%" G_GINT64_FORMAT ".%06d", us / 1000000, (int) (us % 1000000));
    gsize len = strlen (text);

    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[--len] = '\0';
    return text;
}

static void
complain_range (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word)
{
    g_autofree char *low = in_seconds (row->min), *high = in_seconds (row->max);
    g_autofree char *wanted = g_strdup_printf ("in %s..%s seconds", low, high);

    complain (context, row, word, wanted);
}

bool
cfg_ka_time (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, HbdTime *out)
{
    gint64 value = 0;
    gsize digits = strspn (word->text, "0123456789.");
    bool has_unit = digits > 0 && g_ascii_isalpha (word->text[digits]);
    bool is_ms = row->kind == KA_MS;

    if (is_decimal (word->text, &value)) {
        value /= is_ms ? 1000 : 1;
        if (!has_range (row) || (value >= row->min && value <= row->max)) {
            *out = value;
            return true;
        }
        complain_range (context, row, word);
    } else {
        complain (context, row, word,
                  has_unit ? "a number of seconds (keepalived knows no units)"
                  : is_ms  ? "a number of milliseconds"
                           : "a number of seconds");
    }
    return false;
}

bool
cfg_ka_bool (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, int *out)
{
    if (cfg_ka_is_bool (word->text, out))
        return true;
    complain (context, row, word, "on or off");
    return false;
}

/* --- statements ---------------------------------------------------------------------------- */

void
cfg_ka_too_much (CfgKaContext *context, const CfgKaStatement *statement, guint first)
{
    const CfgKaBlock *block = context->frames[context->depth - 1].block;
    const CfgKaWord *keyword = cfg_ka_word (statement, 0);
    const CfgKaWord *word = cfg_ka_word (statement, first);
    guint index;

    if (word == NULL)
        return;
    cfg_ka_warn (context, word,
                 "'%.60s' is too much for %.60s; keepalived ignores it silently, and so does hbd%s",
                 word->text, keyword->text,
                 cfg_ka_find_row (block, word->text, &index) != NULL
                     ? ": a statement ends with its line; is a line break missing before it?"
                     : "");
}

static void
store_ip (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, CfgIp *out)
{
    CfgFamily wanted = row->kind == KA_IP4   ? CFG_FAMILY_IPV4
                       : row->kind == KA_IP6 ? CFG_FAMILY_IPV6
                                             : CFG_FAMILY_NONE;
    CfgIp ip;
    int prefix;

    if (!cfg_ka_is_ip (word->text, &ip, &prefix) || prefix != -1
        || (wanted != CFG_FAMILY_NONE && wanted != ip.family))
        complain (context, row, word,
                  wanted == CFG_FAMILY_IPV4   ? "an IPv4 address"
                  : wanted == CFG_FAMILY_IPV6 ? "an IPv6 address"
                                              : "an address");
    else
        *out = ip;
}

static void
store_choice (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, int *out)
{
    g_autofree char *all = NULL, *wanted = NULL;
    const char *near;

    for (int i = 0; row->choices[i] != NULL; i++)
        if (strcmp (row->choices[i], word->text) == 0) {
            *out = i;
            return;
        }
    near = cfg_nearest (word->text, row->choices);
    all = g_strjoinv (" ", (char **) row->choices);
    wanted = near != NULL ? g_strdup_printf ("one of: %s (did you mean '%s'?)", all, near)
                          : g_strdup_printf ("one of: %s", all);
    complain (context, row, word, wanted);
}

/* `N [reverse]`. */
static void
store_weight (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              KaWeight *out)
{
    const CfgKaWord *reverse = cfg_ka_word (statement, 2);
    gint64 number;

    if (!cfg_ka_number (context, row, cfg_ka_word (statement, 1), &number))
        return;
    out->weight = (int) number;
    out->is_reversed = reverse != NULL && strcmp (reverse->text, "reverse") == 0;
    cfg_ka_too_much (context, statement, out->is_reversed ? 3 : 2);
}

static void
store_interface (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, char **out)
{
    if (!cfg_is_interface (word->text))
        complain (context, row, word, "an interface name");
    else
        *out = cfg_ka_string (context, word->text);
}

static void
store_number (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, int *out)
{
    gint64 number;

    if (cfg_ka_number (context, row, word, &number))
        *out = (int) number;
    else if (row->fallback != 0)
        *out = row->fallback;
}

static void
store_whole (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, HbdTime *out)
{
    gint64 number;

    if (cfg_ka_number (context, row, word, &number))
        *out = HBD_S (MIN (number, WHOLE_MAX));
}

/* Kinds that need exactly one word. */
static void
store_word (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, gpointer field)
{
    switch (row->kind) {
    case KA_BOOL:
    case KA_BOOL1:
        cfg_ka_bool (context, row, word, field);
        break;
    case KA_NUMBER:
    case KA_OPTIONAL:
        store_number (context, row, word, field);
        break;
    case KA_WHOLE:
        store_whole (context, row, word, field);
        break;
    case KA_SECONDS:
    case KA_MS:
        cfg_ka_time (context, row, word, field);
        break;
    case KA_WORD:
        *(char **) field = cfg_ka_string (context, word->text);
        break;
    case KA_IP:
    case KA_IP4:
    case KA_IP6:
        store_ip (context, row, word, field);
        break;
    case KA_INTERFACE:
        store_interface (context, row, word, field);
        break;
    case KA_CHOICE:
        store_choice (context, row, word, field);
        break;
    default:
        break;
    }
}

/* Room for what a row that lands nowhere makes of its value. */
typedef union {
    bool flag;
    int number;
    HbdTime time;
    char *text;
    CfgIp ip;
    KaWeight weight;
    CfgScript script;
} Nowhere;

void
cfg_ka_store (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer base)
{
    Nowhere nowhere = { 0 };
    const CfgKaWord *keyword = cfg_ka_word (statement, 0), *value = cfg_ka_word (statement, 1);
    gpointer field =
        row->offset == KA_NOWHERE ? (gpointer) &nowhere : (gpointer) ((char *) base + row->offset);

    if (row->kind == KA_NONE)
        return;
    if (row->kind == KA_FLAG) {
        *(bool *) field = true;
        cfg_ka_too_much (context, statement, 1);
    } else if (row->kind == KA_BOOL && value == NULL) {
        *(int *) field = 1;
    } else if (value == NULL && row->kind == KA_OPTIONAL) {
        /* Bare: what it means then is the owner's. */
    } else if (value == NULL && row->kind == KA_CUSTOM && row->is_bare) {
        row->parse (context, row, statement, base);
    } else if (value == NULL) {
        cfg_ka_diag (context->reader, row->kind == KA_WORD ? CFG_WARNING : CFG_ERROR, keyword,
                     "%s needs a value%s", row->name,
                     row->kind == KA_WORD ? "; the line is ignored" : "; keepalived ends here");
    } else if (row->kind == KA_CUSTOM) {
        row->parse (context, row, statement, base);
    } else if (row->kind == KA_COMMAND) {
        cfg_ka_command (context, statement, true, field);
    } else if (row->kind == KA_WEIGHT) {
        store_weight (context, row, statement, field);
    } else {
        store_word (context, row, value, field);
        cfg_ka_too_much (context, statement, 2);
    }
}

bool
cfg_ka_address_port (CfgKaContext *context, const CfgKaStatement *statement, guint first, CfgIp *ip,
                     guint16 *port)
{
    const CfgKaWord *keyword = cfg_ka_word (statement, 0);
    const CfgKaWord *address = cfg_ka_word (statement, first);
    const CfgKaWord *number = cfg_ka_word (statement, first + 1);
    gint64 value = 0;
    int prefix;

    if (address == NULL || !cfg_ka_is_ip (address->text, ip, &prefix) || prefix != -1) {
        cfg_ka_warn (context, address != NULL ? address : keyword,
                     "%.60s needs an address%s%.60s%s; it is ignored", keyword->text,
                     address != NULL ? ", and '" : "", address != NULL ? address->text : "",
                     address != NULL ? "' is none" : "");
        return false;
    }
    *port = 0;
    if (number == NULL)
        return true;
    if (!cfg_ka_is_number (number->text, &value) || value < 1 || value > 65535) {
        cfg_ka_warn (context, number, "'%.60s' is not a port (1..65535); it is ignored",
                     number->text);
        return false;
    }
    *port = (guint16) value;
    cfg_ka_too_much (context, statement, first + 2);
    return true;
}

/* --- commands ------------------------------------------------------------------------------ */

void
cfg_ka_user (CfgKaContext *context, const CfgKaStatement *statement, guint first, char **user,
             char **group)
{
    const CfgKaWord *one = cfg_ka_word (statement, first);
    const CfgKaWord *two = cfg_ka_word (statement, first + 1);
    const char *colon;

    if (one == NULL)
        return;
    colon = strchr (one->text, ':');
    *user = cfg_ka_string (context, one->text);
    if (colon != NULL) {
        (*user)[colon - one->text] = '\0';
        *group = cfg_ka_string (context, colon + 1);
        cfg_ka_too_much (context, statement, first + 1);
    } else if (two != NULL) {
        *group = cfg_ka_string (context, *two->text == ':' ? two->text + 1 : two->text);
        cfg_ka_too_much (context, statement, first + 2);
    }
}

/* The words of the command: one quoted word is cut again; else it is the first word alone. */
static char **
command_words (CfgKaContext *context, const CfgKaStatement *statement, char **all, bool *is_cut)
{
    char **argv;

    *is_cut = strpbrk (all[1], " \t") != NULL;
    if (!*is_cut) {
        argv = g_new0 (char *, 2);
        argv[0] = g_strdup (all[1]);
        return argv;
    }
    argv = cfg_ka_script_split (all[1]);
    if (argv == NULL || argv[0] == NULL) {
        cfg_ka_warn (context, cfg_ka_word (statement, 1),
                     "a quote inside the command is not closed; it is ignored, as in keepalived");
        g_clear_pointer (&argv, g_strfreev);
    }
    return argv;
}

static void
note_loose_words (CfgKaContext *context, const CfgKaStatement *statement, bool takes_user)
{
    const CfgKaWord *word = cfg_ka_word (statement, 2);
    const CfgHost *host = context->input->host;

    if (word == NULL)
        return;
    if (!takes_user)
        cfg_ka_warn (context, word,
                     "'%.60s' is not part of the command, and is ignored, as in keepalived: put "
                     "the command and its arguments in one pair of double quotes",
                     word->text);
    else if (host != NULL && host->has_user != NULL && !host->has_user (host->data, word->text)
             && strchr (word->text, ':') == NULL)
        cfg_ka_warn (context, word,
                     "'%.60s' is read as the user to run the command as, and there is none of that "
                     "name: keepalived drops the command silently. Arguments belong inside the "
                     "double quotes",
                     word->text);
}

void
cfg_ka_command (CfgKaContext *context, const CfgKaStatement *statement, bool takes_user,
                CfgScript *script)
{
    g_auto (GStrv) all = cfg_ka_script_split (statement->raw);
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    char **argv;
    const char *shell;
    bool is_cut;

    if (script->argv != NULL) {
        cfg_ka_warn (context, cfg_ka_word (statement, 0),
                     "%.60s again: the first one counts, as in keepalived",
                     cfg_ka_word (statement, 0)->text);
        return;
    }
    if (all == NULL || all[0] == NULL || all[1] == NULL) {
        cfg_ka_warn (context, word,
                     "a quote of the command is not closed; it is ignored, as in "
                     "keepalived");
        return;
    }
    argv = command_words (context, statement, all, &is_cut);
    if (argv == NULL)
        return;
    g_ptr_array_add (context->commands, script);
    memset (script, 0, sizeof *script);
    script->place = word->place;
    script->line = cfg_ka_string (context, all[1]);
    script->argv = cfg_ka_take_words (context, argv);
    shell = cfg_ka_script_shell_word (script->argv);
    if (shell != NULL)
        script->shell_word = cfg_ka_string (context, shell);
    note_loose_words (context, statement, takes_user);
    if (takes_user)
        cfg_ka_user (context, statement, 2, &script->user, &script->group);
    context->model->has_scripts = true;
}
