/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "crm/exec/journal.h"
#include "hbd/base/prng.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *dir, *path;
    CrmModel *model;
    GPtrArray *records;
    CrmJournal *journal;
} Fixture;

static CrmResource *
add_resource (CrmGroup *group, const char *id, const char *word, bool is_address)
{
    CrmResource *res = crm_resource_new ();

    res->id = g_strdup (id);
    res->word = g_strdup (word);
    res->klass = is_address ? CRM_CLASS_BUILTIN : CRM_CLASS_OCF;
    res->is_address = is_address;
    g_ptr_array_add (group->resources, res);
    return res;
}

static void
fixture_init (Fixture *f)
{
    CrmGroup *group = crm_group_new ("g", "alpha");

    f->dir = g_dir_make_tmp ("hbd-journal-XXXXXX", NULL);
    f->path = g_build_filename (f->dir, "journal", NULL);
    f->model = crm_model_new ();
    f->records = g_ptr_array_new_with_free_func ((GDestroyNotify) hbd_record_free);
    f->journal = NULL;
    add_resource (group, "IPaddr_10.0.0.1", "IPaddr::10.0.0.1/24/eth0", true);
    add_resource (group, "nginx", "nginx", false);
    g_ptr_array_add (f->model->groups, group);
}

static void
fixture_clear (Fixture *f)
{
    crm_journal_free (f->journal);
    (void) g_unlink (f->path);
    g_assert_cmpint (g_rmdir (f->dir), ==, 0);
    crm_model_free (f->model);
    g_ptr_array_unref (f->records);
    g_free (f->dir);
    g_free (f->path);
}

static void
reopen (Fixture *f)
{
    g_autoptr (GError) error = NULL;

    crm_journal_free (f->journal);
    g_ptr_array_set_size (f->records, 0);
    f->journal = crm_journal_open (f->path, f->model, f->records, &error);
    g_assert_no_error (error);
}

static void
write_state (Fixture *f, guint resource, CrmJournalState state)
{
    g_autoptr (GError) error = NULL;

    g_assert_true (crm_journal_write (f->journal, 0, resource, state, HBD_S (5), &error));
    g_assert_no_error (error);
}

/* What a runner makes of it: which resources it takes for running. */
static const char *
loaded_state (const Fixture *f, guint resource)
{
    const CrmRunnerConfig config = { .model = f->model, .max_parallel = 1 };
    g_autoptr (CrmRunner) runner = crm_runner_new (&config, 0);

    crm_journal_load_runner (f->journal, runner);
    return crm_runner_resource_status (runner, 0, resource).state;
}

/* The disk is full in the middle of a line, and has room again later. */
static void
test_half_a_line_hides_no_other (void)
{
    struct rlimit before, full;
    Fixture f;
    GStatBuf st;

    fixture_init (&f);
    reopen (&f);
    write_state (&f, 0, CRM_JOURNAL_RUNNING);
    g_assert_cmpint (g_stat (f.path, &st), ==, 0);
    g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
    full = before;
    full.rlim_cur = (rlim_t) st.st_size + 20;
    signal (SIGXFSZ, SIG_IGN);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &full), ==, 0);
    g_assert_false (crm_journal_write (f.journal, 0, 1, CRM_JOURNAL_STARTING, 1, NULL));
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
    write_state (&f, 0, CRM_JOURNAL_STUCK);
    reopen (&f);
    g_assert_cmpuint (crm_journal_bad_lines (f.journal), ==, 0);
    g_assert_cmpstr (loaded_state (&f, 0), ==, "failed");
    g_assert_cmpstr (loaded_state (&f, 1), ==, "running"); /* the one that failed is there too */
    fixture_clear (&f);
}

static void
test_states_survive (void)
{
    static const struct {
        CrmJournalState state;
        const char *loaded;
    } rows[] = {
        { CRM_JOURNAL_STARTING, "running" }, { CRM_JOURNAL_RUNNING, "running" },
        { CRM_JOURNAL_STOPPING, "running" }, { CRM_JOURNAL_STUCK, "failed" },
        { CRM_JOURNAL_STOPPED, "stopped" },
    };
    Fixture f;

    fixture_init (&f);
    reopen (&f);
    g_assert_cmpstr (loaded_state (&f, 0), ==, "stopped");
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        write_state (&f, 0, rows[i].state);
        reopen (&f);
        g_assert_cmpstr (loaded_state (&f, 0), ==, rows[i].loaded);
        g_assert_cmpstr (loaded_state (&f, 1), ==, "stopped");
        g_assert_cmpuint (crm_journal_bad_lines (f.journal), ==, 0);
        g_assert_cmpuint (f.records->len, ==, 0);
    }
    fixture_clear (&f);
}

static void
test_last_line_counts (void)
{
    Fixture f;

    fixture_init (&f);
    reopen (&f);
    write_state (&f, 1, CRM_JOURNAL_STARTING);
    write_state (&f, 1, CRM_JOURNAL_RUNNING);
    write_state (&f, 0, CRM_JOURNAL_RUNNING);
    write_state (&f, 1, CRM_JOURNAL_STOPPED);
    reopen (&f);
    g_assert_cmpstr (loaded_state (&f, 1), ==, "stopped");
    g_assert_cmpstr (loaded_state (&f, 0), ==, "running");
    fixture_clear (&f);
}

static void
test_changed_definition_is_an_orphan (void)
{
    Fixture f;
    CrmResource *res;
    const CrmJournalOrphan *orphan;

    fixture_init (&f);
    reopen (&f);
    write_state (&f, 0, CRM_JOURNAL_RUNNING);
    res = g_ptr_array_index (crm_model_group (f.model, 0)->resources, 0);
    g_free (res->word);
    res->word = g_strdup ("IPaddr::10.0.0.1/16/eth1");
    reopen (&f);
    g_assert_cmpstr (loaded_state (&f, 0), ==, "stopped"); /* not this one */
    g_assert_cmpuint (crm_journal_orphans (f.journal)->len, ==, 1);
    orphan = g_ptr_array_index (crm_journal_orphans (f.journal), 0);
    g_assert_cmpstr (orphan->word, ==, "IPaddr::10.0.0.1/24/eth0");
    g_assert_true (orphan->is_address);
    g_assert_cmpint (orphan->state, ==, CRM_JOURNAL_RUNNING);
    g_assert_cmpuint (f.records->len, ==, 1);
    reopen (&f); /* it stays until it is dealt with */
    g_assert_cmpuint (crm_journal_orphans (f.journal)->len, ==, 1);
    crm_journal_forget (f.journal, "IPaddr_10.0.0.1");
    crm_journal_forget (f.journal, "IPaddr_10.0.0.1");
    reopen (&f);
    g_assert_cmpuint (crm_journal_orphans (f.journal)->len, ==, 0);
    fixture_clear (&f);
}

static void
test_forgetting_keeps_the_new_form (void)
{
    Fixture f;
    CrmResource *res;

    fixture_init (&f);
    reopen (&f);
    write_state (&f, 0, CRM_JOURNAL_RUNNING);
    res = g_ptr_array_index (crm_model_group (f.model, 0)->resources, 0);
    g_free (res->word);
    res->word = g_strdup ("IPaddr::10.0.0.1/16/eth1");
    reopen (&f);
    write_state (&f, 0, CRM_JOURNAL_RUNNING); /* started as it is now */
    crm_journal_forget (f.journal, "IPaddr_10.0.0.1");
    reopen (&f);
    g_assert_cmpstr (loaded_state (&f, 0), ==, "running");
    fixture_clear (&f);
}

static void
test_addresses_need_no_configuration (void)
{
    Fixture f;
    g_autoptr (GPtrArray) words = NULL;
    g_autoptr (GPtrArray) none = crm_journal_addresses ("/nonexistent/journal");

    fixture_init (&f);
    reopen (&f);
    write_state (&f, 0, CRM_JOURNAL_STARTING);
    write_state (&f, 1, CRM_JOURNAL_RUNNING);
    words = crm_journal_addresses (f.path);
    g_assert_cmpuint (words->len, ==, 1);
    g_assert_cmpstr (g_ptr_array_index (words, 0), ==, "IPaddr::10.0.0.1/24/eth0");
    g_assert_cmpuint (none->len, ==, 0);
    fixture_clear (&f);
}

/* Words and ids may hold any bytes. */
static void
test_odd_words_survive (void)
{
    Fixture f;
    CrmGroup *group;

    fixture_init (&f);
    group = g_ptr_array_index (f.model->groups, 0);
    add_resource (group, "a b\\c\n\377 sum=", "IPaddr::x y\t\\041 sum=12\nstate=stuck", true);
    reopen (&f);
    write_state (&f, 2, CRM_JOURNAL_RUNNING);
    reopen (&f);
    g_assert_cmpuint (crm_journal_bad_lines (f.journal), ==, 0);
    g_assert_cmpstr (loaded_state (&f, 2), ==, "running");
    g_assert_cmpstr (loaded_state (&f, 0), ==, "stopped");
    fixture_clear (&f);
}

/* A write that was cut at any byte costs at most that line. */
static void
test_cut_anywhere (void)
{
    Fixture f;
    g_autofree char *text = NULL;
    gsize len, first;

    fixture_init (&f);
    reopen (&f);
    write_state (&f, 0, CRM_JOURNAL_RUNNING);
    write_state (&f, 1, CRM_JOURNAL_RUNNING);
    g_assert_true (g_file_get_contents (f.path, &text, &len, NULL));
    first = strcspn (text, "\n") + 1;
    for (gsize cut = first; cut < len - 1; cut++) {
        g_assert_true (g_file_set_contents (f.path, text, (gssize) cut, NULL));
        reopen (&f);
        g_assert_cmpstr (loaded_state (&f, 0), ==, "running");
        g_assert_cmpstr (loaded_state (&f, 1), ==, "stopped");
        g_assert_cmpuint (crm_journal_bad_lines (f.journal), ==, cut > first);
    }
    fixture_clear (&f);
}

/* One byte changed: the line is skipped, never believed. */
static void
test_changed_byte_is_noticed (void)
{
    Fixture f;
    g_autofree char *text = NULL;
    gsize len;

    fixture_init (&f);
    reopen (&f);
    write_state (&f, 0, CRM_JOURNAL_RUNNING);
    g_assert_true (g_file_get_contents (f.path, &text, &len, NULL));
    for (gsize i = 0; i + 1 < len; i++) {
        text[i] ^= 1;
        g_assert_true (g_file_set_contents (f.path, text, (gssize) len, NULL));
        text[i] ^= 1;
        reopen (&f);
        g_assert_cmpstr (loaded_state (&f, 0), ==, "stopped");
        g_assert_cmpuint (crm_journal_bad_lines (f.journal), >=, 1);
        g_assert_cmpuint (f.records->len, ==, 1);
    }
    fixture_clear (&f);
}

static void
test_any_bytes (void)
{
    Fixture f;
    HbdPrng prng;

    fixture_init (&f);
    hbd_prng_seed (&prng, 7);
    for (guint i = 0; i < 200; i++) {
        char bytes[600];
        gsize len = (gsize) hbd_prng_range (&prng, 0, sizeof bytes);

        for (gsize k = 0; k < len; k++)
            bytes[k] = (char) hbd_prng_next (&prng);
        g_assert_true (g_file_set_contents (f.path, bytes, (gssize) len, NULL));
        reopen (&f);
        g_assert_cmpstr (loaded_state (&f, 0), ==, "stopped");
        g_assert_cmpuint (crm_journal_orphans (f.journal)->len, ==, 0);
    }
    fixture_clear (&f);
}

static void
test_growth_is_bounded (void)
{
    Fixture f;
    struct stat st;

    fixture_init (&f);
    reopen (&f);
    for (guint i = 0; i < 8000; i++)
        write_state (&f, i % 2, i % 4 < 2 ? CRM_JOURNAL_RUNNING : CRM_JOURNAL_STOPPING);
    g_assert_cmpint (stat (f.path, &st), ==, 0);
    g_assert_cmpint (st.st_size, <=, 512 * 1024);
    g_assert_cmpint (st.st_mode & 0777, ==, 0600);
    reopen (&f);
    g_assert_cmpstr (loaded_state (&f, 0), ==, "running");
    g_assert_cmpint (stat (f.path, &st), ==, 0);
    g_assert_cmpint (st.st_size, <, 1024);
    fixture_clear (&f);
}

static void
test_unwritable_works_in_memory (void)
{
    Fixture f;
    g_autoptr (GError) error = NULL;

    fixture_init (&f);
    f.journal = crm_journal_open ("/nonexistent/dir/journal", f.model, f.records, &error);
    g_assert_nonnull (f.journal);
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_clear_error (&error);
    g_assert_false (crm_journal_write (f.journal, 0, 0, CRM_JOURNAL_RUNNING, 0, &error));
    g_assert_nonnull (error);
    g_assert_cmpstr (loaded_state (&f, 0), ==, "running");
    fixture_clear (&f);
}

static void
test_link_is_not_followed (void)
{
    Fixture f;
    g_autofree char *target = NULL;
    g_autofree char *text = NULL;

    fixture_init (&f);
    target = g_build_filename (f.dir, "target", NULL);
    g_assert_true (g_file_set_contents (target, "precious", -1, NULL));
    g_assert_cmpint (symlink (target, f.path), ==, 0);
    reopen (&f); /* replaced by a file of ours */
    write_state (&f, 0, CRM_JOURNAL_RUNNING);
    g_assert_true (g_file_get_contents (target, &text, NULL, NULL));
    g_assert_cmpstr (text, ==, "precious");
    (void) g_unlink (target);
    fixture_clear (&f);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/journal/" path, func)
    ADD ("states-survive", test_states_survive);
    ADD ("half-a-line-hides-no-other", test_half_a_line_hides_no_other);
    ADD ("last-line-counts", test_last_line_counts);
    ADD ("orphan/changed-definition", test_changed_definition_is_an_orphan);
    ADD ("orphan/forgetting-keeps-the-new-form", test_forgetting_keeps_the_new_form);
    ADD ("addresses-need-no-configuration", test_addresses_need_no_configuration);
    ADD ("odd-words-survive", test_odd_words_survive);
    ADD ("bad/cut-anywhere", test_cut_anywhere);
    ADD ("bad/changed-byte-is-noticed", test_changed_byte_is_noticed);
    ADD ("bad/any-bytes", test_any_bytes);
    ADD ("growth-is-bounded", test_growth_is_bounded);
    ADD ("unwritable-works-in-memory", test_unwritable_works_in_memory);
    ADD ("link-is-not-followed", test_link_is_not_followed);
    return g_test_run ();
}
