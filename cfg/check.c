/* SPDX-License-Identifier: Apache-2.0 */
/* Cross-checks: what can only be seen with all files, and the host, at hand. One small function
 * each, called from a table; the rules of Heartbeat itself are in doc/heartbeat.md 1.2. */
#include "config.h"

#include "cfg/build.h"
#include "cfg/cfg.h"
#include "cfg/keyword.h"

#include <string.h>

/* An address with a lifetime of 1 s is gone 1.03 to 1.22 s after its last renewal (doc/design.md,
 * Lease); this is the margin over the lifetime. */
#define LEASE_MARGIN HBD_MS (300)

typedef struct {
    const CfgCluster *cluster;
    const CfgInput *input;
    CfgDiags *diags;
    const char *own; /* lower case */
} Check;

/* The last line that holds the directive, or the file as a whole. */
static CfgPlace
place_of (const Check *check, const char *name)
{
    for (guint i = check->cluster->settings->len; i > 0; i--) {
        const CfgSetting *setting = g_ptr_array_index (check->cluster->settings, i - 1);

        if (strcmp (setting->name, name) == 0)
            return setting->place;
    }
    return cfg_text_place (&check->input->ha_cf);
}

static double
in_seconds (HbdTime time)
{
    return (double) time / 1e6;
}

static void
check_media (const Check *check)
{
    static const char *const media[] = { "bcast", "ucast", "mcast", "ucast6", "mcast6" };

    /* A media line that could not be used was an error already. */
    for (guint i = 0; i < G_N_ELEMENTS (media); i++)
        if (cfg_setting (check->cluster, media[i]) != NULL)
            return;
    if (cfg_setting (check->cluster, "serial") != NULL)
        cfg_diag (check->diags, CFG_ERROR, place_of (check, "serial"),
                  "serial is the only link and is not supported; add bcast INTERFACE or ucast "
                  "INTERFACE ADDRESS");
    else
        cfg_diag (check->diags, CFG_ERROR, cfg_text_place (&check->input->ha_cf),
                  "no link to the other node; add bcast INTERFACE or ucast INTERFACE ADDRESS");
}

static bool
has_node (const CfgCluster *cluster, const char *name)
{
    for (guint i = 0; i < cluster->nodes->len; i++)
        if (strcmp (((const CfgNode *) g_ptr_array_index (cluster->nodes, i))->name, name) == 0)
            return true;
    return false;
}

/* The names of all nodes, NULL-terminated; the strings are borrowed. (transfer container) */
static const char **
node_names (const CfgCluster *cluster)
{
    const char **names = g_new0 (const char *, cluster->nodes->len + 1);

    for (guint i = 0; i < cluster->nodes->len; i++)
        names[i] = ((const CfgNode *) g_ptr_array_index (cluster->nodes, i))->name;
    return names;
}

/* The node that differs from @name only by its domain: the usual slip. */
static const char *
same_host (const char *const *names, const char *name)
{
    gsize len = strcspn (name, ".");

    for (; *names != NULL; names++)
        if (strcspn (*names, ".") == len && strncmp (*names, name, len) == 0)
            return *names;
    return NULL;
}

static char *
node_hint (const CfgCluster *cluster, const char *name)
{
    g_autofree const char **names = node_names (cluster);
    const char *near = same_host (names, name);

    return near != NULL ? g_strdup_printf ("; did you mean '%s'?", near)
                        : cfg_did_you_mean (name, names);
}

static void
check_nodes (const Check *check)
{
    const CfgCluster *cluster = check->cluster;
    g_autofree char *near = NULL;
    const CfgNode *third;

    if (cluster->nodes->len == 0) {
        cfg_diag (check->diags, CFG_ERROR, cfg_text_place (&check->input->ha_cf),
                  "no node line; add: node %s OTHER-NODE",
                  *check->own != '\0' ? check->own : "THIS-NODE");
        return;
    }
    if (*check->own != '\0' && !has_node (cluster, check->own)) {
        near = node_hint (cluster, check->own);
        cfg_diag (
            check->diags, CFG_ERROR, place_of (check, "node"),
            "this machine is '%.99s' (uname -n), and no node line names it: write the name as "
            "uname -n prints it, or start hbd with --node-name%s",
            check->own, near);
    }
    if (cluster->nodes->len > 2 && cluster->groups->len > 0) {
        third = g_ptr_array_index (cluster->nodes, 2);
        cfg_diag (check->diags, CFG_ERROR, third->place,
                  "'%s' is the third node; haresources works with two only", third->name);
    }
    if (cluster->nodes->len == 1)
        cfg_diag (check->diags, CFG_WARNING, place_of (check, "node"),
                  "only one node: there is nobody to take over");
}

static void
check_deadtime (const Check *check)
{
    const CfgCluster *cluster = check->cluster;

    if (cluster->deadtime_us <= 2 * cluster->keepalive_us)
        cfg_diag (
            check->diags, CFG_ERROR, place_of (check, "deadtime"),
            "deadtime %g s must be more than twice keepalive (%g s), or a single lost message "
            "kills a node",
            in_seconds (cluster->deadtime_us), in_seconds (cluster->keepalive_us));
    else if (cluster->deadtime_is_default)
        cfg_diag (check->diags, CFG_WARNING, place_of (check, "deadtime"),
                  "deadtime is left at 30 s: after a crash the service is away that long; for "
                  "example: deadtime 5");
    if (cluster->deadping_us <= 2 * cluster->keepalive_us
        && cfg_setting (cluster, "deadping") != NULL)
        cfg_diag (check->diags, CFG_ERROR, place_of (check, "deadping"),
                  "deadping %g s must be more than twice keepalive (%g s)",
                  in_seconds (cluster->deadping_us), in_seconds (cluster->keepalive_us));
}

static void
check_warntime (const Check *check)
{
    const CfgCluster *cluster = check->cluster;

    if (cfg_setting (cluster, "warntime") == NULL)
        return;
    if (cluster->warntime_us >= cluster->deadtime_us)
        cfg_diag (check->diags, CFG_WARNING, place_of (check, "warntime"),
                  "warntime %g s is not below deadtime (%g s), so it never warns",
                  in_seconds (cluster->warntime_us), in_seconds (cluster->deadtime_us));
    else if (cluster->warntime_us <= cluster->keepalive_us)
        cfg_diag (check->diags, CFG_WARNING, place_of (check, "warntime"),
                  "warntime %g s is not above keepalive (%g s), so every heartbeat is late",
                  in_seconds (cluster->warntime_us), in_seconds (cluster->keepalive_us));
}

static void
check_initdead (const Check *check)
{
    const CfgCluster *cluster = check->cluster;

    if (cluster->initdead_us < cluster->deadtime_us)
        cfg_diag (check->diags, CFG_ERROR, place_of (check, "initdead"),
                  "initdead %g s must be at least deadtime (%g s)",
                  in_seconds (cluster->initdead_us), in_seconds (cluster->deadtime_us));
    else if (cluster->initdead_us < HBD_S (10))
        cfg_diag (check->diags, CFG_WARNING, place_of (check, "initdead"),
                  "initdead %g s is short: a node whose network takes longer to come up at boot "
                  "takes everything",
                  in_seconds (cluster->initdead_us));
}

static void
check_failback (const Check *check)
{
    if (check->cluster->failback_is_default)
        cfg_diag (check->diags, CFG_WARNING, place_of (check, "auto_failback"),
                  "auto_failback is left at legacy: groups go back to their node as soon as it "
                  "returns; write auto_failback on or off");
}

static void
check_single_link (const Check *check)
{
    const CfgLink *link;

    if (check->cluster->links->len != 1 || check->cluster->nodes->len < 2)
        return;
    link = g_ptr_array_index (check->cluster->links, 0);
    cfg_diag (
        check->diags, CFG_WARNING, link->place,
        "single link: a cut is a split; both nodes take everything until it is mended, so add "
        "a second link over another path");
}

static void
check_lease (const Check *check)
{
    const CfgCluster *cluster = check->cluster;
    HbdTime lease = cluster->lease_timeout_us < 0 ? HBD_S (1) : cluster->lease_timeout_us;
    CfgPlace place = place_of (check, "deadtime");

    if (cluster->groups->len == 0)
        return;
    lease = (lease + HBD_S (1) - 1) / HBD_S (1) * HBD_S (1); /* lifetimes are whole seconds */
    if (cluster->lease_mode == CFG_LEASE_OFF)
        cfg_diag (check->diags, CFG_WARNING, cfg_text_place (&check->input->hbd_conf),
                  "lease off: a node whose hbd is killed or frozen keeps its addresses while the "
                  "other takes them");
    else if (cluster->deadtime_us > 2 * cluster->keepalive_us
             && cluster->deadtime_us < lease + LEASE_MARGIN + cluster->keepalive_us)
        cfg_diag (check->diags, CFG_WARNING, place,
                  "deadtime %g s is shorter than the time a killed node may still answer for its "
                  "addresses (%g s after its last heartbeat); both may answer for a moment",
                  in_seconds (cluster->deadtime_us), in_seconds (lease + LEASE_MARGIN));
    if (cluster->lease_mode == CFG_LEASE_GATE)
        cfg_diag (check->diags, CFG_WARNING, cfg_text_place (&check->input->hbd_conf),
                  "lease mode gate acts in a later release; until then addresses have a lifetime");
}

static void
check_group_nodes (const Check *check)
{
    for (guint i = 0; i < check->cluster->groups->len; i++) {
        const CfgGroupLine *group = g_ptr_array_index (check->cluster->groups, i);
        g_autofree char *near = NULL;

        if (check->cluster->nodes->len == 0 || has_node (check->cluster, group->node))
            continue;
        near = node_hint (check->cluster, group->node);
        cfg_diag (check->diags, CFG_ERROR, group->place, "'%.99s' is not a node of ha.cf%s",
                  group->node, near);
    }
    if (check->cluster->groups->len == 0 && check->diags->errors == 0)
        cfg_diag (check->diags, CFG_WARNING, cfg_text_place (&check->input->haresources),
                  "no group: there is nothing to keep up; a line is NODE RESOURCE...");
}

/* hbd.conf names resources by word, group key or agent name; a name that meets none is a slip. */
static void
check_resource_confs (const Check *check)
{
    const CfgCluster *cluster = check->cluster;
    g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();

    for (guint i = 0; i < cluster->groups->len; i++) {
        const CfgGroupLine *group = g_ptr_array_index (cluster->groups, i);

        for (guint r = 0; r < group->resources->len; r++) {
            const CfgResourceWord *word = g_ptr_array_index (group->resources, r);

            g_hash_table_add (known, word->word);
            if (g_hash_table_add (known, word->name))
                g_ptr_array_add (names, word->name);
        }
    }
    g_ptr_array_add (names, NULL);
    for (guint i = 0; i < cluster->resource_confs->len; i++) {
        const CfgResourceConf *conf = g_ptr_array_index (cluster->resource_confs, i);
        g_autofree char *hint = NULL;

        if (conf->agent != NULL || g_hash_table_contains (known, conf->name))
            continue;
        hint = cfg_did_you_mean (conf->name, (const char *const *) names->pdata);
        cfg_diag (check->diags, CFG_WARNING, conf->place,
                  "no resource of haresources is called '%.60s'%s", conf->name, hint);
    }
}

void
cfg_check (const CfgCluster *cluster, const CfgInput *input, CfgDiags *diags)
{
    static void (*const checks[]) (const Check *) = {
        check_media,    check_nodes,       check_deadtime, check_warntime,    check_initdead,
        check_failback, check_single_link, check_lease,    check_group_nodes, check_resource_confs,
    };
    g_autofree char *own = g_ascii_strdown (input->node_name != NULL ? input->node_name : "", -1);
    Check check = { cluster, input, diags, own };

    for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
        checks[i](&check);
    if (input->host != NULL)
        cfg_check_host (cluster, input, diags);
}
