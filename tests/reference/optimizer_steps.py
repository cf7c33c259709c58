#!/usr/bin/env python3
"""Writes tests/data/optimizer_steps.json: where published optimizers go in 100 steps, in plain Python floats.

    optimizer_steps.py > tests/data/optimizer_steps.json

Each is written out from its paper, or from PyTorch's documentation where that says more, one number at a time and with
nothing of Gradus.  The loss is  Σᵢ cᵢ (pᵢ − tᵢ)² + Σᵢ sin(pᵢ pᵢ₊₁)  on five numbers, its gradient by hand.
"""
import json
from math import cos, sqrt

START = [0.5, -1.25, 2.0, 0.125, -0.75]
TARGET = [1.0, 2.0, -1.0, 0.25, 0.5]
WEIGHT = [0.5, 2.0, 0.125, 1.0, 8.0]
KEPT = (1, 2, 10, 100)


def gradient(p):
    g = [2 * c * (x - t) for c, x, t in zip(WEIGHT, p, TARGET)]
    for i in range(len(p) - 1):
        slope = cos(p[i] * p[i + 1])
        g[i] += slope * p[i + 1]
        g[i + 1] += slope * p[i]
    return g


def sgd(rate, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False):
    buffers = {}

    def move(i, t, p, g):
        g += weight_decay * p
        if momentum:
            buffers[i] = g if t == 1 else momentum * buffers[i] + (1 - dampening) * g
            g = g + momentum * buffers[i] if nesterov else buffers[i]
        return p - rate * g

    return move


def adagrad(rate, rate_decay=0.0, weight_decay=0.0, initial=0.0, eps=1e-10):
    sums = {}

    def move(i, t, p, g):
        g += weight_decay * p
        sums[i] = sums.get(i, initial) + g * g
        return p - rate / (1 + (t - 1) * rate_decay) * g / (sqrt(sums[i]) + eps)

    return move


def adadelta(rate, rho=0.9, eps=1e-6, weight_decay=0.0):
    squares, deltas = {}, {}

    def move(i, t, p, g):
        g += weight_decay * p
        squares[i] = rho * squares.get(i, 0.0) + (1 - rho) * g * g
        delta = sqrt(deltas.get(i, 0.0) + eps) / sqrt(squares[i] + eps) * g
        deltas[i] = rho * deltas.get(i, 0.0) + (1 - rho) * delta * delta
        return p - rate * delta

    return move


def rmsprop(rate, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False):
    squares, means, buffers = {}, {}, {}

    def move(i, t, p, g):
        g += weight_decay * p
        squares[i] = alpha * squares.get(i, 0.0) + (1 - alpha) * g * g
        spread = squares[i]
        if centered:
            means[i] = alpha * means.get(i, 0.0) + (1 - alpha) * g
            spread -= means[i] ** 2
        step = g / (sqrt(spread) + eps)
        if momentum:
            step = buffers[i] = momentum * buffers.get(i, 0.0) + step
        return p - rate * step

    return move


def adam(rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, amsgrad=False, decoupled=False):
    m, v, largest = {}, {}, {}

    def move(i, t, p, g):
        if decoupled:
            p -= rate * weight_decay * p
        else:
            g += weight_decay * p
        m[i] = beta1 * m.get(i, 0.0) + (1 - beta1) * g
        v[i] = beta2 * v.get(i, 0.0) + (1 - beta2) * g * g
        largest[i] = max(largest.get(i, 0.0), v[i])
        m_hat = m[i] / (1 - beta1**t)
        v_hat = (largest[i] if amsgrad else v[i]) / (1 - beta2**t)
        return p - rate * m_hat / (sqrt(v_hat) + eps)

    return move


def adamax(rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    m, u = {}, {}

    def move(i, t, p, g):
        g += weight_decay * p
        m[i] = beta1 * m.get(i, 0.0) + (1 - beta1) * g
        u[i] = max(beta2 * u.get(i, 0.0), abs(g) + eps)
        return p - rate / (1 - beta1**t) * m[i] / u[i]

    return move


def nadam(rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, momentum_decay=4e-3, decoupled=False):
    m, v, product = {}, {}, {}

    def move(i, t, p, g):
        if decoupled:
            p *= 1 - rate * weight_decay
        else:
            g += weight_decay * p
        mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
        product[i] = product.get(i, 1.0) * mu
        m[i] = beta1 * m.get(i, 0.0) + (1 - beta1) * g
        v[i] = beta2 * v.get(i, 0.0) + (1 - beta2) * g * g
        m_hat = mu_next * m[i] / (1 - product[i] * mu_next) + (1 - mu) * g / (1 - product[i])
        v_hat = v[i] / (1 - beta2**t)
        return p - rate * m_hat / (sqrt(v_hat) + eps)

    return move


def lion(rate, beta1=0.9, beta2=0.99, weight_decay=0.0):
    m = {}

    def move(i, t, p, g):
        before = m.get(i, 0.0)
        c = beta1 * before + (1 - beta1) * g
        m[i] = beta2 * before + (1 - beta2) * g
        return p - rate * ((c > 0) - (c < 0) + weight_decay * p)

    return move


def product(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def transposed(a):
    return [list(column) for column in zip(*a)]


def combined(a, x, b, y):
    return [[a * p + b * q for p, q in zip(row, other)] for row, other in zip(x, y)]


def newton_schulz(g):
    x = g if len(g) <= len(g[0]) else transposed(g)
    norm = max(sqrt(sum(v * v for row in x for v in row)), 1e-7)
    x = [[v / norm for v in row] for row in x]
    for _ in range(5):
        gram = product(x, transposed(x))
        update = combined(-4.7750, gram, 2.0315, product(gram, gram))
        x = combined(3.4445, x, 1.0, product(update, x))
    return x if len(g) <= len(g[0]) else transposed(x)


MATRIX = [[0.5, -1.25, 2.0], [0.125, -0.75, 1.5]]
MATRIX_TARGET = [[1.0, 2.0, -1.0], [0.25, 0.5, 0.75]]


def muon(start, target, rate, decay=0.1, momentum=0.95, nesterov=True):
    """Thirty steps down Σ (w − t)²."""
    w = [list(row) for row in start]
    m = [[0.0] * len(row) for row in w]
    for _ in range(30):
        g = combined(2.0, w, -2.0, target)
        m = combined(momentum, m, 1 - momentum, g)
        step = newton_schulz(combined(1 - momentum, g, momentum, m) if nesterov else m)
        w = combined(1 - rate * decay, w, -rate * sqrt(max(1.0, len(w) / len(w[0]))), step)
    return w


MUON = {
    "wide": muon(MATRIX, MATRIX_TARGET, 0.05),
    "tall": muon(transposed(MATRIX), transposed(MATRIX_TARGET), 0.05),
    "without nesterov": muon(MATRIX, MATRIX_TARGET, 0.05, decay=0.0, momentum=0.5, nesterov=False),
}

CASES = {
    "sgd": sgd(0.01),
    "sgd, weight decay": sgd(0.01, weight_decay=0.1),
    "sgd, momentum": sgd(0.01, momentum=0.9),
    "sgd, dampening": sgd(0.01, momentum=0.9, dampening=0.25, weight_decay=0.01),
    "sgd, nesterov": sgd(0.01, momentum=0.9, nesterov=True),
    "adagrad": adagrad(0.1),
    "adagrad, all options": adagrad(0.1, rate_decay=0.01, weight_decay=0.1, initial=0.5, eps=1e-3),
    "adadelta": adadelta(1.0),
    "adadelta, all options": adadelta(0.5, rho=0.8, eps=1e-4, weight_decay=0.1),
    "rmsprop": rmsprop(0.01),
    "rmsprop, momentum": rmsprop(0.01, momentum=0.5),
    "rmsprop, centered": rmsprop(0.01, centered=True),
    "rmsprop, all options": rmsprop(0.01, alpha=0.9, eps=1e-3, weight_decay=0.1, momentum=0.5, centered=True),
    "adam": adam(0.05),
    "adam, weight decay": adam(0.05, beta1=0.8, beta2=0.99, eps=1e-3, weight_decay=0.1),
    "adam, amsgrad": adam(0.05, beta2=0.9, amsgrad=True),
    "adamw": adam(0.05, weight_decay=0.01, decoupled=True),
    "adamw, all options": adam(0.05, beta1=0.8, beta2=0.9, eps=1e-3, weight_decay=0.5, amsgrad=True, decoupled=True),
    "adamax": adamax(0.05),
    "adamax, all options": adamax(0.05, beta1=0.8, beta2=0.9, eps=1e-3, weight_decay=0.1),
    "nadam": nadam(0.05),
    "nadam, all options": nadam(0.05, beta1=0.8, beta2=0.99, eps=1e-3, weight_decay=0.1, momentum_decay=0.1),
    "nadam, decoupled": nadam(0.05, weight_decay=0.1, decoupled=True),
    "lion": lion(0.01),
    "lion, all options": lion(0.01, beta1=0.8, beta2=0.9, weight_decay=0.5),
}


def run(move):
    p = list(START)
    kept = {}
    for t in range(1, max(KEPT) + 1):
        g = gradient(p)
        p = [move(i, t, x, slope) for i, (x, slope) in enumerate(zip(p, g))]
        if t in KEPT:
            kept[str(t)] = list(p)
    return kept


if __name__ == "__main__":
    problem = {"start": START, "target": TARGET, "weight": WEIGHT}
    matrices = {"matrix": MATRIX, "matrix_target": MATRIX_TARGET, "muon": MUON}
    print(json.dumps({**problem, **matrices, "cases": {name: run(move) for name, move in CASES.items()}}, indent=1))
