# SPDX-License-Identifier: Apache-2.0
"""Who serves the address after each thing that can happen to a pair."""

import signal
import time

from lab import SERVICE, Lab, ha_cf, now_ms, wait_for
from pair import ADDRESS_LINE, FAST, SAFE, limit, running_pair

DEADTIME_MS = 1000
TWO_GROUPS = f"alpha {SERVICE}/24/eth0\nbeta 10.77.0.101/24/eth0\n"


def test_start_together():
    """Two nodes that boot together serve the address within 1.5 s of the second one's start."""
    with running_pair(start=False) as pair:
        pair.alpha.start()
        pair.beta.start()
        started = now_ms()
        served = pair.probe.wait_owner("alpha", 30)
        assert served - started < 1500 * 1.5, f"took {served - started:.0f} ms"
        pair.expect_owner_at_rest("alpha")
        pair.expect_never_two()


def test_start_alone():
    """A node that boots alone takes the other one's address when initdead is over."""
    with running_pair(start=False) as pair:
        pair.beta.start()
        started = now_ms()
        served = pair.probe.wait_owner("beta", 30)
        assert served - started > DEADTIME_MS * 0.9, "it did not wait for the other node"
        assert served - started < DEADTIME_MS + 2000, f"took {served - started:.0f} ms"
        pair.expect_owner_at_rest("beta")


def test_crash():
    """Power off: the other node answers within deadtime and a little."""
    with running_pair() as pair:
        at = now_ms()
        pair.alpha.crash()
        outage = pair.outage_ms(at, "beta")
        assert outage <= (DEADTIME_MS + 60) * 1.5, f"outage {outage:.0f} ms"
        assert pair.beta.node_status("alpha") == "dead"


def test_crash_and_return_with_failback():
    """A node that comes back gets its group back, at once and without two machines answering."""
    with running_pair() as pair:
        pair.alpha.crash()
        pair.probe.wait_owner("beta")
        pair.alpha.reboot()
        at = now_ms()
        pair.alpha.start()
        assert pair.outage_ms(at, "alpha", 30) < 200
        pair.expect_owner_at_rest("alpha")
        pair.expect_never_two()


def test_crash_and_return_without_failback():
    """With auto_failback off the group stays where it is."""
    with running_pair(failback="off") as pair:
        pair.alpha.crash()
        pair.probe.wait_owner("beta")
        pair.alpha.reboot()
        pair.alpha.start()
        pair.wait_both_active()
        pair.expect_owner_at_rest("beta")
        pair.expect_never_two()


def test_crash_and_return_legacy():
    """auto_failback legacy: a returning node asks for its group and gets it."""
    with running_pair(failback="legacy") as pair:
        pair.alpha.crash()
        pair.probe.wait_owner("beta")
        pair.alpha.reboot()
        pair.alpha.start()
        pair.probe.wait_owner("alpha", 30)
        pair.expect_owner_at_rest("alpha")
        pair.expect_never_two()


def heal_story(failback, winner):
    """Cut, both serve; healed, one of them goes on as if nothing had been."""
    with running_pair(timing=FAST, failback=failback) as pair:
        pair.alpha.cut()
        pair.probe.wait_owner("beta")
        time.sleep(1)
        loser = pair.other(pair.node(winner))
        pair.alpha.heal()
        wait_for(f"only {winner} has the address",
                 lambda: pair.lab.holders() == [winner], DEADTIME_MS / 1000 + 3)
        pair.wait_both_active()
        pair.expect_owner_at_rest(winner)
        stops = [e for e in pair.node(winner).events() if e.get("name") == "group.state"
                 and "from=running" in e.get("fields", "")]
        assert not stops, f"the winner stopped: {stops}"
        assert loser.status().get("holding") in ("none", "local", "foreign")


def test_cut_and_heal_with_failback():
    """After a healed split the preferred node keeps serving; the other one lets go."""
    heal_story("on", "alpha")


def test_cut_and_heal_without_failback():
    """auto_failback off: one node, the same by both sides' rule, keeps serving."""
    with running_pair(failback="off") as pair:
        pair.alpha.cut()
        pair.probe.wait_owner("beta")
        time.sleep(1)
        pair.alpha.heal()
        wait_for("only one node has the address", lambda: len(pair.lab.holders()) == 1, 4)
        pair.wait_both_active()
        pair.expect_owner_at_rest(pair.lab.holders()[0])


def test_graceful_stop():
    """A stopped node hands over at once, and hbd ends with 0."""
    with running_pair() as pair:
        at = now_ms()
        code = pair.alpha.stop()
        outage = pair.outage_ms(at, "beta")
        assert code == 0, f"exit code {code}"
        assert outage <= 30 * 1.5, f"outage {outage:.0f} ms"
        assert pair.alpha.addresses().count(SERVICE) == 0
        pair.expect_owner_at_rest("beta")
        pair.expect_never_two()


def test_stop_both():
    """After both were stopped nothing is left: no address, no process."""
    with running_pair() as pair:
        for node in (pair.beta, pair.alpha):
            assert node.stop() == 0
        assert pair.lab.holders() == []
        for node in pair.lab.nodes:
            left = node.processes("hbd", "hbd-manager", "hbd-engine")
            assert not left, f"still running on {node.name}: {left}"


def move_story(command, where, what, moved):
    """@what moves the groups in @moved (name -> owner before, owner after)."""
    with running_pair(haresources=TWO_GROUPS) as pair:
        wait_for("beta has its own group", lambda: "10.77.0.101" in pair.beta.addresses(), 10)
        node = pair.node(where)
        at = now_ms()
        done = node.tool(command, what)
        assert done.returncode == 0, f"{command} {what}: {done.stdout}{done.stderr}"
        assert done.stdout.strip(), "it does not say what it did"
        for address, owner in moved.items():
            wait_for(f"{address} on {owner}", lambda a=address, o=owner:
                     pair.lab.holders(a) == [o], 5)
        if moved.get(SERVICE) == "beta":
            outage = pair.outage_ms(at, "beta")
            assert outage <= 30 * 1.5, f"outage {outage:.0f} ms"
        pair.expect_never_two()


def test_standby_all():
    """hb_standby all gives everything away, in less than 30 ms."""
    move_story("hb_standby", "alpha", "all", {SERVICE: "beta", "10.77.0.101": "beta"})


def test_standby_local():
    """hb_standby local gives away the groups that prefer this node."""
    move_story("hb_standby", "alpha", "local", {SERVICE: "beta", "10.77.0.101": "beta"})


def test_standby_foreign():
    """hb_standby foreign on the node that has only its own groups moves nothing."""
    move_story("hb_standby", "alpha", "foreign", {SERVICE: "alpha", "10.77.0.101": "beta"})


def test_takeover_all():
    """hb_takeover all gets everything."""
    move_story("hb_takeover", "beta", "all", {SERVICE: "beta", "10.77.0.101": "beta"})


def test_takeover_foreign():
    """hb_takeover foreign gets the groups that prefer the other node."""
    move_story("hb_takeover", "beta", "foreign", {SERVICE: "beta", "10.77.0.101": "beta"})


def test_standby_and_failback_words():
    """What was given away comes back with the words that Heartbeat knows for it."""
    moves = (("alpha", "hb_standby", "all", "beta"), ("beta", "hb_standby", "failback", "alpha"),
             ("beta", "hb_takeover", "all", "beta"), ("alpha", "hb_takeover", "local", "alpha"))
    with running_pair(haresources=TWO_GROUPS) as pair:
        for where, command, word, owner in moves:
            done = pair.node(where).tool(command, word)
            assert done.returncode == 0, f"{command} {word}: {done.stdout}{done.stderr}"
            wait_for(f"alpha's own group on {owner}", lambda o=owner: pair.lab.holders() == [o], 5)
            # A move takes so little that two in a row look like two machines answering.
            time.sleep(0.1)
        assert pair.lab.holders("10.77.0.101") == ["beta"]
        pair.expect_never_two()


def test_standby_by_fifo():
    """Heartbeat's command FIFO is read: scripts that write to it go on working."""
    with running_pair() as pair:
        pair.alpha.run("sh", "-c", "printf '>>>\\nt=ask_resources\\nrsc_hold=all\\ninfo=me\\n<<<\\n'"
                                   " >/var/lib/heartbeat/fifo")
        pair.probe.wait_owner("beta", 5)
        pair.alpha.run("sh", "-c", "printf 'nonsense\\n>>>\\n' >/var/lib/heartbeat/fifo")
        pair.expect_owner_at_rest("beta", 1)


def test_group_commands():
    """hbctl group stop, start and move act on one group and leave the other alone."""
    with running_pair(haresources=TWO_GROUPS) as pair:
        key = f"{SERVICE}/24/eth0"
        assert pair.alpha.tool("hbctl", "group", "stop", key).returncode == 0
        wait_for("stopped everywhere", lambda: pair.lab.holders() == [], 5)
        time.sleep(1)
        assert pair.lab.holders() == [] and pair.lab.holders("10.77.0.101") == ["beta"]
        assert pair.beta.tool("hbctl", "group", "start", key).returncode == 0
        wait_for("started again", lambda: len(pair.lab.holders()) == 1, 5)
        before = pair.lab.holders()[0]
        after = pair.other(pair.node(before)).name
        assert pair.alpha.tool("hbctl", "group", "move", key).returncode == 0
        wait_for("moved", lambda: pair.lab.holders() == [after], 5)
        assert pair.lab.holders("10.77.0.101") == ["beta"]
        pair.expect_never_two()


@limit(180)
def test_no_two_owners_when_frozen():
    """Every process of the owner frozen: the other serves, and after the thaw only one does."""
    with running_pair(timing=SAFE) as pair:
        pair.alpha.kill(signal.SIGSTOP)
        pair.probe.wait_owner("beta", 10)
        time.sleep(1)
        pair.alpha.kill(signal.SIGCONT)
        wait_for("only one node has it", lambda: len(pair.lab.holders()) == 1, 6)
        pair.wait_both_active()
        time.sleep(1)
        pair.expect_never_two()


def test_three_starts_in_a_row():
    """Stop and start again and again: nothing is left behind, nothing is refused."""
    with Lab() as the_lab:
        the_lab.configure(ha_cf(**FAST), ADDRESS_LINE)
        alpha = the_lab.nodes[0]
        for _ in range(3):
            alpha.start()
            wait_for("it serves", lambda: the_lab.holders() == ["alpha"], 10)
            assert alpha.stop() == 0
            assert the_lab.holders() == []
