#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The interop matrix: hbd beside the packaged Heartbeat 3.0.6, all events in each configuration.

    matrix.py [PATTERN...]   the covering rows, or those whose name contains or matches a pattern
    matrix.py --full         all 54 rows (half an hour)
    matrix.py --events A,B   only these events, by name, in the order of the plan
    matrix.py --list         rows and events
    matrix.py -j N           N pairs at a time (10: they sleep most of the time)
    matrix.py --real         two real nodes instead, to see what is right
    matrix.py --record       the same, and keep what they complain of in their-complaints.txt

Prints "PASS matrix/ROW/EVENT" or "FAIL matrix/ROW/EVENT: why" for each. After a failed event the
pair is powered off and started anew. Logs of a failed event: BUILD/test-logs/interop/matrix-...
"""

import argparse
import concurrent.futures
import fnmatch
import os
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "net")]
import theirlog  # noqa: E402
from lab import BUILD, Skip  # noqa: E402
from matrix_lab import matrix_lab  # noqa: E402
from matrix_plan import EVENTS, HOME, PARTS, SEATS, THEIRS, Row, covering, full, jobs  # noqa: E402

ROW_LIMIT_S = 900


def say(line):
    """One line in one piece: many threads and processes say some."""
    sys.stdout.write(line.replace("\n", " | ")[:400] + "\n")
    sys.stdout.flush()


def report_complaints(matrix, event):
    """For the recording: lines "SAID always|fault TEMPLATE" of both real nodes."""
    for seat in SEATS:
        for what in theirlog.complaints(matrix.log_since(seat)):
            say(f"SAID {'fault' if event.is_fault else 'always'} {what}")
    matrix.forget_log()


def why_wrong(matrix, event, known, logs):
    """Do @event; None, or what is wrong (the logs are kept then)."""
    try:
        matrix.run_event(event, known)
        return None
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        matrix.lab.save_logs(logs)
        return str(error) or type(error).__name__


def once_more(matrix, past, event, known, logs):
    """@event again; the events of @past since the last one that sets a state come before it."""
    matrix.start_anew()
    begin = max((i for i, earlier in enumerate(past) if earlier.needs is not None), default=0)
    for earlier in past[begin:] if event.needs is None else []:
        why = why_wrong(matrix, earlier, known, logs)
        if why is not None:
            return f"before it, {earlier.name}: {why}"
    return why_wrong(matrix, event, known, logs)


def run_one(matrix, past, event, known, prefix):
    """One result line; is it right?"""
    name = f"{prefix}/{event.name}"
    logs = os.path.join(BUILD, "test-logs", "interop", name.replace("/", "-"))
    why = why_wrong(matrix, event, known, logs)
    fault = theirlog.own_fault(matrix.log_since(THEIRS)) if why is not None else None
    if fault is not None:
        print(f"{name}: once more, the 3.0.6 node failed by itself ({fault})", file=sys.stderr)
        why = once_more(matrix, past, event, known, logs)
    say(f"PASS {name}" if why is None else f"FAIL {name}: {why} (logs in {logs})")
    if known is None:
        report_complaints(matrix, event)
    return why is None


def run_row(row, events, both_real):
    """In a child: all these events of one row; one line for each, whatever happens."""
    known = None if both_real else theirlog.read_known()
    prefix = f"matrix{'-real' if both_real else ''}/{row}"
    # A part that begins in its middle begins with a pair that is up.
    left = [events[0]._replace(needs=events[0].needs or HOME)] + list(events[1:])
    past = []
    try:
        with matrix_lab(row, both_real) as matrix:
            while left:
                right = run_one(matrix, past, left[0], known, prefix)
                past.append(left.pop(0))
                if not right and left:
                    matrix.start_anew()
    except Skip as reason:
        say(f"SKIP {prefix}: {reason}")
    except Exception as error:  # pylint: disable=broad-except
        traceback.print_exc()
        for event in left or past[-1:]:
            say(f"FAIL {prefix}/{event.name}: not run: {error}")


def supervise(row, events, options):
    """Pass a row's lines on as they come."""
    argv = [sys.executable, os.path.abspath(__file__), "--row", str(row)]
    argv += ["--events", ",".join(event.name for event in events)]
    argv += ["--real"] if options.real else []
    child = subprocess.Popen(["timeout", "-k", "30", str(ROW_LIMIT_S)] + argv, text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, errors="replace")
    lines = []
    for line in child.stdout:
        lines.append(line.rstrip("\n"))
        if not lines[-1].startswith("SAID "):
            say(lines[-1])
    if child.wait() != 0:
        lines.append(f"FAIL matrix/{row}: ended with {child.returncode}")
        say(lines[-1])
    return lines


def chosen_rows(options):
    rows = full() if options.full else covering()
    patterns = [pattern.removeprefix("matrix/") for pattern in options.patterns
                if pattern not in ("matrix", "matrix/")]
    return [row for row in rows
            if not patterns or any(p in str(row) or fnmatch.fnmatch(str(row), p)
                                   for p in patterns)]


def chosen_events(options, part):
    names = options.events.split(",") if options.events else [event.name for event in part]
    return [event for event in part if event.name in names]


def keep_record(lines):
    """Rewrite the templates of theirlog.KNOWN, leave its comments and exceptions."""
    found = {}
    for line in lines:
        _, when, what = line.split(" ", 2)
        if found.get(what) != "always":
            found[what] = when
    with open(theirlog.KNOWN, encoding="utf-8") as source:
        kept = [line for line in source if not line.startswith(("always ", "fault "))]
    with open(theirlog.KNOWN, "w", encoding="utf-8") as out:
        out.writelines(kept)
        out.writelines(f"{when} {what}\n" for what, when in sorted(found.items()))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--events")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("-j", type=int, default=10)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--row", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.real |= options.record
    if options.row:
        run_row(Row(*options.row.split("-")), chosen_events(options, EVENTS), options.real)
        return 0
    rows = chosen_rows(options)
    if options.list:
        for row in rows:
            print(f"matrix/{row}")
        print("events:", " ".join(event.name for event in EVENTS))
        return 0
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        pieces = [(row, chosen_events(options, PARTS[part])) for row, part in jobs(rows)]
        lines = [line for piece in pool.map(lambda piece: supervise(*piece, options),
                                            [piece for piece in pieces if piece[1]])
                 for line in piece]
    results = [line.split()[0] for line in lines if not line.startswith("SAID ")]
    print(f"matrix: {len(rows)} rows, {results.count('PASS')} of {len(results)} events right, "
          f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    if options.record:
        keep_record([line for line in lines if line.startswith("SAID ")])
    return 1 if "FAIL" in results else 0


if __name__ == "__main__":
    sys.exit(main())
