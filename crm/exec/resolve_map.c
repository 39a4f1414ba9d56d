/* SPDX-License-Identifier: Apache-2.0 */
/* What the wrappers in Heartbeat's resource.d do with their arguments (doc/crm.md 2.2), as rows. */
#include "config.h"

#include "crm/exec/resolve_map.h"

#include <string.h>

#define PARAMS_MAX  256
#define PARAMS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const CrmNameRow rows[] = {
    { "IPaddr", CRM_NAME_ADDRESS, "IPaddr", PARAMS ("ip"), false },
    { "IPaddr2", CRM_NAME_ADDRESS, "IPaddr2", PARAMS ("ip"), false },
    { "IPv6addr", CRM_NAME_ADDRESS, "IPv6addr", PARAMS ("ipv6addr"), false },
    { "httpd", CRM_NAME_SERVER, "httpd", PARAMS ("configfile"), false },
    { "apache", CRM_NAME_SERVER, "apache", PARAMS ("configfile"), false },
    { "nginx", CRM_NAME_SERVER, "nginx", PARAMS ("configfile"), false },
    { "AudibleAlarm", CRM_NAME_WRAPPED, "AudibleAlarm", PARAMS ("nodelist"), true },
    { "Delay", CRM_NAME_WRAPPED, "Delay", PARAMS ("startdelay", "stopdelay", "mondelay"), false },
    { "Filesystem", CRM_NAME_WRAPPED, "Filesystem",
      PARAMS ("device", "directory", "fstype", "options"), false },
    { "ICP", CRM_NAME_WRAPPED, "ICP", PARAMS ("driveid", "device"), false },
    { "IPsrcaddr", CRM_NAME_WRAPPED, "IPsrcaddr", PARAMS ("ipaddress"), false },
    { "LVM", CRM_NAME_WRAPPED, "LVM", PARAMS ("volgrpname"), false },
    { "LinuxSCSI", CRM_NAME_WRAPPED, "LinuxSCSI", PARAMS ("scsi"), false },
    { "MailTo", CRM_NAME_WRAPPED, "MailTo", PARAMS ("email", "subject"), false },
    { "Raid1", CRM_NAME_WRAPPED, "Raid1", PARAMS ("raidconf", "raiddev"), false },
    { "SendArp", CRM_NAME_WRAPPED, "SendArp", PARAMS ("ip", "nic"), false },
    { "ServeRAID", CRM_NAME_WRAPPED, "ServeRAID", PARAMS ("serveraid", "mergegroup"), false },
    { "WAS", CRM_NAME_WRAPPED, "WAS", PARAMS ("config"), false },
    { "WinPopup", CRM_NAME_WRAPPED, "WinPopup", PARAMS ("hostfile"), false },
    { "Xinetd", CRM_NAME_WRAPPED, "Xinetd", PARAMS ("service"), false },
    { "db2", CRM_NAME_WRAPPED, "db2", PARAMS ("instance"), false },
    { "ids", CRM_NAME_WRAPPED, "ids", PARAMS ("informixdir", "informixserver", "onconfig"), false },
    { "portblock", CRM_NAME_WRAPPED, "portblock", PARAMS ("protocol", "portno", "action"), false },
};

const CrmNameRow *
crm_name_row (const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        if (strcmp (rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static char **
to_strv (GPtrArray *list)
{
    g_ptr_array_add (list, NULL);
    return (char **) g_ptr_array_free (list, FALSE);
}

static void
add_param (GPtrArray *list, const char *name, const char *value)
{
    if (list->len < PARAMS_MAX)
        g_ptr_array_add (list, g_strdup_printf ("%s=%s", name, value));
}

static bool
is_number (const char *text)
{
    return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* The wrappers that do more than pass on. True: @args is dealt with. */
static bool
add_special (const CrmNameRow *row, char *const *args, guint n, GPtrArray *list)
{
    if (strcmp (row->name, "SendArp") == 0 && n == 1 && strchr (args[0], '/') != NULL) {
        g_auto (GStrv) parts = g_strsplit (args[0], "/", 2);

        add_param (list, "ip", parts[0]);
        add_param (list, "nic", parts[1]);
        return true;
    }
    if (strcmp (row->name, "WAS") == 0 && n == 1 && is_number (args[0])) {
        add_param (list, "port", args[0]);
        return true;
    }
    if (strcmp (row->name, "Delay") == 0 && n == 0) {
        add_param (list, "startdelay", "10");
        return true;
    }
    return false;
}

char **
crm_name_params (const CrmNameRow *row, char *const *args, guint *n_left)
{
    GPtrArray *list = g_ptr_array_new ();
    guint n = args != NULL ? g_strv_length ((char **) args) : 0;
    guint used = 0;

    if (add_special (row, args, n, list))
        used = n;
    for (; used < n && row->params[used] != NULL; used++) {
        bool takes_rest = row->takes_all && row->params[used + 1] == NULL;
        g_autofree char *value =
            takes_rest ? g_strjoinv (" ", (char **) args + used) : g_strdup (args[used]);

        add_param (list, row->params[used], value);
        if (takes_rest)
            used = n - 1;
    }
    if (n_left != NULL)
        *n_left = n - used;
    return to_strv (list);
}

/* A name that may stand in an environment variable's. */
static bool
is_param_name (const char *text, gsize len)
{
    if (len == 0 || len > 128)
        return false;
    for (gsize i = 0; i < len; i++)
        if (!g_ascii_isalnum (text[i]) && text[i] != '_')
            return false;
    return true;
}

char **
crm_plain_params (char *const *args, guint *n_left)
{
    GPtrArray *list = g_ptr_array_new ();

    *n_left = 0;
    for (; args != NULL && *args != NULL; args++) {
        const char *equals = strchr (*args, '=');

        if (equals != NULL && is_param_name (*args, (gsize) (equals - *args))
            && list->len < PARAMS_MAX)
            g_ptr_array_add (list, g_strdup (*args));
        else
            (*n_left)++;
    }
    return to_strv (list);
}

static void
add_file_line (GPtrArray *list, char *line)
{
    const char *equals;
    char *value;
    gsize len;

    line[strcspn (line, "#")] = '\0';
    g_strstrip (line);
    if (g_str_has_prefix (line, "export "))
        line = g_strchug (line + 7);
    if (g_str_has_prefix (line, "OCF_RESKEY_"))
        line += strlen ("OCF_RESKEY_");
    equals = strchr (line, '=');
    if (equals == NULL || !is_param_name (line, (gsize) (equals - line)))
        return;
    value = line + (equals - line) + 1;
    len = strlen (value);
    if (len >= 2 && (value[0] == '"' || value[0] == '\'') && value[len - 1] == value[0]) {
        value[len - 1] = '\0';
        value++;
    }
    line[equals - line] = '\0';
    add_param (list, line, value);
}

char **
crm_file_params (const char *text)
{
    GPtrArray *list = g_ptr_array_new ();
    g_auto (GStrv) lines = g_strsplit (text, "\n", PARAMS_MAX);

    for (char **line = lines; *line != NULL; line++)
        add_file_line (list, *line);
    return to_strv (list);
}
