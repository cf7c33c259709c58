#!/usr/bin/env python3
"""Our names do not get in the way of others.

    names_test.py SOURCE_FOLDER COMPILER…      (the compiler with the arguments it needs, each an argument)

Whoever writes a function with a name of ours may call it as name<T>(x) for our number types.

A call with explicit template arguments also considers what argument-dependent lookup finds, which for a Scalar or a
Tensor is namespace gradus.  Every function name of the public headers that <cmath> does not have is defined here once
more as a user's template, for several kinds of arguments, and called so: it must be the user's that is meant.

And the programs of README.md and examples/ compile with gradus, gradus::nn and std in use all at once.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Generic code finds these by the type of their arguments: `using std::exp; exp(x)`.
CMATH = set("""abs acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim
floor fma fmax fmin fmod fpclassify frexp hypot ilogb isfinite isgreater isgreaterequal isinf isless islessequal
islessgreater isnan isnormal isunordered ldexp lerp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nan
nearbyint nextafter nexttoward pow remainder remquo rint round scalbln scalbn signbit sin sinh sqrt tan tanh tgamma
trunc""".split())
UMBRELLAS = ["autograd/autograd.h", "nn/nn.h", "autograd/tensor/boxed_rule.h"]

PREAMBLE = """
struct Mine {};
"""
# With the constraint that makes them better than std::max and std::min, ours are better than a user's too, for two numbers
# of a type: that compiles, and means the same.
LIKE_STD = ("max", "min")
ONE_NAME = """
namespace user_{0} {{
template <class T> Mine {0}(const T&) {{ return {{}}; }}
template <class T> Mine {0}(const T&, const T&) {{ return {{}}; }}
template <class T> Mine {0}(const T&, const T&, const T&) {{ return {{}}; }}
template <class T> Mine {0}(const T&, double) {{ return {{}}; }}
template <class T> Mine {0}(const T&, double, double) {{ return {{}}; }}
template <class T> void calls(const T& x) {{
  [[maybe_unused]] const Mine one = {0}<T>(x), two = {0}<T>(x, x), three = {0}<T>(x, x, x), four = {0}<T>(x, 0.5),
                              five = {0}<T>(x, 0.5, 1.0);
}}
template void calls(const gradus::Scalar&);
template void calls(const gradus::Tensor&);
}}
"""
LIKE_STD_CALL = """
namespace user_{0} {{
template <class T> void types(const T& x) {{ [[maybe_unused]] const T two = {0}<T>(x, x); }}
template void types(const gradus::Scalar&);
template void types(const gradus::Tensor&);
}}
"""


def closure(source, files):
    """The headers of ours that these files include."""
    seen, waiting = set(), list(files)
    while waiting:
        name = waiting.pop()
        if name not in seen and (source / name).is_file():
            seen.add(name)
            for included in re.findall(r'^#include "(.*?)"', (source / name).read_text(), re.M):
                beside = os.path.normpath(os.path.join(os.path.dirname(name), included))
                waiting.append(beside if (source / beside).is_file() else included)
    return sorted(seen)


def function_names(text):
    """Names of the functions that a header declares in namespace gradus, the inner namespace by_name included."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
    text = re.sub(r"^\s*#[^\n]*(?:\\\n[^\n]*)*", "", text, flags=re.M)
    names, open_blocks, statement = set(), [], ""
    for piece in re.findall(r"[{};]|[^{};]+", text):
        in_gradus = bool(open_blocks) and all(block in ("gradus", "by_name") for block in open_blocks)
        if piece in "{;" and in_gradus:
            names |= {declared(statement)} - {None}
        if piece == "{":
            namespace = re.fullmatch(r"\s*(?:inline )?namespace (\w+)\s*", statement)
            open_blocks.append(namespace.group(1) if namespace else "")
        elif piece == "}":
            open_blocks.pop()
        statement = "" if piece in "{};" else piece
    return names


def without_brackets(text, opening, closing):
    """The text without what stands between the brackets of a kind, innermost ones first."""
    before = None
    while before != text:
        before, text = text, re.sub(rf"\{opening}[^{opening}{closing}]*\{closing}", " ", text)
    return text


def declared(statement):
    """The name of the function that a declaration, up to its body, declares."""
    if re.search(r"\b(operator|using|concept|static_assert|friend)\b", statement):
        return None
    if re.match(r"\s*(?:template\s*<.*>\s*)?(?:struct|class|enum|union|extern)\b", statement, re.S):
        return None
    head = re.sub(r"->|<=|>=|\bdecltype\s*\(auto\)", " ", statement)
    head = re.sub(r"\b(?:requires|decltype|noexcept|alignas|__attribute__)\s*\(", "skip_(", head)
    head = without_brackets(head, "<", ">")
    found = re.search(r"(?<![:\w])(?!template\b)([a-z]\w*)\s*\(", head.replace("skip_(", "("))
    return found.group(1) if found else None


def usual_programs(source):
    """The programs that we show, in one file, each in a namespace of its own."""
    programs = re.findall(r"<!-- run: \w+ -->\n```cpp\n(.*?)```", (source / "README.md").read_text(), re.S)
    programs += [path.read_text() for path in sorted((source / "examples").glob("*.cpp"))]
    assert len(programs) >= 6
    includes, bodies = set(), ""
    for number, text in enumerate(programs):
        assert text.count("using namespace gradus;") == 1
        includes |= set(re.findall(r"^#include .*$", text, re.M))
        body = re.sub(r"^#include .*$", "", text, flags=re.M).replace("using namespace gradus;", "").replace("nn::", "")
        bodies += f"namespace program_{number} {{\n{body}\n}}\n"
    usings = "using namespace gradus;\nusing namespace gradus::nn;\nusing namespace std;\n"
    return "\n".join(sorted(includes)) + "\n" + usings + bodies


def compiles(compiler, text):
    """Asserts that the compiler takes a file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.cpp"
        file.write_text(text)
        result = subprocess.run([*compiler, "-fsyntax-only", file], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr


def main():
    source, compiler = Path(sys.argv[1]), sys.argv[2:]
    names = set()
    for header in closure(source, UMBRELLAS):
        names |= function_names((source / header).read_text())
    names -= CMATH
    assert {"sigmoid", "relu", "square", "norm", "mean", "softplus", "where", "norm_cdf"} <= names, sorted(names)
    program = "".join(f'#include "{header}"\n' for header in UMBRELLAS) + PREAMBLE
    for name in sorted(names):
        text = ONE_NAME.format(name)
        program += re.sub(r"two = (.*?), three", r"three", text) if name in LIKE_STD else text
    for name in LIKE_STD:
        program += LIKE_STD_CALL.format(name)
    compiles(compiler, program)
    compiles(compiler, usual_programs(source))
    print(f"{len(names)} names may be a user's own: {' '.join(sorted(names))}")


if __name__ == "__main__":
    main()
