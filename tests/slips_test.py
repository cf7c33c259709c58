#!/usr/bin/env python3
"""Slips in user code are told briefly, and the wrong standard in a line.

    slips_test.py SOURCE_FOLDER COMPILER…      (the compiler with the arguments it needs, each an argument)

A slip in the formula of a custom op once printed 140,000 lines: the formula is compiled for every number type.  Every
program here has one, and does not compile; the compiler says so in fewer than a hundred lines, and the first error names
what is wrong.
"""
import re
import subprocess
import sys

MOST = 100
ON_TENSOR = "int main() { return static_cast<int>(f(variable(1.0)).size()); }\n"


def formula(text):
    return f'constexpr auto f = custom_op<"f">({text});\n' + ON_TENSOR


OWN_WORDS = "one to three numbers of any type"
# The program, and what one of its errors says.
SLIPS = {
    "an undefined function": (formula("[](auto x) { return undefined(x) + 1.0; }"), "undefined"),
    "a misspelt function": (formula("[](auto x) { return maximun(x, 1.0); }"), "maximun"),
    "an undefined name": (formula("[](auto x) { return y * x; }"), "y"),
    "a member of numbers": (formula("[](auto x) { return x.size(); }"), "size|not a structure or union"),
    "a formula of tensors": (formula("[](const Tensor& x) { return x; }"), OWN_WORDS),
    "a formula of doubles": (formula("[](double x) { return x; }"), OWN_WORDS),
    "a formula of four": (formula("[](auto a, auto b, auto c, auto d) { return a + b + c + d; }"), OWN_WORDS),
    "an if": (formula("[](auto x) { if (x > 0.0) return x; return -x; }"), "bool"),
    "a choice by ?:": (formula("[](auto x) { return x > 0.0 ? x : -x; }"), "bool"),
    "a function of std": (formula("[](auto x) { return std::exp(x); }"), "exp"),
    "a slip in map": ("int main() { return (int)ops::map([](auto a) { return undefined(a); }, variable(1.0)).size(); }\n",
                      "undefined"),
}
# What is right gives no warning in a header of ours, with those that people ask for.
RIGHT = formula("[](auto x) { return where(x < 0.0, exp(x), 1.0 + x / (x * x)); }") + """
float slope(float x) { return (Dual<float>(1.0F, 0.0F) / Dual<float>(x, 1.0F)).dot; }
double of_scalars(const Scalar& s) { Scalar y = s * s + sin(s) / 2.0; y += s * 2; return Tape::current().gradient(y, s); }
"""
WARNINGS = ["-Wconversion", "-Wsign-conversion", "-Wdouble-promotion"]


def compiled(root, compiler, program, options=()):
    text = '#include "autograd/autograd.h"\nusing namespace gradus;\n' + program
    return subprocess.run([*compiler, "-fsyntax-only", "-Wall", "-Wextra", *options, "-x", "c++", "-"], input=text, cwd=root,
                          capture_output=True, text=True)


def main():
    root, compiler = sys.argv[1], sys.argv[2:]
    failures = []
    right = compiled(root, compiler, RIGHT, WARNINGS)
    in_headers = [line for line in right.stderr.splitlines() if re.match(r"[./]*(autograd|nn)/.*warning: ", line)]
    if right.returncode != 0 or in_headers:
        failures.append(f"a right formula: {right.stderr[:2000]}")
    for what, (program, named) in SLIPS.items():
        run = compiled(root, compiler, program)
        lines = run.stderr.splitlines()
        errors = [line for line in lines if "error: " in line]
        if run.returncode == 0:
            failures.append(f"{what} compiles")
        elif len(lines) >= MOST:
            failures.append(f"{what}: {len(lines)} lines")
        elif not any(re.search(named, line) for line in errors):
            failures.append(f"{what}: no error names '{named}': {errors}")
    for umbrella in ("autograd/autograd.h", "nn/nn.h"):
        older = [word.replace("c++20", "c++17") for word in compiler] + ["-std=c++17"]
        run = subprocess.run([*older, "-fsyntax-only", "-x", "c++", "-"], input=f'#include "{umbrella}"\nint main() {{}}\n',
                             cwd=root, capture_output=True, text=True)
        errors = [line for line in run.stderr.splitlines() if "error" in line and "errors generated" not in line]
        told = [line for line in errors if "C++20" in line]
        if run.returncode == 0 or not told or len(run.stderr.splitlines()) > 8:
            failures.append(f"{umbrella} in C++17: {run.stderr[:1000]}")
    floats = compiled(root, compiler, "int main() { BasicTape<float> tape; }\n")
    if "tapes record double" not in floats.stderr or len(floats.stderr.splitlines()) >= MOST:
        failures.append(f"a tape of floats: {floats.stderr[:2000]}")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
