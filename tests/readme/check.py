#!/usr/bin/env python3
"""What the README, or another page, says is what is: its C++ is the examples', its shell commands run, and both print
what it shows.

usage: check.py PAGE BUILD-FOLDER

A code block is announced by a comment in front of it:
  <!-- examples/queue.cpp -->   the block is in that file, word for word
  <!-- run -->                  the block is run by a shell: lines that begin with `$ ` are typed, the others are printed.
                                `...` in what is printed stands for anything
"""
import os
import re
import subprocess
import sys
import tempfile

PAGE, BUILD = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BLOCK = re.compile(r"<!-- (?P<what>[^>]*) -->\n```\w*\n(?P<text>.*?)```", re.DOTALL)


def fail(what, *lines):
    print(f"{PAGE}: {what}", *lines, sep="\n")
    sys.exit(1)


def check_source(path, text):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        if text.strip() not in file.read():
            fail(f"its code is not that of {path}", text)


def check_session(text, place):
    environment = {**os.environ, "PATH": f"{BUILD}/bin:{os.environ['PATH']}", "PARLANCE_STORE": f"{place}/store"}
    steps = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    for step in steps:
        typed, _, printed = step.partition("\n")
        got = subprocess.run(["sh", "-c", typed], cwd=place, env=environment, stdin=subprocess.DEVNULL, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False).stdout
        pattern = re.escape(printed.strip()).replace(re.escape("..."), ".*")
        if not re.fullmatch(pattern, got.strip(), re.DOTALL):
            fail(f"`{typed}` printed", got, "and not", printed)


def main():
    with open(PAGE, encoding="utf-8") as file:
        blocks = list(BLOCK.finditer(file.read()))
    with tempfile.TemporaryDirectory(prefix="parlance-readme-") as place:
        for block in blocks:
            if block["what"] == "run":
                check_session(block["text"], place)
            else:
                check_source(block["what"], block["text"])
    if not blocks:
        fail("it has no code blocks that are checked")
    print(f"{len(blocks)} code blocks are true")


main()
