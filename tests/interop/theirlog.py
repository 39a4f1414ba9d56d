# SPDX-License-Identifier: Apache-2.0
"""What a real Heartbeat complains of in its log, and whether it would of one of its own kind.

A complaint is a line of level WARN, ERROR or CRIT. Its template is its text with names, numbers,
addresses and process ids replaced. KNOWN has the templates that pairs of two real nodes wrote in
the same events (tests/interop/matrix.py --record), one for each line:

    always TEMPLATE    seen when nothing was wrong: may stand anywhere
    fault TEMPLATE     seen only around a fault: may stand only there
    ours TEMPLATE      never seen among their own kind, and all the same right; a comment says why
"""

import os
import re

KNOWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "their-complaints.txt")
LEVELS = r"(WARN|ERROR|CRIT|CRITICAL|EMERG|warning|error|crit)"
REPLACED = (
    (r"\b(alpha|beta)\b", "NODE"),
    (r"\b\d+\.\d+\.\d+\.\d+(/\d+)?(/eth\d+)?", "ADDRESS"),
    (r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b", "UUID"),
    (r"\beth\d+\b", "LINK"),
    (r"\b(bcast|mcast|ucast)\b", "MEDIUM"),
    (r"0x[0-9a-f]+", "N"),
    (r"\b\d+(\.\d+)?", "N"),
)

# Faults of 3.0.6 that need no peer to happen: (what its log says, what it does). An event in which
# one of them was said proves nothing about ours; the matrix does it once again.
OWN_FAULTS = (
    ("NV failure (msgfromsteam)", "two of its own scripts wrote to its FIFO at once: a message of "
                                  "its own is lost, and a group may be started by nobody"),
    ("msg2string: Message with zero fields", "hb_standby writes to the FIFO piece by piece, and the "
                                             "FIFO was read in between: the command is lost"),
)


def own_fault(text):
    """What the 3.0.6 node did to itself, by a piece of its log; None: nothing that is known."""
    return next((what for said, what in OWN_FAULTS if said in text), None)


def template(line):
    """Level and normalised text of a complaint; None for any other line."""
    match = re.search(LEVELS + r": (.*)$", line)
    if match is None:
        return None
    text = match.group(2)
    for pattern, word in REPLACED:
        text = re.sub(pattern, word, text)
    return f"{match.group(1).upper()}: {text.strip()}"


def complaints(text):
    """Templates in a piece of log, each once, with its first line."""
    found = {}
    for line in text.splitlines():
        what = template(line)
        if what is not None:
            found.setdefault(what, line)
    return found


def read_known(path=KNOWN):
    """template -> always, fault or ours."""
    known = {}
    with open(path, encoding="utf-8") as source:
        for line in source:
            when, _, what = line.rstrip("\n").partition(" ")
            if when in ("always", "fault", "ours"):
                known[what] = when
    return known


def unknown(text, is_fault, known):
    """First lines of the complaints that @known does not excuse."""
    return [line for what, line in complaints(text).items()
            if known.get(what) is None or (known[what] == "fault" and not is_fault)]
