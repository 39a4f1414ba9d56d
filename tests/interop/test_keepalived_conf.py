# SPDX-License-Identifier: Apache-2.0
"""Our config test beside the packaged `keepalived -t`, over all cases of tests/data/keepalived and
the examples, on one machine with eth0: nothing that keepalived complains of goes unsaid."""

import json
import os
import re
import subprocess
import sys
import tempfile

if __name__ != "__main__":
    from lab import BUILD, Skip
    from pair import limit
else:
    def limit(_seconds):
        return lambda function: function

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")
MACHINE = """
mount -t sysfs sysfs /sys 2>/dev/null
ip link set lo up
ip link add eth0 type veth peer name other
ip addr add 10.77.0.3/24 dev eth0
ip link set eth0 up
ip link set other up
exec "$@"
"""
# keepalived's complaint -> why we need not have one on that line.
FOLLOWS = (
    "Unexpected '{'", "Unknown keyword '}'", "Extra '}'",  # said of the keyword, or of the file
)
# Cases whose lines differ for a reason: keepalived loses what follows an unknown block, breaks a
# long line, takes a byte order mark or the braces of an unknown definition for words.
OTHER_LINES = {"unknown_block", "unknown_root_block", "lowercase_check", "utf8_bom", "long_line",
               "def_undef", "one_line_block", "tutorial_lvs_dr_misspelt_1",
               "tutorial_lvs_dr_misspelt_2", "tutorial_httpd_lvs_scripts_master_flat",
               "lvs-dr-misspelt/keepalived.conf", "lvs-dr-misspelt/keepalived.slaver.conf"}
OTHER_EXIT = {"script_secure"}  # depends on who may write in this machine's /usr/bin


def cases():
    """(id, text, exit of keepalived 2.2.7 or None)"""
    with open(os.path.join(DATA, "keepalived/cases.json"), encoding="utf-8") as file:
        data = json.load(file)
    for case in data["cases"] + data["tutorials"]:
        yield case["id"], case["config"], case["keepalived_2_2_7"]["exit"]
    for folder, _, names in sorted(os.walk(os.path.join(DATA, "examples"))):
        for name in sorted(names):
            if name.startswith("keepalived") and name.endswith(".conf"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    yield f"{os.path.basename(folder)}/{name}", file.read(), None


def run(argv):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=20,
                          check=False)
    return done.returncode, [line for line in done.stdout.splitlines() if line.strip()]


def inside(build):
    """In the machine: everything that is wrong, one line each."""
    is_reference = "v2.2.7" in run(["keepalived", "-v"])[1][0]
    count = 0
    with tempfile.TemporaryDirectory() as work:
        for name, text, wanted in cases():
            path = os.path.join(work, "k.conf")
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            code, theirs = run(["keepalived", "-t", "-f", path])
            ours_code, ours = run([f"{build}/hbd/daemon/hbd", "--check", "--sides", "keepalived",
                                   "--keepalived-conf", path])
            count += 1
            if is_reference and wanted not in (None, code) and name not in OTHER_EXIT:
                print(f"{name}: keepalived -t ends with {code}, the reference has {wanted}")
            if ours_code not in (0, 1):
                print(f"{name}: hbd --check ends with {ours_code}")
            compare(name, theirs, [line for line in ours if line.startswith(path)])
    print(f"compared {count}")


def compare(name, theirs, ours):
    if theirs and not any(": error: " in line or ": warning: " in line for line in ours):
        print(f"{name}: keepalived says {theirs[0]!r}, hbd says nothing")
    our_lines = {int(line.split(":")[1]) for line in ours}
    for line in theirs:
        match = re.match(r"\((?:.*: )?Line (\d+)\) (.*)", line)
        if match is None or name in OTHER_LINES or match[2].startswith(FOLLOWS):
            continue
        # keepalived sees the end of a block where we name its beginning.
        if int(match[1]) not in our_lines and "No script set" not in match[2] \
                and "no urls" not in match[2]:
            print(f"{name}: keepalived says {line!r}, hbd nothing of that line")


@limit(180)  # about 150 times two programs
def test_nothing_goes_unsaid():
    """What `keepalived -t` complains of has a located diagnostic of ours, case by case."""
    if subprocess.run(["sh", "-c", "command -v keepalived"], stdout=subprocess.DEVNULL,
                      check=False).returncode != 0:
        raise Skip("the package keepalived is not installed")
    done = subprocess.run(["unshare", "--net", "--mount", "sh", "-c", MACHINE, "sh",
                           sys.executable, os.path.abspath(__file__), BUILD],
                          stdout=subprocess.PIPE, text=True, errors="replace", check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) == 1 and lines[0].startswith("compared 1"), \
        done.stdout


if __name__ == "__main__":
    inside(sys.argv[1])
