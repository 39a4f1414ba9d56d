# SPDX-License-Identifier: Apache-2.0
"""The v1 protocol towards a real 3.0.6 node, where its words are few: what fails, leaves, floods."""

import os
import time

from lab import wait_for
from mixed import mixed_pair

# A service that is a file: it does what /run/WHAT-fails-NAME tells it to.
AGENT = """#!/bin/sh
f=/run/service-{name}
case $1 in
start) [ -e /run/start-fails-{name} ] && exit 1; touch $f;;
stop) [ -e /run/stop-fails-{name} ] && exit 1; rm -f $f;;
status) [ -e $f ] && echo running || echo stopped;;
esac
exit 0
"""
GROUPS = "alpha one\nalpha two\nbeta three\n"
NAMES = ("one", "two", "three")


def install_services(pair):
    """The three file services on both nodes."""
    for node in pair.lab.nodes:
        for name in NAMES:
            node.write(f"/etc/ha.d/resource.d/{name}", AGENT.format(name=name), 0o755)


def where(pair, name):
    return [node.name for node in pair.lab.nodes if os.path.exists(node.path(f"/run/service-{name}"))]


def wait_where(pair, seconds=30, **wanted):
    """Wait until each named service runs on exactly that node; None: nowhere."""
    def is_so():
        return all(where(pair, name) == ([node] if node else []) for name, node in wanted.items())
    wait_for(f"{wanted} (now {[(name, where(pair, name)) for name in wanted]})", is_so, seconds, 0.1)


def stay_where(pair, seconds, **wanted):
    """Nothing moves for that long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for name, node in wanted.items():
            assert where(pair, name) == [node], f"{name} is on {where(pair, name)}, not on {node}"
        time.sleep(0.1)


def start_services(pair):
    install_services(pair)
    for node in pair.lab.nodes:
        node.start()
    pair.wait_both_active()
    wait_where(pair, one="alpha", two="alpha", three="beta")


def leave_with_a_stuck_group(failback):
    """Ours has all, one of its stops fails: the peer gets what it may, and waits with the rest."""
    with mixed_pair(ours="alpha", haresources=GROUPS, failback=failback, deadtime="2") as pair:
        start_services(pair)
        wait_for("a takeover is accepted",
                 lambda: pair.ours.tool("hbctl", "takeover", "all").returncode == 0, 20, 0.5)
        wait_where(pair, one="alpha", two="alpha", three="alpha")
        pair.ours.write("/run/stop-fails-one", "")
        pair.ours.stop()
        assert "takeover.peer-held-back" in pair.ours.log()
        # the class of `one` stays with it; in legacy mode each group is on its own
        expected = {"one": "alpha", "three": "beta"}
        if failback == "legacy":
            expected["two"] = "beta"
        wait_where(pair, **expected)
        stay_where(pair, 5, **expected)  # two deadtimes and more
        assert failback == "legacy" or not where(pair, "two")
        # it can still be stopped: to it we are stable
        pair.theirs.run("/usr/libexec/heartbeat/heartbeat", "-k", timeout=30)


def test_leaving_with_a_stuck_group():
    """A failed stop at our shutdown never leads to a start on the 3.0.6 node; the rest goes there."""
    leave_with_a_stuck_group("on")


def test_leaving_with_a_stuck_group_legacy():
    """The same in legacy mode, where every other group goes there."""
    leave_with_a_stuck_group("legacy")


def failed_group(failback, moved):
    with mixed_pair(ours="alpha", haresources=GROUPS, failback=failback, deadtime="2") as pair:
        install_services(pair)
        pair.ours.write("/run/start-fails-one", "")
        for node in pair.lab.nodes:
            node.start()
        pair.wait_both_active()
        expected = dict.fromkeys(moved, "beta")
        expected.update({name: "alpha" for name in ("one", "two") if name not in moved})
        wait_where(pair, three="beta", **expected)
        stay_where(pair, 5, three="beta", **expected)  # no ping-pong


def test_failed_group():
    """A group that cannot start on ours goes to the 3.0.6 node, with its class, and stays there."""
    failed_group("off", ("one", "two"))


def test_failed_group_legacy():
    """In legacy mode the failed group alone goes there."""
    failed_group("legacy", ("one",))
