#!/usr/bin/env python3
"""Every line that docs/coming_from.md gives for Gradus compiles: coming_from_test.py SOURCE_FOLDER COMPILER…

The last column of a table is ours; a cell that is code and nothing else is a line of a program.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PREAMBLE = """
#include <gradus/autograd.h>
#include <gradus/nn.h>
#include <memory>
using namespace gradus;
void lines() {
  Tensor x = variable(ones({4, 4})), y = ones({4, 4}), a = x, b = y, w = variable(ones({4, 4})), A = eye(4);
  const auto f = [](const Tensor& z) { return sum(z * z); };
  nn::Linear model(4, 4);
  const Indices labels({4}, {0, 1, 2, 3});
"""


def main():
    source, compiler = Path(sys.argv[1]), sys.argv[2:]
    text = (source / "docs/coming_from.md").read_text(encoding="utf-8")
    rows = [line.strip().strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    cells = [re.fullmatch(r"`([^`]+)`", row[-1].strip()) for row in rows]
    lines = [cell.group(1) for cell in cells if cell and "…" not in cell.group(1) and cell.group(1) != "Replay"]
    assert len(lines) >= 60, f"only {len(lines)} lines were found"
    program = PREAMBLE
    for line in lines:
        program += f"  {{ {line} }}\n" if line.endswith(";") else f"  static_cast<void>({line});\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lines.cpp"
        file.write_text(program + "}\n", encoding="utf-8")
        result = subprocess.run([*compiler, "-fsyntax-only", file], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
    print(f"{len(lines)} lines compile")


main()
