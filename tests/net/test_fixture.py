# SPDX-License-Identifier: Apache-2.0
"""The laboratory itself: what the other tests rely on to be able to fail."""

import signal
import time

from lab import SERVICE, Lab, now_ms, wait_for


def add(node, address=SERVICE):
    node.run("ip", "addr", "add", f"{address}/24", "dev", "eth0")


def remove(node, address=SERVICE):
    node.run("ip", "addr", "del", f"{address}/24", "dev", "eth0")


def test_two_owners_are_noticed():
    """An address on two machines shows in the ARP probe; one that moved does not."""
    with Lab() as the_lab:
        alpha, beta = the_lab.nodes
        with the_lab.probe(mode="arp", interval_us=5000) as arp:
            add(alpha)
            arp.wait_owner("alpha", 3)
            remove(alpha)
            add(beta)
            arp.wait_owner("beta", 3)
            time.sleep(0.6)
            assert not arp.so_far().duplicates
            add(alpha)
            wait_for("both are noticed", lambda: arp.so_far().duplicates, 2)
            assert the_lab.holders() == ["alpha", "beta"]


def test_silence_is_measured():
    """A cut of 300 ms is a gap of 300 ms, and the answer's MAC names the node."""
    with Lab() as the_lab:
        alpha = the_lab.nodes[0]
        add(alpha)
        with the_lab.probe() as probe:
            probe.wait_owner("alpha", 3)
            time.sleep(0.3)
            at = now_ms()
            alpha.cut()
            time.sleep(0.3)
            alpha.heal()
            time.sleep(0.3)
            seen = probe.end()
            assert 290 <= seen.outage_ms(at) <= 400, seen.gaps
            assert seen.outage_ms(now_ms()) == 0
            assert list(seen.seen) == ["alpha"]


def test_cut_keeps_the_carrier():
    """cut() is silent for the node, unplug() is not."""
    with Lab() as the_lab:
        alpha = the_lab.nodes[0]
        alpha.cut()
        assert "LOWER_UP" in alpha.run("ip", "link", "show", "eth0").stdout
        alpha.unplug()
        assert "LOWER_UP" not in alpha.run("ip", "link", "show", "eth0").stdout


def test_nodes_are_apart():
    """Each node has its own /etc, /var, /run, name and processes; the host's are untouched."""
    with Lab() as the_lab:
        alpha, beta = the_lab.nodes
        for path in ("/etc/ha.d/ha.cf", "/var/lib/hbd/x", "/run/x"):
            alpha.write(path, "alpha's")
            assert beta.read(path) != "alpha's"
            try:
                with open(path, encoding="utf-8") as host:
                    assert host.read() != "alpha's"
            except FileNotFoundError:
                pass
        assert alpha.run("hostname").stdout == "alpha\n"
        alpha.popen("sleep", "100")
        wait_for("it runs", lambda: alpha.processes("sleep"), 3)
        assert not beta.processes("sleep")


def test_crash_and_reboot():
    """After a crash no process is left; a reboot keeps /var, empties /run, drops addresses."""
    with Lab() as the_lab:
        alpha, beta = the_lab.nodes
        sleeper = alpha.popen("sleep", "100")
        add(alpha)
        alpha.write("/var/lib/kept", "yes")
        alpha.write("/run/lost", "yes")
        wait_for("it runs", lambda: alpha.processes("sleep"), 3)
        alpha.crash()
        sleeper.wait(timeout=5)
        assert not alpha.processes()
        assert beta.run("ping", "-c1", "-W1", alpha.address(), check=False).returncode != 0
        alpha.reboot()
        assert SERVICE not in alpha.addresses()
        assert (alpha.read("/var/lib/kept"), alpha.read("/run/lost")) == ("yes", "")
        assert beta.run("ping", "-c1", "-W1", alpha.address(), check=False).returncode == 0


def process_state(pid):
    """The letter of proc(5): R, S, T, Z ..."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0]


def test_frozen_processes_count():
    """SIGSTOP reaches a node's processes from outside."""
    with Lab() as the_lab:
        alpha = the_lab.nodes[0]
        alpha.popen("sleep", "100")
        wait_for("it runs", lambda: alpha.processes("sleep"), 3)
        assert alpha.kill(signal.SIGSTOP, "sleep") == 1
        pid = alpha.processes("sleep")[0]
        # A signal is sent at once and obeyed when the process next gets a processor.
        wait_for("it stands still", lambda: process_state(pid) == "T", 3)
