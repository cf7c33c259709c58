#!/usr/bin/env python3
"""Runs an example the way a reader would and checks what it prints and writes.

  run_example.py PROGRAM EXPECTED [--writes FILE...] [--words] [--drawing FILE STORED] [--json FILE --keys KEY...] -- ARGS...

The program runs in an empty temporary folder.  Its output must be the text of EXPECTED, and each FILE that it is said
to write must be there and not empty.  With --json the last line is not part of that text: the numbers in it must be
those that the JSON file holds under the keys, to 1e-12.  With --words the text may have other numbers: rounding, which
differs between processors, grows in a long training, and such a program checks its result itself and fails.

With --drawing the SVG file that it writes must show what the stored one shows: the same texts and the same fills in the same
order (with --words other numbers and fills), wherever a version of Graphviz has put them.  GRADUS_UPDATE_DRAWINGS=1 in the
environment stores it instead.
"""
import argparse
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOLERANCE = 1e-12
SHOWN = re.compile(r'<text[^>]*>(.*?)</text>|<(?:polygon|path)[^>]* fill="([^"]*)"', re.S)
NUMBER = re.compile(r'[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?')


def parse_arguments(words):
    end = words.index('--') if '--' in words else len(words)
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('program', type=pathlib.Path)
    parser.add_argument('expected', type=pathlib.Path)
    parser.add_argument('--writes', nargs='+', default=[], metavar='FILE')
    parser.add_argument('--words', action='store_true')
    parser.add_argument('--drawing', nargs=2, type=pathlib.Path, metavar=('FILE', 'STORED'))
    parser.add_argument('--json', type=pathlib.Path, metavar='FILE')
    parser.add_argument('--keys', nargs='+', default=[], metavar='KEY')
    options = parser.parse_args(words[:end])
    options.arguments = words[end + 1:]
    return options


def without_numbers(text):
    """The text with # for each number and for the spaces before it: how wide it is depends on the number."""
    return re.sub(' *' + NUMBER.pattern, ' #', text.replace('\N{MINUS SIGN}', '-'))


def compare_text(actual, expected):
    """What differs, as lines of a diff; nothing when the texts are the same."""
    if actual == expected:
        return []
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), 'expected', 'printed', lineterm='')
    return list(lines) or ['the texts differ only in how they end']


def texts_of(path):
    """The texts of an SVG file, a line each."""
    return ''.join(text + '\n' for text, _ in SHOWN.findall(path.read_text(encoding='utf-8')) if text)


def shown(path, words):
    """Its texts and fills in their order; for its words alone, the texts without numbers."""
    if words:
        return without_numbers(texts_of(path))
    return ''.join((text or fill) + '\n' for text, fill in SHOWN.findall(path.read_text(encoding='utf-8')))


def compare_drawing(drawn, stored, words):
    """What another drawing shows."""
    if os.environ.get('GRADUS_UPDATE_DRAWINGS'):
        stored.parent.mkdir(exist_ok=True)
        shutil.copy(drawn, stored)
    if not stored.is_file():
        return [f'there is no {stored}']

    return compare_text(*[shown(path, words) for path in (drawn, stored)])


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
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        run = subprocess.run([program, *options.arguments], cwd=folder, capture_output=True, encoding='utf-8',
                             check=False)
        problems = []
        if run.returncode != 0:
            problems.append(f'it ended with {run.returncode}')
        if run.stderr:
            problems.append(f'it complained: {run.stderr.rstrip()}')
        for name in options.writes:
            file = folder / name
            if not file.is_file() or file.stat().st_size == 0:
                problems.append(f'it should have written {name}')
        if options.drawing and not problems:
            problems += compare_drawing(folder / options.drawing[0], options.drawing[1], options.words)
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
