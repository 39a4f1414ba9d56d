/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/node/report.h"

#include <string.h>

/* One letter per CrmGroupState, in its order. */
static const char state_letters[] = "ustrpfk";
G_STATIC_ASSERT (sizeof state_letters == CRM_GROUP_STATE_N + 1);

static const char *const report_types[CRM_REPORT_N] = {
    [CRM_REPORT_STARTING] = "starting",     [CRM_REPORT_RESOURCE] = "resource",
    [CRM_REPORT_ASK] = "ask_resources",     [CRM_REPORT_TAKEOVER] = "hb_takeover",
    [CRM_REPORT_IP_REQUEST] = "ip-request", [CRM_REPORT_IP_RESPONSE] = "ip-request-resp",
    [CRM_REPORT_SHUTDONE] = "shutdone",     [CRM_REPORT_STONITH] = "stonith",
};

/* --- claims ---------------------------------------------------------------------------------- */

char *
hbd_claims_encode (const CrmClaims *claims)
{
    GString *text = g_string_new (NULL);

    g_string_append_printf (text,
                            "%" G_GINT64_MODIFIER "x.%" G_GINT64_MODIFIER "x.%" G_GINT64_MODIFIER
                            "x.%" G_GINT64_MODIFIER "x.%x",
                            claims->session, claims->rev, claims->echo_session, claims->echo_rev,
                            claims->flags);
    for (guint i = 0; i < claims->n; i++) {
        const CrmClaim *c = &claims->claim[i];

        g_string_append_printf (text, ";%c%u%u%u%" G_GINT64_MODIFIER "x", state_letters[c->state],
                                (guint) c->token, (guint) c->wish, c->is_halted ? 1u : 0u,
                                c->epoch);
    }
    return g_string_free (text, FALSE);
}

/* Read hex digits at *@text (1 to 16), move behind them and behind @end, if it stands there. */
static bool
read_hex (const char **text, char end, guint64 *value)
{
    const char *p = *text;
    guint n = 0;

    *value = 0;
    for (; g_ascii_isxdigit (*p) && n < 17; p++, n++)
        *value = *value << 4 | (guint64) g_ascii_xdigit_value (*p);
    if (n < 1 || n > 16 || (end != '\0' && *p != end))
        return false;
    *text = end != '\0' ? p + 1 : p;
    return true;
}

static bool
read_claim (const char **text, guint index, CrmClaim *claim)
{
    const char *p = *text;
    const char *letter = p[0] == ';' && p[1] != '\0' ? strchr (state_letters, p[1]) : NULL;

    if (letter == NULL || !g_ascii_isdigit (p[2]) || !g_ascii_isdigit (p[3])
        || (p[4] != '0' && p[4] != '1'))
        return false;
    claim->group = index;
    claim->state = (CrmGroupState) (letter - state_letters);
    claim->token = (CrmToken) (p[2] - '0');
    claim->wish = (CrmWish) (p[3] - '0');
    claim->is_halted = p[4] == '1';
    *text = p + 5;
    /* an epoch at the end of its range could never be topped */
    return claim->token < CRM_TOKEN_N && claim->wish < CRM_WISH_N
           && read_hex (text, '\0', &claim->epoch) && claim->epoch < G_MAXINT64;
}

CrmClaim *
hbd_claims_decode (const char *text, guint n_groups, CrmClaims *claims)
{
    g_autofree CrmClaim *claim = NULL;
    guint64 flags;

    memset (claims, 0, sizeof *claims);
    if (text == NULL || !read_hex (&text, '.', &claims->session)
        || !read_hex (&text, '.', &claims->rev) || !read_hex (&text, '.', &claims->echo_session)
        || !read_hex (&text, '.', &claims->echo_rev) || !read_hex (&text, '\0', &flags))
        return NULL;
    claims->flags = (guint) (flags & CRM_CLAIMS_FLAGS);
    claims->n = n_groups;
    claim = g_new0 (CrmClaim, n_groups + 1); /* our own number of groups, not the peer's */
    for (guint i = 0; i < n_groups; i++)
        if (!read_claim (&text, i, &claim[i]))
            return NULL;
    if (*text != '\0')
        return NULL;
    claims->claim = claim;
    return g_steal_pointer (&claim);
}

/* --- reports --------------------------------------------------------------------------------- */

static void
add_resource (HbdMessage *m, const CrmReport *report)
{
    hbd_message_add (m, "rsc_hold", crm_hold_name (report->hold));
    if (report->is_full)
        hbd_message_add (m, "rtype", "full");
    if (report->stable >= 0)
        hbd_message_add (m, "isstable", report->stable == 1 ? "1" : "0");
    if (report->info != NULL && *report->info != '\0')
        hbd_message_add (m, "info", report->info);
}

static void
add_shutdone (HbdMessage *m, const CrmReport *report)
{
    g_autofree char *text = report->claims != NULL ? hbd_claims_encode (report->claims) : NULL;

    hbd_message_add (m, "st", "dead");
    if (text != NULL)
        hbd_message_add (m, HBD_FIELD_CLAIMS, text);
}

HbdMessage *
hbd_report_to_message (const CrmReport *report)
{
    const char *type = report->kind < CRM_REPORT_N ? report_types[report->kind] : NULL;
    HbdMessage *m = type != NULL ? hbd_message_new_typed (type) : NULL;
    const char *key = report->key != NULL ? report->key : "";

    switch (report->kind) {
    case CRM_REPORT_RESOURCE:
        add_resource (m, report);
        break;
    case CRM_REPORT_ASK:
        hbd_message_add (m, "rsc_hold", crm_hold_name (report->hold));
        hbd_message_add (m, "info", report->info != NULL ? report->info : "");
        break;
    case CRM_REPORT_TAKEOVER:
        hbd_message_add (m, "rsc_hold", crm_hold_name (report->hold));
        break;
    case CRM_REPORT_IP_REQUEST:
        hbd_message_add (m, "ipaddr", key);
        break;
    case CRM_REPORT_IP_RESPONSE:
        hbd_message_add (m, "ipaddr", key);
        hbd_message_add (m, "weown", report->weown ? "yes" : "no");
        hbd_message_add (m, "ok", "OK");
        break;
    case CRM_REPORT_SHUTDONE:
        add_shutdone (m, report);
        break;
    case CRM_REPORT_STONITH:
        hbd_message_add (m, "node", key);
        hbd_message_add (m, "result", report->info != NULL ? report->info : "");
        break;
    case CRM_REPORT_STARTING:
        if (report->hold != CRM_HOLD_NONE)
            hbd_message_add (m, "rsc_hold", crm_hold_name (report->hold));
        break;
    case CRM_REPORT_CLAIMS:
    case CRM_REPORT_N:
        break;
    }
    return m;
}

static bool
read_stable (const HbdMessage *message, int *stable)
{
    const char *text = hbd_message_get (message, "isstable");

    *stable = -1;
    if (text == NULL)
        return true;
    if (strcmp (text, "1") != 0 && strcmp (text, "0") != 0)
        return false;
    *stable = *text - '0';
    return true;
}

bool
hbd_report_from_message (const HbdMessage *message, CrmReport *report)
{
    const char *type = hbd_message_get (message, "t");
    const char *rtype = hbd_message_get (message, "rtype");
    CrmReportKind kind = CRM_REPORT_STARTING;

    memset (report, 0, sizeof *report);
    while (kind < CRM_REPORT_N && g_strcmp0 (type, report_types[kind]) != 0)
        kind++;
    if (type == NULL || kind == CRM_REPORT_N)
        return false;
    report->kind = kind;
    if (!hbd_message_get_number (message, "seq", 16, &report->seq))
        report->seq = 0;
    report->info = hbd_message_get (message, "info");
    if (report->info == NULL)
        report->info = "";
    report->is_full = g_strcmp0 (rtype, "full") == 0;
    if (kind == CRM_REPORT_RESOURCE || kind == CRM_REPORT_ASK || kind == CRM_REPORT_TAKEOVER)
        return crm_hold_parse (hbd_message_get (message, "rsc_hold"), &report->hold)
               && read_stable (message, &report->stable);
    if (kind == CRM_REPORT_STARTING && hbd_message_get (message, "rsc_hold") != NULL)
        return crm_hold_parse (hbd_message_get (message, "rsc_hold"), &report->hold);
    if (kind == CRM_REPORT_IP_REQUEST || kind == CRM_REPORT_IP_RESPONSE) {
        report->key = hbd_message_get (message, "ipaddr");
        report->weown = g_strcmp0 (hbd_message_get (message, "weown"), "yes") == 0;
        return report->key != NULL
               && (kind == CRM_REPORT_IP_REQUEST
                   || g_strcmp0 (hbd_message_get (message, "ok"), "OK") == 0);
    }
    if (kind == CRM_REPORT_STONITH) {
        report->key = hbd_message_get (message, "node");
        report->info = hbd_message_get (message, "result");
        return report->key != NULL && report->info != NULL;
    }
    return true;
}

bool
hbd_report_is_ours_alone (const char *type)
{
    static const char *const types[] = {
        "status",     "starting",        "resource", "shutdone", "ask_resources",
        "ip-request", "ip-request-resp", "stonith",  "reqnodes", "repnodes",
        NULL
    };

    return g_str_has_prefix (type, "NS_") || g_strv_contains (types, type);
}
