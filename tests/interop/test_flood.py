# SPDX-License-Identifier: Apache-2.0
"""10,000 datagrams a second that should not be there, for 10 s, at a node that serves.

They are forged, mis-signed, truncated to every length, oversized, garbage, of a stranger, of the
node itself, and repeated from this life and an older one of the peer; a tenth goes to a port where
nobody listens. What may happen: counters grow. What may not: a heartbeat comes late or gets lost
in either direction, memory grows, anything moves, the log fills up."""

import re
import threading
import time

from flooded import Beats, Overheard, flood, learn, memory_kb, processes
from lab import SERVICE, Lab, ha_cf
from mixed import MEDIA, Mixed, configuration
from pair import limit

RATE, SECONDS = 10000, 10
KEEPALIVE_MS = 200
PROGRAMS = ("hbd", "hbd-manager", "hbd-engine")
# A machine that is busy with other tests dispatches late by itself.
LATE_MS = 100
GROWTH_KB = 64
LOG_LINES = 16
# Kind of datagram -> the counters of which one grows by each of them.
COUNTERS = {
    "garbage": ["refused-no-frame"],
    "truncated": ["refused-no-frame", "refused-no-signature"],
    "oversized": ["link-too-long"],
    "forged": ["refused-bad-digest", "refused-no-frame", "refused-no-signature",
               "refused-unknown-key"],
    "mis-signed": ["refused-bad-digest"],
    "unknown-key": ["refused-unknown-key"],
    "stranger": ["rx-unknown-node"],
    "own": ["rx-own"],
    "replayed": ["rx-duplicate", "rx-unsequenced-ignored", "acks-heard"],
    "older-life": ["rx-replay", "rx-unsequenced-ignored"],
}
# A log line that tells of a change, as opposed to a refusal.
CHANGE = re.compile(r"(node\.state|link\.state|group\.|takeover\.|resource\.|engine\.|node\.late)")


class Before:
    """One node of ours at rest, to be compared with itself."""

    def __init__(self, node):
        self.node = node
        self.pids = processes(node, *PROGRAMS)
        self.memory = {name: memory_kb(pid) for name, pid in self.pids.items()}
        status = node.status()
        self.counters, self.groups = status["counters"], status["groups"]
        self.log_len = len(self.log())

    def log(self):
        return self.node.read("/var/log/ha-log")

    def check_memory(self):
        assert processes(self.node, *PROGRAMS) == self.pids, "a process ended"
        for name, pid in self.pids.items():
            grown = memory_kb(pid) - self.memory[name]
            assert grown <= GROWTH_KB, f"{name} of {self.node.name} grew by {grown} kB"

    def growth(self):
        after = self.node.status()["counters"]
        return {name: after[name] - self.counters[name] for name in after}

    def check_unmoved(self):
        lines = self.log()[self.log_len:].splitlines()
        told = [line for line in lines if CHANGE.search(line)]
        assert not told, f"{self.node.name}: {told[:3]}"
        assert len(lines) <= LOG_LINES, f"{self.node.name} wrote {len(lines)} lines: {lines[-3:]}"
        assert self.node.status()["groups"] == self.groups, "the groups are not what they were"
        grown = self.growth()
        for name in ("rexmit-asked", "lost", "gap-resets", "late-heartbeats", "deaths", "restarts",
                     "returns", "pauses", "link-overflow", "rexmit-sent", "naks-sent"):
            assert grown[name] == 0, f"{self.node.name}: {name} grew by {grown[name]}"


def check_counted(before, kinds, sent, lines):
    """Every datagram is found again in a counter that says why it was refused."""
    grown = before.growth()
    share = sent / lines
    for kind in kinds.kinds:
        counted = sum(grown[name] for name in COUNTERS[kind])
        expected = share if kind == "oversized" else 40 * share
        assert counted >= 0.95 * expected, \
            f"{kind}: {sent} sent, {counted} counted, {expected:.0f} expected"


def run_flood(lab, victim, peer, target, flooded, keepalive_ms=KEEPALIVE_MS):
    """Flood @target, which reaches the nodes @flooded; the first of them, @victim, serves."""
    kinds = learn(lab, victim, peer)
    lines = kinds.lines(target)
    before = [Before(node) for node in flooded]
    ears = [Overheard(node) for node in lab.nodes]
    peer_log_len = len(peer.read("/var/log/ha-log"))
    said = []
    flooder = threading.Thread(target=lambda: said.append(flood(lab, lines, RATE, SECONDS)))
    flooder.start()
    for _ in range(4):
        time.sleep(SECONDS / 5)
        for node in before:
            node.check_memory()
        assert lab.holders() == [victim.name], "the address moved"
    flooder.join()
    time.sleep(0.5)
    assert said, "the flooder did not run"
    sent = int(re.search(r"sent=(\d+)", said[0]).group(1))
    assert sent >= 0.9 * RATE * SECONDS, f"too slow to be a flood: {said[0]}"
    for node in before:
        node.check_memory()
        node.check_unmoved()
    check_counted(before[0], kinds, sent, len(lines))
    if peer.kind == "heartbeat":
        told = peer.read("/var/log/ha-log")[peer_log_len:].splitlines()
        assert not told, f"3.0.6 has something to say: {told[:3]}"
    for node, ear in zip(lab.nodes, ears):
        beats = Beats(ear.end(), keepalive_ms)
        print(f"{node.name} ({node.kind}): {beats}; {said[0]}")
        if node in flooded:
            assert beats.seconds >= SECONDS - 1 and beats.late_ms < LATE_MS, f"{node.name}: {beats}"


def flood_a_pair(link, target):
    """A pair of ours, both nodes flooded."""
    with Lab() as lab:
        lab.configure(ha_cf(media=MEDIA[link], failback="off"), f"alpha {SERVICE}/24/eth0\n")
        alpha, beta = lab.nodes
        run_flood(lab, alpha, beta, target, lab.nodes)


@limit(90)  # 10 s of flood, behind two starts of the peer
def test_bcast():
    """A flood by broadcast at both nodes of a pair of ours changes nothing but counters."""
    flood_a_pair("bcast", "10.77.0.255")


@limit(90)
def test_mcast():
    """A flood of the multicast group at both nodes of a pair of ours changes nothing but
    counters."""
    flood_a_pair("mcast", "225.0.0.1")


@limit(150)  # a 3.0.6 node starts and stops in its own time
def test_mixed():
    """A flood at ours, which serves, beside a 3.0.6 peer: the peer misses nothing."""
    with Lab() as lab:
        pair = Mixed(lab, "alpha")
        lab.configure(configuration(link="ucast", failback="off", keepalive="500ms"),
                      f"alpha {SERVICE}/24/eth0\n")
        run_flood(lab, pair.ours, pair.theirs, pair.ours.address(), [pair.ours], 500)
