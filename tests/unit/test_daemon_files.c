/* SPDX-License-Identifier: Apache-2.0 */
/* The files the daemon keeps: generation, uuid, pid files, recorder, configuration snapshot. */
#include "config.h"

#include "hbd/daemon/files.h"
#include "hbd/daemon/identity.h"
#include "hbd/daemon/pidfile.h"
#include "hbd/daemon/recorder.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *dir;
} Fixture;

static void
setup (Fixture *f, gconstpointer data)
{
    f->dir = g_dir_make_tmp ("hbd-test-XXXXXX", NULL);
    g_assert_nonnull (f->dir);
}

static void
teardown (Fixture *f, gconstpointer data)
{
    g_autoptr (GDir) dir = g_dir_open (f->dir, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *path = g_build_filename (f->dir, name, NULL);

        g_assert_cmpint (g_remove (path), ==, 0);
    }
    g_assert_cmpint (g_rmdir (f->dir), ==, 0);
    g_free (f->dir);
}

static char *
path_of (Fixture *f, const char *name)
{
    return g_build_filename (f->dir, name, NULL);
}

static void
assert_text (const char *path, const char *wanted)
{
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    g_assert_cmpstr (text, ==, wanted);
}

static void
put (const char *path, const char *text)
{
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* --- generation ---------------------------------------------------------------------------- */

static void
test_first_generation_is_time_plus_one (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "hb_generation");

    g_assert_cmpuint (hbd_identity_next_generation (path, 1700000000, false, NULL), ==, 1700000001);
    assert_text (path, "     1700000001\n");
    g_assert_cmpuint (hbd_identity_next_generation (path, 5, false, NULL), ==, 1700000002);
}

static void
test_generation_of_heartbeat_is_continued (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "hb_generation");

    put (path, "             41\n");
    g_assert_cmpuint (hbd_identity_next_generation (path, 1700000000, false, NULL), ==, 42);
    assert_text (path, "             42\n");
}

static void
test_generation_by_time_never_goes_back (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "hb_generation");

    put (path, "             41\n");
    g_assert_cmpuint (hbd_identity_next_generation (path, 1700000000, true, NULL), ==, 1700000000);
    g_assert_cmpuint (hbd_identity_next_generation (path, 1600000000, true, NULL), ==, 1700000001);
}

static void
test_store_keeps_the_greater (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "hb_generation");

    put (path, "             41\n");
    g_assert_true (hbd_identity_store_generation (path, 40, 100, NULL));
    assert_text (path, "             41\n");
    g_assert_true (hbd_identity_store_generation (path, 43, 100, NULL));
    assert_text (path, "             43\n");
}

/* After the last number there is none, and peers remember. */
static void
test_store_takes_no_leap (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "hb_generation");

    put (path, "     1700000041\n");
    g_assert_false (hbd_identity_store_generation (path, G_MAXUINT32 - 1, 1700000000, NULL));
    g_assert_false (hbd_identity_store_generation (path, 1700100000, 1700000000, NULL));
    assert_text (path, "     1700000041\n");
    g_assert_true (hbd_identity_store_generation (path, 1700000042, 1700000000, NULL));
    g_remove (path);
    g_assert_true (hbd_identity_store_generation (path, 1700000042, 1700000000, NULL));
    put (path, "4294967294\n");
    g_assert_cmpuint (hbd_identity_next_generation (path, 1700000000, false, NULL), ==, 0);
}

/* None of these makes us wait or fills the memory. */
static void
test_identity_files_that_are_no_files (Fixture *f, gconstpointer data)
{
    g_autofree char *fifo = path_of (f, "hb_generation");
    g_autofree char *fresh = path_of (f, "hb_uuid.new");
    g_autofree char *uuid_path = path_of (f, "hb_uuid");
    guint8 uuid[16];

    alarm (20);
    g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
    g_assert_cmpuint (hbd_identity_next_generation (fifo, 1700000000, false, NULL), ==, 0);
    g_remove (fifo);
    g_assert_cmpint (symlink ("/dev/zero", fifo), ==, 0);
    g_assert_cmpuint (hbd_identity_next_generation (fifo, 1700000000, false, NULL), ==, 0);
    g_assert_cmpint (mkfifo (fresh, 0600), ==, 0);
    g_assert_true (hbd_identity_uuid (uuid_path, uuid, NULL));
    g_assert_true (g_file_test (uuid_path, G_FILE_TEST_IS_REGULAR));
    alarm (0);
}

static void
test_generation_of_nonsense_is_an_error (Fixture *f, gconstpointer data)
{
    static const char *const bad[] = { "abc\n", "-5\n", "1 2\n", "99999999999\n", "0x10\n" };
    g_autofree char *path = path_of (f, "hb_generation");

    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (GError) error = NULL;

        put (path, bad[i]);
        g_assert_cmpuint (hbd_identity_next_generation (path, 1700000000, false, &error), ==, 0);
        g_assert_nonnull (error);
        assert_text (path, bad[i]);
    }
}

static void
test_generation_parses_bytes (void)
{
    guint32 n = 0;

    g_assert_false (hbd_identity_parse_generation ("4\0002", 3, &n));
    g_assert_true (hbd_identity_parse_generation ("  7 \n", 5, &n));
    g_assert_cmpuint (n, ==, 7);
    g_assert_false (hbd_identity_parse_generation ("", 0, &n));
}

static void
test_uuid_is_made_once (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "hb_uuid");
    guint8 first[16] = { 0 }, second[16] = { 1 }, zero[16] = { 0 };

    g_assert_true (hbd_identity_uuid (path, first, NULL));
    g_assert_true (hbd_identity_uuid (path, second, NULL));
    g_assert_cmpmem (first, 16, second, 16);
    g_assert_true (memcmp (first, zero, 16) != 0);
    put (path, "short");
    g_assert_true (hbd_identity_uuid (path, second, NULL));
    g_assert_true (memcmp (first, second, 16) != 0);
}

/* --- pid files ----------------------------------------------------------------------------- */

static void
test_pidfile_locks (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "hbd.pid");
    g_autofree char *own = g_strdup_printf ("%d\n", (int) getpid ());
    pid_t holder = -1;
    int fd = hbd_pidfile_take (path, &holder, NULL);

    g_assert_cmpint (fd, >=, 0);
    assert_text (path, own);
    g_assert_cmpint (hbd_pidfile_take (path, &holder, NULL), ==, -1);
    g_assert_cmpint (holder, ==, getpid ());
    close (fd);
    fd = hbd_pidfile_take (path, &holder, NULL);
    g_assert_cmpint (fd, >=, 0);
    close (fd);
}

static void
test_pidfile_alive_asks_for_the_name (Fixture *f, gconstpointer data)
{
    static const char *const nobody[] = { "no-such-program", NULL };
    static const char *const anybody[] = { "", NULL };
    g_autofree char *path = path_of (f, "x.pid");

    g_assert_cmpint (hbd_pidfile_alive (path, anybody), ==, 0);
    g_assert_true (hbd_pidfile_write (path, getppid (), NULL));
    g_assert_cmpint (hbd_pidfile_alive (path, nobody), ==, 0);
    g_assert_cmpint (hbd_pidfile_alive (path, anybody), ==, getppid ());
    hbd_pidfile_remove (path); /* not ours: stays */
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    put (path, "99999999\n");
    g_assert_cmpint (hbd_pidfile_alive (path, anybody), ==, 0);
    g_assert_true (hbd_pidfile_write (path, getpid (), NULL));
    hbd_pidfile_remove (path);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_pidfile_parse (void)
{
    g_assert_cmpint (hbd_pidfile_parse (" 42\n"), ==, 42);
    g_assert_cmpint (hbd_pidfile_parse (""), ==, 0);
    g_assert_cmpint (hbd_pidfile_parse ("-3"), ==, 0);
    g_assert_cmpint (hbd_pidfile_parse ("1"), ==, 0);
    g_assert_cmpint (hbd_pidfile_parse ("99999999999999999999"), ==, 0);
}

/* --- recorder ------------------------------------------------------------------------------ */

static void
record (HbdRecorder *recorder, guint n)
{
    g_autoptr (HbdRecord) r = hbd_record_new (HBD_LEVEL_NOTICE, "test.step", "n=%u", n);

    hbd_recorder_add (recorder, r, n, 1700000000000000 + n);
}

static void
test_recorder_keeps_the_last (void)
{
    g_autoptr (HbdRecorder) recorder = hbd_recorder_new (NULL);
    const HbdRecorded *entry;
    guint count = 0;

    g_assert_null (hbd_recorder_next (recorder, 0));
    for (guint n = 1; n <= HBD_RECORDER_RING + 10; n++)
        record (recorder, n);
    entry = hbd_recorder_next (recorder, 0);
    g_assert_cmpuint (entry->seq, ==, 11);
    g_assert_cmpstr (entry->fields, ==, "n=11");
    for (; entry != NULL; entry = hbd_recorder_next (recorder, entry->seq))
        count++;
    g_assert_cmpuint (count, ==, HBD_RECORDER_RING);
    g_assert_null (hbd_recorder_next (recorder, hbd_recorder_last_seq (recorder)));
    g_assert_null (hbd_recorder_next (recorder, G_MAXUINT64));
}

/* 4096 of these must not be a gigabyte, whoever made them so long. */
static void
test_recorder_cuts_what_is_long (void)
{
    g_autoptr (HbdRecorder) recorder = hbd_recorder_new (NULL);
    g_autofree char *text = g_strnfill (100000, 'x');
    HbdRecord long_one = { HBD_LEVEL_INFO, text, text };
    const HbdRecorded *entry = hbd_recorder_add (recorder, &long_one, 1, 1);

    g_assert_cmpuint (strlen (entry->name), ==, HBD_RECORDER_MAX_NAME);
    g_assert_cmpuint (strlen (entry->fields), ==, HBD_RECORDER_MAX_FIELDS);
}

static void
test_recorder_file_is_bounded (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "events");
    g_autofree char *old = path_of (f, "events.1");
    g_autofree char *text = g_strnfill (1000, 'x');
    HbdRecorder *recorder = hbd_recorder_new (path);
    struct stat st;

    for (guint n = 0; n < 2500; n++) {
        g_autoptr (HbdRecord) r = hbd_record_new (HBD_LEVEL_INFO, "test.big", "%s", text);

        hbd_recorder_add (recorder, r, n, 1700000000000000);
    }
    hbd_recorder_free (recorder);
    g_assert_cmpint (g_stat (path, &st), ==, 0);
    g_assert_cmpint (st.st_size, <, HBD_RECORDER_FILE_BYTES + 2000);
    g_assert_cmpint (g_stat (old, &st), ==, 0);
    g_assert_cmpint (st.st_size, <, HBD_RECORDER_FILE_BYTES + 2000);
}

static void
test_recorder_takes_any_bytes (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "events");
    g_autofree char *text = NULL;
    HbdRecorder *recorder = hbd_recorder_new (path);
    g_autoptr (HbdRecord) r =
        hbd_record_new (HBD_LEVEL_INFO, "agent.says", "text=\"a\nb\xff\x01\"");
    const HbdRecorded *entry = hbd_recorder_add (recorder, r, 1, 1700000000000001);
    g_autoptr (GVariant) value = g_variant_ref_sink (hbd_recorded_to_variant (entry));

    g_assert_true (g_variant_is_normal_form (value));
    hbd_recorder_free (recorder);
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    g_assert_cmpstr (text, ==,
                     "2023-11-14T22:13:20.000001Z mono_us=1 info agent.says "
                     "text=\"a b\357\277\275 \"\n");
}

/* --- configuration files ------------------------------------------------------------------- */

static void
test_snapshot_gives_the_files_back (Fixture *f, gconstpointer data)
{
    g_autofree char *ha_cf = path_of (f, "ha.cf");
    g_autofree char *authkeys = path_of (f, "authkeys");
    HbdOptions options = { .ha_dir = f->dir, .conf = (char *) "/nonexistent/hbd.conf" };
    g_autoptr (HbdFiles) files = NULL;
    g_autoptr (HbdFiles) back = NULL;
    CfgInput input = { 0 };
    int fd;

    put (ha_cf, "node a b\n");
    put (authkeys, "");
    g_assert_cmpint (g_chmod (authkeys, 0600), ==, 0);
    files = hbd_files_read (&options, NULL);
    fd = hbd_files_seal (files, NULL);
    g_assert_cmpint (fd, >=, 0);
    g_assert_cmpint (write (fd, "x", 1), ==, -1);
    put (ha_cf, "changed\n");
    back = hbd_files_unseal (fd, NULL);
    close (fd);
    g_assert_nonnull (back);
    hbd_files_to_input (back, &input);
    g_assert_cmpmem (input.ha_cf.text, input.ha_cf.len, "node a b\n", 9);
    g_assert_cmpstr (input.ha_cf.path, ==, ha_cf);
    g_assert_nonnull (input.authkeys.text); /* there, and empty */
    g_assert_cmpuint (input.authkeys.len, ==, 0);
    g_assert_cmpuint (input.authkeys.mode, ==, 0600);
    g_assert_null (input.haresources.text); /* not there */
    g_assert_null (input.hbd_conf.text);
}

static char *
included_text (HbdFiles *files, const char *from)
{
    CfgInput input = { 0 };
    g_autoptr (GPtrArray) found = NULL;
    GString *text = g_string_new (NULL);

    hbd_files_to_input (files, &input);
    found = input.include (input.include_data, from, "conf.d/*.conf");
    for (guint i = 0; i < found->len; i++)
        g_string_append (text, ((CfgIncluded *) found->pdata[i])->text);
    return g_string_free (text, FALSE);
}

static void
test_snapshot_holds_included_files (Fixture *f, gconstpointer data)
{
    g_autofree char *conf = path_of (f, "hbd.conf");
    g_autofree char *dir = path_of (f, "conf.d");
    g_autofree char *one = g_build_filename (dir, "10-one.conf", NULL);
    g_autofree char *two = g_build_filename (dir, "20-two.conf", NULL);
    HbdOptions options = { .ha_dir = f->dir, .conf = conf };
    g_autoptr (HbdFiles) files = NULL;
    g_autoptr (HbdFiles) back = NULL;
    g_autofree char *first = NULL, *second = NULL;
    int fd;

    g_mkdir (dir, 0700);
    put (one, "one ");
    put (two, "two ");
    put (conf, "include conf.d/*.conf\n");
    files = hbd_files_read (&options, NULL);
    first = included_text (files, conf);
    g_assert_cmpstr (first, ==, "one two ");
    fd = hbd_files_seal (files, NULL);
    g_remove (one);
    g_remove (two);
    g_rmdir (dir);
    back = hbd_files_unseal (fd, NULL);
    close (fd);
    second = included_text (back, conf);
    g_assert_cmpstr (second, ==, "one two ");
}

static void
test_snapshot_of_nonsense_is_an_error (Fixture *f, gconstpointer data)
{
    g_autofree char *path = path_of (f, "x");
    g_autoptr (GError) error = NULL;
    FILE *file;

    put (path, "this is no snapshot at all, whatever it may be");
    file = fopen (path, "r");
    g_assert_null (hbd_files_unseal (fileno (file), &error));
    g_assert_nonnull (error);
    fclose (file);
}

static void
test_files_that_are_not_files (Fixture *f, gconstpointer data)
{
    g_autofree char *ha_cf = path_of (f, "ha.cf");
    HbdOptions options = { .ha_dir = f->dir, .conf = (char *) "/nonexistent/hbd.conf" };
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (mkfifo (ha_cf, 0600), ==, 0);
    g_assert_null (hbd_files_read (&options, &error));
    g_assert_nonnull (strstr (error->message, "not a regular file"));
}

static void
test_keepalived_conf_is_read_to_be_checked (Fixture *f, gconstpointer data)
{
    g_autofree char *conf = path_of (f, "keepalived.conf");
    g_autofree char *ha_cf = path_of (f, "ha.cf");
    g_autofree char *large = g_strnfill (2 * HBD_FILE_MAX_BYTES, '\n');
    HbdOptions options = { .ha_dir = f->dir,
                           .conf = (char *) "/nonexistent/hbd.conf",
                           .keepalived_conf = conf };
    static const struct {
        const char *sides;
        gboolean check;
        bool has_heartbeat, has_keepalived;
    } cases[] = {
        { NULL, TRUE, true, true },          { "both", TRUE, true, true },
        { "keepalived", TRUE, false, true }, { "heartbeat", TRUE, true, false },
        { NULL, FALSE, true, false },
    };

    put (ha_cf, "node a b\n");
    put (conf, large);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (HbdFiles) files = NULL;
        CfgInput input = { 0 };

        options.sides = (char *) cases[i].sides;
        options.check = cases[i].check;
        files = hbd_files_read (&options, NULL);
        g_assert_nonnull (files);
        hbd_files_to_input (files, &input);
        g_assert_cmpint (input.ha_cf.text != NULL, ==, cases[i].has_heartbeat);
        g_assert_cmpint (input.keepalived_conf.text != NULL, ==, cases[i].has_keepalived);
    }
}

static void
test_included_folder_is_told_with_its_problem (Fixture *f, gconstpointer data)
{
    g_autofree char *conf = path_of (f, "hbd.conf"), *dir = path_of (f, "conf.d");
    HbdOptions options = { .ha_dir = f->dir, .conf = conf };
    g_autoptr (HbdFiles) files = NULL;
    g_autoptr (GPtrArray) found = NULL;
    CfgInput input = { 0 };

    g_mkdir (dir, 0700);
    put (conf, "include conf.d\n");
    files = hbd_files_read (&options, NULL);
    hbd_files_to_input (files, &input);
    found = input.include (input.include_data, conf, "conf.d");
    g_assert_cmpuint (found->len, ==, 1);
    g_assert_null (((CfgIncluded *) found->pdata[0])->text);
    g_assert_nonnull (((CfgIncluded *) found->pdata[0])->problem);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, fn) g_test_add ("/daemon-files/" name, Fixture, NULL, setup, fn, teardown)
    ADD ("generation/first-is-time-plus-one", test_first_generation_is_time_plus_one);
    ADD ("generation/heartbeat's-is-continued", test_generation_of_heartbeat_is_continued);
    ADD ("generation/by-time-never-goes-back", test_generation_by_time_never_goes_back);
    ADD ("generation/store-keeps-the-greater", test_store_keeps_the_greater);
    ADD ("generation/store-takes-no-leap", test_store_takes_no_leap);
    ADD ("identity/no-files", test_identity_files_that_are_no_files);
    ADD ("generation/nonsense-is-an-error", test_generation_of_nonsense_is_an_error);
    g_test_add_func ("/daemon-files/generation/parses-bytes", test_generation_parses_bytes);
    ADD ("uuid/is-made-once", test_uuid_is_made_once);
    ADD ("pid/locks", test_pidfile_locks);
    ADD ("pid/alive-asks-for-the-name", test_pidfile_alive_asks_for_the_name);
    g_test_add_func ("/daemon-files/pid/parse", test_pidfile_parse);
    g_test_add_func ("/daemon-files/recorder/keeps-the-last", test_recorder_keeps_the_last);
    g_test_add_func ("/daemon-files/recorder/cuts-what-is-long", test_recorder_cuts_what_is_long);
    ADD ("recorder/file-is-bounded", test_recorder_file_is_bounded);
    ADD ("recorder/takes-any-bytes", test_recorder_takes_any_bytes);
    ADD ("snapshot/gives-the-files-back", test_snapshot_gives_the_files_back);
    ADD ("snapshot/holds-included-files", test_snapshot_holds_included_files);
    ADD ("snapshot/nonsense-is-an-error", test_snapshot_of_nonsense_is_an_error);
    ADD ("files/keepalived-conf-is-read-to-be-checked", test_keepalived_conf_is_read_to_be_checked);
    ADD ("files/included-folder-has-a-problem", test_included_folder_is_told_with_its_problem);
    ADD ("files/fifo-is-an-error", test_files_that_are_not_files);
#undef ADD
    return g_test_run ();
}
