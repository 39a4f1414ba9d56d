# SPDX-License-Identifier: Apache-2.0
"""What most tests begin with: a lab with a running pair, and words for what they expect."""

import contextlib
import time

import lab
from lab import SERVICE, Lab, ha_cf, now_ms, wait_for

FAST = {"keepalive": "200ms", "deadtime": "1"}
# Fast enough to wait for, long enough for the lease to be heeded (rule 1 of doc/design.md).
SAFE = {"keepalive": "500ms", "deadtime": "3"}
ADDRESS_LINE = f"alpha {SERVICE}/24/eth0\n"


def limit(seconds):
    """Decorator: the test may take that long."""
    def mark(function):
        function.limit = seconds
        return function
    return mark


class Pair:
    """A running pair with an ICMP and an ARP probe on the service address."""

    def __init__(self, the_lab, probe, arp):
        self.lab, self.probe, self.arp = the_lab, probe, arp
        self.alpha, self.beta = the_lab.nodes[:2]

    def node(self, name):
        return next(node for node in self.lab.nodes if node.name == name)

    def other(self, node):
        return self.beta if node is self.alpha else self.alpha

    def wait_both_active(self, seconds=20):
        for node in self.lab.nodes:
            for other in self.lab.nodes:
                wait_for(f"{node.name} sees {other.name} active",
                         lambda n=node, o=other: n.node_status(o.name) == "active", seconds, 0.1)

    def expect_owner_at_rest(self, name, seconds=3.0):
        """@name answers now and goes on answering, alone, without a gap."""
        self.probe.wait_owner(name)
        since = now_ms()
        time.sleep(seconds)
        seen = self.probe.so_far()
        assert self.probe.owner() == name, f"{self.probe.owner()} answers, not {name}"
        later = [change for change in seen.changes if change[0] > since]
        assert not later, f"the address moved at rest: {later}"
        assert self.lab.holders() == [name], f"configured on {self.lab.holders()}"

    def expect_never_two(self):
        """No moment at which two machines answered ARP for the address."""
        seen = self.arp.so_far()
        assert not seen.duplicates, f"two machines answered ARP: {seen.duplicates[:3]}"

    def outage_ms(self, since_ms, owner, seconds=15):
        """Wait until @owner answers; the longest silence since the event."""
        self.probe.wait_owner(owner, seconds)
        time.sleep(0.5)
        return self.probe.so_far().outage_ms(since_ms)


@contextlib.contextmanager
def running_pair(timing=None, failback="on", haresources=ADDRESS_LINE, media="bcast eth0", links=1,
                 extra="", start=True, kind="hbd", address=SERVICE, owner="alpha"):
    """A lab whose pair is up, both nodes active and the address served by @owner."""
    with Lab(links=links, kind=kind) as the_lab:
        the_lab.configure(ha_cf(failback=failback, media=media, extra=extra, **(timing or FAST)),
                          haresources)
        with the_lab.probe(address) as probe, \
                the_lab.probe(address, mode="arp", interval_us=5000) if ":" not in address \
                else contextlib.nullcontext() as arp:
            pair = Pair(the_lab, probe, arp)
            if start:
                for node in the_lab.nodes:
                    node.start()
                probe.wait_owner(owner, 30)
                pair.wait_both_active()
            yield pair


__all__ = ["ADDRESS_LINE", "FAST", "SAFE", "Pair", "limit", "running_pair", "lab"]
