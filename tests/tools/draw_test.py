#!/usr/bin/env python3
"""Drawings as the gradus command makes them: draw_test.py GRADUS DATA_FOLDER [unittest arguments]."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
DATA = Path(sys.argv[2]).resolve()
HAS_GRAPHVIZ = os.environ.get("GRADUS_TEST_GRAPHVIZ") == "1"
NEURON = ("tanh(x*w + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6.5")


def run(*arguments, stdin=None, folder=None):
    return subprocess.run([GRADUS, *map(str, arguments)], input=stdin, capture_output=True, cwd=folder, timeout=120,
                          check=False)


def out(*arguments, **options):
    result = run(*arguments, **options)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def drawn_loss(*arguments):
    """The DOT of a small network's loss."""
    with tempfile.TemporaryDirectory() as folder:
        out("train", DATA / "perceptron.csv", "--target", "y", "--hidden", "4,4", "--epochs", "1", "--draw", "loss.dot",
            *arguments, folder=folder)
        return (Path(folder) / "loss.dot").read_text()


class Detail(unittest.TestCase):
    def test_levels(self):
        value, shape, name = (out("draw", *NEURON, "--detail", level) for level in ("value", "shape", "name"))
        self.assertEqual(value, out("draw", *NEURON))
        self.assertIn(">6.5000<", value)
        self.assertNotIn("6.5", shape)
        self.assertIn(">scalar<", shape)
        self.assertNotIn("scalar", name)
        self.assertIn("<B>tanh</B>", name)

    def test_a_training_run_takes_it_too(self):
        self.assertIn(">1×4<", drawn_loss())
        self.assertNotIn("1×4", drawn_loss("--detail", "name"))

    def test_a_wrong_word_is_refused(self):
        for command in (["draw", *NEURON], ["train", str(DATA / "perceptron.csv"), "--target", "y"]):
            result = run(*command, "--detail", "all")
            self.assertEqual((result.returncode, result.stdout), (2, b""))
            self.assertIn(b"--detail: 'all' is not value, shape or name", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
