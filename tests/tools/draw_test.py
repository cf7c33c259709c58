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
        self.assertIn(">6.5<", value)
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
        for words in ("Fill: the size of the gradient", ">dead<", ">vanishing<", "Vanishing, exploding: "):
            self.assertIn(words, text)
        self.assertEqual(out("draw", *NEURON), out("draw", *NEURON, "--color", "role"))
        if HAS_GRAPHVIZ:
            svg = out("draw", "relu(x*w) + 1e-9*b", "--var", "x=2", "--param", "w=-3", "--param", "b=1", "--color", "gradient",
                      "-T", "svg")
            self.assertIn(">vanishing</text>", svg)
            self.assertNotIn(">parameter_2</text>", svg)
        self.assertIn("Fill: the size", drawn_loss("--color", "gradient"))

    def test_needs_gradients(self):
        result = run("draw", *NEURON, "--color", "gradient", "--no-gradients")
        self.assertEqual((result.returncode, result.stdout), (2, b""))


    def diagnosis(self, expression, *arguments):
        """By name, the words under the numbers of each card, and the whole text."""
        text = out("draw", expression, *arguments, "--color", "gradient")
        cards = re.findall(r"<B>([^<]*)</B></FONT><FONT[^>]*>[^<]*</FONT></TD>(.*)", text)
        words = ("vanishing", "exploding", "not finite", "dead")
        return {name: [word for word in words if f">{word}<" in rest] for name, rest in cards}, text

    def test_a_saturated_sigmoid(self):
        words, text = self.diagnosis("sigmoid(w*x)", "--var", "x=10", "--param", "w=5")
        self.assertEqual(words["w"], ["vanishing"])
        self.assertEqual(words["y"], [])  # its gradient is 1 by definition
        self.assertNotIn(">exploding<", text)

    def test_a_result_gets_no_verdict(self):
        words, text = self.diagnosis("(w*x - 1)^2", "--var", "x=1000", "--param", "w=5")
        self.assertEqual(words["y"], [])
        self.assertEqual(words["w"], ["exploding"])
        self.assertNotIn(">vanishing<", text)

    def test_zero_is_no_verdict(self):
        words, text = self.diagnosis("relu(w*x)", "--var", "x=2", "--param", "w=-3")
        self.assertEqual(words["w"], [])
        self.assertNotIn(">vanishing<", text)
        self.assertNotIn("Vanishing, exploding", text)  # explained where it is said
        self.assertIn(">dead<", text)
        self.assertRegex(text, r"<B>w</B>.*>gradient</FONT></TD><TD[^>]*><FONT[^>]*>0<")

    def test_parameters_over_depth(self):
        deep = "w3*sigmoid(w2*sigmoid(w1*x))"
        words, _ = self.diagnosis(deep, "--var", "x=1", *(p for k in (1, 2, 3) for p in ("--param", f"w{k}=0.01")))
        self.assertEqual([words[name] for name in ("w₁", "w₂", "w₃")], [["vanishing"], [], []])
        words, _ = self.diagnosis("w3*(w2*(w1*x))", "--var", "x=1", "--param", "w1=1", "--param", "w2=1000", "--param", "w3=1000")
        self.assertEqual([words[name] for name in ("w₁", "w₂", "w₃")], [["exploding"], [], []])
        # All alike, and large because the result is: nothing explodes on the way.
        words, _ = self.diagnosis("1e6*(a*(b*(c*x)))", "--var", "x=1", *(p for k in "abc" for p in ("--param", f"{k}=1")))
        self.assertEqual([words[name] for name in "abc"], [[], [], []])

    def test_what_is_no_number(self):
        words, _ = self.diagnosis("log(w*x)", "--var", "x=0", "--param", "w=1")
        self.assertEqual(words["w"], ["not finite"])


class Looks(unittest.TestCase):
    USES = ("x*x + sin(x*w)", "--var", "x=1.5", "--param", "w=0.5")

    def test_names_of_the_derivation(self):
        text = out("draw", *self.USES)
        derived = out("derive", *self.USES)
        names = re.findall(r"<B>(v[₁-₉]|y)</B></FONT><FONT[^>]*>  = ([^<]*)<", text)
        self.assertEqual(len(names), 4)
        for name, _ in names:
            self.assertIn(name, derived)

    def test_significant_digits(self):
        line = ("w*x", "--var", "x=2", "--param", "w=0.123456789")
        self.assertIn(">0.1235<", out("draw", *line))
        self.assertIn(">0.12<", out("draw", *line, "--digits", "2"))
        self.assertIn(">0.123456789<", out("draw", *line, "--digits", "12"))
        for wrong in ("0", "18", "x"):
            self.assertEqual(run("draw", *line, "--digits", wrong).returncode, 2)

    def test_matrices_are_grids(self):
        def grids(size, *arguments):
            rows = "[" + ",".join("[" + ",".join(str(10*i + j) for j in range(size)) + "]" for i in range(size)) + "]"
            return re.findall(r"<TABLE[^>]*COLOR[^>]*>((?:<TR>(?:<TD[^>]*>[^<]+</TD>)+</TR>)+)</TABLE>",
                              out("draw", "sum(m*m)", "--param", "m=" + rows, *arguments))
        grid = grids(4)[0]
        self.assertEqual([len(re.findall("<TD", row)) for row in grid.split("</TR>")[:-1]], [4, 4, 4, 4])
        self.assertEqual(re.findall(">([^<>]+)</TD>", grid), [str(10*i + j) for i in range(4) for j in range(4)])
        self.assertEqual(grids(5), [])
        self.assertEqual(len(grids(5, "--elements", "25")), 4)
        self.assertEqual(grids(2, "--elements", "3"), [])

    def test_directions(self):
        for code, leaves, arrives in (("LR", "e", "w"), ("TB", "s", "n"), ("RL", "w", "e"), ("BT", "n", "s")):
            text = out("draw", *self.USES, "--direction", code)
            self.assertIn(f"rankdir={code},", text)
            self.assertRegex(text, rf"input_1:{leaves} -> mul_1:in0:{arrives} \[")
            self.assertIn(f"flowchart {code}\n", out("draw", *self.USES, "--direction", code, "-T", "mmd"))
        self.assertEqual(run("draw", *NEURON, "--direction", "up").returncode, 2)

    def test_each_arrow_has_its_own_place_and_number(self):
        text = out("draw", *self.USES)
        heads = re.findall(r"-> (\w+(?::in\d)?):w \[.*headlabel=\" ([^ ]+) \"", text)
        self.assertEqual(len(heads), len(set(head for head, _ in heads)))
        self.assertEqual([number for head, number in heads if head.startswith("mul_1")], ["1.5", "1.5"])

    def test_copies(self):
        text = out("draw", *self.USES, "--copies")
        self.assertEqual(text.count("<B>x</B>"), 3)
        self.assertEqual(text.count("<B>w</B>"), 1)
        tails = re.findall(r"^  (\w+):e -> ", text, re.MULTILINE)
        self.assertEqual(len(tails), len(set(tails)))
        self.assertEqual(out("draw", *self.USES, "--copies", "-T", "mmd").count("x<br/>"), 3)

    def test_sums(self):
        line = ("a*x + b*y + c", *(part for name in "abcxy" for part in ("--param", f"{name}=2")))
        joined, binary = out("draw", *line), out("draw", *line, "--binary-sums")
        self.assertEqual([text.count("<B>+</B>") for text in (joined, binary)], [1, 2])
        self.assertEqual(len(re.findall(r"-> add_\d:in\d:w .*headlabel=\" 1 \"", joined)), 3)
        # A part that somebody cares for has its card.
        named = out("draw", "s = a*x + b*y; s + a + s*b", *line[1:])
        self.assertIn("<B>s</B>", named)
        self.assertEqual(out("draw", "x" + "+x" * 30, "--var", "x=2").count("<B>+</B>"), 30)

    def test_a_legend(self):
        text = out("draw", *NEURON)
        for role in ("input", "parameter", "value", "output"):
            self.assertRegex(text, rf'BGCOLOR="#[0-9A-F]+"><FONT POINT-SIZE="11" COLOR="#[0-9A-F]+">{role}</FONT>')
        self.assertNotIn(">loss</FONT>", text)
        self.assertNotIn("BGCOLOR=\"#E4F1FA\"><FONT POINT-SIZE", out("draw", *NEURON, "--no-legend"))

    def test_outline_is_for_svg(self):
        result = run("draw", *NEURON, "--outline")
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn(b"--outline is for SVG", result.stderr)


class BeforeAfter(unittest.TestCase):
    def test_a_step(self):
        # y = (w·x)², dy/dw = 2·w·x² = 12: w goes from 1.5 to 1.5 − 0.1·12 = 0.3, y from 9 to 0.36.
        text = out("draw", "(w*x)^2", "--var", "x=2", "--param", "w=1.5", "--before-after", "0.1")
        self.assertEqual(re.findall(r">after</FONT>.*?POINT-SIZE=\"11\">([^<]*)<", text), ["0.3", "0.36"])
        self.assertIn("each parameter less 0.1 × its gradient", text)

    def test_without_parameters_the_inputs_move(self):
        # As derive --update has it: x goes from 2 to 2 − 0.1·3, y from 3 to 3 − 0.1·2.
        text = out("draw", "x*y", "--var", "x=2", "--var", "y=3", "--before-after", "0.1")
        self.assertEqual(re.findall(r">after</FONT>.*?POINT-SIZE=\"11\">([^<]*)<", text), ["1.7", "2.8", "4.76"])
        self.assertIn("each input less 0.1 × its gradient", text)
        result = run("draw", "3", "--before-after", "0.1")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"nothing moves", result.stderr)

    def test_a_small_step_is_seen(self):
        text = out("draw", "w^2", "--param", "w=1", "--before-after", "1e-9")
        self.assertIn(">1<", text)
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
        """Of nodes, without the names that the derivation gives them."""
        return [re.sub(r"^\w+ = ", "", title) for title in
                re.findall(r'class="node [^"]*", tooltip="(.*?) \(\w+\)', out("draw", *arguments))]

    def test_operators_stand_between_dots(self):
        titles = self.tooltips("sum((w2*tanh(w1*x + b1) + b2 - first*second*third)^2)", *(
            part for name in ("x", "w1", "b1", "w2", "b2", "first", "second", "third") for part in ("--param", f"{name}=0.5")), "--no-gradients")
        self.assertNotIn("(…)", "".join(titles).replace("tanh(…)", ""))
        self.assertIn("w₂·tanh(w₁x + b₁)", titles)
        self.assertIn("(… − …)²", titles)
        # Two values on dots are not one value twice.
        parameters = [part for name in "abcdfghijk" for part in ("--param", f"{name}=0.5")]
        titles = self.tooltips("(a*b*c*d + k*f*g*h*i*j)*(k*f*g*h*i*j + a*b*c*d)", *parameters, "--no-gradients")
        self.assertIn("(… + …)·(… + …)", titles)
        self.assertIn("(… + …)²", self.tooltips("(a*b*c*d*k*f + f*g*h*i*j*a)^2", *parameters, "--no-gradients"))
        # Where the derivation has names for them, these stand there.
        self.assertIn("v₁₁²", self.tooltips("(a*b*c*d*k*f + f*g*h*i*j*a)^2", *parameters))

    def test_negative_zero_has_no_sign(self):
        text = out("draw", "sigmoid(w*x + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6", "--unfold")
        self.assertEqual(text.count(">0<"), 2)
        self.assertNotIn("−0<", text)

    def test_a_product_with_a_vector_is_one_card(self):
        bindings = ("--var", "x=[1,2]", "--param", "w=[[1,2],[3,4]]")
        text = out("draw", "tanh(w @ x)", *bindings)
        self.assertNotIn(">reshape", text)
        self.assertEqual(text.count("<B>matmul</B>"), 1)
        self.assertEqual(self.tooltips("tanh(w @ x)", *bindings), ["x", "w", "w x", "tanh(w x)"])
        self.assertEqual(self.tooltips("x @ w @ x", *bindings), ["x", "w", "x w", "x w x"])
        self.assertRegex(text, r">5</TD><TD[^>]*>11</TD></TR></TABLE>")
        self.assertIn(">reshape<", out("draw", "reshape(x, [2,1]) + reshape(w, [4])[0]", *bindings).replace("</B>", "<"))

    def test_elements_of_numbered_arrays(self):
        titles = self.tooltips("w1 @ x + b1*b2", "--var", "x=[1,2]", "--param", "w1=[[1,2],[3,4]]", "--param", "b1=[1,2]",
                               "--param", "b2=3", "--scalars")
        self.assertLessEqual({"x₁", "x₂", "w₁,₁₁", "w₁,₂₁", "b₁,₁", "b₁,₂", "b₂"}, set(titles))


@unittest.skipUnless(HAS_GRAPHVIZ, "without Graphviz")
class HostileText(unittest.TestCase):
    """Some hundred labels in one picture: whatever they say, the SVG is well-formed and nothing in it acts."""
    ELEMENTS = {"svg", "g", "title", "polygon", "polyline", "path", "ellipse", "text", "tspan", "a"}

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
        texts = {"".join(element.itertext()).replace("\xa0", " ")
                 for element in root.iter("{http://www.w3.org/2000/svg}text")}
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
                self.assertIn(name, [element.text for element in root.iter()])


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
