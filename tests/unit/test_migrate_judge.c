/* SPDX-License-Identifier: Apache-2.0 */
/* Facts in, findings out: golden files for whole configurations, and a table with one row for each
 * thing that a machine can have. `make update-golden` writes the golden files. */
#include "config.h"

#include "hbd/migrate/gather.h"
#include "hbd/migrate/judge.h"
#include "tests/unit/cfg_fixture.h"

#include <string.h>

/* --- a made-up machine: a list of scripts, "=" before those that the package ships ------------ */

static const char *const scripts[] = { "=/etc/ha.d/resource.d/IPaddr",
                                       "=/etc/ha.d/resource.d/IPaddr2",
                                       "=/etc/ha.d/resource.d/Filesystem",
                                       "=/etc/ha.d/resource.d/MailTo",
                                       "=/etc/ha.d/resource.d/apache",
                                       "/etc/ha.d/resource.d/billing",
                                       "/etc/init.d/nginx",
                                       "/etc/init.d/legacyd",
                                       "/ocf/resource.d/heartbeat/Filesystem",
                                       "/ocf/resource.d/heartbeat/MailTo",
                                       "/ocf/resource.d/heartbeat/squid",
                                       "/ocf/resource.d/hbd/httpd",
                                       "/ocf/resource.d/hbd/apache",
                                       "/ocf/resource.d/hbd/nginx",
                                       NULL };

static CrmScript
fake_script (gpointer data, const char *path)
{
    for (const char *const *s = scripts; *s != NULL; s++)
        if (strcmp (*s + (**s == '='), path) == 0)
            return **s == '=' ? CRM_SCRIPT_PACKAGED : CRM_SCRIPT_OWN;
    return CRM_SCRIPT_NONE;
}

static char **
fake_list (gpointer data, const char *dir)
{
    static const char *const providers[] = { "hbd", "heartbeat", NULL };

    return strcmp (dir, "/ocf/resource.d") == 0 ? g_strdupv ((char **) providers) : NULL;
}

static bool
fake_has_unit (gpointer data, const char *unit)
{
    return strcmp (unit, "prometheus.service") == 0;
}

static char *
fake_read (gpointer data, const char *path)
{
    return NULL;
}

static const CrmHost host = { .script = fake_script,
                              .list = fake_list,
                              .has_unit = fake_has_unit,
                              .read = fake_read,
                              .ha_dir = "/etc/ha.d",
                              .init_dir = "/etc/init.d",
                              .ocf_root = "/ocf" };

/* Nothing to be said of this machine but that Heartbeat is installed. */
static HbdMigrateFacts *
facts_new (const CfgFixture *fixture)
{
    HbdMigrateFacts *facts = hbd_migrate_facts_new ();

    facts->cluster = fixture->cluster;
    facts->diags = fixture->diags;
    facts->ha_cf = g_strdup ("ha.cf");
    facts->haresources = g_strdup ("haresources");
    facts->authkeys = g_strdup ("authkeys");
    facts->hbd_conf = g_strdup ("hbd.conf");
    facts->node_name = g_strdup ("alpha");
    facts->nodeinfo_path = g_strdup ("/etc/ha.d/nodeinfo");
    facts->generation_path = g_strdup ("/var/lib/heartbeat/hb_generation");
    facts->uuid_path = g_strdup ("/var/lib/heartbeat/hb_uuid");
    facts->generation = facts->uuid = HBD_MIGRATE_GOOD;
    facts->has_user = facts->has_group = facts->is_root = true;
    facts->heartbeat.program = g_strdup ("/usr/libexec/heartbeat/heartbeat");
    facts->heartbeat.pid_file = g_strdup ("/run/heartbeat.pid");
    facts->hbd.pid_file = g_strdup ("/run/hbd/hbd.pid");
    hbd_migrate_gather_resources (facts, &host, &host, "/nonexistent");
    return facts;
}

static void
add_script (HbdMigrateFacts *facts, const char *path, const char *text, bool is_edited,
            bool is_hook)
{
    HbdMigrateScript *script = g_new0 (HbdMigrateScript, 1);

    script->path = g_strdup (path);
    script->text = g_bytes_new (text, strlen (text));
    script->is_edited = is_edited;
    script->is_hook = is_hook;
    g_ptr_array_add (facts->scripts, script);
}

static char *
judge (const HbdMigrateFacts *facts)
{
    g_autoptr (HbdFindings) findings = hbd_migrate_judge (facts);

    return hbd_findings_text (findings);
}

static void
assert_says (const char *text, const char *line)
{
    if (strstr (text, line) == NULL)
        g_error ("'%s' is not in:\n%s", line, text);
}

/* --- whole configurations --------------------------------------------------------------------- */

static void
check_golden (gconstpointer data)
{
    const char *name = data;
    g_autofree char *dir = g_test_build_filename (G_TEST_DIST, "data", name, NULL);
    g_autofree char *base = g_path_get_basename (dir);
    g_autofree char *file = g_strconcat (base, ".expected", NULL);
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "migrate", file, NULL);
    g_autoptr (CfgFixture) fixture = cfg_fixture_dir (dir);
    g_autoptr (HbdMigrateFacts) facts = facts_new (fixture);
    g_autofree char *text = judge (facts);
    g_autofree char *expected = NULL;

    if (g_getenv ("HBD_UPDATE_GOLDEN") != NULL) {
        g_assert_true (g_file_set_contents (path, text, -1, NULL));
        return;
    }
    g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
    g_assert_cmpstr (text, ==, expected);
}

/* Headings apart, every line but the last says FILE:LINE:COLUMN: SEVERITY: TEXT. */
static void
check_form (gconstpointer data)
{
    g_autofree char *dir = g_test_build_filename (G_TEST_DIST, "data", data, NULL);
    g_autoptr (CfgFixture) fixture = cfg_fixture_dir (dir);
    g_autoptr (HbdMigrateFacts) facts = facts_new (fixture);
    g_autofree char *text = judge (facts);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    guint count = g_strv_length (lines);

    g_assert_cmpuint (count, >, 3);
    for (guint i = 0; i + 2 < count; i++)
        if (*lines[i] != '\0' && !g_str_has_suffix (lines[i], ":"))
            g_assert_true (g_regex_match_simple (
                "^[^:]+:[1-9][0-9]*:[1-9][0-9]*: (error|warning|note): .", lines[i], 0, 0));
}

/* --- one thing at a time ---------------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *ha_cf, *haresources, *authkeys, *hbd_conf; /* NULL: sound ones */
    void (*change) (HbdMigrateFacts *facts);               /* may be NULL */
    const char *says; /* a whole beginning of a line, and some of its text */
    bool is_error;
} Case;

static void
with_nodeinfo (HbdMigrateFacts *f)
{
    f->nodeinfo = g_strdup ("web1");
}

static void
with_bad_generation (HbdMigrateFacts *f)
{
    f->generation = HBD_MIGRATE_BAD;
}

static void
with_generation_elsewhere (HbdMigrateFacts *f)
{
    f->other_generation_path = g_strdup ("/other/hb_generation");
}

static void
with_no_identity (HbdMigrateFacts *f)
{
    f->generation = f->uuid = HBD_MIGRATE_ABSENT;
}

static void
with_lost_uuid (HbdMigrateFacts *f)
{
    f->uuid = HBD_MIGRATE_ABSENT;
}

static void
with_bad_uuid (HbdMigrateFacts *f)
{
    f->uuid = HBD_MIGRATE_BAD;
}

static void
with_heartbeat_at_boot (HbdMigrateFacts *f)
{
    f->heartbeat.boot_link = g_strdup ("/etc/rc2.d/S01heartbeat");
}

static void
with_both_at_boot (HbdMigrateFacts *f)
{
    with_heartbeat_at_boot (f);
    f->hbd.boot_link = g_strdup ("/etc/systemd/system/multi-user.target.wants/hbd.service");
}

static void
with_hbd_at_boot (HbdMigrateFacts *f)
{
    f->hbd.boot_link = g_strdup ("/etc/systemd/system/multi-user.target.wants/hbd.service");
}

static void
with_heartbeat_running (HbdMigrateFacts *f)
{
    f->heartbeat.pid = 812;
}

static void
with_hbd_running (HbdMigrateFacts *f)
{
    f->hbd.pid = 901;
}

static void
without_heartbeat (HbdMigrateFacts *f)
{
    g_clear_pointer (&f->heartbeat.program, g_free);
}

static void
without_accounts (HbdMigrateFacts *f)
{
    f->has_user = f->has_group = f->is_root = false;
}

static void
with_port_held (HbdMigrateFacts *f)
{
    HbdMigratePort *port = g_new0 (HbdMigratePort, 1);

    port->port = 694;
    port->program = g_strdup ("rpcbind");
    g_ptr_array_add (f->ports, port);
}

static void
with_firewall (HbdMigrateFacts *f)
{
    f->nft = g_strdup ("table inet filter {\n\tchain input {\n\t\ttype filter hook input priority "
                       "filter; policy drop;\n\t\ttcp dport 22 accept\n\t}\n}\n");
}

static void
with_boot_unit (HbdMigrateFacts *f)
{
    HbdMigrateResource *r = f->resources->pdata[0];

    r->boot_link = g_strdup ("/etc/systemd/system/multi-user.target.wants/nginx.service");
    r->boot_unit = g_strdup ("nginx");
}

static void
with_own_hook (HbdMigrateFacts *f)
{
    add_script (f, "/etc/ha.d/rc.d/status", "#!/bin/sh\nlogger $HA_src\n", false, true);
}

static void
with_edited_hook (HbdMigrateFacts *f)
{
    add_script (f, "/etc/ha.d/rc.d/status", "#!/bin/sh\n/usr/share/heartbeat/mach_down x\n", true,
                true);
}

static void
with_edited_harc (HbdMigrateFacts *f)
{
    add_script (f, "/etc/ha.d/harc", "#!/bin/sh\n", true, false);
}

static const char two_keys[] = "auth 2\n1 sha1 an-old-one\n2 sha1 a-new-one\n";
static const char with_clients[] =
    "keepalive 1\ndeadtime 5\nauto_failback on\nnode alpha beta\nbcast eth0 eth1\n"
    "respawn hacluster /usr/lib/heartbeat/dopd\nlogfile /var/log/ha-log\n"
    "apiauth dopd uid=hacluster\n";

static const Case cases[] = {
    { "dopd", .ha_cf = with_clients,
      .says = "ha.cf:6:1: warning: respawn: dopd needs Heartbeat's" },
    { "logfile", .ha_cf = with_clients,
      .says = "ha.cf:7:1: note: logfile: the lines have another" },
    { "apiauth", .ha_cf = with_clients, .says = "ha.cf:8:1: note: apiauth: accepted without" },
    { "rotation", .authkeys = two_keys, .says = "authkeys:1:1: warning: 2 keys: as long as one" },
    { "sha256", .hbd_conf = "auth {\n method sha256\n}\n",
      .says = "hbd.conf:1:1: error: auth { method sha256 } is understood by hbd only",
      .is_error = true },
    { "address", .says = "haresources:1:7: note: 10.0.0.10/24/eth0: Heartbeat runs "
                         "/etc/ha.d/resource.d/IPaddr; hbd sets the address itself" },
    { "own agent instead of the wrapper", .haresources = "alpha apache\n",
      .says = "haresources:1:7: note: apache: Heartbeat runs /etc/ha.d/resource.d/apache; hbd runs "
              "its own agent /ocf/resource.d/hbd/apache" },
    { "own agent instead of the init script", .haresources = "alpha nginx\n",
      .says = "haresources:1:7: warning: nginx: Heartbeat runs /etc/init.d/nginx; hbd runs its own "
              "agent /ocf/resource.d/hbd/nginx" },
    { "agent that Heartbeat does not find", .haresources = "alpha httpd\n",
      .says = "haresources:1:7: note: httpd: Heartbeat finds no script and fails; hbd runs "
              "/ocf/resource.d/hbd/httpd" },
    { "user's script", .haresources = "alpha billing::a\n",
      .says = "haresources:1:7: note: billing::a: both run /etc/ha.d/resource.d/billing" },
    { "init script", .haresources = "alpha legacyd\n",
      .says =
          "haresources:1:7: warning: legacyd: both run /etc/init.d/legacyd; for Heartbeat it runs "
          "when its status" },
    { "unit", .haresources = "alpha prometheus\n",
      .says =
          "haresources:1:7: note: prometheus: Heartbeat finds no script and fails; hbd uses the "
          "unit prometheus.service" },
    { "wrapper", .haresources = "alpha MailTo::root\n",
      .says =
          "haresources:1:7: note: MailTo::root: Heartbeat runs /etc/ha.d/resource.d/MailTo; hbd "
          "runs the agent /ocf/resource.d/heartbeat/MailTo without the wrapper" },
    { "limits", .haresources = "alpha MailTo::root\n",
      .says = "haresources:1:1: note: a start may take 60 s, a stop 60 s" },
    { "server at boot", .haresources = "alpha nginx\n", .change = with_boot_unit,
      .says = "/etc/systemd/system/multi-user.target.wants/nginx.service:1:1: warning: nginx is "
              "started at boot" },
    { "nodeinfo", .change = with_nodeinfo,
      .says = "/etc/ha.d/nodeinfo:1:1: error: Heartbeat calls this node 'web1'", .is_error = true },
    { "bad generation", .change = with_bad_generation,
      .says = "/var/lib/heartbeat/hb_generation:1:1: error: not a generation number",
      .is_error = true },
    { "built for other folders", .change = with_generation_elsewhere,
      .says = "/other/hb_generation:1:1: error: Heartbeat's generation is here, but this hbd was "
              "built to keep it in /var/lib/heartbeat/hb_generation",
      .is_error = true },
    { "no generation", .change = with_no_identity,
      .says = "/var/lib/heartbeat/hb_generation:1:1: note: there is none" },
    { "lost uuid", .change = with_lost_uuid,
      .says = "/var/lib/heartbeat/hb_uuid:1:1: warning: there is none beside hb_generation" },
    { "bad uuid", .change = with_bad_uuid,
      .says = "/var/lib/heartbeat/hb_uuid:1:1: warning: not the 16 bytes" },
    { "Heartbeat at boot", .change = with_heartbeat_at_boot,
      .says = "/etc/rc2.d/S01heartbeat:1:1: warning: Heartbeat is started at boot" },
    { "both at boot", .change = with_both_at_boot,
      .says = "/etc/rc2.d/S01heartbeat:1:1: error: Heartbeat and hbd are both started",
      .is_error = true },
    { "hbd at boot, Heartbeat not masked", .change = with_hbd_at_boot,
      .says =
          "/etc/systemd/system/multi-user.target.wants/hbd.service:1:1: warning: hbd is started "
          "at boot, but Heartbeat is not masked" },
    { "Heartbeat runs", .change = with_heartbeat_running,
      .says = "/run/heartbeat.pid:1:1: note: Heartbeat runs here now (pid 812)" },
    { "hbd runs", .change = with_hbd_running,
      .says = "/run/hbd/hbd.pid:1:1: note: hbd runs here already (pid 901)" },
    { "way back", .says = "/usr/libexec/heartbeat/heartbeat:1:1: note: Heartbeat stays installed" },
    { "no way back", .change = without_heartbeat,
      .says = "ha.cf:1:1: note: Heartbeat is not installed" },
    { "no user", .change = without_accounts,
      .says = "/etc/passwd:1:1: warning: there is no user hbd" },
    { "no group", .change = without_accounts,
      .says = "/etc/group:1:1: note: there is no group haclient" },
    { "not root", .change = without_accounts, .says = "ha.cf:1:1: warning: not run as root" },
    { "port", .change = with_port_held, .says = "ha.cf:1:1: error: UDP port 694 is held by rpcbind",
      .is_error = true },
    { "firewall", .change = with_firewall,
      .says =
          "ha.cf:5:7: warning: eth0 incoming: blocked by table inet filter, chain input: policy "
          "drop; mend it with: nft " },
    { "hook", .change = with_own_hook,
      .says = "/etc/ha.d/rc.d/status:1:1: note: hbd runs this hook for each message 'status'" },
    { "edited hook", .change = with_edited_hook,
      .says = "/etc/ha.d/rc.d/status:1:1: warning: this hook of the package was edited" },
    { "edited harc", .change = with_edited_harc,
      .says = "/etc/ha.d/harc:1:1: warning: this file of the package was edited" },
};

static void
check_case (gconstpointer data)
{
    const Case *c = data;
    CfgFixtureTexts texts = { .ha_cf = c->ha_cf != NULL ? c->ha_cf : CFG_SOUND_HA_CF,
                              .haresources =
                                  c->haresources != NULL ? c->haresources : CFG_SOUND_HARESOURCES,
                              .authkeys = c->authkeys != NULL ? c->authkeys : CFG_SOUND_AUTHKEYS,
                              .hbd_conf = c->hbd_conf };
    g_autoptr (CfgFixture) fixture = cfg_fixture_new (&texts);
    CfgDiags *no_diags = cfg_diags_new ();
    g_autoptr (HbdMigrateFacts) facts = facts_new (fixture);
    g_autoptr (HbdFindings) findings = NULL;
    g_autofree char *text = NULL;

    facts->diags = no_diags; /* those are cfg's tests */
    if (c->change != NULL)
        c->change (facts);
    findings = hbd_migrate_judge (facts);
    text = hbd_findings_text (findings);
    assert_says (text, c->says);
    g_assert_cmpuint (hbd_findings_count (findings, CFG_ERROR), ==, c->is_error ? 1 : 0);
    cfg_diags_free (no_diags);
}

/* A machine and files with nothing special: no error, and only the warnings of the files. */
static void
test_nothing_special (void)
{
    g_autoptr (CfgFixture) fixture = cfg_fixture_ha_cf (CFG_SOUND_HA_CF);
    g_autoptr (HbdMigrateFacts) facts = facts_new (fixture);
    g_autoptr (HbdFindings) findings = hbd_migrate_judge (facts);
    g_autofree char *text = hbd_findings_text (findings);

    g_assert_cmpuint (hbd_findings_count (findings, CFG_ERROR), ==, 0);
    g_assert_cmpuint (hbd_findings_count (findings, CFG_WARNING), ==, fixture->diags->warnings);
    g_assert_true (g_str_has_suffix (text, "nothing stands in the way, 0 to look at: the next step "
                                           "is in hbd-migrate(7)\n"));
}

/* --- scripts ---------------------------------------------------------------------------------- */

static const struct {
    const char *line, *says; /* NULL: nothing is said */
} lines[] = {
    { "* * * * * root /usr/share/heartbeat/ResourceManager givegroup 10.0.0.1",
      "37: warning: ResourceManager starts" },
    { "ResourceManager listkeys", "1: note: ResourceManager reads" },
    { "/usr/share/heartbeat/mach_down alpha", "22: warning: mach_down" },
    { "x=`/usr/share/heartbeat/req_resource ip`", "25: warning: req_resource" },
    { "/usr/lib/heartbeat/hb_standby foreign", "9: note: hbd reads the FIFO" },
    { "hb_standby all", NULL },
    { "hb_takeover local", NULL },
    { "hb_addnode gamma", "1: warning: hbd takes its nodes" },
    { "/usr/libexec/heartbeat/heartbeat -s", "13: warning: this is Heartbeat's own program" },
    { "heartbeat -s || mail root", NULL },
    { "/etc/init.d/heartbeat restart", "6: warning: as long as Heartbeat's package" },
    { "service heartbeat stop", "1: warning: as long as" },
    { "systemctl restart heartbeat", "1: warning: as long as" },
    { "systemctl restart heartbeat.service", "1: warning: as long as" },
    { "systemctl restart heartbeat-exporter", NULL },
    { "killall -9 heartbeat", "1: warning: hbd's processes are" },
    { "outdate-peer \"/usr/lib/heartbeat/drbd-peer-outdater\";", "34: warning: it needs dopd" },
    { "echo > /var/lib/heartbeat/fifo", "16: note: hbd reads this FIFO" },
    { "cl_status hbstatus", "1: note: hbd's cl_status" },
    { "grep WARN /var/log/ha-log", "20: note: hbd's log lines" },
    { "  # killall heartbeat", NULL },
    { "\xff\xfe mach_down", "4: warning: mach_down" },
    { "echo hello", NULL },
};

static void
test_lines_of_scripts (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        g_autoptr (CfgFixture) fixture = cfg_fixture_ha_cf (CFG_SOUND_HA_CF);
        g_autoptr (HbdMigrateFacts) facts = facts_new (fixture);
        g_autoptr (HbdFindings) findings = hbd_findings_new ();
        g_autofree char *script = g_strdup_printf ("#!/bin/sh\n%s\n", lines[i].line);
        g_autofree char *text = NULL, *wanted = NULL;

        add_script (facts, "/usr/local/bin/ha", script, false, false);
        hbd_migrate_judge_scripts (facts, findings);
        text = hbd_findings_text (findings);
        g_assert_cmpuint (hbd_findings_len (findings, HBD_FINDINGS_SCRIPTS), ==,
                          lines[i].says != NULL);
        wanted = g_strdup_printf ("/usr/local/bin/ha:2:%s", lines[i].says);
        if (lines[i].says != NULL)
            assert_says (text, wanted);
    }
}

/* A script of a thousand calls is not repeated line by line. */
static void
test_hits_are_bounded (void)
{
    g_autoptr (CfgFixture) fixture = cfg_fixture_ha_cf (CFG_SOUND_HA_CF);
    g_autoptr (HbdMigrateFacts) facts = facts_new (fixture);
    g_autoptr (HbdFindings) findings = hbd_findings_new ();
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < 1000; i++)
        g_string_append (text, "mach_down\n");
    for (guint i = 0; i < 50; i++)
        add_script (facts, "/usr/local/bin/ha", text->str, false, false);
    hbd_migrate_judge_scripts (facts, findings);
    g_assert_cmpuint (hbd_findings_len (findings, HBD_FINDINGS_SCRIPTS), ==, CFG_DIAGS_KEPT + 1);
    g_string_free (text, TRUE);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void
test_json_keys (void)
{
    g_autoptr (CfgFixture) fixture = cfg_fixture_ha_cf (CFG_SOUND_HA_CF);
    g_autoptr (HbdMigrateFacts) facts = facts_new (fixture);
    g_autoptr (HbdFindings) findings = NULL;
    g_autoptr (GVariant) value = NULL, list = NULL, first = NULL;
    const char *const keys[] = { "group", "id", "severity", "file", "text" };
    guint64 errors, place;
    gboolean is_ok;

    with_bad_generation (facts);
    findings = hbd_migrate_judge (facts);
    value = hbd_findings_variant (findings);
    g_assert_true (g_variant_lookup (value, "errors", "t", &errors));
    g_assert_true (g_variant_lookup (value, "ok", "b", &is_ok));
    g_assert_cmpuint (errors, ==, 1);
    g_assert_false (is_ok);
    list = g_variant_lookup_value (value, "findings", G_VARIANT_TYPE ("aa{sv}"));
    g_assert_nonnull (list);
    first = g_variant_get_child_value (list, 0);
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
        const char *text;

        g_assert_true (g_variant_lookup (first, keys[i], "&s", &text));
        g_assert_cmpstr (text, !=, "");
    }
    g_assert_true (g_variant_lookup (first, "line", "t", &place));
    g_assert_true (g_variant_lookup (first, "column", "t", &place));
}

int
main (int argc, char **argv)
{
    static const char *const golden[] = { "cfg/good/tutorial", "cfg/good/two-links",
                                          "cfg/good/everything", "cfg/good/quirks",
                                          "migrate/heartbeat-nginx" };

    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (golden); i++) {
        g_autofree char *path = g_strdup_printf ("/migrate/golden/%s", golden[i]);
        g_autofree char *form = g_strdup_printf ("/migrate/every-line-is-located/%s", golden[i]);

        g_test_add_data_func (path, golden[i], check_golden);
        g_test_add_data_func (form, golden[i], check_form);
    }
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strdup_printf ("/migrate/says/%s", cases[i].name);

        g_test_add_data_func (path, &cases[i], check_case);
    }
    g_test_add_func ("/migrate/nothing-special", test_nothing_special);
    g_test_add_func ("/migrate/lines-of-scripts", test_lines_of_scripts);
    g_test_add_func ("/migrate/hits-are-bounded", test_hits_are_bounded);
    g_test_add_func ("/migrate/json-keys", test_json_keys);
    return g_test_run ();
}
