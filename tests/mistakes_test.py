#!/usr/bin/env python3
"""Typical mistakes are told in few lines, of which the first names what is wrong.

    mistakes_test.py SOURCE_FOLDER COMPILER…      (the compiler with the arguments it needs, each an argument)

The table is in tests/programs/README.md, a row for each: what was written, the lines that g++ prints, the first error.
Another compiler has other words: there the mistake has to be an error, in fewer than MOST lines.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

MOST = 60
PREAMBLE = """
#include <gradus/autograd.h>
#include <gradus/nn.h>
#include <string>
using namespace gradus;
"""
AROUND = "void f(Tensor x, Tensor y, Scalar s, double d, const Graph& graph) {{ {} static_cast<void>(x); }}\n"


def told(compiler, root, header, code):
    """Whether it compiles, how many lines are printed, the first error."""
    run = subprocess.run([*compiler, "-w", "-fno-diagnostics-color", "-I" + str(header.parent), "-include", header.name,
                          "-fsyntax-only", "-x", "c++", "-"],
                         input=AROUND.format(code), cwd=root, capture_output=True, text=True, check=False)
    errors = [line for line in run.stderr.splitlines() if "error: " in line]
    first = errors[0].split("error: ", 1)[1] if errors else ""
    first = re.sub(r"\bf\(gradus::Tensor,[^)]*\)::", "", re.sub("[‘’]", "'", first))  # where it stands here
    return run.returncode == 0, len(run.stderr.splitlines()), first


def rows(root):
    text = (root / "tests/programs/README.md").read_text(encoding="utf-8")
    part = text.split("## Mistakes", 1)[1].split("\n## ", 1)[0]
    cells = [line.strip().strip("|").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return [(row[0].strip().strip("`"), int(row[1]), row[2].strip().strip("`")) for row in cells]


def main():
    root, compiler = Path(sys.argv[1]).resolve(), sys.argv[2:]
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        header = Path(folder) / "gradus_preamble.h"
        header.write_text(PREAMBLE, encoding="utf-8")
        # Read once for all.
        subprocess.run([*compiler, "-w", "-x", "c++-header", header, "-o",
                        f"{header}.{'pch' if 'clang' in compiler[0] else 'gch'}"], cwd=root, check=True)
        works, lines, first = told(compiler, root, header, "y = x + 1.0;")
        assert works, first
        gcc = "Free Software Foundation" in subprocess.run([compiler[1] if compiler[0] == "ccache" else compiler[0],
                                                            "--version"], capture_output=True, text=True).stdout
        table = rows(root)
        assert len(table) >= 10, f"only {len(table)} mistakes were found"
        for code, most, message in table:
            works, lines, first = told(compiler, root, header, code)
            if works:
                failures.append(f"{code} compiles")
            elif lines > (most if gcc else MOST):
                failures.append(f"{code}: {lines} lines, not {most}")
            elif gcc and message not in first:
                failures.append(f"{code}: the first error is\n  {first}\nand not\n  {message}")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
