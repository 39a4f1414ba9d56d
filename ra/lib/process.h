/* SPDX-License-Identifier: Apache-2.0 */
/* Servers as processes: pid files, life signs, an orderly and bounded end of a whole tree, and running
 * a program with its output captured. Everything goes by pid and by handle (pidfd), never by a name
 * pattern: another instance of the same server is not ours. All waits are bounded by the caller. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* The pid in the first line of @path; 0 when there is no such file or no pid in it. */
pid_t ra_pid_file_read (const char *path);

typedef enum {
    RA_PROCESS_GONE, /* also a zombie: nothing of it works any more */
    RA_PROCESS_RUNNING,
    RA_PROCESS_STOPPED, /* by a signal or a tracer */
} RaProcessState;
RaProcessState ra_process_state (pid_t pid);

/* Is @pid running the program file @path? Also true after the file was replaced by an upgrade. */
bool ra_process_is_program (pid_t pid, const char *path);

/* A process and all its descendants at one instant. */
typedef struct _RaProcessTree RaProcessTree;
/* NULL when @root is gone. Handles stay valid when pids are reused. (transfer full) */
RaProcessTree *ra_process_tree_open (pid_t root);
void ra_process_tree_free (RaProcessTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RaProcessTree, ra_process_tree_free)

typedef enum {
    RA_TREE_ROOT,
    RA_TREE_CHILDREN, /* all but the root */
    RA_TREE_ALL,
} RaTreePart;
void ra_process_tree_signal (RaProcessTree *tree, RaTreePart part, int signal);
/* Wait until all of @part have ended, at most @limit_ms. True: they have. */
bool ra_process_tree_wait (RaProcessTree *tree, RaTreePart part, guint limit_ms);

/* Output of a program; what is beyond the bound is dropped from the front. */
typedef struct {
    int exit_code; /* 128 + signal when a signal ended it; -1: could not be run or timed out */
    bool is_timed_out;
    GString *out; /* standard output, at most RA_OUTPUT_MAX bytes */
    GString *err; /* standard error, likewise */
} RaProcessOutput;
#define RA_OUTPUT_MAX (256 * 1024)
void ra_process_output_clear (RaProcessOutput *output);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RaProcessOutput, ra_process_output_clear)

/* Run @argv[0] (a path, or a name found in PATH) in a process group of its own, standard input empty, at
 * most @limit_ms; then the group is killed. @envp NULL: the caller's environment. A daemon that it
 * leaves behind keeps running. False with @reason when it could not be run or timed out. */
bool ra_process_run (const char *const *argv, char **envp, guint limit_ms, RaProcessOutput *output,
                     char **reason);
/* The last non-empty line of @text, at most 200 bytes, for a message. (transfer full) */
char *ra_last_line (const GString *text);
