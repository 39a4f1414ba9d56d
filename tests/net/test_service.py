# SPDX-License-Identifier: Apache-2.0
"""Configuration, resources other than addresses, and the programs that scripts call."""

import os
import shutil
import signal
import time

from lab import BUILD, HEARTBEAT, SERVICE, Lab, Skip, ha_cf, now_ms, wait_for
from pair import ADDRESS_LINE, FAST, limit, running_pair

NGINX_CONF = """worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  server {{ listen 80 default_server; location / {{ return 200 "{name}\\n"; }} }}
}}
"""


def needs_program(path):
    if not shutil.which(path):
        raise Skip(f"{path} is not installed")


# -- refusals --

def test_no_configuration():
    """Without any configuration hbd ends with 78 and names the places it looked at."""
    with Lab() as the_lab:
        node = the_lab.nodes[0]
        node.run("rm", "-rf", "/etc/ha.d/ha.cf", "/etc/keepalived")
        node.start()
        assert node.wait_end() == 78
        assert "/etc/ha.d" in node.log()


def test_broken_configuration():
    """A mistake refuses the start and is named with file, line and column."""
    with Lab() as the_lab:
        node = the_lab.nodes[0]
        the_lab.configure(ha_cf() + "keepalvie 2\n", ADDRESS_LINE)
        node.start()
        code = node.wait_end()
        assert code not in (0, 75, 77), f"exit code {code}"
        line = ha_cf().count("\n") + 1
        assert f"/etc/ha.d/ha.cf:{line}:1: error:" in node.log(), node.log()
        assert "keepalive" in node.log(), "the right word is not offered"
        done = node.tool("hbctl", "check")
        assert done.returncode == 1 and "error:" in done.stderr


def test_second_hbd_is_refused():
    """A second hbd on the node ends with 75 and names the pid of the first."""
    with running_pair() as pair:
        first = pair.alpha.read("/run/hbd/hbd.pid").strip()
        second = pair.alpha.popen(f"{BUILD}/hbd/daemon/hbd", log="second.log")
        assert second.wait(timeout=10) == 75
        with open(os.path.join(pair.alpha.dir, "second.log"), encoding="utf-8") as log:
            text = log.read()
        assert first and first in text, text
        pair.expect_owner_at_rest("alpha", 1)


def test_refused_beside_heartbeat():
    """While the packaged Heartbeat runs, hbd ends with 75: two daemons would fight."""
    needs_program(HEARTBEAT)
    with Lab(kind="heartbeat") as the_lab:
        node = the_lab.nodes[0]
        the_lab.configure(ha_cf(), ADDRESS_LINE)
        node.start()
        node.kind = "hbd"
        node.start()
        assert node.wait_end() == 75, node.log()


def test_privilege_missing():
    """Started by an ordinary user, hbd ends with 77 and names what is missing."""
    with Lab() as the_lab:
        node = the_lab.nodes[0]
        the_lab.configure(ha_cf(), ADDRESS_LINE)
        program = f"{BUILD}/hbd/daemon/hbd"
        done = node.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program,
                        check=False)
        if done.returncode == 126 or done.returncode == 127:
            raise Skip("the build tree cannot be read by an ordinary user")
        assert done.returncode == 77, f"exit code {done.returncode}: {done.stderr}"


# -- reload --

def test_reload_good():
    """A group is added by a reload; the one that runs is not touched."""
    with running_pair() as pair:
        at = now_ms()
        for node in pair.lab.nodes:
            node.write("/etc/ha.d/haresources", ADDRESS_LINE + "alpha 10.77.0.102/24/eth0\n")
            plan = node.tool("hbctl", "reload", "--plan")
            assert plan.returncode == 0 and "10.77.0.102" in plan.stdout, plan.stdout
            done = node.tool("hbctl", "reload")
            assert done.returncode == 0, done.stdout + done.stderr
        wait_for("the new group runs", lambda: len(pair.lab.holders("10.77.0.102")) == 1, 10)
        assert pair.probe.so_far().outage_ms(at) < 30
        assert pair.lab.holders() == ["alpha"]


def test_reload_bad():
    """A broken file at reload changes nothing and is named, by hbctl and on HUP."""
    with running_pair() as pair:
        at = now_ms()
        pair.alpha.write("/etc/ha.d/ha.cf", "keepalive 5s\n")
        done = pair.alpha.tool("hbctl", "reload")
        assert done.returncode != 0
        assert "ha.cf:1:" in done.stdout + done.stderr, done.stdout + done.stderr
        pair.alpha.kill(signal.SIGHUP, "hbd")
        time.sleep(2)
        assert pair.probe.so_far().outage_ms(at) < 30
        pair.expect_owner_at_rest("alpha", 1)


def test_reload_of_what_cannot_start():
    """A start goes on with a misspelt script, as in Heartbeat; a reload that would stop the group
    for it is refused."""
    with running_pair() as pair:
        at = now_ms()
        pair.alpha.write("/etc/ha.d/haresources", ADDRESS_LINE.rstrip() + " nginxx\n")
        done = pair.alpha.tool("hbctl", "reload")
        assert done.returncode == 1 and "no script or agent 'nginxx'" in done.stderr, done.stderr
        pair.expect_owner_at_rest("alpha", 1)
        assert pair.probe.so_far().outage_ms(at) < 30


# -- resources --

def nginx_pair(agent="nginx"):
    needs_program("nginx")
    return running_pair(start=False, haresources=f"alpha {SERVICE}/24/eth0 {agent}\n")


def start_both(pair):
    for node in pair.lab.nodes:
        node.start()


def write_nginx(pair):
    for node in pair.lab.nodes:
        node.write("/etc/nginx/nginx.conf", NGINX_CONF.format(name=node.name))
        node.run("mkdir", "-p", "/var/log/nginx", "/var/lib/nginx")


@limit(180)
def test_nginx():
    """The main job: real nginx behind the address, the active node dies, the other serves."""
    with nginx_pair() as pair:
        write_nginx(pair)
        with pair.lab.probe(mode="http", where=80) as web:
            start_both(pair)
            web.wait_owner("alpha", 30)
            pair.wait_both_active()
            at = now_ms()
            pair.alpha.crash()
            web.wait_owner("beta", 10)
            time.sleep(0.5)
            outage = web.so_far().outage_ms(at)
            assert outage < 2000, f"outage {outage:.0f} ms"
            pair.alpha.reboot()
            pair.alpha.start()
            web.wait_owner("alpha", 30)
            wait_for("nginx is stopped on beta", lambda: not pair.beta.processes("nginx"), 10)
            assert pair.alpha.stop() == 0
            web.wait_owner("beta", 10)
            assert not pair.alpha.processes("nginx")


@limit(180)
def test_httpd():
    """The same with Debian's apache2 as `httpd`."""
    needs_program("apache2")
    with running_pair(start=False, haresources=f"alpha {SERVICE}/24/eth0 httpd\n") as pair:
        for node in pair.lab.nodes:
            node.write("/var/www/html/index.html", node.name + "\n")
            node.write("/etc/apache2/conf-enabled/name.conf", "ServerName localhost\n")
            node.run("mkdir", "-p", "/var/log/apache2", "/run/lock/apache2")
        with pair.lab.probe(mode="http", where=80, interval_us=10000) as web:
            start_both(pair)
            web.wait_owner("alpha", 30)
            pair.wait_both_active()
            pair.alpha.crash()
            web.wait_owner("beta", 15)
            pair.alpha.reboot()
            pair.alpha.start()
            web.wait_owner("alpha", 30)


@limit(180)
def test_packaged_agents():
    """Dummy and Filesystem of the packaged resource-agents run from haresources lines."""
    if not os.path.exists("/usr/lib/ocf/resource.d/heartbeat/Dummy"):
        raise Skip("resource-agents is not installed")
    line = f"alpha {SERVICE}/24/eth0 Dummy Filesystem::tmpfs::/var/shared::tmpfs\n"
    with running_pair(start=False, haresources=line) as pair:
        for node in pair.lab.nodes:
            node.run("mkdir", "/var/shared")
        start_both(pair)
        wait_for("the group runs on alpha", lambda: "tmpfs /var/shared tmpfs" in pair.alpha.run(
            "cat", "/proc/mounts").stdout, 30, 0.2)
        pair.probe.wait_owner("alpha")
        pair.wait_both_active()
        done = pair.alpha.tool("hb_standby")
        assert done.returncode == 0, done.stdout + done.stderr
        wait_for("the group runs on beta", lambda: "tmpfs /var/shared tmpfs" in pair.beta.run(
            "cat", "/proc/mounts").stdout, 30, 0.2)
        assert " /var/shared " not in pair.alpha.run("cat", "/proc/mounts").stdout
        group = pair.beta.status()["groups"][0]
        assert group["state"] == "running" and len(group["resources"]) == 3, group


SCRIPT = """#!/bin/sh
# A resource of Heartbeat's own kind: arguments first, the action last, status by text.
state=/run/script-$1
case $2 in
start) {start} ;;
stop) {stop} ;;
status) if [ -e $state ]; then echo running; else echo stopped; fi ;;
esac
"""


def script_pair(start="touch $state", stop="rm -f $state", line="web::one"):
    pair = running_pair(start=False, haresources=f"alpha {SERVICE}/24/eth0 {line}\n")

    def prepare(the_pair):
        for node in the_pair.lab.nodes:
            node.write("/etc/ha.d/resource.d/web", SCRIPT.format(start=start, stop=stop), 0o755)
        start_both(the_pair)
    return pair, prepare


def test_script_in_resource_d():
    """A user's own script in resource.d runs as with Heartbeat, in order."""
    context, prepare = script_pair()
    with context as pair:
        prepare(pair)
        pair.probe.wait_owner("alpha", 20)
        wait_for("the script ran", lambda: os.path.exists(pair.alpha.path("/run/script-one")), 5)
        pair.wait_both_active()
        assert pair.alpha.tool("hb_standby").returncode == 0
        assert not os.path.exists(pair.alpha.path("/run/script-one"))
        wait_for("on beta", lambda: os.path.exists(pair.beta.path("/run/script-one")), 5)


@limit(180)
def test_failed_start_moves_the_group():
    """A start that fails here is tried on the other node, once; the reason is said."""
    context, prepare = script_pair(start='[ "$(hostname)" = beta ] && touch $state')
    with context as pair:
        prepare(pair)
        pair.probe.wait_owner("beta", 30)
        wait_for("the script ran on beta",
                 lambda: os.path.exists(pair.beta.path("/run/script-one")), 5)
        pair.expect_owner_at_rest("beta")
        done = pair.alpha.tool("hbctl", "status")
        assert done.returncode == 1 and "web" in done.stdout, done.stdout


@limit(180)
def test_failed_stop_starts_nowhere_else():
    """A stop that fails: the group is failed, loudly, and nothing starts on the other node."""
    context, prepare = script_pair(stop="exit 1")
    with context as pair:
        prepare(pair)
        pair.probe.wait_owner("alpha", 20)
        pair.wait_both_active()
        wait_for("the script ran", lambda: os.path.exists(pair.alpha.path("/run/script-one")), 5)
        done = pair.alpha.tool("hb_standby")
        assert done.returncode != 0, "it says that it worked: " + done.stdout
        time.sleep(3)
        assert not os.path.exists(pair.beta.path("/run/script-one"))
        assert pair.alpha.tool("hbctl", "status").returncode == 1
        # Whoever looks at the other node first is told too, and where to go.
        told = pair.beta.tool("hbctl", "status")
        assert told.returncode == 1, told.stdout
        remedy = f"on alpha: hbctl group cleanup {SERVICE}/24/eth0"
        assert any(remedy in line and "could not be stopped on node alpha" in line
                   for line in told.stdout.splitlines()), told.stdout
        group = pair.beta.status()["groups"][0]
        assert (group["peer"], group["peer_state"], group["peer_stuck"]) == \
            ("alpha", "failed", True), group
        # Mended by the operator: it can be cleaned up and runs again somewhere.
        pair.alpha.write("/etc/ha.d/resource.d/web",
                         SCRIPT.format(start="touch $state", stop="rm -f $state"), 0o755)
        cleaned = pair.alpha.tool("hbctl", "group", "cleanup", f"{SERVICE}/24/eth0")
        assert cleaned.returncode == 0, cleaned.stdout + cleaned.stderr
        wait_for("it runs once", lambda: len(pair.lab.holders()) == 1, 15)
        for node in pair.lab.nodes:
            wait_for(f"{node.name} is content",
                     lambda n=node: n.tool("hbctl", "status").returncode == 0, 15, 0.2)


@limit(180)
def test_hanging_script_delays_no_heartbeat():
    """A script that hangs in start blocks neither the heartbeats nor the commands."""
    context, prepare = script_pair(start="sleep 1000")
    with context as pair:
        prepare(pair)
        pair.wait_both_active()
        time.sleep(5)
        assert pair.alpha.node_status("beta") == "active"
        assert pair.beta.node_status("alpha") == "active"
        pair.alpha.kill(signal.SIGKILL, "sleep")


def test_engine_has_no_privileges():
    """The engine runs as an ordinary user, with no capability but CAP_IPC_LOCK."""
    with running_pair() as pair:
        engine = pair.alpha.processes("hbd-engine")[0]
        with open(f"/proc/{engine}/status", encoding="utf-8") as status:
            fields = dict(line.split(":", 1) for line in status if ":" in line)
        assert fields["Uid"].split()[0] != "0", fields["Uid"]
        ipc_lock = 1 << 14
        for kind in ("CapEff", "CapPrm"):
            assert int(fields[kind], 16) & ~ipc_lock == 0, f"{kind}: {fields[kind]}"


# -- the names that scripts call --

def test_cl_status():
    """cl_status answers as Heartbeat's does, with its exit codes."""
    with running_pair() as pair:
        rows = (("hbstatus", 0, "Heartbeat is running on this machine."),
                ("listnodes", 0, "beta\nalpha"), ("nodestatus beta", 0, "active"),
                ("nodetype beta", 0, "normal"), ("hblinkstatus beta eth0", 0, "up"),
                ("listhblinks beta", 0, "eth0"), ("rscstatus", 0, "local"),
                ("hbparameter -p deadtime", 0, "1"), ("hbparameter -p nix", 1, ""),
                ("nodestatus nix", 11, ""))
        wrong = []
        for words, code, out in rows:
            done = pair.alpha.tool("cl_status", *words.split())
            if (done.returncode, done.stdout.strip()) != (code, out):
                wrong.append((words, done.returncode, done.stdout, done.stderr))
        assert not wrong, wrong
        pair.beta.crash()
        wait_for("dead", lambda: pair.alpha.tool("cl_status", "nodestatus", "beta").stdout
                 == "dead\n", 5)
        assert pair.alpha.tool("cl_status", "nodestatus", "beta").returncode == 1
        assert pair.alpha.tool("cl_status", "rscstatus").stdout.strip() in ("all", "local")


def test_heartbeat_entry():
    """heartbeat -s, start, -r and -k, as init scripts call them."""
    with Lab() as the_lab:
        the_lab.configure(ha_cf(**FAST), ADDRESS_LINE)
        alpha = the_lab.nodes[0]
        assert alpha.tool("heartbeat", "-s").returncode == 3
        started = alpha.tool("heartbeat")
        assert started.returncode == 0, started.stdout + started.stderr
        done = alpha.tool("heartbeat", "-s")
        assert done.returncode == 0
        assert done.stdout.startswith("heartbeat OK [pid ") and "running on alpha" in done.stdout
        assert alpha.read("/run/heartbeat.pid").strip() == alpha.read("/run/hbd/hbd.pid").strip()
        assert alpha.tool("heartbeat", "-r").returncode == 0
        wait_for("it serves", lambda: the_lab.holders() == ["alpha"], 10)
        assert alpha.tool("heartbeat", "-k").returncode == 0
        assert the_lab.holders() == [] and not alpha.processes("hbd", "hbd-manager", "hbd-engine")
        alpha.tool("heartbeat", "-k")


def test_hbctl_tells_the_story():
    """After a failover, status, events and explain name the dead node and why the group moved."""
    with running_pair() as pair:
        healthy = pair.beta.tool("hbctl", "status")
        assert healthy.returncode == 0, healthy.stdout + healthy.stderr
        pair.alpha.crash()
        pair.probe.wait_owner("beta")
        time.sleep(0.5)
        status = pair.beta.tool("hbctl", "status")
        assert status.returncode == 1 and "alpha" in status.stdout.split("\n\n")[0], status.stdout
        assert "next:" in status.stdout
        assert "alpha" in pair.beta.tool("hbctl", "explain").stdout
        names = [event["name"] for event in pair.beta.events()]
        assert "node.state" in names, names
        data = pair.beta.status()
        assert data["schema"] == 1 and data["node"] == "beta"
        assert data["groups"][0]["owner"] == "beta"
        assert {"name", "status", "local", "links"} <= set(data["nodes"][0])


def test_rc_d_hook():
    """A user's hook in rc.d runs with the message's fields in its environment."""
    with running_pair(start=False) as pair:
        for node in pair.lab.nodes:
            node.write("/etc/ha.d/rc.d/shutdone",
                       "#!/bin/sh\necho \"$HA_src\" >/run/hook-ran\n", 0o755)
            node.start()
        pair.probe.wait_owner("alpha", 20)
        pair.wait_both_active()
        assert pair.alpha.stop() == 0
        wait_for("the hook ran on beta", lambda: pair.beta.read("/run/hook-ran") == "alpha\n", 5)


def test_generation_continues():
    """Heartbeat's own generation file is continued: one more at each start, same form."""
    with Lab() as the_lab:
        the_lab.configure(ha_cf(**FAST), ADDRESS_LINE)
        alpha = the_lab.nodes[0]
        alpha.write("/var/lib/heartbeat/hb_generation", f"{1700000000:>15}\n")
        for expected in (1700000001, 1700000002):
            alpha.start()
            wait_for("it serves", lambda: the_lab.holders() == ["alpha"], 10)
            assert alpha.stop() == 0
            text = alpha.read("/var/lib/heartbeat/hb_generation")
            assert int(text) >= expected and len(text) == 16, repr(text)
        assert len(open(alpha.path("/var/lib/heartbeat/hb_uuid"), "rb").read()) == 16
