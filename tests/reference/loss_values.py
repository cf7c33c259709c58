#!/usr/bin/env python3
"""Writes tests/data/loss_values.json: losses of single numbers, with plain Python's arithmetic in 60 digits.

    loss_values.py > tests/data/loss_values.json

Each row: the arguments, then the loss and its derivative by the first of them, by differences that 60 digits allow.
"""
import json
from decimal import Decimal, getcontext

getcontext().prec = 60
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")


def log_cosh(p, t):
    e = p - t
    return ((e.exp() + (-e).exp()) / 2).ln()


def gaussian(p, t, v):
    return (v.ln() + (p - t) ** 2 / v) / 2


def gaussian_full(p, t, v):
    return gaussian(p, t, v) + (2 * PI).ln() / 2


def poisson(p, t):
    return p.exp() - t * p


def poisson_rate(p, t):
    return p - t * (p + Decimal(1e-8)).ln()


def poisson_full(p, t):
    stirling = t * t.ln() - t + (2 * PI * t).ln() / 2 if t > 1 else 0
    return poisson(p, t) + stirling


def focal(x, t, alpha=Decimal("0.25"), gamma=2):
    p = 1 / (1 + (-x).exp())
    q = 1 / (1 + x.exp())
    missed = q * t + p * (1 - t)
    entropy = -(t * p.ln() + (1 - t) * q.ln())
    weight = alpha * t + (1 - alpha) * (1 - t) if alpha >= 0 else 1
    return weight * missed**gamma * entropy


def focal_plain(x, t):
    return focal(x, t, Decimal(-1), Decimal("1.5"))


ROWS = {
    "log_cosh": (log_cosh, [(0.5, 0.25), (1e-6, 0.0), (1e-9, 0.0), (-0.999, 0.0), (1.001, 0.0), (30.0, 0.0), (-1e6, 1e6), (3.0, -2.0)]),
    "gaussian": (gaussian, [(0.5, 1.5, 2.0), (1e3, -1e3, 0.5), (0.0, 0.0, 1e-3)]),
    "gaussian_full": (gaussian_full, [(0.5, 1.5, 2.0)]),
    "poisson": (poisson, [(0.5, 2.0), (-700.0, 3.0), (100.0, 0.0)]),
    "poisson_rate": (poisson_rate, [(0.5, 2.0), (1e5, 7.0), (3.0, 0.0)]),
    "poisson_full": (poisson_full, [(0.5, 2.0), (0.5, 1.0), (1.0, 100.0)]),
    "focal": (focal, [(0.5, 1.0), (-0.5, 1.0), (2.0, 0.0), (-40.0, 1.0), (60.0, 1.0), (300.0, 1.0), (-1000.0, 1.0), (40.0, 0.0)]),
    "focal_plain": (focal_plain, [(0.5, 1.0), (30.0, 1.0), (-3.0, 0.0)]),
}


def row(f, arguments):
    x = [Decimal(a) for a in arguments]
    step = Decimal(10) ** -20 * max(abs(x[0]), Decimal(10) ** -10)
    slope = (f(x[0] + step, *x[1:]) - f(x[0] - step, *x[1:])) / (2 * step)
    return {"x": arguments, "value": float(f(*x)), "slope": float(slope)}


if __name__ == "__main__":
    print(json.dumps({name: [row(f, a) for a in rows] for name, (f, rows) in ROWS.items()}, indent=1))
