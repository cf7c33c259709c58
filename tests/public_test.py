#!/usr/bin/env python3
"""Every public function is called by a test that includes the umbrella headers: public_test.py SOURCE_FOLDER, or --self-test.

Public are the functions of namespace gradus and of those in it, but not of `detail`, and the public members of their classes,
in the installed headers that an umbrella names, or that the list of ops does.  A test calls what it writes down.  Operators,
constructors and what an op's struct states for the engine are left out, and headers that others need and users do not.
"""
import re
import sys
import tempfile
from pathlib import Path

UMBRELLAS = ("autograd/autograd.h", "nn/nn.h")
OPS = "autograd/math/ops.h"
FOR_OTHERS = ()
INCLUDE = re.compile(r'^\s*#include\s+[<"]([^>"]+)[>"]', re.M)
# Words before a parenthesis that call nothing.
NO_FUNCTION = set("""if for while switch return sizeof decltype requires noexcept explicit alignas static_assert defined
                     catch operator throw void bool int double float auto assert""".split())
# What an op's struct, a rule or an iterator states, by which the engine knows it.
FOR_THE_ENGINE = set("""value d vjp jvp reads result_shape shown composed taught convention second_convention squared interpret
                        evaluate pullback fields attributes batched aligned spelled parts words begin end plain_vjp reason ranks_of grown adjoint
                        less_scores_of_labels below_one_more for_each_op_of_part sum_down""".split())


def bare(text):
    """Without comments, strings, preprocessor lines and attributes."""
    text = re.sub(r'R"\((?s:.*?)\)"', '""', text)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*(?s:.*?)\*/', lambda m: '""' if m[0][0] == '"' else " ", text)
    text = re.sub(r"'(?:\\.|[^'\\\n])'", "' '", text)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M)
    return re.sub(r"\[\[(?s:.*?)\]\]|\bGRADUS_API\b", " ", text)


def closed(text, at, opening, closing):
    """Behind what an opening bracket at `at` closes with."""
    depth = 0
    for k in range(at, len(text)):
        depth += (text[k] == opening) - (text[k] == closing)
        if depth == 0:
            return k + 1
    return len(text)


def declared(text, inside_class=None, public=True):
    """(class or "", name) of each function that a text at namespace or class level declares."""
    found, at, start = [], 0, 0
    while at < len(text):
        c = text[at]
        if c == "(":
            name = re.search(r"(~?\b\w+)\s*$", text[start:at])
            head = text[start:at]
            if (name and public and "=" not in head and name[1] not in NO_FUNCTION and not name[1].startswith("~")
                    and name[1] != inside_class and re.search(r"[\w>&*\]]\s+[&*]*\s*$", head[: name.start()])
                    and not re.search(r"\boperator\b|\bfriend\b|\busing\b|\btypedef\b|\bconcept\b", head)):
                found.append((inside_class or "", name[1]))
            at = closed(text, at, "(", ")")
            # The rest of the declaration: up to its body or its end.
            while at < len(text) and text[at] not in "{;":
                at = closed(text, at, "(", ")") if text[at] == "(" else at + 1
            if at < len(text) and text[at] == "{":
                body = closed(text, at, "{", "}")
                # Initialisers in braces stand before a body.
                while re.match(r"\s*,", text[body:]):
                    nxt = text.find("{", body)
                    body = closed(text, nxt, "{", "}") if nxt >= 0 else len(text)
                at = body
            else:
                at += 1
            start = at
        elif c == "{":
            head, end = text[start:at], closed(text, at, "{", "}")
            inner = text[at + 1 : end - 1]
            space = re.search(r"\bnamespace\s*([\w:]*)\s*$", head)
            kinds = [kind for kind in re.finditer(r"\b(class|struct|union|enum(?:\s+class)?)\s+(\w+(?:::\w+)*)\b(?!\s*[,>])", head)]
            kind = kinds[-1] if kinds and not re.search(r"[()]", head[kinds[-1].end() :]) else None
            if space:
                if "detail" not in space[1] and (space[1] or inside_class is not None):
                    found += declared(inner)
            elif kind and not kind[1].startswith("enum") and "detail" not in kind[2] and "::" not in kind[2]:
                sections = re.split(r"\b(public|private|protected)\s*:(?!:)", inner)
                shown = kind[1] != "class"
                found += declared(sections[0], kind[2], shown and public)
                for section, part in zip(sections[1::2], sections[2::2]):
                    found += declared(part, kind[2], section == "public" and public)
            at = start = end
        elif c in ";":
            at += 1
            start = at
        elif c == ":" and re.search(r"\b(public|private|protected)\s*$", text[start:at]):
            at += 1
            start = at
        else:
            at += 1
    return found


def named(root, header):
    """The headers that one takes in by name."""
    path = root / header
    names = INCLUDE.findall(path.read_text(encoding="utf-8"))
    return {(path.parent / name).resolve() for name in names if (path.parent / name).is_file()}


def installed(root):
    """The headers that meson's tables name as public."""
    found = set()
    for build in [*root.glob("autograd/**/meson.build"), *root.glob("nn/**/meson.build"), root / "meson.build"]:
        text = build.read_text(encoding="utf-8")
        for block in re.findall(r"public_headers \+= \{[^}]*\}", text):
            found |= {(build.parent / name).resolve() for name in re.findall(r"'([^']+\.h)'", block)}
    return found


def missing(root):
    public = set().union(*(named(root, umbrella) for umbrella in UMBRELLAS))
    if (root / OPS).is_file():
        public |= named(root, OPS)
    public = sorted((public & installed(root)) - {(root / header).resolve() for header in FOR_OTHERS})
    calls = ""
    for test in sorted((root / "tests").rglob("*.cpp")):
        text = test.read_text(encoding="utf-8")
        names = {re.sub(r"^gradus/(?=autograd/|nn/)", "", name) for name in INCLUDE.findall(text)}
        local = [root / name for name in names if name.startswith("tests/") and (root / name).is_file()]
        local += [test.parent / name for name in names if "/" not in name and (test.parent / name).is_file()]
        for header in local:
            names |= set(INCLUDE.findall(header.read_text(encoding="utf-8")))
        if names & {*UMBRELLAS, "gradus/autograd.h", "gradus/nn.h"}:
            calls += bare(text)
    used = set(re.findall(r"\b(\w+)\b", calls))
    out = []
    for header in public:
        text = bare(header.read_text(encoding="utf-8"))
        for owner, name in dict.fromkeys(declared(text)):
            if name in used or name in FOR_THE_ENGINE:
                continue
            out.append(f"{header.relative_to(root.resolve())}: {owner + '::' if owner else ''}{name}")
    return out, len(public)


HEADER = """
#pragma once
// f(x) is no declaration
namespace gradus {
namespace detail {
int hidden(int x);
}
template <class T>
concept Number = requires(T x) { x + x; };
/// Doubles.
[[nodiscard]] GRADUS_API Tensor doubled(const Tensor& x, double by = 2.0);
inline int halved(int x) { return half(x); }
template <class T> requires Number<T>
T kept(const T& x) { return x; }
template <class T>
class GRADUS_API Thing : public Base<T> {
 public:
  Thing();
  explicit Thing(int x) : x_(f(x)) {}
  [[nodiscard]] int size() const noexcept { return x_; }
  static Thing made(const char* text = "of(it)");
  Thing& operator+=(const Thing& other);
 private:
  void secret();
  int x_ = 0;
};
struct Options {
  double rate = 0.1;
  [[nodiscard]] double total() const { return rate; }
};
enum class Kind { one };
constexpr std::string_view name_of(Kind kind) { return {}; }
}
"""


def self_test():
    names = [owner + "::" + name if owner else name for owner, name in declared(bare(HEADER))]
    assert names == ["doubled", "halved", "kept", "Thing::size", "Thing::made", "Options::total", "name_of"], names
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in ("autograd", "nn", "tests"):
            (root / part).mkdir()
        (root / "meson.build").write_text("")
        (root / "autograd/meson.build").write_text("public_headers += {'autograd': files('autograd.h', 'thing.h')}\n")
        (root / "autograd/autograd.h").write_text('#include "thing.h"\n')
        (root / "autograd/thing.h").write_text(HEADER)
        (root / "nn/nn.h").write_text("")
        # What another header brings in, and what a comment says, is no call.
        (root / "tests/a.cpp").write_text('#include "autograd/thing.h"\nint main() { doubled(x); }\n')
        (root / "tests/b.cpp").write_text(
            '#include "autograd/autograd.h"\n// doubled(x)\nint main() { halved(1); kept(1); t.size(); t.made(); o.total(); }\n')
        found, headers = missing(root)
        assert headers == 1, headers
        assert found == ["autograd/thing.h: doubled", "autograd/thing.h: name_of"], found


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    found, headers = missing(Path(sys.argv[1]))
    assert headers > 50, f"only {headers} public headers were found"
    if found:
        sys.exit("\n".join(["no test that includes an umbrella calls these:", *found]))


if __name__ == "__main__":
    main()
