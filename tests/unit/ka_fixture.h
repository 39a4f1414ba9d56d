/* SPDX-License-Identifier: Apache-2.0 */
/* keepalived.conf from a text in the test, on a host with eth0 and eth1, the users root and
 * daemon, and /bin/true, /bin/sh, /usr/bin/killall. */
#pragma once

#include "cfg/cfg.h"

typedef struct {
    CfgCluster *cluster;
    const CfgKeepalived *model; /* of .cluster */
    CfgDiags *diags;
} KaFixture;

/* @hbd_conf may be NULL. */
KaFixture *ka_fixture_new (const char *text, const char *hbd_conf);
void ka_fixture_free (KaFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KaFixture, ka_fixture_free)
/* All diagnostics, one per line. (transfer full) */
char *ka_fixture_text (const KaFixture *fixture);
/* The diagnostics hold a line that starts with @where and contains @what. */
bool ka_fixture_says (const KaFixture *fixture, const char *where, const char *what);
