/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/daemon/hooks.h"

#include "crm/exec/process.h"

#include <string.h>
#include <unistd.h>

#define TIMEOUT_US     HBD_S (60)
#define MAX_HOOKS      64
#define MAX_HOOK_BYTES (64 * 1024)

struct _HbdHooks {
    char *ha_dir;
    char **env;
    void (*record) (gpointer data, HbdRecord *record);
    gpointer data;
    GHashTable *running; /* CrmProcess -> its Run */
};

typedef struct {
    HbdHooks *hooks;
    char *name;
} Run;

/* What each of Heartbeat's own five hooks does and a user's would not: it speaks the v1 protocol
 * with Heartbeat's private programs. */
static const struct {
    const char *name, *mark;
} packaged[] = {
    { "ask_resources", "ResourceManager" },
    { "hb_takeover", "hb_standby" },
    { "ip-request", "ResourceManager" },
    { "ip-request-resp", "ResourceManager" },
    { "status", "mach_down" },
};

bool
hbd_hooks_is_packaged (const char *name, const char *text)
{
    for (guint i = 0; i < G_N_ELEMENTS (packaged); i++)
        if (strcmp (packaged[i].name, name) == 0 && strstr (text, packaged[i].mark) != NULL)
            return true;
    return false;
}

static bool
is_message_type (const char *name)
{
    return *name != '\0' && strlen (name) <= HBD_MESSAGE_MAX_NAME_LEN
           && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
                  == strlen (name);
}

/* A hook worth running: an executable file, not one of Heartbeat's own. */
static bool
is_hook (const char *path, const char *name, GPtrArray *records)
{
    g_autofree char *text = NULL;
    gsize len;

    if (!is_message_type (name) || !g_file_test (path, G_FILE_TEST_IS_REGULAR)
        || access (path, X_OK) != 0)
        return false;
    if (!g_file_get_contents (path, &text, &len, NULL) || len > MAX_HOOK_BYTES)
        return true; /* large: certainly not Heartbeat's */
    if (!hbd_hooks_is_packaged (name, text))
        return true;
    if (records != NULL)
        g_ptr_array_add (records,
                         hbd_record_new (HBD_LEVEL_INFO, "hook.not-run",
                                         "path=%s reason=\"it is Heartbeat's own; hbd does this "
                                         "itself\"",
                                         path));
    return false;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
hbd_hooks_list (const char *ha_dir, GPtrArray *records)
{
    g_autofree char *dir_path = g_build_filename (ha_dir, "rc.d", NULL);
    g_autoptr (GDir) dir = g_dir_open (dir_path, 0, NULL);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    const char *name;

    while (dir != NULL && names->len < MAX_HOOKS && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *path = g_build_filename (dir_path, name, NULL);

        if (is_hook (path, name, records))
            g_ptr_array_add (names, g_strdup (name));
    }
    g_ptr_array_sort (names, compare_names);
    g_ptr_array_add (names, NULL);
    return (char **) g_ptr_array_steal (names, NULL);
}

HbdHooks *
hbd_hooks_new (const char *ha_dir, const char *const *env,
               void (*record) (gpointer data, HbdRecord *record), gpointer data)
{
    HbdHooks *hooks = g_new0 (HbdHooks, 1);

    hooks->ha_dir = g_strdup (ha_dir);
    hooks->env = g_strdupv ((char **) env);
    hooks->record = record;
    hooks->data = data;
    hooks->running = g_hash_table_new (NULL, NULL);
    return hooks;
}

static void
run_free (Run *run)
{
    g_free (run->name);
    g_free (run);
}

void
hbd_hooks_free (HbdHooks *hooks)
{
    GHashTableIter iter;
    gpointer process, run;

    if (hooks == NULL)
        return;
    g_hash_table_iter_init (&iter, hooks->running);
    while (g_hash_table_iter_next (&iter, &process, &run)) {
        crm_process_free (process);
        run_free (run);
    }
    g_hash_table_unref (hooks->running);
    g_strfreev (hooks->env);
    g_free (hooks->ha_dir);
    g_free (hooks);
}

static void
on_done (CrmProcess *process, const CrmProcessResult *result, gpointer data)
{
    Run *run = data;
    HbdHooks *hooks = run->hooks;

    if (result->end == CRM_PROCESS_UNKILLABLE)
        return;
    if (result->end != CRM_PROCESS_EXITED || result->code != 0)
        hooks->record (hooks->data,
                       hbd_record_new (HBD_LEVEL_WARNING, "hook.failed", "name=%s end=%d code=%d",
                                       run->name, (int) result->end, result->code));
    g_hash_table_remove (hooks->running, process);
    crm_process_free (process);
    run_free (run);
}

static void
on_line (gpointer data, bool is_error, const char *line)
{
    Run *run = data;

    run->hooks->record (run->hooks->data, hbd_record_new (HBD_LEVEL_INFO, "hook.says",
                                                          "name=%s text=\"%s\"", run->name, line));
}

static bool
is_variable_name (const char *name)
{
    return *name != '\0'
           && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
                  == strlen (name);
}

char **
hbd_hooks_environment (const char *const *env, const HbdMessage *message)
{
    char **out = g_strdupv ((char **) env);

    for (guint i = 0; i < hbd_message_field_count (message); i++) {
        const guint8 *data;
        gsize len;
        bool is_binary;
        const char *name = hbd_message_field (message, i, &data, &len, &is_binary);
        g_autofree char *variable = g_strconcat ("HA_", name, NULL);

        /* Fields of messages are in small letters. HA_BIN or HA_DIR from a peer would say where
         * a script of root's finds its programs. */
        if (!is_binary && is_variable_name (name) && !g_ascii_isupper (name[0])
            && strcmp (name, "auth") != 0 && g_environ_getenv ((char **) env, variable) == NULL)
            out = g_environ_setenv (out, variable, (const char *) data, TRUE);
    }
    return out;
}

void
hbd_hooks_run (HbdHooks *hooks, const char *const *names, const HbdMessage *message)
{
    const char *type = hbd_message_get (message, "t");
    g_autofree char *path = NULL;
    g_auto (GStrv) envp = NULL;
    const char *argv[3] = { NULL };
    CrmProcessSpec spec = { .timeout_us = TIMEOUT_US, .kill_delay_us = -1 };
    CrmProcess *process;
    Run *run;

    if (type == NULL || !is_message_type (type) || !g_strv_contains (names, type))
        return;
    if (g_hash_table_size (hooks->running) >= HBD_HOOKS_MAX) {
        hooks->record (hooks->data, hbd_record_new (HBD_LEVEL_WARNING, "hook.skipped",
                                                    "name=%s running=%d", type, HBD_HOOKS_MAX));
        return;
    }
    path = g_build_filename (hooks->ha_dir, "rc.d", type, NULL);
    envp = hbd_hooks_environment ((const char *const *) hooks->env, message);
    argv[0] = path;
    argv[1] = type;
    run = g_new0 (Run, 1);
    run->hooks = hooks;
    run->name = g_strdup (type);
    spec.argv = argv;
    spec.envp = (const char *const *) envp;
    spec.done = on_done;
    spec.line = on_line;
    spec.data = run;
    process = crm_process_start (&spec);
    g_hash_table_insert (hooks->running, process, run);
}
