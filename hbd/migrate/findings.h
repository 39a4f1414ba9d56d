/* SPDX-License-Identifier: Apache-2.0 */
/* What `hbctl migrate check` found: located lines in groups, and how they are printed. Pure. */
#pragma once

#include "cfg/diag.h"

/* In the order in which they are printed. */
typedef enum {
    HBD_FINDINGS_FILES,     /* what hbd --check says of the files */
    HBD_FINDINGS_MEANING,   /* directives that act differently */
    HBD_FINDINGS_RESOURCES, /* what runs each resource, there and here */
    HBD_FINDINGS_SCRIPTS,   /* users' scripts that call Heartbeat's programs */
    HBD_FINDINGS_MACHINE,   /* units, identity, ports, who runs now */
    HBD_FINDINGS_N
} HbdFindingsGroup;

typedef struct {
    const char *id; /* a fixed word, for programs: "respawn-client" */
    const CfgDiag *diag;
} HbdFinding;

typedef struct {
    CfgDiags *diags[HBD_FINDINGS_N]; /* bound the number, make texts printable */
    GPtrArray *ids[HBD_FINDINGS_N];  /* const char *, one for each item */
} HbdFindings;

HbdFindings *hbd_findings_new (void);
void hbd_findings_free (HbdFindings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdFindings, hbd_findings_free)

/* An error must be changed before the start; a warning is to be looked at; a note only tells.
 * @id is static. */
void hbd_findings_add (HbdFindings *findings, HbdFindingsGroup group, const char *id,
                       CfgSeverity severity, CfgPlace place, const char *format, ...)
    G_GNUC_PRINTF (6, 7);
/* All of @diags, as they are, under id "file". */
void hbd_findings_add_diags (HbdFindings *findings, HbdFindingsGroup group, const CfgDiags *diags);
/* A place for what is no line of a text: @path as a whole. */
CfgPlace hbd_findings_whole (const char *path);

guint hbd_findings_count (const HbdFindings *findings, CfgSeverity severity);
guint hbd_findings_len (const HbdFindings *findings, HbdFindingsGroup group);
HbdFinding hbd_findings_at (const HbdFindings *findings, HbdFindingsGroup group, guint index);

/* Groups with a heading, one line each finding, and a last line that sums up. (transfer full) */
char *hbd_findings_text (const HbdFindings *findings);
/* {"schema": 1, "ok", "errors", "warnings", "notes", "summary", "findings": [{"group", "id",
 * "severity", "file", "line", "column", "text"}]} as a{sv}. (transfer full) */
GVariant *hbd_findings_variant (const HbdFindings *findings);
