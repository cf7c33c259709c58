#!/usr/bin/env python3
"""Counts test cases, not programs, in meson's log of a test run, and prints `N passed, N failed` as its last line.

    count_tests.py build/test/meson-logs/testlog.json

A Catch2 program counts as many as its summary says; any other test (an example, a script) counts one.
The exit code is 1 when a test failed or when none ran.
"""
import json
import re
import sys
from typing import Iterable, NamedTuple, Optional

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ALL_PASSED = re.compile(r"^All tests passed \((?:\d+|no) assertions? in (\d+) test cases?\)", re.MULTILINE)
MIXED = re.compile(r"^test cases:\s*\d+((?:\s*\|\s*\d+ [a-z ]+)*)\s*$", re.MULTILINE)
NO_TESTS = re.compile(r"^No (?:tests ran|test cases matched)", re.MULTILINE)
GOOD = {"OK", "EXPECTEDFAIL"}


class Count(NamedTuple):
    passed: int
    failed: int


def catch2_summary(stdout: str) -> Optional[Count]:
    """What a Catch2 program, version 2 or 3, says at its end; None when the text is not Catch2's."""
    text = COLOUR.sub("", stdout)
    mixed = MIXED.findall(text)
    if mixed:
        parts = dict((word.strip(), int(number)) for number, word in re.findall(r"(\d+) ([a-z ]+)", mixed[-1]))
        return Count(parts.get("passed", 0) + parts.get("failed as expected", 0), parts.get("failed", 0))
    all_passed = ALL_PASSED.findall(text)
    if all_passed:
        return Count(int(all_passed[-1]), 0)
    return Count(0, 0) if NO_TESTS.search(text) else None


def count(test: dict) -> Count:
    """Catch2 2 returns the number of failures, and meson takes 77 for "skipped": the summary overrules the result."""
    result = test.get("result")
    summary = catch2_summary(test.get("stdout") or "")
    if summary is None:
        if result == "SKIP":
            return Count(0, 0)
        return Count(1, 0) if result in GOOD else Count(0, 1)
    # A Catch2 that dies of a signal still counts the case it was in; one that cannot prints no summary at all.
    unexplained = result not in GOOD and summary.failed == 0
    return Count(summary.passed, summary.failed + unexplained)


def read_log(lines: Iterable[str]) -> Iterable[dict]:
    return (json.loads(line) for line in lines if line.strip())


def main() -> int:
    if len(sys.argv) < 2:
        print("usage: count_tests.py TESTLOG.json…", file=sys.stderr)
        return 2
    passed = failed = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as log:
            for test in read_log(log):
                one = count(test)
                passed += one.passed
                failed += one.failed
                if one.failed:
                    print(f"FAILED {test['name']} ({one.failed})")
                elif one.passed == 0:
                    print(f"skipped {test['name']}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
