# SPDX-License-Identifier: Apache-2.0
"""BasicSanityCheck of the packaged Heartbeat, on a machine on which our programs stand in the places
of its own, and beside it on one that is left as it is.

It is the script of the package with what keeps it from running at all put right: on Debian it looks
for helpers below /usr/lib that are in /usr/libexec, so those are linked there. It waits 10 s instead
of a minute for a line in the log. For ours its `stonith_host` line is removed: configured fencing
that cannot act refuses the start (doc/design.md, safety rule 6), so nothing else could be checked.

A check that fails prints a sentence. sanity.table has them all, with what both make of them, and
for each that ours does not pass, why; a line that is neither in it nor one of STEPS fails the test.
"""

import concurrent.futures
import os
import re

from lab import BUILD, Lab, run
from pair import limit

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = "/usr/share/heartbeat/BasicSanityCheck"
LIBEXEC = "/usr/libexec/heartbeat"
HELPERS = ("ccm", "ipfail", "apphbd", "apphbtest")
# Programs of ours that take the place of one of the package elsewhere than in bin and sbin.
PLACES = {"/usr/sbin/heartbeat": f"{LIBEXEC}/heartbeat",
          "/usr/sbin/hb_standby": "/usr/share/heartbeat/hb_standby",
          "/usr/sbin/hb_takeover": "/usr/share/heartbeat/hb_takeover"}

# What it prints of its own progress.
STEPS = re.compile(
    r"Using interface|base64 and md5 algorithm tests succeeded|(Starting|Testing|Stopping) |"
    r"RA tests PASSED|Reloading heartbeat|Checking STONITH|Performing |$")
# From here on it checks programs that are the package's own on both machines.
NOT_OURS = "Performing apphbd success case tests"


def table():
    """sentence -> (3.0.6, ours), each "passes" or "fails"."""
    rows = {}
    with open(os.path.join(HERE, "sanity.table"), encoding="utf-8") as source:
        for line in source:
            if line.strip() and not line.startswith("#"):
                theirs, ours, sentence, why = [part.strip() for part in
                                               re.split(r"(?<!\\)\|", line)]
                assert ours == "passes" or why, f"no reason: {line}"
                rows[sentence.replace("\\|", "|")] = (theirs, ours)
    return rows


def prepare(node, is_ours):
    helpers, root = os.path.join(node.dir, "helpers"), os.path.join(node.dir, "root")
    os.makedirs(f"{helpers}/usr/lib/heartbeat")
    for name in HELPERS:
        os.symlink(f"{LIBEXEC}/{name}", f"{helpers}/usr/lib/heartbeat/{name}")
    layers = [f"{helpers}/usr", "/usr"]
    if is_ours:
        run(["make", "-C", BUILD, "install", f"DESTDIR={root}"], timeout=100)
        layers.insert(0, f"{root}/usr")
    node.run("mount", "-t", "overlay", "lab-usr", "-o", "lowerdir=" + ":".join(layers), "/usr")
    for program, place in PLACES.items() if is_ours else ():
        node.run("mount", "--bind", program, place)
    # It writes to /proc/sys, which is the whole machine's.
    node.run("mount", "--bind", "/proc/sys", "/proc/sys")
    node.run("mount", "-o", "remount,ro,bind", "/proc/sys")
    node.run("mount", "-t", "tmpfs", "-o", "mode=1777", "lab-tmp", "/tmp")
    # It takes the interface from the way to a far host.
    node.run("ip", "route", "add", "default", "via", "10.77.0.250")
    text = node.read(SCRIPT)
    assert "-lt 60 ]" in text and "\tstonith_host" in text
    text = text.replace("-lt 60 ]", "-lt 10 ]")
    if is_ours:
        text = re.sub(r"^\tstonith_host.*\n", "", text, flags=re.M)
    node.write("/etc/BasicSanityCheck", text, 0o755)


def sanity_check(node, is_ours):
    """What it prints when run on that node."""
    prepare(node, is_ours)
    return node.run("/etc/BasicSanityCheck", check=False, timeout=400).stdout


def failures(text, sentences):
    """Sentences of the table that were printed; nothing else may have been."""
    for line in text[:text.index(NOT_OURS)].splitlines():
        assert STEPS.match(line) or any(re.search(s, line) for s in sentences), \
            f"not in sanity.table: {line}\n{text}"
    return {sentence for sentence in sentences if re.search(sentence, text)}


@limit(400)  # it sleeps by itself: 60 s where all is well
def test_basic_sanity_check():
    """BasicSanityCheck passes with our programs but for what sanity.table names with a reason."""
    rows = table()
    with Lab() as lab, concurrent.futures.ThreadPoolExecutor(2) as pool:
        # They do not know each other: each takes the other node for ImAlwaysDead.com.
        for node in lab.nodes:
            node.cut()
        jobs = [pool.submit(sanity_check, node, is_ours)
                for node, is_ours in zip(lab.nodes, (False, True))]
        texts = [job.result() for job in jobs]
    for column, who, text in zip((0, 1), ("3.0.6", "ours"), texts):
        expected = {sentence for sentence, row in rows.items() if row[column] == "fails"}
        seen = failures(text, rows)
        assert seen == expected, \
            f"{who}: fails beside the table: {seen - expected}; passes beside it: " \
            f"{expected - seen}\n{text}"
