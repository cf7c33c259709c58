#!/usr/bin/env python3
"""Runs every command of the lesson and compares what it prints with what the lesson says.

    lesson_readme_test.py README ROOT FOLDER... [--write]

Every line of a block marked as sh is a command; a block marked as text right behind it is what its commands print.  They run
in an empty folder in which tests/ is that of the project, with the programs of the FOLDERs at hand.  What they write must be
there in the end, and every picture that the lesson shows must stand beside it and have the same texts, with the same numbers,
as the one that was written.  --write puts the real outputs and pictures into the lesson instead.
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from run_example import compare_text, texts_of  # noqa: E402

BLOCK = re.compile(r'```sh\n(?P<commands>.*?)```\n(?:\n```text\n(?P<output>.*?)```\n)?', re.S)
WRITTEN = re.compile(r'(?:-o|--plot|--draw) (\S+\.svg)')
SHOWN = re.compile(r'\]\((pictures/\S+?)\)')


def run(command, folder, path):
    done = subprocess.run(['sh', '-c', command], cwd=folder, capture_output=True, encoding='utf-8', check=False,
                          env={**os.environ, 'PATH': path, 'NO_COLOR': '1'})
    problems = [f'{command}\n  ended with {done.returncode}: {done.stderr.strip()}'] if done.returncode else []
    for name in WRITTEN.findall(command):
        file = pathlib.Path(folder, name)
        if not file.is_file() or file.stat().st_size == 0:
            problems.append(f'{command}\n  did not write {name}')
    return done.stdout, problems


def main():
    write = '--write' in sys.argv
    readme, root, *folders = [pathlib.Path(word).resolve() for word in sys.argv[1:] if word != '--write']
    path = os.pathsep.join([str(folder) for folder in folders] + [os.environ['PATH']])
    text = readme.read_text(encoding='utf-8')
    problems, commands = [], 0
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, 'tests').symlink_to(root / 'tests')
        pathlib.Path(folder, 'pictures').mkdir()
        pieces, end = [], 0
        for block in BLOCK.finditer(text):
            printed = ''
            for command in block['commands'].splitlines():
                output, wrong = run(command, folder, path)
                printed += output
                problems += wrong
                commands += 1
            pieces.append(text[end:block.start()] + f'```sh\n{block["commands"]}```\n')
            if block['output'] is not None:
                pieces.append(f'\n```text\n{printed}```\n')
                if not write and printed != block['output']:
                    problems.append('\n'.join(difflib.unified_diff(block['output'].splitlines(), printed.splitlines(),
                                                                   'the lesson', block['commands'].strip(), lineterm='')))
            end = block.end()
        written = {picture.name: texts_of(picture) for picture in pathlib.Path(folder, 'pictures').iterdir()}
        if write:
            readme.write_text(''.join(pieces) + text[end:], encoding='utf-8')
            for picture in pathlib.Path(folder, 'pictures').iterdir():
                shutil.copy(picture, readme.parent / 'pictures' / picture.name)
    for picture in SHOWN.findall(text):
        if not (readme.parent / picture).is_file():
            problems.append(f'{picture} is not there')
            continue
        differ = compare_text(written.get(pathlib.Path(picture).name, ''), texts_of(readme.parent / picture))
        problems += [f'{picture} is not what is drawn', *differ] if differ else []
    if commands == 0:
        problems.append('no command was found')
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
