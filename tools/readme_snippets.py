#!/usr/bin/env python3
"""Takes a program, or the output it promises, out of README.md, so that a test can compile and run it.

    readme_snippets.py README.md NAME OUT.cpp             the ```cpp block below <!-- run: NAME -->
    readme_snippets.py README.md NAME --output OUT.txt    the ```text block below <!-- output: NAME -->
"""
import argparse
import re
import sys
from pathlib import Path
from typing import List, Tuple


class SnippetError(Exception):
    pass


def find_block(lines: List[str], marker: str, language: str) -> Tuple[int, List[str]]:
    """Lines of the fenced block below the marker, and the number (from 1) of the first of them."""
    places = [i for i, line in enumerate(lines) if line.strip() == marker]
    if len(places) != 1:
        raise SnippetError(f"{marker} occurs {len(places)} times, expected once")
    start = places[0] + 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    if start == len(lines) or not re.fullmatch(r"```" + language + r"\s*", lines[start]):
        raise SnippetError(f"line {start + 1}: ```{language} expected below {marker}")
    for end in range(start + 1, len(lines)):
        if lines[end].rstrip() == "```":
            return start + 2, lines[start + 1 : end]
    raise SnippetError(f"line {start + 1}: the block is never closed")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readme", type=Path)
    parser.add_argument("name")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("program", type=Path, nargs="?")
    target.add_argument("--output", type=Path)
    options = parser.parse_args()
    try:
        lines = options.readme.read_text(encoding="utf-8").splitlines()
        if options.output:
            _, block = find_block(lines, f"<!-- output: {options.name} -->", "text")
            options.output.write_text("\n".join(block) + "\n", encoding="utf-8")
        else:
            first, block = find_block(lines, f"<!-- run: {options.name} -->", "cpp")
            # So that the compiler's messages point into the README.
            origin = f'#line {first} "{options.readme.as_posix()}"\n'
            options.program.write_text(origin + "\n".join(block) + "\n", encoding="utf-8")
    except (OSError, SnippetError) as error:
        print(f"{options.readme}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
