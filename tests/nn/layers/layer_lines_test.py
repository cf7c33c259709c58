#!/usr/bin/env python3
"""How many lines of code a layer takes, and what layers do not speak of.

    layer_lines_test.py ROOT          prints a line for each layer and the medians; exit 1 above 12 in the .cpp, 25 with the header
    layer_lines_test.py --self-test   counts two layers of a known number of lines

A line of code is one that is neither blank nor a comment.  Of a layer count its class, the options it takes and its member
functions; what else a source file defines is shared out among the layers of the file, what layer_parts defines among all.
Above every formula stands the formula, so the source files have comments; a layer speaks of no dtype, no gradient and
no broadcasting.
"""
import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

MOST_IN_SOURCE, MOST_WITH_HEADER = 12, 25
SHARED = ("layer_parts", "weighted")
CLASS = re.compile(r"^class GRADUS_API (\w+) : public (?:Cloneable|Weighted)<\1> \{$")
STRUCT = re.compile(r"^struct (?:GRADUS_API )?(\w+) \{$")
MEMBER = re.compile(r"^(?:[\w:<>&*]+ )*(\w+)::~?(?:\w+|operator\(\))\(")
NOT_SPOKEN_OF = re.compile(r"\b(?:DType|dtype|float32|float64|broadcast\w*|backward|grad|requires_grad)\b")
NO_CODE = re.compile(r"^\s*(?:$|//|#include|#pragma once|namespace \w|\}  // namespace)")


class Lines(NamedTuple):
    source: float
    header: float


def code_lines(text: str) -> List[str]:
    return [line for line in text.split("\n") if not NO_CODE.match(line) and line != "namespace {"]


def blocks(text: str) -> List[List[str]]:
    """The definitions of a file: each begins at the margin and ends with the line at the margin that closes it."""
    found: List[List[str]] = []
    open_block = False
    for line in code_lines(text):
        if not open_block:
            found.append([])
        found[-1].append(line)
        closes = line.startswith(("}", "};")) or not line.startswith((" ", "}")) and line.endswith((";", "}"))
        open_block = not closes
    return found


def of_header(text: str) -> Dict[str, float]:
    """Of each layer its class, and its share of the options that it names with others."""
    structs: Dict[str, List[str]] = {}
    classes: Dict[str, List[str]] = {}
    for block in blocks(text):
        if match := CLASS.match(block[0]):
            classes[match.group(1)] = block
        elif match := STRUCT.match(block[0]):
            structs[match.group(1)] = block
    counted = {name: float(len(block)) for name, block in classes.items()}
    for struct, lines in structs.items():
        users = [name for name, block in classes.items() if re.search(rf"\b{struct}\b", "\n".join(block))]
        for name in users:
            counted[name] += len(lines) / len(users)
    return counted


def of_source(text: str, layers: List[str]) -> Tuple[Dict[str, int], int]:
    """Of each layer its member functions; and the lines of everything else."""
    own = {name: 0 for name in layers}
    rest = 0
    for block in blocks(text):
        match = next((m for m in map(MEMBER.match, block[:2]) if m), None)
        if match and match.group(1) in own:
            own[match.group(1)] += len(block)
        else:
            rest += len(block)
    return own, rest


def count(folder: Path) -> Dict[str, Lines]:
    counted: Dict[str, Lines] = {}
    shared = sum(len(code_lines(path.read_text(encoding="utf-8"))) for path in folder.iterdir() if path.stem in SHARED)
    for header in sorted(folder.glob("*.h")):
        if header.stem in SHARED:
            continue
        in_header = of_header(header.read_text(encoding="utf-8"))
        if not in_header:
            raise SystemExit(f"{header} declares no layer")
        own, rest = of_source(header.with_suffix(".cpp").read_text(encoding="utf-8"), list(in_header))
        for name, lines in in_header.items():
            counted[name] = Lines(own[name] + rest / len(in_header), lines)
    return {name: Lines(lines.source + shared / len(counted), lines.header) for name, lines in counted.items()}


def forbidden(folder: Path) -> List[str]:
    return [
        f"{path}:{number}: speaks of {match.group()}"
        for path in sorted(folder.iterdir())
        if path.suffix in (".h", ".cpp") and path.stem not in SHARED
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        if not line.lstrip().startswith("//") and (match := NOT_SPOKEN_OF.search(line))
    ]


def judge(folder: Path) -> int:
    counted = count(folder)
    print(f"{'layer':26} {'.cpp':>6} {'.h':>6} {'both':>6}")
    for name, lines in counted.items():
        print(f"{name:26} {lines.source:6.1f} {lines.header:6.1f} {lines.source + lines.header:6.1f}")
    source = statistics.median(lines.source for lines in counted.values())
    both = statistics.median(lines.source + lines.header for lines in counted.values())
    print(f"{'median of ' + str(len(counted)):26} {source:6.1f} {'':6} {both:6.1f}   (at most {MOST_IN_SOURCE} and {MOST_WITH_HEADER})")
    spoken = forbidden(folder)
    print("\n".join(spoken))
    return 1 if spoken or source > MOST_IN_SOURCE or both > MOST_WITH_HEADER else 0


def self_test() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "layer_parts.cpp").write_text("#include <x>\n\nnamespace a {\n// why\nint f() {\n  return 1;\n}\n}  // namespace a\n")
        (folder / "two.h").write_text(
            "#pragma once\nnamespace a {\nstruct AOptions {\n  int n = 1;\n};\n/// Says.\nclass GRADUS_API A : public Cloneable<A> {\n"
            " public:\n  explicit A(AOptions o);\n};\nclass GRADUS_API B : public Cloneable<B> {\n  // why\n  B();\n};\n}  // namespace a\n"
        )
        (folder / "two.cpp").write_text(
            "namespace a {\nnamespace {\nint g() { return 2; }\nint h(\n    int x) {\n  return x;\n}\n}  // namespace\n\n"
            "A::A(AOptions o)\n    : n(o.n) {\n  g();\n}\n\n// y = x\nTensor A::forward(const Tensor& x) { return x; }\n"
            "B::B() {}\n}  // namespace a\n"
        )
        expected = {"A": Lines(5 + 2.5 + 1.5, 4 + 3), "B": Lines(1 + 2.5 + 1.5, 3)}
        assert count(folder) == expected, count(folder)
        assert forbidden(folder) == []
        (folder / "two.cpp").write_text("// dtype\nB::B() { x.to(DType::float32); }\n")
        assert len(forbidden(folder)) == 1
    return 0


if __name__ == "__main__":
    sys.exit(self_test() if sys.argv[1:] == ["--self-test"] else judge(Path(sys.argv[1]) / "nn/layers"))
