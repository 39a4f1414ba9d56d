/* SPDX-License-Identifier: Apache-2.0 */
/* What hbctl and its kin ask over the control socket. Most answers need the engine's word, so a
 * request becomes a Job that waits for it, with a time limit; whoever asked may be gone by then. */
#include "config.h"

#include "hbd/base/clock.h"
#include "hbd/daemon/manager.h"
#include "hbd/daemon/status.h"

#include <string.h>

#define STATUS_LIMIT_US   HBD_S (2)
#define MOVE_LIMIT_US     HBD_S (600) /* a hand-over may stop slow resources */
#define EVENTS_PER_PACKET 64
#define ASK_PERIOD_US     HBD_MS (10) /* of the engine for its status, however many ask us */

typedef enum {
    JOB_STATUS,
    JOB_DOCTOR,
    JOB_MOVE, /* answered by REPLY */
} JobKind;

typedef struct {
    JobKind kind;
    guint64 client;
    HbdTime limit;
} Job;

struct _HbdCommands {
    HbdManager *m;
    guint32 last_id;
    GHashTable *jobs; /* id -> Job */
    guint32 asked_id; /* STATUS_ASK whose answer is to come, 0: none; it serves all who wait */
    HbdTime asked_at;
    HbdTime ask_due;       /* the next one waits so long; HBD_TIME_NEVER: none waits */
    GHashTable *followers; /* client -> the last sequence number it got */
    HbdTimer *timer;
};

typedef struct {
    const char *name;
    bool writes; /* root only */
    void (*run) (HbdCommands *c, guint64 client, GVariant *args);
} Command;

static void
arm (HbdCommands *c)
{
    HbdTime due = c->ask_due;
    GHashTableIter iter;
    gpointer job;

    g_hash_table_iter_init (&iter, c->jobs);
    while (g_hash_table_iter_next (&iter, NULL, &job))
        due = MIN (due, ((Job *) job)->limit);
    hbd_timer_set (c->timer, due);
}

static guint32
add_job (HbdCommands *c, JobKind kind, guint64 client, HbdTime limit_us)
{
    Job *job = g_new0 (Job, 1);

    job->kind = kind;
    job->client = client;
    job->limit = hbd_clock_now () + limit_us;
    c->last_id++;
    g_hash_table_insert (c->jobs, GUINT_TO_POINTER (c->last_id), job);
    arm (c);
    return c->last_id;
}

/* --- status, doctor ------------------------------------------------------------------------ */

/* Everybody who waits for the status gets it. */
static void
answer_status (HbdCommands *c, GVariant *engine)
{
    g_autoptr (GVariant) status = g_variant_ref_sink (hbd_status_build (c->m, engine));
    g_autoptr (GArray) clients = g_array_new (FALSE, FALSE, sizeof (guint64));
    GHashTableIter iter;
    gpointer value;

    c->asked_id = 0;
    g_hash_table_iter_init (&iter, c->jobs);
    while (g_hash_table_iter_next (&iter, NULL, &value)) {
        const Job *job = value;

        if (job->kind != JOB_STATUS)
            continue;
        g_array_append_val (clients, job->client);
        g_hash_table_iter_remove (&iter);
    }
    /* afterwards, since answering may drop a client, and with it its jobs */
    for (guint i = 0; i < clients->len; i++)
        hbd_control_reply (c->m->control, g_array_index (clients, guint64, i), false,
                           hbd_status_code (status), status);
}

static bool
send_ask (HbdCommands *c, guint32 id)
{
    return c->m->engine != NULL
           && hbd_ipc_send (c->m->engine, HBD_IPC_STATUS_ASK, g_variant_new ("(u)", id), NULL, 0);
}

/* Readers may ask as often as they like; the engine has better things to do than to answer each. */
static void
ask_for_all (HbdCommands *c, guint32 id)
{
    HbdTime now = hbd_clock_now ();

    if (c->asked_id != 0)
        return;
    if (now < c->asked_at + ASK_PERIOD_US) {
        c->ask_due = c->asked_at + ASK_PERIOD_US;
        arm (c);
        return;
    }
    c->ask_due = HBD_TIME_NEVER;
    c->asked_at = now;
    if (send_ask (c, id))
        c->asked_id = id;
    else
        answer_status (c, NULL);
}

static void
run_status (HbdCommands *c, guint64 client, GVariant *args)
{
    ask_for_all (c, add_job (c, JOB_STATUS, client, STATUS_LIMIT_US));
}

static void
run_doctor (HbdCommands *c, guint64 client, GVariant *args)
{
    hbd_doctor_ask (c->m, client);
}

void
hbd_commands_ask_engine (HbdCommands *c)
{
    guint32 id = add_job (c, JOB_DOCTOR, 0, STATUS_LIMIT_US);

    if (!send_ask (c, id))
        hbd_commands_status (c, id, NULL);
}

void
hbd_commands_status (HbdCommands *c, guint32 id, GVariant *status)
{
    Job *job = g_hash_table_lookup (c->jobs, GUINT_TO_POINTER (id));

    if (id == c->asked_id) /* whoever asked first may be gone */
        answer_status (c, status);
    else if (job != NULL && job->kind == JOB_DOCTOR) {
        hbd_doctor_sample (c->m, status);
        g_hash_table_remove (c->jobs, GUINT_TO_POINTER (id));
    }
    arm (c);
}

/* --- standby, takeover, group -------------------------------------------------------------- */

static void
command_engine (HbdCommands *c, guint64 client, const CrmCommand *command)
{
    guint32 id;

    if (c->m->engine == NULL || !c->m->engine_started || c->m->phase != HBD_MANAGER_RUNS) {
        hbd_control_reply_text (c->m->control, client, 1,
                                "The engine is not running at the moment; try again.");
        return;
    }
    id = add_job (c, JOB_MOVE, client, MOVE_LIMIT_US);
    hbd_ipc_send (c->m->engine, HBD_IPC_COMMAND,
                  g_variant_new ("(uuuss)", id, (guint32) command->kind, (guint32) command->hold,
                                 command->key != NULL ? command->key : "",
                                 command->node != NULL ? command->node : ""),
                  NULL, 0);
}

static void
run_move (HbdCommands *c, guint64 client, GVariant *args, CrmCommandKind kind)
{
    CrmCommand command = { .kind = kind, .hold = CRM_HOLD_ALL };
    const char *what = "all";

    g_variant_lookup (args, "what", "&s", &what);
    if (!crm_hold_parse (what, &command.hold) || command.hold == CRM_HOLD_NONE) {
        hbd_control_reply_text (c->m->control, client, 64,
                                "\"%s\" is none of all, local, foreign, failback.", what);
        return;
    }
    command_engine (c, client, &command);
}

static void
run_standby (HbdCommands *c, guint64 client, GVariant *args)
{
    run_move (c, client, args, CRM_COMMAND_STANDBY);
}

static void
run_takeover (HbdCommands *c, guint64 client, GVariant *args)
{
    run_move (c, client, args, CRM_COMMAND_TAKEOVER);
}

static void
run_group (HbdCommands *c, guint64 client, GVariant *args)
{
    static const struct {
        const char *verb;
        CrmCommandKind kind;
    } verbs[] = {
        { "start", CRM_COMMAND_GROUP_START },
        { "stop", CRM_COMMAND_GROUP_STOP },
        { "move", CRM_COMMAND_GROUP_MOVE },
        { "cleanup", CRM_COMMAND_GROUP_CLEANUP },
    };
    CrmCommand command = { .key = "" };
    const char *verb = "";

    g_variant_lookup (args, "verb", "&s", &verb);
    g_variant_lookup (args, "key", "&s", &command.key);
    g_variant_lookup (args, "node", "&s", &command.node);
    if (crm_model_find_group (c->m->setup->model, command.key) < 0) {
        hbd_control_reply_text (c->m->control, client, 1, "There is no group \"%s\".", command.key);
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
        if (strcmp (verbs[i].verb, verb) == 0) {
            command.kind = verbs[i].kind;
            command_engine (c, client, &command);
            return;
        }
    }
    hbd_control_reply_text (c->m->control, client, 64,
                            "\"%s\" is none of start, stop, move, cleanup.", verb);
}

void
hbd_commands_reply (HbdCommands *c, guint32 id, bool is_ok, const char *text)
{
    Job *job = g_hash_table_lookup (c->jobs, GUINT_TO_POINTER (id));

    if (job == NULL || job->kind != JOB_MOVE)
        return;
    hbd_control_reply_text (c->m->control, job->client, is_ok ? 0 : 1, "%s", text);
    g_hash_table_remove (c->jobs, GUINT_TO_POINTER (id));
    arm (c);
}

/* --- events, explain ----------------------------------------------------------------------- */

static GVariant *
events_dict (GVariant *events)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&b, "{sv}", "events", events);
    return g_variant_builder_end (&b);
}

/* Packets with everything after @since; the last one says whether more may come. */
static guint64
send_events (HbdCommands *c, guint64 client, guint64 since, bool follow)
{
    const HbdRecorded *entry = hbd_recorder_next (c->m->recorder, since);

    do {
        GVariantBuilder b;
        guint n = 0;

        g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
        for (; entry != NULL && n < EVENTS_PER_PACKET; n++) {
            g_variant_builder_add_value (&b, hbd_recorded_to_variant (entry));
            since = entry->seq;
            entry = hbd_recorder_next (c->m->recorder, since);
        }
        hbd_control_reply (c->m->control, client, entry != NULL || follow, 0,
                           events_dict (g_variant_builder_end (&b)));
    } while (entry != NULL);
    return since;
}

static void
run_events (HbdCommands *c, guint64 client, GVariant *args)
{
    gboolean follow = FALSE;
    guint64 since = 0;

    g_variant_lookup (args, "follow", "b", &follow);
    g_variant_lookup (args, "since", "t", &since);
    since = send_events (c, client, since, follow);
    if (follow)
        g_hash_table_insert (c->followers, g_memdup2 (&client, sizeof client),
                             g_memdup2 (&since, sizeof since));
}

void
hbd_commands_recorded (HbdCommands *c, const HbdRecorded *entry)
{
    g_autofree gpointer *clients = NULL;
    guint n;

    if (c->m->control == NULL || g_hash_table_size (c->followers) == 0)
        return;
    /* a copy of the keys: answering may drop a client, and with it its entry */
    clients = g_hash_table_get_keys_as_array (c->followers, &n);
    for (guint i = 0; i < n; i++) {
        guint64 client = *(guint64 *) clients[i];
        GVariantBuilder b;

        g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
        g_variant_builder_add_value (&b, hbd_recorded_to_variant (entry));
        hbd_control_reply (c->m->control, client, true, 0,
                           events_dict (g_variant_builder_end (&b)));
    }
}

static void
run_explain (HbdCommands *c, guint64 client, GVariant *args)
{
    g_autofree char *text = hbd_explain_text (c->m->recorder);

    hbd_control_reply_text (c->m->control, client, 0, "%s", text);
}

/* --- the rest ------------------------------------------------------------------------------ */

static void
run_reload (HbdCommands *c, guint64 client, GVariant *args)
{
    gboolean plan = FALSE;

    g_variant_lookup (args, "plan", "b", &plan);
    hbd_manager_reload (c->m, plan, client);
}

/* What Heartbeat derives where ha.cf does not say; constant defaults are the asking tool's. (transfer
 * full) */
static char *
derived_parameter (const CfgCluster *cluster, const char *name)
{
    const struct {
        const char *name;
        HbdTime value_us;
    } times[] = { { "warntime", cluster->warntime_us },
                  { "initdead", cluster->initdead_us },
                  { "deadping", cluster->deadping_us } };

    for (guint i = 0; i < G_N_ELEMENTS (times); i++)
        if (strcmp (times[i].name, name) == 0)
            return g_strdup_printf ("%" G_GINT64_FORMAT "ms", times[i].value_us / 1000);
    if (strcmp (name, "hbversion") == 0)
        return g_strdup (PACKAGE_VERSION);
    /* two names of one directive */
    if (strcmp (name, "pacemaker") == 0)
        return g_strdup (cfg_setting (cluster, "crm"));
    if (strcmp (name, "crm") == 0)
        return g_strdup (cfg_setting (cluster, "pacemaker"));
    return NULL;
}

static void
run_parameter (HbdCommands *c, guint64 client, GVariant *args)
{
    const CfgCluster *cluster = c->m->setup->cluster;
    const char *name = "";
    g_autofree char *value = NULL;
    GVariantBuilder b;

    g_variant_lookup (args, "name", "&s", &name);
    value = g_strdup (cfg_setting (cluster, name));
    if (value == NULL)
        value = derived_parameter (cluster, name);
    if (value == NULL) {
        hbd_control_reply_text (c->m->control, client, 1, "%s is not set in ha.cf.", name);
        return;
    }
    g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&b, "{sv}", "value",
                           g_variant_new_take_string (g_utf8_make_valid (value, -1)));
    hbd_control_reply (c->m->control, client, false, 0, g_variant_builder_end (&b));
}

static void
run_version (HbdCommands *c, guint64 client, GVariant *args)
{
    GVariantBuilder b;

    g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&b, "{sv}", "version", g_variant_new_string (PACKAGE_VERSION));
    hbd_control_reply (c->m->control, client, false, 0, g_variant_builder_end (&b));
}

static const Command commands[] = {
    { "status", false, run_status },       { "events", false, run_events },
    { "explain", false, run_explain },     { "doctor", false, run_doctor },
    { "parameter", false, run_parameter }, { "version", false, run_version },
    { "standby", true, run_standby },      { "takeover", true, run_takeover },
    { "group", true, run_group },          { "reload", true, run_reload },
};

void
hbd_commands_request (gpointer manager, guint64 client, bool may_write, const char *command,
                      GVariant *args)
{
    HbdManager *m = manager;

    for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
        if (strcmp (commands[i].name, command) != 0)
            continue;
        if (commands[i].writes && !may_write)
            hbd_control_reply_text (m->control, client, 77, "Only root may say \"%s\".", command);
        else
            commands[i].run (m->commands, client, args);
        return;
    }
    hbd_control_reply_text (m->control, client, 64, "hbd does not know \"%.40s\".", command);
}

void
hbd_commands_gone (gpointer manager, guint64 client)
{
    HbdManager *m = manager;

    HbdCommands *c = m->commands;
    GHashTableIter iter;
    gpointer job;

    if (c == NULL)
        return;
    g_hash_table_remove (c->followers, &client);
    g_hash_table_iter_init (&iter, c->jobs);
    while (g_hash_table_iter_next (&iter, NULL, &job))
        if (((Job *) job)->kind == JOB_STATUS && ((Job *) job)->client == client)
            g_hash_table_iter_remove (&iter);
}

static void
answer_late (HbdCommands *c, guint32 id, const Job *job)
{
    if (job->kind == JOB_MOVE)
        hbd_control_reply_text (c->m->control, job->client, 1,
                                "No result yet; `hbctl status' shows how far it is.");
    else if (job->kind == JOB_DOCTOR)
        hbd_doctor_sample (c->m, NULL);
    else
        answer_status (c, NULL);
    g_hash_table_remove (c->jobs, GUINT_TO_POINTER (id));
}

static void
answer_where (HbdCommands *c, HbdTime until)
{
    g_autofree gpointer *ids = NULL;
    guint n;

    ids = g_hash_table_get_keys_as_array (c->jobs, &n);
    for (guint i = 0; i < n; i++) {
        Job *job = g_hash_table_lookup (c->jobs, ids[i]);

        if (job != NULL && job->limit <= until)
            answer_late (c, GPOINTER_TO_UINT (ids[i]), job);
    }
    arm (c);
}

static void
on_timer (gpointer data)
{
    HbdCommands *c = data;
    HbdTime now = hbd_clock_now ();

    if (now >= c->ask_due)
        ask_for_all (c, ++c->last_id);
    answer_where (c, now);
}

void
hbd_commands_engine_lost (HbdCommands *c)
{
    c->asked_id = 0; /* its answer will not come */
    answer_where (c, HBD_TIME_NEVER);
}

HbdCommands *
hbd_commands_new (HbdManager *m)
{
    HbdCommands *c = g_new0 (HbdCommands, 1);

    c->m = m;
    c->ask_due = HBD_TIME_NEVER;
    c->jobs = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    c->followers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
    c->timer = hbd_timer_new (G_PRIORITY_LOW, on_timer, c);
    return c;
}

void
hbd_commands_free (HbdCommands *c)
{
    if (c == NULL)
        return;
    hbd_timer_free (c->timer);
    g_hash_table_unref (c->jobs);
    g_hash_table_unref (c->followers);
    g_free (c);
}
