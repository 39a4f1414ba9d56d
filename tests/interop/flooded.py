# SPDX-License-Identifier: Apache-2.0
"""A flood of datagrams at a cluster, and what became of the heartbeats meanwhile.

The attacker is the lab's client. What it repeats was overheard at the switch; what it signs itself,
as one who has the key would, is signed here. Heartbeats are timed at the switch too, where they
come in from their node."""

import hashlib
import hmac
import os
import random
import re
import struct
import subprocess
import time

from lab import BUILD, run, wait_for

PORT = 694
KEY = b"a-test-secret"  # that of mixed.METHODS and of lab's authkeys
FOREIGN_KEY = b"another-secret"
TOO_LONG = 60001


def field(name, value):
    text = f"(0){name}=".encode() + value
    return str(len(text)).encode() + b":" + text + b","


def frame(key=KEY, index=1, **fields):
    """A signed datagram in netstring framing (doc/heartbeat.md 4.2)."""
    body = b"###\n" + b"".join(field(name, str(value).encode())
                               for name, value in fields.items()) + b"%%%\n"
    trailer = f"{index} {hmac.new(key, body, hashlib.sha1).hexdigest()}".encode()
    return body + str(len(trailer)).encode() + b":" + trailer + b","


def value_of(data, name):
    match = re.search(rb"\(0\)" + name.encode() + rb"=([^,]*),", data)
    return match.group(1).decode() if match else ""


class Overheard:
    """Datagrams that come in from a node at the switch, from now on: [(time in s, bytes)]."""

    def __init__(self, node, link=0):
        self.path = os.path.join(node.lab.dir, f"{node.name}-{link}-{random.random()}.pcap")
        # Not what is forged in its name: only what came through its own cable.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", node.lab.switch, "tcpdump",
             "-n", "-q", "-i", f"{node.name}{link}", "-B", "8192", "-s", "0", "--immediate-mode",
             "-U", "-w", self.path, "inbound", "and", "udp", "dst", "port", str(PORT)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.process.stderr.readline()  # "listening on ..."

    def end(self):
        self.process.terminate()
        report = self.process.communicate(timeout=10)[1]
        assert re.search(r"^0 packets dropped by kernel", report, re.M), report
        with open(self.path, "rb") as source:
            return list(datagrams(source.read()))


def datagrams(pcap):
    """(time, UDP payload) of each packet of a capture of Ethernet and IPv4."""
    at = 24
    while at + 16 <= len(pcap):
        seconds, fraction, length = struct.unpack("<III", pcap[at:at + 12])
        packet = pcap[at + 16:at + 16 + length]
        at += 16 + length
        start = 14 + (packet[14] & 15) * 4 + 8
        yield seconds + fraction / 1e6, packet[start:]


class Beats:
    """The heartbeats of one node, as they came to the switch."""

    def __init__(self, heard, keepalive_ms):
        status = [(at, int(value_of(data, "seq"), 16)) for at, data in heard
                  if value_of(data, "t") == "status"]
        gaps = [(b[0] - a[0]) * 1000 for a, b in zip(status, status[1:])]
        self.count = len(status)
        self.late_ms = max(gaps, default=float("inf")) - keepalive_ms
        self.seconds = status[-1][0] - status[0][0] if status else 0.0

    def __str__(self):
        return f"{self.count} beats in {self.seconds:.1f} s, the latest {self.late_ms:.1f} ms late"


class Kinds:
    """Lines for tests/net/flood, by kind. @heard: what was overheard of @names, all their lives."""

    def __init__(self, heard, victim, peer):
        frames = [data for _, data in heard]
        newest = {name: max(value_of(data, "hg") for data in frames
                            if value_of(data, "src") == name) for name in (victim, peer)}
        of_peer = [data for data in frames if value_of(data, "src") == peer]
        now = [data for data in of_peer if value_of(data, "hg") == newest[peer]]
        sample = random.Random(7).sample
        status = now[-1]
        claims = {"src": peer, "hg": newest[peer], "ts": "6b03b1c3", "ttl": "3"}
        self.kinds = {
            "garbage": [("noise", status)] * 8,
            "truncated": [("cut", data) for data in sample(now, min(8, len(now)))],
            "oversized": [("noise", bytes(TOO_LONG))],
            "forged": [("flip", data) for data in sample(now, min(8, len(now)))],
            "mis-signed": [("sign", status), ("whole", frame(FOREIGN_KEY, t="status", st="dead",
                                                              seq="7fffffff", **claims))] * 4,
            "unknown-key": [("whole", frame(FOREIGN_KEY, 9, t="status", st="dead",
                                            seq="7fffffff", **claims))] * 8,
            "stranger": [("whole", frame(t="status", st="active", seq="1", **{
                **claims, "src": "mallory"}))] * 8,
            "own": [("whole", data) for data in frames if value_of(data, "src") == victim][-8:],
            "replayed": [("whole", data) for data in now[:-1]][:40],
            "older-life": [("whole", data) for data in of_peer
                           if value_of(data, "hg") < newest[peer]][-40:],
        }

    def only(self, kind, address, port=PORT):
        return [f"{address} {port} {how} {data.hex()}" for how, data in self.kinds[kind]]

    def lines(self, address, port=PORT):
        """All kinds, the same share for each, except what is oversized (40 fragments each); and
        as much to a port where nobody listens."""
        shares = []
        for kind, entries in self.kinds.items():
            assert entries, f"nothing to send of kind {kind}"
            count = 1 if kind == "oversized" else 40
            shares += [entries[i % len(entries)] for i in range(count)]
        random.Random(7).shuffle(shares)
        lines = [f"{address} {port} {how} {data.hex()}" for how, data in shares]
        return lines + [f"{address} {PORT + 1} whole {self.kinds['stranger'][0][1].hex()}"] * 40


def learn(lab, victim, peer):
    """Start both; Kinds, from what was said while the peer joined, left and came back."""
    ears = [Overheard(node) for node in lab.nodes]
    for node in lab.nodes:
        node.start()
    wait_active(lab)
    peer.stop()
    time.sleep(0.5)
    peer.start()
    wait_active(lab)
    wait_for("the address is served", lambda: lab.holders() == [victim.name], 30)
    time.sleep(2)
    heard = sorted(entry for ear in ears for entry in ear.end())
    return Kinds(heard, victim.name, peer.name)


def wait_active(lab):
    for node in lab.nodes:
        for other in lab.nodes:
            wait_for(f"{node.name} sees {other.name} active",
                     lambda n=node, o=other: n.node_status(o.name) == "active", 40, 0.1)


def flood(lab, lines, rate, seconds):
    """Send them; what the flooder says of itself."""
    path = os.path.join(lab.dir, "flood")
    with open(path, "w", encoding="ascii") as out:
        out.write("\n".join(lines) + "\n")
    # Ahead of whatever else runs here: a flood that is held up is none.
    return run(["ip", "netns", "exec", lab.client, "chrt", "--fifo", "1",
                os.path.join(BUILD, "tests/net/flood"), str(rate), str(seconds), "eth0", path],
               timeout=seconds + 30).stdout.strip()


def processes(node, *names):
    """{name: pid} of the node's processes of these names."""
    found = {}
    for pid in node.processes(*names):
        with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
            found[comm.read().strip()] = pid
    return found


def memory_kb(pid):
    """What the process itself has allocated; what it shares, neighbours change."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as source:
        return int(re.search(r"^Anonymous:\s+(\d+)", source.read(), re.M).group(1))


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as source:
        words = source.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
