/* SPDX-License-Identifier: Apache-2.0 */
/* What is made from the keyword rows: the tables of the manual pages and the fuzz dictionaries. */
#pragma once

#include "cfg/keyword.h"

/* The mdoc table of all rows. (transfer full) */
char *cfg_manual_table (const CfgRow *rows, guint count);
/* A libFuzzer dictionary: names and choices. (transfer full) */
char *cfg_fuzz_dictionary (const CfgRow *rows, guint count);
