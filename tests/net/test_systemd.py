# SPDX-License-Identifier: Apache-2.0
"""hbd under a service manager: what it installs for it, and what it tells it (sd_notify(3))."""

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import time

from lab import BUILD, Lab, Skip, ha_cf, run, wait_for
from pair import ADDRESS_LINE, FAST

WATCHDOG_S = 0.4


@contextlib.contextmanager
def installed():
    """An empty root with what `make install` puts there."""
    with tempfile.TemporaryDirectory(prefix="hbd-root-") as root:
        run(["make", "-C", BUILD, "install", f"DESTDIR={root}"], timeout=100)
        yield root


def needs(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not installed")


def below(root, name):
    """Where the file of that name was installed."""
    found = [os.path.join(folder, name) for folder, _, files in os.walk(root) if name in files]
    assert len(found) == 1, f"{name}: {found}"
    return found[0]


# -- what is installed --

def test_install_brings_the_engines_user():
    """systemd-sysusers makes user hbd and group haclient from what is installed."""
    needs("systemd-sysusers")
    with installed() as root:
        assert below(root, "hbd.conf").endswith("/lib/sysusers.d/hbd.conf")
        os.makedirs(f"{root}/etc")
        run(["systemd-sysusers", f"--root={root}", below(root, "hbd.conf")])
        with open(f"{root}/etc/passwd", encoding="ascii") as passwd:
            users = {line.split(":")[0]: line.strip().split(":") for line in passwd}
        with open(f"{root}/etc/group", encoding="ascii") as group:
            groups = {line.split(":")[0] for line in group}
        assert list(users) == ["hbd"] and users["hbd"][6].endswith("nologin"), users
        assert users["hbd"][2] != "0" and {"hbd", "haclient"} <= groups, (users, groups)


def test_units_are_accepted():
    """systemd-analyze verify has nothing to say about the units; it would about a wrong key."""
    needs("systemd-analyze")
    with installed() as root, tempfile.TemporaryDirectory() as units:
        program = below(root, "hbd")
        for name in ("hbd.service", "heartbeat.service"):
            source = os.path.join(BUILD, "hbd/daemon", name)
            with open(source, encoding="utf-8") as text, \
                    open(f"{units}/{name}", "w", encoding="utf-8") as out:
                out.write(text.read().replace(f"ExecStart={program[len(root):]}",
                                              f"ExecStart={program}"))
        verify = ["systemd-analyze", "verify", "--man=no"]
        done = run(verify + [f"{units}/hbd.service", f"{units}/heartbeat.service"], check=False)
        assert done.returncode == 0 and not done.stderr.strip(), done.stderr
        with open(f"{units}/hbd.service", "a", encoding="utf-8") as out:
            out.write("[Service]\nWatchdogSecs=1\n")
        assert "WatchdogSecs" in run(verify + [f"{units}/hbd.service"], check=False).stderr


# -- what is told --

class Listener:
    """The service manager's end of the notification socket of one node."""

    def __init__(self, node):
        self.node, self.heard = node, []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(node.path("/run/notify"))
        self.socket.setblocking(False)

    def start(self, watchdog=True):
        limits = [f"WATCHDOG_USEC={int(WATCHDOG_S * 1e6)}"] if watchdog else []
        self.node.daemon = self.node.popen("env", "NOTIFY_SOCKET=/run/notify", *limits,
                                           os.path.join(BUILD, "hbd/daemon/hbd"))

    def lines(self):
        """Everything heard so far, in order."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.heard += self.socket.recv(4096).decode().splitlines()
        return self.heard

    def count(self, line):
        return self.lines().count(line)

    def wait(self, line, seconds=15):
        wait_for(f"{line} (heard {self.lines()})", lambda: self.count(line) > 0, seconds)

    def forget(self):
        self.lines()
        self.heard = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


@contextlib.contextmanager
def listening():
    """A node that is configured and not started, and the listener of its notifications."""
    with Lab() as the_lab:
        the_lab.configure(ha_cf(**FAST), ADDRESS_LINE)
        with Listener(the_lab.nodes[0]) as listener:
            yield the_lab, the_lab.nodes[0], listener


def test_ready_when_the_node_is_up():
    """READY comes once the engine works and hbctl answers, not before; STOPPING at the stop."""
    engine = os.path.join(BUILD, "hbd/daemon/hbd-engine")
    with listening() as (_, alpha, listener):
        alpha.run("mount", "--bind", "/bin/false", engine)
        listener.start()
        wait_for("the manager runs", lambda: alpha.processes("hbd-manager"), 5)
        listener.wait("WATCHDOG=1")
        time.sleep(1)
        assert listener.count("READY=1") == 0, listener.heard
        alpha.run("umount", engine)
        listener.wait("READY=1")
        assert alpha.processes("hbd-engine") and alpha.status().get("node") == "alpha"
        assert listener.count("READY=1") == 1 and listener.count("STOPPING=1") == 0
        assert alpha.stop() == 0
        assert listener.count("STOPPING=1") == 1, listener.heard


def test_never_ready_with_a_broken_file():
    """A configuration that is refused is never READY."""
    with listening() as (_, alpha, listener):
        alpha.write("/etc/ha.d/ha.cf", "keepalvie 2\n")
        listener.start()
        assert alpha.wait_end() == 1
        assert listener.count("READY=1") == 0, listener.heard


def test_reload_is_told():
    """HUP: RELOADING, then READY again; also when the new files are refused."""
    with listening() as (_, alpha, listener):
        listener.start()
        listener.wait("READY=1")
        for text in (ha_cf(**FAST) + "node alpha beta\nwarntime 700ms\n", "keepalvie 2\n"):
            listener.forget()
            alpha.write("/etc/ha.d/ha.cf", text)
            alpha.kill(signal.SIGHUP, "hbd")
            listener.wait("READY=1")
            told = [line for line in listener.heard if line in ("RELOADING=1", "READY=1")]
            assert told == ["RELOADING=1", "READY=1"], told
        assert alpha.status().get("node") == "alpha"


def test_watchdog_stops_with_the_supervisor():
    """WATCHDOG comes about twice a period, and no more once the supervisor is frozen."""
    with listening() as (the_lab, alpha, listener):
        listener.start()
        listener.wait("READY=1")
        wait_for("it serves", lambda: the_lab.holders() == ["alpha"], 10)
        listener.forget()
        time.sleep(5 * WATCHDOG_S)
        assert 7 <= listener.count("WATCHDOG=1") <= 12, listener.heard
        assert alpha.kill(signal.SIGSTOP, "hbd") == 1
        listener.forget()
        time.sleep(3 * WATCHDOG_S)
        assert listener.count("WATCHDOG=1") == 0
        assert alpha.kill(signal.SIGCONT, "hbd") == 1
        listener.wait("WATCHDOG=1", 2)


def test_no_watchdog_unless_asked():
    """Without WATCHDOG_USEC nothing is repeated."""
    with listening() as (_, alpha, listener):
        listener.start(watchdog=False)
        listener.wait("READY=1")
        time.sleep(1.5)
        assert listener.count("WATCHDOG=1") == 0
        assert alpha.stop() == 0
