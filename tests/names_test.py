#!/usr/bin/env python3
"""Whoever writes a function with a name of ours may call it as name<T>(x) for our number types.

    names_test.py SOURCE_FOLDER COMPILER…      (the compiler with the arguments it needs, each an argument)

A call with explicit template arguments also considers what argument-dependent lookup finds, which for a Scalar or a
Tensor is namespace gradus.  Every function name of the public headers that <cmath> does not have is defined here once
more as a user's template, for several kinds of arguments, and called so: it must be the user's that is meant.
"""
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
template void calls(const gradus::BasicProduct<double>&);
template void calls(const gradus::Tensor&);
}}
"""


def closure(source, files):
    """The headers of ours that these files include."""
    seen, waiting = set(), list(files)
    while waiting:
        name = waiting.pop()
        if name not in seen and (source / name).is_file():
            seen.add(name)
            waiting += re.findall(r'^#include "(.*?)"', (source / name).read_text(), re.M)
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
    head = re.sub(r"->|<=|>=", " ", statement)
    head = re.sub(r"\b(?:requires|decltype|noexcept|alignas|__attribute__)\s*\(", "skip_(", head)
    head = without_brackets(head, "<", ">")
    found = re.search(r"(?<![:\w])(?!template\b)([a-z]\w*)\s*\(", head.replace("skip_(", "("))
    return found.group(1) if found else None


def main():
    source, compiler = Path(sys.argv[1]), sys.argv[2:]
    names = set()
    for header in closure(source, UMBRELLAS):
        names |= function_names((source / header).read_text())
    names -= CMATH
    assert {"sigmoid", "relu", "square", "norm", "mean", "softplus", "where", "norm_cdf"} <= names, sorted(names)
    program = "".join(f'#include "{header}"\n' for header in UMBRELLAS) + PREAMBLE
    program += "".join(ONE_NAME.format(name) for name in sorted(names))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "names.cpp"
        file.write_text(program)
        result = subprocess.run([*compiler, "-fsyntax-only", file], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
    print(f"{len(names)} names may be a user's own: {' '.join(sorted(names))}")


main()
