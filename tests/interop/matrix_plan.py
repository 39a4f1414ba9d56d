# SPDX-License-Identifier: Apache-2.0
"""The interop matrix on paper: which rows, which events in which order, who must own what after each.

A row is a configuration (link, method, auto_failback, the name of the node that runs ours). Each
row goes through all EVENTS, so each event meets every value of each column.

Two groups, one preferred on each node. The nodes are called by their seats: "ours" runs hbd,
"theirs" the packaged Heartbeat. after () is the oracle: doc/heartbeat.md 5 and 6, nothing of hbd's.
Pure: no clock, no process, no file. tests/interop/check-matrix proves what is claimed here.
"""

import itertools
from typing import NamedTuple, Optional

LINKS = ("bcast", "mcast", "ucast")
METHODS = ("crc", "md5", "sha1")
FAILBACKS = ("on", "off", "legacy")
NAMES = ("alpha", "beta")
OURS, THEIRS = SEATS = ("ours", "theirs")
WHATS = ("all", "local", "foreign", "failback")


class Row(NamedTuple):
    link: str
    method: str
    failback: str
    ours: str  # name of the node that runs ours

    def __str__(self):
        return "-".join(self)


def full():
    """The whole product."""
    return [Row(*values) for values in itertools.product(LINKS, METHODS, FAILBACKS, NAMES)]


def covering():
    """Nine rows in which every two values of different columns meet: an orthogonal array of four
    columns with three values; the fourth has two names for them."""
    return [Row(LINKS[i], METHODS[j], FAILBACKS[(i + j) % 3], NAMES[(i + 2 * j) % 3 % 2])
            for i in range(3) for j in range(3)]


def other(seat):
    return THEIRS if seat == OURS else OURS


class State(NamedTuple):
    """Who is up, and who owns the group that prefers ours, and the one that prefers theirs."""
    up: frozenset
    ours: Optional[str]
    theirs: Optional[str]

    def owners(self):
        return {OURS: self.ours, THEIRS: self.theirs}

    def hold(self, seat):
        """The word of `cl_status rscstatus` on that node (auto_failback on or off)."""
        held = [group for group, owner in self.owners().items() if owner == seat]
        if len(held) == 2:
            return "all"
        return "none" if not held else "local" if held[0] == seat else "foreign"


DOWN = State(frozenset(), None, None)
HOME = State(frozenset(SEATS), OURS, THEIRS)


def all_on(seat, up):
    return State(frozenset(up), seat, seat)


class Event(NamedTuple):
    """kind and its arguments; `needs` is the state that the runner brings about before it, None is
    the state in which the event before it left the pair."""
    name: str
    kind: str
    seat: Optional[str] = None
    what: Optional[str] = None
    needs: Optional[State] = None

    @property
    def is_fault(self):
        """Is a node or the wire away in it, so that the other may complain of that in its log?"""
        return self.kind not in ("together", "standby", "takeover")


def move(command, what, seat):
    return Event(f"{command}-{what}-{seat}", command, seat, what)


def on(seat, kind, needs=None):
    return Event(f"{kind}-{seat}", kind, seat, None, needs)


# The parts of a row run beside each other, each with a pair of its own. In "moves" each command
# finds something to move: the comments are the owners behind it, of the group that prefers ours and
# of the other, with auto_failback on or off.
PARTS = {
    "moves": (
        Event("start-together", "together", needs=DOWN),  # ours theirs
        move("standby", "all", OURS),                     # theirs theirs
        move("takeover", "all", OURS),                    # ours ours
        move("standby", "foreign", OURS),                 # ours theirs
        move("standby", "local", OURS),                   # theirs theirs
        move("takeover", "local", OURS),                  # ours theirs
        move("takeover", "foreign", OURS),                # ours ours
        move("standby", "failback", OURS),                # ours theirs
        move("takeover", "failback", OURS),               # ours ours
        move("takeover", "local", THEIRS),                # ours theirs
        move("standby", "local", THEIRS),                 # ours ours
        move("takeover", "all", THEIRS),                  # theirs theirs
        move("standby", "foreign", THEIRS),               # ours theirs
        move("takeover", "foreign", THEIRS),              # theirs theirs
        move("standby", "failback", THEIRS),              # ours theirs
        move("takeover", "failback", THEIRS),             # theirs theirs
        move("standby", "all", THEIRS),                   # ours ours
    ),
    "wires": (
        on(OURS, "stop", HOME),
        on(OURS, "back"),
        Event("restart-engine", "restart", OURS, "hbd-engine", HOME),
        Event("restart-manager", "restart", OURS, "hbd-manager"),
        Event("loss-5s", "loss"),
        Event("cut-1s", "cut", what="1"),
        Event("cut-10s", "cut", what="10"),
        on(THEIRS, "stop", HOME),
        on(THEIRS, "back"),
    ),
    "power": (
        on(OURS, "crash", HOME),
        on(OURS, "return"),
        on(THEIRS, "crash", HOME),
        on(THEIRS, "return"),
        on(OURS, "alone", DOWN),
        on(THEIRS, "join"),
        on(THEIRS, "alone", DOWN),
        on(OURS, "join"),
        on(OURS, "first", DOWN),
        on(THEIRS, "first", DOWN),
    ),
}
EVENTS = tuple(event for part in PARTS.values() for event in part)


def jobs(rows):
    """What can run at the same time."""
    return [(row, part) for row in rows for part in PARTS]


def given(state, giver, what):
    """A standby of @giver: what it owns of `local`, `foreign` or all groups goes to the other."""
    owners = {}
    for group, owner in state.owners().items():
        is_meant = what == "all" or (what == "local") == (group == giver)
        owners[group] = other(giver) if owner == giver and is_meant else owner
    return state._replace(**owners)


def moved(failback, state, event):
    if failback == "legacy" and event.seat == THEIRS:
        return state  # 3.0.6 ignores both in this mode (6.6); what ours asks for, ours can do
    if event.kind == "standby":
        return given(state, event.seat, event.what)
    swapped = {"local": "foreign", "foreign": "local", "failback": "local", "all": "all"}
    return given(state, other(event.seat), swapped[event.what])


def after(failback, state, event):
    """The state at rest after @event."""
    if event.kind in ("standby", "takeover"):
        return moved(failback, state, event)
    if event.kind in ("together", "first"):
        return HOME
    if event.kind == "alone":
        return all_on(event.seat, [event.seat])
    if event.kind in ("stop", "crash"):
        left = state.up - {event.seat}
        return all_on(*left, left) if left else DOWN
    if event.kind in ("back", "return", "join"):
        return HOME if failback != "off" else state._replace(up=HOME.up)
    if event.kind == "cut" and float(event.what) >= 10:
        # Both took all. Ours comes back as one that restarted, theirs goes on serving (11.2).
        return HOME if failback != "off" else all_on(THEIRS, HOME.up)
    return state
