#!/usr/bin/env python3
"""Graphs in files, unfolded and as scalars, as the gradus command handles them: graph_file_test.py GRADUS [unittest arguments]."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
NEURON = ("sigmoid(w0*x0 + w1*x1 + w2)", "--var", "x0=-1", "--var", "x1=-2", "--param", "w0=2", "--param", "w1=-3",
          "--param", "w2=-3")


def run(*arguments, folder=None):
    return subprocess.run([GRADUS, *map(str, arguments)], capture_output=True, cwd=folder, timeout=60, check=False)


def out(*arguments, **options):
    result = run(*arguments, **options)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


class GraphFile(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, content):
        path = Path(self.folder.name) / "g.json"
        path.write_text(content)
        return path

    def test_what_was_drawn_can_be_drawn_and_derived_again(self):
        out("draw", *NEURON, "-o", "g.json", folder=self.folder.name)
        for arguments in (["draw"], ["draw", "-T", "json"], ["derive"]):
            again = out(arguments[0], "g.json", *arguments[1:], folder=self.folder.name)
            self.assertEqual(again, out(arguments[0], *NEURON, *arguments[1:]))

    def test_every_command_reads_it(self):
        out("draw", *NEURON, "-o", "g.json", folder=self.folder.name)
        again = json.loads(out("eval", "g.json", "--json", folder=self.folder.name))
        whole = json.loads(out("eval", *NEURON, "--json"))
        self.assertEqual(again, whole)
        self.assertEqual(out("eval", "g.json", "--wrt", "w1,x0", folder=self.folder.name), out("eval", *NEURON, "--wrt", "w1,x0"))
        for arguments, message in ((["--order", "2"], "--order 2 needs an expression"), (["--var", "x=1"], "belong to an expression"),
                                   (["--wrt", "q"], "'q' is not bound")):
            result = run("eval", "g.json", *arguments, folder=self.folder.name)
            self.assertEqual((result.returncode, result.stdout), (2, b""))
            self.assertIn(message, result.stderr.decode())

    def test_several_outputs_and_leaves_of_one_name(self):
        graph = json.loads(out("draw", "x*y", "--var", "x=2", "--var", "y=3", "-T", "json"))
        graph["outputs"] = [2, 0]
        graph["slots"][1]["name"] = "x"
        self.assertEqual(json.loads(out("eval", self.file(json.dumps(graph)), "--json")), {
            "values": {"x": {"shape": [], "data": [2.0]}, "mul_1": {"shape": [], "data": [6.0]}},
            "gradients": {"input_1": {"shape": [], "data": [4.0]}, "input_2": {"shape": [], "data": [2.0]}}})
        self.assertTrue(out("eval", self.file(json.dumps(graph))).startswith("value mul_1  6\nvalue x      2\n"))

    def test_modules_that_lie_deep_in_each_other(self):
        graph = json.loads(out("draw", "x*w", "--var", "x=2", "--param", "w=3", "-T", "json"))

        def nest(depth):
            graph["modules"] = [{"name": "m", "kind": "K", "note": "", "parent": k - 1 if k else None} for k in range(depth)]
            graph["slots"][2]["module"] = depth - 1
            return self.file(json.dumps(graph))
        deep = nest(100_000)
        for arguments in (["eval", deep], ["derive", deep], ["draw", deep], ["draw", deep, "-T", "mermaid"],
                          ["draw", deep, "-T", "json"], ["draw", deep, "--unfold", "--fold-repeated", "--depth", "5"]):
            result = subprocess.run(["sh", "-c", 'ulimit -s 256 && exec "$0" "$@"', GRADUS, *arguments], capture_output=True,
                                    timeout=60, check=False)
            self.assertEqual(result.returncode, 0, arguments)
        # Graphviz recurses into boxes.
        result = run("draw", nest(3000), "--max-nodes", "100000", "-o", "n.svg", folder=self.folder.name)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr.decode(), "boxes lie 300[01] deep in each other|no Graphviz")

    def test_what_is_computed_again_is_checked_for_its_type(self):
        whole = out("draw", "x*w", "--var", "x=2", "--param", "w=3", "-T", "json")
        for change, message in (
                (lambda g: g["steps"][0].update(derivatives=["a", 2.0]), '"derivatives" of step 0 is no number'),
                (lambda g: g["steps"][0].update(derivatives=[2.0]), '"derivatives" of step 0 is no list of 2'),
                (lambda g: g["steps"][0].update(derivatives=7), '"derivatives" of step 0 is no list of 2'),
                (lambda g: g["slots"][0].update(gradient="3"), '"gradient" of slot 0 is no list of 1 numbers'),
                (lambda g: g["slots"][2].update(value=[None]), '"value" of slot 2 is no number'),
                (lambda g: g["slots"][2].update(formula=[1]), '"formula" of slot 2 is no text'),
        ):
            graph = json.loads(whole)
            change(graph)
            result = run("draw", self.file(json.dumps(graph)))
            self.assertEqual((result.returncode, result.stdout), (1, b""), message)
            self.assertIn(message, result.stderr.decode())
        graph = json.loads(whole)  # another number is no error: it is computed again
        graph["slots"][2]["value"] = [99.0]
        self.assertEqual(out("eval", self.file(json.dumps(graph))).split("\n")[0], "value  6")

    def test_the_file_has_the_published_gradients(self):
        graph = json.loads(out("draw", *NEURON, "-T", "json"))
        gradients = {slot["name"]: slot["gradient"][0] for slot in graph["slots"] if "name" in slot}
        published = {"w0": -0.2, "x0": 0.39, "w1": -0.39, "x1": -0.59, "w2": 0.2}
        self.assertEqual(gradients.keys(), published.keys())
        for name, value in published.items():
            self.assertAlmostEqual(gradients[name], value, delta=0.0051)

    def test_without_gradients_there_are_none(self):
        graph = json.loads(out("draw", *NEURON, "-T", "json", "--no-gradients"))
        self.assertEqual({slot["gradient"] for slot in graph["slots"]}, {None})

    def test_what_is_wrong_with_a_file_is_said(self):
        for content, message in (
                ("", "g.json:1:1: is no JSON"),
                ('{"format": "gradus-graph", "version": 2}', "this Gradus reads version 1"),
                ('{"format": "other"}', 'is no graph'),
        ):
            result = run("draw", self.file(content))
            self.assertEqual(result.returncode, 1)
            self.assertIn(message, result.stderr.decode())

    def test_bindings_beside_a_file_are_a_usage_error(self):
        result = run("draw", self.file("{}"), "--var", "x=1")
        self.assertEqual(result.returncode, 2)
        self.assertIn("belong to an expression", result.stderr.decode())


class Simpler(unittest.TestCase):
    def test_unfolded_a_sigmoid_is_its_gates(self):
        graph = json.loads(out("draw", *NEURON, "--unfold", "-T", "json"))
        self.assertEqual([step["op"] for step in graph["steps"]],
                         ["mul", "mul", "add", "add", "neg", "exp", "add", "reciprocal"])

    def test_as_scalars_every_weight_has_a_card(self):
        dot = out("draw", "tanh(w @ x)", "--var", "x=[1,2]", "--param", "w=[[0.1,0.2],[0.3,0.4]]", "--scalars")
        for name in ("w₁₁", "w₁₂", "w₂₁", "w₂₂", "x₁", "x₂"):
            self.assertIn(f">{name}<", dot)

    def test_a_derivation_of_scalars_has_no_shapes(self):
        text = out("derive", "sum(w @ x)", "--var", "x=[1,2]", "--param", "w=[[0.1,0.2],[0.3,0.4]]", "--scalars")
        self.assertIn("w₂₁", text)
        self.assertNotIn("(2×2)", text)

    def test_what_is_too_large_is_refused(self):
        rows = "[" + ",".join("[" + ",".join(["1"] * 60) + "]" for _ in range(60)) + "]"
        result = run("draw", "sum(x)", "--var", f"x={rows}", "--scalars")
        self.assertEqual(result.returncode, 1)
        self.assertIn("more than 2000 values", result.stderr.decode())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
