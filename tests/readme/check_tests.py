#!/usr/bin/env python3
"""The rules of a page are proved: each row of a table whose last column is "test" names tests there that exist.

usage: check_tests.py PAGE TEST...
"""
import re
import sys

CELL = re.compile(r"(?<!\\)\|")


def tests_in(paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for suite, name in re.findall(r"^TEST\((\w+),\s*(\w+)\)", file.read(), flags=re.MULTILINE):
                yield f"{suite}.{name}"


def rows_in(page):
    in_table = False
    with open(page, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            cells = [cell.strip() for cell in CELL.split(line.strip())[1:-1]]
            if not line.startswith("|"):
                in_table = False
            elif cells[-1] == "test":
                in_table = True
            elif in_table and not line.startswith("|-"):
                yield number, cells


def main():
    page, *sources = sys.argv[1:]
    known = set(tests_in(sources))
    rows = faults = 0
    for number, cells in rows_in(page):
        rows += 1
        named = re.findall(r"`(\w+\.\w+)`", cells[-1])
        for wrong in [name for name in named if name not in known] or ([] if named else ["(none is named)"]):
            faults += 1
            print(f"{page}:{number}: no such test: {wrong}")
    if not rows:
        sys.exit(f"{page}: no table found")
    print(f"{rows} rules, {faults} without a test")
    sys.exit(1 if faults else 0)


main()
