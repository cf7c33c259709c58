#!/usr/bin/env python3
"""What README.md says of the programs beside it is true: lines_test.py FOLDER, or --self-test.

The tables name each program with its lines of code, without comments and blank lines; every program is named.
"""
import re
import sys
import tempfile
from pathlib import Path


def code_lines(path):
    """How many lines have code on them: what is a comment alone, a docstring too, is none."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        text = re.sub(r'"""(?s:.*?)"""', "", text)
        mark = "#"
    else:
        mark = "//"
    lines = [line.strip() for line in text.splitlines()]
    return sum(1 for line in lines if line and not line.startswith(mark))


def problems(folder):
    """What the tables of the README say that is not so."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    found = []
    named = set()
    # `name.cpp` (12), wherever it stands in a table.
    for name, lines in re.findall(r"`([\w/]+\.\w+)` \((\d+)\)", text):
        path = folder / name
        named.add(name)
        if not path.is_file():
            found.append(f"there is no {name}")
        elif code_lines(path) != int(lines):
            found.append(f"{name} has {code_lines(path)} lines, not {lines}")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".cpp", ".h") or path.suffix == ".py" and path.parent != folder:
            if name not in named:
                found.append(f"{name} is not named in README.md")
    return found


def self_test():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "five").mkdir()
        (folder / "a.cpp").write_text("// what it is\n#include <x>\n\nint main() {\n  // says\n  return 0;  // so\n}\n")
        (folder / "five/a.py").write_text('"""Says\n\nwhat."""\nimport x\n\n# then\nx.y()\n')
        readme = folder / "README.md"
        readme.write_text("| `a.cpp` (4) | `five/a.py` (2) |\n")
        assert problems(folder) == [], problems(folder)
        readme.write_text("| `a.cpp` (5) | `five/a.py` (3) |\n")
        assert len(problems(folder)) == 2
        readme.write_text("| `a.cpp` (4) | `b.cpp` (1) |\n")
        assert problems(folder) == ["there is no b.cpp", "five/a.py is not named in README.md"], problems(folder)


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    found = problems(Path(sys.argv[1]))
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
