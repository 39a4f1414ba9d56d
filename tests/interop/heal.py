# SPDX-License-Identifier: Apache-2.0
"""Words of the tests of a split: what is cut, and who had the address when, to the millisecond."""

import contextlib
import re
import subprocess
import time
from datetime import datetime

from lab import SERVICE, now_ms, run, wait_for

# Which way is cut, as our node feels it.
BOTH, DEAF, MUTE = "both", "deaf", "mute"


def cut_between(pair, way=BOTH, link=0):
    """Nothing passes between the nodes (of a Mixed, or a pair (ours, theirs)); the client still
    sees both. DEAF: ours does not hear theirs. MUTE: theirs does not hear ours."""
    ours, theirs = (f"{node.name}{link}" for node in (pair.ours, pair.theirs))
    rules = {DEAF: [(theirs, ours)], MUTE: [(ours, theirs)], BOTH: [(ours, theirs), (theirs, ours)]}
    lines = "".join(f"iifname {a} oifname {b} drop\n" for a, b in rules[way])
    filter_at_switch(pair.lab, f"table bridge cut {{\nchain forward {{\n"
                               f"type filter hook forward priority 0\n{lines}}}\n}}\n")


def heal_between(pair):
    """The frames pass again; returns the ms of it."""
    filter_at_switch(pair.lab, "")
    return now_ms()


def filter_at_switch(the_lab, table):
    run(["ip", "netns", "exec", the_lab.switch, "nft", "-f", "-"],
        stdin="table bridge cut\ndelete table bridge cut\n" + table)


class Holding:
    """When a node had the address configured: as the kernel told it, in ms."""

    def __init__(self, node, address=SERVICE):
        self.node, self.address = node, address
        self.offset_ms = time.time() * 1000 - now_ms()
        self.at_first = address in node.addresses()
        self.since_ms = now_ms()
        self.path = f"{node.dir}/addresses.log"
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "ip", "-n", node.netns, "-ts", "-o", "monitor",
                 "address"], stdout=out, stdin=subprocess.DEVNULL)

    def close(self):
        self.process.kill()
        self.process.wait()

    def changes(self):
        """(ms, is it there), oldest first; the first is the state at the beginning."""
        found = [(self.since_ms, self.at_first)]
        with open(self.path, encoding="utf-8", errors="replace") as source:
            text = source.read()
        for stamp, deleted in re.findall(
                rf"^\[(\S+)\] (Deleted )?.*\binet6? {re.escape(self.address)}/", text, re.M):
            ms = datetime.fromisoformat(stamp).timestamp() * 1000 - self.offset_ms
            if found[-1][1] == bool(deleted):
                found.append((ms, not deleted))
        return found

    def intervals(self, until_ms):
        """(from_ms, to_ms) of the times at which it was there."""
        changes = self.changes() + [(until_ms, False)]
        return [(ms, changes[i + 1][0]) for i, (ms, there) in enumerate(changes[:-1]) if there]


class Holdings:
    """The address on all nodes of a lab."""

    def __init__(self, the_lab, address=SERVICE):
        self.each = {node.name: Holding(node, address) for node in the_lab.nodes}

    def __enter__(self):
        time.sleep(0.1)  # the monitors subscribe
        return self

    def __exit__(self, *_):
        for holding in self.each.values():
            holding.close()

    def _steps(self, since_ms):
        """(ms, number of nodes that have it from then on), from @since_ms."""
        steps = sorted((ms, name, there) for name, holding in self.each.items()
                       for ms, there in holding.changes())
        state, result = {}, [(since_ms, 0)]
        for ms, name, there in steps:
            state[name] = there
            if ms <= since_ms:
                result = [(since_ms, sum(state.values()))]
            else:
                result.append((ms, sum(state.values())))
        return result

    def time_ms(self, count, since_ms):
        """How long since then exactly @count nodes had it, in all."""
        steps = self._steps(since_ms) + [(now_ms(), -1)]
        return sum(steps[i + 1][0] - ms for i, (ms, n) in enumerate(steps[:-1]) if n == count)

    def lost(self, name, since_ms):
        """When @name first lost it since then, None when it did not."""
        return next((ms for ms, there in self.each[name].changes()
                     if ms > since_ms and not there), None)


def heard_again_ms(node, since_ms):
    """When our @node heard the other one again, by its own record; None while it did not."""
    return next((event["mono_us"] / 1000 for event in node.events()
                 if event["name"] == "node.state" and event["mono_us"] / 1000 > since_ms
                 and "from=dead" in event["fields"]), None)


@contextlib.contextmanager
def settled(pair, holder, seconds=30):
    """Started, both active, @holder alone has the address; yields its Holdings."""
    for node in pair.lab.nodes:
        node.start()
    pair.wait_holder(holder, seconds)
    pair.wait_both_active()
    # 3.0.6 announces 2 s more than its deadtime in its first 5 s
    pair.expect_holder_at_rest(holder, 5.5)
    with Holdings(pair.lab) as holdings:
        yield holdings


def wait_both_hold(pair, seconds):
    wait_for("both nodes serve", lambda: len(pair.lab.holders()) == 2, seconds)
