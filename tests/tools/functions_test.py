#!/usr/bin/env python3
"""Every function of the expression language, as `gradus eval` computes it: functions_test.py GRADUS [arguments].

Each is tried at least once, with a value worked out here or by hand, and with its options; its gradient must agree with
the difference of two values.
"""
import fcntl
import json
import math
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unittest
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())


def run(*arguments):
    return subprocess.run([GRADUS, *arguments], capture_output=True, timeout=60, check=False)


def answer(expression, order=1, **variables):
    bindings = [a for name, value in variables.items() for a in ("--var", f"{name}={json.dumps(value)}")]
    result = run("eval", expression, *bindings, "--json", "--order", str(order))
    assert result.returncode == 0, (expression, result.stderr.decode())
    return json.loads(result.stdout)


def nested(array):
    """{"shape": [2, 2], "data": [...]} as nested lists."""
    data = [float(v) for v in array["data"]]
    for size in reversed(array["shape"][1:]):
        data = [data[k:k + size] for k in range(0, len(data), size)] if size else []
    return data if array["shape"] else data[0]


def value(expression, **variables):
    return nested(answer(expression, **variables)["value"])


def flat(numbers):
    return [x for part in numbers for x in flat(part)] if isinstance(numbers, list) else [numbers]


def along(numbers, direction, by):
    """The nested list, each of its numbers moved by its part of the direction."""
    parts = iter(direction)

    def walk(part):
        return [walk(p) for p in part] if isinstance(part, list) else part + by * next(parts)
    return walk(numbers)


def moved(numbers, place, by):
    """The nested list with one of its numbers moved."""
    return along(numbers, [float(k == place) for k in range(len(flat(numbers)))], by)


LISTED = {f["name"]: f for f in json.loads(run("functions", "--json").stdout)}
ELEMENTWISE = {name: f for name, f in LISTED.items() if "derivatives" in f}

M = [[1.0, 2.0, 4.0], [3.0, 0.5, -1.0]]
S = [[2.0, 1.0], [-1.0, 3.0]]
V = [0.5, -1.5, 2.0]
E = math.exp
IMAGE = [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]]]

# expression, value, variables: one or more for each function that is no elementwise op of one argument.
CASES = [
    ("add(x, y)", 5.0, dict(x=2.0, y=3.0)),
    ("sub(x, y)", -1.0, dict(x=2.0, y=3.0)),
    ("mul(x, y)", 6.0, dict(x=2.0, y=3.0)),
    ("div(x, y)", 0.5, dict(x=2.0, y=4.0)),
    ("pow(x, 3)", 8.0, dict(x=2.0)),
    ("pow(x, y)", 8.0, dict(x=2.0, y=3.0)),
    ("2^x", 8.0, dict(x=3.0)),
    ("x^x", 27.0, dict(x=3.0)),
    ("x^-1 + [1,2]^x", [1.5, 4.5], dict(x=2.0)),
    ("atan2(x, y)", math.atan2(1, 2), dict(x=1.0, y=2.0)),
    ("hypot(x, y)", 5.0, dict(x=3.0, y=4.0)),
    ("logaddexp(x, y)", math.log(E(1) + E(2)), dict(x=1.0, y=2.0)),
    ("xlogy(x, y)", 2 * math.log(3), dict(x=2.0, y=3.0)),
    ("xlogy(0, y)", 0.0, dict(y=0.0)),
    ("max(x, y)", 3.0, dict(x=2.0, y=3.0)),
    ("min(x, y)", 2.0, dict(x=2.0, y=3.0)),
    ("maximum(x, y)", [2.0, 3.0], dict(x=2.0, y=[1.0, 3.0])),
    ("minimum(x, 2)", 1.0, dict(x=1.0)),
    ("clamp(x, 0, 1)", [0.5, 0.0, 1.0], dict(x=V)),
    ("where(x > 0, x^2, -x)", [0.25, 1.5, 4.0], dict(x=V)),
    ("where(x > 0, log(x), 0)", [math.log(0.5), 0.0, math.log(2)], dict(x=V)),
    ("less(x, 1)", [1.0, 1.0, 0.0], dict(x=V)),
    ("less_equal(x, 2)", [1.0, 1.0, 1.0], dict(x=V)),
    ("greater(x, 1)", [0.0, 0.0, 1.0], dict(x=V)),
    ("greater_equal(x, 2)", [0.0, 0.0, 1.0], dict(x=V)),
    ("equal(x, 2)", [0.0, 0.0, 1.0], dict(x=V)),
    ("not_equal(x, 2)", [1.0, 1.0, 0.0], dict(x=V)),
    ("(x < 1) + (x <= 2) + (x > 1) + (x >= 2) + (x == 2) + (x != 2)", [3.0, 3.0, 4.0], dict(x=V)),
    ("leaky_relu(x, slope=0.1)", [0.5, -0.15, 2.0], dict(x=V)),
    ("leaky_relu(x, 0.2)", [0.5, -0.3, 2.0], dict(x=V)),
    # reductions
    ("sum(x)", 9.5, dict(x=M)),
    ("sum(x, axis=0)", [4.0, 2.5, 3.0], dict(x=M)),
    ("sum(x, axes=(0,1), keepdims=true)", [[9.5]], dict(x=M)),
    ("sum(x, -1)", [7.0, 2.5], dict(x=M)),
    ("mean(x, 1)", [7 / 3, 2.5 / 3], dict(x=M)),
    ("prod(x, axis=1)", [8.0, -1.5], dict(x=M)),
    ("max(x)", 4.0, dict(x=M)),
    ("max(x, axis=0)", [3.0, 2.0, 4.0], dict(x=M)),
    ("min(x, axis=1, keepdims=true)", [[1.0], [-1.0]], dict(x=M)),
    ("argmax(x)", 2.0, dict(x=M)),
    ("max(x, 2, -x) + 0*min(x, 2, y)", [2.0, 3.0], dict(x=[1.0, -3.0], y=1.0)),
    ("grad(sum(x^3), x)", [3.0, 12.0], dict(x=[1.0, 2.0])),
    ("jacobian(x^3, x)", [[3.0, 0.0], [0.0, 12.0]], dict(x=[1.0, 2.0])),
    ("hessian(sum(x^3), x)", [[6.0, 0.0], [0.0, 12.0]], dict(x=[1.0, 2.0])),
    ("argmax(x, axis=0) + 0*sum(x)", [1.0, 0.0, 0.0], dict(x=M)),
    ("argmin(x, 1, true)", [[0.0], [2.0]], dict(x=M)),
    ("var(x)", 37 / 18, dict(x=V)),
    ("var(x, correction=1)", 37 / 12, dict(x=V)),
    ("std(x, 0)", math.sqrt(37 / 18), dict(x=V)),
    ("norm(x)", math.sqrt(6.5), dict(x=V)),
    ("norm(x, 1)", 4.0, dict(x=V)),
    ("norm(x, inf)", 2.0, dict(x=V)),
    ("norm(x, p=3, axis=0)", (0.125 + 3.375 + 8) ** (1 / 3), dict(x=V)),
    ("logsumexp(x)", math.log(E(0.5) + E(-1.5) + E(2)), dict(x=V)),
    ("softmax(x)[2]", E(2) / (E(0.5) + E(-1.5) + E(2)), dict(x=V)),
    ("log_softmax(x, axis=0)[0]", 0.5 - math.log(E(0.5) + E(-1.5) + E(2)), dict(x=V)),
    ("cumsum(x, 0)", [0.5, -1.0, 1.0], dict(x=V)),
    ("cumprod(x, axis=0)", [0.5, -0.75, -1.5], dict(x=V)),
    ("median(x)", 0.5, dict(x=V)),
    ("median(x, axis=1)", [2.0, 0.5], dict(x=M)),
    ("quantile(x, 0.25)", -0.5, dict(x=V)),
    ("quantile(x, q=0.5, axis=0)", 0.5, dict(x=V)),
    ("quantile(x, [0, 1], axis=1, keepdims=true)", [[[1.0], [-1.0]], [[4.0], [3.0]]], dict(x=M)),
    ("cummax(x, 0)", [0.5, 0.5, 2.0], dict(x=V)),
    ("cummin(x, axis=1)", [[1.0, 1.0, 1.0], [3.0, 0.5, -1.0]], dict(x=M)),
    ("logcumsumexp(x, 0)", [0.5, math.log(E(0.5) + E(-1.5)), math.log(E(0.5) + E(-1.5) + E(2))], dict(x=V)),
    ("diff(x)", [-2.0, 3.5], dict(x=V)),
    ("diff(x, n=2)*x[0]", [2.75], dict(x=V)),
    ("diff(x, 1, axis=0)", [[2.0, -1.5, -5.0]], dict(x=M)),
    ("any(x > 1, axis=1) + 0*sum(x)", [1.0, 1.0], dict(x=M)),
    ("all(x > 0, axis=1) + 0*sum(x)", [1.0, 0.0], dict(x=M)),
    # order and masks
    ("sort(x)", [-1.5, 0.5, 2.0], dict(x=V)),
    ("sort(x, axis=0, descending=true)", [[3.0, 2.0, 4.0], [1.0, 0.5, -1.0]], dict(x=M)),
    ("argsort(x) + 0*x", [1.0, 0.0, 2.0], dict(x=V)),
    ("nonzero(x > 0.7) + 0*x[0,0]", [[0.0, 0.0], [0.0, 1.0], [0.0, 2.0], [1.0, 0.0]], dict(x=M)),
    ("scatter(x, [2, 0], x[1:]*2, axis=0)", [4.0, -1.5, -3.0], dict(x=V)),
    ("meshgrid(x, x[:2], part=0)", [[0.5, -1.5, 2.0], [0.5, -1.5, 2.0]], dict(x=V)),
    ("meshgrid(x, x[:2], part=1, indexing=ij)", [[0.5, -1.5], [0.5, -1.5], [0.5, -1.5]], dict(x=V)),
    ("topk(x, 2)", [2.0, 0.5], dict(x=V)),
    ("topk(x, k=1, axis=1, largest=false)", [[1.0], [-1.0]], dict(x=M)),
    ("searchsorted([1, 1.8, 3], x) + 0*x", [0.0, 0.0, 2.0], dict(x=V)),
    ("searchsorted([1, 2, 3], 2, right=true)*x", [1.0, -3.0, 4.0], dict(x=V)),
    ("sum(unique([3, 1, 3, 2]))*x", [3.0, -9.0, 12.0], dict(x=V)),
    ("masked_fill(x, x > 1, 7)", [0.5, -1.5, 7.0], dict(x=V)),
    ("masked_select(x, x > 0)", [0.5, 2.0], dict(x=V)),
    ("nan_to_num(x)", V, dict(x=V)),
    ("nan_to_num([nan, 1], 5)*x[0]", [2.5, 0.5], dict(x=V)),
    ("isnan(x) + isinf(x/0) + isfinite(x)", [2.0, 2.0, 2.0], dict(x=V)),
    ("mod(x, y)", 1.5, dict(x=-2.5, y=2.0)),
    ("fmod(x, y)", -0.5, dict(x=-2.5, y=2.0)),
    ("x % y", 1.5, dict(x=-2.5, y=2.0)),
    ("2*x % 3.5 + 1", [2.0, 1.5, 1.5], dict(x=V)),
    ("i1*x + 0*i1(x)", 6.0, dict(i1=2.0, x=3.0)),  # short names may be those of variables
    ("polygamma(x, 2)", -2.4041138063191886, dict(x=1.0)),
    # linear algebra
    ("x @ y", [[4.0, 1.0], [5.0, 3.0]], dict(x=S, y=[[1.0, 0.0], [2.0, 1.0]])),
    ("matmul(x, y)", [3.5, 7.0], dict(x=S, y=[0.5, 2.5])),
    ("dot(x, x)", 6.5, dict(x=V)),
    ("outer(x, [1,2])", [[0.5, 1.0], [-1.5, -3.0], [2.0, 4.0]], dict(x=V)),
    ("vecdot(x, x, axis=1)", [21.0, 10.25], dict(x=M)),
    ("linear(x, w, b)", [1.0, 2.0], dict(x=[1.0, 2.0], w=[[1.0, 0.0], [0.0, 1.0]], b=[0.0, 0.0])),
    ("linear(x, w)", [1.0, 2.0], dict(x=[1.0, 2.0], w=[[1.0, 0.0], [0.0, 1.0]])),
    ('einsum("ij,kj->ik", x, x)', [[21.0, 0.0], [0.0, 10.25]], dict(x=M)),
    ("einsum('ii', x)", 5.0, dict(x=S)),
    ("trace(x)", 5.0, dict(x=S)),
    ("diag(x)", [2.0, 3.0], dict(x=S)),
    ("diag(x, 1)", [1.0], dict(x=S)),
    ("diagonal(x, offset=-1)", [-1.0], dict(x=S)),
    ("triu(x)", [[2.0, 1.0], [0.0, 3.0]], dict(x=S)),
    ("tril(x, -1)", [[0.0, 0.0], [-1.0, 0.0]], dict(x=S)),
    ("cholesky(x)", [[2.0, 0.0], [1.0, 2.0]], dict(x=[[4.0, 2.0], [2.0, 5.0]])),
    ("solve(x, y)", [0.0, 1.0], dict(x=S, y=[1.0, 3.0])),
    ("solve(x, y)", [[1.0, 0.0], [0.0, 1.0]], dict(x=S, y=S)),
    ("solve_triangular(x, y)", [[0.0], [1.0]], dict(x=S, y=[[1.0], [3.0]])),
    ("solve_triangular(x, y, lower=true)", [1.0, 2.0], dict(x=S, y=[2.0, 5.0])),
    ("solve_triangular(x, y, true, unit_diagonal=true)", [2.0, 7.0], dict(x=S, y=[2.0, 5.0])),
    ("inv(x)", [[3 / 7, -1 / 7], [1 / 7, 2 / 7]], dict(x=S)),
    ("det(x)", 7.0, dict(x=S)),
    ("det(x)", 0.0, dict(x=[[1.0, 2.0], [2.0, 4.0]])),
    ("logabsdet(-x)", math.log(7), dict(x=S)),
    ("det_sign(x)*x[0]", [-1.0, -2.0], dict(x=[[1.0, 2.0], [3.0, 4.0]])),
    ("eigvalsh(x)", [1.0, 3.0], dict(x=[[2.0, 1.0], [1.0, 2.0]])),
    ("eigh(x, part=0)", [1.0, 6.0], dict(x=[[2.0, 2.0], [2.0, 5.0]])),
    ("eigh(x)[0] + 0*eigh(x, 1)[0]^2", [1.0, 6.0], dict(x=[[2.0, 2.0], [2.0, 5.0]])),
    ("eigh(x, -1)^2", [[0.8, 0.2], [0.2, 0.8]], dict(x=[[2.0, 2.0], [2.0, 5.0]])),
    ("svdvals(x)", [3.0, 2.0], dict(x=[[0.0, -2.0], [3.0, 0.0]])),
    ("svd(x)[2]", [3.0, 2.0], dict(x=[[0.0, -2.0], [3.0, 0.0]])),
    ("svd(x, part=1)", [3.0, 2.0], dict(x=[[0.0, -2.0], [3.0, 0.0]])),
    ("svd(x, 0)^2 + svd(x, 2)^2", [[1.0, 1.0], [1.0, 1.0]], dict(x=[[0.0, -2.0], [3.0, 0.0]])),
    ("qr(x, 0) @ qr(x, 1)", S, dict(x=S)),
    ("qr(x)[0, 0]^2", 0.8, dict(x=S)),
    ("pinv(x)", [[0.5], [0.0]], dict(x=[[2.0, 0.0]])),
    ("pinv(x, rcond=0.5)", [[0.25, 0.0], [0.0, 0.0]], dict(x=[[4.0, 0.0], [0.0, 0.0]])),
    ("lstsq(x, y)", [2.0], dict(x=[[1.0], [1.0], [1.0]], y=[1.0, 2.0, 3.0])),
    ("matrix_power(x, 2)", [[3.0, 5.0], [-5.0, 8.0]], dict(x=S)),
    ("matrix_power(x, n=-1)", [[3 / 7, -1 / 7], [1 / 7, 2 / 7]], dict(x=S)),
    ("expm(x)", [[math.cos(1), math.sin(1)], [-math.sin(1), math.cos(1)]], dict(x=[[0.0, 1.0], [-1.0, 0.0]])),
    ("kron(x, [[1, 2]])", [[2.0, 4.0, 1.0, 2.0], [-1.0, -2.0, 3.0, 6.0]], dict(x=S)),
    ("tensordot(x, x)", 15.0, dict(x=S)),
    ("tensordot(x, x, axes=1)", [[3.0, 5.0], [-5.0, 8.0]], dict(x=S)),
    ("cross(x, [1, 0, 0])", [0.0, 2.0, 1.5], dict(x=V)),
    ("cross(x, y, axis=0)", [[0.0], [2.0], [1.5]], dict(x=[[0.5], [-1.5], [2.0]], y=[[1.0], [0.0], [0.0]])),
    # convolutions
    ("conv1d(reshape(x, (1,3)), [[[1,2]]], [1])", [[-1.5, 3.5]], dict(x=V)),
    ("conv1d(reshape(x, (1,3)), reshape(w, (1,1,2)), padding=same)", [[-2.5, 2.5, 2.0]], dict(x=V, w=[1.0, 2.0])),
    ("conv1d(reshape(x, (1,3)), reshape(w, (1,1,2)), padding=(2,0))", [[0.0, 1.0, -2.5, 2.5]], dict(x=V, w=[1.0, 2.0])),
    ("conv2d(x, w, b, stride=2, padding=1)", [[[1.0, 1.0, 1.0], [1.0, 6.0, 1.0], [1.0, 1.0, 1.0]]],
     dict(x=IMAGE, w=[[[[1.0]]]], b=[1.0])),
    ("conv_transpose1d(reshape(x, (1,3)), reshape(w, (1,1,2)))", [[0.5, -0.5, -1.0, 4.0]], dict(x=V, w=[1.0, 2.0])),
    ("conv_transpose1d(reshape(x, (1,3)), reshape(w, (1,1,2)), padding=(0,1))", [[0.5, -0.5, -1.0]], dict(x=V, w=[1.0, 2.0])),
    ("conv_transpose2d(x, w, stride=(1,2))", [[[1.0, 0.0, 2.0, 0.0, 3.0]]],
     dict(x=[[[1.0, 2.0, 3.0]]], w=[[[[1.0]]]])),
    ("max_pool(x, 2)", [[[5.0]]], dict(x=IMAGE)),
    ("max_pool2d(x, (1,2), stride=1)", [[[2.0, 3.0], [5.0, 6.0], [8.0, 10.0]]], dict(x=IMAGE)),
    ("max_pool1d(x, 2, 1)", [[2.0, 3.0]], dict(x=[[1.0, 2.0, 3.0]])),
    ("avg_pool(x, 2)", [[[3.0]]], dict(x=IMAGE)),
    ("avg_pool2d(x, 2, 1)", [[[3.0, 4.0], [6.0, 7.25]]], dict(x=IMAGE)),
    ("avg_pool1d(x, 2, stride=1)", [[1.5, 2.5]], dict(x=[[1.0, 2.0, 3.0]])),
    # shapes
    ("reshape(x, (3, -1))", [[1.0, 2.0], [4.0, 3.0], [0.5, -1.0]], dict(x=M)),
    ("flatten(x)", [1.0, 2.0, 4.0, 3.0, 0.5, -1.0], dict(x=M)),
    ("squeeze(reshape(x, (1,3,1)))", V, dict(x=V)),
    ("unsqueeze(x, 0)", [V], dict(x=V)),
    ("permute(x, (1,0))", [[1.0, 3.0], [2.0, 0.5], [4.0, -1.0]], dict(x=M)),
    ("transpose(x)", [[1.0, 3.0], [2.0, 0.5], [4.0, -1.0]], dict(x=M)),
    ("transpose(x, (0,1))", [[1.0, 3.0], [2.0, 0.5], [4.0, -1.0]], dict(x=M)),
    ("broadcast_to(x, (2,3))", [V, V], dict(x=V)),
    ("take(x, [0,0,2])", [0.5, 0.5, 2.0], dict(x=V)),
    ("take(x, [[1],[0]], axis=1)", [[[2.0], [1.0]], [[0.5], [3.0]]], dict(x=M)),
    ("gather(x, [[2,0],[1,1]], axis=1)", [[4.0, 1.0], [0.5, 0.5]], dict(x=M)),
    ("scatter_add(x, [0,0], y, 0)", [3.5, -1.5, 2.0], dict(x=V, y=[1.0, 2.0])),
    ("embedding(x, [1,0])", [M[1], M[0]], dict(x=M)),
    ("flip(x, 1)", [[4.0, 2.0, 1.0], [-1.0, 0.5, 3.0]], dict(x=M)),
    ("roll(x, 1, 0)", [2.0, 0.5, -1.5], dict(x=V)),
    ("concat(x, [7], x)", V + [7.0] + V, dict(x=V)),
    ("stack(x, x, axis=1)", [[0.5, 0.5], [-1.5, -1.5], [2.0, 2.0]], dict(x=V)),
    ("split(x, 3, 1, axis=1)", [[2.0], [0.5]], dict(x=M)),
    ("split(x, (1,2), part=-1)", [-1.5, 2.0], dict(x=V)),
    ("pad(x, (1,2))", [0.0] + V + [0.0, 0.0], dict(x=V)),
    ("pad(x, (1,1), mode=reflect)", [-1.5, 0.5, -1.5, 2.0, -1.5], dict(x=V)),
    ("pad(x, (1,0), value=7)", [7.0] + V, dict(x=V)),
    ("repeat(x, 2)", V + V, dict(x=V)),
    ("repeat_interleave(x, 2, 0)", [0.5, 0.5, -1.5, -1.5, 2.0, 2.0], dict(x=V)),
    ("one_hot([2,0], 3)*x", [[0.0, 0.0, 2.0], [0.5, 0.0, 0.0]], dict(x=V)),
    ("x[1]", -1.5, dict(x=V)),
    ("x[-1, ::2]", [3.0, -1.0], dict(x=M)),
    ("x[1:, :2]", [[3.0, 0.5]], dict(x=M)),
    ("x[::-1]", [2.0, -1.5, 0.5], dict(x=V)),
    ("x[..., 0]", [1.0, 3.0], dict(x=M)),
    ("x[none, 1, ..., none]", [[[3.0], [0.5], [-1.0]]], dict(x=M)),
    ("x[0][2]", 4.0, dict(x=M)),
    # losses
    ("mse(x, y)", 2.0, dict(x=[1.0, 2.0], y=[1.0, 4.0])),
    ("mse(x, y, reduction=sum)", 4.0, dict(x=[1.0, 2.0], y=[1.0, 4.0])),
    ("mae(x, y, reduction=\"none\")", [0.5, 2.0], dict(x=[1.0, 2.0], y=[1.5, 4.0])),
    ("huber(x, y, delta=0.5)", 0.875, dict(x=[2.0], y=[4.0])),
    ("smooth_l1(x, y, beta=2)", 0.25, dict(x=[1.0], y=[2.0])),
    ("hinge(x, y)", 0.25, dict(x=[0.5, 2.0], y=[1.0, 1.0])),
    ("bce(x, y)", -math.log(0.25), dict(x=[0.25], y=[1.0])),
    ("bce_with_logits(x, y)", math.log(1 + E(-1)), dict(x=[1.0], y=[1.0])),
    ("bce_with_logits(x, [1], 2)", 2 * math.log(1 + E(-1)), dict(x=[1.0])),
    ("cross_entropy(x, [0,1])", (math.log(1 + E(-1)) + math.log(1 + E(-4))) / 2, dict(x=S)),
    ("cross_entropy(x, [[1,0],[0,1]], reduction=sum)", math.log(1 + E(-1)) + math.log(1 + E(-4)), dict(x=S)),
    ("cross_entropy(x, [0,1], [1,3], reduction=sum)", math.log(1 + E(-1)) + 3 * math.log(1 + E(-4)), dict(x=S)),
    ("cross_entropy(x, [0,1], label_smoothing=1, reduction=sum)",
     0.5 * (2 * math.log(1 + E(-1)) + 1) + 0.5 * (2 * math.log(1 + E(-4)) + 4), dict(x=S)),
    ("nll(x, [0,1])", -2.5, dict(x=S)),
    ("kl_div(x, y, reduction=batch_mean)", 1.0, dict(x=[-1.0], y=[1.0])),
    ("kl_div(x, y, log_target=true, reduction=sum)", E(-2) * (-2 + 1) + E(-1) * (-1 + 0.5), dict(x=[-1.0, -0.5], y=[-2.0, -1.0])),
    ("cosine_similarity(x, y, axis=0)", 0.6, dict(x=[3.0, 4.0], y=[1.0, 0.0])),
]

# Where a number is moved it jumps, or its two sides have different slopes, or one side is not defined.
UNEVEN = {"hinge(x, y)", "bce(x, y)", "less_equal(x, 2)", "greater_equal(x, 2)", "equal(x, 2)", "not_equal(x, 2)",
          "(x < 1) + (x <= 2) + (x > 1) + (x >= 2) + (x == 2) + (x != 2)", "xlogy(0, y)"}

# What elementwise ops of one argument are, written once more: where there is none here, the others tests see to it.
ONE = {
    "neg": lambda x: -x, "sign": lambda x: math.copysign(1, x), "abs": abs, "floor": math.floor, "ceil": math.ceil,
    "round": round, "square": lambda x: x * x, "reciprocal": lambda x: 1 / x, "sqrt": math.sqrt,
    "rsqrt": lambda x: 1 / math.sqrt(x), "cbrt": lambda x: x ** (1 / 3), "exp": math.exp, "exp2": lambda x: 2 ** x,
    "expm1": math.expm1, "log": math.log, "log2": math.log2, "log10": math.log10, "log1p": math.log1p, "sin": math.sin,
    "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos, "atan": math.atan, "sinh": math.sinh,
    "cosh": math.cosh, "tanh": math.tanh, "asinh": math.asinh, "acosh": lambda x: math.acosh(x), "atanh": math.atanh,
    "erf": math.erf, "erfc": math.erfc, "identity": lambda x: x, "step": lambda x: float(x > 0),
    "sigmoid": lambda x: 1 / (1 + E(-x)), "relu": lambda x: max(x, 0), "relu6": lambda x: min(max(x, 0), 6), "leaky_relu": lambda x: max(x, 0.01 * x),
    "elu": lambda x: x if x > 0 else E(x) - 1,
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (E(x) - 1)),
    "celu": lambda x: x if x > 0 else E(x) - 1, "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "gelu_tanh": lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3))),
    "silu": lambda x: x / (1 + E(-x)), "mish": lambda x: x * math.tanh(math.log1p(E(x))),
    "softplus": lambda x: math.log1p(E(x)), "softsign": lambda x: x / (1 + abs(x)),
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0), 1), "hard_tanh": lambda x: min(max(x, -1), 1),
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6, "log_sigmoid": lambda x: -math.log1p(E(-x)),
    "trunc": math.trunc, "norm_cdf": lambda x: math.erfc(-x / math.sqrt(2)) / 2, "logit": lambda x: math.log(x / (1 - x)),
    "lgamma": math.lgamma, "tgamma": math.gamma, "sinc": lambda x: math.sin(math.pi * x) / (math.pi * x),
    "i0": lambda x: sum((x / 2) ** (2 * k) / math.factorial(k) ** 2 for k in range(30)),
    "i1": lambda x: sum((x / 2) ** (2 * k + 1) / math.factorial(k) / math.factorial(k + 1) for k in range(30)),
}


def in_terminal(columns, *arguments):
    """The lines of the command in a terminal of a width."""
    control, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen([GRADUS, *arguments], stdout=terminal) as process:
        os.close(terminal)
        text = b""
        try:
            while piece := os.read(control, 65536):
                text += piece
        except OSError:  # the other end is closed
            pass
    os.close(control)
    assert process.returncode == 0
    return text.decode().replace("\r", "").splitlines()


class Functions(unittest.TestCase):
    def close(self, got, expected, message, tolerance=1e-13):
        got, expected = flat(got), flat(expected)
        self.assertEqual(len(got), len(expected), message)
        for a, b in zip(got, expected):
            self.assertTrue(a == b or abs(a - b) <= tolerance * max(1, abs(b)), (message, got, expected))

    def test_every_function_is_tried(self):
        words = set(re.findall(r"[a-z][a-z0-9_]*(?=\()", " ".join(c[0] for c in CASES)))
        seeded = {name for name, f in LISTED.items() if f["theme"] == "Random numbers"}  # they have a test of their own
        tried = words | set(ELEMENTWISE) | seeded
        self.assertEqual(sorted(set(LISTED) - tried), [])
        self.assertEqual(sorted(set(ONE) - set(LISTED)), [], "expected values of functions that there are not")

    def test_elementwise_functions(self):
        """Each, as the program lists it: of plain numbers what it is of tensors, and with its gradients the slopes."""
        self.assertGreater(len(ELEMENTWISE), 60)
        for name, f in ELEMENTWISE.items():
            arguments = list(f["derivatives"])
            point = dict(zip(arguments, (1.25,) if name == "acosh" else (0.6, 0.35, 0.9)))
            call = f"{name}({', '.join(arguments)})"
            found = answer(call, **point)
            plain = f"{name}({', '.join(str(v) for v in point.values())})"
            self.close(value(plain), found["value"]["data"][0], plain)
            step = 1e-6
            for k in arguments:
                up, down = (value(call, **{**point, k: point[k] + by}) for by in (step, -step))
                with self.subTest(name=name, argument=k):
                    self.close(nested(found["gradients"][k]), (up - down) / (2 * step), (name, k), tolerance=1e-7)

    def test_values(self):
        for expression, expected, variables in CASES:
            self.close(value(expression, **variables), expected, expression)

    def test_gradients_are_slopes(self):
        """Of a sum with weights, along a direction without symmetries, so that a gradient in the wrong order shows."""
        step = 1e-5
        for expression, _, variables in CASES:
            if expression in UNEVEN:
                continue
            shape = answer(expression, **variables)["value"]["shape"]
            count = math.prod(shape)
            weights = [1 + 0.25 * k for k in range(count)]
            weighted = f"sum(flatten({expression}) * {json.dumps(weights)})"
            found = answer(weighted, **variables)["gradients"]
            for name, numbers in variables.items():
                gradient = flat(nested(found[name]))
                direction = [(-1) ** k / (1 + 0.3 * k) for k in range(len(gradient))]
                up, down = (value(weighted, **{**variables, name: along(numbers, direction, by)}) for by in (step, -step))
                with self.subTest(expression=expression, name=name):
                    self.close(sum(g * d for g, d in zip(gradient, direction)), (up - down) / (2 * step), (expression, name),
                               tolerance=1e-7)

    def test_elementwise_functions_of_one_argument(self):
        for name, f in ONE.items():
            for x in (1.25,) if name == "acosh" else (0.25, 0.75):
                self.close(value(f"{name}(x)", x=x), f(x), name)
                self.close(value(f"{name}({x})"), f(x), name)  # and of a plain number
            x = 1.25 if name == "acosh" else 0.3
            slope = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
            self.close(nested(answer(f"{name}(x)", x=x)["gradients"]["x"]), slope, name, tolerance=1e-8)

    def test_the_formulas_of_the_table_are_what_is_computed(self):
        """They are all but written in the language itself: translated, they give the same numbers."""
        signs = [("−", "-"), ("·", "*"), ("≤", "<="), ("≥", ">="), ("≠", "!="), (" = ", " == "), ("√(", "sqrt("),
                 ("√2", "sqrt(2)"), ("√π", "sqrt(pi)"), ("√x", "sqrt(x)"), ("∛x", "cbrt(x)"), ("|x|", "abs(x)"),
                 ("⌊x⌋", "floor(x)"), ("⌈x⌉", "ceil(x)"), ("log₂e", "(1/log(2))"), ("log₁₀e", "(1/log(10))"),
                 ("π", "pi"), ("2/sqrt(pi)*", "(2/sqrt(pi))*")]
        words = {"a if c != 0, else b": "where(c, a, b)"}
        checked = 0
        for name, f in ELEMENTWISE.items():
            names = re.sub(r"(, )?[a-z]+=[^,)]*", "", f["signature"])[len(name) + 1:-1].split(", ")
            options = dict(re.findall(r"([a-z]+)=([^,)]+)", f["signature"]))
            point = dict(zip(names, (1.25,) if name == "acosh" else (0.6, 0.35, 0.9)))
            found = answer(f"{name}({', '.join(names)})", **point)
            y = found["value"]["data"][0]
            texts = [(f.get("formula"), y)]
            texts += [(text, found["gradients"][k]["data"][0]) for k, text in f["derivatives"].items()]
            for text, expected in texts:
                if text is None:
                    continue
                formula, _, t = text.partition(", t = ")
                for sign, plain in signs:
                    formula, t = formula.replace(sign, plain), t.replace(sign, plain)
                formula, t = (re.sub("⌊(.*?)⌋", r"floor(\1)", part) for part in (formula, t))
                formula = words.get(formula, formula)
                formula = re.sub(r"\bt\b", f"({t})", formula)
                for option, preset in options.items():
                    formula = re.sub(rf"\b{option}\b(?!=)", f"({preset})", formula)
                used = {k: v for k, v in {**point, "y": y}.items() if re.search(rf"\b{k}\b", formula)}
                with self.subTest(name=name, formula=formula):
                    self.close(value(formula, **used), expected, (name, formula), tolerance=1e-12)
                    checked += 1
        self.assertGreater(checked, 100)

    def test_random_numbers_follow_from_the_seed(self):
        self.assertEqual(value("uniform((2,3), seed=7)"), value("uniform((2,3), 0, 1, 7)"))
        self.assertNotEqual(value("uniform(3, seed=1)"), value("uniform(3, seed=2)"))
        self.assertTrue(all(2 <= v < 3 for v in value("uniform(50, 2, 3)")))
        self.assertTrue(all(v in (0, 1) for v in value("bernoulli(50, p=0.25, seed=3)")))
        self.assertEqual(len(value("normal((2,3), mean=1, deviation=0)")), 2)
        self.assertTrue(all(v >= 0 for v in value("exponential(50, scale=2)") + value("gamma(50, 0.5, 2)")))
        self.assertTrue(all(0 <= v <= 1 for v in value("beta(50, a=2, b=3, seed=1)")))
        self.assertTrue(all(v == int(v) >= 0 for v in value("poisson(50, rate=3)")))
        self.assertTrue(all(-1 <= v <= 3 for v in value("truncated_normal(50, low=-1, high=3)")))
        self.assertTrue(all(v in (2, 3, 4) for v in value("randint(50, 2, 5, seed=4)")))
        self.assertTrue(all(v in (0, 2) for v in value("categorical([[1, -inf, 2], [3, -inf, 4]], axis=1, seed=2)")))
        self.assertEqual(sum(value("multinomial([0.25, 0.75], n=40)")), 40)
        self.assertEqual(sorted(value("shuffle([1, 2, 3, 4], seed=3)")), [1, 2, 3, 4])
        self.assertEqual(value("beta*gamma(1, 1)[0]/gamma(1, 1)[0] + beta", beta=2.0), 4.0)  # names of parameters too

    def test_second_derivatives_of_functions(self):
        found = answer("sum(tanh(x)*softmax(x))", order=2, x=V)["hessian"]["x"]["x"]
        self.assertEqual(found["shape"], [3, 3])
        rows = nested(found)
        step = 1e-5
        for place in range(3):
            up = nested(answer("sum(tanh(x)*softmax(x))", x=moved(V, place, step))["gradients"]["x"])
            down = nested(answer("sum(tanh(x)*softmax(x))", x=moved(V, place, -step))["gradients"]["x"])
            self.close(rows[place], [(a - b) / (2 * step) for a, b in zip(up, down)], "hessian", tolerance=1e-8)
            for k in range(3):
                self.assertAlmostEqual(rows[place][k], rows[k][place], delta=1e-15)


class Mistakes(unittest.TestCase):
    def refused(self, code, message, expression, **variables):
        bindings = [a for name, value_ in variables.items() for a in ("--var", f"{name}={json.dumps(value_)}")]
        result = run("eval", expression, *bindings)
        self.assertEqual(result.returncode, code, (expression, result.stderr))
        self.assertEqual(result.stdout, b"")
        self.assertIn(message, result.stderr.decode())

    def test_options(self):
        self.refused(2, "axis and axes are the same", "sum(x, axis=0, axes=1)", x=M)
        self.refused(2, "sum has no option 'axsi'; did you mean 'axis'?", "sum(x, axsi=0)", x=M)
        self.refused(2, "keepdims must be true or false", "sum(x, keepdims=1)", x=M)
        self.refused(2, "reshape needs shape=", "reshape(x)", x=M)
        self.refused(2, "mode must be one of constant, reflect, replicate, circular", "pad(x, 1, mode=mirror)", x=M)
        self.refused(2, "spec must be a text in quotes", "einsum(x, x)", x=M)
        self.refused(1, "axis 99 is out of range", "sum(x, axis=99)", x=M)
        self.refused(1, "out of range", "sum(x, axis=2)", x=M)
        self.refused(1, "several arguments take no axis", "max(x, x, axis=0)", x=M)

    def test_subscripts_and_indices(self):
        self.refused(1, "out of range", "x[3]", x=V)
        self.refused(1, "[slice]", "x[0, 0]", x=V)
        self.refused(2, "the step of a range cannot be 0", "x[::0]", x=V)
        self.refused(1, "[take] whole numbers are needed, not 0.5", "take(x, [0.5])", x=V)
        self.refused(1, "[take] whole numbers are needed, not nan", "take(x, [nan])", x=V)
        self.refused(1, "label 3 of row 1", "cross_entropy(x, [0,3])", x=S)
        self.refused(1, "there is no part 3", "split(x, 3, 3)", x=V)

    def test_windows(self):
        line, kernel = [[1.0, 2.0, 3.0, 4.0]], "[[[1,1]]]"
        for call in (f"conv1d(x, {kernel}, ", f"conv_transpose1d(x, {kernel}, ", "max_pool1d(x, 2, ", "avg_pool1d(x, 2, "):
            op = call[:call.index("(")]
            for option, least in [("stride", 1), ("padding", 0), *([("dilation", 1)] if op != "avg_pool1d" else []),
                                  *([("groups", 1)] if op.startswith("conv") else []),
                                  *([("output_padding", 0)] if op == "conv_transpose1d" else [])]:
                for value_ in range(-2, least):
                    self.refused(1, f"[{op}] {option} must be at least {least}: {value_}", f"{call}{option}={value_})", x=line)
                if option != "groups" and (option != "padding" or "pool" in op):
                    self.refused(1, f"[{op}] {option} takes one number, not 2", f"{call}{option}=(1,2))", x=line)
        self.refused(1, "[max_pool1d] kernel takes one number, not 2", "max_pool1d(x, (1,2))", x=line)
        self.refused(1, "[max_pool1d] kernel must be at least 1: 0", "max_pool1d(x, 0)", x=line)
        self.refused(1, "[conv1d] padding takes one number, or two for the ends, not 3", f"conv1d(x, {kernel}, padding=(1,2,3))", x=line)
        self.refused(1, "[max_pool2d] stride must be at least 1: -1", "max_pool2d(x, 2, (1,-1))", x=IMAGE)
        self.refused(1, "[max_pool2d] kernel takes one number, or two for height and width, not 3", "max_pool2d(x, (1,1,1))", x=IMAGE)

    def test_orders_and_distributions(self):
        self.refused(1, "[polygamma] the order has to be a whole number of at least 0", "polygamma(x, 1.5)", x=V)
        self.refused(1, "[polygamma] the order has to be a whole number of at least 0", "polygamma(x, order=-1)", x=V)
        self.refused(1, "[meshgrid] there is no part 2: there are 2", "meshgrid(x, x, part=2)", x=V)
        self.refused(1, "[nonzero] a single number has no axes: compare it with 0", "x*nonzero(x)", x=2)
        self.refused(1, "[topk] there are no 4 numbers along axis 0 of [3]", "topk(x, 4)", x=V)
        self.refused(1, "[quantile] 2 is no share: it must be in [0, 1]", "quantile(x, 2)", x=V)
        self.refused(1, "[quantile] one share q, or one list of them, is needed", "quantile(x)", x=V)
        self.refused(1, "[quantile] one share q, or one list of them, is needed", "quantile(x, 0.5, q=0.5)", x=V)
        self.refused(1, "[quantile] q is not differentiated: write it as a number", "quantile(x, q)", x=V, q=0.5)
        self.refused(1, "[quantile] q is a number or a list of numbers", "quantile(x, [[0.5]])", x=V)
        self.refused(1, "[randint] there is no whole number from 3 up to 3", "x + randint(3, 3, 3)", x=V)
        self.refused(1, "[poisson] the rate must be in [0, 1e15], not -1", "x + poisson(3, -1)", x=V)
        self.refused(2, "unknown function 'trigamma'; write polygamma(x)", "trigamma(x)", x=V)

    def test_numbers_too_large(self):
        for message, expression in [
            ("shift is too large a number: 1e+300", "roll(x, 1e300, 0)"), ("shift is too large a number: inf", "roll(x, inf, 0)"),
            ("axis is too large a number: 1e+300", "sum(x, 1e300)"), ("the number is too large: 1e+300 is no index", "x[1e300]"),
            ("the number is too large: 1e+300 is no index", "x[:1e300]"), ("the number is too large", "sum(x, axis=(0, 1e300))"),
            ("ignore_index is too large a number", "nll(x, [0], ignore_index=-1e300)"), ("expected an integer", "x[1.5]"),
            ("shift must be a whole number", "roll(x, 0.5, 0)"), ("seed is too large a number", "x + uniform(2, seed=1e300)"),
        ]:
            self.refused(2, message, expression, x=V)
        self.refused(1, "[take] 1e+300 is too large a number here", "take(x, [1e300])", x=V)
        self.refused(1, "axis 10000000000 is out of range", "sum(x, 1e10)", x=V)

    def test_names_that_are_words(self):
        for word in ("none", "None", "true", "false", "inf", "nan"):
            self.refused(2, f"'{word}' is a reserved name", "x", **{word: 1.0}, x=1.0)

    def test_language(self):
        self.refused(2, "comparisons cannot be chained", "0 < x < 1", x=1.0)
        self.refused(2, "unknown function 'sofmax'; did you mean 'softmax'?", "sofmax(x)", x=V)
        self.refused(2, "unknown function 'chain_product'", "chain_product(x, x)", x=V)
        self.refused(1, "[einsum]", 'einsum("ij,jk", x, x)', x=V)


class Table(unittest.TestCase):
    def test_every_op_tells_formula_derivative_domain_and_error(self):
        self.assertEqual(LISTED["tanh"]["derivatives"], {"x": "1 − y^2"})
        self.assertEqual(LISTED["mul"]["derivatives"], {"a": "b", "b": "a"})
        self.assertEqual(LISTED["log"]["domain"], "x > 0")
        self.assertEqual(LISTED["sqrt"]["domain"], "x ≥ 0")
        self.assertEqual(LISTED["asin"]["domain"], "−1 ≤ x ≤ 1")
        self.assertEqual(LISTED["atanh"]["domain"], "−1 < x < 1")
        self.assertEqual(LISTED["acosh"]["domain"], "x ≥ 1")
        self.assertEqual(LISTED["log1p"]["domain"], "x > −1")
        self.assertEqual(LISTED["reciprocal"]["domain"], "x ≠ 0")
        self.assertEqual(LISTED["exp"]["domain"], "all reals")
        where = {name: f["no_derivative"] for name, f in LISTED.items() if "no_derivative" in f}
        self.assertEqual({name: where.get(name) for name in ("abs", "relu", "relu6", "hard_tanh", "step", "selu")},
                         {"abs": "x = 0", "relu": "x = 0", "relu6": "x = 0, 6", "hard_tanh": "x = −1, 1", "step": "x = 0",
                          "selu": "x = 0"})
        self.assertEqual({name: where.get(name) for name in ("floor", "round", "maximum", "less", "hypot", "clamp")},
                         {"floor": "whole x", "round": "x halfway between whole numbers", "maximum": "a = b",
                          "less": "a = b", "hypot": "a = b = 0", "clamp": "x = low, x = high"})
        for smooth in ("exp", "sqrt", "log", "tanh", "elu", "celu", "gelu", "silu", "softsign", "mul", "div", "logaddexp"):
            self.assertNotIn(smooth, where)
        for f in LISTED.values():
            if "worst_ulps" in f:
                self.assertGreaterEqual(f["worst_ulps"]["derivative"], 0, f)
                self.assertTrue(all(f["derivatives"].values()), f)
            else:
                self.assertTrue(f["description"], f)

    def test_the_page_is_100_columns_wide(self):
        lines = run("functions").stdout.decode().splitlines()
        self.assertGreater(len(lines), 100)
        self.assertEqual([line for line in lines if len(line) > 100], [])
        self.assertEqual([line for line in lines if line != line.rstrip()], [])

    def test_columns_do_not_run_into_each_other(self):
        """The formula of selu holds words wider than its column."""
        lines = run("functions", "selu", "tanh").stdout.decode().split("\n\n")[0].splitlines()
        derivative = lines[1].index("derivative")
        self.assertEqual([line for line in lines[1:] if line[derivative - 2:derivative].strip()], [])
        formula = "".join(line[lines[1].index("formula"):derivative].strip() for line in lines[2:])
        self.assertIn("1.0507009873554805·where(x>0,x,1.6732632423543772·expm1(x))", formula.replace(" ", ""))

    def test_the_terminal_says_how_wide_the_page_is(self):
        for width in (72, 80, 130):
            lines = in_terminal(width, "functions")
            self.assertGreater(len(lines), 100)
            self.assertEqual([line for line in lines if len(line) > width], [])
        self.assertLess(len(in_terminal(130, "functions")), len(in_terminal(80, "functions")))

    def test_some_by_name(self):
        text = run("functions", "tanh", "sum").stdout.decode()
        self.assertIn("tanh(x)", text)
        self.assertIn("sum(x, axis=none, keepdims=false)", text)
        self.assertNotIn("sigmoid", text)
        self.assertEqual([f["name"] for f in json.loads(run("functions", "sum", "tanh", "--json").stdout)], ["sum", "tanh"])

    def test_an_unknown_name_is_an_error_with_a_suggestion(self):
        result = run("functions", "tnah")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout, b"")
        self.assertIn(b"unknown function 'tnah'; did you mean 'tanh'?", result.stderr)

    def test_the_readme_counts_the_activations(self):
        readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
        activations = [f["name"] for f in LISTED.values() if f["theme"] == "Activations"]
        self.assertEqual(re.findall(r"(\d+) activations", readme), [str(len(activations))])

    def test_help_names_every_function(self):
        text = run("eval", "--help").stdout.decode()
        words = set(text.replace(",", " ").split())
        self.assertEqual(sorted(set(LISTED) - words), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
