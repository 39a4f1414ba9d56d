/* SPDX-License-Identifier: Apache-2.0 */
/* SplitMix64 (Steele, Lea, Flood 2014): one 64-bit state word, full period. */
#include "config.h"

#include "hbd/base/prng.h"

void
hbd_prng_seed (HbdPrng *prng, guint64 seed)
{
    prng->state = seed;
}

guint64
hbd_prng_next (HbdPrng *prng)
{
    guint64 z = (prng->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
    return z ^ (z >> 31);
}

gint64
hbd_prng_range (HbdPrng *prng, gint64 low, gint64 high)
{
    guint64 span = (guint64) high - (guint64) low + 1;

    g_assert (low <= high);
    if (span == 0)
        return (gint64) hbd_prng_next (prng);
    return low + (gint64) (hbd_prng_next (prng) % span);
}
