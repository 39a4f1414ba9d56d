#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turn positive.json and negative.json into vectors.txt, which tests read without a JSON library
and without a configuration parser. Run in this folder: ./convert.py > vectors.txt

`./convert.py timing > timing.txt` turns the runs of timing.json into lines
    VERSION INTERVAL-MS FAULT TAKEOVER-US    fault: kill9, cut or stop

Per vector:
    vector NAME            begins one; the instance's configuration follows
    family 4|6
    version, vrid, interval-cs, ttl NUMBER
    source, group ADDRESS
    peer ADDRESS           each unicast peer
    address ADDRESS        each advertised address
    auth none|pass|ah      password TEXT
    hmac-key ID HEX        hmac-active ID
    check-source, checksum-as-v2, never-old-checksum yes
    wall-us NUMBER         Unix time at which the frame is sent and received
and then either
    expect VERDICT...      a frame to be received, once per verdict
or
    priority, id NUMBER    an advert to be sent; seq for AH, flow-label for IPv6
    announce arp|na ADDRESS HWADDR   an announcement to be sent
then
    remarks WORD...        count, addresses: what the receiver notes but takes
    frame HEX              Ethernet and all
"""
import json
import re
import shlex
import sys

# What 2.4.3 logs, and the name of our verdict. The first fitting line of its log decides.
REASONS = [
    (r"too short", "too-short"), (r"too long", "too-long"), (r"invalid TTL", "wrong-ttl"),
    (r"wrong VRRP version", "wrong-version"), (r"Invalid packet type", "wrong-type"),
    (r"Invalid auth type", "bad-auth-type"), (r"received a . auth", "auth-type-differs"),
    (r"invalid passwd", "bad-password"), (r"Invalid VRRPv. checksum", "bad-checksum"),
    (r"interval mismatch with", "interval-differs"),
    (r"not a unicast peer", "unknown-peer"), (r"HMAC-MD5 value", "ah-bad-digest"),
]

# What the log does not tell: frames that the kernel or another socket keeps away, caveats of the
# file's meta, and the two points where hbd is stricter.
SILENT = {
    "v2_truncated_4_bytes": "truncated",
    "v2_to_node_unicast_dst": "wrong-destination",
    "v2_other_mcast_group": "wrong-destination",
    "uni_v2_gets_multicast": "wrong-destination",
    "ah_wrong_spi": "ah-wrong-spi",
    "ah_expected_got_plain": "ah-missing",
    "ah_replayed_seq": "ok ah-replay",
    "v6_bad_checksum": "bad-checksum",
    "v6_v2_packet": "wrong-version",
    "v2_lower_priority": "ok",
    "v2_priority_0_once": "ok",
    "v3_adver_10cs_vs_100cs": "ok",
    "v3_adver_0": "zero-interval",
    "v3_as_v2_cfg_checksum_garbage": "bad-checksum",
}


def blocks(words):
    """Words of a configuration as nested lists: [word, word, [block]]."""
    out = []
    for word in words:
        if word == "}":
            return out
        out.append(blocks(words) if word == "{" else word)
    return out


def parse(text):
    """keyword -> words, for the keywords that these small configurations use."""
    tree = blocks(iter(shlex.split(text)))
    conf = {}
    flat = []
    for item in tree:
        flat += item if isinstance(item, list) else []
    names = {"version", "virtual_router_id", "advert_int", "unicast_src_ip", "mcast_src_ip",
             "vrrp_mcast_group4", "unicast_peer", "virtual_ipaddress", "authentication",
             "auth_hmac"}
    for at, word in enumerate(flat):
        if isinstance(word, str) and word in names:
            conf[word] = flat[at + 1]
        elif word in ("v3_checksum_as_v2", "check_unicast_src"):
            conf[word] = True
        elif word == "old_unicast_checksum":
            conf[word] = flat[at + 1]
    return conf


def pairs(block, keyword, width):
    return [block[i + 1:i + 1 + width] for i, word in enumerate(block) if word == keyword]


def print_instance(conf, family, source):
    version = conf.get("version", "3" if family == 6 else "2")
    print("family", family)
    print("version", version)
    print("vrid", conf["virtual_router_id"])
    print("interval-cs", round(float(conf["advert_int"]) * 100))
    print("source", conf.get("unicast_src_ip", conf.get("mcast_src_ip", source)))
    print("group", "ff02::12" if family == 6 else conf.get("vrrp_mcast_group4", "224.0.0.18"))
    for peer in conf.get("unicast_peer", []):
        print("peer", peer)
    for address in conf.get("virtual_ipaddress", []):
        print("address", address.split("/")[0])
    auth = conf.get("authentication")
    if auth:
        print("auth", pairs(auth, "auth_type", 1)[0][0].lower())
        print("password", pairs(auth, "auth_pass", 1)[0][0])
    hmac = conf.get("auth_hmac")
    if hmac:
        for number, key in pairs(hmac, "key", 2):
            print("hmac-key", number, key[4:] if key.startswith("hex:") else key.encode().hex())
        print("hmac-active", pairs(hmac, "active_key", 1)[0][0])
    if conf.get("check_unicast_src"):
        print("check-source yes")
    if conf.get("v3_checksum_as_v2"):
        print("checksum-as-v2 yes")
    if conf.get("old_unicast_checksum") == "never":
        print("never-old-checksum yes")


def wall_us(decoded):
    """The earliest microsecond that gives the trailer's time."""
    stamp = decoded.get("vrrp_auth_hmac")
    if not stamp:
        return 0
    return stamp["seconds"] * 1000000 + -(-stamp["subsec_2e16"] * 1000000 // 65536)


def expectation(case):
    verdict = SILENT.get(case["id"])
    if verdict:
        return verdict
    if case["keepalived_2_4_3"]["accepted"]:
        return "ok"
    for line in case["keepalived_2_4_3"]["log"]:
        for pattern, name in REASONS:
            if re.search(pattern, line):
                return name
    raise SystemExit(f"no verdict for {case['id']}")


def remarks(case):
    words = []
    for line in case["keepalived_2_4_3"]["log"]:
        if re.search(r"expected \d+ VIPs", line):
            words.append("count")
        if "not present in advert" in line:
            words.append("addresses")
    return words


def print_negative(case):
    conf = parse(case["receiver_config"])
    family = 6 if "ipv6" in case["decoded"] else 4
    print("vector", case["id"])
    print_instance(conf, family, "fe80::78:1" if family == 6 else "10.78.0.1")
    print("wall-us 0")
    if remarks(case):
        print("remarks", *remarks(case))
    print("expect", expectation(case))
    print("frame", case["frame_hex"])


def print_positive(case, packet):
    decoded = packet["decoded"]
    icmp = decoded.get("icmpv6", {})
    if icmp.get("solicited"):
        return  # the kernel's answer to somebody else
    print("vector", case["id"] + "/" + re.sub(r" sent .*", "", packet["name"]))
    if "arp" in decoded or icmp:
        kind = "arp" if "arp" in decoded else "na"
        address = decoded["arp"]["sender_ip"] if kind == "arp" else icmp["target"]
        print("announce", kind, address, decoded["eth_src"].replace(":", ""))
    else:
        ip = decoded.get("ipv6") or decoded["ipv4"]
        print_instance(parse(case["config"]), 6 if "ipv6" in decoded else 4,
                       "fe80::ff:fe00:1" if "ipv6" in decoded else "10.77.0.1")
        print("wall-us", wall_us(decoded))
        print("ttl", ip.get("ttl", ip.get("hop_limit")))
        print("flow-label", int(ip.get("flow_label", "0"), 0))
        print("priority", decoded["vrrp"]["priority"])
        print("id", ip.get("id", 1))
    print("frame", packet["frame_hex"])


def print_timing():
    print("# Made by convert.py from timing.json; see there.")
    with open("timing.json", encoding="utf-8") as file:
        for run in json.load(file)["runs"]:
            print(run["ver"], round(float(run["adv"]) * 1000), run["fault"],
                  round(run["takeover_ms"] * 1000))


def main():
    if sys.argv[1:] == ["timing"]:
        print_timing()
        return
    print("# Made by convert.py from positive.json and negative.json; see there.")
    with open("positive.json", encoding="utf-8") as file:
        for case in json.load(file):
            for packet in case["packets"]:
                print_positive(case, packet)
    with open("negative.json", encoding="utf-8") as file:
        for case in json.load(file)["cases"]:
            print_negative(case)


main()
