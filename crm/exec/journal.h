/* SPDX-License-Identifier: Apache-2.0 */
/* The executor's journal: which resources may be running because of us. It lives in the run
 * directory (gone after a reboot, as the resources are), so that a restarted manager adopts what
 * its earlier life started.
 *
 * The file is text, one entry a line, the last one of a resource counts; every line carries a check
 * sum. Whatever else it holds is counted and skipped. A line is appended with one write(2) before
 * the action it speaks of; no fsync: it need not outlive the machine. */
#pragma once

#include "crm/exec/runner.h"

typedef struct _CrmJournal CrmJournal;

/* An entry whose resource the configuration no longer has, or describes differently. */
typedef struct {
    char *id;
    char *word; /* as in haresources when it was started: enough to remove an address */
    char *klass;
    bool is_address;
    CrmJournalState state; /* never STOPPED */
} CrmJournalOrphan;

/* Read @path, if it is there, compact it and keep it open for appending. What is odd about it goes
 * to @records (HbdRecord, transfer full to the array; may be NULL). Always returns a journal; when
 * the file cannot be written (@error says why) it works in memory only. */
CrmJournal *crm_journal_open (const char *path, const CrmModel *model, GPtrArray *records,
                              GError **error);
void crm_journal_free (CrmJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrmJournal, crm_journal_free)
/* Give the runner what was read: before CRM_RUNNER_START. */
void crm_journal_load_runner (const CrmJournal *journal, CrmRunner *runner);
/* CRM_RUNNER_DO_JOURNAL. false and @error when it could not be written; memory has it anyway. */
bool crm_journal_write (CrmJournal *journal, guint group, guint resource, CrmJournalState state,
                        HbdTime now, GError **error);
/* CrmJournalOrphan; (transfer none). They stay in the file until crm_journal_forget(). */
const GPtrArray *crm_journal_orphans (const CrmJournal *journal);
/* The orphan was dealt with. */
void crm_journal_forget (CrmJournal *journal, const char *id);
/* Lines that were skipped. */
guint crm_journal_bad_lines (const CrmJournal *journal);

/* Addresses that @path says may be up, as words ("IPaddr::10.0.0.1/24"); needs no configuration:
 * for letting go when all else fails. (transfer full) */
GPtrArray *crm_journal_addresses (const char *path);
