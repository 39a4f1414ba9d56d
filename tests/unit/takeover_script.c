/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/unit/takeover_script.h"

Script *
script_at (CrmFailback failback, HbdTime keepalive)
{
    Script *s = g_new0 (Script, 1);
    CrmTakeoverConfig config = { .self = "alpha",
                                 .peer = "beta",
                                 .failback = failback,
                                 .life = 1,
                                 .deadtime_us = HBD_S (1),
                                 .keepalive_us = keepalive };

    s->model = crm_model_new ();
    g_ptr_array_add (s->model->groups, crm_group_new ("g0", "alpha"));
    g_ptr_array_add (s->model->groups, crm_group_new ("g1", "beta"));
    config.model = s->model;
    s->now = HBD_S (1);
    s->said = g_string_new (NULL);
    s->t = crm_takeover_new (&config, s->now);
    return s;
}

void
script_free (Script *s)
{
    crm_takeover_free (s->t);
    crm_model_free (s->model);
    g_string_free (s->said, TRUE);
    g_free (s);
}
static void
note_report (Script *s, const CrmReport *r)
{
    switch (r->kind) {
    case CRM_REPORT_STARTING:
        g_string_append (s->said, "starting; ");
        break;
    case CRM_REPORT_RESOURCE:
        g_string_append_printf (s->said, "resource %s %s%d %s; ", crm_hold_name (r->hold),
                                r->is_full ? "" : "add ", r->stable, r->info);
        break;
    case CRM_REPORT_ASK:
        g_string_append_printf (s->said, "ask %s %s; ", crm_hold_name (r->hold), r->info);
        break;
    case CRM_REPORT_TAKEOVER:
        g_string_append_printf (s->said, "takeover %s; ", crm_hold_name (r->hold));
        break;
    case CRM_REPORT_IP_REQUEST:
        g_string_append_printf (s->said, "ip-request %s; ", r->key);
        break;
    case CRM_REPORT_IP_RESPONSE:
        g_string_append_printf (s->said, "ip-response %s %s; ", r->key, r->weown ? "yes" : "no");
        break;
    case CRM_REPORT_SHUTDONE:
        g_string_append (s->said, "shutdone; ");
        break;
    case CRM_REPORT_STONITH:
        g_string_append_printf (s->said, "stonith %s %s; ", r->key, r->info);
        break;
    case CRM_REPORT_CLAIMS: /* in statuses; 3.0.6 does not read them */
    case CRM_REPORT_N:
        break;
    }
}

void
script_give (Script *s, CrmTakeoverEvent event)
{
    g_autoptr (GArray) out = crm_takeover_actions_new ();

    crm_takeover_step (s->t, &event, s->now, out);
    for (guint i = 0; i < out->len; i++) {
        const CrmTakeoverAction *a = &g_array_index (out, CrmTakeoverAction, i);

        if (a->kind == CRM_TAKEOVER_DO_START)
            g_string_append_printf (s->said, "start g%u; ", a->group);
        else if (a->kind == CRM_TAKEOVER_DO_STOP)
            g_string_append_printf (s->said, "stop g%u; ", a->group);
        else if (a->kind == CRM_TAKEOVER_DO_RELEASED)
            g_string_append (s->said, a->hold_back ? "released, hold back; " : "released; ");
        else if (a->kind == CRM_TAKEOVER_DO_ANNOUNCE)
            g_string_append_printf (s->said, "announce g%u; ", a->group);
        else if (a->kind == CRM_TAKEOVER_DO_RENEW)
            g_string_append (s->said, "renew; ");
        else if (a->kind == CRM_TAKEOVER_DO_REPLY)
            g_string_append_printf (s->said, "reply %s; ", a->reply.is_ok ? "yes" : "no");
        else if (a->kind == CRM_TAKEOVER_DO_REPORT)
            note_report (s, &a->report);
        else if (a->kind == CRM_TAKEOVER_DO_RECORD
                 && strcmp (a->record->name, "takeover.refused") == 0)
            g_string_append (s->said, "refused; ");
    }
}

void
script_expect (Script *s, const char *said)
{
    g_assert_cmpstr (g_strchomp (s->said->str), ==, said);
    g_string_truncate (s->said, 0);
}

void
script_group (Script *s, guint index, CrmGroupState state)
{
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_GROUP, .group = { index, state } });
}

void
script_started (Script *s, guint index)
{
    script_group (s, index, CRM_GROUP_STARTING);
    script_group (s, index, CRM_GROUP_RUNNING);
}

void
script_stopped (Script *s, guint index)
{
    script_group (s, index, CRM_GROUP_STOPPING);
    script_group (s, index, CRM_GROUP_STOPPED);
}

void
script_peer (Script *s, CrmPeerState state)
{
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PEER, .peer = { .state = state } });
}

void
script_says (Script *s, CrmReport report)
{
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_REPORT, .report = report });
}

void
script_says_resource (Script *s, CrmHold hold, int stable, const char *info)
{
    script_says (s, (CrmReport){ .kind = CRM_REPORT_RESOURCE,
                                 .hold = hold,
                                 .is_full = true,
                                 .stable = stable,
                                 .info = info });
}

void
script_says_ask (Script *s, CrmHold hold, const char *info)
{
    script_says (s,
                 (CrmReport){ .kind = CRM_REPORT_ASK, .hold = hold, .stable = -1, .info = info });
}

void
script_command (Script *s, CrmCommandKind kind, CrmHold hold, const char *key)
{
    script_give (
        s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_COMMAND,
                               .command = { .id = 1, .kind = kind, .hold = hold, .key = key } });
}

void
script_wait (Script *s, HbdTime how_long)
{
    HbdTime end = s->now + how_long;

    while (crm_takeover_deadline (s->t) <= end) {
        s->now = MAX (s->now, crm_takeover_deadline (s->t));
        script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_TIMER });
        g_assert_cmpint (crm_takeover_deadline (s->t), >, s->now);
    }
    s->now = end;
}

Script *
script_join (Script *s, CrmPeerState state)
{
    script_group (s, 0, CRM_GROUP_STOPPED);
    script_group (s, 1, CRM_GROUP_STOPPED);
    script_peer (s, state);
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_JOINED });
    return s;
}

Script *
script_joined_new (CrmFailback failback, CrmPeerState state)
{
    return script_join (script_at (failback, 0), state);
}

Script *
script_settled_at (CrmFailback failback, HbdTime keepalive)
{
    Script *s = script_join (script_at (failback, keepalive), CRM_PEER_ACTIVE);

    script_says (s, (CrmReport){ .kind = CRM_REPORT_STARTING });
    script_started (s, 0);
    script_says_resource (s, CRM_HOLD_LOCAL, 1, "");
    g_string_truncate (s->said, 0);
    return s;
}

Script *
script_settled_new (CrmFailback failback)
{
    return script_settled_at (failback, 0);
}

Script *
script_alone_new (CrmFailback failback)
{
    Script *s = script_joined_new (failback, CRM_PEER_DEAD);

    script_started (s, 0);
    script_started (s, 1);
    g_string_truncate (s->said, 0);
    return s;
}

void
script_returns_unaware (Script *s, guint64 seq)
{
    script_give (s, (CrmTakeoverEvent){ .kind = CRM_TAKEOVER_PEER,
                                        .peer = { .state = CRM_PEER_ACTIVE,
                                                  .returned = true,
                                                  .is_unaware = true,
                                                  .seq = seq } });
}
