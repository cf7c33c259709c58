#!/usr/bin/env python3
"""With `using namespace` for gradus, gradus::nn and std at once, no name is ambiguous, and functions of both mean ours for ours.

    using_test.py SOURCE_FOLDER COMPILER…      (the compiler with the arguments it needs, each an argument)

The names are every identifier of our public headers: the compiler says which of them are names in a namespace.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import names_test

UMBRELLAS = ["autograd/autograd.h", "nn/nn.h"]
STD = """algorithm any array atomic barrier bit bitset cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale
cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype deque exception execution expected filesystem flat_map flat_set format forward_list
fstream functional future generator initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale
map mdspan memory memory_resource mutex new numbers numeric optional ostream print queue random ranges ratio regex
scoped_allocator semaphore set shared_mutex source_location span spanstream sstream stack stacktrace stdexcept stdfloat
stop_token streambuf string string_view syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map
unordered_set utility valarray variant vector version""".split()
KEYWORDS = set("""alignas alignof asm auto bool break case catch char char8_t char16_t char32_t class concept const consteval
constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum
explicit extern false float for friend goto if inline int long mutable namespace new noexcept nullptr operator private
protected public requires return short signed sizeof static static_assert static_cast struct switch template this
thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while and or not
xor bitand bitor compl and_eq or_eq xor_eq not_eq""".split())
# Functions that std has too: calls of them, which have to be ours.
UNARY = """abs acos acosh asin asinh atan atanh cbrt ceil cos cosh erf erfc exp exp2 expm1 floor lgamma log log10
           log1p log2 round sin sinh sqrt tan tanh tgamma trunc""".split()
BINARY = "atan2 fmod hypot max min pow".split()
TENSORS = {"all_of": "all_of(x)", "any_of": "any_of(x)", "beta": "beta({3}, 1.0, 2.0, Key{1})", "clamp": "clamp(x, 0.0, 1.0)",
           "equal": "equal(x, y)", "norm": "norm(x)", "shuffle": "shuffle(x, Key{1})", "sort": "sort(x)", "unique": "unique(x)",
           "isfinite": "isfinite(x)", "isinf": "isinf(x)", "isnan": "isnan(x)",
           **{name: f"{name}(x)" for name in UNARY}, **{name: f"{name}(x, y)" for name in BINARY}}
SCALARS = {"fma": "fma(s, s, s)", "clamp": "clamp(s, 0.0, 1.0)", **{name: f"{name}(s)" for name in ["fabs", *UNARY]},
           **{name: f"{name}(s, s)" for name in ["copysign", "fdim", "fmax", "fmin", *BINARY]}}
OTHER = ["string text = to_string(x)", "bool finite = isfinite(s) && !isnan(s) && !isinf(s) && isnormal(s) && !signbit(s)"]
# What is told nowhere of as a function of users': the engine's own words.
ENGINE = {"accumulate", "apply", "bind", "begin", "end", "reduce", "rint"}
THEIRS = """
  map<string, int> words; stack<int> pile; less<int> before; greater<> after; identity same; slice part(0, 2, 1);
  vector<double> list{2.0, 1.0}; sort(list.begin(), list.end(), greater<>()); list.erase(unique(list.begin(), list.end()), list.end());
  const auto sum_of = [](double a, double b) { return a + b; }; const double one = max(1.0, min(2.0, 0.5));
  const double two = bind(sum_of, one, 1.0)() + bind(sum_of, one, one)() + accumulate(list.begin(), list.end(), 0.0) + sqrt(one) + pow(one, 2);
  static_cast<void>(words), static_cast<void>(two), static_cast<void>(same(1) + part.size()), static_cast<void>(before(1, 2) && after(2, 1));
"""
OURS = """
  Tensor all = ops::stack({x, y}) + ops::less(x, y) + ops::less_equal(x, y) + ops::greater(x, y) + ops::greater_equal(x, y) +
               ops::identity(x) + ops::slice(x, {0}) + ops::map([](auto a) { return a * a; }, x) + (x < y);
  Sequential model(Linear(2, 3), Tanh(), Relu(), ReLU(), Sigmoid(), Softplus());
  MLP other({2, 3}, ops::identity<Tensor>);
"""


def compiled(compiler, text):
    """What is wrong on which line, by the compiler."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.cpp"
        file.write_text(text)
        most = "-ferror-limit=0" if "clang" in compiler[0] or "clang" in compiler[-1] else "-fmax-errors=0"
        run = subprocess.run([*compiler, "-w", most, "-fsyntax-only", file], capture_output=True, text=True, check=False)
        found = {}
        for line, told in re.findall(r"program\.cpp:(\d+):\d+: (?:fatal )?error: (.*)", run.stderr):
            found.setdefault(int(line), []).append(told)
        assert found or run.returncode == 0, run.stderr[:4000]
        return found


def main():
    source, compiler = Path(sys.argv[1]), sys.argv[2:]
    words = set()
    for header in names_test.closure(source, UMBRELLAS):
        text = re.sub(r"//[^\n]*|^\s*#[^\n]*", "", (source / header).read_text(), flags=re.M)
        words |= set(re.findall(r"\b[A-Za-z]\w*\b", text))
    words = sorted(words - KEYWORDS)
    standard = "".join(f"#if __has_include(<{h}>)\n#include <{h}>\n#endif\n" for h in STD)
    includes = standard + "".join(f'#include "{h}"\n' for h in UMBRELLAS)
    first = includes.count("\n") + 1

    lines = [f"namespace in_{space}_{k} {{ using {name}::{word}; }}\n"
             for k, word in enumerate(words) for space, name in (("std", "std"), ("ours", "gradus"), ("nn", "gradus::nn"))]
    wrong = compiled(compiler, includes + "".join(lines))
    std, ours, nn = ({word for k, word in enumerate(words) if first + 3 * k + place not in wrong} for place in range(3))
    assert len(std) > 100 and len(ours) > 500 and len(nn) > 150, (len(std), len(ours), len(nn))

    known = sorted(ours | nn)
    usings = "using namespace std; using namespace gradus; using namespace gradus::nn;\n"
    uses = compiled(compiler, includes + usings + "".join(f"void use_{k}() {{ {word}; }}\n" for k, word in enumerate(known)))
    ambiguous = [known[line - first - 1] for line, told in sorted(uses.items()) if any("ambiguous" in t for t in told)]
    assert not ambiguous, f"ambiguous: {' '.join(ambiguous)}"
    # The test itself: what std has as a class is ambiguous where we have a function.
    planted = compiled(compiler, includes + "namespace gradus { void map(); }\n" + usings + "void use() { map; }\n")
    assert any("ambiguous" in told for told in planted.get(first + 2, [])), planted

    unknown = (std & (ours | nn)) - TENSORS.keys() - SCALARS.keys() - ENGINE - {"to_string", "isnormal", "signbit"}
    assert not unknown, f"std has functions of these names: say here how they are called: {' '.join(sorted(unknown))}"
    body = "".join(f"  {{ Tensor r = {call}; static_cast<void>(r); }}\n" for call in TENSORS.values())
    body += "".join(f"  {{ Scalar r = {call}; static_cast<void>(r); }}\n" for call in SCALARS.values())
    body += "".join(f"  {{ {statement}; }}\n" for statement in OTHER)
    program = includes + usings + f"void calls(const Tensor& x, const Tensor& y, const Scalar& s) {{\n{body}{THEIRS}{OURS}}}\n"
    wrong = compiled(compiler, program)
    text = program.splitlines()
    assert not wrong, "\n".join(f"{text[line - 1]}: {told[0]}" for line, told in sorted(wrong.items()))
    print(f"{len(known)} names beside std, {len(std & (ours | nn))} of them functions in both")


if __name__ == "__main__":
    main()
