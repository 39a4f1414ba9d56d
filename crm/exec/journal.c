/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's file: see journal.h. One line is
 *
 *     state=running id=IPaddr_10.0.0.1 digest=0123456789abcdef class=builtin address=1 at=12345
 *     word=IPaddr::10.0.0.1 sum=89abcdef
 *
 * (in one line). id and word are escaped so that they hold no blank; `at` is the boot clock in
 * microseconds, for people. The check sum is the first 8 hex digits of the MD5 of all before it.
 * Fields that a reader does not know are skipped, so that later versions can add some. */
#include "config.h"

#include "crm/exec/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX     (4 * 1024 * 1024)
#define LINE_LEN_MAX 4096
#define ENTRIES_MAX  4096
/* Rewritten when it has grown so far: a few thousand changes. */
#define COMPACT_AT   (512 * 1024)

static const char *const state_words[] = { "stopped", "starting", "running", "stopping", "stuck" };

typedef struct {
    char *id, *word, *digest, *klass;
    bool is_address;
    CrmJournalState state;
    HbdTime at;
} Entry;

struct _CrmJournal {
    char *path;
    int fd;
    gsize size; /* of the file */
    const CrmModel *model;
    GPtrArray *entries; /* Entry, in order of first mention */
    GPtrArray *orphans; /* CrmJournalOrphan */
    guint bad_lines;
};

static void
entry_free (gpointer data)
{
    Entry *e = data;

    g_free (e->id);
    g_free (e->word);
    g_free (e->digest);
    g_free (e->klass);
    g_free (e);
}

static void
orphan_free (gpointer data)
{
    CrmJournalOrphan *o = data;

    g_free (o->id);
    g_free (o->word);
    g_free (o->klass);
    g_free (o);
}

/* --- lines ----------------------------------------------------------------------------------- */

/* Printable ASCII without blanks; everything else as \ooo. */
static char *
escape (const char *text)
{
    GString *out = g_string_new (NULL);

    for (; text != NULL && *text != '\0'; text++)
        if ((guchar) *text <= ' ' || (guchar) *text >= 0x7f || *text == '\\')
            g_string_append_printf (out, "\\%03o", (guchar) *text);
        else
            g_string_append_c (out, *text);
    return g_string_free (out, FALSE);
}

static char *
line_sum (const char *text, gsize len)
{
    g_autofree char *md5 = g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *) text, len);

    return g_strndup (md5, 8);
}

/* With the newline. (transfer full) */
static char *
format_entry (const Entry *e)
{
    g_autofree char *id = escape (e->id);
    g_autofree char *word = escape (e->word);
    g_autofree char *text = g_strdup_printf (
        "state=%s id=%s digest=%s class=%s address=%d at=%" G_GINT64_FORMAT " word=%s ",
        state_words[e->state], id, e->digest, e->klass, e->is_address, e->at, word);
    g_autofree char *sum = line_sum (text, strlen (text));

    return g_strdup_printf ("%ssum=%s\n", text, sum);
}

static bool
parse_state (const char *word, CrmJournalState *state)
{
    for (guint i = 0; i < G_N_ELEMENTS (state_words); i++)
        if (strcmp (word, state_words[i]) == 0) {
            *state = i;
            return true;
        }
    return false;
}

static bool
set_field (Entry *e, const char *name, const char *value)
{
    char **place = strcmp (name, "digest") == 0  ? &e->digest
                   : strcmp (name, "class") == 0 ? &e->klass
                                                 : NULL;

    if (strcmp (name, "state") == 0)
        return parse_state (value, &e->state);
    if (strcmp (name, "address") == 0)
        e->is_address = strcmp (value, "1") == 0;
    else if (strcmp (name, "at") == 0)
        e->at = g_ascii_strtoll (value, NULL, 10);
    else if (strcmp (name, "id") == 0 || strcmp (name, "word") == 0) {
        place = *name == 'i' ? &e->id : &e->word;
        g_free (*place);
        *place = g_strcompress (value);
        return true;
    }
    if (place != NULL) {
        g_free (*place);
        *place = g_strdup (value);
    }
    return true;
}

/* NULL: not one of our lines. (transfer full) */
static Entry *
parse_line (const char *line)
{
    const char *sum_at = strstr (line, " sum=");
    g_autofree char *sum = NULL;
    g_auto (GStrv) fields = NULL;
    Entry *e;
    bool is_good = true;

    if (sum_at == NULL)
        return NULL;
    sum = line_sum (line, (gsize) (sum_at - line) + 1);
    if (strcmp (sum_at + strlen (" sum="), sum) != 0)
        return NULL;
    e = g_new0 (Entry, 1);
    fields = g_strsplit (line, " ", 64);
    for (char **f = fields; *f != NULL && is_good; f++) {
        char *equals = strchr (*f, '=');

        if (equals == NULL)
            continue;
        *equals = '\0';
        is_good = set_field (e, *f, equals + 1);
    }
    if (is_good && e->id != NULL && e->word != NULL && e->digest != NULL && e->klass != NULL)
        return e;
    entry_free (e);
    return NULL;
}

static Entry *
find_entry (GPtrArray *entries, const char *id)
{
    for (guint i = 0; i < entries->len; i++) {
        Entry *e = g_ptr_array_index (entries, i);

        if (strcmp (e->id, id) == 0)
            return e;
    }
    return NULL;
}

/* The newest line of a resource takes its predecessor's place. */
static void
put_entry (GPtrArray *entries, Entry *fresh)
{
    for (guint i = 0; i < entries->len; i++) {
        Entry *e = g_ptr_array_index (entries, i);

        if (strcmp (e->id, fresh->id) == 0) {
            entry_free (e);
            entries->pdata[i] = fresh;
            return;
        }
    }
    g_ptr_array_add (entries, fresh);
}

/* Any bytes. Returns the entries; @bad counts the lines that are none. (transfer full) */
static GPtrArray *
parse_text (const char *text, gsize len, guint *bad)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
    const char *at = text, *end = text + len;

    while (at < end) {
        const char *newline = memchr (at, '\n', (gsize) (end - at));
        gsize n = (gsize) ((newline != NULL ? newline : end) - at);
        g_autofree char *line = n <= LINE_LEN_MAX ? g_strndup (at, n) : NULL;
        Entry *e = line != NULL && strlen (line) == n ? parse_line (line) : NULL;

        if (e != NULL && entries->len < ENTRIES_MAX)
            put_entry (entries, e);
        else if (e != NULL)
            entry_free (e);
        *bad += e == NULL && n > 0;
        at += n + 1;
    }
    return entries;
}

/* NULL when it cannot be read. A file beyond the limit is read up to it. (transfer full) */
static char *
read_file (const char *path, gsize *len)
{
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    g_autofree char *text = NULL;
    struct stat st;
    gsize got = 0;

    if (fd < 0)
        return NULL;
    if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode)) {
        gsize want = (gsize) CLAMP (st.st_size, 0, FILE_MAX);

        text = g_malloc (want + 1);
        while (got < want) {
            ssize_t n = read (fd, text + got, want - got);

            if (n == 0 || (n < 0 && errno != EINTR))
                break;
            got += n > 0 ? (gsize) n : 0;
        }
        text[got] = '\0';
    }
    close (fd);
    *len = got;
    return g_steal_pointer (&text);
}

/* --- the model's view ------------------------------------------------------------------------ */

static const CrmResource *
find_resource (const CrmModel *model, const char *id)
{
    for (guint i = 0; i < model->groups->len; i++) {
        const CrmGroup *group = crm_model_group (model, i);

        for (guint j = 0; j < group->resources->len; j++) {
            const CrmResource *res = crm_group_resource (group, j);

            if (g_strcmp0 (res->id, id) == 0)
                return res;
        }
    }
    return NULL;
}

static bool
is_same (const Entry *e, const CrmResource *res)
{
    g_autofree char *digest = crm_resource_digest (res);

    return strcmp (e->digest, digest) == 0;
}

static void
record (GPtrArray *records, HbdLevel level, const char *name, const char *id, const char *text)
{
    if (records != NULL)
        g_ptr_array_add (records,
                         hbd_record_new (level, name, "resource=%s text=\"%s\"", id, text));
}

static void
find_orphans (CrmJournal *j, GPtrArray *records)
{
    for (guint i = 0; i < j->entries->len; i++) {
        const Entry *e = g_ptr_array_index (j->entries, i);
        const CrmResource *res = find_resource (j->model, e->id);
        CrmJournalOrphan *o;

        if (e->state == CRM_JOURNAL_STOPPED || (res != NULL && is_same (e, res)))
            continue;
        o = g_new0 (CrmJournalOrphan, 1);
        o->id = g_strdup (e->id);
        o->word = g_strdup (e->word);
        o->klass = g_strdup (e->klass);
        o->is_address = e->is_address;
        o->state = e->state;
        g_ptr_array_add (j->orphans, o);
        record (records, HBD_LEVEL_WARNING, "journal.orphan", e->id,
                res == NULL ? "may be running, but the configuration no longer has it"
                            : "may be running as the configuration described it earlier");
    }
}

/* --- writing --------------------------------------------------------------------------------- */

static bool
write_all (int fd, const char *text, gsize len)
{
    while (len > 0) {
        ssize_t n = write (fd, text, len);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            text += n;
            len -= (gsize) n;
        }
    }
    return true;
}

static bool
set_errno (GError **error, const char *what, const char *path)
{
    int code = errno;

    g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (code), "%s %s: %s", what,
                 path, g_strerror (code));
    return false;
}

/* Everything that is not stopped, to a new file that takes the old one's place. */
static bool
compact (CrmJournal *j, GError **error)
{
    g_autofree char *fresh = g_strconcat (j->path, ".new", NULL);
    g_autoptr (GString) text = g_string_new (NULL);
    int fd;

    for (guint i = 0; i < j->entries->len; i++) {
        const Entry *e = g_ptr_array_index (j->entries, i);
        g_autofree char *line = e->state != CRM_JOURNAL_STOPPED ? format_entry (e) : NULL;

        if (line != NULL)
            g_string_append (text, line);
    }
    (void) unlink (fresh);
    fd = open (fresh, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return set_errno (error, "create", fresh);
    if (!write_all (fd, text->str, text->len) || rename (fresh, j->path) < 0) {
        set_errno (error, "write", fresh);
        (void) unlink (fresh);
        close (fd);
        return false;
    }
    if (j->fd >= 0)
        close (j->fd);
    j->fd = fd;
    j->size = text->len;
    return true;
}

CrmJournal *
crm_journal_open (const char *path, const CrmModel *model, GPtrArray *records, GError **error)
{
    CrmJournal *j = g_new0 (CrmJournal, 1);
    gsize len = 0;
    g_autofree char *text = read_file (path, &len);

    j->path = g_strdup (path);
    j->fd = -1;
    j->model = model;
    j->entries = parse_text (text != NULL ? text : "", len, &j->bad_lines);
    j->orphans = g_ptr_array_new_with_free_func (orphan_free);
    if (j->bad_lines > 0 && records != NULL)
        g_ptr_array_add (records,
                         hbd_record_new (HBD_LEVEL_WARNING, "journal.bad-lines",
                                         "count=%u text=\"the journal holds lines that are not "
                                         "ours or were cut; they are skipped\"",
                                         j->bad_lines));
    find_orphans (j, records);
    (void) compact (j, error);
    return j;
}

void
crm_journal_free (CrmJournal *j)
{
    if (j == NULL)
        return;
    if (j->fd >= 0)
        close (j->fd);
    g_ptr_array_unref (j->entries);
    g_ptr_array_unref (j->orphans);
    g_free (j->path);
    g_free (j);
}

void
crm_journal_load_runner (const CrmJournal *j, CrmRunner *runner)
{
    for (guint i = 0; i < j->model->groups->len; i++) {
        const CrmGroup *group = crm_model_group (j->model, i);

        for (guint k = 0; k < group->resources->len; k++) {
            const CrmResource *res = crm_group_resource (group, k);
            const Entry *e = find_entry (j->entries, res->id);

            if (e != NULL && is_same (e, res))
                crm_runner_load_journal (runner, i, k, e->state);
        }
    }
}

static Entry *
entry_of (const CrmResource *res, CrmJournalState state, HbdTime now)
{
    Entry *e = g_new0 (Entry, 1);

    e->id = g_strdup (res->id);
    e->word = g_strdup (res->word != NULL ? res->word : "");
    e->digest = crm_resource_digest (res);
    e->klass = g_strdup (crm_class_name (res->klass));
    e->is_address = res->is_address;
    e->state = state;
    e->at = now;
    return e;
}

bool
crm_journal_write (CrmJournal *j, guint group, guint resource, CrmJournalState state, HbdTime now,
                   GError **error)
{
    const CrmResource *res = crm_group_resource (crm_model_group (j->model, group), resource);
    g_autofree char *line = NULL;
    Entry *e;
    gsize len;

    g_assert (res != NULL);
    e = entry_of (res, state, now);
    line = format_entry (e);
    len = strlen (line);
    put_entry (j->entries, e);
    if (j->fd < 0 || j->size + len > COMPACT_AT)
        return compact (j, error);
    if (!write_all (j->fd, line, len)) {
        set_errno (error, "append to", j->path);
        /* Half a line may be there now, and the next one behind it would be lost with it: it goes
         * into a new file, together with this one. */
        close (j->fd);
        j->fd = -1;
        return false;
    }
    j->size += len;
    return true;
}

const GPtrArray *
crm_journal_orphans (const CrmJournal *j)
{
    return j->orphans;
}

void
crm_journal_forget (CrmJournal *j, const char *id)
{
    const CrmResource *res = find_resource (j->model, id);
    Entry *e = find_entry (j->entries, id);

    for (guint i = 0; i < j->orphans->len; i++) {
        const CrmJournalOrphan *o = g_ptr_array_index (j->orphans, i);

        if (strcmp (o->id, id) != 0)
            continue;
        /* The same name may have been started in its new form since. */
        if (e != NULL && (res == NULL || !is_same (e, res)))
            e->state = CRM_JOURNAL_STOPPED;
        g_ptr_array_remove_index (j->orphans, i);
        (void) compact (j, NULL);
        return;
    }
}

guint
crm_journal_bad_lines (const CrmJournal *j)
{
    return j->bad_lines;
}

GPtrArray *
crm_journal_addresses (const char *path)
{
    GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
    gsize len = 0;
    g_autofree char *text = read_file (path, &len);
    guint bad = 0;
    g_autoptr (GPtrArray) entries = parse_text (text != NULL ? text : "", len, &bad);

    for (guint i = 0; i < entries->len; i++) {
        const Entry *e = g_ptr_array_index (entries, i);

        if (e->is_address && e->state != CRM_JOURNAL_STOPPED)
            g_ptr_array_add (words, g_strdup (e->word));
    }
    return words;
}
