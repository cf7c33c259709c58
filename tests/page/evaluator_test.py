#!/usr/bin/env python3
"""What lesson pages compute when an input is moved, beside what the engine computes there: evaluator_test.py GRADUS

Every function of the language is made a page of; the evaluator out of that page runs in Node.js, at the point that the page
was written for and at others, and each value and gradient is compared with `gradus eval --json`.  Pages whose inputs cannot
be moved say so, and which functions those are stands below.
"""
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
GRADUS = str(Path(sys.argv[1]).resolve())
SKIPPED = 77

sys.path.insert(0, str(HERE.parent / "tools"))
from derive_test import Rules  # noqa: E402  every function of the language, in an expression of x

# Of matrices of two rows, where the functions are defined and have no kinks; numbers that are no sums of each other.
POINTS = [
    [0.5, 0.25, 0.75, 0.125], [0.31, 0.62, 0.17, 0.83], [0.93, 0.11, 0.29, 0.47],
]
# Hard points, for functions of single numbers: kinks, ends of domains, far out.
HARD = [0.0, -0.0, 1.0, -1.0, 2.0, -2.5, 0.5, 30.0, -30.0, 1e-8, 700.0, 1e5]
FUNCTIONS_OF_MORE = [
    ("tanh(w*x + b)", {"w": -3.0, "x": 2.0, "b": 6.5}), ("-(y*log(p) + (1 - y)*log(1 - p))", {"y": 0.25, "p": 0.7}),
    ("(sigmoid(w*x + b) - y)^2/2", {"w": 0.5, "x": 2.0, "b": -1.0, "y": 1.0}), ("x*x*x + x", {"x": 3.0}),
    ("sum(softmax(W @ x)*c)", {"W": [[1, 2], [3, 4]], "x": [0.5, -0.25], "c": [1, 0]}),
    ("cross_entropy(x @ W + b, [2, 0])", {"x": [[1, 2], [3, 4]], "W": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], "b": [0.1, 0, -0.1]}),
    ("mean((x @ W + b)^2)", {"x": [[1, 2], [3, 4], [5, 6]], "W": [[0.1], [0.4]], "b": [0.1]}),
    ("max(x)", {"x": [1.0, 1.0, 1.0, 0.0]}), ("norm(x)", {"x": [3.0, 4.0]}), ("logsumexp(x)", {"x": [1.0, 2.0, 3.0]}),
    ("hypot(x, y) + atan2(x, y)", {"x": 3.0, "y": 4.0}), ("pow(x, y)", {"x": 2.0, "y": 3.0}),
    ("where(x > 0, x^2, -x)", {"x": 0.5}), ("clamp(x, a, b)", {"x": 0.5, "a": 0.0, "b": 1.0}),
]
# What has no form in single numbers, and what computes something that has no derivative.
STILL = re.compile(r"max_pool|norm\(x, 3|argmax|argmin|\b(?:cholesky|det|det_sign|eigh|eigvalsh|expm|inv|logabsdet|lstsq|"
                   r"matrix_power|pinv|qr|solve|solve_triangular|svd|svdvals|sort|argsort|topk|median|quantile|cummax|cummin|"
                   r"searchsorted|masked_select|categorical)\(")


def run(*arguments):
    return subprocess.run([GRADUS, *map(str, arguments)], capture_output=True, timeout=120, check=False)


def numbers_of(value):
    return [x for part in value for x in numbers_of(part)] if isinstance(value, list) else [float(value)]


def shaped(value, flat):
    """The numbers, nested as `value` is; `flat` is used up."""
    return [shaped(part, flat) for part in value] if isinstance(value, list) else flat.pop(0)


def bindings(values):
    return [part for name, value in values.items() for part in ("--var", f"{name}={json.dumps(value)}")]


def cases():
    """Expressions, the values that a page is written for, and the points to move to."""
    for _, expression in Rules("test_what_is_called_can_be_called").expressions():
        yield expression, {"x": [POINTS[0][:2], POINTS[0][2:]]}, POINTS
        if "x[" not in expression:
            yield expression, {"x": 0.5}, [[x] for x in HARD]
    for expression, values in FUNCTIONS_OF_MORE:
        given = [x for value in values.values() for x in numbers_of(value)]
        yield expression, values, [given, [1.1 * x + 0.07 for x in given], [0.4 - 0.3 * x for x in given], [0.0 for _ in given]]


def agree(page, engine, scale):
    if math.isnan(engine) or math.isnan(page):
        return math.isnan(engine) == math.isnan(page)
    if math.isinf(engine) or math.isinf(page):
        return page == engine
    return abs(page - engine) <= 1e-11 * max(abs(engine), scale)


def main() -> int:
    node = shutil.which("node")
    if node is None:
        print("skipped: there is no Node.js (Debian's package nodejs)")
        return SKIPPED
    tried, refused, wrong, compared = [], {}, [], 0
    with tempfile.TemporaryDirectory() as folder:
        for k, (expression, values, points) in enumerate(cases()):
            page = Path(folder) / f"{k}.html"
            if run("lesson", expression, *bindings(values), "-o", page).returncode != 0:
                continue  # it takes arrays, or is not differentiable
            html = page.read_text(encoding="utf-8")
            if '"program":null' in html:
                refused[expression] = re.search(r"The inputs of this page cannot be moved: (.*?)</p>", html).group(1)
            else:
                tried.append((expression, values, points, page))
        asked = json.dumps([{"page": str(page), "points": points} for _, _, points, page in tried])
        done = subprocess.run([node, HERE / "evaluator.mjs"], input=asked.encode(), capture_output=True, timeout=600, check=False)
        if done.returncode != 0:
            print(done.stderr.decode())
            return 1
        for (expression, values, points, _), answers in zip(tried, json.loads(done.stdout)):
            for point, answer in zip(points, answers):
                cards = answer["cards"]
                result = next(card for card in cards if card["id"] == answer["output"])
                flat = list(point)
                moved = {name: shaped(value, flat) for name, value in values.items()}
                said = run("eval", expression, *bindings(moved), "--json")
                if said.returncode != 0:
                    wrong.append(f"{expression} at {moved}: {said.stderr.decode()}")
                    continue
                engine = json.loads(said.stdout)
                leaves = [card for card in cards if card["id"].startswith("input_")]
                pairs = [(result["value"], engine["value"]["data"])]
                pairs += [(leaf["gradient"], engine["gradients"][name]["data"]) for leaf, name in zip(leaves, moved)]
                for page_numbers, engine_numbers in pairs:
                    there = [float(x.replace("Infinity", "inf")) for x in page_numbers]
                    right = [float(x) for x in engine_numbers]
                    scale = 1e-3 * max([abs(x) for x in right if math.isfinite(x)] or [0.0])
                    compared += len(right)
                    if len(there) != len(right) or not all(agree(a, b, scale) for a, b in zip(there, right)):
                        wrong.append(f"{expression} at {moved}: the page has {there}, the engine {right}")
    for expression, why in refused.items():
        print(f"cannot be moved: {expression}: {why}")
        if not STILL.search(expression):
            wrong.append(f"{expression} is still")
    print(*wrong[:60], sep="\n")
    print(f"{len(tried)} pages, {len(refused)} of them still; {compared} numbers, {len(wrong)} points with wrong ones")
    return 1 if wrong or len(tried) < 150 else 0


if __name__ == "__main__":
    sys.exit(main())
