/* SPDX-License-Identifier: Apache-2.0 */
/* Values from single words. */
#include "config.h"

#include "cfg/value.h"

#include <string.h>

/* Above this a time is nonsense, and sums of times must not overflow. */
#define TIME_MAX_S 10000000

static gsize
digits_len (const char *text)
{
    return strspn (text, "0123456789");
}

/* The leading NUMBER[.FRACTION] of @text; *@unit is what stands behind. Of further dots and digits
 * *@unit is behind too. */
static bool
split_number (const char *text, double *number, const char **unit)
{
    gsize whole = digits_len (text);
    gsize fraction = text[whole] == '.' ? digits_len (text + whole + 1) : 0;
    /* strtod would also read exponents and hexadecimal, hence the cut. */
    g_autofree char *digits = g_strndup (text, whole + (text[whole] == '.' ? 1 + fraction : 0));

    if (whole + fraction == 0)
        return false;
    *number = g_ascii_strtod (digits, NULL);
    *unit = text + strspn (text, "0123456789.");
    return true;
}

bool
cfg_time_is_sloppy (const char *text)
{
    const char *dot = strchr (text, '.');

    return dot != NULL && strchr (dot + 1, '.') != NULL;
}

static bool
is_seconds_unit (const char *unit)
{
    static const char *const words[] = { "s", "sec", "secs", "second", "seconds", NULL };

    for (guint i = 0; words[i] != NULL; i++)
        if (g_ascii_strcasecmp (unit, words[i]) == 0)
            return true;
    return false;
}

CfgTimeResult
cfg_time_parse (const char *text, HbdTime *out)
{
    const char *unit;
    double number;

    if (!split_number (text, &number, &unit))
        return CFG_TIME_NOT_A_NUMBER;
    if (is_seconds_unit (unit))
        return CFG_TIME_SECONDS_UNIT;
    if (*unit == '\0')
        number *= 1000;
    else if (g_ascii_strncasecmp (unit, "us", 2) == 0)
        number /= 1000;
    else if (g_ascii_strncasecmp (unit, "ms", 2) != 0)
        return CFG_TIME_BAD_UNIT;
    number = MIN (number, TIME_MAX_S * 1000.0);
    *out = HBD_MS ((HbdTime) (number + 0.5));
    return CFG_TIME_OK;
}

CfgTimeResult
cfg_time_parse_units (const char *text, HbdTime *out)
{
    static const struct {
        const char *unit;
        double us;
    } units[] = { { "", 1e6 },   { "us", 1 },     { "ms", 1e3 },  { "s", 1e6 },
                  { "m", 60e6 }, { "min", 60e6 }, { "h", 3600e6 } };
    const char *unit;
    double number;

    if (cfg_time_is_sloppy (text) || !split_number (text, &number, &unit))
        return CFG_TIME_NOT_A_NUMBER;
    for (guint i = 0; i < G_N_ELEMENTS (units); i++)
        if (strcmp (unit, units[i].unit) == 0) {
            *out = (HbdTime) (MIN (number * units[i].us, TIME_MAX_S * 1e6) + 0.5);
            return CFG_TIME_OK;
        }
    return CFG_TIME_BAD_UNIT;
}

char *
cfg_time_print (HbdTime time)
{
    if (time % HBD_S (1) == 0)
        return g_strdup_printf ("%" G_GINT64_FORMAT, time / HBD_S (1));
    if (time % HBD_MS (1) == 0)
        return g_strdup_printf ("%" G_GINT64_FORMAT "ms", time / HBD_MS (1));
    return g_strdup_printf ("%" G_GINT64_FORMAT "us", time);
}

bool
cfg_number_parse (const char *text, guint64 max, guint64 *out)
{
    gsize len = digits_len (text);

    if (len == 0 || len > 18 || text[len] != '\0')
        return false;
    *out = g_ascii_strtoull (text, NULL, 10);
    return *out <= max;
}

bool
cfg_number_parse_sloppy (const char *text, gint64 *out)
{
    bool is_signed = *text == '-' || *text == '+';
    gsize len = digits_len (text + is_signed);

    *out = len > 18 ? G_MAXINT32 : g_ascii_strtoll (text, NULL, 10);
    *out = CLAMP (*out, G_MININT32, G_MAXINT32);
    return len > 0 && !is_signed && text[len] == '\0';
}

bool
cfg_bool_parse (const char *text, bool *out)
{
    static const char *const yes[] = { "true", "on", "yes", "y", "1", NULL };
    static const char *const no[] = { "false", "off", "no", "n", "0", NULL };

    for (guint i = 0; yes[i] != NULL; i++) {
        bool is_yes = g_ascii_strcasecmp (text, yes[i]) == 0;

        if (!is_yes && g_ascii_strcasecmp (text, no[i]) != 0)
            continue;
        *out = is_yes;
        return true;
    }
    return false;
}

bool
cfg_ipv4_parse (const char *text, guint32 *out)
{
    guint32 address = 0;

    for (guint part = 0; part < 4; part++) {
        gsize len = digits_len (text);
        guint64 value = len >= 1 && len <= 3 ? g_ascii_strtoull (text, NULL, 10) : 256;

        if (value > 255 || text[len] != (part < 3 ? '.' : '\0'))
            return false;
        address = address << 8 | (guint32) value;
        text += len + 1;
    }
    if (out != NULL)
        *out = address;
    return true;
}

bool
cfg_is_ipv6 (const char *text)
{
    return strchr (text, ':') != NULL && strspn (text, "0123456789abcdefABCDEF:.") == strlen (text)
           && g_hostname_is_ip_address (text);
}

bool
cfg_is_interface (const char *text)
{
    gsize len = strlen (text);

    if (len < 1 || len > 15 || strcmp (text, ".") == 0 || strcmp (text, "..") == 0)
        return false;
    return strpbrk (text, "/:,%\\\"' ") == NULL;
}

bool
cfg_is_host_name (const char *text)
{
    if (*text == '\0' || strlen (text) > 255)
        return false;
    for (; *text != '\0'; text++)
        if (!g_ascii_isalnum (*text) && strchr ("-._", *text) == NULL)
            return false;
    return true;
}

bool
cfg_is_like_ipv4 (const char *text)
{
    for (guint part = 0; part < 4; part++) {
        gsize len = digits_len (text);

        if (len == 0 || (part < 3 && text[len] != '.'))
            return false;
        text += len + 1;
    }
    return true;
}
