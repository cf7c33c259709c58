#!/usr/bin/env python3
"""Drawings as the gradus command makes them: draw_test.py GRADUS DATA_FOLDER [unittest arguments]."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from random import Random

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
        for command in (["draw", *NEURON], ["train", str(DATA / "perceptron.csv"), "--target", "y", "--draw", "n.dot"]):
            result = run(*command, "--detail", "all")
            self.assertEqual((result.returncode, result.stdout), (2, b""))
            self.assertIn(b"--detail: 'all' is not value, shape or name", result.stderr)


class Color(unittest.TestCase):
    def test_by_gradient(self):
        text = out("draw", "relu(x*w) + 1e-9*b", "--var", "x=2", "--param", "w=-3", "--param", "b=1", "--color", "gradient")
        for words in ("Filled by the size of the gradient", ">dead<", ">vanishing<"):
            self.assertIn(words, text)
        self.assertEqual(out("draw", *NEURON), out("draw", *NEURON, "--color", "role"))
        if HAS_GRAPHVIZ:
            svg = out("draw", "relu(x*w) + 1e-9*b", "--var", "x=2", "--param", "w=-3", "--param", "b=1", "--color", "gradient",
                      "-T", "svg")
            self.assertIn(">vanishing</text>", svg)
            self.assertNotIn(">parameter_2</text>", svg)
        self.assertIn("Filled by", drawn_loss("--color", "gradient"))

    def test_needs_gradients(self):
        result = run("draw", *NEURON, "--color", "gradient", "--no-gradients")
        self.assertEqual((result.returncode, result.stdout), (2, b""))


class BeforeAfter(unittest.TestCase):
    def test_a_step(self):
        # y = (w·x)², dy/dw = 2·w·x² = 12: w goes from 1.5 to 1.5 − 0.1·12 = 0.3, y from 9 to 0.36.
        text = out("draw", "(w*x)^2", "--var", "x=2", "--param", "w=1.5", "--before-after", "0.1")
        self.assertEqual(re.findall(r">after</FONT>.*?POINT-SIZE=\"11\">([^<]*)<", text), ["0.3000", "0.3600"])
        self.assertIn("each parameter less 0.1 × its gradient", text)

    def test_without_parameters_the_inputs_move(self):
        # As derive --update has it: x goes from 2 to 2 − 0.1·3, y from 3 to 3 − 0.1·2.
        text = out("draw", "x*y", "--var", "x=2", "--var", "y=3", "--before-after", "0.1")
        self.assertEqual(re.findall(r">after</FONT>.*?POINT-SIZE=\"11\">([^<]*)<", text), ["1.7000", "2.8000", "4.7600"])
        self.assertIn("each input less 0.1 × its gradient", text)
        result = run("draw", "3", "--before-after", "0.1")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"nothing moves", result.stderr)

    def test_a_small_step_is_seen(self):
        text = out("draw", "w^2", "--param", "w=1", "--before-after", "1e-9")
        self.assertIn(">1.000000000<", text)
        self.assertIn(">0.999999998<", text)
        self.assertIn(">0.999999996<", text)

    def test_a_training_run(self):
        text = drawn_loss("--before-after", "0.01")
        loss = re.search(r">value</FONT>[^>]*>[^>]*>[^>]*>([0-9.]+)<[^\n]*>after</FONT>[^>]*>[^>]*>[^>]*>([0-9.]+)<",
                         text[text.index("mean_1 ["):])
        self.assertLess(float(loss.group(2)), float(loss.group(1)))

    def test_what_cannot_be(self):
        for arguments in (["--before-after", "0.1", "--no-gradients"], ["--before-after", "nan"], ["--before-after", "x"]):
            self.assertEqual(run("draw", *NEURON, *arguments).returncode, 2, arguments)

    def test_options_that_would_do_nothing(self):
        line = ("train", str(DATA / "perceptron.csv"), "--target", "y", "--epochs", "1")
        for command, message in ((["draw", *NEURON, "--detail", "name", "--before-after", "0.1"], "--detail name leaves out"),
                                 (["draw", *NEURON, "-T", "json", "--before-after", "0.1"], "--before-after is for drawings"),
                                 (["draw", *NEURON, "-T", "json", "--title", "N"], "--title is for drawings"),
                                 ([*line, "--draw", "x.json", "--dark"], "--dark is for drawings"),
                                 ([*line, "--before-after", "0.1"], "--before-after requires --draw")):
            result = run(*command)
            self.assertEqual((result.returncode, result.stdout), (2, b""), command)
            self.assertIn(message, result.stderr.decode())


class Titles(unittest.TestCase):
    def tooltips(self, *arguments):
        return re.findall(r'tooltip="(.*?) \(\w+\)', out("draw", *arguments))

    def test_operators_stand_between_dots(self):
        titles = self.tooltips("sum((w2*tanh(w1*x + b1) + b2 - first*second*third)^2)", *(
            part for name in ("x", "w1", "b1", "w2", "b2", "first", "second", "third") for part in ("--param", f"{name}=0.5")))
        self.assertNotIn("(…)", "".join(titles).replace("tanh(…)", ""))
        self.assertIn("w₂·tanh(w₁x + b₁)", titles)
        self.assertIn("(… − …)²", titles)
        # Two values on dots are not one value twice.
        parameters = [part for name in "abcdfghijk" for part in ("--param", f"{name}=0.5")]
        titles = self.tooltips("(a*b*c*d + k*f*g*h*i*j)*(k*f*g*h*i*j + a*b*c*d)", *parameters)
        self.assertIn("(… + …)·(… + …)", titles)
        self.assertIn("(… + …)²", self.tooltips("(a*b*c*d*k*f + f*g*h*i*j*a)^2", *parameters))

    def test_negative_zero_has_no_sign(self):
        text = out("draw", "sigmoid(w*x + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6", "--unfold")
        self.assertEqual(text.count(">0.0000<"), 2)
        self.assertNotIn("−0<", text)

    def test_a_product_with_a_vector_is_one_card(self):
        bindings = ("--var", "x=[1,2]", "--param", "w=[[1,2],[3,4]]")
        text = out("draw", "tanh(w @ x)", *bindings)
        self.assertNotIn(">reshape", text)
        self.assertEqual(text.count("<B>matmul</B>"), 1)
        self.assertEqual(self.tooltips("tanh(w @ x)", *bindings), ["x", "w", "w x", "tanh(w x)"])
        self.assertEqual(self.tooltips("x @ w @ x", *bindings), ["x", "w", "x w", "x w x"])
        self.assertIn(">[5, 11]<", text)
        self.assertIn(">reshape<", out("draw", "reshape(x, [2,1]) + reshape(w, [4])[0]", *bindings).replace("</B>", "<"))

    def test_elements_of_numbered_arrays(self):
        titles = self.tooltips("w1 @ x + b1*b2", "--var", "x=[1,2]", "--param", "w1=[[1,2],[3,4]]", "--param", "b1=[1,2]",
                               "--param", "b2=3", "--scalars")
        self.assertLessEqual({"x₁", "x₂", "w₁,₁₁", "w₁,₂₁", "b₁,₁", "b₁,₂", "b₂"}, set(titles))


@unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
class HostileText(unittest.TestCase):
    """Some hundred labels in one picture: whatever they say, the SVG is well-formed and nothing in it acts."""
    ELEMENTS = {"svg", "g", "title", "polygon", "polyline", "path", "ellipse", "text", "a"}

    def labels(self):
        cases = [case["input"] for case in json.loads((DATA / "torture.json").read_text())["cases"]
                 if case["id"].startswith("esc-") and "input" in case]
        pieces = ['"', "'", "<", ">", "&", "</text>", "<script>alert(1)</script>", "]]>", "<!--", "-->", "\\", "\\N", "&lt;",
                  "&#x3c;", "javascript:", " onload=", "x", " ", "λ", "😀", "<a href='//e.vil'>", "%s", "{", "}", "#", "];", "$(id)"]
        random = Random(5)
        made = ["".join(random.choices(pieces, k=random.randint(1, 9))) for _ in range(300)]
        # One line each: a line break parts lines, and nothing at all has none.
        return [label for label in cases + made if label.strip() and not re.search(r"[\x00-\x1f\x7f-\x9f\ufffe]", label)]

    def test_svg(self):
        labels = self.labels()
        self.assertGreater(len(labels), 300)
        svg = out("draw", *NEURON, "--title", "\n".join(labels), "-T", "svg")
        root = ElementTree.fromstring(svg.encode())
        for element in root.iter():
            name = element.tag.rpartition("}")[2]
            self.assertIn(name, self.ELEMENTS)
            for key, value in element.attrib.items():
                self.assertFalse(key.rpartition("}")[2].lower().startswith("on"), key)
                self.assertNotEqual(key.rpartition("}")[2], "href", value)
                self.assertNotEqual(key, "style")
        plain = [label.replace("\xa0", " ") for label in labels]
        texts = {element.text.replace("\xa0", " ") for element in root.iter("{http://www.w3.org/2000/svg}text")}
        self.assertEqual([label for label in plain if label not in texts], [])

    def test_a_column_of_a_table(self):
        """Names of columns and files come from elsewhere."""
        for name in ('"];x[URL="javascript:alert(1)"', "<IMG SRC='x'/>", "</TABLE>>]"):
            quoted = '"' + name.replace('"', '""') + '"'
            with tempfile.TemporaryDirectory() as folder:
                result = run("train", "-", "--target", name, "--epochs", "1", "--draw", "n.svg", folder=folder,
                             stdin=f"x,{quoted}\n1,2\n2,4\n".encode())
                self.assertEqual(result.returncode, 0, result.stderr)
                root = ElementTree.parse(Path(folder) / "n.svg").getroot()
                self.assertLessEqual({element.tag.rpartition("}")[2] for element in root.iter()}, self.ELEMENTS)
                self.assertIn(name, [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")])


class Mermaid(unittest.TestCase):
    def test_by_ending_and_by_name(self):
        text = out("draw", *NEURON, "-T", "mermaid", "--title", "N", "--dark")
        self.assertTrue(text.startswith('---\ntitle: "N"\nconfig:\n  theme: dark\n---\nflowchart LR\n'), text)
        with tempfile.TemporaryDirectory() as folder:
            out("draw", *NEURON, "-o", "n.mmd", folder=folder)
            self.assertTrue((Path(folder) / "n.mmd").read_text().startswith("flowchart LR\n"))

    def test_more_arrows_than_mermaid_draws(self):
        result = run("draw", "x" + "+x" * 300, "--var", "x=2", "-T", "mmd")
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"600 arrows: Mermaid draws at most 500", result.stderr)


class LargeGraphs(unittest.TestCase):
    LAYERS = ("train", DATA / "perceptron.csv", "--target", "y", "--hidden", "4,4,4,4,4,4,4,4,4,4,4,4,4", "--epochs", "1")

    def draw(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            result = run(*self.LAYERS, "--draw", "loss.dot", *arguments, folder=folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            return (Path(folder) / "loss.dot").read_text(), result.stderr.decode()

    def test_depth(self):
        whole, message = self.draw()
        self.assertEqual(whole.count("<B>matmul</B>"), 14)
        self.assertNotIn("nodes", message)
        top, _ = self.draw("--depth", "0")
        self.assertNotIn("matmul", top)
        self.assertEqual(top.count("[class=\"node module\""), 2)
        self.assertIn("253 parameters", top)
        layers, _ = self.draw("--depth", "1")
        self.assertIn("layer2 … layer13 ×12", layers)
        self.assertIn("4 → 4, 20 parameters each", layers)

    def test_repeated_layers(self):
        folded, _ = self.draw("--fold-repeated")
        self.assertEqual(folded.count("<B>matmul</B>"), 3)
        self.assertIn("×12", folded)

    def test_a_limit_collapses_and_says_so(self):
        limited, message = self.draw("--max-nodes", "15")
        for text in (limited, message):
            self.assertRegex(text, r"8 of \d+ nodes are drawn: modules from depth 1 on as one card each")
        self.assertIn("×12", limited)
        limited, message = self.draw("--max-nodes", "2")
        for text in (limited, message):
            self.assertIn("as one card each, equal ones in a row once, the 3 farthest from the result not at all", text)

    def test_the_card_of_the_rest_counts(self):
        for limit, cards in ((6, 6), (2, 2), (1, 1)):
            result = run("draw", "x*y + sin(x)*exp(y) - x/y", "--var", "x=2", "--var", "y=3", "--max-nodes", str(limit))
            self.assertEqual(result.stdout.count(b"class=\"node "), cards)
        self.assertIn(b"gradus: 1 of 9 nodes is drawn", result.stderr)

    def test_options_are_checked(self):
        for arguments in (["--depth", "-1"], ["--max-nodes", "0"], ["--max-nodes", "x"]):
            self.assertEqual(run("draw", *NEURON, *arguments).returncode, 2, arguments)

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_a_slow_picture_is_announced(self):
        chain = ("tanh(" * 2000 + "x" + ")" * 2000).encode()
        with tempfile.TemporaryDirectory() as folder:
            result = run("draw", "-", "--var", "x=2", "-o", "n.svg", stdin=chain, folder=folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("2001 nodes will take Graphviz long", result.stderr.decode())
            self.assertIn("--max-nodes", result.stderr.decode())
            result = run("draw", "-", "--var", "x=2", "-o", "n.svg", "--max-nodes", "20", stdin=chain, folder=folder)
            self.assertEqual(result.stderr.decode(),
                             "gradus: 19 of 2,001 nodes are drawn: the 1,982 farthest from the result not at all\n")
            result = run("draw", "-", "--var", "x=2", "-o", "n.dot", stdin=chain, folder=folder)
            self.assertEqual(result.stderr, b"")

    def test_a_million_nodes_are_no_picture(self):
        with tempfile.TemporaryDirectory() as folder:
            sum_of_many = b"x" + b"+x" * 1_000_000
            result = run("draw", "-", "--var", "x=2", "-o", "n.svg", "--no-gradients", stdin=sum_of_many, folder=folder)
            self.assertEqual((result.returncode, os.listdir(folder)), (1, []))
            self.assertIn(b"1000001 nodes are too many for a picture: --max-nodes", result.stderr)

    @unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
    def test_a_value_that_is_read_everywhere(self):
        """An arrow across a hundred columns, a hundred times: minutes for Graphviz unless it is told to hurry."""
        for terms in (100, 300):
            with tempfile.TemporaryDirectory() as folder:
                result = run("draw", "-", "--var", "x=2", "-o", "n.svg", stdin=b"x" + b"+x" * terms, folder=folder)
                self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
