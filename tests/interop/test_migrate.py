# SPDX-License-Identifier: Apache-2.0
"""From Heartbeat to hbd and back, node by node, as README.md tells people to do it."""

from migration import readme_commands, real_pair
from pair import limit

# What a move between two of ours may cost (doc/design.md: the worst, half above the bar), and one
# in which a 3.0.6 node stops or starts something: what its own restart costs at worst.
OURS_MS = 45
THEIRS_MS = 1200


def migrate(failback):
    with real_pair(failback) as migration:
        migration.there_and_back()
        for act in migration.acts:
            print(act)
        for act in migration.acts:
            allowed = 0 if act.moves is None else OURS_MS if act.moves == "hbd to hbd" else THEIRS_MS
            assert act.lost_ms <= allowed, f"{act}, allowed {allowed} ms"
        assert migration.commands == readme_commands(failback), migration.commands
        migration.expect_identity_continued()
        migration.expect_quiet_logs()
        migration.expect_never_two()


@limit(180)  # twelve starts and stops of 3.0.6, some seconds each, and its 10 s wait at boot
def test_there_and_back_failback_on():
    """auto_failback on: nobody misses an answer but in the planned moves."""
    migrate("on")


@limit(180)
def test_there_and_back_failback_off():
    """auto_failback off: nobody misses an answer but in the planned moves."""
    migrate("off")


@limit(180)
def test_there_and_back_legacy():
    """auto_failback legacy: nobody misses an answer but in the planned moves."""
    migrate("legacy")
