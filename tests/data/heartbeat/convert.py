#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turn vectors.json (captured 3.0.6 datagrams) into vectors.txt, which the unit tests and the
fuzz corpus read without a JSON library. Run in this folder: ./convert.py > vectors.txt

Per vector:
    vector NAME        begins one
    expect REASON      name of the decode result
    framing netstring|classic
    key INDEX METHOD SECRET|-   entries of the receiver's table
    active INDEX       the receiver's auth line
    sign INDEX         the sender's auth line
    inner yes|no       carries the inner auth field
    text NAME "VALUE"  or  binary NAME HEX: the fields in order
    data HEX           the datagram
"""
import json
import sys

# What each rejected datagram is rejected for; replay is a matter of the membership, not of the codec.
REASONS = {
    "neg-tampered-status": "bad-digest",
    "neg-truncated-status": "no-frame",
    "neg-wrong-key-status": "bad-digest",
    "neg-replay-old-generation": "ok",
}


def keys_of(vector):
    """The receiver's entries and its active one."""
    if vector["name"].startswith("rotation-"):
        return [(1, "md5", "k"), (2, vector["auth_method"], vector["auth_key"])], 1
    if vector.get("auth_method") is None:
        return [(1, "md5", "Hello!")], 1
    key = (vector["auth_index"], vector["auth_method"], vector["auth_key"] or "-")
    return [key], vector["auth_index"]


def print_vector(vector):
    reason = "ok" if vector["expect"] == "accept" else REASONS[vector["name"]]
    keys, active = keys_of(vector)
    fields = vector.get("fields") or []
    print("vector", vector["name"])
    print("expect", reason)
    print("framing", vector.get("framing") or "netstring")
    for index, method, secret in keys:
        print("key", index, method, secret)
    print("active", active)
    print("sign", vector.get("auth_index", active))
    print("inner", "yes" if any(f["name"] == "auth" for f in fields) else "no")
    for field in fields:
        if field["type"] == 1:
            print("binary", field["name"], field["hex"])
        else:
            assert "\n" not in field["value"]
            print('text %s "%s"' % (field["name"], field["value"]))
    print("data", vector["hex"])
    print()


def main():
    with open("vectors.json", encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    print("# Made by convert.py from vectors.json; the form is described there.\n")
    for vector in vectors:
        print_vector(vector)
    return 0


if __name__ == "__main__":
    sys.exit(main())
