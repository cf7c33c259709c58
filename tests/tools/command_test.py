#!/usr/bin/env python3
"""Runs the gradus command as a user does: command_test.py GRADUS DATA_FOLDER [unittest arguments]."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
DATA = Path(sys.argv[2])
HAS_GRAPHVIZ = os.environ.get("GRADUS_TEST_GRAPHVIZ") == "1"


def run(*arguments, stdin=None, folder=None, limit_stack=False, env=None):
    command = [GRADUS, *map(str, arguments)]
    if limit_stack:
        command = ["sh", "-c", 'ulimit -s 256 && exec "$0" "$@"', *command]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=folder, env=env, timeout=60, check=False)


def out(*arguments, **options):
    result = run(*arguments, **options)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def eval_json(*arguments, **options):
    return json.loads(out("eval", *arguments, "--json", **options))


class Eval(unittest.TestCase):
    def test_prints_value_and_gradients(self):
        self.assertEqual(out("eval", "x^2*y", "--var", "x=2", "--var", "y=3"), "value  12\nd/dx   12\nd/dy   4\n")

    def test_json_has_the_documented_form(self):
        self.assertEqual(out("eval", "x+3.5", "--var", "x=2", "--json"),
                         '{"value": {"shape": [], "data": [5.5]}, "gradients": {"x": {"shape": [], "data": [1.0]}}}\n')

    def test_json_writes_numbers_shortest_and_non_finite_ones_as_strings(self):
        answer = eval_json("x*[1, 0.1, inf, -inf, nan, 1e300]", "--var", "x=1")
        self.assertEqual(answer["value"]["data"], [1.0, 0.1, "inf", "-inf", "nan", 1e300])
        self.assertIn("0.30000000000000004", out("eval", "x+0.2", "--var", "x=0.1", "--json"))

    def test_a_non_scalar_result_is_seeded_with_ones(self):
        answer = eval_json("W @ x", "--var", "W=[[1,2],[3,4]]", "--var", "x=[[5],[6]]")
        self.assertEqual(answer["value"], {"shape": [2, 1], "data": [17.0, 39.0]})
        self.assertEqual(answer["gradients"]["W"], {"shape": [2, 2], "data": [5.0, 6.0, 5.0, 6.0]})
        self.assertEqual(answer["gradients"]["x"], {"shape": [2, 1], "data": [4.0, 6.0]})

    def test_wrt_chooses_and_orders_the_gradients(self):
        answer = eval_json("x*y", "--var", "x=2", "--var", "y=3", "--wrt", "y")
        self.assertEqual(list(answer["gradients"]), ["y"])
        self.assertEqual(run("eval", "x", "--var", "x=2", "--wrt", "q").returncode, 2)

    def test_an_expression_may_begin_with_a_sign(self):
        self.assertEqual(eval_json("-x^2", "--var", "x=3")["value"]["data"], [-9.0])
        self.assertEqual(eval_json("--2")["value"]["data"], [2.0])

    def test_options_of_functions(self):
        answer = eval_json("sum(sum(x, axis=1, keepdims=true) * [[1],[2]])", "--var", "x=[[1,2],[3,4]]")
        self.assertEqual(answer["gradients"]["x"]["data"], [1.0, 1.0, 2.0, 2.0])

    def test_an_unused_variable_is_warned_of_and_has_gradient_zero(self):
        result = run("eval", "x", "--var", "x=1", "--var", "y=2", "--json")
        self.assertEqual(json.loads(result.stdout)["gradients"]["y"]["data"], [0.0])
        self.assertIn(b"warning: 'y' is not used", result.stderr)

    def test_standard_input_deep_nesting_on_a_small_stack(self):
        text = ("(" * 100000 + "1" + ")" * 100000).encode()
        answer = eval_json("-", stdin=text, limit_stack=True)
        self.assertEqual(answer["value"]["data"], [1.0])

    def test_a_long_sum_on_a_small_stack(self):
        answer = eval_json("-", "--var", "x=1", stdin=b"+".join([b"x"] * 100000), limit_stack=True)
        self.assertEqual(answer["gradients"]["x"]["data"], [100000.0])


class ParserCases(unittest.TestCase):
    def test_every_expression_of_the_case_file_that_the_functions_cover(self):
        known = {"exp", "log", "tanh", "sigmoid", "relu", "pow"}
        checked = 0
        for case in json.loads((DATA / "cli_parser.json").read_text())["cases"]:
            if case["kind"] != "parse" or not isinstance(case.get("expected"), dict) or "expr" not in case:
                continue
            called = set(re.findall(r"([a-z][a-z0-9]*)\(", case["expr"]))
            if not called <= known:
                continue
            bindings = [a for n, v in case["vars"].items() for a in ("--var", f"{n}={v}")]
            answer = eval_json(case["expr"], *bindings)
            self.assertEqual(answer["value"]["data"], [float(case["expected"]["value"])], case["id"])
            for name, gradient in case["expected"]["grads"].items():
                self.assertAlmostEqual(answer["gradients"][name]["data"][0], float(gradient), delta=1e-15 * 8, msg=case["id"])
            checked += 1
        self.assertGreaterEqual(checked, 15)


class Errors(unittest.TestCase):
    def refused(self, code, message, *arguments, **options):
        result = run(*arguments, **options)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, b"")
        self.assertIn(message, result.stderr.decode())
        return result.stderr.decode()

    def test_a_parse_error_shows_the_place(self):
        text = self.refused(2, "expected", "eval", "1+*2")
        self.assertTrue(text.endswith("  1+*2\n    ^\n"), text)

    def test_a_shape_error_names_both_shapes_and_the_place(self):
        text = self.refused(1, "[matmul] inner sizes differ: [2, 2] by [3, 1]", "eval", "W @ x", "--var",
                            "W=[[1,2],[3,4]]", "--var", "x=[[1],[2],[3]]")
        self.assertTrue(text.endswith("  W @ x\n    ^\n"), text)

    def test_an_exponent_must_be_a_number(self):
        self.refused(1, "the exponent must be a plain number", "eval", "x^y", "--var", "x=2", "--var", "y=3")

    def test_bindings(self):
        for binding, message in [("sin=3x", "sin"), ("tanh=3", "function name"), ("pi=3", "constant"),
                                 ("nan=3", "reserved"), ("=3", "missing name"), ("x=", "missing value"),
                                 ("x=1,5", "1,5"), ("1x=3", "bad name"), ("x=1e400", "out of range")]:
            self.refused(2, message, "eval", "1", "--var", binding)
        self.refused(2, "bound twice", "eval", "x", "--var", "x=1", "--var", "x=2")
        for binding in ["x=inf", "x=nan"]:
            out("eval", "x", "--var", binding)

    def test_usage(self):
        self.assertEqual(run("--frobnicate").returncode, 2)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("eval").returncode, 2)
        self.assertRegex(out("--version"), r"^gradus \d+\.\d+\.\d+")

    def test_control_characters_never_reach_the_terminal(self):
        text = self.refused(2, "", "eval", "1+\x1b[2J")
        self.assertNotIn("\x1b", text)


class Draw(unittest.TestCase):
    NEURON = ["tanh(x*w + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6.5"]

    def test_dot_goes_to_standard_output_without_a_file(self):
        text = out("draw", *self.NEURON)
        self.assertTrue(text.startswith("digraph"))
        self.assertIn("tanh_1", text)

    def test_dot_is_the_same_on_every_run(self):
        self.assertEqual(out("draw", *self.NEURON), out("draw", *self.NEURON))

    def test_gradients_can_be_left_out(self):
        self.assertIn("gradient —", out("draw", *self.NEURON, "--no-gradients").replace("–", "—"))

    def test_pictures(self):
        if not HAS_GRAPHVIZ:
            self.skipTest("built without Graphviz")
        magic = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph"}
        with tempfile.TemporaryDirectory() as folder:
            for ending, start in magic.items():
                out("draw", *self.NEURON, "-o", f"n.{ending}", folder=folder)
                self.assertTrue((Path(folder) / f"n.{ending}").read_bytes().startswith(start), ending)
            self.assertEqual(sorted(os.listdir(folder)), ["n.dot", "n.pdf", "n.png", "n.svg"])

    def test_an_unknown_format_is_refused_before_anything_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run("draw", *self.NEURON, "-o", "n.bmp", folder=folder).returncode, 2)
            self.assertEqual(os.listdir(folder), [])

    def test_a_folder_that_does_not_exist(self):
        result = run("draw", *self.NEURON, "-o", "no/such/folder/n.dot")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"no/such/folder", result.stderr)


class Train(unittest.TestCase):
    def test_learns_the_lesson_and_prints_plain_progress(self):
        result = run("train", DATA / "perceptron.csv", "--target", "y", "--epochs", "300")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(b"Learned: y = 2.04 x + 0.98\n", result.stdout)
        lines = result.stderr.decode().splitlines()
        self.assertGreaterEqual(len(lines), 10)
        self.assertTrue(all(re.fullmatch(r"Epoch +\d+, Loss \d+\.\d{4}", line) for line in lines), lines)

    def test_reads_standard_input_and_draws_the_loss(self):
        with tempfile.TemporaryDirectory() as folder:
            out("train", "-", "--target", "y", "--draw", "loss.dot", stdin=(DATA / "perceptron.csv").read_bytes(),
                folder=folder)
            self.assertIn("MSE", (Path(folder) / "loss.dot").read_text())

    def test_a_network_learns_what_a_perceptron_cannot(self):
        xor = b"a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"
        answer = out("train", "-", "--target", "y", "--hidden", "8", "--loss", "cross-entropy", "--rate", "0.5",
                     "--epochs", "2000", stdin=xor)
        self.assertIn("Accuracy: 100.00 %", answer)

    def test_bad_data_is_said_clearly(self):
        for text, arguments, message in [
            (b"x,y\n1,cat\n", [], "not a number"), (b"x,y\n", [], "no rows"), (b"x,z\n1,2\n", [], "y"),
            (b"y\n1\n", [], "no column to learn from"), (b"x,y\n1,0.5\n", ["--loss", "cross-entropy"], "no class"),
            (b"x,y\n1,2\n2,1e3\n", ["--rate", "1e9"], "smaller --rate"),
        ]:
            result = run("train", "-", "--target", "y", *arguments, stdin=text)
            self.assertEqual(result.returncode, 1, (text, result.stderr))
            self.assertIn(message, result.stderr.decode())
        self.assertEqual(run("train", "no such file", "--target", "y").returncode, 1)
        self.assertEqual(run("train", DATA / "perceptron.csv", "--target", "y", "--loss", "huh").returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
