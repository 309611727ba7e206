#!/usr/bin/env python3
"""The tables of docs/child-process.md are tested: each row's code stands, white space aside, in one test.

usage: check_table.py [--list] PAGE TEST...

Every table of three columns whose second is "in parlance" counts. Each code span of that column must be found in one
and the same TEST (`a == b` also as the `a, b` of an EXPECT_EQ); a row without code must say there "not in this version"
or "no meaning". --list prints which test each row has.
"""
import re
import sys

CODE = re.compile(r"(`+)(.+?)\1(?!`)")
CELL = re.compile(r"(?<!\\)\|")
EXCUSES = ("not in this version", "no meaning")


def without_space(text):
    return re.sub(r"\s", "", text)


def stands_in(code, span):
    span = without_space(span)
    return span in code or span.replace("==", ",") in code


def tests_in(paths):
    """Name and code of each TEST."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for part in re.split(r"^TEST\(", file.read(), flags=re.MULTILINE)[1:]:
                suite, _, rest = part.partition(", ")
                yield f"{suite}.{rest.partition(')')[0]}", without_space(part)


def rows_in(page):
    """Line number, the other's way, ours, the difference."""
    in_table = False
    with open(page, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("|"):
                in_table = False
                continue
            cells = [cell.strip().replace("\\|", "|") for cell in CELL.split(line.strip())[1:-1]]
            if len(cells) == 3 and cells[1] == "in parlance":
                in_table = True
            elif in_table and not line.startswith("|-"):
                if len(cells) != 3:
                    sys.exit(f"{page}:{number}: a row has {len(cells)} columns and not 3; write | in code as \\|")
                yield number, *cells


def main():
    wants_list = sys.argv[1] == "--list"
    page, *sources = sys.argv[2 if wants_list else 1:]
    tests = list(tests_in(sources))
    rows = faults = 0
    for number, theirs, ours, _ in rows_in(page):
        rows += 1
        spans = [match[2].strip() for match in CODE.finditer(ours)]
        holds = [name for name, code in tests if all(stands_in(code, span) for span in spans)]
        excused = any(excuse in ours for excuse in EXCUSES)
        if wants_list:
            print(f"{theirs} -> {ours if excused else holds[0] if holds and spans else 'NONE'}")
        if (spans and holds) or excused:
            continue
        faults += 1
        print(f"{page}:{number}: {theirs}: " + (f"no test holds {' and '.join(spans)}" if spans else
                                                "has neither code nor " + " nor ".join(EXCUSES)))
    if not rows:
        sys.exit(f"{page}: no table found")
    print(f"{rows} rows, {faults} without a test")
    sys.exit(1 if faults else 0)


main()
