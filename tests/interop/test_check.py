# SPDX-License-Identifier: Apache-2.0
"""`hbctl migrate check` on a machine with the packaged Heartbeat, before anything is changed."""

import json
import os
import re

from lab import BUILD, SERVICE, TOP, Lab, wait_for
from migration import readme_commands
from mixed import configuration

HBCTL = os.path.join(BUILD, "hbd/tools/hbctl")
CRON = "* * * * * root /usr/share/heartbeat/ResourceManager givegroup 10.77.0.100\n"
WANTS = "/etc/systemd/system/multi-user.target.wants"


def check(node, *options):
    done = node.run(HBCTL, "--json", "migrate", "check", *options, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def findings(answer, name):
    return [f for f in answer["findings"] if f["id"] == name]


def test_running_heartbeat():
    """Beside a running Heartbeat: exit 0, who runs is said with its pid, nothing is touched."""
    with Lab(names=("alpha",)) as lab:
        node = lab.nodes[0]
        node.kind = "heartbeat"
        lab.configure(configuration(), f"alpha {SERVICE}/24/eth0 nginx\n")
        node.start()
        wait_for("Heartbeat writes its pid file", lambda: node.read("/run/heartbeat.pid"), 10)
        pid = node.read("/run/heartbeat.pid").strip()
        before = node.run("find", "/etc", "/var/lib/heartbeat", "/run/heartbeat", "-newer",
                          "/etc/ha.d/authkeys", "-type", "f", "-printf", "%p %T@\\n").stdout
        code, answer = check(node)
        after = node.run("find", "/etc", "/var/lib/heartbeat", "/run/heartbeat", "-newer",
                         "/etc/ha.d/authkeys", "-type", "f", "-printf", "%p %T@\\n").stdout
        assert code == 0 and answer["ok"], answer
        assert before == after
        assert f"(pid {pid})" in findings(answer, "heartbeat-runs")[0]["text"]
        assert node.read("/run/heartbeat.pid").strip() == pid
        assert findings(answer, "address")[0]["line"] == 1
        assert "/etc/ha.d/resource.d/IPaddr" in findings(answer, "address")[0]["text"]


def test_what_stands_in_the_way():
    """Both daemons at boot and fencing: exit 1; a script that acts behind hbd's back is found."""
    with Lab(names=("alpha",)) as lab:
        node = lab.nodes[0]
        lab.configure(configuration(extra="stonith external/ssh /etc/fence\n"),
                      f"alpha {SERVICE}/24/eth0\n")
        node.write("/etc/cron.d/ha", CRON)
        node.run("ln", "-sf", "/nowhere", f"{WANTS}/hbd.service")
        node.run("ln", "-sf", "/nowhere", f"{WANTS}/heartbeat.service")
        code, answer = check(node)
        assert code == 1 and not answer["ok"], answer
        assert [f["severity"] for f in findings(answer, "both-at-boot")] == ["error"]
        assert any("stonith" in f["text"] for f in findings(answer, "file"))
        hit = findings(answer, "resource-manager")
        assert [(f["file"], f["line"], f["severity"]) for f in hit] == [
            ("/etc/cron.d/ha", 1, "warning")], hit
        # The package's own files, unedited, call these programs too.
        assert not [f for f in answer["findings"] if f["file"].startswith("/etc/ha.d/r")], answer


def test_manual_page_types_the_same():
    """hbd-migrate(7) has the commands of README.md, in their order."""
    with open(os.path.join(TOP, "hbd/migrate/hbd-migrate.7"), encoding="utf-8") as source:
        page = source.read()
    steps = page[page.index(".Sh FORWARD"):page.index(".Sh KEYS")]
    typed = re.findall(r"^# (.*)$", steps, re.M)
    assert typed == [command for _, command in readme_commands("off")], typed
