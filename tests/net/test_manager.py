# SPDX-License-Identifier: Apache-2.0
"""The privileged half under attack: deaths, stops and reloads in the middle of something."""

import signal
import time

from lab import SERVICE, Lab, ha_cf, now_ms, wait_for
from pair import ADDRESS_LINE, SAFE, running_pair

# Says in /run/slow.log when it begins and ends a start; the server is a file.
SLOW_AGENT = """#!/bin/sh
case "$1" in
start) echo "begin $$" >>/run/slow.log; sleep 3; touch /run/slow.up; echo "end $$" >>/run/slow.log;;
stop) sleep "$(cat /run/slow.stop 2>/dev/null || echo 0)"; rm -f /run/slow.up;;
status) if [ -e /run/slow.up ]; then echo running; else echo stopped; fi;;
esac
"""


def lines_of(node, path):
    return node.read(path).splitlines()


def slow_pair(first=""):
    address = "10.77.0.102" if first else SERVICE
    return running_pair(timing=SAFE, start=False,
                        haresources=f"{first}alpha {address}/24/eth0 slow\n")


def install(pair):
    for node in pair.lab.nodes:
        node.write("/etc/ha.d/resource.d/slow", SLOW_AGENT, 0o755)


def test_agent_of_a_dead_manager_is_ended():
    """The manager dies while an agent starts something: the next one ends that agent before it
    starts another, so two never work on the same thing at once."""
    with slow_pair() as pair:
        install(pair)
        pair.alpha.start()
        wait_for("the agent starts", lambda: lines_of(pair.alpha, "/run/slow.log"), 40)
        pair.alpha.kill(signal.SIGKILL, "hbd-manager")
        wait_for("a whole start", lambda: any(line.startswith("end")
                                              for line in lines_of(pair.alpha, "/run/slow.log")), 40)
        time.sleep(4)
        seen = lines_of(pair.alpha, "/run/slow.log")
        assert [line.split()[0] for line in seen] == ["begin", "begin", "end"], seen
        assert seen[0].split()[1] != seen[1].split()[1] == seen[2].split()[1], seen


def test_respawned_program_is_not_doubled():
    """A program of ha.cf's respawn lives with its manager: after the manager's death there is one."""
    with running_pair(timing=SAFE, start=False,
                      extra="respawn root /bin/sleep 4711\n") as pair:
        def sleepers():
            done = pair.alpha.run("pgrep", "-f", "^/bin/sleep 4711", check=False)
            return done.stdout.split()

        pair.alpha.start()
        old = wait_for("the program runs", sleepers, 40)
        pair.alpha.kill(signal.SIGKILL, "hbd-manager")
        wait_for("a new one runs", lambda: set(sleepers()) - set(old), 20)
        time.sleep(1)
        assert len(sleepers()) == 1, sleepers()


def test_stop_during_a_reload():
    """TERM while a reload waits for one group to stop: the other group is released at once, the peer
    takes over as after any graceful stop, and nothing waits for a time limit."""
    with slow_pair(first=ADDRESS_LINE) as pair:
        install(pair)
        for node in pair.lab.nodes:
            node.start()
        wait_for("alpha serves", lambda: "end" in " ".join(lines_of(pair.alpha, "/run/slow.log")),
                 40)
        pair.wait_both_active()
        pair.alpha.write("/run/slow.stop", "2\n")
        pair.alpha.write("/etc/ha.d/haresources", ADDRESS_LINE)
        pair.alpha.kill(signal.SIGHUP, "hbd")
        time.sleep(0.7)
        at = time.monotonic()
        pair.alpha.kill(signal.SIGTERM, "hbd")
        assert pair.alpha.wait_end(30) == 0
        took = time.monotonic() - at
        assert took < 7, f"the stop took {took:.1f} s\n{pair.alpha.log()[-3000:]}"
        assert "shutdown.late" not in pair.alpha.log()
        assert "reload.cancelled" in pair.alpha.log()
        pair.probe.wait_owner("beta", 10)
        pair.expect_never_two()


def test_name_that_nobody_knows_costs_no_address():
    """A ucast peer whose name cannot be looked up is tried again and again, and a dead name server
    lets every look-up wait; the leases are renewed in time all the same."""
    with Lab() as the_lab:
        media = "bcast eth0\nucast eth0 peer-without-address.example"
        the_lab.configure(ha_cf(media=media, **SAFE), ADDRESS_LINE)
        alpha = the_lab.nodes[0]
        # an address in the lab's network where nobody lives: questions time out
        alpha.write("/etc/resolv.conf", "nameserver 10.77.0.250\noptions timeout:5 attempts:5\n")
        alpha.start()
        with the_lab.probe(SERVICE) as probe:
            probe.wait_owner("alpha", 60)
            since = now_ms()
            time.sleep(12)
            assert probe.owner() == "alpha"
            gap = probe.so_far().outage_ms(since)
            assert gap < 300, f"the address was away for {gap:.0f} ms\n{alpha.log()[-3000:]}"
        assert "address.lost" not in alpha.log() and "node.pause" not in alpha.log()
