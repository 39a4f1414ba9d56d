/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the keyword tables, one macro per kind of value, so that a table reads like the one in
 * doc/keepalived.md 2: name, tier, place, range, default. Private to the tables. */
#pragma once

#include "cfg/keepalived/parser.h"

#define ROW_FLAG(n, t, at)                                                                         \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_FLAG, .offset = at                                        \
    }
#define ROW_BOOL(n, t, at)                                                                         \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_BOOL, .offset = at                                        \
    }
#define ROW_BOOL1(n, t, at)                                                                        \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_BOOL1, .offset = at                                       \
    }
#define ROW_NUM(n, t, at, low, high, d)                                                            \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_NUMBER, .offset = at, .min = low, .max = high, .def = d   \
    }
/* Whole seconds; seconds with decimals, limits in microseconds. */
#define ROW_WHOLE(n, t, at, low, high, d)                                                          \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_WHOLE, .offset = at, .min = low, .max = high, .def = d    \
    }
#define ROW_SEC(n, t, at, low, high, d)                                                            \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_SECONDS, .offset = at, .min = low, .max = high, .def = d  \
    }
#define ROW_WORD(n, t, at)                                                                         \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_WORD, .offset = at                                        \
    }
#define ROW_INTERFACE(n, t, at)                                                                    \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_INTERFACE, .offset = at                                   \
    }
#define ROW_IP(n, t, k, at)                                                                        \
    {                                                                                              \
        .name = n, .tier = t, .kind = k, .offset = at                                              \
    }
#define ROW_CHOICE(n, t, at, list, d)                                                              \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_CHOICE, .offset = at, .choices = list, .def = d           \
    }
#define ROW_WEIGHT(n, t, at, low, high, d)                                                         \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_WEIGHT, .offset = at, .min = low, .max = high, .def = d   \
    }
#define ROW_COMMAND(n, t, at)                                                                      \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_COMMAND, .offset = at                                     \
    }
#define ROW_CUSTOM(n, t, f)                                                                        \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_CUSTOM, .parse = f                                        \
    }
#define ROW_CUSTOM_AT(n, t, f, at)                                                                 \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_CUSTOM, .parse = f, .offset = at                          \
    }
/* One that may stand without a value. */
#define ROW_BARE(n, t, f, at)                                                                      \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_CUSTOM, .parse = f, .offset = at, .is_bare = true         \
    }
/* A number that becomes @f when it is not usable. */
#define ROW_NUM_OR(n, t, at, low, high, d, f)                                                      \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_NUMBER, .offset = at, .min = low, .max = high, .def = d,  \
        .fallback = f                                                                              \
    }
#define ROW_BLOCK(n, t, b)                                                                         \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_BLOCK, .block = &b, .is_many = true                       \
    }
#define ROW_LIST(n, t, b, at)                                                                      \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_BLOCK, .block = &b, .offset = at, .is_many = true         \
    }
/* A value that is checked and lands nowhere, and why not. */
#define ROW_IDLE(n, t, k, why)                                                                     \
    {                                                                                              \
        .name = n, .tier = t, .kind = k, .offset = KA_NOWHERE, .not_done = why                     \
    }
#define ROW_IDLE_IN(n, t, k, low, high, why)                                                       \
    {                                                                                              \
        .name = n, .tier = t, .kind = k, .offset = KA_NOWHERE, .min = low, .max = high,            \
        .not_done = why                                                                            \
    }
#define ROW_IDLE_OF(n, t, list, why)                                                               \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_CHOICE, .offset = KA_NOWHERE, .choices = list,            \
        .not_done = why                                                                            \
    }
#define ROW_IDLE_BLOCK(n, t, b, why)                                                               \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_BLOCK, .block = &b, .is_many = true, .not_done = why      \
    }

#define KA_ROWS(table) .rows = table, .row_count = G_N_ELEMENTS (table)
