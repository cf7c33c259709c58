"""NumPy on the array work of the benchmarks, values only: it has no gradients.  Run by tools/bench, which sets its times
beside those of Gradus; the names are those of tasks.h.

  numpy_peer.py [--only PATTERN] [--json FILE]
"""
import argparse
import fnmatch
import json
import os
import statistics
import time

import numpy as np

side = 1000
long_length = 1_000_000
rows, classes = 256, 1000
random = np.random.default_rng(1)


def sample(*shape):
    return random.uniform(-1.0, 1.0, shape).astype(np.float32)


def add_bias():
    x, bias = sample(side, side), sample(side)
    return lambda: x + bias


def sum_over(axis):
    x = sample(side, side)
    return lambda: x.sum(axis=axis)


def expression():
    x, w, b = sample(long_length), np.float32(0.7), np.float32(0.1)
    return lambda: np.sum(np.tanh(x * w + b) * (1 / (1 + np.exp(-x))))


def softmax():
    x = sample(rows, classes)

    def run():
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    return run


# The work, as tasks.h names it; of the last two NumPy does the forward half alone.
works = {
    "[1000,1000] + [1000]": add_bias,
    "sum of [1000,1000] over the last axis": lambda: sum_over(1),
    "sum of [1000,1000] over the first axis": lambda: sum_over(0),
    "sum(tanh(x*w+b)*sigmoid(x)), 1M": expression,
    "softmax + cross-entropy 256x1000": softmax,
}


def wanted(name, only):
    if not only:
        return True
    return fnmatch.fnmatchcase(name, only) if set(only) & set("*?") else only in name


def measure(run, seconds=0.5):
    """Nanoseconds of samples of about 0.3 ms, after a warm-up."""
    clock = time.perf_counter_ns
    start = clock()
    run()
    while clock() - start < 50e6:
        began = clock()
        run()
        once = clock() - began
    repeats = max(1, int(300e3 / once))
    samples = []
    end = clock() + seconds * 1e9
    while clock() < end or len(samples) < 3:
        began = clock()
        for _ in range(repeats):
            run()
        samples.append((clock() - began) / repeats)
    return sorted(samples)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    out = []
    for name, make in works.items():
        if not wanted(name, arguments.only):
            continue
        samples = measure(make())
        median = statistics.median(samples)
        quarter = len(samples) // 4
        spread = (samples[-1 - quarter] - samples[quarter]) / median
        out.append({"work": name, "threads": 1, "peer": "NumPy", "peer_ns": samples[0], "peer_median": median,
                    "peer_spread": spread})
        print(f"NumPy: {name}: {samples[0]:.0f} ns, median {median:.0f}")
    if arguments.json:
        with open(arguments.json + ".part", "w") as file:
            json.dump(out, file, indent=1)
        os.replace(arguments.json + ".part", arguments.json)


main()
