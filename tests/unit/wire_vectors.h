/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of tests/data/heartbeat/vectors.txt; its form is described in convert.py there. */
#pragma once

#include "hbd/wire/codec.h"

#define WIRE_VECTOR_COUNT 92

typedef struct {
    char *name;
    char *expect; /* name of the decode result */
    HbdFraming framing;
    HbdKeyTable *keys; /* the receiver's; active as its auth line says */
    guint sign;        /* the sender's active entry */
    bool has_inner_auth;
    HbdMessage *message; /* the fields as listed */
    GBytes *data;
} WireVector;

/* All vectors of the file; WireVector, owned by the array. Stops the test when it cannot be read.
 * (transfer full) */
GPtrArray *wire_vectors_load (const char *path);
/* The same, from where unit tests have it. (transfer full) */
GPtrArray *wire_vectors_load_default (void);
/* The vector of that name; stops the test when there is none. (transfer none) */
const WireVector *wire_vectors_find (const GPtrArray *vectors, const char *name);
