# SPDX-License-Identifier: Apache-2.0
"""The commands that scripts call: the same words and exit codes from both packages.

In a running mixed pair (and with both daemons down) each call is made on either node with that
node's own tools. Standard output, standard error and exit code are equal but for what is normal-
ised (times, pids, host names, the version) and for the DIVERGENCES, each with its reason."""

import re
import time

from lab import SERVICE, Lab, wait_for
from mixed import Mixed, configuration
from pair import limit

NODES = ("alpha", "beta", "BETA", "gamma")
PARAMETERS = (
    "apiauth auto_failback autojoin baud bcast cluster compression compression_threshold "
    "conn_logd_time coredumps crm deadping deadtime debug debugfile enable_config_writes env "
    "hbgenmethod hopfudge initdead keepalive KEEPALIVE log_badpack logfacility logfile "
    "max_rexmit_delay mcast memreserve msgfmt nice_failback node nonsense pacemaker ping realtime "
    "record_config_changes record_pengine_inputs respawn rtprio serial stonith stonith_host "
    "syslogmsgfmt traditional_compression ucast udpport use_logd uuidfrom warntime "
    "watchdog").split()
# ha.cf with nearly every single-valued directive, none at its default.
WRITTEN = """debug 1
hopfudge 2
realtime off
msgfmt classic
coredumps on
logfacility local3
debugfile /var/log/ha-debug
compression_threshold 3
use_logd no
uuidfrom nodename
deadping 5
baud 9600
max_rexmit_delay 500
hbgenmethod time
memreserve 7000
crm off
traditional_compression no
conn_logd_time 60
"""


def calls():
    """Every sub-command with its options, right and wrong arguments."""
    found = [[], ["-h"], ["--help"], ["unknown"], ["HBSTATUS"], ["-m"]]
    for options in ([], ["-m"], ["-v"], ["-m", "-v"], ["-x"], ["-x", "-v"], ["-p"]):
        found.append(["hbstatus", *options])
    for options in ([], ["-m"], ["-n"], ["-p"], ["-v"], ["-m", "-v"], ["-n", "-p"], ["-x"],
                    ["-p", "-n"], ["extra"], ["-v", "extra"]):
        found.append(["listnodes", *options])
    for command in ("nodestatus", "nodetype", "nodeweight", "nodesite", "listhblinks"):
        found += [[command], [command, "beta", "gamma"], [command, "gamma", "beta"],
                  [command, "beta", "-m"], [command, "-x", "beta"]]
        found += [[command, *option, node] for node in NODES for option in ([], ["-m"], ["-v"])]
    for words in ([], ["beta"], ["beta", "eth9"], ["beta", "eth0", "more"], ["-v", "beta", "eth0"],
                  ["-m", "gamma", "eth0"], ["-x"]):
        found.append(["hblinkstatus", *words])
    found += [["hblinkstatus", *option, node, "eth0"] for node in NODES for option in ([], ["-m"])]
    found += [["clientstatus"], ["clientstatus", "alpha"], ["clientstatus", "-x", "beta", "it"]]
    found += [["rscstatus", *words] for words in ([], ["-m"], ["-v"], ["extra"])]
    found += [["hbparameter", *words] for words in (
        [], ["-p"], ["keepalive"], ["-m", "-p", "keepalive"], ["-p", "keepalive", "more"], ["-x"])]
    return found + [["hbparameter", "-p", name] for name in PARAMETERS]


# Of each other, while they do not hear each other.
OF_THE_DEAD = [[*words, *option] for option in ([], ["-m"]) for words in (
    ["nodestatus", "OTHER"], ["nodestatus", "SELF"], ["listhblinks", "-v", "OTHER"],
    ["hblinkstatus", "OTHER", "eth0"], ["nodetype", "OTHER"], ["rscstatus"],
    ["clientstatus", "SELF", "nobody"])]


# What may differ, as (who it concerns, what is made of either answer); the reason behind it.
DIVERGENCES = [
    # Our usage texts have our words; stream and exit code are the same.
    (r"^Usage: (cl_status|heartbeat)(.|\n)*", r"Usage: \1"),
    # It is another program.
    (r"^(version:\t|Heartbeat version ).*", r"\1VERSION"),
    (r"^(hbd 0|3\.0\.6 ).*", "VERSION"),
    # 3.0.6 leaves the reason out, or names its API; ours says what is the matter.
    (r"REASON: .*", "REASON:"),
    (r"^\(.*\)$", "(REASON)"),
]


def plain(text):
    """Without times, pids and host names, and with the DIVERGENCES made one."""
    text = re.sub(r"^\w{3} +\d+ [\d:]{8} \S+ ", "", text, flags=re.M)
    text = re.sub(r"\[\d+\]", "[PID]", text)
    text = re.sub(r"\bpid \d+", "pid N", text)
    text = re.sub(r"\S*/(hb_standby|hb_takeover|heartbeat)\b", r"\1", text)
    for pattern, same in DIVERGENCES:
        text = re.sub(pattern, same, text, flags=re.M)
    return text


def answer(node, tool, words):
    """Exit code and words; SELF and OTHER stand for the asking node and its peer."""
    names = {"SELF": node.name, "OTHER": next(n.name for n in node.lab.nodes if n is not node)}
    done = node.tool(tool, *[names.get(word, word) for word in words], timeout=30)
    texts = [plain(done.stdout), plain(done.stderr)]
    for word, name in names.items() if set(words) & set(names) else ():
        texts = [text.replace(name, word) for text in texts]
    return done.returncode, *texts


def compare(pair, tool, every, view=lambda answer: answer):
    """All calls that do not give the same to @view, told at once."""
    wrong = []
    for words in every:
        ours, theirs = (view(answer(node, tool, words)) for node in (pair.ours, pair.theirs))
        if ours != theirs:
            wrong.append(f"{tool} {' '.join(words)}: ours {ours}, 3.0.6 {theirs}")
    assert not wrong, f"{len(wrong)} of {len(every)} differ:\n" + "\n".join(wrong)


def start(pair, extra=""):
    pair.lab.configure(configuration(failback="off", initdead="4", extra=extra),
                       f"alpha {SERVICE}/24/eth0\n")
    for node in pair.lab.nodes:
        node.start()
    pair.wait_both_active()
    pair.wait_holder("alpha", 40)
    # 3.0.6 reports `transition` until its ten seconds are over.
    wait_for("both are stable", lambda: [node.tool("cl_status", "rscstatus").stdout for node in
                                         pair.lab.nodes] == ["local\n"] * 2, 30, 0.5)


@limit(150)  # 3.0.6 takes 10 s to start; about 200 calls on either node
def test_cl_status():
    """cl_status answers from ours what it answers from 3.0.6: words, streams, exit codes."""
    with Lab() as lab:
        pair = Mixed(lab, "alpha")
        start(pair)
        compare(pair, "cl_status", calls())
        pair.ours.cut()
        wait_for("both hold all", lambda: [node.tool("cl_status", "rscstatus").stdout for node in
                                           lab.nodes] == ["all\n"] * 2, 20, 0.2)
        compare(pair, "cl_status", OF_THE_DEAD)


def test_cl_status_stopped():
    """With the daemon down, cl_status fails alike."""
    with Lab() as lab:
        pair = Mixed(lab, "alpha")
        lab.configure(configuration(), f"alpha {SERVICE}/24/eth0\n")
        compare(pair, "cl_status", calls())


@limit(150)
def test_cl_status_written():
    """hbparameter gives what ha.cf says, letter by letter."""
    with Lab() as lab:
        pair = Mixed(lab, "alpha")
        start(pair, WRITTEN)
        compare(pair, "cl_status", [["hbparameter", "-p", name] for name in PARAMETERS])


# -- hb_standby, hb_takeover, heartbeat --

MISTAKES = [["bogus"], ["--help"], ["all", "all"], ["-h"], ["ALL"]]


def code_and_last_line(answered):
    """Both say what they think of the files, each in its own words, before the one line that
    counts."""
    code, out, err = answered
    return code, out, (err.splitlines() or [""])[-1]


def code_and_defaults(answered):
    """The table of `heartbeat -D` without its third column, which is prose. (-W, for the pages of
    a wiki that is gone, is not compared.)"""
    code, out, err = answered
    return code, [line.split()[:2] for line in out.splitlines()[2:]], err


def test_heartbeat_stopped():
    """heartbeat and the hb_ scripts, with the daemon down: the same words and exit codes.

    But for: `hb_standby` and `hb_takeover` say and return 1 that nobody does what they ask for,
    where 3.0.6 writes it to nobody and returns 0; `heartbeat stop` is refused, not a start."""
    with Lab() as lab:
        pair = Mixed(lab, "alpha")
        compare(pair, "heartbeat", [["-s"], ["-k"], ["-V"], ["-x"], ["-h"], ["-sk"], ["-ks"],
                                    ["-s", "more"], ["-k", "more"]])
        compare(pair, "heartbeat", [["-D"], ["-Dk"], ["-D", "more"]], code_and_defaults)
        # No ha.cf.
        compare(pair, "heartbeat", [[], ["-r"], ["-W"]], code_and_last_line)
        lab.configure(configuration(), f"alpha {SERVICE}/24/eth0\n")
        compare(pair, "heartbeat", [["-s"], ["-k"], ["-V"]])
        for tool in ("hb_standby", "hb_takeover"):
            compare(pair, tool, MISTAKES)
            assert answer(pair.ours, tool, ["all"])[0] == 1
            assert answer(pair.theirs, tool, ["all"])[0] == 0
        assert answer(pair.ours, "heartbeat", ["stop"])[0] == 2


@limit(150)  # 3.0.6 takes 10 s to start, and one more for each move
def test_heartbeat_running():
    """heartbeat -s -r -V -k, hb_standby and hb_takeover in a running pair: the same words, exit
    codes and effects.

    But for: ours say what came of a move, and remove their pid file at a graceful stop, so that
    `-s` gives 3 (stopped) afterwards, not 1 (died)."""
    with Lab() as lab:
        pair = Mixed(lab, "alpha")
        lab.configure(configuration(failback="off", initdead="4"), f"alpha {SERVICE}/24/eth0\n")
        compare(pair, "heartbeat", [[]], lambda answered: answered[:2])
        pair.wait_both_active()
        pair.wait_holder("alpha", 40)
        wait_for("both are stable", lambda: [node.tool("cl_status", "rscstatus").stdout for node in
                                             lab.nodes] == ["local\n"] * 2, 30, 0.5)
        compare(pair, "heartbeat", [["-s", "SELF"], ["-V"]])
        compare(pair, "heartbeat", [[], ["-r"]], code_and_last_line)
        time.sleep(1)
        for tool in ("hb_standby", "hb_takeover"):
            compare(pair, tool, MISTAKES)
        for node, tool, what, owner in ((pair.ours, "hb_standby", "all", "beta"),
                                        (pair.theirs, "hb_standby", "all", "alpha"),
                                        (pair.ours, "hb_standby", "local", "beta"),
                                        (pair.ours, "hb_takeover", "local", "alpha"),
                                        (pair.theirs, "hb_takeover", "all", "beta"),
                                        (pair.theirs, "hb_standby", "failback", "alpha")):
            assert answer(node, tool, [what])[0] == 0, f"{tool} {what} on {node.name}"
            pair.wait_holder(owner, 15)
            pair.expect_holder_at_rest(owner, 3)
        compare(pair, "heartbeat", [["-k"]])
        assert answer(pair.ours, "heartbeat", ["-s"])[0] == 3
        assert answer(pair.theirs, "heartbeat", ["-s"])[0] == 1
        compare(pair, "heartbeat", [["-k"]])
