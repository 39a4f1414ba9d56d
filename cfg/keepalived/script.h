/* SPDX-License-Identifier: Apache-2.0 */
/* What only a shell would understand in a script command. Private to cfg/keepalived. */
#pragma once

#include <glib.h>

/* The first word of @argv that only a shell gives its meaning (`[[`, `&&`, `|`, `>` ...), or
 * NULL. keepalived runs no shell: such a word is an argument like any other, or a program that
 * does not exist (doc/keepalived.md 1.8). */
const char *cfg_ka_script_shell_word (char *const *argv);
