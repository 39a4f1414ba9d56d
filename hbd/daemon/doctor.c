/* SPDX-License-Identifier: Apache-2.0 */
/* `hbctl doctor`: one examination at a time, however many ask. It takes the engine's counters, has it
 * send test frames on all links, waits until the peer's next status must have told what came, and
 * takes the counters again; beside that it looks at the packet filter and the multicast groups,
 * reading only. doctor_report.c judges. */
#include "config.h"

#include "crm/exec/process.h"
#include "hbd/base/clock.h"
#include "hbd/daemon/doctor_report.h"
#include "hbd/daemon/manager.h"

#include <string.h>

#define FRAMES           5
#define FRAME_PERIOD_US  HBD_MS (100)
#define ANSWER_SLACK_US  HBD_MS (300)
#define KEEPALIVE_MAX_US HBD_S (10) /* whoever asks waits no longer */
#define LISTING_LIMIT_US HBD_S (2)

typedef enum {
    PHASE_BEFORE, /* the first counters are asked for */
    PHASE_FRAMES,
    PHASE_WAIT,
    PHASE_AFTER, /* the second ones */
    PHASE_DONE,
} Phase;

typedef enum { LISTING_NFT, LISTING_IPTABLES, LISTING_IP6TABLES, LISTING_N } Listing;

typedef struct {
    HbdDoctor *doctor;
    CrmProcess *process; /* NULL: not installed, or over */
    char *text;          /* NULL: not to be had */
} Tool;

struct _HbdDoctor {
    HbdManager *m;
    GArray *clients; /* guint64 */
    Phase phase;
    guint frames_left;
    HbdTimer *timer;
    HbdTime before_at, after_at;
    GVariant *before, *after; /* NULL: the engine did not answer */
    Tool tools[LISTING_N];
};

/* --- the packet filter --------------------------------------------------------------------- */

static const char *const tool_argv[LISTING_N][5] = {
    [LISTING_NFT] = { "nft", "-s", "list", "ruleset", NULL },
    [LISTING_IPTABLES] = { "iptables", "-S", NULL },
    [LISTING_IP6TABLES] = { "ip6tables", "-S", NULL },
};

static void finish_if_done (HbdDoctor *d);

static void
on_listed (CrmProcess *process, const CrmProcessResult *result, gpointer data)
{
    Tool *tool = data;

    if (result->end == CRM_PROCESS_EXITED && result->code == 0 && tool->text == NULL)
        tool->text = g_strndup (result->out, result->out_len);
    g_clear_pointer (&tool->process, crm_process_free);
    finish_if_done (tool->doctor);
}

static void
list (HbdDoctor *d, Listing which)
{
    static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin", NULL };
    const char *argv[G_N_ELEMENTS (tool_argv[0])];
    CrmProcessSpec spec = {
        .argv = argv, .timeout_us = LISTING_LIMIT_US, .done = on_listed, .data = &d->tools[which]
    };

    memcpy (argv, tool_argv[which], sizeof argv);
    d->tools[which].doctor = d;
    for (guint i = 0; folders[i] != NULL; i++) {
        g_autofree char *path = g_build_filename (folders[i], argv[0], NULL);

        if (!g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
            continue;
        argv[0] = path;
        d->tools[which].process = crm_process_start (&spec);
        return;
    }
}

static char *
read_text (const char *path)
{
    char *text = NULL;

    return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/* --- the end ------------------------------------------------------------------------------- */

void
hbd_doctor_free (HbdDoctor *d)
{
    if (d == NULL)
        return;
    for (guint i = 0; i < LISTING_N; i++) {
        g_clear_pointer (&d->tools[i].process, crm_process_free);
        g_free (d->tools[i].text);
    }
    g_clear_pointer (&d->before, g_variant_unref);
    g_clear_pointer (&d->after, g_variant_unref);
    hbd_timer_free (d->timer);
    g_array_unref (d->clients);
    g_free (d);
}

static char *
report (HbdDoctor *d, bool *is_healthy)
{
    HbdManager *m = d->m;
    g_autofree char *igmp = read_text ("/proc/net/igmp");
    g_autofree char *igmp6 = read_text ("/proc/net/igmp6");
    guint n_links = m->setup->cluster->links->len;
    g_autofree const char **trouble = g_new0 (const char *, n_links + 1);
    HbdDoctorFacts facts = { .cluster = m->setup->cluster,
                             .trouble = trouble,
                             .before = d->before,
                             .after = d->after,
                             .window_us = d->after_at - d->before_at,
                             .nft = d->tools[LISTING_NFT].text,
                             .iptables = d->tools[LISTING_IPTABLES].text,
                             .ip6tables = d->tools[LISTING_IP6TABLES].text,
                             .igmp = igmp,
                             .igmp6 = igmp6 };

    for (guint i = 0; i < n_links; i++)
        trouble[i] = hbd_linkset_trouble (m->links, i);
    return hbd_doctor_report (&facts, is_healthy);
}

static void
finish_if_done (HbdDoctor *d)
{
    g_autofree char *text = NULL;
    bool is_healthy;

    if (d->phase != PHASE_DONE)
        return;
    for (guint i = 0; i < LISTING_N; i++)
        if (d->tools[i].process != NULL)
            return;
    text = report (d, &is_healthy);
    for (guint i = 0; i < d->clients->len; i++)
        hbd_control_reply_text (d->m->control, g_array_index (d->clients, guint64, i),
                                is_healthy ? 0 : 1, "%s", text);
    d->m->doctor = NULL;
    hbd_doctor_free (d);
}

/* --- the frames ---------------------------------------------------------------------------- */

static void
send_frame (HbdDoctor *d)
{
    HbdTime wait = MIN (d->m->setup->cluster->keepalive_us, KEEPALIVE_MAX_US) + ANSWER_SLACK_US;

    if (d->m->engine != NULL)
        hbd_ipc_send (d->m->engine, HBD_IPC_TEST_FRAME, NULL, NULL, 0);
    d->frames_left--;
    if (d->frames_left == 0)
        d->phase = PHASE_WAIT;
    hbd_timer_set (d->timer, hbd_clock_now () + (d->frames_left > 0 ? FRAME_PERIOD_US : wait));
}

static void
on_timer (gpointer data)
{
    HbdDoctor *d = data;

    if (d->phase == PHASE_FRAMES) {
        send_frame (d);
    } else if (d->phase == PHASE_WAIT) {
        d->phase = PHASE_AFTER;
        hbd_commands_ask_engine (d->m->commands); /* may end the examination at once */
    }
}

void
hbd_doctor_sample (HbdManager *m, GVariant *status)
{
    HbdDoctor *d = m->doctor;

    if (d == NULL)
        return;
    if (d->phase == PHASE_BEFORE) {
        d->before = status != NULL ? g_variant_ref (status) : NULL;
        d->before_at = hbd_clock_now ();
        d->phase = PHASE_FRAMES;
        d->frames_left = FRAMES;
        hbd_timer_set (d->timer, d->before_at);
    } else if (d->phase == PHASE_AFTER) {
        d->after = status != NULL ? g_variant_ref (status) : NULL;
        d->after_at = hbd_clock_now ();
        d->phase = PHASE_DONE;
        finish_if_done (d);
    }
}

void
hbd_doctor_ask (HbdManager *m, guint64 client)
{
    HbdDoctor *d = m->doctor;

    if (d != NULL) {
        g_array_append_val (d->clients, client);
        return;
    }
    d = g_new0 (HbdDoctor, 1);
    d->m = m;
    d->clients = g_array_new (FALSE, FALSE, sizeof (guint64));
    g_array_append_val (d->clients, client);
    d->timer = hbd_timer_new (G_PRIORITY_LOW, on_timer, d);
    m->doctor = d;
    for (guint i = 0; i < LISTING_N; i++)
        list (d, i);
    hbd_commands_ask_engine (m->commands);
}
