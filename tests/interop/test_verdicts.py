# SPDX-License-Identifier: Apache-2.0
"""The verdicts of tests/data/cfg/verdicts are those of the real program: each text is given to it.

By default every seventh row, another seventh for each day; all of them with HBD_VERDICTS=all."""

import os
import re
import signal
import subprocess
import threading
import time

from lab import HEARTBEAT, SERVICE, TOP, Lab, ha_cf

TABLE = os.path.join(TOP, "tests/data/cfg/verdicts")
NODES = 4
PART = 7


def unescape(text):
    named = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
    return re.sub(r"\\(\d{3}|.)", lambda m: named.get(m.group(1)) or chr(int(m.group(1), 8)),
                  text).encode("latin-1")


def read_table():
    base, rows = {}, []
    with open(TABLE, encoding="ascii") as source:
        for line in source:
            if line.startswith("#") or not line.strip("\n"):
                continue
            verdict, _, kind, text = line.rstrip("\n").split("\t", 3)
            if verdict == "base":
                base[kind] = unescape(text)
            else:
                rows.append((verdict, kind, unescape(text), line.rstrip("\n")))
    return base, rows


def ask(node, files):
    """Does the real program start with these files?"""
    node.run("rm", "-f", "/run/heartbeat.pid")
    for name, text in files.items():
        path = node.path(f"/etc/ha.d/{name}")
        with open(path, "wb") as out:
            out.write(text)
        os.chmod(path, 0o600)
    try:
        code = node.run(HEARTBEAT, check=False, timeout=10).returncode
    except subprocess.TimeoutExpired:
        code = "hangs"
    while node.kill(signal.SIGKILL, "heartbeat"):
        time.sleep(0.01)
    return {0: "accepts", 6: "refuses"}.get(code, code)


def ask_all(node, base, rows, wrong):
    node.run("hostname", "alpha")
    for verdict, kind, text, line in rows:
        files = dict(base)
        if kind == "add":
            files["ha.cf"] += text + b"\n"
        else:
            files[kind] = text
        answer = ask(node, files)
        if answer != verdict:
            wrong.append(f"{answer}: {line}")


def test_verbose_start_prints_the_same():
    """`heartbeat -v` of both prints the same directives with the same values, nodes and links."""
    text = (ha_cf(extra="ping 10.77.0.250\nwatchdog /dev/null\nucast eth0 10.77.0.2\n"
                        "debug 1\nmcast eth0 225.0.0.1 694 1 0\n") + "node alpha beta\n")
    printed = {}
    with Lab(names=("alpha",)) as lab:
        node = lab.nodes[0]
        for kind in ("heartbeat", "hbd"):
            node.kind = kind
            lab.configure(text.replace("node alpha beta\n", "node beta\n"),
                          f"alpha {SERVICE}/24/eth0\n")
            done = node.tool("heartbeat", "-v")
            assert done.returncode == 0, done.stdout + done.stderr
            node.kill(signal.SIGKILL)
            printed[kind] = [line.split("#")[0].strip() for line in done.stdout.splitlines()]
    theirs, ours = ([line for line in printed[kind] if line] for kind in ("heartbeat", "hbd"))
    assert theirs == ours, f"theirs {theirs}\nours {ours}"


def test_real_program_says_the_same():
    """The real Heartbeat accepts and refuses what the table says."""
    base, rows = read_table()
    if os.environ.get("HBD_VERDICTS") != "all":
        rows = rows[int(time.time() / 86400) % PART::PART]
    wrong = []
    with Lab(names=tuple(f"node{i}" for i in range(NODES))) as lab:
        threads = [threading.Thread(target=ask_all, args=(node, base, rows[i::NODES], wrong))
                   for i, node in enumerate(lab.nodes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong, "\n".join(wrong)
