#!/usr/bin/env python3
"""Checks that no source file of the library or the command recognises an op by a name in quotes.

    check_op_names.py ROOT          one line per offence, exit 1 when there is one
    check_op_names.py --self-test   plants every kind of offence in a temporary tree and checks that it is found

A user may define an op of any name, and one of ours may get another: an op is known by its type (op_of<Op>), and what is to
be known of it is asked of it.  The names are read from the structs of the ops.  What is looked for: a name compared, found,
or listed in braces as in a table.  Names that are only written, in the calls and texts that people read, are no offence.
"""
import re
import sys
import tempfile
from pathlib import Path
from typing import Iterator, List, NamedTuple, Set, Tuple

SCANNED = ("autograd", "nn", "tools/gradus")
STRUCTS = ("autograd/math", "autograd/tensor")  # where the ops are defined
SUFFIXES = {".h", ".cpp"}

# Other vocabularies, which have words in common with the names of ops.
EXEMPT = {
    "autograd/math/leaf_code.h": "arithmetic and the functions of <cmath>",
    "autograd/math/formula_latex.cpp": "the functions that LaTeX has commands for",
    "autograd/math/formula_mathml.cpp": "the functions that have a sign of their own",
    "autograd/save/onnx_nodes.cpp": "the vocabulary of ONNX",
    "autograd/save/onnx.cpp": "the vocabulary of ONNX",
}
EXEMPT_FOLDERS = {"tools/gradus/language": "the names that the parser reads"}
# A word of a file that is no op's name there.
OTHER_WORDS = {
    ("autograd/derive/derivation_quiz.h", "step"): "a level of quizzes",
    ("nn/data/encoding.cpp", "mean"): "a rule for what is missing",
    ("nn/data/number_text.cpp", "min"): "a unit",
    ("tools/gradus/commands/learning.cpp", "step"): "a schedule",
    ("tools/gradus/commands/trained_model.cpp", "bce"): "a value of the option --loss",
    ("tools/gradus/commands/trained_model.cpp", "huber"): "a value of the option --loss",
    ("tools/gradus/commands/training_task.cpp", "mean"): "a rule for what is missing",
    ("tools/gradus/commands/training_task.cpp", "step"): "a schedule",
    ("tools/gradus/functions/loss_functions.cpp", "sum"): "a value of the option reduction",
    ("tools/gradus/functions/loss_functions.cpp", "mean"): "a value of the option reduction",
}

DECLARATION = re.compile(r"static\s+constexpr\s+std::string_view\s+([^;]*);")
DECLARATOR = re.compile(r"(\w+)\s*=\s*(.*)", re.DOTALL)
NAMING = {"name", "key", "called"}
QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'')
LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"')
COMMENT_OR_TEXT = re.compile(
    r'R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''
    r"|//[^\n]*|/\*.*?\*/",
    re.DOTALL,
)
WRAPPED = r'(?:std::string(?:_view)?\s*[({]\s*)?'
BEFORE = (
    (re.compile(r"[=!]=\s*" + WRAPPED + r"$"), "compares a name with '{}'"),
    (re.compile(r"(?:\.|::)(?:find|contains|count|at|compare|find_if)\s*\(\s*(?:[\w.]+\s*,\s*)?" + WRAPPED + r"$"),
     "looks for '{}'"),
    (re.compile(r"\w\s*\[\s*" + WRAPPED + r"$"), "looks for '{}'"),
)
AFTER = re.compile(r"^(?:s|sv)?\s*[)}]?\s*[=!]=")
BEGINNING = re.compile(r"\b(starts|ends)_with\s*\(\s*$")


class Offence(NamedTuple):
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def without_comments(text: str) -> str:
    """The code, line for line; strings stay, comments and raw strings go."""

    def blank(match: "re.Match[str]") -> str:
        whole = match.group()
        return whole if whole[0] in "\"'" else " " + "\n" * whole.count("\n")

    return COMMENT_OR_TEXT.sub(blank, text)


def declarators(declaration: str) -> Iterator[Tuple[str, str]]:
    """The parts of `name = "max", key = all ? "a" : "b"`: a comma in quotes does not part them."""
    text = LITERAL.sub(lambda m: m.group().replace(",", "\0"), declaration)
    for part in text.split(","):
        match = DECLARATOR.search(part)
        if match:
            yield match.group(1), match.group(2).replace("\0", ",")


def names_of_ops(root: Path) -> Set[str]:
    names: Set[str] = set()
    for folder in STRUCTS:
        for path in sorted((root / folder).rglob("*.h")):
            code = without_comments(path.read_text(encoding="utf-8"))
            for declaration in DECLARATION.finditer(code):
                for what, value in declarators(declaration.group(1)):
                    if what in NAMING:
                        names |= set(LITERAL.findall(value))
    return names


def table_entries(code: str) -> Set[int]:
    """The places of the quotes that stand directly in braces which begin with one: {"relu", 1}, {"relu", "tanh"}."""
    found: Set[int] = set()
    open_brackets: List[bool] = []
    at = 0
    while at < len(code):
        c = code[at]
        if c in "\"'":
            match = QUOTED.match(code, at)
            if match:
                if open_brackets and open_brackets[-1]:
                    found.add(at)
                at = match.end()
                continue
        elif c in "({[":
            # What an op says of itself in its `words` is no table.
            table = c == "{" and not re.search(r"\bwords\s*$", code[max(0, at - 40) : at])
            open_brackets.append(table and code[at + 1 : at + 200].lstrip().startswith('"'))
        elif c in ")}]" and open_brackets:
            open_brackets.pop()
        at += 1
    return found


def offence_of(before: str, after: str, in_table: bool, word: str, names: Set[str]) -> str:
    """What is done with a literal that stands between these parts of the code; nothing when that is allowed."""
    beginning = BEGINNING.search(before)
    if beginning and len(word) > 2:
        starts = beginning.group(1) == "starts"
        if any(name.startswith(word) if starts else name.endswith(word) for name in names):
            return f"compares the {'beginning' if starts else 'end'} of a name with '{word}'"
    if word not in names:
        return ""
    for pattern, message in BEFORE:
        if pattern.search(before):
            return message.format(word)
    if AFTER.search(after):
        return f"compares a name with '{word}'"
    if in_table and re.search(r"[{,]\s*$", before):
        return f"lists '{word}'"
    return ""


def check_file(path: str, text: str, names: Set[str]) -> Iterator[Offence]:
    code = without_comments(text)
    entries = table_entries(code)
    for literal in LITERAL.finditer(code):
        if (path, literal.group(1)) in OTHER_WORDS:
            continue
        line_start = max(0, literal.start() - 120)
        message = offence_of(code[line_start:literal.start()], code[literal.end():literal.end() + 40],
                             literal.start() in entries, literal.group(1), names)
        if message:
            yield Offence(path, code.count("\n", 0, literal.start()) + 1, message)


def sources(root: Path) -> List[str]:
    found = [p.relative_to(root).as_posix() for top in SCANNED for p in (root / top).rglob("*") if p.suffix in SUFFIXES]
    return sorted(p for p in found if p not in EXEMPT and p.rpartition("/")[0] not in EXEMPT_FOLDERS)


def check(root: Path) -> Tuple[int, List[Offence]]:
    names = names_of_ops(root)
    paths = sources(root)
    return len(names), [o for path in paths for o in check_file(path, (root / path).read_text(encoding="utf-8"), names)]


# ---- self-test -------------------------------------------------------------------------------------------------------

OPS = {
    "autograd/math/ops.h": 'struct Maximum { static constexpr std::string_view name = "max", key = "maximum"; };\n'
                           'struct Relu {\n  static constexpr std::string_view name = "relu", symbol = ",";\n'
                           '  static constexpr OpWords words{"Apply relu to {0}", "relu", ""};\n};\n',
    "autograd/tensor/ops/pooling.h": 'struct Gather {\n  static constexpr std::string_view name = all ? "gather" : "take";\n};\n'
                                     'struct MaxPool {\n  static constexpr std::string_view name = "max_pool",\n'
                                     '                                    called = "pool";\n};\n',
}
CLEAN = {
    "autograd/derive/words.cpp": 'auto f = call("max", x);  // name == "max"\nauto s = fmt::format("{} relu", x);\n'
                                 "const char* t = R\"(name == \"relu\")\";\n",
    "autograd/derive/table.cpp": 'Words table[] = {\n    {is_op<Relu>, "Apply relu to {0}", "relu"},\n};\n',
    "autograd/save/onnx_nodes.cpp": 'if (op == "relu") return;\n',
    "tools/gradus/language/lexer.cpp": 'const Names names{"max", "relu"};\n',
    "tools/gradus/functions/loss_functions.cpp": 'if (name == "sum") return 1;\n',
    "tools/gradus/functions/shapes.cpp": 'list.push_back(Definition(Theme::shapes, "take", "x"));\nif (mode == "edge") {}\n',
}
OFFENDING = {
    "autograd/graph/a.cpp": ('if (rule.name() == "max") {}\n', 1, "compares a name with 'max'"),
    "autograd/graph/b.cpp": ('\nreturn "relu" != name;\n', 2, "compares a name with 'relu'"),
    "autograd/graph/c.cpp": ('if (key == std::string_view("maximum")) {}\n', 1, "compares a name with 'maximum'"),
    "autograd/graph/d.cpp": ('if (key.ends_with("pool")) {}\n', 1, "compares the end of a name with 'pool'"),
    "autograd/graph/e.cpp": ('if (key.starts_with("max_")) {}\n', 1, "compares the beginning of a name with 'max_'"),
    "autograd/derive/f.cpp": ('constexpr Words table[] = {\n    {"relu", "Apply {0}"},\n};\n', 2, "lists 'relu'"),
    "autograd/derive/g.cpp": ('is_one_of(key, {"argmax", "take"});\n', 1, "lists 'take'"),
    "nn/h.cpp": ('const auto found = table.find("gather");\n', 1, "looks for 'gather'"),
    "nn/i.cpp": ('return makers["relu"];\n', 1, "looks for 'relu'"),
    "nn/j.h": ('return std::ranges::find(names, "relu");\n', 1, "looks for 'relu'"),
    "tools/gradus/k.cpp": ('return name == "max_pool" ? 1 : 2;\n', 1, "compares a name with 'max_pool'"),
}


def plant(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def self_test() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in {**OPS, **CLEAN}.items():
            plant(root, path, text)
        names = names_of_ops(root)
        assert names == {"max", "maximum", "relu", "gather", "take", "max_pool", "pool"}, names
        _, offences = check(root)
        assert not offences, f"offences in the clean tree: {[str(o) for o in offences]}"
        for path, (text, _, _) in OFFENDING.items():
            plant(root, path, text)
        _, offences = check(root)
        assert len(offences) == len(OFFENDING), "\n".join(map(str, offences))
        found = {(o.path, o.line): o.message for o in offences}
        for path, (_, line, message) in OFFENDING.items():
            assert found.get((path, line)) == message, f"not found: {path}:{line}: {message}"
    print(f"self-test passed: {len(OFFENDING)} planted offences found, none in the clean tree")


def main(arguments: List[str]) -> int:
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: check_op_names.py ROOT | --self-test", file=sys.stderr)
        return 2
    count, offences = check(Path(arguments[0]))
    for offence in offences:
        print(offence)
    if count < 100:
        print(f"only {count} names of ops found below {arguments[0]}", file=sys.stderr)
        return 1
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
