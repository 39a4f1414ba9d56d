# SPDX-License-Identifier: Apache-2.0
"""One row of the interop matrix on real (virtual) machines: does the events, looks who owns what.

The owner of a group is who answers ARP for its address, asked from the client's side. At rest is
2 x deadtime + 1 s after an event, and SETTLED_S after the last move it caused.
"""

import contextlib
import os
import re
import subprocess
import time

import theirlog
from lab import BUILD, HEARTBEAT, Lab, Probe, run, wait_for
from matrix_plan import DOWN, HOME, OURS, SEATS, THEIRS, after, other
from mixed import METHODS, configuration

KEEPALIVE, DEADTIME_S, INITDEAD_S = "100ms", 2, 5
REST_S = 2 * DEADTIME_S + 1
SETTLED_S = 1.5
ASKING_S = 0.5
WORDS_S = 6  # the words follow the addresses: a 3.0.6 node's scripts end later
# From the event to the last move, where it takes longer than REST_S for a reason: two 3.0.6 nodes
# wait 10 s for each other (doc/heartbeat.md 4.8), a 3.0.6 node starts in some seconds.
WITHIN_S = {"together": 20, "first": 20, "alone": 15, "join": 12, "back": 12, "return": 12,
            "cut": 12, "stop": 8}
STOP_S = 30
BOTH_RESTART_S = 40  # two 3.0.6 nodes after a split (doc/heartbeat.md 6.5)
FIRST_S = 2
ADDRESSES = {"alpha": "10.77.0.100", "beta": "10.77.0.101"}
LOSS = ("table bridge loss { chain forward { type filter hook forward priority 0; "
        "udp dport 694 numgen random mod 2 0 counter drop; }; }")
LOST_MIN = 20  # of some 100 datagrams in 5 s
LINK_NAMES = {"bcast": "eth0", "mcast": "eth0", "ucast": "eth0"}


class Matrix:
    """A pair, its state as the plan wants it, and what the real node's log is allowed to say."""

    def __init__(self, lab, row, both_real=False):
        self.lab, self.row, self.both_real = lab, row, both_real
        nodes = {node.name: node for node in lab.nodes}
        self.node = {OURS: nodes.pop(row.ours), THEIRS: next(iter(nodes.values()))}
        self.node[THEIRS].kind = "heartbeat"
        if both_real:
            self.node[OURS].kind = "heartbeat"
        self.address = {seat: ADDRESSES[self.node[seat].name] for seat in SEATS}
        self.state = DOWN
        self.log_read = {seat: 0 for seat in SEATS}
        self.probes = {}

    def seat(self, name):
        return next((seat for seat in SEATS if self.node[seat].name == name), name)

    # -- who owns what --

    def begin_watch(self):
        """Watch anew: what was seen before is forgotten."""
        for seat, address in self.address.items():
            if seat in self.probes:
                self.probes[seat].__exit__()
                self.lab.probes.remove(self.probes[seat])
            self.probes[seat] = Probe(self.lab, address, "arp", interval_us=20000, gap_ms=200)

    def owners(self):
        """Who answered last, for each group; None for one that never had an owner."""
        return {group: self.seat(probe.owner()) for group, probe in self.probes.items()}

    def ask_now(self):
        """All who answer ARP now, for each group, within ASKING_S."""
        found, asking = {}, {}
        for group, address in self.address.items():
            asking[group] = subprocess.Popen(
                ["ip", "netns", "exec", self.lab.client, os.path.join(BUILD, "tests/net/probe"),
                 "-i", "20000", "-t", str(ASKING_S), "arp", address, "eth0"], text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        for group, process in asking.items():
            text = process.communicate(timeout=20)[0]
            seen = [line.split()[1] for line in text.splitlines() if line.startswith("seen ")]
            found[group] = sorted(self.seat(self.lab.owner_name(mac)) for mac in seen)
        return found

    def expect_at_rest(self, wanted, kind, since):
        """Right owners within the time allowed, and no other until rest."""
        seconds = WITHIN_S.get(kind, REST_S)
        end = since + seconds
        while self.owners() != wanted.owners():
            if time.monotonic() > end:
                raise AssertionError(f"{spell(self.owners())} {seconds} s later, "
                                     f"not {spell(wanted.owners())}")
            time.sleep(0.1)
        settled = time.monotonic()
        time.sleep(max(since + REST_S, settled + SETTLED_S) - settled - ASKING_S)
        # Ask anew: the watch does not say when nobody answers.
        at_rest = self.ask_now()
        assert at_rest == {group: [owner] for group, owner in wanted.owners().items()}, \
            f"at rest {spell(at_rest)}, not {spell(wanted.owners())}"
        for group, probe in self.probes.items():
            moves = [change for change in probe.so_far().changes
                     if change[0] > settled * 1000 + SETTLED_S * 1000 - 500]
            assert not moves, f"the group of {group} moved at rest: {moves}"

    # -- what they say --

    def expect_words(self, wanted):
        """Both cl_status agree with @wanted, and so with each other."""
        link = LINK_NAMES[self.row.link]
        for seat in wanted.up:
            peer = self.node[other(seat)].name
            alive = other(seat) in wanted.up
            words = {("nodestatus", peer): ["active" if alive else "dead"],
                     ("nodestatus", self.node[seat].name): ["active"],
                     ("hblinkstatus", peer, link): ["up" if alive else "dead"],
                     ("rscstatus",): ["none" if self.row.failback == "legacy"
                                      else wanted.hold(seat)]}
            if self.node[seat].kind == "heartbeat" and not alive:
                # A lone 3.0.6 node says so for as long as it is alone (two real ones: the same).
                words[("rscstatus",)].append("transition")
            for question, right in words.items():
                self.expect_word(seat, question, right)

    def expect_word(self, seat, question, right):
        end = time.monotonic() + WORDS_S
        while True:
            said = self.node[seat].tool("cl_status", *question).stdout.strip()
            if said in right:
                return
            assert time.monotonic() < end, \
                f"cl_status {' '.join(question)} on {seat} says '{said}', not '{right[0]}'"
            time.sleep(0.3)

    def log_since(self, seat):
        """What was logged since forget_log()."""
        return self.node[seat].read("/var/log/ha-log")[self.log_read[seat]:]

    def forget_log(self):
        for seat in SEATS:
            self.log_read[seat] += len(self.log_since(seat))

    def expect_no_complaint(self, event, known):
        strange = theirlog.unknown(self.log_since(THEIRS), event.is_fault, known)
        assert not strange, f"the 3.0.6 node complains: {strange[0][-160:]}"

    # -- what is done to them --

    def start(self, seat):
        self.node[seat].start()

    def stop(self, seat):
        node = self.node[seat]
        if node.kind == "hbd":
            code = node.stop()
            assert code == 0, f"hbd ended with {code}"
            return
        with open(os.path.join(node.dir, "stop.log"), "ab") as out:
            leaver = subprocess.Popen(node.argv([HEARTBEAT, "-k"]), stdin=subprocess.DEVNULL,
                                      stdout=out, stderr=out)
        try:
            leaver.wait(STOP_S)
        except subprocess.TimeoutExpired:
            leaver.kill()
            leaver.wait()
            raise AssertionError(f"heartbeat -k hangs for {STOP_S} s") from None

    def command(self, seat, tool, what):
        """hb_standby or hb_takeover; that of ours waits and says what came of it."""
        word = f"takeover.refused request={tool[3:]} "
        refusals = self.node[OURS].log().count(word)
        done = self.node[seat].tool(tool, what, timeout=40)
        if self.node[seat].kind == "hbd":
            assert done.returncode == 0, \
                f"{tool} {what}: exit {done.returncode}: {done.stdout}{done.stderr}"
        elif self.row.failback == "legacy" and not self.both_real:
            wait_for(f"ours says that it ignores {tool} of a 3.0.6 peer",
                     lambda: self.node[OURS].log().count(word) > refusals, 5, 0.2)

    def lose(self, seconds):
        """Half of all datagrams between the nodes."""
        switch = ["ip", "netns", "exec", self.lab.switch, "nft"]
        run(switch + ["-f", "-"], stdin=LOSS + "\n")
        time.sleep(seconds)
        lost = int(re.search(r"packets (\d+)", run(switch + ["list", "ruleset"]).stdout).group(1))
        run(switch + ["delete", "table", "bridge", "loss"])
        assert lost >= LOST_MIN, f"only {lost} datagrams were lost"

    def cut(self, seconds):
        self.node[THEIRS].cut()
        time.sleep(seconds)
        self.node[THEIRS].heal()

    def kill(self, program):
        node = self.node[OURS]
        if self.both_real:
            return
        count = node.kill(9, program)
        assert count == 1, f"{count} processes {program}"

    def do(self, event):
        """Carry out @event; time.monotonic () when the last thing was done."""
        if event.kind in ("standby", "takeover"):
            self.command(event.seat, f"hb_{event.kind}", event.what)
        elif event.kind == "together":
            for seat in SEATS:
                self.start(seat)
        elif event.kind == "first":
            self.start(event.seat)
            time.sleep(FIRST_S)
            self.start(other(event.seat))
        elif event.kind in ("alone", "back", "join"):
            self.start(event.seat)
        elif event.kind == "return":
            self.node[event.seat].reboot()
            self.start(event.seat)
        elif event.kind == "stop":
            self.stop(event.seat)
        elif event.kind == "crash":
            self.node[event.seat].crash()
        elif event.kind == "loss":
            self.lose(5)
        elif event.kind == "cut":
            self.cut(float(event.what))
        else:
            self.kill(event.what)
        return time.monotonic()

    # -- states between events --

    def power_cycle(self):
        for seat in SEATS:
            self.node[seat].crash()
        for seat in SEATS:
            self.node[seat].reboot()
        self.begin_watch()
        self.state = DOWN

    def bring(self, needs):
        """Make @needs true (DOWN or HOME) without a word about how; also what follows a failure."""
        if needs == DOWN:
            self.power_cycle()
        elif needs == HOME and self.state.up == HOME.up and not self.both_real:
            if self.state.ours == THEIRS:
                self.node[OURS].tool("hb_takeover", "local", timeout=40)
            if self.state.theirs == OURS:
                self.node[OURS].tool("hb_standby", "foreign", timeout=40)
            wait_for(f"the groups are at home, not {spell(self.owners())}",
                     lambda: self.owners() == HOME.owners(), 10, 0.1)
            self.expect_words(HOME)  # the next event is to find them at rest
            self.state = HOME
        elif needs == HOME:
            self.start_anew()

    def start_anew(self, tries=2):
        """HOME, from any state; a 3.0.6 node may need a second start (theirlog.OWN_FAULTS)."""
        self.power_cycle()
        since = time.monotonic()
        for seat in SEATS:
            self.start(seat)
        try:
            self.expect_at_rest(HOME, "together", since)
        except AssertionError:
            if tries == 1:
                raise
            self.start_anew(tries - 1)
        self.state = HOME

    def after(self, event):
        if self.both_real and event.name == "cut-10s":
            return HOME  # both give up and start together
        if self.both_real and event.what and self.row.failback == "legacy":
            return self.state  # hb_standby and hb_takeover do nothing
        return after(self.row.failback, self.state, event)

    def run_event(self, event, known):
        """An AssertionError says what is wrong; the next event needs start_anew() then."""
        if event.needs is not None and event.needs != self.state:
            self.bring(event.needs)
        self.forget_log()
        wanted = self.state = self.after(event)
        since = self.do(event)
        if self.both_real and event.name == "cut-10s":
            time.sleep(BOTH_RESTART_S)
        self.expect_at_rest(wanted, event.kind, since)
        self.expect_words(wanted)
        if known is not None:
            self.expect_no_complaint(event, known)


def spell(owners):
    """{"ours": "theirs", ...} for people."""
    return ", ".join(f"{group}' group on "
                     f"{'+'.join(owner) if isinstance(owner, list) else owner or 'nobody'}"
                     for group, owner in owners.items())


@contextlib.contextmanager
def matrix_lab(row, both_real=False):
    with Lab() as lab:
        matrix = Matrix(lab, row, both_real)
        lab.configure(
            configuration(link=row.link, failback=row.failback, keepalive=KEEPALIVE,
                          deadtime=str(DEADTIME_S), warntime="1", initdead=str(INITDEAD_S)),
            "".join(f"{name} {address}/24/eth0\n" for name, address in ADDRESSES.items()),
            f"auth 1\n1 {METHODS[row.method]}\n")
        matrix.begin_watch()
        yield matrix
