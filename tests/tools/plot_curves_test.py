#!/usr/bin/env python3
"""gradus plot: plot_curves_test.py GRADUS [unittest arguments].  Curves are read off the picture, by its own axes."""
import math
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
GRAPHVIZ = os.environ.get("GRADUS_TEST_GRAPHVIZ") != "0"
SVG = "{http://www.w3.org/2000/svg}"
COLOURS = ["#0072B2", "#D55E00", "#009E73"]


def run(*arguments):
    return subprocess.run([GRADUS, "plot", *arguments], capture_output=True, timeout=60, check=False)


class Picture:
    def __init__(self, *arguments):
        result = run(*arguments)
        assert result.returncode == 0, result.stderr.decode()
        self.root = ET.fromstring(result.stdout)
        labels = [(float(t.get("x")), float(t.get("y")), t.get("text-anchor"), t.text) for t in self.root.iter(SVG + "text")]
        self.texts = [t[3] for t in labels]
        number = lambda text: float(text.replace("−", "-"))
        self.x_marks = [(x, number(text)) for x, y, anchor, text in labels if anchor == "middle" and self.is_number(text)]
        self.y_marks = [(y - 4, number(text)) for x, y, anchor, text in labels if anchor == "end"]

    @staticmethod
    def is_number(text):
        try:
            float(text.replace("−", "-"))
            return True
        except ValueError:
            return False

    @staticmethod
    def along(marks, pixel):
        (p0, v0), (p1, v1) = marks[0], marks[-1]
        return v0 + (pixel - p0) * (v1 - v0) / (p1 - p0)

    def lines(self, colour, dashed=False):
        """The curves of a colour, as numbers; what stands in the legend is no curve."""
        out = []
        for line in self.root.iter(SVG + "polyline"):
            if line.get("stroke") != COLOURS[colour] or line.get("stroke-width") != "2" or bool(line.get("stroke-dasharray")) != dashed:
                continue
            pixels = [tuple(map(float, p.split(","))) for p in line.get("points").split()]
            out.append([(self.along(self.x_marks, x), self.along(self.y_marks, y)) for x, y in pixels])
        return out


class Curves(unittest.TestCase):
    def near(self, lines, f, places):
        points = [p for line in lines for p in line]
        self.assertGreater(len(points), 100)
        for x, y in points:
            self.assertAlmostEqual(y, f(x), delta=places)

    def test_values_and_derivatives_are_where_mathematics_has_them(self):
        picture = Picture("tanh(x)", "x^2/10", "--x", "-3,3", "--derivative")
        self.near(picture.lines(0), math.tanh, 0.01)
        self.near(picture.lines(0, dashed=True), lambda x: 1 - math.tanh(x) ** 2, 0.01)
        self.near(picture.lines(1), lambda x: x * x / 10, 0.01)
        self.near(picture.lines(1, dashed=True), lambda x: x / 5, 0.01)
        self.assertIn("derivative of x^2/10", picture.texts)

    def test_no_upright_line_where_a_function_jumps(self):
        step = Picture("step(x)").lines(0)
        self.assertEqual([{round(y, 3) for _, y in line} for line in step], [{0.0}, {1.0}])
        for name in "1/x", "tan(x)":
            for line in Picture(name).lines(0):
                for (x0, y0), (x1, y1) in zip(line, line[1:]):
                    self.assertFalse(y0 * y1 < 0 and abs(y1 - y0) > 1, (name, x0, y0, x1, y1))

    def test_where_there_is_no_value_there_is_no_curve(self):
        for line in Picture("log(x)", "--x=-2,2").lines(0):
            self.assertGreater(min(x for x, _ in line), -0.01)

    def test_a_pole_does_not_flatten_the_rest(self):
        marks = [v for _, v in Picture("1/x").y_marks]
        self.assertLess(max(marks), 10)
        self.assertEqual(max(v for _, v in Picture("1/x", "--y=-100,100").y_marks), 100)

    def test_other_names_and_an_expression_that_joins_elements(self):
        self.near(Picture("a*z", "--over", "z", "--var", "a=2", "--x", "0,1").lines(0), lambda z: 2 * z, 0.01)
        self.near(Picture("softmax([x, 0])[0]").lines(0), lambda x: 1 / (1 + math.exp(-x)), 0.01)
        self.near(Picture("-x^2").lines(0), lambda x: -x * x, 0.1)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            for ending, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
                if ending != "svg" and not GRAPHVIZ:
                    continue
                file = Path(folder) / f"p.{ending}"
                result = run("relu(x)", "sigmoid(x)", "--side-by-side", "--title", "a \"b\" <c>", "-o", str(file))
                self.assertEqual((result.returncode, result.stdout), (0, b""), result.stderr)
                self.assertTrue(file.read_bytes().startswith(start))

    def test_what_is_refused(self):
        for message, *arguments in (
                ("--x is two numbers, the smaller one first", "x", "--x", "2,1"),
                ("--y is two numbers", "x", "--y", "1,1"),
                ("--points must be between 2 and 100000", "x", "--points", "1"),
                ("a curve needs one number for each x, and '[x, 1]' is of shape [2]", "[x, 1]"),
                ("has 2 results", "a = x; 2*x; a"),
                ("is no format for a plot: use svg, png or pdf", "x", "-o", "p.dot"),
                ("unbound variable 'q'", "q*x")):
            result = run(*arguments)
            self.assertIn(message, result.stderr.decode())
            self.assertEqual((result.returncode, result.stdout), (2, b""), arguments)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
