# SPDX-License-Identifier: Apache-2.0
"""What tests of a mixed cluster begin with: a pair of which one node runs the packaged Heartbeat."""

import contextlib
import time

from lab import SERVICE, Lab, wait_for

HA_CF = ("keepalive {keepalive}\ndeadtime {deadtime}\nwarntime {warntime}\ninitdead {initdead}\n"
         "logfile /var/log/ha-log\nauto_failback {failback}\n{media}\n{extra}")
# What each kind of link is called in ha.cf; nodes are {alpha} and {beta} by address.
MEDIA = {
    "bcast": "bcast eth0",
    "mcast": "mcast eth0 225.0.0.1 694 1 0",
    "ucast": "ucast eth0 10.77.0.1\nucast eth0 10.77.0.2",
}
METHODS = {"crc": "crc", "md5": "md5 a-test-secret", "sha1": "sha1 a-test-secret"}


def configuration(link="bcast", failback="on", keepalive="500ms", deadtime="3", warntime="2",
                  initdead="10", extra=""):
    """An ordinary ha.cf without its node lines."""
    return HA_CF.format(keepalive=keepalive, deadtime=deadtime, warntime=warntime,
                        initdead=initdead, failback=failback, media=MEDIA[link], extra=extra)


class Mixed:
    """Node `ours` runs hbd, node `theirs` the packaged Heartbeat 3.0.6."""

    def __init__(self, the_lab, ours):
        self.lab = the_lab
        self.ours = next(node for node in the_lab.nodes if node.name == ours)
        self.theirs = next(node for node in the_lab.nodes if node.name != ours)
        self.theirs.kind = "heartbeat"

    def wait_both_active(self, seconds=30):
        for node in self.lab.nodes:
            for other in self.lab.nodes:
                wait_for(f"{node.name} sees {other.name} active",
                         lambda n=node, o=other: n.tool("cl_status", "nodestatus", o.name)
                         .stdout.strip() == "active", seconds, 0.1)

    def wait_holder(self, name, seconds=30, address=SERVICE):
        wait_for(f"only {name} holds {address} (now: {self.lab.holders(address)})",
                 lambda: self.lab.holders(address) == [name], seconds, 0.05)

    def expect_holder_at_rest(self, name, seconds=7.0, address=SERVICE):
        """Only @name holds the address, and goes on so for 2 x deadtime + 1 s."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            holders = self.lab.holders(address)
            assert holders == [name], f"{address} is on {holders}, not only on {name}"
            time.sleep(0.1)


@contextlib.contextmanager
def mixed_pair(ours="beta", haresources=f"alpha {SERVICE}/24/eth0\n", method="sha1", links=1,
               **options):
    """A configured lab, nothing started; @options are those of configuration()."""
    with Lab(links=links) as the_lab:
        pair = Mixed(the_lab, ours)
        the_lab.configure(configuration(**options), haresources,
                          f"auth 1\n1 {METHODS[method]}\n")
        yield pair
