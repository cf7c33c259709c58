#!/usr/bin/env python3
"""Holds the table of networks in README.md against what the programs print.

    table_test.py FOLDER            one line per difference, exit 1 when there is one
    table_test.py FOLDER --write    writes the table anew

Each program has one row, in the order of the chart: what it says of itself, of its baselines, results and bars in
expected/, which the programs' own tests compare with what they print; and the graph that it draws.  All of it that is a
network's own is readable on two screens: 80 lines.
"""
import difflib
import pathlib
import re
import sys

BEGIN, END = '<!-- the table: table_test.py --write -->\n', '<!-- end of the table -->\n'
HEAD = ('| | network | task | baseline | result | bar | |\n'
        '|---:|---|---|---|---|---|---|\n')
LONGEST = 80  # lines of a program
RESULT = re.compile(r'result +(?P<what>.*): (?P<value>\S+); bar: (?P<bar>.*); (?P<end>reached|NOT reached)')
BASELINE = re.compile(r'baseline +(?P<what>.*): (?P<value>\S+)')


def row(output, program):
    lines = output.splitlines()
    number, name = lines[0].split('. ', 1)
    task = lines[1].removeprefix('task').strip()
    baselines = [BASELINE.fullmatch(line) for line in lines if line.startswith('baseline ')]
    results = [RESULT.fullmatch(line) for line in lines if line.startswith('result ')]
    if not results or None in baselines + results or any(r['end'] != 'reached' for r in results):
        raise ValueError(f'{program}: its expected output has no results, or not all reach their bars')
    cells = [number, f'[{name}]({program})', task,
             '<br>'.join(f'{b["what"]}: {b["value"]}' for b in baselines) or 'none',
             '<br>'.join(f'{r["what"]}: {r["value"]}' for r in results),
             '<br>'.join(r['bar'] for r in results),
             f'[graph](graphs/{pathlib.Path(program).stem}.svg)']
    return '| ' + ' | '.join(cell.replace('|', '\\|') for cell in cells) + ' |\n'


def programs(folder):
    return sorted(folder.glob('[0-9][0-9]_*.cpp'))


def table(folder):
    rows = [row((folder / 'expected' / (program.stem + '.txt')).read_text(encoding='utf-8'), program.name)
            for program in programs(folder)]
    if not rows:
        raise ValueError('no program was found')
    return HEAD + ''.join(rows)


def problems_of(program):
    lines = len(program.read_text(encoding='utf-8').splitlines())
    if lines > LONGEST:
        yield f'{program.name} has {lines} lines, more than {LONGEST}'
    if not (program.parent / 'graphs' / (program.stem + '.svg')).is_file():
        yield f'{program.name} has no graph'


def main():
    folder = pathlib.Path(sys.argv[1])
    readme = folder / 'README.md'
    text = readme.read_text(encoding='utf-8')
    before, rest = text.split(BEGIN)
    written, after = rest.split(END)
    right = table(folder)
    if '--write' in sys.argv:
        readme.write_text(before + BEGIN + right + END + after, encoding='utf-8')
        return 0
    for line in difflib.unified_diff(written.splitlines(), right.splitlines(), 'README.md', 'expected/', lineterm=''):
        print(line)
    problems = [problem for program in programs(folder) for problem in problems_of(program)]
    for problem in problems:
        print(problem)
    return 1 if written != right or problems else 0


if __name__ == '__main__':
    sys.exit(main())
