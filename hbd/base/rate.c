/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "hbd/base/rate.h"

bool
hbd_rate_allow (HbdRate *rate, HbdTime now, HbdTime period_us, guint64 *suppressed)
{
    if (rate->is_used && now - rate->last_us < period_us) {
        rate->suppressed++;
        return false;
    }
    *suppressed = rate->suppressed;
    *rate = (HbdRate){ .is_used = true, .last_us = now };
    return true;
}
