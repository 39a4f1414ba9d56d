/* SPDX-License-Identifier: Apache-2.0 */
/* What the harnesses of the configuration languages share. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef enum { CFG_FUZZ_HA_CF, CFG_FUZZ_HARESOURCES, CFG_FUZZ_AUTHKEYS, CFG_FUZZ_HBD_CONF } CfgFuzz;

/* Parse @data as that language with sound companions; when it is accepted, also print and parse it
 * again and abort unless that is a fixed point. */
void cfg_harness_run (CfgFuzz language, const uint8_t *data, size_t size);
