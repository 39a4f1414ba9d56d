# SPDX-License-Identifier: Apache-2.0
"""Parts of a node die, freeze or lose their interface."""

import signal
import time

from lab import SERVICE, now_ms, wait_for
from pair import FAST, SAFE, limit, running_pair

PROCESSES = ("hbd", "hbd-manager", "hbd-engine")
LEASE_BOUND_MS = 1300


def new_process(node, name, old):
    """Wait for a process of that name which is none of @old."""
    return wait_for(f"a new {name}",
                    lambda: [pid for pid in node.processes(name) if pid not in old], 5)


def kill_part_story(name):
    """One process of the owner dies: it is started anew, and clients notice nothing."""
    with running_pair(timing=SAFE) as pair:
        old = pair.alpha.processes(name)
        assert old, f"no {name} runs"
        at = now_ms()
        pair.alpha.kill(signal.SIGKILL, name)
        new_process(pair.alpha, name, old)
        time.sleep(4)
        seen = pair.probe.so_far()
        assert pair.probe.owner() == "alpha" and pair.lab.holders() == ["alpha"]
        assert seen.outage_ms(at) < 100, f"outage {seen.outage_ms(at):.0f} ms"
        pair.wait_both_active()
        pair.expect_never_two()
        # It still works: a planned move goes through.
        assert pair.alpha.tool("hb_standby").returncode == 0
        pair.probe.wait_owner("beta", 5)


def test_manager_killed():
    """kill -9 of the manager: the service is not interrupted and can still be moved."""
    kill_part_story("hbd-manager")


def test_engine_killed():
    """kill -9 of the engine: the service is not interrupted and can still be moved."""
    kill_part_story("hbd-engine")


def test_manager_killed_again_and_again():
    """Three deaths of the manager in a row do not cost the address."""
    with running_pair(timing=SAFE) as pair:
        at = now_ms()
        for _ in range(3):
            old = pair.alpha.processes("hbd-manager")
            pair.alpha.kill(signal.SIGKILL, "hbd-manager")
            new_process(pair.alpha, "hbd-manager", old)
            time.sleep(1)
        assert pair.probe.owner() == "alpha"
        assert pair.probe.so_far().outage_ms(at) < 100
        pair.expect_never_two()


def all_gone_story(sig):
    """All processes of the owner get @sig: the kernel lets go, then the other node serves."""
    with running_pair(timing=SAFE) as pair:
        at = now_ms()
        assert pair.alpha.kill(sig, *PROCESSES) == 3
        wait_for("alpha lost the address", lambda: SERVICE not in pair.alpha.addresses(), 5, 0.005)
        pair.probe.wait_owner("beta", 10)
        seen = pair.probe.end()
        answered = seen.seen["alpha"][1] - at
        assert answered <= LEASE_BOUND_MS, f"alpha answered for {answered:.0f} ms"
        assert pair.lab.holders() == ["beta"]
        pair.expect_never_two()
        return pair


def test_all_killed():
    """kill -9 of everything: the address answers there no longer than 1.3 s, never on both."""
    all_gone_story(signal.SIGKILL)


def test_all_frozen():
    """SIGSTOP of everything: the address answers there no longer than 1.3 s, never on both."""
    all_gone_story(signal.SIGSTOP)


def test_supervisor_killed():
    """kill -9 of the supervisor alone: the address is never on two nodes, somebody serves it."""
    with running_pair(timing=SAFE) as pair:
        pair.alpha.kill(signal.SIGKILL, "hbd")
        time.sleep(8)
        assert len(pair.lab.holders()) == 1, f"configured on {pair.lab.holders()}"
        pair.expect_never_two()


def test_stale_address_is_removed_at_start():
    """An address left from an earlier life is gone before the cluster decides anew."""
    with running_pair(start=False) as pair:
        pair.alpha.start()
        wait_for("alpha serves", lambda: pair.lab.holders() == ["alpha"], 10)
        for name in PROCESSES:
            pair.alpha.kill(signal.SIGKILL, name)
        pair.alpha.daemon.wait()
        # Put it back for good, as a dead daemon without a lease would have left it.
        pair.alpha.run("ip", "addr", "replace", f"{SERVICE}/24", "dev", "eth0")
        pair.beta.start()
        wait_for("beta serves", lambda: "beta" in pair.lab.holders(), 10)
        pair.beta.tool("hbctl", "status")
        pair.alpha.start()
        wait_for("one owner only", lambda: len(pair.lab.holders()) == 1, 5)


@limit(180)
def test_interface_missing_at_start():
    """A link whose interface is not there yet is used as soon as it comes."""
    with running_pair(media="bcast eth0\nbcast eth1", links=2, start=False) as pair:
        pair.alpha.remove_interface(1)
        pair.alpha.start()
        pair.beta.start()
        pair.probe.wait_owner("alpha", 20)
        pair.alpha.add_interface(1)
        wait_for("eth1 is up on both", lambda: all(
            link_status(node, other, "eth1") == "up"
            for node, other in ((pair.alpha, "beta"), (pair.beta, "alpha"))), 10, 0.2)
        pair.expect_owner_at_rest("alpha", 1)


def link_status(node, other, link):
    return node.tool("cl_status", "hblinkstatus", other, link).stdout.strip()


@limit(180)
def test_interface_vanishes_and_returns():
    """The second link's interface goes, comes back and is used again; the service stays."""
    with running_pair(media="bcast eth0\nbcast eth1", links=2) as pair:
        at = now_ms()
        pair.alpha.remove_interface(1)
        wait_for("eth1 is seen dead", lambda: link_status(pair.beta, "alpha", "eth1") == "dead", 10,
                 0.2)
        pair.alpha.add_interface(1)
        wait_for("eth1 is seen up", lambda: link_status(pair.beta, "alpha", "eth1") == "up", 10, 0.2)
        assert pair.probe.owner() == "alpha" and pair.probe.so_far().outage_ms(at) < 100
        pair.expect_never_two()


def test_interface_changes_its_address():
    """The link's base address changes on a running pair: heartbeats go on."""
    with running_pair(media="bcast eth0\nbcast eth1", links=2) as pair:
        pair.alpha.run("ip", "addr", "flush", "dev", "eth1")
        pair.alpha.run("ip", "addr", "add", "10.77.1.55/24", "brd", "+", "dev", "eth1")
        time.sleep(3)
        wait_for("eth1 is up", lambda: link_status(pair.beta, "alpha", "eth1") == "up", 10, 0.2)
        pair.expect_owner_at_rest("alpha", 1)


def test_service_interface_goes_down():
    """The address's own interface loses its carrier: no crash, and it serves again afterwards."""
    with running_pair(media="bcast eth0\nbcast eth1", links=2) as pair:
        pair.alpha.unplug(0)
        time.sleep(2)
        assert pair.alpha.processes("hbd-engine") and pair.alpha.processes("hbd-manager")
        pair.alpha.plug(0)
        wait_for("somebody serves, alone", lambda: len(pair.lab.holders()) == 1, 10)
        time.sleep(2)
        at = now_ms()
        seen = pair.probe.end()
        assert seen.gaps, "the probe should have noticed the cable"
        assert max(last for _, last in seen.seen.values()) > at - 500, "nobody answers at the end"


def test_steady_pair_is_silent():
    """A pair at rest moves nothing and says nothing at warning or above."""
    with running_pair() as pair:
        quiet_since = now_ms()
        time.sleep(5)
        assert not [c for c in pair.probe.so_far().changes if c[0] > quiet_since]
        noise = [e for e in pair.alpha.events() if e.get("level") in ("error", "warning")
                 and e.get("mono_us", 0) / 1000 > quiet_since]
        assert not noise, f"a steady cluster is silent: {noise[:3]}"
