# SPDX-License-Identifier: Apache-2.0
"""The order of takes and gives, and what each agent is called with: ours against the ResourceManager
of the packaged Heartbeat, over the same haresources.

Every agent but the address agents is one recording script. At each call it notes its name, its
arguments (for OCF agents: its parameters) and the addresses that the node has; between two calls
the kernel's own report tells in which order addresses came and went, so that IPaddr, which we run
inside the manager, is compared like all others. One group's takes and gives are one sequence.

What differs on purpose:
- 3.0.6 works on one group after the other, we on all at once: each group is a sequence of its own.
- Questions are not compared. Both ask `status` of Heartbeat's and init scripts; we ask OCF agents
  `monitor`, where Heartbeat's wrapper asks `status`. Both ask before each start (asked_first ()).
- Calls that only 3.0.6 makes are written out in each Case as `only_theirs`. They are: stops of what
  was never started or is stopped already (it always stops the whole group); the second try of a
  stop whose resource is stopped after all; and behind a stop that fails for good, the reboot of the
  machine. We leave what stands below such a resource alone, say so, and nobody starts the group.
"""

import concurrent.futures
import re
import subprocess
import time

from lab import Lab, ha_cf, wait_for

MANAGER = "/usr/share/heartbeat/ResourceManager"
OCF = "/usr/lib/ocf/resource.d"
RECORDER = r"""#!/bin/sh
# One for all kinds; what it is, it knows from the folder it is called in.
name=${0##*/} dir=${0%/*} kind=script
case $dir in
*/init.d) kind=init ;;
*/ocf/*) kind=ocf ;;
esac
for action; do :; done
args="$*"
args=${args%"$action"}
[ "$kind" != ocf ] ||
    args=$(env | sed -n 's/^OCF_RESKEY_//p' | grep -v '^CRM_meta' | LC_ALL=C sort | tr '\n' ' ')
[ "$name" != reboot ] || { name=$action action=reboot args=; }
addresses=$(ip -o addr show scope global | awk '{ print $4 }' | tr '\n' ' ')
echo "$action|$name $args|$addresses" >>/run/order/journal
state="/run/order/state.$(echo "$name $args" | tr -c 'A-Za-z0-9\n' _)"
left=/run/order/fail.$name.$action
if [ -e "$left" ] && read -r n <"$left" && [ "$n" -gt 0 ]; then
    echo $((n - 1)) >"$left"
    [ ! -e /run/order/unclean ] || rm -f "$state"
    echo "$name: $action fails as told" >&2
    exit 1
fi
case $action in
start) : >"$state" ;;
stop) rm -f "$state" ;;
status | monitor)
    if [ -e /run/order/silent ]; then exit 0; fi
    if [ -e "$state" ]; then echo "$name is running"; exit 0; fi
    echo "$name is stopped"
    case $kind in ocf) exit 7 ;; init) exit 3 ;; *) exit 0 ;; esac ;;
mark | reboot) ;;
meta-data) echo "<resource-agent name=\"$name\"/>" ;;
*) exit 3 ;;
esac
"""
# Recording agents: in resource.d (which wins where a name is in both), in init.d, as OCF agents.
SCRIPTS = ("disk", "mail", "web", "db", "both")
INIT_SCRIPTS = ("daemon", "cron2", "both")
OCF_AGENTS = ("heartbeat/Filesystem", "heartbeat/MailTo", "heartbeat/Xinetd", "heartbeat/Raid1",
              "heartbeat/LVM", "heartbeat/SendArp", "own/Thing")
# Heartbeat's wrapper for OCF:: reads the parameters from such a file.
INSTANCE = "# what it is\nOCF_RESKEY_size={}\nOCF_RESKEY_name='one two'\n"
TIMES = {"keepalive": "100ms", "deadtime": "500ms"}


class Case:
    """A haresources and how the agents behave: @fail is {"name.action": how often}, @running names
    scripts that run already, @silent ones whose status says nothing, @unclean ones whose failing
    stop does stop. @only_theirs: the calls that we do not make, in order."""

    def __init__(self, text, fail=None, running=(), silent=False, unclean=False, only_theirs=()):
        self.text, self.fail, self.running = text, fail or {}, running
        self.silent, self.unclean, self.only_theirs = silent, unclean, list(only_theirs)


CASES = {
    "bare": Case("alpha 10.77.0.100\n"),
    "bare-prefix": Case("alpha 10.77.0.100/24 web\n"),
    "bare-interface": Case("alpha 10.77.0.100/24/eth0 web\n"),
    "bare-interface-broadcast": Case("alpha 10.77.0.100/26/eth0/10.77.0.127 web\n"),
    "bare-broadcast": Case("alpha 10.77.0.100/24/10.77.0.255 web\n"),
    "bare-netmask": Case("alpha 10.77.0.100/255.255.255.0/eth0 web\n"),
    "ipaddr": Case("alpha IPaddr::10.77.0.100/24/eth0 web\n"),
    "ipaddr2": Case("alpha IPaddr2::10.77.0.100/24/eth0 web mail\n"),
    "ipv6addr": Case("alpha IPv6addr::fd77:0:0:0:0:0:0:100/64/eth0 web\n"),
    "addresses-only": Case("alpha 10.77.0.100/24/eth0 IPaddr2::10.77.0.101/24/eth0 "
                           "IPaddr::10.77.0.102/24/eth0\n"),
    "address-last": Case("alpha disk web 10.77.0.100/24/eth0\n"),
    "address-between": Case("alpha disk 10.77.0.101/24/eth0 db 10.77.0.100/24/eth0 web\n"),
    "script-arguments": Case("alpha 10.77.0.100 disk::/dev/sda1::/data::ext3 web::one\n"),
    "script-twice": Case("alpha disk::1 disk::2 disk::3\n"),
    "script-empty-argument": Case("alpha web disk::a::::b\n"),
    "init-script": Case("alpha 10.77.0.100/24/eth0 daemon cron2\n"),
    "init-script-arguments": Case("alpha web daemon::fast::2\n"),
    "init-script-silent": Case("alpha daemon cron2\n", silent=True),
    "both-places": Case("alpha web both daemon\n"),
    "ocf": Case("alpha OCF::Thing::first 10.77.0.100/24/eth0 OCF::Thing::second\n"),
    "wrappers": Case("alpha Raid1::/etc/raidtab::/dev/md0 LVM::vg0 "
                     "Filesystem::/dev/vg0/a::/data::ext3::noatime Xinetd::telnet "
                     "MailTo::root@localhost::moved\n"),
    "all-kinds": Case("alpha 10.77.0.100/24/eth0 Filesystem::/dev/sdb::/srv::xfs daemon "
                      "OCF::Thing::first web::x 10.77.0.101\n"),
    "two-groups": Case("alpha 10.77.0.100/24/eth0 web::a\nalpha 10.77.0.101/24/eth0 db::b disk::c\n"),
    "groups-of-two-nodes": Case("beta 10.77.0.101/24/eth0 db\nalpha 10.77.0.100/24/eth0 web\n"
                                "beta disk mail\n"),
    "continuation": Case("alpha 10.77.0.100/24/eth0 \\\n  disk::/dev/sda1\\\n::/data \\\n\tweb\n"),
    "comments": Case("# the pair\n\n   \t\n ALPHA\t 10.77.0.100/24/eth0\t\tweb # and no mail\n"
                     "#alpha db\nalpha\nalpha disk#mail\n"),
    "already-running": Case("alpha disk db web\n", running=("db",)),
    "start-fails": Case("alpha disk db web\n", fail={"db.start": 9},
                        only_theirs=["stop web", "stop web", "stop db", "stop disk"]),
    "start-fails-behind-address": Case(
        "alpha 10.77.0.100/24/eth0 disk db web\n", fail={"db.start": 9},
        only_theirs=["stop web", "stop web", "stop db", "stop disk"]),
    "start-fails-first": Case(
        "alpha disk db web\n", fail={"disk.start": 9},
        only_theirs=["stop web", "stop db", "stop web", "stop db", "stop disk"]),
    "stop-fails-once": Case("alpha disk db web\n", fail={"db.stop": 1}),
    "stop-fails-but-stopped": Case("alpha disk db web\n", fail={"db.stop": 9}, unclean=True,
                                   only_theirs=["stop db"]),
    "stop-fails": Case("alpha disk db web\n", fail={"db.stop": 9},
                       only_theirs=["reboot -nf", "stop disk"]),
}


class Watch:
    """The kernel's report of addresses that come and go, from now on."""

    def __init__(self, node):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "ip", "-n", node.netns, "-o", "monitor", "address"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)

    def end(self):
        """[(+ or -, address/prefix, interface, broadcast)], each change once."""
        self.process.terminate()
        text = self.process.communicate(timeout=10)[0]
        changes, present = [], set()
        for line in text.splitlines():
            match = re.match(r"(Deleted )?\d+: (\S+)\s+inet6? (\S+)(?: brd (\S+))?.* scope global",
                             line)
            if not match:
                continue
            is_there, cidr = not match.group(1), match.group(3)
            if is_there != (cidr in present):  # not the mere renewal of what is there
                (present.add if is_there else present.discard)(cidr)
                changes.append(("+" if is_there else "-", cidr, match.group(2), match.group(4)))
        return without_flicker(changes)


def without_flicker(changes):
    """ifconfig sets an address first and its prefix then: the kernel reports the address with the
    prefix of its class for an instant."""
    kept = []
    for change in changes:
        if len(kept) > 1 and change[0] == "+" and kept[-2][:2] == ("+", kept[-1][1]) \
                and kept[-1][0] == "-" and kept[-1][1].split("/")[0] == change[1].split("/")[0]:
            del kept[-2:]
        kept.append(change)
    return kept


def merge(journal, changes, base):
    """One sequence: at a call that saw other addresses than the one before, the kernel's report
    tells what happened in between."""
    story, present, changes = [], set(), list(changes)

    def apply_next():
        sign, cidr, device, broadcast = changes.pop(0)
        (present.add if sign == "+" else present.discard)(cidr)
        story.append(f"{sign}{cidr} {device} {broadcast or ''}".rstrip())

    for line in journal.splitlines():
        action, call, seen = line.split("|")
        seen = set(seen.split()) - base
        while present != seen:
            assert changes, f"at {line} the node had {seen}, the kernel reported {present}"
            apply_next()
        if action != "mark":
            story.append(f"{action} {call.strip()}")
    while changes:
        apply_next()
    return story


def lines_of(text):
    """Logical lines of a haresources, as far as this test's own ones go."""
    plain = re.sub(r"#.*", "", text).replace("\\\n", "")
    return [line.split()[1:] for line in plain.splitlines() if len(line.split()) > 1]


def groups_of(case, story):
    """The story's takes and gives, for each group."""
    groups = []
    for words in lines_of(case.text):
        names = {re.split(r"::|/", word)[0] for word in words}
        names |= {word.split("::")[1] for word in words if word.startswith("OCF::")}
        names |= {re.sub(r"(^|:)(0:)+", "::", word.split("::", 1)[1].split("/")[0])
                  for word in words if re.match(r"IP(v6)?addr2?::", word)}
        own = []
        for event in story:
            action, name = (event[0], event[1:].split("/")[0]) if event[0] in "+-" \
                else event.split()[:2]
            if action == "reboot" or name in names and action in ("start", "stop", "+", "-"):
                own.append(event)
        groups.append(own)
    return groups


def asked_first(story):
    """Nothing is started without being asked whether it runs."""
    asked = set()
    for event in story:
        if event[0] in "+-":
            continue
        action, call = event.split(" ", 1)
        if action in ("status", "monitor"):
            asked.add(call)
        assert action != "start" or call in asked, f"started without a question: {call}\n{story}"


def prepare(lab):
    """The recording agents on both nodes, which then do not hear each other any more."""
    for node in lab.nodes:
        node.run("mkdir", "-p", f"{node.dir}/ocf", f"{node.dir}/ocf-work")
        node.run("mount", "-t", "overlay", "lab-ocf", "-o",
                 f"lowerdir={OCF},upperdir={node.dir}/ocf,workdir={node.dir}/ocf-work", OCF)
        for folder, names in (("/etc/ha.d/resource.d", SCRIPTS), ("/etc/init.d", INIT_SCRIPTS),
                              (OCF, OCF_AGENTS), ("/run/bin", ("reboot",))):
            for name in names:
                node.write(f"{folder}/{name}", RECORDER, 0o755)
        # A machine that reboots itself is not what this test is about.
        node.run("mount", "--bind", "/run/bin/reboot", "/sbin/reboot")
        for instance in ("first", "second"):
            node.write(f"/etc/ha.d/conf/OCF/Thing/{instance}", INSTANCE.format(instance))
        node.cut()


def begin(node, case):
    """Nothing recorded, nothing running, the agents told what to do."""
    node.run("rm", "-rf", "/run/order", "/run/hbd", "/var/lib/hbd")
    node.run("mkdir", "/run/order")
    for name, times in case.fail.items():
        node.write(f"/run/order/fail.{name}", f"{times}\n")
    for name in case.running:
        node.write(f"/run/order/state.{name}_", "")
    for name in ("silent", "unclean"):
        if getattr(case, name):
            node.write(f"/run/order/{name}", "")
    base = {line.split()[3] for line in
            node.run("ip", "-o", "addr", "show", "scope", "global").stdout.splitlines()}
    return Watch(node), base


def mark(node):
    """All is taken: what changes from here on belongs to the gives."""
    node.write("/run/bin/mark", RECORDER, 0o755)
    node.run("/run/bin/mark", "mark", check=False)


def finish(node, watch, base):
    time.sleep(0.05)  # the kernel's last report is on its way
    return merge(node.read("/run/order/journal"), watch.end(), base)


def states(node):
    return {group["state"] for group in node.status().get("groups", [{"state": "none"}])}


def story_of_ours(node, case):
    watch, base = begin(node, case)
    node.start()
    wait_for("all groups are settled", lambda: states(node) <= {"running", "failed"}, 15, 0.05)
    mark(node)
    node.stop()
    return finish(node, watch, base)


def manager(node, *args):
    """The ResourceManager, as the daemon and its scripts call it."""
    variables = {"HA_CURHOST": "alpha", "HA_DIR": "/etc/ha.d", "HA_FUNCS": "/etc/ha.d/shellfuncs",
                 "HA_CF": "/etc/ha.d/ha.cf", "HA_RESOURCEDIR": "/etc/ha.d/resource.d",
                 "HA_RCDIR": "/etc/ha.d/rc.d", "HA_LOGFILE": "/var/log/ha-log",
                 "HA_DEBUGLOG": "/var/log/ha-debug", "HA_DATEFMT": "%T ", "HA_STOPRETRYMAX": "1",
                 # As packaged, OCF:: finds no agent at all: it looks one folder too deep.
                 "OCF_AGENTS": OCF}
    # Not by a pipe: what it leaves in the background for 30 s would hold that open.
    node.run("env", *[f"{name}={value}" for name, value in variables.items()], "sh", "-c",
             'exec "$@" >/run/order/out 2>&1', "sh", MANAGER, *args, check=False)
    return node.read("/run/order/out").split()


def story_of_theirs(node, case):
    watch, base = begin(node, case)
    keys = manager(node, "listkeys", "alpha") + manager(node, "listkeys", "beta")
    first = [words[0] for words in lines_of(case.text)]
    assert sorted(keys) == sorted(first), f"groups {keys}, not {first}"
    for key in keys:
        manager(node, "takegroup", key)
    mark(node)
    for key in keys:
        manager(node, "givegroup", key)
    return finish(node, watch, base)


def only_in(theirs, ours):
    """Events of @theirs that are missing in @ours, when the others are the same in the same order;
    None when they are not."""
    left, extra = list(ours), []
    for event in theirs:
        if left and left[0] == event:
            del left[0]
        else:
            extra.append(event)
    return None if left else extra


def expect_same(name, case, ours, theirs):
    asked_first(ours)
    asked_first(theirs)
    extra = []
    for number, (mine, other) in enumerate(zip(groups_of(case, ours), groups_of(case, theirs))):
        assert other, f"{name}: the ResourceManager did nothing with group {number}: {theirs}"
        more = only_in(other, mine)
        assert more is not None, f"{name}: ours {mine}, ResourceManager {other}"
        extra += more
    assert extra == case.only_theirs, f"{name}: we do not {extra}; agreed on {case.only_theirs}"


def run_cases(part, parts):
    with Lab() as lab, concurrent.futures.ThreadPoolExecutor(2) as pool:
        prepare(lab)
        for name in list(CASES)[part::parts]:
            case = CASES[name]
            lab.configure(ha_cf(**TIMES), case.text)
            ours = pool.submit(story_of_ours, lab.nodes[0], case)
            theirs = pool.submit(story_of_theirs, lab.nodes[1], case)
            expect_same(name, case, ours.result(), theirs.result())


def test_cases_first_third():
    """The same takes and gives as the ResourceManager's, by the kinds of words in haresources."""
    run_cases(0, 3)


def test_cases_second_third():
    """The same takes and gives as the ResourceManager's, the second part of the cases."""
    run_cases(1, 3)


def test_cases_last_third():
    """The same takes and gives as the ResourceManager's, the rest of the cases."""
    run_cases(2, 3)


def test_daemon_and_manager():
    """The 3.0.6 daemon takes and gives what its ResourceManager takes and gives when called by us:
    so the other tests may call that one. And ours, once more, agrees."""
    case = CASES["groups-of-two-nodes"]
    with Lab() as lab, concurrent.futures.ThreadPoolExecutor(2) as pool:
        prepare(lab)
        lab.configure(ha_cf(**TIMES), case.text)
        ours = pool.submit(story_of_ours, lab.nodes[0], case)
        node = lab.nodes[1]
        node.kind = "heartbeat"
        direct = story_of_theirs(node, case)
        watch, base = begin(node, case)
        node.start()
        wait_for("it has taken all", lambda: node.read("/run/order/journal").count("start|") == 4
                 and {"10.77.0.100", "10.77.0.101"} <= set(node.addresses()), 40, 0.1)
        mark(node)
        node.stop()
        driven = finish(node, watch, base)
        assert groups_of(case, driven) == groups_of(case, direct), f"{driven} is not {direct}"
        expect_same("groups-of-two-nodes", case, ours.result(), driven)
