#!/usr/bin/env python3
"""Checks that every file includes only what lies on a lower floor of the house.

    check_floors.py ROOT          one line per offence, exit 1 when there is one
    check_floors.py --self-test   plants every kind of offence in a temporary tree and checks that it is found

Beside the floors: every header has #pragma once and no `using namespace`, every project include names a file,
and every file under autograd/ and nn/ has a floor in the table.
"""
import fnmatch
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Iterator, List, NamedTuple, Optional, Tuple

# One row for each folder, its floor beside it; a folder below has a row of its own.  The umbrella header is a file.
# Files on one floor may include each other only within their own folder.
FLOORS = {
    "autograd/base": 0,
    "autograd/math": 1,
    "autograd/array": 2,
    "autograd/tensor": 3,
    "autograd/tensor/ops": 4,
    "autograd/differentiate": 5,
    "autograd/scalar": 6,
    "autograd/replay": 6,
    "autograd/graph": 7,
    "autograd/draw": 8,
    "autograd/derive": 8,
    "autograd/derive/write": 9,
    "autograd/save": 8,
    "autograd": 10,  # the umbrella
    "nn": 11,
    "tools/gradus/language": 12,
    "tools/gradus/output": 12,
    "tools/gradus/functions": 13,
    "tools/gradus/page": 13,
    "tools/gradus/commands": 14,
    "tools/gradus": 15,
    "examples": 16,
}
EVERYTHING_BELOW = {"tests": 16}  # these folders may include each other

SCANNED = ("autograd", "nn", "tools", "examples", "tests")
HEADERS = {".h", ".hh", ".hpp", ".hxx"}
SOURCES = HEADERS | {".c", ".cc", ".cpp", ".cxx", ".inc", ".ipp"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<((?:autograd|nn|tools|tests|examples)/[^>\n]+)>)')
USING_NAMESPACE = re.compile(r"\busing\s+namespace\b")
PRAGMA_ONCE = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+once\b", re.MULTILINE)
NOT_CODE = re.compile(
    r'R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"'  # raw string
    r"|//[^\n]*|/\*.*?\*/"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])'",
    re.DOTALL,
)


class Offence(NamedTuple):
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Place(NamedTuple):
    floor: int
    folder: str


def place_of(path: str) -> Optional[Place]:
    folder = os.path.dirname(path)
    if folder in FLOORS:
        return Place(FLOORS[folder], folder)
    top = path.split("/")[0]
    return Place(EVERYTHING_BELOW[top], top) if top in EVERYTHING_BELOW else None


def climbs(source: Place, target: Place) -> bool:
    if target.floor != source.floor:
        return target.floor > source.floor
    return target.folder != source.folder


def code_of(text: str) -> str:
    """The text without comments and strings, line for line; the paths of #include lines stay."""

    def blank(match: "re.Match[str]") -> str:
        line_start = text.rfind("\n", 0, match.start()) + 1
        if re.fullmatch(r"[ \t]*#[ \t]*include[ \t]*", text[line_start : match.start()]):
            return match.group()
        return " " + "\n" * match.group().count("\n")

    return NOT_CODE.sub(blank, text)


def find_include(root: Path, includer: str, name: str) -> Optional[str]:
    """The project file an include names, relative to the root; headers made from NAME.in by the build count."""
    for base in (os.path.dirname(includer), ""):
        path = os.path.normpath(os.path.join(base, name)).replace(os.sep, "/")
        if (root / path).is_file() or (root / (path + ".in")).is_file():
            return path
    return None


def check_includes(root: Path, path: str, code: str) -> Iterator[Offence]:
    here = place_of(path)
    for number, line in enumerate(code.split("\n"), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        name = match.group(1) or match.group(2)
        target = find_include(root, path, name)
        if target is None:
            yield Offence(path, number, f"includes {name}, which names no file in the tree")
            continue
        there = place_of(target)
        if here and there is None:
            yield Offence(path, number, f"includes {target}, which has no floor")
        elif here and there and climbs(here, there):
            yield Offence(path, number, f"includes {target} (floor {here.floor} -> {there.floor})")


def check_header(path: str, code: str) -> Iterator[Offence]:
    if not PRAGMA_ONCE.search(code):
        yield Offence(path, 1, "header without #pragma once")
    if path.startswith("tests/"):
        return  # nobody else includes them
    for match in USING_NAMESPACE.finditer(code):
        yield Offence(path, code.count("\n", 0, match.start()) + 1, "using namespace in a header")


def check_file(root: Path, path: str) -> Iterator[Offence]:
    try:
        code = code_of((root / path).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        yield Offence(path, 1, "is not UTF-8")
        return
    if place_of(path) is None:
        yield Offence(path, 1, "has no floor in the table of tools/check_floors.py")
    yield from check_includes(root, path, code)
    if Path(path).suffix in HEADERS:
        yield from check_header(path, code)


def sources(root: Path) -> List[str]:
    found = []
    for top in SCANNED:
        for folder, _, names in os.walk(root / top):
            found += [Path(folder, name).relative_to(root).as_posix() for name in names if Path(name).suffix in SOURCES]
    return sorted(found)


def check(root: Path) -> Tuple[int, List[Offence]]:
    paths = sources(root)
    return len(paths), [offence for path in paths for offence in check_file(root, path)]


# ---- self-test -------------------------------------------------------------------------------------------------------

CLEAN = {
    "autograd/base/error.h": "#pragma once\n#include <string>\n// using namespace std;\n",
    "autograd/base/error.cpp": '#include "autograd/base/error.h"\nusing namespace gradus;\n',
    "autograd/math/number.h": '#pragma once\n#include "autograd/base/error.h"\n',
    "autograd/math/dual.h": '#pragma once\n#include <autograd/math/number.h>\n#include "reads.h"\n',
    "autograd/math/reads.h": '#pragma once\n/* #include "nn/linear.h"\nusing namespace std; */\n',
    "autograd/array/kernels/add.cpp": '#include "autograd/array/array.h"\nauto s = R"(\n#include "nn/nn.h"\n)";\n',
    "autograd/array/array.h": '#pragma once\n#include "autograd/array/config.h"\nconst char* s = "using namespace";\n',
    "autograd/array/config.h.in": "#pragma once\n",
    "autograd/tensor/tensor.h": '#pragma once\n#include "autograd/array/array.h"\n',
    "autograd/differentiate/gradient.cpp": '#include "autograd/tensor/tensor.h"\n',
    "autograd/graph/graph.h": '#pragma once\n#include "autograd/tensor/tensor.h"\n',
    "autograd/scalar/scalar.h": "#pragma once\n",
    "autograd/autograd.h": '#pragma once\n#include "autograd/graph/graph.h"\n#include "autograd/scalar/scalar.h"\n',
    "nn/linear.h": "#pragma once\n#include <autograd/autograd.h>\n",
    "tools/gradus/main.cpp": "#include <nn/linear.h>\n",
    "tests/helpers.h": "#pragma once\nnamespace test { using namespace gradus; }\n",
    "tests/nn/linear_test.cpp": '#include "tests/helpers.h"\n#include "nn/linear.h"\n',
}

OFFENDING = {
    "autograd/base/up.h": ('#pragma once\n#include "autograd/math/number.h"\n', 2, "(floor 0 -> 1)"),
    "autograd/math/arithmetic.h": ('#pragma once\n\n#include "dual.h"\n', 3, "(floor 2 -> 3)"),
    "autograd/array/up.cpp": ("#include <autograd/tensor/tensor.h>\n", 1, "(floor 4 -> 5)"),
    "autograd/tensor/rule.cpp": ('#include "autograd/differentiate/check.h"\n', 1, "names no file"),
    "autograd/tensor/record.cpp": ('#include "autograd/differentiate/transforms.h"\n', 1, "(floor 5 -> 6)"),
    "autograd/differentiate/transforms.h": ('#pragma once\n# include "autograd/graph/graph.h"\n', 2, "(floor 6 -> 7)"),
    "autograd/scalar/peer.h": ('#pragma once\n#include "autograd/tensor/tensor.h"\n', 2, "(floor 5 -> 5)"),
    "autograd/graph/umbrella.cpp": ("#include <autograd/autograd.h>\n", 1, "(floor 7 -> 7)"),
    "autograd/graph/far.cpp": ('auto s = "\\"";\n#include "../../nn/linear.h"  // why not\n', 2, "(floor 7 -> 8)"),
    "nn/up.cpp": ('#include "tools/gradus/main.cpp"\n', 1, "(floor 8 -> 9)"),
    "nn/once.h": ("// #pragma once\n", 1, "header without #pragma once"),
    "nn/using.h": ("#pragma once\n\nusing  namespace std;\n", 3, "using namespace in a header"),
    "nn/nothing.cpp": ("#include <nn/nothing.h>\n", 1, "names no file"),
    "autograd/odd/stray.h": ("#pragma once\n", 1, "has no floor"),
    "autograd/stray.cpp": ("int x;\n", 1, "has no floor"),
    "tools/loose.cpp": ('#include "vendor/x.h"\n', 1, "names no file"),
}


def plant(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def self_test() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        assert check(root) == (0, []), "an empty tree has no files"
        for path, text in CLEAN.items():
            plant(root, path, text)
        _, offences = check(root)
        assert not offences, f"offences in the clean tree: {[str(o) for o in offences]}"
        for path, (text, _, _) in OFFENDING.items():
            plant(root, path, text)
        _, offences = check(root)
        found = {(o.path, o.line): str(o) for o in offences}
        assert len(found) == len(offences) == len(OFFENDING), "\n".join(map(str, offences))
        for path, (_, line, message) in OFFENDING.items():
            assert message in found.get((path, line), ""), f"not found: {path}:{line}: {message}"
    print(f"self-test passed: {len(OFFENDING)} planted offences found, none in the clean tree")


def main(arguments: List[str]) -> int:
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: check_floors.py ROOT | --self-test", file=sys.stderr)
        return 2
    count, offences = check(Path(arguments[0]))
    for offence in offences:
        print(offence)
    if count == 0:
        print(f"no sources below {arguments[0]}", file=sys.stderr)
        return 1
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
