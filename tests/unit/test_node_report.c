/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/node/report.h"

#include <string.h>

static void
test_claims_round_trip (void)
{
    CrmClaim claim[CRM_GROUP_STATE_N];
    CrmClaims in = { .session = G_GUINT64_CONSTANT (0xfedcba9876543210),
                     .rev = 7,
                     .echo_session = 0,
                     .echo_rev = G_MAXUINT64,
                     .flags = CRM_CLAIMS_FLAGS,
                     .n = CRM_GROUP_STATE_N,
                     .claim = claim };
    CrmClaims out;
    g_autofree CrmClaim *back = NULL;
    g_autofree char *text = NULL;

    for (guint i = 0; i < CRM_GROUP_STATE_N; i++)
        claim[i] = (CrmClaim){ .group = i,
                               .state = i,
                               .token = i % CRM_TOKEN_N,
                               .wish = i % CRM_WISH_N,
                               .is_halted = i % 2 == 1,
                               .epoch = (guint64) i << 40 };
    text = hbd_claims_encode (&in);
    back = hbd_claims_decode (text, CRM_GROUP_STATE_N, &out);
    g_assert_nonnull (back);
    g_assert_cmphex (out.session, ==, in.session);
    g_assert_cmphex (out.rev, ==, in.rev);
    g_assert_cmphex (out.echo_session, ==, in.echo_session);
    g_assert_cmphex (out.echo_rev, ==, in.echo_rev);
    g_assert_cmphex (out.flags, ==, in.flags);
    for (guint i = 0; i < CRM_GROUP_STATE_N; i++) {
        g_assert_cmpuint (back[i].group, ==, i);
        g_assert_cmpuint (back[i].state, ==, claim[i].state);
        g_assert_cmpuint (back[i].token, ==, claim[i].token);
        g_assert_cmpuint (back[i].wish, ==, claim[i].wish);
        g_assert_cmpint (back[i].is_halted, ==, claim[i].is_halted);
        g_assert_cmphex (back[i].epoch, ==, claim[i].epoch);
    }
}

static void
test_claims_say_what_the_docs_say (void)
{
    const CrmClaim claim[] = { { 0, CRM_GROUP_RUNNING, CRM_TOKEN_MINE, CRM_WISH_NONE, false, 31 },
                               { 1, CRM_GROUP_STOPPED, CRM_TOKEN_NONE, CRM_WISH_GIVE, true, 2 } };
    const CrmClaims claims = { 0x100000000, 3, 0x200000001, 16, 1, 2, claim };
    g_autofree char *text = hbd_claims_encode (&claims);

    g_assert_cmpstr (text, ==, "100000000.3.200000001.10.1;r2001f;s0112");
}

static void
test_malformed_claims_are_refused (void)
{
    static const char *const bad[] = {
        "",
        "1",
        "1.1.1.1",
        "1.1.1.1.",
        "1.1.1.1.1",
        "x.1.1.1.1;s0000",
        "1.1.1.1.1;s000",
        "1.1.1.1.1;s0000;",
        "1.1.1.1.1;s0000;s0000",
        "1.1.1.1.1s0000",
        "1.1.1.1.1;x0000",
        "1.1.1.1.1;s4000",
        "1.1.1.1.1;s9000",
        "1.1.1.1.1;s0400",
        "1.1.1.1.1;s0020",
        "1.1.1.1.1;s000g",
        "1.1.1.1.1;s000-1",
        "1.1.1.1.1;s0000 ",
        " 1.1.1.1.1;s0000",
        "11111111111111111.1.1.1.1;s0000",
        "1.1.1.1.1;s00011111111111111111",
        "1.1.1.1.1;s000ffffffffffffffff",
        "1.1.1.1.1;",
        "1.1.1.1.1;s",
        "1.1.1.1.1;s0",
        ";s0000",
        "1..1.1.1;s0000",
        "0x1.1.1.1.1;s0000",
    };
    CrmClaims claims;
    g_autofree CrmClaim *good = hbd_claims_decode ("1.1.1.1.1;s0000", 1, &claims);

    g_assert_nonnull (good);
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autofree CrmClaim *claim = hbd_claims_decode (bad[i], 1, &claims);

        if (claim != NULL)
            g_error ("accepted: %s", bad[i]);
    }
    g_assert_null (hbd_claims_decode (NULL, 1, &claims));
}

/* Any prefix and any one changed byte: refused or read, never more. */
static void
test_damaged_claims_do_no_harm (void)
{
    const char *text = "a00000000.3.b00000001.10.1;r2001f;s0112;k0007";
    gsize len = strlen (text);

    for (gsize i = 0; i < len; i++) {
        g_autofree char *cut = g_strndup (text, i);
        CrmClaims claims;
        g_autofree CrmClaim *claim = hbd_claims_decode (cut, 3, &claims);

        g_assert_null (claim);
        for (guint byte = 1; byte < 256; byte++) {
            g_autofree char *changed = g_strdup (text);
            g_autofree CrmClaim *read = NULL;

            changed[i] = (char) byte;
            read = hbd_claims_decode (changed, 3, &claims);
            for (guint g = 0; read != NULL && g < 3; g++) {
                g_assert_cmpuint (read[g].group, ==, g);
                g_assert_cmpuint (read[g].state, <, CRM_GROUP_STATE_N);
                g_assert_cmpuint (read[g].token, <, CRM_TOKEN_N);
                g_assert_cmpuint (read[g].wish, <, CRM_WISH_N);
            }
        }
    }
}

typedef struct {
    CrmReport report;
    const char *fields; /* "name=value name=value", as captured from 3.0.6 */
} Row;

static const Row rows[] = {
    { { .kind = CRM_REPORT_STARTING }, "t=starting" },
    { { .kind = CRM_REPORT_STARTING, .hold = CRM_HOLD_FOREIGN }, "t=starting rsc_hold=foreign" },
    { { .kind = CRM_REPORT_RESOURCE,
        .hold = CRM_HOLD_LOCAL,
        .is_full = true,
        .stable = 1,
        .info = "" },
      "t=resource rsc_hold=local rtype=full isstable=1" },
    { { .kind = CRM_REPORT_RESOURCE,
        .hold = CRM_HOLD_NONE,
        .is_full = true,
        .stable = 0,
        .info = "shutdown" },
      "t=resource rsc_hold=none rtype=full isstable=0 info=shutdown" },
    { { .kind = CRM_REPORT_RESOURCE, .hold = CRM_HOLD_FOREIGN, .stable = -1, .info = "mach_down" },
      "t=resource rsc_hold=foreign info=mach_down" },
    { { .kind = CRM_REPORT_ASK, .hold = CRM_HOLD_ALL, .stable = -1, .info = "me" },
      "t=ask_resources rsc_hold=all info=me" },
    { { .kind = CRM_REPORT_TAKEOVER, .hold = CRM_HOLD_LOCAL, .stable = -1, .info = "" },
      "t=hb_takeover rsc_hold=local" },
    { { .kind = CRM_REPORT_IP_REQUEST, .key = "IPaddr::10.0.0.1", .info = "" },
      "t=ip-request ipaddr=IPaddr::10.0.0.1" },
    { { .kind = CRM_REPORT_IP_RESPONSE, .key = "IPaddr::10.0.0.1", .weown = true, .info = "" },
      "t=ip-request-resp ipaddr=IPaddr::10.0.0.1 weown=yes ok=OK" },
    { { .kind = CRM_REPORT_SHUTDONE, .info = "" }, "t=shutdone st=dead" },
    { { .kind = CRM_REPORT_STONITH, .key = "alice", .info = "n_stnth" },
      "t=stonith node=alice result=n_stnth" },
};

static char *
show (const HbdMessage *message)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < hbd_message_field_count (message); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;
        const char *name = hbd_message_field (message, i, &data, &len, &is_binary);

        g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", name, (const char *) data);
    }
    return g_string_free (text, FALSE);
}

static void
test_reports_are_heartbeats_messages (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (HbdMessage) message = hbd_report_to_message (&rows[i].report);
        g_autofree char *text = show (message);
        CrmReport back;

        g_assert_cmpstr (text, ==, rows[i].fields);
        g_assert_true (hbd_report_from_message (message, &back));
        g_assert_cmpint (back.kind, ==, rows[i].report.kind);
        g_assert_cmpint (back.hold, ==, rows[i].report.hold);
        g_assert_cmpint (back.is_full, ==, rows[i].report.is_full);
        g_assert_cmpint (back.stable, ==, rows[i].report.stable);
        g_assert_cmpint (back.weown, ==, rows[i].report.weown);
        g_assert_cmpstr (back.key, ==, rows[i].report.key);
        if (rows[i].report.info != NULL)
            g_assert_cmpstr (back.info, ==, rows[i].report.info);
    }
}

static void
test_malformed_messages_say_nothing (void)
{
    static const char *const bad[] = {
        "t=",
        "x=starting",
        "t=status",
        "t=starting rsc_hold=x",
        "t=resource",
        "t=resource rsc_hold=everything",
        "t=resource rsc_hold=all isstable=2",
        "t=resource rsc_hold=all isstable=",
        "t=ask_resources info=me",
        "t=hb_takeover rsc_hold=",
        "t=ip-request",
        "t=ip-request-resp ipaddr=x",
        "t=ip-request-resp ipaddr=x ok=no",
        "t=stonith node=x",
    };

    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (HbdMessage) message = hbd_message_new ();
        g_auto (GStrv) fields = g_strsplit (bad[i], " ", -1);
        CrmReport report;

        for (guint j = 0; fields[j] != NULL; j++) {
            g_auto (GStrv) pair = g_strsplit (fields[j], "=", 2);

            hbd_message_add (message, pair[0], pair[1]);
        }
        if (hbd_report_from_message (message, &report))
            g_error ("accepted: %s", bad[i]);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/node-report/claims/round-trip", test_claims_round_trip);
    g_test_add_func ("/node-report/claims/say-what-the-docs-say",
                     test_claims_say_what_the_docs_say);
    g_test_add_func ("/node-report/claims/malformed-are-refused",
                     test_malformed_claims_are_refused);
    g_test_add_func ("/node-report/claims/damaged-do-no-harm", test_damaged_claims_do_no_harm);
    g_test_add_func ("/node-report/message/as-heartbeat-says-it",
                     test_reports_are_heartbeats_messages);
    g_test_add_func ("/node-report/message/malformed-says-nothing",
                     test_malformed_messages_say_nothing);
    return g_test_run ();
}
