# SPDX-License-Identifier: Apache-2.0
"""Kinds of links, several of them, keys, and whatever else arrives at UDP port 694."""

import os
import shutil
import signal
import subprocess
import sys
import time

from lab import SERVICE, SERVICE6, TOP, Skip, ha_cf, now_ms, wait_for
from pair import ADDRESS_LINE, FAST, limit, running_pair

GARBAGE_SENDER = r"""
import random, socket, sys, os
rng = random.Random(694)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
samples = [bytes.fromhex(line) for line in sys.stdin.read().split()]
for i in range(int(sys.argv[2])):
    kind = i % 4
    if kind == 0 or not samples:
        data = rng.randbytes(rng.randrange(0, 1400))
    elif kind == 1:
        data = bytearray(rng.choice(samples))
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        data = bytes(data)
    elif kind == 2:
        data = rng.choice(samples)[:rng.randrange(1, 400)]
    else:
        data = b"###\n" + rng.randbytes(rng.randrange(0, 60)) + b"%%%\n1 " + rng.randbytes(20)
    try:
        sock.sendto(data, (sys.argv[1], 694))
    except OSError:
        pass
"""


def medium_story(media):
    """A pair over this medium alone: it starts, fails over and fails back."""
    with running_pair(media=media) as pair:
        at = now_ms()
        pair.alpha.crash()
        assert pair.outage_ms(at, "beta") < 1600
        pair.alpha.reboot()
        pair.alpha.start()
        pair.probe.wait_owner("alpha", 20)
        pair.expect_owner_at_rest("alpha", 1)
        pair.expect_never_two()


def test_mcast():
    """Links over IPv4 multicast."""
    medium_story("mcast eth0 239.0.0.77 694 1 0")


def test_mcast6():
    """Links over IPv6 multicast."""
    medium_story("mcast6 eth0 ff12::77 694 1 0")


def test_ucast():
    """Links over UDP to the other node; the own address may be listed too."""
    medium_story("ucast eth0 10.77.0.1\nucast eth0 10.77.0.2")


def test_ucast6():
    """Links over UDP on IPv6."""
    medium_story("ucast6 eth0 fd77::1\nucast6 eth0 fd77::2")


def test_one_of_two_links_cut():
    """With two links, losing one changes nothing but the link's status."""
    with running_pair(media="bcast eth0\nucast eth1 10.77.1.1\nucast eth1 10.77.1.2",
                      links=2) as pair:
        at = now_ms()
        pair.beta.cut(1)
        wait_for("the link is seen dead", lambda: pair.alpha.tool(
            "cl_status", "hblinkstatus", "beta", "eth1").stdout.strip() == "dead", 5, 0.1)
        time.sleep(2)
        assert pair.alpha.node_status("beta") == "active"
        assert not [change for change in pair.probe.so_far().changes if change[0] > at]
        assert pair.alpha.tool("hbctl", "status").returncode == 1, "a dead link is degraded"
        pair.beta.heal(1)
        wait_for("the link is seen up", lambda: pair.alpha.tool(
            "cl_status", "hblinkstatus", "beta", "eth1").stdout.strip() == "up", 5, 0.1)
        pair.expect_never_two()


def test_ipv6_service_address():
    """An IPv6 service address fails over and is announced to its neighbours."""
    with running_pair(haresources=f"alpha IPv6addr::{SERVICE6}/64/eth0\n",
                      address=SERVICE6) as pair:
        at = now_ms()
        pair.alpha.crash()
        assert pair.outage_ms(at, "beta") < 1600


def test_wrong_key():
    """Nodes with different keys do not hear each other, and say so."""
    with running_pair(start=False) as pair:
        pair.beta.write("/etc/ha.d/authkeys", "auth 1\n1 sha1 another-secret\n", 0o600)
        pair.alpha.start()
        pair.beta.start()
        wait_for("alpha serves alone", lambda: "alpha" in pair.lab.holders(), 10)
        assert pair.alpha.node_status("beta") in ("dead", "init")
        for node in pair.lab.nodes:
            done = node.tool("hbctl", "doctor")
            assert done.returncode == 1, done.stdout
            assert f"from {pair.other(node).address()} on eth0 (bad-digest)" in done.stdout, done.stdout
            assert "make authkeys the same" in done.stdout, done.stdout
            assert "secret" not in node.log() + done.stdout + done.stderr


def drop_port(node, chain="input"):
    node.write("/run/drop.nft", f"table inet filter {{ chain {chain} {{ type filter hook {chain} "
                                "priority 0; policy accept; udp dport 694 drop; }\n}\n")
    node.run("nft", "-f", "/run/drop.nft")


def doctor(node, code):
    done = node.tool("hbctl", "doctor")
    assert done.returncode == code, f"{node.name}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_doctor_names_the_firewall():
    """Port 694 dropped on one node: doctor names the rule there and the node on the other one."""
    if not shutil.which("nft"):
        raise Skip("nft is not installed")
    with running_pair(links=2, media="bcast eth0 eth1") as pair:
        for node in pair.lab.nodes:
            text = doctor(node, 0)
            assert text.count("both ways (sent") == 2, text
        drop_port(pair.alpha)
        wait_for("beta is not heard", lambda: pair.alpha.node_status("beta") == "dead", 10)
        here, there = doctor(pair.alpha, 1), doctor(pair.beta, 1)
        mend = "nft insert rule inet filter input iifname eth0 udp dport 694 accept"
        assert here.count("beta: NOT HEARD") == 2, here
        assert 'chain input: rule "udp dport 694 drop"' in here and mend in here, here
        assert there.count("ONE WAY: heard, but alpha does not get what we send") == 2, there
        # The line that doctor gives mends that link, and only that one.
        pair.alpha.run(*mend.split())
        wait_for("beta is heard", lambda: pair.alpha.node_status("beta") == "active", 10)
        time.sleep(1.5)
        here = doctor(pair.alpha, 1)
        assert here.count("beta: both ways") == 1 and here.count("beta: NOT HEARD") == 1, here


def test_doctor_names_what_blocks_outwards():
    """A rule in our own output chain: only what we send is lost, and doctor here names the rule."""
    if not shutil.which("nft"):
        raise Skip("nft is not installed")
    with running_pair() as pair:
        drop_port(pair.beta, "output")
        wait_for("beta is not heard", lambda: pair.alpha.node_status("beta") == "dead", 10)
        text = doctor(pair.beta, 1)
        assert "alpha: ONE WAY" in text, text
        assert 'chain output: rule "udp dport 694 drop"' in text, text
        assert "is hbd running on beta" in doctor(pair.alpha, 1)


@limit(180)
def test_garbage_on_the_port():
    """Fuzz bytes at a live pair: nothing but counters; the service is not interrupted."""
    with running_pair() as pair:
        at = now_ms()
        before = {name: pair.alpha.processes(name) for name in ("hbd", "hbd-manager", "hbd-engine")}
        samples = recorded_frames()
        for target in ("10.77.0.1", "10.77.0.2", "10.77.0.255"):
            sent = subprocess.run(["ip", "netns", "exec", pair.lab.client, sys.executable, "-c",
                                   GARBAGE_SENDER, target, "4000"], input=samples, text=True,
                                  timeout=60, check=False)
            assert sent.returncode == 0
        time.sleep(1)
        after = {name: pair.alpha.processes(name) for name in before}
        assert before == after, "a process was replaced"
        assert not [change for change in pair.probe.so_far().changes if change[0] > at]
        assert pair.alpha.node_status("beta") == "active"
        counters = pair.alpha.status().get("counters", {})
        assert sum(v for v in counters.values() if isinstance(v, int)) > 1000, counters
        assert len(pair.alpha.log()) < 200000, "the log grew without bound"


def recorded_frames():
    """The captured frames of tests/data/heartbeat, one hex string each."""
    import json
    path = os.path.join(TOP, "tests/data/heartbeat/vectors.json")
    with open(path, encoding="utf-8") as source:
        return "\n".join(v["hex"] for v in json.load(source)["vectors"] if v.get("hex"))


def test_replayed_frames():
    """Recorded frames of the pair itself, sent again, change nothing."""
    with running_pair() as pair:
        capture = os.path.join(pair.lab.dir, "capture")
        recorder = subprocess.Popen(
            ["ip", "netns", "exec", pair.lab.client, sys.executable, "-c", RECORDER, capture],
            stdin=subprocess.DEVNULL)
        pair.alpha.tool("hb_standby")
        pair.probe.wait_owner("beta", 5)
        time.sleep(1)
        recorder.send_signal(signal.SIGTERM)
        recorder.wait()
        at = now_ms()
        count = int(subprocess.run(
            ["ip", "netns", "exec", pair.lab.client, sys.executable, "-c", REPLAYER, capture],
            capture_output=True, text=True, timeout=60, check=True).stdout)
        assert count > 5, "nothing was recorded"
        time.sleep(2)
        assert not [change for change in pair.probe.so_far().changes if change[0] > at]
        assert pair.probe.owner() == "beta" and pair.lab.holders() == ["beta"]


RECORDER = r"""
import signal, socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sock.bind(("", 694))
out = open(sys.argv[1], "w", buffering=1)
while True:
    out.write(sock.recv(65536).hex() + "\n")
"""
REPLAYER = r"""
import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
frames = open(sys.argv[1]).read().split()
for frame in frames:
    sock.sendto(bytes.fromhex(frame), ("10.77.0.255", 694))
print(len(frames))
"""


def test_key_rotation_by_reload():
    """A key is rolled on a running pair: add on both, switch one by one; nothing moves."""
    steps = ("auth 1\n1 sha1 old-key\n2 sha1 new-key\n", "auth 2\n1 sha1 old-key\n2 sha1 new-key\n",
             "auth 2\n2 sha1 new-key\n")
    with running_pair(start=False) as pair:
        pair.lab.configure(ha_cf(**FAST), ADDRESS_LINE, "auth 1\n1 sha1 old-key\n")
        for node in pair.lab.nodes:
            node.start()
        pair.probe.wait_owner("alpha", 20)
        pair.wait_both_active()
        at = now_ms()
        for text in steps:
            for node in pair.lab.nodes:
                node.write("/etc/ha.d/authkeys", text, 0o600)
                done = node.tool("hbctl", "reload")
                assert done.returncode == 0, done.stdout + done.stderr
                time.sleep(0.7)
        time.sleep(1.5)
        assert not [change for change in pair.probe.so_far().changes if change[0] > at]
        assert pair.alpha.node_status("beta") == "active"
        assert pair.lab.holders(SERVICE) == ["alpha"]
