#!/usr/bin/env python3
"""Pages that the gradus command writes: lesson_test.py GRADUS DATA_FOLDER [unittest arguments]."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
DATA = Path(sys.argv[2]).resolve()
HAS_GRAPHVIZ = os.environ.get("GRADUS_TEST_GRAPHVIZ") == "1"
LINE = (DATA / "perceptron.csv", "--target", "y")
NEURON = ("tanh(x*w + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6.5")


def run(*arguments, stdin=None, folder=None):
    return subprocess.run([GRADUS, *map(str, arguments)], input=stdin, capture_output=True, cwd=folder, timeout=60, check=False)


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.page = Path(self.folder.name) / "page.html"

    def assertStandsAlone(self, html):
        """Well-formed, with nothing that would be fetched, and nothing that may run but its own script."""
        root = xml.etree.ElementTree.fromstring(html)
        for element in root.iter():
            for name in element.attrib:
                self.assertNotRegex(name, r"^(on|.*href$|src$|style$)", element.tag)
        self.assertRegex(html, r"default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'")
        self.assertNotIn("unsafe-inline", html)


class Lesson(Page):
    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_the_same_graph_gives_the_same_page(self):
        pages = []
        for _ in range(2):
            self.assertEqual(run("lesson", *NEURON, "-o", self.page).returncode, 0)
            pages.append(self.page.read_bytes())
        self.assertEqual(*pages)
        self.assertStandsAlone(pages[0].decode())
        self.assertIn("<title>Backpropagation through tanh(xw + b)</title>", pages[0].decode())
        on_standard_output = run("lesson", *NEURON, "-o", "-")
        self.assertEqual(on_standard_output.stdout, pages[0])

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_the_drawing_may_lead_downwards(self):
        def size(*arguments):
            page = run("lesson", *NEURON, *arguments, "-o", "-").stdout.decode()
            return [float(n) for n in re.search(r'viewBox="0.00 0.00 ([\d.]+) ([\d.]+)"', page).groups()]
        wide, high = size(), size("--direction", "TB")
        self.assertGreater(wide[0], wide[1])
        self.assertGreater(high[1], wide[1])
        self.assertLess(high[0], wide[0])
        self.assertEqual(run("lesson", *NEURON, "--direction", "down", "-o", self.page).returncode, 2)

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_a_title_says_what_was_asked_for(self):
        arrays = ("--var", "x=[1,2]", "--param", "w=[[1,2],[3,4]]")
        for arguments, title in ((["tanh(w @ x)", *arrays], "tanh(w x)"), (["-(w @ x @ x)", *arrays], "−(w x x)"),
                                 (["sum((w @ tanh(w @ x) - 1)^2)", *arrays, "--scalars"], "sum((w @ tanh(w @ x) - 1)^2)"),
                                 (["sum(w^2)", *arrays], "sum(w²)")):
            result = run("lesson", *arguments, "-o", "-")
            found = re.search("<title>(.*)</title>", result.stdout.decode())
            self.assertEqual(found.group(1), f"Backpropagation through {title}")

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_the_expression_is_read_once(self):
        result = run("lesson", "-", "--var", "x=2", "--var", "unused=1", "-o", "-", stdin=b"z = x^2; 3*z")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr.decode(), "gradus: warning: 'unused' is not used\n")

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_it_takes_what_derive_takes(self):
        def page(*options):
            result = run("lesson", *NEURON, *options, "-o", "-")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertStandsAlone(result.stdout.decode())
            return result.stdout.decode()
        self.assertIn("0.46", page("--digits", "2"))
        self.assertNotIn("0.462117<", page("--digits", "2"))
        self.assertIn('data-phase="update"', page("--update", "lr=0.1"))
        self.assertIn("<bdi>w</bdi>", page("--update", "0.1"))
        diamond = run("lesson", "x*x + x", "--param", "x=3", "--why-order", "-o", "-").stdout.decode()
        self.assertIn("Why the order matters", diamond)
        derived = page("--wrt", "w")
        self.assertNotIn("<mi>∂</mi><mi>x</mi>", derived)
        for level in ("number", "derivative", "step"):
            html = page(f"--quiz={level}")
            self.assertIn("____ [1]", html)
            self.assertNotIn('id="inputs"', html)
        self.assertEqual(page("--quiz"), page("--quiz=number"))

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_a_wrong_choice_is_a_usage_error(self):
        for options, words in ((["--quiz=all"], "there is no level 'all': use number, derivative or step"),
                               (["--digits", "0"], "--digits must be between 1 and 17"), (["--update", "lr=-1"], "is no learning rate")):
            result = run("lesson", *NEURON, *options, "-o", self.page)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(words, result.stderr.decode())
            self.assertFalse(self.page.exists())

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_what_cannot_be_moved_says_why(self):
        for expression, value, why in (("argmax(x)*x", "[1,2,0.5]", "has no derivative"), ("sum(max_pool1d(x, 2))", "[[1,2,3,4]]", "max_pool"),
                                       ("sum(x)", str([1.0] * 65), "65 numbers, more than 64")):
            html = run("lesson", expression, "--var", f"x={value}", "-o", "-").stdout.decode()
            self.assertIn('"program":null', html)
            self.assertRegex(html, f"The inputs of this page cannot be moved: .*{why}")

    def test_without_graphviz_it_says_so(self):
        if HAS_GRAPHVIZ:
            self.skipTest("with Graphviz")
        result = run("lesson", *NEURON, "-o", self.page)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"[lesson] this build has no Graphviz", result.stderr)

    def test_a_page_is_called_one(self):
        for name in ("x.md", "x.tex", "folder.html/x.txt"):
            for command in (["lesson", *NEURON, "-o"], ["train", *LINE, "--lesson"]):
                result = run(*command, name, folder=self.folder.name)
                self.assertEqual((result.returncode, result.stdout), (2, b""), result.stderr)
                self.assertIn(f"'{name}' is no name for a page, which is HTML: use .html".encode(), result.stderr)
                self.assertEqual(os.listdir(self.folder.name), [])

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_a_file_that_cannot_be_written(self):
        result = run("lesson", *NEURON, "-o", "no/such/folder/page.html")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"no/such/folder/page.html", result.stderr)


class Train(Page):
    def test_it_needs_no_graphviz_and_prints_what_it_always_does(self):
        result = run("train", *LINE, "--epochs", "300", "--lesson", self.page)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(b"Learned: y = 2.04 x + 0.98\n", result.stdout)
        self.assertEqual(result.stdout, run("train", *LINE, "--epochs", "300").stdout)
        html = self.page.read_text(encoding="utf-8")
        self.assertStandsAlone(html)
        self.assertEqual(html.count("<li>"), 61)
        again = run("train", *LINE, "--epochs", "300", "--lesson", self.page)
        self.assertEqual((again.returncode, self.page.read_text(encoding="utf-8")), (0, html))

    def test_printed_epochs_are_recorded(self):
        result = run("train", *LINE, "--lesson", self.page)
        self.assertEqual(result.returncode, 0, result.stderr)
        html = self.page.read_text(encoding="utf-8")
        recorded = set(map(int, re.findall(r'"epoch":(\d+)', html)))
        printed = list(map(int, re.findall(r"Epoch +(\d+)", result.stderr.decode())))
        self.assertEqual(printed, [*range(0, 200, 20), 199])
        self.assertLessEqual({*printed[:-1], 100, 200}, recorded)

    def test_every_kind_of_run_makes_a_page(self):
        two = b"a,b,kind\n0,0,0\n0,1,1\n1,0,1\n1,1,2\n"
        one = b"<a>,\"]]>\"\n0,0\n1,1\n2,0\n"
        for data, arguments in [
            (two, ["--target", "kind", "--loss", "cross-entropy"]), (two, ["--target", "kind", "--hidden", "3,3"]),
            (two, ["--target", "kind", "--activation", "sigmoid", "--momentum", "0.9"]), (two, ["--target", "a"]),
            (one, ["--target", "]]>", "--loss", "cross-entropy"]), (one, ["--target", "<a>", "--epochs", "1"]),
            (b"x,y\n1,1\n", ["--target", "y"]), (b"x,y\n1,0\n2,2\n", ["--target", "y", "--loss", "cross-entropy"]),
            (b"x,z,y\n1,1,0\n1,1,0\n", ["--target", "y"]), (b"x,z,y\n1,2,0\n2,1,1\n", ["--target", "y", "--loss", "cross-entropy"]),
        ]:
            with self.subTest(data=data, arguments=arguments):
                result = run("train", "-", *arguments, "--lesson", self.page, stdin=data)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertStandsAlone(self.page.read_text(encoding="utf-8"))

    def test_a_page_that_cannot_be_written_is_refused_before_training(self):
        result = run("train", *LINE, "--lesson", "no/such/folder/page.html")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"no/such/folder/page.html", result.stderr)
        self.assertNotIn(b"Epoch", result.stderr)

    def test_standard_output_is_taken(self):
        result = run("train", *LINE, "--lesson", "-")
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn(b"--lesson", result.stderr)

    def test_a_training_that_fails_leaves_no_page(self):
        result = run("train", "-", "--target", "y", "--rate", "1e9", "--lesson", self.page, stdin=b"x,y\n1,2\n2,1e3\n")
        self.assertEqual(result.returncode, 1)
        self.assertFalse(self.page.exists())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
