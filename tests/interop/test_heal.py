# SPDX-License-Identifier: Apache-2.0
"""A mixed pair whose nodes do not hear each other for a while, and then do again. Who lets go, how
long two machines have the address, and that nobody is left without. deadtime is 2 s."""

import time

from heal import cut_between, heal_between, heard_again_ms, settled, wait_both_hold
from lab import SERVICE, now_ms, wait_for
from mixed import mixed_pair

KEEPALIVE_MS = 500
# From the peer's first frame to our removal; 3.0.6 says that frame up to one keepalive after the
# cable is whole, and nothing that it hears makes it speak before.
BOTH_LIMIT_MS = 100
TIMING = {"keepalive": f"{KEEPALIVE_MS}ms", "deadtime": "2", "warntime": "1"}


def split_pair(ours, holder, **options):
    return mixed_pair(ours=ours, haresources=f"{holder} {SERVICE}/24/eth0\n",
                      **{**TIMING, **options})


def both_serve_story(ours, preferred):
    """A cut of 3 s both ways: both serve; at the heal ours lets go at once and the 3.0.6 node goes
    on. Afterwards auto_failback has its way."""
    with split_pair(ours, preferred) as pair, settled(pair, preferred) as holdings:
        cut_between(pair)
        started = now_ms()
        wait_both_hold(pair, 6)
        time.sleep(max(0, 3 - (now_ms() - started) / 1000))
        healed = heal_between(pair)
        gone = wait_for("ours lets go", lambda: holdings.lost(ours, healed), 2)
        heard = heard_again_ms(pair.ours, healed)
        assert heard - healed <= KEEPALIVE_MS + 100, f"heard only after {heard - healed:.0f} ms"
        assert gone - heard <= BOTH_LIMIT_MS, f"on both for {gone - heard:.0f} ms more"
        pair.wait_holder(preferred, 10)
        pair.wait_both_active()
        pair.expect_holder_at_rest(preferred)
        # what a move of one of them costs (doc/heartbeat.md 10), not a restart
        nobody = holdings.time_ms(0, healed)
        assert nobody < 1500, f"nobody had the address for {nobody:.0f} ms"
        if preferred == pair.theirs.name:
            assert holdings.lost(pair.theirs.name, started) is None, "the winner stopped"


def test_both_serve_theirs_preferred():
    """After a cut of 3 s ours lets go of what it took within 100 ms; the 3.0.6 node never stops."""
    both_serve_story("beta", "alpha")


def test_both_serve_ours_preferred():
    """Ours is the preferred node: it lets go within 100 ms and gets its group back by a standby."""
    both_serve_story("alpha", "alpha")
