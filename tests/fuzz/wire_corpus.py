#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make corpus/wire and corpus/membership from the captured datagrams: ./wire_corpus.py, in this
folder. The forms are those of fuzz_wire.c and fuzz_membership.c."""
import base64
import json
import os

VECTORS = "../data/heartbeat/vectors.json"


def netstring_fields(vector):
    out = b""
    for field in vector["fields"]:
        value = bytes.fromhex(field["hex"]) if field["type"] == 1 else field["value"].encode()
        inside = b"(%d)%s=%s" % (field["type"], field["name"].encode(), value)
        out += b"%d:%s," % (len(inside), inside)
    return out


def classic_fields(vector):
    out = b""
    for field in vector["fields"]:
        if field["name"] == "auth":
            continue
        if field["type"] == 1:
            out += b"(1)%s=%s\n" % (field["name"].encode(),
                                    base64.b64encode(bytes.fromhex(field["hex"])))
        else:
            out += b"%s=%s\n" % (field["name"].encode(), field["value"].encode())
    return out


def write(folder, name, data):
    path = os.path.join("corpus", folder)
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, name), "wb") as file:
        file.write(data)


def chunk(delay_ms, fields):
    return bytes([delay_ms]) + len(fields).to_bytes(2, "big") + fields


def text_fields(*pairs):
    out = b""
    for name, value in pairs:
        inside = ("(0)%s=%s" % (name, value)).encode()
        out += b"%d:%s," % (len(inside), inside)
    return out


def message(kind, seq, *pairs, src="bob", generation="64"):
    number = (("seq", "%x" % seq),) if seq else ()
    return text_fields(("t", kind), *pairs, ("src", src), *number, ("hg", generation), ("ts", "1"))


STORIES = {
    "life": [(10, message("status", 1, ("st", "init"), ("dt", "3e8"))),
             (10, message("status", 2, ("st", "up"), ("dt", "3e8"), ("protocol", "1"))),
             (10, message("reqnodes", 3, ("dest", "alice"))),
             (10, message("repnodes", 4, ("nodelist", "alice bob "), ("dest", "alice"))),
             (200, message("status", 5, ("st", "active"), ("hbd", "1"))),
             (10, message("shutdone", 6, ("st", "dead"))),
             (254, message("status", 1, ("st", "init"), generation="65"))],
    "holes": [(10, message("status", 1, ("st", "active"), ("dt", "1388"))),
              (10, message("status", 9, ("st", "active"))),
              (249, message("resource", 5)),
              (249, message("NS_nak_rexmit", 0, ("firstseq", "3"), ("dest", "alice"))),
              (10, message("status", 300, ("st", "active")))],
    "rexmit": [(10, message("status", 1, ("st", "up"))),
               (249, message("NS_rexmit", 0, ("firstseq", "1"), ("lastseq", "50"),
                             ("dest", "alice"))),
               (10, message("NS_ackmsg", 0, ("ackseq", "2"), ("dest", "alice")))],
    "replay": [(10, message("status", 7, ("st", "active"), ("dt", "a"))),
               (255, message("resource", 8)),
               (10, message("status", 9, ("st", "active"))),
               (10, message("status", 10, ("st", "dead"))),
               (10, message("status", 1, ("st", "active"), generation="63")),
               (10, message("status", 4, ("st", "active"), generation="66", src="carol"))],
}


def main():
    with open(VECTORS, encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    seen = set()
    for vector in vectors:
        kind = vector["name"].split("-", 2)[-1]
        write("wire", "r-" + vector["name"], b"r" + bytes.fromhex(vector["hex"]))
        if kind in seen or not vector.get("fields"):
            continue
        seen.add(kind)
        write("wire", "n-" + kind, b"n" + netstring_fields(vector))
        write("wire", "c-" + kind, b"c" + classic_fields(vector))
        write("membership", kind, chunk(10, netstring_fields(vector)))
    write("wire", "f-standby", b"f>>>\nt=ask_resources\nrsc_hold=all\ninfo=me\n<<<\n")
    write("wire", "f-empty", b"f>>>\n<<<\n")
    for name, story in STORIES.items():
        write("membership", "story-" + name, b"".join(chunk(d, m) for d, m in story))


main()
