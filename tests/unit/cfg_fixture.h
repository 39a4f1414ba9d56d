/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations for tests: whole directories, or texts in the test, against a host that has
 * eth0, eth1, a few agents and users. */
#pragma once

#include "cfg/cfg.h"

typedef struct {
    CfgCluster *cluster;
    CfgDiags *diags;
} CfgFixture;

/* Texts; a NULL one is a missing file. What a test is not about gets a sound default from the
 * cfg_sound_* macros. */
typedef struct {
    const char *ha_cf, *haresources, *authkeys, *hbd_conf;
    const char *node_name; /* NULL: "alpha" */
    guint mode, owner;     /* of authkeys; 0: 0600 */
    const CfgHost *host;
} CfgFixtureTexts;

#define CFG_SOUND_HA_CF                                                                            \
    "keepalive 1\ndeadtime 5\nauto_failback on\nnode alpha beta\nbcast eth0 eth1\n"
#define CFG_SOUND_HARESOURCES "alpha 10.0.0.10/24/eth0\n"
#define CFG_SOUND_AUTHKEYS    "auth 1\n1 sha1 not-a-real-secret\n"

CfgFixture *cfg_fixture_new (const CfgFixtureTexts *texts);
/* ha.cf alone, with sound companions. */
CfgFixture *cfg_fixture_ha_cf (const char *ha_cf);
CfgFixture *cfg_fixture_haresources (const char *haresources);
CfgFixture *cfg_fixture_authkeys (const char *authkeys);
CfgFixture *cfg_fixture_hbd_conf (const char *hbd_conf);
/* The files of a directory (ha.cf, haresources, authkeys, hbd.conf and what that includes); the
 * file `node`, if there, holds the own name, `mode` the octal mode and uid of authkeys. */
CfgFixture *cfg_fixture_dir (const char *dir);
void cfg_fixture_free (CfgFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfgFixture, cfg_fixture_free)

/* All diagnostics, one per line. (transfer full) */
char *cfg_fixture_text (const CfgFixture *fixture);
/* The diagnostics hold a line that starts with @where_and_severity and contains @text. */
bool cfg_fixture_says (const CfgFixture *fixture, const char *where_and_severity, const char *text);

/* Everything a model holds but places and as-written settings, to be compared. (transfer full) */
char *cfg_fixture_dump (const CfgCluster *cluster);
