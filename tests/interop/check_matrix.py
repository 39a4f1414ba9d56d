# SPDX-License-Identifier: Apache-2.0
"""Does the matrix cover what it should, and does its oracle keep the rules it is made of?"""

import itertools
import os
import unittest

import theirlog
from matrix_plan import (DOWN, EVENTS, FAILBACKS, HOME, LINKS, METHODS, NAMES, OURS, PARTS, SEATS,
                         THEIRS, WHATS, after, covering, full, jobs)

COLUMNS = (LINKS, METHODS, FAILBACKS, NAMES)
ASKED_FOR = ({"start-together", "alone-ours", "alone-theirs", "first-ours", "first-theirs",
              "stop-ours", "stop-theirs", "crash-ours", "crash-theirs", "loss-5s", "cut-1s",
              "cut-10s", "restart-engine", "restart-manager"}
             | {f"{command}-{what}-{seat}" for command in ("standby", "takeover")
                for what in WHATS for seat in SEATS})


def walk(failback, events):
    """(event, state before, state after) of a row."""
    state = DOWN
    for event in events:
        before = event.needs if event.needs is not None else state
        state = after(failback, before, event)
        yield event, before, state


class Covering(unittest.TestCase):
    def test_every_two_values_meet(self):
        for one, two in itertools.combinations(range(len(COLUMNS)), 2):
            met = {(row[one], row[two]) for row in covering()}
            self.assertEqual(met, set(itertools.product(COLUMNS[one], COLUMNS[two])))

    def test_every_event_meets_every_value(self):
        for column, values in enumerate(COLUMNS):
            met = {(row[column], event.name) for row, part in jobs(covering())
                   for event in PARTS[part]}
            self.assertEqual(met, set(itertools.product(values, ASKED_FOR | {
                event.name for event in EVENTS})))

    def test_nine_rows_of_54(self):
        self.assertEqual(len(set(covering())), 9)
        self.assertEqual(len(set(full())), 54)
        self.assertLessEqual(set(covering()), set(full()))

    def test_events_have_names_of_their_own(self):
        self.assertEqual(len({event.name for event in EVENTS}), len(EVENTS))
        self.assertEqual([event for part in PARTS.values() for event in part], list(EVENTS))


class Oracle(unittest.TestCase):
    def test_each_group_has_one_owner_that_is_up(self):
        for failback in FAILBACKS:
            for part in PARTS.values():
                for event, _, state in walk(failback, part):
                    for owner in state.owners().values():
                        self.assertIn(owner, state.up, event.name)

    def test_both_words_make_a_whole(self):
        whole = {frozenset({"all", "none"}), frozenset({"local"}), frozenset({"foreign"})}
        for failback in FAILBACKS:
            for part in PARTS.values():
                for _, _, state in walk(failback, part):
                    if len(state.up) == 2:
                        self.assertIn(frozenset(map(state.hold, SEATS)), whole)

    def test_each_command_moves_something_but_theirs_in_legacy(self):
        for failback in FAILBACKS:
            for part in PARTS.values():
                for event, before, state in walk(failback, part):
                    if event.kind in ("standby", "takeover"):
                        is_ignored = failback == "legacy" and event.seat == THEIRS
                        self.assertEqual(before == state, is_ignored, event.name)

    def test_each_part_begins_from_a_known_state(self):
        for part in PARTS.values():
            self.assertIn(part[0].needs, (DOWN, HOME))

    def test_nothing_goes_home_by_itself_with_failback_off(self):
        for event, before, state in walk("off", EVENTS):
            if event.kind in ("back", "return", "join"):
                self.assertEqual(before.owners(), state.owners(), event.name)

    def test_home_is_where_it_ends_otherwise(self):
        for failback in ("on", "legacy"):
            for event, _, state in walk(failback, EVENTS):
                if event.kind in ("back", "return", "join", "cut", "first"):
                    self.assertEqual(state, HOME, event.name)

    def test_ours_loses_a_split(self):
        cut = next(event for event in EVENTS if event.name == "cut-10s")
        state = after("off", HOME, cut)
        self.assertEqual((state.ours, state.theirs), (THEIRS, THEIRS))
        self.assertEqual(state.hold(OURS), "none")


class TheirLog(unittest.TestCase):
    LINE = "Nov 23 09:14:31 beta heartbeat: [14]: WARN: 1 lost packet(s) for [alpha] [126:128]"

    def test_template_has_no_names_and_numbers(self):
        self.assertEqual(theirlog.template(self.LINE), "WARN: N lost packet(s) for [NODE] [N:N]")
        self.assertIsNone(theirlog.template(self.LINE.replace("WARN", "info")))

    def test_a_complaint_is_told_unless_known(self):
        what = theirlog.template(self.LINE)
        self.assertEqual(theirlog.unknown(self.LINE, True, {}), [self.LINE])
        self.assertEqual(theirlog.unknown(self.LINE, False, {what: "fault"}), [self.LINE])
        self.assertEqual(theirlog.unknown(self.LINE, True, {what: "fault"}), [])
        self.assertEqual(theirlog.unknown(self.LINE, False, {what: "always"}), [])

    def test_own_fault_is_recognised(self):
        self.assertIsNone(theirlog.own_fault(self.LINE))
        self.assertIsNotNone(theirlog.own_fault(
            self.LINE + "\nbeta heartbeat: [17]: ERROR: NV failure (msgfromsteam): [>>>"))

    def test_data_file_is_read_whole(self):
        with open(theirlog.KNOWN, encoding="utf-8") as source:
            lines = [line for line in source if line.strip() and not line.startswith("#")]
        known = theirlog.read_known()
        self.assertEqual(len(known), len(lines))
        self.assertGreater(len(known), 5)

    def test_an_exception_has_its_reason(self):
        with open(theirlog.KNOWN, encoding="utf-8") as source:
            lines = source.read().splitlines()
        for number, line in enumerate(lines):
            if line.startswith("ours "):
                self.assertTrue(lines[number - 1].startswith("# "), line)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    unittest.main()
