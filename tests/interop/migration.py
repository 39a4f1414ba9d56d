# SPDX-License-Identifier: Apache-2.0
"""A pair of 3.0.6 nodes goes to hbd and back, one node at a time, while a client asks every 2 ms.

The acts are those of README.md, Coming from Heartbeat: in its words, and in its order. Of each it
is written down how long nobody answered. auto_failback decides two of them: with `on` and `legacy`
the groups come home by themselves when their node is back; in legacy mode there is no standby, so
that the stop itself moves the groups.
"""

import contextlib
import os
import re
import time

from lab import SERVICE, TOP, Lab, now_ms, wait_for
from mixed import configuration

RECOMMENDED = "recommended"
NAIVE = "naive"  # the serving node first, and just stopped
REST_S = 1.5
FORBIDDEN = ("attempted replay attack", "changed its uuid", "returning after partition",
             "Irretrievably lost", "hist queue is filling up", "CRIT", "Emergency Shutdown")


STOP = {"heartbeat": ["service heartbeat stop", "systemctl mask heartbeat"],
        "hbd": ["systemctl disable --now hbd"]}
START = {"heartbeat": ["systemctl unmask heartbeat", "service heartbeat start"],
         "hbd": ["systemctl enable --now hbd"]}


def readme_commands(failback):
    """[(node, command)] of the table in README.md, to hbd and then back, without what this mode of
    auto_failback leaves out."""
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as source:
        rows = re.findall(r"^\| (alpha|beta) \| `(.*?)` \| `(.*?)` \|", source.read(), re.M)
    skipped = {"on": ["hb_takeover local"], "off": [],
               "legacy": ["hb_standby all", "hb_takeover local"]}[failback]
    both = [(node, there) for node, there, _ in rows] + [(node, back) for node, _, back in rows]
    return [(node, command) for node, commands in both for command in commands.split("`, `")
            if command not in skipped]


class Act:
    """One act of a migration: between which daemons it moved the groups, and what it cost."""

    def __init__(self, name, moves, lost_ms):
        self.name, self.moves, self.lost_ms = name, moves, lost_ms

    def __str__(self):
        return f"{self.name}: {self.lost_ms:.0f} ms"


class Migration:
    """A running pair of 3.0.6 nodes; alpha is the preferred node and serves."""

    def __init__(self, the_lab, failback):
        self.lab, self.failback = the_lab, failback
        self.alpha, self.beta = the_lab.nodes
        self.probe = the_lab.probe()
        self.arp = the_lab.probe(mode="arp", interval_us=5000)
        self.acts = []
        self.commands = []
        self.identities = {node.name: [] for node in the_lab.nodes}

    # -- single steps, as a person does them --

    def command(self, node, command):
        """As a person types it; there is no service manager here, so hbd's unit is played."""
        self.commands.append((node.name, command))
        if command == "systemctl enable --now hbd":
            node.start()
        elif command == "systemctl disable --now hbd":
            assert node.stop() == 0
        elif command.startswith("hb_"):
            node.tool(*command.split(), check=True)
        else:
            node.run(*command.split())

    def start(self, node):
        for command in START[node.kind]:
            self.command(node, command)

    def stop(self, node):
        for command in STOP[node.kind]:
            self.command(node, command)

    def status(self, node, *words):
        return node.tool("cl_status", *words).stdout.strip()

    def wait_active(self, seconds=40):
        for node in self.lab.nodes:
            for other in self.lab.nodes:
                wait_for(f"{node.name} sees {other.name} active",
                         lambda n=node, o=other: self.status(n, "nodestatus", o.name) == "active",
                         seconds, 0.05)

    def wait_resources(self, **expected):
        """Until `cl_status rscstatus` on each of these nodes says one of these words."""
        for name, words in expected.items():
            node = next(n for n in self.lab.nodes if n.name == name)
            wait_for(f"{name} holds {words} (now: {self.status(node, 'rscstatus')})",
                     lambda n=node, w=words: self.status(n, "rscstatus") in w, 20, 0.05)

    # -- acts --

    def act(self, name, do, moves=None):
        """Do it, wait until all is at rest, and write down what it cost the client. @moves is what
        the groups moved between: None where they did not."""
        began = now_ms()
        do()
        time.sleep(REST_S)
        self.acts.append(Act(name, moves, self.probe.so_far().lost_ms(began)))

    def replace(self, node, kind):
        """Stop what runs there, start the other; until each node sees both active."""
        self.stop(node)
        self.note_identity(node)
        node.kind = kind
        self.start(node)
        self.wait_active()

    def stand_by(self):
        self.command(self.alpha, "hb_standby all")
        self.probe.wait_owner("beta", 20)
        self.wait_resources(alpha=["none"], beta=["all"])

    def come_home(self):
        """By themselves, or as the administrator wishes."""
        if self.failback == "off":
            self.wait_resources(alpha=["none", "local"], beta=["all"])
            self.command(self.alpha, "hb_takeover local")
        self.probe.wait_owner("alpha", 20)
        if self.failback != "legacy":
            self.wait_resources(alpha=["local", "all"], beta=["none", "local"])

    def move_away(self):
        """alpha's groups go to beta, as far as the mode has a word for it."""
        if self.failback != "legacy":
            moves = f"{self.alpha.kind} to {self.beta.kind}"
            self.act(f"alpha stands by, {moves}", self.stand_by, moves)

    def replace_serving(self, kind):
        """alpha's daemon, after move_away() or not, and then its groups."""
        old = self.alpha.kind
        is_serving = self.probe.owner() == "alpha"
        if is_serving:
            moves = f"{old} to {self.beta.kind}"
            self.act(f"alpha stops, {moves}", lambda: self.stop_and_wait(self.alpha), moves)
        home = f"{self.beta.kind} to {kind}"

        def start_and_come_home():
            if is_serving:
                self.note_identity(self.alpha)
                self.alpha.kind = kind
                self.start(self.alpha)
                self.wait_active()
            else:
                self.replace(self.alpha, kind)
            if self.failback != "off":
                self.come_home()

        if self.failback == "off":
            self.act(f"alpha gets {kind}", start_and_come_home)
            self.act(f"groups come home, {home}", self.come_home, home)
        else:
            self.act(f"alpha gets {kind}, groups come home, {home}", start_and_come_home, home)

    def stop_and_wait(self, node):
        self.stop(node)
        self.probe.wait_owner("beta", 20)

    def exchange(self, kind, way=RECOMMENDED):
        """Both nodes, one after the other."""
        if way == RECOMMENDED:
            self.act(f"beta gets {kind}", lambda: self.replace(self.beta, kind))
            self.move_away()
            self.replace_serving(kind)
        else:
            self.replace_serving(kind)
            self.act(f"beta gets {kind}", lambda: self.replace(self.beta, kind))

    def there_and_back(self, way=RECOMMENDED):
        self.exchange("hbd", way)
        self.exchange("heartbeat", way)

    def restart_real(self):
        """What a pair of real ones costs: the serving node stands by, comes home, and is restarted."""
        self.move_away()
        if self.failback != "legacy":
            # once moved by hand, groups come home by hand
            self.act("groups come home, heartbeat to heartbeat", self.take_back,
                     "heartbeat to heartbeat")
        self.replace_serving("heartbeat")

    def take_back(self):
        self.command(self.alpha, "hb_takeover local")
        self.probe.wait_owner("alpha", 20)
        self.wait_resources(alpha=["local", "all"], beta=["none", "local"])

    # -- what must be true of all of it --

    def note_identity(self, node):
        """Heartbeat's own files, as they are when a daemon has stopped."""
        folder = node.path("/var/lib/heartbeat")
        with open(f"{folder}/hb_uuid", "rb") as source:
            uuid = source.read()
        shown = node.run("stat", "-c", "%n %U:%G %a %F", *[f"/var/lib/heartbeat/{name}" for name in
                                                         ("hb_uuid", "hb_generation", "fifo",
                                                          "delhostcache", "")],
                         "/run/heartbeat", check=False).stdout
        self.identities[node.name].append(
            (int(node.read("/var/lib/heartbeat/hb_generation")), uuid, shown))

    def expect_identity_continued(self):
        """One uuid, a generation that only grows, the same modes and owners as 3.0.6 left."""
        for node in self.lab.nodes:
            self.note_identity(node)
            noted = self.identities[node.name]
            generations = [generation for generation, _, _ in noted]
            assert len(noted) >= 3 and generations == sorted(generations), generations
            assert generations[-1] - generations[0] >= len(noted) - 2, generations
            assert len({uuid for _, uuid, _ in noted}) == 1 and len(noted[0][1]) == 16, noted
            assert len({shown for _, _, shown in noted}) == 1, [shown for _, _, shown in noted]

    def expect_quiet_logs(self):
        """Nothing that a 3.0.6 node says of a peer that does wrong."""
        for node in self.lab.nodes:
            said = [line for line in node.read("/var/log/ha-log").splitlines()
                    if "heartbeat" in line and any(word in line for word in FORBIDDEN)]
            assert not said, f"{node.name}: {said}"

    def expect_never_two(self):
        duplicates = self.arp.so_far().duplicates
        assert not duplicates, f"two machines answered ARP: {duplicates[:3]}"


@contextlib.contextmanager
def real_pair(failback, **options):
    """A Migration whose pair is up and at rest."""
    with Lab(kind="heartbeat") as the_lab:
        the_lab.configure(configuration(failback=failback, **options),
                          f"alpha {SERVICE}/24/eth0\n")
        migration = Migration(the_lab, failback)
        for node in the_lab.nodes:
            node.run("service", "heartbeat", "start")
        migration.probe.wait_owner("alpha", 40)
        migration.wait_active()
        time.sleep(REST_S)
        yield migration
