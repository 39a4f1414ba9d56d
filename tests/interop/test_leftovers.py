# SPDX-License-Identifier: Apache-2.0
"""What one daemon leaves on a machine when it is killed, and the other one started in its place."""

import contextlib
import os
import signal
import time

from lab import BUILD, HEARTBEAT, SERVICE, now_ms, run, wait_for
from mixed import mixed_pair
from pair import limit

LEASE_S = 1  # deadtime 3 s


@contextlib.contextmanager
def serving(alpha, beta, failback="off"):
    """alpha serves with the daemon of that kind, beta (None: nothing runs there) stands by; yields
    (pair, alpha, beta, probe)."""
    with mixed_pair(ours="alpha", failback=failback, initdead="5") as pair:
        first, second = pair.lab.nodes
        first.kind, second.kind = alpha, beta or "hbd"
        probe = pair.lab.probe()
        for node in pair.lab.nodes if beta else [first]:
            node.start()
        probe.wait_owner("alpha", 40)
        if beta:
            pair.wait_both_active()
        time.sleep(1.5)
        yield pair, first, second, probe


def kill_all(node):
    """kill -9, all of its daemon's processes at once."""
    names = ("hbd", "hbd-manager", "hbd-engine") if node.kind == "hbd" else ("heartbeat",)
    assert node.kill(signal.SIGKILL, *names) >= 3


def address_words(node):
    """The words that the kernel has for the service address there."""
    lines = run(["ip", "-n", node.netns, "-o", "addr", "show", "dev", "eth0"]).stdout.splitlines()
    return " ".join(line for line in lines if f" {SERVICE}/" in line)


def expect_lease(node):
    words = address_words(node)
    assert "eth0:0" not in words and "forever" not in words, words


def expect_clean_start(node):
    """hbd started there without an error of its own."""
    with open(os.path.join(node.dir, "daemon.log"), encoding="utf-8") as log:
        wrong = [line for line in log if " hbd: error: " in line or "hbd-engine: error" in line]
    assert not wrong, wrong


# -- Heartbeat was killed, hbd starts --

def start_over_duplicate(beta):
    with serving("heartbeat", beta) as (pair, first, second, probe):
        generation = int(first.read("/var/lib/heartbeat/hb_generation"))
        kill_all(first)
        wait_for("beta takes over", lambda: "beta" in pair.lab.holders(), 15)
        time.sleep(1.5)
        assert pair.lab.holders() == ["alpha", "beta"]  # 3.0.6 left it on: this is what is mended
        first.kind = "hbd"
        began = now_ms()
        first.start()
        wait_for("alpha lets go", lambda: pair.lab.holders() == ["beta"], 5, 0.005)
        took = now_ms() - began
        assert took <= 500, f"the address was on both for {took:.0f} ms after hbd's start"
        pair.wait_both_active()
        if beta == "hbd":  # it tells the neighbours; a 3.0.6 node does not
            assert probe.wait_owner("beta", 5) - began <= 500
        pair.expect_holder_at_rest("beta")
        assert int(first.read("/var/lib/heartbeat/hb_generation")) == generation + 1
        expect_clean_start(first)


def test_killed_heartbeat_is_cleaned_up_beside_ours():
    """Heartbeat was killed with the address on, ours took over: hbd, started there, lets go."""
    start_over_duplicate("hbd")


def test_killed_heartbeat_is_cleaned_up_beside_theirs():
    """The same, and the node that took over runs 3.0.6."""
    start_over_duplicate("heartbeat")


def start_before_anybody_noticed(beta):
    with serving("heartbeat", beta) as (pair, first, _, probe):
        kill_all(first)
        began = now_ms()
        first.kind = "hbd"
        first.start()
        pair.wait_both_active()
        pair.wait_holder("alpha")
        pair.expect_holder_at_rest("alpha")
        expect_lease(first)
        expect_clean_start(first)
        lost = probe.so_far().lost_ms(began)
        assert lost <= 1200, f"{lost:.0f} ms without an answer"


def test_killed_heartbeat_is_replaced_before_ours_noticed():
    """hbd starts in its place within deadtime: it goes on serving, with a lease on the address."""
    start_before_anybody_noticed("hbd")


def test_killed_heartbeat_is_replaced_before_theirs_noticed():
    """The same beside a 3.0.6 node."""
    start_before_anybody_noticed("heartbeat")


def test_killed_heartbeat_is_replaced_without_a_peer():
    """Nobody else is there: after initdead hbd serves, alone, with a lease on the address."""
    with serving("heartbeat", None) as (pair, first, _, probe):
        kill_all(first)
        first.kind = "hbd"
        began = now_ms()
        first.start()
        wait_for("what nobody may want yet is taken off", lambda: not pair.lab.holders(), 2, 0.01)
        pair.wait_holder("alpha", 8)
        pair.expect_holder_at_rest("alpha")
        expect_lease(first)
        lost = probe.so_far().lost_ms(began)
        assert lost <= 6500, f"initdead is 5 s, but {lost:.0f} ms were without an answer"


def test_killed_master_leaves_no_second_daemon():
    """Only Heartbeat's first process is killed: what it leaves does not disturb hbd."""
    with serving("heartbeat", "hbd") as (pair, first, _, _):
        master = int(first.read("/run/heartbeat.pid"))
        first.run("kill", "-9", str(master))
        wait_for("its children end", lambda: not first.processes("heartbeat"), 15, 0.1)
        first.kind = "hbd"
        first.start()
        pair.wait_both_active()
        holder = pair.lab.holders()
        assert len(holder) == 1
        pair.expect_holder_at_rest(holder[0])
        expect_clean_start(first)


# -- hbd was killed, Heartbeat starts --

def start_heartbeat_after_kill(beta):
    with serving("hbd", beta) as (pair, first, second, probe):
        generation = int(first.read("/var/lib/heartbeat/hb_generation"))
        kill_all(first)
        wait_for("beta takes over", lambda: pair.lab.holders() == ["beta"], 15)
        first.kind = "heartbeat"
        first.run("service", "heartbeat", "start")
        pair.wait_both_active()
        pair.expect_holder_at_rest("beta")
        assert int(first.read("/var/lib/heartbeat/hb_generation")) > generation
        pid = int(first.read("/run/heartbeat.pid"))
        assert f"pid {pid} et al" in first.run(HEARTBEAT, "-s").stdout
        first.tool("hb_takeover", "local", check=True)
        probe.wait_owner("alpha", 20)
        pair.expect_holder_at_rest("alpha")
        first.run("service", "heartbeat", "stop")
        pair.wait_holder("beta")
        second.stop()


@limit(150)
def test_heartbeat_starts_after_killed_hbd_beside_ours():
    """kill -9 of hbd leaves nothing that Heartbeat stumbles over: it joins, takes over, stops."""
    start_heartbeat_after_kill("hbd")


@limit(150)
def test_heartbeat_starts_after_killed_hbd_beside_theirs():
    """The same beside a 3.0.6 node."""
    start_heartbeat_after_kill("heartbeat")


# -- hbd restarts while a 3.0.6 node serves --

def restart_standby(failback):
    with serving("heartbeat", "hbd", failback) as (pair, first, second, probe):
        began = now_ms()
        for how in ("stop", "crash", "crash"):
            if how == "stop":
                assert second.stop() == 0
            else:
                kill_all(second)
                second.daemon.wait(timeout=10)
            second.start()
            pair.wait_both_active()
            pair.expect_holder_at_rest("alpha", 2)
        pair.expect_holder_at_rest("alpha")
        assert probe.so_far().lost_ms(began) == 0
        log = first.read("/var/log/ha-log")
        assert "attempted replay attack" not in log and "returning after partition" not in log


def test_restart_moves_nothing_failback_on():
    """hbd stops and starts, and is killed and started, while 3.0.6 serves: nobody notices."""
    restart_standby("on")


def test_restart_moves_nothing_failback_off():
    """The same with auto_failback off."""
    restart_standby("off")


def test_restart_moves_nothing_legacy():
    """The same in legacy mode."""
    restart_standby("legacy")


# -- both on one machine --

def test_two_daemons_refuse_each_other():
    """hbd says by pid what runs and what to do; 3.0.6 does not start beside hbd either."""
    with serving("heartbeat", None) as (pair, first, _, probe):
        pid = int(first.read("/run/heartbeat.pid"))
        done = first.run(os.path.join(BUILD, "hbd/daemon/hbd"), check=False)
        assert done.returncode == 75, done
        assert f"heartbeat already runs here with pid {pid}" in done.stderr, done.stderr
        assert "service heartbeat stop" in done.stderr, done.stderr
        assert pair.lab.holders() == ["alpha"]
        first.run("service", "heartbeat", "stop")
        first.kind = "hbd"
        first.start()
        probe.wait_owner("alpha", 20)
        pair.wait_holder("alpha")
        ours = first.read("/run/heartbeat.pid")
        first.run(HEARTBEAT, check=False)
        assert "already running" in first.read("/var/log/ha-log")
        assert not first.processes("heartbeat") and first.read("/run/heartbeat.pid") == ours
        pair.expect_holder_at_rest("alpha", 2)
