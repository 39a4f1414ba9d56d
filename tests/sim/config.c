/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulated cluster looks like: a plain one for stories, and a random one from a seed. */
#include "config.h"

#include "tests/sim/sim.h"

/* Two groups (an address; an address and a service), one link, failback on, 1 s / 4 s. */
void
sim_config_plain (SimConfig *cfg)
{
    memset (cfg, 0, sizeof *cfg);
    cfg->seed = 1;
    cfg->n_groups = 2;
    cfg->n_links = 1;
    cfg->n_resources[0] = 1;
    cfg->n_resources[1] = 2;
    cfg->is_address[0][0] = cfg->is_address[1][0] = true;
    cfg->preferred[1] = 1;
    cfg->start_us[1][1] = HBD_MS (80);
    cfg->stop_us[1][1] = HBD_MS (60);
    cfg->timeout_us = HBD_S (5);
    cfg->keepalive_us = HBD_S (1);
    cfg->deadtime_us = HBD_S (4);
    cfg->initdead_us = HBD_S (8);
    cfg->grace_us = HBD_MS (600);
    cfg->delay_us = HBD_US (150);
    cfg->failback = CRM_FAILBACK_ON;
    cfg->auth = HBD_AUTH_CRC;
}

static HbdTime
pick_time (HbdPrng *prng, HbdTime low, HbdTime high)
{
    return hbd_prng_range (prng, low, high);
}

static void
random_groups (SimConfig *cfg, HbdPrng *prng)
{
    bool together = hbd_prng_range (prng, 0, 2) == 0;

    cfg->n_groups = (guint) hbd_prng_range (prng, 1, SIM_GROUPS);
    for (guint g = 0; g < cfg->n_groups; g++) {
        bool is_plain = hbd_prng_range (prng, 0, 2) == 0; /* addresses only: the fast path */

        cfg->preferred[g] = together ? (guint) (cfg->seed & 1) : g % SIM_NODES;
        cfg->n_resources[g] = (guint) hbd_prng_range (prng, 1, SIM_RESOURCES);
        for (guint r = 0; r < cfg->n_resources[g]; r++) {
            bool slow = hbd_prng_range (prng, 0, 5) == 0;

            cfg->is_address[g][r] = is_plain || r == 0 || hbd_prng_range (prng, 0, 3) == 0;
            cfg->start_us[g][r] = pick_time (prng, HBD_MS (5), slow ? HBD_MS (1500) : HBD_MS (200));
            cfg->stop_us[g][r] = pick_time (prng, HBD_MS (5), slow ? HBD_MS (1200) : HBD_MS (150));
        }
        if (hbd_prng_range (prng, 0, 7) == 0) /* a group without any address */
            for (guint r = 0; r < cfg->n_resources[g]; r++)
                cfg->is_address[g][r] = false;
    }
    cfg->is_address[0][cfg->n_resources[0] - 1] = false; /* one service at least: agents fail too */
}

static void
random_times (SimConfig *cfg, HbdPrng *prng)
{
    guint speed = (guint) hbd_prng_range (prng, 0, 9);

    if (speed == 0) {
        cfg->keepalive_us = HBD_MS (200);
        cfg->deadtime_us = HBD_MS (1600);
    } else if (speed < 4) {
        cfg->keepalive_us = HBD_MS (500);
        cfg->deadtime_us = HBD_S (3);
    } else {
        cfg->keepalive_us = HBD_S (1);
        cfg->deadtime_us = HBD_S (hbd_prng_range (prng, 3, 5));
    }
    cfg->initdead_us = cfg->deadtime_us + pick_time (prng, 0, HBD_S (5));
    cfg->grace_us = pick_time (prng, HBD_MS (400), HBD_MS (800));
    cfg->timeout_us = pick_time (prng, HBD_S (3), HBD_S (6));
    cfg->delay_us = pick_time (prng, HBD_US (40), HBD_MS (2));
    cfg->jitter_us = pick_time (prng, 0, cfg->delay_us);
}

void
sim_config_random (SimConfig *cfg, guint64 seed)
{
    HbdPrng prng;
    guint digest;

    memset (cfg, 0, sizeof *cfg);
    cfg->seed = seed;
    hbd_prng_seed (&prng, seed ^ G_GUINT64_CONSTANT (0x5eed));
    cfg->n_links = (guint) hbd_prng_range (&prng, 1, SIM_LINKS);
    random_groups (cfg, &prng);
    random_times (cfg, &prng);
    cfg->failback =
        seed % 5 < 2 ? CRM_FAILBACK_ON : (seed % 5 < 4 ? CRM_FAILBACK_OFF : CRM_FAILBACK_LEGACY);
    digest = (guint) hbd_prng_range (&prng, 0, 19);
    cfg->auth = digest < 14   ? HBD_AUTH_CRC
                : digest < 16 ? HBD_AUTH_MD5
                : digest < 18 ? HBD_AUTH_SHA1
                              : HBD_AUTH_SHA256;
    cfg->has_loopback = hbd_prng_range (&prng, 0, 3) == 0;
}
