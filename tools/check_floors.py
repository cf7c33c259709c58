#!/usr/bin/env python3
"""Checks that every file needs only what lies on a lower floor of the house.

    check_floors.py ROOT          one line per offence, exit 1 when there is one
    check_floors.py ROOT BUILD    the same, and looks at the object files of a build: which symbols they need of whom
    check_floors.py --self-test   plants every kind of offence in a temporary tree and checks that it is found

A file may need another by including it, or by calling what it defines: an object file of a lower floor needs no symbol
that only higher floors define, except what the line `// Higher floors define: …` of tensor.h names.  That line is
complete and true: members of Tensor that a higher floor defines stand there, and nothing that no higher floor defines.

Beside the floors: every header has #pragma once and no `using namespace`, every project include names a file, every
file under autograd/ and nn/ has a floor in the table, no two files of the tree have the same name, a meson.build
names every test, and the files that autograd/README.md names are there.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

# One row for each folder, its floor beside it; a folder below has a row of its own.  An umbrella is a file.
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
    "autograd/minimize": 7,
    "autograd/draw": 8,
    "autograd/derive": 8,
    "autograd/derive/write": 9,
    "autograd/save": 8,
    "autograd/plot": 9,
    "autograd": 10,  # the umbrella
    "nn/data": 10,
    "nn/optimize": 10,
    "nn": 11,
    "nn/layers": 12,
    "nn/training": 12,
    "nn/nn.h": 13,  # the umbrella
    "tools/gradus/language": 14,
    "tools/gradus/output": 14,
    "tools/gradus/functions": 15,
    "tools/gradus/page": 15,
    "tools/gradus/commands": 16,
    "tools/gradus": 17,
    "examples": 18,
    "examples/lesson": 18,
    "examples/zoo": 18,
}
EVERYTHING_BELOW = {"tests": 18}  # these folders may include each other

SCANNED = ("autograd", "nn", "tools", "examples", "tests")
HEADERS = {".h", ".hh", ".hpp", ".hxx"}
SOURCES = HEADERS | {".c", ".cc", ".cpp", ".cxx", ".inc", ".ipp"}

SAME_NAME_ALLOWED = {"README.md", "meson.build", ".gitignore", "__init__.py"}
NOT_OURS = {".git", "build", "include", "node_modules", "__pycache__", "subprojects"}  # also build-anything, as .gitignore has it

GUIDE = "autograd/README.md"
FILE_IN_GUIDE = re.compile(r"`([\w./-]+\.(?:h|cpp|py|build))`")

HIGHER_FLOORS_DEFINE = re.compile(r"^// Higher floors define: (.*)$", re.MULTILINE)
TENSOR_H = "autograd/tensor/tensor.h"
MEMBER_OF_TENSOR = re.compile(r"^_ZN[KRO]*6gradus6Tensor\d")  # as the linker calls them

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<((?:autograd|nn|tools|tests|examples)/[^>\n]+)>)')
USING_NAMESPACE = re.compile(r"\busing\s+namespace\b(?!\s+by_name;)")  # autograd/math/number.h says why
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
    if path in FLOORS:
        return Place(FLOORS[path], path)
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


def tracked_files(root: Path) -> List[str]:
    """Every file of the tree but what builds and packages put there."""
    found = []
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if name not in NOT_OURS and not name.startswith("build-")]
        found += [Path(folder, name).relative_to(root).as_posix() for name in names]
    return sorted(found)


def check_names(root: Path) -> Iterator[Offence]:
    holders: Dict[str, List[str]] = defaultdict(list)
    for path in tracked_files(root):
        name = os.path.basename(path)
        if name not in SAME_NAME_ALLOWED and not name.endswith((".pyc", "~", ".swp")):
            holders[name].append(path)
    for paths in holders.values():
        for path in paths[1:]:
            yield Offence(path, 1, f"has the name of {paths[0]}")


def check_tests_are_built(root: Path) -> Iterator[Offence]:
    for path in sources(root):
        if not path.endswith("_test.cpp"):
            continue
        lists = [folder / "meson.build" for folder in Path(path).parents]
        if not any((root / one).is_file() and os.path.basename(path) in (root / one).read_text() for one in lists):
            yield Offence(path, 1, "is a test that no meson.build of its folder names")


def check_guide(root: Path) -> Iterator[Offence]:
    """A file may be named from the guide's folder or from the root; a name without a folder may be anybody's."""
    if not (root / GUIDE).is_file():
        return
    names = {os.path.basename(path) for path in tracked_files(root)}
    for number, line in enumerate((root / GUIDE).read_text(encoding="utf-8").split("\n"), 1):
        for name in FILE_IN_GUIDE.findall(line):
            here = any((base / name).is_file() for base in (root, (root / GUIDE).parent))
            if not here and ("/" in name or name not in names):
                yield Offence(GUIDE, number, f"names {name}, which is no file of the tree")


# ---- symbols ---------------------------------------------------------------------------------------------------------


class Symbols(NamedTuple):
    """Which sources define a symbol, and which need it from elsewhere.  One source may be compiled several times."""

    defined: Dict[str, Set[str]]
    needed: Dict[str, Set[str]]
    functions: Set[str]  # those that stand in a source file; inline ones and templates come up anywhere


def compiled_together(unit: Path) -> Path:
    """What a unit is of that the build made of several files: their folder, the first one where there are more."""
    files = re.findall(r'^#include ?["<](.*)[">]', unit.read_text(encoding="utf-8"), re.M)
    return Path(files[0]).parent / "*.cpp"


def objects_of(root: Path, build: Path) -> Dict[str, str]:
    """The object files of a build that exist and have a floor, each with its source."""
    database = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    found = {}
    for entry in database:
        file = Path(entry["directory"], entry["file"])
        output = os.path.join(entry["directory"], entry["output"])
        if not os.path.isfile(output):
            continue
        if re.search(r"-unity\d+\.cpp$", file.name):
            file = compiled_together(file)
        source = os.path.relpath(file, root).replace(os.sep, "/")
        if os.path.dirname(source) in FLOORS:
            found[output] = source
    return found


def read_symbols(objects: Dict[str, str]) -> Symbols:
    """Of `nm -A -P`, whose lines are "FILE: NAME TYPE …"."""
    symbols = Symbols(defaultdict(set), defaultdict(set), set())
    listing = subprocess.run(["nm", "-A", "-P", *objects], check=True, text=True, stdout=subprocess.PIPE).stdout
    for line in listing.splitlines():
        output, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        if kind == "U":
            symbols.needed[name].add(objects[output])
        elif kind.isupper() or kind == "u":
            symbols.defined[name].add(objects[output])
        if kind == "T":
            symbols.functions.add(name)
    return symbols


def readable(names: Iterable[str]) -> Dict[str, str]:
    ordered = sorted(names)
    text = subprocess.run(["c++filt"], check=True, text=True, input="\n".join(ordered), stdout=subprocess.PIPE).stdout
    return dict(zip(ordered, text.splitlines()))


def function_of(readable_name: str) -> str:
    """gradus::f[abi:cxx11](int) is called f."""
    return re.sub(r"\(.*", "", readable_name.replace("[abi:cxx11]", "")).removeprefix("gradus::")


def told_in_tensor_h(root: Path) -> List[str]:
    path = root / TENSOR_H
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [name.strip(" .") for match in HIGHER_FLOORS_DEFINE.finditer(text) for name in match.group(1).split(",")]


def check_symbols(root: Path, symbols: Symbols) -> Iterator[Offence]:
    climbing: Dict[str, List[Tuple[str, str]]] = {}
    for name, users in symbols.needed.items():
        homes = sorted(symbols.defined.get(name, ()))
        for user in sorted(users):
            if homes and all(climbs(place_of(user), place_of(home)) for home in homes):
                climbing.setdefault(name, []).append((user, homes[0]))
    told = told_in_tensor_h(root)
    for name, text in readable(climbing).items():
        for user, home in climbing[name] if function_of(text) not in told else ():
            floors = f"floor {place_of(user).floor} -> {place_of(home).floor}"
            yield Offence(user, 1, f"needs {text}, which {home} defines ({floors})")
    yield from check_tensor_h(told, symbols)


def check_tensor_h(told: List[str], symbols: Symbols) -> Iterator[Offence]:
    here = place_of(TENSOR_H)
    higher = {name for name, homes in symbols.defined.items() if all(climbs(here, place_of(home)) for home in homes)}
    functions = {name: function_of(text) for name, text in readable(higher).items()}
    for function in sorted(set(told) - set(functions.values())):
        yield Offence(TENSOR_H, 1, f"says that a higher floor defines {function}, which none does")
    members = {functions[name] for name in higher & symbols.functions if MEMBER_OF_TENSOR.match(name)}
    for function in sorted(members - set(told)):
        yield Offence(TENSOR_H, 1, f"does not say that a higher floor defines {function}")


def check(root: Path, build: Optional[Path] = None) -> Tuple[int, List[Offence]]:
    paths = sources(root)
    offences = [offence for path in paths for offence in check_file(root, path)]
    offences += [*check_names(root), *check_tests_are_built(root), *check_guide(root)]
    if build is not None:
        objects = objects_of(root, build)
        if not objects:
            raise SystemExit(f"{build} holds no object files")
        offences += check_symbols(root, read_symbols(objects))
    return len(paths), offences


# ---- self-test -------------------------------------------------------------------------------------------------------

CLEAN = {
    "README.md": "",
    "autograd/README.md": "`base/error.h`, `nn/linear.h`, `error.cpp`",
    "autograd/base/error.h": "#pragma once\n#include <string>\n// using namespace std;\n",
    "autograd/base/error.cpp": '#include "autograd/base/error.h"\nusing namespace gradus;\n',
    "autograd/math/number.h": '#pragma once\n#include "autograd/base/error.h"\n',
    "autograd/math/dual.h": '#pragma once\n#include <autograd/math/number.h>\n#include "reads.h"\n',
    "autograd/math/reads.h": '#pragma once\n/* #include "nn/linear.h"\nusing namespace std; */\n',
    "autograd/array/add.cpp": '#include "autograd/array/array.h"\nauto s = R"(\n#include "nn/nn.h"\n)";\n',
    "autograd/array/array.h": '#pragma once\n#include "autograd/array/config.h"\nconst char* s = "using namespace";\n',
    "autograd/array/config.h.in": "#pragma once\n",
    "autograd/tensor/tensor.h": '#pragma once\n#include "autograd/array/array.h"\n// Higher floors define: walk.\n',
    "autograd/tensor/ops/reshape.cpp": '#include "autograd/tensor/tensor.h"\n',
    "autograd/differentiate/gradient.cpp": '#include "autograd/tensor/tensor.h"\n',
    "autograd/graph/graph.h": '#pragma once\n#include "autograd/tensor/tensor.h"\n',
    "autograd/derive/write/latex.cpp": '#include "autograd/graph/graph.h"\n',
    "autograd/scalar/scalar.h": "#pragma once\n",
    "autograd/autograd.h": '#pragma once\n#include "autograd/graph/graph.h"\n#include "autograd/scalar/scalar.h"\n',
    "nn/linear.h": "#pragma once\n#include <autograd/autograd.h>\n",
    "tools/gradus/main.cpp": "#include <nn/linear.h>\n",
    "tests/helpers.h": "#pragma once\nnamespace test { using namespace gradus; }\n",
    "tests/nn/meson.build": "test_sources += {'nn': files('linear_test.cpp')}",
    "tests/nn/linear_test.cpp": '#include "tests/helpers.h"\n#include "nn/linear.h"\n',
    "build/main.cpp": "",  # no file of the tree
}


def climb(low: str, high: str) -> str:
    return f"(floor {FLOORS[low]} -> {FLOORS[high]})"


OFFENDING = {
    "autograd/base/up.h": ('#pragma once\n#include "autograd/math/number.h"\n', 2, climb("autograd/base", "autograd/math")),
    "autograd/array/up.cpp": ("#include <autograd/tensor/tensor.h>\n", 1, climb("autograd/array", "autograd/tensor")),
    "autograd/tensor/rule.cpp": ('#include "autograd/differentiate/check.h"\n', 1, "names no file"),
    "autograd/tensor/record.cpp": (
        '\n#include "autograd/tensor/ops/sum.h"\n', 2, climb("autograd/tensor", "autograd/tensor/ops")
    ),
    "autograd/tensor/ops/sum.h": (
        '#pragma once\n# include "autograd/graph/graph.h"\n', 2, climb("autograd/tensor/ops", "autograd/graph")
    ),
    "autograd/replay/peer.cpp": (
        '#include "autograd/scalar/scalar.h"\n', 1, climb("autograd/replay", "autograd/scalar")
    ),
    "autograd/draw/look.h": ("// #pragma once\n", 1, "header without #pragma once"),
    "autograd/save/onnx.cpp": ('#include "autograd/draw/look.h"\n', 1, climb("autograd/save", "autograd/draw")),
    "autograd/graph/umbrella.cpp": ("#include <autograd/autograd.h>\n", 1, climb("autograd/graph", "autograd")),
    "autograd/graph/far.cpp": (
        'auto s = "\\"";\n#include "../../nn/linear.h"  // why not\n', 2, climb("autograd/graph", "nn")
    ),
    "nn/far_up.cpp": ('#include "tools/gradus/main.cpp"\n', 1, climb("nn", "tools/gradus")),
    "nn/using.h": ("#pragma once\n\nusing  namespace std;\n", 3, "using namespace in a header"),
    "nn/nothing.cpp": ("#include <nn/nothing.h>\n", 1, "names no file"),
    "autograd/README.md": ("\n`base/error.h`, `error.h`, `array/error.h`", 2, "names array/error.h"),
    "tests/nn/forgotten_test.cpp": ("", 1, "is a test that no meson.build"),
    "nn/reshape.cpp": ("", 1, "has the name of autograd/tensor/ops/reshape.cpp"),
    "tests/data/error.h": ("#pragma once\n", 1, "has the name of autograd/base/error.h"),
    "autograd/odd/stray.h": ("#pragma once\n", 1, "has no floor"),
    "tools/stray.cpp": ("int x;\n", 1, "has no floor"),
    "tools/gradus/loose.cpp": ('#include "vendor/x.h"\n', 1, "names no file"),
}

# Sources that are compiled for the test of symbols; the text says what is wrong with each, or nothing.
COMPILED = {
    "autograd/array/high.cpp": ("void graph_of(); void into_graph() { graph_of(); }", "needs graph_of(), which"),
    "autograd/tensor/told.cpp": ("void walk(); void backward() { walk(); }", ""),
    "autograd/graph/graph.cpp": ("void into_graph(); void graph_of() { into_graph(); } void walk() {}", ""),
    "autograd/graph/member.cpp": ("namespace gradus { struct Tensor { void f() const&; }; void Tensor::f() const& {} }", ""),
    "autograd/draw/dot.cpp": ("void written(); void draw() { written(); }", "needs written(), which"),
    "autograd/save/write.cpp": ("void written() {}", ""),
    "autograd/base/both.h": ("", ""),
    "autograd/base/own.cpp": ("template <class T> void twice() {} void base() { twice<int>(); }", ""),
    "nn/own_too.cpp": ("template <class T> void twice() {} void top() { twice<int>(); }", ""),
    "autograd/base/outside.cpp": ('extern "C" void abort(); void stop() { abort(); }', ""),
}


def plant(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def tell(offences: Iterable[Offence]) -> str:
    return "\n".join(map(str, offences))


def self_test_of_files(root: Path) -> int:
    assert check(root) == (0, []), "an empty tree has no files"
    for path, text in CLEAN.items():
        plant(root, path, text)
    _, offences = check(root)
    assert not offences, f"offences in the clean tree: {tell(offences)}"
    for path, (text, _, _) in OFFENDING.items():
        plant(root, path, text)
    _, offences = check(root)
    found = {(o.path, o.line): str(o) for o in offences}
    assert len(found) == len(offences) == len(OFFENDING), tell(offences)
    for path, (_, line, message) in OFFENDING.items():
        assert message in found.get((path, line), ""), f"not found: {path}:{line}: {message}"
    return len(OFFENDING)


def self_test_of_symbols(root: Path, together: bool) -> int:
    """Each file compiled alone, or those of a folder as one piece, which messages then call by the folder."""
    build = root / "build"
    (build / "objects").mkdir(parents=True)
    database = []
    compiled = {}  # what an offence names, for each source
    units: Dict[str, List[str]] = defaultdict(list)
    for path, (text, _) in COMPILED.items():
        plant(root, path, text)
        folder = os.path.dirname(path)
        compiled[path] = f"{folder}/*.cpp" if together else path
        if path.endswith(".cpp"):
            units[compiled[path]].append(path)
    for number, (name, sources) in enumerate(units.items()):
        file = f"objects/{number}-unity0.cpp" if together else f"../{name}"
        if together:
            plant(build, file, "".join(f"#include<{root / source}>\n" for source in sources))
        compiler = os.environ.get("CXX", "c++").split()
        subprocess.run([*compiler, "-c", str(build / file), "-o", str(build / f"objects/{number}.o")], check=True)
        database.append({"directory": str(build), "file": file, "output": f"objects/{number}.o"})
    database.append({"directory": str(build), "file": "../nn/not_built.cpp", "output": "objects/none.o"})
    plant(build, "compile_commands.json", json.dumps(database))
    plant(root, TENSOR_H, "#pragma once\n// Higher floors define: walk, stale.\n")
    offences = list(check_symbols(root, read_symbols(objects_of(root, build))))
    expected = [(compiled[path], message) for path, (_, message) in COMPILED.items() if message]
    expected += [(TENSOR_H, "defines stale, which none does"), (TENSOR_H, "not say that a higher floor defines Tensor::f")]
    assert len(offences) == len(expected), tell(offences)
    for path, message in expected:
        assert any(o.path == path and message in o.message for o in offences), f"not found: {path}: {message}"
    return len(expected)


def self_test() -> None:
    with tempfile.TemporaryDirectory() as files, tempfile.TemporaryDirectory() as alone, tempfile.TemporaryDirectory() as units:
        found = self_test_of_files(Path(files)) + self_test_of_symbols(Path(alone), together=False)
        found += self_test_of_symbols(Path(units), together=True)
    print(f"self-test passed: {found} planted offences found, none in the clean tree")


def main(arguments: List[str]) -> int:
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) not in (1, 2) or any(a.startswith("-") for a in arguments):
        print("usage: check_floors.py ROOT [BUILD] | --self-test", file=sys.stderr)
        return 2
    count, offences = check(Path(arguments[0]).resolve(), Path(arguments[1]).resolve() if arguments[1:] else None)
    for offence in offences:
        print(offence)
    if count == 0:
        print(f"no sources below {arguments[0]}", file=sys.stderr)
        return 1
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
