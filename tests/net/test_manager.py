# SPDX-License-Identifier: Apache-2.0
"""The privileged half under attack: deaths, stops and reloads in the middle of something."""

import os
import re
import signal
import time

from lab import BUILD, SERVICE, Lab, ha_cf, now_ms, wait_for
from pair import ADDRESS_LINE, SAFE, running_pair

# Says in /run/slow.log when it begins and ends a start; the server is a file.
SLOW_AGENT = """#!/bin/sh
case "$1" in
start) echo "begin $$" >>/run/slow.log; sleep 3; touch /run/slow.up; echo "end $$" >>/run/slow.log;;
stop) sleep "$(cat /run/slow.stop 2>/dev/null || echo 0)"; rm -f /run/slow.up;;
status) if [ -e /run/slow.up ]; then echo running; else echo stopped; fi;;
esac
"""


def lines_of(node, path):
    return node.read(path).splitlines()


def slow_pair(first=""):
    address = "10.77.0.102" if first else SERVICE
    return running_pair(timing=SAFE, start=False,
                        haresources=f"{first}alpha {address}/24/eth0 slow\n")


def install(pair):
    for node in pair.lab.nodes:
        node.write("/etc/ha.d/resource.d/slow", SLOW_AGENT, 0o755)


def test_agent_of_a_dead_manager_is_ended():
    """The manager dies while an agent starts something: the next one ends that agent before it
    starts another, so two never work on the same thing at once."""
    with slow_pair() as pair:
        install(pair)
        pair.alpha.start()
        wait_for("the agent starts", lambda: lines_of(pair.alpha, "/run/slow.log"), 40)
        pair.alpha.kill(signal.SIGKILL, "hbd-manager")
        wait_for("a whole start", lambda: any(line.startswith("end")
                                              for line in lines_of(pair.alpha, "/run/slow.log")), 40)
        time.sleep(4)
        seen = lines_of(pair.alpha, "/run/slow.log")
        assert [line.split()[0] for line in seen] == ["begin", "begin", "end"], seen
        assert seen[0].split()[1] != seen[1].split()[1] == seen[2].split()[1], seen


def test_respawned_program_is_not_doubled():
    """A program of ha.cf's respawn lives with its manager: after the manager's death there is one."""
    with running_pair(timing=SAFE, start=False,
                      extra="respawn root /bin/sleep 4711\n") as pair:
        def sleepers():
            done = pair.alpha.run("pgrep", "-f", "^/bin/sleep 4711", check=False)
            return done.stdout.split()

        pair.alpha.start()
        old = wait_for("the program runs", sleepers, 40)
        pair.alpha.kill(signal.SIGKILL, "hbd-manager")
        wait_for("a new one runs", lambda: set(sleepers()) - set(old), 20)
        time.sleep(1)
        assert len(sleepers()) == 1, sleepers()


def test_stop_during_a_reload():
    """TERM while a reload waits for one group to stop: the other group is released at once, the peer
    takes over as after any graceful stop, and nothing waits for a time limit."""
    with slow_pair(first=ADDRESS_LINE) as pair:
        install(pair)
        for node in pair.lab.nodes:
            node.start()
        wait_for("alpha serves", lambda: "end" in " ".join(lines_of(pair.alpha, "/run/slow.log")),
                 40)
        pair.wait_both_active()
        pair.alpha.write("/run/slow.stop", "2\n")
        pair.alpha.write("/etc/ha.d/haresources", ADDRESS_LINE)
        pair.alpha.kill(signal.SIGHUP, "hbd")
        time.sleep(0.7)
        at = time.monotonic()
        pair.alpha.kill(signal.SIGTERM, "hbd")
        assert pair.alpha.wait_end(30) == 0
        took = time.monotonic() - at
        assert took < 7, f"the stop took {took:.1f} s\n{pair.alpha.log()[-3000:]}"
        assert "shutdown.late" not in pair.alpha.log()
        assert "reload.cancelled" in pair.alpha.log()
        pair.probe.wait_owner("beta", 10)
        pair.expect_never_two()


def test_name_that_nobody_knows_costs_no_address():
    """A ucast peer whose name cannot be looked up is tried again and again, and a dead name server
    lets every look-up wait; the leases are renewed in time all the same."""
    with Lab() as the_lab:
        media = "bcast eth0\nucast eth0 peer-without-address.example"
        the_lab.configure(ha_cf(media=media, **SAFE), ADDRESS_LINE)
        alpha = the_lab.nodes[0]
        # an address in the lab's network where nobody lives: questions time out
        alpha.write("/etc/resolv.conf", "nameserver 10.77.0.250\noptions timeout:5 attempts:5\n")
        alpha.start()
        with the_lab.probe(SERVICE) as probe:
            probe.wait_owner("alpha", 60)
            since = now_ms()
            time.sleep(12)
            assert probe.owner() == "alpha"
            gap = probe.so_far().outage_ms(since)
            assert gap < 300, f"the address was away for {gap:.0f} ms\n{alpha.log()[-3000:]}"
        assert "address.lost" not in alpha.log() and "node.pause" not in alpha.log()


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)


def test_engine_has_nothing():
    """The process that reads the network: an ordinary user without groups, rights, terminal, files or
    the right to start programs; nobody but root may look into it."""
    with running_pair() as pair:
        pid, = pair.alpha.processes("hbd-engine")
        status = status_of(pid)
        assert "0" not in status["Uid"].split() + status["Gid"].split(), status["Uid"]
        assert status["Groups"].strip() == "" and status["NoNewPrivs"] == "1"
        ipc_lock = 1 << 14
        for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
            assert int(status[name], 16) & ~ipc_lock == 0, (name, status[name])
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            after = stat.read().rsplit(")", 1)[1].split()
        assert status["NSsid"].split()[-1] == status["NSpid"].split()[-1], "no session of its own"
        assert after[4] == "0", "it has a terminal"
        assert os.stat(f"/proc/{pid}/environ").st_uid == 0, "others of its user may look into it"
        with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
            found = dict(re.findall(r"^(Max \S+(?: \S+)*?)  +(\S+)", limits.read(), re.M))
        assert found["Max processes"] == "0" and found["Max core file size"] == "0", found
        for fd in os.listdir(f"/proc/{pid}/fd"):
            if int(fd) > 2:
                target = os.readlink(f"/proc/{pid}/fd/{fd}")
                assert re.match(r"socket:|anon_inode:|/proc/loadavg$", target), target


def test_secrets_stay_inside():
    """The key of authkeys is in no log, record, answer, argument or environment."""
    with running_pair(extra="debug 1\ndebugfile /var/log/ha-debug\n") as pair:
        pair.alpha.write("/etc/ha.d/authkeys", "auth 2\n1 sha1 a-test-secret\n2 md5 other-secret\n",
                         0o600)
        for words in (["reload", "--plan"], ["reload"], ["status"], ["--json", "status"],
                      ["events"], ["explain"], ["doctor"], ["metrics"]):
            done = pair.alpha.tool("hbctl", *words)
            assert "secret" not in done.stdout + done.stderr, words
        for path in ("/var/lib/hbd/events", "/var/log/ha-debug", "/run/hbd/journal"):
            assert "secret" not in pair.alpha.read(path), path
        assert "secret" not in pair.alpha.log()
        for pid in pair.alpha.processes("hbd", "hbd-manager", "hbd-engine"):
            for name in ("environ", "cmdline"):
                with open(f"/proc/{pid}/{name}", "rb") as source:
                    assert b"secret" not in source.read()


def test_standard_files_closed():
    """Started without standard input, output and error, hbd puts nothing where it does not belong."""
    with Lab() as the_lab:
        node = the_lab.nodes[0]
        the_lab.configure(ha_cf(), ADDRESS_LINE)
        node.daemon = node.popen("sh", "-c", f"exec {BUILD}/hbd/daemon/hbd <&- >&- 2>&-")
        wait_for("hbd answers", node.status, 20)
        assert node.read("/run/hbd/hbd.pid").strip().isdigit(), node.read("/run/hbd/hbd.pid")
        assert node.read("/run/hbd/manager.lock").strip().isdigit()


def test_folder_of_others_is_refused():
    """Root writes by name in no folder where somebody else may put things."""
    with Lab() as the_lab:
        node = the_lab.nodes[0]
        the_lab.configure(ha_cf(), ADDRESS_LINE)
        for option, mode, owner in (("--run-dir", "1777", "0"), ("--state-dir", "755", "65534")):
            node.run("rm", "-rf", "/run/theirs")
            node.run("mkdir", "-p", "/run/theirs")
            node.run("chmod", mode, "/run/theirs")
            node.run("chown", owner, "/run/theirs")
            node.start(option, "/run/theirs")
            assert node.wait_end() == 77
            assert "/run/theirs: must be a folder that belongs to root" in node.log()


STORM = """import socket, time
end, n = time.monotonic() + 4, 0
while time.monotonic() < end:
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        s.connect("/run/hbd/control")
        s.send(b"status\\0\\0\\x07")
        if n % 2:
            s.recv(1 << 20)
        n += 1
    except OSError:
        pass
    s.close()
print(n)
"""


def test_storm_of_questions():
    """Whoever may read can ask as often as he likes: nobody is killed for it, root is answered, and
    the service does not notice."""
    with running_pair() as pair:
        pair.alpha.write("/run/storm.py", STORM)
        at = now_ms()
        storms = [pair.alpha.popen("python3", "/run/storm.py", log="storm.log") for _ in range(3)]
        time.sleep(1)
        assert pair.alpha.status().get("node") == "alpha"
        assert all(storm.wait(20) == 0 for storm in storms)
        with open(os.path.join(pair.alpha.dir, "storm.log"), encoding="ascii") as counts:
            assert sum(int(line) for line in counts) > 200
        assert "engine.kill" not in pair.alpha.log() and "engine.late" not in pair.alpha.log()
        assert pair.probe.so_far().outage_ms(at) < 100
        pair.expect_owner_at_rest("alpha", 1)


def test_full_disks():
    """No room in /run and /var, and then the manager dies: the next one goes on with what runs."""
    with running_pair(timing=SAFE, start=False) as pair:
        folders = ("/run/hbd", "/var/lib/hbd", "/var/lib/heartbeat")
        for folder in folders:
            pair.alpha.run("mkdir", "-p", folder)
            pair.alpha.run("mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", folder)
        for node in pair.lab.nodes:
            node.start()
        pair.probe.wait_owner("alpha", 30)
        pair.wait_both_active()
        for folder in folders:
            pair.alpha.run("sh", "-c", f"cat /dev/zero >{folder}/fill", check=False)
        at = now_ms()
        old = pair.alpha.processes("hbd-manager")
        pair.alpha.kill(signal.SIGKILL, "hbd-manager")
        wait_for("a new manager", lambda: set(pair.alpha.processes("hbd-manager")) - set(old), 10)
        time.sleep(4)
        assert pair.probe.so_far().outage_ms(at) < 100
        pair.expect_owner_at_rest("alpha", 1)
        assert pair.alpha.log().count("manager.died") == 1, pair.alpha.log()[-2000:]
        assert pair.alpha.stop() == 0
        pair.probe.wait_owner("beta", 10)
