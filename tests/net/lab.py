# SPDX-License-Identifier: Apache-2.0
"""Two nodes and a client in network namespaces.

A Lab has a switch (a namespace with one bridge for each link), nodes and a client. A Node is a
network namespace plus its own mount, UTS and PID namespaces: private /run, copy-on-write /etc and
/var, its own host name. Its first process waits on a pipe from us, so everything in it ends when
we end, whatever happens. "Killing" and "cutting" are done from outside, by pid and at the switch.

    with Lab() as lab:
        alpha, beta = lab.nodes
        lab.configure(ha_cf="keepalive 200ms\\n...", haresources="alpha 10.77.0.100/24/eth0\\n")
        alpha.start(); beta.start()
        with lab.probe("10.77.0.100") as probe:
            probe.wait_owner("alpha")

Times are those of time.monotonic() in seconds, or in milliseconds where a name says _ms; the
probe's clock is the same one.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

TOP = os.environ.get("HBD_TOP") or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("HBD_BUILD") or os.path.join(TOP, "build-tests")
PREFIX = "hbt"
NETWORK = "10.77.{link}.{host}"
NETWORK6 = "fd77:{link}::{host}"
SERVICE = "10.77.0.100"
SERVICE6 = "fd77:0::100"
HEARTBEAT = "/usr/libexec/heartbeat/heartbeat"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Skip(Exception):
    """This test cannot run here; the text says why."""


def now_ms():
    return time.monotonic() * 1000


def wait_for(what, condition, seconds, step=0.02):
    """The first true value of condition(); an AssertionError that names @what after @seconds."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(step)


def run(argv, check=True, stdin=None, timeout=60):
    done = subprocess.run(argv, capture_output=True, text=True, input=stdin, timeout=timeout,
                          stdin=None if stdin is not None else subprocess.DEVNULL,
                          errors="replace")
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(argv)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def ip_batch(namespace, *lines):
    run(["ip", "-n", namespace, "-batch", "-"], stdin="\n".join(lines) + "\n")


def remove_leftovers():
    """Namespaces of a lab whose process is gone."""
    for line in run(["ip", "netns", "list"], check=False).stdout.splitlines():
        match = re.match(rf"({PREFIX}(\d+)-\S+)", line)
        if match and not os.path.exists(f"/proc/{match.group(2)}"):
            run(["ip", "netns", "del", match.group(1)], check=False)


def end_in_order(*_):
    """On SIGTERM: let each `with` clean up."""
    raise SystemExit(143)


INIT = r"""
set -e
mount --make-rprivate /
for d in etc var; do
    mkdir -p "$1/$d" "$1/$d-work"
    mount -t overlay lab-$d -o "lowerdir=/$d,upperdir=$1/$d,workdir=$1/$d-work" "/$d"
done
mount -t tmpfs -o mode=755 lab-run /run
mkdir -p /run/lock /run/heartbeat/rsctmp /run/resource-agents /run/apache2
if id hacluster >/dev/null 2>&1; then chown hacluster:haclient /run/heartbeat; fi
hostname "$2"
ip link set lo up
echo ready
while read -r _; do :; done
"""


class Node:
    """One machine: a base address on each link, eth0, eth1, ..."""

    def __init__(self, lab, name, host):
        self.lab, self.name, self.host = lab, name, host
        self.netns = f"{lab.prefix}-{name}"
        self.dir = os.path.join(lab.dir, name)
        self.holder = None
        self.init_pid = None
        self.daemon = None  # what start() started, a subprocess.Popen or None
        self.daemon_args = []
        self.kind = "hbd"
        os.makedirs(self.dir)

    # -- the machine --

    def mac(self, link=0):
        return f"02:77:00:00:{link:02x}:{self.host:02x}"

    def address(self, link=0, v6=False):
        return (NETWORK6 if v6 else NETWORK).format(link=link, host=self.host)

    def plug_all(self):
        """Create the network namespace with its interfaces."""
        run(["ip", "netns", "add", self.netns])
        for link in range(self.lab.links):
            self.add_interface(link)

    def add_interface(self, link):
        port = f"{self.name}{link}"
        ip_batch(self.lab.switch,
                 f"link add {port} type veth peer name eth{link} address {self.mac(link)} "
                 f"netns {self.netns}",
                 f"link set {port} master br{link} up")
        self.configure_interface(link)

    def configure_interface(self, link):
        ip_batch(self.netns,
                 f"link set eth{link} up",
                 f"addr replace {self.address(link)}/24 brd + dev eth{link}",
                 f"addr replace {self.address(link, v6=True)}/64 dev eth{link} nodad")

    def remove_interface(self, link):
        ip_batch(self.netns, f"link del eth{link}")

    def boot(self):
        """Start the machine's first process; /etc and /var are as they were left."""
        self.holder = subprocess.Popen(
            ["ip", "netns", "exec", self.netns, "unshare", "--pid", "--fork", "--kill-child=KILL",
             "--mount", "--mount-proc", "--uts", "bash", "-c", INIT, "init", self.dir, self.name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.holder.stdout.readline() != "ready\n":
            self.holder.stdin.close()
            raise Skip("namespaces cannot be made here: " + self.holder.stderr.read().strip())
        with open(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children",
                  encoding="ascii") as children:
            self.init_pid = int(children.read().split()[0])
        self.pid_ns = os.readlink(f"/proc/{self.init_pid}/ns/pid")

    def halt(self):
        """The machine is off: no process left, nothing of /run, only its base addresses."""
        if self.holder is None:
            return
        self.holder.kill()
        self.holder.communicate()
        self.holder = None
        if self.daemon is not None:
            self.daemon.wait(timeout=10)
            self.daemon = None

    def reboot(self):
        self.halt()
        for link in range(self.lab.links):
            run(["ip", "-n", self.netns, "addr", "flush", "dev", f"eth{link}"], check=False)
            self.configure_interface(link)
        self.heal()
        self.boot()

    def argv(self, argv):
        return ["nsenter", f"--target={self.init_pid}", "--mount", "--uts", "--net", "--pid", "--",
                "env", "-i", f"PATH={PATH}", "LC_ALL=C", "HOME=/root"] + list(argv)

    def run(self, *argv, check=True, timeout=60):
        return run(self.argv(argv), check=check, timeout=timeout)

    def popen(self, *argv, log="daemon.log"):
        with open(os.path.join(self.dir, log), "ab") as out:
            return subprocess.Popen(self.argv(argv), stdin=subprocess.DEVNULL, stdout=out,
                                    stderr=out)

    def path(self, path):
        return f"/proc/{self.init_pid}/root{path}"

    def write(self, path, text, mode=0o644):
        target = self.path(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(target, mode)

    def read(self, path):
        try:
            with open(self.path(path), encoding="utf-8", errors="replace") as source:
                return source.read()
        except OSError:
            return ""

    def log(self):
        """What the daemon wrote: standard error of ours, the log file of a real Heartbeat."""
        text = ""
        for name in ("daemon.log",):
            with contextlib.suppress(OSError), open(os.path.join(self.dir, name),
                                                    encoding="utf-8", errors="replace") as source:
                text += source.read()
        return text + self.read("/var/log/ha-log")

    def processes(self, *names):
        """Pids (as seen from outside) of the node's processes, all or those of these names."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) == self.init_pid:
                continue
            try:
                if os.readlink(f"/proc/{entry}/ns/pid") != self.pid_ns:
                    continue
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as stat:
                    text = stat.read()
            except OSError:
                continue
            comm, state = re.search(r"\((.*)\) (\S)", text).groups()
            if state != "Z" and (not names or comm in names):
                found.append(int(entry))
        return found

    def kill(self, sig, *names):
        """Signal these processes; returns how many there were."""
        pids = self.processes(*names)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sig)
        return len(pids)

    # -- its cables, at the switch --

    def set_port(self, link, state):
        run(["bridge", "-n", self.lab.switch, "link", "set", "dev", f"{self.name}{link}", "state",
             state])

    def cut(self, link=None):
        """Nothing passes any more, but the carrier stays, as behind a second switch."""
        for number in range(self.lab.links) if link is None else [link]:
            self.set_port(number, "0")

    def heal(self, link=None):
        for number in range(self.lab.links) if link is None else [link]:
            self.set_port(number, "3")

    def unplug(self, link=0):
        ip_batch(self.lab.switch, f"link set {self.name}{link} down")

    def plug(self, link=0):
        ip_batch(self.lab.switch, f"link set {self.name}{link} up")

    def crash(self):
        """Power off, at once, as others see it."""
        self.cut()
        self.kill(signal.SIGKILL)

    def addresses(self):
        """IPv4 and global IPv6 addresses on the node now."""
        shown = run(["ip", "-n", self.netns, "-json", "addr"], check=False).stdout or "[]"
        return [info["local"] for link in json.loads(shown) for info in link.get("addr_info", [])]

    # -- the cluster software --

    def start(self, *args):
        """Start hbd (or the real Heartbeat, by self.kind) without waiting for it to be ready."""
        if self.kind == "heartbeat":
            self.run(HEARTBEAT)
            return
        program = os.path.join(BUILD, "hbd/daemon/hbd")
        if not os.path.exists(program):
            raise AssertionError(f"{program} was not built")
        self.daemon = self.popen(program, *self.daemon_args, *args)

    def tool(self, name, *args, check=False, timeout=60):
        """One of hbd's tools on this node, or the packaged one for a real Heartbeat."""
        if self.kind == "heartbeat":
            folder = {"cl_status": "/usr/bin", "heartbeat": os.path.dirname(HEARTBEAT)}
            return self.run(os.path.join(folder.get(name, "/usr/share/heartbeat"), name), *args,
                            check=check, timeout=timeout)
        return self.run(os.path.join(BUILD, "hbd/tools", name), *args, check=check,
                        timeout=timeout)

    def stop(self, wait=True):
        """Graceful stop."""
        if self.kind == "heartbeat":
            if wait:
                self.run(HEARTBEAT, "-k", timeout=60)
            else:
                self.popen(HEARTBEAT, "-k", log="stop.log")
            return None
        self.kill(signal.SIGTERM, "hbd")
        return self.wait_end() if wait else None

    def wait_end(self, seconds=30):
        """Exit code of the daemon that start() started."""
        code = self.daemon.wait(timeout=seconds)
        self.daemon = None
        return code

    def status(self):
        """hbctl status --json, {} while it does not answer."""
        done = self.tool("hbctl", "--json", "status")
        return json.loads(done.stdout) if done.returncode in (0, 1) and done.stdout else {}

    def node_status(self, name):
        """Status word of a node as this node sees it, "" while there is no answer."""
        if self.kind == "heartbeat":
            return self.tool("cl_status", "nodestatus", name).stdout.strip()
        for node in self.status().get("nodes", []):
            if node.get("name") == name:
                return node.get("status", "")
        return ""

    def events(self):
        """Records of the flight recorder, as a list of dictionaries."""
        done = self.tool("hbctl", "--json", "events")
        found = []
        for line in done.stdout.splitlines():
            found += json.loads(line).get("events", [])
        return found


class Answer:
    """What a probe saw: gaps as (from_ms, to_ms), who changes as (ms, name); when it did not run
    itself, as (from_ms, to_ms)."""

    def __init__(self, lab, text):
        self.gaps = [(float(a), float(b)) for a, b in
                     re.findall(r"^gap (\S+) (\S+) ", text, re.M)]
        self.slept = [(float(a), float(b)) for a, b in re.findall(r"^slept (\S+) (\S+)", text, re.M)]
        self.changes = [(float(a), lab.owner_name(b)) for a, b in
                        re.findall(r"^who (\S+) (.+)$", text, re.M)]
        self.duplicates = [(float(a), lab.owner_name(b), lab.owner_name(c)) for a, b, c in
                           re.findall(r"^also (\S+) (\S+) (\S+)", text, re.M)]
        self.seen = {lab.owner_name(name): (float(a), float(b)) for name, a, b in
                     re.findall(r"^seen (.+) (\S+) (\S+) \S+$", text, re.M)}

    def outage_ms(self, since_ms):
        """Longest gap that ends after @since_ms; 0 when no gap was long enough to be told."""
        return max((to - start for start, to in self.gaps if to > since_ms), default=0.0)

    def lost_ms(self, since_ms, shortest_ms=20.0):
        """Sum of the gaps after @since_ms, each without the time in which nobody asked."""
        lengths = [to - max(start, since_ms)
                   - sum(max(0.0, min(to, b) - max(start, a)) for a, b in self.slept)
                   for start, to in self.gaps if to > since_ms]
        return sum(length for length in lengths if length >= shortest_ms)


class Probe:
    """tests/net/probe in the client's namespace."""

    def __init__(self, lab, address, mode="icmp", where="eth0", interval_us=2000, gap_ms=20):
        self.lab = lab
        self.out = tempfile.TemporaryFile("w+", dir=lab.dir)
        lab.probes.append(self)
        # It ends with us, however we end.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", lab.client, os.path.join(BUILD, "tests/net/probe"), "-i",
             str(interval_us), "-g", str(gap_ms), mode, address, str(where)], stdout=self.out,
            stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def so_far(self):
        position = os.fstat(self.out.fileno()).st_size
        return Answer(self.lab, os.pread(self.out.fileno(), position, 0).decode())

    def owner(self):
        changes = self.so_far().changes
        return changes[-1][1] if changes else None

    def wait_owner(self, name, seconds=15):
        """Wait until @name answered last; returns the ms of the change."""
        wait_for(f"{name} answers (the last one was {self.owner()})",
                 lambda: self.owner() == name, seconds, step=0.005)
        return self.so_far().changes[-1][0]

    def end(self):
        """Stop asking; everything seen."""
        self.process.terminate()
        self.process.wait(timeout=10)
        return self.so_far()


class Lab:
    def __init__(self, links=1, names=("alpha", "beta"), kind="hbd"):
        if os.geteuid() != 0:
            raise Skip("needs root")
        remove_leftovers()
        self.prefix = f"{PREFIX}{os.getpid()}"
        self.probes = []
        self.links = links
        self.switch = f"{self.prefix}-switch"
        self.client = f"{self.prefix}-client"
        self.probes = []
        signal.signal(signal.SIGTERM, end_in_order)
        self.dir = tempfile.mkdtemp(prefix="hbd-lab-")
        os.chmod(self.dir, 0o755)
        self.nodes = [Node(self, name, i + 1) for i, name in enumerate(names)]
        for node in self.nodes:
            node.kind = kind

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, kind, *_):
        keep = os.environ.get("HBD_LAB_LOGS")
        if kind is not None and keep:
            self.save_logs(keep)
        self.remove()

    def build(self):
        for name in (self.switch, self.client):
            run(["ip", "netns", "add", name])
        for link in range(self.links):
            ip_batch(self.switch, f"link add br{link} type bridge stp_state 0 forward_delay 0 "
                                  "mcast_snooping 0", f"link set br{link} up")
        ip_batch(self.switch,
                 f"link add client0 type veth peer name eth0 address 02:77:00:00:00:fe "
                 f"netns {self.client}", "link set client0 master br0 up")
        ip_batch(self.client, "link set lo up", "link set eth0 up",
                 f"addr add {NETWORK.format(link=0, host=250)}/24 dev eth0",
                 f"addr add {NETWORK6.format(link=0, host=250)}/64 dev eth0 nodad")
        for node in self.nodes:
            node.plug_all()
            node.boot()

    def remove(self):
        for probe in self.probes:
            probe.__exit__()
        for node in self.nodes:
            with contextlib.suppress(Exception):
                node.halt()
        for name in [node.netns for node in self.nodes] + [self.client, self.switch]:
            run(["ip", "netns", "del", name], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def save_logs(self, folder):
        os.makedirs(folder, exist_ok=True)
        for node in self.nodes:
            if node.holder is None:
                continue
            parts = {"log": node.log(), "ha.cf": node.read("/etc/ha.d/ha.cf"),
                     "addresses": run(["ip", "-n", node.netns, "addr"], check=False).stdout}
            if node.kind == "hbd":
                for what in ("status", "events"):
                    with contextlib.suppress(Exception):
                        parts[what] = node.tool("hbctl", what, timeout=5).stdout
            with open(os.path.join(folder, node.name), "w", encoding="utf-8") as out:
                for title, text in parts.items():
                    out.write(f"==== {title}\n{text}\n")

    def owner_name(self, answer):
        """Name of the node with that MAC (any of its interfaces), or the answer itself."""
        for node in self.nodes:
            if answer in [node.mac(link) for link in range(self.links)]:
                return node.name
        return answer

    def configure(self, ha_cf, haresources, authkeys="auth 1\n1 sha1 a-test-secret\n"):
        """The three files, the same on every node; node lines are added."""
        names = " ".join(node.name for node in self.nodes)
        for node in self.nodes:
            node.write("/etc/ha.d/ha.cf", ha_cf + f"node {names}\n")
            node.write("/etc/ha.d/haresources", haresources)
            node.write("/etc/ha.d/authkeys", authkeys, 0o600)

    def probe(self, address=SERVICE, **options):
        """A probe that ends with the lab, if not before."""
        self.probes.append(Probe(self, address, **options))
        return self.probes[-1]

    def holders(self, address=SERVICE):
        """Names of the nodes that have the address configured now."""
        return [node.name for node in self.nodes if address in node.addresses()]


def ha_cf(keepalive="200ms", deadtime="1", failback="on", media="bcast eth0", extra=""):
    """An ordinary ha.cf without its node lines."""
    return (f"keepalive {keepalive}\ndeadtime {deadtime}\ninitdead {deadtime}\n"
            f"logfile /var/log/ha-log\nauto_failback {failback}\n{media}\n{extra}")
