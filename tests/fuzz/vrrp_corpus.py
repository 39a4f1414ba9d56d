#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make corpus/vrrp and corpus/vrrp_core from the captured frames and from short stories:
./vrrp_corpus.py, in this folder. The forms are those of fuzz_vrrp.c and fuzz_vrrp_core.c."""
import os

VECTORS = "../data/vrrp/vectors.txt"
ETHERNET_LEN = 14
AUTH = {"none": 0, "pass": 1, "ah": 2}
V3, IPV6, UNICAST, AS_V2, MENDED = 0x08, 0x10, 0x20, 0x40, 0x80


def write(folder, name, data):
    path = os.path.join("corpus", folder)
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, name), "wb") as file:
        file.write(data)


def vectors():
    vector = {}
    with open(VECTORS, encoding="utf-8") as file:
        for line in file:
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "vector":
                vector = {"vector": rest}
            elif word == "frame":
                yield vector, bytes.fromhex(rest)[ETHERNET_LEN:]
            else:
                vector[word] = rest


def choice(vector):
    bits = AUTH[vector.get("auth", "none")]
    bits = 3 if "hmac-key" in vector else bits
    bits |= V3 if vector["version"] == "3" else 0
    bits |= IPV6 if vector["family"] == "6" else 0
    bits |= UNICAST if "peer" in vector else 0
    bits |= AS_V2 if "checksum-as-v2" in vector else 0
    return bits


def retarget(packet):
    """Make the packet one for the harness's vrid."""
    out = bytearray(packet)
    at = 40 if out[0] >> 4 == 6 else (out[0] & 15) * 4
    at += 24 if out[0] >> 4 == 4 and out[9] == 51 else 0
    if len(out) > at + 1:
        out[at + 1] = 51
    return bytes(out)


STORIES = {
    "life": (0x00, [(7, 100, 0, 0), (4, 0, 0, 0), (4, 1, 0, 0), (0, 200, 3, 5), (4, 0, 0, 1),
                    (7, 200, 0, 0), (5, 255, 0, 0), (4, 0, 0, 0)]),
    "group": (0x20, [(7, 120, 0, 0), (0, 200, 3, 5), (3, 1, 0x80, 5), (3, 1, 0, 5),
                     (7, 120, 0, 0), (5, 255, 0, 0)]),
    "tracked": (0x10, [(2, 0, 0, 0), (2, 1, 0, 0), (7, 120, 0, 0), (2, 0, 1, 9), (2, 0, 1, 9),
                       (2, 0, 1, 9), (4, 0, 0, 0), (2, 0, 0, 9), (2, 0, 0, 9)]),
    "pause": (0x00, [(7, 120, 0, 0), (1, 255, 20, 0), (0, 101, 3, 9), (4, 0, 0, 0),
                     (7, 50, 0, 0)]),
    "v3": (0x40, [(0, 200, 9, 1), (7, 40, 0, 0), (0, 50, 3, 9), (6, 50, 3, 9), (0, 0, 3, 9)]),
    "delay": (0x03, [(0, 50, 3, 1), (7, 30, 0, 0), (0, 50, 3, 1), (7, 120, 0, 0)]),
    "ah": (0x80, [(7, 120, 0, 0), (0, 200, 3, 1), (0, 100, 1, 1), (6, 100, 1, 1)]),
}


def main():
    for vector, packet in vectors():
        if "announce" in vector:
            continue
        name = vector["vector"].replace("/", "-").replace(":", "_")
        write("vrrp", "r-" + name, bytes([choice(vector)]) + packet)
        if "/" not in vector["vector"] or "advert_1" in vector["vector"]:
            write("vrrp", "m-" + name, bytes([choice(vector) | MENDED]) + retarget(packet))
    for name, (first, events) in STORIES.items():
        write("vrrp_core", "story-" + name,
              bytes([first]) + b"".join(bytes(event) for event in events))


main()
