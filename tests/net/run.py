#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run the tests of tests/net/test_*.py, each in a process of its own with a time limit.

    run.py [PATTERN...]     those whose name (module/function) contains or matches a pattern
    run.py --kind interop   the tests of tests/interop instead
    run.py --list           names and claims
    run.py -j N             N at a time (2)

A test is a function test_*; its first docstring line is its claim. It may raise lab.Skip. Prints
one line "PASS name", "FAIL name: why" or "SKIP name: why" for each; logs of a failed one stay in
BUILD/test-logs/KIND/NAME. `@limit(seconds)` from pair.py changes the limit of 120 s.
"""

import concurrent.futures
import fnmatch
import importlib
import os
import subprocess
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("net", "interop")
sys.path.insert(0, HERE)
import lab  # noqa: E402

EXIT_SKIP = 77
DEFAULT_LIMIT = 120


def all_tests(kind):
    """name -> function, in file order."""
    found = {}
    folder = os.path.join(os.path.dirname(HERE), kind)
    sys.path.insert(0, folder)
    for file in sorted(os.listdir(folder)):
        if not (file.startswith("test_") and file.endswith(".py")):
            continue
        module = importlib.import_module(file[:-3])
        for name, function in vars(module).items():
            if name.startswith("test_") and callable(function):
                found[f"{file[5:-3]}/{name[5:].replace('_', '-')}"] = function
    return found


def run_one(kind, name):
    """In the child: exit 0, 1 or 77; the last line of standard output says why."""
    try:
        all_tests(kind)[name]()
    except lab.Skip as reason:
        print(reason)
        return EXIT_SKIP
    except Exception as error:  # pylint: disable=broad-except
        traceback.print_exc()
        sys.stderr.flush()
        print(str(error).replace("\n", " | ")[:300] or type(error).__name__)
        return 1
    return 0


def supervise(kind, name, limit):
    """(result line, details) of one test."""
    logs = os.path.join(lab.BUILD, "test-logs", kind, name.replace("/", "-"))
    environment = dict(os.environ, HBD_LAB_LOGS=logs)
    child = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--one", kind, name],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, errors="replace", env=environment)
    try:
        out, err = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        child.terminate()
        try:
            out, err = child.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
        return f"FAIL {name}: still running after {limit} s", err
    reason = (out.strip().splitlines() or [""])[-1]
    if child.returncode == 0:
        return f"PASS {name}", ""
    if child.returncode == EXIT_SKIP:
        return f"SKIP {name}: {reason}", ""
    return f"FAIL {name}: {reason} (logs in {logs})", err


def main(argv):
    if argv[:1] == ["--one"]:
        return run_one(argv[1], argv[2])
    kind = "net"
    if argv[:1] == ["--kind"]:
        kind = argv[1]
        if kind not in KINDS:
            print(f"run.py: unknown kind '{kind}'; there are: {' '.join(KINDS)}", file=sys.stderr)
            return 2
        del argv[:2]
    tests = all_tests(kind)
    if "--list" in argv:
        for name, function in tests.items():
            print(f"{name:44} {(function.__doc__ or '').strip().splitlines()[0]}")
        return 0
    jobs = 2
    if "-j" in argv:
        jobs = int(argv[argv.index("-j") + 1])
        del argv[argv.index("-j"):argv.index("-j") + 2]
    chosen = [name for name in tests
              if not argv or any(p in name or fnmatch.fnmatch(name, p) for p in argv)]
    failed = False
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = pool.map(lambda n: supervise(kind, n, getattr(tests[n], "limit", DEFAULT_LIMIT)),
                           chosen)
        for line, details in results:
            if details:
                sys.stderr.write(details)
                sys.stderr.flush()
            print(line, flush=True)
            failed |= line.startswith("FAIL")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
