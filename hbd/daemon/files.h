/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration files as read, before anybody looks into them: from the disk, or from the
 * sealed memory in which the supervisor keeps what the manager accepted last, so that a restarted
 * manager goes on with exactly that, whatever the disk says by then. */
#pragma once

#include "cfg/cfg.h"
#include "hbd/daemon/options.h"

#define HBD_FILE_MAX_BYTES            (1024 * 1024)
#define HBD_FILE_KEEPALIVED_MAX_BYTES (16 * 1024 * 1024) /* and of what it includes */

typedef struct {
    char *path;
    GBytes *text; /* NULL: there is no such file */
    guint mode, owner;
    char *asked; /* included files: who asked for it and how; else NULL */
} HbdFile;

typedef enum {
    HBD_FILE_HA_CF,
    HBD_FILE_HARESOURCES,
    HBD_FILE_AUTHKEYS,
    HBD_FILE_HBD_CONF,
    HBD_FILE_N
} HbdFileKind;

typedef struct {
    HbdFile file[HBD_FILE_N];
    HbdFile keepalived;  /* read with --check only: nothing serves it yet */
    GPtrArray *included; /* HbdFile *: what the others include, in order of reading */
    bool is_sealed;      /* from a snapshot: nothing is read from the disk any more */
} HbdFiles;

#define HBD_FILES_MAX_INCLUDED 256

/* Read what @options name, of the sides that are on. A file that is not there is no error; one that
 * cannot be read or is above its limit is. (transfer full) */
HbdFiles *hbd_files_read (const HbdOptions *options, GError **error);
void hbd_files_free (HbdFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdFiles, hbd_files_free)
/* Fill cfg's input with @files (borrowed); the rest of @input is the caller's. Files that one
 * of them includes are read while cfg asks for them, and kept in @files. */
void hbd_files_to_input (HbdFiles *files, CfgInput *input);

/* A sealed memory file with everything in it, or -1 with @error. */
int hbd_files_seal (const HbdFiles *files, GError **error);
/* And back; @fd stays the caller's. NULL with @error when it is not what hbd_files_seal() made. */
HbdFiles *hbd_files_unseal (int fd, GError **error);
