# SPDX-License-Identifier: Apache-2.0
"""The scenes of tests/demo: what a person sees, told as it happens."""

import sys
import threading
import time

from lab import SERVICE, Lab, Skip, now_ms, wait_for

HA_CF = """# /etc/ha.d/ha.cf
keepalive 200ms
deadtime 1
initdead 5
bcast eth0
auto_failback on
logfacility local0
"""
AUTHKEYS = """auth 1
1 sha1 a-secret-of-the-demo
"""
NGINX_CONF = """worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  server {{ listen 80 default_server; location / {{ return 200 "nginx on {name}\\n"; }} }}
}}
"""

begun = time.monotonic()


def say(text):
    print(f"{time.monotonic() - begun:7.2f} s  {text}", flush=True)


def title(text):
    print(f"\n== {text}", flush=True)


def show(text):
    for line in text.rstrip().splitlines():
        print("           | " + line, flush=True)


class Stage:
    """A lab with probes; a thread tells what the client sees, as it sees it."""

    def __init__(self, lab, web):
        self.lab, self.web = lab, web
        self.told_changes = self.told_gaps = 0
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.teller = threading.Thread(target=self.tell, daemon=True)
        self.teller.start()

    def tell(self):
        while not self.is_over.wait(0.05):
            self.tell_news()

    def tell_news(self):
        with self.lock:
            seen = self.web.so_far()
            for at, name in seen.changes[self.told_changes:]:
                say(f"client: http://{SERVICE}/ now says '{name}'")
            self.told_changes = len(seen.changes)
            for start, end in seen.gaps[self.told_gaps:]:
                if seen.changes and start > seen.changes[0][0] - 1:
                    say(f"client: {end - start:.0f} ms without an answer")
            self.told_gaps = len(seen.gaps)

    def wait_page(self, name, seconds=30):
        self.web.wait_owner(name, seconds)
        time.sleep(0.3)

    def outage(self, since):
        time.sleep(0.7)
        self.tell_news()
        return self.web.so_far().outage_ms(since)


def write_files(lab, haresources):
    lab.configure(HA_CF, haresources, AUTHKEYS)
    title("The files, the same on both nodes (/etc/ha.d)")
    for name in ("ha.cf", "haresources", "authkeys"):
        print(f"   {name}:")
        show(lab.nodes[0].read(f"/etc/ha.d/{name}"))


def open_stage(lab):
    """Write the files and start both nodes with nginx behind the address."""
    for node in lab.nodes:
        node.write("/etc/nginx/nginx.conf", NGINX_CONF.format(name=node.name))
        node.run("mkdir", "-p", "/var/log/nginx", "/var/lib/nginx")
    write_files(lab, f"alpha IPaddr::{SERVICE}/24/eth0 nginx\n")
    stage = Stage(lab, lab.probe(mode="http", where=80))
    title("Start hbd on both nodes")
    for node in lab.nodes:
        say(f"{node.name}: hbd starts")
        node.start()
    stage.wait_page("nginx on alpha")
    wait_for("both are active", lambda: lab.nodes[1].node_status("alpha") == "active", 20, 0.1)
    return stage


def show_status(node):
    say(f"{node.name}: hbctl status")
    show(node.tool("hbctl", "status").stdout)


def scene_nginx():
    """real nginx behind a shared address: kill the active node, see failover and failback"""
    with Lab() as lab:
        alpha, beta = lab.nodes
        stage = open_stage(lab)
        show_status(alpha)

        title("Kill the active node: power off for alpha")
        at = now_ms()
        alpha.crash()
        stage.wait_page("nginx on beta")
        crash_ms = stage.outage(at)
        show_status(beta)

        title("alpha comes back, and with auto_failback on its group comes back to it")
        alpha.reboot()
        at = now_ms()
        alpha.start()
        say("alpha: hbd starts")
        stage.wait_page("nginx on alpha")
        back_ms = stage.outage(at)
        say("alpha: hbctl explain")
        show(alpha.tool("hbctl", "explain").stdout)

        title("Result")
        print(f"   outage when the active node died:  {crash_ms:5.0f} ms   (deadtime is 1000 ms)")
        print(f"   outage of the failback:            {back_ms:5.0f} ms")
        stage.is_over.set()
        for node in lab.nodes:
            node.stop()
    return 0


def scene_standby():
    """planned moves: hb_standby, hb_takeover and a graceful stop"""
    with Lab() as lab:
        alpha, beta = lab.nodes
        stage = open_stage(lab)
        figures = []
        for text, node, action, owner in (
                ("alpha: hb_standby", alpha, lambda: alpha.tool("hb_standby"), "beta"),
                ("alpha: hb_takeover", alpha, lambda: alpha.tool("hb_takeover"), "alpha"),
                ("alpha: hbd is stopped", alpha, alpha.stop, "beta")):
            title(text)
            at = now_ms()
            done = action()
            if hasattr(done, "stdout"):
                show(done.stdout + done.stderr)
            stage.wait_page(f"nginx on {owner}")
            figures.append((text, stage.outage(at)))
        title("Result: time without an answer, including the stop and start of nginx")
        for text, outage in figures:
            print(f"   {text:24} {outage:5.0f} ms")
        beta.stop()
        stage.is_over.set()
    return 0


def scene_frozen():
    """every process of the active node is stopped dead: the kernel lets go of the address"""
    import signal
    with Lab() as lab:
        alpha, beta = lab.nodes
        lab.configure(HA_CF.replace("deadtime 1", "deadtime 3"),
                      f"alpha IPaddr::{SERVICE}/24/eth0\n", AUTHKEYS)
        with lab.probe(mode="arp", interval_us=5000) as arp:
            for node in lab.nodes:
                node.start()
            arp.wait_owner("alpha", 30)
            wait_for("active", lambda: beta.node_status("alpha") == "active", 20, 0.1)
            title("SIGSTOP for every process of hbd on alpha; its machine stays on the network")
            at = now_ms()
            for name in ("hbd", "hbd-manager", "hbd-engine"):
                alpha.kill(signal.SIGSTOP, name)
            arp.wait_owner("beta", 15)
            seen = arp.end()
            say(f"alpha answered ARP for {seen.seen['alpha'][1] - at:.0f} ms more")
            say(f"beta answered first after {seen.seen['beta'][0] - at:.0f} ms")
            say(f"both at once: {'YES' if seen.duplicates else 'never'}")
            alpha.kill(signal.SIGKILL)
            beta.stop()
    return 0


SCENES = {"nginx": scene_nginx, "standby": scene_standby, "frozen": scene_frozen}


def main(argv):
    name = argv[0] if argv else "nginx"
    if name == "--list":
        for scene, function in SCENES.items():
            print(f"{scene:10} {function.__doc__}")
        return 0
    if name not in SCENES:
        print(f"tests/demo: no scene '{name}'; tests/demo --list names them", file=sys.stderr)
        return 2
    return SCENES[name]()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Skip as reason:
        print(f"tests/demo: {reason}", file=sys.stderr)
        sys.exit(1)
