#!/usr/bin/env python3
"""Every equality that derivations print is recomputed from the printed numbers: truth_test.py GRADUS DERIVE_MANY DATA.

With "=", what the left side comes to must be what the right one says, to its last digit; with "≈" something was rounded,
and the two are near each other.  GRADUS_TEST_DERIVATIONS says how many random expressions are derived."""
import itertools
import json
import os
import random
import re
import subprocess
import sys
import unittest
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from printed_mathematics import Array, Evaluation, Parser, Unknown, is_numeric, leaves, slack_of
from printed_tokens import Unreadable, latex_tokens, mathml_of, text_tokens

GRADUS, MANY, DATA = sys.argv[1:4]

# ------------------------------------------------------------------------------------------- documents and their equations


def steps_of_text(document):
    """[(words, [[(sign, source), …], …]), …] of each step."""
    for block in re.split(r"(?m)^ *\d+\. ", document)[1:]:
        lines = block.split("\n")
        words = " ".join(line for line in lines[1:] if re.match(r"     \S", line)) + lines[0]
        yield words, [sides_of_text(line[7:]) for line in lines if re.match(r"       \S", line)]


def sides_of_text(line):
    line = line.split("   ")[0]
    sides, depth, start, sign = [], 0, 0, ""
    for found in re.finditer(r"[(\[]|[)\]]| [=≈] ", line):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(found.group(), 0)
        if depth == 0 and found.group().strip() in ("=", "≈"):
            sides.append((sign, line[start:found.start()]))
            sign, start = found.group().strip(), found.end()
    return sides + [(sign, line[start:])]


def steps_of_latex(document):
    for block in document.split("\\item ")[1:]:
        words = re.sub(r"\\\[.*?\\\]", "", block, flags=re.S)
        yield words, [sides_of_latex(e) for e in re.findall(r"\\\[ \\fitted\{\$\\displaystyle (.*?)\$\} \\\]", block, re.S)]


def sides_of_latex(source):
    source = source.split(" \\qquad ")[0].replace("\\begin{aligned}", "").replace("\\end{aligned}", "")
    sides, depth, start, sign = [], 0, 0, ""
    for found in re.finditer(r"\\begin\{pmatrix\}|\\end\{pmatrix\}|\\left\b|\\right\b|\\approx\b|\\\\|[{}=]", source):
        part = found.group()
        depth += 1 if part in ("{", "\\left") or part.startswith("\\begin") else 0
        depth -= 1 if part in ("}", "\\right") or part.startswith("\\end") else 0
        if depth == 0 and part in ("=", "\\approx"):
            sides.append((sign, source[start:found.start()].strip().removesuffix("&").removesuffix("\\\\")))
            sign, start = "=" if part == "=" else "≈", found.end()
    return [(s, re.sub(r"\\\\\s*(&\s*)?$", "", side.strip())) for s, side in sides + [(sign, source[start:])]]


def steps_of_html(document):
    for block in re.split("<li |<section>", document)[1:]:  # the answer is a section of its own
        block = block.split("</li>")[0].split("</section>")[0]
        words = " ".join(re.findall(r"<(?:p|h3)[^>]*>(.*?)</(?:p|h3)>", block))
        yield words, [sides_of_html(e) for e in re.findall(r'<div class="equation">(.*?)</div>', block, re.S)]


def sides_of_html(source):
    sides = []
    for side in re.findall(r"<math[^>]*>(.*?)</math>", source, re.S):
        sign = re.match(r'<mrow><mo form="infix"[^>]*>(.)</mo>', side)
        sides.append((sign.group(1) if sign else "", side.replace(sign.group(0), "<mrow>", 1) if sign else side))
    return sides


FORMATS = {"text": (steps_of_text, text_tokens), "LaTeX": (steps_of_latex, latex_tokens), "HTML": (steps_of_html, mathml_of)}
tokens_of = lru_cache(200_000)(lambda form, source: FORMATS[form][1](source))


@lru_cache(200_000)
def tree_of(form, source, names):
    return Parser(list(tokens_of(form, source)), names).parse()


def digits_of(document):
    """How many significant digits most of its numbers have, of those that are not short."""
    lengths = [len(re.sub(r"\D", "", n).lstrip("0")) for n in re.findall(r"\d+\.\d+", document.split("Check")[0])]
    long = [n for n in lengths if n >= 4]
    return max(set(long), key=long.count, default=6)


# ----------------------------------------------------------------------------------------------------------------- judging

CONVENTION = re.compile(r"convention|stops here|by definition|cancel|it stops")


def infinite(tree, known):
    """Of each symbol, whether it is."""
    values = (known.get(leaf[1] if leaf[0] == "name" else leaf, (0.0,))[0] for leaf in leaves(tree))
    return [not isinstance(value, Array) and abs(value) == float("inf") for value in values]


class Judge:
    """Goes through documents and keeps what it finds."""

    def __init__(self):
        self.sides = self.unreadable = self.compared = 0
        self.false, self.examples, self.functions = [], [], {}

    def document(self, form, document, digits, origin):
        steps = list(FORMATS[form][0](document))
        names = frozenset(self.names_in(form, steps))
        known = {}
        for words, equations in steps:  # first what each symbol is: the last side of its equation
            for sides in equations:
                self.learn(form, sides, names, known, digits)
        words = " ".join(said for said, _ in steps)
        for own_words, equations in steps:
            if "from the new numbers" in own_words:
                continue  # symbols stand for other numbers there
            known.pop("G", None)
            for sides in equations:
                self.equation(form, sides, names, known, digits, words, origin)

    @staticmethod
    def names_in(form, steps):
        for _, equations in steps:
            for sides in equations:
                try:
                    tokens = tokens_of(form, sides[0][1])
                except Unreadable:
                    continue
                if len(tokens) == 1 and tokens[0][0] == "word":
                    yield tokens[0][1]

    @staticmethod
    def learn(form, sides, names, known, digits):
        try:
            first = tree_of(form, sides[0][1], names)
            last = tree_of(form, sides[-1][1], names)
            if first[0] in ("name", "partial") and is_numeric(last):
                value = Evaluation({}).of(last)
                slack = slack_of(last, {}, digits)
                key = first[1] if first[0] == "name" else first
                is_seed = first[0] == "partial" and first[1] == f"sum({first[2]})"  # 1 in every place
                if key != "G" and not is_seed and key not in known:  # a step of descent says it again, of its new numbers
                    known[key] = (value, Array(value.shape, slack) if isinstance(value, Array) else slack[0])
        except (Unreadable, Unknown):
            pass

    def equation(self, form, sides, names, known, digits, words, origin):
        before = None
        for sign, source in sides:
            self.sides += 1
            here = None
            try:
                tree = tree_of(form, source, names)
                numeric = is_numeric(tree)
                try:
                    value = Evaluation(known).of(tree)
                    here = (tree, value, slack_of(tree, known, digits), numeric, infinite(tree, known))
                except Unknown as unknown:
                    if numeric:
                        self.unread(form, source, origin, unknown)
                if len(sides) == 2 and sides[0][1] == "G" and tree[0] == "partial" and tree in known:
                    known["G"] = known[tree]
            except Unreadable as error:
                self.unread(form, source, origin, error)
            if before and here:
                self.compare(sign, before, here, f"{origin} [{form}]: {' '.join(s + ' ' + t for s, t in sides)}", words)
            before = here or before if sign == "" else here

    def unread(self, form, source, origin, error):
        self.unreadable += 1
        if len(self.examples) < 12:
            self.examples.append(f"{origin} [{form}]: {source}   ({error})")

    def compare(self, sign, left, right, line, words):
        self.compared += 1
        flat = [v.flat if isinstance(v, Array) else [v] for v in (left[1], right[1])]
        if len(flat[0]) != len(flat[1]):
            return
        for k, (a, b) in enumerate(zip(*flat)):
            if a == b or (a != a and b != b):
                continue
            of_left = left[2][k] if k < len(left[2]) else 0.0
            if not left[3] and (of_left > 0.02 * abs(a) or abs(a) == abs(b) == float("inf")) or (
                    not right[3] and right[2][k] > 0.02 * abs(b)):
                continue  # the digits, or the sign of a zero, that the symbols were printed with do not tell
            if not left[3] and a != a and any(known_infinite for known_infinite in left[4]):
                continue  # 0·∞, where the 0 was printed of a small number
            finite = abs(a) != float("inf") and abs(b) != float("inf") and a == a and b == b
            if not finite:
                if left[3] or not CONVENTION.search(words):
                    self.false.append(f"{line}\n    {a} is not {b}")
                return
            open_ = right[2][k] + (0.0 if left[3] else of_left) if sign == "=" else 30 * (right[2][k] + of_left)
            if abs(a - b) > open_ * (1 + 1e-6) + 2e-14 * max(abs(a), abs(b)):
                if not left[3] and CONVENTION.search(words):
                    continue
                self.false.append(f"{line}\n    {a!r} {sign} {b!r} is off by more than {open_:.2g}")
                return


# ------------------------------------------------------------------------------------------------- what is to be derived

POINTS = ["0", "-0.0", "1", "-1", "0.5", "-2.5", "3", "6", "-3", "50", "-50", "1e-9", "1e8", "0.1"]
PAIRS = [(a, b) for a, b in itertools.product(["0", "1", "-1", "0.3", "-2", "1e-9", "40"], repeat=2)]
TRIPLES = [("0", "1", "2"), ("1", "1", "1"), ("-1", "0.5", "2"), ("3", "-1", "1"), ("0.5", "0.5", "2")]
ROWS = ["[1,2,3]", "[0,0,0]", "[1,1,0]", "[-1,2,-3]", "[0.1,0.2,0.7]", "[30,0,-30]", "[[1,2],[3,4]]", "[[0,1],[1,0]]"]
SQUARE, IMAGE = "[[1,2],[3,4]]", "[[[[1,2,3],[4,5,6],[7,8,9]]]]"
SYMMETRIC = ["[[2,1],[1,3]]", "[[4,1,0.5],[1,5,2],[0.5,2,6]]"]
MATRICES = [SQUARE, "[[0,1],[-1,0.1]]", "[[2,1,0],[1,3,-1],[0.5,0,4]]", SYMMETRIC[1]]
# Functions that take more than arrays of any shape: how each is called, and its arguments.
CALLS = {
    "cumsum": [("cumsum(x, axis=0)", [row]) for row in ROWS], "cumprod": [("cumprod(x, axis=0)", [row]) for row in ROWS],
    "cummax": [("cummax(x, axis=0)", [row]) for row in ROWS], "cummin": [("cummin(x, axis=0)", [row]) for row in ROWS],
    "logcumsumexp": [("logcumsumexp(x, axis=0)", [row]) for row in ROWS],
    "scatter": [("scatter(x, [1, 0], y, 0)", ["[1,2,3]", "[4,5]"])], "meshgrid": [("meshgrid(x, y, part=0)", ["[1,2]", "[3,4,5]"])],
    "quantile": [("quantile(x, 0.3)", [row]) for row in ROWS],
    "sort": [("sort(x, axis=0)", [row]) for row in ROWS], "topk": [("topk(x, 1, axis=0)", [row]) for row in ROWS],
    "diff": [("diff(x)", [row]) for row in ROWS], "masked_fill": [("masked_fill(x, x > 1, 7)", [row]) for row in ROWS],
    "masked_select": [("masked_select(x, x > 0)", [row]) for row in ROWS[:5]], "nan_to_num": [("nan_to_num(x)", [row]) for row in ROWS],
    "shuffle": [("shuffle(x)", [row]) for row in ROWS],
    "matmul": [("matmul(x, y)", [SQUARE, "[[0,1],[2,0]]"])], "dot": [("dot(x, y)", ["[1,2]", "[3,0]"])],
    "outer": [("outer(x, y)", ["[1,2]", "[3,0,1]"])], "vecdot": [("vecdot(x, y)", [SQUARE, "[[0,1],[2,0]]"])],
    "linear": [("linear(x, y)", [SQUARE, SQUARE]), ("linear(x, y, z)", [SQUARE, SQUARE, "[1,2]"])],
    "einsum": [('einsum("ij,jk->ik", x, y)', [SQUARE, SQUARE])], "trace": [("trace(x)", [SQUARE])],
    "diag": [("diag(x)", ["[1,2]"])], "diagonal": [("diagonal(x)", [SQUARE])], "triu": [("triu(x)", [SQUARE])],
    "tril": [("tril(x)", [SQUARE])],
    "cholesky": [("cholesky(x)", [s]) for s in SYMMETRIC], "inv": [("inv(x)", [s]) for s in MATRICES],
    "det": [("det(x)", [s]) for s in [*MATRICES, "[[1,2],[2,4]]", "[[0,0],[0,0]]", "[[3]]"]],
    "logabsdet": [("logabsdet(x)", [s]) for s in MATRICES], "det_sign": [("det_sign(x)*sum(x)", [s]) for s in MATRICES],
    "solve": [("solve(x, y)", [s, "[[1,2],[3,0]]"]) for s in MATRICES[:2]] + [("solve(x, y)", [SQUARE, "[1,-2]"])],
    "solve_triangular": [("solve_triangular(x, y)", [SQUARE, "[[1,2],[3,0]]"]),
                         ("solve_triangular(x, y, lower=true)", [SQUARE, "[[1,2],[3,0]]"]),
                         ("solve_triangular(x, y, lower=true, unit_diagonal=true)", [SQUARE, "[[1],[3]]"])],
    "eigvalsh": [("eigvalsh(x)", [s]) for s in SYMMETRIC], "eigh": [("eigh(x)", [s]) for s in SYMMETRIC],
    "svdvals": [("svdvals(x)", [s]) for s in MATRICES], "svd": [("svd(x)", [s]) for s in MATRICES],
    "qr": [("qr(x)", [s]) for s in [*MATRICES, "[[1,2,3],[4,5,7]]"]], "pinv": [("pinv(x)", [s]) for s in [*MATRICES, "[[1],[2]]", "[[1,2,0],[0,1,3]]"]],
    "lstsq": [("lstsq(x, y)", [SQUARE, "[1,-2]"]), ("lstsq(x, y)", ["[[1],[2],[2]]", "[1,-2,3]"])],
    "matrix_power": [("matrix_power(x, 3)", [SQUARE]), ("matrix_power(x, -1)", [SQUARE])], "expm": [("expm(x)", [s]) for s in MATRICES],
    "kron": [("kron(x, y)", [SQUARE, "[[1,-1]]"])], "tensordot": [("tensordot(x, y)", [SQUARE, SQUARE])],
    "cross": [("cross(x, y)", ["[1,2,3]", "[-1,0,2]"])],
    "conv1d": [("conv1d(x, y)", ["[[[1,2,3,4]]]", "[[[1,-1]]]"])],
    "conv2d": [("conv2d(x, y)", [IMAGE, "[[[[1,0],[0,1]]]]"])],
    "conv_transpose1d": [("conv_transpose1d(x, y)", ["[[[1,2,3,4]]]", "[[[1,-1]]]"])],
    "conv_transpose2d": [("conv_transpose2d(x, y)", [IMAGE, "[[[[1,0],[0,1]]]]"])],
    "max_pool": [("max_pool(x, kernel=2)", [IMAGE])], "max_pool2d": [("max_pool2d(x, kernel=2)", [IMAGE])],
    "max_pool1d": [("max_pool1d(x, kernel=2)", ["[[[1,2,2,4]]]"])], "avg_pool": [("avg_pool(x, kernel=2)", [IMAGE])],
    "avg_pool1d": [("avg_pool1d(x, kernel=2)", ["[[[1,2,2,4]]]"])], "avg_pool2d": [("avg_pool2d(x, kernel=2)", [IMAGE])],
    "reshape": [("reshape(x, (4))", [SQUARE])], "flatten": [("flatten(x)", [SQUARE])], "squeeze": [("squeeze(x)", ["[[1,2]]"])],
    "unsqueeze": [("unsqueeze(x, axis=0)", ["[1,2]"])], "permute": [("permute(x, (1, 0))", [SQUARE])],
    "transpose": [("transpose(x)", [SQUARE])], "broadcast_to": [("broadcast_to(x, (2, 2))", ["[1,2]"])],
    "take": [("take(x, [1, 0, 1], axis=0)", ["[1,2]"])], "gather": [("gather(x, [[0, 0], [1, 0]], axis=0)", [SQUARE])],
    "scatter_add": [("scatter_add(x, [0, 0], y, axis=0)", ["[1,2]", "[3,4]"])],
    "embedding": [("embedding(x, [1, 1])", [SQUARE])], "flip": [("flip(x)", ["[1,2,3]"])],
    "roll": [("roll(x, shift=1, axis=0)", ["[1,2,3]"])], "concat": [("concat(x, y)", ["[1,2]", "[3]"])],
    "stack": [("stack(x, y)", ["[1,2]", "[3,4]"])], "split": [("split(x, [1, 2], part=1)", ["[1,2,3]"])],
    "pad": [("pad(x, (1, 0))", ["[1,2]"])], "repeat": [("repeat(x, (2))", ["[1,2]"])],
    "repeat_interleave": [("repeat_interleave(x, 2, axis=0)", ["[1,2]"])],
    "cross_entropy": [("cross_entropy(x, [0, 1])", ["[[1,2],[3,0]]"]), ("cross_entropy(x, y)", ["[[1,2]]", "[[0.2,0.8]]"])],
    "nll": [("nll(x, [0, 1])", ["[[-1,-2],[-3,-0.1]]"])],
    "cosine_similarity": [("cosine_similarity(x, y)", [SQUARE, "[[0,1],[2,0]]"]), ("cosine_similarity(x, y)", ["[[0,0]]", "[[1,2]]"])],
    "grad": [("grad(x^2*y, x)", ["3", "2"])], "jacobian": [("jacobian(x^2, x)", ["[1,2]"])],
    "hessian": [("hessian(x^2*y, x)", ["3", "2"])],
    # Nothing in these is differentiated.
    "argmax": [], "argmin": [], "one_hot": [], "uniform": [], "normal": [], "bernoulli": [], "argsort": [], "searchsorted": [], "unique": [], "nonzero": [],
    "any": [], "all": [], "randint": [], "exponential": [], "gamma": [], "beta": [], "poisson": [], "truncated_normal": [], "categorical": [],
    "multinomial": [],
}
SCALAR = {"Elementary functions", "Functions of several arguments", "Activations"}


def calls_of(function):
    """[(expression, values)] of a line of the table of functions."""
    name, theme = function["name"], function["theme"]
    if name in CALLS:
        return CALLS[name]
    arguments = re.sub(r"^\w+\(|\)$", "", function["signature"]).split(", ")
    arguments = [a for a in arguments if not re.search(r"[=?.]", a)]
    call = f"{name}({', '.join('xyz'[:len(arguments)])})"
    if theme in SCALAR:
        points = {1: [(p,) for p in POINTS], 2: PAIRS, 3: TRIPLES}[len(arguments)]
        return [(call, point) for point in points]
    if theme == "Losses":
        return [(call, p) for p in [("0.3", "1"), ("0", "0"), ("1", "0"), ("[0.2,0.7]", "[0,1]"), ("[1,-1]", "[1,-1]")]]
    if theme == "Reductions":
        return [(call, (row,)) for row in ROWS] + [(f"{name}(x, axis=0)", (row,)) for row in ROWS[-2:]]
    raise AssertionError(f"{name} is derived nowhere: it needs a line among the CALLS")


UNARY = ["exp", "log", "sin", "cos", "tanh", "sigmoid", "sqrt", "relu", "abs", "square", "softplus", "erf", "atan", "expm1"]


def random_expression(rng, depth):
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(["x", "y", "w", "x", "y", "2", "0.5", "3", "0.1"])
    kind = rng.random()
    inside = lambda: random_expression(rng, depth - 1)
    if kind < 0.4:
        return f"{rng.choice(UNARY)}({inside()})"
    if kind < 0.5:
        return f"({inside()})^{rng.choice([2, 3, 0.5, -1])}"
    if kind < 0.56:
        return f"{rng.choice(['max', 'min'])}({inside()}, {inside()})"
    return f"({inside()} {rng.choice('+-*/')} {inside()})"


def random_lines(count):
    rng = random.Random(20)
    while count > 0:
        expression = random_expression(rng, rng.randint(2, 4))
        used = [name for name in "xyw" if name in re.findall(r"[a-z0-9]+", expression)]
        if not used:
            continue
        value = lambda: rng.choice(["0", "1", "-1", f"{rng.uniform(-3, 3):.3g}", f"{rng.uniform(-3, 3):.15g}",
                                    f"{rng.uniform(-40, 40):.4g}", "1e-7"])
        yield "\t".join([expression, str(rng.choice([3, 6, 6, 6, 10]))] + [f"{name}={value()}" for name in used])
        count -= 1


def derived(lines):
    """[(line, {format: document})] of what can be derived."""
    result = subprocess.run([MANY], input="\n".join(lines).encode(), capture_output=True, check=True, timeout=3000)
    answers = result.stdout.decode().split("\x1e")[:-1]
    assert len(answers) == len(lines), (len(answers), len(lines))
    return [(line, dict(zip(FORMATS, answer.split("\x1f"))) if "\x1f" in answer else {"error": answer})
            for line, answer in zip(lines, answers)]


# ------------------------------------------------------------------------------------------------------------------- tests


class Truth(unittest.TestCase):
    def settle(self, judge, at_least):
        self.maxDiff = None
        print(f"{self._testMethodName}: {judge.sides} sides, {judge.compared} equalities recomputed, "
              f"{judge.unreadable} sides not read", file=sys.stderr)
        self.assertFalse(judge.false, f"{len(judge.false)} are false:\n" + "\n".join(judge.false[:25]))
        self.assertGreater(judge.compared, at_least)
        self.assertLess(judge.unreadable, 0.02 * judge.sides, "\n".join(judge.examples))

    def test_worked_examples(self):
        judge = Judge()
        for file in sorted(Path(DATA, "derivations").glob("*.txt")):
            document = file.read_text()
            judge.document("text", document, digits_of(document), file.stem)
        self.settle(judge, 500)

    def judge_lines(self, lines):
        judge = Judge()
        refused = 0
        for line, documents in derived(lines):
            if "error" in documents:
                refused += 1
                continue
            for form, document in documents.items():
                judge.document(form, document, int(line.split("\t")[1]), line)
        return judge, refused

    def test_every_function_at_hard_points(self):
        table = subprocess.run([GRADUS, "functions", "--json"], capture_output=True, check=True, timeout=60)
        lines = []
        for function in json.loads(table.stdout):
            for expression, values in calls_of(function):
                lines.append("\t".join([expression, "6"] + [f"{n}={v}" for n, v in zip("xyz", values)]))
        judge, refused = self.judge_lines(lines)
        self.assertLess(refused, 0.05 * len(lines))
        self.settle(judge, 5000)

    def test_random_expressions(self):
        count = int(os.environ.get("GRADUS_TEST_DERIVATIONS", 1000))
        judge, refused = self.judge_lines(list(random_lines(count)))
        self.assertLess(refused, 0.02 * count)
        self.settle(judge, 20 * count)

    def test_it_finds_what_is_false(self):
        """Each of these was printed once."""
        for line in ("y = 3.38 − 3 = 0.375", "z = 1·(1 − 1) = 1.92875e−22", "z = 1·0/0 = 1·0 = 0", "p = 1/0 = −inf",
                     "y = x² = 1e−20² = 1e−22", "v₁ = log(2)·3 = 2.07945"):
            judge = Judge()
            judge.document("text", f"  1. Step\n       {line}\n", 6, line)
            self.assertTrue(judge.false, line)
        judge = Judge()
        judge.document("LaTeX", "\\item a\n\\[ \\fitted{$\\displaystyle v = 1.23457 \\cdot 10^{8}^{2} = 1.5 \\cdot 10^{16}$} \\]",
                       6, "powers")
        self.assertTrue(judge.false or judge.unreadable)
        judge = Judge()
        judge.document("text", "  1. Step\n       x = 0.25\n  2. Step\n       y = x² = 0.25² = 0.0625 ≈ 0.06250001\n", 6, "true")
        self.assertFalse(judge.false)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
