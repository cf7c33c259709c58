#!/usr/bin/env python3
"""Runs an example the way a reader would and checks what it prints and writes.

  run_example.py PROGRAM EXPECTED [--writes FILE...] [--words] [--json FILE --keys KEY...] -- ARGS...

The program runs in an empty temporary folder.  Its output must be the text of EXPECTED, and each FILE that it is said
to write must be there and not empty.  With --json the last line is not part of that text: the numbers in it must be
those that the JSON file holds under the keys, to 1e-12.  With --words the text may have other numbers: rounding, which
differs between processors, grows in a long training, and such a program checks its result itself and fails.
"""
import argparse
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 1e-12
NUMBER = re.compile(r'[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?')


def parse_arguments(words):
    end = words.index('--') if '--' in words else len(words)
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('program', type=pathlib.Path)
    parser.add_argument('expected', type=pathlib.Path)
    parser.add_argument('--writes', nargs='+', default=[], metavar='FILE')
    parser.add_argument('--words', action='store_true')
    parser.add_argument('--json', type=pathlib.Path, metavar='FILE')
    parser.add_argument('--keys', nargs='+', default=[], metavar='KEY')
    options = parser.parse_args(words[:end])
    options.arguments = words[end + 1:]
    return options


def without_numbers(text):
    """The text with # for each number and for the spaces before it: how wide it is depends on the number."""
    return re.sub(' *' + NUMBER.pattern, ' #', text)


def compare_text(actual, expected):
    """What differs, as lines of a diff; nothing when the texts are the same."""
    if actual == expected:
        return []
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), 'expected', 'printed', lineterm='')
    return list(lines) or ['the texts differ only in how they end']


def compare_numbers(line, path, keys):
    """What is wrong with the numbers of a line that should hold the values of these keys."""
    wanted = json.loads(path.read_text(encoding='utf-8'))
    found = [float(word) for word in NUMBER.findall(line)]
    if len(found) != len(keys):
        return [f'{len(keys)} numbers should be in the last line, which is: {line}']
    return [f'{key}: printed {value!r}, {path.name} says {wanted[key]!r}'
            for key, value in zip(keys, found) if not abs(value - wanted[key]) <= TOLERANCE]


def check(options):
    # Resolved first: the program runs elsewhere.
    program = options.program.resolve()
    expected = options.expected.read_text(encoding='utf-8')
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([program, *options.arguments], cwd=folder, capture_output=True, encoding='utf-8',
                             check=False)
        problems = []
        if run.returncode != 0:
            problems.append(f'it ended with {run.returncode}')
        if run.stderr:
            problems.append(f'it complained: {run.stderr.rstrip()}')
        for name in options.writes:
            file = pathlib.Path(folder, name)
            if not file.is_file() or file.stat().st_size == 0:
                problems.append(f'it should have written {name}')
    text = run.stdout
    if options.json:
        lines = text.splitlines(keepends=True)
        last = lines.pop().rstrip() if lines else ''
        text = ''.join(lines)
        problems += compare_numbers(last, options.json, options.keys)
    if options.words:
        text, expected = without_numbers(text), without_numbers(expected)
    return problems + compare_text(text, expected)


def main():
    options = parse_arguments(sys.argv[1:])
    problems = check(options)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
