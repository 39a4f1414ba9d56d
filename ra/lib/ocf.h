/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of an OCF agent: parameters from the environment, meta-data, usage and manual page from
 * one table, dispatch of the action, exit reasons. Standard: OCF Resource Agent API 1.0
 * (doc/crm.md 1). */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum {
    RA_OCF_SUCCESS = 0,
    RA_OCF_ERR_GENERIC = 1,
    RA_OCF_ERR_ARGS = 2,
    RA_OCF_ERR_UNIMPLEMENTED = 3,
    RA_OCF_ERR_PERM = 4,
    RA_OCF_ERR_INSTALLED = 5,
    RA_OCF_ERR_CONFIGURED = 6,
    RA_OCF_NOT_RUNNING = 7,
};

typedef struct {
    const char *name;
    const char *type;          /* "string", "integer", "boolean" */
    const char *default_value; /* NULL: none */
    const char *shortdesc;
    const char *longdesc;
    bool is_required;
    bool is_unique;
    const char *ignored; /* accepted for other agents' users: why it does nothing; else NULL */
} RaOcfParam;

typedef struct _RaOcf RaOcf;
typedef int (*RaOcfFunc) (RaOcf *ocf);

typedef struct {
    const char *name;
    guint timeout_s;
    guint interval_s; /* 0: not recurring */
    int depth;        /* -1: none */
    RaOcfFunc run;    /* NULL: the frame does it (meta-data), or another row of that name */
} RaOcfAction;

typedef struct {
    const char *name;
    const char *shortdesc;
    const char *longdesc; /* paragraphs, separated by an empty line */
    const RaOcfParam *params;
    gsize param_count;
    const RaOcfAction *actions;
    gsize action_count;
} RaOcfAgent;

/* Run the agent: one argument, the action. Result: the process's exit code. */
int ra_ocf_main (const RaOcfAgent *agent, int argc, char **argv);

/* The parameter's value, else its default, else NULL; an empty value counts as not given. Borrowed.
 * @name must be in the agent's table. */
const char *ra_ocf_param (const RaOcf *ocf, const char *name);
/* true/yes/1/on and false/no/0/off in any case; anything else is @fallback, with a warning. */
bool ra_ocf_param_bool (const RaOcf *ocf, const char *name, bool fallback);
/* A number from 0 to @max; anything else is the default of the table, with a warning. */
guint ra_ocf_param_uint (const RaOcf *ocf, const char *name, guint max);

/* A probe asks "is it here already?" (interval 0), before anything was started by us. */
bool ra_ocf_is_probe (const RaOcf *ocf);
/* OCF_CHECK_LEVEL, 0 when it is not given or no number. */
guint ra_ocf_check_level (const RaOcf *ocf);
/* Time that the caller gives this action, in ms; @fallback_ms when it does not say. */
guint ra_ocf_timeout_ms (const RaOcf *ocf, guint fallback_ms);
/* Name of this instance, for messages and file names; never empty. */
const char *ra_ocf_instance (const RaOcf *ocf);

/* Say why, on standard error with OCF's prefix; returns @rc. */
int ra_ocf_fail (const RaOcf *ocf, int rc, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* A line for the log: @level is "INFO", "WARNING" or "ERROR". */
void ra_ocf_log (const RaOcf *ocf, const char *level, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The meta-data document and the manual page (section 7) of @agent. (transfer full) */
char *ra_ocf_metadata (const RaOcfAgent *agent);
char *ra_ocf_man_page (const RaOcfAgent *agent);
