/* SPDX-License-Identifier: Apache-2.0 */
/* A small seeded generator, kept inside the object that uses it, so that a run repeats exactly.
 * Not for secrets: keys and uuids come from the kernel. */
#pragma once

#include <glib.h>

typedef struct {
    guint64 state; /* any value, zero included */
} HbdPrng;

/* Start the generator at @seed. */
void hbd_prng_seed (HbdPrng *prng, guint64 seed);

/* Next 64 random bits. */
guint64 hbd_prng_next (HbdPrng *prng);

/* A number in @low..@high, both included; @low <= @high. */
gint64 hbd_prng_range (HbdPrng *prng, gint64 low, gint64 high);
