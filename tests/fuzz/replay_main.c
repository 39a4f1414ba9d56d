/* SPDX-License-Identifier: Apache-2.0 */
/* main() of a fuzz harness without a fuzzer: runs every file given, or found in a directory given,
 * through LLVMFuzzerTestOneInput(). Without arguments it takes the harness' own corpus in the
 * source tree, which is what `make check` does. */
#include "config.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static guint
replay_file (const char *path)
{
    g_autofree char *text = NULL, *copy = NULL;
    gsize len = 0;

    if (!g_file_get_contents (path, &text, &len, NULL)) {
        g_printerr ("%s: cannot be read\n", path);
        return 0;
    }
    /* An exact copy, so that a sanitizer sees the first byte read behind the end. */
    copy = g_memdup2 (text, len);
    LLVMFuzzerTestOneInput ((const uint8_t *) copy, len);
    return 1;
}

static guint
replay (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;
    guint count = 0;

    if (dir == NULL)
        return replay_file (path);
    while ((name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *file = g_build_filename (path, name, NULL);

        count += replay (file);
    }
    return count;
}

/* tests/fuzz/corpus/NAME for the program fuzz_NAME. (transfer full) */
static char *
own_corpus (const char *program)
{
    const char *srcdir = g_getenv ("G_TEST_SRCDIR");
    g_autofree char *name = g_path_get_basename (program);
    const char *short_name = g_str_has_prefix (name, "fuzz_") ? name + strlen ("fuzz_") : name;

    return g_build_filename (srcdir != NULL ? srcdir : "tests", "fuzz", "corpus", short_name, NULL);
}

int
main (int argc, char **argv)
{
    g_autofree char *own = own_corpus (argv[0]);
    guint count = 0;

    for (int i = 1; i < argc; i++)
        count += replay (argv[i]);
    if (argc == 1)
        count = replay (own);
    g_print ("%u inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
