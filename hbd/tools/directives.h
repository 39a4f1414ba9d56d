/* SPDX-License-Identifier: Apache-2.0 */
/* The defaults of ha.cf's directives, as `heartbeat -D` prints them. */
#pragma once

#include <stdbool.h>

/* Print the table on standard output; @as_wiki: with cell marks. */
void hbd_directives_print (bool as_wiki);
