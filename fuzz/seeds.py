#!/usr/bin/env python3
"""What the fuzz targets begin with: the vectors of tests/js, in FOLDER/v8 and FOLDER/tagged_json, the objects of the
table in tests/rpc, in FOLDER/rpc, and node-ipc's frames.

usage: seeds.py FOLDER
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def write(target, number, data):
    folder = os.path.join(sys.argv[1], target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, f"vector-{number}"), "wb") as file:
        file.write(data)


FRAMES = [
    '{"type":"message","data":"hello"}',
    '{"type":"a","data":{"id":"n","b":[1,null,2.5e1]}}',
    ' { "data" : [ {} , "\\"" ] , "type" : "\\u00e9\\n" , "x" : -0 } ',
    '{"type":5,"data":{"id":0}}',
    '{"type":{"type":"a"},"data":false,"data":true}',
    "null",
    "[]",
]
for number, frame in enumerate(FRAMES):
    write("socket_frame", number, frame.encode("utf-8"))

with open(os.path.join(HERE, "../tests/js/v8_vectors.json"), encoding="utf-8") as file:
    for number, vector in enumerate(json.load(file)):
        dialect = b"\0" if vector["kind"] == "channel" else b"\1"
        write("v8", number, dialect + bytes.fromhex(vector["hex"]))
        if "tagged" in vector:
            write("tagged_json", number, vector["tagged"].encode("utf-8"))

with open(os.path.join(HERE, "../tests/rpc/envelope_test.cpp"), encoding="utf-8") as file:
    for number, text in enumerate(re.findall(r'R"\((.*?)\)"', file.read())):
        write("rpc", number, text.encode("utf-8"))
