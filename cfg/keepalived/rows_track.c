/* SPDX-License-Identifier: Apache-2.0 */
/* What instances follow: scripts, files, processes, BFD sessions, interfaces; the lists that name
 * them; groups of names (doc/keepalived.md 2.3, 2.5 to 2.8, 2.10). */
#include "config.h"

#include "cfg/keepalived/rows.h"

#include "cfg/value.h"

#include <string.h>

#define SCRIPT(field)  G_STRUCT_OFFSET (CfgTrackScript, field)
#define FILE_AT(field) G_STRUCT_OFFSET (CfgTrackFile, field)
#define PROC(field)    G_STRUCT_OFFSET (CfgTrackProcess, field)
#define BFD(field)     G_STRUCT_OFFSET (CfgBfd, field)
#define NAMED(field)   G_STRUCT_OFFSET (CfgNamedGroup, field)

static const char no_garp_group[] = "but hbd paces announcements per interface";

/* --- vrrp_script --------------------------------------------------------------------------- */

static void
parse_script (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer base)
{
    cfg_ka_command (context, statement, false, &((CfgTrackScript *) base)->script);
}

static void
parse_interval (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                gpointer base)
{
    CfgTrackScript *script = base;
    CfgKaRow range = { .name = "interval", .kind = KA_SECONDS, .def = "1 s" };
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    HbdTime value;

    if (!cfg_ka_time (context, &range, word, &value))
        return;
    cfg_ka_too_much (context, statement, 2);
    if (value > 0 && value <= HBD_S (86400))
        script->interval_us = value;
    else
        cfg_ka_diag (context->reader, CFG_ERROR, word,
                     "interval %.20s is not in 0.000001..86400 seconds; keepalived would take 1 s "
                     "in its place, hbd does not guess",
                     word->text);
}

static void
parse_user (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
            gpointer base)
{
    CfgTrackScript *script = base;
    const CfgHost *host = context->input->host;

    cfg_ka_user (context, statement, 1, &script->user, &script->group);
    if (script->user != NULL && host != NULL && host->has_user != NULL
        && !host->has_user (host->data, script->user))
        cfg_ka_warn (context, cfg_ka_word (statement, 1),
                     "there is no user '%.60s': the script cannot run", script->user);
}

static gpointer
open_script (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
             gpointer parent)
{
    char *name = cfg_ka_block_name (context, statement);
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    CfgTrackScript *script;

    if (name == NULL)
        return NULL;
    script = cfg_ka_new (context, CfgTrackScript);
    script->place = word->place;
    script->name = name;
    script->interval_us = HBD_S (1);
    script->timeout_us = -1;
    script->rise = script->fall = 1;
    return cfg_ka_add_name (context, "vrrp_script", word, script) ? script : NULL;
}

static void
close_script (CfgKaContext *context, gpointer base)
{
    CfgTrackScript *script = base;

    if (script->script.argv == NULL) {
        cfg_ka_warn_at (context, script->place,
                        "vrrp_script '%.60s' has no script; it is removed, as in keepalived",
                        script->name);
        cfg_ka_remove_name (context, "vrrp_script", script->name);
        return;
    }
    if (script->user != NULL) {
        script->script.user = script->user;
        script->script.group = script->group;
    }
    if (script->timeout_us <= 0)
        script->timeout_us = script->interval_us;
    g_ptr_array_add (context->model->scripts, script);
}

static const CfgKaRow script_rows[] = {
    ROW_CUSTOM ("script", 'A', parse_script),
    ROW_CUSTOM ("interval", 'A', parse_interval),
    ROW_SEC ("timeout", 'B', SCRIPT (timeout_us), HBD_MS (1), HBD_S (86400), "the interval"),
    ROW_WEIGHT ("weight", 'A', SCRIPT (weight), -253, 253, "0"),
    ROW_NUM ("rise", 'A', SCRIPT (rise), 1, G_MAXINT32, "1"),
    ROW_NUM ("fall", 'A', SCRIPT (fall), 1, G_MAXINT32, "1"),
    ROW_CUSTOM ("user", 'B', parse_user),
    ROW_FLAG ("init_fail", 'C', SCRIPT (init_fail)),
};

const CfgKaBlock cfg_ka_vrrp_script = {
    .name = "vrrp_script", KA_ROWS (script_rows), .open = open_script, .close = close_script
};

/* --- track_file ---------------------------------------------------------------------------- */

/* init_file [VALUE] [overwrite]. */
static void
parse_init_file (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                 gpointer base)
{
    CfgTrackFile *file = base;
    gint64 number;

    file->has_init = true;
    for (guint i = 1; i < cfg_ka_word_count (statement); i++) {
        const CfgKaWord *word = cfg_ka_word (statement, i);

        if (strcmp (word->text, "overwrite") == 0)
            file->overwrite = true;
        else if (cfg_ka_is_number (word->text, &number) && ABS (number) <= G_MAXINT32)
            file->init_value = (int) number;
        else
            cfg_ka_warn (context, word, "'%.60s' is neither a number nor overwrite; it is ignored",
                         word->text);
    }
}

static gpointer
open_file (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
           gpointer parent)
{
    char *name = cfg_ka_block_name (context, statement);
    CfgTrackFile *file;

    if (name == NULL)
        return NULL;
    file = cfg_ka_new (context, CfgTrackFile);
    file->place = cfg_ka_word (statement, 1)->place;
    file->name = name;
    file->weight = 1;
    return cfg_ka_add_name (context, "track_file", cfg_ka_word (statement, 1), file) ? file : NULL;
}

static void
close_file (CfgKaContext *context, gpointer base)
{
    CfgTrackFile *file = base;

    if (file->path != NULL) {
        g_ptr_array_add (context->model->files, file);
        return;
    }
    cfg_ka_warn_at (context, file->place,
                    "track_file '%.60s' has no file; it is removed, as in "
                    "keepalived",
                    file->name);
    cfg_ka_remove_name (context, "track_file", file->name);
}

static const CfgKaRow file_rows[] = {
    ROW_WORD ("file", 'B', FILE_AT (path)),
    ROW_WEIGHT ("weight", 'B', FILE_AT (weight), -254, 254, "1"),
    ROW_BARE ("init_file", 'C', parse_init_file, 0),
};

const CfgKaBlock cfg_ka_track_file = {
    .name = "track_file", KA_ROWS (file_rows), .open = open_file, .close = close_file
};

/* --- vrrp_track_process -------------------------------------------------------------------- */

static void
parse_process (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
               gpointer base)
{
    g_auto (GStrv) words = cfg_ka_script_split (statement->raw);
    guint count = words != NULL ? g_strv_length (words) : 0;
    char **command;

    if (count < 2) {
        cfg_ka_warn (context, cfg_ka_word (statement, 0), "process needs a name; it is ignored");
        return;
    }
    command = g_strdupv (words + 1);
    ((CfgTrackProcess *) base)->command = cfg_ka_take_words (context, command);
}

static void
parse_delay (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
             gpointer base)
{
    CfgTrackProcess *process = base;
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    CfgKaRow range = { .name = "delay", .kind = KA_SECONDS, .max = HBD_S (3600), .def = "0" };
    HbdTime value;

    if (cfg_ka_time (context, &range, word, &value))
        process->fork_delay_us = process->terminate_delay_us = value;
}

static gpointer
open_process (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer parent)
{
    char *name = cfg_ka_block_name (context, statement);
    CfgTrackProcess *process;

    if (name == NULL)
        return NULL;
    process = cfg_ka_new (context, CfgTrackProcess);
    process->place = cfg_ka_word (statement, 1)->place;
    process->name = name;
    process->quorum = 1;
    process->quorum_max = -1;
    return cfg_ka_add_name (context, "vrrp_track_process", cfg_ka_word (statement, 1), process)
               ? process
               : NULL;
}

static void
close_process (CfgKaContext *context, gpointer base)
{
    CfgTrackProcess *process = base;

    if (process->command != NULL) {
        g_ptr_array_add (context->model->processes, process);
        return;
    }
    cfg_ka_warn_at (context, process->place,
                    "vrrp_track_process '%.60s' has no process; it is removed, as in keepalived",
                    process->name);
    cfg_ka_remove_name (context, "vrrp_track_process", process->name);
}

static const char *const matches[] = { "exact", "initial", "partial", NULL };

static const CfgKaRow process_rows[] = {
    ROW_CUSTOM ("process", 'B', parse_process),
    ROW_CHOICE ("param_match", 'C', PROC (param_match), matches, "exact"),
    ROW_WEIGHT ("weight", 'B', PROC (weight), -254, 254, "0"),
    ROW_NUM ("quorum", 'B', PROC (quorum), 1, 65535, "1"),
    ROW_NUM ("quorum_max", 'C', PROC (quorum_max), 0, 65535, "no limit"),
    ROW_SEC ("fork_delay", 'C', PROC (fork_delay_us), 0, HBD_S (3600), "0"),
    ROW_SEC ("terminate_delay", 'C', PROC (terminate_delay_us), 0, HBD_S (3600), "0"),
    ROW_CUSTOM ("delay", 'C', parse_delay),
    ROW_FLAG ("full_command", 'C', PROC (full_command)),
};

const CfgKaBlock cfg_ka_track_process = { .name = "vrrp_track_process",
                                          KA_ROWS (process_rows),
                                          .open = open_process,
                                          .close = close_process };

/* --- bfd_instance -------------------------------------------------------------------------- */

static gpointer
open_bfd (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
          gpointer parent)
{
    char *name = cfg_ka_block_name (context, statement);
    CfgBfd *bfd;

    if (name == NULL)
        return NULL;
    bfd = cfg_ka_new (context, CfgBfd);
    bfd->place = cfg_ka_word (statement, 1)->place;
    bfd->name = name;
    if (!cfg_ka_add_name (context, "bfd_instance", cfg_ka_word (statement, 1), bfd))
        return NULL;
    g_ptr_array_add (context->model->bfds, bfd);
    return bfd;
}

static const CfgKaRow bfd_rows[] = {
    ROW_IP ("neighbor_ip", 'C', KA_IP, BFD (neighbor)),
    ROW_IP ("neighbour_ip", 'S', KA_IP, BFD (neighbor)),
    ROW_IP ("source_ip", 'C', KA_IP, BFD (source)),
    ROW_IDLE_IN ("min_rx", 'C', KA_MS, 1000, HBD_S (1000), NULL),
    ROW_IDLE_IN ("min_tx", 'C', KA_MS, 1000, HBD_S (1000), NULL),
    ROW_IDLE_IN ("idle_tx", 'C', KA_MS, 1000, HBD_S (1000), NULL),
    ROW_IDLE_IN ("multiplier", 'C', KA_NUMBER, 1, 255, NULL),
    ROW_IDLE ("passive", 'D', KA_FLAG, NULL),
    ROW_IDLE_IN ("ttl", 'D', KA_NUMBER, 1, 255, NULL),
    ROW_IDLE_IN ("hoplimit", 'D', KA_NUMBER, 1, 255, NULL),
    ROW_IDLE_IN ("max_hops", 'D', KA_NUMBER, 0, 255, NULL),
    ROW_IDLE ("multihop", 'D', KA_BOOL, NULL),
    ROW_WEIGHT ("weight", 'C', BFD (weight), -253, 253, "0"),
    ROW_IDLE ("vrrp", 'D', KA_FLAG, NULL),
    ROW_IDLE ("checker", 'D', KA_FLAG, NULL),
};

const CfgKaBlock cfg_ka_bfd_instance = { .name = "bfd_instance",
                                         KA_ROWS (bfd_rows),
                                         .open = open_bfd };

/* --- lists of trackers --------------------------------------------------------------------- */

/* NAME [weight N [reverse|noreverse]]. */
static CfgTrack *
parse_track (CfgKaContext *context, const CfgKaStatement *statement, int limit)
{
    const CfgKaWord *name = cfg_ka_word (statement, 0);
    CfgKaRow range = { .name = "weight", .min = -limit, .max = limit, .def = "its own weight" };
    CfgTrack *track = cfg_ka_new (context, CfgTrack);
    gint64 number;

    track->place = name->place;
    track->name = cfg_ka_string (context, name->text);
    for (guint i = 1; i < cfg_ka_word_count (statement); i++) {
        const CfgKaWord *word = cfg_ka_word (statement, i), *value = cfg_ka_word (statement, i + 1);

        if (strcmp (word->text, "weight") == 0 && value != NULL) {
            track->has_weight = cfg_ka_number (context, &range, value, &number);
            track->weight = track->has_weight ? (int) number : 0;
            i++;
        } else if (strcmp (word->text, "reverse") == 0) {
            track->is_reversed = true;
        } else if (strcmp (word->text, "noreverse") != 0) {
            cfg_ka_warn (context, word,
                         "'%.60s' is not weight N [reverse]; it is ignored. One name stands on one "
                         "line",
                         word->text);
        }
    }
    return track;
}

static void
parse_tracked_interface (CfgKaContext *context, const CfgKaRow *row,
                         const CfgKaStatement *statement, gpointer base)
{
    if (cfg_is_interface (cfg_ka_word (statement, 0)->text))
        g_ptr_array_add (base, parse_track (context, statement, 253));
    else
        cfg_ka_warn (context, cfg_ka_word (statement, 0),
                     "'%.60s' is no name of an interface; it is ignored",
                     cfg_ka_word (statement, 0)->text);
}

static void
add_track (CfgKaContext *context, const CfgKaStatement *statement, GPtrArray *array,
           const char *kind)
{
    CfgTrack *track = parse_track (context, statement, 254);

    /* It must stand above; what stands below is found out at the end. */
    track->is_unknown = cfg_ka_find_name (context, kind, track->name) == NULL;
    g_ptr_array_add (array, track);
}

static void
parse_tracked_script (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                      gpointer base)
{
    add_track (context, statement, base, "vrrp_script");
}

static void
parse_tracked_file (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                    gpointer base)
{
    add_track (context, statement, base, "track_file");
}

static void
parse_tracked_process (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                       gpointer base)
{
    add_track (context, statement, base, "vrrp_track_process");
}

static void
parse_tracked_bfd (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer base)
{
    add_track (context, statement, base, "bfd_instance");
}

const CfgKaBlock cfg_ka_tracked_interfaces = { .name = "track_interface",
                                               .open = cfg_ka_open_list,
                                               .line = parse_tracked_interface };
const CfgKaBlock cfg_ka_tracked_scripts = { .name = "track_script",
                                            .open = cfg_ka_open_list,
                                            .line = parse_tracked_script };
const CfgKaBlock cfg_ka_tracked_files = { .name = "track_file",
                                          .open = cfg_ka_open_list,
                                          .line = parse_tracked_file };
const CfgKaBlock cfg_ka_tracked_processes = { .name = "track_process",
                                              .open = cfg_ka_open_list,
                                              .line = parse_tracked_process };
const CfgKaBlock cfg_ka_tracked_bfds = { .name = "track_bfd",
                                         .open = cfg_ka_open_list,
                                         .line = parse_tracked_bfd };

/* --- groups of names ----------------------------------------------------------------------- */

static void
parse_member (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer base)
{
    for (guint i = 0; i < cfg_ka_word_count (statement); i++) {
        const CfgKaWord *word = cfg_ka_word (statement, i);
        CfgName *name = cfg_ka_new (context, CfgName);

        name->place = word->place;
        name->name = cfg_ka_string (context, word->text);
        g_ptr_array_add (base, name);
    }
}

const CfgKaBlock cfg_ka_members = { .name = "group",
                                    .open = cfg_ka_open_list,
                                    .line = parse_member };

static CfgNamedGroup *
new_named_group (CfgKaContext *context, const CfgKaWord *word, char *name)
{
    CfgNamedGroup *group = cfg_ka_new (context, CfgNamedGroup);

    group->place = word->place;
    group->name = name;
    group->members = cfg_ka_array (context);
    group->garp_interval_us = group->gna_interval_us = -1;
    return group;
}

static gpointer
open_track_group (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                  gpointer parent)
{
    char *name = cfg_ka_block_name (context, statement);
    CfgNamedGroup *group;

    if (name == NULL)
        return NULL;
    group = new_named_group (context, cfg_ka_word (statement, 1), name);
    if (!cfg_ka_add_name (context, "track_group", cfg_ka_word (statement, 1), group))
        return NULL;
    g_ptr_array_add (context->model->track_groups, group);
    return group;
}

static gpointer
open_garp_group (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                 gpointer parent)
{
    CfgNamedGroup *group = new_named_group (context, cfg_ka_word (statement, 0), NULL);

    cfg_ka_too_much (context, statement, 1);
    g_ptr_array_add (context->model->garp_groups, group);
    return group;
}

static void
parse_garp_interface (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                      gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    CfgName *name = cfg_ka_new (context, CfgName);
    name->place = word->place;
    name->name = cfg_ka_string (context, word->text);
    g_ptr_array_add (((CfgNamedGroup *) base)->members, name);
}

static const CfgKaRow track_group_rows[] = {
    ROW_LIST ("group", 'D', cfg_ka_members, NAMED (members)),
};

const CfgKaBlock cfg_ka_track_group = { .name = "track_group",
                                        KA_ROWS (track_group_rows),
                                        .open = open_track_group };

static const CfgKaRow garp_group_rows[] = {
    ROW_SEC ("garp_interval", 'D', NAMED (garp_interval_us), 0, HBD_S (4000), NULL),
    ROW_SEC ("gna_interval", 'D', NAMED (gna_interval_us), 0, HBD_S (4000), NULL),
    { .name = "interface",
      .tier = 'D',
      .kind = KA_CUSTOM,
      .parse = parse_garp_interface,
      .is_many = true,
      .not_done = no_garp_group },
    ROW_LIST ("interfaces", 'D', cfg_ka_members, NAMED (members)),
};

const CfgKaBlock cfg_ka_garp_group = { .name = "garp_group",
                                       KA_ROWS (garp_group_rows),
                                       .open = open_garp_group };

/* --- interface_up_down_delays -------------------------------------------------------------- */

/* IF DOWN [UP]. */
static void
parse_if_delay (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                gpointer base)
{
    const CfgKaWord *name = cfg_ka_word (statement, 0), *down = cfg_ka_word (statement, 1);
    const CfgKaWord *up = cfg_ka_word (statement, 2);
    CfgKaRow range = { .name = "delay", .kind = KA_SECONDS, .max = HBD_S (255), .def = "0" };
    CfgInterfaceDelay *delay = cfg_ka_new (context, CfgInterfaceDelay);

    delay->place = name->place;
    delay->interface = cfg_ka_string (context, name->text);
    if (down == NULL || !cfg_ka_time (context, &range, down, &delay->down_us)) {
        if (down == NULL)
            cfg_ka_warn (context, name, "write INTERFACE DOWN-DELAY [UP-DELAY]; it is ignored");
        return;
    }
    delay->up_us = delay->down_us;
    if (up != NULL)
        cfg_ka_time (context, &range, up, &delay->up_us);
    g_ptr_array_add (context->model->delays, delay);
}

const CfgKaBlock cfg_ka_delays = { .name = "interface_up_down_delays", .line = parse_if_delay };
