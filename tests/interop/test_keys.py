# SPDX-License-Identifier: Apache-2.0
"""The change of a key in a mixed pair, as KEYS in hbd-migrate(7) says."""

import time

from mixed import mixed_pair

BOTH = "auth {active}\n1 sha1 the-old-secret\n2 sha1 the-new-secret\n"


def write_keys(pair, active):
    for node in pair.lab.nodes:
        node.write("/etc/ha.d/authkeys", BOTH.format(active=active), 0o600)


def test_both_reload_within_deadtime():
    """Their reload, then ours within deadtime: nobody goes dead, the address stays."""
    with mixed_pair() as pair:
        write_keys(pair, 1)
        for node in pair.lab.nodes:
            node.start()
        pair.wait_both_active()
        pair.wait_holder("alpha")
        write_keys(pair, 2)
        assert pair.theirs.tool("heartbeat", "-r").returncode == 0
        time.sleep(1.0)  # a slow typist; deadtime is 3 s
        reload = pair.ours.tool("hbctl", "reload")
        assert reload.stdout == "authkeys changed: key 2 signs now\n", reload.stdout + reload.stderr
        pair.expect_holder_at_rest("alpha")
        for node in pair.lab.nodes:
            for other in pair.lab.nodes:
                assert node.tool("cl_status", "nodestatus", other.name).stdout == "active\n"
        died = [e for e in pair.ours.events() if "to=dead" in e["fields"]]
        assert not died, died
        assert "is dead" not in pair.theirs.log()
