/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/respawn.h"

#include "crm/exec/process.h"
#include "hbd/base/clock.h"
#include "hbd/daemon/loop.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#define MAX_GROUPS 64
#define PAUSE_US   HBD_S (1) /* between an end and the next start */

typedef struct {
    HbdRespawns *all;
    char *user;
    char **argv;
    CrmProcess *process; /* NULL: not running */
    guint fast_deaths;
    HbdTime start_at;
} Child;

struct _HbdRespawns {
    GPtrArray *children; /* Child */
    char **env;
    HbdTimer *timer;
    void (*record) (gpointer data, HbdRecord *record);
    gpointer data;
};

static void
child_free (Child *child)
{
    if (child->process != NULL)
        crm_process_stop (child->process);
    crm_process_free (child->process);
    g_strfreev (child->argv);
    g_free (child->user);
    g_free (child);
}

bool
hbd_respawn_again (guint *fast_deaths, HbdTime lifetime_us)
{
    if (lifetime_us >= HBD_RESPAWN_FAST_US)
        *fast_deaths = 0;
    else
        (*fast_deaths)++;
    return *fast_deaths <= HBD_RESPAWN_MAX_FAST;
}

static void
arm (HbdRespawns *all)
{
    HbdTime due = HBD_TIME_NEVER;

    for (guint i = 0; i < all->children->len; i++)
        due = MIN (due, ((Child *) all->children->pdata[i])->start_at);
    hbd_timer_set (all->timer, due);
}

static void
say (Child *child, HbdLevel level, const char *name, const char *detail)
{
    child->all->record (child->all->data, hbd_record_new (level, name, "program=%s user=%s %s",
                                                          child->argv[0], child->user, detail));
}

static void
on_done (CrmProcess *process, const CrmProcessResult *result, gpointer data)
{
    Child *child = data;
    g_autofree char *how = g_strdup_printf ("end=%d code=%d", (int) result->end, result->code);

    if (result->end == CRM_PROCESS_UNKILLABLE)
        return;
    g_clear_pointer (&child->process, crm_process_free);
    if (result->end == CRM_PROCESS_EXITED && result->code == HBD_RESPAWN_STOP_CODE) {
        say (child, HBD_LEVEL_INFO, "respawn.done", how);
        return;
    }
    if (!hbd_respawn_again (&child->fast_deaths, result->duration_us)) {
        say (child, HBD_LEVEL_ERROR, "respawn.given-up", how);
        return;
    }
    say (child, HBD_LEVEL_WARNING, "respawn.died", how);
    child->start_at = hbd_clock_now () + PAUSE_US;
    arm (child->all);
}

static void
on_line (gpointer data, bool is_error, const char *line)
{
    g_autofree char *text = g_strdup_printf ("text=\"%s\"", line);

    say (data, HBD_LEVEL_INFO, "respawn.says", text);
}

static void
start (Child *child)
{
    const struct passwd *user = getpwnam (child->user);
    gid_t groups[MAX_GROUPS];
    int n_groups = MAX_GROUPS;
    CrmProcessSpec spec = { .argv = (const char *const *) child->argv,
                            .envp = (const char *const *) child->all->env,
                            .kill_delay_us = HBD_S (2),
                            /* the next manager starts its own, and two would be one too many */
                            .ends_with_us = true,
                            .has_user = true,
                            .groups = groups,
                            .done = on_done,
                            .line = on_line,
                            .data = child };

    child->start_at = HBD_TIME_NEVER;
    if (user == NULL) {
        say (child, HBD_LEVEL_ERROR, "respawn.failed", "reason=\"no such user\"");
        return;
    }
    spec.uid = user->pw_uid;
    spec.gid = user->pw_gid;
    if (getgrouplist (user->pw_name, user->pw_gid, groups, &n_groups) < 0)
        n_groups = MAX_GROUPS;
    spec.n_groups = (gsize) n_groups;
    child->process = crm_process_start (&spec);
    say (child, HBD_LEVEL_INFO, "respawn.started", "");
}

static void
on_timer (gpointer data)
{
    HbdRespawns *all = data;
    HbdTime now = hbd_clock_now ();

    for (guint i = 0; i < all->children->len; i++) {
        Child *child = all->children->pdata[i];

        if (child->start_at <= now)
            start (child);
    }
    arm (all);
}

HbdRespawns *
hbd_respawns_new (const GPtrArray *lines, const char *const *env,
                  void (*record) (gpointer data, HbdRecord *record), gpointer data)
{
    HbdRespawns *all = g_new0 (HbdRespawns, 1);

    all->children = g_ptr_array_new_with_free_func ((GDestroyNotify) child_free);
    all->env = g_strdupv ((char **) env);
    all->record = record;
    all->data = data;
    all->timer = hbd_timer_new (G_PRIORITY_LOW, on_timer, all);
    for (guint i = 0; i < lines->len; i++) {
        const CfgRespawn *line = lines->pdata[i];
        Child *child;

        if (line->is_ipfail)
            continue;
        child = g_new0 (Child, 1);
        child->all = all;
        child->user = g_strdup (line->user);
        child->argv = g_strdupv (line->argv);
        start (child);
        g_ptr_array_add (all->children, child);
    }
    return all;
}

void
hbd_respawns_free (HbdRespawns *all)
{
    if (all == NULL)
        return;
    hbd_timer_free (all->timer);
    g_ptr_array_unref (all->children);
    g_strfreev (all->env);
    g_free (all);
}
