# SPDX-License-Identifier: Apache-2.0
"""A mixed pair, in the plainest case: does it come up, and is there one owner?"""

from mixed import mixed_pair


def together(ours):
    with mixed_pair(ours=ours) as pair:
        for node in pair.lab.nodes:
            node.start()
        pair.wait_holder("alpha")
        pair.wait_both_active()
        pair.expect_holder_at_rest("alpha")


def test_ours_preferred():
    """Started together, ours is the preferred node: it serves, alone."""
    together("alpha")


def test_theirs_preferred():
    """Started together, the 3.0.6 node is the preferred one: it serves, alone."""
    together("beta")
