# SPDX-License-Identifier: Apache-2.0
"""A mixed pair whose nodes do not hear each other for a while, and then do again. Who lets go, how
long two machines have the address, and that nobody is left without. deadtime is 2 s."""

import time

from heal import (BOTH, DEAF, MUTE, cut_between, heal_between, heard_again_ms, settled,
                  wait_both_hold)
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
        probe = pair.lab.probe()
        cut_between(pair)
        started = now_ms()
        wait_both_hold(pair, 6)
        time.sleep(max(0, 3 - (now_ms() - started) / 1000))
        healed = heal_between(pair)
        gone = wait_for("ours lets go", lambda: holdings.lost(ours, healed), 2)
        heard = heard_again_ms(pair.ours, healed)
        assert heard - healed <= KEEPALIVE_MS + 100, f"heard only after {heard - healed:.0f} ms"
        assert gone - heard <= BOTH_LIMIT_MS, f"on both for {gone - heard:.0f} ms more"
        if preferred == pair.theirs.name:
            # Ours announced last, and the winner will not announce: the client is told.
            probe.wait_owner(preferred, 2)
            time.sleep(1)
            outage = probe.so_far().outage_ms(gone)
            assert outage <= BOTH_LIMIT_MS, f"the client looked in vain for {outage:.0f} ms"
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


def kept_story(ours, preferred, seconds=5, theirs_deadtime=None, settle_s=0):
    """Ours takes the other one for dead, and that one never does: at the heal nobody stops what was
    its own, and what ours took beside is gone within 100 ms."""
    with split_pair(ours, preferred) as pair:
        if theirs_deadtime is not None:
            set_deadtime(pair, pair.ours, theirs_deadtime)
        with settled(pair, preferred) as holdings:
            time.sleep(settle_s)
            started = now_ms()
            cut_between(pair, BOTH if theirs_deadtime is not None else DEAF)
            time.sleep(seconds)
            assert pair.ours.node_status(pair.theirs.name) == "dead"
            healed = heal_between(pair)
            heard = wait_for("ours hears it", lambda: heard_again_ms(pair.ours, healed), 2)
            pair.wait_both_active()
            pair.expect_holder_at_rest(preferred)
            assert holdings.lost(preferred, started) is None, f"{preferred} stopped"
            assert holdings.time_ms(2, heard) <= BOTH_LIMIT_MS
            assert "returning after partition" not in pair.theirs.log()


def test_deaf_holder():
    """Ours serves and does not hear the other one for 5 s, which hears ours: ours never stops."""
    kept_story("alpha", "alpha")


def test_deaf_standby():
    """Ours does not hear the one that serves: it has to take the address, and lets go at the heal;
    the 3.0.6 node never stops."""
    kept_story("alpha", "beta")


def test_cut_shorter_than_they_wait():
    """Both ways, but only ours waits so short: the 3.0.6 node notices nothing, ours never stops."""
    kept_story("alpha", "alpha", seconds=4, theirs_deadtime="9")


def mute_story(ours, preferred):
    """The 3.0.6 node does not hear ours for 5 s and takes everything: ours hears that and lets go
    before there are two, and at the heal nobody restarts."""
    with split_pair(ours, preferred) as pair, settled(pair, preferred) as holdings:
        started = now_ms()
        cut_between(pair, MUTE)
        time.sleep(5)
        pair.wait_holder(pair.theirs.name, 5)
        heal_between(pair)
        pair.wait_both_active()
        pair.wait_holder(preferred, 10)
        pair.expect_holder_at_rest(preferred)
        assert holdings.time_ms(2, started) <= BOTH_LIMIT_MS
        # from our letting go to its having started, and a move home
        nobody = holdings.time_ms(0, started)
        assert nobody < 2500, f"nobody had the address for {nobody:.0f} ms"
        assert "returning after partition" not in pair.theirs.log()


def test_mute_holder():
    """Nobody hears ours, which serves: it lets go as soon as the other one says that it takes over."""
    mute_story("alpha", "alpha")


def test_mute_standby():
    """Nobody hears ours, which serves nothing: the 3.0.6 node goes on through cut and heal."""
    mute_story("alpha", "beta")


def test_they_give_up_first():
    """A 3.0.6 node that has just started announces 2 s more than it waits for ours: after a cut of
    3 s it has taken everything, and ours has noticed nothing. It must not restart."""
    with split_pair("beta", "alpha") as pair:
        set_deadtime(pair, pair.theirs, "9")
        with settled(pair, "alpha") as holdings:
            started = now_ms()
            cut_between(pair)
            time.sleep(4)
            heal_between(pair)
            pair.wait_both_active()
            pair.expect_holder_at_rest("alpha", 5)
            assert holdings.lost("alpha", started) is None, "it stopped"
            assert holdings.lost("beta", started) is None, "ours had taken the address"
            assert "returning after partition" not in pair.theirs.log()


def set_deadtime(pair, node, seconds):
    """@node announces this deadtime: how long the other one waits for it."""
    text = pair.ours.read("/etc/ha.d/ha.cf").replace("deadtime 2", f"deadtime {seconds}")
    node.write("/etc/ha.d/ha.cf", text)
